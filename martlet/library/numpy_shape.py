"""Shapes: other views of an array's elements, or copies where NumPy makes copies."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import (
    axis_of,
    c_strides,
    comma_with_dims,
    copy_to,
    dims_with_comma,
    fits,
    flat_copy,
    integers,
    named_axis,
    repeated,
    shape_text,
    spread,
    view_like,
)
from martlet.library.numpy_create import as_array

# ---- reshape ---------------------------------------------------------------------------------


def _refuse_reshape(size, before, shape):
    """The dims in front of `shape` are `before`, all known; the unknown one is newaxis."""
    if len(shape) == 0:
        raise ValueError(f"cannot reshape array of size {size} into shape {shape_text(before)}")
    if shape[0] < 0:
        raise ValueError(
            f"cannot reshape array of size {size} into shape "
            f"({dims_with_comma(before)}newaxis{comma_with_dims(shape[1:])})"
        )
    _refuse_reshape(size, (*before, shape[0]), shape[1:])


def _known_shape(size, shape):
    """The shape with its -1 replaced."""
    unknown = -1
    known = 1
    for i, dim in enumerate(shape):
        if dim >= 0:
            known *= dim
        elif unknown >= 0:
            raise ValueError("can only specify one unknown dimension")
        else:
            unknown = i
    if unknown < 0:
        if known != size:
            _refuse_reshape(size, (), shape)
        return shape
    if known == 0 or size % known != 0:
        _refuse_reshape(size, (), shape)
        return shape
    return intrinsics.replaced(shape, unknown, size // known)


def _nocopy_strides(a, shape, strides):
    """Fills in the strides with which the array's memory has another shape in C order; False
    where there are none: _attempt_nocopy_reshape of NumPy's shape.c."""
    dims = np.empty(a.ndim, np.int64)
    steps = np.empty(a.ndim, np.int64)
    count = 0
    for i in range(a.ndim):
        if a.shape[i] != 1:
            dims[count] = a.shape[i]
            steps[count] = a.strides[i]
            count += 1
    i = 0
    j = 1
    k = 0
    m = 1
    while i < len(shape) and k < count:
        new_size = shape[i]
        old_size = int(dims[k])
        while new_size != old_size:
            if new_size < old_size:
                new_size *= shape[j]
                j += 1
            else:
                old_size *= int(dims[m])
                m += 1
        for n in range(k, m - 1):
            if steps[n] != dims[n + 1] * steps[n + 1]:
                return False
        strides[j - 1] = steps[m - 1]
        for n in range(j - 1, i, -1):
            strides[n - 1] = strides[n] * shape[n]
        i = j
        j += 1
        k = m
        m += 1
    last = int(strides[i - 1]) * shape[i - 1] if i > 0 else a.itemsize
    for n in range(i, len(shape)):
        strides[n] = last
    return True


def _tuple_from(values, like):
    """The values of a small array as a tuple as long as another."""
    if len(like) == 0:
        return ()
    return (int(values[0]), *_tuple_from(values[1:], like[1:]))


def reshaped(a, shape):
    """In C order: a view where the strides allow it."""
    shape = _known_shape(a.size, shape)
    if intrinsics.is_c(a):
        return intrinsics.view_c(a, 0, shape)
    if a.size > 0:
        strides = np.zeros(len(shape), np.int64)
        if _nocopy_strides(a, shape, strides):
            return intrinsics.view(a, 0, shape, _tuple_from(strides, shape))
    flat = flat_copy(a)
    return intrinsics.view(flat, 0, shape, c_strides(shape, a.itemsize))


def _reversed(values):
    if len(values) == 0:
        return ()
    return (*_reversed(values[1:]), values[0])


def _in_order(a, shape, order):
    if order == "F" or (order == "A" and intrinsics.is_c(a.T) and not intrinsics.is_c(a)):
        return reshaped(a.T, _reversed(shape)).T
    return reshaped(a, shape)


@implements(np.reshape)
def reshape(a, /, shape, order="C"):
    return _in_order(as_array(a), integers(shape), order)


@implements("ndarray.reshape")
def array_reshape(a, /, *shape, order="C"):
    a = as_array(a)
    if len(shape) == 1:
        return _in_order(a, integers(shape[0]), order)
    return _in_order(a, integers(shape), order)


