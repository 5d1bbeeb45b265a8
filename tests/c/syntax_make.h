/* Syntax trees by hand, for the tests of syntax and lowering: there is no parser but CPython's. */
#ifndef MARTLET_TESTS_SYNTAX_MAKE_H
#define MARTLET_TESTS_SYNTAX_MAKE_H

#include "syntax/ast.h"

#define MAKE static __attribute__((unused))

typedef struct Maker {
    Arena arena;
    Arena *at; /* where nodes go: usually the arena above */
    Interner names;
} Maker;

MAKE void make_in(Maker *m, Arena *arena)
{
    m->at = arena;
    intern_open(&m->names, arena);
}

MAKE void make_open(Maker *m)
{
    arena_open(&m->arena, NULL);
    make_in(m, &m->arena);
}

MAKE void make_close(Maker *m)
{
    arena_close(&m->arena);
}

MAKE NodeList make_list(Maker *m, Node *const *nodes, uint32_t count)
{
    NodeList list = {ARENA_ARRAY(m->at, Node *, count), count};
    for (uint32_t i = 0; i < count; i++)
        list.data[i] = nodes[i];
    return list;
}

MAKE Node *make_name(Maker *m, const char *id)
{
    AstName *name = AST_NEW(m->at, NAME, AstName, (Span){0});
    name->id = intern_cstr(&m->names, id);
    return &name->node;
}

MAKE Node *make_int(Maker *m, int value)
{
    AstConstant *constant = AST_NEW(m->at, CONSTANT, AstConstant, (Span){0});
    constant->value = (Constant){.kind = CONSTANT_INT, .integer = value};
    return &constant->node;
}

MAKE Node *make_add(Maker *m, Node *left, Node *right)
{
    AstBinOp *binary = AST_NEW(m->at, BIN_OP, AstBinOp, (Span){0});
    binary->op = OPERATOR_ADD;
    binary->left = left;
    binary->right = right;
    return &binary->node;
}

MAKE Node *make_assign(Maker *m, const char *id, Node *value)
{
    AstAssign *assign = AST_NEW(m->at, ASSIGN, AstAssign, (Span){0});
    Node *target = make_name(m, id);
    assign->targets = make_list(m, &target, 1);
    assign->value = value;
    return &assign->node;
}

MAKE Node *make_return(Maker *m, Node *value)
{
    AstReturn *result = AST_NEW(m->at, RETURN, AstReturn, (Span){0});
    result->value = value;
    return &result->node;
}

MAKE Node *make_for(Maker *m, const char *id, Node *iter, Node *const *body, uint32_t count)
{
    AstFor *loop = AST_NEW(m->at, FOR, AstFor, (Span){0});
    loop->target = make_name(m, id);
    loop->iter = iter;
    loop->body = make_list(m, body, count);
    return &loop->node;
}

MAKE Node *make_try(Maker *m, Node *const *body, uint32_t count, Node *final)
{
    AstTry *attempt = AST_NEW(m->at, TRY, AstTry, (Span){0});
    attempt->body = make_list(m, body, count);
    attempt->finalbody = make_list(m, &final, 1);
    return &attempt->node;
}

/* With one parameter, or none. */
MAKE Node *make_def(Maker *m, const char *name, const char *param, Node *const *body,
                    uint32_t count)
{
    AstFunctionDef *def = AST_NEW(m->at, FUNCTION_DEF, AstFunctionDef, (Span){0});
    AstArguments *arguments = AST_NEW(m->at, ARGUMENTS, AstArguments, (Span){0});
    if (param) {
        AstArg *arg = AST_NEW(m->at, ARG, AstArg, (Span){0});
        Node *node = &arg->node;
        arg->arg = intern_cstr(&m->names, param);
        arguments->args = make_list(m, &node, 1);
    }
    def->name = intern_cstr(&m->names, name);
    def->args = &arguments->node;
    def->body = make_list(m, body, count);
    return &def->node;
}

#endif
