"""Sorting, searching, counting."""

import numpy as np
import pytest

BODIES = [
    "np.sort(a)",
    "np.argsort(a, kind='stable')",
    "np.unique(a)",
    "np.unique(a, return_index=True, return_inverse=True, return_counts=True)",
    "np.unique(a, return_counts=True)",
    "np.searchsorted(np.sort(a), a)",
    "np.searchsorted(np.sort(a), 2.0, side='right')",
    "np.sort(a).searchsorted(a)",
    "np.digitize(a, [0, 1, 2])",
    "np.digitize(a, [2, 1, 0], right=True)",
    "np.digitize(a, [0, 2, 1])",
    "np.median(a)",
    "np.lexsort((a, a))",
    "a[a == a]",
]
ROWS = {
    "nan": np.array([3.0, 1, 2, np.nan, -1, 2, 0, np.nan]),
    "ints": np.array([3, 1, 2, 5, -1, 2, 0], "i4"),
    "float32": np.array([3.0, 1, 2, np.inf, -1, 2, 0], "f4"),
    "strided": np.arange(24.0)[::-3],
    "bools": np.array([True, False, True]),
    "complex": np.array([1 + 2j, 1 + 1j, np.nan, 0, 1 + 2j]),
    "none": np.zeros(0),
    "many": np.random.default_rng(0).integers(0, 200, 500),
    "floats": np.random.default_rng(0).standard_normal(500),
    "falling": np.arange(100)[::-1],
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("body", BODIES)
def test_rows(check, body, row):
    a = ROWS[row]
    if a.dtype.kind == "c" and ("digitize" in body or "side" in body or "median" in body):
        pytest.skip("not for complex numbers")
    check(body, a=a)


PLANES = [
    "np.sort(a)",
    "np.sort(a, axis=0)",
    "np.sort(a, axis=None)",
    "np.argsort(a, axis=0, kind='stable')",
    "np.median(a, axis=0)",
    "np.median(a, axis=1, keepdims=True)",
    "np.unique(a, return_inverse=True)",
]


@pytest.mark.parametrize("layout, dtype", [("c", "f8"), ("strided", "f4"), ("fortran", "u1")])
@pytest.mark.parametrize("body", PLANES)
def test_planes(check, array, body, layout, dtype):
    check(body, a=array(layout, dtype))


def test_orders_that_quicksorts_fear(check):
    n = 3000
    zigzag = np.concatenate([np.arange(n // 2), np.arange(n // 2)[::-1]])
    for a in (np.arange(n), np.arange(n)[::-1].copy(), np.zeros(n), zigzag):
        check("np.sort(a), np.argsort(a, kind='stable')", a=a, interpreted=False)


COUNTS = [
    "np.histogram(a)",
    "np.histogram(a, 5, range=(-1, 1))",
    "np.histogram(a, [-1.0, 0, 0.5, 2])",
    "np.histogram(a, density=True)",
    "np.histogram(a, 4, weights=a)",
    "np.histogram(a, [-1, 0, 0, 2, 2])",
    "np.histogram(a, [-1.0, 0, 2], weights=a)",
    "np.histogram(a, [1])",
    "np.histogram(a, 0)",
    "np.histogram(a, [1, 0])",
    "np.bincount(np.abs(a * 3).astype(int))",
    "np.bincount(np.abs(a * 3).astype(int), weights=a)",
    "np.bincount(np.abs(a * 3).astype(int), minlength=50)",
    "np.bincount(a.astype(int))",
    "np.bincount(a.astype(int), minlength=-1)",
]


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8"])
@pytest.mark.parametrize("body", COUNTS)
def test_counts(check, body, dtype):
    a = (np.random.default_rng(0).standard_normal(200) * 5).astype(dtype)
    check(body, a=a)


def test_histogram_of_little(check):
    check("np.histogram(a)", a=np.zeros(0))
    check("np.histogram(a, 3)", a=np.full(4, 2.0))
    check("np.histogram(a, 3)", a=np.array([1.0, np.nan]))
