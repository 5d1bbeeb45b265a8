/* Element-wise functions over arrays: broadcasting, conversion to the loop's kind, maps, writing into arrays. */
#include <assert.h>
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"

enum { MAX_NDIM = 64, MAX_INPUTS = 3 };

/* ---- shapes ------------------------------------------------------------------------------------------------- */

static void shape_text(Spec *s, Text *text, unsigned ndim)
{
    text_putc(text, '(');
    for (unsigned i = 0; i < ndim; i++)
        text_puts(text, i ? ",%d" : "%d");
    text_puts(text, ndim == 1 ? ",)" : ")");
    (void)s;
}

static bool is_array(const Value *value)
{
    return value->type->kind == TYPE_ARRAY;
}

/* "operands could not be broadcast together with shapes (2,3) (4,) " and the dims it prints. */
static const char *broadcast_message(Spec *s, Value *const *arrays, unsigned count,
                                     Value **dims, uint32_t *dim_count)
{
    Text text;
    text_open(&text, s->arena);
    text_puts(&text, "operands could not be broadcast together with shapes ");
    *dim_count = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned ndim = is_array(arrays[i]) ? arrays[i]->type->array.ndim : 0;
        shape_text(s, &text, ndim);
        text_putc(&text, ' ');
        for (unsigned k = 0; k < ndim; k++)
            dims[(*dim_count)++] = build_array_dim(&s->b, arrays[i], k);
    }
    return text.data;
}

/* The dims of the result, from the last axis on: equal, or one of them 1. */
static void broadcast(Spec *s, Value *const *inputs, unsigned count, unsigned ndim,
                      Value **dims)
{
    Value *printed[MAX_INPUTS * MAX_NDIM];
    Value *one = build_int(&s->b, 1);
    for (unsigned axis = 0; axis < ndim; axis++) {
        Value *dim = NULL;
        for (unsigned i = 0; i < count; i++) {
            unsigned own = is_array(inputs[i]) ? inputs[i]->type->array.ndim : 0;
            if (axis + own < ndim)
                continue;
            Value *each = build_array_dim(&s->b, inputs[i], axis + own - ndim);
            if (!dim || dim == each) {
                dim = each;
                continue;
            }
            Value *same = build_compare(&s->b, OP_EQ, dim, each);
            Value *stretch = build_compare(&s->b, OP_EQ, dim, one),
                  *stretched = build_compare(&s->b, OP_EQ, each, one);
            uint32_t printed_count;
            const char *message = broadcast_message(s, inputs, count, printed, &printed_count);
            Value *ok = build_binary(&s->b, OP_OR, same,
                                     build_binary(&s->b, OP_OR, stretch, stretched));
            spec_check(s, ok, "ValueError", message, printed, printed_count);
            dim = build_select(&s->b, stretch, each, dim);
        }
        dims[axis] = dim ? dim : one;
    }
}

/* ---- the map ---------------------------------------------------------------------------------------------------- */

typedef struct Kernel {
    UfuncId ufunc;
    unsigned inputs;
    ScalarKind loop, out;
    bool keeps_kinds; /* comparison of integers: exact, whatever the kinds */
} Kernel;

static CompareOperator compare_of(UfuncId ufunc)
{
    for (CompareOperator i = COMPARE_EQ; i <= COMPARE_GE; i++)
        if (ufunc_of_compare(i) == ufunc)
            return i;
    return COMPARE_COUNT;
}

/* Copies, converting on the way. */
static Kernel plain_kernel(ScalarKind dtype)
{
    return (Kernel){.ufunc = UFUNC_POSITIVE, .inputs = 1, .loop = dtype, .out = dtype};
}

static Kernel kernel_of(Spec *s, UfuncId ufunc, Value *const *inputs, unsigned count,
                        const ScalarKind *dtype)
{
    ScalarKind kinds[MAX_INPUTS] = {0};
    ScalarKind loop, out;
    bool integers = true;
    for (unsigned i = 0; i < count; i++) {
        if (is_array(inputs[i]))
            kinds[i] = inputs[i]->type->array.dtype;
        else
            type_scalar_of(infer_value_type(inputs[i]->type), &kinds[i]);
        integers = integers && !scalar_is_inexact(kinds[i]);
    }
    ufunc_resolve(ufunc, spec_promotion(s), kinds, &loop, &out);
    if (dtype) {
        ScalarKind wanted[MAX_INPUTS] = {*dtype, *dtype, *dtype};
        ufunc_resolve(ufunc, spec_promotion(s), wanted, &loop, &out);
    }
    bool keeps_kinds = integers && compare_of(ufunc) != COMPARE_COUNT && !dtype &&
                       !spec_compares_as_int64(s, kinds[0], kinds[1]);
    return (Kernel){ufunc, count, loop, out, keeps_kinds};
}

