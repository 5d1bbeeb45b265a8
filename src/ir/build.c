/* The typed builder: constants, identities, look-through, and a cursor.
 *
 * What constants give is fold.c's; the identities are the two tables below, each valid for every
 * value of its classes (-0.0, nan and wrapping included; the sign of a nan is not a value). Nothing
 * here moves, merges or removes operations that exist.
 */
#include "ir/build.h"

#include "ir/fold.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- emitting ------------------------------------------------------------------------------ */

static Op *emit(Build *b, OpCode op, const Type *const *results, uint32_t result_count,
                Value *const *args, uint32_t count)
{
    Op *made = ir_op_new(b->func, op, b->loc, args, count, result_count);
    for (uint32_t i = 0; i < result_count; i++)
        made->results[i].type = results[i];
    if (b->before)
        ir_op_insert_before(b->before, made);
    else
        ir_op_append(b->region, made);
    return made;
}

static Value *emit_value(Build *b, OpCode op, const Type *type, Value *const *args,
                         uint32_t count, Attr attr)
{
    Op *made = emit(b, op, &type, 1, args, count);
    made->attr = attr;
    return op_result(made, 0);
}

Value *build_op(Build *b, OpCode op, const Type *type, Value *const *args, uint32_t count,
                Attr attr)
{
    Op *made = emit(b, op, &type, type ? 1 : 0, args, count);
    made->attr = attr;
    return type ? op_result(made, 0) : NULL;
}

Op *build_control(Build *b, OpCode op, Value *const *args, uint32_t count,
                  const Type *const *results, uint32_t result_count)
{
    return emit(b, op, results, result_count, args, count);
}

void build_terminator(Build *b, OpCode op, Op *target, Value *const *args, uint32_t count)
{
    assert(op_is_terminator(op));
    emit(b, op, NULL, 0, args, count)->attr.target = target;
}

/* ---- constants ----------------------------------------------------------------------------- */

static ScalarKind kind_of(const Value *x)
{
    assert(x->type->kind == TYPE_SCALAR);
    return x->type->scalar;
}

static Value *emit_const(Build *b, const Type *type, const Constant *constant)
{
    Constant *copy = ARENA_NEW(b->func->arena, Constant);
    *copy = *constant;
    return emit_value(b, OP_CONST, type, NULL, 0, (Attr){.constant = copy});
}

Value *build_const(Build *b, const Type *type, const Constant *constant)
{
    if (ir_type_is_empty(type))
        return build_nothing(b, type);
    if (type->kind != TYPE_SCALAR)
        return emit_const(b, type, constant);
    Constant converted;
    bool is_number = fold_convert(constant, type->scalar, &converted);
    assert(is_number);
    (void)is_number;
    return emit_const(b, type, &converted);
}

Value *build_scalar_int(Build *b, ScalarKind kind, __int128 value)
{
    return build_const(b, type_scalar(b->types, kind),
                       &(Constant){.kind = CONSTANT_INT, .integer = value});
}

Value *build_int(Build *b, __int128 value)
{
    return build_scalar_int(b, SCALAR_INT, value);
}

Value *build_float(Build *b, ScalarKind kind, double value)
{
    return build_const(b, type_scalar(b->types, kind),
                       &(Constant){.kind = CONSTANT_FLOAT, .real = value});
}

Value *build_bool(Build *b, bool value)
{
    return build_const(b, type_scalar(b->types, SCALAR_BOOL),
                       &(Constant){.kind = CONSTANT_BOOL, .truth = value});
}

Value *build_nothing(Build *b, const Type *type)
{
    return emit_value(b, OP_NOTHING, type, NULL, 0, (Attr){0});
}

const Constant *build_known(const Value *value, Constant *storage)
{
    if (value->def && value->def->code == OP_CONST)
        return value->def->attr.constant;
    if (!value->type)
        return NULL;
    if (value->type->kind == TYPE_CONST)
        return &value->type->constant;
    if (value->type->kind != TYPE_NONE && value->type->kind != TYPE_ELLIPSIS)
        return NULL;
    *storage = (Constant){0};
    storage->kind = value->type->kind == TYPE_NONE ? CONSTANT_NONE : CONSTANT_ELLIPSIS;
    return storage;
}

