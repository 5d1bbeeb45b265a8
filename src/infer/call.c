/* Rules of calls: matching arguments to parameters, choosing what is called.
 *
 * One matcher serves functions compiled along (their Params) and primitives (their params text). Its outcome
 * is a Plan that says for each parameter where the value comes from; specialise carries it out.
 */
#include <string.h>

#include "infer/primitive.h"
#include "infer/rules.h"

enum { MAX_PARAMS = 64 };

/* What a callee takes, whoever it is. */
typedef struct Callee {
    const char *name;
    Code *code; /* NULL: a primitive or class */
    uint32_t count;
    struct {
        const char *name;
        bool optional, star, positional_only, keyword_only;
    } params[MAX_PARAMS];
} Callee;

/* What a call gives: positional args first, then those with a keyword. */
typedef struct Given {
    Arg *args;
    uint32_t positional, count;
} Given;

/* Defaults of inner functions are elements of the function value; the others the resolver knows. */
static const Binding *fallback_of(Infer *s, Code *code, uint32_t param)
{
    const Resolver *resolver = s->c->resolver;
    Binding *binding = ARENA_NEW(s->arena, Binding);
    *binding = (Binding){.hidden = -1};
    if (!code->parent && resolver->fallback)
        resolver->fallback(resolver->context, code, param, binding);
    return code->parent ? NULL : binding;
}

/* "numpy.sum" → "sum": as the user called it. */
static const char *last_name(const char *qualname)
{
    const char *dot = strrchr(qualname, '.');
    return dot ? dot + 1 : qualname;
}

static Callee callee_of_code(Code *code)
{
    Callee callee = {.name = code->name->text, .code = code, .count = code->param_count};
    for (uint32_t i = 0; i < code->param_count && i < MAX_PARAMS; i++) {
        const Param *param = &code->params[i];
        callee.params[i].name = param->name->text;
        callee.params[i].optional = param->has_default;
        callee.params[i].star = param->kind == PARAM_STAR;
        callee.params[i].positional_only = param->kind == PARAM_POSITIONAL_ONLY;
        callee.params[i].keyword_only = param->kind == PARAM_KEYWORD_ONLY;
    }
    return callee;
}

/* "x,axis?,*rest": params up to a / are positional only. */
static Callee callee_of_primitive(Infer *s, const Primitive *primitive)
{
    const char *dot = strrchr(primitive->name, '.');
    Callee callee = {.name = dot ? dot + 1 : primitive->name};
    for (const char *at = primitive->params; *at;) {
        size_t length = strcspn(at, ",");
        bool star = *at == '*';
        size_t name = strcspn(at + star, "?,/");
        callee.params[callee.count].name = arena_strndup(s->arena, at + star, name);
        callee.params[callee.count].star = star;
        callee.params[callee.count].optional = memchr(at, '?', length) != NULL;
        callee.params[callee.count++].positional_only = strchr(at, '/') != NULL;
        at += length + (at[length] == ',');
    }
    return callee;
}

/* ---- matching ---------------------------------------------------------------------------------- */

static void give(Infer *s, Given *given, const Arg *arg)
{
    Arg *grown = ARENA_ARRAY(s->arena, Arg, given->count + 1);
    if (given->count)
        memcpy(grown, given->args, given->count * sizeof *grown);
    grown[given->count++] = *arg;
    given->args = grown;
}

