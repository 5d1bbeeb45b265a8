/* Specialisations: a function compiled for argument types, with what it assumes and what it needs.
 *
 * A specialisation is used by the dispatcher's table and by every call that is inside it; the last
 * user frees it and its code. What a call needs of globals that are not constants are its hidden
 * arguments; a set of them never changes: a rebound name gets a new set.
 */
#ifndef MARTLET_PYTHON_SPECIALISATION_H
#define MARTLET_PYTHON_SPECIALISATION_H

#include "python/guard.h"
#include "python/match.h"
#include "python/thread.h"

typedef struct Hidden {
    CompatCount users;
    uint32_t count;
    PyObject *objects[]; /* owned */
} Hidden;

/* Results that are boxed at once. */
typedef enum ResultKind { RESULT_ANY, RESULT_NONE, RESULT_INT, RESULT_FLOAT } ResultKind;

typedef struct Specialisation {
    CompatCount users;
    uint32_t serial; /* in order of compilation, within a dispatcher */
    uint64_t tried;  /* the dispatcher's call in which it last did not fit */
    State *state;
    Compiled *compiled;
    ThreadEntry *entry;
    const Type *result;
    uint32_t result_slots;
    uint32_t hidden_slots;
    bool releases_gil;
    bool is_plain; /* no hidden arguments, the GIL kept, a result of few slots */
    bool is_leaf;  /* plain, and between its entry and its boxed result no other code runs */
    ResultKind result_kind;
    Guards guards;
    Hidden *hidden;   /* NULL: none */
    Key *hidden_keys; /* 0: not used by the code */
    PyObject *codes;  /* list of the CodeObjects that the code came from */
} Specialisation;

/* How arguments of given keys reach a specialisation. */
typedef struct Row {
    Specialisation *spec; /* one use */
    uint32_t move_count;  /* 0: the slots are used as they are */
    uint32_t slot_count;  /* of the parameters */
    Move *moves;
    Key keys[];
} Row;

enum { FAST_PARAMS = 16, FAST_SLOTS = 128, FAST_RESULTS = 32, FAST_HIDDEN = 64 };

static inline void specialisation_use(Specialisation *spec)
{
    COMPAT_COUNT_ADD(&spec->users, 1);
}

void specialisation_free(Specialisation *spec);

static inline void specialisation_leave(Specialisation *spec)
{
    if (COMPAT_COUNT_ADD(&spec->users, -1) == 0)
        specialisation_free(spec);
}

/* Takes over `compiled` and, in any case, the references in `hidden` and `names`. One use. NULL
 * with an exception. */
typedef struct SpecialisationParts {
    Compiled *compiled;
    NameGuard *names;
    uint32_t name_count;
    PyObject **hidden;
    uint32_t hidden_count;
    PyObject *codes;
    bool releases_gil;
} SpecialisationParts;
Specialisation *specialisation_new(State *state, SpecialisationParts *parts);
int specialisation_traverse(const Specialisation *spec, visitproc visit, void *arg);

/* A new set of hidden arguments, as the guards have seen them; None for those that have none now. -1
 * with an exception. */
int specialisation_follow(Specialisation *spec);

/* Boxes the results of a call that returned `status`. NULL with an exception. */
PyObject *specialisation_finish(const Specialisation *spec, Thread *thread, int32_t status,
                                const uint64_t *results, PyObject *function);
/* The call where it is not plain. */
PyObject *specialisation_run_general(Specialisation *spec, const uint64_t *args,
                                     PyObject *function);

static inline PyObject *specialisation_box(ResultKind kind, const uint64_t *results)
{
    if (kind == RESULT_NONE)
        return Py_NewRef(Py_None);
    return kind == RESULT_INT ? PyLong_FromLongLong((int64_t)results[0])
                              : PyFloat_FromDouble(slot_double(results));
}

/* Of one that is_leaf: nobody else can end its use meanwhile, and no thread is entered. */
static inline PyObject *specialisation_run_leaf(const Specialisation *spec,
                                                const uint64_t *args)
{
    uint64_t result;
    spec->entry(&spec->state->nobody, &result, args);
    return specialisation_box(spec->result_kind, &result);
}

/* Calls it with arguments in slots and boxes the result. NULL with an exception, or without one when
 * it no longer fits (specialisation_fits). `function` is the Python function. */
static inline PyObject *specialisation_run(Specialisation *spec, const uint64_t *args,
                                           PyObject *function)
{
    PyObject *object = NULL;
    if (spec->is_leaf)
        return specialisation_run_leaf(spec, args);
    specialisation_use(spec);
    if (spec->is_plain) {
        uint64_t results[FAST_RESULTS];
        Thread *thread = thread_get(spec->state);
        if (thread) {
            int32_t status =
                thread_call(thread, spec->compiled, spec->entry, NULL, results, args);
            if (status == 0 && spec->result_kind != RESULT_ANY)
                object = specialisation_box(spec->result_kind, results);
            else
                object = specialisation_finish(spec, thread, status, results, function);
        } else {
            PyErr_NoMemory();
        }
    } else {
        object = specialisation_run_general(spec, args, function);
    }
    specialisation_leave(spec);
    return object;
}

/* The current hidden arguments, used until they are given back; NULL: there are none. */
Hidden *specialisation_hidden_take(Specialisation *spec);
void specialisation_hidden_give(Hidden *hidden);
/* Their slots: in `few` (FAST_HIDDEN of them) or memory of PyMem. NULL, with or without an exception, when
 * they cannot be had. */
uint64_t *specialisation_hidden_pack(const Specialisation *spec, const Hidden *hidden,
                                     uint64_t *few);
/* False where a hidden array was changed in place, so that the code does not fit it any more. */
bool specialisation_fits(const Specialisation *spec);

/* A row for arguments of these keys; takes one use of `spec`. NULL with an exception, or without one where
 * the types do not match. */
Row *specialisation_row(Specialisation *spec, const Key *keys, uint32_t count);
void specialisation_row_free(Row *row);

#endif
