/* The vocabulary over LLVM-C: types, constants, values by parts, instructions with their metadata. */
#include "codegen/emit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- types and constants ------------------------------------------------------------------- */

LLVMTypeRef emit_part_type(const Emit *e, PartKind kind)
{
    switch (kind) {
    case PART_BOOL:
        return e->i1;
    case PART_I8:
        return e->i8;
    case PART_I16:
        return e->i16;
    case PART_I32:
        return e->i32;
    case PART_I64:
        return e->i64;
    case PART_I128:
        return e->i128;
    case PART_F16:
        return e->f16;
    case PART_F32:
        return e->f32;
    case PART_F64:
        return e->f64;
    case PART_OWNER:
    case PART_RAW:
        return e->ptr;
    }
    return e->ptr;
}

LLVMTypeRef emit_memory_type(const Emit *e, PartKind kind)
{
    return kind == PART_BOOL ? e->i8 : emit_part_type(e, kind);
}

LLVMTypeRef emit_scalar_type(const Emit *e, ScalarKind kind)
{
    return emit_part_type(e, layout_scalar_part(kind));
}

LLVMTypeRef *emit_types(Emit *e, const Type *type)
{
    Parts parts = {0};
    layout_parts(e->arena, type, &parts);
    LLVMTypeRef *types = ARENA_ARRAY(e->arena, LLVMTypeRef, parts.len + 1);
    for (uint32_t i = 0; i < parts.len; i++)
        types[i] = emit_part_type(e, parts.data[i]);
    return types;
}

LLVMValueRef emit_i64(const Emit *e, int64_t value)
{
    return LLVMConstInt(e->i64, (uint64_t)value, false);
}

LLVMValueRef emit_int(LLVMTypeRef type, int64_t value)
{
    unsigned bits = LLVMGetIntTypeWidth(type);
    if (bits < 64)
        return LLVMConstInt(type, (uint64_t)value & ((UINT64_C(1) << bits) - 1), false);
    return LLVMConstInt(type, (uint64_t)value, bits > 64);
}

LLVMValueRef emit_real(LLVMTypeRef type, double value)
{
    return LLVMConstReal(type, value);
}

/* ---- values -------------------------------------------------------------------------------- */

LLVMValueRef *emit_parts(Emit *e, const Value *value)
{
    return e->frame->parts[value->id];
}

LLVMValueRef emit_part(Emit *e, const Value *value)
{
    return emit_parts(e, value)[0];
}

static void give_name(const Value *value, LLVMValueRef part)
{
    size_t length;
    if (!value->name || !LLVMIsAInstruction(part))
        return;
    LLVMGetValueName2(part, &length);
    if (length == 0)
        LLVMSetValueName2(part, value->name->text, value->name->length);
}

void emit_set_parts(Emit *e, const Value *value, LLVMValueRef *parts)
{
    e->frame->parts[value->id] = parts;
    if (value->name && layout_part_count(value->type) == 1)
        give_name(value, parts[0]);
}

void emit_set(Emit *e, const Op *op, LLVMValueRef part)
{
    LLVMValueRef *parts = ARENA_NEW(e->arena, LLVMValueRef);
    *parts = part;
    emit_set_parts(e, op_result(op, 0), parts);
}

LLVMValueRef *emit_gather(Emit *e, const Op *op, uint32_t first, uint32_t *width)
{
    uint32_t count = 0;
    for (uint32_t i = first; i < op->arg_count; i++)
        count += layout_part_count(op_arg(op, i)->type);
    LLVMValueRef *all = ARENA_ARRAY(e->arena, LLVMValueRef, count + 1), *next = all;
    for (uint32_t i = first; i < op->arg_count; i++) {
        uint32_t parts = layout_part_count(op_arg(op, i)->type);
        if (parts)
            memcpy(next, emit_parts(e, op_arg(op, i)), parts * sizeof *next);
        next += parts;
    }
    *width = count;
    return all;
}

void emit_scatter(Emit *e, Value *const *values, uint32_t count, LLVMValueRef *parts)
{
    for (uint32_t i = 0; i < count; i++) {
        emit_set_parts(e, values[i], parts);
        parts += layout_part_count(values[i]->type);
    }
}

