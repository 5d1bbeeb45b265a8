/* Ranges of integers: interval arithmetic over the operations of op.def.
 *
 * A Range holds every value from low to high, in 128 bits; low > high is the empty range: no value
 * gets there. Bools are 0 and 1. Every function is monotone: larger ranges in give larger ranges out.
 */
#ifndef MARTLET_PASSES_RANGE_H
#define MARTLET_PASSES_RANGE_H

#include "ir/ir.h"

typedef struct Range {
    __int128 low, high;
} Range;

Range range_empty(void);
Range range_const(__int128 value);
/* Every value of an integer or bool kind. */
Range range_of_kind(ScalarKind kind);

bool range_is_empty(Range range);
bool range_is_const(Range range);
bool range_equal(Range a, Range b);
bool range_contains(Range outer, Range inner); /* the empty range is in every other */
Range range_join(Range a, Range b);
Range range_meet(Range a, Range b);

/* What the operation gives on args of integer kind `kind`: arithmetic, wrapping and checked, bitwise
 * operations, shifts, counts of bits, comparisons (a Range of bools). Everything of the kind where
 * nothing is known. `y` is not read by operations of one arg. */
Range range_binary(OpCode op, ScalarKind kind, Range x, Range y);
Range range_unary(OpCode op, ScalarKind kind, Range x);
Range range_convert(ScalarKind from, ScalarKind to, Range x);

/* The mathematical result of (checked or wrapping) ADD SUB MUL SHL; false when it may leave 128 bits
 * or the operation is none of these. It does not wrap when it lies in range_of_kind. */
bool range_exact(OpCode op, Range x, Range y, Range *exact);

/* What `x op y` being true says about x, for a comparison; x's own range otherwise. */
Range range_refine(OpCode op, Range x, Range y);
/* The comparison that is true exactly when `op` is false; for integers. */
OpCode range_inverse(OpCode op);
/* The comparison of the exchanged args. */
OpCode range_swapped(OpCode op);
bool range_is_compare(OpCode op);

#endif
