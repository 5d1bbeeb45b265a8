/* The engine of inference: worklist, lattice updates, interprocedural waiting, reporting.
 *
 * Invariants: an op's rule runs only when control reaches it and none of its operands is Never; the type of
 * a region param or control result only grows; every rule may run any number of times. What a rule knows
 * beyond types (plans, bindings) sits in the OpFact and is overwritten by the next visit.
 * What rules do is in control.c, arithmetic.c, access.c, index.c, call.c and primitive.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "infer/infer.h"
#include "infer/primitive.h"
#include "infer/rules.h"
#include "lower/lower.h"

enum { MAX_DEPTH = 200, MAX_RESTARTS = 64, MAX_INSTANCES = 20000, MAX_STEPS_PER_OP = 400 };

static InferRule *const rules[OP_COUNT] = {
#define RULE(name) [OP_##name] = infer_op_##name,
#include "infer/rules.def"
#undef RULE
};

/* ---- drafts: errors that may yet go away ------------------------------------------------------ */

static const char *format_text(Infer *s, const char *format, va_list args)
{
    char text[1024];
    int length = vsnprintf(text, sizeof text, format, args);
    size_t kept = length < 0                     ? 0
                  : (size_t)length < sizeof text ? (size_t)length
                                                 : sizeof text - 1;
    return arena_strndup(s->arena, text, kept);
}

const Type *infer_error(Infer *s, Span span, DiagCode code, const char *format, ...)
{
    Draft *draft = ARENA_NEW(s->arena, Draft);
    draft->code = code;
    draft->span = span.line ? span : s->op->loc->span;
    va_list args;
    va_start(args, format);
    draft->message = format_text(s, format, args);
    va_end(args);
    infer_fact(s, s->op)->draft = draft;
    return NULL;
}

static void draft_note(Infer *s, Draft *draft, Span span, const char *message)
{
    DiagNote note = {.span = span, .message = message};
    vec_push(s->arena, &draft->notes, note);
}

void infer_note(Infer *s, Span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = format_text(s, format, args);
    va_end(args);
    if (infer_fact(s, s->op)->draft)
        draft_note(s, infer_fact(s, s->op)->draft, span, message);
}

Span infer_span(const Op *op, uint32_t i)
{
    if (op->code == OP_PY_CALL && i > 0 && op->attr.call->spans)
        return op->attr.call->spans[i - 1];
    const Value *value = op_arg(op, i);
    Span span = op->loc->span;
    if (!value->def || !value->def->loc)
        return span;
    Span own = value->def->loc->span;
    bool inside = own.source == span.source && own.line >= span.line &&
                  own.end_line <= span.end_line &&
                  (own.line > span.line || own.column >= span.column) &&
                  (own.end_line < span.end_line || own.end_column <= span.end_column);
    return inside ? own : span;
}

const char *infer_describe(Infer *s, const Type *type)
{
    Text text;
    text_open(&text, s->arena);
    if (type->kind == TYPE_FUNCTION) {
        const Code *code = type->code;
        return arena_printf(s->arena, "function '%s' of line %u", code->name->text,
                            code->loc.span.line);
    }
    if (type->kind == TYPE_ITER && strcmp(type->name->text, "str.format") == 0)
        return "an f-string";
    if (type->kind == TYPE_EXCEPTION)
        return "a caught exception";
    type_describe(type, &text);
    return text.data;
}

/* ---- worklist --------------------------------------------------------------------------------- */

static void schedule(Infer *s, Instance *instance, Op *op, bool walk)
{
    OpFact *fact = &instance->facts[op->id];
    if (!walk && fact->queued)
        return;
    fact->queued = true;
    Work work = {.instance = instance, .op = op, .walk = walk};
    vec_push(s->arena, &s->work, work);
}

/* Callers hear of a result once nothing else is left to do: what they would make of a draft of it
 * could never shrink again. */
static void schedule_late(Infer *s, Instance *instance, Op *op)
{
    OpFact *fact = &instance->facts[op->id];
    if (fact->queued)
        return;
    fact->queued = true;
    Work work = {.instance = instance, .op = op};
    vec_push(s->arena, &s->late, work);
}

static void schedule_users(Infer *s, Instance *instance, const Value *value)
{
    for (Use *use = value->uses; use; use = use->next)
        if (use->user && instance->facts[use->user->id].visited)
            schedule(s, instance, use->user, false);
}

void infer_revisit(Infer *s, Op *op)
{
    schedule(s, s->now, op, false);
}