static Value *element(Spec *s, const Kernel *kernel, Value *const *values)
{
    Value *loop[MAX_INPUTS];
    if (kernel->keeps_kinds) {
        assert(kernel->inputs == 2);
        Value *truth = spec_compare_numbers(s, compare_of(kernel->ufunc), values[0], values[1]);
        return build_convert(&s->b, truth, spec_scalar(s, kernel->out));
    }
    for (unsigned i = 0; i < kernel->inputs; i++)
        loop[i] = build_convert(&s->b, values[i], spec_scalar(s, kernel->loop));
    return spec_ufunc_scalar(s, kernel->ufunc, loop, kernel->loop, kernel->out);
}

/* Scalars are converted once, outside, with NEP 50's check; arrays' elements inside. */
static Value *prepared_scalar(Spec *s, const Kernel *kernel, Value *value)
{
    ScalarKind kind;
    type_scalar_of(infer_value_type(value->type), &kind);
    if (kernel->keeps_kinds)
        return spec_number(s, value, kind);
    return spec_operand(s, value, kernel->loop);
}

/* Fills the region of a map (or map_into): one param for each array among the inputs. */
static void fill_map(Spec *s, Op *map, const Kernel *kernel, Value *const *inputs,
                     Value *const *scalars, ScalarKind into)
{
    Region *body = &map->regions[0];
    Build outer = s->b;
    Value *values[MAX_INPUTS];
    s->b.region = body;
    s->b.before = NULL;
    for (unsigned i = 0; i < kernel->inputs; i++)
        values[i] = is_array(inputs[i])
                        ? ir_param_add(body, spec_scalar(s, inputs[i]->type->array.dtype), NULL)
                        : scalars[i];
    Value *result = build_convert(&s->b, element(s, kernel, values), spec_scalar(s, into));
    build_terminator(&s->b, OP_YIELD, NULL, &result, 1);
    const Loc *loc = outer.loc;
    s->b = outer;
    s->b.loc = loc;
}

static Value *new_map(Spec *s, const Kernel *kernel, Value *const *inputs,
                      Value *const *scalars, Value *const *dims, unsigned ndim, ScalarKind into)
{
    Value *args[MAX_NDIM + MAX_INPUTS];
    uint32_t count = 0;
    ArrayType array = {.dtype = into, .ndim = (uint8_t)ndim, .layout = LAYOUT_C};
    const Type *type = type_array(s->c->types, array);
    for (unsigned i = 0; i < ndim; i++)
        args[count++] = dims[i];
    for (unsigned i = 0; i < kernel->inputs; i++)
        if (is_array(inputs[i]))
            args[count++] = inputs[i];
    Op *map = build_control(&s->b, OP_MAP, args, count, &type, 1);
    map->attr.integer = ndim;
    fill_map(s, map, kernel, inputs, scalars, into);
    return op_result(map, 0);
}

static void map_into(Spec *s, const Kernel *kernel, Value *const *inputs, Value *const *scalars,
                     Value *out)
{
    Value *args[MAX_NDIM + MAX_INPUTS + 1];
    unsigned ndim = out->type->array.ndim;
    uint32_t count = 0;
    for (unsigned i = 0; i < ndim; i++)
        args[count++] = build_array_dim(&s->b, out, i);
    args[count++] = out;
    for (unsigned i = 0; i < kernel->inputs; i++)
        if (is_array(inputs[i]))
            args[count++] = inputs[i];
    Op *map = build_control(&s->b, OP_MAP_INTO, args, count, NULL, 0);
    map->attr.integer = ndim;
    fill_map(s, map, kernel, inputs, scalars, out->type->array.dtype);
}

/* ---- writing into an array ------------------------------------------------------------------------------------------ */

void spec_check_writable(Spec *s, Value *array, const char *message)
{
    if (array->type->array.readonly)
        spec_check(s, build_bool(&s->b, false), "ValueError", message, NULL, 0);
}

static void print_shape(Spec *s, Text *text, Value *array, Value **printed, uint32_t *count)
{
    shape_text(s, text, array->type->array.ndim);
    for (unsigned i = 0; i < array->type->array.ndim; i++)
        printed[(*count)++] = build_array_dim(&s->b, array, i);
}

