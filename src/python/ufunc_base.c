/* What all our ufuncs share. See ufunc_base.h.
 *
 * Loops run without the GIL, so specialisations are not counted but retired: a replaced one is freed
 * when no loop runs. NumPy's floating-point warnings are not issued: the flags are cleared.
 */
#include "python/ufunc_base.h"

#include <fenv.h>
#include <stdatomic.h>

#include "python/error.h"

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

static void free_loops(UfuncData *data)
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
}

static void data_dealloc(PyObject *self)
{
    UfuncData *data = (UfuncData *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    free_loops(data);
    Py_CLEAR(data->dispatcher);
    Py_CLEAR(data->texts);
    PyMem_Free(data->functions);
    PyMem_Free(data->loop_data);
    PyMem_Free(data->numbers);
    state_leave(data->state);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot data_slots[] = {
    {Py_tp_dealloc, data_dealloc},
    {Py_tp_traverse, data_traverse},
    {Py_tp_doc, "The compiled loops of a ufunc."},
    {0, NULL},
};

PyType_Spec ufunc_base_spec = {
    .name = "martlet._core.UfuncData",
    .basicsize = sizeof(UfuncData),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = data_slots,
};

UfuncData *ufunc_base_new(State *state, Dispatcher *d, uint32_t nin, uint32_t nout)
{
    UfuncData *data = (UfuncData *)state->ufunc_type->tp_alloc(state->ufunc_type, 0);
    if (!data)
        return NULL;
    data->state = state_use(state);
    data->dispatcher = (Dispatcher *)Py_NewRef((PyObject *)d);
    data->nin = nin;
    data->nout = nout;
    return data;
}

int ufunc_base_texts(UfuncData *data, const char **name, const char **doc)
{
    PyFunctionObject *function = (PyFunctionObject *)data->dispatcher->function;
    PyObject *text = function->func_doc;
    bool has_text = text && PyUnicode_Check(text);
    data->texts = PyTuple_Pack(2, function->func_name, has_text ? text : Py_None);
    if (!data->texts)
        return -1;
    *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(data->texts, 0));
    *doc = has_text ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(data->texts, 1)) : "";
    return *name && *doc ? 0 : -1;
}

int ufunc_base_tables(UfuncData *data, Py_ssize_t count)
{
    data->functions = PyMem_Calloc((size_t)count + 1, sizeof *data->functions);
    data->loop_data = PyMem_Calloc((size_t)count + 1, sizeof *data->loop_data);
    data->numbers = PyMem_Calloc((size_t)count * UFUNC_OPERANDS + 1, 1);
    if (data->functions && data->loop_data && data->numbers)
        return 0;
    PyErr_NoMemory();
    return -1;
}

/* ---- loops ---- */

static uint32_t operand_count(const UfuncData *data)
{
    return data->nin + data->nout;
}

uint32_t ufunc_base_kind(const State *state, const PyArray_DTypeMeta *dtype)
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

UfuncVariant *ufunc_base_variant(const UfuncLoop *loop, const ScalarKind *kinds)
{
    for (UfuncVariant *variant = loop->variants; variant; variant = variant->next)
        if (memcmp(variant->kinds, kinds, loop->data->deciding * sizeof *kinds) == 0)
            return variant;
    return NULL;
}

static UfuncLoop *loop_with(UfuncData *data, const int *numbers)
{
    size_t size = operand_count(data) * sizeof *numbers;
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next)
        if (memcmp(loop->numbers, numbers, size) == 0)
            return loop;
    UfuncLoop *loop = PyMem_Calloc(1, sizeof *loop);
    if (!loop)
        return (UfuncLoop *)PyErr_NoMemory();
    loop->data = data;
    memcpy(loop->numbers, numbers, size);
    loop->next = data->loops;
    data->loops = loop;
    return loop;
}

UfuncLoop *ufunc_base_add(UfuncData *data, const int *numbers, const ScalarKind *kinds,
                          Specialisation *spec)
{
    UfuncLoop *loop = loop_with(data, numbers);
    UfuncVariant *variant = NULL;
    if (loop && !ufunc_base_variant(loop, kinds) &&
        !(variant = PyMem_Calloc(1, sizeof *variant))) {
        PyErr_NoMemory();
        loop = NULL;
    }
    if (!variant) {
        specialisation_leave(spec);
        return loop;
    }
    memcpy(variant->kinds, kinds, data->deciding * sizeof *kinds);
    atomic_store(&variant->spec, spec);
    variant->next = loop->variants;
    loop->variants = variant;
    return loop;
}

