/* Proofs about the order of integers; see fact.h.
 *
 * A proof of x ≤ y + c replaces x by something that is not smaller, or y by something that is not larger,
 * until both are the same value or their ranges decide. Steps are limited by depth and by a budget per proof,
 * so that all proofs of a function cost no more than a constant times their number.
 */
#include "passes/fact.h"

#include "passes/item.h"

enum {
    DEPTH_MAX = 12,
    BUDGET = 300,   /* steps per proof */
    FACTS_MAX = 200 /* about one value: keeps large functions linear */
};

static const __int128 far = (__int128)1 << 100; /* beyond any bound that a proof may use */

static bool prove(Facts *f, uint32_t position, const Value *x, const Value *y, __int128 c,
                  int depth);

/* ---- collecting ---------------------------------------------------------------------------- */

static bool is_near(__int128 c)
{
    return c > -far && c < far;
}

static uint32_t slot_of(const Facts *f, const Value *value)
{
    return value ? value->id : f->value_count;
}

static bool is_known_value(const Facts *f, const Value *value)
{
    return !value || value->id < f->value_count;
}

static void fact_add(Facts *f, Claim claim, uint32_t from, uint32_t to)
{
    if (claim.x == claim.y || !is_known_value(f, claim.x) || !is_known_value(f, claim.y))
        return;
    bool is_full = (claim.x && f->counts[claim.x->id]++ >= FACTS_MAX) ||
                   (claim.y && f->counts[claim.y->id]++ >= FACTS_MAX);
    if (is_full)
        return;
    Fact *fact = ARENA_NEW(f->arena, Fact);
    *fact = (Fact){claim.x,
                   claim.y,
                   claim.c,
                   from,
                   to,
                   f->of_x[slot_of(f, claim.x)],
                   f->of_y[slot_of(f, claim.y)]};
    f->of_x[slot_of(f, claim.x)] = fact;
    f->of_y[slot_of(f, claim.y)] = fact;
}

/* value = *base + *offset, through constants, sums with constants and conversions that change nothing.
 * *base is NULL for a constant. */
static void split(const Facts *f, const Value *value, const Value **base, __int128 *offset)
{
    *offset = 0;
    for (;;) {
        Range range = interval_of(f->interval, value);
        bool is_constant = range_is_const(range) && is_near(range.low);
        *base = is_constant ? NULL : value;
        if (is_constant)
            *offset += range.low;
        const Op *def = *base ? value->def : NULL;
        if (!def || def->result_count != 1 || def->arg_count == 0)
            return;
        ScalarKind kind;
        const Value *x = op_arg(def, 0);
        if (!interval_kind(x, &kind))
            return;
        Range from = interval_of(f->interval, x), exact;
        Range whole = range_of_kind(def->results[0].type->scalar);
        if (def->code == OP_CONVERT &&
            scalar_class(def->results[0].type->scalar) != CLASS_BOOL &&
            range_contains(whole, from)) {
            value = x;
            continue;
        }
        bool is_sum = def->code == OP_ADD || def->code == OP_ADD_X;
        if (!is_sum && def->code != OP_SUB && def->code != OP_SUB_X)
            return;
        Range by = interval_of(f->interval, op_arg(def, 1));
        bool wraps =
            op_attr_kind(def->code) != ATTR_SITE &&
            !(range_exact(def->code, from, by, &exact) && range_contains(whole, exact));
        if (!range_is_const(by) || !is_near(by.low) || !is_near(*offset) || wraps)
            return;
        *offset += is_sum ? by.low : -by.low;
        value = x;
    }
}

/* What `x op y` says, as at most two claims. */
static uint32_t claims_of_compare(const Facts *f, OpCode op, const Value *x, const Value *y,
                                  Claim *claims)
{
    const Value *a, *b;
    __int128 from_a, from_b;
    split(f, x, &a, &from_a);
    split(f, y, &b, &from_b);
    uint32_t count = 0;
    if (op == OP_LT || op == OP_LE || op == OP_EQ)
        claims[count++] = (Claim){a, b, from_b - from_a - (op == OP_LT)};
    if (op == OP_GT || op == OP_GE || op == OP_EQ)
        claims[count++] = (Claim){b, a, from_a - from_b - (op == OP_GT)};
    return count;
}

