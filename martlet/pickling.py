"""Pickling of dispatchers and ufuncs: by name, or by value where cloudpickle wants that."""

import sys
from typing import Any

CLOUDPICKLE = ("cloudpickle.cloudpickle", "cloudpickle.cloudpickle_fast")


def find(module: str, name: str) -> Any:
    """The object of that qualified name in an imported module, or None."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def load(module: str, name: str) -> Any:
    """Unpickles what was pickled by name."""
    __import__(module)
    return find(module, name)


def is_by_value(module: str) -> bool:
    """Does cloudpickle, at work now, pickle what `module` defines by value (a notebook)?"""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") in CLOUDPICKLE:
            registry = sys.modules["cloudpickle.cloudpickle"]._PICKLE_BY_VALUE_MODULES
            return module == "__main__" or module in registry
        frame = frame.f_back  # type: ignore[assignment]
    return False


def is_importable(target: Any, function: Any) -> bool:
    """Does the function's name lead to `target`, here and wherever the pickle is read?"""
    module = function.__module__
    return find(module, function.__qualname__) is target and not is_by_value(module)


def reduce_dispatcher(dispatcher: Any) -> Any:
    """By name, else the function with its source and options."""
    function = dispatcher.py_func
    if is_importable(dispatcher, function):
        return load, (function.__module__, function.__qualname__)
    signatures = list(dispatcher.signatures) if dispatcher._is_closed else None
    return rebuild_dispatcher, (function, options_of(dispatcher), signatures)


def options_of(dispatcher: Any) -> dict[str, Any]:
    """The options, with the source, which has no file on the other side."""
    return {**dispatcher._settings, "source": dispatcher._source}


def rebuild_dispatcher(function: Any, options: dict[str, Any], signatures: Any) -> Any:
    from martlet.decorators import jit

    decorate = jit(signatures, **options) if signatures else jit(**options)
    return decorate(function)
