/* Rules of names, attributes, tuples, iteration, closures and exceptions. */
#include <string.h>

#include "infer/primitive.h"
#include "infer/rules.h"

/* ---- names ------------------------------------------------------------------------------------ */

const Type *infer_binding_type(Infer *s, const Binding *binding)
{
    if (binding->constant && binding->type && binding->type->kind == TYPE_SCALAR) {
        ScalarKind kind = binding->type->scalar;
        if (scalar_is_weak(kind) && !scalar_is_inexact(kind))
            return type_const(s->c->types, binding->constant);
    }
    return binding->type;
}

static bool bound(Infer *s, Op *op, const Binding *binding)
{
    OpFact *fact = infer_fact(s, op);
    fact->binding = ARENA_NEW(s->arena, Binding);
    *fact->binding = *binding;
    return infer_done(s, op, infer_binding_type(s, binding));
}

typedef VEC(const char *) Names;

static void add_local(Infer *s, Names *names, const Value *value)
{
    if (value->name)
        vec_push(s->arena, names, value->name->text);
}

/* Names of variables: of params and of values that were assigned to them. */
static void add_locals(Infer *s, Names *names, const Region *region)
{
    for (uint32_t i = 0; i < region->param_count; i++)
        add_local(s, names, region->params[i]);
    for (const Op *op = region->first; op; op = op->next) {
        for (uint32_t i = 0; i < op->result_count; i++)
            add_local(s, names, op_result(op, i));
        for (uint32_t i = 0; i < op->region_count; i++)
            add_locals(s, names, &op->regions[i]);
    }
}

/* The nearest of a value's attributes, or of the variables in reach. */
static void suggest(Infer *s, const Type *of, const Symbol *name)
{
    Names names = {0};
    size_t count = 0;
    const char *const *known =
        s->c->resolver->candidates
            ? s->c->resolver->candidates(s->c->resolver->context, s->now->code, of, &count)
            : NULL;
    if (!of)
        add_locals(s, &names, &s->now->generic->body);
    for (size_t i = 0; i < count; i++)
        vec_push(s->arena, &names, known[i]);
    const char *nearest = diag_nearest(name->text, names.data, names.len);
    if (nearest)
        infer_note(s, (Span){0}, "did you mean '%s'?", nearest);
}

bool infer_op_PY_GLOBAL(Infer *s, Op *op)
{
    const Resolver *resolver = s->c->resolver;
    Binding binding = {.hidden = -1};
    if (resolver->global(resolver->context, s->now->code, op->attr.name, &binding) &&
        binding.type)
        return bound(s, op, &binding);
    infer_error(s, (Span){0}, E_NAME, "name '%s' is not defined", op->attr.name->text);
    suggest(s, NULL, op->attr.name);
    return false;
}

bool infer_op_PY_CELL(Infer *s, Op *op)
{
    const Resolver *resolver = s->c->resolver;
    Binding binding = {.hidden = -1};
    if (resolver->cell(resolver->context, s->now->code, op->attr.name, &binding) &&
        binding.type)
        return bound(s, op, &binding);
    infer_error(s, (Span){0}, E_NAME, "the enclosing function's variable '%s' has no value yet",
                op->attr.name->text);
    return false;
}

bool infer_op_PY_IMPORT(Infer *s, Op *op)
{
    const Resolver *resolver = s->c->resolver;
    Binding binding = {.hidden = -1};
    if (resolver->import(resolver->context, s->now->code, op->attr.name, &binding) &&
        binding.type)
        return bound(s, op, &binding);
    infer_error(s, (Span){0}, E_NAME, "no module named '%s'", op->attr.name->text);
    return false;
}

bool infer_op_PY_UNBOUND(Infer *s, Op *op)
{
    return infer_done(s, op, s->c->types->unbound);
}

bool infer_op_PY_BOUND(Infer *s, Op *op)
{
    const Type *type = infer_arg(s, op, 0);
    if (type->kind == TYPE_UNBOUND)
        return false; /* always raises */
    return infer_done(s, op, type->kind == TYPE_MAYBE ? type->elements[0] : type);
}

bool infer_op_PY_REFINE(Infer *s, Op *op)
{
    const Type *type = infer_arg(s, op, 0);
    switch ((Refinement)op->attr.integer) {
    case REFINE_NONE:
        if (type->kind == TYPE_OPTIONAL)
            type = s->c->types->none;
        break;
    case REFINE_NOT_NONE:
    case REFINE_TRUE:
        if (type->kind == TYPE_OPTIONAL)
            type = type->elements[0];
        break;
    }
    return infer_done(s, op, type);
}