/* A value of Const type as a constant of its scalar type; others unchanged. */
static Value *number(Build *b, Value *x)
{
    ScalarKind kind;
    if (x->type->kind != TYPE_CONST || !type_scalar_of(x->type, &kind))
        return x;
    return build_const(b, type_scalar(b->types, kind), &x->type->constant);
}

static const Constant *constant_of(const Value *x)
{
    return x->def && x->def->code == OP_CONST ? x->def->attr.constant : NULL;
}

/* ---- result types -------------------------------------------------------------------------- */

static bool is_comparison(OpCode op)
{
    return op == OP_EQ || op == OP_NE || op == OP_LT || op == OP_LE || op == OP_GT ||
           op == OP_GE;
}

static ScalarKind complex_of(ScalarKind part)
{
    if (part == SCALAR_FLOAT)
        return SCALAR_COMPLEX;
    return part == SCALAR_FLOAT64 ? SCALAR_COMPLEX128 : SCALAR_COMPLEX64;
}

static const Type *result_type(Build *b, OpCode op, const Value *x)
{
    if (is_comparison(op))
        return type_scalar(b->types, SCALAR_BOOL);
    if (op == OP_INT_TRUEDIV)
        return type_scalar(b->types, SCALAR_FLOAT);
    if (op == OP_REAL || op == OP_IMAG)
        return type_scalar(b->types, scalar_real(kind_of(x)));
    if (op == OP_COMPLEX)
        return type_scalar(b->types, complex_of(kind_of(x)));
    return x->type;
}

/* ---- identities of two args ---------------------------------------------------------------- */

/* The classes that a row is for, as a set. */
enum {
    B = 1 << CLASS_BOOL,
    I = 1 << CLASS_INT,
    U = 1 << CLASS_UINT,
    F = 1 << CLASS_FLOAT,
    Z = 1 << CLASS_COMPLEX,
    N = I | U,
};

/* What one arg of the operation must be, so that the result follows from the other. */
typedef enum Pattern {
    RIGHT_ZERO, /* of floats: 0.0; of complex: both parts */
    RIGHT_NEGATIVE_ZERO,
    RIGHT_ONE,
    RIGHT_ONES, /* all bits: -1, or the greatest unsigned, or True */
    LEFT_ZERO,
    SAME, /* both args are one value */
} Pattern;

typedef enum Outcome {
    IS_OTHER,       /* the arg that the pattern leaves, converted where the result is a bool */
    IS_NEGATIVE,    /* of it */
    IS_NOT,         /* of it */
    IS_ZERO,        /* of the result's type: also False */
    IS_ONE,         /* of the result's type: also True */
    IS_OTHERS_ONES, /* all bits */
} Outcome;

typedef struct Identity {
    uint8_t op, classes, pattern, outcome;
} Identity;

_Static_assert(OP_COUNT <= UINT8_MAX, "operations fit the tables' columns");

/* How to write a row: it must hold for every value of every class it names, and where the
 * operation is undefined (a zero divisor) it may give anything. Rows of what commutes are tried with
 * the args exchanged, too. */
