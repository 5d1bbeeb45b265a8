/* Types as Python objects: martlet.float64, martlet.int32[:, ::1]. */
#ifndef MARTLET_PYTHON_PYTYPE_H
#define MARTLET_PYTHON_PYTYPE_H

#include "python/state.h"

typedef struct TypeObject {
    PyObject_HEAD State *state;
    const Type *type;
    PyObject *owner; /* what keeps `type` alive, where it names a Code; or NULL */
} TypeObject;

PyObject *pytype_new(State *state, const Type *type);
/* The Type that an object stands for in a signature: a TypeObject, text, a Python or NumPy class of
 * numbers, a dtype, None. NULL with TypeError. */
const Type *pytype_from(State *state, PyObject *object);
/* The class whose calls convert to a number type of martlet: numpy.float32 for martlet.float32, int for
 * martlet.int_. Borrowed; NULL, without exception, for other objects. */
PyObject *pytype_class(const State *state, PyObject *object);
/* A tuple of TypeObjects. `owner` (or NULL) keeps Codes alive that the types may name. */
PyObject *pytype_tuple(State *state, const Type *const *types, uint32_t count, PyObject *owner);

extern PyType_Spec pytype_spec;

#endif
