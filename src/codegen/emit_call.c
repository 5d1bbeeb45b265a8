/* Calls, checks, exceptions, ownership. */
#include <string.h>

#include "codegen/failure.h"
#include "codegen/runtime_call.h"

/* ---- calls --------------------------------------------------------------------------------- */

/* Where a callee leaves its result. It is read at once: calls with results of one size share it, so
 * that frames of recursive functions stay small. */
static LLVMValueRef result_place(Emit *e, uint32_t slots)
{
    Frame *frame = e->frame;
    LLVMValueRef place = map_get(&frame->result_places, slots);
    if (!place) {
        place = emit_alloca(e, e->i64, slots + 1u, "result");
        map_set(e->arena, &frame->result_places, slots, place);
    }
    return place;
}

/* int32_t callee(ctx, result slots, parts…) */
void emit_CALL(Emit *e, const Op *op)
{
    FuncFacts *callee = facts_of(e->facts, op->attr.func);
    uint32_t width;
    LLVMValueRef *parts = emit_gather(e, op, 0, &width);
    LLVMValueRef *args = ARENA_ARRAY(e->arena, LLVMValueRef, width + 2);
    const Type *result = op->attr.func->result;
    LLVMValueRef place = result_place(e, layout_slot_count(result));
    args[0] = e->frame->ctx;
    args[1] = place;
    memcpy(args + 2, parts, width * sizeof *args);
    LLVMTypeRef type = LLVMGlobalGetValueType(callee->function);
    LLVMValueRef status =
        LLVMBuildCall2(e->builder, type, callee->function, args, width + 2, "");
    if (callee->raises)
        failure_propagate(e, op, LLVMBuildIsNull(e->builder, status, ""));
    if (op->result_count)
        emit_set_parts(e, op_result(op, 0), emit_load_slots(e, result, place));
}

/* ---- exceptions ---------------------------------------------------------------------------- */

void emit_CHECK(Emit *e, const Op *op)
{
    failure_check(e, op, emit_part(e, op_arg(op, 0)), op->attr.site, 1);
}

void emit_RAISE(Emit *e, const Op *op)
{
    failure_raise(e, op, op->attr.site, 0);
}

void emit_ERROR_MATCH(Emit *e, const Op *op)
{
    LLVMValueRef args[] = {e->frame->ctx, emit_int(e->i32, failure_class(op->attr.site)),
                           emit_int(e->i32, failure_site(e, op, op->attr.site, op->arg_count))};
    emit_set(e, op, runtime_call(e, "rt_error_is", args));
}

/* ---- ownership ----------------------------------------------------------------------------- */

/* Calls `act` for each owner among the parts of a value. */
typedef void OwnerAct(Emit *e, const Value *value, uint32_t part);

static void for_each_owner(Emit *e, const Op *op, OwnerAct *act)
{
    const Value *value = op_arg(op, 0);
    Parts kinds = {0};
    layout_parts(e->arena, value->type, &kinds);
    for (uint32_t i = 0; i < kinds.len; i++)
        if (kinds.data[i] == PART_OWNER)
            act(e, value, i);
}

/* The frame slot of an owner; made the first time. */
static LLVMValueRef slot_of(Emit *e, const Value *value, uint32_t part)
{
    LLVMValueRef **slots = &e->frame->owned[value->id];
    if (!*slots)
        *slots = ARENA_ARRAY(e->arena, LLVMValueRef, layout_part_count(value->type));
    if (!(*slots)[part])
        (*slots)[part] = failure_slot(e, "owned");
    return (*slots)[part];
}

static void retain(Emit *e, const Value *value, uint32_t part)
{
    runtime_call(e, "rt_retain", &emit_parts(e, value)[part]);
}

static void own(Emit *e, const Value *value, uint32_t part)
{
    emit_store(e, emit_parts(e, value)[part], slot_of(e, value, part), 8);
}

static void disown(Emit *e, const Value *value, uint32_t part)
{
    emit_store(e, LLVMConstNull(e->ptr), slot_of(e, value, part), 8);
}

static void release(Emit *e, const Value *value, uint32_t part)
{
    LLVMValueRef owner = emit_load(e, e->ptr, slot_of(e, value, part), 8, "owner");
    disown(e, value, part);
    runtime_call(e, "rt_release", &owner);
}

void emit_RETAIN(Emit *e, const Op *op)
{
    for_each_owner(e, op, retain);
}

void emit_OWN(Emit *e, const Op *op)
{
    for_each_owner(e, op, own);
}

void emit_RELEASE(Emit *e, const Op *op)
{
    for_each_owner(e, op, release);
}

void emit_DISOWN(Emit *e, const Op *op)
{
    for_each_owner(e, op, disown);
}
