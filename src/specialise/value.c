/* Names, attributes, tuples, iteration, slots, closures and exceptions. */
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"
#include "types/layout.h"

/* ---- names ------------------------------------------------------------------------------------------------------ */

static Value *bound(Spec *s, const Binding *binding, const Type *type)
{
    if (layout_part_count(type) == 0)
        return build_nothing(&s->b, type);
    if (binding->constant)
        return build_const(&s->b, type, binding->constant);
    return build_op(&s->b, OP_HIDDEN, type, NULL, 0, (Attr){.integer = binding->hidden});
}

static void emit_bound(Spec *s, const Op *op)
{
    const Binding *binding = s->now->facts[op->id].binding;
    const Type *type = s->now->types[op->results[0].id];
    spec_result(s, op, 0, bound(s, binding, type));
}

void spec_op_PY_GLOBAL(Spec *s, const Op *op)
{
    emit_bound(s, op);
}

void spec_op_PY_CELL(Spec *s, const Op *op)
{
    emit_bound(s, op);
}

void spec_op_PY_IMPORT(Spec *s, const Op *op)
{
    emit_bound(s, op);
}

Value *spec_plan_arg(Spec *s, const Op *op, const Arg *arg)
{
    switch (arg->from) {
    case ARG_MISSING:
        return NULL;
    case ARG_OPERAND: {
        Value *value = spec_arg(s, op, arg->operand);
        return layout_part_count(arg->type) ? value : build_nothing(&s->b, arg->type);
    }
    case ARG_ELEMENT:
        if (!layout_part_count(arg->type))
            return build_nothing(&s->b, arg->type);
        return build_extract(&s->b, spec_arg(s, op, arg->operand), arg->element);
    case ARG_BINDING:
        return bound(s, arg->binding, arg->type);
    case ARG_TUPLE: {
        Value **parts = ARENA_ARRAY(s->arena, Value *, arg->part_count);
        for (uint32_t i = 0; i < arg->part_count; i++)
            parts[i] = spec_plan_arg(s, op, &arg->parts[i]);
        return build_pack(&s->b, arg->type, parts);
    }
    }
    return NULL;
}

/* ---- simple values -------------------------------------------------------------------------------------------------- */

void spec_op_CONST(Spec *s, const Op *op)
{
    const Type *type = s->now->types[op->results[0].id];
    if (layout_part_count(type))
        spec_result(s, op, 0, build_const(&s->b, type, op->attr.constant));
}

void spec_op_PY_UNBOUND(Spec *s, const Op *op)
{
    (void)s;
    (void)op; /* has no parts */
}

/* Is it a variable of an enclosing function? */
static bool is_captured(const Spec *s, const Value *generic)
{
    if (generic->def && generic->def->code == OP_SLOT_LOAD)
        generic = op_arg(generic->def, 0);
    return !generic->def && generic->region == &s->now->generic->body &&
           generic->index >= s->now->code->param_count;
}

void spec_op_PY_BOUND(Spec *s, const Op *op)
{
    Value *value = spec_arg(s, op, 0);
    bool captured = is_captured(s, op_arg(op, 0));
    const char *class = captured ? "NameError" : "UnboundLocalError";
    char *message = arena_printf(
        s->arena, "cannot access %s variable '%s' where it is not associated with a value%s",
        captured ? "free" : "local", op->attr.name->text,
        captured ? " in enclosing scope" : "");
    if (value->type->kind == TYPE_UNBOUND) {
        spec_raise(s, class, message, NULL, 0);
        return;
    }
    if (value->type->kind == TYPE_MAYBE) {
        Value *some =
            build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &value, 1, (Attr){0});
        spec_check(s, some, class, message, NULL, 0);
        const Type *element = value->type->elements[0];
        value = layout_part_count(element)
                    ? build_op(&s->b, OP_UNWRAP, element, &value, 1, (Attr){0})
                    : build_nothing(&s->b, element);
    }
    spec_result(s, op, 0, value);
}

void spec_op_PY_REFINE(Spec *s, const Op *op)
{
    Value *value = spec_arg(s, op, 0);
    const Type *type = s->now->types[op->results[0].id];
    if (value->type->kind == TYPE_OPTIONAL && type == value->type->elements[0] &&
        layout_part_count(type))
        value = build_op(&s->b, OP_UNWRAP, type, &value, 1, (Attr){0});
    spec_result(s, op, 0, value);
}

