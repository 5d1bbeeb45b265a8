/* Folding: what typed operations give on constants.
 *
 * Results are exactly those of the operation when it runs, for every kind: integers wrap at their
 * width, floats round to their precision, float16 is computed in float32. Each function is false
 * where the operation must stay: it would raise, its result is undefined (a zero divisor, a float
 * outside the integer's range), or it is not the same on every target (powers, infinite complex).
 *
 * A constant of a scalar kind is BOOL for the bool kinds, INT for integers (unsigned ones are not
 * negative), FLOAT and COMPLEX for floats and complex, with values of that kind.
 */
#ifndef MARTLET_IR_FOLD_H
#define MARTLET_IR_FOLD_H

#include "ir/ir.h"

/* The value modulo 2^bits, as `kind` (an integer or bool kind) holds it. */
__int128 fold_wrap(ScalarKind kind, __int128 value);

/* NEG NOT ABS SQRT FLOOR CEIL TRUNC RINT CTZ CLZ POPCOUNT REAL IMAG on a constant of `kind`. */
bool fold_unary(OpCode op, ScalarKind kind, const Constant *x, Constant *result);
/* Arithmetic, checked arithmetic, comparisons and COMPLEX; x and y of `kind`. */
bool fold_binary(OpCode op, ScalarKind kind, const Constant *x, const Constant *y,
                 Constant *result);
bool fold_fma(ScalarKind kind, const Constant *x, const Constant *y, const Constant *z,
              Constant *result);
/* From a constant of any number kind. */
bool fold_convert(const Constant *x, ScalarKind to, Constant *result);
bool fold_bitcast(ScalarKind from, const Constant *x, ScalarKind to, Constant *result);

#endif
