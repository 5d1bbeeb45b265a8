/* Expressions: one function per node, each giving the expression's value.
 *
 * Operands are evaluated in Python's order. What decides or skips an evaluation (and, or,
 * if-else, chained comparisons) becomes IF with the value as its first result; nodes that are
 * not compiled are in refused.def.
 */
#include "lower/lowering.h"

#include <assert.h>

typedef Value *ExpressionWay(Lower *l, Node *node);

/* ---- names and constants ---- */

static Value *check_bound(Lower *l, const Variable *variable, Value *value, const Node *at)
{
    Value *bound = flow_emit(l, OP_PY_BOUND, at, &value, 1, (Attr){.name = variable->name});
    bound->name = variable->name;
    return bound;
}

static Value *read_cell(Lower *l, const Variable *variable, Value *slot, const Node *at)
{
    Value *value = flow_emit1(l, OP_SLOT_LOAD, at, slot);
    value->name = variable->name;
    return scope_cell_may_be_unbound(variable) ? check_bound(l, variable, value, at) : value;
}

/* The value of a variable of this function, after a check where it may be unbound. */
static Value *read_local(Lower *l, const Variable *variable, const Node *at)
{
    Held *held = &l->env[variable->index];
    if (variable->is_cell && held->value)
        return read_cell(l, variable, held->value, at);
    if (variable->is_cell) /* before its first binding */
        return check_bound(l, variable, flow_emit(l, OP_PY_UNBOUND, at, NULL, 0, (Attr){0}),
                           at);
    if (held->state != MAY_BE_BOUND)
        *held = (Held){check_bound(l, variable, flow_held(l, variable->index, at), at),
                       MAY_BE_BOUND};
    return held->value;
}

static Value *read_capture(Lower *l, const Variable *variable, const Node *at)
{
    Value *value = l->captures[variable->index];
    if (scope_is_cell(variable))
        return read_cell(l, variable, value, at);
    return variable->may_be_unbound ? check_bound(l, variable, value, at) : value;
}

Value *expression_read(Lower *l, const Symbol *name, const Node *at)
{
    const Variable *variable = scope_variable(l->scope, name);
    Attr attr = {.name = name};
    switch (variable->kind) {
    case VARIABLE_LOCAL:
        return read_local(l, variable, at);
    case VARIABLE_CAPTURE:
        return read_capture(l, variable, at);
    case VARIABLE_SELF:
        return closure_self(l, at);
    case VARIABLE_PEER:
        return closure_peer(l, variable, at);
    case VARIABLE_CELL:
        return flow_emit(l, OP_PY_CELL, at, NULL, 0, attr);
    case VARIABLE_GLOBAL:
        return flow_emit(l, OP_PY_GLOBAL, at, NULL, 0, attr);
    }
    assert(false);
    return NULL;
}

static Value *lower_name(Lower *l, Node *node)
{
    return expression_read(l, ((AstName *)node)->id, node);
}

static Value *lower_constant(Lower *l, Node *node)
{
    return flow_const(l, node, ((AstConstant *)node)->value);
}

/* ---- operators ---- */

int64_t expression_binary(Operator op)
{
    static const uint8_t codes[OPERATOR_COUNT] = {
        [OPERATOR_ADD] = BINARY_ADD,         [OPERATOR_SUB] = BINARY_SUB,
        [OPERATOR_MUL] = BINARY_MUL,         [OPERATOR_MATMUL] = BINARY_MATMUL,
        [OPERATOR_TRUEDIV] = BINARY_TRUEDIV, [OPERATOR_FLOORDIV] = BINARY_FLOORDIV,
        [OPERATOR_MOD] = BINARY_MOD,         [OPERATOR_POW] = BINARY_POW,
        [OPERATOR_LSHIFT] = BINARY_LSHIFT,   [OPERATOR_RSHIFT] = BINARY_RSHIFT,
        [OPERATOR_BIT_AND] = BINARY_AND,     [OPERATOR_BIT_OR] = BINARY_OR,
        [OPERATOR_BIT_XOR] = BINARY_XOR,
    };
    return codes[op];
}

static CompareOperator compare_operator(Operator op)
{
    static const uint8_t codes[OPERATOR_COUNT] = {
        [OPERATOR_EQ] = COMPARE_EQ, [OPERATOR_NE] = COMPARE_NE,
        [OPERATOR_LT] = COMPARE_LT, [OPERATOR_LE] = COMPARE_LE,
        [OPERATOR_GT] = COMPARE_GT, [OPERATOR_GE] = COMPARE_GE,
        [OPERATOR_IS] = COMPARE_IS, [OPERATOR_IS_NOT] = COMPARE_IS_NOT,
        [OPERATOR_IN] = COMPARE_IN, [OPERATOR_NOT_IN] = COMPARE_NOT_IN,
    };
    return codes[op];
}

