"""Choosing elements by truth, by place and by value, and comparing arrays."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import (
    as_place,
    axis_of,
    broadcast_shapes,
    copy_to,
    fits,
    raveled,
    shape_text,
    spread,
)
from martlet.library.numpy_create import as_array, copied
from martlet.library.numpy_reduce import all_
from martlet.library.numpy_shape import raveled_in
from martlet.library.numpy_sum import put_out

# ---- where -----------------------------------------------------------------------------------


def _shape_of(x):
    return x.shape if isinstance(x, np.ndarray) else ()


def _refuse(condition, x, y):
    raise ValueError(
        f"operands could not be broadcast together with shapes {shape_text(condition)} "
        f"{shape_text(x)} {shape_text(y)} "
    )


def _spread_to(x, shape):
    return spread(x, shape) if isinstance(x, np.ndarray) and len(shape) > 0 else x


def _value(x):
    """A number, whether it comes alone or as an array without dimensions."""
    return x[()] if isinstance(x, np.ndarray) else x


def _is_flat(x, shape):
    """Can the array be run through in C order in one loop, or is it a number?"""
    if not isinstance(x, np.ndarray):
        return True
    if x.ndim == 0:
        return True
    return intrinsics.is_c(x) and x.ndim == len(shape)


def _flat(x):
    if isinstance(x, np.ndarray) and x.ndim > 0:
        return intrinsics.view_c(x, 0, (x.size,))
    return _value(x)


def _has_shape(x, shape):
    if isinstance(x, np.ndarray) and x.ndim > 0:
        return x.shape == shape
    return True


def _part(x, i):
    return x[i] if isinstance(x, np.ndarray) else x


def _choose(out, condition, x, y):
    if out.ndim == 1:
        for i in range(len(out)):
            truth = intrinsics.cast(_part(condition, i), np.bool_)
            first = intrinsics.cast(_part(x, i), out.dtype)
            second = intrinsics.cast(_part(y, i), out.dtype)
            out[i] = first if truth else second
    else:
        for i in range(len(out)):
            _choose(out[i], _part(condition, i), _part(x, i), _part(y, i))


def _refuses_ints_that_do_not_fit():
    """As NumPy does from 2.5 on; before, they wrapped."""
    try:
        np.where(True, -1, np.uint8(0))
    except OverflowError:
        return True
    return False


CHECKS_INTS = _refuses_ints_that_do_not_fit()


def _check_int(x, dtype):
    if CHECKS_INTS and type(x) is int:
        place = intrinsics.new((), dtype)
        place[()] = x


@implements(np.where)
def where(condition, x=None, y=None, /):
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    return _where(_operand(condition), _operand(x), _operand(y))


def _operand(x):
    return as_array(x) if isinstance(x, tuple) else x


def _where(condition, x, y):
    dtype = intrinsics.promote(x, y)
    branches = broadcast_shapes(_shape_of(x), _shape_of(y))
    shape = broadcast_shapes(_shape_of(condition), branches)
    for operand in (_shape_of(condition), _shape_of(x), _shape_of(y)):
        if not fits(operand, shape):
            _refuse(_shape_of(condition), _shape_of(x), _shape_of(y))
    _check_int(x, dtype)
    _check_int(y, dtype)
    out = intrinsics.new(shape, dtype)
    if len(shape) == 0:
        truth = intrinsics.cast(_value(condition), np.bool_)
        first = intrinsics.cast(_value(x), dtype)
        second = intrinsics.cast(_value(y), dtype)
        out[()] = first if truth else second
        return out
    if _is_flat(condition, shape) and _is_flat(x, shape) and _is_flat(y, shape):
        if _has_shape(condition, shape) and _has_shape(x, shape) and _has_shape(y, shape):
            _choose(_flat(out), _flat(condition), _flat(x), _flat(y))
            return out
    _choose(out, _spread_to(condition, shape), _spread_to(x, shape), _spread_to(y, shape))
    return out


@implements(np.select)
def select(condlist, choicelist, default=0):
    """The first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    return _select(condlist, choicelist, default)


def _select(conditions, choices, default):
    if len(conditions) == 0:
        return default
    return where(conditions[0], choices[0], _select(conditions[1:], choices[1:], default))


# ---- clip ------------------------------------------------------------------------------------


def _least(dtype):
    """The least value of a dtype of integers."""
    if dtype.kind == "u":
        return 0
    return -(1 << (8 * dtype.itemsize - 1))


def _greatest(dtype):
    if dtype.kind == "u":
        return (1 << (8 * dtype.itemsize)) - 1
    return (1 << (8 * dtype.itemsize - 1)) - 1


