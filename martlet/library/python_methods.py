"""Methods of Python's numbers, tuples and ranges, and those of NumPy's scalars."""

import math
import sys

import numpy as np

from martlet import intrinsics
from martlet.library import implements

MINOR = sys.version_info.minor


def _magnitude(x):
    """The absolute value of an int, also of the least one."""
    bits = intrinsics.cast(x, np.uint64)
    return np.uint64(0) - bits if x < 0 else bits


def _plain(count):
    return int(intrinsics.cast(count, np.int64))


# ---- int -------------------------------------------------------------------------------------


@implements("int.bit_length")
def int_bit_length(x, /):
    return 64 - _plain(intrinsics.op("clz", _magnitude(x)))


@implements("int.bit_count", "generic.bit_count")
def int_bit_count(x, /):
    return _plain(intrinsics.op("popcount", _magnitude(x)))


@implements("int.conjugate")
def int_conjugate(x, /):
    return int(x)


@implements("int.as_integer_ratio")
def int_as_integer_ratio(x, /):
    return int(x), 1


if hasattr(int, "is_integer"):

    @implements("int.is_integer")
    def int_is_integer(x, /):
        return True


# ---- float and complex -----------------------------------------------------------------------


@implements("float.conjugate")
def float_conjugate(x, /):
    return x


@implements("float.is_integer")
def float_is_integer(x, /):
    return math.isfinite(x) and intrinsics.op("floor", x) == x


@implements("float.as_integer_ratio")
def float_as_integer_ratio(x, /):
    if math.isinf(x):
        raise OverflowError("cannot convert Infinity to integer ratio")
    if math.isnan(x):
        raise ValueError("cannot convert NaN to integer ratio")
    mantissa, exponent = math.frexp(x)
    while mantissa != intrinsics.op("floor", mantissa):
        mantissa *= 2.0
        exponent -= 1
    numerator = int(mantissa)
    denominator = 1
    if exponent > 0:
        numerator <<= exponent
    else:
        denominator <<= -exponent
    return numerator, denominator


@implements("complex.conjugate")
def complex_conjugate(z, /):
    return complex(z.real, -z.imag)


# ---- NumPy's scalars -------------------------------------------------------------------------


@implements("generic.item", "generic.tolist")
def generic_item(x, /):
    if isinstance(x, np.bool_):
        return bool(x)
    if isinstance(x, np.integer):
        return int(x)
    if isinstance(x, np.floating):
        return float(x)
    return complex(x)


@implements("generic.copy", "generic.squeeze", "generic.transpose")
def itself(x):
    return x


@implements("generic.conj", "generic.conjugate")
def generic_conjugate(x, /):
    if isinstance(x, np.bool_):
        return x
    return np.conjugate(x)


@implements("generic.is_integer")
def generic_is_integer(x, /):
    if isinstance(x, np.integer):
        return True
    return float(x).is_integer()


@implements("generic.as_integer_ratio")
def generic_as_integer_ratio(x, /):
    return float(x).as_integer_ratio()


# ---- tuple and range -------------------------------------------------------------------------


def _bound(position, length):
    """A start or stop as slices take it."""
    return max(position + length, 0) if position < 0 else position


@implements("tuple.index")
def tuple_index(t, value, start=0, stop=2**63 - 1, /):
    first = _bound(start, len(t))
    last = _bound(stop, len(t))
    for i, x in enumerate(t):
        if first <= i and i < last and x == value:
            return i
    raise ValueError("tuple.index(x): x not in tuple")


@implements("tuple.count")
def tuple_count(t, value, /):
    count = 0
    for x in t:
        if x == value:
            count += 1
    return count


@implements("range.index")
def range_index(r, value, /):
    if value in r:
        return (value - r.start) // r.step
    if MINOR >= 14:
        raise ValueError("range.index(x): x not in range")
    raise ValueError(f"{value} is not in range")


@implements("range.count")
def range_count(r, value, /):
    return 1 if value in r else 0
