"""Masks and arrays of integers as indices, read and written."""

import numpy as np
import pytest

READ = [
    "a[a > 0]",
    "a[ix]",
    "a[ix, 0]",
    "a[:, ix]",
    "a[ix, ix]",
    "a[[0, 2]]",
    "a[[0, 2], [1, 3]]",
    "a[..., ix]",
    "a[ix[:, None], ix]",
    "a[a[:, 0] > 0]",
    "a[:, a[0] > 0]",
    "a[a[:, 0] > 0, 1:3]",
    "a[0, ix]",
    "a[1:, ix]",
    "a[None, ix]",
    "a[ix, None]",
    "a[ix, 1:3]",
    "a[ix][:, ::2]",
    "a[np.array(1)]",
    "a[np.array(10)]",
    "a[[7]]",
    "a[9, ix]",
    "a[a[:2] > 0]",
    "a[ix, ix[:2]]",
    "a[ix, [0, 1, 2]]",
]


@pytest.mark.parametrize("layout, dtype", [("c", "f8"), ("fortran", "i4"), ("strided", "c8")])
@pytest.mark.parametrize("body", READ)
def test_planes(check, array, body, layout, dtype):
    check(body, a=array(layout, dtype), ix=np.array([3, 0, -1, 2]))


CUBES = [
    "a[ix]",
    "a[:, ix]",
    "a[:, :, ix]",
    "a[ix, ix]",
    "a[ix, :, ix]",
    "a[0, :, ix]",
    "a[:, ix, ix]",
    "a[:, 0, ix]",
    "a[ix, 0]",
    "a[..., ix, None]",
    "a[ix, ...]",
    "a[ix, ..., ix]",
    "a[a > 0]",
    "a[a[:, :, 0] > 0]",
    "a[:, a[0] > 0]",
]


@pytest.mark.parametrize("layout", ["cube", "turned_cube"])
@pytest.mark.parametrize("body", CUBES)
def test_cubes(check, array, body, layout):
    check(body, a=array(layout, "i4"), ix=np.array([0, 1, -1]))


WRITTEN = [
    "a[a > 0] = 1",
    "a[a > 0] = a[a > 0] * 2",
    "a[ix] = 7",
    "a[ix] = a[0]",
    "a[ix, ix] = 5",
    "a[:, ix] = a[:, :1]",
    "a[ix] += 1",
    "a[a > 1] -= 3",
    "a[[0, 2]] = 1",
    "a[ix, 1:3] = 9",
    "a[a[:, 0] > 0] = 0",
    "a[a > 0] = a[0]",
    "a[a > 0] = [5]",
    "a[1, ix] = a[0, :4]",
    "a[ix[:, None], ix] = ix",
    "a[ix] = a[ix[::-1]]",
    "a[ix] = a[:3]",
    "a[9, ix] = 1",
    "a[ix, None] = a[:, None]",
    "a.fill(3)",
    "a.sort()",
    "a.sort(axis=0)",
    "np.fill_diagonal(a, 5)",
]


@pytest.mark.parametrize("layout, dtype", [("c", "f8"), ("fortran", "i4"), ("strided", "f4")])
@pytest.mark.parametrize("body", WRITTEN)
def test_written(check, array, body, layout, dtype):
    check(f"{body}\nreturn a", a=array(layout, dtype), ix=np.array([3, 0, -1, 2]))


@pytest.mark.parametrize("kind", ["i1", "u2", "i4", "u8"])
def test_kinds_of_indices(check, array, kind):
    ix = np.array([1, 0, 3], kind)
    check("a[ix]", a=array("vector", "f8"), ix=ix)
    check("a[ix, 1]", a=array("c", "f8"), ix=ix)
    check("a[ix] = 1\nreturn a", a=array("c", "f8"), ix=ix)


def test_a_vector_by_a_table(check, array):
    check("a[ix]", a=array("every_third", "f8"), ix=np.array([[0, 1], [-1, 2]]))
    check("a[ix]", a=array("vector", "f8"), ix=np.zeros((0, 3), int))
    check("a[ix]", a=array("empty", "f8"), ix=np.zeros(0, int))
    check("a[ix]", a=array("empty", "f8"), ix=np.zeros(1, int))