/* clang-format off */
static const Identity identities[] = {
    {OP_ADD,      N,         RIGHT_ZERO,          IS_OTHER},
    {OP_ADD,      F | Z,     RIGHT_NEGATIVE_ZERO, IS_OTHER}, /* -0.0 + 0.0 is 0.0 */
    {OP_ADD_X,    N,         RIGHT_ZERO,          IS_OTHER},
    {OP_SUB,      N | F | Z, RIGHT_ZERO,          IS_OTHER},
    {OP_SUB,      N,         LEFT_ZERO,           IS_NEGATIVE},
    {OP_SUB,      N,         SAME,                IS_ZERO},  /* inf - inf is nan */
    {OP_SUB_X,    N,         RIGHT_ZERO,          IS_OTHER},
    {OP_SUB_X,    N,         SAME,                IS_ZERO},
    {OP_MUL,      N | F,     RIGHT_ONE,           IS_OTHER}, /* inf * (1+0j) is inf+nanj */
    {OP_MUL,      N,         RIGHT_ZERO,          IS_ZERO},
    {OP_MUL,      N,         RIGHT_ONES,          IS_NEGATIVE},
    {OP_MUL_X,    N,         RIGHT_ONE,           IS_OTHER},
    {OP_MUL_X,    N,         RIGHT_ZERO,          IS_ZERO},
    {OP_DIV,      F,         RIGHT_ONE,           IS_OTHER},
    {OP_FLOORDIV, N,         RIGHT_ONE,           IS_OTHER}, /* inf // 1.0 is nan */
    {OP_FLOORDIV, I,         RIGHT_ONES,          IS_NEGATIVE},
    {OP_FLOORDIV, N,         LEFT_ZERO,           IS_ZERO},
    {OP_MOD,      N,         RIGHT_ONE,           IS_ZERO},
    {OP_MOD,      I,         RIGHT_ONES,          IS_ZERO},
    {OP_MOD,      N,         LEFT_ZERO,           IS_ZERO},
    {OP_TRUNCDIV, N,         RIGHT_ONE,           IS_OTHER},
    {OP_TRUNCDIV, I,         RIGHT_ONES,          IS_NEGATIVE},
    {OP_TRUNCDIV, N,         LEFT_ZERO,           IS_ZERO},
    {OP_TRUNCMOD, N,         RIGHT_ONE,           IS_ZERO},
    {OP_TRUNCMOD, I,         RIGHT_ONES,          IS_ZERO},
    {OP_TRUNCMOD, N,         LEFT_ZERO,           IS_ZERO},
    {OP_POW,      F,         RIGHT_ZERO,          IS_ONE},   /* also of nan */
    {OP_POW,      F,         RIGHT_NEGATIVE_ZERO, IS_ONE},
    {OP_POW,      F,         RIGHT_ONE,           IS_OTHER},
    {OP_AND,      B | N,     RIGHT_ZERO,          IS_ZERO},
    {OP_AND,      B | N,     RIGHT_ONES,          IS_OTHER},
    {OP_AND,      B | N,     SAME,                IS_OTHER},
    {OP_OR,       B | N,     RIGHT_ZERO,          IS_OTHER},
    {OP_OR,       B | N,     RIGHT_ONES,          IS_OTHERS_ONES},
    {OP_OR,       B | N,     SAME,                IS_OTHER},
    {OP_XOR,      B | N,     RIGHT_ZERO,          IS_OTHER},
    {OP_XOR,      B | N,     RIGHT_ONES,          IS_NOT},
    {OP_XOR,      B | N,     SAME,                IS_ZERO},
    {OP_SHL,      N,         RIGHT_ZERO,          IS_OTHER},
    {OP_SHL,      N,         LEFT_ZERO,           IS_ZERO},
    {OP_SHL_X,    N,         RIGHT_ZERO,          IS_OTHER},
    {OP_SHL_X,    N,         LEFT_ZERO,           IS_ZERO},
    {OP_SHR,      N,         RIGHT_ZERO,          IS_OTHER},
    {OP_SHR,      N,         LEFT_ZERO,           IS_ZERO},
    {OP_MUL_HIGH, N,         RIGHT_ZERO,          IS_ZERO},
    {OP_EQ,       B | N,     SAME,                IS_ONE},   /* nan == nan is False */
    {OP_EQ,       B,         RIGHT_ZERO,          IS_NOT},
    {OP_EQ,       B,         RIGHT_ONE,           IS_OTHER},
    {OP_NE,       B | N,     SAME,                IS_ZERO},
    {OP_NE,       B,         RIGHT_ZERO,          IS_OTHER},
    {OP_NE,       B,         RIGHT_ONE,           IS_NOT},
    {OP_LT,       B | N | F, SAME,                IS_ZERO},
    {OP_LT,       U,         RIGHT_ZERO,          IS_ZERO},
    {OP_LE,       B | N,     SAME,                IS_ONE},
    {OP_LE,       U,         LEFT_ZERO,           IS_ONE},
    {OP_GT,       B | N | F, SAME,                IS_ZERO},
    {OP_GT,       U,         LEFT_ZERO,           IS_ZERO},
    {OP_GE,       B | N,     SAME,                IS_ONE},
    {OP_GE,       U,         RIGHT_ZERO,          IS_ONE},
};
/* clang-format on */

