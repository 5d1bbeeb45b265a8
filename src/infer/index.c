/* Rules of subscripts: what x[i] gives, and what x[i] = v takes.
 *
 * Basic indexing of arrays (integers, slices, None, …) is done here and in specialise/index.c; boolean and integer
 * arrays as indices are library functions ("ndarray.__getitem__", "ndarray.__setitem__") written over basic indexing.
 */
#include <string.h>

#include "infer/index.h"
#include "infer/rules.h"

static bool is_integer_slice(const Type *type)
{
    for (uint32_t i = 0; i < 3; i++)
        if (type->elements[i]->kind != TYPE_NONE &&
            !type_is_integer(infer_value_type(type->elements[i])))
            return false;
    return true;
}

static IndexKind kind_of(const Type *type, bool is_alone)
{
    ScalarKind kind;
    if (type_scalar_of(type, &kind) && scalar_class(kind) == CLASS_BOOL)
        return is_alone ? INDEX_MASK : INDEX_BAD;
    if (type->kind == TYPE_NONE)
        return INDEX_NEW_AXIS;
    if (type->kind == TYPE_ELLIPSIS)
        return INDEX_ELLIPSIS;
    if (type->kind == TYPE_SLICE)
        return is_integer_slice(type) ? INDEX_SLICE : INDEX_BAD;
    if (type->kind == TYPE_ARRAY && type->array.dtype == SCALAR_NP_BOOL)
        return INDEX_MASK;
    if (type->kind == TYPE_ARRAY && scalar_is_integer(type->array.dtype))
        return INDEX_ARRAY;
    if (type_scalar_of(type, &kind) && scalar_is_integer(kind))
        return INDEX_INTEGER;
    if (type->kind == TYPE_TUPLE) /* a list in an index, which is a tuple itself */
        return INDEX_ARRAY;
    return INDEX_BAD;
}

/* What is wrong with an index, or with one of its parts. */
static bool index_error(Infer *s, const Type *index)
{
    ScalarKind kind;
    uint32_t count = index->kind == TYPE_TUPLE ? index->count : 1, dots = 0;
    for (uint32_t i = 0; i < count; i++) {
        const Type *each =
            infer_value_type(index->kind == TYPE_TUPLE ? index->elements[i] : index);
        dots += each->kind == TYPE_ELLIPSIS;
        if (dots > 1) {
            infer_error(s, infer_span(s->op, 1), E_INDEX,
                        "an index can only have a single ellipsis ('...')");
            return false;
        }
        if (kind_of(each, count == 1) != INDEX_BAD)
            continue;
        infer_error(s, infer_span(s->op, 1), E_INDEX,
                    "arrays are indexed by integers, slices, None, ..., boolean and integer "
                    "arrays; this is %s",
                    infer_describe(s, each));
        if (type_scalar_of(each, &kind) && scalar_class(kind) == CLASS_FLOAT)
            infer_note(s, (Span){0}, "divide with // to get an integer, or convert with int()");
        return false;
    }
    infer_error(s, infer_span(s->op, 1), E_INDEX, "too many parts in an index");
    return false;
}

bool index_plan(const Type *array, const Type *index, IndexPlan *plan)
{
    bool is_tuple = index->kind == TYPE_TUPLE;
    uint32_t count = is_tuple ? index->count : 1, consumed = 0;
    memset(plan, 0, sizeof *plan);
    plan->count = count;
    plan->ellipsis = -1;
    if (count > INDEX_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const Type *each = infer_value_type(is_tuple ? index->elements[i] : index);
        plan->kinds[i] = kind_of(each, !is_tuple);
        plan->types[i] = each;
        if (plan->kinds[i] == INDEX_BAD ||
            (plan->kinds[i] == INDEX_ELLIPSIS && plan->ellipsis >= 0))
            return false;
        if (plan->kinds[i] == INDEX_ELLIPSIS)
            plan->ellipsis = (int)i;
        plan->advanced =
            plan->advanced || plan->kinds[i] == INDEX_MASK || plan->kinds[i] == INDEX_ARRAY;
        plan->integers += plan->kinds[i] == INDEX_INTEGER;
        plan->new_axes += plan->kinds[i] == INDEX_NEW_AXIS;
        if (plan->kinds[i] == INDEX_MASK)
            consumed += each->kind == TYPE_ARRAY ? each->array.ndim : 0;
        else if (plan->kinds[i] != INDEX_NEW_AXIS && plan->kinds[i] != INDEX_ELLIPSIS)
            consumed++;
    }
    plan->consumed = consumed;
    plan->too_many = consumed > array->array.ndim;
    return true;
}

