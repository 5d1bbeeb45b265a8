"""Types, signatures, and what explicit ones accept."""

import pickle

import numpy as np
import pytest

import martlet as mt
from martlet.signatures import Signature


def test_types_print_and_pickle():
    for made, text in [
        (mt.float64, "float64"),
        (mt.int32[:], "Array(int32, 1, 'A')"),
        (mt.float64[::1], "Array(float64, 1, 'C')"),
        (mt.float64[:, ::1], "Array(float64, 2, 'C')"),
        (mt.complex64[::1, :], "Array(complex64, 2, 'F')"),
        (mt.typeof((1, 2.5, None)), "Tuple(int, float, None)"),
        (mt.typeof(np.zeros((2, 2))), "Array(float64, 2, 'C')"),
        (mt.types.UniTuple(mt.int64, 2), "Tuple(int64, int64)"),
        (mt.types.Array(mt.float32, 2, "C"), "Array(float32, 2, 'C')"),
        (mt.types.optional(mt.int64), "Optional(int64)"),
    ]:
        assert repr(made) == text
        assert pickle.loads(pickle.dumps(made)) == made
        assert hash(pickle.loads(pickle.dumps(made))) == hash(made)


@pytest.mark.parametrize("index", [0, slice(1, 2), (slice(None), 3), slice(None, None, 2)])
def test_types_index_only_by_dims(index):
    with pytest.raises(TypeError):
        mt.float64[index]


def test_signatures_print():
    signature = mt.int32(mt.complex128, mt.int32)
    assert repr(signature) == "int32(complex128, int32)"
    assert signature == Signature(mt.int32, (mt.complex128, mt.int32))
    assert pickle.loads(pickle.dumps(signature)) == signature


def test_types_convert_numbers():
    assert type(mt.int32(5)) is np.int32
    assert type(mt.float64(5)) is np.float64


@mt.jit("float64(float64[:], int64)")
def pick(a, i):
    return a[i]


@mt.jit([mt.int32(mt.int32), mt.float64(mt.float64)])
def twice(x):
    return x * 2


@pytest.mark.compiled
def test_explicit_signatures():
    assert [str(s) for s in pick.signatures] == ["(Array(float64, 1, 'A'), int64)"]
    assert pick(np.arange(3.0), 1) == 1
    assert pick(np.arange(6.0)[::2], np.int32(2)) == 4
    assert type(twice(3)) is np.int32
    assert type(twice(2.5)) is np.float64
    assert type(twice(np.float32(2.5))) is np.float64
    with pytest.raises(TypeError, match="explicit signatures, and none takes"):
        pick(1, 2)
    with pytest.raises(OverflowError):
        twice(2**40)
    assert len(twice.signatures) == 2


@pytest.mark.compiled
@pytest.mark.parametrize(
    "given",
    ["float64(float64", "float63(float64)", [mt.float64(mt.float64, mt.float64)], "(int64"],
)
def test_signature_that_does_not_fit(given):
    with pytest.raises((mt.CompileError, TypeError)):
        mt.jit(given)(lambda x: x)


def test_signatures_fill_up():
    @mt.jit
    def mag(x, y):
        out = np.empty(min(len(x), len(y)))
        for i in range(len(out)):
            out[i] = np.sqrt(x[i] ** 2 + y[i] ** 2)
        return out

    a = np.arange(5, dtype=np.int32)
    b = np.arange(5, dtype=np.int64)
    mag(a, a), mag(a, b), mag(b, b), mag(a, a)
    if mag.overloads:
        assert [str(key) for key in mag.overloads] == [
            "(Array(int32, 1, 'C'), Array(int32, 1, 'C'))",
            "(Array(int32, 1, 'C'), Array(int64, 1, 'C'))",
            "(Array(int64, 1, 'C'), Array(int64, 1, 'C'))",
        ]


@mt.jit
def first(a, axis=0):
    return a.shape[axis]


@pytest.mark.compiled
def test_values_that_typing_asks_for():
    @mt.jit
    def element(t, i):
        return t[i]

    t = (1, 2.5, True)
    for i in (0, 1, 2, 1, 0, -1):
        assert element(t, i) == t[i] and type(element(t, i)) is type(t[i])
    with pytest.raises((IndexError, mt.TypingError)):
        element(t, 3)


@pytest.mark.compiled
def test_inspect():
    for stage in ("generic", "typed", "passed", "llvm", "asm"):
        (text,) = pick.inspect(stage).values()
        assert "pick" in text or "martlet" in text
        assert pick.inspect(stage, (mt.float64[::1], mt.int64))
    (times,) = pick.stats().values()
    assert times["total_ns"] > 0
    with pytest.raises(mt.CompileError, match="did you mean 'typed'"):
        pick.inspect("type")
