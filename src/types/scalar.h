/* Scalar kinds, their classes and widths: scalar.def as C. */
#ifndef MARTLET_TYPES_SCALAR_H
#define MARTLET_TYPES_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ComplexF32 {
    float re, im;
} ComplexF32;

typedef struct ComplexF64 {
    double re, im;
} ComplexF64;

typedef enum ScalarKind {
#define SCALAR(name, text, class, bits, chr, weak, ctype) SCALAR_##name,
#include "types/scalar.def"
#undef SCALAR
    SCALAR_COUNT
} ScalarKind;

typedef enum ScalarClass {
    CLASS_BOOL,
    CLASS_INT,
    CLASS_UINT,
    CLASS_FLOAT,
    CLASS_COMPLEX,
} ScalarClass;

const char *scalar_name(ScalarKind kind);
ScalarClass scalar_class(ScalarKind kind);
unsigned scalar_bits(ScalarKind kind);
unsigned scalar_size(ScalarKind kind); /* bytes in an array; 16 for the 128-bit int */
char scalar_char(ScalarKind kind);
bool scalar_is_weak(ScalarKind kind);       /* a Python kind */
bool scalar_is_python_int(ScalarKind kind); /* any of the three carriers; bool is not one */
bool scalar_is_integer(ScalarKind kind); /* INT or UINT class, of Python or NumPy; not bool */
bool scalar_is_inexact(ScalarKind kind); /* float or complex */
/* NumPy's kind for a Python one (int → int64, float → float64 …); itself otherwise. */
ScalarKind scalar_numpy(ScalarKind kind);
/* complex64 → float32, complex → float; itself otherwise. */
ScalarKind scalar_real(ScalarKind kind);
bool scalar_from_name(const char *name, ScalarKind *kind); /* "float64", also "f8" and such */

#endif
