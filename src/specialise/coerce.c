/* Coercion: a value of one type as a value of another.
 *
 * spec_coerce is for places where lives of a variable meet (DESIGN §2.1 (c)): exact, or it raises.
 * spec_number converts as a C cast; spec_operand does so with NEP 50's range check on Python ints.
 */
#include <math.h>

#include "specialise/spec.h"
#include "types/layout.h"

static Value *constant_of(Spec *s, const Type *type)
{
    const Constant *constant = &type->constant;
    if (constant->kind == CONSTANT_BOOL)
        return build_bool(&s->b, constant->truth);
    ScalarKind kind = SCALAR_INT;
    type_scalar_of(type, &kind);
    return build_scalar_int(&s->b, kind, constant->integer);
}

Value *spec_unwrap(Spec *s, Value *value)
{
    while (value->type->kind == TYPE_OPTIONAL || value->type->kind == TYPE_MAYBE) {
        const Type *element = value->type->elements[0];
        Value *some =
            build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &value, 1, (Attr){0});
        if (value->type->kind == TYPE_OPTIONAL)
            spec_check_some(s, some, value);
        else
            spec_check(s, some, "UnboundLocalError", "a variable has no value", NULL, 0);
        value = layout_part_count(element)
                    ? build_op(&s->b, OP_UNWRAP, element, &value, 1, (Attr){0})
                    : build_nothing(&s->b, element);
    }
    return value;
}

/* The number behind an IntEnum's member: its value, chosen by the member number. */
static Value *enum_number(Spec *s, Value *value)
{
    const ClassInfo *info = value->type->class_info;
    Value *member = build_op(&s->b, OP_EXTRACT, spec_scalar(s, SCALAR_INT), &value, 1,
                             (Attr){.integer = 0});
    Value *number = NULL;
    for (uint32_t i = info->count; i-- > 0;) {
        Value *each = spec_number(s, spec_class_value(s, &info->values[i]), SCALAR_INT);
        Value *is = number ? build_compare(&s->b, OP_EQ, member, build_int(&s->b, i)) : NULL;
        number = number ? build_select(&s->b, is, each, number) : each;
    }
    return number ? number : build_int(&s->b, 0);
}

/* The plain number value behind Const, Optional, IntEnum and 0-d arrays. */
static Value *plain(Spec *s, Value *value)
{
    value = spec_unwrap(s, value);
    if (value->type->kind == TYPE_CONST)
        return constant_of(s, value->type);
    if (value->type->kind == TYPE_ENUM)
        return enum_number(s, value);
    if (value->type->kind == TYPE_ARRAY && value->type->array.ndim == 0)
        return spec_load(s, value, NULL);
    return value;
}

Value *spec_number(Spec *s, Value *value, ScalarKind kind)
{
    value = plain(s, value);
    return build_convert(&s->b, value, spec_scalar(s, kind));
}

Value *spec_int(Spec *s, Value *value)
{
    value = plain(s, value);
    ScalarKind kind = value->type->scalar;
    if (kind == SCALAR_INT_U64 || kind == SCALAR_INT_I128 || kind == SCALAR_UINT64)
        return spec_narrow(s, value, SCALAR_INT);
    return build_convert(&s->b, value, spec_scalar(s, SCALAR_INT));
}

/* ---- range checks ---------------------------------------------------------------------------------------- */

static __int128 highest(ScalarKind kind)
{
    if (scalar_class(kind) == CLASS_BOOL)
        return 1;
    unsigned bits = scalar_bits(kind) - (scalar_class(kind) == CLASS_INT);
    __int128 half = (__int128)1 << (bits - 1);
    return half - 1 + half;
}

static __int128 lowest(ScalarKind kind)
{
    return scalar_class(kind) == CLASS_INT ? -highest(kind) - 1 : 0;
}

