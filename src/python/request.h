/* Requests: one function, types for its parameters, and the compiler's answer as Python has it. */
#ifndef MARTLET_PYTHON_REQUEST_H
#define MARTLET_PYTHON_REQUEST_H

#include "python/dispatcher.h"

typedef struct Request {
    const Type **types; /* of the parameters; changed to Const where typing asks for values */
    PyObject *const *args; /* the values, or NULL */
    const Type *result;    /* wanted, or NULL */
    EntryKind entry;
    int64_t granted; /* tests: allocations that succeed, plus 1; 0: all */
    unsigned want;   /* texts */
} Request;

/* Compiles. `r` is opened here and closed by the caller in any case. NULL with an exception. */
Compiled *request_compile(Dispatcher *d, const Request *request, Resolution *r);
/* Likewise, as a specialisation with one use. */
Specialisation *request_specialise(Dispatcher *d, const Request *request);

#endif
