"""The interpreter as the judge of compiled programs.

The interpreter runs a program whose integer results are watched: where one leaves 64 bits, compiled code may raise
OverflowError instead (listed deviation (e)), and where one grows without bound the program is left.
"""

import ast
import contextlib
import io
import linecache
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from kinds import LAYOUTS, SCOPE

LARGEST_BITS = 4000


@dataclass
class Program:
    seed: int
    text: str
    layouts: list[str]  # of the arguments, where they are arrays
    arguments: list[tuple[Any, ...]]
    watched: CodeType | None = None  # the module with its ints watched, once it was compiled


class Unbounded(BaseException):
    """An integer grows without bound."""


@dataclass
class Wide:
    """Was an int beyond 64 bits seen?"""

    seen: bool = False

    def __call__(self, value: Any) -> Any:
        if type(value) is int and not -(2**63) <= value < 2**63:
            self.seen = True
            if value.bit_length() > LARGEST_BITS:
                raise Unbounded
        elif type(value) is tuple:
            for part in value:
                self(part)
        return value


# Besides ufuncs and operators, what makes arrays in C order where NumPy keeps that of its operands.
MAKERS = set(
    """abs where clip concatenate stack hstack vstack column_stack mean cumsum cumprod accumulate diff roll
    tril triu isclose average nan_to_num append neg add sub mul xor floordiv""".split()
)


def makes(call: ast.Call) -> bool:
    if any(keyword.arg == "out" for keyword in call.keywords):
        return False
    if isinstance(call.func, ast.Name):
        return call.func.id == "abs"
    if not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr in MAKERS or isinstance(getattr(np, call.func.attr, None), np.ufunc)


def in_c_order(value: Any) -> Any:
    """Elementwise results are in C order (listed deviation (h))."""
    if isinstance(value, np.ndarray) and value.base is None and value.ndim > 1:
        return np.asarray(value, order="C")
    return value


