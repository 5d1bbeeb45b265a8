"""Warnings of integers that wrap."""

import numpy as np

import martlet as mt


def total(a):
    s = 0
    for x in a:
        s += x
    return s


def square(a):
    return a[0] ** 2 + a[0] * a[0]


CASES = {
    "an accumulator": lambda: mt.jit(total)(np.ones(3, np.int8)),
    "a product": lambda: mt.jit(square)(np.ones(3, np.int32)),
}


# ---- messages ----
# an accumulator: NarrowingWarning
# error_narrowing.py:10:5: warning: 's', which the loop carries, is int8, which wraps beyond 127
#   10 |     for x in a:
#      |     ^^^^^^^^^^
#   help: convert first, e.g. np.int64(x), if larger values occur
#
# a product: NarrowingWarning
# error_narrowing.py:16:12: warning: this power is int32, which wraps beyond 2147483647
#   16 |     return a[0] ** 2 + a[0] * a[0]
#      |            ^^^^^^^^^
#   help: convert first, e.g. np.int64(x), if larger values occur
# NarrowingWarning
# error_narrowing.py:16:24: warning: this product is int32, which wraps beyond 2147483647
#   16 |     return a[0] ** 2 + a[0] * a[0]
#      |                        ^^^^^^^^^^^
#   help: convert first, e.g. np.int64(x), if larger values occur
