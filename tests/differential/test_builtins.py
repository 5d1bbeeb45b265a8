"""Builtin functions."""

import itertools
import math
import random

import numpy as np
import pytest

from .harness import KINDS, LEAST, MOST, Both, check, define, numbers_of, report


def differences(source, calls, **allowed):
    return Both(define(source)).differences(calls, **allowed)


# ---- reductions ------------------------------------------------------------------------------

ARRAYS = [
    np.array([3, -1, 7], np.int64),
    np.array([], np.float64),
    np.array([0.5, math.nan, 2.0]),
    np.array([math.nan, 1.0, -0.0, 0.0]),
    np.array([True, False]),
    np.array([100, 100, 100], np.int8),
    np.array([200, 100], np.uint8),
    np.array([0.1] * 10, np.float32),
    np.array([1 + 2j, 3j], np.complex64),
]


@pytest.mark.parametrize("name", ["sum", "any", "all"])
def test_of_arrays(name):
    calls = [(a,) for a in ARRAYS if a.dtype != bool or name != "sum"]
    if name == "sum":  # of nothing the interpreter's is the start value, an int
        calls = [(a,) for (a,) in calls if len(a)]
    found = differences(f"def f(a): return {name}(a)", calls)
    assert not found, report(found)


@pytest.mark.parametrize("name", ["min", "max"])
def test_min_and_max_of_arrays(name):
    calls = [(a,) for a in ARRAYS if a.dtype.kind != "c"]
    found = differences(f"def f(a): return {name}(a)", calls)
    assert not found, report(found)


def test_sum_of_tuples_and_ranges():
    random.seed(22)
    floats = [random.uniform(-1, 1) * 10.0 ** random.randint(-10, 10) for _ in range(50)]
    calls = [tuple(random.sample([*floats, math.inf, -0.0], 4)) for _ in range(50)]
    found = differences("def f(a, b, c, d): return sum((a, b, c, d)), sum((a, b), 2.5)", calls)
    found += differences(
        "def f(n): return sum(range(n)), sum((n, 2, 3)), sum((n, 1.5))", [(7,)]
    )
    found += differences(
        "def f(x): return sum((x, x), start=x)", [(1,), (2.5,), (1j,), (True,)]
    )
    zeros = [complex(-0.0, -0.0), complex(-0.0, -1.5), complex(2.0, -0.0)]
    source = "def f(a, b): return sum((a, b)), sum([b, a], -0.0), math.prod((a, b)), sum([a])"
    found += differences(source, itertools.product(zeros, zeros))
    assert not found, report(found)


def test_any_and_all_of_tuples():
    source = (
        "def f(a, b): return any((a, b)), all((a, b)), any(()), all(()), any((a, None, ()))"
    )
    found = differences(source, itertools.product([0, 1, 2.5, math.nan], [0, True, -0.0]))
    assert not found, report(found)


NUMBERS = [0, 1, -7, 2.5, -0.0, 0.0, math.nan, math.inf, True]


@pytest.mark.parametrize("name", ["min", "max"])
def test_min_and_max_of_numbers(name):
    """The first of equals; nan where the comparison says so. Unlike kinds merge."""
    alike = [(x, y) for x in NUMBERS for y in NUMBERS if type(x) is type(y)]
    found = differences(f"def f(x, y): return {name}(x, y), {name}((x, y))", alike)
    found += differences(
        f"def f(x, y): return {name}(x, y) == {name}(y, x)", itertools.product(NUMBERS, NUMBERS)
    )
    found += differences(
        f"def f(x, y, z): return {name}(x, y, z)", [(3, 1, 2), (1.5, math.nan, 0.5)]
    )
    found += differences(f"def f(x, y): return {name}(x, y)", [(np.int8(3), np.int8(5))])
    found += differences(f"def f(a, b): return {name}((a, b), (b, a))", [(1, 2), (3, 1)])
    assert not found, report(found)


@pytest.mark.parametrize("name", ["min", "max"])
def test_min_and_max_with_key_and_default(name):
    check(define(f"def f(x, y): return {name}(x, y, key=abs)"), (-3, 2), (1, -1), (2, -5))
    check(define(f"def f(x, y, z): return {name}((x, y, z), key=lambda v: -v)"), (3, 1, 2))
    check(define(f"def f(a): return {name}(a, default=-1.0)"), (np.array([2.0, 5.0]),))
    check(
        define(f"def f(a): return {name}(a, key=abs)"),
        (np.array([2, -5]),),
        (np.array([], int),),
    )
    check(define(f"def f(x): return {name}((), default=x)"), (3,), (2.5,))
    check(define(f"def f(x): return {name}((x, 2), key=None)"), (3,))
    check(define(f"def f(n): return {name}(range(n))"), (5,), (0,))


# ---- round -----------------------------------------------------------------------------------


