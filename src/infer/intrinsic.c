/* Type rules of the library's intrinsics: what martlet/library needs from the compiler. */
#include <string.h>

#include "infer/primitive.h"
#include "infer/rules.h"

static const Type *scalar(Infer *s, ScalarKind kind)
{
    return type_scalar(s->c->types, kind);
}

const Type *infer_prim_cast(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind, from;
    const Type *x = infer_value_type(args[0].type);
    if (!infer_dtype_of(primitive_known(s, &args[1]), &kind))
        return primitive_refuse(s, primitive, &args[1], "a dtype");
    if (x->kind == TYPE_ARRAY) {
        ArrayType array = {.dtype = kind, .ndim = x->array.ndim, .layout = LAYOUT_C};
        return type_array(s->c->types, array);
    }
    return type_scalar_of(x, &from)
               ? scalar(s, kind)
               : primitive_refuse(s, primitive, &args[0], "a number or an array");
}

static const Type *viewed(Infer *s, const Primitive *primitive, const Arg *args, Layout layout)
{
    uint32_t ndim;
    if (args[0].type->kind != TYPE_ARRAY || !primitive_rank(args[2].type, &ndim))
        return primitive_refuse(s, primitive, &args[0], "an array, an offset and tuples");
    ArrayType array = args[0].type->array;
    array.ndim = (uint8_t)ndim;
    array.layout = ndim == 0 ? LAYOUT_C : layout;
    return type_array(s->c->types, array);
}

const Type *infer_prim_view(Infer *s, const Primitive *primitive, const Arg *args)
{
    return viewed(s, primitive, args, LAYOUT_ANY);
}

const Type *infer_prim_view_c(Infer *s, const Primitive *primitive, const Arg *args)
{
    return viewed(s, primitive, args, LAYOUT_C);
}

const Type *infer_prim_is_c(Infer *s, const Primitive *primitive, const Arg *args)
{
    (void)primitive;
    const Type *x = args[0].type;
    return type_const_bool(s->c->types, x->kind == TYPE_ARRAY && x->array.layout == LAYOUT_C);
}

const Type *infer_prim_readonly(Infer *s, const Primitive *primitive, const Arg *args)
{
    if (args[0].type->kind != TYPE_ARRAY)
        return primitive_refuse(s, primitive, &args[0], "an array");
    ArrayType array = args[0].type->array;
    array.readonly = true;
    return type_array(s->c->types, array);
}

/* Of a tuple: what np.array makes of it, where Python numbers count as what they are alone. */
static bool dtype_like(const Type *x, ScalarKind *kind)
{
    x = infer_value_type(x);
    if (x->kind == TYPE_ARRAY)
        return *kind = x->array.dtype, true;
    if (x->kind == TYPE_RANGE)
        return *kind = SCALAR_INT64, true;
    if (x->kind == TYPE_TUPLE) {
        bool found = false;
        ScalarKind each;
        for (uint32_t i = 0; i < x->count; i++) {
            const Type *element = infer_value_type(x->elements[i]);
            if (element->kind == TYPE_TUPLE && element->count == 0)
                continue;
            if (!dtype_like(element, &each))
                return false;
            each = scalar_numpy(each);
            *kind = found ? promote_kinds(PROMOTION_NUMPY, *kind, each) : each;
            found = true;
        }
        *kind = found ? *kind : SCALAR_FLOAT64;
        return true;
    }
    return type_scalar_of(x, kind) || infer_dtype_of(x, kind);
}

const Type *infer_prim_promote(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind a, b;
    if (!dtype_like(args[0].type, &a) || !dtype_like(args[1].type, &b))
        return primitive_refuse(s, primitive, &args[0], "dtypes, numbers and arrays");
    if (scalar_class(a) == CLASS_BOOL && scalar_class(b) == CLASS_BOOL)
        return type_dtype(s->c->types, SCALAR_NP_BOOL);
    return type_dtype(s->c->types, scalar_numpy(promote_kinds(infer_promotion(s), a, b)));
}

const Type *infer_prim_dtype_of(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    if (!dtype_like(args[0].type, &kind))
        return primitive_refuse(s, primitive, &args[0], "a number, an array or a dtype");
    return type_dtype(s->c->types, scalar_numpy(kind));
}

/* The argument, whose value must be known. */
const Type *infer_prim_static(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *type = primitive_known(s, &args[0]);
    if (type->kind == TYPE_SCALAR)
        return infer_error(s, primitive_span(s, &args[0]), E_NEEDS_CONSTANT,
                           "this value must be known when compiling"),
               (void)primitive, NULL;
    return type;
}

