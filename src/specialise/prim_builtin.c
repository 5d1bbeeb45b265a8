/* Lowering of the primitives that are Python's: builtins and math. */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"
#include "types/layout.h"

static const Type *result_type(const Spec *s, const Op *op)
{
    return s->now->types[op->results[0].id];
}

static Value *if_known(Spec *s, const Op *op)
{
    return layout_part_count(result_type(s, op)) ? NULL
                                                 : build_nothing(&s->b, result_type(s, op));
}

/* ---- numbers --------------------------------------------------------------------------------------------- */

Value *spec_prim_LEN(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Value *known = if_known(s, op), *x = spec_unwrap(s, args[0]);
    return known ? known : spec_iter_len(s, x);
}

Value *spec_prim_ABS(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    ScalarKind kind;
    const Type *result = result_type(s, op);
    Value *known = if_known(s, op), *x;
    if (known)
        return known;
    x = spec_unwrap(s, args[0]);
    if (!type_scalar_of(infer_value_type(x->type), &kind) || !scalar_is_weak(kind))
        return spec_elementwise(s, UFUNC_ABSOLUTE, &x, result, NULL, NULL);
    x = spec_number(s, x, kind);
    if (scalar_class(kind) == CLASS_COMPLEX || scalar_class(kind) == CLASS_FLOAT)
        return spec_ufunc_scalar(s, UFUNC_ABSOLUTE, &x, kind, result->scalar);
    if (scalar_class(kind) != CLASS_INT)
        return build_convert(&s->b, x, result);
    Value *zero = build_scalar_int(&s->b, kind, 0);
    Value *minus = spec_python_binary(s, BINARY_SUB, zero, x, kind, false);
    return build_select(&s->b, build_compare(&s->b, OP_LT, x, zero), minus, x);
}

Value *spec_prim_BOOL(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Value *known = if_known(s, op);
    return known ? known : spec_truth(s, args[0]);
}

/* A float as an int: finite and within the carrier, or the interpreter's error. */
static Value *int_of_float(Spec *s, Value *x, ScalarKind to)
{
    ScalarKind kind = x->type->scalar == SCALAR_FLOAT16 ? SCALAR_FLOAT32 : x->type->scalar;
    x = build_convert(&s->b, x, spec_scalar(s, kind));
    Value *low = build_float(&s->b, kind, -9223372036854775808.0),
          *high = build_float(&s->b, kind, 9223372036854775808.0);
    Value *fits = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_GE, x, low),
                               build_compare(&s->b, OP_LT, x, high));
    SpecIf branch = spec_if(s, fits, NULL, 0);
    spec_else(s, &branch, NULL, 0);
    spec_check(s, build_compare(&s->b, OP_EQ, x, x), "ValueError",
               "cannot convert float NaN to integer", NULL, 0);
    Value *finite = build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_SUB, x, x),
                                  build_float(&s->b, kind, 0.0));
    spec_check(s, finite, "OverflowError", "cannot convert float infinity to integer", NULL, 0);
    spec_raise(s, "OverflowError",
               "int(x) does not fit 64 bits, which Python ints are carried in here", NULL, 0);
    spec_end(s, &branch, NULL, 0);
    return build_convert(&s->b, x, spec_scalar(s, to));
}

static Value *to_int(Spec *s, Value *x, const Type *result)
{
    ScalarKind kind;
    x = spec_unwrap(s, x);
    if (x->type->kind == TYPE_ARRAY)
        x = spec_load(s, x, NULL);
    type_scalar_of(infer_value_type(x->type), &kind);
    x = spec_number(s, x, kind);
    return scalar_class(kind) == CLASS_FLOAT ? int_of_float(s, x, result->scalar)
                                             : build_convert(&s->b, x, result);
}

Value *spec_prim_INT(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Value *known = if_known(s, op);
    return known ? known : to_int(s, args[0], result_type(s, op));
}

