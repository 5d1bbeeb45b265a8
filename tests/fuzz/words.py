"""The expressions that random programs are made of: texts over operands a, b, c.

A word is used where the functions it names are compiled (they are looked up in the compiler's tables and library), and
where it gives, for the kinds of its operands, the kind that is wanted. Placeholders in braces are filled in at random.
"""

import ast
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

from martlet.library import registry

SOURCE = Path(__file__).resolve().parents[2] / "src"

BINARY = ["+", "-", "*", "/", "//", "%", "<<", ">>", "&", "|", "^"]
COMPARE = ["==", "!=", "<", "<=", ">", ">="]

PLACEHOLDERS: dict[str, Callable[[random.Random], str]] = {
    "{small}": lambda rng: str(rng.randint(0, 4)),
    "{digits}": lambda rng: str(rng.randint(-2, 3)),
    "{i}": lambda rng: str(rng.randint(-4, 4)),
    "{s}": lambda rng: rng.choice(SLICES),
    "{t}": lambda rng: f"np.{rng.choice(NUMPY)}",
    "{n}": lambda rng: rng.choice(["5", "5", "3", "(3, 5)", "(5, 3)", "(2, 3, 5)", "0", "()"]),
    "{axis}": lambda rng: rng.choice(["0", "1", "-1", "None"]),
    "{keep}": lambda rng: rng.choice(["", "", ", keepdims=True", ", keepdims=False"]),
    "{out}": lambda rng: str(rng.choice([5, -6, 7, 255])),
}
SLICES = [
    "1:4",
    "::-1",
    "::2",
    "-3:",
    "3:0:-1",
    ":-1",
    "7:",
    "-9:2",
    "4:1",
    "-1::-2",
    ":",
    "1:-1",
    "::-3",
    "-1:-4:-1",
    "2:5",
    "0:3",
]


@dataclass(frozen=True)
class Word:
    text: str
    needs: tuple[str, ...] = ()  # names that must be compiled, besides those of the text
    fits: Callable[..., bool] = lambda *kinds: no_tuple(*kinds)
    letters: str = "a"


def whole(*kinds: str) -> bool:
    return all(base(kind) in WHOLE for kind in kinds)


def ints(*kinds: str) -> bool:
    return all(kind == "int" for kind in kinds)


def same(*kinds: str) -> bool:
    return len(set(kinds)) == 1


def arrays(*kinds: str) -> bool:
    return is_array(kinds[0])


def numbers(*kinds: str) -> bool:
    return all(is_number(kind) for kind in kinds)


def no_tuple(*kinds: str) -> bool:
    return not any(is_tuple(kind) or kind == "Point" for kind in kinds)


def numpy_like(*kinds: str) -> bool:
    """Does NumPy do it? (Not with operands all of Python.)"""
    return any(is_array(kind) or kind in NUMPY for kind in kinds)


def float_like(*kinds: str) -> bool:
    return all(base(kind) in REAL for kind in kinds)


def shifts(*kinds: str) -> bool:
    return (no_tuple(*kinds) and kinds[1] != "int") or kinds[0] in NUMPY or is_array(kinds[0])


def exact(*kinds: str) -> bool:
    """No complex product of arrays: NumPy fuses its multiplications and additions where the hardware can."""
    return no_tuple(*kinds) and not any(base(kind) in ("complex", *COMPLEX) for kind in kinds)


def exact_product(*kinds: str) -> bool:
    return exact(*kinds) or numbers(*kinds)


UFUNC_1 = """negative absolute sign square floor ceil trunc rint isnan isfinite isinf invert logical_not conjugate reciprocal
positive fabs bitwise_count degrees radians sqrt deg2rad rad2deg abs conj bitwise_not bitwise_invert""".split()
UFUNC_2 = """add subtract multiply divide true_divide floor_divide remainder mod fmod maximum minimum fmax fmin logical_and
logical_or logical_xor bitwise_and bitwise_or bitwise_xor left_shift right_shift equal not_equal less greater_equal greater
less_equal""".split()
MATH_1 = """sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p erf erfc gamma lgamma
cbrt""".split()
NUMPY_1 = "sin cos tan arcsin arccos arctan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p cbrt arcsinh".split()