void spec_op_SLOT_NEW(Spec *s, const Op *op)
{
    const Type *slot = s->now->types[op->results[0].id];
    Value *content = spec_coerce(s, spec_arg(s, op, 0), slot->elements[0]);
    spec_result(s, op, 0, build_op(&s->b, OP_SLOT_NEW, slot, &content, 1, (Attr){0}));
}

void spec_op_SLOT_LOAD(Spec *s, const Op *op)
{
    Value *slot = spec_arg(s, op, 0);
    const Type *type = slot->type->elements[0];
    if (layout_part_count(type))
        spec_result(s, op, 0, build_op(&s->b, OP_SLOT_LOAD, type, &slot, 1, (Attr){0}));
}

void spec_op_SLOT_STORE(Spec *s, const Op *op)
{
    Value *slot = spec_arg(s, op, 0);
    Value *args[2] = {slot, spec_coerce(s, spec_arg(s, op, 1), slot->type->elements[0])};
    if (!spec_is_dead(s))
        build_op(&s->b, OP_SLOT_STORE, NULL, args, 2, (Attr){0});
}

/* ---- attributes -------------------------------------------------------------------------------------------------------- */

static Value *dims_of(Spec *s, Value *x, const Type *result, bool strides)
{
    Value **dims = ARENA_ARRAY(s->arena, Value *, result->count);
    for (uint32_t i = 0; i < result->count; i++)
        dims[i] = strides ? build_array_stride(&s->b, x, i) : build_array_dim(&s->b, x, i);
    return build_pack(&s->b, result, dims);
}

static Value *size_of(Spec *s, Value *x)
{
    Value *size = build_int(&s->b, 1);
    for (uint32_t i = 0; i < x->type->array.ndim; i++)
        size = build_binary(&s->b, OP_MUL, size, build_array_dim(&s->b, x, i));
    return size;
}

static Value *transposed(Spec *s, Value *x, const Type *result)
{
    uint32_t ndim = x->type->array.ndim;
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
          **strides = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 0; i < ndim; i++) {
        dims[i] = build_array_dim(&s->b, x, ndim - 1 - i);
        strides[i] = build_array_stride(&s->b, x, ndim - 1 - i);
    }
    return spec_view(s, x, result, build_int(&s->b, 0), dims, strides);
}

static Value *part_of(Spec *s, Value *x, const Type *result, bool imaginary)
{
    uint32_t ndim = x->type->array.ndim;
    if (x->type == result)
        return x;
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
          **strides = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 0; i < ndim; i++) {
        dims[i] = build_array_dim(&s->b, x, i);
        strides[i] = build_array_stride(&s->b, x, i);
    }
    Value *offset = build_int(&s->b, imaginary ? scalar_size(result->array.dtype) : 0);
    return spec_view(s, x, result, offset, dims, strides);
}

static Value *zeros_for(Spec *s, Value *x, const Type *result)
{
    ArrayType array = result->array;
    Value **dims = ARENA_ARRAY(s->arena, Value *, array.ndim);
    array.readonly = false;
    for (uint32_t i = 0; i < array.ndim; i++)
        dims[i] = build_array_dim(&s->b, x, i);
    Value *zeros = spec_new_array(s, type_array(s->c->types, array), dims, true);
    return spec_coerce(s, zeros, result);
}

static Value *array_attribute(Spec *s, Value *x, const char *name, const Type *result)
{
    if (strcmp(name, "shape") == 0 || strcmp(name, "strides") == 0)
        return dims_of(s, x, result, name[1] == 't');
    if (strcmp(name, "size") == 0)
        return size_of(s, x);
    if (strcmp(name, "nbytes") == 0)
        return build_binary(&s->b, OP_MUL, size_of(s, x),
                            build_int(&s->b, scalar_size(x->type->array.dtype)));
    if (strcmp(name, "T") == 0)
        return x->type->array.ndim < 2 ? x : transposed(s, x, result);
    if (strcmp(name, "imag") == 0 && scalar_class(x->type->array.dtype) != CLASS_COMPLEX)
        return zeros_for(s, x, result);
    if (strcmp(name, "real") == 0 || strcmp(name, "imag") == 0)
        return part_of(s, x, result, name[0] == 'i');
    return NULL;
}