/* Positional operands, starred tuples opened. */
static bool give_operands(Infer *s, Op *op, const CallSpec *spec, Given *given)
{
    for (uint32_t i = 0; i < spec->positional; i++) {
        const Type *type = infer_arg(s, op, i + 1);
        if (!(spec->stars >> i & 1)) {
            Arg arg = {.from = ARG_OPERAND, .operand = i + 1, .type = type};
            give(s, given, &arg);
            continue;
        }
        if (type->kind != TYPE_TUPLE) {
            infer_error(s, infer_span(op, i + 1), E_ARGUMENT,
                        "only tuples can be passed with *; this is %s",
                        infer_describe(s, type));
            return false;
        }
        for (uint32_t j = 0; j < type->count; j++) {
            Arg arg = {
                .from = ARG_ELEMENT, .operand = i + 1, .element = j, .type = type->elements[j]};
            give(s, given, &arg);
        }
    }
    given->positional = given->count;
    for (uint32_t i = 0; i < spec->keyword_count; i++) {
        uint32_t operand = 1 + spec->positional + i;
        Arg arg = {.from = ARG_OPERAND,
                   .operand = operand,
                   .type = infer_arg(s, op, operand),
                   .keyword = spec->keywords[i]};
        give(s, given, &arg);
    }
    return true;
}

static bool count_error(Infer *s, const Callee *callee, uint32_t given)
{
    uint32_t most = 0, least = 0;
    for (uint32_t i = 0; i < callee->count; i++) {
        most += !callee->params[i].keyword_only;
        least += !callee->params[i].keyword_only && !callee->params[i].optional;
    }
    infer_error(s, (Span){0}, E_ARGUMENT_COUNT,
                "%s() takes %s%u positional argument%s but %u %s given", callee->name,
                least < most ? "at most " : "", most, most == 1 ? "" : "s", given,
                given == 1 ? "was" : "were");
    return false;
}

/* Positional args fill params from the left; a star takes the rest. */
static bool match_positional(Infer *s, const Callee *callee, const Given *given, Arg *out)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < callee->count; i++) {
        if (callee->params[i].star) {
            out[i] = (Arg){.from = ARG_TUPLE,
                           .parts = given->args + at,
                           .part_count = given->positional - at};
            at = given->positional;
        } else if (at < given->positional && !callee->params[i].keyword_only) {
            out[i] = given->args[at++];
        }
    }
    return at == given->positional || count_error(s, callee, given->positional);
}

static bool match_keyword(Infer *s, const Callee *callee, const Arg *arg, Arg *out)
{
    const char *names[MAX_PARAMS];
    size_t count = 0;
    for (uint32_t i = 0; i < callee->count; i++) {
        if (callee->params[i].star || callee->params[i].positional_only)
            continue;
        names[count++] = callee->params[i].name;
        if (strcmp(callee->params[i].name, arg->keyword->text) != 0)
            continue;
        if (out[i].from != ARG_MISSING) {
            infer_error(s, infer_span(s->op, arg->operand), E_KEYWORD,
                        "%s() got multiple values for argument '%s'", callee->name,
                        arg->keyword->text);
            return false;
        }
        out[i] = *arg;
        return true;
    }
    infer_error(s, infer_span(s->op, arg->operand), E_KEYWORD,
                "%s() got an unexpected keyword argument '%s'", callee->name,
                arg->keyword->text);
    const char *nearest = diag_nearest(arg->keyword->text, names, count);
    if (nearest)
        infer_note(s, (Span){0}, "did you mean '%s'?", nearest);
    return false;
}

static bool match_defaults(Infer *s, const Callee *callee, Arg *out)
{
    for (uint32_t i = 0; i < callee->count; i++) {
        const Binding *fallback = NULL;
        if (out[i].from == ARG_MISSING && callee->params[i].optional && callee->code)
            fallback = fallback_of(s, callee->code, i);
        if (fallback) {
            out[i].from = ARG_BINDING;
            out[i].binding = fallback;
            out[i].type = infer_binding_type(s, out[i].binding);
            if (!out[i].type) {
                infer_error(s, (Span){0}, E_OBJECT,
                            "the default of %s()'s '%s' cannot be compiled: pass the argument",
                            callee->name, callee->params[i].name);
                return false;
            }
        } else if (out[i].from == ARG_MISSING && !callee->params[i].optional) {
            infer_error(s, (Span){0}, E_ARGUMENT_COUNT, "%s() missing required argument: '%s'",
                        callee->name, callee->params[i].name);
            return false;
        }
    }
    return true;
}

