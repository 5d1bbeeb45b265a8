/* Ufuncs: NumPy calls compiled loops over scalar functions.
 *
 * Everything of ours hangs on the ufunc's `obj`, a UfuncData. With signatures the loops are compiled at
 * once and NumPy chooses among them by casting. Without, the ufunc starts empty; a promoter, asked
 * by NumPy for dtypes that it has no loop for, compiles one and says which dtypes it takes.
 *
 * Python scalars among the arguments stay Python scalars in the function (`x * 2` with float32 x is
 * float32): their operand is of dtype object in the loop, read once where its stride is 0. One
 * loop may then have several variants, by the kind of Python scalar, with the same dtypes.
 */
#include "python/ufunc.h"

#include <assert.h>

#include "python/pytype.h"
#include "python/request.h"
#include "python/ufunc_base.h"

enum { OPERAND_SIZE = 16 }; /* bytes, at most */

Dispatcher *ufunc_dispatcher(State *state, PyObject *ufunc)
{
    if (!PyObject_TypeCheck(ufunc, &PyUFunc_Type))
        return NULL;
    PyObject *data = ((PyUFuncObject *)ufunc)->obj;
    return data && Py_TYPE(data) == state->ufunc_type ? ((UfuncData *)data)->dispatcher : NULL;
}

/* ---- compiling ---- */

static Specialisation *compile(UfuncData *data, const ScalarKind *kinds, const Type *result)
{
    const Type *types[UFUNC_OPERANDS];
    for (uint32_t i = 0; i < data->nin; i++)
        types[i] = type_scalar(data->state->types, kinds[i]);
    Request request = {.types = types, .result = result, .entry = ENTRY_UFUNC};
    return request_specialise(data->dispatcher, &request);
}

/* The kinds of the results of a compiled function. False with an exception. */
static bool result_kinds(const UfuncData *data, const Type *result, ScalarKind *kinds)
{
    uint32_t count = result->kind == TYPE_TUPLE ? result->count : 1;
    bool done = count == data->nout;
    for (uint32_t i = 0; done && i < count; i++) {
        const Type *element = result->kind == TYPE_TUPLE ? result->elements[i] : result;
        done = type_scalar_of(element, &kinds[i]) && kinds[i] != SCALAR_INT_I128;
    }
    if (!done)
        PyErr_Format(PyExc_TypeError, "%U() cannot be a ufunc: it must return %s",
                     ((PyFunctionObject *)data->dispatcher->function)->func_qualname,
                     data->nout == 1 ? "a number" : "a tuple of as many numbers each time");
    return done;
}

/* The loop for inputs of these kinds, compiled if need be, with an output of kind `wanted` where that is
 * not KIND_NONE. NULL with an exception. */
static UfuncLoop *take_loop(UfuncData *data, const ScalarKind *inputs, uint32_t wanted)
{
    ScalarKind outputs[UFUNC_OPERANDS];
    int numbers[UFUNC_OPERANDS];
    const State *state = data->state;
    int output = wanted == KIND_NONE ? -1 : state->descrs[wanted]->type_num;
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        if ((output < 0 || loop->numbers[data->nin] == output) &&
            ufunc_base_variant(loop, inputs))
            return loop;
    const Type *result =
        wanted == KIND_NONE ? NULL : type_scalar(state->types, (ScalarKind)wanted);
    Specialisation *spec = compile(data, inputs, result);
    if (!spec || !result_kinds(data, spec->result, outputs)) {
        if (spec)
            specialisation_leave(spec);
        return NULL;
    }
    for (uint32_t i = 0; i < data->nin; i++)
        numbers[i] =
            scalar_is_weak(inputs[i]) ? NPY_OBJECT : state->descrs[inputs[i]]->type_num;
    for (uint32_t i = 0; i < data->nout; i++)
        numbers[data->nin + i] = state->descrs[outputs[i]]->type_num;
    return ufunc_base_add(data, numbers, inputs, spec);
}

