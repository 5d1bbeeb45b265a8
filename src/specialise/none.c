/* What the interpreter says where a None turns up that compiled code has as an empty Optional. */
#include <string.h>

#include "infer/rules.h"
#include "specialise/spec.h"

static const char *class_name(const Spec *s, const Type *type)
{
    static const char *const numbers[] = {[CLASS_BOOL] = "bool",
                                          [CLASS_INT] = "int",
                                          [CLASS_UINT] = "int",
                                          [CLASS_FLOAT] = "float",
                                          [CLASS_COMPLEX] = "complex"};
    ScalarKind kind;
    type = infer_value_type(type);
    if (type->kind == TYPE_ARRAY)
        return numbers[scalar_class(type->array.dtype)];
    if (type_scalar_of(type, &kind))
        return numbers[scalar_class(kind)]; /* NumPy's, too: it asks its items as objects */
    if (type->kind == TYPE_STR || type->kind == TYPE_CONST)
        return "str";
    if (type->kind == TYPE_TUPLE && type->class_info == &s->c->types->list)
        return "list";
    if ((type->kind == TYPE_TUPLE || type->kind == TYPE_ENUM) && type->class_info) {
        const char *dot = strrchr(type->class_info->name->text, '.');
        return dot ? dot + 1 : type->class_info->name->text;
    }
    return type->kind == TYPE_NONE    ? "NoneType"
           : type->kind == TYPE_TUPLE ? "tuple"
           : type->kind == TYPE_RANGE ? "range"
                                      : "object";
}

static bool is_numpy(const Type *type)
{
    ScalarKind kind;
    return type->kind == TYPE_ARRAY || (type_scalar_of(type, &kind) && !scalar_is_weak(kind));
}

/* The classes of the two operands, of which `value` is None. */
static void operand_names(Spec *s, const Value *value, const char *names[2])
{
    bool left = s->values[op_arg(s->op, 0)->id] == value;
    for (uint32_t i = 0; i < 2; i++)
        names[i] = (i == 0) == left ? "NoneType" : class_name(s, spec_arg_type(s, s->op, i));
}

static const char *said_by_binary(Spec *s, const Value *value)
{
    static const char *const text[BINARY_COUNT] = {
#define BINARY(name, text, function) text,
#include "ir/operator.def"
#undef BINARY
    };
    int64_t attr = s->op->attr.integer;
    BinaryOperator operator =
        (BinaryOperator)(attr & ~(int64_t)(BINARY_IN_PLACE | BINARY_WIDE));
    const char *names[2];
    operand_names(s, value, names);
    if (operator == BINARY_ADD && strcmp(names[0], "tuple") == 0)
        return "can only concatenate tuple (not \"NoneType\") to tuple";
    const char *suffix = attr & BINARY_IN_PLACE   ? "="
                         : operator == BINARY_POW ? " or pow()"
                                                  : "";
    return arena_printf(s->arena, "unsupported operand type(s) for %s%s: '%s' and '%s'",
                        text[operator], suffix, names[0], names[1]);
}

static const char *said_by_compare(Spec *s, const Value *value)
{
    static const char *const text[COMPARE_COUNT] = {
#define COMPARE(name, text) text,
#include "ir/operator.def"
#undef COMPARE
    };
    static const CompareOperator mirrored[COMPARE_COUNT] = {[COMPARE_LT] = COMPARE_GT,
                                                            [COMPARE_LE] = COMPARE_GE,
                                                            [COMPARE_GT] = COMPARE_LT,
                                                            [COMPARE_GE] = COMPARE_LE};
    CompareOperator operator = (CompareOperator)s->op->attr.integer;
    const char *names[2];
    if (operator == COMPARE_IN || operator == COMPARE_NOT_IN)
        return "argument of type 'NoneType' is not iterable";
    operand_names(s, value, names);
    bool swapped = is_numpy(infer_value_type(spec_arg_type(s, s->op, 1))) &&
                   strcmp(names[0], "NoneType") == 0;
    return arena_printf(s->arena, "'%s' not supported between instances of '%s' and '%s'",
                        text[swapped ? mirrored[operator] : operator], names[swapped],
                        names[!swapped]);
}

static const char *said_by_call(Spec *s, const Value *value)
{
    const Plan *plan = s->now->facts[s->op->id].plan;
    if (s->values[op_arg(s->op, 0)->id] == value)
        return "'NoneType' object is not callable";
    if (!plan || plan->kind != PLAN_PRIMITIVE)
        return NULL;
    switch ((int)plan->primitive->id) {
    case PRIMITIVE_ABS:
        return "bad operand type for abs(): 'NoneType'";
    case PRIMITIVE_LEN:
        return "object of type 'NoneType' has no len()";
    case PRIMITIVE_INT:
        return "int() argument must be a string, a bytes-like object or a real number, not "
               "'NoneType'";
    case PRIMITIVE_FLOAT:
        return "float() argument must be a string or a real number, not 'NoneType'";
    case PRIMITIVE_MATH:
    case PRIMITIVE_MATH_FLOOR:
    case PRIMITIVE_MATH_CEIL:
    case PRIMITIVE_MATH_ISNAN:
    case PRIMITIVE_MATH_ISINF:
    case PRIMITIVE_MATH_ISFINITE:
    case PRIMITIVE_MATH_LOG:
        return "must be real number, not NoneType";
    case PRIMITIVE_RANGE:
        return "'NoneType' object cannot be interpreted as an integer";
    case PRIMITIVE_ENUMERATE:
    case PRIMITIVE_ZIP:
    case PRIMITIVE_TUPLE:
        return "'NoneType' object is not iterable";
    default:
        return NULL;
    }
}

void spec_check_some(Spec *s, Value *some, const Value *value)
{
    const char *said = NULL, *class = "TypeError";
    switch ((int)s->op->code) {
    case OP_PY_BINARY:
        said = said_by_binary(s, value);
        break;
    case OP_PY_COMPARE:
        said = said_by_compare(s, value);
        break;
    case OP_PY_CALL:
        said = said_by_call(s, value);
        break;
    case OP_PY_NEG:
        said = "bad operand type for unary -: 'NoneType'";
        break;
    case OP_PY_POS:
        said = "bad operand type for unary +: 'NoneType'";
        break;
    case OP_PY_INVERT:
        said = "bad operand type for unary ~: 'NoneType'";
        break;
    case OP_PY_ATTR:
        class = "AttributeError";
        said = arena_printf(s->arena, "'NoneType' object has no attribute '%s'",
                            s->op->attr.name->text);
        break;
    case OP_PY_INDEX:
    case OP_PY_SET_INDEX:
        if (s->op->arg_count > 2 && s->values[op_arg(s->op, 2)->id] == value)
            said = "int() argument must be a string, a bytes-like object or a real number, not "
                   "'NoneType'";
        if (s->values[op_arg(s->op, 0)->id] == value)
            said = s->op->code == OP_PY_INDEX
                       ? "'NoneType' object is not subscriptable"
                       : "'NoneType' object does not support item assignment";
        break;
    case OP_PY_ITER_LEN:
    case OP_PY_ITER_ITEM:
        said = "'NoneType' object is not iterable";
        break;
    case OP_PY_UNPACK:
        said = "cannot unpack non-iterable NoneType object";
        break;
    default:
        break;
    }
    spec_check(s, some, class,
               said ? said : "unsupported operand: None where a value is needed", NULL, 0);
}
