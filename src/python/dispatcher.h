/* Dispatchers: what `jit` makes of a function. */
#ifndef MARTLET_PYTHON_DISPATCHER_H
#define MARTLET_PYTHON_DISPATCHER_H

#include "python/resolve.h"
#include "python/specialisation.h"

typedef struct Dispatcher {
    PyObject_HEAD vectorcallfunc vectorcall;
    State *state;
    PyObject *function; /* the Python function: py_func */
    CodeObject *code;
    PyObject *dict, *weakrefs;
    Row *first; /* the row used last: rows[0], or NULL */
    Row **rows;
    uint32_t row_count, row_cap;
    uint32_t serial; /* of the next specialisation */
    uint64_t calls;  /* that were not quick */
    /* Parameters in the order in which they are packed: positional, *args, keyword-only. */
    uint32_t param_count, positional_count;
    bool has_star;
    bool is_simple; /* positional parameters only */
    bool is_closed; /* explicit signatures: nothing else is compiled */
    bool is_frozen, releases_gil;
    Options options;
    Varying varying;
    PyObject *settings; /* the options as given, for repr and pickling */
} Dispatcher;

extern PyType_Spec dispatcher_spec;

/* The name of parameter `i` as packed; borrowed. */
PyObject *dispatcher_param_name(const Dispatcher *d, uint32_t i);

/* dispatch.c: the call. */
PyObject *dispatch_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf,
                              PyObject *keywords);
/* Compiles for parameter types (as many as packed), with a wanted result or NULL. Adds a row for
 * arguments of these types when there is none. -1 with an exception. */
int dispatch_compile(Dispatcher *d, const Type *const *types, const Type *result);
/* Compiles as `dispatch_compile` does, for its texts only; the caller frees the Compiled. */
Compiled *dispatch_inspect(Dispatcher *d, const Type *const *types, unsigned want);
void dispatch_rows_clear(Dispatcher *d);
/* For guards_look: numbers that changed are hidden arguments from now on. `context`: the Dispatcher. */
void dispatch_note_varying(void *context, const NameGuard *guard);
/* The specialisation that was compiled next after one (NULL: the first), or NULL. */
Specialisation *dispatch_next(const Dispatcher *d, const Specialisation *after);

/* bind.c: arguments by position and keyword, defaults and *args as an array of borrowed references, one
 * for each packed parameter. *star receives a new tuple when there is one. False, without exception,
 * when they do not fit: Python itself then says how. */
bool bind_arguments(const Dispatcher *d, PyObject *const *args, size_t count,
                    PyObject *keywords, PyObject **bound, PyObject **star);

#endif
