/* Conditions: expressions of which only the truth is wanted, and what a branch taken says.
 *
 * `and` and `or` of conditions are bools, so that their operands need no common type. After a
 * test of `x is None`, or of x itself, x is rebound to a py.refine at the head of either
 * branch.
 */
#include "lower/lowering.h"

#include <string.h>

bool condition_is_literal(const Node *test, bool *truth)
{
    if (test->kind != NODE_CONSTANT)
        return false;
    const Constant *value = &((const AstConstant *)test)->value;
    if (value->kind == CONSTANT_BOOL)
        *truth = value->truth;
    else if (value->kind == CONSTANT_INT)
        *truth = value->integer != 0;
    else
        return false;
    return true;
}

/* From operand i on. */
static Value *lower_operands(Lower *l, AstBoolOp *node, uint32_t i)
{
    bool is_and = node->op == OPERATOR_AND;
    Node *at = node->values.data[i];
    Value *first = condition_lower(l, at);
    if (i + 1 == node->values.len)
        return first;
    NodeList rest = {node->values.data + i + 1, node->values.len - i - 1};
    Join join = flow_open(l, OP_IF, &node->node, first, 1, rest);
    flow_enter(l, &join, is_and ? 0 : 1);
    condition_refine(l, at, is_and, NULL);
    Value *next = lower_operands(l, node, i + 1);
    flow_leave(l, &join, OP_YIELD, &node->node, &next);
    flow_enter(l, &join, is_and ? 1 : 0);
    Value *decided = flow_bool(l, &node->node, !is_and);
    flow_leave(l, &join, OP_YIELD, &node->node, &decided);
    flow_close(l, &join, &node->node);
    return op_result(join.op, 0);
}

static Value *lower_not(Lower *l, AstUnaryOp *node)
{
    Value *operand = node->operand->kind == NODE_BOOL_OP ? condition_lower(l, node->operand)
                                                         : expression_lower(l, node->operand);
    return flow_emit1(l, OP_PY_NOT, &node->node, operand);
}

static bool is_not(const Node *node)
{
    return node->kind == NODE_UNARY_OP && ((const AstUnaryOp *)node)->op == OPERATOR_NOT;
}

Value *condition_lower(Lower *l, Node *test)
{
    bool truth;
    if (condition_is_literal(test, &truth))
        return flow_bool(l, test, truth);
    if (test->kind == NODE_BOOL_OP)
        return lower_operands(l, (AstBoolOp *)test, 0);
    if (is_not(test))
        return lower_not(l, (AstUnaryOp *)test);
    return flow_emit1(l, OP_PY_TRUTH, test, expression_lower(l, test));
}

/* ---- refinements ---- */

static bool is_none(const Node *node)
{
    return node->kind == NODE_CONSTANT &&
           ((const AstConstant *)node)->value.kind == CONSTANT_NONE;
}

/* `subject` is a name, or an assignment expression to one. */
static void refine_name(Lower *l, Node *subject, Refinement what, const uint8_t *except)
{
    if (subject->kind == NODE_NAMED_EXPR)
        subject = ((AstNamedExpr *)subject)->target;
    if (subject->kind != NODE_NAME)
        return;
    const Variable *variable = scope_variable(l->scope, ((AstName *)subject)->id);
    if (variable->kind != VARIABLE_LOCAL || variable->is_cell)
        return;
    Held *held = &l->env[variable->index];
    if (held->state != MAY_BE_BOUND || (except && except[variable->index]))
        return;
    held->value = flow_emit(l, OP_PY_REFINE, subject, &held->value, 1, (Attr){.integer = what});
    held->value->name = variable->name;
}

static void refine_compare(Lower *l, AstCompare *node, bool holds, const uint8_t *except)
{
    if (node->ops.len != 1 || !is_none(node->comparators.data[0]))
        return;
    if (node->ops.data[0] == OPERATOR_IS)
        refine_name(l, node->left, holds ? REFINE_NONE : REFINE_NOT_NONE, except);
    if (node->ops.data[0] == OPERATOR_IS_NOT)
        refine_name(l, node->left, holds ? REFINE_NOT_NONE : REFINE_NONE, except);
}

/* What an operand says holds no longer for what a later operand binds. */
static void refine_operands(Lower *l, AstBoolOp *node, bool holds, const uint8_t *except)
{
    uint32_t locals = l->scope->locals.len;
    uint8_t *later = ARENA_ARRAY(l->c->arena, uint8_t, locals);
    for (uint32_t i = 0; i < node->values.len; i++) {
        if (except)
            memcpy(later, except, locals);
        else
            memset(later, 0, locals);
        scope_mark_bound(l->scope, node->values.data + i + 1, node->values.len - i - 1, later);
        condition_refine(l, node->values.data[i], holds, later);
    }
}

void condition_refine(Lower *l, Node *test, bool holds, const uint8_t *except)
{
    if (is_not(test))
        condition_refine(l, ((AstUnaryOp *)test)->operand, !holds, except);
    else if (test->kind == NODE_BOOL_OP && (((AstBoolOp *)test)->op == OPERATOR_AND) == holds)
        refine_operands(l, (AstBoolOp *)test, holds, except);
    else if (test->kind == NODE_COMPARE)
        refine_compare(l, (AstCompare *)test, holds, except);
    else if (holds)
        refine_name(l, test, REFINE_TRUE, except);
}
