"""Folding an array along axes, in NumPy's order, so that float results have NumPy's bits.

A fold is four values: `row(total, v)` takes a one-dimensional array into a total,
`step(total, x)` one element; `start` is the first total, None where it is the first element,
and `exact` says whether the order counts. NumPy's order (nditer_constr.c, loops_utils.h.src):
axes by decreasing stride, neighbours joined. Where the innermost axis is folded, whole rows go
into a total; otherwise elements do, one by one.
"""

import numpy as np

from martlet import intrinsics
from martlet.library.numpy_base import AxisError, axis_of, in_memory_order, repeated, split_at

BUFFER = 8192  # elements of NumPy's buffer

# ---- everything ------------------------------------------------------------------------------


def fold_all(a, row, start, exact, casts=False):
    """All elements into one total; `casts`: the row converts what it adds."""
    first = a[repeated(0, a.shape)] if start is None else start
    if a.ndim == 0:
        return row(first, intrinsics.view_c(a, 0, (1,)))
    if intrinsics.is_c(a):
        return row(first, intrinsics.view_c(a, 0, (a.size,)))
    if a.ndim == 1:
        return row(first, a)
    if intrinsics.is_c(a.T):
        return row(first, intrinsics.view_c(a.T, 0, (a.size,)))
    order = in_memory_order(a.shape, a.strides)
    v = intrinsics.view(a, 0, order[0], order[1])
    return _exact_nest(v, row, first, casts, v.ndim) if exact else _nest(v, row, first)


def _nest(v, row, total):
    if v.ndim == 1:
        return row(total, v)
    for part in v:
        total = _nest(part, row, total)
    return total


def _copied_axes(dims, casts, inner):
    """How many of the `inner` last axes, between which none is kept, NumPy copies to its buffer
    together, and how many elements all but the outermost of them have:
    npyiter_find_buffering_setup."""
    cost = 2 if casts else 1
    size = dims[-1]
    best = 1
    best_cost = cost
    best_size = size
    core = 1
    for k in range(len(dims) - 2, len(dims) - 1 - inner, -1):
        if dims[k] == 1:
            continue
        if size >= BUFFER and cost > 1:
            break
        cost = 2
        before = size
        size *= dims[k]
        if cost * best_size <= best_cost * min(size, BUFFER):
            best = len(dims) - k
            best_cost = cost
            best_size = size
            core = before
    return best, core


def _exact_nest(v, row, total, casts, inner):
    if v.ndim == 1:
        return row(total, v)
    copied = _copied_axes(v.shape, casts, inner)
    return _copying_nest(v, row, total, copied[0], copied[1])


