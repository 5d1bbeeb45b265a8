/* What emission has to know of whole functions before their bodies: who raises, who recurses, how
 * long a trip of a loop may take. */
#ifndef MARTLET_CODEGEN_FACTS_H
#define MARTLET_CODEGEN_FACTS_H

#include <llvm-c/Types.h>

#include "base/map.h"
#include "ir/ir.h"

typedef struct FuncFacts {
    Func *func;
    VEC(Func *) callees;
    bool raises;           /* may return 1 */
    bool recurses;         /* reaches itself through calls */
    bool is_called;        /* by another function or by itself */
    bool is_flat;          /* no loop but short ones, in callees neither */
    LLVMValueRef function; /* LLVM's, once declared */
} FuncFacts;

typedef struct Facts {
    FuncFacts *funcs;
    uint32_t count;
    Map by_func;
} Facts;

Facts *facts_find(Arena *arena, Func *const *funcs, uint32_t count);
FuncFacts *facts_of(const Facts *facts, const Func *func);
/* A callee that is not among the functions or has no body, or NULL. */
const Func *facts_missing_callee(const Facts *facts);

/* The trips of the short loops inside, multiplied where they nest; 0: there is a loop, or a call of
 * a function with one, whose trips are not known to be few. */
uint32_t facts_trips(const Facts *facts, const Region *region);
/* The trip count of a FOR when it is a constant, or -1. */
int64_t facts_constant_trips(const Op *op);
/* Needs the loop a look at signals now and then? */
bool facts_is_polled(const Facts *facts, const Op *op);

#endif
