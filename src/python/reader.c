/* Reading functions. See reader.h.
 *
 * What allocates on arenas runs between `guard_enter` and `guard_leave`: when memory runs out
 * there, control comes back to guard_enter's place; all references are held by the Capture or
 * Reading, whose owner releases them in either case.
 */
#include "python/reader.h"

#include <setjmp.h>
#include <string.h>

#include "lower/lower.h"
#include "python/astread.h"
#include "python/error.h"
#include "python/reader_check.h"
#include "python/reader_core.h"
#include "python/reader_source.h"
#include "syntax/scope.h"

/* ---- memory ---- */

typedef struct Guard {
    jmp_buf boundary;
    ArenaPolicy policy;
    Arena *arenas[2];
    ArenaPolicy *policies[2];
} Guard;

static void come_back(void *owner)
{
    longjmp(((Guard *)owner)->boundary, 1);
}

static void guard_leave(Guard *guard)
{
    for (int i = 1; i >= 0; i--)
        guard->arenas[i]->policy = guard->policies[i];
}

static void guard_enter(Guard *guard, Arena *first, Arena *second)
{
    guard->policy = (ArenaPolicy){come_back, guard, -1};
    guard->arenas[0] = first;
    guard->arenas[1] = second;
    for (int i = 0; i < 2; i++) {
        guard->policies[i] = guard->arenas[i]->policy;
        guard->arenas[i]->policy = &guard->policy;
    }
}

/* ---- capturing ---- */

typedef struct Capture {
    Interner *names;
    PyObject *function, *lines, *variables;
    PyCodeObject *object;
    bool is_given;
    Code *code;
} Capture;

static const Symbol *symbol_from(Interner *names, PyObject *string)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(string, &length);
    return text ? intern_text(names, text, (size_t)length) : NULL;
}

static int param_add(Capture *c, int variable, ParamKind kind, bool has_default)
{
    const Symbol *name = symbol_from(c->names, PyTuple_GET_ITEM(c->variables, variable));
    c->code->params[c->code->param_count++] = (Param){
        .name = name, .kind = kind, .has_default = has_default, .fallback = {.hidden = -1}};
    return name ? 0 : -1;
}

/* Variables come as positional, keyword-only, *args; params in the order of the source. */
static int capture_params(Capture *c)
{
    const PyCodeObject *o = c->object;
    PyObject *defaults = PyFunction_GetDefaults(c->function); /* borrowed, both */
    PyObject *by_keyword = PyFunction_GetKwDefaults(c->function);
    int first_default = o->co_argcount - (defaults ? (int)PyTuple_GET_SIZE(defaults) : 0);
    int count = o->co_argcount + o->co_kwonlyargcount, status = 0;
    c->code->params = ARENA_ARRAY(c->code->arena, Param, count + 1);
    for (int i = 0; status == 0 && i < o->co_argcount; i++)
        status =
            param_add(c, i, i < o->co_posonlyargcount ? PARAM_POSITIONAL_ONLY : PARAM_NORMAL,
                      i >= first_default);
    if (status == 0 && o->co_flags & CO_VARARGS)
        status = param_add(c, count, PARAM_STAR, false);
    for (int i = o->co_argcount; status == 0 && i < count; i++) {
        PyObject *name = PyTuple_GET_ITEM(c->variables, i);
        bool has_default = by_keyword && PyDict_GetItemWithError(by_keyword, name);
        status = PyErr_Occurred() ? -1 : param_add(c, i, PARAM_KEYWORD_ONLY, has_default);
    }
    return status;
}

static int capture_source(Capture *c)
{
    Code *code = c->code;
    const Symbol *filename = symbol_from(c->names, c->object->co_filename);
    if (!filename)
        return -1;
    Source *source = ARENA_NEW(code->arena, Source);
    source->filename = filename->text;
    source->first_line = (uint32_t)c->object->co_firstlineno;
    code->source = source;
    code->loc = (Loc){
        .span = {source, source->first_line, 0, source->first_line, 0},
        .function = code->name,
    };
    if (c->lines == Py_None)
        return 0;
    uint32_t first;
    source->text = reader_text(c->object, c->lines, c->is_given, code->arena, &first);
    return source->text ? 0 : -1;
}