/* The number that a text says, as float() reads it: no "0x", no "nan(…)", digits apart by one _. */
static bool float_of_text(Spec *s, const Symbol *symbol, double *value)
{
    static const char spaces[] = " \t\n\v\f\r";
    const char *text = symbol->text + strspn(symbol->text, spaces);
    char *digits = arena_strndup(s->arena, text, strlen(text)), *end, *out = digits;
    for (const char *at = text; *at; at++) {
        bool between =
            at > text && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)at[1]);
        if (*at == '_' && between)
            continue;
        if (strchr("xXpP(_", *at) && *at)
            return false;
        *out++ = *at;
    }
    *out = 0;
    *value = strtod(digits, &end);
    return end != digits && end[strspn(end, spaces)] == 0 &&
           strlen(symbol->text) == symbol->length;
}

static Value *float_of_constant(Spec *s, Value *constant, const Symbol *text)
{
    double value = 0;
    bool is_number = float_of_text(s, text, &value);
    spec_check(s, build_bool(&s->b, is_number), "ValueError",
               "could not convert string to float: '%s'", &constant, 1);
    return build_float(&s->b, SCALAR_FLOAT, value);
}

Value *spec_prim_FLOAT(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    const Symbol *text;
    (void)op;
    if (args[0] && type_is_const_str(plan->args[0].type, &text))
        return float_of_constant(s, args[0], text);
    return args[0] ? spec_number(s, args[0], SCALAR_FLOAT)
                   : build_float(&s->b, SCALAR_FLOAT, 0.0);
}

static Value *part(Spec *s, Value *z, bool imaginary)
{
    return build_op(&s->b, imaginary ? OP_IMAG : OP_REAL, spec_scalar(s, SCALAR_FLOAT), &z, 1,
                    (Attr){0});
}

/* complex(a, b) = a + b*1j, where both may be complex. */
Value *spec_prim_COMPLEX(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    Value *a = args[0] ? spec_number(s, args[0], SCALAR_COMPLEX) : NULL;
    Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0), *re = a ? part(s, a, false) : zero,
          *im = a ? part(s, a, true) : zero;
    ScalarKind kind;
    if (args[1]) {
        type_scalar_of(infer_value_type(args[1]->type), &kind);
        bool complex = scalar_class(kind) == CLASS_COMPLEX;
        Value *b = spec_number(s, args[1], complex ? SCALAR_COMPLEX : SCALAR_FLOAT);
        ScalarKind first = SCALAR_FLOAT;
        if (args[0])
            type_scalar_of(infer_value_type(args[0]->type), &first);
        Value *up = complex ? part(s, b, false) : b;
        if (complex)
            re = build_binary(&s->b, OP_SUB, re, part(s, b, true));
        im = scalar_class(first) == CLASS_COMPLEX ? build_binary(&s->b, OP_ADD, im, up) : up;
    }
    Value *parts[2] = {re, im};
    return build_op(&s->b, OP_COMPLEX, spec_scalar(s, SCALAR_COMPLEX), parts, 2, (Attr){0});
}

/* min: the later one only where it is less; max: only where it is greater. */
static Value *extreme(Spec *s, const Op *op, const Plan *plan, CompareOperator operator)
{
    const Type *result = result_type(s, op);
    Value *best = NULL, *original = NULL;
    for (uint32_t i = 0; i < plan->args[0].part_count; i++) {
        Value *each = spec_unwrap(s, spec_plan_arg(s, op, &plan->args[0].parts[i]));
        Value *wide = spec_coerce(s, each, result);
        Value *better = best ? spec_compare_numbers(s, operator, each, original) : NULL;
        best = best ? build_select(&s->b, better, wide, best) : wide;
        original = best == wide ? each : best;
    }
    return best;
}

Value *spec_prim_MIN(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    Value *known = if_known(s, op);
    return known ? known : extreme(s, op, plan, COMPARE_LT);
}

Value *spec_prim_MAX(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    Value *known = if_known(s, op);
    return known ? known : extreme(s, op, plan, COMPARE_GT);
}

Value *spec_prim_POW(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return spec_binary(s, BINARY_POW, args[0], args[1], result_type(s, op), false);
}

