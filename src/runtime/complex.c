/* Element-wise functions of complex numbers: C99's where it has them, NumPy's formulas elsewhere
 * (numpy/_core/src/umath/funcs.inc.src: nc_exp2, nc_expm1, nc_log2, nc_log10, nc_log1p). */
#include <complex.h>
#include <math.h>

#include "runtime/abi.h"

static double complex from_parts(double re, double im)
{
    return __builtin_complex(re, im);
}

static float complex from_parts_f(float re, float im)
{
    return __builtin_complex(re, im);
}

static void put(double complex z, RtComplex128 *result)
{
    result->re = creal(z);
    result->im = cimag(z);
}

static void put_f(float complex z, RtComplex64 *result)
{
    result->re = crealf(z);
    result->im = cimagf(z);
}

#define C99(name)                                               \
    void rt_c##name(double re, double im, RtComplex128 *result) \
    {                                                           \
        put(c##name(from_parts(re, im)), result);               \
    }                                                           \
    void rt_c##name##f(float re, float im, RtComplex64 *result) \
    {                                                           \
        put_f(c##name##f(from_parts_f(re, im)), result);        \
    }
/* clang-format off */
#define EACH_C99(X)            \
    X(sqrt)  X(exp)   X(log)   \
    X(sin)   X(cos)   X(tan)   \
    X(asin)  X(acos)  X(atan)  \
    X(sinh)  X(cosh)  X(tanh)  \
    X(asinh) X(acosh) X(atanh)
/* clang-format on */
EACH_C99(C99)
#undef EACH_C99
#undef C99

static const double ln2 = 0.693147180559945309417232121458176568;
static const double log2e = 1.442695040888963407359924681001892137;
static const double log10e = 0.434294481903251827651128918916605082;

void rt_cexp2(double re, double im, RtComplex128 *result)
{
    rt_cexp(re * ln2, im * ln2, result);
}

void rt_cexp2f(float re, float im, RtComplex64 *result)
{
    rt_cexpf(re * (float)ln2, im * (float)ln2, result);
}

static void log_times(double re, double im, double factor, RtComplex128 *result)
{
    rt_clog(re, im, result);
    result->re *= factor;
    result->im *= factor;
}

static void log_times_f(float re, float im, float factor, RtComplex64 *result)
{
    rt_clogf(re, im, result);
    result->re *= factor;
    result->im *= factor;
}

void rt_clog2(double re, double im, RtComplex128 *result)
{
    log_times(re, im, log2e, result);
}

void rt_clog2f(float re, float im, RtComplex64 *result)
{
    log_times_f(re, im, (float)log2e, result);
}

void rt_clog10(double re, double im, RtComplex128 *result)
{
    log_times(re, im, log10e, result);
}

void rt_clog10f(float re, float im, RtComplex64 *result)
{
    log_times_f(re, im, (float)log10e, result);
}

void rt_clog1p(double re, double im, RtComplex128 *result)
{
    result->im = atan2(im, re + 1);
    result->re = log(hypot(re + 1, im));
}

void rt_clog1pf(float re, float im, RtComplex64 *result)
{
    result->im = atan2f(im, re + 1);
    result->re = logf(hypotf(re + 1, im));
}

void rt_cexpm1(double re, double im, RtComplex128 *result)
{
    double a = sin(im / 2);
    result->re = expm1(re) * cos(im) - 2 * a * a;
    result->im = exp(re) * sin(im);
}

void rt_cexpm1f(float re, float im, RtComplex64 *result)
{
    float a = sinf(im / 2);
    result->re = expm1f(re) * cosf(im) - 2 * a * a;
    result->im = expf(re) * sinf(im);
}
