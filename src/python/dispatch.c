/* The call: arguments to keys and slots, keys to a row, the row's code.
 *
 * The fast path allocates nothing: keys and slots are on the stack, the row used last is tried
 * first. Everything that is not fast leaves it by one call: arguments by keyword, many arguments or
 * slots, a miss, changed globals. A call uses its specialisation, so that the table may change
 * while compiled code runs.
 */
#include "python/dispatcher.h"

#include "python/convert.h"
#include "python/error.h"
#include "python/request.h"
#include "python/typeof.h"

/* Arguments in keys and slots, and room for what a row with moves makes of the slots. */
typedef struct Packed {
    PyObject *const *args;
    const Key *keys;
    const uint64_t *slots;
    uint64_t *moved;
    size_t moved_size;
    bool owns_moved;
    uint64_t call; /* the dispatcher's number for it */
} Packed;

enum { MAX_ATTEMPTS = 16, MAX_ROWS_AT_REST = 8 };

/* ---- rows ---- */

static inline bool are_keys_equal(const Key *a, const Key *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

static void row_to_front(Dispatcher *d, uint32_t at)
{
    Row *row = d->rows[at];
    memmove(d->rows + 1, d->rows, at * sizeof *d->rows);
    d->rows[0] = d->first = row;
}

static bool grow_moved(Packed *packed, size_t size)
{
    if (size <= packed->moved_size)
        return true;
    uint64_t *moved = PyMem_Malloc(size * sizeof *moved);
    if (!moved) {
        PyErr_NoMemory();
        return false;
    }
    if (packed->owns_moved)
        PyMem_Free(packed->moved);
    packed->moved = moved;
    packed->moved_size = size;
    packed->owns_moved = true;
    return true;
}

/* The row for the keys whose tests the slots pass and that was not tried in this call; NULL when there
 * is none, or with an exception.
 * packed->moved receives the parameters' slots of a row that has moves. */
static Row *find_row(Dispatcher *d, Packed *packed, MatchStatus *status)
{
    for (uint32_t i = 0; i < d->row_count; i++) {
        Row *row = d->rows[i];
        uint32_t failed;
        if (!are_keys_equal(row->keys, packed->keys, d->param_count) ||
            row->spec->tried == packed->call)
            continue;
        if (row->move_count > 0 && !grow_moved(packed, row->slot_count))
            return NULL;
        *status =
            match_move(row->moves, row->move_count, packed->slots, packed->moved, &failed);
        if (*status == MATCH_OTHER)
            continue;
        row_to_front(d, i);
        return row;
    }
    return NULL;
}

static int add_row(Dispatcher *d, Row *row)
{
    if (d->row_count == d->row_cap) {
        uint32_t cap = d->row_cap ? 2 * d->row_cap : 4;
        Row **rows = PyMem_Realloc(d->rows, cap * sizeof *rows);
        if (!rows) {
            specialisation_row_free(row);
            PyErr_NoMemory();
            return -1;
        }
        d->rows = rows;
        d->row_cap = cap;
    }
    d->rows[d->row_count++] = row;
    row_to_front(d, d->row_count - 1);
    return 0;
}

static void remove_rows(Dispatcher *d, const Specialisation *spec)
{
    uint32_t kept = 0;
    Row *dead = NULL;
    for (uint32_t i = 0; i < d->row_count; i++) {
        Row *row = d->rows[i];
        if (row->spec != spec)
            d->rows[kept++] = row;
        else if (!dead)
            dead = row; /* freed last: `spec` is compared with */
        else
            specialisation_row_free(row);
    }
    d->row_count = kept;
    d->first = kept ? d->rows[0] : NULL;
    if (dead)
        specialisation_row_free(dead);
}

Specialisation *dispatch_next(const Dispatcher *d, const Specialisation *after)
{
    Specialisation *next = NULL;
    for (uint32_t i = 0; i < d->row_count; i++) {
        Specialisation *spec = d->rows[i]->spec;
        if ((!after || spec->serial > after->serial) && (!next || spec->serial < next->serial))
            next = spec;
    }
    return next;
}

void dispatch_rows_clear(Dispatcher *d)
{
    Row **rows = d->rows;
    uint32_t count = d->row_count;
    d->rows = NULL;
    d->first = NULL;
    d->row_count = d->row_cap = 0;
    for (uint32_t i = 0; i < count; i++)
        specialisation_row_free(rows[i]);
    PyMem_Free(rows);
}

/* ---- compiling ---- */

static const char *function_name(const Dispatcher *d)
{
    const char *name = PyUnicode_AsUTF8(((PyFunctionObject *)d->function)->func_qualname);
    if (!name)
        PyErr_Clear();
    return name ? name : "function";
}

int dispatch_compile(Dispatcher *d, const Type *const *types, const Type *result)
{
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type **copy = ARENA_ARRAY(&scratch, const Type *, d->param_count + 1);
    Key *keys = ARENA_ARRAY(&scratch, Key, d->param_count + 1);
    for (uint32_t i = 0; i < d->param_count; i++) {
        copy[i] = types[i];
        keys[i] = key_from_type(types[i]);
    }
    Request request = {.types = copy, .result = result};
    Specialisation *spec = request_specialise(d, &request);
    Row *row = spec ? specialisation_row(spec, keys, d->param_count) : NULL;
    if (spec)
        specialisation_leave(spec);
    if (spec && !row && !PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "martlet: compiled for other types than asked for");
    arena_close(&scratch);
    return row ? add_row(d, row) : -1;
}

Compiled *dispatch_inspect(Dispatcher *d, const Type *const *types, unsigned want)
{
    Resolution r = {0};
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type **copy = ARENA_ARRAY(&scratch, const Type *, d->param_count + 1);
    for (uint32_t i = 0; i < d->param_count; i++)
        copy[i] = types[i];
    Request request = {.types = copy, .want = want};
    Compiled *compiled = request_compile(d, &request, &r);
    resolve_close(&r);
    arena_close(&scratch);
    return compiled;
}

/* ---- misses ---- */

static Row *row_for(Dispatcher *d, Specialisation *spec, const Packed *packed)
{
    Row *row = specialisation_row(spec, packed->keys, d->param_count);
    if (!row && !PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "martlet: compiled for other types than asked for");
    return row && add_row(d, row) == 0 ? row : NULL;
}

static Row *miss_open(Dispatcher *d, const Packed *packed)
{
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type **types = ARENA_ARRAY(&scratch, const Type *, d->param_count + 1);
    for (uint32_t i = 0; i < d->param_count; i++)
        types[i] = key_type(d->state, packed->keys[i]);
    Request request = {.types = types, .args = packed->args};
    Specialisation *spec = request_specialise(d, &request);
    Row *row = spec ? row_for(d, spec, packed) : NULL;
    if (spec)
        specialisation_leave(spec);
    arena_close(&scratch);
    return row;
}

static void refuse_closed(Dispatcher *d, const Packed *packed)
{
    Arena scratch;
    Text text;
    arena_open(&scratch, NULL);
    text_open(&text, &scratch);
    text_printf(&text, "%s() has explicit signatures, and none takes (", function_name(d));
    for (uint32_t i = 0; i < d->param_count; i++) {
        text_puts(&text, i ? ", " : "");
        type_print(key_type(d->state, packed->keys[i]), &text);
    }
    text_puts(&text, "); they are:");
    const Specialisation *spec = NULL;
    while ((spec = dispatch_next(d, spec))) {
        text_puts(&text, "\n    (");
        for (uint32_t k = 0; k < spec->compiled->param_count; k++) {
            text_puts(&text, k ? ", " : "");
            type_print(spec->compiled->params[k], &text);
        }
        text_puts(&text, ")");
    }
    PyErr_SetString(PyExc_TypeError, text.data);
    arena_close(&scratch);
}

/* Explicit signatures: the cheapest that the arguments convert to, the first of equals. */
static Row *miss_closed(Dispatcher *d, const Packed *packed)
{
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type **types = ARENA_ARRAY(&scratch, const Type *, d->param_count + 1);
    Specialisation *best = NULL;
    int best_cost = MATCH_NONE;
    for (uint32_t i = 0; i < d->param_count; i++)
        types[i] = key_type(d->state, packed->keys[i]);
    Specialisation *spec = NULL;
    while ((spec = dispatch_next(d, spec))) {
        Moves moves = {0};
        int cost = match_types(&scratch, types, spec->compiled->params, d->param_count, &moves);
        if (cost != MATCH_NONE && (best_cost == MATCH_NONE || cost < best_cost)) {
            best = spec;
            best_cost = cost;
        }
    }
    arena_close(&scratch);
    if (best)
        return row_for(d, best, packed);
    refuse_closed(d, packed);
    return NULL;
}

static void raise_range(const Dispatcher *d)
{
    PyErr_Format(PyExc_OverflowError,
                 "an argument of %s() does not fit the integer type of its signature",
                 function_name(d));
}

/* The row for packed arguments, compiled if need be. */
static Row *row_take(Dispatcher *d, Packed *packed)
{
    MatchStatus status = MATCH_DONE;
    Row *row = find_row(d, packed, &status);
    if (!row && !PyErr_Occurred()) {
        row = d->is_closed ? miss_closed(d, packed) : miss_open(d, packed);
        if (row)
            row = find_row(d, packed, &status);
    }
    if (row && status == MATCH_RANGE) {
        raise_range(d);
        return NULL;
    }
    return row;
}

/* ---- guards ---- */

typedef struct Broken {
    Dispatcher *d;
    bool can_rest; /* only hidden arguments have values of another type */
} Broken;

void dispatch_note_varying(void *context, const NameGuard *guard)
{
    Dispatcher *d = context;
    if (!guard->seen || !PyNumber_Check(guard->seen) || PyArray_Check(guard->seen))
        return;
    resolve_note_varying(&d->varying, guard->holder, guard->name);
}

static void note_broken(void *context, const NameGuard *guard)
{
    Broken *broken = context;
    dispatch_note_varying(broken->d, guard);
    broken->can_rest &= guard->hidden >= 0;
}

/* A global that is now an int, now a float, has a specialisation for each: the one that does not fit
 * rests. */
static bool can_rest(const Dispatcher *d)
{
    uint32_t resting = 0;
    for (uint32_t i = 0; i < d->row_count; i++)
        resting += d->rows[i]->spec->tried != 0;
    return !d->is_closed && resting < MAX_ROWS_AT_REST;
}

/* 1: the specialisation is as good as ever. 0: it is gone or rests. -1: an exception is set. */
static int look_again(Dispatcher *d, Specialisation *spec)
{
    Broken broken = {d, true};
    GuardsState found = guards_look(d->state, &spec->guards, note_broken, &broken);
    if (found == GUARDS_FAILED)
        return -1;
    bool rests = found == GUARDS_BROKEN && broken.can_rest && can_rest(d);
    if ((found == GUARDS_FOLLOW || rests) && specialisation_follow(spec) < 0)
        return -1;
    if (found != GUARDS_BROKEN && specialisation_fits(spec))
        return 1;
    if (!rests)
        remove_rows(d, spec);
    return 0;
}

/* Explicit signatures are compiled again for the types they were made for. */
static int recompile_closed(Dispatcher *d, const Specialisation *spec)
{
    const Compiled *compiled = spec->compiled;
    return dispatch_compile(d, compiled->params, compiled->result);
}

/* ---- calling ---- */

/* Looks at a specialisation that does not seem to fit any more. *result: of the call, where it did after
 * all. 0: the caller tries another one. */
static int call_again(Dispatcher *d, Specialisation *spec, const Packed *packed,
                      const uint64_t *slots, PyObject **result)
{
    specialisation_use(spec);
    int status = look_again(d, spec);
    if (status == 1) {
        spec->tried = 0;
        *result = specialisation_run(spec, slots, d->function);
    } else if (status == 0) {
        spec->tried = packed->call;
        if (d->is_closed)
            status = recompile_closed(d, spec);
    }
    specialisation_leave(spec);
    return status;
}

static PyObject *call_packed(Dispatcher *d, Packed *packed)
{
    packed->call = ++d->calls;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        Row *row = row_take(d, packed);
        if (!row)
            return NULL;
        const uint64_t *slots = row->move_count ? packed->moved : packed->slots;
        PyObject *result = NULL;
        if (guards_hold(&row->spec->guards))
            result = specialisation_run(row->spec, slots, d->function);
        if (result || PyErr_Occurred() || call_again(d, row->spec, packed, slots, &result) != 0)
            return result;
    }
    PyErr_Format(PyExc_RuntimeError, "the globals of %s() change while it is compiled",
                 function_name(d));
    return NULL;
}

