/* One element of each of NumPy's element-wise functions, on the kind its loop computes in.
 *
 * Integers wrap; division by zero gives 0; floats give inf and nan. float16 is computed in float32.
 * Source of the corner cases: NumPy's loops.c.src, npy_math_internal.h.src, loops_utils.h.src.
 */
#include <math.h>

#include "specialise/power.h"
#include "specialise/spec.h"

typedef Value *UfuncEmit(Spec *s, Value *const *args, ScalarKind loop);

static Value *unary(Spec *s, OpCode op, Value *x)
{
    return build_unary(&s->b, op, x);
}

static Value *binary(Spec *s, OpCode op, Value *x, Value *y)
{
    return build_binary(&s->b, op, x, y);
}

static Value *compare(Spec *s, OpCode op, Value *x, Value *y)
{
    return build_compare(&s->b, op, x, y);
}

static Value *zero_of(Spec *s, const Type *type)
{
    return build_convert(&s->b, build_int(&s->b, 0), type);
}

static Value *one_of(Spec *s, const Type *type)
{
    return build_convert(&s->b, build_int(&s->b, 1), type);
}

static bool is_complex(ScalarKind kind)
{
    return scalar_class(kind) == CLASS_COMPLEX;
}

static Value *real_of(Spec *s, Value *z)
{
    return build_op(&s->b, OP_REAL, spec_scalar(s, scalar_real(z->type->scalar)), &z, 1,
                    (Attr){0});
}

static Value *imag_of(Spec *s, Value *z)
{
    return build_op(&s->b, OP_IMAG, spec_scalar(s, scalar_real(z->type->scalar)), &z, 1,
                    (Attr){0});
}

static Value *complex_of(Spec *s, Value *re, Value *im, const Type *type)
{
    Value *parts[2] = {re, im};
    return build_op(&s->b, OP_COMPLEX, type, parts, 2, (Attr){0});
}

/* ---- arithmetic --------------------------------------------------------------------------------------------- */

static Value *emit_add(Spec *s, Value *const *args, ScalarKind loop)
{
    return binary(s, scalar_class(loop) == CLASS_BOOL ? OP_OR : OP_ADD, args[0], args[1]);
}

static Value *emit_subtract(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_SUB, args[0], args[1]);
}

static Value *emit_multiply(Spec *s, Value *const *args, ScalarKind loop)
{
    return binary(s, scalar_class(loop) == CLASS_BOOL ? OP_AND : OP_MUL, args[0], args[1]);
}

static Value *emit_divide(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_DIV, args[0], args[1]);
}

/* An integer division op with a divisor of 0 giving 0. */
static Value *divided(Spec *s, OpCode op, Value *x, Value *y)
{
    Value *zero = zero_of(s, y->type), *is_zero = compare(s, OP_EQ, y, zero);
    Value *safe = build_select(&s->b, is_zero, one_of(s, y->type), y);
    return build_select(&s->b, is_zero, zero, binary(s, op, x, safe));
}

static Value *emit_floor_divide(Spec *s, Value *const *args, ScalarKind loop)
{
    return scalar_is_integer(loop) ? divided(s, OP_FLOORDIV, args[0], args[1])
                                   : binary(s, OP_FLOORDIV, args[0], args[1]);
}

static Value *emit_remainder(Spec *s, Value *const *args, ScalarKind loop)
{
    return scalar_is_integer(loop) ? divided(s, OP_MOD, args[0], args[1])
                                   : binary(s, OP_MOD, args[0], args[1]);
}

static Value *emit_fmod(Spec *s, Value *const *args, ScalarKind loop)
{
    return scalar_is_integer(loop) ? divided(s, OP_TRUNCMOD, args[0], args[1])
                                   : binary(s, OP_TRUNCMOD, args[0], args[1]);
}

