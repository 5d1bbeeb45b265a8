/* Operators on Python numbers: checked ints, ZeroDivisionError, powers as CPython has them.
 *
 * Sources: CPython's Objects/longobject.c, floatobject.c. Deviations: DESIGN §2.1 (d), (e).
 */
#include "specialise/power.h"
#include "specialise/spec.h"

static const char overflow_message[] =
    "the result of int %s does not fit 64 bits, which Python ints are carried in here; "
    "np.int64 and np.uint64 wrap";

static const Site *overflow_site(Spec *s, const char *operator)
{
    char *message = arena_printf(s->arena, overflow_message, operator);
    return spec_site(s, "OverflowError", message);
}

static Value *checked(Spec *s, OpCode op, OpCode wrapping, Value *x, Value *y, const char *text)
{
    if (spec_may_wrap(s))
        return build_binary(&s->b, wrapping, x, y);
    return build_checked(&s->b, op, x, y, overflow_site(s, text));
}

static void check_divisor(Spec *s, Value *y, Words words)
{
    if (s->c->options.unchecked_division)
        return;
    Value *zero = build_convert(&s->b, build_int(&s->b, 0), y->type);
    Value *nonzero = build_compare(&s->b, OP_NE, y, zero);
    spec_check(s, nonzero, "ZeroDivisionError", spec_words(s, words), NULL, 0);
}

/* MIN // -1 is the one quotient that does not fit. */
static void check_quotient(Spec *s, Value *x, Value *y)
{
    ScalarKind kind = x->type->scalar;
    if (scalar_class(kind) != CLASS_INT || spec_may_wrap(s))
        return;
    __int128 low = -((__int128)1 << (scalar_bits(kind) - 2)) * 2;
    Value *min = build_compare(&s->b, OP_NE, x, build_scalar_int(&s->b, kind, low));
    Value *minus = build_compare(&s->b, OP_NE, y, build_scalar_int(&s->b, kind, -1));
    Value *ok = build_binary(&s->b, OP_OR, min, minus);
    Constant storage;
    const Constant *known = build_known(ok, &storage);
    if (known && known->truth)
        return;
    build_check(&s->b, ok, overflow_site(s, "//"), NULL, 0);
}

static Value *shift(Spec *s, bool left, Value *x, Value *y)
{
    ScalarKind kind = x->type->scalar;
    Value *amount = y;
    if (scalar_class(y->type->scalar) == CLASS_INT) {
        Value *positive =
            build_compare(&s->b, OP_GE, y, build_scalar_int(&s->b, y->type->scalar, 0));
        spec_check(s, positive, "ValueError", "negative shift count", NULL, 0);
    }
    amount = build_convert(&s->b, amount, spec_scalar(s, kind));
    if (!left)
        return build_binary(&s->b, OP_SHR, x, amount);
    return checked(s, OP_SHL_X, OP_SHL, x, amount, "<<");
}

/* ---- ints ----------------------------------------------------------------------------------------------- */

static Value *int_power(Spec *s, Value *x, Value *y, ScalarKind kind)
{
    Value *base = spec_number(s, x, kind), *exponent = spec_number(s, y, SCALAR_INT);
    Value *positive = build_compare(&s->b, OP_GE, exponent, build_int(&s->b, 0));
    Value *nonzero = build_compare(&s->b, OP_NE, base, build_scalar_int(&s->b, kind, 0));
    spec_check(s, build_binary(&s->b, OP_OR, positive, nonzero), "ZeroDivisionError",
               spec_words(s, WORDS_POW_ZERO), NULL, 0);
    spec_check(s, positive, "ValueError",
               "a negative power of an int is a float: write float(x) ** y, or x ** -n with a "
               "constant n",
               NULL, 0);
    const Site *site = spec_may_wrap(s) ? NULL : overflow_site(s, "**");
    return power_integer(s, base, exponent, site);
}

/* Operands in the width the operation is computed in: of wide results and operands the widest. */
static ScalarKind working_kind(BinaryOperator operator, Value *x, Value *y, ScalarKind result)
{
    ScalarKind a = x->type->scalar, b = y->type->scalar;
    bool divides = operator == BINARY_FLOORDIV || operator == BINARY_MOD;
    bool same = a == b || (scalar_class(a) == CLASS_BOOL && scalar_class(b) == CLASS_BOOL);
    if (divides && !same &&
        (a == SCALAR_INT_I128 || b == SCALAR_INT_I128 || a == SCALAR_INT_U64 ||
         b == SCALAR_INT_U64))
        return SCALAR_INT_I128;
    if (divides && same && scalar_class(a) != CLASS_BOOL)
        return a;
    if (operator == BINARY_RSHIFT && scalar_class(a) != CLASS_BOOL)
        return a;
    if (operator == BINARY_AND && (a == SCALAR_INT_I128 || b == SCALAR_INT_I128))
        return SCALAR_INT_I128;
    if (operator == BINARY_AND && a != b && (a == SCALAR_INT_U64 || b == SCALAR_INT_U64))
        return SCALAR_INT_U64;
    return result;
}

