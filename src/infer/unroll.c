/* Unrolling of loops over tuples whose elements have different types.
 *
 *     for @1 %n (%k, %x = %a) { … continue @1 %b }      with n known becomes
 *     block @out { block @1a { …k=0, x=a… break @1a %b } … yield }
 *
 * Of a zip with something of unknown length only the most trips are known: then each begins with
 * `if k < n { yield } else { break @out … }`.
 *
 * This is done on a copy of the generic function that belongs to the instance;
 * then its inference begins anew.
 */
#include <string.h>

#include "infer/rules.h"

enum { MAX_TRIPS = 256 };

static Op *new_block(Func *func, const Op *loop, Region *into)
{
    Op *block = ir_op_new(func, OP_BLOCK, loop->loc, NULL, 0, loop->result_count);
    for (uint32_t i = 0; i < loop->result_count; i++)
        block->results[i].name = loop->results[i].name;
    ir_op_append(into, block);
    return block;
}

static void retarget(Region *region, const Op *loop, Op *trip, Op *all)
{
    for (Op *op = region->first; op; op = op->next) {
        if ((op->code == OP_CONTINUE || op->code == OP_BREAK) && op->attr.target == loop) {
            op->attr.target = op->code == OP_CONTINUE ? trip : all;
            op->code = OP_BREAK;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            retarget(&op->regions[i], loop, trip, all);
    }
}

static Value *constant_int(Infer *s, Func *func, const Op *loop, Region *into, uint32_t value)
{
    Constant *constant = ARENA_NEW(s->arena, Constant);
    constant->kind = CONSTANT_INT;
    constant->integer = value;
    Op *op = ir_op_new(func, OP_CONST, loop->loc, NULL, 0, 1);
    op->attr.constant = constant;
    ir_op_append(into, op);
    return op_result(op, 0);
}

/* Leaves all trips where the loop has no trip `k`. */
static void guard_trip(Infer *s, Func *func, const Op *loop, Op *all, uint32_t k,
                       Value **carried)
{
    Region *into = &all->regions[0];
    Value *pair[2] = {constant_int(s, func, loop, into, k), op_arg(loop, 0)};
    Op *compare = ir_op_new(func, OP_PY_COMPARE, loop->loc, pair, 2, 1);
    compare->attr.integer = COMPARE_LT;
    ir_op_append(into, compare);
    Value *goes_on = op_result(compare, 0);
    Op *gate = ir_op_new(func, OP_IF, loop->loc, &goes_on, 1, 0);
    ir_op_append(into, gate);
    ir_op_append(&gate->regions[0], ir_op_new(func, OP_YIELD, loop->loc, NULL, 0, 0));
    Op *leave = ir_op_new(func, OP_BREAK, loop->loc, carried, loop->result_count, 0);
    leave->attr.target = all;
    ir_op_append(&gate->regions[1], leave);
}

/* One trip: a copy of the body in a block of its own; `carried` becomes the block's results. */
static void unroll_trip(Infer *s, Func *func, Op *loop, Op *all, uint32_t k, Value **carried)
{
    Region *into = &all->regions[0], *body = &loop->regions[0];
    Op *trip = new_block(func, loop, into);
    Map map = {0};
    map_set(s->arena, &map, map_key(body->params[0]),
            constant_int(s, func, loop, &trip->regions[0], k));
    for (uint32_t i = 1; i < body->param_count; i++)
        map_set(s->arena, &map, map_key(body->params[i]), carried[i - 1]);
    for (const Op *op = body->first; op; op = op->next)
        ir_op_append(&trip->regions[0], ir_op_clone(func, op, &map, s->arena));
    retarget(&trip->regions[0], loop, trip, all);
    for (uint32_t i = 0; i < loop->result_count; i++)
        carried[i] = op_result(trip, i);
}

static void unroll_loop(Infer *s, Func *func, Op *loop, uint32_t trips, bool is_sure)
{
    Op *all = ir_op_new(func, OP_BLOCK, loop->loc, NULL, 0, loop->result_count);
    ir_op_insert_before(loop, all);
    Value **carried = ARENA_ARRAY(s->arena, Value *, loop->result_count);
    for (uint32_t i = 0; i < loop->result_count; i++) {
        all->results[i].name = loop->results[i].name;
        carried[i] = op_arg(loop, i + 1);
    }
    for (uint32_t k = 0; k < trips; k++) {
        if (!is_sure)
            guard_trip(s, func, loop, all, k, carried);
        unroll_trip(s, func, loop, all, k, carried);
    }
    ir_op_append(&all->regions[0],
                 ir_op_new(func, OP_YIELD, loop->loc, carried, loop->result_count, 0));
    for (uint32_t i = 0; i < loop->result_count; i++)
        ir_value_replace(op_result(loop, i), op_result(all, i));
    ir_op_remove(loop);
}

/* The operation at the same place of a copy: both are walked in the same order. */
static Op *same_place(const Region *region, Region *copy, const Op *wanted)
{
    Op *twin = copy->first;
    for (const Op *op = region->first; op; op = op->next, twin = twin->next) {
        if (op == wanted)
            return twin;
        for (uint32_t i = 0; i < op->region_count; i++) {
            Op *found = same_place(&op->regions[i], &twin->regions[i], wanted);
            if (found)
                return found;
        }
    }
    return NULL;
}

/* How often a loop over x runs at most, where a tuple in it says so. */
static bool most_trips(const Type *x, __int128 *most)
{
    __int128 each;
    bool is_known = false;
    x = infer_value_type(x);
    if (x->kind == TYPE_TUPLE) {
        *most = x->count;
        return true;
    }
    const char *name = x->kind == TYPE_ITER ? x->name->text : "";
    uint32_t count = strcmp(name, "zip") == 0 ? x->count
                     : strcmp(name, "enumerate") == 0 || strcmp(name, "reversed") == 0 ? 1
                                                                                       : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!most_trips(x->elements[i], &each))
            continue;
        *most = is_known && *most < each ? *most : each;
        is_known = true;
    }
    return is_known;
}

void infer_unroll(Infer *s, const Value *counter)
{
    Instance *instance = s->now;
    Op *loop = counter->def ? NULL : counter->region->owner;
    bool is_loop = loop && loop->code == OP_FOR && counter->index == 0;
    __int128 trips = MAX_TRIPS + 1;
    bool is_sure = is_loop && type_is_const_int(infer_arg(s, loop, 0), &trips);
    const Op *length = is_loop ? op_arg(loop, 0)->def : NULL;
    if (!is_sure && length && length->code == OP_PY_ITER_LEN)
        most_trips(infer_arg(s, length, 0), &trips);
    if (!is_loop || trips > MAX_TRIPS) {
        infer_error(
            s, (Span){0}, E_NEEDS_CONSTANT,
            "the elements have different types, and the loop cannot be unrolled over them");
        return;
    }
    bool own = map_get(&s->unrolled, instance->hash) == instance->generic;
    Func *func = own ? instance->generic : ir_func_clone(s->arena, instance->generic);
    unroll_loop(s, func, own ? loop : same_place(&instance->generic->body, &func->body, loop),
                (uint32_t)trips, is_sure);
    map_set(s->arena, &s->unrolled, instance->hash, func);
    s->restart = true;
}
