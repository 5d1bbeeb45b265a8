/* Ranges by walking the structured IR until nothing changes; see interval.h.
 *
 * A round walks the function once. `now` holds the ranges where the walk stands; refinements are
 * written over it and undone from the trail when their region ends. What exits pass is gathered
 * under the ids of the results and params that receive it. A region whose end no exit reaches is
 * followed by nothing that runs: the walk skips it, so that dead branches do not loosen ranges.
 *
 * Termination: a param's range only grows in the first phase; after two updates a bound that moves
 * goes to its kind's end, after GROW_ROUNDS every range that moves becomes the whole kind.
 * Soundness of the tightening rounds: ranges stay a post-fixpoint, since the transfer functions are
 * monotone.
 */
#include "passes/interval.h"

#include "ir/build.h"

enum {
    GROW_ROUNDS = 16,
    SHRINK_ROUNDS = 2,
    PLAIN_UPDATES = 2,   /* joins before widening */
    BOUNDED_UPDATES = 4, /* widenings that still heed the trip count */
    SELECT_DEPTH = 2,    /* operations computed anew in the arm of a select */
    REFINE_DEPTH = 4,
};

static const Range dimension = {0, (__int128)1 << 47};
static const __int128 loop_trips_max = (__int128)1 << 58; /* nine years at one a nanosecond */

/* ---- access -------------------------------------------------------------------------------- */

bool interval_kind(const Value *value, ScalarKind *kind)
{
    return value->type && type_scalar_of(value->type, kind) && !scalar_is_inexact(*kind);
}

static bool is_integer(const Value *value)
{
    ScalarKind kind;
    return interval_kind(value, &kind);
}

static Range of_constant(const Constant *constant)
{
    return range_const(constant->kind == CONSTANT_BOOL ? constant->truth : constant->integer);
}

static Range whole(const Value *value)
{
    ScalarKind kind = SCALAR_INT;
    interval_kind(value, &kind);
    return range_of_kind(kind);
}

/* Values that the visitor made are constants mostly. */
static bool is_tracked(const Interval *in, const Value *value)
{
    return value->type->kind != TYPE_CONST && value->id < in->value_count;
}

static Range look_up(const Interval *in, const Range *ranges, const Value *value)
{
    if (is_tracked(in, value))
        return ranges[value->id];
    if (value->type->kind == TYPE_CONST)
        return of_constant(&value->type->constant);
    const Range *noted = map_get(&in->made, map_key(value));
    if (noted)
        return *noted;
    bool is_constant = value->def && value->def->code == OP_CONST;
    return is_constant ? of_constant(value->def->attr.constant) : whole(value);
}

Range interval_of(const Interval *in, const Value *value)
{
    return look_up(in, in->now, value);
}

void interval_note(Interval *in, const Value *value, Range range)
{
    if (is_tracked(in, value))
        return;
    Range *noted = ARENA_NEW(in->arena, Range);
    *noted = range;
    map_set(in->arena, &in->made, map_key(value), noted);
}

static void define(Interval *in, const Value *value, Range range)
{
    in->now[value->id] = in->defined[value->id] = range;
}

/* ---- refinements --------------------------------------------------------------------------- */

static void undo(Interval *in, uint32_t mark)
{
    while (in->trail.len > mark) {
        Refined last = vec_pop(&in->trail);
        in->now[last.id] = last.before;
    }
}

static void narrow(Interval *in, const Value *value, Range range, int depth);

/* What a narrower result says about the args of the operation that made it, where it is exact. */
static void narrow_args(Interval *in, const Op *def, Range result, int depth)
{
    bool is_sum = def->code == OP_ADD || def->code == OP_ADD_X;
    bool is_difference = def->code == OP_SUB || def->code == OP_SUB_X;
    Range exact;
    if (def->code == OP_CONVERT && is_integer(op_arg(def, 0))) {
        Range source = interval_of(in, op_arg(def, 0));
        if (range_contains(whole(op_result(def, 0)), source) &&
            def->results[0].type->scalar != SCALAR_BOOL)
            narrow(in, op_arg(def, 0), result, depth);
    }
    if (!is_sum && !is_difference)
        return;
    Range x = interval_of(in, op_arg(def, 0)), y = interval_of(in, op_arg(def, 1));
    bool is_exact =
        range_exact(def->code, x, y, &exact) && range_contains(whole(op_result(def, 0)), exact);
    if (!is_exact && (def->code == OP_ADD || def->code == OP_SUB))
        return;
    if (range_exact(is_sum ? OP_SUB : OP_ADD, result, y, &exact))
        narrow(in, op_arg(def, 0), exact, depth);
    if (is_sum ? range_exact(OP_SUB, result, x, &exact)
               : range_exact(OP_SUB, x, result, &exact))
        narrow(in, op_arg(def, 1), exact, depth);
}

