/* Index checks: those that facts prove go, others of loops are hoisted.
 *
 * The first half decides conditions of checks, and of the selects that Python's negative indices make,
 * by fact.h; of a condition that is a conjunction, parts go by themselves. The second half is
 * version.h's. What is left becomes one comparison, and wrapping around is moved out of the usual way.
 */
#include "ir/analysis.h"
#include "ir/build.h"
#include "ir/dead.h"
#include "passes/fact.h"
#include "passes/pass.h"
#include "passes/version.h"

typedef struct Prover {
    Facts facts;
    Build build;
} Prover;

static void place_before(Prover *p, Op *op)
{
    p->build.region = op->parent;
    p->build.before = op;
    p->build.loc = op->loc;
}

/* What is left to check of a condition; NULL: nothing. */
static Value *unproved(Prover *p, uint32_t position, Value *condition)
{
    const Op *def = condition->def;
    if (facts_decide(&p->facts, position, condition, true))
        return NULL;
    if (!def || def->code != OP_AND)
        return condition;
    Value *first = unproved(p, position, op_arg(def, 0));
    Value *second = unproved(p, position, op_arg(def, 1));
    if (first == op_arg(def, 0) && second == op_arg(def, 1))
        return condition;
    if (!first || !second)
        return first ? first : second;
    return build_binary(&p->build, OP_AND, first, second);
}

static void prove_check(Prover *p, uint32_t position, Op *op)
{
    place_before(p, op);
    Value *left = unproved(p, position, op_arg(op, 0));
    if (!left) {
        ir_op_remove(op);
        return;
    }
    if (left != op_arg(op, 0))
        ir_arg_set(op, 0, left);
}

static void decide_select(Prover *p, uint32_t position, Op *op)
{
    const Op *test = op_arg(op, 0)->def;
    if (!test || !range_is_compare(test->code))
        return;
    bool is_true = facts_decide(&p->facts, position, op_arg(op, 0), true);
    if (!is_true && !facts_decide(&p->facts, position, op_arg(op, 0), false))
        return;
    place_before(p, op);
    ir_arg_set(op, 0, build_bool(&p->build, is_true));
}

static void prove_all(Compile *c, Func *func)
{
    Interval interval;
    Prover p = {.build = {.func = func, .types = c->types}};
    interval_run(&interval, c->arena, func, NULL, NULL);
    facts_open(&p.facts, c->arena, &interval);
    for (uint32_t position = 0; position < interval.nest.count; position++) {
        Op *op = interval.nest.order[position];
        if (op->code == OP_CHECK)
            prove_check(&p, position, op);
        if (op->code == OP_SELECT)
            decide_select(&p, position, op);
    }
}

/* ---- what is left -------------------------------------------------------------------------- */

static bool is_zero(const Value *value)
{
    Constant storage;
    const Constant *known = build_known(value, &storage);
    return known && known->kind == CONSTANT_INT && known->integer == 0;
}

static bool is_dim(const Value *value)
{
    return value->def && value->def->code == OP_ARRAY_DIM;
}

/* 0 ≤ w, w < dim: one comparison of unsigned numbers, a dimension being no negative one. */
static void join_comparisons(Compile *c, Op *check)
{
    const Op *both = op_arg(check, 0)->def;
    if (!both || both->code != OP_AND)
        return;
    const Op *ge = op_arg(both, 0)->def, *lt = op_arg(both, 1)->def;
    if (ge && ge->code == OP_LT) {
        const Op *swapped = ge;
        ge = lt;
        lt = swapped;
    }
    if (!ge || !lt || ge->code != OP_GE || lt->code != OP_LT ||
        op_arg(ge, 0) != op_arg(lt, 0) || !is_zero(op_arg(ge, 1)) || !is_dim(op_arg(lt, 1)))
        return;
    Build build = {.func = check->parent->func,
                   .types = c->types,
                   .region = check->parent,
                   .before = check,
                   .loc = check->loc};
    const Type *word = type_scalar(c->types, SCALAR_INT_U64);
    Value *index = build_bitcast(&build, op_arg(lt, 0), word);
    Value *dim = build_bitcast(&build, op_arg(lt, 1), word);
    ir_arg_set(check, 0, build_compare(&build, OP_LT, index, dim));
}

static void join_all_comparisons(Compile *c, Func *func)
{
    for (Op *op = func->body.first; op; op = analysis_next(op, &func->body))
        if (op->code == OP_CHECK)
            join_comparisons(c, op);
    dead_remove(func);
}

/* ---- negative indices ---------------------------------------------------------------------- */

