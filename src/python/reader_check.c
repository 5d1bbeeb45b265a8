/* Comparing a source with a code object. See reader_check.h.
 *
 * The def is compiled where it finds the same names as the original did: in a class, for
 * private names and __class__, in a function whose parameters are the closure's variables. What
 * both code objects do is then compared, and what all functions inside do; lines and columns
 * are not. Import hooks that rewrite a module's tree (pytest does, for its asserts) leave names
 * that no source has; of such a code object only the signature is compared.
 *
 * CPython compiles `np.sqrt(x)` in one way when the module imports np, and in another when it
 * assigns it. The code object does not tell; the guess is that the globals which are modules
 * were imported, and where the codes differ, other guesses follow.
 */
#include "python/reader_check.h"

#include <stdbool.h>
#include <string.h>

/* CO_NESTED and CO_METHOD (Python 3.14): the original may stand otherwise. */
enum { PLACE_FLAGS = 0x10 | 0x8000000 };

PyObject *reader_parse(const char *text, PyCodeObject *code, int mode)
{
    PyCompilerFlags flags = {
        PyCF_ONLY_AST | PyCF_IGNORE_COOKIE | (code->co_flags & PyCF_MASK),
        PY_MINOR_VERSION,
    };
    return Py_CompileStringObject(text, code->co_filename, mode, &flags, -1);
}

/* ---- compiling again ---- */

/* The last statement of a body. */
static PyObject *last_of(PyObject *node)
{
    PyObject *items = PyObject_GetAttrString(node, "body");
    Py_ssize_t count = items && PyList_Check(items) ? PyList_GET_SIZE(items) : 0;
    PyObject *item = count ? Py_NewRef(PyList_GET_ITEM(items, count - 1)) : NULL;
    Py_XDECREF(items);
    return item;
}

/* node.body[-1] = item */
static int set_last(PyObject *node, PyObject *item)
{
    PyObject *items = PyObject_GetAttrString(node, "body");
    Py_ssize_t count = items && PyList_Check(items) ? PyList_GET_SIZE(items) : 0;
    int status = count ? PyList_SetItem(items, count - 1, Py_NewRef(item)) : -1;
    Py_XDECREF(items);
    return status;
}

/* The closure's variables as parameters; `__class__` a class has by itself, and what the
 * compiler makes up is no name. */
static PyObject *closure_params(PyCodeObject *code, bool has_class)
{
    PyObject *free = PyCode_GetFreevars(code), *names = PyList_New(0), *joined = NULL;
    PyObject *comma = PyUnicode_FromString(", ");
    int status = free && names && comma ? 0 : -1;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(free); i++) {
        PyObject *name = PyTuple_GET_ITEM(free, i);
        bool is_class = PyUnicode_CompareWithASCIIString(name, "__class__") == 0;
        if (PyUnicode_IsIdentifier(name) && !(is_class && has_class))
            status = PyList_Append(names, name);
    }
    if (status == 0)
        joined = PyUnicode_Join(comma, names);
    Py_XDECREF(free);
    Py_XDECREF(names);
    Py_XDECREF(comma);
    return joined;
}

/* "global f", where the name that is bound in that place, the function's or its class's, is a
 * global to the function, and not a closure's variable. */
static PyObject *own_name(PyCodeObject *code, const char *class)
{
    PyObject *free = PyCode_GetFreevars(code);
    PyObject *name = class ? PyUnicode_FromString(class) : Py_NewRef(code->co_name);
    int captured = free && name ? PySequence_Contains(free, name) : -1;
    PyObject *text = NULL;
    if (captured > 0 || (captured == 0 && !PyUnicode_IsIdentifier(name)))
        text = PyUnicode_FromString("pass");
    else if (captured == 0)
        text = PyUnicode_FromFormat("global %U", name);
    Py_XDECREF(free);
    Py_XDECREF(name);
    return text;
}

/* The place that it had: "import np\ndef _(a, b):\n global f\n class C:\n  _ = 0\n", with a name
 * that nobody uses for _. */
static PyObject *place_text(PyCodeObject *code, const char *class, PyObject *imports)
{
    PyObject *own = own_name(code, class);
    PyObject *params = closure_params(code, class), *text = NULL;
    PyObject *comma = PyUnicode_FromString(", ");
    PyObject *names = comma ? PyUnicode_Join(comma, imports) : NULL;
    const char *import = PyList_GET_SIZE(imports) ? "import " : "";
    if (params && names && own)
        text = PyUnicode_FromFormat(
            "%s%U\ndef __martlet__(%U):\n %U\n class %s:\n  __martlet__ = 0\n", import, names,
            params, own, class ? class : "__martlet__");
    Py_XDECREF(own);
    Py_XDECREF(params);
    Py_XDECREF(comma);
    Py_XDECREF(names);
    return text;
}

