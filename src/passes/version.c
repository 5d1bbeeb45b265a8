/* Hoisting checks out of loop nests by versioning them; see version.h.
 *
 * A check in a loop is a candidate when its condition is made of x ≤ y + c, with an upper bound of x and a lower
 * bound of y over all trips that can be computed before the loop: from counters and their trip counts, sums,
 * products with one factor that is fixed or both not negative, facts in force at the check, and ranges. Bounds
 * are computed in 128 bits, and refused where they might not fit. Operations that may overflow
 * are candidates in the same way: their exact result must lie in 64 bits.
 *
 * Each candidate is tried on its innermost loop and then further out while that works. A loop is versioned when
 * all candidates inside can be decided before it and that is worth its code; otherwise the loops inside are
 * looked at. So the versioned loops are disjoint and the function at most doubles.
 */
#include "passes/version.h"

#include "ir/analysis.h"
#include "ir/build.h"
#include "passes/fact.h"

enum {
    LOOP_SIZE_MAX = 3000, /* operations */
    SMALL_SIZE_MAX = 60,
    TESTS_MAX = 48, /* comparisons before one loop */
    STEPS_MAX = 80, /* of computing the bounds of one candidate */
    DEPTH_MAX = 16,
};

/* One comparison of the test: low ≤ high + c. `x` and `y` say what it is about. */
typedef struct Test {
    Value *x, *y; /* bounds, in 128 bits */
    __int128 c;
} Test;

typedef struct Versioner {
    Arena *arena;
    TypeTable *types;
    Interval interval;
    Facts facts;
    Op **tops; /* by Op.id: of a candidate, the outermost loop that it can be decided before */
    uint32_t *all,
        *here; /* by Op.id of a loop: candidates inside, those that can be decided before it */
    Map moved; /* results of loops that were versioned → those of the choice */
    bool changed;
} Versioner;

/* Computing bounds for one loop. Without `build` it is only found out whether that works. */
typedef struct Bounder {
    Versioner *v;
    const Op *loop;
    uint32_t position; /* of the candidate: facts in force there count */
    Build *build;
    Map constants; /* by value, when building */
    Map built;     /* Value.id * 2 + is_upper → the bound, when building */
    int steps;
    uint32_t facts_used;
    VEC(Test) tests;
    VEC(Value *) conditions; /* bools from outside that must be true */
} Bounder;

typedef struct Bound {
    Value *value; /* when building */
    Range range;  /* what it may be: never beyond 128 bits */
} Bound;

static bool bound(Bounder *b, const Value *value, bool is_upper, int depth, Bound *out);

/* ---- small questions ----------------------------------------------------------------------- */

static bool is_outside(const Bounder *b, const Value *value)
{
    return value->def != b->loop && !analysis_is_defined_inside(value, b->loop);
}

static Range range_of(const Bounder *b, const Value *value)
{
    return interval_of(&b->v->interval, value);
}

static bool is_exact(const Bounder *b, const Op *op)
{
    Range exact;
    return op_attr_kind(op->code) == ATTR_SITE ||
           (range_exact(op->code, range_of(b, op_arg(op, 0)), range_of(b, op_arg(op, 1)),
                        &exact) &&
            range_contains(range_of_kind(op->results[0].type->scalar), exact));
}

/* ---- building ------------------------------------------------------------------------------ */

static Value *wide(const Bounder *b, Value *value)
{
    return build_convert(b->build, value, type_scalar(b->v->types, SCALAR_INT_I128));
}

static bool bound_const(Bounder *b, __int128 value, Bound *out)
{
    const __int128 far = (__int128)1 << 62;
    bool is_kept = value > -far && value < far;
    uint64_t key = is_kept ? (uint64_t)(value + far) : 0;
    *out = (Bound){is_kept ? map_get(&b->constants, key) : NULL, range_const(value)};
    if (!b->build || out->value)
        return true;
    out->value = build_scalar_int(b->build, SCALAR_INT_I128, value);
    if (is_kept)
        map_set(b->v->arena, &b->constants, key, out->value);
    return true;
}

