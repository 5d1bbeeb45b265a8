"""The expressions that random programs are made of: texts over operands a, b, c.

A word stands with the rule that the kinds of its operands must keep (without one: no tuples). It is
used where the functions it names are compiled, and where it gives, for the kinds of its operands, the
kind that is wanted. Placeholders in braces are filled in at random.

Not here, or only with operands on which there is nothing to choose, are results that the interpreter
leaves to the hardware: products of complex arrays (NumPy fuses their multiplications and additions
where it can), which of 0.0 and -0.0 is the smaller one, the sign of a nan, floats cast to integers that
cannot hold them. Elementary functions are rounded to a few digits.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kinds import (
    COMPLEX,
    FLOATS,
    INTEGERS,
    NUMPY,
    REAL,
    WHOLE,
    base,
    is_array,
    is_number,
    is_tuple,
    shape_of,
)

from martlet.library import load, registry

SOURCE = Path(__file__).resolve().parents[2] / "src"

COMPARE = ["==", "!=", "<", "<=", ">", ">="]
SLICES = (
    """1:4 ::-1 ::2 -3: 3:0:-1 :-1 7: -9:2 4:1 -1::-2 : 1:-1 ::-3 -1:-4:-1 2:5 0:3""".split()
)

PLACEHOLDERS: dict[str, list[str]] = {
    "{small}": ["0", "1", "2", "3", "4"],
    "{digits}": ["-2", "-1", "0", "1", "2", "3"],
    "{i}": [str(i) for i in range(-4, 5)],
    "{s}": SLICES,
    "{t}": [f"np.{kind}" for kind in NUMPY],
    "{n}": ["5", "5", "3", "(3, 5)", "(5, 3)", "(2, 3, 5)", "0", "()"],
    "{axis}": ["0", "1", "-1", "0", "1", "None"],
    "{keep}": ["", "", ", keepdims=True", ", keepdims=False"],
    "{bit}": ["0", "1", "-1", "0"],
    "{step}": ["2", "-1", "-2", "1", "3"],
    "{three}": ["3", "5", "2"],
    "{shape}": ["5, 3", "3, 5", "-1", "(5, 3)", "1, 5", "(5,)", "(15,)", "2, 15", "30"],
    "{by}": ["1", "2", "3", "7", "8", "10", "63", "255"],
    "{unit}": ["1j", "-1j", "(1+1j)", "2.0", "(0.5-0.5j)"],
}


# ---- rules over kinds ----


def whole(*kinds: str) -> bool:
    return all(base(kind) in WHOLE for kind in kinds)


def ints(*kinds: str) -> bool:
    return all(kind == "int" for kind in kinds)


def floats(*kinds: str) -> bool:
    return all(kind == "float" for kind in kinds)


def doubles(*kinds: str) -> bool:
    return all(base(kind) in ("float", "float64") for kind in kinds)


def real(*kinds: str) -> bool:
    return all(base(kind) in REAL for kind in kinds)


def alike(*kinds: str) -> bool:
    return len(set(kinds)) == 1 and numbers(*kinds)


def numbers(*kinds: str) -> bool:
    return all(is_number(kind) for kind in kinds)


def plain(*kinds: str) -> bool:
    return not any(is_tuple(kind) or kind == "Point" for kind in kinds)


def of_numpy(*kinds: str) -> bool:
    """Does NumPy do it? (Not with operands all of Python.)"""
    return plain(*kinds) and any(is_array(kind) or kind in NUMPY for kind in kinds)


def exact(*kinds: str) -> bool:
    """Nothing complex."""
    return plain(*kinds) and not any(base(kind) in ("complex", *COMPLEX) for kind in kinds)


def exact_product(*kinds: str) -> bool:
    return exact(*kinds) or numbers(*kinds)


RULES = {
    rule.__name__: rule
    for rule in (
        *(whole, ints, floats, doubles, real, alike, numbers, plain, of_numpy, exact),
        *(exact_product, is_array, is_tuple, base, shape_of),
    )
} | {
    "WHOLE": WHOLE,
    "REAL": REAL,
    "INTEGERS": INTEGERS,
    "COMPLEX": COMPLEX,
    "FLOATS": FLOATS,
    "NUMPY": NUMPY,
}


@dataclass(frozen=True)
class Word:
    text: str
    letters: str
    fits: Callable[..., bool]
    needs: tuple[str, ...]  # names that must be compiled, besides those of the text


# ---- the words: text ? rule ! names that are needed ----

OPERATORS = """
    (a + b) ? not ints(a, b) and plain(a, b)
    (a - b) ? not ints(a, b) and plain(a, b)
    (a / b) ? not ints(a, b) and plain(a, b)
    (a // b) ? not ints(a, b) and plain(a, b)
    (a % b) ? not ints(a, b) and plain(a, b)
    (a + b) ? ints(a, b)
    (a - b) ? ints(a, b)
    (a * b) ? ints(a, b)
    (a / b) ? ints(a, b)
    (a // b) ? ints(a, b)
    (a // b) ? ints(a, b)
    (a % b) ? ints(a, b)
    (a % b) ? ints(a, b)
    (a + b)
    (a - b)
    (a * b) ? exact_product(a, b)
    (a * b) ? exact_product(a, b)
    (a * {unit}) ? is_array(a) and base(a) in COMPLEX
    (a & b)
    (a | b)
    (a ^ b)
    (a << b) ? plain(a, b) and (b != "int" or a in NUMPY or is_array(a))
    (a >> b) ? plain(a, b) and (b != "int" or a in NUMPY or is_array(a))
    (a << b % 70) ? ints(a, b)
    (a >> b % 70) ? ints(a, b)
    (a >> b % 7 - 1) ? ints(a, b)
    (a << b % 9 - 1) ? ints(a, b)
    (a + {by}) ? ints(a)
    (a - {by}) ? ints(a)
    (a * {by}) ? ints(a)
    (a // {by}) ? ints(a)
    (a / {by}) ? ints(a)
    (a // -{by}) ? ints(a)
    (a % {by}) ? ints(a)
    (a % -{by}) ? ints(a)
    (a & {by}) ? ints(a)
    (a >> {by}) ? ints(a)
    (-a)
    (+a)
    (~a) ? plain(a) and a != "bool"
    abs(a) ? exact_product(a)
    (not a) ? numbers(a)
"""

PYTHON = """
    min(a, b) ? alike(a, b)
    max(a, b) ? alike(a, b)
    min(a, b, c) ? alike(a, b, c)
    max(a, b, c) ? alike(a, b, c)
    min(a) ? is_array(a)
    max(a, default=b) ? a.endswith("[5]") and base(a) == b ! builtins.max.default
    min((a, b), key=lambda each: -each) ? ints(a, b) ! builtins.min.keyed
    max(a, key=abs) ? is_array(a) and base(a) in INTEGERS ! builtins.max.keyed
    divmod(a, b) ? numbers(a, b)
    divmod(a, b)[{bit}] ? numbers(a, b)
    pow(a, b % 5) ? whole(a, b) and numbers(a, b)
    (a ** {small}) ? base(a) in INTEGERS or ints(a)
    (a ** b) ? of_numpy(a, b) and whole(a, b)
    pow(a, b % 50, c) ? ints(a, b, c) ! builtins.pow.modular
    round(a) ? a in REAL or ints(a)
    round(a, {digits}) ? a in ("float", "int", "float64")
    int(a) ? exact(a)
    float(a) ? exact(a)
    complex(a, b) ? numbers(a, b)
    complex(a) ? numbers(a)
    bool(a) ? numbers(a)
    hash(a) ? a in WHOLE or a == "(int,int)"
    hash(a if a == a else 0.5) ? floats(a)
    sum((a, b)) ? numbers(a, b)
    sum(a) ? a.endswith("[5]") or is_tuple(a)
    sum(range(a % 9)) ? ints(a)
    sum(range(a % 9), b) ? ints(a, b)
    any(a) ? is_array(a) or is_tuple(a)
    all(a) ? is_array(a) or is_tuple(a)
    len(a) ? is_array(a) or is_tuple(a)
    len(a[b:c]) ? is_array(a) and ints(b, c)
    len(a[b::{step}]) ? is_array(a) and ints(b)
    len(range(a, b, c)) ? ints(a, b, c)
    range(a, b)[c] ? ints(a, b, c)
    (a in range(b, c)) ? ints(a, b, c)
    (a in (b, c)) ? ints(a, b, c)
    (a not in (b, {small}, c)) ? ints(a, b, c)
    (a, b) ? numbers(a, b)
    (a, b)[{bit}] ? numbers(a, b)
    (a, b, c)[{bit}:] ? numbers(a, b, c)
    ((a, b) + (c,)) ? numbers(a, b, c)
    (*a, b) ? is_tuple(a) and numbers(b)
    (a, *(b, {small}), 1.5) ? numbers(a, b)
    a[{bit}] ? is_tuple(a)
    tuple(a) ? is_tuple(a)
    ((a, b) < (b, c)) ? ints(a, b, c)
    ((a, b) == (c, {small})) ? ints(a, b, c)
    a.real
    a.imag ? plain(a) and (not is_array(a) or base(a) in COMPLEX)
    a.conjugate() ? numbers(a) ! complex.conjugate generic.conjugate
    a.bit_length() ? ints(a) ! int.bit_length
    a.bit_count() ? ints(a) or a in INTEGERS ! int.bit_count
    a.is_integer() ? a in REAL ! float.is_integer
    a.as_integer_ratio() ? floats(a) ! float.as_integer_ratio
    a.item() ? a in NUMPY ! generic.item
    isinstance(a, (int, np.integer))
    isinstance(a, np.ndarray)
    hasattr(a, 'shape')
    (type(a) is float)
    Point(a, b) ? floats(a) and ints(b)
    a.x ? a == "Point"
    a.y ? a == "Point"
    a[0] ? a == "Point"
    (lambda each: each + b)(a)
    (lambda each, other=3, *rest: each - other + len(rest))(a, b)
    (lambda each, *, other=2: other - each)(a)
    (lambda *rest: rest[0])(a, b)
"""

MATHEMATICS = """
    math.floor(a) ? numbers(a) and exact(a)
    math.ceil(a) ? numbers(a) and exact(a)
    math.trunc(a) ? numbers(a) and exact(a)
    math.isnan(a) ? numbers(a) and exact(a)
    math.isinf(a) ? numbers(a) and exact(a)
    math.isfinite(a) ? numbers(a) and exact(a)
    math.fabs(a) ? numbers(a) and exact(a)
    math.sqrt(a) ? numbers(a) and exact(a)
    math.degrees(a) ? numbers(a) and exact(a)
    math.radians(a) ? numbers(a) and exact(a)
    math.ulp(a) ? floats(a)
    round(math.log(abs(a) + 1, 3) * 4096.0) ? floats(a) or ints(a)
    round(math.log(abs(a) + 0.5) * 4096.0) ? floats(a)
    round(math.atan2(a, b) * 4096.0) ? floats(a, b)
    round(math.pow(abs(a) % 50.0, b % 3.0) * 64.0) ? floats(a, b)
    round((abs(a) % 50.0) ** (b % 3.0) * 64.0) ? floats(a, b)
    round((abs(a) % 1e6) ** 0.5 * 64.0) ? floats(a)
    math.copysign(a, b if b == b else 1.0) ? floats(a, b)
    math.fmod(a, b) ? floats(a, b)
    math.remainder(a, b) ? floats(a, b)
    math.nextafter(a, b) ? floats(a, b)
    math.isclose(a, b) ? floats(a, b)
    math.hypot(a, b) ? floats(a, b)
    math.gcd(a, b) ? ints(a, b)
    math.lcm(a % 1000, b % 1000) ? ints(a, b)
    math.isqrt(a) ? ints(a)
    math.factorial(a % 23) ? ints(a)
    math.comb(a % 30, b % 9) ? ints(a, b)
    math.perm(a % 12, b % 9) ? ints(a, b)
    math.prod((a, b)) ? numbers(a, b)
    math.fsum((a, b, c)) ? floats(a, b, c)
    math.frexp(a) ? floats(a)
    math.modf(a) ? floats(a)
    math.ldexp(a, b % 40 - 20) ? floats(a) and ints(b)
    math.fma(a, b, c) ? floats(a, b, c)
    cmath.isnan(a) ? numbers(a)
    cmath.isfinite(a) ? numbers(a)
    round(cmath.phase(a) * 4096.0) ? a == "complex"
    (abs(cmath.sqrt(a)) < 3.3) ? a == "complex"
    (abs(cmath.exp(a)) > 0.7) ? a == "complex"
    (cmath.sin(a).real < 0.3) ? a == "complex"
    (cmath.log(a).imag < 0.3) ? a == "complex"
    (cmath.tanh(a).imag < 0.3) ? a == "complex"
    cmath.isinf(a) ? numbers(a)
    math.dist((a, b), (c, 1.0)) ? floats(a, b, c)
"""
MATH_1 = """sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10
log1p erf erfc gamma lgamma cbrt""".split()

MAGNITUDES = """
    (abs(a) < b) ? base(a) in ("complex", *COMPLEX) and plain(b)
    (abs(a) <= b) ? base(a) in ("complex", *COMPLEX) and plain(b)
    (abs(a) > b) ? base(a) in ("complex", *COMPLEX) and plain(b)
    (b >= abs(a)) ? base(a) in ("complex", *COMPLEX) and plain(b)
"""

# Element-wise functions: of anything, then of what is not complex, then with ties of zeros settled.
UFUNC_1 = """negative floor ceil trunc rint isnan isfinite isinf invert logical_not conjugate reciprocal
positive fabs degrees radians deg2rad rad2deg conj bitwise_not bitwise_invert square sign absolute abs
sqrt""".split()
UFUNC_2 = """add subtract divide true_divide floor_divide remainder mod fmod logical_and logical_or
logical_xor bitwise_and bitwise_or bitwise_xor left_shift right_shift equal not_equal less
greater_equal greater less_equal multiply minimum maximum fmin fmax""".split()
INEXACT = {"square", "multiply", "sign", "absolute", "abs", "sqrt"}  # of complex numbers
TIES = {"minimum", "maximum", "fmin", "fmax"}
NUMPY_1 = """sin cos tan arcsin arccos arctan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p cbrt
arcsinh""".split()

NUMERICAL = """
    np.rint(np.fmin(np.abs(a), 1000) * 64) ? base(a) == "complex128"
    np.bitwise_count(a) ? base(a) in INTEGERS or ints(a)
    np.rint(np.arctan2(a, b) * 4096) ? doubles(a, b)
    np.rint(np.fmin(np.hypot(a, b), 1000) * 4096) ? doubles(a, b)
    np.signbit(np.fmax(a, -1e4)) ? real(a)
    np.copysign(a, np.fmin(b, 3)) ? real(a, b)
    np.nextafter(a, b) ? base(a) in ("float32", "float64") and base(b) in ("float32", "float64")
    np.power(a, b) ? of_numpy(a, b) and whole(a, b)
    (np.float_power(a, {small}) % 100) ? base(a) in INTEGERS
    (np.minimum(a, b) + 0)
    (np.maximum(a, b) + 0)
    (np.fmin(a, b) + 0)
    (np.fmax(a, b) + 0)
    np.minimum(a, b) ? whole(a, b)
    np.fmax(a, b) ? whole(a, b)
"""

ARRAYS = """
    np.zeros({n}, {t})
    np.zeros({n})
    np.ones({n}, {t})
    np.full({n}, a) ? numbers(a)
    np.full({n}, a, dtype={t}) ? a in ("int", "bool")
    np.arange(5)
    np.arange(5, dtype={t})
    np.arange(1.0, 3.5, 0.5)
    np.linspace(0, 1, 5)
    np.eye(3, 5)
    np.identity(3)
    np.array([a, b, c]) ? alike(a, b, c)
    np.array([a, {small}]) ? ints(a)
    np.array([[a, b], [b, a]]) ? alike(a, b)
    np.array((a, b, b, a, c), {t}) ? alike(a, b, c) and a in ("int", "bool")
    np.asarray(a) ? is_array(a)
    np.zeros_like(a) ? is_array(a)
    np.ones_like(a) ? is_array(a)
    np.full_like(a, b) ? is_array(a) and ints(b)
    a.T ? is_array(a)
    a.copy() ? is_array(a)
    a.ravel() ? is_array(a)
    a.flatten() ? is_array(a)
    a.transpose() ? is_array(a)
    a.reshape({shape}) ? is_array(a)
    a.astype({t}) ? is_array(a) and whole(a)
    a.astype(np.float32) ? is_array(a) and exact(a)
    a.astype(np.complex128) ? is_array(a)
    np.fmin(np.fmax(a, 0.25), 99).astype({t}) ? is_array(a) and real(a)
    a.view({t}) ? is_array(a) and base(a) in INTEGERS
    a.view(np.int64) ? is_array(a) and base(a) == "uint64"
    np.fmax(a, -1e4).view(np.int64) ? is_array(a) and base(a) == "float64"
    np.fmax(a, -1e4).view(np.uint32) ? is_array(a) and base(a) == "float32"
    a[{s}] ? is_array(a)
    a[{s}] ? is_array(a)
    a[{i}] ? is_array(a)
    a[{s}, {i}] ? is_array(a)
    a[{i}, {s}] ? is_array(a)
    a[{s}, {s}] ? is_array(a)
    a[..., {i}] ? is_array(a)
    a[None, {s}] ? is_array(a)
    a[:, None] ? is_array(a)
    a[()] ? is_array(a)
    a[slice({i}, b, {step})].size ? is_array(a) and ints(b)
    np.where(a, b, c)
    (np.clip(a, b, c) + 0) ? is_array(a) and plain(b, c)
    np.clip(a, b, c) ? is_array(a) and whole(a, b, c)
    np.concatenate((a, b)) ? is_array(a) and is_array(b)
    np.stack((a, b)) ? is_array(a) and is_array(b)
    np.dot(a, b) ? is_array(a) and is_array(b) and whole(a, b)
    (a @ b) ? is_array(a) and whole(a, b) ! numpy.matmul
    (a @ a.T) ? is_array(a) and whole(a) ! numpy.matmul
    (np.rint((a @ a.T) * 64) + 0) ? is_array(a) and doubles(a) ! numpy.matmul
    np.asarray(a).ravel()[0] ? is_array(a)
    a[b] ? is_array(a) and is_array(b) and base(b) in INTEGERS
    a[b % {three}] ? is_array(a) and is_array(b) and base(b) in INTEGERS
    a[b].size ? is_array(a) and is_array(b) and base(b) == "bool_"
    len(a[b]) ? is_array(a) and is_array(b) and base(b) == "bool_"
    a.size ? is_array(a)
    a.ndim ? is_array(a)
    a.shape ? is_array(a)
    a.shape[{bit}] ? is_array(a)
    a.strides[-1] ? is_array(a) and 0 not in shape_of(a)
    a.itemsize ? plain(a)
    a.nbytes ? plain(a)
    (a.dtype == {t}) ? plain(a)
    np.dtype({t}).itemsize
    a.sum() ? is_array(a)
    a.prod() ? is_array(a) and exact(a)
    (a.min() + 0) ? is_array(a)
    (a.max() + 0) ? is_array(a)
    a.mean() ? is_array(a)
    a.argmin() ? is_array(a)
    a.argmax() ? is_array(a)
    a.any() ? is_array(a)
    a.all() ? is_array(a)
    a.cumsum() ? is_array(a)
    a.cumprod() ? is_array(a) and exact(a)
    np.sum(a) ? is_array(a)
    (np.min(a) + 0) ? is_array(a)
    np.any(a) ? is_array(a)
    np.argmax(a) ? is_array(a)
    np.cumsum(a) ? is_array(a)
    np.mean(a) ? is_array(a)
    a.sum(dtype={t}) ? is_array(a) and whole(a)
"""

REDUCTIONS = """
    a.sum(axis={axis}{keep}) ? is_array(a)
    a.prod(axis={axis}{keep}) ? is_array(a) and exact(a)
    np.prod(a, axis={axis}) ? is_array(a) and exact(a)
    a.prod() ? is_array(a) and exact(a)
    a.sum() ? is_array(a)
    (a.min(axis={axis}{keep}) + 0) ? is_array(a)
    (a.max(axis={axis}{keep}) + 0) ? is_array(a)
    a.mean(axis={axis}{keep}) ? is_array(a)
    a.any(axis={axis}{keep}) ? is_array(a)
    a.all(axis={axis}{keep}) ? is_array(a)
    a.argmin(axis={axis}) ? is_array(a)
    np.argmax(a, {axis}) ? is_array(a)
    a.cumsum(axis={axis}) ? is_array(a)
"""

LIBRARY = """
    (np.sort(a) + 0) ? is_array(a)
    (np.sort(a, axis={axis}) + 0) ? is_array(a)
    np.argsort(a, kind="stable") ? is_array(a) and shape_of(a) != ()
    (np.median(a) + 0) ? is_array(a) and exact(a)
    (np.partition(a, 2)[..., 2] + 0) ? is_array(a) and exact(a)
    np.unique(a).size ? is_array(a) and whole(a)
    np.searchsorted(np.sort(a), b) ? is_array(a) and whole(a, b)
    np.searchsorted(a, b, side="right") ? is_array(a) and whole(a, b)
    np.digitize(a, np.arange(4)) ? is_array(a) and whole(a)
    np.bincount(a % 7).size ? is_array(a) and base(a) in INTEGERS
    np.bincount(a % 7, minlength=9) ? is_array(a) and base(a) in INTEGERS
    np.histogram(a, 4)[0] ? is_array(a) and base(a) in ("int8", "uint8", "int16")
    np.take(a, b % {three}) ? is_array(a) and whole(b)
    np.take(a, 1, axis={axis}) ? is_array(a)
    np.meshgrid(a, b)[0] ? is_array(a) and is_array(b)
    np.indices((3, 5))[{bit}]
    np.mgrid[0:3, 0:5]
    np.ogrid[0:3, 0:5][{bit}]
    np.diff(a) ? is_array(a)
    np.diff(a, axis=0) ? is_array(a)
    np.ediff1d(a) ? is_array(a)
    np.roll(a, b % 7) ? is_array(a) and ints(b)
    np.roll(a, 2, axis={axis}) ? is_array(a)
    np.flip(a) ? is_array(a)
    np.fliplr(a) ? is_array(a)
    np.rot90(a) ? is_array(a)
    np.tile(a, 2) ? is_array(a)
    np.repeat(a, 2) ? is_array(a)
    np.expand_dims(a, {bit}) ? is_array(a)
    np.squeeze(a[None], 0) ? is_array(a)
    np.swapaxes(a, 0, -1) ? is_array(a)
    np.moveaxis(a, 0, -1) ? is_array(a)
    np.broadcast_to(a, (3, 5)) ? plain(a)
    np.atleast_2d(a) ? plain(a)
    np.diag(a) ? is_array(a)
    np.diagonal(a) ? is_array(a)
    np.trace(a) ? is_array(a)
    np.tril(a) ? is_array(a)
    np.triu(a, {bit}) ? is_array(a)
    np.tri(3, 5)
    np.outer(a, b) ? is_array(a) and is_array(b) and exact(a, b)
    np.kron(a, b) ? is_array(a) and is_array(b) and whole(a, b)
    np.inner(a, b) ? is_array(a) and is_array(b) and whole(a, b)
    np.vdot(a, b) ? is_array(a) and is_array(b) and whole(a, b)
    np.ptp(a) ? is_array(a) and whole(a)
    np.average(a) ? is_array(a)
    np.count_nonzero(a) ? is_array(a)
    np.flatnonzero(a).size ? is_array(a)
    np.nonzero(a)[0].size ? is_array(a)
    np.argwhere(a).size ? is_array(a)
    np.array_equal(a, b) ? is_array(a) and is_array(b)
    np.allclose(a, b) ? plain(a, b)
    np.isclose(a, b) ? exact(a, b)
    np.interp(a, np.arange(5.0), b) ? doubles(a, b) and is_array(b)
    np.append(a, b) ? is_array(a) and plain(b)
    np.hstack((a, b)) ? is_array(a) and is_array(b)
    np.vstack((a, b)) ? is_array(a) and is_array(b)
    np.column_stack((a, b)) ? is_array(a) and is_array(b)
    np.ascontiguousarray(a) ? is_array(a)
    np.asfortranarray(a) ? is_array(a)
    np.copy(a) ? is_array(a)
    np.empty_like(a).shape ? is_array(a)
    np.empty({n}, {t}).size
    np.nansum(a) ? is_array(a)
    (np.nanmax(a) + 0) ? is_array(a) and exact(a)
    np.add.reduce(a) ? is_array(a)
    np.add.accumulate(a) ? is_array(a)
    np.logical_or.reduce(a) ? is_array(a)
    (np.maximum.accumulate(a) + 0) ? is_array(a)
    np.std(a) ? is_array(a) and exact(a)
    a.var() ? is_array(a) and exact(a)
    (a.clip(b, c) + 0) ? is_array(a) and plain(b, c)
    (a in b) ? is_array(b) and whole(a)
    operator.add(a, b) ? numbers(a, b)
    operator.floordiv(a, b) ? numbers(a, b)
    operator.lt(a, b) ? numbers(a, b)
    operator.neg(a)
    operator.truth(a) ? numbers(a)
    operator.xor(a, b) ? whole(a, b)
    np.where(a)[0].size ? is_array(a)
    np.logspace(0, 2, 5).astype(np.int32)
    np.extract(a, b).size ? is_array(a) and is_array(b)
"""


# What is reduced: an array as it lies, or a part of it, turned, backwards or empty.
REDUCED = [
    *["a", "a", "a.T", "a.T", "a[{s}]", "a[{s}, {s}]", "a.T[{s}]", "a[..., {s}]", "a[::-1]"],
    *["np.asfortranarray(a)", "np.asfortranarray(a)", "a[0:0]", "a[None]", "a.copy()"],
]


# ---- reading them ----


@cache
def compiled_names() -> frozenset[str]:
    """Qualified names of everything that has a row in the tables or a function in the library."""
    for (
        root
    ) in "builtins cmath complex float generic int math ndarray numpy operator tuple".split():
        load(root)
    found = set(registry)
    tables = {"primitive.def": "", "math.def": "", "ufunc_table.def": "numpy."}
    for table, prefix in tables.items():
        text = (SOURCE / "infer" / table).read_text(encoding="utf-8")
        names = re.findall(r'^[A-Z]+\(\w+,\s*"([^"]+)"', text, re.M)
        found |= {prefix + name for name in names}
    known = [*NUMPY, "integer", "ndarray", "mgrid", "ogrid"]
    return frozenset(found | {f"numpy.{name}" for name in known})


def is_compiled(word: Word) -> bool:
    names = [f"numpy.{name}" for name in re.findall(r"\bnp\.(\w+)", word.text)]
    names += re.findall(r"\b((?:c?math|operator)\.\w+)", word.text)
    return compiled_names().issuperset([*names, *word.needs])


def read(table: str) -> list[Word]:
    words = []
    for line in filter(None, map(str.strip, table.splitlines())):
        text, _, needs = line.partition(" ! ")
        text, _, rule = text.partition(" ? ")
        letters = "".join(each for each in "abc" if re.search(rf"\b{each}\b", text))
        rule = rule or f"plain({', '.join(letters)})"
        fits = eval(f"lambda {', '.join(letters)}: {rule}", dict(RULES))
        words.append(Word(text, letters, fits, tuple(needs.split())))
    return [word for word in words if is_compiled(word)]


def ufuncs() -> str:
    one = [(f"np.{name}(a)", "a", name) for name in UFUNC_1]
    two = [(f"np.{name}(a, b)", "a, b", name) for name in UFUNC_2 if name not in TIES]
    rules = {True: "exact", False: "plain"}
    lines = [f"{text} ? {rules[name in INEXACT]}({kinds})" for text, kinds, name in one + two]
    bounded = "np.fmin(np.fmax(a, -9), 9)"
    return "\n".join(
        lines
        + [
            f'np.rint(np.{name}({bounded}) * 4096) ? base(a) in ("float64", "int32")'
            for name in NUMPY_1
        ]
    )


def elementary() -> str:
    bounded = "max(-9.0, min(9.0, a))"
    return "\n".join(f"round(math.{name}({bounded}) * 4096.0) ? floats(a)" for name in MATH_1)


SEARCHED = (
    read(ARRAYS),
    read(REDUCTIONS),
    read(LIBRARY),
)  # what seldom fits a kind that is wanted
MIXED = read(OPERATORS), read(ufuncs()), read("\n".join(f"(a {each} b)" for each in COMPARE))

# Each with its share of the choices.
GROUPS: list[list[Word]] = [
    *[MIXED[0]] * 16,
    *[MIXED[1]] * 3,
    read(NUMERICAL),
    *[read(PYTHON)] * 6,
    *[read(MATHEMATICS)] * 3,
    read(elementary()),
    *[MIXED[2]] * 4,
    *[read(MAGNITUDES)] * 2,
    *[SEARCHED[0]] * 6,
    *[SEARCHED[1]] * 2,
    *[SEARCHED[2]] * 4,
]


def filled(rng: random.Random, text: str) -> str:
    return re.sub(r"\{\w+\}", lambda match: rng.choice(PLACEHOLDERS[match[0]]), text)
