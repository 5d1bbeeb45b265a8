/* Branches whose arms are short sums, as selects. */
#ifndef MARTLET_CODEGEN_FLAT_H
#define MARTLET_CODEGEN_FLAT_H

#include "base/vec.h"
#include "codegen/emit.h"

/* A failure that waits: in an arm that is computed whether it is taken or not. */
typedef struct Delayed {
    const Op *op;
    LLVMValueRef fits;
} Delayed;

struct Flat {
    VEC(Delayed) delayed;
};

/* LLVM makes a select of `x // 2 if x % 2 == 0 else 3 * x`, not of arms that may overflow. A branch that depends
 * on data costs more than both arms: so they are both computed, then one test says that nothing overflows in
 * either; where that fails, the operations of the arm that is taken are checked one by one. */
bool flat_suits(const Op *op);
void flat_emit(Emit *e, const Op *op);

#endif