static bool combine(const Bounder *b, OpCode op, Bound x, Bound y, Bound *out)
{
    if (!range_exact(op, x.range, y.range, &out->range))
        return false;
    out->value = b->build ? build_binary(b->build, op, x.value, y.value) : NULL;
    return true;
}

static bool combine_const(Bounder *b, OpCode op, Bound x, __int128 c, Bound *out)
{
    Bound y;
    return bound_const(b, c, &y) && combine(b, op, x, y, out);
}

/* The larger (or the smaller) of the two. */
static Bound farther(const Bounder *b, bool is_upper, Bound x, Bound y)
{
    Bound out = {NULL, range_join(x.range, y.range)};
    if (b->build) {
        Value *is_first = build_compare(b->build, is_upper ? OP_GT : OP_LT, x.value, y.value);
        out.value = build_select(b->build, is_first, x.value, y.value);
    }
    return out;
}

/* ---- bounds by operation ------------------------------------------------------------------- */

static bool bound_sum(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Bound x, y;
    return is_exact(b, op) && bound(b, op_arg(op, 0), is_upper, depth, &x) &&
           bound(b, op_arg(op, 1), is_upper, depth, &y) && combine(b, OP_ADD, x, y, out);
}

static bool bound_difference(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Bound x, y;
    return is_exact(b, op) && bound(b, op_arg(op, 0), is_upper, depth, &x) &&
           bound(b, op_arg(op, 1), !is_upper, depth, &y) && combine(b, OP_SUB, x, y, out);
}

static bool bound_negative(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Bound x;
    ScalarKind kind = op->results[0].type->scalar;
    return scalar_class(kind) == CLASS_INT &&
           range_of(b, op_arg(op, 0)).low > range_of_kind(kind).low &&
           bound(b, op_arg(op, 0), !is_upper, depth, &x) &&
           combine_const(b, OP_MUL, x, -1, out);
}

static bool demand(Bounder *b, Bound x, Bound y, __int128 c)
{
    Test test = {x.value, y.value, c};
    for (uint32_t i = 0; b->build && i < b->tests.len; i++)
        if (b->tests.data[i].x == x.value && b->tests.data[i].y == y.value) {
            if (b->tests.data[i].c > c)
                b->tests.data[i].c = c;
            return true;
        }
    vec_push(b->v->arena, &b->tests, test);
    return b->tests.len <= TESTS_MAX;
}

/* One factor that is fixed; when its sign is not known, the test asks that it is not negative. */
static bool bound_scaled(Bounder *b, const Value *factor, const Value *other, bool is_upper,
                         int depth, Bound *out)
{
    Range range = range_of(b, factor);
    Bound x, y, zero;
    bool is_negative = range.high <= 0, is_known = range.low >= 0 || is_negative;
    if (!is_outside(b, factor) && !range_is_const(range))
        return false;
    return bound(b, factor, true, depth, &x) &&
           (is_known || (bound_const(b, 0, &zero) && demand(b, zero, x, 0))) &&
           bound(b, other, is_negative != is_upper, depth, &y) && combine(b, OP_MUL, x, y, out);
}

/* One factor is fixed, or both are not negative. */
static bool bound_product(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    const Value *first = op_arg(op, 0), *second = op_arg(op, 1);
    Bound x, y;
    if (!is_exact(b, op))
        return false;
    if (bound_scaled(b, first, second, is_upper, depth, out) ||
        bound_scaled(b, second, first, is_upper, depth, out))
        return true;
    if (range_of(b, first).low < 0 || range_of(b, second).low < 0)
        return false;
    if (!is_upper)
        return bound_const(b, 0, out);
    return bound(b, first, true, depth, &x) && bound(b, second, true, depth, &y) &&
           combine(b, OP_MUL, x, y, out);
}

static bool bound_conversion(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    ScalarKind from;
    return interval_kind(op_arg(op, 0), &from) && scalar_class(from) != CLASS_BOOL &&
           range_contains(range_of_kind(op->results[0].type->scalar),
                          range_of(b, op_arg(op, 0))) &&
           bound(b, op_arg(op, 0), is_upper, depth, out);
}

