/* Reading the IR's textual form.
 *
 *     funcs  := { "func" "@"name "(" [def {"," def}] ")" ["->" type ["raises"]] region }
 *     region := "{" { op } "}"                       op params: ["(" def ["=" use] {"," …} ")"]
 *     op     := [def {"," def} "="] word ["@"label] [use {"," use}] [attr] {params region}
 *     def    := "%"[name "."]id [":" type] | "%"name        use := the same, without type
 *     attr   := constant | "{" … "}"                 which of them op.def says
 *
 * An operation's args stand on its line; otherwise lines do not matter. ";" begins a comment; behind an
 * operation (or its first "{") one of the form "line:column" is its location.
 *
 * Every function is false after it has reported; the text is read once, from front to back. That
 * values are visible and numbers of args fit is the verifier's to say.
 */
#include "ir/ir.h"
#include "ir/notation.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 200, WORD_SIZE = 32 };

/* What a definition says before its Value exists. */
typedef struct Definition {
    const Symbol *name;
    const Type *type;
    uint32_t id;
    bool has_id;
    const char *at;
} Definition;

typedef VEC(Definition) Definitions;
typedef VEC(Value *) Values;

typedef struct Callee {
    Op *op;
    const Symbol *name;
} Callee;

typedef struct Parser {
    Arena *arena;
    TypeTable *types;
    const char *text, *at;
    Text *error;
    Funcs *funcs;
    Func *func;
    const Loc *nowhere; /* of operations without a location */
    Map by_id, by_name; /* values of the function: by_name those without id */
    Map labels;
    Values unnumbered;
    VEC(Op *) unlabelled;
    VEC(Callee) callees;
    uint32_t next_id, next_label, depth;
} Parser;

static bool parse_op(Parser *p, Region *region);

/* ---- characters ---------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void report(Parser *p, const char *at,
                                                         const char *format, ...)
{
    uint32_t line = 1;
    const char *start = p->text;
    for (const char *c = p->text; c < at; c++)
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    text_printf(p->error, "%u:%u: ", line, (uint32_t)(at - start) + 1);
    va_list args;
    va_start(args, format);
    text_vprintf(p->error, format, args);
    va_end(args);
}

/* False, and seen to be. */
#define fail(...) (report(__VA_ARGS__), false)

static void skip_blanks(Parser *p)
{
    p->at += strspn(p->at, " \t");
}

static void skip(Parser *p)
{
    for (;;) {
        p->at += strspn(p->at, " \t\r\n");
        if (*p->at != ';')
            return;
        p->at += strcspn(p->at, "\n");
    }
}

/* Skips nothing when the token is not there: a comment may be a location. */
static bool accept(Parser *p, const char *token)
{
    const char *start = p->at;
    size_t length = strlen(token);
    skip(p);
    bool is_there = strncmp(p->at, token, length) == 0;
    p->at = is_there ? p->at + length : start;
    return is_there;
}

static bool expect(Parser *p, const char *token)
{
    if (accept(p, token))
        return true;
    skip(p);
    return fail(p, p->at, "expected '%s'", token);
}

static bool accept_word(Parser *p, const char *word)
{
    skip(p);
    size_t length = notation_plain_length(p->at, true);
    if (length != strlen(word) || memcmp(p->at, word, length) != 0)
        return false;
    p->at += length;
    return true;
}

static bool parse_number(Parser *p, uint32_t *number)
{
    if (*p->at < '0' || *p->at > '9')
        return fail(p, p->at, "expected a number");
    char *end;
    unsigned long value = strtoul(p->at, &end, 10);
    if (value >= UINT32_MAX)
        return fail(p, p->at, "the number is too large");
    *number = (uint32_t)value;
    p->at = end;
    return true;
}

/* ---- names and strings --------------------------------------------------------------------- */

static void put_code_point(Text *out, uint32_t point)
{
    char bytes[4];
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; point >>= 6)
        bytes[i] = (char)(0x80 | (point & 0x3f));
    bytes[0] = (char)(leads[length] | point);
    text_put(out, bytes, length);
}