/* lowest(to) ≤ value ≤ highest(to), comparing in the value's own kind. */
static Value *fits(Spec *s, Value *value, ScalarKind to)
{
    ScalarKind from = value->type->scalar;
    Value *ok = build_bool(&s->b, true);
    if (lowest(to) > lowest(from))
        ok = build_compare(&s->b, OP_GE, value, build_scalar_int(&s->b, from, lowest(to)));
    if (highest(to) < highest(from)) {
        Value *below =
            build_compare(&s->b, OP_LE, value, build_scalar_int(&s->b, from, highest(to)));
        ok = build_binary(&s->b, OP_AND, ok, below);
    }
    return ok;
}

Value *spec_narrow(Spec *s, Value *value, ScalarKind kind)
{
    if (value->type->scalar == kind)
        return value;
    if (!s->c->options.unchecked_overflow) {
        Value *args[1] = {value};
        spec_check(
            s, fits(s, value, kind), "OverflowError",
            "Python integer %d does not fit the 64 bits it is carried in here; np.uint64 wraps",
            args, 1);
    }
    return build_convert(&s->b, value, spec_scalar(s, kind));
}

Value *spec_as_index(Spec *s, Value *value)
{
    value = plain(s, value);
    if (value->type->scalar == SCALAR_UINT64)
        spec_check(s, fits(s, value, SCALAR_INT), "OverflowError",
                   "Python int too large to convert to C long", NULL, 0);
    else
        value = spec_int(s, value);
    return build_convert(&s->b, value, spec_scalar(s, SCALAR_INT));
}

Value *spec_bound(Spec *s, Value *value)
{
    value = plain(s, value);
    if (scalar_class(value->type->scalar) != CLASS_UINT)
        return spec_int(s, value);
    Value *inside = build_convert(&s->b, value, spec_scalar(s, SCALAR_INT));
    return build_select(&s->b, fits(s, value, SCALAR_INT), inside, build_int(&s->b, INT64_MAX));
}

Value *spec_operand(Spec *s, Value *value, ScalarKind kind)
{
    value = plain(s, value);
    ScalarKind from = value->type->scalar;
    bool checked = scalar_is_python_int(from) && scalar_is_integer(kind) &&
                   !scalar_is_weak(kind) && spec_promotion(s) == PROMOTION_NUMPY;
    if (checked) {
        bool large = kind == SCALAR_UINT32 || kind == SCALAR_UINT64;
        Value *held = fits(s, value, large ? SCALAR_INT_U64 : SCALAR_INT);
        if (large && from == SCALAR_INT_I128) /* negative ones get the other message */
            held = build_binary(&s->b, OP_OR, held, fits(s, value, SCALAR_INT));
        if (from != SCALAR_INT)
            spec_check(s, held, "OverflowError", "Python int too large to convert to C long",
                       NULL, 0);
        char *message = arena_printf(s->arena, "Python integer %%d out of bounds for %s",
                                     scalar_name(kind));
        spec_check(s, fits(s, value, kind), "OverflowError", message, &value, 1);
    }
    return build_convert(&s->b, value, spec_scalar(s, kind));
}

/* ---- elements ------------------------------------------------------------------------------------------- */

/* A float as an element of an integer dtype, by way of a Python int. */
static Value *float_stored(Spec *s, Value *value, ScalarKind dtype)
{
    const Type *type = spec_scalar(s, dtype);
    Value *x = build_convert(&s->b, value, spec_scalar(s, SCALAR_FLOAT));
    double most = (double)highest(dtype) + (scalar_bits(dtype) < 64);
    double least = (double)lowest(dtype) - (scalar_bits(dtype) < 64 || lowest(dtype) == 0);
    Value *low = build_float(&s->b, SCALAR_FLOAT, least),
          *high = build_float(&s->b, SCALAR_FLOAT, most);
    bool is_open = least != (double)lowest(dtype);
    Value *inside =
        build_binary(&s->b, OP_AND, build_compare(&s->b, is_open ? OP_GT : OP_GE, x, low),
                     build_compare(&s->b, OP_LT, x, high));
    SpecIf branch = spec_if(s, inside, NULL, 0);
    spec_else(s, &branch, NULL, 0);
    spec_check(s, build_compare(&s->b, OP_EQ, x, x), "ValueError",
               "cannot convert float NaN to integer", NULL, 0);
    Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
    Value *finite = build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_SUB, x, x), zero);
    spec_check(s, finite, "OverflowError", "cannot convert float infinity to integer", NULL, 0);
    Value *size = build_unary(&s->b, OP_ABS, x);
    Value *held = build_compare(&s->b, OP_LT, size,
                                build_float(&s->b, SCALAR_FLOAT, 9223372036854775808.0));
    spec_check(s, held, "OverflowError", "Python int too large to convert to C long", NULL, 0);
    char *message =
        arena_printf(s->arena, "Python integer %%d out of bounds for %s", scalar_name(dtype));
    Value *whole = build_convert(&s->b, x, spec_scalar(s, SCALAR_INT));
    spec_raise(s, "OverflowError", message, &whole, 1);
    spec_end(s, &branch, NULL, 0);
    return build_convert(&s->b, x, type);
}

