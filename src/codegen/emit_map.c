/* map and map_into: loop nests over a shape, elements in any order.
 *
 * An operand is an input or the destination, with a byte stride for each dim of the shape; 0 where the
 * input is stretched. Where everything is contiguous and of one shape, the nest collapses: the
 * innermost loop runs over all elements and the outer ones once. The innermost loop comes in two versions: one where
 * every operand is contiguous along it (or does not move at all), which LLVM vectorises, and one for any
 * strides. Regions that are long or loop themselves get the latter alone. The loops are marked
 * free of carried dependences.
 */
#include <assert.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/loop.h"
#include "codegen/memory.h"

enum { MAX_DIMS = 64, MAX_OPERANDS = 64, LONG_REGION = 150 };

typedef struct Operand {
    Array array;
    bool is_fixed;         /* one element: strides all 0 */
    LLVMValueRef *strides; /* by axis of the shape */
    LLVMValueRef base;     /* address, at the loops opened so far */
} Operand;

typedef struct MapNest {
    const Op *op;
    const Region *region;
    uint32_t ndim;
    LLVMValueRef dims[MAX_DIMS]; /* of the shape, then of the collapsed shape; in loop order */
    Operand *operands;           /* inputs, then the destination */
    uint32_t count;
    LLVMValueRef is_unit; /* all operands contiguous along the last axis; NULL: unused */
} MapNest;

static bool is_one(LLVMValueRef condition)
{
    return LLVMIsAConstantInt(condition) && LLVMConstIntGetZExtValue(condition) == 1;
}

static LLVMValueRef equal(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    if (x == y)
        return LLVMConstInt(e->i1, 1, false);
    return LLVMBuildICmp(e->builder, LLVMIntEQ, x, y, "");
}

static LLVMValueRef both(Emit *e, LLVMValueRef x, LLVMValueRef y)
{
    return is_one(x) ? y : is_one(y) ? x : LLVMBuildAnd(e->builder, x, y, "");
}

/* ---- operands ------------------------------------------------------------------------------ */

/* Right-aligned: an input's axis k is the shape's axis k + ndim - its own ndim. */
static void open_operand(Emit *e, const MapNest *nest, Operand *operand, const Value *value)
{
    operand->array = memory_array(e, value);
    operand->strides = ARENA_ARRAY(e->arena, LLVMValueRef, nest->ndim + 1);
    operand->base = operand->array.data;
    operand->is_fixed = operand->array.type->ndim == 0;
    uint32_t offset = nest->ndim - operand->array.type->ndim;
    for (uint32_t axis = 0; axis < nest->ndim; axis++) {
        operand->strides[axis] = emit_i64(e, 0);
        if (axis < offset)
            continue;
        LLVMValueRef stride = memory_stride(e, &operand->array, axis - offset);
        LLVMValueRef is_whole = equal(e, operand->array.dims[axis - offset], nest->dims[axis]);
        operand->strides[axis] =
            is_one(is_whole)
                ? stride
                : LLVMBuildSelect(e->builder, is_whole, stride, emit_i64(e, 0), "stride");
    }
}

/* Is the operand contiguous in C order over the whole shape? */
static LLVMValueRef is_dense(Emit *e, const MapNest *nest, const Operand *operand)
{
    const Array *array = &operand->array;
    LLVMValueRef dense =
        LLVMConstInt(e->i1, operand->is_fixed || array->type->ndim == nest->ndim, false);
    if (operand->is_fixed || array->type->ndim != nest->ndim)
        return dense;
    Array packed = {.type = array->type, .dims = array->dims};
    ArrayType c_type = *array->type;
    c_type.layout = LAYOUT_C;
    packed.type = &c_type;
    for (uint32_t axis = 0; axis < nest->ndim; axis++) {
        dense = both(e, dense, equal(e, array->dims[axis], nest->dims[axis]));
        if (array->type->layout != LAYOUT_C)
            dense =
                both(e, dense,
                     equal(e, memory_stride(e, array, axis), memory_stride(e, &packed, axis)));
    }
    return dense;
}

/* All elements in the last dim, 1 in the others, when everything is dense. */
static void collapse(Emit *e, MapNest *nest)
{
    LLVMValueRef dense = LLVMConstInt(e->i1, 1, false), total = emit_i64(e, 1);
    for (uint32_t i = 0; i < nest->count; i++)
        dense = both(e, dense, is_dense(e, nest, &nest->operands[i]));
    for (uint32_t axis = 0; axis < nest->ndim; axis++)
        total = LLVMBuildNSWMul(e->builder, total, nest->dims[axis], "");
    for (uint32_t axis = 0; axis < nest->ndim; axis++) {
        bool is_last = axis == nest->ndim - 1;
        LLVMValueRef collapsed = is_last ? total : emit_i64(e, 1);
        nest->dims[axis] =
            LLVMBuildSelect(e->builder, dense, collapsed, nest->dims[axis], "dim");
    }
}

