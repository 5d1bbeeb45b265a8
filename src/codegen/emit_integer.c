/* Integers: checked arithmetic, division, shifts, counting bits. */
#include <assert.h>

#include "codegen/failure.h"
#include "codegen/flat.h"
#include "codegen/part.h"

static bool is_signed(const Op *op)
{
    return part_is_signed(part_kind(op_arg(op, 0)));
}

static bool is_float(const Emit *e, const Op *op)
{
    return part_is_float(e, emit_part((Emit *)e, op_arg(op, 0)));
}

/* ---- checked arithmetic -------------------------------------------------------------------- */

static void checked(Emit *e, const Op *op, const char *name, Build2 *wrapping)
{
    LLVMValueRef args[] = {emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))};
    LLVMValueRef pair = emit_intrinsic(e, name, LLVMTypeOf(args[0]), args, 2);
    LLVMValueRef fits =
        LLVMBuildNot(e->builder, LLVMBuildExtractValue(e->builder, pair, 1, ""), "fits");
    if (e->frame->flat) { /* not the pair's value, which may take longer than the plain one */
        vec_push(e->arena, &e->frame->flat->delayed, ((Delayed){op, fits}));
        emit_set(e, op, wrapping(e->builder, args[0], args[1], ""));
        return;
    }
    LLVMValueRef value = LLVMBuildExtractValue(e->builder, pair, 0, "");
    failure_check(e, op, fits, op->attr.site, op->arg_count);
    emit_set(e, op, value);
}

void emit_ADD_X(Emit *e, const Op *op)
{
    checked(e, op, is_signed(op) ? "llvm.sadd.with.overflow" : "llvm.uadd.with.overflow",
            LLVMBuildAdd);
}

void emit_SUB_X(Emit *e, const Op *op)
{
    checked(e, op, is_signed(op) ? "llvm.ssub.with.overflow" : "llvm.usub.with.overflow",
            LLVMBuildSub);
}

/* |value| ≤ 2^n for the result; where n is that of a constant or an unsigned value, it is less. */
static int magnitude_bits(const Value *value)
{
    const Op *def = value->def;
    if (def && def->code == OP_CONST && def->attr.constant->kind == CONSTANT_INT) {
        __int128 c = def->attr.constant->integer;
        int bits = 0;
        for (unsigned __int128 m = c < 0 ? -(unsigned __int128)c : (unsigned __int128)c; m;
             m >>= 1)
            bits++;
        return bits;
    }
    if (!def || def->code != OP_CONVERT || !scalar_is_integer(part_kind(op_arg(def, 0))))
        return 127;
    ScalarKind from = part_kind(op_arg(def, 0));
    return (int)scalar_bits(from) - part_is_signed(from);
}

/* Does the product of two signed 128-bit integers fit? Both are split at 64 bits, as magnitudes. LLVM's
 * own expansion is a call of __muloti4 on some targets. */
