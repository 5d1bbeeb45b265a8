"""guvectorize makes generalised ufuncs."""

import pickle

import numpy as np
import pytest

import martlet as mt


@mt.guvectorize(
    ["(float64[:], float64, float64[:])", "(int64[:], int64, int64[:])"], "(n),()->(n)"
)
def shift(x, by, out):
    for i in range(len(x)):
        out[i] = x[i] + by


@mt.guvectorize("(m,n),(n,p)->(m,p)")
def product(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            total = a[0, 0] * 0
            for k in range(a.shape[1]):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@mt.guvectorize(["void(float64[:], float64[:])"], "(n)->()")
def total(x, out):
    s = 0.0
    for v in x:
        if v < 0:
            raise ValueError("negative", v)
        s += v
    out[0] = s


def test_with_signatures():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(shift(x, 2), x + 2)
    np.testing.assert_array_equal(shift(x[:, ::-2], [[1], [2], [3]][0]), x[:, ::-2] + 1)
    np.testing.assert_array_equal(shift(np.arange(3), 5), np.arange(3) + 5)
    np.testing.assert_array_equal(shift(x.T, np.arange(4)), x.T + np.arange(4)[:, None])
    assert shift(np.zeros((0, 3)), 1).shape == (0, 3)
    assert shift(np.zeros((3, 0)), 1).shape == (3, 0)
    assert shift.signature == "(n),()->(n)"


@pytest.mark.compiled
def test_attributes():
    assert isinstance(shift, np.ufunc)
    assert shift.types == ["dd->d", "ll->l"]
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(total(x, axis=0), x.sum(axis=0))


def test_output_without_core_dimensions():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(total(x), x.sum(axis=1))
    assert total(x[0]) == x[0].sum()


def test_on_demand():
    a = np.arange(24.0).reshape(2, 3, 4)
    b = np.arange(20.0).reshape(4, 5)
    out = np.empty((2, 3, 5))
    assert product(a, b, out=out, dtype="f8") is out
    np.testing.assert_array_equal(out, a @ b)
    small = product(a[0].astype("f4"), b.astype("f4"), dtype="f4")
    assert small.dtype == "f4"
    np.testing.assert_array_equal(small, (a[0] @ b).astype("f4"))


@pytest.mark.compiled
def test_dtypes_of_outputs_are_said():
    a = np.arange(12.0).reshape(3, 4)
    b = np.arange(20.0).reshape(4, 5)
    mixed = product(a.astype("i4"), b, signature=("i4", "f8", "f8"))
    np.testing.assert_array_equal(mixed, a @ b)
    with pytest.raises(TypeError, match="dtype="):
        product(a.astype("c8"), b)


def test_exception():
    with pytest.raises(ValueError) as caught:
        total(np.array([[1.0, 2], [3, -4]]))
    assert caught.value.args == ("negative", -4.0)


def test_inputs_are_read_only():
    @mt.guvectorize(["(float64[:], float64[:])"], "(n)->(n)")
    def wrong(x, out):
        x[0] = 1.0

    with pytest.raises(ValueError, match="read-only"):
        wrong(np.ones(3))


@pytest.mark.compiled
@pytest.mark.parametrize("layout", ["(n)->(n)", "(n),(n)", "(n),()->(n),()", 3])
def test_layout_that_does_not_fit(layout):
    with pytest.raises(TypeError):

        @mt.guvectorize(layout)
        def f(x, y, out):
            out[0] = x[0]


@pytest.mark.compiled
def test_signature_that_does_not_fit():
    with pytest.raises(TypeError, match="core dimensions"):

        @mt.guvectorize(["(float64, float64, float64[:])"], "(n),()->(n)")
        def f(x, y, out):
            out[0] = y


def test_pickles():
    assert pickle.loads(pickle.dumps(shift)) is shift


def carry(x, k, out):
    for i in range(len(x)):
        x[i] += k
        out[i] = 2 * x[i]


SIGNATURE = ["(float64[:], float64, float64[:])"]


@pytest.mark.parametrize("signatures", [SIGNATURE, None])
@pytest.mark.parametrize("written", [("x",), (0,), "x", 0])
def test_arguments_that_may_be_written(written, signatures) -> None:
    given = (signatures, "(n),()->(n)") if signatures else ("(n),()->(n)",)
    add = mt.guvectorize(*given, writable_args=written)(carry)
    x = np.arange(6.0).reshape(2, 3)
    out = add(x, 1.0, np.empty((2, 3)), dtype=float)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(2, 3) + 1)
    np.testing.assert_array_equal(out, 2 * x)
    strided = np.arange(12.0).reshape(2, 6)
    add(strided[:, ::2], 5.0, np.empty((2, 3)), dtype=float)
    np.testing.assert_array_equal(strided[:, ::2], np.arange(12.0).reshape(2, 6)[:, ::2] + 5)
    again = pickle.loads(pickle.dumps(add))
    again(x, 1.0, np.empty((2, 3)), dtype=float)
    np.testing.assert_array_equal(x, np.arange(6.0).reshape(2, 3) + 2)


@pytest.mark.compiled
def test_written_arguments_that_are_cast_are_cast_back() -> None:
    add = mt.guvectorize(SIGNATURE, "(n),()->(n)", writable_args=("x",))(carry)
    x = np.arange(3, dtype=np.float32)
    np.testing.assert_array_equal(add(x, 1.0, casting="same_kind"), [2, 4, 6])
    np.testing.assert_array_equal(x, np.array([1, 2, 3], np.float32))


@pytest.mark.compiled
def test_written_arguments_must_be_writable_arrays() -> None:
    add = mt.guvectorize(SIGNATURE, "(n),()->(n)", writable_args=("x",))(carry)
    x = np.arange(3.0)
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        add(x, 1.0)
    with pytest.raises(TypeError, match=r"operand 2 of the layout is a number"):
        mt.guvectorize(SIGNATURE, "(n),()->(n)", writable_args=("k",))(carry)
    with pytest.raises(TypeError, match=r"carry\(x, k, out\), not 'y'"):
        mt.guvectorize(SIGNATURE, "(n),()->(n)", writable_args=("y",))(carry)
