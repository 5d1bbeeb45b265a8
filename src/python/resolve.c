/* The Resolver's callbacks. See resolve.h. They return false for what is not bound and never leave a
 * Python exception set: it waits in Resolution.failure until the compile has ended. */
#include "python/resolve.h"

#include <assert.h>

#include "python/convert.h"
#include "python/error.h"
#include "python/known.h"
#include "python/library.h"
#include "python/pyclass.h"
#include "python/pytype.h"
#include "python/reader.h"
#include "python/typeof.h"

/* Keeps the exception that is set for later. */
static bool set_aside(Resolution *r)
{
    PyObject *exception = PyErr_Occurred() ? compat_exception_take() : NULL;
    if (!r->failure)
        r->failure = exception;
    else
        Py_XDECREF(exception);
    return false;
}

static PyObject *text_of(const Symbol *symbol)
{
    return PyUnicode_FromStringAndSize(symbol->text, (Py_ssize_t)symbol->length);
}

/* ---- objects to bindings ---- */

static bool bind_type(const Type *type, Binding *out)
{
    *out = (Binding){.type = type, .hidden = -1};
    return type != NULL;
}

static bool bind_hidden(Resolution *r, const Type *type, PyObject *object, Binding *out)
{
    if (r->hidden_count == r->hidden_cap) {
        uint32_t cap = r->hidden_cap ? 2 * r->hidden_cap : 8;
        PyObject **hidden = PyMem_Realloc(r->hidden, cap * sizeof *hidden);
        if (!hidden) {
            PyErr_NoMemory();
            return set_aside(r);
        }
        r->hidden = hidden;
        r->hidden_cap = cap;
    }
    *out = (Binding){.type = type, .hidden = (int32_t)r->hidden_count};
    r->hidden[r->hidden_count++] = Py_NewRef(object);
    return true;
}

static bool bind_number(Resolution *r, const Type *type, PyObject *object, bool varies,
                        Binding *out)
{
    Constant constant;
    if (varies || !convert_constant_from(r->state, type, object, &constant))
        return bind_hidden(r, type, object, out);
    if (scalar_is_weak(type->scalar) && !scalar_is_inexact(type->scalar))
        return bind_type(type_const(r->state->types, &constant), out);
    Constant *kept = ARENA_NEW(engine_arena(r->state->engine), Constant);
    *kept = constant;
    *out = (Binding){.type = type, .constant = kept, .hidden = -1};
    return true;
}

static bool bind_enum(Resolution *r, const Type *type, PyObject *object, Binding *out)
{
    Constant *kept = ARENA_NEW(engine_arena(r->state->engine), Constant);
    *kept = (Constant){.kind = CONSTANT_INT,
                       .integer = pyclass_member_number(type->class_info, object)};
    *out = (Binding){.type = type, .constant = kept, .hidden = -1};
    return true;
}

static bool note_code(Resolution *r, PyObject *object)
{
    PyObject *function = pycode_function_of(r->state, object);
    CodeObject *code = function ? pycode_get(r->state, function, NULL) : NULL;
    int status = code ? PyList_Append(r->codes, (PyObject *)code) : -1;
    Py_XDECREF(code);
    return status == 0;
}

/* What an object is to the compiler. False, with nothing set, when it takes no such object. */
static bool bind_object(Resolution *r, PyObject *object, bool varies, Binding *out)
{
    PyObject *class = pytype_class(r->state, object); /* martlet.float32(x) converts */
    object = class ? class : object;
    const Type *type = typeof_object(r->state, object);
    if (type && type->kind == TYPE_SCALAR)
        return bind_number(r, type, object, varies, out);
    if (!type || type->kind == TYPE_STR || type->kind == TYPE_TUPLE ||
        type->kind == TYPE_RANGE || type->kind == TYPE_SLICE)
        type = typeof_constant(r->state, object);
    if (!type)
        return set_aside(r);
    if (type->kind == TYPE_FUNCTION && !note_code(r, object))
        return set_aside(r);
    if (type->kind == TYPE_ENUM)
        return bind_enum(r, type, object, out);
    if (layout_slot_count(type) == 0)
        return bind_type(type, out);
    type = typeof_object(r->state, object);
    return type ? bind_hidden(r, type, object, out) : set_aside(r);
}

