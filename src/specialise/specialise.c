/* The walk over generic regions: values, control, functions. What operations mean is in the other files. */
#include <assert.h>
#include <string.h>

#include "ir/dead.h"
#include "specialise/spec.h"
#include "types/layout.h"

static SpecRule *const rules[OP_COUNT] = {
#define RULE(name) [OP_##name] = spec_op_##name,
#include "infer/rules.def"
#undef RULE
};

/* ---- values ----------------------------------------------------------------------------------------- */

static bool has_parts(const Type *type)
{
    return layout_part_count(type) != 0;
}

Value *spec_arg(Spec *s, const Op *op, uint32_t i)
{
    const Value *generic = op_arg(op, i);
    Value *value = s->values[generic->id];
    if (value)
        return value;
    return build_nothing(&s->b, spec_type(s, generic));
}

void spec_result(Spec *s, const Op *op, uint32_t i, Value *value)
{
    const Type *type = s->now->types[op->results[i].id];
    if (spec_is_dead(s) || !has_parts(type))
        return;
    value = spec_coerce(s, value, type);
    if (value->def && !value->name && op->results[i].name)
        value->name = op->results[i].name;
    s->values[op->results[i].id] = value;
}

/* ---- regions ----------------------------------------------------------------------------------------- */

static void emit_region(Spec *s, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        const OpFact *fact = &s->now->facts[op->id];
        if (spec_is_dead(s))
            return;
        if (!fact->visited) {
            build_terminator(&s->b, OP_UNREACHABLE, NULL, NULL, 0);
            return;
        }
        s->op = op;
        s->b.loc = op->loc;
        rules[op->code](s, op);
        if (op_is_terminator(op->code))
            return; /* its rule ended the typed region, or handed results on */
        if (!fact->passed && !spec_is_dead(s)) {
            build_terminator(&s->b, OP_UNREACHABLE, NULL, NULL, 0);
            return;
        }
    }
}

/* Emits `generic` into a region of a typed operation. */
static void emit_into(Spec *s, const Region *generic, Region *typed)
{
    Build outer = s->b;
    s->b.region = typed;
    s->b.before = NULL;
    emit_region(s, generic);
    s->b = outer;
}

/* Results of control that have machine parts: the others need not travel. */
static const Type **carried_types(Spec *s, const Op *op, uint32_t *count)
{
    const Type **types = ARENA_ARRAY(s->arena, const Type *, op->result_count);
    *count = 0;
    for (uint32_t i = 0; i < op->result_count; i++)
        if (has_parts(s->now->types[op->results[i].id]))
            types[(*count)++] = s->now->types[op->results[i].id];
    return types;
}

static void take_results(Spec *s, const Op *op, Op *typed)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < op->result_count; i++)
        if (has_parts(s->now->types[op->results[i].id])) {
            Value *value = op_result(typed, at++);
            value->name = op->results[i].name;
            s->values[op->results[i].id] = value;
        }
}

/* The operands of an exit, coerced to what they become in `to(i)`. */
static Value **exit_values(Spec *s, const Op *op, uint32_t from, const Type *const *to,
                           uint32_t *count)
{
    Value **values = ARENA_ARRAY(s->arena, Value *, op->arg_count);
    *count = 0;
    for (uint32_t i = from; i < op->arg_count; i++)
        if (has_parts(to[i - from]))
            values[(*count)++] = spec_coerce(s, spec_arg(s, op, i), to[i - from]);
    return values;
}

static const Type **result_types(Spec *s, const Op *op)
{
    const Type **types = ARENA_ARRAY(s->arena, const Type *, op->result_count);
    for (uint32_t i = 0; i < op->result_count; i++)
        types[i] = s->now->types[op->results[i].id];
    return types;
}

/* ---- if, block, try ------------------------------------------------------------------------------------ */

/* A branch that the types decide: its region goes straight into the current one. */
static void inline_branch(Spec *s, const Op *op, uint32_t region)
{
    emit_region(s, &op->regions[region]);
}

