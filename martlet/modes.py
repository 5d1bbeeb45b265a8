"""What holds for the whole process: plain Python on request, no compiles at fork and exit."""

import atexit
import os

from martlet import _core

if os.environ.get("MARTLET_DISABLE_JIT", "0") not in ("", "0"):
    _core.disable(True)


os.register_at_fork(
    before=_core._shut_gate,
    after_in_parent=_core._reopen_gate,
    after_in_child=_core._reopen_gate,
)
atexit.register(_core._shut_gate)


class disabled:
    """Run jitted functions as plain Python inside a `with` block, in all threads; it nests.

    with martlet.disabled():
        mag(x, y)  # breakpoints in mag work
    """

    def __enter__(self) -> None:
        _core.disable(True)

    def __exit__(self, *exception: object) -> None:
        _core.disable(False)
