"""vectorize makes true ufuncs."""

import pickle

import numpy as np
import pytest

import martlet as mt


def mul(x, y):
    return x * y


@mt.vectorize
def lazy(x, y):
    return x * y


@mt.vectorize(["float64(float64, float64)", "int64(int64, int64)"], identity=1)
def eager(x, y):
    return x * y


@mt.vectorize
def both(x):
    return x, x * 2


def refuse(x):
    if x > 3:
        raise ValueError("too big", x)
    return x


picky = mt.vectorize(refuse)


@mt.vectorize
def escape(c, n):
    z = c
    for i in range(n):
        if abs(z) > 2:
            return i
        z = z * z + c
    return n


f4 = np.arange(5, dtype="f4")
f8 = np.arange(5.0)
i1 = np.arange(5, dtype="i1")
i4 = np.arange(5, dtype="i4")
i8 = np.arange(5)


def check(result, expected):
    assert type(result) is type(expected)
    assert result.dtype == expected.dtype
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        *((f4, f4), (f8, f8), (f4, 2), (f4, 2.5), (i4, 2), (i4, 2.5), (i1, 3), (i4, f4)),
        *((2.5, 2), (np.float32(2), 3), (1j, f8), (True, f8), (f8[::2], f8[::-2])),
        *((f8.astype(">f8"), f8), (f8[:, None], i4), (np.array(2.0), f8), ([1, 2], f8[:2])),
        *((f8[:0], f8[:0]), (np.zeros((3, 0)), 2), (i8.astype("q"), 2)),
    ],
    ids=lambda v: f"{getattr(v, 'dtype', v)}",
)
def test_like_numpy(x, y):
    check(lazy(x, y), np.multiply(x, y))


@pytest.mark.compiled
def test_python_scalars_stay_python_scalars():
    assert lazy(3, 4) == 12
    with pytest.raises(OverflowError):
        lazy(2**62, 4)
    with pytest.raises(OverflowError):
        lazy(i1, 300)
    c = np.array([1 + 1j, 0.1])
    assert escape(c, 20).tolist() == [1, 20]
    assert escape(c, np.array([20, 30], "i4")).tolist() == [1, 30]


def test_methods():
    check(lazy.reduce(f8 + 1), np.multiply.reduce(f8 + 1))
    check(lazy.reduce(np.ones((3, 4)), axis=1), np.ones(3))
    check(lazy.accumulate(f8 + 1), np.multiply.accumulate(f8 + 1))
    check(lazy.accumulate(np.arange(1, 9)), np.multiply.accumulate(np.arange(1, 9)))
    check(lazy.reduceat(f8 + 1, [0, 2]), np.multiply.reduceat(f8 + 1, [0, 2]))
    check(lazy.outer(i8, f4), np.multiply.outer(i8, f4))
    a = np.ones(4)
    lazy.at(a, [0, 0, 1], 3.0)
    assert a.tolist() == [9, 3, 1, 1]
    check(eager.reduce(np.full((3, 4), 2.0), axis=(0, 1)), np.float64(2.0**12))
    assert eager.reduce([]) == 1
    with pytest.raises(ValueError, match="no identity"):
        lazy.reduce([])


def test_reduction_of_two_dtypes():
    @mt.vectorize
    def mean2(x, y):
        return (x + y) / 2

    assert mean2.reduce(np.array([2, 4, 8])) == 5.5


@pytest.mark.compiled
def test_out_where_dtype_casting():
    out = np.zeros(5)
    assert lazy(f8, f8, out=out) is out
    assert lazy(f8, f8, where=f8 > 2, out=np.full(5, -1.0)).tolist() == [-1, -1, -1, 9, 16]
    for dtype in ("f4", "f8", "c16"):
        fresh = mt.vectorize(mul)
        check(fresh(f8, f8, dtype=dtype, casting="unsafe"), (f8 * f8).astype(dtype))
    fresh = mt.vectorize(mul)
    check(fresh(i4, i4, dtype="i4"), i4 * i4)
    fresh = mt.vectorize(mul)
    check(fresh(i4, i4, signature=(np.float64, np.float64, np.float64)), (i4 * i4) * 1.0)


@pytest.mark.compiled
def test_signatures_choose_by_casting():
    assert eager.types == ["dd->d", "ll->l"]
    assert eager.identity == 1
    check(eager(i4, 2.5), i4 * 2.5)
    check(eager(3, 4), np.float64(12.0))


def test_several_results():
    one, two = both(f8)
    check(one, f8)
    check(two, f8 * 2)
    assert both.nout == 2


@pytest.mark.parametrize("size", [5, 100_000])
@pytest.mark.parametrize("made", ["lazy", "eager"])
def test_exception_of_an_element(size, made):
    ufunc = picky if made == "lazy" else mt.vectorize("float64(float64)")(refuse)
    with pytest.raises(ValueError) as caught:
        ufunc(np.arange(float(size)))
    assert caught.value.args == ("too big", 4.0)


@pytest.mark.compiled
@pytest.mark.parametrize("x", [np.array([1, 2], object), np.array(["a"]), np.zeros(2, "M8[s]")])
def test_dtypes_that_are_not_compiled(x):
    with pytest.raises(TypeError):
        lazy(x, x)


def test_no_floating_point_warnings():
    @mt.vectorize
    def divide(x, y):
        return x / y

    with np.errstate(all="raise"):
        assert divide(f8, 0.0 * f8)[1] == np.inf


SCALE = 2.0


@pytest.mark.compiled
def test_globals_are_guarded(monkeypatch):
    @mt.vectorize
    def scaled(x):
        return x * SCALE

    for value in (2.0, 3.0, 4.0):
        monkeypatch.setitem(globals(), "SCALE", value)
        check(scaled(f8), f8 * value)
    monkeypatch.setitem(globals(), "SCALE", 1j)
    with pytest.raises(TypeError, match="changed its type"):
        scaled(f8)


@pytest.mark.compiled
def test_attributes():
    @mt.vectorize
    def documented(x):
        """What it does."""
        return x

    assert documented.__name__ == "documented"
    assert "What it does." in documented.__doc__
    assert isinstance(documented, np.ufunc)


def test_pickles():
    assert pickle.loads(pickle.dumps(lazy)) is lazy
    assert pickle.loads(pickle.dumps(np.add)) is np.add
    cloudpickle = pytest.importorskip("cloudpickle")

    @mt.vectorize
    def local(x):
        return x + 1

    check(cloudpickle.loads(cloudpickle.dumps(local))(f8), f8 + 1)


def test_dask():
    array = pytest.importorskip("dask.array")
    base = pytest.importorskip("dask.base")
    x = array.ones(10, chunks=5)
    check(lazy(x, 3).compute(), np.full(10, 3.0))
    check(lazy(x, x).compute(), np.ones(10))
    assert base.tokenize(lazy) == base.tokenize(lazy)
    assert base.tokenize(lazy) != base.tokenize(eager)


@pytest.mark.compiled
@pytest.mark.parametrize("given", [3, len, lambda: 1, lambda *a: 1])
def test_what_cannot_be_a_ufunc(given):
    with pytest.raises(TypeError):
        mt.vectorize(given)


def test_plain_python_sees_numpy_scalars():
    seen = []

    with mt.disabled():

        @mt.vectorize(["float32(float32, int64)", "float64(float64, int64)"])
        def f(x, y):
            seen.append((type(x), type(y)))
            return x / y

        check(f(f4, 2), f4 / np.float32(2))
        check(f(f8, i8 + 1), f8 / (i8 + 1))
    assert set(seen) == {(np.float32, np.int64), (np.float64, np.int64)}
