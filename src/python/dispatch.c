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
#include "python/known.h"
#include "python/library.h"
#include "python/typeof.h"

/* Arguments in keys and slots, and room for what a row with moves makes of the slots. */
typedef struct Packed {
    PyObject *const *args;
    const Key *keys;
    const uint64_t *slots;
    uint64_t *moved;
    size_t moved_size;
    bool owns_moved;
} Packed;

enum { MAX_ATTEMPTS = 8 };

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
    d->rows[0] = row;
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

/* The row for the keys whose tests the slots pass; NULL when there is none, or with an exception.
 * packed->moved receives the parameters' slots of a row that has moves. */
static Row *find_row(Dispatcher *d, Packed *packed, MatchStatus *status)
{
    for (uint32_t i = 0; i < d->row_count; i++) {
        Row *row = d->rows[i];
        uint32_t failed;
        if (!are_keys_equal(row->keys, packed->keys, d->param_count))
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
    d->row_count = d->row_cap = 0;
    for (uint32_t i = 0; i < count; i++)
        specialisation_row_free(rows[i]);
    PyMem_Free(rows);
}

/* ---- compiling ---- */

typedef struct Leave {
    PyThreadState *thread;
} Leave;

static void leave_python(void *context)
{
    ((Leave *)context)->thread = PyEval_SaveThread();
}

static void enter_python(void *context)
{
    PyEval_RestoreThread(((Leave *)context)->thread);
}

static const char *function_name(const Dispatcher *d)
{
    const char *name = PyUnicode_AsUTF8(((PyFunctionObject *)d->function)->func_qualname);
    if (!name)
        PyErr_Clear();
    return name ? name : "function";
}

/* Runs the compiler once. The Compiled is in the result. -1 with an exception. */
static int compile_once(Dispatcher *d, const Type *const *types, const Type *wanted_result,
                        EntryKind entry, unsigned want, Resolution *r, CompileResult *result)
{
    Leave leave;
    CompileRequest request = {
        .code = d->code->code,
        .args = types,
        .arg_count = d->param_count,
        .result = wanted_result,
        .entry = entry,
        .options = d->options,
        .resolver = &r->resolver,
        .want = want,
        .leave_python = leave_python,
        .enter_python = enter_python,
        .context = &leave,
        .fail_after = -1,
    };
    compiler_compile(d->state->engine, &request, result);
    if (!result->compiled && result->wants_const == 0 &&
        !resolve_explain(r, result, d->function))
        error_raise_compile(d->state, result, d->function);
    if (!PyErr_Occurred() && result->warnings)
        error_warn(d->state, result, d->function);
    if (!PyErr_Occurred())
        return 0;
    if (result->compiled)
        compiled_free(d->state->engine, result->compiled);
    result->compiled = NULL;
    return -1;
}

/* A Const for each parameter in `wanted` whose argument can be one. True when a type changed. */
static bool add_constants(Dispatcher *d, const Type **types, PyObject *const *args,
                          uint64_t wanted)
{
    bool changed = false;
    for (uint32_t i = 0; args && i < d->param_count && i < 64; i++) {
        if (!(wanted >> i & 1))
            continue;
        const Type *type = typeof_constant(d->state, args[i]);
        changed |= type && type != types[i];
        types[i] = type ? type : types[i];
    }
    PyErr_Clear();
    return changed;
}

static uint64_t wanted_constants(const Dispatcher *d)
{
    const Code *code = d->code->code;
    uint64_t wanted = 0;
    for (uint32_t i = 0; i < code->param_count && i < 64; i++)
        wanted |= (uint64_t)code->params[i].wants_const << i;
    return wanted;
}

/* Compiles, with the values of `args` (may be NULL) where typing asks for them. */
static Compiled *compile(Dispatcher *d, const Type **types, PyObject *const *args,
                         const Type *wanted_result, EntryKind entry, unsigned want,
                         Resolution *r)
{
    State *state = d->state;
    CompileResult result;
    if (state_load_backend(state) < 0 || known_open(state) < 0 || library_open(state) < 0)
        return NULL;
    add_constants(d, types, args, wanted_constants(d));
    for (;;) {
        if (resolve_open(r, state, &d->varying, d->is_frozen) < 0)
            return NULL;
        int status = compile_once(d, types, wanted_result, entry, want, r, &result);
        uint64_t wanted = result.wants_const;
        bool again = status == 0 && !result.compiled && add_constants(d, types, args, wanted);
        if (status == 0 && !result.compiled && !again)
            error_raise_compile(state, &result, d->function);
        compiler_result_free(&result);
        if (!again)
            return status == 0 ? result.compiled : NULL;
        resolve_close(r);
    }
}

Specialisation *dispatch_specialise(Dispatcher *d, const Type **types, PyObject *const *args,
                                    const Type *wanted_result, EntryKind entry)
{
    Resolution r = {0};
    Specialisation *spec = NULL;
    Compiled *compiled = compile(d, types, args, wanted_result, entry, 0, &r);
    if (compiled) {
        SpecialisationParts parts = {
            .compiled = compiled,
            .names = r.names,
            .name_count = r.name_count,
            .hidden = r.hidden,
            .hidden_count = r.hidden_count,
            .codes = r.codes,
            .releases_gil = d->releases_gil,
        };
        r.names = NULL;
        r.hidden = NULL;
        spec = specialisation_new(d->state, &parts);
        if (spec)
            spec->serial = d->serial++;
    }
    resolve_close(&r);
    return spec;
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
    Specialisation *spec = dispatch_specialise(d, copy, NULL, result, ENTRY_CALL);
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
    Compiled *compiled = compile(d, copy, NULL, NULL, ENTRY_CALL, want, &r);
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
    Specialisation *spec = dispatch_specialise(d, types, packed->args, NULL, ENTRY_CALL);
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

void dispatch_note_varying(void *context, const NameGuard *guard)
{
    Dispatcher *d = context;
    if (!guard->seen || !PyNumber_Check(guard->seen) || PyArray_Check(guard->seen))
        return;
    resolve_note_varying(&d->varying, guard->holder, guard->name);
}

/* 1: the specialisation is as good as ever. 0: it is gone. -1: an exception is set. */
static int look_again(Dispatcher *d, Specialisation *spec)
{
    int status = -1;
    specialisation_use(spec);
    switch (guards_look(d->state, &spec->guards, dispatch_note_varying, d)) {
    case GUARDS_HOLD:
        status = 1;
        break;
    case GUARDS_FOLLOW:
        status = specialisation_follow(spec) < 0 ? -1 : 1;
        break;
    case GUARDS_BROKEN:
        status = 0;
        break;
    case GUARDS_FAILED:
        break;
    }
    if (status == 1 && !specialisation_fits(spec))
        status = 0;
    if (status == 0)
        remove_rows(d, spec);
    specialisation_leave(spec);
    return status;
}

/* Explicit signatures are compiled again for the types they were made for. */
static int recompile_closed(Dispatcher *d, Specialisation *spec)
{
    const Compiled *compiled = spec->compiled;
    specialisation_use(spec);
    remove_rows(d, spec);
    int status = dispatch_compile(d, compiled->params, compiled->result);
    specialisation_leave(spec);
    return status;
}

/* ---- calling ---- */

/* Looks at a specialisation that does not seem to fit any more. *result: of the call, where it did after
 * all. 0: the caller tries again. */
static int call_again(Dispatcher *d, Specialisation *spec, const uint64_t *slots,
                      PyObject **result)
{
    specialisation_use(spec);
    int status = look_again(d, spec);
    if (status == 1)
        *result = specialisation_run(spec, slots, d->function);
    else if (status == 0 && d->is_closed)
        status = recompile_closed(d, spec);
    specialisation_leave(spec);
    return status;
}

static PyObject *call_packed(Dispatcher *d, Packed *packed)
{
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        Row *row = row_take(d, packed);
        if (!row)
            return NULL;
        const uint64_t *slots = row->move_count ? packed->moved : packed->slots;
        PyObject *result = NULL;
        if (guards_hold(&row->spec->guards))
            result = specialisation_run(row->spec, slots, d->function);
        if (result || PyErr_Occurred() || call_again(d, row->spec, slots, &result) != 0)
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
    Packed packed = {args, keys, slots, moved, FAST_SLOTS, false};
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
    if (d->row_count > 0) {
        Row *row = d->rows[0];
        if (are_keys_equal(row->keys, keys, count) && row->move_count == 0 &&
            guards_hold(&row->spec->guards)) {
            PyObject *result = specialisation_run(row->spec, slots, d->function);
            if (result || PyErr_Occurred())
                return result;
        }
    }
    return call_slow(d, args, keys, slots);
}

static PyObject *call_bound(Dispatcher *d, PyObject *const *args, size_t nargsf,
                            PyObject *keywords)
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
    if (d->is_simple && !keywords && (uint32_t)PyVectorcall_NARGS(nargsf) == d->param_count)
        return call(d, args);
    return call_bound(d, args, nargsf, keywords);
}
