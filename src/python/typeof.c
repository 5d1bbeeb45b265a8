/* Types of objects, and refusals that say what to do. See typeof.h. */
#include "python/typeof.h"

#include "python/convert.h"
#include "python/error.h"
#include "python/known.h"
#include "python/pyclass.h"
#include "python/pycode.h"

typedef const Type *TypeOf(State *state, PyObject *object);

/* ---- compounds ---- */

static const Type *typeof_tuple(State *state, PyObject *tuple, TypeOf *element)
{
    Py_ssize_t count = PyTuple_GET_SIZE(tuple);
    if (count > TYPE_LEAVES_MAX || Py_EnterRecursiveCall(" in the type of a tuple"))
        return NULL;
    const Type *few[16], *result = NULL;
    const Type **elements = count > 16 ? PyMem_Malloc((size_t)count * sizeof *elements) : few;
    const ClassInfo *info = NULL;
    bool done = elements != NULL;
    if (!PyTuple_CheckExact(tuple))
        done = done && (info = pyclass_info(state, Py_TYPE(tuple))) && !info->is_refused;
    for (Py_ssize_t i = 0; done && i < count; i++)
        done = (elements[i] = element(state, PyTuple_GET_ITEM(tuple, i))) != NULL;
    if (done)
        result = type_tuple(state->types, elements, (uint32_t)count, info);
    if (result && type_is_too_large(result))
        result = NULL;
    if (elements != few)
        PyMem_Free(elements);
    Py_LeaveRecursiveCall();
    return result;
}

/* A range's bounds are ints of 64 bits. */
static const Type *typeof_triple(State *state, PyObject *object, TypeKind kind, TypeOf *element)
{
    static const char *const names[] = {"start", "stop", "step"};
    const Type *elements[3];
    for (uint32_t i = 0; i < 3; i++) {
        PyObject *item = PyObject_GetAttrString(object, names[i]);
        elements[i] = item ? element(state, item) : NULL;
        Py_XDECREF(item);
        if (!elements[i])
            return NULL;
        bool is_bound = type_is_integer(elements[i]) ||
                        (kind == TYPE_SLICE && elements[i]->kind == TYPE_NONE);
        if (!is_bound)
            return NULL;
    }
    return type_compound(state->types, kind, NULL, elements, 3);
}

static const Type *typeof_enum(State *state, PyObject *member)
{
    const ClassInfo *info = pyclass_info(state, Py_TYPE(member));
    if (!info || info->is_refused || pyclass_member_number(info, member) < 0)
        return NULL;
    return type_enum(state->types, info);
}

/* ---- things that are known when compiling ---- */

static const Type *typeof_class(State *state, PyObject *class)
{
    const Symbol *name = known_name(state, class);
    if (name)
        return type_compound(state->types, TYPE_BUILTIN, name, NULL, 0);
    const ClassInfo *info = pyclass_info(state, (PyTypeObject *)class);
    return info ? type_class(state->types, info) : NULL;
}

static const Type *typeof_dtype(State *state, PyObject *object)
{
    PyArray_Descr *descr = (PyArray_Descr *)object;
    if ((unsigned)descr->type_num >= TYPE_NUMBERS || !PyArray_ISNBO(descr->byteorder) ||
        state->number_kinds[descr->type_num] == KIND_NONE)
        return NULL;
    return type_dtype(state->types, (ScalarKind)state->number_kinds[descr->type_num]);
}

static const Type *typeof_behaviour(State *state, PyObject *object)
{
    if (PyModule_Check(object))
        return known_module(state, object);
    if (PyType_Check(object))
        return typeof_class(state, object);
    if (PyArray_DescrCheck(object))
        return typeof_dtype(state, object);
    const Symbol *name = known_name(state, object);
    if (name)
        return type_compound(state->types, TYPE_BUILTIN, name, NULL, 0);
    if (object == Py_Ellipsis)
        return state->types->ellipsis;
    return pycode_type(state, object);
}

/* ---- arrays and numbers ---- */

static const Type *typeof_int(State *state, PyObject *object)
{
    uint64_t room[KEY_ROOM];
    Slots slots = {room, room};
    Key key = key_pack_long(object, &slots);
    return key == KEY_FAILED ? NULL : key_type(state, key);
}

static const Type *typeof_array(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type != state->array_type && type != state->memmap_type && type != state->recarray_type)
        return NULL;
    Key key = key_of_array(state, (PyArrayObject *)object);
    return key == KEY_FAILED ? NULL : key_type(state, key);
}