def is_contiguous(a):
    """Is the array in C order, as its strides are at run time?"""
    stride = a.itemsize
    for i in range(a.ndim - 1, -1, -1):
        if a.shape[i] != 1:
            if a.strides[i] != stride:
                return a.size == 0
            stride *= a.shape[i]
    return True


def raveled_in(a, order):
    if order == "F" or (order != "C" and intrinsics.is_c(a.T) and not intrinsics.is_c(a)):
        return raveled_in(a.T, "C")
    if intrinsics.is_c(a) or is_contiguous(a):
        return intrinsics.view_c(a, 0, (a.size,))
    return flat_copy(a)


@implements(np.ravel)
def ravel(a, order="C"):
    return raveled_in(as_array(a), order)


@implements("ndarray.ravel")
def array_ravel(a, order="C"):
    return raveled_in(as_array(a), order)


@implements("ndarray.flatten")
def flatten(a, order="C"):
    a = as_array(a)
    if order == "F" or (order != "C" and intrinsics.is_c(a.T) and not intrinsics.is_c(a)):
        return flat_copy(a.T)
    return flat_copy(a)


# ---- axes ------------------------------------------------------------------------------------


def permuted(a, axes):
    """The axes in another order; each has been found to be there, once."""
    return intrinsics.view(
        a, 0, intrinsics.picked(a.shape, axes), intrinsics.picked(a.strides, axes)
    )


def _checked_axes(axes, ndim):
    """The axes counted from the front; they must be a permutation."""
    if len(axes) == 0:
        return ()
    return (axis_of(axes[0], ndim), *_checked_axes(axes[1:], ndim))


def _permutation(axes, a):
    if len(axes) != a.ndim:
        raise ValueError("axes don't match array")
    axes = _checked_axes(axes, a.ndim)
    seen = 0
    for axis in axes:
        if seen & (1 << axis):
            raise ValueError("repeated axis in transpose")
        seen |= 1 << axis
    return axes


@implements(np.transpose, np.permute_dims)
def transpose(a, axes=None):
    a = as_array(a)
    if axes is None:
        return a.T
    axes = integers(axes)
    if len(axes) != a.ndim:
        raise ValueError("axes don't match array")
    return permuted(a, _permutation(axes, a))


@implements("ndarray.transpose")
def array_transpose(a, /, *axes):
    if len(axes) == 0:
        return a.T
    if len(axes) == 1:
        return transpose(a, axes[0])
    return transpose(a, axes)


@implements(np.matrix_transpose)
def matrix_transpose(x, /):
    x = as_array(x)
    return swapaxes(x, -1, -2)


@implements(np.swapaxes, "ndarray.swapaxes")
def swapaxes(a, axis1, axis2):
    a = as_array(a)
    i = named_axis(axis1, a.ndim, "axis1")
    j = named_axis(axis2, a.ndim, "axis2")
    shape = intrinsics.replaced(a.shape, i, a.shape[j])
    strides = intrinsics.replaced(a.strides, i, a.strides[j])
    return intrinsics.view(
        a,
        0,
        intrinsics.replaced(shape, j, a.shape[i]),
        intrinsics.replaced(strides, j, a.strides[i]),
    )


@implements(np.moveaxis)
def moveaxis(a, source, destination):
    a = as_array(a)
    if not isinstance(source, tuple):
        i = named_axis(source, a.ndim, "source")
        j = named_axis(destination, a.ndim, "destination")
        return intrinsics.view(
            a,
            0,
            intrinsics.inserted(intrinsics.dropped(a.shape, i), j, a.shape[i]),
            intrinsics.inserted(intrinsics.dropped(a.strides, i), j, a.strides[i]),
        )
    if len(source) != len(destination):
        raise ValueError(
            "`source` and `destination` arguments must have the same number of elements"
        )
    order = np.full(a.ndim, -1)
    moved = 0
    for k in range(len(source)):
        i = named_axis(source[k], a.ndim, "source")
        j = named_axis(destination[k], a.ndim, "destination")
        if moved & (1 << i):
            raise ValueError("repeated axis in `source` argument")
        if order[j] >= 0:
            raise ValueError("repeated axis in `destination` argument")
        order[j] = i
        moved |= 1 << i
    free = 0
    for i in range(a.ndim):
        if not moved & (1 << i):
            while order[free] >= 0:
                free += 1
            order[free] = i
    return permuted(a, _tuple_from(order, a.shape))


