/* Complex numbers: parts, division, |z| against a bound. */
#include <math.h>

#include "codegen/join.h"
#include "codegen/part.h"

void emit_COMPLEX(Emit *e, const Op *op)
{
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    parts[0] = emit_part(e, op_arg(op, 0));
    parts[1] = emit_part(e, op_arg(op, 1));
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_REAL(Emit *e, const Op *op)
{
    emit_set(e, op, emit_parts(e, op_arg(op, 0))[0]);
}

void emit_IMAG(Emit *e, const Op *op)
{
    emit_set(e, op, emit_parts(e, op_arg(op, 0))[1]);
}

/* ---- division ------------------------------------------------------------------------------ */

static LLVMValueRef mul(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    return emit_fast(e, LLVMBuildFMul(e->builder, x, y, ""));
}

static LLVMValueRef div(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    return emit_fast(e, LLVMBuildFDiv(e->builder, x, y, ""));
}

static LLVMValueRef add(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    return emit_fast(e, LLVMBuildFAdd(e->builder, x, y, ""));
}

static LLVMValueRef sub(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    return emit_fast(e, LLVMBuildFSub(e->builder, x, y, ""));
}

static LLVMValueRef magnitude(Emit *e, LLVMValueRef x)
{
    return emit_intrinsic(e, "llvm.fabs", LLVMTypeOf(x), &x, 1);
}

/* Smith's formula, as CPython and NumPy both use it, with one division of b's parts:
 *     |b.re| ≥ |b.im|:  ratio = b.im / b.re,  denominator = b.re + b.im * ratio
 *                       (a.re + a.im * ratio, a.im - a.re * ratio)
 *     otherwise:        ratio = b.re / b.im,  denominator = b.im + b.re * ratio
 *                       (a.re * ratio + a.im, a.im * ratio - a.re)
 * The two branches are one computation on exchanged operands. */
typedef struct Smith {
    LLVMValueRef a[2], b[2];
    LLVMValueRef by_re;               /* the first branch? */
    LLVMValueRef denominator, re, im; /* the fraction */
} Smith;

static Smith smith(Emit *e, const Op *op)
{
    LLVMValueRef *a = emit_parts(e, op_arg(op, 0)), *b = emit_parts(e, op_arg(op, 1));
    Smith s = {{a[0], a[1]}, {b[0], b[1]}, NULL, NULL, NULL, NULL};
    s.by_re = part_compare_real(e, LLVMRealOGE, magnitude(e, b[0]), magnitude(e, b[1]));
    LLVMValueRef great = part_select(e, s.by_re, b[0], b[1]);
    LLVMValueRef small = part_select(e, s.by_re, b[1], b[0]);
    LLVMValueRef ratio = div(e, small, great);
    s.denominator = add(e, great, mul(e, small, ratio));
    LLVMValueRef plain = part_select(e, s.by_re, a[0], a[1]);
    LLVMValueRef scaled = mul(e, part_select(e, s.by_re, a[1], a[0]), ratio);
    s.re = add(e, plain, scaled);
    LLVMValueRef crossed = mul(e, plain, ratio);
    s.im =
        sub(e, part_select(e, s.by_re, a[1], crossed), part_select(e, s.by_re, crossed, a[0]));
    return s;
}

/* NumPy: times 1 / denominator; a zero divisor divides both parts by +0, which is times infinity. */
static void numpy_div(Emit *e, const Smith *s, LLVMValueRef *parts)
{
    LLVMTypeRef type = LLVMTypeOf(s->re);
    LLVMValueRef zero = emit_real(type, 0);
    LLVMValueRef is_zero = LLVMBuildAnd(
        e->builder, s->by_re, part_compare_real(e, LLVMRealOEQ, s->b[0], zero), "is_zero");
    LLVMValueRef scale = div(e, emit_real(type, 1), s->denominator);
    scale = part_select(e, is_zero, emit_real(type, (double)INFINITY), scale);
    parts[0] = mul(e, part_select(e, is_zero, s->a[0], s->re), scale);
    parts[1] = mul(e, part_select(e, is_zero, s->a[1], s->im), scale);
}

/* CPython: by the denominator; nan where a part of the divisor is one. A zero divisor raises before. */
static void python_div(Emit *e, const Smith *s, LLVMValueRef *parts)
{
    LLVMValueRef nan = emit_real(LLVMTypeOf(s->re), (double)NAN);
    LLVMValueRef is_nan = LLVMBuildFCmp(e->builder, LLVMRealUNO, s->b[0], s->b[1], "is_nan");
    parts[0] = part_select(e, is_nan, nan, div(e, s->re, s->denominator));
    parts[1] = part_select(e, is_nan, nan, div(e, s->im, s->denominator));
}

void emit_DIV(Emit *e, const Op *op)
{
    ScalarKind kind = part_kind(op_result(op, 0));
    if (scalar_class(kind) != CLASS_COMPLEX) {
        emit_set(e, op,
                 part_float2(e, LLVMBuildFDiv, emit_part(e, op_arg(op, 0)),
                             emit_part(e, op_arg(op, 1))));
        return;
    }
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    Smith s = smith(e, op);
    if (scalar_is_weak(kind))
        python_div(e, &s, parts);
    else
        numpy_div(e, &s, parts);
    emit_set_parts(e, op_result(op, 0), parts);
}

/* ---- |z| OP r ------------------------------------------------------------------------------ */

/* hypot(re, im) OP r without hypot. m = re² + im² and s = r² are off by less than 2 and 1 units of
 * rounding (u, relatively), and hypot by less than 2u; so m > s·(1 + 16u) means hypot > r, and
 * m < s·(1 - 16u) means hypot < r. What is between, not a number or out of the range where the
 * squares are accurate asks hypot, out of line. An m beyond the range is infinite or tiny and on the right
 * side of s. */
typedef struct Band {
    double low, high;    /* of r, where s is accurate */
    double below, above; /* 1 ∓ 16u */
} Band;

static Band band_of(const Emit *e, LLVMTypeRef type)
{
    if (type == e->f64)
        return (Band){0x1p-500, 0x1p500, 1 - 0x1p-49, 1 + 0x1p-49};
    return (Band){0x1p-55, 0x1p55, 1 - 0x1p-20, 1 + 0x1p-20};
}

/* A constant r folds in the builder. */
static LLVMValueRef is_accurate(Emit *e, LLVMValueRef r, const Band *band)
{
    LLVMTypeRef type = LLVMTypeOf(r);
    LLVMValueRef low =
        LLVMBuildFCmp(e->builder, LLVMRealOGE, r, emit_real(type, band->low), "");
    LLVMValueRef high =
        LLVMBuildFCmp(e->builder, LLVMRealOLE, r, emit_real(type, band->high), "");
    return LLVMBuildAnd(e->builder, low, high, "");
}

/* Goes on where `condition` does not hold; where it does, to `end` with a constant. */
static void decide(Emit *e, LLVMValueRef condition, bool answer, const char *name, Odds odds,
                   Join *end)
{
    LLVMBasicBlockRef known = emit_block(e, "abs.%s", name),
                      next = emit_block(e, "abs.not.%s", name);
    LLVMValueRef *value = ARENA_NEW(e->arena, LLVMValueRef);
    *value = LLVMConstInt(e->i1, answer, false);
    emit_branch_if(e, condition, known, next, odds);
    emit_at(e, known);
    join_branch(e, end, value);
    emit_at(e, next);
}

void emit_ABS_COMPARE(Emit *e, const Op *op)
{
    static const OpCode codes[] = {
        [COMPARE_EQ] = OP_EQ, [COMPARE_NE] = OP_NE, [COMPARE_LT] = OP_LT,
        [COMPARE_LE] = OP_LE, [COMPARE_GT] = OP_GT, [COMPARE_GE] = OP_GE,
    };
    LLVMBuilderRef b = e->builder;
    LLVMValueRef *z = emit_parts(e, op_arg(op, 0)), r = emit_part(e, op_arg(op, 1));
    LLVMTypeRef type = LLVMTypeOf(r);
    OpCode code = codes[op->attr.integer];
    Band band = band_of(e, type);
    Join end;
    join_open(&end, emit_block(e, "abs.end"), &e->i1, 1);
    LLVMValueRef m = LLVMBuildFAdd(b, LLVMBuildFMul(b, z[0], z[0], ""),
                                   LLVMBuildFMul(b, z[1], z[1], ""), "m");
    LLVMValueRef s = LLVMBuildFMul(b, r, r, ""), accurate = is_accurate(e, r, &band);
    LLVMValueRef below = LLVMBuildFMul(b, s, emit_real(type, band.below), "");
    LLVMValueRef above = LLVMBuildFMul(b, s, emit_real(type, band.above), "");
    LLVMValueRef is_less = LLVMBuildFCmp(b, LLVMRealOLT, m, below, "is_less");
    decide(e, LLVMBuildAnd(b, is_less, accurate, ""),
           code == OP_LT || code == OP_LE || code == OP_NE, "less", EVEN, &end);
    LLVMValueRef is_greater = LLVMBuildFCmp(b, LLVMRealOGT, m, above, "is_greater");
    decide(e, LLVMBuildAnd(b, is_greater, accurate, ""),
           code == OP_GT || code == OP_GE || code == OP_NE, "greater", LIKELY, &end);
    LLVMValueRef hypot = part_libm(e, "hypot", z, 2);
    LLVMValueRef careful[] = {part_compare(e, code, false, hypot, r)};
    join_branch(e, &end, careful);
    emit_set(e, op, join_close(e, &end)[0]);
}
