/* Types of the typed stage: one row per operation, reached through a table made from op.def, so that
 * an operation without a row does not compile.
 *
 * A row has a pattern for the args, one for the results, and a function for what patterns cannot
 * say. A pattern has one letter per value:
 *
 *     n number   i integer   f float   x float or complex   z complex   r integer or float
 *     l bool or integer      q number or bool, not complex  s any scalar
 *     b bool of either kind  B Python's bool   I Python's int in 64 bits   D Python's float
 *     c scalar or pointer    p pointer         a array      o Optional or Maybe     m Slot
 *     . any                  = of the type of arg 0         ~ of the type of the arg before (of a
 *                                                             result: of the last arg)
 *     *: the letter before it for all that follow
 */
#include "ir/code.h"
#include "ir/fold.h"
#include "ir/verify.h"

#include <string.h>

typedef bool Check(const Verifier *v, const Op *op);

typedef struct Rule {
    const char *args, *results;
    Check *check;
} Rule;

/* ---- small questions ----------------------------------------------------------------------- */

static const Type *arg_type(const Op *op, uint32_t i)
{
    return op_arg(op, i)->type;
}

static const Type *result_type(const Op *op)
{
    return op->results[0].type;
}

static bool is_kind(const Type *type, ScalarKind kind)
{
    return type->kind == TYPE_SCALAR && type->scalar == kind;
}

static ScalarKind kind_of_arg(const Op *op, uint32_t i)
{
    return arg_type(op, i)->scalar;
}

static bool fail_type(const Verifier *v, const Op *op, const char *what, const Type *got,
                      const Type *wanted)
{
    Arena *arena = v->func->arena;
    return verify_fail(v, op, "%s is %s and not %s", what, type_text(got, arena),
                       type_text(wanted, arena));
}

/* ---- control ------------------------------------------------------------------------------- */

/* The args of op from `first` on against the values that they become. */
static bool check_passed(const Verifier *v, const Op *op, uint32_t first,
                         const Value *(*target)(const Op *op, uint32_t i), const Op *to)
{
    for (uint32_t i = first; i < op->arg_count; i++) {
        const Type *wanted = target(to, i - first)->type;
        if (arg_type(op, i) != wanted)
            return fail_type(v, op, arena_printf(v->func->arena, "arg %u", i), arg_type(op, i),
                             wanted);
    }
    return true;
}

static const Value *nth_result(const Op *op, uint32_t i)
{
    return op_result(op, i);
}

static const Value *nth_param(const Op *op, uint32_t i)
{
    return op->regions[0].params[i];
}

static const Value *nth_carried(const Op *op, uint32_t i)
{
    return op->regions[0].params[i + (op->code == OP_FOR)];
}

/* Region params are verified after their owner, so that a type may be missing here. */
static bool check_param_types(const Verifier *v, const Op *op)
{
    for (uint32_t i = 0; i < op->regions[0].param_count; i++)
        if (!op->regions[0].params[i]->type)
            return verify_fail(v, op, "param %u has no type", i);
    return true;
}

static bool check_loop(const Verifier *v, const Op *op)
{
    return check_param_types(v, op) && check_passed(v, op, 0, nth_param, op);
}

static bool check_for(const Verifier *v, const Op *op)
{
    return check_loop(v, op) && check_passed(v, op, 1, nth_result, op);
}

static bool check_element(const Verifier *v, const Op *op, const char *what, const Type *type,
                          const Type *array)
{
    if (is_kind(type, array->array.dtype))
        return true;
    return verify_fail(v, op, "%s is %s and not %s", what, type_text(type, v->func->arena),
                       scalar_name(array->array.dtype));
}

/* The array that a map fills. */
static const Type *map_array(const Op *map)
{
    return map->code == OP_MAP ? result_type(map) : arg_type(map, (uint32_t)map->attr.integer);
}

static bool check_yield(const Verifier *v, const Op *op)
{
    const Op *owner = op->parent->owner;
    if (owner->code == OP_MAP || owner->code == OP_MAP_INTO)
        return check_element(v, op, "the element", arg_type(op, 0), map_array(owner));
    return check_passed(v, op, 0, nth_result, owner);
}

static bool check_break(const Verifier *v, const Op *op)
{
    return check_passed(v, op, 0, nth_result, op->attr.target);
}

static bool check_continue(const Verifier *v, const Op *op)
{
    return check_passed(v, op, 0, nth_carried, op->attr.target);
}

