/* Scanning for the end of a def. See reader_scan.h. */
#include "python/reader_scan.h"

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

/* What is being scanned; `at` moves. */
typedef struct Cursor {
    const char *start, *at, *end;
} Cursor;

enum { TAB = 8 };

/* ---- characters ---- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (unsigned char)c >= 0x80;
}

static bool looking_at(const Cursor *c, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(c->end - c->at) >= length && memcmp(c->at, text, length) == 0;
}

static void push(Scan *scan, ScanFrame frame)
{
    if (scan->top + 1 == SCAN_DEPTH)
        scan->is_broken = true;
    else
        scan->frames[++scan->top] = frame;
}

/* ---- code ---- */

/* `prefix` … `at` is what stands before the quote: r, f, rb … */
static void open_string(Scan *scan, Cursor *c, const char *prefix)
{
    ScanFrame frame = {.kind = SCAN_STRING, .quote = *c->at};
    for (; prefix < c->at; prefix++) {
        frame.is_raw |= *prefix == 'r' || *prefix == 'R';
        frame.is_format |= scan->has_nested_strings && strchr("fFtT", *prefix);
    }
    const char triple[] = {*c->at, *c->at, *c->at, '\0'};
    frame.is_triple = looking_at(c, triple);
    c->at += frame.is_triple ? 3 : 1;
    push(scan, frame);
}

static void scan_word(Scan *scan, Cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && is_word(*c->at))
        c->at++;
    size_t length = (size_t)(c->at - start);
    if (c->at < c->end && (*c->at == '"' || *c->at == '\'') && length <= 2)
        open_string(scan, c, start);
    else if (length == 6 && memcmp(start, "lambda", 6) == 0 &&
             scan->lambda_count < SCAN_LAMBDAS)
        scan->lambdas[scan->lambda_count++] = (size_t)(start - c->start);
}

static void close_bracket(Scan *scan, ScanFrame *frame, char bracket)
{
    if (frame->depth > 0)
        frame->depth--;
    else if (bracket == '}' && scan->top > 0)
        scan->top--; /* the end of an f-string's expression */
}

/* In an f-string's expression, the format starts; in a def's header, the body. */
static void scan_colon(Scan *scan, ScanFrame *frame)
{
    if (frame->depth > 0)
        return;
    if (scan->top > 0)
        frame->kind = SCAN_SPEC;
    else if (scan->is_header)
        scan->has_colon = true;
}

static void scan_code(Scan *scan, ScanFrame *frame, Cursor *c)
{
    char character = *c->at;
    bool is_space = strchr(" \t\f\r\n\\", character) != NULL;
    if (character == '#') {
        const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));
        c->at = newline ? newline : c->end;
        return;
    }
    scan->has_body |= scan->has_colon && !is_space;
    scan->is_continued = character == '\\' || (scan->is_continued && is_space);
    if (is_word(character)) {
        scan_word(scan, c);
        return;
    }
    if (character == '"' || character == '\'') {
        open_string(scan, c, c->at);
        return;
    }
    if (character == '(' || character == '[' || character == '{')
        frame->depth++;
    else if (character == ')' || character == ']' || character == '}')
        close_bracket(scan, frame, character);
    else if (character == ':')
        scan_colon(scan, frame);
    c->at++;
}

/* ---- strings ---- */

static void scan_backslash(const ScanFrame *frame, Cursor *c)
{
    c->at++;
    if (c->at == c->end || (frame->is_format && (*c->at == '{' || *c->at == '}')))
        return;
    if (frame->is_format && !frame->is_raw && looking_at(c, "N{"))
        while (c->at < c->end && *c->at != '}')
            c->at++;
    if (c->at < c->end)
        c->at++;
}

static void scan_brace(Scan *scan, const ScanFrame *frame, Cursor *c)
{
    bool is_doubled = looking_at(c, "{{") || looking_at(c, "}}");
    if (is_doubled && frame->kind == SCAN_STRING) {
        c->at += 2;
        return;
    }
    if (*c->at == '{')
        push(scan, (ScanFrame){.kind = SCAN_CODE});
    else if (frame->kind == SCAN_SPEC)
        scan->top--;
    c->at++;
}