static LLVMValueRef wide_product_fits(Emit *e, LLVMValueRef x, LLVMValueRef y,
                                      LLVMValueRef product)
{
    LLVMBuilderRef b = e->builder;
    LLVMValueRef no_poison = LLVMConstInt(e->i1, 0, false), sixty_four = emit_int(e->i128, 64);
    LLVMValueRef xs[] = {x, no_poison}, ys[] = {y, no_poison};
    LLVMValueRef abs_x = emit_intrinsic(e, "llvm.abs", e->i128, xs, 2);
    LLVMValueRef abs_y = emit_intrinsic(e, "llvm.abs", e->i128, ys, 2);
    LLVMValueRef high_x = LLVMBuildLShr(b, abs_x, sixty_four, "");
    LLVMValueRef high_y = LLVMBuildLShr(b, abs_y, sixty_four, "");
    LLVMValueRef mask = LLVMBuildLShr(b, LLVMConstAllOnes(e->i128), sixty_four, "");
    LLVMValueRef low_x = LLVMBuildAnd(b, abs_x, mask, "");
    LLVMValueRef low_y = LLVMBuildAnd(b, abs_y, mask, "");
    LLVMValueRef both_high = LLVMBuildAnd(b, part_compare_int(e, LLVMIntNE, high_x, 0),
                                          part_compare_int(e, LLVMIntNE, high_y, 0), "");
    /* At most one of the cross products is not 0, unless both_high. */
    LLVMValueRef cross = LLVMBuildOr(b, LLVMBuildMul(b, high_x, low_y, ""),
                                     LLVMBuildMul(b, high_y, low_x, ""), "");
    LLVMValueRef cross_high =
        part_compare_int(e, LLVMIntNE, LLVMBuildLShr(b, cross, sixty_four, ""), 0);
    LLVMValueRef low = LLVMBuildMul(b, low_x, low_y, "");
    LLVMValueRef magnitude = LLVMBuildAdd(b, low, LLVMBuildShl(b, cross, sixty_four, ""), "");
    LLVMValueRef carry = LLVMBuildICmp(b, LLVMIntULT, magnitude, low, "");
    LLVMValueRef beyond = LLVMBuildOr(b, LLVMBuildOr(b, both_high, cross_high, ""), carry, "");
    /* The magnitude fits when the wrapped product has the sign that it must have, or is 0. */
    LLVMValueRef signs = LLVMBuildXor(b, LLVMBuildXor(b, x, y, ""), product, "");
    LLVMValueRef sign_ok = LLVMBuildOr(b, part_compare_int(e, LLVMIntSGE, signs, 0),
                                       part_compare_int(e, LLVMIntEQ, product, 0), "");
    return LLVMBuildAnd(b, LLVMBuildNot(b, beyond, ""), sign_ok, "fits");
}

void emit_MUL_X(Emit *e, const Op *op)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0)), y = emit_part(e, op_arg(op, 1));
    if (LLVMTypeOf(x) != e->i128) {
        checked(e, op, is_signed(op) ? "llvm.smul.with.overflow" : "llvm.umul.with.overflow",
                LLVMBuildMul);
        return;
    }
    bool fits = magnitude_bits(op_arg(op, 0)) + magnitude_bits(op_arg(op, 1)) <= 127;
    LLVMValueRef product =
        fits ? LLVMBuildNSWMul(e->builder, x, y, "") : LLVMBuildMul(e->builder, x, y, "");
    if (!fits)
        failure_check(e, op, wide_product_fits(e, x, y, product), op->attr.site, op->arg_count);
    emit_set(e, op, product);
}

/* ---- division ------------------------------------------------------------------------------ */

/* A division that never traps: a divisor of 0 or (when signed) -1 is replaced by 1. The quotient is
 * then x * y, which is -x (wrapping) for -1, and NumPy's 0 for 0; the remainder is 0, as is
 * NumPy's. So a division may be moved above the check that guards it. */
typedef struct Division {
    LLVMValueRef quotient, remainder, divisor;
    LLVMValueRef is_special; /* NULL: never */
    LLVMValueRef x, y;
    bool has_sign;
} Division;

/* NULL where the divisor is a constant that is not. */
static LLVMValueRef is_special_divisor(Emit *e, LLVMValueRef y, bool has_sign)
{
    LLVMValueRef special;
    if (has_sign) {
        LLVMValueRef next = LLVMBuildAdd(e->builder, y, emit_int(LLVMTypeOf(y), 1), "");
        special = part_compare_int(e, LLVMIntULT, next, 2);
    } else {
        special = part_compare_int(e, LLVMIntEQ, y, 0);
    }
    bool is_never = LLVMIsAConstantInt(special) && LLVMConstIntGetZExtValue(special) == 0;
    return is_never ? NULL : special;
}

static Division divide(Emit *e, const Op *op)
{
    Division d = {.x = emit_part(e, op_arg(op, 0)), .y = emit_part(e, op_arg(op, 1))};
    d.has_sign = is_signed(op);
    d.is_special = is_special_divisor(e, d.y, d.has_sign);
    d.divisor =
        d.is_special ? part_select(e, d.is_special, emit_int(LLVMTypeOf(d.y), 1), d.y) : d.y;
    Build2 *div = d.has_sign ? LLVMBuildSDiv : LLVMBuildUDiv;
    Build2 *rem = d.has_sign ? LLVMBuildSRem : LLVMBuildURem;
    d.quotient = div(e->builder, d.x, d.divisor, "");
    d.remainder = rem(e->builder, d.x, d.divisor, "");
    return d;
}

