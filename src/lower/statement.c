/* Statements: one function per node, run until control ends. */
#include "lower/lowering.h"

typedef void StatementWay(Lower *l, Node *node);

static void lower_function_def(Lower *l, Node *node)
{
    AstFunctionDef *def = (AstFunctionDef *)node;
    if (def->decorator_list.len)
        flow_refuse(l, def->decorator_list.data[0], E_STATEMENT,
                    "leave it out: an inner function is compiled with the function around it",
                    "a decorator in a compiled function is not compiled");
    assign_name(l, def->name, closure_make(l, node), node);
}

static void lower_return(Lower *l, Node *node)
{
    AstReturn *source = (AstReturn *)node;
    Value *value = source->value ? expression_lower(l, source->value) : flow_none(l, node);
    repeat_exit(l, EXIT_RETURN, NULL, value, node);
}

static void lower_delete(Lower *l, Node *node)
{
    NodeList targets = ((AstDelete *)node)->targets;
    for (uint32_t i = 0; i < targets.len; i++)
        assign_delete(l, targets.data[i]);
}

static bool is_display(const Node *node, NodeList *elements)
{
    if (node->kind != NODE_TUPLE)
        return false;
    *elements = ((const AstTuple *)node)->elts;
    return !expression_has_star(*elements);
}

/* `a, b = b, a` makes no tuple. */
static bool lower_parallel(Lower *l, AstAssign *assign)
{
    NodeList targets, values;
    if (assign->targets.len != 1 || !is_display(assign->targets.data[0], &targets) ||
        !is_display(assign->value, &values) || targets.len != values.len)
        return false;
    Value **held = expression_lower_all(l, values);
    for (uint32_t i = 0; i < targets.len; i++)
        assign_target(l, targets.data[i], held[i]);
    return true;
}

static void lower_assign(Lower *l, Node *node)
{
    AstAssign *assign = (AstAssign *)node;
    if (lower_parallel(l, assign))
        return;
    Value *value = expression_lower(l, assign->value);
    for (uint32_t i = 0; i < assign->targets.len; i++)
        assign_target(l, assign->targets.data[i], value);
}

static void lower_aug_assign(Lower *l, Node *node)
{
    assign_augment(l, (AstAugAssign *)node);
}

static void lower_ann_assign(Lower *l, Node *node)
{
    AstAnnAssign *assign = (AstAnnAssign *)node;
    if (assign->value)
        assign_target(l, assign->target, expression_lower(l, assign->value));
}

/* A branch that does not come back tells something about what follows. */
static void lower_if(Lower *l, Node *node)
{
    AstIf *source = (AstIf *)node;
    NodeList suites[2] = {source->body, source->orelse};
    bool comes_back[2], truth;
    if (condition_is_literal(source->test, &truth)) {
        statement_suite(l, suites[truth ? 0 : 1]);
        return;
    }
    Value *test = condition_lower(l, source->test);
    Join join = flow_open(l, OP_IF, node, test, 0, (NodeList){&node, 1});
    for (uint32_t i = 0; i < 2; i++) {
        flow_enter(l, &join, i);
        condition_refine(l, source->test, i == 0, NULL);
        statement_suite(l, suites[i]);
        comes_back[i] = l->region;
        flow_leave(l, &join, OP_YIELD, node, NULL);
    }
    flow_close(l, &join, node);
    if (comes_back[0] != comes_back[1])
        condition_refine(l, source->test, comes_back[0], join.flags);
}

static void lower_import(Lower *l, Node *node)
{
    NodeList names = ((AstImport *)node)->names;
    for (uint32_t i = 0; i < names.len; i++) {
        AstAlias *alias = (AstAlias *)names.data[i];
        Attr name = {.name = alias->name};
        Value *module = flow_emit(l, OP_PY_IMPORT, &alias->node, NULL, 0, name);
        if (alias->is_top) {
            name.name = alias->asname;
            module = flow_emit(l, OP_PY_IMPORT, &alias->node, NULL, 0, name);
        }
        assign_name(l, alias->asname, module, &alias->node);
    }
}

