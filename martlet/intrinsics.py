"""What the library's Python needs from the compiler.

In the interpreter these work on NumPy's own arrays and scalars, so that library functions can
be tested without compiling them.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np


def new(shape: Any, dtype: Any, order: Any = "C") -> Any:
    """A new array, not initialised."""
    return np.empty(shape, dtype, order)


def cast(x: Any, dtype: Any) -> Any:
    """A number converted to a dtype as astype converts."""
    return np.asarray(x).astype(dtype)[()]


class _Memory:
    """What np.asarray sees as an array, and keeps alive."""

    def __init__(self, owner: Any, interface: dict[str, Any]) -> None:
        self.owner = owner
        self.__array_interface__ = interface


def reinterpret(a: Any, dtype: Any, offset: int, shape: Any, strides: Any = None) -> Any:
    """The same memory from a byte offset on as an array of this dtype, shape and strides in
    bytes (None: in C order)."""
    address, readonly = a.__array_interface__["data"]
    interface = {
        "version": 3,
        "typestr": np.dtype(dtype).str,
        "data": (address + offset, readonly),
        "shape": tuple(shape) if isinstance(shape, tuple) else (shape,),
        "strides": strides if strides is None or isinstance(strides, tuple) else (strides,),
    }
    return np.asarray(_Memory(a, interface))


def view(a: Any, offset: int, shape: Any, strides: Any) -> Any:
    """The same memory from a byte offset on, with this shape and these strides in bytes."""
    return reinterpret(a, a.dtype, offset, shape, strides)


def view_c(a: Any, offset: int, shape: Any) -> Any:
    """Likewise, in C order."""
    return reinterpret(a, a.dtype, offset, shape)


def is_c(a: Any) -> bool:
    """Is the array known to be in C order?"""
    return bool(a.flags.c_contiguous)


def readonly(a: Any) -> Any:
    """A read-only view."""
    result = a.view()
    result.flags.writeable = False
    return result


def promote(x: Any, y: Any) -> Any:
    """The dtype of x + y by NEP 50."""
    return np.result_type(x, y)


def dtype_of(x: Any) -> Any:
    """The dtype of an array or number."""
    return np.asarray(x).dtype


def static(x: Any) -> Any:
    """The value, which must be known when compiling."""
    return x


def refuse(message: str) -> None:
    """What the compiler says where it gets here; in the interpreter it is never called."""
    raise NotImplementedError(message)


def libm(name: str, *args: Any) -> Any:
    """A function of the C library's mathematics."""
    return getattr(math, name)(*args)


def _bitcast(x: Any) -> Any:
    if isinstance(x, np.generic):
        return x.view(f"{'f' if x.dtype.kind == 'i' else 'i'}{x.itemsize}")
    return (
        np.int64(x).view("f8").item() if isinstance(x, int) else np.float64(x).view("i8").item()
    )


def _fma(x: float, y: float, z: float) -> float:
    """Rounded once: exact as fractions."""
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(z)):
        return x * y + z
    from fractions import Fraction  # not cheap to import

    exact = Fraction(x) * Fraction(y) + Fraction(z)
    return float(exact) if exact else x * y + z


OPERATIONS: dict[str, Callable[..., Any]] = {
    "bitcast": _bitcast,
    "ceil": np.ceil,
    "clz": lambda x: 64 - int(x).bit_length(),
    "copysign": np.copysign,
    "div": np.divide,
    "floor": np.floor,
    "fma": _fma,
    "popcount": np.bitwise_count,
    "rint": np.rint,
    "sqrt": np.sqrt,
    "trunc": np.trunc,
}


def op(name: str, *args: Any) -> Any:
    """A typed operation of the compiler's, by name; "bitcast": from float to int and back."""
    return OPERATIONS.get(name, getattr(operator, name, None))(*args)  # type: ignore[misc]


def round_decimal(x: float, digits: int) -> float:
    """round(x, digits) of a finite float; infinite where that overflows."""
    try:
        return round(x, digits)
    except OverflowError:
        return math.copysign(math.inf, x)


def overlap(a: Any, b: Any) -> bool:
    """Do the arrays share memory other than element by element?"""
    return a is not b and np.shares_memory(a, b)


def from_tuple(x: Any, dtype: Any) -> Any:
    """A new array of the numbers in a nested tuple."""
    return np.array(x, dtype)


def copy(out: Any, a: Any) -> None:
    """out[...] = a for arrays of one shape and dtype, whatever the strides; without overlap."""
    out[...] = a


def matmul(out: Any, a: Any, b: Any) -> None:
    """out[...] = a @ b for arrays of one inexact dtype and one or two dimensions."""
    out[...] = (a @ b).reshape(out.shape)


def dot(x: Any, y: Any) -> Any:
    """Σ x·y of two vectors of one inexact dtype, as complex128."""
    return np.complex128(np.dot(x, y))


# ---- tuples of ints --------------------------------------------------------------------------
# The position need not be known when compiling.


def product(values: tuple[int, ...], start: int = 0, stop: int | None = None) -> int:
    """The product of values[start:stop]."""
    return math.prod(values[start:stop])


def dropped(values: tuple[int, ...], k: int) -> tuple[int, ...]:
    """The tuple without its element k."""
    return values[:k] + values[k + 1 :]


def replaced(values: tuple[int, ...], k: int, value: int) -> tuple[int, ...]:
    """The tuple with another element k."""
    return (*values[:k], value, *values[k + 1 :])


def inserted(values: tuple[int, ...], k: int, value: int) -> tuple[int, ...]:
    """The tuple with one more element, in front of element k or at the end."""
    return (*values[:k], value, *values[k:])


def picked(values: tuple[int, ...], positions: tuple[int, ...]) -> tuple[int, ...]:
    """The elements at these positions."""
    return tuple(values[position] for position in positions)
