/* Subscripts: element loads and stores, views by basic indexing, tuples.
 *
 * An index is made non-negative and checked in the shape that passes/bounds recognises:
 *     w = select(i < 0, i + dim, i);  ok = (w >= 0) & (w < dim);  check ok
 */
#include "infer/index.h"
#include "infer/rules.h"
#include "specialise/spec.h"
#include "types/layout.h"

/* ---- indices -------------------------------------------------------------------------------------------------- */

Value *spec_check_index(Spec *s, Value *index, Value *dim, uint32_t axis)
{
    Value *zero = build_int(&s->b, 0), *i = spec_as_index(s, index);
    Constant storage;
    if (s->now->code->is_unchecked && !build_known(i, &storage))
        return i;
    Value *below = build_compare(&s->b, OP_LT, i, zero);
    Value *w = build_select(&s->b, below, build_binary(&s->b, OP_ADD, i, dim), i);
    if (spec_trusts_index(s))
        return w;
    Value *ok = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_GE, w, zero),
                             build_compare(&s->b, OP_LT, w, dim));
    Value *args[3] = {i, build_int(&s->b, axis), dim};
    spec_check(s, ok, "IndexError", "index %d is out of bounds for axis %d with size %d", args,
               3);
    return w;
}

Value *spec_load(Spec *s, Value *array, Value *const *indices)
{
    uint32_t ndim = array->type->array.ndim;
    Value **args = ARENA_ARRAY(s->arena, Value *, ndim + 1);
    args[0] = array;
    for (uint32_t i = 0; i < ndim; i++)
        args[i + 1] = indices[i];
    return build_op(&s->b, OP_LOAD, spec_scalar(s, array->type->array.dtype), args, ndim + 1,
                    (Attr){0});
}

Value *spec_view(Spec *s, Value *base, const Type *type, Value *offset, Value *const *dims,
                 Value *const *strides)
{
    uint32_t ndim = type->array.ndim, count = 0;
    Value **args = ARENA_ARRAY(s->arena, Value *, 2 + 2 * ndim);
    args[count++] = base;
    args[count++] = offset;
    for (uint32_t i = 0; i < ndim; i++)
        args[count++] = dims[i];
    for (uint32_t i = 0; i < ndim && type->array.layout == LAYOUT_ANY; i++)
        args[count++] = strides[i];
    return build_op(&s->b, OP_ARRAY_VIEW, type, args, count, (Attr){0});
}

Value *spec_new_array(Spec *s, const Type *type, Value *const *dims, bool zeroed)
{
    uint32_t ndim = type->array.ndim;
    Value *zero = build_int(&s->b, 0), *ok = build_bool(&s->b, true);
    for (uint32_t i = 0; i < ndim; i++)
        ok = build_binary(&s->b, OP_AND, ok, build_compare(&s->b, OP_GE, dims[i], zero));
    spec_check(s, ok, "ValueError", "negative dimensions are not allowed", NULL, 0);
    return build_op(&s->b, OP_ARRAY_NEW, type, dims, ndim, (Attr){.integer = zeroed});
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

typedef struct Range {
    Value *start, *step, *count;
} Range;

static bool is_one(Value *value)
{
    Constant storage;
    const Constant *known = build_known(value, &storage);
    return known && known->kind == CONSTANT_INT && known->integer == 1;
}

static Value *clamp(Spec *s, Value *x, Value *low, Value *high)
{
    Value *above = build_select(&s->b, build_compare(&s->b, OP_LT, x, low), low, x);
    return build_select(&s->b, build_compare(&s->b, OP_GT, above, high), high, above);
}

/* A bound as Python's slice.indices has it: negative from the end, clamped to [low, high]. */
static Value *bound(Spec *s, Value *given, Value *dim, Value *low, Value *high, Value *fallback)
{
    if (given->type->kind == TYPE_NONE)
        return fallback;
    if (given->type->kind == TYPE_OPTIONAL) {
        const Type *integer = spec_scalar(s, SCALAR_INT);
        Value *some =
            build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &given, 1, (Attr){0});
        SpecIf branch = spec_if(s, some, &integer, 1);
        Value *held =
            build_op(&s->b, OP_UNWRAP, given->type->elements[0], &given, 1, (Attr){0});
        Value *inside = bound(s, held, dim, low, high, fallback);
        spec_else(s, &branch, &inside, 1);
        spec_end(s, &branch, &fallback, 1);
        return op_result(branch.op, 0);
    }
    Value *x = spec_bound(s, given), *zero = build_int(&s->b, 0);
    Value *counted = build_select(&s->b, build_compare(&s->b, OP_LT, x, zero),
                                  build_binary(&s->b, OP_ADD, x, dim), x);
    return clamp(s, counted, low, high);
}

