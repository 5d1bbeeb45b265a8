"""Values cross into compiled code and back: kinds, identity, ownership."""

import array
import collections
import enum
import gc
import weakref

import numpy as np
import pytest

import martlet as mt
from martlet import _core

pytestmark = pytest.mark.compiled

Point = collections.namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1
    BLUE = "b"


class Level(enum.IntEnum):
    LOW = 3
    HIGH = 4


VALUES = [
    *(0, 1, -1, 2**30, -(2**62), 2**63 - 1, -(2**63), 2**64 - 1, True, False, None, Ellipsis),
    *(1.5, float("inf"), -0.0, 1 + 2j, "häh", "", "a\0b"),
    *((), (1, 2.5), (1, (2, (None, 3j))), Point(1, 2.0), Point((1, 2), "x"), (1,) * 20),
    *(Color.RED, Color.BLUE, Level.HIGH),
    *(range(3), range(1, 10, 2), slice(1, None, -1), slice(None)),
    *(np.int8(-3), np.uint16(7), np.uint64(2**63), np.float16(0.5), np.float32(1.5)),
    *(np.float64(2), np.complex64(1 - 2j), np.complex128(2j), np.bool_(True), np.bool_(False)),
    *(np.dtype("f4"), np.float64, np.sqrt, np.add, np, int, len, ValueError, Point, Color),
]

ARRAYS = [
    np.arange(3.0),
    np.arange(12.0).reshape(3, 4),
    np.arange(12.0).reshape(3, 4).T,
    np.arange(12)[::2],
    np.arange(12)[::-1],
    np.array(3.0),
    np.zeros((0, 3)),
    np.zeros((3, 1)),
    np.broadcast_to(np.int16(1), (3, 3)),
    np.zeros((1,) * 64),
    np.zeros(9, "u1")[1:9].view("f8"),
    np.array([True]),
    np.zeros(2, "c8"),
    np.zeros(2, "e"),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_value_keeps_kind_and_value(value):
    result = _core._test_round_trip(value)
    assert type(result) is type(value)
    assert result == value
    assert repr(result) == repr(value)


@pytest.mark.parametrize("value", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}{a.strides}")
def test_returned_argument_is_the_same_object(value):
    assert _core._test_round_trip(value) is value
    pair = _core._test_round_trip((value, value, 1))
    assert pair[0] is value and pair[1] is value


def test_empty_tuple_is_the_one_empty_tuple():
    """Python 3.14 takes any other empty tuple for a longer one when it is freed."""

    @mt.jit
    def both(n):
        return (), (n, ())

    for n in range(1000):
        empty, (_, inner) = both(n)
        assert empty is () and inner is ()  # noqa: F632


def test_subclasses_that_are_arrays_all_the_same(tmp_path):
    mapped = np.memmap(tmp_path / "x", dtype="f8", mode="w+", shape=(4,))
    assert _core._test_round_trip(mapped) is mapped


def test_new_array_owns_its_memory():
    (result,) = _core._test_new_array(5, 0, 1)
    assert result.flags.owndata and result.flags.writeable and result.base is None
    result.resize(10, refcheck=False)
    assert result.tolist() == [0, 1, 2, 3, 4, 0, 0, 0, 0, 0]


def test_arrays_that_share_memory():
    first, second = _core._test_new_array(5, 0, 2)
    assert first is second
    (tail,) = _core._test_new_array(5, 2, 1)
    assert tail.tolist() == [2, 3, 4] and tail.base is not None


@mt.jit
def same(x):
    return x


@mt.jit
def parts(x):
    return x, x[1:], x


@mt.jit
def fresh(n):
    a = np.zeros(n)
    return a, a, a[1:]


def test_view_has_its_array_as_base():
    x = np.arange(4.0)
    whole, tail, again = parts(x)
    assert whole is x and again is x
    assert tail.base is x and tail.tolist() == [1, 2, 3]


def test_parts_of_a_new_array_share_its_memory():
    a, b, tail = fresh(4)
    assert a is b
    assert a.flags.owndata and tail.base is a
    a[1] = 7
    assert tail.tolist() == [7, 0, 0]
    del a, b
    gc.collect()
    assert tail.tolist() == [7, 0, 0]


@mt.jit
def tail_first(n):
    a = np.zeros((n, 2))
    return a[1:], (a.T, 1.5), a


def test_base_that_comes_last():
    tail, (turned, half), whole = tail_first(3)
    assert half == 1.5
    assert whole.flags.owndata and whole.shape == (3, 2)
    assert tail.base is whole and turned.base is whole
    whole[2, 1] = 5
    assert tail[1, 1] == 5 and turned[1, 2] == 5


def test_argument_is_released():
    x = np.zeros(3)
    owner = weakref.ref(x)
    same(x)
    del x
    assert owner() is None


def test_exporters_come_in_without_copying():
    source = array.array("d", [1, 2, 3])
    result = same(source)
    assert isinstance(result, np.ndarray) and result.tolist() == [1, 2, 3]
    result[0] = 9
    assert source[0] == 9
    assert same(memoryview(b"abc")).tolist() == [97, 98, 99]
    assert not same(memoryview(b"abc")).flags.writeable


def test_dlpack_exporter():
    class Exporter:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **options):
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    x = np.arange(3.0)
    result = same(Exporter(x))
    assert np.shares_memory(result, x)


def test_series():
    pandas = pytest.importorskip("pandas")
    assert same(pandas.Series([1.5, 2.5])).tolist() == [1.5, 2.5]
    with pytest.raises(mt.TypingError, match="Series"):
        same(pandas.Series(["a", "b"]))
