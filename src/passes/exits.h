/* The terminators that leave or repeat one operation, found anew by a walk through it: for passes
 * that rewrite as they go, where a Nest would be out of date. */
#ifndef MARTLET_PASSES_EXITS_H
#define MARTLET_PASSES_EXITS_H

#include "base/vec.h"
#include "ir/ir.h"

typedef VEC(Op *) ExitOps;

typedef struct Exits {
    ExitOps leaves;  /* yields and breaks that give `op` its results */
    ExitOps repeats; /* continues that name it */
} Exits;

void exits_find(Arena *arena, const Op *op, Exits *exits);

/* The one value that all of them pass at `index`, or NULL; `ignored` (may be NULL) does not count. */
Value *exits_common_arg(const ExitOps *exits, uint32_t index, const Value *ignored);
void exits_remove_arg(const ExitOps *exits, uint32_t index);

#endif
