/* Folding: integers in 128 bits, floats in double, each rounded back to its kind after every step.
 *
 * One small function per operation and class, reached through tables indexed by OpCode: an
 * operation without an entry is not folded. Rounding a double result of + - * / sqrt to float32 gives
 * the correctly rounded float32 result, since 53 >= 2 * 24 + 2 (Figueroa, "When is double rounding
 * innocuous?", 1995); composed operations round at each step as the compiled code does.
 */
#include "ir/fold.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef unsigned __int128 Bits;

/* ---- constants of a kind ------------------------------------------------------------------- */

static Constant bool_constant(bool truth)
{
    return (Constant){.kind = CONSTANT_BOOL, .truth = truth};
}

static Constant float_constant(double real)
{
    return (Constant){.kind = CONSTANT_FLOAT, .real = real};
}

static Constant complex_constant(double real, double imag)
{
    return (Constant){.kind = CONSTANT_COMPLEX, .real = real, .imag = imag};
}

static Bits mask(unsigned bits)
{
    return bits == 128 ? ~(Bits)0 : ((Bits)1 << bits) - 1;
}

__int128 fold_wrap(ScalarKind kind, __int128 value)
{
    if (scalar_class(kind) == CLASS_BOOL)
        return value & 1;
    unsigned bits = scalar_bits(kind);
    Bits low = (Bits)value & mask(bits);
    if (scalar_class(kind) == CLASS_INT && low >> (bits - 1) & 1)
        low |= ~mask(bits);
    return (__int128)low;
}

static Constant int_constant(ScalarKind kind, __int128 value)
{
    value = fold_wrap(kind, value);
    if (scalar_class(kind) == CLASS_BOOL)
        return bool_constant(value);
    return (Constant){.kind = CONSTANT_INT, .integer = value};
}

static __int128 int_of(const Constant *x)
{
    assert(x->kind == CONSTANT_BOOL || x->kind == CONSTANT_INT);
    return x->kind == CONSTANT_BOOL ? x->truth : x->integer;
}

/* Nearest float16, ties to even: 11 significant bits, exponents -13 … 16 in frexp's terms. */
static double round_to_half(double x)
{
    if (!isfinite(x) || x == 0)
        return x;
    int exponent;
    double fraction = frexp(x, &exponent);
    int precision = exponent < -13 ? 11 - (-13 - exponent) : 11;
    double rounded = ldexp(rint(ldexp(fraction, precision)), exponent - precision);
    if (fabs(rounded) > 65504)
        return copysign(INFINITY, x);
    return rounded == 0 ? copysign(0, x) : rounded;
}

static double round_to(ScalarKind kind, double x)
{
    switch (scalar_bits(scalar_real(kind))) {
    case 16:
        return round_to_half(x);
    case 32:
        return (double)(float)x;
    default:
        return x;
    }
}

/* ---- integers ------------------------------------------------------------------------------ */

/* Args and result as __int128; the engine wraps the result. False: stays. */
typedef struct IntArgs {
    ScalarKind kind;
    unsigned bits;
    __int128 x, y;
} IntArgs;

typedef bool IntFold(const IntArgs *a, __int128 *r);

static bool int_add(const IntArgs *a, __int128 *r)
{
    *r = (__int128)((Bits)a->x + (Bits)a->y);
    return true;
}

static bool int_sub(const IntArgs *a, __int128 *r)
{
    *r = (__int128)((Bits)a->x - (Bits)a->y);
    return true;
}

static bool int_mul(const IntArgs *a, __int128 *r)
{
    *r = (__int128)((Bits)a->x * (Bits)a->y);
    return true;
}

static bool fits(ScalarKind kind, __int128 value)
{
    return fold_wrap(kind, value) == value;
}

static bool int_add_x(const IntArgs *a, __int128 *r)
{
    return !__builtin_add_overflow(a->x, a->y, r) && fits(a->kind, *r);
}

static bool int_sub_x(const IntArgs *a, __int128 *r)
{
    return !__builtin_sub_overflow(a->x, a->y, r) && fits(a->kind, *r);
}

static bool int_mul_x(const IntArgs *a, __int128 *r)
{
    return !__builtin_mul_overflow(a->x, a->y, r) && fits(a->kind, *r);
}

static bool int_neg(const IntArgs *a, __int128 *r)
{
    *r = (__int128)-(Bits)a->x;
    return true;
}

static bool int_abs(const IntArgs *a, __int128 *r)
{
    *r = a->x;
    return a->x >= 0 || int_neg(a, r);
}