INEXACT = {"square", "multiply", "sign", "absolute", "abs", "sqrt"}  # of complex numbers

PYTHON_WORDS = [
    Word("min(a, b)", fits=lambda *k: same(*k) and numbers(*k)),
    Word("max(a, b)", fits=lambda *k: same(*k) and numbers(*k)),
    Word("min(a, b, c)", fits=lambda *k: same(*k) and numbers(*k)),
    Word("max(a, b, c)", fits=lambda *k: same(*k) and numbers(*k)),
    Word("min(a)", fits=lambda k: is_array(k)),
    Word(
        "max(a, default=b)",
        ("builtins.max.default",),
        fits=lambda k, j: k.endswith("[5]") and base(k) == j,
    ),
    Word(
        "min((a, b), key=lambda each: -each)",
        ("builtins.min.keyed",),
        fits=lambda *k: same(*k) and ints(*k),
    ),
    Word(
        "max(a, key=abs)",
        ("builtins.max.keyed",),
        fits=lambda k: is_array(k) and base(k) in INTEGERS,
    ),
    Word("divmod(a, b)", fits=numbers),
    Word("divmod(a, b)[{bit}]", fits=numbers),
    Word("pow(a, b % 5)", fits=lambda *k: whole(*k) and numbers(*k)),
    Word("a ** {small}", fits=lambda k: base(k) in INTEGERS or k == "int"),
    Word("a ** b", fits=lambda *k: numpy_like(*k) and whole(*k)),
    Word("pow(a, b % 50, c)", ("builtins.pow.modular",), fits=ints),
    Word("round(a)", fits=lambda k: k in REAL or k == "int"),
    Word("round(a, {digits})", fits=lambda k: k in ("float", "int", "float64")),
    Word("int(a)", fits=lambda k: k not in COMPLEX),
    Word("float(a)", fits=lambda k: k not in COMPLEX),
    Word("complex(a, b)", fits=numbers),
    Word("complex(a)", fits=numbers),
    Word("bool(a)", fits=numbers),
    Word("hash(a)", fits=lambda k: k in WHOLE or k in ("float", "(int,int)", "complex")),
    Word("sum((a, b))", fits=numbers),
    Word("sum(a)", fits=lambda k: k.endswith("[5]") or is_tuple(k)),
    Word("sum(range(a % 9))", fits=ints),
    Word("sum(range(a % 9), b)", fits=ints),
    Word("any(a)", fits=lambda k: is_array(k) or is_tuple(k)),
    Word("all(a)", fits=lambda k: is_array(k) or is_tuple(k)),
    Word("len(a)", fits=lambda k: is_array(k) or is_tuple(k)),
    Word("len(a[b:c])", fits=lambda k, *j: is_array(k) and ints(*j)),
    Word("len(a[b::{step}])", fits=lambda k, *j: is_array(k) and ints(*j)),
    Word("len(range(a, b, c))", fits=ints),
    Word("range(a, b)[c]", fits=ints),
    Word("(a in range(b, c))", fits=ints),
    Word("(a in (b, c))", fits=ints),
    Word("(a not in (b, {small}, c))", fits=ints),
    Word("(a, b)", fits=numbers),
    Word("(a, b)[{bit}]", fits=numbers),
    Word("(a, b, c)[{bit}:]", fits=numbers),
    Word("((a, b) + (c,))", fits=numbers),
    Word("(*a, b)", fits=lambda k, *j: is_tuple(k)),
    Word("a[{bit}]", fits=is_tuple),
    Word("tuple(a)", fits=is_tuple),
    Word("((a, b) < (b, c))", fits=ints),
    Word("((a, b) == (c, {small}))", fits=ints),
    Word("a.real"),
    Word("a.imag", fits=lambda k: not is_array(k) or base(k) in COMPLEX),
    Word(
        "a.conjugate()",
        ("complex.conjugate", "generic.conjugate"),
        fits=lambda k: not is_array(k),
    ),
    Word("a.bit_length()", ("int.bit_length",), fits=ints),
    Word("a.bit_count()", ("int.bit_count",), fits=lambda k: k == "int" or k in INTEGERS),
    Word("a.is_integer()", ("float.is_integer",), fits=lambda k: k in ("float", *FLOATS)),
    Word("a.as_integer_ratio()", ("float.as_integer_ratio",), fits=lambda k: k == "float"),
    Word("a.item()", ("generic.item",), fits=lambda k: k in NUMPY),
    Word("isinstance(a, (int, np.integer))"),
    Word("isinstance(a, np.ndarray)"),
    Word("hasattr(a, 'shape')"),
    Word("(type(a) is float)"),
    Word("Point(a, b)", fits=lambda *k: k == ("float", "int")),
    Word("a.x", fits=lambda k: k == "Point"),
    Word("a.y", fits=lambda k: k == "Point"),
    Word("a[0]", fits=lambda k: k == "Point"),
    Word("(lambda each: each + b)(a)"),
    Word("(lambda each, other=3, *rest: each - other + len(rest))(a, b)"),
    Word("(lambda each, *, other=2: other - each)(a)"),
    Word("(lambda *rest: rest[0])(a, b)"),
]

