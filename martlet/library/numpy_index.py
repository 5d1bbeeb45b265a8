"""Indexing by masks and arrays of integers, alone or with slices, integers, None and `...`.

The index is laid out over the array's axes (`_parts`): masks become the places of what is true
in them, `...` whole slices. Integers, slices and None are then applied as they are; the arrays,
broadcast against one another, name elements of what is left. Where the arrays stand side by
side, their common dimensions take their place, otherwise they come first.
"""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import (
    as_place,
    as_tuple,
    broadcast_shapes,
    fits,
    flat_copy,
    in_memory_order,
    raveled,
    shape_text,
    spread,
)
from martlet.library.numpy_create import array_of, as_array
from martlet.library.numpy_select import count_true, nonzero

# ---- what the index is made of ---------------------------------------------------------------


def _is_array(part):
    return isinstance(part, np.ndarray)


def _is_integer(part):
    return isinstance(part, int) or isinstance(part, np.integer)


def _axes_of(parts):
    """How many axes of the array the parts name."""
    if len(parts) == 0:
        return ()
    part = parts[0]
    rest = _axes_of(parts[1:])
    if part is None or part is Ellipsis:
        return rest
    if isinstance(part, np.ndarray) and part.dtype.kind == "b":
        return rest + part.shape
    return (*rest, 0)


def _has_ellipsis(parts):
    if len(parts) == 0:
        return False
    return parts[0] is Ellipsis or _has_ellipsis(parts[1:])


def _slices(like, taken):
    """As many whole slices as `like` is longer than `taken`."""
    if len(like) <= len(taken):
        return ()
    return (slice(None), *_slices(like[1:], taken))


def _check_mask(mask, dims, axis):
    """An axis of the mask that has no elements fits any."""
    for k in range(mask.ndim):
        if mask.shape[k] != dims[k] and mask.shape[k] > 0:
            raise IndexError(
                f"boolean index did not match indexed array along axis {axis + k}; size of "
                f"axis is {dims[k]} but size of corresponding boolean axis is {mask.shape[k]}"
            )


def _parts(index, dims, axis, missing):
    """The index laid out: integers, None, slices, arrays of integers; dims are those from here
    on, `missing` the slices that `...` stands for."""
    if len(index) == 0:
        return ()
    part = index[0]
    if part is None:
        return (None, *_parts(index[1:], dims, axis, missing))
    if part is Ellipsis:
        rest = dims[len(missing) :]
        return missing + _parts(index[1:], rest, axis + len(missing), missing)
    if isinstance(part, tuple):
        return _parts((as_array(part), *index[1:]), dims, axis, missing)
    if isinstance(part, np.ndarray) and part.dtype.kind == "b":
        if part.ndim == 0:
            intrinsics.refuse("a mask without dimensions stands alone in an index")
        _check_mask(part, dims, axis)
        places = nonzero(part)
        rest = _parts(index[1:], dims[part.ndim :], axis + part.ndim, missing)
        return places + rest
    if isinstance(part, np.ndarray):
        places = (_checked_places(part, dims[0], axis),)
        return places + _parts(index[1:], dims[1:], axis + 1, missing)
    if _is_integer(part):
        place = checked_place(int(part), dims[0], axis)
        return (place, *_parts(index[1:], dims[1:], axis + 1, missing))
    return (part, *_parts(index[1:], dims[1:], axis + 1, missing))


def checked_place(i, n, axis):
    """The index counted from the front."""
    if i < -n or i >= n:
        raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
    return i + n if i < 0 else i


def _place_of(x, n, index):
    """An element of `index`, which stands alone, counted from the front."""
    i = as_place(x)
    if i < -n or i >= n:
        _refuse_places(index, n)
    return i + n if i < 0 else i


def _refuse_places(index, n):
    """Raises for the first place in memory that is out of bounds."""
    order = in_memory_order(index.shape, index.strides)
    for x in raveled(intrinsics.view(index, 0, order[0], order[1])):
        checked_place(as_place(x), n, 0)


