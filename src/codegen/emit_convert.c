/* Conversions between kinds of numbers. */
#include <assert.h>
#include <math.h>

#include "codegen/part.h"

static LLVMValueRef to_bool(Emit *e, LLVMValueRef x)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    if (type == e->i1)
        return x;
    if (part_is_float(e, x))
        return LLVMBuildFCmp(e->builder, LLVMRealUNE, x, emit_real(type, 0), "");
    return part_compare_int(e, LLVMIntNE, x, 0);
}

static LLVMValueRef float_to_float(Emit *e, LLVMValueRef x, LLVMTypeRef to)
{
    return LLVMTypeOf(x) == to ? x : LLVMBuildFPCast(e->builder, x, to, "");
}

/* To float16 NumPy goes by way of float32. */
static LLVMValueRef int_to_float(Emit *e, LLVMValueRef x, bool has_sign, LLVMTypeRef to)
{
    LLVMTypeRef by = to == e->f16 ? e->f32 : to;
    LLVMValueRef wide = has_sign ? LLVMBuildSIToFP(e->builder, x, by, "")
                                 : LLVMBuildUIToFP(e->builder, x, by, "");
    return float_to_float(e, wide, to);
}

/* ---- float to integer ---------------------------------------------------------------------- */

/* What x86's cvtt instructions do: where the value does not fit (or is nan), the least integer. The
 * test is said in IR, since fptosi alone would be poison there; it vectorises. */
static LLVMValueRef x86_to_signed(Emit *e, LLVMValueRef x, LLVMTypeRef to)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    unsigned bits = LLVMGetIntTypeWidth(to);
    LLVMValueRef abs_x = emit_intrinsic(e, "llvm.fabs", type, &x, 1);
    LLVMValueRef fits = LLVMBuildFCmp(e->builder, LLVMRealOLT, abs_x,
                                      emit_real(type, ldexp(1, (int)bits - 1)), "");
    LLVMValueRef least =
        LLVMBuildShl(e->builder, LLVMConstInt(to, 1, false), emit_int(to, bits - 1), "");
    return part_select(e, fits, LLVMBuildFPToSI(e->builder, x, to, ""), least);
}

/* As compilers build it from the signed conversion: below 2^63 that, above it of x - 2^63. */
static LLVMValueRef x86_to_u64(Emit *e, LLVMValueRef x)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    LLVMValueRef half = emit_real(type, 0x1p63);
    LLVMValueRef is_high = LLVMBuildFCmp(e->builder, LLVMRealOGE, x, half, "");
    LLVMValueRef shifted = part_select(e, is_high, LLVMBuildFSub(e->builder, x, half, ""), x);
    LLVMValueRef low = x86_to_signed(e, shifted, e->i64);
    LLVMValueRef flipped = LLVMBuildXor(e->builder, low, emit_i64(e, INT64_MIN), "");
    return part_select(e, is_high, flipped, low);
}

/* NumPy's C casts: to less than 32 bits by way of int32, to uint32 by way of int64. */
static LLVMValueRef x86_to_int(Emit *e, LLVMValueRef x, bool has_sign, LLVMTypeRef to)
{
    unsigned bits = LLVMGetIntTypeWidth(to);
    if (bits == 64 && !has_sign)
        return x86_to_u64(e, x);
    LLVMTypeRef by = bits < 32 ? e->i32 : bits == 32 && !has_sign ? e->i64 : to;
    LLVMValueRef wide = x86_to_signed(e, x, by);
    return by == to ? wide : LLVMBuildTrunc(e->builder, wide, to, "");
}

/* aarch64's conversions saturate and take nan to 0. */
static LLVMValueRef saturating_to_int(Emit *e, LLVMValueRef x, bool has_sign, LLVMTypeRef to)
{
    LLVMTypeRef by = LLVMGetIntTypeWidth(to) < 32 ? e->i32 : to;
    LLVMTypeRef overloads[] = {by, LLVMTypeOf(x)};
    const char *name = has_sign ? "llvm.fptosi.sat" : "llvm.fptoui.sat";
    LLVMValueRef wide = emit_intrinsic_on(e, name, overloads, 2, &x, 1);
    return by == to ? wide : LLVMBuildTrunc(e->builder, wide, to, "");
}

static LLVMValueRef float_to_int(Emit *e, LLVMValueRef x, bool has_sign, LLVMTypeRef to)
{
    x = part_widen(e, x);
    return e->target->is_x86 ? x86_to_int(e, x, has_sign, to)
                             : saturating_to_int(e, x, has_sign, to);
}

/* ---- the operation ------------------------------------------------------------------------- */

static LLVMValueRef convert_real(Emit *e, LLVMValueRef x, ScalarKind from, ScalarKind to)
{
    LLVMTypeRef type = emit_scalar_type(e, to);
    if (type == e->i1)
        return to_bool(e, x);
    bool is_float = part_is_float(e, x);
    if (scalar_is_inexact(to))
        return is_float ? float_to_float(e, x, type)
                        : int_to_float(e, x, part_is_signed(from), type);
    if (is_float)
        return float_to_int(e, x, part_is_signed(to), type);
    return LLVMBuildIntCast2(e->builder, x, type, part_is_signed(from), "");
}

void emit_CONVERT(Emit *e, const Op *op)
{
    ScalarKind from = part_kind(op_arg(op, 0)), to = part_kind(op_result(op, 0));
    bool from_complex = scalar_class(from) == CLASS_COMPLEX;
    LLVMValueRef *x = emit_parts(e, op_arg(op, 0));
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    parts[0] = convert_real(e, x[0], from, to);
    if (from_complex && scalar_class(to) == CLASS_BOOL)
        parts[0] = LLVMBuildOr(e->builder, parts[0], to_bool(e, x[1]), "");
    if (scalar_class(to) == CLASS_COMPLEX)
        parts[1] =
            from_complex ? convert_real(e, x[1], from, to) : emit_real(LLVMTypeOf(parts[0]), 0);
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_BITCAST(Emit *e, const Op *op)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0));
    LLVMTypeRef to = emit_scalar_type(e, part_kind(op_result(op, 0)));
    if (LLVMTypeOf(x) == e->i1)
        x = LLVMBuildZExt(e->builder, x, e->i8, "");
    if (to == e->i1)
        emit_set(e, op, to_bool(e, x));
    else
        emit_set(e, op, LLVMBuildBitCast(e->builder, x, to, ""));
}
