/* Guards: what a specialisation assumed about globals and cells, and whether it still holds.
 *
 * Every call compares one number for each dictionary and one pointer for each cell. Where one
 * differs the guards of all names are looked at again: a name that holds the object it held, or a
 * number of the same kind and bits, is as before; a name whose value is a hidden argument follows;
 * anything else ends the specialisation. The number of a dictionary is its version tag on Python 3.11,
 * which changes with every write, and a counter of ours on later ones, which counts writes to the
 * names that some guard is about.
 */
#ifndef MARTLET_PYTHON_GUARD_H
#define MARTLET_PYTHON_GUARD_H

#include "python/key.h"

/* The counter of a watched dictionary. */
typedef struct Watch {
    PyObject *dict;  /* borrowed: a DictGuard owns it */
    PyObject *names; /* set of the names that guards are about */
    CompatCount version;
    uint32_t users; /* DictGuards */
} Watch;

typedef struct DictGuard {
    PyObject *dict; /* owned */
    Watch *watch;   /* Python ≥ 3.12 */
    uint64_t version;
} DictGuard;

typedef struct NameGuard {
    PyObject *holder; /* a dictionary, a class or a cell; owned */
    PyObject *name;   /* owned; NULL for a cell */
    PyObject *seen;   /* owned; NULL: absent */
    int32_t hidden;   /* the hidden argument that follows the value, or -1 */
    Key key;          /* of the hidden argument */
} NameGuard;

typedef struct Guards {
    DictGuard *dicts;
    uint32_t dict_count;
    uint32_t cell_count; /* the first of `names` are cells and classes */
    NameGuard *names;
    uint32_t name_count;
} Guards;

typedef enum GuardsState {
    GUARDS_HOLD,
    GUARDS_FOLLOW,
    GUARDS_BROKEN,
    GUARDS_FAILED
} GuardsState;

/* The value a guard is about, now: borrowed; NULL when absent. */
PyObject *guard_value(const NameGuard *guard);

/* Takes over `names` (memory of PyMem, references included), watches the dictionaries. -1 with an
 * exception; `guards` may be closed then. */
int guards_open(State *state, Guards *guards, NameGuard *names, uint32_t count);
void guards_close(State *state, Guards *guards);
int guards_traverse(const Guards *guards, visitproc visit, void *arg);

/* Looks at every name. FOLLOW: some hidden arguments have new values (NameGuard.seen). BROKEN: calls
 * `broken` for each name that is not as it was; the guards may be looked at again later, when the
 * names are as they were or have values that can be followed. */
GuardsState guards_look(State *state, Guards *guards,
                        void (*broken)(void *context, const NameGuard *guard), void *context);

static inline uint64_t guard_dict_version(const DictGuard *guard)
{
#if PY_VERSION_HEX >= 0x030C0000
    return (uint64_t)guard->watch->version;
#else
    return ((PyDictObject *)guard->dict)->ma_version_tag;
#endif
}

static inline bool guards_hold_dicts(const Guards *guards)
{
    for (uint32_t i = 0; i < guards->dict_count; i++)
        if (guard_dict_version(&guards->dicts[i]) != guards->dicts[i].version)
            return false;
    return true;
}

static inline bool guards_hold(const Guards *guards)
{
    if (!guards_hold_dicts(guards))
        return false;
    for (uint32_t i = 0; i < guards->cell_count; i++) {
        const NameGuard *guard = &guards->names[i];
        PyObject *value = guard->name ? guard_value(guard) : PyCell_GET(guard->holder);
        if (value != guard->seen)
            return false;
    }
    return true;
}

#endif
