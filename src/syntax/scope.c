/* Scopes: binding, then resolving.
 *
 * One walk over the tree collects what each function binds and which names it uses; then every
 * use is resolved through the enclosing functions. The walk knows in which order a function's
 * parts run, and gives each binding and each inner function a time. A capture by value is right
 * when nothing binds the variable later. Loops repeat, so an inner function made in a loop
 * counts as made when the outermost loop around it starts. What runs twice otherwise (nothing
 * does) would break this.
 */
#include "syntax/scope.h"

#include <assert.h>
#include <stddef.h>

enum { NEVER = UINT32_MAX };

/* What a walk is told. Inner functions are entered by on_function only. */
typedef struct Walk Walk;
struct Walk {
    void (*on_bind)(Walk *walk, const Symbol *name, Node *by);
    void (*on_unbind)(Walk *walk, const Symbol *name);
    void (*on_use)(Walk *walk, const Symbol *name);
    void (*on_function)(Walk *walk, Node *function);
    void (*on_loop)(Walk *walk, int change); /* +1: entered, -1: left */
    void (*on_declaration)(Walk *walk, Node *declaration);
    void (*on_yield)(Walk *walk);
    bool is_straight; /* what is walked runs whenever the function does, up to an exception */
    uint32_t suite, suites; /* the list of statements being walked; 0: none that is known */
};

static void walk_node(Walk *walk, Node *node);

/* ---- the walk ---- */

static void walk_list(Walk *walk, NodeList list)
{
    uint32_t suite = walk->suite;
    walk->suite = ++walk->suites;
    for (uint32_t i = 0; i < list.len; i++)
        if (list.data[i])
            walk_node(walk, list.data[i]);
    walk->suite = suite;
}

static void walk_maybe(Walk *walk, Node *node)
{
    if (node)
        walk_node(walk, node);
}

static void visit_child(void *context, Node *child)
{
    walk_node(context, child);
}

static void walk_children(Walk *walk, Node *node)
{
    uint32_t suite = walk->suite;
    walk->suite = 0; /* there may be several lists */
    ast_children(node, visit_child, walk);
    walk->suite = suite;
}

static void bind_target(Walk *walk, Node *target)
{
    if (target->kind == NODE_NAME) {
        walk->on_bind(walk, ((AstName *)target)->id, target);
    } else if (target->kind == NODE_STARRED) {
        bind_target(walk, ((AstStarred *)target)->value);
    } else if (target->kind == NODE_TUPLE || target->kind == NODE_LIST) {
        NodeList elements =
            target->kind == NODE_TUPLE ? ((AstTuple *)target)->elts : ((AstList *)target)->elts;
        for (uint32_t i = 0; i < elements.len; i++)
            bind_target(walk, elements.data[i]);
    } else {
        walk_children(walk, target); /* a[i], a.b: uses */
    }
}

static void walk_name(Walk *walk, Node *node)
{
    walk->on_use(walk, ((AstName *)node)->id);
}

static void walk_assign(Walk *walk, Node *node)
{
    AstAssign *assign = (AstAssign *)node;
    walk_node(walk, assign->value);
    for (uint32_t i = 0; i < assign->targets.len; i++)
        bind_target(walk, assign->targets.data[i]);
    if (assign->value->kind == NODE_LAMBDA && assign->targets.len == 1 &&
        assign->targets.data[0]->kind == NODE_NAME && scope_of(assign->value))
        scope_of(assign->value)->own_name = ((AstName *)assign->targets.data[0])->id;
}

static void walk_aug_assign(Walk *walk, Node *node)
{
    AstAugAssign *assign = (AstAugAssign *)node;
    walk_node(walk, assign->target);
    walk_node(walk, assign->value);
    bind_target(walk, assign->target);
}

/* Without a value it binds nothing, but makes the name a local one all the same. */
static void walk_ann_assign(Walk *walk, Node *node)
{
    AstAnnAssign *assign = (AstAnnAssign *)node;
    walk_maybe(walk, assign->value);
    bind_target(walk, assign->target);
}

static void walk_named_expr(Walk *walk, Node *node)
{
    AstNamedExpr *named = (AstNamedExpr *)node;
    bool is_straight = walk->is_straight;
    walk_node(walk, named->value);
    walk->is_straight = false; /* it may stand behind an `and` */
    bind_target(walk, named->target);
    walk->is_straight = is_straight;
}