static bool is_real_zero(double x, bool negative)
{
    return x == 0 && signbit(x) == negative;
}

static bool is_zero(const Constant *x, bool negative)
{
    if (x->kind == CONSTANT_FLOAT)
        return is_real_zero(x->real, negative);
    if (x->kind == CONSTANT_COMPLEX)
        return is_real_zero(x->real, negative) && is_real_zero(x->imag, negative);
    return x->kind == CONSTANT_BOOL ? !x->truth : x->integer == 0;
}

static bool is_one(const Constant *x)
{
    if (x->kind == CONSTANT_FLOAT)
        return x->real == 1;
    return x->kind == CONSTANT_BOOL ? x->truth : x->kind == CONSTANT_INT && x->integer == 1;
}

static bool is_ones(const Constant *x, ScalarKind kind)
{
    if (x->kind == CONSTANT_BOOL)
        return x->truth;
    return x->kind == CONSTANT_INT && x->integer == fold_wrap(kind, -1);
}

/* The arg that is left when x and y match, or NULL. */
static Value *match(Pattern pattern, Value *x, Value *y)
{
    const Constant *left = constant_of(x), *right = constant_of(y);
    switch (pattern) {
    case RIGHT_ZERO:
        return right && is_zero(right, false) ? x : NULL;
    case RIGHT_NEGATIVE_ZERO:
        return right && is_zero(right, true) ? x : NULL;
    case RIGHT_ONE:
        return right && is_one(right) ? x : NULL;
    case RIGHT_ONES:
        return right && is_ones(right, kind_of(y)) ? x : NULL;
    case LEFT_ZERO:
        return left && is_zero(left, false) ? y : NULL;
    case SAME:
        return x == y ? x : NULL;
    }
    return NULL;
}

static Value *outcome_of(Build *b, Outcome outcome, Value *other, const Type *type)
{
    switch (outcome) {
    case IS_OTHER:
        return build_convert(b, other, type);
    case IS_NEGATIVE:
        return build_unary(b, OP_NEG, other);
    case IS_NOT:
        return build_convert(b, build_unary(b, OP_NOT, other), type);
    case IS_ZERO:
        return build_scalar_int(b, type->scalar, 0);
    case IS_ONE:
        return build_scalar_int(b, type->scalar, 1);
    case IS_OTHERS_ONES:
        return build_scalar_int(b, type->scalar, -1);
    }
    return NULL;
}

static Value *identity(Build *b, OpCode op, Value *x, Value *y, const Type *type)
{
    if (x->type->kind != TYPE_SCALAR || (x != y && !constant_of(x) && !constant_of(y)))
        return NULL;
    unsigned class = 1u << scalar_class(kind_of(x));
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++) {
        const Identity *row = &identities[i];
        if (row->op != op || !(row->classes & class))
            continue;
        Value *other = match(row->pattern, x, y);
        if (!other && op_flags(op) & OP_COMMUTES)
            other = match(row->pattern, y, x);
        if (other)
            return outcome_of(b, row->outcome, other, type);
    }
    return NULL;
}

/* ---- identities of one arg ----------------------------------------------------------------- */

/* outer(inner(x)) is arg `arg` of inner for the classes (of outer's arg) named. */
static const struct {
    uint8_t outer, inner, classes, arg;
} cancelling[] = {
    {OP_NEG, OP_NEG, N | F | Z, 0},
    {OP_NOT, OP_NOT, B | N, 0},
    {OP_REAL, OP_COMPLEX, Z, 0},
    {OP_IMAG, OP_COMPLEX, Z, 1},
};

