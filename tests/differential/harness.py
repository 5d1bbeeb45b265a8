"""Runs a function in the interpreter and compiled, and says where the two differ.

A result agrees when its type is the same (dtype, shape and strides' order too) and its bits
are: nan equals nan of any payload, -0.0 does not equal 0.0. An exception agrees when its class,
message and arguments do; what the interpreter refuses with TypeError may be refused when
compiling. Elementary functions may differ by `ulp` units in the last place. Arguments are
copied for each of the two runs, and must be the same afterwards.

What is *not* a difference are the deviations that docs/semantics.md lists. Of these the harness
knows two: a Python int that leaves 64 bits raises OverflowError (`wide` allows it where the
interpreter's result holds such an int, `wide="inside"` also where only a step does); and where
the interpreter changes the type with the value, ValueError is raised (`powers=True`).
"""

import copy
import enum
import itertools
import linecache
import math
import struct
import textwrap
import types
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import martlet as mt

LEAST, MOST = -(2**63), 2**63 - 1


@dataclass
class Outcome:
    value: object = None
    error: BaseException | None = None
    args: tuple[object, ...] = ()

    def __str__(self) -> str:
        if self.error is not None:
            return f"{type(self.error).__name__}{self.error.args!r}"
        return f"{show(self.value)}"


def show(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(show, value))})"
    kind = type(value).__name__
    return f"{kind}:{value!r}" if kind not in repr(value) else repr(value)


# ---- sameness --------------------------------------------------------------------------------


def ordinal(x: float) -> int:
    """Floats in their order, one apart where they are neighbours."""
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & MOST)


def same_float(a: float, b: float, ulp: float, single: bool = False) -> bool:
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if a == b and math.copysign(1.0, a) == math.copysign(1.0, b):
        return True
    if not ulp or math.isinf(a) or math.isinf(b):
        return False
    if single:
        return abs(ordinal(a) - ordinal(b)) <= ulp * 2**29
    return abs(ordinal(a) - ordinal(b)) <= ulp


def same_array(a: np.ndarray, b: np.ndarray, ulp: float) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape or a.flags.writeable != b.flags.writeable:
        return False
    if not ulp and a.dtype.kind in "iub":
        return bool(np.array_equal(a, b))
    return all(same(x, y, ulp) for x, y in zip(a.flat, b.flat, strict=True))


def same(a: object, b: object, ulp: float = 0) -> bool:
    """Is b the same value of the same type as a?"""
    if type(a) is not type(b):
        return False
    match a:
        case tuple() | list():
            return len(a) == len(b) and all(map(same, a, b, itertools.repeat(ulp)))
        case np.ndarray():
            return same_array(a, b, ulp)
        case enum.Enum():
            return a is b
        case complex() | np.complexfloating():
            single = isinstance(a, np.complex64)
            x, y = complex(a), complex(b)
            return same_float(x.real, y.real, ulp, single) and same_float(
                x.imag, y.imag, ulp, single
            )
        case float() | np.floating():
            return same_float(float(a), float(b), ulp, isinstance(a, np.float32))
        case int() | np.generic() | None | str():
            return bool(a == b)
        case range() | slice():
            return a == b
    return a is b


def same_error(a: BaseException, b: BaseException) -> bool:
    if isinstance(a, TypeError) and isinstance(b, mt.TypingError):
        return True
    return type(a) is type(b) and str(a) == str(b) and same(a.args, b.args)


# ---- the listed deviation --------------------------------------------------------------------


def is_wide(value: object) -> bool:
    """Does it hold a Python int outside 64 bits?"""
    if isinstance(value, tuple):
        return any(map(is_wide, value))
    return type(value) is int and not LEAST <= value <= MOST


def is_too_wide(expected: "Outcome") -> bool:
    """Also for the interpreter's memory, which Python 3.14 may know before it tries?"""
    text = str(expected.error)
    return (
        is_wide(expected.value)
        or isinstance(expected.error, MemoryError)
        or (isinstance(expected.error, OverflowError) and text == "too many digits in integer")
    )


def left_64_bits(error: BaseException | None) -> bool:
    return isinstance(error, OverflowError) and "64 bits" in str(error)


def changed_type(expected: "Outcome", error: BaseException | None) -> bool:
    """2**-1 is a float and (-8.0)**0.5 complex; compiled code says how to get them."""
    text = str(error) if isinstance(error, ValueError) else ""
    value = expected.value
    values = value if isinstance(value, tuple) else (value,)
    if text.startswith("a negative power of an int"):
        return float in map(type, values)
    return text.startswith("a negative number to a fractional") and complex in map(type, values)


# ---- running ---------------------------------------------------------------------------------


def run(function: Callable[..., Any], args: Iterable[object]) -> Outcome:
    args = tuple(copy.deepcopy(args))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return Outcome(function(*args), None, args)
        except Exception as error:
            return Outcome(None, error, args)