static void walk_if(Walk *walk, Node *node)
{
    AstIf *branch = (AstIf *)node;
    walk_node(walk, branch->test);
    walk_list(walk, branch->body);
    walk_list(walk, branch->orelse);
}

static void walk_for(Walk *walk, Node *node)
{
    AstFor *loop = (AstFor *)node;
    walk_node(walk, loop->iter);
    walk->on_loop(walk, +1);
    bind_target(walk, loop->target);
    walk_list(walk, loop->body);
    walk->on_loop(walk, -1);
    walk_list(walk, loop->orelse);
}

static void walk_while(Walk *walk, Node *node)
{
    AstWhile *loop = (AstWhile *)node;
    walk->on_loop(walk, +1);
    walk_node(walk, loop->test);
    walk_list(walk, loop->body);
    walk->on_loop(walk, -1);
    walk_list(walk, loop->orelse);
}

static void walk_delete(Walk *walk, Node *node)
{
    NodeList targets = ((AstDelete *)node)->targets;
    for (uint32_t i = 0; i < targets.len; i++) {
        bind_target(walk, targets.data[i]);
        if (targets.data[i]->kind == NODE_NAME)
            walk->on_unbind(walk, ((AstName *)targets.data[i])->id);
    }
}

static void walk_with_item(Walk *walk, Node *node)
{
    AstWithItem *item = (AstWithItem *)node;
    walk_node(walk, item->context_expr);
    if (item->optional_vars)
        bind_target(walk, item->optional_vars);
}

static void walk_except_handler(Walk *walk, Node *node)
{
    AstExceptHandler *handler = (AstExceptHandler *)node;
    walk_maybe(walk, handler->type);
    if (handler->name)
        walk->on_bind(walk, handler->name, node);
    walk_list(walk, handler->body);
    if (handler->name)
        walk->on_unbind(walk, handler->name);
}

static void walk_alias(Walk *walk, Node *node)
{
    walk->on_bind(walk, ((AstAlias *)node)->asname, node);
}

static void walk_class_def(Walk *walk, Node *node)
{
    walk->on_bind(walk, ((AstClassDef *)node)->name, node);
}

static void walk_type_alias(Walk *walk, Node *node)
{
    bind_target(walk, ((AstTypeAlias *)node)->name);
}

static void walk_match_as(Walk *walk, Node *node)
{
    AstMatchAs *pattern = (AstMatchAs *)node;
    walk_maybe(walk, pattern->pattern);
    if (pattern->name)
        walk->on_bind(walk, pattern->name, node);
}

static void walk_match_star(Walk *walk, Node *node)
{
    if (((AstMatchStar *)node)->name)
        walk->on_bind(walk, ((AstMatchStar *)node)->name, node);
}

static void walk_match_mapping(Walk *walk, Node *node)
{
    walk_children(walk, node);
    if (((AstMatchMapping *)node)->rest)
        walk->on_bind(walk, ((AstMatchMapping *)node)->rest, node);
}

static void walk_defaults(Walk *walk, Node *function)
{
    AstArguments *arguments = scope_arguments(function);
    walk_list(walk, arguments->defaults);
    walk_list(walk, arguments->kw_defaults);
}

static void walk_function_def(Walk *walk, Node *node)
{
    AstFunctionDef *def = (AstFunctionDef *)node;
    walk_list(walk, def->decorator_list);
    walk_defaults(walk, node);
    walk->on_function(walk, node);
    walk->on_bind(walk, def->name, node);
}

static void walk_async_function_def(Walk *walk, Node *node)
{
    walk->on_bind(walk, ((AstAsyncFunctionDef *)node)->name, node);
}

static void walk_lambda(Walk *walk, Node *node)
{
    walk_defaults(walk, node);
    walk->on_function(walk, node);
}

static void walk_declaration(Walk *walk, Node *node)
{
    walk->on_declaration(walk, node);
}

static void walk_yield(Walk *walk, Node *node)
{
    walk->on_yield(walk);
    walk_children(walk, node);
}

static void walk_nothing(Walk *walk, Node *node)
{
    (void)walk;
    (void)node;
}

