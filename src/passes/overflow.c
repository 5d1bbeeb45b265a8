/* Integers: checks and operations that the ranges of their args make simpler.
 *
 * Where a checked operation cannot leave its kind it becomes the wrapping one; a comparison that the ranges
 * decide is a constant, and so is any value with one possible value; floor division of what is not
 * negative is the hardware's; operations in 128 bits whose args and result fit 64 are done there.
 * Folding afterwards removes what this leaves without purpose: checks, selects, branches.
 */
#include "ir/build.h"
#include "passes/interval.h"
#include "passes/pass.h"

typedef struct Overflow {
    Build build;
} Overflow;

static const uint8_t unchecked[OP_COUNT] = {
    [OP_ADD_X] = OP_ADD,
    [OP_SUB_X] = OP_SUB,
    [OP_MUL_X] = OP_MUL,
    [OP_SHL_X] = OP_SHL,
};

static void place_before(Overflow *o, Op *op)
{
    o->build.region = op->parent;
    o->build.before = op;
    o->build.loc = op->loc;
}

static void replace(Interval *in, Op *op, Value *with)
{
    interval_note(in, with, interval_of(in, op_result(op, 0)));
    if (!with->name)
        with->name = op->results[0].name;
    ir_value_replace(op_result(op, 0), with);
    ir_op_remove(op);
}

/* Does the exact result fit, whatever the args? */
static bool cannot_overflow(const Interval *in, const Op *op)
{
    Range exact;
    return range_exact(op->code, interval_of(in, op_arg(op, 0)), interval_of(in, op_arg(op, 1)),
                       &exact) &&
           !range_is_empty(exact) &&
           range_contains(range_of_kind(op->results[0].type->scalar), exact);
}

/* ---- one value ----------------------------------------------------------------------------- */

/* An arg with one possible value here. The values that a message shows stay. */
static void replace_constant_args(Overflow *o, const Interval *in, Op *op)
{
    uint32_t count = op->code == OP_CHECK ? 1 : op->arg_count;
    for (uint32_t i = 0; i < count; i++) {
        Value *arg = op_arg(op, i);
        ScalarKind kind;
        if (arg->type->kind != TYPE_SCALAR || !interval_kind(arg, &kind))
            continue;
        if (arg->def && arg->def->code == OP_CONST)
            continue;
        Range range = interval_of(in, arg);
        if (!range_is_const(range))
            continue;
        place_before(o, op);
        ir_arg_set(op, i, build_scalar_int(&o->build, kind, range.low));
    }
}

/* ---- operations ---------------------------------------------------------------------------- */

static bool is_division(OpCode op)
{
    return op == OP_FLOORDIV || op == OP_MOD || op == OP_TRUNCDIV || op == OP_TRUNCMOD;
}

static bool is_power_of_two(Range y)
{
    return range_is_const(y) && y.low > 0 && (y.low & (y.low - 1)) == 0;
}

/* Where the signs are known, rounding down is cutting off; by a power of two, which is a shift, it is the simpler
 * of the two. */
static OpCode simpler_division(const Interval *in, const Op *op)
{
    Range x = interval_of(in, op_arg(op, 0)), y = interval_of(in, op_arg(op, 1));
    bool is_plain = x.low >= 0 && y.low >= 0 && !is_power_of_two(y);
    if (op->code == OP_FLOORDIV && is_plain)
        return OP_TRUNCDIV;
    return op->code == OP_MOD && is_plain ? OP_TRUNCMOD : op->code;
}

static bool fits(const Interval *in, const Value *value, ScalarKind kind)
{
    return range_contains(range_of_kind(kind), interval_of(in, value));
}

static bool is_narrowable(OpCode op)
{
    return op == OP_ADD || op == OP_SUB || op == OP_MUL || op == OP_AND || op == OP_OR ||
           op == OP_XOR || is_division(op) || range_is_compare(op);
}

/* A 64-bit kind that holds the args and, where it is an integer of that width, the result. */
static bool find_narrow_kind(const Interval *in, const Op *op, ScalarKind *kind)
{
    static const ScalarKind kinds[] = {SCALAR_INT, SCALAR_INT_U64};
    for (int i = 0; i < 2; i++) {
        *kind = kinds[i];
        if (fits(in, op_arg(op, 0), *kind) && fits(in, op_arg(op, 1), *kind) &&
            (range_is_compare(op->code) || fits(in, op_result(op, 0), *kind)))
            return true;
    }
    return false;
}

static bool narrow(Overflow *o, Interval *in, Op *op)
{
    ScalarKind kind;
    const Type *wide = op_arg(op, 0)->type;
    bool is_wide = wide->kind == TYPE_SCALAR && wide->scalar == SCALAR_INT_I128;
    if (!is_wide || !is_narrowable(op->code) || !find_narrow_kind(in, op, &kind))
        return false;
    const Type *type = type_scalar(o->build.types, kind);
    place_before(o, op);
    Value *x = build_convert(&o->build, op_arg(op, 0), type);
    Value *y = build_convert(&o->build, op_arg(op, 1), type);
    Value *result = build_binary(&o->build, simpler_division(in, op), x, y);
    interval_note(in, result, interval_of(in, op_result(op, 0)));
    replace(in, op, build_convert(&o->build, result, op->results[0].type));
    return true;
}

/* select(0 < n, n, 0) is n where n is not negative: an arm that has the other's value whenever that is
 * chosen. Or NULL. */
static Value *only_arm(Interval *in, const Op *op)
{
    for (uint32_t i = 1; i <= 2; i++) {
        Range other = interval_of(in, op_arg(op, 3 - i));
        Range here = interval_if(in, op_arg(op, 0), i == 2, op_arg(op, i));
        if (range_is_const(other) && range_equal(here, other))
            return op_arg(op, i);
    }
    return NULL;
}

static void visit(void *context, Interval *in, Op *op)
{
    Overflow *o = context;
    ScalarKind kind;
    bool is_number = op->result_count == 1 && op->region_count == 0 && op->code != OP_CONST &&
                     op->results[0].type->kind == TYPE_SCALAR &&
                     interval_kind(op_result(op, 0), &kind);
    bool may_go = is_number && (op_flags(op->code) & OP_PURE || unchecked[op->code]);
    Range range = is_number ? interval_of(in, op_result(op, 0)) : range_empty();
    if (may_go && range_is_const(range) && (!unchecked[op->code] || cannot_overflow(in, op))) {
        place_before(o, op);
        replace(in, op, build_scalar_int(&o->build, kind, range.low));
        return;
    }
    Value *chosen = may_go && op->code == OP_SELECT ? only_arm(in, op) : NULL;
    if (chosen) {
        replace(in, op, chosen);
        return;
    }
    replace_constant_args(o, in, op);
    if (!may_go || op->arg_count != 2 || op_arg(op, 0)->type != op_arg(op, 1)->type)
        return;
    if (unchecked[op->code] && cannot_overflow(in, op))
        op->code = (OpCode)unchecked[op->code];
    if (narrow(o, in, op))
        return;
    if (is_division(op->code))
        op->code = simpler_division(in, op);
}

void pass_overflow(Compile *c, Func *func)
{
    Overflow overflow = {.build = {.func = func, .types = c->types}};
    Interval interval;
    interval_run(&interval, c->arena, func, visit, &overflow);
    pass_fold(c, func);
}
