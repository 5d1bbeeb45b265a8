"""Statements that are not compiled."""

import contextlib

import martlet as mt


def has_class(x):
    class A:
        pass

    return x


def has_with(x):
    with contextlib.nullcontext():
        x += 1
    return x


def has_global(x):
    global counter
    counter = x
    return x


def has_except_group(x):
    try:
        x += 1
    except* ValueError:
        pass
    return x


def has_async_function(x):
    async def g():
        pass

    return x


CASES = {
    "class": lambda: mt.jit(has_class)(1),
    "with": lambda: mt.jit(has_with)(1),
    "global": lambda: mt.jit(has_global)(1),
    "except*": lambda: mt.jit(has_except_group)(1),
    "async def": lambda: mt.jit(has_async_function)(1),
}


# ---- messages ----
# class: UnsupportedError error_statement.py, in has_class: class A:
# error_statement.py:9:5: a class cannot be defined in a compiled function
#   9 |     class A:
#     |     ^^^^^^^
#   help: define it outside
#
# with: UnsupportedError error_statement.py, in has_with: with contextlib.nullcontext():
# error_statement.py:16:5: `with` is not compiled
#   16 |     with contextlib.nullcontext():
#      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#   help: enter the context in the Python function that calls this one
#
# global: UnsupportedError error_statement.py, in has_global: counter = x
# error_statement.py:23:5: 'counter' is global: a compiled function cannot assign to it
#   23 |     counter = x
#      |     ^^^^^^^
#   help: return the value and assign it in Python
#
# except*: UnsupportedError error_statement.py, in has_except_group: try:
# error_statement.py:28:5: `except*` is not compiled
#   28 |     try:
#      |     ^^^
#   help: use `except`
#
# async def: UnsupportedError error_statement.py, in has_async_function: async def g():
# error_statement.py:36:5: an async function is not compiled
#   36 |     async def g():
#      |     ^^^^^^^^^^^
#   help: define it with `def`, and await outside of compiled code
