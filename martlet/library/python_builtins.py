"""Builtins: sum, any, all, min and max of iterables, round, hash and pow with a modulus.

The results are CPython's to the last bit; where its versions differ, those of the running one.
"""

import math
import sys

import numpy as np

from martlet import intrinsics
from martlet.library import implements

MINOR = sys.version_info.minor
MIN_OF_NOTHING, MAX_OF_NOTHING = (
    f"{name}() arg is an empty sequence"
    if MINOR < 12
    else f"{name}() iterable argument is empty"
    for name in ("min", "max")
)

# ---- reductions ------------------------------------------------------------------------------


def _lost(total, x, rounded):
    """What total + x lost where it was rounded (Neumaier)."""
    if abs(total) >= abs(x):
        return (total - rounded) + x
    return (x - rounded) + total


@implements(sum)
def sum_(iterable, /, start=0):
    """From Python 3.12 on, floats are summed with a correction; from 3.14 on, complex too, and a
    real start stays real beside the first of them."""
    total = start
    is_first = True
    lost = 0.0
    lost_imag = 0.0
    for x in iterable:
        if MINOR >= 14 and type(x) is complex and is_first:
            rounded = start + x
        else:
            rounded = total + x
        is_first = False
        if MINOR >= 12 and type(x) is float and type(rounded) is float:
            lost += _lost(float(total), x, rounded)
        elif MINOR >= 14 and type(x) is complex and type(rounded) is complex:
            whole = complex(total)
            lost += _lost(whole.real, x.real, rounded.real)
            lost_imag += _lost(whole.imag, x.imag, rounded.imag)
        total = rounded
    if MINOR >= 12 and type(total) is float and lost != 0.0 and math.isfinite(lost):
        return total + lost
    if MINOR >= 14 and type(total) is complex:
        return complex(_corrected(total.real, lost), _corrected(total.imag, lost_imag))
    return total


def _corrected(total, lost):
    return total + lost if lost != 0.0 and math.isfinite(lost) else total


@implements(any)
def any_(iterable, /):
    for x in iterable:
        if x:
            return True
    return False


@implements(all)
def all_(iterable, /):
    for x in iterable:
        if not x:
            return False
    return True


@implements("builtins.min.iterable")
def min_of_iterable(iterable):
    best = None
    for x in iterable:
        if best is None:
            best = x
        elif x < best:
            best = x
    if best is None:
        raise ValueError(MIN_OF_NOTHING)
    return best


@implements("builtins.max.iterable")
def max_of_iterable(iterable):
    best = None
    for x in iterable:
        if best is None:
            best = x
        elif x > best:
            best = x
    if best is None:
        raise ValueError(MAX_OF_NOTHING)
    return best


@implements("builtins.min.keyed")
def min_with_key(iterable, key):
    best = None
    rank = None
    for x in iterable:
        height = key(x)
        if best is None or rank is None or height < rank:
            best = x
            rank = height
    if best is None:
        raise ValueError(MIN_OF_NOTHING)
    return best


@implements("builtins.max.keyed")
def max_with_key(iterable, key):
    best = None
    rank = None
    for x in iterable:
        height = key(x)
        if best is None or rank is None or height > rank:
            best = x
            rank = height
    if best is None:
        raise ValueError(MAX_OF_NOTHING)
    return best


@implements("builtins.min.default")
def min_or_default(iterable, default, key=None):
    for _ in iterable:
        return min(iterable) if key is None else min(iterable, key=key)
    return default


@implements("builtins.max.default")
def max_or_default(iterable, default, key=None):
    for _ in iterable:
        return max(iterable) if key is None else max(iterable, key=key)
    return default


# ---- round -----------------------------------------------------------------------------------