/* ---- names with guards ---- */

static bool is_name(const VaryingName *varying, PyObject *holder, PyObject *name)
{
    if (varying->holder != holder)
        return false;
    return varying->name == name ||
           (name && varying->name && PyUnicode_Compare(varying->name, name) == 0);
}

static bool varies(const Resolution *r, PyObject *holder, PyObject *name)
{
    for (uint32_t i = 0; i < r->varying->count; i++)
        if (is_name(&r->varying->names[i], holder, name))
            return true;
    return false;
}

static bool grow_names(Resolution *r)
{
    if (r->name_count < r->name_cap)
        return true;
    uint32_t cap = r->name_cap ? 2 * r->name_cap : 16;
    NameGuard *names = PyMem_Realloc(r->names, cap * sizeof *names);
    if (names)
        r->names = names;
    Binding *bindings = names ? PyMem_Realloc(r->bindings, cap * sizeof *bindings) : NULL;
    if (!bindings) {
        PyErr_NoMemory();
        return set_aside(r);
    }
    r->bindings = bindings;
    r->name_cap = cap;
    return true;
}

static bool add_guard(Resolution *r, PyObject *holder, PyObject *name, PyObject *seen,
                      const Binding *binding)
{
    if (r->is_frozen)
        return true;
    if (!grow_names(r))
        return false;
    assert(r->bindings && r->names);
    r->bindings[r->name_count] = *binding;
    r->names[r->name_count++] = (NameGuard){
        .holder = Py_NewRef(holder),
        .name = Py_XNewRef(name),
        .seen = Py_XNewRef(seen),
        .hidden = binding->hidden,
        .key = binding->hidden >= 0 ? key_from_type(binding->type) : 0,
    };
    return true;
}

/* A name that this compile has asked for before has the same binding: NULL when it has not. */
static const Binding *known_binding(const Resolution *r, PyObject *holder, PyObject *name)
{
    for (uint32_t i = 0; i < r->name_count; i++)
        if (r->names[i].holder == holder && r->names[i].seen &&
            (r->names[i].name == name ||
             (name && r->names[i].name && PyUnicode_Compare(r->names[i].name, name) == 0)))
            return &r->bindings[i];
    return NULL;
}

static void refuse(Resolution *r, PyObject *name, PyObject *object)
{
    if (r->refusal.object || r->failure)
        return;
    r->refusal = (Refusal){Py_XNewRef(name), Py_NewRef(object)};
}

/* Binds `name` of `holder`, where `object` was found (`seen` there; not the same for descriptors). */
static bool bind_name(Resolution *r, PyObject *holder, PyObject *name, PyObject *seen,
                      PyObject *object, Binding *out)
{
    const Binding *known = known_binding(r, holder, name);
    if (known) {
        *out = *known;
        return true;
    }
    bool can_vary = !r->is_frozen && seen == object && varies(r, holder, name);
    if (!bind_object(r, object, can_vary, out)) {
        refuse(r, name, object);
        return false;
    }
    return add_guard(r, holder, name, seen, out);
}

static PyObject *function_of(const Code *code)
{
    return code->handle;
}

/* A builtin is bound as long as no global hides it. */
static bool bind_builtin(Resolution *r, PyObject *globals, PyObject *builtins, PyObject *name,
                         PyObject *object, Binding *out)
{
    const Binding absent = {.hidden = -1};
    if (known_binding(r, builtins, name))
        return bind_name(r, builtins, name, object, object, out);
    return bind_name(r, builtins, name, object, object, out) &&
           add_guard(r, globals, name, NULL, &absent);
}

