/* NumPy's C-API, the one way to include it. module.c fills the tables; the pointers to them are
 * the only mutable data of file scope in the tree, and NumPy's headers ask for it. */
#ifndef MARTLET_PYTHON_NUMPY_H
#define MARTLET_PYTHON_NUMPY_H

#include <Python.h>

#define PY_ARRAY_UNIQUE_SYMBOL martlet_array_api
#define PY_UFUNC_UNIQUE_SYMBOL martlet_ufunc_api
#ifndef MARTLET_FILLS_NUMPY
#define NO_IMPORT_ARRAY
#define NO_IMPORT_UFUNC
#endif

#include <numpy/arrayobject.h>
#include <numpy/arrayscalars.h>
#include <numpy/ufuncobject.h>

#endif
