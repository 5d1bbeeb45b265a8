/* Where lives of a variable meet: flags that keep them apart, and constants that do not fit.
 *
 * A flag is a bool parameter that a branch tests, or a string that it compares with a known one. Only where
 * lives that its value could keep apart do not merge does its value enter the types: `keepdims`, `order`.
 *
 * Constants widen before they enter a loop, so that whether one fits what its variable becomes is known at the
 * end only; then each literal that meets another kind is looked at once more (DESIGN §2.1 (c)).
 */
#include "infer/rules.h"
#include "types/constant.h"

/* ---- flags -------------------------------------------------------------------------------------- */

static bool is_flag(const Type *type)
{
    return type->kind == TYPE_STR || (type->kind == TYPE_SCALAR && type->scalar == SCALAR_BOOL);
}

/* Asks for the value of the parameter behind a condition. */
static void ask_condition(Infer *s, const Value *value, uint32_t depth)
{
    const Op *def = value->def;
    if (!def && value->region == &s->now->generic->body && is_flag(infer_type(s, value)))
        infer_constant(s, value);
    if (!def || depth > 8)
        return;
    if (def->code == OP_PY_TRUTH || def->code == OP_PY_NOT || def->code == OP_PY_BOUND ||
        def->code == OP_PY_REFINE)
        ask_condition(s, op_arg(def, 0), depth + 1);
    if (def->code == OP_PY_COMPARE)
        for (uint32_t i = 0; i < 2; i++)
            if (infer_type(s, op_arg(def, 1 - i))->kind == TYPE_CONST)
                ask_condition(s, op_arg(def, i), depth + 1);
}

static void ask_region(Infer *s, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_IF)
            ask_condition(s, op_arg(op, 0), 0);
        for (uint32_t i = 0; i < op->region_count; i++)
            ask_region(s, &op->regions[i]);
    }
}

void infer_ask_flags(Infer *s)
{
    ask_region(s, &s->now->generic->body);
}

/* ---- constants ---------------------------------------------------------------------------------- */

/* The literal that a value is: a number, or a number behind a minus. */
static const Constant *literal(Infer *s, const Value *value)
{
    const Op *def = value->def;
    if (def && def->code == OP_CONST)
        return def->attr.constant;
    if (def && def->code == OP_PY_NEG)
        return literal(s,
                       op_arg(def, 0)); /* every kind that holds x holds -x, or is unsigned */
    const Type *type = infer_type(s, value);
    return type->kind == TYPE_CONST ? &type->constant : NULL;
}

static bool is_misfit(Infer *s, const Value *value, const Type *to, const Type *own)
{
    ScalarKind kind;
    const Constant *constant = literal(s, value);
    to = infer_value_type(to);
    if (!constant || !type_scalar_of(to, &kind) || type_widen(s->c->types, own) == to)
        return false;
    bool number = constant->kind == CONSTANT_INT || constant->kind == CONSTANT_FLOAT ||
                  constant->kind == CONSTANT_COMPLEX;
    return number && !constant_fits(constant, kind);
}

/* The next value that flows into result or param `index` of `target` from within `region` and is of the kind. */
static const Value *find_life(Infer *s, const Region *region, const Op *target, uint32_t index,
                              const Type *kind)
{
    for (const Op *op = region->first; op; op = op->next) {
        bool leaves = op->code == OP_YIELD
                          ? region->owner == target
                          : (op->code == OP_BREAK || op->code == OP_CONTINUE) &&
                                op->attr.target == target;
        const Value *value = leaves && index < op->arg_count ? op_arg(op, index) : NULL;
        if (value && value->def && value->def->region_count == 0 &&
            infer_value_type(infer_type(s, value)) == kind)
            return value;
        for (uint32_t i = 0; i < op->region_count; i++) {
            const Value *found = find_life(s, &op->regions[i], target, index, kind);
            if (found)
                return found;
        }
    }
    return NULL;
}

const char infer_misfit_help[] =
    "start from a value of that kind, or use another name for the second value";

const char *infer_misfit_text(Infer *s, const Symbol *name, const char *constant,
                              const Type *kind)
{
    return arena_printf(s->arena, "%s%s%s is %s here, which is no %s, as it is elsewhere",
                        name ? "'" : "", name ? name->text : "a value", name ? "'" : "",
                        constant, infer_describe(s, kind));
}

static void report_misfit(Infer *s, const Value *value, const Op *target, uint32_t index,
                          const Type *to, const Symbol *name)
{
    const Type *kind = infer_value_type(to);
    Text text;
    text_open(&text, s->arena);
    text_puts(&text, value->def->code == OP_PY_NEG ? "-" : "");
    constant_print(literal(s, value), &text);
    Finding *finding = diag_error(s->c->diag, value->def->loc->span, E_MERGE_CONSTANT, "%s",
                                  infer_misfit_text(s, name, text.data, kind));
    if (finding->notes.len)
        return;
    const Value *other = find_life(s, target->parent, target, index, kind);
    if (other)
        diag_note(s->c->diag, finding, other->def->loc->span, "%s here",
                  infer_describe(s, kind));
    diag_note(s->c->diag, finding, (Span){0}, "%s", infer_misfit_help);
}

/* A value flows into a result or param. */
static void look_at(Infer *s, const Value *value, const Value *into, const Op *target,
                    uint32_t index)
{
    const Type *to = infer_type(s, into);
    if (s->now->merges[into->id])
        return; /* said already */
    if (value->def && is_misfit(s, value, to, infer_type(s, value)))
        report_misfit(s, value, target, index, to, into->name);
}

static void look_at_start(Infer *s, const Op *loop)
{
    bool counted = loop->code == OP_FOR;
    for (uint32_t i = counted; i < loop->arg_count; i++)
        look_at(s, op_arg(loop, i), loop->regions[0].params[i], loop, i - counted);
}

/* The end of a region: what it gives its target's results, or its params for the next trip. */
static void look_at_end(Infer *s, const Op *op)
{
    bool again = op->code == OP_CONTINUE;
    const Op *target = op->code == OP_YIELD ? op->parent->owner : op->attr.target;
    for (uint32_t i = 0; target && i < op->arg_count; i++)
        look_at(s, op_arg(op, i),
                again ? target->regions[0].params[i + (target->code == OP_FOR)]
                      : op_result(target, i),
                target, i);
}

static void look_at_region(Infer *s, const Region *region)
{
    for (const Op *op = region->first; op && infer_fact(s, op)->visited; op = op->next) {
        if (op->code == OP_LOOP || op->code == OP_FOR)
            look_at_start(s, op);
        if (op->code == OP_YIELD || op->code == OP_BREAK || op->code == OP_CONTINUE)
            look_at_end(s, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            if (s->now->entered[2 * op->id + i])
                look_at_region(s, &op->regions[i]);
    }
}

void infer_check_constants(Infer *s)
{
    for (uint32_t i = 0; i < s->instances.len; i++) {
        s->now = s->instances.data[i];
        if (s->now->started && !s->now->code->is_library)
            look_at_region(s, &s->now->generic->body);
    }
}
