/* Rules of operators on numbers, arrays, tuples and strings: the result's type.
 *
 * Python numbers keep Python's kinds; as soon as a NumPy number or array takes part, the result is what the
 * ufunc of that operator gives (infer/ufunc_table.def). Operators on known ints are computed here, so that shapes and
 * tuple indices stay known.
 */
#include <assert.h>
#include <string.h>

#include "infer/carrier.h"
#include "infer/rules.h"
#include "infer/ufunc_table.h"

static const char *const binary_text[BINARY_COUNT] = {
#define BINARY(name, text, function) text,
#include "ir/operator.def"
#undef BINARY
};

static const char *const compare_text[COMPARE_COUNT] = {
#define COMPARE(name, text) text,
#include "ir/operator.def"
#undef COMPARE
};

static const char *const compare_method[COMPARE_IS] = {
    [COMPARE_EQ] = "__eq__", [COMPARE_NE] = "__ne__", [COMPARE_LT] = "__lt__",
    [COMPARE_LE] = "__le__", [COMPARE_GT] = "__gt__", [COMPARE_GE] = "__ge__",
};

const Type *infer_value_type(const Type *type)
{
    while (type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE)
        type = type->elements[0];
    if (type->kind == TYPE_ENUM && type->class_info->is_int_enum && type->count)
        return type->elements[0];
    return type;
}

