/* One walk over a function: positions, depths, effects and exits. */
#include "passes/nest.h"

enum { KNOWN = 1 << 15 };

/* Operations whose flags in op.def say less than is known. */
static const uint16_t known_effects[OP_COUNT] = {
    [OP_LOOP] = KNOWN | EFFECT_REPEATS | EFFECT_ENDLESS,
    [OP_FOR] = KNOWN | EFFECT_REPEATS,
    [OP_RERAISE] = KNOWN | EFFECT_RAISES,
    [OP_SLOT_NEW] = KNOWN,
    [OP_SLOT_LOAD] = KNOWN | EFFECT_READS_SLOT,
    [OP_SLOT_STORE] = KNOWN | EFFECT_WRITES_SLOT,
    [OP_ARRAY_NEW] = KNOWN | EFFECT_ALLOCATES,
    [OP_LOAD] = KNOWN | EFFECT_READS,
    [OP_STORE] = KNOWN | EFFECT_WRITES,
    [OP_POINTER_LOAD] = KNOWN | EFFECT_READS,
    [OP_POINTER_STORE] = KNOWN | EFFECT_WRITES,
    [OP_MAP] = KNOWN | EFFECT_READS | EFFECT_ALLOCATES,
    [OP_MAP_INTO] = KNOWN | EFFECT_READS | EFFECT_WRITES,
    [OP_ERROR_MATCH] = KNOWN,
};

unsigned nest_effects(const Op *op)
{
    if (known_effects[op->code])
        return known_effects[op->code] & ~(unsigned)KNOWN;
    unsigned flags = op_flags(op->code), effects = 0;
    if (flags & OP_RAISES)
        effects |= EFFECT_RAISES;
    if (flags & OP_READS)
        effects |= EFFECT_READS | EFFECT_READS_SLOT;
    if (flags & OP_WRITES)
        effects |= EFFECT_WRITES | EFFECT_WRITES_SLOT | EFFECT_UNKNOWN;
    return effects;
}

unsigned nest_region_effects(const Region *region)
{
    unsigned effects = 0;
    for (const Op *op = region->first; op; op = op->next) {
        effects |= nest_effects(op);
        for (uint32_t i = 0; i < op->region_count; i++)
            effects |= nest_region_effects(&op->regions[i]);
    }
    return effects;
}

bool nest_is_loop(const Op *op)
{
    return op->code == OP_LOOP || op->code == OP_FOR;
}

bool nest_is_map(const Op *op)
{
    return op->code == OP_MAP || op->code == OP_MAP_INTO;
}

static void exit_add(const Nest *nest, Exit **exits, Op *op)
{
    Exit *added = ARENA_NEW(nest->arena, Exit);
    *added = (Exit){op, *exits};
    *exits = added;
}

/* Depth of what a terminator leaves or repeats, where that is more than its own region. */
static uint32_t note_exit(const Nest *nest, Op *op)
{
    if (op->code == OP_YIELD)
        exit_add(nest, &nest_of(nest, op->parent->owner)->leaves, op);
    if (op->code == OP_BREAK)
        exit_add(nest, &nest_of(nest, op->attr.target)->leaves, op);
    if (op->code == OP_CONTINUE)
        exit_add(nest, &nest_of(nest, op->attr.target)->repeats, op);
    if (op->code == OP_BREAK || op->code == OP_CONTINUE)
        return nest_of(nest, op->attr.target)->depth;
    return op->code == OP_RETURN ? 0 : UINT32_MAX;
}

static void walk(Nest *nest, const Region *region, uint32_t depth)
{
    for (Op *op = region->first; op; op = op->next) {
        NestOp *self = nest_of(nest, op);
        self->position = nest->count;
        nest->order[nest->count++] = op;
        self->depth = depth;
        self->effects = nest_effects(op);
        self->reach = note_exit(nest, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            walk(nest, &op->regions[i], depth + 1);
        self->end = nest->count - 1;
        if (!region->owner)
            continue;
        NestOp *around = nest_of(nest, region->owner);
        around->effects |= self->effects;
        if (around->reach > self->reach)
            around->reach = self->reach;
    }
}

void nest_open(Nest *nest, Arena *arena, Func *func)
{
    *nest = (Nest){.arena = arena, .func = func, .ids = func->op_count};
    nest->ops = ARENA_ARRAY(arena, NestOp, func->op_count + 1);
    nest->order = ARENA_ARRAY(arena, Op *, func->op_count + 1);
    walk(nest, &func->body, 1);
}
