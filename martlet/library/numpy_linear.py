"""Products of vectors and matrices. Matrices of floats go to BLAS; integers wrap as NumPy's."""

import numpy as np

from martlet import intrinsics
from martlet.library import implements
from martlet.library.numpy_base import (
    broadcast_shapes,
    fits,
    in_c_order,
    raveled,
    shape_text,
    spread,
)
from martlet.library.numpy_create import as_array
from martlet.library.numpy_reduce import max_, min_
from martlet.library.numpy_shape import reshaped, swapaxes, with_new_axis
from martlet.library.numpy_sum import put_out, sum_, working_dtype

SIGNATURE = "(n?,k),(k,m?)->(n?,m?)"

FEW = 16  # elements for which a call takes longer than a loop

# ---- two vectors -----------------------------------------------------------------------------


def _vector_dot(x, y, dtype):
    """Σ x·y in a dtype, of inexact numbers as BLAS has it, which for a few floats is in order."""
    n = len(x)
    if dtype.kind == "b":
        for i in range(n):
            if x[i] and y[i]:
                return np.bool_(True)
        return np.bool_(False)
    if dtype.kind == "c":
        return intrinsics.cast(_blas_dot(x, y, dtype), dtype)
    if dtype.kind == "f" and dtype != np.float16 and n >= FEW:
        return intrinsics.cast(_blas_dot(x, y, dtype).real, dtype)
    work = working_dtype(dtype)
    total = intrinsics.cast(0, work)
    for i in range(n):
        total = total + intrinsics.cast(x[i], work) * intrinsics.cast(y[i], work)
    return intrinsics.cast(total, dtype)


def _blas_dot(x, y, dtype):
    return intrinsics.dot(_with_dtype(x, dtype), _with_dtype(y, dtype))


# ---- two matrices ----------------------------------------------------------------------------


def _with_dtype(a, dtype):
    return a if a.dtype == dtype else intrinsics.cast(a, dtype)


def _matrix_product(a, b, dtype):
    """Of two matrices whose sizes fit: a new C array."""
    out = intrinsics.new((a.shape[0], b.shape[1]), dtype)
    _product_into(out, a, b, dtype)
    return out


def _product_into(out, a, b, dtype):
    if dtype.kind == "c" or (dtype.kind == "f" and dtype != np.float16):
        intrinsics.matmul(out, _with_dtype(a, dtype), _with_dtype(b, dtype))
        return
    work = working_dtype(dtype)
    row = intrinsics.new((b.shape[1],), work)
    right = in_c_order(b)
    for i in range(a.shape[0]):
        row[...] = 0
        for k in range(a.shape[1]):
            x = intrinsics.cast(a[i, k], work)
            y = right[k]
            if dtype.kind == "b":
                for j in range(len(row)):
                    row[j] = row[j] | (x & intrinsics.cast(y[j], work))
            else:
                for j in range(len(row)):
                    row[j] = row[j] + x * intrinsics.cast(y[j], work)
        for j in range(len(row)):
            out[i, j] = intrinsics.cast(row[j], dtype)


def _refuse_matmul(dim, size, other):
    raise ValueError(
        f"matmul: Input operand 1 has a mismatch in its core dimension {dim}, with gufunc "
        f"signature {SIGNATURE} (size {size} is different from {other})"
    )


@implements(np.matmul)
def matmul(x1, x2, /, out=None):
    a = as_array(x1)
    b = as_array(x2)
    if a.ndim == 0:
        raise ValueError(
            "matmul: Input operand 0 does not have enough dimensions (has 0, gufunc core with "
            f"signature {SIGNATURE} requires 1)"
        )
    if b.ndim == 0:
        raise ValueError(
            "matmul: Input operand 1 does not have enough dimensions (has 0, gufunc core with "
            f"signature {SIGNATURE} requires 1)"
        )
    k = a.shape[-1]
    if b.ndim == 1:
        if b.shape[0] != k:
            _refuse_matmul(0, b.shape[0], k)
    elif b.shape[-2] != k:
        _refuse_matmul(0, b.shape[-2], k)
    return put_out(out, _matmul(a, b, intrinsics.promote(a.dtype, b.dtype)))


@implements("ndarray.__imatmul__")
def imatmul(a, b):
    b = as_array(b)
    if a.ndim == 0 or b.ndim < 2:
        raise ValueError(
            "inplace matrix multiplication requires the first operand to have at least one and "
            "the second at least two dimensions."
        )
    return matmul(a, b, out=a)


