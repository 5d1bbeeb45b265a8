/* Operators on typed values: which of Python's, NumPy's, tuples' and identity's meanings applies. */
#include <string.h>

#include "infer/carrier.h"
#include "infer/rules.h"
#include "specialise/spec.h"
#include "types/layout.h"

/* ---- comparison of numbers --------------------------------------------------------------------------------- */

static const OpCode compare_ops[COMPARE_COUNT] = {
    [COMPARE_EQ] = OP_EQ, [COMPARE_NE] = OP_NE, [COMPARE_LT] = OP_LT,
    [COMPARE_LE] = OP_LE, [COMPARE_GT] = OP_GT, [COMPARE_GE] = OP_GE,
};

static CompareOperator mirrored(CompareOperator operator)
{
    static const CompareOperator mirror[COMPARE_COUNT] = {
        [COMPARE_EQ] = COMPARE_EQ, [COMPARE_NE] = COMPARE_NE, [COMPARE_LT] = COMPARE_GT,
        [COMPARE_LE] = COMPARE_GE, [COMPARE_GT] = COMPARE_LT, [COMPARE_GE] = COMPARE_LE,
    };
    return mirror[operator];
}

/* A signed against an unsigned integer of 64 bits, exactly: negative is below. */
static Value *compare_mixed(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    Value *negative =
        build_compare(&s->b, OP_LT, x, build_scalar_int(&s->b, x->type->scalar, 0));
    Value *as = build_convert(&s->b, x, y->type);
    Value *holds = build_compare(&s->b, compare_ops[operator], as, y);
    bool below = operator == COMPARE_LT || operator == COMPARE_LE || operator == COMPARE_NE;
    return below ? build_binary(&s->b, OP_OR, negative, holds)
                 : build_binary(&s->b, OP_AND, build_unary(&s->b, OP_NOT, negative), holds);
}

static Value *compare_integers(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    ScalarKind a = x->type->scalar, b = y->type->scalar;
    if (a == SCALAR_INT_I128 || b == SCALAR_INT_I128)
        return build_compare(&s->b, compare_ops[operator], spec_number(s, x, SCALAR_INT_I128),
                             spec_number(s, y, SCALAR_INT_I128));
    bool signed_x = scalar_class(a) == CLASS_INT, signed_y = scalar_class(b) == CLASS_INT;
    bool wide_x = scalar_class(a) == CLASS_UINT && scalar_bits(a) == 64;
    bool wide_y = scalar_class(b) == CLASS_UINT && scalar_bits(b) == 64;
    if (wide_y && signed_x)
        return compare_mixed(s, operator, x, y);
    if (wide_x && signed_y)
        return compare_mixed(s, mirrored(operator), y, x);
    ScalarKind kind = wide_x || wide_y ? SCALAR_INT_U64 : a == b ? a : SCALAR_INT;
    return build_compare(&s->b, compare_ops[operator], spec_number(s, x, kind),
                         spec_number(s, y, kind));
}

static bool is_small(Value *x)
{
    Constant storage;
    const Constant *known = build_known(x, &storage);
    const __int128 limit = (__int128)1 << 53;
    return scalar_class(x->type->scalar) == CLASS_BOOL ||
           (known && known->kind == CONSTANT_INT && known->integer >= -limit &&
            known->integer <= limit);
}

/* A Python int against a Python float, as exact as the interpreter: x rounded to a float decides unless it equals
 * y; then y is an integer (or one above every x). */
static Value *compare_int_float(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    OpCode op = compare_ops[operator];
    ScalarKind carrier = x->type->scalar;
    Value *rounded = spec_number(s, x, SCALAR_FLOAT);
    Value *plain = build_compare(&s->b, op, rounded, y);
    if (is_small(x) || (carrier != SCALAR_INT && carrier != SCALAR_INT_U64))
        return plain;
    const Type *boolean = spec_scalar(s, SCALAR_BOOL);
    Value *equal = build_compare(&s->b, OP_EQ, rounded, y);
    SpecIf branch = spec_if(s, equal, &boolean, 1);
    double limit = carrier == SCALAR_INT ? 0x1p63 : 0x1p64;
    Value *top = build_compare(&s->b, OP_GE, y, build_float(&s->b, SCALAR_FLOAT, limit));
    Value *exact = build_compare(&s->b, op, x, build_convert(&s->b, y, x->type));
    bool below = operator == COMPARE_LT || operator == COMPARE_LE || operator == COMPARE_NE;
    Value *held = build_select(&s->b, top, build_bool(&s->b, below), exact);
    spec_else(s, &branch, &held, 1);
    spec_end(s, &branch, &plain, 1);
    return op_result(branch.op, 0);
}

