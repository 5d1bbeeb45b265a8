"""Sums, products, means, variances: NumPy's order and NumPy's rounding.

Sources: NumPy's _core/_methods.py, and loops_utils.h.src for the pairwise sum of a row of
floats: eight running sums over blocks of 128, halves added.
"""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import axis_of, in_c_order, new_like, repeated, shape_text
from martlet.library.numpy_create import as_array
from martlet.library.numpy_fold import BUFFER, distinct_axes, fold

BLOCK = 128  # elements

# ---- rows ------------------------------------------------------------------------------------


def add(x, y):
    return x + y


def multiply(x, y):
    return x * y


def add_step(total, x):
    return total + intrinsics.cast(x, total.dtype)


def multiply_step(total, x):
    return total * intrinsics.cast(x, total.dtype)


def working_dtype(dtype):
    """What rows of a dtype are added in: float16's in float32."""
    return np.dtype(np.float32) if dtype == np.float16 else np.dtype(dtype)


def _in_half(v, dtype):
    """What is added up in float16 is rounded to it first."""
    if dtype == np.float16 and v.dtype != np.float16:
        return intrinsics.cast(v, np.float16)
    return v


def add_row(total, v):
    dtype = total.dtype
    v = _in_half(v, dtype)
    if dtype.kind != "f" and dtype.kind != "c":
        for x in v:
            total = total + intrinsics.cast(x, dtype)
        return total
    work = working_dtype(dtype)
    n = len(v)
    if v.dtype == dtype:
        return _rounded_sum(total, pairwise(v, 0, n, work), work)
    for low in range(0, n, BUFFER):
        total = _rounded_sum(total, pairwise(v, low, min(BUFFER, n - low), work), work)
    return total


def _rounded_sum(total, more, work):
    return intrinsics.cast(intrinsics.cast(total, work) + more, total.dtype)


def multiply_row(total, v):
    dtype = total.dtype
    v = _in_half(v, dtype)
    work = working_dtype(dtype)
    result = intrinsics.cast(total, work)
    for x in v:
        result = result * intrinsics.cast(x, work)
    return intrinsics.cast(result, dtype)


def pairwise(v, low, n, work):
    """The sum of v[low : low + n] in the dtype `work`."""
    if work.kind == "c":
        return _pairwise_complex(v, low, n, work)
    if n < 8:
        total = intrinsics.cast(-0.0, work)
        for i in range(low, low + n):
            total = total + intrinsics.cast(v[i], work)
        return total
    if n <= BLOCK:
        return _block(v, low, n, work)
    half = n // 2
    half -= half % 8
    return pairwise(v, low, half, work) + pairwise(v, low + half, n - half, work)


def _block(v, low, n, work):
    r0 = intrinsics.cast(v[low], work)
    r1 = intrinsics.cast(v[low + 1], work)
    r2 = intrinsics.cast(v[low + 2], work)
    r3 = intrinsics.cast(v[low + 3], work)
    r4 = intrinsics.cast(v[low + 4], work)
    r5 = intrinsics.cast(v[low + 5], work)
    r6 = intrinsics.cast(v[low + 6], work)
    r7 = intrinsics.cast(v[low + 7], work)
    eights = low + n - n % 8
    for i in range(low + 8, eights, 8):
        r0 = r0 + intrinsics.cast(v[i], work)
        r1 = r1 + intrinsics.cast(v[i + 1], work)
        r2 = r2 + intrinsics.cast(v[i + 2], work)
        r3 = r3 + intrinsics.cast(v[i + 3], work)
        r4 = r4 + intrinsics.cast(v[i + 4], work)
        r5 = r5 + intrinsics.cast(v[i + 5], work)
        r6 = r6 + intrinsics.cast(v[i + 6], work)
        r7 = r7 + intrinsics.cast(v[i + 7], work)
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    for i in range(eights, low + n):
        total = total + intrinsics.cast(v[i], work)
    return total


def _pairwise_complex(v, low, n, work):
    """The same over both parts: blocks of 64 elements, four running sums of each part."""
    if n < 4:
        total = intrinsics.cast(complex(-0.0, -0.0), work)
        for i in range(low, low + n):
            total = total + intrinsics.cast(v[i], work)
        return total
    if n <= BLOCK // 2:
        r0 = intrinsics.cast(v[low], work)
        r1 = intrinsics.cast(v[low + 1], work)
        r2 = intrinsics.cast(v[low + 2], work)
        r3 = intrinsics.cast(v[low + 3], work)
        fours = low + n - n % 4
        for i in range(low + 4, fours, 4):
            r0 = r0 + intrinsics.cast(v[i], work)
            r1 = r1 + intrinsics.cast(v[i + 1], work)
            r2 = r2 + intrinsics.cast(v[i + 2], work)
            r3 = r3 + intrinsics.cast(v[i + 3], work)
        total = (r0 + r1) + (r2 + r3)
        for i in range(fours, low + n):
            total = total + intrinsics.cast(v[i], work)
        return total
    half = (n - n % 8) // 2
    return _pairwise_complex(v, low, half, work) + _pairwise_complex(
        v, low + half, n - half, work
    )


