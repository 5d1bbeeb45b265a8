/* Floats: rounding, elementary functions, Python's floor division and modulo.
 *
 * Functions of libm are called under their names, out of LLVM's sight (emit_libm), so that a compile
 * and a run cannot disagree. What IEEE 754 defines exactly (sqrt, fma, roundings) is an intrinsic.
 */
#include <assert.h>

#include "codegen/join.h"
#include "codegen/part.h"

static void unary_intrinsic(Emit *e, const Op *op, const char *name)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0));
    emit_set(e, op, part_intrinsic(e, name, &x, 1));
}

void emit_ABS(Emit *e, const Op *op)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0));
    LLVMValueRef args[] = {x, LLVMConstInt(e->i1, 0, false)}; /* MIN is not poison */
    if (part_is_float(e, x))
        emit_set(e, op, part_intrinsic(e, "llvm.fabs", &x, 1));
    else if (!part_is_signed(part_kind(op_arg(op, 0))))
        emit_set(e, op, x);
    else
        emit_set(e, op, emit_intrinsic(e, "llvm.abs", LLVMTypeOf(x), args, 2));
}

void emit_SQRT(Emit *e, const Op *op)
{
    unary_intrinsic(e, op, "llvm.sqrt");
}

void emit_FLOOR(Emit *e, const Op *op)
{
    unary_intrinsic(e, op, "llvm.floor");
}

void emit_CEIL(Emit *e, const Op *op)
{
    unary_intrinsic(e, op, "llvm.ceil");
}

void emit_TRUNC(Emit *e, const Op *op)
{
    unary_intrinsic(e, op, "llvm.trunc");
}

void emit_RINT(Emit *e, const Op *op)
{
    unary_intrinsic(e, op, "llvm.rint");
}

void emit_FMA(Emit *e, const Op *op)
{
    LLVMValueRef args[3];
    for (uint32_t i = 0; i < 3; i++)
        args[i] = emit_part(e, op_arg(op, i));
    emit_set(e, op, part_intrinsic(e, "llvm.fma", args, 3));
}

void emit_COPYSIGN(Emit *e, const Op *op)
{
    LLVMValueRef args[] = {emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))};
    emit_set(e, op, emit_intrinsic(e, "llvm.copysign", LLVMTypeOf(args[0]), args, 2));
}

void emit_POW(Emit *e, const Op *op)
{
    LLVMValueRef args[] = {emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))};
    emit_set(e, op, part_libm(e, "pow", args, 2));
}

void emit_CALL_MATH(Emit *e, const Op *op)
{
    LLVMValueRef args[4];
    assert(op->arg_count <= 4);
    for (uint32_t i = 0; i < op->arg_count; i++)
        args[i] = emit_part(e, op_arg(op, i));
    emit_set(e, op, part_libm(e, op->attr.name->text, args, op->arg_count));
}

/* ---- remainders ---------------------------------------------------------------------------- */

static LLVMValueRef magnitude(Emit *e, LLVMValueRef x)
{
    return emit_intrinsic(e, "llvm.fabs", LLVMTypeOf(x), &x, 1);
}

static LLVMValueRef with_sign(Emit *e, LLVMValueRef x, LLVMValueRef sign)
{
    LLVMValueRef args[] = {x, sign};
    return emit_intrinsic(e, "llvm.copysign", LLVMTypeOf(x), args, 2);
}

/* |x| mod |y| from their rounded quotient, which is below 2^52 (or 2^23). Its integer part q is right or
 * one too great, the latter where the quotient was rounded up to an integer; x - q*y is a multiple of
 * the last place of y and less than y, so one fma gives it exactly, and adding y repairs it. */
static LLVMValueRef fmod_by_fma(Emit *e, LLVMValueRef x, LLVMValueRef y, LLVMValueRef quotient)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    LLVMValueRef q = emit_intrinsic(e, "llvm.trunc", type, &quotient, 1);
    LLVMValueRef fma[] = {LLVMBuildFNeg(e->builder, q, ""), y, x};
    LLVMValueRef rest = emit_intrinsic(e, "llvm.fma", type, fma, 3);
    LLVMValueRef is_below = part_compare_real(e, LLVMRealOLT, rest, emit_real(type, 0));
    rest = part_select(e, is_below, LLVMBuildFAdd(e->builder, rest, y, ""), rest);
    LLVMValueRef is_small = part_compare_real(e, LLVMRealOLT, x, y); /* y may be infinite */
    return part_select(e, is_small, x, rest);
}

/* C's fmod of widened values; where the quotient is great, not a number, or the machine has no fma, by
 * libm. */