static void find_unit(Emit *e, MapNest *nest)
{
    nest->is_unit = LLVMConstInt(e->i1, 1, false);
    for (uint32_t i = 0; i < nest->count && nest->ndim > 0; i++) {
        const Operand *operand = &nest->operands[i];
        LLVMValueRef size = emit_i64(e, scalar_size(operand->array.type->dtype));
        if (!operand->is_fixed)
            nest->is_unit =
                both(e, nest->is_unit, equal(e, operand->strides[nest->ndim - 1], size));
    }
}

/* ---- loops --------------------------------------------------------------------------------- */

static LLVMValueRef move(Emit *e, const Operand *operand, LLVMValueRef stride,
                         LLVMValueRef index)
{
    if (operand->is_fixed)
        return operand->base;
    LLVMValueRef offset = LLVMBuildNSWMul(e->builder, index, stride, "");
    return LLVMBuildInBoundsGEP2(e->builder, e->i8, operand->base, &offset, 1, "");
}

static LLVMValueRef element_of(Emit *e, const MapNest *nest, const Operand *operand,
                               LLVMValueRef index, bool unit)
{
    if (nest->ndim == 0)
        return operand->base;
    LLVMValueRef size = emit_i64(e, scalar_size(operand->array.type->dtype));
    return move(e, operand, unit ? size : operand->strides[nest->ndim - 1], index);
}

/* Loads the inputs' elements, runs the region and stores what it yields. */
static void emit_element(Emit *e, const MapNest *nest, LLVMValueRef index, bool unit)
{
    const Operand *to = &nest->operands[nest->count - 1];
    for (uint32_t i = 0; i + 1 < nest->count; i++) {
        const Operand *from = &nest->operands[i];
        LLVMValueRef address = element_of(e, nest, from, index, unit);
        emit_set_parts(e, nest->region->params[i], memory_load(e, &from->array, address));
    }
    Join yields;
    const Value *element = NULL;
    for (const Op *op = nest->region->last; op && op->code == OP_YIELD; op = NULL)
        element = op_arg(op, 0);
    LLVMTypeRef *types = element ? emit_types(e, element->type) : NULL;
    join_open(&yields, emit_block(e, "map.store"), types,
              element ? layout_part_count(element->type) : 0);
    emit_region(e, nest->region, &yields);
    LLVMValueRef *parts = join_close(e, &yields);
    if (element)
        memory_store(e, &to->array, element_of(e, nest, to, index, unit), parts);
}

static void open_nest_loop(Emit *e, const MapNest *nest, Loop *loop, Join *exit, uint32_t axis,
                           const char *name)
{
    bool is_inner = axis + 1 >= nest->ndim;
    *loop = (Loop){.op = nest->op, .name = name, .count = nest->dims[axis], .exit = exit};
    join_open(exit, emit_block(e, "%s.end", name), NULL, 0);
    loop->kind = loop_kind(e, nest->region, -1, &loop->inner_trips);
    if (!is_inner)
        loop->kind = LOOP_FUELLED;
    loop_open(e, loop, NULL);
}

static void close_nest_loop(Emit *e, Loop *loop)
{
    join_branch(e, &loop->next, NULL);
    loop_close(e, loop);
    join_close(e, loop->exit);
}

static void emit_inner(Emit *e, const MapNest *nest, bool unit)
{
    Loop loop;
    Join exit;
    LLVMMetadataRef outer = e->frame->parallel;
    open_nest_loop(e, nest, &loop, &exit, nest->ndim - 1, unit ? "map.unit" : "map.strided");
    loop.is_plain = nest->is_unit && !unit;
    loop.parallel = e->frame->parallel = loop.is_plain ? NULL : loop_parallel_id(e);
    emit_element(e, nest, loop.index, unit);
    e->frame->parallel = outer;
    close_nest_loop(e, &loop);
}

static void emit_innermost(Emit *e, MapNest *nest)
{
    if (nest->ndim == 0) {
        emit_element(e, nest, NULL, true);
        return;
    }
    if (!nest->is_unit || is_one(nest->is_unit)) {
        emit_inner(e, nest, nest->is_unit);
        return;
    }
    LLVMBasicBlockRef unit = emit_block(e, "map.unit"), strided = emit_block(e, "map.strided");
    LLVMBasicBlockRef end = emit_block(e, "map.inner.end");
    emit_branch_if(e, nest->is_unit, unit, strided, LIKELY);
    emit_at(e, unit);
    emit_inner(e, nest, true);
    emit_branch(e, end);
    emit_at(e, strided);
    emit_inner(e, nest, false);
    emit_branch(e, end);
    emit_at(e, end);
}

