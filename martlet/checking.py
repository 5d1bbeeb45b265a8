"""check and compare: what would not compile, and where the two engines differ."""

import copy
import math
from typing import Any

import numpy as np

from martlet import _core
from martlet.errors import CompileError
from martlet.modes import disabled

__all__ = ["check", "compare"]


def _dispatcher(function: Any) -> Any:
    from martlet.decorators import jit

    if isinstance(function, np.ufunc):
        function = _core.ufunc_dispatcher(function)
    return function if isinstance(function, _core.Dispatcher) else jit(function)


def check(function: Any, *types: Any) -> str | None:
    """Compile without running, for parameter types; what is wrong as a text, or None.

    Types are written as in signatures (mt.float64[:], "int64", int); mt.typeof(value) is the
    type of an example. The text has every error that was found, each with its line.
    """
    dispatcher = _dispatcher(function)
    try:
        dispatcher._text(types, 1)
    except CompileError as error:
        return str(error)
    return None


# ---- comparing ----


def _is_same(a: Any, b: Any) -> bool:
    """The same kind and value, where nan equals nan and 0.0 differs from -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes())
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_is_same, a, b))
    if isinstance(a, (float, np.floating)):
        return bool(a == b and math.copysign(1, a) == math.copysign(1, b)) or (
            a != a and b != b
        )
    if isinstance(a, (complex, np.complexfloating)):
        return _is_same(a.real, b.real) and _is_same(a.imag, b.imag)
    return bool(a == b)


def _describe(compiled: Any, interpreted: Any, path: str) -> str:
    """Where two values differ first."""
    if type(compiled) is not type(interpreted):
        return (
            f"{path}: {compiled!r} is {type(compiled)}, {interpreted!r} is {type(interpreted)}"
        )
    if isinstance(compiled, tuple) and len(compiled) == len(interpreted):
        for i, (a, b) in enumerate(zip(compiled, interpreted, strict=True)):
            if not _is_same(a, b):
                return _describe(a, b, f"{path}[{i}]")
    if isinstance(compiled, np.ndarray):
        if (compiled.dtype, compiled.shape) != (interpreted.dtype, interpreted.shape):
            what = f"{compiled.dtype}{compiled.shape}"
            return f"{path}: {what} and {interpreted.dtype}{interpreted.shape}"
        for index in np.ndindex(compiled.shape):
            if not _is_same(compiled[index], interpreted[index]):
                where = ", ".join(map(str, index))
                return _describe(compiled[index], interpreted[index], f"{path}[{where}]")
    return f"{path}: compiled {compiled!r}, interpreted {interpreted!r}"


def _outcome(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, Any]:
    try:
        return function(*args, **keywords), None
    except CompileError:
        raise
    except Exception as error:
        return None, error


def _line(error: BaseException) -> int:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback.tb_lineno if traceback is not None else 0


def compare(function: Any, *args: Any, **keywords: Any) -> str | None:
    """Run compiled and interpreted on copies of the arguments; the first difference as a text.

    Compared are the result (or the exception, with its line) and the arrays that were given.
    None when there is no difference.
    """
    dispatcher = _dispatcher(function)
    ours, theirs = copy.deepcopy((args, keywords)), copy.deepcopy((args, keywords))
    compiled, error = _outcome(dispatcher, *ours)
    with disabled():
        interpreted, expected = _outcome(dispatcher.py_func, *theirs)
    name = dispatcher.py_func.__qualname__
    if (error is None) != (expected is None) or type(error) is not type(expected):
        lines = [f"line {_line(e)}: {e!r}" if e else "returns" for e in (error, expected)]
        return f"{name}(): compiled {lines[0]}; interpreted {lines[1]}"
    if error is not None and expected is not None:
        if error.args != expected.args or _line(error) != _line(expected):
            return (
                f"{name}(): compiled line {_line(error)}: {error!r}; "
                f"interpreted line {_line(expected)}: {expected!r}"
            )
        return None  # after an exception arrays hold unspecified values
    if not _is_same(compiled, interpreted):
        return _describe(compiled, interpreted, f"{name}()")
    for i, (a, b) in enumerate(zip(ours[0], theirs[0], strict=True)):
        if isinstance(a, np.ndarray) and not _is_same(a, b):
            return _describe(a, b, f"argument {i} of {name}()")
    return None