static bool resolve_global(void *context, Code *code, const Symbol *symbol, Binding *out)
{
    Resolution *r = context;
    PyObject *function = function_of(code), *name = text_of(symbol);
    if (!name)
        return set_aside(r);
    PyUnicode_InternInPlace(&name);
    PyObject *globals = PyFunction_GET_GLOBALS(function);
    PyObject *builtins = ((PyFunctionObject *)function)->func_builtins;
    PyObject *object = PyDict_GetItemWithError(globals, name);
    bool done = false;
    if (object) {
        done = bind_name(r, globals, name, object, object, out);
    } else if (!PyErr_Occurred() && builtins) {
        object = PyDict_GetItemWithError(builtins, name);
        done = object && bind_builtin(r, globals, builtins, name, object, out);
    }
    if (!done)
        set_aside(r);
    Py_DECREF(name);
    return done;
}

static bool resolve_cell(void *context, Code *code, const Symbol *symbol, Binding *out)
{
    Resolution *r = context;
    PyObject *function = function_of(code), *closure = PyFunction_GET_CLOSURE(function);
    PyObject *names = PyCode_GetFreevars((PyCodeObject *)PyFunction_GET_CODE(function));
    bool done = false;
    for (Py_ssize_t i = 0; names && closure && i < PyTuple_GET_SIZE(names); i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i), *cell = PyTuple_GET_ITEM(closure, i);
        if (PyUnicode_CompareWithASCIIString(name, symbol->text) != 0)
            continue;
        PyObject *object = PyCell_GET(cell);
        if (object && !(done = bind_name(r, cell, NULL, object, object, out)) && !r->failure &&
            r->refusal.object == object && !r->refusal.name)
            r->refusal.name = Py_NewRef(name);
    }
    Py_XDECREF(names);
    return done || set_aside(r);
}

/* ---- attributes and imports ---- */

static bool module_attribute(Resolution *r, PyObject *module, PyObject *name, Binding *out)
{
    PyObject *object = PyObject_GetAttr(module, name);
    if (!object) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Clear();
        return set_aside(r);
    }
    PyObject *dict = PyModule_GetDict(module);
    PyObject *seen = PyDict_GetItemWithError(dict, name);
    bool done = false;
    if (seen == object)
        done = bind_name(r, dict, name, seen, object, out);
    else if (!PyErr_Occurred()) /* from the module's __getattr__ */
        done = bind_object(r, object, false, out);
    Py_DECREF(object);
    return done || set_aside(r);
}

static bool class_attribute(Resolution *r, PyTypeObject *class, PyObject *name, Binding *out)
{
    PyObject *object = PyObject_GetAttr((PyObject *)class, name);
    if (!object) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError))
            PyErr_Clear();
        return set_aside(r);
    }
    bool done = false;
    if (pyclass_is_enum(r->state, class)) {
        done = bind_object(r, object, false, out); /* members cannot be rebound */
    } else {
        PyObject *seen = Py_XNewRef(_PyType_Lookup(class, name));
        if (seen)
            done = bind_name(r, (PyObject *)class, name, seen, object, out);
        Py_XDECREF(seen);
    }
    Py_DECREF(object);
    return done || set_aside(r);
}

/* What a class's own dictionaries, not those of Python's, say of a name. */
static bool bind_member(Resolution *r, PyTypeObject *class, PyObject *name, MemberKind *kind,
                        Binding *out)
{
    PyObject *raw = _PyType_Lookup(class, name), *holder = (PyObject *)class;
    if (!raw)
        return false;
    if (PyFunction_Check(raw)) {
        *kind = MEMBER_METHOD;
        return bind_name(r, holder, name, raw, raw, out);
    }
    bool is_property = Py_IS_TYPE(raw, &PyProperty_Type);
    if (!is_property && !Py_IS_TYPE(raw, &PyStaticMethod_Type) && Py_TYPE(raw)->tp_descr_get)
        return false;
    *kind = is_property ? MEMBER_PROPERTY : MEMBER_VALUE;
    PyObject *object =
        is_property ? PyObject_GetAttrString(raw, "fget") : PyObject_GetAttr(holder, name);
    bool done = object && bind_name(r, holder, name, raw, object, out);
    Py_XDECREF(object);
    return done;
}