/* Does the view keep C order without gaps? Only leading integers, then at most one slice of step 1,
 * then whole axes. */
static bool stays_contiguous(const ArrayType *array, const IndexPlan *plan)
{
    bool sliced = false;
    if (array->layout != LAYOUT_C || plan->new_axes)
        return false;
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->kinds[i] == INDEX_ELLIPSIS) {
            if (i + 1 < plan->count)
                return false;
            continue;
        }
        if (sliced)
            return false;
        if (plan->kinds[i] == INDEX_SLICE) {
            __int128 step;
            const Type *by = plan->types[i]->elements[2];
            sliced = true;
            if (by->kind != TYPE_NONE && !(type_is_const_int(by, &step) && step == 1))
                return false;
        }
    }
    return true;
}

const Type *index_view_type(TypeTable *types, const ArrayType *array, const IndexPlan *plan)
{
    ArrayType view = *array;
    view.ndim = (uint8_t)(array->ndim - plan->integers + plan->new_axes);
    view.layout = stays_contiguous(array, plan) || view.ndim == 0 ? LAYOUT_C : LAYOUT_ANY;
    return type_array(types, view);
}

/* a[[0, 2]]: a list display is typed as a tuple, but is an array of integers here. */
static bool is_list(const Infer *s)
{
    bool is_index = s->op->code == OP_PY_INDEX || s->op->code == OP_PY_SET_INDEX;
    const Op *def = is_index ? op_arg(s->op, 1)->def : NULL;
    return def && def->code == OP_PY_LIST;
}

static const Type *advanced(Infer *s, const Type *x, const Type *index)
{
    Arg args[2] = {{.from = ARG_OPERAND, .operand = 0, .type = x},
                   {.from = ARG_OPERAND, .operand = 1, .type = index}};
    return infer_library(s, is_list(s) ? "ndarray.__getitem__.list" : "ndarray.__getitem__",
                         args, 2);
}

/* An index that leaves more dimensions than there may be, or takes more than there are. */
static bool fits_array(Infer *s, const Type *x, const IndexPlan *plan)
{
    if (plan->too_many)
        infer_error(s, infer_span(s->op, 1), E_SHAPE,
                    "too many indices: the array has %u dimension%s, %u were indexed",
                    x->array.ndim, x->array.ndim == 1 ? "" : "s", plan->consumed);
    else if (x->array.ndim + plan->new_axes > TYPE_NDIM_MAX)
        infer_error(s, infer_span(s->op, 1), E_SHAPE,
                    "an array has at most %d dimensions, and this index makes %u",
                    TYPE_NDIM_MAX, x->array.ndim + plan->new_axes);
    else
        return true;
    return false;
}

static const Type *array_index(Infer *s, const Type *x, const Type *index)
{
    IndexPlan plan;
    if (is_list(s))
        return advanced(s, x, index);
    if (!index_plan(x, index, &plan)) {
        index_error(s, index);
        return NULL;
    }
    if (!fits_array(s, x, &plan))
        return NULL;
    if (plan.advanced)
        return advanced(s, x, index);
    if (plan.integers == x->array.ndim && plan.new_axes == 0 && plan.ellipsis < 0)
        return type_scalar(s->c->types, x->array.dtype);
    return index_view_type(s->c->types, &x->array, &plan);
}

static bool is_homogeneous(Infer *s, const Type *x)
{
    for (uint32_t i = 1; i < x->count; i++)
        if (type_widen(s->c->types, x->elements[i]) != type_widen(s->c->types, x->elements[0]))
            return false;
    return true;
}