static void walk_node(Walk *walk, Node *node)
{
    static void (*const ways[NODE_COUNT])(Walk *, Node *) = {
        [NODE_NAME] = walk_name,
        [NODE_ASSIGN] = walk_assign,
        [NODE_AUG_ASSIGN] = walk_aug_assign,
        [NODE_ANN_ASSIGN] = walk_ann_assign,
        [NODE_NAMED_EXPR] = walk_named_expr,
        [NODE_IF] = walk_if,
        [NODE_FOR] = walk_for,
        [NODE_ASYNC_FOR] = walk_for,
        [NODE_WHILE] = walk_while,
        [NODE_DELETE] = walk_delete,
        [NODE_WITH_ITEM] = walk_with_item,
        [NODE_EXCEPT_HANDLER] = walk_except_handler,
        [NODE_ALIAS] = walk_alias,
        [NODE_CLASS_DEF] = walk_class_def,
        [NODE_TYPE_ALIAS] = walk_type_alias,
        [NODE_MATCH_AS] = walk_match_as,
        [NODE_MATCH_STAR] = walk_match_star,
        [NODE_MATCH_MAPPING] = walk_match_mapping,
        [NODE_FUNCTION_DEF] = walk_function_def,
        [NODE_ASYNC_FUNCTION_DEF] = walk_async_function_def,
        [NODE_LAMBDA] = walk_lambda,
        [NODE_GLOBAL] = walk_declaration,
        [NODE_NONLOCAL] = walk_declaration,
        [NODE_YIELD] = walk_yield,
        [NODE_YIELD_FROM] = walk_yield,
        [NODE_LIST_COMP] = walk_nothing,
        [NODE_SET_COMP] = walk_nothing,
        [NODE_DICT_COMP] = walk_nothing,
        [NODE_GENERATOR_EXP] = walk_nothing,
    };
    if (ways[node->kind])
        ways[node->kind](walk, node);
    else
        walk_children(walk, node);
}

/* ---- binding ---- */

typedef struct Use {
    Scope *scope;
    const Symbol *name;
    bool unbinds;
} Use;

typedef struct Binder {
    Walk walk; /* first: the callbacks get the Binder by it */
    Arena *arena;
    Scope *scope, *last_def;
    VEC(Use) uses;
    VEC(Use) nonlocal_bindings;
    VEC(Scope *) scopes;
} Binder;

static void collect_function(Binder *binder, Node *function);

static Variable *variable_add(Arena *arena, Scope *scope, const Symbol *name, VariableKind kind)
{
    Variable *variable = ARENA_NEW(arena, Variable);
    variable->name = name;
    variable->kind = kind;
    variable->captured_first = NEVER;
    map_set(arena, &scope->variables, map_key(name), variable);
    if (kind == VARIABLE_LOCAL) {
        variable->index = scope->locals.len;
        vec_push(arena, &scope->locals, variable);
    }
    return variable;
}

static Variable *local_bind(Binder *binder, const Symbol *name)
{
    Scope *scope = binder->scope;
    Variable *variable = map_get(&scope->variables, map_key(name));
    if (!variable)
        variable = variable_add(binder->arena, scope, name, VARIABLE_LOCAL);
    scope->events++;
    variable->bound_last = ++scope->now;
    if (variable->bind_count++ == 0) {
        variable->bound_first = scope->now;
        variable->is_bound_first = binder->walk.is_straight;
    }
    return variable;
}

static void bind_name(Walk *walk, const Symbol *name, Node *by)
{
    Binder *binder = (Binder *)walk;
    if (map_get(&binder->scope->nonlocals, map_key(name)))
        vec_push(binder->arena, &binder->nonlocal_bindings,
                 ((Use){binder->scope, name, false}));
    else
        local_bind(binder, name);
    if (by->kind == NODE_FUNCTION_DEF && scope_of(by))
        scope_of(by)->peers->events = binder->scope->events;
}

static void unbind_name(Walk *walk, const Symbol *name)
{
    Binder *binder = (Binder *)walk;
    if (map_get(&binder->scope->nonlocals, map_key(name)))
        vec_push(binder->arena, &binder->nonlocal_bindings, ((Use){binder->scope, name, true}));
    else
        local_bind(binder, name)->is_deleted = true;
}

static void use_name(Walk *walk, const Symbol *name)
{
    Binder *binder = (Binder *)walk;
    binder->scope->events++;
    vec_push(binder->arena, &binder->uses, ((Use){binder->scope, name, false}));
}

