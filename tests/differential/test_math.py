"""The whole of math and cmath, at and around everything that is special."""

import cmath
import itertools
import math
import random
import re

import numpy as np
import pytest

from .harness import LEAST, MOST, Both, define, report

SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, math.inf, -math.inf, math.nan]
EXTREME = [5e-324, -5e-324, 2.2e-308, 1e-160, 1e160, 1e308, -1e308, 1.7976931348623157e308]
EDGES = [709.5, 710.5, -710.5, -746.0, 170.5, 172.0, -170.5, 1e16, 1e22, 1.0000000000000002]
random.seed(20)
ORDINARY = [random.uniform(-1, 1) * 10.0 ** random.randint(-3, 2) for _ in range(15)]
FLOATS = [*SPECIAL, *EXTREME, *EDGES, *ORDINARY, 3.0, -3.0, 0.1, 1e-8, 100.0]
FEW = [*SPECIAL, 5e-324, 1e-160, 1e160, 1e308, -1e308, 3.0, 0.1, -7.5]
INTS = [0, 1, -1, 2, 3, 7, -7, 12, 20, 21, 62, 2**31, 2**53 + 1, MOST, LEAST]

# CPython's gamma and lgamma are its own, and farther from the truth than libm's.
ULPS = {"gamma": 20, "lgamma": math.inf}
ONE = (
    "acos acosh asin asinh atan atanh cbrt cos cosh degrees erf erfc exp exp2 expm1 fabs gamma "
    "isfinite isinf isnan lgamma log log10 log1p log2 radians sin sinh sqrt tan tanh ulp frexp "
    "modf floor ceil trunc"
).split()
TWO = "atan2 copysign fmod isclose log nextafter pow remainder dist hypot".split()


def differences(name, source, calls, **allowed):
    return Both(define(f"def {name}{source}")).differences(calls, **allowed)


@pytest.mark.parametrize("name", ONE)
def test_one_float(name):
    calls = [(x,) for x in FLOATS + [0, 3, -2, True, np.float32(0.7), np.int8(3), np.uint64(5)]]
    if name == "lgamma":  # close to its roots only the absolute error says something
        both = Both(define("def lgamma(x): return math.lgamma(x)"))
        for (x,) in calls:
            try:
                expected = math.lgamma(x)
            except (ValueError, OverflowError) as error:
                with pytest.raises(type(error), match=re.escape(str(error))):
                    both.compiled(x)
            else:
                assert math.isclose(
                    expected, both.compiled(x), rel_tol=1e-14, abs_tol=1e-14
                ) or (math.isnan(expected) and math.isnan(both.compiled(x)))
        return
    if name == "trunc":
        calls = [(x,) for (x,) in calls if type(x) in (int, float, bool)]
    found = differences(
        name, f"(x): return math.{name}(x)", calls, ulp=ULPS.get(name, 1), wide=True
    )
    assert not found, report(found)


@pytest.mark.parametrize("name", TWO)
def test_two_floats(name):
    calls = list(itertools.product(FEW, FEW)) + [(3, 2), (3.5, 2), (7, 2.5), (True, np.int8(3))]
    if name == "dist":
        source = "(x, y): return math.dist((x, y), (y, 1.0)), math.dist((x,), (y,))"
    else:
        source = f"(x, y): return math.{name}(x, y)"
    found = differences(name, source, calls, ulp=1)
    assert not found, report(found)


def test_hypot_of_any_number_of_coordinates():
    calls = list(itertools.product(FEW, FEW, [0.0, 3.0, 1e-160, -1e308]))
    source = (
        "(x, y, z): return math.hypot(x, y, z), math.hypot(), math.hypot(x), math.hypot(x, 1)"
    )
    found = differences("hypot", source, calls)
    assert not found, report(found)


def test_dist_of_points_of_other_lengths():
    found = differences("f", "(x): return math.dist((x, x), (x,))", [(1.0,)])
    assert not found, report(found)


def test_ldexp():
    exponents = [0, 1, -1, 52, -52, 1023, 1024, -1022, -1074, -1075, -1080, 2000, -2200, 10**9]
    source = "(x, n): return math.ldexp(x, n)"
    found = differences("ldexp", source, itertools.product(FLOATS, exponents))
    assert not found, report(found)


def test_isclose_with_tolerances():
    source = "(x, y, r, a): return math.isclose(x, y, rel_tol=r, abs_tol=a)"
    tolerances = [(0.0, 0.0), (0.5, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.1, math.inf)]
    calls = [(x, y, *t) for x in FEW for y in FEW for t in tolerances]
    found = differences("isclose", source, calls)
    assert not found, report(found)


@pytest.mark.parametrize("name", ["factorial", "isqrt", "perm"])
def test_one_int(name):
    calls = [(x,) for x in INTS if name == "isqrt" or x < 100] + [
        (True,),
        (np.int8(5),),
        (2.0,),
    ]
    calls = [(x,) for (x,) in calls if name == "isqrt" or x > -100]
    found = differences(name, f"(n): return math.{name}(n)", calls, wide=True)
    assert not found, report(found)


