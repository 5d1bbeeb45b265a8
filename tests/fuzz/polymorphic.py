"""Helpers that random programs call with whatever they take: types and None decide their branches.

Their sources are put before the programs that call them; what they give is learnt by calling them.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np


def size_of(x):
    if isinstance(x, np.ndarray):
        return x.size + x.ndim
    if isinstance(x, tuple):
        return len(x) + 10
    return 1


def step(x, by=None):
    if by is None:
        return x + x
    if isinstance(by, bool):
        return x if by else x - x
    return x - by


def weigh(x):
    if type(x) is int:
        return x // 3
    elif isinstance(x, (float, np.floating)):
        return x * 0.5
    elif hasattr(x, "shape") and x.ndim > 0:
        return x[0]
    return x


def count_of(*things):
    n = 0
    for each in things:
        if isinstance(each, (int, np.integer)):
            n += 1
        elif isinstance(each, float):
            n += 10
    return n


def twice(f, x):
    return f(f(x))


def best_of(xs):
    best = None
    for x in xs:
        best = x if best is None else max(best, x)
    return best


def even(n):
    return True if n <= 0 else odd(n - 1)


def odd(n):
    return False if n <= 0 else even(n - 1)


HELPERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (size_of, step, weigh, count_of, twice, best_of, even, odd)
}


def source(name: str) -> str:
    return inspect.getsource(HELPERS[name])
