/* Filling and freeing the module's state; loading the backend. See state.h. */
#include "python/state.h"

#include <dlfcn.h>

#include "python/dispatcher.h"
#include "python/error.h"
#include "python/known.h"
#include "python/ndarray.h"
#include "python/pycode.h"
#include "python/pytype.h"
#include "python/thread.h"
#include "python/ufunc_base.h"

State *state_of_module(PyObject *module)
{
    State **state = PyModule_GetState(module);
    return state ? *state : NULL;
}

/* ---- NumPy's objects ---- */

static void put_scalar_type(State *state, PyTypeObject *type, uint32_t kind)
{
    uint32_t at = (uint32_t)((uintptr_t)type >> 5) & (SCALAR_SLOTS - 1);
    while (state->scalar_slots[at].type)
        at = (at + 1) & (SCALAR_SLOTS - 1);
    state->scalar_slots[at] = (ScalarSlot){type, kind};
}

static uint32_t kind_of_descr(const PyArray_Descr *descr)
{
    unsigned bits = 8 * (unsigned)PyDataType_ELSIZE(descr);
    ScalarClass class = descr->kind == 'b'   ? CLASS_BOOL
                        : descr->kind == 'i' ? CLASS_INT
                        : descr->kind == 'u' ? CLASS_UINT
                        : descr->kind == 'f' ? CLASS_FLOAT
                                             : CLASS_COMPLEX;
    for (uint32_t kind = 0; strchr("biufc", descr->kind) && kind < SCALAR_COUNT; kind++)
        if (!scalar_is_weak((ScalarKind)kind) && scalar_class((ScalarKind)kind) == class &&
            scalar_bits((ScalarKind)kind) == bits)
            return kind;
    return KIND_NONE;
}

/* Two type numbers may have one kind (long and long long): the first one's type is what we make. */
static int fill_numpy(State *state)
{
    state->array_type = &PyArray_Type;
    for (int number = 0; number < TYPE_NUMBERS; number++) {
        PyArray_Descr *descr = PyArray_DescrFromType(number);
        if (!descr)
            return -1;
        uint32_t kind = kind_of_descr(descr);
        state->number_kinds[number] = (uint8_t)kind;
        if (kind != KIND_NONE) {
            put_scalar_type(state, descr->typeobj, kind);
            if (!state->descrs[kind]) {
                state->descrs[kind] = descr;
                state->scalar_types[kind] = descr->typeobj;
                continue;
            }
        }
        Py_DECREF(descr);
    }
    for (int kind = 0; kind < SCALAR_COUNT; kind++) /* a Python kind's array is NumPy's */
        if (!state->descrs[kind]) {
            ScalarKind stored = scalar_numpy((ScalarKind)kind);
            state->descrs[kind] =
                (PyArray_Descr *)Py_XNewRef((PyObject *)state->descrs[stored]);
        }
    return 0;
}

static PyObject *attribute_of(const char *module_name, const char *name)
{
    PyObject *module = PyImport_ImportModule(module_name), *object = NULL;
    if (module)
        object = PyObject_GetAttrString(module, name);
    Py_XDECREF(module);
    return object;
}

static int fill_classes(State *state)
{
    state->memmap_type = (PyTypeObject *)attribute_of("numpy", "memmap");
    state->recarray_type = (PyTypeObject *)attribute_of("numpy", "recarray");
    state->enum_type = (PyTypeObject *)attribute_of("enum", "Enum");
    return state->memmap_type && state->recarray_type && state->enum_type ? 0 : -1;
}

static int add_type(State *state, PyType_Spec *spec, PyTypeObject **type, bool is_public)
{
    *type = (PyTypeObject *)PyType_FromModuleAndSpec(state->module, spec, NULL);
    if (!*type)
        return -1;
    return is_public ? PyModule_AddType(state->module, *type) : 0;
}

static int add_types(State *state)
{
    if (add_type(state, &dispatcher_spec, &state->dispatcher_type, true) < 0 ||
        add_type(state, &pytype_spec, &state->type_type, true) < 0 ||
        add_type(state, &ndarray_memory_spec, &state->memory_type, false) < 0 ||
        add_type(state, &pycode_spec, &state->code_type, false) < 0 ||
        add_type(state, &ufunc_base_spec, &state->ufunc_type, false) < 0)
        return -1;
    return 0;
}

static int fill(State *state)
{
    state->engine = engine_open();
    if (!state->engine) {
        PyErr_NoMemory();
        return -1;
    }
    state->types = engine_types(state->engine);
    state->types->list.handle = &PyList_Type;
    state->names = engine_names(state->engine);
    state->classes = PyDict_New();
    state->watches = PyDict_New();
    if (!state->classes || !state->watches || thread_key_open(state) < 0)
        return -1;
    return fill_numpy(state) < 0 || fill_classes(state) < 0 ? -1 : add_types(state);
}

