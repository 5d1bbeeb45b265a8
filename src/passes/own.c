/* Reference counts: who owns the arrays that values hold, and when they are given back.
 *
 * Rules. What makes an array (a call, a map, array_new) hands out one reference; so do the results of
 * control operations and the params of loops, which receive it from the yields, breaks and continues
 * that reach them. Such a value is an owner: its frame slot holds the reference from `own` on, until
 * `release` gives it back or `disown` says that it moved on. What is loaded from a slot is retained and
 * then an owner, too, since a store may drop the slot's reference. Function params and hidden
 * arguments are borrowed from the caller. Views, elements, selections and packs of owners are borrowed
 * from those: they count nothing, and an owner lives until the last use of whatever was derived
 * from it. A `slot_new` of arrays is an owner whose frame slot is the slot's memory.
 *
 * A terminator passes one reference with each arg: an owner that dies by leaving moves, anything else is
 * retained; all other owners of the regions that are left are released. Exceptions need nothing:
 * whatever frame slots hold is released by the cleanup that codegen makes. So between `retain` or
 * `disown` and the operation that takes the reference nothing may raise, and between entering a loop's
 * body and the `own` of its params neither (polls come after them).
 */
#include "base/vec.h"
#include "passes/nest.h"
#include "passes/pass.h"

enum { NEVER = 0, FOREVER = UINT32_MAX }; /* beside positions plus 1 */

typedef enum Role { ROLE_NONE, ROLE_BORROWED, ROLE_OWNER } Role;

typedef struct Death {
    Value *value;
    struct Death *next;
} Death;

/* About one value, by id. */
typedef struct Ownership {
    uint8_t role;
    bool is_live; /* an owner that stands in Owners.live */
    uint32_t live_index;
    uint32_t last;     /* position of the last use, also of what was derived from it, plus 1 */
    uint32_t moved_by; /* number of the transfer that took the reference last */
} Ownership;

typedef struct Owners {
    Arena *arena;
    Nest nest;
    Ownership *of;   /* by Value.id */
    Death **deaths;  /* by position: the owners that this operation uses last */
    uint32_t *bases; /* by Op.id: live.len where its regions begin */
    VEC(Value *)
    live; /* owners in scope, outermost first; those that died stay until their region ends */
    uint32_t transfers;
} Owners;

/* ---- roles --------------------------------------------------------------------------------- */

/* The results borrow from the args. */
static const bool is_derived[OP_COUNT] = {
    [OP_ARRAY_VIEW] = true, [OP_EXTRACT] = true,     [OP_PACK] = true,
    [OP_SELECT] = true,     [OP_UNWRAP] = true,      [OP_SOME] = true,
    [OP_ARRAY_DATA] = true, [OP_POINTER_ADD] = true,
};

/* Nobody counts these: constants, what the caller holds, and pointers to slots from elsewhere. */
static const bool is_uncounted[OP_COUNT] = {
    [OP_CONST] = true,
    [OP_NOTHING] = true,
    [OP_HIDDEN] = true,
};

static bool is_counted(const Type *type)
{
    return type_holds_owner(type) && type->kind != TYPE_SLOT;
}

static Ownership *of(const Owners *o, const Value *value)
{
    return &o->of[value->id];
}

static bool borrows(const Owners *o, const Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        if (of(o, op_arg(op, i))->role != ROLE_NONE)
            return true;
    return false;
}

static Role role_of_result(const Owners *o, const Op *op, const Value *result)
{
    if (is_derived[op->code]) {
        bool holds = type_holds_owner(result->type) || result->type->kind == TYPE_POINTER;
        return holds && borrows(o, op) ? ROLE_BORROWED : ROLE_NONE;
    }
    if (op->code == OP_SLOT_NEW)
        return type_holds_owner(result->type) ? ROLE_OWNER : ROLE_NONE;
    return is_counted(result->type) && !is_uncounted[op->code] ? ROLE_OWNER : ROLE_NONE;
}

static void assign_roles(Owners *o)
{
    for (uint32_t p = 0; p < o->nest.count; p++) {
        Op *op = o->nest.order[p];
        for (uint32_t i = 0; i < op->result_count; i++)
            of(o, op_result(op, i))->role = (uint8_t)role_of_result(o, op, op_result(op, i));
        for (uint32_t i = 0; nest_is_loop(op) && i < op->regions[0].param_count; i++)
            if (is_counted(op->regions[0].params[i]->type))
                of(o, op->regions[0].params[i])->role = ROLE_OWNER;
    }
}

