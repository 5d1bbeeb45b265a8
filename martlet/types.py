"""The types of compiled values, for signatures: float64, int32[:, ::1], int_(float64, intp).

The names int8 … complex128, boolean are NumPy's numbers: they wrap and give inf and nan as
NumPy's do. Python's own (checked ints, ZeroDivisionError) are written as the classes int,
float, complex and bool. A signature calls its result's type with its parameters' types.
"""

from collections.abc import Iterable

from martlet._core import Type, type_from

__all__ = [
    "Tuple",
    "UniTuple",
    "boolean",
    "byte",
    "c8",
    "c16",
    "complex64",
    "complex128",
    "double",
    "f4",
    "f8",
    "float16",
    "float32",
    "float64",
    "i1",
    "i2",
    "i4",
    "i8",
    "int8",
    "int16",
    "int32",
    "int64",
    "int_",
    "intc",
    "intp",
    "longlong",
    "none",
    "optional",
    "short",
    "single",
    "u1",
    "u2",
    "u4",
    "u8",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintc",
    "uintp",
    "void",
]

boolean = bool_ = type_from("bool_")
int8 = i1 = type_from("int8")
int16 = i2 = short = type_from("int16")
int32 = i4 = intc = type_from("int32")
int64 = i8 = int_ = intp = longlong = long_ = type_from("int64")
uint8 = u1 = byte = uchar = type_from("uint8")
uint16 = u2 = ushort = type_from("uint16")
uint32 = u4 = uintc = type_from("uint32")
uint64 = u8 = uint = uintp = ulonglong = type_from("uint64")
float16 = f2 = type_from("float16")
float32 = f4 = single = float_ = type_from("float32")
float64 = f8 = double = type_from("float64")
complex64 = c8 = type_from("complex64")
complex128 = c16 = type_from("complex128")
none = void = type_from(None)
unicode_type = type_from(str)


def Tuple(elements: Iterable[object]) -> Type:
    """A tuple of these types."""
    return type_from(f"Tuple({', '.join(str(type_from(element)) for element in elements)})")


def UniTuple(element: object, count: int) -> Type:
    """A tuple of `count` elements of one type."""
    return Tuple([element] * count)


def optional(element: object) -> Type:
    """A value of this type, or None."""
    return type_from(f"Optional({type_from(element)})")


def Array(dtype: object, ndim: int, layout: str, readonly: bool = False) -> Type:
    """An array type by layout: 'C', 'F' or 'A' (any)."""
    flags = ", readonly" if readonly else ""
    return type_from(f"Array({type_from(dtype)}, {ndim}, '{layout}'{flags})")