static void narrow(Interval *in, const Value *value, Range range, int depth)
{
    Range now = interval_of(in, value), met = range_meet(now, range);
    if (!is_tracked(in, value) || range_equal(met, now))
        return;
    Refined entry = {value->id, now};
    vec_push(in->arena, &in->trail, entry);
    in->now[value->id] = met;
    if (depth > 0 && value->def && !range_is_empty(met))
        narrow_args(in, value->def, met, depth - 1);
}

/* From here on the condition is `truth`. */
static void assume(Interval *in, const Value *condition, bool truth)
{
    const Op *def = condition->def;
    if (!is_integer(condition))
        return;
    narrow(in, condition, range_const(truth), 0);
    if (!def)
        return;
    if (def->code == OP_NOT)
        assume(in, op_arg(def, 0), !truth);
    if ((def->code == OP_AND && truth) || (def->code == OP_OR && !truth)) {
        assume(in, op_arg(def, 0), truth);
        assume(in, op_arg(def, 1), truth);
    }
    if (!range_is_compare(def->code) || !is_integer(op_arg(def, 0)))
        return;
    OpCode op = truth ? def->code : range_inverse(def->code);
    const Value *x = op_arg(def, 0), *y = op_arg(def, 1);
    Range left = interval_of(in, x), right = interval_of(in, y);
    narrow(in, x, range_refine(op, left, right), REFINE_DEPTH);
    narrow(in, y, range_refine(range_swapped(op), right, left), REFINE_DEPTH);
}

static bool is_contradiction(const Interval *in, uint32_t mark)
{
    for (uint32_t i = mark; i < in->trail.len; i++)
        if (range_is_empty(in->now[in->trail.data[i].id]))
            return true;
    return false;
}

/* ---- operations without regions ------------------------------------------------------------ */

static Range compute(Interval *in, const Op *op, int depth);

/* The value's range, its definition computed anew with what is assumed by now. */
static Range reconsider(Interval *in, const Value *value, int depth)
{
    Range now = interval_of(in, value);
    if (depth == 0 || !value->def || value->def->region_count || value->def->result_count != 1)
        return now;
    return range_meet(now, compute(in, value->def, depth - 1));
}

Range interval_if(Interval *in, const Value *condition, bool truth, const Value *value)
{
    uint32_t mark = in->trail.len;
    assume(in, condition, truth);
    Range range =
        is_contradiction(in, mark) ? range_empty() : reconsider(in, value, SELECT_DEPTH);
    undo(in, mark);
    return range;
}

static Range arm(Interval *in, const Op *op, uint32_t arg, int depth)
{
    uint32_t mark = in->trail.len;
    assume(in, op_arg(op, 0), arg == 1);
    Range range =
        is_contradiction(in, mark) ? range_empty() : reconsider(in, op_arg(op, arg), depth);
    undo(in, mark);
    return range;
}

static Range compute_number(Interval *in, const Op *op, ScalarKind kind, int depth)
{
    Range x = reconsider(in, op_arg(op, 0), depth);
    if (op->code == OP_CONVERT)
        return range_convert(kind, op->results[0].type->scalar, x);
    if (op->arg_count == 1)
        return range_unary(op->code, kind, x);
    return range_binary(op->code, kind, x, reconsider(in, op_arg(op, 1), depth));
}

/* Integers and bools that operations on integers give. */
static bool is_number_op(const Op *op)
{
    unsigned flags = op_flags(op->code);
    bool computes = flags & OP_PURE || op_attr_kind(op->code) == ATTR_SITE;
    return computes && (op->arg_count == 1 || op->arg_count == 2) &&
           is_integer(op_arg(op, 0)) && op->code != OP_BITCAST && op->code != OP_SOME &&
           op->code != OP_PACK;
}

