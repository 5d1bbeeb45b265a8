/* Calls: carrying out the plans that inference made. */
#include "specialise/spec.h"
#include "types/layout.h"

static Value *call_instance(Spec *s, const Op *op, const Plan *plan)
{
    Instance *callee = plan->callee;
    Func *func = spec_func(s, callee);
    Value **args = ARENA_ARRAY(s->arena, Value *, callee->arg_count);
    for (uint32_t i = 0; i < plan->arg_count; i++)
        args[i] = spec_coerce(s, spec_plan_arg(s, op, &plan->args[i]), callee->args[i]);
    for (uint32_t i = plan->arg_count; i < callee->arg_count; i++) {
        const Type *type = callee->args[i];
        uint32_t capture = i - plan->arg_count;
        args[i] = layout_part_count(type) ? build_extract(&s->b, spec_arg(s, op, 0), capture)
                                          : build_nothing(&s->b, type);
    }
    if (spec_is_dead(s))
        return build_nothing(&s->b, func->result);
    return build_op(&s->b, OP_CALL, func->result, args, callee->arg_count,
                    (Attr){.func = func});
}

static PrimitiveSpec *const primitives[PRIMITIVE_COUNT] = {
#define PRIMITIVE(id, name, params, rule) [PRIMITIVE_##id] = spec_prim_##id,
#include "infer/primitive.def"
#undef PRIMITIVE
    [PRIMITIVE_UFUNC] = spec_prim_ufunc,
    [PRIMITIVE_MATH] = spec_prim_math,
    [PRIMITIVE_SCALAR_CLASS] = spec_prim_scalar_class,
};

static Value *call_primitive(Spec *s, const Op *op, const Plan *plan)
{
    Value **args = ARENA_ARRAY(s->arena, Value *, plan->arg_count);
    for (uint32_t i = 0; i < plan->arg_count; i++)
        args[i] = spec_plan_arg(s, op, &plan->args[i]);
    return primitives[plan->primitive->id](s, op, plan, args);
}

static Value *pack_plan(Spec *s, const Op *op, const Plan *plan, const Type *type,
                        uint32_t from)
{
    Value **elements = ARENA_ARRAY(s->arena, Value *, type->count);
    for (uint32_t i = 0; i < from; i++)
        elements[i] = build_nothing(&s->b, type->elements[i]);
    for (uint32_t i = 0; i < plan->arg_count; i++)
        elements[i + from] = plan->args[i].from == ARG_MISSING
                                 ? spec_class_value(s, &plan->class_info->values[i])
                                 : spec_plan_arg(s, op, &plan->args[i]);
    return build_pack(&s->b, type, elements);
}

Value *spec_plan(Spec *s, const Op *op, const Plan *plan)
{
    switch (plan->kind) {
    case PLAN_INSTANCE:
        return call_instance(s, op, plan);
    case PLAN_PRIMITIVE:
        return call_primitive(s, op, plan);
    case PLAN_NAMED_TUPLE:
        return pack_plan(s, op, plan, s->now->types[op->results[0].id], 0);
    case PLAN_EXCEPTION:
        return pack_plan(s, op, plan, s->now->types[op->results[0].id], 1);
    }
    return NULL;
}

void spec_op_PY_CALL(Spec *s, const Op *op)
{
    Value *value = spec_plan(s, op, s->now->facts[op->id].plan);
    if (value && !spec_is_dead(s) && s->now->types[op->results[0].id]->kind != TYPE_NEVER)
        spec_result(s, op, 0, value);
}
