# ruff: noqa
"""Syntax that is not compiled: all of it is reported, with what to do instead."""


def statements(a, **options):
    with a as b:
        pass

    class C:
        pass

    raise
    global x
    x = 1
    import math

    raise ValueError from a


def more_statements(a):
    @a
    def f():
        return 1

    del a.b
    match a:
        case [1, 2]:
            return 2

    async def g():
        pass

    raise ValueError from a


def expressions(a):
    b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
    c = sum(x for x in a) + f(**a) + b"bytes"[0] + [*a]
    d = 340282366920938463463374607431768211456 + a
    yield a
    return (yield from a)


def outer():
    count = 0

    def inner():
        nonlocal count
        count += 1

    return inner


inner = outer()


# ---- generic ----
# refused.py:5:21: ** among the parameters is not compiled
#   5 | def statements(a, **options):
#     |                     ^^^^^^^
#   help: name each keyword parameter
#
# refused.py:6:5: `with` is not compiled
#   6 |     with a as b:
#     |     ^^^^^^^^^^^
#   help: enter the context in the Python function that calls this one
#
# refused.py:9:5: a class cannot be defined in a compiled function
#   9 |     class C:
#     |     ^^^^^^^
#   help: define it outside
#
# refused.py:12:5: `raise` alone is compiled in except clauses only
#   12 |     raise
#      |     ^^^^^
#   help: name the exception to raise
#
# refused.py:14:5: 'x' is global: a compiled function cannot assign to it
#   14 |     x = 1
#      |     ^
#   help: return the value and assign it in Python
#
# refused.py:17:27: an exception's cause is not kept by compiled code
#   17 |     raise ValueError from a
#      |                           ^
#   help: leave `from …` out
#
# refused.py:21:6: a decorator in a compiled function is not compiled
#   21 |     @a
#      |      ^
#   help: leave it out: an inner function is compiled with the function around it
#
# refused.py:25:9: deleting this is not compiled
#   25 |     del a.b
#      |         ^^^
#
# refused.py:27:14: a pattern that takes its subject apart is not compiled
#   27 |         case [1, 2]:
#      |              ^^^^^^
#   help: take the value apart by assignment
#
# refused.py:30:5: an async function is not compiled
#   30 |     async def g():
#      |     ^^^^^^^^^^^
#   help: define it with `def`, and await outside of compiled code
#
# refused.py:33:27: an exception's cause is not kept by compiled code
#   33 |     raise ValueError from a
#      |                           ^
#   help: leave `from …` out
#
# refused.py:37:9: a list comprehension is not compiled
#   37 |     b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
#      |         ^^^^^^^^^^^^^^
#   help: make an array with np.empty(n) and fill it in a loop
#
# refused.py:37:25: a dict display is not compiled
#   37 |     b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
#      |                         ^^^^^^
#   help: pass values as arguments, in a tuple or in a namedtuple
#
# refused.py:37:33: a set display is not compiled
#   37 |     b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
#      |                                 ^^^
#   help: for `x in {…}` write `x in (…)`
#
# refused.py:37:38: a set comprehension is not compiled
#   37 |     b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
#      |                                      ^^^^^^^^^^^^^^
#   help: use a loop over an array
#
# refused.py:37:54: a dict comprehension is not compiled
#   37 |     b = [x for x in a], {1: 2}, {1}, {x for x in a}, {x: x for x in a}
#      |                                                      ^^^^^^^^^^^^^^^^^
#   help: use a loop over arrays
#
# refused.py:38:12: a generator expression is not compiled
#   38 |     c = sum(x for x in a) + f(**a) + b"bytes"[0] + [*a]
#      |            ^^^^^^^^^^^^^^
#   help: write the loop out: `for x in …: total += …`
#
# refused.py:38:31: ** in a call is not compiled
#   38 |     c = sum(x for x in a) + f(**a) + b"bytes"[0] + [*a]
#      |                               ^^^
#   help: name each keyword: f(a=…, b=…)
#
# refused.py:38:38: bytes are not compiled
#   38 |     c = sum(x for x in a) + f(**a) + b"bytes"[0] + [*a]
#      |                                      ^^^^^^^^
#   help: pass np.frombuffer(data, np.uint8)
#
# refused.py:38:52: a list with * is not compiled
#   38 |     c = sum(x for x in a) + f(**a) + b"bytes"[0] + [*a]
#      |                                                    ^^^^
#   help: use a tuple: (*a, *b)
#
# refused.py:39:9: an integer that does not fit 128 bits
#   39 |     d = 340282366920938463463374607431768211456 + a
#      |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#   help: use a float: 1e40
#
# refused.py:40:5: a generator is not compiled
#   40 |     yield a
#      |     ^^^^^^^
#   help: fill an array and return it
#
# refused.py:41:13: a generator is not compiled
#   41 |     return (yield from a)
#      |             ^^^^^^^^^^^^
#   help: fill an array and return it
#
# func @outer() {
#     %0 = const 0
#     %count.1 = slot_new %0
#     %inner.2 = py.function %count.1 {"outer.<locals>.inner"}
#     return %inner.2
# }
# func @"outer.<locals>.inner"(%count.0) {
#     %count.1 = slot_load %count.0
#     %2 = const 1
#     %3 = py.binary %count.1, %2 {+=}
#     slot_store %count.0, %3
#     %4 = const None
#     return %4
# }
#
# refused.py:49:9: 'count' belongs to an enclosing function that is not compiled: a compiled function cannot assign to it
#   49 |         count += 1
#      |         ^^^^^
#   help: return the value and assign it in Python
