/* Reading types: the printed forms, and the spellings that Numba accepts in signatures.
 *
 *     type  := word | word "(" [payload] {"," type} ")" | scalar "[" dims "]"
 *     dims  := dim {"," dim}        dim := ":" | "::1"
 *
 * The words with their payloads are the rows of type.def; SPECIAL has what is written otherwise.
 * Recursion is at most TYPE_DEPTH_MAX deep and elements wait on one stack of fixed size, so that
 * no text, however hostile, costs more than that. Every function returns NULL (false) with the
 * parser standing at the offending position.
 */
#include <limits.h>
#include <string.h>

#include "types/type.h"
#include "types/type_row.h"

enum { WORD_SIZE = 32 };

typedef struct Parser {
    TypeTable *table;
    const char *at;
    uint32_t depth;
    uint32_t waiting; /* elements of types not yet complete */
    const Type *elements[TYPE_LEAVES_MAX];
} Parser;

static const Type *parse_type(Parser *parser);

/* ---- tokens ---- */

static void skip_space(Parser *parser)
{
    parser->at += strspn(parser->at, " \t\n");
}

static bool accept(Parser *parser, const char *token)
{
    skip_space(parser);
    size_t length = strlen(token);
    if (strncmp(parser->at, token, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.' || (c & 0x80);
}

static size_t word_length(const char *at)
{
    size_t length = 0;
    while (is_word_char(at[length]))
        length++;
    return length;
}

/* A word short enough to be a keyword; leaves the parser before anything else. */
static bool parse_word(Parser *parser, char word[WORD_SIZE])
{
    skip_space(parser);
    size_t length = word_length(parser->at);
    if (length == 0 || length >= WORD_SIZE)
        return false;
    memcpy(word, parser->at, length);
    word[length] = '\0';
    parser->at += length;
    return true;
}

static bool accept_word(Parser *parser, const char *wanted)
{
    skip_space(parser);
    size_t length = word_length(parser->at);
    if (length != strlen(wanted) || memcmp(parser->at, wanted, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static bool parse_int(Parser *parser, __int128 *value)
{
    skip_space(parser);
    const char *at = parser->at;
    bool negative = *at == '-';
    __int128 sum = 0; /* negated, since there is one more negative number */
    at += negative;
    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_sub_overflow(sum, *at - '0', &sum))
            return false;
    if (!negative && __builtin_sub_overflow((__int128)0, sum, &sum))
        return false;
    *value = sum;
    parser->at = at;
    return true;
}

static bool parse_count(Parser *parser, uint32_t most, uint32_t *count)
{
    const char *start = parser->at;
    __int128 value;
    if (!parse_int(parser, &value) || value < 0 || value > most) {
        parser->at = start;
        return false;
    }
    *count = (uint32_t)value;
    return true;
}

/* ---- string literals ---- */

static void put_utf8(Text *out, uint32_t point)
{
    if (point < 0x80) {
        text_putc(out, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char LEADS[] = {0, 0xc0, 0xe0, 0xf0};
    text_putc(out, (char)(LEADS[more] | point >> (6 * more)));
    while (more-- > 0)
        text_putc(out, (char)(0x80 | (point >> (6 * more) & 0x3f)));
}

static int hex_digit(char c)
{
    static const char DIGITS[] = "0123456789abcdef";
    const char *found = c ? strchr(DIGITS, c) : NULL;
    return found ? (int)(found - DIGITS) : -1;
}

/* The escape after a backslash, as repr writes it: \n \r \t \\ \' \" \xNN \uNNNN \UNNNNNNNN. */
static bool parse_escape(Parser *parser, Text *out)
{
    static const char LETTERS[] = "nrt\\'\"xuU";
    static const char MEANINGS[] = "\n\r\t\\'\"";
    static const int LENGTHS[] = {2, 4, 8};
    const char *letter = *parser->at ? strchr(LETTERS, *parser->at) : NULL;
    if (!letter)
        return false;
    parser->at++;
    size_t index = (size_t)(letter - LETTERS);
    if (index < sizeof MEANINGS - 1) {
        text_putc(out, MEANINGS[index]);
        return true;
    }
    uint32_t point = 0;
    for (int i = 0; i < LENGTHS[index - (sizeof MEANINGS - 1)]; i++, parser->at++) {
        int digit = hex_digit(*parser->at);
        if (digit < 0)
            return false;
        point = point << 4 | (uint32_t)digit;
    }
    if (point > 0x10ffff)
        return false;
    put_utf8(out, point);
    return true;
}

/* A quoted string up to its closing quote; NULL where it is none. */
static const Symbol *parse_str(Parser *parser)
{
    char quote = *parser->at;
    if (quote != '\'' && quote != '"')
        return NULL;
    parser->at++;
    Text text;
    text_open(&text, parser->table->names->arena);
    while (*parser->at != quote) {
        if (*parser->at == '\0')
            return NULL;
        if (*parser->at != '\\')
            text_putc(&text, *parser->at++);
        else if (parser->at++, !parse_escape(parser, &text))
            return NULL;
    }
    parser->at++;
    return intern_text(parser->table->names, text.data, text.len);
}

static const Symbol *parse_name(Parser *parser)
{
    skip_space(parser);
    size_t length = word_length(parser->at);
    if (length == 0)
        return parse_str(parser);
    const Symbol *name = intern_text(parser->table->names, parser->at, length);
    parser->at += length;
    return name;
}

/* ---- payloads ---- */

static bool parse_scalar(Parser *parser, ScalarKind *kind)
{
    skip_space(parser);
    const char *start = parser->at;
    char word[WORD_SIZE];
    if (parse_word(parser, word) && scalar_from_name(word, kind))
        return true;
    parser->at = start;
    return false;
}

static bool parse_constant(Parser *parser, Constant *constant)
{
    if (accept_word(parser, "True") || accept_word(parser, "False")) {
        *constant = (Constant){.kind = CONSTANT_BOOL, .truth = parser->at[-2] == 'u'};
        return true;
    }
    if (*parser->at == '\'' || *parser->at == '"') {
        *constant = (Constant){.kind = CONSTANT_STR, .text = parse_str(parser)};
        return constant->text != NULL;
    }
    *constant = (Constant){.kind = CONSTANT_INT};
    __int128 value;
    if (!parse_int(parser, &value))
        return false;
    constant->integer = value;
    return true;
}

/* 'C', or C as Numba prints it. */
static bool parse_layout(Parser *parser, Layout *layout)
{
    static const char LETTERS[] = "CFA";
    bool quoted = accept(parser, "'");
    skip_space(parser);
    const char *letter = *parser->at ? strchr(LETTERS, *parser->at) : NULL;
    if (!letter)
        return false;
    parser->at++;
    *layout = (Layout)(letter - LETTERS);
    return !quoted || accept(parser, "'");
}

static bool parse_array(Parser *parser, ArrayType *array)
{
    uint32_t ndim;
    *array = (ArrayType){0};
    if (!parse_scalar(parser, &array->dtype) || !accept(parser, ",") ||
        !parse_count(parser, TYPE_NDIM_MAX, &ndim))
        return false;
    if (*parser->at == 'd')
        parser->at++;
    array->dtype = scalar_numpy(array->dtype);
    array->ndim = (uint8_t)ndim;
    if (!accept(parser, ",") || !parse_layout(parser, &array->layout))
        return false;
    while (accept(parser, ",")) {
        if (!array->readonly && !array->unaligned && accept_word(parser, "readonly"))
            array->readonly = true;
        else if (!array->unaligned && accept_word(parser, "unaligned"))
            array->unaligned = true;
        else
            return false;
    }
    return true;
}

static bool parse_class(Parser *parser, const ClassInfo **info)
{
    skip_space(parser);
    const char *start = parser->at;
    const Symbol *name = parse_name(parser);
    if (name && (*info = type_find_class(parser->table, name)))
        return true;
    if (name)
        parser->at = start;
    return false;
}

static bool parse_payload(Parser *parser, TypePayload payload, Type *proto)
{
    switch (payload) {
    case PAYLOAD_NOTHING:
        return true;
    case PAYLOAD_SCALAR:
        return parse_scalar(parser, &proto->scalar);
    case PAYLOAD_CONSTANT:
        return parse_constant(parser, &proto->constant);
    case PAYLOAD_ARRAY:
        return parse_array(parser, &proto->array);
    case PAYLOAD_NAME:
        return (proto->name = parse_name(parser)) != NULL;
    case PAYLOAD_CLASS:
        return parse_class(parser, &proto->class_info);
    case PAYLOAD_CODE: /* a Code has no text */
        return false;
    }
    return false;
}

/* ---- elements ---- */

static bool push(Parser *parser, const Type *element)
{
    if (!element || parser->waiting == TYPE_LEAVES_MAX)
        return false;
    parser->elements[parser->waiting++] = element;
    return true;
}

/* Types up to and including ')', onto the stack. A comma may trail. */
static bool parse_elements(Parser *parser, bool after_payload)
{
    bool needs_comma = after_payload;
    while (!accept(parser, ")")) {
        if (needs_comma && !accept(parser, ","))
            return false;
        if (needs_comma && accept(parser, ")"))
            return true;
        if (!push(parser, parse_type(parser)))
            return false;
        needs_comma = true;
    }
    return true;
}

/* The type of proto's kind and payload; makes what its constructor would. */
static const Type *build(TypeTable *table, Type *proto)
{
    if (proto->kind == TYPE_OPTIONAL)
        return type_optional(table, proto->elements[0]);
    if (proto->kind == TYPE_MAYBE)
        return type_maybe(table, proto->elements[0]);
    if (proto->kind == TYPE_CONST)
        return type_const(table, &proto->constant);
    if (proto->kind == TYPE_ENUM)
        return type_enum(table, proto->class_info);
    if (proto->kind == TYPE_ARRAY)
        return type_array(table, proto->array);
    return type_intern(table, proto);
}

/* Takes the elements above `base` off the stack. */
static const Type *finish(Parser *parser, Type *proto, uint32_t base)
{
    const TypeRow *row = type_row(proto->kind);
    proto->count = parser->waiting - base;
    proto->elements = parser->elements + base;
    parser->waiting = base;
    if (proto->count < row->least || proto->count > row->most)
        return NULL;
    const Type *type = build(parser->table, proto);
    return type_is_too_large(type) ? NULL : type;
}

/* What follows the word of a row. */
static const Type *parse_row(Parser *parser, TypeKind kind)
{
    const TypeRow *row = type_row(kind);
    uint32_t base = parser->waiting;
    Type proto = {.kind = kind};
    if (row->payload == PAYLOAD_NOTHING && row->most == 0)
        return finish(parser, &proto, base);
    if (!accept(parser, "(") || !parse_payload(parser, row->payload, &proto) ||
        !parse_elements(parser, row->payload != PAYLOAD_NOTHING))
        return NULL;
    return finish(parser, &proto, base);
}

/* ---- what is written otherwise ---- */

static const Type *parse_named_tuple(Parser *parser)
{
    return parse_row(parser, TYPE_TUPLE);
}

/* "Tuple(A, B)", or "Tuple((A, B))" as Numba has it. */
static const Type *parse_tuple(Parser *parser)
{
    uint32_t base = parser->waiting;
    Type proto = {.kind = TYPE_TUPLE};
    if (!accept(parser, "("))
        return NULL;
    bool doubled = accept(parser, "(");
    if (!parse_elements(parser, false) || (doubled && !accept(parser, ")")))
        return NULL;
    return finish(parser, &proto, base);
}

/* "UniTuple(A, 3)", printed by Numba as "UniTuple(A x 3)". */
static const Type *parse_uniform_tuple(Parser *parser)
{
    uint32_t base = parser->waiting;
    Type proto = {.kind = TYPE_TUPLE};
    uint32_t count;
    if (!accept(parser, "("))
        return NULL;
    const Type *element = parse_type(parser);
    if (!element || !(accept(parser, ",") || accept_word(parser, "x")) ||
        !parse_count(parser, TYPE_LEAVES_MAX - base, &count) || !accept(parser, ")"))
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        push(parser, element);
    return finish(parser, &proto, base);
}

static const struct {
    const char *word;
    const Type *(*parse)(Parser *parser);
} SPECIAL[] = {
    {"Tuple", parse_tuple},
    {"UniTuple", parse_uniform_tuple},
    {TYPE_NAMED_TUPLE_WORD, parse_named_tuple},
};

/* Numba's words for our kinds and scalars. (np.dtype("byte") is int8, Numba's byte is not.) */
static const struct {
    const char *word, *ours;
} ALIASES[] = {
    {"none", "None"},       {"void", "None"},     {"optional", "Optional"},
    {"array", "Array"},     {"string", "str"},    {"unicode_type", "str"},
    {"voidptr", "Pointer"}, {"boolean", "bool_"}, {"byte", "uint8"},
    {"char", "int8"},       {"uchar", "uint8"},   {"long_", "int64"},
    {"ulong", "uint64"},    {"size_t", "uint64"}, {"ssize_t", "int64"},
};

static const char *resolve_alias(const char *word)
{
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i].word, word) == 0)
            return ALIASES[i].ours;
    return word;
}

static const Type *parse_primary(Parser *parser)
{
    char buffer[WORD_SIZE];
    skip_space(parser);
    const char *start = parser->at;
    if (!parse_word(parser, buffer))
        return NULL;
    const char *word = resolve_alias(buffer);
    ScalarKind scalar;
    if (scalar_from_name(word, &scalar))
        return type_scalar(parser->table, scalar);
    for (size_t i = 0; i < sizeof SPECIAL / sizeof *SPECIAL; i++)
        if (strcmp(SPECIAL[i].word, word) == 0)
            return SPECIAL[i].parse(parser);
    for (unsigned kind = 0; kind < TYPE_KIND_COUNT; kind++)
        if (strcmp(type_row((TypeKind)kind)->word, word) == 0)
            return parse_row(parser, (TypeKind)kind);
    parser->at = start;
    return NULL;
}

/* ":, ::1]" after the bracket. C where the last dimension is contiguous, F where the first is. */
static const Type *parse_dimensions(Parser *parser, ScalarKind element)
{
    ArrayType array = {.dtype = scalar_numpy(element), .layout = LAYOUT_ANY};
    uint32_t unit = 0; /* the dimension written ::1, from 1 */
    do {
        array.ndim++;
        if (array.ndim > TYPE_NDIM_MAX || !accept(parser, ":"))
            return NULL;
        if (*parser->at == ':') {
            if (unit || !accept(parser, ":1"))
                return NULL;
            unit = array.ndim;
        }
    } while (accept(parser, ","));
    if (unit && unit != array.ndim && unit != 1)
        return NULL;
    if (unit)
        array.layout = unit == array.ndim ? LAYOUT_C : LAYOUT_F;
    return accept(parser, "]") ? type_array(parser->table, array) : NULL;
}

static const Type *parse_type(Parser *parser)
{
    if (parser->depth == TYPE_DEPTH_MAX)
        return NULL;
    parser->depth++;
    const Type *type = parse_primary(parser);
    if (type && type->kind == TYPE_SCALAR && *parser->at == '[') {
        parser->at++;
        type = parse_dimensions(parser, type->scalar);
    }
    parser->depth--;
    return type;
}

const Type *type_parse(TypeTable *table, const char *text, const char **end)
{
    Parser parser;
    parser.table = table;
    parser.at = text;
    parser.depth = 0;
    parser.waiting = 0;
    const Type *type = parse_type(&parser);
    *end = parser.at;
    return type;
}
