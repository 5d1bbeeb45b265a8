/* Facts about whole functions: one walk over each body, then iteration to a fixed point over the
 * calls. Small: programs have tens of functions at most. */
#include "codegen/facts.h"

#include <assert.h>
#include <string.h>

#include "runtime/abi.h"

enum {
    SHORT_TRIPS = 64,    /* a constant trip count up to this makes a short loop … */
    NESTED_TRIPS = 4096, /* … where the product over the nest stays below this */
};

FuncFacts *facts_of(const Facts *facts, const Func *func)
{
    return map_get(&facts->by_func, map_key(func));
}

int64_t facts_constant_trips(const Op *op)
{
    const Op *def = op_arg(op, 0)->def;
    __int128 trips;
    if (def && def->code == OP_CONST && def->attr.constant->kind == CONSTANT_INT)
        trips = def->attr.constant->integer;
    else if (!type_is_const_int(op_arg(op, 0)->type, &trips))
        return -1;
    return trips < 0 ? 0 : trips > INT64_MAX ? INT64_MAX : (int64_t)trips;
}

static uint32_t op_trips(const Facts *facts, const Op *op)
{
    if (op->code == OP_LOOP || op->code == OP_MAP || op->code == OP_MAP_INTO)
        return 0;
    if (op->code == OP_CALL) {
        FuncFacts *callee = facts_of(facts, op->attr.func);
        return callee && callee->is_flat ? 1 : 0;
    }
    uint32_t trips = 1;
    for (uint32_t i = 0; i < op->region_count; i++) {
        uint32_t inner = facts_trips(facts, &op->regions[i]);
        trips = inner == 0 || trips == 0 ? 0 : inner > trips ? inner : trips;
    }
    if (op->code != OP_FOR)
        return trips;
    int64_t count = facts_constant_trips(op);
    if (count < 0 || count > SHORT_TRIPS || count * trips > NESTED_TRIPS)
        return 0;
    return count == 0 ? 1 : (uint32_t)count * trips;
}

uint32_t facts_trips(const Facts *facts, const Region *region)
{
    uint64_t sum = 0;
    for (const Op *op = region->first; op; op = op->next) {
        uint32_t trips = op_trips(facts, op);
        if (trips == 0)
            return 0;
        sum += trips > 1 ? trips : 0;
    }
    return sum == 0 ? 1 : sum > NESTED_TRIPS ? 0 : (uint32_t)sum;
}

bool facts_is_polled(const Facts *facts, const Op *op)
{
    if (op->code == OP_LOOP || op->code == OP_MAP || op->code == OP_MAP_INTO)
        return true;
    if (op->code != OP_FOR)
        return false;
    int64_t count = facts_constant_trips(op);
    uint32_t inner = facts_trips(facts, &op->regions[0]);
    return count < 0 || count > NESTED_TRIPS || inner == 0 || count * inner > NESTED_TRIPS;
}

static bool runtime_may_fail(const char *name)
{
#define ABI(result, row, ...)    \
    if (strcmp(name, #row) == 0) \
        return strcmp(#result, "int32_t") == 0;
#include "runtime/abi.def"
#undef ABI
    return true;
}

static bool op_raises(const Facts *facts, const Op *op)
{
    switch ((int)op->code) {
    case OP_CALL: {
        FuncFacts *callee = facts_of(facts, op->attr.func);
        return !callee || callee->raises;
    }
    case OP_CALL_RUNTIME:
        return runtime_may_fail(op->attr.name->text);
    case OP_RERAISE:
        return true;
    default:
        return (op_flags(op->code) & OP_RAISES) || facts_is_polled(facts, op);
    }
}

static bool region_raises(const Facts *facts, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op_raises(facts, op))
            return true;
        for (uint32_t i = 0; i < op->region_count; i++)
            if (region_raises(facts, &op->regions[i]))
                return true;
    }
    return false;
}

static void collect_callees(Arena *arena, FuncFacts *of, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_CALL)
            vec_push(arena, &of->callees, op->attr.func);
        for (uint32_t i = 0; i < op->region_count; i++)
            collect_callees(arena, of, &op->regions[i]);
    }
}

static bool reaches(const Facts *facts, const FuncFacts *from, const Func *wanted, bool *seen)
{
    for (uint32_t i = 0; i < from->callees.len; i++) {
        FuncFacts *callee = facts_of(facts, from->callees.data[i]);
        if (!callee)
            continue;
        if (callee->func == wanted)
            return true;
        if (seen[callee - facts->funcs])
            continue;
        seen[callee - facts->funcs] = true;
        if (reaches(facts, callee, wanted, seen))
            return true;
    }
    return false;
}

static void find_recursion(Facts *facts, Arena *arena)
{
    for (uint32_t i = 0; i < facts->count; i++) {
        FuncFacts *f = &facts->funcs[i];
        ArenaMark mark = arena_mark(arena);
        f->recurses = reaches(facts, f, f->func, ARENA_ARRAY(arena, bool, facts->count));
        arena_release(arena, mark);
        f->raises = f->recurses;
        f->is_flat = !f->recurses;
    }
}

/* Both facts move one way only, so that this ends. */
static bool improve(const Facts *facts, FuncFacts *f)
{
    bool raises = f->raises || region_raises(facts, &f->func->body);
    bool is_flat = f->is_flat && facts_trips(facts, &f->func->body) != 0;
    bool changed = raises != f->raises || is_flat != f->is_flat;
    f->raises = raises;
    f->is_flat = is_flat;
    return changed;
}

const Func *facts_missing_callee(const Facts *facts)
{
    for (uint32_t i = 0; i < facts->count; i++)
        for (uint32_t k = 0; k < facts->funcs[i].callees.len; k++) {
            const Func *callee = facts->funcs[i].callees.data[k];
            if (!facts_of(facts, callee) || !callee->body.first)
                return callee;
        }
    return NULL;
}

Facts *facts_find(Arena *arena, Func *const *funcs, uint32_t count)
{
    Facts *facts = ARENA_NEW(arena, Facts);
    facts->funcs = ARENA_ARRAY(arena, FuncFacts, count);
    facts->count = count;
    for (uint32_t i = 0; i < count; i++) {
        facts->funcs[i].func = funcs[i];
        map_set(arena, &facts->by_func, map_key(funcs[i]), &facts->funcs[i]);
        collect_callees(arena, &facts->funcs[i], &funcs[i]->body);
    }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < facts->funcs[i].callees.len; k++) {
            FuncFacts *callee = facts_of(facts, facts->funcs[i].callees.data[k]);
            if (callee)
                callee->is_called = true;
        }
    find_recursion(facts, arena);
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < count; i++)
            changed |= improve(facts, &facts->funcs[i]);
    }
    return facts;
}