static LLVMValueRef quotient(Emit *e, const Division *d)
{
    if (!d->is_special)
        return d->quotient;
    LLVMValueRef product = LLVMBuildMul(e->builder, d->x, d->y, "");
    return part_select(e, d->is_special, product, d->quotient);
}

/* Is the remainder of truncation not 0, with the sign that the divisor has not? */
static LLVMValueRef needs_step(Emit *e, const Division *d)
{
    LLVMValueRef any = part_compare_int(e, LLVMIntNE, d->remainder, 0);
    LLVMValueRef signs = LLVMBuildXor(e->builder, d->remainder, d->divisor, "");
    LLVMValueRef differ = part_compare_int(e, LLVMIntSLT, signs, 0);
    return LLVMBuildAnd(e->builder, any, differ, "");
}

/* The exponent of a constant divisor 2^k, k ≥ 0, or -1. */
static int power_of_two(LLVMValueRef y)
{
    if (!LLVMIsAConstantInt(y) || LLVMGetIntTypeWidth(LLVMTypeOf(y)) > 64)
        return -1;
    unsigned long long value = LLVMConstIntGetZExtValue(y);
    bool is_negative = LLVMConstIntGetSExtValue(y) < 0;
    return value && !is_negative && !(value & (value - 1)) ? __builtin_ctzll(value) : -1;
}

/* By 2^k: a shift or a mask, which LLVM does not see in the general form. */
static bool floor_by_shift(Emit *e, const Op *op)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0)), y = emit_part(e, op_arg(op, 1));
    int exponent = power_of_two(y);
    if (exponent < 0)
        return false;
    LLVMTypeRef type = LLVMTypeOf(x);
    Build2 *shift = is_signed(op) ? LLVMBuildAShr : LLVMBuildLShr;
    if (op->code == OP_FLOORDIV)
        emit_set(e, op, shift(e->builder, x, emit_int(type, exponent), ""));
    else
        emit_set(e, op,
                 LLVMBuildAnd(e->builder, x, LLVMBuildSub(e->builder, y, emit_int(type, 1), ""),
                              ""));
    return true;
}

void emit_FLOORDIV(Emit *e, const Op *op)
{
    if (is_float(e, op)) {
        emit_set(
            e, op,
            part_float_floordiv(e, emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))));
        return;
    }
    if (floor_by_shift(e, op))
        return;
    Division d = divide(e, op);
    if (d.has_sign) {
        LLVMValueRef step = LLVMBuildSExt(e->builder, needs_step(e, &d), LLVMTypeOf(d.x), "");
        d.quotient = LLVMBuildAdd(e->builder, d.quotient, step, "");
    }
    emit_set(e, op, quotient(e, &d));
}

void emit_MOD(Emit *e, const Op *op)
{
    if (is_float(e, op)) {
        emit_set(e, op,
                 part_float_mod(e, emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))));
        return;
    }
    if (floor_by_shift(e, op))
        return;
    Division d = divide(e, op);
    if (d.has_sign) {
        LLVMValueRef step =
            part_select(e, needs_step(e, &d), d.divisor, emit_int(LLVMTypeOf(d.x), 0));
        d.remainder = LLVMBuildAdd(e->builder, d.remainder, step, "");
    }
    emit_set(e, op, d.remainder);
}

void emit_TRUNCDIV(Emit *e, const Op *op)
{
    Division d = divide(e, op);
    emit_set(e, op, quotient(e, &d));
}

void emit_TRUNCMOD(Emit *e, const Op *op)
{
    if (is_float(e, op))
        emit_set(e, op,
                 part_float_fmod(e, emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))));
    else
        emit_set(e, op, divide(e, op).remainder);
}

