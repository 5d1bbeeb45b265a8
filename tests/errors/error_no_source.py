"""Functions whose text is not kept."""

import martlet as mt

scope = {}
exec("def f(x): return x + 1", scope)

CASES = {
    "exec": lambda: mt.jit(scope["f"])(1),
    "eval": lambda: mt.jit(eval("lambda x: x + 1"))(1),
}


# ---- messages ----
# exec: CompileError error_no_source.py, in <lambda>: "exec": lambda: mt.jit(scope["f"])(1),
# <string>, line 1: the function's source is not available. Define the function in a file, in IPython or in Jupyter, or give its text: jit(source=...)
#
# eval: CompileError error_no_source.py, in <lambda>: "eval": lambda: mt.jit(eval("lambda x: x + 1"))(1),
# <string>, line 1: the function's source is not available. Define the function in a file, in IPython or in Jupyter, or give its text: jit(source=...)
