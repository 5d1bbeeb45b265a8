/* The reader and lowering for tests: a function in, text out, nothing else of Martlet. See
 * reader.h. */
#include "lower/lower.h"
#include "python/reader.h"
#include "python/reader_core.h"
#include "syntax/ast.h"

typedef struct Bench {
    Arena arena;
    Interner names;
    TypeTable types;
    Diag diag;
    jmp_buf boundary;
    Code code;
} Bench;

static void bench_open(Bench *bench)
{
    arena_open(&bench->arena, NULL);
    intern_open(&bench->names, &bench->arena);
    type_open(&bench->types, &bench->arena, &bench->names);
    diag_open(&bench->diag, &bench->arena, &bench->boundary);
    bench->code = (Code){.arena = &bench->arena};
}

/* -1 with an exception; failures become ValueError. */
static int bench_read(Bench *bench, PyObject *function, PyObject *source)
{
    ReaderFailure failure;
    if (reader_capture_core(&bench->names, function, source, &bench->code) < 0)
        return -1;
    if (reader_read_core(&bench->names, &bench->code, &failure) == 0)
        return 0;
    if (failure.message)
        PyErr_Format(PyExc_ValueError, "%s: %U", diag_name(failure.code), failure.message);
    Py_XDECREF(failure.message);
    return -1;
}

static void print_code(Compile *c, Code *code, Map *seen, Text *out);

static void print_inner(Compile *c, const Region *region, Map *seen, Text *out)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_PY_FUNCTION)
            print_code(c, op->attr.code, seen, out);
        for (uint32_t i = 0; i < op->region_count; i++)
            print_inner(c, &op->regions[i], seen, out);
    }
}

static void print_code(Compile *c, Code *code, Map *seen, Text *out)
{
    if (map_get(seen, map_key(code)))
        return;
    map_set(c->arena, seen, map_key(code), code);
    Func *func = lower_code(c, code);
    ir_print(func, out);
    if (!ir_verify(func, out))
        text_putc(out, '\n');
    print_inner(c, &func->body, seen, out);
}

static void lower(Bench *bench, Text *out)
{
    Compile compile = {.arena = &bench->arena,
                       .diag = &bench->diag,
                       .names = &bench->names,
                       .types = &bench->types};
    Map seen = {0};
    if (setjmp(bench->boundary) == 0)
        print_code(&compile, &bench->code, &seen, out);
    else
        diag_render(&bench->diag, out);
}

static int print(PyObject *function, PyObject *source, PyObject **text, bool is_ast)
{
    Bench *bench = PyMem_Calloc(1, sizeof *bench);
    if (!bench) {
        PyErr_NoMemory();
        return -1;
    }
    bench_open(bench);
    int status = bench_read(bench, function, source);
    if (status == 0) {
        Text out;
        text_open(&out, &bench->arena);
        if (is_ast)
            ast_print(bench->code.tree, &out);
        else
            lower(bench, &out);
        *text = PyUnicode_DecodeUTF8(out.data, (Py_ssize_t)out.len, "replace");
        status = *text ? 0 : -1;
    }
    arena_close(&bench->arena);
    PyMem_Free(bench);
    return status;
}

int reader_testing_generic(PyObject *function, PyObject *source, PyObject **text)
{
    return print(function, source, text, false);
}

int reader_testing_ast(PyObject *function, PyObject *source, PyObject **text)
{
    return print(function, source, text, true);
}
