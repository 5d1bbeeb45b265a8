/* Targets: what stands left of = in its many forms, and del. */
#include "lower/lowering.h"

static void refuse_outer(Lower *l, const Variable *variable, const Node *at)
{
    if (variable->kind == VARIABLE_GLOBAL)
        flow_refuse(l, at, E_STATEMENT, "return the value and assign it in Python",
                    "'%s' is global: a compiled function cannot assign to it",
                    variable->name->text);
    else
        flow_refuse(l, at, E_STATEMENT, "return the value and assign it in Python",
                    "'%s' belongs to an enclosing function that is not compiled: a compiled "
                    "function cannot assign to it",
                    variable->name->text);
}

static void store_cell(Lower *l, Value *slot, Value *value, const Node *at)
{
    if (!value)
        value = flow_emit(l, OP_PY_UNBOUND, at, NULL, 0, (Attr){0});
    flow_emit2(l, OP_SLOT_STORE, at, slot, value);
}

/* The first binding of a cell that nothing captured before. */
static Value *open_cell(Lower *l, const Symbol *name, Value *value, const Node *at)
{
    Value *slot = flow_emit1(l, OP_SLOT_NEW, at, value);
    slot->name = name;
    return slot;
}

static bool is_captured(const Code *code, const Symbol *name)
{
    for (uint32_t i = 0; i < code->capture_count; i++)
        if (code->captures[i] == name)
            return true;
    return false;
}

/* The number type that the `locals` option gives a variable, or NULL. */
static const Type *wanted_type(const Lower *l, const Symbol *name)
{
    const Code *code = l->code;
    while (code->parent && is_captured(code, name))
        code = code->parent;
    for (uint32_t i = 0; i < code->local_type_count; i++)
        if (code->local_types[i].name == name)
            return code->local_types[i].type;
    return NULL;
}

/* As a call of the class has it: numpy.float32(value), builtins.int(value). */
Value *assign_convert(Lower *l, const Symbol *variable, Value *value, const Node *at)
{
    const Type *type = wanted_type(l, variable);
    if (!type)
        return value;
    static const char *const python[] = {"bool", "int", "int", "float", "complex"};
    bool is_python = scalar_is_weak(type->scalar);
    const char *name =
        is_python ? python[scalar_class(type->scalar)] : scalar_name(type->scalar);
    Interner *names = l->c->names;
    Attr module = {.name = intern_cstr(names, is_python ? "builtins" : "numpy")};
    Attr class = {.name = intern_cstr(names, name)};
    Value *args[2] = {flow_emit(l, OP_PY_IMPORT, at, NULL, 0, module), value};
    args[0] = flow_emit(l, OP_PY_ATTR, at, args, 1, class);
    CallSpec *call = ARENA_NEW(l->func->arena, CallSpec);
    call->positional = 1;
    return flow_emit(l, OP_PY_CALL, at, args, 2, (Attr){.call = call});
}

/* value NULL: unbinds. */
static void bind(Lower *l, const Symbol *name, Value *value, const Node *at)
{
    const Variable *variable = scope_variable(l->scope, name);
    if (value)
        value = assign_convert(l, name, value, at);
    if (variable->kind == VARIABLE_LOCAL && !variable->is_cell)
        flow_bind(l, variable->index, value, at);
    else if (variable->kind == VARIABLE_LOCAL && l->env[variable->index].value)
        store_cell(l, l->env[variable->index].value, value, at);
    else if (variable->kind == VARIABLE_LOCAL)
        l->env[variable->index].value = open_cell(l, name, value, at);
    else if (variable->kind == VARIABLE_CAPTURE)
        store_cell(l, l->captures[variable->index], value, at);
    else
        refuse_outer(l, variable, at);
}

void assign_name(Lower *l, const Symbol *name, Value *value, const Node *at)
{
    bind(l, name, value, at);
}

void assign_unbind(Lower *l, const Symbol *name, const Node *at)
{
    bind(l, name, NULL, at);
}