void infer_pass(Infer *s, Op *op)
{
    OpFact *fact = infer_fact(s, op);
    if (fact->passed)
        return;
    fact->passed = true;
    if (op->next)
        schedule(s, s->now, op->next, true);
}

void infer_enter(Infer *s, Op *op, uint32_t region)
{
    bool *entered = &s->now->entered[2 * op->id + region];
    if (*entered)
        return;
    *entered = true;
    if (op->regions[region].first)
        schedule(s, s->now, op->regions[region].first, true);
}

/* ---- lattice ---------------------------------------------------------------------------------- */

/* A branch was taken because of a constant that a later visit replaced by another one. */
static bool is_reversed(const Type *old, const Type *type)
{
    bool was, is;
    return type_is_const_bool(old, &was) && type_is_const_bool(type, &is) && was != is;
}

void infer_set(Infer *s, Value *value, const Type *type)
{
    const Type *old = s->now->types[value->id];
    if (old == type)
        return;
    if (is_reversed(old, type))
        s->restart = true;
    s->now->types[value->id] = type;
    schedule_users(s, s->now, value);
}

bool infer_done(Infer *s, Op *op, const Type *type)
{
    if (!type)
        return false;
    infer_set(s, op_result(op, 0), type);
    return type->kind != TYPE_NEVER;
}

/* Where the type of a merged value came from: the first operation behind `value` that makes it. */
static Span origin(const Infer *s, const Value *value, const Type *type, uint32_t depth)
{
    if (value->def && value->def->region_count == 0)
        return value->def->loc->span;
    if (depth > 16)
        return (Span){0};
    const Region *region = value->def ? NULL : value->region;
    const Op *owner = value->def ? value->def : region->owner;
    if (!owner)
        return s->now->code->loc.span;
    if (owner->code == OP_LOOP || owner->code == OP_FOR) {
        uint32_t index = value->index + (owner->code == OP_FOR && value->def ? 1 : 0);
        if (index < owner->arg_count &&
            type_widen(s->c->types, s->now->types[op_arg(owner, index)->id]) ==
                type_widen(s->c->types, type))
            return origin(s, op_arg(owner, index), type, depth + 1);
    }
    return owner->loc->span;
}

/* What meets `source` in `value`: a loop's initial value, or what the other branch yields. */
static const Value *other_life(const Value *value, const Value *source)
{
    const Op *owner = value->def ? value->def : value->region->owner;
    if (!owner)
        return NULL;
    uint32_t index = value->index + (owner->code == OP_FOR && value->def ? 1 : 0);
    if ((owner->code == OP_LOOP || owner->code == OP_FOR) && index < owner->arg_count)
        return op_arg(owner, index);
    for (uint32_t i = 0; i < owner->region_count; i++) {
        const Op *last = owner->regions[i].last;
        if (last && last->code == OP_YIELD && value->index < last->arg_count &&
            op_arg(last, value->index) != source)
            return op_arg(last, value->index);
    }
    return NULL;
}

/* A known int does not fit the kind that it meets. */
static void draft_misfit(Infer *s, Value *value, const Type *old, const Type *type,
                         const Op *from, const Value *source)
{
    const Value *other = other_life(value, source);
    bool is_here = type->kind == TYPE_CONST && old->kind != TYPE_CONST;
    Span here = source ? origin(s, source, type, 0) : from->loc->span;
    Span there = other ? origin(s, other, old, 0) : (Span){0};
    const Type *constant = is_here ? type : old, *kind = is_here ? old : type;
    Text text;
    text_open(&text, s->arena);
    constant_print(&constant->constant, &text);
    Draft *draft = ARENA_NEW(s->arena, Draft);
    draft->code = E_MERGE_CONSTANT;
    draft->span = !is_here && there.line ? there : here;
    draft->message = infer_misfit_text(s, value->name, text.data, kind);
    if (draft->span.line && (is_here ? there : here).line)
        draft_note(s, draft, is_here ? there : here,
                   arena_printf(s->arena, "%s here", infer_describe(s, kind)));
    draft_note(s, draft, (Span){0}, infer_misfit_help);
    s->now->merges[value->id] = draft;
}

