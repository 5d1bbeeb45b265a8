"""Martlet compiles the part of a Python program that scales with the number of events.

    import martlet as mt

    @mt.jit
    def mag(x, y):
        out = np.empty(min(len(x), len(y)))
        for i in range(len(out)):
            out[i] = np.sqrt(x[i]**2 + y[i]**2)
        return out

Names follow Numba's wherever Numba has a good name. LLVM is loaded at the first compile.
"""

from martlet import types
from martlet._core import typeof
from martlet.decorators import jit, njit, prange
from martlet.errors import (
    CompileError,
    NameResolutionError,
    NarrowingWarning,
    TypingError,
    UnsupportedError,
)
from martlet.modes import disabled
from martlet.types import *  # noqa: F403
from martlet.ufuncs import guvectorize, vectorize


def __getattr__(name: str) -> object:
    """check and compare, which few programs use, are imported when they are."""
    if name in ("check", "compare"):
        from martlet import checking

        return getattr(checking, name)
    raise AttributeError(f"module 'martlet' has no attribute '{name}'")


__version__ = "0.1.0"

__all__ = [
    "CompileError",
    "NameResolutionError",
    "NarrowingWarning",
    "TypingError",
    "UnsupportedError",
    "__version__",
    "check",  # noqa: F405
    "compare",  # noqa: F405
    "disabled",
    "guvectorize",
    "jit",
    "njit",
    "prange",
    "typeof",
    "types",
    "vectorize",
    *types.__all__,
]
