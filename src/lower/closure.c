/* Inner functions: a Code for each def or lambda inside, and the py.function that closes over.
 *
 * A captured variable that nothing binds later is passed as the value it holds now, others as
 * their Slot. A function that calls itself by its own name does not capture itself: the name
 * stands for a py.function of the same Code over the same captures. Its defaults are captures
 * too, then.
 */
#include <assert.h>

#include "lower/lower.h"
#include "lower/lowering.h"

typedef VEC(Value *) Values;

/* ---- the Code ---- */

static bool has_default(const AstArguments *arguments, uint32_t positional)
{
    uint32_t count = arguments->posonlyargs.len + arguments->args.len;
    return positional >= count - arguments->defaults.len;
}

static void param_add(Code *code, Node *arg, ParamKind kind, bool is_optional)
{
    code->params[code->param_count++] = (Param){
        .name = ((AstArg *)arg)->arg,
        .kind = kind,
        .has_default = is_optional,
        .fallback = {.hidden = -1},
    };
}

void lower_declare(Code *code, void *tree)
{
    AstArguments *a = scope_arguments(tree);
    uint32_t positional = 0;
    code->tree = tree;
    code->param_count = 0;
    code->params = ARENA_ARRAY(code->arena, Param,
                               a->posonlyargs.len + a->args.len + 1 + a->kwonlyargs.len);
    for (uint32_t i = 0; i < a->posonlyargs.len; i++, positional++)
        param_add(code, a->posonlyargs.data[i], PARAM_POSITIONAL_ONLY,
                  has_default(a, positional));
    for (uint32_t i = 0; i < a->args.len; i++, positional++)
        param_add(code, a->args.data[i], PARAM_NORMAL, has_default(a, positional));
    if (a->vararg)
        param_add(code, a->vararg, PARAM_STAR, false);
    for (uint32_t i = 0; i < a->kwonlyargs.len; i++)
        param_add(code, a->kwonlyargs.data[i], PARAM_KEYWORD_ONLY, a->kw_defaults.data[i]);
    code->is_generator = scope_of(tree)->has_yield;
}

static uint32_t count_defaults(const Code *code)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < code->param_count; i++)
        count += code->params[i].has_default;
    return count;
}

/* The captures' names, then, for a function that names itself, those of its defaults. */
static void name_captures(Lower *l, Code *code, const Scope *scope)
{
    uint32_t defaults = scope->uses_self ? count_defaults(code) : 0;
    code->captures = ARENA_ARRAY(code->arena, const Symbol *, scope->captures.len + defaults);
    for (uint32_t i = 0; i < scope->captures.len; i++)
        code->captures[code->capture_count++] = scope->captures.data[i]->name;
    for (uint32_t i = 0; defaults && i < code->param_count; i++)
        if (code->params[i].has_default)
            code->captures[code->capture_count++] =
                intern_cstr(l->c->names, arena_printf(l->c->arena, "%s.default",
                                                      code->params[i].name->text));
}

static Code *inner_code(Lower *l, Node *function)
{
    Code *code = map_get(&l->codes, map_key(function));
    if (code)
        return code;
    bool is_lambda = function->kind == NODE_LAMBDA;
    code = ARENA_NEW(l->code->arena, Code);
    code->arena = l->code->arena;
    code->parent = l->code;
    code->source = l->code->source;
    code->handle = l->code->handle;
    code->is_library = l->code->is_library;
    code->is_unchecked = l->code->is_unchecked;
    code->name =
        is_lambda ? intern_cstr(l->c->names, "<lambda>") : ((AstFunctionDef *)function)->name;
    code->qualname =
        intern_cstr(l->c->names, arena_printf(l->c->arena, "%s.<locals>.%s",
                                              l->code->qualname->text, code->name->text));
    code->loc = (Loc){.span = ast_head(function), .function = code->name};
    scope_of(function)->code = code;
    lower_declare(code, function);
    name_captures(l, code, scope_of(function));
    map_set(l->c->arena, &l->codes, map_key(function), code);
    return code;
}

/* ---- py.function ---- */

static Value *capture(Lower *l, Variable *inner, const Node *at)
{
    Variable *outer = inner->outer;
    if (outer->kind == VARIABLE_SELF)
        return closure_self(l, at);
    if (outer->kind == VARIABLE_PEER)
        return closure_peer(l, outer, at);
    if (outer->kind == VARIABLE_CAPTURE) {
        inner->may_be_unbound |= outer->may_be_unbound;
        return l->captures[outer->index];
    }
    Held *held = &l->env[outer->index];
    if (outer->is_cell)
        return held->value;
    if (held->state != MAY_BE_BOUND)
        inner->may_be_unbound = true;
    return flow_held(l, outer->index, at);
}

static void lower_defaults(Lower *l, NodeList nodes, Values *out)
{
    for (uint32_t i = 0; i < nodes.len; i++)
        if (nodes.data[i])
            vec_push(l->c->arena, out, expression_lower(l, nodes.data[i]));
}

Value *closure_make(Lower *l, Node *function)
{
    Scope *scope = scope_of(function);
    AstArguments *arguments = scope_arguments(function);
    Code *code = inner_code(l, function);
    Values defaults = {0}, args = {0};
    lower_defaults(l, arguments->defaults, &defaults);
    lower_defaults(l, arguments->kw_defaults, &defaults);
    for (uint32_t i = 0; i < scope->captures.len; i++)
        vec_push(l->c->arena, &args, capture(l, scope->captures.data[i], function));
    for (uint32_t times = scope->uses_self ? 2 : 1; times > 0; times--)
        for (uint32_t i = 0; i < defaults.len; i++)
            vec_push(l->c->arena, &args, defaults.data[i]);
    return flow_emit(l, OP_PY_FUNCTION, function, args.data, args.len, (Attr){.code = code});
}

Value *closure_self(Lower *l, const Node *at)
{
    uint32_t defaults = count_defaults(l->code), captures = l->code->capture_count;
    Values args = {0};
    for (uint32_t i = 0; i < captures; i++)
        vec_push(l->c->arena, &args, l->captures[i]);
    for (uint32_t i = captures - defaults; i < captures; i++)
        vec_push(l->c->arena, &args, l->captures[i]);
    return flow_emit(l, OP_PY_FUNCTION, at, args.data, args.len, (Attr){.code = l->code});
}

/* A function defined beside this one captures what this one does. */
Value *closure_peer(Lower *l, const Variable *variable, const Node *at)
{
    assert(variable->peer->code); /* made before anything could call this function */
    return flow_emit(l, OP_PY_FUNCTION, at, l->captures, l->code->capture_count,
                     (Attr){.code = variable->peer->code});
}