static Value *scalar_part(Spec *s, Value *x, const char *name, const Type *result)
{
    ScalarKind kind;
    type_scalar_of(x->type, &kind);
    x = spec_number(s, x, kind);
    bool imaginary = strcmp(name, "imag") == 0;
    if (scalar_class(kind) == CLASS_COMPLEX)
        return build_op(&s->b, imaginary ? OP_IMAG : OP_REAL, result, &x, 1, (Attr){0});
    if (imaginary)
        return build_convert(&s->b, build_int(&s->b, 0), result);
    return build_convert(&s->b, x, result);
}

static Value *field(Spec *s, Value *x, const Symbol *name)
{
    static const char *const bounds[] = {"start", "stop", "step"};
    if (x->type->kind == TYPE_RANGE || x->type->kind == TYPE_SLICE)
        for (uint32_t i = 0; i < 3; i++)
            if (strcmp(name->text, bounds[i]) == 0)
                return build_extract(&s->b, x, i);
    if (x->type->kind == TYPE_TUPLE && x->type->class_info && x->type->class_info->fields)
        for (uint32_t i = 0; i < x->type->count; i++)
            if (x->type->class_info->fields[i] == name)
                return build_extract(&s->b, x, i);
    return NULL;
}

static Value *class_value_part(Spec *s, const Type *type, const Constant **number)
{
    if (type->kind == TYPE_SCALAR)
        return build_const(&s->b, type, (*number)++);
    if (type->kind != TYPE_TUPLE || layout_part_count(type) == 0)
        return build_nothing(&s->b, type);
    Value **elements = ARENA_ARRAY(s->arena, Value *, type->count);
    for (uint32_t i = 0; i < type->count; i++)
        elements[i] = class_value_part(s, type->elements[i], number);
    return build_pack(&s->b, type, elements);
}

Value *spec_class_value(Spec *s, const ClassValue *value)
{
    const Constant *number = value->numbers;
    return class_value_part(s, value->type, &number);
}

/* .value or .name of an enum's member: chosen by its number. */
static Value *enum_attribute(Spec *s, Value *x, const char *name, const Type *result)
{
    const ClassInfo *info = x->type->class_info;
    bool is_name = strcmp(name, "name") == 0 || strcmp(name, "_name_") == 0;
    Value *member = build_op(&s->b, OP_EXTRACT, spec_scalar(s, SCALAR_INT), &x, 1, (Attr){0}),
          *chosen = NULL;
    for (uint32_t i = info->count; i-- > 0;) {
        Value *each = is_name
                          ? build_nothing(&s->b, type_const_str(s->c->types, info->fields[i]))
                          : spec_class_value(s, &info->values[i]);
        each = spec_coerce(s, each, result);
        chosen = chosen ? build_select(&s->b,
                                       build_compare(&s->b, OP_EQ, member, build_int(&s->b, i)),
                                       each, chosen)
                        : each;
    }
    return chosen;
}

void spec_op_PY_ATTR(Spec *s, const Op *op)
{
    const Type *result = s->now->types[op->results[0].id];
    const char *name = op->attr.name->text;
    if (s->now->facts[op->id].plan) { /* a property */
        spec_result(s, op, 0, spec_plan(s, op, s->now->facts[op->id].plan));
        return;
    }
    bool is_known = layout_part_count(result) == 0;
    if (is_known && spec_arg_type(s, op, 0)->kind != TYPE_OPTIONAL)
        return;
    if (s->now->facts[op->id].binding) {
        emit_bound(s, op);
        return;
    }
    Value *x = spec_unwrap(s, spec_arg(s, op, 0)), *value = NULL;
    if (is_known)
        return;
    value = field(s, x, op->attr.name);
    if (!value && (result->kind == TYPE_METHOD || result->kind == TYPE_ITER)) {
        Value *parts[2] = {x, NULL};
        if (result->count > 1)
            parts[1] = build_nothing(&s->b, result->elements[1]);
        value = build_pack(&s->b, result, parts);
    } else if (!value && x->type->kind == TYPE_ARRAY)
        value = array_attribute(s, x, name, result);
    else if (!value && x->type->kind == TYPE_ENUM)
        value = enum_attribute(s, x, name, result);
    else if (!value && strcmp(name, "T") == 0)
        value = x;
    else if (!value)
        value = scalar_part(s, x, name, result);
    spec_result(s, op, 0, value);
}