static bool check_return(const Verifier *v, const Op *op)
{
    const Type *wanted = v->func->result;
    if (!wanted)
        return verify_fail(v, op, "the function has no result type");
    return arg_type(op, 0) == wanted || fail_type(v, op, "the arg", arg_type(op, 0), wanted);
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool check_const(const Verifier *v, const Op *op)
{
    const Type *type = result_type(op);
    const Constant *constant = op->attr.constant;
    if ((type->kind == TYPE_STR && constant->kind == CONSTANT_STR) ||
        (type->kind == TYPE_ENUM && constant->kind == CONSTANT_INT))
        return true;
    Constant same;
    if (type->kind != TYPE_SCALAR || !fold_convert(constant, type->scalar, &same) ||
        !constant_equal(constant, &same))
        return verify_fail(v, op, "the constant is none of its type");
    return true;
}

static bool check_abs_compare(const Verifier *v, const Op *op)
{
    return kind_of_arg(op, 1) == scalar_real(kind_of_arg(op, 0)) ||
           verify_fail(v, op, "arg 1 is not of the kind of arg 0's parts");
}

static bool check_complex(const Verifier *v, const Op *op)
{
    return kind_of_arg(op, 0) == scalar_real(result_type(op)->scalar) ||
           verify_fail(v, op, "the args are not of the kind of the result's parts");
}

static bool check_part(const Verifier *v, const Op *op)
{
    return result_type(op)->scalar == scalar_real(kind_of_arg(op, 0)) ||
           verify_fail(v, op, "the result is not of the kind of the arg's parts");
}

static bool check_bitcast(const Verifier *v, const Op *op)
{
    return scalar_bits(kind_of_arg(op, 0)) == scalar_bits(result_type(op)->scalar) ||
           verify_fail(v, op, "the widths differ");
}

static bool check_64_bits(const Verifier *v, const Op *op)
{
    return scalar_bits(kind_of_arg(op, 0)) == 64 || verify_fail(v, op, "not of 64 bits");
}

/* ---- compounds ----------------------------------------------------------------------------- */

/* What an Enum holds: the number of its member. */
static bool check_member(const Verifier *v, const Op *op, const Type *held)
{
    if (held->kind == TYPE_SCALAR && held->scalar == SCALAR_INT)
        return true;
    return verify_fail(v, op, "an Enum holds the number of its member, an int");
}

static bool check_pack(const Verifier *v, const Op *op)
{
    const Type *type = result_type(op);
    if (type->kind == TYPE_ENUM && op->arg_count == 1)
        return check_member(v, op, arg_type(op, 0));
    if (type->count != op->arg_count)
        return verify_fail(v, op, "%u args for %u elements", op->arg_count, type->count);
    for (uint32_t i = 0; i < type->count; i++)
        if (arg_type(op, i) != type->elements[i])
            return fail_type(v, op, "an element", arg_type(op, i), type->elements[i]);
    return true;
}

static bool check_extract(const Verifier *v, const Op *op)
{
    const Type *type = arg_type(op, 0);
    if (type->kind == TYPE_ENUM && op->attr.integer == 0)
        return check_member(v, op, result_type(op));
    if (op->attr.integer < 0 || op->attr.integer >= type->count)
        return verify_fail(v, op, "the arg has %u elements", type->count);
    const Type *wanted = type->elements[op->attr.integer];
    return result_type(op) == wanted || fail_type(v, op, "the result", result_type(op), wanted);
}

/* `outer` is an Optional, a Maybe or a Slot; `inner` its element. */
static bool check_inside(const Verifier *v, const Op *op, const Type *inner, const Type *outer)
{
    return inner == outer->elements[0] || fail_type(v, op, "inside", inner, outer->elements[0]);
}

static bool check_wrap(const Verifier *v, const Op *op)
{
    return check_inside(v, op, arg_type(op, 0), result_type(op));
}

static bool check_unwrap(const Verifier *v, const Op *op)
{
    return check_inside(v, op, result_type(op), arg_type(op, 0));
}

static bool check_slot_store(const Verifier *v, const Op *op)
{
    return check_inside(v, op, arg_type(op, 1), arg_type(op, 0));
}

static bool check_nothing(const Verifier *v, const Op *op)
{
    const Type *type = result_type(op);
    if (type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE || ir_type_is_empty(type))
        return true;
    return verify_fail(v, op, "a value of this type holds something");
}

static bool check_owner(const Verifier *v, const Op *op)
{
    return type_holds_owner(arg_type(op, 0)) || verify_fail(v, op, "the arg owns nothing");
}

/* ---- arrays -------------------------------------------------------------------------------- */

static bool check_dims(const Verifier *v, const Op *op, uint32_t got, uint32_t wanted)
{
    return got == wanted ||
           verify_fail(v, op, "%u args where the dimensions take %u", got, wanted);
}

static bool check_array_new(const Verifier *v, const Op *op)
{
    const ArrayType *array = &result_type(op)->array;
    if (array->layout == LAYOUT_ANY && array->ndim)
        return verify_fail(v, op, "a new array has layout C or F");
    return check_dims(v, op, op->arg_count, array->ndim);
}

static bool check_array_view(const Verifier *v, const Op *op)
{
    const ArrayType *array = &result_type(op)->array;
    uint32_t strides = array->layout == LAYOUT_ANY ? array->ndim : 0;
    return check_dims(v, op, op->arg_count - 2, array->ndim + strides);
}

static bool check_axis(const Verifier *v, const Op *op)
{
    return (op->attr.integer >= 0 && op->attr.integer < arg_type(op, 0)->array.ndim) ||
           verify_fail(v, op, "the array has %u dimensions", arg_type(op, 0)->array.ndim);
}

static bool check_load(const Verifier *v, const Op *op)
{
    const Type *array = arg_type(op, 0);
    return check_dims(v, op, op->arg_count - 1, array->array.ndim) &&
           check_element(v, op, "the result", result_type(op), array);
}

static bool check_store(const Verifier *v, const Op *op)
{
    const Type *array = arg_type(op, 0);
    uint32_t last = op->arg_count - 1;
    for (uint32_t i = 1; i < last; i++)
        if (!is_kind(arg_type(op, i), SCALAR_INT))
            return verify_fail(v, op, "index %u is not an int", i - 1);
    return check_dims(v, op, last - 1, array->array.ndim) &&
           check_element(v, op, "the value", arg_type(op, last), array);
}

static bool check_map_inputs(const Verifier *v, const Op *op, uint32_t first)
{
    uint32_t ndim = (uint32_t)op->attr.integer;
    for (uint32_t i = first; i < op->arg_count; i++) {
        const Type *input = arg_type(op, i);
        if (input->kind != TYPE_ARRAY || input->array.ndim > ndim)
            return verify_fail(v, op, "input %u is not an array of at most %u dimensions",
                               i - first, ndim);
        if (!check_element(v, op, "a param", op->regions[0].params[i - first]->type, input))
            return false;
    }
    return true;
}

static bool check_map(const Verifier *v, const Op *op)
{
    uint32_t ndim = (uint32_t)op->attr.integer;
    for (uint32_t i = 0; i < ndim; i++)
        if (!is_kind(arg_type(op, i), SCALAR_INT))
            return verify_fail(v, op, "dim %u is not an int", i);
    const Type *array = map_array(op);
    if (array->kind != TYPE_ARRAY || array->array.ndim != ndim)
        return verify_fail(v, op, "it does not fill an array of %u dimensions", ndim);
    if (op->code == OP_MAP && array->array.layout != LAYOUT_C)
        return verify_fail(v, op, "a new array has layout C");
    return check_param_types(v, op) &&
           check_map_inputs(v, op, ndim + (op->code == OP_MAP_INTO));
}

/* ---- calls and failure --------------------------------------------------------------------- */

static bool check_call(const Verifier *v, const Op *op)
{
    const Func *callee = op->attr.func;
    if (!callee->body.first) /* known by name only */
        return true;
    if (callee->body.param_count != op->arg_count)
        return verify_fail(v, op, "%u args for %u params", op->arg_count,
                           callee->body.param_count);
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Type *wanted = callee->body.params[i]->type;
        if (wanted && wanted != arg_type(op, i))
            return fail_type(v, op, "an arg", arg_type(op, i), wanted);
    }
    if (callee->result && callee->result != result_type(op))
        return fail_type(v, op, "the result", result_type(op), callee->result);
    return true;
}