/* t[k] with k known, or of one type; t[a:b] with known bounds. */
static const Type *tuple_index(Infer *s, const Type *x, const Type *index)
{
    __int128 k;
    ScalarKind kind;
    bool alike = is_homogeneous(s, x), truth;
    if (s->op->code == OP_PY_INDEX && !alike) {
        const Type *known = infer_constant(s, op_arg(s->op, 1));
        index = known ? known : index;
    }
    if (type_is_const_bool(index, &truth))
        index = type_const_int(s->c->types, truth);
    else if (type_scalar_of(index, &kind) && kind == SCALAR_BOOL)
        index = type_scalar(s->c->types, SCALAR_INT);
    if (type_is_const_int(index, &k)) {
        if (k >= -(__int128)x->count && k < x->count)
            return x->elements[k < 0 ? (uint32_t)(k + x->count) : (uint32_t)k];
        return s->c->types->never; /* raises IndexError */
    }
    if (index->kind == TYPE_SLICE) {
        uint32_t picked[INDEX_MAX_TUPLE], count;
        if (!index_tuple_slice(x, index, picked, &count))
            return infer_error(s, infer_span(s->op, 1), E_NEEDS_CONSTANT,
                               "slices of tuples need bounds that are known when compiling");
        const Type **elements = ARENA_ARRAY(s->arena, const Type *, count);
        for (uint32_t i = 0; i < count; i++)
            elements[i] = x->elements[picked[i]];
        bool is_list = x->class_info == &s->c->types->list;
        return type_tuple(s->c->types, elements, count, is_list ? x->class_info : NULL);
    }
    if (type_is_integer(index) && x->count == 0)
        return s->c->types->never; /* raises IndexError */
    if (!type_is_integer(index))
        return infer_error(s, infer_span(s->op, 1), E_INDEX,
                           "tuple indices are integers or slices; this is %s",
                           infer_describe(s, index));
    if (alike)
        return type_widen(s->c->types, x->elements[0]);
    infer_error(
        s, infer_span(s->op, 1), E_NEEDS_CONSTANT,
        "the elements of the tuple have different types, so the index must be known when "
        "compiling");
    infer_note(s, (Span){0}, "index with a constant, or loop over the tuple itself");
    return NULL;
}

static bool slice_bound(const Type *type, __int128 fallback, __int128 *value)
{
    if (type->kind == TYPE_NONE) {
        *value = fallback;
        return true;
    }
    return type_is_const_int(type, value);
}

static __int128 clamp(__int128 value, __int128 count, bool backwards)
{
    __int128 low = backwards ? -1 : 0, high = backwards ? count - 1 : count;
    value = value < 0 ? value + count : value;
    return value < low ? low : value > high ? high : value;
}

bool index_tuple_slice(const Type *x, const Type *slice, uint32_t *picked, uint32_t *count)
{
    __int128 step, start, stop, n = x->count;
    if (!slice_bound(slice->elements[2], 1, &step) || step == 0 || n > INDEX_MAX_TUPLE)
        return false;
    bool back = step < 0;
    bool has_start = slice->elements[0]->kind != TYPE_NONE,
         has_stop = slice->elements[1]->kind != TYPE_NONE;
    if (!slice_bound(slice->elements[0], 0, &start) ||
        !slice_bound(slice->elements[1], 0, &stop))
        return false;
    start = has_start ? clamp(start, n, back) : back ? n - 1 : 0;
    stop = has_stop ? clamp(stop, n, back) : back ? -1 : n;
    *count = 0;
    for (__int128 i = start; back ? i > stop : i < stop; i += step)
        picked[(*count)++] = (uint32_t)i;
    return true;
}

const Type *infer_index(Infer *s, const Type *x, const Type *index)
{
    x = infer_value_type(x);
    if (x->kind == TYPE_ARRAY)
        return array_index(s, x, index);
    if (x->kind == TYPE_TUPLE)
        return tuple_index(s, x, infer_value_type(index));
    if (x->kind == TYPE_RANGE && type_is_integer(infer_value_type(index)))
        return type_scalar(s->c->types, SCALAR_INT);
    if (x->kind == TYPE_ITER && strcmp(x->name->text, "flat") == 0 &&
        type_is_integer(infer_value_type(index)))
        return type_scalar(s->c->types, x->elements[0]->array.dtype);
    if (x->kind == TYPE_BUILTIN) { /* np.ogrid[…] */
        Arg args[1] = {{.from = ARG_OPERAND, .operand = 1, .type = index}};
        char *name = arena_printf(s->arena, "%s.__getitem__", x->name->text);
        return infer_library(s, name, args, 1);
    }
    return infer_error(s, infer_span(s->op, 0), E_INDEX, "%s cannot be indexed by %s",
                       infer_describe(s, x), infer_describe(s, index));
}