def _checked_places(part, n, axis):
    """The array counted from the front."""
    out = intrinsics.new(part.shape, np.int64)
    flat = raveled(part)
    places = intrinsics.view_c(out, 0, (len(flat),))
    for k in range(len(flat)):
        places[k] = checked_place(as_place(flat[k]), n, axis)
    return out


def _laid_out(a, index):
    index = as_tuple(index)
    taken = _axes_of(index)
    missing = _slices(a.shape, taken)
    if _has_ellipsis(index):
        return _parts(index, a.shape, 0, missing)
    return _parts(index, a.shape, 0, missing) + missing


def _basic(parts):
    """The index with whole slices in place of the arrays."""
    if len(parts) == 0:
        return ()
    part = slice(None) if isinstance(parts[0], np.ndarray) else parts[0]
    return (part, *_basic(parts[1:]))


def _arrays(parts):
    if len(parts) == 0:
        return ()
    if isinstance(parts[0], np.ndarray):
        return (parts[0], *_arrays(parts[1:]))
    return _arrays(parts[1:])


def _common_shape(arrays):
    if len(arrays) == 0:
        return ()
    return broadcast_shapes(arrays[0].shape, _common_shape(arrays[1:]))


def _check_common(arrays, shape):
    for a in arrays:
        if not fits(a.shape, shape):
            _refuse(arrays)


def _refuse(arrays):
    raise IndexError(
        "shape mismatch: indexing arrays could not be broadcast together with shapes "
        f"{_shapes_text(arrays)}"
    )


def _shapes_text(arrays):
    if len(arrays) == 0:
        return ""
    return f"{shape_text(arrays[0].shape)} {_shapes_text(arrays[1:])}"


def _flats(arrays, shape):
    """Each array broadcast to the common shape, in one dimension."""
    if len(arrays) == 0:
        return ()
    return (raveled(spread(arrays[0], shape)), *_flats(arrays[1:], shape))


def _kept(values, parts):
    """Of values of the axes that are left after basic indexing: those of no array."""
    if len(parts) == 0:
        return ()
    if isinstance(parts[0], np.ndarray):
        return _kept(values[1:], parts[1:])
    if parts[0] is None or isinstance(parts[0], slice):
        return (values[0], *_kept(values[1:], parts[1:]))
    return _kept(values, parts[1:])


def _named(values, parts):
    """Likewise: those of the arrays."""
    if len(parts) == 0:
        return ()
    if isinstance(parts[0], np.ndarray):
        return (values[0], *_named(values[1:], parts[1:]))
    if parts[0] is None or isinstance(parts[0], slice):
        return _named(values[1:], parts[1:])
    return _named(values, parts[1:])


def _arrays_first(a, parts):
    """The view that is left after basic indexing, with the arrays' axes in front."""
    v = a[_basic(parts)]
    return intrinsics.view(
        v,
        0,
        _named(v.shape, parts) + _kept(v.shape, parts),
        _named(v.strides, parts) + _kept(v.strides, parts),
    )


def _before_arrays(parts):
    """The axes in front of the first array or integer."""
    if len(parts) == 0 or _is_array(parts[0]) or _is_integer(parts[0]):
        return ()
    return (0, *_before_arrays(parts[1:]))


def _skip_arrays(parts):
    if len(parts) > 0 and (_is_array(parts[0]) or _is_integer(parts[0])):
        return _skip_arrays(parts[1:])
    return parts


def _any_arrays(parts):
    if len(parts) == 0:
        return False
    return _is_array(parts[0]) or _is_integer(parts[0]) or _any_arrays(parts[1:])


def _place_of_arrays(parts):
    """A tuple as long as the arrays' dimensions have axes in front of them."""
    before = _before_arrays(parts)
    if _any_arrays(_skip_arrays(parts[len(before) :])):
        return ()
    return before


def _in_place(rest, common, before):
    """The result's shape (or strides) from those of the other axes and of the arrays."""
    return rest[: len(before)] + common + rest[len(before) :]


def _at(flats, k):
    """The k-th place that the arrays name."""
    if len(flats) == 0:
        return ()
    return (int(flats[0][k]), *_at(flats[1:], k))


