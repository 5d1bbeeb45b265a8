"""Signatures."""

import martlet as mt


def f(x, y):
    return x + y


CASES = {
    "does not parse": lambda: mt.jit("float64(float64, ")(f),
    "unknown type": lambda: mt.jit("float65(float64, int64)")(f),
    "too few": lambda: mt.jit("float64(float64)")(f),
    "another result": lambda: mt.jit("boolean[:](float64, float64)")(f),
    "called otherwise": lambda: mt.jit("float64(float64, float64)")(f)(1, "a"),
}


# ---- messages ----
# does not parse: CompileError signatures.py, in signature_from: result, params = _core.parse_signature(given)
# 'float64(float64, ' is not a signature: what stands at '' is not understood; signatures are written 'float64(float64[:], int64)'
#
# unknown type: CompileError signatures.py, in signature_from: result, params = _core.parse_signature(given)
# 'float65(float64, int64)' is not a signature: what stands at 'float65(float64, int64)' is not understood; signatures are written 'float64(float64[:], int64)'
#
# too few: TypeError decorators.py, in _compile: dispatcher.compile(signature.params, signature.result)
# f() takes 2 arguments, and the signature has 1
#
# another result: CompileError error_signature.py, in f: def f(x, y):
# error_signature.py:6:1: 'f' returns float64, which is not the signature's Array(bool_, 1, 'A')
#   6 | def f(x, y):
#     | ^^^^^
#
# called otherwise: TypeError error_signature.py, in <lambda>: "called otherwise": lambda: mt.jit("float64(float64, float64)")(f)(1, "a"),
# f() has explicit signatures, and none takes (int, str); they are:
#     (float64, float64)