/* By a positive constant. */
static bool bound_quotient(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Range by = range_of(b, op_arg(op, 1));
    Bound x;
    bool is_shift = op->code == OP_SHR;
    if (!range_is_const(by) || by.low < !is_shift || by.low > (is_shift ? 62 : INT64_MAX) ||
        !bound(b, op_arg(op, 0), is_upper, depth, &x))
        return false;
    *out = (Bound){NULL, range_binary(op->code, SCALAR_INT_I128, x.range, by)};
    if (b->build) {
        Bound y;
        bound_const(b, by.low, &y);
        out->value = build_binary(b->build, op->code, x.value, y.value);
    }
    return true;
}

/* A smaller-of or larger-of may take either arm; others both. */
static bool bound_select(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Bound x, y;
    const Op *test = op_arg(op, 0)->def;
    Value *first = op_arg(op, 1), *second = op_arg(op, 2);
    bool is_pair = test && range_is_compare(test->code) &&
                   op_arg(test, 0)->type == first->type &&
                   ((op_arg(test, 0) == first && op_arg(test, 1) == second) ||
                    (op_arg(test, 0) == second && op_arg(test, 1) == first));
    bool is_less = test && (test->code == OP_LT || test->code == OP_LE);
    bool is_order = is_less || (test && (test->code == OP_GT || test->code == OP_GE));
    bool takes_smaller = is_pair && is_order && is_less == (op_arg(test, 0) == first);
    if (is_pair && is_order && takes_smaller == is_upper)
        return bound(b, first, is_upper, depth, out) || bound(b, second, is_upper, depth, out);
    if (!bound(b, first, is_upper, depth, &x) || !bound(b, second, is_upper, depth, &y))
        return false;
    *out = farther(b, is_upper, x, y);
    return true;
}

/* x % m lies in 0 … m - 1, or m … 0. */
static bool bound_rest(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out)
{
    Bound m;
    if (op->code == OP_TRUNCMOD && range_of(b, op_arg(op, 0)).low < 0)
        return false;
    if (range_of(b, op_arg(op, 1)).low < 1)
        return false;
    if (!is_upper)
        return bound_const(b, 0, out);
    return bound(b, op_arg(op, 1), true, depth, &m) && combine_const(b, OP_SUB, m, 1, out);
}

typedef bool BoundRule(Bounder *b, const Op *op, bool is_upper, int depth, Bound *out);

static BoundRule *const rules[OP_COUNT] = {
    [OP_ADD] = bound_sum,        [OP_ADD_X] = bound_sum,
    [OP_SUB] = bound_difference, [OP_SUB_X] = bound_difference,
    [OP_MUL] = bound_product,    [OP_MUL_X] = bound_product,
    [OP_NEG] = bound_negative,   [OP_CONVERT] = bound_conversion,
    [OP_SELECT] = bound_select,  [OP_FLOORDIV] = bound_quotient,
    [OP_SHR] = bound_quotient,   [OP_MOD] = bound_rest,
    [OP_TRUNCMOD] = bound_rest,
};

/* ---- bounds of loops' params --------------------------------------------------------------- */

static bool bound_trips(Bounder *b, const Op *loop, int depth, Bound *out)
{
    return bound(b, facts_trips_inside(&b->v->interval, loop), true, depth, out);
}

/* A counter lies in 0 … trips - 1. */
static bool bound_counter(Bounder *b, const Op *loop, bool is_upper, int depth, Bound *out)
{
    Bound trips;
    if (!is_upper)
        return bound_const(b, 0, out);
    return bound_trips(b, loop, depth, &trips) && combine_const(b, OP_SUB, trips, 1, out);
}

/* `value` - `from` at most (or at least). Joins take the larger; a FOR adds up to what its trips add. */
static bool bound_growth(Bounder *b, const Value *value, const Value *from, bool is_upper,
                         int depth, Bound *out);