static void refuse(Dispatcher *d, PyObject *arg, uint32_t i)
{
    PyObject *name = dispatcher_param_name(d, i);
    const char *text = name && !PyErr_Occurred() ? PyUnicode_AsUTF8(name) : NULL;
    if (text)
        typeof_refuse(d->state, arg, text, function_name(d));
}

/* Packs into room of `size` slots. Index of the argument that failed, with its key, or the count. */
static uint32_t pack_all(Dispatcher *d, PyObject *const *args, Key *keys, uint64_t *slots,
                         size_t size, Key *failed)
{
    Slots room = {slots, slots + size};
    for (uint32_t i = 0; i < d->param_count; i++) {
        keys[i] = key_pack(d->state, args[i], &room);
        if (!key_is_known(keys[i])) {
            *failed = keys[i];
            return i;
        }
    }
    return d->param_count;
}

/* Any number of arguments and slots; objects that export memory come in as arrays. */
static PyObject *call_general(Dispatcher *d, PyObject *const *given)
{
    uint32_t count = d->param_count;
    size_t size = FAST_SLOTS;
    Key *keys = PyMem_Malloc((count + 1) * sizeof *keys), failed = KEY_FAILED;
    PyObject **args = PyMem_Calloc(count + 1, sizeof *args), *result = NULL;
    uint64_t *slots = NULL;
    for (uint32_t i = 0; args && i < count; i++)
        args[i] = Py_NewRef(given[i]);
    while (keys && args) {
        size_t total = 2 * size + (size_t)KEY_ROOM * count;
        PyMem_Free(slots);
        if (!(slots = PyMem_Malloc(total * sizeof *slots)))
            break;
        uint32_t i = pack_all(d, args, keys, slots, size, &failed);
        if (i == count) {
            Packed packed = {.args = args, .keys = keys, .slots = slots};
            result = call_packed(d, &packed);
            if (packed.owns_moved)
                PyMem_Free(packed.moved);
            goto done;
        }
        PyObject *adapted = failed == KEY_FULL ? NULL : typeof_adapt(d->state, args[i]);
        if (failed != KEY_FULL && !adapted) {
            refuse(d, args[i], i);
            goto done;
        }
        if (adapted)
            Py_SETREF(args[i], adapted);
        else
            size *= 2;
    }
    PyErr_NoMemory();
done:
    for (uint32_t i = 0; args && i < count; i++)
        Py_XDECREF(args[i]);
    PyMem_Free(keys);
    PyMem_Free(slots);
    PyMem_Free(args);
    return result;
}