MATH_WORDS = [
    *(
        Word(f"math.{name}(a)", fits=lambda k: is_number(k) and exact(k))
        for name in (
            "floor",
            "ceil",
            "trunc",
            "isnan",
            "isinf",
            "isfinite",
            "fabs",
            "sqrt",
            "degrees",
            "radians",
            "ulp",
        )
    ),
    *(
        Word(
            f"round(math.{name}(max(-9.0, min(9.0, a))) * 4096.0)", fits=lambda k: k == "float"
        )
        for name in MATH_1
    ),
    Word("round(math.log(abs(a) + 1, 3) * 4096.0)", fits=lambda k: k in ("float", "int")),
    Word("round(math.atan2(a, b) * 4096.0)", fits=lambda *k: k == ("float", "float")),
    Word(
        "round(math.pow(abs(a) % 50.0, b % 3.0) * 64.0)",
        fits=lambda *k: k == ("float", "float"),
    ),
    Word("round((abs(a) % 50.0) ** (b % 3.0) * 64.0)", fits=lambda *k: k == ("float", "float")),
    Word("round(abs(a) ** 0.5 % 1e6 * 64.0)", fits=lambda k: k == "float"),
    Word("math.copysign(a, b if b == b else 1.0)", fits=lambda *k: k == ("float", "float")),
    *(
        Word(f"math.{name}(a, b)", fits=lambda *k: k == ("float", "float"))
        for name in ("fmod", "remainder", "nextafter", "isclose", "hypot")
    ),
    Word("math.gcd(a, b)", fits=ints),
    Word("math.lcm(a % 1000, b % 1000)", fits=ints),
    Word("math.isqrt(a)", fits=ints),
    Word("math.factorial(a % 23)", fits=ints),
    Word("math.comb(a % 30, b % 9)", fits=ints),
    Word("math.perm(a % 12, b % 9)", fits=ints),
    Word("math.prod((a, b))", fits=numbers),
    Word("math.fsum((a, b, c))", fits=lambda *k: k == ("float", "float", "float")),
    Word("math.frexp(a)", fits=lambda k: k == "float"),
    Word("math.modf(a)", fits=lambda k: k == "float"),
    Word("math.ldexp(a, b % 40 - 20)", fits=lambda *k: k == ("float", "int")),
    Word("math.fma(a, b, c)", fits=lambda *k: k == ("float", "float", "float")),
    Word("cmath.isnan(a)", fits=numbers),
    Word("cmath.isfinite(a)", fits=numbers),
    Word("round(cmath.phase(a) * 4096.0)", fits=lambda k: k == "complex"),
    Word("round(abs(cmath.sqrt(a)) % 1e6 * 64.0)", fits=lambda k: k == "complex"),
]

