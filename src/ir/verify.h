/* Between verify.c (structure) and verify_type.c (types of the typed stage). */
#ifndef MARTLET_IR_VERIFY_H
#define MARTLET_IR_VERIFY_H

#include "ir/ir.h"

typedef struct Verifier {
    const Func *func;
    Text *error;
    const Value **visible; /* by id: the values that may be used where the verifier stands */
    bool *is_defined;      /* by id: whether a value has it */
    uint32_t *use_counts;  /* by id: uses met so far */
} Verifier;

/* Writes "func: operation (in for @1): message" and returns false. */
bool verify_fail(const Verifier *v, const Op *op, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Types of args, results and, for control operations, of what is passed along; attrs that types
 * decide. The structure of `op` itself is sound already, that of its regions not yet. */
bool verify_op_types(const Verifier *v, const Op *op);

#endif
