/* Lowering of the primitives that are NumPy's, and of the library's intrinsics. */
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"
#include "types/layout.h"

static const Type *result_type(const Spec *s, const Op *op)
{
    return s->now->types[op->results[0].id];
}

static Value *nothing(Spec *s, const Op *op)
{
    return build_nothing(&s->b, result_type(s, op));
}

/* ---- element-wise functions -------------------------------------------------------------------------------- */

Value *spec_prim_UFUNC(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    UfuncId ufunc = (UfuncId)plan->primitive->data;
    unsigned inputs = ufunc_inputs(ufunc);
    Value *out = args[inputs];
    ScalarKind dtype;
    bool has_dtype = args[inputs + 2] && infer_dtype_of(plan->args[inputs + 2].type, &dtype);
    if (out && out->type->kind == TYPE_TUPLE)
        out = build_extract(&s->b, out, 0);
    if (out && out->type->kind == TYPE_NONE)
        out = NULL;
    return spec_elementwise(s, ufunc, args, result_type(s, op), out, has_dtype ? &dtype : NULL);
}

Value *spec_prim_SCALAR_CLASS(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    ScalarKind to = (ScalarKind)plan->primitive->data;
    if (!args[0])
        return build_convert(&s->b, build_int(&s->b, 0), result_type(s, op));
    Value *x = spec_unwrap(s, args[0]);
    if (x->type->kind == TYPE_ARRAY && x->type->array.ndim > 0)
        return spec_array_cast(s, x, to);
    return spec_operand(s, x, to);
}

/* ---- making arrays ---------------------------------------------------------------------------------------------- */

static Value **shape_dims(Spec *s, Value *shape, uint32_t ndim)
{
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim);
    shape = spec_unwrap(s, shape);
    for (uint32_t i = 0; i < ndim; i++)
        dims[i] = spec_int(s, shape->type->kind == TYPE_TUPLE ? build_extract(&s->b, shape, i)
                                                              : shape);
    return dims;
}

static Value *new_array(Spec *s, const Op *op, Value *const *args, bool zeroed)
{
    const Type *type = result_type(s, op);
    return spec_new_array(s, type, shape_dims(s, args[0], type->array.ndim), zeroed);
}

Value *spec_prim_NP_EMPTY(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return new_array(s, op, args, false);
}

Value *spec_prim_NP_ZEROS(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return new_array(s, op, args, true);
}

Value *spec_prim_NEW(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return new_array(s, op, args, false);
}

/* ---- types only ---------------------------------------------------------------------------------------------------- */

#define TYPE_ONLY(id)                                                                  \
    Value *spec_prim_##id(Spec *s, const Op *op, const Plan *plan, Value *const *args) \
    {                                                                                  \
        (void)plan;                                                                    \
        (void)args;                                                                    \
        return nothing(s, op);                                                         \
    }
TYPE_ONLY(NP_DTYPE)
TYPE_ONLY(IS_C)
TYPE_ONLY(PROMOTE)
TYPE_ONLY(DTYPE_OF)
#undef TYPE_ONLY

Value *spec_prim_STATIC(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return layout_part_count(result_type(s, op)) ? args[0] : nothing(s, op);
}

/* ---- intrinsics -------------------------------------------------------------------------------------------------------- */

/* As astype does it: without NEP 50's check. */
Value *spec_prim_CAST(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    Value *x = spec_unwrap(s, args[0]);
    if (type->kind == TYPE_ARRAY)
        return spec_array_cast(s, x, type->array.dtype);
    return spec_number(s, x, type->scalar);
}

Value *spec_prim_VIEW(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    uint32_t ndim = type->array.ndim;
    return spec_view(s, args[0], type, spec_int(s, args[1]), shape_dims(s, args[2], ndim),
                     shape_dims(s, args[3], ndim));
}

Value *spec_prim_VIEW_C(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    return spec_view(s, args[0], type, spec_int(s, args[1]),
                     shape_dims(s, args[2], type->array.ndim), NULL);
}

Value *spec_prim_READONLY(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return spec_coerce(s, args[0], result_type(s, op));
}

Value *spec_prim_LIBM(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    const Symbol *name;
    uint32_t count = plan->args[1].part_count;
    Value **values = ARENA_ARRAY(s->arena, Value *, count);
    type_is_const_str(plan->args[0].type, &name);
    for (uint32_t i = 0; i < count; i++)
        values[i] = spec_number(s, spec_plan_arg(s, op, &plan->args[1].parts[i]),
                                result_type(s, op)->scalar);
    return build_call_math(&s->b, name->text, values, count);
}

static OpCode op_named(const char *name)
{
    for (OpCode op = OP_ADD; op < OP_CALL_MATH; op++)
        if (strcmp(op_text(op), name) == 0)
            return op;
    return OP_COUNT;
}

Value *spec_prim_OP(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    const Symbol *name;
    uint32_t count = plan->args[1].part_count;
    Value *values[3];
    ScalarKind kind = SCALAR_INT;
    type_is_const_str(plan->args[0].type, &name);
    type_scalar_of(infer_value_type(plan->args[1].parts[0].type), &kind);
    for (uint32_t i = 0; i < count && i < 3; i++)
        values[i] = spec_number(s, spec_plan_arg(s, op, &plan->args[1].parts[i]), kind);
    OpCode code = op_named(name->text);
    if (code == OP_COUNT)
        diag_fail(s->c->diag, op->loc->span, E_INTERNAL, "no operation '%s'", name->text);
    return build_op(&s->b, code, result_type(s, op), values, count, (Attr){0});
}

Value *spec_prim_ROUND_DECIMAL(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Value *values[2] = {spec_number(s, args[0], SCALAR_FLOAT), spec_int(s, args[1])};
    Attr attr = {.name = intern_cstr(s->c->names, "rt_round_decimal")};
    return build_op(&s->b, OP_CALL_RUNTIME, result_type(s, op), values, 2, attr);
}

Value *spec_prim_OVERLAP(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    return build_op(&s->b, OP_ARRAY_OVERLAP, spec_scalar(s, SCALAR_BOOL), args, 2, (Attr){0});
}
