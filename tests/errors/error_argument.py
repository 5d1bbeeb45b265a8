"""Arguments of types that functions do not take."""

import math

import numpy as np

import martlet as mt


def len_of_a_number(x):
    return len(x)


def sqrt_of_complex(z):
    return math.sqrt(z)


def range_of_a_float(x):
    for i in range(x):
        return i


def zeros_of_a_float(x):
    return np.zeros(x)


def dtype_of_a_number(x):
    return np.zeros(3, x)


def int_of_complex(z):
    return int(z)


def star_of_an_array(a):
    return max(*a)


CASES = {
    "len of a number": lambda: mt.jit(len_of_a_number)(3),
    "sqrt of complex": lambda: mt.jit(sqrt_of_complex)(1j),
    "range of a float": lambda: mt.jit(range_of_a_float)(2.5),
    "zeros of a float": lambda: mt.jit(zeros_of_a_float)(2.5),
    "dtype": lambda: mt.jit(dtype_of_a_number)(2.5),
    "int of complex": lambda: mt.jit(int_of_complex)(1j),
    "* of an array": lambda: mt.jit(star_of_an_array)(np.ones(3)),
}


# ---- messages ----
# len of a number: TypingError error_argument.py, in len_of_a_number: return len(x)
# error_argument.py:11:16: len() takes an array, tuple or range; this is int
#   11 |     return len(x)
#      |                ^
#
# sqrt of complex: TypingError error_argument.py, in sqrt_of_complex: return math.sqrt(z)
# error_argument.py:15:22: sqrt() takes a real number; this is complex
#   15 |     return math.sqrt(z)
#      |                      ^
#
# range of a float: TypingError error_argument.py, in range_of_a_float: for i in range(x):
# error_argument.py:19:20: range() takes integers; this is float
#   19 |     for i in range(x):
#      |                    ^
#
# zeros of a float: TypingError error_argument.py, in zeros_of_a_float: return np.zeros(x)
# error_argument.py:24:21: zeros() takes an integer or a tuple of integers as shape; this is float
#   24 |     return np.zeros(x)
#      |                     ^
#
# dtype: TypingError error_argument.py, in dtype_of_a_number: return np.zeros(3, x)
# error_argument.py:28:24: zeros() takes a dtype that is known when compiling; this is float
#   28 |     return np.zeros(3, x)
#      |                        ^
#
# int of complex: TypingError error_argument.py, in int_of_complex: return int(z)
# error_argument.py:32:16: int() takes a real number; this is complex
#   32 |     return int(z)
#      |                ^
#
# * of an array: TypingError error_argument.py, in star_of_an_array: return max(*a)
# error_argument.py:36:17: only tuples can be passed with *; this is float64 array (1-D)
#   36 |     return max(*a)
#      |                 ^
