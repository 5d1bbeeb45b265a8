/* Loops: rotated counted loops, strips, fuel. See loop.h. */
#include "codegen/loop.h"

#include <assert.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/runtime_call.h"
#include "ir/analysis.h"

enum {
    FUEL = 1 << 16, /* trips between two polls */
    LEAST_STRIP = 1 << 8,
    SHORT = 1 << 12, /* a loop with no more trips, inner ones counted, needs no poll */
};

/* A loop's id is a node that names itself first, which makes it distinct from all others. */
static LLVMMetadataRef make_id(Emit *e, LLVMMetadataRef *operands, size_t count)
{
    operands[0] = emit_string(e, "id");
    LLVMMetadataRef node = emit_node(e, operands, count);
    LLVMReplaceMDNodeOperandWith(LLVMMetadataAsValue(e->context, node), 0, node);
    return node;
}

/* Without carried values, trips overlap in the processor as they are: several vectors or copies of the
 * body a trip would be more code (a fifth of the compile) and no faster. */
LLVMMetadataRef loop_parallel_id(Emit *e)
{
    LLVMMetadataRef interleave[] = {emit_string(e, "llvm.loop.interleave.count"),
                                    LLVMValueAsMetadata(emit_int(e->i32, 1))};
    LLVMMetadataRef unroll[] = {emit_string(e, "llvm.loop.unroll.disable")};
    LLVMMetadataRef operands[] = {NULL, emit_node(e, interleave, 2), emit_node(e, unroll, 1)};
    return make_id(e, operands, 3);
}

static LLVMMetadataRef plain_id(Emit *e)
{
    LLVMValueRef no = LLVMConstInt(e->i1, 0, false);
    LLVMMetadataRef vectorise[] = {emit_string(e, "llvm.loop.vectorize.enable"),
                                   LLVMValueAsMetadata(no)};
    LLVMMetadataRef unroll[] = {emit_string(e, "llvm.loop.unroll.disable")};
    LLVMMetadataRef operands[] = {NULL, emit_node(e, vectorise, 2), emit_node(e, unroll, 1)};
    return make_id(e, operands, 3);
}

/* What a loop carries from trip to trip is a chain that copies of the body make no shorter. */
static LLVMMetadataRef chain_id(Emit *e)
{
    LLVMMetadataRef unroll[] = {emit_string(e, "llvm.loop.unroll.disable")};
    LLVMMetadataRef operands[] = {NULL, emit_node(e, unroll, 1)};
    return make_id(e, operands, 2);
}

LoopKind loop_kind(const Emit *e, const Region *region, int64_t trips, int64_t *inner_trips)
{
    *inner_trips = facts_trips(e->facts, region);
    if (*inner_trips == 0) {
        *inner_trips = 1;
        return LOOP_FUELLED;
    }
    return trips >= 0 && trips <= SHORT / *inner_trips ? LOOP_COUNTED : LOOP_STRIPPED;
}

/* ---- fuel ---------------------------------------------------------------------------------- */

static LLVMValueRef fuel(Emit *e)
{
    Frame *frame = e->frame;
    if (frame->fuel)
        return frame->fuel;
    frame->fuel = emit_alloca(e, e->i64, 1, "fuel");
    LLVMBasicBlockRef here = emit_here(e);
    LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(frame->entry));
    emit_store(e, emit_i64(e, FUEL), frame->fuel, 8);
    emit_at(e, here);
    return frame->fuel;
}

/* What is left after taking `amount`. */
static LLVMValueRef burn(Emit *e, LLVMValueRef amount)
{
    LLVMValueRef left = emit_load(e, e->i64, fuel(e), 8, "fuel");
    left = LLVMBuildNSWSub(e->builder, left, amount, "fuel");
    emit_store(e, left, fuel(e), 8);
    return left;
}

static void poll(Emit *e, const Op *op)
{
    LLVMValueRef status = runtime_call(e, "rt_poll", &e->frame->ctx);
    failure_propagate_runtime(e, op, LLVMBuildIsNull(e->builder, status, ""));
}

