/* Exits of one operation; see exits.h. */
#include "passes/exits.h"

static void walk(Arena *arena, const Region *region, const Op *target, Exits *exits)
{
    for (Op *op = region->first; op; op = op->next) {
        bool is_yield = op->code == OP_YIELD && region->owner == target;
        if (is_yield || (op->code == OP_BREAK && op->attr.target == target))
            vec_push(arena, &exits->leaves, op);
        if (op->code == OP_CONTINUE && op->attr.target == target)
            vec_push(arena, &exits->repeats, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            walk(arena, &op->regions[i], target, exits);
    }
}

void exits_find(Arena *arena, const Op *op, Exits *exits)
{
    *exits = (Exits){0};
    for (uint32_t i = 0; i < op->region_count; i++)
        walk(arena, &op->regions[i], op, exits);
}

Value *exits_common_arg(const ExitOps *exits, uint32_t index, const Value *ignored)
{
    Value *common = NULL;
    for (uint32_t i = 0; i < exits->len; i++) {
        Value *value = op_arg(exits->data[i], index);
        if (value == ignored)
            continue;
        if (common && common != value)
            return NULL;
        common = value;
    }
    return common;
}

void exits_remove_arg(const ExitOps *exits, uint32_t index)
{
    for (uint32_t i = 0; i < exits->len; i++)
        ir_arg_remove(exits->data[i], index);
}