static Range compute(Interval *in, const Op *op, int depth)
{
    const Value *result = op_result(op, 0);
    ScalarKind kind;
    if (op->code == OP_CONST)
        return of_constant(op->attr.constant);
    if (op->code == OP_SELECT)
        return range_join(arm(in, op, 1, depth), arm(in, op, 2, depth));
    if (op->code == OP_ARRAY_DIM)
        return dimension;
    if (op->code == OP_ARRAY_STRIDE)
        return (Range){-dimension.high, dimension.high};
    if (op->code == OP_BITCAST && is_integer(op_arg(op, 0))) {
        Range same = interval_of(in, op_arg(op, 0));
        return range_contains(whole(result), same) ? same : whole(result);
    }
    if (is_number_op(op) && interval_kind(op_arg(op, 0), &kind))
        return compute_number(in, op, kind, depth);
    return whole(result);
}

/* ---- what a loop adds ----------------------------------------------------------------------- */

static bool delta_of(Interval *in, const Value *value, const Value *from, Range *delta);

/* The sum of two ranges, or false. */
static bool add(Range x, Range y, Range *sum)
{
    return range_exact(OP_ADD, x, y, sum);
}

/* `delta`, once in each trip of up to `trips`. */
static bool times(Range delta, __int128 trips, Range *total)
{
    if (trips < 0)
        trips = 0;
    return range_exact(OP_MUL, delta, (Range){0, trips}, total);
}

static bool delta_of_sum(Interval *in, const Op *op, const Value *from, Range *delta)
{
    const Value *x = op_arg(op, 0), *y = op_arg(op, 1);
    Range a = look_up(in, in->defined, x), b = look_up(in, in->defined, y), exact, start;
    bool wraps = (op->code == OP_ADD || op->code == OP_SUB) &&
                 !(range_exact(op->code, a, b, &exact) &&
                   range_contains(whole(op_result(op, 0)), exact));
    if (wraps)
        return false;
    bool is_difference = op->code == OP_SUB || op->code == OP_SUB_X;
    if (delta_of(in, x, from, &start))
        return range_exact(is_difference ? OP_SUB : OP_ADD, start, b, delta);
    return !is_difference && delta_of(in, y, from, &start) && add(start, a, delta);
}

static bool delta_of_exits(Interval *in, const Exit *exits, uint32_t index, const Value *from,
                           Range *delta)
{
    for (; exits; exits = exits->next) {
        Range each;
        if (!delta_of(in, op_arg(exits->op, index), from, &each))
            return false;
        *delta = range_join(*delta, each);
    }
    return true;
}

/* What one trip of a loop adds to its param; a FOR's counter is no arg of `continue`. */
static bool delta_of_trip(Interval *in, const Op *loop, uint32_t param, Range *delta)
{
    *delta = range_empty();
    return delta_of_exits(in, nest_of(&in->nest, loop)->repeats, param - (loop->code == OP_FOR),
                          loop->regions[0].params[param], delta);
}

/* From what enters a FOR to its result. */
static bool delta_of_for(Interval *in, const Op *loop, uint32_t result, const Value *from,
                         Range *delta)
{
    Range start, trip, all, last = range_const(0);
    const Value *param = loop->regions[0].params[result + 1];
    if (!delta_of(in, op_arg(loop, result + 1), from, &start) ||
        !delta_of_trip(in, loop, result + 1, &trip) ||
        !times(trip, interval_of(in, op_arg(loop, 0)).high, &all) ||
        !delta_of_exits(in, nest_of(&in->nest, loop)->leaves, result, param, &last))
        return false;
    return add(start, range_join(all, range_const(0)), &all) && add(all, last, delta);
}

static bool delta_of_def(Interval *in, const Value *value, const Value *from, Range *delta)
{
    const Op *op = value->def;
    Range other;
    *delta = range_empty();
    if (!op)
        return false;
    if (op->code == OP_ADD || op->code == OP_ADD_X || op->code == OP_SUB ||
        op->code == OP_SUB_X)
        return delta_of_sum(in, op, from, delta);
    if (op->code == OP_SELECT && delta_of(in, op_arg(op, 1), from, delta) &&
        delta_of(in, op_arg(op, 2), from, &other)) {
        *delta = range_join(*delta, other);
        return true;
    }
    if (op->code == OP_FOR)
        return delta_of_for(in, op, value->index, from, delta);
    if (op->code == OP_IF || op->code == OP_BLOCK)
        return delta_of_exits(in, nest_of(&in->nest, op)->leaves, value->index, from, delta);
    return false;
}