static Value *at_least_zero(Spec *s, Value *x)
{
    Value *zero = build_int(&s->b, 0);
    return build_select(&s->b, build_compare(&s->b, OP_LT, x, zero), zero, x);
}

/* (span - 1) // by + 1: by may be as large as an int is. */
static Value *steps(Spec *s, Value *span, Value *by)
{
    Value *one = build_int(&s->b, 1);
    Value *whole = build_binary(&s->b, OP_FLOORDIV, build_binary(&s->b, OP_SUB, span, one), by);
    return build_binary(&s->b, OP_ADD, whole, one);
}

static Range forward_range(Spec *s, Value *slice, Value *dim, Value *step)
{
    Value *zero = build_int(&s->b, 0);
    Value *start = bound(s, build_extract(&s->b, slice, 0), dim, zero, dim, zero);
    Value *stop = bound(s, build_extract(&s->b, slice, 1), dim, zero, dim, dim);
    Value *span = at_least_zero(s, build_binary(&s->b, OP_SUB, stop, start));
    return (Range){start, step, is_one(step) ? span : steps(s, span, step)};
}

/* With a step that may be negative. */
static Range any_range(Spec *s, Value *slice, Value *dim, Value *step)
{
    Value *zero = build_int(&s->b, 0), *one = build_int(&s->b, 1),
          *minus = build_int(&s->b, -1);
    Value *nonzero = build_compare(&s->b, OP_NE, step, zero);
    spec_check(s, nonzero, "ValueError", "slice step cannot be zero", NULL, 0);
    Value *least = build_int(&s->b, -INT64_MAX); /* that can be negated: as slices have it */
    step = build_select(&s->b, build_compare(&s->b, OP_LT, step, least), least, step);
    Value *back = build_compare(&s->b, OP_LT, step, zero),
          *last = build_binary(&s->b, OP_SUB, dim, one);
    Value *low = build_select(&s->b, back, minus, zero),
          *high = build_select(&s->b, back, last, dim);
    Value *start = bound(s, build_extract(&s->b, slice, 0), dim, low, high,
                         build_select(&s->b, back, last, zero));
    Value *stop = bound(s, build_extract(&s->b, slice, 1), dim, low, high,
                        build_select(&s->b, back, minus, dim));
    Value *up = build_binary(&s->b, OP_SUB, stop, start);
    Value *span =
        at_least_zero(s, build_select(&s->b, back, build_unary(&s->b, OP_NEG, up), up));
    Value *by = build_select(&s->b, back, build_unary(&s->b, OP_NEG, step), step);
    return (Range){start, step, steps(s, span, by)};
}

static Range slice_range(Spec *s, Value *slice, Value *dim)
{
    Value *given = build_extract(&s->b, slice, 2);
    Value *step = given->type->kind == TYPE_NONE ? build_int(&s->b, 1)
                                                 : spec_int(s, spec_unwrap(s, given));
    Constant storage;
    const Constant *known = build_known(step, &storage);
    if (known && known->kind == CONSTANT_INT && known->integer > 0)
        return forward_range(s, slice, dim, step);
    return any_range(s, slice, dim, step);
}

/* ---- views ------------------------------------------------------------------------------------------------------------ */

typedef struct View {
    Value *offset;
    Value *dims[INDEX_MAX], *strides[INDEX_MAX];
    uint32_t ndim;
} View;

static void keep_axis(Spec *s, View *view, Value *array, uint32_t axis)
{
    view->dims[view->ndim] = build_array_dim(&s->b, array, axis);
    view->strides[view->ndim++] = build_array_stride(&s->b, array, axis);
}

