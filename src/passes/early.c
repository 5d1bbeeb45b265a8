/* Early exits. A block whose branches leave it,
 *
 *     %r = block @0 { if %c { break @0 %a } else { yield }; REST; break @0 %b }
 *
 * becomes %r = if %c { yield %a } else { REST; yield %b }: passes and code generation know more to do with
 * values that a branch yields than with exits. Nothing is copied: an `if` stays as it is where both
 * of its branches go on behind it.
 *
 * A region is a `tail` when its end is the block's end: yielding there is leaving the block.
 */
#include "passes/early.h"

enum { NESTED_MAX = 24 }; /* branches in branches, which passes recurse into */

static bool goes_on(const Region *arm)
{
    return arm->last->code == OP_YIELD;
}

/* Does the arm, which does not go on, end in breaks from the block, at least in part? */
static bool breaks_at_end(const Region *arm, const Op *block)
{
    if (arm->last->code == OP_BREAK && arm->last->attr.target == block)
        return true;
    for (const Op *op = arm->first; op; op = op->next)
        for (uint32_t i = 0; op->code == OP_IF && i < 2; i++)
            if (!goes_on(&op->regions[i]) && breaks_at_end(&op->regions[i], block))
                return true;
    return false;
}

static Op *find_branch(const Region *tail, const Op *block)
{
    for (Op *op = tail->first; op; op = op->next)
        for (uint32_t i = 0; op->code == OP_IF && i < 2; i++)
            if (!goes_on(&op->regions[i]) && breaks_at_end(&op->regions[i], block))
                return op;
    return NULL;
}

/* Puts `end`, which ends a tail, at the end of another one. What stands there then. */
static Op *move_end(Region *to, Op *end, const Op *block)
{
    bool leaves = end->code == OP_YIELD || (end->code == OP_BREAK && end->attr.target == block);
    if (!leaves) {
        ir_op_unlink(end);
        ir_op_append(to, end);
        return end;
    }
    Value **args = ARENA_ARRAY(to->func->arena, Value *, end->arg_count);
    for (uint32_t i = 0; i < end->arg_count; i++)
        args[i] = op_arg(end, i);
    Op *yield = ir_op_new(to->func, OP_YIELD, end->loc, args, end->arg_count, 0);
    ir_op_append(to, yield);
    ir_op_remove(end);
    return yield;
}

/* What follows the branch in its region, which is a tail, moves to the end of an arm that goes on. */
static void take_rest(Region *to, Op *branch, Region *arm, const Op *block)
{
    for (uint32_t i = 0; i < branch->result_count; i++)
        ir_value_replace(op_result(branch, i), op_arg(arm->last, i));
    ir_op_remove(arm->last);
    Op *end = move_end(to, branch->parent->last, block);
    ir_region_splice(end, arm);
    while (branch->next) {
        Op *op = branch->next;
        ir_op_unlink(op);
        ir_op_insert_before(end, op);
    }
}

static Op *branch_new(Func *func, const Op *branch, const Op *block)
{
    Value *condition = op_arg(branch, 0);
    Op *made = ir_op_new(func, OP_IF, branch->loc, &condition, 1, block->result_count);
    for (uint32_t i = 0; i < block->result_count; i++) {
        made->results[i].type = block->results[i].type;
        made->results[i].name = block->results[i].name;
    }
    return made;
}

static void nest(Func *func, Op *block, Region *tail, uint32_t depth)
{
    Op *branch = depth < NESTED_MAX ? find_branch(tail, block) : NULL;
    if (!branch)
        return;
    Op *made = branch_new(func, branch, block);
    ir_op_insert_before(branch, made);
    for (uint32_t i = 0; i < 2; i++) {
        Region *arm = &branch->regions[i], *to = &made->regions[i];
        if (goes_on(arm))
            take_rest(to, branch, arm, block);
        else
            ir_region_splice(move_end(to, arm->last, block), arm);
    }
    while (branch->next) /* never reached where no arm goes on */
        ir_op_remove(tail->last);
    ir_op_remove(branch);
    Value **results = ARENA_ARRAY(func->arena, Value *, made->result_count);
    for (uint32_t i = 0; i < made->result_count; i++)
        results[i] = op_result(made, i);
    ir_op_append(tail, ir_op_new(func, OP_YIELD, made->loc, results, made->result_count, 0));
    for (uint32_t i = 0; i < 2; i++)
        nest(func, block, &made->regions[i], depth + 1);
}

bool early_nest(Func *func, Op *block)
{
    bool changes = find_branch(&block->regions[0], block);
    nest(func, block, &block->regions[0], 0);
    return changes;
}