# ---- sum and prod ----------------------------------------------------------------------------


def sum_dtype(a, dtype, out=None):
    """What sums and products are made in: small integers grow to 64 bits, unless out= says
    otherwise."""
    if dtype is not None:
        return np.dtype(dtype)
    if isinstance(out, tuple):
        return sum_dtype(a, dtype, out[0])
    if out is not None:
        return intrinsics.promote(a.dtype, out.dtype)
    if a.dtype.kind == "b" or a.dtype.kind == "i":
        return np.dtype(np.int64)
    if a.dtype.kind == "u":
        return np.dtype(np.uint64)
    return a.dtype


def _start(initial, default, dtype):
    if isinstance(initial, (complex, np.complexfloating)) and dtype.kind != "c":
        return intrinsics.refuse("initial= is complex, and what is reduced is not")
    return intrinsics.cast(default if initial is None else initial, dtype)


@implements("numpy.add.reduce")
def add_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None):
    return sum_(array, axis, dtype, out, keepdims, initial)


@implements("numpy.multiply.reduce")
def multiply_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None):
    return prod(array, axis, dtype, out, keepdims, initial)


@implements(np.sum, "ndarray.sum")
def sum_(a, axis=None, dtype=None, out=None, keepdims=False, initial=None):
    a = as_array(a)
    dtype = sum_dtype(a, dtype, out)
    result = fold(a, axis, dtype, add_row, add_step, _start(initial, 0, dtype), True, keepdims)
    return put_out(out, result, "add")


@implements(np.prod, "ndarray.prod")
def prod(a, axis=None, dtype=None, out=None, keepdims=False, initial=None):
    a = as_array(a)
    dtype = sum_dtype(a, dtype, out)
    start = _start(initial, 1, dtype)
    result = fold(a, axis, dtype, multiply_row, multiply_step, start, True, keepdims)
    return put_out(out, result, "multiply")


def put_out(out, result, reduction=None):
    """What a function with out= returns. Reductions, which give their name, convert whatever they
    have."""
    if out is None:
        return result
    if isinstance(out, tuple):
        return put_out(out[0], result, reduction)
    made = as_array(result)
    kind = made.dtype.kind
    into = out.dtype.kind
    if kind == "c" and into != "c":
        return intrinsics.refuse("the result is complex, and the array of out= is not")
    if reduction is None:
        if kind == "f" and into != "f" and into != "c":
            return intrinsics.refuse("the result is of floats, and the array of out= is not")
        if (kind == "i" and (into == "u" or into == "b")) or (kind == "u" and into == "b"):
            return intrinsics.refuse("the result's dtype does not go into the array of out=")
        if made.ndim != out.ndim:
            raise ValueError(
                f"output array has the wrong number of dimensions: {out.ndim}, not {made.ndim}"
            )
    if made.ndim != out.ndim:
        raise ValueError(
            f"output parameter for reduction operation {reduction} has the wrong number of "
            f"dimensions: Found {out.ndim} but expected {made.ndim}"
        )
    if made.shape != out.shape:
        raise ValueError(
            f"could not broadcast input array from shape {shape_text(made.shape)} into shape "
            f"{shape_text(out.shape)}"
        )
    out[...] = result
    return out


# ---- mean ------------------------------------------------------------------------------------


def count_of(a, axis):
    """Of how many elements each result is made."""
    if axis is None:
        return a.size
    if isinstance(axis, tuple):
        return intrinsics.product(intrinsics.picked(a.shape, distinct_axes(axis, a.ndim)))
    axis = axis_of(axis, a.ndim)
    return intrinsics.product(a.shape, axis, axis + 1)


def _divided(total, count):
    """In total's dtype, by way of a wider one where NumPy's promotion goes there."""
    if isinstance(total, np.ndarray):
        out = intrinsics.new(total.shape, total.dtype)
        out[...] = total / count
        return out
    return intrinsics.cast(total / count, total.dtype)


def mean_dtype(a, dtype):
    if dtype is not None:
        return np.dtype(dtype)
    if a.dtype.kind == "c":
        return a.dtype
    return working_dtype(a.dtype) if a.dtype.kind == "f" else np.dtype(np.float64)


@implements(np.mean, "ndarray.mean")
def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    a = as_array(a)
    inexact = a.dtype.kind == "f" or a.dtype.kind == "c"
    if inexact and a.dtype != np.float16:
        total = sum_(a, axis, sum_dtype(a, dtype, out), None, keepdims)
    else:
        total = sum_(a, axis, mean_dtype(a, dtype), None, keepdims)
    if out is not None:
        total = intrinsics.cast(total, out.dtype)
    result = _divided(total, np.int64(count_of(a, axis)))
    if dtype is None and a.dtype == np.float16:
        return put_out(out, intrinsics.cast(result, np.float16), "add")
    return put_out(out, result, "add")