/* On the back-edge of a loop that is not cut into strips. */
static void burn_and_poll(Emit *e, const Loop *loop)
{
    LLVMBasicBlockRef empty = emit_block(e, "%s.poll", loop->name);
    LLVMBasicBlockRef go_on = emit_block(e, "%s.next", loop->name);
    LLVMValueRef left = burn(e, emit_i64(e, loop->inner_trips));
    LLVMValueRef is_empty =
        LLVMBuildICmp(e->builder, LLVMIntSLT, left, emit_i64(e, 0), "is_empty");
    emit_branch_if(e, is_empty, empty, go_on, UNLIKELY);
    emit_at(e, empty);
    poll(e, loop->op);
    emit_store(e, emit_i64(e, FUEL), fuel(e), 8);
    emit_branch(e, go_on);
    emit_at(e, go_on);
}

/* ---- opening ------------------------------------------------------------------------------- */

/* Phis of a counter (when `first` is given) and of the carried parts, entered from `from`. */
static LLVMValueRef *open_phis(Emit *e, const Loop *loop, LLVMValueRef first,
                               LLVMValueRef *initial, LLVMBasicBlockRef from)
{
    LLVMValueRef *phis = ARENA_ARRAY(e->arena, LLVMValueRef, loop->width + 1);
    if (first) {
        phis[0] = join_phi(e, e->i64, "");
        join_phi_add(phis[0], first, from);
    }
    for (uint32_t i = 0; i < loop->width; i++) {
        phis[i + 1] = join_phi(e, loop->types[i], "");
        join_phi_add(phis[i + 1], initial[i], from);
    }
    return phis;
}

static void continue_phis(Emit *e, LLVMValueRef *phis, LLVMValueRef counter,
                          LLVMValueRef *values, uint32_t width)
{
    if (counter)
        join_phi_add(phis[0], counter, emit_here(e));
    for (uint32_t i = 0; i < width; i++)
        join_phi_add(phis[i + 1], values[i], emit_here(e));
}

/* Past the loop when there is no trip. */
static void guard(Emit *e, Loop *loop, LLVMValueRef *initial, LLVMBasicBlockRef first)
{
    if (LLVMIsAConstantInt(loop->count) && LLVMConstIntGetSExtValue(loop->count) > 0) {
        emit_branch(e, first);
        return;
    }
    LLVMValueRef any =
        LLVMBuildICmp(e->builder, LLVMIntSGT, loop->count, emit_i64(e, 0), "any");
    join_add(e, loop->exit, initial);
    emit_branch_if(e, any, first, loop->exit->block, EVEN);
}

static int64_t strip_size(const Loop *loop)
{
    int64_t size = FUEL;
    while (size > LEAST_STRIP && size * loop->inner_trips > FUEL)
        size /= 2;
    return size;
}

/* The strip's header: how far this one goes. */
static LLVMValueRef *open_strip(Emit *e, Loop *loop, LLVMValueRef *initial)
{
    LLVMBasicBlockRef here = emit_here(e);
    loop->strip = emit_block(e, "%s.strip", loop->name);
    guard(e, loop, initial, loop->strip);
    emit_at(e, loop->strip);
    loop->strip_phis = open_phis(e, loop, emit_i64(e, 0), initial, here);
    loop->start = loop->strip_phis[0];
    LLVMValueRef sizes[] = {LLVMBuildNSWSub(e->builder, loop->count, loop->start, "left"),
                            emit_i64(e, strip_size(loop))};
    LLVMValueRef size = emit_intrinsic(e, "llvm.umin", e->i64, sizes, 2);
    loop->end = LLVMBuildNSWAdd(e->builder, loop->start, size, "end");
    LLVMSetNUW(loop->end, true);
    if (e->frame->fuel_depth > 0)
        burn(e, size);
    return loop->strip_phis + 1;
}

