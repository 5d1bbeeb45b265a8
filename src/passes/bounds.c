/* Index checks: those that facts prove go, others of loops are hoisted.
 *
 * The first half decides conditions of checks, and of the selects that Python's negative indices make,
 * by fact.h; of a condition that is a conjunction, parts go by themselves. The second half is
 * version.h's.
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

void pass_bounds(Compile *c, Func *func)
{
    prove_all(c, func);
    pass_fold(c, func);
    if (version_loops(c, func)) {
        pass_cse(c, func);
        pass_fold(c, func);
    }
    join_all_comparisons(c, func);
}