/* Puts the def or lambda in place of `_ = 0`. */
static int put_in_place(PyObject *tree, PyObject *node, bool is_lambda, bool has_class)
{
    PyObject *function = last_of(tree);
    PyObject *class = function ? last_of(function) : NULL;
    PyObject *assign = class ? last_of(class) : NULL;
    PyObject *parent = has_class ? class : function;
    int status = -1;
    if (assign && is_lambda)
        status = PyObject_SetAttrString(assign, "value", node);
    if (assign && !is_lambda)
        status = set_last(parent, node);
    else if (status == 0 && !has_class)
        status = set_last(parent, assign);
    Py_XDECREF(function);
    Py_XDECREF(class);
    Py_XDECREF(assign);
    return status;
}

static PyObject *compile_tree(PyObject *tree, PyCodeObject *code)
{
    PyObject *builtins = PyEval_GetBuiltins(); /* borrowed */
    PyObject *compile = PyDict_GetItemString(builtins, "compile");
    if (!compile) {
        PyErr_SetString(PyExc_RuntimeError, "martlet: builtins.compile is missing");
        return NULL;
    }
    return PyObject_CallFunction(compile, "OOsiO", tree, code->co_filename, "exec",
                                 code->co_flags & PyCF_MASK, Py_True);
}

typedef struct Check {
    PyObject *node;
    PyCodeObject *code;
    const char *class;
    bool is_lambda, by_signature;
} Check;

static PyObject *compile_in_place(const Check *check, PyObject *imports)
{
    PyObject *text = place_text(check->code, check->class, imports);
    PyObject *tree = NULL, *module = NULL;
    const char *utf8 = text ? PyUnicode_AsUTF8(text) : NULL;
    if (utf8)
        tree = reader_parse(utf8, check->code, Py_file_input);
    if (tree && put_in_place(tree, check->node, check->is_lambda, check->class) == 0)
        module = compile_tree(tree, check->code);
    Py_XDECREF(text);
    Py_XDECREF(tree);
    return module;
}

/* ---- comparing ---- */

static int same_codes(PyCodeObject *a, PyCodeObject *b);

/* Equal, of one type, and not 0.0 for -0.0; a nan equals itself. */
static int same_constants(PyObject *a, PyObject *b)
{
    if (Py_TYPE(a) != Py_TYPE(b))
        return 0;
    if (PyCode_Check(a))
        return same_codes((PyCodeObject *)a, (PyCodeObject *)b);
    if (PyFloat_Check(a)) {
        double x = PyFloat_AS_DOUBLE(a), y = PyFloat_AS_DOUBLE(b);
        return memcmp(&x, &y, sizeof x) == 0;
    }
    if (PyComplex_Check(a)) {
        Py_complex x = PyComplex_AsCComplex(a), y = PyComplex_AsCComplex(b);
        return memcmp(&x, &y, sizeof x) == 0;
    }
    if (!PyTuple_Check(a))
        return PyObject_RichCompareBool(a, b, Py_EQ);
    if (PyTuple_GET_SIZE(a) != PyTuple_GET_SIZE(b))
        return 0;
    int same = 1;
    for (Py_ssize_t i = 0; same > 0 && i < PyTuple_GET_SIZE(a); i++)
        same = same_constants(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i));
    return same;
}

/* Compares what a getter takes from both, and drops it. */
static int same_part(PyObject *a, PyObject *b)
{
    int same = a && b ? PyObject_RichCompareBool(a, b, Py_EQ) : -1;
    Py_XDECREF(a);
    Py_XDECREF(b);
    return same;
}

static bool has_same_signature(const PyCodeObject *a, const PyCodeObject *b)
{
    return a->co_argcount == b->co_argcount && a->co_posonlyargcount == b->co_posonlyargcount &&
           a->co_kwonlyargcount == b->co_kwonlyargcount &&
           ((a->co_flags ^ b->co_flags) & ~PLACE_FLAGS) == 0;
}

static int same_codes(PyCodeObject *a, PyCodeObject *b)
{
    if (!has_same_signature(a, b) || PyUnicode_Compare(a->co_name, b->co_name) != 0)
        return 0;
    if (!(a->co_flags & CO_OPTIMIZED))
        return 1; /* a class, whose code holds its line; it is refused anyway */
    int same = same_part(PyCode_GetCode(a), PyCode_GetCode(b));
    if (same > 0)
        same = same_constants(a->co_consts, b->co_consts);
    if (same > 0)
        same = PyObject_RichCompareBool(a->co_names, b->co_names, Py_EQ);
    if (same > 0)
        same = same_part(PyCode_GetVarnames(a), PyCode_GetVarnames(b));
    if (same > 0)
        same = same_part(PyCode_GetCellvars(a), PyCode_GetCellvars(b));
    if (same > 0)
        same = same_part(PyCode_GetFreevars(a), PyCode_GetFreevars(b));
    if (same > 0)
        same = PyObject_RichCompareBool(a->co_exceptiontable, b->co_exceptiontable, Py_EQ);
    return same;
}

