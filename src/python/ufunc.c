/* Ufuncs: NumPy calls compiled loops.
 *
 * Everything of ours hangs on the ufunc's `obj`, a UfuncData. With signatures the loops are compiled at
 * once and NumPy chooses among them by casting. Without, the ufunc starts empty; a promoter, asked
 * by NumPy for dtypes that it has no loop for, compiles one and says which dtypes it takes.
 *
 * Python scalars among the arguments stay Python scalars in the function (`x * 2` with float32 x is
 * float32): their operand is of dtype object in the loop, read once where its stride is 0. One
 * loop may then have several variants, by the kind of Python scalar, with the same dtypes.
 *
 * Loops run without the GIL, so specialisations are not counted but retired: a replaced one is freed
 * when no loop runs. NumPy's floating-point warnings are not issued (the flags are cleared).
 */
#include "python/ufunc.h"

#include <stdatomic.h>

#include "python/error.h"
#include "python/ufunc_loop.h"

/* ---- the data of a ufunc ---- */

static int data_traverse(PyObject *self, visitproc visit, void *arg)
{
    UfuncData *data = (UfuncData *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(data->dispatcher);
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        for (UfuncVariant *variant = loop->variants; variant; variant = variant->next) {
            int status = specialisation_traverse(atomic_load(&variant->spec), visit, arg);
            if (status)
                return status;
        }
    return 0;
}

static void data_dealloc(PyObject *self)
{
    UfuncData *data = (UfuncData *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    ufunc_loops_free(data);
    Py_CLEAR(data->dispatcher);
    Py_CLEAR(data->texts);
    PyMem_Free(data->functions);
    PyMem_Free(data->loop_data);
    PyMem_Free(data->numbers);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot data_slots[] = {
    {Py_tp_dealloc, data_dealloc},
    {Py_tp_traverse, data_traverse},
    {Py_tp_doc, "The compiled loops of a ufunc."},
    {0, NULL},
};

PyType_Spec ufunc_data_spec = {
    .name = "martlet._core.UfuncData",
    .basicsize = sizeof(UfuncData),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = data_slots,
};

static UfuncData *data_of(PyObject *ufunc)
{
    return (UfuncData *)((PyUFuncObject *)ufunc)->obj;
}

Dispatcher *ufunc_dispatcher(State *state, PyObject *ufunc)
{
    if (!PyObject_TypeCheck(ufunc, &PyUFunc_Type))
        return NULL;
    PyObject *data = ((PyUFuncObject *)ufunc)->obj;
    return data && Py_TYPE(data) == state->ufunc_type ? ((UfuncData *)data)->dispatcher : NULL;
}

static UfuncData *data_new(State *state, Dispatcher *d)
{
    UfuncData *data = (UfuncData *)state->ufunc_type->tp_alloc(state->ufunc_type, 0);
    if (!data)
        return NULL;
    data->state = state;
    data->dispatcher = (Dispatcher *)Py_NewRef((PyObject *)d);
    data->nin = d->param_count;
    data->nout = 1;
    return data;
}

/* ---- kinds, DTypes and type numbers ---- */

static PyArray_DTypeMeta *dtype_of_number(int number)
{
    PyArray_Descr *descr = PyArray_DescrFromType(number);
    PyArray_DTypeMeta *dtype = (PyArray_DTypeMeta *)Py_NewRef((PyObject *)Py_TYPE(descr));
    Py_DECREF(descr);
    return dtype;
}

/* The kind an operand has in the function; KIND_NONE where it has none. */
static uint32_t kind_of_dtype(const State *state, const PyArray_DTypeMeta *dtype)
{
    if (dtype == &PyArray_PyLongDType)
        return SCALAR_INT;
    if (dtype == &PyArray_PyFloatDType)
        return SCALAR_FLOAT;
    if (dtype == &PyArray_PyComplexDType)
        return SCALAR_COMPLEX;
    unsigned number = (unsigned)dtype->type_num;
    return number < TYPE_NUMBERS ? state->number_kinds[number] : KIND_NONE;
}

/* ---- compiling loops on demand ---- */

static int refuse_dtype(const UfuncData *data, int i, PyArray_DTypeMeta *dtype)
{
    PyObject *name = dispatcher_param_name(data->dispatcher, (uint32_t)i);
    PyErr_Format(PyExc_TypeError, "argument '%S' of %U(): elements of %R are not compiled",
                 name ? name : Py_None,
                 ((PyFunctionObject *)data->dispatcher->function)->func_qualname, dtype);
    return -1;
}

/* Tells NumPy of a loop that exists on our side. */
static int add_to_numpy(PyObject *ufunc, UfuncLoop *loop)
{
    PyArray_DTypeMeta *dtypes[UFUNC_OPERANDS];
    UfuncData *data = data_of(ufunc);
    int count = (int)(data->nin + data->nout);
    bool has_objects = false;
    for (int i = 0; i < count; i++) {
        dtypes[i] = dtype_of_number(loop->numbers[i]);
        has_objects |= loop->numbers[i] == NPY_OBJECT;
    }
    PyType_Slot slots[] = {{NPY_METH_strided_loop, ufunc_strided_loop}, {0, NULL}};
    PyArrayMethod_Spec spec = {
        .name = "martlet_loop",
        .nin = (int)data->nin,
        .nout = (int)data->nout,
        .casting = NPY_NO_CASTING,
        .flags =
            NPY_METH_NO_FLOATINGPOINT_ERRORS | (has_objects ? NPY_METH_REQUIRES_PYAPI : 0) |
            (((PyUFuncObject *)ufunc)->identity != PyUFunc_None ? NPY_METH_IS_REORDERABLE : 0),
        .dtypes = dtypes,
        .slots = slots,
    };
    int status = PyUFunc_AddLoopFromSpec(ufunc, &spec);
    for (int i = 0; i < count; i++)
        Py_DECREF(dtypes[i]);
    return status;
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
        uint32_t kind = dtype ? kind_of_dtype(data->state, dtype) : KIND_NONE;
        if (kind == KIND_NONE)
            return refuse_dtype(data, (int)i, dtype);
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
    UfuncLoop *loop = ufunc_loop_take(data, inputs, wanted);
    if (!loop || loop->nout != 1 || loop->numbers[0] == loop->numbers[2])
        return loop;
    inputs[0] = (ScalarKind)data->state->number_kinds[loop->numbers[2]];
    return ufunc_loop_take(data, inputs, wanted);
}

/* Before NumPy 2.5 a promoter must not answer with the dtypes it was asked about, which happens where
 * dtype= or signature= give the outputs. We then answer with a dtype that no loop has, are asked
 * about that at once, in the same thread, and give the true answer. */
static bool evade(UfuncData *data, PyArray_DTypeMeta *const given[], PyArray_DTypeMeta **found)
{
    for (uint32_t i = 0; i < data->nin + data->nout; i++)
        if (found[i] != given[i])
            return false;
    for (uint32_t i = 0; i < data->nin + data->nout; i++)
        data->evaded[i] = found[i]->type_num;
    Py_SETREF(found[0], dtype_of_number(NPY_VOID));
    data->has_evaded = true;
    return true;
}

static bool answer_evaded(UfuncData *data, PyArray_DTypeMeta *const given[],
                          PyArray_DTypeMeta **found)
{
    if (!data->has_evaded)
        return false;
    data->has_evaded = false;
    if (!given[0] || given[0]->type_num != NPY_VOID)
        return false;
    for (uint32_t i = 0; i < data->nin + data->nout; i++)
        found[i] = dtype_of_number(data->evaded[i]);
    return true;
}

static int promote(PyObject *ufunc, PyArray_DTypeMeta *const given[],
                   PyArray_DTypeMeta *const signature[], PyArray_DTypeMeta *found[])
{
    UfuncData *data = data_of(ufunc);
    ScalarKind inputs[UFUNC_OPERANDS];
    uint32_t wanted = KIND_NONE;
    bool is_reduction;
    if (answer_evaded(data, given, found))
        return 0;
    if (input_kinds(data, given, signature, inputs, &is_reduction) < 0)
        return -1;
    if (data->nout == 1 && signature[data->nin])
        wanted = kind_of_dtype(data->state, signature[data->nin]);
    UfuncLoop *loop = is_reduction ? take_reduction(data, inputs, wanted)
                                   : ufunc_loop_take(data, inputs, wanted);
    if (!loop || (!loop->is_known && add_to_numpy(ufunc, loop) < 0))
        return -1;
    loop->is_known = true;
    for (uint32_t i = 0; i < data->nin + data->nout; i++)
        found[i] = dtype_of_number(loop->numbers[i]);
    evade(data, given, found);
    return 0;
}

/* A promoter that answers for all dtypes. */
static int add_promoter(PyObject *ufunc, uint32_t count)
{
    PyObject *dtypes = PyTuple_New((Py_ssize_t)count), *capsule = NULL;
    int status = -1;
    for (uint32_t i = 0; dtypes && i < count; i++)
        PyTuple_SET_ITEM(dtypes, (Py_ssize_t)i, Py_NewRef(Py_None));
    if (dtypes)
        capsule = PyCapsule_New((void *)(uintptr_t)promote, "numpy._ufunc_promoter", NULL);
    if (capsule)
        status = PyUFunc_AddPromoter(ufunc, dtypes, capsule);
    Py_XDECREF(dtypes);
    Py_XDECREF(capsule);
    return status;
}

/* ---- making ufuncs ---- */

/* `identity` as PyUFunc_FromFuncAndData takes it; -100 with an exception. */
static int identity_from(PyObject *identity)
{
    if (identity == Py_None)
        return PyUFunc_None;
    if (PyUnicode_Check(identity) &&
        PyUnicode_CompareWithASCIIString(identity, "reorderable") == 0)
        return PyUFunc_ReorderableNone;
    if (PyLong_Check(identity)) {
        long value = PyLong_AsLong(identity);
        if (value == 0 || value == 1 || value == -1)
            return value == 0 ? PyUFunc_Zero : value == 1 ? PyUFunc_One : PyUFunc_MinusOne;
    }
    PyErr_Format(PyExc_ValueError, "identity is None, 0, 1, -1 or 'reorderable', not %R",
                 identity);
    return -100;
}

/* Name and documentation as C strings that live as long as the data. */
static int take_texts(UfuncData *data, const char **name, const char **doc)
{
    PyObject *function = data->dispatcher->function;
    PyObject *text = ((PyFunctionObject *)function)->func_doc;
    bool has_text = text && PyUnicode_Check(text);
    data->texts =
        PyTuple_Pack(2, ((PyFunctionObject *)function)->func_name, has_text ? text : Py_None);
    if (!data->texts)
        return -1;
    *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(data->texts, 0));
    *doc = has_text ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(data->texts, 1)) : "";
    return *name && *doc ? 0 : -1;
}

static int take_signatures(UfuncData *data, PyObject *signatures, Py_ssize_t count)
{
    data->functions = PyMem_Calloc((size_t)count + 1, sizeof *data->functions);
    data->loop_data = PyMem_Calloc((size_t)count + 1, sizeof *data->loop_data);
    data->numbers = PyMem_Calloc((size_t)count * UFUNC_OPERANDS + 1, 1);
    if (!data->functions || !data->loop_data || !data->numbers) {
        PyErr_NoMemory();
        return -1;
    }
    char *numbers = data->numbers;
    for (Py_ssize_t i = 0; i < count; i++) {
        UfuncLoop *loop = ufunc_loop_compile(data, PySequence_Fast_GET_ITEM(signatures, i));
        if (!loop)
            return -1;
        data->functions[i] = ufunc_legacy_loop;
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
    int unit = identity_from(identity);
    if (unit == -100 || take_texts(data, &name, &doc) < 0 ||
        (count > 0 && take_signatures(data, signatures, count) < 0))
        return NULL;
    PyObject *ufunc =
        PyUFunc_FromFuncAndData(data->functions, data->loop_data, data->numbers, (int)count,
                                (int)data->nin, (int)data->nout, unit, name, doc, 0);
    if (!ufunc)
        return NULL;
    ((PyUFuncObject *)ufunc)->obj = Py_NewRef((PyObject *)data);
    if (count == 0 && add_promoter(ufunc, data->nin + data->nout) < 0)
        Py_CLEAR(ufunc);
    return ufunc;
}

PyObject *ufunc_new(State *state, Dispatcher *d, PyObject *signatures, PyObject *identity,
                    uint32_t results)
{
    if (d->param_count == 0 || !d->is_simple || results == 0 ||
        d->param_count + results > UFUNC_OPERANDS) {
        PyErr_Format(PyExc_TypeError,
                     "%U() cannot be a ufunc: it needs 1 to 31 positional "
                     "parameters, no others, and a result",
                     ((PyFunctionObject *)d->function)->func_qualname);
        return NULL;
    }
    UfuncData *data = data_new(state, d);
    PyObject *list = PySequence_Fast(signatures, "signatures are a sequence"), *ufunc = NULL;
    if (data)
        data->nout = results;
    if (data && list)
        ufunc = make(data, list, identity);
    Py_XDECREF(data);
    Py_XDECREF(list);
    return ufunc;
}
