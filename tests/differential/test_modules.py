"""The operator module, and methods of numbers, tuples and ranges."""

import importlib
import math
import operator

import numpy as np
import pytest

from martlet import library

from .harness import LEAST, MOST, Both, check, define, report

BINARY = (
    "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor eq ne lt le gt ge "
    "iadd isub imul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor"
).split()
UNARY = "neg pos inv invert abs not_ truth index".split()


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    pairs = [(7, 2), (-7, 3), (5, 5), (np.int8(100), np.int8(3)), (True, 2)]
    if name.strip("i_") not in ("lshift", "rshift", "and", "or", "xor", "r", "and_", "or_"):
        pairs += [(7.5, 2.0), (np.float32(0.5), 3)]
    both = Both(define(f"def f(x, y): return operator.{name}(x, y)", operator=operator))
    found = both.differences(pairs)
    assert not found, report(found)


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    numbers = [0, 3, -7, True, np.int8(-5), np.uint8(250)]
    numbers += [] if name in ("inv", "invert") else [2.5, -0.0]
    both = Both(define(f"def f(x): return operator.{name}(x)", operator=operator))
    found = both.differences([(x,) for x in numbers])
    assert not found, report(found)


def test_identity_with_none():
    source = "def f(x): return operator.is_(x, None), operator.is_not(x, None)"
    check(define(source, operator=operator), (None,), (3,))


def test_sequences():
    check(
        define(
            """
            def f(t, a, x):
                operator.setitem(a, 0, 7)
                return (
                    operator.contains(t, x), operator.contains(a, x), operator.countOf(t, x),
                    operator.countOf(a, x), operator.getitem(a, 1), operator.concat(t, (x,)),
                )
            """,
            operator=operator,
        ),
        ((1, 2, 1), np.array([5, 1, 1]), 1),
        ((1.5, 2.5, 1.5), np.array([5.0, 1.5]), 1.5),
    )
    source = "def f(a, x): return operator.indexOf(a, x)"
    check(define(source, operator=operator), (np.arange(5), 3), (np.arange(5), 9), ((1, 2), 2))


def test_calls_and_lengths():
    source = """
        def f(t, x):
            return operator.call(max, x, 2), operator.length_hint(t), operator.iconcat(t, (x,))
        """
    check(define(source, operator=operator), ((1, 2), 3), ((), 1))


def test_passed_as_arguments():
    source = """
        def f(x, y):
            def fold(g):
                return g(g(x, y), y)
            return fold(operator.add), fold(operator.mul), fold(max)
        """
    check(define(source, operator=operator), (3, 4), (2.5, 0.5))


# ---- methods ---------------------------------------------------------------------------------


def test_int_methods():
    source = (
        "def f(x): return x.bit_length(), x.bit_count(), x.conjugate(), x.as_integer_ratio()"
    )
    check(define(source), *[(x,) for x in (0, 1, -1, 255, 256, -256, MOST, LEAST, True)])


def test_float_methods():
    floats = [0.0, -0.0, 2.0, 2.5, -0.125, 1e15, 0.1, math.inf, math.nan, 1e300, 5e-324]
    check(
        define("def f(x): return x.is_integer(), x.conjugate(), x.real, x.imag"),
        *[(x,) for x in floats],
    )
    source = "def f(x): return x.as_integer_ratio()"
    check(define(source), *[(x,) for x in floats], wide=True)


def test_complex_methods():
    source = "def f(z): return z.conjugate(), z.real, z.imag"
    check(define(source), (1 + 2j,), (complex(-0.0, math.nan),), (complex(math.inf, -0.0),))


def test_numpy_scalar_methods():
    numbers = [
        np.int8(-5),
        np.uint64(2**64 - 1),
        np.float32(2.5),
        np.float64(3),
        np.float16(0.5),
    ]
    numbers += [np.complex64(1 + 2j), np.complex128(-2j), np.bool_(True)]
    check(
        define("def f(x): return x.item(), x.conj(), x.conjugate(), x.real, x.imag"),
        *[(x,) for x in numbers],
    )
    check(define("def f(x): return x.bit_count()"), (np.int8(-5),), (np.uint64(2**64 - 1),))
    source = "def f(x): return x.is_integer()"
    check(
        define(source), *[(np.float64(x),) for x in (3, 2.5, math.inf, math.nan)], (np.int8(3),)
    )
    check(
        define("def f(x): return x.dtype.itemsize, x.ndim, x.size, x.shape, x.nbytes"),
        *[(x,) for x in numbers],
    )


def test_tuple_methods():
    source = "def f(t, x): return t.index(x), t.count(x)"
    check(define(source), ((1, 2, 1), 1), ((1, 2, 1), 2), ((1, 2, 1), 3), ((1, 2.5, True), 1))
    source = "def f(t, x): return t.index(x, 1), t.index(x, -2, 3)"
    check(define(source), ((1, 2, 1), 1), ((1, 2, 1), 2))


def test_the_library_is_where_it_is_looked_for():
    """Its modules are imported when a name is asked for whose root they serve."""
    for name in set(library.modules) - {"__init__"}:
        importlib.import_module(f"martlet.library.{name}")
    for qualname, function in library.registry.items():
        module = function.__module__.rpartition(".")[2]
        assert module in library.modules_of(qualname.partition(".")[0]), qualname
