/* Asking the compiler. See request.h.
 *
 * The compiler runs with the GIL, but for the backend's part. Where typing asks for the value of a
 * parameter it is asked again with a Const type.
 */
#include "python/request.h"

#include "python/error.h"
#include "python/known.h"
#include "python/library.h"
#include "python/typeof.h"

typedef struct Leave {
    State *state;
    PyThreadState *thread;
} Leave;

static void leave_python(void *context)
{
    Leave *leave = context;
    leave->thread = PyEval_SaveThread();
    gate_enter(&leave->state->gate);
}

static void enter_python(void *context)
{
    Leave *leave = context;
    gate_leave(&leave->state->gate);
    PyEval_RestoreThread(leave->thread);
}

/* Errors as exceptions, except where the compiler is to be asked again. -1 with an exception; then
 * nothing is in the result. */
static int judge(Dispatcher *d, Resolution *r, CompileResult *result)
{
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

/* Runs the compiler once. */
static void compile_once(Dispatcher *d, const Request *request, Resolution *r,
                         CompileResult *result)
{
    Leave leave = {d->state, NULL};
    CompileRequest asked = {
        .code = d->code->code,
        .args = request->types,
        .arg_count = d->param_count,
        .result = request->result,
        .entry = request->entry,
        .options = d->options,
        .resolver = &r->resolver,
        .want = request->want,
        .leave_python = leave_python,
        .enter_python = enter_python,
        .context = &leave,
        .fail_after = request->granted - 1,
    };
    compiler_compile(d->state->engine, &asked, result);
}

/* A Const for each parameter in `wanted` whose argument can be one. */
static void add_constants(const Dispatcher *d, const Request *request, uint64_t wanted)
{
    for (uint32_t i = 0; request->args && i < d->param_count && i < 64; i++) {
        if (!(wanted >> i & 1))
            continue;
        const Type *type = typeof_constant(d->state, request->args[i]);
        request->types[i] = type ? type : request->types[i];
    }
    PyErr_Clear();
}

/* Parameters whose values typing has asked for before. */
static uint64_t wanted_before(const Code *code)
{
    uint64_t wanted = 0;
    for (uint32_t i = 0; i < code->param_count && i < 64; i++)
        wanted |= (uint64_t)code->params[i].wants_const << i;
    return wanted;
}

/* Imports inside the gate: a child forked while a thread imports would find modules locked for ever. */
static void enter_gate(State *state)
{
    PyThreadState *saved = PyEval_SaveThread();
    gate_enter(&state->gate);
    PyEval_RestoreThread(saved);
}

static int prepare_state(State *state)
{
    enter_gate(state);
    int status = state_load_backend(state);
    if (status == 0)
        status = known_open(state);
    if (status == 0)
        status = library_open(state);
    gate_leave(&state->gate);
    state->is_prepared = status == 0;
    return status;
}

static int load_library(State *state, PyObject *root)
{
    enter_gate(state);
    int status = library_load(state, root);
    gate_leave(&state->gate);
    return status;
}

/* What must be there before the compiler runs. -1 with an exception. */
static int prepare(Dispatcher *d)
{
    if (!d->state->module) {
        PyErr_SetString(PyExc_RuntimeError,
                        "martlet cannot compile while the interpreter ends");
        return -1;
    }
    if (!d->code) /* without its source a function was made all the same: now it is needed */
        d->code = pycode_get(d->state, d->function, NULL);
    if (!d->code)
        return -1;
    return d->state->is_prepared ? 0 : prepare_state(d->state);
}

typedef enum Next { NEXT_DONE, NEXT_AGAIN, NEXT_FAILED } Next;

/* What to do after one run of the compiler. Without the value that was asked for it is asked once
 * more all the same, for the error. */
static Next decide(Dispatcher *d, const Request *request, Resolution *r, CompileResult *result,
                   uint64_t *asked)
{
    if (r->wanted_root) {
        if (result->compiled)
            compiled_free(d->state->engine, result->compiled);
        return load_library(d->state, r->wanted_root) < 0 ? NEXT_FAILED : NEXT_AGAIN;
    }
    if (judge(d, r, result) < 0)
        return NEXT_FAILED;
    if (result->compiled)
        return NEXT_DONE;
    uint64_t wanted = result->wants_const & ~*asked;
    *asked |= wanted;
    add_constants(d, request, wanted);
    if (wanted)
        return NEXT_AGAIN;
    error_raise_compile(d->state, result, d->function);
    return NEXT_FAILED;
}

Compiled *request_compile(Dispatcher *d, const Request *request, Resolution *r)
{
    CompileResult result;
    uint64_t asked = 0;
    *r = (Resolution){0};
    if (prepare(d) < 0)
        return NULL;
    add_constants(d, request, wanted_before(d->code->code));
    for (;;) {
        if (resolve_open(r, d->state, &d->varying, d->is_frozen) < 0)
            return NULL;
        compile_once(d, request, r, &result);
        Next next = decide(d, request, r, &result, &asked);
        compiler_result_free(&result);
        if (next != NEXT_AGAIN)
            return next == NEXT_DONE ? result.compiled : NULL;
        resolve_close(r);
    }
}

Specialisation *request_specialise(Dispatcher *d, const Request *request)
{
    Resolution r;
    Specialisation *spec = NULL;
    Compiled *compiled = request_compile(d, request, &r);
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