void spec_op_IF(Spec *s, const Op *op)
{
    bool then = s->now->entered[2 * op->id], otherwise = s->now->entered[2 * op->id + 1];
    if (!then || !otherwise) {
        inline_branch(s, op, then ? 0 : 1);
        return;
    }
    uint32_t count;
    const Type **types = carried_types(s, op, &count);
    Value *condition = spec_arg(s, op, 0);
    Op *typed = build_control(&s->b, OP_IF, &condition, 1, types, count);
    s->targets[op->id] = typed;
    emit_into(s, &op->regions[0], &typed->regions[0]);
    emit_into(s, &op->regions[1], &typed->regions[1]);
    take_results(s, op, typed);
}

void spec_op_BLOCK(Spec *s, const Op *op)
{
    uint32_t count;
    const Type **types = carried_types(s, op, &count);
    Op *typed = build_control(&s->b, OP_BLOCK, NULL, 0, types, count);
    s->targets[op->id] = typed;
    emit_into(s, &op->regions[0], &typed->regions[0]);
    take_results(s, op, typed);
}

void spec_op_TRY(Spec *s, const Op *op)
{
    uint32_t count;
    const Type **types = carried_types(s, op, &count);
    Op *typed = build_control(&s->b, OP_TRY, NULL, 0, types, count);
    s->targets[op->id] = typed;
    emit_into(s, &op->regions[0], &typed->regions[0]);
    emit_into(s, &op->regions[1], &typed->regions[1]);
    take_results(s, op, typed);
}

void spec_op_YIELD(Spec *s, const Op *op)
{
    const Op *owner = op->parent->owner;
    uint32_t count;
    if (!s->targets[owner->id]) { /* an inlined branch: results are its values */
        for (uint32_t i = 0; i < op->arg_count; i++)
            spec_result(s, owner, i, spec_arg(s, op, i));
        return;
    }
    Value **values = exit_values(s, op, 0, result_types(s, owner), &count);
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_YIELD, NULL, values, count);
}

/* ---- loops ------------------------------------------------------------------------------------------------ */

static const Type **param_types(Spec *s, const Region *region, uint32_t from)
{
    const Type **types = ARENA_ARRAY(s->arena, const Type *, region->param_count);
    for (uint32_t i = from; i < region->param_count; i++)
        types[i - from] = s->now->types[region->params[i]->id];
    return types;
}

static void take_params(Spec *s, const Region *generic, uint32_t from, Region *typed)
{
    for (uint32_t i = from; i < generic->param_count; i++) {
        const Value *param = generic->params[i];
        if (has_parts(spec_type(s, param)))
            s->values[param->id] = ir_param_add(typed, spec_type(s, param), param->name);
    }
}

void spec_op_LOOP(Spec *s, const Op *op)
{
    uint32_t inits, count;
    const Region *body = &op->regions[0];
    Value **values = exit_values(s, op, 0, param_types(s, body, 0), &inits);
    if (spec_is_dead(s))
        return;
    const Type **types = carried_types(s, op, &count);
    Op *typed = build_control(&s->b, OP_LOOP, values, inits, types, count);
    s->targets[op->id] = typed;
    take_params(s, body, 0, &typed->regions[0]);
    emit_into(s, body, &typed->regions[0]);
    take_results(s, op, typed);
}

void spec_op_FOR(Spec *s, const Op *op)
{
    uint32_t inits;
    const Region *body = &op->regions[0];
    bool enters = s->now->entered[2 * op->id];
    if (!enters) { /* no trips: results are the initial values */
        for (uint32_t i = 0; i < op->result_count; i++)
            spec_result(s, op, i, spec_arg(s, op, i + 1));
        return;
    }
    const Type **params = param_types(s, body, 1);
    Value *trips = spec_int(s, spec_arg(s, op, 0));
    Value **values = exit_values(s, op, 1, params, &inits);
    if (spec_is_dead(s))
        return;
    Value **args = ARENA_ARRAY(s->arena, Value *, inits + 1);
    args[0] = trips;
    memcpy(args + 1, values, inits * sizeof *values);
    const Type **types = ARENA_ARRAY(s->arena, const Type *, inits);
    for (uint32_t i = 0; i < inits; i++)
        types[i] = values[i]->type;
    /* Typed FOR carries results as its params do; each is then coerced to the inferred result. */
    Op *typed = build_control(&s->b, OP_FOR, args, inits + 1, types, inits);
    s->targets[op->id] = typed;
    Value *counter =
        ir_param_add(&typed->regions[0], spec_scalar(s, SCALAR_INT), body->params[0]->name);
    s->values[body->params[0]->id] = counter;
    take_params(s, body, 1, &typed->regions[0]);
    emit_into(s, body, &typed->regions[0]);
    uint32_t at = 0;
    for (uint32_t i = 0; i < op->result_count; i++)
        if (has_parts(params[i])) {
            Value *value = op_result(typed, at++);
            value->name = op->results[i].name;
            const Type *wanted = s->now->types[op->results[i].id];
            if (wanted->kind != TYPE_NEVER)
                spec_result(s, op, i, value);
        }
}