# ---- reading ---------------------------------------------------------------------------------


def _is_one_mask(a, index):
    return isinstance(index, np.ndarray) and index.dtype.kind == "b" and index.ndim == a.ndim


def _is_number_mask(index):
    return isinstance(index, np.ndarray) and index.dtype.kind == "b" and index.ndim == 0


def _none_or_one(mask):
    """What a mask without dimensions picks from a new axis of one."""
    return np.zeros(1 if mask[()] else 0, np.int64)


def _masked(a, mask):
    """a[mask] of one shape."""
    _check_mask(mask, a.shape, 0)
    flags = raveled(mask)
    out = intrinsics.new((count_true(flags),), a.dtype)
    values = raveled(a)
    at = 0
    i = 0
    while at < len(out):
        out[at] = values[i]  # to be overwritten unless the flag is set
        at += int(flags[i])
        i += 1
    return out


@implements("ndarray.__getitem__")
def getitem(a, index):
    if isinstance(index, (bool, np.bool_)):
        return getitem(a, as_array(index))
    if _is_number_mask(index):
        return getitem(a[None], _none_or_one(index))
    if _is_one_mask(a, index) and a.ndim > 0:
        return _masked(a, index)
    if isinstance(index, np.ndarray) and a.ndim == 1 and index.ndim > 0:
        return _picked(a, index)
    parts = _laid_out(a, index)
    arrays = _arrays(parts)
    shape = _common_shape(arrays)
    _check_common(arrays, shape)
    w = _arrays_first(a, parts)
    rest = w.shape[len(arrays) :]
    out = intrinsics.new(shape + rest, a.dtype)
    flats = _flats(arrays, shape)
    target = intrinsics.view_c(out, 0, (intrinsics.product(shape), *rest))
    for k in range(len(target)):
        target[k] = w[_at(flats, k)]
    before = _place_of_arrays(parts)
    if out.ndim == 0:
        return out[()]
    if len(before) == 0:
        return out
    n = len(shape)
    return intrinsics.view(
        out,
        0,
        _in_place(rest, shape, before),
        _in_place(out.strides[n:], out.strides[:n], before),
    )


def _picked(a, index):
    """Of one dimension, by an array of integers."""
    n = len(a)
    flat = raveled(index)
    out = intrinsics.new(index.shape, a.dtype)
    target = intrinsics.view_c(out, 0, (len(flat),))
    for k in range(len(flat)):
        target[k] = a[_place_of(flat[k], n, index)]
    return out


@implements("ndarray.__getitem__.list")
def getitem_list(a, index):
    return getitem(a, as_array(index))


# ---- writing ---------------------------------------------------------------------------------


def _refuse_values(given, wanted):
    raise ValueError(
        f"NumPy boolean array indexing assignment cannot assign {given} input values to the "
        f"{wanted} output values where the mask is true"
    )


def _put_masked(a, mask, value):
    """a[mask] = value of one shape; the value is a number or has one dimension."""
    _check_mask(mask, a.shape, 0)
    if a.ndim == 1:
        _put_masked_row(a, mask, value, 0)
        return
    at = 0
    for index in np.ndindex(mask.shape):
        if mask[index]:
            if isinstance(value, np.ndarray):
                a[index] = value[at]
                at += 1
            else:
                a[index] = value


def _put_masked_row(a, mask, value, at):
    if isinstance(value, np.ndarray):
        for i in range(len(mask)):
            if mask[i]:
                a[i] = value[at]
                at += 1
    else:
        for i in range(len(mask)):
            if mask[i]:
                a[i] = value


def _apart_from(a, value):
    """The value, copied where it shares memory with the array."""
    if a is value or intrinsics.overlap(a, value):
        return intrinsics.view_c(flat_copy(value), 0, value.shape)
    return intrinsics.view(value, 0, value.shape, value.strides)