@implements(np.rollaxis)
def rollaxis(a, axis, start=0):
    n = a.ndim
    axis = axis_of(axis, n)
    if start < 0:
        start += n
    if not 0 <= start < n + 1:
        raise np.exceptions.AxisError(
            f"'start' arg requires {-n} <= start < {n + 1}, but {start} was passed in"
        )
    if axis < start:
        start -= 1
    return moveaxis(a, axis, start)


def with_new_axis(a, axis):
    """One more axis, of one element."""
    shape = intrinsics.inserted(a.shape, axis, 1)
    return view_like(a, shape, intrinsics.inserted(a.strides, axis, 0))


@implements(np.expand_dims)
def expand_dims(a, axis):
    a = as_array(a)
    if not isinstance(axis, tuple):
        return with_new_axis(a, axis_of(axis, a.ndim + 1))
    return _expanded(a, _checked_axes(axis, a.ndim + len(axis)))


def _expanded(a, axes):
    """New axes at places of the result: the first first."""
    if len(axes) == 0:
        return a
    least = axes[0]
    at = 0
    for i, axis in enumerate(axes):
        if axis < least:
            least = axis
            at = i
    for i, axis in enumerate(axes):
        if axis == least and i != at:
            raise ValueError("repeated axis")
    return _expanded(with_new_axis(a, least), intrinsics.dropped(axes, at))


def without_axis(a, axis):
    shape = intrinsics.dropped(a.shape, axis)
    return view_like(a, shape, intrinsics.dropped(a.strides, axis))


@implements(np.squeeze, "ndarray.squeeze")
def squeeze(a, axis=None):
    a = as_array(a)
    if axis is None:
        return intrinsics.refuse(
            "the rank of squeeze() must be known when compiling: say which axes, as in "
            "squeeze(axis=0)"
        )
    if not isinstance(axis, tuple):
        return _squeezed(a, (axis_of(axis, a.ndim),))
    return _squeezed(a, _checked_axes(axis, a.ndim))


def _squeezed(a, axes):
    if len(axes) == 0:
        return a
    last = axes[0]
    at = 0
    for i, axis in enumerate(axes):
        if axis > last:
            last = axis
            at = i
    if a.shape[last] != 1:
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return _squeezed(without_axis(a, last), intrinsics.dropped(axes, at))


# ---- broadcasting ----------------------------------------------------------------------------


@implements(np.broadcast_to)
def broadcast_to(array, shape):
    a = as_array(array)
    shape = integers(shape)
    for dim in shape:
        if dim < 0:
            raise ValueError("all elements of broadcast shape must be non-negative")
    if a.ndim > len(shape):
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    if not fits(a.shape, shape):
        _refuse_broadcast(a.shape, shape)
    return intrinsics.readonly(spread(a, shape))


def _refuse_broadcast(shape, into):
    raise ValueError(
        "operands could not be broadcast together with remapped shapes [original->remapped]: "
        f"{shape_text(shape)}  and requested shape {shape_text(into)}"
    )


@implements(np.atleast_1d)
def atleast_1d(*arys):
    if len(arys) == 1:
        return _at_least_1(as_array(arys[0]))
    return _each(_at_least_1, arys)


@implements(np.atleast_2d)
def atleast_2d(*arys):
    if len(arys) == 1:
        return _at_least_2(as_array(arys[0]))
    return _each(_at_least_2, arys)


@implements(np.atleast_3d)
def atleast_3d(*arys):
    if len(arys) == 1:
        return _at_least_3(as_array(arys[0]))
    return _each(_at_least_3, arys)


def _each(function, arys):
    if len(arys) == 0:
        return ()
    return (function(as_array(arys[0])), *_each(function, arys[1:]))


def _at_least_1(a):
    return intrinsics.view_c(a, 0, (1,)) if a.ndim == 0 else a


def _at_least_2(a):
    if a.ndim == 0:
        return intrinsics.view_c(a, 0, (1, 1))
    return with_new_axis(a, 0) if a.ndim == 1 else a


