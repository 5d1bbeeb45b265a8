/* Generalised ufuncs. See gufunc.h.
 *
 * The function sees an operand with core dimensions as an array of them, any strides; an input
 * without as a number; an output without as an array of one element, which it fills. Inputs are
 * read-only to it, since NumPy may have made them by casting, unless they are declared to be written:
 * then NumPy casts what was written back.
 */
#include "python/gufunc.h"

#include "python/convert.h"
#include "python/pytype.h"
#include "python/request.h"
#include "python/ufunc_base.h"

static uint32_t operand_count(const UfuncData *data)
{
    return data->nin + data->nout;
}

static int core_dims(const UfuncData *data, uint32_t operand)
{
    return ((PyUFuncObject *)data->ufunc)->core_num_dims[operand];
}

static bool is_written(const UfuncData *data, uint32_t operand)
{
    return operand < data->nin && (data->written >> operand & 1);
}

/* ---- compiling ---- */

/* The parameter type of an operand whose elements are of `kind`. */
static const Type *param_type(const UfuncData *data, uint32_t operand, ScalarKind kind)
{
    int ndim = core_dims(data, operand);
    bool is_input = operand < data->nin;
    if (is_input && ndim == 0)
        return type_scalar(data->state->types, kind);
    ArrayType array = {.dtype = kind,
                       .ndim = (uint8_t)(ndim > 0 ? ndim : 1),
                       .layout = LAYOUT_ANY,
                       .readonly = is_input && !is_written(data, operand)};
    return type_array(data->state->types, array);
}

static Specialisation *compile(UfuncData *data, const ScalarKind *kinds, const Type *result)
{
    const Type *types[UFUNC_OPERANDS];
    (void)result;
    for (uint32_t i = 0; i < operand_count(data); i++)
        types[i] = param_type(data, i, kinds[i]);
    Request request = {.types = types};
    return request_specialise(data->dispatcher, &request);
}

static UfuncLoop *take_loop(UfuncData *data, const ScalarKind *kinds)
{
    int numbers[UFUNC_OPERANDS];
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        if (ufunc_base_variant(loop, kinds))
            return loop;
    for (uint32_t i = 0; i < operand_count(data); i++)
        numbers[i] = data->state->descrs[kinds[i]]->type_num;
    Specialisation *spec = compile(data, kinds, NULL);
    if (spec && spec->result->kind != TYPE_NONE) {
        PyErr_Format(
            PyExc_TypeError,
            "%U() returns a value; a generalised ufunc fills its outputs and returns none",
            ((PyFunctionObject *)data->dispatcher->function)->func_qualname);
        specialisation_leave(spec);
        return NULL;
    }
    return spec ? ufunc_base_add(data, numbers, kinds, spec) : NULL;
}

/* The kinds of a signature's parameters. -1 with an exception. */
static int kinds_from(const UfuncData *data, PyObject *signature, ScalarKind *kinds)
{
    PyObject *params = PySequence_Fast(signature, "a signature is a sequence of types");
    int status = params ? 0 : -1;
    if (params && PySequence_Fast_GET_SIZE(params) != (Py_ssize_t)operand_count(data)) {
        PyErr_Format(PyExc_TypeError, "the layout has %u operands, and a signature %zd",
                     operand_count(data), PySequence_Fast_GET_SIZE(params));
        status = -1;
    }
    for (uint32_t i = 0; status == 0 && i < operand_count(data); i++) {
        const Type *type =
            pytype_from(data->state, PySequence_Fast_GET_ITEM(params, (Py_ssize_t)i));
        const Type *wanted = NULL;
        if (type && (type->kind == TYPE_ARRAY || type_scalar_of(type, &kinds[i]))) {
            kinds[i] = scalar_numpy(type->kind == TYPE_ARRAY ? type->array.dtype : kinds[i]);
            wanted = param_type(data, i, kinds[i]);
        }
        uint32_t ndim = type && type->kind == TYPE_ARRAY ? type->array.ndim : 0;
        if (!wanted || ndim != (wanted->kind == TYPE_ARRAY ? wanted->array.ndim : 0)) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_TypeError,
                             "type %u of the signature does not fit the layout: "
                             "operand %u has %d core dimensions",
                             i + 1, i + 1, core_dims(data, i));
            status = -1;
        }
    }
    Py_XDECREF(params);
    return status;
}

/* ---- on demand ---- */

