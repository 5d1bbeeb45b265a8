/* Python's int / int: the exact quotient, rounded once.
 *
 * Integers up to 2^53 are doubles, and so their quotient is one division. Others are divided out of line: in
 * 64 bits by the runtime, in the wider carriers by long division here, which gives 62 bits of the
 * quotient or more; whether a rest is left is kept in the lowest, far below the place of rounding.
 */
#include "codegen/loop.h"
#include "codegen/part.h"
#include "codegen/runtime_call.h"

enum { QUOTIENT_BITS = 63 };

/* |x| ≤ 2^53: x is a double. */
static LLVMValueRef is_exact(Emit *e, LLVMValueRef x, bool has_sign)
{
    const int64_t limit = INT64_C(1) << 53;
    if (!has_sign)
        return part_compare_int(e, LLVMIntULE, x, limit);
    LLVMValueRef shifted = LLVMBuildAdd(e->builder, x, emit_int(LLVMTypeOf(x), limit), "");
    return part_compare_int(e, LLVMIntULE, shifted, 2 * limit);
}

static LLVMValueRef to_double(Emit *e, LLVMValueRef x, bool has_sign)
{
    return has_sign ? LLVMBuildSIToFP(e->builder, x, e->f64, "")
                    : LLVMBuildUIToFP(e->builder, x, e->f64, "");
}

/* ---- long division ------------------------------------------------------------------------- */

/* |x| in 128 bits, shifted so that its highest bit is bit 126; *zeros is how many were above it. Nothing
 * is lost: |x| = 2^127 is even. */
static LLVMValueRef normalise(Emit *e, LLVMValueRef x, bool has_sign, LLVMValueRef *zeros)
{
    LLVMBuilderRef b = e->builder;
    LLVMValueRef no_poison = LLVMConstInt(e->i1, 0, false), one = emit_int(e->i128, 1);
    LLVMValueRef abs[] = {LLVMBuildIntCast2(b, x, e->i128, has_sign, ""), no_poison};
    LLVMValueRef size = has_sign ? emit_intrinsic(e, "llvm.abs", e->i128, abs, 2) : abs[0];
    LLVMValueRef odd[] = {LLVMBuildOr(b, size, one, ""), no_poison}; /* 0 has no highest bit */
    *zeros = emit_intrinsic(e, "llvm.ctlz", e->i128, odd, 2);
    return LLVMBuildLShr(b, LLVMBuildShl(b, size, *zeros, ""), one, "");
}

/* floor(x / y * 2^62) with the last bit set where there is a rest, for x < 2y. */
static LLVMValueRef divide(Emit *e, const Op *op, LLVMValueRef x, LLVMValueRef y)
{
    LLVMBuilderRef b = e->builder;
    LLVMTypeRef types[] = {e->i128, e->i64};
    LLVMValueRef initial[] = {x, emit_i64(e, 0)};
    Join exit;
    Loop loop = {.op = op, .name = "divide", .kind = LOOP_COUNTED, .inner_trips = 1};
    loop.count = emit_i64(e, QUOTIENT_BITS);
    loop.types = types;
    loop.width = 2;
    loop.exit = &exit;
    join_open(&exit, emit_block(e, "divide.end"), types, 2);
    loop_open(e, &loop, initial);
    LLVMValueRef rest = loop.carried[0], quotient = loop.carried[1];
    LLVMValueRef goes = LLVMBuildICmp(b, LLVMIntUGE, rest, y, "goes");
    LLVMValueRef taken = part_select(e, goes, y, emit_int(e->i128, 0));
    LLVMValueRef *next = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    next[0] = LLVMBuildShl(b, LLVMBuildSub(b, rest, taken, ""), emit_int(e->i128, 1), "rest");
    next[1] = LLVMBuildShl(b, quotient, emit_i64(e, 1), "");
    next[1] = LLVMBuildOr(b, next[1], LLVMBuildZExt(b, goes, e->i64, ""), "quotient");
    join_branch(e, &loop.next, next);
    loop_close(e, &loop);
    LLVMValueRef *done = join_close(e, &exit);
    LLVMValueRef is_rest = part_compare_int(e, LLVMIntNE, done[0], 0);
    return LLVMBuildOr(b, done[1], LLVMBuildZExt(b, is_rest, e->i64, ""), "");
}

/* 2^exponent, normal. */
static LLVMValueRef power_of_two(Emit *e, LLVMValueRef exponent)
{
    LLVMValueRef biased = LLVMBuildAdd(e->builder, exponent, emit_i64(e, 1023), "");
    LLVMValueRef bits = LLVMBuildShl(e->builder, biased, emit_i64(e, 52), "");
    return LLVMBuildBitCast(e->builder, bits, e->f64, "");
}

static LLVMValueRef wide_truediv(Emit *e, const Op *op, LLVMValueRef *args, bool has_sign)
{
    LLVMBuilderRef b = e->builder;
    LLVMValueRef zeros[2], sizes[2];
    for (int i = 0; i < 2; i++)
        sizes[i] = normalise(e, args[i], has_sign, &zeros[i]);
    LLVMValueRef quotient = LLVMBuildUIToFP(b, divide(e, op, sizes[0], sizes[1]), e->f64, "");
    LLVMValueRef shift = LLVMBuildTrunc(b, LLVMBuildSub(b, zeros[1], zeros[0], ""), e->i64, "");
    LLVMValueRef exponent = LLVMBuildSub(b, shift, emit_i64(e, QUOTIENT_BITS - 1), "");
    LLVMValueRef size = LLVMBuildFMul(b, quotient, power_of_two(e, exponent), "");
    if (!has_sign)
        return size;
    LLVMValueRef signs = LLVMBuildXor(b, args[0], args[1], "");
    LLVMValueRef is_below = part_compare_int(e, LLVMIntSLT, signs, 0);
    return part_select(e, is_below, LLVMBuildFNeg(b, size, ""), size);
}

/* ---- the operation ------------------------------------------------------------------------- */

void emit_INT_TRUEDIV(Emit *e, const Op *op)
{
    LLVMValueRef args[] = {emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))};
    ScalarKind kind = part_kind(op_arg(op, 0));
    bool has_sign = part_is_signed(kind);
    LLVMBasicBlockRef fast = emit_block(e, "truediv.fast"),
                      slow = emit_block(e, "truediv.slow");
    Join end;
    join_open(&end, emit_block(e, "truediv.end"), &e->f64, 1);
    LLVMValueRef exact = LLVMBuildAnd(e->builder, is_exact(e, args[0], has_sign),
                                      is_exact(e, args[1], has_sign), "is_exact");
    emit_branch_if(e, exact, fast, slow, LIKELY);
    emit_at(e, fast);
    LLVMValueRef quick[] = {
        emit_fast(e, LLVMBuildFDiv(e->builder, to_double(e, args[0], has_sign),
                                   to_double(e, args[1], has_sign), ""))};
    join_branch(e, &end, quick);
    emit_at(e, slow);
    bool is_runtimes = has_sign && LLVMTypeOf(args[0]) == e->i64;
    LLVMValueRef careful[] = {is_runtimes ? runtime_call(e, "rt_int_truediv", args)
                                          : wide_truediv(e, op, args, has_sign)};
    join_branch(e, &end, careful);
    emit_set(e, op, join_close(e, &end)[0]);
}
