"""Python's cmath: the algorithms of CPython's Modules/cmathmodule.c, step by step.

What C99's annex G says of infinities and nans is written as rules here, where CPython has
tables. Where annex G raises a floating-point exception, ValueError ("math domain error") or
OverflowError ("math range error") is raised.
"""

import cmath
import math

from martlet import intrinsics
from martlet.library import implements

LN2 = 0.6931471805599453
LN10 = 2.302585092994046
LARGE = 1.7976931348623157e308 / 4.0
SQRT_LARGE = math.sqrt(LARGE)
LOG_LARGE = math.log(LARGE)
SMALL = 2.2250738585072014e-308
SQRT_SMALL = math.sqrt(SMALL)
# Python 3.14 keeps a zero beside a nan, as annex G does.
ACOSH_OF_ZERO_AND_NAN = cmath.acosh(complex(0.0, math.nan)).imag
TANH_OF_ZERO_AND_NAN = cmath.tanh(complex(0.0, math.nan)).real


def _is_finite(z):
    return math.isfinite(z.real) and math.isfinite(z.imag)


def _libm_hypot(x, y):
    return intrinsics.libm("hypot", x, y)


def _libm_log(x):
    return intrinsics.libm("log", x)


def _sin(x):
    return intrinsics.libm("sin", x)


def _cos(x):
    return intrinsics.libm("cos", x)


def _cosh(x):
    return intrinsics.libm("cosh", x)


def _sinh(x):
    return intrinsics.libm("sinh", x)


def _log1p(x):
    return intrinsics.libm("log1p", x) if x != 0.0 else x


def _checked(z):
    """A result of finite parts that is infinite has overflown."""
    if math.isinf(z.real) or math.isinf(z.imag):
        raise OverflowError("math range error")
    return z


def _times_i(z):
    return complex(-z.imag, z.real)


def _over_i(z):
    return complex(z.imag, -z.real)


# ---- square root and logarithm ---------------------------------------------------------------


def _sqrt_special(x, y):
    if math.isinf(y):
        return complex(math.inf, y)
    if not math.isinf(x):
        return complex(math.nan, math.nan)
    if x > 0.0:
        return complex(math.inf, y if math.isnan(y) else math.copysign(0.0, y))
    if math.isnan(y):
        return complex(math.nan, math.inf)
    return complex(0.0, math.copysign(math.inf, y))


def _sqrt_size(ax, ay):
    """sqrt((ax + hypot(ax, ay)) / 2) without overflow or loss at the ends of the range."""
    if ax < SMALL and ay < SMALL:
        ax *= 9007199254740992.0  # 2**53
        return math.sqrt(ax + _libm_hypot(ax, ay * 9007199254740992.0)) * 2.0**-27
    ax /= 8.0
    return 2.0 * math.sqrt(ax + _libm_hypot(ax, ay / 8.0))


@implements(cmath.sqrt)
def sqrt(z, /):
    z = complex(z)
    if not _is_finite(z):
        return _sqrt_special(z.real, z.imag)
    if z.real == 0.0 and z.imag == 0.0:
        return complex(0.0, z.imag)
    ay = abs(z.imag)
    s = _sqrt_size(abs(z.real), ay)
    d = ay / (2.0 * s)
    if z.real >= 0.0:
        return complex(s, math.copysign(d, z.imag))
    return complex(d, math.copysign(s, z.imag))


def _log_size(ax, ay):
    """log(hypot(ax, ay)), also where the square of one underflows or the sum is near 1."""
    if ax > LARGE or ay > LARGE:
        return _libm_log(_libm_hypot(ax / 2.0, ay / 2.0)) + LN2
    if ax < SMALL and ay < SMALL:
        if ax == 0.0 and ay == 0.0:
            return -math.inf
        up = 9007199254740992.0  # 2**53
        return _libm_log(_libm_hypot(ax * up, ay * up)) - 53.0 * LN2
    h = _libm_hypot(ax, ay)
    if 0.71 <= h and h <= 1.73:
        am = ax if ax > ay else ay
        an = ay if ax > ay else ax
        return _log1p((am - 1.0) * (am + 1.0) + an * an) / 2.0
    return _libm_log(h)


def _log(z):
    angle = intrinsics.libm("atan2", z.imag, z.real)
    if not _is_finite(z):
        is_infinite = math.isinf(z.real) or math.isinf(z.imag)
        return complex(math.inf if is_infinite else math.nan, angle)
    return complex(_log_size(abs(z.real), abs(z.imag)), angle)