/* `value` - `from`, when value is from plus something whose range is known. Each value is looked at
 * once per query, which suffices: what is inside a loop is only asked about relative to that loop's
 * param. A value met again before it is known is not known. */
static bool delta_of(Interval *in, const Value *value, const Value *from, Range *delta)
{
    if (value == from) {
        *delta = range_const(0);
        return true;
    }
    if (!is_tracked(in, value))
        return false;
    if (in->delta_stamps[value->id] == in->delta_query) {
        *delta = in->deltas[value->id];
        return !range_is_empty(*delta);
    }
    in->delta_stamps[value->id] = in->delta_query;
    in->deltas[value->id] = range_empty();
    if (!delta_of_def(in, value, from, delta))
        return false;
    in->deltas[value->id] = *delta;
    return true;
}

/* The param of a loop during, or its result after, at most `trips` trips. */
static Range bounded_by_trips(Interval *in, const Op *loop, uint32_t param, __int128 trips)
{
    Range trip, all, start = interval_of(in, op_arg(loop, param)), bound;
    in->delta_query++;
    if (!delta_of_trip(in, loop, param, &trip) || !times(trip, trips, &all) ||
        !add(start, range_join(all, range_const(0)), &bound))
        return range_of_kind(SCALAR_INT_I128);
    return bound;
}

/* ---- control ------------------------------------------------------------------------------- */

static void walk(Interval *in, Region *region);

static void pass_to(Interval *in, const Value *receiver, const Value *passed)
{
    if (is_integer(receiver))
        in->gathered[receiver->id] =
            range_join(in->gathered[receiver->id], interval_of(in, passed));
}

static void walk_terminator(Interval *in, const Op *op)
{
    const Op *target = op->code == OP_YIELD ? op->parent->owner : op->attr.target;
    if (op->code != OP_YIELD && op->code != OP_BREAK && op->code != OP_CONTINUE)
        return;
    if (nest_is_map(target))
        return;
    bool repeats = op->code == OP_CONTINUE;
    if (!repeats)
        in->is_left[target->id] = true;
    for (uint32_t i = 0; i < op->arg_count; i++)
        pass_to(in,
                repeats ? target->regions[0].params[i + (target->code == OP_FOR)]
                        : op_result(target, i),
                op_arg(op, i));
}

static void forget_gathered(Interval *in, const Op *op)
{
    in->is_left[op->id] = false;
    for (uint32_t i = 0; i < op->result_count; i++)
        in->gathered[op->results[i].id] = range_empty();
    for (uint32_t i = 0; nest_is_loop(op) && i < op->regions[0].param_count; i++)
        in->gathered[op->regions[0].params[i]->id] = range_empty();
}

static void define_results(Interval *in, const Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++)
        define(in, op_result(op, i),
               is_integer(op_result(op, i)) ? in->gathered[op->results[i].id] : range_empty());
}

/* Does the region reach its end? What it assumes is forgotten. */
static bool walk_assuming(Interval *in, const Op *op, uint32_t region, const Value *condition,
                          bool truth)
{
    uint32_t mark = in->trail.len;
    bool may_run = true, was_left = in->is_left[op->id];
    in->is_left[op->id] = false;
    if (condition) {
        assume(in, condition, truth);
        may_run = !is_contradiction(in, mark);
    }
    if (may_run)
        walk(in, &op->regions[region]);
    undo(in, mark);
    bool is_left = in->is_left[op->id];
    in->is_left[op->id] = is_left || was_left;
    return is_left;
}

/* Where only one side comes back, its condition holds behind. */
static void walk_if(Interval *in, const Op *op)
{
    const Value *condition = op_arg(op, 0);
    bool yes = walk_assuming(in, op, 0, condition, true);
    bool no = walk_assuming(in, op, 1, condition, false);
    define_results(in, op);
    if (yes != no)
        assume(in, condition, yes);
}

static void walk_block(Interval *in, const Op *op)
{
    for (uint32_t i = 0; i < op->region_count; i++)
        walk_assuming(in, op, i, NULL, false);
    define_results(in, op);
}

