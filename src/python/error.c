/* Exceptions from compiled code and from the compiler. See error.h.
 *
 * Traceback entries are made innermost first, as they would be while an exception leaves one frame
 * after the other: the place that raised with whatever it was inlined into, then each call site with
 * whatever that was inlined into.
 */
#include "python/error.h"

#include <frameobject.h>
#include <stdlib.h>

#include "python/convert.h"
#include "runtime/raise.h"

/* ---- classes ---- */

PyObject *error_class(State *state, const char *name)
{
    if (!state->errors) {
        PyObject *module = PyImport_ImportModule("martlet.errors");
        if (!module)
            return NULL;
        Py_XSETREF(state->errors, module);
    }
    PyObject *class = PyObject_GetAttrString(state->errors, name);
    Py_XDECREF(class); /* the module keeps it */
    return class;
}

void error_raise(State *state, const char *class, PyObject *text)
{
    PyObject *type = error_class(state, class);
    if (type)
        PyErr_SetObject(type, text);
}

/* A class of builtins by name, borrowed; RuntimeError where there is none. NULL with an exception. */
static PyObject *builtin_class(const char *name)
{
    const char *dot = strrchr(name, '.');
    PyObject *builtins = PyEval_GetBuiltins();
    PyObject *text = PyUnicode_FromString(dot ? dot + 1 : name);
    PyObject *class = text ? PyDict_GetItemWithError(builtins, text) : NULL;
    Py_XDECREF(text);
    if (PyErr_Occurred())
        return NULL;
    return class && PyExceptionClass_Check(class) ? class : PyExc_RuntimeError;
}

static PyObject *site_class(const Site *site)
{
    return site->class_info ? (PyObject *)site->class_info->handle
                            : builtin_class(site->exception->text);
}

/* ---- tracebacks ---- */

void error_add_frame(const char *file, const char *name, int line, PyObject *globals)
{
    PyObject *exception = compat_exception_take();
    PyCodeObject *code = PyCode_NewEmpty(file, name, line);
    PyFrameObject *frame = NULL;
    if (code && globals)
        frame = PyFrame_New(PyThreadState_Get(), code, globals, NULL);
    if (!frame)
        PyErr_Clear();
    compat_exception_give(exception);
    if (frame)
        PyTraceBack_Here(frame);
    Py_XDECREF(code);
    Py_XDECREF(frame);
}

/* The library is to the user what NumPy's C is to the interpreter: no line of it says where his own
 * program went wrong. MARTLET_LIBRARY=1 shows them. */
static bool is_hidden(const Source *source)
{
    return source->is_library && !getenv("MARTLET_LIBRARY");
}

static bool add_loc(const Loc *loc, PyObject *globals)
{
    bool added = false;
    for (; loc; loc = loc->caller) {
        if (!loc->span.source || loc->span.line == 0 || is_hidden(loc->span.source))
            continue;
        error_add_frame(loc->span.source->filename, loc->function ? loc->function->text : "?",
                        (int)loc->span.line, globals);
        added = true;
    }
    return added;
}

static void add_function(PyObject *function)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    const char *name = PyUnicode_AsUTF8(code->co_name);
    if (file && name)
        error_add_frame(file, name, code->co_firstlineno, PyFunction_GET_GLOBALS(function));
    else
        PyErr_Clear();
}

static void add_frames(const RtError *error, const Compiled *compiled, PyObject *function)
{
    PyObject *globals = PyFunction_GET_GLOBALS(function);
    bool added = false;
    if (error->site >= 0 && (uint32_t)error->site < compiled->site_count)
        added = add_loc(compiled->sites[error->site].loc, globals);
    for (uint32_t i = 0; i < error->trace_count && i < RT_TRACE_DEPTH; i++)
        if (error->trace[i] < compiled->site_count)
            added |= add_loc(compiled->sites[error->trace[i]].loc, globals);
    if (!added)
        add_function(function);
}

/* ---- arguments of exceptions ---- */

/* The values of a site as a tuple. */
static PyObject *box_args(State *state, const SiteRecord *record, const uint64_t *slots)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)record->arg_count);
    for (uint32_t i = 0; tuple && i < record->arg_count; i++) {
        PyObject *item = convert_box(state, record->arg_types[i], slots);
        slots += layout_slot_count(record->arg_types[i]);
        if (item)
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
        else
            Py_CLEAR(tuple);
    }
    return tuple;
}

