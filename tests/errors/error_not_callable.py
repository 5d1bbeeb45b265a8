"""Calls of what is no function."""

import numpy as np

import martlet as mt


def calls_a_number(x):
    return x(1)


def calls_an_array(a):
    return a(0) + 1


def calls_a_property(a):
    return a.size()


CASES = {
    "a number": lambda: mt.jit(calls_a_number)(3),
    "an array": lambda: mt.jit(calls_an_array)(np.ones(3)),
    "a property": lambda: mt.jit(calls_a_property)(np.ones(3)),
}


# ---- messages ----
# a number: TypingError error_not_callable.py, in calls_a_number: return x(1)
# error_not_callable.py:9:12: int cannot be called in compiled code
#   9 |     return x(1)
#     |            ^^^^
#
# an array: TypingError error_not_callable.py, in calls_an_array: return a(0) + 1
# error_not_callable.py:13:12: float64 array (1-D) cannot be called in compiled code
#   13 |     return a(0) + 1
#      |            ^^^^
#
# a property: TypingError error_not_callable.py, in calls_a_property: return a.size()
# error_not_callable.py:17:12: int cannot be called in compiled code
#   17 |     return a.size()
#      |            ^^^^^^
