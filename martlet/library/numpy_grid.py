"""Ranges of numbers and grids of coordinates."""

import math

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import copy_to, index_of, integers, repeated, spread
from martlet.library.numpy_create import as_array

# ---- ranges ----------------------------------------------------------------------------------


def _range_dtype(start, stop, step, dtype):
    if dtype is not None:
        return np.dtype(dtype)
    found = intrinsics.promote(intrinsics.dtype_of(start), intrinsics.dtype_of(stop))
    return intrinsics.promote(intrinsics.promote(found, intrinsics.dtype_of(step)), np.int64)


def _steps_between(start, stop, step):
    """The length of a range, as NumPy's _calc_length rounds it."""
    span = stop - start
    if step == 0:
        raise ZeroDivisionError("division by zero")
    length = float(span / step)
    if math.isnan(length):
        raise ValueError("arange: cannot compute length")
    if abs(length) > 9.2e18:
        raise ValueError("Maximum allowed size exceeded")
    return max(math.ceil(length), 0)


@implements(np.arange)
def arange(start, stop=None, step=None, dtype=None):
    if stop is None:
        return _arange(0, start, 1 if step is None else step, dtype)
    return _arange(start, stop, 1 if step is None else step, dtype)


def _arange(start, stop, step, dtype):
    made = _range_dtype(start, stop, step, dtype)
    n = _steps_between(start, stop, step)
    out = intrinsics.new((n,), made)
    if n == 0:
        return out
    out[0] = start  # which checks that it fits
    if n == 1:
        return out
    out[1] = start + step
    if made.kind == "b":
        if n > 2:
            raise TypeError(
                "arange() is only supported for booleans when the result has at most length 2."
            )
        return out
    first = out[0]
    delta = out[1] - first
    for i in range(2, n):
        out[i] = first + intrinsics.cast(i, made) * delta
    return out


def _inexact(dtype):
    return dtype if dtype.kind == "f" or dtype.kind == "c" else np.dtype(np.float64)


def _is_line(x):
    return isinstance(x, tuple) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _ends(x):
    return intrinsics.dtype_of(x) if isinstance(x, tuple) else x


def _lines_between(start, stop, num, endpoint, retstep, dtype, axis):
    """linspace of arrays: the samples are along a new axis."""
    work = _inexact(intrinsics.promote(_ends(start), _ends(stop)))
    made = work if dtype is None else np.dtype(dtype)
    div = num - 1 if endpoint else num
    first = intrinsics.cast(as_array(start), work)
    last = intrinsics.cast(as_array(stop), work)
    delta = last - first
    step = (
        delta / intrinsics.cast(div, work) if div > 0 else delta * intrinsics.cast(np.nan, work)
    )
    no_step = div > 0 and np.any(np.equal(step, 0))
    out = intrinsics.new((num, *delta.shape), made)
    for i in range(num):
        x = intrinsics.cast(i, work)
        if div <= 0:
            y = delta * x + first
        elif no_step:
            y = x / intrinsics.cast(div, work) * delta + first
        else:
            y = step * x + first
        if endpoint and num > 1 and i == num - 1:
            out[i] = _rounded(np.broadcast_to(last, delta.shape), made)
        else:
            out[i] = _rounded(y, made)
    moved = np.moveaxis(out, 0, axis)
    if retstep:
        return moved, step
    return moved


@implements(np.linspace)
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    num = index_of(num)
    if num < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    if _is_line(start) or _is_line(stop):
        return _lines_between(start, stop, num, endpoint, retstep, dtype, axis)
    work = _inexact(intrinsics.promote(start, stop))
    made = work if dtype is None else np.dtype(dtype)
    div = num - 1 if endpoint else num
    first = intrinsics.cast(start, work)
    last = intrinsics.cast(stop, work)
    delta = last - first
    out = intrinsics.new((num,), made)
    step = intrinsics.cast(np.nan, work)
    if div > 0:
        step = delta / intrinsics.cast(div, work)
    for i in range(num):
        y = intrinsics.cast(i, work)
        if div <= 0:
            y = y * delta
        elif step == 0:
            y = y / intrinsics.cast(div, work) * delta
        else:
            y = y * step
        y = y + first
        if endpoint and num > 1 and i == num - 1:
            y = last
        out[i] = _rounded(y, made)
    if retstep:
        return out, step
    return out


def _rounded(y, dtype):
    if dtype.kind == "i" or dtype.kind == "u":
        return intrinsics.cast(np.floor(y), dtype)
    return intrinsics.cast(y, dtype)


@implements(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None):
    y = np.power(base, linspace(start, stop, num, endpoint))
    return y if dtype is None else intrinsics.cast(y, np.dtype(dtype))


# ---- ogrid and mgrid -------------------------------------------------------------------------


def _start(key):
    return 0 if key.start is None else key.start


def _step(key):
    return 1 if key.step is None else key.step


def _length(key):
    step = _step(key)
    if isinstance(step, complex):
        return int(abs(step))
    return max(math.ceil((key.stop - _start(key)) / step), 0)