/* ---- attributes ---------------------------------------------------------------------------------- */

static const Type *int_tuple(Infer *s, uint32_t count)
{
    const Type **elements = ARENA_ARRAY(s->arena, const Type *, count);
    for (uint32_t i = 0; i < count; i++)
        elements[i] = type_scalar(s->c->types, SCALAR_INT);
    return type_tuple(s->c->types, elements, count, NULL);
}

static const Type *transposed(Infer *s, ArrayType array)
{
    if (array.ndim >= 2 && array.layout != LAYOUT_ANY)
        array.layout = array.layout == LAYOUT_C ? LAYOUT_F : LAYOUT_C;
    return type_array(s->c->types, array);
}

static const Type *real_part(Infer *s, ArrayType array, bool imaginary)
{
    if (scalar_class(array.dtype) != CLASS_COMPLEX) {
        if (imaginary) /* zeros that are nobody's */
            array = (ArrayType){
                .dtype = array.dtype, .ndim = array.ndim, .layout = LAYOUT_C, .readonly = true};
        return type_array(s->c->types, array);
    }
    array.dtype = scalar_real(array.dtype);
    if (array.ndim > 0)
        array.layout = LAYOUT_ANY;
    return type_array(s->c->types, array);
}

static const Type *array_attribute(Infer *s, const Type *x, const char *name)
{
    const ArrayType *array = &x->array;
    if (strcmp(name, "shape") == 0 || strcmp(name, "strides") == 0)
        return int_tuple(s, array->ndim);
    if (strcmp(name, "size") == 0 || strcmp(name, "nbytes") == 0)
        return type_scalar(s->c->types, SCALAR_INT);
    if (strcmp(name, "ndim") == 0)
        return type_const_int(s->c->types, array->ndim);
    if (strcmp(name, "itemsize") == 0)
        return type_const_int(s->c->types, scalar_size(array->dtype));
    if (strcmp(name, "dtype") == 0)
        return type_dtype(s->c->types, array->dtype);
    if (strcmp(name, "T") == 0)
        return transposed(s, *array);
    if (strcmp(name, "real") == 0 || strcmp(name, "imag") == 0)
        return real_part(s, *array, name[0] == 'i');
    if (strcmp(name, "flat") == 0)
        return type_compound(s->c->types, TYPE_ITER, intern_cstr(s->c->names, "flat"), &x, 1);
    return NULL;
}

static const Type *scalar_attribute(Infer *s, ScalarKind kind, const char *name)
{
    if (strcmp(name, "real") == 0 || strcmp(name, "imag") == 0)
        return type_scalar(s->c->types, scalar_real(kind == SCALAR_BOOL ? SCALAR_INT : kind));
    if (scalar_is_weak(kind))
        return NULL;
    if (strcmp(name, "dtype") == 0)
        return type_dtype(s->c->types, kind);
    if (strcmp(name, "itemsize") == 0 || strcmp(name, "nbytes") == 0)
        return type_const_int(s->c->types, scalar_size(kind));
    if (strcmp(name, "ndim") == 0)
        return type_const_int(s->c->types, 0);
    if (strcmp(name, "size") == 0)
        return type_const_int(s->c->types, 1);
    if (strcmp(name, "shape") == 0 || strcmp(name, "strides") == 0)
        return int_tuple(s, 0);
    if (strcmp(name, "T") == 0)
        return type_scalar(s->c->types, kind);
    return NULL;
}

static const Type *dtype_attribute(Infer *s, ScalarKind kind, const char *name)
{
    static const char kinds[] = {[CLASS_BOOL] = 'b',
                                 [CLASS_INT] = 'i',
                                 [CLASS_UINT] = 'u',
                                 [CLASS_FLOAT] = 'f',
                                 [CLASS_COMPLEX] = 'c'};
    if (strcmp(name, "itemsize") == 0)
        return type_const_int(s->c->types, scalar_size(kind));
    if (strcmp(name, "kind") == 0)
        return type_const_str(s->c->types,
                              intern_text(s->c->names, &kinds[scalar_class(kind)], 1));
    if (strcmp(name, "name") == 0)
        return type_const_str(
            s->c->types,
            intern_cstr(s->c->names, kind == SCALAR_NP_BOOL ? "bool" : scalar_name(kind)));
    if (strcmp(name, "type") == 0)
        return type_compound(
            s->c->types, TYPE_BUILTIN,
            intern_cstr(s->c->names, arena_printf(s->arena, "numpy.%s", scalar_name(kind))),
            NULL, 0);
    if (strcmp(name, "char") == 0)
        return type_const_str(s->c->types,
                              intern_text(s->c->names, (char[]){scalar_char(kind)}, 1));
    return NULL;
}

