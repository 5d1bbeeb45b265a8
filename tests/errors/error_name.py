"""Names that are not defined."""

import numpy as np

import martlet as mt


def misspelt(values):
    total = 0.0
    for value in values:
        total += valeu
    return total


def misspelt_builtin(x):
    return rnage(x)


def unheard_of(x):
    return x + zyzzyva


def no_module(x):
    import maths

    return maths.sin(x)


def unset_cell():
    def f(x):
        return x + later

    mt.jit(f)(1)
    later = 3
    return later


CASES = {
    "misspelt": lambda: mt.jit(misspelt)(np.ones(3)),
    "misspelt builtin": lambda: mt.jit(misspelt_builtin)(3),
    "unheard of": lambda: mt.jit(unheard_of)(3),
    "no module": lambda: mt.jit(no_module)(3),
    "a cell without a value": unset_cell,
}


# ---- messages ----
# misspelt: NameResolutionError error_name.py, in misspelt: total += valeu
# error_name.py:11:18: name 'valeu' is not defined
#   11 |         total += valeu
#      |                  ^^^^^
#   help: did you mean 'value'?
#
# misspelt builtin: NameResolutionError error_name.py, in misspelt_builtin: return rnage(x)
# error_name.py:16:12: name 'rnage' is not defined
#   16 |     return rnage(x)
#      |            ^^^^^
#   help: did you mean 'range'?
#
# unheard of: NameResolutionError error_name.py, in unheard_of: return x + zyzzyva
# error_name.py:20:16: name 'zyzzyva' is not defined
#   20 |     return x + zyzzyva
#      |                ^^^^^^^
#
# no module: NameResolutionError error_name.py, in no_module: import maths
# error_name.py:24:12: no module named 'maths'
#   24 |     import maths
#      |            ^^^^^
#
# a cell without a value: NameResolutionError error_name.py, in f: return x + later
# error_name.py:31:20: the enclosing function's variable 'later' has no value yet
#   31 |         return x + later
#      |                    ^^^^^
