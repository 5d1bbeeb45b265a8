/* State: what the extension module holds, once for each module object.
 *
 * Everything is reached from here: the engine, the types of the module, NumPy's objects by scalar
 * kind. The module and every object of our types use the state, and the last one frees it: when the
 * interpreter ends, its garbage collector may free the module first. From the moment that the module
 * is cleared functions run as plain Python.
 */
#ifndef MARTLET_PYTHON_STATE_H
#define MARTLET_PYTHON_STATE_H

#include "python/numpy.h"

#include <pthread.h>

#include "driver/compiler.h"
#include "python/compat.h"
#include "python/gate.h"

enum {
    TYPE_NUMBERS = 24, /* NumPy's built-in type numbers */
    SCALAR_SLOTS = 64, /* of the table from NumPy's scalar types to kinds: a power of two */
    TUPLE_SLOTS = 64,  /* of the table of tuple types: a power of two */
    TUPLE_KEYS = 8,    /* elements of tuples in it */
    KIND_NONE = SCALAR_COUNT
};

typedef struct ScalarSlot {
    PyTypeObject *type;
    uint32_t kind;
} ScalarSlot;

/* The type of tuples whose elements have these keys, found before. */
typedef struct TupleSlot {
    uint64_t keys[TUPLE_KEYS];
    uint32_t count;
    const Type *type;
} TupleSlot;

typedef struct State {
    CompatCount users;
    PyObject *module; /* borrowed; NULL when it is gone */
    Engine *engine;
    TypeTable *types;
    Interner *names;
    Gate gate;
    RtBlas blas;           /* NumPy's, for matrix products */
    RtCtx nobody;          /* zeroed: what code is given that does not look at it */
    pthread_key_t threads; /* of each thread, the Thread (thread.h) */
    bool has_threads;
    uint32_t disabled; /* nesting of mt.disabled(): everything runs as plain Python */

    /* NumPy's side of each scalar kind */
    PyTypeObject *array_type;
    ScalarSlot scalar_slots[SCALAR_SLOTS];
    PyTypeObject *scalar_types[SCALAR_COUNT];
    PyArray_Descr *descrs[SCALAR_COUNT];
    uint8_t number_kinds[TYPE_NUMBERS]; /* type number → kind, or KIND_NONE */
    PyTypeObject *memmap_type, *recarray_type;
    TupleSlot tuples[TUPLE_SLOTS];

    /* types and helpers of this module */
    PyTypeObject *dispatcher_type, *type_type, *signature_type, *memory_type, *code_type,
        *ufunc_type;
    PyTypeObject *enum_type; /* enum.Enum; the module is imported by everybody anyway */
    PyObject *errors;        /* the module martlet.errors, at the first error */
    PyObject *classes;       /* class → capsule of its ClassInfo; kept for the process */
    PyObject *library; /* qualified name → function that implements it; NULL: not loaded */
    PyObject *library_roots; /* first parts of names whose modules are loaded */
    PyObject *watches;       /* id of a dictionary → capsule of its Watch */
    struct Known *known;     /* objects that the compiler knows by name (resolve.c) */
    int watcher;             /* of dictionaries, or -1 */
    bool has_backend;
    bool is_prepared; /* backend, known objects and library are loaded */
} State;

State *state_of_module(PyObject *module);
/* Makes the module's state, with one use. NULL with an exception. */
State *state_open(PyObject *module);
int state_traverse(State *state, visitproc visit, void *arg);
/* The module is going: gives up what may be part of cycles. */
void state_clear(State *state);
void state_free(State *state);

static inline State *state_use(State *state)
{
    COMPAT_COUNT_ADD(&state->users, 1);
    return state;
}

static inline void state_leave(State *state)
{
    if (COMPAT_COUNT_ADD(&state->users, -1) == 0)
        state_free(state);
}

/* Loads the plug-in with LLVM next to this module, once. -1 with CompileError, naming remedies. */
int state_load_backend(State *state);

/* The kind of a NumPy scalar type; KIND_NONE for other types. */
static inline uint32_t state_kind_of_type(const State *state, const PyTypeObject *type)
{
    uint32_t at = (uint32_t)((uintptr_t)type >> 5) & (SCALAR_SLOTS - 1);
    while (state->scalar_slots[at].type) {
        if (state->scalar_slots[at].type == type)
            return state->scalar_slots[at].kind;
        at = (at + 1) & (SCALAR_SLOTS - 1);
    }
    return KIND_NONE;
}

#endif
