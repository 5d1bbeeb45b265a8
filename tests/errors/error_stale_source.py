"""Text that is not the function's: its file was edited, or something else was given as
source=."""

import importlib.util
import tempfile
from pathlib import Path

import martlet as mt


def edited():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "edited.py")
        path.write_text("def f(x):\n    return x + 1\n")
        spec = importlib.util.spec_from_file_location("edited", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        path.write_text("def f(x):\n    return x + 2\n")
        mt.jit(module.f)(1)


def f(x):
    return x


CASES = {
    "edited": edited,
    "no syntax": lambda: mt.jit(source="def f(x):\n    return (x\n")(f)(1),
    "another function": lambda: mt.jit(source="def f(x):\n    return x + 1\n")(f)(1),
    "no function": lambda: mt.jit(source="g = 3\n")(f)(1),
}


# ---- messages ----
# edited: CompileError error_stale_source.py, in edited: mt.jit(module.f)(1)
# edited.py, line 1: the source found here is not that of the running function. Was the file edited after it was imported? Then import it again. If the text was given as source=, it must be the one that the function was made from
#
# no syntax: CompileError error_stale_source.py, in <lambda>: "no syntax": lambda: mt.jit(source="def f(x):\n    return (x\n")(f)(1),
# error_stale_source.py, line 22: the source found here is not that of the running function. Was the file edited after it was imported? Then import it again. If the text was given as source=, it must be the one that the function was made from
#
# another function: CompileError error_stale_source.py, in <lambda>: "another function": lambda: mt.jit(source="def f(x):\n    return x + 1\n")(f)(1),
# error_stale_source.py, line 22: the source found here is not that of the running function. Was the file edited after it was imported? Then import it again. If the text was given as source=, it must be the one that the function was made from
#
# no function: CompileError error_stale_source.py, in <lambda>: "no function": lambda: mt.jit(source="g = 3\n")(f)(1),
# error_stale_source.py, line 22: the source found here is not that of the running function. Was the file edited after it was imported? Then import it again. If the text was given as source=, it must be the one that the function was made from