ABSOLUTES = [
    Word(f"(abs(a) {each} b)", fits=lambda k, j: base(k) in ("complex", *COMPLEX))
    for each in ("<", ">", ">=", "<=")
]

NUMPY_WORDS = [
    *(Word(f"np.{name}(a)") for name in UFUNC_1 if name not in INEXACT),
    *(Word(f"np.{name}(a, b)") for name in UFUNC_2 if name not in INEXACT),
    *(Word(f"np.{name}(a)", fits=exact) for name in UFUNC_1 if name in INEXACT),
    *(Word(f"np.{name}(a, b)", fits=exact) for name in UFUNC_2 if name in INEXACT),
    Word("np.rint(np.abs(a) % 1000 * 64)", fits=lambda k: base(k) == "complex128"),
    *(
        Word(
            f"np.rint(np.{name}(np.fmin(np.fmax(a, -9), 9)) * 4096)",
            fits=lambda k: base(k) in ("float64", "int32"),
        )
        for name in NUMPY_1
    ),
    Word(
        "np.rint(np.arctan2(a, b) * 4096)",
        fits=lambda *k: all(base(kind) in ("float", "float64") for kind in k),
    ),
    Word(
        "np.rint(np.hypot(a, b) % 1000 * 4096)",
        fits=lambda *k: all(base(kind) in ("float", "float64") for kind in k),
    ),
    Word("np.signbit(np.fmax(a, -1e4))", fits=lambda k: base(k) in REAL),
    Word(
        "np.copysign(a, np.fmin(b, 3))", fits=lambda *k: all(base(kind) in REAL for kind in k)
    ),
    Word(
        "np.nextafter(a, b)",
        fits=lambda *k: all(base(kind) in ("float32", "float64") for kind in k),
    ),
    Word("np.power(a, b)", fits=lambda *k: numpy_like(*k) and whole(*k)),
    Word("np.float_power(a, {small}) % 100", fits=lambda k: base(k) in INTEGERS),
]

