"""Python's math, besides the functions that are one call of libm (infer/math.def).

Algorithms and errors are those of CPython's Modules/mathmodule.c, so that results agree to the
last bit: fsum is Shewchuk's exact sum, hypot and dist correct their square root once, sumprod
adds products in triple precision.
"""

import math
import sys

import numpy as np

from martlet import intrinsics
from martlet.library import implements

MINOR = sys.version_info.minor

# ---- the parts of a float --------------------------------------------------------------------

SIGN_OFF = 2**63 - 1
INF_BITS = 0x7FF << 52
MANTISSA = 2**52 - 1


def index_of(x):
    """x as the int that it is; floats are none, not even whole ones."""
    if isinstance(x, (int, np.integer)):
        return int(x)
    if isinstance(x, np.floating):
        raise TypeError("a NumPy float cannot be interpreted as an integer")
    raise TypeError("'float' object cannot be interpreted as an integer")


def power_of_two(n):
    """2.0**n for n in -1022…1023."""
    return intrinsics.op("bitcast", (n + 1023) << 52)


def scaled(x, n):
    """x * 2**n, rounded once: what is scaled down by steps is kept normal up to the last."""
    if n > 1023:
        n = min(n - 1023, 2046)
        x *= power_of_two(1023)
        if n > 1023:
            n -= 1023
            x *= power_of_two(1023)
    elif n < -1022:
        n = max(n + 969, -1991)
        x *= power_of_two(-969)
        if n < -1022:
            n += 969
            x *= power_of_two(-969)
    return x * power_of_two(n)


@implements(math.frexp)
def frexp(x, /):
    x = float(x)
    if x == 0.0 or not math.isfinite(x):
        return x, 0
    shift = 0
    if abs(x) < power_of_two(-1022):
        x *= power_of_two(54)
        shift = -54
    bits = intrinsics.op("bitcast", x) & SIGN_OFF
    size = intrinsics.op("bitcast", (bits & MANTISSA) | (1022 << 52))
    return math.copysign(size, x), (bits >> 52) - 1022 + shift


@implements(math.ldexp)
def ldexp(x, i, /):
    if not isinstance(i, int):
        raise TypeError("Expected an int as second argument to ldexp.")
    x = float(x)
    if x == 0.0 or not math.isfinite(x):
        return x
    result = scaled(x, int(i))
    if math.isinf(result):
        raise OverflowError("math range error")
    return result


@implements(math.modf)
def modf(x, /):
    x = float(x)
    if math.isinf(x):
        return math.copysign(0.0, x), x
    whole = intrinsics.op("trunc", x)
    return math.copysign(x - whole, x), whole


def _after_steps(x, y, steps):
    """The float that is `steps` floats after x towards y, by counting in the bits."""
    if steps == 0:
        return x
    if math.isnan(x) or math.isnan(y):
        return x + y
    if x == y:
        return y
    start = intrinsics.op("bitcast", x) & SIGN_OFF
    end = intrinsics.op("bitcast", y) & SIGN_OFF
    start_below = math.copysign(1.0, x) < 0.0
    end_below = math.copysign(1.0, y) < 0.0
    if start_below != end_below:
        if steps - end >= start:
            return y
        if steps <= start:
            return math.copysign(intrinsics.op("bitcast", start - steps), x)
        return math.copysign(intrinsics.op("bitcast", steps - start), y)
    if start > end:
        reached = max(start - steps, end)
    else:
        reached = end if end - start <= steps else start + steps
    return math.copysign(intrinsics.op("bitcast", reached), x)


@implements(math.nextafter)
def nextafter(x, y, /, *, steps=None):
    x = float(x)
    y = float(y)
    if steps is None:
        return intrinsics.libm("nextafter", x, y)
    if steps < 0:
        raise ValueError("steps must be a non-negative integer")
    return _after_steps(x, y, steps)


@implements(math.ulp)
def ulp(x, /):
    x = abs(float(x))
    if not math.isfinite(x):
        return x
    above = intrinsics.libm("nextafter", x, math.inf)
    if math.isinf(above):
        return x - intrinsics.libm("nextafter", x, -math.inf)
    return above - x