/* None is nan, or False, as an element of dtypes that have one of them. */
static Value *nothing_stored(Spec *s, ScalarKind dtype)
{
    Value *empty = scalar_class(dtype) == CLASS_BOOL ? build_bool(&s->b, false)
                                                     : build_float(&s->b, SCALAR_FLOAT, NAN);
    const Type *complex = spec_scalar(s, SCALAR_COMPLEX);
    Value *parts[2] = {empty, empty};
    if (scalar_class(dtype) == CLASS_COMPLEX)
        empty = build_op(&s->b, OP_COMPLEX, complex, parts, 2, (Attr){0});
    return build_convert(&s->b, empty, spec_scalar(s, dtype));
}

static Value *option_stored(Spec *s, Value *value, ScalarKind dtype)
{
    const Type *type = spec_scalar(s, dtype);
    Value *some =
        build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &value, 1, (Attr){0});
    SpecIf branch = spec_if(s, some, &type, 1);
    Value *held = build_op(&s->b, OP_UNWRAP, value->type->elements[0], &value, 1, (Attr){0});
    Value *stored = spec_stored(s, held, dtype);
    spec_else(s, &branch, &stored, 1);
    Value *empty = nothing_stored(s, dtype);
    spec_end(s, &branch, &empty, 1);
    return op_result(branch.op, 0);
}

/* NumPy takes a scalar that is not of the dtype through a Python int, but for unsigned dtypes,
 * which numbers of NumPy's are cast to. */
Value *spec_stored(Spec *s, Value *value, ScalarKind dtype)
{
    bool has_nothing = scalar_is_inexact(dtype) || dtype == SCALAR_NP_BOOL;
    if (has_nothing && value->type->kind == TYPE_NONE)
        return nothing_stored(s, dtype);
    if (has_nothing && value->type->kind == TYPE_OPTIONAL)
        return option_stored(s, value, dtype);
    bool is_array = spec_unwrap(s, value)->type->kind == TYPE_ARRAY;
    value = plain(s, value);
    ScalarKind from = value->type->scalar;
    if (is_array || !scalar_is_integer(dtype) || spec_promotion(s) != PROMOTION_NUMPY)
        return spec_operand(s, value, dtype);
    bool through_int = scalar_class(dtype) == CLASS_INT || scalar_is_weak(from);
    if (scalar_class(from) == CLASS_FLOAT && through_int)
        return float_stored(s, value, dtype);
    if (!scalar_is_integer(from) || scalar_is_weak(from) || !through_int)
        return spec_operand(s, value, dtype);
    if (from == SCALAR_UINT64)
        spec_check(s, fits(s, value, SCALAR_INT), "OverflowError",
                   "Python int too large to convert to C long", NULL, 0);
    return spec_operand(s, build_convert(&s->b, value, spec_scalar(s, SCALAR_INT)), dtype);
}

/* ---- exact conversion of numbers ------------------------------------------------------------------------------ */

