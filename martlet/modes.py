"""Running everything as plain Python, for debuggers and coverage."""

import os

from martlet import _core

if os.environ.get("MARTLET_DISABLE_JIT", "0") not in ("", "0"):
    _core.disable(True)


class disabled:
    """Run jitted functions as plain Python inside a `with` block, in all threads; it nests.

    with martlet.disabled():
        mag(x, y)  # breakpoints in mag work
    """

    def __enter__(self) -> None:
        _core.disable(True)

    def __exit__(self, *exception: object) -> None:
        _core.disable(False)
