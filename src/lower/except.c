/* try, raise, assert.
 *
 * A variable bound in a try body is an SSA value there as anywhere; besides, each binding is
 * stored in a slot, from which the handlers load it, since any operation of the body may lead
 * to them.
 *
 *     try … except A … else          try … finally
 *     block @0 {                     %selector, %payload, … = block @0 {
 *         try @1 {                       try @1 {
 *             body                           body
 *             yield                          break @0 (0, unbound, …)     a return: (1, value, …)
 *         } {                            } {
 *             loads from slots               loads from slots
 *             if py.exc_match A { … }        finally part
 *             else { reraise }               reraise
 *             break @0                   }
 *         }                              unreachable
 *         else part                  }
 *         yield                      finally part
 *     }                              if selector == 1 { return payload }
 *
 * The finally part is lowered twice: for exceptions, in the handler that goes on with them, and
 * once for all other ways out, told apart by the selector.
 */
#include "lower/lowering.h"

/* ---- slots for handlers ---- */

static uint8_t *mark_bound(Lower *l, const NodeList *lists, uint32_t count)
{
    uint8_t *flags = ARENA_ARRAY(l->c->arena, uint8_t, l->scope->locals.len);
    for (uint32_t i = 0; i < count; i++)
        scope_mark_bound(l->scope, lists[i].data, lists[i].len, flags);
    return flags;
}

static Guard guard_open(Lower *l, const uint8_t *flags, const Node *at)
{
    uint32_t count = l->scope->locals.len;
    Guard guard = {l->guards, ARENA_ARRAY(l->c->arena, Value *, count)};
    for (uint32_t i = 0; i < count; i++) {
        if (!flags[i])
            continue;
        guard.slots[i] = flow_emit1(l, OP_SLOT_NEW, at, flow_held(l, i, at));
        guard.slots[i]->name = l->scope->locals.data[i]->name;
    }
    return guard;
}

/* At the head of the handler: the variables as the exception found them. */
static void guard_load(Lower *l, const Guard *guard, const uint8_t *flags, const Node *at)
{
    for (uint32_t i = 0; i < l->scope->locals.len; i++) {
        if (!flags[i])
            continue;
        Held *held = &l->env[i];
        held->value = flow_emit1(l, OP_SLOT_LOAD, at, guard->slots[i]);
        held->value->name = l->scope->locals.data[i]->name;
        if (held->state != MAY_BE_BOUND || flags[i] & SCOPE_UNBOUND)
            held->state = MAY_BE_BOUND | MAY_BE_UNBOUND;
    }
}

/* ---- except ---- */

/* However control leaves an except clause, its name is unbound then. For the handlers around it
 * is so from the start: their slots do not follow it inside. */
static void hide_name(Lower *l, const Symbol *name, Value **hidden, const Node *at)
{
    const Variable *variable = scope_variable(l->scope, name);
    if (variable->kind != VARIABLE_LOCAL || variable->is_cell)
        return;
    flow_bind(l, variable->index, NULL, at);
    for (Guard *guard = l->guards; guard; guard = guard->outer) {
        *hidden++ = guard->slots[variable->index];
        guard->slots[variable->index] = NULL;
    }
}

static void show_name(Lower *l, const Symbol *name, Value **hidden)
{
    const Variable *variable = scope_variable(l->scope, name);
    if (variable->kind != VARIABLE_LOCAL || variable->is_cell)
        return;
    for (Guard *guard = l->guards; guard; guard = guard->outer)
        guard->slots[variable->index] = *hidden++;
}

static uint32_t count_guards(const Lower *l)
{
    uint32_t count = 0;
    for (const Guard *guard = l->guards; guard; guard = guard->outer)
        count++;
    return count;
}

static void lower_named_body(Lower *l, AstExceptHandler *handler)
{
    Node *at = &handler->node;
    Value **hidden = ARENA_ARRAY(l->c->arena, Value *, count_guards(l));
    Frame frame = {.kind = FRAME_HANDLER, .outer = l->frames, .name = handler->name};
    hide_name(l, handler->name, hidden, at);
    assign_name(l, handler->name, flow_emit(l, OP_PY_EXC_VALUE, at, NULL, 0, (Attr){0}), at);
    l->frames = &frame;
    statement_suite(l, handler->body);
    l->frames = frame.outer;
    if (l->region)
        assign_unbind(l, handler->name, at);
    show_name(l, handler->name, hidden);
}

