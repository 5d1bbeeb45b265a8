/* NumPy's element-wise functions: which kind a loop computes in and what it gives. */
#ifndef MARTLET_INFER_UFUNC_TABLE_H
#define MARTLET_INFER_UFUNC_TABLE_H

#include "ir/ir.h"
#include "types/promote.h"

typedef enum UfuncId {
#define UFUNC(name, text, in, rule, emit) UFUNC_##name,
#include "infer/ufunc_table.def"
#undef UFUNC
    UFUNC_COUNT
} UfuncId;

const char *ufunc_name(UfuncId ufunc);
unsigned ufunc_inputs(UfuncId ufunc);
/* "numpy.sqrt" → UFUNC_SQRT. */
bool ufunc_from_name(const char *qualname, UfuncId *ufunc);
UfuncId ufunc_of_binary(BinaryOperator operator);   /* not MATMUL */
UfuncId ufunc_of_compare(CompareOperator operator); /* EQ … GE */

/* The loop for inputs of these kinds: what they are converted to and what comes out. Python kinds
 * are weak when a NumPy kind is there, else stand for NumPy's defaults. False: no loop takes them. */
bool ufunc_resolve(UfuncId ufunc, Promotion rules, const ScalarKind *inputs, ScalarKind *loop,
                   ScalarKind *output);

#endif
