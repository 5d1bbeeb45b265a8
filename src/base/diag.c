/* Diagnostics: collecting findings and showing them with their source.
 *
 * A snippet is one span's lines with carets below them. The gutter is as wide as the largest line
 * number that the finding shows, so that all its snippets line up. The caret line repeats the
 * tabs of the source line above it, so that carets stand below what they mean at any tab width.
 */
#include "base/diag.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_LINES = 4,  /* of a span; of a longer one the first two and the last */
    NAME_MAX_LEN = 64 /* longer names get no suggestion */
};

typedef struct DiagRow {
    DiagClass class;
    const char *name, *summary;
} DiagRow;

static const DiagRow rows[] = {
#define DIAG(code, class, summary) {class, #code, summary},
#include "base/diag.def"
#undef DIAG
};
_Static_assert(sizeof rows / sizeof rows[0] == E_COUNT, "one row per code");

typedef struct Line {
    const char *text;
    uint32_t length; /* in bytes, without the line end */
} Line;

/* How one finding is laid out. */
typedef struct Layout {
    Text *out;
    int gutter; /* digits of the largest line number shown */
} Layout;

/* ---- collecting ---- */

static bool is_same_span(const Span *a, const Span *b)
{
    return a->source == b->source && a->line == b->line && a->column == b->column &&
           a->end_line == b->end_line && a->end_column == b->end_column;
}

static Finding *report(Diag *diag, Span span, DiagCode code, const char *format, va_list args)
{
    for (uint32_t i = 0; i < diag->findings.len; i++) {
        Finding *earlier = diag->findings.data[i];
        if (earlier->code == code && is_same_span(&earlier->span, &span))
            return earlier;
    }
    Finding *finding = ARENA_NEW(diag->arena, Finding);
    finding->code = code;
    finding->span = span;
    finding->message = arena_vprintf(diag->arena, format, args);
    vec_push(diag->arena, &diag->findings, finding);
    if (diag_class(code) != DIAG_WARNING)
        diag->errors++;
    return finding;
}

/* ---- source text ---- */

/* False where the source does not reach that far. */
static bool find_line(const Source *source, uint32_t number, Line *line)
{
    if (!source || !source->text || number < source->first_line)
        return false;
    const char *at = source->text;
    for (uint32_t n = source->first_line; n < number; n++) {
        at = strchr(at, '\n');
        if (!at)
            return false;
        at++;
    }
    size_t length = strcspn(at, "\r\n");
    *line = (Line){at, (uint32_t)length};
    return length > 0 || *at;
}

/* Reads one character; a byte that is not UTF-8 stands for itself. */
static uint32_t next_char(const Line *line, uint32_t *at)
{
    const unsigned char *byte = (const unsigned char *)line->text + *at;
    uint32_t more = byte[0] >= 0xF0 ? 3 : byte[0] >= 0xE0 ? 2 : byte[0] >= 0xC0 ? 1 : 0;
    uint32_t c = more ? byte[0] & (0x3Fu >> more) : byte[0];
    if (*at + more >= line->length)
        more = line->length - *at - 1;
    uint32_t taken = 1;
    for (; taken <= more && (byte[taken] & 0xC0) == 0x80; taken++)
        c = c << 6 | (byte[taken] & 0x3F);
    *at += taken;
    return c;
}

