/* Promotion and merging: which type results where two meet. */
#ifndef MARTLET_TYPES_PROMOTE_H
#define MARTLET_TYPES_PROMOTE_H

#include "types/type.h"

typedef enum Promotion { PROMOTION_NUMPY, PROMOTION_NUMBA } Promotion;

/* The result kind of an arithmetic operator on two numbers (promote.def): NEP 50's, or Numba's for
 * scalars. Two Python kinds give a Python kind (bool with bool: int). Python ints of different
 * carriers: the least that holds both. */
ScalarKind promote_kinds(Promotion rules, ScalarKind a, ScalarKind b);

/* True when NumPy calls the cast "safe": every value of `from` is a value of `to`, where 64-bit
 * integers pass for values of float64. Python kinds count as NumPy's of their width; the 128-bit
 * int is safe in no other kind. */
bool promote_is_safe(ScalarKind from, ScalarKind to);

typedef enum MergeStatus {
    MERGE_OK,
    MERGE_UNLIKE,   /* no common type */
    MERGE_CONSTANT, /* a constant does not fit the common type */
} MergeStatus;

/* The join in the lattice of DESIGN §4, rule (c): int with float is float, a Python number with a
 * NumPy number is the NumPy kind that promote gives, None with T is Optional(T), Unbound with T is
 * Maybe(T), tuples (ranges, slices, iterators, exceptions) elementwise, array layouts to ANY
 * (readonly, unaligned if either is). A Const stays with an equal one, None and Unbound; otherwise
 * constants widen, and an int that is no value of the common kind is MERGE_CONSTANT.
 *
 * The carrier of a Python int is the first of int, int.u64, int.i128 that holds both; a Const that
 * fits goes along with the other's carrier.
 *
 * Merging commutes, is idempotent, and a merged with the join is the join. It is not associative:
 * of three types the order matters to Consts (one that has widened is no longer seen not to fit)
 * and to kinds of numbers (as in NumPy: int8, uint16, float32; float, int8, float32). Fold operands
 * in a fixed order. On failure *join is NULL. */
MergeStatus promote_merge(TypeTable *table, const Type *a, const Type *b, const Type **join);

#endif
