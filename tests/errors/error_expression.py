"""Expressions that are not compiled."""

import martlet as mt


def has_dict(x):
    return {"a": x}


def has_set(x):
    return x in {1, 2}


def has_comprehension(x):
    return sum([i for i in range(x)])


def has_generator(x):
    return sum(i * i for i in range(x))


def is_generator(x):
    yield x


def has_bytes(x):
    return b"abc"


def has_format(x):
    raise ValueError(f"{x!r:>10}")


async def is_async(x):
    return await x


CASES = {
    "dict": lambda: mt.jit(has_dict)(1),
    "set": lambda: mt.jit(has_set)(1),
    "list comprehension": lambda: mt.jit(has_comprehension)(1),
    "generator expression": lambda: mt.jit(has_generator)(1),
    "generator": lambda: mt.jit(is_generator)(1),
    "bytes": lambda: mt.jit(has_bytes)(1),
    "format": lambda: mt.jit(has_format)(1),
    "await": lambda: mt.jit(is_async)(1),
}


# ---- messages ----
# dict: UnsupportedError error_expression.py, in has_dict: return {"a": x}
# error_expression.py:7:12: a dict display is not compiled
#   7 |     return {"a": x}
#     |            ^^^^^^^^
#   help: pass values as arguments, in a tuple or in a namedtuple
#
# set: UnsupportedError error_expression.py, in has_set: return x in {1, 2}
# error_expression.py:11:17: a set display is not compiled
#   11 |     return x in {1, 2}
#      |                 ^^^^^^
#   help: for `x in {…}` write `x in (…)`
#
# list comprehension: UnsupportedError error_expression.py, in has_comprehension: return sum([i for i in range(x)])
# error_expression.py:15:16: a list comprehension is not compiled
#   15 |     return sum([i for i in range(x)])
#      |                ^^^^^^^^^^^^^^^^^^^^^
#   help: make an array with np.empty(n) and fill it in a loop
#
# generator expression: UnsupportedError error_expression.py, in has_generator: return sum(i * i for i in range(x))
# error_expression.py:19:15: a generator expression is not compiled
#   19 |     return sum(i * i for i in range(x))
#      |               ^^^^^^^^^^^^^^^^^^^^^^^^^
#   help: write the loop out: `for x in …: total += …`
#
# generator: UnsupportedError error_expression.py, in is_generator: yield x
# error_expression.py:23:5: a generator is not compiled
#   23 |     yield x
#      |     ^^^^^^^
#   help: fill an array and return it
#
# bytes: UnsupportedError error_expression.py, in has_bytes: return b"abc"
# error_expression.py:27:12: bytes are not compiled
#   27 |     return b"abc"
#      |            ^^^^^^
#   help: pass np.frombuffer(data, np.uint8)
#
# format: UnsupportedError error_expression.py, in has_format: raise ValueError(f"{x!r:>10}")
# error_expression.py:31:22: this is not formatted in compiled code: a conversion with a specification, or !a
#   31 |     raise ValueError(f"{x!r:>10}")
#      |                      ^^^^^^^^^^^^
#
# await: UnsupportedError error_expression.py, in <lambda>: "await": lambda: mt.jit(is_async)(1),
# error_expression.py, line 34: an async function is not compiled: define it with `def`, and await outside of compiled code
