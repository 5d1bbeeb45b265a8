"""Sums, products, means, extremes, truth and running totals, to the last bit."""

import numpy as np
import pytest

BODIES = [
    "np.sum(a)",
    "a.sum(axis=0)",
    "np.sum(a, axis=-1, keepdims=True)",
    "np.sum(a, axis=None, keepdims=True)",
    "a.sum(dtype=np.float32)",
    "np.prod(a, axis=-1)",
    "np.mean(a)",
    "a.mean(axis=-1)",
    "np.var(a)",
    "a.var(axis=0)",
    "np.std(a, axis=-1, ddof=1, keepdims=True)",
    "np.max(a)",
    "a.min(axis=0)",
    "np.max(a, axis=-1, keepdims=True)",
    "np.argmax(a)",
    "a.argmin(axis=0)",
    "np.argmax(a, axis=-1, keepdims=True)",
    "np.any(a)",
    "a.all(axis=0)",
    "np.cumsum(a)",
    "a.cumsum(axis=0)",
    "np.cumprod(a, axis=-1)",
    "np.count_nonzero(a)",
    "np.count_nonzero(a, axis=0)",
    "np.nansum(a)",
    "np.nanmin(a, axis=0)",
    "np.nanmean(a)",
]
LAYOUTS = ["c", "fortran", "strided", "vector", "turned_cube", "no_rows", "empty", "number"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("body", BODIES)
def test_layouts(check, array, body, layout):
    check(body, a=array(layout, "f8"), zeros=False)


@pytest.mark.parametrize("dtype", ["i1", "u4", "i8", "f2", "f4", "c16", "?"])
@pytest.mark.parametrize("body", BODIES)
def test_dtypes(check, array, body, dtype):
    ulps = 8 if "prod" in body and dtype == "c16" else None
    check(body, a=array("c", dtype), zeros=False, ulps=ulps)


@pytest.mark.parametrize("dtype", ["f8", "i4"])
@pytest.mark.parametrize("body", ["np.ptp(a)", "np.ptp(a, axis=0)", "np.median(a, axis=-1)"])
def test_ptp_and_median(check, array, body, dtype):
    check(body, a=array("c", dtype))


TUPLES = [
    "np.sum(a, axis=(0, 2))",
    "np.sum(a, axis=(1, -1))",
    "np.sum(a, axis=(0, 1), keepdims=True)",
    "np.sum(a, axis=(0, 1, 2))",
    "np.sum(a, axis=())",
    "np.sum(a, axis=(0, 0))",
    "a.max(axis=(1, 2))",
    "np.mean(a, axis=(0, 2))",
    "np.var(a, axis=(0, 2))",
    "np.any(a, axis=(0, 1))",
]


@pytest.mark.parametrize("layout", ["cube", "turned_cube"])
@pytest.mark.parametrize("body", TUPLES)
def test_several_axes(check, array, body, layout):
    check(body, a=array(layout, "f4"), zeros=False)


def test_an_axis_that_is_not_known_when_compiling(check, array):
    a = array("cube", "f8")
    for axis in range(-4, 4):
        check("np.sum(a, axis=axis), a.max(axis), np.cumsum(a, axis)", a=a, axis=axis)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "f2"])
@pytest.mark.parametrize("n", [1, 7, 8, 9, 127, 128, 129, 1000])
def test_pairwise_sums(check, n, dtype):
    a = np.random.default_rng(n).standard_normal(2 * n).astype(dtype)
    check("np.sum(a), np.sum(a[::2]), np.sum(a[::-1])", a=a)


def buffers_whole_rows():
    """From 2.3 on, NumPy's buffer holds whole rows, which the last bits of float32 sums show."""
    a = np.ones((9000, 7), "f4")
    a[0] = 2**24
    return np.sum(a) == 117503408.0


# Compiled only: in the interpreter these take long.
@pytest.mark.parametrize("shape", [(100_003,), (9000, 7), (3, 9000), (90, 90, 9), (300, 1)])
@pytest.mark.parametrize("dtype", ["f4", "i8"])
def test_large_sums(check, shape, dtype):
    if dtype == "f4" and not buffers_whole_rows():
        pytest.skip("this NumPy adds in another order")
    scale = 1 if dtype == "f4" else 2.0**40
    a = (np.random.default_rng(1).standard_normal(shape) * scale).astype(dtype)
    check("np.sum(a), a.sum(0), a.sum(-1)", a=a, interpreted=False)
    check("np.mean(a), np.mean(a, 0), np.mean(a, -1)", a=a, interpreted=False)
    check("np.sum(a), np.sum(a, -1)", a=a[::2], interpreted=False)


@pytest.mark.parametrize("seed", range(8))
def test_sums_of_random_layouts(check, seed):
    rng = np.random.default_rng(seed)
    ndim = 2 + seed % 2
    shape = [int(rng.choice([1, 2, 3, 9, 40])) for _ in range(ndim)]
    base = rng.standard_normal([2 * n + 1 for n in shape]).astype("f4")
    cuts = tuple(
        [slice(0, n), slice(None, 2 * n, 2), slice(n, 0, -1)][rng.integers(3)] for n in shape
    )
    a = base[cuts].transpose(rng.permutation(ndim))
    check("np.sum(a), np.sum(a, 0), np.sum(a, -1)", a=a, interpreted=False)
    check("np.sum(a, (0, 1)), np.sum(a, (1, 0)), np.var(a, 0)", a=a, interpreted=False)


NANS = ["np.max(a)", "np.min(a, axis=0)", "np.argmax(a)", "np.argmin(a, axis=0)", "np.sum(a)"]


@pytest.mark.parametrize("dtype", ["f4", "c16"])
@pytest.mark.parametrize(
    "body", [*NANS, "np.nanmax(a)", "np.nansum(a)", "np.nanmin(a, axis=1)"]
)
def test_nan(check, array, body, dtype):
    a = array("c", dtype)
    a[1, 2] = a[3, 0] = np.nan
    check(body, a=a)


def test_initial_values_and_out(check, array):
    a = array("c", "f8")
    check("np.sum(a, initial=10.0), a.max(initial=100), np.prod(a, 0, initial=2)", a=a)
    out = np.zeros(6)
    check("return np.sum(a, axis=0, out=out), out", a=a, out=out)
    check("return np.cumsum(a, axis=1, out=out), out", a=a, out=np.zeros((4, 6)))


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_average(check, array, axis):
    a = array("c", "f8")
    check("np.average(a, axis=axis)", a=a, axis=axis)
    check("np.average(a, axis, w)", a=a, axis=axis, w=np.abs(a) + 1)
    check("np.average(a, axis=axis, weights=w)", a=a, axis=axis, w=np.arange(4.0))


def test_of_numbers_and_displays(check):
    check("np.sum([1, 2, 3]), np.max((1.5, 2)), np.mean([1, 2]), np.any([0, 1])")
    check("np.sum(3), np.max(2.5), np.cumsum([1, 2, 3])")


def test_ufunc_methods(check, array):
    check(
        "np.add.reduce(a), np.multiply.reduce(a[0]), np.maximum.reduce(a, 1)",
        a=array("c", "f8"),
    )
    check("np.add.accumulate(a), np.maximum.accumulate(a, 1)", a=array("c", "i4"))