ARRAY_WORDS = [
    Word("np.zeros({n}, {t})"),
    Word("np.zeros({n})"),
    Word("np.ones({n}, {t})"),
    Word("np.full({n}, a)", fits=numbers),
    Word("np.full({n}, a, dtype={t})", fits=lambda k: k in ("int", "bool")),
    Word("np.arange(5)"),
    Word("np.arange(5, dtype={t})"),
    Word("np.arange(1.0, 3.5, 0.5)"),
    Word("np.linspace(0, 1, 5)"),
    Word("np.eye(3, 5)"),
    Word("np.identity(3)"),
    Word("np.array([a, b, c])", ("numpy.array",), fits=lambda *k: same(*k) and numbers(*k)),
    Word(
        "np.array((a, b, b, a, c), {t})",
        ("numpy.array",),
        fits=lambda *k: same(*k) and k[0] in ("int", "bool"),
    ),
    Word("np.asarray(a)", fits=arrays),
    *(Word(f"np.{name}_like(a)", fits=arrays) for name in ("zeros", "ones")),
    Word("np.full_like(a, b)", fits=lambda k, j: is_array(k) and j == "int"),
    Word("a.T", fits=arrays),
    Word("a.copy()", ("ndarray.copy",), fits=arrays),
    Word("a.ravel()", ("ndarray.ravel",), fits=arrays),
    Word("a.flatten()", ("ndarray.flatten",), fits=arrays),
    Word("a.transpose()", ("ndarray.transpose",), fits=arrays),
    Word("a.reshape({shape})", ("ndarray.reshape",), fits=arrays),
    Word("a.astype({t})", ("ndarray.astype",), fits=lambda k: is_array(k) and base(k) in WHOLE),
    Word(
        "a.astype(np.float32)",
        ("ndarray.astype",),
        fits=lambda k: is_array(k) and base(k) not in COMPLEX,
    ),
    Word("a.astype(np.complex128)", ("ndarray.astype",), fits=arrays),
    Word(
        "np.fmin(np.fmax(a, 0), 99).astype({t})",
        ("ndarray.astype",),
        fits=lambda k: is_array(k) and base(k) in REAL,
    ),
    Word("a.view({t})", ("ndarray.view",), fits=lambda k: is_array(k) and base(k) in INTEGERS),
    Word("a[{s}]", fits=arrays),
    Word("a[{s}]", fits=arrays),
    Word("a[{i}]", fits=arrays),
    Word("a[{s}, {i}]", fits=arrays),
    Word("a[{i}, {s}]", fits=arrays),
    Word("a[{s}, {s}]", fits=arrays),
    Word("a[..., {i}]", fits=arrays),
    Word("a[None, {s}]", fits=arrays),
    Word("a[:, None]", fits=arrays),
    Word("a[()]", fits=arrays),
    Word("a[slice({i}, b, {step})].size", fits=lambda k, j: is_array(k) and j == "int"),
    Word("np.where(a, b, c)"),
    Word("np.clip(a, b, c)", fits=arrays),
    Word("np.concatenate((a, b))", fits=arrays),
    Word("np.stack((a, b))", fits=arrays),
    Word("np.cumprod(a)", fits=lambda k: is_array(k) and exact(k)),
    Word("np.dot(a, b)", fits=lambda *k: is_array(k[0]) and is_array(k[1]) and whole(*k)),
    Word("(a @ b)", ("numpy.matmul",), fits=lambda *k: whole(*k)),
    Word(
        "a[b]",
        ("ndarray.__getitem__",),
        fits=lambda *k: is_array(k[0]) and is_array(k[1]) and base(k[1]) in INTEGERS,
    ),
    Word(
        "a[b % {three}]",
        ("ndarray.__getitem__",),
        fits=lambda *k: is_array(k[0]) and is_array(k[1]) and base(k[1]) in INTEGERS,
    ),
    Word(
        "len(a[b])",
        ("ndarray.__getitem__",),
        fits=lambda *k: is_array(k[0]) and is_array(k[1]) and base(k[1]) == "bool_",
    ),
    Word("a.size", fits=arrays),
    Word("a.ndim", fits=arrays),
    Word("a.shape", fits=arrays),
    Word("a.shape[{bit}]", fits=arrays),
    Word("a.strides[-1]", fits=lambda k: is_array(k) and 0 not in shape_of(k)),
    Word("a.itemsize"),
    Word("a.nbytes"),
    Word("(a.dtype == {t})"),
    Word("np.dtype({t}).itemsize"),
    *(
        Word(f"a.{name}()", (f"ndarray.{name}",), fits=arrays)
        for name in (
            "sum",
            "prod",
            "min",
            "max",
            "mean",
            "argmin",
            "argmax",
            "any",
            "all",
            "cumsum",
            "cumprod",
        )
        if "prod" not in name
    ),
    *(
        Word(f"a.{name}()", (f"ndarray.{name}",), fits=lambda k: is_array(k) and exact(k))
        for name in ("prod", "cumprod")
    ),
    *(
        Word(f"np.{name}(a)", fits=arrays)
        for name in ("sum", "min", "max", "any", "all", "mean", "cumsum", "argmax")
    ),
    *(
        Word(f"a.{name}(axis={{axis}}{{keep}})", (f"ndarray.{name}",), fits=arrays)
        for name in ("sum", "min", "max", "mean", "any", "all")
    ),
    *(
        Word(f"a.{name}(axis={{axis}})", (f"ndarray.{name}",), fits=arrays)
        for name in ("argmin", "argmax", "cumsum")
    ),
    Word("a.sum(dtype={t})", ("ndarray.sum",), fits=lambda k: is_array(k) and base(k) in WHOLE),
]
PLACEHOLDERS |= {
    "{bit}": lambda rng: rng.choice(["0", "1", "-1", "0"]),
    "{step}": lambda rng: rng.choice(["2", "-1", "-2", "1", "3"]),
    "{three}": lambda rng: rng.choice(["3", "5", "2"]),
    "{shape}": lambda rng: rng.choice(
        ["5, 3", "3, 5", "-1", "(5, 3)", "1, 5", "(5,)", "(15,)", "2, 15", "30"]
    ),
}