def _limits_low(a, low):
    """A Python int below all values of the dtype is no bound."""
    if (a.dtype.kind == "i" or a.dtype.kind == "u") and type(low) is int:
        return max(low, _least(a.dtype))
    return low


def _limits_high(a, high):
    if (a.dtype.kind == "i" or a.dtype.kind == "u") and type(high) is int:
        if a.dtype == np.uint64:
            return high
        return min(high, _greatest(a.dtype))
    return high


def _with_bound(a, bound):
    """In the dtype that it has with a bound of NumPy's: Python's numbers adapt to both."""
    if isinstance(bound, (np.ndarray, np.generic)):
        dtype = intrinsics.promote(a.dtype, bound.dtype)
        return a if dtype == a.dtype else copied(a, dtype, "C")
    return a


def _complex_bounded(a, bound, above):
    """The smaller (larger where not `above`) one by the real parts first: a nan in `a` stays, one
    in the bound does not count (clip.cpp)."""
    x = a if above else bound
    y = bound if above else a
    below = where(x.real == y.real, x.imag < y.imag, x.real < y.real)
    return where(np.logical_or(below, np.isnan(a)), a, bound)


def _clipped_complex(a, low, high):
    result = _complex_bounded(_complex_bounded(a, low, False), high, True)
    return result[()] if result.ndim == 0 else result


def _clipped(a, low, high):
    if low is None and high is None:
        return np.positive(a)
    if low is None:
        return np.minimum(a, high)
    if high is None:
        return np.maximum(a, low)
    a = _with_bound(a, high)
    if a.dtype.kind == "c":
        return _clipped_complex(a, low, high)
    return np.minimum(np.maximum(a, low), high)


@implements(np.clip)
def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    a = as_array(a)
    low = _operand(min if a_min is None else a_min)
    high = _operand(max if a_max is None else a_max)
    return put_out(out, _clipped(a, _limits_low(a, low), _limits_high(a, high)))


@implements("ndarray.clip")
def array_clip(a, min=None, max=None, out=None):
    return clip(a, min, max, out)


# ---- places of what is true ------------------------------------------------------------------


def count_true(mask):
    """In a flat array of any numbers."""
    count = 0
    for x in mask:
        count += int(intrinsics.cast(x, np.bool_))
    return count


def _index_arrays(shape, n):
    if len(shape) == 0:
        return ()
    return (intrinsics.new((n,), np.int64), *_index_arrays(shape[1:], n))


def _put_indices(arrays, index, at):
    if len(arrays) > 0:
        arrays[0][at] = index[0]
        _put_indices(arrays[1:], index[1:], at)


@implements(np.nonzero, "ndarray.nonzero")
def nonzero(a):
    a = as_array(a)
    if a.ndim == 0:
        raise ValueError(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() "
            "instead. If the context of this error is of the form `arr[nonzero(cond)]`, just "
            "use `arr[cond]`."
        )
    flat = raveled(a)
    count = count_true(flat)
    arrays = _index_arrays(a.shape, count)
    at = 0
    if a.ndim == 1:
        _put_places(arrays[0], flat)
    else:
        i = 0
        for index in np.ndindex(a.shape):
            if flat[i]:
                _put_indices(arrays, index, at)
                at += 1
            i += 1
    return arrays


def _put_places(out, flat):
    """The places of what is true; each is written where the next goes, so that nothing depends
    on a branch."""
    at = 0
    i = 0
    while at < len(out):
        out[at] = i
        at += int(intrinsics.cast(flat[i], np.bool_))
        i += 1


@implements(np.flatnonzero)
def flatnonzero(a):
    flat = raveled_in(as_array(a), "C")
    out = intrinsics.new((count_true(flat),), np.int64)
    _put_places(out, flat)
    return out


@implements(np.argwhere)
def argwhere(a):
    a = as_array(a)
    flat = raveled(a)
    out = intrinsics.new((count_true(flat), a.ndim), np.int64)
    at = 0
    i = 0
    for index in np.ndindex(a.shape):
        if flat[i]:
            for k in range(a.ndim):
                out[at, k] = index[k]
            at += 1
        i += 1
    return out


# ---- take and compress -----------------------------------------------------------------------


def _place_in(i, n, mode):
    """An index into n elements, as `mode` reads it."""
    if mode == "wrap":
        return i % n
    if mode == "clip":
        return min(max(i, 0), n - 1)
    if i < -n or i >= n:
        raise IndexError(f"index {i} is out of bounds for axis 0 with size {n}")
    return i + n if i < 0 else i


def _place_on(i, n, axis, mode):
    if mode == "raise" and (i < -n or i >= n):
        raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
    return _place_in(i, n, mode)