static void walk_map(Interval *in, const Op *op)
{
    for (uint32_t i = 0; i < op->regions[0].param_count; i++)
        define(in, op->regions[0].params[i], whole(op->regions[0].params[i]));
    walk_assuming(in, op, 0, NULL, false);
    if (op->result_count)
        define(in, op_result(op, 0), range_empty());
}

/* ---- loops --------------------------------------------------------------------------------- */

static Range widened(const Interval *in, const Value *param, Range from, Range to, Range bound)
{
    Range all = whole(param), wide = range_join(from, to);
    uint8_t updates = in->updates[param->id];
    if (updates <= PLAIN_UPDATES || range_is_empty(from))
        return wide;
    if (updates > BOUNDED_UPDATES)
        bound = all;
    if (wide.low < from.low)
        wide.low = range_meet(all, bound).low;
    if (wide.high > from.high)
        wide.high = range_meet(all, bound).high;
    return range_join(range_join(from, to), wide);
}

/* What a round found for a param against what was assumed of it. */
static void update_param(Interval *in, const Value *param, Range found, Range bound)
{
    Range assumed = in->carried[param->id];
    found = range_meet(found, bound);
    if (in->phase == INTERVAL_SHRINK)
        in->carried[param->id] = range_meet(assumed, found);
    if (in->phase != INTERVAL_GROW || range_contains(assumed, found))
        return;
    in->changed = true;
    if (in->updates[param->id] < UINT8_MAX)
        in->updates[param->id]++;
    in->carried[param->id] = widened(in, param, assumed, found, bound);
}

static void begin_params(Interval *in, const Op *op, uint32_t first)
{
    for (uint32_t i = first; i < op->regions[0].param_count; i++) {
        const Value *param = op->regions[0].params[i];
        if (!is_integer(param))
            continue;
        if (in->phase == INTERVAL_GROW)
            in->carried[param->id] =
                range_join(in->carried[param->id], interval_of(in, op_arg(op, i)));
        define(in, param, in->carried[param->id]);
    }
}

static void walk_loop(Interval *in, const Op *op)
{
    begin_params(in, op, 0);
    walk_assuming(in, op, 0, NULL, false);
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Value *param = op->regions[0].params[i];
        if (is_integer(param))
            update_param(in, param,
                         range_join(interval_of(in, op_arg(op, i)), in->gathered[param->id]),
                         bounded_by_trips(in, op, i, loop_trips_max));
    }
    define_results(in, op);
}

/* Inside its body a FOR has at least one trip: a count that is a choice with nothing was not that. */
static void assume_trips(Interval *in, const Value *count)
{
    narrow(in, count, (Range){1, range_of_kind(SCALAR_INT).high}, REFINE_DEPTH);
    const Op *def = count->def;
    if (!def || def->code != OP_SELECT)
        return;
    for (uint32_t i = 1; i <= 2; i++)
        if (interval_of(in, op_arg(def, i)).high <= 0) {
            assume(in, op_arg(def, 0), i == 2);
            narrow(in, op_arg(def, 3 - i), interval_of(in, count), REFINE_DEPTH);
        }
}

static void define_for_result(Interval *in, const Op *op, uint32_t i, Range trips)
{
    const Value *result = op_result(op, i), *param = op->regions[0].params[i + 1];
    if (!is_integer(result)) {
        define(in, result, range_empty());
        return;
    }
    Range finished = in->gathered[param->id];
    if (trips.low < 1)
        finished = range_join(finished, interval_of(in, op_arg(op, i + 1)));
    finished = range_meet(finished, bounded_by_trips(in, op, i + 1, trips.high));
    define(in, result, range_join(finished, in->gathered[result->id]));
}

static void walk_for(Interval *in, const Op *op)
{
    Range trips = interval_of(in, op_arg(op, 0));
    uint32_t mark = in->trail.len;
    begin_params(in, op, 1);
    if (trips.high >= 1) {
        define(in, op->regions[0].params[0], (Range){0, trips.high - 1});
        assume_trips(in, op_arg(op, 0));
        walk(in, &op->regions[0]);
        undo(in, mark);
    }
    for (uint32_t i = 1; i < op->arg_count; i++) {
        const Value *param = op->regions[0].params[i];
        if (!is_integer(param))
            continue;
        Range entered = interval_of(in, op_arg(op, i));
        update_param(in, param, range_join(entered, in->gathered[param->id]),
                     bounded_by_trips(in, op, i, trips.high - 1));
    }
    for (uint32_t i = 0; i < op->result_count; i++)
        define_for_result(in, op, i, trips);
    in->is_left[op->id] = true;
}

