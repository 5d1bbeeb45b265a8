/* Is a Func what ir.h says? Structure and visibility here, types in verify_type.c.
 *
 * One walk in program order. A table of the values visible at the walk's place makes visibility one
 * look-up per arg: a region's values enter when they are defined and leave with their region. The
 * first violation ends the walk. Checks never follow what they have not checked.
 */
#include "ir/verify.h"

#include "ir/code.h"
#include "ir/notation.h"

static bool verify_region(Verifier *v, const Region *region, const Op *owner);

/* ---- messages ------------------------------------------------------------------------------ */

/* " (in for @1, line 6)", as far as there is something to say. */
static void print_place(Text *out, const Op *op)
{
    const Op *owner = op->parent ? op->parent->owner : NULL;
    uint32_t line = op->loc ? op->loc->span.line : 0;
    if (!owner && !line)
        return;
    text_puts(out, " (");
    if (owner)
        text_printf(out, "in %s", op_text(owner->code));
    if (owner && notation_has_label(owner->code))
        text_printf(out, " @%u", owner->label);
    if (line)
        text_printf(out, "%sline %u", owner ? ", " : "", line);
    text_putc(out, ')');
}

bool verify_fail(const Verifier *v, const Op *op, const char *format, ...)
{
    text_printf(v->error, "%s: ", v->func->name ? v->func->name->text : "?");
    if (op) {
        ir_print_op(op, v->error);
        print_place(v->error, op);
        text_puts(v->error, ": ");
    }
    va_list args;
    va_start(args, format);
    text_vprintf(v->error, format, args);
    va_end(args);
    return false;
}

/* ---- where an operation stands ------------------------------------------------------------- */

static bool is_map(const Op *op)
{
    return op->code == OP_MAP || op->code == OP_MAP_INTO;
}

/* Does control get from op out of `target`, with no data-parallel region between? */
static bool can_leave(const Op *op, const Op *target)
{
    for (const Op *owner = op->parent->owner; owner; owner = owner->parent->owner) {
        if (owner == target)
            return true;
        if (is_map(owner))
            return false;
    }
    return !target;
}

static bool is_in_handler(const Op *op)
{
    const Region *region = op->parent;
    for (; region->owner; region = region->owner->parent)
        if (region->owner->code == OP_TRY && region == &region->owner->regions[1])
            return true;
    return false;
}

/* ---- structure by operation ---------------------------------------------------------------- */

typedef bool Check(const Verifier *v, const Op *op);

static bool check_no_params(const Verifier *v, const Op *op)
{
    for (uint32_t i = 0; i < op->region_count; i++)
        if (op->regions[i].param_count)
            return verify_fail(v, op, "its region %u has params", i);
    return true;
}

static bool check_loop(const Verifier *v, const Op *op)
{
    if (op->arg_count != op->regions[0].param_count)
        return verify_fail(v, op, "%u args start %u params", op->arg_count,
                           op->regions[0].param_count);
    return true;
}

static bool check_for(const Verifier *v, const Op *op)
{
    if (op->arg_count == 0)
        return verify_fail(v, op, "the trip count is missing");
    if (op->result_count + 1u != op->arg_count)
        return verify_fail(v, op, "it carries %u values but has %u results", op->arg_count - 1,
                           op->result_count);
    return check_loop(v, op);
}

static bool check_map(const Verifier *v, const Op *op)
{
    int64_t fixed = op->attr.integer + (op->code == OP_MAP_INTO);
    if (op->attr.integer < 0 || op->attr.integer > TYPE_NDIM_MAX || fixed > op->arg_count)
        return verify_fail(v, op, "the number of dims does not fit the args");
    if (op->arg_count - fixed != op->regions[0].param_count)
        return verify_fail(v, op, "it has %u inputs and %u params",
                           op->arg_count - (uint32_t)fixed, op->regions[0].param_count);
    return true;
}

static bool check_yield(const Verifier *v, const Op *op)
{
    const Op *owner = op->parent->owner;
    if (!owner || owner->code == OP_LOOP || owner->code == OP_FOR)
        return verify_fail(v, op, "nothing to yield to: %s ends otherwise",
                           owner ? op_text(owner->code) : "a function");
    uint32_t wanted = is_map(owner) ? 1 : owner->result_count;
    if (op->arg_count != wanted)
        return verify_fail(v, op, "%s wants %u values", op_text(owner->code), wanted);
    return true;
}

static bool check_break(const Verifier *v, const Op *op)
{
    const Op *target = op->attr.target;
    if (!can_leave(op, target))
        return verify_fail(v, op, "the target does not enclose it");
    if (target->code != OP_BLOCK && target->code != OP_LOOP && target->code != OP_FOR)
        return verify_fail(v, op, "%s is not left by break", op_text(target->code));
    if (op->arg_count != target->result_count)
        return verify_fail(v, op, "the target has %u results", target->result_count);
    return true;
}

