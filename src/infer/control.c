/* Rules of control operations: which regions are entered, what meets at region params and results. */
#include "infer/rules.h"

bool infer_op_CONST(Infer *s, Op *op)
{
    return infer_done(s, op, type_const(s->c->types, op->attr.constant));
}

bool infer_op_IF(Infer *s, Op *op)
{
    bool truth;
    const Type *condition = infer_arg(s, op, 0);
    bool known = type_is_const_bool(condition, &truth);
    if (!known || truth)
        infer_enter(s, op, 0);
    if (!known || !truth)
        infer_enter(s, op, 1);
    return false; /* goes on when a region yields */
}

bool infer_op_BLOCK(Infer *s, Op *op)
{
    infer_enter(s, op, 0);
    return false;
}

bool infer_op_TRY(Infer *s, Op *op)
{
    infer_enter(s, op, 0);
    infer_enter(s, op, 1);
    return false;
}

/* Values carried round a loop change: constants start wide. */
static void enter_carried(Infer *s, Op *op, uint32_t param, uint32_t arg)
{
    Value *value = op->regions[0].params[param];
    infer_merge(s, value, type_widen(s->c->types, infer_arg(s, op, arg)), op, op_arg(op, arg));
}

bool infer_op_LOOP(Infer *s, Op *op)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        enter_carried(s, op, i, i);
    infer_enter(s, op, 0);
    return false;
}

bool infer_op_FOR(Infer *s, Op *op)
{
    __int128 count;
    bool known = type_is_const_int(infer_arg(s, op, 0), &count);
    Value *counter = op->regions[0].params[0];
    infer_set(s, counter, type_scalar(s->c->types, SCALAR_INT));
    for (uint32_t i = 1; i < op->arg_count; i++) {
        enter_carried(s, op, i, i);
        if (!known || count <= 0)
            infer_merge(s, op_result(op, i - 1), type_widen(s->c->types, infer_arg(s, op, i)),
                        op, op_arg(op, i));
    }
    if (!known || count > 0)
        infer_enter(s, op, 0);
    /* Goes on after the last trip; a loop that surely runs does so by continue or break. */
    return !known || count <= 0 || infer_fact(s, op)->passed;
}

bool infer_op_YIELD(Infer *s, Op *op)
{
    Op *owner = op->parent->owner;
    for (uint32_t i = 0; i < op->arg_count; i++)
        infer_merge(s, op_result(owner, i), infer_arg(s, op, i), op, op_arg(op, i));
    infer_pass(s, owner);
    return false;
}

bool infer_op_BREAK(Infer *s, Op *op)
{
    Op *target = op->attr.target;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        infer_merge(s, op_result(target, i), infer_arg(s, op, i), op, op_arg(op, i));
        if (target->code ==
            OP_FOR) /* its results are its params after the last trip: one type */
            infer_merge(s, target->regions[0].params[i + 1],
                        type_widen(s->c->types, infer_arg(s, op, i)), op, op_arg(op, i));
    }
    infer_pass(s, target);
    return false;
}

bool infer_op_CONTINUE(Infer *s, Op *op)
{
    Op *target = op->attr.target;
    bool counted = target->code == OP_FOR;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Type *type = type_widen(s->c->types, infer_arg(s, op, i));
        infer_merge(s, target->regions[0].params[i + counted], type, op, op_arg(op, i));
        if (counted)
            infer_merge(s, op_result(target, i), type, op, op_arg(op, i));
    }
    if (counted)
        infer_pass(s, target);
    return false;
}

bool infer_op_RETURN(Infer *s, Op *op)
{
    infer_returns(s, op, infer_arg(s, op, 0));
    return false;
}

bool infer_op_RERAISE(Infer *s, Op *op)
{
    (void)op;
    s->now->can_raise = true;
    return false;
}

bool infer_op_UNREACHABLE(Infer *s, Op *op)
{
    (void)s;
    (void)op;
    return false;
}

/* A slot's content is the join of what is stored in it: its type grows like a param's. */
static void slot_store(Infer *s, Value *slot, const Type *content, Op *op, const Value *source)
{
    const Type *old = infer_type(s, slot), *join;
    const Type *base = old->kind == TYPE_SLOT ? old->elements[0] : s->c->types->never;
    content = type_widen(s->c->types, content);
    if (promote_merge(s->c->types, base, content, &join) != MERGE_OK) {
        infer_error(s, source->def ? source->def->loc->span : (Span){0}, E_MERGE,
                    "'%s' is %s here but %s elsewhere: one variable, one type",
                    slot->name ? slot->name->text : "the variable", infer_describe(s, content),
                    infer_describe(s, base));
        return;
    }
    if (join != base)
        infer_set(s, slot, type_compound(s->c->types, TYPE_SLOT, NULL, &join, 1));
    (void)op;
}

bool infer_op_SLOT_NEW(Infer *s, Op *op)
{
    slot_store(s, op_result(op, 0), infer_arg(s, op, 0), op, op_arg(op, 0));
    return true;
}

bool infer_op_SLOT_LOAD(Infer *s, Op *op)
{
    return infer_done(s, op, infer_arg(s, op, 0)->elements[0]);
}

bool infer_op_SLOT_STORE(Infer *s, Op *op)
{
    Value *slot = op_arg(op, 0);
    if (!slot->def) {
        if (!infer_may_leave(s, op, 1))
            return false;
        /* A captured cell: the enclosing function's stores decide the type. */
        const Type *join, *base = infer_type(s, slot)->elements[0];
        if (promote_merge(s->c->types, base, type_widen(s->c->types, infer_arg(s, op, 1)),
                          &join) != MERGE_OK ||
            join != base) {
            infer_error(s, infer_span(op, 1), E_MERGE,
                        "'%s' is %s where it is defined, but %s is assigned here",
                        slot->name ? slot->name->text : "the captured variable",
                        infer_describe(s, base), infer_describe(s, infer_arg(s, op, 1)));
            return false;
        }
        return true;
    }
    slot_store(s, slot, infer_arg(s, op, 1), op, op_arg(op, 1));
    return true;
}
