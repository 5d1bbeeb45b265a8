"""The kinds of values in random programs, and what expressions over them give.

A kind is a text: a Python number ("int", "float", "complex", "bool"), a NumPy scalar ("int8" … "complex128", "bool_"),
an array with its shape ("int8[5]", "float64[3,5]", "int32[]"), a tuple ("(int,float)"), a value or None ("int?"), an int
in 0…2⁶⁴−1 that only masked arithmetic makes ("mask"), or the namedtuple "Point". What kind an expression gives is
learnt from Python and NumPy themselves, by trying it once on samples.
"""

import cmath
import contextlib
import math
import operator
import random
import warnings
from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from polymorphic import HELPERS

PYTHON = ["int", "float", "complex", "bool"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTEGERS = [*SIGNED, *UNSIGNED]
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
NUMPY = [*INTEGERS, *FLOATS, *COMPLEX, "bool_"]
WHOLE = {"int", "bool", "bool_", *INTEGERS}
REAL = {"float", *FLOATS}

LENGTH = 5  # of most arrays, so that they combine
SHAPES = ["5", "5", "5", "5", "3", "3,5", "3,5", "5,3", "0", "", "2,3,5", "2,3,5"]
LARGEST = 40  # elements of an array

Point = namedtuple("Point", "x y")
POINT = ("float", "int")


def is_array(kind: str) -> bool:
    return kind.endswith("]")


def element(kind: str) -> str:
    return kind.partition("[")[0]


def shape_of(kind: str) -> tuple[int, ...]:
    inside = kind.partition("[")[2].removesuffix("]")
    return tuple(int(part) for part in inside.split(",")) if inside else ()


def is_tuple(kind: str) -> bool:
    return kind.startswith("(")


def is_optional(kind: str) -> bool:
    return kind.endswith("?")


def is_number(kind: str) -> bool:
    return kind in PYTHON or kind in NUMPY


@cache
def parts(kind: str) -> tuple[str, ...]:
    """The kinds of a tuple's elements."""
    found, depth, start = [], 0, 1
    for i, letter in enumerate(kind):
        depth += (letter in "([") - (letter in ")]")
        if (letter == "," and depth == 1) or (letter == ")" and depth == 0):
            found.append(kind[start:i])
            start = i + 1
    return tuple(part for part in found if part)


def tuple_of(kinds: list[str] | tuple[str, ...]) -> str:
    return f"({','.join(kinds)})" if len(kinds) != 1 else f"({kinds[0]},)"


def base(kind: str) -> str:
    """What holds a number of the kind: array and scalar alike."""
    return element(kind) if is_array(kind) else kind


# ---- learning kinds ----


def sample(kind: str, value: int = 3) -> Any:
    """A value of the kind, to try operators on."""
    if is_array(kind):
        return np.full(shape_of(kind), value, np.dtype(element(kind)))
    if is_tuple(kind):
        return tuple(sample(part, value) for part in parts(kind))
    if kind == "Point":
        return Point(float(value), value)
    if kind in PYTHON:
        return {"int": int, "float": float, "complex": complex, "bool": bool}[kind](value)
    return getattr(np, kind)(value)


def name_of(dtype: np.dtype) -> str | None:
    name = "bool_" if dtype == np.bool_ else dtype.name
    return name if name in NUMPY else None


def kind_of(value: Any) -> str | None:
    if isinstance(value, np.ndarray):
        name = name_of(value.dtype)
        small = value.size <= LARGEST and value.ndim <= 3
        return f"{name}[{','.join(map(str, value.shape))}]" if name and small else None
    if isinstance(value, np.generic):
        return name_of(value.dtype)
    if type(value) is tuple:
        inner = [kind_of(part) for part in value]
        return tuple_of(inner) if 0 < len(inner) <= 4 and None not in inner else None  # type: ignore[arg-type]
    if type(value) is Point:
        return "Point"
    return type(value).__name__ if type(value) in (int, float, complex, bool) else None


SCOPE: dict[str, Any] = {
    **HELPERS,
    "np": np,
    "math": math,
    "cmath": cmath,
    "operator": operator,
    "Point": Point,
}


@contextlib.contextmanager
def learning() -> Iterator[None]:
    """Where kinds are learnt: what NumPy warns of is an error where compiled code refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        warnings.simplefilter("error", DeprecationWarning)
        yield


@cache
def result_kind(expression: str, *kinds: str) -> str | None:
    """What `expression` over a, b, … gives for values of these kinds; None where it is an error."""
    try:
        names = dict(
            zip("abcd", (sample(kind, 3 - i) for i, kind in enumerate(kinds)), strict=False)
        )
        return kind_of(eval(expression, dict(SCOPE), names))
    except Exception:
        return None


@cache
def kept_by(statement: str, *kinds: str) -> bool:
    """Does the statement over a, b, … run, and leave a's kind as it is?"""
    names = dict(
        zip("abcd", (sample(kind, 3 - i) for i, kind in enumerate(kinds)), strict=False)
    )
    try:
        exec(statement, dict(SCOPE), names)
    except Exception:
        return False
    return kind_of(names["a"]) == kinds[0]


# ---- values ----

EXTREMES = {
    "int": [
        "0",
        "1",
        "-1",
        "2",
        "7",
        "-8",
        "255",
        "-129",
        "65536",
        "2147483647",
        "4611686018427387904",
        "6148914691236517205",
        "-1311768467294899567",
        "9223372036854775807",
        "-9223372036854775808",
    ],
    "float": [
        "0.0",
        "-0.0",
        "0.5",
        "1.5",
        "-2.5",
        "1e300",
        "5e-324",
        "0.1",
        "1e16",
        "3.0",
        "math.inf",
        "math.nan",
    ],
    "complex": ["0j", "(1+2j)", "-1.5j", "(3-4j)", "(1e200+1e200j)", "complex(-0.0, -0.0)"],
    "bool": ["True", "False"],
}


def literal(rng: random.Random, kind: str) -> str:
    """A constant of a number's kind. Ints are small more often than not."""
    if kind in PYTHON:
        small = kind == "int" and rng.random() < 0.6
        large = kind == "int" and rng.random() < 0.3
        text = (
            str(rng.randint(-9, 9))
            if small
            else str(rng.getrandbits(62) - 2**61)
            if large
            else rng.choice(EXTREMES[kind])
        )
        return f"({text})" if text.startswith("-") else text
    if kind == "bool_":
        return f"np.bool_({rng.choice(EXTREMES['bool'])})"
    if kind in INTEGERS:
        info = np.iinfo(kind)
        least, most = int(info.min), int(info.max)
        below = [-1, -8, -most // 3] if least else [9]
        return f"np.{kind}({rng.choice([0, 1, 2, 3, 7, *below, least, most, most // 3])})"
    if kind in FLOATS:
        return f"np.{kind}({rng.choice(['0.0', '-0.0', '1.5', '-2.5', '0.1', '100.0', '6e4'])})"
    return f"np.{kind}({rng.choice(['0', '1.5', '-2.5', '1-2j'])})"


def elements(rng: random.Random, dtype: np.dtype, count: int) -> list[Any]:
    if dtype.kind == "b":
        return [rng.random() < 0.5 for _ in range(count)]
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        least, most = int(info.min), int(info.max)
        return [
            rng.choice(
                [
                    0,
                    1,
                    2,
                    3,
                    rng.randint(max(least, -9), 9),
                    most,
                    least,
                    rng.randint(least, most),
                ]
            )
            for _ in range(count)
        ]
    values = [
        rng.choice(
            [
                0.0,
                -0.0,
                1.5,
                2.5,
                -0.5,
                -2.25,
                100.0,
                rng.uniform(-10, 10),
                rng.uniform(-10, 10),
            ]
        )
        for _ in range(count)
    ]
    if rng.random() < 0.4 and values:
        values[rng.randrange(count)] = rng.choice([math.nan, math.nan, math.inf, -math.inf])
    if dtype.kind == "c":
        return [complex(x, rng.choice([0.0, -0.0, 1.0, -2.5])) for x in values]
    return values


LAYOUTS = {
    "plain": lambda array: array.copy(order="C"),
    "strided": lambda array: np.repeat(array, 2, -1)[..., ::2] if array.ndim else array.copy(),
    "reversed": lambda array: array[::-1].copy()[::-1] if array.ndim else array.copy(),
    "fortran": lambda array: array.copy(order="F"),
}


def argument(rng: random.Random, kind: str, layout: str) -> Any:
    """A value of the kind to call with."""
    if is_tuple(kind):
        return tuple(argument(rng, part, layout) for part in parts(kind))
    if kind == "Point":
        return Point(*(argument(rng, part, layout) for part in POINT))
    if is_optional(kind):
        return argument(rng, kind[:-1], layout)
    if kind == "mask":
        return rng.choice([0, 1, 2**63 - 1, rng.getrandbits(40)])
    if not is_array(kind):
        return eval(literal(rng, kind), {"np": np, "math": math})
    dtype, shape = np.dtype(element(kind)), shape_of(kind)
    array = np.array(elements(rng, dtype, math.prod(shape)), dtype).reshape(shape)
    return LAYOUTS[layout](array)
