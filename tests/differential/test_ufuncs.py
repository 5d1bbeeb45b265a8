"""Ufuncs: where=, out=, casting=, dtype=, tuples as operands, what is said of shapes; and those
that are more than one formula."""

import numpy as np
import pytest

import martlet as mt

from .harness import Both, define


def check(source, *calls, **allowed):
    Both(define(source)).check_all(calls, **allowed)


def floats(dtype):
    numbers = [
        0.0,
        -0.0,
        1,
        -1,
        2.5,
        -3.7,
        1e300,
        -1e-300,
        np.inf,
        -np.inf,
        np.nan,
        700,
        5e-324,
    ]
    with np.errstate(all="ignore"):
        return np.array(numbers).astype(dtype)


def integers(dtype):
    return np.array([0, 1, -1, 6, -4, 12, 127, -128]).astype(dtype)


A = np.arange(4.0)
MASK = np.array([True, False, True, False])

# ---- where=, out=, casting=, dtype= --------------------------------------------------------------


def test_where_leaves_elements_out():
    source = """
        def f(a, w, o):
            x = np.add(a, 1, where=w, out=o)
            y = np.sqrt(a, where=w, out=o).copy()
            np.multiply(a, a, o, where=w)
            return x, y
        """
    check(source, (A, MASK, np.full(4, 9.0)), (A, np.True_, np.full((2, 4), 9.0)))
    check(source, (A, np.array([[True], [False]]), np.full((2, 4), 9.0)))


@pytest.mark.parametrize("shape", [(3,), (2, 2), (5, 4)])
def test_masks_that_do_not_fit(shape):
    source = """
        def f(a, w, o):
            np.copyto(o, a, where=w)
        """
    check(source, (A, np.ones(shape, bool), np.zeros(4)), (np.arange(3.0), MASK, np.zeros(4)))


def test_copyto_where_source_and_target_overlap():
    source = """
        def f(a, w):
            np.copyto(a[1:], a[:-1], where=w[1:])
            np.copyto(a, (1, 2, 3, 4), where=w)
        """
    check(source, (A, MASK), (A, ~MASK))


@pytest.mark.parametrize("out", [np.zeros(4, "f4"), np.zeros((3, 4)), np.zeros(4, "c16")])
def test_results_go_into_out(out):
    source = """
        def f(a, o):
            return np.add(a, 1, out=o) is o, np.add(a, 1, o), np.add(a, 2, out=(o,))
        """
    check(source, (A, out))


@pytest.mark.parametrize("shape", [(3,), (4, 1), (1,), (2, 3)])
def test_shapes_of_out_that_do_not_fit(shape):
    check("def f(a, o):\n    np.add(a, 1, out=o)", (A, np.zeros(shape)))


@pytest.mark.parametrize("shape", [(4,), (2, 1), (3, 3)])
def test_shapes_in_place_that_do_not_fit(shape):
    check("def f(a, b):\n    a += b", (np.zeros((1, 3)), np.ones(shape)))


CASTS = [("f8", "i8"), ("i8", "u8"), ("c16", "f8"), ("i8", "?")]


@pytest.mark.parametrize(("given", "into"), CASTS)
def test_dtypes_that_out_does_not_take(given, into):
    with pytest.raises(mt.TypingError, match="same_kind"):
        mt.jit(lambda a, o: np.add(a, 1, out=o))(np.ones(2, given), np.ones(2, into))
    with pytest.raises(mt.TypingError, match="in place"):

        def f(a, b):
            a += b

        mt.jit(f)(np.ones(2, into), np.ones(2, given))


def test_casting_rules():
    source = """
        def f(a, b, o):
            np.add(a, b, out=o, casting="unsafe")
            return np.add(a, a, casting="no"), np.logical_or(a, b, casting="safe")
        """
    check(source, (A, A, np.zeros(4, int)), (A.astype(int), A, np.zeros(4, "i4")))
    with pytest.raises(mt.TypingError, match="'equiv'"):
        mt.jit(lambda a, b: np.add(a, b, casting="equiv"))(A, A.astype(int))


def test_dtype_of_a_loop():
    source = """
        def f(a):
            return np.add(a, 1, dtype="f4"), np.sqrt(a, dtype=np.float32)
        """
    check(source, (A,), (A.astype(int),))
    with pytest.raises(mt.TypingError, match="cannot cast its input"):
        mt.jit(lambda a: np.add(a, 1, dtype=int))(A)


# ---- tuples and lists ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["i1", "i8", "f4", "f8"])
def test_operators_between_arrays_and_tuples(dtype):
    source = """
        def f(a):
            return (a + (1, 2.5), (1, 2) * a, [1, 2] - a, a > (1, 0), (1, 1) == a, a ** (1, 2),
                    a // [1, 2], a @ (1, 2))
        """
    check(source, (np.arange(2, dtype=dtype),), (np.arange(4, dtype=dtype).reshape(2, 2),))


def test_ufuncs_of_tuples():
    source = """
        def f(a):
            a += (1, 2)
            return (np.add(a, (1, 2)), np.sqrt((1, 4.0)), np.maximum([1, 2], a),
                    np.hypot((3, 4), (4, 3)))
        """
    check(source, (np.arange(2),), (np.arange(2.0),))


def test_tuples_go_into_slices():
    source = """
        def f(a):
            a[0] = 1, 2.7, 3
            a[:, 1] = [7, 8]
            a[1, ::2] = (5, 6)
        """
    check(source, (np.zeros((2, 3)),), (np.zeros((2, 3), "i1"),), (np.zeros((2, 3), "c8"),))


def test_a_tuple_of_another_length_does_not():
    check("def f(a):\n    a[0] = (1, 2)", (np.zeros((2, 3)),))


def test_matrix_multiplication_in_place():
    source = """
        def f(a, b):
            c = a
            a @= b
            return c
        """
    m = np.arange(4.0).reshape(2, 2)
    check(source, (m, m + 1), (m.astype(int), m.astype(int)), (np.arange(3.0), np.arange(3.0)))
    with pytest.raises(mt.TypingError):
        mt.jit(define(source))(m.astype(int), m)


# ---- more than one formula -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["heaviside", "logaddexp", "logaddexp2", "nextafter"])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_of_two_floats(name, dtype):
    x = floats(dtype)
    check(f"def f(a, b):\n    return np.{name}(a, b)", (x[:, None], x), (2, 3), (2.5, x), ulp=2)


@pytest.mark.parametrize("name", ["spacing", "modf", "frexp"])
def test_of_one_float(name):
    calls = [(floats(d),) for d in ("f8", "f4")] + [(2.5,), (3,), (np.arange(3),)]
    check(f"def f(a):\n    return np.{name}(a)", *calls)


@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_of_two_integers(name):
    arrays = [integers(d) for d in ("i1", "i4", "i8", "u1")]
    source = f"def f(a, b):\n    return np.{name}(a, b)"
    check(source, *((x[:, None], y) for x in arrays for y in arrays), (6, 4), (arrays[0], 4))
    check(source, (arrays[0], arrays[0][:3]))


def test_divmod_and_ldexp_and_shifts():
    source = """
        def f(a, n):
            return np.divmod(a, a[::-1]), np.ldexp(a, n)
        """
    check(source, (floats("f8"), 3), (floats("f4"), np.int8(-100)), (floats("f2"), -3))
    source = (
        "def f(a, n):\n    return np.bitwise_left_shift(a, n), np.bitwise_right_shift(a, n)"
    )
    check(source, (integers("i4"), 3), (5, 2))
