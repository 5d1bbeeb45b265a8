/* Types as Python objects. See pytype.h. */
#include "python/pytype.h"

#include "python/error.h"
#include "python/key.h"
#include "python/typeof.h"

static PyObject *text_of(const Type *type)
{
    Arena scratch;
    Text text;
    arena_open(&scratch, NULL);
    text_open(&text, &scratch);
    type_print(type, &text);
    PyObject *result = PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.len);
    arena_close(&scratch);
    return result;
}

PyObject *pytype_new(State *state, const Type *type)
{
    TypeObject *self = (TypeObject *)state->type_type->tp_alloc(state->type_type, 0);
    if (self) {
        self->state = state_use(state);
        self->type = type;
    }
    return (PyObject *)self;
}

PyObject *pytype_tuple(State *state, const Type *const *types, uint32_t count, PyObject *owner)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)count);
    for (uint32_t i = 0; tuple && i < count; i++) {
        TypeObject *item = (TypeObject *)pytype_new(state, types[i]);
        if (item) {
            item->owner = Py_XNewRef(owner);
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, (PyObject *)item);
        } else {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

/* ---- from objects ---- */

static const Type *from_text(State *state, PyObject *object)
{
    const char *text = PyUnicode_AsUTF8(object), *end = text;
    if (!text)
        return NULL;
    const Type *type = type_parse(state->types, text, &end);
    if (type && end[strspn(end, " ")] == '\0')
        return type;
    PyErr_Format(PyExc_TypeError, "'%s' is not a type: what stands at '%s' is not understood",
                 text, end);
    return NULL;
}

static const Type *from_class(State *state, PyObject *class)
{
    ScalarKind kind = class == (PyObject *)&PyLong_Type      ? SCALAR_INT
                      : class == (PyObject *)&PyFloat_Type   ? SCALAR_FLOAT
                      : class == (PyObject *)&PyComplex_Type ? SCALAR_COMPLEX
                      : class == (PyObject *)&PyBool_Type
                          ? SCALAR_BOOL
                          : (ScalarKind)state_kind_of_type(state, (PyTypeObject *)class);
    if ((int)kind != KIND_NONE)
        return type_scalar(state->types, kind);
    return class == (PyObject *)&PyUnicode_Type ? state->types->str : NULL;
}

const Type *pytype_from(State *state, PyObject *object)
{
    const Type *type = NULL;
    if (Py_TYPE(object) == state->type_type)
        return ((TypeObject *)object)->type;
    if (PyUnicode_Check(object))
        return from_text(state, object);
    if (object == Py_None)
        return state->types->none;
    if (PyType_Check(object))
        type = from_class(state, object);
    else if (PyArray_DescrCheck(object)) {
        const Type *dtype = typeof_object(state, object);
        type = dtype ? type_scalar(state->types, dtype->scalar) : NULL;
    }
    if (!type && !PyErr_Occurred())
        PyErr_Format(PyExc_TypeError,
                     "%R is not a type; types are written martlet.float64, "
                     "martlet.int32[:, ::1], 'float64[:]', int, numpy.float64",
                     object);
    return type;
}

/* ---- array types by indexing: float64[:, ::1] ---- */

/* 1 for `::1`, 0 for `:`, -1 with an exception for anything else. */
static int is_contiguous_dim(PyObject *dim)
{
    if (PySlice_Check(dim)) {
        PySliceObject *slice = (PySliceObject *)dim;
        if (slice->start == Py_None && slice->stop == Py_None) {
            if (slice->step == Py_None)
                return 0;
            if (PyLong_Check(slice->step) && PyLong_AsLong(slice->step) == 1)
                return 1;
        }
    }
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError,
                        "array types are written float64[:], float64[::1], "
                        "float64[:, ::1] (C order) or float64[::1, :] (Fortran)");
    return -1;
}

static const Type *array_of(State *state, const Type *element, PyObject *const *dims,
                            Py_ssize_t ndim)
{
    ArrayType array = {
        .dtype = scalar_numpy(element->scalar), .ndim = (uint8_t)ndim, .layout = LAYOUT_ANY};
    int mark = 0;
    if (ndim > TYPE_NDIM_MAX) {
        PyErr_SetString(PyExc_TypeError, "arrays have at most 64 dimensions");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < ndim; i++) {
        int contiguous = is_contiguous_dim(dims[i]);
        if (contiguous < 0)
            return NULL;
        if (contiguous == 1 && (mark || (i != 0 && i != ndim - 1))) {
            PyErr_SetString(PyExc_TypeError, "::1 marks the first or the last dimension, once");
            return NULL;
        }
        mark |= contiguous;
        if (contiguous)
            array.layout = i == ndim - 1 ? LAYOUT_C : LAYOUT_F;
    }
    return type_array(state->types, array);
}