/* ---- last uses ----------------------------------------------------------------------------- */

static void extend(Owners *o, const Value *value, uint32_t last)
{
    Ownership *self = of(o, value);
    if (self->role != ROLE_NONE && self->last < last)
        self->last = last;
}

/* A pointer that is passed along is not followed: what it points into stays until its region ends. */
static bool passes_pointer(const Op *op, const Value *arg)
{
    return arg->type->kind == TYPE_POINTER && (op->code == OP_YIELD || op->code == OP_BREAK ||
                                               op->code == OP_CONTINUE || nest_is_loop(op));
}

static void find_last_uses(Owners *o)
{
    for (uint32_t p = 0; p < o->nest.count; p++) {
        const Op *op = o->nest.order[p];
        for (uint32_t i = 0; i < op->arg_count; i++)
            extend(o, op_arg(op, i), passes_pointer(op, op_arg(op, i)) ? FOREVER : p + 1);
    }
    for (uint32_t p = o->nest.count; p-- > 0;) {
        const Op *op = o->nest.order[p];
        if (!is_derived[op->code] || of(o, op_result(op, 0))->role != ROLE_BORROWED)
            continue;
        for (uint32_t i = 0; i < op->arg_count; i++)
            extend(o, op_arg(op, i), of(o, op_result(op, 0))->last);
    }
}

static void note_death(Owners *o, Value *value)
{
    const Ownership *self = of(o, value);
    if (self->role != ROLE_OWNER || self->last == NEVER || self->last == FOREVER)
        return;
    Op *user = ir_ancestor_in(o->nest.order[self->last - 1], value->region);
    Death **list = &o->deaths[nest_of(&o->nest, user)->position];
    Death *death = ARENA_NEW(o->arena, Death);
    *death = (Death){value, *list};
    *list = death;
}

static void find_deaths(Owners *o)
{
    for (uint32_t p = 0; p < o->nest.count; p++) {
        Op *op = o->nest.order[p];
        for (uint32_t i = 0; i < op->result_count; i++)
            note_death(o, op_result(op, i));
        for (uint32_t i = 0; nest_is_loop(op) && i < op->regions[0].param_count; i++)
            note_death(o, op->regions[0].params[i]);
    }
}

/* ---- emitting ------------------------------------------------------------------------------ */

static void emit(const Owners *o, OpCode code, Value *value, Op *before)
{
    ir_op_insert_before(before, ir_op_new(o->nest.func, code, before->loc, &value, 1, 0));
}

static void begin(Owners *o, Value *value, Op *before)
{
    Ownership *self = of(o, value);
    if (self->role != ROLE_OWNER)
        return;
    emit(o, OP_OWN, value, before);
    self->is_live = self->last != NEVER;
    self->live_index = o->live.len;
    vec_push(o->arena, &o->live, value);
}

/* Owners that nobody wants go at once; after all of their kind began, so that nothing is in flight. */
static void drop_unused(Owners *o, Value *value, Op *before)
{
    const Ownership *self = of(o, value);
    if (self->role == ROLE_OWNER && self->last == NEVER)
        emit(o, OP_RELEASE, value, before);
}

/* ---- passing references on ----------------------------------------------------------------- */

/* Is the owner's reference free to go with `op`, which uses it last? */
static bool dies_with(const Owners *o, const Value *value, const Op *op)
{
    const Ownership *self = of(o, value);
    return self->role == ROLE_OWNER && self->is_live && value->region == op->parent &&
           self->last == nest_of(&o->nest, op)->position + 1;
}

/* Arg `i` of an operation that does not leave takes a reference. */
static bool takes_reference(const Op *op, uint32_t i)
{
    if (!is_counted(op_arg(op, i)->type))
        return false;
    return nest_is_loop(op) || op->code == OP_SLOT_NEW || (op->code == OP_SLOT_STORE && i == 1);
}

static void transfer_in(Owners *o, Op *op)
{
    uint32_t number = ++o->transfers;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        Value *arg = op_arg(op, i);
        if (!takes_reference(op, i))
            continue;
        if (dies_with(o, arg, op) && of(o, arg)->moved_by != number)
            of(o, arg)->moved_by = number;
        else
            emit(o, OP_RETAIN, arg, op);
    }
    for (uint32_t i = 0; i < op->arg_count; i++) {
        Ownership *self = of(o, op_arg(op, i));
        if (takes_reference(op, i) && self->moved_by == number && self->is_live) {
            emit(o, OP_DISOWN, op_arg(op, i), op);
            self->is_live = false;
        }
    }
}