static const Type *typeof_number(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyLong_Type)
        return typeof_int(state, object);
    uint32_t kind = type == &PyFloat_Type     ? SCALAR_FLOAT
                    : type == &PyBool_Type    ? SCALAR_BOOL
                    : type == &PyComplex_Type ? SCALAR_COMPLEX
                                              : state_kind_of_type(state, type);
    return kind == KIND_NONE ? NULL : type_scalar(state->types, (ScalarKind)kind);
}

/* Everything but what typeof_constant treats otherwise. */
static const Type *typeof_any(State *state, PyObject *object, TypeOf *element)
{
    PyTypeObject *type = Py_TYPE(object);
    const Type *number = typeof_number(state, object);
    if (number)
        return number;
    if (object == Py_None)
        return state->types->none;
    if (type == &PyUnicode_Type)
        return state->types->str;
    if (PyArray_Check(object))
        return typeof_array(state, object);
    if (pyclass_is_enum(state, type))
        return typeof_enum(state, object);
    if (type == &PyTuple_Type || pyclass_is_namedtuple(type))
        return typeof_tuple(state, object, element);
    if (type == &PyRange_Type)
        return typeof_triple(state, object, TYPE_RANGE, element);
    if (type == &PySlice_Type)
        return typeof_triple(state, object, TYPE_SLICE, element);
    return typeof_behaviour(state, object);
}

const Type *typeof_object(State *state, PyObject *object)
{
    return typeof_any(state, object, typeof_object);
}

const Type *typeof_constant(State *state, PyObject *object)
{
    Constant constant;
    if (PyBool_Check(object))
        return type_const_bool(state->types, object == Py_True);
    if (PyLong_CheckExact(object) && convert_int128_from(object, &constant.integer))
        return type_const_int(state->types, constant.integer);
    if (PyUnicode_CheckExact(object)) {
        Py_ssize_t length;
        const char *text = PyUnicode_AsUTF8AndSize(object, &length);
        return text ? type_const_str(state->types,
                                     intern_text(state->names, text, (size_t)length))
                    : NULL;
    }
    return typeof_any(state, object, typeof_constant);
}

/* ---- other exporters of memory ---- */

static bool has_method(PyTypeObject *type, const char *name)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)type, name);
    PyErr_Clear();
    Py_XDECREF(method);
    return method != NULL;
}

/* Series of pandas, polars and Arrow, which give their memory by __array__. */
static bool is_series(PyTypeObject *type)
{
    static const char *const packages[] = {"pandas", "polars", "pyarrow"};
    PyObject *module = PyObject_GetAttrString((PyObject *)type, "__module__");
    const char *text = module && PyUnicode_Check(module) ? PyUnicode_AsUTF8(module) : NULL;
    bool is_one = false;
    for (int i = 0; text && i < 3; i++) {
        size_t length = strlen(packages[i]);
        is_one |= strncmp(text, packages[i], length) == 0 && strchr(".", text[length]);
    }
    Py_XDECREF(module);
    PyErr_Clear();
    return is_one && has_method(type, "__array__");
}

static PyObject *call_numpy(const char *function, PyObject *object, bool copy_never)
{
    PyObject *numpy = PyImport_ImportModule("numpy"), *callable = NULL, *args = NULL,
             *keywords = NULL, *result = NULL;
    if (numpy)
        callable = PyObject_GetAttrString(numpy, function);
    args = PyTuple_Pack(1, object);
    keywords = copy_never ? Py_BuildValue("{s:O}", "copy", Py_False) : NULL;
    if (callable && args && !PyErr_Occurred())
        result = PyObject_Call(callable, args, keywords);
    Py_XDECREF(numpy);
    Py_XDECREF(callable);
    Py_XDECREF(args);
    Py_XDECREF(keywords);
    return result;
}

PyObject *typeof_adapt(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *array = NULL;
    if (PyArray_Check(object) || PyBytes_Check(object) || PyType_Check(object))
        return NULL;
    if (PyObject_CheckBuffer(object) || is_series(type))
        array = call_numpy("asarray", object, true);
    else if (has_method(type, "__dlpack__"))
        array = call_numpy("from_dlpack", object, false);
    if (array && (Py_TYPE(array) != state->array_type ||
                  key_of_array(state, (PyArrayObject *)array) == KEY_FAILED))
        Py_CLEAR(array);
    if (!array)
        PyErr_Clear();
    return array;
}

/* ---- refusals ---- */