def test_round_of_floats():
    random.seed(23)
    floats = [2.675, 0.125, 0.375, 2.5, 3.5, -0.4, 1e300, 1e22, 5e22, 1.5e23, 9.7e307, 2.0**-24]
    floats += [1.7e308, 5e-324, math.inf, -math.inf, math.nan, 0.1, -0.05, 4503599627370497.5]
    floats += [random.uniform(-1, 1) * 10.0 ** random.randint(-20, 20) for _ in range(100)]
    floats += [random.randint(-(10**6), 10**6) / 1000 + 0.0005 for _ in range(100)]
    digits = [0, 1, 2, 3, 5, 15, 17, 22, 23, 30, 323, 400, -1, -2, -22, -23, -307, -308, -400]
    found = differences("def f(x, n): return round(x, n)", itertools.product(floats, digits))
    found += differences(
        "def f(x): return round(x), round(x, None)", [(x,) for x in floats], wide=True
    )
    assert not found, report(found)


def test_round_of_ints():
    ints = [0, 5, 15, 25, -5, -15, 149, 150, 151, -250, MOST, LEAST, True]
    digits = [0, 3, -1, -2, -3, -18, -19, -20, -100]
    found = differences(
        "def f(x, n): return round(x, n)", itertools.product(ints, digits), wide=True
    )
    found += differences("def f(x): return round(x)", [(x,) for x in ints])
    assert not found, report(found)


def test_round_of_numpy_scalars():
    numbers = [np.float64(2.675), np.float64(-0.5), np.float32(2.675), np.float16(0.35)]
    numbers += [
        np.int64(155),
        np.int8(-5),
        np.uint8(249),
        np.float64(1e300),
        np.float64(math.nan),
    ]
    found = differences(
        "def f(x, n): return round(x, n)", itertools.product(numbers, [0, 1, 2, -1])
    )
    assert not found, report(found)


# ---- hash, pow, divmod, abs ------------------------------------------------------------------


def test_hash():
    """CPython's hash of numbers and tuples; of nan it is the object's, which is not."""
    found = []
    for kind in KINDS:
        numbers = [x for x in numbers_of(kind) if not np.isnan(complex(x))]
        found += differences("def f(x): return hash(x)", [(x,) for x in numbers])
    wanted = [2**61 - 1, 2**61, 2**61 - 2, -(2**61) + 1, -(2**61), -2, 2.0**61, 1e300, 0.1]
    found += differences("def f(x): return hash(x)", [(x,) for x in wanted])
    source = (
        "def f(x, y): return hash((x, y)), hash(()), hash((x, (y, None, True))), hash(None)"
    )
    found += differences(source, itertools.product([0, 1, -1, 2.5, MOST], [0, 1.0, -7]))
    assert not found, report(found)


def test_hash_of_nan_raises():
    both = Both(define("def f(x): return hash(x)"))
    with pytest.raises(ValueError, match="hash of nan"):
        both.compiled(math.nan)


def test_pow_with_a_modulus():
    bases = [0, 1, 2, 3, -3, 10, 10**18, MOST, LEAST]
    exponents = [0, 1, 2, 3, 62, 10**18, MOST, -1, -2]
    moduli = [1, 2, 7, -7, 10**9 + 7, 10**18 + 9, MOST, LEAST + 1, 0]
    source = "def f(b, e, m): return pow(b, e, m)"
    found = differences(source, itertools.product(bases, exponents, moduli))
    found += differences(
        "def f(b, e): return pow(b, e), pow(b, e, None), pow(exp=e, base=b)", [(3, 4)]
    )
    assert not found, report(found)


def test_modular_power_in_the_open():
    """3**(10**18) modulo 10**18 + 9 needs products of 120 bits."""
    source = """
        def power(b, e, m):
            r = 1
            b %= m
            while e > 0:
                if e & 1:
                    r = r * b % m
                b = b * b % m
                e >>= 1
            return r
        """
    check(define(source), (3, 10**18, 10**18 + 9), (2, 10**9, 998244353), (7, 0, 13))


def test_divmod_and_abs():
    ints = [0, 1, -1, 7, -7, MOST, LEAST]
    floats = [0.0, -0.0, 1.0, -2.5, 7.5, math.inf, -math.inf, math.nan, 1e308, 5e-324]
    for numbers in (ints, floats):
        calls = list(itertools.product(numbers, numbers))
        found = differences("def f(x, y): return divmod(x, y)", calls, wide=True)
        assert not found, report(found)
    check(define("def f(x, y): return divmod(x, y)"), (7, 2.5), (-7.5, 2), (True, 2), (1.0, 0))
    check(
        define("def f(x): return abs(x)"),
        (-3,),
        (MOST,),
        (-0.0,),
        (3 + 4j,),
        (True,),
        (LEAST,),
        wide=True,
    )


def test_abs_of_a_complex_that_overflows():
    check(define("def f(z): return abs(z)"), (1e308 + 1e308j,), (complex(math.inf, math.nan),))