static int promote(PyObject *ufunc, PyArray_DTypeMeta *const given[],
                   PyArray_DTypeMeta *const signature[], PyArray_DTypeMeta *found[])
{
    UfuncData *data = ufunc_base_of(ufunc);
    ScalarKind kinds[UFUNC_OPERANDS];
    if (ufunc_base_answer_evaded(data, given, found))
        return 0;
    for (uint32_t i = 0; i < operand_count(data); i++) {
        PyArray_DTypeMeta *dtype = signature[i] ? signature[i] : given[i];
        if (!dtype) {
            PyErr_Format(
                PyExc_TypeError,
                "%s(): the dtype of an output is not known: give dtype= or signature=, or "
                "signatures to guvectorize",
                ((PyUFuncObject *)ufunc)->name);
            return -1;
        }
        uint32_t kind = ufunc_base_kind(data->state, dtype);
        if (kind == KIND_NONE) {
            PyErr_Format(PyExc_TypeError, "%s(): elements of %R are not compiled",
                         ((PyUFuncObject *)ufunc)->name, dtype);
            return -1;
        }
        kinds[i] = scalar_numpy((ScalarKind)kind);
    }
    UfuncLoop *loop = take_loop(data, kinds);
    return loop ? ufunc_base_answer(ufunc, loop, given, found) : -1;
}

/* ---- running ---- */

/* One call of a loop, with room for the slots of all parameters. */
typedef struct Frame {
    UfuncData *data;
    PyUFuncObject *ufunc;
    char *const *args;
    const npy_intp *dimensions, *steps;
    uint64_t *slots;
} Frame;

static uint64_t *put_operand(const Frame *f, uint32_t i, char *at, ScalarKind kind,
                             uint64_t *next)
{
    int ndim = f->ufunc->core_num_dims[i], first = f->ufunc->core_offsets[i];
    if (i < f->data->nin && ndim == 0) {
        Slots slots = {next, next + KEY_ROOM};
        convert_unbox_scalar(kind, at, &slots);
        return slots.next;
    }
    *next++ = (uint64_t)(uintptr_t)Py_None | 1u; /* borrowed from nobody: it is not returned */
    *next++ = (uint64_t)(uintptr_t)at;
    for (int k = 0; k < ndim; k++)
        *next++ = (uint64_t)f->dimensions[1 + f->ufunc->core_dim_ixs[first + k]];
    for (int k = 0; k < ndim; k++)
        *next++ = (uint64_t)f->steps[(npy_intp)operand_count(f->data) + first + k];
    if (ndim == 0) {
        *next++ = 1;
        *next++ = scalar_size(kind);
    }
    return next;
}

static size_t slot_bound(const UfuncData *data)
{
    size_t count = KEY_ROOM;
    for (uint32_t i = 0; i < operand_count(data); i++)
        count += 4 + 2 * (size_t)core_dims(data, i);
    return count;
}

static int32_t enter(Thread *thread, const UfuncRun *run, void *context)
{
    const Frame *f = context;
    const Specialisation *spec = run->spec;
    for (npy_intp n = 0; n < f->dimensions[0]; n++) {
        uint64_t *next = f->slots;
        for (uint32_t i = 0; i < operand_count(f->data); i++)
            next =
                put_operand(f, i, f->args[i] + n * f->steps[i], run->variant->kinds[i], next);
        int32_t status =
            thread_call(thread, spec->compiled, spec->entry, run->hidden, NULL, f->slots);
        if (status != 0)
            return status;
    }
    return 0;
}

static int run_loop(UfuncLoop *loop, char *const *args, const npy_intp *dimensions,
                    const npy_intp *steps)
{
    uint64_t few[FAST_SLOTS];
    size_t size = slot_bound(loop->data);
    Frame frame = {loop->data, (PyUFuncObject *)loop->data->ufunc, args, dimensions, steps,
                   few};
    if (size > FAST_SLOTS && !(frame.slots = PyMem_RawMalloc(size * sizeof *few))) {
        PyGILState_STATE gil = PyGILState_Ensure();
        PyErr_NoMemory();
        PyGILState_Release(gil);
        return -1;
    }
    int status = ufunc_base_run(loop, loop->variants, enter, &frame);
    if (frame.slots != few)
        PyMem_RawFree(frame.slots);
    return status;
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

static int compile_signatures(UfuncData *data, PyObject *signatures)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(signatures);
    char *numbers = data->numbers;
    for (Py_ssize_t i = 0; i < count; i++) {
        ScalarKind kinds[UFUNC_OPERANDS];
        UfuncLoop *loop = NULL;
        if (kinds_from(data, PySequence_Fast_GET_ITEM(signatures, i), kinds) == 0)
            loop = take_loop(data, kinds);
        if (!loop)
            return -1;
        data->functions[i] = legacy_loop;
        data->loop_data[i] = loop;
        for (uint32_t k = 0; k < operand_count(data); k++)
            *numbers++ = (char)loop->numbers[k];
    }
    return 0;
}

