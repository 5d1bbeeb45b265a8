/* Loops, and the exits out of them and of the function.
 *
 *     for … else            while … else
 *     block @0 {            block @0 {
 *         for @1 {              loop @1 {
 *             body                  if test { yield } { break @1 }
 *             continue @1           body
 *         }                         continue @1
 *         else part             }
 *         yield                 else part
 *     }                         yield
 *                           }
 * A `break` of the source leaves the block; without an else part there is no block.
 */
#include "lower/lowering.h"

/* The selector of an exit in a finally's dispatch, from 1; 0 is its normal end. */
static uint32_t select_exit(Lower *l, Frame *finally, Pending exit)
{
    for (uint32_t i = 0; i < finally->pending.len; i++)
        if (finally->pending.data[i].kind == exit.kind &&
            finally->pending.data[i].loop == exit.loop)
            return i + 1;
    vec_push(l->c->arena, &finally->pending, exit);
    return finally->pending.len;
}

void repeat_exit(Lower *l, ExitKind kind, Frame *loop, Value *payload, const Node *at)
{
    for (Frame *frame = l->frames; frame != loop; frame = frame->outer) {
        if (frame->kind == FRAME_HANDLER)
            assign_unbind(l, frame->name, at);
        if (frame->kind != FRAME_FINALLY)
            continue;
        except_leave(l, frame, select_exit(l, frame, (Pending){kind, loop}), payload, at);
        return;
    }
    if (kind == EXIT_BREAK)
        flow_leave(l, loop->done, OP_BREAK, at, NULL);
    else if (kind == EXIT_CONTINUE)
        flow_continue(l, loop->loop, at);
    else
        flow_end(l, OP_RETURN, at, &payload, 1);
}

void repeat_jump(Lower *l, ExitKind kind, const Node *at)
{
    Frame *frame = l->frames;
    while (frame->kind != FRAME_LOOP)
        frame = frame->outer;
    repeat_exit(l, kind, frame, NULL, at);
}

static Join open_around(Lower *l, Node *node)
{
    Join around = flow_open(l, OP_BLOCK, node, NULL, 0, (NodeList){&node, 1});
    flow_enter(l, &around, 0);
    return around;
}

static void close_around(Lower *l, Join *around, NodeList orelse, Node *node)
{
    statement_suite(l, orelse);
    flow_leave(l, around, OP_YIELD, node, NULL);
    flow_close(l, around, node);
}

/* The loop's region, from here on to its end. */
static void lower_body(Lower *l, Join *loop, Join *done, NodeList body, Node *node)
{
    Frame frame = {.kind = FRAME_LOOP, .outer = l->frames, .done = done, .loop = loop};
    l->frames = &frame;
    statement_suite(l, body);
    flow_continue(l, loop, node);
    l->frames = frame.outer;
    flow_close(l, loop, node);
}

void repeat_for(Lower *l, Node *node)
{
    AstFor *source = (AstFor *)node;
    bool has_else = source->orelse.len > 0;
    Join around;
    Value *iterable = expression_lower(l, source->iter);
    Value *trips = flow_emit1(l, OP_PY_ITER_LEN, source->iter, iterable);
    if (has_else)
        around = open_around(l, node);
    Join loop = flow_open(l, OP_FOR, node, trips, 0, (NodeList){&node, 1});
    flow_enter(l, &loop, 0);
    Value *item =
        flow_emit2(l, OP_PY_ITER_ITEM, source->target, iterable, l->region->params[0]);
    assign_target(l, source->target, item);
    lower_body(l, &loop, has_else ? &around : &loop, source->body, node);
    if (has_else)
        close_around(l, &around, source->orelse, node);
}

/* Leaves the loop where the test fails. */
static void lower_test(Lower *l, Join *loop, Node *test)
{
    bool truth;
    if (condition_is_literal(test, &truth) && truth)
        return;
    Value *condition = condition_lower(l, test);
    Join gate = flow_open(l, OP_IF, test, condition, 0, (NodeList){NULL, 0});
    flow_enter(l, &gate, 0);
    flow_leave(l, &gate, OP_YIELD, test, NULL);
    flow_enter(l, &gate, 1);
    condition_refine(l, test, false, NULL);
    flow_leave(l, loop, OP_BREAK, test, NULL);
    flow_close(l, &gate, test);
    condition_refine(l, test, true, NULL);
}

void repeat_while(Lower *l, Node *node)
{
    AstWhile *source = (AstWhile *)node;
    bool has_else = source->orelse.len > 0;
    Join around;
    if (has_else)
        around = open_around(l, node);
    Join loop = flow_open(l, OP_LOOP, node, NULL, 0, (NodeList){&node, 1});
    flow_enter(l, &loop, 0);
    lower_test(l, &loop, source->test);
    lower_body(l, &loop, has_else ? &around : &loop, source->body, node);
    if (has_else)
        close_around(l, &around, source->orelse, node);
}