static LLVMValueRef wide_fmod(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    LLVMValueRef args[] = {x, y};
    if (!e->target->has_fma)
        return part_libm(e, "fmod", args, 2);
    LLVMBasicBlockRef fast = emit_block(e, "fmod.fast"), slow = emit_block(e, "fmod.slow");
    Join end;
    join_open(&end, emit_block(e, "fmod.end"), &type, 1);
    LLVMValueRef abs_x = magnitude(e, x), abs_y = magnitude(e, y);
    LLVMValueRef quotient = LLVMBuildFDiv(e->builder, abs_x, abs_y, "");
    LLVMValueRef limit = emit_real(type, type == e->f64 ? 0x1p52 : 0x1p23);
    LLVMValueRef is_fast = LLVMBuildFCmp(e->builder, LLVMRealOLT, quotient, limit, "is_fast");
    emit_branch_if(e, is_fast, fast, slow, LIKELY);
    emit_at(e, fast);
    LLVMValueRef by_fma[] = {with_sign(e, fmod_by_fma(e, abs_x, abs_y, quotient), x)};
    join_branch(e, &end, by_fma);
    emit_at(e, slow);
    LLVMValueRef by_libm[] = {part_libm(e, "fmod", args, 2)};
    join_branch(e, &end, by_libm);
    return join_close(e, &end)[0];
}

LLVMValueRef part_float_fmod(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    LLVMValueRef rest = wide_fmod(e, part_widen(e, x), part_widen(e, y));
    return part_narrow(e, rest, LLVMTypeOf(x));
}

/* CPython's float_divmod, which NumPy's npy_divmod follows. They differ for y = 0 only, where Python
 * raises and this gives what NumPy gives. */
typedef struct Divmod {
    LLVMValueRef x, y, zero;
    LLVMValueRef rest, has_rest, needs_step; /* of fmod; is the sign wrong? */
} Divmod;

static Divmod divmod_open(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    Divmod d = {.x = part_widen(e, x), .y = part_widen(e, y)};
    d.zero = emit_real(LLVMTypeOf(d.x), 0);
    d.rest = wide_fmod(e, d.x, d.y);
    d.has_rest = part_compare_real(e, LLVMRealUNE, d.rest, d.zero);
    LLVMValueRef y_below = part_compare_real(e, LLVMRealOLT, d.y, d.zero);
    LLVMValueRef rest_below = part_compare_real(e, LLVMRealOLT, d.rest, d.zero);
    LLVMValueRef differ = LLVMBuildXor(e->builder, y_below, rest_below, "");
    d.needs_step = LLVMBuildAnd(e->builder, d.has_rest, differ, "");
    return d;
}

LLVMValueRef part_float_mod(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    Divmod d = divmod_open(e, x, y);
    LLVMValueRef stepped = emit_fast(e, LLVMBuildFAdd(e->builder, d.rest, d.y, ""));
    LLVMValueRef mod = part_select(e, d.needs_step, stepped, d.rest);
    mod = part_select(e, d.has_rest, mod, with_sign(e, d.zero, d.y));
    LLVMValueRef by_zero = part_compare_real(e, LLVMRealOEQ, d.y, d.zero);
    return part_narrow(e, part_select(e, by_zero, d.rest, mod), LLVMTypeOf(x));
}

/* The integer nearest to a quotient that is very close to one. */
static LLVMValueRef snap(Emit *e, LLVMValueRef quotient)
{
    LLVMTypeRef type = LLVMTypeOf(quotient);
    LLVMValueRef floor = emit_intrinsic(e, "llvm.floor", type, &quotient, 1);
    LLVMValueRef over = emit_fast(e, LLVMBuildFSub(e->builder, quotient, floor, ""));
    LLVMValueRef is_next = part_compare_real(e, LLVMRealOGT, over, emit_real(type, 0.5));
    LLVMValueRef next = emit_fast(e, LLVMBuildFAdd(e->builder, floor, emit_real(type, 1), ""));
    return part_select(e, is_next, next, floor);
}

LLVMValueRef part_float_floordiv(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef b = e->builder;
    Divmod d = divmod_open(e, x, y);
    LLVMTypeRef type = LLVMTypeOf(d.x);
    LLVMValueRef true_quotient = emit_fast(e, LLVMBuildFDiv(b, d.x, d.y, ""));
    LLVMValueRef multiple = emit_fast(e, LLVMBuildFSub(b, d.x, d.rest, ""));
    LLVMValueRef quotient = emit_fast(e, LLVMBuildFDiv(b, multiple, d.y, ""));
    LLVMValueRef stepped = emit_fast(e, LLVMBuildFSub(b, quotient, emit_real(type, 1), ""));
    quotient = part_select(e, d.needs_step, stepped, quotient);
    LLVMValueRef is_zero = part_compare_real(e, LLVMRealOEQ, quotient, d.zero);
    LLVMValueRef floor =
        part_select(e, is_zero, with_sign(e, d.zero, true_quotient), snap(e, quotient));
    LLVMValueRef by_zero = part_compare_real(e, LLVMRealOEQ, d.y, d.zero);
    return part_narrow(e, part_select(e, by_zero, true_quotient, floor), LLVMTypeOf(x));
}
