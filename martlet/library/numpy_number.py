"""Functions made of NumPy's element-wise ones; what arrays are, as functions."""

import math

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import (
    axis_of,
    broadcast_shapes,
    copy_to,
    fits,
    flat_copy,
    integers,
    raveled,
    shape_text,
    spread,
)
from martlet.library.numpy_create import as_array, fill
from martlet.library.numpy_reduce import any_
from martlet.library.numpy_shape import flipped, raveled_in
from martlet.library.numpy_sort import sort_row
from martlet.library.numpy_sum import put_out, sum_, var

# ---- what an array is ------------------------------------------------------------------------


@implements(np.shape)
def shape(a):
    return as_array(a).shape


@implements(np.ndim)
def ndim(a):
    return as_array(a).ndim


@implements(np.size)
def size(a, axis=None):
    a = as_array(a)
    if axis is None:
        return a.size
    axis = axis_of(axis, a.ndim)
    return intrinsics.product(a.shape, axis, axis + 1)


@implements(np.isscalar)
def isscalar(element):
    return not isinstance(element, (np.ndarray, tuple)) and element is not None


@implements(np.result_type)
def result_type(*arrays_and_dtypes):
    if len(arrays_and_dtypes) == 1:
        return intrinsics.dtype_of(arrays_and_dtypes[0])
    return _result_type(arrays_and_dtypes)


def _result_type(operands):
    if len(operands) == 1:
        return operands[0]
    if len(operands) == 2:
        return intrinsics.promote(operands[0], operands[1])
    return intrinsics.promote(operands[0], _result_type(operands[1:]))


@implements("ndarray.item")
def item(a, *args):
    if len(args) == 0:
        if a.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return a[(0,) * a.ndim].item()
    if len(args) == 1 and a.ndim != 1:
        if isinstance(args[0], tuple):
            return _item_at(a, args[0])
        i = int(args[0])
        if i < -a.size or i >= a.size:
            raise IndexError(f"index {i} is out of bounds for size {a.size}")
        return raveled(a)[i + a.size if i < 0 else i].item()
    return _item_at(a, args)


def _item_at(a, index):
    if len(index) != a.ndim:
        raise ValueError("incorrect number of indices for array")
    return a[_checked(a, index, ())].item()


def _checked(a, index, done):
    k = len(done)
    if k == len(index):
        return done
    i = int(index[k])
    n = a.shape[k]
    if i < -n or i >= n:
        raise IndexError(f"index {i} is out of bounds for axis {k} with size {n}")
    return _checked(a, index, (*done, i + n if i < 0 else i))


# ---- complex parts ---------------------------------------------------------------------------


@implements(np.real)
def real(val):
    return val.real if not isinstance(val, tuple) else as_array(val).real


@implements(np.imag)
def imag(val):
    val = as_array(val) if isinstance(val, tuple) else val
    if isinstance(val, np.ndarray) and val.dtype.kind != "c":
        return intrinsics.readonly(np.zeros(val.shape, val.dtype))
    return val.imag


@implements("ndarray.conj", "ndarray.conjugate")
def array_conjugate(a):
    return np.conjugate(a) if a.dtype.kind == "c" else a


@implements(np.angle)
def angle(z, deg=False):
    z = as_array(z) if isinstance(z, tuple) else z
    if intrinsics.dtype_of(z).kind == "c":
        phase = np.arctan2(z.imag, z.real)
    else:
        phase = np.arctan2(np.multiply(z, 0), z)
    return phase * (180 / math.pi) if deg else phase


@implements(np.isreal)
def isreal(x):
    return np.equal(imag(x), 0)


@implements(np.iscomplex)
def iscomplex(x):
    x = as_array(x) if isinstance(x, tuple) else x
    if intrinsics.dtype_of(x).kind == "c":
        return np.not_equal(x.imag, 0)
    return np.not_equal(x, x) & False


@implements(np.isrealobj)
def isrealobj(x):
    return intrinsics.dtype_of(x).kind != "c"


@implements(np.iscomplexobj)
def iscomplexobj(x):
    return intrinsics.dtype_of(x).kind == "c"


# ---- rounding and others ---------------------------------------------------------------------


@implements(np.round, np.around)
def round_(a, decimals=0, out=None):
    a = as_array(a) if isinstance(a, tuple) else a
    return put_out(out, _rounded(a, int(decimals)))


@implements("ndarray.round", "generic.round")
def array_round(a, decimals=0, out=None):
    return put_out(out, _rounded(a, int(decimals)))