static Value *part_of(Spec *s, Value *z, OpCode part)
{
    const Type *type = spec_scalar(s, scalar_real(z->type->scalar));
    return build_op(&s->b, part, type, &z, 1, (Attr){0});
}

/* A Python complex number against an int: equal where it is real and the int is the same. */
static Value *compare_complex_int(Spec *s, CompareOperator operator, Value *z, Value *x)
{
    Value *real = part_of(s, z, OP_REAL), *imag = part_of(s, z, OP_IMAG);
    Value *zero = build_float(&s->b, SCALAR_FLOAT, 0.0);
    Value *same = build_binary(&s->b, OP_AND, build_compare(&s->b, OP_EQ, imag, zero),
                               compare_int_float(s, COMPARE_EQ, x, real));
    return operator == COMPARE_NE ? build_unary(&s->b, OP_NOT, same) : same;
}

/* <, > and so on of a NumPy complex scalar and what goes into its kind: the real parts decide, if they are not the
 * same. The loops of arrays, which serve the other pairs, say False as soon as there is a nan. */
static Value *order_complex(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    Value *a = part_of(s, x, OP_REAL), *b = part_of(s, y, OP_REAL);
    Value *by_imag = build_compare(&s->b, compare_ops[operator], part_of(s, x, OP_IMAG),
                                   part_of(s, y, OP_IMAG));
    return build_select(&s->b, build_compare(&s->b, OP_EQ, a, b), by_imag,
                        build_compare(&s->b, compare_ops[operator], a, b));
}

/* abs(z) OP r with complex z: no square root but in a thin band. */
static Value *compare_magnitude(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    const Op *def = x->def;
    if (!def || def->code != OP_CALL_MATH || def->arg_count != 2 ||
        strcmp(def->attr.name->text, "hypot") != 0)
        return NULL;
    const Op *re = op_arg(def, 0)->def, *im = op_arg(def, 1)->def;
    if (!re || !im || re->code != OP_REAL || im->code != OP_IMAG ||
        op_arg(re, 0) != op_arg(im, 0))
        return NULL;
    bool exact = scalar_is_weak(x->type->scalar) && !scalar_is_inexact(y->type->scalar);
    if (exact && !is_small(y))
        return NULL; /* Python compares the int itself, which may be no float */
    Value *args[2] = {op_arg(re, 0), spec_number(s, y, x->type->scalar)};
    return build_op(&s->b, OP_ABS_COMPARE, spec_scalar(s, SCALAR_BOOL), args, 2,
                    (Attr){.integer = (int64_t)operator});
}

static bool is_equality(CompareOperator operator)
{
    return operator == COMPARE_EQ || operator == COMPARE_NE;
}

/* As the ufunc of the comparison has it. */
static Value *compare_promoted(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    ScalarKind kinds[2] = {x->type->scalar, y->type->scalar}, loop, out;
    ufunc_resolve(ufunc_of_compare(operator), spec_promotion(s), kinds, &loop, &out);
    Value *args[2] = {spec_number(s, x, loop), spec_number(s, y, loop)};
    bool scalars = kinds[0] == loop || (kinds[1] == loop && kinds[0] != SCALAR_NP_BOOL);
    if (scalars && scalar_class(loop) == CLASS_COMPLEX && !is_equality(operator))
        return order_complex(s, operator, args[0], args[1]);
    return spec_ufunc_scalar(s, ufunc_of_compare(operator), args, loop, SCALAR_BOOL);
}

