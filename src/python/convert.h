/* Converting values between Python objects and slots (types/layout.h), by type. */
#ifndef MARTLET_PYTHON_CONVERT_H
#define MARTLET_PYTHON_CONVERT_H

#include "python/key.h"

/* The bytes of a NumPy scalar object. */
static inline const void *convert_scalar_value(PyObject *object)
{
    return (const char *)object + offsetof(PyFloatScalarObject, obval);
}

/* Puts the number at `value` (as an array holds it) into slots. */
void convert_unbox_scalar(ScalarKind kind, const void *value, Slots *slots);
/* Puts `object`, of exactly this type (typeof.h), into slots, which have room. False: it is not, or an
 * exception is set. */
bool convert_unbox(State *state, const Type *type, PyObject *object, Slots *slots);
/* A number's value, of type TYPE_SCALAR. False for a float16, whose values are no constants. */
bool convert_constant_from(State *state, const Type *type, PyObject *object,
                           Constant *constant);

/* A number in slots as an object: Python kinds as Python's, NumPy kinds as NumPy's. */
PyObject *convert_box_scalar(State *state, ScalarKind kind, const uint64_t *slots);
/* A result in slots as an object. Takes over the references of the arrays in it, also when it
 * fails. The same array twice is the same object twice. */
PyObject *convert_box(State *state, const Type *type, const uint64_t *slots);
/* The value that a Const type, None … stands for. */
PyObject *convert_box_constant(const Constant *constant);
PyObject *convert_int128(__int128 value);
/* False, without exception, where the int is out of range. */
bool convert_int128_from(PyObject *integer, __int128 *value);

#endif
