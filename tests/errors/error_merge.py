"""Two lives of a variable."""

import numpy as np

import martlet as mt


def becomes_text(n):
    x = 0
    for i in range(n):
        if i == 1000000:
            x = "hello"
        else:
            x = x + 1
    return x


def array_or_number(a, c):
    if c > 0:
        b = a
    else:
        b = 0.0
    return b


def returns_unlike(x):
    if x > 0:
        return x, 1
    return x


def tuple_grows(n):
    t = ()
    for i in range(n):
        t = t + (i,)
    return t


def ranks(n):
    a = np.zeros(n)
    while n > 0:
        a = np.zeros((n, n))
        n -= 1
    return a


CASES = {
    "the millionth step": lambda: mt.jit(becomes_text)(10),
    "array or number": lambda: mt.jit(array_or_number)(np.zeros(2), 1),
    "returns": lambda: mt.jit(returns_unlike)(2.5),
    "a growing tuple": lambda: mt.jit(tuple_grows)(3),
    "ranks": lambda: mt.jit(ranks)(3),
}


# ---- messages ----
# the millionth step: TypingError error_merge.py, in becomes_text: x = "hello"
# error_merge.py:12:17: 'x' is str here but int elsewhere: one variable, one type
#   12 |             x = "hello"
#      |                 ^^^^^^^
#   14 |             x = x + 1
#      |                 ^^^^^ int here
#   help: use another name for the second value, or convert it to the first one's type
#
# array or number: TypingError error_merge.py, in array_or_number: def array_or_number(a, c):
# error_merge.py:18:1: 'b' is float64 array (1-D) here but float elsewhere: one variable, one type
#   18 | def array_or_number(a, c):
#      | ^^^^^^^^^^^^^^^^^^^
#   22 |         b = 0.0
#      |             ^^^ float here
#   help: use another name for the second value, or convert it to the first one's type
#
# returns: TypingError error_merge.py, in returns_unlike: return x, 1
# error_merge.py:28:16: 'returns_unlike' returns tuple of 2 here but float elsewhere
#   28 |         return x, 1
#      |                ^^^^
#   29 |     return x
#      |     ^^^^^^^^ float here
#
# a growing tuple: TypingError error_merge.py, in tuple_grows: t = t + (i,)
# error_merge.py:35:13: 't' is tuple of 1 here but tuple of 0 elsewhere: one variable, one type
#   35 |         t = t + (i,)
#      |             ^^^^^^^^
#   33 |     t = ()
#      |         ^^ tuple of 0 here
#   help: use another name for the second value, or convert it to the first one's type
#
# ranks: TypingError error_merge.py, in ranks: a = np.zeros((n, n))
# error_merge.py:42:13: 'a' is float64 array (2-D) here but float64 array (1-D) elsewhere: one variable, one type
#   42 |         a = np.zeros((n, n))
#      |             ^^^^^^^^^^^^^^^^
#   40 |     a = np.zeros(n)
#      |         ^^^^^^^^^^^ float64 array (1-D) here
#   help: use another name for the second value, or convert it to the first one's type