static bool is_weak_integer(ScalarKind kind)
{
    return scalar_is_weak(kind) && !scalar_is_inexact(kind);
}

bool spec_compares_as_int64(const Spec *s, ScalarKind a, ScalarKind b)
{
    bool pair = (a == SCALAR_NP_BOOL && scalar_is_python_int(b)) ||
                (b == SCALAR_NP_BOOL && scalar_is_python_int(a));
    return pair && spec_promotion(s) == PROMOTION_NUMPY;
}

Value *spec_compare_numbers(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    ScalarKind a, b;
    type_scalar_of(infer_value_type(x->type), &a);
    type_scalar_of(infer_value_type(y->type), &b);
    x = spec_number(s, x, a);
    y = spec_number(s, y, b);
    if (spec_compares_as_int64(s, a, b))
        return compare_integers(s, operator, spec_operand(s, x, SCALAR_INT64),
                                spec_operand(s, y, SCALAR_INT64));
    if (!scalar_is_inexact(a) && !scalar_is_inexact(b))
        return compare_integers(s, operator, x, y);
    Value *quick = compare_magnitude(s, operator, x, y);
    if (!quick)
        quick = compare_magnitude(s, mirrored(operator), y, x);
    if (quick)
        return quick;
    if (a == SCALAR_FLOAT && is_weak_integer(b))
        return compare_int_float(s, mirrored(operator), y, x);
    if (b == SCALAR_FLOAT && is_weak_integer(a))
        return compare_int_float(s, operator, x, y);
    if (a == SCALAR_COMPLEX && is_weak_integer(b))
        return compare_complex_int(s, operator, x, y);
    if (b == SCALAR_COMPLEX && is_weak_integer(a))
        return compare_complex_int(s, operator, y, x);
    return compare_promoted(s, operator, x, y);
}

/* ---- comparison of anything ------------------------------------------------------------------------------------ */

static Value *to_result(Spec *s, Value *truth, const Type *result)
{
    bool known;
    if (type_is_const_bool(result, &known))
        return build_nothing(&s->b, result);
    return build_convert(&s->b, truth, result);
}

static Value *compare_texts(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    const Type *text = s->c->types->str;
    Value *args[2] = {x, y};
    for (int i = 0; i < 2; i++)
        if (args[i]->type->kind == TYPE_CONST)
            args[i] = build_const(&s->b, text, &args[i]->type->constant);
    Attr attr = {.name = intern_cstr(s->c->names, "rt_text_equal")};
    Value *same = build_op(&s->b, OP_CALL_RUNTIME, spec_scalar(s, SCALAR_BOOL), args, 2, attr);
    return operator == COMPARE_NE ? build_unary(&s->b, OP_NOT, same) : same;
}

/* Equality that the types decide (an int never equals a str) comes typed Const. */
static Value *compare_other(Spec *s, CompareOperator operator, Value *x, Value *y)
{
    if (x->type->kind == TYPE_ENUM && y->type->kind == TYPE_ENUM && x->type == y->type) {
        Value *a = build_op(&s->b, OP_EXTRACT, spec_scalar(s, SCALAR_INT), &x, 1, (Attr){0});
        Value *b = build_op(&s->b, OP_EXTRACT, spec_scalar(s, SCALAR_INT), &y, 1, (Attr){0});
        return build_compare(&s->b, compare_ops[operator], a, b);
    }
    if (x->type->kind == TYPE_STR || y->type->kind == TYPE_STR)
        return compare_texts(s, operator, x, y);
    return build_bool(&s->b, infer_same_object(x->type, y->type) == (operator == COMPARE_EQ));
}

