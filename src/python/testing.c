/* Hooks for tests/python. */
#include "python/testing.h"

#include "python/convert.h"
#include "python/ndarray.h"
#include "python/pytype.h"
#include "python/reader.h"
#include "python/request.h"
#include "python/typeof.h"

enum { TEST_SLOTS = 4096 };

/* box(unbox(object)), by the type that the object has. */
static PyObject *test_round_trip(PyObject *module, PyObject *object)
{
    State *state = state_of_module(module);
    uint64_t *room = PyMem_Malloc((TEST_SLOTS + KEY_ROOM) * sizeof *room);
    if (!room)
        return PyErr_NoMemory();
    Slots slots = {room, room + TEST_SLOTS};
    PyObject *result = NULL;
    Key key = key_pack(state, object, &slots);
    if (key == KEY_FAILED)
        typeof_refuse(state, object, "object", "round_trip");
    else if (key == KEY_FULL)
        PyErr_SetString(PyExc_ValueError, "too large for this test");
    else if (key_from_type(key_type(state, key)) != key ||
             slots.next - room != (ptrdiff_t)layout_slot_count(key_type(state, key)))
        PyErr_SetString(PyExc_AssertionError, "key and type disagree");
    else
        result = convert_box(state, key_type(state, key), room);
    PyMem_Free(room);
    return result;
}

/* Numbers 0, 1, 2 … of float64 in a buffer of `size`, boxed as `count` results that start at element
 * `start` of it: (array,) * count. */
static PyObject *test_new_array(PyObject *module, PyObject *args)
{
    State *state = state_of_module(module);
    int size, start, count;
    if (!PyArg_ParseTuple(args, "iii", &size, &start, &count))
        return NULL;
    RtCtx ctx = {.error.site = RT_SITE_NONE};
    RtBuffer *buffer = rt_buffer_new(&ctx, (int64_t)size * 8, 0);
    if (!buffer || count > 16)
        return PyErr_NoMemory();
    for (int i = 0; i < size; i++)
        ((double *)buffer->data)[i] = i;
    ArrayType array = {.dtype = SCALAR_FLOAT64, .ndim = 1, .layout = LAYOUT_C};
    const Type *element = type_array(state->types, array), *elements[16];
    uint64_t slots[48];
    for (int i = 0; i < count; i++) {
        elements[i] = element;
        slots[3 * i] = (uint64_t)(uintptr_t)buffer;
        slots[3 * i + 1] = (uint64_t)(uintptr_t)((double *)buffer->data + start);
        slots[3 * i + 2] = (uint64_t)(size - start);
        if (i > 0)
            rt_retain(buffer);
    }
    return convert_box(state, type_tuple(state->types, elements, (uint32_t)count, NULL), slots);
}

/* The reader and lowering alone: (function, source=None) as text. */
typedef int TextOf(PyObject *function, PyObject *source, PyObject **text);

static PyObject *text_of(TextOf *make, PyObject *args)
{
    PyObject *function, *source = NULL, *text = NULL;
    if (!PyArg_ParseTuple(args, "O|O", &function, &source))
        return NULL;
    return make(function, source == Py_None ? NULL : source, &text) < 0 ? NULL : text;
}

static PyObject *test_generic(PyObject *module, PyObject *args)
{
    (void)module;
    return text_of(reader_testing_generic, args);
}

static PyObject *test_ast(PyObject *module, PyObject *args)
{
    (void)module;
    return text_of(reader_testing_ast, args);
}

/* Compiles a dispatcher for types where only so many allocations succeed: True when that was enough,
 * False after a MemoryError. */
static PyObject *test_compile_with(PyObject *module, PyObject *args)
{
    State *state = state_of_module(module);
    PyObject *dispatcher, *params;
    const Type *types[FAST_PARAMS];
    long long granted;
    if (!PyArg_ParseTuple(args, "O!O!L", state->dispatcher_type, &dispatcher, &PyTuple_Type,
                          &params, &granted))
        return NULL;
    Dispatcher *d = (Dispatcher *)dispatcher;
    for (uint32_t i = 0; i < d->param_count && i < FAST_PARAMS; i++)
        if (!(types[i] = pytype_from(state, PyTuple_GetItem(params, (Py_ssize_t)i))))
            return NULL;
    Request request = {.types = types, .granted = granted + 1};
    Specialisation *spec = request_specialise(d, &request);
    if (spec) {
        specialisation_leave(spec);
        Py_RETURN_TRUE;
    }
    if (!PyErr_ExceptionMatches(PyExc_MemoryError))
        return NULL;
    PyErr_Clear();
    Py_RETURN_FALSE;
}

PyMethodDef testing_methods[] = {
    {"_test_compile_with", test_compile_with, METH_VARARGS, NULL},
    {"_test_generic", test_generic, METH_VARARGS, NULL},
    {"_test_ast", test_ast, METH_VARARGS, NULL},
    {"_test_round_trip", test_round_trip, METH_O, NULL},
    {"_test_new_array", test_new_array, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
