/* Folding against the machine's own arithmetic, and against what CPython and NumPy printed.
 *
 * Integers: every pair of interesting values of every kind, computed in C at the kind's width.
 * Floats: float32 in C's float. Tables of expected values were printed by CPython 3.11 and NumPy 2.
 */
#include "check.h"

#include <float.h>
#include <math.h>

#include "ir/fold.h"

static Constant integer(__int128 value)
{
    return (Constant){.kind = CONSTANT_INT, .integer = value};
}

static Constant real(double value)
{
    return (Constant){.kind = CONSTANT_FLOAT, .real = value};
}

/* ---- integers ---- */

static const __int128 seeds[] = {0,
                                 1,
                                 2,
                                 3,
                                 5,
                                 7,
                                 8,
                                 31,
                                 63,
                                 64,
                                 100,
                                 127,
                                 128,
                                 255,
                                 1000,
                                 32767,
                                 65535,
                                 1000003,
                                 INT32_MAX,
                                 UINT32_MAX,
                                 0x123456789abcdef,
                                 INT64_MAX,
                                 (__int128)UINT64_MAX,
                                 (__int128)UINT64_MAX + 1};

enum { SEEDS = sizeof seeds / sizeof *seeds, VALUES = 4 * SEEDS };

/* Values of the kind: each seed, its negative, and the same beside the ends of the range. */
static void values_of(ScalarKind kind, __int128 *values)
{
    unsigned bits = scalar_bits(kind);
    __int128 top = (__int128)((unsigned __int128)1 << (bits - 1));
    for (int i = 0; i < SEEDS; i++) {
        values[4 * i] = fold_wrap(kind, seeds[i]);
        values[4 * i + 1] = fold_wrap(kind, -seeds[i]);
        values[4 * i + 2] =
            fold_wrap(kind, (__int128)((unsigned __int128)top + (unsigned __int128)seeds[i]));
        values[4 * i + 3] = fold_wrap(
            kind, (__int128)((unsigned __int128)top - 1 - (unsigned __int128)seeds[i]));
    }
}

static void check_int(OpCode op, ScalarKind kind, __int128 x, __int128 y, bool is_known,
                      __int128 wanted)
{
    Constant a = integer(x), b = integer(y), result = {0};
    bool got = op_arg_count(op) == 1 ? fold_unary(op, kind, &a, &result)
                                     : fold_binary(op, kind, &a, &b, &result);
    __int128 value = result.kind == CONSTANT_BOOL ? result.truth : result.integer;
    if (got != is_known || (got && value != wanted))
        check_failed(__FILE__, __LINE__, "%s %s %lld %lld: %d %lld, not %d %lld",
                     scalar_name(kind), op_text(op), (long long)x, (long long)y, got,
                     (long long)value, is_known, (long long)wanted);
}

#define IS_NEGATIVE(x) ((x) != 0 && (x) < 1) /* without a warning for unsigned types */