static bool check_continue(const Verifier *v, const Op *op)
{
    const Op *target = op->attr.target;
    if (!can_leave(op, target))
        return verify_fail(v, op, "the target does not enclose it");
    if (target->code != OP_LOOP && target->code != OP_FOR)
        return verify_fail(v, op, "%s does not repeat", op_text(target->code));
    uint32_t carried = target->regions[0].param_count - (target->code == OP_FOR);
    if (op->arg_count != carried)
        return verify_fail(v, op, "the target carries %u values", carried);
    return true;
}

static bool check_return(const Verifier *v, const Op *op)
{
    return can_leave(op, NULL) || verify_fail(v, op, "a map's region cannot return");
}

static bool check_handler(const Verifier *v, const Op *op)
{
    return is_in_handler(op) || verify_fail(v, op, "it is not in a handler");
}

static bool check_call(const Verifier *v, const Op *op)
{
    const CallSpec *call = op->attr.call;
    if (op->arg_count != 1 + call->positional + call->keyword_count)
        return verify_fail(v, op,
                           "%u args for a function, %u positional and %u keyword arguments",
                           op->arg_count, call->positional, call->keyword_count);
    if (call->positional < 64 && call->stars >> call->positional)
        return verify_fail(v, op, "a star without positional argument");
    return true;
}

static bool check_unpack(const Verifier *v, const Op *op)
{
    int64_t star = op->attr.integer;
    return (star >= -1 && star < op->result_count) ||
           verify_fail(v, op, "no target has the star's position");
}

static Check *const checks[OP_COUNT] = {
    [OP_IF] = check_no_params,
    [OP_BLOCK] = check_no_params,
    [OP_TRY] = check_no_params,
    [OP_LOOP] = check_loop,
    [OP_FOR] = check_for,
    [OP_MAP] = check_map,
    [OP_MAP_INTO] = check_map,
    [OP_YIELD] = check_yield,
    [OP_BREAK] = check_break,
    [OP_CONTINUE] = check_continue,
    [OP_RETURN] = check_return,
    [OP_RERAISE] = check_handler,
    [OP_PY_EXC_MATCH] = check_handler,
    [OP_PY_EXC_VALUE] = check_handler,
    [OP_ERROR_MATCH] = check_handler,
    [OP_PY_CALL] = check_call,
    [OP_PY_UNPACK] = check_unpack,
};

/* ---- values -------------------------------------------------------------------------------- */

static bool define(Verifier *v, const Op *op, const Value *value)
{
    if (value->id >= v->func->value_count || v->is_defined[value->id])
        return verify_fail(v, op, "value id %u is %s", value->id,
                           value->id < v->func->value_count ? "taken" : "too large");
    if (v->func->typed != (value->type != NULL))
        return verify_fail(v, op, "value %u %s", value->id,
                           value->type ? "of a generic function has a type" : "has no type");
    for (const Use *use = value->uses; use; use = use->next)
        if (use->value != value)
            return verify_fail(v, op, "the uses of value %u hold another's", value->id);
    v->is_defined[value->id] = true;
    v->visible[value->id] = value;
    return true;
}

static bool define_params(Verifier *v, const Region *region, const Op *owner)
{
    for (uint32_t i = 0; i < region->param_count; i++) {
        const Value *param = region->params[i];
        if (param->def || param->index != i || param->region != region)
            return verify_fail(v, owner, "param %u does not know its place", i);
        if (!define(v, owner, param))
            return false;
    }
    return true;
}

static bool define_results(Verifier *v, const Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++) {
        const Value *result = &op->results[i];
        if (result->def != op || result->index != i || result->region != op->parent)
            return verify_fail(v, op, "result %u does not know its place", i);
        if (!define(v, op, result))
            return false;
    }
    return true;
}

static bool fail_hidden(const Verifier *v, const Value *value)
{
    for (const Use *use = value->uses; use; use = use->next) {
        if (!use->user->parent)
            return verify_fail(v, use->user, "value %u is used here, outside of every region",
                               value->id);
        if (!ir_ancestor_in(use->user, value->region))
            return verify_fail(v, use->user, "value %u is not visible here", value->id);
    }
    return verify_fail(v, value->def, "value %u has uses that are no args", value->id);
}

/* The value leaves the walk's sight: all its users must have been met. */
static bool hide(Verifier *v, const Value *value)
{
    v->visible[value->id] = NULL;
    uint32_t count = 0;
    for (const Use *use = value->uses; use; use = use->next)
        count++;
    return count == v->use_counts[value->id] || fail_hidden(v, value);
}

