"""Attributes."""

import math

import numpy as np

import martlet as mt


def of_an_array(a):
    return a.shap


def of_a_number(x):
    return x.shape


def of_a_module(x):
    return math.sine(x)


def of_numpy(x):
    return np.sqr(x)


def method(a):
    return a.summ()


def assigned(a):
    a.shape = (3, 1)
    return a


CASES = {
    "of an array": lambda: mt.jit(of_an_array)(np.ones(3)),
    "of a number": lambda: mt.jit(of_a_number)(3),
    "of a module": lambda: mt.jit(of_a_module)(3),
    "of numpy": lambda: mt.jit(of_numpy)(3),
    "method": lambda: mt.jit(method)(np.ones(3)),
    "assigned": lambda: mt.jit(assigned)(np.ones(3)),
}


# ---- messages ----
# of an array: TypingError error_attribute.py, in of_an_array: return a.shap
# error_attribute.py:11:12: float64 array (1-D) has no attribute 'shap' that can be compiled
#   11 |     return a.shap
#      |            ^^^^^^
#
# of a number: TypingError error_attribute.py, in of_a_number: return x.shape
# error_attribute.py:15:12: int has no attribute 'shape' that can be compiled
#   15 |     return x.shape
#      |            ^^^^^^^
#
# of a module: TypingError error_attribute.py, in of_a_module: return math.sine(x)
# error_attribute.py:19:12: math has no attribute 'sine' that can be compiled
#   19 |     return math.sine(x)
#      |            ^^^^^^^^^
#   help: did you mean 'sin'?
#
# of numpy: TypingError error_attribute.py, in of_numpy: return np.sqr(x)
# error_attribute.py:23:12: numpy has no attribute 'sqr' that can be compiled
#   23 |     return np.sqr(x)
#      |            ^^^^^^
#   help: did you mean 'sqrt'?
#
# method: TypingError error_attribute.py, in method: return a.summ()
# error_attribute.py:27:12: float64 array (1-D) has no attribute 'summ' that can be compiled
#   27 |     return a.summ()
#      |            ^^^^^^
#
# assigned: TypingError error_attribute.py, in assigned: a.shape = (3, 1)
# error_attribute.py:31:5: attributes of float64 array (1-D) cannot be assigned in compiled code
#   31 |     a.shape = (3, 1)
#      |     ^^^^^^^
