/* Early exits. A block whose branches leave it,
 *
 *     %r = block @0 { if %c { break @0 %a } else { yield }; REST; break @0 %b }
 *
 * becomes %r = if %c { yield %a } else { REST; yield %b }, and a loop whose branches begin the next trip gets one
 * continue, at its end: passes and code generation know more to do with values that a branch yields than
 * with exits. Nothing is copied: an `if` stays as it is where both of its branches go on behind it.
 *
 * A region is a `tail` when its end is the end of the block, or of the loop's trip: the exit may as well be a
 * yield there.
 */
#include "passes/early.h"

enum { NESTED_MAX = 24 }; /* branches in branches, which passes recurse into */

typedef struct Early {
    Func *func;
    Op *op;
    OpCode exit;
    uint32_t count; /* of the values that exits pass */
} Early;

static const Value *passed_as(const Early *e, uint32_t i)
{
    if (e->op->code == OP_BLOCK)
        return op_result(e->op, i);
    return e->op->regions[0].params[i + (e->op->code == OP_FOR)];
}

static bool is_exit(const Early *e, const Op *end)
{
    return end->code == e->exit && end->attr.target == e->op;
}

static bool goes_on(const Region *arm)
{
    return arm->last->code == OP_YIELD;
}

/* Does the arm, which does not go on, end in exits, at least in part? */
static bool exits_at_end(const Early *e, const Region *arm);

static bool has_early_arm(const Early *e, const Op *op)
{
    for (uint32_t i = 0; op->code == OP_IF && i < 2; i++)
        if (!goes_on(&op->regions[i]) && exits_at_end(e, &op->regions[i]))
            return true;
    return false;
}

static Op *find_branch(const Early *e, const Region *tail)
{
    for (Op *op = tail->first; op; op = op->next)
        if (has_early_arm(e, op))
            return op;
    return NULL;
}

static bool exits_at_end(const Early *e, const Region *arm)
{
    return is_exit(e, arm->last) || find_branch(e, arm);
}

static Op *end_with(Region *region, OpCode code, const Loc *loc, Value *const *args,
                    uint32_t count)
{
    Op *end = ir_op_new(region->func, code, loc, args, count, 0);
    ir_op_append(region, end);
    return end;
}

/* Puts `end`, which ends a tail, at the end of another one. What stands there then. */
static Op *move_end(const Early *e, Region *to, Op *end)
{
    if (end->code != OP_YIELD && !is_exit(e, end)) {
        ir_op_unlink(end);
        ir_op_append(to, end);
        return end;
    }
    Value **args = ARENA_ARRAY(e->func->arena, Value *, end->arg_count);
    for (uint32_t i = 0; i < end->arg_count; i++)
        args[i] = op_arg(end, i);
    Op *yield = end_with(to, OP_YIELD, end->loc, args, end->arg_count);
    ir_op_remove(end);
    return yield;
}

/* What follows the branch in its region, which is a tail, moves to the end of an arm that goes on. */
static void take_rest(const Early *e, Region *to, Op *branch, Region *arm)
{
    for (uint32_t i = 0; i < branch->result_count; i++)
        ir_value_replace(op_result(branch, i), op_arg(arm->last, i));
    ir_op_remove(arm->last);
    Op *end = move_end(e, to, branch->parent->last);
    ir_region_splice(end, arm);
    while (branch->next) {
        Op *op = branch->next;
        ir_op_unlink(op);
        ir_op_insert_before(end, op);
    }
}

static Op *branch_new(const Early *e, Op *branch)
{
    Value *condition = op_arg(branch, 0);
    Op *made = ir_op_new(e->func, OP_IF, branch->loc, &condition, 1, e->count);
    for (uint32_t i = 0; i < e->count; i++) {
        made->results[i].type = passed_as(e, i)->type;
        made->results[i].name = passed_as(e, i)->name;
    }
    ir_op_insert_before(branch, made);
    return made;
}

/* True when a branch was found. */
static bool nest(const Early *e, Region *tail, uint32_t depth)
{
    Op *branch = depth < NESTED_MAX ? find_branch(e, tail) : NULL;
    if (!branch)
        return false;
    Op *made = branch_new(e, branch);
    for (uint32_t i = 0; i < 2; i++) {
        Region *arm = &branch->regions[i], *to = &made->regions[i];
        if (goes_on(arm))
            take_rest(e, to, branch, arm);
        else
            ir_region_splice(move_end(e, to, arm->last), arm);
    }
    while (branch->next) /* never reached where no arm goes on */
        ir_op_remove(tail->last);
    ir_op_remove(branch);
    Value **results = ARENA_ARRAY(e->func->arena, Value *, e->count);
    for (uint32_t i = 0; i < e->count; i++)
        results[i] = op_result(made, i);
    bool is_outermost = tail->owner == e->op;
    Op *end = end_with(tail, is_outermost ? e->exit : OP_YIELD, made->loc, results, e->count);
    if (is_outermost)
        end->attr.target = e->op;
    for (uint32_t i = 0; i < 2; i++)
        nest(e, &made->regions[i], depth + 1);
    return true;
}

bool early_nest(Func *func, Op *op)
{
    bool is_block = op->code == OP_BLOCK;
    const Region *body = &op->regions[0];
    Early e = {func, op, is_block ? OP_BREAK : OP_CONTINUE,
               is_block ? op->result_count : body->param_count - (op->code == OP_FOR)};
    return nest(&e, &op->regions[0], 0);
}