/* ---- NumPy's questions ---- */

static PyArray_DTypeMeta *dtype_of_number(int number)
{
    PyArray_Descr *descr = PyArray_DescrFromType(number);
    PyArray_DTypeMeta *dtype = (PyArray_DTypeMeta *)Py_NewRef((PyObject *)Py_TYPE(descr));
    Py_DECREF(descr);
    return dtype;
}

int ufunc_base_promoter(PyObject *ufunc, PyArrayMethod_PromoterFunction *promote)
{
    Py_ssize_t count = ((PyUFuncObject *)ufunc)->nargs;
    PyObject *dtypes = PyTuple_New(count), *capsule = NULL;
    int status = -1;
    for (Py_ssize_t i = 0; dtypes && i < count; i++)
        PyTuple_SET_ITEM(dtypes, i, Py_NewRef(Py_None));
    if (dtypes)
        capsule = PyCapsule_New((void *)(uintptr_t)promote, "numpy._ufunc_promoter", NULL);
    if (capsule)
        status = PyUFunc_AddPromoter(ufunc, dtypes, capsule);
    Py_XDECREF(dtypes);
    Py_XDECREF(capsule);
    return status;
}

static int tell_numpy(PyObject *ufunc, UfuncLoop *loop)
{
    PyArray_DTypeMeta *dtypes[UFUNC_OPERANDS];
    UfuncData *data = loop->data;
    uint32_t count = operand_count(data);
    bool has_objects = false;
    for (uint32_t i = 0; i < count; i++) {
        dtypes[i] = dtype_of_number(loop->numbers[i]);
        has_objects |= loop->numbers[i] == NPY_OBJECT;
    }
    bool is_reorderable = ((PyUFuncObject *)ufunc)->identity != PyUFunc_None;
    PyType_Slot slots[] = {{NPY_METH_strided_loop, (void *)(uintptr_t)data->strided_loop},
                           {0, NULL}};
    PyArrayMethod_Spec spec = {
        .name = "martlet_loop",
        .nin = (int)data->nin,
        .nout = (int)data->nout,
        .casting = NPY_NO_CASTING,
        .flags = NPY_METH_NO_FLOATINGPOINT_ERRORS |
                 (has_objects ? NPY_METH_REQUIRES_PYAPI : 0) |
                 (is_reorderable ? NPY_METH_IS_REORDERABLE : 0),
        .dtypes = dtypes,
        .slots = slots,
    };
    int status = PyUFunc_AddLoopFromSpec(ufunc, &spec);
    for (uint32_t i = 0; i < count; i++)
        Py_DECREF(dtypes[i]);
    return status;
}

/* Before NumPy 2.5 a promoter must not answer with the dtypes it was asked about, which happens where
 * dtype= or signature= give the outputs. We then answer with a marker for the first operand, a dtype
 * that no loop has, are asked about that at once, and give the true answer. NumPy remembers both
 * answers, so each dtype has a marker of its own; the rare one too many fails at the first call. */
static const int markers[UFUNC_MARKERS] = {NPY_VOID,       NPY_STRING,    NPY_UNICODE,
                                           NPY_DATETIME,   NPY_TIMEDELTA, NPY_LONGDOUBLE,
                                           NPY_CLONGDOUBLE};

/* NumPy 2.0 does not remember an answer again that the one about the marker has brought. There the
 * inputs alone are the answer, unless other loops have them, too. */
static bool forget_outputs(const UfuncLoop *loop, PyArray_DTypeMeta **found)
{
    const UfuncData *data = loop->data;
    size_t size = data->nin * sizeof *loop->numbers;
    if (PyArray_GetNDArrayCFeatureVersion() > NPY_2_0_API_VERSION)
        return false;
    for (const UfuncLoop *other = data->loops; other; other = other->next)
        if (other != loop && memcmp(other->numbers, loop->numbers, size) == 0)
            return false;
    for (uint32_t i = data->nin; i < operand_count(data); i++)
        Py_CLEAR(found[i]);
    return true;
}

static void evade(const UfuncLoop *loop, PyArray_DTypeMeta *const given[],
                  PyArray_DTypeMeta **found)
{
    UfuncData *data = loop->data;
    for (uint32_t i = 0; i < operand_count(data); i++)
        if (found[i] != given[i])
            return;
    if (forget_outputs(loop, found))
        return;
    uint32_t marker = 0;
    while (marker < data->marked_count && data->marked[marker] != found[0]->type_num)
        marker++;
    if (marker == UFUNC_MARKERS)
        return;
    if (marker == data->marked_count)
        data->marked[data->marked_count++] = found[0]->type_num;
    Py_SETREF(found[0], dtype_of_number(markers[marker]));
}

