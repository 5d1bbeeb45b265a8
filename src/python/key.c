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
    return pack_typed(state, object, slots);
}