static void move(Spec *s, View *view, Value *by, Value *stride)
{
    view->offset =
        build_binary(&s->b, OP_ADD, view->offset, build_binary(&s->b, OP_MUL, by, stride));
}

static void take_slice(Spec *s, View *view, Value *array, uint32_t axis, Value *slice)
{
    Value *stride = build_array_stride(&s->b, array, axis);
    Range range = slice_range(s, slice, build_array_dim(&s->b, array, axis));
    move(s, view, range.start, stride);
    view->dims[view->ndim] = range.count;
    view->strides[view->ndim++] = build_binary(&s->b, OP_MUL, range.step, stride);
}

static void take_index(Spec *s, View *view, Value *array, uint32_t *axis, IndexKind kind,
                       Value *index, uint32_t skipped)
{
    switch (kind) {
    case INDEX_INTEGER: {
        Value *w = spec_check_index(s, index, build_array_dim(&s->b, array, *axis), *axis);
        move(s, view, w, build_array_stride(&s->b, array, *axis));
        (*axis)++;
        return;
    }
    case INDEX_SLICE:
        take_slice(s, view, array, *axis, spec_unwrap(s, index));
        (*axis)++;
        return;
    case INDEX_NEW_AXIS:
        view->dims[view->ndim] = build_int(&s->b, 1);
        view->strides[view->ndim++] = build_int(&s->b, 0);
        return;
    case INDEX_ELLIPSIS:
        for (uint32_t i = 0; i < skipped; i++)
            keep_axis(s, view, array, (*axis)++);
        return;
    case INDEX_MASK:
    case INDEX_ARRAY:
    case INDEX_BAD:
        return;
    }
}

static Value *basic_view(Spec *s, Value *array, Value *index, const IndexPlan *plan)
{
    View view = {.offset = build_int(&s->b, 0)};
    uint32_t axis = 0, ndim = array->type->array.ndim;
    bool is_tuple = index->type->kind == TYPE_TUPLE;
    for (uint32_t i = 0; i < plan->count; i++) {
        Value *each = is_tuple ? build_extract(&s->b, index, i) : index;
        take_index(s, &view, array, &axis, plan->kinds[i], each, ndim - plan->consumed);
    }
    while (axis < ndim)
        keep_axis(s, &view, array, axis++);
    const Type *type = index_view_type(s->c->types, &array->type->array, plan);
    return spec_view(s, array, type, view.offset, view.dims, view.strides);
}

static Value **integer_indices(Spec *s, Value *array, Value *index)
{
    uint32_t ndim = array->type->array.ndim;
    Value **indices = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 0; i < ndim; i++)
        indices[i] = spec_as_index(
            s, index->type->kind == TYPE_TUPLE ? build_extract(&s->b, index, i) : index);
    for (uint32_t i = 0; i < ndim; i++)
        indices[i] = spec_check_index(s, indices[i], build_array_dim(&s->b, array, i), i);
    return indices;
}

static bool is_element(const Value *array, const IndexPlan *plan)
{
    return plan->integers == array->type->array.ndim && plan->new_axes == 0 &&
           plan->ellipsis < 0;
}

static Value *index_array(Spec *s, Value *array, Value *index)
{
    IndexPlan plan;
    index_plan(array->type, index->type, &plan);
    if (is_element(array, &plan))
        return spec_load(s, array, integer_indices(s, array, index));
    return basic_view(s, array, index, &plan);
}

/* ---- tuples --------------------------------------------------------------------------------------------------------------- */