/* Defs that follow each other directly, without defaults or decorators that run in between. */
static void join_peers(Binder *binder, Scope *scope)
{
    AstArguments *arguments = scope_arguments(scope->function);
    Scope *parent = scope->parent, *last = binder->last_def;
    Peers *peers = last ? last->peers : NULL;
    bool is_def = scope->function->kind == NODE_FUNCTION_DEF;
    bool has_defaults = arguments->defaults.len || arguments->kw_defaults.len;
    bool follows = is_def && peers && last->parent == parent &&
                   peers->suite == binder->walk.suite && peers->suite &&
                   peers->events == parent->events && !has_defaults;
    if (!follows) {
        peers = ARENA_NEW(binder->arena, Peers);
        peers->suite = is_def && !has_defaults ? binder->walk.suite : 0;
    }
    scope->peers = peers;
    vec_push(binder->arena, &peers->members, scope);
    if (is_def)
        scope->own_name = ((AstFunctionDef *)scope->function)->name;
}

static void enter_function(Walk *walk, Node *function)
{
    collect_function((Binder *)walk, function);
}

static void change_loop(Walk *walk, int change)
{
    Scope *scope = ((Binder *)walk)->scope;
    if (change > 0 && scope->loop_depth++ == 0)
        scope->loop_start = scope->now;
    if (change < 0)
        scope->loop_depth--;
}

static void declare(Walk *walk, Node *node)
{
    Binder *binder = (Binder *)walk;
    bool is_global = node->kind == NODE_GLOBAL;
    NameList names = is_global ? ((AstGlobal *)node)->names : ((AstNonlocal *)node)->names;
    for (uint32_t i = 0; i < names.len; i++) {
        if (!is_global)
            map_set(binder->arena, &binder->scope->nonlocals, map_key(names.data[i]), node);
        else if (!map_get(&binder->scope->variables, map_key(names.data[i])))
            variable_add(binder->arena, binder->scope, names.data[i], VARIABLE_GLOBAL);
    }
}

static void note_yield(Walk *walk)
{
    ((Binder *)walk)->scope->has_yield = true;
}

static void bind_params(Binder *binder, NodeList params)
{
    for (uint32_t i = 0; i < params.len; i++)
        local_bind(binder, ((AstArg *)params.data[i])->arg)->is_param = true;
}

static void bind_param(Binder *binder, Node *param)
{
    if (param)
        local_bind(binder, ((AstArg *)param)->arg)->is_param = true;
}

static void collect_suite(Binder *binder, NodeList suite)
{
    for (uint32_t i = 0; i < suite.len; i++) {
        NodeKind kind = suite.data[i]->kind;
        binder->walk.is_straight = kind == NODE_ASSIGN || kind == NODE_FUNCTION_DEF ||
                                   kind == NODE_IMPORT || kind == NODE_IMPORT_FROM;
        walk_node(&binder->walk, suite.data[i]);
    }
}

static void collect_body(Binder *binder, Node *function)
{
    AstArguments *arguments = scope_arguments(function);
    bind_params(binder, arguments->posonlyargs);
    bind_params(binder, arguments->args);
    bind_param(binder, arguments->vararg);
    bind_params(binder, arguments->kwonlyargs);
    bind_param(binder, arguments->kwarg);
    if (function->kind == NODE_LAMBDA)
        walk_node(&binder->walk, ((AstLambda *)function)->body);
    else
        collect_suite(binder, ((AstFunctionDef *)function)->body);
}

static void collect_function(Binder *binder, Node *function)
{
    Scope *scope = ARENA_NEW(binder->arena, Scope), *outer = binder->scope;
    scope->function = function;
    scope->parent = outer;
    if (outer)
        scope->born = outer->loop_depth ? outer->loop_start : outer->now;
    if (function->kind == NODE_LAMBDA)
        ((AstLambda *)function)->scope = scope;
    else
        ((AstFunctionDef *)function)->scope = scope;
    vec_push(binder->arena, &binder->scopes, scope);
    if (outer)
        join_peers(binder, scope);
    bool is_straight = binder->walk.is_straight;
    uint32_t suite = binder->walk.suite;
    binder->scope = scope;
    binder->walk.is_straight = false;
    binder->walk.suite = ++binder->walk.suites;
    collect_body(binder, function);
    binder->scope = outer;
    binder->walk.is_straight = is_straight;
    binder->walk.suite = suite;
    if (function->kind == NODE_FUNCTION_DEF)
        binder->last_def = scope;
}

/* ---- resolving ---- */

/* Is `variable` of the enclosing function the name of an inner one, and of nothing else? */
static bool is_name_of(const Scope *scope, const Variable *variable)
{
    return variable->kind == VARIABLE_LOCAL && variable->bind_count == 1 &&
           !variable->is_param && !variable->is_cell && scope->own_name == variable->name;
}