/* What a slot held goes when it is overwritten. */
static void replace_content(Owners *o, Op *store, Op *next)
{
    Value *slot = op_arg(store, 0);
    if (!is_counted(op_arg(store, 1)->type))
        return;
    Op *load = ir_op_new(o->nest.func, OP_SLOT_LOAD, store->loc, &slot, 1, 1);
    load->results[0].type = op_arg(store, 1)->type;
    ir_op_insert_before(store, load);
    emit(o, OP_OWN, op_result(load, 0), next);
    emit(o, OP_RELEASE, op_result(load, 0), next);
}

/* The first entry of `live` that a terminator leaves behind, or false where it leaves nothing so. */
static bool leaves_from(const Owners *o, const Op *op, uint32_t *base)
{
    if (op->code == OP_YIELD)
        *base = o->bases[op->parent->owner->id];
    else if (op->code == OP_BREAK || op->code == OP_CONTINUE)
        *base = o->bases[op->attr.target->id];
    else if (op->code == OP_RETURN)
        *base = 0;
    else
        return false; /* by an exception */
    return true;
}

static void leave(Owners *o, Op *op)
{
    uint32_t base, number = ++o->transfers;
    if (!leaves_from(o, op, &base))
        return;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        Value *arg = op_arg(op, i);
        Ownership *self = of(o, arg);
        if (!is_counted(arg->type))
            continue;
        bool dies = self->role == ROLE_OWNER && self->is_live && self->live_index >= base;
        if (dies && self->moved_by != number)
            self->moved_by = number;
        else
            emit(o, OP_RETAIN, arg, op);
    }
    for (uint32_t i = o->live.len; i-- > base;) {
        Value *value = o->live.data[i];
        if (of(o, value)->is_live)
            emit(o, of(o, value)->moved_by == number ? OP_DISOWN : OP_RELEASE, value, op);
    }
}

/* ---- the walk ------------------------------------------------------------------------------ */

static void walk(Owners *o, Region *region);

static void visit(Owners *o, Op *op, Op *next)
{
    if (nest_is_loop(op) || op->code == OP_SLOT_NEW || op->code == OP_SLOT_STORE)
        transfer_in(o, op);
    if (op->code == OP_SLOT_STORE)
        replace_content(o, op, next);
    o->bases[op->id] = o->live.len;
    for (uint32_t i = 0; i < op->region_count; i++)
        walk(o, &op->regions[i]);
    if (!next) {
        leave(o, op);
        return;
    }
    for (uint32_t i = 0; i < op->result_count; i++) {
        if (op->code == OP_SLOT_LOAD && is_counted(op->results[i].type))
            emit(o, OP_RETAIN, op_result(op, i), next);
        begin(o, op_result(op, i), next);
    }
    for (uint32_t i = 0; i < op->result_count; i++)
        drop_unused(o, op_result(op, i), next);
    Death *death = o->deaths[nest_of(&o->nest, op)->position];
    for (; death; death = death->next) {
        Ownership *self = of(o, death->value);
        if (self->is_live)
            emit(o, OP_RELEASE, death->value, next);
        self->is_live = false;
    }
}

static void walk(Owners *o, Region *region)
{
    uint32_t base = o->live.len;
    Op *first = region->first;
    for (uint32_t i = 0; region->owner && i < region->param_count; i++)
        begin(o, region->params[i], first);
    for (uint32_t i = 0; region->owner && i < region->param_count; i++)
        drop_unused(o, region->params[i], first);
    for (Op *op = first, *next; op; op = next) {
        next = op->next;
        visit(o, op, next);
    }
    o->live.len = base;
}

void pass_own(Compile *c, Func *func)
{
    Owners o = {.arena = c->arena};
    nest_open(&o.nest, c->arena, func);
    o.of = ARENA_ARRAY(c->arena, Ownership, func->value_count + 1);
    o.deaths = ARENA_ARRAY(c->arena, Death *, o.nest.count + 1);
    o.bases = ARENA_ARRAY(c->arena, uint32_t, func->op_count + 1);
    assign_roles(&o);
    find_last_uses(&o);
    find_deaths(&o);
    walk(&o, &func->body);
}