static int append(PyObject *pieces, PyObject *piece)
{
    int status = piece ? PyList_Append(pieces, piece) : -1;
    Py_XDECREF(piece);
    return status;
}

/* "{!r}" or "{:.3f}" */
static PyObject *format_hole(const char *hole, size_t length, PyObject *value)
{
    if (hole[0] == '!')
        return hole[1] == 's' ? PyObject_Str(value) : PyObject_Repr(value);
    PyObject *spec = PyUnicode_DecodeUTF8(hole + 1, (Py_ssize_t)length - 1, "surrogatepass");
    PyObject *text = spec ? PyObject_Format(value, spec) : NULL;
    Py_XDECREF(spec);
    return text;
}

/* %g is a float as Python's repr has it, whatever its kind; %d and %s are str(). */
static PyObject *format_value(char directive, PyObject *value)
{
    if (directive != 'g')
        return PyObject_Str(value);
    PyObject *number = PyNumber_Float(value), *text = NULL;
    if (number)
        text = PyObject_Repr(number);
    Py_XDECREF(number);
    return text;
}

/* `template` with one directive for each value. */
static PyObject *format_message(const char *template, PyObject *values)
{
    PyObject *pieces = PyList_New(0), *empty = PyUnicode_FromString(""), *text = NULL;
    int status = pieces && empty ? 0 : -1;
    Py_ssize_t used = 0;
    const char *at = template;
    while (status == 0 && *at) {
        size_t plain = strcspn(at, "%");
        if (plain > 0)
            status = append(pieces, PyUnicode_DecodeUTF8(at, (Py_ssize_t)plain, "replace"));
        at += plain;
        if (*at == '\0' || status < 0)
            break;
        if (at[1] == '%' || at[1] == '\0' || used == PyTuple_GET_SIZE(values))
            status = append(pieces, PyUnicode_FromString("%"));
        else if (at[1] == '{')
            status = append(pieces, format_hole(at + 2, strcspn(at + 2, "}"),
                                                PyTuple_GET_ITEM(values, used++)));
        else
            status = append(pieces, format_value(at[1], PyTuple_GET_ITEM(values, used++)));
        at += at[1] == '{' ? strcspn(at, "}") + 1 : at[1] ? 2 : 1;
    }
    if (status == 0)
        text = PyUnicode_Join(empty, pieces);
    Py_XDECREF(pieces);
    Py_XDECREF(empty);
    return text;
}

static void raise_site(State *state, const SiteRecord *record, const uint64_t *slots)
{
    PyObject *args = box_args(state, record, slots);
    if (args && record->site->message) {
        PyObject *text = format_message(record->site->message, args);
        Py_SETREF(args, text ? PyTuple_Pack(1, text) : NULL);
        Py_XDECREF(text);
    }
    PyObject *class = args ? site_class(record->site) : NULL;
    PyObject *exception = class ? PyObject_Call(class, args, NULL) : NULL;
    if (exception && PyExceptionInstance_Check(exception))
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
    else if (exception)
        PyErr_SetObject(class, args);
    Py_XDECREF(exception);
    Py_XDECREF(args);
}

/* ---- failures of compiled code ---- */

static void raise_without_site(Thread *thread)
{
    const RtCtx *ctx = &thread->ctx;
    PyObject *class;
    switch (ctx->error.site) {
    case RT_SITE_MEMORY:
        PyErr_NoMemory();
        return;
    case RT_SITE_RECURSION:
        PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded");
        return;
    case RT_SITE_INTERRUPT:
        if (!PyErr_Occurred() && thread->caught)
            compat_exception_give(Py_NewRef(thread->caught));
        return;
    case RT_SITE_RUNTIME:
        class = builtin_class(ctx->error_class ? ctx->error_class : "RuntimeError");
        if (class)
            PyErr_SetString(class, ctx->error_text ? ctx->error_text : "");
        return;
    default:
        return;
    }
}