/* The loop for a signature (result or None, params). NULL with an exception. */
static UfuncLoop *loop_from_signature(UfuncData *data, PyObject *signature)
{
    PyObject *params, *result;
    ScalarKind inputs[UFUNC_OPERANDS], wanted = (ScalarKind)KIND_NONE;
    if (!PyArg_ParseTuple(signature, "OO!", &result, &PyTuple_Type, &params))
        return NULL;
    if (PyTuple_GET_SIZE(params) != (Py_ssize_t)data->nin) {
        PyErr_Format(PyExc_TypeError, "%U() takes %u arguments, and a signature has %zd",
                     ((PyFunctionObject *)data->dispatcher->function)->func_qualname, data->nin,
                     PyTuple_GET_SIZE(params));
        return NULL;
    }
    for (uint32_t i = 0; i <= data->nin; i++) {
        PyObject *object = i < data->nin ? PyTuple_GET_ITEM(params, (Py_ssize_t)i) : result;
        if (i == data->nin && (result == Py_None || data->nout > 1))
            break;
        ScalarKind *kind = i < data->nin ? &inputs[i] : &wanted;
        const Type *type = pytype_from(data->state, object);
        if (!type)
            return NULL;
        if (!type_scalar_of(type, kind)) {
            PyErr_Format(PyExc_TypeError, "signatures of ufuncs have number types, not %R",
                         object);
            return NULL;
        }
        *kind = scalar_numpy(*kind);
    }
    return take_loop(data, inputs, wanted);
}

/* ---- NumPy's questions ---- */

static int refuse_dtype(const UfuncData *data, uint32_t i, PyArray_DTypeMeta *dtype)
{
    PyObject *name = dispatcher_param_name(data->dispatcher, i);
    PyErr_Format(PyExc_TypeError, "argument '%S' of %U(): elements of %R are not compiled",
                 name ? name : Py_None,
                 ((PyFunctionObject *)data->dispatcher->function)->func_qualname, dtype);
    return -1;
}

/* The kinds of the inputs that NumPy asks about. -1 with an exception. In reduce and accumulate the
 * first input is the output, which has no dtype yet: *is_reduction. */
static int input_kinds(const UfuncData *data, PyArray_DTypeMeta *const given[],
                       PyArray_DTypeMeta *const signature[], ScalarKind *inputs,
                       bool *is_reduction)
{
    *is_reduction = data->nin == 2 && !given[0] && !signature[0];
    for (uint32_t i = *is_reduction; i < data->nin; i++) {
        PyArray_DTypeMeta *dtype = signature[i] ? signature[i] : given[i];
        uint32_t kind = dtype ? ufunc_base_kind(data->state, dtype) : KIND_NONE;
        if (kind == KIND_NONE)
            return refuse_dtype(data, i, dtype);
        inputs[i] = (ScalarKind)kind;
    }
    if (*is_reduction)
        inputs[0] = scalar_numpy(inputs[1]);
    return 0;
}

/* The loop of a reduction: its first input is of the output's dtype. */
static UfuncLoop *take_reduction(UfuncData *data, ScalarKind *inputs, uint32_t wanted)
{
    if (wanted != KIND_NONE)
        inputs[0] = (ScalarKind)wanted;
    UfuncLoop *loop = take_loop(data, inputs, wanted);
    if (!loop || data->nout != 1 || loop->numbers[0] == loop->numbers[2])
        return loop;
    inputs[0] = (ScalarKind)data->state->number_kinds[loop->numbers[2]];
    return take_loop(data, inputs, wanted);
}

static int promote(PyObject *ufunc, PyArray_DTypeMeta *const given[],
                   PyArray_DTypeMeta *const signature[], PyArray_DTypeMeta *found[])
{
    UfuncData *data = ufunc_base_of(ufunc);
    ScalarKind inputs[UFUNC_OPERANDS];
    uint32_t wanted = KIND_NONE;
    bool is_reduction;
    if (ufunc_base_answer_evaded(data, given, found))
        return 0;
    if (input_kinds(data, given, signature, inputs, &is_reduction) < 0)
        return -1;
    if (data->nout == 1 && signature[data->nin])
        wanted = ufunc_base_kind(data->state, signature[data->nin]);
    UfuncLoop *loop =
        is_reduction ? take_reduction(data, inputs, wanted) : take_loop(data, inputs, wanted);
    return loop ? ufunc_base_answer(ufunc, loop, given, found) : -1;
}

/* ---- running ---- */