static void lower_handler_body(Lower *l, AstExceptHandler *handler)
{
    l->handler_depth++;
    if (handler->name)
        lower_named_body(l, handler);
    else
        statement_suite(l, handler->body);
    l->handler_depth--;
}

/* The handlers from number i on, the last of which goes on with the exception. */
static void lower_handlers(Lower *l, NodeList handlers, uint32_t i)
{
    AstExceptHandler *handler = (AstExceptHandler *)handlers.data[i];
    Node *at = &handler->node;
    if (!handler->type) {
        lower_handler_body(l, handler);
        return;
    }
    Value *class = expression_lower(l, handler->type);
    Value *match = flow_emit1(l, OP_PY_EXC_MATCH, handler->type, class);
    NodeList rest = {handlers.data + i, handlers.len - i};
    Join join = flow_open(l, OP_IF, at, match, 0, rest);
    flow_enter(l, &join, 0);
    lower_handler_body(l, handler);
    flow_leave(l, &join, OP_YIELD, at, NULL);
    flow_enter(l, &join, 1);
    if (i + 1 < handlers.len)
        lower_handlers(l, handlers, i + 1);
    else
        flow_end(l, OP_RERAISE, at, NULL, 0);
    flow_leave(l, &join, OP_YIELD, at, NULL);
    flow_close(l, &join, at);
}

/* Where `around` is given, the handlers end there and leave out what follows in it. */
static void lower_try_except(Lower *l, AstTry *source, Join *around)
{
    Node *node = &source->node;
    uint8_t *flags = mark_bound(l, &source->body, 1);
    Guard guard = guard_open(l, flags, node);
    Join join = flow_open(l, OP_TRY, node, NULL, 0, (NodeList){&node, 1});
    flow_enter(l, &join, 0);
    l->guards = &guard;
    statement_suite(l, source->body);
    l->guards = guard.outer;
    flow_leave(l, &join, OP_YIELD, node, NULL);
    flow_enter(l, &join, 1);
    guard_load(l, &guard, flags, node);
    lower_handlers(l, source->handlers, 0);
    flow_leave(l, around ? around : &join, around ? OP_BREAK : OP_YIELD, node, NULL);
    flow_close(l, &join, node);
}

static void lower_without_finally(Lower *l, AstTry *source)
{
    Node *node = &source->node;
    if (!source->handlers.len) {
        statement_suite(l, source->body);
        return;
    }
    if (!source->orelse.len) {
        lower_try_except(l, source, NULL);
        return;
    }
    Join around = flow_open(l, OP_BLOCK, node, NULL, 0, (NodeList){&node, 1});
    flow_enter(l, &around, 0);
    lower_try_except(l, source, &around);
    statement_suite(l, source->orelse);
    flow_leave(l, &around, OP_YIELD, node, NULL);
    flow_close(l, &around, node);
}

/* ---- finally ---- */

void except_leave(Lower *l, Frame *finally, uint32_t selector, Value *payload, const Node *at)
{
    Value *own[2] = {flow_int(l, at, selector), payload};
    if (!payload)
        own[1] = flow_emit(l, OP_PY_UNBOUND, at, NULL, 0, (Attr){0});
    finally->payload_state |= payload ? MAY_BE_BOUND : MAY_BE_UNBOUND;
    flow_leave(l, finally->done, OP_BREAK, at, own);
}

static void lower_protected(Lower *l, AstTry *source, Frame *finally)
{
    Node *node = &source->node;
    NodeList inside[3] = {source->body, source->handlers, source->orelse};
    uint8_t *flags = mark_bound(l, inside, 3);
    Guard guard = guard_open(l, flags, node);
    Join join = flow_open(l, OP_TRY, node, NULL, 0, (NodeList){NULL, 0});
    flow_enter(l, &join, 0);
    l->guards = &guard;
    l->frames = finally;
    lower_without_finally(l, source);
    if (l->region) {
        finally->falls_through = true;
        except_leave(l, finally, 0, NULL, node);
    }
    l->frames = finally->outer;
    l->guards = guard.outer;
    flow_enter(l, &join, 1);
    guard_load(l, &guard, flags, node);
    statement_suite(l, source->finalbody);
    if (l->region)
        flow_end(l, OP_RERAISE, node, NULL, 0);
    flow_close(l, &join, node);
}