static bool int_truncdiv(const IntArgs *a, __int128 *r)
{
    if (a->y == -1)
        return int_neg(a, r);
    if (a->y)
        *r = a->x / a->y;
    return a->y;
}

static bool int_truncmod(const IntArgs *a, __int128 *r)
{
    if (a->y)
        *r = a->y == -1 ? 0 : a->x % a->y;
    return a->y;
}

static bool int_floordiv(const IntArgs *a, __int128 *r)
{
    __int128 rest;
    if (!int_truncdiv(a, r) || !int_truncmod(a, &rest))
        return false;
    *r -= rest && (rest < 0) != (a->y < 0);
    return true;
}

static bool int_mod(const IntArgs *a, __int128 *r)
{
    if (!int_truncmod(a, r))
        return false;
    if (*r && (*r < 0) != (a->y < 0))
        *r += a->y;
    return true;
}

static bool int_and(const IntArgs *a, __int128 *r)
{
    *r = a->x & a->y;
    return true;
}

static bool int_or(const IntArgs *a, __int128 *r)
{
    *r = a->x | a->y;
    return true;
}

static bool int_xor(const IntArgs *a, __int128 *r)
{
    *r = a->x ^ a->y;
    return true;
}

static bool int_not(const IntArgs *a, __int128 *r)
{
    *r = ~a->x;
    return true;
}

static bool is_wide_shift(const IntArgs *a)
{
    return a->y < 0 || a->y >= a->bits;
}

static bool int_shl(const IntArgs *a, __int128 *r)
{
    *r = is_wide_shift(a) ? 0 : (__int128)((Bits)a->x << a->y);
    return true;
}

static bool int_shr(const IntArgs *a, __int128 *r)
{
    *r = is_wide_shift(a) ? -(__int128)(a->x < 0) : a->x >> a->y;
    return true;
}

static bool int_shl_x(const IntArgs *a, __int128 *r)
{
    *r = 0;
    if (a->x == 0)
        return a->y >= 0;
    if (is_wide_shift(a))
        return false;
    *r = (__int128)((Bits)a->x << a->y);
    return fits(a->kind, *r) && *r >> a->y == a->x;
}

static bool int_mul_high(const IntArgs *a, __int128 *r)
{
    if (a->bits != 64)
        return false;
    if (scalar_class(a->kind) == CLASS_UINT)
        *r = (__int128)((Bits)a->x * (Bits)a->y >> 64);
    else
        *r = a->x * a->y >> 64;
    return true;
}

static bool int_ctz(const IntArgs *a, __int128 *r)
{
    Bits low = (Bits)a->x & mask(a->bits);
    for (*r = 0; *r < a->bits && !(low >> *r & 1);)
        ++*r;
    return true;
}

static bool int_clz(const IntArgs *a, __int128 *r)
{
    Bits low = (Bits)a->x & mask(a->bits);
    for (*r = a->bits; low; low >>= 1)
        --*r;
    return true;
}

static bool int_popcount(const IntArgs *a, __int128 *r)
{
    Bits low = (Bits)a->x & mask(a->bits);
    for (*r = 0; low; low &= low - 1)
        ++*r;
    return true;
}

static IntFold *const int_folds[OP_COUNT] = {
    [OP_ADD] = int_add,
    [OP_SUB] = int_sub,
    [OP_MUL] = int_mul,
    [OP_NEG] = int_neg,
    [OP_ADD_X] = int_add_x,
    [OP_SUB_X] = int_sub_x,
    [OP_MUL_X] = int_mul_x,
    [OP_FLOORDIV] = int_floordiv,
    [OP_MOD] = int_mod,
    [OP_TRUNCDIV] = int_truncdiv,
    [OP_TRUNCMOD] = int_truncmod,
    [OP_AND] = int_and,
    [OP_OR] = int_or,
    [OP_XOR] = int_xor,
    [OP_NOT] = int_not,
    [OP_SHL] = int_shl,
    [OP_SHR] = int_shr,
    [OP_SHL_X] = int_shl_x,
    [OP_ABS] = int_abs,
    [OP_MUL_HIGH] = int_mul_high,
    [OP_CTZ] = int_ctz,
    [OP_CLZ] = int_clz,
    [OP_POPCOUNT] = int_popcount,
};

static bool fold_int(OpCode op, ScalarKind kind, __int128 x, __int128 y, Constant *result)
{
    IntArgs args = {kind, scalar_bits(kind), x, y};
    __int128 value;
    if (!int_folds[op] || !int_folds[op](&args, &value))
        return false;
    *result = int_constant(kind, value);
    return true;
}

