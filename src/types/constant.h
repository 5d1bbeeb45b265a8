/* Constants: values known while compiling. */
#ifndef MARTLET_TYPES_CONSTANT_H
#define MARTLET_TYPES_CONSTANT_H

#include "base/intern.h"
#include "base/text.h"
#include "types/scalar.h"

typedef enum ConstantKind {
    CONSTANT_NONE,
    CONSTANT_BOOL,
    CONSTANT_INT,
    CONSTANT_FLOAT,
    CONSTANT_COMPLEX,
    CONSTANT_STR,
    CONSTANT_ELLIPSIS,
} ConstantKind;

typedef struct Constant {
    ConstantKind kind;
    union {
        bool truth;
        __int128 integer; /* literals beyond 128 bits are refused (E_INT_LITERAL) */
        double real;      /* the real part of CONSTANT_COMPLEX, too */
        const Symbol *text;
    };
    double imag;
} Constant;

/* Bitwise equality: nan equals itself, 0.0 and -0.0 differ. */
bool constant_equal(const Constant *a, const Constant *b);
uint64_t constant_hash(const Constant *constant);
/* True when the value is, unrounded, a value of `kind`: 300 is none of int8, 2**53 + 1 none of
 * float64, 0.1 none of float32. A bool is a value of every kind; no float is one of an integer
 * kind. False for what is not a number. */
bool constant_fits(const Constant *constant, ScalarKind kind);
/* As Python's repr prints it. */
void constant_print(const Constant *constant, Text *out);

#endif