/* A known non-negative divisor or mask lets an unsigned operand stay unsigned. */
static ScalarKind unsigned_if_known(BinaryOperator operator, ScalarKind kind, const Value *x,
                                    const Value *y)
{
    bool stays = operator == BINARY_FLOORDIV || operator == BINARY_MOD ||
                 operator == BINARY_AND || operator == BINARY_OR || operator == BINARY_XOR;
    Constant storage;
    const Constant *known = build_known(y, &storage);
    bool fits = known && known->kind == CONSTANT_INT && known->integer >= 0 &&
                known->integer < ((__int128)1 << 64);
    if (stays && kind == SCALAR_INT_I128 && x->type->scalar == SCALAR_INT_U64 &&
        (fits || y->type->scalar == SCALAR_INT_U64))
        return SCALAR_INT_U64;
    return kind;
}

static Value *divide_ints(Spec *s, BinaryOperator operator, Value *x, Value *y)
{
    check_divisor(s, y, operator == BINARY_FLOORDIV ? WORDS_FLOORDIV_INT : WORDS_MOD_INT);
    if (operator == BINARY_FLOORDIV)
        check_quotient(s, x, y);
    return build_binary(&s->b, operator == BINARY_FLOORDIV ? OP_FLOORDIV : OP_MOD, x, y);
}

static Value *int_operation(Spec *s, BinaryOperator operator, Value *x, Value *y, bool modular)
{
    switch (operator) {
    case BINARY_ADD:
        return modular ? build_binary(&s->b, OP_ADD, x, y)
                       : checked(s, OP_ADD_X, OP_ADD, x, y, "+");
    case BINARY_SUB:
        return modular ? build_binary(&s->b, OP_SUB, x, y)
                       : checked(s, OP_SUB_X, OP_SUB, x, y, "-");
    case BINARY_MUL:
        return modular ? build_binary(&s->b, OP_MUL, x, y)
                       : checked(s, OP_MUL_X, OP_MUL, x, y, "*");
    case BINARY_FLOORDIV:
    case BINARY_MOD:
        return divide_ints(s, operator, x, y);
    case BINARY_AND:
        return build_binary(&s->b, OP_AND, x, y);
    case BINARY_OR:
        return build_binary(&s->b, OP_OR, x, y);
    case BINARY_XOR:
        return build_binary(&s->b, OP_XOR, x, y);
    case BINARY_LSHIFT:
    case BINARY_RSHIFT:
    case BINARY_POW:
    case BINARY_TRUEDIV:
    case BINARY_MATMUL:
    case BINARY_COUNT:
    case BINARY_IN_PLACE:
    case BINARY_WIDE:
        break;
    }
    return x;
}

/* x << y modulo 2⁶⁴. */
static Value *modular_shift(Spec *s, Value *x, Value *y)
{
    Value *amount = spec_number(s, y, SCALAR_INT);
    Value *positive = build_compare(&s->b, OP_GE, amount, build_int(&s->b, 0));
    spec_check(s, positive, "ValueError", "negative shift count", NULL, 0);
    Value *base = spec_number(s, x, SCALAR_INT_U64);
    return build_binary(&s->b, OP_SHL, base, build_convert(&s->b, amount, base->type));
}

static Value *python_ints(Spec *s, BinaryOperator operator, Value *x, Value *y,
                          ScalarKind result, bool modular)
{
    if (operator == BINARY_POW)
        return int_power(s, x, y, result);
    if (operator == BINARY_LSHIFT && modular)
        return modular_shift(s, x, y);
    ScalarKind work = unsigned_if_known(operator, working_kind(operator, x, y, result), x, y);
    if (operator == BINARY_LSHIFT || operator == BINARY_RSHIFT) {
        Value *base = spec_number(s, x, work);
        Value *amount =
            scalar_class(y->type->scalar) == CLASS_BOOL ? spec_number(s, y, SCALAR_INT) : y;
        Value *shifted = shift(s, operator == BINARY_LSHIFT, base, amount);
        return spec_narrow(s, shifted, result);
    }
    Value *a = spec_number(s, x, work), *b = spec_number(s, y, work);
    Value *value = int_operation(s, operator, a, b, modular);
    if (value->type->scalar == result)
        return value;
    /* % and & narrow by themselves; // and the like are checked. */
    if (operator == BINARY_MOD || operator == BINARY_AND)
        return build_convert(&s->b, value, spec_scalar(s, result));
    return spec_narrow(s, value, result);
}

/* ---- floats and complex ------------------------------------------------------------------------------------ */

