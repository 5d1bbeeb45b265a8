"""The library, in the language that Martlet compiles.

A module here holds ordinary functions that say what they implement:

    @implements(np.ptp)
    def ptp(a, axis=None, keepdims=False):
        return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)

    @implements("ndarray.sum")
    def array_sum(a, axis=None): ...

The compiler looks them up by qualified name ("numpy.ptp") when no primitive of that name
exists. Importing this package imports all its modules; the first compile that needs one does.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from martlet import _core

Function = TypeVar("Function", bound=Callable[..., object])

registry: dict[str, Callable[..., object]] = {}


def implements(*targets: object) -> Callable[[Function], Function]:
    """Register the decorated function for functions, or for names such as "ndarray.sum"."""
    names = [
        target if isinstance(target, str) else _core.known_name(target) for target in targets
    ]
    for target, name in zip(targets, names, strict=True):
        if name is None:
            raise TypeError(f"{target!r} is not known by name; give its qualified name")

    def register(function: Function) -> Function:
        for name in names:
            registry[name] = function
        return function

    return register


for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")
