"""Memory that runs out while compiling: a MemoryError each time, and then all is as before."""

import numpy as np
import pytest

import martlet as mt
from martlet import _core

pytestmark = pytest.mark.compiled

FACTOR = 2.5


def helper(x):
    return x * FACTOR


@mt.jit
def program(a, n):
    out = np.zeros(len(a))
    for i in range(n):
        try:
            out[i] = helper(a[i]) + a.sum()
        except IndexError:
            break
    return out, (n, None)


def test_every_allocation_fails_once():
    params = (mt.float64[:], int)
    program(np.ones(2), 1)  # whatever is made once
    failures = 0
    while not _core._test_compile_with(program, params, failures):
        failures += 1
        assert failures < 10_000
    assert failures > 5
    assert program(np.ones(3)[::1], 2)[0].tolist() == [5.5, 5.5, 0]
    assert program(np.ones(6)[::2], 9)[0].tolist() == [5.5, 5.5, 5.5]


@mt.jit
def give(a, b, *rest, c=3):
    return a, b, a[1:], 2**40 + c, None, 1.5


@mt.jit
def item(a, i):
    return a[i]


def expected_failure():
    try:
        item(np.ones(3), 9)
    except IndexError:
        return True


@pytest.mark.parametrize(
    "call",
    [
        lambda: give(np.ones(3), (1, 2.5), 1, 2, c=7),
        lambda: item(np.ones(3), 1),
        expected_failure,
    ],
    ids=["give", "item", "raise"],
)
def test_every_allocation_of_a_call_fails_once(call):
    testing = pytest.importorskip("_testcapi")
    expected = repr(call())
    for granted in range(10_000):
        testing.set_nomemory(granted, granted + 1)
        try:
            result = call()
        except MemoryError:
            continue
        finally:
            testing.remove_mem_hooks()
        assert repr(result) == expected
        return
    pytest.fail("it never succeeds")
