/* Fusion: a map whose result only another map reads moves into that map, and its array is never made.
 *
 *     %t = map dims(%n) %a, %b { yield add }        %r = map dims(%n) %a, %b, %c {
 *     %r = map dims(%n) %t, %c { yield mul }    →       yield mul(add(a, b), c) }
 *
 * The producer's inputs broadcast against its dims, and its result against the consumer's: since dims line up
 * from the right and an axis of 1 stretches, its inputs broadcast against the consumer's dims all the same. Where the
 * consumer is larger, elements are computed several times, which only a cheap producer may be.
 *
 * Not moved: a producer that may raise, or past an operation that writes memory it reads. Into a MAP_INTO only
 * inputs move that cannot share memory with the destination other than element by element.
 */

#include <assert.h>

#include "ir/analysis.h"
#include "passes/pass.h"

static const double cheap = 24; /* additions; a division is a few, a call of libm more */

static uint32_t first_input(const Op *map)
{
    return (uint32_t)map->attr.integer + (map->code == OP_MAP_INTO ? 1 : 0);
}

static bool is_map(const Op *op)
{
    return op && (op->code == OP_MAP || op->code == OP_MAP_INTO);
}

/* The array whose memory a value surely lies in: through views and conversions. */
static const Value *root_of(const Value *value)
{
    while (value->def && (value->def->code == OP_ARRAY_VIEW))
        value = op_arg(value->def, 0);
    return value;
}

static bool is_fresh(const Value *root)
{
    return root->def && (root->def->code == OP_MAP || root->def->code == OP_ARRAY_NEW);
}

/* May `input` be read while `destination` is written element by element? */
static bool is_apart(const Value *input, const Value *destination)
{
    const Value *a = root_of(input), *b = root_of(destination);
    return input == destination || (a != b && (is_fresh(a) || is_fresh(b)));
}

/* Does anything between the two write memory that is not new? */
static bool writes_between(const Op *from, const Op *to)
{
    for (const Op *op = from->next; op != to; op = op->next) {
        bool makes = op->code == OP_MAP || op->code == OP_ARRAY_NEW;
        unsigned effects = makes ? 0 : analysis_effects(op);
        for (uint32_t i = 0; makes && i < op->region_count; i++)
            for (const Op *in = op->regions[i].first; in;
                 in = analysis_next(in, &op->regions[i]))
                effects |= op_flags(in->code);
        if (effects & OP_WRITES)
            return true;
    }
    return false;
}

static bool region_may_raise(const Region *region)
{
    for (const Op *op = region->first; op; op = analysis_next(op, region))
        if (op_flags(op->code) & (OP_RAISES | OP_WRITES))
            return true;
    return false;
}

static bool same_dims(const Op *producer, const Op *consumer)
{
    if (producer->attr.integer != consumer->attr.integer)
        return false;
    for (uint32_t i = 0; i < (uint32_t)producer->attr.integer; i++)
        if (op_arg(producer, i) != op_arg(consumer, i))
            return false;
    return true;
}

static bool can_fuse(const Op *producer, const Op *consumer)
{
    if (producer->code != OP_MAP || producer->parent != consumer->parent)
        return false;
    const Value *destination = consumer->code == OP_MAP_INTO
                                   ? op_arg(consumer, (uint32_t)consumer->attr.integer)
                                   : NULL;
    if (op_result(producer, 0) == destination)
        return false;
    if (analysis_sole_user(op_result(producer, 0)) != consumer)
        return false;
    if (region_may_raise(&producer->regions[0]) || writes_between(producer, consumer))
        return false;
    if (!same_dims(producer, consumer) && analysis_cost(&producer->regions[0]) > cheap)
        return false;
    for (uint32_t i = first_input(producer); destination && i < producer->arg_count; i++)
        if (!is_apart(op_arg(producer, i), destination))
            return false;
    return true;
}

/* The consumer's param for `array`, which becomes an input if it is none yet. */
static Value *input_param(Compile *c, Op *consumer, Value *array)
{
    uint32_t first = first_input(consumer), count = consumer->arg_count;
    for (uint32_t i = first; i < count; i++)
        if (op_arg(consumer, i) == array)
            return consumer->regions[0].params[i - first];
    Value **args = ARENA_ARRAY(c->arena, Value *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        args[i] = op_arg(consumer, i);
    args[count] = array;
    ir_args_replace(consumer, args, count + 1);
    const Type *element = type_scalar(c->types, array->type->array.dtype);
    return ir_param_add(&consumer->regions[0], element, NULL);
}

/* Copies the producer's computation to the consumer's start. The copied value of its yield. */
static Value *copy_body(Compile *c, const Op *producer, Op *consumer)
{
    const Region *body = &producer->regions[0];
    Op *start = consumer->regions[0].first;
    Map map = {0};
    for (uint32_t i = 0; i < body->param_count; i++) {
        Value *array = op_arg(producer, first_input(producer) + i);
        map_set(c->arena, &map, map_key(body->params[i]), input_param(c, consumer, array));
    }
    assert(body->last); /* its yield */
    for (const Op *op = body->first; op != body->last; op = op->next)
        ir_op_insert_before(start, ir_op_clone(producer->parent->func, op, &map, c->arena));
    Value *yielded = op_arg(body->last, 0), *copy = map_get(&map, map_key(yielded));
    return copy ? copy : yielded;
}

static void fuse_input(Compile *c, Op *producer, Op *consumer, uint32_t input)
{
    Value *element = copy_body(c, producer, consumer);
    uint32_t param = input - first_input(consumer);
    ir_value_replace(consumer->regions[0].params[param], element);
    ir_param_remove(&consumer->regions[0], param);
    ir_arg_remove(consumer, input);
    ir_op_remove(producer);
}

/* An array that is an input twice is read once. */
static void join_inputs(Op *map)
{
    uint32_t first = first_input(map);
    for (uint32_t i = first; i < map->arg_count; i++)
        for (uint32_t k = map->arg_count; k-- > i + 1;)
            if (op_arg(map, k) == op_arg(map, i)) {
                Region *body = &map->regions[0];
                ir_value_replace(body->params[k - first], body->params[i - first]);
                ir_param_remove(body, k - first);
                ir_arg_remove(map, k);
            }
}

static void fuse_into(Compile *c, Op *consumer)
{
    join_inputs(consumer);
    for (uint32_t i = first_input(consumer); i < consumer->arg_count;) {
        Op *producer = op_arg(consumer, i)->def;
        if (producer && can_fuse(producer, consumer))
            fuse_input(c, producer, consumer, i); /* the next input is now at i */
        else
            i++;
    }
}

void pass_fuse(Compile *c, Func *func)
{
    for (Op *op = func->body.first; op; op = analysis_next(op, &func->body))
        if (is_map(op))
            fuse_into(c, op);
}