def _rounded(a, decimals):
    """NumPy's: scaled by a power of ten, rounded half to even, scaled back."""
    kind = intrinsics.dtype_of(a).kind
    if kind == "c":
        return _rounded_complex(a, decimals)
    if kind == "b":
        return intrinsics.cast(a, np.float16) if decimals == 0 else _refuse_bool(a)
    if kind != "f":
        return _rounded_integers(a, decimals)
    if decimals == 0:
        return np.rint(a)
    scale = math.pow(10.0, abs(decimals))
    if decimals > 0:
        return np.rint(a * scale) / scale
    return np.rint(a / scale) * scale


def _refuse_bool(a):
    return intrinsics.cast(a, np.float16)


def _rounded_integers(a, decimals):
    if decimals >= 0:
        return np.positive(a)
    return intrinsics.cast(
        np.rint(a / math.pow(10.0, -decimals)) * math.pow(10.0, -decimals),
        intrinsics.dtype_of(a),
    )


def _rounded_complex(a, decimals):
    unit = intrinsics.cast(1j, intrinsics.dtype_of(a))
    return _rounded(a.real, decimals) + _rounded(a.imag, decimals) * unit


@implements(np.fix)
def fix(x, out=None):
    return put_out(out, np.trunc(x))


@implements(np.sinc)
def sinc(x):
    x = as_array(x) if isinstance(x, tuple) else x
    y = np.pi * np.where(np.equal(x, 0), 1.0e-20, x)
    return np.sin(y) / y