static void draft_merge(Infer *s, Value *value, const Type *old, const Type *type,
                        const Op *from, const Value *source)
{
    Draft *draft = ARENA_NEW(s->arena, Draft);
    const char *name = value->name ? value->name->text : NULL;
    const char *a = infer_describe(s, type), *b = infer_describe(s, old);
    draft->code = E_MERGE;
    draft->span = source ? origin(s, source, type, 0) : from->loc->span;
    if (!draft->span.line)
        draft->span = from->loc->span;
    draft->message =
        name
            ? arena_printf(s->arena, "'%s' is %s here but %s elsewhere: one variable, one type",
                           name, a, b)
            : arena_printf(s->arena, "this value is %s on one path and %s on another", a, b);
    const Value *other = other_life(value, source);
    Span span = other ? origin(s, other, old, 0) : (Span){0};
    if (span.line)
        draft_note(s, draft, span, arena_printf(s->arena, "%s here", b));
    draft_note(s, draft, (Span){0},
               "use another name for the second value, or convert it to the first one's type");
    s->now->merges[value->id] = draft;
}

void infer_merge(Infer *s, Value *value, const Type *type, Op *from, const Value *source)
{
    const Type *old = s->now->types[value->id], *join;
    MergeStatus status = promote_merge(s->c->types, old, type, &join);
    if (status == MERGE_UNLIKE)
        infer_ask_flags(s);
    if (status != MERGE_OK) {
        bool misfit =
            status == MERGE_CONSTANT && (old->kind == TYPE_CONST || type->kind == TYPE_CONST);
        if (!s->now->merges[value->id] && misfit)
            draft_misfit(s, value, old, type, from, source);
        else if (!s->now->merges[value->id])
            draft_merge(s, value, old, type, from, source);
        return;
    }
    if (join != old) {
        s->now->types[value->id] = join;
        schedule_users(s, s->now, value);
    }
}

/* ---- visiting --------------------------------------------------------------------------------- */

static bool operands_are_known(const Infer *s, const Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        if (infer_arg(s, op, i)->kind == TYPE_NEVER)
            return false;
    return true;
}

/* Runs the rule; true when control goes on after the op. */
static bool visit(Infer *s, Op *op)
{
    OpFact *fact = infer_fact(s, op);
    s->op = op;
    s->steps++;
    fact->visited = true;
    if (!operands_are_known(s, op))
        return false;
    fact->draft = NULL;
    fact->plan = NULL;
    return rules[op->code](s, op);
}

/* Past an operation that failed, or that needs the result of one. */
static bool survey_goes_on(Infer *s, Op *op)
{
    if (operands_are_known(s, op))
        return infer_fact(s, op)->draft;
    if (op->code == OP_YIELD)
        infer_pass(s, op->parent->owner);
    else if (op->code == OP_BREAK || op->code == OP_CONTINUE)
        infer_pass(s, op->attr.target);
    return op->next;
}

static void work_off(Infer *s, Work work)
{
    s->now = work.instance;
    infer_fact(s, work.op)->queued = false;
    if (!work.walk) {
        if (visit(s, work.op))
            infer_pass(s, work.op);
        return;
    }
    for (Op *op = work.op; op && !infer_fact(s, op)->passed; op = op->next) {
        if (!visit(s, op) && !(s->is_surveying && survey_goes_on(s, op)))
            return;
        infer_fact(s, op)->passed = true;
    }
}

/* ---- instances -------------------------------------------------------------------------------- */

static void instance_reset(Infer *s, Instance *instance)
{
    Func *func = instance->generic;
    TypeTable *types = s->c->types;
    instance->types = ARENA_ARRAY(s->arena, const Type *, func->value_count);
    for (uint32_t i = 0; i < func->value_count; i++)
        instance->types[i] = types->never;
    instance->merges = ARENA_ARRAY(s->arena, Draft *, func->value_count);
    instance->facts = ARENA_ARRAY(s->arena, OpFact, func->op_count);
    instance->entered = ARENA_ARRAY(s->arena, bool, 2 * func->op_count);
    instance->result = types->never;
    instance->first_return = NULL;
    instance->waiting.len = 0;
    instance->callees.len = 0;
    instance->can_raise = false;
}

static void instance_start(Infer *s, Instance *instance)
{
    Func *unrolled = map_get(&s->unrolled, instance->hash);
    instance->generic = unrolled ? unrolled : lower_code(s->c, instance->code);
    instance_reset(s, instance);
    instance->started = true;
    for (uint32_t i = 0; i < instance->arg_count; i++)
        instance->types[instance->generic->body.params[i]->id] = instance->args[i];
    if (instance->generic->body.first)
        schedule(s, instance, instance->generic->body.first, true);
}

