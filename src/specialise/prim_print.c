/* print: each value by calls of the runtime, known text in one piece. */
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"

static void print_call(Spec *s, const char *name, Value *const *args, uint32_t count)
{
    Attr attr = {.name = intern_cstr(s->c->names, name)};
    build_op(&s->b, OP_CALL_RUNTIME, NULL, args, count, attr);
}

static void print_text(Spec *s, const char *text)
{
    Constant *constant = ARENA_NEW(s->arena, Constant);
    constant->kind = CONSTANT_STR;
    constant->text = intern_cstr(s->c->names, text);
    if (!*text)
        return;
    Value *value = build_const(&s->b, s->c->types->str, constant);
    print_call(s, "rt_print_text", &value, 1);
}

/* str(x), repr(x) as within tuples, or format(x) as in f-strings. */
typedef enum PrintStyle { PRINT_STR, PRINT_REPR, PRINT_FORMAT } PrintStyle;

static void print_value(Spec *s, Value *value, PrintStyle style);

static void print_bool(Spec *s, Value *value)
{
    SpecIf branch = spec_if(s, spec_number(s, value, SCALAR_BOOL), NULL, 0);
    print_text(s, "True");
    spec_else(s, &branch, NULL, 0);
    print_text(s, "False");
    spec_end(s, &branch, NULL, 0);
}

static void print_digits(Spec *s, Value *value, ScalarKind kind)
{
    static const struct {
        ScalarKind kind;
        const char *function;
    } rows[] = {
        {SCALAR_FLOAT16, "rt_print_float16"},     {SCALAR_FLOAT32, "rt_print_float32"},
        {SCALAR_COMPLEX64, "rt_print_complex64"}, {SCALAR_COMPLEX128, "rt_print_complex"},
        {SCALAR_COMPLEX, "rt_print_complex"},     {SCALAR_FLOAT, "rt_print_double"},
        {SCALAR_FLOAT64, "rt_print_double"}};
    const char *function = scalar_class(kind) == CLASS_UINT ? "rt_print_uint" : "rt_print_int";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind == kind)
            function = rows[i].function;
    Value *number = kind == SCALAR_INT_I128            ? spec_int(s, value)
                    : scalar_class(kind) == CLASS_UINT ? spec_number(s, value, SCALAR_UINT64)
                    : scalar_class(kind) == CLASS_INT  ? spec_number(s, value, SCALAR_INT64)
                    : kind == SCALAR_FLOAT16           ? spec_number(s, value, SCALAR_FLOAT32)
                                                       : spec_number(s, value, kind);
    print_call(s, function, &number, 1);
}

/* format() of NumPy's floats is that of Python's. */
static ScalarKind printed_kind(ScalarKind kind, PrintStyle style)
{
    if (style != PRINT_FORMAT || !scalar_is_inexact(kind))
        return kind;
    return scalar_class(kind) == CLASS_FLOAT ? SCALAR_FLOAT : SCALAR_COMPLEX;
}

/* "(2j)" as "(1+2j)" has its parentheses. */
static void print_complex_within(Spec *s, Value *z, ScalarKind kind)
{
    const Type *real = spec_scalar(s, scalar_real(kind));
    Value *re = build_op(&s->b, OP_REAL, real, &z, 1, (Attr){0});
    Value *one = build_float(&s->b, real->scalar, 1.0);
    Value *positive = build_compare(&s->b, OP_GT, build_binary(&s->b, OP_COPYSIGN, one, re),
                                    build_float(&s->b, real->scalar, 0.0));
    Value *zero = build_compare(&s->b, OP_EQ, re, build_float(&s->b, real->scalar, 0.0));
    SpecIf branch = spec_if(s, build_binary(&s->b, OP_AND, positive, zero), NULL, 0);
    print_text(s, "(");
    print_digits(s, z, kind);
    print_text(s, ")");
    spec_else(s, &branch, NULL, 0);
    print_digits(s, z, kind);
    spec_end(s, &branch, NULL, 0);
}

/* repr() of NumPy's numbers has their class: np.int8(3), np.True_. */
static void print_number(Spec *s, Value *value, ScalarKind kind, PrintStyle style)
{
    bool classed = style == PRINT_REPR && !scalar_is_weak(kind);
    if (scalar_class(kind) == CLASS_BOOL) {
        print_text(s, classed ? "np." : "");
        print_bool(s, value);
        print_text(s, classed ? "_" : "");
        return;
    }
    if (classed)
        print_text(s, arena_printf(s->arena, "np.%s", scalar_name(kind)));
    if (classed && scalar_class(kind) == CLASS_COMPLEX) {
        print_complex_within(s, value, kind);
        return;
    }
    print_text(s, classed ? "(" : "");
    print_digits(s, value, printed_kind(kind, style));
    print_text(s, classed ? ")" : "");
}

static void print_constant(Spec *s, const Constant *constant, PrintStyle style)
{
    Text text;
    text_open(&text, s->arena);
    if (constant->kind == CONSTANT_STR && style != PRINT_REPR)
        text_put(&text, constant->text->text, constant->text->length);
    else
        constant_print(constant, &text);
    print_text(s, text.data);
}

static void walk_format(Spec *s, Value *value, bool only_checks);

static Value *text_of(Spec *s, const char *text, size_t length)
{
    Constant *constant = ARENA_NEW(s->arena, Constant);
    constant->kind = CONSTANT_STR;
    constant->text = intern_text(s->c->names, text, length);
    return build_const(&s->b, s->c->types->str, constant);
}

