"""Too many or too few arguments."""

import math

import martlet as mt


def two(x, y):
    return x + y


def too_few(x):
    return two(x)


def too_many(x):
    return two(x, x, x)


def of_a_lambda(x):
    f = lambda a, b=2: a + b
    return f(x, x, x)


def of_math(x):
    return math.sqrt(x, x)


def of_range():
    return range()


def of_the_class(x):
    return complex(x, x, x)


CASES = {
    "too few": lambda: mt.jit(too_few)(1),
    "too many": lambda: mt.jit(too_many)(1),
    "of a lambda": lambda: mt.jit(of_a_lambda)(1),
    "of math": lambda: mt.jit(of_math)(1),
    "of range": lambda: mt.jit(of_range)(),
    "of a class": lambda: mt.jit(of_the_class)(1),
    "of the call itself": lambda: mt.jit(two)(1),
}


# ---- messages ----
# too few: TypingError error_argument_count.py, in too_few: return two(x)
# error_argument_count.py:13:12: two() missing required argument: 'y'
#   13 |     return two(x)
#      |            ^^^^^^
#
# too many: TypingError error_argument_count.py, in too_many: return two(x, x, x)
# error_argument_count.py:17:12: two() takes 2 positional arguments but 3 were given
#   17 |     return two(x, x, x)
#      |            ^^^^^^^^^^^^
#
# of a lambda: TypingError error_argument_count.py, in of_a_lambda: return f(x, x, x)
# error_argument_count.py:22:12: <lambda>() takes at most 2 positional arguments but 3 were given
#   22 |     return f(x, x, x)
#      |            ^^^^^^^^^^
#
# of math: TypingError error_argument_count.py, in of_math: return math.sqrt(x, x)
# error_argument_count.py:26:12: sqrt() takes 1 positional argument but 2 were given
#   26 |     return math.sqrt(x, x)
#      |            ^^^^^^^^^^^^^^^
#
# of range: TypingError error_argument_count.py, in of_range: return range()
# error_argument_count.py:30:12: range expected 1 to 3 arguments, got 0
#   30 |     return range()
#      |            ^^^^^^^
#
# of a class: TypingError error_argument_count.py, in of_the_class: return complex(x, x, x)
# error_argument_count.py:34:12: complex() takes at most 2 positional arguments but 3 were given
#   34 |     return complex(x, x, x)
#      |            ^^^^^^^^^^^^^^^^
#
# of the call itself: TypeError error_argument_count.py, in <lambda>: "of the call itself": lambda: mt.jit(two)(1),
# two() missing 1 required positional argument: 'y'