def disagreement(
    expected: Outcome,
    got: Outcome,
    ulp: float = 0,
    wide: bool | str = False,
    powers: bool = False,
) -> str | None:
    if powers and changed_type(expected, got.error):
        return None
    if left_64_bits(got.error) and wide and (wide == "inside" or is_too_wide(expected)):
        return None
    if (expected.error is None) != (got.error is None):
        return f"{expected} became {got}"
    if expected.error is not None:
        if not same_error(expected.error, got.error):
            return f"{expected} became {got}"
    elif not same(expected.value, got.value, ulp):
        return f"{expected} became {got}"
    elif not same(expected.args, got.args, ulp):
        return f"arguments {show(expected.args)} became {show(got.args)}"
    return None


class Both:
    """A function beside its compiled self."""

    def __init__(self, function: Callable[..., Any], **options: Any) -> None:
        self.python = function
        self.compiled = mt.jit(**options)(function) if options else mt.jit(function)

    def disagreement(self, *args: object, **allowed: Any) -> str | None:
        return disagreement(run(self.python, args), run(self.compiled, args), **allowed)

    def differences(self, calls: Iterable[tuple[object, ...]], **allowed: Any) -> list[str]:
        found = []
        for args in calls:
            difference = self.disagreement(*args, **allowed)
            if difference:
                found.append(f"{self.python.__name__}{show(args)}: {difference}")
        return found

    def check(self, *args: object, **allowed: Any) -> None:
        self.check_all([args], **allowed)

    def check_all(self, calls: Iterable[tuple[object, ...]], **allowed: Any) -> None:
        """All calls, and all differences in one message."""
        found = self.differences(calls, **allowed)
        assert not found, report(found)


def report(found: list[str], most: int = 20) -> str:
    more = [f"… and {len(found) - most} more"] if len(found) > most else []
    return "\n".join(["", *found[:most], *more])


def check(function: Callable[..., Any], *calls: tuple[object, ...], **allowed: Any) -> None:
    """Interpreted and compiled agree on these calls."""
    Both(function).check_all(calls, **allowed)


# ---- functions from text ---------------------------------------------------------------------

_numbers = itertools.count()


def define(source: str, **names: object) -> Any:
    """The last function that a text defines; its source is found as if it stood in a file."""
    source = textwrap.dedent(source).strip("\n") + "\n"
    filename = f"<differential {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    scope: dict[str, object] = {"np": np, "math": math, "__name__": __name__, **names}
    exec(compile(source, filename, "exec"), scope)
    return [value for value in scope.values() if isinstance(value, types.FunctionType)][-1]


# ---- values ----------------------------------------------------------------------------------

PYTHON_KINDS: tuple[type, ...] = (bool, int, float, complex)
NUMPY_KINDS: tuple[type, ...] = (
    np.bool_,
    *(np.int8, np.int16, np.int32, np.int64),
    *(np.uint8, np.uint16, np.uint32, np.uint64),
    *(np.float16, np.float32, np.float64),
    *(np.complex64, np.complex128),
)
KINDS = PYTHON_KINDS + NUMPY_KINDS


def numbers_of(kind: type, few: bool = False) -> list[Any]:
    """Extreme and ordinary numbers of a kind; `few` of them for products of many kinds."""
    if kind in (bool, np.bool_):
        return [kind(False), kind(True)]
    if kind is int:
        wanted = [0, 1, -1, 3, -7, LEAST, MOST]
        return wanted if few else [*wanted, 2, 10, 63, 64, -64, 2**31, 2**53 + 1, LEAST + 1]
    if issubclass(kind, np.integer):
        info = np.iinfo(kind)
        wanted = [0, 1, 3, info.max] + ([-1, -7, info.min] if info.min else [info.max - 6])
        more = [2, 10, info.bits - 1, info.bits % 128, info.max // 2 + 1, info.min + 1]
        return [kind(x) for x in (wanted if few else wanted + more)]
    if kind is float or issubclass(kind, np.floating):
        info = np.finfo(np.float64 if kind is float else kind)
        wanted = [0.0, -0.0, 1.0, -2.5, math.inf, math.nan, info.max]
        more = [-math.inf, 3.0, 0.5, -0.25, float(info.smallest_subnormal), -1.0]
        more += [float(info.tiny), float(info.min), 0.1, 7.0, 1e4]
        with np.errstate(all="ignore"):
            return [kind(x) for x in (wanted if few else wanted + more)]
    parts = [0.0, -0.0, 1.0, -2.5, math.inf, math.nan]
    pairs = list(itertools.product(parts, parts))
    if few:
        pairs = [
            (0.0, 0.0),
            (-0.0, 1.0),
            (1.5, -2.5),
            (math.inf, 0.0),
            (1.0, math.nan),
            (3.0, 0.0),
        ]
    return [kind(complex(*pair)) for pair in pairs]