void loop_open(Emit *e, Loop *loop, LLVMValueRef *initial)
{
    LLVMValueRef first = NULL;
    loop->body = emit_block(e, "%s.body", loop->name);
    join_open(&loop->next, emit_block(e, "%s.next", loop->name), loop->types, loop->width);
    LLVMBasicBlockRef here = emit_here(e);
    switch (loop->kind) {
    case LOOP_ENDLESS:
        emit_branch(e, loop->body);
        break;
    case LOOP_COUNTED:
        if (e->frame->fuel_depth > 0)
            burn(e, loop->count);
        first = emit_i64(e, 0);
        loop->end = loop->count;
        guard(e, loop, initial, loop->body);
        break;
    case LOOP_FUELLED:
        first = emit_i64(e, 0);
        loop->end = loop->count;
        guard(e, loop, initial, loop->body);
        break;
    case LOOP_STRIPPED:
        initial = open_strip(e, loop, initial);
        here = emit_here(e);
        first = loop->start;
        emit_branch(e, loop->body);
        break;
    }
    e->frame->fuel_depth += loop->kind == LOOP_ENDLESS || loop->kind == LOOP_FUELLED;
    emit_at(e, loop->body);
    loop->phis = open_phis(e, loop, first, initial, here);
    loop->index = loop->phis[0];
    loop->carried = loop->phis + 1;
}

/* ---- closing ------------------------------------------------------------------------------- */

/* The end of a strip: out, or poll and on. */
static void close_strip(Emit *e, Loop *loop, LLVMValueRef *carried)
{
    LLVMBasicBlockRef next_strip = emit_block(e, "%s.poll", loop->name);
    LLVMValueRef done = LLVMBuildICmp(e->builder, LLVMIntEQ, loop->end, loop->count, "done");
    join_add(e, loop->exit, carried);
    emit_branch_if(e, done, loop->exit->block, next_strip, LIKELY);
    emit_at(e, next_strip);
    poll(e, loop->op);
    continue_phis(e, loop->strip_phis, loop->end, carried, loop->width);
    emit_branch(e, loop->strip);
}

/* A loop inside another that carries values gets none: LLVM decides, since chains of one run of it and of the next
 * overlap in the processor, and the fewer instructions the more. */
static void note_id(Emit *e, const Loop *loop, LLVMValueRef branch)
{
    LLVMMetadataRef id = loop->is_plain             ? plain_id(e)
                         : loop->parallel           ? loop->parallel
                         : loop->width == 0         ? loop_parallel_id(e)
                         : !analysis_loop(loop->op) ? chain_id(e)
                                                    : NULL;
    if (id)
        emit_note(e, branch, "llvm.loop", id);
}

static void close_counted(Emit *e, Loop *loop, LLVMValueRef *carried)
{
    LLVMValueRef next = LLVMBuildNSWAdd(e->builder, loop->index, emit_i64(e, 1), "i.next");
    LLVMSetNUW(next, true);
    bool is_strip = loop->kind == LOOP_STRIPPED;
    /* A strip is not empty, which LLVM cannot see: ne spares it a maximum. */
    LLVMValueRef more =
        LLVMBuildICmp(e->builder, is_strip ? LLVMIntNE : LLVMIntSLT, next, loop->end, "more");
    continue_phis(e, loop->phis, next, carried, loop->width);
    LLVMBasicBlockRef end =
        is_strip ? emit_block(e, "%s.strip.end", loop->name) : loop->exit->block;
    LLVMValueRef branch = LLVMBuildCondBr(e->builder, more, loop->body, end);
    note_id(e, loop, branch);
    if (!is_strip) {
        join_add(e, loop->exit, carried);
        return;
    }
    emit_at(e, end);
    close_strip(e, loop, carried);
}

void loop_close(Emit *e, Loop *loop)
{
    bool is_fuelled = loop->kind == LOOP_ENDLESS || loop->kind == LOOP_FUELLED;
    e->frame->fuel_depth -= is_fuelled;
    LLVMValueRef *carried = join_close(e, &loop->next);
    if (is_fuelled)
        burn_and_poll(e, loop);
    if (loop->kind != LOOP_ENDLESS) {
        close_counted(e, loop, carried);
        return;
    }
    continue_phis(e, loop->phis, NULL, carried, loop->width);
    emit_branch(e, loop->body);
}
