"""locals=: variables with a type of their own; and types that are called in compiled code."""

import pickle

import numpy as np
import pytest

import martlet as mt


def total(a):
    s = 0
    for x in a:
        s += x
    return s


@pytest.mark.compiled
def test_what_is_assigned_is_converted():
    a = np.full(5, 0.1)
    narrow = mt.jit(locals={"s": mt.float32})(total)
    expected = np.float32(0)
    for x in a:
        expected = np.float32(expected + x)
    assert narrow(a) == expected and type(narrow(a)) is np.float32


@pytest.mark.compiled
def test_another_use_of_the_function_keeps_its_types():
    a = np.full(5, 0.1)
    wide, narrow = mt.jit(total), mt.jit(locals={"s": "float32"})(total)
    assert type(narrow(a)) is np.float32 and type(wide(a)) is np.float64
    assert wide(a) == total(a)


@mt.jit(locals={"a": mt.int8, "b": np.float32})
def captured(a, b=1.1):
    def put(x):
        nonlocal b
        b = x
        return x

    a = a + 1
    put(2.1)
    return a, b


@pytest.mark.compiled
def test_parameters_captured_variables_and_pickled_functions():
    for function in (captured, pickle.loads(pickle.dumps(captured))):
        assert function(126) == (127, np.float32(2.1))
        assert [type(x) for x in function(3, b=4.4)] == [np.int8, np.float32]


@pytest.mark.compiled
def test_in_ufuncs():
    @mt.vectorize(locals={"y": mt.float32})
    def narrow(x):
        y = x
        return y

    assert narrow(np.arange(3.0)).dtype == np.float32


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ss": mt.float32}, "'total' has no variable 'ss'; did you mean 's'"),
        ({"s": mt.float32[:]}, "a number type, such as martlet.float32; 's' has Array"),
        ({"s": "float23"}, "number type"),
        ({"s": list}, "number type"),
        ([("s", mt.float32)], "a dict from names to types"),
    ],
    ids=str,
)
def test_what_names_no_variable_or_no_number_type(given, message):
    with pytest.raises(mt.CompileError, match=message):
        mt.jit(locals=given)(total)


@pytest.mark.parametrize("value", [2.7, 300, np.float32(0.1)])
def test_types_convert_as_their_classes_do(value):
    @mt.jit
    def f(x):
        return mt.float32(x), mt.int64(x), mt.complex64(x), mt.boolean(x), mt.uint16(x)

    def by_classes(x):
        return np.float32(x), np.int64(x), np.complex64(x), np.bool_(x), np.uint16(x)

    assert f(value) == by_classes(value)
    assert list(map(type, f(value))) == list(map(type, by_classes(value)))


@pytest.mark.compiled
def test_types_are_dtypes():
    @mt.jit
    def f(n):
        return np.zeros(n, np.float32).astype(mt.int16).dtype.itemsize

    assert f(3) == 2