class Watch(ast.NodeTransformer):
    """Passes what operators and calls give through `wide`, but on lines that end in `# kept`, and results of
    elementwise operations through `in_c_order`."""

    def __init__(self, kept: set[int]) -> None:
        self.kept = kept

    def watched(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        if node.lineno in self.kept:
            return node
        name = ast.copy_location(ast.Name("wide", ast.Load()), node)
        return ast.copy_location(ast.Call(name, [node], []), node)

    def elementwise(self, node: ast.expr) -> ast.expr:
        name = ast.copy_location(ast.Name("in_c_order", ast.Load()), node)
        return ast.copy_location(ast.Call(name, [self.watched(node)], []), node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return self.elementwise(node) if makes(node) else self.watched(node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) > 1:
            return node
        name = ast.copy_location(ast.Name("in_c_order", ast.Load()), node)
        return ast.copy_location(ast.Call(name, [node], []), node)

    visit_BinOp = visit_UnaryOp = elementwise

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name) or node.lineno in self.kept:
            return node
        call = ast.Call(
            ast.Name("wide", ast.Load()), [ast.Name(node.target.id, ast.Load())], []
        )
        return [node, ast.fix_missing_locations(ast.copy_location(ast.Expr(call), node))]

    def visit_Match(self, node: ast.Match) -> Any:
        """Patterns stay as they are."""
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.guard = self.visit(case.guard) if case.guard else None
            case.body = [
                each for statement in case.body for each in as_list(self.visit(statement))
            ]
        return node


def as_list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def define(program: Program) -> Callable[..., Any]:
    """The program as a function whose source can be found."""
    filename = f"<fuzz {program.seed}>"
    linecache.cache[filename] = (
        len(program.text),
        None,
        program.text.splitlines(True),
        filename,
    )
    scope: dict[str, Any] = {**SCOPE, "__name__": "fuzzed"}
    exec(compile(program.text, filename, "exec"), scope)
    return scope["program"]


def watched(program: Program, wide: Wide) -> Callable[..., Any]:
    """The program in the interpreter, with its ints watched."""
    if program.watched is None:
        lines = enumerate(program.text.splitlines(), 1)
        kept = {number for number, line in lines if line.endswith("# kept")}
        tree = Watch(kept).visit(ast.parse(program.text))
        program.watched = compile(tree, f"<watched {program.seed}>", "exec")
    scope: dict[str, Any] = {**SCOPE, "wide": wide, "in_c_order": in_c_order}
    exec(program.watched, scope)
    return scope["program"]


def copied(program: Program, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Fresh arguments with the same strides."""
    return tuple(
        LAYOUTS[layout](value) if isinstance(value, np.ndarray) else value
        for value, layout in zip(arguments, program.layouts, strict=True)
    )


@dataclass
class Outcome:
    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    arguments: tuple[Any, ...] = ()
    wide: bool = False

    def __str__(self) -> str:
        return f"raises {self.error!r}" if self.error else f"{self.value!r}"


def run(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    found = Outcome(arguments=arguments)
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            found.value = function(*arguments)
        except (Exception, Unbounded) as error:
            error.__traceback__ = None
            found.error = error
    found.printed = printed.getvalue()
    return found


def same(a: Any, b: Any) -> bool:
    """Equal types and equal bits, but for the payload and sign of nan."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        if a.dtype != b.dtype or a.shape != b.shape:
            return False
        return all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    if isinstance(a, (complex, np.complexfloating)):
        return same(float(a.real), float(b.real)) and same(float(a.imag), float(b.imag))
    if isinstance(a, (float, np.floating)):
        x, y = float(a), float(b)
        return (x != x and y != y) or (x == y and bool(np.signbit(x) == np.signbit(y)))
    return bool(a == b)


def first_difference(a: Any, b: Any) -> str:
    """The kinds of the first two leaves that differ."""
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return next(first_difference(x, y) for x, y in zip(a, b, strict=True) if not same(x, y))
    names = [f"{type(x).__name__} {getattr(x, 'dtype', '')}" for x in (a, b)]
    return f"difference of {' and '.join(names)}"


def identities(outcome: Outcome) -> list[int | None]:
    """Which of the results are which argument."""
    values: Any = outcome.value if isinstance(outcome.value, tuple) else (outcome.value,)
    return [
        next((i for i, given in enumerate(outcome.arguments) if given is value), None)
        for value in values
        if isinstance(value, np.ndarray)
    ]


def may_be_readonly(outcome: Outcome) -> bool:
    values = outcome.value if isinstance(outcome.value, tuple) else (outcome.value,)
    return any(isinstance(each, np.ndarray) and not each.flags.writeable for each in values)


# What compiled code raises instead of a result that it cannot carry.
CARRIED = ("does not fit", "counts beyond", "do not fit", "too large", "beyond 64 bits")
ALWAYS = ("a negative power of an int", "is not exactly", "the hash of nan")
READONLY = re.compile(r"np\.(broadcast_to|diagonal)")
CATCHES = re.compile(
    r"except( \w*(OverflowError|ArithmeticError|Exception)\b|:|.*OverflowError)"
)


@dataclass
class Verdict:
    difference: str | None = None
    notes: list[str] = field(default_factory=list)


def judge(program: Program, expected: Outcome, got: Outcome) -> Verdict:
    """What differs between the interpreter and compiled code; None: nothing, or a listed deviation."""
    if isinstance(expected.error, Unbounded):
        return Verdict(None, ["unbounded"])
    if expected.wide and CATCHES.search(program.text):
        return Verdict(None, ["wide and caught"])
    if isinstance(got.error, (OverflowError, ValueError)):
        if any(text in str(got.error) for text in ALWAYS):
            return Verdict(None, ["listed"])
        if expected.wide and any(text in str(got.error) for text in CARRIED):
            return Verdict(None, ["64-bit overflow"])
    if "read-only" in str(got.error) and READONLY.search(program.text):
        return Verdict(None, ["listed"])
    if (expected.error is None) != (got.error is None):
        return Verdict(f"interpreter: {expected}\ncompiled:    {got}")
    if expected.error is not None:
        if type(expected.error) is not type(got.error) or str(expected.error) != str(got.error):
            return Verdict(f"interpreter {expected}\ncompiled {got}")
        return Verdict(None, ["error"])
    if not same(expected.value, got.value):
        kinds = first_difference(expected.value, got.value)
        return Verdict(f"interpreter: {expected}\ncompiled:    {got}\n{kinds}")
    if not same(expected.arguments, got.arguments):
        return Verdict(
            f"arguments after the call: {expected.arguments!r} and {got.arguments!r}"
        )
    for here, there in zip(identities(expected), identities(got), strict=True):
        # A view of all of an argument may be the argument; what may be read-only is not.
        if here is not None and here != there and not may_be_readonly(got):
            return Verdict(
                f"results that are arguments: {identities(expected)} and {identities(got)}"
            )
    if expected.printed != got.printed:
        return Verdict(f"printed: {expected.printed!r} and {got.printed!r}")
    return Verdict(None, ["value"])