/* Names that no source has: "@py_assert1" and such. */
static int has_foreign_names(PyObject *names)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++)
        if (PyUnicode_ReadChar(PyTuple_GET_ITEM(names, i), 0) == '@')
            return 1;
    return 0;
}

static int is_rewritten(PyCodeObject *code)
{
    PyObject *variables = PyCode_GetVarnames(code);
    if (!variables)
        return -1;
    int is = has_foreign_names(variables) || has_foreign_names(code->co_names);
    Py_DECREF(variables);
    for (Py_ssize_t i = 0; !is && i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(constant))
            is = is_rewritten((PyCodeObject *)constant);
    }
    return is;
}

/* 1 when some code object inside `outer` is the same as the one to check. */
static int find_same(const Check *check, PyObject *outer)
{
    PyObject *constants = ((PyCodeObject *)outer)->co_consts;
    int found = 0;
    for (Py_ssize_t i = 0; found == 0 && i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i);
        if (!PyCode_Check(constant))
            continue;
        PyCodeObject *inner = (PyCodeObject *)constant;
        if (check->by_signature)
            found = has_same_signature(inner, check->code) &&
                    PyUnicode_Compare(inner->co_name, check->code->co_name) == 0;
        else
            found = same_codes(inner, check->code);
        if (found == 0)
            found = find_same(check, constant);
    }
    return found;
}

static int is_same(const Check *check, PyObject *imports)
{
    PyObject *module = compile_in_place(check, imports);
    int found = module ? find_same(check, module) : -1;
    Py_XDECREF(module);
    return found;
}

/* ---- guessing the imports ---- */

/* Adds the globals that the code and the functions inside name: modules only, or all. */
static int add_globals(PyCodeObject *code, PyObject *globals, bool only_modules, PyObject *list)
{
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(code->co_names); i++) {
        PyObject *name = PyTuple_GET_ITEM(code->co_names, i);
        PyObject *value = PyDict_GetItemWithError(globals, name); /* borrowed */
        if (value && PyUnicode_IsIdentifier(name) && (!only_modules || PyModule_Check(value)))
            status = PyList_Append(list, name);
        else if (PyErr_Occurred())
            status = -1;
    }
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *inner = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(inner))
            status = add_globals((PyCodeObject *)inner, globals, only_modules, list);
    }
    return status;
}

/* The list with the name taken out, or put in. */
static PyObject *flipped(PyObject *list, PyObject *name)
{
    PyObject *other = PyList_New(0);
    int status = other ? PySequence_Contains(list, name) : -1;
    if (status == 0)
        status = PyList_Append(other, name);
    for (Py_ssize_t i = 0; status >= 0 && i < PyList_GET_SIZE(list); i++)
        if (PyUnicode_Compare(PyList_GET_ITEM(list, i), name) != 0)
            status = PyList_Append(other, PyList_GET_ITEM(list, i));
    if (status < 0)
        Py_CLEAR(other);
    return other;
}

/* After the first guess, `modules`, was wrong: all, none, and one more or less. */
static int guess_again(const Check *check, PyObject *globals, PyObject *modules)
{
    PyObject *all = PyList_New(0), *none = PyList_New(0);
    int same = all && none ? add_globals(check->code, globals, false, all) : -1;
    if (same == 0)
        same = is_same(check, all);
    if (same == 0)
        same = is_same(check, none);
    for (Py_ssize_t i = 0; same == 0 && i < PyList_GET_SIZE(all); i++) {
        PyObject *guess = flipped(modules, PyList_GET_ITEM(all, i));
        same = guess ? is_same(check, guess) : -1;
        Py_XDECREF(guess);
    }
    Py_XDECREF(all);
    Py_XDECREF(none);
    return same;
}

int reader_check(PyObject *node, PyObject *function, const char *class)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(function);
    PyObject *globals = PyFunction_GetGlobals(function); /* borrowed, both */
    const char *dot = strrchr(Py_TYPE(node)->tp_name, '.');
    int is_foreign = is_rewritten(code);
    Check check = {
        .node = node,
        .code = code,
        .class = class,
        .is_lambda = strcmp(dot ? dot + 1 : Py_TYPE(node)->tp_name, "Lambda") == 0,
        .by_signature = is_foreign > 0,
    };
    PyObject *modules = PyList_New(0);
    int same = -1;
    if (modules && is_foreign >= 0 && add_globals(code, globals, true, modules) == 0)
        same = is_same(&check, modules);
    if (same == 0)
        same = guess_again(&check, globals, modules);
    Py_XDECREF(modules);
    return same;
}
