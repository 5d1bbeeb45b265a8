/* Known objects: functions and classes of Python and NumPy that the compiler knows by name.
 *
 * Found by identity, whatever name or module they are reached through. A module's public objects are
 * registered when it is first met; at the first compile those of builtins, math, cmath, operator and
 * numpy. Only modules listed in known.c count: others hold ordinary functions, to be compiled.
 */
#ifndef MARTLET_PYTHON_KNOWN_H
#define MARTLET_PYTHON_KNOWN_H

#include "python/state.h"

typedef struct Known Known;

/* Registers the first modules, unless that is done. Best before a compile, which must not run out
 * of memory in the middle of Python code. -1 with an exception. */
int known_open(State *state);
/* "numpy.sqrt" for np.sqrt; NULL, without exception, for an object without such a name. */
const Symbol *known_name(State *state, PyObject *object);
/* The object of a Builtin or Module type. NULL with an exception. */
PyObject *known_object(State *state, const Type *type);
/* Looks the qualified name up: "numpy.ptp", "builtins.ValueError". NULL with an exception. */
PyObject *known_import(const char *qualname);
/* The Module type of a module; registers its objects if it is listed. NULL with an exception. */
const Type *known_module(State *state, PyObject *module);
int known_traverse(Known *known, visitproc visit, void *arg);
void known_free(Known *known);

#endif