def _quotient(a, b):
    if b == 0.0:
        raise ValueError("math domain error")
    return a / b


def _checked_log(z):
    if z == 0.0:
        raise ValueError("math domain error")
    return _log(z)


@implements(cmath.log)
def log(z, base=None, /):
    """With a base, CPython forgets that the logarithm of 0 was an error."""
    if base is None:
        return _checked_log(complex(z))
    return _quotient(_log(complex(z)), _checked_log(complex(base)))


@implements(cmath.log10)
def log10(z, /):
    result = _checked_log(complex(z))
    return complex(result.real / LN10, result.imag / LN10)


# ---- exponential and hyperbolic functions ----------------------------------------------------


def _exp_special(x, y):
    if math.isinf(x) and math.isfinite(y) and y != 0.0:
        size = math.inf if x > 0.0 else 0.0
        return complex(math.copysign(size, _cos(y)), math.copysign(size, _sin(y)))
    if math.isinf(y) and (math.isfinite(x) or x > 0.0):
        raise ValueError("math domain error")
    if math.isinf(x) and x < 0.0:
        return complex(0.0, y if y == 0.0 else 0.0)
    return complex(math.inf if math.isinf(x) else math.nan, y if y == 0.0 else math.nan)


@implements(cmath.exp)
def exp(z, /):
    z = complex(z)
    if not _is_finite(z):
        return _exp_special(z.real, z.imag)
    if z.real > LOG_LARGE:
        size = intrinsics.libm("exp", z.real - 1.0)
        return _checked(complex(size * _cos(z.imag) * math.e, size * _sin(z.imag) * math.e))
    size = intrinsics.libm("exp", z.real)
    return _checked(complex(size * _cos(z.imag), size * _sin(z.imag)))


def _cosh_special(x, y):
    if math.isinf(x):
        if math.isinf(y):
            raise ValueError("math domain error")
        if y == 0.0:
            return complex(math.inf, math.copysign(1.0, x) * y)
        if math.isnan(y):
            return complex(math.inf, math.nan)
        side = math.copysign(math.inf, _sin(y))
        return complex(math.copysign(math.inf, _cos(y)), side if x > 0.0 else -side)
    if math.isinf(y) and not math.isnan(x):
        raise ValueError("math domain error")
    return complex(math.nan, 0.0 if x == 0.0 or y == 0.0 else math.nan)