static Value *integer_power(Spec *s, Value *base, Value *exponent, ScalarKind loop)
{
    if (scalar_class(loop) == CLASS_INT) {
        Value *positive = compare(s, OP_GE, exponent, zero_of(s, exponent->type));
        spec_check(s, positive, "ValueError",
                   "Integers to negative integer powers are not allowed.", NULL, 0);
    }
    return power_integer(s, base, exponent, NULL);
}

static Value *emit_power(Spec *s, Value *const *args, ScalarKind loop)
{
    Constant storage;
    const Constant *known = build_known(args[1], &storage);
    if (scalar_is_integer(loop))
        return integer_power(s, args[0], args[1], loop);
    bool is_float = known && (known->kind == CONSTANT_FLOAT ||
                              (known->kind == CONSTANT_COMPLEX && known->imag == 0));
    if (is_float && known->real == 2.0)
        return binary(s, OP_MUL, args[0], args[0]);
    if (!is_complex(loop))
        return binary(s, OP_POW, args[0], args[1]);
    Constant number = {.kind = CONSTANT_FLOAT, .real = is_float ? known->real : 0.5};
    Value *exponent = build_const(&s->b, spec_scalar(s, SCALAR_FLOAT), &number);
    return power_complex(s, args[0], args[1], exponent);
}

static Value *emit_negative(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return unary(s, OP_NEG, args[0]);
}

static Value *emit_positive(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)s;
    (void)loop;
    return args[0];
}

static Value *emit_absolute(Spec *s, Value *const *args, ScalarKind loop)
{
    if (is_complex(loop)) {
        Value *parts[2] = {real_of(s, args[0]), imag_of(s, args[0])};
        return build_call_math(&s->b, "hypot", parts, 2);
    }
    return scalar_class(loop) == CLASS_BOOL || scalar_class(loop) == CLASS_UINT
               ? args[0]
               : unary(s, OP_ABS, args[0]);
}

/* x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x (nan) */
static Value *sign_of(Spec *s, Value *x)
{
    Value *zero = zero_of(s, x->type), *one = one_of(s, x->type);
    if (scalar_class(x->type->scalar) == CLASS_UINT)
        return build_select(&s->b, compare(s, OP_NE, x, zero), one, zero);
    Value *minus = build_convert(&s->b, build_int(&s->b, -1), x->type);
    Value *still = scalar_is_inexact(x->type->scalar)
                       ? build_select(&s->b, compare(s, OP_EQ, x, x), zero, x)
                       : zero;
    Value *below = build_select(&s->b, compare(s, OP_LT, x, zero), minus, still);
    return build_select(&s->b, compare(s, OP_GT, x, zero), one, below);
}

/* NumPy 2: z / |z|, with care for infinite parts. */
static Value *complex_sign(Spec *s, Value *z)
{
    Value *re = real_of(s, z), *im = imag_of(s, z), *parts[2] = {re, im};
    Value *size = build_call_math(&s->b, "hypot", parts, 2);
    Value *none = compare(s, OP_EQ, size, zero_of(s, size->type));
    Value *by = build_select(&s->b, none, one_of(s, size->type), size);
    return complex_of(s, binary(s, OP_DIV, re, by), binary(s, OP_DIV, im, by), z->type);
}

static Value *emit_sign(Spec *s, Value *const *args, ScalarKind loop)
{
    return is_complex(loop) ? complex_sign(s, args[0]) : sign_of(s, args[0]);
}

static Value *emit_signbit(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    Value *pair[2] = {one_of(s, args[0]->type), args[0]};
    Value *signed_one = build_binary(&s->b, OP_COPYSIGN, pair[0], pair[1]);
    return compare(s, OP_LT, signed_one, zero_of(s, args[0]->type));
}

static Value *emit_conjugate(Spec *s, Value *const *args, ScalarKind loop)
{
    if (!is_complex(loop))
        return args[0];
    return complex_of(s, real_of(s, args[0]), unary(s, OP_NEG, imag_of(s, args[0])),
                      args[0]->type);
}

static Value *emit_square(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_MUL, args[0], args[0]);
}

