"""All operators on all pairs of scalar kinds, with extreme values.

Operators that cannot raise for the same reason share a compiled function. Where one raises in
the interpreter, the compiled one must raise the same; the operators after it are compared on
the other values.
"""

import itertools
import math
import random

import numpy as np
import pytest

from .harness import (
    KINDS,
    LEAST,
    MOST,
    NUMPY_KINDS,
    PYTHON_KINDS,
    Both,
    define,
    numbers_of,
    report,
    run,
)

ARITHMETIC = ("x + y", "x - y", "x * y")
BITWISE = ("x & y", "x | y", "x ^ y")
COMPARISON = ("x == y", "x != y", "x < y", "x <= y", "x > y", "x >= y")
BATCHES = (
    ARITHMETIC,
    ("x / y",),
    ("x // y", "x % y", "divmod(x, y)"),
    BITWISE,
    ("x << y",),
    ("x >> y",),
    COMPARISON,
)
APART = tuple((each,) for batch in BATCHES[:-1] for each in batch) + (COMPARISON,)
PAIRS = list(itertools.product(KINDS, KINDS))


def random_numbers(kind):
    """Of all magnitudes that the kind has."""
    source = random.Random(kind.__name__)
    if kind in (bool, np.bool_):
        return []
    if kind is int or issubclass(kind, np.integer):
        info = np.iinfo(np.int64 if kind is int else kind)
        spread = [source.randrange(2 ** source.randrange(1, info.bits)) for _ in range(20)]
        return [kind(max(info.min, x * source.choice((1, -1)))) for x in spread]
    with np.errstate(all="ignore"):
        parts = [source.uniform(-2, 2) * 10.0 ** source.uniform(-30, 30) for _ in range(20)]
        if kind is float or issubclass(kind, np.floating):
            return [kind(x) for x in parts]
        return [kind(complex(x, y)) for x, y in zip(parts, parts[::-1], strict=True)]


def name_of(kinds):
    return "-".join(kind.__name__ for kind in kinds)


def is_refused(expression, kinds):
    """Does the interpreter refuse it whatever the values?"""
    function = define(f"def f(x, y): return {expression}")
    return isinstance(run(function, [kind(1) for kind in kinds]).error, TypeError)


def difference_in(batch, kinds, few=True, **allowed):
    """What is wrong with a batch of expressions on a pair of kinds."""
    taken = [each for each in batch if not is_refused(each, kinds)]
    found = []
    for each in batch:
        if each not in taken:
            both = Both(define(f"def f(x, y): return {each}"))
            difference = both.disagreement(*(kind(1) for kind in kinds))
            found += [f"{each} of {name_of(kinds)}: {difference}"] if difference else []
    if not taken:
        return found
    both = Both(define(f"def f(x, y): return {', '.join(taken)},"))
    numbers = [numbers_of(kind, few=few) for kind in kinds]
    if not few:
        numbers = [
            each + random_numbers(kind) for each, kind in zip(numbers, kinds, strict=True)
        ]
    if "x << y" in batch and kinds[1] is int and kinds[0] in (int, bool):
        numbers[1] = [y for y in numbers[1] if y < 2000 or y == MOST]
    if "x ** y" in batch and kinds[1] is int and kinds[0] in (int, bool):
        numbers[1] = [0, 1, 2, 3, 17, 63, 64, -1, -2]  # more would keep the interpreter busy
    return found + both.differences(itertools.product(*numbers), wide=True, **allowed)


@pytest.mark.parametrize("kinds", PAIRS, ids=name_of)
def test_binary(kinds):
    python = all(kind in PYTHON_KINDS for kind in kinds)
    found = []
    for batch in APART if python else BATCHES:
        found += difference_in(batch, kinds)
    assert not found, report(found)


def is_fused(kinds):
    """Complex scalars of another kind than both NumPy multiplies as arrays, on many processors
    with fused products, which have other signs of zero where they underflow."""
    with np.errstate(all="ignore"):
        result = type(kinds[0](1) * kinds[1](1))
    return issubclass(result, np.complexfloating) and result not in kinds


@pytest.mark.nightly
@pytest.mark.parametrize("kinds", PAIRS, ids=name_of)
def test_binary_of_all_numbers(kinds):
    """The same with many more numbers, those between the extremes at random."""
    python = all(kind in PYTHON_KINDS for kind in kinds)
    found = []
    for batch in APART if python else BATCHES:
        if is_fused(kinds):
            batch = [each for each in batch if each != "x * y"]
        found += difference_in(batch, kinds, few=False)
    assert not found, report(found)


@pytest.mark.parametrize("kinds", PAIRS, ids=name_of)
def test_power(kinds):
    """Powers of floats are libm's, 1 ulp from the true value, as CPython's and NumPy's are."""
    found = difference_in(("x ** y",), kinds, powers=True, ulp=2)
    assert not found, report(found)