static bool check_runtime(const Verifier *v, const Op *op)
{
    return op->result_count <= 1 || verify_fail(v, op, "%u results", op->result_count);
}

/* Does the conversion %c take a value of the type? */
static bool takes(char conversion, const Type *type)
{
    ScalarKind kind;
    if (conversion == 's')
        return true; /* whatever str() makes of it */
    if (!type_scalar_of(type, &kind))
        return false;
    return conversion == 'g' ? scalar_class(kind) == CLASS_FLOAT : !scalar_is_inexact(kind);
}

/* The args from `first` on against the site's message. */
static bool check_message(const Verifier *v, const Op *op, uint32_t first)
{
    const char *message = op->attr.site->message;
    if (!message)
        return true;
    uint32_t next = first;
    for (const char *c = strchr(message, '%'); c; c = strchr(c, '%')) {
        char conversion = c[1];
        c += conversion ? 2 : 1;
        if (conversion == '%')
            continue;
        if (conversion == '{') /* Python's format: "%{:.3f}" */
            c += strcspn(c, "}");
        else if (conversion != 'd' && conversion != 'g' && conversion != 's')
            return verify_fail(v, op, "the message has a '%%%c'", conversion);
        if (next == op->arg_count ||
            (conversion != '{' && !takes(conversion, arg_type(op, next))))
            return verify_fail(v, op, "no arg %u fits the message's %%%c", next, conversion);
        next++;
    }
    return next == op->arg_count || verify_fail(v, op, "the message leaves args over");
}