void spec_op_PY_SET_ATTR(Spec *s, const Op *op)
{
    (void)s;
    (void)op; /* refused by infer */
}

/* ---- tuples ---------------------------------------------------------------------------------------------------------------- */

static void pack_args(Spec *s, const Op *op)
{
    Value **elements = ARENA_ARRAY(s->arena, Value *, op->arg_count);
    const Type *result = s->now->types[op->results[0].id];
    if (layout_part_count(result) == 0)
        return;
    for (uint32_t i = 0; i < op->arg_count; i++)
        elements[i] = spec_arg(s, op, i);
    spec_result(s, op, 0, build_pack(&s->b, result, elements));
}

void spec_op_PY_TUPLE(Spec *s, const Op *op)
{
    pack_args(s, op);
}

void spec_op_PY_LIST(Spec *s, const Op *op)
{
    pack_args(s, op);
}

void spec_op_PY_SLICE(Spec *s, const Op *op)
{
    pack_args(s, op);
}

void spec_op_PY_FUNCTION(Spec *s, const Op *op)
{
    pack_args(s, op);
}

void spec_op_PY_FORMAT(Spec *s, const Op *op)
{
    const Type *result = s->now->types[op->results[0].id];
    Value **elements = ARENA_ARRAY(s->arena, Value *, op->arg_count + 1);
    if (layout_part_count(result) == 0)
        return;
    elements[0] = build_nothing(&s->b, result->elements[0]);
    for (uint32_t i = 0; i < op->arg_count; i++)
        elements[i + 1] = spec_arg(s, op, i);
    spec_result(s, op, 0, build_pack(&s->b, result, elements));
}

void spec_op_PY_CONCAT(Spec *s, const Op *op)
{
    const Type *result = s->now->types[op->results[0].id];
    Value **elements = ARENA_ARRAY(s->arena, Value *, result->count);
    uint32_t at = 0;
    for (uint32_t i = 0; i < op->arg_count; i++) {
        Value *each = spec_unwrap(s, spec_arg(s, op, i));
        for (uint32_t j = 0; j < each->type->count; j++)
            elements[at++] = build_extract(&s->b, each, j);
    }
    spec_result(s, op, 0, build_pack(&s->b, result, elements));
}

static void unpack_tuple(Spec *s, const Op *op, Value *x)
{
    uint32_t rest = x->type->count + 1 - op->result_count, at = 0;
    for (uint32_t i = 0; i < op->result_count; i++) {
        if (op->attr.integer != (int64_t)i) {
            spec_result(s, op, i, build_extract(&s->b, x, at++));
            continue;
        }
        Value **elements = ARENA_ARRAY(s->arena, Value *, rest);
        for (uint32_t j = 0; j < rest; j++)
            elements[j] = build_extract(&s->b, x, at++);
        spec_result(s, op, i, build_pack(&s->b, s->now->types[op->results[i].id], elements));
    }
}

void spec_op_PY_UNPACK(Spec *s, const Op *op)
{
    Value *x = spec_unwrap(s, spec_arg(s, op, 0));
    if (x->type->kind == TYPE_TUPLE) {
        unpack_tuple(s, op, x);
        return;
    }
    Value *count = spec_iter_len(s, x), *wanted = build_int(&s->b, op->result_count),
          *args[2] = {wanted, count};
    spec_check(s, build_compare(&s->b, OP_GE, count, wanted), "ValueError",
               "not enough values to unpack (expected %d, got %d)", args, 2);
    spec_check(s, build_compare(&s->b, OP_LE, count, wanted), "ValueError",
               "too many values to unpack (expected %d)", args, 1);
    for (uint32_t i = 0; i < op->result_count && !spec_is_dead(s); i++)
        spec_result(
            s, op, i,
            spec_iter_item(s, x, build_int(&s->b, i), s->now->types[op->results[i].id]));
}

/* ---- iteration --------------------------------------------------------------------------------------------------------------- */

static bool is_iter(const Type *x, const char *name)
{
    return x->kind == TYPE_ITER && strcmp(x->name->text, name) == 0;
}