static const Type *refuse_binary(Infer *s, BinaryOperator operator, const Type *x,
                                 const Type *y)
{
    infer_error(s, (Span){0}, E_OPERAND, "unsupported operand types for %s: %s and %s",
                binary_text[operator], infer_describe(s, x), infer_describe(s, y));
    for (uint32_t i = 0; i < 2 && i < s->op->arg_count; i++) {
        Span span = infer_span(s->op, i);
        if (span.line && memcmp(&span, &s->op->loc->span, sizeof span) != 0)
            infer_note(s, span, "this is %s", infer_describe(s, i == 0 ? x : y));
    }
    return NULL;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static const Type *python_binary(Infer *s, BinaryOperator operator, bool wide, const Type *x,
                                 const Type *y, ScalarKind a, ScalarKind b)
{
    ScalarKind kind = promote_kinds(PROMOTION_NUMPY, a, b), result;
    if (scalar_is_inexact(kind)) {
        bool bits = operator == BINARY_LSHIFT || operator == BINARY_RSHIFT ||
                    operator == BINARY_AND || operator == BINARY_OR || operator == BINARY_XOR;
        bool floors = operator == BINARY_FLOORDIV || operator == BINARY_MOD;
        if (bits || (kind == SCALAR_COMPLEX && floors))
            return refuse_binary(s, operator, x, y);
        return type_scalar(s->c->types, kind);
    }
    if (operator == BINARY_TRUEDIV)
        return type_scalar(s->c->types, SCALAR_FLOAT);
    const Type *folded = carrier_fold(s->c->types, operator, x, y);
    if (folded)
        return folded;
    bool bitwise = operator == BINARY_AND || operator == BINARY_OR || operator == BINARY_XOR;
    if (a == SCALAR_BOOL && b == SCALAR_BOOL && bitwise)
        return type_scalar(s->c->types, SCALAR_BOOL);
    bool modular = wide && carrier_is_modular(s->op, s->now->types);
    result = carrier_binary(operator, wide, modular, x, y);
    return type_scalar(s->c->types, result);
}

/* np.float64 is a float: CPython's complex takes it on its right as one, before NumPy is asked. */
void infer_python_operands(ScalarKind *a, ScalarKind *b)
{
    if (*a == SCALAR_COMPLEX && *b == SCALAR_FLOAT64)
        *b = SCALAR_FLOAT;
}

static const Type *number_binary(Infer *s, BinaryOperator operator, bool wide, const Type *x,
                                 const Type *y, ScalarKind a, ScalarKind b)
{
    infer_python_operands(&a, &b);
    if (scalar_is_weak(a) && scalar_is_weak(b) && infer_promotion(s) == PROMOTION_NUMPY)
        return python_binary(s, operator, wide, x, y, a, b);
    ScalarKind inputs[2] = {a, b}, loop, output;
    if (!ufunc_resolve(ufunc_of_binary(operator), infer_promotion(s), inputs, &loop, &output))
        return refuse_binary(s, operator, x, y);
    return type_scalar(s->c->types, output);
}

/* ---- arrays ---------------------------------------------------------------------------------- */

/* The dtype and number of dimensions that an operand of an element-wise function brings. */
static bool element_of(const Type *type, ScalarKind *kind, unsigned *ndim)
{
    *ndim = type->kind == TYPE_ARRAY ? type->array.ndim : 0;
    if (type->kind == TYPE_ARRAY) {
        *kind = type->array.dtype;
        return true;
    }
    return type_scalar_of(type, kind);
}

const Type *infer_elementwise(Infer *s, UfuncId ufunc, const Type *const *args)
{
    ScalarKind kinds[3], loop, output;
    unsigned ndim = 0, each;
    for (unsigned i = 0; i < ufunc_inputs(ufunc); i++) {
        if (!element_of(infer_value_type(args[i]), &kinds[i], &each))
            return NULL;
        ndim = each > ndim ? each : ndim;
    }
    if (!ufunc_resolve(ufunc, infer_promotion(s), kinds, &loop, &output))
        return NULL;
    if (ndim == 0)
        return type_scalar(s->c->types, output);
    ArrayType array = {.dtype = output, .ndim = (uint8_t)ndim, .layout = LAYOUT_C};
    return type_array(s->c->types, array);
}

static const Type *array_binary(Infer *s, BinaryOperator operator, const Type *x, const Type *y)
{
    if (operator == BINARY_MATMUL) {
        Arg args[2] = {{.from = ARG_OPERAND, .operand = 0, .type = x},
                       {.from = ARG_OPERAND, .operand = 1, .type = y}};
        return infer_library(s, "numpy.matmul", args, 2);
    }
    const Type *args[2] = {x, y};
    const Type *result = infer_elementwise(s, ufunc_of_binary(operator), args);
    return result ? result : refuse_binary(s, operator, x, y);
}

/* ---- tuples and strings ------------------------------------------------------------------------ */

static const Type *tuple_binary(Infer *s, BinaryOperator operator, const Type *x, const Type *y)
{
    const ClassInfo *list = &s->c->types->list;
    bool is_list = x->kind == TYPE_TUPLE && x->class_info == list;
    __int128 times;
    uint32_t count = 0, n = 1;
    if (operator == BINARY_ADD && x->kind == TYPE_TUPLE && y->kind == TYPE_TUPLE &&
        is_list == (y->class_info == list))
        count = x->count + y->count;
    else if (operator == BINARY_MUL && x->kind == TYPE_TUPLE && type_is_const_int(y, &times) &&
             times < 1000)
        count = x->count * (n = times > 0 ? (uint32_t)times : 0);
    else if (operator == BINARY_MUL && type_is_const_int(x, &times))
        return tuple_binary(s, operator, y, x);
    else if (operator == BINARY_MUL && (type_is_integer(x) || type_is_integer(y)))
        return infer_error(s, (Span){0}, E_NEEDS_CONSTANT,
                           "how often a tuple is repeated must be known when compiling");
    else
        return refuse_binary(s, operator, x, y);
    const Type **elements = ARENA_ARRAY(s->arena, const Type *, count);
    for (uint32_t i = 0; i < count; i++)
        elements[i] = operator == BINARY_MUL ? x->elements[i % x->count]
                      : i < x->count         ? x->elements[i]
                                             : y->elements[i - x->count];
    (void)n;
    return type_tuple(s->c->types, elements, count, is_list ? list : NULL);
}

static const Type *text_binary(Infer *s, BinaryOperator operator, const Symbol *a,
                               const Symbol *b, const Type *x, const Type *y)
{
    if (operator != BINARY_ADD)
        return refuse_binary(s, operator, x, y);
    char *joined = arena_printf(s->arena, "%s%s", a->text, b->text);
    return type_const_str(s->c->types, intern_text(s->c->names, joined, a->length + b->length));
}

const Type *infer_binary(Infer *s, BinaryOperator operator, bool wide, const Type *x,
                         const Type *y)
{
    ScalarKind a, b;
    const Symbol *left, *right;
    x = infer_value_type(x);
    y = infer_value_type(y);
    if (type_scalar_of(x, &a) && type_scalar_of(y, &b) && operator != BINARY_MATMUL)
        return number_binary(s, operator, wide, x, y, a, b);
    if (x->kind == TYPE_ARRAY || y->kind == TYPE_ARRAY)
        return array_binary(s, operator, x, y);
    if (x->kind == TYPE_TUPLE || y->kind == TYPE_TUPLE)
        return tuple_binary(s, operator, x, y);
    if (type_is_const_str(x, &left) && type_is_const_str(y, &right))
        return text_binary(s, operator, left, right, x, y);
    return refuse_binary(s, operator, x, y);
}

/* An array with a tuple or list display, which becomes an array; `how`: the library's function. */
static bool with_sequence(Infer *s, const char *how, UfuncId ufunc, const Type **result)
{
    const Type *x = infer_value_type(infer_arg(s, s->op, 0)),
               *y = infer_value_type(infer_arg(s, s->op, 1));
    Arg args[2] = {{.from = ARG_OPERAND, .operand = 0, .type = x},
                   {.from = ARG_OPERAND, .operand = 1, .type = y}};
    if (!(x->kind == TYPE_ARRAY && y->kind == TYPE_TUPLE) &&
        !(x->kind == TYPE_TUPLE && y->kind == TYPE_ARRAY))
        return false;
    *result = infer_library_of_builtin(s, how, ufunc_name(ufunc), args, 2);
    return true;
}

/* a OP= b on an array works in place: the array stays what it is. */
bool infer_same_kind(ScalarKind from, ScalarKind to)
{
    static const int order[] = {[CLASS_BOOL] = 0,
                                [CLASS_UINT] = 1,
                                [CLASS_INT] = 2,
                                [CLASS_FLOAT] = 3,
                                [CLASS_COMPLEX] = 4};
    return order[scalar_class(from)] <= order[scalar_class(to)];
}

static const Type *in_place(Infer *s, BinaryOperator operator, const Type *x, const Type *y)
{
    const Type *result = infer_binary(s, operator, false, x, y);
    if (!result)
        return NULL;
    ScalarKind kind = result->kind == TYPE_ARRAY ? result->array.dtype : result->scalar;
    unsigned ndim = result->kind == TYPE_ARRAY ? result->array.ndim : 0;
    if (!infer_same_kind(kind, x->array.dtype))
        return infer_error(
            s, (Span){0}, E_OPERAND,
            "the result of %s= is %s, which does not go into the %s array in place",
            binary_text[operator], scalar_name(kind), scalar_name(x->array.dtype));
    if (ndim > x->array.ndim)
        return infer_error(s, (Span){0}, E_SHAPE,
                           "the result of %s= has %u dimensions, and the array has %u",
                           binary_text[operator], ndim, x->array.ndim);
    return x;
}

/* What narrows an operand is often known only now (`h * p & MASK`), or known no longer, since what was one constant
 * is one of several values: then its carrier is decided anew. */
static void revisit_operands(Infer *s, const Op *op)
{
    for (uint32_t i = 0; i < 2; i++) {
        Op *def = op_arg(op, i)->def;
        ScalarKind kind;
        if (def && def->code == OP_PY_BINARY && (def->attr.integer & BINARY_WIDE) &&
            type_scalar_of(infer_arg(s, op, i), &kind) &&
            (carrier_is_modular(def, s->now->types) ? kind == SCALAR_INT_I128
                                                    : kind == SCALAR_INT_U64))
            infer_revisit(s, def);
    }
}

/* "__add__"; with a prefix, "__radd__". */
static const char *method_of_binary(Infer *s, BinaryOperator operator, const char *prefix)
{
    static const char *const names[BINARY_COUNT] = {
#define BINARY(name, text, function) function,
#include "ir/operator.def"
#undef BINARY
    };
    size_t length = strcspn(names[operator], "_");
    return arena_printf(s->arena, "__%s%.*s__", prefix, (int)length, names[operator]);
}

/* The operator is one that a namedtuple's class defines. */
static bool class_binary(Infer *s, BinaryOperator operator, bool is_in_place,
                         const Type **result)
{
    if (!infer_has_class(s, infer_arg(s, s->op, 0)) &&
        !infer_has_class(s, infer_arg(s, s->op, 1)))
        return false;
    const char *name = method_of_binary(s, operator, ""),
               *in_place = method_of_binary(s, operator, "i");
    return (is_in_place && infer_class_operator(s, in_place, NULL, result)) ||
           infer_class_operator(s, name, method_of_binary(s, operator, "r"), result);
}

bool infer_op_PY_BINARY(Infer *s, Op *op)
{
    int64_t attr = op->attr.integer;
    BinaryOperator operator =
        (BinaryOperator)(attr & ~(int64_t)(BINARY_IN_PLACE | BINARY_WIDE));
    const Type *by_class;
    if (class_binary(s, operator, (attr & BINARY_IN_PLACE) != 0, &by_class))
        return infer_done(s, op, by_class);
    revisit_operands(s, op);
    const Type *x = infer_arg(s, op, 0), *y = infer_arg(s, op, 1);
    Arg pair[2] = {{.from = ARG_OPERAND, .operand = 0, .type = infer_value_type(x)},
                   {.from = ARG_OPERAND, .operand = 1, .type = y}};
    if ((attr & BINARY_IN_PLACE) && pair[0].type->kind == TYPE_ARRAY &&
        operator == BINARY_MATMUL)
        return infer_done(s, op, infer_library(s, "ndarray.__imatmul__", pair, 2));
    bool is_in_place = (attr & BINARY_IN_PLACE) && pair[0].type->kind == TYPE_ARRAY;
    if (operator != BINARY_MATMUL &&
        with_sequence(s, is_in_place ? "numpy.ufunc.in_place" : "numpy.ufunc.operator",
                      ufunc_of_binary(operator), &by_class))
        return infer_done(s, op, by_class);
    if (is_in_place)
        return infer_done(s, op, in_place(s, operator, infer_value_type(x), y));
    return infer_done(s, op, infer_binary(s, operator, (attr & BINARY_WIDE) != 0, x, y));
}

/* ---- unary ----------------------------------------------------------------------------------- */

static bool unary(Infer *s, Op *op, const char *text, UfuncId ufunc)
{
    const Type *x = infer_value_type(infer_arg(s, op, 0)), *result = NULL;
    const char *method = ufunc == UFUNC_NEGATIVE ? "__neg__"
                         : ufunc == UFUNC_INVERT ? "__invert__"
                                                 : "__pos__";
    ScalarKind kind;
    __int128 value;
    bool number = type_scalar_of(x, &kind);
    if (infer_class_operator(s, method, NULL, &result))
        return infer_done(s, op, result);
    if (number && scalar_is_weak(kind)) {
        bool is_int = !scalar_is_inexact(kind);
        if (is_int && type_is_const_int(x, &value))
            result = type_const_int(s->c->types, ufunc == UFUNC_NEGATIVE ? -value
                                                 : ufunc == UFUNC_INVERT ? ~value
                                                                         : value);
        else if (is_int)
            result =
                type_scalar(s->c->types, kind == SCALAR_BOOL ? SCALAR_INT
                                         : kind == SCALAR_INT_U64 && ufunc != UFUNC_POSITIVE
                                             ? SCALAR_INT_I128
                                             : kind);
        else if (ufunc != UFUNC_INVERT)
            result = type_scalar(s->c->types, kind);
    } else if (number || x->kind == TYPE_ARRAY) {
        result = infer_elementwise(s, ufunc, &x);
    }
    if (!result)
        infer_error(s, (Span){0}, E_OPERAND, "unsupported operand type for unary %s: %s", text,
                    infer_describe(s, x));
    return infer_done(s, op, result);
}

bool infer_op_PY_NEG(Infer *s, Op *op)
{
    return unary(s, op, "-", UFUNC_NEGATIVE);
}

bool infer_op_PY_POS(Infer *s, Op *op)
{
    return unary(s, op, "+", UFUNC_POSITIVE);
}

bool infer_op_PY_INVERT(Infer *s, Op *op)
{
    return unary(s, op, "~", UFUNC_INVERT);
}

/* ---- truth ------------------------------------------------------------------------------------ */

static const Type *truth_of_constant(Infer *s, const Constant *constant)
{
    bool truth = constant->kind == CONSTANT_BOOL  ? constant->truth
                 : constant->kind == CONSTANT_INT ? constant->integer != 0
                                                  : constant->text->length != 0;
    return type_const_bool(s->c->types, truth);
}

const Type *infer_truth(Infer *s, const Type *x)
{
    switch (x->kind) {
    case TYPE_NONE:
        return type_const_bool(s->c->types, false);
    case TYPE_CONST:
        return truth_of_constant(s, &x->constant);
    case TYPE_SCALAR:
    case TYPE_RANGE:
    case TYPE_STR:
        return type_scalar(s->c->types, SCALAR_BOOL);
    case TYPE_OPTIONAL:
        return infer_truth(s, x->elements[0]) ? type_scalar(s->c->types, SCALAR_BOOL) : NULL;
    case TYPE_ENUM:
        return x->class_info->is_int_enum ? type_scalar(s->c->types, SCALAR_BOOL)
                                          : type_const_bool(s->c->types, true);
    case TYPE_TUPLE:
        return type_const_bool(s->c->types, x->count != 0);
    case TYPE_FUNCTION:
    case TYPE_MODULE:
    case TYPE_BUILTIN:
    case TYPE_CLASS:
    case TYPE_METHOD:
    case TYPE_DTYPE:
    case TYPE_SLICE:
    case TYPE_ELLIPSIS:
        return type_const_bool(s->c->types, true);
    case TYPE_ARRAY:
        if (x->array.ndim == 0)
            return type_scalar(s->c->types, SCALAR_BOOL);
        infer_error(s, (Span){0}, E_OPERAND, "the truth value of %s is ambiguous",
                    infer_describe(s, x));
        infer_note(s, (Span){0}, "use a.any() or a.all()");
        return NULL;
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_MAYBE:
    case TYPE_ITER:
    case TYPE_SLOT:
    case TYPE_EXCEPTION:
    case TYPE_POINTER:
        break;
    }
    return infer_error(s, (Span){0}, E_OPERAND, "%s has no truth value here",
                       infer_describe(s, x));
}

bool infer_op_PY_TRUTH(Infer *s, Op *op)
{
    return infer_done(s, op, infer_truth(s, infer_arg(s, op, 0)));
}

bool infer_op_PY_NOT(Infer *s, Op *op)
{
    bool truth;
    const Type *type = infer_truth(s, infer_arg(s, op, 0));
    if (type && type_is_const_bool(type, &truth))
        type = type_const_bool(s->c->types, !truth);
    return infer_done(s, op, type);
}

/* ---- comparison -------------------------------------------------------------------------------- */

static const Type *boolean(Infer *s)
{
    return type_scalar(s->c->types, SCALAR_BOOL);
}

/* x is y: decided by the types where one is None, a bool constant, a class or function. */
static const Type *identity(Infer *s, bool negated, const Type *x, const Type *y)
{
    if (x->kind == TYPE_NONE && y->kind == TYPE_NONE)
        return type_const_bool(s->c->types, !negated);
    if (x->kind == TYPE_NONE || y->kind == TYPE_NONE) {
        const Type *other = x->kind == TYPE_NONE ? y : x;
        return other->kind == TYPE_OPTIONAL ? boolean(s)
                                            : type_const_bool(s->c->types, negated);
    }
    bool named = x->kind == TYPE_BUILTIN || x->kind == TYPE_CLASS || x->kind == TYPE_MODULE ||
                 x->kind == TYPE_FUNCTION || x->kind == TYPE_DTYPE ||
                 x->kind == TYPE_ELLIPSIS || y->kind == TYPE_BUILTIN || y->kind == TYPE_CLASS ||
                 y->kind == TYPE_ELLIPSIS;
    if (named)
        return type_const_bool(s->c->types, (x == y) != negated);
    ScalarKind a, b;
    if (type_scalar_of(x, &a) && type_scalar_of(y, &b) && a == SCALAR_BOOL && b == SCALAR_BOOL)
        return boolean(s);
    if ((x->kind == TYPE_ENUM && y->kind == TYPE_ENUM) ||
        (x->kind == TYPE_ARRAY && y->kind == TYPE_ARRAY))
        return boolean(s);
    if (x->kind != y->kind && x->kind != TYPE_OPTIONAL && y->kind != TYPE_OPTIONAL &&
        !(type_scalar_of(x, &a) && type_scalar_of(y, &b)))
        return type_const_bool(s->c->types, negated);
    infer_error(s, (Span){0}, E_OPERAND,
                "'is' between %s and %s depends on how Python stores them",
                infer_describe(s, x), infer_describe(s, y));
    infer_note(s, (Span){0}, "compare values with ==");
    return NULL;
}

/* Items of containers are compared by their values alone. */
static const Type *compare_items(Infer *s, CompareOperator operator, const Type *x,
                                 const Type *y)
{
    if (infer_value_type(x)->kind == TYPE_ARRAY || infer_value_type(y)->kind == TYPE_ARRAY)
        return infer_error(s, (Span){0}, E_OPERAND,
                           "an item of a tuple is an array, whose == gives an array");
    const Type *own = infer_method(s, x, "__eq__")   ? x
                      : infer_method(s, y, "__eq__") ? y
                                                     : NULL;
    if (own)
        return infer_error(s, (Span){0}, E_OPERAND,
                           "%s defines __eq__, which is not called on items of a tuple",
                           infer_describe(s, own));
    return infer_compare(s, operator, x, y);
}

/* Elementwise over tuples: known only when all are. */
static const Type *compare_tuples(Infer *s, CompareOperator operator, const Type *x,
                                  const Type *y)
{
    const ClassInfo *list = &s->c->types->list;
    if ((x->class_info == list) != (y->class_info == list)) {
        if (operator == COMPARE_EQ || operator == COMPARE_NE)
            return type_const_bool(s->c->types, operator == COMPARE_NE);
        return infer_error(s, (Span){0}, E_OPERAND, "a list and a tuple have no order");
    }
    uint32_t shorter = x->count < y->count ? x->count : y->count;
    for (uint32_t i = 0; i < shorter; i++) {
        const Type *each = compare_items(s, operator, x->elements[i], y->elements[i]);
        if (!each)
            return NULL;
    }
    bool equality = operator == COMPARE_EQ || operator == COMPARE_NE;
    if (equality && x->count != y->count)
        return type_const_bool(s->c->types, operator == COMPARE_NE);
    if (shorter == 0) {
        Constant a = {.kind = CONSTANT_INT, .integer = x->count},
                 b = {.kind = CONSTANT_INT, .integer = y->count};
        return carrier_compare(s->c->types, operator, &a, &b);
    }
    return boolean(s);
}

static const Type *membership(Infer *s, const Type *x, const Type *y)
{
    if (y->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < y->count; i++)
            if (!compare_items(s, COMPARE_EQ, x, y->elements[i]))
                return NULL;
        return y->count ? boolean(s) : type_const_bool(s->c->types, false);
    }
    if (y->kind == TYPE_RANGE && type_is_integer(x))
        return boolean(s);
    Arg args[2] = {{.from = ARG_OPERAND, .operand = 1, .type = y},
                   {.from = ARG_OPERAND, .operand = 0, .type = x}};
    if (y->kind == TYPE_ARRAY)
        return infer_library(s, "ndarray.__contains__", args, 2);
    return infer_error(s, infer_span(s->op, 1), E_OPERAND, "'in' does not look into %s",
                       infer_describe(s, y));
}