/* not (x OP y) is x INVERSE y: of all values for == and !=, unless one may be a nan for the rest. */
static const uint8_t inverses[OP_COUNT] = {
    [OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_LT] = OP_GE,
    [OP_LE] = OP_GT, [OP_GT] = OP_LE, [OP_GE] = OP_LT,
};

static Value *cancelled(Build *b, OpCode op, Value *x)
{
    const Op *inner = x->def;
    if (!inner)
        return NULL;
    unsigned class = 1u << scalar_class(kind_of(x));
    for (size_t i = 0; i < sizeof cancelling / sizeof *cancelling; i++)
        if (cancelling[i].outer == op && cancelling[i].inner == inner->code &&
            cancelling[i].classes & class)
            return op_arg(inner, cancelling[i].arg);
    if (op != OP_NOT || !is_comparison(inner->code))
        return NULL;
    Value *left = op_arg(inner, 0), *right = op_arg(inner, 1);
    bool is_total = left->type->kind == TYPE_SCALAR && !scalar_is_inexact(kind_of(left));
    if (!is_total && inner->code != OP_EQ && inner->code != OP_NE)
        return NULL;
    return build_compare(b, (OpCode)inverses[inner->code], left, right);
}

/* ---- numbers ------------------------------------------------------------------------------- */

Value *build_unary(Build *b, OpCode op, Value *x)
{
    x = number(b, x);
    const Type *type = result_type(b, op, x);
    const Constant *known = constant_of(x);
    Constant folded;
    if (known && fold_unary(op, kind_of(x), known, &folded))
        return build_const(b, type, &folded);
    Value *same = cancelled(b, op, x);
    return same ? same : emit_value(b, op, type, &x, 1, (Attr){0});
}

/* What constants and identities make of the operation, or NULL. */
static Value *binary_folded(Build *b, OpCode op, Value *x, Value *y, const Type *type)
{
    const Constant *left = constant_of(x), *right = constant_of(y);
    Constant folded;
    if (left && right && fold_binary(op, kind_of(x), left, right, &folded))
        return build_const(b, type, &folded);
    return identity(b, op, x, y, type);
}

Value *build_binary(Build *b, OpCode op, Value *x, Value *y)
{
    x = number(b, x);
    y = number(b, y);
    assert(x->type == y->type);
    const Type *type = result_type(b, op, x);
    Value *folded = binary_folded(b, op, x, y, type);
    if (folded)
        return folded;
    bool is_swapped = op_flags(op) & OP_COMMUTES && constant_of(x) && !constant_of(y);
    Value *args[] = {is_swapped ? y : x, is_swapped ? x : y};
    return emit_value(b, op, type, args, 2, (Attr){0});
}

Value *build_compare(Build *b, OpCode op, Value *x, Value *y)
{
    assert(is_comparison(op));
    return build_binary(b, op, x, y);
}

Value *build_checked(Build *b, OpCode op, Value *x, Value *y, const Site *site)
{
    x = number(b, x);
    y = number(b, y);
    assert(x->type == y->type && op_attr_kind(op) == ATTR_SITE);
    Value *folded = binary_folded(b, op, x, y, x->type);
    Value *args[] = {x, y};
    return folded ? folded : emit_value(b, op, x->type, args, 2, (Attr){.site = site});
}

Value *build_fma(Build *b, Value *x, Value *y, Value *z)
{
    Value *args[] = {number(b, x), number(b, y), number(b, z)};
    const Constant *known[3];
    for (int i = 0; i < 3; i++)
        known[i] = constant_of(args[i]);
    Constant folded;
    if (known[0] && known[1] && known[2] &&
        fold_fma(kind_of(args[0]), known[0], known[1], known[2], &folded))
        return build_const(b, args[0]->type, &folded);
    return emit_value(b, OP_FMA, args[0]->type, args, 3, (Attr){0});
}

