/* Signatures: "float64(float64[:], int64)" and the like. */
#ifndef MARTLET_TYPES_SIGNATURE_H
#define MARTLET_TYPES_SIGNATURE_H

#include "types/type.h"

typedef struct Signature {
    const Type *result; /* NULL when not given */
    const Type **params;
    uint32_t count;
} Signature;

/* False, with the offending position in *end, when the text is not a signature. Accepts
 * "R(A, B)", "(A, B)" and "void(A)" (a result of None). `params` is on `arena`. */
bool signature_parse(TypeTable *table, Arena *arena, const char *text, Signature *signature,
                     const char **end);

#endif
