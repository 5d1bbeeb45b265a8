"""Random well-typed programs of the compiled language, and their comparison with the interpreter.

A program is a function of a few arguments whose variables keep their kinds: each kind is a Python number
("int", "float", "complex", "bool"), a NumPy scalar ("int8" … "complex128", "bool_"), a one-dimensional array of one
("int8[]" …) or a pair ("(int,float)"). What kind an operator gives is learnt from NumPy itself, by trying it once. Loops are
bounded, so that every program ends. Programs are reproducible from their seed.
"""

import linecache
import math
import operator
import random
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

PYTHON = ["int", "float", "complex", "bool"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
NUMPY = [*INTEGERS, *FLOATS, *COMPLEX, "bool_"]
LENGTH = 5  # of every array, so that arrays combine

BINARY = ["+", "-", "*", "/", "//", "%", "<<", ">>", "&", "|", "^"]
COMPARE = ["==", "!=", "<", "<=", ">", ">="]
UNARY = ["-", "+", "~", "abs", "not "]
UFUNC_1 = ["negative", "absolute", "sign", "square", "sqrt", "floor", "ceil", "trunc", "rint", "isnan", "isfinite",
           "isinf", "invert", "logical_not", "conjugate", "reciprocal", "signbit", "positive", "fabs",
           "bitwise_count", "degrees", "radians"]
UFUNC_2 = ["add", "subtract", "multiply", "divide", "floor_divide", "remainder", "fmod", "maximum", "minimum", "fmax",
           "fmin", "logical_and", "logical_or", "logical_xor", "copysign", "bitwise_and", "bitwise_or", "bitwise_xor",
           "left_shift", "right_shift", "equal", "not_equal", "less", "greater_equal", "greater", "less_equal", "hypot"]
MATH_1 = ["sqrt", "floor", "ceil", "trunc", "isnan", "isinf", "isfinite", "fabs"]


def is_array(kind: str) -> bool:
    return kind.endswith("[]")


def element(kind: str) -> str:
    return kind.removesuffix("[]")


def sample(kind: str, value: int = 3) -> Any:
    """A value of the kind, to try operators on."""
    if is_array(kind):
        return np.full(LENGTH, value, np.dtype(element(kind)))
    if kind in PYTHON:
        return {"int": int, "float": float, "complex": complex, "bool": bool}[kind](value)
    return getattr(np, kind)(value)


def kind_of(value: Any) -> str | None:
    if type(value) is bool:
        return "bool"
    if type(value) in (int, float, complex):
        return type(value).__name__
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return f"{name_of(value.dtype)}[]"
    if isinstance(value, np.generic):
        return name_of(value.dtype)
    return None


def name_of(dtype: np.dtype) -> str:
    return "bool_" if dtype == np.bool_ else dtype.name


@cache
def result_kind(expression: str, *kinds: str) -> str | None:
    """What `expression` over a, b, … gives for values of these kinds; None where it is an error."""
    names = dict(zip("abc", (sample(kind, 3 - i) for i, kind in enumerate(kinds)), strict=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return kind_of(eval(expression, {"np": np, "math": math}, names))
        except Exception:
            return None


EXTREMES = {
    "int": ["0", "1", "-1", "2", "7", "-8", "255", "-129", "65536", "2147483647", "4611686018427387904", "9223372036854775807"],
    "float": ["0.0", "-0.0", "1.5", "-2.5", "1e300", "5e-324", "0.1", "1e16", "3.0", "math.inf", "math.nan"],
    "complex": ["0j", "1+2j", "-1.5j", "(3-4j)", "1e200+1e200j"],
    "bool": ["True", "False"],
}


def literal(rng: random.Random, kind: str) -> str:
    if kind in PYTHON:
        return rng.choice(EXTREMES[kind])
    if kind == "bool_":
        return f"np.bool_({rng.choice(EXTREMES['bool'])})"
    if kind in INTEGERS:
        info = np.iinfo(kind)
        return f"np.{kind}({rng.choice([0, 1, 2, 3, 7, int(info.max), int(info.min), int(info.max) // 3])})"
    if kind in FLOATS:
        return f"np.{kind}({rng.choice(['0.0', '-0.0', '1.5', '-2.5', '0.1', '100.0', '6e4'])})"
    return f"np.{kind}({rng.choice(['0', '1.5', '-2.5'])})"


def argument(rng: random.Random, kind: str) -> Any:
    """A value of the kind to call with."""
    if kind.startswith("("):
        return tuple(argument(rng, part) for part in kind[1:-1].split(","))
    if not is_array(kind):
        return eval(literal(rng, kind), {"np": np, "math": math})
    dtype = np.dtype(element(kind))
    if dtype.kind == "b":
        values = [rng.random() < 0.5 for _ in range(LENGTH)]
    elif dtype.kind in "iu":
        info = np.iinfo(dtype)
        values = [rng.choice([0, 1, 2, 3, int(info.max), int(info.min), rng.randint(int(info.min), int(info.max))])
                  for _ in range(LENGTH)]
    else:
        values = [rng.choice([0.0, -0.0, 1.5, -2.25, 100.0, rng.uniform(-10, 10)]) for _ in range(LENGTH)]
    array = np.array(values, dtype)
    layout = rng.random()
    if layout < 0.15:
        array = np.repeat(array, 2)[::2]
    elif layout < 0.25:
        array = array[::-1]
    return array


@dataclass
class Program:
    seed: int
    text: str
    kinds: list[str]
    arguments: list[tuple[Any, ...]]
    name: str = "program"


@dataclass
class Writer:
    """Writes one program. `variables` are those in scope with their kinds; the first `fixed` are read only."""

    rng: random.Random
    variables: dict[str, str] = field(default_factory=dict)
    readonly: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    count: int = 0
    in_loop: int = 0

    def emit(self, text: str) -> None:
        self.lines.append("    " * (self.depth + 1) + text)

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def named(self, kind: str) -> list[str]:
        return [name for name, each in self.variables.items() if each == kind]

    def any_kind(self) -> str:
        pool = [*PYTHON, *PYTHON, *NUMPY, *(f"{kind}[]" for kind in NUMPY)]
        present = [kind for kind in self.variables.values() if not kind.startswith("(")]
        if present and self.rng.random() < 0.6:
            return self.rng.choice(present)
        return self.rng.choice(pool)

    # ---- expressions ----

    def expression(self, kind: str, fuel: int = 3) -> str:
        """An expression of exactly this kind."""
        if kind.startswith("("):
            parts = [self.expression(part, fuel - 1) for part in kind[1:-1].split(",")]
            return f"({', '.join(parts)})"
        choices: list[Callable[[str, int], str | None]] = [self.leaf, self.binary, self.binary, self.unary, self.call, self.choice]
        if kind in ("bool", "bool_", "bool_[]"):
            choices += [self.comparison, self.comparison]
        if kind == "bool":
            choices += [self.logic]
        if fuel > 0:
            for _ in range(6):
                text = self.rng.choice(choices)(kind, fuel - 1)
                if text is not None:
                    return text
        return self.leaf(kind, 0)

    def leaf(self, kind: str, fuel: int) -> str:
        names = self.named(kind)
        if names and self.rng.random() < 0.75:
            return self.rng.choice(names)
        if is_array(kind):
            if names:
                return self.rng.choice(names)
            return f"np.{self.rng.choice(['zeros', 'ones'])}({LENGTH}, np.{element(kind)})"
        arrays = self.named(f"{kind}[]")
        if arrays and self.rng.random() < 0.6:
            return f"{self.rng.choice(arrays)}[{self.index()}]"
        return literal(self.rng, kind)

    def index(self) -> str:
        roll = self.rng.random()
        if roll < 0.45:
            return str(self.rng.randint(-LENGTH, LENGTH - 1))
        if roll < 0.5:
            return str(self.rng.choice([LENGTH, -LENGTH - 1]))
        names = self.named("int")
        return f"{self.rng.choice(names)} % {LENGTH}" if names else "0"

    def operands(self, expression: str, kind: str, tries: int = 12) -> tuple[str, str] | None:
        """Two kinds on which `expression` gives `kind`."""
        for _ in range(tries):
            a = kind if self.rng.random() < 0.5 else self.any_kind()
            b = kind if self.rng.random() < 0.4 else self.any_kind()
            if self.rng.random() < 0.5:
                a, b = b, a
            if result_kind(expression, a, b) == kind:
                return a, b
        return None

    def binary(self, kind: str, fuel: int) -> str | None:
        operation = self.rng.choice(BINARY)
        pair = self.operands(f"a {operation} b", kind)
        if pair is None:
            return None
        right = self.expression(pair[1], fuel)
        if operation in ("<<", ">>") and pair[1] == "int":
            right = str(self.rng.choice([0, 1, 3, 7, 31, 63, 64]))
        return f"({self.expression(pair[0], fuel)} {operation} {right})"

    def unary(self, kind: str, fuel: int) -> str | None:
        operation = self.rng.choice(UNARY)
        for source in (kind, self.any_kind()):
            call = f"{operation}(a)" if operation == "abs" else f"{operation}a"
            if result_kind(call, source) == kind and not (operation == "~" and source == "bool"):
                inner = self.expression(source, fuel)
                return f"abs({inner})" if operation == "abs" else f"({operation}{inner})"
        return None

    def comparison(self, kind: str, fuel: int) -> str | None:
        operation = self.rng.choice(COMPARE)
        pair = self.operands(f"a {operation} b", kind)
        if pair is None:
            return None
        if kind == "bool" and self.rng.random() < 0.2 and "complex" not in pair:
            return (f"({self.expression(pair[0], fuel)} {operation} {self.expression(pair[1], fuel)} "
                    f"{self.rng.choice(COMPARE)} {self.expression(pair[0] if pair[0] in PYTHON else 'int', fuel)})") \
                if all(p in PYTHON for p in pair) else None
        return f"({self.expression(pair[0], fuel)} {operation} {self.expression(pair[1], fuel)})"

    def logic(self, kind: str, fuel: int) -> str:
        roll = self.rng.random()
        if roll < 0.4:
            return f"({self.expression('bool', fuel)} and {self.expression('bool', fuel)})"
        if roll < 0.8:
            return f"({self.expression('bool', fuel)} or {self.expression('bool', fuel)})"
        return f"(not {self.expression(self.rng.choice(['int', 'float', 'bool', 'int32']), fuel)})"

    def choice(self, kind: str, fuel: int) -> str:
        return f"({self.expression(kind, fuel)} if {self.expression('bool', fuel)} else {self.expression(kind, fuel)})"

    def call(self, kind: str, fuel: int) -> str | None:
        options = [self.conversion, self.ufunc, self.ufunc, self.extreme, self.reduction, self.mathematics, self.builtin]
        return self.rng.choice(options)(kind, fuel)

    def conversion(self, kind: str, fuel: int) -> str | None:
        if is_array(kind):
            source = self.rng.choice(NUMPY)
            if element(kind) not in COMPLEX and source in COMPLEX:
                return None
            if source in FLOATS and element(kind) in INTEGERS:
                return None  # out of range: undefined in NumPy
            return f"{self.expression(source + '[]', fuel)}.astype(np.{element(kind)})"
        if kind == "int":
            return f"int({self.expression(self.rng.choice(['bool', *INTEGERS, 'float']), fuel)})"
        if kind == "float":
            return f"float({self.expression(self.rng.choice(['int', *INTEGERS, *FLOATS]), fuel)})"
        if kind == "complex":
            return f"complex({self.expression('float', fuel)}, {self.expression('int', fuel)})"
        if kind == "bool":
            return f"bool({self.expression(self.rng.choice(['int', 'float', 'complex', *INTEGERS]), fuel)})"
        source = self.rng.choice([*INTEGERS, "bool_"]) if kind in INTEGERS else self.rng.choice([*INTEGERS, *FLOATS, "int", "float"])
        return f"np.{kind}({self.expression(source, fuel)})"

    def ufunc(self, kind: str, fuel: int) -> str | None:
        if self.rng.random() < 0.5:
            name = self.rng.choice(UFUNC_1)
            for source in (kind, self.any_kind()):
                if result_kind(f"np.{name}(a)", source) == kind:
                    return f"np.{name}({self.expression(source, fuel)})"
            return None
        name = self.rng.choice(UFUNC_2)
        pair = self.operands(f"np.{name}(a, b)", kind)
        if pair is None:
            return None
        return f"np.{name}({self.expression(pair[0], fuel)}, {self.expression(pair[1], fuel)})"

    def extreme(self, kind: str, fuel: int) -> str | None:
        if kind not in ("int", "float", *INTEGERS, "float64"):
            return None
        return f"{self.rng.choice(['min', 'max'])}({self.expression(kind, fuel)}, {self.expression(kind, fuel)})"

    def reduction(self, kind: str, fuel: int) -> str | None:
        arrays = [name for name, each in self.variables.items() if is_array(each)]
        if kind == "int" and arrays:
            name = self.rng.choice(arrays)
            return self.rng.choice([f"len({name})", f"{name}.size", f"{name}.ndim", f"{name}.shape[0]", f"{name}.itemsize"])
        if kind in NUMPY and self.named(f"{kind}[]"):
            name = self.rng.choice(self.named(f"{kind}[]"))
            return f"{name}.{self.rng.choice(['max', 'min'])}()" if kind not in COMPLEX else None
        return None

    def mathematics(self, kind: str, fuel: int) -> str | None:
        name = self.rng.choice(MATH_1)
        if result_kind(f"math.{name}(a)", "float") != kind:
            return None
        return f"math.{name}({self.expression('float', fuel)})"

    def builtin(self, kind: str, fuel: int) -> str | None:
        if kind == "float":
            return self.rng.choice([f"abs({self.expression('complex', fuel)}.real)", f"{self.expression('complex', fuel)}.imag",
                                    f"math.copysign({self.expression('float', fuel)}, {self.expression('float', fuel)})"])
        if kind == "complex":
            return f"{self.expression('complex', fuel)}.conjugate()"
        if kind == "int":
            pair = [f"divmod({self.expression('int', fuel)}, {self.expression('int', fuel)})[{self.rng.randint(0, 1)}]",
                    f"({self.expression('int', fuel)} ** {self.rng.randint(0, 4)})", f"round({self.expression('float', fuel)})",
                    f"({self.expression('int', fuel)}, {self.expression('int', fuel)})[{self.rng.randint(-2, 1)}]",
                    f"sum(({self.expression('int', fuel)}, {self.expression('int', fuel)}))"]
            return self.rng.choice(pair)
        if is_array(kind):
            names = self.named(kind)
            if names:
                name = self.rng.choice(names)
                return self.rng.choice([f"{name}[::-1]", f"{name}.copy()", f"np.where({self.expression('bool_[]', 0)}, {name}, {name}[::-1])",
                                        f"{name}.reshape(1, {LENGTH})[0]", f"{name}.T", f"np.concatenate(({name}[:2], {name}[2:]))"])
        return None

    # ---- statements ----

    def block(self, length: int) -> None:
        self.depth += 1
        outer = dict(self.variables)
        for _ in range(length):
            self.statement()
        self.variables = {name: kind for name, kind in self.variables.items() if name in outer}
        self.depth -= 1

    def statement(self) -> None:
        kinds: list[Callable[[], None]] = [self.assign, self.assign, self.reassign, self.reassign, self.augment, self.store]
        if self.depth < 3:
            kinds += [self.branch, self.counted, self.over_array, self.bounded_while, self.attempt]
        if self.in_loop:
            kinds += [self.leave]
        self.rng.choice(kinds)()

    def assign(self) -> None:
        kind = self.any_kind()
        if self.rng.random() < 0.1:
            kind = f"({self.rng.choice(PYTHON)},{self.rng.choice(NUMPY)})"
        text = self.expression(kind)
        if kind.startswith("(") and self.rng.random() < 0.7:
            names = [self.fresh(), self.fresh()]
            self.emit(f"{', '.join(names)} = {text}")
            self.variables.update(zip(names, kind[1:-1].split(","), strict=True))
            return
        name = self.fresh()
        self.emit(f"{name} = {text}")
        self.variables[name] = kind

    def writable(self) -> list[str]:
        return [name for name, kind in self.variables.items() if name not in self.readonly and not kind.startswith("(")]

    def reassign(self) -> None:
        names = self.writable()
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        self.emit(f"{name} = {self.expression(self.variables[name])}")
        return None

    def augment(self) -> None:
        names = self.writable()
        operation = self.rng.choice(BINARY)
        for name in self.rng.sample(names, len(names)):
            kind = self.variables[name]
            other = kind if self.rng.random() < 0.6 else self.any_kind()
            if is_array(other) and not is_array(kind):
                continue
            if result_kind(f"a {operation} b", kind, other) == kind:
                self.emit(f"{name} {operation}= {self.expression(other, 2)}")
                return
        self.assign()

    def store(self) -> None:
        arrays = [name for name, kind in self.variables.items() if is_array(kind) and name not in self.readonly]
        if not arrays:
            return self.assign()
        name = self.rng.choice(arrays)
        kind = element(self.variables[name])
        if self.rng.random() < 0.3:
            start = self.rng.randint(0, 2)
            self.emit(f"{name}[{start}:{start + 3}] = {self.expression(kind, 2)}")
        else:
            self.emit(f"{name}[{self.index()}] = {self.expression(kind, 2)}")
        return None

    def branch(self) -> None:
        self.emit(f"if {self.expression(self.rng.choice(['bool', 'bool', 'int', 'bool_']))}:")
        self.block(self.rng.randint(1, 3))
        if self.rng.random() < 0.6:
            self.emit("else:")
            self.block(self.rng.randint(1, 3))

    def counted(self) -> None:
        name = self.fresh()
        bounds = self.rng.choice([f"{self.rng.randint(0, 5)}", f"{self.rng.randint(-3, 3)}, {self.rng.randint(-3, 6)}",
                                  f"{self.rng.randint(0, 9)}, {self.rng.randint(-3, 3)}, {self.rng.choice([-3, -1, 2])}"])
        self.emit(f"for {name} in range({bounds}):")
        self.loop_body({name: "int"})

    def loop_body(self, own: dict[str, str]) -> None:
        outer = dict(self.variables)
        self.variables.update(own)
        self.readonly |= set(own)
        self.in_loop += 1
        self.block(self.rng.randint(1, 3))
        self.in_loop -= 1
        self.variables = outer

    def over_array(self) -> None:
        arrays = [name for name, kind in self.variables.items() if is_array(kind)]
        if not arrays:
            return self.counted()
        array, name = self.rng.choice(arrays), self.fresh()
        kind = element(self.variables[array])
        roll = self.rng.random()
        if roll < 0.5:
            self.emit(f"for {name} in {array}:")
            self.loop_body({name: kind})
        elif roll < 0.75:
            i = self.fresh()
            self.emit(f"for {i}, {name} in enumerate({array}):")
            self.loop_body({i: "int", name: kind})
        else:
            other, second = self.rng.choice(arrays), self.fresh()
            self.emit(f"for {name}, {second} in zip({array}, reversed({other})):")
            self.loop_body({name: kind, second: element(self.variables[other])})
        return None

    def bounded_while(self) -> None:
        name = self.fresh()
        self.emit(f"{name} = 0")
        self.emit(f"while {name} < {self.rng.randint(0, 5)} and {self.expression('bool', 1)}:")
        self.depth += 1
        self.emit(f"{name} += 1")
        self.depth -= 1
        self.loop_body({name: "int"})

    def attempt(self) -> None:
        if self.in_loop > 1:
            return self.assign()
        self.emit("try:")
        self.block(self.rng.randint(1, 3))
        self.emit(f"except {self.rng.choice(['IndexError', 'ZeroDivisionError', '(IndexError, ZeroDivisionError)', 'ValueError'])}:")
        self.block(self.rng.randint(1, 2))
        return None

    def leave(self) -> None:
        self.emit(f"if {self.expression('bool', 1)}:")
        self.depth += 1
        self.emit(self.rng.choice(["break", "continue"]))
        self.depth -= 1


def generate(seed: int) -> Program:
    rng = random.Random(seed)
    writer = Writer(rng)
    kinds = [rng.choice([*PYTHON, *PYTHON, *NUMPY, *(f"{kind}[]" for kind in NUMPY)]) for _ in range(rng.randint(1, 4))]
    names = [f"a{i}" for i in range(len(kinds))]
    writer.variables = dict(zip(names, kinds, strict=True))
    for _ in range(rng.randint(2, 7)):
        writer.statement()
    results = ", ".join(writer.variables)
    text = f"def program({', '.join(names)}):\n" + "\n".join(writer.lines) + f"\n    return ({results},)\n"
    return Program(seed, text, kinds, [tuple(argument(rng, kind) for kind in kinds) for _ in range(2)])


def define(program: Program) -> Callable[..., Any]:
    """The program as a function whose source can be found."""
    filename = f"<fuzz {program.seed}>"
    linecache.cache[filename] = (len(program.text), None, program.text.splitlines(True), filename)
    scope: dict[str, Any] = {"np": np, "math": math}
    exec(compile(program.text, filename, "exec"), scope)
    return scope["program"]


# ---- comparing ----


def copied(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Fresh arguments with the same strides."""
    def copy(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        if value.strides[0] == value.itemsize:
            return value.copy()
        if value.strides[0] < 0:
            return value[::-1].copy()[::-1]
        return np.repeat(value, 2)[::2]

    return tuple(copy(value) for value in arguments)


def run(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "value", function(*arguments)
        except Exception as error:
            return "error", error


def same(a: Any, b: Any) -> bool:
    """Equal types and equal bits, but for the payload of nan."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and all(map(same, a.tolist(), b.tolist()))
    if isinstance(a, (complex, np.complexfloating)):
        return same(float(a.real), float(b.real)) and same(float(a.imag), float(b.imag))
    if isinstance(a, (float, np.floating)):
        x, y = float(a), float(b)
        return (x != x and y != y) or (x == y and np.signbit(x) == np.signbit(y))
    return bool(a == b)


CARRIED = ("does not fit", "is not exactly", "a negative power of an int", "counts beyond")


def difference(expected: tuple[str, Any], got: tuple[str, Any], arguments: Any, changed: Any) -> str | None:
    """What differs between the interpreter and compiled code; None: nothing, or a listed deviation."""
    if got[0] == "error" and isinstance(got[1], OverflowError) and any(text in str(got[1]) for text in CARRIED):
        return None
    if expected[0] != got[0]:
        return f"interpreter: {expected!r}, compiled: {got!r}"
    if expected[0] == "error":
        if type(expected[1]) is not type(got[1]) or str(expected[1]) != str(got[1]):
            return f"interpreter raises {expected[1]!r}, compiled {got[1]!r}"
        return None
    if not same(expected[1], got[1]):
        return f"interpreter: {expected[1]!r}\ncompiled:    {got[1]!r}"
    if not same(tuple(arguments), tuple(changed)):
        return f"arguments after the call: {arguments!r} and {changed!r}"
    return None


def programs(first: int, count: int) -> Iterator[Program]:
    for seed in range(first, first + count):
        yield generate(seed)


__all__ = ["Program", "copied", "define", "difference", "generate", "operator", "programs", "run"]