/* Smith's method as NumPy has it, which differs from 1 / z in infinities and signed zeros. */
static Value *complex_reciprocal(Spec *s, Value *z)
{
    Value *re = real_of(s, z), *im = imag_of(s, z), *one = one_of(s, re->type);
    Value *wide = compare(s, OP_LE, unary(s, OP_ABS, im), unary(s, OP_ABS, re));
    Value *large = build_select(&s->b, wide, re, im),
          *small = build_select(&s->b, wide, im, re);
    Value *ratio = binary(s, OP_DIV, small, large);
    Value *by = binary(s, OP_ADD, large, binary(s, OP_MUL, small, ratio));
    Value *inverse = binary(s, OP_DIV, one, by), *rest = binary(s, OP_DIV, ratio, by);
    Value *minus = unary(s, OP_NEG, build_select(&s->b, wide, ratio, one));
    return complex_of(s, build_select(&s->b, wide, inverse, rest), binary(s, OP_DIV, minus, by),
                      z->type);
}

static Value *emit_reciprocal(Spec *s, Value *const *args, ScalarKind loop)
{
    Value *one = one_of(s, args[0]->type);
    if (scalar_is_integer(
            loop)) { /* NumPy divides floats: 1 / 0 is what the hardware makes of inf */
        const Type *wide = spec_scalar(s, SCALAR_FLOAT64);
        Value *quotient = binary(s, OP_DIV, build_convert(&s->b, one, wide),
                                 build_convert(&s->b, args[0], wide));
        return build_convert(&s->b, quotient, args[0]->type);
    }
    return is_complex(loop) ? complex_reciprocal(s, args[0]) : binary(s, OP_DIV, one, args[0]);
}

/* ---- elementary functions of libm ------------------------------------------------------------------------------ */

static Value *math(Spec *s, const char *name, Value *const *args, uint32_t count)
{
    return build_call_math(&s->b, name, args, count);
}

/* Complex elementary functions are C99's, through the runtime. */
static Value *complex_math(Spec *s, const char *name, Value *z)
{
    bool single = z->type->scalar == SCALAR_COMPLEX64;
    char *symbol = arena_printf(s->arena, "rt_c%s%s", name, single ? "f" : "");
    Attr attr = {.name = intern_cstr(s->c->names, symbol)};
    return build_op(&s->b, OP_CALL_RUNTIME, z->type, &z, 1, attr);
}

#define LIBM(id, name)                                                                     \
    static Value *emit_##id(Spec *s, Value *const *args, ScalarKind loop)                  \
    {                                                                                      \
        return is_complex(loop) ? complex_math(s, name, args[0]) : math(s, name, args, 1); \
    }
LIBM(exp, "exp")
LIBM(exp2, "exp2")
LIBM(expm1, "expm1")
LIBM(log, "log")
LIBM(log2, "log2")
LIBM(log10, "log10")
LIBM(log1p, "log1p")
LIBM(sin, "sin")
LIBM(cos, "cos")
LIBM(tan, "tan")
LIBM(arcsin, "asin")
LIBM(arccos, "acos")
LIBM(arctan, "atan")
LIBM(sinh, "sinh")
LIBM(cosh, "cosh")
LIBM(tanh, "tanh")
LIBM(arcsinh, "asinh")
LIBM(arccosh, "acosh")
LIBM(arctanh, "atanh")
LIBM(cbrt, "cbrt")
#undef LIBM

static Value *emit_sqrt(Spec *s, Value *const *args, ScalarKind loop)
{
    return is_complex(loop) ? complex_math(s, "sqrt", args[0]) : unary(s, OP_SQRT, args[0]);
}

static Value *emit_arctan2(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return math(s, "atan2", args, 2);
}

static Value *emit_hypot(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return math(s, "hypot", args, 2);
}

static Value *emit_nextafter(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return math(s, "nextafter", args, 2);
}