/* The dims that inputs broadcast to, once they have been found to. */
static void print_broadcast(Spec *s, Text *text, Value *const *inputs, unsigned count,
                            unsigned ndim, Value **printed, uint32_t *printed_count)
{
    Value *one = build_int(&s->b, 1);
    shape_text(s, text, ndim);
    for (unsigned axis = 0; axis < ndim; axis++) {
        Value *dim = one;
        for (unsigned i = 0; i < count; i++) {
            unsigned own = is_array(inputs[i]) ? inputs[i]->type->array.ndim : 0;
            if (axis + own < ndim)
                continue;
            Value *each = build_array_dim(&s->b, inputs[i], axis + own - ndim);
            dim = build_select(&s->b, build_compare(&s->b, OP_EQ, dim, one), each, dim);
        }
        printed[(*printed_count)++] = dim;
    }
}

/* An axis of an input, of length `each`, against the output's, of length `dim`. */
static void check_axis(Spec *s, Value *const *inputs, unsigned count, Value *out, Value *each,
                       Value *dim)
{
    Value *all[MAX_INPUTS + 1], *printed[(MAX_INPUTS + 1) * MAX_NDIM];
    Value *one = build_int(&s->b, 1);
    Value *ok = build_binary(&s->b, OP_OR, build_compare(&s->b, OP_EQ, each, one),
                             build_compare(&s->b, OP_EQ, each, dim));
    uint32_t printed_count;
    memcpy(all, inputs, count * sizeof *all);
    all[count] = out;
    const char *message = broadcast_message(s, all, count + 1, printed, &printed_count);
    Value *stretches = build_binary(&s->b, OP_OR, ok, build_compare(&s->b, OP_EQ, dim, one));
    spec_check(s, stretches, "ValueError", message, printed, printed_count);
    Text text;
    text_open(&text, s->arena);
    text_puts(&text, "non-broadcastable output operand with shape ");
    printed_count = 0;
    print_shape(s, &text, out, printed, &printed_count);
    text_puts(&text, " doesn't match the broadcast shape ");
    print_broadcast(s, &text, all, count + 1, out->type->array.ndim, printed, &printed_count);
    spec_check(s, ok, "ValueError", text.data, printed, printed_count);
}

/* Inputs must broadcast to the output's own shape. */
static void check_fits(Spec *s, Value *const *inputs, unsigned count, Value *out)
{
    unsigned ndim = out->type->array.ndim;
    for (unsigned i = 0; i < count; i++) {
        if (!is_array(inputs[i]) || inputs[i] == out)
            continue;
        unsigned own = inputs[i]->type->array.ndim;
        for (unsigned k = 0; k < own; k++) {
            Value *each = build_array_dim(&s->b, inputs[i], k);
            Value *dim = build_array_dim(&s->b, out, k + ndim - own);
            if (dim != each)
                check_axis(s, inputs, count, out, each, dim);
        }
    }
}

/* Likewise for out[...] = input, where leading axes of one element go. */
static void check_assigned(Spec *s, Value *input, Value *out)
{
    unsigned ndim = out->type->array.ndim, own = input->type->array.ndim;
    Value *one = build_int(&s->b, 1);
    for (unsigned k = 0; k < own; k++) {
        Value *each = build_array_dim(&s->b, input, k), *printed[2 * MAX_NDIM];
        Value *ok = build_compare(&s->b, OP_EQ, each, one);
        uint32_t printed_count = 0;
        Text text;
        if (k + ndim >= own) {
            Value *dim = build_array_dim(&s->b, out, k + ndim - own);
            if (dim == each)
                continue;
            ok = build_binary(&s->b, OP_OR, ok, build_compare(&s->b, OP_EQ, each, dim));
        }
        text_open(&text, s->arena);
        text_puts(&text, "could not broadcast input array from shape ");
        print_shape(s, &text, input, printed, &printed_count);
        text_puts(&text, " into shape ");
        print_shape(s, &text, out, printed, &printed_count);
        spec_check(s, ok, "ValueError", text.data, printed, printed_count);
    }
}

/* Does the value lie in memory that was made here, and not in `out`'s? */
static bool is_new(const Value *value, const Value *out)
{
    return value->def && (value->def->code == OP_MAP || value->def->code == OP_ARRAY_NEW) &&
           !(out->def && out->def->code == OP_ARRAY_VIEW) && value != out;
}

/* Whether some input shares memory with `out` other than element by element; NULL: surely none. */
static Value *overlaps(Spec *s, Value *const *inputs, unsigned count, Value *out)
{
    Value *any = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (!is_array(inputs[i]) || inputs[i] == out || is_new(inputs[i], out))
            continue;
        Value *args[2] = {out, inputs[i]};
        Value *each =
            build_op(&s->b, OP_ARRAY_OVERLAP, spec_scalar(s, SCALAR_BOOL), args, 2, (Attr){0});
        any = any ? build_binary(&s->b, OP_OR, any, each) : each;
    }
    return any;
}