static int capture_all(Capture *c)
{
    c->code->name = symbol_from(c->names, c->object->co_name);
    c->code->qualname = symbol_from(c->names, c->object->co_qualname);
    c->code->handle = c->function;
    if (!c->code->name || !c->code->qualname || capture_params(c) < 0)
        return -1;
    return capture_source(c);
}

int reader_capture_core(Interner *names, PyObject *function, PyObject *source, Code *code)
{
    if (!PyFunction_Check(function)) {
        PyErr_Format(PyExc_TypeError, "martlet: a Python function is wanted, not %s",
                     Py_TYPE(function)->tp_name);
        return -1;
    }
    Capture capture = {
        .names = names,
        .function = function,
        .lines = reader_lines(function, source),
        .object = (PyCodeObject *)PyFunction_GetCode(function),
        .is_given = source,
        .code = code,
    };
    capture.variables = capture.lines ? PyCode_GetVarnames(capture.object) : NULL;
    Guard guard;
    int status = -1;
    guard_enter(&guard, code->arena, names->arena);
    if (setjmp(guard.boundary) != 0)
        PyErr_NoMemory();
    else if (capture.variables)
        status = capture_all(&capture);
    guard_leave(&guard);
    Py_XDECREF(capture.lines);
    Py_XDECREF(capture.variables);
    return status;
}

/* ---- reading ---- */

typedef struct Reading {
    Interner *names;
    Code *code;
    PyCodeObject *object;
    const char *class;
    PyObject *tree, *node; /* the parsed text, and the def or lambda in it */
    AstReader ast;
    PyObject *free; /* names of the closure's cells */
    ReaderFailure *failure;
} Reading;

/* Always -1. An exception that is set is dropped: the failure says it all. */
static int fail(Reading *r, DiagCode code, const char *what)
{
    PyErr_Clear();
    r->failure->code = code;
    r->failure->message = PyUnicode_FromFormat("%U, line %d: %s", r->object->co_filename,
                                               r->object->co_firstlineno, what);
    return -1;
}

static int fail_stale(Reading *r)
{
    return fail(
        r, E_STALE_SOURCE,
        "the source found here is not that of the running function. Was the file edited "
        "after it was imported? Then import it again. If the text was given as source=, "
        "it must be the one that the function was made from");
}

static int fail_missing(Reading *r)
{
    return fail(
        r, E_NO_SOURCE,
        "the function's source is not available. Define the function in a file, in IPython "
        "or in Jupyter, or give its text: jit(source=...)");
}

/* The class that private names belong to: in "f.<locals>.C.m.<locals>.<listcomp>.g" it is C. On
 * the arena; NULL where there is none. */
static const char *find_class(Reading *r)
{
    const char *name = PyUnicode_AsUTF8(r->object->co_qualname);
    if (!name)
        return NULL;
    char *path = arena_strndup(r->code->arena, name, strlen(name));
    bool is_function = true; /* the last component */
    for (char *dot = strrchr(path, '.'); dot; dot = strrchr(path, '.')) {
        bool is_locals = strcmp(dot + 1, "<locals>") == 0;
        bool is_comprehension = !is_locals && dot[1] == '<';
        if (!is_function && !is_locals && !is_comprehension)
            return dot + 1;
        is_function = is_locals;
        *dot = '\0';
    }
    return is_function || *path == '<' ? NULL : path;
}

static PyObject *first_statement(PyObject *node)
{
    PyObject *body = PyObject_GetAttrString(node, "body"); /* the tree keeps it and its items */
    Py_XDECREF(body);
    return body && PyList_Check(body) && PyList_GET_SIZE(body) ? PyList_GET_ITEM(body, 0)
                                                               : NULL;
}

