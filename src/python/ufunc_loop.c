/* Ufunc loops. See ufunc_loop.h and the top of ufunc.c. */
#include "python/ufunc_loop.h"

#include <fenv.h>
#include <stdatomic.h>

#include "python/error.h"
#include "python/pytype.h"
#include "python/request.h"

enum { OPERAND_SIZE = 16 }; /* bytes, at most */

/* ---- compiling ---- */

/* The kinds of the results of a compiled function; their number, or 0 with an exception. */
static uint32_t result_kinds(const UfuncData *data, const Type *result, ScalarKind *kinds)
{
    uint32_t count = result->kind == TYPE_TUPLE ? result->count : 1;
    bool done = count == data->nout;
    for (uint32_t i = 0; done && i < count; i++) {
        const Type *element = result->kind == TYPE_TUPLE ? result->elements[i] : result;
        done = type_scalar_of(element, &kinds[i]) && kinds[i] != SCALAR_INT_I128;
    }
    if (done)
        return count;
    const char *what = data->nout == 1 ? "a number" : "a tuple of as many numbers each time";
    PyErr_Format(PyExc_TypeError, "%U() cannot be a ufunc: it must return %s",
                 ((PyFunctionObject *)data->dispatcher->function)->func_qualname, what);
    return 0;
}

static int number_of(const State *state, ScalarKind kind, bool is_input)
{
    return is_input && scalar_is_weak(kind) ? NPY_OBJECT : state->descrs[kind]->type_num;
}

static Specialisation *compile(UfuncData *data, const ScalarKind *inputs, const Type *result)
{
    const Type *types[UFUNC_OPERANDS];
    for (uint32_t i = 0; i < data->nin; i++)
        types[i] = type_scalar(data->state->types, inputs[i]);
    Request request = {.types = types, .result = result, .entry = ENTRY_UFUNC};
    return request_specialise(data->dispatcher, &request);
}

static UfuncLoop *find_loop(const UfuncData *data, const int *numbers)
{
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        if (memcmp(loop->numbers, numbers, (data->nin + loop->nout) * sizeof *numbers) == 0)
            return loop;
    return NULL;
}

static UfuncVariant *find_variant(const UfuncLoop *loop, const ScalarKind *inputs)
{
    for (UfuncVariant *variant = loop->variants; variant; variant = variant->next)
        if (memcmp(variant->kinds, inputs, loop->data->nin * sizeof *inputs) == 0)
            return variant;
    return NULL;
}

static UfuncLoop *add_loop(UfuncData *data, const int *numbers, uint32_t nout)
{
    UfuncLoop *loop = PyMem_Calloc(1, sizeof *loop);
    if (!loop)
        return (UfuncLoop *)PyErr_NoMemory();
    loop->data = data;
    loop->nout = nout;
    memcpy(loop->numbers, numbers, (data->nin + nout) * sizeof *numbers);
    loop->next = data->loops;
    data->loops = loop;
    return loop;
}

static UfuncVariant *add_variant(UfuncLoop *loop, const ScalarKind *inputs,
                                 Specialisation *spec)
{
    UfuncVariant *variant = PyMem_Calloc(1, sizeof *variant);
    if (!variant)
        return (UfuncVariant *)PyErr_NoMemory();
    memcpy(variant->kinds, inputs, loop->data->nin * sizeof *inputs);
    atomic_store(&variant->spec, spec);
    variant->next = loop->variants;
    loop->variants = variant;
    return variant;
}

/* Takes over `spec`. */
static UfuncLoop *place(UfuncData *data, const ScalarKind *inputs, Specialisation *spec)
{
    ScalarKind outputs[UFUNC_OPERANDS];
    int numbers[UFUNC_OPERANDS];
    uint32_t nout = result_kinds(data, spec->result, outputs);
    UfuncLoop *loop = NULL;
    if (nout > 0) {
        for (uint32_t i = 0; i < data->nin; i++)
            numbers[i] = number_of(data->state, inputs[i], true);
        for (uint32_t i = 0; i < nout; i++)
            numbers[data->nin + i] = number_of(data->state, outputs[i], false);
        loop = find_loop(data, numbers);
        if (!loop)
            loop = add_loop(data, numbers, nout);
    }
    if (!loop || find_variant(loop, inputs) || !add_variant(loop, inputs, spec))
        specialisation_leave(spec);
    return PyErr_Occurred() ? NULL : loop;
}