void error_raise_run(Thread *thread, const Compiled *compiled, PyObject *function)
{
    RtError *error = &thread->ctx.error;
    if (error->site >= 0 && (uint32_t)error->site < compiled->site_count &&
        compiled->sites[error->site].site)
        raise_site(thread->state, &compiled->sites[error->site], error->args);
    else
        raise_without_site(thread);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "martlet: compiled code failed without a reason");
    add_frames(error, compiled, function);
    error->site = RT_SITE_NONE;
    error->trace_count = 0;
}

/* The class of what is pending, borrowed; NULL when it is set in Python or unknown. */
static PyObject *pending_class(const Thread *thread)
{
    const RtError *error = &thread->ctx.error;
    const Compiled *compiled = thread->running;
    if (error->exception != RT_EXCEPTION_OBJECT)
        return builtin_class(rt_exception_name((RtException)error->exception));
    if (error->site >= 0 && (uint32_t)error->site < compiled->site_count &&
        compiled->sites[error->site].site)
        return site_class(compiled->sites[error->site].site);
    return NULL;
}

bool error_matches(Thread *thread, int32_t site)
{
    const Compiled *compiled = thread->running;
    if (!compiled || site < 0 || (uint32_t)site >= compiled->site_count ||
        !compiled->sites[site].site)
        return false;
    PyObject *raised =
        PyErr_Occurred() ? compat_exception_take() : NULL; /* by a signal handler */
    PyObject *wanted = site_class(compiled->sites[site].site);
    PyObject *class = raised ? (PyObject *)Py_TYPE(raised) : pending_class(thread);
    bool is_match =
        wanted && class && PyType_IsSubtype((PyTypeObject *)class, (PyTypeObject *)wanted);
    PyErr_Clear();
    if (raised && is_match)
        Py_XSETREF(thread->caught, raised);
    else if (raised)
        compat_exception_give(raised);
    return is_match;
}

/* ---- failures of compiles ---- */

static const char *class_name(DiagClass class)
{
    switch (class) {
    case DIAG_TYPING_ERROR:
        return "TypingError";
    case DIAG_UNSUPPORTED_ERROR:
        return "UnsupportedError";
    case DIAG_NAME_ERROR:
        return "NameResolutionError";
    case DIAG_WARNING:
        return "NarrowingWarning";
    case DIAG_COMPILE_ERROR:
    case DIAG_INTERNAL:
        break;
    }
    return "CompileError";
}

static PyObject *trimmed(const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == '\n')
        length--;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)length, "replace");
}

void error_raise_compile(State *state, const CompileResult *result, PyObject *function)
{
    if (result->out_of_memory) {
        PyErr_NoMemory();
        return;
    }
    const char *message = result->message ? result->message : "the compile failed";
    PyObject *text = trimmed(message, strlen(message));
    if (text)
        error_raise(state, class_name(result->error_class), text);
    Py_XDECREF(text);
    if (!function)
        return;
    const Span *span = &result->span;
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    const char *name = PyUnicode_AsUTF8(code->co_name);
    if (span->source && span->line > 0 && name)
        error_add_frame(span->source->filename, name, (int)span->line,
                        PyFunction_GET_GLOBALS(function));
    else
        add_function(function);
}

/* The line in "file.py:12:3: …", or 0. */
static int line_of(const char *text, const char *file)
{
    size_t length = strlen(file);
    if (strncmp(text, file, length) != 0 || text[length] != ':')
        return 0;
    return (int)strtol(text + length + 1, NULL, 10);
}

static int warn_one(State *state, const char *text, size_t length, PyObject *function)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(function);
    PyObject *category = error_class(state, class_name(DIAG_WARNING));
    PyObject *message = category ? trimmed(text, length) : NULL;
    const char *file = message ? PyUnicode_AsUTF8(code->co_filename) : NULL;
    int status = -1;
    if (file) {
        int line = line_of(text, file);
        status = PyErr_WarnExplicitObject(category, message, code->co_filename,
                                          line ? line : code->co_firstlineno, NULL, NULL);
    }
    Py_XDECREF(message);
    return status;
}

int error_warn(State *state, const CompileResult *result, PyObject *function)
{
    const char *at = result->warnings;
    while (at && *at) {
        const char *gap = strstr(at, "\n\n");
        size_t length = gap ? (size_t)(gap - at) : strlen(at);
        if (warn_one(state, at, length, function) < 0)
            return -1;
        at += length;
        at += strspn(at, "\n");
    }
    return 0;
}