typedef void EachClaim(Facts *f, Claim claim, const uint32_t *scope);

static void each_claim(Facts *f, const Value *condition, bool truth, EachClaim *visit,
                       const uint32_t *scope)
{
    const Op *def = condition->def;
    ScalarKind kind;
    if (!def)
        return;
    if (def->code == OP_NOT)
        each_claim(f, op_arg(def, 0), !truth, visit, scope);
    if (def->code == (truth ? OP_AND : OP_OR))
        for (uint32_t i = 0; i < 2; i++)
            each_claim(f, op_arg(def, i), truth, visit, scope);
    if (!range_is_compare(def->code) || !interval_kind(op_arg(def, 0), &kind))
        return;
    Claim claims[2];
    OpCode op = truth ? def->code : range_inverse(def->code);
    uint32_t count = claims_of_compare(f, op, op_arg(def, 0), op_arg(def, 1), claims);
    for (uint32_t i = 0; i < count; i++)
        visit(f, claims[i], scope);
}

static void note_claim(Facts *f, Claim claim, const uint32_t *scope)
{
    fact_add(f, claim, scope[0], scope[1]);
}

static void note(Facts *f, const Value *condition, bool truth, uint32_t from, uint32_t to)
{
    if (from <= to)
        each_claim(f, condition, truth, note_claim, (uint32_t[]){from, to});
}

static uint32_t region_end(const Facts *f, const Region *region)
{
    return nest_of(&f->interval->nest, region->last)->end;
}

static uint32_t region_start(const Facts *f, const Region *region)
{
    return nest_of(&f->interval->nest, region->first)->position;
}

static void note_if(Facts *f, const Op *op)
{
    bool comes_back[2];
    for (uint32_t i = 0; i < 2; i++) {
        const Region *region = &op->regions[i];
        note(f, op_arg(op, 0), i == 0, region_start(f, region), region_end(f, region));
        comes_back[i] = region->last->code == OP_YIELD;
    }
    if (comes_back[0] != comes_back[1])
        note(f, op_arg(op, 0), comes_back[0], nest_of(&f->interval->nest, op)->end + 1,
             region_end(f, op->parent));
}

static void note_for(Facts *f, const Op *op)
{
    const Region *body = &op->regions[0];
    const Value *count = op_arg(op, 0), *inside = facts_trips_inside(f->interval, op);
    uint32_t from = region_start(f, body), to = region_end(f, body);
    const Value *base;
    __int128 offset;
    split(f, inside, &base, &offset);
    fact_add(f, (Claim){body->params[0], base, offset - 1}, from, to);
    fact_add(f, (Claim){NULL, base, offset - 1}, from, to);
    if (inside != count)
        note(f, op_arg(count->def, 0), inside == op_arg(count->def, 1), from, to);
}

/* An item of a range lies between its ends: where there is one, that is, where it can be seen. */
static void note_item(Facts *f, const Op *op)
{
    ItemBounds bounds;
    if ((op->code != OP_ADD && op->code != OP_SUB && op->code != OP_MUL) ||
        !item_bounds(f->interval, op_result(op, 0), &bounds))
        return;
    const Value *item = op_result(op, 0);
    uint32_t from = nest_of(&f->interval->nest, op)->position, to = region_end(f, op->parent);
    fact_add(f, (Claim){item, bounds.high, bounds.high_plus}, from, to);
    fact_add(f, (Claim){bounds.low, item, -bounds.low_plus}, from, to);
}

static void collect(Facts *f)
{
    const Nest *nest = &f->interval->nest;
    for (uint32_t p = 0; p < nest->count; p++) {
        const Op *op = nest->order[p];
        if (op->code == OP_CHECK)
            note(f, op_arg(op, 0), true, p + 1, region_end(f, op->parent));
        if (op->code == OP_IF)
            note_if(f, op);
        if (op->code == OP_FOR)
            note_for(f, op);
        note_item(f, op);
    }
}

void facts_open(Facts *f, Arena *arena, const Interval *interval)
{
    *f = (Facts){.arena = arena, .interval = interval, .value_count = interval->value_count};
    f->of_x = ARENA_ARRAY(arena, Fact *, f->value_count + 1);
    f->of_y = ARENA_ARRAY(arena, Fact *, f->value_count + 1);
    f->counts = ARENA_ARRAY(arena, uint32_t, f->value_count + 1);
    collect(f);
}

