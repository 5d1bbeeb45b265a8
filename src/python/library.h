/* The library in the compiled language: functions of martlet/library by what they implement. */
#ifndef MARTLET_PYTHON_LIBRARY_H
#define MARTLET_PYTHON_LIBRARY_H

#include "python/state.h"

/* Imports the library, unless that is done. -1 with an exception. */
int library_open(State *state);
/* The Python function that implements "numpy.ptp" or "ndarray.sum". Borrowed; NULL when there is none,
 * or with an exception when the library does not load. */
PyObject *library_find(State *state, const char *qualname);

#endif