def _spacing(key):
    step = _step(key)
    if not isinstance(step, complex):
        return step
    count = int(abs(step))
    return (key.stop - _start(key)) / float(count - 1) if count != 1 else 1.0


def _axis_dtype(key):
    """Of the coordinates that a slice gives: float64 where one of its parts is no integer."""
    step = _step(key)
    found = intrinsics.promote(intrinsics.dtype_of(_start(key)), intrinsics.dtype_of(key.stop))
    if isinstance(step, complex):
        return intrinsics.promote(found, np.float64)
    return intrinsics.promote(found, intrinsics.dtype_of(step))


def _grid_dtype(keys):
    if len(keys) == 0:
        return np.dtype(np.int64)
    return intrinsics.promote(_axis_dtype(keys[0]), _grid_dtype(keys[1:]))


def _coordinates(key, dtype):
    """Along one axis."""
    out = intrinsics.new((_length(key),), dtype)
    start = _start(key)
    step = _spacing(key)
    for i in range(len(out)):
        out[i] = intrinsics.cast(i, dtype) * step + start
    return out


def _open_axes(keys, dtype, before):
    if len(keys) == 0:
        return ()
    line = _coordinates(keys[0], dtype)
    shape = (*before, len(line), *repeated(1, keys[1:]))
    return (intrinsics.view_c(line, 0, shape), *_open_axes(keys[1:], dtype, (*before, 1)))


def _one_axis(key):
    if isinstance(_step(key), complex):
        return _coordinates(key, _axis_dtype(key))
    return np.arange(_start(key), key.stop, _step(key))


@implements("numpy.ogrid.__getitem__")
def ogrid(key):
    if isinstance(key, tuple):
        return _open_axes(key, _grid_dtype(key), ())
    return _one_axis(key)


def _lengths(keys):
    if len(keys) == 0:
        return ()
    return (_length(keys[0]), *_lengths(keys[1:]))


def _fill_grid(out, axes, k):
    """out[k] = the k-th axis, broadcast."""
    if len(axes) > 0:
        out[k] = axes[0]
        _fill_grid(out, axes[1:], k + 1)


@implements("numpy.mgrid.__getitem__")
def mgrid(key):
    if not isinstance(key, tuple):
        return _one_axis(key)
    dtype = _grid_dtype(key)
    out = intrinsics.new((len(key), *_lengths(key)), dtype)
    _fill_grid(out, _open_axes(key, dtype, ()), 0)
    return out


def _index_axes(dims, dtype, before):
    if len(dims) == 0:
        return ()
    line = np.arange(0, dims[0], 1, dtype)
    shape = (*before, dims[0], *repeated(1, dims[1:]))
    return (intrinsics.view_c(line, 0, shape), *_index_axes(dims[1:], dtype, (*before, 1)))


@implements(np.indices)
def indices(dimensions, dtype=int, sparse=False):
    dims = integers(dimensions)
    axes = _index_axes(dims, np.dtype(dtype), ())
    if sparse:
        return axes
    out = intrinsics.new((len(dims), *dims), np.dtype(dtype))
    _fill_grid(out, axes, 0)
    return out


# ---- meshgrid --------------------------------------------------------------------------------


def _sizes(arrays):
    if len(arrays) == 0:
        return ()
    return (as_array(arrays[0]).size, *_sizes(arrays[1:]))


def _mesh_place(i, xy):
    """The axis along which the i-th array runs."""
    if xy and i < 2:
        return 1 - i
    return i


def _mesh_shape(sizes, xy):
    if xy and len(sizes) > 1:
        return (sizes[1], sizes[0], *sizes[2:])
    return sizes


def _open_mesh(arrays, like, i, xy):
    """Each array along its axis; `like` is as long as there are arrays in all."""
    if len(arrays) == 0:
        return ()
    a = as_array(arrays[0])
    line = np.ravel(a)
    place = _mesh_place(i, xy and len(like) > 1)
    shape = intrinsics.replaced(repeated(1, like), place, len(line))
    strides = intrinsics.replaced(repeated(0, like), place, line.strides[0])
    return (
        intrinsics.view(line, 0, shape, strides),
        *_open_mesh(arrays[1:], like, i + 1, xy),
    )


def _full_mesh(axes, shape, copy):
    if len(axes) == 0:
        return ()
    wide = spread(axes[0], shape)
    if copy:
        out = intrinsics.new(shape, wide.dtype)
        copy_to(out, wide)
        return (out, *_full_mesh(axes[1:], shape, copy))
    return (wide, *_full_mesh(axes[1:], shape, copy))


@implements(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    if indexing != "xy" and indexing != "ij":
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    axes = _open_mesh(xi, xi, 0, indexing == "xy")
    if not sparse:
        return _full_mesh(axes, _mesh_shape(_sizes(xi), indexing == "xy"), copy)
    return _copies(axes) if copy else axes


def _copies(arrays):
    if len(arrays) == 0:
        return ()
    out = intrinsics.new(arrays[0].shape, arrays[0].dtype)
    copy_to(out, arrays[0])
    return (out, *_copies(arrays[1:]))
