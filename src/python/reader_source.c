/* Finding a function's text. See reader_source.h.
 *
 * A def is found by the code object's first line, and ends where the scanner says. A lambda
 * stands somewhere in its first line; where its body ends, the code object's positions tell.
 * Where it has none, each end that its text could have is tried.
 */
#include "python/reader_source.h"

#include "python/reader_scan.h"

#include <string.h>

/* Where the last instruction's source ends: line relative to the first, and column in bytes. */
typedef struct Place {
    int line, column;
} Place;

typedef struct Line {
    const char *text;
    size_t length;
} Line;

/* ---- lines ---- */

/* A new reference; NULL without an exception where the module cannot tell. */
static PyObject *ask_linecache(PyObject *function, PyCodeObject *code)
{
    PyObject *module = PyImport_ImportModule("linecache"), *lines = NULL;
    PyObject *globals = PyFunction_GetGlobals(function); /* borrowed */
    PyObject *checked =
        module ? PyObject_CallMethod(module, "checkcache", "O", code->co_filename) : NULL;
    if (checked && PyObject_HasAttrString(module, "_getlines_from_code"))
        lines = PyObject_CallMethod(module, "_getlines_from_code", "O", code);
    bool is_found = lines && PyList_Check(lines) && PyList_GET_SIZE(lines) > 0;
    if (checked && !is_found && !PyErr_Occurred())
        Py_XSETREF(lines,
                   PyObject_CallMethod(module, "getlines", "OO", code->co_filename, globals));
    Py_XDECREF(module);
    Py_XDECREF(checked);
    return lines;
}

PyObject *reader_lines(PyObject *function, PyObject *given)
{
    PyCodeObject *code = (PyCodeObject *)PyFunction_GetCode(function);
    PyObject *lines = given ? PyUnicode_Splitlines(given, true) : ask_linecache(function, code);
    if (lines && PyList_Check(lines) && PyList_GET_SIZE(lines) > 0)
        return lines;
    if (!lines && !PyErr_ExceptionMatches(PyExc_Exception))
        return NULL;
    PyErr_Clear();
    Py_XDECREF(lines);
    return Py_NewRef(Py_None);
}

static bool line_at(PyObject *lines, uint32_t i, Line *line)
{
    Py_ssize_t length;
    line->text = PyUnicode_AsUTF8AndSize(PyList_GET_ITEM(lines, (Py_ssize_t)i), &length);
    line->length = (size_t)length;
    return line->text;
}

static uint32_t line_count(PyObject *lines)
{
    return (uint32_t)PyList_GET_SIZE(lines);
}

static char *join_lines(PyObject *lines, uint32_t first, uint32_t count, Arena *arena)
{
    Line line;
    size_t length = 1;
    for (uint32_t i = 0; i < count; i++) {
        if (!line_at(lines, first + i, &line))
            return NULL;
        length += line.length;
    }
    char *text = arena_alloc(arena, length, 1), *at = text;
    for (uint32_t i = 0; i < count; i++) {
        line_at(lines, first + i, &line);
        memcpy(at, line.text, line.length);
        at += line.length;
    }
    return text;
}

/* ---- defs ---- */

/* How many lines the def takes that starts in this line; 0: none does. -1 with an exception. */
static int64_t measure_def(PyObject *lines, uint32_t first)
{
    ScanDef def;
    Line line;
    scan_def_open(&def);
    for (uint32_t i = first; i < line_count(lines); i++) {
        if (!line_at(lines, i, &line))
            return -1;
        if (!scan_def_line(&def, line.text, line.length))
            break;
    }
    return def.state == SCAN_START || def.scan.is_broken ? 0 : def.code_lines;
}

/* Does a def of this name, or a decorator, start in the line? */
static bool may_start(const Line *line, const char *name)
{
    size_t blank = 0, length = strlen(name);
    while (blank < line->length && strchr(" \t\f", line->text[blank]))
        blank++;
    const char *rest = line->text + blank;
    if (*rest == '@')
        return true;
    if (strncmp(rest, "async", 5) == 0)
        rest += 5 + strspn(rest + 5, " \t");
    if (strncmp(rest, "def", 3) != 0)
        return false;
    rest += 3 + strspn(rest + 3, " \t");
    return strncmp(rest, name, length) == 0 && strspn(rest + length, " \t([") > 0;
}

static bool holds_def(PyObject *lines, uint32_t first, int64_t count, const char *name)
{
    Line line;
    for (uint32_t i = first; i < first + count; i++)
        if (line_at(lines, i, &line) && line.text[strspn(line.text, " \t\f")] != '@' &&
            may_start(&line, name))
            return true;
    return false;
}

/* Given text may be the function alone: the first def of its name is it. */
static int64_t search_def(PyObject *lines, const char *name, uint32_t *first)
{
    Line line;
    for (uint32_t i = 0; i < line_count(lines); i++) {
        if (!line_at(lines, i, &line))
            return -1;
        int64_t count = may_start(&line, name) ? measure_def(lines, i) : 0;
        if (count > 0 && holds_def(lines, i, count, name)) {
            *first = i;
            return count;
        }
    }
    return 0;
}

