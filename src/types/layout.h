/* Layout: a value as a flat list of machine parts.
 *
 * Compiled code never holds aggregates: a value is the list of its parts, each in its own register. The
 * same list, one 8-byte slot a part (16 for I128, low half first), is how arguments and results cross the
 * boundary to Python. Parts by type:
 *     number          itself; complex: re, im; bool: one byte 0 or 1
 *     Optional, Maybe U8 flag (1: holds something), then the element's parts
 *     Array           owner, data, dim 0 … dim n-1, and for layout ANY stride 0 … stride n-1 (bytes)
 *     compounds       their elements' parts, one after the other
 *     Const, None, Dtype, Module, Builtin, Class, Method's name, Ellipsis, Never, Unbound: no parts
 *     Enum            I64 member number;  Slot, Pointer: one RAW pointer;  Str: RAW pointer, I64 length
 */
#ifndef MARTLET_TYPES_LAYOUT_H
#define MARTLET_TYPES_LAYOUT_H

#include "base/vec.h"
#include "types/type.h"

typedef enum PartKind {
    PART_BOOL, /* i1 in registers, one byte in memory */
    PART_I8,
    PART_I16,
    PART_I32,
    PART_I64,
    PART_I128,
    PART_F16, /* storage only: computed as F32 */
    PART_F32,
    PART_F64,
    PART_OWNER, /* pointer to an RtBuffer, a tagged borrowed object or NULL (runtime/abi.h) */
    PART_RAW,
} PartKind;

typedef VEC(PartKind) Parts;

/* Appends the parts of `type`. */
void layout_parts(Arena *arena, const Type *type, Parts *parts);
uint32_t layout_part_count(const Type *type);
/* 8-byte slots that the parts take at the boundary. */
uint32_t layout_slot_count(const Type *type);
/* Where element `index` of a compound (or the element of Optional and Maybe) starts among the parts. */
uint32_t layout_element_start(const Type *type, uint32_t index);
PartKind layout_scalar_part(ScalarKind kind); /* of a complex: of one half */

#endif
