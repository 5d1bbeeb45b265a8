"""Constants that meet another kind."""

import numpy as np

import martlet as mt


def int_and_float(c):
    x = 2**53 + 1
    if c:
        x = 0.5
    return x


def float_and_float32(a):
    x = 0.1
    while x < 1:
        x += a[0]
    return x


def int_and_int8(a):
    x = 300
    for y in a:
        x += y
    return x


def negative_and_uint8(a):
    x = -1
    for y in a:
        x = y
    return x


CASES = {
    "int and float": lambda: mt.jit(int_and_float)(True),
    "float and float32": lambda: mt.jit(float_and_float32)(np.ones(1, np.float32)),
    "int and int8": lambda: mt.jit(int_and_int8)(np.ones(2, np.int8)),
    "negative and uint8": lambda: mt.jit(negative_and_uint8)(np.ones(2, np.uint8)),
}


# ---- messages ----
# int and float: TypingError error_merge_constant.py, in int_and_float: x = 2**53 + 1
# error_merge_constant.py:9:9: 'x' is 9007199254740993 here, which is no float, as it is elsewhere
#    9 |     x = 2**53 + 1
#      |         ^^^^^^^^^
#   11 |         x = 0.5
#      |             ^^^ float here
#   help: start from a value of that kind, or use another name for the second value
#
# float and float32: TypingError error_merge_constant.py, in float_and_float32: x = 0.1
# error_merge_constant.py:16:9: 'x' is 0.1 here, which is no float32, as it is elsewhere
#   16 |     x = 0.1
#      |         ^^^
#   18 |         x += a[0]
#      |         ^^^^^^^^^ float32 here
#   help: start from a value of that kind, or use another name for the second value
#
# int and int8: TypingError error_merge_constant.py, in int_and_int8: x = 300
# error_merge_constant.py:23:9: 'x' is 300 here, which is no int8, as it is elsewhere
#   23 |     x = 300
#      |         ^^^
#   25 |         x += y
#      |         ^^^^^^ int8 here
#   help: start from a value of that kind, or use another name for the second value
#
# negative and uint8: TypingError error_merge_constant.py, in negative_and_uint8: x = -1
# error_merge_constant.py:30:9: 'x' is -1 here, which is no uint8, as it is elsewhere
#   30 |     x = -1
#      |         ^^
#   31 |     for y in a:
#      |         ^ uint8 here
#   help: start from a value of that kind, or use another name for the second value
