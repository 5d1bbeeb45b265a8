/* Descriptions of Python classes. See pyclass.h. */
#include "python/pyclass.h"

#include "python/typeof.h"

static const char capsule_name[] = "martlet.ClassInfo";

bool pyclass_is_enum(const State *state, PyTypeObject *class)
{
    return PyType_IsSubtype(class, state->enum_type);
}

bool pyclass_is_namedtuple(PyTypeObject *class)
{
    if (!PyType_IsSubtype(class, &PyTuple_Type))
        return false;
    PyObject *fields = PyObject_GetAttrString((PyObject *)class, "_fields");
    bool is_named = fields && PyTuple_Check(fields);
    for (Py_ssize_t i = 0; is_named && i < PyTuple_GET_SIZE(fields); i++)
        is_named = PyUnicode_Check(PyTuple_GET_ITEM(fields, i));
    Py_XDECREF(fields);
    PyErr_Clear();
    return is_named;
}

static const Symbol *symbol_from(State *state, PyObject *text)
{
    Py_ssize_t length;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &length);
    return bytes ? intern_text(state->names, bytes, (size_t)length) : NULL;
}

static const Symbol *qualified_name(State *state, PyTypeObject *class)
{
    PyObject *module = PyObject_GetAttrString((PyObject *)class, "__module__");
    PyObject *name = PyObject_GetAttrString((PyObject *)class, "__qualname__");
    PyErr_Clear();
    PyObject *full = NULL;
    if (module && name && PyUnicode_Check(module) && PyUnicode_Check(name))
        full = PyUnicode_FromFormat("%U.%U", module, name);
    else
        full = PyUnicode_FromString(class->tp_name);
    const Symbol *symbol = full ? symbol_from(state, full) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(name);
    Py_XDECREF(full);
    return symbol;
}

/* `names`: the fields of a namedtuple, or the members' names of an enum. */
static int fill_fields(State *state, ClassInfo *info, PyObject *names)
{
    Py_ssize_t count = PyTuple_GET_SIZE(names);
    Arena *arena = engine_arena(state->engine);
    info->fields = ARENA_ARRAY(arena, const Symbol *, count);
    for (Py_ssize_t i = 0; i < count; i++)
        if (!(info->fields[i] = symbol_from(state, PyTuple_GET_ITEM(names, i))))
            return -1;
    info->count = (uint32_t)count;
    return 0;
}

/* Types of the members' values: Const where the value can be one; a value of a type that Martlet
 * does not know leaves the enum without values. */
static int fill_values(State *state, ClassInfo *info, PyObject *members)
{
    Arena *arena = engine_arena(state->engine);
    info->values = ARENA_ARRAY(arena, const Type *, info->count);
    for (uint32_t i = 0; i < info->count; i++) {
        PyObject *value = PyObject_GetAttrString(PyTuple_GET_ITEM(members, i), "_value_");
        if (!value)
            return -1;
        info->values[i] = typeof_constant(state, value);
        Py_DECREF(value);
        if (PyErr_Occurred())
            return -1;
        if (!info->values[i])
            info->values[i] = state->types->never;
    }
    return 0;
}

static int fill_enum(State *state, ClassInfo *info, PyTypeObject *class, PyObject *members)
{
    Py_ssize_t count = PyTuple_GET_SIZE(members);
    PyObject *names = PyTuple_New(count);
    int status = names ? 0 : -1;
    for (Py_ssize_t i = 0; status == 0 && i < count; i++) {
        PyObject *name = PyObject_GetAttrString(PyTuple_GET_ITEM(members, i), "_name_");
        status = name ? 0 : -1;
        if (name)
            PyTuple_SET_ITEM(names, i, name);
    }
    if (status == 0)
        status = fill_fields(state, info, names);
    if (status == 0)
        status = fill_values(state, info, members);
    info->is_int_enum = PyType_IsSubtype(class, &PyLong_Type);
    Py_XDECREF(names);
    return status;
}

static int fill_info(State *state, ClassInfo *info, PyTypeObject *class)
{
    info->handle = class;
    info->name = qualified_name(state, class);
    if (!info->name)
        return -1;
    if (pyclass_is_enum(state, class)) {
        PyObject *members = PySequence_Tuple((PyObject *)class); /* in order, without aliases */
        int status = members ? fill_enum(state, info, class, members) : -1;
        Py_XDECREF(members);
        return status;
    }
    if (!pyclass_is_namedtuple(class))
        return 0;
    PyObject *fields = PyObject_GetAttrString((PyObject *)class, "_fields");
    int status = fields ? fill_fields(state, info, fields) : -1;
    Py_XDECREF(fields);
    return status;
}

const ClassInfo *pyclass_info(State *state, PyTypeObject *class)
{
    PyObject *capsule = PyDict_GetItemWithError(state->classes, (PyObject *)class);
    if (capsule)
        return PyCapsule_GetPointer(capsule, capsule_name);
    if (PyErr_Occurred())
        return NULL;
    ClassInfo *info = ARENA_NEW(engine_arena(state->engine), ClassInfo);
    if (fill_info(state, info, class) < 0 ||
        !(capsule = PyCapsule_New(info, capsule_name, NULL)))
        return NULL;
    int status = PyDict_SetItem(state->classes, (PyObject *)class, capsule);
    Py_DECREF(capsule);
    return status == 0 ? info : NULL;
}

PyObject *pyclass_member(const ClassInfo *info, uint32_t number)
{
    if (number >= info->count) {
        PyErr_SetString(PyExc_SystemError, "martlet: an enum has no member of that number");
        return NULL;
    }
    PyObject *members = PyObject_GetAttrString(info->handle, "_member_map_");
    PyObject *member = NULL;
    if (members)
        member = PyMapping_GetItemString(members, info->fields[number]->text);
    Py_XDECREF(members);
    return member;
}

int64_t pyclass_member_number(const ClassInfo *info, PyObject *member)
{
    if (Py_TYPE(member) != (PyTypeObject *)info->handle)
        return -1;
    PyObject *name = PyObject_GetAttrString(member, "_name_");
    const char *text = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    int64_t number = -1;
    for (uint32_t i = 0; text && i < info->count; i++)
        if (strcmp(info->fields[i]->text, text) == 0)
            number = i;
    Py_XDECREF(name);
    PyErr_Clear();
    return number;
}
