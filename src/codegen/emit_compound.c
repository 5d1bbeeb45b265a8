/* Compounds: tuples and their like, Optional and Maybe, slots, hidden arguments. All but slots are a
 * regrouping of parts. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "codegen/emit.h"
#include "runtime/abi.h"

void emit_PACK(Emit *e, const Op *op)
{
    uint32_t width;
    LLVMValueRef *parts = emit_gather(e, op, 0, &width);
    assert(width == layout_part_count(op_result(op, 0)->type));
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_EXTRACT(Emit *e, const Op *op)
{
    uint32_t start = layout_element_start(op_arg(op, 0)->type, (uint32_t)op->attr.integer);
    emit_set_parts(e, op_result(op, 0), emit_parts(e, op_arg(op, 0)) + start);
}

void emit_SOME(Emit *e, const Op *op)
{
    uint32_t width = layout_part_count(op_arg(op, 0)->type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, width + 1);
    parts[0] = LLVMConstInt(e->i1, 1, false);
    if (width)
        memcpy(parts + 1, emit_parts(e, op_arg(op, 0)), width * sizeof *parts);
    emit_set_parts(e, op_result(op, 0), parts);
}

/* All zero: the owners inside are NULL, and so need no release. */
void emit_NOTHING(Emit *e, const Op *op)
{
    const Type *type = op_result(op, 0)->type;
    uint32_t width = layout_part_count(type);
    LLVMTypeRef *types = emit_types(e, type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, width + 1);
    for (uint32_t i = 0; i < width; i++)
        parts[i] = LLVMConstNull(types[i]);
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_IS_SOME(Emit *e, const Op *op)
{
    emit_set(e, op, emit_parts(e, op_arg(op, 0))[0]);
}

void emit_UNWRAP(Emit *e, const Op *op)
{
    emit_set_parts(e, op_result(op, 0), emit_parts(e, op_arg(op, 0)) + 1);
}

/* ---- slots --------------------------------------------------------------------------------- */

void emit_SLOT_NEW(Emit *e, const Op *op)
{
    const Type *type = op_arg(op, 0)->type;
    LLVMValueRef slot = emit_alloca(e, e->i64, layout_slot_count(type) + 1u, "slot");
    emit_store_slots(e, type, slot, emit_parts(e, op_arg(op, 0)));
    emit_set(e, op, slot);
}

void emit_SLOT_LOAD(Emit *e, const Op *op)
{
    LLVMValueRef slot = emit_part(e, op_arg(op, 0));
    emit_set_parts(e, op_result(op, 0), emit_load_slots(e, op_result(op, 0)->type, slot));
}

void emit_SLOT_STORE(Emit *e, const Op *op)
{
    LLVMValueRef slot = emit_part(e, op_arg(op, 0));
    emit_store_slots(e, op_arg(op, 1)->type, slot, emit_parts(e, op_arg(op, 1)));
}

/* ---- hidden arguments ---------------------------------------------------------------------- */

static int64_t hidden_offset(const Emit *e, int64_t index)
{
    int64_t slots = 0;
    assert((uint32_t)index < e->input->hidden_count);
    for (int64_t i = 0; i < index; i++)
        slots += layout_slot_count(e->input->hidden[i]);
    return 8 * slots;
}

/* Neither the pointer in ctx nor what it points to changes while the function runs. */
void emit_HIDDEN(Emit *e, const Op *op)
{
    const Type *type = op_result(op, 0)->type;
    LLVMMetadataRef nothing = emit_node(e, NULL, 0);
    LLVMValueRef place = emit_offset(e, e->frame->ctx, offsetof(RtCtx, hidden));
    LLVMValueRef hidden = emit_load(e, e->ptr, place, 8, "hidden");
    emit_note(e, hidden, "invariant.load", nothing);
    LLVMValueRef *parts =
        emit_load_slots(e, type, emit_offset(e, hidden, hidden_offset(e, op->attr.integer)));
    for (uint32_t i = 0; i < layout_part_count(type); i++)
        if (LLVMIsALoadInst(parts[i]))
            emit_note(e, parts[i], "invariant.load", nothing);
    emit_set_parts(e, op_result(op, 0), parts);
}
