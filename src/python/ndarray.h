/* Arrays across the boundary: parts of an array value as an ndarray, without copying. */
#ifndef MARTLET_PYTHON_NDARRAY_H
#define MARTLET_PYTHON_NDARRAY_H

#include "python/state.h"

typedef struct NdarrayParts {
    const ArrayType *type;
    void *owner;
    char *data;
    npy_intp dims[NPY_MAXDIMS];
    npy_intp strides[NPY_MAXDIMS];
} NdarrayParts;

/* Takes the parts of an array from slots; how many slots they were. */
uint32_t ndarray_read_parts(const Type *type, const uint64_t *slots, NdarrayParts *parts);
bool ndarray_parts_equal(const NdarrayParts *a, const NdarrayParts *b);

/* The array as an object. A borrowed owner that the parts describe is returned itself, another one
 * becomes the base. A buffer is taken over (one reference), also on failure: where that reference
 * is the only one and the array starts it, the array owns its memory as NumPy's own do, otherwise
 * the base is a small object that holds the buffer. */
PyObject *ndarray_box(State *state, const NdarrayParts *parts);

/* Its parts, for who knows more: an array that starts its buffer and may own it, whatever other
 * references there are; a view of the memory of an array. */
PyObject *ndarray_box_taken(State *state, const NdarrayParts *parts);
PyObject *ndarray_box_view(State *state, const NdarrayParts *parts, PyObject *base);
/* Does it start where the buffer does, with no more bytes? (NumPy frees by that number, which
 * strides of 0 make larger than the memory is.) */
bool ndarray_fits_all(const NdarrayParts *parts, const RtBuffer *buffer);
bool ndarray_holds_all(RtBuffer *buffer, int64_t held);

/* The type of those small objects. */
extern PyType_Spec ndarray_memory_spec;

#endif
