/* Finding where a def, a lambda or a bracket ends, in Python source, without parsing it.
 *
 * The scanner knows what of Python's tokens matters for that: strings of all kinds with the
 * expressions in f-strings, comments, brackets, continued lines and indentation. It is given
 * one line after the other, so that a file is not read further than needed. On text that is not
 * Python it stops somewhere; what it found is parsed and compared with the code object
 * afterwards.
 */
#ifndef MARTLET_PYTHON_READER_SCAN_H
#define MARTLET_PYTHON_READER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_DEPTH = 32, SCAN_LAMBDAS = 16 };

/* A place that strings and code nest in. */
typedef struct ScanFrame {
    enum { SCAN_CODE, SCAN_STRING, SCAN_SPEC } kind;
    char quote;
    bool is_triple, is_raw, is_format;
    int depth; /* CODE: open brackets */
} ScanFrame;

typedef struct Scan {
    ScanFrame frames[SCAN_DEPTH];
    int top;
    bool has_nested_strings;      /* f-strings hold any code (Python 3.12) */
    bool is_continued;            /* the line ended in a backslash */
    bool is_broken;               /* this is not Python, or nests too deeply */
    size_t lambdas[SCAN_LAMBDAS]; /* offsets of the keyword in the text scanned last */
    int lambda_count;
    bool is_header; /* within a def's header … */
    bool has_colon; /* … of which the colon was seen … */
    bool has_body;  /* … and something after it on the line */
} Scan;

typedef struct ScanDef {
    Scan scan;
    enum { SCAN_START, SCAN_HEADER, SCAN_BODY, SCAN_END } state;
    int indent;
    uint32_t lines;      /* taken so far */
    uint32_t code_lines; /* up to the last one that is neither blank nor a comment */
} ScanDef;

void scan_open(Scan *scan);
/* Scans a stretch of text, which need not end a line. */
void scan_text(Scan *scan, const char *text, size_t length);
/* Is the text so far a complete expression, as far as brackets and strings go? */
bool scan_is_closed(const Scan *scan);

void scan_def_open(ScanDef *def);
/* Takes one line, with its end. False when the def ended before it; then `code_lines` lines are
 * the def, and is_broken or state == SCAN_START say that there was none. */
bool scan_def_line(ScanDef *def, const char *line, size_t length);

#endif
