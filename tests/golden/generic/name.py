# ruff: noqa
"""Globals are looked up where they are used; imports inside are values."""

import math


def outside(x):
    global math
    return math.pi * undefined(x)


def inside():
    import os.path
    import numpy.linalg as la
    from math import pi, e as euler

    return os, la, pi, euler


# ---- generic ----
# func @outside(%x.0) {
#     %1 = py.global {math}
#     %2 = py.attr %1 {pi}
#     %3 = py.global {undefined}
#     %4 = py.call %3 (%x.0)
#     %5 = py.binary %2, %4 {*}
#     return %5
# }
#
# func @inside() {
#     %0 = py.import {os.path}
#     %os.1 = py.import {os}
#     %la.2 = py.import {numpy.linalg}
#     %3 = py.import {math}
#     %pi.4 = py.attr %3 {pi}
#     %euler.5 = py.attr %3 {e}
#     %6 = py.tuple %os.1, %la.2, %pi.4, %euler.5
#     return %6
# }
