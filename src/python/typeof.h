/* The Type of a Python object. */
#ifndef MARTLET_PYTHON_TYPEOF_H
#define MARTLET_PYTHON_TYPEOF_H

#include "python/state.h"

/* NULL when Martlet does not take such an object; an exception is set only if something failed. */
const Type *typeof_object(State *state, PyObject *object);
/* The same with values: Const for int, bool and str, also inside tuples, ranges and slices. */
const Type *typeof_constant(State *state, PyObject *object);
/* An ndarray over the memory of an object that exports it (array.array, memoryview, DLPack, Series);
 * NULL without exception where it does not or would have to copy. */
PyObject *typeof_adapt(State *state, PyObject *object);
/* Sets the exception for an object that typeof_object has no type for: TypingError, or OverflowError
 * for an int. It names the parameter and the function and says what to pass instead. */
void typeof_refuse(State *state, PyObject *object, const char *parameter, const char *function);

#endif