static bool growth_of_exits(Bounder *b, const Exit *exits, uint32_t index, const Value *from,
                            bool is_upper, int depth, Bound *out)
{
    bool is_first = true;
    uint32_t candidate = b->position;
    for (; exits; exits = exits->next, is_first = false) {
        Bound each;
        /* Other trips may not have been at the candidate: what counts is in force where they end. */
        b->position = nest_of(&b->v->interval.nest, exits->op)->position;
        bool is_bounded =
            bound_growth(b, op_arg(exits->op, index), from, is_upper, depth, &each);
        b->position = candidate;
        if (!is_bounded)
            return false;
        *out = is_first ? each : farther(b, is_upper, *out, each);
    }
    return !is_first;
}

static bool growth_of_sum(Bounder *b, const Op *op, const Value *from, bool is_upper, int depth,
                          Bound *out)
{
    bool is_difference = op->code == OP_SUB || op->code == OP_SUB_X;
    Bound x, y;
    if (!is_exact(b, op))
        return false;
    if (bound_growth(b, op_arg(op, 0), from, is_upper, depth, &x))
        return bound(b, op_arg(op, 1), is_upper != is_difference, depth, &y) &&
               combine(b, is_difference ? OP_SUB : OP_ADD, x, y, out);
    return !is_difference && bound_growth(b, op_arg(op, 1), from, is_upper, depth, &y) &&
           bound(b, op_arg(op, 0), is_upper, depth, &x) && combine(b, OP_ADD, x, y, out);
}

/* What up to `trips` trips of a FOR add to its param: at least nothing. */
static bool growth_of_trips(Bounder *b, const Op *loop, uint32_t param, Bound trips,
                            bool is_upper, int depth, Bound *out)
{
    Bound trip, all, none;
    if (!growth_of_exits(b, nest_of(&b->v->interval.nest, loop)->repeats, param - 1,
                         loop->regions[0].params[param], is_upper, depth, &trip) ||
        !combine(b, OP_MUL, trips, trip, &all) || !bound_const(b, 0, &none))
        return false;
    *out = farther(b, is_upper, all, none);
    return true;
}

static bool growth_of_for(Bounder *b, const Op *loop, uint32_t result, const Value *from,
                          bool is_upper, int depth, Bound *out)
{
    Bound start, trips, inside;
    return !nest_of(&b->v->interval.nest, loop)->leaves &&
           bound_growth(b, op_arg(loop, result + 1), from, is_upper, depth, &start) &&
           bound_trips(b, loop, depth, &trips) &&
           growth_of_trips(b, loop, result + 1, trips, is_upper, depth, &inside) &&
           combine(b, OP_ADD, start, inside, out);
}

static bool bound_growth(Bounder *b, const Value *value, const Value *from, bool is_upper,
                         int depth, Bound *out)
{
    const Op *op = value->def;
    Bound x, y;
    if (value == from)
        return bound_const(b, 0, out);
    if (!op || is_outside(b, value) || depth == 0 || b->steps-- <= 0)
        return false; /* what is outside has nothing of `from`, and may be of a loop versioned before */
    depth--;
    if (op->code == OP_ADD || op->code == OP_ADD_X || op->code == OP_SUB ||
        op->code == OP_SUB_X)
        return growth_of_sum(b, op, from, is_upper, depth, out);
    if (op->code == OP_FOR)
        return growth_of_for(b, op, value->index, from, is_upper, depth, out);
    if (op->code == OP_IF || op->code == OP_BLOCK)
        return growth_of_exits(b, nest_of(&b->v->interval.nest, op)->leaves, value->index, from,
                               is_upper, depth, out);
    if (op->code != OP_SELECT || !bound_growth(b, op_arg(op, 1), from, is_upper, depth, &x) ||
        !bound_growth(b, op_arg(op, 2), from, is_upper, depth, &y))
        return false;
    *out = farther(b, is_upper, x, y);
    return true;
}

