"""Other shapes of an array, arrays put together, repeated and turned."""

import numpy as np
import pytest

PLANES = [
    "a.reshape(-1)",
    "a.reshape((a.size, 1))",
    "np.reshape(a, (2, -1))",
    "a.reshape(2, -1, order='F')",
    "a.reshape(7, -1)",
    "a.reshape(5, 5)",
    "a.reshape(-1, -1)",
    "np.ravel(a)",
    "a.ravel()",
    "a.ravel(order='F')",
    "a.flatten()",
    "a.flatten(order='F')",
    "a.T",
    "np.transpose(a)",
    "a.transpose(1, 0)",
    "np.transpose(a, (1, 0))",
    "np.swapaxes(a, 0, 1)",
    "a.swapaxes(-1, 0)",
    "np.moveaxis(a, 0, -1)",
    "np.expand_dims(a, 0)",
    "np.expand_dims(a, -1)",
    "np.expand_dims(a, (0, 2))",
    "np.squeeze(a[:, None], axis=1)",
    "np.squeeze(a, axis=0)",
    "np.flip(a)",
    "np.flip(a, 0)",
    "np.flip(a, (0, 1))",
    "np.fliplr(a)",
    "np.flipud(a)",
    "np.rot90(a)",
    "np.rot90(a, 2)",
    "np.rot90(a, -1)",
    "np.roll(a, 2)",
    "np.roll(a, 1, axis=0)",
    "np.roll(a, (1, 2), axis=(0, 1))",
    "np.roll(a, -1, axis=1)",
    "np.repeat(a, 2)",
    "np.repeat(a, 3, axis=0)",
    "a.repeat(2, axis=1)",
    "np.repeat(a, np.arange(a.shape[0]), axis=0)",
    "np.tile(a, 2)",
    "np.tile(a, (2, 1))",
    "np.tile(a, (2, 1, 3))",
    "np.atleast_1d(a)",
    "np.atleast_3d(a)",
    "np.broadcast_to(a, (3,) + a.shape)",
    "np.broadcast_to(a, (3, 2))",
    "np.diag(a)",
    "np.diag(a, 1)",
    "np.diagonal(a, -1)",
    "np.trace(a)",
    "np.tril(a)",
    "np.triu(a, 1)",
    "np.concatenate((a, a))",
    "np.concatenate([a, a], axis=1)",
    "np.concatenate((a, a.astype(np.int32)), axis=None)",
    "np.concatenate((a, a.T))",
    "np.stack((a, a))",
    "np.stack([a, a], axis=-1)",
    "np.vstack((a, a))",
    "np.hstack((a, a))",
    "np.dstack((a, a))",
    "np.column_stack((a, a))",
    "np.append(a, a)",
    "np.vander(a[0])",
    "a.view()",
]


@pytest.mark.parametrize("layout", ["c", "fortran", "strided"])
@pytest.mark.parametrize("body", PLANES)
def test_planes(check, array, body, layout):
    check(body, a=array(layout, "f8" if layout != "fortran" else "i4"))


LINES = [
    "np.concatenate((a, a))",
    "np.concatenate((a[:0], a))",
    "np.stack((a, a))",
    "np.vstack((a, a))",
    "np.hstack((a, a))",
    "np.column_stack((a, a))",
    "np.diag(a)",
    "np.diag(a, -2)",
    "np.atleast_2d(a)",
    "a.reshape(-1, 1)",
    "a[::2].reshape(2, 2)",
    "np.repeat(a, [1, 2, 0, 1, 2, 3, 1])",
    "np.repeat(a, [1, 2])",
    "np.repeat(a, -1)",
    "np.tril(a)",
    "np.roll(a, -9)",
    "np.tile(a, (2, 2))",
    "a.view(np.int64)",
    "a.astype(np.float32).view(np.uint8)",
    "a.view(np.complex128)",
    "np.append(a, 3.0)",
    "np.append(a, [1.0, 2.0])",
    "np.moveaxis(a, 0, 0)",
    "np.moveaxis(a, 1, 0)",
    "np.expand_dims(a, 5)",
]


@pytest.mark.parametrize("layout", ["vector", "every_third"])
@pytest.mark.parametrize("body", LINES)
def test_lines(check, array, body, layout):
    check(body, a=array(layout, "f8"))


CUBES = [
    "a.transpose(2, 0, 1)",
    "np.transpose(a, (0, -1, 1))",
    "np.transpose(a, (0, 0, 1))",
    "np.transpose(a, (0, 1))",
    "np.moveaxis(a, (0, 1), (-1, 0))",
    "np.moveaxis(a, -1, 0)",
    "np.rollaxis(a, 2)",
    "np.swapaxes(a, 0, 2)",
    "np.swapaxes(a, 0, 3)",
    "np.squeeze(a[:1, None], axis=(0, 1))",
    "np.concatenate(a)",
    "np.stack(a, axis=1)",
    "np.vstack(a)",
    "np.hstack(a)",
    "a.reshape(6, 4)",
    "a.reshape(2, 12)",
    "a.reshape(-1, 2, order='F')",
    "np.trace(a, axis1=1, axis2=2)",
    "np.diagonal(a, 0, 1, 2)",
    "np.triu(a)",
    "np.flip(a, 1)",
]


@pytest.mark.parametrize("layout", ["cube", "turned_cube"])
@pytest.mark.parametrize("body", CUBES)
def test_cubes(check, array, body, layout):
    check(body, a=array(layout, "i4"))


def test_arrays_of_unlike_types_are_put_together(check, array):
    check(
        "np.concatenate((a, b, c))",
        a=array("vector", "i2"),
        b=array("vector", "f4"),
        c=np.ones(2),
    )
    check("np.stack((a, b), axis=1)", a=array("vector", "u1"), b=array("every_third", "c8"))
    check("np.concatenate((a, b), dtype=np.float32)", a=np.arange(3), b=np.ones(2))
    check("np.stack((a, b))", a=np.ones(3), b=np.ones(4))


def test_a_view_shares_memory():
    import martlet as mt

    for body in ("a.reshape(3, 2)", "a.ravel()", "a[::2].reshape(-1, 1)", "a.T", "np.flip(a)"):
        namespace = {"np": np}
        exec(f"def case(a):\n    v = {body}\n    v[...] = 7\n    return a\n", namespace)
        jitted = mt.jit(source=f"def case(a):\n    v = {body}\n    v[...] = 7\n    return a\n")
        expected, got = np.arange(6.0), np.arange(6.0)
        namespace["case"](expected)
        jitted(namespace["case"])(got)
        assert np.array_equal(expected, got), body
