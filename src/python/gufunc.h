/* Generalised ufuncs: a compiled function over arrays, called for each item of the outer dimensions. */
#ifndef MARTLET_PYTHON_GUFUNC_H
#define MARTLET_PYTHON_GUFUNC_H

#include "python/dispatcher.h"

/* A gufunc of `layout`, "(m,n),(n)->(m)", around a dispatcher whose function takes the inputs and the
 * outputs. `signatures`: a sequence of sequences of parameter types; empty: compiled on demand,
 * where dtype= or signature= say what the outputs are: NumPy does not show a promoter out=. `written`: a bit
 * for each input that the function may write. NULL with an exception. */
PyObject *gufunc_new(State *state, Dispatcher *d, PyObject *signatures, const char *layout,
                     uint64_t written);

#endif