@implements(math.degrees)
def degrees(x, /):
    return float(x) * (180.0 / math.pi)


@implements(math.radians)
def radians(x, /):
    return float(x) * (math.pi / 180.0)


def fused(x, y, z, /):
    x = float(x)
    y = float(y)
    z = float(z)
    result = intrinsics.op("fma", x, y, z)
    if math.isfinite(result):
        return result
    if math.isnan(result):
        if not math.isnan(x) and not math.isnan(y) and not math.isnan(z):
            raise ValueError("invalid operation in fma")
    elif math.isfinite(x) and math.isfinite(y) and math.isfinite(z):
        raise OverflowError("overflow in fma")
    return result


if hasattr(math, "fma"):
    implements(math.fma)(fused)

# ---- integers --------------------------------------------------------------------------------


@implements(math.gcd)
def gcd(*integers):
    """Signs stay until the end: the least int has no absolute value."""
    result = 0
    for x in integers:
        a = result
        b = index_of(x)
        while b != 0:
            a, b = b, a % b
        result = a
    return abs(result)


@implements(math.lcm)
def lcm(*integers):
    result = 1
    for x in integers:
        b = index_of(x)
        if b == 0 or result == 0:
            result = 0
        else:
            result = result // math.gcd(result, b) * b
    return abs(result)


@implements(math.factorial)
def factorial(x, /):
    n = index_of(x)
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    result = 1
    for k in range(2, n + 1):
        result *= k
    return result