/* The quotient to 64 bits or more with the rest as a sticky last bit; then one rounding. */
static bool int_truediv(__int128 x, __int128 y, double *r)
{
    Bits over = (Bits)(x < 0 ? -(Bits)x : (Bits)x);
    Bits under = (Bits)(y < 0 ? -(Bits)y : (Bits)y);
    if (under == 0 || under >> 64)
        return false;
    int shift = 0;
    for (; over && !(over >> 127); over <<= 1)
        shift++;
    Bits quotient = over / under | (over % under != 0);
    *r = ldexp((double)quotient, -shift);
    if ((x < 0) != (y < 0)) /* -0.0 for 0 / -1, too */
        *r = -*r;
    return true;
}

/* ---- floats -------------------------------------------------------------------------------- */

typedef double FloatFold(ScalarKind kind, double x, double y);

static double float_add(ScalarKind kind, double x, double y)
{
    return round_to(kind, x + y);
}

static double float_sub(ScalarKind kind, double x, double y)
{
    return round_to(kind, x - y);
}

static double float_mul(ScalarKind kind, double x, double y)
{
    return round_to(kind, x * y);
}

static double float_div(ScalarKind kind, double x, double y)
{
    return round_to(kind, x / y);
}

static double float_truncmod(ScalarKind kind, double x, double y)
{
    (void)kind; /* exact */
    return fmod(x, y);
}

static double float_mod(ScalarKind kind, double x, double y)
{
    double rest = fmod(x, y);
    if (y == 0)
        return rest;
    if (rest == 0)
        return copysign(0, y);
    return (y < 0) != (rest < 0) ? float_add(kind, rest, y) : rest;
}

/* CPython's float_floor_div; by zero as NumPy: the true quotient. */
static double float_floordiv(ScalarKind kind, double x, double y)
{
    if (y == 0)
        return x / y;
    double rest = fmod(x, y);
    double quotient = float_div(kind, float_sub(kind, x, rest), y);
    if (rest != 0 && (y < 0) != (rest < 0))
        quotient = float_sub(kind, quotient, 1);
    if (quotient == 0)
        return copysign(0, x / y);
    double whole = floor(quotient);
    return float_sub(kind, quotient, whole) > 0.5 ? float_add(kind, whole, 1) : whole;
}

static double float_copysign(ScalarKind kind, double x, double y)
{
    (void)kind;
    return copysign(x, y);
}

static double float_neg(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return -x;
}

static double float_abs(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return fabs(x);
}

static double float_sqrt(ScalarKind kind, double x, double y)
{
    (void)y;
    return round_to(kind, sqrt(x));
}

static double float_floor(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return floor(x);
}

static double float_ceil(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return ceil(x);
}

static double float_trunc(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return trunc(x);
}

static double float_rint(ScalarKind kind, double x, double y)
{
    (void)kind, (void)y;
    return rint(x);
}

static FloatFold *const float_folds[OP_COUNT] = {
    [OP_ADD] = float_add,     [OP_SUB] = float_sub,           [OP_MUL] = float_mul,
    [OP_NEG] = float_neg,     [OP_DIV] = float_div,           [OP_FLOORDIV] = float_floordiv,
    [OP_MOD] = float_mod,     [OP_TRUNCMOD] = float_truncmod, [OP_ABS] = float_abs,
    [OP_SQRT] = float_sqrt,   [OP_FLOOR] = float_floor,       [OP_CEIL] = float_ceil,
    [OP_TRUNC] = float_trunc, [OP_RINT] = float_rint,         [OP_COPYSIGN] = float_copysign,
};

/* float16 is computed in float32 and rounded once more. */
static ScalarKind computed_in(ScalarKind kind)
{
    return kind == SCALAR_FLOAT16 ? SCALAR_FLOAT32 : kind;
}

static bool fold_float(OpCode op, ScalarKind kind, double x, double y, Constant *result)
{
    if (!float_folds[op])
        return false;
    *result = float_constant(round_to(kind, float_folds[op](computed_in(kind), x, y)));
    return true;
}

/* ---- complex ------------------------------------------------------------------------------- */

typedef struct ComplexArgs {
    ScalarKind part; /* of the halves */
    bool is_python;
    double a, b, c, d; /* x = a + bi, y = c + di */
} ComplexArgs;

typedef bool ComplexFold(const ComplexArgs *z, double *re, double *im);

static bool complex_add(const ComplexArgs *z, double *re, double *im)
{
    *re = float_add(z->part, z->a, z->c);
    *im = float_add(z->part, z->b, z->d);
    return true;
}

