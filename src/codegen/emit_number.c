/* Numbers: constants, sums and products, bits, comparisons; the operations whose integer and float
 * forms are one instruction each. */
#include <assert.h>

#include "codegen/part.h"

/* ---- constants ----------------------------------------------------------------------------- */

static LLVMValueRef wide_int(Emit *e, __int128 value)
{
    uint64_t words[] = {(uint64_t)value, (uint64_t)(value >> 64)};
    return LLVMConstIntOfArbitraryPrecision(e->i128, 2, words);
}

static double real_of(const Constant *c)
{
    switch (c->kind) {
    case CONSTANT_BOOL:
        return c->truth;
    case CONSTANT_INT:
        return (double)c->integer;
    case CONSTANT_FLOAT:
    case CONSTANT_COMPLEX:
        return c->real;
    case CONSTANT_NONE:
    case CONSTANT_STR:
    case CONSTANT_ELLIPSIS:
        break;
    }
    return 0;
}

static LLVMValueRef scalar_constant(Emit *e, ScalarKind kind, const Constant *c)
{
    LLVMTypeRef type = emit_scalar_type(e, kind);
    if (scalar_is_inexact(kind))
        return emit_real(type, real_of(c));
    __int128 value = c->kind == CONSTANT_BOOL ? c->truth : c->integer;
    return type == e->i128 ? wide_int(e, value) : emit_int(type, (int64_t)value);
}

/* Without a null byte, but that an empty text, too, lies somewhere. */
static LLVMValueRef text_constant(Emit *e, const Symbol *text)
{
    LLVMValueRef bytes =
        LLVMConstStringInContext2(e->context, text->text, text->length, text->length > 0);
    LLVMValueRef global = LLVMAddGlobal(e->module, LLVMTypeOf(bytes), "text");
    LLVMSetInitializer(global, bytes);
    LLVMSetGlobalConstant(global, true);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr);
    return global;
}

void emit_CONST(Emit *e, const Op *op)
{
    const Type *type = op_result(op, 0)->type;
    const Constant *c = op->attr.constant;
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    if (type->kind == TYPE_STR) {
        parts[0] = text_constant(e, c->text);
        parts[1] = emit_i64(e, c->text->length);
    } else if (type->kind == TYPE_SCALAR) {
        parts[0] = scalar_constant(e, type->scalar, c);
        if (scalar_class(type->scalar) == CLASS_COMPLEX)
            parts[1] =
                emit_real(LLVMTypeOf(parts[0]), c->kind == CONSTANT_COMPLEX ? c->imag : 0);
    } else if (type->kind == TYPE_ENUM) {
        parts[0] = emit_i64(e, (int64_t)c->integer);
    }
    emit_set_parts(e, op_result(op, 0), parts);
}

/* ---- one instruction a part ---------------------------------------------------------------- */

static LLVMValueRef build2(Emit *e, Build2 *on_int, Build2 *on_float, LLVMValueRef x,
                           LLVMValueRef y)
{
    return part_is_float(e, x) ? part_float2(e, on_float, x, y) : on_int(e->builder, x, y, "");
}