static void scan_string(Scan *scan, const ScanFrame *frame, Cursor *c)
{
    const char triple[] = {frame->quote, frame->quote, frame->quote, '\0'};
    bool is_spec = frame->kind == SCAN_SPEC;
    if (*c->at == '\\') {
        scan_backslash(frame, c);
    } else if ((frame->is_format || is_spec) && (*c->at == '{' || *c->at == '}')) {
        scan_brace(scan, frame, c);
    } else if (!is_spec && frame->is_triple && looking_at(c, triple)) {
        c->at += 3;
        scan->top--;
    } else if (!is_spec && !frame->is_triple && *c->at == frame->quote) {
        c->at++;
        scan->top--;
    } else {
        scan->is_broken |= *c->at == '\n' && !frame->is_triple && !is_spec;
        c->at++;
    }
}

/* ---- stretches ---- */

void scan_open(Scan *scan)
{
    *scan = (Scan){.has_nested_strings = PY_VERSION_HEX >= 0x030C0000};
    scan->frames[0].kind = SCAN_CODE;
}

void scan_text(Scan *scan, const char *text, size_t length)
{
    Cursor cursor = {text, text, text + length};
    scan->lambda_count = 0;
    scan->is_continued = false;
    while (cursor.at < cursor.end && !scan->is_broken) {
        ScanFrame *frame = &scan->frames[scan->top];
        if (frame->kind == SCAN_CODE)
            scan_code(scan, frame, &cursor);
        else
            scan_string(scan, frame, &cursor);
    }
}

bool scan_is_closed(const Scan *scan)
{
    return scan->top == 0 && scan->frames[0].depth == 0 && !scan->is_continued;
}

/* ---- defs ---- */

/* Columns before the first character; -1 where there is none but a comment. */
static int indent_of(const char *line, size_t length)
{
    int column = 0;
    for (size_t i = 0; i < length; i++) {
        char c = line[i];
        if (c == ' ')
            column++;
        else if (c == '\t')
            column = (column / TAB + 1) * TAB;
        else if (c == '\f')
            column = 0;
        else
            return strchr("#\r\n\\", c) ? -1 : column;
    }
    return -1;
}

static bool starts_with_word(const char *line, size_t length, const char *word)
{
    size_t blank = 0, size = strlen(word);
    while (blank < length && strchr(" \t\f", line[blank]))
        blank++;
    return length - blank > size && memcmp(line + blank, word, size) == 0 &&
           !is_word(line[blank + size]);
}

void scan_def_open(ScanDef *def)
{
    *def = (ScanDef){.state = SCAN_START};
    scan_open(&def->scan);
}

/* At the start of a logical line: does the def go on? */
static bool start_line(ScanDef *def, const char *line, size_t length, int indent)
{
    if (def->state == SCAN_BODY && (def->scan.has_body || indent <= def->indent)) {
        def->state = SCAN_END;
        return false;
    }
    if (def->state != SCAN_START)
        return true;
    def->indent = indent;
    if (starts_with_word(line, length, "def") || starts_with_word(line, length, "async")) {
        def->state = SCAN_HEADER;
        def->scan.is_header = true;
        return true;
    }
    def->scan.is_broken = line[strspn(line, " \t\f")] != '@';
    return !def->scan.is_broken;
}

bool scan_def_line(ScanDef *def, const char *line, size_t length)
{
    bool is_start = scan_is_closed(&def->scan);
    int indent = indent_of(line, length);
    bool is_blank = is_start && indent < 0;
    if (is_start && !is_blank && !start_line(def, line, length, indent))
        return false;
    scan_text(&def->scan, line, length);
    def->lines++;
    if (!is_blank)
        def->code_lines = def->lines;
    if (def->state == SCAN_HEADER && def->scan.has_colon && scan_is_closed(&def->scan)) {
        def->state = SCAN_BODY;
        def->scan.is_header = def->scan.has_colon = false;
    }
    return !def->scan.is_broken;
}