static const Type *field(const Type *x, const Symbol *name)
{
    static const char *const bounds[] = {"start", "stop", "step"};
    if (x->kind == TYPE_RANGE || x->kind == TYPE_SLICE)
        for (uint32_t i = 0; i < 3; i++)
            if (strcmp(name->text, bounds[i]) == 0)
                return x->elements[i];
    if (x->kind == TYPE_TUPLE && x->class_info && x->class_info->fields)
        for (uint32_t i = 0; i < x->count; i++)
            if (x->class_info->fields[i] == name)
                return x->elements[i];
    return NULL;
}

static const Type *enum_attribute(Infer *s, const Type *x, const char *name)
{
    if (x->count && (strcmp(name, "value") == 0 || strcmp(name, "_value_") == 0))
        return x->elements[0];
    if (strcmp(name, "name") == 0 || strcmp(name, "_name_") == 0)
        return s->c->types->str;
    return NULL;
}

/* The class name that methods of values of this type are registered under. */
static const char *method_class(const Type *x)
{
    ScalarKind kind;
    if (x->kind == TYPE_ARRAY)
        return "ndarray";
    if (x->kind == TYPE_TUPLE)
        return "tuple";
    if (x->kind == TYPE_RANGE)
        return "range";
    if (!type_scalar_of(x, &kind))
        return NULL;
    return !scalar_is_weak(kind)        ? "generic"
           : scalar_is_python_int(kind) ? "int"
           : kind == SCALAR_BOOL        ? "int"
           : kind == SCALAR_FLOAT       ? "float"
                                        : "complex";
}