/* max(0, ceil((stop - start) / step)) */
static Value *range_len(Spec *s, Value *x)
{
    Value *zero = build_int(&s->b, 0), *one = build_int(&s->b, 1);
    Value *start = spec_int(s, build_extract(&s->b, x, 0)),
          *stop = spec_int(s, build_extract(&s->b, x, 1));
    Value *step = spec_int(s, build_extract(&s->b, x, 2));
    Constant storage;
    const Constant *known = build_known(step, &storage);
    if (known && known->integer == 1) {
        Value *span = build_binary(&s->b, OP_SUB, stop, start);
        return build_select(&s->b, build_compare(&s->b, OP_LT, start, stop), span, zero);
    }
    Value *back = build_compare(&s->b, OP_LT, step, zero);
    Value *low = build_select(&s->b, back, stop, start),
          *high = build_select(&s->b, back, start, stop);
    Value *by = build_select(&s->b, back, build_unary(&s->b, OP_NEG, step), step);
    /* (high - low - 1) // by + 1, unsigned: the span may exceed 2⁶³ */
    const Type *wide = spec_scalar(s, SCALAR_INT_U64);
    Value *span = build_convert(
        &s->b, build_binary(&s->b, OP_SUB, build_binary(&s->b, OP_SUB, high, low), one), wide);
    Value *trips = build_binary(&s->b, OP_FLOORDIV, span, build_convert(&s->b, by, wide));
    Value *count = build_binary(&s->b, OP_ADD, build_convert(&s->b, trips, one->type), one);
    return build_select(&s->b, build_compare(&s->b, OP_LT, low, high), count, zero);
}

static Value *shortest(Spec *s, Value *x)
{
    Value *count = NULL;
    for (uint32_t i = 0; i < x->type->count; i++) {
        Value *each = spec_iter_len(s, build_extract(&s->b, x, i));
        count = count
                    ? build_select(&s->b, build_compare(&s->b, OP_LT, each, count), each, count)
                    : each;
    }
    return count ? count : build_int(&s->b, 0);
}

Value *spec_iter_len(Spec *s, Value *x)
{
    x = spec_unwrap(s, x);
    if (x->type->kind == TYPE_TUPLE)
        return build_int(&s->b, x->type->count);
    if (x->type->kind == TYPE_RANGE)
        return range_len(s, x);
    if (x->type->kind == TYPE_ARRAY)
        return build_array_dim(&s->b, x, 0);
    if (is_iter(x->type, "zip"))
        return shortest(s, x);
    Value *inner = build_extract(&s->b, x, 0);
    if (is_iter(x->type, "enumerate") || is_iter(x->type, "reversed"))
        return spec_iter_len(s, inner);
    if (is_iter(x->type, "ndindex")) {
        Value *count = build_int(&s->b, 1);
        for (uint32_t i = 0; i < inner->type->count; i++)
            count =
                build_binary(&s->b, OP_MUL, count, spec_int(s, build_extract(&s->b, inner, i)));
        return count;
    }
    return size_of(s, inner); /* flat, ndenumerate */
}

static Value *tuple_item(Spec *s, Value *x, Value *position, const Type *result)
{
    Constant storage;
    const Constant *known = build_known(position, &storage);
    if (known && known->kind == CONSTANT_INT && known->integer < x->type->count)
        return build_extract(&s->b, x, (uint32_t)known->integer);
    Value *chosen = spec_coerce(s, build_extract(&s->b, x, x->type->count - 1), result);
    for (uint32_t i = x->type->count - 1; i-- > 0;) {
        Value *here = build_compare(&s->b, OP_EQ, spec_int(s, position), build_int(&s->b, i));
        chosen = build_select(&s->b, here, spec_coerce(s, build_extract(&s->b, x, i), result),
                              chosen);
    }
    return chosen;
}

static Value *array_item(Spec *s, Value *x, Value *position, const Type *result)
{
    uint32_t ndim = x->type->array.ndim;
    if (ndim == 1)
        return spec_load(s, x, &position);
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
          **strides = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 1; i < ndim; i++) {
        dims[i - 1] = build_array_dim(&s->b, x, i);
        strides[i - 1] = build_array_stride(&s->b, x, i);
    }
    Value *offset = build_binary(&s->b, OP_MUL, position, build_array_stride(&s->b, x, 0));
    return spec_view(s, x, result, offset, dims, strides);
}

