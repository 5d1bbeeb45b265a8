/* Binding arguments to parameters, as Python does it.
 *
 * Only success is handled here. Where arguments do not fit, the caller calls the Python function
 * with them, which raises the TypeError of its version of Python before any of its body runs.
 */
#include "python/dispatcher.h"

static PyCodeObject *code_of(const Dispatcher *d)
{
    return (PyCodeObject *)PyFunction_GET_CODE(d->function);
}

/* Position of packed parameter `i` among the code's variables: *args comes behind keyword-only. */
static Py_ssize_t variable_index(const Dispatcher *d, uint32_t i)
{
    if (!d->has_star || i < d->positional_count)
        return i;
    return i == d->positional_count ? (Py_ssize_t)d->param_count - 1 : (Py_ssize_t)i - 1;
}

PyObject *dispatcher_param_name(const Dispatcher *d, uint32_t i)
{
    PyObject *names = PyCode_GetVarnames(code_of(d));
    PyObject *name = names ? PyTuple_GET_ITEM(names, variable_index(d, i)) : NULL;
    Py_XDECREF(names); /* the code keeps it */
    return name;
}

/* The packed parameter that a keyword names, or -1. */
static int64_t find_param(const Dispatcher *d, PyObject *keyword)
{
    uint32_t first = (uint32_t)code_of(d)->co_posonlyargcount;
    for (uint32_t i = first; i < d->param_count; i++) {
        if (d->has_star && i == d->positional_count)
            continue;
        PyObject *name = dispatcher_param_name(d, i);
        if (name == keyword || (name && PyUnicode_Compare(name, keyword) == 0))
            return i;
    }
    return -1;
}

static bool bind_keywords(const Dispatcher *d, PyObject *const *values, PyObject *keywords,
                          PyObject **bound)
{
    Py_ssize_t count = keywords ? PyTuple_GET_SIZE(keywords) : 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        int64_t param = find_param(d, PyTuple_GET_ITEM(keywords, i));
        if (param < 0 || bound[param])
            return false;
        bound[param] = values[i];
    }
    return true;
}

static PyObject *default_of(const Dispatcher *d, uint32_t i)
{
    if (i < d->positional_count) {
        PyObject *defaults = PyFunction_GET_DEFAULTS(d->function);
        Py_ssize_t count = defaults ? PyTuple_GET_SIZE(defaults) : 0;
        Py_ssize_t at = (Py_ssize_t)i - ((Py_ssize_t)d->positional_count - count);
        return at >= 0 && at < count ? PyTuple_GET_ITEM(defaults, at) : NULL;
    }
    PyObject *defaults = PyFunction_GET_KW_DEFAULTS(d->function);
    PyObject *name = defaults ? dispatcher_param_name(d, i) : NULL;
    return name ? PyDict_GetItemWithError(defaults, name) : NULL;
}

bool bind_arguments(const Dispatcher *d, PyObject *const *args, size_t count,
                    PyObject *keywords, PyObject **bound, PyObject **star)
{
    size_t positional = count < d->positional_count ? count : d->positional_count;
    *star = NULL;
    if (count > positional && !d->has_star)
        return false;
    for (uint32_t i = 0; i < d->param_count; i++)
        bound[i] = i < positional ? args[i] : NULL;
    if (!bind_keywords(d, args + count, keywords, bound))
        return false;
    if (d->has_star) {
        *star = PyTuple_New((Py_ssize_t)(count - positional));
        if (!*star)
            return false;
        for (size_t i = positional; i < count; i++)
            PyTuple_SET_ITEM(*star, (Py_ssize_t)(i - positional), Py_NewRef(args[i]));
        bound[d->positional_count] = *star;
    }
    for (uint32_t i = 0; i < d->param_count; i++)
        if (!bound[i] && !(bound[i] = default_of(d, i)))
            return false;
    return true;
}