/* Methods that NumPy's scalars have as arrays without dimensions have them. */
static bool is_shared_with_arrays(const char *name)
{
    static const char *const shared[] = {"all",     "any",     "argmax",  "argmin", "clip",
                                         "cumprod", "cumsum",  "flatten", "max",    "mean",
                                         "min",     "nonzero", "prod",    "ravel",  "repeat",
                                         "reshape", "std",     "sum",     "take",   "var"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (strcmp(name, shared[i]) == 0)
            return true;
    return false;
}

static const Type *method(Infer *s, const Type *x, const Symbol *name)
{
    const char *class = method_class(x);
    if (!class)
        return NULL;
    char *qualname = arena_printf(s->arena, "%s.%s", class, name->text);
    const Resolver *resolver = s->c->resolver;
    bool is_known = primitive_find(qualname) ||
                    (resolver->library && resolver->library(resolver->context, qualname));
    if (!is_known && strcmp(class, "generic") == 0 && is_shared_with_arrays(name->text)) {
        qualname = arena_printf(s->arena, "ndarray.%s", name->text);
        is_known = resolver->library && resolver->library(resolver->context, qualname);
    }
    if (!is_known)
        return NULL;
    return type_compound(s->c->types, TYPE_METHOD, intern_cstr(s->c->names, qualname), &x, 1);
}

/* Attributes of values; NULL, without an error, when there is none. */
static const Type *value_attribute(Infer *s, const Type *x, const Symbol *name)
{
    ScalarKind kind;
    const Type *type = field(x, name);
    if (!type && x->kind == TYPE_ARRAY)
        type = array_attribute(s, x, name->text);
    if (!type && x->kind == TYPE_ENUM)
        type = enum_attribute(s, x, name->text);
    if (!type && x->kind == TYPE_DTYPE)
        type = dtype_attribute(s, x->scalar, name->text);
    if (!type && type_scalar_of(x, &kind))
        type = scalar_attribute(s, kind, name->text);
    return type;
}

static bool is_namespace(const Type *x)
{
    return x->kind == TYPE_MODULE || x->kind == TYPE_CLASS || x->kind == TYPE_BUILTIN;
}

const Type *infer_attribute(Infer *s, Op *op, const Type *x, const Symbol *name)
{
    const Resolver *resolver = s->c->resolver;
    while (x->kind == TYPE_OPTIONAL || x->kind == TYPE_MAYBE)
        x = x->elements[0];
    if (!is_namespace(x)) {
        const Type *type = value_attribute(s, x, name);
        type = type ? type : infer_member(s, op, x, name);
        return type ? type : method(s, x, name);
    }
    Binding binding = {.hidden = -1};
    if (!resolver->attribute(resolver->context, x, name, &binding) || !binding.type)
        return NULL;
    if (op) {
        infer_fact(s, op)->binding = ARENA_NEW(s->arena, Binding);
        *infer_fact(s, op)->binding = binding;
    }
    return infer_binding_type(s, &binding);
}

bool infer_op_PY_ATTR(Infer *s, Op *op)
{
    const Type *x = infer_arg(s, op, 0);
    const Type *type = infer_attribute(s, op, x, op->attr.name);
    if (type)
        return infer_done(s, op, type);
    infer_error(s, (Span){0}, E_ATTRIBUTE, "%s has no attribute '%s' that can be compiled",
                x->kind == TYPE_MODULE ? x->name->text : infer_describe(s, x),
                op->attr.name->text);
    suggest(s, x, op->attr.name);
    return false;
}

bool infer_op_PY_SET_ATTR(Infer *s, Op *op)
{
    infer_error(s, (Span){0}, E_ATTRIBUTE,
                "attributes of %s cannot be assigned in compiled code",
                infer_describe(s, infer_arg(s, op, 0)));
    return false;
}

/* ---- tuples --------------------------------------------------------------------------------------- */

static const Type **arg_types(Infer *s, const Op *op, uint32_t from)
{
    const Type **types = ARENA_ARRAY(s->arena, const Type *, op->arg_count - from);
    for (uint32_t i = from; i < op->arg_count; i++)
        types[i - from] = infer_arg(s, op, i);
    return types;
}

bool infer_op_PY_TUPLE(Infer *s, Op *op)
{
    return infer_done(s, op, type_tuple(s->c->types, arg_types(s, op, 0), op->arg_count, NULL));
}

bool infer_op_PY_LIST(Infer *s, Op *op)
{
    /* A list display is a tuple to the compiler, and a list again where Python gets it. */
    return infer_done(
        s, op, type_tuple(s->c->types, arg_types(s, op, 0), op->arg_count, &s->c->types->list));
}

bool infer_op_PY_CONCAT(Infer *s, Op *op)
{
    VEC(const Type *) all = {0};
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Type *each = infer_value_type(infer_arg(s, op, i));
        if (each->kind != TYPE_TUPLE) {
            infer_error(s, infer_span(op, i), E_UNPACK,
                        "only tuples can be unpacked with *; this is %s",
                        infer_describe(s, each));
            return false;
        }
        for (uint32_t j = 0; j < each->count; j++)
            vec_push(s->arena, &all, each->elements[j]);
    }
    return infer_done(s, op, type_tuple(s->c->types, all.data, all.len, NULL));
}

bool infer_op_PY_SLICE(Infer *s, Op *op)
{
    const Type *parts[3];
    for (uint32_t i = 0; i < 3; i++) {
        parts[i] = infer_arg(s, op, i);
        const Type *base = infer_value_type(parts[i]);
        ScalarKind kind; /* np.mgrid takes floats and complex steps */
        if (parts[i]->kind != TYPE_NONE && !type_scalar_of(base, &kind)) {
            infer_error(s, infer_span(op, i), E_INDEX,
                        "slice bounds are numbers or None; this is %s",
                        infer_describe(s, parts[i]));
            return false;
        }
    }
    return infer_done(s, op, type_compound(s->c->types, TYPE_SLICE, NULL, parts, 3));
}

static bool unpack_error(Infer *s, uint32_t targets, bool starred, uint32_t count)
{
    if (starred)
        infer_error(s, (Span){0}, E_UNPACK,
                    "not enough values to unpack (expected at least %u, got %u)", targets - 1,
                    count);
    else if (count > targets)
        infer_error(s, (Span){0}, E_UNPACK, "too many values to unpack (expected %u, got %u)",
                    targets, count);
    else
        infer_error(s, (Span){0}, E_UNPACK, "not enough values to unpack (expected %u, got %u)",
                    targets, count);
    return false;
}