/* To the next float away from zero. */
static Value *emit_spacing(Spec *s, Value *const *args, ScalarKind loop)
{
    Value *infinity = build_float(&s->b, loop, INFINITY);
    Value *below = compare(s, OP_LT, args[0], zero_of(s, args[0]->type));
    Value *pair[2] = {
        args[0], build_select(&s->b, below, build_float(&s->b, loop, -INFINITY), infinity)};
    Value *step = binary(s, OP_SUB, math(s, "nextafter", pair, 2), args[0]);
    Value *is_infinite = compare(s, OP_EQ, unary(s, OP_ABS, args[0]), infinity);
    return build_select(&s->b, is_infinite, build_float(&s->b, loop, NAN), step);
}

static Value *emit_heaviside(Spec *s, Value *const *args, ScalarKind loop)
{
    Value *x = args[0], *zero = zero_of(s, x->type), *one = one_of(s, x->type);
    Value *side = build_select(&s->b, compare(s, OP_LT, x, zero), zero, one);
    Value *step = build_select(&s->b, compare(s, OP_EQ, x, zero), args[1], side);
    Value *number = compare(s, OP_EQ, x, x);
    return build_select(&s->b, number, step, build_float(&s->b, loop, NAN));
}

/* log(e^x + e^y) from the larger and the distance, to base e or 2. */
static Value *log_of_sum(Spec *s, Value *const *args, const char *exp, double doubled,
                         double scale)
{
    ScalarKind kind = args[0]->type->scalar;
    Value *distance = binary(s, OP_SUB, args[0], args[1]);
    Value *first = compare(s, OP_GT, distance, zero_of(s, distance->type));
    Value *larger = build_select(&s->b, first, args[0], args[1]);
    Value *below = unary(s, OP_NEG, unary(s, OP_ABS, distance));
    Value *power = math(s, exp, &below, 1);
    Value *more = math(s, "log1p", &power, 1);
    if (scale != 1.0)
        more = binary(s, OP_MUL, build_float(&s->b, kind, scale), more);
    Value *same = binary(s, OP_ADD, args[0], build_float(&s->b, kind, doubled));
    Value *number = compare(s, OP_EQ, distance, distance);
    Value *sum = build_select(&s->b, number, binary(s, OP_ADD, larger, more), distance);
    return build_select(&s->b, compare(s, OP_EQ, args[0], args[1]), same, sum);
}

static Value *emit_logaddexp(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return log_of_sum(s, args, "exp", 0.693147180559945309417232121458176568, 1.0);
}

static Value *emit_logaddexp2(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return log_of_sum(s, args, "exp2", 1.0, 1.442695040888963407359924681001892137);
}

static Value *emit_copysign(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_COPYSIGN, args[0], args[1]);
}

static Value *emit_degrees(Spec *s, Value *const *args, ScalarKind loop)
{
    return binary(s, OP_MUL, args[0],
                  build_float(&s->b, loop,
                              loop == SCALAR_FLOAT32
                                  ? (double)(180.0f / 3.14159265358979323846f)
                                  : 180.0 / 3.141592653589793));
}

static Value *emit_radians(Spec *s, Value *const *args, ScalarKind loop)
{
    return binary(s, OP_MUL, args[0],
                  build_float(&s->b, loop,
                              loop == SCALAR_FLOAT32
                                  ? (double)(3.14159265358979323846f / 180.0f)
                                  : 3.141592653589793 / 180.0));
}

/* ---- rounding --------------------------------------------------------------------------------------------------- */

static Value *rounded(Spec *s, OpCode op, Value *x)
{
    return scalar_class(x->type->scalar) == CLASS_FLOAT ? unary(s, op, x) : x;
}

static Value *emit_floor(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return rounded(s, OP_FLOOR, args[0]);
}

static Value *emit_ceil(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return rounded(s, OP_CEIL, args[0]);
}

static Value *emit_trunc(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return rounded(s, OP_TRUNC, args[0]);
}

static Value *emit_rint(Spec *s, Value *const *args, ScalarKind loop)
{
    if (is_complex(loop))
        return complex_of(s, unary(s, OP_RINT, real_of(s, args[0])),
                          unary(s, OP_RINT, imag_of(s, args[0])), args[0]->type);
    return rounded(s, OP_RINT, args[0]);
}