/* format(value, "…"), which Python itself does; of text, `text_kind` is 's', or 'r' for its repr(). */
static void formatted(Spec *s, const char *function, Value *value, char text_kind,
                      const char *spec, size_t length)
{
    ScalarKind kind = SCALAR_INT;
    bool is_number = type_scalar_of(value->type, &kind);
    Value *args[5], *zero = build_int(&s->b, 0);
    args[0] = build_int(&s->b, text_kind);
    args[1] = zero;
    args[2] = build_const(&s->b, spec_scalar(s, SCALAR_COMPLEX),
                          &(Constant){.kind = CONSTANT_COMPLEX});
    args[3] = text_of(s, "", 0);
    args[4] = text_of(s, spec, length);
    if (!is_number) {
        args[3] = value->type->kind == TYPE_CONST ? text_of(s, value->type->constant.text->text,
                                                            value->type->constant.text->length)
                                                  : value;
    } else if (scalar_is_inexact(kind)) {
        bool is_complex = scalar_class(kind) == CLASS_COMPLEX;
        args[0] = build_int(&s->b, is_complex ? 'c' : 'f');
        args[2] = spec_number(s, value, SCALAR_COMPLEX);
    } else {
        bool is_unsigned = scalar_class(kind) == CLASS_UINT;
        args[0] = build_int(&s->b, scalar_class(kind) == CLASS_BOOL ? 'b'
                                   : is_unsigned                    ? 'u'
                                                                    : 'i');
        args[1] =
            kind == SCALAR_INT_I128 ? spec_int(s, value) : spec_number(s, value, SCALAR_INT64);
    }
    print_call(s, function, args, 5);
}

/* One hole of a template, behind its '{': "", "!r", ":.3f". */
static void print_hole(Spec *s, const char *hole, size_t length, Value *value)
{
    PrintStyle style = PRINT_FORMAT;
    if (*hole == '!')
        style = hole[1] == 's' ? PRINT_STR : PRINT_REPR;
    if (length > 1 && *hole == ':')
        formatted(s, "rt_print_formatted", value, 's', hole + 1, length - 1);
    else
        print_value(s, value, style);
}

/* A value may refuse its format: before anything is printed. */
static void check_hole(Spec *s, const char *hole, size_t length, Value *value)
{
    if (length > 1 && *hole == ':')
        formatted(s, "rt_check_formatted", value, 's', hole + 1, length - 1);
    else if (value->type->kind == TYPE_ITER)
        walk_format(s, value, true);
}

/* A template with a hole for each value; braces are doubled. */
static void walk_format(Spec *s, Value *value, bool only_checks)
{
    const Symbol *template;
    Text text;
    uint32_t next = 1;
    type_is_const_str(value->type->elements[0], &template);
    text_open(&text, s->arena);
    for (const char *at = template->text; *at; at++) {
        bool is_double = (*at == '{' || *at == '}') && at[1] == *at;
        if (*at != '{' || is_double || next >= value->type->count) {
            text_putc(&text, *at);
            at += is_double;
            continue;
        }
        size_t length = strcspn(at + 1, "}");
        Value *each = build_extract(&s->b, value, next++);
        if (!only_checks)
            print_text(s, text.data);
        text_open(&text, s->arena);
        (only_checks ? check_hole : print_hole)(s, at + 1, length, each);
        at += length + 1;
    }
    if (!only_checks)
        print_text(s, text.data);
}

static void print_value(Spec *s, Value *value, PrintStyle style)
{
    const Type *type = value->type;
    ScalarKind kind;
    if (type->kind == TYPE_CONST) {
        print_constant(s, &type->constant, style);
    } else if (type->kind == TYPE_NONE) {
        print_text(s, "None");
    } else if (type_scalar_of(type, &kind)) {
        print_number(s, value, kind, style);
    } else if (type->kind == TYPE_STR) {
        if (style == PRINT_REPR)
            formatted(s, "rt_print_formatted", value, 'r', "", 0);
        else
            print_call(s, "rt_print_text", &value, 1);
    } else if (type->kind == TYPE_ITER) {
        walk_format(s, value, false);
    } else if (type->kind == TYPE_TUPLE) {
        bool is_list = type->class_info == &s->c->types->list;
        print_text(s, is_list ? "[" : "(");
        for (uint32_t i = 0; i < type->count; i++) {
            print_value(s, build_extract(&s->b, value, i), PRINT_REPR);
            if (i + 1 < type->count)
                print_text(s, ", ");
        }
        print_text(s, is_list ? "]" : type->count == 1 ? ",)" : ")");
    }
}

/* sep= or end=: a known string, or None for what is usual. */
static const char *print_between(const Arg *arg, const char *usual)
{
    const Symbol *text;
    return arg->from != ARG_MISSING && type_is_const_str(arg->type, &text) ? text->text : usual;
}

Value *spec_prim_PRINT(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    for (uint32_t i = 0; i < plan->args[0].part_count; i++)
        if (plan->args[0].parts[i].type->kind == TYPE_ITER)
            walk_format(s, spec_plan_arg(s, op, &plan->args[0].parts[i]), true);
    for (uint32_t i = 0; i < plan->args[0].part_count; i++) {
        if (i)
            print_text(s, print_between(&plan->args[1], " "));
        print_value(s, spec_plan_arg(s, op, &plan->args[0].parts[i]), PRINT_STR);
    }
    print_text(s, print_between(&plan->args[2], "\n"));
    return build_nothing(&s->b, s->c->types->none);
}
