"""Calls from compiled code that become the callee's body, or do not."""

import traceback

import numpy as np
import pytest

import martlet as mt


def element(a, i):
    if i < 0:
        raise ValueError(i)
    return a[i]


def item(a, i):
    return a[i]


def caller_of(callee):
    @mt.jit
    def total(a, n):
        s = 0.0
        for i in range(n):
            s += callee(a, i)
        return s

    return total


def passed(function, *args):
    function(*args)
    (text,) = function.inspect("passed").values()
    return text


@pytest.mark.compiled
@pytest.mark.parametrize(
    ("options", "is_called"),
    [({}, False), ({"inline": "always"}, False), ({"inline": "never"}, True)],
    ids=str,
)
def test_a_small_function_is_called_only_when_asked_for(options, is_called):
    text = passed(caller_of(mt.jit(**options)(item)), np.ones(3), 3)
    assert ("call " in text) == is_called
    assert text.count("func @") == 1 + is_called


@pytest.mark.compiled
def test_without_the_pass_it_is_called(monkeypatch):
    monkeypatch.setenv("MARTLET_SKIP", "inline")
    assert "call " in passed(caller_of(element), np.ones(3), 3)


@pytest.mark.compiled
def test_debug_keeps_calls():
    def total(a):
        return element(a, 0) + element(a, 1)

    assert "call " in passed(mt.jit(debug=True)(total), np.ones(3))


@pytest.mark.compiled
def test_a_check_in_a_callee_is_proved_by_the_callers_loop():
    @mt.jit
    def total(a):
        s = 0.0
        for i in range(len(a)):
            s += element(a, i)
        return s

    text = passed(total, np.ones(3))
    assert "check" not in text and "raise" not in text.split("\n", 1)[1]


@pytest.mark.compiled
def test_a_recursive_function_stays_a_function():
    @mt.jit(inline="always")
    def depth(n):
        return 0 if n == 0 else depth(n - 1) + 1

    @mt.jit
    def twice(n):
        return depth(n) + depth(n)

    assert twice(100) == 200
    with pytest.raises(RecursionError):
        twice(10**9)


def test_tracebacks_have_a_line_for_each_function_that_was_inlined():
    def innermost(a, i):
        return a[i]

    def middle(a, i):
        return innermost(a, i) * 2

    @mt.jit
    def outer(a, i):
        return middle(a, i)

    with pytest.raises(IndexError) as caught:
        outer(np.ones(3), 5)
    frames = traceback.extract_tb(caught.tb)[-3:]
    assert [frame.name for frame in frames] == ["outer", "middle", "innermost"]
    assert [frame.line for frame in frames] == [
        "return middle(a, i)",
        "return innermost(a, i) * 2",
        "return a[i]",
    ]


def test_an_exception_of_an_inlined_function_is_caught_by_its_caller():
    @mt.jit
    def first_or(a, i, default):
        try:
            return element(a, i)
        except IndexError:
            return default
        except ValueError:
            return -default

    a = np.arange(3.0)
    assert [first_or(a, i, 7.0) for i in (1, 5, -1)] == [1.0, 7.0, -7.0]


def test_a_function_that_returns_its_argument_shares_it():
    def same(a, c):
        if c:
            return a
        return np.zeros(2)

    @mt.jit
    def f(a, c):
        for _ in range(3):
            a = same(a, c)
        return a

    a = np.ones(2)
    for _ in range(100):
        assert f(a, True) is a or np.shares_memory(f(a, True), a)
        assert f(a, False).tolist() == [0, 0]
    assert a.tolist() == [1, 1]