@pytest.mark.parametrize("exponent", [-3, -2, -1, 0, 1, 2, 3, 4, 5, 17, 62, 63, 0.5, 2.0, -1.0])
def test_power_with_a_constant_exponent(exponent):
    found = []
    for kind in KINDS:
        both = Both(define(f"def f(x): return x ** {exponent}"))
        calls = [(x,) for x in numbers_of(kind)]
        if exponent == 2 and kind is complex:  # z*z, which has other signs of zero
            calls = [(x,) for (x,) in calls if run(both.python, [x]).value == x * x and x * x]
        found += both.differences(calls, powers=True, wide=True, ulp=2)
    assert not found, report(found)


UNARY = ("-x", "+x", "~x", "not x", "abs(x)", "bool(x)", "x.real", "x.imag", "x.conjugate()")
REAL = ("int(x)", "float(x)", "round(x)", "math.floor(x)", "math.ceil(x)")
CONVERSION = (
    "int(x)",
    "float(x)",
    "complex(x)",
    "round(x)",
    "math.floor(x)",
    "math.ceil(x)",
    "math.trunc(x)",
)


@pytest.mark.parametrize("expression", UNARY + CONVERSION)
def test_unary(expression):
    found = []
    for kind in KINDS:
        if expression in REAL and kind in (np.complex64, np.complex128):
            continue  # NumPy drops imaginary parts with a warning; here they are refused
        both = Both(define(f"def f(x): return {expression}"))
        found += both.differences([(x,) for x in numbers_of(kind)], wide=True)
    assert not found, report(found)


@pytest.mark.parametrize("kind", NUMPY_KINDS, ids=lambda kind: kind.__name__)
def test_conversion_to_numpy(kind):
    """np.int8(x) of a Python int that does not fit raises; other numbers wrap as in NumPy."""
    found = []
    for source in KINDS:
        if issubclass(source, np.complexfloating) and not issubclass(kind, np.complexfloating):
            continue
        both = Both(define(f"def f(x): return np.{kind.__name__}(x)"))
        calls = [(x,) for x in numbers_of(source) if is_portable(x, kind)]
        found += both.differences(calls)
    assert not found, report(found)


def is_portable(x, kind):
    """Floats outside an integer kind's range become what the hardware gives."""
    if not issubclass(kind, np.integer) or isinstance(x, (int, np.integer, np.bool_, complex)):
        return True
    if isinstance(x, np.complexfloating):
        return True
    info = np.iinfo(kind)
    return bool(np.isfinite(x)) and info.min <= float(x) <= info.max


NEAR = [2**53 - 1, 2**53, 2**53 + 1, 2**62 + 1, 2**63 - 1, -(2**53) - 1, -(2**63), 0, 1]
NEAR_FLOATS = [
    2.0**53,
    2.0**53 + 2,
    2.0**62,
    2.0**63,
    2.0**64,
    -(2.0**63),
    0.5,
    -0.0,
    math.nan,
    math.inf,
]


@pytest.mark.parametrize("float_kind", [float, np.float64, np.float32, np.float16])
@pytest.mark.parametrize("int_kind", [int, np.int64, np.uint64, np.int32])
def test_ints_compare_with_floats(int_kind, float_kind):
    """Python's numbers exactly, NumPy's after promotion."""
    with np.errstate(all="ignore"):
        ints = [int_kind(x) for x in NEAR if int_kind is int or fits(x, int_kind)]
        floats = [float_kind(x) for x in NEAR_FLOATS]
    both = Both(define(f"def f(x, y): return {', '.join(COMPARISON)}"))
    found = both.differences(itertools.product(ints, floats))
    found += both.differences(itertools.product(floats, ints))
    assert not found, report(found)


def fits(x, kind):
    return np.iinfo(kind).min <= x <= np.iinfo(kind).max


def test_ints_compare_with_unsigned():
    """A negative int is below every unsigned number, also where 64 bits meet."""
    both = Both(define(f"def f(x, y): return {', '.join(COMPARISON)}"))
    ints = [0, 1, -1, LEAST, MOST, np.int64(-1), np.int64(MOST), np.int8(-1), np.int8(5)]
    unsigned = [
        np.uint64(0),
        np.uint64(2**64 - 1),
        np.uint64(2**63),
        np.uint8(255),
        np.uint8(5),
    ]
    found = both.differences(itertools.product(ints, unsigned))
    found += both.differences(itertools.product(unsigned, ints))
    assert not found, report(found)


IN_PLACE = ("+=", "-=", "*=", "/=", "//=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=")


@pytest.mark.parametrize("operator", IN_PLACE)
def test_in_place(operator):
    """On numbers x OP= y is x = x OP y; the variable may change its kind."""
    pairs = [
        (7, 2),
        (7, 2.5),
        (7.5, 2),
        (True, 3),
        (np.int8(100), 3),
        (np.uint8(7), np.uint8(250)),
    ]
    pairs += [(np.float32(0.1), 0.2), (np.int64(7), np.float32(2)), (2j, 3), (5, np.int16(3))]
    found = []
    for pair in pairs:
        both = Both(
            define(f"""
            def f(x, y):
                first = x
                x {operator} y
                return first, x
            """)
        )
        found += both.differences([pair], powers=True)
    assert not found, report(found)
