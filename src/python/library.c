/* Finding library functions. The registry is a dict that the modules of martlet.library fill when they
 * are imported; which are is in a set of roots. See library.h. */
#include "python/library.h"

static PyObject *attribute(const char *name, PyTypeObject *type)
{
    PyObject *module = PyImport_ImportModule("martlet.library");
    PyObject *object = module ? PyObject_GetAttrString(module, name) : NULL;
    Py_XDECREF(module);
    if (object && type && Py_TYPE(object) != type) {
        PyErr_Format(PyExc_TypeError, "martlet.library.%s must be a %s", name, type->tp_name);
        Py_CLEAR(object);
    }
    return object;
}

int library_open(State *state)
{
    if (!state->library)
        state->library = attribute("registry", &PyDict_Type);
    if (!state->library_roots)
        state->library_roots = attribute("loaded", &PySet_Type);
    return state->library && state->library_roots ? 0 : -1;
}

PyObject *library_find(State *state, const char *qualname, PyObject **root)
{
    *root = NULL;
    if (library_open(state) < 0)
        return NULL;
    PyObject *name = PyUnicode_FromString(qualname);
    PyObject *function = name ? PyDict_GetItemWithError(state->library, name) : NULL;
    Py_XDECREF(name);
    if (function || PyErr_Occurred())
        return function;
    PyObject *first = PyUnicode_FromStringAndSize(qualname, (Py_ssize_t)strcspn(qualname, "."));
    if (first && PySet_Contains(state->library_roots, first) == 0)
        *root = first;
    else
        Py_XDECREF(first);
    return NULL;
}

int library_load(State *state, PyObject *root)
{
    (void)state;
    PyObject *load = attribute("load", NULL);
    PyObject *done = load ? PyObject_CallOneArg(load, root) : NULL;
    Py_XDECREF(load);
    Py_XDECREF(done);
    return done ? 0 : -1;
}