/* ---- ints that the source spells out: 2**64 - 1, 10**9 + 7, -1 ---- */

typedef __int128 Int128;

static bool fold_add(Int128 x, Int128 y, Int128 *out)
{
    return !__builtin_add_overflow(x, y, out);
}

static bool fold_sub(Int128 x, Int128 y, Int128 *out)
{
    return !__builtin_sub_overflow(x, y, out);
}

static bool fold_mul(Int128 x, Int128 y, Int128 *out)
{
    return !__builtin_mul_overflow(x, y, out);
}

static bool fold_pow(Int128 x, Int128 y, Int128 *out)
{
    enum { EXPONENT_MAX = 127 };
    if (y < 0 || y > EXPONENT_MAX)
        return false;
    *out = 1;
    for (; y > 0; y--)
        if (!fold_mul(*out, x, out))
            return false;
    return true;
}

static bool fold_shift(Int128 x, Int128 y, Int128 *out)
{
    return fold_pow(2, y, out) && fold_mul(x, *out, out);
}

static bool literal_int(const Node *node, Int128 *out);

static bool literal_binary(const AstBinOp *node, Int128 *out)
{
    static bool (*const folds[OPERATOR_COUNT])(Int128, Int128, Int128 *) = {
        [OPERATOR_ADD] = fold_add, [OPERATOR_SUB] = fold_sub,      [OPERATOR_MUL] = fold_mul,
        [OPERATOR_POW] = fold_pow, [OPERATOR_LSHIFT] = fold_shift,
    };
    Int128 x, y;
    return folds[node->op] && literal_int(node->right, &y) && literal_int(node->left, &x) &&
           folds[node->op](x, y, out);
}

/* What the expression is, where it is made of int literals, as CPython folds it, and fits. */
static bool literal_int(const Node *node, Int128 *out)
{
    if (node->kind == NODE_BIN_OP)
        return literal_binary((const AstBinOp *)node, out);
    if (node->kind == NODE_UNARY_OP) {
        const AstUnaryOp *unary = (const AstUnaryOp *)node;
        return unary->op == OPERATOR_NEG && literal_int(unary->operand, out) &&
               fold_sub(0, *out, out);
    }
    if (node->kind != NODE_CONSTANT || ((const AstConstant *)node)->value.kind != CONSTANT_INT)
        return false;
    *out = ((const AstConstant *)node)->value.integer;
    return true;
}

/* ---- unary and binary operators ---- */

static Value *lower_bin_op(Lower *l, Node *node)
{
    AstBinOp *binary = (AstBinOp *)node;
    Constant folded = {.kind = CONSTANT_INT};
    if (literal_int(node, &folded.integer))
        return flow_const(l, node, folded);
    Value *args[2] = {expression_lower(l, binary->left)};
    args[1] = expression_lower(l, binary->right);
    return flow_emit(l, OP_PY_BINARY, node, args, 2,
                     (Attr){.integer = expression_binary(binary->op)});
}

static bool is_negated_float(const AstUnaryOp *unary, double *value)
{
    if (unary->op != OPERATOR_NEG || unary->operand->kind != NODE_CONSTANT)
        return false;
    const Constant *constant = &((const AstConstant *)unary->operand)->value;
    *value = -constant->real;
    return constant->kind == CONSTANT_FLOAT;
}

static Value *lower_unary_op(Lower *l, Node *node)
{
    static const uint16_t codes[OPERATOR_COUNT] = {
        [OPERATOR_INVERT] = OP_PY_INVERT,
        [OPERATOR_NOT] = OP_PY_NOT,
        [OPERATOR_POS] = OP_PY_POS,
        [OPERATOR_NEG] = OP_PY_NEG,
    };
    AstUnaryOp *unary = (AstUnaryOp *)node;
    Constant integer = {.kind = CONSTANT_INT}, real = {.kind = CONSTANT_FLOAT};
    if (literal_int(node, &integer.integer))
        return flow_const(l, node, integer);
    if (is_negated_float(unary, &real.real))
        return flow_const(l, node, real);
    if (unary->op == OPERATOR_NOT)
        return condition_lower(l, node);
    return flow_emit1(l, (OpCode)codes[unary->op], node, expression_lower(l, unary->operand));
}

/* ---- short circuits ---- */