@implements(np.average)
def average(a, axis=None, weights=None):
    a = as_array(a)
    if weights is None:
        return mean(a, axis)
    w = as_array(weights)
    if a.ndim != w.ndim:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        at = axis_of(axis, a.ndim)
        if w.shape != intrinsics.picked(a.shape, (at,)):
            raise ValueError(
                "Shape of weights must be consistent with shape of a along specified axis."
            )
        shape = intrinsics.replaced(repeated(1, a.shape), at, w.shape[0])
        return _weighted(a, axis, intrinsics.view_c(in_c_order(w), 0, shape))
    if a.shape != w.shape:
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    return _weighted(a, axis, w)


def _average_dtype(a, w):
    dtype = intrinsics.promote(a.dtype, w.dtype)
    if a.dtype.kind == "f" or a.dtype.kind == "c":
        return dtype
    return intrinsics.promote(dtype, np.float64)


def _weighted(a, axis, w):
    dtype = _average_dtype(a, w)
    scale = sum_(w, axis, dtype)
    if np.any(scale == 0.0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return sum_(np.multiply(a, w, dtype=dtype), axis) / scale


# ---- variance --------------------------------------------------------------------------------


def _squares(a, middle):
    """Of what a - middle is, in a's order of memory."""
    dtype = intrinsics.promote(a, middle)
    if dtype.kind == "c":
        return _complex_squares(a, middle, dtype)
    d = new_like(a, dtype)
    if a.ndim == 0:
        d[()] = (a[()] - middle) * (a[()] - middle)
    elif d.ndim > 1 and intrinsics.is_c(d.T) and not intrinsics.is_c(d):
        _square_into(d.T, a.T, middle.T if isinstance(middle, np.ndarray) else middle)
    else:
        _square_into(d, a, middle)
    return d


def _square_into(out, a, middle):
    np.subtract(a, middle, out=out)
    np.multiply(out, out, out=out)


def _complex_squares(a, middle, dtype):
    d = a - middle
    out = new_like(a, d.real.dtype)
    if a.ndim == 0:
        out[()] = d.real * d.real + d.imag * d.imag
    else:
        out[...] = d.real * d.real + d.imag * d.imag
    return out


def _free_count(count, ddof):
    """count - ddof, at least 0."""
    rest = count - ddof
    if isinstance(ddof, float):
        return max(rest, np.float64(0.0))
    return max(rest, np.int64(0))


def _variance(a, axis, dtype, ddof, keepdims):
    count = np.int64(count_of(a, axis))
    middle = _divided(sum_(a, axis, dtype, None, True), count)
    if axis is None and intrinsics.is_c(a) and a.ndim > 0 and not keepdims:
        found = intrinsics.promote(a.dtype, middle.dtype)
        if found.kind != "c" and found == middle.dtype:
            flat = intrinsics.view_c(a, 0, (a.size,))
            total = _sum_of_squares(flat, middle[repeated(0, a.shape)])
            return _divided(total, _free_count(count, ddof))
    total = sum_(_squares(a, middle), axis, dtype, None, keepdims)
    return _divided(total, _free_count(count, ddof))


def _sum_of_squares(v, middle):
    """Of a row, as of the array of the squares, a block of which is made at a time."""
    dtype = intrinsics.promote(v.dtype, intrinsics.dtype_of(middle))
    squares = intrinsics.new((BLOCK,), dtype)
    work = working_dtype(dtype)
    total = _pairwise_squares(v, 0, len(v), middle, squares, work)
    return _rounded_sum(intrinsics.cast(0, dtype), total, work)


def _pairwise_squares(v, low, n, middle, squares, work):
    if n <= BLOCK:
        for i in range(n):
            x = v[low + i] - middle
            squares[i] = x * x
        return pairwise(squares, 0, n, work)
    half = n // 2
    half -= half % 8
    first = _pairwise_squares(v, low, half, middle, squares, work)
    return first + _pairwise_squares(v, low + half, n - half, middle, squares, work)


@implements(np.var, "ndarray.var")
def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    a = as_array(a)
    if dtype is None and a.dtype.kind != "f" and a.dtype.kind != "c":
        return put_out(out, _variance(a, axis, np.float64, ddof, keepdims))
    return put_out(out, _variance(a, axis, dtype, ddof, keepdims))


@implements(np.std, "ndarray.std")
def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    a = as_array(a)
    result = var(a, axis, dtype, None, ddof, keepdims)
    return put_out(out, _root(result))


def _root(x):
    root = np.sqrt(x)
    return root if root.dtype == x.dtype else intrinsics.cast(root, x.dtype)
