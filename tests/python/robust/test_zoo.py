"""No input crashes the process: random argument tuples from a zoo of awkward objects."""

import array
import collections
import enum
import random

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled

Pair = collections.namedtuple("Pair", "a b")


class Level(enum.IntEnum):
    LOW = 1


class Liar:
    def __array__(self, *args, **options):
        return "not an array"

    def __len__(self):
        return -1

    def __index__(self):
        raise RuntimeError

    @property
    def __array_interface__(self):
        return {"shape": "many", "typestr": "?", "version": 3}


class Sub(np.ndarray):
    pass


class Int(int):
    pass


def zoo():
    base = np.arange(24, dtype="f8")
    frozen = base.copy()
    frozen.flags.writeable = False
    buffer = np.zeros(200, "u1")
    yield from (0, -1, 1, 7, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, -(10**30), True)
    yield from (
        0.0,
        -0.0,
        1.5,
        float("nan"),
        float("inf"),
        1e308,
        1j,
        complex("nan"),
        None,
        ...,
    )
    yield from ("", "x", "é", "\ud800", b"x", bytearray(b"xyz"), memoryview(b"abcd"))
    yield from ((), (1,), (1, 2.5), ((1, (2,)), base), (base, base), Pair(1, base), [1], {1: 2})
    yield from (range(3), range(0, 10, -1), range(10**30), slice(None), slice(1, None, "x"))
    yield from (Level.LOW, Int(3), object(), Liar(), len, int, np.float64, np, np.sqrt, zoo)
    yield from (array.array("d", [1, 2]), array.array("i"), np.ma.array([1, 2]), np.matrix([1]))
    yield from (np.dtype("f4"), np.dtype("S3"), np.dtype([("a", "f8")]))
    for code in "?bhilqBHILQefdgFDGmMOSUV":
        yield np.zeros(3, code if code not in "SUV" else code + "3")
        yield np.zeros((), code if code not in "mMSUV" else "f8")[()]
    yield from (base[::2], base[::-1], base[:0], base[5:5], base.reshape(4, 6).T)
    yield from (
        base.reshape(2, 3, 4)[:, ::-1],
        base.reshape(4, 6)[::2, ::-3],
        frozen,
        frozen[::2],
    )
    yield from (
        np.array(3.0),
        np.zeros((0, 3)),
        np.zeros((3, 0, 2)),
        np.broadcast_to(1.0, (3, 3)),
    )
    yield np.lib.stride_tricks.as_strided(base, (5, 5), (8, 8))
    yield np.lib.stride_tricks.as_strided(base, (5,), (0,))
    yield buffer[1:193].view("f8")
    yield buffer[3:195].view("i4")[::2]
    yield from (base.astype(">f8"), base.view(Sub), base.astype("O"), np.zeros((1,) * 64))
    yield np.recarray((3,), dtype=[("a", "f8")])


ZOO = list(zoo())


@mt.jit
def same(x):
    return x


@mt.jit
def pair(x, y):
    return x, y, x


@mt.jit
def add(x, y):
    return x + y


@mt.jit
def item(x, y):
    return x[y]


@mt.jit
def store(x, y):
    for i in range(len(x)):
        x[i] = y
    return x


@mt.jit
def total(x, y):
    s = 0.0
    for v in x:
        s += v
    return s + y


@mt.jit("float64(float64[:], int64)")
def explicit(x, y):
    return x[y]


@mt.jit
def star(x, *y):
    return y


@mt.vectorize
def lazy(x, y):
    return x + y


@mt.vectorize(["f8(f8, f8)", "c16(c16, c16)"])
def eager(x, y):
    return x + y


FUNCTIONS = [pair, add, item, store, total, explicit, star, lazy, eager]


def call(function, *args):
    try:
        return function(*args)
    except (Exception, RecursionError) as error:
        assert not isinstance(error, SystemError), (function, args, error)


@pytest.mark.parametrize("x", ZOO, ids=lambda x: type(x).__name__)
def test_one_object(x):
    try:
        result = same(x)
    except (TypeError, OverflowError, ValueError):
        return
    assert type(result) is type(x) or isinstance(result, (np.ndarray, np.generic))


@pytest.mark.parametrize("count", [400, pytest.param(100_000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_random_pairs(function, count):
    chance = random.Random(count)
    for _ in range(count):
        call(function, chance.choice(ZOO), chance.choice(ZOO))