/* ---- shifts -------------------------------------------------------------------------------- */

static LLVMValueRef in_range(Emit *e, LLVMValueRef amount)
{
    unsigned bits = LLVMGetIntTypeWidth(LLVMTypeOf(amount));
    return part_compare_int(e, LLVMIntULT, amount, bits);
}

static LLVMValueRef shift_left(Emit *e, LLVMValueRef x, LLVMValueRef amount)
{
    LLVMValueRef shifted = LLVMBuildShl(e->builder, x, amount, "");
    return part_select(e, in_range(e, amount), shifted, emit_int(LLVMTypeOf(x), 0));
}

static LLVMValueRef shift_right(Emit *e, LLVMValueRef x, LLVMValueRef amount, bool has_sign)
{
    LLVMTypeRef type = LLVMTypeOf(x);
    if (!has_sign)
        return part_select(e, in_range(e, amount), LLVMBuildLShr(e->builder, x, amount, ""),
                           emit_int(type, 0));
    LLVMValueRef args[] = {amount, emit_int(type, LLVMGetIntTypeWidth(type) - 1)};
    return LLVMBuildAShr(e->builder, x, emit_intrinsic(e, "llvm.umin", type, args, 2), "");
}

void emit_SHL(Emit *e, const Op *op)
{
    emit_set(e, op, shift_left(e, emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1))));
}

void emit_SHR(Emit *e, const Op *op)
{
    emit_set(e, op,
             shift_right(e, emit_part(e, op_arg(op, 0)), emit_part(e, op_arg(op, 1)),
                         is_signed(op)));
}

void emit_SHL_X(Emit *e, const Op *op)
{
    LLVMValueRef x = emit_part(e, op_arg(op, 0)), amount = emit_part(e, op_arg(op, 1));
    LLVMValueRef shifted = shift_left(e, x, amount);
    LLVMValueRef back = shift_right(e, shifted, amount, is_signed(op));
    LLVMValueRef fits = LLVMBuildICmp(e->builder, LLVMIntEQ, back, x, "fits");
    failure_check(e, op, fits, op->attr.site, op->arg_count);
    emit_set(e, op, shifted);
}

/* ---- bits ---------------------------------------------------------------------------------- */

static LLVMValueRef resize(Emit *e, LLVMValueRef x, LLVMTypeRef type)
{
    return LLVMBuildIntCast2(e->builder, x, type, false, "");
}

static void count_bits(Emit *e, const Op *op, const char *name)
{
    LLVMValueRef args[] = {emit_part(e, op_arg(op, 0)), LLVMConstInt(e->i1, 0, false)};
    bool has_flag = op->code != OP_POPCOUNT; /* is_zero_poison */
    LLVMValueRef count = emit_intrinsic(e, name, LLVMTypeOf(args[0]), args, has_flag ? 2 : 1);
    emit_set(e, op, resize(e, count, emit_scalar_type(e, part_kind(op_result(op, 0)))));
}

void emit_CTZ(Emit *e, const Op *op)
{
    count_bits(e, op, "llvm.cttz");
}

void emit_CLZ(Emit *e, const Op *op)
{
    count_bits(e, op, "llvm.ctlz");
}

void emit_POPCOUNT(Emit *e, const Op *op)
{
    count_bits(e, op, "llvm.ctpop");
}

void emit_MUL_HIGH(Emit *e, const Op *op)
{
    Build2 *shift = is_signed(op) ? LLVMBuildAShr : LLVMBuildLShr;
    LLVMValueRef wide[2];
    for (uint32_t i = 0; i < 2; i++) {
        LLVMValueRef arg = emit_part(e, op_arg(op, i));
        wide[i] = LLVMBuildIntCast2(e->builder, arg, e->i128, is_signed(op), "");
    }
    LLVMValueRef product = LLVMBuildMul(e->builder, wide[0], wide[1], "");
    LLVMValueRef high = shift(e->builder, product, emit_int(e->i128, 64), "");
    emit_set(e, op, LLVMBuildTrunc(e->builder, high, e->i64, ""));
}
