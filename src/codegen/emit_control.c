/* Control: the structured operations as blocks.
 *
 * A region is emitted where its operation stands. Leaving it (yield, break, continue) is a branch to a
 * join of that operation, with the values that it gives.
 */
#include <assert.h>

#include "codegen/failure.h"
#include "codegen/flat.h"
#include "codegen/loop.h"

/* ---- regions that run once ----------------------------------------------------------------- */

/* An arm that checks something is the rare one: an index from the end. */
static Odds odds_of(const Op *op)
{
    const Op *first = op->regions[1].first;
    while (first && first->code != OP_CHECK && first->region_count == 0)
        first = first->next;
    const Op *other = op->regions[0].first;
    return first && first->code == OP_CHECK && other->code == OP_YIELD ? LIKELY : EVEN;
}

void emit_IF(Emit *e, const Op *op)
{
    if (flat_suits(op)) {
        flat_emit(e, op);
        return;
    }
    LLVMValueRef condition = emit_part(e, op_arg(op, 0));
    LLVMBasicBlockRef yes = emit_block(e, "if.%u.then", op->label);
    LLVMBasicBlockRef no = emit_block(e, "if.%u.else", op->label);
    Join end;
    join_open_results(e, &end, emit_block(e, "if.%u.end", op->label), op);
    emit_branch_if(e, condition, yes, no, odds_of(op));
    emit_at(e, yes);
    emit_region(e, &op->regions[0], &end);
    emit_at(e, no);
    emit_region(e, &op->regions[1], &end);
    join_close_results(e, &end, op);
}

void emit_BLOCK(Emit *e, const Op *op)
{
    Join end;
    join_open_results(e, &end, emit_block(e, "block.%u.end", op->label), op);
    e->frame->exits[op->label] = &end;
    emit_region(e, &op->regions[0], &end);
    join_close_results(e, &end, op);
}

static bool has_op(const Region *region, OpCode code)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == code)
            return true;
        for (uint32_t i = 0; i < op->region_count; i++)
            if (has_op(&op->regions[i], code))
                return true;
    }
    return false;
}

/* A handler that runs other `try`s, be it in callees, may lose the exception that it handles before
 * it raises it again: it is kept on the stack. */
static bool must_keep_caught(const Region *handler)
{
    return has_op(handler, OP_RERAISE) && (has_op(handler, OP_TRY) || has_op(handler, OP_CALL));
}

void emit_TRY(Emit *e, const Op *op)
{
    Join end;
    Handler handler;
    join_open_results(e, &end, emit_block(e, "try.%u.end", op->label), op);
    failure_open(e, &handler, arena_printf(e->arena, "except.%u", op->label));
    emit_region(e, &op->regions[0], &end);
    if (failure_close(e, &handler)) {
        LLVMValueRef outer = e->frame->caught;
        e->frame->caught = must_keep_caught(&op->regions[1]) ? failure_save(e) : NULL;
        emit_region(e, &op->regions[1], &end);
        e->frame->caught = outer;
    }
    join_close_results(e, &end, op);
}

void emit_RERAISE(Emit *e, const Op *op)
{
    (void)op;
    if (e->frame->caught)
        failure_restore(e, e->frame->caught);
    failure_leave(e);
}

/* ---- loops --------------------------------------------------------------------------------- */

static LLVMTypeRef *carried_types(Emit *e, const Op *op, uint32_t first, uint32_t width)
{
    LLVMTypeRef *types = ARENA_ARRAY(e->arena, LLVMTypeRef, width + 1), *next = types;
    for (uint32_t i = first; i < op->arg_count; i++) {
        LLVMTypeRef *of_one = emit_types(e, op_arg(op, i)->type);
        for (uint32_t k = 0; k < layout_part_count(op_arg(op, i)->type); k++)
            *next++ = of_one[k];
    }
    return types;
}

static void emit_loop(Emit *e, const Op *op, Loop *loop, uint32_t first)
{
    Join end;
    const Region *region = &op->regions[0];
    LLVMValueRef *initial = emit_gather(e, op, first, &loop->width);
    loop->op = op;
    loop->types = carried_types(e, op, first, loop->width);
    loop->exit = &end;
    join_open_results(e, &end, emit_block(e, "%s.end", loop->name), op);
    loop_open(e, loop, initial);
    if (first) {
        LLVMValueRef *index = ARENA_NEW(e->arena, LLVMValueRef);
        *index = loop->index;
        emit_set_parts(e, region->params[0], index);
    }
    emit_scatter(e, region->params + first, region->param_count - first, loop->carried);
    e->frame->exits[op->label] = &end;
    e->frame->nexts[op->label] = &loop->next;
    emit_region(e, region, NULL);
    loop_close(e, loop);
    join_close_results(e, &end, op);
}

void emit_LOOP(Emit *e, const Op *op)
{
    Loop loop = {.kind = LOOP_ENDLESS, .name = arena_printf(e->arena, "loop.%u", op->label)};
    loop.inner_trips = facts_trips(e->facts, &op->regions[0]);
    if (loop.inner_trips == 0)
        loop.inner_trips = 1;
    emit_loop(e, op, &loop, 0);
}

void emit_FOR(Emit *e, const Op *op)
{
    Loop loop = {.count = emit_part(e, op_arg(op, 0))};
    loop.name = arena_printf(e->arena, "for.%u", op->label);
    loop.kind = loop_kind(e, &op->regions[0], facts_constant_trips(op), &loop.inner_trips);
    emit_loop(e, op, &loop, 1);
}

/* ---- terminators --------------------------------------------------------------------------- */

static void leave(Emit *e, const Op *op, Join *to)
{
    uint32_t width;
    LLVMValueRef *values = emit_gather(e, op, 0, &width);
    join_branch(e, to, values);
}

void emit_YIELD(Emit *e, const Op *op)
{
    leave(e, op, e->frame->yields);
}

void emit_BREAK(Emit *e, const Op *op)
{
    leave(e, op, e->frame->exits[op->attr.target->label]);
}

void emit_CONTINUE(Emit *e, const Op *op)
{
    leave(e, op, e->frame->nexts[op->attr.target->label]);
}

void emit_RETURN(Emit *e, const Op *op)
{
    Frame *frame = e->frame;
    if (frame->returns) {
        leave(e, op, frame->returns);
        return;
    }
    emit_store_slots(e, frame->func->result, frame->results, emit_parts(e, op_arg(op, 0)));
    LLVMBuildRet(e->builder, emit_int(e->i32, 0));
}

void emit_UNREACHABLE(Emit *e, const Op *op)
{
    (void)op;
    LLVMBuildUnreachable(e->builder);
}
