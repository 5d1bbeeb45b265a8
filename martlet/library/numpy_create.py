"""Making arrays: from numbers and displays, filled, ranges and grids."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import copy_to, index_of

# ---- from what is there ----------------------------------------------------------------------


def as_array(x):
    """An array as it is; of a number or a display, a new one."""
    if isinstance(x, np.ndarray):
        return x
    return array_of(x, intrinsics.dtype_of(x))


def array_of(x, dtype):
    if isinstance(x, tuple):
        if _has_number_arrays(x):
            return array_of(_numbers(x), dtype)
        if len(x) > 0 and _has_array(x[0]):
            out = intrinsics.new((len(x), *_item_shape(x[0])), dtype)
            _fill_items(out, x)
            return out
        return intrinsics.from_tuple(x, dtype)
    if isinstance(x, range):
        out = intrinsics.new((len(x),), dtype)
        for i in range(len(x)):
            out[i] = x[i]
        return out
    out = intrinsics.new((), dtype)
    out[()] = x
    return out


def _numbers(items):
    """Arrays without dimensions as numbers."""
    if len(items) == 0:
        return ()
    head = items[0]
    if isinstance(head, tuple):
        return (_numbers(head), *_numbers(items[1:]))
    if isinstance(head, np.ndarray) and head.ndim == 0:
        return (head[()], *_numbers(items[1:]))
    return (head, *_numbers(items[1:]))


def _has_number_arrays(x):
    if isinstance(x, tuple):
        return len(x) > 0 and (_has_number_arrays(x[0]) or _has_number_arrays(x[1:]))
    return isinstance(x, np.ndarray) and x.ndim == 0


def _has_array(x):
    if isinstance(x, np.ndarray):
        return x.ndim > 0
    if isinstance(x, tuple):
        return len(x) > 0 and _has_array(x[0])
    return isinstance(x, range)


def _item_shape(x):
    if isinstance(x, np.ndarray):
        return x.shape
    if isinstance(x, range):
        return (len(x),)
    if isinstance(x, tuple):
        return (len(x), *_item_shape(x[0]))
    return ()


def _fill_items(out, items):
    """out[i] = items[i], by recursion, since the items may be of many types."""
    if len(items) > 1:
        _fill_items(out, items[:-1])
    item = items[-1] if isinstance(items[-1], np.ndarray) else array_of(items[-1], out.dtype)
    if item.shape != out.shape[1:]:
        raise ValueError(
            "setting an array element with a sequence. The requested array has an "
            f"inhomogeneous shape after 1 dimensions. The detected shape was ({len(out)},) + "
            "inhomogeneous part."
        )
    out[len(items) - 1] = item


@implements(np.array)
def array(object, dtype=None, copy=True, order="K", ndmin=0):
    if isinstance(object, np.ndarray):
        made = _array_as(
            object, object.dtype if dtype is None else np.dtype(dtype), copy, order
        )
    else:
        made = array_of(
            object, intrinsics.dtype_of(object) if dtype is None else np.dtype(dtype)
        )
    return _with_rank(made, intrinsics.static(ndmin))


def _with_rank(a, ndmin):
    return a if a.ndim >= intrinsics.static(ndmin) else _with_rank(a[None], ndmin)


def _array_as(a, dtype, copy, order):
    """The array itself where it has the dtype and order and need not be copied."""
    if copy is not True and a.dtype == dtype and _has_order(a, order):
        return a
    if copy is False:
        raise ValueError(
            "Unable to avoid copy while creating an array as requested.\\n"
            "If using `np.array(obj, copy=False)` replace it with `np.asarray(obj)` to allow a "
            "copy when needed (no behavior change in NumPy 1.x).\\n"
            "For more details, see https://numpy.org/devdocs/numpy_2_0_migration_guide.html"
            "#adapting-to-changes-in-the-copy-keyword."
        )
    return copied(a, dtype, order)


def _has_order(a, order):
    if order == "C":
        return intrinsics.is_c(a)
    if order == "F":
        return intrinsics.is_c(a.T)
    return True


def copied(a, dtype, order):
    """A copy in the order that is asked for: "K" and "A" keep what is known of the array's."""
    fortran = order == "F" or (order != "C" and intrinsics.is_c(a.T) and not intrinsics.is_c(a))
    if fortran and a.ndim > 1:
        return copied(a.T, dtype, "C").T
    if a.dtype == dtype:
        out = intrinsics.new(a.shape, dtype)
        copy_to(out, a)
        return out
    if a.ndim == 0:
        out = intrinsics.new((), dtype)
        out[()] = intrinsics.cast(a[()], dtype)
        return out
    return intrinsics.cast(a, dtype)