/* `first and second …`, from number `i` on. An `or` goes on where its operand is false. */
static Value *lower_operands(Lower *l, AstBoolOp *node, uint32_t i)
{
    bool is_and = node->op == OPERATOR_AND;
    Node *at = node->values.data[i];
    Value *value = expression_lower(l, at);
    if (i + 1 == node->values.len)
        return value;
    NodeList rest = {node->values.data + i + 1, node->values.len - i - 1};
    Value *truth = flow_emit1(l, OP_PY_TRUTH, at, value);
    Join join = flow_open(l, OP_IF, &node->node, truth, 1, rest);
    flow_enter(l, &join, is_and ? 0 : 1);
    condition_refine(l, at, is_and, NULL);
    Value *next = lower_operands(l, node, i + 1);
    flow_leave(l, &join, OP_YIELD, &node->node, &next);
    flow_enter(l, &join, is_and ? 1 : 0);
    if (!is_and)
        value = flow_emit(l, OP_PY_REFINE, at, &value, 1, (Attr){.integer = REFINE_TRUE});
    flow_leave(l, &join, OP_YIELD, &node->node, &value);
    flow_close(l, &join, &node->node);
    return op_result(join.op, 0);
}

static Value *lower_bool_op(Lower *l, Node *node)
{
    return lower_operands(l, (AstBoolOp *)node, 0);
}

static Value *lower_if_exp(Lower *l, Node *node)
{
    AstIfExp *choice = (AstIfExp *)node;
    Value *test = condition_lower(l, choice->test);
    Join join = flow_open(l, OP_IF, node, test, 1, (NodeList){&node, 1});
    for (uint32_t i = 0; i < 2; i++) {
        flow_enter(l, &join, i);
        condition_refine(l, choice->test, i == 0, NULL);
        Value *value = expression_lower(l, i == 0 ? choice->body : choice->orelse);
        flow_leave(l, &join, OP_YIELD, node, &value);
    }
    flow_close(l, &join, node);
    return op_result(join.op, 0);
}

Value *expression_compare(Lower *l, const Node *at, CompareOperator op, Value *x, Value *y)
{
    return flow_emit(l, OP_PY_COMPARE, at, (Value *[]){x, y}, 2, (Attr){.integer = op});
}

/* `left OP comparators[i] OP …`: the next comparison is made where this one holds. */
static Value *lower_comparisons(Lower *l, AstCompare *node, Value *left, uint32_t i)
{
    Node *at = &node->node;
    Value *right = expression_lower(l, node->comparators.data[i]);
    Value *value = expression_compare(l, at, compare_operator(node->ops.data[i]), left, right);
    if (i + 1 == node->comparators.len)
        return value;
    NodeList rest = {node->comparators.data + i + 1, node->comparators.len - i - 1};
    Join join = flow_open(l, OP_IF, at, flow_emit1(l, OP_PY_TRUTH, at, value), 1, rest);
    flow_enter(l, &join, 0);
    Value *next = lower_comparisons(l, node, right, i + 1);
    flow_leave(l, &join, OP_YIELD, at, &next);
    flow_enter(l, &join, 1);
    flow_leave(l, &join, OP_YIELD, at, &value);
    flow_close(l, &join, at);
    return op_result(join.op, 0);
}

static Value *lower_compare(Lower *l, Node *node)
{
    AstCompare *compare = (AstCompare *)node;
    return lower_comparisons(l, compare, expression_lower(l, compare->left), 0);
}

static Value *lower_named_expr(Lower *l, Node *node)
{
    AstNamedExpr *named = (AstNamedExpr *)node;
    Value *value = expression_lower(l, named->value);
    assign_target(l, named->target, value);
    return value;
}

/* ---- parts of values ---- */

static Value *lower_attribute(Lower *l, Node *node)
{
    AstAttribute *attribute = (AstAttribute *)node;
    Value *of = expression_lower(l, attribute->value);
    return flow_emit(l, OP_PY_ATTR, node, &of, 1, (Attr){.name = attribute->attr});
}

static Value *lower_subscript(Lower *l, Node *node)
{
    AstSubscript *subscript = (AstSubscript *)node;
    Value *of = expression_lower(l, subscript->value);
    return flow_emit2(l, OP_PY_INDEX, node, of, expression_lower(l, subscript->slice));
}

static Value *lower_slice(Lower *l, Node *node)
{
    AstSlice *slice = (AstSlice *)node;
    Node *parts[3] = {slice->lower, slice->upper, slice->step};
    Value *args[3];
    for (int i = 0; i < 3; i++)
        args[i] = parts[i] ? expression_lower(l, parts[i]) : flow_none(l, node);
    return flow_emit(l, OP_PY_SLICE, node, args, 3, (Attr){0});
}

/* ---- displays ---- */

