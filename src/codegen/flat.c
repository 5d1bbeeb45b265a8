/* Branches as selects; see flat.h. */
#include "codegen/flat.h"

#include "codegen/failure.h"
#include "codegen/part.h"
#include "ir/analysis.h"

static const double cost_max = 6; /* of both arms: what a mispredicted branch costs at least */

static bool may_overflow(const Op *op)
{
    return (op->code == OP_ADD_X || op->code == OP_SUB_X || op->code == OP_MUL_X) &&
           scalar_bits(part_kind(op_result(op, 0))) <= 64;
}

static bool is_number(const Value *value)
{
    return value->type->kind == TYPE_SCALAR;
}

/* Short, and nothing but arithmetic; `checks` counts what may overflow. */
static bool arm_suits(const Region *arm, uint32_t *checks)
{
    for (const Op *op = arm->first; op; op = op->next) {
        bool is_end = op->code == OP_YIELD;
        if (!is_end && !may_overflow(op) && !analysis_is_speculatable(op))
            return false;
        *checks += may_overflow(op);
        for (uint32_t i = 0; i < (is_end ? op->arg_count : op->result_count); i++)
            if (!is_number(is_end ? op_arg(op, i) : op_result(op, i)))
                return false;
    }
    return arm->last && arm->last->code == OP_YIELD;
}

bool flat_suits(const Op *op)
{
    uint32_t checks = 0;
    return op->result_count > 0 && arm_suits(&op->regions[0], &checks) &&
           arm_suits(&op->regions[1], &checks) && checks > 0 &&
           analysis_cost(&op->regions[0]) + analysis_cost(&op->regions[1]) <= cost_max;
}

/* What the arm yields. */
static LLVMValueRef *emit_arm(Emit *e, const Region *arm)
{
    uint32_t width;
    for (const Op *op = arm->first; op != arm->last; op = op->next)
        emit_op(e, op);
    return emit_gather(e, arm->last, 0, &width);
}

/* ---- the test ------------------------------------------------------------------------------ */

/* scale * base + offset, as an exact number. */
typedef struct Affine {
    const Value *base;
    __int128 scale, offset;
} Affine;

/* Those x of `base` for which all operations made of it fit. */
typedef struct Window {
    const Value *base;
    __int128 low, high;
} Window;

typedef struct Test {
    Emit *e;
    LLVMValueRef all_fit;
    VEC(Window) windows;
} Test;

static bool known(const Value *value, __int128 *out)
{
    const Op *def = value->def;
    if (!def || def->code != OP_CONST || def->attr.constant->kind != CONSTANT_INT)
        return false;
    *out = def->attr.constant->integer;
    return true;
}

static bool is_near(__int128 number)
{
    return number > -((__int128)1 << 62) && number < (__int128)1 << 62;
}

/* Of checked operations with a constant, in Python ints carried in 64 bits. */
static bool find_affine(const Value *value, Affine *out)
{
    const Op *op = value->def;
    __int128 c;
    *out = (Affine){value, 1, 0};
    if (!op || !may_overflow(op) || part_kind(value) != SCALAR_INT)
        return false;
    const Value *x = op_arg(op, 0);
    if (!known(op_arg(op, 1), &c)) {
        x = op_arg(op, 1);
        if (op->code == OP_SUB_X || !known(op_arg(op, 0), &c))
            return false;
    }
    Affine inner;
    find_affine(x, &inner); /* where it is none, x itself */
    if (op->code == OP_MUL_X)
        *out = (Affine){inner.base, inner.scale * c, inner.offset * c};
    else
        *out = (Affine){inner.base, inner.scale,
                        op->code == OP_ADD_X ? inner.offset + c : inner.offset - c};
    return out->scale > 0 && is_near(out->scale) && is_near(out->offset);
}

static __int128 floor_div(__int128 x, __int128 positive)
{
    return x / positive - (x % positive < 0);
}

