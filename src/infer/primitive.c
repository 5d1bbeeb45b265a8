/* Type rules of the primitives, one function per rule of primitive.def, and their look-up. */
#include "infer/primitive.h"

#include <string.h>

#include "infer/rules.h"

/* ---- look-up ------------------------------------------------------------------------------------ */

static const Primitive primitives[] = {
#define PRIMITIVE(id, name, params, rule) {PRIMITIVE_##id, 0, name, params, infer_prim_##rule},
#include "infer/primitive.def"
#undef PRIMITIVE
#define UFUNC(id, text, in, rule, emit)                                                  \
    {PRIMITIVE_UFUNC, UFUNC_##id, "numpy." text,                                         \
     in == 1 ? "x/,out?,where?,dtype?,casting?" : "x1/,x2/,out?,where?,dtype?,casting?", \
     infer_prim_ufunc},
#include "infer/ufunc_table.def"
#undef UFUNC
#define MATH(id, name, c_name, args, overflow, domain) \
    {PRIMITIVE_MATH, MATH_##id, name, args == 1 ? "x/" : "x,y/", infer_prim_math},
#include "infer/math.def"
#undef MATH
#define CLASS(name, kind) \
    {PRIMITIVE_SCALAR_CLASS, SCALAR_##kind, "numpy." name, "x?/", infer_prim_scalar_class},
    CLASS("bool", NP_BOOL) CLASS("bool_", NP_BOOL) CLASS("int8", INT8) CLASS("int16", INT16)
        CLASS("int32", INT32) CLASS("int64", INT64) CLASS("uint8", UINT8) CLASS(
            "uint16", UINT16) CLASS("uint32", UINT32) CLASS("uint64", UINT64)
            CLASS("float16", FLOAT16) CLASS("float32", FLOAT32) CLASS("float64", FLOAT64) CLASS(
                "complex64", COMPLEX64) CLASS("complex128", COMPLEX128) CLASS("byte", INT8)
                CLASS("short", INT16) CLASS("intc", INT32) CLASS("int_", INT64)
                    CLASS("intp", INT64) CLASS("longlong", INT64) CLASS("long", INT64)
                        CLASS("ubyte", UINT8) CLASS("ushort", UINT16) CLASS("uintc", UINT32)
                            CLASS("uint", UINT64) CLASS("uintp", UINT64) CLASS("ulong", UINT64)
                                CLASS("ulonglong", UINT64) CLASS("half", FLOAT16)
                                    CLASS("single", FLOAT32) CLASS("double", FLOAT64)
                                        CLASS("csingle", COMPLEX64) CLASS("cdouble", COMPLEX128)
#undef CLASS
};

enum { PRIMITIVE_ROWS = sizeof primitives / sizeof *primitives };

const Primitive *primitive_find(const char *qualname)
{
    for (size_t i = 0; i < PRIMITIVE_ROWS; i++)
        if (strcmp(primitives[i].name, qualname) == 0)
            return &primitives[i];
    return NULL;
}

const char *primitive_name(uint32_t n)
{
    return n < PRIMITIVE_ROWS ? primitives[n].name : NULL;
}

static const struct {
    const char *c_name, *domain;
    unsigned args;
    bool overflow;
} maths[] = {
#define MATH(id, name, c_name, args, overflow, domain) {c_name, domain, args, overflow},
#include "infer/math.def"
#undef MATH
};

const char *primitive_math_c_name(MathId id)
{
    return maths[id].c_name;
}

unsigned primitive_math_args(MathId id)
{
    return maths[id].args;
}

bool primitive_math_overflows(MathId id)
{
    return maths[id].overflow;
}

const char *primitive_math_domain(MathId id)
{
    return maths[id].domain;
}

/* ---- helpers ------------------------------------------------------------------------------------- */

static const Type *scalar(Infer *s, ScalarKind kind)
{
    return type_scalar(s->c->types, kind);
}

Span primitive_span(const Infer *s, const Arg *arg)
{
    bool is_operand = arg->from == ARG_OPERAND || arg->from == ARG_ELEMENT;
    return is_operand ? infer_span(s->op, arg->operand) : (Span){0};
}

const Type *primitive_refuse(Infer *s, const Primitive *primitive, const Arg *arg,
                             const char *wants)
{
    const char *dot = strrchr(primitive->name, '.');
    return infer_error(s, primitive_span(s, arg), E_ARGUMENT, "%s() takes %s; this is %s",
                       dot ? dot + 1 : primitive->name, wants, infer_describe(s, arg->type));
}

static bool is_given(const Arg *arg)
{
    return arg->from != ARG_MISSING;
}

/* The known type of an argument, asking for its value where it comes from a parameter. */
const Type *primitive_known(Infer *s, const Arg *arg)
{
    if (arg->from == ARG_OPERAND && arg->type->kind == TYPE_SCALAR) {
        const Type *type = infer_constant(s, op_arg(s->op, arg->operand));
        return type ? type : arg->type;
    }
    return arg->type;
}

static bool real_number(const Type *type, ScalarKind *kind)
{
    return type_scalar_of(infer_value_type(type), kind) && scalar_class(*kind) != CLASS_COMPLEX;
}

/* ---- builtins ------------------------------------------------------------------------------------ */

const Type *infer_prim_len(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *text;
    const Type *x = infer_value_type(args[0].type);
    if (type_is_const_str(x, &text))
        return type_const_int(s->c->types, (__int128)text->length);
    if (x->kind == TYPE_TUPLE || x->kind == TYPE_RANGE ||
        (x->kind == TYPE_ARRAY && x->array.ndim > 0))
        return infer_iter_len(s, x);
    return primitive_refuse(s, primitive, &args[0], "an array, tuple or range");
}

const Type *infer_prim_abs(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *x = infer_value_type(args[0].type);
    ScalarKind kind;
    __int128 value;
    if (type_is_const_int(x, &value))
        return type_const_int(s->c->types, value < 0 ? -value : value);
    if (type_scalar_of(x, &kind) && scalar_is_weak(kind))
        return scalar(s, kind == SCALAR_BOOL ? SCALAR_INT : scalar_real(kind));
    const Type *result = infer_elementwise(s, UFUNC_ABSOLUTE, &x);
    return result ? result : primitive_refuse(s, primitive, &args[0], "a number or an array");
}

const Type *infer_prim_bool(Infer *s, const Primitive *primitive, const Arg *args)
{
    (void)primitive;
    return is_given(&args[0]) ? infer_truth(s, args[0].type)
                              : type_const_bool(s->c->types, false);
}

static bool is_0d(const Type *type)
{
    return type->kind == TYPE_ARRAY && type->array.ndim == 0;
}

const Type *infer_prim_int(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    bool truth;
    if (!is_given(&args[0]))
        return type_const_int(s->c->types, 0);
    const Type *x = infer_value_type(args[0].type);
    if (type_is_const_bool(x, &truth))
        return type_const_int(s->c->types, truth);
    if (x->kind == TYPE_CONST && type_is_python_int(x))
        return x;
    if (is_0d(x))
        return scalar(s, x->array.dtype == SCALAR_UINT64 ? SCALAR_INT_U64 : SCALAR_INT);
    if (!real_number(x, &kind))
        return primitive_refuse(s, primitive, &args[0], "a real number");
    if (kind == SCALAR_UINT64)
        return scalar(s, SCALAR_INT_U64);
    return scalar(s, scalar_is_python_int(kind) ? kind : SCALAR_INT);
}

const Type *infer_prim_float(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    const Type *x = is_given(&args[0]) ? infer_value_type(args[0].type) : NULL;
    const Symbol *text;
    if (x && type_is_const_str(x, &text))
        return scalar(s, SCALAR_FLOAT); /* float("inf") */
    if (x && !is_0d(x) && !real_number(x, &kind))
        return primitive_refuse(s, primitive, &args[0], "a real number");
    return scalar(s, SCALAR_FLOAT);
}

const Type *infer_prim_complex(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    for (int i = 0; i < 2; i++)
        if (is_given(&args[i]) && !type_scalar_of(infer_value_type(args[i].type), &kind))
            return primitive_refuse(s, primitive, &args[i], "numbers");
    return scalar(s, SCALAR_COMPLEX);
}

static const Type *held_type(const Type *type)
{
    while (type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE)
        type = type->elements[0];
    return type;
}

/* min and max of numbers: the interpreter returns one of its arguments, so the kinds merge. */
static const Type *minmax_of_numbers(Infer *s, const Arg *parts, uint32_t count)
{
    const Type *join = held_type(parts[0].type);
    for (uint32_t i = 1; i < count; i++)
        if (promote_merge(s->c->types, join, held_type(parts[i].type), &join) != MERGE_OK)
            return infer_error(s, (Span){0}, E_MERGE, "the arguments have no common type");
    return type_widen(s->c->types, join);
}

/* The library's min or max of an iterable, by key= and with default=. */
static const Type *minmax_of_iterable(Infer *s, bool is_min, const Arg *iterable,
                                      const Arg *key, const Arg *fallback)
{
    bool keyed = is_given(key) && key->type->kind != TYPE_NONE;
    const char *how = is_given(fallback) ? "default" : keyed ? "keyed" : "iterable";
    Arg *args = ARENA_ARRAY(s->arena, Arg, 3);
    uint32_t count = 0;
    args[count++] = *iterable;
    if (is_given(fallback))
        args[count++] = *fallback;
    if (keyed)
        args[count++] = *key;
    for (uint32_t i = 0; i < count; i++)
        args[i].keyword = NULL;
    char *name = arena_printf(s->arena, "builtins.%s.%s", is_min ? "min" : "max", how);
    return infer_library(s, name, args, count);
}

const Type *infer_prim_minmax(Infer *s, const Primitive *primitive, const Arg *args)
{
    bool is_min = primitive->id == PRIMITIVE_MIN;
    const Arg *key = &args[1], *fallback = &args[2];
    ScalarKind kind;
    if (args[0].part_count == 0)
        return infer_error(s, (Span){0}, E_ARGUMENT_COUNT,
                           "%s expected at least 1 argument, got 0",
                           strrchr(primitive->name, '.') + 1);
    if (args[0].part_count == 1)
        return minmax_of_iterable(s, is_min, &args[0].parts[0], key, fallback);
    if (is_given(fallback))
        return infer_error(
            s, primitive_span(s, fallback), E_KEYWORD,
            "Cannot specify a default for %s() with multiple positional arguments",
            is_min ? "min" : "max");
    bool numbers = !is_given(key) || key->type->kind == TYPE_NONE;
    for (uint32_t i = 0; i < args[0].part_count; i++)
        numbers = numbers && real_number(args[0].parts[i].type, &kind);
    return numbers ? minmax_of_numbers(s, args[0].parts, args[0].part_count)
                   : minmax_of_iterable(s, is_min, &args[0], key, fallback);
}

const Type *infer_prim_pow(Infer *s, const Primitive *primitive, const Arg *args)
{
    (void)primitive;
    if (is_given(&args[2]) && args[2].type->kind != TYPE_NONE) {
        Arg *three = ARENA_ARRAY(s->arena, Arg, 3);
        for (int i = 0; i < 3; i++) {
            ScalarKind kind;
            if (!type_scalar_of(infer_value_type(args[i].type), &kind) ||
                !scalar_is_weak(kind) || scalar_is_inexact(kind))
                return infer_error(
                    s, primitive_span(s, &args[i]), E_ARGUMENT,
                    "pow() 3rd argument not allowed unless all arguments are integers");
            three[i] = args[i];
            three[i].keyword = NULL;
        }
        return infer_library(s, "builtins.pow.modular", three, 3);
    }
    return infer_binary(s, BINARY_POW, false, args[0].type, args[1].type);
}

const Type *infer_prim_divmod(Infer *s, const Primitive *primitive, const Arg *args)
{
    (void)primitive;
    const Type *pair[2];
    pair[0] = infer_binary(s, BINARY_FLOORDIV, false, args[0].type, args[1].type);
    pair[1] = pair[0] ? infer_binary(s, BINARY_MOD, false, args[0].type, args[1].type) : NULL;
    return pair[1] ? type_tuple(s->c->types, pair, 2, NULL) : NULL;
}

static const Type *int_or_const(Infer *s, const Type *type)
{
    __int128 value;
    return type_is_const_int(type, &value) ? type : scalar(s, SCALAR_INT);
}

const Type *infer_prim_range(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t count = args[0].part_count;
    if (count < 1 || count > 3)
        return infer_error(s, (Span){0}, E_ARGUMENT_COUNT,
                           "range expected 1 to 3 arguments, got %u", count);
    const Type *parts[3] = {type_const_int(s->c->types, 0), NULL,
                            type_const_int(s->c->types, 1)};
    for (uint32_t i = 0; i < count; i++) {
        const Type *each = infer_value_type(args[0].parts[i].type);
        ScalarKind kind;
        if (!type_scalar_of(each, &kind) || scalar_is_inexact(kind))
            return primitive_refuse(s, primitive, &args[0].parts[i], "integers");
        parts[count == 1 ? 1 : i] = int_or_const(s, each);
    }
    return type_compound(s->c->types, TYPE_RANGE, NULL, parts, 3);
}

static const Type *iter(Infer *s, const char *name, const Type *const *elements, uint32_t count)
{
    return type_compound(s->c->types, TYPE_ITER, intern_cstr(s->c->names, name), elements,
                         count);
}

const Type *infer_prim_enumerate(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *parts[2] = {args[0].type, type_const_int(s->c->types, 0)};
    if (is_given(&args[1])) {
        if (!type_is_integer(infer_value_type(args[1].type)))
            return primitive_refuse(s, primitive, &args[1], "an integer start");
        parts[1] = int_or_const(s, args[1].type);
    }
    return infer_iter_len(s, parts[0]) ? iter(s, "enumerate", parts, 2) : NULL;
}

const Type *infer_prim_zip(Infer *s, const Primitive *primitive, const Arg *args)
{
    (void)primitive;
    const Type **parts = ARENA_ARRAY(s->arena, const Type *, args[0].part_count);
    for (uint32_t i = 0; i < args[0].part_count; i++) {
        parts[i] = args[0].parts[i].type;
        if (!infer_iter_len(s, parts[i]))
            return NULL;
    }
    return iter(s, "zip", parts, args[0].part_count);
}

/* ndindex(2, 3) and ndindex((2, 3)) */
const Type *infer_prim_ndindex(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *shape = args[0].type;
    if (args[0].part_count == 1 && infer_value_type(args[0].parts[0].type)->kind == TYPE_TUPLE)
        shape = infer_value_type(args[0].parts[0].type);
    for (uint32_t i = 0; i < shape->count; i++)
        if (!type_is_integer(infer_value_type(shape->elements[i])))
            return primitive_refuse(s, primitive, &args[0], "integers or a tuple of integers");
    return iter(s, "ndindex", &shape, 1);
}

const Type *infer_prim_ndenumerate(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *x = infer_value_type(args[0].type);
    if (x->kind != TYPE_ARRAY)
        return primitive_refuse(s, primitive, &args[0], "an array");
    return iter(s, "ndenumerate", &x, 1);
}

const Type *infer_prim_reversed(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *x = infer_value_type(args[0].type);
    if (x->kind != TYPE_TUPLE && x->kind != TYPE_RANGE && x->kind != TYPE_ARRAY)
        return primitive_refuse(s, primitive, &args[0], "an array, tuple or range");
    return infer_iter_len(s, x) ? iter(s, "reversed", &x, 1) : NULL;
}

const Type *infer_prim_tuple(Infer *s, const Primitive *primitive, const Arg *args)
{
    if (!is_given(&args[0]))
        return type_tuple(s->c->types, NULL, 0, NULL);
    const Type *x = infer_value_type(args[0].type);
    if (x->kind == TYPE_TUPLE)
        return type_tuple(s->c->types, x->elements, x->count, NULL);
    return primitive_refuse(s, primitive, &args[0],
                            "a tuple: the length must be known when compiling");
}

const Type *infer_prim_slice(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t count = args[0].part_count;
    if (count < 1 || count > 3)
        return infer_error(s, (Span){0}, E_ARGUMENT_COUNT,
                           "slice expected 1 to 3 arguments, got %u", count);
    const Type *parts[3] = {s->c->types->none, s->c->types->none, s->c->types->none};
    for (uint32_t i = 0; i < count; i++) {
        const Type *each = args[0].parts[i].type;
        if (each->kind != TYPE_NONE && !type_is_integer(infer_value_type(each)))
            return primitive_refuse(s, primitive, &args[0].parts[i], "integers and None");
        parts[count == 1 ? 1 : i] = each;
    }
    return type_compound(s->c->types, TYPE_SLICE, NULL, parts, 3);
}

/* ---- isinstance, hasattr, type -------------------------------------------------------------------- */

/* type(x), or NULL where the compiler does not say. */
static const Type *class_of(Infer *s, const Type *x)
{
    static const char *const python[] = {[CLASS_BOOL] = "builtins.bool",
                                         [CLASS_INT] = "builtins.int",
                                         [CLASS_UINT] = "builtins.int",
                                         [CLASS_FLOAT] = "builtins.float",
                                         [CLASS_COMPLEX] = "builtins.complex"};
    static const struct {
        TypeKind kind;
        const char *name;
    } rows[] = {
        {TYPE_ARRAY, "numpy.ndarray"},
        {TYPE_TUPLE, "builtins.tuple"},
        {TYPE_STR, "builtins.str"},
        {TYPE_CONST, "builtins.str"},
        {TYPE_RANGE, "builtins.range"},
        {TYPE_SLICE, "builtins.slice"},
        {TYPE_NONE, "types.NoneType"},
        {TYPE_MODULE, "types.ModuleType"},
        {TYPE_ELLIPSIS, "types.EllipsisType"},
        {TYPE_FUNCTION, "types.FunctionType"},
        {TYPE_DTYPE, "numpy.dtype"},
        {TYPE_CLASS, "builtins.type"},
    };
    ScalarKind kind;
    const char *name = NULL;
    bool is_list = x->kind == TYPE_TUPLE && x->class_info == &s->c->types->list;
    if (is_list)
        name = "builtins.list";
    else if ((x->kind == TYPE_TUPLE || x->kind == TYPE_ENUM) && x->class_info)
        return type_class(s->c->types, x->class_info);
    else if (type_scalar_of(x, &kind))
        name = scalar_is_weak(kind) ? python[scalar_class(kind)]
                                    : arena_printf(s->arena, "numpy.%s", scalar_name(kind));
    for (size_t i = 0; !name && i < sizeof rows / sizeof *rows; i++)
        if (rows[i].kind == x->kind)
            name = rows[i].name;
    return name ? type_compound(s->c->types, TYPE_BUILTIN, intern_cstr(s->c->names, name), NULL,
                                0)
                : NULL;
}

static bool value_is_a(Infer *s, const Type *x, const Type *class)
{
    bool is_list = x->kind == TYPE_TUPLE && x->class_info == &s->c->types->list;
    if (is_list && s->now->code->is_library && class->kind == TYPE_BUILTIN &&
        strcmp(class->name->text, "builtins.tuple") == 0)
        return true; /* where both make arrays */
    if (class->kind == TYPE_NONE)
        return x->kind == TYPE_NONE;
    const Type *own = class_of(s, x);
    return own &&
           (own == class || s->c->resolver->is_subclass(s->c->resolver->context, own, class));
}

/* A class, None as in a union, a union or a tuple of such. False: something else. */
static bool is_any_of(Infer *s, const Type *x, const Type *class, bool *yes, bool *none)
{
    bool is_union = class->kind == TYPE_ITER && strcmp(class->name->text, "union") == 0;
    if (class->kind == TYPE_TUPLE || is_union) {
        for (uint32_t i = 0; i < class->count; i++)
            if (!is_any_of(s, x, class->elements[i], yes, none))
                return false;
        return true;
    }
    if (class->kind != TYPE_BUILTIN && class->kind != TYPE_CLASS && class->kind != TYPE_NONE)
        return false;
    *yes = *yes || value_is_a(s, held_type(x), class);
    *none = *none || (x->kind == TYPE_OPTIONAL && value_is_a(s, s->c->types->none, class));
    return true;
}

const Type *infer_prim_isinstance(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *class = args[1].type, *x = args[0].type;
    bool yes = false, none = false;
    if (infer_value_type(x)->kind == TYPE_EXCEPTION)
        return primitive_refuse(s, primitive, &args[0],
                                "no caught exception: write an except clause for the class");
    if (!is_any_of(s, x, class, &yes, &none))
        return primitive_refuse(s, primitive, &args[1], "a class or a tuple of classes");
    if (x->kind == TYPE_OPTIONAL && yes != none)
        return scalar(s, SCALAR_BOOL);
    return type_const_bool(s->c->types, yes);
}

const Type *infer_prim_hasattr(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *name;
    if (!type_is_const_str(primitive_known(s, &args[1]), &name))
        return primitive_refuse(s, primitive, &args[1], "a name that is known when compiling");
    return type_const_bool(s->c->types, infer_attribute(s, NULL, args[0].type, name) != NULL);
}

const Type *infer_prim_type(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Type *x = args[0].type, *class = class_of(s, x);
    if (!class || x->kind == TYPE_DTYPE || x->kind == TYPE_CLASS)
        return primitive_refuse(s, primitive, &args[0], "a number, array or tuple");
    return class;
}

const Type *infer_prim_print(Infer *s, const Primitive *primitive, const Arg *args)
{
    const Symbol *text;
    for (int i = 1; i <= 2; i++)
        if (is_given(&args[i]) && args[i].type->kind != TYPE_NONE &&
            !type_is_const_str(args[i].type, &text))
            return primitive_refuse(s, primitive, &args[i],
                                    "constant strings as sep= and end=");
    for (uint32_t i = 0; i < args[0].part_count; i++) {
        const Type *each = args[0].parts[i].type;
        ScalarKind kind;
        bool fine = type_scalar_of(each, &kind) || each->kind == TYPE_CONST ||
                    each->kind == TYPE_STR || each->kind == TYPE_NONE ||
                    (each->kind == TYPE_ITER && strcmp(each->name->text, "str.format") == 0);
        if (each->kind == TYPE_TUPLE &&
            (!each->class_info || each->class_info == &s->c->types->list))
            fine = true;
        if (!fine)
            return primitive_refuse(s, primitive, &args[0].parts[i],
                                    "numbers, strings, None and tuples of them");
    }
    return s->c->types->none;
}

/* ---- math ---------------------------------------------------------------------------------------- */

const Type *infer_prim_math(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    for (unsigned i = 0; i < primitive_math_args((MathId)primitive->data); i++)
        if (!is_0d(infer_value_type(args[i].type)) && !real_number(args[i].type, &kind))
            return primitive_refuse(s, primitive, &args[i], "a real number");
    return scalar(s, SCALAR_FLOAT);
}

const Type *infer_prim_to_int(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    if (!real_number(args[0].type, &kind))
        return primitive_refuse(s, primitive, &args[0], "a real number");
    if (primitive->id == PRIMITIVE_MATH_TRUNC && !scalar_is_weak(kind) &&
        kind != SCALAR_FLOAT64)
        return primitive_refuse(s, primitive, &args[0], "an int or a float64");
    return scalar(s, scalar_is_python_int(kind) ? kind
                     : kind == SCALAR_UINT64    ? SCALAR_INT_U64
                                                : SCALAR_INT);
}

const Type *infer_prim_float_test(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    if (!real_number(args[0].type, &kind))
        return primitive_refuse(s, primitive, &args[0], "a real number");
    return scalar(s, SCALAR_BOOL);
}

const Type *infer_prim_math_log(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    for (int i = 0; i < 2; i++)
        if (is_given(&args[i]) && !real_number(args[i].type, &kind))
            return primitive_refuse(s, primitive, &args[i], "a real number");
    return scalar(s, SCALAR_FLOAT);
}

/* ---- NumPy ---------------------------------------------------------------------------------------- */

const Type *infer_prim_scalar_class(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind, to = (ScalarKind)primitive->data;
    const Type *x = is_given(&args[0]) ? infer_value_type(args[0].type) : NULL;
    if (x && x->kind == TYPE_ARRAY) {
        ArrayType array = {.dtype = to, .ndim = x->array.ndim, .layout = LAYOUT_C};
        return array.ndim ? type_array(s->c->types, array) : scalar(s, to);
    }
    if (x && !type_scalar_of(x, &kind))
        return primitive_refuse(s, primitive, &args[0], "a number or an array");
    if (x && scalar_class(kind) == CLASS_COMPLEX && scalar_class(to) != CLASS_COMPLEX &&
        to != SCALAR_NP_BOOL)
        return primitive_refuse(s, primitive, &args[0], "a real number");
    return scalar(s, to);
}

static bool element_kind(const Type *type, ScalarKind *kind)
{
    if (type->kind == TYPE_ARRAY)
        *kind = type->array.dtype;
    return type->kind == TYPE_ARRAY || type_scalar_of(type, kind);
}

/* dtype= of a ufunc: the loop computes in it. */
static const Type *ufunc_with_dtype(Infer *s, const Primitive *primitive, const Type *result,
                                    const Arg *dtype)
{
    ScalarKind kind;
    if (!is_given(dtype) || dtype->type->kind == TYPE_NONE)
        return result;
    if (!infer_dtype_of(primitive_known(s, dtype), &kind))
        return primitive_refuse(s, primitive, dtype, "a dtype");
    if (result->kind != TYPE_ARRAY)
        return scalar(s, kind);
    ArrayType array = result->array;
    array.dtype = kind;
    return type_array(s->c->types, array);
}

/* May `from` be converted to `to`, by NumPy's rule of that name? */
static bool can_cast(ScalarKind from, ScalarKind to, const char *rule)
{
    if (strcmp(rule, "unsafe") == 0 || scalar_numpy(from) == to)
        return true;
    bool safe = strcmp(rule, "safe") == 0, same_kind = strcmp(rule, "same_kind") == 0;
    return ((safe || same_kind) && promote_is_safe(from, to)) ||
           (same_kind && infer_same_kind(from, to));
}

static const Type *refuse_cast(Infer *s, const Primitive *primitive, const Arg *arg,
                               const char *what, ScalarKind from, ScalarKind to,
                               const char *rule)
{
    infer_error(s, primitive_span(s, arg), E_ARGUMENT,
                "%s cannot cast %s from %s to %s by the rule '%s'", primitive->name, what,
                scalar_name(from), scalar_name(to), rule);
    infer_note(s, (Span){0}, "convert it with .astype(), or say casting='unsafe'");
    return NULL;
}

/* What inputs are converted to, and what comes out. Python numbers go into whatever the loop takes. */
static const Type *check_casting(Infer *s, const Primitive *primitive, const Arg *args,
                                 const Type *result, const Type *out)
{
    static const char *const rules[] = {"no", "equiv", "safe", "same_kind", "unsafe"};
    UfuncId ufunc = (UfuncId)primitive->data;
    unsigned inputs = ufunc_inputs(ufunc);
    const Arg *casting = &args[inputs + 3], *dtype = &args[inputs + 2];
    ScalarKind kinds[3] = {0}, loop, output, given;
    const Symbol *text;
    const char *rule = NULL;
    bool is_text = is_given(casting) && type_is_const_str(primitive_known(s, casting), &text);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(is_text ? text->text : "same_kind", rules[i]) == 0)
            rule = rules[i];
    if (!rule || (is_given(casting) && !is_text))
        return primitive_refuse(s, primitive, casting,
                                "casting='no', 'equiv', 'safe', 'same_kind' or 'unsafe'");
    for (unsigned i = 0; i < inputs; i++)
        element_kind(infer_value_type(args[i].type), &kinds[i]);
    ufunc_resolve(ufunc, infer_promotion(s), kinds, &loop, &output);
    /* NumPy's logical functions have a loop for every dtype; ours computes with truth. */
    bool asks = is_given(casting) && loop != SCALAR_NP_BOOL;
    asks = asks || (is_given(dtype) && dtype->type->kind != TYPE_NONE);
    if (is_given(dtype) && infer_dtype_of(dtype->type, &given)) {
        ScalarKind wanted[3] = {given, given, given};
        ufunc_resolve(ufunc, infer_promotion(s), wanted, &loop, &output);
    }
    for (unsigned i = 0; i < inputs; i++)
        if (!scalar_is_weak(kinds[i]) && asks && !can_cast(kinds[i], loop, rule))
            return refuse_cast(s, primitive, &args[i], "its input", kinds[i], loop, rule);
    if (out && !can_cast(output, out->array.dtype, rule))
        return refuse_cast(s, primitive, &args[inputs], "its result", output, out->array.dtype,
                           rule);
    return result;
}

/* The array of out=, alone or in a tuple. */
static const Type *out_array(const Arg *out)
{
    const Type *type = infer_value_type(out->type);
    if (type->kind == TYPE_TUPLE && type->count == 1)
        type = infer_value_type(type->elements[0]);
    return type;
}

static bool is_truth(const Type *type)
{
    ScalarKind kind;
    type = infer_value_type(type);
    return element_kind(type, &kind) && scalar_class(kind) == CLASS_BOOL;
}

const Type *infer_prim_ufunc(Infer *s, const Primitive *primitive, const Arg *args)
{
    unsigned inputs = ufunc_inputs((UfuncId)primitive->data);
    const Arg *out = &args[inputs], *where = &args[inputs + 1], *dtype = &args[inputs + 2];
    const Type *types[3];
    for (unsigned i = 0; i < inputs; i++) {
        types[i] = infer_value_type(args[i].type);
        if (types[i]->kind == TYPE_TUPLE)
            return infer_library_of_builtin(
                s, inputs > 1 ? "numpy.ufunc.sequences2" : "numpy.ufunc.sequences1",
                primitive->name, args, inputs + 4);
    }
    bool truth, has_out = is_given(out) && out->type->kind != TYPE_NONE;
    if (is_given(where) && where->type->kind != TYPE_NONE &&
        !(type_is_const_bool(where->type, &truth) && truth)) {
        if (!is_truth(where->type))
            return primitive_refuse(s, primitive, where, "where= of bools");
        return infer_library_of_builtin(
            s, inputs > 1 ? "numpy.ufunc.where2" : "numpy.ufunc.where1", primitive->name, args,
            inputs + 4);
    }
    const Type *result = infer_elementwise(s, (UfuncId)primitive->data, types);
    if (!result) {
        for (unsigned i = 0; i < inputs; i++) {
            ScalarKind kind;
            if (!element_kind(types[i], &kind))
                return primitive_refuse(s, primitive, &args[i], "numbers and arrays");
        }
        return infer_error(s, (Span){0}, E_ARGUMENT, "%s has no loop for %s%s%s",
                           primitive->name, infer_describe(s, types[0]),
                           inputs > 1 ? " and " : "",
                           inputs > 1 ? infer_describe(s, types[1]) : "");
    }
    result = ufunc_with_dtype(s, primitive, result, dtype);
    if (!result || !has_out)
        return result ? check_casting(s, primitive, args, result, NULL) : NULL;
    const Type *array = out_array(out);
    if (array->kind != TYPE_ARRAY ||
        (result->kind == TYPE_ARRAY && result->array.ndim > array->array.ndim))
        return primitive_refuse(s, primitive, out, "an array of the result's shape as out=");
    return check_casting(s, primitive, args, array, array);
}

bool primitive_rank(const Type *shape, uint32_t *ndim)
{
    const Type *x = infer_value_type(shape);
    if (type_is_integer(x)) {
        *ndim = 1;
        return true;
    }
    if (x->kind != TYPE_TUPLE)
        return false;
    for (uint32_t i = 0; i < x->count; i++)
        if (!type_is_integer(infer_value_type(x->elements[i])))
            return false;
    *ndim = x->count;
    return *ndim <= TYPE_NDIM_MAX;
}

static bool order_of(Infer *s, const Arg *arg, bool *fortran)
{
    const Symbol *text;
    *fortran = false;
    if (!is_given(arg) || arg->type->kind == TYPE_NONE)
        return true;
    if (!type_is_const_str(primitive_known(s, arg), &text) ||
        (strcmp(text->text, "C") != 0 && strcmp(text->text, "F") != 0))
        return false;
    *fortran = text->text[0] == 'F';
    return true;
}

const Type *infer_prim_np_new(Infer *s, const Primitive *primitive, const Arg *args)
{
    uint32_t ndim;
    ScalarKind kind = SCALAR_FLOAT64;
    bool fortran;
    if (!primitive_rank(args[0].type, &ndim))
        return primitive_refuse(s, primitive, &args[0],
                                "an integer or a tuple of integers as shape");
    if (is_given(&args[1]) && args[1].type->kind != TYPE_NONE &&
        !infer_dtype_of(primitive_known(s, &args[1]), &kind))
        return primitive_refuse(s, primitive, &args[1], "a dtype that is known when compiling");
    if (!order_of(s, &args[2], &fortran))
        return primitive_refuse(s, primitive, &args[2], "order 'C' or 'F'");
    ArrayType array = {.dtype = kind,
                       .ndim = (uint8_t)ndim,
                       .layout = fortran && ndim > 1 ? LAYOUT_F : LAYOUT_C};
    return type_array(s->c->types, array);
}

const Type *infer_prim_np_dtype(Infer *s, const Primitive *primitive, const Arg *args)
{
    ScalarKind kind;
    if (!infer_dtype_of(primitive_known(s, &args[0]), &kind))
        return primitive_refuse(s, primitive, &args[0],
                                "a dtype, a scalar class or a dtype's name");
    return type_dtype(s->c->types, kind);
}
