/* Removing what is dead. */
#ifndef MARTLET_IR_DEAD_H
#define MARTLET_IR_DEAD_H

#include "ir/ir.h"

/* Removes operations without effect whose results nothing needs, control operations that are left
 * without purpose, and results and params that carry nothing that is needed (also those that only
 * feed themselves around a loop). A LOOP stays: it may not end. Returns how many operations,
 * results and params went. Pointers to results of control operations are to be taken anew. */
uint32_t dead_remove(Func *func);

#endif
