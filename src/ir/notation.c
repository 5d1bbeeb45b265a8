/* The words of the IR's textual form that are not rows of op.def: operators and refinements, and
 * which names stand without quotes. */
#include "ir/notation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

size_t notation_plain_length(const char *text, bool is_dotted)
{
    size_t length = 0;
    for (; text[length]; length++) {
        bool is_digit = text[length] >= '0' && text[length] <= '9';
        if (!is_letter(text[length]) && !(is_digit && (length || is_dotted)) &&
            !(is_dotted && text[length] == '.'))
            break;
    }
    return length;
}

bool notation_is_plain(const char *text, size_t length, bool is_dotted)
{
    return length && notation_plain_length(text, is_dotted) == length;
}

bool notation_has_label(OpCode op)
{
    return op == OP_BLOCK || op == OP_LOOP || op == OP_FOR;
}

const char *notation_second_region(OpCode op)
{
    return op == OP_TRY ? "except" : "else";
}

/* ---- integers ------------------------------------------------------------------------------ */

static const char *const binary_words[BINARY_COUNT] = {
#define BINARY(name, text, function) [BINARY_##name] = text,
#include "ir/operator.def"
#undef BINARY
};

static const char *const compare_words[COMPARE_COUNT] = {
#define COMPARE(name, text) [COMPARE_##name] = text,
#include "ir/operator.def"
#undef COMPARE
};

static const char *const refinement_words[] = {
    [REFINE_NONE] = "none",
    [REFINE_NOT_NONE] = "not_none",
    [REFINE_TRUE] = "true",
};

typedef struct Words {
    const char *const *words;
    int64_t count;
} Words;

static Words words_of(OpCode op)
{
    if (op == OP_PY_BINARY)
        return (Words){binary_words, BINARY_COUNT};
    if (op == OP_PY_COMPARE || op == OP_ABS_COMPARE)
        return (Words){compare_words, COMPARE_COUNT};
    if (op == OP_PY_REFINE)
        return (Words){refinement_words, sizeof refinement_words / sizeof *refinement_words};
    return (Words){NULL, 0};
}

enum { BINARY_FLAGS = BINARY_IN_PLACE | BINARY_WIDE };

void notation_print_integer(OpCode op, int64_t value, Text *out)
{
    Words words = words_of(op);
    int64_t flags = op == OP_PY_BINARY ? value & BINARY_FLAGS : 0;
    if (value - flags < 0 || value - flags >= words.count) {
        text_printf(out, "%lld", (long long)value);
        return;
    }
    text_puts(out, words.words[value - flags]);
    text_puts(out, flags & BINARY_IN_PLACE ? "=" : "");
    text_puts(out, flags & BINARY_WIDE ? " wide" : "");
}

static bool strip(const char *text, size_t *length, const char *suffix)
{
    size_t size = strlen(suffix);
    if (*length <= size || memcmp(text + *length - size, suffix, size) != 0)
        return false;
    *length -= size;
    return true;
}

static bool parse_word(OpCode op, const char *text, size_t length, int64_t *value)
{
    Words words = words_of(op);
    for (int64_t i = 0; i < words.count; i++)
        if (strlen(words.words[i]) == length && memcmp(words.words[i], text, length) == 0) {
            *value = i;
            return true;
        }
    return false;
}

bool notation_parse_integer(OpCode op, const char *text, size_t length, int64_t *value)
{
    int64_t flags = 0;
    if (op == OP_PY_BINARY && strip(text, &length, " wide"))
        flags |= BINARY_WIDE;
    if (op == OP_PY_BINARY && strip(text, &length, "="))
        flags |= BINARY_IN_PLACE;
    if (parse_word(op, text, length, value)) {
        *value |= flags;
        return true;
    }
    char *end;
    *value = strtoll(text, &end, 10);
    return length && end == text + length && !flags;
}
