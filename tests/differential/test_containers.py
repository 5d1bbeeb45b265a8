"""Tuples, lists and ranges: items that are one object, None among operands, unlike elements."""

import math

import numpy as np
import pytest

import martlet as mt

from .harness import Both, define

NAN = math.nan


def check(source, *calls, **allowed):
    Both(define(source, NAN=NAN)).check_all(calls, **allowed)


# ---- the same object -------------------------------------------------------------------------


def test_a_container_holds_its_own_nan():
    source = """
        def f(x):
            y = x
            t = (x, 1)
            return (x in (x,), x in (1.0, x), (x,) == (x,), (x,) != (x,), (x, 1) < (x, 2),
                    x not in [x], ((x,),) == ((x,),), y in t, t == (y, 1), +x in (x,))
        """
    check(source, (NAN,), (1.5,), (np.float64("nan"),))


def test_another_nan_is_another_object():
    source = """
        def f(x):
            return (x + 0.0 in (x,), x * 1.0 in (x,), -(-x) in (x,), (x * 1.0,) == (x,),
                    float("nan") in (float("nan"),))
        """
    check(source, (NAN,), (1.5,))


def test_names_from_outside_are_one_object():
    source = """
        def f(x):
            return (math.nan in (math.nan,), np.nan in (1, np.nan), (np.nan,) == (np.nan,),
                    NAN in (NAN,))
        """
    check(source, (1,))


def test_items_of_a_tuple_are_in_it():
    source = """
        def f(t):
            a, b = t
            return t[0] in t, a in t, t == (a, b), t == t, t != t, t <= t, (t, 1) == (t, 1)
        """
    check(source, ((NAN, 1.0),), ((2.5, NAN),), ((1, 2),))


def test_classes_and_dtypes_in_tuples():
    source = """
        def f(x):
            return (type(x) in (int, float), type(x) not in (int,), float in (int, float),
                    np.dtype(float) in (np.float64,), (type(x), 1) == (int, 1))
        """
    check(source, (1,), (2.5,), (True,))


def test_equality_of_unlike_things():
    source = """
        def f(x):
            return x == 1, x != 1, x == "a", x == None, x == (1,), 1 == x, x == 2.5
        """
    check(source, *(((1,),), ("a",), (None,), ((1,),), (2.5,), (range(1),)))


# ---- lists -----------------------------------------------------------------------------------


def test_a_starred_target_is_a_list():
    source = """
        def f(t):
            a, *b, c = t
            *d, e = t
            return a, b, c, d, e, b + [1], b == [2], len(b)
        """
    check(source, ((1, 2, 3),), ((1, 2),), ((1, 2.5, 3j, 4),))


def test_a_list_and_a_tuple_do_not_add():
    with pytest.raises(mt.TypingError):
        mt.jit(define("def f(t):\n    a, *b = t\n    return b + (1,)"))((1, 2, 3))


# ---- indices ---------------------------------------------------------------------------------


def test_a_bool_is_an_index():
    source = """
        def f(x, b):
            return x[True], x[False], x[b]
        """
    check(source, ((1, 2), True), ((1, 2), False))


def test_an_empty_tuple_has_no_items():
    check("def f(x, k):\n    return x[k]", ((), 0), ((), 3))


def test_tuples_repeat():
    check("def f(x):\n    return 2 * x, x * 2, x * 0, -1 * x", ((1, 2.5),), (((1,), 2),))


# ---- loops over unlike elements --------------------------------------------------------------


def test_a_zip_with_something_of_unknown_length():
    source = """
        def f(a):
            s = np.float64(0)
            n = 0
            for i, (x, y, z) in enumerate(zip((1, 2.5, 4), a, (2, 3.5))):
                s += x * y * z
                n += i
            return s, n
        """
    check(source, *((np.arange(n, dtype=float),) for n in range(4)))


def test_exits_from_an_unrolled_zip():
    source = """
        def f(a):
            for y, x in zip(a, (1, 2.5, np.float64(3))):
                if y == 1.0:
                    continue
                if y > 2.0:
                    break
            else:
                return np.float64(-1), y
            return np.float64(x), y
        """
    check(source, (np.arange(1.0, 4.0),), (np.arange(5.0),), (np.ones(5),))


def test_functions_in_a_zip():
    source = """
        def f(a):
            s = 0.0
            for g, x in zip((math.sin, math.cos, abs, lambda v: v * 2), a):
                s += g(x)
            return s
        """
    check(source, (np.arange(3.0),), (np.arange(9.0),), ulp=1)


# ---- None where a value is needed ------------------------------------------------------------

NONE_USES = [
    "x + 1",
    "1 + x",
    "x < 1",
    "1 <= x",
    "x ** 2",
    "-x",
    "~x",
    "abs(x)",
    "float(x)",
    "int(x)",
    "math.sqrt(x)",
    "range(x)",
]


@pytest.mark.parametrize("use", NONE_USES)
def test_none_in_an_operation(use):
    source = f"""
        def f(x, no):
            if no:
                x = None
            return {use}
        """
    check(source, (1, True), (1, False))


@pytest.mark.parametrize("use", ["x[0]", "x.shape", "x.ndim", "len(x)", "x.sum()", "x * 2"])
def test_none_instead_of_an_array(use):
    source = f"""
        def f(x, no):
            if no:
                x = None
            return {use}
        """
    check(source, (np.arange(3), True), (np.arange(3), False))


def test_none_in_place_of_what_is_iterated():
    source = """
        def f(x, no):
            if no:
                x = None
            s = 0
            for y in x:
                s += y
            a, b = x
            return s, a
        """
    check(source, ((1, 2), True), ((1, 2), False))


def test_none_is_augmented():
    check("def f(x, no):\n    if no:\n        x = None\n    x += 1\n    return x", (1, True))


def test_none_goes_into_an_array_as_nan():
    source = """
        def f(a, x):
            b = None
            if x:
                b = 3
            a[0] = b
            a[1:2] = b
            return a
        """
    for dtype in ("f8", "f4", "c16", "?", "i4"):
        check(source, *((np.ones(3, dtype), k) for k in (True, False)))


# ---- float() of text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["inf", "-inf", " 1.5 ", "1e3", "1_000.5", "x", "0x10", "1__0", "", "nan(3)", "%d"]
)
def test_floats_from_text(text):
    check(f"def f(x):\n    return float({text!r})", (1,))