Value *spec_prim_DIVMOD(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *result = result_type(s, op);
    if (result->elements[0]->kind == TYPE_SCALAR &&
        result->elements[0]->scalar == SCALAR_FLOAT && !s->c->options.unchecked_division) {
        Value *nonzero = build_compare(&s->b, OP_NE, spec_number(s, args[1], SCALAR_FLOAT),
                                       build_float(&s->b, SCALAR_FLOAT, 0.0));
        spec_check(s, nonzero, "ZeroDivisionError", spec_words(s, WORDS_DIVMOD_FLOAT), NULL, 0);
    }
    Value *pair[2];
    pair[0] = spec_binary(s, BINARY_FLOORDIV, args[0], args[1], result->elements[0], false);
    pair[1] = spec_binary(s, BINARY_MOD, args[0], args[1], result->elements[1], false);
    return build_pack(&s->b, result, pair);
}

/* ---- compounds --------------------------------------------------------------------------------------------- */

Value *spec_prim_RANGE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    const Type *result = result_type(s, op);
    uint32_t count = plan->args[0].part_count;
    Value *parts[3] = {build_nothing(&s->b, result->elements[0]), NULL,
                       build_nothing(&s->b, result->elements[2])};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = count == 1 ? 1 : i;
        Value *given = spec_plan_arg(s, op, &plan->args[0].parts[i]);
        parts[at] = layout_part_count(result->elements[at])
                        ? spec_int(s, given)
                        : build_nothing(&s->b, result->elements[at]);
    }
    Value *moves = build_compare(&s->b, OP_NE, spec_int(s, parts[2]), build_int(&s->b, 0));
    spec_check(s, moves, "ValueError", "range() arg 3 must not be zero", NULL, 0);
    return build_pack(&s->b, result, parts);
}

Value *spec_prim_ENUMERATE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *result = result_type(s, op);
    Value *start = layout_part_count(result->elements[1])
                       ? spec_int(s, args[1])
                       : build_nothing(&s->b, result->elements[1]);
    Value *parts[2] = {args[0], start};
    return build_pack(&s->b, result, parts);
}

static Value *pack_parts(Spec *s, const Op *op, const Plan *plan)
{
    Value **parts = ARENA_ARRAY(s->arena, Value *, plan->args[0].part_count);
    for (uint32_t i = 0; i < plan->args[0].part_count; i++)
        parts[i] = spec_plan_arg(s, op, &plan->args[0].parts[i]);
    return build_pack(&s->b, result_type(s, op), parts);
}

Value *spec_prim_ZIP(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    return pack_parts(s, op, plan);
}

Value *spec_prim_REVERSED(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return build_pack(&s->b, result_type(s, op), args);
}

Value *spec_prim_NDINDEX(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *result = result_type(s, op);
    Value *shape = args[0];
    if (shape->type->count == 1 &&
        infer_value_type(shape->type->elements[0])->kind == TYPE_TUPLE)
        shape = spec_unwrap(s, build_extract(&s->b, shape, 0));
    return build_pack(&s->b, result, &shape);
}

Value *spec_prim_NDENUMERATE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    Value *array = spec_unwrap(s, args[0]);
    return build_pack(&s->b, result_type(s, op), &array);
}

Value *spec_prim_TUPLE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    const Type *result = result_type(s, op);
    Value **elements = ARENA_ARRAY(s->arena, Value *, result->count);
    for (uint32_t i = 0; i < result->count; i++)
        elements[i] = build_extract(&s->b, args[0], i);
    return build_pack(&s->b, result, elements);
}

Value *spec_prim_SLICE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)args;
    const Type *result = result_type(s, op);
    Value *parts[3];
    for (uint32_t i = 0; i < 3; i++)
        parts[i] = build_nothing(&s->b, s->c->types->none);
    for (uint32_t i = 0; i < plan->args[0].part_count; i++)
        parts[plan->args[0].part_count == 1 ? 1 : i] =
            spec_plan_arg(s, op, &plan->args[0].parts[i]);
    return build_pack(&s->b, result, parts);
}

/* ---- classes ------------------------------------------------------------------------------------------------- */