/* A value that a FOR carries: its start and what all but the last trip add. */
static bool bound_carried(Bounder *b, const Op *loop, uint32_t param, bool is_upper, int depth,
                          Bound *out)
{
    Bound start, trips, inside;
    return bound(b, op_arg(loop, param), is_upper, depth, &start) &&
           bound_trips(b, loop, depth, &trips) && combine_const(b, OP_SUB, trips, 1, &trips) &&
           growth_of_trips(b, loop, param, trips, is_upper, depth, &inside) &&
           combine(b, OP_ADD, start, inside, out);
}

static bool bound_param(Bounder *b, const Value *param, bool is_upper, int depth, Bound *out)
{
    const Op *loop = param->region->owner;
    if (!loop || loop->code != OP_FOR)
        return false;
    return param->index == 0 ? bound_counter(b, loop, is_upper, depth, out)
                             : bound_carried(b, loop, param->index, is_upper, depth, out);
}

/* ---- bounds -------------------------------------------------------------------------------- */

static bool bound_by_fact(Bounder *b, const Value *value, bool is_upper, int depth, Bound *out)
{
    const Fact *fact = NULL;
    while ((fact = facts_next(&b->v->facts, value, is_upper, b->position, fact))) {
        const Value *other = is_upper ? fact->y : fact->x;
        Bound x;
        if (other && is_outside(b, other) && bound(b, other, is_upper, depth, &x)) {
            b->facts_used++;
            return combine_const(b, OP_ADD, x, is_upper ? fact->c : -fact->c, out);
        }
    }
    return false;
}

/* Nothing better is known: what the range says, unless that is the kind's own end. */
static bool bound_by_range(Bounder *b, const Value *value, bool is_upper, Bound *out)
{
    Range range = range_of(b, value);
    __int128 end = is_upper ? range.high : range.low;
    const __int128 far = (__int128)1 << 40;
    return !range_is_empty(range) && end > -far && end < far && bound_const(b, end, out);
}

static bool bound_inside(Bounder *b, const Value *value, bool is_upper, int depth, Bound *out)
{
    if (!value->def && bound_param(b, value, is_upper, depth, out))
        return true;
    if (value->def && rules[value->def->code] &&
        rules[value->def->code](b, value->def, is_upper, depth, out))
        return true;
    return bound_by_fact(b, value, is_upper, depth, out) ||
           bound_by_range(b, value, is_upper, out);
}

/* A value from outside the loop that `value` never exceeds (or never falls below) at the candidate. */
static bool bound(Bounder *b, const Value *value, bool is_upper, int depth, Bound *out)
{
    ScalarKind kind;
    const Value *moved = map_get(&b->v->moved, map_key(value));
    if (moved)
        value = moved; /* a fact still names the loop's own result */
    if (depth == 0 || b->steps-- <= 0 || !interval_kind(value, &kind))
        return false;
    Range range = range_of(b, value);
    if (range_is_const(range))
        return bound_const(b, range.low, out);
    uint64_t key = (uint64_t)value->id * 2 + is_upper;
    const Bound *known = b->build ? map_get(&b->built, key) : NULL;
    if (known) {
        *out = *known;
        return true;
    }
    uint32_t facts_used = b->facts_used;
    if (is_outside(b, value)) {
        *out = (Bound){b->build ? wide(b, (Value *)value) : NULL, range};
    } else if (!bound_inside(b, value, is_upper, depth - 1, out)) {
        return false;
    }
    if (b->build && b->facts_used == facts_used) { /* facts hold at one candidate only */
        Bound *kept = ARENA_NEW(b->v->arena, Bound);
        *kept = *out;
        map_set(b->v->arena, &b->built, key, kept);
    }
    return true;
}

/* ---- conditions ---------------------------------------------------------------------------- */

/* x ≤ y + c in all trips. */
static bool demand_order(Bounder *b, const Value *x, const Value *y, __int128 c)
{
    Bound upper, lower;
    return bound(b, x, true, DEPTH_MAX, &upper) && bound(b, y, false, DEPTH_MAX, &lower) &&
           demand(b, upper, lower, c);
}

