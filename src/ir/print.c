/* The IR as text; parse.c reads it back, and printing that gives the same text.
 *
 *     func @mag(%x.0: Array(float64, 1, 'C'), %y.1: int) -> float {
 *         %2: int = array_dim %x.0 {0}
 *         %3: float = const 0.0
 *         %s.4: float = for @0 %2 (%i.5: int, %s.6: float = %3) {
 *             %7: float64 = load %x.0, %i.5
 *             …
 *             continue @0 %9
 *         }
 *         return %s.4
 *     }
 *
 * It must print also what the verifier refuses: counts are never trusted to fit, pointers that a
 * broken function may lack are printed as nothing.
 */
#include "ir/code.h"
#include "ir/notation.h"

#include <string.h>

typedef struct Printer {
    Text *out;
    const Func *func;
    uint32_t depth;
    bool has_locations;
} Printer;

static void print_region(Printer *p, const Region *region, const Loc *loc);

/* ---- names and constants ------------------------------------------------------------------- */

static void print_quoted(Text *out, const char *text, size_t length)
{
    text_putc(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            text_printf(out, "\\%c", c);
        else if (c == '\n')
            text_puts(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            text_printf(out, "\\x%02x", c);
        else
            text_putc(out, (char)c);
    }
    text_putc(out, '"');
}

static void print_name(Text *out, const Symbol *name, bool is_dotted)
{
    if (!name)
        return;
    if (notation_is_plain(name->text, name->length, is_dotted))
        text_put(out, name->text, name->length);
    else
        print_quoted(out, name->text, name->length);
}

void ir_print_value(const Value *value, Text *out)
{
    text_putc(out, '%');
    if (value->name) {
        print_name(out, value->name, false);
        text_putc(out, '.');
    }
    text_printf(out, "%u", value->id);
}

static void print_definition(const Value *value, Text *out)
{
    ir_print_value(value, out);
    if (value->type) {
        text_puts(out, ": ");
        type_print(value->type, out);
    }
}

/* ---- attrs --------------------------------------------------------------------------------- */

static void print_site(Text *out, const Site *site)
{
    if (!site)
        return;
    if (site->class_info)
        text_puts(out, "class ");
    print_name(out, site->class_info ? site->class_info->name : site->exception, true);
    if (site->message) {
        text_putc(out, ' ');
        print_quoted(out, site->message, strlen(site->message));
    }
}

static void print_braced_attr(Text *out, const Op *op)
{
    switch (op_attr_kind(op->code)) {
    case ATTR_NAME:
        print_name(out, op->attr.name, true);
        return;
    case ATTR_INT:
        notation_print_integer(op->code, op->attr.integer, out);
        return;
    case ATTR_SITE:
        print_site(out, op->attr.site);
        return;
    case ATTR_CODE:
        if (op->attr.code)
            print_name(out, op->attr.code->qualname, true);
        return;
    case ATTR_FUNC:
        if (op->attr.func) {
            text_putc(out, '@');
            print_name(out, op->attr.func->name, true);
        }
        return;
    case ATTR_NONE:
    case ATTR_CONST:
    case ATTR_TARGET:
    case ATTR_CALL:
        return;
    }
}

static void print_attr(Text *out, const Op *op)
{
    AttrKind kind = op_attr_kind(op->code);
    if (kind == ATTR_CONST) {
        text_putc(out, ' ');
        if (op->attr.constant)
            constant_print(op->attr.constant, out);
    } else if (kind != ATTR_NONE && kind != ATTR_TARGET && kind != ATTR_CALL) {
        text_puts(out, " {");
        print_braced_attr(out, op);
        text_putc(out, '}');
    }
}

/* ---- args ---------------------------------------------------------------------------------- */

static void print_args(Text *out, const Op *op, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        text_puts(out, i ? ", " : " ");
        ir_print_value(op_arg(op, i), out);
    }
}

static bool has_call_syntax(const Op *op)
{
    const CallSpec *call = op->attr.call;
    return op->code == OP_PY_CALL && call &&
           op->arg_count == 1 + call->positional + call->keyword_count;
}

/* " %f (%a, *%b, key=%c)" */
static void print_call(Text *out, const Op *op)
{
    const CallSpec *call = op->attr.call;
    print_args(out, op, 1);
    text_puts(out, " (");
    for (uint32_t i = 1; i < op->arg_count; i++) {
        uint32_t position = i - 1;
        text_puts(out, position ? ", " : "");
        if (position >= call->positional) {
            print_name(out, call->keywords[position - call->positional], false);
            text_putc(out, '=');
        } else if (position < 64 && call->stars >> position & 1) {
            text_putc(out, '*');
        }
        ir_print_value(op_arg(op, i), out);
    }
    text_putc(out, ')');
}