/* Control does not get here for types that the library takes. */
const Type *infer_prim_refuse(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *message;
    if (!type_is_const_str(primitive_known(s, &args[0]), &message))
        return primitive_refuse(s, primitive, &args[0], "a message");
    return infer_error(s, (Span){0}, E_ARGUMENT, "%s", message->text);
}

const Type *infer_prim_libm(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *name;
    if (!type_is_const_str(args[0].type, &name) || args[1].part_count == 0)
        return primitive_refuse(s, primitive, &args[0], "a function's name");
    const Type *first = infer_value_type(args[1].parts[0].type);
    ScalarKind kind;
    if (!type_scalar_of(first, &kind) || scalar_class(kind) != CLASS_FLOAT)
        return primitive_refuse(s, primitive, &args[1].parts[0], "floats");
    return scalar(s, kind);
}

static ScalarKind other_side_of_bits(ScalarKind kind)
{
    static const ScalarKind pairs[][2] = {{SCALAR_FLOAT, SCALAR_INT},
                                          {SCALAR_FLOAT64, SCALAR_INT64},
                                          {SCALAR_FLOAT32, SCALAR_INT32},
                                          {SCALAR_FLOAT16, SCALAR_INT16}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int side = 0; side < 2; side++)
            if (pairs[i][side] == kind)
                return pairs[i][!side];
    return kind;
}

/* A typed operation by its IR name, on args of one type: "fma", "copysign", "mul_high", "ctz" …
 * "bitcast" is from float to int and back. */
