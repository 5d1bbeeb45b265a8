"""Recursion that no path ends."""

import martlet as mt


def endless(n):
    return endless(n + 1)


def ping(n):
    return pong(n) + 1


def pong(n):
    return ping(n) - 1


CASES = {
    "of itself": lambda: mt.jit(endless)(1),
    "mutual": lambda: mt.jit(ping)(1),
}


# ---- messages ----
# of itself: TypingError error_no_base_case.py, in endless: return endless(n + 1)
# error_no_base_case.py:7:12: the result type of 'endless' depends on this call alone: no path returns without it
#   7 |     return endless(n + 1)
#     |            ^^^^^^^^^^^^^^
#   help: return a value on a path that does not call 'endless' again
#
# mutual: TypingError error_no_base_case.py, in ping: return ping(n) - 1
# error_no_base_case.py:15:12: the result type of 'ping' depends on this call alone: no path returns without it
#   15 |     return ping(n) - 1
#      |            ^^^^^^^
#   help: return a value on a path that does not call 'ping' again