static void type_stars(Infer *s, const Callee *callee, Arg *out)
{
    for (uint32_t i = 0; i < callee->count; i++) {
        if (out[i].from != ARG_TUPLE)
            continue;
        const Type **types = ARENA_ARRAY(s->arena, const Type *, out[i].part_count);
        for (uint32_t j = 0; j < out[i].part_count; j++)
            types[j] = out[i].parts[j].type;
        out[i].type = type_tuple(s->c->types, types, out[i].part_count, NULL);
    }
}

static Arg *match(Infer *s, const Callee *callee, const Given *given)
{
    Arg *out = ARENA_ARRAY(s->arena, Arg, callee->count);
    if (callee->count > MAX_PARAMS) {
        infer_error(s, (Span){0}, E_ARGUMENT_COUNT, "%s() has more than %d parameters",
                    callee->name, MAX_PARAMS);
        return NULL;
    }
    if (!match_positional(s, callee, given, out))
        return NULL;
    for (uint32_t i = given->positional; i < given->count; i++)
        if (!match_keyword(s, callee, &given->args[i], out))
            return NULL;
    if (!match_defaults(s, callee, out))
        return NULL;
    type_stars(s, callee, out);
    return out;
}

/* ---- what is called ------------------------------------------------------------------------------- */

static Plan *plan_new(Infer *s, PlanKind kind, Arg *args, uint32_t count)
{
    Plan *plan = ARENA_NEW(s->arena, Plan);
    plan->kind = kind;
    plan->args = args;
    plan->arg_count = count;
    infer_fact(s, s->op)->plan = plan;
    return plan;
}

/* A callee asks for the value of an argument: pass the wish on to a parameter of ours it comes from. */
static void pass_wish(Infer *s, const Code *code, Arg *args)
{
    for (uint32_t i = 0; i < code->param_count; i++)
        if (code->params[i].wants_const && args[i].from == ARG_OPERAND &&
            args[i].type->kind == TYPE_SCALAR) {
            const Type *known = infer_constant(s, op_arg(s->op, args[i].operand));
            if (known)
                args[i].type = known;
        }
}

static const Type *call_code(Infer *s, Code *code, const Type *const *captures,
                             uint32_t capture_count, Arg *args)
{
    if (code->is_generator)
        return infer_error(s, (Span){0}, E_FUNCTION,
                           "'%s' is a generator: generators are not compiled yet",
                           code->name->text);
    pass_wish(s, code, args);
    uint32_t count = code->param_count + capture_count;
    const Type **types = ARENA_ARRAY(s->arena, const Type *, count);
    for (uint32_t i = 0; i < code->param_count; i++)
        types[i] = args[i].type;
    for (uint32_t i = 0; i < capture_count; i++)
        types[code->param_count + i] = captures[i];
    Plan *plan = plan_new(s, PLAN_INSTANCE, args, code->param_count);
    plan->callee = infer_instance(s, code, types, count);
    return infer_await(s, plan->callee);
}

static const Type *call_function(Infer *s, const Type *function, const Given *given)
{
    Code *code = function->code;
    Callee callee = callee_of_code(code);
    /* Elements: captures, then the values of defaults of an inner function. */
    uint32_t at = code->capture_count;
    Arg *args = match(s, &callee, given);
    if (!args)
        return NULL;
    for (uint32_t i = 0; i < callee.count; i++) {
        if (!callee.params[i].optional || !code->parent)
            continue;
        if (args[i].from == ARG_MISSING || args[i].from == ARG_BINDING)
            args[i] = (Arg){.from = ARG_ELEMENT,
                            .operand = 0,
                            .element = at,
                            .type = function->elements[at]};
        at++;
    }
    return call_code(s, code, function->elements, code->capture_count, args);
}