static bool unpack_tuple(Infer *s, Op *op, const Type *x)
{
    uint32_t targets = op->result_count, count = x->count;
    int64_t star = op->attr.integer;
    if (star < 0 ? targets != count : count + 1 < targets)
        return unpack_error(s, targets, star >= 0, count);
    for (uint32_t i = 0, at = 0; i < targets; i++) {
        uint32_t rest = count + 1 - targets;
        if (star >= 0 && i == (uint32_t)star) {
            infer_set(s, op_result(op, i),
                      type_tuple(s->c->types, x->elements + at, rest, &s->c->types->list));
            at += rest;
        } else {
            infer_set(s, op_result(op, i), x->elements[at++]);
        }
    }
    return true;
}

bool infer_op_PY_UNPACK(Infer *s, Op *op)
{
    const Type *x = infer_value_type(infer_arg(s, op, 0));
    if (x->kind == TYPE_TUPLE)
        return unpack_tuple(s, op, x);
    if (op->attr.integer >= 0) {
        infer_error(s, infer_span(op, 0), E_UNPACK,
                    "a starred target takes tuples only; this is %s", infer_describe(s, x));
        return false;
    }
    if (!infer_iter_len(s, x))
        return false;
    const Type *item = infer_iter_item(s, x, NULL);
    for (uint32_t i = 0; item && i < op->result_count; i++)
        infer_set(s, op_result(op, i), item);
    return item != NULL;
}

/* ---- iteration ----------------------------------------------------------------------------------- */

static bool is_iter(const Type *x, const char *name)
{
    return x->kind == TYPE_ITER && strcmp(x->name->text, name) == 0;
}

static const Type *range_len(Infer *s, const Type *x)
{
    __int128 start, stop, step;
    if (!type_is_const_int(x->elements[0], &start) ||
        !type_is_const_int(x->elements[1], &stop) ||
        !type_is_const_int(x->elements[2], &step) || step == 0)
        return type_scalar(s->c->types, SCALAR_INT);
    __int128 span = step > 0 ? stop - start : start - stop, by = step > 0 ? step : -step;
    return type_const_int(s->c->types, span <= 0 ? 0 : (span + by - 1) / by);
}

/* zip's length is its shortest's. */
static const Type *zip_len(Infer *s, const Type *x)
{
    __int128 shortest = -1, each;
    for (uint32_t i = 0; i < x->count; i++) {
        const Type *len = infer_iter_len(s, x->elements[i]);
        if (!len)
            return NULL;
        if (!type_is_const_int(len, &each))
            return type_scalar(s->c->types, SCALAR_INT);
        shortest = shortest < 0 || each < shortest ? each : shortest;
    }
    return type_const_int(s->c->types, shortest < 0 ? 0 : shortest);
}

const Type *infer_iter_len(Infer *s, const Type *x)
{
    x = infer_value_type(x);
    if (x->kind == TYPE_TUPLE)
        return type_const_int(s->c->types, x->count);
    if (x->kind == TYPE_RANGE)
        return range_len(s, x);
    if (x->kind == TYPE_ARRAY && x->array.ndim > 0)
        return type_scalar(s->c->types, SCALAR_INT);
    if (is_iter(x, "zip"))
        return zip_len(s, x);
    if (is_iter(x, "enumerate") || is_iter(x, "reversed"))
        return infer_iter_len(s, x->elements[0]);
    if (x->kind == TYPE_ITER)
        return type_scalar(s->c->types, SCALAR_INT);
    infer_error(s, s->op->arg_count ? infer_span(s->op, 0) : (Span){0}, E_NOT_ITERABLE,
                "%s cannot be iterated over", infer_describe(s, x));
    return NULL;
}

/* Item at a known position of a tuple; else the common type, or the loop is unrolled. */
static const Type *tuple_item(Infer *s, const Type *x, const Value *position, bool backwards)
{
    __int128 k;
    if (position && type_is_const_int(infer_type(s, position), &k) && k >= 0 && k < x->count)
        return x->elements[backwards ? x->count - 1 - (uint32_t)k : (uint32_t)k];
    const Type *common =
        x->count ? type_widen(s->c->types, x->elements[0]) : s->c->types->never;
    for (uint32_t i = 1; i < x->count; i++)
        if (type_widen(s->c->types, x->elements[i]) != common)
            common = NULL;
    if (common && x->count)
        return common;
    if (position)
        infer_unroll(s, position);
    return x->count ? NULL : common;
}