/* One array, or views that nothing but their objects tells apart. */
static Value *same_array(Spec *s, Value *x, Value *y)
{
    if (x->type->array.dtype != y->type->array.dtype ||
        x->type->array.ndim != y->type->array.ndim)
        return build_bool(&s->b, false);
    Value *a = build_op(&s->b, OP_ARRAY_DATA, s->c->types->pointer, &x, 1, (Attr){0});
    Value *b = build_op(&s->b, OP_ARRAY_DATA, s->c->types->pointer, &y, 1, (Attr){0});
    Value *same = build_compare(&s->b, OP_EQ, a, b);
    for (uint32_t i = 0; i < x->type->array.ndim; i++) {
        Value *dims = build_compare(&s->b, OP_EQ, build_array_dim(&s->b, x, i),
                                    build_array_dim(&s->b, y, i));
        Value *strides = build_compare(&s->b, OP_EQ, build_array_stride(&s->b, x, i),
                                       build_array_stride(&s->b, y, i));
        same = build_binary(&s->b, OP_AND, same, build_binary(&s->b, OP_AND, dims, strides));
    }
    return same;
}

static Value *compare_identity(Spec *s, bool negated, Value *x, Value *y)
{
    Value *same;
    if (x->type->kind == TYPE_NONE || y->type->kind == TYPE_NONE) {
        Value *option = x->type->kind == TYPE_NONE ? y : x;
        same = build_op(&s->b, OP_IS_SOME, spec_scalar(s, SCALAR_BOOL), &option, 1, (Attr){0});
        negated = !negated;
    } else if (x->type->kind == TYPE_ARRAY) {
        same = same_array(s, x, y);
    } else if (x->type->kind == TYPE_ENUM) {
        same = compare_other(s, COMPARE_EQ, x, y);
    } else {
        same = spec_compare_numbers(s, COMPARE_EQ, x, y);
    }
    return negated ? build_unary(&s->b, OP_NOT, same) : same;
}

/* ---- the same object --------------------------------------------------------------------------------------------- */

/* +x of a Python number is x. */
static bool hands_on(const Spec *s, const Op *op)
{
    ScalarKind kind;
    if (op->code == OP_PY_POS)
        return type_scalar_of(spec_arg_type(s, op, 0), &kind) && scalar_is_weak(kind) &&
               kind != SCALAR_BOOL;
    return op->code == OP_PY_BOUND || op->code == OP_PY_REFINE;
}

/* The operation behind a generic value, past those that hand it on. */
static const Value *behind(const Spec *s, const Value *generic)
{
    while (generic->def && hands_on(s, generic->def))
        generic = op_arg(generic->def, 0);
    return generic;
}

/* Do two values of the source name one object: the same variable, or the same name from outside? */
static bool is_same_source(const Spec *s, const Value *x, const Value *y)
{
    x = behind(s, x);
    y = behind(s, y);
    if (x == y)
        return true;
    const Op *a = x->def, *b = y->def;
    if (!a || !b || a->code != b->code)
        return false;
    if (a->code == OP_PY_GLOBAL || a->code == OP_PY_CELL)
        return a->attr.name == b->attr.name;
    return a->code == OP_PY_ATTR && a->attr.name == b->attr.name &&
           spec_arg_type(s, a, 0)->kind == TYPE_MODULE &&
           spec_arg_type(s, a, 0) == spec_arg_type(s, b, 0);
}

/* Item i of a tuple or list that is written out; NULL: of another. */
static const Value *item_of(const Spec *s, const Value *generic, uint32_t i)
{
    const Op *def = generic ? behind(s, generic)->def : NULL;
    bool is_display = def && (def->code == OP_PY_TUPLE || def->code == OP_PY_LIST);
    return is_display && i < def->arg_count ? op_arg(def, i) : NULL;
}

/* Containers take an item for equal to itself, a nan too. Where the source tells that two are one object,
 * so do we. */
static bool is_one_object(const Spec *s, const Value *x, const Value *y)
{
    return x && y && is_same_source(s, x, y);
}

/* Is x what the source took from place i of the tuple: t[i], or by unpacking? */
static bool is_item_of(const Spec *s, const Value *x, const Value *tuple, uint32_t i)
{
    const Op *def = x && tuple ? behind(s, x)->def : NULL;
    __int128 k;
    if (!def || def->arg_count == 0 || !is_same_source(s, op_arg(def, 0), tuple))
        return false;
    if (def->code == OP_PY_UNPACK)
        return def->attr.integer < 0 && behind(s, x)->index == i;
    return def->code == OP_PY_INDEX && type_is_const_int(spec_arg_type(s, def, 1), &k) &&
           (k == i || k + spec_arg_type(s, def, 0)->count == i);
}