/* The operands of one call of a loop. */
typedef struct Operands {
    uint32_t nin, nout;
    bool is_binary; /* two inputs, an output of the first one's dtype */
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

/* Does each trip read what the one before it wrote, as in reduce and accumulate? The loop sees that itself. */
static bool is_chain(const Operands *o)
{
    return o->is_binary && o->args[0] + o->steps[0] == o->args[2] && o->steps[0] == o->steps[2];
}

/* Must trips run one after the other, since the output overlaps an input in another way? */
static bool is_sequential(const Operands *o)
{
    if (is_chain(o))
        return false;
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

typedef int32_t LoopEntry(RtCtx *, char **, const npy_intp *, const npy_intp *);

static int32_t run_trips(LoopEntry *entry, RtCtx *ctx, Operands *o)
{
    if (!is_sequential(o))
        return entry(ctx, o->args, &o->count, o->steps);
    npy_intp one = 1;
    int32_t status = 0;
    for (npy_intp i = 0; i < o->count && status == 0; i++) {
        status = entry(ctx, o->args, &one, o->steps);
        for (uint32_t k = 0; k < o->nin + o->nout; k++)
            o->args[k] += o->steps[k];
    }
    return status;
}

static int32_t enter(Thread *thread, const UfuncRun *run, void *context)
{
    const Compiled *running = thread->running;
    const void *outer = thread->ctx.hidden;
    thread->running = run->spec->compiled;
    thread->ctx.hidden = run->hidden;
    int32_t status =
        run_trips((LoopEntry *)run->spec->compiled->entry, &thread->ctx, (Operands *)context);
    thread->ctx.hidden = outer;
    thread->running = running;
    return status;
}

static int run_variant(UfuncLoop *loop, UfuncVariant *variant, Operands *o)
{
    return o->count == 0 ? 0 : ufunc_base_run(loop, variant, enter, o);
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
static UfuncVariant *take_objects(UfuncLoop *loop, Operands *o)
{
    ScalarKind kinds[UFUNC_OPERANDS];
    UfuncData *data = loop->data;
    for (uint32_t i = 0; i < o->nin; i++) {
        kinds[i] = (ScalarKind)data->state->number_kinds[loop->numbers[i]];
        if (loop->numbers[i] == NPY_OBJECT &&
            !unbox_object(data->state, *(PyObject **)o->args[i], &kinds[i], o->values[i]))
            return NULL;
    }
    UfuncVariant *variant = ufunc_base_variant(loop, kinds);
    if (!variant && take_loop(data, kinds, KIND_NONE) == loop)
        variant = ufunc_base_variant(loop, kinds);
    if (!variant && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "elements of an object array differ in type");
    return variant;
}

static void substitute(const UfuncLoop *loop, Operands *o)
{
    for (uint32_t i = 0; i < o->nin; i++)
        if (loop->numbers[i] == NPY_OBJECT) {
            o->args[i] = o->values[i];
            o->steps[i] = 0;
        }
}

/* What NumPy gives a loop. */
typedef struct Given {
    char *const *args;
    const npy_intp *steps;
    npy_intp count;
} Given;

static void take_operands(const UfuncLoop *loop, const Given *given, npy_intp trip, Operands *o)
{
    o->nin = loop->data->nin;
    o->nout = loop->data->nout;
    o->is_binary = o->nin == 2 && o->nout == 1 && loop->numbers[0] == loop->numbers[2];
    assert(o->nin < o->nin + o->nout);
    for (uint32_t i = 0; i < o->nin + o->nout; i++) {
        o->args[i] = given->args[i] + trip * given->steps[i];
        o->steps[i] = given->steps[i];
    }
}

static int run_objects(UfuncLoop *loop, const Given *given, bool is_uniform)
{
    Operands o = {.count = is_uniform ? given->count : 1};
    for (npy_intp trip = 0; trip < given->count; trip += o.count) {
        take_operands(loop, given, trip, &o);
        UfuncVariant *variant = take_objects(loop, &o);
        if (!variant)
            return -1;
        substitute(loop, &o);
        if (run_variant(loop, variant, &o) < 0)
            return -1;
    }
    return 0;
}

/* ---- what NumPy calls ---- */

static int run_loop(UfuncLoop *loop, char *const *args, const npy_intp *dimensions,
                    const npy_intp *steps)
{
    Given given = {args, steps, dimensions[0]};
    bool has_objects = false, is_uniform = true;
    for (uint32_t i = 0; i < loop->data->nin; i++)
        if (loop->numbers[i] == NPY_OBJECT) {
            has_objects = true;
            is_uniform &= steps[i] == 0;
        }
    if (has_objects)
        return run_objects(loop, &given, is_uniform);
    Operands o;
    o.count = given.count;
    take_operands(loop, &given, 0, &o);
    return run_variant(loop, loop->variants, &o);
}

static void legacy_loop(char **args, const npy_intp *dimensions, const npy_intp *steps,
                        void *loop)
{
    run_loop(loop, args, dimensions, steps);
}

static int strided_loop(PyArrayMethod_Context *context, char *const *args,
                        const npy_intp *dimensions, const npy_intp *steps, NpyAuxData *unused)
{
    (void)unused;
    UfuncLoop *loop = ufunc_base_loop(context);
    return loop ? run_loop(loop, args, dimensions, steps) : -1;
}

/* ---- making ---- */

/* `identity` as PyUFunc_FromFuncAndData takes it. -1 with an exception. */
static int identity_from(PyObject *identity, int *unit)
{
    static const int units[] = {PyUFunc_MinusOne, PyUFunc_Zero, PyUFunc_One};
    *unit = PyUFunc_None;
    if (identity == Py_None)
        return 0;
    if (PyUnicode_Check(identity) &&
        PyUnicode_CompareWithASCIIString(identity, "reorderable") == 0) {
        *unit = PyUFunc_ReorderableNone;
        return 0;
    }
    long value = PyLong_Check(identity) ? PyLong_AsLong(identity) : 2;
    if (value >= -1 && value <= 1 && !PyErr_Occurred()) {
        *unit = units[value + 1];
        return 0;
    }
    PyErr_Format(PyExc_ValueError, "identity is None, 0, 1, -1 or 'reorderable', not %R",
                 identity);
    return -1;
}

static int take_signatures(UfuncData *data, PyObject *signatures)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(signatures);
    if (ufunc_base_tables(data, count) < 0)
        return -1;
    char *numbers = data->numbers;
    for (Py_ssize_t i = 0; i < count; i++) {
        UfuncLoop *loop = loop_from_signature(data, PySequence_Fast_GET_ITEM(signatures, i));
        if (!loop)
            return -1;
        data->functions[i] = legacy_loop;
        data->loop_data[i] = loop;
        for (uint32_t k = 0; k < data->nin + data->nout; k++)
            *numbers++ = (char)loop->numbers[k];
    }
    return 0;
}

static PyObject *make(UfuncData *data, PyObject *signatures, PyObject *identity)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(signatures);
    const char *name, *doc;
    int unit;
    if (identity_from(identity, &unit) < 0 || ufunc_base_texts(data, &name, &doc) < 0 ||
        take_signatures(data, signatures) < 0)
        return NULL;
    PyObject *ufunc =
        PyUFunc_FromFuncAndData(data->functions, data->loop_data, data->numbers, (int)count,
                                (int)data->nin, (int)data->nout, unit, name, doc, 0);
    if (!ufunc)
        return NULL;
    ((PyUFuncObject *)ufunc)->obj = Py_NewRef((PyObject *)data);
    data->ufunc = ufunc;
    if (count == 0 && ufunc_base_promoter(ufunc, promote) < 0)
        Py_CLEAR(ufunc);
    return ufunc;
}

PyObject *ufunc_new(State *state, Dispatcher *d, PyObject *signatures, PyObject *identity,
                    uint32_t results)
{
    if (d->param_count == 0 || !d->is_simple || results == 0 ||
        d->param_count + results > UFUNC_OPERANDS) {
        PyErr_Format(
            PyExc_TypeError,
            "%U() cannot be a ufunc: it needs 1 to 31 positional parameters, no others, "
            "and a result",
            ((PyFunctionObject *)d->function)->func_qualname);
        return NULL;
    }
    UfuncData *data = ufunc_base_new(state, d, d->param_count, results);
    PyObject *list = PySequence_Fast(signatures, "signatures are a sequence"), *ufunc = NULL;
    if (data && list) {
        data->deciding = data->nin;
        data->compile = compile;
        data->strided_loop = strided_loop;
        ufunc = make(data, list, identity);
    }
    Py_XDECREF(data);
    Py_XDECREF(list);
    return ufunc;
}