static Value *index_tuple(Spec *s, Value *tuple, Value *index, const Type *result)
{
    uint32_t picked[INDEX_MAX_TUPLE], count = tuple->type->count;
    __int128 k;
    bool truth;
    if (type_is_const_bool(index->type, &truth))
        return build_extract(&s->b, tuple, truth);
    if (type_is_const_int(index->type, &k))
        return build_extract(&s->b, tuple, (uint32_t)(k < 0 ? k + count : k));
    if (index->type->kind == TYPE_SLICE) {
        index_tuple_slice(tuple->type, index->type, picked, &count);
        Value **elements = ARENA_ARRAY(s->arena, Value *, count);
        for (uint32_t i = 0; i < count; i++)
            elements[i] = build_extract(&s->b, tuple, picked[i]);
        return build_pack(&s->b, result, elements);
    }
    Value *i = spec_int(s, index), *dim = build_int(&s->b, count), *zero = build_int(&s->b, 0);
    Value *w = build_select(&s->b, build_compare(&s->b, OP_LT, i, zero),
                            build_binary(&s->b, OP_ADD, i, dim), i);
    Value *ok = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_GE, w, zero),
                             build_compare(&s->b, OP_LT, w, dim));
    spec_check(s, ok, "IndexError", "tuple index out of range", NULL, 0);
    return spec_iter_item(s, tuple, w, result);
}

/* ---- entry ------------------------------------------------------------------------------------------------------------------ */

Value *spec_index(Spec *s, Value *x, Value *index, const Type *result)
{
    x = spec_unwrap(s, x);
    if (layout_part_count(result) == 0 && x->type->kind == TYPE_TUPLE)
        return build_nothing(&s->b, result);
    if (x->type->kind == TYPE_ARRAY)
        return index_array(s, x, index);
    index = spec_unwrap(s, index);
    if (x->type->kind == TYPE_TUPLE)
        return index_tuple(s, x, index, result);
    if (x->type->kind == TYPE_RANGE) {
        Value *n = spec_iter_len(s, x), *i = spec_int(s, index), *zero = build_int(&s->b, 0);
        Value *w = build_select(&s->b, build_compare(&s->b, OP_LT, i, zero),
                                build_binary(&s->b, OP_ADD, i, n), i);
        Value *ok = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_GE, w, zero),
                                 build_compare(&s->b, OP_LT, w, n));
        spec_check(s, ok, "IndexError", "range object index out of range", NULL, 0);
        return spec_iter_item(s, x, w, result);
    }
    /* a.flat[i] */
    Value *w = spec_check_index(s, index, spec_iter_len(s, x), 0);
    return spec_iter_item(s, x, w, result);
}

void spec_op_PY_INDEX(Spec *s, const Op *op)
{
    const Plan *plan = s->now->facts[op->id].plan;
    const Type *result = s->now->types[op->results[0].id];
    if (!plan && result->kind == TYPE_NEVER) {
        const Type *x = infer_value_type(spec_arg_type(s, op, 0));
        spec_raise(s, "IndexError",
                   x->class_info ? "list index out of range" : "tuple index out of range", NULL,
                   0);
        return;
    }
    spec_result(s, op, 0,
                plan ? spec_plan(s, op, plan)
                     : spec_index(s, spec_arg(s, op, 0), spec_arg(s, op, 1), result));
}

void spec_op_PY_SET_INDEX(Spec *s, const Op *op)
{
    const Plan *by_library = s->now->facts[op->id].plan;
    if (by_library) {
        spec_plan(s, op, by_library);
        return;
    }
    IndexPlan plan;
    Value *array = spec_unwrap(s, spec_arg(s, op, 0)), *index = spec_arg(s, op, 1),
          *value = spec_arg(s, op, 2);
    index_plan(array->type, index->type, &plan);
    if (!is_element(array, &plan)) {
        spec_assign(s, basic_view(s, array, index, &plan), value);
        return;
    }
    spec_check_writable(s, array, "assignment destination is read-only");
    uint32_t ndim = array->type->array.ndim;
    Value **args = ARENA_ARRAY(s->arena, Value *, ndim + 2);
    Value **indices = integer_indices(s, array, index);
    Value *element = spec_stored(s, value, array->type->array.dtype);
    args[0] = array;
    for (uint32_t i = 0; i < ndim; i++)
        args[i + 1] = indices[i];
    args[ndim + 1] = element;
    if (!spec_is_dead(s))
        build_op(&s->b, OP_STORE, NULL, args, ndim + 2, (Attr){0});
}

void spec_op_PY_DEL_INDEX(Spec *s, const Op *op)
{
    (void)s;
    (void)op; /* refused by infer */
}