def _round_int(number, ndigits):
    """Half to even, in steps of 10**-ndigits."""
    if ndigits >= 0:
        return number
    if ndigits < -19 or (ndigits == -19 and abs(number) <= 5 * 10**18):
        return 0
    step = 10**-ndigits
    rest = number % step
    if rest > step - rest or (rest == step - rest and number // step % 2 == 1):
        return number + (step - rest)
    return number - rest


def _round_float(number, ndigits):
    if ndigits > 323 or not math.isfinite(number):
        return number
    if ndigits < -308:
        return 0.0 * number
    result = intrinsics.round_decimal(number, ndigits)
    if math.isinf(result):
        raise OverflowError("rounded value too large to represent")
    return result


def _round_numpy(number, ndigits):
    """As NumPy rounds: scaled, rounded and scaled back, in the number's own precision."""
    if isinstance(number, np.integer) and ndigits >= 0:
        return number
    power = 10.0 ** abs(ndigits)
    if isinstance(number, np.integer):
        return intrinsics.cast(np.rint(number / power) * power, intrinsics.dtype_of(number))
    if ndigits >= 0:
        return np.rint(number * power) / power
    return np.rint(number / power) * power


@implements(round)
def round_(number, ndigits=None):
    if isinstance(number, np.bool_):
        raise TypeError("type numpy.bool doesn't define __round__ method")
    if isinstance(number, np.generic) and ndigits is not None:
        return _round_numpy(number, ndigits)
    if isinstance(number, (int, np.integer)):
        return int(number) if ndigits is None else _round_int(int(number), ndigits)
    if ndigits is None:
        return int(intrinsics.op("rint", number))
    return _round_float(number, ndigits)


# ---- hash ------------------------------------------------------------------------------------

PRIME = 2**61 - 1
OF_NONE = hash(None)


def _hash_int(x):
    """Modulo PRIME with the sign of x; -1 marks errors in C, and is -2."""
    rest = x % PRIME if x >= 0 else -(-(x + 1) % PRIME) - 1
    if rest == -PRIME:
        return 0
    return -2 if rest == -1 else rest


def _hash_float(x):
    """The number as a fraction modulo PRIME: equal numbers of all kinds have one hash."""
    if math.isnan(x):
        raise ValueError("the hash of nan is that of its object, which compiled code has not")
    if math.isinf(x):
        return 314159 if x > 0.0 else -314159
    mantissa, exponent = math.frexp(abs(x))
    rest = 0
    while mantissa != 0.0:
        rest = (rest << 28) & PRIME | rest >> 33
        mantissa *= 268435456.0
        exponent -= 28
        digits = int(mantissa)
        mantissa -= float(digits)
        rest += digits
        if rest >= PRIME:
            rest -= PRIME
    shift = exponent % 61
    rest = (rest << shift) & PRIME | rest >> (61 - shift)
    if x < 0.0:
        rest = -rest
    return -2 if rest == -1 else rest


def _hash_complex(z):
    rest = (
        _hash_float(z.real) + 1000003 * (_hash_float(z.imag) & 0xFFFFFFFFFFFFFFFF)
    ) & 0xFFFFFFFFFFFFFFFF
    signed = rest - 2**64 if rest >= 2**63 else rest
    return -2 if signed == -1 else signed


def _hash_tuple(items):
    """xxHash's rounds over the hashes of the items."""
    total = np.uint64(2870177450012600261)
    for item in items:
        lane = intrinsics.cast(hash(item), np.uint64)
        total = total + lane * np.uint64(14029467366897019727)
        total = total << np.uint64(31) | total >> np.uint64(33)
        total = total * np.uint64(11400714785074694791)
    total = total + (np.uint64(len(items)) ^ np.uint64(2870177450012600261 ^ 3527539))
    if total == np.uint64(0xFFFFFFFFFFFFFFFF):
        return 1546275796
    return int(intrinsics.cast(total, np.int64))


@implements(hash)
def hash_(x, /):
    if x is None:
        return OF_NONE
    if isinstance(x, tuple):
        return _hash_tuple(x)
    if isinstance(x, (int, np.integer, np.bool_)):
        return _hash_int(int(x))
    if isinstance(x, (float, np.floating)):
        return _hash_float(float(x))
    return _hash_complex(complex(x))


# ---- pow -------------------------------------------------------------------------------------


def _inverse(base, modulus):
    """The x in 0…modulus-1 of which base * x is 1 modulo the modulus (extended Euclid)."""
    a, b = base % modulus, modulus
    x, y = 1, 0
    while b != 0:
        quotient = a // b
        a, b = b, a - quotient * b
        x, y = y, x - quotient * y
    if a != 1:
        raise ValueError("base is not invertible for the given modulus")
    return x % modulus


@implements("builtins.pow.modular")
def modular_power(base, exp, mod):
    if mod == 0:
        raise ValueError("pow() 3rd argument cannot be 0")
    if exp < 0:
        base = _inverse(base, abs(mod))
        exp = -exp
    factor = base % mod
    result = 1 % mod
    while exp > 0:
        if exp & 1 == 1:
            result = result * factor % mod
        factor = factor * factor % mod
        exp >>= 1
    return result