/* Python's index: w = select(i < 0, i + dim, i), or NULL. */
static const Op *wrapped_index(const Value *w)
{
    const Op *op = w->def;
    if (!op || op->code != OP_SELECT)
        return NULL;
    const Op *test = op_arg(op, 0)->def, *sum = op_arg(op, 1)->def;
    Constant storage;
    if (!test || test->code != OP_LT || op_arg(test, 0) != op_arg(op, 2) || !sum ||
        sum->code != OP_ADD)
        return NULL;
    const Constant *zero = build_known(op_arg(test, 1), &storage);
    bool is_index = zero && zero->kind == CONSTANT_INT && zero->integer == 0 &&
                    (op_arg(sum, 0) == op_arg(op, 2) || op_arg(sum, 1) == op_arg(op, 2));
    return is_index ? op : NULL;
}

static Value *wrapped_by(const Op *select)
{
    const Op *sum = op_arg(select, 1)->def;
    return op_arg(sum, op_arg(sum, 0) == op_arg(select, 2) ? 1 : 0);
}

/* Does the index begin at a negative number? Then it wraps around, and the select stays. */
static bool starts_negative(const Bounder *b, const Value *index)
{
    Range range = range_of(b, index);
    return range.low < 0 && range.low > -((__int128)1 << 31);
}

/* 0 ≤ w: the index itself, which leaves the select without purpose; or with the dimension added. */
static bool demand_not_negative(Bounder *b, const Value *w)
{
    const Op *select = wrapped_index(w);
    const Value *index = select ? op_arg(select, 2) : w;
    Bound zero, lower, dim;
    if (!bound_const(b, 0, &zero) || !bound(b, index, false, DEPTH_MAX, &lower))
        return false;
    if (!select || !starts_negative(b, index))
        return demand(b, zero, lower, 0);
    return bound(b, wrapped_by(select), false, DEPTH_MAX, &dim) &&
           combine(b, OP_ADD, lower, dim, &lower) && demand(b, zero, lower, 0);
}

static bool is_zero(const Bounder *b, const Value *value)
{
    Range range = range_of(b, value);
    return range_is_const(range) && range.low == 0;
}

static bool demand_compare(Bounder *b, OpCode op, const Value *x, const Value *y)
{
    if (op == OP_GE || op == OP_GT)
        return demand_compare(b, range_swapped(op), y, x);
    if (op == OP_EQ)
        return demand_order(b, x, y, 0) && demand_order(b, y, x, 0);
    if (op == OP_NE)
        return false;
    if (op == OP_LE && is_zero(b, x))
        return demand_not_negative(b, y);
    const Op *select = wrapped_index(x);
    if (op == OP_LT && select && wrapped_by(select) == y && range_of(b, y).low >= 0)
        x = op_arg(select, 2); /* i + dim < dim where i < 0 */
    return demand_order(b, x, y, op == OP_LT ? -1 : 0);
}

static bool demand_condition(Bounder *b, Value *condition)
{
    const Op *def = condition->def;
    ScalarKind kind;
    if (is_outside(b, condition)) {
        for (uint32_t i = 0; i < b->conditions.len; i++)
            if (b->conditions.data[i] == condition)
                return true;
        vec_push(b->v->arena, &b->conditions, condition);
        return b->conditions.len <= TESTS_MAX;
    }
    if (def && def->code == OP_AND)
        return demand_condition(b, op_arg(def, 0)) && demand_condition(b, op_arg(def, 1));
    return def && range_is_compare(def->code) && interval_kind(op_arg(def, 0), &kind) &&
           demand_compare(b, def->code, op_arg(def, 0), op_arg(def, 1));
}

/* The exact result lies in its kind. */
static bool demand_no_overflow(Bounder *b, const Op *op)
{
    Range kind = range_of_kind(op->results[0].type->scalar);
    Bound least, most, lower, upper;
    return bound_const(b, kind.low, &least) && bound_const(b, kind.high, &most) &&
           rules[op->code](b, op, true, DEPTH_MAX, &upper) && demand(b, upper, most, 0) &&
           rules[op->code](b, op, false, DEPTH_MAX, &lower) && demand(b, least, lower, 0);
}

