/* Arrays: making, viewing, loading and storing. Indices are in range and views in memory when these
 * run; checks are operations of their own. */
#include <assert.h>

#include "codegen/failure.h"
#include "codegen/memory.h"

/* With the index of each axis (args from `first`), the address of an element. Layouts C and F index
 * elements, so that LLVM sees which axis is contiguous. */
static LLVMValueRef linear_index(Emit *e, const Array *array, const Op *op, uint32_t first)
{
    uint32_t ndim = array->type->ndim;
    LLVMValueRef index = NULL;
    for (uint32_t i = 0; i < ndim; i++) {
        uint32_t axis = array->type->layout == LAYOUT_F ? ndim - 1 - i : i;
        LLVMValueRef here = emit_part(e, op_arg(op, first + axis));
        if (index) {
            index = LLVMBuildNSWMul(e->builder, index, array->dims[axis], "");
            index = LLVMBuildNSWAdd(e->builder, index, here, "");
        } else {
            index = here;
        }
    }
    return index ? index : emit_i64(e, 0);
}

static LLVMValueRef byte_offset(Emit *e, const Array *array, const Op *op, uint32_t first)
{
    LLVMValueRef offset = emit_i64(e, 0);
    for (uint32_t i = 0; i < array->type->ndim; i++) {
        LLVMValueRef index = emit_part(e, op_arg(op, first + i));
        LLVMValueRef step = LLVMBuildNSWMul(e->builder, index, array->strides[i], "");
        offset = LLVMBuildNSWAdd(e->builder, offset, step, "");
    }
    return offset;
}

static LLVMValueRef element_address(Emit *e, const Array *array, const Op *op)
{
    LLVMTypeRef unit = e->i8;
    LLVMValueRef index;
    if (array->strides) {
        index = byte_offset(e, array, op, 1);
    } else {
        ScalarKind dtype = array->type->dtype;
        unit = emit_memory_type(e, layout_scalar_part(dtype));
        index = linear_index(e, array, op, 1);
        if (scalar_class(dtype) == CLASS_COMPLEX)
            index = LLVMBuildNSWMul(e->builder, index, emit_i64(e, 2), "");
    }
    return LLVMBuildInBoundsGEP2(e->builder, unit, array->data, &index, 1, "");
}