@pytest.mark.parametrize("name", ["gcd", "lcm", "comb", "perm"])
def test_two_ints(name):
    ints = INTS if name in ("gcd", "lcm") else [x for x in INTS if x < 100]
    calls = itertools.product(INTS, ints)
    found = differences(name, f"(m, n): return math.{name}(m, n)", calls, wide="inside")
    assert not found, report(found)


def test_gcd_and_lcm_of_any_number():
    source = "(m, n): return math.gcd(), math.gcd(m), math.gcd(m, n, 6), math.lcm(m, n, 4)"
    found = differences("f", source, [(12, 18), (0, 5), (-4, 6), (np.uint8(30), 45)])
    assert not found, report(found)


def test_isqrt_of_squares_and_their_neighbours():
    roots = [1, 2, 3, 94906265, 94906266, 94906267, 3037000498, 3037000499]
    calls = [(r * r + d,) for r in roots for d in (-1, 0, 1)]
    found = differences("isqrt", "(n): return math.isqrt(n)", calls)
    assert not found, report(found)


def sums(count):
    random.seed(21)
    for _ in range(count):
        length = random.randint(0, 6)
        yield np.array([random.choice(FEW + ORDINARY) for _ in range(length)])
        yield np.array(
            [random.uniform(-1, 1) * 10.0 ** random.randint(-20, 20) for _ in range(length)]
        )


def test_fsum_and_prod_of_arrays():
    found = differences("fsum", "(a): return math.fsum(a)", [(a,) for a in sums(200)])
    arrays = [(a,) for a in sums(100) if len(a)]
    found += differences("prod", "(a): return math.prod(a), math.prod(a, start=2)", arrays)
    assert not found, report(found)


def test_fsum_and_prod_of_tuples():
    source = "(x, y): return math.fsum((x, y, 1.0, -x)), math.prod((x, y, 2)), math.prod(())"
    found = differences("f", source, itertools.product(FEW, FEW))
    assert not found, report(found)


def test_fsum_rounds_half_to_even_across_partials():
    values = [1e16, 1.0, 1e-16, -1e16, 2.0**53, 1.0, 2.0**-53, -(2.0**-53)]
    calls = [(np.array(p),) for p in itertools.permutations(values, 4)]
    found = differences("fsum", "(a): return math.fsum(a)", calls)
    assert not found, report(found)


@pytest.mark.skipif(not hasattr(math, "sumprod"), reason="from Python 3.12 on")
def test_sumprod():
    source = "(x, y): return math.sumprod((x, y, 1.0), (y, x, 3)), math.sumprod((1, 2), (3, 4))"
    found = differences("sumprod", source, itertools.product(FEW, FEW))
    assert not found, report(found)


@pytest.mark.skipif(not hasattr(math, "fma"), reason="from Python 3.13 on")
def test_fma():
    calls = itertools.product(FEW, FEW, [0.0, -0.0, 1.0, -math.inf, math.nan, 1e308])
    found = differences("fma", "(x, y, z): return math.fma(x, y, z)", calls)
    assert not found, report(found)


def test_constants():
    both = Both(define("def f(): return math.pi, math.e, math.tau, math.inf, math.nan"))
    both.check()


# ---- cmath -----------------------------------------------------------------------------------

COMPLEX = (
    "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh phase "
    "polar isfinite isinf isnan"
).split()
PARTS = [*SPECIAL, 5e-324, -5e-324, 1e-310, 1e-160, 1e160, 1e308, -1e308, 709.9, -711.0]
PARTS += [6.7e153, 1.0000000000000002, 0.999, 3.0, 0.3, -0.7, 25.0]
POINTS = [complex(x, y) for x in PARTS for y in PARTS]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex(name):
    """To the last bit: CPython's formulas on the same libm."""
    both = Both(define(f"def {name}(z): return cmath.{name}(z)", cmath=cmath))
    calls = [(z,) for z in POINTS]
    calls += [(2,), (-0.5,), (True,), (np.float32(0.5),), (np.complex64(1 + 2j),)]
    calls += [(np.complex128(1 - 2j),)]
    found = both.differences(calls)
    assert not found, report(found)


def test_complex_logarithm_with_a_base():
    both = Both(define("def log(z, b): return cmath.log(z, b)", cmath=cmath))
    some = POINTS[::23]
    found = both.differences(itertools.product(some, [*some[::3], 0, 1, 2, 10.0, 1j]))
    assert not found, report(found)


def test_rect():
    both = Both(define("def rect(r, phi): return cmath.rect(r, phi)", cmath=cmath))
    found = both.differences(itertools.product(PARTS, PARTS))
    assert not found, report(found)


def test_complex_isclose():
    both = Both(define("def f(a, b, r): return cmath.isclose(a, b, rel_tol=r)", cmath=cmath))
    some = POINTS[::29]
    found = both.differences(itertools.product(some, some, [1e-9, 0.5, -1.0]))
    assert not found, report(found)