/* 1: the tree's function is in r->node, and is the one that runs. 0: it is not. */
static int accept(Reading *r, const char *class_name, PyObject *node)
{
    const char *name = node ? Py_TYPE(node)->tp_name : "";
    const char *dot = strrchr(name, '.');
    if (!node || strcmp(dot ? dot + 1 : name, class_name) != 0)
        return 0;
    r->node = node;
    int same = reader_check(node, (PyObject *)r->code->handle, r->class);
    if (same >= 0 || !PyErr_ExceptionMatches(PyExc_SyntaxError))
        return same;
    PyErr_Clear(); /* it parses, and does not compile */
    return 0;
}

static int parse(Reading *r, const char *text, int mode)
{
    Py_CLEAR(r->tree);
    r->tree = reader_parse(text, r->object, mode);
    if (r->tree)
        return 1;
    if (!PyErr_ExceptionMatches(PyExc_SyntaxError))
        return -1;
    PyErr_Clear();
    return 0;
}

/* An indented def is put below an `if`, so that columns stay. */
static int find_def(Reading *r)
{
    const char *text = r->code->source->text;
    bool is_indented = strspn(text, " \t\f") > 0;
    if (is_indented)
        text = arena_printf(r->code->arena, "if 1:\n%s", text);
    int status = parse(r, text, Py_file_input);
    if (status <= 0)
        return status;
    PyObject *node = first_statement(r->tree);
    if (is_indented && node)
        node = first_statement(node);
    r->ast.line_shift = (int64_t)r->code->source->first_line - (is_indented ? 2 : 1);
    return accept(r, "FunctionDef", node);
}

/* In parentheses, on a line of its own, at its column. */
static int try_lambda(Reading *r, size_t offset, size_t length)
{
    const char *text = r->code->source->text;
    text = arena_printf(r->code->arena, "(\n%*s%.*s\n)", (int)offset, "", (int)length,
                        text + offset);
    int status = parse(r, text, Py_eval_input);
    if (status <= 0)
        return status;
    PyObject *body = PyObject_GetAttrString(r->tree, "body");
    Py_XDECREF(body);
    r->ast.line_shift = (int64_t)r->code->source->first_line - 2;
    return accept(r, "Lambda", body);
}

static int find_lambda(Reading *r)
{
    const char *text = r->code->source->text;
    size_t offset, length;
    bool is_last = false;
    for (uint32_t k = 0; !is_last; k++) {
        if (!reader_lambda(r->object, text, k, &offset, &length, &is_last))
            continue;
        int status = try_lambda(r, offset, length);
        if (status != 0)
            return status;
    }
    const char *start = strstr(text, "lambda"); /* given text may be the lambda alone */
    return start ? try_lambda(r, (size_t)(start - text), strlen(start)) : 0;
}

static NameList free_names(Reading *r)
{
    NameList list = {0};
    list.data = ARENA_ARRAY(r->code->arena, const Symbol *, PyTuple_GET_SIZE(r->free));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(r->free); i++)
        list.data[list.len++] = symbol_from(r->names, PyTuple_GET_ITEM(r->free, i));
    return list;
}

/* -1 with an exception. */
static int is_optimized(void)
{
    PyObject *flags = PySys_GetObject("flags"); /* borrowed */
    PyObject *level = flags ? PyObject_GetAttrString(flags, "optimize") : NULL;
    int is = level ? PyObject_IsTrue(level) : -1;
    Py_XDECREF(level);
    return is;
}

