"""Inner functions that compiled code returns, made into functions of the interpreter's."""

from collections.abc import Iterator
from types import CellType, CodeType, FunctionType
from typing import Any


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code objects inside of one, at any depth."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def make(
    outer: FunctionType,
    name: str,
    line: int,
    captured: dict[str, Any],
    defaults: tuple[Any, ...],
) -> Any:
    """The inner function `name` at `line` of `outer` over these values, compiled when called."""
    from martlet.decorators import jit
    from martlet.errors import UnsupportedError

    found = [
        code
        for code in _codes(outer.__code__)
        if code.co_name == name
        and code.co_firstlineno == line
        and set(code.co_freevars) <= set(captured)
    ]
    if len(found) != 1:
        raise UnsupportedError(
            f"the inner function {name}() at line {line} of {outer.__qualname__}() cannot be "
            "returned: there are several on that line; put each on a line of its own"
        )
    closure = tuple(CellType(captured[free]) for free in found[0].co_freevars)
    function = FunctionType(found[0], outer.__globals__, name, defaults or None, closure)
    function.__module__ = outer.__module__
    function.__qualname__ = f"{outer.__qualname__}.<locals>.{name}"
    return jit(function)
