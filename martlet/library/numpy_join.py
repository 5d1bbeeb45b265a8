"""Arrays put together: concatenate, stack and their kin; diagonals and triangles."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import axis_of, copy_to, named_axis
from martlet.library.numpy_create import as_array
from martlet.library.numpy_shape import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    raveled_in,
    with_new_axis,
)
from martlet.library.numpy_sum import sum_

# ---- along an axis that is there -------------------------------------------------------------


def _arrays(items):
    """Each as an array."""
    if len(items) == 0:
        return ()
    return (as_array(items[0]), *_arrays(items[1:]))


def _common_dtype(arrays):
    if len(arrays) == 1:
        return arrays[0].dtype
    return intrinsics.promote(arrays[0].dtype, _common_dtype(arrays[1:]))


def _flats(arrays):
    if len(arrays) == 0:
        return ()
    return (raveled_in(arrays[0], "C"), *_flats(arrays[1:]))


def _refuse_sizes(k, first, size, i, other):
    raise ValueError(
        "all the input array dimensions except for the concatenation axis must match exactly, "
        f"but along dimension {k}, the array at index 0 has size {first} and the array at "
        f"index {i} has size {other}"
    )


def _length(first, arrays, axis, i):
    """The sum of the lengths along the axis, after a check of all other dims."""
    if len(arrays) == 0:
        return 0
    a = arrays[0]
    if a.ndim != first.ndim:
        raise ValueError(
            "all the input arrays must have same number of dimensions, but the array at "
            f"index 0 has {first.ndim} dimension(s) and the array at index {i} has {a.ndim} "
            "dimension(s)"
        )
    for k in range(a.ndim):
        if k != axis and a.shape[k] != first.shape[k]:
            _refuse_sizes(k, first.shape[k], 0, i, a.shape[k])
    return a.shape[axis] + _length(first, arrays[1:], axis, i + 1)


def _copy_parts(out, arrays, axis, at):
    if len(arrays) == 0:
        return
    a = arrays[0]
    n = a.shape[axis]
    if out.ndim == 1:
        out[at : at + n] = a
    else:
        part = intrinsics.view(out, at * out.strides[axis], a.shape, out.strides)
        copy_to(part, a)
    _copy_parts(out, arrays[1:], axis, at + n)


def joined(arrays, axis, dtype):
    axis = axis_of(axis, arrays[0].ndim)
    length = _length(arrays[0], arrays, axis, 0)
    out = intrinsics.new(intrinsics.replaced(arrays[0].shape, axis, length), dtype)
    _copy_parts(out, arrays, axis, 0)
    return out


@implements(np.concatenate, np.concat)
def concatenate(arrays, /, axis=0, out=None, dtype=None):
    if isinstance(arrays, np.ndarray):
        return _concatenated_rows(arrays, axis, dtype)
    if len(arrays) == 0:
        raise ValueError("need at least one array to concatenate")
    arrays = _arrays(arrays)
    if arrays[0].ndim == 0 and axis is not None:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    made = _common_dtype(arrays) if dtype is None else np.dtype(dtype)
    if axis is None:
        result = joined(_flats(arrays), 0, made)
    else:
        result = joined(arrays, axis, made)
    if out is None:
        return result
    out[...] = result
    return out


def _concatenated_rows(a, axis, dtype):
    """Of an array: its items, joined."""
    made = a.dtype if dtype is None else np.dtype(dtype)
    if axis is None:
        out = intrinsics.new((a.size,), made)
        copy_to(intrinsics.view_c(out, 0, a.shape), a)
        return out
    shape = a.shape[1:]
    axis = axis_of(axis, a.ndim - 1)
    moved = intrinsics.view(
        a,
        0,
        intrinsics.inserted(shape, axis, a.shape[0]),
        intrinsics.inserted(a.strides[1:], axis, a.strides[0]),
    )
    out = intrinsics.new(intrinsics.replaced(shape, axis, shape[axis] * a.shape[0]), made)
    copy_to(intrinsics.view_c(out, 0, moved.shape), moved)
    return out


# ---- along a new axis ------------------------------------------------------------------------


def _with_axes(arrays, axis, first, i):
    if len(arrays) == 0:
        return ()
    if arrays[0].shape != first.shape:
        raise ValueError("all input arrays must have the same shape")
    return (with_new_axis(arrays[0], axis), *_with_axes(arrays[1:], axis, first, i + 1))


@implements(np.stack)
def stack(arrays, axis=0, dtype=None):
    if isinstance(arrays, np.ndarray):
        return _concatenated_rows(
            with_new_axis(arrays, axis_of(axis, arrays.ndim) + 1), axis, dtype
        )
    if len(arrays) == 0:
        raise ValueError("need at least one array to stack")
    arrays = _arrays(arrays)
    made = _common_dtype(arrays) if dtype is None else np.dtype(dtype)
    axis = axis_of(axis, arrays[0].ndim + 1)
    return joined(_with_axes(arrays, axis, arrays[0], 0), axis, made)


def _each(function, arrays):
    if len(arrays) == 0:
        return ()
    return (function(arrays[0]), *_each(function, arrays[1:]))


@implements(np.vstack)
def vstack(tup, dtype=None):
    if isinstance(tup, np.ndarray):
        return concatenate(tup if tup.ndim > 2 else tup[:, None], 0, None, dtype)
    return concatenate(_each(atleast_2d, tup), 0, None, dtype)


@implements(np.hstack)
def hstack(tup, dtype=None):
    if isinstance(tup, np.ndarray):
        return concatenate(tup, 0 if tup.ndim == 2 else 1, None, dtype)
    arrays = _each(atleast_1d, tup)
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1, None, dtype)


@implements(np.dstack)
def dstack(tup):
    return concatenate(_each(atleast_3d, tup), 2)


def _as_columns(a):
    a = as_array(a)
    return atleast_2d(a).T if a.ndim < 2 else a


@implements(np.column_stack)
def column_stack(tup):
    return concatenate(_each(_as_columns, tup), 1)


@implements(np.append)
def append(arr, values, axis=None):
    if axis is None:
        return concatenate(
            (raveled_in(as_array(arr), "C"), raveled_in(as_array(values), "C")), 0
        )
    return concatenate((arr, values), axis)


# ---- diagonals -------------------------------------------------------------------------------


def diagonal_of(a, offset, axis1, axis2):
    """A view: the diagonal of two axes, last."""
    i = named_axis(axis1, a.ndim, "axis1")
    j = named_axis(axis2, a.ndim, "axis2")
    if i == j:
        raise ValueError("axis1 and axis2 cannot be the same")
    rows = a.shape[i]
    columns = a.shape[j]
    start = 0
    if offset >= 0:
        count = min(rows, columns - offset)
        start = offset * a.strides[j]
    else:
        count = min(rows + offset, columns)
        start = -offset * a.strides[i]
    if count <= 0:
        count = 0
        start = 0
    low = min(i, j)
    high = max(i, j)
    shape = intrinsics.dropped(intrinsics.dropped(a.shape, high), low)
    strides = intrinsics.dropped(intrinsics.dropped(a.strides, high), low)
    return intrinsics.view(a, start, (*shape, count), (*strides, a.strides[i] + a.strides[j]))


@implements(np.diagonal, "ndarray.diagonal")
def diagonal(a, offset=0, axis1=0, axis2=1):
    a = as_array(a)
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    return intrinsics.readonly(diagonal_of(a, int(offset), axis1, axis2))


@implements(np.diag)
def diag(v, k=0):
    v = as_array(v)
    k = int(k)
    if v.ndim == 1:
        n = len(v) + abs(k)
        out = np.zeros((n, n), v.dtype)
        if len(v) > 0:
            into = diagonal_of(out, k, 0, 1)
            into[...] = v
        return out
    return intrinsics.readonly(diagonal_of(v, k, 0, 1))


@implements(np.diagflat)
def diagflat(v, k=0):
    return diag(raveled_in(as_array(v), "C"), k)


@implements(np.fill_diagonal)
def fill_diagonal(a, val, wrap=False):
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    if a.ndim == 2:
        step = a.strides[0] + a.strides[1]
        count = min(a.shape[0], a.shape[1])
    else:
        step = 0
        count = a.shape[0]
        for k, dim in enumerate(a.shape):
            if dim != count:
                raise ValueError("All dimensions of input must be of equal length")
            step += a.strides[k]
    into = intrinsics.view(a, 0, (count,), (step,))
    into[...] = val


@implements(np.trace, "ndarray.trace")
def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    return sum_(diagonal_of(as_array(a), int(offset), axis1, axis2), -1, dtype)


# ---- triangles -------------------------------------------------------------------------------


def _triangle(a, k, lower):
    """A copy with zeros where the other triangle is; of one dimension, each row of a square."""
    if a.ndim == 1:
        n = len(a)
        return _triangle(intrinsics.view(a, 0, (n, n), (0, a.strides[0])), k, lower)
    out = intrinsics.new(a.shape, a.dtype)
    copy_to(out, a)
    rows = a.shape[-2]
    columns = a.shape[-1]
    planes = intrinsics.view_c(out, 0, (intrinsics.product(a.shape[:-2]), rows, columns))
    for plane in planes:
        for i in range(rows):
            low = min(max(i + k + 1, 0), columns) if lower else 0
            high = columns if lower else min(max(i + k, 0), columns)
            for j in range(low, high):
                plane[i, j] = 0
    return out


@implements(np.tril)
def tril(m, k=0):
    return _triangle(as_array(m), int(k), True)


@implements(np.triu)
def triu(m, k=0):
    return _triangle(as_array(m), int(k), False)


@implements(np.tri)
def tri(N, M=None, k=0, dtype=float):
    rows = int(N)
    columns = rows if M is None else int(M)
    out = np.zeros((rows, columns), np.dtype(dtype))
    for i in range(rows):
        for j in range(min(max(i + k + 1, 0), columns)):
            out[i, j] = True
    return out


@implements(np.vander)
def vander(x, N=None, increasing=False):
    x = as_array(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    columns = len(x) if N is None else int(N)
    out = intrinsics.new((len(x), columns), intrinsics.promote(x.dtype, np.int64))
    for i in range(len(x)):
        power = intrinsics.cast(1, out.dtype)
        for j in range(columns):
            out[i, j if increasing else columns - 1 - j] = power
            power = power * intrinsics.cast(x[i], out.dtype)
    return out