# ---- constructors ----------------------------------------------------------------------------


def test_constructors_without_arguments():
    check(define("def f(): return int(), float(), complex(), bool(), tuple()"), ())


def test_complex_of_two():
    numbers = [0, 1, True, -0.0, 2.5, math.inf, math.nan, 1j, -2 - 0.0j]
    found = differences(
        "def f(a, b): return complex(a, b)", itertools.product(numbers, numbers)
    )
    found += differences("def f(a, b): return complex(real=a, imag=b)", [(1, 2)])
    found += differences("def f(b): return complex(imag=b)", [(2,)])
    assert not found, report(found)


def test_int_of_floats():
    floats = [0.0, -0.9, 2.5, 1e18, -9.3e18, 9.2e18, 2.0**63, -(2.0**63), math.inf, math.nan]
    found = differences("def f(x): return int(x)", [(x,) for x in floats], wide=True)
    assert not found, report(found)


# ---- sequences -------------------------------------------------------------------------------


def test_len_range_enumerate_zip_reversed():
    source = """
        def f(n, a):
            total = 0
            for i, x in enumerate(a, 10):
                total += i * x
            for i, x in enumerate((1.5, n)):
                total += i * x
            for x, y in zip(a, range(n)):
                total += x * y
            for x, y, z in zip((1, 2), (3.5, 4.5), a):
                total += x * y * z
            for x in reversed(a):
                total = total * 2 + x
            for i in reversed(range(n)):
                total = total * 3 - i
            return total, len(a), len(range(n)), len((1, 2)), len(range(n, 0, -3))
        """
    check(define(source), (3, np.arange(4)), (0, np.array([2.5, 1.0])), (5, np.arange(1)))


def test_range_and_its_attributes():
    source = """
        def f(a, b, c):
            r = range(a, b, c)
            return r.start, r.stop, r.step, len(r), 3 in r, -1 in r, bool(r), r[0] if r else -1
        """
    calls = [(0, 10, 3), (10, 0, -1), (5, 5, 1), (-3, 7, 2), (3, 4, 100)]
    check(define(source), *calls)
    check(
        define("def f(r): return r.start, len(r), r.index(4), r.count(4)"), (range(0, 10, 2),)
    )
    check(define("def f(r, v): return r.index(v)"), (range(5), 7), (range(5), 3))


def test_range_of_step_zero():
    check(define("def f(n):\n    for i in range(0, 5, n):\n        return i"), (0,), (1,))


def test_isinstance_decides_branches():
    source = """
        def f(x):
            if isinstance(x, bool):
                return "bool" == "bool"
            if isinstance(x, (int, np.integer)):
                return x + 1
            if isinstance(x, float):
                return x * 2
            if isinstance(x, np.ndarray):
                return len(x)
            if isinstance(x, tuple):
                return x[0]
            if x is None:
                return -1
            return x.real
        """
    numbers = [True, 3, 2.5, 1j, np.int8(3), np.float64(2.5), np.float32(1.5), None, (7, 8)]
    check(define(source), *[(x,) for x in numbers], (np.arange(3),))


def test_type_decides_branches():
    source = """
        def f(x):
            if type(x) is int:
                return 1
            if type(x) == float:
                return 2
            return 3 if type(x) is not np.float64 else 4
        """
    check(define(source), (3,), (2.5,), (True,), (np.float64(1),), (np.int8(1),))


def test_hasattr_decides_branches():
    source = """
        def f(x):
            return x.shape if hasattr(x, "shape") else x
        """
    check(define(source), (3,), (np.zeros((2, 3)),), (2.5,))


def test_print(capfd):
    both = Both(
        define("""
        def f(i, x, z, t):
            print(i, x, z, t, None, "text", -0.0)
            print()
            print(f"{i} and {x}, {z}, {t} {{}}", (i, "quoted", (x,), z, t, 3, True))
            print(i, x, sep=", ", end="!\\n")
            print("a", "b", sep="", end=None)
        """)
    )
    numbers = [(1, 2.5, 1j, True), (LEAST, math.nan, complex(-0.0, math.inf), False)]
    numbers += [(MOST, 1e16, 1e-5 - 2j, True), (0, 0.1, 0j, False), (-1, 1e300, 3 + 0j, True)]
    numbers += [(np.int8(3), np.float32(0.1), np.complex64(1.5j), np.bool_(True))]
    numbers += [(np.uint64(2**64 - 1), np.float16(0.1), np.complex128(1.5), np.bool_(False))]
    if str(np.complex64(1e7j)) == "1e+07j":  # up to NumPy 2.2 "10000000j"
        numbers += [(np.int16(-3), np.float64(0.1), np.complex64(0.1 + 1e7j), np.bool_(False))]
    for args in numbers:
        both.python(*args)
        expected = capfd.readouterr().out
        both.compiled(*args)
        assert capfd.readouterr().out == expected
