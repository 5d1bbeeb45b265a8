/* The library in the compiled language: functions of martlet/library by what they implement. */
#ifndef MARTLET_PYTHON_LIBRARY_H
#define MARTLET_PYTHON_LIBRARY_H

#include "python/state.h"

/* Imports the library's index, unless that is done. -1 with an exception. */
int library_open(State *state);
/* The Python function that implements "numpy.ptp" or "ndarray.sum". Borrowed; NULL when there is none, with
 * an exception when something failed, and with *root ("numpy", a new reference) when modules have
 * to be loaded first. */
PyObject *library_find(State *state, const char *qualname, PyObject **root);
/* Loads them; not during a compile, since they are imported. -1 with an exception. */
int library_load(State *state, PyObject *root);

#endif