/* ---- blocks -------------------------------------------------------------------------------- */

LLVMBasicBlockRef emit_block(Emit *e, const char *name, ...)
{
    char text[128];
    va_list args;
    va_start(args, name);
    vsnprintf(text, sizeof text, name, args);
    va_end(args);
    return LLVMAppendBasicBlockInContext(e->context, e->frame->function, text);
}

void emit_at(Emit *e, LLVMBasicBlockRef block)
{
    LLVMBasicBlockRef last = LLVMGetLastBasicBlock(e->frame->function);
    if (block != last && !LLVMGetFirstInstruction(block))
        LLVMMoveBasicBlockAfter(block, last);
    LLVMPositionBuilderAtEnd(e->builder, block);
}

LLVMBasicBlockRef emit_here(const Emit *e)
{
    return LLVMGetInsertBlock(e->builder);
}

void emit_branch(Emit *e, LLVMBasicBlockRef to)
{
    LLVMBuildBr(e->builder, to);
}

/* As llvm.expect weighs them. */
static LLVMMetadataRef weights(Emit *e, Odds odds)
{
    enum { RARE = 1, OFTEN = 2000 };
    LLVMValueRef yes = LLVMConstInt(e->i32, odds == LIKELY ? OFTEN : RARE, false);
    LLVMValueRef no = LLVMConstInt(e->i32, odds == LIKELY ? RARE : OFTEN, false);
    LLVMMetadataRef node[] = {emit_string(e, "branch_weights"), LLVMValueAsMetadata(yes),
                              LLVMValueAsMetadata(no)};
    return emit_node(e, node, 3);
}

void emit_branch_if(Emit *e, LLVMValueRef condition, LLVMBasicBlockRef yes,
                    LLVMBasicBlockRef no, Odds odds)
{
    LLVMValueRef branch = LLVMBuildCondBr(e->builder, condition, yes, no);
    if (odds != EVEN)
        emit_note(e, branch, "prof", weights(e, odds));
}

/* ---- instructions -------------------------------------------------------------------------- */

LLVMValueRef emit_fast(const Emit *e, LLVMValueRef instruction)
{
    if (e->fast && LLVMIsAInstruction(instruction) && LLVMCanValueUseFastMathFlags(instruction))
        LLVMSetFastMathFlags(instruction, e->fast);
    return instruction;
}

LLVMValueRef emit_intrinsic_on(Emit *e, const char *name, LLVMTypeRef *overloads,
                               unsigned overload_count, LLVMValueRef *args, unsigned count)
{
    unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
    assert(id);
    LLVMValueRef function =
        LLVMGetIntrinsicDeclaration(e->module, id, overloads, overload_count);
    LLVMTypeRef type = LLVMIntrinsicGetType(e->context, id, overloads, overload_count);
    return emit_fast(e, LLVMBuildCall2(e->builder, type, function, args, count, ""));
}

LLVMValueRef emit_intrinsic(Emit *e, const char *name, LLVMTypeRef overload, LLVMValueRef *args,
                            unsigned count)
{
    return emit_intrinsic_on(e, name, &overload, overload ? 1 : 0, args, count);
}

void emit_attribute(Emit *e, LLVMValueRef function, const char *name, uint64_t value)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    assert(kind);
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(e->context, kind, value));
}

LLVMValueRef emit_external(Emit *e, const char *name, LLVMTypeRef type)
{
    const Symbol *symbol = intern_cstr(&e->names, name);
    LLVMValueRef function = map_get(&e->externals, map_key(symbol));
    if (function)
        return function;
    function = LLVMAddFunction(e->module, name, type);
    emit_attribute(e, function, "nounwind", 0);
    map_set(e->arena, &e->externals, map_key(symbol), function);
    return function;
}

/* nobuiltin keeps LLVM from folding or replacing what it knows by name; memory(none) is encoded
 * as 0. */
