/* Lowering's control flow: joins, and the variables that pass through them.
 *
 * The one invariant: `env` holds values that are visible at `region`. It is copied when a
 * region is entered and put back when its operation is closed, the carried variables excepted.
 * Too many variables may be carried; prune.c drops what nobody reads.
 */
#include "lower/flow.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* ---- operations ---- */

const Loc *flow_loc(Lower *l, const Node *node)
{
    if (!node)
        return &l->func->loc;
    if (node == l->located)
        return l->loc;
    Loc *loc = ARENA_NEW(l->func->arena, Loc);
    loc->span = ast_head(node);
    loc->function = l->code->name;
    l->located = node;
    l->loc = loc;
    return loc;
}

Op *flow_append(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count,
                uint32_t result_count)
{
    Op *op = ir_op_new(l->func, code, flow_loc(l, at), args, count, result_count);
    ir_op_append(l->region, op);
    return op;
}

Value *flow_emit(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count,
                 Attr attr)
{
    uint32_t results = (uint32_t)op_result_count(code);
    Op *op = flow_append(l, code, at, args, count, results);
    op->attr = attr;
    return results ? op_result(op, 0) : NULL;
}

Value *flow_emit1(Lower *l, OpCode code, const Node *at, Value *x)
{
    return flow_emit(l, code, at, &x, 1, (Attr){0});
}

Value *flow_emit2(Lower *l, OpCode code, const Node *at, Value *x, Value *y)
{
    return flow_emit(l, code, at, (Value *[]){x, y}, 2, (Attr){0});
}

Value *flow_const(Lower *l, const Node *at, Constant constant)
{
    Constant *kept = ARENA_NEW(l->func->arena, Constant);
    *kept = constant;
    return flow_emit(l, OP_CONST, at, NULL, 0, (Attr){.constant = kept});
}

Value *flow_none(Lower *l, const Node *at)
{
    return flow_const(l, at, (Constant){.kind = CONSTANT_NONE});
}

Value *flow_bool(Lower *l, const Node *at, bool value)
{
    return flow_const(l, at, (Constant){.kind = CONSTANT_BOOL, .truth = value});
}

Value *flow_int(Lower *l, const Node *at, int64_t value)
{
    return flow_const(l, at, (Constant){.kind = CONSTANT_INT, .integer = value});
}

Value *flow_refuse(Lower *l, const Node *at, DiagCode code, const char *help,
                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *message = arena_vprintf(l->c->diag->arena, format, args);
    va_end(args);
    Finding *finding = diag_error(l->c->diag, ast_head(at), code, "%s", message);
    if (help && finding->notes.len == 0)
        diag_note(l->c->diag, finding, (Span){0}, "%s", help);
    return flow_none(l, at);
}

/* ---- variables ---- */

Value *flow_held(Lower *l, uint32_t local, const Node *at)
{
    Held *held = &l->env[local];
    if (!held->value)
        held->value = flow_emit(l, OP_PY_UNBOUND, at, NULL, 0, (Attr){0});
    return held->value;
}

void flow_bind(Lower *l, uint32_t local, Value *value, const Node *at)
{
    Held *held = &l->env[local];
    held->value = value;
    held->state = value ? MAY_BE_BOUND : MAY_BE_UNBOUND;
    if (value && !value->name)
        value->name = l->scope->locals.data[local]->name;
    for (Guard *guard = l->guards; guard; guard = guard->outer)
        if (guard->slots[local])
            flow_emit2(l, OP_SLOT_STORE, at, guard->slots[local], flow_held(l, local, at));
}

/* ---- joins ---- */

static Held *env_copy(Lower *l, const Held *env)
{
    uint32_t count = l->scope->locals.len;
    Held *copy = ARENA_ARRAY(l->c->arena, Held, count);
    if (count)
        memcpy(copy, env, count * sizeof *copy);
    return copy;
}

static void join_choose(Lower *l, Join *join, NodeList inside)
{
    uint32_t count = l->scope->locals.len;
    join->flags = ARENA_ARRAY(l->c->arena, uint8_t, count);
    join->carried = ARENA_ARRAY(l->c->arena, uint32_t, count);
    scope_mark_bound(l->scope, inside.data, inside.len, join->flags);
    for (uint32_t i = 0; i < count; i++)
        if (join->flags[i])
            join->carried[join->carried_count++] = i;
    join->states = ARENA_ARRAY(l->c->arena, uint8_t, join->carried_count);
}