static uint64_t instance_hash(const Code *code, const Type *const *args, uint32_t count)
{
    uint64_t hash = map_key(code) * UINT64_C(0x9e3779b97f4a7c15);
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ args[i]->id) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static Instance *instance_new(Infer *s, Code *code, const Type *const *args, uint32_t count,
                              uint64_t hash)
{
    Instance *instance = ARENA_NEW(s->arena, Instance);
    instance->code = code;
    instance->hash = hash;
    instance->args = ARENA_ARRAY(s->arena, const Type *, count);
    memcpy(instance->args, args, count * sizeof *args);
    instance->arg_count = count;
    instance->result = s->c->types->never;
    instance->depth = s->now ? s->now->depth + 1 : 0;
    vec_push(s->arena, &s->instances, instance);
    return instance;
}

/* Does a constant argument stay one? Where typing asked, and for flags of library functions. */
static bool keeps_constant(const Code *code, uint32_t i, const Type *type)
{
    if (i >= code->param_count)
        return true; /* a capture */
    if (code->params[i].wants_const)
        return true;
    bool truth;
    const Symbol *text;
    return code->is_library &&
           (type_is_const_bool(type, &truth) || type_is_const_str(type, &text));
}

Instance *infer_instance(Infer *s, Code *code, const Type *const *args, uint32_t count)
{
    const Type **kept = ARENA_ARRAY(s->arena, const Type *, count);
    for (uint32_t i = 0; i < count; i++)
        kept[i] = keeps_constant(code, i, args[i]) ? args[i] : type_widen(s->c->types, args[i]);
    uint64_t hash = instance_hash(code, kept, count);
    for (uint32_t i = 0; i < s->instances.len; i++) {
        Instance *other = s->instances.data[i];
        if (other->hash == hash && other->code == code && other->arg_count == count &&
            memcmp(other->args, kept, count * sizeof *kept) == 0)
            return other;
    }
    if (s->instances.len >= MAX_INSTANCES || (s->now && s->now->depth >= MAX_DEPTH))
        diag_fail(s->c->diag, s->op->loc->span, E_TOO_DEEP,
                  "calls of '%s' with ever new types nest too deeply", code->name->text);
    return instance_new(s, code, kept, count, hash);
}

const Type *infer_await(Infer *s, Instance *callee)
{
    bool known = false;
    for (uint32_t i = 0; i < s->now->callees.len; i++)
        known = known || s->now->callees.data[i] == callee;
    if (!known)
        vec_push(s->arena, &s->now->callees, callee);
    if (!callee->started)
        instance_start(s, callee);
    for (uint32_t i = 0; i < callee->waiting.len; i++)
        if (callee->waiting.data[i].op == s->op && callee->waiting.data[i].instance == s->now)
            return callee->result;
    if (callee->waiting.len == callee->waiting.cap)
        callee->waiting.data = vec_grow(s->arena, callee->waiting.data, callee->waiting.len,
                                        &callee->waiting.cap, sizeof *callee->waiting.data);
    callee->waiting.data[callee->waiting.len].instance = s->now;
    callee->waiting.data[callee->waiting.len++].op = s->op;
    return callee->result;
}

static bool has_slot(const Type *type, const Type *slot)
{
    if (slot ? type == slot : type->kind == TYPE_SLOT)
        return true;
    for (uint32_t i = 0; i < type->count; i++)
        if (has_slot(type->elements[i], slot))
            return true;
    return false;
}

/* The captured cell of this function that a value holds. */
static const Op *own_slot(const Infer *s, const Region *region, const Type *type)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_SLOT_NEW && has_slot(type, infer_type(s, op_result(op, 0))))
            return op;
        for (uint32_t i = 0; i < op->region_count; i++) {
            const Op *found = own_slot(s, &op->regions[i], type);
            if (found)
                return found;
        }
    }
    return NULL;
}

bool infer_may_leave(Infer *s, Op *op, uint32_t operand)
{
    const Type *type = infer_arg(s, op, operand);
    if (!has_slot(type, NULL))
        return true;
    const Op *slot = own_slot(s, &s->now->generic->body, type);
    if (!slot)
        return true;
    const Symbol *name = op_result(slot, 0)->name;
    infer_error(s, infer_span(op, operand), E_EXPRESSION,
                "a function leaves '%s' that shares the variable '%s' with it",
                s->now->code->name->text, name ? name->text : "captured");
    infer_note(s, (Span){0},
               "only functions whose captured variables keep their values can be returned; "
               "keep what changes in an array");
    return false;
}