static bool demand_candidate(Bounder *b, const Op *op)
{
    b->position = nest_of(&b->v->interval.nest, op)->position;
    b->steps = STEPS_MAX;
    return op->code == OP_CHECK ? demand_condition(b, op_arg(op, 0))
                                : demand_no_overflow(b, op);
}

/* ---- candidates ---------------------------------------------------------------------------- */

static bool may_be_candidate(const Op *op)
{
    if (op->code == OP_CHECK)
        return true;
    bool overflows = op->code == OP_ADD_X || op->code == OP_SUB_X || op->code == OP_MUL_X;
    return overflows && op->results[0].type->scalar == SCALAR_INT;
}

static void find_top(Versioner *v, const Op *op)
{
    for (Op *loop = analysis_loop(op); loop; loop = analysis_loop(loop)) {
        Bounder b = {.v = v, .loop = loop};
        if (!demand_candidate(&b, op))
            break;
        v->tops[op->id] = loop;
    }
    const Op *top = v->tops[op->id];
    bool is_below = top;
    for (const Op *loop = top ? analysis_loop(op) : NULL; loop; loop = analysis_loop(loop)) {
        v->all[loop->id]++;
        v->here[loop->id] += is_below;
        is_below = is_below && loop != top;
    }
}

/* ---- rewriting ----------------------------------------------------------------------------- */

static Value *build_test(Bounder *b)
{
    Build *build = b->build;
    Value *test = build_bool(build, true);
    for (uint32_t i = 0; i < b->conditions.len; i++)
        test = build_binary(build, OP_AND, test, b->conditions.data[i]);
    for (uint32_t i = 0; i < b->tests.len; i++) {
        const Test *each = &b->tests.data[i];
        Bound c;
        bound_const(b, each->c, &c);
        Value *high = build_binary(build, OP_ADD, each->y, c.value);
        test = build_binary(build, OP_AND, test, build_compare(build, OP_LE, each->x, high));
    }
    return test;
}

static void drop_select(Versioner *v, const Bounder *b, const Value *w, const Map *copies)
{
    const Op *select = wrapped_index(w);
    if (!select || starts_negative(b, op_arg(select, 2)) || is_outside(b, w))
        return;
    Value *copy = map_get(copies, map_key(w));
    Build build = {.func = v->interval.nest.func,
                   .types = v->types,
                   .region = copy->def->parent,
                   .before = copy->def,
                   .loc = copy->def->loc};
    ir_arg_set(copy->def, 0, build_bool(&build, false));
}

/* Where 0 ≤ w was demanded of the index itself, it needs no wrapping around. */
static void drop_selects(Versioner *v, const Bounder *b, const Value *condition,
                         const Map *copies)
{
    const Op *def = condition->def;
    if (!def || is_outside(b, condition))
        return;
    if (def->code == OP_AND) {
        drop_selects(v, b, op_arg(def, 0), copies);
        drop_selects(v, b, op_arg(def, 1), copies);
    }
    if (def->code == OP_GE && is_zero(b, op_arg(def, 1)))
        drop_select(v, b, op_arg(def, 0), copies);
    if (def->code == OP_LE && is_zero(b, op_arg(def, 0)))
        drop_select(v, b, op_arg(def, 1), copies);
}

static void drop_check(Versioner *v, const Bounder *b, const Op *op, const Map *copies)
{
    static const uint8_t unchecked[OP_COUNT] = {
        [OP_ADD_X] = OP_ADD, [OP_SUB_X] = OP_SUB, [OP_MUL_X] = OP_MUL};
    Op *copy = map_get(copies, map_key(op));
    if (op->code != OP_CHECK) {
        copy->code = (OpCode)unchecked[op->code];
        return;
    }
    drop_selects(v, b, op_arg(op, 0), copies);
    ir_op_remove(copy);
}

static void yield_results(Func *func, Op *op)
{
    Value **results = ARENA_ARRAY(func->arena, Value *, op->result_count + 1);
    for (uint32_t i = 0; i < op->result_count; i++)
        results[i] = op_result(op, i);
    ir_op_append(op->parent, ir_op_new(func, OP_YIELD, op->loc, results, op->result_count, 0));
}