@implements("ndarray.__setitem__")
def setitem(a, index, value):
    if isinstance(index, (bool, np.bool_)):
        setitem(a, as_array(index), value)
    elif _is_number_mask(index):
        setitem(a[None], _none_or_one(index), value)
    elif isinstance(value, tuple):
        setitem(a, index, array_of(value, intrinsics.dtype_of(value)))
    elif isinstance(value, np.ndarray) and value.ndim == 0:
        setitem(a, index, value[()])
    elif isinstance(index, np.ndarray) and index.dtype == a.dtype:
        _set_at(a, _apart_from(a, index), value)  # it may be the array itself
    else:
        _set_at(a, index, value)


def _set_at(a, index, value):
    if isinstance(value, np.ndarray):
        _set_array(a, index, _apart_from(a, value))
    elif _is_one_mask(a, index) and a.ndim > 0:
        _put_masked(a, index, value)
    else:
        _set(a, index, value)


def _set_array(a, index, value):
    if _is_one_mask(a, index) and a.ndim > 0 and value.ndim == 1:
        count = count_true(raveled(index))
        if len(value) == 1:
            _put_masked(a, index, value[0])
        elif len(value) != count:
            _refuse_values(len(value), count)
        else:
            _put_masked(a, index, value)
    elif _is_one_mask(a, index) and a.ndim > 0:
        raise TypeError(
            "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, input "
            f"has {value.ndim} dimensions"
        )
    else:
        _set(a, index, value)


def _set_picked(a, index, value):
    """Into one dimension, by an array of integers."""
    n = len(a)
    flat = raveled(index)
    if isinstance(value, np.ndarray):
        wide = raveled(spread(value, index.shape))
        for k in range(len(flat)):
            a[_place_of(flat[k], n, index)] = wide[k]
    else:
        for k in range(len(flat)):
            a[_place_of(flat[k], n, index)] = value


def _set(a, index, value):
    if isinstance(index, np.ndarray) and index.dtype.kind != "b" and a.ndim == 1:
        if not isinstance(value, np.ndarray):
            _set_picked(a, index, value)
            return
        if fits_in(value, index):
            _set_picked(a, index, value)
            return
    _set_laid_out(a, index, value)


def fits_in(value, index):
    return value.ndim <= index.ndim and fits(value.shape, index.shape)


def _set_laid_out(a, index, value):
    parts = _laid_out(a, index)
    arrays = _arrays(parts)
    shape = _common_shape(arrays)
    _check_common(arrays, shape)
    w = _arrays_first(a, parts)
    rest = w.shape[len(arrays) :]
    flats = _flats(arrays, shape)
    count = intrinsics.product(shape)
    if not isinstance(value, np.ndarray):
        for k in range(count):
            _put(w, _at(flats, k), value)
        return
    before = _place_of_arrays(parts)
    whole = _in_place(rest, shape, before)
    value = _trimmed(value, whole)
    if not fits(value.shape, whole):
        raise ValueError(
            f"shape mismatch: value array of shape {shape_text(value.shape)} could not be "
            f"broadcast to indexing result of shape {shape_text(whole)}"
        )
    wide = spread(value, whole)
    m = len(before)
    n = len(shape)
    moved = intrinsics.view(
        wide,
        0,
        shape + wide.shape[:m] + wide.shape[m + n :],
        wide.strides[m : m + n] + wide.strides[:m] + wide.strides[m + n :],
    )
    k = 0
    for at in np.ndindex(shape):
        _put(w, _at(flats, k), moved[at])
        k += 1


def _put(w, at, value):
    if w.ndim == len(at):
        w[at] = value
    else:
        w[at][...] = value


def _trimmed(value, whole):
    """Without leading axes of one element that the target does not have."""
    if value.ndim <= len(whole):
        return value
    if value.shape[0] != 1:
        raise ValueError(
            f"shape mismatch: value array of shape {shape_text(value.shape)} could not be "
            f"broadcast to indexing result of shape {shape_text(whole)}"
        )
    return _trimmed(value[0], whole)


@implements("ndarray.__setitem__.sequence")
def setitem_sequence(a, index, value):
    a[index] = array_of(value, a.dtype)


@implements("ndarray.__setitem__.list")
def setitem_list(a, index, value):
    setitem(a, as_array(index), value)