@implements(cmath.cosh)
def cosh(z, /):
    z = complex(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        return _cosh_special(x, y)
    if abs(x) > LOG_LARGE:
        less = x - math.copysign(1.0, x)
        return _checked(complex(_cos(y) * _cosh(less) * math.e, _sin(y) * _sinh(less) * math.e))
    return _checked(complex(_cos(y) * _cosh(x), _sin(y) * _sinh(x)))


def _sinh_special(x, y):
    if math.isinf(x):
        if math.isinf(y):
            raise ValueError("math domain error")
        if y == 0.0:
            return complex(x, y)
        if math.isnan(y):
            return complex(math.inf, math.nan)
        side = math.copysign(math.inf, _cos(y))
        return complex(side if x > 0.0 else -side, math.copysign(math.inf, _sin(y)))
    if math.isinf(y) and not math.isnan(x):
        raise ValueError("math domain error")
    return complex(0.0 if x == 0.0 else math.nan, y if y == 0.0 else math.nan)


@implements(cmath.sinh)
def sinh(z, /):
    z = complex(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        return _sinh_special(x, y)
    if abs(x) > LOG_LARGE:
        less = x - math.copysign(1.0, x)
        return _checked(complex(_cos(y) * _sinh(less) * math.e, _sin(y) * _cosh(less) * math.e))
    return _checked(complex(_cos(y) * _sinh(x), _sin(y) * _cosh(x)))


def _tanh_special(x, y):
    if math.isinf(x):
        if y == 0.0:
            return complex(math.copysign(1.0, x), y)
        if math.isfinite(y):
            return complex(math.copysign(1.0, x), math.copysign(0.0, 2.0 * _sin(y) * _cos(y)))
        return complex(math.copysign(1.0, x), 0.0)
    if math.isinf(y) and math.isfinite(x):
        raise ValueError("math domain error")
    if x == 0.0:
        return complex(math.copysign(TANH_OF_ZERO_AND_NAN, x), math.nan)
    return complex(math.nan, y if y == 0.0 else math.nan)


@implements(cmath.tanh)
def tanh(z, /):
    z = complex(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        return _tanh_special(x, y)
    if abs(x) > LOG_LARGE:
        size = intrinsics.libm("exp", -2.0 * abs(x))
        return complex(math.copysign(1.0, x), 4.0 * _sin(y) * _cos(y) * size)
    tx = intrinsics.libm("tanh", x)
    ty = intrinsics.libm("tan", y)
    cx = 1.0 / _cosh(x)
    both = tx * ty
    denominator = 1.0 + both * both
    return complex(tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx)


@implements(cmath.cos)
def cos(z, /):
    return cmath.cosh(_times_i(complex(z)))


@implements(cmath.sin)
def sin(z, /):
    return _over_i(cmath.sinh(_times_i(complex(z))))


@implements(cmath.tan)
def tan(z, /):
    return _over_i(cmath.tanh(_times_i(complex(z))))


# ---- inverse functions -----------------------------------------------------------------------


def _log_large(z):
    """log(abs(z)) + log(2) where abs(z) would overflow."""
    return _libm_log(_libm_hypot(z.real / 2.0, z.imag / 2.0)) + LN2 * 2.0


def _is_large(z):
    return abs(z.real) > LARGE or abs(z.imag) > LARGE


def _acos_special(x, y):
    is_infinite = math.isinf(x) or math.isinf(y)
    if math.isnan(y):
        angle = math.pi / 2.0 if x == 0.0 else math.nan
        return complex(angle, math.inf if is_infinite else math.nan)
    angle = intrinsics.libm("atan2", abs(y), x)
    return complex(angle, -math.copysign(math.inf, y) if is_infinite else math.nan)


@implements(cmath.acos)
def acos(z, /):
    z = complex(z)
    if not _is_finite(z):
        return _acos_special(z.real, z.imag)
    if _is_large(z):
        angle = intrinsics.libm("atan2", abs(z.imag), z.real)
        return complex(angle, math.copysign(_log_large(z), -z.imag))
    a = cmath.sqrt(complex(1.0 - z.real, -z.imag))
    b = cmath.sqrt(complex(1.0 + z.real, z.imag))
    return complex(
        2.0 * intrinsics.libm("atan2", a.real, b.real),
        intrinsics.libm("asinh", b.real * a.imag - b.imag * a.real),
    )


@implements(cmath.acosh)
def acosh(z, /):
    z = complex(z)
    angle = intrinsics.libm("atan2", z.imag, z.real)
    if z.real == 0.0 and math.isnan(z.imag):
        angle = ACOSH_OF_ZERO_AND_NAN
    if not _is_finite(z):
        is_infinite = math.isinf(z.real) or math.isinf(z.imag)
        return complex(math.inf if is_infinite else math.nan, angle)
    if _is_large(z):
        return complex(_log_large(z), angle)
    a = cmath.sqrt(complex(z.real - 1.0, z.imag))
    b = cmath.sqrt(complex(z.real + 1.0, z.imag))
    return complex(
        intrinsics.libm("asinh", a.real * b.real + a.imag * b.imag),
        2.0 * intrinsics.libm("atan2", a.imag, b.real),
    )


def _asinh_special(x, y):
    angle = y if math.isnan(x) and y == 0.0 else intrinsics.libm("atan2", y, abs(x))
    if math.isinf(x):
        return complex(x, angle)
    if math.isinf(y):
        return complex(math.inf if math.isnan(x) else math.copysign(math.inf, x), angle)
    return complex(math.nan, angle)


@implements(cmath.asinh)
def asinh(z, /):
    z = complex(z)
    if not _is_finite(z):
        return _asinh_special(z.real, z.imag)
    if _is_large(z):
        angle = intrinsics.libm("atan2", z.imag, abs(z.real))
        return complex(math.copysign(_log_large(z), z.real), angle)
    a = cmath.sqrt(complex(1.0 + z.imag, -z.real))
    b = cmath.sqrt(complex(1.0 - z.imag, z.real))
    return complex(
        intrinsics.libm("asinh", a.real * b.imag - b.real * a.imag),
        intrinsics.libm("atan2", z.imag, a.real * b.real - a.imag * b.imag),
    )


def _atanh_special(x, y):
    zero = 0.0 if math.isnan(x) else math.copysign(0.0, x)
    if math.isinf(y) or (math.isinf(x) and not math.isnan(y)):
        return complex(zero, math.copysign(math.pi / 2.0, y))
    if math.isinf(x) or x == 0.0:
        return complex(zero, math.nan)
    return complex(math.nan, math.nan)


def _atanh_right(z):
    """atanh of a z whose real part is not negative."""
    ay = abs(z.imag)
    if z.real > SQRT_LARGE or ay > SQRT_LARGE:
        h = _libm_hypot(z.real / 2.0, z.imag / 2.0)
        return complex(z.real / 4.0 / h / h, -math.copysign(math.pi / 2.0, -z.imag))
    if z.real == 1.0 and ay < SQRT_SMALL:
        if ay == 0.0:
            raise ValueError("math domain error")
        size = -_libm_log(math.sqrt(ay) / math.sqrt(_libm_hypot(ay, 2.0)))
        return complex(size, math.copysign(intrinsics.libm("atan2", 2.0, -ay) / 2.0, z.imag))
    left = 1.0 - z.real
    return complex(
        _log1p(4.0 * z.real / (left * left + ay * ay)) / 4.0,
        -intrinsics.libm("atan2", -2.0 * z.imag, left * (1.0 + z.real) - ay * ay) / 2.0,
    )


@implements(cmath.atanh)
def atanh(z, /):
    z = complex(z)
    if not _is_finite(z):
        return _atanh_special(z.real, z.imag)
    return -_atanh_right(-z) if z.real < 0.0 else _atanh_right(z)


@implements(cmath.asin)
def asin(z, /):
    return _over_i(cmath.asinh(_times_i(complex(z))))


@implements(cmath.atan)
def atan(z, /):
    return _over_i(cmath.atanh(_times_i(complex(z))))


# ---- polar coordinates -----------------------------------------------------------------------


@implements(cmath.phase)
def phase(z, /):
    """CPython reports where atan2 underflows to 0 as an overflow."""
    z = complex(z)
    angle = intrinsics.libm("atan2", z.imag, z.real)
    if angle == 0.0 and z.imag != 0.0 and math.isfinite(z.real):
        raise OverflowError("math range error")
    return angle


@implements(cmath.polar)
def polar(z, /):
    z = complex(z)
    size = _libm_hypot(z.real, z.imag)
    if math.isinf(size) and _is_finite(z):
        raise OverflowError("math range error")
    return size, intrinsics.libm("atan2", z.imag, z.real)


def _rect_special(r, phi):
    if math.isinf(r) and math.isfinite(phi) and phi != 0.0:
        x = math.copysign(math.inf, _cos(phi))
        y = math.copysign(math.inf, _sin(phi))
        return complex(x, y) if r > 0.0 else complex(-x, -y)
    if math.isinf(phi) and r != 0.0 and not math.isnan(r):
        raise ValueError("math domain error")
    if math.isinf(r):
        if math.isnan(phi):
            return complex(math.inf, math.nan)
        return complex(r, math.copysign(1.0, r) * phi)
    if r == 0.0:
        return complex(0.0, 0.0)
    return complex(math.nan, 0.0 if phi == 0.0 else math.nan)


@implements(cmath.rect)
def rect(r, phi, /):
    r = float(r)
    phi = float(phi)
    if not math.isfinite(r) or not math.isfinite(phi):
        return _rect_special(r, phi)
    if phi == 0.0:
        return complex(r, r * phi)
    return complex(r * _cos(phi), r * _sin(phi))


# ---- tests -----------------------------------------------------------------------------------


@implements(cmath.isfinite)
def isfinite(z, /):
    return _is_finite(complex(z))


@implements(cmath.isinf)
def isinf(z, /):
    z = complex(z)
    return math.isinf(z.real) or math.isinf(z.imag)


@implements(cmath.isnan)
def isnan(z, /):
    z = complex(z)
    return math.isnan(z.real) or math.isnan(z.imag)


@implements(cmath.isclose)
def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    a = complex(a)
    b = complex(b)
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if cmath.isinf(a) or cmath.isinf(b):
        return False
    gap = a - b
    size = _libm_hypot(gap.real, gap.imag)
    return (
        size <= rel_tol * _libm_hypot(b.real, b.imag)
        or size <= rel_tol * _libm_hypot(a.real, a.imag)
        or size <= abs_tol
    )