static Value *compare(Spec *s, CompareOperator operator, Value *x, Value *y, const Type *result,
                      const Value *x_source, const Value *y_source);

static Value *compare_items(Spec *s, CompareOperator operator, Value *x, Value *y,
                            const Value *x_source, const Value *y_source)
{
    return compare(s, operator, x, y, spec_scalar(s, SCALAR_BOOL), x_source, y_source);
}

/* Lexicographic: the first unlike pair decides. `a`, `b`: what x and y are in the source, or NULL. */
static Value *compare_tuples(Spec *s, CompareOperator operator, Value *x, Value *y,
                             const Value *a_source, const Value *b_source)
{
    uint32_t a = x->type->count, b = y->type->count, shorter = a < b ? a : b;
    bool equality = operator == COMPARE_EQ || operator == COMPARE_NE;
    Constant lengths[2] = {{.kind = CONSTANT_INT, .integer = a},
                           {.kind = CONSTANT_INT, .integer = b}};
    bool last;
    type_is_const_bool(carrier_compare(s->c->types, operator, &lengths[0], &lengths[1]), &last);
    if (equality && a != b)
        return build_bool(&s->b, operator == COMPARE_NE);
    Value *result = build_bool(&s->b, last);
    for (uint32_t i = shorter; i-- > 0;) {
        Value *p = build_extract(&s->b, x, i), *q = build_extract(&s->b, y, i);
        bool is_one = is_one_object(s, a_source, b_source) ||
                      is_one_object(s, item_of(s, a_source, i), item_of(s, b_source, i)) ||
                      is_item_of(s, item_of(s, a_source, i), b_source, i) ||
                      is_item_of(s, item_of(s, b_source, i), a_source, i);
        if (is_one)
            continue;
        Value *same = compare_items(s, COMPARE_EQ, p, q, item_of(s, a_source, i),
                                    item_of(s, b_source, i));
        Value *here =
            compare_items(s, operator, p, q, item_of(s, a_source, i), item_of(s, b_source, i));
        result = build_select(&s->b, same, result, here);
    }
    return result;
}

static Value *membership(Spec *s, Value *x, Value *y, const Value *x_source,
                         const Value *y_source, bool negated)
{
    Value *found = build_bool(&s->b, false);
    if (y->type->kind == TYPE_RANGE) {
        Value *start = spec_int(s, build_extract(&s->b, y, 0)),
              *step = spec_int(s, build_extract(&s->b, y, 2));
        Value *offset = build_binary(&s->b, OP_SUB, spec_int(s, x), start);
        Value *whole = build_compare(&s->b, OP_EQ, build_binary(&s->b, OP_MOD, offset, step),
                                     build_int(&s->b, 0));
        Value *k = build_binary(&s->b, OP_FLOORDIV, offset, step);
        Value *inside =
            build_binary(&s->b, OP_AND, build_compare(&s->b, OP_GE, k, build_int(&s->b, 0)),
                         build_compare(&s->b, OP_LT, k, spec_iter_len(s, y)));
        found = build_binary(&s->b, OP_AND, whole, inside);
    } else {
        for (uint32_t i = 0; i < y->type->count; i++) {
            Value *each = build_extract(&s->b, y, i);
            bool is_one = is_one_object(s, x_source, item_of(s, y_source, i)) ||
                          is_item_of(s, x_source, y_source, i) ||
                          (each->type->kind == TYPE_NONE && x->type->kind == TYPE_NONE);
            Value *same = is_one ? build_bool(&s->b, true)
                                 : compare_items(s, COMPARE_EQ, x, each, x_source,
                                                 item_of(s, y_source, i));
            found = build_binary(&s->b, OP_OR, found, same);
        }
    }
    return negated ? build_unary(&s->b, OP_NOT, found) : found;
}