/* An existing loop with these inputs, whatever its outputs, or with an output of kind `wanted`. */
static UfuncLoop *find_for(const UfuncData *data, const ScalarKind *inputs, uint32_t wanted)
{
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        if ((wanted == KIND_NONE ||
             loop->numbers[data->nin] == data->state->descrs[wanted]->type_num) &&
            find_variant(loop, inputs))
            return loop;
    return NULL;
}

UfuncLoop *ufunc_loop_take(UfuncData *data, const ScalarKind *inputs, uint32_t wanted)
{
    UfuncLoop *loop = find_for(data, inputs, wanted);
    if (loop)
        return loop;
    const Type *result =
        wanted == KIND_NONE ? NULL : type_scalar(data->state->types, (ScalarKind)wanted);
    Specialisation *spec = compile(data, inputs, result);
    if (!spec)
        return NULL;
    return place(data, inputs, spec);
}

UfuncLoop *ufunc_loop_compile(UfuncData *data, PyObject *signature)
{
    PyObject *params, *result;
    ScalarKind inputs[UFUNC_OPERANDS];
    const Type *wanted = NULL;
    if (!PyArg_ParseTuple(signature, "OO!", &result, &PyTuple_Type, &params))
        return NULL;
    if (PyTuple_GET_SIZE(params) != (Py_ssize_t)data->nin) {
        PyErr_Format(PyExc_TypeError, "%U() takes %u arguments, and a signature has %zd",
                     ((PyFunctionObject *)data->dispatcher->function)->func_qualname, data->nin,
                     PyTuple_GET_SIZE(params));
        return NULL;
    }
    for (uint32_t i = 0; i < data->nin; i++) {
        const Type *type = pytype_from(data->state, PyTuple_GET_ITEM(params, (Py_ssize_t)i));
        if (type && !type_scalar_of(type, &inputs[i]))
            PyErr_Format(PyExc_TypeError, "signatures of ufuncs have number types, not %R",
                         PyTuple_GET_ITEM(params, (Py_ssize_t)i));
        if (PyErr_Occurred())
            return NULL;
        inputs[i] = scalar_numpy(inputs[i]);
    }
    if (result != Py_None && !(wanted = pytype_from(data->state, result)))
        return NULL;
    Specialisation *spec = compile(data, inputs, wanted);
    return spec ? place(data, inputs, spec) : NULL;
}

void ufunc_loops_free(UfuncData *data)
{
    while (data->loops) {
        UfuncLoop *loop = data->loops;
        data->loops = loop->next;
        while (loop->variants) {
            UfuncVariant *variant = loop->variants;
            loop->variants = variant->next;
            specialisation_leave(atomic_load(&variant->spec));
            PyMem_Free(variant);
        }
        PyMem_Free(loop);
    }
    for (uint32_t i = 0; i < data->retired_count; i++)
        specialisation_leave(data->retired[i]);
    PyMem_Free(data->retired);
    data->retired = NULL;
    data->retired_count = 0;
}

/* ---- changed globals; the GIL is held ---- */

static void retire(UfuncData *data, Specialisation *spec)
{
    if (atomic_load(&data->running) <=
        1) { /* this loop itself, which has not entered the code */
        specialisation_leave(spec);
        for (uint32_t i = 0; i < data->retired_count; i++)
            specialisation_leave(data->retired[i]);
        data->retired_count = 0;
        return;
    }
    size_t size = (data->retired_count + 1) * sizeof *data->retired;
    Specialisation **retired = PyMem_Realloc(data->retired, size);
    if (!retired)
        return; /* better lost than freed under another thread */
    data->retired = retired;
    retired[data->retired_count++] = spec;
}

static Specialisation *replace(UfuncData *data, UfuncVariant *variant, Specialisation *old)
{
    Specialisation *spec = compile(data, variant->kinds, NULL);
    if (!spec)
        return NULL;
    if (spec->result != old->result) {
        PyErr_Format(
            PyExc_TypeError,
            "a global of the ufunc %U() has changed its type, and with it the result's; "
            "decorate the function again",
            ((PyFunctionObject *)data->dispatcher->function)->func_qualname);
        specialisation_leave(spec);
        return NULL;
    }
    atomic_store(&variant->spec, spec);
    retire(data, old);
    return spec;
}

/* What runs now: the variant's specialisation, after a look at its guards. NULL with an exception. */
static Specialisation *refresh(UfuncData *data, UfuncVariant *variant)
{
    Specialisation *spec = atomic_load(&variant->spec);
    if (guards_hold(&spec->guards) && specialisation_fits(spec))
        return spec;
    switch (guards_look(data->state, &spec->guards, dispatch_note_varying, data->dispatcher)) {
    case GUARDS_HOLD:
        break;
    case GUARDS_FOLLOW:
        if (specialisation_follow(spec) < 0)
            return NULL;
        break;
    case GUARDS_BROKEN:
        return replace(data, variant, spec);
    case GUARDS_FAILED:
        return NULL;
    }
    return specialisation_fits(spec) ? spec : replace(data, variant, spec);
}