@implements(math.perm)
def perm(n, k=None, /):
    if k is None:
        return math.factorial(n)
    n = index_of(n)
    k = index_of(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    result = 1
    for i in range(k):
        result *= n - i
    return result


@implements(math.comb)
def comb(n, k, /):
    n = index_of(n)
    k = index_of(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    result = 1
    for i in range(min(k, n - k)):
        result = result * (n - i) // (i + 1)
    return result


@implements(math.isqrt)
def isqrt(n, /):
    n = index_of(n)
    if n < 0:
        raise ValueError("isqrt() argument must be nonnegative")
    if n == 0:
        return 0
    root = int(math.sqrt(n))
    while root > n // root:
        root -= 1
    while root + 1 <= n // (root + 1):
        root += 1
    return root


# ---- sums and products -----------------------------------------------------------------------


@implements(math.prod)
def prod(iterable, /, *, start=1):
    """From Python 3.14 on, a real start stays real beside the first item, if that is complex."""
    result = start
    is_first = True
    for x in iterable:
        if MINOR >= 14 and type(x) is complex and is_first:
            result = start * x
        else:
            result = result * x
        is_first = False
    return result


def _add_partial(partials, count, x):
    """Adds x to the sum that the partials are, exactly; their new count, and what is on top."""
    kept = 0
    for j in range(count):
        y = float(partials[j])
        if abs(x) < abs(y):
            x, y = y, x
        high = x + y
        low = y - (high - x)
        if low != 0.0:
            partials[kept] = low
            kept += 1
        x = high
    return kept, x


def _round_partials(partials, count):
    """The sum of partials that do not overlap, rounded half to even."""
    if count == 0:
        return 0.0
    count -= 1
    high = float(partials[count])
    low = 0.0
    while count > 0:
        count -= 1
        x = high
        y = float(partials[count])
        high = x + y
        low = y - (high - x)
        if low != 0.0:
            break
    if count > 0 and (
        (low < 0.0 and partials[count - 1] < 0.0) or (low > 0.0 and partials[count - 1] > 0.0)
    ):
        y = low * 2.0
        x = high + y
        if y == x - high:
            high = x
    return high


@implements(math.fsum)
def fsum(seq, /):
    partials = intrinsics.new(64, np.float64)  # 2098 bits of 53 each are 40
    count = 0
    special = 0.0
    infinities = 0.0
    for item in seq:
        x = float(item)
        count, top = _add_partial(partials, count, x)
        if math.isfinite(top):
            if top != 0.0:
                partials[count] = top
                count += 1
        else:
            if math.isfinite(x):
                raise OverflowError("intermediate overflow in fsum")
            if math.isinf(x):
                infinities += x
            special += x
            count = 0
    if special != 0.0:
        if math.isnan(infinities):
            raise ValueError("-inf + inf in fsum")
        return special
    return _round_partials(partials, count)


def _two_sum(a, b):
    """a + b and what was lost where it was rounded."""
    x = a + b
    z = x - a
    return x, (a - (x - z)) + (b - z)


def _add_product(x, y, high, low, tiny):
    """Algorithm 5.10 of Ogita, Rump and Oishi for three words."""
    product = x * y
    sum_high, sum_low = _two_sum(high, product)
    first, first_low = _two_sum(low, intrinsics.op("fma", x, y, -product))
    second, second_low = _two_sum(first, sum_low)
    return sum_high, second, tiny + first_low + second_low


def sumprod(p, q, /):
    """Floats, and floats with ints, in triple precision; others as the operators have it."""
    total = 0
    parts = None  # of the floats' sum; ints alone never make one, and stay ints
    extended = True
    if len(p) != len(q):
        raise ValueError("Inputs are not the same length")
    for x, y in zip(p, q):  # noqa: B905
        is_float = (type(x) is float and isinstance(y, (float, int))) or (
            type(y) is float and isinstance(x, (float, int))
        )
        if is_float and extended:
            high, low, tiny = (0.0, 0.0, 0.0) if parts is None else parts
            longer = _add_product(float(x), float(y), high, low, tiny)
            if math.isfinite(longer[0]):
                parts = longer
            else:
                extended = False
                total = (total if parts is None else total + _joined(high, low, tiny)) + x * y
        else:
            total = total + x * y
    if parts is None or not extended:
        return total
    high, low, tiny = parts
    return total + _joined(high, low, tiny)


def _joined(high, low, tiny):
    last, last_low = _two_sum(low, high)
    return tiny + last_low + last


# ---- distances -------------------------------------------------------------------------------


def _norm(p, q, largest, unit):
    """sqrt of the sum of (p - q)**2, in units in which the largest difference is normal."""
    exponent = math.frexp(largest / unit)[1]
    scale = scaled(1.0, -exponent)
    total = 1.0
    products = 0.0
    sums = 0.0
    for a, b in zip(p, q):  # noqa: B905
        x = abs(float(a) - float(b)) / unit * scale
        square = x * x
        high = total + square
        products += intrinsics.op("fma", x, x, -square)
        sums += (total - high) + square
        total = high
    root = math.sqrt(total - 1.0 + (products + sums))
    square = -root * root
    high = total + square
    products += intrinsics.op("fma", -root, root, -square)
    sums += (total - high) + square
    root += (high - 1.0 + (products + sums)) / (2.0 * root)
    return root / scale * unit


@implements(math.dist)
def dist(p, q, /):
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    largest = 0.0
    found_nan = False
    for a, b in zip(p, q):  # noqa: B905
        x = abs(float(a) - float(b))
        if math.isnan(x):
            found_nan = True
        if x > largest:
            largest = x
    if math.isinf(largest):
        return largest
    if found_nan:
        return math.nan
    if largest == 0.0 or len(p) <= 1:
        return largest
    smallest = power_of_two(-1022)
    return _norm(p, q, largest, 1.0 if largest >= smallest * 0.25 else smallest)


@implements(math.hypot)
def hypot(*coordinates):
    return math.dist(coordinates, (0.0,) * len(coordinates))


# ---- tests -----------------------------------------------------------------------------------


@implements(math.isclose)
def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    a = float(a)
    b = float(b)
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if math.isinf(a) or math.isinf(b):
        return False
    gap = abs(b - a)
    return gap <= abs(rel_tol * b) or gap <= abs(rel_tol * a) or gap <= abs_tol


if hasattr(math, "sumprod"):
    implements(math.sumprod)(sumprod)
