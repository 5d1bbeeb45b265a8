"""Arguments by position and keyword, defaults, *args; wrong ones raise Python's TypeError."""

import functools
import inspect
import pickle

import numpy as np
import pytest

import martlet as mt


@mt.jit
def plain(a, b):
    return a - b


@mt.jit
def rich(a, /, b, c=3, *rest, d=5, e):
    """Documented."""
    total = a + 10 * b + 100 * c + 1000 * d + 10000 * e
    for x in rest:
        total += x
    return total


@mt.jit
def many(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t):  # noqa: E741
    return a + t


@mt.jit
def shapes(a, b, c, d, e, f):
    return a.ndim + b.ndim + c.ndim + d.ndim + e.ndim + f.ndim


CALLS = [
    ((1, 2), {}),
    ((1,), {"b": 2}),
    ((), {"b": 2, "a": 1}),
    ((), {}),
    ((1,), {}),
    ((1, 2, 3), {}),
    ((1, 2), {"b": 2}),
    ((1, 2), {"x": 2}),
    ((1,), {"b": 2, "e": 3}),
    ((1, 2, 3, 4, 5, 6), {"e": 1}),
    ((1, 2), {"e": 1, "d": 7, "c": 8}),
    ((), {"a": 1, "b": 2, "e": 3}),
    ((1, 2), {"d": 3}),
    ((1, 2, 3, 4), {"e": 1, "f": 2}),
]


def outcome(function, args, keywords):
    try:
        return function(*args, **keywords)
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize(("args", "keywords"), CALLS, ids=repr)
@pytest.mark.parametrize("function", [plain, rich], ids=lambda f: f.__name__)
def test_binds_as_python_does(function, args, keywords):
    assert outcome(function, args, keywords) == outcome(function.py_func, args, keywords)


def test_more_arguments_than_the_fast_path_takes():
    assert many(*range(20)) == 19
    array = np.zeros((1,) * 40)[..., ::-1]
    assert shapes(*[array] * 6) == 240
    assert shapes(*[array.copy()] * 6) == 240


def test_defaults_are_read_at_the_call():
    @mt.jit
    def f(a, b=1):
        return a + b

    assert f(1) == 2
    f.py_func.__defaults__ = (5,)
    assert f(1) == 6


class Box:
    @mt.jit
    def double(self, x=3):
        return x * 2

    @staticmethod
    @mt.jit
    def half(x):
        return x / 2


def test_methods():
    assert Box.half(3) == 1.5
    assert Box().half(3) == 1.5
    bound = functools.partial(Box.double, 1)
    assert bound(4) == 8


def test_looks_like_the_function():
    assert rich.__name__ == "rich"
    assert rich.__doc__ == "Documented."
    assert rich.__module__ == __name__
    assert rich.__wrapped__ is rich.py_func
    assert inspect.signature(rich) == inspect.signature(rich.py_func)
    assert repr(rich) == "<martlet.jit rich>"
    rich.note = 1
    assert rich.note == 1
    del rich.note


def test_pickles_by_name():
    assert pickle.loads(pickle.dumps(plain)) is plain