static void assign_elements(Lower *l, NodeList elements, Value *value, const Node *at)
{
    int64_t star = -1;
    for (uint32_t i = 0; i < elements.len; i++)
        if (elements.data[i]->kind == NODE_STARRED)
            star = i;
    Op *op = flow_append(l, OP_PY_UNPACK, at, &value, 1, elements.len);
    op->attr.integer = star;
    for (uint32_t i = 0; i < elements.len; i++)
        assign_target(l, elements.data[i], op_result(op, i));
}

static void assign_subscript(Lower *l, AstSubscript *target, Value *value)
{
    Value *args[3] = {expression_lower(l, target->value)};
    args[1] = expression_lower(l, target->slice);
    args[2] = value;
    flow_emit(l, OP_PY_SET_INDEX, &target->node, args, 3, (Attr){0});
}

static void assign_attribute(Lower *l, AstAttribute *target, Value *value)
{
    Value *args[2] = {expression_lower(l, target->value), value};
    flow_emit(l, OP_PY_SET_ATTR, &target->node, args, 2, (Attr){.name = target->attr});
}

void assign_target(Lower *l, Node *target, Value *value)
{
    if (target->kind == NODE_NAME)
        bind(l, ((AstName *)target)->id, value, target);
    else if (target->kind == NODE_TUPLE)
        assign_elements(l, ((AstTuple *)target)->elts, value, target);
    else if (target->kind == NODE_LIST)
        assign_elements(l, ((AstList *)target)->elts, value, target);
    else if (target->kind == NODE_STARRED)
        assign_target(l, ((AstStarred *)target)->value, value);
    else if (target->kind == NODE_SUBSCRIPT)
        assign_subscript(l, (AstSubscript *)target, value);
    else
        assign_attribute(l, (AstAttribute *)target, value);
}

void assign_delete(Lower *l, Node *target)
{
    if (target->kind == NODE_NAME) {
        expression_read(l, ((AstName *)target)->id, target); /* raises where it is unbound */
        bind(l, ((AstName *)target)->id, NULL, target);
    } else if (target->kind == NODE_SUBSCRIPT) {
        AstSubscript *subscript = (AstSubscript *)target;
        Value *of = expression_lower(l, subscript->value);
        flow_emit2(l, OP_PY_DEL_INDEX, target, of, expression_lower(l, subscript->slice));
    } else if (target->kind == NODE_TUPLE) {
        NodeList elements = ((AstTuple *)target)->elts;
        for (uint32_t i = 0; i < elements.len; i++)
            assign_delete(l, elements.data[i]);
    } else {
        flow_refuse(l, target, E_STATEMENT, NULL, "deleting this is not compiled");
    }
}

/* ---- x OP= y: the object and the index are evaluated once ---- */

static Value *operate(Lower *l, AstAugAssign *assign, Value *old)
{
    Value *args[2] = {old, expression_lower(l, assign->value)};
    int64_t op = expression_binary(assign->op) | BINARY_IN_PLACE;
    return flow_emit(l, OP_PY_BINARY, &assign->node, args, 2, (Attr){.integer = op});
}

static void augment_subscript(Lower *l, AstAugAssign *assign, AstSubscript *target)
{
    Value *args[3] = {expression_lower(l, target->value)};
    args[1] = expression_lower(l, target->slice);
    args[2] = operate(l, assign, flow_emit2(l, OP_PY_INDEX, &target->node, args[0], args[1]));
    flow_emit(l, OP_PY_SET_INDEX, &target->node, args, 3, (Attr){0});
}

static void augment_attribute(Lower *l, AstAugAssign *assign, AstAttribute *target)
{
    Attr name = {.name = target->attr};
    Value *args[2] = {expression_lower(l, target->value)};
    args[1] = operate(l, assign, flow_emit(l, OP_PY_ATTR, &target->node, args, 1, name));
    flow_emit(l, OP_PY_SET_ATTR, &target->node, args, 2, name);
}

void assign_augment(Lower *l, AstAugAssign *assign)
{
    Node *target = assign->target;
    if (target->kind == NODE_SUBSCRIPT)
        augment_subscript(l, assign, (AstSubscript *)target);
    else if (target->kind == NODE_ATTRIBUTE)
        augment_attribute(l, assign, (AstAttribute *)target);
    else
        assign_target(l, target,
                      operate(l, assign, expression_read(l, ((AstName *)target)->id, target)));
}