/* ---- bits -------------------------------------------------------------------------------------------------------- */

#define BITS(id, op)                                                      \
    static Value *emit_##id(Spec *s, Value *const *args, ScalarKind loop) \
    {                                                                     \
        (void)loop;                                                       \
        return binary(s, op, args[0], args[1]);                           \
    }
BITS(bitwise_and, OP_AND)
BITS(bitwise_or, OP_OR)
BITS(bitwise_xor, OP_XOR)
#undef BITS

static Value *emit_invert(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return unary(s, OP_NOT, args[0]);
}

/* An amount out of range (a negative one is large) shifts everything out: op.def's SHL and SHR. */
static Value *emit_left_shift(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_SHL, args[0], args[1]);
}

static Value *emit_right_shift(Spec *s, Value *const *args, ScalarKind loop)
{
    (void)loop;
    return binary(s, OP_SHR, args[0], args[1]);
}

static Value *emit_bitwise_count(Spec *s, Value *const *args, ScalarKind loop)
{
    Value *x = scalar_class(loop) == CLASS_INT ? unary(s, OP_ABS, args[0]) : args[0];
    return build_convert(&s->b, unary(s, OP_POPCOUNT, x), spec_scalar(s, SCALAR_UINT8));
}

/* ---- comparison ------------------------------------------------------------------------------------------------- */

/* Complex numbers order by real part, then by imaginary part; nan compares false. */
static Value *complex_order(Spec *s, OpCode strict, OpCode last, Value *x, Value *y)
{
    Value *a = real_of(s, x), *b = real_of(s, y), *c = imag_of(s, x), *d = imag_of(s, y);
    Value *ordered = binary(s, OP_AND, compare(s, OP_EQ, c, c), compare(s, OP_EQ, d, d));
    Value *first = binary(s, OP_AND, compare(s, strict, a, b), ordered);
    Value *second = binary(s, OP_AND, compare(s, OP_EQ, a, b), compare(s, last, c, d));
    return binary(s, OP_OR, first, second);
}

static Value *emit_equal(Spec *s, Value *const *args, ScalarKind loop)
{
    if (!is_complex(loop))
        return compare(s, OP_EQ, args[0], args[1]);
    return binary(s, OP_AND, compare(s, OP_EQ, real_of(s, args[0]), real_of(s, args[1])),
                  compare(s, OP_EQ, imag_of(s, args[0]), imag_of(s, args[1])));
}

static Value *emit_not_equal(Spec *s, Value *const *args, ScalarKind loop)
{
    return unary(s, OP_NOT, emit_equal(s, args, loop));
}

#define ORDER(id, op, strict)                                                    \
    static Value *emit_##id(Spec *s, Value *const *args, ScalarKind loop)        \
    {                                                                            \
        return is_complex(loop) ? complex_order(s, strict, op, args[0], args[1]) \
                                : compare(s, op, args[0], args[1]);              \
    }
ORDER(less, OP_LT, OP_LT)
ORDER(less_equal, OP_LE, OP_LT)
ORDER(greater, OP_GT, OP_GT)
ORDER(greater_equal, OP_GE, OP_GT)
#undef ORDER

/* x where x is chosen or is nan, else y: NumPy's minimum and maximum hand nan on. Of 0.0 and -0.0 the
 * second comes out, as the instructions of x86 have it that NumPy's loops use. */
static Value *extreme(Spec *s, Value *const *args, ScalarKind loop, OpCode op, UfuncEmit *order)
{
    Value *x = args[0], *y = args[1];
    if (scalar_class(loop) == CLASS_BOOL)
        return binary(s, op == OP_LT ? OP_AND : OP_OR, x, y);
    Value *chosen = order(s, args, loop);
    if (scalar_class(loop) == CLASS_FLOAT)
        chosen = binary(s, OP_OR, chosen, compare(s, OP_NE, x, x));
    if (is_complex(loop)) {
        Value *nan = binary(s, OP_OR, compare(s, OP_NE, real_of(s, x), real_of(s, x)),
                            compare(s, OP_NE, imag_of(s, x), imag_of(s, x)));
        chosen = binary(s, OP_OR, chosen, nan);
    }
    return build_select(&s->b, chosen, x, y);
}