static Value *compare(Spec *s, CompareOperator operator, Value *x, Value *y, const Type *result,
                      const Value *x_source, const Value *y_source)
{
    ScalarKind a, b;
    bool known;
    if (type_is_const_bool(result, &known))
        return build_nothing(&s->b, result);
    bool none = x->type->kind == TYPE_NONE || y->type->kind == TYPE_NONE;
    if (operator == COMPARE_IS || operator == COMPARE_IS_NOT ||
        (none && is_equality(operator))) {
        bool options = x->type->kind == TYPE_OPTIONAL || y->type->kind == TYPE_OPTIONAL;
        if (none && !options)
            return to_result(
                s,
                build_bool(&s->b, (x->type == y->type) ==
                                      (operator == COMPARE_IS || operator == COMPARE_EQ)),
                result);
        return to_result(
            s, compare_identity(s, operator == COMPARE_IS_NOT || operator == COMPARE_NE, x, y),
            result);
    }
    x = spec_unwrap(s, x);
    y = spec_unwrap(s, y);
    if (operator == COMPARE_IN || operator == COMPARE_NOT_IN)
        return to_result(s, membership(s, x, y, x_source, y_source, operator == COMPARE_NOT_IN),
                         result);
    if (result->kind == TYPE_ARRAY || x->type->kind == TYPE_ARRAY ||
        y->type->kind == TYPE_ARRAY) {
        Value *args[2] = {x, y};
        return spec_elementwise(s, ufunc_of_compare(operator), args, result, NULL, NULL);
    }
    if (type_scalar_of(infer_value_type(x->type), &a) &&
        type_scalar_of(infer_value_type(y->type), &b))
        return to_result(
            s, spec_compare_numbers(s, operator, spec_number(s, x, a), spec_number(s, y, b)),
            result);
    if (x->type->kind == TYPE_TUPLE && y->type->kind == TYPE_TUPLE)
        return to_result(s, compare_tuples(s, operator, x, y, x_source, y_source), result);
    return to_result(s, compare_other(s, operator, x, y), result);
}

Value *spec_compare(Spec *s, CompareOperator operator, Value *x, Value *y, const Type *result)
{
    return compare(s, operator, x, y, result, NULL, NULL);
}

void spec_op_PY_COMPARE(Spec *s, const Op *op)
{
    CompareOperator operator = (CompareOperator)op->attr.integer;
    const Type *result = s->now->types[op->results[0].id];
    const Plan *plan = s->now->facts[op->id].plan;
    if (plan) {
        Value *found = spec_plan(s, op, plan);
        spec_result(s, op, 0,
                    operator == COMPARE_NOT_IN
                        ? build_unary(&s->b, OP_NOT, spec_truth(s, found))
                        : found);
        return;
    }
    spec_result(s, op, 0,
                compare(s, operator, spec_arg(s, op, 0), spec_arg(s, op, 1), result,
                        op_arg(op, 0), op_arg(op, 1)));
}

/* ---- binary ---------------------------------------------------------------------------------------------------------- */

static Value *binary_tuples(Spec *s, BinaryOperator operator, Value *x, Value *y,
                            const Type *result)
{
    Value **elements = ARENA_ARRAY(s->arena, Value *, result->count);
    if (operator == BINARY_MUL && x->type->kind != TYPE_TUPLE)
        x = y;
    for (uint32_t i = 0; i < result->count; i++) {
        if (operator == BINARY_MUL)
            elements[i] = build_extract(&s->b, x, i % x->type->count);
        else
            elements[i] = i < x->type->count ? build_extract(&s->b, x, i)
                                             : build_extract(&s->b, y, i - x->type->count);
    }
    return build_pack(&s->b, result, elements);
}

