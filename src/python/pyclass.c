/* Descriptions of Python classes. See pyclass.h. */
#include "python/pyclass.h"

#include "python/convert.h"
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

/* Appends the numbers in a value that its type does not tell. False: there is something else in it. */
static bool add_numbers(State *state, const Type *type, PyObject *object, Constant *numbers,
                        uint32_t *count)
{
    if (type->kind == TYPE_SCALAR)
        return convert_constant_from(state, type, object, &numbers[(*count)++]);
    if (type->kind != TYPE_TUPLE)
        return layout_part_count(type) == 0;
    for (uint32_t i = 0; i < type->count; i++)
        if (!add_numbers(state, type->elements[i], PyTuple_GET_ITEM(object, i), numbers, count))
            return false;
    return true;
}

/* Leaves `value` without a type where Martlet does not know the object. */
static int fill_value(State *state, ClassValue *value, PyObject *object)
{
    uint32_t count = 0;
    const Type *type = typeof_constant(state, object);
    if (type) {
        Constant *numbers =
            ARENA_ARRAY(engine_arena(state->engine), Constant, layout_part_count(type) + 1);
        if (add_numbers(state, type, object, numbers, &count))
            *value = (ClassValue){type, numbers};
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int fill_values(State *state, ClassInfo *info, PyObject *members)
{
    ClassValue *values = ARENA_ARRAY(engine_arena(state->engine), ClassValue, info->count);
    info->values = values;
    for (uint32_t i = 0; i < info->count; i++) {
        PyObject *value = PyObject_GetAttrString(PyTuple_GET_ITEM(members, i), "_value_");
        int status = value ? fill_value(state, &values[i], value) : -1;
        Py_XDECREF(value);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int fill_defaults(State *state, ClassInfo *info, PyTypeObject *class)
{
    PyObject *defaults = PyObject_GetAttrString((PyObject *)class, "_field_defaults");
    ClassValue *values = ARENA_ARRAY(engine_arena(state->engine), ClassValue, info->count);
    int status = 0;
    info->values = values;
    if (!defaults || !PyDict_Check(defaults))
        PyErr_Clear();
    for (uint32_t i = 0; defaults && PyDict_Check(defaults) && i < info->count && !status;
         i++) {
        PyObject *value = PyDict_GetItemString(defaults, info->fields[i]->text);
        status = value ? fill_value(state, &values[i], value) : 0;
    }
    Py_XDECREF(defaults);
    return status;
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
    info->is_enum = true;
    info->is_int_enum = PyType_IsSubtype(class, &PyLong_Type);
    Py_XDECREF(names);
    return status;
}

/* Methods of a user's class that compiled code calls, or that Python's namedtuple itself puts there. */
static bool is_method_taken(const char *name)
{
    static const char *const taken[] = {
        "__new__",
        "__init__",
        "__repr__",
        "__str__",
        "__format__",
        "__reduce__",
        "__reduce_ex__",
        "__getnewargs__",
        "__replace__",
        "__doc__",
        "__sizeof__",
        "__copy__",
        "__deepcopy__",
        "__getstate__",
        "__setstate__",
        "__dir__",
        "__init_subclass__",
        "__class_getitem__",
        "__annotate__",
        "__annotate_func__",
        "__call__",
        "__neg__",
        "__pos__",
        "__invert__",
        "__abs__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
    };
    static const char operators[] =
        " add sub mul truediv floordiv mod pow lshift rshift and or xor matmul ";
    char word[32];
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(name, taken[i]) == 0)
            return true;
    for (size_t skip = 2; skip <= 3 && length > skip + 2 && length < sizeof word; skip++) {
        snprintf(word, sizeof word, " %.*s ", (int)(length - skip - 2), name + skip);
        if ((skip == 2 || name[2] == 'i' || name[2] == 'r') && strstr(operators, word))
            return true;
    }
    return false;
}

static bool is_of_enum_module(PyTypeObject *class)
{
    PyObject *module = PyObject_GetAttrString((PyObject *)class, "__module__");
    bool is = module && PyUnicode_Check(module) &&
              PyUnicode_CompareWithASCIIString(module, "enum") == 0;
    Py_XDECREF(module);
    PyErr_Clear();
    return is;
}

/* Does a class between this one and Python's own define how Python treats its objects in a way that compiled
 * code would not follow: its length, truth, items …? */
static bool defines_behaviour(PyTypeObject *class)
{
    PyObject *mro = class->tp_mro, *name, *value;
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        Py_ssize_t at = 0;
        if (!PyType_HasFeature(base, Py_TPFLAGS_HEAPTYPE) || is_of_enum_module(base))
            return false;
        while (PyDict_Next(base->tp_dict, &at, &name, &value)) {
            const char *text = PyUnicode_AsUTF8(name);
            if (text && strncmp(text, "__", 2) == 0 && PyFunction_Check(value) &&
                !is_method_taken(text))
                return true;
        }
    }
    return false;
}

/* Of enums only those without a type of their own, and ints; flags combine to members without a name. */
static bool is_refused_enum(PyTypeObject *class)
{
    PyObject *type = PyObject_GetAttrString((PyObject *)class, "_member_type_");
    bool is_flag = PyObject_HasAttrString((PyObject *)class, "_boundary_");
    bool is_plain = type == (PyObject *)&PyBaseObject_Type || type == (PyObject *)&PyLong_Type;
    Py_XDECREF(type);
    PyErr_Clear();
    return is_flag || !is_plain;
}

/* Does the class make its objects as namedtuple's does? */
static bool has_own_new(PyTypeObject *class)
{
    PyObject *mro = class->tp_mro, *new = PyUnicode_InternFromString("__new__"),
             *init = PyUnicode_InternFromString("__init__");
    PyObject *fields = PyUnicode_InternFromString("_fields");
    bool has = !new || !init || !fields ||
               _PyType_Lookup(class, init) != _PyType_Lookup(&PyTuple_Type, init);
    for (Py_ssize_t i = 0; !has && mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (base->tp_dict && PyDict_Contains(base->tp_dict, fields) == 1) {
            has = _PyType_Lookup(class, new) != _PyType_Lookup(base, new);
            break;
        }
    }
    Py_XDECREF(new);
    Py_XDECREF(init);
    Py_XDECREF(fields);
    return has;
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
        info->is_refused = is_refused_enum(class) || defines_behaviour(class);
        Py_XDECREF(members);
        return status;
    }
    if (!pyclass_is_namedtuple(class))
        return 0;
    info->is_refused = defines_behaviour(class);
    info->has_own_new = has_own_new(class);
    PyObject *fields = PyObject_GetAttrString((PyObject *)class, "_fields");
    int status = fields ? fill_fields(state, info, fields) : -1;
    Py_XDECREF(fields);
    return status == 0 ? fill_defaults(state, info, class) : status;
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
