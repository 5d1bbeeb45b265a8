/* Arrays: parts, addresses, elements, alias scopes. */
#include "codegen/memory.h"

#include <assert.h>
#include <stddef.h>

#include "codegen/failure.h"
#include "codegen/runtime_call.h"
#include "runtime/abi.h"

/* ---- parts --------------------------------------------------------------------------------- */

static const Value *root_of(const Value *value)
{
    while (value->def && value->def->code == OP_ARRAY_VIEW)
        value = op_arg(value->def, 0);
    return value;
}

Array memory_array(Emit *e, const Value *value)
{
    LLVMValueRef *parts = emit_parts(e, value);
    const ArrayType *type = &value->type->array;
    return (Array){
        .type = type,
        .root = root_of(value),
        .owner = parts[0],
        .data = parts[1],
        .dims = parts + 2,
        .strides = type->layout == LAYOUT_ANY ? parts + 2 + type->ndim : NULL,
    };
}

static LLVMValueRef multiply(Emit *e, LLVMValueRef a, LLVMValueRef b)
{
    LLVMValueRef product = LLVMBuildNSWMul(e->builder, a, b, "");
    if (LLVMIsAInstruction(product))
        LLVMSetNUW(product, true);
    return product;
}

LLVMValueRef memory_stride(Emit *e, const Array *array, uint32_t axis)
{
    if (array->strides)
        return array->strides[axis];
    LLVMValueRef stride = emit_i64(e, scalar_size(array->type->dtype));
    if (array->type->layout == LAYOUT_F)
        for (uint32_t i = 0; i < axis; i++)
            stride = multiply(e, stride, array->dims[i]);
    else
        for (uint32_t i = array->type->ndim; --i > axis;)
            stride = multiply(e, stride, array->dims[i]);
    return stride;
}

LLVMValueRef memory_count(Emit *e, const Array *array)
{
    LLVMValueRef count = emit_i64(e, 1);
    for (uint32_t i = 0; i < array->type->ndim; i++)
        count = multiply(e, count, array->dims[i]);
    return count;
}

/* ---- buffers ------------------------------------------------------------------------------- */

LLVMValueRef memory_buffer_new(Emit *e, const Op *op, LLVMValueRef bytes, bool zeroed)
{
    LLVMValueRef args[] = {e->frame->ctx, bytes, emit_int(e->i32, zeroed)};
    LLVMValueRef owner = runtime_call(e, "rt_buffer_new", args);
    failure_propagate_runtime(e, op, LLVMBuildIsNotNull(e->builder, owner, ""));
    return owner;
}

/* NumPy takes the memory only after compiled code has returned it: the pointer does not change. */
LLVMValueRef memory_buffer_data(Emit *e, LLVMValueRef owner)
{
    LLVMValueRef place = emit_offset(e, owner, offsetof(RtBuffer, data));
    LLVMValueRef data = emit_load(e, e->ptr, place, 8, "data");
    emit_note(e, data, "invariant.load", emit_node(e, NULL, 0));
    return data;
}

/* ---- alias scopes -------------------------------------------------------------------------- */

typedef struct Scope {
    LLVMMetadataRef inside;  /* a list of itself */
    LLVMMetadataRef outside; /* a list of all others */
} Scope;

typedef VEC(const Value *) Makers;

/* Beyond some, the lists that every access carries cost more than they are worth. */
enum { MAX_SCOPES = 16 };

static void find_makers(Emit *e, const Region *region, Makers *makers)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_ARRAY_NEW || op->code == OP_MAP)
            vec_push(e->arena, makers, op_result(op, 0));
        for (uint32_t i = 0; i < op->region_count; i++)
            find_makers(e, &op->regions[i], makers);
    }
}

static LLVMMetadataRef others(Emit *e, LLVMMetadataRef *scopes, uint32_t count, uint32_t but)
{
    LLVMMetadataRef list[MAX_SCOPES];
    uint32_t len = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i != but)
            list[len++] = scopes[i];
    return len ? emit_node(e, list, len) : NULL;
}