Value *spec_binary(Spec *s, BinaryOperator operator, Value *x, Value *y, const Type *result,
                   bool modular)
{
    ScalarKind a = SCALAR_INT, b = SCALAR_INT, kind;
    if (layout_part_count(result) == 0)
        return build_nothing(&s->b, result);
    x = spec_unwrap(s, x);
    y = spec_unwrap(s, y);
    if (result->kind == TYPE_TUPLE)
        return binary_tuples(s, operator, x, y, result);
    bool numbers = type_scalar_of(infer_value_type(x->type), &a) &&
                   type_scalar_of(infer_value_type(y->type), &b);
    infer_python_operands(&a, &b);
    bool python = numbers && scalar_is_weak(a) && scalar_is_weak(b) &&
                  spec_promotion(s) == PROMOTION_NUMPY;
    if (python && type_scalar_of(result, &kind))
        return spec_python_binary(s, operator, spec_number(s, x, a), spec_number(s, y, b), kind,
                                  modular);
    Value *args[2] = {x, y};
    return spec_elementwise(s, ufunc_of_binary(operator), args, result, NULL, NULL);
}

void spec_op_PY_BINARY(Spec *s, const Op *op)
{
    int64_t attr = op->attr.integer;
    BinaryOperator operator = (BinaryOperator)(attr & (BINARY_IN_PLACE - 1));
    const Type *result = s->now->types[op->results[0].id];
    const Plan *plan = s->now->facts[op->id].plan;
    Value *x = spec_arg(s, op, 0), *y = spec_arg(s, op, 1);
    if (plan) {
        spec_result(s, op, 0, spec_plan(s, op, plan));
        return;
    }
    if ((attr & BINARY_IN_PLACE) && infer_value_type(x->type)->kind == TYPE_ARRAY) {
        Value *args[2] = {spec_unwrap(s, x), spec_unwrap(s, y)};
        spec_result(
            s, op, 0,
            spec_elementwise(s, ufunc_of_binary(operator), args, result, args[0], NULL));
        return;
    }
    bool modular = (attr & BINARY_WIDE) && carrier_is_modular(op, s->now->types);
    spec_result(s, op, 0, spec_binary(s, operator, x, y, result, modular));
}

/* ---- unary ------------------------------------------------------------------------------------------------------------- */

static void unary(Spec *s, const Op *op, UfuncId ufunc)
{
    const Type *result = s->now->types[op->results[0].id];
    ScalarKind kind;
    if (s->now->facts[op->id].plan) {
        spec_result(s, op, 0, spec_plan(s, op, s->now->facts[op->id].plan));
        return;
    }
    if (layout_part_count(result) == 0)
        return;
    Value *x = spec_unwrap(s, spec_arg(s, op, 0)), *value;
    if (!type_scalar_of(infer_value_type(x->type), &kind) || !scalar_is_weak(kind)) {
        spec_result(s, op, 0, spec_elementwise(s, ufunc, &x, result, NULL, NULL));
        return;
    }
    type_scalar_of(result, &kind);
    x = spec_number(s, x, kind);
    if (ufunc == UFUNC_INVERT)
        value = build_unary(&s->b, OP_NOT, x);
    else if (ufunc == UFUNC_POSITIVE)
        value = x;
    else if (scalar_is_python_int(kind))
        value =
            spec_python_binary(s, BINARY_SUB, build_scalar_int(&s->b, kind, 0), x, kind, false);
    else
        value = build_unary(&s->b, OP_NEG, x);
    spec_result(s, op, 0, value);
}

void spec_op_PY_NEG(Spec *s, const Op *op)
{
    unary(s, op, UFUNC_NEGATIVE);
}

void spec_op_PY_POS(Spec *s, const Op *op)
{
    unary(s, op, UFUNC_POSITIVE);
}

void spec_op_PY_INVERT(Spec *s, const Op *op)
{
    unary(s, op, UFUNC_INVERT);
}

static bool is_known(const Spec *s, const Op *op)
{
    return s->now->types[op->results[0].id]->kind == TYPE_CONST;
}

void spec_op_PY_TRUTH(Spec *s, const Op *op)
{
    if (!is_known(s, op))
        spec_result(s, op, 0, spec_truth(s, spec_arg(s, op, 0)));
}

void spec_op_PY_NOT(Spec *s, const Op *op)
{
    if (!is_known(s, op))
        spec_result(s, op, 0, build_unary(&s->b, OP_NOT, spec_truth(s, spec_arg(s, op, 0))));
}
