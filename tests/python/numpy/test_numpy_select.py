"""Choosing by truth and by place; comparisons; differences and interpolation."""

import numpy as np
import pytest

BODIES = [
    "np.where(a > 0, a, 0)",
    "np.where(a > 0)",
    "np.where(a > 0, a, -a)",
    "np.where(a > 0, 1, 2.5)",
    "np.where(a[0] > 0, a, 1)",
    "np.where(True, a, 0)",
    "np.where(a > 0, a[:3], 0)",
    "np.clip(a, -2, 5)",
    "a.clip(0, 3)",
    "np.clip(a, None, 2)",
    "np.clip(a, a_min=1, a_max=None)",
    "np.clip(a, 0, a)",
    "np.clip(a, -1000, 1000)",
    "np.take(a, [0, 2])",
    "np.take(a, ix, axis=0)",
    "a.take(ix, axis=1)",
    "np.take(a, 1, axis=0)",
    "np.take(a, 100)",
    "np.take(a, [[0, 1], [2, 30]], mode='wrap')",
    "np.take(a, [[0, 1], [2, -30]], mode='clip')",
    "np.compress([True, False, True], a, axis=0)",
    "a.nonzero()",
    "np.flatnonzero(a)",
    "np.argwhere(a > 2)",
    "np.extract(a > 2, a)",
    "np.select((a > 3, a < 0), (a, -a), 7)",
    "np.take_along_axis(a, np.argsort(a, axis=-1, kind='stable'), axis=-1)",
    "np.diff(a)",
    "np.diff(a, axis=0)",
    "np.diff(a, 2)",
    "np.diff(a > 0)",
    "np.ediff1d(a)",
    "np.isclose(a, a + 1e-9)",
    "np.allclose(a, a)",
    "np.allclose(a, a + 1)",
    "np.array_equal(a, a)",
    "np.array_equal(a, a[:1])",
    "np.array_equiv(a, a[:1])",
    "a[0, 0] in a",
    "1000 in a",
]


@pytest.mark.parametrize("layout, dtype", [("c", "f8"), ("strided", "f4"), ("fortran", "i2")])
@pytest.mark.parametrize("body", BODIES)
def test_select(check, array, body, layout, dtype):
    check(body, a=array(layout, dtype), ix=np.array([3, 0, -1, 2]))


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8", "f2", "c8", "?"])
@pytest.mark.parametrize(
    "body", ["np.where(a, a, 1)", "np.flatnonzero(a)", "np.isclose(a, 1)", "np.take(a, [1, 2])"]
)
def test_dtypes(check, array, body, dtype):
    check(body, a=array("c", dtype))


@pytest.mark.parametrize("x", [-5, 3, 300])
@pytest.mark.parametrize("dtype", ["i1", "u1", "u8", "f4"])
def test_where_of_python_ints(check, array, dtype, x):
    check("np.where(a > 1, a, x)", a=array("c", dtype), x=x)


def refuses_wide_bounds():
    """As NumPy did up to 2.0."""
    try:
        np.clip(np.int8(1), -300, 300)
    except OverflowError:
        return True
    return False


@pytest.mark.skipif(refuses_wide_bounds(), reason="this NumPy takes only bounds of the dtype")
@pytest.mark.parametrize("bounds", [(-300, 300), (0, 100), (300, 400)])
@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8"])
def test_clip_by_python_ints(check, array, dtype, bounds):
    check("np.clip(a, low, high)", a=array("c", dtype), low=bounds[0], high=bounds[1])


INTERPOLATED = ["np.interp(x, xp, fp)", "np.interp(x, xp, fp, left=-1, right=7)"]


@pytest.mark.parametrize("body", INTERPOLATED)
def test_interp(check, body):
    xp, fp = np.array([0.0, 1.0, 1.0, 2.5]), np.array([1.0, 5.0, 6.0, -2.0])
    x = np.array([[-1.0, 0.0, 0.3, 1.0], [1.7, 2.5, 9.0, np.nan]])
    check(body, x=x, xp=xp, fp=fp)
    check(body, x=0.25, xp=xp, fp=fp)
    check(body, x=x, xp=xp[:1], fp=fp[:1])
    check(body, x=x, xp=xp, fp=fp[:2])
    check(body, x=x, xp=xp, fp=np.array([1.0, np.inf, np.inf, 3.0]))


def test_masked_out_nothing(check, array):
    check("a[a > 100], np.where(a > 100), np.compress(a > 100, a)", a=array("vector", "f8"))
