/* Joins: where control flow from several places meets.
 *
 * Who branches to a join brings the values of its phis along. Phis are made when all are known, and
 * only where the values differ. A join that nobody reaches leaves the builder in a block without
 * predecessors, with poison values; LLVM drops what follows.
 */
#ifndef MARTLET_CODEGEN_JOIN_H
#define MARTLET_CODEGEN_JOIN_H

#include "codegen/emit.h"

typedef struct Incoming {
    LLVMBasicBlockRef from;
    LLVMValueRef *values;
} Incoming;

struct Join {
    LLVMBasicBlockRef block;
    LLVMTypeRef *types;
    uint32_t width;
    VEC(Incoming) incoming;
};

/* Takes the block over, and `types` as it is. */
void join_open(Join *join, LLVMBasicBlockRef block, LLVMTypeRef *types, uint32_t width);
/* For the results of an operation. */
void join_open_results(Emit *e, Join *join, LLVMBasicBlockRef block, const Op *op);
/* The current block, which the caller ends with a branch to the join, brings `values`. */
void join_add(Emit *e, Join *join, LLVMValueRef *values);
/* The same, with the branch. */
void join_branch(Emit *e, Join *join, LLVMValueRef *values);
/* Goes on in the join's block; the values, merged. */
LLVMValueRef *join_close(Emit *e, Join *join);
/* … as the results of an operation. */
void join_close_results(Emit *e, Join *join, const Op *op);

/* A phi and its incoming values, one after the other. */
LLVMValueRef join_phi(Emit *e, LLVMTypeRef type, const char *name);
void join_phi_add(LLVMValueRef phi, LLVMValueRef value, LLVMBasicBlockRef from);

#endif
