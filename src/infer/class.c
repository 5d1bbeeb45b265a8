/* Members of namedtuples and enums: methods, properties and class attributes of user's classes, and the
 * operators that they define. A method is an ordinary function with the value as its first argument. */
#include <string.h>

#include "infer/rules.h"

static const Type *class_of(Infer *s, const Type *x)
{
    bool has_class = (x->kind == TYPE_TUPLE || x->kind == TYPE_ENUM) && x->class_info &&
                     x->class_info != &s->c->types->list;
    return has_class ? type_class(s->c->types, x->class_info) : NULL;
}

bool infer_has_class(Infer *s, const Type *x)
{
    return class_of(s, infer_value_type(x)) != NULL;
}

static bool find_member(Infer *s, const Type *x, const char *name, MemberKind *kind,
                        Binding *out)
{
    const Resolver *resolver = s->c->resolver;
    const Type *class = class_of(s, x);
    *out = (Binding){.hidden = -1};
    return class && resolver->member &&
           resolver->member(resolver->context, class, intern_cstr(s->c->names, name), kind,
                            out) &&
           out->type;
}

const Type *infer_member(Infer *s, Op *op, const Type *x, const Symbol *name)
{
    MemberKind kind;
    Binding binding;
    if (!find_member(s, x, name->text, &kind, &binding))
        return NULL;
    const Type *pair[2] = {x, binding.type};
    Arg self = {.from = ARG_OPERAND, .operand = 0, .type = x};
    switch (kind) {
    case MEMBER_METHOD:
        return type_compound(s->c->types, TYPE_METHOD, name, pair, 2);
    case MEMBER_PROPERTY:
        return op ? infer_call_method(s, binding.type, &self, 1) : s->c->types->none;
    case MEMBER_VALUE:
        break;
    }
    if (op) {
        infer_fact(s, op)->binding = ARENA_NEW(s->arena, Binding);
        *infer_fact(s, op)->binding = binding;
    }
    return infer_binding_type(s, &binding);
}

const Type *infer_method(Infer *s, const Type *x, const char *name)
{
    MemberKind kind;
    Binding binding;
    bool is_method =
        find_member(s, infer_value_type(x), name, &kind, &binding) && kind == MEMBER_METHOD;
    return is_method ? binding.type : NULL;
}

/* NumPy's operators take a tuple for an array; nothing else looks at the right operand first. */
static bool defers(const Type *x)
{
    ScalarKind kind;
    return x->kind != TYPE_ARRAY && !(type_scalar_of(x, &kind) && !scalar_is_weak(kind));
}

bool infer_class_operator(Infer *s, const char *name, const char *reflected,
                          const Type **result)
{
    const Type *x = infer_arg(s, s->op, 0), *method = infer_method(s, x, name);
    Arg args[2] = {{.from = ARG_OPERAND, .operand = 0, .type = x}};
    uint32_t count = s->op->arg_count;
    if (count > 1)
        args[1] = (Arg){.from = ARG_OPERAND, .operand = 1, .type = infer_arg(s, s->op, 1)};
    if (!method && reflected && defers(x) &&
        (method = infer_method(s, args[1].type, reflected))) {
        Arg first = args[0];
        args[0] = args[1];
        args[1] = first;
    }
    if (method)
        *result = infer_call_method(s, method, args, count);
    return method != NULL;
}
