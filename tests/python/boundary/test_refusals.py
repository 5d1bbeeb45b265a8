"""What compiled functions do not take is refused by name, with what to pass instead."""

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled


@mt.jit
def total_mass(stage):
    return stage


class Subclass(np.ndarray):
    pass


class Number(int):
    pass


class Liar:
    def __array__(self, *args, **options):
        raise RuntimeError("no array after all")


@pytest.mark.parametrize(
    ("value", "kind", "help"),
    [
        ([1, 2], "list", "np.asarray(stage)"),
        ({1: 2}, "dict", "dicts are not accepted yet"),
        ({1}, "set", "np.asarray(stage)"),
        (np.ma.array([1, 2]), "MaskedArray", "stage.data, stage.mask"),
        (np.matrix([1]), "numpy.matrix", "np.asarray(stage)"),
        (np.zeros(3).view(Subclass), "Subclass", "np.asarray(stage)"),
        (np.zeros(3, ">f8"), "dtype >f8", "newbyteorder('=')"),
        (np.array(["a"]), "dtype <U1", "arrays of numbers"),
        (np.array([object()]), "dtype object", "stage.astype(float)"),
        (np.zeros(2, "g"), "dtype float128", "extended precision"),
        (np.zeros(2, "M8[s]"), "datetime64", "arrays of numbers"),
        (np.zeros(2, "f4,i4"), "dtype", "arrays of numbers"),
        (Number(3), "Number", "int(stage)"),
        (np.str_("x"), "numpy.str_", "str(stage)"),
        (np.datetime64("2020"), "datetime64", "pass a number"),
        (b"x", "bytes", "np.asarray(stage)"),
        (object(), "object", "np.asarray(stage)"),
        ((1, [2]), "tuple", "an element"),
        (Liar(), "Liar", "np.asarray(stage)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_refusal(value, kind, help):
    with pytest.raises(mt.TypingError) as caught:
        total_mass(value)
    text = str(caught.value)
    assert "argument 'stage' of total_mass()" in text
    assert kind in text
    assert help in text


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, 10**400])
def test_int_that_does_not_fit(value):
    with pytest.raises(OverflowError, match="argument 'stage' of total_mass"):
        total_mass(value)


def test_lone_surrogate():
    with pytest.raises(UnicodeEncodeError):
        total_mass("\ud800")


@pytest.mark.parametrize("depth", [100, 10_000, 1_000_000])
def test_endless_tuple(depth):
    value = ()
    for _ in range(depth):
        value = (value,)
    with pytest.raises((mt.TypingError, RecursionError)):
        total_mass(value)