/* A relative import's name has its dots in front. */
static void lower_import_from(Lower *l, Node *node)
{
    AstImportFrom *source = (AstImportFrom *)node;
    Text text;
    text_open(&text, l->c->arena);
    text_fill(&text, '.', (size_t)source->level);
    text_puts(&text, source->module ? source->module->text : "");
    Attr name = {.name = intern_text(l->c->names, text.data, text.len)};
    Value *module = flow_emit(l, OP_PY_IMPORT, node, NULL, 0, name);
    for (uint32_t i = 0; i < source->names.len; i++) {
        AstAlias *alias = (AstAlias *)source->names.data[i];
        name.name = alias->name;
        Value *value = flow_emit(l, OP_PY_ATTR, &alias->node, &module, 1, name);
        assign_name(l, alias->asname, value, &alias->node);
    }
}

/* A constant, such as a docstring or `...`, does nothing. */
static void lower_expr(Lower *l, Node *node)
{
    Node *value = ((AstExpr *)node)->value;
    if (value->kind != NODE_CONSTANT)
        expression_lower(l, value);
}

static void lower_break(Lower *l, Node *node)
{
    repeat_jump(l, EXIT_BREAK, node);
}

static void lower_continue(Lower *l, Node *node)
{
    repeat_jump(l, EXIT_CONTINUE, node);
}

static void lower_nothing(Lower *l, Node *node)
{
    (void)l;
    (void)node;
}

/* ---- the table ---- */

/* clang-format off */
#define LOWERED(WAY)                      \
    WAY(FUNCTION_DEF, lower_function_def) \
    WAY(RETURN,       lower_return)       \
    WAY(DELETE,       lower_delete)       \
    WAY(ASSIGN,       lower_assign)       \
    WAY(AUG_ASSIGN,   lower_aug_assign)   \
    WAY(ANN_ASSIGN,   lower_ann_assign)   \
    WAY(FOR,          repeat_for)           \
    WAY(WHILE,        repeat_while)         \
    WAY(IF,           lower_if)           \
    WAY(MATCH,        case_match)         \
    WAY(RAISE,        except_raise)       \
    WAY(TRY,          except_try)         \
    WAY(ASSERT,       except_assert)      \
    WAY(IMPORT,       lower_import)       \
    WAY(IMPORT_FROM,  lower_import_from)  \
    WAY(GLOBAL,       lower_nothing)      \
    WAY(NONLOCAL,     lower_nothing)      \
    WAY(EXPR,         lower_expr)         \
    WAY(PASS,         lower_nothing)      \
    WAY(BREAK,        lower_break)        \
    WAY(CONTINUE,     lower_continue)
/* clang-format on */

typedef struct RefusedStatement {
    const char *what, *help;
} RefusedStatement;

static const RefusedStatement refused[NODE_COUNT] = {
#define STATEMENT(name, what, help) [NODE_##name] = {what, help},
#include "lower/refused.def"
#undef STATEMENT
};

static void lower_refused(Lower *l, Node *node)
{
    flow_refuse(l, node, E_STATEMENT, refused[node->kind].help, "%s", refused[node->kind].what);
}

static StatementWay *const ways[NODE_COUNT] = {
#define WAY(name, function) [NODE_##name] = function,
    LOWERED(WAY)
#undef WAY
#define STATEMENT(name, what, help) [NODE_##name] = lower_refused,
#include "lower/refused.def"
#undef STATEMENT
};

enum {
#define WAY(name, function) +1
#define STATEMENT(name, what, help) +1
    WAYS = 0 LOWERED(WAY)
#include "lower/refused.def"
#undef STATEMENT
#undef WAY
        ,
#define IS_STATEMENT 1
#define IS_EXPRESSION 0
#define IS_PATTERN 0
#define IS_PART 0
#define NODE(name, Type, group, fields) +IS_##group
    STATEMENTS = 0
#include "syntax/node.def"
#undef NODE
};
_Static_assert((int)WAYS == (int)STATEMENTS, "each statement is lowered or refused");

void statement_suite(Lower *l, NodeList statements)
{
    for (uint32_t i = 0; i < statements.len && l->region; i++)
        ways[statements.data[i]->kind](l, statements.data[i]);
}
