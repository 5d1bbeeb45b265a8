/* Specialisations. See specialisation.h. */
#include "python/specialisation.h"

#include "python/convert.h"
#include "python/error.h"

/* ---- hidden arguments ---- */

void specialisation_hidden_give(Hidden *hidden)
{
    if (!hidden || COMPAT_COUNT_ADD(&hidden->users, -1) > 0)
        return;
    for (uint32_t i = 0; i < hidden->count; i++)
        Py_CLEAR(hidden->objects[i]);
    PyMem_Free(hidden);
}

static Hidden *hidden_new(uint32_t count)
{
    Hidden *hidden = PyMem_Calloc(1, sizeof *hidden + count * sizeof hidden->objects[0]);
    if (!hidden)
        return (Hidden *)PyErr_NoMemory();
    hidden->users = 1;
    hidden->count = count;
    return hidden;
}

int specialisation_follow(Specialisation *spec)
{
    Hidden *old = spec->hidden, *hidden = hidden_new(old->count);
    if (!hidden)
        return -1;
    for (uint32_t i = 0; i < old->count; i++)
        hidden->objects[i] = Py_NewRef(old->objects[i]);
    for (uint32_t i = 0; i < spec->guards.name_count; i++) {
        const NameGuard *guard = &spec->guards.names[i];
        PyObject *object = guard->seen ? guard->seen : Py_None;
        if (guard->hidden >= 0)
            Py_XSETREF(hidden->objects[guard->hidden], Py_NewRef(object));
    }
    spec->hidden = hidden;
    specialisation_hidden_give(old);
    return 0;
}

/* False where an object no longer has the key that the code was made for. */
static bool hidden_pack(const Specialisation *spec, const Hidden *hidden, uint64_t *room)
{
    Slots slots = {room, room + spec->hidden_slots};
    for (uint32_t i = 0; i < hidden->count; i++)
        if (spec->hidden_keys[i] &&
            key_pack(spec->state, hidden->objects[i], &slots) != spec->hidden_keys[i])
            return false;
    return true;
}

static uint64_t *hidden_room(const Specialisation *spec, uint64_t *few)
{
    size_t count = spec->hidden_slots + KEY_ROOM;
    return count <= FAST_HIDDEN ? few : PyMem_Malloc(count * sizeof *few);
}

Hidden *specialisation_hidden_take(Specialisation *spec)
{
    if (spec->hidden)
        COMPAT_COUNT_ADD(&spec->hidden->users, 1);
    return spec->hidden;
}

uint64_t *specialisation_hidden_pack(const Specialisation *spec, const Hidden *hidden,
                                     uint64_t *few)
{
    uint64_t *room = hidden_room(spec, few);
    if (!room)
        return (uint64_t *)PyErr_NoMemory();
    if (hidden_pack(spec, hidden, room))
        return room;
    if (room != few)
        PyMem_Free(room);
    return NULL;
}

bool specialisation_fits(const Specialisation *spec)
{
    if (!spec->hidden)
        return true;
    uint64_t few[FAST_HIDDEN], *room = hidden_room(spec, few);
    bool fits = room && hidden_pack(spec, spec->hidden, room);
    if (room != few)
        PyMem_Free(room);
    return fits;
}

/* ---- life ---- */

void specialisation_free(Specialisation *spec)
{
    if (spec->compiled)
        compiled_free(spec->state->engine, spec->compiled);
    guards_close(spec->state, &spec->guards);
    specialisation_hidden_give(spec->hidden);
    PyMem_Free(spec->hidden_keys);
    Py_CLEAR(spec->codes);
    PyMem_Free(spec);
}

int specialisation_traverse(const Specialisation *spec, visitproc visit, void *arg)
{
    Py_VISIT(spec->codes);
    for (uint32_t i = 0; spec->hidden && i < spec->hidden->count; i++)
        Py_VISIT(spec->hidden->objects[i]);
    return guards_traverse(&spec->guards, visit, arg);
}

static int take_hidden(Specialisation *spec, SpecialisationParts *parts)
{
    const Compiled *compiled = parts->compiled;
    uint32_t count = parts->hidden_count;
    if (count == 0)
        return 0;
    spec->hidden = hidden_new(count);
    spec->hidden_keys = PyMem_Calloc(count, sizeof *spec->hidden_keys);
    if (!spec->hidden || !spec->hidden_keys)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        spec->hidden->objects[i] = parts->hidden[i];
        parts->hidden[i] = NULL;
        const Type *type = i < compiled->hidden_count ? compiled->hidden[i] : NULL;
        if (!type || type->kind == TYPE_NONE)
            continue; /* not used after all */
        spec->hidden_keys[i] = key_from_type(type);
        spec->hidden_slots += layout_slot_count(type);
    }
    return 0;
}

static void parts_close(SpecialisationParts *parts)
{
    for (uint32_t i = 0; i < parts->hidden_count; i++)
        Py_CLEAR(parts->hidden[i]);
    PyMem_Free(parts->hidden);
    parts->hidden = NULL;
}

