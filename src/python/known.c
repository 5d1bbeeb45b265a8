/* Known objects. See known.h. */
#include "python/known.h"

#include <string.h>

#include "base/map.h"

struct Known {
    Map names;         /* object → Symbol */
    Map modules;       /* module → Symbol, once registered */
    PyObject *objects; /* by name: keeps them alive */
};

/* Modules whose functions are primitives or have library implementations. */
static const char *const listed[] = {
    "builtins",
    "math",
    "cmath",
    "operator",
    "numpy",
    "numpy.linalg",
    "numpy.random",
    "numpy.fft",
    "numpy.lib.stride_tricks",
    "statistics",
    "heapq",
    "bisect",
    "random",
    "martlet.intrinsics",
};
enum { LISTED_COUNT = sizeof listed / sizeof listed[0], AT_ONCE = 6 };

static bool is_listed(const char *name)
{
    for (int i = 0; i < LISTED_COUNT; i++)
        if (strcmp(name, listed[i]) == 0)
            return true;
    return false;
}

/* Numbers, strings and modules are values; what has behaviour is known by name. */
static bool has_behaviour(const State *state, PyObject *object)
{
    return !(PyNumber_Check(object) && !PyType_Check(object)) && !PyUnicode_Check(object) &&
           !PyModule_Check(object) && !PyTuple_Check(object) && object != Py_None &&
           object != Py_Ellipsis && !PyDict_Check(object) && !PyList_Check(object) &&
           !PySet_Check(object) && !PyBytes_Check(object) &&
           Py_TYPE(object) != state->array_type && !PyArray_DescrCheck(object);
}

static int put(State *state, PyObject *object, const char *module, const char *name)
{
    Known *known = state->known;
    if (map_get(&known->names, map_key(object)))
        return 0;
    PyObject *full = PyUnicode_FromFormat("%s.%s", module, name);
    int status = full ? PyDict_SetItem(known->objects, full, object) : -1;
    if (status == 0) {
        const Symbol *symbol = intern_cstr(state->names, PyUnicode_AsUTF8(full));
        map_set(engine_arena(state->engine), &known->names, map_key(object), (void *)symbol);
    }
    Py_XDECREF(full);
    return status;
}

/* Does the object call itself `name`? Of several names of one object that one is taken. */
static bool is_own_name(PyObject *object, PyObject *name)
{
    PyObject *own = PyObject_GetAttrString(object, "__name__");
    bool is_own = own && PyUnicode_Check(own) && PyUnicode_Compare(own, name) == 0;
    Py_XDECREF(own);
    PyErr_Clear();
    return is_own;
}

static int register_objects(State *state, PyObject *dict, const char *module, bool own_names)
{
    PyObject *name, *object;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &name, &object)) {
        const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
        if (!text || text[0] == '_' || !has_behaviour(state, object) ||
            (own_names && !is_own_name(object, name)))
            continue;
        if (put(state, object, module, text) < 0)
            return -1;
    }
    PyErr_Clear();
    return 0;
}

static int register_module(State *state, PyObject *module, const char *name)
{
    Known *known = state->known;
    const Symbol *symbol = intern_cstr(state->names, name);
    map_set(engine_arena(state->engine), &known->modules, map_key(module), (void *)symbol);
    PyObject *full = PyUnicode_FromString(name);
    int status = full ? PyDict_SetItem(known->objects, full, module) : -1;
    Py_XDECREF(full);
    if (status < 0 || !is_listed(name))
        return status;
    PyObject *dict = PyDict_Copy(PyModule_GetDict(module));
    status = dict ? register_objects(state, dict, name, true) : -1;
    if (status == 0)
        status = register_objects(state, dict, name, false);
    Py_XDECREF(dict);
    return status;
}

/* NumPy's scalar classes go by the names of our kinds ("bool_", not "bool"). */
static int register_scalars(State *state)
{
    for (int kind = 0; kind < SCALAR_COUNT; kind++)
        if (!scalar_is_weak((ScalarKind)kind) &&
            put(state, (PyObject *)state->scalar_types[kind], "numpy",
                scalar_name((ScalarKind)kind)) < 0)
            return -1;
    return 0;
}

static int fill(State *state)
{
    if (register_scalars(state) < 0)
        return -1;
    for (int i = 0; i < AT_ONCE; i++) {
        PyObject *module = PyImport_ImportModule(listed[i]);
        int status = module ? register_module(state, module, listed[i]) : -1;
        Py_XDECREF(module);
        if (status < 0)
            return -1;
    }
    return 0;
}

static Known *get(State *state)
{
    if (state->known)
        return state->known;
    Known *known = PyMem_Calloc(1, sizeof *known);
    if (!known || !(known->objects = PyDict_New())) {
        PyMem_Free(known);
        return (Known *)PyErr_NoMemory();
    }
    state->known = known;
    if (fill(state) < 0) {
        state->known = NULL;
        known_free(known);
        return NULL;
    }
    return known;
}

int known_open(State *state)
{
    return get(state) ? 0 : -1;
}

const Symbol *known_name(State *state, PyObject *object)
{
    Known *known = get(state);
    if (!known) {
        PyErr_Clear();
        return NULL;
    }
    return map_get(&known->names, map_key(object));
}

PyObject *known_import(const char *qualname)
{
    const char *dot = strrchr(qualname, '.');
    if (!dot)
        return PyImport_ImportModule(qualname);
    PyObject *parent_name = PyUnicode_FromStringAndSize(qualname, dot - qualname);
    PyObject *parent = parent_name ? PyImport_Import(parent_name) : NULL, *object = NULL;
    if (parent_name && !parent && PyErr_ExceptionMatches(PyExc_ImportError)) {
        PyErr_Clear(); /* "numpy.add.reduce": numpy.add is no module */
        const char *text = PyUnicode_AsUTF8(parent_name);
        parent = text && strchr(text, '.') ? known_import(text) : NULL;
        if (!parent && !PyErr_Occurred())
            PyErr_Format(PyExc_ImportError, "no module named '%U'", parent_name);
    }
    if (parent)
        object = PyObject_GetAttrString(parent, dot + 1);
    Py_XDECREF(parent_name);
    Py_XDECREF(parent);
    return object;
}

PyObject *known_object(State *state, const Type *type)
{
    Known *known = get(state);
    if (!known)
        return NULL;
    PyObject *name = PyUnicode_FromString(type->name->text), *object = NULL;
    if (!name)
        return NULL;
    if (compat_dict_get(known->objects, name, &object) == 0)
        object =
            type->kind == TYPE_MODULE ? PyImport_Import(name) : known_import(type->name->text);
    Py_DECREF(name);
    return object;
}

const Type *known_module(State *state, PyObject *module)
{
    Known *known = get(state);
    if (!known)
        return NULL;
    const Symbol *name = map_get(&known->modules, map_key(module));
    if (!name) {
        const char *text = PyModule_GetName(module);
        if (!text || register_module(state, module, text) < 0)
            return NULL;
        name = map_get(&known->modules, map_key(module));
    }
    return type_compound(state->types, TYPE_MODULE, name, NULL, 0);
}

int known_traverse(Known *known, visitproc visit, void *arg)
{
    if (known)
        Py_VISIT(known->objects);
    return 0;
}

void known_free(Known *known)
{
    if (known)
        Py_CLEAR(known->objects);
    PyMem_Free(known);
}