/* LOOP and FOR whose args and params pair are printed with "= arg" at the param. */
static bool has_paired_args(const Op *op)
{
    return (op->code == OP_LOOP || op->code == OP_FOR) &&
           op->arg_count == op->regions[0].param_count;
}

static uint32_t plain_arg_count(const Op *op)
{
    if (!has_paired_args(op))
        return op->arg_count;
    return op->code == OP_FOR && op->arg_count ? 1 : 0;
}

static void print_label(Text *out, const Op *op)
{
    if (notation_has_label(op->code))
        text_printf(out, " @%u", op->label);
    if (op_attr_kind(op->code) == ATTR_TARGET && op->attr.target)
        text_printf(out, " @%u", op->attr.target->label);
}

static void print_head(Text *out, const Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++) {
        text_puts(out, i ? ", " : "");
        print_definition(op_result(op, i), out);
    }
    text_puts(out, op->result_count ? " = " : "");
    text_puts(out, op_text(op->code));
    print_label(out, op);
    if (has_call_syntax(op))
        print_call(out, op);
    else
        print_args(out, op, plain_arg_count(op));
    print_attr(out, op);
}

void ir_print_op(const Op *op, Text *out)
{
    print_head(out, op);
}

/* ---- regions ------------------------------------------------------------------------------- */

/* " ; 6:13 in inner < 9:4": what was inlined names its function, then where it was called. */
static void print_loc(Printer *p, const Loc *loc)
{
    if (!p->has_locations)
        return;
    const char *before = " ; ";
    for (; loc && loc->span.line; loc = loc->caller, before = " < ") {
        text_printf(p->out, "%s%u:%u", before, loc->span.line, loc->span.column);
        if (loc->function && loc->function != p->func->name) {
            text_puts(p->out, " in ");
            print_name(p->out, loc->function, true);
        }
    }
}

static void print_params(Printer *p, const Region *region, const Op *paired)
{
    uint32_t first = paired ? plain_arg_count(paired) : 0;
    for (uint32_t i = 0; i < region->param_count; i++) {
        text_puts(p->out, i ? ", " : "");
        print_definition(region->params[i], p->out);
        if (paired && i >= first) {
            text_puts(p->out, " = ");
            ir_print_value(op_arg(paired, i), p->out);
        }
    }
}

static void new_line(Printer *p)
{
    text_putc(p->out, '\n');
    text_fill(p->out, ' ', 4 * p->depth);
}

static void print_op(Printer *p, const Op *op)
{
    print_head(p->out, op);
    if (!op->region_count)
        print_loc(p, op->loc);
    for (uint32_t i = 0; i < op->region_count; i++) {
        const Region *region = &op->regions[i];
        if (i)
            text_printf(p->out, " %s", notation_second_region(op->code));
        if (region->param_count) {
            text_puts(p->out, " (");
            print_params(p, region, i == 0 && has_paired_args(op) ? op : NULL);
            text_putc(p->out, ')');
        }
        print_region(p, region, i == 0 ? op->loc : NULL);
    }
}

/* " { … }"; `loc` is that of the operation whose first region this is. */
static void print_region(Printer *p, const Region *region, const Loc *loc)
{
    text_puts(p->out, " {");
    const Op *only = region->first;
    bool is_short = region->owner && only && !only->next && !only->region_count;
    if (is_short && !p->has_locations) {
        text_putc(p->out, ' ');
        print_op(p, only);
        text_puts(p->out, " }");
        return;
    }
    print_loc(p, loc);
    p->depth++;
    for (const Op *op = region->first; op; op = op->next) {
        new_line(p);
        print_op(p, op);
    }
    p->depth--;
    new_line(p);
    text_putc(p->out, '}');
}

void ir_print_with(const Func *func, Text *out, unsigned flags)
{
    Printer p = {.out = out, .func = func, .has_locations = flags & IR_PRINT_LOCATIONS};
    text_puts(out, "func @");
    print_name(out, func->name, true);
    text_putc(out, '(');
    print_params(&p, &func->body, NULL);
    text_putc(out, ')');
    if (func->typed) {
        text_puts(out, " -> ");
        if (func->result)
            type_print(func->result, out);
        else
            text_putc(out, '?');
        text_puts(out, func->can_raise ? " raises" : "");
    }
    print_region(&p, &func->body, &func->loc);
    text_putc(out, '\n');
}

void ir_print(const Func *func, Text *out)
{
    ir_print_with(func, out, 0);
}
