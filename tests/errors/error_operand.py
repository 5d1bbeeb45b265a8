"""Operators and their operands."""

import numpy as np

import martlet as mt


def number_and_tuple(x):
    y = (x, x)
    return x + y


def number_and_text(x):
    return "a" * x + x


def bits_of_a_float(x, y):
    return x & (y + 1)


def minus_tuple(t):
    return -t


def order_of_complex(z):
    return z < 1


def truth_of_an_array(a):
    if a > 0:
        return 1
    return 0


def minus_of_bools(a):
    return a - a


def in_place(a):
    a /= 2
    return a


def raises_a_number(x):
    raise x


def catches_a_number(x):
    try:
        return x
    except x:
        return 0


CASES = {
    "number and tuple": lambda: mt.jit(number_and_tuple)(1),
    "number and text": lambda: mt.jit(number_and_text)(1),
    "bits of a float": lambda: mt.jit(bits_of_a_float)(1, 2.5),
    "minus a tuple": lambda: mt.jit(minus_tuple)((1, 2)),
    "order of complex": lambda: mt.jit(order_of_complex)(1j),
    "truth of an array": lambda: mt.jit(truth_of_an_array)(np.ones(3)),
    "minus of bools": lambda: mt.jit(minus_of_bools)(np.ones(3, bool)),
    "in place": lambda: mt.jit(in_place)(np.ones(3, int)),
    "raise": lambda: mt.jit(raises_a_number)(3),
    "except": lambda: mt.jit(catches_a_number)(3),
}


# ---- messages ----
# number and tuple: TypingError error_operand.py, in number_and_tuple: return x + y
# error_operand.py:10:12: unsupported operand types for +: int and tuple of 2
#   10 |     return x + y
#      |            ^^^^^
#
# number and text: TypingError error_operand.py, in number_and_text: return "a" * x + x
# error_operand.py:14:12: unsupported operand types for *: str and int
#   14 |     return "a" * x + x
#      |            ^^^^^^^
#   14 |     return "a" * x + x
#      |            ^^^ this is str
#
# bits of a float: TypingError error_operand.py, in bits_of_a_float: return x & (y + 1)
# error_operand.py:18:12: unsupported operand types for &: int and float
#   18 |     return x & (y + 1)
#      |            ^^^^^^^^^^^
#   18 |     return x & (y + 1)
#      |                 ^^^^^ this is float
#
# minus a tuple: TypingError error_operand.py, in minus_tuple: return -t
# error_operand.py:22:12: unsupported operand type for unary -: tuple of 2
#   22 |     return -t
#      |            ^^
#
# order of complex: TypingError error_operand.py, in order_of_complex: return z < 1
# error_operand.py:26:12: unsupported operand types for <: complex and int
#   26 |     return z < 1
#      |            ^^^^^
#
# truth of an array: TypingError error_operand.py, in truth_of_an_array: if a > 0:
# error_operand.py:30:8: the truth value of bool_ array (1-D) is ambiguous
#   30 |     if a > 0:
#      |        ^^^^^
#   help: use a.any() or a.all()
#
# minus of bools: TypingError error_operand.py, in minus_of_bools: return a - a
# error_operand.py:36:12: unsupported operand types for -: bool_ array (1-D) and bool_ array (1-D)
#   36 |     return a - a
#      |            ^^^^^
#
# in place: TypingError error_operand.py, in in_place: a /= 2
# error_operand.py:40:5: the result of /= is float64, which does not go into the int64 array in place
#   40 |     a /= 2
#      |     ^^^^^^
#
# raise: TypingError error_operand.py, in raises_a_number: raise x
# error_operand.py:45:5: exceptions must derive from BaseException; this is int
#   45 |     raise x
#      |     ^^^^^^^
#
# except: TypingError error_operand.py, in catches_a_number: except x:
# error_operand.py:51:12: 'except' takes exception classes; this is int
#   51 |     except x:
#      |            ^
