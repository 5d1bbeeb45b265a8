/* Pruning: drops what lowering carried through control flow and nobody reads.
 *
 * Lowering carries each variable that is bound inside through the operation. Here the values
 * that matter are marked, from the operations with an effect backwards; results, params and
 * arguments of control operations that are not marked go, and with them values that only they
 * used. Slots that nobody loads go, too. Before that, a param or result that is one value
 * wherever it comes from is replaced by that value.
 */
#include "lower/lowering.h"

typedef VEC(Op *) Ops;

typedef struct Prune {
    Func *func;
    Arena *arena;
    Ops *exits; /* that lead to a control operation, by its label: yield, break and continue */
    bool *live; /* by Value.id */
    VEC(Value *) work;
} Prune;

/* ---- where values come from ---- */

static bool is_exit(const Op *op)
{
    return op->code == OP_YIELD || op->code == OP_BREAK || op->code == OP_CONTINUE;
}

static Op *exit_target(const Op *op)
{
    return op->code == OP_YIELD ? op->parent->owner : op->attr.target;
}

static void collect_exits(Prune *p, Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (is_exit(op))
            vec_push(p->arena, &p->exits[exit_target(op)->label], op);
        for (uint32_t i = 0; i < op->region_count; i++)
            collect_exits(p, &op->regions[i]);
    }
}

/* Args and region params in front of the carried ones. */
static uint32_t leading(const Op *control)
{
    return control->code == OP_FOR ? 1 : 0;
}

static bool is_loop(const Op *op)
{
    return op->code == OP_LOOP || op->code == OP_FOR;
}

/* ---- one value wherever it comes from ---- */

/* Merges an incoming value into *only; false when there are two. */
static bool is_only(Value **only, Value *incoming, const Value *self, const Value *also_self)
{
    if (incoming == self || incoming == also_self || incoming == *only)
        return true;
    if (*only)
        return false;
    *only = incoming;
    return true;
}

/* The one value of carried position `i`: of the param, together with the result where `loop` is
 * a FOR, else of the param alone. */
static Value *only_param(Prune *p, Op *loop, uint32_t i)
{
    const Value *param = loop->regions[0].params[leading(loop) + i];
    const Value *result = loop->code == OP_FOR ? op_result(loop, i) : param;
    Value *only = NULL;
    bool is_one = is_only(&only, op_arg(loop, leading(loop) + i), param, result);
    Ops *exits = &p->exits[loop->label];
    for (uint32_t k = 0; is_one && k < exits->len; k++)
        if (loop->code == OP_FOR || exits->data[k]->code == OP_CONTINUE)
            is_one = is_only(&only, op_arg(exits->data[k], i), param, result);
    return is_one ? only : NULL;
}

static Value *only_result(Prune *p, Op *op, uint32_t i)
{
    const Value *result = op_result(op, i);
    Value *only = NULL;
    Ops *exits = &p->exits[op->label];
    for (uint32_t k = 0; k < exits->len; k++)
        if (exits->data[k]->code != OP_CONTINUE &&
            !is_only(&only, op_arg(exits->data[k], i), result, result))
            return NULL;
    return only && ir_value_is_visible(only, op) ? only : NULL;
}

static bool replace(Value *old, Value *with)
{
    if (!with || !old->uses)
        return false;
    ir_value_replace(old, with);
    return true;
}

static bool simplify_op(Prune *p, Op *op)
{
    bool changed = false;
    uint32_t carried = is_loop(op) ? op->arg_count - leading(op) : 0;
    for (uint32_t i = 0; i < carried; i++) {
        Value *only = only_param(p, op, i);
        changed |= replace(op->regions[0].params[leading(op) + i], only);
        if (op->code == OP_FOR)
            changed |= replace(op_result(op, i), only);
    }
    for (uint32_t i = 0; op->code != OP_FOR && i < op->result_count; i++)
        changed |= replace(op_result(op, i), only_result(p, op, i));
    return changed;
}

static bool simplify_region(Prune *p, Region *region)
{
    bool changed = false;
    for (Op *op = region->first; op; op = op->next) {
        for (uint32_t i = 0; i < op->region_count; i++)
            changed |= simplify_region(p, &op->regions[i]);
        if (op->region_count)
            changed |= simplify_op(p, op);
    }
    return changed;
}

/* ---- marking ---- */

/* Does the operation go when nobody reads its results, or the slot that it stores to? A
 * captured slot is read elsewhere. */
static bool is_droppable(const Op *op)
{
    if (op->code == OP_SLOT_STORE)
        return op_arg(op, 0)->def;
    if (op->code == OP_SLOT_NEW)
        return true;
    return !op->region_count && !(op_flags(op->code) & (OP_RAISES | OP_WRITES | OP_TERMINATOR));
}

static void mark(Prune *p, Value *value)
{
    if (p->live[value->id])
        return;
    p->live[value->id] = true;
    vec_push(p->arena, &p->work, value);
}

static void mark_args(Prune *p, Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        mark(p, op_arg(op, i));
}

