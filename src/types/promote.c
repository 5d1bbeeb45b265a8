/* Promotion tables and the join of two types.
 *
 * A merge takes Maybe and Optional off both sides, joins what is left kind by kind (type.def says
 * how) and puts them back, so that Maybe(Optional(T)) is the only order in which they occur.
 */
#include "types/promote.h"

#include <assert.h>

#include "types/type_row.h"

/* The abbreviations of promote.def. */
enum {
    T = SCALAR_BOOL,
    I = SCALAR_INT,
    U = SCALAR_INT_U64,
    W = SCALAR_INT_I128,
    F = SCALAR_FLOAT,
    C = SCALAR_COMPLEX,
    b1 = SCALAR_NP_BOOL,
    i1 = SCALAR_INT8,
    i2 = SCALAR_INT16,
    i4 = SCALAR_INT32,
    i8 = SCALAR_INT64,
    u1 = SCALAR_UINT8,
    u2 = SCALAR_UINT16,
    u4 = SCALAR_UINT32,
    u8 = SCALAR_UINT64,
    f2 = SCALAR_FLOAT16,
    f4 = SCALAR_FLOAT32,
    f8 = SCALAR_FLOAT64,
    c8 = SCALAR_COMPLEX64,
    c16 = SCALAR_COMPLEX128,
};

static const uint8_t TABLES[][SCALAR_COUNT][SCALAR_COUNT] = {
#define PROMOTE(rules, left, ...) [PROMOTION_##rules][SCALAR_##left] = {__VA_ARGS__},
#include "types/promote.def"
#undef PROMOTE
};

ScalarKind promote_kinds(Promotion rules, ScalarKind a, ScalarKind b)
{
    return (ScalarKind)TABLES[rules][a][b];
}

bool promote_is_safe(ScalarKind from, ScalarKind to)
{
    if (from == to)
        return true;
    if (from == SCALAR_INT_I128)
        return false;
    if (to == SCALAR_INT_I128)
        return !scalar_is_inexact(from);
    ScalarKind target = scalar_numpy(to);
    return promote_kinds(PROMOTION_NUMPY, scalar_numpy(from), target) == target;
}

/* ---- numbers and strings ---- */

static bool is_str(const Type *type)
{
    return type->kind == TYPE_STR ||
           (type->kind == TYPE_CONST && type->constant.kind == CONSTANT_STR);
}

/* True when every value of `type` (a Python int) is one of `carrier`. */
static bool is_carried_by(const Type *type, ScalarKind carrier)
{
    if (type->kind == TYPE_CONST)
        return constant_fits(&type->constant, carrier);
    return type->scalar == carrier || carrier == SCALAR_INT_I128;
}

static ScalarKind common_carrier(const Type *a, const Type *b)
{
    static const ScalarKind CARRIERS[] = {SCALAR_INT, SCALAR_INT_U64};
    for (size_t i = 0; i < sizeof CARRIERS / sizeof *CARRIERS; i++)
        if (is_carried_by(a, CARRIERS[i]) && is_carried_by(b, CARRIERS[i]))
            return CARRIERS[i];
    return SCALAR_INT_I128;
}

static bool is_exact_in(const Type *type, ScalarKind kind)
{
    return type->kind != TYPE_CONST || constant_fits(&type->constant, kind);
}

static MergeStatus merge_numbers(TypeTable *table, const Type *a, const Type *b,
                                 const Type **join)
{
    ScalarKind left, right, common;
    type_scalar_of(a, &left);
    type_scalar_of(b, &right);
    if (type_is_python_int(a) && type_is_python_int(b))
        common = common_carrier(a, b);
    else
        common = left == right ? left : promote_kinds(PROMOTION_NUMPY, left, right);
    if (!is_exact_in(a, common) || !is_exact_in(b, common))
        return MERGE_CONSTANT;
    *join = type_scalar(table, common);
    return MERGE_OK;
}

/* ---- compound types ---- */

static MergeStatus merge_arrays(TypeTable *table, const Type *a, const Type *b,
                                const Type **join)
{
    ArrayType array = a->array;
    if (array.dtype != b->array.dtype || array.ndim != b->array.ndim)
        return MERGE_UNLIKE;
    if (array.layout != b->array.layout)
        array.layout = LAYOUT_ANY;
    array.readonly |= b->array.readonly;
    array.unaligned |= b->array.unaligned;
    *join = type_array(table, array);
    return MERGE_OK;
}

static MergeStatus merge_parts(TypeTable *table, const Type *a, const Type *b,
                               const Type **join)
{
    if (a->count != b->count || !type_payload_equal(a, b))
        return MERGE_UNLIKE;
    TypeScratch scratch = type_scratch_open(table, a->count);
    MergeStatus status = MERGE_OK;
    for (uint32_t i = 0; i < a->count && status == MERGE_OK; i++)
        status = promote_merge(table, a->elements[i], b->elements[i], &scratch.elements[i]);
    if (status == MERGE_OK) {
        Type proto = *a;
        proto.elements = scratch.elements;
        *join = type_intern(table, &proto);
    }
    type_scratch_close(table, &scratch);
    return status;
}

/* Two different types that are neither None, Unbound nor Never, and hold none of these. */
static MergeStatus merge_values(TypeTable *table, const Type *a, const Type *b,
                                const Type **join)
{
    ScalarKind kind;
    if (type_scalar_of(a, &kind) && type_scalar_of(b, &kind))
        return merge_numbers(table, a, b, join);
    if (is_str(a) && is_str(b)) {
        *join = table->str;
        return MERGE_OK;
    }
    if (a->kind != b->kind)
        return MERGE_UNLIKE;
    switch (type_row(a->kind)->merge) {
    case MEETING_APART:
        return MERGE_UNLIKE;
    case MEETING_PARTS:
        return merge_parts(table, a, b, join);
    case MEETING_LAYOUT:
        return merge_arrays(table, a, b, join);
    }
    return MERGE_UNLIKE;
}

/* What `type` is when bound and not None, Never for nothing; says which of the two it may be. */
static const Type *strip(const TypeTable *table, const Type *type, bool *unbound, bool *none)
{
    if (type->kind == TYPE_MAYBE || type->kind == TYPE_UNBOUND) {
        *unbound = true;
        type = type->kind == TYPE_MAYBE ? type->elements[0] : table->never;
    }
    if (type->kind == TYPE_OPTIONAL || type->kind == TYPE_NONE) {
        *none = true;
        type = type->kind == TYPE_OPTIONAL ? type->elements[0] : table->never;
    }
    return type;
}

MergeStatus promote_merge(TypeTable *table, const Type *a, const Type *b, const Type **join)
{
    bool unbound = false, none = false;
    const Type *left = strip(table, a, &unbound, &none);
    const Type *right = strip(table, b, &unbound, &none);
    const Type *joined = left;
    MergeStatus status = MERGE_OK;
    *join = NULL;
    if (left == table->never)
        joined = right;
    else if (right != table->never && left != right)
        status = merge_values(table, left, right, &joined);
    if (status != MERGE_OK)
        return status;
    if (none)
        joined = type_optional(table, joined);
    *join = unbound ? type_maybe(table, joined) : joined;
    return MERGE_OK;
}
