"""Ufuncs on tuples and with where=, and those that give two results or look at integers."""

import numpy as np

from martlet.library import implements
from martlet.library.numpy_create import as_array
from martlet.library.numpy_number import copyto

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
