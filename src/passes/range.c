/* Interval arithmetic. Corners decide where an operation is monotone in each arg; where a wrapping
 * operation may leave its kind, the result is the whole kind. */
#include "passes/range.h"

#include <assert.h>

typedef unsigned __int128 Bits;

static const __int128 most = (__int128)(~(Bits)0 >> 1);
static const __int128 least = -(__int128)(~(Bits)0 >> 1) - 1;

Range range_empty(void)
{
    return (Range){1, 0};
}

Range range_const(__int128 value)
{
    return (Range){value, value};
}

Range range_of_kind(ScalarKind kind)
{
    unsigned bits = scalar_bits(kind);
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
        return (Range){0, 1};
    case CLASS_INT:
        if (bits == 128)
            return (Range){least, most};
        return (Range){-((__int128)1 << (bits - 1)), ((__int128)1 << (bits - 1)) - 1};
    case CLASS_UINT:
        return (Range){0, ((__int128)1 << bits) - 1};
    case CLASS_FLOAT:
    case CLASS_COMPLEX:
        break;
    }
    return (Range){least, most};
}

bool range_is_empty(Range range)
{
    return range.low > range.high;
}

bool range_is_const(Range range)
{
    return range.low == range.high;
}

bool range_equal(Range a, Range b)
{
    return (range_is_empty(a) && range_is_empty(b)) || (a.low == b.low && a.high == b.high);
}

bool range_contains(Range outer, Range inner)
{
    return range_is_empty(inner) || (outer.low <= inner.low && inner.high <= outer.high);
}

static __int128 smaller(__int128 a, __int128 b)
{
    return a < b ? a : b;
}

static __int128 larger(__int128 a, __int128 b)
{
    return a > b ? a : b;
}

Range range_join(Range a, Range b)
{
    if (range_is_empty(a))
        return b;
    if (range_is_empty(b))
        return a;
    return (Range){smaller(a.low, b.low), larger(a.high, b.high)};
}

Range range_meet(Range a, Range b)
{
    return (Range){larger(a.low, b.low), smaller(a.high, b.high)};
}

/* ---- exact results ------------------------------------------------------------------------- */

typedef bool Exact(__int128 x, __int128 y, __int128 *result);

static bool exact_add(__int128 x, __int128 y, __int128 *result)
{
    return !__builtin_add_overflow(x, y, result);
}

static bool exact_sub(__int128 x, __int128 y, __int128 *result)
{
    return !__builtin_sub_overflow(x, y, result);
}

static bool exact_mul(__int128 x, __int128 y, __int128 *result)
{
    return !__builtin_mul_overflow(x, y, result);
}

static bool exact_shl(__int128 x, __int128 y, __int128 *result)
{
    if (x == 0 || y < 0 || y > 126) {
        *result = 0;
        return x == 0;
    }
    return !__builtin_mul_overflow(x, (__int128)1 << y, result);
}

/* The operation on all four pairs of ends. */
static bool corners(Exact *exact, Range x, Range y, Range *result)
{
    const __int128 xs[] = {x.low, x.high}, ys[] = {y.low, y.high};
    *result = range_empty();
    for (int i = 0; i < 4; i++) {
        __int128 value;
        if (!exact(xs[i & 1], ys[i >> 1], &value))
            return false;
        *result = range_join(*result, range_const(value));
    }
    return true;
}

static Exact *const exacts[OP_COUNT] = {
    [OP_ADD] = exact_add,   [OP_SUB] = exact_sub,   [OP_MUL] = exact_mul,
    [OP_SHL] = exact_shl,   [OP_ADD_X] = exact_add, [OP_SUB_X] = exact_sub,
    [OP_MUL_X] = exact_mul, [OP_SHL_X] = exact_shl,
};

bool range_exact(OpCode op, Range x, Range y, Range *exact)
{
    return exacts[op] && corners(exacts[op], x, y, exact);
}

/* ---- binary operations --------------------------------------------------------------------- */

typedef Range Binary(OpCode op, ScalarKind kind, Range x, Range y);

static Range wrapping(OpCode op, ScalarKind kind, Range x, Range y)
{
    Range exact, whole = range_of_kind(kind);
    return range_exact(op, x, y, &exact) && range_contains(whole, exact) ? exact : whole;
}

/* What does not fit raises. */
static Range checked(OpCode op, ScalarKind kind, Range x, Range y)
{
    Range exact, whole = range_of_kind(kind);
    return range_exact(op, x, y, &exact) ? range_meet(exact, whole) : whole;
}

static __int128 floor_quotient(__int128 x, __int128 y)
{
    __int128 quotient = x / y;
    return quotient - (x % y && (x < 0) != (y < 0));
}