/* if test { copy } else { loop }; the copy's operations by the originals. */
static void split_loop(Versioner *v, Op *loop, Value *test, Map *copies)
{
    Func *func = v->interval.nest.func;
    Op *choice = ir_op_new(func, OP_IF, loop->loc, &test, 1, loop->result_count);
    Op *copy = ir_op_clone(func, loop, copies, v->arena);
    ir_op_insert_before(loop, choice);
    for (uint32_t i = 0; i < loop->result_count; i++) {
        Value *result = op_result(choice, i);
        result->type = loop->results[i].type;
        result->name = loop->results[i].name;
        interval_note(&v->interval, result, interval_of(&v->interval, op_result(loop, i)));
        map_set(v->arena, &v->moved, map_key(op_result(loop, i)), result);
        ir_value_replace(op_result(loop, i), result);
    }
    ir_op_unlink(loop);
    ir_op_append(&choice->regions[0], copy);
    ir_op_append(&choice->regions[1], loop);
    yield_results(func, copy);
    yield_results(func, loop);
}

static void version(Versioner *v, Op *loop)
{
    Build build = {.func = v->interval.nest.func,
                   .types = v->types,
                   .region = loop->parent,
                   .before = loop,
                   .loc = loop->loc};
    Bounder b = {.v = v, .loop = loop, .build = &build};
    VEC(const Op *) dropped = {0};
    const NestOp *self = nest_of(&v->interval.nest, loop);
    for (uint32_t p = self->position; p <= self->end; p++) {
        const Op *op = v->interval.nest.order[p];
        uint32_t tests = b.tests.len, conditions = b.conditions.len;
        if (!v->tops[op->id])
            continue;
        if (demand_candidate(&b, op)) {
            vec_push(v->arena, &dropped, op);
        } else {
            b.tests.len = tests; /* too many: the check stays */
            b.conditions.len = conditions;
            b.built = (Map){0}; /* bounds may rest on tests that went */
        }
    }
    if (!dropped.len)
        return;
    Map copies = {0};
    split_loop(v, loop, build_test(&b), &copies);
    for (uint32_t i = 0; i < dropped.len; i++)
        drop_check(v, &b, dropped.data[i], &copies);
    v->changed = true;
}

/* A loop that may raise all the same stays scalar: a large one gains less than compiling it twice costs. */
static bool is_worth_it(const Versioner *v, const Op *loop)
{
    const NestOp *self = nest_of(&v->interval.nest, loop);
    uint32_t size = self->end - self->position;
    if (size <= SMALL_SIZE_MAX)
        return true;
    for (uint32_t p = self->position; p <= self->end; p++) {
        const Op *op = v->interval.nest.order[p];
        if (!v->tops[op->id] && op->region_count == 0 && (nest_effects(op) & EFFECT_RAISES))
            return false;
    }
    return size <= LOOP_SIZE_MAX;
}

static void visit(Versioner *v, Region *region)
{
    for (Op *op = region->first, *next; op; op = next) {
        next = op->next;
        bool is_whole = nest_is_loop(op) && v->all[op->id] && v->all[op->id] == v->here[op->id];
        if (is_whole && is_worth_it(v, op)) {
            version(v, op);
            continue;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            visit(v, &op->regions[i]);
    }
}

bool version_loops(Compile *c, Func *func)
{
    Versioner v = {.arena = c->arena, .types = c->types};
    interval_run(&v.interval, c->arena, func, NULL, NULL);
    facts_open(&v.facts, c->arena, &v.interval);
    v.tops = ARENA_ARRAY(c->arena, Op *, func->op_count + 1);
    v.all = ARENA_ARRAY(c->arena, uint32_t, func->op_count + 1);
    v.here = ARENA_ARRAY(c->arena, uint32_t, func->op_count + 1);
    for (uint32_t p = 0; p < v.interval.nest.count; p++)
        if (may_be_candidate(v.interval.nest.order[p]))
            find_top(&v, v.interval.nest.order[p]);
    visit(&v, &func->body);
    return v.changed;
}
