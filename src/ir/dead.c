/* Dead code elimination on the structured IR.
 *
 * Marking is optimistic: nothing is alive but what is reached from the roots, so that cycles through
 * a loop's params die whole. Roots are operations with an effect, RETURN, RERAISE and LOOP. Alive are then
 *   - the args of what is alive, but for args that are only passed on: those of YIELD, BREAK and
 *     CONTINUE, and the initial values of params. They live when the result or param does;
 *   - the operations around what is alive, and the terminators of a living operation's regions and
 *     the BREAKs and CONTINUEs that name it, since they say how control goes.
 * A FOR's results and params live in pairs. Then args go, then operations from last to first, then
 * results and params, which by then have no uses.
 */
#include "ir/dead.h"

#include <assert.h>

#include "ir/analysis.h"

typedef VEC(Op *) Ops;

typedef struct Liveness {
    Func *func;
    Arena *arena;   /* the func's, as scratch */
    bool *is_alive; /* values by id */
    Map alive;      /* operations */
    Map exits;      /* Ops * that name an operation as their target */
    Ops ops;        /* alive, their args not yet looked at */
    Values values;
    uint32_t removed;
} Liveness;

/* ---- what is passed on to what ------------------------------------------------------------- */

static bool has_carried(const Op *op)
{
    return op->code == OP_LOOP || op->code == OP_FOR || op->code == OP_MAP ||
           op->code == OP_MAP_INTO;
}

/* The value that arg i of op becomes, or NULL where op itself needs the arg. */
static Value *passed_to(const Op *op, uint32_t i)
{
    if (op->code == OP_YIELD) {
        const Op *owner = op->parent->owner;
        assert(owner); /* a function's body does not yield */
        return has_carried(owner) ? NULL : op_result(owner, i);
    }
    const Op *target = op->attr.target;
    if (op->code == OP_BREAK)
        return op_result(target, i);
    if (op->code == OP_CONTINUE)
        return target->regions[0].params[i + (target->code == OP_FOR)];
    if (!has_carried(op))
        return NULL;
    uint32_t fixed = op->arg_count - op->regions[0].param_count;
    bool is_needed = i < fixed || (op->code == OP_FOR && i == 0);
    return is_needed ? NULL : op->regions[0].params[i - fixed];
}

/* ---- marking ------------------------------------------------------------------------------- */

static bool is_alive(const Liveness *l, const Op *op)
{
    return map_get(&l->alive, map_key(op));
}

static void mark_op(Liveness *l, Op *op)
{
    if (is_alive(l, op))
        return;
    map_set(l->arena, &l->alive, map_key(op), op);
    vec_push(l->arena, &l->ops, op);
}

static void mark_value(Liveness *l, Value *value)
{
    if (l->is_alive[value->id])
        return;
    l->is_alive[value->id] = true;
    vec_push(l->arena, &l->values, value);
}

static void mark_passed(Liveness *l, const Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Value *to = passed_to(op, i);
        if (!to || l->is_alive[to->id])
            mark_value(l, op_arg(op, i));
    }
}

/* Calls mark on every operation that passes values to op's results or params. */
static void each_source(Liveness *l, Op *op, void mark(Liveness *, Op *))
{
    for (uint32_t i = 0; i < op->region_count; i++)
        mark(l, op->regions[i].last);
    const Ops *exits = map_get(&l->exits, map_key(op));
    for (uint32_t i = 0; exits && i < exits->len; i++)
        mark(l, exits->data[i]);
}

static void reach_op(Liveness *l, Op *op)
{
    if (op->parent->owner)
        mark_op(l, op->parent->owner);
    mark_passed(l, op);
    each_source(l, op, mark_op);
}

static void mark_passed_by(Liveness *l, Op *source)
{
    mark_passed(l, source);
}

static void reach_value(Liveness *l, Value *value)
{
    Op *op = value->def ? value->def : value->region->owner;
    if (!op)
        return;
    mark_op(l, op);
    if (!op->region_count)
        return;
    if (op->code == OP_FOR && value->def)
        mark_value(l, op->regions[0].params[value->index + 1]);
    if (op->code == OP_FOR && !value->def && value->index)
        mark_value(l, op_result(op, value->index - 1));
    mark_passed(l, op);
    each_source(l, op, mark_passed_by);
}

static bool is_root(const Op *op)
{
    return op_flags(op->code) & (OP_WRITES | OP_RAISES) || op->code == OP_RETURN ||
           op->code == OP_RERAISE || op->code == OP_LOOP;
}

static void note_exit(Liveness *l, Op *op)
{
    Ops *exits = map_get(&l->exits, map_key(op->attr.target));
    if (!exits) {
        exits = ARENA_NEW(l->arena, Ops);
        map_set(l->arena, &l->exits, map_key(op->attr.target), exits);
    }
    vec_push(l->arena, exits, op);
}

static void note_region(Liveness *l, const Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (op_attr_kind(op->code) == ATTR_TARGET)
            note_exit(l, op);
        if (is_root(op))
            mark_op(l, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            note_region(l, &op->regions[i]);
    }
}

static void mark(Liveness *l)
{
    note_region(l, &l->func->body);
    mark_op(l, l->func->body.last);
    while (l->ops.len || l->values.len) {
        while (l->ops.len)
            reach_op(l, vec_pop(&l->ops));
        while (l->values.len)
            reach_value(l, vec_pop(&l->values));
    }
}

/* ---- sweeping ------------------------------------------------------------------------------ */

static void sweep_args(Liveness *l, Op *op)
{
    Value **kept = ARENA_ARRAY(l->arena, Value *, op->arg_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Value *to = passed_to(op, i);
        if (!to || l->is_alive[to->id])
            kept[count++] = op_arg(op, i);
    }
    if (count < op->arg_count)
        ir_args_replace(op, kept, count);
}

/* Terminators before what they pass values to, so that passed_to finds params and results. */
static void sweep_region_args(Liveness *l, const Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (!is_alive(l, op))
            continue;
        for (uint32_t i = 0; i < op->region_count; i++)
            sweep_region_args(l, &op->regions[i]);
        sweep_args(l, op);
    }
}

static void sweep_ops(Liveness *l, const Region *region)
{
    for (Op *op = region->last, *before; op; op = before) {
        before = op->prev;
        if (!is_alive(l, op)) {
            ir_op_remove(op);
            l->removed++;
            continue;
        }
        for (uint32_t i = op->region_count; i-- > 0;)
            sweep_ops(l, &op->regions[i]);
    }
}

static void sweep_values(Liveness *l, Op *op)
{
    for (uint32_t i = op->result_count; op_result_count(op->code) < 0 && i-- > 0;)
        if (!l->is_alive[op_result(op, i)->id]) {
            ir_result_remove(op, i);
            l->removed++;
        }
    uint32_t kept = op->code == OP_FOR; /* the counter */
    for (uint32_t i = has_carried(op) ? op->regions[0].param_count : 0; i-- > kept;)
        if (!l->is_alive[op->regions[0].params[i]->id]) {
            ir_param_remove(&op->regions[0], i);
            l->removed++;
        }
}

uint32_t dead_remove(Func *func)
{
    ArenaMark scratch = arena_mark(func->arena);
    Liveness l = {.func = func, .arena = func->arena};
    l.is_alive = ARENA_ARRAY(func->arena, bool, func->value_count + 1);
    mark(&l);
    sweep_region_args(&l, &func->body);
    sweep_ops(&l, &func->body);
    for (Op *op = func->body.first; op; op = analysis_next(op, &func->body))
        if (op->region_count)
            sweep_values(&l, op);
    arena_release(func->arena, scratch);
    return l.removed;
}
