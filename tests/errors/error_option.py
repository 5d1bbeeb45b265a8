"""Options."""

import martlet as mt


def f(x):
    return x


CASES = {
    "unknown": lambda: mt.jit(fastmaths=True)(f),
    "unknown value": lambda: mt.jit(unchecked={"bound"})(f),
    "refused": lambda: mt.jit(forceobj=True)(f),
    "promotion": lambda: mt.jit(promotion="julia")(f),
}


# ---- messages ----
# unknown: CompileError options.py, in settings_from: raise CompileError(f"jit has no option '{name}'{nearest(name, OPTIONS)}")
# jit has no option 'fastmaths'; did you mean 'fastmath'?
#
# unknown value: CompileError options.py, in _bits: raise CompileError(f"{option}={{{name!r}}}: known are {', '.join(table)}{hint}")
# unchecked={'bound'}: known are bounds, overflow, division; did you mean 'bounds'?
#
# refused: UnsupportedError options.py, in refuse: raise UnsupportedError(f"{option}= is not supported: {reason}")
# forceobj= is not supported: Martlet has no object mode, everything is compiled
#
# promotion: CompileError options.py, in _choice: raise CompileError(f"{option}={value!r}: choose one of {known}")
# promotion='julia': choose one of 'numpy', 'numba'