static bool is_bool_constant(const Value *x, bool truth)
{
    const Constant *known = constant_of(x);
    return known && known->kind == CONSTANT_BOOL && known->truth == truth;
}

Value *build_select(Build *b, Value *condition, Value *x, Value *y)
{
    condition = number(b, condition);
    if (x == y || is_bool_constant(condition, true))
        return x;
    if (is_bool_constant(condition, false))
        return y;
    if (condition->def && condition->def->code == OP_NOT)
        return build_select(b, op_arg(condition->def, 0), y, x);
    assert(x->type == y->type);
    const Constant *left = constant_of(x), *right = constant_of(y);
    if (left && right && constant_equal(left, right))
        return x;
    if (x->type == condition->type && is_bool_constant(x, true) && is_bool_constant(y, false))
        return condition;
    if (x->type == condition->type && is_bool_constant(x, false) && is_bool_constant(y, true))
        return build_unary(b, OP_NOT, condition);
    Value *args[] = {condition, x, y};
    return emit_value(b, OP_SELECT, x->type, args, 3, (Attr){0});
}

/* Does `to` hold every value of `from` as it is? */
static bool is_exact(ScalarKind from, ScalarKind to)
{
    static const uint8_t significant[] = {[2] = 11, [4] = 24, [8] = 53}; /* by float's size */
    ScalarClass source = scalar_class(from), target = scalar_class(to);
    unsigned bits = source == CLASS_BOOL ? 1 : scalar_bits(from);
    if (target == CLASS_BOOL || (source == CLASS_COMPLEX && target != CLASS_COMPLEX))
        return source == target;
    if (source == CLASS_FLOAT || source == CLASS_COMPLEX)
        return scalar_is_inexact(to) &&
               scalar_bits(scalar_real(to)) >= scalar_bits(scalar_real(from));
    if (scalar_is_inexact(to))
        return significant[scalar_size(scalar_real(to))] >= bits;
    bool is_signed = source == CLASS_INT;
    if (target == CLASS_UINT)
        return !is_signed && scalar_bits(to) >= bits;
    return scalar_bits(to) >= bits + !is_signed;
}

/* Where x itself is a conversion that lost nothing: the value before it, if converting that gives
 * the same. Not where a float becomes an integer: out of range, that depends on more than the value. */
static Value *before_conversion(Value *x, ScalarKind to)
{
    if (!x->def || x->def->code != OP_CONVERT)
        return x;
    Value *before = op_arg(x->def, 0);
    ScalarKind from = kind_of(before);
    bool may_leave_range = scalar_is_inexact(from) && scalar_is_integer(to);
    return is_exact(from, kind_of(x)) && !may_leave_range ? before : x;
}

Value *build_convert(Build *b, Value *x, const Type *to)
{
    x = number(b, x);
    if (x->type == to)
        return x;
    assert(to->kind == TYPE_SCALAR);
    const Constant *known = constant_of(x);
    Constant folded;
    if (known && fold_convert(known, to->scalar, &folded))
        return build_const(b, to, &folded);
    x = before_conversion(x, to->scalar);
    if (x->type == to)
        return x;
    return emit_value(b, OP_CONVERT, to, &x, 1, (Attr){0});
}

Value *build_bitcast(Build *b, Value *x, const Type *to)
{
    x = number(b, x);
    if (x->type == to)
        return x;
    const Constant *known = constant_of(x);
    Constant folded;
    if (known && fold_bitcast(kind_of(x), known, to->scalar, &folded))
        return build_const(b, to, &folded);
    return emit_value(b, OP_BITCAST, to, &x, 1, (Attr){0});
}

Value *build_call_math(Build *b, const char *name, Value *const *args, uint32_t count)
{
    assert(count && count <= 3);
    Value *numbers[3];
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = number(b, args[i]);
    Attr attr = {.name = intern_cstr(b->types->names, name)};
    return emit_value(b, OP_CALL_MATH, numbers[0]->type, numbers, count, attr);
}

/* ---- compounds ----------------------------------------------------------------------------- */