void emit_LOAD(Emit *e, const Op *op)
{
    Array array = memory_array(e, op_arg(op, 0));
    LLVMValueRef *parts = memory_load(e, &array, element_address(e, &array, op));
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_STORE(Emit *e, const Op *op)
{
    Array array = memory_array(e, op_arg(op, 0));
    const Value *value = op_arg(op, 1u + array.type->ndim);
    memory_store(e, &array, element_address(e, &array, op), emit_parts(e, value));
}

void emit_ARRAY_NEW(Emit *e, const Op *op)
{
    const ArrayType *type = &op_result(op, 0)->type->array;
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2 + type->ndim);
    for (uint32_t i = 0; i < type->ndim; i++)
        parts[2 + i] = emit_part(e, op_arg(op, i));
    Array array = {.type = type, .dims = parts + 2};
    LLVMValueRef bytes = LLVMBuildNSWMul(e->builder, memory_count(e, &array),
                                         emit_i64(e, scalar_size(type->dtype)), "bytes");
    parts[0] = memory_buffer_new(e, op, bytes, op->attr.integer);
    parts[1] = memory_buffer_data(e, parts[0]);
    memory_declare_scope(e, op);
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_ARRAY_VIEW(Emit *e, const Op *op)
{
    Array base = memory_array(e, op_arg(op, 0));
    LLVMValueRef offset = emit_part(e, op_arg(op, 1)), *parts;
    uint32_t width = layout_part_count(op_result(op, 0)->type);
    assert(width == op->arg_count);
    parts = ARENA_ARRAY(e->arena, LLVMValueRef, width);
    parts[0] = base.owner;
    parts[1] = LLVMBuildInBoundsGEP2(e->builder, e->i8, base.data, &offset, 1, "data");
    for (uint32_t i = 2; i < width; i++)
        parts[i] = emit_part(e, op_arg(op, i));
    emit_set_parts(e, op_result(op, 0), parts);
}

void emit_ARRAY_DIM(Emit *e, const Op *op)
{
    emit_set(e, op, memory_array(e, op_arg(op, 0)).dims[op->attr.integer]);
}

void emit_ARRAY_STRIDE(Emit *e, const Op *op)
{
    Array array = memory_array(e, op_arg(op, 0));
    emit_set(e, op, memory_stride(e, &array, (uint32_t)op->attr.integer));
}

void emit_ARRAY_DATA(Emit *e, const Op *op)
{
    emit_set(e, op, memory_array(e, op_arg(op, 0)).data);
}

/* ---- overlap ------------------------------------------------------------------------------- */

typedef struct Extent {
    LLVMValueRef first, last; /* addresses of the first byte and past the last */
    LLVMValueRef is_empty;
} Extent;

static Extent extent_of(Emit *e, const Array *array)
{
    LLVMBuilderRef b = e->builder;
    LLVMValueRef first = LLVMBuildPtrToInt(b, array->data, e->i64, "");
    Extent extent = {first, first, LLVMConstInt(e->i1, 0, false)};
    for (uint32_t i = 0; i < array->type->ndim; i++) {
        LLVMValueRef dim = array->dims[i], stride = memory_stride(e, array, i);
        LLVMValueRef reach =
            LLVMBuildMul(b, stride, LLVMBuildSub(b, dim, emit_i64(e, 1), ""), "");
        LLVMValueRef down[] = {reach, emit_i64(e, 0)}, up[] = {reach, emit_i64(e, 0)};
        extent.first =
            LLVMBuildAdd(b, extent.first, emit_intrinsic(e, "llvm.smin", e->i64, down, 2), "");
        extent.last =
            LLVMBuildAdd(b, extent.last, emit_intrinsic(e, "llvm.smax", e->i64, up, 2), "");
        LLVMValueRef is_empty = LLVMBuildICmp(b, LLVMIntEQ, dim, emit_i64(e, 0), "");
        extent.is_empty = LLVMBuildOr(b, extent.is_empty, is_empty, "");
    }
    extent.last =
        LLVMBuildAdd(b, extent.last, emit_i64(e, scalar_size(array->type->dtype)), "");
    return extent;
}

/* Are the same elements at the same indices? */
static LLVMValueRef is_same(Emit *e, const Array *x, const Array *y)
{
    LLVMBuilderRef b = e->builder;
    if (x->type->ndim != y->type->ndim || x->type->dtype != y->type->dtype)
        return LLVMConstInt(e->i1, 0, false);
    LLVMValueRef same = LLVMBuildICmp(b, LLVMIntEQ, x->data, y->data, "");
    for (uint32_t i = 0; i < x->type->ndim; i++) {
        LLVMValueRef dims = LLVMBuildICmp(b, LLVMIntEQ, x->dims[i], y->dims[i], "");
        LLVMValueRef strides =
            LLVMBuildICmp(b, LLVMIntEQ, memory_stride(e, x, i), memory_stride(e, y, i), "");
        same = LLVMBuildAnd(b, same, LLVMBuildAnd(b, dims, strides, ""), "");
    }
    return same;
}

/* Interleaved arrays (the even and the odd elements of one) count as overlapping: a copy too many at
 * worst. */
void emit_ARRAY_OVERLAP(Emit *e, const Op *op)
{
    LLVMBuilderRef b = e->builder;
    Array x = memory_array(e, op_arg(op, 0)), y = memory_array(e, op_arg(op, 1));
    Extent of_x = extent_of(e, &x), of_y = extent_of(e, &y);
    LLVMValueRef meets =
        LLVMBuildAnd(b, LLVMBuildICmp(b, LLVMIntULT, of_x.first, of_y.last, ""),
                     LLVMBuildICmp(b, LLVMIntULT, of_y.first, of_x.last, ""), "");
    LLVMValueRef harmless = LLVMBuildOr(b, LLVMBuildOr(b, of_x.is_empty, of_y.is_empty, ""),
                                        is_same(e, &x, &y), "");
    emit_set(e, op, LLVMBuildAnd(b, meets, LLVMBuildNot(b, harmless, ""), "overlap"));
}

/* ---- raw memory ---------------------------------------------------------------------------- */

static LLVMValueRef raw_address(Emit *e, const Op *op)
{
    LLVMValueRef offset = emit_part(e, op_arg(op, 1));
    return LLVMBuildGEP2(e->builder, e->i8, emit_part(e, op_arg(op, 0)), &offset, 1, "");
}

static ArrayType raw_type(const Type *type)
{
    ArrayType raw = {.unaligned = true};
    type_scalar_of(type, &raw.dtype);
    return raw;
}

void emit_POINTER_LOAD(Emit *e, const Op *op)
{
    ArrayType type = raw_type(op_result(op, 0)->type);
    Array raw = {.type = &type};
    emit_set_parts(e, op_result(op, 0), memory_load(e, &raw, raw_address(e, op)));
}

void emit_POINTER_STORE(Emit *e, const Op *op)
{
    ArrayType type = raw_type(op_arg(op, 2)->type);
    Array raw = {.type = &type};
    memory_store(e, &raw, raw_address(e, op), emit_parts(e, op_arg(op, 2)));
}

void emit_POINTER_ADD(Emit *e, const Op *op)
{
    emit_set(e, op, raw_address(e, op));
}