void spec_op_BREAK(Spec *s, const Op *op)
{
    const Op *target = op->attr.target;
    uint32_t count;
    const Type **types = target->code == OP_FOR ? param_types(s, &target->regions[0], 1)
                                                : result_types(s, target);
    Value **values = exit_values(s, op, 0, types, &count);
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_BREAK, s->targets[target->id], values, count);
}

void spec_op_CONTINUE(Spec *s, const Op *op)
{
    const Op *target = op->attr.target;
    uint32_t count;
    const Type **types = param_types(s, &target->regions[0], target->code == OP_FOR ? 1 : 0);
    Value **values = exit_values(s, op, 0, types, &count);
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_CONTINUE, s->targets[target->id], values, count);
}

void spec_op_RETURN(Spec *s, const Op *op)
{
    Value *value = spec_arg(s, op, 0);
    value = s->now->casts_result ? spec_number(s, value, s->func->result->scalar)
                                 : spec_coerce(s, value, s->func->result);
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_RETURN, NULL, &value, 1);
}

void spec_op_RERAISE(Spec *s, const Op *op)
{
    (void)op;
    build_terminator(&s->b, OP_RERAISE, NULL, NULL, 0);
}

void spec_op_UNREACHABLE(Spec *s, const Op *op)
{
    (void)op;
    build_terminator(&s->b, OP_UNREACHABLE, NULL, NULL, 0);
}

/* ---- functions --------------------------------------------------------------------------------------------- */

static const Symbol *unique_name(Spec *s, const Code *code)
{
    uint32_t n = s->funcs->len;
    char *text = n ? arena_printf(s->arena, "%s.%u", code->name->text, n)
                   : arena_printf(s->arena, "%s", code->name->text);
    return intern_cstr(s->c->names, text);
}

Func *spec_func(Spec *s, Instance *instance)
{
    if (instance->typed)
        return instance->typed;
    Func *func = ir_func_new(s->arena, unique_name(s, instance->code), true);
    func->code = instance->code;
    func->loc = instance->code->loc;
    func->result = instance->result->kind == TYPE_NEVER ? s->c->types->none : instance->result;
    for (uint32_t i = 0; i < instance->arg_count; i++)
        ir_param_add(&func->body, instance->args[i], instance->generic->body.params[i]->name);
    instance->typed = func;
    vec_push(s->arena, s->funcs, func);
    return func;
}

static void emit_func(Spec *s, Instance *instance)
{
    Func *generic = instance->generic, *func = instance->typed;
    s->now = instance;
    s->values = ARENA_ARRAY(s->arena, Value *, generic->value_count);
    s->targets = ARENA_ARRAY(s->arena, Op *, generic->op_count);
    s->b =
        (Build){.func = func, .types = s->c->types, .region = &func->body, .loc = &func->loc};
    s->func = func;
    for (uint32_t i = 0; i < instance->arg_count; i++)
        s->values[generic->body.params[i]->id] = func->body.params[i];
    emit_region(s, &generic->body);
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_UNREACHABLE, NULL, NULL, 0);
}

static Instance *instance_of(const Infer *infer, const Func *func)
{
    for (uint32_t i = 0; i < infer->instances.len; i++)
        if (infer->instances.data[i]->typed == func)
            return infer->instances.data[i];
    assert(false && "a typed function without its instance");
    return NULL;
}

void specialise_run(Compile *c, Infer *infer, FuncList *funcs)
{
    Spec s = {.c = c, .arena = c->arena, .funcs = funcs};
    spec_func(&s, infer->root);
    for (uint32_t i = 0; i < funcs->len; i++) /* grows as calls are emitted */
        emit_func(&s, instance_of(infer, funcs->data[i]));
    for (uint32_t i = 0; i < funcs->len; i++)
        dead_remove(funcs->data[i]);
}