/* ---- running ---- */

/* The operands of one call of a loop. */
typedef struct Operands {
    uint32_t nin, nout;
    char *args[UFUNC_OPERANDS];
    npy_intp steps[UFUNC_OPERANDS];
    npy_intp count;
    char values[UFUNC_OPERANDS][OPERAND_SIZE]; /* of objects, unboxed */
} Operands;

static void range_of(const Operands *o, uint32_t i, const char **low, const char **high)
{
    npy_intp reach = o->steps[i] * (o->count - 1);
    *low = o->args[i] + (reach < 0 ? reach : 0);
    *high = o->args[i] + (reach > 0 ? reach : 0) + OPERAND_SIZE;
}

/* Must trips run one after the other? So in reduce and accumulate, whose output is an input, too. */
static bool is_sequential(const Operands *o)
{
    for (uint32_t out = o->nin; out < o->nin + o->nout && o->count > 1; out++) {
        const char *low, *high, *other_low, *other_high;
        if (o->steps[out] == 0)
            return true;
        range_of(o, out, &low, &high);
        for (uint32_t in = 0; in < o->nin; in++) {
            if (o->args[in] == o->args[out] && o->steps[in] == o->steps[out])
                continue;
            range_of(o, in, &other_low, &other_high);
            if (low < other_high && other_low < high)
                return true;
        }
    }
    return false;
}

typedef int32_t Entry3(RtCtx *, char **, const npy_intp *, const npy_intp *);

static int32_t enter(Thread *thread, const Specialisation *spec, Operands *o,
                     const void *hidden)
{
    Entry3 *entry = (Entry3 *)spec->compiled->entry;
    const Compiled *running = thread->running;
    const void *outer = thread->ctx.hidden;
    int32_t status = 0;
    thread->running = spec->compiled;
    thread->ctx.hidden = hidden;
    if (is_sequential(o)) {
        npy_intp one = 1;
        for (npy_intp i = 0; i < o->count && status == 0; i++) {
            status = entry(&thread->ctx, o->args, &one, o->steps);
            for (uint32_t k = 0; k < o->nin + o->nout; k++)
                o->args[k] += o->steps[k];
        }
    } else {
        status = entry(&thread->ctx, o->args, &o->count, o->steps);
    }
    thread->ctx.hidden = outer;
    thread->running = running;
    return status;
}

static int run(UfuncData *data, const Specialisation *spec, Operands *o, const void *hidden)
{
    Thread *thread = thread_get(data->state);
    int32_t status = thread ? enter(thread, spec, o, hidden) : 1;
    feclearexcept(FE_ALL_EXCEPT);
    if (status == 0)
        return 0;
    PyGILState_STATE gil = PyGILState_Ensure();
    if (thread)
        error_raise_run(thread, spec->compiled, data->dispatcher->function);
    else if (!PyErr_Occurred())
        PyErr_NoMemory();
    PyGILState_Release(gil);
    return -1;
}

/* With hidden arguments, which are Python objects, or guards that need the GIL to look at. */
static int run_guarded(UfuncData *data, UfuncVariant *variant, Operands *o)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    Specialisation *spec = refresh(data, variant);
    int status = -1;
    if (spec) {
        uint64_t few[FAST_HIDDEN];
        Hidden *hidden = specialisation_hidden_take(spec);
        uint64_t *room = hidden ? specialisation_hidden_pack(spec, hidden, few) : few;
        if (room) {
            PyThreadState *saved = PyEval_SaveThread();
            status = run(data, spec, o, room);
            PyEval_RestoreThread(saved);
        }
        if (room != few)
            PyMem_Free(room);
        specialisation_hidden_give(hidden);
    }
    PyGILState_Release(gil);
    return status;
}

static int run_variant(UfuncData *data, UfuncVariant *variant, Operands *o)
{
    if (o->count == 0)
        return 0;
    atomic_fetch_add(&data->running, 1);
    Specialisation *spec = atomic_load(&variant->spec);
    int status;
    if (!spec->hidden && spec->guards.cell_count == 0 && guards_hold(&spec->guards))
        status = run(data, spec, o, NULL);
    else
        status = run_guarded(data, variant, o);
    atomic_fetch_sub(&data->running, 1);
    return status;
}

