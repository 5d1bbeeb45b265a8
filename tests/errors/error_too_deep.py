"""Types that grow without end."""

import martlet as mt


def grows(t, n):
    if n == 0:
        return 0
    return grows((t, n), n - 1)


CASES = {"a tuple in each call": lambda: mt.jit(grows)((), 3)}


# ---- messages ----
# a tuple in each call: CompileError error_too_deep.py, in grows: return grows((t, n), n - 1)
# error_too_deep.py:9:12: calls of 'grows' with ever new types nest too deeply
#   9 |     return grows((t, n), n - 1)
#     |            ^^^^^^^^^^^^^^^^^^^^
