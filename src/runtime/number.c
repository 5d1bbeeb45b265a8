/* Number functions that are better in C: Python's int / int and round(x, n), and complex powers of both
 * kinds.
 *
 * rt_complex_pow is CPython's complex.__pow__, with the products and quotients of its version; rt_cpow and rt_cpowf are NumPy's
 * npy_cpow and npy_cpowf: the same steps in the same order, so that the bits agree where libm's do.
 */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/raise.h"

/* ---- int / int ---- */

static int bit_length(uint64_t x)
{
    return x ? 64 - __builtin_clzll(x) : 0;
}

/* Correctly rounded: the quotient gets at least 62 bits, the lost ones are kept as a sticky bit, and
 * the conversion to double rounds once. b is not zero. */
static double unsigned_truediv(uint64_t a, uint64_t b)
{
    int shift = 62 - (bit_length(a) - bit_length(b));
    if (shift < 0)
        shift = 0;
    unsigned __int128 scaled = (unsigned __int128)a << shift;
    uint64_t quotient = (uint64_t)(scaled / b);
    if (scaled % b)
        quotient |= 1;
    return ldexp((double)quotient, -shift);
}

double rt_int_truediv(int64_t a, int64_t b)
{
    const int64_t exact = INT64_C(1) << 53; /* up to here doubles hold every int */
    if (a >= -exact && a <= exact && b >= -exact && b <= exact)
        return (double)a / (double)b;
    uint64_t size_a = a < 0 ? -(uint64_t)a : (uint64_t)a;
    uint64_t size_b = b < 0 ? -(uint64_t)b : (uint64_t)b;
    double size = unsigned_truediv(size_a, size_b);
    return (a < 0) != (b < 0) ? -size : size;
}

/* ---- round(x, digits) ---- */

/* Powers of ten that doubles hold exactly. */
static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_TENS = sizeof tens / sizeof *tens - 1 };

/* The exact product is high + low; a half that rint saw may be more or less than that. Where the product
 * needs 53 bits or more, its neighbours are farther from x than x from them, and x stays. */
static double round_fraction(double x, int64_t digits)
{
    double high = x * tens[digits], low = fma(x, tens[digits], -high);
    if (!(fabs(high) < 0x1p53))
        return x;
    double whole = rint(high);
    if (high - whole == 0.5 && low > 0)
        whole += 1;
    if (high - whole == -0.5 && low < 0)
        whole -= 1;
    return copysign(whole / tens[digits], x);
}

/* One rounding: the distance to the multiple of the power above or below is exact. */
static double round_whole(double x, int64_t digits)
{
    double power = tens[digits], size = fabs(x), rest = fmod(size, power);
    bool is_odd = fmod(size, 2 * power) >= power;
    bool up = 2 * rest > power || (2 * rest == power && is_odd);
    return copysign(up ? size + (power - rest) : size - rest, x);
}

/* The decimal digits of |x| ≥ 1e22, rounded by hand. */
static double round_digits(double x, int64_t digits)
{
    char text[320] = "0";
    int count = snprintf(text + 1, sizeof text - 1, "%.0f", fabs(x));
    if (count < digits)
        return copysign(0, x);
    char *cut = text + 1 + (count - digits);
    bool is_tie = *cut == '5' && strspn(cut + 1, "0") == strlen(cut + 1);
    bool up = is_tie ? cut[-1] % 2 != 0 : *cut >= '5';
    memset(cut, '0', strlen(cut));
    if (up) {
        while (*--cut == '9')
            *cut = '0';
        ++*cut;
    }
    return copysign(strtod(text, NULL), x);
}

/* Half to even of the exact value; what is no double is rounded once more. x is finite,
 * digits in -308…323. */
double rt_round_decimal(double x, int64_t digits)
{
    char text[400];
    if (digits >= 0 && digits <= EXACT_TENS)
        return round_fraction(x, digits);
    if (digits < 0 && digits >= -EXACT_TENS)
        return round_whole(x, -digits);
    if (digits < 0)
        return round_digits(x, -digits);
    if (fabs(x) >= 1e-6) /* 0x1p53 / 1e22, and above */
        return x;
    snprintf(text, sizeof text, "%.*f", (int)digits, x);
    return strtod(text, NULL);
}

/* ---- complex numbers as CPython does it ---- */

static const RtComplex128 one = {1, 0};

