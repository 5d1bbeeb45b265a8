/* Internals that the tests reach: _core._test_…. */
#ifndef MARTLET_PYTHON_TESTING_H
#define MARTLET_PYTHON_TESTING_H

#include "python/state.h"

extern PyMethodDef testing_methods[];

#endif