static bool hide_values(Verifier *v, const Region *region)
{
    for (uint32_t i = 0; i < region->param_count; i++)
        if (!hide(v, region->params[i]))
            return false;
    for (const Op *op = region->first; op; op = op->next)
        for (uint32_t i = 0; i < op->result_count; i++)
            if (!hide(v, &op->results[i]))
                return false;
    return true;
}

static bool verify_args(const Verifier *v, const Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Use *use = &op->args[i];
        if (!use->value || use->user != op || *use->link != use)
            return verify_fail(v, op, "arg %u is not linked to its value", i);
        uint32_t id = use->value->id;
        if (id >= v->func->value_count || v->visible[id] != use->value)
            return verify_fail(v, op, "value %u is not visible here", id);
        v->use_counts[id]++;
    }
    return true;
}

/* ---- operations ---------------------------------------------------------------------------- */

static bool verify_count(const Verifier *v, const Op *op, const char *what, uint32_t count,
                         int wanted)
{
    return wanted < 0 || count == (uint32_t)wanted ||
           verify_fail(v, op, "%u %s and not %d", count, what, wanted);
}

static bool verify_counts(const Verifier *v, const Op *op)
{
    return verify_count(v, op, "args", op->arg_count, op_arg_count(op->code)) &&
           verify_count(v, op, "results", op->result_count, op_result_count(op->code)) &&
           verify_count(v, op, "regions", op->region_count, op_region_count(op->code));
}

static bool has_attr(const Op *op)
{
    switch (op_attr_kind(op->code)) {
    case ATTR_NONE:
    case ATTR_INT:
        return true;
    case ATTR_CONST:
        return op->attr.constant;
    case ATTR_NAME:
        return op->attr.name;
    case ATTR_TARGET:
        return op->attr.target;
    case ATTR_SITE:
        return op->attr.site && (op->attr.site->exception || op->attr.site->class_info);
    case ATTR_CALL:
        return op->attr.call;
    case ATTR_CODE:
        return op->attr.code;
    case ATTR_FUNC:
        return op->attr.func;
    }
    return false;
}

/* Slots hold the variables of try bodies and the cells of closures from lowering on. */
static bool is_of_stage(const Op *op, bool is_typed)
{
    if (op->code <= OP_UNREACHABLE || op->code == OP_SLOT_NEW || op->code == OP_SLOT_LOAD ||
        op->code == OP_SLOT_STORE)
        return true;
    return op_is_generic(op->code) != is_typed;
}

static bool verify_op(Verifier *v, const Op *op)
{
    if (!is_of_stage(op, v->func->typed))
        return verify_fail(v, op, "not an operation of the %s stage",
                           v->func->typed ? "typed" : "generic");
    if (op_is_terminator(op->code) != !op->next)
        return verify_fail(v, op,
                           op->next ? "operations follow a terminator"
                                    : "the region ends without a terminator");
    if (!verify_counts(v, op) || !verify_args(v, op))
        return false;
    if (!has_attr(op))
        return verify_fail(v, op, "its attribute is missing");
    if (checks[op->code] && !checks[op->code](v, op))
        return false;
    if (v->func->typed && !verify_op_types(v, op))
        return false;
    for (uint32_t i = 0; i < op->region_count; i++)
        if (!verify_region(v, &op->regions[i], op))
            return false;
    return define_results(v, op);
}

static bool verify_region(Verifier *v, const Region *region, const Op *owner)
{
    if (region->owner != owner || region->func != v->func)
        return verify_fail(v, owner, "a region belongs elsewhere");
    if (!region->first)
        return verify_fail(v, owner, "a region is empty");
    if (!define_params(v, region, owner))
        return false;
    const Op *before = NULL;
    for (const Op *op = region->first; op; before = op, op = op->next) {
        if (op->parent != region || op->prev != before)
            return verify_fail(v, op, "it is not linked into its region");
        if (!verify_op(v, op))
            return false;
    }
    if (region->last != before)
        return verify_fail(v, before, "it is not linked as the region's last");
    return hide_values(v, region);
}

bool ir_verify(const Func *func, Text *error)
{
    ArenaMark mark = arena_mark(func->arena);
    Verifier v = {.func = func, .error = error};
    v.visible = ARENA_ARRAY(func->arena, const Value *, func->value_count + 1);
    v.is_defined = ARENA_ARRAY(func->arena, bool, func->value_count + 1);
    v.use_counts = ARENA_ARRAY(func->arena, uint32_t, func->value_count + 1);
    bool is_sound = verify_region(&v, &func->body, NULL);
    /* The message may lie behind the mark. */
    if (is_sound)
        arena_release(func->arena, mark);
    return is_sound;
}
