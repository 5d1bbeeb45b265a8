/* NumPy ufuncs whose loops are compiled. See ufunc.c. */
#ifndef MARTLET_PYTHON_UFUNC_H
#define MARTLET_PYTHON_UFUNC_H

#include "python/dispatcher.h"

/* A ufunc around the scalar function of a dispatcher. `signatures`: a sequence of (result or None,
 * params), whose loops are compiled at once; empty: loops are compiled on demand. `identity`: None,
 * 0, 1, -1 or "reorderable". `results`: how many numbers the function returns. NULL with an exception. */
PyObject *ufunc_new(State *state, Dispatcher *d, PyObject *signatures, PyObject *identity,
                    uint32_t results);
/* The dispatcher of a ufunc that ufunc_new made; borrowed. NULL, without exception, for others. */
Dispatcher *ufunc_dispatcher(State *state, PyObject *ufunc);

#endif