static __int128 trunc_quotient(__int128 x, __int128 y)
{
    return x / y;
}

/* A divisor is not zero; ranges on both sides of zero are split. */
static Range quotient_by(Range x, Range y, __int128 divide(__int128, __int128))
{
    if (range_is_empty(y))
        return y;
    Range result = range_empty();
    const __int128 xs[] = {x.low, x.high}, ys[] = {y.low, y.high};
    for (int i = 0; i < 4; i++)
        result = range_join(result, range_const(divide(xs[i & 1], ys[i >> 1])));
    return result;
}

static Range quotient(OpCode op, ScalarKind kind, Range x, Range y)
{
    Range whole = range_of_kind(kind);
    if (x.low == whole.low && y.low <= -1 && y.high >= -1 && scalar_class(kind) == CLASS_INT)
        return whole; /* MIN // -1 wraps */
    __int128 (*divide)(__int128, __int128) =
        op == OP_TRUNCDIV ? trunc_quotient : floor_quotient;
    return range_join(quotient_by(x, range_meet(y, (Range){1, most}), divide),
                      quotient_by(x, range_meet(y, (Range){least, -1}), divide));
}

/* Between 0 and the divisor, on its side. */
static Range floor_rest(OpCode op, ScalarKind kind, Range x, Range y)
{
    (void)op, (void)kind;
    if (y.low > 0 && x.low >= 0 && x.high < y.low)
        return x;
    Range rest = {y.low < 0 ? y.low + 1 : 0, y.high > 0 ? y.high - 1 : 0};
    if (y.low >= 0 && x.low >= 0)
        rest.high = smaller(rest.high, x.high);
    return rest;
}

/* Of the dividend's sign, smaller than the divisor. */
static Range trunc_rest(OpCode op, ScalarKind kind, Range x, Range y)
{
    (void)op, (void)kind;
    if (y.low == least)
        return (Range){smaller(x.low, 0), larger(x.high, 0)};
    __int128 size = larger(larger(y.high, -y.low) - 1, 0);
    Range rest = {x.low < 0 ? larger(x.low, -size) : 0, x.high > 0 ? smaller(x.high, size) : 0};
    return rest;
}

/* 2^k - 1 for the smallest k with x < 2^k; x is not negative. */
static __int128 ones_above(__int128 x)
{
    Bits ones = 0;
    while ((Bits)x > ones)
        ones = ones << 1 | 1;
    return (__int128)ones;
}

static Range bits_and(OpCode op, ScalarKind kind, Range x, Range y)
{
    (void)op;
    if (range_is_const(x) && range_is_const(y))
        return range_const(x.low & y.low);
    if (x.low >= 0 && y.low >= 0)
        return (Range){0, smaller(x.high, y.high)};
    if (x.low >= 0 || y.low >= 0)
        return (Range){0, x.low >= 0 ? x.high : y.high};
    return (Range){range_of_kind(kind).low,
                   larger(x.high, y.high) >= 0 ? larger(x.high, y.high) : -1};
}

static Range bits_or(OpCode op, ScalarKind kind, Range x, Range y)
{
    if (range_is_const(x) && range_is_const(y))
        return range_const(op == OP_OR ? x.low | y.low : x.low ^ y.low);
    if (x.low < 0 || y.low < 0)
        return range_of_kind(kind);
    __int128 low = op == OP_OR ? larger(x.low, y.low) : 0;
    return (Range){low, ones_above(larger(x.high, y.high))};
}

static __int128 shifted_right(__int128 x, __int128 by)
{
    return by > 126 ? (x < 0 ? -1 : 0) : x >> by;
}

static Range shift_right(OpCode op, ScalarKind kind, Range x, Range y)
{
    (void)op;
    if (y.low < 0)
        return range_join(x, range_of_kind(kind).low < 0 ? (Range){-1, 0} : range_const(0));
    Range result = range_empty();
    const __int128 xs[] = {x.low, x.high}, ys[] = {y.low, y.high};
    for (int i = 0; i < 4; i++)
        result = range_join(result, range_const(shifted_right(xs[i & 1], ys[i >> 1])));
    return result;
}

static Range high_half(OpCode op, ScalarKind kind, Range x, Range y)
{
    Range product;
    (void)op;
    if (!range_exact(OP_MUL, x, y, &product))
        return range_of_kind(kind);
    return (Range){product.low >> 64, product.high >> 64};
}