def _at_least_3(a):
    if a.ndim == 0:
        return intrinsics.view_c(a, 0, (1, 1, 1))
    if a.ndim == 1:
        return with_new_axis(with_new_axis(a, 0), 2)
    return with_new_axis(a, 2) if a.ndim == 2 else a


# ---- turned, repeated ------------------------------------------------------------------------


def flipped(a, axis):
    stride = a.strides[axis]
    offset = (a.shape[axis] - 1) * stride if a.shape[axis] > 0 else 0
    return intrinsics.view(a, offset, a.shape, intrinsics.replaced(a.strides, axis, -stride))


def _flipped_all(a, axes):
    if len(axes) == 0:
        return a
    return _flipped_all(flipped(a, axis_of(axes[0], a.ndim)), axes[1:])


def _all_axes(shape):
    if len(shape) == 0:
        return ()
    return (*_all_axes(shape[1:]), len(shape) - 1)


@implements(np.flip)
def flip(m, axis=None):
    m = as_array(m)
    if m.ndim == 0:
        return m[()]
    if axis is None:
        return _flipped_all(m, _all_axes(m.shape))
    if isinstance(axis, tuple):
        return _flipped_all(m, axis)
    return flipped(m, axis_of(axis, m.ndim))


@implements(np.flipud)
def flipud(m):
    return as_array(m)[::-1, ...]


@implements(np.fliplr)
def fliplr(m):
    return as_array(m)[:, ::-1]


@implements(np.rot90)
def rot90(m, k=1):
    m = as_array(m)
    k %= 4
    if k == 0:
        return intrinsics.view(m, 0, m.shape, m.strides)
    if k == 2:
        return flipped(flipped(m, 0), 1)
    turned = flipped(m, 1) if k == 1 else intrinsics.view(m, 0, m.shape, m.strides)
    turned = swapaxes(turned, 0, 1)
    return flipped(turned, 1) if k == 3 else turned


@implements(np.roll)
def roll(a, shift, axis=None):
    a = as_array(a)
    if axis is None:
        flat = raveled_in(a, "C")
        out = intrinsics.new(a.shape, a.dtype)
        _roll_rows(
            intrinsics.view_c(out, 0, (1, a.size, 1)),
            intrinsics.view(flat, 0, (1, a.size, 1), (0, flat.strides[0], 0)),
            shift,
        )
        return out
    if isinstance(axis, tuple):
        return _rolled(a, as_shifts(shift, axis), axis)
    if isinstance(shift, tuple):
        return _rolled(a, shift, repeated(axis, shift))
    return _rolled_once(a, shift, axis)


def as_shifts(shift, axes):
    return shift if isinstance(shift, tuple) else repeated(shift, axes)


def _rolled(a, shifts, axes):
    if len(axes) == 0:
        return a
    return _rolled(_rolled_once(a, shifts[0], axes[0]), shifts[1:], axes[1:])


def _rolled_once(a, shift, axis):
    axis = axis_of(axis, a.ndim)
    out = intrinsics.new(a.shape, a.dtype)
    n = a.shape[axis]
    if n == 0:
        return out
    shift %= n
    head = intrinsics.replaced(a.shape, axis, n - shift)
    tail = intrinsics.replaced(a.shape, axis, shift)
    into = out.strides[axis]
    step = a.strides[axis]
    copy_to(
        intrinsics.view(out, shift * into, head, out.strides),
        intrinsics.view(a, 0, head, a.strides),
    )
    copy_to(
        intrinsics.view(out, 0, tail, out.strides),
        intrinsics.view(a, (n - shift) * step, tail, a.strides),
    )
    return out


def _roll_rows(out, v, shift):
    n = v.shape[1]
    if n == 0:
        return
    shift %= n
    for i in range(n - shift):
        out[0, i + shift, 0] = v[0, i, 0]
    for i in range(shift):
        out[0, i, 0] = v[0, n - shift + i, 0]


@implements(np.repeat, "ndarray.repeat")
def repeat(a, repeats, axis=None):
    a = as_array(a)
    if axis is None:
        return repeated_along(raveled_in(a, "C"), repeats, 0)
    return repeated_along(a, repeats, axis_of(axis, a.ndim))


