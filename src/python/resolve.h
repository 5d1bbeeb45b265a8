/* Resolving: what names outside of a function stand for, asked by the compiler while it works.
 *
 * A Resolution lasts for one compile. It writes down every name that was looked at and what it stood for
 * (the guards of the specialisation), the objects that became hidden arguments, and the functions
 * that took part. Numbers are constants until their name was rebound once.
 */
#ifndef MARTLET_PYTHON_RESOLVE_H
#define MARTLET_PYTHON_RESOLVE_H

#include "python/guard.h"
#include "python/pycode.h"

/* Names whose numbers changed: from then on they are hidden arguments. */
typedef struct VaryingName {
    PyObject *holder, *name; /* owned; name is NULL for a cell */
} VaryingName;

typedef struct Varying {
    VaryingName *names;
    uint32_t count, cap;
} Varying;

/* An object that a name stands for but that the compiler does not take. */
typedef struct Refusal {
    PyObject *name, *object; /* owned */
} Refusal;

typedef struct Resolution {
    State *state;
    const Varying *varying;
    bool is_frozen; /* globals="frozen": no guards */
    Resolver resolver;
    NameGuard *names;
    Binding *bindings; /* of names, by the same index */
    uint32_t name_count, name_cap;
    PyObject **hidden; /* owned */
    uint32_t hidden_count, hidden_cap;
    PyObject *codes;       /* list of CodeObjects */
    PyObject *wanted_root; /* library modules to load before compiling again, or NULL */
    PyObject *failure;     /* an exception that a callback had to swallow */
    Refusal refusal;       /* the first */
    PyObject *suggested;   /* list of names, which owns the texts of: */
    const char **suggestions;
} Resolution;

/* -1 with an exception. */
int resolve_open(Resolution *r, State *state, const Varying *varying, bool is_frozen);
void resolve_close(Resolution *r);
/* After a failed compile: true, with the exception set, where a name stands for something that
 * Martlet does not take, or a callback failed. `message` is the compiler's. */
bool resolve_explain(Resolution *r, const CompileResult *result, PyObject *function);

/* Adds a name. Where memory runs out it stays a constant, and is compiled again each time. */
void resolve_note_varying(Varying *varying, PyObject *holder, PyObject *name);
void resolve_varying_close(Varying *varying);
int resolve_varying_traverse(const Varying *varying, visitproc visit, void *arg);

#endif