static bool resolve_member(void *context, const Type *class, const Symbol *symbol,
                           MemberKind *kind, Binding *out)
{
    static const char *const own[] = {"_replace", "_asdict", "_make"}; /* namedtuple's */
    Resolution *r = context;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(symbol->text, own[i]) == 0)
            return false;
    PyObject *name = text_of(symbol);
    if (!name)
        return set_aside(r);
    PyUnicode_InternInPlace(&name);
    bool done = bind_member(r, class->class_info->handle, name, kind, out);
    Py_DECREF(name);
    return done || set_aside(r);
}

/* "numpy.add.reduce", where it is neither a value nor known by another name. */
static bool builtin_attribute(Resolution *r, const Type *of, PyObject *name, Binding *out)
{
    PyObject *builtin = known_object(r->state, of);
    PyObject *object = builtin ? PyObject_GetAttr(builtin, name) : NULL;
    bool done = false;
    if (object && PyCallable_Check(object) && !PyType_Check(object) &&
        !known_name(r->state, object)) {
        PyObject *full = PyUnicode_FromFormat("%s.%U", of->name->text, name);
        if (full)
            done = bind_type(type_compound(r->state->types, TYPE_BUILTIN,
                                           intern_cstr(r->state->names, PyUnicode_AsUTF8(full)),
                                           NULL, 0),
                             out);
        Py_XDECREF(full);
    } else if (object) {
        done = bind_object(r, object, false, out);
    }
    if (PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    Py_XDECREF(builtin);
    Py_XDECREF(object);
    return done || set_aside(r);
}

static bool resolve_attribute(void *context, const Type *of, const Symbol *symbol, Binding *out)
{
    Resolution *r = context;
    PyObject *name = text_of(symbol), *module = NULL;
    bool done = false;
    if (!name)
        return set_aside(r);
    PyUnicode_InternInPlace(&name);
    if (of->kind == TYPE_MODULE && (module = known_object(r->state, of)))
        done = module_attribute(r, module, name, out);
    else if (of->kind == TYPE_CLASS)
        done = class_attribute(r, of->class_info->handle, name, out);
    else if (of->kind == TYPE_BUILTIN)
        done = builtin_attribute(r, of, name, out);
    Py_XDECREF(module);
    Py_DECREF(name);
    return done || set_aside(r);
}

static bool resolve_import(void *context, Code *code, const Symbol *symbol, Binding *out)
{
    Resolution *r = context;
    const char *text = symbol->text;
    int level = (int)strspn(text, ".");
    PyObject *globals = PyFunction_GET_GLOBALS(function_of(code));
    PyObject *from = level ? Py_BuildValue("(s)", "*") : NULL; /* the leaf, not the root */
    PyObject *module =
        level ? PyImport_ImportModuleLevel(text + level, globals, NULL, from, level)
              : PyImport_ImportModule(text);
    bool done = false;
    if (module && PyModule_Check(module))
        done = bind_type(known_module(r->state, module), out);
    if (!module && PyErr_ExceptionMatches(PyExc_ModuleNotFoundError))
        PyErr_Clear();
    Py_XDECREF(module);
    Py_XDECREF(from);
    return done || set_aside(r);
}

/* ---- defaults ---- */

/* The object behind parameter `param`'s default. Borrowed; NULL: none. */
static PyObject *default_of(PyFunctionObject *function, const Code *code, uint32_t param)
{
    PyObject *defaults = function->func_defaults, *named = function->func_kwdefaults;
    if (code->params[param].kind == PARAM_KEYWORD_ONLY) {
        PyObject *name = named ? text_of(code->params[param].name) : NULL;
        PyObject *value = name ? PyDict_GetItemWithError(named, name) : NULL;
        Py_XDECREF(name);
        return value;
    }
    uint32_t positional = 0;
    for (uint32_t i = 0; i < code->param_count; i++)
        positional += code->params[i].kind == PARAM_NORMAL ||
                      code->params[i].kind == PARAM_POSITIONAL_ONLY;
    Py_ssize_t count = defaults ? PyTuple_GET_SIZE(defaults) : 0;
    Py_ssize_t at = (Py_ssize_t)param - ((Py_ssize_t)positional - count);
    return at >= 0 && at < count ? PyTuple_GET_ITEM(defaults, at) : NULL;
}

static bool resolve_fallback(void *context, Code *code, uint32_t param, Binding *out)
{
    Resolution *r = context;
    PyObject *value = default_of((PyFunctionObject *)function_of(code), code, param);
    return value ? bind_object(r, value, false, out) : set_aside(r);
}

/* ---- the rest ---- */

static Code *resolve_library(void *context, const char *qualname)
{
    Resolution *r = context;
    PyObject *root, *function = library_find(r->state, qualname, &root);
    if (root)
        Py_XSETREF(r->wanted_root, root);
    CodeObject *code = function ? pycode_get(r->state, function, NULL) : NULL;
    Code *result = NULL;
    if (code && PyList_Append(r->codes, (PyObject *)code) == 0) {
        code->code->is_library = true;
        result = code->code;
    }
    Py_XDECREF(code);
    if (!result)
        set_aside(r);
    return result;
}

/* Names in scope, or of the object that a type stands for. */
static PyObject *names_near(Resolution *r, Code *code, const Type *of)
{
    PyObject *object = NULL, *names = NULL;
    if (of && (of->kind == TYPE_MODULE || of->kind == TYPE_BUILTIN))
        object = known_object(r->state, of);
    else if (of && of->kind == TYPE_CLASS)
        object = Py_NewRef((PyObject *)of->class_info->handle);
    if (object) {
        names = PyObject_Dir(object);
    } else if (!of && code) {
        PyObject *function = function_of(code);
        names = PyDict_Keys(PyFunction_GET_GLOBALS(function));
        PyObject *builtins = PyDict_Keys(((PyFunctionObject *)function)->func_builtins);
        if (names && builtins)
            Py_SETREF(names, PySequence_Concat(names, builtins));
        Py_XDECREF(builtins);
    }
    Py_XDECREF(object);
    return names;
}

static const char *const *resolve_candidates(void *context, Code *code, const Type *of,
                                             size_t *count)
{
    Resolution *r = context;
    *count = 0;
    PyObject *names = names_near(r, code, of);
    if (!names) {
        set_aside(r);
        return NULL;
    }
    Py_XSETREF(r->suggested, names);
    Py_ssize_t total = PyList_GET_SIZE(names);
    PyMem_Free(r->suggestions);
    r->suggestions = PyMem_Malloc(((size_t)total + 1) * sizeof *r->suggestions);
    for (Py_ssize_t i = 0; r->suggestions && i < total; i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
        if (text)
            r->suggestions[(*count)++] = text;
    }
    PyErr_Clear();
    return r->suggestions;
}

static PyObject *class_object(Resolution *r, const Type *type)
{
    if (type->kind == TYPE_CLASS)
        return Py_NewRef((PyObject *)type->class_info->handle);
    return type->kind == TYPE_BUILTIN ? known_object(r->state, type) : NULL;
}

static bool resolve_is_subclass(void *context, const Type *a, const Type *b)
{
    Resolution *r = context;
    PyObject *first = class_object(r, a), *second = class_object(r, b);
    int answer = first && second && PyType_Check(first) && PyType_Check(second)
                     ? PyObject_IsSubclass(first, second)
                     : 0;
    Py_XDECREF(first);
    Py_XDECREF(second);
    if (PyErr_Occurred())
        return set_aside(r);
    return answer == 1;
}

static bool resolve_read(void *context, Code *code)
{
    Resolution *r = context;
    return reader_read(r->state, code) || set_aside(r);
}

/* ---- life ---- */

void resolve_note_varying(Varying *varying, PyObject *holder, PyObject *name)
{
    for (uint32_t i = 0; i < varying->count; i++)
        if (is_name(&varying->names[i], holder, name))
            return;
    if (varying->count == varying->cap) {
        uint32_t cap = varying->cap ? 2 * varying->cap : 4;
        VaryingName *names = PyMem_Realloc(varying->names, cap * sizeof *names);
        if (!names)
            return;
        varying->names = names;
        varying->cap = cap;
    }
    varying->names[varying->count++] = (VaryingName){Py_NewRef(holder), Py_XNewRef(name)};
}

void resolve_varying_close(Varying *varying)
{
    VaryingName *names = varying->names;
    uint32_t count = varying->count;
    *varying = (Varying){0};
    for (uint32_t i = 0; i < count; i++) {
        Py_CLEAR(names[i].holder);
        Py_CLEAR(names[i].name);
    }
    PyMem_Free(names);
}

int resolve_varying_traverse(const Varying *varying, visitproc visit, void *arg)
{
    for (uint32_t i = 0; i < varying->count; i++)
        Py_VISIT(varying->names[i].holder);
    return 0;
}

int resolve_open(Resolution *r, State *state, const Varying *varying, bool is_frozen)
{
    *r = (Resolution){.state = state, .varying = varying, .is_frozen = is_frozen};
    r->resolver = (Resolver){
        .context = r,
        .global = resolve_global,
        .cell = resolve_cell,
        .attribute = resolve_attribute,
        .member = resolve_member,
        .fallback = resolve_fallback,
        .import = resolve_import,
        .library = resolve_library,
        .candidates = resolve_candidates,
        .is_subclass = resolve_is_subclass,
        .read = resolve_read,
    };
    r->codes = PyList_New(0);
    return r->codes ? 0 : -1;
}

void resolve_close(Resolution *r)
{
    for (uint32_t i = 0; r->names && i < r->name_count; i++) {
        Py_CLEAR(r->names[i].holder);
        Py_CLEAR(r->names[i].name);
        Py_CLEAR(r->names[i].seen);
    }
    for (uint32_t i = 0; r->hidden && i < r->hidden_count; i++)
        Py_CLEAR(r->hidden[i]);
    PyMem_Free(r->names);
    PyMem_Free(r->bindings);
    PyMem_Free(r->hidden);
    PyMem_Free(r->suggestions);
    Py_CLEAR(r->codes);
    Py_CLEAR(r->wanted_root);
    Py_CLEAR(r->failure);
    Py_CLEAR(r->refusal.name);
    Py_CLEAR(r->refusal.object);
    Py_CLEAR(r->suggested);
}

/* The compiler's message with "name 'D' is not defined" replaced, and without its guess at another
 * name. NULL where it says something else. */
static PyObject *reword(const Refusal *refusal, const char *message)
{
    PyObject *text = PyUnicode_FromString(message), *result = NULL;
    PyObject *old = PyUnicode_FromFormat("name '%U' is not defined", refusal->name);
    PyObject *new = PyUnicode_FromFormat("'%U' is a %s, which Martlet does not compile: pass "
                                         "it as an argument, or give what the "
                                         "function needs of it as numbers, tuples or arrays",
                                         refusal->name, Py_TYPE(refusal->object)->tp_name);
    if (text && old && new && PyUnicode_Contains(text, old) == 1)
        result = PyUnicode_Replace(text, old, new, 1);
    Py_ssize_t length = result ? PyUnicode_GET_LENGTH(result) : 0;
    PyObject *guess = PyUnicode_FromString("did you mean");
    Py_ssize_t at = result && guess ? PyUnicode_Find(result, guess, 0, length, 1) : -1;
    if (at >= 0 && (at = PyUnicode_FindChar(result, '\n', 0, at, -1)) > 0)
        Py_SETREF(result, PyUnicode_Substring(result, 0, at));
    Py_XDECREF(text);
    Py_XDECREF(old);
    Py_XDECREF(new);
    Py_XDECREF(guess);
    return result;
}

bool resolve_explain(Resolution *r, const CompileResult *result, PyObject *function)
{
    if (r->failure) {
        compat_exception_give(Py_NewRef(r->failure));
        return true;
    }
    if (!r->refusal.name || !result->message)
        return false;
    PyObject *text = reword(&r->refusal, result->message);
    CompileResult explained = *result;
    explained.error_class = DIAG_TYPING_ERROR;
    explained.message = text ? (char *)(uintptr_t)PyUnicode_AsUTF8(text) : NULL;
    if (explained.message)
        error_raise_compile(r->state, &explained, function);
    Py_XDECREF(text);
    return PyErr_Occurred() != NULL;
}