/* ---- objects among the operands; the GIL is held ---- */

/* The value of a Python number as the function's loop reads it. False with an exception. */
static bool unbox_object(State *state, PyObject *object, ScalarKind *kind, char *value)
{
    uint64_t room[KEY_ROOM] = {0};
    Slots slots = {room, room + KEY_ROOM};
    Key key = object ? key_pack(state, object, &slots) : KEY_FAILED;
    if (key <= KEY_FULL || (key & KEY_ARRAY) || !(key & 1) ||
        !scalar_is_weak((ScalarKind)(key >> 1 & 31))) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError,
                            "an element is not a Python number that fits 64 bits");
        return false;
    }
    *kind = (ScalarKind)(key >> 1 & 31);
    memcpy(value, room, OPERAND_SIZE);
    return true;
}

/* Reads objects at the current position; the variant for their kinds. NULL with an exception. */
static UfuncVariant *take_objects(UfuncData *data, UfuncLoop *loop, Operands *o)
{
    ScalarKind kinds[UFUNC_OPERANDS];
    for (uint32_t i = 0; i < o->nin; i++) {
        if (loop->numbers[i] != NPY_OBJECT) {
            kinds[i] = (ScalarKind)data->state->number_kinds[loop->numbers[i]];
            continue;
        }
        PyObject *object = *(PyObject **)o->args[i];
        if (!unbox_object(data->state, object, &kinds[i], o->values[i]))
            return NULL;
    }
    UfuncVariant *variant = find_variant(loop, kinds);
    if (variant)
        return variant;
    UfuncLoop *other = ufunc_loop_take(data, kinds, KIND_NONE);
    if (other == loop)
        return find_variant(loop, kinds);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "elements of an object array differ in type");
    return NULL;
}

static void substitute(const UfuncLoop *loop, Operands *o)
{
    for (uint32_t i = 0; i < o->nin; i++)
        if (loop->numbers[i] == NPY_OBJECT) {
            o->args[i] = o->values[i];
            o->steps[i] = 0;
        }
}

static int run_objects(UfuncData *data, UfuncLoop *loop, const Operands *given)
{
    bool is_uniform = true;
    for (uint32_t i = 0; i < given->nin; i++)
        is_uniform &= loop->numbers[i] != NPY_OBJECT || given->steps[i] == 0;
    Operands now = *given;
    now.count = is_uniform ? given->count : 1;
    for (npy_intp trip = 0; trip < given->count; trip += now.count) {
        for (uint32_t i = 0; i < given->nin + given->nout; i++) {
            now.args[i] = given->args[i] + trip * given->steps[i];
            now.steps[i] = given->steps[i];
        }
        UfuncVariant *variant = take_objects(data, loop, &now);
        if (!variant)
            return -1;
        substitute(loop, &now);
        if (run_variant(data, variant, &now) < 0)
            return -1;
    }
    return 0;
}

/* ---- what NumPy calls ---- */

static int run_loop(UfuncLoop *loop, char *const *args, const npy_intp *dimensions,
                    const npy_intp *steps)
{
    UfuncData *data = loop->data;
    Operands o;
    o.nin = data->nin;
    o.nout = loop->nout;
    o.count = dimensions[0];
    bool has_objects = false;
    for (uint32_t i = 0; i < o.nin + o.nout; i++) {
        o.args[i] = args[i];
        o.steps[i] = steps[i];
        has_objects |= loop->numbers[i] == NPY_OBJECT;
    }
    if (has_objects)
        return run_objects(data, loop, &o);
    return run_variant(data, loop->variants, &o);
}

void ufunc_legacy_loop(char **args, const npy_intp *dimensions, const npy_intp *steps,
                       void *loop)
{
    run_loop(loop, args, dimensions, steps);
}

int ufunc_strided_loop(PyArrayMethod_Context *context, char *const *args,
                       const npy_intp *dimensions, const npy_intp *steps, NpyAuxData *unused)
{
    (void)unused;
    UfuncData *data = (UfuncData *)((PyUFuncObject *)context->caller)->obj;
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next) {
        bool is_it = true;
        for (uint32_t i = 0; i < data->nin + loop->nout && is_it; i++)
            is_it = loop->numbers[i] == context->descriptors[i]->type_num;
        if (is_it)
            return run_loop(loop, args, dimensions, steps);
    }
    PyGILState_STATE gil = PyGILState_Ensure();
    PyErr_SetString(PyExc_SystemError, "martlet: NumPy calls a loop that was not made");
    PyGILState_Release(gil);
    return -1;
}