/* ---- walks --------------------------------------------------------------------------------- */

static void walk_control(Interval *in, const Op *op)
{
    forget_gathered(in, op);
    if (op->code == OP_IF)
        walk_if(in, op);
    else if (op->code == OP_FOR)
        walk_for(in, op);
    else if (op->code == OP_LOOP)
        walk_loop(in, op);
    else if (nest_is_map(op))
        walk_map(in, op);
    else
        walk_block(in, op);
}

static void walk_plain(Interval *in, const Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++)
        if (is_integer(op_result(op, i)))
            define(in, op_result(op, i), compute(in, op, i ? 0 : SELECT_DEPTH));
}

static void visit(Interval *in, Op *op)
{
    if (in->phase == INTERVAL_DONE && in->visit)
        in->visit(in->context, in, op);
}

/* False when the check cannot hold: nothing behind it runs. */
static bool walk_check(Interval *in, Op *op)
{
    const Value *condition = op_arg(op, 0);
    uint32_t mark = in->trail.len;
    assume(in, condition, true);
    if (is_contradiction(in, mark))
        return false;
    undo(in, mark); /* what it says does not hold before it */
    visit(in, op);
    assume(in, condition, true);
    return true;
}

/* False when what follows the operation does not run. */
static bool walk_op(Interval *in, Op *op)
{
    if (op->code == OP_CHECK)
        return walk_check(in, op);
    if (op->region_count == 0) {
        walk_plain(in, op);
        visit(in, op);
        return true;
    }
    visit(in, op);
    walk_control(in, op);
    return nest_is_map(op) || in->is_left[op->id];
}

static void walk(Interval *in, Region *region)
{
    for (Op *op = region->first, *next; op; op = next) {
        next = op->next;
        if (!walk_op(in, op))
            return;
        if (!next)
            walk_terminator(in, op);
    }
}

static void walk_function(Interval *in)
{
    Region *body = &in->nest.func->body;
    in->changed = false;
    in->trail.len = 0;
    for (uint32_t i = 0; i < body->param_count; i++)
        define(in, body->params[i], whole(body->params[i]));
    walk(in, body);
    undo(in, 0);
}

/* Rounds ran out: what still moves may be anything. */
static void give_up(Interval *in)
{
    for (uint32_t p = 0; p < in->nest.count; p++) {
        const Op *op = in->nest.order[p];
        for (uint32_t i = 0; nest_is_loop(op) && i < op->regions[0].param_count; i++)
            in->carried[op->regions[0].params[i]->id] = whole(op->regions[0].params[i]);
    }
}

void interval_run(Interval *in, Arena *arena, Func *func, IntervalVisit *visitor, void *context)
{
    uint32_t values = func->value_count + 1;
    *in = (Interval){
        .arena = arena, .value_count = func->value_count, .visit = visitor, .context = context};
    nest_open(&in->nest, arena, func);
    in->now = ARENA_ARRAY(arena, Range, values);
    in->defined = ARENA_ARRAY(arena, Range, values);
    in->carried = ARENA_ARRAY(arena, Range, values);
    in->gathered = ARENA_ARRAY(arena, Range, values);
    in->deltas = ARENA_ARRAY(arena, Range, values);
    in->delta_stamps = ARENA_ARRAY(arena, uint32_t, values);
    in->updates = ARENA_ARRAY(arena, uint8_t, values);
    in->is_left = ARENA_ARRAY(arena, bool, func->op_count + 1);
    for (uint32_t i = 0; i < values; i++)
        in->now[i] = in->defined[i] = in->carried[i] = range_empty();
    in->changed = true;
    for (int round = 0; in->changed && round < GROW_ROUNDS; round++)
        walk_function(in);
    if (in->changed)
        give_up(in);
    in->phase = INTERVAL_SHRINK;
    for (int round = 0; round < SHRINK_ROUNDS; round++)
        walk_function(in);
    in->phase = INTERVAL_DONE;
    walk_function(in);
    in->now = in->defined;
}