/* A row other than the first, one with moves, or a miss. */
static PyObject *call_slow(Dispatcher *d, PyObject *const *args, const Key *keys,
                           const uint64_t *slots)
{
    uint64_t moved[FAST_SLOTS];
    Packed packed = {args, keys, slots, moved, FAST_SLOTS, false, 0};
    PyObject *result = call_packed(d, &packed);
    if (packed.owns_moved)
        PyMem_Free(packed.moved);
    return result;
}

static inline PyObject *call(Dispatcher *d, PyObject *const *args)
{
    Key keys[FAST_PARAMS];
    uint64_t slots[FAST_SLOTS];
    uint32_t count = d->param_count;
    if (count > FAST_PARAMS)
        return call_general(d, args);
    Slots room = {slots, slots + FAST_SLOTS - FAST_PARAMS * KEY_ROOM};
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = key_pack(d->state, args[i], &room);
        if (!key_is_known(keys[i]))
            return PyErr_Occurred() ? NULL : call_general(d, args);
    }
    Row *row = d->first;
    if (row && are_keys_equal(row->keys, keys, count) && row->move_count == 0 &&
        guards_hold(&row->spec->guards)) {
        PyObject *result = specialisation_run(row->spec, slots, d->function);
        if (result || PyErr_Occurred())
            return result;
    }
    return call_slow(d, args, keys, slots);
}

