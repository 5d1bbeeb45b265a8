"""Nothing leaks: functions, code, arguments; and cycles are collected."""

import gc
import os
import resource
import weakref

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled


measures = pytest.mark.skipif(
    "asan" in os.environ.get("LD_PRELOAD", ""), reason="AddressSanitizer keeps freed memory"
)


def make(k):
    @mt.jit
    def f(x):
        return x + k

    return f


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def test_dispatcher_is_freed():
    f = make(1)
    assert f(1) == 2
    alive = weakref.ref(f), weakref.ref(f.py_func)
    del f
    gc.collect()
    assert [ref() for ref in alive] == [None, None]


def test_recursive_function_is_freed():
    @mt.jit
    def f(n):
        if n == 0:
            return 0
        return f(n - 1) + 1  # noqa: F821

    assert f(5) == 5
    alive = weakref.ref(f)
    del f
    gc.collect()
    assert alive() is None


def test_ufunc_is_freed():
    @mt.vectorize
    def f(x):
        return x + 1

    f(np.arange(3.0))
    function = mt._core.ufunc_dispatcher(f).py_func
    alive = weakref.ref(function)
    del f, function
    gc.collect()
    assert alive() is None


@measures
@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_fresh_functions_do_not_pile_up(count):
    for k in range(100):
        make(k)(k)
    gc.collect()
    before = resident()
    for k in range(count):
        make(k)(k)
    gc.collect()
    assert resident() - before < 8 << 20


def test_replaced_callee_is_freed(monkeypatch):
    space = globals()
    monkeypatch.setitem(space, "callee", None)

    @mt.jit
    def caller(x):
        return callee(x)  # noqa: F821

    alive = []
    for k in range(20):
        function = make(k).py_func
        alive.append(weakref.ref(function))
        space["callee"] = function
        assert caller(1) == 1 + k
        del function
    gc.collect()
    assert sum(ref() is not None for ref in alive) <= 2


@measures
def test_arrays_are_freed():
    @mt.jit
    def f(a):
        return a * 2, a[1:]

    before = resident()
    for _ in range(200):
        a = np.ones(1 << 17)
        f(a)
    assert resident() - before < 32 << 20