/* Only an Optional's class is not known when compiling. */
Value *spec_prim_ISINSTANCE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    Value *known = if_known(s, op);
    if (known)
        return known;
    const Type *class = plan->args[1].type;
    bool none = class->kind == TYPE_NONE || (class->kind == TYPE_BUILTIN &&
                                             strcmp(class->name->text, "types.NoneType") == 0);
    Value *some = build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), args, 1, (Attr){0});
    return none ? build_unary(&s->b, OP_NOT, some) : some;
}

Value *spec_prim_HASATTR(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    (void)args;
    return build_nothing(&s->b, result_type(s, op));
}

Value *spec_prim_TYPE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    (void)args;
    return build_nothing(&s->b, result_type(s, op));
}

/* ---- math --------------------------------------------------------------------------------------------------------- */

static Value *is_finite(Spec *s, Value *x)
{
    return build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_SUB, x, x),
                         build_float(&s->b, SCALAR_FLOAT, 0.0));
}

static Value *float_arg(Spec *s, Value *x)
{
    return spec_number(s, x, SCALAR_FLOAT);
}

/* Python's logarithms of an int do not say which. */
static const char *log_words(Spec *s, const Value *given)
{
    ScalarKind kind;
    bool is_int = type_scalar_of(infer_value_type(given->type), &kind) &&
                  scalar_is_weak(kind) && !scalar_is_inexact(kind);
    return spec_words(s, is_int ? WORDS_LOG_INT : WORDS_LOG_FLOAT);
}

static const char *domain_words(Spec *s, MathId id, const Value *given)
{
    if (id == MATH_LOG2 || id == MATH_LOG10)
        return log_words(s, given);
    const char *words = s->c->options.python_minor < 14 ? NULL : primitive_math_domain(id);
    return words ? words : "math domain error";
}

static void check_domain(Spec *s, const char *words, Value *bad, Value *x)
{
    spec_check(s, build_unary(&s->b, OP_NOT, bad), "ValueError", words, &x,
               strchr(words, '%') != NULL);
}

/* As CPython's math_1 and FUNC2: nan out of numbers is a domain error; inf out of finite numbers an overflow. */
static void check_math(Spec *s, MathId id, const char *words, Value *result, Value *const *args)
{
    unsigned count = primitive_math_args(id);
    SpecIf branch = spec_if(s, is_finite(s, result), NULL, 0);
    spec_else(s, &branch, NULL, 0);
    Value *number = build_bool(&s->b, true), *finite = build_bool(&s->b, true);
    for (unsigned i = 0; i < count; i++) {
        number =
            build_binary(&s->b, OP_AND, number, build_compare(&s->b, OP_EQ, args[i], args[i]));
        finite = build_binary(&s->b, OP_AND, finite, is_finite(s, args[i]));
    }
    Value *nan = build_compare(&s->b, OP_NE, result, result);
    Value *bad = build_binary(&s->b, OP_AND, nan, number);
    check_domain(s, words, bad, args[0]);
    Value *infinite = build_binary(&s->b, OP_AND, build_unary(&s->b, OP_NOT, nan), finite);
    if (primitive_math_overflows(id))
        spec_check(s, build_unary(&s->b, OP_NOT, infinite), "OverflowError", "math range error",
                   NULL, 0);
    else
        check_domain(s, words, infinite, args[0]);
    spec_end(s, &branch, NULL, 0);
}