/* A check of select(i < 0, i + dim, i) <u dim that is left. */
typedef struct Wrapped {
    Op *check;
    Value *index, *dim, *chosen; /* i, the dimension, the select */
    const Op *bitcast;           /* of `chosen`, for the check */
} Wrapped;

static bool find_wrapped(Op *check, Wrapped *out)
{
    const Op *lt = op_arg(check, 0)->def;
    const Op *left = lt && lt->code == OP_LT ? op_arg(lt, 0)->def : NULL;
    const Op *right = left ? op_arg(lt, 1)->def : NULL;
    if (!right || left->code != OP_BITCAST || right->code != OP_BITCAST)
        return false;
    *out = (Wrapped){check, NULL, op_arg(right, 0), op_arg(left, 0), left};
    const Op *select = out->chosen->def;
    if (!select || select->code != OP_SELECT || !is_dim(out->dim))
        return false;
    out->index = op_arg(select, 2);
    const Op *is_negative = op_arg(select, 0)->def, *sum = op_arg(select, 1)->def;
    return is_negative && is_negative->code == OP_LT && op_arg(is_negative, 0) == out->index &&
           is_zero(op_arg(is_negative, 1)) && sum && sum->code == OP_ADD &&
           op_arg(sum, 0) == out->index && op_arg(sum, 1) == out->dim;
}

/* Does the operation run only after the check? */
static bool is_behind(const Nest *nest, Op *op, const Op *check)
{
    const Op *beside = ir_ancestor_in(op, check->parent);
    return beside && nest_knows(nest, beside) &&
           nest_of(nest, beside)->position > nest_of(nest, check)->position;
}

static bool is_used_behind_only(const Nest *nest, const Wrapped *w)
{
    for (const Use *use = w->chosen->uses; use; use = use->next)
        if (use->user != w->bitcast && !is_behind(nest, use->user, w->check))
            return false;
    return true;
}

/* i <u dim ? i : i + dim, which is checked: the usual index costs one comparison and no select. */
static void turn_wrapped(Compile *c, const Wrapped *w)
{
    Op *check = w->check;
    Func *func = check->parent->func;
    Build b = {.func = func, .types = c->types, .region = check->parent, .before = check};
    b.loc = check->loc;
    const Type *word = type_scalar(c->types, SCALAR_INT_U64);
    Value *limit = build_bitcast(&b, w->dim, word);
    Value *is_inside = build_compare(&b, OP_LT, build_bitcast(&b, w->index, word), limit);
    Op *choice = ir_op_new(func, OP_IF, check->loc, &is_inside, 1, 1);
    Value *result = op_result(choice, 0), *index = w->index;
    result->type = index->type;
    ir_op_insert_before(check, choice);
    for (Use *use = w->chosen->uses, *next; use; use = next) {
        next = use->next;
        if (use->user != w->bitcast)
            ir_arg_set(use->user, (uint32_t)(use - use->user->args), result);
    }
    ir_op_append(&choice->regions[0], ir_op_new(func, OP_YIELD, check->loc, &index, 1, 0));
    b.region = &choice->regions[1];
    b.before = NULL;
    Value *wrapped = build_binary(&b, OP_ADD, index, w->dim);
    /* Not i + dim <u dim: LLVM makes a carry of that, in time quadratic in the function's length. */
    Value *zero = build_int(&b, 0);
    Value *is_valid = build_binary(&b, OP_AND, build_compare(&b, OP_LT, index, zero),
                                   build_compare(&b, OP_GE, wrapped, zero));
    ir_op_unlink(check);
    ir_op_append(&choice->regions[1], check);
    ir_arg_set(check, 0, is_valid);
    ir_op_append(&choice->regions[1], ir_op_new(func, OP_YIELD, check->loc, &wrapped, 1, 0));
}

static void turn_all_wrapped(Compile *c, Func *func)
{
    Nest nest;
    Wrapped wrapped;
    nest_open(&nest, c->arena, func);
    for (uint32_t position = 0; position < nest.count; position++) {
        Op *op = nest.order[position];
        if (op->code == OP_CHECK && find_wrapped(op, &wrapped) &&
            is_used_behind_only(&nest, &wrapped))
            turn_wrapped(c, &wrapped);
    }
    dead_remove(func);
}

void pass_bounds(Compile *c, Func *func)
{
    prove_all(c, func);
    pass_fold(c, func);
    if (version_loops(c, func)) {
        pass_cse(c, func);
        pass_fold(c, func);
    }
    join_all_comparisons(c, func);
    turn_all_wrapped(c, func);
}
