/* Lowering a Code: parameters and cells, the body, and what follows over the whole function. */
#include "lower/lower.h"

#include "lower/lowering.h"

static bool is_lambda(const Node *function)
{
    return function->kind == NODE_LAMBDA;
}

/* ---- entry ---- */

/* The parameters are the first locals, in the same order. */
static void open_locals(Lower *l)
{
    uint32_t count = l->scope->locals.len;
    l->env = ARENA_ARRAY(l->c->arena, Held, count);
    for (uint32_t i = 0; i < count; i++)
        l->env[i].state = MAY_BE_UNBOUND;
    for (uint32_t i = 0; i < l->code->param_count; i++) {
        Value *param = ir_param_add(&l->func->body, NULL, l->code->params[i].name);
        l->env[i] = (Held){param, MAY_BE_BOUND};
    }
    l->captures = ARENA_ARRAY(l->c->arena, Value *, l->code->capture_count);
    for (uint32_t i = 0; i < l->code->capture_count; i++)
        l->captures[i] = ir_param_add(&l->func->body, NULL, l->code->captures[i]);
    for (uint32_t i = 0; i < l->code->param_count; i++)
        l->env[i].value = assign_convert(l, l->code->params[i].name, l->env[i].value, NULL);
    for (uint32_t i = 0; i < count; i++) {
        const Variable *local = l->scope->locals.data[i];
        if (!local->is_cell || local->is_bound_first)
            continue;
        l->env[i].value = flow_emit1(l, OP_SLOT_NEW, NULL, flow_held(l, i, NULL));
        l->env[i].value->name = local->name;
    }
}

static void refuse_params(Lower *l, const AstArguments *arguments)
{
    if (arguments->kwarg)
        flow_refuse(l, arguments->kwarg, E_STATEMENT, "name each keyword parameter",
                    "** among the parameters is not compiled");
}

static void lower_body(Lower *l, Node *function)
{
    if (is_lambda(function)) {
        Node *body = ((AstLambda *)function)->body;
        Value *value = expression_lower(l, body);
        flow_end(l, OP_RETURN, body, &value, 1);
        return;
    }
    statement_suite(l, ((AstFunctionDef *)function)->body);
    if (!l->region)
        return;
    Value *none = flow_none(l, NULL);
    flow_end(l, OP_RETURN, NULL, &none, 1);
}

static Func *lower_tree(Compile *c, Code *code)
{
    Node *function = code->tree;
    Lower l = {
        .c = c,
        .code = code,
        .func = ir_func_new(code->arena, code->qualname, false),
        .scope = scope_of(function),
    };
    l.func->code = code;
    l.func->loc = code->loc;
    l.region = &l.func->body;
    open_locals(&l);
    refuse_params(&l, scope_arguments(function));
    lower_body(&l, function);
    return l.func;
}

Func *lower_code(Compile *c, Code *code)
{
    if (code->generic)
        return code->generic;
    uint32_t errors = c->diag->errors;
    const Resolver *resolver = c->resolver;
    if (!code->tree && resolver && resolver->read)
        resolver->read(resolver->context, code);
    if (!code->tree && c->diag->errors == errors)
        diag_fail(c->diag, code->loc.span, E_NO_SOURCE, "the source of '%s' is not available",
                  code->qualname->text);
    Func *func = c->diag->errors == errors ? lower_tree(c, code) : NULL;
    if (c->diag->errors > errors)
        diag_leave(c->diag);
    prune_func(func, c->arena);
    wide_mark(func, c->arena);
    code->generic = func;
    return func;
}
