"""Products of vectors and matrices, norms."""

import numpy as np
import pytest

import martlet as mt

BUNDLED = np.__config__.CONFIG["Build Dependencies"]["blas"]["name"] == "scipy-openblas"

BODIES = [
    "a @ b",
    "np.dot(a, b)",
    "a.dot(c)",
    "np.matmul(c, b)",
    "c @ c",
    "np.vdot(c, c)",
    "np.inner(a, c)",
    "np.inner(a, a)",
    "np.outer(c, c)",
    "np.kron(a, b)",
    "np.dot(c, b)",
    "a.T @ a",
    "a[::2, ::-1] @ b[::-1]",
    "np.trace(a)",
    "np.linalg.norm(c)",
    "a @ b[:3]",
    "np.dot(a, a)",
    "np.inner(a, b)",
]


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u1", "c16", "f2", "?"])
@pytest.mark.parametrize("body", BODIES)
def test_products(check, body, dtype):
    rng = np.random.default_rng(3)
    a, b, c = (np.round(rng.standard_normal(s) * 3) for s in ((5, 4), (4, 3), 4))
    if dtype == "u1":
        a, b, c = abs(a), abs(b), abs(c)
    check(body, a=a.astype(dtype), b=b.astype(dtype), c=c.astype(dtype), ulps=8)


MIXED = [
    "a[None] @ b",
    "a[None] @ b[None, None]",
    "np.dot(a[None], b)",
    "np.dot(a[0], b[:, :, None].transpose(2, 0, 1))",
    "np.cross(a[:, :3], b[:, 0][:3])",
    "np.cross(a[:, :3], a[::-1, 1:])",
    "np.dot(a, 3)",
    "np.dot(2, 3)",
    "a @ i",
    "np.linalg.norm(a)",
    "np.linalg.norm(i)",
    "np.linalg.norm(a, axis=0)",
    "np.linalg.norm(a, 2, axis=1)",
    "np.linalg.norm(a, np.inf, axis=1)",
    "np.linalg.norm(a, axis=1, keepdims=True)",
    "np.linalg.norm(a[0], 1)",
    "np.linalg.norm(a[0], 3)",
    "np.linalg.norm(a[0], 0)",
    "np.linalg.norm(a, 1)",
    "np.linalg.norm(a, 'fro')",
]


@pytest.mark.parametrize("body", MIXED)
def test_mixed(check, body):
    rng = np.random.default_rng(3)
    a, b, i = (
        rng.standard_normal((5, 4)),
        rng.standard_normal((4, 3)),
        np.arange(8).reshape(4, 2),
    )
    check(body, a=a, b=b, i=i, ulps=64)


def test_empty_products(check):
    check("a @ b", a=np.ones((3, 0)), b=np.ones((0, 2)))
    check("a @ b", a=np.ones((0, 3), int), b=np.ones((3, 2), int))
    check("np.dot(a, a)", a=np.ones(0))


def test_large_products(check):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((70, 50)), rng.standard_normal((50, 60))
    check("np.allclose(a @ b, np.dot(a, b))", a=a, b=b)
    check("np.sum((a @ b - np.dot(a, b)) ** 2) < 1e-20", a=a.T[:50], b=b[::-1])


@pytest.mark.skipif(not BUNDLED, reason="NumPy has another BLAS")
@pytest.mark.parametrize("dtype", "fdFD")
@pytest.mark.parametrize("n", [0, 1, 2, 7, 15, 16, 31, 33, 100, 1000])
def test_products_with_vectors_round_as_numpys(dtype, n):
    def f(v, w, a, b):
        return (
            v @ v,
            np.dot(v, w),
            np.vdot(v, v),
            a @ v,
            v @ a.T,
            a[:1] @ a[0],
            a[:1] @ a[:1].T,
            b @ v,
        )

    random = np.random.default_rng(n)
    v, w, a = (random.normal(size=shape).astype(dtype) for shape in (n, 2 * n, (9, n)))
    arguments = v, w[::2], a, np.asfortranarray(a)
    for got, expected in zip(mt.jit(f)(*arguments), f(*arguments), strict=True):
        np.testing.assert_array_equal(got, expected)