Value **expression_lower_all(Lower *l, NodeList nodes)
{
    Value **values = ARENA_ARRAY(l->c->arena, Value *, nodes.len);
    for (uint32_t i = 0; i < nodes.len; i++)
        values[i] = expression_lower(l, nodes.data[i]);
    return values;
}

bool expression_has_star(NodeList nodes)
{
    for (uint32_t i = 0; i < nodes.len; i++)
        if (nodes.data[i]->kind == NODE_STARRED)
            return true;
    return false;
}

/* (a, *b, c) is the concatenation of (a,), b and (c,). */
static Value *lower_concat(Lower *l, Node *node, NodeList elements)
{
    Value **parts = ARENA_ARRAY(l->c->arena, Value *, elements.len);
    uint32_t count = 0;
    for (uint32_t i = 0; i < elements.len;) {
        Node *element = elements.data[i];
        if (element->kind == NODE_STARRED) {
            parts[count++] = expression_lower(l, ((AstStarred *)element)->value);
            i++;
            continue;
        }
        NodeList run = {elements.data + i, 0};
        while (i < elements.len && elements.data[i]->kind != NODE_STARRED)
            run.len++, i++;
        parts[count++] = flow_emit(l, OP_PY_TUPLE, element, expression_lower_all(l, run),
                                   run.len, (Attr){0});
    }
    return flow_emit(l, OP_PY_CONCAT, node, parts, count, (Attr){0});
}

static Value *lower_tuple(Lower *l, Node *node)
{
    NodeList elements = ((AstTuple *)node)->elts;
    if (expression_has_star(elements))
        return lower_concat(l, node, elements);
    return flow_emit(l, OP_PY_TUPLE, node, expression_lower_all(l, elements), elements.len,
                     (Attr){0});
}

static Value *lower_list(Lower *l, Node *node)
{
    NodeList elements = ((AstList *)node)->elts;
    if (expression_has_star(elements))
        return flow_refuse(l, node, E_EXPRESSION, "use a tuple: (*a, *b)",
                           "a list with * is not compiled");
    return flow_emit(l, OP_PY_LIST, node, expression_lower_all(l, elements), elements.len,
                     (Attr){0});
}

/* ---- the table ---- */

/* clang-format off */
#define LOWERED(WAY)                  \
    WAY(BOOL_OP,    lower_bool_op)    \
    WAY(NAMED_EXPR, lower_named_expr) \
    WAY(BIN_OP,     lower_bin_op)     \
    WAY(UNARY_OP,   lower_unary_op)   \
    WAY(LAMBDA,     closure_make)     \
    WAY(IF_EXP,     lower_if_exp)     \
    WAY(COMPARE,    lower_compare)    \
    WAY(CALL,       invoke_call)      \
    WAY(JOINED_STR, invoke_format)    \
    WAY(CONSTANT,   lower_constant)   \
    WAY(ATTRIBUTE,  lower_attribute)  \
    WAY(SUBSCRIPT,  lower_subscript)  \
    WAY(NAME,       lower_name)       \
    WAY(LIST,       lower_list)       \
    WAY(TUPLE,      lower_tuple)      \
    WAY(SLICE,      lower_slice)
/* clang-format on */

typedef struct RefusedExpression {
    DiagCode code;
    const char *what, *help;
} RefusedExpression;

static const RefusedExpression refused[NODE_COUNT] = {
#define EXPRESSION(name, code, what, help) [NODE_##name] = {E_##code, what, help},
#include "lower/refused.def"
#undef EXPRESSION
};

static Value *lower_refused(Lower *l, Node *node)
{
    const RefusedExpression *row = &refused[node->kind];
    return flow_refuse(l, node, row->code, row->help, "%s", row->what);
}

static ExpressionWay *const ways[NODE_COUNT] = {
#define WAY(name, function) [NODE_##name] = function,
    LOWERED(WAY)
#undef WAY
#define EXPRESSION(name, code, what, help) [NODE_##name] = lower_refused,
#include "lower/refused.def"
#undef EXPRESSION
};

enum {
#define WAY(name, function) +1
#define EXPRESSION(name, code, what, help) +1
    WAYS = 0 LOWERED(WAY)
#include "lower/refused.def"
#undef EXPRESSION
#undef WAY
        ,
#define IS_STATEMENT 0
#define IS_EXPRESSION 1
#define IS_PATTERN 0
#define IS_PART 0
#define NODE(name, Type, group, fields) +IS_##group
    EXPRESSIONS = 0
#include "syntax/node.def"
#undef NODE
};
_Static_assert((int)WAYS == (int)EXPRESSIONS, "each expression is lowered or refused");

Value *expression_lower(Lower *l, Node *node)
{
    return ways[node->kind](l, node);
}