Value *facts_trips_inside(const Interval *interval, const Op *loop)
{
    Value *count = op_arg(loop, 0);
    const Op *def = count->def;
    for (uint32_t i = 1; def && def->code == OP_SELECT && i <= 2; i++)
        if (interval_of(interval, op_arg(def, i)).high <= 0)
            return op_arg(def, 3 - i);
    return count;
}

/* ---- facts in force ------------------------------------------------------------------------ */

const Fact *facts_next(const Facts *f, const Value *x, bool is_upper, uint32_t position,
                       const Fact *before)
{
    const Fact *fact;
    if (before)
        fact = is_upper ? before->next_of_x : before->next_of_y;
    else if (!is_known_value(f, x))
        return NULL;
    else
        fact = (is_upper ? f->of_x : f->of_y)[slot_of(f, x)];
    while (fact && (position < fact->from || position > fact->to))
        fact = is_upper ? fact->next_of_x : fact->next_of_y;
    return fact;
}

/* A range with what facts and assumptions say about the value and constants. */
static Range refined(const Facts *f, uint32_t position, const Value *value, Range range)
{
    for (const Fact *fact = NULL; (fact = facts_next(f, value, true, position, fact));)
        if (!fact->y && fact->c < range.high)
            range.high = fact->c;
    for (const Fact *fact = NULL; (fact = facts_next(f, value, false, position, fact));)
        if (!fact->x && -fact->c > range.low)
            range.low = -fact->c;
    for (uint32_t i = f->assumed_from; i < f->assumed.len; i++) {
        const Claim *claim = &f->assumed.data[i];
        if (claim->x == value && !claim->y && claim->c < range.high)
            range.high = claim->c;
        if (claim->y == value && !claim->x && -claim->c > range.low)
            range.low = -claim->c;
    }
    return range;
}

/* Facts are about values without the constants that are added to them. */
static Range range_at(const Facts *f, uint32_t position, const Value *value)
{
    if (!value)
        return range_const(0);
    const Value *base;
    __int128 offset;
    Range range = refined(f, position, value, interval_of(f->interval, value));
    split(f, value, &base, &offset);
    if (!base || base == value || !is_near(offset))
        return range;
    Range under = refined(f, position, base, interval_of(f->interval, base));
    Range moved;
    return range_exact(OP_ADD, under, range_const(offset), &moved) ? range_meet(range, moved)
                                                                   : range;
}

/* Does a sum or difference not wrap here? */
static bool is_exact(const Facts *f, uint32_t position, const Op *op)
{
    Range exact;
    if (op_attr_kind(op->code) == ATTR_SITE)
        return true;
    return range_exact(op->code, range_at(f, position, op_arg(op, 0)),
                       range_at(f, position, op_arg(op, 1)), &exact) &&
           range_contains(range_of_kind(op->results[0].type->scalar), exact);
}

/* ---- steps by definition ------------------------------------------------------------------- */

/* One proof obligation: x ≤ y + c, where `value` (x when is_upper, else y) is to be replaced. */
typedef struct Goal {
    uint32_t position;
    const Value *x, *y;
    __int128 c;
    bool is_upper;
    int depth;
} Goal;

static bool prove_with(Facts *f, const Goal *g, const Value *instead, __int128 more)
{
    if (!is_near(more))
        return false;
    return g->is_upper ? prove(f, g->position, instead, g->y, g->c - more, g->depth)
                       : prove(f, g->position, g->x, instead, g->c + more, g->depth);
}

typedef bool Step(Facts *f, const Goal *g, const Op *op);

static bool step_sum(Facts *f, const Goal *g, const Op *op)
{
    if (!is_exact(f, g->position, op))
        return false;
    for (uint32_t i = 0; i < 2; i++) {
        Range other = range_at(f, g->position, op_arg(op, 1 - i));
        if (prove_with(f, g, op_arg(op, i), g->is_upper ? other.high : other.low))
            return true;
    }
    return false;
}