static bool is_text(const Type *type)
{
    const Symbol *text;
    return type->kind == TYPE_STR || type_is_const_str(type, &text);
}

/* Equality of things of unlike kinds is decided: nothing equals a None but None. */
static bool is_never_equal(const Type *x, const Type *y)
{
    ScalarKind kind;
    if (x->kind == TYPE_ARRAY || y->kind == TYPE_ARRAY)
        return false;
    if (type_scalar_of(x, &kind) || type_scalar_of(y, &kind))
        return !(type_scalar_of(x, &kind) && type_scalar_of(y, &kind));
    return is_text(x) || is_text(y) ? is_text(x) != is_text(y) : x->kind != y->kind;
}

const Type *infer_compare(Infer *s, CompareOperator operator, const Type *x, const Type *y)
{
    ScalarKind kinds[2], loop, output;
    const Symbol *a, *b;
    bool equality = operator == COMPARE_EQ || operator == COMPARE_NE;
    if (operator == COMPARE_IS || operator == COMPARE_IS_NOT)
        return identity(s, operator == COMPARE_IS_NOT, x, y);
    if (operator == COMPARE_IN || operator == COMPARE_NOT_IN)
        return membership(s, infer_value_type(x), infer_value_type(y));
    if (equality && (x->kind == TYPE_NONE || y->kind == TYPE_NONE))
        return identity(s, operator == COMPARE_NE, x, y);
    x = infer_value_type(x);
    y = infer_value_type(y);
    if (x->kind == TYPE_CONST && y->kind == TYPE_CONST) {
        const Type *known = carrier_compare(s->c->types, operator, &x->constant, &y->constant);
        if (known)
            return known;
    }
    if (type_scalar_of(x, &kinds[0]) && type_scalar_of(y, &kinds[1])) {
        if (equality)
            infer_python_operands(&kinds[0], &kinds[1]);
        if (scalar_is_weak(kinds[0]) && scalar_is_weak(kinds[1])) {
            bool complex = kinds[0] == SCALAR_COMPLEX || kinds[1] == SCALAR_COMPLEX;
            if (!complex || equality)
                return boolean(s);
        } else if (ufunc_resolve(ufunc_of_compare(operator), infer_promotion(s), kinds, &loop,
                                 &output)) {
            return type_scalar(s->c->types, output);
        }
    }
    const Type *args[2] = {x, y};
    if (x->kind == TYPE_ARRAY || y->kind == TYPE_ARRAY) {
        const Type *result = infer_elementwise(s, ufunc_of_compare(operator), args);
        if (result)
            return result;
    }
    if (x->kind == TYPE_TUPLE && y->kind == TYPE_TUPLE)
        return compare_tuples(s, operator, x, y);
    if (equality && x->kind == TYPE_ENUM && y->kind == TYPE_ENUM)
        return x->class_info == y->class_info
                   ? boolean(s)
                   : type_const_bool(s->c->types, operator == COMPARE_NE);
    if (equality && (x->kind == TYPE_DTYPE || y->kind == TYPE_DTYPE || x->kind == TYPE_BUILTIN))
        return type_const_bool(s->c->types,
                               infer_same_object(x, y) == (operator == COMPARE_EQ));
    if (equality && (x == y) && x->count == 0 && x->kind != TYPE_SCALAR && x->kind != TYPE_STR)
        return type_const_bool(s->c->types, operator == COMPARE_EQ);
    if (equality && is_text(x) && is_text(y))
        return boolean(s);
    if (equality &&
        (is_never_equal(x, y) || type_is_const_str(x, &a) || type_is_const_str(y, &b)))
        return type_const_bool(s->c->types, operator == COMPARE_NE);
    assert(operator <= COMPARE_GE);
    return infer_error(s, (Span){0}, E_OPERAND, "unsupported operand types for %s: %s and %s",
                       compare_text[operator], infer_describe(s, x), infer_describe(s, y));
}

bool infer_op_PY_COMPARE(Infer *s, Op *op)
{
    static const CompareOperator mirrored[COMPARE_IS] = {
        [COMPARE_EQ] = COMPARE_EQ, [COMPARE_NE] = COMPARE_NE, [COMPARE_LT] = COMPARE_GT,
        [COMPARE_LE] = COMPARE_GE, [COMPARE_GT] = COMPARE_LT, [COMPARE_GE] = COMPARE_LE};
    CompareOperator operator = (CompareOperator)op->attr.integer;
    const Type *result;
    if (operator < COMPARE_IS &&
        (infer_class_operator(s, compare_method[operator], compare_method[mirrored[operator]],
                              &result) ||
         with_sequence(s, "numpy.ufunc.operator", ufunc_of_compare(operator), &result)))
        return infer_done(s, op, result);
    return infer_done(s, op,
                      infer_compare(s, operator, infer_arg(s, op, 0), infer_arg(s, op, 1)));
}
