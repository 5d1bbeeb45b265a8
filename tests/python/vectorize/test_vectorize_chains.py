"""reduce, accumulate and reduceat, where each element's result is the next one's operand."""

import numpy as np
import pytest

import martlet as mt


def plus(x, y):
    return x + y


@mt.vectorize
def last(x, y):
    return y


DTYPES = [bool, "i1", "u1", "i2", "i4", "u8", "i8", "f2", "f4", "f8", "c8", "c16"]
RANDOM = np.random.default_rng(5)


def layouts(dtype):
    a = RANDOM.integers(0, 5, (7, 12)).astype(dtype)
    yield from (
        a,
        a[::-1, ::-1],
        a[1::2, ::3],
        a.T,
        np.asfortranarray(a),
        a[:1],
        a[:, :1],
        a[0],
    )
    yield np.broadcast_to(a[:1], (3, 12))


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_result_is_the_next_operand(dtype) -> None:
    step = mt.vectorize(plus)
    for a in layouts(dtype):
        for axis in range(a.ndim):
            for method in ("reduce", "accumulate"):
                got = getattr(step, method)(a, axis=axis, dtype=a.dtype)
                expected = getattr(np.add, method)(a, axis=axis, dtype=a.dtype)
                np.testing.assert_array_equal(got, expected)
                assert got.dtype == expected.dtype
            np.testing.assert_array_equal(last.reduce(a, axis=axis), a.take(-1, axis))
            np.testing.assert_array_equal(last.accumulate(a, axis=axis), a)
            places = [0, min(3, a.shape[axis] - 1), 0]
            np.testing.assert_array_equal(
                step.reduceat(a, places, axis=axis, dtype=a.dtype),
                np.add.reduceat(a, places, axis=axis, dtype=a.dtype),
            )


def test_long_reductions_keep_the_order_of_the_elements() -> None:
    step = mt.vectorize(plus)
    a = RANDOM.normal(size=100_001)
    assert step.reduce(a) == np.add.accumulate(a)[-1]
    np.testing.assert_array_equal(step.accumulate(a), np.add.accumulate(a))


def test_output_in_place_is_no_chain() -> None:
    a, b = np.arange(10.0), np.arange(10.0)
    mt.vectorize(plus)(a[:-1], b[1:], out=a[1:])
    np.testing.assert_array_equal(a, [0, 1, 3, 5, 7, 9, 11, 13, 15, 17])


def test_reduction_stops_at_an_exception() -> None:
    @mt.vectorize
    def divide(x, y):
        return x // y

    with pytest.raises(ZeroDivisionError):
        mt.vectorize(["int64(int64, int64)"])(lambda x, y: int(x) // int(y)).reduce(
            [8, 2, 0, 1]
        )
    assert divide.reduce(np.array([100, 5, 2])) == 10
