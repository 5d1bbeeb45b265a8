/* Carriers of Python ints: in which width and signedness a result is kept (DESIGN §4, Integers). */
#ifndef MARTLET_INFER_CARRIER_H
#define MARTLET_INFER_CARRIER_H

#include "ir/ir.h"

/* The Const type of x OP y where both are known ints or bools and the result is an int within
 * −2⁶³…2⁶⁴−1; else NULL (as where it would raise). */
const Type *carrier_fold(TypeTable *types, BinaryOperator operator, const Type * x,
                         const Type *y);
/* Const(bool) of a comparison of constants, or NULL. */
const Type *carrier_compare(TypeTable *types, CompareOperator operator, const Constant * a,
                            const Constant *b);

/* Is the operation's result needed modulo 2⁶⁴ only? True where all its uses are `& m` (0 ≤ m < 2⁶⁴),
 * `% 2ᵏ` (k ≤ 64), or + - * << | ^ & of which the same holds. */
bool carrier_is_modular(const Op *op, const Type *const *types);

/* The carrier of x OP y (not true division) on Python ints of which not all are known. `wide`: all uses narrow
 * the result; `modular`: it is computed modulo 2⁶⁴, unsigned. */
ScalarKind carrier_binary(BinaryOperator operator, bool wide, bool modular, const Type *x,
                          const Type *y);

#endif