Value *spec_prim_math(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    MathId id = (MathId)plan->primitive->data;
    unsigned count = primitive_math_args(id);
    assert(count == 1 || count == 2);
    const char *words = domain_words(s, id, args[0]);
    Value *x[2] = {float_arg(s, args[0])}, *result;
    if (count == 2)
        x[1] = float_arg(s, args[1]);
    if (id == MATH_FABS)
        return build_unary(&s->b, OP_ABS, x[0]);
    if (id == MATH_COPYSIGN)
        return build_binary(&s->b, OP_COPYSIGN, x[0], x[1]);
    if (id == MATH_SQRT)
        result = build_unary(&s->b, OP_SQRT, x[0]);
    else if (id == MATH_POW)
        result = build_binary(&s->b, OP_POW, x[0], x[1]);
    else
        result = build_call_math(&s->b, primitive_math_c_name(id), x, count);
    bool pole = id == MATH_POW; /* 0.0 ** -1 is a domain error, an overflow a range error */
    if (pole) {
        Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
        Value *at_pole =
            build_binary(&s->b, OP_AND, build_compare(&s->b, OP_EQ, x[0], zero),
                         build_binary(&s->b, OP_AND, build_compare(&s->b, OP_LT, x[1], zero),
                                      is_finite(s, x[1])));
        check_domain(s, words, at_pole, x[0]);
    }
    if (id == MATH_GAMMA || id == MATH_LGAMMA) { /* poles at 0, -1, -2 … */
        Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
        Value *whole = build_compare(&s->b, OP_EQ, build_unary(&s->b, OP_FLOOR, x[0]), x[0]);
        Value *at_pole =
            build_binary(&s->b, OP_AND, build_binary(&s->b, OP_AND, whole, is_finite(s, x[0])),
                         build_compare(&s->b, OP_LE, x[0], zero));
        check_domain(s, words, at_pole, x[0]);
    }
    check_math(s, id, words, result, x);
    return result;
}

/* NumPy's integers have neither __floor__ nor __ceil__: as for all but Python's ints, their float is taken. */
static Value *rounded_to_int(Spec *s, const Op *op, Value *x, OpCode how)
{
    ScalarKind kind;
    x = spec_unwrap(s, x);
    type_scalar_of(infer_value_type(x->type), &kind);
    x = spec_number(s, x, kind);
    if (!scalar_is_weak(kind) || kind == SCALAR_FLOAT)
        x = build_unary(&s->b, how, build_convert(&s->b, x, spec_scalar(s, SCALAR_FLOAT)));
    return to_int(s, x, result_type(s, op));
}

Value *spec_prim_MATH_FLOOR(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return rounded_to_int(s, op, args[0], OP_FLOOR);
}

Value *spec_prim_MATH_CEIL(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return rounded_to_int(s, op, args[0], OP_CEIL);
}

Value *spec_prim_MATH_TRUNC(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)plan;
    return rounded_to_int(s, op, args[0], OP_TRUNC);
}

static Value *float_test(Spec *s, UfuncId test, Value *x)
{
    x = float_arg(s, x);
    return spec_ufunc_scalar(s, test, &x, SCALAR_FLOAT, SCALAR_BOOL);
}

Value *spec_prim_MATH_ISNAN(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    return float_test(s, UFUNC_ISNAN, args[0]);
}

Value *spec_prim_MATH_ISINF(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    return float_test(s, UFUNC_ISINF, args[0]);
}

Value *spec_prim_MATH_ISFINITE(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    return float_test(s, UFUNC_ISFINITE, args[0]);
}

static Value *checked_log(Spec *s, Value *x)
{
    const char *words = log_words(s, x);
    x = float_arg(s, x);
    Value *positive = build_compare(&s->b, OP_GT, x, build_float(&s->b, SCALAR_FLOAT, 0.0));
    Value *ok = build_binary(&s->b, OP_OR, positive, build_compare(&s->b, OP_NE, x, x));
    check_domain(s, words, build_unary(&s->b, OP_NOT, ok), x);
    return build_call_math(&s->b, "log", &x, 1);
}

Value *spec_prim_MATH_LOG(Spec *s, const Op *op, const Plan *plan, Value *const *args)
{
    (void)op;
    (void)plan;
    Value *log = checked_log(s, args[0]);
    if (!args[1])
        return log;
    Value *base = checked_log(s, args[1]);
    Value *nonzero = build_compare(&s->b, OP_NE, base, build_float(&s->b, SCALAR_FLOAT, 0.0));
    spec_check(s, nonzero, "ZeroDivisionError", spec_words(s, WORDS_TRUEDIV_FLOAT), NULL, 0);
    return build_binary(&s->b, OP_DIV, log, base);
}
