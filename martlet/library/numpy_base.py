"""What the modules of NumPy's functions share: shapes as tuples, axes, views in memory order.

Tuples have a length that is known when compiling, so functions over them recur on their parts;
an axis need not be known where the rank of the result does not depend on its value.
"""

import numpy as np

from martlet import intrinsics

AxisError = np.exceptions.AxisError

# ---- shapes ----------------------------------------------------------------------------------


def axis_of(axis, ndim):
    """The axis, counted from the front."""
    if axis < -ndim or axis >= ndim:
        raise AxisError(axis, ndim, None)
    return axis + ndim if axis < 0 else axis


def named_axis(axis, ndim, name):
    """Likewise; a bad axis is called by the parameter's name."""
    if axis < -ndim or axis >= ndim:
        raise AxisError(axis, ndim, name)
    return axis + ndim if axis < 0 else axis


def split_at(shape, axis):
    """Numbers of elements before and after an axis: (outer, inner)."""
    return intrinsics.product(shape, 0, axis), intrinsics.product(shape, axis + 1, len(shape))


def repeated(value, like):
    """A tuple as long as another, of one value."""
    if len(like) == 0:
        return ()
    return (value, *repeated(value, like[1:]))


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


def index_of(x):
    """What operator.index gives: no float is taken for an int."""
    if isinstance(x, np.ndarray) and x.ndim == 0:
        return index_of(x[()])
    if not isinstance(x, (int, np.integer)):
        return intrinsics.refuse("an integer is needed: this cannot be interpreted as one")
    return int(x)


def integers(values):
    """A shape, axis or axes as a tuple of Python ints."""
    if not isinstance(values, tuple):
        return (index_of(values),)
    if len(values) == 0:
        return ()
    return (index_of(values[0]), *integers(values[1:]))


def c_strides(shape, itemsize):
    if len(shape) == 0:
        return ()
    return (itemsize * intrinsics.product(shape[1:]), *c_strides(shape[1:], itemsize))


def broadcast_shapes(x, y):
    """The common shape of two; whether they have one is for `fits` to say, of each."""
    if len(x) == 0:
        return y
    if len(y) == 0:
        return x
    if len(x) > len(y):
        return (x[0], *broadcast_shapes(x[1:], y))
    if len(x) < len(y):
        return (y[0], *broadcast_shapes(x, y[1:]))
    dim = y[0] if x[0] == 1 else x[0]
    return (dim, *broadcast_shapes(x[1:], y[1:]))


def shape_text(shape):
    """A shape as NumPy's messages write it; only for f-strings of exceptions."""
    if len(shape) == 0:
        return "()"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return f"({shape[0]}{comma_with_dims(shape[1:])})"


def comma_with_dims(shape):
    if len(shape) == 0:
        return ""
    return f",{shape[0]}{comma_with_dims(shape[1:])}"


def dims_with_comma(shape):
    if len(shape) == 0:
        return ""
    return f"{shape[0]},{dims_with_comma(shape[1:])}"


def fits(shape, into):
    """Does the shape broadcast to another that has as many dimensions or more?"""
    if len(shape) == 0:
        return True
    if len(shape) < len(into):
        return fits(shape, into[1:])
    if shape[0] != into[0] and shape[0] != 1:
        return False
    return fits(shape[1:], into[1:])


def spread(a, shape):
    """The array with strides of 0 where it is stretched; its shape has been found to fit."""
    return intrinsics.view(a, 0, shape, _spread_strides(a.shape, a.strides, shape))


def _spread_strides(shape, strides, into):
    if len(into) == 0:
        return ()
    if len(shape) < len(into):
        return (0, *_spread_strides(shape, strides, into[1:]))
    stride = strides[0] if shape[0] == into[0] else 0
    return (stride, *_spread_strides(shape[1:], strides[1:], into[1:]))


# ---- arrays ----------------------------------------------------------------------------------