static bool complex_sub(const ComplexArgs *z, double *re, double *im)
{
    *re = float_sub(z->part, z->a, z->c);
    *im = float_sub(z->part, z->b, z->d);
    return true;
}

static bool complex_neg(const ComplexArgs *z, double *re, double *im)
{
    *re = -z->a;
    *im = -z->b;
    return true;
}

/* x * y + z * w, rounded three times. */
static double dot(ScalarKind part, double x, double y, double z, double w)
{
    return float_add(part, float_mul(part, x, y), float_mul(part, z, w));
}

/* CPython recovers infinities since 3.14, others do not: only finite results are folded. */
static bool complex_mul(const ComplexArgs *z, double *re, double *im)
{
    *re = dot(z->part, z->a, z->c, -z->b, z->d);
    *im = dot(z->part, z->a, z->d, z->b, z->c);
    return isfinite(*re) && isfinite(*im);
}

/* Smith's method. CPython divides by the scaled denominator, NumPy multiplies by its inverse. */
static bool complex_div(const ComplexArgs *z, double *re, double *im)
{
    ScalarKind part = z->part;
    bool is_wide = fabs(z->c) >= fabs(z->d);
    double major = is_wide ? z->c : z->d, minor = is_wide ? z->d : z->c;
    if (major == 0 || !isfinite(major) || !isfinite(minor))
        return false;
    double ratio = float_div(part, minor, major);
    double denominator = float_add(part, major, float_mul(part, minor, ratio));
    double a = is_wide ? z->a : z->b, b = is_wide ? z->b : z->a;
    *re = float_add(part, a, float_mul(part, b, ratio));
    *im = is_wide ? float_sub(part, b, float_mul(part, a, ratio))
                  : float_sub(part, float_mul(part, a, ratio), b);
    if (z->is_python) {
        *re = *re / denominator;
        *im = *im / denominator;
    } else {
        double scale = float_div(part, 1, denominator);
        *re = float_mul(part, *re, scale);
        *im = float_mul(part, *im, scale);
    }
    return isfinite(*re) && isfinite(*im);
}

static ComplexFold *const complex_folds[OP_COUNT] = {
    [OP_ADD] = complex_add, [OP_SUB] = complex_sub, [OP_MUL] = complex_mul,
    [OP_NEG] = complex_neg, [OP_DIV] = complex_div,
};

static bool fold_complex(OpCode op, ScalarKind kind, const Constant *x, const Constant *y,
                         Constant *result)
{
    ComplexArgs args = {
        scalar_real(kind), kind == SCALAR_COMPLEX, x->real, x->imag, y->real, y->imag};
    double re, im;
    if (!complex_folds[op] || !complex_folds[op](&args, &re, &im))
        return false;
    *result = complex_constant(re, im);
    return true;
}

/* ---- comparisons --------------------------------------------------------------------------- */

enum { LESS = 1, EQUAL = 2, GREATER = 4, UNORDERED = 8 };

static const uint8_t relations[OP_COUNT] = {
    [OP_EQ] = EQUAL,   [OP_NE] = LESS | GREATER | UNORDERED,
    [OP_LT] = LESS,    [OP_LE] = LESS | EQUAL,
    [OP_GT] = GREATER, [OP_GE] = GREATER | EQUAL,
};

static uint8_t relation_of(ScalarClass class, const Constant *x, const Constant *y)
{
    if (class == CLASS_COMPLEX)
        return x->real == y->real && x->imag == y->imag ? EQUAL : UNORDERED;
    if (class == CLASS_FLOAT) {
        if (isnan(x->real) || isnan(y->real))
            return UNORDERED;
        return x->real < y->real ? LESS : x->real > y->real ? GREATER : EQUAL;
    }
    __int128 a = int_of(x), b = int_of(y);
    return a < b ? LESS : a > b ? GREATER : EQUAL;
}

/* ---- by class ------------------------------------------------------------------------------ */

static bool fold_arithmetic(OpCode op, ScalarKind kind, const Constant *x, const Constant *y,
                            Constant *result)
{
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
    case CLASS_INT:
    case CLASS_UINT:
        return fold_int(op, kind, int_of(x), int_of(y), result);
    case CLASS_FLOAT:
        return fold_float(op, kind, x->real, y->real, result);
    case CLASS_COMPLEX:
        return fold_complex(op, kind, x, y, result);
    }
    return false;
}

bool fold_unary(OpCode op, ScalarKind kind, const Constant *x, Constant *result)
{
    if (op == OP_REAL || op == OP_IMAG) {
        *result = float_constant(op == OP_REAL ? x->real : x->imag);
        return true;
    }
    return fold_arithmetic(op, kind, x, x, result);
}