static ResultKind result_kind(const Type *type)
{
    if (type->kind == TYPE_NONE)
        return RESULT_NONE;
    if (type->kind != TYPE_SCALAR)
        return RESULT_ANY;
    return type->scalar == SCALAR_INT     ? RESULT_INT
           : type->scalar == SCALAR_FLOAT ? RESULT_FLOAT
                                          : RESULT_ANY;
}

Specialisation *specialisation_new(State *state, SpecialisationParts *parts)
{
    Specialisation *spec = PyMem_Calloc(1, sizeof *spec);
    if (!spec) {
        PyErr_NoMemory();
        parts_close(parts);
        return NULL;
    }
    spec->users = 1;
    spec->state = state;
    spec->compiled = parts->compiled;
    spec->entry = (ThreadEntry *)parts->compiled->entry;
    spec->result = parts->compiled->result;
    spec->result_slots = layout_slot_count(spec->result);
    spec->result_kind = result_kind(spec->result);
    spec->releases_gil = parts->releases_gil;
    spec->codes = Py_XNewRef(parts->codes);
    int status = guards_open(state, &spec->guards, parts->names, parts->name_count);
    parts->names = NULL;
    if (status == 0)
        status = take_hidden(spec, parts);
    parts_close(parts);
    spec->is_plain = !spec->hidden && !spec->releases_gil && spec->result_slots <= FAST_RESULTS;
#ifndef Py_GIL_DISABLED /* without the GIL another thread may end its use at any time */
    spec->is_leaf =
        spec->is_plain && spec->compiled->is_leaf && spec->result_kind != RESULT_ANY;
#endif
    if (status == 0)
        return spec;
    if (!PyErr_Occurred())
        PyErr_NoMemory();
    specialisation_free(spec);
    return NULL;
}

/* ---- calling ---- */

static int32_t enter(const Specialisation *spec, Thread *thread, const void *hidden,
                     void *results, const void *args)
{
    if (!spec->releases_gil)
        return thread_call(thread, spec->compiled, spec->entry, hidden, results, args);
    PyThreadState *saved = PyEval_SaveThread();
    int32_t status = thread_call(thread, spec->compiled, spec->entry, hidden, results, args);
    PyEval_RestoreThread(saved);
    return status;
}

PyObject *specialisation_finish(const Specialisation *spec, Thread *thread, int32_t status,
                                const uint64_t *results, PyObject *function)
{
    if (status == 0)
        return convert_box(spec->state, spec->result, results);
    error_raise_run(thread, spec->compiled, function);
    return NULL;
}

PyObject *specialisation_run_general(Specialisation *spec, const uint64_t *args,
                                     PyObject *function)
{
    uint64_t few_results[FAST_RESULTS], few_hidden[FAST_HIDDEN];
    uint64_t *results = few_results, *room = few_hidden;
    Thread *thread = thread_get(spec->state);
    Hidden *hidden = specialisation_hidden_take(spec);
    PyObject *object = NULL;
    if (spec->result_slots > FAST_RESULTS)
        results = PyMem_Malloc(spec->result_slots * sizeof *results);
    if (hidden)
        room = specialisation_hidden_pack(spec, hidden, few_hidden);
    if (!results || !thread)
        PyErr_NoMemory();
    else if (room)
        object = specialisation_finish(spec, thread, enter(spec, thread, room, results, args),
                                       results, function);
    specialisation_hidden_give(hidden);
    if (room != few_hidden)
        PyMem_Free(room);
    if (results != few_results)
        PyMem_Free(results);
    return object;
}

/* ---- rows ---- */

static Row *row_new(Specialisation *spec, const Key *keys, uint32_t count, const Moves *moves)
{
    Row *row = PyMem_Calloc(1, sizeof *row + count * sizeof row->keys[0]);
    if (!row)
        return (Row *)PyErr_NoMemory();
    for (uint32_t i = 0; i < count; i++)
        row->keys[i] = keys[i];
    for (uint32_t i = 0; i < spec->compiled->param_count; i++)
        row->slot_count += layout_slot_count(spec->compiled->params[i]);
    if (!match_is_identity(moves)) {
        row->moves = PyMem_Malloc(moves->len * sizeof *row->moves);
        if (!row->moves) {
            PyMem_Free(row);
            return (Row *)PyErr_NoMemory();
        }
        memcpy(row->moves, moves->data, moves->len * sizeof *row->moves);
        row->move_count = moves->len;
    }
    row->spec = spec;
    return row;
}

Row *specialisation_row(Specialisation *spec, const Key *keys, uint32_t count)
{
    Arena scratch;
    arena_open(&scratch, NULL);
    Moves moves = {0};
    const Type **from = ARENA_ARRAY(&scratch, const Type *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        from[i] = key_type(spec->state, keys[i]);
    Row *row = NULL;
    if (count == spec->compiled->param_count &&
        match_types(&scratch, from, spec->compiled->params, count, &moves) != MATCH_NONE)
        row = row_new(spec, keys, count, &moves);
    arena_close(&scratch);
    if (row)
        specialisation_use(spec);
    return row;
}

void specialisation_row_free(Row *row)
{
    specialisation_leave(row->spec);
    PyMem_Free(row->moves);
    PyMem_Free(row);
}
