/* Layout: which machine parts a value of a type is made of. See layout.h for the table. */
#include "types/layout.h"

#include <assert.h>

PartKind layout_scalar_part(ScalarKind kind)
{
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
        return PART_BOOL;
    case CLASS_INT:
    case CLASS_UINT:
        switch (scalar_bits(kind)) {
        case 8:
            return PART_I8;
        case 16:
            return PART_I16;
        case 32:
            return PART_I32;
        case 64:
            return PART_I64;
        default:
            return PART_I128;
        }
    case CLASS_FLOAT:
        return scalar_bits(kind) == 16   ? PART_F16
               : scalar_bits(kind) == 32 ? PART_F32
                                         : PART_F64;
    case CLASS_COMPLEX:
        return scalar_bits(kind) == 64 ? PART_F32 : PART_F64;
    }
    return PART_I64;
}

static void array_parts(Arena *arena, const ArrayType *array, Parts *parts)
{
    uint32_t words = array->layout == LAYOUT_ANY ? 2u * array->ndim : array->ndim;
    vec_push(arena, parts, PART_OWNER);
    vec_push(arena, parts, PART_RAW);
    for (uint32_t i = 0; i < words; i++)
        vec_push(arena, parts, PART_I64);
}

void layout_parts(Arena *arena, const Type *type, Parts *parts)
{
    switch (type->kind) {
    case TYPE_SCALAR:
        vec_push(arena, parts, layout_scalar_part(type->scalar));
        if (scalar_class(type->scalar) == CLASS_COMPLEX)
            vec_push(arena, parts, layout_scalar_part(type->scalar));
        return;
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
        vec_push(arena, parts, PART_BOOL);
        layout_parts(arena, type->elements[0], parts);
        return;
    case TYPE_ARRAY:
        array_parts(arena, &type->array, parts);
        return;
    case TYPE_TUPLE:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_METHOD:
    case TYPE_FUNCTION:
    case TYPE_ITER:
    case TYPE_EXCEPTION:
        for (uint32_t i = 0; i < type->count; i++)
            layout_parts(arena, type->elements[i], parts);
        return;
    case TYPE_ENUM:
        vec_push(arena, parts, PART_I64);
        return;
    case TYPE_SLOT:
    case TYPE_POINTER:
        vec_push(arena, parts, PART_RAW);
        return;
    case TYPE_STR:
        vec_push(arena, parts, PART_RAW);
        vec_push(arena, parts, PART_I64);
        return;
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_NONE:
    case TYPE_CONST:
    case TYPE_ELLIPSIS:
    case TYPE_DTYPE:
    case TYPE_MODULE:
    case TYPE_BUILTIN:
    case TYPE_CLASS:
        return;
    }
}

uint32_t layout_part_count(const Type *type)
{
    switch (type->kind) {
    case TYPE_SCALAR:
        return scalar_class(type->scalar) == CLASS_COMPLEX ? 2 : 1;
    case TYPE_OPTIONAL:
    case TYPE_MAYBE:
        return 1 + layout_part_count(type->elements[0]);
    case TYPE_ARRAY:
        return 2u + (type->array.layout == LAYOUT_ANY ? 2u : 1u) * type->array.ndim;
    case TYPE_STR:
        return 2;
    case TYPE_ENUM:
    case TYPE_SLOT:
    case TYPE_POINTER:
        return 1;
    case TYPE_TUPLE:
    case TYPE_RANGE:
    case TYPE_SLICE:
    case TYPE_METHOD:
    case TYPE_FUNCTION:
    case TYPE_ITER:
    case TYPE_EXCEPTION:
        return layout_element_start(type, type->count);
    case TYPE_NEVER:
    case TYPE_UNBOUND:
    case TYPE_NONE:
    case TYPE_CONST:
    case TYPE_ELLIPSIS:
    case TYPE_DTYPE:
    case TYPE_MODULE:
    case TYPE_BUILTIN:
    case TYPE_CLASS:
        return 0;
    }
    return 0;
}

static bool is_wide(const Type *type)
{
    return type->kind == TYPE_SCALAR && type->scalar == SCALAR_INT_I128;
}

uint32_t layout_slot_count(const Type *type)
{
    if (is_wide(type))
        return 2;
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_SLOT || type->kind == TYPE_ENUM ||
        type->count == 0 || type->kind == TYPE_CONST)
        return layout_part_count(type);
    uint32_t slots = type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE ? 1 : 0;
    for (uint32_t i = 0; i < type->count; i++)
        slots += layout_slot_count(type->elements[i]);
    return slots;
}

uint32_t layout_element_start(const Type *type, uint32_t index)
{
    assert(index <= type->count);
    uint32_t start = type->kind == TYPE_OPTIONAL || type->kind == TYPE_MAYBE ? 1 : 0;
    for (uint32_t i = 0; i < index; i++)
        start += layout_part_count(type->elements[i]);
    return start;
}
