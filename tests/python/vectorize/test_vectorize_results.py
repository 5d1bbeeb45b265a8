"""A function that gives no number for an element is refused when it compiles; no crash."""

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled


def gives_none(x):
    _ = x + 1


def gives_text(x):
    return "no"


def gives_nothing_or_a_number(x):
    return None if x > 1 else x


@pytest.mark.parametrize("function", [gives_none, gives_text, gives_nothing_or_a_number])
def test_result_that_is_no_number_is_refused(function):
    with pytest.raises(mt.CompileError, match="returns a number or a tuple of numbers"):
        mt.vectorize(function)(np.arange(3.0))
    with pytest.raises(mt.CompileError):
        mt.vectorize(["float64(float64)"])(function)
