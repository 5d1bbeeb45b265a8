/* The IR's data structure: facts of op.def, making, editing and copying.
 *
 * Invariant that every function here keeps: an arg of an operation is linked into the uses of its
 * value, and a result's region is the region that holds its operation. Nothing here looks at types
 * or meaning: that is verify.c's and build.c's. Nothing is freed: storage that growing leaves behind
 * stays on the Func's arena.
 */
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

/* ---- facts --------------------------------------------------------------------------------- */

typedef struct OpFact {
    const char *text;
    int8_t args, results, regions;
    uint8_t attr, flags;
} OpFact;

enum {
    V = -1,
    P = OP_PURE,
    R = OP_READS,
    W = OP_WRITES,
    X = OP_RAISES,
    T = OP_TERMINATOR,
    C = OP_COMMUTES
};

static const OpFact facts[OP_COUNT] = {
#define OP(name, text, args, results, regions, attr, flags, meaning) \
    [OP_##name] = {text, args, results, regions, ATTR_##attr, flags},
#include "ir/op.def"
#undef OP
};

const char *op_text(OpCode code)
{
    return facts[code].text;
}

int op_arg_count(OpCode code)
{
    return facts[code].args;
}

int op_result_count(OpCode code)
{
    return facts[code].results;
}

int op_region_count(OpCode code)
{
    return facts[code].regions;
}

AttrKind op_attr_kind(OpCode code)
{
    return (AttrKind)facts[code].attr;
}

unsigned op_flags(OpCode code)
{
    return facts[code].flags;
}

bool op_is_generic(OpCode code)
{
    return strncmp(facts[code].text, "py.", 3) == 0;
}

bool op_is_terminator(OpCode code)
{
    return facts[code].flags & OP_TERMINATOR;
}

static const bool is_single[TYPE_KIND_COUNT] = {
    [TYPE_UNBOUND] = true, [TYPE_NONE] = true,   [TYPE_CONST] = true,   [TYPE_ELLIPSIS] = true,
    [TYPE_DTYPE] = true,   [TYPE_MODULE] = true, [TYPE_BUILTIN] = true, [TYPE_CLASS] = true,
};

static const bool is_compound[TYPE_KIND_COUNT] = {
    [TYPE_TUPLE] = true,    [TYPE_RANGE] = true, [TYPE_SLICE] = true,     [TYPE_METHOD] = true,
    [TYPE_FUNCTION] = true, [TYPE_ITER] = true,  [TYPE_EXCEPTION] = true,
};

bool ir_type_is_empty(const Type *type)
{
    if (!is_compound[type->kind])
        return is_single[type->kind];
    for (uint32_t i = 0; i < type->count; i++)
        if (!ir_type_is_empty(type->elements[i]))
            return false;
    return true;
}

/* ---- uses ---------------------------------------------------------------------------------- */

static void use_link(Use *use, Op *user, Value *value)
{
    assert(value);
    use->user = user;
    use->value = value;
    use->link = &value->uses;
    use->next = value->uses;
    if (use->next)
        use->next->link = &use->next;
    value->uses = use;
}

static void use_unlink(Use *use)
{
    *use->link = use->next;
    if (use->next)
        use->next->link = use->link;
    use->next = NULL;
    use->link = NULL;
}

/* `from` lies elsewhere from now on: its neighbours in the list of uses learn that. */
static void use_move(Use *to, Use *from)
{
    *to = *from;
    *to->link = to;
    if (to->next)
        to->next->link = &to->next;
}

static void value_move(Value *to, Value *from)
{
    *to = *from;
    if (to->uses)
        to->uses->link = &to->uses;
    for (Use *use = to->uses; use; use = use->next)
        use->value = to;
}

void ir_value_replace(Value *old, Value *with)
{
    assert(old != with);
    while (old->uses) {
        Use *use = old->uses;
        Op *user = use->user;
        use_unlink(use);
        use_link(use, user, with);
    }
}

/* ---- functions, regions, values ------------------------------------------------------------ */

Func *ir_func_new(Arena *arena, const Symbol *name, bool typed)
{
    Func *func = ARENA_NEW(arena, Func);
    func->arena = arena;
    func->name = name;
    func->typed = typed;
    func->body.func = func;
    func->loc.function = name;
    return func;
}

/* Params grow by doubling at powers of two, so that a Region needs no capacity. */
static void params_reserve(Region *region)
{
    uint32_t count = region->param_count;
    if (count & (count - 1))
        return;
    Value **params = ARENA_ARRAY(region->func->arena, Value *, count ? 2 * count : 1);
    if (count)
        memcpy(params, region->params, count * sizeof *params);
    region->params = params;
}

Value *ir_param_add(Region *region, const Type *type, const Symbol *name)
{
    params_reserve(region);
    Value *value = ARENA_NEW(region->func->arena, Value);
    value->id = region->func->value_count++;
    value->index = region->param_count;
    value->type = type;
    value->name = name;
    value->region = region;
    region->params[region->param_count++] = value;
    return value;
}

void ir_param_remove(Region *region, uint32_t index)
{
    assert(index < region->param_count && !region->params[index]->uses);
    region->param_count--;
    for (uint32_t i = index; i < region->param_count; i++) {
        region->params[i] = region->params[i + 1];
        region->params[i]->index = i;
    }
}

/* ---- operations ---------------------------------------------------------------------------- */

static void op_results_open(Func *func, Op *op, uint32_t count)
{
    op->result_count = (uint16_t)count;
    op->results = ARENA_ARRAY(func->arena, Value, count);
    for (uint32_t i = 0; i < count; i++) {
        op->results[i].id = func->value_count++;
        op->results[i].index = i;
        op->results[i].def = op;
    }
}

static void op_regions_open(Func *func, Op *op, uint32_t count)
{
    op->region_count = (uint16_t)count;
    op->regions = ARENA_ARRAY(func->arena, Region, count);
    for (uint32_t i = 0; i < count; i++) {
        op->regions[i].owner = op;
        op->regions[i].func = func;
    }
    op->label = func->label_count++;
}

/* The args are allocated but not linked. */
static Op *op_alloc(Func *func, OpCode code, const Loc *loc, uint32_t arg_count,
                    uint32_t result_count)
{
    Op *op = ARENA_NEW(func->arena, Op);
    op->id = func->op_count++;
    op->code = code;
    op->loc = loc;
    op->arg_count = arg_count;
    if (arg_count)
        op->args = ARENA_ARRAY(func->arena, Use, arg_count);
    if (result_count)
        op_results_open(func, op, result_count);
    if (facts[code].regions)
        op_regions_open(func, op, (uint32_t)facts[code].regions);
    return op;
}

Op *ir_op_new(Func *func, OpCode code, const Loc *loc, Value *const *args, uint32_t arg_count,
              uint32_t result_count)
{
    Op *op = op_alloc(func, code, loc, arg_count, result_count);
    for (uint32_t i = 0; i < arg_count; i++)
        use_link(&op->args[i], op, args[i]);
    return op;
}

static void op_place(Region *region, Op *prev, Op *next, Op *op)
{
    assert(!op->parent);
    op->prev = prev;
    op->next = next;
    op->parent = region;
    *(prev ? &prev->next : &region->first) = op;
    *(next ? &next->prev : &region->last) = op;
    for (uint32_t i = 0; i < op->result_count; i++)
        op->results[i].region = region;
}

void ir_op_append(Region *region, Op *op)
{
    op_place(region, region->last, NULL, op);
}

void ir_op_insert_before(Op *at, Op *op)
{
    op_place(at->parent, at->prev, at, op);
}

void ir_op_unlink(Op *op)
{
    Region *region = op->parent;
    *(op->prev ? &op->prev->next : &region->first) = op->next;
    *(op->next ? &op->next->prev : &region->last) = op->prev;
    op->prev = op->next = NULL;
    op->parent = NULL;
}

static void op_drop_args(Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        use_unlink(&op->args[i]);
    op->arg_count = 0;
    for (uint32_t i = 0; i < op->region_count; i++)
        for (Op *inner = op->regions[i].first; inner; inner = inner->next)
            op_drop_args(inner);
}

void ir_op_remove(Op *op)
{
    op_drop_args(op);
    for (uint32_t i = 0; i < op->result_count; i++)
        assert(!op->results[i].uses);
    if (op->parent)
        ir_op_unlink(op);
}

void ir_region_splice(Op *at, Region *from)
{
    while (from->first) {
        Op *op = from->first;
        ir_op_unlink(op);
        ir_op_insert_before(at, op);
    }
}

/* The Func that holds op, also where op is not placed yet. */
static Func *op_func(const Op *op)
{
    if (op->parent)
        return op->parent->func;
    assert(op->region_count);
    return op->regions[0].func;
}

void ir_arg_set(Op *op, uint32_t i, Value *value)
{
    assert(i < op->arg_count);
    use_unlink(&op->args[i]);
    use_link(&op->args[i], op, value);
}

void ir_arg_remove(Op *op, uint32_t index)
{
    assert(index < op->arg_count);
    use_unlink(&op->args[index]);
    op->arg_count--;
    for (uint32_t i = index; i < op->arg_count; i++)
        use_move(&op->args[i], &op->args[i + 1]);
}

void ir_args_replace(Op *op, Value *const *args, uint32_t count)
{
    Use *uses = op->args;
    if (count > op->arg_count)
        uses = ARENA_ARRAY(op_func(op)->arena, Use, count);
    for (uint32_t i = 0; i < op->arg_count; i++)
        use_unlink(&op->args[i]);
    op->args = uses;
    op->arg_count = count;
    for (uint32_t i = 0; i < count; i++)
        use_link(&uses[i], op, args[i]);
}

Value *ir_result_add(Op *op, const Type *type, const Symbol *name)
{
    Func *func = op_func(op);
    Value *results = ARENA_ARRAY(func->arena, Value, op->result_count + 1);
    for (uint32_t i = 0; i < op->result_count; i++)
        value_move(&results[i], &op->results[i]);
    Value *value = &results[op->result_count];
    value->id = func->value_count++;
    value->index = op->result_count;
    value->type = type;
    value->name = name;
    value->def = op;
    value->region = op->parent;
    op->results = results;
    op->result_count++;
    return value;
}

void ir_result_remove(Op *op, uint32_t index)
{
    assert(index < op->result_count && !op->results[index].uses);
    op->result_count--;
    for (uint32_t i = index; i < op->result_count; i++) {
        value_move(&op->results[i], &op->results[i + 1]);
        op->results[i].index = i;
    }
}

/* ---- nesting ------------------------------------------------------------------------------- */

Op *ir_ancestor_in(Op *op, const Region *region)
{
    while (op && op->parent != region)
        op = op->parent ? op->parent->owner : NULL;
    return op;
}

bool ir_value_is_visible(const Value *value, const Op *at)
{
    const Op *ancestor = ir_ancestor_in((Op *)at, value->region);
    if (!ancestor || !value->def)
        return ancestor;
    for (const Op *op = value->def->next; op; op = op->next)
        if (op == ancestor)
            return true;
    return false;
}

/* ---- copies -------------------------------------------------------------------------------- */

static Value *clone_value(const Map *map, Value *value)
{
    Value *copy = map_get(map, map_key(value));
    return copy ? copy : value;
}

static void clone_region(Region *to, const Region *from, Map *map, Arena *scratch)
{
    for (uint32_t i = 0; i < from->param_count; i++) {
        Value *param = from->params[i];
        map_set(scratch, map, map_key(param), ir_param_add(to, param->type, param->name));
    }
    for (const Op *op = from->first; op; op = op->next)
        ir_op_append(to, ir_op_clone(to->func, op, map, scratch));
}

Op *ir_op_clone(Func *func, const Op *op, Map *map, Arena *scratch)
{
    Op *copy = op_alloc(func, op->code, op->loc, op->arg_count, op->result_count);
    for (uint32_t i = 0; i < op->arg_count; i++)
        use_link(&copy->args[i], copy, clone_value(map, op_arg(op, i)));
    copy->attr = op->attr;
    if (op_attr_kind(op->code) == ATTR_TARGET) {
        Op *target = map_get(map, map_key(op->attr.target));
        if (target)
            copy->attr.target = target;
    }
    for (uint32_t i = 0; i < op->result_count; i++) {
        copy->results[i].type = op->results[i].type;
        copy->results[i].name = op->results[i].name;
        map_set(scratch, map, map_key(&op->results[i]), &copy->results[i]);
    }
    map_set(scratch, map, map_key(op), copy);
    for (uint32_t i = 0; i < op->region_count; i++)
        clone_region(&copy->regions[i], &op->regions[i], map, scratch);
    return copy;
}

Func *ir_func_clone(Arena *arena, const Func *func)
{
    Func *copy = ir_func_new(arena, func->name, func->typed);
    copy->code = func->code;
    copy->result = func->result;
    copy->can_raise = func->can_raise;
    copy->loc = func->loc;
    Map map = {0};
    clone_region(&copy->body, &func->body, &map, arena);
    return copy;
}
