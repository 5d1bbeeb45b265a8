/* Keys: the type of an argument as one word, and its value in slots, in one step.
 *
 * A call finds its specialisation by the keys of its arguments. What programs pass nearly always
 * (Python's and NumPy's numbers, arrays) has a key that is computed from a few loads; everything else
 * has the address of its Type, which is hash-consed. Fast keys are odd, addresses are even:
 *
 *     bit 0        1
 *     bits 1–5     scalar kind
 *     bit 6        an array of that kind; then
 *     bits 7–8     layout      bit 9  read-only      bit 10  unaligned      bits 11–17  dimensions
 *
 * Packing borrows: array values hold their object with bit 0 set (runtime/abi.h), strings point into
 * theirs, and whoever calls keeps the objects alive.
 */
#ifndef MARTLET_PYTHON_KEY_H
#define MARTLET_PYTHON_KEY_H

#include <assert.h>

#include "python/state.h"
#include "types/layout.h"

typedef uint64_t Key;

enum {
    KEY_FAILED = 0, /* no type: typeof_refuse says why, unless an exception is set */
    KEY_FULL = 2,   /* the slots do not suffice */
    KEY_ARRAY = 1 << 6,
    KEY_LAYOUT = 7,
    KEY_READONLY = 1 << 9,
    KEY_UNALIGNED = 1 << 10,
    KEY_NDIM = 11,
    KEY_ROOM = 2 /* slots that any number takes at most */
};

#define KEY_SCALAR(kind) ((Key)(((unsigned)(kind) << 1) | 1u))

/* Where values are packed. Numbers are packed without looking at `end`: behind it there is room
 * for KEY_ROOM slots for each argument. */
typedef struct Slots {
    uint64_t *next, *end;
} Slots;

/* The type of a key, and the key of a type: inverse. */
const Type *key_type(State *state, Key key);
Key key_from_type(const Type *type);
/* Is it the key of a type, and not KEY_FAILED or KEY_FULL? */
static inline bool key_is_known(Key key)
{
    return key != KEY_FAILED && key != KEY_FULL;
}

/* The key of an argument that key_pack has no quick answer for. */
Key key_pack_other(State *state, PyObject *object, Slots *slots);
/* An int of more than one digit. */
Key key_pack_long(PyObject *object, Slots *slots);

static inline double slot_double(const uint64_t *slot)
{
    double value;
    memcpy(&value, slot, sizeof value);
    return value;
}

static inline void slot_put_double(Slots *slots, double value)
{
    memcpy(slots->next++, &value, sizeof value);
}

static inline Key key_of_array(const State *state, PyArrayObject *array)
{
    int number = PyArray_TYPE(array);
    int flags = PyArray_FLAGS(array);
    unsigned ndim = (unsigned)PyArray_NDIM(array);
    if ((unsigned)number >= TYPE_NUMBERS || state->number_kinds[number] == KIND_NONE ||
        !PyArray_ISNBO(PyArray_DESCR(array)->byteorder))
        return KEY_FAILED;
    Key key = KEY_SCALAR(state->number_kinds[number]) | KEY_ARRAY | (Key)ndim << KEY_NDIM;
    if (!(flags & NPY_ARRAY_C_CONTIGUOUS))
        key |= (Key)((flags & NPY_ARRAY_F_CONTIGUOUS) ? LAYOUT_F : LAYOUT_ANY) << KEY_LAYOUT;
    if (!(flags & NPY_ARRAY_WRITEABLE))
        key |= KEY_READONLY;
    if (!(flags & NPY_ARRAY_ALIGNED))
        key |= KEY_UNALIGNED;
    return key;
}

static inline Key key_pack_array(const State *state, PyArrayObject *array, Slots *slots)
{
    Key key = key_of_array(state, array);
    if (key == KEY_FAILED)
        return key;
    int ndim = PyArray_NDIM(array);
    bool is_strided = (key >> KEY_LAYOUT & 3) == LAYOUT_ANY;
    assert(ndim >= 0);
    if (slots->end - slots->next < 2 + (is_strided ? 2 * ndim : ndim))
        return KEY_FULL;
    uint64_t *next = slots->next;
    *next++ = (uint64_t)(uintptr_t)array | 1u;
    *next++ = (uint64_t)(uintptr_t)PyArray_DATA(array);
    for (int i = 0; i < ndim; i++)
        *next++ = (uint64_t)PyArray_DIM(array, i);
    if (is_strided)
        for (int i = 0; i < ndim; i++)
            *next++ = (uint64_t)PyArray_STRIDE(array, i);
    slots->next = next;
    return key;
}

static inline Key key_pack(State *state, PyObject *object, Slots *slots)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == state->array_type)
        return key_pack_array(state, (PyArrayObject *)object, slots);
    if (type == &PyFloat_Type) {
        slot_put_double(slots, PyFloat_AS_DOUBLE(object));
        return KEY_SCALAR(SCALAR_FLOAT);
    }
    if (type == &PyLong_Type) {
        int64_t value;
        if (!compat_long_is_small(object, &value))
            return key_pack_long(object, slots);
        *slots->next++ = (uint64_t)value;
        return KEY_SCALAR(SCALAR_INT);
    }
    return key_pack_other(state, object, slots);
}

#endif