/* What follows a backslash: as Python writes escapes. */
static bool parse_escape(Parser *p, Text *out)
{
    char c = *p->at++;
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (!digits) {
        if (!c)
            return fail(p, p->at - 1, "the string does not end");
        text_putc(out, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
        return true;
    }
    if (strspn(p->at, "0123456789abcdefABCDEF") < digits)
        return fail(p, p->at, "expected %u hexadecimal digits", (unsigned)digits);
    char number[9] = {0};
    memcpy(number, p->at, digits);
    put_code_point(out, (uint32_t)strtoul(number, NULL, 16));
    p->at += digits;
    return true;
}

static bool parse_string(Parser *p, const Symbol **string)
{
    const char *start = p->at;
    char quote = *p->at++;
    Text text;
    text_open(&text, p->arena);
    while (*p->at != quote) {
        if (!*p->at)
            return fail(p, start, "the string does not end");
        if (*p->at != '\\') {
            text_putc(&text, *p->at++);
            continue;
        }
        p->at++;
        if (!parse_escape(p, &text))
            return false;
    }
    p->at++;
    *string = intern_text(p->types->names, text.data, text.len);
    return true;
}

static bool parse_name(Parser *p, bool is_dotted, const Symbol **name)
{
    if (*p->at == '"')
        return parse_string(p, name);
    size_t length = notation_plain_length(p->at, is_dotted);
    if (!length)
        return fail(p, p->at, "expected a name");
    *name = intern_text(p->types->names, p->at, length);
    p->at += length;
    return true;
}

/* ---- values -------------------------------------------------------------------------------- */

/* After "%": an id, name.id or a name alone. */
static bool parse_value_name(Parser *p, Definition *made)
{
    made->at = p->at;
    made->has_id = *p->at >= '0' && *p->at <= '9';
    if (!made->has_id) {
        if (!parse_name(p, false, &made->name))
            return false;
        made->has_id = *p->at == '.';
        p->at += made->has_id;
    }
    return !made->has_id || parse_number(p, &made->id);
}

static bool parse_definition(Parser *p, Definitions *definitions)
{
    Definition made = {0};
    if (!expect(p, "%") || !parse_value_name(p, &made))
        return false;
    if (accept(p, ":")) {
        skip(p);
        const char *end;
        made.type = type_parse(p->types, p->at, &end);
        if (!made.type)
            return fail(p, end, "expected a type");
        p->at = end;
    }
    vec_push(p->arena, definitions, made);
    return true;
}

static bool define(Parser *p, const Definition *made, Value *value)
{
    value->name = made->name;
    value->type = made->type;
    Map *map = made->has_id ? &p->by_id : &p->by_name;
    uint64_t key = made->has_id ? made->id : map_key(made->name);
    if (map_get(map, key))
        return fail(p, made->at, "the value is defined twice");
    map_set(p->arena, map, key, value);
    if (!made->has_id) {
        vec_push(p->arena, &p->unnumbered, value);
        return true;
    }
    value->id = made->id;
    if (made->id >= p->next_id)
        p->next_id = made->id + 1;
    return true;
}

static bool parse_use(Parser *p, Values *values)
{
    Definition used = {0};
    if (!expect(p, "%") || !parse_value_name(p, &used))
        return false;
    Value *value =
        used.has_id ? map_get(&p->by_id, used.id) : map_get(&p->by_name, map_key(used.name));
    if (!value)
        return fail(p, used.at, "no value of that name is defined before");
    if (used.has_id && used.name && used.name != value->name)
        return fail(p, used.at, "value %u has another name", used.id);
    vec_push(p->arena, values, value);
    return true;
}

/* ---- constants ----------------------------------------------------------------------------- */

static bool parse_integer(Parser *p, const char *text, size_t length, Constant *constant)
{
    bool is_negative = *text == '-';
    unsigned __int128 value = 0, limit = (unsigned __int128)1 << 127;
    for (size_t i = is_negative; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (value > limit / 10 || value * 10 + digit > limit - !is_negative)
            return fail(p, text, "the integer needs more than 128 bits");
        value = value * 10 + digit;
    }
    constant->kind = CONSTANT_INT;
    constant->integer = (__int128)(is_negative ? -value : value);
    return true;
}

/* "(1+2j)" or, after its real part, "+2j)". */
static bool parse_complex(Parser *p, Constant *constant)
{
    char *end;
    constant->kind = CONSTANT_COMPLEX;
    constant->real = strtod(p->at + 1, &end);
    const char *sign = end;
    constant->imag = strtod(sign, &end);
    if (sign == p->at + 1 || end == sign || strncmp(end, "j)", 2) != 0)
        return fail(p, p->at, "expected a complex number");
    p->at = end + 2;
    return true;
}

static const struct {
    const char *word;
    ConstantKind kind;
    bool truth;
} constant_words[] = {
    {"None", CONSTANT_NONE, false},
    {"True", CONSTANT_BOOL, true},
    {"False", CONSTANT_BOOL, false},
    {"Ellipsis", CONSTANT_ELLIPSIS, false},
};

static bool parse_constant_word(Parser *p, Constant *constant)
{
    for (size_t i = 0; i < sizeof constant_words / sizeof *constant_words; i++)
        if (accept_word(p, constant_words[i].word)) {
            constant->kind = constant_words[i].kind;
            constant->truth = constant_words[i].truth;
            return true;
        }
    size_t length = strspn(p->at, "+-.0123456789abcdefghijklmnopqrstuvwxyz");
    size_t sign = *p->at == '-';
    if (length > sign && strspn(p->at + sign, "0123456789") == length - sign) {
        p->at += length;
        return parse_integer(p, p->at - length, length, constant);
    }
    char *end;
    double value = strtod(p->at, &end);
    bool is_imaginary = *end == 'j';
    if (!length || end + is_imaginary != p->at + length)
        return fail(p, p->at, "expected a constant");
    constant->kind = is_imaginary ? CONSTANT_COMPLEX : CONSTANT_FLOAT;
    *(is_imaginary ? &constant->imag : &constant->real) = value;
    p->at = end + is_imaginary;
    return true;
}

static bool parse_constant(Parser *p, Attr *attr)
{
    Constant *constant = ARENA_NEW(p->arena, Constant);
    attr->constant = constant;
    skip_blanks(p);
    if (*p->at == '(')
        return parse_complex(p, constant);
    if (*p->at != '\'' && *p->at != '"')
        return parse_constant_word(p, constant);
    constant->kind = CONSTANT_STR;
    return parse_string(p, &constant->text);
}

/* ---- attrs in braces ----------------------------------------------------------------------- */

static bool parse_site(Parser *p, Attr *attr)
{
    Site *site = ARENA_NEW(p->arena, Site);
    bool has_class = accept_word(p, "class");
    skip(p);
    const char *at = p->at;
    if (!parse_name(p, true, &site->exception))
        return false;
    if (has_class)
        site->class_info = type_find_class(p->types, site->exception);
    if (has_class && !site->class_info)
        return fail(p, at, "no class of that name is known");
    skip(p);
    if (*p->at == '"') {
        const Symbol *message;
        if (!parse_string(p, &message))
            return false;
        site->message = message->text;
    }
    attr->site = site;
    return true;
}

static bool parse_integer_attr(Parser *p, OpCode op, Attr *attr)
{
    size_t length = strcspn(p->at, "}");
    if (!notation_parse_integer(op, p->at, length, &attr->integer))
        return fail(p, p->at, "expected an integer or an operator");
    p->at += length;
    return true;
}

static bool parse_braced_attr(Parser *p, const Op *op, Attr *attr)
{
    switch (op_attr_kind(op->code)) {
    case ATTR_NAME:
        return parse_name(p, true, &attr->name);
    case ATTR_INT:
        return parse_integer_attr(p, op->code, attr);
    case ATTR_SITE:
        return parse_site(p, attr);
    case ATTR_CODE:
        return fail(p, p->at, "code cannot be read back");
    case ATTR_FUNC: {
        Callee callee = {.op = (Op *)op};
        if (!expect(p, "@") || !parse_name(p, true, &callee.name))
            return false;
        vec_push(p->arena, &p->callees, callee);
        return true;
    }
    case ATTR_NONE:
    case ATTR_CONST:
    case ATTR_TARGET:
    case ATTR_CALL:
        break;
    }
    return true;
}

static bool parse_attr(Parser *p, Op *op)
{
    AttrKind kind = op_attr_kind(op->code);
    if (kind == ATTR_CONST)
        return parse_constant(p, &op->attr);
    if (kind == ATTR_NONE || kind == ATTR_TARGET || kind == ATTR_CALL)
        return true;
    if (!expect(p, "{"))
        return false;
    skip(p);
    return *p->at == '}' ? expect(p, "}")
                         : parse_braced_attr(p, op, &op->attr) && expect(p, "}");
}

/* ---- args ---------------------------------------------------------------------------------- */

static bool parse_args(Parser *p, Values *args)
{
    skip_blanks(p);
    if (*p->at != '%')
        return true;
    do
        if (!parse_use(p, args))
            return false;
    while (accept(p, ","));
    return true;
}

/* One of "*%a", "%a" and "key=%a". */
static bool parse_call_arg(Parser *p, CallSpec *call, const Symbol **keywords, Values *args)
{
    skip(p);
    bool is_star = accept(p, "*");
    if (is_star && call->positional >= 64)
        return fail(p, p->at, "a starred argument comes too late");
    if (is_star || *p->at == '%') {
        if (call->keyword_count)
            return fail(p, p->at, "a positional argument follows a keyword");
        call->stars |= (uint64_t)is_star << (is_star ? call->positional : 0);
        call->positional++;
        return parse_use(p, args);
    }
    return parse_name(p, false, &keywords[call->keyword_count++]) && expect(p, "=") &&
           parse_use(p, args);
}

static bool parse_call(Parser *p, Attr *attr, Values *args)
{
    enum { KEYWORDS_MAX = 256 };
    CallSpec *call = ARENA_NEW(p->arena, CallSpec);
    call->keywords = ARENA_ARRAY(p->arena, const Symbol *, KEYWORDS_MAX);
    attr->call = call;
    if (!parse_use(p, args) || !expect(p, "("))
        return false;
    if (accept(p, ")"))
        return true;
    do {
        if (call->keyword_count == KEYWORDS_MAX)
            return fail(p, p->at, "too many keywords");
        if (!parse_call_arg(p, call, call->keywords, args))
            return false;
    } while (accept(p, ","));
    return expect(p, ")");
}

/* ---- locations ----------------------------------------------------------------------------- */

/* "6:13" with nothing before it but blanks. */
static bool accept_place(Parser *p, Span *span)
{
    char *end;
    skip_blanks(p);
    if (*p->at < '0' || *p->at > '9')
        return false;
    span->line = span->end_line = (uint32_t)strtoul(p->at, &end, 10);
    if (*end != ':' || end[1] < '0' || end[1] > '9')
        return false;
    span->column = span->end_column = (uint32_t)strtoul(end + 1, &end, 10);
    p->at = end;
    return true;
}

/* "6:13 [in name] [< …]" after the semicolon; anything else is a comment: *loc stays. */
static bool parse_place(Parser *p, const Loc **loc)
{
    Span span = {0};
    if (!accept_place(p, &span))
        return true;
    Loc *made = ARENA_NEW(p->arena, Loc);
    made->span = span;
    made->function = p->func->name;
    skip_blanks(p);
    if (strncmp(p->at, "in ", 3) == 0) {
        p->at += 3;
        if (!parse_name(p, true, &made->function))
            return false;
        skip_blanks(p);
    }
    *loc = made;
    if (*p->at != '<')
        return true;
    p->at++;
    return parse_place(p, &made->caller);
}

static bool parse_loc(Parser *p, const Loc **loc)
{
    skip_blanks(p);
    if (*p->at != ';')
        return true;
    p->at++;
    if (!parse_place(p, loc))
        return false;
    p->at += strcspn(p->at, "\n");
    return true;
}

/* ---- regions ------------------------------------------------------------------------------- */

/* Params, and in `inits` what is written after "=". */
static bool parse_params(Parser *p, Region *region, Values *inits)
{
    if (accept(p, ")"))
        return true;
    do {
        Definitions made = {0};
        if (!parse_definition(p, &made))
            return false;
        if (inits && accept(p, "=") && !parse_use(p, inits))
            return false;
        Value *param = ir_param_add(region, NULL, NULL);
        if (!define(p, &made.data[0], param))
            return false;
    } while (accept(p, ","));
    return expect(p, ")");
}

static bool parse_region(Parser *p, Region *region, const Loc **loc)
{
    if (++p->depth > DEPTH_MAX)
        return fail(p, p->at, "the regions nest too deeply");
    if (!expect(p, "{") || (loc && !parse_loc(p, loc)))
        return false;
    while (!accept(p, "}"))
        if (!parse_op(p, region))
            return false;
    p->depth--;
    return true;
}

static bool parse_regions(Parser *p, Op *op, Values *args)
{
    for (uint32_t i = 0; i < op->region_count; i++) {
        if (i && !expect(p, notation_second_region(op->code)))
            return false;
        uint32_t plain = args->len;
        if (accept(p, "(") && !parse_params(p, &op->regions[i], i ? NULL : args))
            return false;
        if (args->len != plain)
            ir_args_replace(op, args->data, args->len);
        if (!parse_region(p, &op->regions[i], i ? NULL : &op->loc))
            return false;
    }
    return true;
}

/* ---- operations ---------------------------------------------------------------------------- */

static bool parse_results(Parser *p, Definitions *results)
{
    skip(p);
    if (*p->at != '%')
        return true;
    do
        if (!parse_definition(p, results))
            return false;
    while (accept(p, ","));
    return expect(p, "=");
}

static bool parse_opcode(Parser *p, OpCode *code)
{
    skip(p);
    size_t length = notation_plain_length(p->at, true);
    for (unsigned i = 0; i < OP_COUNT; i++)
        if (strlen(op_text((OpCode)i)) == length &&
            memcmp(op_text((OpCode)i), p->at, length) == 0) {
            *code = (OpCode)i;
            p->at += length;
            return true;
        }
    return fail(p, p->at, "no operation has this name");
}

/* "@n": the label of an operation with regions, the target of others. */
static bool parse_label(Parser *p, OpCode code, uint32_t *label, Op **target)
{
    skip_blanks(p);
    bool is_target = op_attr_kind(code) == ATTR_TARGET;
    if (*p->at != '@')
        return !is_target || fail(p, p->at, "expected '@' and a label");
    const char *at = p->at++;
    if (!parse_number(p, label))
        return false;
    Op *labelled = map_get(&p->labels, *label);
    if (is_target) {
        *target = labelled;
        return labelled || fail(p, at, "no operation has this label");
    }
    if (!notation_has_label(code) || labelled)
        return fail(p, at,
                    labelled ? "the label is used twice" : "the operation takes no label");
    return true;
}

static void set_label(Parser *p, Op *op, uint32_t label)
{
    if (!op->region_count)
        return;
    if (label == UINT32_MAX) {
        vec_push(p->arena, &p->unlabelled, op);
        return;
    }
    op->label = label;
    map_set(p->arena, &p->labels, label, op);
    if (label >= p->next_label)
        p->next_label = label + 1;
}

static bool parse_op(Parser *p, Region *region)
{
    Definitions results = {0};
    Values args = {0};
    OpCode code = OP_CONST;
    Attr attr = {0};
    uint32_t label = UINT32_MAX;
    if (!parse_results(p, &results) || !parse_opcode(p, &code) ||
        !parse_label(p, code, &label, &attr.target))
        return false;
    skip_blanks(p);
    bool is_read = code == OP_PY_CALL ? parse_call(p, &attr, &args) : parse_args(p, &args);
    if (!is_read)
        return false;
    Op *op = ir_op_new(p->func, code, p->nowhere, args.data, args.len, results.len);
    op->attr = attr;
    ir_op_append(region, op);
    set_label(p, op, label);
    for (uint32_t i = 0; i < results.len; i++)
        if (!define(p, &results.data[i], op_result(op, i)))
            return false;
    if (!parse_attr(p, op) || (!op->region_count && !parse_loc(p, &op->loc)))
        return false;
    return parse_regions(p, op, &args);
}

/* ---- functions ----------------------------------------------------------------------------- */

/* What the text leaves without number gets one, after those that have. */
static void number_rest(Parser *p)
{
    for (uint32_t i = 0; i < p->unnumbered.len; i++)
        p->unnumbered.data[i]->id = p->next_id++;
    for (uint32_t i = 0; i < p->unlabelled.len; i++)
        p->unlabelled.data[i]->label = p->next_label++;
    p->func->value_count = p->next_id;
    p->func->label_count = p->next_label;
}

static bool parse_result_type(Parser *p, Func *func)
{
    func->typed = accept(p, "->");
    if (!func->typed)
        return true;
    skip(p);
    if (!accept(p, "?")) {
        const char *end;
        func->result = type_parse(p->types, p->at, &end);
        if (!func->result)
            return fail(p, end, "expected a type");
        p->at = end;
    }
    func->can_raise = accept_word(p, "raises");
    return true;
}

static void open_func(Parser *p, const Symbol *name)
{
    Func *func = ir_func_new(p->arena, name, false);
    Loc *nowhere = ARENA_NEW(p->arena, Loc);
    nowhere->function = name;
    p->func = func;
    p->nowhere = nowhere;
    p->by_id = p->by_name = p->labels = (Map){0};
    p->unnumbered.len = p->unlabelled.len = 0;
    p->next_id = p->next_label = p->depth = 0;
    vec_push(p->arena, p->funcs, func);
}

static bool parse_func(Parser *p)
{
    const Symbol *name;
    if (!accept_word(p, "func"))
        return fail(p, p->at, "expected 'func'");
    if (!expect(p, "@") || !parse_name(p, true, &name))
        return false;
    open_func(p, name);
    Func *func = p->func;
    const Loc *loc = &func->loc;
    if (!expect(p, "(") || !parse_params(p, &func->body, NULL) || !parse_result_type(p, func) ||
        !parse_region(p, &func->body, &loc))
        return false;
    func->loc = *loc;
    number_rest(p);
    return true;
}

static Func *find_func(const Funcs *funcs, const Symbol *name)
{
    for (uint32_t i = 0; i < funcs->len; i++)
        if (funcs->data[i]->name == name)
            return funcs->data[i];
    return NULL;
}

static void bind_callees(Parser *p)
{
    Funcs outside = {0};
    for (uint32_t i = 0; i < p->callees.len; i++) {
        const Callee *callee = &p->callees.data[i];
        Func *func = find_func(p->funcs, callee->name);
        if (!func)
            func = find_func(&outside, callee->name);
        if (!func) {
            func = ir_func_new(p->arena, callee->name, true);
            vec_push(p->arena, &outside, func);
        }
        callee->op->attr.func = func;
    }
}

bool ir_parse_all(Arena *arena, TypeTable *types, const char *text, Text *error, Funcs *funcs)
{
    Parser p = {.arena = arena,
                .types = types,
                .text = text,
                .at = text,
                .error = error,
                .funcs = funcs};
    *funcs = (Funcs){0};
    for (skip(&p); *p.at; skip(&p))
        if (!parse_func(&p))
            return false;
    bind_callees(&p);
    return funcs->len || fail(&p, p.at, "expected 'func'");
}

Func *ir_parse(Arena *arena, TypeTable *types, const char *text, Text *error)
{
    Funcs funcs;
    return ir_parse_all(arena, types, text, error, &funcs) ? funcs.data[0] : NULL;
}
