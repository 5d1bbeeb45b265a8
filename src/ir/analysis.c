/* Analyses of the structured IR: each one walk, none keeps state. */
#include "ir/analysis.h"

/* ---- uses ---------------------------------------------------------------------------------- */

uint32_t analysis_use_count(const Value *value)
{
    uint32_t count = 0;
    for (const Use *use = value->uses; use; use = use->next)
        count++;
    return count;
}

Op *analysis_sole_user(const Value *value)
{
    const Use *first = value->uses;
    for (const Use *use = first; use; use = use->next)
        if (use->user != first->user)
            return NULL;
    return first ? first->user : NULL;
}

/* ---- walks --------------------------------------------------------------------------------- */

static Op *first_inside(const Op *op, uint32_t from)
{
    for (uint32_t i = from; i < op->region_count; i++)
        if (op->regions[i].first)
            return op->regions[i].first;
    return NULL;
}

Op *analysis_after(const Op *op, const Region *root)
{
    while (!op->next) {
        const Region *region = op->parent;
        if (region == root)
            return NULL;
        op = region->owner;
        Op *inside = first_inside(op, (uint32_t)(region - op->regions) + 1);
        if (inside)
            return inside;
    }
    return op->next;
}

Op *analysis_next(const Op *op, const Region *root)
{
    Op *inside = first_inside(op, 0);
    return inside ? inside : analysis_after(op, root);
}

/* ---- nesting ------------------------------------------------------------------------------- */

static bool is_loop(const Op *op)
{
    return op->code == OP_LOOP || op->code == OP_FOR;
}

Op *analysis_loop(const Op *op)
{
    Op *owner = op->parent->owner;
    while (owner && !is_loop(owner))
        owner = owner->parent->owner;
    return owner;
}

uint32_t analysis_loop_depth(const Op *op)
{
    uint32_t depth = 0;
    for (op = analysis_loop(op); op; op = analysis_loop(op))
        depth++;
    return depth;
}

static bool is_region_inside(const Region *region, const Op *outer)
{
    while (region && region->owner != outer)
        region = region->owner ? region->owner->parent : NULL;
    return region;
}

bool analysis_is_inside(const Op *op, const Op *outer)
{
    return is_region_inside(op->parent, outer);
}

bool analysis_is_defined_inside(const Value *value, const Op *outer)
{
    return is_region_inside(value->region, outer);
}

static void capture(Arena *arena, Map *seen, Value *value, const Op *outer, Values *captures)
{
    if (analysis_is_defined_inside(value, outer) || map_get(seen, map_key(value)))
        return;
    map_set(arena, seen, map_key(value), value);
    vec_push(arena, captures, value);
}

void analysis_captures(Arena *arena, const Op *op, Values *captures)
{
    Map seen = {0};
    for (uint32_t r = 0; r < op->region_count; r++) {
        const Region *region = &op->regions[r];
        for (const Op *inside = region->first; inside; inside = analysis_next(inside, region))
            for (uint32_t i = 0; i < inside->arg_count; i++)
                capture(arena, &seen, op_arg(inside, i), op, captures);
    }
}

/* ---- control ------------------------------------------------------------------------------- */

static bool is_within(const Region *region, const Region *outer)
{
    while (region && region != outer)
        region = region->owner ? region->owner->parent : NULL;
    return region;
}

/* What raises in the region, except where a TRY in it catches that. */
static bool can_raise(const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op_flags(op->code) & OP_RAISES || op->code == OP_RERAISE)
            return true;
        for (uint32_t i = op->code == OP_TRY; i < op->region_count; i++)
            if (can_raise(&op->regions[i]))
                return true;
    }
    return false;
}

static unsigned exit_of(const Op *terminator)
{
    if (terminator->code == OP_RETURN)
        return EXIT_RETURN;
    if (terminator->code == OP_BREAK)
        return EXIT_BREAK;
    return terminator->code == OP_CONTINUE ? EXIT_CONTINUE : 0;
}

/* Terminators in the region whose target is neither in it nor `home`. */
static unsigned leaving(const Region *region, const Op *home)
{
    unsigned exits = 0;
    for (const Op *op = region->first; op; op = analysis_next(op, region)) {
        const Op *target = op_attr_kind(op->code) == ATTR_TARGET ? op->attr.target : NULL;
        if (!target || (target != home && !is_within(target->parent, region)))
            exits |= exit_of(op);
    }
    return exits;
}

unsigned analysis_region_exits(const Region *region)
{
    return leaving(region, NULL) | (can_raise(region) ? EXIT_RAISE : 0);
}

unsigned analysis_exits(const Op *op)
{
    bool raises = op_flags(op->code) & OP_RAISES || op->code == OP_RERAISE;
    unsigned exits = exit_of(op);
    for (uint32_t i = 0; i < op->region_count; i++) {
        exits |= leaving(&op->regions[i], op);
        raises |= (op->code != OP_TRY || i) && can_raise(&op->regions[i]);
    }
    return exits | (raises ? EXIT_RAISE : 0);
}

static bool is_broken_from(const Op *op)
{
    const Region *region = &op->regions[0];
    for (const Op *inside = region->first; inside; inside = analysis_next(inside, region))
        if (inside->code == OP_BREAK && inside->attr.target == op)
            return true;
    return false;
}

