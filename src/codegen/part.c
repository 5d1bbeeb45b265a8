/* Arithmetic on one part. */
#include "codegen/part.h"

#include <assert.h>
#include <stdio.h>

ScalarKind part_kind(const Value *value)
{
    ScalarKind kind = SCALAR_INT;
    type_scalar_of(value->type, &kind);
    return kind;
}

bool part_is_signed(ScalarKind kind)
{
    return scalar_class(kind) == CLASS_INT;
}

bool part_is_float(const Emit *e, LLVMValueRef part)
{
    LLVMTypeRef type = LLVMTypeOf(part);
    return type == e->f64 || type == e->f32 || type == e->f16;
}

LLVMValueRef part_widen(Emit *e, LLVMValueRef x)
{
    return LLVMTypeOf(x) == e->f16 ? LLVMBuildFPExt(e->builder, x, e->f32, "") : x;
}

LLVMValueRef part_narrow(Emit *e, LLVMValueRef x, LLVMTypeRef type)
{
    return LLVMTypeOf(x) == type ? x : LLVMBuildFPTrunc(e->builder, x, type, "");
}

LLVMValueRef part_float1(Emit *e, Build1 *build, LLVMValueRef x)
{
    LLVMValueRef wide = emit_fast(e, build(e->builder, part_widen(e, x), ""));
    return part_narrow(e, wide, LLVMTypeOf(x));
}

LLVMValueRef part_float2(Emit *e, Build2 *build, LLVMValueRef x, LLVMValueRef y)
{
    LLVMValueRef wide = build(e->builder, part_widen(e, x), part_widen(e, y), "");
    return part_narrow(e, emit_fast(e, wide), LLVMTypeOf(x));
}

static LLVMTypeRef widen_all(Emit *e, LLVMValueRef *args, unsigned count, LLVMValueRef *wide)
{
    for (unsigned i = 0; i < count; i++)
        wide[i] = part_widen(e, args[i]);
    return LLVMTypeOf(wide[0]);
}

LLVMValueRef part_intrinsic(Emit *e, const char *name, LLVMValueRef *args, unsigned count)
{
    LLVMValueRef wide[4];
    assert(count > 0 && count <= 4);
    LLVMTypeRef type = widen_all(e, args, count, wide);
    LLVMValueRef result = emit_intrinsic(e, name, type, wide, count);
    return part_narrow(e, result, LLVMTypeOf(args[0]));
}

LLVMValueRef part_libm(Emit *e, const char *name, LLVMValueRef *args, unsigned count)
{
    LLVMValueRef wide[4];
    char text[64];
    assert(count > 0 && count <= 4);
    LLVMTypeRef type = widen_all(e, args, count, wide);
    snprintf(text, sizeof text, "%s%s", name, type == e->f32 ? "f" : "");
    LLVMValueRef result = emit_libm(e, text, type, wide, count);
    return part_narrow(e, result, LLVMTypeOf(args[0]));
}

LLVMValueRef part_compare_int(Emit *e, LLVMIntPredicate predicate, LLVMValueRef x, int64_t y)
{
    return LLVMBuildICmp(e->builder, predicate, x, emit_int(LLVMTypeOf(x), y), "");
}

LLVMValueRef part_compare_real(Emit *e, LLVMRealPredicate predicate, LLVMValueRef x,
                               LLVMValueRef y)
{
    return emit_fast(e, LLVMBuildFCmp(e->builder, predicate, x, y, ""));
}

LLVMValueRef part_select(Emit *e, LLVMValueRef condition, LLVMValueRef yes, LLVMValueRef no)
{
    return LLVMBuildSelect(e->builder, condition, yes, no, "");
}

LLVMValueRef part_compare(Emit *e, OpCode op, bool is_signed, LLVMValueRef x, LLVMValueRef y)
{
    static const struct {
        LLVMRealPredicate real;
        LLVMIntPredicate has_sign, no_sign;
    } predicates[] = {
        [OP_EQ - OP_EQ] = {LLVMRealOEQ, LLVMIntEQ, LLVMIntEQ},
        [OP_NE - OP_EQ] = {LLVMRealUNE, LLVMIntNE, LLVMIntNE},
        [OP_LT - OP_EQ] = {LLVMRealOLT, LLVMIntSLT, LLVMIntULT},
        [OP_LE - OP_EQ] = {LLVMRealOLE, LLVMIntSLE, LLVMIntULE},
        [OP_GT - OP_EQ] = {LLVMRealOGT, LLVMIntSGT, LLVMIntUGT},
        [OP_GE - OP_EQ] = {LLVMRealOGE, LLVMIntSGE, LLVMIntUGE},
    };
    int row = (int)op - (int)OP_EQ;
    if (part_is_float(e, x))
        return part_compare_real(e, predicates[row].real, x, y);
    LLVMIntPredicate predicate = is_signed ? predicates[row].has_sign : predicates[row].no_sign;
    return LLVMBuildICmp(e->builder, predicate, x, y, "");
}
