/* Diagnostics: what the compiler has to say to a person.
 *
 * Findings accumulate in a Diag, so that one compile reports several; `diag_fail` reports and
 * leaves through the one boundary (driver/compiler.c). A finding has a span in the user's source, a
 * message and notes: other places ("here it is int") and a help line ("what to do").
 * Rendering, with source line and caret, is diag_render's.
 */
#ifndef MARTLET_BASE_DIAG_H
#define MARTLET_BASE_DIAG_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdnoreturn.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/vec.h"

/* Where a source text comes from; one per function. */
typedef struct Source {
    const char *filename;
    const char *text;    /* the function's own lines, dedented not at all */
    uint32_t first_line; /* number, in the file, of the first line of text */
    bool is_library;     /* of martlet/library: not shown in tracebacks */
} Source;

/* A half-open range of source; lines from 1, columns from 0 in UTF-8 bytes. line 0: nowhere. */
typedef struct Span {
    const Source *source;
    uint32_t line, column, end_line, end_column;
} Span;

typedef enum DiagCode {
#define DIAG(code, class, summary) E_##code,
#include "base/diag.def"
#undef DIAG
    E_COUNT
} DiagCode;

/* The Python exception class that a code surfaces as. */
typedef enum DiagClass {
    DIAG_COMPILE_ERROR,
    DIAG_TYPING_ERROR,
    DIAG_UNSUPPORTED_ERROR,
    DIAG_NAME_ERROR,
    DIAG_WARNING,
    DIAG_INTERNAL,
} DiagClass;

typedef struct DiagNote {
    Span span; /* line 0: a help line without a place */
    const char *message;
} DiagNote;

typedef struct Finding {
    DiagCode code;
    Span span;
    const char *message;
    VEC(DiagNote) notes;
} Finding;

typedef struct Diag {
    Arena *arena;
    jmp_buf *boundary; /* borrowed; where diag_fail goes */
    VEC(Finding *) findings;
    uint32_t errors; /* findings that are not warnings */
} Diag;

void diag_open(Diag *diag, Arena *arena, jmp_buf *boundary);
DiagClass diag_class(DiagCode code);
const char *diag_name(DiagCode code);    /* as in diag.def: "MERGE_CONSTANT" */
const char *diag_summary(DiagCode code); /* one line, for the error index */

/* Reports and goes on. The same code at the same span is reported once; the first is returned. */
Finding *diag_error(Diag *diag, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds a place or, with a span of line 0, a help line. */
void diag_note(Diag *diag, Finding *finding, Span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Leaves the compile with what has been found. */
noreturn void diag_leave(Diag *diag);
/* diag_error, then diag_leave. */
noreturn void diag_fail(Diag *diag, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* `name` in `candidates` nearest to `wanted` (edit distance ≤ a third of its length), or NULL. */
const char *diag_nearest(const char *wanted, const char *const *candidates, size_t count);

/* One finding as text, each line ended:
 *     file.py:6:13: cannot merge int and str for 'x'
 *       6 |         x = "hello"
 *         |             ^^^^^^^ str
 *       3 |         x = 1
 *         |             ^ int
 *       help: name one of them differently
 * A note at the finding's own span labels its carets, the others follow; one in another file is
 * headed by its place. Columns count characters, from 1. A place without source text is named
 * in the line of its message.
 */
void diag_render_finding(const Finding *finding, Text *out);

/* All findings, an empty line between them; warnings are marked as such. */
void diag_render(const Diag *diag, Text *out);

#endif
