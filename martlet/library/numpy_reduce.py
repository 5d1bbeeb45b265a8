"""Extremes, truth and counts along axes; running sums; what leaves out nan."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import axis_of, copy_to, new_like, raveled, split_at
from martlet.library.numpy_create import as_array, copied
from martlet.library.numpy_fold import distinct_axes, fold
from martlet.library.numpy_sum import (
    add,
    multiply,
    put_out,
    sum_,
    sum_dtype,
)

# The class of a count of all: int before NumPy 2.4.
COUNTS_IN_NUMPY = isinstance(np.count_nonzero(np.zeros(1)), np.integer)

LANES = 128
PLACE_BLOCK = 2048  # a multiple of LANES

# ---- extremes --------------------------------------------------------------------------------


def _row(total, v, better):
    """The best of a row."""
    n = len(v)
    if v.dtype.kind != "f" or n < 16:
        for x in v:
            total = better(total, x)
        return total
    if n < 32 * LANES:
        return better(total, _best_of_eight(v, better))
    lanes = intrinsics.new((LANES,), v.dtype)
    total = better(total, _best_in_lanes(v, 0, n - n % LANES, lanes, better))
    for i in range(n - n % LANES, n):
        total = better(total, v[i])
    return total


def _best_of_eight(v, better):
    """The best of a row of at least eight, in eight lanes."""
    r0 = v[0]
    r1 = v[1]
    r2 = v[2]
    r3 = v[3]
    r4 = v[4]
    r5 = v[5]
    r6 = v[6]
    r7 = v[7]
    eights = len(v) - len(v) % 8
    for i in range(8, eights, 8):
        r0 = better(r0, v[i])
        r1 = better(r1, v[i + 1])
        r2 = better(r2, v[i + 2])
        r3 = better(r3, v[i + 3])
        r4 = better(r4, v[i + 4])
        r5 = better(r5, v[i + 5])
        r6 = better(r6, v[i + 6])
        r7 = better(r7, v[i + 7])
    r0 = better(better(r0, r1), better(r2, r3))
    r4 = better(better(r4, r5), better(r6, r7))
    best = better(r0, r4)
    for i in range(eights, len(v)):
        best = better(best, v[i])
    return best


def _best_in_lanes(v, low, high, lanes, better):
    """The best of v[low:high], a multiple of LANES long: in lanes of memory, so that there are
    enough of them for vectors and for the time that one comparison takes."""
    for k in range(LANES):
        lanes[k] = v[low + k]
    for i in range(low + LANES, high, LANES):
        for k in range(LANES):
            lanes[k] = better(lanes[k], v[i + k])
    best = lanes[0]
    for x in lanes:
        best = better(best, x)
    return best


def _max_row(total, v):
    return _row(total, v, np.maximum)


def _min_row(total, v):
    return _row(total, v, np.minimum)


def _fmax_row(total, v):
    return _row(total, v, np.fmax)


def _fmin_row(total, v):
    return _row(total, v, np.fmin)


def _max_step(total, x):
    return np.maximum(total, x)


def _min_step(total, x):
    return np.minimum(total, x)


def _fmax_step(total, x):
    return np.fmax(total, x)


def _fmin_step(total, x):
    return np.fmin(total, x)


def _any_is_empty(a, axis):
    """Is one of the axes to be folded without elements?"""
    if axis is None:
        return a.size == 0
    if isinstance(axis, tuple):
        if a.ndim > 0:
            for each in distinct_axes(axis, a.ndim):
                if a.shape[each] == 0:
                    return True
        return False
    return a.ndim > 0 and a.shape[axis_of(axis, a.ndim)] == 0


def _extreme(a, axis, row, step, keepdims, initial):
    if initial is None:
        return fold(a, axis, a.dtype, row, step, None, False, keepdims)
    if isinstance(initial, (complex, np.complexfloating)) and a.dtype.kind != "c":
        return intrinsics.refuse("initial= is complex, and the array is not")
    return fold(a, axis, a.dtype, row, step, intrinsics.cast(initial, a.dtype), False, keepdims)


@implements(np.max, np.amax, "ndarray.max")
def max_(a, axis=None, out=None, keepdims=False, initial=None):
    a = as_array(a)
    if initial is None and _any_is_empty(a, axis):
        raise ValueError("zero-size array to reduction operation maximum which has no identity")
    return put_out(out, _extreme(a, axis, _max_row, _max_step, keepdims, initial), "maximum")


@implements(np.min, np.amin, "ndarray.min")
def min_(a, axis=None, out=None, keepdims=False, initial=None):
    a = as_array(a)
    if initial is None and _any_is_empty(a, axis):
        raise ValueError("zero-size array to reduction operation minimum which has no identity")
    return put_out(out, _extreme(a, axis, _min_row, _min_step, keepdims, initial), "minimum")


@implements(np.ptp)
def ptp(a, axis=None, out=None, keepdims=False):
    a = as_array(a)
    return put_out(out, max_(a, axis, None, keepdims) - min_(a, axis, None, keepdims))


# ---- where the extremes are ------------------------------------------------------------------


def _beats_max(x, best):
    return not (x <= best) or _is_partly_nan(x)


def _beats_min(x, best):
    return not (x >= best) or _is_partly_nan(x)


def _is_nan(x):
    return x != x


def _is_partly_nan(x):
    """Of complex numbers, whose order goes by the real parts first."""
    return x.dtype.kind == "c" and _is_nan(x)


def _place(v, beats, better):
    """The index of the first best element; of the first nan, where there is one."""
    n = len(v)
    if v.dtype.kind != "f" or n < 4 * PLACE_BLOCK:
        return _place_in(v, 0, n, beats)
    lanes = intrinsics.new((LANES,), v.dtype)
    best = v[0]
    at = 0
    for low in range(0, n - n % PLACE_BLOCK, PLACE_BLOCK):
        x = _best_in_lanes(v, low, low + PLACE_BLOCK, lanes, better)
        if beats(x, best) and not _is_nan(best):
            best = x
            at = low
    rest = _place_in(v, n - n % PLACE_BLOCK, n, beats)
    if rest < n and beats(v[rest], best) and not _is_nan(best):
        return rest
    return _place_in(v, at, at + PLACE_BLOCK, beats)


def _place_in(v, low, high, beats):
    if low == high:
        return high
    best = v[low]
    at = low
    if _is_nan(best):
        return at
    for i in range(low + 1, high):
        x = v[i]
        if beats(x, best):
            best = x
            at = i
            if _is_nan(x):
                break
    return at


def _places(planes, out, beats):
    """Along the middle axis of a C array of three."""
    inner = planes.shape[2]
    best = intrinsics.new((inner,), planes.dtype)
    for o in range(len(planes)):
        plane = planes[o]
        at = out[o]
        for k in range(inner):
            best[k] = plane[0, k]
            at[k] = 0
        for j in range(1, len(plane)):
            x = plane[j]
            for k in range(inner):
                if beats(x[k], best[k]) and not _is_nan(best[k]):
                    best[k] = x[k]
                    at[k] = j


def _placed(a, axis, beats, better, keepdims):
    if a.ndim == 0:
        if axis is not None:
            axis_of(axis, 1)
        return np.int64(0)
    if axis is None:
        at = np.int64(_place(raveled(a), beats, better))
        return np.full((1,) * a.ndim, at) if keepdims else at
    axis = axis_of(axis, a.ndim)
    if a.ndim == 1:
        at = np.int64(_place(a, beats, better))
        return np.full((1,), at) if keepdims else at
    c = a if intrinsics.is_c(a) else copied(a, a.dtype, "C")
    outer, inner = split_at(a.shape, axis)
    out = intrinsics.new(intrinsics.dropped(a.shape, axis), np.int64)
    if inner == 1:
        rows = intrinsics.view_c(c, 0, (outer, a.shape[axis]))
        flat = intrinsics.view_c(out, 0, (outer,))
        for i in range(outer):
            flat[i] = _place(rows[i], beats, better)
    else:
        planes = intrinsics.view_c(c, 0, (outer, a.shape[axis], inner))
        _places(planes, intrinsics.view_c(out, 0, (outer, inner)), beats)
    if keepdims:
        return intrinsics.view_c(out, 0, intrinsics.replaced(a.shape, axis, 1))
    return out


def _put_places(out, places, name):
    if out is None:
        return places
    if out.dtype != np.int64:
        return intrinsics.refuse("out= of argmax() and argmin() is an array of int64")
    if as_array(places).shape != out.shape:
        raise ValueError(f"output array does not match result of np.{name}.")
    out[...] = places
    return out


@implements(np.argmax, "ndarray.argmax")
def argmax(a, axis=None, out=None, keepdims=False):
    a = as_array(a)
    if _any_is_empty(a, axis):
        raise ValueError("attempt to get argmax of an empty sequence")
    return _put_places(out, _placed(a, axis, _beats_max, np.maximum, keepdims), "argmax")


@implements(np.argmin, "ndarray.argmin")
def argmin(a, axis=None, out=None, keepdims=False):
    a = as_array(a)
    if _any_is_empty(a, axis):
        raise ValueError("attempt to get argmin of an empty sequence")
    return _put_places(out, _placed(a, axis, _beats_min, np.minimum, keepdims), "argmin")


# ---- truth -----------------------------------------------------------------------------------


def _any_row(total, v):
    """Block by block: within one, all are looked at, which vectors do at once."""
    n = len(v)
    for low in range(0, n, LANES):
        if total:
            return total
        for i in range(low, min(low + LANES, n)):
            total = total | intrinsics.cast(v[i], np.bool_)
    return total


def _all_row(total, v):
    n = len(v)
    for low in range(0, n, LANES):
        if not total:
            return total
        for i in range(low, min(low + LANES, n)):
            total = total & intrinsics.cast(v[i], np.bool_)
    return total


def _any_step(total, x):
    return total | intrinsics.cast(x, np.bool_)


def _all_step(total, x):
    return total & intrinsics.cast(x, np.bool_)


@implements(np.any, "ndarray.any")
def any_(a, axis=None, out=None, keepdims=False):
    start = np.bool_(False)
    result = fold(as_array(a), axis, np.bool_, _any_row, _any_step, start, False, keepdims)
    return put_out(out, result, "logical_or")


@implements(np.all, "ndarray.all")
def all_(a, axis=None, out=None, keepdims=False):
    start = np.bool_(True)
    result = fold(as_array(a), axis, np.bool_, _all_row, _all_step, start, False, keepdims)
    return put_out(out, result, "logical_and")


def _count_row(total, v):
    for x in v:
        total = total + intrinsics.cast(intrinsics.cast(x, np.bool_), np.int64)
    return total


def _count_step(total, x):
    return total + intrinsics.cast(intrinsics.cast(x, np.bool_), np.int64)


@implements(np.count_nonzero)
def count_nonzero(a, axis=None, keepdims=False):
    a = as_array(a)
    start = np.int64(0)
    result = fold(a, axis, np.int64, _count_row, _count_step, start, False, keepdims)
    if axis is None and not keepdims and not COUNTS_IN_NUMPY:
        return int(result)
    return result


# ---- reductions of ufuncs --------------------------------------------------------------------


@implements("numpy.maximum.reduce")
def maximum_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None):
    return max_(array, axis, out, keepdims, initial)


@implements("numpy.minimum.reduce")
def minimum_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None):
    return min_(array, axis, out, keepdims, initial)


@implements("numpy.logical_or.reduce")
def logical_or_reduce(array, axis=0, dtype=None, out=None, keepdims=False):
    return any_(array, axis, out, keepdims)


@implements("numpy.logical_and.reduce")
def logical_and_reduce(array, axis=0, dtype=None, out=None, keepdims=False):
    return all_(array, axis, out, keepdims)


# ---- running totals --------------------------------------------------------------------------


def _accumulate_row(v, out, step):
    total = intrinsics.cast(v[0], out.dtype)
    out[0] = total
    for i in range(1, len(v)):
        total = step(total, intrinsics.cast(v[i], out.dtype))
        out[i] = total


def _accumulate_planes(planes, out, step):
    for o in range(len(planes)):
        x = planes[o]
        y = out[o]
        for k in range(x.shape[1]):
            y[0, k] = intrinsics.cast(x[0, k], out.dtype)
        for j in range(1, len(x)):
            source = x[j]
            before = y[j - 1]
            after = y[j]
            for k in range(len(source)):
                after[k] = step(before[k], intrinsics.cast(source[k], out.dtype))


def _accumulated(a, axis, dtype, step):
    if axis is not None and a.ndim == 0:
        axis_of(axis, 1)
    if axis is None or a.ndim == 0:
        flat = raveled(a)
        out = intrinsics.new((flat.size,), dtype)
        if flat.size > 0:
            _accumulate_row(flat, out, step)
        return out
    axis = axis_of(axis, a.ndim)
    out = intrinsics.new(a.shape, dtype)
    if a.size == 0:
        return out
    if a.ndim == 1:
        _accumulate_row(a, out, step)
        return out
    c = a if intrinsics.is_c(a) else copied(a, a.dtype, "C")
    n = a.shape[axis]
    outer, inner = split_at(a.shape, axis)
    if inner == 1:
        rows = intrinsics.view_c(c, 0, (outer, n))
        totals = intrinsics.view_c(out, 0, (outer, n))
        for i in range(outer):
            _accumulate_row(rows[i], totals[i], step)
    else:
        _accumulate_planes(
            intrinsics.view_c(c, 0, (outer, n, inner)),
            intrinsics.view_c(out, 0, (outer, n, inner)),
            step,
        )
    return out


@implements(np.cumsum, "ndarray.cumsum")
def cumsum(a, axis=None, dtype=None, out=None):
    a = as_array(a)
    return put_out(out, _accumulated(a, axis, sum_dtype(a, dtype, out), add), "add")


@implements(np.cumprod, "ndarray.cumprod")
def cumprod(a, axis=None, dtype=None, out=None):
    a = as_array(a)
    return put_out(out, _accumulated(a, axis, sum_dtype(a, dtype, out), multiply), "multiply")


def _accumulate_dtype(a, dtype):
    return a.dtype if dtype is None else np.dtype(dtype)


@implements("numpy.add.accumulate")
def add_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    return put_out(out, _accumulated(a, axis, sum_dtype(a, dtype), add))


@implements("numpy.multiply.accumulate")
def multiply_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    return put_out(out, _accumulated(a, axis, sum_dtype(a, dtype), multiply))


@implements("numpy.maximum.accumulate")
def maximum_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    return put_out(out, _accumulated(a, axis, _accumulate_dtype(a, dtype), _max_step))


@implements("numpy.minimum.accumulate")
def minimum_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    return put_out(out, _accumulated(a, axis, _accumulate_dtype(a, dtype), _min_step))


# ---- without nan -----------------------------------------------------------------------------


def _without_nan(a, value):
    """A copy with a value in the place of nan; what holds no nan as it is."""
    if a.dtype.kind != "f" and a.dtype.kind != "c":
        return a
    out = new_like(a, a.dtype)
    copy_to(out, a)
    _put_for_nan(out.T if intrinsics.is_c(out.T) and out.ndim > 1 else out, value)
    return out


def _put_for_nan(a, value):
    if a.ndim > 1:
        for part in a:
            _put_for_nan(part, value)
    elif a.ndim == 0:
        if _is_nan(a[()]):
            a[()] = value
    else:
        for i in range(len(a)):
            if _is_nan(a[i]):
                a[i] = value


@implements(np.nansum)
def nansum(a, axis=None, dtype=None, out=None, keepdims=False):
    return sum_(_without_nan(as_array(a), 0), axis, dtype, out, keepdims)


def _not_nan(a):
    if a.dtype.kind != "f" and a.dtype.kind != "c":
        return np.full(a.shape, True)
    return a == a


@implements(np.nanmean)
def nanmean(a, axis=None, dtype=None, out=None, keepdims=False):
    a = as_array(a)
    if a.dtype.kind != "f" and a.dtype.kind != "c":
        return np.mean(a, axis=axis, dtype=dtype, keepdims=keepdims)
    count = sum_(_not_nan(a), axis, np.int64, None, keepdims)
    total = sum_(_without_nan(a, 0), axis, dtype, None, keepdims)
    if isinstance(total, np.ndarray):
        result = intrinsics.new(total.shape, total.dtype)
        result[...] = total / count
        return put_out(out, result)
    return put_out(out, intrinsics.cast(total / count, total.dtype))


@implements(np.nanmax)
def nanmax(a, axis=None, out=None, keepdims=False):
    a = as_array(a)
    if _any_is_empty(a, axis):
        raise ValueError("zero-size array to reduction operation fmax which has no identity")
    return put_out(out, _extreme(a, axis, _fmax_row, _fmax_step, keepdims, None))


@implements(np.nanmin)
def nanmin(a, axis=None, out=None, keepdims=False):
    a = as_array(a)
    if _any_is_empty(a, axis):
        raise ValueError("zero-size array to reduction operation fmin which has no identity")
    return put_out(out, _extreme(a, axis, _fmin_row, _fmin_step, keepdims, None))