@implements(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    a = as_array(x)
    if a.dtype.kind != "f":
        return np.copy(a)
    out = np.copy(a) if copy else a
    high = _largest(a.dtype) if posinf is None else posinf
    low = -_largest(a.dtype) if neginf is None else neginf
    _replace_odd(out, nan, high, low)
    return out


def _largest(dtype):
    if dtype == np.float64:
        return np.float64(1.7976931348623157e308)
    if dtype == np.float32:
        return np.float32(3.4028234663852886e38)
    return np.float16(65504.0)


def _replace_odd(a, nan, high, low):
    if a.ndim > 1:
        for part in a:
            _replace_odd(part, nan, high, low)
    elif a.ndim == 0:
        a[()] = _replaced(a[()], nan, high, low)
    else:
        for i in range(len(a)):
            a[i] = _replaced(a[i], nan, high, low)


def _replaced(x, nan, high, low):
    dtype = intrinsics.dtype_of(x)
    if x != x:
        return intrinsics.cast(nan, dtype)
    if x == np.inf:
        return intrinsics.cast(high, dtype)
    return intrinsics.cast(low, dtype) if x == -np.inf else x


@implements(np.nanvar)
def nanvar(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    a = as_array(a)
    if a.dtype.kind != "f":
        return var(a, axis, dtype, out, ddof, keepdims)
    count = sum_(a == a, axis, np.int64, None, True)
    zeroed = np.where(a == a, a, intrinsics.cast(0, a.dtype))
    middle = np.divide(sum_(zeroed, axis, dtype, None, True), count)
    narrow = intrinsics.cast(middle, a.dtype)
    d = np.where(a == a, a - narrow, intrinsics.cast(0, a.dtype))
    total = sum_(d * d, axis, dtype, None, keepdims)
    free = sum_(a == a, axis, np.int64, None, keepdims) - ddof
    return put_out(out, _divided(total, free))


def _divided(total, free):
    """nan where nothing is left to vary."""
    result = total / np.where(np.greater(free, 0), free, np.nan)
    return intrinsics.cast(result, intrinsics.dtype_of(total))


@implements(np.nanstd)
def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False):
    return put_out(out, np.sqrt(nanvar(a, axis, dtype, None, ddof, keepdims)))


# ---- writing ---------------------------------------------------------------------------------


@implements(np.copyto)
def copyto(dst, src, casting="same_kind", where=True):
    if isinstance(src, tuple):
        copyto(dst, as_array(src), casting, where)
    elif isinstance(where, bool):
        if where:
            _put_all(dst, src)
    elif isinstance(src, np.ndarray) and src.ndim > 0:
        source = _unshared(dst, _stretched(src, dst.shape, "could not broadcast input array"))
        _put_where(dst, source, _mask(where, dst.shape))
    else:
        _put_where(
            dst, src[()] if isinstance(src, np.ndarray) else src, _mask(where, dst.shape)
        )


def _mask(where, shape):
    return _stretched(as_array(where), shape, "could not broadcast where mask")


def _stretched(a, shape, refusal):
    """The array broadcast to the shape."""
    if a.ndim > len(shape):
        if a.shape[0] == 1:
            return _stretched(a[0], shape, refusal)
        raise ValueError(
            f"{refusal} from shape {shape_text(a.shape)} into shape {shape_text(shape)}"
        )
    if not fits(a.shape, shape):
        raise ValueError(
            f"{refusal} from shape {shape_text(a.shape)} into shape {shape_text(shape)}"
        )
    return spread(a, shape)


def _unshared(dst, src):
    """The source, copied where it shares memory with what is written."""
    if intrinsics.overlap(dst, src):
        copied = intrinsics.view_c(flat_copy(src), 0, src.shape)
        return intrinsics.view(copied, 0, copied.shape, copied.strides)
    return src


def _put_all(dst, src):
    if dst.ndim == 0:
        fill(dst, src)
    else:
        dst[...] = src


def _put_where(dst, src, where):
    for at in np.ndindex(dst.shape):
        if where[at]:
            dst[at] = src[at] if isinstance(src, np.ndarray) else src


@implements(np.put)
def put(a, ind, v, mode="raise"):
    places = raveled(as_array(ind))
    values = raveled(as_array(v))
    if len(values) == 0:
        return
    n = a.size
    k = 0
    for each in places:
        i = int(each)
        if mode == "wrap":
            i %= n
        elif mode == "clip":
            i = min(max(i, 0), n - 1)
        elif i < -n or i >= n:
            raise IndexError(f"index {i} is out of bounds for axis 0 with size {n}")
        _put_flat(a, i + n if i < 0 else i, values[k % len(values)])
        k += 1


def _put_flat(a, i, x):
    if a.ndim == 1:
        a[i] = x
    else:
        within = intrinsics.product(a.shape[1:])
        _put_flat(a[i // within], i % within, x)


# ---- sets, sums of products ------------------------------------------------------------------


@implements(np.isin)
def isin(element, test_elements, assume_unique=False, invert=False):
    a = as_array(element)
    dtype = intrinsics.promote(a.dtype, as_array(test_elements).dtype)
    wanted = np.copy(raveled_in(intrinsics.cast(as_array(test_elements), dtype), "C"))
    sort_row(wanted)
    flat = raveled(a)
    out = intrinsics.new(a.shape, np.bool_)
    found = intrinsics.view_c(out, 0, (len(flat),))
    for i in range(len(flat)):
        x = intrinsics.cast(flat[i], dtype)
        at = int(np.searchsorted(wanted, x))
        is_in = at < len(wanted) and wanted[min(at, len(wanted) - 1)] == x
        found[i] = is_in != invert
    return out


@implements(np.convolve)
def convolve(a, v, mode="full"):
    x = as_array(a)
    y = as_array(v)
    if len(x) == 0:
        raise ValueError("a cannot be empty")
    if len(y) == 0:
        raise ValueError("v cannot be empty")
    if len(y) > len(x):
        return _correlated(y, flipped(x, 0), mode)
    return _correlated(x, flipped(y, 0), mode)


def _correlated(x, y, mode):
    """Σ x[i + k]·y[k], of the longer x and the shorter y."""
    n = len(x)
    m = len(y)
    first = -(m - 1)
    count = n + m - 1
    if mode == "same":
        first = -(m // 2)
        count = n
    elif mode == "valid":
        first = 0
        count = n - m + 1
    out = intrinsics.new((count,), intrinsics.promote(x.dtype, y.dtype))
    for i in range(count):
        low = max(first + i, 0)
        high = min(first + i + m, n)
        out[i] = np.dot(x[low:high], y[low - first - i : high - first - i])
    return out


@implements(np.trapezoid)
def trapezoid(y, x=None, dx=1.0, axis=-1):
    y = as_array(y)
    if y.ndim != 1:
        return intrinsics.refuse("trapezoid() takes one dimension in compiled code")
    low = y[:-1]
    high = y[1:]
    if x is None:
        return sum_(dx * (high + low) / 2.0)
    return sum_(np.diff(as_array(x)) * (high + low) / 2.0)


@implements(np.polyval)
def polyval(p, x):
    """Horner's scheme from the highest power on."""
    p = as_array(p)
    x = as_array(x) if isinstance(x, tuple) else x
    y = np.multiply(x, 0) + np.multiply(p[:1].sum(), 0)
    for each in p:
        y = y * x + each
    return y


# ---- indices as one number -------------------------------------------------------------------


def _strides_of(shape):
    if len(shape) == 0:
        return ()
    return (intrinsics.product(shape[1:]), *_strides_of(shape[1:]))


@implements(np.unravel_index)
def unravel_index(indices, shape):
    dims = integers(shape)
    total = intrinsics.product(dims)
    if isinstance(indices, np.ndarray) or isinstance(indices, tuple):
        places = as_array(indices)
        for i in raveled(places):
            _check_flat(int(i), total)
        return _unraveled(intrinsics.cast(places, np.int64), dims, _strides_of(dims))
    _check_flat(int(indices), total)
    return _unraveled(np.int64(indices), dims, _strides_of(dims))


def _check_flat(i, total):
    if i < 0 or i >= total:
        raise ValueError(f"index {i} is out of bounds for array with size {total}")


def _unraveled(i, dims, strides):
    if len(dims) == 0:
        return ()
    return (
        i // np.int64(strides[0]) % np.int64(dims[0]),
        *_unraveled(i, dims[1:], strides[1:]),
    )


@implements(np.ravel_multi_index)
def ravel_multi_index(multi_index, dims):
    dims = integers(dims)
    if len(multi_index) != len(dims):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(dims)}")
    return _raveled_index(multi_index, dims, _strides_of(dims))


def _raveled_index(index, dims, strides):
    part = as_array(index[0]) if isinstance(index[0], tuple) else index[0]
    if any_((np.less(part, 0)) | np.greater_equal(part, dims[0])):
        raise ValueError("invalid entry in coordinates array")
    here = np.multiply(part, np.int64(strides[0]))
    if len(dims) == 1:
        return here
    return here + _raveled_index(index[1:], dims[1:], strides[1:])


# ---- the outer products of ufuncs ------------------------------------------------------------


def _apart(a, b):
    """Both with new axes, so that each element of one meets each of the other."""
    left = as_array(a)
    right = as_array(b)
    return intrinsics.view(
        left,
        0,
        left.shape + (1,) * right.ndim,
        left.strides + (0,) * right.ndim,
    )


@implements("numpy.multiply.outer")
def multiply_outer(A, B):
    return np.multiply(_apart(A, B), as_array(B))


@implements("numpy.add.outer")
def add_outer(A, B):
    return np.add(_apart(A, B), as_array(B))


@implements("numpy.subtract.outer")
def subtract_outer(A, B):
    return np.subtract(_apart(A, B), as_array(B))


@implements(np.broadcast_arrays)
def broadcast_arrays(*args):
    return _broadcast_each(args, _common(args))


def _common(arrays):
    if len(arrays) == 0:
        return ()
    return broadcast_shapes(as_array(arrays[0]).shape, _common(arrays[1:]))


def _broadcast_each(arrays, shape):
    if len(arrays) == 0:
        return ()
    a = as_array(arrays[0])
    if not fits(a.shape, shape):
        raise ValueError(
            "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is "
            f"between arg 0 with shape {shape_text(shape)} and arg 1 with shape "
            f"{shape_text(a.shape)}."
        )
    wide = spread(a, shape)
    return (wide, *_broadcast_each(arrays[1:], shape))


@implements(np.pad)
def pad(array, pad_width, mode="constant", constant_values=0):
    """Around with one value, as far on all sides or as pad_width says for each axis."""
    a = as_array(array)
    if mode != "constant":
        return intrinsics.refuse("pad() takes mode='constant' in compiled code")
    widths = _widths(a, pad_width)
    out = intrinsics.new(_padded(a.shape, widths), a.dtype)
    fill(out, constant_values)
    offset = 0
    for k in range(a.ndim):
        offset += widths[k][0] * out.strides[k]
    copy_to(intrinsics.view(out, offset, a.shape, out.strides), a)
    return out


def _widths(a, width):
    """A pair for each axis."""
    if not isinstance(width, tuple):
        return ((int(width), int(width)),) * a.ndim
    if isinstance(width[0], tuple):
        return width if len(width) == a.ndim else (width[0],) * a.ndim
    if len(width) == 1:
        return ((int(width[0]), int(width[0])),) * a.ndim
    return ((int(width[0]), int(width[1])),) * a.ndim


def _padded(shape, widths):
    if len(shape) == 0:
        return ()
    before, after = widths[0]
    if before < 0 or after < 0:
        raise ValueError("index can't contain negative values")
    return (shape[0] + before + after, *_padded(shape[1:], widths[1:]))