static const Type *array_item(Infer *s, const Type *x)
{
    ArrayType array = x->array;
    if (array.ndim == 1)
        return type_scalar(s->c->types, array.dtype);
    array.ndim--;
    if (array.layout == LAYOUT_F)
        array.layout = LAYOUT_ANY;
    return type_array(s->c->types, array);
}

static const Type *pair(Infer *s, const Type *a, const Type *b)
{
    if (!a || !b)
        return NULL;
    const Type *elements[2] = {a, b};
    return type_tuple(s->c->types, elements, 2, NULL);
}

static const Type *iter_item(Infer *s, const Type *x, const Value *position)
{
    if (is_iter(x, "enumerate"))
        return pair(s, type_scalar(s->c->types, SCALAR_INT),
                    infer_iter_item(s, x->elements[0], position));
    if (is_iter(x, "ndenumerate"))
        return pair(s, int_tuple(s, x->elements[0]->array.ndim),
                    type_scalar(s->c->types, x->elements[0]->array.dtype));
    if (is_iter(x, "flat"))
        return type_scalar(s->c->types, x->elements[0]->array.dtype);
    if (is_iter(x, "ndindex"))
        return int_tuple(s, x->elements[0]->count);
    const Type **items = ARENA_ARRAY(s->arena, const Type *, x->count);
    for (uint32_t i = 0; i < x->count; i++)
        if (!(items[i] = infer_iter_item(s, x->elements[i], position)))
            return NULL;
    return type_tuple(s->c->types, items, x->count, NULL);
}

const Type *infer_iter_item(Infer *s, const Type *x, const Value *position)
{
    x = infer_value_type(x);
    bool backwards = is_iter(x, "reversed");
    if (backwards)
        x = infer_value_type(x->elements[0]);
    if (x->kind == TYPE_TUPLE)
        return tuple_item(s, x, position, backwards);
    if (x->kind == TYPE_RANGE)
        return type_scalar(s->c->types, SCALAR_INT);
    if (x->kind == TYPE_ARRAY)
        return array_item(s, x);
    return iter_item(s, x, position);
}

bool infer_op_PY_ITER_LEN(Infer *s, Op *op)
{
    return infer_done(s, op, infer_iter_len(s, infer_arg(s, op, 0)));
}

bool infer_op_PY_ITER_ITEM(Infer *s, Op *op)
{
    return infer_done(s, op, infer_iter_item(s, infer_arg(s, op, 0), op_arg(op, 1)));
}

/* ---- closures and exceptions --------------------------------------------------------------------- */

bool infer_op_PY_FUNCTION(Infer *s, Op *op)
{
    return infer_done(
        s, op, type_function(s->c->types, op->attr.code, arg_types(s, op, 0), op->arg_count));
}

static bool is_exception_class(const Infer *s, const Type *type)
{
    if (type->kind != TYPE_BUILTIN && type->kind != TYPE_CLASS)
        return false;
    const Resolver *resolver = s->c->resolver;
    Symbol *base = (Symbol *)(uintptr_t)intern_cstr(s->c->names, "builtins.BaseException");
    const Type *root = type_compound(s->c->types, TYPE_BUILTIN, base, NULL, 0);
    return resolver->is_subclass(resolver->context, type, root);
}

bool infer_op_PY_RAISE(Infer *s, Op *op)
{
    s->now->can_raise = true;
    for (uint32_t i = 0; i < op->arg_count && i < 1; i++) {
        const Type *type = infer_arg(s, op, i);
        if (type->kind != TYPE_EXCEPTION && !is_exception_class(s, type))
            infer_error(s, infer_span(op, i), E_OPERAND,
                        "exceptions must derive from BaseException; this is %s",
                        infer_describe(s, type));
    }
    return false;
}

static bool check_handler_class(Infer *s, Op *op, const Type *type)
{
    if (type->kind == TYPE_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++)
            if (!check_handler_class(s, op, type->elements[i]))
                return false;
        return true;
    }
    if (is_exception_class(s, type))
        return true;
    infer_error(s, infer_span(op, 0), E_OPERAND, "'except' takes exception classes; this is %s",
                infer_describe(s, type));
    return false;
}

bool infer_op_PY_EXC_MATCH(Infer *s, Op *op)
{
    if (!check_handler_class(s, op, infer_arg(s, op, 0)))
        return false;
    return infer_done(s, op, type_scalar(s->c->types, SCALAR_BOOL));
}

