/* The Python side of dispatchers: creation, attributes, introspection, garbage collection. */
#include "python/dispatcher.h"

#include <structmember.h>

#include "python/pytype.h"

enum { UNCHECKED_BOUNDS = 1, UNCHECKED_OVERFLOW = 2, UNCHECKED_DIVISION = 4 };

/* ---- creation ---- */

static int fill_params(Dispatcher *d)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(d->function);
    if (code->co_flags & CO_VARKEYWORDS) {
        PyErr_Format(PyExc_TypeError, "%U() takes **keywords, which Martlet does not compile",
                     ((PyFunctionObject *)d->function)->func_qualname);
        return -1;
    }
    d->has_star = (code->co_flags & CO_VARARGS) != 0;
    d->positional_count = (uint32_t)code->co_argcount;
    d->param_count = d->positional_count + d->has_star + (uint32_t)code->co_kwonlyargcount;
    d->is_simple = d->param_count == d->positional_count;
    return 0;
}

/* What functools.update_wrapper does. */
static int copy_attributes(Dispatcher *d)
{
    static const char *const names[] = {"__module__", "__name__", "__qualname__", "__doc__",
                                        "__annotations__"};
    PyObject *theirs = ((PyFunctionObject *)d->function)->func_dict;
    if (theirs && PyDict_Update(d->dict, theirs) < 0)
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        PyObject *value = PyObject_GetAttrString(d->function, names[i]);
        int status = value ? PyDict_SetItemString(d->dict, names[i], value) : -1;
        Py_XDECREF(value);
        if (status < 0)
            return -1;
    }
    return PyDict_SetItemString(d->dict, "__wrapped__", d->function);
}

/* The source is taken now, while the file is what it was; what is wrong with it is said when it is
 * needed. */
static void take_source(Dispatcher *d, PyObject *source)
{
    if (d->state->disabled)
        return;
    d->code = pycode_get(d->state, d->function, source);
    if (!d->code)
        PyErr_Clear();
}

/* The `locals` option, from names to number types. */
static int note_locals(const Dispatcher *d, PyObject *locals)
{
    Code *code = d->code->code;
    PyObject *name, *object;
    Py_ssize_t at = 0;
    code->local_types = ARENA_ARRAY(code->arena, LocalType, (size_t)PyDict_GET_SIZE(locals));
    code->local_type_count = 0;
    while (PyDict_Next(locals, &at, &name, &object)) {
        const char *text = PyUnicode_AsUTF8(name);
        const Type *type = text ? pytype_from(d->state, object) : NULL;
        if (!type)
            return -1;
        code->local_types[code->local_type_count++] =
            (LocalType){intern_cstr(d->state->names, text), type};
    }
    return 0;
}

static PyObject *dispatcher_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"function", "promotion", "unchecked", "fastmath",
                            "debug",    "nogil",     "frozen",    "inline",
                            "locals",   "source",    "settings",  NULL};
    PyObject *function, *source = Py_None, *settings = Py_None, *locals = NULL;
    int promotion = PROMOTION_NUMPY, unchecked = 0, debug = 0, nogil = 0, frozen = 0,
        inlining = INLINING_AUTO;
    unsigned fastmath = 0;
    State **found = PyType_GetModuleState(type), *state = found ? *found : NULL;
    if (!state || !PyArg_ParseTupleAndKeywords(
                      args, keywords, "O!|$iiIpppiO!OO:Dispatcher", names, &PyFunction_Type,
                      &function, &promotion, &unchecked, &fastmath, &debug, &nogil, &frozen,
                      &inlining, &PyDict_Type, &locals, &source, &settings))
        return NULL;
    Dispatcher *d = (Dispatcher *)type->tp_alloc(type, 0);
    if (!d)
        return NULL;
    d->vectorcall = dispatch_vectorcall;
    d->state = state_use(state);
    d->function = Py_NewRef(function);
    d->settings = Py_NewRef(settings);
    d->is_frozen = frozen != 0;
    d->releases_gil = nogil != 0;
    d->options = (Options){
        .promotion = promotion == PROMOTION_NUMBA ? PROMOTION_NUMBA : PROMOTION_NUMPY,
        .unchecked_bounds = (unchecked & UNCHECKED_BOUNDS) != 0,
        .unchecked_overflow = (unchecked & UNCHECKED_OVERFLOW) != 0,
        .unchecked_division = (unchecked & UNCHECKED_DIVISION) != 0,
        .fastmath = fastmath,
        .debug = debug != 0,
        .python_minor = PY_MINOR_VERSION,
    };
    d->dict = PyDict_New();
    if (!d->dict || fill_params(d) < 0 || copy_attributes(d) < 0) {
        Py_DECREF(d);
        return NULL;
    }
    take_source(d, source == Py_None ? NULL : source);
    if (d->code)
        d->code->code->inlining = (Inlining)inlining;
    if (d->code && locals && note_locals(d, locals) < 0)
        Py_CLEAR(d);
    return (PyObject *)d;
}