/* In the kind's own C type, as an unsigned one of at least its width so that nothing is undefined. */
#define WRAPPING(T, U, kind, x, y)                                                    \
    do {                                                                              \
        T a_ = (T)(x), b_ = (T)(y);                                                   \
        check_int(OP_ADD, kind, a_, b_, true, (T)((U)a_ + (U)b_));                    \
        check_int(OP_SUB, kind, a_, b_, true, (T)((U)a_ - (U)b_));                    \
        check_int(OP_MUL, kind, a_, b_, true, (T)((U)a_ * (U)b_));                    \
        check_int(OP_AND, kind, a_, b_, true, (T)(a_ & b_));                          \
        check_int(OP_OR, kind, a_, b_, true, (T)(a_ | b_));                           \
        check_int(OP_XOR, kind, a_, b_, true, (T)(a_ ^ b_));                          \
        check_int(OP_NOT, kind, a_, a_, true, (T)~a_);                                \
        check_int(OP_NEG, kind, a_, a_, true, (T)(0 - (U)a_));                        \
        check_int(OP_ABS, kind, a_, a_, true, IS_NEGATIVE(a_) ? (T)(0 - (U)a_) : a_); \
        check_int(OP_LT, kind, a_, b_, true, a_ < b_);                                \
        check_int(OP_GE, kind, a_, b_, true, a_ >= b_);                               \
        check_int(OP_EQ, kind, a_, b_, true, a_ == b_);                               \
        T sum_, difference_, product_;                                                \
        bool fits_ = !__builtin_add_overflow(a_, b_, &sum_);                          \
        check_int(OP_ADD_X, kind, a_, b_, fits_, sum_);                               \
        fits_ = !__builtin_sub_overflow(a_, b_, &difference_);                        \
        check_int(OP_SUB_X, kind, a_, b_, fits_, difference_);                        \
        fits_ = !__builtin_mul_overflow(a_, b_, &product_);                           \
        check_int(OP_MUL_X, kind, a_, b_, fits_, product_);                           \
        bool is_wide_ = (U)b_ >= 8 * sizeof(T);                                       \
        check_int(OP_SHL, kind, a_, b_, true, is_wide_ ? 0 : (T)((U)a_ << (U)b_));    \
        check_int(OP_SHR, kind, a_, b_, true,                                         \
                  is_wide_ ? (T)(IS_NEGATIVE(a_) ? -1 : 0) : (T)(a_ >> (U)b_));       \
    } while (0)

/* q * y + r is x; truncated: r has the sign of x; floored: of y. |r| < |y| decides both. */
static void check_division(ScalarKind kind, OpCode divide, OpCode modulo, __int128 x,
                           __int128 y)
{
    Constant a = integer(x), b = integer(y), q = {0}, r = {0};
    bool is_known =
        fold_binary(divide, kind, &a, &b, &q) && fold_binary(modulo, kind, &a, &b, &r);
    CHECK(is_known == (y != 0));
    if (!is_known)
        return;
    __int128 sign = divide == OP_FLOORDIV ? y : x;
    unsigned __int128 back =
        (unsigned __int128)q.integer * (unsigned __int128)y + (unsigned __int128)r.integer;
    CHECK(fold_wrap(kind, (__int128)back) == x);
    CHECK(r.integer == 0 || (r.integer < 0) == (sign < 0));
    CHECK(y > 0 ? r.integer < y && r.integer > -y : r.integer > y && -r.integer > y);
}

static void check_bits(ScalarKind kind, __int128 x)
{
    int bits = (int)scalar_bits(kind), ones = 0, leading = bits, trailing = bits;
    for (int i = 0; i < bits; i++)
        if (((unsigned __int128)x >> i) & 1) {
            ones++;
            leading = bits - 1 - i;
            trailing = trailing == bits ? i : trailing;
        }
    check_int(OP_POPCOUNT, kind, x, x, true, ones);
    check_int(OP_CLZ, kind, x, x, true, leading);
    check_int(OP_CTZ, kind, x, x, true, trailing);
}

