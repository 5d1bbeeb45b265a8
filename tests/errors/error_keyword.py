"""Keywords."""

import numpy as np

import martlet as mt


def area(width, height=1):
    return width * height


def misspelt(x):
    return area(x, heigth=2)


def given_twice(x):
    return area(x, width=2)


def of_numpy(x):
    return np.zeros(3, dtyp=float)


def of_max(x, y):
    return max(x, y, default=3)


def where(a):
    return np.sqrt(a, where=a)


def casting(a, out):
    return np.sqrt(a, out=out)


def dictionary(x):
    return area(**x)


CASES = {
    "misspelt": lambda: mt.jit(misspelt)(1),
    "given twice": lambda: mt.jit(given_twice)(1),
    "of numpy": lambda: mt.jit(of_numpy)(1),
    "of max": lambda: mt.jit(of_max)(1, 2),
    "where=": lambda: mt.jit(where)(np.ones(3)),
    "casting": lambda: mt.jit(casting)(np.ones(3), np.ones(3, int)),
    "**": lambda: mt.jit(dictionary)(1),
    "of the call itself": lambda: mt.jit(area)(1, colour=2),
}


# ---- messages ----
# misspelt: TypingError error_keyword.py, in misspelt: return area(x, heigth=2)
# error_keyword.py:13:27: area() got an unexpected keyword argument 'heigth'
#   13 |     return area(x, heigth=2)
#      |                           ^
#   help: did you mean 'height'?
#
# given twice: TypingError error_keyword.py, in given_twice: return area(x, width=2)
# error_keyword.py:17:26: area() got multiple values for argument 'width'
#   17 |     return area(x, width=2)
#      |                          ^
#
# of numpy: TypingError error_keyword.py, in of_numpy: return np.zeros(3, dtyp=float)
# error_keyword.py:21:29: zeros() got an unexpected keyword argument 'dtyp'
#   21 |     return np.zeros(3, dtyp=float)
#      |                             ^^^^^
#   help: did you mean 'dtype'?
#
# of max: TypingError error_keyword.py, in of_max: return max(x, y, default=3)
# error_keyword.py:25:30: Cannot specify a default for max() with multiple positional arguments
#   25 |     return max(x, y, default=3)
#      |                              ^
#
# where=: TypingError error_keyword.py, in where: return np.sqrt(a, where=a)
# error_keyword.py:29:29: sqrt() takes where= of bools; this is float64 array (1-D)
#   29 |     return np.sqrt(a, where=a)
#      |                             ^
#
# casting: TypingError error_keyword.py, in casting: return np.sqrt(a, out=out)
# error_keyword.py:33:27: numpy.sqrt cannot cast its result from float64 to int64 by the rule 'same_kind'
#   33 |     return np.sqrt(a, out=out)
#      |                           ^^^
#   help: convert it with .astype(), or say casting='unsafe'
#
# **: UnsupportedError error_keyword.py, in dictionary: return area(**x)
# error_keyword.py:37:17: ** in a call is not compiled
#   37 |     return area(**x)
#      |                 ^^^
#   help: name each keyword: f(a=…, b=…)
#
# of the call itself: TypeError error_keyword.py, in <lambda>: "of the call itself": lambda: mt.jit(area)(1, colour=2),
# area() got an unexpected keyword argument 'colour'
