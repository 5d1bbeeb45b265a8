/* Early exits become branches that hold what follows them. */
#ifndef MARTLET_PASSES_EARLY_H
#define MARTLET_PASSES_EARLY_H

#include "ir/ir.h"

/* Of a BLOCK its breaks, of a LOOP or FOR its continues. True when something changed. */
bool early_nest(Func *func, Op *op);

#endif