@implements(np.take, "ndarray.take")
def take(a, indices, axis=None, out=None, mode="raise"):
    a = as_array(a)
    if axis is None:
        flat = raveled(a)
        return put_out(out, _taken(flat, indices, 0, mode))
    return put_out(out, _taken(a, indices, axis_of(axis, a.ndim), mode))


def _taken(a, indices, axis, mode):
    n = a.shape[axis]
    if isinstance(indices, int) or isinstance(indices, np.integer):
        if n == 0:
            raise IndexError("cannot do a non-empty take from an empty axes.")
        at = _place_on(int(indices), n, axis, mode)
        if a.ndim == 1:
            return a[at]
        shape = intrinsics.dropped(a.shape, axis)
        out = intrinsics.new(shape, a.dtype)
        strides = intrinsics.dropped(a.strides, axis)
        copy_to(out, intrinsics.view(a, at * a.strides[axis], shape, strides))
        return out
    places = as_array(indices)
    flat = raveled(places)
    if n == 0 and len(flat) > 0:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    if a.ndim == 1:
        out = intrinsics.new(places.shape, a.dtype)
        values = intrinsics.view_c(out, 0, (len(flat),))
        for i in range(len(flat)):
            values[i] = a[_place_on(as_place(flat[i]), n, axis, mode)]
        return out
    return _taken_along(a, places, flat, axis, mode)


def _spliced(shape, axis, middle):
    """shape[:axis] + middle + shape[axis + 1:], where the axis need not be known."""
    return _spliced_in(intrinsics.dropped(shape, axis), axis, middle)


def _spliced_in(rest, axis, middle):
    if len(middle) == 0:
        return rest
    return intrinsics.inserted(_spliced_in(rest, axis, middle[1:]), axis, middle[0])


def _taken_along(a, places, flat, axis, mode):
    n = a.shape[axis]
    out = intrinsics.new(_spliced(a.shape, axis, places.shape), a.dtype)
    shape = intrinsics.dropped(a.shape, axis)
    whole = intrinsics.view_c(out, 0, intrinsics.inserted(shape, axis, len(flat)))
    target_strides = intrinsics.dropped(whole.strides, axis)
    source_strides = intrinsics.dropped(a.strides, axis)
    for i in range(len(flat)):
        at = _place_on(as_place(flat[i]), n, axis, mode)
        target = intrinsics.view(whole, i * whole.strides[axis], shape, target_strides)
        copy_to(target, intrinsics.view(a, at * a.strides[axis], shape, source_strides))
    return out


@implements(np.compress)
def compress(condition, a, axis=None, out=None):
    c = as_array(condition)
    if c.ndim != 1:
        raise ValueError("condition must be a 1-d array")
    return take(a, flatnonzero(c), axis, out)


@implements("ndarray.compress")
def array_compress(a, condition, axis=None, out=None):
    return compress(condition, a, axis, out)


@implements(np.extract)
def extract(condition, arr):
    return take(raveled_in(as_array(arr), "C"), flatnonzero(condition))


@implements(np.take_along_axis)
def take_along_axis(arr, indices, axis=-1):
    a = as_array(arr)
    places = as_array(indices)
    if axis is None:
        return take(raveled_in(a, "C"), places)
    axis = axis_of(axis, a.ndim)
    if a.ndim != places.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    n = a.shape[axis]
    shape = intrinsics.replaced(
        broadcast_shapes(
            intrinsics.replaced(a.shape, axis, 1), intrinsics.replaced(places.shape, axis, 1)
        ),
        axis,
        places.shape[axis],
    )
    out = intrinsics.new(shape, a.dtype)
    index = spread(places, shape)
    for at in np.ndindex(shape):
        i = int(index[at])
        if i < -n or i >= n:
            raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
        i = i + n if i < 0 else i
        out[at] = a[_limited(intrinsics.replaced(at, axis, i), a.shape)]
    return out


def _limited(index, shape):
    """The index with zeros where the array is stretched."""
    if len(shape) == 0:
        return ()
    return (0 if shape[0] == 1 else index[0], *_limited(index[1:], shape[1:]))


# ---- comparing -------------------------------------------------------------------------------


def _as_inexact(x):
    if isinstance(x, np.ndarray):
        return x if x.dtype.kind == "f" or x.dtype.kind == "c" else intrinsics.cast(x, float)
    if isinstance(x, int):
        return float(x)
    if isinstance(x, np.integer) or isinstance(x, np.bool_):
        return np.float64(x)
    return x