static const char *advice_for_array(State *state, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type != state->array_type && type != state->memmap_type && type != state->recarray_type)
        return strcmp(type->tp_name, "MaskedArray") == 0 ||
                       strcmp(type->tp_name, "numpy.ma.MaskedArray") == 0
                   ? "pass its data and its mask as two arrays: %s.data, %s.mask"
                   : "its operations may differ from an array's; pass np.asarray(%s)";
    PyArray_Descr *descr = PyArray_DESCR((PyArrayObject *)object);
    if ((unsigned)descr->type_num < TYPE_NUMBERS &&
        state->number_kinds[descr->type_num] != KIND_NONE)
        return "its byte order is not this machine's; pass "
               "%s.astype(%s.dtype.newbyteorder('='))";
    if (descr->type_num == NPY_OBJECT)
        return "its elements are Python objects; pass an array of numbers: %s.astype(float)";
    if (descr->type_num == NPY_LONGDOUBLE || descr->type_num == NPY_CLONGDOUBLE)
        return "extended precision is not compiled; pass %s.astype(float) or .astype(complex)";
    return "arrays of this dtype are not compiled yet; pass arrays of numbers";
}

static const char *advice(State *state, PyObject *object)
{
    if (pyclass_is_enum(state, Py_TYPE(object)) && !PyNumber_Check(object))
        return "pass %s.value, or compare it outside";
    if (PyTuple_Check(object) && pyclass_is_namedtuple(Py_TYPE(object)) &&
        pyclass_info(state, Py_TYPE(object))->is_refused)
        return "its class redefines what Python does with a tuple, such as its length or "
               "items; "
               "pass tuple(%s)";
    if (PyArray_Check(object))
        return advice_for_array(state, object);
    if (PyList_Check(object) || PySet_Check(object))
        return "lists and sets are not accepted yet; pass np.asarray(%s), or a tuple";
    if (PyDict_Check(object))
        return "dicts are not accepted yet; pass the values one by one, or np.asarray of them";
    if (PyArray_IsScalar(object, Generic) && !PyUnicode_Check(object) && !PyBytes_Check(object))
        return "scalars of this dtype are not compiled; pass a number";
    if (PyLong_Check(object))
        return "pass int(%s)";
    if (PyFloat_Check(object))
        return "pass float(%s)";
    if (PyUnicode_Check(object))
        return "pass str(%s)";
    if (PyTuple_Check(object))
        return "an element of it has a type that Martlet does not take";
    if (has_method(Py_TYPE(object), "__array__"))
        return "pass np.asarray(%s)";
    return "pass numbers, tuples or arrays: np.asarray(%s), or its attributes one by one";
}

/* "%s" in the advice is the parameter's name. */
static PyObject *advice_text(const char *format, const char *parameter)
{
    PyObject *template = PyUnicode_FromString(format), *result = NULL;
    PyObject *mark = PyUnicode_FromString("%s"), *name = PyUnicode_FromString(parameter);
    if (template && mark && name)
        result = PyUnicode_Replace(template, mark, name, -1);
    Py_XDECREF(template);
    Py_XDECREF(mark);
    Py_XDECREF(name);
    return result;
}

static void refuse_int(const char *parameter, const char *function)
{
    PyErr_Format(PyExc_OverflowError,
                 "argument '%s' of %s() is an int below -2**63 or above 2**64-1, and Martlet "
                 "carries ints in 64 bits; pass float(%s), or parts of it",
                 parameter, function, parameter);
}

static PyObject *describe(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *module = PyObject_GetAttrString((PyObject *)type, "__module__"), *text = NULL;
    PyObject *name = PyObject_GetAttrString((PyObject *)type, "__qualname__");
    if (!module || !name)
        PyErr_Clear();
    if (!name)
        text = PyUnicode_FromString(type->tp_name);
    else if (!module || PyUnicode_CompareWithASCIIString(module, "builtins") == 0)
        text = Py_NewRef(name);
    else
        text = PyUnicode_FromFormat("%S.%S", module, name);
    if (text && PyArray_Check(object)) {
        PyObject *full = PyUnicode_FromFormat(
            "%U of dtype %S", text, (PyObject *)PyArray_DESCR((PyArrayObject *)object));
        Py_SETREF(text, full);
    }
    Py_XDECREF(module);
    Py_XDECREF(name);
    return text;
}

void typeof_refuse(State *state, PyObject *object, const char *parameter, const char *function)
{
    if (PyErr_Occurred())
        return;
    if (PyLong_CheckExact(object)) {
        refuse_int(parameter, function);
        return;
    }
    PyObject *what = describe(object);
    PyObject *help = what ? advice_text(advice(state, object), parameter) : NULL;
    PyObject *text = NULL;
    if (help)
        text =
            PyUnicode_FromFormat("argument '%s' of %s() is of type %U, which Martlet does not "
                                 "take: %U",
                                 parameter, function, what, help);
    if (text)
        error_raise(state, "TypingError", text);
    Py_XDECREF(what);
    Py_XDECREF(help);
    Py_XDECREF(text);
}