/* a - b; against 0 that is the order of a and b. */
static bool step_difference(Facts *f, const Goal *g, const Op *op)
{
    const Value *a = op_arg(op, 0), *b = op_arg(op, 1);
    if (!is_exact(f, g->position, op))
        return false;
    Range by = range_at(f, g->position, b);
    if (is_near(by.low) && is_near(by.high) &&
        prove_with(f, g, a, g->is_upper ? -by.low : -by.high))
        return true;
    if (g->is_upper)
        return !g->y && prove(f, g->position, a, b, g->c, g->depth);
    return !g->x && prove(f, g->position, b, a, g->c, g->depth);
}

/* a - b ≤ a - b's least: also of a + (-b). */
static bool step_negative(Facts *f, const Goal *g, const Op *op)
{
    Range range = range_at(f, g->position, op_arg(op, 0));
    ScalarKind kind = op->results[0].type->scalar;
    if (scalar_class(kind) != CLASS_INT || range.low <= range_of_kind(kind).low)
        return false;
    if (!is_near(range.low) || !is_near(range.high))
        return false;
    return g->is_upper ? prove(f, g->position, NULL, g->y, g->c + range.low, g->depth)
                       : prove(f, g->position, g->x, NULL, g->c - range.high, g->depth);
}

static void assume_claim(Facts *f, Claim claim, const uint32_t *scope)
{
    (void)scope;
    vec_push(f->arena, &f->assumed, claim);
}

static bool step_select(Facts *f, const Goal *g, const Op *op)
{
    Range taken = range_at(f, g->position, op_arg(op, 0));
    for (uint32_t i = 1; i <= 2; i++) {
        if (range_is_const(taken) && taken.low != (i == 1))
            continue;
        uint32_t mark = f->assumed.len;
        each_claim(f, op_arg(op, 0), i == 1, assume_claim, NULL);
        bool is_proved = prove_with(f, g, op_arg(op, i), 0);
        f->assumed.len = mark;
        if (!is_proved)
            return false;
    }
    return true;
}

/* Not above (u + v) // 2: u ≤ y + c and v ≤ y + c + 1 (or the other way round) suffice. Not below: both. */
static bool step_mean(Facts *f, const Goal *g, const Op *sum)
{
    if (!is_exact(f, g->position, sum))
        return false;
    const Value *u = op_arg(sum, 0), *v = op_arg(sum, 1);
    for (uint32_t i = 0; i < 2; i++) {
        if (prove_with(f, g, u, 0) && prove_with(f, g, v, g->is_upper ? -1 : 0))
            return true;
        const Value *swapped = u;
        u = v;
        v = swapped;
    }
    return false;
}

static bool step_quotient(Facts *f, const Goal *g, const Op *op)
{
    const Value *x = op_arg(op, 0);
    Range by = range_at(f, g->position, op_arg(op, 1)), range = range_at(f, g->position, x);
    __int128 least = op->code == OP_SHR ? 0 : 1, two = op->code == OP_SHR ? 1 : 2;
    const Op *sum = x->def;
    if (by.low < least || range.low < 0)
        return false;
    if (range_is_const(by) && by.low == two && sum &&
        (sum->code == OP_ADD || sum->code == OP_ADD_X) && step_mean(f, g, sum))
        return true;
    return g->is_upper && prove_with(f, g, x, 0);
}

/* x % m < m, and not above a positive x. */
static bool step_rest(Facts *f, const Goal *g, const Op *op)
{
    const Value *x = op_arg(op, 0), *m = op_arg(op, 1);
    if (!g->is_upper || range_at(f, g->position, m).low < 1)
        return false;
    if (prove_with(f, g, m, -1))
        return true;
    return range_at(f, g->position, x).low >= 0 && prove_with(f, g, x, 0);
}

static bool step_mask(Facts *f, const Goal *g, const Op *op)
{
    for (uint32_t i = 0; g->is_upper && i < 2; i++)
        if (range_at(f, g->position, op_arg(op, i)).low >= 0 &&
            prove_with(f, g, op_arg(op, i), 0))
            return true;
    return false;
}

