"""Integers that are too large."""

import martlet as mt


def too_large(x):
    return x + 1000000000000000000000000000000000000000000000


CASES = {"beyond 128 bits": lambda: mt.jit(too_large)(1)}


# ---- messages ----
# beyond 128 bits: CompileError error_int_literal.py, in too_large: return x + 1000000000000000000000000000000000000000000000
# error_int_literal.py:7:16: an integer that does not fit 128 bits
#   7 |     return x + 1000000000000000000000000000000000000000000000
#     |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#   help: use a float: 1e40