static bool check_site(const Verifier *v, const Op *op)
{
    return check_message(v, op, op->code == OP_CHECK);
}

/* ---- the rows ------------------------------------------------------------------------------ */

/* clang-format off */
#define RULE(op, args, results, check) static const Rule rule_##op = {args, results, check};
#define GENERIC(op) static const Rule rule_##op = {".*", ".*", NULL}; /* refused by verify.c */
RULE(CONST,         "",      ".",   check_const)
RULE(IF,            "b",     ".*",  NULL)
RULE(BLOCK,         "",      ".*",  NULL)
RULE(LOOP,          ".*",    ".*",  check_loop)
RULE(FOR,           "I.*",   ".*",  check_for)
RULE(TRY,           "",      ".*",  NULL)
RULE(YIELD,         ".*",    "",    check_yield)
RULE(BREAK,         ".*",    "",    check_break)
RULE(CONTINUE,      ".*",    "",    check_continue)
RULE(RETURN,        ".",     "",    check_return)
RULE(RERAISE,       "",      "",    NULL)
RULE(UNREACHABLE,   "",      "",    NULL)
GENERIC(PY_GLOBAL)     GENERIC(PY_CELL)      GENERIC(PY_UNBOUND)   GENERIC(PY_BOUND)
GENERIC(PY_NEG)        GENERIC(PY_POS)       GENERIC(PY_INVERT)    GENERIC(PY_NOT)
GENERIC(PY_TRUTH)      GENERIC(PY_BINARY)    GENERIC(PY_COMPARE)   GENERIC(PY_ATTR)
GENERIC(PY_SET_ATTR)   GENERIC(PY_INDEX)     GENERIC(PY_SET_INDEX) GENERIC(PY_DEL_INDEX)
GENERIC(PY_SLICE)      GENERIC(PY_TUPLE)     GENERIC(PY_CONCAT)    GENERIC(PY_LIST)
GENERIC(PY_UNPACK)     GENERIC(PY_CALL)      GENERIC(PY_FUNCTION)  GENERIC(PY_ITER_LEN)
GENERIC(PY_ITER_ITEM)  GENERIC(PY_REFINE)    GENERIC(PY_IMPORT)    GENERIC(PY_RAISE)
GENERIC(PY_EXC_MATCH)  GENERIC(PY_EXC_VALUE) GENERIC(PY_FORMAT)
RULE(ADD,           "n=",    "=",   NULL)
RULE(SUB,           "n=",    "=",   NULL)
RULE(MUL,           "n=",    "=",   NULL)
RULE(NEG,           "n",     "=",   NULL)
RULE(ADD_X,         "i=",    "=",   NULL)
RULE(SUB_X,         "i=",    "=",   NULL)
RULE(MUL_X,         "i=",    "=",   NULL)
RULE(DIV,           "x=",    "=",   NULL)
RULE(INT_TRUEDIV,   "i=",    "D",   NULL)
RULE(FLOORDIV,      "r=",    "=",   NULL)
RULE(MOD,           "r=",    "=",   NULL)
RULE(TRUNCDIV,      "i=",    "=",   NULL)
RULE(TRUNCMOD,      "r=",    "=",   NULL)
RULE(AND,           "l=",    "=",   NULL)
RULE(OR,            "l=",    "=",   NULL)
RULE(XOR,           "l=",    "=",   NULL)
RULE(NOT,           "l",     "=",   NULL)
RULE(SHL,           "i=",    "=",   NULL)
RULE(SHR,           "i=",    "=",   NULL)
RULE(SHL_X,         "i=",    "=",   NULL)
RULE(ABS,           "r",     "=",   NULL)
RULE(POW,           "f=",    "=",   NULL)
RULE(SQRT,          "f",     "=",   NULL)
RULE(FLOOR,         "f",     "=",   NULL)
RULE(CEIL,          "f",     "=",   NULL)
RULE(TRUNC,         "f",     "=",   NULL)
RULE(RINT,          "f",     "=",   NULL)
RULE(FMA,           "f==",   "=",   NULL)
RULE(COPYSIGN,      "f=",    "=",   NULL)
RULE(EQ,            "c=",    "B",   NULL)
RULE(NE,            "c=",    "B",   NULL)
RULE(LT,            "q=",    "B",   NULL)
RULE(LE,            "q=",    "B",   NULL)
RULE(GT,            "q=",    "B",   NULL)
RULE(GE,            "q=",    "B",   NULL)
RULE(ABS_COMPARE,   "zf",    "B",   check_abs_compare)
RULE(SELECT,        "b.~",   "~",   NULL)
RULE(CONVERT,       "s",     "s",   NULL)
RULE(COMPLEX,       "f=",    "z",   check_complex)
RULE(REAL,          "z",     "f",   check_part)
RULE(IMAG,          "z",     "f",   check_part)
RULE(BITCAST,       "q",     "q",   check_bitcast)
RULE(MUL_HIGH,      "i=",    "=",   check_64_bits)
RULE(CTZ,           "i",     "=",   NULL)
RULE(CLZ,           "i",     "=",   NULL)
RULE(POPCOUNT,      "i",     "=",   NULL)
RULE(CALL_MATH,     "f=*",   "=",   NULL)
RULE(PACK,          ".*",    ".",   check_pack)
RULE(EXTRACT,       ".",     ".",   check_extract)
RULE(SOME,          ".",     "o",   check_wrap)
RULE(NOTHING,       "",      ".",   check_nothing)
RULE(IS_SOME,       "o",     "B",   NULL)
RULE(UNWRAP,        "o",     ".",   check_unwrap)
RULE(SLOT_NEW,      ".",     "m",   check_wrap)
RULE(SLOT_LOAD,     "m",     ".",   check_unwrap)
RULE(SLOT_STORE,    "m.",    "",    check_slot_store)
RULE(HIDDEN,        "",      ".",   NULL)
RULE(ARRAY_NEW,     "I*",    "a",   check_array_new)
RULE(ARRAY_VIEW,    "aII*",   "a",   check_array_view)
RULE(ARRAY_DIM,     "a",     "I",   check_axis)
RULE(ARRAY_STRIDE,  "a",     "I",   check_axis)
RULE(ARRAY_DATA,    "a",     "p",   NULL)
RULE(ARRAY_OVERLAP, "aa",    "B",   NULL)
RULE(LOAD,          "aI*",   "s",   check_load)
RULE(STORE,         "a..*",  "",    check_store)
RULE(POINTER_LOAD,  "pI",    "s",   NULL)
RULE(POINTER_STORE, "pIs",   "",    NULL)
RULE(POINTER_ADD,   "pI",    "p",   NULL)
RULE(MAP,           ".*",    "a",   check_map)
RULE(MAP_INTO,      ".*",    "",    check_map)
RULE(CALL,          ".*",    ".",   check_call)
RULE(CALL_RUNTIME,  ".*",    ".*",  check_runtime)
RULE(CHECK,         "B.*",   "",    check_site)
RULE(RAISE,         ".*",    "",    check_site)
RULE(ERROR_MATCH,   "",      "B",   NULL)
RULE(RETAIN,        ".",     "",    check_owner)
RULE(OWN,           ".",     "",    check_owner)
RULE(RELEASE,       ".",     "",    check_owner)
RULE(DISOWN,        ".",     "",    check_owner)
#undef RULE
#undef GENERIC
    /* clang-format on */

    static const Rule *const rules[OP_COUNT] = {
#define OP(name, text, args, results, regions, attr, flags, meaning) [OP_##name] = &rule_##name,
#include "ir/op.def"
#undef OP
};