void memory_open_scopes(Emit *e)
{
    Frame *frame = e->frame;
    Makers makers = {0};
    find_makers(e, &frame->func->body, &makers);
    if (makers.len == 0 || makers.len > MAX_SCOPES)
        return;
    const char *name = frame->func->name->text;
    LLVMMetadataRef domain[] = {emit_string(e, name)}, scopes[MAX_SCOPES];
    LLVMMetadataRef domain_node = emit_node(e, domain, 1);
    for (uint32_t i = 0; i < makers.len; i++) {
        const char *text = arena_printf(e->arena, "%s.%u", name, makers.data[i]->id);
        LLVMMetadataRef scope[] = {emit_string(e, text), domain_node};
        scopes[i] = emit_node(e, scope, 2);
    }
    frame->every_scope = emit_node(e, scopes, makers.len);
    for (uint32_t i = 0; i < makers.len; i++) {
        Scope *scope = ARENA_NEW(e->arena, Scope);
        scope->inside = emit_node(e, &scopes[i], 1);
        scope->outside = others(e, scopes, makers.len, i);
        map_set(e->arena, &frame->scopes, map_key(makers.data[i]), scope);
    }
}

void memory_declare_scope(Emit *e, const Op *op)
{
    Scope *scope = map_get(&e->frame->scopes, map_key(op_result(op, 0)));
    if (!scope)
        return;
    LLVMValueRef list = LLVMMetadataAsValue(e->context, scope->inside);
    emit_intrinsic(e, "llvm.experimental.noalias.scope.decl", NULL, &list, 1);
}

static bool is_from_outside(const Frame *frame, const Value *root)
{
    return root->def ? root->def->code == OP_HIDDEN : root->region == &frame->func->body;
}

static void note_scopes(Emit *e, const Array *array, LLVMValueRef access)
{
    Frame *frame = e->frame;
    if (frame->parallel)
        emit_note(e, access, "llvm.mem.parallel_loop_access", frame->parallel);
    if (!frame->every_scope || !array->root)
        return;
    Scope *scope = map_get(&frame->scopes, map_key(array->root));
    if (scope) {
        emit_note(e, access, "alias.scope", scope->inside);
        if (scope->outside)
            emit_note(e, access, "noalias", scope->outside);
    } else if (is_from_outside(frame, array->root)) {
        emit_note(e, access, "noalias", frame->every_scope);
    }
}

/* ---- elements ------------------------------------------------------------------------------ */

/* NumPy's bool arrays may be views of other bytes: any but 0 is true. */
static LLVMValueRef load_part(Emit *e, const Array *array, PartKind kind, LLVMValueRef address)
{
    unsigned align = array->type->unaligned ? 1 : scalar_size(scalar_real(array->type->dtype));
    LLVMValueRef part = emit_load(e, emit_memory_type(e, kind), address, align, "");
    note_scopes(e, array, part);
    if (kind != PART_BOOL)
        return part;
    return LLVMBuildICmp(e->builder, LLVMIntNE, part, emit_int(e->i8, 0), "");
}

static void store_part(Emit *e, const Array *array, LLVMValueRef part, LLVMValueRef address)
{
    unsigned align = array->type->unaligned ? 1 : scalar_size(scalar_real(array->type->dtype));
    if (LLVMTypeOf(part) == e->i1)
        part = LLVMBuildZExt(e->builder, part, e->i8, "");
    note_scopes(e, array, emit_store(e, part, address, align));
}

static uint32_t parts_of_element(const Array *array)
{
    return scalar_class(array->type->dtype) == CLASS_COMPLEX ? 2 : 1;
}

LLVMValueRef *memory_load(Emit *e, const Array *array, LLVMValueRef address)
{
    PartKind kind = layout_scalar_part(array->type->dtype);
    int64_t size = scalar_size(scalar_real(array->type->dtype));
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    for (uint32_t i = 0; i < parts_of_element(array); i++)
        parts[i] = load_part(e, array, kind, emit_offset(e, address, i * size));
    return parts;
}

void memory_store(Emit *e, const Array *array, LLVMValueRef address, LLVMValueRef *parts)
{
    int64_t size = scalar_size(scalar_real(array->type->dtype));
    for (uint32_t i = 0; i < parts_of_element(array); i++)
        store_part(e, array, parts[i], emit_offset(e, address, i * size));
}
