"""Objects of types that are not taken."""

import numpy as np

import martlet as mt

SETTINGS = {"scale": 2}


class Particle:
    pass


PARTICLE = Particle()


def same(x):
    return x


def reads_a_dict(x):
    return x * SETTINGS["scale"]


def reads_an_object(x):
    return x * PARTICLE.mass


CASES = {
    "dict": lambda: mt.jit(same)({"a": 1}),
    "list": lambda: mt.jit(same)([1, 2]),
    "object": lambda: mt.jit(same)(Particle()),
    "in a tuple": lambda: mt.jit(same)((1, {2})),
    "masked array": lambda: mt.jit(same)(np.ma.array([1])),
    "array of objects": lambda: mt.jit(same)(np.array([None])),
    "array of texts": lambda: mt.jit(same)(np.array(["a"])),
    "big int": lambda: mt.jit(same)(2**70),
    "global dict": lambda: mt.jit(reads_a_dict)(1),
    "global object": lambda: mt.jit(reads_an_object)(1),
}


# ---- messages ----
# dict: TypingError error_object.py, in <lambda>: "dict": lambda: mt.jit(same)({"a": 1}),
# argument 'x' of same() is of type dict, which Martlet does not take: dicts are not accepted yet; pass the values one by one, or np.asarray of them
#
# list: TypingError error_object.py, in <lambda>: "list": lambda: mt.jit(same)([1, 2]),
# argument 'x' of same() is of type list, which Martlet does not take: lists and sets are not accepted yet; pass np.asarray(x), or a tuple
#
# object: TypingError error_object.py, in <lambda>: "object": lambda: mt.jit(same)(Particle()),
# argument 'x' of same() is of type errors_error_object.Particle, which Martlet does not take: pass numbers, tuples or arrays: np.asarray(x), or its attributes one by one
#
# in a tuple: TypingError error_object.py, in <lambda>: "in a tuple": lambda: mt.jit(same)((1, {2})),
# argument 'x' of same() is of type tuple, which Martlet does not take: an element of it has a type that Martlet does not take
#
# masked array: TypingError error_object.py, in <lambda>: "masked array": lambda: mt.jit(same)(np.ma.array([1])),
# argument 'x' of same() is of type numpy.ma.MaskedArray of dtype int64, which Martlet does not take: pass its data and its mask as two arrays: x.data, x.mask
#
# array of objects: TypingError error_object.py, in <lambda>: "array of objects": lambda: mt.jit(same)(np.array([None])),
# argument 'x' of same() is of type numpy.ndarray of dtype object, which Martlet does not take: its elements are Python objects; pass an array of numbers: x.astype(float)
#
# array of texts: TypingError error_object.py, in <lambda>: "array of texts": lambda: mt.jit(same)(np.array(["a"])),
# argument 'x' of same() is of type numpy.ndarray of dtype <U1, which Martlet does not take: arrays of this dtype are not compiled yet; pass arrays of numbers
#
# big int: OverflowError error_object.py, in <lambda>: "big int": lambda: mt.jit(same)(2**70),
# argument 'x' of same() is an int below -2**63 or above 2**64-1, and Martlet carries ints in 64 bits; pass float(x), or parts of it
#
# global dict: TypingError error_object.py, in reads_a_dict: return x * SETTINGS["scale"]
# error_object.py:22:16: 'SETTINGS' is a dict, which Martlet does not compile: pass it as an argument, or give what the function needs of it as numbers, tuples or arrays
#   22 |     return x * SETTINGS["scale"]
#      |                ^^^^^^^^
#
# global object: TypingError error_object.py, in reads_an_object: return x * PARTICLE.mass
# error_object.py:26:16: 'PARTICLE' is a Particle, which Martlet does not compile: pass it as an argument, or give what the function needs of it as numbers, tuples or arrays
#   26 |     return x * PARTICLE.mass
#      |                ^^^^^^^^