/* Columns that a terminal gives to a character: the ranges that occur in practice. */
static uint32_t char_width(uint32_t c)
{
    static const struct {
        uint32_t first, last, width;
    } ranges[] = {
        {0x300, 0x36F, 0},   {0x200B, 0x200F, 0},   {0xFE00, 0xFE0F, 0},   {0x1100, 0x115F, 2},
        {0x2E80, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE30, 0xFE6F, 2},
        {0xFF00, 0xFF60, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

static uint32_t count_chars(const Line *line, uint32_t end)
{
    uint32_t count = 0;
    for (uint32_t at = 0; at < end && at < line->length; count++)
        next_char(line, &at);
    return count;
}

static uint32_t first_nonblank(const Line *line)
{
    uint32_t at = 0;
    while (at < line->length && (line->text[at] == ' ' || line->text[at] == '\t'))
        at++;
    return at;
}

/* ---- rendering ---- */

static void put_source_line(Layout *layout, uint32_t number, const Line *line)
{
    text_printf(layout->out, "  %*u |", layout->gutter, number);
    if (line->length) {
        text_putc(layout->out, ' ');
        text_put(layout->out, line->text, line->length);
    }
    text_putc(layout->out, '\n');
}

/* Carets below bytes `from`..`to`, at least one; no line end. */
static void put_carets(Layout *layout, const Line *line, uint32_t from, uint32_t to)
{
    text_printf(layout->out, "  %*s | ", layout->gutter, "");
    uint32_t at = 0;
    while (at < from && at < line->length) {
        uint32_t c = next_char(line, &at);
        text_fill(layout->out, c == '\t' ? '\t' : ' ', char_width(c));
    }
    uint32_t carets = 0;
    while (at < to && at < line->length)
        carets += char_width(next_char(line, &at));
    text_fill(layout->out, '^', carets ? carets : 1);
}

/* One line of a span, carets below what the span covers of it, and the label (or NULL) behind
 * them. False beyond the end of the source. */
static bool put_spanned_line(Layout *layout, const Span *span, uint32_t number,
                             const char *label)
{
    Line line;
    if (!find_line(span->source, number, &line))
        return false;
    put_source_line(layout, number, &line);
    uint32_t from = number == span->line ? span->column : first_nonblank(&line);
    uint32_t to = number == span->end_line ? span->end_column : line.length;
    if (from >= line.length && number != span->line)
        return true; /* a blank line within the span */
    put_carets(layout, &line, from, to);
    if (label)
        text_printf(layout->out, " %s", label);
    text_putc(layout->out, '\n');
    return true;
}

static void put_snippet(Layout *layout, const Span *span, const char *label)
{
    bool is_long = span->end_line >= span->line + SHOWN_LINES;
    uint32_t last = span->end_line > span->line ? span->end_line : span->line;
    for (uint32_t number = span->line; number <= last; number++) {
        if (is_long && number == span->line + 2) {
            text_printf(layout->out, "  %*s ...\n", layout->gutter, "");
            number = last;
        }
        if (!put_spanned_line(layout, span, number, number == last ? label : NULL))
            break;
    }
}

static bool has_snippet(const Span *span)
{
    Line line;
    return span->line && find_line(span->source, span->line, &line);
}

static void put_place(Text *out, const Span *span)
{
    if (!span->line || !span->source)
        return;
    Line line;
    uint32_t column = span->column;
    if (find_line(span->source, span->line, &line))
        column = count_chars(&line, span->column);
    text_printf(out, "%s:%u:%u: ", span->source->filename, span->line, column + 1);
}

static void widen_gutter(Layout *layout, const Span *span)
{
    uint32_t last = span->end_line > span->line ? span->end_line : span->line;
    int digits = 1;
    for (; last >= 10; last /= 10)
        digits++;
    if (has_snippet(span) && digits > layout->gutter)
        layout->gutter = digits;
}

/* The note that labels the finding's own carets, or NULL. */
static const DiagNote *find_label(const Finding *finding)
{
    for (uint32_t i = 0; i < finding->notes.len; i++)
        if (finding->span.line && is_same_span(&finding->notes.data[i].span, &finding->span))
            return &finding->notes.data[i];
    return NULL;
}

static void put_note(Layout *layout, const Finding *finding, const DiagNote *note)
{
    const Span *span = &note->span;
    if (!span->line) {
        text_printf(layout->out, "  help: %s\n", note->message);
        return;
    }
    if (!has_snippet(span)) {
        text_puts(layout->out, "  ");
        put_place(layout->out, span);
        text_printf(layout->out, "%s\n", note->message);
        return;
    }
    const Source *shown = finding->span.line ? finding->span.source : NULL;
    if (!shown || strcmp(shown->filename, span->source->filename) != 0)
        text_printf(layout->out, "  in %s:\n", span->source->filename);
    put_snippet(layout, span, note->message);
}

static void put_finding(const Finding *finding, const char *prefix, Text *out)
{
    Layout layout = {.out = out};
    widen_gutter(&layout, &finding->span);
    for (uint32_t i = 0; i < finding->notes.len; i++)
        widen_gutter(&layout, &finding->notes.data[i].span);

    put_place(out, &finding->span);
    text_printf(out, "%s%s\n", prefix, finding->message);
    const DiagNote *label = has_snippet(&finding->span) ? find_label(finding) : NULL;
    if (has_snippet(&finding->span))
        put_snippet(&layout, &finding->span, label ? label->message : NULL);
    for (uint32_t i = 0; i < finding->notes.len; i++)
        if (&finding->notes.data[i] != label)
            put_note(&layout, finding, &finding->notes.data[i]);
}

/* ---- suggestions ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (the
 * optimal string alignment distance: Wagner and Fischer's table, three rows of it). */
static uint32_t edit_distance(const char *a, const char *b)
{
    uint32_t table[3][NAME_MAX_LEN + 1];
    uint32_t *before = table[0], *last = table[1], *row = table[2];
    uint32_t width = (uint32_t)strlen(b);
    for (uint32_t j = 0; j <= width; j++)
        last[j] = j;
    for (uint32_t i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (uint32_t j = 1; j <= width; j++) {
            row[j] =
                least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        uint32_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[width];
}

/* ---- interface ---- */

void diag_open(Diag *diag, Arena *arena, jmp_buf *boundary)
{
    *diag = (Diag){.arena = arena, .boundary = boundary};
}

DiagClass diag_class(DiagCode code)
{
    return rows[code].class;
}

const char *diag_name(DiagCode code)
{
    return rows[code].name;
}

const char *diag_summary(DiagCode code)
{
    return rows[code].summary;
}

Finding *diag_error(Diag *diag, Span span, DiagCode code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Finding *finding = report(diag, span, code, format, args);
    va_end(args);
    return finding;
}

void diag_note(Diag *diag, Finding *finding, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    DiagNote note = {span, arena_vprintf(diag->arena, format, args)};
    va_end(args);
    for (uint32_t i = 0; i < finding->notes.len; i++)
        if (is_same_span(&finding->notes.data[i].span, &span) &&
            strcmp(finding->notes.data[i].message, note.message) == 0)
            return;
    vec_push(diag->arena, &finding->notes, note);
}

noreturn void diag_leave(Diag *diag)
{
    if (!diag->boundary)
        abort();
    longjmp(*diag->boundary, 1);
}

noreturn void diag_fail(Diag *diag, Span span, DiagCode code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(diag, span, code, format, args);
    va_end(args);
    diag_leave(diag);
}

const char *diag_nearest(const char *wanted, const char *const *candidates, size_t count)
{
    size_t length = strlen(wanted);
    if (length > NAME_MAX_LEN)
        return NULL;
    const char *nearest = NULL;
    uint32_t best = (uint32_t)length / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        if (strlen(candidates[i]) > NAME_MAX_LEN)
            continue;
        uint32_t distance = edit_distance(wanted, candidates[i]);
        if (distance < best) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

void diag_render_finding(const Finding *finding, Text *out)
{
    put_finding(finding, "", out);
}

void diag_render(const Diag *diag, Text *out)
{
    for (uint32_t i = 0; i < diag->findings.len; i++) {
        const Finding *finding = diag->findings.data[i];
        if (i)
            text_putc(out, '\n');
        put_finding(finding, diag_class(finding->code) == DIAG_WARNING ? "warning: " : "", out);
    }
}