static Scope *peer_of(const Scope *scope, const Variable *variable)
{
    const Peers *peers = scope->peers;
    for (uint32_t i = 0; peers && peers->is_linked && i < peers->members.len; i++)
        if (is_name_of(peers->members.data[i], variable) && !variable->is_deleted)
            return peers->members.data[i];
    return NULL;
}

static Variable *resolve_free(Arena *arena, Scope *scope, const Symbol *name, NameList free)
{
    VariableKind kind = VARIABLE_GLOBAL;
    for (uint32_t i = 0; i < free.len; i++)
        if (free.data[i] == name)
            kind = VARIABLE_CELL;
    return variable_add(arena, scope, name, kind);
}

static Variable *resolve(Arena *arena, Scope *scope, const Symbol *name, NameList free)
{
    Variable *known = map_get(&scope->variables, map_key(name));
    if (known)
        return known;
    if (!scope->parent)
        return resolve_free(arena, scope, name, free);
    Variable *outer = resolve(arena, scope->parent, name, free);
    if (outer->kind == VARIABLE_GLOBAL || outer->kind == VARIABLE_CELL)
        return variable_add(arena, scope, name, outer->kind);
    Variable *variable;
    Scope *peer = peer_of(scope, outer);
    if (is_name_of(scope, outer)) {
        variable = variable_add(arena, scope, name, VARIABLE_SELF);
        scope->uses_self = true;
    } else if (peer) {
        variable = variable_add(arena, scope, name, VARIABLE_PEER);
        variable->peer = peer;
    } else {
        variable = variable_add(arena, scope, name, VARIABLE_CAPTURE);
        variable->index = scope->captures.len;
        vec_push(arena, &scope->captures, variable);
        if (scope->born < outer->captured_first)
            outer->captured_first = scope->born;
    }
    variable->outer = outer;
    return variable;
}

/* Does a member of `peers`, or a function inside, that uses `name` mean a later one? */
static bool names_later(const Peers *peers, const Scope *member, const Symbol *name)
{
    bool is_later = false;
    for (uint32_t i = 0; i < peers->members.len; i++) {
        if (is_later && peers->members.data[i]->own_name == name)
            return true;
        is_later |= peers->members.data[i] == member;
    }
    return false;
}

static void link_peers(Binder *binder)
{
    for (uint32_t i = 0; i < binder->uses.len; i++) {
        const Symbol *name = binder->uses.data[i].name;
        const Scope *scope = binder->uses.data[i].scope;
        for (; scope && !map_get(&scope->variables, map_key(name)); scope = scope->parent)
            if (scope->peers && names_later(scope->peers, scope, name))
                scope->peers->is_linked = true;
    }
    for (uint32_t i = 0; i < binder->scopes.len; i++) {
        Peers *peers = binder->scopes.data[i]->peers;
        for (uint32_t k = 0; peers && k < binder->nonlocal_bindings.len; k++)
            if (binder->nonlocal_bindings.data[k].name == binder->scopes.data[i]->own_name)
                peers->is_linked = false;
    }
}

static Variable *capture_of(const Scope *scope, const Variable *outer)
{
    for (uint32_t i = 0; i < scope->captures.len; i++)
        if (scope->captures.data[i]->outer == outer)
            return scope->captures.data[i];
    return NULL;
}

/* Lets each member capture what all of them capture, in one order. */
static void unite_captures(Arena *arena, Peers *peers)
{
    Scope *first = peers->members.data[0], all = {0};
    for (uint32_t i = 0; i < peers->members.len; i++) {
        Scope *member = peers->members.data[i];
        for (uint32_t k = 0; k < member->captures.len; k++)
            if (!capture_of(&all, member->captures.data[k]->outer))
                vec_push(arena, &all.captures, member->captures.data[k]);
    }
    for (uint32_t i = 0; i < peers->members.len; i++) {
        Scope *member = peers->members.data[i], united = {0};
        for (uint32_t k = 0; k < all.captures.len; k++) {
            Variable *model = all.captures.data[k], *own = capture_of(member, model->outer);
            if (!own) {
                own = ARENA_NEW(arena, Variable);
                *own = *model;
            }
            own->index = k;
            if (first->born < own->outer->captured_first)
                own->outer->captured_first = first->born;
            vec_push(arena, &united.captures, own);
        }
        member->captures.data = united.captures.data;
        member->captures.len = united.captures.len;
        member->captures.cap = united.captures.cap;
    }
    peers->is_linked = false; /* done */
}

