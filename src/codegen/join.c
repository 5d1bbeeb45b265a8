/* Joins: phis made when all the values that meet are known. */
#include "codegen/join.h"

LLVMValueRef join_phi(Emit *e, LLVMTypeRef type, const char *name)
{
    return LLVMBuildPhi(e->builder, type, name);
}

void join_phi_add(LLVMValueRef phi, LLVMValueRef value, LLVMBasicBlockRef from)
{
    LLVMAddIncoming(phi, &value, &from, 1);
}

void join_open(Join *join, LLVMBasicBlockRef block, LLVMTypeRef *types, uint32_t width)
{
    *join = (Join){.block = block, .types = types, .width = width};
}

void join_open_results(Emit *e, Join *join, LLVMBasicBlockRef block, const Op *op)
{
    uint32_t width = 0;
    for (uint32_t i = 0; i < op->result_count; i++)
        width += layout_part_count(op_result(op, i)->type);
    LLVMTypeRef *types = ARENA_ARRAY(e->arena, LLVMTypeRef, width + 1), *next = types;
    for (uint32_t i = 0; i < op->result_count; i++) {
        const Type *type = op_result(op, i)->type;
        LLVMTypeRef *of_one = emit_types(e, type);
        for (uint32_t k = 0; k < layout_part_count(type); k++)
            *next++ = of_one[k];
    }
    join_open(join, block, types, width);
}

void join_add(Emit *e, Join *join, LLVMValueRef *values)
{
    vec_push(e->arena, &join->incoming, ((Incoming){emit_here(e), values}));
}

void join_branch(Emit *e, Join *join, LLVMValueRef *values)
{
    join_add(e, join, values);
    emit_branch(e, join->block);
}

/* The value that all bring, or NULL. It dominates them all and so the join. */
static LLVMValueRef common(const Join *join, uint32_t index)
{
    LLVMValueRef first = join->incoming.data[0].values[index];
    for (uint32_t i = 1; i < join->incoming.len; i++)
        if (join->incoming.data[i].values[index] != first)
            return NULL;
    return first;
}

static LLVMValueRef merge(Emit *e, const Join *join, uint32_t index)
{
    if (join->incoming.len == 0)
        return LLVMGetPoison(join->types[index]);
    LLVMValueRef same = common(join, index);
    if (same)
        return same;
    LLVMValueRef phi = join_phi(e, join->types[index], "");
    for (uint32_t i = 0; i < join->incoming.len; i++)
        join_phi_add(phi, join->incoming.data[i].values[index], join->incoming.data[i].from);
    return phi;
}

LLVMValueRef *join_close(Emit *e, Join *join)
{
    emit_at(e, join->block);
    LLVMValueRef *values = ARENA_ARRAY(e->arena, LLVMValueRef, join->width + 1);
    for (uint32_t i = 0; i < join->width; i++)
        values[i] = merge(e, join, i);
    return values;
}

void join_close_results(Emit *e, Join *join, const Op *op)
{
    LLVMValueRef *values = join_close(e, join);
    for (uint32_t i = 0; i < op->result_count; i++) {
        emit_set_parts(e, op_result(op, i), values);
        values += layout_part_count(op_result(op, i)->type);
    }
}
