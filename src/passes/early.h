/* Early exits of a block become the branches of an `if` that holds what follows them. */
#ifndef MARTLET_PASSES_EARLY_H
#define MARTLET_PASSES_EARLY_H

#include "ir/ir.h"

/* True when the block changed; it may have no break left, then. */
bool early_nest(Func *func, Op *block);

#endif