/* The value whose elements, all and in order, these are; or NULL. */
static Value *repacked(const Type *type, Value *const *elements)
{
    Value *whole = NULL;
    for (uint32_t i = 0; i < type->count; i++) {
        const Op *def = elements[i]->def;
        if (!def || def->code != OP_EXTRACT || def->attr.integer != i)
            return NULL;
        if (i && op_arg(def, 0) != whole)
            return NULL;
        whole = op_arg(def, 0);
    }
    return whole && whole->type == type ? whole : NULL;
}

Value *build_pack(Build *b, const Type *type, Value *const *elements)
{
    Value *whole = repacked(type, elements);
    return whole ? whole : emit_value(b, OP_PACK, type, elements, type->count, (Attr){0});
}

Value *build_extract(Build *b, Value *x, uint32_t index)
{
    assert(index < x->type->count);
    const Type *type = x->type->elements[index];
    if (ir_type_is_empty(type))
        return build_nothing(b, type);
    if (x->def && x->def->code == OP_PACK)
        return op_arg(x->def, index);
    return emit_value(b, OP_EXTRACT, type, &x, 1, (Attr){.integer = index});
}

Value *build_some(Build *b, const Type *type, Value *x)
{
    return emit_value(b, OP_SOME, type, &x, 1, (Attr){0});
}

Value *build_is_some(Build *b, Value *x)
{
    if (x->def && (x->def->code == OP_SOME || x->def->code == OP_NOTHING))
        return build_bool(b, x->def->code == OP_SOME);
    return emit_value(b, OP_IS_SOME, type_scalar(b->types, SCALAR_BOOL), &x, 1, (Attr){0});
}

Value *build_unwrap(Build *b, Value *x)
{
    const Type *type = x->type->elements[0];
    if (ir_type_is_empty(type))
        return build_nothing(b, type);
    if (x->def && x->def->code == OP_SOME)
        return op_arg(x->def, 0);
    return emit_value(b, OP_UNWRAP, type, &x, 1, (Attr){0});
}

/* The args in which the operation that made the array has its dims, or -1. */
static int dims_start(const Value *array)
{
    if (!array->def)
        return -1;
    if (array->def->code == OP_ARRAY_NEW || array->def->code == OP_MAP)
        return 0;
    return array->def->code == OP_ARRAY_VIEW ? 2 : -1;
}

Value *build_array_dim(Build *b, Value *array, uint32_t axis)
{
    int start = dims_start(array);
    if (start >= 0)
        return op_arg(array->def, (uint32_t)start + axis);
    return emit_value(b, OP_ARRAY_DIM, type_scalar(b->types, SCALAR_INT), &array, 1,
                      (Attr){.integer = axis});
}

Value *build_array_stride(Build *b, Value *array, uint32_t axis)
{
    const ArrayType *type = &array->type->array;
    if (array->def && array->def->code == OP_ARRAY_VIEW &&
        array->def->arg_count > 2u + type->ndim)
        return op_arg(array->def, 2u + type->ndim + axis);
    bool is_made_here = dims_start(array) >= 0;
    uint32_t densest = type->layout == LAYOUT_F ? 0 : type->ndim - 1u;
    if (is_made_here && type->layout != LAYOUT_ANY && axis == densest)
        return build_int(b, scalar_size(type->dtype));
    return emit_value(b, OP_ARRAY_STRIDE, type_scalar(b->types, SCALAR_INT), &array, 1,
                      (Attr){.integer = axis});
}

/* ---- checks -------------------------------------------------------------------------------- */

Op *build_check(Build *b, Value *condition, const Site *site, Value *const *args,
                uint32_t count)
{
    condition = number(b, condition);
    if (is_bool_constant(condition, true))
        return NULL;
    Value **all = ARENA_ARRAY(b->func->arena, Value *, count + 1);
    all[0] = condition;
    if (count)
        memcpy(all + 1, args, count * sizeof *all);
    Op *check = emit(b, OP_CHECK, NULL, 0, all, count + 1);
    check->attr.site = site;
    return check;
}
