"""Numbers of dimensions."""

import numpy as np

import martlet as mt


def in_place(a, b):
    a += b
    return a


def assigned(a, b):
    a[0] = b
    return a


def indexed(a):
    return a[0, 1]


CASES = {
    "in place": lambda: mt.jit(in_place)(np.ones(3), np.ones((2, 3))),
    "assigned": lambda: mt.jit(assigned)(np.ones(3), np.ones(3)),
    "too many indices": lambda: mt.jit(indexed)(np.ones(3)),
}


# ---- messages ----
# in place: TypingError error_shape.py, in in_place: a += b
# error_shape.py:9:5: the result of += has 2 dimensions, and the array has 1
#   9 |     a += b
#     |     ^^^^^^
#
# assigned: TypingError error_shape.py, in assigned: a[0] = b
# error_shape.py:14:5: an array of 1 dimension is stored into one element
#   14 |     a[0] = b
#      |     ^^^^
#
# too many indices: TypingError error_shape.py, in indexed: return a[0, 1]
# error_shape.py:19:14: too many indices: the array has 1 dimension, 2 were indexed
#   19 |     return a[0, 1]
#      |              ^^^^