bool infer_op_PY_EXC_VALUE(Infer *s, Op *op)
{
    return infer_done(s, op,
                      type_compound(s->c->types, TYPE_EXCEPTION,
                                    intern_cstr(s->c->names, "caught"), NULL, 0));
}

/* The i-th hole of a template, behind its '{'. */
static const char *hole_of(const char *at, uint32_t i)
{
    for (; *at; at++) {
        bool is_double = (*at == '{' || *at == '}') && at[1] == *at;
        if (*at == '{' && !is_double && i-- == 0)
            return at + 1;
        at += is_double;
    }
    return at;
}

/* A specification takes a number or a text; after a conversion there is none. */
static bool can_format(Infer *s, Op *op, uint32_t i)
{
    const char *hole = hole_of(op->attr.name->text, i);
    const Type *type = infer_arg(s, op, i);
    const Symbol *text;
    ScalarKind kind;
    if (*hole == '}')
        return true;
    if (hole[0] == '!' && hole[1] != 'a' && hole[2] == '}')
        return true;
    bool fine = hole[0] == ':' && (type->kind == TYPE_STR || type_is_const_str(type, &text) ||
                                   type_scalar_of(type, &kind));
    if (!fine)
        infer_error(s, infer_span(op, i), E_EXPRESSION,
                    "this is not formatted in compiled code: %s",
                    hole[0] == '!' ? "a conversion with a specification, or !a"
                                   : infer_describe(s, type));
    return fine;
}

/* An f-string stays in pieces: the template, then the values; print and raise take it. */
bool infer_op_PY_FORMAT(Infer *s, Op *op)
{
    const Symbol *name = intern_cstr(s->c->names, "str.format");
    const Type **types = ARENA_ARRAY(s->arena, const Type *, op->arg_count + 1);
    for (uint32_t i = 0; i < op->arg_count; i++)
        if (!can_format(s, op, i))
            return false;
    types[0] = type_const_str(s->c->types, op->attr.name);
    for (uint32_t i = 0; i < op->arg_count; i++)
        types[i + 1] = infer_arg(s, op, i);
    return infer_done(s, op,
                      type_compound(s->c->types, TYPE_ITER, name, types, op->arg_count + 1));
}

/* ---- dtypes --------------------------------------------------------------------------------------- */

/* "f8", "float64", "d", "<f8"; "float" and "int" are the NumPy kinds of Python's. */
static bool dtype_of_text(const char *text, ScalarKind *kind)
{
    static const char also[] = "qlpl"
                               "QLPL"; /* pairs: another character, ours */
    text += *text == '<' || *text == '=' || *text == '|';
    if (text[0] && !text[1]) {
        char character = text[0];
        for (size_t i = 0; i + 1 < sizeof also; i += 2)
            character = also[i] == text[0] ? also[i + 1] : character;
        for (ScalarKind each = SCALAR_NP_BOOL; each < SCALAR_COUNT; each++)
            if (scalar_char(each) == character)
                return *kind = each, true;
        return false;
    }
    return scalar_from_name(text, kind) && (*kind = scalar_numpy(*kind), true);
}

bool infer_dtype_of(const Type *type, ScalarKind *kind)
{
    const Symbol *text;
    if (type->kind == TYPE_DTYPE) {
        *kind = type->scalar;
        return true;
    }
    if (type_is_const_str(type, &text))
        return dtype_of_text(text->text, kind);
    if (type->kind != TYPE_BUILTIN)
        return false;
    const Primitive *primitive = primitive_find(type->name->text);
    if (!primitive)
        return false;
    if (primitive->id == PRIMITIVE_SCALAR_CLASS)
        *kind = (ScalarKind)primitive->data;
    else if (primitive->id == PRIMITIVE_INT)
        *kind = SCALAR_INT64;
    else if (primitive->id == PRIMITIVE_FLOAT)
        *kind = SCALAR_FLOAT64;
    else if (primitive->id == PRIMITIVE_BOOL)
        *kind = SCALAR_NP_BOOL;
    else if (primitive->id == PRIMITIVE_COMPLEX)
        *kind = SCALAR_COMPLEX128;
    else
        return false;
    return true;
}

bool infer_same_object(const Type *x, const Type *y)
{
    ScalarKind a, b;
    bool has_dtype =
        x->kind == TYPE_DTYPE || y->kind == TYPE_DTYPE; /* classes are only themselves */
    if (has_dtype && infer_dtype_of(x, &a) && infer_dtype_of(y, &b))
        return a == b;
    return x == y;
}