const Type *infer_library(Infer *s, const char *qualname, Arg *args, uint32_t count)
{
    const Resolver *resolver = s->c->resolver;
    Code *code = resolver->library ? resolver->library(resolver->context, qualname) : NULL;
    if (!code)
        return infer_error(s, (Span){0}, E_FUNCTION,
                           "%s is not implemented in compiled code for %s", qualname,
                           count ? infer_describe(s, args[0].type) : "no arguments");
    Given given = {.args = args, .positional = count, .count = count};
    Callee callee = callee_of_code(code);
    callee.name = last_name(qualname);
    Arg *matched = match(s, &callee, &given);
    return matched ? call_code(s, code, NULL, 0, matched) : NULL;
}

const Type *infer_library_of_builtin(Infer *s, const char *qualname, const char *builtin,
                                     const Arg *args, uint32_t count)
{
    Arg *all = ARENA_ARRAY(s->arena, Arg, count + 1);
    Binding *bindings = ARENA_ARRAY(s->arena, Binding, 2);
    bindings[0] = (Binding){.type = type_compound(s->c->types, TYPE_BUILTIN,
                                                  intern_cstr(s->c->names, builtin), NULL, 0),
                            .hidden = -1};
    bindings[1] = (Binding){.type = s->c->types->none, .hidden = -1};
    all[0] = (Arg){.from = ARG_BINDING, .binding = &bindings[0], .type = bindings[0].type};
    for (uint32_t i = 0; i < count; i++) {
        all[i + 1] = args[i];
        all[i + 1].keyword = NULL;
        if (args[i].from == ARG_MISSING)
            all[i + 1] =
                (Arg){.from = ARG_BINDING, .binding = &bindings[1], .type = bindings[1].type};
    }
    return infer_library(s, qualname, all, count + 1);
}

static const Type *call_primitive(Infer *s, const Primitive *primitive, const Given *given)
{
    Callee callee = callee_of_primitive(s, primitive);
    Arg *args = match(s, &callee, given);
    if (!args)
        return NULL;
    Plan *plan = plan_new(s, PLAN_PRIMITIVE, args, callee.count);
    plan->primitive = primitive;
    return primitive->rule(s, primitive, args);
}

static const Type *call_named(Infer *s, const char *qualname, const Given *given)
{
    const Primitive *primitive = primitive_find(qualname);
    if (primitive)
        return call_primitive(s, primitive, given);
    const Resolver *resolver = s->c->resolver;
    Code *code = resolver->library ? resolver->library(resolver->context, qualname) : NULL;
    if (code) {
        Callee callee = callee_of_code(code);
        callee.name = last_name(qualname);
        Arg *args = match(s, &callee, given);
        return args ? call_code(s, code, NULL, 0, args) : NULL;
    }
    infer_error(s, infer_span(s->op, 0), E_FUNCTION, "%s is not implemented in compiled code",
                qualname);
    infer_note(
        s, (Span){0},
        "call it outside, or write it in Python: what compiled code calls is compiled along");
    return NULL;
}

static const Type *call_named_tuple(Infer *s, const ClassInfo *info, const Given *given)
{
    Callee callee = {.name = info->name->text, .count = info->count};
    for (uint32_t i = 0; i < info->count && i < MAX_PARAMS; i++)
        callee.params[i].name = info->fields[i]->text;
    for (uint32_t i = 0; i < info->count && i < MAX_PARAMS; i++)
        callee.params[i].optional = info->values[i].type != NULL;
    Arg *args = match(s, &callee, given);
    if (!args)
        return NULL;
    plan_new(s, PLAN_NAMED_TUPLE, args, info->count)->class_info = info;
    const Type **types = ARENA_ARRAY(s->arena, const Type *, info->count);
    for (uint32_t i = 0; i < info->count; i++)
        types[i] = args[i].from == ARG_MISSING ? info->values[i].type : args[i].type;
    return type_tuple(s->c->types, types, info->count, info);
}