static void narrow(Test *test, const Affine *affine)
{
    __int128 low = -floor_div(affine->offset - INT64_MIN, affine->scale);
    __int128 high = floor_div((__int128)INT64_MAX - affine->offset, affine->scale);
    Window *window = test->windows.data, *end = window + test->windows.len;
    while (window != end && window->base != affine->base)
        window++;
    if (window == end) {
        vec_push(test->e->arena, &test->windows, ((Window){affine->base, low, high}));
        return;
    }
    window->low = low > window->low ? low : window->low;
    window->high = high < window->high ? high : window->high;
}

static void demand(Test *test, LLVMValueRef fits)
{
    test->all_fit = LLVMBuildAnd(test->e->builder, test->all_fit, fits, "");
}

/* low ≤ x ≤ high, as one comparison. */
static void demand_window(Test *test, const Window *window)
{
    Emit *e = test->e;
    __int128 low = window->low < INT64_MIN ? INT64_MIN : window->low;
    __int128 high = window->high > INT64_MAX ? INT64_MAX : window->high;
    if (low > high) {
        demand(test, LLVMConstInt(e->i1, 0, false));
        return;
    }
    LLVMValueRef distance =
        LLVMBuildSub(e->builder, emit_part(e, window->base), emit_i64(e, (int64_t)low), "");
    LLVMValueRef most = LLVMConstInt(e->i64, (uint64_t)(high - low), false);
    demand(test, LLVMBuildICmp(e->builder, LLVMIntULE, distance, most, ""));
}

/* True where nothing overflows in either arm. */
static LLVMValueRef everything_fits(Emit *e, const struct Flat *flat)
{
    Test test = {.e = e, .all_fit = LLVMConstInt(e->i1, 1, false)};
    for (uint32_t i = 0; i < flat->delayed.len; i++) {
        Affine affine;
        if (find_affine(op_result(flat->delayed.data[i].op, 0), &affine))
            narrow(&test, &affine);
        else
            demand(&test, flat->delayed.data[i].fits);
    }
    for (uint32_t i = 0; i < test.windows.len; i++)
        demand_window(&test, &test.windows.data[i]);
    return test.all_fit;
}

/* ---- the branch ---------------------------------------------------------------------------- */

static void check_one_by_one(Emit *e, const struct Flat *flat, uint32_t first, uint32_t end,
                             LLVMValueRef is_other)
{
    for (uint32_t i = first; i < end; i++) {
        const Delayed *each = &flat->delayed.data[i];
        LLVMValueRef ok = LLVMBuildOr(e->builder, each->fits, is_other, "");
        failure_check(e, each->op, ok, each->op->attr.site, each->op->arg_count);
    }
}

void flat_emit(Emit *e, const Op *op)
{
    struct Flat flat = {0}, *outer = e->frame->flat;
    LLVMValueRef condition = emit_part(e, op_arg(op, 0));
    LLVMBasicBlockRef go_on = emit_block(e, "if.%u.end", op->label);
    LLVMBasicBlockRef slow = emit_block(e, "if.%u.check", op->label);
    e->frame->flat = &flat;
    LLVMValueRef *yes = emit_arm(e, &op->regions[0]);
    uint32_t first = flat.delayed.len;
    LLVMValueRef *no = emit_arm(e, &op->regions[1]);
    e->frame->flat = outer;
    emit_branch_if(e, everything_fits(e, &flat), go_on, slow, LIKELY);
    emit_at(e, slow);
    LLVMValueRef inverse = LLVMBuildNot(e->builder, condition, "");
    check_one_by_one(e, &flat, 0, first, inverse);
    check_one_by_one(e, &flat, first, flat.delayed.len, condition);
    emit_branch(e, go_on);
    emit_at(e, go_on);
    for (uint32_t i = 0; i < op->result_count; i++) {
        LLVMValueRef *part = ARENA_NEW(e->arena, LLVMValueRef);
        *part = LLVMBuildSelect(e->builder, condition, yes[i], no[i], "");
        emit_set_parts(e, op_result(op, i), part);
    }
}