bool infer_op_PY_INDEX(Infer *s, Op *op)
{
    return infer_done(s, op, infer_index(s, infer_arg(s, op, 0), infer_arg(s, op, 1)));
}

/* ---- assignment ------------------------------------------------------------------------------------ */

static bool check_stored(Infer *s, const Type *x, const Type *value, unsigned ndim)
{
    ScalarKind kind;
    const Type *element = infer_value_type(value);
    unsigned brought = element->kind == TYPE_ARRAY ? element->array.ndim : 0;
    if (element->kind == TYPE_NONE &&
        (scalar_is_inexact(x->array.dtype) || x->array.dtype == SCALAR_NP_BOOL))
        return true; /* nan, or False */
    if (element->kind == TYPE_ARRAY)
        kind = element->array.dtype;
    else if (!type_scalar_of(element, &kind)) {
        infer_error(s, infer_span(s->op, 2), E_OPERAND, "%s does not go into an array of %s",
                    infer_describe(s, value), scalar_name(x->array.dtype));
        return false;
    }
    if (scalar_class(kind) == CLASS_COMPLEX && scalar_class(x->array.dtype) != CLASS_COMPLEX &&
        element->kind != TYPE_ARRAY) {
        infer_error(s, infer_span(s->op, 2), E_OPERAND,
                    "a complex number does not go into an array of %s",
                    scalar_name(x->array.dtype));
        infer_note(s, (Span){0}, "store its .real");
        return false;
    }
    if (brought > ndim && brought > 0 && ndim == 0) {
        infer_error(s, infer_span(s->op, 2), E_SHAPE,
                    "an array of %u dimension%s is stored into one element", brought,
                    brought == 1 ? "" : "s");
        return false;
    }
    return true;
}

bool infer_op_PY_SET_INDEX(Infer *s, Op *op)
{
    IndexPlan plan;
    const Type *x = infer_value_type(infer_arg(s, op, 0)), *index = infer_arg(s, op, 1);
    if (x->kind != TYPE_ARRAY) {
        infer_error(s, infer_span(op, 0), E_INDEX, "items of %s cannot be assigned",
                    infer_describe(s, x));
        if (x->kind == TYPE_TUPLE && x->class_info == &s->c->types->list)
            infer_note(s, (Span){0}, "make it an array: np.array([…])");
        return false;
    }
    if (is_list(s)) {
        plan = (IndexPlan){.advanced = true};
    } else if (!index_plan(x, index, &plan)) {
        return index_error(s, index);
    }
    if (!fits_array(s, x, &plan))
        return false;
    if (plan.advanced) {
        Arg args[3] = {{.from = ARG_OPERAND, .operand = 0, .type = x},
                       {.from = ARG_OPERAND, .operand = 1, .type = index},
                       {.from = ARG_OPERAND, .operand = 2, .type = infer_arg(s, op, 2)}};
        return infer_library(s, is_list(s) ? "ndarray.__setitem__.list" : "ndarray.__setitem__",
                             args, 3) != NULL;
    }
    unsigned ndim = x->array.ndim - plan.integers + plan.new_axes;
    const Type *value = infer_value_type(infer_arg(s, op, 2));
    if (ndim > 0 && value->kind == TYPE_TUPLE) {
        Arg args[3] = {{.from = ARG_OPERAND, .operand = 0, .type = x},
                       {.from = ARG_OPERAND, .operand = 1, .type = index},
                       {.from = ARG_OPERAND, .operand = 2, .type = value}};
        return infer_library(s, "ndarray.__setitem__.sequence", args, 3) != NULL;
    }
    return check_stored(s, x, infer_arg(s, op, 2), ndim);
}

bool infer_op_PY_DEL_INDEX(Infer *s, Op *op)
{
    infer_error(s, (Span){0}, E_INDEX, "items of %s cannot be deleted",
                infer_describe(s, infer_arg(s, op, 0)));
    return false;
}