static void wraps_integers(void)
{
    __int128 values[VALUES];
#define EACH(KIND, T, U)                                                                   \
    values_of(SCALAR_##KIND, values);                                                      \
    for (int i = 0; i < VALUES; i++)                                                       \
        for (int j = 0; j < VALUES; j++) {                                                 \
            WRAPPING(T, U, SCALAR_##KIND, values[i], values[j]);                           \
            check_division(SCALAR_##KIND, OP_FLOORDIV, OP_MOD, values[i], values[j]);      \
            check_division(SCALAR_##KIND, OP_TRUNCDIV, OP_TRUNCMOD, values[i], values[j]); \
        }                                                                                  \
    for (int i = 0; i < VALUES; i++)                                                       \
        check_bits(SCALAR_##KIND, values[i]);
    EACH(INT8, int8_t, uint32_t)
    EACH(UINT8, uint8_t, uint32_t)
    EACH(INT16, int16_t, uint32_t)
    EACH(UINT16, uint16_t, uint32_t)
    EACH(INT32, int32_t, uint32_t)
    EACH(UINT32, uint32_t, uint32_t)
    EACH(INT64, int64_t, uint64_t)
    EACH(UINT64, uint64_t, uint64_t)
    EACH(INT, int64_t, uint64_t)
    EACH(INT_U64, uint64_t, uint64_t)
    EACH(INT_I128, __int128, unsigned __int128)
#undef EACH
}

static void folds_rarer_integer_operations(void)
{
    check_int(OP_SHL_X, SCALAR_INT, 3, 61, true, (__int128)3 << 61);
    check_int(OP_SHL_X, SCALAR_INT, 1, 63, false, 0);
    check_int(OP_SHL_X, SCALAR_INT, -1, 63, true, INT64_MIN);
    check_int(OP_SHL_X, SCALAR_INT, 0, 1000, true, 0);
    check_int(OP_SHL_X, SCALAR_INT, 1, -1, false, 0);
    check_int(OP_SHL_X, SCALAR_INT_I128, 1, 126, true, (__int128)1 << 126);
    check_int(OP_SHL_X, SCALAR_INT_I128, 1, 127, false, 0);
    check_int(OP_MUL_HIGH, SCALAR_UINT64, (__int128)UINT64_MAX, (__int128)UINT64_MAX, true,
              (__int128)UINT64_MAX - 1);
    check_int(OP_MUL_HIGH, SCALAR_INT64, INT64_MIN, INT64_MIN, true, (__int128)1 << 62);
    check_int(OP_MUL_HIGH, SCALAR_INT64, -1, 1, true, -1);
    check_int(OP_MUL_HIGH, SCALAR_INT32, 5, 5, false, 0);
    check_int(OP_FLOORDIV, SCALAR_INT64, INT64_MIN, -1, true, INT64_MIN);
    check_int(OP_MOD, SCALAR_INT64, INT64_MIN, -1, true, 0);
    check_int(OP_SQRT, SCALAR_INT64, 4, 4, false, 0);
    check_int(OP_DIV, SCALAR_INT64, 4, 2, false, 0);
}

static void divides_integers_exactly(void)
{
    static const struct {
        __int128 x, y;
        double wanted;
    } cases[] = {
        {1, 3, 0x1.5555555555555p-2},
        {INT64_MAX, 3, 0x1.5555555555555p+61},
        {INT64_MAX, INT64_MAX - 1, 1.0},
        {INT64_MAX - 1, INT64_MAX, 0x1p+0},
        {9007199254740993, 1, 0x1p53}, /* halfway: to even */
        {9007199254740995, 1, 0x1.0000000000002p53},
        {9007199254740993 * 3 + 1, 3, 0x1.0000000000001p53}, /* just above halfway */
        /* The same with a divisor so large that only the rest tells: one past halfway. */
        {(__int128)9007199254740993 * (INT64_MAX - 54) + 1, INT64_MAX - 54,
         0x1.0000000000001p53},
        {(__int128)9007199254740993 * (INT64_MAX - 54), INT64_MAX - 54, 0x1p53},
        {INT64_MIN, -1, 0x1p63},
        {0, -5, -0.0},
        {0, 5, 0.0},
        {-7, 2, -3.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Constant x = integer(cases[i].x), y = integer(cases[i].y), result = {0};
        Constant wanted = real(cases[i].wanted);
        CHECK(fold_binary(OP_INT_TRUEDIV, SCALAR_INT, &x, &y, &result));
        if (!constant_equal(&result, &wanted))
            check_failed(__FILE__, __LINE__, "case %d: %a, not %a", (int)i, result.real,
                         cases[i].wanted);
    }
    Constant zero = integer(0), one = integer(1), result;
    CHECK(!fold_binary(OP_INT_TRUEDIV, SCALAR_INT, &one, &zero, &result));
}

/* ---- floats ---- */

static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b));
}

static void check_float(OpCode op, ScalarKind kind, double x, double y, double wanted)
{
    Constant a = real(x), b = real(y), result = {0};
    bool got = op_arg_count(op) == 1 ? fold_unary(op, kind, &a, &result)
                                     : fold_binary(op, kind, &a, &b, &result);
    if (!got || !is_same(result.real, wanted))
        check_failed(__FILE__, __LINE__, "%s %s %a %a: %a, not %a", scalar_name(kind),
                     op_text(op), x, y, result.real, wanted);
}

static const float singles[] = {0.0f,
                                -0.0f,
                                1.0f,
                                -1.0f,
                                0.1f,
                                3.0f,
                                -7.5f,
                                1e30f,
                                1e-30f,
                                FLT_MAX,
                                -FLT_MAX,
                                FLT_MIN,
                                1e-45f,
                                0.5f,
                                2.5f,
                                16777217.0f,
                                (float)INFINITY,
                                -(float)INFINITY,
                                (float)NAN,
                                1.0000001f,
                                0.33333334f};

static void rounds_to_single_precision(void)
{
    enum { N = sizeof singles / sizeof *singles };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            volatile float x = singles[i], y = singles[j], sum = x + y, difference = x - y;
            volatile float product = x * y, quotient = x / y;
            check_float(OP_ADD, SCALAR_FLOAT32, (double)x, (double)y, (double)sum);
            check_float(OP_SUB, SCALAR_FLOAT32, (double)x, (double)y, (double)difference);
            check_float(OP_MUL, SCALAR_FLOAT32, (double)x, (double)y, (double)product);
            check_float(OP_DIV, SCALAR_FLOAT32, (double)x, (double)y, (double)quotient);
            check_float(OP_TRUNCMOD, SCALAR_FLOAT32, (double)x, (double)y, (double)fmodf(x, y));
            volatile float root = sqrtf(x);
            check_float(OP_SQRT, SCALAR_FLOAT32, (double)x, (double)x, (double)root);
        }
    Constant a = real((double)0.1f), b = real((double)10.0f), c = real(-1.0), result;
    CHECK(fold_fma(SCALAR_FLOAT32, &a, &b, &c, &result));
    CHECK(is_same(result.real, 0x1p-26));
    CHECK(fold_fma(SCALAR_FLOAT64, &a, &b, &c, &result));
    CHECK(is_same(result.real, 0x1p-26));
}

static void divides_floats_as_python_does(void)
{
    static const struct {
        double x, y, floored, rest;
    } cases[] = {
        {7.0, 2.0, 3.0, 1.0},
        {-7.0, 2.0, -4.0, 1.0},
        {7.0, -2.0, -4.0, -1.0},
        {1.0, 0.1, 9.0, 0.09999999999999995},
        {-1.0, 0.1, -10.0, 5.551115123125783e-17},
        {0.0, -3.0, -0.0, -0.0},
        {-0.0, 3.0, -0.0, 0.0},
        {1.0, (double)INFINITY, 0.0, 1.0},
        {-1.0, (double)INFINITY, -1.0, (double)INFINITY},
        {(double)INFINITY, 2.0, (double)NAN, (double)NAN},
        {5e-324, 1e308, 0.0, 5e-324},
        {1e308, 5e-324, (double)INFINITY, 0.0},
        {2.0, 0.0, (double)INFINITY, (double)NAN}, /* NumPy's */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_float(OP_FLOORDIV, SCALAR_FLOAT, cases[i].x, cases[i].y, cases[i].floored);
        check_float(OP_MOD, SCALAR_FLOAT, cases[i].x, cases[i].y, cases[i].rest);
    }
}

static void computes_halves_in_single_precision(void)
{
    check_float(OP_ADD, SCALAR_FLOAT16, 2048.0, 1.0, 2048.0);
    check_float(OP_ADD, SCALAR_FLOAT16, 2048.0, 3.0, 2052.0);
    check_float(OP_MUL, SCALAR_FLOAT16, 256.0, 256.0, (double)INFINITY);
    check_float(OP_DIV, SCALAR_FLOAT16, 1.0, 3.0, 0x1.554p-2);
    check_float(OP_MUL, SCALAR_FLOAT16, 0x1p-24, 0.5, 0.0);
    check_float(OP_MUL, SCALAR_FLOAT16, 0x1.8p-23, 0.5, 0x1p-23);
    check_float(OP_SQRT, SCALAR_FLOAT16, 2.0, 2.0, 0x1.6ap+0);
    check_float(OP_FLOORDIV, SCALAR_FLOAT16, 7.0, -2.0, -4.0);
}

static void orders_floats(void)
{
    static const OpCode ops[] = {OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE};
    static const double values[] = {0.0, -0.0, 1.0, -1.0, (double)INFINITY, (double)NAN};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            double x = values[i], y = values[j];
            bool wanted[] = {x == y, x != y, x<y, x <= y, x> y, x >= y};
            for (int k = 0; k < 6; k++) {
                Constant a = real(x), b = real(y), result = {0};
                CHECK(fold_binary(ops[k], SCALAR_FLOAT, &a, &b, &result));
                CHECK(result.kind == CONSTANT_BOOL && result.truth == wanted[k]);
            }
        }
}

/* ---- complex ---- */

static void check_complex(OpCode op, ScalarKind kind, Constant x, Constant y, bool is_known,
                          double re, double im)
{
    Constant result = {0};
    x.kind = y.kind = CONSTANT_COMPLEX;
    bool got = fold_binary(op, kind, &x, &y, &result);
    if (got != is_known || (got && (!is_same(result.real, re) || !is_same(result.imag, im))))
        check_failed(__FILE__, __LINE__, "%s %s: %d %a %a", scalar_name(kind), op_text(op), got,
                     result.real, result.imag);
}

static void folds_complex_numbers(void)
{
    Constant a = {.real = -7.3, .imag = -8.5}, b = {.real = 6.0, .imag = -1.2};
    Constant zero = {.real = 0.0}, huge = {.real = 1e308, .imag = 1e308};
    check_complex(OP_MUL, SCALAR_COMPLEX, a, b, true, -0x1.b000000000000p+5,
                  -0x1.51eb851eb851fp+5);
    /* The two differ in the last bit: CPython divides, NumPy multiplies by an inverse. */
    check_complex(OP_DIV, SCALAR_COMPLEX, a, b, true, -0x1.cb7cb7cb7cb7cp-1,
                  -0x1.989d89d89d89dp+0);
    check_complex(OP_DIV, SCALAR_COMPLEX128, a, b, true, -0x1.cb7cb7cb7cb7bp-1,
                  -0x1.989d89d89d89cp+0);
    check_complex(OP_DIV, SCALAR_COMPLEX, a, zero, false, 0, 0);
    check_complex(OP_MUL, SCALAR_COMPLEX, huge, huge, false, 0, 0);
    check_complex(OP_SUB, SCALAR_COMPLEX, zero, zero, true, 0.0, 0.0);
    Constant one = {.kind = CONSTANT_COMPLEX, .real = 1.0, .imag = -0.0}, result;
    CHECK(fold_unary(OP_NEG, SCALAR_COMPLEX, &one, &result));
    CHECK(is_same(result.real, -1.0) && is_same(result.imag, 0.0));
    CHECK(fold_unary(OP_IMAG, SCALAR_COMPLEX, &one, &result) && is_same(result.real, -0.0));
}

/* ---- conversions ---- */

static void check_convert(Constant x, ScalarKind to, bool is_known, Constant wanted)
{
    Constant result = {0};
    bool got = fold_convert(&x, to, &result);
    if (got != is_known || (got && !constant_equal(&result, &wanted)))
        check_failed(__FILE__, __LINE__, "to %s: %d, %a %lld", scalar_name(to), got,
                     result.real, (long long)result.integer);
}

static void converts(void)
{
    Constant none = {0}, truth = {.kind = CONSTANT_BOOL, .truth = true};
    check_convert(integer(300), SCALAR_UINT8, true, integer(44));
    check_convert(integer(-1), SCALAR_UINT64, true, integer((__int128)UINT64_MAX));
    check_convert(integer(128), SCALAR_INT8, true, integer(-128));
    check_convert(integer(16777217), SCALAR_FLOAT32, true, real(16777216.0));
    check_convert(integer(9007199254740993), SCALAR_FLOAT, true, real(9007199254740992.0));
    /* To float32 in one step: by way of double it would be 0x1.000002p63. */
    check_convert(integer(((__int128)1 << 63) + ((__int128)1 << 39) + 1), SCALAR_FLOAT32, true,
                  real(0x1.000002p63));
    check_convert(integer(70000), SCALAR_FLOAT16, true, real((double)INFINITY));
    check_convert(real(-3.99), SCALAR_INT32, true, integer(-3));
    check_convert(real(255.9), SCALAR_UINT8, true, integer(255));
    check_convert(real(256.0), SCALAR_UINT8, false, none);
    check_convert(real(-1.0), SCALAR_UINT8, false, none);
    check_convert(real(-0.5), SCALAR_UINT8, true, integer(0));
    check_convert(real(0x1p63), SCALAR_INT64, false, none);
    check_convert(real(-0x1p63), SCALAR_INT64, true, integer(INT64_MIN));
    check_convert(real((double)NAN), SCALAR_INT64, false, none);
    check_convert(real((double)INFINITY), SCALAR_INT_I128, false, none);
    check_convert(real((double)NAN), SCALAR_BOOL, true, truth);
    check_convert(real(0.1), SCALAR_FLOAT32, true, real((double)0.1f));
    check_convert(real(65519.999), SCALAR_FLOAT16, true, real(65504.0));
    check_convert(real(65520.0), SCALAR_FLOAT16, true, real((double)INFINITY));
    check_convert(real(0x1.002001p0), SCALAR_FLOAT16, true, real(0x1.004p0)); /* one rounding */
    check_convert(real(0x1p-25), SCALAR_FLOAT16, true, real(0.0));
    check_convert(truth, SCALAR_FLOAT, true, real(1.0));
    Constant z = {.kind = CONSTANT_COMPLEX, .real = 0.0, .imag = 2.5};
    check_convert(z, SCALAR_BOOL, true, truth);
    check_convert(z, SCALAR_FLOAT, true, real(0.0));
    check_convert((Constant){.kind = CONSTANT_NONE}, SCALAR_INT, false, none);
}

static void casts_bits(void)
{
    Constant one = real(1.0), bits = integer(0x3ff0000000000000), sign = integer(0x80000000);
    Constant result;
    CHECK(fold_bitcast(SCALAR_FLOAT64, &one, SCALAR_INT64, &result));
    CHECK(constant_equal(&result, &bits));
    CHECK(fold_bitcast(SCALAR_INT64, &bits, SCALAR_FLOAT64, &result));
    CHECK(constant_equal(&result, &one));
    CHECK(fold_bitcast(SCALAR_UINT32, &sign, SCALAR_FLOAT32, &result));
    CHECK(is_same(result.real, -0.0));
    CHECK(fold_bitcast(SCALAR_UINT32, &sign, SCALAR_INT32, &result));
    CHECK_INT(result.integer, INT32_MIN);
    CHECK(!fold_bitcast(SCALAR_UINT32, &sign, SCALAR_FLOAT64, &result));
}

CHECK_MAIN(CHECK_TEST(wraps_integers), CHECK_TEST(folds_rarer_integer_operations),
           CHECK_TEST(divides_integers_exactly), CHECK_TEST(rounds_to_single_precision),
           CHECK_TEST(divides_floats_as_python_does),
           CHECK_TEST(computes_halves_in_single_precision), CHECK_TEST(orders_floats),
           CHECK_TEST(folds_complex_numbers), CHECK_TEST(converts), CHECK_TEST(casts_bits))
