"""Functions of numbers made of others, and what arrays are."""

import numpy as np
import pytest

BODIES = [
    "np.shape(a), np.ndim(a), np.size(a), np.size(a, 0)",
    "a.item(3), a[0].item(1), a.item((1, 2)), a.max().item()",
    "a.item(100)",
    "a.item()",
    "np.real(a)",
    "np.imag(a)",
    "a.conj()",
    "np.isreal(a), np.isrealobj(a), np.iscomplexobj(a)",
    "np.round(a)",
    "np.round(a, 1)",
    "np.around(a, -1)",
    "a.round(2)",
    "np.fix(a * 1.5)",
    "np.nan_to_num(a)",
    "np.isin(a, [1, 2, 5])",
    "np.isin(a, [1, 2, 5], invert=True)",
    "np.convolve(a[0], a[1])",
    "np.convolve(a[0], a[1, :3], mode='same')",
    "np.convolve(a[0, :2], a[1], mode='valid')",
    "np.trapezoid(a[0]), np.trapezoid(a[0], np.arange(6)), np.trapezoid(a[0], dx=0.5)",
    "np.polyval([1, -2, 3], a)",
    "np.add.outer(a[0], a[1]), np.multiply.outer(a, a[0])",
    "np.broadcast_arrays(a, a[0], a[:, :1])",
    "np.pad(a, 1)",
    "np.pad(a, ((1, 2), (0, 3)), constant_values=7)",
    "np.nanvar(a), np.nanstd(a, axis=0)",
    "np.copyto(a, 3)\nreturn a",
    "np.copyto(a, a[:1])\nreturn a",
    "np.put(a, [0, -1, 3], [7, 8])\nreturn a",
    "np.put(a, 99, 1)\nreturn a",
]


@pytest.mark.parametrize("layout, dtype", [("c", "f8"), ("strided", "i4"), ("c", "f4")])
@pytest.mark.parametrize("body", BODIES)
def test_numbers(check, array, body, layout, dtype):
    check(body, a=array(layout, dtype), ulps=4096 if "conv" in body or "trap" in body else None)


def test_complex_numbers(check, array):
    a = array("c", "c16")
    check("np.real(a), np.imag(a), a.conj(), np.iscomplex(a), np.isreal(a)", a=a)
    check("np.angle(a), np.angle(a, deg=True)", a=a, ulps=2)
    check("np.round(a, 1)", a=a)


def test_odd_numbers(check):
    a = np.array([1.5, np.nan, np.inf, -np.inf])
    check("np.nan_to_num(a), np.nan_to_num(a, nan=7, posinf=1, neginf=2)", a=a)
    check("np.nanvar(a), np.nanstd(a)", a=np.array([1.0, np.nan, 4.0]))
    check("np.sinc(a)", a=np.array([0.0, 0.5, -2.25]), ulps=2)


def test_indices_as_one_number(check):
    check("np.unravel_index(i, (2, 3, 4))", i=17)
    check("np.unravel_index(i, (2, 3, 4))", i=99)
    check("np.unravel_index(i, (2, 3, 4))", i=np.array([[1, 2], [23, 0]]))
    check("np.ravel_multi_index((i, j), (3, 4))", i=2, j=1)
    check("np.ravel_multi_index((i, j), (3, 4))", i=np.array([0, 2]), j=np.array([1, 3]))
    check("np.ravel_multi_index((i, j), (3, 4))", i=2, j=4)


@pytest.mark.compiled
def test_squeeze_says_what_it_needs():
    import martlet as mt

    def squeezed(a):
        return np.squeeze(a)

    with pytest.raises(mt.CompileError, match=r"squeeze\(axis=0\)") as caught:
        mt.jit(squeezed)(np.ones((1, 2)))
    assert "return np.squeeze(a)" in str(caught.value)