@implements(np.isclose)
def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    x = _operand(a)
    y = _as_inexact(_operand(b))
    close = np.less_equal(abs(x - y), atol + rtol * abs(y)) & np.isfinite(y)
    close = close | np.equal(x, y)
    if equal_nan:
        return close | (np.isnan(x) & np.isnan(y))
    return close


@implements(np.allclose)
def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(all_(isclose(a, b, rtol, atol, equal_nan)))


@implements(np.array_equal)
def array_equal(a1, a2, equal_nan=False):
    a = as_array(a1)
    b = as_array(a2)
    if a.ndim != b.ndim:
        return False
    if a.shape != b.shape:
        return False
    if equal_nan:
        return bool(all_((a == b) | ((a != a) & (b != b))))
    return bool(all_(a == b))


@implements(np.array_equiv)
def array_equiv(a1, a2):
    a = as_array(a1)
    b = as_array(a2)
    shape = broadcast_shapes(a.shape, b.shape)
    if not (fits(a.shape, shape) and fits(b.shape, shape)):
        return False
    return bool(all_(a == b))


@implements("ndarray.__contains__")
def contains(a, x):
    """x in a"""
    return bool(np.any(a == x))


# ---- differences and interpolation -----------------------------------------------------------


@implements(np.diff)
def diff(a, n=1, axis=-1):
    a = as_array(a)
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = axis_of(axis, a.ndim)
    if n == 0:
        return intrinsics.view(a, 0, a.shape, a.strides)
    d = _difference(a, axis)
    for _ in range(n - 1):
        d = _difference(d, axis)
    return intrinsics.view(d, 0, d.shape, d.strides)


def _difference(a, axis):
    if a.ndim == 1:
        return _minus(a[1:], a[:-1])
    shape = intrinsics.replaced(a.shape, axis, max(a.shape[axis] - 1, 0))
    low = intrinsics.view(a, 0, shape, a.strides)
    high = intrinsics.view(a, a.strides[axis] if a.size else 0, shape, a.strides)
    return _minus(high, low)


def _minus(high, low):
    if high.dtype.kind == "b":
        return np.not_equal(high, low)
    return high - low


@implements(np.ediff1d)
def ediff1d(ary):
    flat = raveled_in(as_array(ary), "C")
    return flat[1:] - flat[:-1]


@implements(np.interp)
def interp(x, xp, fp, left=None, right=None):
    xp = _doubles(xp)
    fp = _doubles(fp)
    if xp.ndim != 1 or fp.ndim != 1:
        raise ValueError("object too deep for desired array")
    if len(xp) == 0:
        raise ValueError("array of sample points is empty")
    if len(xp) != len(fp):
        raise ValueError("fp and xp are not of the same length.")
    low = fp[0] if left is None else np.float64(left)
    high = fp[len(fp) - 1] if right is None else np.float64(right)
    if isinstance(x, np.ndarray) or isinstance(x, tuple):
        points = as_array(x)
        flat = raveled(points)
        out = intrinsics.new(points.shape, np.float64)
        values = intrinsics.view_c(out, 0, (len(flat),))
        at = 0
        for i in range(len(flat)):
            point = intrinsics.cast(flat[i], np.float64)
            at = _interval(point, xp, at)
            values[i] = _interpolated(point, xp, fp, low, high, at)
        return out
    point = intrinsics.cast(x, np.float64)
    return _interpolated(point, xp, fp, low, high, _interval(point, xp, 0))


def _doubles(x):
    a = as_array(x)
    return a if a.dtype == np.float64 else intrinsics.cast(a, np.float64)


def _interval(x, xp, guess):
    """The j with xp[j] <= x < xp[j + 1]: -1 below, the length above the last."""
    n = len(xp)
    if x > xp[n - 1]:
        return n
    if not x >= xp[0]:
        return -1
    if guess >= 0 and guess + 1 < n and xp[guess] <= x and x < xp[guess + 1]:
        return guess
    low = 0
    high = n
    while low < high:
        middle = low + (high - low) // 2
        if x >= xp[middle]:
            low = middle + 1
        else:
            high = middle
    return low - 1


def _interpolated(x, xp, fp, left, right, j):
    if len(xp) == 1:
        return left if x < xp[0] else right if x > xp[0] else fp[0]
    if x != x:
        return x
    if j == -1:
        return left
    if j == len(xp):
        return right
    if j == len(xp) - 1 or xp[j] == x:
        return fp[j]
    slope = (fp[j + 1] - fp[j]) / (xp[j + 1] - xp[j])
    y = slope * (x - xp[j]) + fp[j]
    if y != y:
        y = slope * (x - xp[j + 1]) + fp[j + 1]
        if y != y and fp[j] == fp[j + 1]:
            return fp[j]
    return y
