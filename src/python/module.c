/* The extension module martlet._core: what Python sees of the C side.
 *
 * Free-threaded Python is not declared: the tables of dispatchers and types are guarded by the GIL, which
 * such a Python therefore switches on.
 *
 * Multi-phase initialisation, all state in the module object; LLVM is not loaded here but at the first
 * compile. The public names are made in Python (martlet/__init__.py); everything here is for them.
 */
#define MARTLET_FILLS_NUMPY
#include "python/state.h"

#include "python/error.h"
#include "python/gufunc.h"
#include "python/known.h"
#include "python/pytype.h"
#include "python/testing.h"
#include "python/typeof.h"
#include "python/ufunc.h"
#include "types/signature.h"

static PyObject *module_typeof(PyObject *module, PyObject *object)
{
    State *state = state_of_module(module);
    const Type *type = typeof_object(state, object);
    if (!type) {
        typeof_refuse(state, object, "object", "typeof");
        return NULL;
    }
    return pytype_new(state, type);
}

static PyObject *module_type_from(PyObject *module, PyObject *object)
{
    State *state = state_of_module(module);
    const Type *type = pytype_from(state, object);
    return type ? pytype_new(state, type) : NULL;
}

/* (result or None, params) */
static PyObject *signature_tuple(State *state, const Signature *signature)
{
    PyObject *params = pytype_tuple(state, signature->params, signature->count, NULL);
    PyObject *result =
        signature->result ? pytype_new(state, signature->result) : Py_NewRef(Py_None);
    PyObject *tuple = params && result ? PyTuple_Pack(2, result, params) : NULL;
    Py_XDECREF(params);
    Py_XDECREF(result);
    return tuple;
}

static PyObject *module_parse_signature(PyObject *module, PyObject *object)
{
    State *state = state_of_module(module);
    const char *text = PyUnicode_AsUTF8(object), *end = text;
    if (!text)
        return NULL;
    Arena scratch;
    Signature signature;
    PyObject *tuple = NULL;
    arena_open(&scratch, NULL);
    if (signature_parse(state->types, &scratch, text, &signature, &end)) {
        tuple = signature_tuple(state, &signature);
    } else {
        PyObject *message = PyUnicode_FromFormat(
            "'%s' is not a signature: what stands at '%s' is not understood; signatures are "
            "written 'float64(float64[:], int64)'",
            text, end);
        if (message)
            error_raise(state, "CompileError", message);
        Py_XDECREF(message);
    }
    arena_close(&scratch);
    return tuple;
}

static PyObject *module_known_name(PyObject *module, PyObject *object)
{
    const Symbol *name = known_name(state_of_module(module), object);
    return name ? PyUnicode_FromString(name->text) : Py_NewRef(Py_None);
}

/* Nested: everything runs as plain Python until as many calls with False have come. */
static PyObject *module_disable(PyObject *module, PyObject *object)
{
    State *state = state_of_module(module);
    int disable = PyObject_IsTrue(object);
    if (disable < 0)
        return NULL;
    if (disable)
        state->disabled++;
    else if (state->disabled > 0)
        state->disabled--;
    Py_RETURN_NONE;
}

static PyObject *module_is_disabled(PyObject *module, PyObject *unused)
{
    (void)unused;
    return PyBool_FromLong(state_of_module(module)->disabled > 0);
}

static PyObject *module_load_backend(PyObject *module, PyObject *unused)
{
    (void)unused;
    State *state = state_of_module(module);
    if (state_load_backend(state) < 0)
        return NULL;
    return PyUnicode_FromString(engine_backend(state->engine)->name);
}

static PyObject *module_make_ufunc(PyObject *module, PyObject *args)
{
    State *state = state_of_module(module);
    PyObject *dispatcher, *signatures, *identity;
    unsigned results;
    if (!PyArg_ParseTuple(args, "O!OOI:make_ufunc", state->dispatcher_type, &dispatcher,
                          &signatures, &identity, &results))
        return NULL;
    return ufunc_new(state, (Dispatcher *)dispatcher, signatures, identity, results);
}