State *state_open(PyObject *module)
{
    State *state = PyMem_Calloc(1, sizeof *state);
    if (!state)
        return (State *)PyErr_NoMemory();
    state->users = 1;
    state->module = module;
    state->watcher = -1;
    gate_init(&state->gate);
    if (fill(state) == 0)
        return state;
    state_clear(state);
    state_leave(state);
    return NULL;
}

int state_traverse(State *state, visitproc visit, void *arg)
{
    Py_VISIT(state->dispatcher_type);
    Py_VISIT(state->type_type);
    Py_VISIT(state->memory_type);
    Py_VISIT(state->code_type);
    Py_VISIT(state->ufunc_type);
    Py_VISIT(state->errors);
    Py_VISIT(state->classes);
    Py_VISIT(state->library);
    Py_VISIT(state->library_roots);
    Py_VISIT(state->watches);
    return known_traverse(state->known, visit, arg);
}

void state_clear(State *state)
{
    state->disabled++;
    state->module = NULL;
    Py_CLEAR(state->dispatcher_type);
    Py_CLEAR(state->type_type);
    Py_CLEAR(state->memory_type);
    Py_CLEAR(state->code_type);
    Py_CLEAR(state->ufunc_type);
    Py_CLEAR(state->errors);
    Py_CLEAR(state->library);
    Py_CLEAR(state->library_roots);
    Py_CLEAR(state->memmap_type);
    Py_CLEAR(state->recarray_type);
    Py_CLEAR(state->enum_type);
    Py_CLEAR(state->classes);
    known_free(state->known);
    state->known = NULL;
}

/* The engine goes last: ClassInfos, symbols and types are on its arena. */
void state_free(State *state)
{
    for (int kind = 0; kind < SCALAR_COUNT; kind++)
        Py_CLEAR(state->descrs[kind]);
    Py_CLEAR(state->watches);
    thread_key_close(state);
    if (state->engine)
        engine_close(state->engine);
    gate_destroy(&state->gate);
    PyMem_Free(state);
}

/* ---- the backend ---- */

static void refuse_backend(State *state, const char *reason)
{
    PyObject *text = PyUnicode_FromFormat(
        "Martlet's LLVM backend is not there (%s). Nothing can be compiled without it. "
        "Remedies: "
        "install LLVM 19 to 22 with its headers (Debian: apt-get install llvm-19-dev; conda: "
        "llvmdev) and build Martlet again, with LLVM_CONFIG=/path/to/llvm-config where it is "
        "not "
        "on PATH; or set MARTLET_DISABLE_JIT=1 to run everything as plain Python.",
        reason);
    if (text)
        error_raise(state, "CompileError", text);
    Py_XDECREF(text);
}

/* A file in this module's folder whose name is `name`. */
static void *open_beside(State *state, const char *name)
{
    PyObject *file = PyModule_GetFilenameObject(state->module), *folder = NULL, *path = NULL;
    void *library = NULL;
    Py_ssize_t slash =
        file ? PyUnicode_FindChar(file, '/', 0, PyUnicode_GET_LENGTH(file), -1) : -1;
    if (slash >= 0)
        folder = PyUnicode_Substring(file, 0, slash);
    if (folder && (path = PyUnicode_FromFormat("%U/%s", folder, name))) {
        PyObject *bytes = PyUnicode_EncodeFSDefault(path);
        if (bytes)
            library = dlopen(PyBytes_AS_STRING(bytes), RTLD_NOW | RTLD_LOCAL);
        Py_XDECREF(bytes);
    }
    Py_XDECREF(file);
    Py_XDECREF(folder);
    Py_XDECREF(path);
    return library;
}

/* The plug-in has this module's name with _llvm in place of _core, or is plainly _llvm.so. */
static void *open_backend(State *state)
{
    PyObject *file = PyModule_GetFilenameObject(state->module);
    const char *text = file ? PyUnicode_AsUTF8(file) : NULL;
    const char *core = text ? strstr(text, "_core.") : NULL, *next;
    while (core && (next = strstr(core + 1, "_core.")))
        core = next;
    void *library = NULL;
    PyObject *name = core ? PyUnicode_FromFormat("_llvm.%s", core + strlen("_core.")) : NULL;
    if (name)
        library = open_beside(state, PyUnicode_AsUTF8(name));
    if (name && !library)
        library = open_beside(state, "_llvm.so");
    Py_XDECREF(name);
    Py_XDECREF(file);
    return library;
}

int state_load_backend(State *state)
{
    if (state->has_backend)
        return 0;
    void *library = open_backend(state);
    const Backend *(*get)(void) = NULL;
    if (library)
        *(void **)&get = dlsym(library, "martlet_backend");
    if (!get) {
        const char *reason = dlerror();
        if (!PyErr_Occurred())
            refuse_backend(state, reason ? reason : "no such file");
        return -1;
    }
    const Backend *backend = get();
    if (!backend || backend->version != BACKEND_VERSION) {
        refuse_backend(state, "it was built from another version of Martlet");
        return -1;
    }
    engine_set_backend(state->engine, backend); /* never unloaded: LLVM does not survive that */
    state->has_backend = true;
    return 0;
}
