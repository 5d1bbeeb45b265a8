/* Boxing arrays. See ndarray.h. */
#include "python/ndarray.h"

#include <stdatomic.h>

typedef struct Memory {
    PyObject_HEAD RtBuffer *buffer; /* one reference */
} Memory;

static void memory_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    rt_release(((Memory *)self)->buffer);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot memory_slots[] = {
    {Py_tp_dealloc, memory_dealloc},
    {Py_tp_doc, "Memory that compiled code made and that several arrays share."},
    {0, NULL},
};

PyType_Spec ndarray_memory_spec = {
    .name = "martlet._core.Memory",
    .basicsize = sizeof(Memory),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = memory_slots,
};

static void fill_strides(NdarrayParts *parts)
{
    npy_intp step = scalar_size(parts->type->dtype);
    int ndim = parts->type->ndim;
    for (int k = 0; k < ndim; k++) {
        int axis = parts->type->layout == LAYOUT_F ? k : ndim - 1 - k;
        parts->strides[axis] = step;
        step *= parts->dims[axis] > 0 ? parts->dims[axis] : 1;
    }
}

uint32_t ndarray_read_parts(const Type *type, const uint64_t *slots, NdarrayParts *parts)
{
    const uint64_t *next = slots;
    parts->type = &type->array;
    parts->owner = (void *)(uintptr_t)*next++;
    parts->data = (char *)(uintptr_t)*next++;
    for (int i = 0; i < type->array.ndim; i++)
        parts->dims[i] = (npy_intp)*next++;
    if (type->array.layout == LAYOUT_ANY)
        for (int i = 0; i < type->array.ndim; i++)
            parts->strides[i] = (npy_intp)*next++;
    else
        fill_strides(parts);
    return (uint32_t)(next - slots);
}

/* Strides count only along axes of more than one element. */
static bool is_shape_equal(int ndim, const npy_intp *dims, const npy_intp *strides,
                           const npy_intp *other_dims, const npy_intp *other_strides)
{
    bool is_empty = false;
    for (int i = 0; i < ndim; i++) {
        if (dims[i] != other_dims[i])
            return false;
        is_empty |= dims[i] == 0;
    }
    for (int i = 0; i < ndim; i++)
        if (!is_empty && dims[i] > 1 && strides[i] != other_strides[i])
            return false;
    return true;
}

bool ndarray_parts_equal(const NdarrayParts *a, const NdarrayParts *b)
{
    return a->owner == b->owner && a->data == b->data && a->type->dtype == b->type->dtype &&
           a->type->ndim == b->type->ndim && a->type->readonly == b->type->readonly &&
           is_shape_equal(a->type->ndim, a->dims, a->strides, b->dims, b->strides);
}

static PyObject *array_new(State *state, PyTypeObject *type, const NdarrayParts *parts,
                           PyObject *like)
{
    PyArray_Descr *descr = state->descrs[parts->type->dtype];
    Py_INCREF(descr);
    int flags = parts->type->readonly ? 0 : NPY_ARRAY_WRITEABLE;
    return PyArray_NewFromDescr(type, descr, parts->type->ndim, parts->dims, parts->strides,
                                parts->data, flags, like);
}

/* Is `array` what the parts describe? */
static bool is_itself(const State *state, PyArrayObject *array, const NdarrayParts *parts)
{
    int number = PyArray_TYPE(array);
    return PyArray_BYTES(array) == parts->data && PyArray_NDIM(array) == parts->type->ndim &&
           number < TYPE_NUMBERS && state->number_kinds[number] == parts->type->dtype &&
           PyArray_ISWRITEABLE(array) == !parts->type->readonly &&
           is_shape_equal(parts->type->ndim, PyArray_DIMS(array), PyArray_STRIDES(array),
                          parts->dims, parts->strides);
}

bool ndarray_holds_all(RtBuffer *buffer, int64_t held)
{
    return atomic_load(&buffer->references) == held;
}

bool ndarray_fits_all(const NdarrayParts *parts, const RtBuffer *buffer)
{
    size_t size = scalar_size(parts->type->dtype);
    for (unsigned i = 0; i < parts->type->ndim; i++)
        size *= (size_t)parts->dims[i];
    return parts->data == buffer->data && size <= buffer->size;
}

PyObject *ndarray_box_view(State *state, const NdarrayParts *parts, PyObject *base)
{
    PyObject *view = array_new(state, Py_TYPE(base), parts, base);
    if (view && PyArray_SetBaseObject((PyArrayObject *)view, Py_NewRef(base)) < 0)
        Py_CLEAR(view);
    return view;
}

static PyObject *box_borrowed(State *state, const NdarrayParts *parts)
{
    PyObject *owner = (PyObject *)((uintptr_t)parts->owner & ~(uintptr_t)1);
    if (!PyArray_Check(owner)) {
        PyErr_SetString(PyExc_SystemError, "martlet: an array is owned by something else");
        return NULL;
    }
    if (is_itself(state, (PyArrayObject *)owner, parts))
        return Py_NewRef(owner);
    return ndarray_box_view(state, parts, owner);
}

/* NumPy frees and resizes what it owns through the handler that the array names; the default one
 * takes memory from malloc, which is where buffers have theirs. */
PyObject *ndarray_box_taken(State *state, const NdarrayParts *parts)
{
    RtBuffer *buffer = parts->owner;
    PyObject *array = array_new(state, state->array_type, parts, NULL);
    if (array) {
        PyArray_ENABLEFLAGS((PyArrayObject *)array, NPY_ARRAY_OWNDATA);
        ((PyArrayObject_fields *)array)->mem_handler = Py_NewRef(PyDataMem_DefaultHandler);
        buffer->data = NULL;
    }
    rt_release(buffer);
    return array;
}

static PyObject *box_shared(State *state, const NdarrayParts *parts, RtBuffer *buffer)
{
    Memory *memory = (Memory *)state->memory_type->tp_alloc(state->memory_type, 0);
    if (!memory) {
        rt_release(buffer);
        return NULL;
    }
    memory->buffer = buffer;
    PyObject *array = array_new(state, state->array_type, parts, NULL);
    if (!array)
        Py_DECREF(memory);
    else if (PyArray_SetBaseObject((PyArrayObject *)array, (PyObject *)memory) < 0)
        Py_CLEAR(array);
    return array;
}

/* No owner: an array without memory, which must be empty. */
static PyObject *box_empty(State *state, const NdarrayParts *parts)
{
    PyArray_Descr *descr = state->descrs[parts->type->dtype];
    Py_INCREF(descr);
    return PyArray_Zeros(parts->type->ndim, parts->dims, descr,
                         parts->type->layout == LAYOUT_F);
}

PyObject *ndarray_box(State *state, const NdarrayParts *parts)
{
    if (!parts->owner)
        return box_empty(state, parts);
    if (RT_IS_BORROWED(parts->owner))
        return box_borrowed(state, parts);
    RtBuffer *buffer = parts->owner;
    if (ndarray_holds_all(buffer, 1) && ndarray_fits_all(parts, buffer))
        return ndarray_box_taken(state, parts);
    return box_shared(state, parts, buffer);
}