/* Can Python be given it? */
static bool is_boxed(const Type *type)
{
    bool is_compound =
        type->kind == TYPE_TUPLE || type->kind == TYPE_OPTIONAL || type->kind == TYPE_FUNCTION;
    for (uint32_t i = 0; is_compound && i < type->count; i++)
        if (!is_boxed(type->elements[i]))
            return false;
    return type->kind != TYPE_ITER && type->kind != TYPE_METHOD &&
           type->kind != TYPE_EXCEPTION && type->kind != TYPE_SLOT;
}

void infer_returns(Infer *s, Op *op, const Type *type)
{
    Instance *instance = s->now;
    const Type *join;
    if (!infer_may_leave(s, op, 0))
        return;
    if (instance == s->root && !is_boxed(type)) {
        infer_error(s, infer_span(op, 0), E_EXPRESSION,
                    "Python cannot be given %s by compiled code", infer_describe(s, type));
        infer_note(s, (Span){0}, "return the values it is made of");
        return;
    }
    if (!instance->code->is_library) /* what the library finds out from types stays known */
        type = type_widen(s->c->types, type);
    MergeStatus status = promote_merge(s->c->types, instance->result, type, &join);
    if (status == MERGE_UNLIKE)
        infer_ask_flags(s);
    if (status != MERGE_OK) {
        infer_error(s, infer_span(op, 0), status == MERGE_CONSTANT ? E_MERGE_CONSTANT : E_MERGE,
                    "'%s' returns %s here but %s elsewhere", instance->code->name->text,
                    infer_describe(s, type), infer_describe(s, instance->result));
        if (instance->first_return && instance->first_return != op)
            infer_note(s, infer_span(instance->first_return, 0), "%s here",
                       infer_describe(s, instance->result));
        return;
    }
    if (!instance->first_return)
        instance->first_return = op;
    if (join == instance->result)
        return;
    instance->result = join;
    for (uint32_t i = 0; i < instance->waiting.len; i++)
        schedule_late(s, instance->waiting.data[i].instance, instance->waiting.data[i].op);
}

/* ---- constants that typing asks for ------------------------------------------------------------- */

static const Value *through_bound(const Value *value)
{
    while (value->def && (value->def->code == OP_PY_BOUND || value->def->code == OP_PY_REFINE))
        value = op_arg(value->def, 0);
    return value;
}

const Type *infer_constant(Infer *s, const Value *value)
{
    const Type *type = infer_type(s, value);
    if (type->kind == TYPE_CONST || type->kind == TYPE_NONE || type->kind == TYPE_DTYPE)
        return type;
    const Value *root = through_bound(value);
    Instance *now = s->now;
    if (root->def || root->region != &now->generic->body ||
        root->index >= now->code->param_count)
        return NULL;
    if (type->kind != TYPE_SCALAR && type->kind != TYPE_STR)
        return NULL;
    if (!now->code->params[root->index].wants_const) {
        now->code->params[root->index].wants_const = true;
        s->restart = true;
    }
    if (now == s->root)
        s->root_wants_const |= UINT64_C(1) << (root->index < 64 ? root->index : 63);
    return NULL;
}

/* ---- reporting -------------------------------------------------------------------------------- */

/* What is wrong inside of the library is wrong with the call that led there. */
static Span blamed(const Instance *instance, Span span)
{
    enum { MAX_CALLS = 100 };
    for (int i = 0; i < MAX_CALLS && instance->code->is_library && instance->waiting.len; i++) {
        span = instance->waiting.data[0].op->loc->span;
        instance = instance->waiting.data[0].instance;
    }
    return span;
}

static void report(Infer *s, const Instance *instance, const Draft *draft)
{
    Span span = blamed(instance, draft->span);
    Finding *finding = diag_error(s->c->diag, span, draft->code, "%s", draft->message);
    if (finding->notes.len)
        return;
    if (span.source != draft->span.source)
        diag_note(s->c->diag, finding, draft->span, "found here, in the library");
    for (uint32_t i = 0; i < draft->notes.len; i++)
        diag_note(s->c->diag, finding, draft->notes.data[i].span, "%s",
                  draft->notes.data[i].message);
}

static void report_region(Infer *s, Instance *instance, const Region *region);

