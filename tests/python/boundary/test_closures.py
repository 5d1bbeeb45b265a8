"""Inner functions that are returned."""

import numpy as np
import pytest

import martlet as mt


@mt.jit
def adder(n, a):
    k = n + 1

    def add(x, y=2):
        return x + k + y + a[0]

    return add


@mt.jit
def pair(n):
    def double(x):
        return x * n

    return double, lambda x: x - n


@mt.jit
def ambiguous(n):
    return (lambda x: x + n), (lambda x: x - n)


def test_captures_are_values():
    add = adder(3, np.arange(3.0))
    assert add(1) == 7.0
    assert add(1, 5) == 10.0
    assert add(y=1, x=0) == 5.0
    assert adder(4, np.arange(3.0) + 1)(1) == 9.0


def test_inside_a_tuple():
    double, less = pair(4)
    assert double(3) == 12
    assert less(3) == -1


@pytest.mark.compiled
def test_two_on_one_line():
    with pytest.raises(mt.UnsupportedError, match="several on that line"):
        ambiguous(1)
