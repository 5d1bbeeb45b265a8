/* Finding library functions. The registry is a dict that martlet.library fills when it is imported, which
 * is at the first compile that asks for something that is no primitive. */
#include "python/library.h"

int library_open(State *state)
{
    if (state->library)
        return 0;
    PyObject *module = PyImport_ImportModule("martlet.library");
    PyObject *registry = module ? PyObject_GetAttrString(module, "registry") : NULL;
    Py_XDECREF(module);
    if (registry && !PyDict_Check(registry)) {
        PyErr_SetString(PyExc_TypeError, "martlet.library.registry must be a dict");
        Py_CLEAR(registry);
    }
    Py_XSETREF(state->library, registry);
    return registry ? 0 : -1;
}

PyObject *library_find(State *state, const char *qualname)
{
    if (library_open(state) < 0)
        return NULL;
    PyObject *name = PyUnicode_FromString(qualname);
    PyObject *function = name ? PyDict_GetItemWithError(state->library, name) : NULL;
    Py_XDECREF(name);
    return function;
}