static Range compared(OpCode op, ScalarKind kind, Range x, Range y)
{
    (void)kind;
    if (range_is_empty(range_refine(op, x, y)) ||
        range_is_empty(range_refine(range_swapped(op), y, x)))
        return range_const(0);
    OpCode inverse = range_inverse(op);
    if (range_is_empty(range_refine(inverse, x, y)) ||
        range_is_empty(range_refine(range_swapped(inverse), y, x)))
        return range_const(1);
    return (Range){0, 1};
}

static Binary *const binaries[OP_COUNT] = {
    [OP_ADD] = wrapping,      [OP_SUB] = wrapping,       [OP_MUL] = wrapping,
    [OP_SHL] = wrapping,      [OP_ADD_X] = checked,      [OP_SUB_X] = checked,
    [OP_MUL_X] = checked,     [OP_SHL_X] = checked,      [OP_FLOORDIV] = quotient,
    [OP_TRUNCDIV] = quotient, [OP_MOD] = floor_rest,     [OP_TRUNCMOD] = trunc_rest,
    [OP_AND] = bits_and,      [OP_OR] = bits_or,         [OP_XOR] = bits_or,
    [OP_SHR] = shift_right,   [OP_MUL_HIGH] = high_half, [OP_EQ] = compared,
    [OP_NE] = compared,       [OP_LT] = compared,        [OP_LE] = compared,
    [OP_GT] = compared,       [OP_GE] = compared,
};

Range range_binary(OpCode op, ScalarKind kind, Range x, Range y)
{
    if (range_is_empty(x) || range_is_empty(y))
        return range_empty();
    return binaries[op] ? binaries[op](op, kind, x, y) : range_of_kind(kind);
}

/* ---- unary operations and conversions ------------------------------------------------------ */

Range range_unary(OpCode op, ScalarKind kind, Range x)
{
    Range whole = range_of_kind(kind);
    if (range_is_empty(x))
        return x;
    if (op == OP_NEG)
        return wrapping(OP_SUB, kind, range_const(0), x);
    if (op == OP_NOT)
        return scalar_class(kind) == CLASS_INT
                   ? (Range){~x.high, ~x.low}
                   : (Range){whole.high - x.high, whole.high - x.low};
    if (op == OP_ABS && x.low >= 0)
        return x;
    if (op == OP_ABS && x.low > whole.low)
        return (Range){x.high < 0 ? -x.high : 0, larger(x.high, -x.low)};
    if (op == OP_CTZ || op == OP_CLZ || op == OP_POPCOUNT)
        return (Range){0, scalar_bits(kind)};
    return whole;
}

Range range_convert(ScalarKind from, ScalarKind to, Range x)
{
    Range whole = range_of_kind(to);
    if (range_is_empty(x))
        return x;
    if (scalar_class(to) == CLASS_BOOL) {
        bool may_be_zero = x.low <= 0 && x.high >= 0,
             is_zero = may_be_zero && range_is_const(x);
        return is_zero ? range_const(0) : may_be_zero ? whole : range_const(1);
    }
    return !scalar_is_inexact(from) && range_contains(whole, x) ? x : whole;
}

/* ---- comparisons --------------------------------------------------------------------------- */

bool range_is_compare(OpCode op)
{
    return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT ||
           op == OP_GE;
}

OpCode range_inverse(OpCode op)
{
    static const uint8_t inverses[OP_COUNT] = {[OP_EQ] = OP_NE, [OP_NE] = OP_EQ,
                                               [OP_LT] = OP_GE, [OP_LE] = OP_GT,
                                               [OP_GT] = OP_LE, [OP_GE] = OP_LT};
    assert(range_is_compare(op));
    return (OpCode)inverses[op];
}

OpCode range_swapped(OpCode op)
{
    static const uint8_t swapped[OP_COUNT] = {[OP_EQ] = OP_EQ, [OP_NE] = OP_NE,
                                              [OP_LT] = OP_GT, [OP_LE] = OP_GE,
                                              [OP_GT] = OP_LT, [OP_GE] = OP_LE};
    assert(range_is_compare(op));
    return (OpCode)swapped[op];
}

Range range_refine(OpCode op, Range x, Range y)
{
    if (range_is_empty(y))
        return range_empty();
    if (op == OP_EQ)
        return range_meet(x, y);
    if (op == OP_LT)
        return y.high == least ? range_empty() : range_meet(x, (Range){least, y.high - 1});
    if (op == OP_LE)
        return range_meet(x, (Range){least, y.high});
    if (op == OP_GT)
        return y.low == most ? range_empty() : range_meet(x, (Range){y.low + 1, most});
    if (op == OP_GE)
        return range_meet(x, (Range){y.low, most});
    if (op == OP_NE && range_is_const(y)) {
        if (x.low == y.low)
            x.low++;
        if (x.high == y.low && !range_is_empty(x))
            x.high--;
    }
    return x;
}