def flat_copy(a):
    """Its elements in C order, in one dimension of their own."""
    out = intrinsics.new((a.size,), a.dtype)
    copy_to(intrinsics.view_c(out, 0, a.shape), a)
    return out


def copy_to(out, a):
    """out[...] = a of the same shape and dtype, without overlap."""
    if out.ndim == 0:
        out[()] = a[()]
    elif out.ndim == 1 or out.dtype != a.dtype or intrinsics.is_c(out):
        out[...] = a
    else:
        intrinsics.copy(out, a)


def view_like(a, shape, strides):
    """The same memory with this shape: known to be in C order where the array is."""
    if intrinsics.is_c(a):
        return intrinsics.view_c(a, 0, shape)
    return intrinsics.view(a, 0, shape, strides)


def in_c_order(a):
    """The array where it is known to be in C order, otherwise a copy that is."""
    if intrinsics.is_c(a):
        return a
    out = intrinsics.new(a.shape, a.dtype)
    copy_to(out, a)
    return out


def as_place(x):
    """An index out of an array: cast to int64, beyond which unsigned ones wrap."""
    return int(intrinsics.cast(x, np.int64))


def raveled(a):
    """Its elements in C order, in one dimension: the same memory where that is known to do."""
    if a.ndim == 1:
        return a
    if intrinsics.is_c(a):
        return intrinsics.view_c(a, 0, (a.size,))
    return flat_copy(a)


# ---- memory order ----------------------------------------------------------------------------
# NumPy's iterator visits axes by decreasing stride, joins those that continue each other, and
# drops those of one element.


def in_memory_order(dims, strides):
    """Dims and strides by decreasing stride, neighbours joined; in their places are ones."""
    dims, strides = _sorted_axes(dims, strides)
    return _joined(dims, strides)


def _sorted_axes(dims, strides):
    if len(dims) < 2:
        return dims, strides
    rest = _sorted_axes(dims[1:], strides[1:])
    return _placed(dims[0], strides[0], rest[0], rest[1])


def _placed(dim, stride, dims, strides):
    if len(dims) == 0:
        return (dim,), (stride,)
    if dim == 1 or (dims[0] != 1 and abs(stride) >= abs(strides[0])):
        return (dim, *dims), (stride, *strides)
    rest = _placed(dim, stride, dims[1:], strides[1:])
    return dims[:1] + rest[0], strides[:1] + rest[1]


def _joined(dims, strides):
    if len(dims) < 2:
        return dims, strides
    head = dims[0]
    following = dims[1]
    if head == 1:
        pass
    elif strides[0] == following * strides[1]:
        following *= head
        head = 1
    rest = _joined((following, *dims[2:]), strides[1:])
    return (head, *rest[0]), strides[:1] + rest[1]


def new_like(a, dtype):
    """A new array whose axes lie in memory as those of `a` do: NumPy's order "K"."""
    if intrinsics.is_c(a) or a.ndim < 2:
        return intrinsics.new(a.shape, dtype)
    if intrinsics.is_c(a.T):
        return intrinsics.new(a.T.shape, dtype).T
    flat = intrinsics.new((a.size,), dtype)
    size = np.dtype(dtype).itemsize
    return intrinsics.view(flat, 0, a.shape, _like_strides(a.shape, a.strides, a.shape, size))


def copied_like(a):
    """A copy whose axes lie in memory as those of `a` do."""
    out = new_like(a, a.dtype)
    copy_to(out, a)
    return out


def _like_strides(shape, strides, rest, itemsize):
    """Each axis has the axes of less stride within: the last len(rest) of them."""
    if len(rest) == 0:
        return ()
    k = len(shape) - len(rest)
    step = itemsize
    for i, dim in enumerate(shape):
        if abs(strides[i]) < abs(strides[k]) or (abs(strides[i]) == abs(strides[k]) and i > k):
            step *= dim
    return (step, *_like_strides(shape, strides, rest[1:], itemsize))