/* The indices of position k in C order: the last axis runs fastest. */
static void unravel(Spec *s, Value *position, Value *const *dims, uint32_t ndim,
                    Value **indices)
{
    for (uint32_t i = ndim; i-- > 0;) {
        if (i == 0) {
            indices[i] = position;
            return;
        }
        indices[i] = build_binary(&s->b, OP_TRUNCMOD, position, dims[i]);
        position = build_binary(&s->b, OP_TRUNCDIV, position, dims[i]);
    }
}

static Value **array_indices(Spec *s, Value *x, Value *position)
{
    uint32_t ndim = x->type->array.ndim;
    Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
          **indices = ARENA_ARRAY(s->arena, Value *, ndim);
    for (uint32_t i = 0; i < ndim; i++)
        dims[i] = build_array_dim(&s->b, x, i);
    unravel(s, position, dims, ndim, indices);
    return indices;
}

static Value *position_tuple(Spec *s, Value *const *indices, const Type *type)
{
    return build_pack(&s->b, type, indices);
}

static Value *iter_item(Spec *s, Value *x, Value *position, const Type *result)
{
    Value *inner = build_extract(&s->b, x, 0);
    if (is_iter(x->type, "enumerate")) {
        Value *start = spec_int(s, build_extract(&s->b, x, 1));
        const Site *site = spec_site(s, "OverflowError", "enumerate() counts beyond 64 bits");
        Value *pair[2] = {build_checked(&s->b, OP_ADD_X, start, position, site),
                          spec_iter_item(s, inner, position, result->elements[1])};
        return build_pack(&s->b, result, pair);
    }
    if (is_iter(x->type, "flat"))
        return spec_load(s, inner, array_indices(s, inner, position));
    if (is_iter(x->type, "ndenumerate")) {
        Value **indices = array_indices(s, inner, position);
        Value *pair[2] = {position_tuple(s, indices, result->elements[0]),
                          spec_load(s, inner, indices)};
        return build_pack(&s->b, result, pair);
    }
    if (is_iter(x->type, "ndindex")) {
        uint32_t ndim = inner->type->count;
        Value **dims = ARENA_ARRAY(s->arena, Value *, ndim),
              **indices = ARENA_ARRAY(s->arena, Value *, ndim);
        for (uint32_t i = 0; i < ndim; i++)
            dims[i] = spec_int(s, build_extract(&s->b, inner, i));
        unravel(s, position, dims, ndim, indices);
        return position_tuple(s, indices, result);
    }
    Value **items = ARENA_ARRAY(s->arena, Value *, result->count); /* zip */
    for (uint32_t i = 0; i < result->count; i++)
        items[i] = spec_iter_item(s, build_extract(&s->b, x, i), position, result->elements[i]);
    return build_pack(&s->b, result, items);
}

Value *spec_iter_item(Spec *s, Value *x, Value *position, const Type *result)
{
    x = spec_unwrap(s, x);
    position = spec_int(s, position);
    if (is_iter(x->type, "reversed")) {
        Value *last = build_binary(&s->b, OP_SUB, spec_iter_len(s, x), build_int(&s->b, 1));
        position = build_binary(&s->b, OP_SUB, last, position);
        x = spec_unwrap(s, build_extract(&s->b, x, 0));
    }
    if (x->type->kind == TYPE_TUPLE)
        return tuple_item(s, x, position, result);
    if (x->type->kind == TYPE_ARRAY)
        return array_item(s, x, position, result);
    if (x->type->kind == TYPE_RANGE) {
        Value *start = spec_int(s, build_extract(&s->b, x, 0)),
              *step = spec_int(s, build_extract(&s->b, x, 2));
        return build_binary(&s->b, OP_ADD, start, build_binary(&s->b, OP_MUL, position, step));
    }
    return iter_item(s, x, position, result);
}

void spec_op_PY_ITER_LEN(Spec *s, const Op *op)
{
    Value *x = spec_arg(s, op, 0);
    if (s->now->types[op->results[0].id]->kind != TYPE_CONST)
        spec_result(s, op, 0, spec_iter_len(s, x));
}

void spec_op_PY_ITER_ITEM(Spec *s, const Op *op)
{
    const Type *result = s->now->types[op->results[0].id];
    if (layout_part_count(result))
        spec_result(s, op, 0,
                    spec_iter_item(s, spec_arg(s, op, 0), spec_arg(s, op, 1), result));
}

/* ---- exceptions ---------------------------------------------------------------------------------------------------------------- */

