"""jit and njit."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from martlet import _core
from martlet.errors import UnsupportedError
from martlet.options import function_for, settings_from
from martlet.signatures import is_signature, signatures_from

__all__ = ["jit", "njit", "prange"]

prange = range


def _refuse(given: object) -> Exception:
    kind = type(given).__name__
    if isinstance(given, type):
        return UnsupportedError(
            f"jit compiles functions, and {given.__name__} is a class: decorate its methods"
        )
    if isinstance(given, (staticmethod, classmethod, property)):
        return TypeError(f"put @{kind} above @jit, which then decorates the function itself")
    return TypeError(f"jit compiles Python functions, not objects of type {kind}")


def _compile(function: object, signatures: list[Any], settings: dict[str, Any]) -> Any:
    if isinstance(function, _core.Dispatcher):
        function = function.py_func
    if not isinstance(function, FunctionType):
        raise _refuse(function)
    dispatcher = _core.Dispatcher(function_for(function, settings), **settings)
    if signatures and not _core.is_disabled():
        for signature in signatures:
            dispatcher.compile(signature.params, signature.result)
        dispatcher._close()
    return dispatcher


def jit(signature_or_function: Any = None, /, **options: Any) -> Any:
    """Compile a function when it is called, once for each combination of argument types.

    Used bare (`@jit`), with options (`@jit(unchecked={"bounds"})`) or with signatures
    (`@jit("float64(float64[:])")`, `@jit([float64(int64), float64(float64)])`), which compile
    at once and then are all that the function takes. docs/options.md has the options.

    Raises CompileError for unknown or refused options and signatures that do not parse; what is
    wrong with the function itself is raised by the first call.
    """
    settings = settings_from(options)
    given = signature_or_function
    if given is None or is_signature(given):
        signatures = [] if given is None else signatures_from(given)
        return lambda function: _compile(function, signatures, settings)
    return _compile(given, [], settings)


njit: Callable[..., Any] = jit