static int convert(Reading *r)
{
    int drops_asserts = is_optimized();
    r->ast.arena = r->code->arena;
    r->ast.names = r->names;
    r->ast.source = r->code->source;
    r->ast.class = r->class ? intern_cstr(r->names, r->class) : NULL;
    r->ast.drops_asserts = drops_asserts > 0;
    r->free = PyCode_GetFreevars(r->object);
    if (drops_asserts < 0 || !r->free || astread_open(&r->ast) < 0)
        return -1;
    Node *node = astread_node(&r->ast, r->node);
    if (r->ast.is_too_deep)
        PyErr_SetNone(PyExc_RecursionError);
    if (!node)
        return -1;
    scope_analyse(r->code->arena, node, free_names(r));
    r->code->tree = node;
    r->code->is_generator = scope_of(node)->has_yield;
    r->code->loc.span = ast_head(node);
    return 0;
}

static int read_all(Reading *r)
{
    const char *text = r->code->source->text;
    if (r->object->co_flags & (CO_COROUTINE | CO_ASYNC_GENERATOR))
        return fail(r, E_STATEMENT,
                    "an async function is not compiled: define it with `def`, "
                    "and await outside of compiled code");
    if (!text)
        return fail_missing(r);
    if (!*text)
        return fail_stale(r);
    r->class = find_class(r);
    int status = reader_is_lambda(r->object) ? find_lambda(r) : find_def(r);
    if (status == 0)
        return fail_stale(r);
    if (status > 0)
        status = convert(r);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_RecursionError))
        return fail(r, E_TOO_DEEP, "the source nests too deeply");
    return status;
}

/* ---- warnings ---- */

/* Text that Python has warned about when it compiled the module: it need not say so again. */
static bool may_warn(const char *text)
{
    return text && (strchr(text, '\\') || strstr(text, " is "));
}

/* A context in which no warning is shown. NULL with an exception. */
static PyObject *silence(void)
{
    PyObject *module = PyImport_ImportModule("warnings");
    PyObject *context = module ? PyObject_CallMethod(module, "catch_warnings", NULL) : NULL;
    PyObject *entered = context ? PyObject_CallMethod(context, "__enter__", NULL) : NULL;
    PyObject *set = entered ? PyObject_CallMethod(module, "simplefilter", "s", "ignore") : NULL;
    if (!set)
        Py_CLEAR(context);
    Py_XDECREF(module);
    Py_XDECREF(entered);
    Py_XDECREF(set);
    return context;
}

static void end_silence(PyObject *context)
{
    PyObject *exception = compat_exception_take();
    PyObject *left = PyObject_CallMethod(context, "__exit__", "OOO", Py_None, Py_None, Py_None);
    PyErr_Clear();
    if (exception)
        compat_exception_give(exception);
    Py_XDECREF(left);
    Py_DECREF(context);
}

/* ---- both ---- */

int reader_read_core(Interner *names, Code *code, ReaderFailure *failure)
{
    Reading reading = {
        .names = names,
        .code = code,
        .object = (PyCodeObject *)PyFunction_GetCode((PyObject *)code->handle),
        .failure = failure,
    };
    PyObject *silent = NULL;
    Guard guard;
    int status = -1;
    *failure = (ReaderFailure){.code = E_COUNT};
    if (may_warn(code->source->text) && !(silent = silence()))
        return -1;
    guard_enter(&guard, code->arena, names->arena);
    if (setjmp(guard.boundary) == 0)
        status = read_all(&reading);
    else
        PyErr_NoMemory();
    guard_leave(&guard);
    if (silent)
        end_silence(silent);
    Py_XDECREF(reading.tree);
    Py_XDECREF(reading.ast.keep);
    Py_XDECREF(reading.free);
    return status;
}

/* ---- for the module ---- */

int reader_capture(State *state, PyObject *function, PyObject *source, Code *code)
{
    return reader_capture_core(state->names, function, source, code);
}

bool reader_read(State *state, Code *code)
{
    ReaderFailure failure;
    if (code->tree || reader_read_core(state->names, code, &failure) == 0)
        return true;
    if (failure.message)
        error_raise(state,
                    diag_class(failure.code) == DIAG_UNSUPPORTED_ERROR ? "UnsupportedError"
                                                                       : "CompileError",
                    failure.message);
    Py_XDECREF(failure.message);
    return false;
}