bool ufunc_base_answer_evaded(const UfuncData *data, PyArray_DTypeMeta *const given[],
                              PyArray_DTypeMeta **found)
{
    uint32_t marker = 0;
    while (marker < data->marked_count && (!given[0] || given[0]->type_num != markers[marker]))
        marker++;
    if (marker == data->marked_count)
        return false;
    for (uint32_t i = 0; i < operand_count(data); i++)
        if (!given[i])
            return false;
    for (uint32_t i = 0; i < operand_count(data); i++)
        found[i] = i == 0 ? dtype_of_number(data->marked[marker])
                          : (PyArray_DTypeMeta *)Py_NewRef((PyObject *)given[i]);
    return true;
}

int ufunc_base_answer(PyObject *ufunc, UfuncLoop *loop, PyArray_DTypeMeta *const given[],
                      PyArray_DTypeMeta **found)
{
    if (!loop->is_known && tell_numpy(ufunc, loop) < 0)
        return -1;
    loop->is_known = true;
    for (uint32_t i = 0; i < operand_count(loop->data); i++)
        found[i] = dtype_of_number(loop->numbers[i]);
    evade(loop, given, found);
    return 0;
}

UfuncLoop *ufunc_base_loop(PyArrayMethod_Context *context)
{
    UfuncData *data = ufunc_base_of(context->caller);
    for (UfuncLoop *loop = data->loops; loop; loop = loop->next) {
        bool is_it = true;
        for (uint32_t i = 0; i < operand_count(data) && is_it; i++)
            is_it = loop->numbers[i] == context->descriptors[i]->type_num;
        if (is_it)
            return loop;
    }
    PyGILState_STATE gil = PyGILState_Ensure();
    PyErr_SetString(PyExc_SystemError, "martlet: NumPy calls a loop that was not made");
    PyGILState_Release(gil);
    return NULL;
}

/* ---- changed globals; the GIL is held ---- */

static void retire(UfuncData *data, Specialisation *spec)
{
    if (atomic_load(&data->running) <= 1) { /* this loop, which has not entered the code */
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
    Specialisation *spec = data->compile(data, variant->kinds, NULL);
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

/* The variant's code after a look at its guards. NULL with an exception. */
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

/* ---- entering ---- */

static int enter_code(const UfuncRun *run, UfuncEnter *enter, void *context)
{
    UfuncData *data = run->loop->data;
    Thread *thread = thread_get(data->state);
    int32_t status = thread ? enter(thread, run, context) : 1;
    feclearexcept(FE_ALL_EXCEPT);
    if (status == 0)
        return 0;
    PyGILState_STATE gil = PyGILState_Ensure();
    if (thread)
        error_raise_run(thread, run->spec->compiled, data->dispatcher->function);
    else
        PyErr_NoMemory();
    PyGILState_Release(gil);
    return -1;
}

/* With hidden arguments, which are Python objects, or guards that need the GIL to look at. */
static int run_guarded(UfuncRun *run, UfuncEnter *enter, void *context)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    Specialisation *spec = refresh(run->loop->data, run->variant);
    int status = -1;
    if (spec) {
        uint64_t few[FAST_HIDDEN];
        Hidden *hidden = specialisation_hidden_take(spec);
        uint64_t *room = hidden ? specialisation_hidden_pack(spec, hidden, few) : few;
        run->spec = spec;
        run->hidden = room;
        if (room) {
            PyThreadState *saved = PyEval_SaveThread();
            status = enter_code(run, enter, context);
            PyEval_RestoreThread(saved);
        }
        run->hidden = NULL;
        if (room != few)
            PyMem_Free(room);
        specialisation_hidden_give(hidden);
    }
    PyGILState_Release(gil);
    return status;
}

int ufunc_base_run(UfuncLoop *loop, UfuncVariant *variant, UfuncEnter *enter, void *context)
{
    UfuncData *data = loop->data;
    atomic_fetch_add(&data->running, 1);
    UfuncRun run = {loop, variant, atomic_load(&variant->spec), NULL};
    const Specialisation *spec = run.spec;
    int status;
    if (!spec->hidden && spec->guards.cell_count == 0 && guards_hold(&spec->guards))
        status = enter_code(&run, enter, context);
    else
        status = run_guarded(&run, enter, context);
    atomic_fetch_sub(&data->running, 1);
    return status;
}
