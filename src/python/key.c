/* Keys of the rarer arguments. See key.h. */
#include "python/key.h"

#include "python/convert.h"
#include "python/typeof.h"

const Type *key_type(State *state, Key key)
{
    if (!(key & 1))
        return (const Type *)(uintptr_t)key;
    ScalarKind kind = (ScalarKind)((key >> 1) & 31);
    if (!(key & KEY_ARRAY))
        return type_scalar(state->types, kind);
    ArrayType array = {
        .dtype = kind,
        .ndim = (uint8_t)((key >> KEY_NDIM) & 127),
        .layout = (Layout)((key >> KEY_LAYOUT) & 3),
        .readonly = (key & KEY_READONLY) != 0,
        .unaligned = (key & KEY_UNALIGNED) != 0,
    };
    return type_array(state->types, array);
}

Key key_from_type(const Type *type)
{
    if (type->kind == TYPE_SCALAR)
        return KEY_SCALAR(type->scalar);
    if (type->kind != TYPE_ARRAY)
        return (Key)(uintptr_t)type;
    const ArrayType *array = &type->array;
    Key key = KEY_SCALAR(array->dtype) | KEY_ARRAY | (Key)array->ndim << KEY_NDIM |
              (Key)array->layout << KEY_LAYOUT;
    if (array->readonly)
        key |= KEY_READONLY;
    if (array->unaligned)
        key |= KEY_UNALIGNED;
    return key;
}

Key key_pack_long(PyObject *object, Slots *slots)
{
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) {
        *slots->next++ = (uint64_t)value;
        return KEY_SCALAR(SCALAR_INT);
    }
    unsigned long long carrier = overflow > 0 ? PyLong_AsUnsignedLongLong(object) : 0;
    if (overflow < 0 || PyErr_Occurred()) {
        PyErr_Clear();
        return KEY_FAILED;
    }
    *slots->next++ = carrier;
    return KEY_SCALAR(SCALAR_INT_U64);
}

static Key pack_typed(State *state, PyObject *object, Slots *slots)
{
    const Type *type = typeof_object(state, object);
    if (!type)
        return KEY_FAILED;
    if (slots->end - slots->next < (ptrdiff_t)layout_slot_count(type))
        return KEY_FULL;
    if (!convert_unbox(state, type, object, slots))
        return KEY_FAILED;
    return key_from_type(type);
}

/* A tuple of numbers and arrays. KEY_FAILED: it may be one of something else, or is empty. */
static Key pack_tuple(State *state, PyObject *tuple, Slots *slots)
{
    Key keys[TUPLE_KEYS], hash = 0;
    uint64_t *start = slots->next;
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    if (count < 1 || count > TUPLE_KEYS || slots->end - slots->next < KEY_ROOM * count)
        return KEY_FAILED;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        keys[i] = PyTuple_CheckExact(item) ? KEY_FAILED : key_pack(state, item, slots);
        if (!(keys[i] & 1)) {
            slots->next = start;
            return KEY_FAILED;
        }
        hash = (hash + keys[i]) * UINT64_C(0x9E3779B97F4A7C15);
    }
    TupleSlot *slot = &state->tuples[hash >> 58];
    if (!slot->type || slot->count != (uint32_t)count ||
        memcmp(slot->keys, keys, (size_t)count * sizeof *keys) != 0) {
        const Type *types[TUPLE_KEYS];
        for (Py_ssize_t i = 0; i < count; i++)
            types[i] = key_type(state, keys[i]);
        memcpy(slot->keys, keys, (size_t)count * sizeof *keys);
        slot->count = (uint32_t)count;
        slot->type = type_tuple(state->types, types, (uint32_t)count, NULL);
    }
    return (Key)(uintptr_t)slot->type;
}

Key key_pack_other(State *state, PyObject *object, Slots *slots)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyBool_Type) {
        *slots->next++ = object == Py_True;
        return KEY_SCALAR(SCALAR_BOOL);
    }
    uint32_t kind = state_kind_of_type(state, type);
    if (kind != KIND_NONE) {
        convert_unbox_scalar((ScalarKind)kind, convert_scalar_value(object), slots);
        return KEY_SCALAR(kind);
    }
    if (type == &PyComplex_Type) {
        slot_put_double(slots, PyComplex_RealAsDouble(object));
        slot_put_double(slots, PyComplex_ImagAsDouble(object));
        return KEY_SCALAR(SCALAR_COMPLEX);
    }
    if (type == state->memmap_type || type == state->recarray_type)
        return key_pack_array(state, (PyArrayObject *)object, slots);
    Key key = type == &PyTuple_Type ? pack_tuple(state, object, slots) : KEY_FAILED;
    return key != KEY_FAILED || PyErr_Occurred() ? key : pack_typed(state, object, slots);
}