static bool is_exception(Infer *s, const Type *type)
{
    const Symbol *base = intern_cstr(s->c->names, "builtins.BaseException");
    const Type *root = type_compound(s->c->types, TYPE_BUILTIN, base, NULL, 0);
    return s->c->resolver->is_subclass(s->c->resolver->context, type, root);
}

/* An exception made: its class first, then its arguments. */
static const Type *call_exception(Infer *s, const Type *class, const Given *given)
{
    const Type **types = ARENA_ARRAY(s->arena, const Type *, given->count + 1);
    types[0] = class;
    for (uint32_t i = 0; i < given->count; i++)
        types[i + 1] = given->args[i].type;
    plan_new(s, PLAN_EXCEPTION, given->args, given->count);
    const Symbol *name = class->kind == TYPE_CLASS ? class->class_info->name : class->name;
    return type_compound(s->c->types, TYPE_EXCEPTION, name, types, given->count + 1);
}

const Type *infer_call_method(Infer *s, const Type *function, Arg *args, uint32_t count)
{
    Given given = {.args = args, .positional = count, .count = count};
    if (function->kind == TYPE_FUNCTION)
        return call_function(s, function, &given);
    return infer_error(s, (Span){0}, E_FUNCTION, "%s cannot be called as a method",
                       infer_describe(s, function));
}

static Given with_self(Infer *s, const Arg *self, const Given *given)
{
    Given all = {0};
    give(s, &all, self);
    for (uint32_t i = 0; i < given->count; i++)
        give(s, &all, &given->args[i]);
    all.positional = given->positional + 1;
    return all;
}

const Type *infer_call(Infer *s, Op *op, const Type *callee, const CallSpec *spec)
{
    Given given = {0};
    if (!give_operands(s, op, spec, &given))
        return NULL;
    const Arg self = {.from = ARG_OPERAND, .operand = 0, .type = callee},
              element = {.from = ARG_ELEMENT,
                         .operand = 0,
                         .type = callee->count ? callee->elements[0] : NULL};
    switch (callee->kind) {
    case TYPE_FUNCTION:
        return call_function(s, callee, &given);
    case TYPE_METHOD:
        given = with_self(s, &element, &given);
        if (callee->count > 1)
            return call_function(s, callee->elements[1], &given);
        return call_named(s, callee->name->text, &given);
    case TYPE_BUILTIN:
        if (!primitive_find(callee->name->text) && is_exception(s, callee))
            return call_exception(s, callee, &given);
        return call_named(s, callee->name->text, &given);
    case TYPE_CLASS:
        if (is_exception(s, callee))
            return call_exception(s, callee, &given);
        if (callee->class_info->fields && !callee->class_info->is_enum &&
            !callee->class_info->has_own_new)
            return call_named_tuple(s, callee->class_info, &given);
        break;
    case TYPE_TUPLE:
    case TYPE_ENUM:
        given = with_self(s, &self, &given);
        if (infer_method(s, callee, "__call__"))
            return call_function(s, infer_method(s, callee, "__call__"), &given);
        break;
    case TYPE_DTYPE:
        return call_named(s,
                          arena_printf(s->arena, "numpy.%s",
                                       callee->scalar == SCALAR_NP_BOOL
                                           ? "bool"
                                           : scalar_name(callee->scalar)),
                          &given);
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_NONE:
    case TYPE_SCALAR:
    case TYPE_CONST:
    case TYPE_STR:
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
    case TYPE_ARRAY:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_ELLIPSIS:
    case TYPE_MODULE:
    case TYPE_ITER:
    case TYPE_SLOT:
    case TYPE_EXCEPTION:
    case TYPE_POINTER:
        break;
    }
    infer_error(s, infer_span(op, 0), E_NOT_CALLABLE, "%s cannot be called in compiled code",
                infer_describe(s, callee));
    return NULL;
}

bool infer_op_PY_CALL(Infer *s, Op *op)
{
    const Type *type = infer_call(s, op, infer_value_type(infer_arg(s, op, 0)), op->attr.call);
    return infer_done(s, op, type);
}