static int dispatcher_traverse(PyObject *self, visitproc visit, void *arg)
{
    Dispatcher *d = (Dispatcher *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(d->function);
    Py_VISIT(d->code);
    Py_VISIT(d->dict);
    Py_VISIT(d->settings);
    for (uint32_t i = 0; i < d->row_count; i++) {
        Specialisation *spec = d->rows[i]->spec;
        bool is_first =
            true; /* a specialisation owns its references once, however many rows it has */
        for (uint32_t k = 0; k < i && is_first; k++)
            is_first = d->rows[k]->spec != spec;
        int status = is_first ? specialisation_traverse(spec, visit, arg) : 0;
        if (status)
            return status;
    }
    return resolve_varying_traverse(&d->varying, visit, arg);
}

static int dispatcher_clear(PyObject *self)
{
    Dispatcher *d = (Dispatcher *)self;
    dispatch_rows_clear(d);
    resolve_varying_close(&d->varying);
    Py_CLEAR(d->dict);
    Py_CLEAR(d->settings);
    return 0;
}

static void dispatcher_dealloc(PyObject *self)
{
    Dispatcher *d = (Dispatcher *)self;
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (d->weakrefs)
        PyObject_ClearWeakRefs(self);
    dispatcher_clear(self);
    Py_CLEAR(d->code);
    Py_CLEAR(d->function);
    if (d->state)
        state_leave(d->state);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- introspection ---- */

static PyObject *params_of(const Dispatcher *d, const Specialisation *spec)
{
    return pytype_tuple(d->state, spec->compiled->params, spec->compiled->param_count,
                        spec->codes);
}

static PyObject *get_signatures(PyObject *self, void *closure)
{
    (void)closure;
    Dispatcher *d = (Dispatcher *)self;
    PyObject *list = PyList_New(0);
    const Specialisation *spec = NULL;
    while (list && (spec = dispatch_next(d, spec))) {
        PyObject *params = params_of(d, spec);
        int found = params ? PySequence_Contains(list, params) : -1;
        if (found < 0 || (found == 0 && PyList_Append(list, params) < 0))
            Py_CLEAR(list);
        Py_XDECREF(params);
    }
    return list;
}

static PyObject *get_overloads(PyObject *self, void *closure)
{
    (void)closure;
    Dispatcher *d = (Dispatcher *)self;
    PyObject *dict = PyDict_New();
    const Specialisation *spec = NULL;
    while (dict && (spec = dispatch_next(d, spec))) {
        PyObject *params = params_of(d, spec);
        PyObject *result = pytype_tuple(d->state, &spec->result, 1, spec->codes);
        if (!params || !result || PyDict_SetItem(dict, params, PyTuple_GET_ITEM(result, 0)) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(params);
        Py_XDECREF(result);
    }
    return dict;
}

static PyObject *stats_dict(const Stats *stats)
{
    return Py_BuildValue("{sKsKsKsKsKsKsKsKsKsK}", "read_ns", stats->read_ns, "lower_ns",
                         stats->lower_ns, "infer_ns", stats->infer_ns, "specialise_ns",
                         stats->specialise_ns, "passes_ns", stats->passes_ns, "emit_ns",
                         stats->emit_ns, "llvm_optimise_ns", stats->llvm_optimise_ns,
                         "llvm_object_ns", stats->llvm_object_ns, "link_ns", stats->link_ns,
                         "total_ns", stats->total_ns);
}

static PyObject *dispatcher_times(PyObject *self, PyObject *unused)
{
    (void)unused;
    Dispatcher *d = (Dispatcher *)self;
    PyObject *dict = PyDict_New();
    const Specialisation *spec = NULL;
    while (dict && (spec = dispatch_next(d, spec))) {
        PyObject *params = params_of(d, spec), *stats = stats_dict(&spec->compiled->stats);
        if (!params || !stats || PyDict_SetItem(dict, params, stats) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(params);
        Py_XDECREF(stats);
    }
    return dict;
}

/* ---- compiling on request ---- */

/* Types from a sequence of what pytype_from takes, as many as there are parameters. */
static const Type **types_from(Dispatcher *d, PyObject *sequence, Arena *scratch)
{
    PyObject *items = PySequence_Fast(sequence, "a signature is a sequence of types");
    const Type **types = NULL;
    if (items && PySequence_Fast_GET_SIZE(items) != (Py_ssize_t)d->param_count)
        PyErr_Format(PyExc_TypeError, "%U() takes %u arguments, and the signature has %zd",
                     ((PyFunctionObject *)d->function)->func_qualname, d->param_count,
                     PySequence_Fast_GET_SIZE(items));
    else if (items)
        types = ARENA_ARRAY(scratch, const Type *, d->param_count + 1);
    for (uint32_t i = 0; types && i < d->param_count; i++) {
        types[i] = pytype_from(d->state, PySequence_Fast_GET_ITEM(items, (Py_ssize_t)i));
        if (!types[i])
            types = NULL;
    }
    Py_XDECREF(items);
    return types;
}

static PyObject *dispatcher_compile(PyObject *self, PyObject *args)
{
    Dispatcher *d = (Dispatcher *)self;
    PyObject *params, *result = Py_None;
    if (!PyArg_ParseTuple(args, "O|O:compile", &params, &result))
        return NULL;
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type *wanted = NULL;
    const Type **types = types_from(d, params, &scratch);
    int status = types ? 0 : -1;
    if (status == 0 && result != Py_None && !(wanted = pytype_from(d->state, result)))
        status = -1;
    if (status == 0)
        status = dispatch_compile(d, types, wanted);
    arena_close(&scratch);
    if (status < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *dispatcher_close(PyObject *self, PyObject *unused)
{
    (void)unused;
    ((Dispatcher *)self)->is_closed = true;
    Py_RETURN_NONE;
}

static const char *text_of_stage(const Compiled *compiled, unsigned want)
{
    switch ((Want)want) {
    case WANT_GENERIC:
        return compiled->generic;
    case WANT_TYPED:
        return compiled->typed;
    case WANT_LLVM:
        return compiled->llvm;
    case WANT_ASM:
        return compiled->asm_text;
    case WANT_PASSED:
        return compiled->passed;
    case WANT_IMAGE:
        return NULL;
    }
    return NULL;
}

static PyObject *dispatcher_text(PyObject *self, PyObject *args)
{
    Dispatcher *d = (Dispatcher *)self;
    PyObject *params, *text = NULL;
    unsigned want;
    if (!PyArg_ParseTuple(args, "OI:text", &params, &want))
        return NULL;
    Arena scratch;
    arena_open(&scratch, NULL);
    const Type **types = types_from(d, params, &scratch);
    Compiled *compiled = NULL;
    if (types)
        compiled = dispatch_inspect(d, types, want);
    if (compiled) {
        const char *found = text_of_stage(compiled, want);
        text = want == WANT_IMAGE ? PyBytes_FromStringAndSize(compiled->image_bytes,
                                                              (Py_ssize_t)compiled->image_size)
                                  : PyUnicode_FromString(found ? found : "");
        compiled_free(d->state->engine, compiled);
    }
    arena_close(&scratch);
    return text;
}

/* ---- protocols ---- */

static PyObject *dispatcher_get(PyObject *self, PyObject *object, PyObject *type)
{
    (void)type;
    return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}

static PyObject *dispatcher_repr(PyObject *self)
{
    return PyUnicode_FromFormat(
        "<martlet.jit %U>",
        ((PyFunctionObject *)((Dispatcher *)self)->function)->func_qualname);
}

/* Methods that are written in Python: a module's function, with self first. */
static PyObject *delegate(PyObject *self, const char *module_name, const char *name,
                          PyObject *args, PyObject *keywords)
{
    PyObject *module = PyImport_ImportModule(module_name), *function = NULL;
    PyObject *first = PyTuple_Pack(1, self), *all = NULL, *result = NULL;
    if (module && first && (function = PyObject_GetAttrString(module, name)))
        all = args ? PySequence_Concat(first, args) : Py_NewRef(first);
    if (all)
        result = PyObject_Call(function, all, keywords);
    Py_XDECREF(module);
    Py_XDECREF(function);
    Py_XDECREF(first);
    Py_XDECREF(all);
    return result;
}

static PyObject *dispatcher_inspect(PyObject *self, PyObject *args, PyObject *keywords)
{
    return delegate(self, "martlet.inspection", "inspect", args, keywords);
}

static PyObject *dispatcher_stats(PyObject *self, PyObject *args, PyObject *keywords)
{
    return delegate(self, "martlet.inspection", "stats", args, keywords);
}

static PyObject *dispatcher_reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return delegate(self, "martlet.pickling", "reduce_dispatcher", NULL, NULL);
}

static PyMethodDef dispatcher_methods[] = {
    {"compile", dispatcher_compile, METH_VARARGS,
     "compile($self, params, result=None, /)\n--\n\n"
     "Compile for parameter types now, instead of at the first call with them."},
    {"_close", dispatcher_close, METH_NOARGS, "Compile nothing but what was asked for."},
    {"_text", dispatcher_text, METH_VARARGS, "A text of one stage: params, Want flag."},
    {"_times", dispatcher_times, METH_NOARGS, "Times by parameter types."},
    {"inspect", (PyCFunction)(void (*)(void))dispatcher_inspect, METH_VARARGS | METH_KEYWORDS,
     "inspect($self, stage='typed', signature=None)\n--\n\n"
     "The text of a stage: 'generic', 'typed', 'passed', 'llvm' or 'asm'."},
    {"stats", (PyCFunction)(void (*)(void))dispatcher_stats, METH_VARARGS | METH_KEYWORDS,
     "stats($self)\n--\n\nTimes of the stages in ns for each signature."},
    {"__reduce__", dispatcher_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef dispatcher_members[] = {
    {"py_func", T_OBJECT_EX, offsetof(Dispatcher, function), READONLY, "The Python function."},
    {"_is_closed", T_BOOL, offsetof(Dispatcher, is_closed), READONLY, NULL},
    {"_compile_count", T_UINT, offsetof(Dispatcher, serial), READONLY, NULL},
    {"_settings", T_OBJECT_EX, offsetof(Dispatcher, settings), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Dispatcher, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Dispatcher, weakrefs), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Dispatcher, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

/* The text that the function was read from; None where there is none. */
static PyObject *get_source(PyObject *self, void *closure)
{
    (void)closure;
    const CodeObject *code = ((Dispatcher *)self)->code;
    const Source *source = code ? code->code->source : NULL;
    return source && source->text ? PyUnicode_FromString(source->text) : Py_NewRef(Py_None);
}

static PyGetSetDef dispatcher_getset[] = {
    {"_source", get_source, NULL, NULL, NULL},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"signatures", get_signatures, NULL,
     "Parameter types of the specialisations, in order of compilation.", NULL},
    {"overloads", get_overloads, NULL, "Result types by parameter types.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot dispatcher_slots[] = {
    {Py_tp_new, dispatcher_new},
    {Py_tp_dealloc, dispatcher_dealloc},
    {Py_tp_traverse, dispatcher_traverse},
    {Py_tp_clear, dispatcher_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, dispatcher_get},
    {Py_tp_repr, dispatcher_repr},
    {Py_tp_methods, dispatcher_methods},
    {Py_tp_members, dispatcher_members},
    {Py_tp_getset, dispatcher_getset},
    {0, NULL},
};

PyType_Spec dispatcher_spec = {
    .name = "martlet._core.Dispatcher",
    .basicsize = sizeof(Dispatcher),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
             Py_TPFLAGS_METHOD_DESCRIPTOR,
    .slots = dispatcher_slots,
};