static RtComplex128 product(RtComplex128 a, RtComplex128 b)
{
    return (RtComplex128){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* C11's annex G.5.1, with which Python 3.14 finds the infinities that have become nan. An infinite number
 * is as if on a corner of the unit square, nans beside it are zeros. */
static double on_square(double x)
{
    return copysign(isinf(x) ? 1 : 0, x);
}

static double nan_as_zero(double x)
{
    return isnan(x) ? copysign(0, x) : x;
}

static bool is_infinite(RtComplex128 z)
{
    return isinf(z.re) || isinf(z.im);
}

static bool is_finite(RtComplex128 z)
{
    return isfinite(z.re) && isfinite(z.im);
}

static bool is_nan(RtComplex128 z)
{
    return isnan(z.re) && isnan(z.im);
}

static RtComplex128 recovered_product(RtComplex128 a, RtComplex128 b)
{
    RtComplex128 result = product(a, b);
    if (!is_nan(result))
        return result;
    bool overflows =
        isinf(a.re * b.re) || isinf(a.im * b.im) || isinf(a.re * b.im) || isinf(a.im * b.re);
    bool a_infinite = is_infinite(a), b_infinite = is_infinite(b);
    if (!a_infinite && !b_infinite && !overflows)
        return result;
    if (a_infinite)
        a = (RtComplex128){on_square(a.re), on_square(a.im)};
    if (a_infinite || !b_infinite)
        b = (RtComplex128){nan_as_zero(b.re), nan_as_zero(b.im)};
    if (b_infinite)
        b = (RtComplex128){on_square(b.re), on_square(b.im)};
    if (b_infinite || !a_infinite)
        a = (RtComplex128){nan_as_zero(a.re), nan_as_zero(a.im)};
    result = product(a, b);
    return (RtComplex128){(double)INFINITY * result.re, (double)INFINITY * result.im};
}

/* _Py_c_quot; *is_zero when b is. */
static RtComplex128 plain_quotient(RtComplex128 a, RtComplex128 b, bool *is_zero)
{
    *is_zero = false;
    double size_re = fabs(b.re), size_im = fabs(b.im);
    if (size_re >= size_im) {
        *is_zero = size_re == 0;
        if (*is_zero)
            return (RtComplex128){0, 0};
        double ratio = b.im / b.re, denominator = b.re + b.im * ratio;
        return (RtComplex128){(a.re + a.im * ratio) / denominator,
                              (a.im - a.re * ratio) / denominator};
    }
    if (size_im >= size_re) {
        double ratio = b.re / b.im, denominator = b.re * ratio + b.im;
        return (RtComplex128){(a.re * ratio + a.im) / denominator,
                              (a.im * ratio - a.re) / denominator};
    }
    return (RtComplex128){(double)NAN, (double)NAN};
}

/* G.5.2 likewise: infinities and zeros. */
static RtComplex128 recovered_quotient(RtComplex128 a, RtComplex128 b, bool *is_zero)
{
    RtComplex128 result = plain_quotient(a, b, is_zero);
    if (!is_nan(result))
        return result;
    if (is_infinite(a) && is_finite(b)) {
        double x = on_square(a.re), y = on_square(a.im);
        return (RtComplex128){(double)INFINITY * (x * b.re + y * b.im),
                              (double)INFINITY * (y * b.re - x * b.im)};
    }
    if (is_infinite(b) && is_finite(a)) {
        double x = on_square(b.re), y = on_square(b.im);
        return (RtComplex128){0 * (a.re * x + a.im * y), 0 * (a.im * x - a.re * y)};
    }
    return result;
}

void rt_complex_mul(double a_re, double a_im, double b_re, double b_im, RtComplex128 *result)
{
    *result = recovered_product((RtComplex128){a_re, a_im}, (RtComplex128){b_re, b_im});
}

void rt_complex_div(double a_re, double a_im, double b_re, double b_im, RtComplex128 *result)
{
    bool is_zero;
    *result =
        recovered_quotient((RtComplex128){a_re, a_im}, (RtComplex128){b_re, b_im}, &is_zero);
}

/* _Py_rc_quot, whose zeros have other signs. */
void rt_real_div(double a, double b_re, double b_im, RtComplex128 *result)
{
    bool by_re = fabs(b_re) >= fabs(b_im);
    double ratio = by_re ? b_im / b_re : b_re / b_im;
    double denominator = by_re ? b_re + b_im * ratio : b_re * ratio + b_im;
    *result = by_re ? (RtComplex128){a / denominator, -a * ratio / denominator}
                    : (RtComplex128){a * ratio / denominator, -a / denominator};
    if (is_nan(*result) && isfinite(a) && (isinf(b_re) || isinf(b_im)))
        *result = (RtComplex128){0 * (a * on_square(b_re)), 0 * (-a * on_square(b_im))};
}

typedef RtComplex128 Product(RtComplex128 a, RtComplex128 b);

/* c_powu: as CPython multiplies, the last square, which nobody uses, included. */
static RtComplex128 power_by_squares(RtComplex128 base, long n, Product *times)
{
    RtComplex128 result = one;
    for (long mask = 1; n >= mask; mask <<= 1) {
        if (n & mask)
            result = times(result, base);
        base = times(base, base);
    }
    return result;
}

static RtComplex128 power_integer(RtComplex128 base, long n, bool recovers, bool *is_zero)
{
    RtComplex128 power =
        power_by_squares(base, labs(n), recovers ? recovered_product : product);
    *is_zero = false;
    if (n > 0)
        return power;
    return recovers ? recovered_quotient(one, power, is_zero)
                    : plain_quotient(one, power, is_zero);
}

/* _Py_c_pow */
static RtComplex128 power_polar(RtComplex128 a, RtComplex128 b, bool *is_zero)
{
    *is_zero = false;
    if (b.re == 0 && b.im == 0)
        return one;
    if (a.re == 0 && a.im == 0) {
        *is_zero = b.im != 0 || b.re < 0;
        return (RtComplex128){0, 0};
    }
    double size = hypot(a.re, a.im);
    double length = pow(size, b.re);
    double angle = atan2(a.im, a.re);
    double phase = angle * b.re;
    if (b.im != 0) {
        length /= exp(angle * b.im);
        phase += b.im * log(size);
    }
    *is_zero = isinf(phase); /* cos and sin set EDOM, which CPython reports as this */
    return (RtComplex128){length * cos(phase), length * sin(phase)};
}

int32_t rt_complex_pow(RtCtx *ctx, double a_re, double a_im, double b_re, double b_im,
                       int64_t python_minor, RtComplex128 *result)
{
    bool recovers = python_minor >= 14;
    RtComplex128 a = {a_re, a_im}, b = {b_re, b_im};
    bool is_zero;
    if (b.im == 0 && b.re == floor(b.re) && fabs(b.re) <= 100)
        *result = power_integer(a, (long)b.re, recovers, &is_zero);
    else
        *result = power_polar(a, b, &is_zero);
    if (is_zero)
        return rt_raise(ctx, RT_EXCEPTION_ZERO_DIVISION_ERROR,
                        recovers ? "zero to a negative or complex power"
                                 : "0.0 to a negative or complex power");
    if (isinf(result->re) || isinf(result->im))
        return rt_raise(ctx, RT_EXCEPTION_OVERFLOW_ERROR, "complex exponentiation");
    return 0;
}

/* ---- complex ** complex as NumPy does it ---- */

/* One body for both widths: T is the real type, C the pair, laid out as C's complex. */
#define NUMPY_POWER(name, T, C, fabs_T, cpow_T)                                  \
    typedef union name##_bits {                                                  \
        T complex number;                                                        \
        C pair;                                                                  \
    } name##_bits;                                                               \
                                                                                 \
    static C name##_product(C a, C b)                                            \
    {                                                                            \
        return (C){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};        \
    }                                                                            \
                                                                                 \
    static C name##_reciprocal(C b)                                              \
    {                                                                            \
        T size_re = fabs_T(b.re), size_im = fabs_T(b.im);                        \
        if (size_re >= size_im) {                                                \
            if (size_re == 0 && size_im == 0)                                    \
                return (C){1 / size_re, 0 / size_re};                            \
            T ratio = b.im / b.re, scale = 1 / (b.re + b.im * ratio);            \
            return (C){(1 + 0 * ratio) * scale, (0 - 1 * ratio) * scale};        \
        }                                                                        \
        T ratio = b.re / b.im, scale = 1 / (b.im + b.re * ratio);                \
        return (C){(1 * ratio + 0) * scale, (0 * ratio - 1) * scale};            \
    }                                                                            \
                                                                                 \
    static C name##_integer(C base, int n)                                       \
    {                                                                            \
        if (n == 1)                                                              \
            return base;                                                         \
        if (n == 2)                                                              \
            return name##_product(base, base);                                   \
        if (n == 3)                                                              \
            return name##_product(base, name##_product(base, base));             \
        C result = {1, 0};                                                       \
        int left = n < 0 ? -n : n;                                               \
        for (int mask = 1;;) {                                                   \
            if (left & mask)                                                     \
                result = name##_product(result, base);                           \
            mask <<= 1;                                                          \
            if (left < mask)                                                     \
                break;                                                           \
            base = name##_product(base, base);                                   \
        }                                                                        \
        return n < 0 ? name##_reciprocal(result) : result;                       \
    }                                                                            \
                                                                                 \
    void name(T a_re, T a_im, T b_re, T b_im, C *result)                         \
    {                                                                            \
        C a = {a_re, a_im}, b = {b_re, b_im};                                    \
        if (b.re == 0 && b.im == 0)                                              \
            *result = (C){1, 0};                                                 \
        else if (a.re == 0 && a.im == 0)                                         \
            *result = b.re > 0 ? (C){0, 0} : (C){(T)NAN, (T)NAN};                \
        else if (b.im == 0 && b.re > -100 && b.re < 100 && (T)(int)b.re == b.re) \
            *result = name##_integer(a, (int)b.re);                              \
        else                                                                     \
            *result = (name##_bits){cpow_T((name##_bits){.pair = a}.number,      \
                                           (name##_bits){.pair = b}.number)}     \
                          .pair;                                                 \
    }

NUMPY_POWER(rt_cpow, double, RtComplex128, fabs, cpow)
NUMPY_POWER(rt_cpowf, float, RtComplex64, fabsf, cpowf)