bool analysis_falls_through(const Op *op)
{
    if (op_is_terminator(op->code))
        return false;
    if (op->region_count == 0 || (op_flags(op->code) & OP_RAISES) || op->code == OP_FOR)
        return true;
    if (op->code == OP_LOOP)
        return is_broken_from(op);
    for (uint32_t i = 0; i < op->region_count; i++)
        if (op->regions[i].last && op->regions[i].last->code == OP_YIELD)
            return true;
    return op->code == OP_BLOCK && is_broken_from(op);
}

unsigned analysis_effects(const Op *op)
{
    unsigned wanted = OP_READS | OP_WRITES | OP_RAISES;
    unsigned effects = op_flags(op->code) & wanted;
    for (uint32_t i = 0; i < op->region_count; i++)
        for (const Op *inside = op->regions[i].first; inside;
             inside = analysis_next(inside, &op->regions[i]))
            effects |= op_flags(inside->code) & wanted;
    return effects;
}

static bool is_division(OpCode code)
{
    return code == OP_FLOORDIV || code == OP_MOD || code == OP_TRUNCDIV ||
           code == OP_TRUNCMOD || code == OP_INT_TRUEDIV;
}

bool analysis_is_speculatable(const Op *op)
{
    if (!(op_flags(op->code) & OP_PURE))
        return false;
    if (!is_division(op->code) || !type_is_integer(op_arg(op, 1)->type))
        return true;
    const Op *divisor = op_arg(op, 1)->def;
    return divisor && divisor->code == OP_CONST && divisor->attr.constant->integer != 0;
}

bool analysis_trip_count(const Op *op, int64_t *count)
{
    const Op *def = op->code == OP_FOR ? op_arg(op, 0)->def : NULL;
    if (!def || def->code != OP_CONST || def->attr.constant->kind != CONSTANT_INT)
        return false;
    __int128 trips = def->attr.constant->integer;
    *count = trips < 0 ? 0 : trips > INT64_MAX ? INT64_MAX : (int64_t)trips;
    return true;
}

/* ---- cost ---------------------------------------------------------------------------------- */

enum { FREE = 255 };

/* Rough throughput on a wide core with data in cache; what is not listed costs 1. FREE is what
 * becomes no instruction, or one outside of the region. */
/* clang-format off */
static const uint8_t costs[OP_COUNT] = {
    [OP_CONST] = FREE,      [OP_NOTHING] = FREE,     [OP_PACK] = FREE,        [OP_EXTRACT] = FREE,
    [OP_SOME] = FREE,       [OP_UNWRAP] = FREE,      [OP_HIDDEN] = FREE,      [OP_BLOCK] = FREE,
    [OP_YIELD] = FREE,      [OP_BREAK] = FREE,       [OP_CONTINUE] = FREE,    [OP_UNREACHABLE] = FREE,
    [OP_ARRAY_DIM] = FREE,  [OP_ARRAY_STRIDE] = FREE, [OP_ARRAY_DATA] = FREE, [OP_BITCAST] = FREE,
    [OP_REAL] = FREE,       [OP_IMAG] = FREE,        [OP_COMPLEX] = FREE,
    [OP_ADD_X] = 2,         [OP_SUB_X] = 2,          [OP_MUL_X] = 2,          [OP_SHL_X] = 3,
    [OP_LOAD] = 2,          [OP_STORE] = 2,          [OP_POINTER_LOAD] = 2,   [OP_POINTER_STORE] = 2,
    [OP_DIV] = 5,           [OP_SQRT] = 6,           [OP_INT_TRUEDIV] = 8,    [OP_ABS_COMPARE] = 8,
    [OP_TRUNCDIV] = 10,     [OP_TRUNCMOD] = 10,      [OP_FLOORDIV] = 12,      [OP_MOD] = 12,
    [OP_CALL_MATH] = 20,    [OP_ARRAY_OVERLAP] = 20, [OP_POW] = 40,           [OP_CALL] = 40,
    [OP_CALL_RUNTIME] = 60, [OP_ARRAY_NEW] = 100,    [OP_MAP] = 100,          [OP_TRY] = 4,
};
/* clang-format on */

static double cost_of_code(OpCode code)
{
    return costs[code] == FREE ? 0 : costs[code] ? costs[code] : 1;
}

/* A shift, or the high half of a product. */
static double cost_of_division(const Op *op)
{
    const Op *divisor = op_arg(op, 1)->def;
    bool is_const =
        divisor && divisor->code == OP_CONST && type_is_integer(op_arg(op, 1)->type);
    if (!is_const)
        return cost_of_code(op->code);
    __int128 by = divisor->attr.constant->integer;
    return (by & (by - 1)) == 0 ? 1 : 4;
}

static double trips_of(const Op *op)
{
    int64_t count;
    if (analysis_trip_count(op, &count))
        return (double)count;
    bool repeats = is_loop(op) || op->code == OP_MAP || op->code == OP_MAP_INTO;
    return repeats ? ANALYSIS_TRIPS : 1;
}

static double cost_of(const Op *op)
{
    double inside = 0;
    for (uint32_t i = 0; i < op->region_count; i++)
        if (op->code != OP_TRY || i == 0)
            inside += analysis_cost(&op->regions[i]);
    double own = is_division(op->code) ? cost_of_division(op) : cost_of_code(op->code);
    return own + inside * trips_of(op) * (op->code == OP_IF ? 0.5 : 1);
}

double analysis_cost(const Region *region)
{
    double cost = 0;
    for (const Op *op = region->first; op; op = op->next)
        cost += cost_of(op);
    return cost;
}