static void emit_axis(Emit *e, MapNest *nest, uint32_t axis)
{
    if (axis + 1 >= nest->ndim) {
        emit_innermost(e, nest);
        return;
    }
    Loop loop;
    Join exit;
    LLVMValueRef *outer = ARENA_ARRAY(e->arena, LLVMValueRef, nest->count);
    open_nest_loop(e, nest, &loop, &exit, axis, arena_printf(e->arena, "map.%u", axis));
    for (uint32_t i = 0; i < nest->count; i++) {
        Operand *operand = &nest->operands[i];
        outer[i] = operand->base;
        operand->base = move(e, operand, operand->strides[axis], loop.index);
    }
    emit_axis(e, nest, axis + 1);
    for (uint32_t i = 0; i < nest->count; i++)
        nest->operands[i].base = outer[i];
    close_nest_loop(e, &loop);
}

/* ---- the operations ------------------------------------------------------------------------ */

static uint32_t count_ops(const Region *region)
{
    uint32_t count = 0;
    for (const Op *op = region->first; op; op = op->next) {
        count++;
        for (uint32_t i = 0; i < op->region_count; i++)
            count += count_ops(&op->regions[i]);
    }
    return count;
}

/* A destination in F order is walked in its own order: the axes are renamed. */
static void reverse_axes(MapNest *nest)
{
    for (uint32_t i = 0, k = nest->ndim - 1; i < k; i++, k--) {
        LLVMValueRef dim = nest->dims[i];
        nest->dims[i] = nest->dims[k];
        nest->dims[k] = dim;
        for (uint32_t n = 0; n < nest->count; n++) {
            LLVMValueRef *strides = nest->operands[n].strides, stride = strides[i];
            strides[i] = strides[k];
            strides[k] = stride;
        }
    }
}

/* `inputs` is the arg where they start; the destination is the last operand. */
static void emit_nest(Emit *e, MapNest *nest, uint32_t inputs, const Value *destination)
{
    const Op *op = nest->op;
    nest->count = op->arg_count - inputs + 1;
    nest->operands = ARENA_ARRAY(e->arena, Operand, nest->count);
    for (uint32_t i = inputs; i < op->arg_count; i++)
        open_operand(e, nest, &nest->operands[i - inputs], op_arg(op, i));
    open_operand(e, nest, &nest->operands[nest->count - 1], destination);
    if (destination->type->array.layout == LAYOUT_F && nest->ndim > 1)
        reverse_axes(nest);
    else if (nest->ndim > 1)
        collapse(e, nest);
    if (count_ops(nest->region) <= LONG_REGION && facts_trips(e->facts, nest->region) == 1)
        find_unit(e, nest);
    emit_axis(e, nest, 0);
}

static void open_nest(Emit *e, MapNest *nest, const Op *op)
{
    *nest = (MapNest){.op = op, .region = &op->regions[0]};
    nest->ndim = (uint32_t)op->attr.integer;
    assert(nest->ndim <= MAX_DIMS);
    for (uint32_t i = 0; i < nest->ndim; i++)
        nest->dims[i] = emit_part(e, op_arg(op, i));
}

void emit_MAP_INTO(Emit *e, const Op *op)
{
    MapNest nest;
    open_nest(e, &nest, op);
    emit_nest(e, &nest, nest.ndim + 1, op_arg(op, nest.ndim));
}

/* When an element raises, the new array goes before the exception does. */
void emit_MAP(Emit *e, const Op *op)
{
    MapNest nest;
    Handler handler;
    open_nest(e, &nest, op);
    const Value *result = op_result(op, 0);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2 + nest.ndim);
    memcpy(parts + 2, nest.dims, nest.ndim * sizeof *parts);
    Array array = {.type = &result->type->array, .dims = parts + 2};
    LLVMValueRef size = emit_i64(e, scalar_size(array.type->dtype));
    LLVMValueRef bytes = LLVMBuildNSWMul(e->builder, memory_count(e, &array), size, "bytes");
    parts[0] = memory_buffer_new(e, op, bytes, false);
    parts[1] = memory_buffer_data(e, parts[0]);
    memory_declare_scope(e, op);
    emit_set_parts(e, result, parts);

    failure_open(e, &handler, "map.fail");
    LLVMValueRef slot = failure_slot(e, "map");
    emit_store(e, parts[0], slot, 8);
    emit_nest(e, &nest, nest.ndim, result);
    emit_store(e, LLVMConstNull(e->ptr), slot, 8);
    LLVMBasicBlockRef end = emit_block(e, "map.end");
    emit_branch(e, end);
    if (failure_close(e, &handler))
        failure_leave(e);
    emit_at(e, end);
}
