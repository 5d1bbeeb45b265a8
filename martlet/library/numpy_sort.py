"""Order: sort, argsort, search, and what is made of them: unique, bincount, histogram, median.

sort is a quicksort that turns to heaps where it does not halve; argsort is a merge sort, so
that of equal elements the first comes first. nan is last.
"""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import axis_of, copied_like, raveled, split_at
from martlet.library.numpy_create import as_array, copied
from martlet.library.numpy_reduce import max_, min_
from martlet.library.numpy_shape import moveaxis, raveled_in
from martlet.library.numpy_sum import sum_dtype

SMALL = 16  # elements that insertion sorts
HISTOGRAM_BLOCK = 65536  # elements that NumPy counts at once

# ---- order of two ----------------------------------------------------------------------------


def less(x, y):
    """x before y: numbers by size, nan last; complex by real, then imaginary parts."""
    if intrinsics.dtype_of(x).kind == "c":
        return _complex_less(x.real, x.imag, y.real, y.imag)
    if intrinsics.dtype_of(x).kind == "f":
        return x < y or (y != y and x == x)
    return x < y


def _complex_less(xr, xi, yr, yi):
    """NumPy's CLT of npysort_common.h."""
    if xr < yr:
        return xi == xi or yi != yi
    if xr > yr:
        return yi != yi and xi == xi
    if xr == yr or (xr != xr and yr != yr):
        return xi < yi or (yi != yi and xi == xi)
    return yr != yr


# ---- one row ---------------------------------------------------------------------------------


def _insertion(v, low, high):
    for i in range(low + 1, high):
        x = v[i]
        j = i
        while j > low and less(x, v[j - 1]):
            v[j] = v[j - 1]
            j -= 1
        v[j] = x


def _sift(v, low, start, count):
    """Downwards in the heap of count elements from low on."""
    x = v[low + start]
    i = start
    while 2 * i + 1 < count:
        child = 2 * i + 1
        if child + 1 < count and less(v[low + child], v[low + child + 1]):
            child += 1
        if not less(x, v[low + child]):
            break
        v[low + i] = v[low + child]
        i = child
    v[low + i] = x