__attribute__((noinline)) static PyObject *call_without_arguments(Dispatcher *d)
{
    Row *row = d->first;
    if (row && guards_hold(&row->spec->guards)) {
        PyObject *result = specialisation_run(row->spec, NULL, d->function);
        if (result || PyErr_Occurred())
            return result;
    }
    return call_slow(d, NULL, NULL, NULL);
}

/* Without arguments nothing is packed, and where no other code runs, either, few registers are saved. */
static PyObject *call_nullary(Dispatcher *d)
{
    const Row *row = d->first;
    if (row && row->spec->is_leaf && row->spec->guards.cell_count == 0 &&
        guards_hold_dicts(&row->spec->guards))
        return specialisation_run_leaf(row->spec, NULL);
    return call_without_arguments(d);
}

/* By itself, so that the frame of plain calls stays small. */
__attribute__((noinline)) static PyObject *call_bound(Dispatcher *d, PyObject *const *args,
                                                      size_t nargsf, PyObject *keywords)
{
    PyObject *few[FAST_PARAMS], *star = NULL, *result = NULL;
    PyObject **bound = few;
    if (d->param_count > FAST_PARAMS)
        bound = PyMem_Malloc(d->param_count * sizeof *bound);
    if (!bound)
        return PyErr_NoMemory();
    size_t count = (size_t)PyVectorcall_NARGS(nargsf);
    if (bind_arguments(d, args, count, keywords, bound, &star))
        result = call(d, bound);
    else if (!PyErr_Occurred())
        result = PyObject_Vectorcall(d->function, args, nargsf, keywords);
    Py_XDECREF(star);
    if (bound != few)
        PyMem_Free(bound);
    return result;
}

PyObject *dispatch_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf,
                              PyObject *keywords)
{
    Dispatcher *d = (Dispatcher *)self;
    if (d->state->disabled)
        return PyObject_Vectorcall(d->function, args, nargsf, keywords);
    uint32_t count = (uint32_t)PyVectorcall_NARGS(nargsf);
    if (d->is_simple && !keywords && count == d->param_count)
        return count == 0 ? call_nullary(d) : call(d, args);
    return call_bound(d, args, nargsf, keywords);
}
