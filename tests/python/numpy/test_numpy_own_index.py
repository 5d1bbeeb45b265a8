"""Assignment where index, value and array are one, or share memory; bools and masks as indices."""

import numpy as np
import pytest

INDICES = [np.array([1, 2, 0, 3]), np.array([3, 0, 1, 2])]


def overwrites_its_index():
    """As NumPy did up to 2.2."""
    a = INDICES[0].copy()
    a[a] = a[::-1]
    return a.tolist() != [2, 3, 0, 1]


@pytest.mark.skipif(
    overwrites_its_index(), reason="this NumPy overwrites the index that it reads"
)
@pytest.mark.parametrize("a", INDICES, ids=str)
@pytest.mark.parametrize("body", ["a[a] = 7", "a[a] += 10", "a[a] = a[::-1]", "a[a[::-1]] = a"])
def test_an_array_that_indexes_itself(check, body, a):
    check(f"{body}\nreturn a", a=a)


def test_an_array_of_several_rows_goes_into_itself(check):
    cube = np.arange(24.0).reshape(2, 3, 4)
    check("a[i] = a\nreturn a", a=cube, i=np.array([1, 0]))
    check("a[i] = a\nreturn a", a=cube, i=np.array([[0, 1], [1, 0]]))
    check("a[:, i] = a[:, ::-1]\nreturn a", a=cube, i=np.array([2, 0, 1]))


@pytest.mark.parametrize(
    "index", ["True", "False", "np.True_", "a[0, 0] == 0", "bool(a[0, 0])"]
)
def test_one_bool_is_a_mask(check, index):
    a = np.arange(6.0).reshape(2, 3)
    check(f"a[{index}]", a=a)
    check(f"a[{index}] = 7.0\nreturn a", a=a)


@pytest.mark.parametrize("shape", [(2, 3), (1, 1), (1, 1, 1)])
def test_a_mask_takes_values_of_one_dimension(check, shape):
    check("a[a > 1] = v\nreturn a", a=np.arange(6.0).reshape(2, 3), v=np.ones(shape))


@pytest.mark.compiled
@pytest.mark.parametrize("body", ["a[None]", "a[True]", "a[:, None] = 1\nreturn a"])
def test_an_index_makes_no_array_of_more_dimensions_than_numpy_has(check, body):
    check(body, a=np.zeros((1,) * 63))
    with pytest.raises(Exception, match="at most 64 dimensions"):
        check(body, a=np.zeros((1,) * 64))


def test_arrays_of_as_many_dimensions_as_numpy_has_are_made(check):
    check("np.zeros(a.shape), np.ones(a.shape)", a=np.zeros((1,) * 64))