static Value *emit_maximum(Spec *s, Value *const *args, ScalarKind loop)
{
    return extreme(s, args, loop, OP_GT, is_complex(loop) ? emit_greater_equal : emit_greater);
}

static Value *emit_minimum(Spec *s, Value *const *args, ScalarKind loop)
{
    return extreme(s, args, loop, OP_LT, is_complex(loop) ? emit_less_equal : emit_less);
}

/* fmax and fmin prefer the number where one is nan. */
static Value *number_of(Spec *s, Value *const *args, ScalarKind loop, OpCode op,
                        UfuncEmit *order)
{
    if (!scalar_is_inexact(loop))
        return extreme(s, args, loop, op, order);
    Value *y_is_nan = unary(s, OP_NOT, emit_equal(s, (Value *[]){args[1], args[1]}, loop));
    return build_select(&s->b, binary(s, OP_OR, order(s, args, loop), y_is_nan), args[0],
                        args[1]);
}

static Value *emit_fmax(Spec *s, Value *const *args, ScalarKind loop)
{
    return number_of(s, args, loop, OP_GT, emit_greater_equal);
}

static Value *emit_fmin(Spec *s, Value *const *args, ScalarKind loop)
{
    return number_of(s, args, loop, OP_LT, emit_less_equal);
}

/* ---- tests --------------------------------------------------------------------------------------------------------- */

typedef Value *FloatTest(Spec *s, Value *x);

static Value *nan_test(Spec *s, Value *x)
{
    return compare(s, OP_NE, x, x);
}

static Value *finite_test(Spec *s, Value *x)
{
    Value *none = binary(s, OP_SUB, x, x);
    return compare(s, OP_EQ, none, zero_of(s, x->type));
}

static Value *inf_test(Spec *s, Value *x)
{
    Value *number = compare(s, OP_EQ, x, x);
    return binary(s, OP_AND, number, unary(s, OP_NOT, finite_test(s, x)));
}

static Value *tested(Spec *s, Value *x, ScalarKind loop, FloatTest *test, OpCode joined,
                     bool exact)
{
    if (!scalar_is_inexact(loop))
        return build_bool(&s->b, exact);
    if (!is_complex(loop))
        return test(s, x);
    return binary(s, joined, test(s, real_of(s, x)), test(s, imag_of(s, x)));
}

static Value *emit_isfinite(Spec *s, Value *const *args, ScalarKind loop)
{
    return tested(s, args[0], loop, finite_test, OP_AND, true);
}

static Value *emit_isinf(Spec *s, Value *const *args, ScalarKind loop)
{
    return tested(s, args[0], loop, inf_test, OP_OR, false);
}

static Value *emit_isnan(Spec *s, Value *const *args, ScalarKind loop)
{
    return tested(s, args[0], loop, nan_test, OP_OR, false);
}

/* ---- the table ------------------------------------------------------------------------------------------------------- */

static UfuncEmit *const emits[UFUNC_COUNT] = {
#define UFUNC(id, name, in, rule, emit) emit_##emit,
#include "infer/ufunc_table.def"
#undef UFUNC
};

Value *spec_ufunc_scalar(Spec *s, UfuncId ufunc, Value *const *args, ScalarKind loop,
                         ScalarKind out)
{
    Value *wide[3];
    bool half = loop == SCALAR_FLOAT16;
    for (unsigned i = 0; i < ufunc_inputs(ufunc); i++)
        wide[i] =
            half ? build_convert(&s->b, args[i], spec_scalar(s, SCALAR_FLOAT32)) : args[i];
    Value *value = emits[ufunc](s, wide, half ? SCALAR_FLOAT32 : loop);
    return build_convert(&s->b, value, spec_scalar(s, out));
}
