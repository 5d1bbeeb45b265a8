/* Inlining: a call of a small function becomes its body, so that the passes after this one see through it.
 *
 *     %r = call %x @f     →     %r = block { … f's operations, with %x for its param …; break %v }
 *
 * A body whose only return is its end needs no block. Every operation keeps its place, with the call
 * as its `caller`: tracebacks show the frames that the interpreter has. pass_run_all takes callees before
 * callers: what moves has taken in its own callees already.
 *
 * Not inlined: functions that get back to themselves (they look at the stack when called), and functions
 * that never return.
 */
#include "ir/build.h"
#include "passes/pass.h"
#include "types/layout.h"

enum {
    SMALL = 40,     /* operations: code that may be copied to every call */
    SINGLE = 400,   /* … of a function that is called from one place */
    LARGEST = 4000, /* no caller grows beyond this */
};

/* What there is to know of a callee. */
typedef struct Callee {
    uint32_t size, returns;
    bool is_recursive;
} Callee;

typedef struct Inliner {
    Compile *c;
    Func *func; /* the caller */
    uint32_t size;
    Map callees; /* Func → Callee */
} Inliner;

/* One call: where its copies belong. */
typedef struct CallSite {
    Inliner *in;
    const Loc *caller;
    Op *block; /* what returns leave */
    bool has_result;
    Map locs; /* of the callee → of the copies */
} CallSite;

/* ---- which calls --------------------------------------------------------------------------- */

static bool reaches(Arena *arena, const Region *region, const Func *wanted, Map *seen)
{
    for (const Op *op = region->first; op; op = op->next) {
        Func *callee = op->code == OP_CALL ? op->attr.func : NULL;
        if (callee == wanted)
            return true;
        if (callee && !map_get(seen, map_key(callee))) {
            map_set(arena, seen, map_key(callee), callee);
            if (reaches(arena, &callee->body, wanted, seen))
                return true;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            if (reaches(arena, &op->regions[i], wanted, seen))
                return true;
    }
    return false;
}

static void measure(const Region *region, Callee *sum)
{
    for (const Op *op = region->first; op; op = op->next) {
        sum->size += op->code != OP_CONST && op->code != OP_NOTHING;
        sum->returns += op->code == OP_RETURN;
        for (uint32_t i = 0; i < op->region_count; i++)
            measure(&op->regions[i], sum);
    }
}

static const Callee *callee_of(Inliner *in, const Func *func)
{
    Arena *arena = in->c->arena;
    Callee *callee = map_get(&in->callees, map_key(func));
    if (callee)
        return callee;
    Map seen = {0};
    callee = ARENA_NEW(arena, Callee);
    measure(&func->body, callee);
    callee->is_recursive = reaches(arena, &func->body, func, &seen);
    map_set(arena, &in->callees, map_key(func), callee);
    return callee;
}

static bool is_wanted(Inliner *in, const Op *op)
{
    const Func *func = op->attr.func;
    if (func == in->func || !func->body.last)
        return false;
    const Callee *callee = callee_of(in, func);
    Inlining asked = func->code ? func->code->inlining : INLINING_AUTO;
    if (callee->is_recursive || callee->returns == 0 || asked == INLINING_NEVER)
        return false;
    if (asked == INLINING_ALWAYS)
        return true;
    uint32_t limit = func->call_count == 1 ? SINGLE : SMALL;
    return callee->size <= limit && in->size + callee->size <= LARGEST;
}

/* ---- the copy ------------------------------------------------------------------------------ */

/* The place of a copy: the chain of calls of the original, then this call. */
static const Loc *loc_of(CallSite *site, const Loc *loc)
{
    if (!loc)
        return site->caller;
    Loc *copy = map_get(&site->locs, map_key(loc));
    if (copy)
        return copy;
    Arena *arena = site->in->func->arena;
    copy = ARENA_NEW(arena, Loc);
    *copy = *loc;
    map_set(arena, &site->locs, map_key(loc), copy);
    copy->caller = loc_of(site, loc->caller);
    return copy;
}

static void become_break(CallSite *site, Op *returns)
{
    Value *result = op_arg(returns, 0);
    Op *leave = ir_op_new(site->in->func, OP_BREAK, returns->loc, &result, site->has_result, 0);
    leave->attr.target = site->block;
    ir_op_insert_before(returns, leave);
    ir_op_remove(returns);
}

static void settle(CallSite *site, Op *op)
{
    op->loc = loc_of(site, op->loc);
    for (uint32_t i = 0; i < op->region_count; i++)
        for (Op *in = op->regions[i].first, *next; in; in = next) {
            next = in->next;
            settle(site, in);
        }
    if (op->code == OP_RETURN)
        become_break(site, op);
}

/* The body as the region of a block. Its result, or NULL. */
static Value *copy_as_block(CallSite *site, Op *call, Map *map)
{
    Inliner *in = site->in;
    const Func *callee = call->attr.func;
    site->block = ir_op_new(in->func, OP_BLOCK, call->loc, NULL, 0, site->has_result);
    if (site->has_result)
        op_result(site->block, 0)->type = callee->result;
    ir_op_insert_before(call, site->block);
    for (const Op *op = callee->body.first; op; op = op->next) {
        Op *copy = ir_op_clone(in->func, op, map, in->c->arena);
        ir_op_append(&site->block->regions[0], copy);
        settle(site, copy);
    }
    return site->has_result ? op_result(site->block, 0) : NULL;
}

/* The body in place of the call; what its last operation returns. */
static Value *copy_in_place(CallSite *site, Op *call, Map *map)
{
    Inliner *in = site->in;
    const Region *body = &call->attr.func->body;
    for (const Op *op = body->first; op != body->last; op = op->next) {
        Op *copy = ir_op_clone(in->func, op, map, in->c->arena);
        ir_op_insert_before(call, copy);
        settle(site, copy);
    }
    return map_get(map, map_key(op_arg(body->last, 0)));
}

static void inline_call(Inliner *in, Op *call)
{
    const Func *callee = call->attr.func;
    const Callee *facts = callee_of(in, callee);
    CallSite site = {in, call->loc, .has_result = layout_part_count(callee->result) != 0};
    Map map = {0};
    for (uint32_t i = 0; i < callee->body.param_count; i++)
        map_set(in->c->arena, &map, map_key(callee->body.params[i]), op_arg(call, i));
    bool is_straight = facts->returns == 1 && callee->body.last->code == OP_RETURN;
    Value *result =
        is_straight ? copy_in_place(&site, call, &map) : copy_as_block(&site, call, &map);
    if (!result) {
        Build b = {in->func, in->c->types, call->parent, call, call->loc};
        result = build_nothing(&b, callee->result);
    }
    if (call->result_count)
        ir_value_replace(op_result(call, 0), result);
    ir_op_remove(call);
    in->size += facts->size;
}

/* True when a call went. What came in its place is not looked at again. */
static bool inline_region(Inliner *in, Region *region)
{
    bool changed = false;
    for (Op *op = region->first, *next; op; op = next) {
        next = op->next;
        for (uint32_t i = 0; i < op->region_count; i++)
            changed |= inline_region(in, &op->regions[i]);
        if (op->code == OP_CALL && is_wanted(in, op)) {
            inline_call(in, op);
            changed = true;
        }
    }
    return changed;
}

void pass_inline(Compile *c, Func *func)
{
    if (c->options.debug)
        return;
    Inliner in = {.c = c, .func = func};
    Callee self = {0};
    measure(&func->body, &self);
    in.size = self.size;
    if (inline_region(&in, &func->body))
        pass_fold(c, func); /* constants that came with arguments */
}
