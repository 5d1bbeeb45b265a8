"""Making arrays: from displays, filled, ranges, grids, copies."""

import numpy as np
import pytest

import martlet as mt

MADE = [
    "np.ones(3)",
    "np.ones((2, 3), np.int32)",
    "np.ones((2, 3), order='F')",
    "np.full((2, 2), 7)",
    "np.full(3, 2.5)",
    "np.full((2,), 1, dtype=np.int8)",
    "np.full((2, 2), (1, 2))",
    "np.full((), 3j)",
    "np.eye(3)",
    "np.eye(3, 4, 1)",
    "np.eye(2, 3, -1, int)",
    "np.identity(2, np.float32)",
    "np.tri(3, 4, 1, int)",
    "np.array([1, 2, 3])",
    "np.array([[1, 2], [3, 4]])",
    "np.array([1, 2.5])",
    "np.array((True, False))",
    "np.array([True, 2])",
    "np.array([1, 2], dtype=np.float32)",
    "np.array(3)",
    "np.array([[1], [2]])",
    "np.array([1 + 2j, 3])",
    "np.array([])",
    "np.array([[], []])",
    "np.array([1, 2], ndmin=3)",
    "np.array([np.int8(1), np.uint8(2)])",
    "np.array([np.float32(1), 2])",
    "np.asarray([1, 2])",
    "np.asarray(range(3))",
    "np.ascontiguousarray(5.0)",
    "np.arange(5)",
    "np.arange(2, 10, 3)",
    "np.arange(10, 2, -3)",
    "np.arange(0.5, 3)",
    "np.arange(0, 1, 0.1)",
    "np.arange(1, 0, -0.3)",
    "np.arange(3, dtype=np.float32)",
    "np.arange(1, 5, dtype=np.int8)",
    "np.arange(np.float32(0), 1, np.float32(0.1))",
    "np.arange(5, 2)",
    "np.arange(0, 5, 0)",
    "np.linspace(0, 1, 5)",
    "np.linspace(0, 10, 4, dtype=int)",
    "np.linspace(0, 1, 5, endpoint=False)",
    "np.linspace(2, 3, 1)",
    "np.linspace(0, 1, 0)",
    "np.linspace(3, 3, 4)",
    "np.linspace(0, 1j, 3)",
    "np.linspace(np.float32(0), np.float32(1), 7)",
    "np.linspace(0, 1, 5, retstep=True)",
    "np.linspace(0, 5e-324, 3)",
    "np.linspace(0, 1, -1)",
    "np.logspace(0, 2, 3)",
    "np.ogrid[0:3, 0:4]",
    "np.mgrid[0:3, 0:4]",
    "np.ogrid[0:1:5j, -1:1:3j]",
    "np.mgrid[0:1:5j, -1:1:3j]",
    "np.mgrid[0:1:5j, 0:4]",
    "np.mgrid[0:5]",
    "np.mgrid[2:5]",
    "np.mgrid[0:1:3j]",
    "np.ogrid[:2:0.5]",
    "np.mgrid[0:2:0.5, 0:3]",
    "np.mgrid[5:2:-1, 0:0]",
    "np.indices((2, 3))",
    "np.indices((2, 3), sparse=True)",
    "np.ones(-1)",
]


@pytest.mark.parametrize("body", MADE)
def test_made(check, body):
    check(body)


COPIED = [
    "np.ones_like(a)",
    "np.zeros_like(a)",
    "np.full_like(a, 3)",
    "np.empty_like(a).shape",
    "np.zeros_like(a, np.int8)",
    "np.zeros_like(a, shape=(2, 2))",
    "np.array(a)",
    "np.array(a, ndmin=4)",
    "np.array([a, a])",
    "np.copy(a)",
    "a.copy()",
    "a.copy(order='F')",
    "np.asarray(a)",
    "np.asarray(a, dtype=np.float32)",
    "np.ascontiguousarray(a)",
    "a.astype(np.float32)",
    "a.astype(int)",
    "a.astype('c16')",
    "a.astype(bool)",
]


@pytest.mark.parametrize("layout", ["c", "fortran", "strided", "vector", "number", "readonly"])
@pytest.mark.parametrize("body", COPIED)
def test_copied(check, array, body, layout):
    check(body, a=array(layout, "f8"))


@pytest.mark.parametrize("to", ["i1", "u2", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "?"])
@pytest.mark.parametrize("of", ["i1", "u8", "f4", "f8", "?"])
def test_astype(check, array, of, to):
    check(f"a.astype(np.dtype('{to}'))", a=array("c", of))


MESHES = [
    "np.meshgrid(x, y)",
    "np.meshgrid(x, y, indexing='ij')",
    "np.meshgrid(x, y, sparse=True)",
    "np.meshgrid(x, y, x)",
    "np.meshgrid(x)",
    "np.meshgrid(x, y, indexing='yx')",
]


@pytest.mark.parametrize("body", MESHES)
def test_meshgrid(check, body):
    check(body, x=np.arange(3), y=np.arange(4.0))


def same(a):
    return np.asarray(a)


def test_what_is_asked_to_be_an_array_stays_the_same_object():
    a = np.arange(3.0)
    assert mt.jit(same)(a) is a
