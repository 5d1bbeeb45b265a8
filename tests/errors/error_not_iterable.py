"""Iteration over what has no items."""

import numpy as np

import martlet as mt


def over_a_number(x):
    for y in x:
        return y


def over_none():
    for y in None:
        return y


def over_a_function(x):
    for y in abs:
        return y


def enumerated(x):
    for i, y in enumerate(x):
        return i


def zipped(a, x):
    for y, z in zip(a, x):
        return y


def over_0d(a):
    for y in a:
        return y


CASES = {
    "a number": lambda: mt.jit(over_a_number)(3),
    "None": lambda: mt.jit(over_none)(),
    "a function": lambda: mt.jit(over_a_function)(3),
    "enumerate": lambda: mt.jit(enumerated)(2.5),
    "zip": lambda: mt.jit(zipped)(np.ones(3), 3),
    "0-d": lambda: mt.jit(over_0d)(np.array(3)),
}


# ---- messages ----
# a number: TypingError error_not_iterable.py, in over_a_number: for y in x:
# error_not_iterable.py:9:14: int cannot be iterated over
#   9 |     for y in x:
#     |              ^
#
# None: TypingError error_not_iterable.py, in over_none: for y in None:
# error_not_iterable.py:14:14: None cannot be iterated over
#   14 |     for y in None:
#      |              ^^^^
#
# a function: TypingError error_not_iterable.py, in over_a_function: for y in abs:
# error_not_iterable.py:19:14: abs cannot be iterated over
#   19 |     for y in abs:
#      |              ^^^
#
# enumerate: TypingError error_not_iterable.py, in enumerated: for i, y in enumerate(x):
# error_not_iterable.py:24:17: float cannot be iterated over
#   24 |     for i, y in enumerate(x):
#      |                 ^^^^^^^^^
#
# zip: TypingError error_not_iterable.py, in zipped: for y, z in zip(a, x):
# error_not_iterable.py:29:17: int cannot be iterated over
#   29 |     for y, z in zip(a, x):
#      |                 ^^^
#
# 0-d: TypingError error_not_iterable.py, in over_0d: for y in a:
# error_not_iterable.py:34:14: int64 array (0-D) cannot be iterated over
#   34 |     for y in a:
#      |              ^