def _copying_nest(v, row, total, copied, core):
    if v.ndim == 1:
        return row(total, v)
    if copied == v.ndim:
        rows = max(BUFFER // max(core, 1), 1)
        for i in range(0, len(v), rows):
            part = v[i : i + rows]
            flat = intrinsics.new((part.size,), v.dtype)
            intrinsics.view_c(flat, 0, part.shape)[...] = part
            total = row(total, flat)
        return total
    for part in v:
        total = _copying_nest(part, row, total, copied, core)
    return total


# ---- one axis --------------------------------------------------------------------------------


def fold_axis(a, axis, dtype, row, step, start, casts=False):
    """Along one axis: an array of one dimension less, or a number."""
    axis = axis_of(axis, a.ndim)
    if a.ndim == 1:
        return fold_all(a, row, start, True, casts)
    if intrinsics.is_c(a):
        return _fold_c(a, axis, dtype, row, step, start)
    if intrinsics.is_c(a.T):
        return _fold_c(a.T, a.ndim - 1 - axis, dtype, row, step, start).T
    return _fold_any(a, (axis,), dtype, row, step, start, casts)


def _first(start, v):
    return v[0] if start is None else start


def _fold_c(a, axis, dtype, row, step, start):
    outer, inner = split_at(a.shape, axis)
    n = a.shape[axis]
    out = intrinsics.new(intrinsics.dropped(a.shape, axis), dtype)
    if inner == 1:
        rows = intrinsics.view_c(a, 0, (outer, n))
        totals = intrinsics.view_c(out, 0, (outer,))
        for i in range(outer):
            totals[i] = row(_first(start, rows[i]), rows[i])
        return out
    planes = intrinsics.view_c(a, 0, (outer, n, inner))
    totals = intrinsics.view_c(out, 0, (outer, inner))
    for i in range(outer):
        plane = planes[i]
        total = totals[i]
        for k in range(inner):
            total[k] = plane[0, k] if start is None else start
        for j in range(1 if start is None else 0, n):
            x = plane[j]
            for k in range(inner):
                total[k] = step(total[k], x[k])
    return out


# ---- any axes, any strides -------------------------------------------------------------------


def fold_axes(a, axes, dtype, row, step, start, casts=False):
    """Along several axes: an array of as many dimensions less, or a number. The axes are
    distinct and counted from the front."""
    if len(axes) == a.ndim:
        return fold_all(a, row, start, True, casts)
    if len(axes) == 0:
        axes = (a.ndim,)
        a = a[..., None]
    return _fold_any(a, axes, dtype, row, step, start, casts)


def kept_axes(ndim, axes):
    """The other axes, as an array."""
    kept = np.empty(ndim, np.int64)
    count = 0
    for i in range(ndim):
        folded = False
        for axis in axes:
            folded = folded or axis == i
        if not folded:
            kept[count] = i
            count += 1
    return kept[:count]


def _kept_part(values, kept, like):
    """The values at the kept axes, as a tuple one longer than what is left of `like` says."""
    if len(like) == 0:
        return ()
    return (values[int(kept[0])], *_kept_part(values, kept[1:], like[1:]))


def _fold_any(a, axes, dtype, row, step, start, casts):
    rest = a.shape[len(axes) :]  # only its length counts
    if len(axes) == 1:
        dims = intrinsics.dropped(a.shape, axes[0])
        strides = intrinsics.dropped(a.strides, axes[0])
    else:
        kept = kept_axes(a.ndim, axes)
        dims = _kept_part(a.shape, kept, rest)
        strides = _kept_part(a.strides, kept, rest)
    order = in_memory_order(
        intrinsics.picked(a.shape, axes), intrinsics.picked(a.strides, axes)
    )
    out = intrinsics.new(dims, dtype)
    inner = _inner_axes(order[0], order[1], dims, strides)
    if inner > 0:
        v = intrinsics.view(a, 0, dims + order[0], strides + order[1])
        _fold_rows(out, v, row, start, casts, inner)
        return out
    w = intrinsics.view(a, 0, order[0] + dims, order[1] + strides)
    if start is None:
        out[...] = w[repeated(0, axes)]
    else:
        out[...] = start
    _fold_steps(out, w, step, start is None)
    return out


def _inner_axes(folded, steps, dims, strides):
    """How many of the last folded axes lie within all that are kept."""
    least = -1
    for k, dim in enumerate(dims):
        if dim != 1 and (least < 0 or abs(strides[k]) < least):
            least = abs(strides[k])
    count = 0
    any_axis = False
    for k in range(len(folded) - 1, -1, -1):
        if folded[k] != 1:
            if least >= 0 and abs(steps[k]) > least:
                break
            any_axis = True
        count += 1
    return count if any_axis else 0


def _fold_rows(out, v, row, start, casts, inner):
    """out[…] = the fold of v[…]."""
    for i in range(len(out)):
        part = v[i]
        if out.ndim > 1:
            _fold_rows(out[i], part, row, start, casts, inner)
        elif part.ndim == 1:
            out[i] = row(_first(start, part), part)
        else:
            first = part[repeated(0, part.shape)] if start is None else start
            out[i] = _exact_nest(part, row, first, casts, inner)


def _fold_steps(out, w, step, skips):
    """out = step(out, part) for all parts of w, the first left out where `skips`."""
    if w.ndim == out.ndim:
        if not skips:
            _step_into(out, w, step)
        return
    for i in range(len(w)):
        _fold_steps(out, w[i], step, skips and i == 0)


def _step_into(out, x, step):
    if out.ndim == 1:
        for i in range(len(out)):
            out[i] = step(out[i], x[i])
    else:
        for i in range(len(out)):
            _step_into(out[i], x[i], step)


# ---- what is asked for -----------------------------------------------------------------------


def distinct_axes(axes, ndim):
    """The axes of a tuple, counted from the front."""
    if len(axes) == 0:
        return ()
    rest = distinct_axes(axes[1:], ndim)
    axis = axis_of(axes[0], ndim)
    for other in rest:
        if other == axis:
            raise ValueError("duplicate value in 'axis'")
    return (axis, *rest)


def with_axis(result, axis, a):
    """The result of folding one axis of `a`, with a one in its place."""
    if a.ndim == 1:
        return np.full((1,), result)
    axis = axis_of(axis, a.ndim)
    shape = intrinsics.inserted(result.shape, axis, 1)
    if intrinsics.is_c(result):
        return intrinsics.view_c(result, 0, shape)
    return intrinsics.view(result, 0, shape, intrinsics.inserted(result.strides, axis, 0))


def with_axes(result, shape, axes):
    """The result of folding axes of an array of this shape, with ones in their places."""
    for axis in axes:
        shape = intrinsics.replaced(shape, axis, 1)
    if len(axes) == len(shape):
        return np.full(shape, result)
    return intrinsics.view_c(result, 0, shape)


def fold(a, axis, dtype, row, step, start, exact, keepdims):
    """Along an axis, several in a tuple, or all for None."""
    casts = exact and a.dtype != dtype
    if a.ndim == 0:
        return _fold_number(a, axis, row, start)
    if axis is None:
        result = fold_all(a, row, start, exact, casts)
        return np.full((1,) * a.ndim, result) if keepdims else result
    if isinstance(axis, tuple):
        axes = distinct_axes(axis, a.ndim)
        result = fold_axes(a, axes, dtype, row, step, start, casts)
        return with_axes(result, a.shape, axes) if keepdims else result
    result = fold_axis(a, axis, dtype, row, step, start, casts)
    return with_axis(result, axis, a) if keepdims else result


def _fold_number(a, axis, row, start):
    """Of an array without dimensions; axes 0 and -1 are let pass."""
    if isinstance(axis, tuple):
        for each in axis:
            _check_no_axis(each)
    elif axis is not None:
        _check_no_axis(axis)
    return fold_all(a, row, start, False)


def _check_no_axis(axis):
    if axis != 0 and axis != -1:
        raise AxisError(axis, 0, None)