static Value *true_division(Spec *s, Value *x, Value *y)
{
    ScalarKind a = x->type->scalar, b = y->type->scalar;
    bool ints = !scalar_is_inexact(a) && !scalar_is_inexact(b);
    bool carried = a != SCALAR_INT_I128 && b != SCALAR_INT_I128 && a != SCALAR_INT_U64 &&
                   b != SCALAR_INT_U64;
    if (ints && carried) {
        Value *p = spec_number(s, x, SCALAR_INT), *q = spec_number(s, y, SCALAR_INT);
        check_divisor(s, q, WORDS_TRUEDIV_INT);
        Value *args[2] = {p, q};
        return build_op(&s->b, OP_INT_TRUEDIV, spec_scalar(s, SCALAR_FLOAT), args, 2,
                        (Attr){0});
    }
    Value *p = spec_number(s, x, SCALAR_FLOAT), *q = spec_number(s, y, SCALAR_FLOAT);
    check_divisor(s, q, ints ? WORDS_TRUEDIV_INT : WORDS_TRUEDIV_FLOAT);
    return build_binary(&s->b, OP_DIV, p, q);
}

static Value *is_finite(Spec *s, Value *x)
{
    Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
    return build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_SUB, x, x), zero);
}

static void check_finite_power(Spec *s, Value *fine)
{
    const Symbol *range = intern_cstr(s->c->names, "Numerical result out of range");
    Value *args[2] = {build_nothing(&s->b, type_const_int(s->c->types, 34)),
                      build_nothing(&s->b, type_const_str(s->c->types, range))};
    spec_check(s, fine, "OverflowError", NULL, args, 2);
}

/* x**2 is x*x, and overflows where that does. */
static Value *float_square(Spec *s, Value *x)
{
    Value *square = build_binary(&s->b, OP_MUL, x, x);
    SpecIf branch = spec_if(s, is_finite(s, square), NULL, 0);
    spec_else(s, &branch, NULL, 0);
    check_finite_power(s, build_unary(&s->b, OP_NOT, is_finite(s, x)));
    spec_end(s, &branch, NULL, 0);
    return square;
}

/* CPython's float_pow: what pow() gives, and errors where the result would not be a float. */
static Value *float_power(Spec *s, Value *x, Value *y)
{
    Constant storage;
    const Constant *known = build_known(y, &storage);
    if (known && known->kind == CONSTANT_FLOAT && known->real == 2.0)
        return float_square(s, x);
    Value *power = build_binary(&s->b, OP_POW, x, y);
    Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
    SpecIf branch = spec_if(s, is_finite(s, power), NULL, 0);
    spec_else(s, &branch, NULL, 0);
    Value *pole = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_EQ, x, zero),
                               build_compare(&s->b, OP_LT, y, zero));
    spec_check(s, build_unary(&s->b, OP_NOT, pole), "ZeroDivisionError",
               spec_words(s, WORDS_POW_ZERO), NULL, 0);
    Value *finite = build_binary(&s->b, OP_AND, is_finite(s, x), is_finite(s, y));
    Value *complex =
        build_binary(&s->b, OP_AND, finite, build_compare(&s->b, OP_NE, power, power));
    spec_check(s, build_unary(&s->b, OP_NOT, complex), "ValueError",
               "a negative number to a fractional power is complex: write complex(x) ** y",
               NULL, 0);
    check_finite_power(s, build_unary(&s->b, OP_NOT, finite));
    spec_end(s, &branch, NULL, 0);
    return power;
}

static Value *python_floats(Spec *s, BinaryOperator operator, Value *x, Value *y)
{
    Value *a = spec_number(s, x, SCALAR_FLOAT), *b = spec_number(s, y, SCALAR_FLOAT);
    switch (operator) {
    case BINARY_ADD:
        return build_binary(&s->b, OP_ADD, a, b);
    case BINARY_SUB:
        return build_binary(&s->b, OP_SUB, a, b);
    case BINARY_MUL:
        return build_binary(&s->b, OP_MUL, a, b);
    case BINARY_FLOORDIV:
        check_divisor(s, b, WORDS_FLOORDIV_FLOAT);
        return build_binary(&s->b, OP_FLOORDIV, a, b);
    case BINARY_MOD:
        check_divisor(s, b, WORDS_MOD_FLOAT);
        return build_binary(&s->b, OP_MOD, a, b);
    case BINARY_POW:
        return float_power(s, a, b);
    case BINARY_TRUEDIV:
    case BINARY_LSHIFT:
    case BINARY_RSHIFT:
    case BINARY_AND:
    case BINARY_OR:
    case BINARY_XOR:
    case BINARY_MATMUL:
    case BINARY_COUNT:
    case BINARY_IN_PLACE:
    case BINARY_WIDE:
        break;
    }
    return a;
}

Value *spec_python_binary(Spec *s, BinaryOperator operator, Value *x, Value *y,
                          ScalarKind result, bool modular)
{
    if (scalar_class(result) == CLASS_COMPLEX)
        return spec_python_complex(s, operator, x, y);
    if (operator == BINARY_TRUEDIV)
        return true_division(s, x, y);
    if (scalar_class(result) == CLASS_FLOAT)
        return python_floats(s, operator, x, y);
    return python_ints(s, operator, x, y, result, modular);
}
