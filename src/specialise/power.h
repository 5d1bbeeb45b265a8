/* Powers: by squaring for integers, as CPython and NumPy do it for complex numbers. */
#ifndef MARTLET_SPECIALISE_POWER_H
#define MARTLET_SPECIALISE_POWER_H

#include "specialise/spec.h"

/* base ** exponent (an `int` ≥ 0) by squaring, in base's integer kind; products checked with `overflow`,
 * or wrapping when NULL. */
Value *power_integer(Spec *s, Value *base, Value *exponent, const Site *overflow);
/* Complex power; `exponent` is y before it was made complex: small known ints are products. */
Value *power_complex(Spec *s, Value *x, Value *y, Value *exponent);

#endif