static int64_t find_def(PyCodeObject *code, PyObject *lines, bool is_given, uint32_t *first)
{
    const char *name = PyUnicode_AsUTF8(code->co_name);
    if (!name)
        return -1;
    *first = (uint32_t)code->co_firstlineno - 1;
    int64_t count = *first < line_count(lines) ? measure_def(lines, *first) : 0;
    if (is_given && count >= 0 && !(count > 0 && holds_def(lines, *first, count, name)))
        count = search_def(lines, name, first);
    return count;
}

/* ---- lambdas ---- */

bool reader_is_lambda(const PyCodeObject *code)
{
    return PyUnicode_CompareWithASCIIString(code->co_name, "<lambda>") == 0;
}

/* False where Python keeps no columns: -X no_debug_ranges, and `return 1` of Python 3.12. */
static bool last_place(PyCodeObject *code, Place *place)
{
    *place = (Place){-1, -1};
    Py_ssize_t size = Py_SIZE(code) * (Py_ssize_t)sizeof(uint16_t);
    for (Py_ssize_t at = 0; at < size; at += (Py_ssize_t)sizeof(uint16_t)) {
        int line, column, end_line, end_column;
        if (!PyCode_Addr2Location(code, (int)at, &line, &column, &end_line, &end_column))
            continue;
        int relative = end_line - code->co_firstlineno;
        if (end_column > 0 &&
            (relative > place->line || (relative == place->line && end_column > place->column)))
            *place = (Place){relative, end_column};
    }
    return place->line >= 0;
}

/* Given text may be the lambda's line alone. */
static bool find_lambda_line(PyCodeObject *code, PyObject *lines, bool is_given,
                             uint32_t *first)
{
    Line line;
    *first = (uint32_t)code->co_firstlineno - 1;
    if (*first < line_count(lines) && line_at(lines, *first, &line) &&
        strstr(line.text, "lambda"))
        return true;
    for (*first = 0; is_given && *first < line_count(lines); ++*first)
        if (line_at(lines, *first, &line) && strstr(line.text, "lambda"))
            return true;
    return false;
}

/* The lines up to the end of its body, and those that may close brackets around that. */
static uint32_t measure_lambda(PyCodeObject *code, PyObject *lines, uint32_t first)
{
    Place end;
    Line line;
    uint32_t total = line_count(lines);
    if (!last_place(code, &end))
        return 1;
    uint32_t count = (uint32_t)end.line + 1;
    while (first + count < total && line_at(lines, first + count, &line) &&
           strchr(")#\r\n", line.text[strspn(line.text, " \t\f")]))
        count++;
    return first + count <= total ? count : total - first;
}

char *reader_text(PyCodeObject *code, PyObject *lines, bool is_given, Arena *arena,
                  uint32_t *first)
{
    int64_t count = 0;
    if (!reader_is_lambda(code))
        count = find_def(code, lines, is_given, first);
    else if (find_lambda_line(code, lines, is_given, first))
        count = measure_lambda(code, lines, *first);
    return count < 0 ? NULL : join_lines(lines, *first, (uint32_t)count, arena);
}

static size_t offset_of(const char *text, Place place)
{
    const char *line = text;
    for (int i = 0; i < place.line; i++) {
        line = strchr(line, '\n');
        if (!line)
            return strlen(text);
        line++;
    }
    size_t rest = strlen(line);
    return (size_t)(line - text) + ((size_t)place.column < rest ? (size_t)place.column : rest);
}

/* Behind the body stand only brackets that close around it, space and comments. */
static size_t close_brackets(Scan *scan, const char *text, size_t end)
{
    while (!scan_is_closed(scan) && text[end] && strchr(" \t\f\r\n\\#)]}", text[end])) {
        size_t length = text[end] == '#' ? strcspn(text + end, "\n") : 1;
        if (text[end] != '#')
            scan_text(scan, text + end, 1);
        end += length;
    }
    return end;
}

/* The k-th of all texts that begin with one of the lambdas and end before a space or mark. */
static bool guess_lambda(const Scan *found, const char *text, uint32_t k, size_t *offset,
                         size_t *length)
{
    for (int i = 0; i < found->lambda_count; i++) {
        *offset = found->lambdas[i];
        const char *start = text + *offset;
        for (*length = strcspn(start, " "); start[*length - 1]; ++*length) {
            Scan scan;
            if (!strchr(" ,;:)]}#\r\n", start[*length])) /* or the end of the text */
                continue;
            scan_open(&scan);
            scan_text(&scan, start, *length);
            if (scan_is_closed(&scan) && k-- == 0)
                return true;
        }
    }
    return false;
}

bool reader_lambda(PyCodeObject *code, const char *text, uint32_t k, size_t *offset,
                   size_t *length, bool *is_last)
{
    Scan scan;
    Place place;
    scan_open(&scan);
    scan_text(&scan, text, strcspn(text, "\n"));
    if (!last_place(code, &place)) {
        bool is_guess = guess_lambda(&scan, text, k, offset, length);
        *is_last = !is_guess;
        return is_guess;
    }
    *is_last = k >= (uint32_t)scan.lambda_count;
    if (*is_last)
        return false;
    *offset = scan.lambdas[k];
    size_t end = offset_of(text, place);
    if (end <= *offset)
        return false;
    scan_open(&scan);
    scan_text(&scan, text + *offset, end - *offset);
    end = close_brackets(&scan, text, end);
    *length = end - *offset;
    return scan_is_closed(&scan);
}