static PyObject *type_getitem(PyObject *self, PyObject *index)
{
    State *state = ((TypeObject *)self)->state;
    const Type *element = ((TypeObject *)self)->type, *array;
    if (element->kind != TYPE_SCALAR) {
        PyErr_SetString(PyExc_TypeError, "only number types have arrays");
        return NULL;
    }
    if (PyTuple_Check(index))
        array = array_of(state, element, &PyTuple_GET_ITEM(index, 0), PyTuple_GET_SIZE(index));
    else
        array = array_of(state, element, &index, 1);
    return array ? pytype_new(state, array) : NULL;
}

/* ---- calls: int32(5) converts a number, int32(complex128, int32) is a signature ---- */

static bool is_typelike(const State *state, PyObject *object)
{
    return Py_TYPE(object) == state->type_type || PyType_Check(object) ||
           PyUnicode_Check(object) || object == Py_None || PyArray_DescrCheck(object);
}

PyObject *pytype_class(const State *state, PyObject *object)
{
    static PyTypeObject *const python[] = {&PyBool_Type, &PyLong_Type, &PyLong_Type,
                                           &PyFloat_Type, &PyComplex_Type};
    if (Py_TYPE(object) != state->type_type)
        return NULL;
    const Type *type = ((TypeObject *)object)->type;
    if (type->kind != TYPE_SCALAR)
        return NULL;
    return scalar_is_weak(type->scalar) ? (PyObject *)python[scalar_class(type->scalar)]
                                        : (PyObject *)state->scalar_types[type->scalar];
}

static PyObject *convert_number(const State *state, PyObject *type, PyObject *value)
{
    PyObject *class = pytype_class(state, type);
    if (class)
        return PyObject_CallOneArg(class, value);
    PyErr_SetString(PyExc_TypeError, "only number types convert values");
    return NULL;
}

static PyObject *type_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    State *state = ((TypeObject *)self)->state;
    if (keywords && PyDict_GET_SIZE(keywords) > 0) {
        PyErr_SetString(PyExc_TypeError, "types take no keyword arguments");
        return NULL;
    }
    if (PyTuple_GET_SIZE(args) == 1 && !is_typelike(state, PyTuple_GET_ITEM(args, 0)))
        return convert_number(state, self, PyTuple_GET_ITEM(args, 0));
    PyObject *module = PyImport_ImportModule("martlet.signatures"), *signature = NULL;
    if (module)
        signature = PyObject_CallMethod(module, "Signature", "OO", self, args);
    Py_XDECREF(module);
    return signature;
}

/* ---- the type ---- */

static void type_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_CLEAR(((TypeObject *)self)->owner);
    state_leave(((TypeObject *)self)->state);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *type_repr(PyObject *self)
{
    return text_of(((TypeObject *)self)->type);
}

static Py_hash_t type_hash(PyObject *self)
{
    Py_hash_t hash = (Py_hash_t)((TypeObject *)self)->type->hash;
    return hash == -1 ? -2 : hash;
}

static PyObject *type_compare(PyObject *a, PyObject *b, int op)
{
    if (Py_TYPE(a) != Py_TYPE(b) || (op != Py_EQ && op != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    bool equal = ((TypeObject *)a)->type == ((TypeObject *)b)->type;
    return PyBool_FromLong(equal == (op == Py_EQ));
}

/* By text, which reads back as the same type. */
static PyObject *type_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *core = PyImport_ImportModule("martlet._core"), *parse = NULL, *result = NULL;
    if (core)
        parse = PyObject_GetAttrString(core, "type_from");
    PyObject *text = text_of(((TypeObject *)self)->type);
    if (parse && text)
        result = Py_BuildValue("O(O)", parse, text);
    Py_XDECREF(core);
    Py_XDECREF(parse);
    Py_XDECREF(text);
    return result;
}

static PyMethodDef type_methods[] = {
    {"__reduce__", type_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_dealloc, type_dealloc},
    {Py_tp_repr, type_repr},
    {Py_tp_hash, type_hash},
    {Py_tp_richcompare, type_compare},
    {Py_tp_call, type_call},
    {Py_tp_methods, type_methods},
    {Py_mp_subscript, type_getitem},
    {Py_tp_doc, "The type of a compiled value.\n\n"
                "float64[:] is an array of any layout, float64[:, ::1] one in C order,\n"
                "float64[::1, :] one in Fortran order; int32(float64, int64) is a signature."},
    {0, NULL},
};

PyType_Spec pytype_spec = {
    .name = "martlet._core.Type",
    .basicsize = sizeof(TypeObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = type_slots,
};