LLVMValueRef emit_libm(Emit *e, const char *name, LLVMTypeRef type, LLVMValueRef *args,
                       unsigned count)
{
    LLVMTypeRef params[4] = {type, type, type, type};
    assert(count <= 4);
    LLVMTypeRef signature = LLVMFunctionType(type, params, count, false);
    LLVMValueRef function = emit_external(e, name, signature);
    LLVMValueRef call = LLVMBuildCall2(e->builder, signature, function, args, count, "");
    static const char *const attributes[] = {"nobuiltin", "willreturn", "memory", "nocallback"};
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        unsigned kind = LLVMGetEnumAttributeKindForName(attributes[i], strlen(attributes[i]));
        LLVMAddCallSiteAttribute(call, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                                 LLVMCreateEnumAttribute(e->context, kind, 0));
    }
    return call;
}

LLVMValueRef emit_alloca(Emit *e, LLVMTypeRef type, uint64_t count, const char *name)
{
    LLVMBasicBlockRef here = emit_here(e);
    LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(e->frame->entry));
    LLVMTypeRef array = LLVMArrayType2(type, count);
    LLVMValueRef slot = LLVMBuildAlloca(e->builder, count == 1 ? type : array, name);
    if (LLVMGetAlignment(slot) < 8)
        LLVMSetAlignment(slot, 8);
    emit_at(e, here);
    return slot;
}

LLVMValueRef emit_offset(Emit *e, LLVMValueRef pointer, int64_t bytes)
{
    LLVMValueRef index = emit_i64(e, bytes);
    return bytes ? LLVMBuildInBoundsGEP2(e->builder, e->i8, pointer, &index, 1, "") : pointer;
}

LLVMValueRef emit_load(Emit *e, LLVMTypeRef type, LLVMValueRef pointer, unsigned align,
                       const char *name)
{
    LLVMValueRef load = LLVMBuildLoad2(e->builder, type, pointer, name);
    LLVMSetAlignment(load, align);
    return load;
}

LLVMValueRef emit_store(Emit *e, LLVMValueRef value, LLVMValueRef pointer, unsigned align)
{
    LLVMValueRef store = LLVMBuildStore(e->builder, value, pointer);
    LLVMSetAlignment(store, align);
    return store;
}

/* ---- metadata ------------------------------------------------------------------------------ */

void emit_note(Emit *e, LLVMValueRef instruction, const char *kind, LLVMMetadataRef node)
{
    unsigned id = LLVMGetMDKindIDInContext(e->context, kind, (unsigned)strlen(kind));
    LLVMSetMetadata(instruction, id, LLVMMetadataAsValue(e->context, node));
}

LLVMMetadataRef emit_string(Emit *e, const char *text)
{
    return LLVMMDStringInContext2(e->context, text, strlen(text));
}

LLVMMetadataRef emit_node(Emit *e, LLVMMetadataRef *operands, size_t count)
{
    return LLVMMDNodeInContext2(e->context, operands, count);
}

/* ---- slots --------------------------------------------------------------------------------- */

static LLVMValueRef load_slot(Emit *e, PartKind kind, LLVMValueRef pointer)
{
    LLVMValueRef word = emit_load(e, emit_memory_type(e, kind), pointer, 8, "");
    return kind == PART_BOOL ? LLVMBuildTrunc(e->builder, word, e->i1, "") : word;
}

LLVMValueRef *emit_load_slots(Emit *e, const Type *type, LLVMValueRef pointer)
{
    Parts kinds = {0};
    layout_parts(e->arena, type, &kinds);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, kinds.len + 1);
    int64_t offset = 0;
    for (uint32_t i = 0; i < kinds.len; i++) {
        parts[i] = load_slot(e, kinds.data[i], emit_offset(e, pointer, offset));
        offset += kinds.data[i] == PART_I128 ? 16 : 8;
    }
    return parts;
}

void emit_store_slots(Emit *e, const Type *type, LLVMValueRef pointer, LLVMValueRef *parts)
{
    Parts kinds = {0};
    layout_parts(e->arena, type, &kinds);
    int64_t offset = 0;
    for (uint32_t i = 0; i < kinds.len; i++) {
        LLVMValueRef word = parts[i];
        if (kinds.data[i] == PART_BOOL)
            word = LLVMBuildZExt(e->builder, word, e->i8, "");
        emit_store(e, word, emit_offset(e, pointer, offset), 8);
        offset += kinds.data[i] == PART_I128 ? 16 : 8;
    }
}
