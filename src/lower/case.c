/* match: a chain of tests of the subject; the first case whose pattern and guard hold leaves
 * the block.
 *
 * Compiled are values, None and bools, `|`, names and `_`: patterns that test the subject
 * itself. Those that take it apart are refused.
 */
#include "lower/lowering.h"

static Value *lower_pattern(Lower *l, Node *pattern, Value *subject);

/* `a | b`, from number i on. */
static Value *lower_alternatives(Lower *l, AstMatchOr *node, Value *subject, uint32_t i)
{
    Node *at = node->patterns.data[i];
    Value *first = lower_pattern(l, at, subject);
    if (!first || i + 1 == node->patterns.len)
        return first;
    Join join = flow_open(l, OP_IF, at, first, 1, (NodeList){NULL, 0});
    flow_enter(l, &join, 0);
    Value *holds = flow_bool(l, at, true);
    flow_leave(l, &join, OP_YIELD, at, &holds);
    flow_enter(l, &join, 1);
    Value *next = lower_alternatives(l, node, subject, i + 1);
    if (!next)
        next = flow_bool(l, at, true);
    flow_leave(l, &join, OP_YIELD, at, &next);
    flow_close(l, &join, at);
    return op_result(join.op, 0);
}

/* Whether the pattern fits, or NULL where it fits anything. */
static Value *lower_pattern(Lower *l, Node *pattern, Value *subject)
{
    Value *equal;
    if (pattern->kind == NODE_MATCH_AS) {
        Node *inner = ((AstMatchAs *)pattern)->pattern;
        return inner ? lower_pattern(l, inner, subject) : NULL;
    }
    if (pattern->kind == NODE_MATCH_OR)
        return lower_alternatives(l, (AstMatchOr *)pattern, subject, 0);
    if (pattern->kind == NODE_MATCH_VALUE) {
        Value *value = expression_lower(l, ((AstMatchValue *)pattern)->value);
        equal = expression_compare(l, pattern, COMPARE_EQ, subject, value);
    } else if (pattern->kind == NODE_MATCH_SINGLETON) {
        Value *value = flow_const(l, pattern, ((AstMatchSingleton *)pattern)->value);
        equal = expression_compare(l, pattern, COMPARE_IS, subject, value);
    } else {
        return flow_refuse(l, pattern, E_STATEMENT, "take the value apart by assignment",
                           "a pattern that takes its subject apart is not compiled");
    }
    return flow_emit1(l, OP_PY_TRUTH, pattern, equal);
}

/* All alternatives of an or-pattern bind the same names, to the subject. */
static void bind_captures(Lower *l, Node *pattern, Value *subject)
{
    if (pattern->kind == NODE_MATCH_OR)
        bind_captures(l, ((AstMatchOr *)pattern)->patterns.data[0], subject);
    if (pattern->kind != NODE_MATCH_AS)
        return;
    AstMatchAs *as = (AstMatchAs *)pattern;
    if (as->pattern)
        bind_captures(l, as->pattern, subject);
    if (as->name)
        assign_name(l, as->name, subject, pattern);
}

/* The case's body, where its guard holds; then out of the block. */
static void lower_guarded(Lower *l, AstMatchCase *source, Value *subject, Join *block)
{
    Node *at = &source->node;
    bind_captures(l, source->pattern, subject);
    if (!source->guard) {
        statement_suite(l, source->body);
        flow_leave(l, block, OP_BREAK, at, NULL);
        return;
    }
    Value *test = condition_lower(l, source->guard);
    Join join = flow_open(l, OP_IF, at, test, 0, (NodeList){&at, 1});
    flow_enter(l, &join, 0);
    condition_refine(l, source->guard, true, NULL);
    statement_suite(l, source->body);
    flow_leave(l, block, OP_BREAK, at, NULL);
    flow_enter(l, &join, 1);
    flow_leave(l, &join, OP_YIELD, at, NULL);
    flow_close(l, &join, at);
}

static bool is_none(const AstMatchCase *source)
{
    const Node *pattern = source->pattern;
    return !source->guard && pattern->kind == NODE_MATCH_SINGLETON &&
           ((const AstMatchSingleton *)pattern)->value.kind == CONSTANT_NONE;
}

static void lower_case(Lower *l, AstMatchCase *source, Value *subject, Join *block)
{
    Node *at = &source->node;
    Value *fits = lower_pattern(l, source->pattern, subject);
    if (!fits) {
        lower_guarded(l, source, subject, block);
        return;
    }
    Join join = flow_open(l, OP_IF, at, fits, 0, (NodeList){&at, 1});
    flow_enter(l, &join, 0);
    lower_guarded(l, source, subject, block);
    flow_leave(l, &join, OP_YIELD, at, NULL);
    flow_enter(l, &join, 1);
    flow_leave(l, &join, OP_YIELD, at, NULL);
    flow_close(l, &join, at);
}

void case_match(Lower *l, Node *node)
{
    AstMatch *source = (AstMatch *)node;
    Value *subject = expression_lower(l, source->subject);
    Join block = flow_open(l, OP_BLOCK, node, NULL, 0, (NodeList){&node, 1});
    flow_enter(l, &block, 0);
    for (uint32_t i = 0; i < source->cases.len && l->region; i++) {
        AstMatchCase *one = (AstMatchCase *)source->cases.data[i];
        lower_case(l, one, subject, &block);
        if (is_none(one) && l->region)
            subject = flow_emit(l, OP_PY_REFINE, &one->node, &subject, 1,
                                (Attr){.integer = REFINE_NOT_NONE});
    }
    flow_leave(l, &block, OP_YIELD, node, NULL);
    flow_close(l, &block, node);
}