def _matmul(a, b, dtype):
    if a.ndim == 1 and b.ndim == 1:
        return _vector_dot(a, b, dtype)
    if a.ndim == 1:
        product = _matmul(a[None], b, dtype)
        return product[..., 0, :] if product.ndim > 2 else product[0]
    if b.ndim == 1:
        product = _matmul(a, b[:, None], dtype)
        shape = product.shape[:-1]
        return intrinsics.view_c(product, 0, shape)
    if a.ndim == 2 and b.ndim == 2:
        return _matrix_product(a, b, dtype)
    return _stacked_product(a, b, dtype)


def _stacked_product(a, b, dtype):
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if not (fits(a.shape[:-2], batch) and fits(b.shape[:-2], batch)):
        raise ValueError(
            "operands could not be broadcast together with remapped shapes "
            "[original->remapped]: "
            f"{shape_text(a.shape)}->{shape_text(a.shape[:-2])} "
            f"{shape_text(b.shape)}->{shape_text(b.shape[:-2])} "
        )
    out = intrinsics.new((*batch, a.shape[-2], b.shape[-1]), dtype)
    left = spread(a, (*batch, *a.shape[-2:]))
    right = spread(b, (*batch, *b.shape[-2:]))
    _stack_into(out, left, right, dtype)
    return out


def _stack_into(out, a, b, dtype):
    if out.ndim == 2:
        _product_into(out, a, b, dtype)
    else:
        for i in range(len(out)):
            _stack_into(out[i], a[i], b[i], dtype)


# ---- dot and its kin -------------------------------------------------------------------------


def _refuse_dot(a, b, dim):
    """Sizes of the last axis of `a` and of axis `dim` of `b` do not fit."""
    raise ValueError(
        f"shapes {shape_text(a.shape)} and {shape_text(b.shape)} not aligned: "
        f"{a.shape[-1]} (dim {a.ndim - 1}) != {b.shape[dim]} (dim {dim})"
    )


@implements(np.dot, "ndarray.dot")
def dot(a, b, out=None):
    a = as_array(a)
    b = as_array(b)
    if a.ndim == 0 or b.ndim == 0:
        return put_out(out, np.multiply(a, b))
    dim = max(b.ndim - 2, 0)
    if a.shape[-1] != b.shape[dim]:
        _refuse_dot(a, b, dim)
    dtype = intrinsics.promote(a.dtype, b.dtype)
    if a.ndim <= 2 and b.ndim <= 2:
        return put_out(out, _matmul(a, b, dtype))
    return put_out(out, _dot_all(a, b, dtype))


def _as_matrix(a):
    """All axes but the last as one."""
    return reshaped(a, (intrinsics.product(a.shape[:-1]), a.shape[-1]))


def _dot_all(a, b, dtype):
    """Over the last axis of `a` and the last but one of `b`."""
    right = b if b.ndim == 1 else swapaxes(b, -1, -2)
    product = _matrix_product(_as_matrix(a), _as_matrix(right).T, dtype)
    return intrinsics.view_c(product, 0, (*a.shape[:-1], *right.shape[:-1]))


@implements(np.vdot)
def vdot(a, b, /):
    x = raveled(as_array(a))
    y = raveled(as_array(b))
    if len(x) != len(y):
        raise ValueError(f"cannot reshape array of size {len(y)} into shape ({len(x)},)")
    dtype = intrinsics.promote(x.dtype, y.dtype)
    if x.dtype.kind == "c":
        return _vector_dot(np.conjugate(x), y, dtype)
    return _vector_dot(x, y, dtype)


@implements(np.inner)
def inner(a, b, /):
    a = as_array(a)
    b = as_array(b)
    if a.ndim == 0 or b.ndim == 0:
        return np.multiply(a, b)
    if a.shape[-1] != b.shape[-1]:
        turned = b if b.ndim == 1 else swapaxes(b, -1, -2)
        _refuse_dot(a, turned, max(b.ndim - 2, 0))
    dtype = intrinsics.promote(a.dtype, b.dtype)
    if a.ndim == 1 and b.ndim == 1:
        return _vector_dot(a, b, dtype)
    product = _matrix_product(_as_matrix(a), _as_matrix(b).T, dtype)
    return intrinsics.view_c(product, 0, (*a.shape[:-1], *b.shape[:-1]))


@implements(np.outer)
def outer(a, b, out=None):
    x = raveled(as_array(a))
    y = raveled(as_array(b))
    return put_out(out, np.multiply(x[:, None], y[None, :]))


