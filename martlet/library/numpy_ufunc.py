"""Ufuncs on tuples and with where=, and those that give two results or look at integers."""

import math

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import broadcast_shapes, fits, shape_text, spread
from martlet.library.numpy_create import as_array
from martlet.library.numpy_number import copyto
from martlet.library.numpy_sum import put_out
from martlet.library.python_math import scaled

# ---- operands that become arrays, results that are left out ------------------------------------


def _operand(x):
    return as_array(x) if isinstance(x, tuple) else x


@implements("numpy.ufunc.sequences1")
def sequences1(f, x, out, where, dtype, casting):
    return f(
        as_array(x),
        out=out,
        where=True if where is None else where,
        dtype=dtype,
        casting="same_kind" if casting is None else casting,
    )


@implements("numpy.ufunc.sequences2")
def sequences2(f, x, y, out, where, dtype, casting):
    return f(
        _operand(x),
        _operand(y),
        out=out,
        where=True if where is None else where,
        dtype=dtype,
        casting="same_kind" if casting is None else casting,
    )


@implements("numpy.ufunc.operator")
def operator_(f, x, y):
    """Of an array and a tuple or list display."""
    return f(_operand(x), _operand(y))


@implements("numpy.ufunc.in_place")
def in_place(f, x, y):
    return f(x, as_array(y), out=x)


def _left_out(result, out, where):
    """Without out=, what is left out is undefined: it may be anything."""
    if out is None:
        if isinstance(where, np.ndarray) and where.ndim > 0:
            return as_array(np.where(where, result, result))
        return result
    target = out[0] if isinstance(out, tuple) else out
    copyto(target, result, where=where)
    return target


@implements("numpy.ufunc.where1")
def where1(f, x, out, where, dtype, casting):
    casting = "same_kind" if casting is None else casting
    return _left_out(f(x, dtype=dtype, casting=casting), out, where)


@implements("numpy.ufunc.where2")
def where2(f, x, y, out, where, dtype, casting):
    casting = "same_kind" if casting is None else casting
    return _left_out(f(x, y, dtype=dtype, casting=casting), out, where)


# ---- functions that are not one formula ----------------------------------------------------------


def _mapped(f, x, y, dtype):
    """f of each pair of elements."""
    if not isinstance(x, np.ndarray) and not isinstance(y, np.ndarray):
        return intrinsics.cast(f(x, y), dtype)
    a = as_array(x)
    b = as_array(y)
    shape = broadcast_shapes(a.shape, b.shape)
    if not (fits(a.shape, shape) and fits(b.shape, shape)):
        raise ValueError(
            "operands could not be broadcast together with shapes "
            f"{shape_text(a.shape)} {shape_text(b.shape)} "
        )
    out = intrinsics.new(shape, dtype)
    left = spread(a, shape)
    right = spread(b, shape)
    for at in np.ndindex(shape):
        out[at] = intrinsics.cast(f(left[at], right[at]), dtype)
    return out[()] if out.ndim == 0 else out


def _integer_dtype(x, y, name):
    dtype = intrinsics.promote(x, y)
    if dtype.kind != "i" and dtype.kind != "u":
        return intrinsics.refuse("gcd() and lcm() take integers")
    return dtype


def _magnitude(x):
    """Of an integer, as it fits 64 bits without sign."""
    x = np.int64(x) if isinstance(x, np.signedinteger) else x
    if isinstance(x, np.signedinteger):
        return np.uint64(-x) if x < 0 else np.uint64(x)
    return np.uint64(x)


def _gcd(x, y):
    a = _magnitude(x)
    b = _magnitude(y)
    while b != 0:
        a, b = b, a % b
    return a


def _lcm(x, y):
    divisor = _gcd(x, y)
    if divisor == 0:
        return divisor
    return _magnitude(x) // divisor * _magnitude(y)


def _as_dtype(x, dtype):
    return intrinsics.cast(x, dtype)


@implements(np.gcd)
def gcd(x1, x2, /, out=None):
    dtype = _integer_dtype(x1, x2, "gcd")
    return put_out(out, _mapped(_gcd, _as_dtype(x1, dtype), _as_dtype(x2, dtype), dtype))


@implements(np.lcm)
def lcm(x1, x2, /, out=None):
    dtype = _integer_dtype(x1, x2, "lcm")
    return put_out(out, _mapped(_lcm, _as_dtype(x1, dtype), _as_dtype(x2, dtype), dtype))


@implements(np.divmod)
def divmod_(x1, x2, /):
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


@implements(np.modf)
def modf(x, /):
    x = np.copysign(np.fabs(x), x)  # in floats
    whole = np.trunc(x)
    rest = np.where(np.isinf(x), intrinsics.cast(0.0, x.dtype), x - whole)
    return np.copysign(rest, x), whole


def _frexp(x):
    return math.frexp(float(x))


@implements(np.frexp)
def frexp(x, /):
    x = np.copysign(np.fabs(x), x)  # in floats
    if not isinstance(x, np.ndarray):
        size, exponent = _frexp(x)
        return intrinsics.cast(size, x.dtype), np.int32(exponent)
    sizes = intrinsics.new(x.shape, x.dtype)
    exponents = intrinsics.new(x.shape, np.int32)
    for at in np.ndindex(x.shape):
        size, exponent = _frexp(x[at])
        sizes[at] = size
        exponents[at] = exponent
    return sizes, exponents


def _ldexp(x, i):
    x = float(x)
    if x == 0.0 or not math.isfinite(x):
        return x
    return scaled(x, max(-5000, min(5000, int(i))))


@implements(np.ldexp)
def ldexp(x1, x2, /, out=None):
    if intrinsics.dtype_of(x2).kind != "i" and intrinsics.dtype_of(x2).kind != "b":
        return intrinsics.refuse("ldexp() takes signed integers as exponents")
    x = np.copysign(np.fabs(x1), x1)  # in floats
    return put_out(out, _mapped(_ldexp, x, x2, intrinsics.dtype_of(x)))