/* Int to float and back must be the same number (2**53 + 1 is not a float). */
static Value *int_to_float(Spec *s, Value *value, ScalarKind to)
{
    ScalarKind from = value->type->scalar;
    Value *wide = build_convert(&s->b, value, spec_scalar(s, to));
    unsigned exact = scalar_bits(to) == 64 ? 53 : scalar_bits(to) == 32 ? 24 : 11;
    if (scalar_bits(from) - (scalar_class(from) == CLASS_INT) <= exact ||
        scalar_class(from) == CLASS_BOOL)
        return wide;
    Value *magnitude =
        scalar_class(from) == CLASS_INT ? build_unary(&s->b, OP_ABS, value) : value;
    Value *limit = build_scalar_int(&s->b, from, (__int128)1 << exact);
    Value *small = build_compare(&s->b, OP_LE, magnitude, limit);
    Value *back = build_convert(&s->b, wide, spec_scalar(s, from));
    Value *same = build_binary(&s->b, OP_OR, small, build_compare(&s->b, OP_EQ, back, value));
    spec_check(s, same, "OverflowError",
               "int %d is not exactly a float, which this variable is on another path", &value,
               1);
    return wide;
}

static Value *float_to_narrower(Spec *s, Value *value, const Type *to)
{
    Value *narrow = build_convert(&s->b, value, to);
    Value *back = build_convert(&s->b, narrow, value->type);
    Value *same = build_binary(&s->b, OP_OR, build_compare(&s->b, OP_EQ, back, value),
                               build_compare(&s->b, OP_NE, value, value));
    char *message = arena_printf(
        s->arena, "float %%g is not exactly a %s, which this variable is on another path",
        scalar_name(to->scalar));
    spec_check(s, same, "OverflowError", message, &value, 1);
    return narrow;
}

static Value *coerce_number(Spec *s, Value *value, const Type *to)
{
    value = plain(s, value);
    ScalarKind a = value->type->scalar, b = to->scalar, real = scalar_real(b);
    ScalarClass from = scalar_class(a), into = scalar_class(b);
    if (a == b)
        return value;
    bool integers = from <= CLASS_UINT && into <= CLASS_UINT;
    if (integers && into != CLASS_BOOL) {
        if (!scalar_is_weak(b))
            return spec_operand(s, value, b);
        return from == CLASS_BOOL ? build_convert(&s->b, value, to) : spec_narrow(s, value, b);
    }
    if (from <= CLASS_UINT && into == CLASS_FLOAT)
        return int_to_float(s, value, b);
    if (into == CLASS_COMPLEX && from != CLASS_COMPLEX) {
        Value *parts[2] = {coerce_number(s, value, spec_scalar(s, real)),
                           build_float(&s->b, real, 0.0)};
        return build_op(&s->b, OP_COMPLEX, to, parts, 2, (Attr){0});
    }
    if (from == CLASS_FLOAT && into == CLASS_FLOAT && scalar_bits(b) < scalar_bits(a))
        return float_to_narrower(s, value, to);
    return build_convert(&s->b, value, to);
}

/* ---- other types --------------------------------------------------------------------------------------------- */

static Value *coerce_array(Spec *s, Value *value, const Type *to)
{
    uint32_t ndim = to->array.ndim, count = 0;
    Value **args = ARENA_ARRAY(s->arena, Value *, 2 + 2 * ndim);
    args[count++] = value;
    args[count++] = build_int(&s->b, 0);
    for (uint32_t i = 0; i < ndim; i++)
        args[count++] = build_array_dim(&s->b, value, i);
    for (uint32_t i = 0; i < ndim && to->array.layout == LAYOUT_ANY; i++)
        args[count++] = build_array_stride(&s->b, value, i);
    return build_op(&s->b, OP_ARRAY_VIEW, to, args, count, (Attr){0});
}