/* What the operation itself needs, whoever reads its results. */
static void mark_roots(Prune *p, Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (op->code == OP_IF || op->code == OP_FOR)
            mark(p, op_arg(op, 0));
        else if (!op->region_count && !is_exit(op) && !is_droppable(op))
            mark_args(p, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            mark_roots(p, &op->regions[i]);
    }
}

static void mark_exits(Prune *p, Op *op, uint32_t i, bool is_again)
{
    Ops *exits = &p->exits[op->label];
    for (uint32_t k = 0; k < exits->len; k++)
        if ((exits->data[k]->code == OP_CONTINUE) == is_again)
            mark(p, op_arg(exits->data[k], i));
}

static void mark_param(Prune *p, const Value *param)
{
    Op *owner = param->region->owner;
    if (!owner || !is_loop(owner) || param->index < leading(owner))
        return;
    uint32_t i = param->index - leading(owner);
    mark(p, op_arg(owner, param->index));
    mark_exits(p, owner, i, true);
    if (owner->code == OP_FOR)
        mark(p, op_result(owner, i));
}

static void mark_result(Prune *p, Value *value)
{
    Op *op = value->def;
    if (!op->region_count) {
        mark_args(p, op);
        for (Use *use = value->uses; op->code == OP_SLOT_NEW && use; use = use->next)
            if (use->user->code == OP_SLOT_STORE)
                mark(p, op_arg(use->user, 1));
        return;
    }
    mark_exits(p, op, value->index, false);
    if (op->code == OP_FOR)
        mark(p, op->regions[0].params[leading(op) + value->index]);
}

/* ---- sweeping ---- */

static void drop_carried(Prune *p, Op *op)
{
    Ops *exits = &p->exits[op->label];
    for (uint32_t i = op->result_count; i-- > 0;) {
        if (p->live[op_result(op, i)->id])
            continue;
        for (uint32_t k = 0; k < exits->len; k++)
            if (exits->data[k]->code != OP_CONTINUE || op->code == OP_FOR)
                ir_arg_remove(exits->data[k], i);
        if (op->code == OP_FOR)
            ir_arg_remove(op, leading(op) + i);
    }
    if (op->code != OP_LOOP)
        return;
    for (uint32_t i = op->arg_count; i-- > 0;) {
        if (p->live[op->regions[0].params[i]->id])
            continue;
        for (uint32_t k = 0; k < exits->len; k++)
            if (exits->data[k]->code == OP_CONTINUE)
                ir_arg_remove(exits->data[k], i);
        ir_arg_remove(op, i);
    }
}

static void drop_args(Prune *p, Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (op->region_count)
            drop_carried(p, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            drop_args(p, &op->regions[i]);
    }
}

static bool is_dead(const Prune *p, const Op *op)
{
    if (!is_droppable(op))
        return false;
    if (op->code == OP_SLOT_STORE)
        return !p->live[op_arg(op, 0)->id];
    for (uint32_t i = 0; i < op->result_count; i++)
        if (p->live[op->results[i].id])
            return false;
    return true;
}

/* Backwards, so that users go before what they use. */
static void drop_ops(Prune *p, Region *region)
{
    for (Op *op = region->last, *prev; op; op = prev) {
        prev = op->prev;
        for (uint32_t i = 0; i < op->region_count; i++)
            drop_ops(p, &op->regions[i]);
        if (is_dead(p, op))
            ir_op_remove(op);
    }
}

/* Last: nothing reads them any more. */
static void drop_places(Prune *p, Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        for (uint32_t i = 0; i < op->region_count; i++) {
            Region *inner = &op->regions[i];
            drop_places(p, inner);
            for (uint32_t k = inner->param_count; k-- > leading(op);)
                if (!p->live[inner->params[k]->id])
                    ir_param_remove(inner, k);
        }
        for (uint32_t i = op->region_count ? op->result_count : 0; i-- > 0;)
            if (!p->live[op_result(op, i)->id])
                ir_result_remove(op, i);
    }
}

/* ---- numbering ---- */

/* Ids are dense again, in the order of the text. */
static void number_region(Func *func, Region *region)
{
    for (uint32_t i = 0; i < region->param_count; i++)
        region->params[i]->id = func->value_count++;
    for (Op *op = region->first; op; op = op->next) {
        op->id = func->op_count++;
        for (uint32_t i = 0; i < op->result_count; i++)
            op_result(op, i)->id = func->value_count++;
        for (uint32_t i = 0; i < op->region_count; i++)
            number_region(func, &op->regions[i]);
    }
}

void prune_func(Func *func, Arena *scratch)
{
    Prune prune = {
        .func = func,
        .arena = scratch,
        .exits = ARENA_ARRAY(scratch, Ops, func->label_count),
        .live = ARENA_ARRAY(scratch, bool, func->value_count),
    };
    collect_exits(&prune, &func->body);
    while (simplify_region(&prune, &func->body))
        ;
    mark_roots(&prune, &func->body);
    while (prune.work.len) {
        Value *value = vec_pop(&prune.work);
        if (value->def)
            mark_result(&prune, value);
        else
            mark_param(&prune, value);
    }
    drop_args(&prune, &func->body);
    drop_ops(&prune, &func->body);
    drop_places(&prune, &func->body);
    func->value_count = func->op_count = 0;
    number_region(func, &func->body);
}