@implements(np.asarray, np.asanyarray)
def asarray(a, dtype=None, order="K", copy=None):
    if isinstance(a, np.ndarray):
        return _array_as(a, a.dtype if dtype is None else np.dtype(dtype), copy, order)
    return array_of(a, intrinsics.dtype_of(a) if dtype is None else np.dtype(dtype))


@implements(np.ascontiguousarray)
def ascontiguousarray(a, dtype=None):
    made = asarray(a, dtype, "C")
    return made[None] if made.ndim == 0 else made


@implements(np.asfortranarray)
def asfortranarray(a, dtype=None):
    made = asarray(a, dtype, "F")
    return made[None] if made.ndim == 0 else made


@implements(np.copy)
def copy(a, order="K"):
    a = as_array(a)
    return copied(a, a.dtype, order)


@implements("ndarray.copy")
def array_copy(a, order="C"):
    return copied(a, a.dtype, order)


@implements("ndarray.astype")
def astype(a, dtype, order="K", casting="unsafe", copy=True):
    if not copy and a.dtype == np.dtype(dtype) and _has_order(a, order):
        return a
    return copied(a, np.dtype(dtype), order)


@implements("generic.astype")
def number_astype(x, dtype):
    return intrinsics.cast(x, np.dtype(dtype))


# ---- filled ----------------------------------------------------------------------------------


def _filled(shape, value, dtype, order):
    out = intrinsics.new(shape, dtype, order)
    fill(out, value)
    return out


@implements("ndarray.fill")
def fill(a, value):
    if a.ndim == 0:
        a[()] = value
    else:
        a[...] = value


@implements(np.ones)
def ones(shape, dtype=None, order="C"):
    return _filled(shape, True, np.dtype(np.float64 if dtype is None else dtype), order)


@implements(np.full)
def full(shape, fill_value, dtype=None, order="C"):
    dtype = intrinsics.dtype_of(fill_value) if dtype is None else np.dtype(dtype)
    value = array_of(fill_value, dtype) if isinstance(fill_value, tuple) else fill_value
    return _filled(shape, value, dtype, order)


def _like(a, dtype, order, shape):
    """A new array like another: order "K" and "A" keep what is known of the other's."""
    dtype = a.dtype if dtype is None else np.dtype(dtype)
    if shape is not None:
        return intrinsics.new(shape, dtype, "F" if order == "F" else "C")
    fortran = order == "F" or (order != "C" and intrinsics.is_c(a.T) and not intrinsics.is_c(a))
    if fortran and a.ndim > 1:
        return intrinsics.new(a.T.shape, dtype).T
    return intrinsics.new(a.shape, dtype)


@implements(np.empty_like)
def empty_like(prototype, dtype=None, order="K", subok=True, shape=None):
    return _like(as_array(prototype), dtype, order, shape)


@implements(np.zeros_like)
def zeros_like(a, dtype=None, order="K", subok=True, shape=None):
    out = _like(as_array(a), dtype, order, shape)
    fill(out, False)
    return out


@implements(np.ones_like)
def ones_like(a, dtype=None, order="K", subok=True, shape=None):
    out = _like(as_array(a), dtype, order, shape)
    fill(out, True)
    return out


@implements(np.full_like)
def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None):
    out = _like(as_array(a), dtype, order, shape)
    fill(out, fill_value)
    return out


@implements(np.eye)
def eye(N, M=None, k=0, dtype=float, order="C"):
    rows = index_of(N)
    columns = rows if M is None else index_of(M)
    out = np.zeros((rows, columns), np.dtype(dtype), order)
    for i in range(max(0, -k), min(rows, columns - k)):
        out[i, i + k] = True
    return out


@implements(np.identity)
def identity(n, dtype=None):
    return eye(n, dtype=float if dtype is None else dtype)