bool fold_binary(OpCode op, ScalarKind kind, const Constant *x, const Constant *y,
                 Constant *result)
{
    if (relations[op]) {
        *result = bool_constant(relations[op] & relation_of(scalar_class(kind), x, y));
        return true;
    }
    if (op == OP_COMPLEX) {
        *result = complex_constant(x->real, y->real);
        return true;
    }
    if (op == OP_INT_TRUEDIV) {
        double quotient;
        if (!int_truediv(int_of(x), int_of(y), &quotient))
            return false;
        *result = float_constant(quotient);
        return true;
    }
    return fold_arithmetic(op, kind, x, y, result);
}

bool fold_fma(ScalarKind kind, const Constant *x, const Constant *y, const Constant *z,
              Constant *result)
{
    double value = scalar_bits(kind) == 64
                       ? fma(x->real, y->real, z->real)
                       : (double)fmaf((float)x->real, (float)y->real, (float)z->real);
    *result = float_constant(round_to(kind, value));
    return true;
}

/* ---- conversions --------------------------------------------------------------------------- */

static bool is_truthy(const Constant *x)
{
    if (x->kind == CONSTANT_FLOAT)
        return x->real != 0;
    if (x->kind == CONSTANT_COMPLEX)
        return x->real != 0 || x->imag != 0;
    return int_of(x) != 0;
}

static bool int_from_float(double x, ScalarKind to, Constant *result)
{
    if (!(fabs(x) < 0x1p127)) /* also nan */
        return false;
    __int128 whole = (__int128)x;
    *result = int_constant(to, whole);
    return fits(to, whole);
}

/* The real part in the precision of `to`; integers round once (to float16: as float32 first). */
static double real_of(const Constant *x, ScalarKind to)
{
    if (x->kind == CONSTANT_FLOAT || x->kind == CONSTANT_COMPLEX)
        return round_to(to, x->real);
    __int128 value = int_of(x);
    return scalar_bits(scalar_real(to)) == 64 ? (double)value
                                              : round_to(to, (double)(float)value);
}

bool fold_convert(const Constant *x, ScalarKind to, Constant *result)
{
    bool is_integer = x->kind == CONSTANT_BOOL || x->kind == CONSTANT_INT;
    if (!is_integer && x->kind != CONSTANT_FLOAT && x->kind != CONSTANT_COMPLEX)
        return false;
    switch (scalar_class(to)) {
    case CLASS_BOOL:
        *result = bool_constant(is_truthy(x));
        return true;
    case CLASS_INT:
    case CLASS_UINT:
        if (!is_integer)
            return int_from_float(x->real, to, result);
        *result = int_constant(to, int_of(x));
        return true;
    case CLASS_FLOAT:
        *result = float_constant(real_of(x, to));
        return true;
    case CLASS_COMPLEX:
        *result = complex_constant(real_of(x, to),
                                   x->kind == CONSTANT_COMPLEX ? round_to(to, x->imag) : 0);
        return true;
    }
    return false;
}

static Bits bits_of_float(unsigned bits, double x)
{
    float single = (float)x;
    uint32_t low;
    uint64_t all;
    memcpy(&low, &single, sizeof low);
    memcpy(&all, &x, sizeof all);
    return bits == 32 ? low : all;
}

static double float_of_bits(unsigned bits, uint64_t all)
{
    uint32_t low = (uint32_t)all;
    float single;
    double x;
    memcpy(&single, &low, sizeof single);
    memcpy(&x, &all, sizeof x);
    return bits == 32 ? (double)single : x;
}

bool fold_bitcast(ScalarKind from, const Constant *x, ScalarKind to, Constant *result)
{
    unsigned bits = scalar_bits(from);
    bool from_float = scalar_class(from) == CLASS_FLOAT,
         to_float = scalar_class(to) == CLASS_FLOAT;
    if (bits != scalar_bits(to) || scalar_class(from) == CLASS_COMPLEX ||
        scalar_class(to) == CLASS_COMPLEX)
        return false;
    if (from_float == to_float) {
        *result = to_float ? *x : int_constant(to, int_of(x));
        return true;
    }
    if (bits != 32 && bits != 64)
        return false;
    if (to_float)
        *result = float_constant(float_of_bits(bits, (uint64_t)int_of(x)));
    else
        *result = int_constant(to, (__int128)bits_of_float(bits, x->real));
    return to_float ? !isnan(result->real) : !isnan(x->real);
}