static bool step_conversion(Facts *f, const Goal *g, const Op *op)
{
    ScalarKind to = op->results[0].type->scalar, from;
    return interval_kind(op_arg(op, 0), &from) && scalar_class(to) != CLASS_BOOL &&
           range_contains(range_of_kind(to), range_at(f, g->position, op_arg(op, 0))) &&
           prove_with(f, g, op_arg(op, 0), 0);
}

/* ---- values that control passes along ------------------------------------------------------ */

/* Of every value that the exits pass, where they stand. */
static bool prove_exits(Facts *f, const Goal *g, const Exit *exits, uint32_t index)
{
    for (; exits; exits = exits->next) {
        Goal there = *g;
        there.position = nest_of(&f->interval->nest, exits->op)->position;
        if (!prove_with(f, &there, op_arg(exits->op, index), 0))
            return false;
    }
    return true;
}

/* The other side of the goal must mean the same in every trip. */
static bool is_fixed(const Goal *g, const Op *loop)
{
    const Value *other = g->is_upper ? g->y : g->x;
    if (!other)
        return true;
    if (other->def == loop)
        return false;
    for (const Op *owner = other->region->owner; owner; owner = owner->parent->owner)
        if (owner == loop)
            return false;
    return true;
}

static bool prove_param(Facts *f, const Goal *g, const Op *loop, uint32_t param)
{
    bool is_for = loop->code == OP_FOR;
    const NestOp *self = nest_of(&f->interval->nest, loop);
    if (!nest_is_loop(loop) || (is_for && param == 0) || !is_fixed(g, loop))
        return false;
    Claim claim = {g->x, g->y, g->c};
    Goal start = *g;
    start.position = self->position;
    uint32_t outer = f->assumed_from;
    f->assumed_from = f->assumed.len; /* of this trip: says nothing of others */
    bool is_proved = prove_with(f, &start, op_arg(loop, param), 0);
    vec_push(f->arena, &f->claims, claim);
    is_proved = is_proved && prove_exits(f, g, self->repeats, param - is_for);
    f->claims.len--;
    f->assumed_from = outer;
    return is_proved;
}

static bool prove_result(Facts *f, const Goal *g, const Op *op, uint32_t result)
{
    const NestOp *self = nest_of(&f->interval->nest, op);
    if (op->code == OP_LOOP && !is_fixed(g, op))
        return false;
    if (!prove_exits(f, g, self->leaves, result))
        return false;
    if (op->code != OP_FOR)
        return self->leaves;
    Goal inside = *g;
    *(g->is_upper ? &inside.x : &inside.y) = op->regions[0].params[result + 1];
    if (!is_fixed(g, op))
        return false;
    Goal start = inside;
    start.position = self->position;
    if (!prove_with(f, &start, op_arg(op, result + 1), 0))
        return false;
    Claim claim = {inside.x, inside.y, g->c};
    vec_push(f->arena, &f->claims, claim);
    bool is_proved = prove_exits(f, &inside, self->repeats, result);
    f->claims.len--;
    return is_proved;
}

/* ---- proofs -------------------------------------------------------------------------------- */

static Step *const steps[OP_COUNT] = {
    [OP_ADD] = step_sum,
    [OP_ADD_X] = step_sum,
    [OP_SUB] = step_difference,
    [OP_SUB_X] = step_difference,
    [OP_NEG] = step_negative,
    [OP_SELECT] = step_select,
    [OP_FLOORDIV] = step_quotient,
    [OP_TRUNCDIV] = step_quotient,
    [OP_SHR] = step_quotient,
    [OP_MOD] = step_rest,
    [OP_TRUNCMOD] = step_rest,
    [OP_AND] = step_mask,
    [OP_CONVERT] = step_conversion,
};

static bool step(Facts *f, const Goal *g)
{
    const Value *value = g->is_upper ? g->x : g->y;
    if (!value || value->id >= f->value_count)
        return false;
    if (!value->def)
        return value->region->owner && prove_param(f, g, value->region->owner, value->index);
    if (value->def->region_count)
        return !nest_is_map(value->def) && prove_result(f, g, value->def, value->index);
    return steps[value->def->code] && steps[value->def->code](f, g, value->def);
}

