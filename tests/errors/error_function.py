"""Functions that are not known."""

import numpy as np

import martlet as mt


def of_builtins(a):
    return sorted(a)


def of_numpy(a):
    return np.polyfit(a, a, 2)


def of_a_class(x):
    return dict(a=x)


CASES = {
    "of builtins": lambda: mt.jit(of_builtins)(np.ones(3)),
    "of numpy": lambda: mt.jit(of_numpy)(np.ones(3)),
    "a class": lambda: mt.jit(of_a_class)(3),
}


# ---- messages ----
# of builtins: UnsupportedError error_function.py, in of_builtins: return sorted(a)
# error_function.py:9:12: builtins.sorted is not implemented in compiled code
#   9 |     return sorted(a)
#     |            ^^^^^^
#   help: call it outside, or write it in Python: what compiled code calls is compiled along
#
# of numpy: UnsupportedError error_function.py, in of_numpy: return np.polyfit(a, a, 2)
# error_function.py:13:12: numpy.polyfit is not implemented in compiled code
#   13 |     return np.polyfit(a, a, 2)
#      |            ^^^^^^^^^^
#   help: call it outside, or write it in Python: what compiled code calls is compiled along
#
# a class: UnsupportedError error_function.py, in of_a_class: return dict(a=x)
# error_function.py:17:12: builtins.dict is not implemented in compiled code
#   17 |     return dict(a=x)
#      |            ^^^^
#   help: call it outside, or write it in Python: what compiled code calls is compiled along
