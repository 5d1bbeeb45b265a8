/* Codes of functions. See pycode.h.
 *
 * A function and its CodeObject own each other: the function through an attribute, so that a Code
 * lives as long as its function, and the garbage collector sees the cycle. Whoever copies the
 * attributes of a function (functools.wraps) copies that one, too: it counts only where the
 * CodeObject names the function it was found on.
 */
#include "python/pycode.h"

#include <string.h>

#include "python/dispatcher.h"
#include "python/reader.h"

static const char attribute[] = "__martlet_code__";

static int code_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((CodeObject *)self)->function);
    return 0;
}

static int code_clear(PyObject *self)
{
    (void)self; /* the function must outlive the Code; cycles end elsewhere */
    return 0;
}

static void code_dealloc(PyObject *object)
{
    CodeObject *self = (CodeObject *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->code)
        engine_code_free(self->state->engine, self->code);
    state_leave(self->state);
    Py_CLEAR(self->function);
    type->tp_free(object);
    Py_DECREF(type);
}

/* Copies of functions, by pickle and others, do without: what they get instead is None. */
static PyObject *code_reduce(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return Py_BuildValue("O()", Py_TYPE(Py_None));
}

static PyMethodDef code_methods[] = {
    {"__reduce__", code_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot code_slots[] = {
    {Py_tp_methods, code_methods},
    {Py_tp_dealloc, code_dealloc},
    {Py_tp_traverse, code_traverse},
    {Py_tp_clear, code_clear},
    {Py_tp_doc, "A function as the compiler knows it."},
    {0, NULL},
};

PyType_Spec pycode_spec = {
    .name = "martlet._core.Code",
    .basicsize = sizeof(CodeObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = code_slots,
};

/* Borrowed; NULL, without exception, when there is none. */
static CodeObject *find(State *state, PyObject *function)
{
    PyObject *dict = ((PyFunctionObject *)function)->func_dict;
    PyObject *entry = dict ? PyDict_GetItemString(dict, attribute) : NULL;
    if (!entry || Py_TYPE(entry) != state->code_type)
        return NULL;
    CodeObject *code = (CodeObject *)entry;
    return code->function == function && code->state == state ? code : NULL;
}

/* Functions of martlet.library are compiled as such, whether called by name or by one another. NumPy's are
 * written over sizes and positions that exist: shapes of arrays, and indices after a check. */
static void note_library(PyObject *function, Code *code)
{
    static const char library[] = "martlet.library.", numpy[] = "numpy_";
    PyObject *module = ((PyFunctionObject *)function)->func_module;
    const char *name = module && PyUnicode_Check(module) ? PyUnicode_AsUTF8(module) : NULL;
    if (!name)
        PyErr_Clear();
    else if (strncmp(name, library, sizeof library - 1) == 0) {
        code->is_library = true;
        if (code->source)
            ((Source *)(uintptr_t)code->source)->is_library = true;
        code->is_unchecked = strncmp(name + sizeof library - 1, numpy, sizeof numpy - 1) == 0;
    }
}

static CodeObject *make(State *state, PyObject *function, PyObject *source)
{
    CodeObject *self = PyObject_GC_New(CodeObject, state->code_type);
    if (!self)
        return NULL;
    self->state = state_use(state);
    self->function = Py_NewRef(function);
    self->code = engine_code_new(state->engine);
    PyObject_GC_Track(self);
    int status = -1;
    if (self->code) {
        self->code->handle = function;
        status = reader_capture(state, function, source, self->code);
        note_library(function, self->code);
    } else {
        PyErr_NoMemory();
    }
    if (status == 0)
        status = PyObject_SetAttrString(function, attribute, (PyObject *)self);
    if (status < 0)
        Py_CLEAR(self);
    return self;
}

CodeObject *pycode_get(State *state, PyObject *function, PyObject *source)
{
    bool is_given = source && source != Py_None; /* a function may be read anew with its text */
    CodeObject *code = is_given ? NULL : find(state, function);
    return code ? (CodeObject *)Py_NewRef((PyObject *)code) : make(state, function, source);
}

PyObject *pycode_function_of(State *state, PyObject *object)
{
    if (PyFunction_Check(object))
        return object;
    if (Py_TYPE(object) == state->dispatcher_type)
        return ((Dispatcher *)object)->function;
    return NULL;
}

const Type *pycode_type(State *state, PyObject *object)
{
    PyObject *function = pycode_function_of(state, object);
    CodeObject *code = function ? pycode_get(state, function, NULL) : NULL;
    if (!code)
        return NULL;
    const Type *type = type_function(state->types, code->code, NULL, 0);
    Py_DECREF(code);
    return type;
}

/* Captured values by name. */
static PyObject *captures_of(const Code *code, PyObject *values)
{
    PyObject *dict = PyDict_New();
    for (uint32_t i = 0; dict && i < code->capture_count; i++)
        if (PyDict_SetItemString(dict, code->captures[i]->text,
                                 PyTuple_GET_ITEM(values, (Py_ssize_t)i)) < 0)
            Py_CLEAR(dict);
    return dict;
}

PyObject *pycode_function(const Type *type, PyObject *values)
{
    const Code *code = type->code;
    if (!code->parent)
        return Py_NewRef((PyObject *)code->handle);
    PyObject *captures = captures_of(code, values), *defaults = NULL, *result = NULL;
    PyObject *module = PyImport_ImportModule("martlet.closures");
    if (captures)
        defaults =
            PyTuple_GetSlice(values, (Py_ssize_t)code->capture_count, PyTuple_GET_SIZE(values));
    if (module && defaults)
        result = PyObject_CallMethod(module, "make", "OsIOO", (PyObject *)code->handle,
                                     code->name->text, code->loc.span.line, captures, defaults);
    Py_XDECREF(module);
    Py_XDECREF(captures);
    Py_XDECREF(defaults);
    return result;
}
