"""vectorize and guvectorize: functions as NumPy ufuncs."""

import copyreg
from collections.abc import Callable
from opcode import opmap
from types import FunctionType
from typing import Any

import numpy as np

from martlet import _core
from martlet.decorators import jit
from martlet.interpreted import InterpretedGufunc, InterpretedUfunc
from martlet.pickling import is_importable, load, options_of
from martlet.signatures import is_signature, signatures_from

__all__ = ["guvectorize", "vectorize"]


def _count_results(function: FunctionType) -> int:
    """How many numbers a `return a, b` of the function returns; 1 where there is none."""
    code = function.__code__.co_code
    build, leave = opmap["BUILD_TUPLE"], opmap["RETURN_VALUE"]
    for at in range(0, len(code) - 2, 2):
        if code[at] == build and code[at + 2] == leave:
            return code[at + 1]
    return 1


def _dispatcher(function: Any, options: dict[str, Any], decorator: str) -> Any:
    if isinstance(function, _core.Dispatcher):
        function = function.py_func
    if not isinstance(function, FunctionType):
        kind = type(function).__name__
        raise TypeError(f"{decorator} takes a Python function, not an object of type {kind}")
    return jit(**options)(function)


def _make(function: Any, signatures: list[Any], identity: Any, options: dict[str, Any]) -> Any:
    dispatcher = _dispatcher(function, options, "vectorize")
    function = dispatcher.py_func
    dispatcher._remake = (_make, (signatures, identity))
    if _core.is_disabled():
        count = _count_results(function)
        return InterpretedUfunc(dispatcher, signatures, count, identity)
    pairs = [(signature.result, signature.params) for signature in signatures]
    return _core.make_ufunc(dispatcher, pairs, identity, _count_results(function))


def _written(function: FunctionType, given: object) -> int:
    """A bit for each parameter that `writable_args` names, by name or position."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    bits = 0
    for each in (given,) if isinstance(given, int | str) else tuple(given):  # type: ignore[arg-type]
        position = names.index(each) if each in names else each
        if not isinstance(position, int) or not 0 <= position < len(names):
            raise TypeError(
                f"writable_args takes names or positions of parameters of "
                f"{function.__name__}({', '.join(names)}), not {each!r}"
            )
        bits |= 1 << position
    return bits


def _make_generalised(
    function: Any, signatures: list[Any], layout: str, written: object, options: dict[str, Any]
) -> Any:
    dispatcher = _dispatcher(function, options, "guvectorize")
    dispatcher._remake = (_make_generalised, (signatures, layout, written))
    bits = _written(dispatcher.py_func, written)
    if _core.is_disabled():
        return InterpretedGufunc(dispatcher, signatures, layout, bits)
    params = [signature.params for signature in signatures]
    return _core.make_gufunc(dispatcher, params, layout, bits)


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


def guvectorize(*given: Any, writable_args: Any = (), **options: Any) -> Any:
    """Make a generalised ufunc of a function of arrays that fills its outputs.

        @guvectorize(["(float64[:], float64, float64[:])"], "(n),()->(n)")
        def shift(x, by, out):
            for i in range(len(x)):
                out[i] = x[i] + by

    The layout names the core dimensions of each operand; over all others the function is
    called again and again. Operands with core dimensions are arrays, inputs without are
    numbers, outputs without are arrays of one element. Inputs are read-only, but those that
    `writable_args` names (by name or position). With the layout
    alone (`@guvectorize("(n)->()")`) code is compiled for the dtypes that come, and calls say
    with dtype= what the outputs are.
    """
    layout = given[-1] if given else None
    if len(given) not in (1, 2) or not isinstance(layout, str) or "->" not in layout:
        raise TypeError("guvectorize takes signatures and a layout such as '(n),()->(n)'")
    signatures = signatures_from(given[0]) if len(given) == 2 else []
    return lambda function: _make_generalised(
        function, signatures, layout, writable_args, options
    )


# ---- pickling: np.ufunc cannot be subclassed ----

_reduce_numpy: Callable[[Any], Any] = copyreg.dispatch_table[np.ufunc]


def _reduce(ufunc: Any) -> Any:
    if isinstance(ufunc, InterpretedUfunc | InterpretedGufunc):
        dispatcher = ufunc.dispatcher
    else:
        dispatcher = _core.ufunc_dispatcher(ufunc)
    if dispatcher is None:
        return _reduce_numpy(ufunc)
    function = dispatcher.py_func
    if is_importable(ufunc, function):
        return load, (function.__module__, function.__qualname__)
    make, details = dispatcher._remake
    return make, (function, *details, options_of(dispatcher))


copyreg.pickle(np.ufunc, _reduce)
copyreg.pickle(InterpretedUfunc, _reduce)
copyreg.pickle(InterpretedGufunc, _reduce)