static void resolve_all(Binder *binder, NameList free)
{
    link_peers(binder);
    for (uint32_t i = 0; i < binder->nonlocal_bindings.len; i++) {
        Use *use = &binder->nonlocal_bindings.data[i];
        Variable *root = resolve(binder->arena, use->scope, use->name, free);
        while (root->kind == VARIABLE_CAPTURE || root->kind == VARIABLE_SELF ||
               root->kind == VARIABLE_PEER)
            root = root->outer;
        root->is_cell = root->kind == VARIABLE_LOCAL;
        root->is_deleted |= use->unbinds;
    }
    for (uint32_t i = 0; i < binder->uses.len; i++)
        resolve(binder->arena, binder->uses.data[i].scope, binder->uses.data[i].name, free);
    for (uint32_t i = 0; i < binder->scopes.len; i++)
        if (binder->scopes.data[i]->peers && binder->scopes.data[i]->peers->is_linked)
            unite_captures(binder->arena, binder->scopes.data[i]->peers);
    for (uint32_t i = 0; i < binder->scopes.len; i++) {
        Scope *scope = binder->scopes.data[i];
        for (uint32_t k = 0; k < scope->locals.len; k++) {
            Variable *local = scope->locals.data[k];
            local->is_cell |= local->bound_last > local->captured_first;
            local->is_bound_first &= local->bound_first <= local->captured_first;
        }
    }
}

Scope *scope_analyse(Arena *arena, Node *function, NameList free)
{
    Binder binder = {
        .walk = {bind_name, unbind_name, use_name, enter_function, change_loop, declare,
                 note_yield, false, 0, 0},
        .arena = arena,
    };
    collect_function(&binder, function);
    resolve_all(&binder, free);
    return scope_of(function);
}

Scope *scope_of(const Node *function)
{
    return function->kind == NODE_LAMBDA ? ((const AstLambda *)function)->scope
                                         : ((const AstFunctionDef *)function)->scope;
}

AstArguments *scope_arguments(const Node *function)
{
    Node *arguments = function->kind == NODE_LAMBDA ? ((const AstLambda *)function)->args
                                                    : ((const AstFunctionDef *)function)->args;
    return (AstArguments *)arguments;
}

Variable *scope_variable(const Scope *scope, const Symbol *name)
{
    return map_get(&scope->variables, map_key(name));
}

const Variable *scope_root(const Variable *variable)
{
    while (variable->kind == VARIABLE_CAPTURE)
        variable = variable->outer;
    return variable;
}

bool scope_is_cell(const Variable *variable)
{
    return scope_root(variable)->is_cell;
}

bool scope_cell_may_be_unbound(const Variable *variable)
{
    const Variable *root = scope_root(variable);
    return root->is_deleted || !(root->is_param || root->is_bound_first);
}

/* ---- what nodes bind ---- */

typedef struct Marker {
    Walk walk;
    const Scope *scope;
    uint8_t *flags;
} Marker;

static void mark(Marker *marker, const Symbol *name, uint8_t flag)
{
    const Variable *variable = scope_variable(marker->scope, name);
    if (variable && variable->kind == VARIABLE_LOCAL && !variable->is_cell)
        marker->flags[variable->index] |= flag;
}

static void mark_bind(Walk *walk, const Symbol *name, Node *by)
{
    (void)by;
    mark((Marker *)walk, name, SCOPE_BOUND);
}

static void mark_unbind(Walk *walk, const Symbol *name)
{
    mark((Marker *)walk, name, SCOPE_BOUND | SCOPE_UNBOUND);
}

static void ignore_use(Walk *walk, const Symbol *name)
{
    (void)walk;
    (void)name;
}

static void ignore_loop(Walk *walk, int change)
{
    (void)walk;
    (void)change;
}

static void ignore_yield(Walk *walk)
{
    (void)walk;
}

void scope_mark_bound(const Scope *scope, Node *const *nodes, uint32_t count, uint8_t *flags)
{
    Marker marker = {
        .walk = {mark_bind, mark_unbind, ignore_use, walk_nothing, ignore_loop, walk_nothing,
                 ignore_yield, false, 0, 0},
        .scope = scope,
        .flags = flags,
    };
    for (uint32_t i = 0; i < count; i++)
        walk_maybe(&marker.walk, nodes[i]);
}
