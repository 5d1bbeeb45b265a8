/* Carriers of Python ints. The rules follow from the ranges: int64 holds −2⁶³…2⁶³−1, int.u64 0…2⁶⁴−1,
 * int.i128 all sums, differences and all products with a 63-bit factor of those. A result that may leave
 * its carrier is checked by the operation that makes it (specialise). */
#include "infer/carrier.h"

static const __int128 two63 = (__int128)1 << 63, two64 = (__int128)1 << 64;

static bool const_value(const Type *type, __int128 *value)
{
    bool truth;
    if (type_is_const_bool(type, &truth)) {
        *value = truth;
        return true;
    }
    return type_is_const_int(type, value);
}

static __int128 floor_div(__int128 a, __int128 b)
{
    __int128 q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

/* False where the result does not exist or is not an int of at most 65 bits. */
static bool fold_value(BinaryOperator operator, __int128 a, __int128 b, __int128 *r)
{
    switch (operator) {
    case BINARY_ADD:
        return !__builtin_add_overflow(a, b, r);
    case BINARY_SUB:
        return !__builtin_sub_overflow(a, b, r);
    case BINARY_MUL:
        return !__builtin_mul_overflow(a, b, r);
    case BINARY_FLOORDIV:
        return b != 0 && (*r = floor_div(a, b), true);
    case BINARY_MOD:
        return b != 0 && (*r = a - floor_div(a, b) * b, true);
    case BINARY_LSHIFT:
        return b >= 0 && b <= 64 && !__builtin_mul_overflow(a, (__int128)1 << b, r);
    case BINARY_RSHIFT:
        return b >= 0 && (*r = a >> (b > 126 ? 126 : b), true);
    case BINARY_AND:
        return *r = a & b, true;
    case BINARY_OR:
        return *r = a | b, true;
    case BINARY_XOR:
        return *r = a ^ b, true;
    case BINARY_POW:
        if (b < 0 || b > 127)
            return false;
        for (*r = 1; b > 0; b--)
            if (__builtin_mul_overflow(*r, a, r))
                return false;
        return true;
    case BINARY_TRUEDIV:
    case BINARY_MATMUL:
    case BINARY_COUNT:
    case BINARY_IN_PLACE:
    case BINARY_WIDE:
        break;
    }
    return false;
}

const Type *carrier_fold(TypeTable *types, BinaryOperator operator, const Type *x,
                         const Type *y)
{
    __int128 a, b, r;
    bool truth;
    if (!const_value(x, &a) || !const_value(y, &b) || !fold_value(operator, a, b, &r) ||
        r < -two63 || r > two64)
        return NULL;
    bool bitwise = operator == BINARY_AND || operator == BINARY_OR || operator == BINARY_XOR;
    if (bitwise && type_is_const_bool(x, &truth) && type_is_const_bool(y, &truth))
        return type_const_bool(types, r != 0);
    return type_const_int(types, r);
}

static bool holds(CompareOperator operator, int order)
{
    switch (operator) {
    case COMPARE_EQ:
        return order == 0;
    case COMPARE_NE:
        return order != 0;
    case COMPARE_LT:
        return order < 0;
    case COMPARE_LE:
        return order <= 0;
    case COMPARE_GT:
        return order > 0;
    case COMPARE_GE:
        return order >= 0;
    case COMPARE_IS:
    case COMPARE_IS_NOT:
    case COMPARE_IN:
    case COMPARE_NOT_IN:
    case COMPARE_COUNT:
        break;
    }
    return false;
}

const Type *carrier_compare(TypeTable *types, CompareOperator operator, const Constant *a,
                            const Constant *b)
{
    bool equality = operator == COMPARE_EQ || operator == COMPARE_NE;
    bool texts = a->kind == CONSTANT_STR && b->kind == CONSTANT_STR;
    bool numbers = (a->kind == CONSTANT_INT || a->kind == CONSTANT_BOOL) &&
                   (b->kind == CONSTANT_INT || b->kind == CONSTANT_BOOL);
    if (equality && texts)
        return type_const_bool(types, (a->text == b->text) == (operator == COMPARE_EQ));
    if (!numbers)
        return NULL;
    __int128 x = a->kind == CONSTANT_BOOL ? a->truth : a->integer;
    __int128 y = b->kind == CONSTANT_BOOL ? b->truth : b->integer;
    return type_const_bool(types, holds(operator, x < y ? -1 : x > y));
}

/* ---- modular arithmetic ------------------------------------------------------------------------- */

static bool is_power_of_two(__int128 value)
{
    return value > 0 && value <= two64 && (value & (value - 1)) == 0;
}

static bool use_is_modular(const Use *use, const Type *const *types, unsigned depth);

static bool uses_are_modular(const Op *op, const Type *const *types, unsigned depth)
{
    if (depth > 32 || !op->results[0].uses)
        return false;
    for (const Use *use = op->results[0].uses; use; use = use->next)
        if (!use_is_modular(use, types, depth))
            return false;
    return true;
}

static bool use_is_modular(const Use *use, const Type *const *types, unsigned depth)
{
    const Op *user = use->user;
    if (user->code != OP_PY_BINARY)
        return false;
    bool first = use == &user->args[0];
    BinaryOperator operator = (BinaryOperator)(user->attr.integer & (BINARY_IN_PLACE - 1));
    __int128 other;
    bool known = const_value(types[op_arg(user, first ? 1 : 0)->id], &other);
    switch (operator) {
    case BINARY_AND:
        if (known && other >= 0 && other < two64)
            return true;
        return uses_are_modular(user, types, depth + 1);
    case BINARY_MOD:
        return first && known && is_power_of_two(other);
    case BINARY_LSHIFT:
        return first && uses_are_modular(user, types, depth + 1);
    case BINARY_ADD:
    case BINARY_SUB:
    case BINARY_MUL:
    case BINARY_OR:
    case BINARY_XOR:
        return uses_are_modular(user, types, depth + 1);
    case BINARY_TRUEDIV:
    case BINARY_FLOORDIV:
    case BINARY_POW:
    case BINARY_RSHIFT:
    case BINARY_MATMUL:
    case BINARY_COUNT:
    case BINARY_IN_PLACE:
    case BINARY_WIDE:
        break;
    }
    return false;
}

bool carrier_is_modular(const Op *op, const Type *const *types)
{
    return op->code == OP_PY_BINARY && uses_are_modular(op, types, 0);
}

/* ---- which carrier ------------------------------------------------------------------------------ */

static ScalarKind carrier_of(const Type *type)
{
    ScalarKind kind = SCALAR_INT;
    type_scalar_of(type, &kind);
    return kind == SCALAR_BOOL ? SCALAR_INT : kind;
}

static ScalarKind carrier_below(__int128 limit)
{
    return limit <= two63 ? SCALAR_INT : limit <= two64 ? SCALAR_INT_U64 : SCALAR_INT_I128;
}

/* & | ^: the common carrier, where a known non-negative int takes the other's. */
static ScalarKind bitwise(BinaryOperator operator, const Type *x, const Type *y)
{
    __int128 value = -1;
    bool known = const_value(x, &value) || const_value(y, &value);
    ScalarKind a = carrier_of(x), b = carrier_of(y);
    if (operator == BINARY_AND && known && value >= 0)
        return carrier_below(value + 1);
    if (a == b)
        return a;
    if (a == SCALAR_INT_I128 || b == SCALAR_INT_I128)
        return SCALAR_INT_I128;
    return operator == BINARY_AND || (known && value >= 0) ? SCALAR_INT_U64 : SCALAR_INT_I128;
}

static ScalarKind modulo(const Type *x, const Type *y)
{
    __int128 value;
    if (const_value(y, &value) && value > 0)
        return carrier_below(value);
    ScalarKind a = carrier_of(x), b = carrier_of(y);
    if (b == SCALAR_INT)
        return SCALAR_INT;
    return a == SCALAR_INT_U64 && b == SCALAR_INT_U64 ? SCALAR_INT_U64 : SCALAR_INT_I128;
}

/* x // y and x >> y; the end of a chain of wide intermediates is an ordinary int again. */
static ScalarKind narrowing(const Type *x, const Type *y, bool shift)
{
    __int128 value;
    ScalarKind a = carrier_of(x), b = carrier_of(y);
    if (a == SCALAR_INT_I128 || b == SCALAR_INT_I128)
        return SCALAR_INT;
    if (a == SCALAR_INT)
        return SCALAR_INT;
    bool positive = b == SCALAR_INT_U64 || (const_value(y, &value) && value >= 0);
    return shift || positive ? SCALAR_INT_U64 : SCALAR_INT_I128;
}

ScalarKind carrier_binary(BinaryOperator operator, bool wide, bool modular, const Type *x,
                          const Type *y)
{
    ScalarKind a = carrier_of(x), b = carrier_of(y);
    bool chain = operator == BINARY_ADD || operator == BINARY_SUB || operator == BINARY_MUL ||
                 operator == BINARY_LSHIFT || operator == BINARY_OR || operator == BINARY_XOR ||
                 operator == BINARY_AND;
    if (modular && chain)
        return SCALAR_INT_U64;
    switch (operator) {
    case BINARY_AND:
    case BINARY_OR:
    case BINARY_XOR:
        return bitwise(operator, x, y);
    case BINARY_MOD:
        return modulo(x, y);
    case BINARY_FLOORDIV:
        return narrowing(x, y, false);
    case BINARY_RSHIFT:
        return narrowing(x, y, true);
    case BINARY_ADD:
    case BINARY_SUB:
    case BINARY_MUL:
    case BINARY_LSHIFT:
        return wide || a != SCALAR_INT || b != SCALAR_INT ? SCALAR_INT_I128 : SCALAR_INT;
    case BINARY_POW:
        return a != SCALAR_INT ? SCALAR_INT_I128 : SCALAR_INT;
    case BINARY_TRUEDIV:
    case BINARY_MATMUL:
    case BINARY_COUNT:
    case BINARY_IN_PLACE:
    case BINARY_WIDE:
        break;
    }
    return SCALAR_INT;
}