/* Facts about 0 are found from their other side. */
static bool by_facts(Facts *f, const Goal *g)
{
    const Value *value = g->is_upper ? g->x : g->y;
    if (!value)
        return false;
    for (const Fact *fact = NULL;
         (fact = facts_next(f, value, g->is_upper, g->position, fact));)
        if (prove_with(f, g, g->is_upper ? fact->y : fact->x, g->is_upper ? fact->c : -fact->c))
            return true;
    for (uint32_t i = f->assumed_from; i < f->assumed.len; i++) {
        Claim claim = f->assumed.data[i];
        if (value == (g->is_upper ? claim.x : claim.y) &&
            prove_with(f, g, g->is_upper ? claim.y : claim.x, g->is_upper ? claim.c : -claim.c))
            return true;
    }
    return false;
}

static bool is_claimed(const Facts *f, const Value *x, const Value *y, __int128 c)
{
    for (uint32_t i = 0; i < f->claims.len; i++) {
        const Claim *claim = &f->claims.data[i];
        if (claim->x == x && claim->y == y && claim->c <= c)
            return true;
    }
    return false;
}

static bool is_under_way(const Facts *f, const Value *value)
{
    for (uint32_t i = 0; value && i < f->claims.len; i++)
        if (f->claims.data[i].x == value || f->claims.data[i].y == value)
            return true;
    return false;
}

static bool prove(Facts *f, uint32_t position, const Value *x, const Value *y, __int128 c,
                  int depth)
{
    if (x == y)
        return c >= 0;
    Range low = range_at(f, position, x), high = range_at(f, position, y);
    if (low.high < far && high.low > -far && c > -far && c < far && low.high <= high.low + c)
        return true;
    if (is_claimed(f, x, y, c))
        return true;
    if (depth == 0 || f->budget-- <= 0)
        return false;
    for (int i = 0; i < 2; i++) {
        Goal goal = {position, x, y, c, i == 0, depth - 1};
        const Value *value = i == 0 ? x : y;
        bool repeats = value && !value->def && is_under_way(f, value);
        if (by_facts(f, &goal) || (!repeats && step(f, &goal)))
            return true;
    }
    return false;
}

bool facts_prove(Facts *f, uint32_t position, const Value *x, const Value *y, __int128 c)
{
    f->budget = BUDGET;
    f->claims.len = f->assumed.len = f->assumed_from = 0;
    return prove(f, position, x, y, c, DEPTH_MAX);
}

/* x ≤ y + c with constants taken apart first. */
static bool prove_order(Facts *f, uint32_t position, const Value *x, const Value *y, __int128 c)
{
    const Value *a, *b;
    __int128 from_a, from_b;
    split(f, x, &a, &from_a);
    split(f, y, &b, &from_b);
    return facts_prove(f, position, a, b, c + from_b - from_a);
}

static bool decide_compare(Facts *f, uint32_t position, OpCode op, const Value *x,
                           const Value *y)
{
    if (op == OP_LT || op == OP_LE)
        return prove_order(f, position, x, y, op == OP_LT ? -1 : 0);
    if (op == OP_GT || op == OP_GE)
        return prove_order(f, position, y, x, op == OP_GT ? -1 : 0);
    if (op == OP_EQ)
        return prove_order(f, position, x, y, 0) && prove_order(f, position, y, x, 0);
    return prove_order(f, position, x, y, -1) || prove_order(f, position, y, x, -1);
}

bool facts_decide(Facts *f, uint32_t position, const Value *condition, bool truth)
{
    const Op *def = condition->def;
    ScalarKind kind;
    if (interval_kind(condition, &kind)) {
        Range range = interval_of(f->interval, condition);
        if (range_is_const(range))
            return range.low == truth;
    }
    if (!def)
        return false;
    if (def->code == OP_NOT)
        return facts_decide(f, position, op_arg(def, 0), !truth);
    if (def->code == OP_AND || def->code == OP_OR) {
        bool needs_both = (def->code == OP_AND) == truth;
        bool first = facts_decide(f, position, op_arg(def, 0), truth);
        if (first != needs_both)
            return first;
        return facts_decide(f, position, op_arg(def, 1), truth);
    }
    if (!range_is_compare(def->code) || !interval_kind(op_arg(def, 0), &kind))
        return false;
    OpCode op = truth ? def->code : range_inverse(def->code);
    return decide_compare(f, position, op, op_arg(def, 0), op_arg(def, 1));
}
