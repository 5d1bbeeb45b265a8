"""Values that must be known when compiling."""

import martlet as mt


def element(t, n):
    s = 0
    for i in range(n):
        s = s + t[i]
    return s


CASES = {
    "element of a tuple": lambda: mt.jit(element)((1, 2.5), 2),
    "by a signature": lambda: mt.jit("(Tuple((int64, float64)), int64)")(element),
}


# ---- messages ----
# element of a tuple: TypingError error_needs_constant.py, in element: s = s + t[i]
# error_needs_constant.py:9:17: the elements of the tuple have different types, so the index must be known when compiling
#   9 |         s = s + t[i]
#     |                 ^^^^
#   help: index with a constant, or loop over the tuple itself
#
# by a signature: TypingError error_needs_constant.py, in element: s = s + t[i]
# error_needs_constant.py:9:17: the elements of the tuple have different types, so the index must be known when compiling
#   9 |         s = s + t[i]
#     |                 ^^^^
#   help: index with a constant, or loop over the tuple itself