OPERATORS = [
    *(
        Word(f"(a {each} b)", fits=lambda *k: not ints(*k) and no_tuple(*k))
        for each in ("+", "-", "/", "//", "%")
    ),
    *(Word("(a * b)", fits=exact_product) for _ in range(2)),
    Word("(a * {unit})", fits=lambda k: is_array(k) and base(k) in COMPLEX),
    *(Word(f"(a {each} b)", fits=ints) for each in ("+", "-", "*", "/", "//", "%", "//", "%")),
    *(Word(f"(a {each} b)") for each in ("&", "|", "^", "+", "-")),
    *(Word(f"(a {each} b)", fits=shifts) for each in ("<<", ">>")),
    *(Word(f"(a {each} b % 70)", fits=ints) for each in ("<<", ">>", ">>")),
    *(
        Word(f"(a {each} {{step7}})", fits=lambda k: k == "int")
        for each in ("+", "-", "*", "//", "%", "&", "//", "%", ">>")
    ),
    Word("(-a)"),
    Word("(+a)"),
    Word("(~a)", fits=lambda k: k != "bool" and no_tuple(k)),
    Word("abs(a)", fits=exact_product),
    Word("(not a)", fits=numbers),
]
PLACEHOLDERS["{unit}"] = lambda rng: rng.choice(["1j", "-1j", "(1+1j)", "2.0", "(0.5-0.5j)"])
PLACEHOLDERS["{step7}"] = lambda rng: str(rng.choice([1, 2, 3, 7, 8, 10, 63, 255]))

COMPARISONS = [Word(f"(a {each} b)") for each in COMPARE]


@cache
def compiled_names() -> frozenset[str]:
    """Qualified names of everything that has a row in the compiler's tables or a function in its library."""
    found = set(registry)
    for table, prefix in (
        ("primitive.def", ""),
        ("math.def", ""),
        ("ufunc_table.def", "numpy."),
    ):
        text = (SOURCE / "infer" / table).read_text(encoding="utf-8")
        found |= {
            prefix + name for name in re.findall(r'^[A-Z]+\(\w+,\s*"([^"]+)"', text, re.M)
        }
    return frozenset(found | {f"numpy.{kind}" for kind in [*NUMPY, "integer", "ndarray"]})


def is_compiled(word: Word) -> bool:
    names = [f"numpy.{name}" for name in re.findall(r"\bnp\.(\w+)", word.text)]
    names += re.findall(r"\b(c?math\.\w+)", word.text)
    return compiled_names().issuperset([*names, *word.needs])


def prepared(words: list[Word]) -> list[Word]:
    def letters(word: Word) -> str:
        return "".join(letter for letter in "abc" if re.search(rf"\b{letter}\b", word.text))

    def atom(text: str) -> str:
        node = ast.parse(re.sub(r"\{\w+\}", "0", text), mode="eval").body
        loose = isinstance(
            node, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp)
        ) and not text.startswith("(")
        return f"({text})" if loose else text

    return [
        Word(atom(word.text), word.needs, word.fits, letters(word))
        for word in words
        if is_compiled(word)
    ]


# Each with its share of the choices.
GROUPS: list[tuple[int, list[Word]]] = [
    (8, prepared(OPERATORS)),
    (2, prepared(NUMPY_WORDS)),
    (3, prepared(PYTHON_WORDS)),
    (2, prepared(MATH_WORDS)),
    (4, prepared(ARRAY_WORDS)),
    (2, prepared(COMPARISONS)),
    (1, prepared(ABSOLUTES)),
]


def filled(rng: random.Random, text: str) -> str:
    return re.sub(r"\{\w+\}", lambda match: PLACEHOLDERS[match[0]](rng), text)