/* ---- the engine ---------------------------------------------------------------------------- */

enum {
    B = 1 << CLASS_BOOL,
    I = 1 << CLASS_INT | 1 << CLASS_UINT,
    F = 1 << CLASS_FLOAT,
    Z = 1 << CLASS_COMPLEX,
};

typedef struct Letter {
    const char *name;
    uint8_t classes;     /* of scalars */
    uint8_t kind, other; /* TypeKinds, where classes is 0 */
} Letter;

/* clang-format off */
static const Letter letters[128] = {
    ['n'] = {"a number",               I | F | Z,     0, 0},
    ['i'] = {"an integer",             I,             0, 0},
    ['f'] = {"a float",                F,             0, 0},
    ['x'] = {"a float or complex",     F | Z,         0, 0},
    ['z'] = {"a complex",              Z,             0, 0},
    ['r'] = {"an integer or float",    I | F,         0, 0},
    ['l'] = {"a bool or integer",      B | I,         0, 0},
    ['q'] = {"a bool or real number",  B | I | F,     0, 0},
    ['s'] = {"a scalar",               B | I | F | Z, 0, 0},
    ['b'] = {"a bool",                 B,             0, 0},
    ['c'] = {"a scalar or pointer",    0,             TYPE_SCALAR, TYPE_POINTER},
    ['p'] = {"a pointer",              0,             TYPE_POINTER, TYPE_POINTER},
    ['a'] = {"an array",               0,             TYPE_ARRAY, TYPE_ARRAY},
    ['o'] = {"an Optional or Maybe",   0,             TYPE_OPTIONAL, TYPE_MAYBE},
    ['m'] = {"a Slot",                 0,             TYPE_SLOT, TYPE_SLOT},
};
/* clang-format on */