/* Operands of "(m,n),(n)->(m)" on both sides of the arrow. */
static bool count_operands(const char *layout, uint32_t *nin, uint32_t *nout)
{
    const char *arrow = strstr(layout, "->");
    *nin = *nout = 0;
    for (const char *at = layout; arrow && *at; at++)
        if (*at == '(')
            ++*(at < arrow ? nin : nout);
    return *nin > 0 && *nout > 0 && *nin + *nout <= UFUNC_OPERANDS;
}

static PyObject *make_numpy(UfuncData *data, Py_ssize_t count, const char *layout)
{
    PyObject *ufunc = PyUFunc_FromFuncAndDataAndSignature(
        data->functions, data->loop_data, data->numbers, (int)count, (int)data->nin,
        (int)data->nout, PyUFunc_None, PyUnicode_AsUTF8(PyTuple_GET_ITEM(data->texts, 0)),
        data->doc, 0, layout);
    for (uint32_t i = 0; ufunc && i < data->nin; i++)
        if (is_written(data, i))
            ((PyUFuncObject *)ufunc)->op_flags[i] = NPY_ITER_READWRITE | NPY_ITER_UPDATEIFCOPY;
    return ufunc;
}

/* Only arrays can be written. -1 with an exception. */
static int check_written(const UfuncData *data)
{
    for (uint32_t i = 0; i < data->nin; i++)
        if (is_written(data, i) && core_dims(data, i) == 0) {
            PyErr_Format(PyExc_TypeError,
                         "writable_args: operand %u of the layout is a number, which cannot be "
                         "written; give it a core dimension",
                         i + 1);
            return -1;
        }
    return 0;
}

/* What is compiled for explicit signatures depends on the layout, which NumPy parses: a first ufunc is
 * made for that alone. */
static PyObject *make(UfuncData *data, PyObject *signatures, const char *layout)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(signatures);
    const char *name;
    if (ufunc_base_texts(data, &name, &data->doc) < 0 || ufunc_base_tables(data, count) < 0)
        return NULL;
    PyObject *ufunc = make_numpy(data, 0, layout);
    data->ufunc = ufunc;
    if (ufunc && check_written(data) < 0)
        Py_CLEAR(ufunc);
    if (ufunc && count > 0) {
        PyObject *full = NULL;
        if (compile_signatures(data, signatures) == 0)
            full = make_numpy(data, count, layout);
        Py_SETREF(ufunc, full);
        data->ufunc = ufunc;
    }
    if (!ufunc)
        return NULL;
    ((PyUFuncObject *)ufunc)->obj = Py_NewRef((PyObject *)data);
    if (count == 0 && ufunc_base_promoter(ufunc, promote) < 0)
        Py_CLEAR(ufunc);
    return ufunc;
}

PyObject *gufunc_new(State *state, Dispatcher *d, PyObject *signatures, const char *layout,
                     uint64_t written)
{
    uint32_t nin, nout;
    if (!count_operands(layout, &nin, &nout) || nin + nout != d->param_count || !d->is_simple) {
        PyErr_Format(
            PyExc_TypeError,
            "the layout '%s' does not fit %U(): it needs a parameter for each input and "
            "output, as in '(n),()->(n)'",
            layout, ((PyFunctionObject *)d->function)->func_qualname);
        return NULL;
    }
    UfuncData *data = ufunc_base_new(state, d, nin, nout);
    PyObject *list = PySequence_Fast(signatures, "signatures are a sequence"), *ufunc = NULL;
    if (data && list) {
        data->deciding = nin + nout;
        data->written = written;
        data->compile = compile;
        data->strided_loop = strided_loop;
        ufunc = make(data, list, layout);
    }
    Py_XDECREF(data);
    Py_XDECREF(list);
    return ufunc;
}