/* `leading` values, then what the carried variables hold. */
static Value **join_values(Lower *l, const Join *join, const Node *at, Value *const *leading,
                           uint32_t leading_count)
{
    Value **values = ARENA_ARRAY(l->c->arena, Value *, leading_count + join->carried_count);
    if (leading_count)
        memcpy(values, leading, leading_count * sizeof *values);
    for (uint32_t i = 0; i < join->carried_count; i++)
        values[leading_count + i] = flow_held(l, join->carried[i], at);
    return values;
}

static bool is_loop(OpCode code)
{
    return code == OP_LOOP || code == OP_FOR;
}

static void join_merge(const Lower *l, Join *join)
{
    for (uint32_t i = 0; i < join->carried_count; i++)
        join->states[i] |= l->env[join->carried[i]].state;
    join->is_reached = true;
}

static const Symbol *carried_name(const Lower *l, const Join *join, uint32_t i)
{
    return l->scope->locals.data[join->carried[i]]->name;
}

Join flow_open(Lower *l, OpCode code, const Node *at, Value *arg, uint32_t own_count,
               NodeList inside)
{
    Join join = {.outer = l->region, .own_count = own_count};
    join_choose(l, &join, inside);
    Value **args = &arg;
    uint32_t arg_count = arg ? 1 : 0;
    if (is_loop(code)) {
        args = join_values(l, &join, at, &arg, arg_count);
        arg_count += join.carried_count;
    }
    join.entry = env_copy(l, l->env);
    join.op = flow_append(l, code, at, args, arg_count, own_count + join.carried_count);
    for (uint32_t i = 0; i < join.carried_count; i++)
        op_result(join.op, own_count + i)->name = carried_name(l, &join, i);
    if (code == OP_FOR) {
        ir_param_add(&join.op->regions[0], NULL, NULL);
        join_merge(l, &join); /* no trip at all */
    }
    for (uint32_t i = 0; is_loop(code) && i < join.carried_count; i++)
        ir_param_add(&join.op->regions[0], NULL, carried_name(l, &join, i));
    return join;
}

static void enter_loop(Lower *l, Join *join)
{
    Region *region = l->region;
    uint32_t first = region->param_count - join->carried_count;
    for (uint32_t i = 0; i < join->carried_count; i++) {
        Held *held = &l->env[join->carried[i]];
        held->value = region->params[first + i];
        if (held->state != MAY_BE_BOUND || join->flags[join->carried[i]] & SCOPE_UNBOUND)
            held->state = MAY_BE_BOUND | MAY_BE_UNBOUND;
    }
}

void flow_enter(Lower *l, Join *join, uint32_t region)
{
    l->region = &join->op->regions[region];
    l->env = env_copy(l, join->entry);
    if (is_loop(join->op->code))
        enter_loop(l, join);
}

void flow_end(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count)
{
    flow_append(l, code, at, args, count, 0);
    l->region = NULL;
}

void flow_leave(Lower *l, Join *join, OpCode exit, const Node *at, Value *const *own)
{
    if (!l->region)
        return;
    Value **args = join_values(l, join, at, own, join->own_count);
    Op *op = flow_append(l, exit, at, args, join->own_count + join->carried_count, 0);
    if (exit == OP_BREAK)
        op->attr.target = join->op;
    join_merge(l, join);
    l->region = NULL;
}

void flow_continue(Lower *l, Join *join, const Node *at)
{
    if (!l->region)
        return;
    Value **args = join_values(l, join, at, NULL, 0);
    flow_append(l, OP_CONTINUE, at, args, join->carried_count, 0)->attr.target = join->op;
    if (join->op->code == OP_FOR)
        join_merge(l, join);
    l->region = NULL;
}

void flow_close(Lower *l, Join *join, const Node *at)
{
    assert(!l->region);
    l->region = join->outer;
    l->env = env_copy(l, join->entry);
    if (!join->is_reached) {
        flow_end(l, OP_UNREACHABLE, at, NULL, 0);
        return;
    }
    for (uint32_t i = 0; i < join->carried_count; i++)
        l->env[join->carried[i]] =
            (Held){op_result(join->op, join->own_count + i), join->states[i]};
}