/* Optional(T) or Maybe(T) from something that holds another T, or nothing. */
static Value *coerce_option(Spec *s, Value *value, const Type *to)
{
    const Type *from = value->type, *element = to->elements[0];
    bool nothing =
        to->kind == TYPE_OPTIONAL ? from->kind == TYPE_NONE : from->kind == TYPE_UNBOUND;
    if (nothing)
        return build_nothing(&s->b, to);
    if (from->kind != to->kind) {
        Value *inner = spec_coerce(s, value, element);
        return build_op(&s->b, OP_SOME, to, &inner, 1, (Attr){0});
    }
    Value *some =
        build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &value, 1, (Attr){0});
    SpecIf branch = spec_if(s, some, &to, 1);
    Value *held = build_op(&s->b, OP_UNWRAP, from->elements[0], &value, 1, (Attr){0});
    Value *inner = spec_coerce(s, held, element);
    Value *wrapped = build_op(&s->b, OP_SOME, to, &inner, 1, (Attr){0});
    spec_else(s, &branch, &wrapped, 1);
    Value *empty = build_nothing(&s->b, to);
    spec_end(s, &branch, &empty, 1);
    return op_result(branch.op, 0);
}

static Value *coerce_compound(Spec *s, Value *value, const Type *to)
{
    Value **elements = ARENA_ARRAY(s->arena, Value *, to->count);
    for (uint32_t i = 0; i < to->count; i++)
        elements[i] = spec_coerce(s, build_extract(&s->b, value, i), to->elements[i]);
    return build_pack(&s->b, to, elements);
}

Value *spec_coerce(Spec *s, Value *value, const Type *to)
{
    if (value->type == to || spec_is_dead(s))
        return value;
    if (layout_part_count(to) == 0)
        return build_nothing(&s->b, to);
    switch (to->kind) {
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
        return coerce_option(s, value, to);
    case TYPE_SCALAR:
        return coerce_number(s, value, to);
    case TYPE_ARRAY:
        return coerce_array(s, spec_unwrap(s, value), to);
    case TYPE_TUPLE:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_METHOD:
    case TYPE_FUNCTION:
    case TYPE_ITER:
    case TYPE_EXCEPTION:
        return coerce_compound(s, spec_unwrap(s, value), to);
    case TYPE_STR:
        if (value->type->kind == TYPE_CONST)
            return build_const(&s->b, to, &value->type->constant);
        return spec_unwrap(s, value);
    case TYPE_ENUM:
        value = spec_unwrap(s, value);
        return value->type == to ? value : build_op(&s->b, OP_PACK, to, &value, 1, (Attr){0});
    case TYPE_SLOT:
    case TYPE_POINTER:
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_NONE:
    case TYPE_CONST:
    case TYPE_ELLIPSIS:
    case TYPE_DTYPE:
    case TYPE_MODULE:
    case TYPE_BUILTIN:
    case TYPE_CLASS:
        break;
    }
    return value;
}

/* ---- truth ------------------------------------------------------------------------------------------------- */

static Value *truth_of_option(Spec *s, Value *value)
{
    const Type *boolean = spec_scalar(s, SCALAR_BOOL);
    Value *some = build_op(&s->b, OP_IS_SOME, boolean, &value, 1, (Attr){0});
    SpecIf branch = spec_if(s, some, &boolean, 1);
    Value *held = build_op(&s->b, OP_UNWRAP, value->type->elements[0], &value, 1, (Attr){0});
    Value *truth = spec_truth(s, held);
    spec_else(s, &branch, &truth, 1);
    Value *no = build_bool(&s->b, false);
    spec_end(s, &branch, &no, 1);
    return op_result(branch.op, 0);
}

/* A text is true unless it is empty. */
static Value *truth_of_text(Spec *s, Value *value)
{
    Constant *empty = ARENA_NEW(s->arena, Constant);
    empty->kind = CONSTANT_STR;
    empty->text = intern_cstr(s->c->names, "");
    Value *nothing = build_const(&s->b, s->c->types->str, empty);
    return spec_compare(s, COMPARE_NE, value, nothing, spec_scalar(s, SCALAR_BOOL));
}

Value *spec_truth(Spec *s, Value *value)
{
    if (value->type->kind == TYPE_STR)
        return truth_of_text(s, value);
    if (value->type->kind == TYPE_OPTIONAL)
        return truth_of_option(s, value);
    if (value->type->kind == TYPE_RANGE)
        return build_compare(&s->b, OP_NE, spec_iter_len(s, value), build_int(&s->b, 0));
    return spec_number(s, value, SCALAR_BOOL);
}
