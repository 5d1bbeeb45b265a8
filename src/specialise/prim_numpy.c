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

Value *spec_prim_ufunc(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    UfuncId ufunc = (UfuncId)plan->primitive->data;
    unsigned inputs = ufunc_inputs(ufunc);
    Value *out = args[inputs];
    ScalarKind dtype;
    bool has_dtype = args[inputs + 2] && infer_dtype_of(plan->args[inputs + 2].type, &dtype);
    if (out && out->type->kind == TYPE_NONE)
        out = NULL;
    if (out)
        out = spec_unwrap(s, out);
    if (out && out->type->kind == TYPE_TUPLE)
        out = spec_unwrap(s, build_extract(&s->b, out, 0));
    return spec_elementwise(s, ufunc, args, result_type(s, op), out, has_dtype ? &dtype : NULL);
}

Value *spec_prim_scalar_class(Spec *s, const Op *op, const Plan *plan, Value *const *args)
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

Value *spec_prim_REFUSE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    (void)args;
    return nothing(s, op); /* infer has left */
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

/* ---- arrays from displays, of other dtypes, products ------------------------------------------------------ */

static void store_nested(Spec *s, Value *array, Value *x, Value **indices, uint32_t depth)
{
    uint32_t ndim = array->type->array.ndim;
    x = spec_unwrap(s, x);
    if (depth == ndim) {
        Value **args = ARENA_ARRAY(s->arena, Value *, ndim + 2);
        args[0] = array;
        for (uint32_t i = 0; i < ndim; i++)
            args[i + 1] = indices[i];
        args[ndim + 1] = spec_stored(s, x, array->type->array.dtype);
        if (!spec_is_dead(s))
            build_op(&s->b, OP_STORE, NULL, args, ndim + 2, (Attr){0});
        return;
    }
    for (uint32_t i = 0; i < x->type->count; i++) {
        indices[depth] = build_int(&s->b, i);
        store_nested(s, array, build_extract(&s->b, x, i), indices, depth + 1);
    }
}

Value *spec_prim_FROM_TUPLE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op), *level = infer_value_type(args[0]->type);
    uint32_t ndim = type->array.ndim;
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
          **indices = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 0; i < ndim; i++) {
        dims[i] = build_int(&s->b, level->count);
        if (level->count && i + 1 < ndim)
            level = infer_value_type(level->elements[0]);
    }
    Value *array = spec_new_array(s, type, dims, false);
    store_nested(s, array, args[0], indices, 0);
    return array;
}

Value *spec_prim_REINTERPRET(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    uint32_t ndim = type->array.ndim;
    Value **strides = type->array.layout == LAYOUT_ANY ? shape_dims(s, args[4], ndim) : NULL;
    return spec_view(s, args[0], type, spec_int(s, args[2]), shape_dims(s, args[3], ndim),
                     strides);
}

Value *spec_prim_COPY(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Attr attr = {.name = intern_cstr(s->c->names, "rt_array_copy")};
    build_op(&s->b, OP_CALL_RUNTIME, NULL, args, 2, attr);
    return nothing(s, op);
}

Value *spec_prim_MATMUL(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Attr attr = {.name = intern_cstr(s->c->names, "rt_matmul")};
    build_op(&s->b, OP_CALL_RUNTIME, NULL, args, 3, attr);
    return nothing(s, op);
}

Value *spec_prim_DOT(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Attr attr = {.name = intern_cstr(s->c->names, "rt_dot")};
    return build_op(&s->b, OP_CALL_RUNTIME, result_type(s, op), args, 2, attr);
}

/* ---- tuples of ints ------------------------------------------------------------------------------------------ */

static Value *is_at(Spec *s, uint32_t i, Value *k)
{
    return build_compare(&s->b, OP_EQ, k, build_int(&s->b, i));
}

static Value *is_before(Spec *s, uint32_t i, Value *k)
{
    return build_compare(&s->b, OP_LT, build_int(&s->b, i), k);
}

/* values[:k] + values[k + 1:] */
Value *spec_prim_DROPPED(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    Value **values = shape_dims(s, args[0], type->count + 1), *k = spec_int(s, args[1]);
    for (uint32_t i = 0; i < type->count; i++)
        values[i] = build_select(&s->b, is_before(s, i, k), values[i], values[i + 1]);
    return build_pack(&s->b, type, values);
}

Value *spec_prim_REPLACED(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    Value **values = shape_dims(s, args[0], type->count), *k = spec_int(s, args[1]),
          *value = spec_int(s, args[2]);
    for (uint32_t i = 0; i < type->count; i++)
        values[i] = build_select(&s->b, is_at(s, i, k), value, values[i]);
    return build_pack(&s->b, type, values);
}

/* values[:k] + (value,) + values[k:] */
Value *spec_prim_INSERTED(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    uint32_t count = type->count - 1;
    Value **values = shape_dims(s, args[0], count), *k = spec_int(s, args[1]),
          *value = spec_int(s, args[2]), **all = ARENA_ARRAY(s->arena, Value *, type->count);
    for (uint32_t i = 0; i <= count; i++) {
        Value *after =
            i > 0 ? build_select(&s->b, is_at(s, i, k), value, values[i - 1]) : value;
        all[i] = i < count ? build_select(&s->b, is_before(s, i, k), values[i], after) : after;
    }
    return build_pack(&s->b, type, all);
}

/* The tuple of values[p] for p in positions, each in range. */
Value *spec_prim_PICKED(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *type = result_type(s, op);
    uint32_t count = infer_value_type(args[0]->type)->count;
    Value **values = shape_dims(s, args[0], count),
          **positions = shape_dims(s, args[1], type->count),
          **all = ARENA_ARRAY(s->arena, Value *, type->count);
    for (uint32_t i = 0; i < type->count; i++) {
        all[i] = count ? values[count - 1] : build_int(&s->b, 0);
        for (uint32_t j = 0; j + 1 < count; j++)
            all[i] = build_select(&s->b, is_at(s, j, positions[i]), values[j], all[i]);
    }
    return build_pack(&s->b, type, all);
}

/* The product of values[start:stop]. */
Value *spec_prim_PRODUCT(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    uint32_t count = infer_value_type(args[0]->type)->count;
    Value **values = shape_dims(s, args[0], count), *result = build_int(&s->b, 1),
          *one = result;
    Value *start = args[1] ? spec_int(s, args[1]) : NULL,
          *stop = args[2] ? spec_int(s, args[2]) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        Value *each = values[i];
        if (start)
            each = build_select(&s->b, is_before(s, i, start), one, each);
        if (stop)
            each = build_select(&s->b, is_before(s, i, stop), each, one);
        result = build_binary(&s->b, OP_MUL, result, each);
    }
    return result;
}