@implements(np.kron)
def kron(a, b):
    a = as_array(a)
    b = as_array(b)
    if a.ndim < b.ndim:
        return kron(with_new_axis(a, 0), b)
    if a.ndim > b.ndim:
        return kron(a, with_new_axis(b, 0))
    if a.ndim == 0:
        return np.multiply(a, b)
    left = _beside(a, True)
    right = _beside(b, False)
    out = intrinsics.new(_times(a.shape, b.shape), intrinsics.promote(a.dtype, b.dtype))
    apart = intrinsics.view_c(out, 0, broadcast_shapes(left.shape, right.shape))
    np.multiply(left, right, out=apart)
    return out


def _beside(a, left):
    """With a new axis after each axis (left) or before it."""
    return intrinsics.view(a, 0, _mixed(a.shape, 1, left), _mixed(a.strides, 0, left))


def _mixed(values, other, left):
    if len(values) == 0:
        return ()
    if left:
        return (values[0], other, *_mixed(values[1:], other, left))
    return (other, values[0], *_mixed(values[1:], other, left))


def _times(x, y):
    if len(x) == 0:
        return ()
    return (x[0] * y[0], *_times(x[1:], y[1:]))


@implements(np.cross)
def cross(a, b, axis=-1):
    """Of vectors of three, along an axis of both."""
    a = np.moveaxis(as_array(a), axis, -1)
    b = np.moveaxis(as_array(b), axis, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(
            "incompatible dimensions for cross product\n(dimension must be 2 or 3)"
        )
    shape = broadcast_shapes(a.shape, b.shape)
    out = intrinsics.new(shape, intrinsics.promote(a.dtype, b.dtype))
    out[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    out[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    out[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return np.moveaxis(out, -1, axis)


# ---- norms -----------------------------------------------------------------------------------


def _inexact(x):
    return x if x.dtype.kind == "f" or x.dtype.kind == "c" else intrinsics.cast(x, np.float64)


def _square_sum(x):
    if x.dtype.kind == "c":
        re = raveled(x.real)
        im = raveled(x.imag)
        return _vector_dot(re, re, re.dtype) + _vector_dot(im, im, im.dtype)
    flat = raveled(x)
    return _vector_dot(flat, flat, flat.dtype)


@implements(np.linalg.norm)
def norm(x, ord=None, axis=None, keepdims=False):
    """Of vectors all; of matrices those that need no singular values."""
    x = _inexact(as_array(x))
    if ord is None and axis is None:
        result = np.sqrt(_square_sum(x))
        return np.full((1,) * x.ndim, result) if keepdims else result
    if ord is None:
        return np.sqrt(sum_(_square(x), axis, None, None, keepdims))
    if isinstance(ord, str):
        if ord != "fro" and ord != "f":
            raise ValueError("Invalid norm order for matrices.")
        return norm(x, None, axis, keepdims)
    if axis is None and x.ndim == 1:
        return norm(x, ord, 0, keepdims)
    if axis is None and x.ndim == 2:
        return _matrix_norm(x, ord, keepdims)
    if axis is None or isinstance(axis, tuple):
        raise ValueError("Improper number of dimensions to norm.")
    return _vector_norm(x, ord, axis, keepdims)


def _vector_norm(x, ord, axis, keepdims):
    size = np.abs(x)
    if ord == np.inf:
        return max_(size, axis, None, keepdims, 0)
    if ord == -np.inf:
        return min_(size, axis, None, keepdims)
    if ord == 0:
        return sum_(intrinsics.cast(x != 0, x.real.dtype), axis, None, None, keepdims)
    if ord == 1:
        return sum_(size, axis, None, None, keepdims)
    if ord == 2:
        return np.sqrt(sum_(_square(x), axis, None, None, keepdims))
    total = sum_(np.power(size, ord), axis, None, None, keepdims)
    return np.power(total, np.reciprocal(intrinsics.cast(ord, total.dtype)))


def _matrix_norm(x, ord, keepdims):
    size = np.abs(x)
    if ord == 1:
        result = max_(sum_(size, 0), initial=0)
    elif ord == -1:
        result = min_(sum_(size, 0))
    elif ord == np.inf:
        result = max_(sum_(size, 1), initial=0)
    elif ord == -np.inf:
        result = min_(sum_(size, 1))
    else:
        raise ValueError("norms of matrices by singular values are not compiled")
    return np.full((1, 1), result) if keepdims else result


def _square(x):
    if x.dtype.kind == "c":
        return x.real * x.real + x.imag * x.imag
    return x * x