/* After the finally part: goes on with the exit that it was on the way of. */
static void dispatch(Lower *l, const Frame *finally, Value *selector, Value *payload, Node *at)
{
    for (uint32_t i = 0; i < finally->pending.len; i++) {
        Pending pending = finally->pending.data[i];
        bool is_last = i + 1 == finally->pending.len && !finally->falls_through;
        Join join;
        if (!is_last) {
            Value *number = flow_int(l, at, (int64_t)i + 1);
            Value *test = expression_compare(l, at, COMPARE_EQ, selector, number);
            test = flow_emit1(l, OP_PY_TRUTH, at, test);
            join = flow_open(l, OP_IF, at, test, 0, (NodeList){NULL, 0});
            flow_enter(l, &join, 0);
        }
        Value *returned = NULL;
        if (pending.kind == EXIT_RETURN && finally->payload_state == MAY_BE_BOUND)
            returned = payload;
        else if (pending.kind == EXIT_RETURN)
            returned = flow_emit(l, OP_PY_BOUND, at, &payload, 1,
                                 (Attr){.name = intern_cstr(l->c->names, "return value")});
        repeat_exit(l, pending.kind, pending.loop, returned, at);
        if (is_last)
            return;
        flow_enter(l, &join, 1);
        flow_leave(l, &join, OP_YIELD, at, NULL);
        flow_close(l, &join, at);
    }
}

void except_try(Lower *l, Node *node)
{
    AstTry *source = (AstTry *)node;
    if (!source->finalbody.len) {
        lower_without_finally(l, source);
        return;
    }
    Join block = flow_open(l, OP_BLOCK, node, NULL, 2, (NodeList){&node, 1});
    Frame finally = {.kind = FRAME_FINALLY, .outer = l->frames, .done = &block};
    flow_enter(l, &block, 0);
    lower_protected(l, source, &finally);
    flow_close(l, &block, node);
    if (l->region)
        statement_suite(l, source->finalbody);
    if (l->region)
        dispatch(l, &finally, op_result(block.op, 0), op_result(block.op, 1), node);
}

/* ---- raise and assert ---- */

void except_raise(Lower *l, Node *node)
{
    AstRaise *source = (AstRaise *)node;
    bool suppresses = false;
    if (source->cause && source->cause->kind == NODE_CONSTANT)
        suppresses = ((AstConstant *)source->cause)->value.kind == CONSTANT_NONE;
    if (source->cause && !suppresses)
        flow_refuse(l, source->cause, E_STATEMENT, "leave `from …` out",
                    "an exception's cause is not kept by compiled code");
    if (source->exc) {
        Value *exception = expression_lower(l, source->exc);
        flow_end(l, OP_PY_RAISE, node, &exception, 1);
    } else if (l->handler_depth) {
        flow_end(l, OP_RERAISE, node, NULL, 0);
    } else {
        flow_refuse(l, node, E_STATEMENT, "name the exception to raise",
                    "`raise` alone is compiled in except clauses only");
    }
}

static Value *assertion_error(Lower *l, AstAssert *source)
{
    Node *node = &source->node;
    Attr name = {.name = intern_cstr(l->c->names, "AssertionError")};
    Value *args[2] = {flow_emit(l, OP_PY_GLOBAL, node, NULL, 0, name)};
    if (!source->msg)
        return args[0];
    args[1] = expression_lower(l, source->msg);
    CallSpec *call = ARENA_NEW(l->func->arena, CallSpec);
    call->positional = 1;
    return flow_emit(l, OP_PY_CALL, node, args, 2, (Attr){.call = call});
}

void except_assert(Lower *l, Node *node)
{
    AstAssert *source = (AstAssert *)node;
    Value *test = condition_lower(l, source->test);
    Join join = flow_open(l, OP_IF, node, test, 0, (NodeList){NULL, 0});
    flow_enter(l, &join, 0);
    flow_leave(l, &join, OP_YIELD, node, NULL);
    flow_enter(l, &join, 1);
    condition_refine(l, source->test, false, NULL);
    Value *error = assertion_error(l, source);
    flow_end(l, OP_PY_RAISE, node, &error, 1);
    flow_close(l, &join, node);
    condition_refine(l, source->test, true, NULL);
}
