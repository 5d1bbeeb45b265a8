/* Codes of Python functions: made once for a function, shared by all that call it from compiled code. */
#ifndef MARTLET_PYTHON_PYCODE_H
#define MARTLET_PYTHON_PYCODE_H

#include "python/state.h"

/* Owns a Code and its function. */
typedef struct CodeObject {
    PyObject_HEAD State *state;
    Code *code;
    PyObject *function; /* code->handle */
} CodeObject;

/* The CodeObject of a Python function, made at first need from `source` (NULL: where Python finds it).
 * A new reference; NULL with an exception (CompileError: no source). */
CodeObject *pycode_get(State *state, PyObject *function, PyObject *source);
/* The function that an object stands for: itself, or that of a Dispatcher; NULL, without exception,
 * for others. Borrowed. */
PyObject *pycode_function_of(State *state, PyObject *object);
/* The Function type of such an object; NULL, without exception, for others. The type is good for as
 * long as the CodeObject lives. */
const Type *pycode_type(State *state, PyObject *object);
/* A function value over these captures and defaults as a Python object: the function itself, or for an
 * inner one a Dispatcher. NULL with an exception. */
PyObject *pycode_function(const Type *type, PyObject *values);

extern PyType_Spec pycode_spec;

#endif
