"""vectorize: a scalar function as a NumPy ufunc."""

import copyreg
from collections.abc import Callable
from opcode import opmap
from types import FunctionType
from typing import Any

import numpy as np

from martlet import _core
from martlet.decorators import jit
from martlet.pickling import is_importable, load, options_of
from martlet.signatures import is_signature, signatures_from

__all__ = ["vectorize"]


def _count_results(function: FunctionType) -> int:
    """How many numbers a `return a, b` of the function returns; 1 where there is none."""
    code = function.__code__.co_code
    build, leave = opmap["BUILD_TUPLE"], opmap["RETURN_VALUE"]
    for at in range(0, len(code) - 2, 2):
        if code[at] == build and code[at + 2] == leave:
            return code[at + 1]
    return 1


def _make(function: Any, signatures: list[Any], identity: Any, options: dict[str, Any]) -> Any:
    if isinstance(function, _core.Dispatcher):
        function = function.py_func
    if not isinstance(function, FunctionType):
        kind = type(function).__name__
        raise TypeError(f"vectorize takes a Python function, not an object of type {kind}")
    if _core.is_disabled():
        return np.vectorize(function)
    dispatcher = jit(**options)(function)
    pairs = [(signature.result, signature.params) for signature in signatures]
    dispatcher._vectorized = (signatures, identity)
    return _core.make_ufunc(dispatcher, pairs, identity, _count_results(function))


def vectorize(
    signatures_or_function: Any = None, /, *, identity: Any = None, **options: Any
) -> Any:
    """Make a NumPy ufunc of a function of numbers: f(x, y) works on arrays element by element.

    The result is a true numpy.ufunc, with broadcasting, out=, where=, reduce, accumulate,
    outer and at. With signatures (`@vectorize(["float64(float64, float64)"])`) the loops are
    compiled at once, and NumPy converts arguments to them; without, a loop is compiled for the
    dtypes that come. In the function elements are NumPy scalars, and Python numbers given as
    arguments remain Python numbers.

    identity: what reduce starts from: 0, 1, -1, None, or "reorderable" (no start, any order).
    The other options are those of jit.
    """
    given = signatures_or_function
    if given is None or is_signature(given):
        signatures = [] if given is None else signatures_from(given)
        return lambda function: _make(function, signatures, identity, options)
    return _make(given, [], identity, options)


# ---- pickling: np.ufunc cannot be subclassed ----

_reduce_numpy: Callable[[Any], Any] = copyreg.dispatch_table[np.ufunc]


def _reduce(ufunc: Any) -> Any:
    dispatcher = _core.ufunc_dispatcher(ufunc)
    if dispatcher is None:
        return _reduce_numpy(ufunc)
    function = dispatcher.py_func
    if is_importable(ufunc, function):
        return load, (function.__module__, function.__qualname__)
    signatures, identity = dispatcher._vectorized
    return _make, (function, signatures, identity, options_of(dispatcher))


copyreg.pickle(np.ufunc, _reduce)