const Type *infer_prim_op(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *name;
    ScalarKind kind;
    if (!type_is_const_str(args[0].type, &name) || args[1].part_count == 0 ||
        !type_scalar_of(infer_value_type(args[1].parts[0].type), &kind))
        return primitive_refuse(s, primitive, &args[0], "an operation's name and numbers");
    static const char *const tests[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (strcmp(name->text, tests[i]) == 0)
            return scalar(s, SCALAR_BOOL);
    return scalar(s, strcmp(name->text, "bitcast") == 0 ? other_side_of_bits(kind) : kind);
}

const Type *infer_prim_round_decimal(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    bool is_number = type_scalar_of(infer_value_type(args[0].type), &kind) &&
                     scalar_class(kind) != CLASS_COMPLEX;
    if (!is_number || !type_is_integer(infer_value_type(args[1].type)))
        return primitive_refuse(s, primitive, &args[1], "a float and a number of digits");
    return scalar(s, SCALAR_FLOAT);
}

const Type *infer_prim_overlap(Infer *s, const Primitive *primitive, const Arg *args)
{
    if (args[0].type->kind != TYPE_ARRAY || args[1].type->kind != TYPE_ARRAY)
        return primitive_refuse(s, primitive, &args[0], "two arrays");
    return scalar(s, SCALAR_BOOL);
}

/* The shape of a nested tuple of numbers; false where it is not regular. */
static bool nested_shape(const Type *x, uint32_t depth, uint32_t *dims, uint32_t *ndim)
{
    ScalarKind kind;
    x = infer_value_type(x);
    if (type_scalar_of(x, &kind)) {
        if (*ndim == UINT32_MAX)
            *ndim = depth;
        return *ndim == depth;
    }
    if (x->kind != TYPE_TUPLE || depth >= TYPE_NDIM_MAX || *ndim == depth)
        return false;
    if (dims[depth] != UINT32_MAX && dims[depth] != x->count)
        return false;
    dims[depth] = x->count;
    for (uint32_t i = 0; i < x->count; i++)
        if (!nested_shape(x->elements[i], depth + 1, dims, ndim))
            return false;
    if (x->count == 0 && *ndim == UINT32_MAX)
        *ndim = depth + 1;
    return true;
}

static bool holds_complex(const Type *type)
{
    ScalarKind kind;
    for (uint32_t i = 0; type->kind == TYPE_TUPLE && i < type->count; i++)
        if (holds_complex(infer_value_type(type->elements[i])))
            return true;
    return type_scalar_of(type, &kind) && scalar_class(kind) == CLASS_COMPLEX;
}

const Type *infer_prim_from_tuple(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t dims[TYPE_NDIM_MAX], ndim = UINT32_MAX;
    memset(dims, 0xff, sizeof dims);
    ScalarKind kind;
    if (!infer_dtype_of(primitive_known(s, &args[1]), &kind))
        return primitive_refuse(s, primitive, &args[1], "a dtype that is known when compiling");
    if (infer_value_type(args[0].type)->kind != TYPE_TUPLE ||
        !nested_shape(args[0].type, 0, dims, &ndim))
        return infer_error(
            s, primitive_span(s, &args[0]), E_SHAPE,
            "setting an array element with a sequence. The requested array has an "
            "inhomogeneous shape");
    if (scalar_class(kind) != CLASS_COMPLEX && holds_complex(infer_value_type(args[0].type)))
        return infer_error(s, primitive_span(s, &args[0]), E_OPERAND,
                           "a complex number does not go into an array of %s",
                           scalar_name(kind));
    ArrayType array = {.dtype = kind, .ndim = (uint8_t)ndim, .layout = LAYOUT_C};
    return type_array(s->c->types, array);
}

const Type *infer_prim_reinterpret(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t ndim;
    ScalarKind kind;
    if (args[0].type->kind != TYPE_ARRAY || !primitive_rank(args[3].type, &ndim))
        return primitive_refuse(s, primitive, &args[0],
                                "an array, a dtype, an offset and tuples");
    if (!infer_dtype_of(primitive_known(s, &args[1]), &kind))
        return primitive_refuse(s, primitive, &args[1], "a dtype that is known when compiling");
    ArrayType array = args[0].type->array;
    array.dtype = kind;
    array.ndim = (uint8_t)ndim;
    array.layout = args[4].type->kind == TYPE_NONE || ndim == 0 ? LAYOUT_C : LAYOUT_ANY;
    return type_array(s->c->types, array);
}

const Type *infer_prim_copy(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *out = args[0].type, *a = args[1].type;
    if (out->kind != TYPE_ARRAY || a->kind != TYPE_ARRAY ||
        out->array.dtype != a->array.dtype || out->array.ndim != a->array.ndim)
        return primitive_refuse(s, primitive, &args[0], "two arrays of one dtype and rank");
    return s->c->types->none;
}

const Type *infer_prim_matmul(Infer *s, const Primitive *primitive, const Arg *args)
{
    for (int i = 0; i < 3; i++)
        if (args[i].type->kind != TYPE_ARRAY || !scalar_is_inexact(args[i].type->array.dtype))
            return primitive_refuse(s, primitive, &args[i],
                                    "arrays of floats or complex numbers");
    return s->c->types->none;
}

const Type *infer_prim_dot(Infer *s, const Primitive *primitive, const Arg *args)
{
    for (int i = 0; i < 2; i++)
        if (args[i].type->kind != TYPE_ARRAY || args[i].type->array.ndim != 1 ||
            !scalar_is_inexact(args[i].type->array.dtype))
            return primitive_refuse(s, primitive, &args[i],
                                    "vectors of floats or complex numbers");
    return scalar(s, SCALAR_COMPLEX128);
}

/* ---- tuples of ints ---------------------------------------------------------------------------------- */

static const Type *ints(Infer *s, uint32_t count)
{
    const Type **elements = ARENA_ARRAY(s->arena, const Type *, count);
    for (uint32_t i = 0; i < count; i++)
        elements[i] = scalar(s, SCALAR_INT);
    return type_tuple(s->c->types, elements, count, NULL);
}

static const Type *ints_changed(Infer *s, const Primitive *primitive, const Arg *args, int by)
{
    uint32_t count;
    const Type *values = infer_value_type(args[0].type);
    if (values->kind != TYPE_TUPLE || !primitive_rank(values, &count) || (int)count + by < 0)
        return primitive_refuse(s, primitive, &args[0], "a tuple of integers");
    return ints(s, (uint32_t)((int)count + by));
}

const Type *infer_prim_dropped(Infer *s, const Primitive *primitive, const Arg *args)
{
    return ints_changed(s, primitive, args, -1);
}

const Type *infer_prim_replaced(Infer *s, const Primitive *primitive, const Arg *args)
{
    return ints_changed(s, primitive, args, 0);
}

const Type *infer_prim_inserted(Infer *s, const Primitive *primitive, const Arg *args)
{
    return ints_changed(s, primitive, args, 1);
}

const Type *infer_prim_picked(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t count;
    if (!ints_changed(s, primitive, args, 0))
        return NULL;
    if (infer_value_type(args[1].type)->kind != TYPE_TUPLE ||
        !primitive_rank(args[1].type, &count))
        return primitive_refuse(s, primitive, &args[1], "a tuple of integers");
    return ints(s, count);
}

const Type *infer_prim_product(Infer *s, const Primitive *primitive, const Arg *args)
{
    return ints_changed(s, primitive, args, 0) ? scalar(s, SCALAR_INT) : NULL;
}