def repeated_along(a, repeats, axis):
    n = a.shape[axis]
    if isinstance(repeats, int) or isinstance(repeats, np.integer):
        each = int(repeats)
        out = intrinsics.new(intrinsics.replaced(a.shape, axis, n * each), a.dtype)
        wide = intrinsics.inserted(intrinsics.replaced(a.shape, axis, n), axis + 1, each)
        step = out.strides[axis]
        strides = intrinsics.inserted(
            intrinsics.replaced(out.strides, axis, step * each), axis + 1, step
        )
        target = intrinsics.view(out, 0, wide, strides)
        target[...] = intrinsics.view(a, 0, wide, intrinsics.inserted(a.strides, axis + 1, 0))
        return out
    counts = as_array(repeats)
    if len(counts) == 1:
        return repeated_along(a, int(counts[0]), axis)
    if len(counts) != n:
        raise ValueError(
            f"operands could not be broadcast together with shape ({n},) ({len(counts)},)"
        )
    total = 0
    for count in counts:
        if count < 0:
            raise ValueError("repeats may not contain negative values.")
        total += int(count)
    out = intrinsics.new(intrinsics.replaced(a.shape, axis, total), a.dtype)
    at = 0
    shape = intrinsics.dropped(a.shape, axis)
    for i in range(n):
        source = intrinsics.view(
            a, i * a.strides[axis], shape, intrinsics.dropped(a.strides, axis)
        )
        for _ in range(int(counts[i])):
            target = intrinsics.view(
                out, at * out.strides[axis], shape, intrinsics.dropped(out.strides, axis)
            )
            copy_to(target, source)
            at += 1
    return out


@implements(np.tile)
def tile(A, reps):
    a = as_array(A)
    return _tiled(a, integers(reps))


def _tiled(a, reps):
    if len(reps) < a.ndim:
        return _tiled(a, (1, *reps))
    if len(reps) > a.ndim:
        return _tiled(with_new_axis(a, 0), reps)
    out = intrinsics.new(_tiled_shape(a.shape, reps), a.dtype)
    _tile_into(out, a, reps)
    return out


def _tiled_shape(shape, reps):
    if len(shape) == 0:
        return ()
    return (shape[0] * max(reps[0], 0), *_tiled_shape(shape[1:], reps[1:]))


def _tile_into(out, a, reps):
    """Copies of `a` side by side: both as views with one more axis for each repetition."""
    shape = _interleaved(reps, a.shape)
    into = _interleaved(_products(out.strides, a.shape), out.strides)
    source = _interleaved(repeated(0, reps), a.strides)
    target = intrinsics.view(out, 0, shape, into)
    copy_to(target, intrinsics.view(a, 0, shape, source))


def _interleaved(x, y):
    if len(x) == 0:
        return ()
    return (max(x[0], 0), y[0], *_interleaved(x[1:], y[1:]))


def _products(x, y):
    if len(x) == 0:
        return ()
    return (x[0] * y[0], *_products(x[1:], y[1:]))


# ---- other types -----------------------------------------------------------------------------


@implements("ndarray.view")
def array_view(a, dtype=None):
    if dtype is None:
        return view_like(a, a.shape, a.strides)
    dtype = np.dtype(dtype)
    if dtype.itemsize == a.itemsize:
        if intrinsics.is_c(a):
            return intrinsics.reinterpret(a, dtype, 0, a.shape, None)
        return intrinsics.reinterpret(a, dtype, 0, a.shape, a.strides)
    if a.ndim == 0:
        raise ValueError(
            "Changing the dtype of a 0d array is only supported if the itemsize is unchanged"
        )
    size = a.shape[-1] * a.itemsize
    if a.shape[-1] != 1 and a.strides[-1] != a.itemsize:
        raise ValueError(
            "To change to a dtype of a different size, the last axis must be contiguous"
        )
    if size % dtype.itemsize != 0:
        raise ValueError(
            "When changing to a larger dtype, its size must be a divisor of the total size in "
            "bytes of the last axis of the array."
        )
    shape = (*a.shape[:-1], size // dtype.itemsize)
    if intrinsics.is_c(a):
        return intrinsics.reinterpret(a, dtype, 0, shape, None)
    return intrinsics.reinterpret(a, dtype, 0, shape, (*a.strides[:-1], dtype.itemsize))
