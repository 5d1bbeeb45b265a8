"""Writes test_types_numpy.h: what NumPy's promotion and "safe" casts are.

    python tests/c/make_types_numpy.py > tests/c/test_types_numpy.h

Python scalars take part as weak ones. Where np.result_type and the ufuncs disagree, this fails.
(Of the scalars' own operators one does: 1j + np.float64(1) is a Python complex, since to
complex.__add__ a float64 is a float.)
"""

import warnings

import numpy as np

PYTHON = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
NUMPY = (
    "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "float16 float32 float64 complex64 complex128"
).split()


def text(kind):
    return "bool_" if kind == np.bool_ else np.dtype(kind).name


def result(a, b):
    x, y = (PYTHON[k] if k in PYTHON else getattr(np, k)(1) for k in (a, b))
    if a in PYTHON and b in PYTHON:
        return type(x + y).__name__
    sample = {np.add(x, y).dtype, np.multiply(y, x).dtype}
    wanted = np.result_type(*(PYTHON.get(k) if k in PYTHON else np.dtype(k) for k in (a, b)))
    assert sample == {wanted}, (a, b, sample, wanted)
    return text(wanted)


def main():
    warnings.simplefilter("error")
    kinds = [*PYTHON, *NUMPY]
    print(f"/* NumPy {np.__version__}'s promotion. Written by make_types_numpy.py. */")
    print("/* clang-format off */")
    print("static const char *const NUMPY_KINDS[] = {")
    print("    " + ", ".join(f'"{k}"' for k in kinds) + ",")
    print("};\n")
    print("/* A row for the left operand: the results, in the order of NUMPY_KINDS. */")
    print(f"static const char *const NUMPY_RESULTS[{len(kinds)}][{len(kinds)}] = {{")
    for a in kinds:
        print("    {" + ", ".join(f'"{result(a, b)}"' for b in kinds) + "},")
    print("};\n")
    print("/* '1' where np.can_cast(row, column); Python kinds as NumPy's of their width. */")
    print(f"static const char *const NUMPY_SAFE[{len(kinds)}] = {{")
    for a in kinds:
        print('    "' + "".join(str(int(np.can_cast(a, b))) for b in kinds) + '",')
    print("};\n/* clang-format on */")


main()