static void write(Spec *s, const Kernel *kernel, Value *const *inputs, Value *const *scalars,
                  Value *out)
{
    unsigned count = kernel->inputs, ndim = out->type->array.ndim;
    Value *overlap = overlaps(s, inputs, count, out);
    if (!overlap) {
        map_into(s, kernel, inputs, scalars, out);
        return;
    }
    SpecIf branch = spec_if(s, overlap, NULL, 0);
    Value *dims[MAX_NDIM];
    for (unsigned i = 0; i < ndim; i++)
        dims[i] = build_array_dim(&s->b, out, i);
    Value *copy = new_map(s, kernel, inputs, scalars, dims, ndim, out->type->array.dtype);
    Kernel plain = plain_kernel(out->type->array.dtype);
    map_into(s, &plain, &copy, NULL, out);
    spec_else(s, &branch, NULL, 0);
    map_into(s, kernel, inputs, scalars, out);
    spec_end(s, &branch, NULL, 0);
}

void spec_assign(Spec *s, Value *dst, Value *value)
{
    ScalarKind dtype = dst->type->array.dtype;
    Kernel plain = plain_kernel(dtype);
    spec_check_writable(s, dst, "assignment destination is read-only");
    if (infer_value_type(value->type)->kind == TYPE_ARRAY)
        value = spec_unwrap(s, value);
    if (is_array(value) && value->type->array.ndim == 0)
        value = spec_load(s, value, NULL);
    Value *scalar = is_array(value) ? NULL : spec_stored(s, value, dtype);
    if (is_array(value) && value != dst)
        check_assigned(s, value, dst);
    if (is_array(value) &&
        value->type->array.ndim > dst->type->array.ndim) { /* leading axes of 1 go */
        unsigned ndim = dst->type->array.ndim, extra = value->type->array.ndim - ndim;
        Value *dims[MAX_NDIM], *strides[MAX_NDIM];
        ArrayType array = value->type->array;
        array.ndim = (uint8_t)ndim;
        array.layout = LAYOUT_ANY;
        for (unsigned i = 0; i < ndim; i++) {
            dims[i] = build_array_dim(&s->b, value, i + extra);
            strides[i] = build_array_stride(&s->b, value, i + extra);
        }
        value = spec_view(s, value, type_array(s->c->types, array), build_int(&s->b, 0), dims,
                          strides);
    }
    write(s, &plain, &value, &scalar, dst);
}

/* ---- entry ------------------------------------------------------------------------------------------------------------ */

static void load_0d(Spec *s, Value **inputs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        inputs[i] = spec_unwrap(s, inputs[i]);
        if (is_array(inputs[i]) && inputs[i]->type->array.ndim == 0)
            inputs[i] = spec_load(s, inputs[i], NULL);
    }
}

Value *spec_elementwise(Spec *s, UfuncId ufunc, Value *const *args, const Type *result,
                        Value *out, const ScalarKind *dtype)
{
    Value *inputs[MAX_INPUTS], *scalars[MAX_INPUTS] = {0}, *dims[MAX_NDIM];
    unsigned count = ufunc_inputs(ufunc);
    assert(count >= 1 && count <= MAX_INPUTS);
    for (unsigned i = 0; i < count; i++)
        inputs[i] = args[i];
    load_0d(s, inputs, count);
    Kernel kernel = kernel_of(s, ufunc, inputs, count, dtype);
    for (unsigned i = 0; i < count; i++)
        if (!is_array(inputs[i]))
            scalars[i] = prepared_scalar(s, &kernel, inputs[i]);
    if (out) {
        spec_check_writable(s, out, "output array is read-only");
        check_fits(s, inputs, count, out);
        write(s, &kernel, inputs, scalars, out);
        return out;
    }
    if (result->kind != TYPE_ARRAY)
        return build_convert(&s->b, element(s, &kernel, scalars), result);
    broadcast(s, inputs, count, result->array.ndim, dims);
    return new_map(s, &kernel, inputs, scalars, dims, result->array.ndim, result->array.dtype);
}

Value *spec_array_cast(Spec *s, Value *array, ScalarKind kind)
{
    Value *dims[MAX_NDIM], *scalar = NULL;
    unsigned ndim = array->type->array.ndim;
    Kernel plain = plain_kernel(kind);
    for (unsigned i = 0; i < ndim; i++)
        dims[i] = build_array_dim(&s->b, array, i);
    return new_map(s, &plain, &array, &scalar, dims, ndim, kind);
}