static PyObject *module_make_gufunc(PyObject *module, PyObject *args)
{
    State *state = state_of_module(module);
    PyObject *dispatcher, *signatures;
    const char *layout;
    unsigned long long written;
    if (!PyArg_ParseTuple(args, "O!OsK:make_gufunc", state->dispatcher_type, &dispatcher,
                          &signatures, &layout, &written))
        return NULL;
    return gufunc_new(state, (Dispatcher *)dispatcher, signatures, layout, written);
}

static PyObject *module_ufunc_dispatcher(PyObject *module, PyObject *ufunc)
{
    Dispatcher *d = ufunc_dispatcher(state_of_module(module), ufunc);
    return Py_NewRef(d ? (PyObject *)d : Py_None);
}

/* Around fork and at exit: no thread is in LLVM. */
static PyObject *module_shut_gate(PyObject *module, PyObject *unused)
{
    (void)unused;
    State *state = state_of_module(module);
    Py_BEGIN_ALLOW_THREADS gate_shut(&state->gate);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *module_reopen_gate(PyObject *module, PyObject *unused)
{
    (void)unused;
    gate_reopen(&state_of_module(module)->gate);
    Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"typeof", module_typeof, METH_O,
     "typeof($module, object, /)\n--\n\nThe type that compiled code sees an object as."},
    {"type_from", module_type_from, METH_O,
     "type_from($module, object, /)\n--\n\nThe type that an object stands for in a signature."},
    {"parse_signature", module_parse_signature, METH_O, "(result or None, params) of a text."},
    {"known_name", module_known_name, METH_O,
     "The name the compiler knows an object by, or None."},
    {"disable", module_disable, METH_O, "Run everything as plain Python; nests."},
    {"is_disabled", module_is_disabled, METH_NOARGS, NULL},
    {"load_backend", module_load_backend, METH_NOARGS, "Load LLVM; its name."},
    {"make_ufunc", module_make_ufunc, METH_VARARGS,
     "A ufunc: dispatcher, sequence of (result or None, params), identity, number of results."},
    {"make_gufunc", module_make_gufunc, METH_VARARGS,
     "A gufunc: dispatcher, sequence of sequences of types, layout, a bit per input it "
     "writes."},
    {"ufunc_dispatcher", module_ufunc_dispatcher, METH_O,
     "The dispatcher of our ufunc, or None."},
    {"_shut_gate", module_shut_gate, METH_NOARGS,
     "Wait until no thread compiles; let none begin."},
    {"_reopen_gate", module_reopen_gate, METH_NOARGS, "Let threads compile again."},
    {NULL, NULL, 0, NULL},
};

static int refuse_subinterpreter(void)
{
    if (PyInterpreterState_Get() == PyInterpreterState_Main())
        return 0;
    PyErr_SetString(PyExc_ImportError, "martlet works in the main interpreter only, not in "
                                       "subinterpreters; use threads or processes");
    return -1;
}

static int module_exec(PyObject *module)
{
    if (refuse_subinterpreter() < 0 || PyArray_ImportNumPyAPI() < 0 ||
        PyUFunc_ImportUFuncAPI() < 0)
        return -1;
    State **state = PyModule_GetState(module);
    if (!(*state = state_open(module)))
        return -1;
    return PyModule_AddFunctions(module, testing_methods);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    State *state = state_of_module(module);
    return state ? state_traverse(state, visit, arg) : 0;
}

static int module_clear(PyObject *module)
{
    State *state = state_of_module(module);
    if (state && state->module)
        state_clear(state);
    return 0;
}

static void module_free(void *module)
{
    State *state = state_of_module(module);
    if (!state)
        return;
    if (state->module) /* not cleared before */
        state_clear(state);
    state_leave(state);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = "martlet._core",
    .m_doc = "The compiler and the calls into what it makes.",
    .m_size = sizeof(State *),
    .m_methods = module_methods,
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&module_def);
}