/* Part by part: also sums of complex numbers. */
static void binary(Emit *e, const Op *op, Build2 *on_int, Build2 *on_float)
{
    LLVMValueRef *x = emit_parts(e, op_arg(op, 0)), *y = emit_parts(e, op_arg(op, 1));
    uint32_t count = layout_part_count(op_result(op, 0)->type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, count);
    for (uint32_t i = 0; i < count; i++)
        parts[i] = build2(e, on_int, on_float, x[i], y[i]);
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_ADD(Emit *e, const Op *op)
{
    binary(e, op, LLVMBuildAdd, LLVMBuildFAdd);
}

void emit_SUB(Emit *e, const Op *op)
{
    binary(e, op, LLVMBuildSub, LLVMBuildFSub);
}

static void complex_mul(Emit *e, const Op *op)
{
    LLVMValueRef *x = emit_parts(e, op_arg(op, 0)), *y = emit_parts(e, op_arg(op, 1));
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    LLVMValueRef re_re = part_float2(e, LLVMBuildFMul, x[0], y[0]);
    LLVMValueRef im_im = part_float2(e, LLVMBuildFMul, x[1], y[1]);
    LLVMValueRef re_im = part_float2(e, LLVMBuildFMul, x[0], y[1]);
    LLVMValueRef im_re = part_float2(e, LLVMBuildFMul, x[1], y[0]);
    parts[0] = part_float2(e, LLVMBuildFSub, re_re, im_im);
    parts[1] = part_float2(e, LLVMBuildFAdd, re_im, im_re);
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_MUL(Emit *e, const Op *op)
{
    if (scalar_class(part_kind(op_arg(op, 0))) == CLASS_COMPLEX)
        complex_mul(e, op);
    else
        binary(e, op, LLVMBuildMul, LLVMBuildFMul);
}

void emit_AND(Emit *e, const Op *op)
{
    binary(e, op, LLVMBuildAnd, NULL);
}

void emit_OR(Emit *e, const Op *op)
{
    binary(e, op, LLVMBuildOr, NULL);
}

void emit_XOR(Emit *e, const Op *op)
{
    binary(e, op, LLVMBuildXor, NULL);
}

void emit_NOT(Emit *e, const Op *op)
{
    emit_set(e, op, LLVMBuildNot(e->builder, emit_part(e, op_arg(op, 0)), ""));
}

void emit_NEG(Emit *e, const Op *op)
{
    LLVMValueRef *x = emit_parts(e, op_arg(op, 0));
    uint32_t count = layout_part_count(op_result(op, 0)->type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, count);
    for (uint32_t i = 0; i < count; i++)
        parts[i] = part_is_float(e, x[i]) ? part_float1(e, LLVMBuildFNeg, x[i])
                                          : LLVMBuildNeg(e->builder, x[i], "");
    emit_set_parts(e, op_result(op, 0), parts);
}

/* ---- comparisons --------------------------------------------------------------------------- */

/* Two values of one type are equal when all their parts are. */
static LLVMValueRef equal(Emit *e, const Op *op)
{
    LLVMValueRef *x = emit_parts(e, op_arg(op, 0)), *y = emit_parts(e, op_arg(op, 1));
    LLVMValueRef all = NULL;
    for (uint32_t i = 0; i < layout_part_count(op_arg(op, 0)->type); i++) {
        LLVMValueRef same = part_compare(e, OP_EQ, false, x[i], y[i]);
        all = all ? LLVMBuildAnd(e->builder, all, same, "") : same;
    }
    return all ? all : LLVMConstInt(e->i1, 1, false);
}

static void compare(Emit *e, const Op *op)
{
    bool is_signed = part_is_signed(part_kind(op_arg(op, 0)));
    LLVMValueRef x = emit_part(e, op_arg(op, 0)), y = emit_part(e, op_arg(op, 1));
    emit_set(e, op, part_compare(e, op->code, is_signed, x, y));
}

void emit_EQ(Emit *e, const Op *op)
{
    emit_set(e, op, equal(e, op));
}

void emit_NE(Emit *e, const Op *op)
{
    if (layout_part_count(op_arg(op, 0)->type) == 1)
        compare(e, op);
    else
        emit_set(e, op, LLVMBuildNot(e->builder, equal(e, op), ""));
}

void emit_LT(Emit *e, const Op *op)
{
    compare(e, op);
}

void emit_LE(Emit *e, const Op *op)
{
    compare(e, op);
}

void emit_GT(Emit *e, const Op *op)
{
    compare(e, op);
}

void emit_GE(Emit *e, const Op *op)
{
    compare(e, op);
}

void emit_SELECT(Emit *e, const Op *op)
{
    LLVMValueRef condition = emit_part(e, op_arg(op, 0));
    LLVMValueRef *yes = emit_parts(e, op_arg(op, 1)), *no = emit_parts(e, op_arg(op, 2));
    uint32_t count = layout_part_count(op_result(op, 0)->type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, count + 1);
    for (uint32_t i = 0; i < count; i++)
        parts[i] = part_select(e, condition, yes[i], no[i]);
    emit_set_parts(e, op_result(op, 0), parts);
}