def _heapsort(v, low, high):
    count = high - low
    for k in range(count // 2):
        _sift(v, low, count // 2 - 1 - k, count)
    for k in range(count - 1):
        last = count - 1 - k
        x = v[low + last]
        v[low + last] = v[low]
        v[low] = x
        _sift(v, low, 0, last)


def _quicksort(v, low, high, depth):
    while high - low > SMALL:
        if depth == 0:
            _heapsort(v, low, high)
            return
        depth -= 1
        middle = _partition(v, low, high)
        if middle - low < high - middle:
            _quicksort(v, low, middle, depth)
            low = middle
        else:
            _quicksort(v, middle, high, depth)
            high = middle
    _insertion(v, low, high)


def _swap(v, i, j):
    x = v[i]
    v[i] = v[j]
    v[j] = x


def _partition(v, low, high):
    """Hoare's, around the median of three: of v[low:m] and v[m:high] neither is empty."""
    middle = low + (high - low) // 2
    if less(v[middle], v[low]):
        _swap(v, middle, low)
    if less(v[high - 1], v[middle]):
        _swap(v, high - 1, middle)
    if less(v[middle], v[low]):
        _swap(v, middle, low)
    pivot = v[middle]
    i = low
    j = high - 1
    while True:
        i += 1
        while less(v[i], pivot):
            i += 1
        j -= 1
        while less(pivot, v[j]):
            j -= 1
        if i >= j:
            return j + 1
        _swap(v, i, j)


def _depth_for(n):
    depth = 0
    while n > 0:
        n //= 2
        depth += 2
    return depth


def sort_row(v):
    if v.dtype.kind == "b":
        _sort_bools(v)
    else:
        _quicksort(v, 0, len(v), _depth_for(len(v)))


def _sort_bools(v):
    false = 0
    for x in v:
        if not x:
            false += 1
    for i in range(len(v)):
        v[i] = i >= false


def _merge_sort(v, index, other):
    """Sorts the index by v[index], stably; `other` is as long."""
    n = len(index)
    for low in range(0, n, SMALL):
        _index_insertion(v, index, low, min(low + SMALL, n))
    width = SMALL
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            if middle < high and less(v[int(index[middle])], v[int(index[middle - 1])]):
                _merge(v, index, other, low, middle, high)
        width *= 2


def _index_insertion(v, index, low, high):
    for i in range(low + 1, high):
        at = index[i]
        x = v[int(at)]
        j = i
        while j > low and less(x, v[int(index[j - 1])]):
            index[j] = index[j - 1]
            j -= 1
        index[j] = at


def _merge(v, index, other, low, middle, high):
    for i in range(low, middle):
        other[i] = index[i]
    i = low
    j = middle
    k = low
    while i < middle and j < high:
        if less(v[int(index[j])], v[int(other[i])]):
            index[k] = index[j]
            j += 1
        else:
            index[k] = other[i]
            i += 1
        k += 1
    while i < middle:
        index[k] = other[i]
        i += 1
        k += 1


def argsort_row(v, index):
    for i in range(len(index)):
        index[i] = i
    _merge_sort(v, index, intrinsics.new((len(index),), np.int64))


# ---- sort and argsort ------------------------------------------------------------------------


def _sort_along(a, axis):
    """In place."""
    if a.ndim == 1:
        _sort_one(a)
    else:
        rows = moveaxis(a, axis, -1)
        _sort_rows(rows)


def _sort_one(v):
    if intrinsics.is_c(v):
        sort_row(v)
    else:
        row = copied(v, v.dtype, "C")
        sort_row(row)
        v[...] = row


def _sort_rows(rows):
    for row in rows:
        if rows.ndim == 2:
            _sort_one(row)
        else:
            _sort_rows(row)


@implements(np.sort)
def sort(a, axis=-1, kind=None, *, stable=None):
    a = as_array(a)
    if axis is None:
        out = intrinsics.view_c(copied(a, a.dtype, "C"), 0, (a.size,))
        sort_row(out)
        return out
    out = copied_like(a)
    at = axis_of(axis, a.ndim)
    if a.ndim > 1 and at == a.ndim - 1 and intrinsics.is_c(out):
        for row in intrinsics.view_c(out, 0, (split_at(a.shape, at)[0], a.shape[at])):
            sort_row(row)
    else:
        _sort_along(out, at)
    return out


@implements("ndarray.sort")
def array_sort(a, axis=-1, kind=None, *, stable=None):
    _sort_along(a, axis_of(axis, a.ndim))


@implements(np.argsort, "ndarray.argsort")
def argsort(a, axis=-1, kind=None, *, stable=None):
    a = as_array(a)
    if axis is None:
        flat = raveled(a)
        index = intrinsics.new((len(flat),), np.int64)
        argsort_row(flat, index)
        return index
    at = axis_of(axis, a.ndim)
    out = intrinsics.new(a.shape, np.int64)
    if a.ndim == 1:
        argsort_row(a, out)
    else:
        _argsort_rows(moveaxis(a, at, -1), moveaxis(out, at, -1))
    return out


def _argsort_rows(rows, out):
    if rows.ndim > 2:
        for i in range(len(rows)):
            _argsort_rows(rows[i], out[i])
    else:
        index = intrinsics.new((rows.shape[1],), np.int64)
        for i in range(len(rows)):
            argsort_row(rows[i], index)
            out[i] = index


@implements(np.lexsort)
def lexsort(keys, axis=-1):
    """The last key counts most."""
    n = len(keys[0])
    index = intrinsics.new((n,), np.int64)
    for i in range(n):
        index[i] = i
    _sort_by(keys, index, intrinsics.new((n,), np.int64))
    return index


def _sort_by(keys, index, other):
    if isinstance(keys, np.ndarray):
        for key in keys:
            _merge_sort(key, index, other)
    elif len(keys) > 0:
        _merge_sort(as_array(keys[0]), index, other)
        _sort_by(keys[1:], index, other)


# ---- the k-th element ------------------------------------------------------------------------


def _select(v, k):
    """Puts the k-th element at k, none above it in front of it, none below behind."""
    low = 0
    high = len(v)
    depth = _depth_for(high)
    while high - low > SMALL:
        if depth == 0:
            _heapsort(v, low, high)
            return
        depth -= 1
        middle = _partition(v, low, high)
        if k < middle:
            high = middle
        else:
            low = middle
    _insertion(v, low, high)


@implements(np.partition)
def partition(a, kth, axis=-1):
    out = copied_like(as_array(a))
    at = axis_of(axis, out.ndim)
    n = out.shape[at]
    k = kth + n if kth < 0 else kth
    if (k < 0 or k >= n) and n > 0:
        raise ValueError(f"kth(={k}) out of bounds ({n})")
    if out.ndim == 1:
        _select(out, k)
    else:
        _sort_along(out, at)
    return out


def _middle_dtype(a):
    return a.dtype if a.dtype.kind == "f" or a.dtype.kind == "c" else np.dtype(np.float64)


def _median_of(row, dtype):
    """Of a row that may be changed."""
    n = len(row)
    if n == 0:
        return intrinsics.cast(np.nan, dtype)
    half = n // 2
    _select(row, half)
    high = row[half]
    for x in row:
        if x != x:
            return intrinsics.cast(x, dtype)
    if n % 2 == 1:
        return intrinsics.cast(high, dtype)
    low = row[0]
    for i in range(1, half):
        if less(low, row[i]):
            low = row[i]
    return _mean_of_two(low, high, dtype)


def _mean_of_two(low, high, dtype):
    if dtype == np.float16:
        return intrinsics.cast(
            (intrinsics.cast(low, np.float32) + intrinsics.cast(high, np.float32)) / 2, dtype
        )
    return intrinsics.cast(
        (intrinsics.cast(low, dtype) + intrinsics.cast(high, dtype)) / 2, dtype
    )


@implements(np.median)
def median(a, axis=None, out=None, overwrite_input=False, keepdims=False):
    a = as_array(a)
    dtype = _middle_dtype(a)
    if axis is not None and a.ndim == 0:
        axis_of(axis, 0)
    if axis is None or a.ndim == 0:
        flat = intrinsics.view_c(copied(a, a.dtype, "C"), 0, (a.size,))
        result = _median_of(flat, dtype)
        return np.full((1,) * a.ndim, result) if keepdims else result
    at = axis_of(axis, a.ndim)
    if a.ndim == 1:
        result = _median_of(copied(a, a.dtype, "C"), dtype)
        return np.full((1,), result) if keepdims else result
    moved = copied(moveaxis(a, at, -1), a.dtype, "C")
    rows = intrinsics.view_c(moved, 0, (intrinsics.product(moved.shape[:-1]), moved.shape[-1]))
    made = intrinsics.new(intrinsics.dropped(a.shape, at), dtype)
    flat = intrinsics.view_c(made, 0, (len(rows),))
    for i in range(len(rows)):
        flat[i] = _median_of(rows[i], dtype)
    if keepdims:
        return intrinsics.view_c(made, 0, intrinsics.replaced(a.shape, at, 1))
    return made


# ---- search ----------------------------------------------------------------------------------


def _left(a, x, low, high):
    """The first place in a[low:high], sorted, in front of which all are below x."""
    while low < high:
        middle = low + (high - low) // 2
        if less(intrinsics.cast(a[middle], intrinsics.dtype_of(x)), x):
            low = middle + 1
        else:
            high = middle
    return low


def _right(a, x, low, high):
    """The first place behind which all are above x."""
    while low < high:
        middle = low + (high - low) // 2
        if less(x, intrinsics.cast(a[middle], intrinsics.dtype_of(x))):
            high = middle
        else:
            low = middle + 1
    return low


def place(a, x, side, low, high):
    """Where x goes in a sorted row of numbers that promote to x's kind."""
    return _left(a, x, low, high) if side == "left" else _right(a, x, low, high)


@implements(np.searchsorted)
def searchsorted(a, v, side="left"):
    return _searched(as_array(a), v, side)


@implements("ndarray.searchsorted")
def array_searchsorted(a, v, side="left"):
    return _searched(a, v, side)


def _searched(a, v, side):
    if side != "left" and side != "right":
        raise ValueError(f"search side must be 'left' or 'right' (got '{side}')")
    if isinstance(v, tuple):
        return _searched(a, as_array(v), side)
    dtype = intrinsics.promote(a.dtype, intrinsics.dtype_of(v))  # also Python numbers count
    if not isinstance(v, np.ndarray):
        return np.int64(place(a, intrinsics.cast(v, dtype), side, 0, len(a)))
    if v.ndim == 0:
        return np.int64(place(a, intrinsics.cast(v[()], dtype), side, 0, len(a)))
    out = intrinsics.new(v.shape, np.int64)
    flat = raveled(v)
    places = intrinsics.view_c(out, 0, (len(flat),))
    if len(flat) == 0:
        return out
    last = intrinsics.cast(flat[0], dtype)
    at = 0
    for i in range(len(flat)):
        x = intrinsics.cast(flat[i], dtype)
        if less(last, x) if side == "left" else not less(x, last):
            at = place(a, x, side, at, len(a))
        else:
            at = place(a, x, side, 0, min(at + 1, len(a)) if i > 0 else len(a))
        places[i] = at
        last = x
    return out


def _direction(bins):
    """1: never falls, -1: never rises, 0: both."""
    rises = True
    falls = True
    for i in range(1, len(bins)):
        if bins[i] < bins[i - 1]:
            rises = False
        if bins[i] > bins[i - 1]:
            falls = False
    return 1 if rises else -1 if falls else 0


@implements(np.digitize)
def digitize(x, bins, right=False):
    bins = as_array(bins)
    direction = _direction(bins)
    if direction == 0:
        raise ValueError("bins must be monotonically increasing or decreasing")
    side = "left" if right else "right"
    if direction > 0:
        return _searched(bins, x, side)
    return len(bins) - _searched(copied(bins[::-1], bins.dtype, "C"), x, side)


# ---- unique ----------------------------------------------------------------------------------


def _differ(x, y, equal_nan):
    if equal_nan:
        return x != y and not (x != x and y != y)
    return x != y


@implements(np.unique)
def unique(
    ar, return_index=False, return_inverse=False, return_counts=False, *, equal_nan=True
):
    a = as_array(ar)
    if not (return_index or return_inverse or return_counts):
        flat = intrinsics.view_c(copied(a, a.dtype, "C"), 0, (a.size,))
        sort_row(flat)
        return _distinct(flat, equal_nan)
    return _unique_with(a, return_index, return_inverse, return_counts, equal_nan)


def _distinct(v, equal_nan):
    """Of a sorted row: the first of each."""
    n = len(v)
    count = 0
    for i in range(n):
        if i == 0 or _differ(v[i], v[i - 1], equal_nan):
            v[count] = v[i]
            count += 1
    out = intrinsics.new((count,), v.dtype)
    out[...] = v[:count]
    return out


def _unique_with(a, return_index, return_inverse, return_counts, equal_nan):
    flat = raveled(a)
    n = len(flat)
    order = intrinsics.new((n,), np.int64)
    argsort_row(flat, order)
    starts = intrinsics.new((n + 1,), np.int64)
    inverse = intrinsics.new(a.shape, np.int64)
    places = intrinsics.view_c(inverse, 0, (n,))
    count = 0
    for i in range(n):
        at = int(order[i])
        if i == 0 or _differ(flat[at], flat[int(order[i - 1])], equal_nan):
            starts[count] = i
            count += 1
        places[at] = count - 1
    starts[count] = n
    values = intrinsics.new((count,), a.dtype)
    first = intrinsics.new((count,), np.int64)
    counts = intrinsics.new((count,), np.int64)
    for k in range(count):
        first[k] = order[int(starts[k])]
        values[k] = flat[int(first[k])]
        counts[k] = starts[k + 1] - starts[k]
    result = (values,)
    if return_index:
        indexed = (*result, first)
    else:
        indexed = result
    inverted = (*indexed, inverse) if return_inverse else indexed
    return (*inverted, counts) if return_counts else inverted


# ---- counting --------------------------------------------------------------------------------


def _counts_uint64():
    """Newer NumPy casts them."""
    try:
        np.bincount(np.zeros(1, np.uint64))
    except TypeError:
        return False
    return True


COUNTS_UINT64 = _counts_uint64()


@implements(np.bincount)
def bincount(x, /, weights=None, minlength=0):
    a = as_array(x)
    if a.ndim != 1:
        raise ValueError("object too deep for desired array")
    wide = not COUNTS_UINT64 and a.dtype == np.uint64 and len(a) > 0
    if a.dtype.kind == "f" or a.dtype.kind == "c" or wide:
        raise TypeError(
            f"Cannot cast array data from dtype('{a.dtype.name}') to dtype('int64') according "
            "to the rule 'safe'"
        )
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    top = -1
    for each in a:
        i = int(intrinsics.cast(each, np.int64))
        if i < 0:
            raise ValueError("'list' argument must have no negative elements")
        top = max(top, i)
    if weights is None:
        counts = np.zeros((max(top + 1, minlength),), np.int64)
        for each in a:
            counts[int(each)] += 1
        return counts
    w = as_array(weights)
    if len(w) != len(a):
        raise ValueError("The weights and list don't have the same length.")
    sums = np.zeros((max(top + 1, minlength),), np.float64)
    for i in range(len(a)):
        sums[int(a[i])] += intrinsics.cast(w[i], np.float64)
    return sums


# ---- histogram -------------------------------------------------------------------------------


def _outer_edges(flat, range):
    """The first and the last edge: float64, or the array's own kind of floats."""
    if range is not None:
        first = np.float64(range[0])
        last = np.float64(range[1])
        if first > last:
            raise ValueError("max must be larger than min in range parameter.")
        if not (np.isfinite(first) and np.isfinite(last)):
            raise ValueError(f"supplied range of [{range[0]}, {range[1]}] is not finite")
        return _apart(first, last)
    dtype = _edge_dtype(flat)
    if len(flat) == 0:
        return _apart(intrinsics.cast(0.0, dtype), intrinsics.cast(1.0, dtype))
    first = intrinsics.cast(min_(flat), dtype)
    last = intrinsics.cast(max_(flat), dtype)
    if not (np.isfinite(first) and np.isfinite(last)):
        raise ValueError(f"autodetected range of [{first}, {last}] is not finite")
    return _apart(first, last)


def _apart(first, last):
    if first == last:
        return first - 0.5, last + 0.5
    return first, last


def _edge_dtype(flat):
    """What edges made for an array have: its own dtype where that is inexact."""
    return flat.dtype if flat.dtype.kind == "f" else np.dtype(np.float64)


def _bin_of(x, edges, low, width, scale):
    """NumPy's: by a multiplication, then the edges themselves decide."""
    n = len(edges) - 1
    at = int((x - low) / width * scale)
    if at == n:
        at -= 1
    if x < edges[at]:
        at -= 1
    if at != n - 1 and x >= edges[at + 1]:
        at += 1
    return at


def _equal_bins(flat, weights, counts, edges, first, last):
    low = intrinsics.cast(first, edges.dtype)
    width = intrinsics.cast(last - first, edges.dtype)
    scale = intrinsics.cast(len(counts), edges.dtype)
    for start in range(0, len(flat), HISTOGRAM_BLOCK):
        stop = min(start + HISTOGRAM_BLOCK, len(flat))
        block = np.zeros((len(counts),), _block_dtype(counts, weights))
        for i in range(start, stop):
            x = flat[i]
            if x >= first and x <= last:
                x = intrinsics.cast(x, edges.dtype)
                at = _bin_of(x, edges, low, width, scale)
                block[at] += _weight(weights, i, block)
        for k in range(len(counts)):
            counts[k] += intrinsics.cast(block[k], counts.dtype)


def _block_dtype(counts, weights):
    """Weights are added in float64 or complex128."""
    if weights is None:
        return counts.dtype
    if counts.dtype.kind == "c":
        return np.dtype(np.complex128)
    return np.dtype(np.float64)


def _weight(weights, i, sums):
    return intrinsics.cast(1 if weights is None else weights[i], sums.dtype)


def _given_bins(flat, counts, edges):
    last = len(edges) - 1
    dtype = intrinsics.promote(edges.dtype, flat.dtype)
    for each in flat:
        x = intrinsics.cast(each, dtype)
        if x >= intrinsics.cast(edges[0], dtype) and x <= intrinsics.cast(edges[last], dtype):
            counts[min(_right(edges, x, 0, len(edges)), last) - 1] += 1


def _given_bins_weighted(flat, weights, counts, edges):
    """How much lies before each edge; then the differences."""
    below = np.zeros((len(edges),), counts.dtype)
    dtype = intrinsics.promote(edges.dtype, flat.dtype)
    for start in range(0, len(flat), HISTOGRAM_BLOCK):
        stop = min(start + HISTOGRAM_BLOCK, len(flat))
        order = intrinsics.new((stop - start,), np.int64)
        block = flat[start:stop]
        argsort_row(block, order)
        values = intrinsics.new((len(block),), dtype)
        total = intrinsics.cast(0, sum_dtype(below, None))
        sums = intrinsics.new((len(block) + 1,), total.dtype)
        sums[0] = total
        for i in range(len(block)):
            at = int(order[i])
            values[i] = intrinsics.cast(block[at], dtype)
            total = total + _weight(weights, start + at, sums)
            sums[i + 1] = total
        for k in range(len(edges)):
            edge = intrinsics.cast(edges[k], dtype)
            is_last = k == len(edges) - 1
            at = _edge_place(values, edge, is_last)
            below[k] += intrinsics.cast(sums[at], below.dtype)
    for k in range(len(counts)):
        counts[k] = below[k + 1] - below[k]


def _edge_place(values, edge, is_last):
    if is_last:
        return _right(values, edge, 0, len(values))
    return _left(values, edge, 0, len(values))


def _count_dtype(weights):
    if weights is None:
        return np.dtype(np.int64)
    return weights.dtype


@implements(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    flat = raveled_in(as_array(a), "C")
    if weights is None:
        return _histogram(flat, bins, range, density, None)
    w = as_array(weights)
    if w.size != flat.size:
        raise ValueError("weights should have the same shape as a.")
    return _histogram(flat, bins, range, density, raveled_in(w, "C"))


def _histogram(flat, bins, range, density, weights):
    if isinstance(bins, int) or isinstance(bins, np.integer):
        if bins < 1:
            raise ValueError("`bins` must be positive, when an integer")
        first, last = _outer_edges(flat, range)
        edges = np.linspace(first, last, int(bins) + 1, dtype=_edge_dtype(flat))
        for i in np.arange(int(bins)):
            if edges[i] >= edges[i + 1]:
                raise ValueError(
                    f"Too many bins for data range. Cannot create {bins} finite-sized bins."
                )
        counts = np.zeros((int(bins),), _count_dtype(weights))
        _equal_bins(flat, weights, counts, edges, first, last)
        return _normalised(counts, edges, density)
    given = as_array(bins)
    if given.ndim != 1:
        raise ValueError("`bins` must be 1d, when an array")
    for i in np.arange(1, len(given)):
        if given[i] < given[i - 1]:
            raise ValueError("`bins` must increase monotonically, when an array")
    counts = np.zeros((max(len(given) - 1, 0),), _count_dtype(weights))
    if weights is None:
        if len(counts) > 0:
            _given_bins(flat, counts, given)
    else:
        _given_bins_weighted(flat, weights, counts, given)
    return _normalised(counts, given, density)


def _normalised(counts, edges, density):
    if not density:
        return counts, edges
    widths = intrinsics.cast(edges[1:] - edges[:-1], np.float64)
    return counts / widths / np.sum(counts), edges