static const Site *class_site(Spec *s, const Type *class)
{
    Site *site = ARENA_NEW(s->arena, Site);
    if (class->kind == TYPE_CLASS) {
        site->exception = class->class_info->name;
        site->class_info = class->class_info;
        return site;
    }
    const char *dot = strrchr(class->name->text, '.');
    site->exception = dot ? intern_cstr(s->c->names, dot + 1) : class->name;
    return site;
}

/* "{}" and what it stands for, as a site's message has it. */
static const char *placeholder(const Type *type)
{
    ScalarKind kind;
    if (!type_scalar_of(type, &kind) || type->kind == TYPE_CONST)
        return "%s";
    return scalar_class(kind) == CLASS_BOOL || scalar_class(kind) == CLASS_COMPLEX ? "%s"
           : scalar_is_inexact(kind)                                               ? "%g"
                                                                                   : "%d";
}

typedef VEC(Value *) ValueList;

/* The template of an f-string, and the values it prints; a value may be an f-string itself. */
static void put_format(Spec *s, Text *text, Value *format, ValueList *args)
{
    const Symbol *template;
    uint32_t count = 1;
    type_is_const_str(format->type->elements[0], &template);
    for (const char *at = template->text; *at; at++) {
        bool hole = at[0] == '{' && at[1] != '{' && count < format->type->count;
        if (!hole) {
            text_puts(text, *at == '%' ? "%%" : (char[]){*at, 0});
            at += (*at == '{' || *at == '}') && at[1] == *at; /* {{ is { */
            continue;
        }
        Value *each = build_extract(&s->b, format, count++);
        size_t length = strcspn(at + 1, "}");
        if (is_iter(each->type, "str.format")) {
            put_format(s, text, each, args);
        } else {
            if (length > 0)
                text_printf(text, "%%{%.*s}", (int)length, at + 1);
            else
                text_puts(text, placeholder(each->type));
            vec_push(s->arena, args, each);
        }
        at += length + 1;
    }
}

/* raise E(f"…"): the template becomes the site's message, the values its args. */
static void raise_format(Spec *s, const Type *class, Value *format)
{
    Text text;
    ValueList args = {0};
    text_open(&text, s->arena);
    put_format(s, &text, format, &args);
    Site *site = (Site *)(uintptr_t)class_site(s, class);
    site->message = text.data;
    build_op(&s->b, OP_RAISE, NULL, args.data, args.len, (Attr){.site = site});
}

void spec_op_PY_RAISE(Spec *s, const Op *op)
{
    if (op->arg_count == 0) {
        build_terminator(&s->b, OP_RERAISE, NULL, NULL, 0);
        return;
    }
    Value *exception = spec_arg(s, op, 0);
    const Type *type = exception->type;
    if (type->kind == TYPE_EXCEPTION && type->count == 0) { /* `raise e` of the caught one */
        build_terminator(&s->b, OP_RERAISE, NULL, NULL, 0);
        return;
    }
    uint32_t count = type->kind == TYPE_EXCEPTION ? type->count - 1 : 0;
    if (count == 1 && is_iter(type->elements[1], "str.format")) {
        raise_format(s, type->elements[0], build_extract(&s->b, exception, 1));
        return;
    }
    Value **args = ARENA_ARRAY(s->arena, Value *, count);
    for (uint32_t i = 0; i < count; i++)
        args[i] = build_extract(&s->b, exception, i + 1);
    Attr attr = {.site =
                     class_site(s, type->kind == TYPE_EXCEPTION ? type->elements[0] : type)};
    build_op(&s->b, OP_RAISE, NULL, args, count, attr);
}

static Value *matches(Spec *s, const Type *class)
{
    if (class->kind != TYPE_TUPLE) {
        Attr attr = {.site = class_site(s, class)};
        return build_op(&s->b, OP_ERROR_MATCH, spec_scalar(s, SCALAR_BOOL), NULL, 0, attr);
    }
    Value *any = build_bool(&s->b, false);
    for (uint32_t i = 0; i < class->count; i++)
        any = build_binary(&s->b, OP_OR, any, matches(s, class->elements[i]));
    return any;
}

void spec_op_PY_EXC_MATCH(Spec *s, const Op *op)
{
    spec_result(s, op, 0, matches(s, spec_arg_type(s, op, 0)));
}

void spec_op_PY_EXC_VALUE(Spec *s, const Op *op)
{
    (void)s;
    (void)op; /* has no parts */
}
