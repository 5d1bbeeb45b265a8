"""Indices."""

import numpy as np

import martlet as mt


def float_index(a, i):
    return a[i]


def text_index(a):
    return a["x"]


def too_many(a):
    return a[0, 1]


def of_a_number(x):
    return x[0]


def tuple_out_of_range(t):
    return t[2]


def tuple_float(t):
    return t[0.5]


def slice_of_floats(a):
    return a[0.5:2]


def assigned_tuple(t):
    t[0] = 1
    return t


def deleted(a):
    del a[0]
    return a


CASES = {
    "float": lambda: mt.jit(float_index)(np.ones(3), 1.5),
    "text": lambda: mt.jit(text_index)(np.ones(3)),
    "too many": lambda: mt.jit(too_many)(np.ones(3)),
    "of a number": lambda: mt.jit(of_a_number)(3),
    "tuple out of range": lambda: mt.jit(tuple_out_of_range)((1, 2)),
    "tuple and float": lambda: mt.jit(tuple_float)((1, 2)),
    "slice of floats": lambda: mt.jit(slice_of_floats)(np.ones(3)),
    "assigned tuple": lambda: mt.jit(assigned_tuple)((1, 2)),
    "deleted": lambda: mt.jit(deleted)(np.ones(3)),
}


# ---- messages ----
# float: TypingError error_index.py, in float_index: return a[i]
# error_index.py:9:12: arrays are indexed by integers, slices, None, ..., boolean and integer arrays; this is float
#   9 |     return a[i]
#     |            ^^^^
#   help: divide with // to get an integer, or convert with int()
#
# text: TypingError error_index.py, in text_index: return a["x"]
# error_index.py:13:14: arrays are indexed by integers, slices, None, ..., boolean and integer arrays; this is str
#   13 |     return a["x"]
#      |              ^^^
#
# too many: TypingError error_index.py, in too_many: return a[0, 1]
# error_index.py:17:14: too many indices: the array has 1 dimension, 2 were indexed
#   17 |     return a[0, 1]
#      |              ^^^^
#
# of a number: TypingError error_index.py, in of_a_number: return x[0]
# error_index.py:21:12: int cannot be indexed by int
#   21 |     return x[0]
#      |            ^^^^
#
# tuple out of range: IndexError error_index.py, in tuple_out_of_range: return t[2]
# tuple index out of range
#
# tuple and float: TypingError error_index.py, in tuple_float: return t[0.5]
# error_index.py:29:14: tuple indices are integers or slices; this is float
#   29 |     return t[0.5]
#      |              ^^^
#
# slice of floats: TypingError error_index.py, in slice_of_floats: return a[0.5:2]
# error_index.py:33:14: arrays are indexed by integers, slices, None, ..., boolean and integer arrays; this is slice
#   33 |     return a[0.5:2]
#      |              ^^^^^
#
# assigned tuple: TypingError error_index.py, in assigned_tuple: t[0] = 1
# error_index.py:37:5: items of tuple of 2 cannot be assigned
#   37 |     t[0] = 1
#      |     ^^^^
#
# deleted: TypingError error_index.py, in deleted: del a[0]
# error_index.py:42:9: items of float64 array (1-D) cannot be deleted
#   42 |     del a[0]
#      |         ^^^^
