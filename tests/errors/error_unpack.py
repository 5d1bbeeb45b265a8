"""Unpacking."""

import numpy as np

import martlet as mt


def too_many(t):
    a, b = t
    return a


def too_few(t):
    a, b, c, d = t
    return a


def starred(t):
    a, b, *c, d, e = t
    return a


def starred_array(a):
    first, *rest = a
    return first


def a_number(x):
    a, b = x
    return a


def star_of_a_range(n):
    return (*range(n), 1)


CASES = {
    "too many": lambda: mt.jit(too_many)((1, 2, 3)),
    "too few": lambda: mt.jit(too_few)((1, 2, 3)),
    "starred": lambda: mt.jit(starred)((1, 2, 3)),
    "starred array": lambda: mt.jit(starred_array)(np.ones(3)),
    "a number": lambda: mt.jit(a_number)(3),
    "star of a range": lambda: mt.jit(star_of_a_range)(3),
}


# ---- messages ----
# too many: TypingError error_unpack.py, in too_many: a, b = t
# error_unpack.py:9:5: too many values to unpack (expected 2, got 3)
#   9 |     a, b = t
#     |     ^^^^
#
# too few: TypingError error_unpack.py, in too_few: a, b, c, d = t
# error_unpack.py:14:5: not enough values to unpack (expected 4, got 3)
#   14 |     a, b, c, d = t
#      |     ^^^^^^^^^^
#
# starred: TypingError error_unpack.py, in starred: a, b, *c, d, e = t
# error_unpack.py:19:5: not enough values to unpack (expected at least 4, got 3)
#   19 |     a, b, *c, d, e = t
#      |     ^^^^^^^^^^^^^^
#
# starred array: TypingError error_unpack.py, in starred_array: first, *rest = a
# error_unpack.py:24:5: a starred target takes tuples only; this is float64 array (1-D)
#   24 |     first, *rest = a
#      |     ^^^^^^^^^^^^
#
# a number: TypingError error_unpack.py, in a_number: a, b = x
# error_unpack.py:29:5: int cannot be iterated over
#   29 |     a, b = x
#      |     ^^^^
#
# star of a range: TypingError error_unpack.py, in star_of_a_range: return (*range(n), 1)
# error_unpack.py:34:14: only tuples can be unpacked with *; this is range
#   34 |     return (*range(n), 1)
#      |              ^^^^^^^^
