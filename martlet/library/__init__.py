"""The library, in the language that Martlet compiles.

A module here holds ordinary functions that say what they implement:

    @implements(np.ptp)
    def ptp(a, axis=None, keepdims=False):
        return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)

    @implements("ndarray.sum")
    def array_sum(a, axis=None): ...

The compiler looks them up by qualified name ("numpy.ptp") when no primitive of that name
exists. Modules are imported when a compile first asks for a name of theirs: what is called
python_math implements "math.…", numpy_… all of NumPy, and python_methods the methods of
Python's classes ("int.bit_length").
"""

import importlib
import os
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


modules = sorted(
    name.partition(".")[0] for name in os.listdir(__path__[0]) if name.endswith((".py", ".so"))
)
loaded: set[str] = set()  # roots: "numpy" of "numpy.ptp"


def modules_of(root: str) -> list[str]:
    """The modules that may implement names of this root."""
    if root == "generic":
        return [*modules_of("numpy"), "python_methods"]
    if root in ("numpy", "ndarray"):
        return [name for name in modules if name.startswith("numpy_")]
    own = [name for name in modules if name == f"python_{root}"]
    return own or [name for name in modules if name == "python_methods"]


def load(root: str) -> None:
    """Import what implements names of this root."""
    for name in modules_of(root):
        importlib.import_module(f"{__name__}.{name}")
    loaded.add(root)