static void report_op(Infer *s, Instance *instance, const Op *op)
{
    if (instance->facts[op->id].draft)
        report(s, instance, instance->facts[op->id].draft);
    for (uint32_t i = 0; i < op->result_count; i++)
        if (instance->merges[op->results[i].id])
            report(s, instance, instance->merges[op->results[i].id]);
    for (uint32_t i = 0; i < op->region_count; i++)
        if (instance->entered[2 * op->id + i])
            report_region(s, instance, &op->regions[i]);
}

static void report_region(Infer *s, Instance *instance, const Region *region)
{
    for (uint32_t i = 0; i < region->param_count; i++)
        if (instance->merges[region->params[i]->id])
            report(s, instance, instance->merges[region->params[i]->id]);
    for (const Op *op = region->first; op && instance->facts[op->id].visited; op = op->next)
        report_op(s, instance, op);
}

/* Was the function left waiting for itself? (It may also never return for a good reason: `raise`.) */
static void report_endless(Infer *s, Instance *instance)
{
    if (instance->result->kind != TYPE_NEVER || s->c->diag->errors)
        return;
    for (uint32_t i = 0; i < instance->waiting.len; i++) {
        Instance *caller = instance->waiting.data[i].instance;
        Op *call = instance->waiting.data[i].op;
        bool cycle = caller == instance;
        for (uint32_t j = 0; j < instance->callees.len; j++)
            cycle = cycle || instance->callees.data[j] == caller;
        if (!cycle || caller->facts[call->id].passed)
            continue;
        Finding *finding =
            diag_error(s->c->diag, call->loc->span, E_NO_BASE_CASE,
                       "the result type of '%s' depends on this call alone: no path returns "
                       "without it",
                       instance->code->name->text);
        diag_note(s->c->diag, finding, (Span){0},
                  "return a value on a path that does not call '%s' again",
                  instance->code->name->text);
        return;
    }
}

static bool look_past_region(Infer *s, const Region *region)
{
    bool found = false;
    for (Op *op = region->first; op && infer_fact(s, op)->visited; op = op->next) {
        if (infer_fact(s, op)->draft && !infer_fact(s, op)->passed && op->next) {
            infer_pass(s, op);
            found = true;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            if (s->now->entered[2 * op->id + i])
                found |= look_past_region(s, &op->regions[i]);
    }
    return found;
}

/* An error keeps control from what follows it. So that one compile tells of all errors, inference goes on past
 * those it has found; what needs their results is left out. */
static void look_past_errors(Infer *s)
{
    bool found = true;
    s->is_surveying = true;
    while (found) {
        found = false;
        for (uint32_t i = 0; i < s->instances.len; i++) {
            s->now = s->instances.data[i];
            if (s->now->started)
                found |= look_past_region(s, &s->now->generic->body);
        }
        while (s->work.len)
            work_off(s, vec_pop(&s->work));
    }
}

static void report_all(Infer *s)
{
    look_past_errors(s);
    for (uint32_t i = 0; i < s->instances.len; i++)
        if (s->instances.data[i]->started)
            report_region(s, s->instances.data[i], &s->instances.data[i]->generic->body);
    for (uint32_t i = 0; i < s->instances.len; i++)
        if (s->instances.data[i]->started)
            report_endless(s, s->instances.data[i]);
    infer_check_constants(s);
    if (s->c->diag->errors)
        diag_leave(s->c->diag);
    infer_warn_narrow(s);
}

/* ---- the fixpoint ------------------------------------------------------------------------------- */

static void instances_forget(Infer *s)
{
    s->work.len = s->late.len = 0;
    s->instances.len = 0;
    s->now = NULL;
}

static bool solve(Infer *s, Code *code, const Type *const *args, uint32_t count)
{
    instances_forget(s);
    s->restart = false;
    s->root = instance_new(s, code, args, count, instance_hash(code, args, count));
    instance_start(s, s->root);
    while ((s->work.len || s->late.len) && !s->restart)
        work_off(s, s->work.len ? vec_pop(&s->work) : vec_pop(&s->late));
    return !s->restart;
}

Infer *infer_run(Compile *c, Code *code, const Type *const *args, uint32_t arg_count)
{
    Infer *s = ARENA_NEW(c->arena, Infer);
    s->c = c;
    s->arena = c->arena;
    lower_code(c, code);
    while (!solve(s, code, args, arg_count)) {
        if (s->root_wants_const)
            return s;
        if (++s->restarts > MAX_RESTARTS)
            diag_fail(c->diag, code->loc.span, E_TOO_DEEP, "the types in '%s' do not settle",
                      code->name->text);
    }
    report_all(s);
    return s;
}