static bool fits_letter(const Letter *letter, const Type *type)
{
    if (letter->classes)
        return type->kind == TYPE_SCALAR && letter->classes >> scalar_class(type->scalar) & 1;
    return type->kind == letter->kind || type->kind == letter->other;
}

/* `first` is arg 0, `before` the arg before; either may be NULL. */
static const char *mismatch(char c, const Type *type, const Type *first, const Type *before)
{
    switch (c) {
    case '.':
        return NULL;
    case '=':
        return type == first ? NULL : "of the type of arg 0";
    case '~':
        return type == before ? NULL : "of the type of the arg before";
    case 'B':
        return is_kind(type, SCALAR_BOOL) ? NULL : "bool";
    case 'I':
        return is_kind(type, SCALAR_INT) ? NULL : "int";
    case 'D':
        return is_kind(type, SCALAR_FLOAT) ? NULL : "float";
    default:
        return fits_letter(&letters[(unsigned char)c], type) ? NULL
                                                             : letters[(unsigned char)c].name;
    }
}

/* Each letter without a star takes one arg. */
static bool has_args(const Op *op, const char *pattern)
{
    uint32_t least = 0;
    for (; *pattern; pattern++)
        least += pattern[0] != '*' && pattern[1] != '*';
    return op->arg_count >= least;
}

static bool match_args(const Verifier *v, const Op *op, const char *pattern)
{
    if (!has_args(op, pattern))
        return verify_fail(v, op, "args are missing");
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const char *wanted = mismatch(*pattern, arg_type(op, i), arg_type(op, 0),
                                      i ? arg_type(op, i - 1) : NULL);
        if (wanted)
            return verify_fail(v, op, "arg %u is %s and not %s", i,
                               type_text(arg_type(op, i), v->func->arena), wanted);
        if (pattern[1] != '*')
            pattern++;
    }
    return true;
}

static bool match_results(const Verifier *v, const Op *op, const char *pattern)
{
    const Type *first = op->arg_count ? arg_type(op, 0) : NULL;
    const Type *last = op->arg_count ? arg_type(op, op->arg_count - 1) : NULL;
    for (uint32_t i = 0; i < op->result_count; i++) {
        const Type *type = op->results[i].type;
        if (!type)
            return verify_fail(v, op, "result %u has no type", i);
        const char *wanted = mismatch(*pattern, type, first, last);
        if (wanted)
            return verify_fail(v, op, "result %u is %s and not %s", i,
                               type_text(type, v->func->arena), wanted);
        if (pattern[1] != '*')
            pattern++;
    }
    return true;
}

bool verify_op_types(const Verifier *v, const Op *op)
{
    const Rule *rule = rules[op->code];
    return match_args(v, op, rule->args) && match_results(v, op, rule->results) &&
           (!rule->check || rule->check(v, op));
}
