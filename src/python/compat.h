/* What differs between Python 3.11 and 3.14, with and without the GIL. */
#ifndef MARTLET_PYTHON_COMPAT_H
#define MARTLET_PYTHON_COMPAT_H

#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/* Objects are guarded by the GIL; where there is none, by a lock in each object. */
#if PY_VERSION_HEX < 0x030D0000
#define Py_BEGIN_CRITICAL_SECTION(object) {
#define Py_END_CRITICAL_SECTION() }
#endif

/* True, with the value, for an int of at most one digit: nearly every int that programs pass. */
static inline bool compat_long_is_small(PyObject *object, int64_t *value)
{
#if PY_VERSION_HEX >= 0x030C0000
    if (!PyUnstable_Long_IsCompact((PyLongObject *)object))
        return false;
    *value = PyUnstable_Long_CompactValue((PyLongObject *)object);
    return true;
#else
    Py_ssize_t size = Py_SIZE(object);
    if (size < -1 || size > 1)
        return false;
    *value = (int64_t)size * (int64_t)((PyLongObject *)object)->ob_digit[0];
    return true;
#endif
}

/* Sets the exception aside and gives it back as one object. */
static inline PyObject *compat_exception_take(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type)
        return NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback)
        PyException_SetTraceback(value, traceback);
    Py_DECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* Raises `exception` (stolen) with the traceback it carries. */
static inline void compat_exception_give(PyObject *exception)
{
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(exception);
#else
    PyObject *type = Py_NewRef((PyObject *)Py_TYPE(exception));
    PyErr_Restore(type, exception, PyException_GetTraceback(exception));
#endif
}

/* The value of a dictionary's key as a new reference. 1 found, 0 absent, -1 an exception is set. */
static inline int compat_dict_get(PyObject *dict, PyObject *key, PyObject **value)
{
#if PY_VERSION_HEX >= 0x030D0000
    return PyDict_GetItemRef(dict, key, value);
#else
    *value = Py_XNewRef(PyDict_GetItemWithError(dict, key));
    return *value ? 1 : PyErr_Occurred() ? -1 : 0;
#endif
}

/* Counters of objects in use: plain under the GIL. */
#ifdef Py_GIL_DISABLED
#include <stdatomic.h>
typedef _Atomic(int64_t) CompatCount;
#define COMPAT_COUNT_ADD(count, n) \
    (atomic_fetch_add_explicit((count), (n), memory_order_acq_rel) + (n))
#else
typedef int64_t CompatCount;
#define COMPAT_COUNT_ADD(count, n) (*(count) += (n))
#endif

#endif
