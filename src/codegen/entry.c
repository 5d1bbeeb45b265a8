/* Entry points: what dispatch and NumPy call.
 *
 * ENTRY_CALL takes its arguments and leaves its result in slots; where nobody else calls the function,
 * the body is emitted in place. ENTRY_UFUNC is NumPy's inner loop around a scalar function, whose body
 * is emitted into each of its versions: all operands contiguous, and (for short functions of
 * two inputs) one of them a scalar; any strides. NumPy lets an output overlap inputs only element by
 * element, so that trips are independent.
 */
#include <assert.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/loop.h"
#include "codegen/memory.h"
#include "codegen/program.h"

enum { MAX_OPERANDS = 32, SHORT_BODY = 40 };

bool entry_takes_body(const Emit *e, const FuncFacts *facts)
{
    uint32_t calls = 0;
    for (uint32_t i = 0; i < e->input->entry_count; i++) {
        const Entry *entry = &e->input->entries[i];
        if (entry->func == facts->func && entry->kind == ENTRY_CALL)
            calls++;
    }
    return calls <= 1 && !facts->is_called;
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Dims are not negative; LLVM cannot know. */
static void note_dims(Emit *e, const Type *type, LLVMValueRef *parts)
{
    if (type->kind != TYPE_ARRAY)
        return;
    LLVMMetadataRef range[] = {LLVMValueAsMetadata(emit_i64(e, 0)),
                               LLVMValueAsMetadata(emit_i64(e, INT64_MIN))};
    for (uint32_t i = 0; i < type->array.ndim; i++)
        if (LLVMIsALoadInst(parts[2 + i]))
            emit_note(e, parts[2 + i], "range", emit_node(e, range, 2));
}

static LLVMValueRef **load_args(Emit *e, const Func *func, LLVMValueRef slots)
{
    LLVMValueRef **all = ARENA_ARRAY(e->arena, LLVMValueRef *, func->body.param_count + 1);
    int64_t offset = 0;
    for (uint32_t i = 0; i < func->body.param_count; i++) {
        const Type *type = func->body.params[i]->type;
        all[i] = emit_load_slots(e, type, emit_offset(e, slots, offset));
        note_dims(e, type, all[i]);
        offset += 8 * (int64_t)layout_slot_count(type);
    }
    return all;
}

static void call_internal(Emit *e, const FuncFacts *facts, LLVMValueRef **params)
{
    VEC(LLVMValueRef) args = {0};
    vec_push(e->arena, &args, e->frame->ctx);
    vec_push(e->arena, &args, e->frame->results);
    for (uint32_t i = 0; i < facts->func->body.param_count; i++)
        for (uint32_t k = 0; k < layout_part_count(facts->func->body.params[i]->type); k++)
            vec_push(e->arena, &args, params[i][k]);
    LLVMTypeRef type = LLVMGlobalGetValueType(facts->function);
    LLVMBuildRet(e->builder, LLVMBuildCall2(e->builder, type, facts->function, args.data,
                                            args.len, "status"));
}

static void define_call(Emit *e, const Entry *entry)
{
    FuncFacts *facts = facts_of(e->facts, entry->func);
    LLVMTypeRef params[] = {e->ptr, e->ptr, e->ptr};
    LLVMValueRef function =
        program_add_function(e, entry->symbol, program_function_type(e, params, 3));
    Frame frame;
    program_open_frame(e, &frame, entry->func, function);
    frame.results = LLVMGetParam(function, 1);
    LLVMSetValueName2(frame.results, "results", 7);
    LLVMSetValueName2(LLVMGetParam(function, 2), "args", 4);
    program_open_function(e);
    LLVMValueRef **args = load_args(e, entry->func, LLVMGetParam(function, 2));
    if (entry_takes_body(e, facts)) {
        for (uint32_t i = 0; i < entry->func->body.param_count; i++)
            program_set_param(e, i, args[i]);
        program_emit_body(e);
    } else {
        call_internal(e, facts, args);
    }
    e->frame = NULL;
}

/* ---- ufunc loops --------------------------------------------------------------------------- */

typedef struct Operand {
    Array array; /* its dtype only */
    ArrayType type;
    LLVMValueRef data, step;
} Operand;

typedef struct Ufunc {
    Func *func;
    Frame *frame; /* of the whole; bodies have their own */
    uint32_t inputs, outputs;
    Operand operands[MAX_OPERANDS];
    LLVMValueRef count;
} Ufunc;

enum {
    STRIDED = -2,
    CONTIGUOUS = -1
}; /* versions; from 0: contiguous but for this input, a scalar */

static void open_operand(Emit *e, Ufunc *u, uint32_t index, const Type *type, LLVMValueRef data,
                         LLVMValueRef steps)
{
    Operand *operand = &u->operands[index];
    bool is_number = type_scalar_of(type, &operand->type.dtype);
    assert(is_number && index < MAX_OPERANDS);
    (void)is_number;
    operand->array = (Array){.type = &operand->type};
    operand->data = emit_load(e, e->ptr, emit_offset(e, data, 8 * (int64_t)index), 8, "data");
    operand->step = emit_load(e, e->i64, emit_offset(e, steps, 8 * (int64_t)index), 8, "step");
}

static void open_operands(Emit *e, Ufunc *u, LLVMValueRef data, LLVMValueRef steps)
{
    const Type *result = u->func->result;
    bool is_tuple = result->kind == TYPE_TUPLE;
    u->inputs = u->func->body.param_count;
    u->outputs = is_tuple ? result->count : 1;
    for (uint32_t i = 0; i < u->inputs; i++)
        open_operand(e, u, i, u->func->body.params[i]->type, data, steps);
    for (uint32_t i = 0; i < u->outputs; i++)
        open_operand(e, u, u->inputs + i, is_tuple ? result->elements[i] : result, data, steps);
}

static int64_t size_of(const Operand *operand)
{
    return scalar_size(operand->type.dtype);
}

/* Do the steps allow the version? */
static LLVMValueRef allows(Emit *e, const Ufunc *u, int version)
{
    LLVMValueRef all = LLVMConstInt(e->i1, 1, false);
    for (uint32_t i = 0; i < u->inputs + u->outputs; i++) {
        int64_t wanted = (int)i == version ? 0 : size_of(&u->operands[i]);
        LLVMValueRef step = u->operands[i].step;
        LLVMValueRef same = LLVMBuildICmp(e->builder, LLVMIntEQ, step, emit_i64(e, wanted), "");
        all = LLVMBuildAnd(e->builder, all, same, "");
    }
    return all;
}

static LLVMValueRef address(Emit *e, const Operand *operand, LLVMValueRef index, int version,
                            uint32_t which)
{
    if (version == (int)which)
        return operand->data;
    LLVMValueRef step = version == STRIDED ? operand->step : emit_i64(e, size_of(operand));
    LLVMValueRef offset = LLVMBuildNSWMul(e->builder, index, step, "");
    return LLVMBuildInBoundsGEP2(e->builder, e->i8, operand->data, &offset, 1, "");
}

/* The body of the scalar function, its params loaded from the inputs, its result stored. */
static void emit_trip(Emit *e, Ufunc *u, const Loop *loop, int version)
{
    Frame frame;
    Join returns;
    Frame *outer = e->frame;
    program_open_frame(e, &frame, u->func, outer->function);
    frame.entry = outer->entry;
    frame.handler = outer->handler;
    frame.fuel = outer->fuel;
    frame.fuel_depth = outer->fuel_depth;
    frame.parallel = loop->parallel;
    for (uint32_t i = 0; i < u->inputs; i++) {
        LLVMValueRef at = address(e, &u->operands[i], loop->index, version, i);
        program_set_param(e, i, memory_load(e, &u->operands[i].array, at));
    }
    frame.parallel = NULL;
    join_open(&returns, emit_block(e, "store"), emit_types(e, u->func->result),
              layout_part_count(u->func->result));
    frame.returns = &returns;
    emit_region(e, &u->func->body, NULL);
    LLVMValueRef *parts = join_close(e, &returns);
    frame.parallel = loop->parallel;
    for (uint32_t i = 0; i < u->outputs; i++) {
        const Operand *to = &u->operands[u->inputs + i];
        LLVMValueRef at = address(e, to, loop->index, version, u->inputs + i);
        memory_store(e, &to->array, at, parts);
        parts += scalar_class(to->type.dtype) == CLASS_COMPLEX ? 2 : 1;
    }
    outer->fuel = frame.fuel;
    e->frame = outer;
}

static void emit_version(Emit *e, Ufunc *u, int version, const char *name, Join *done)
{
    Op nowhere = {.loc = &u->func->loc}; /* where a poll is in tracebacks */
    Loop loop = {.op = &nowhere, .name = name, .count = u->count, .exit = done};
    bool is_flat = facts_of(e->facts, u->func)->is_flat;
    loop.kind = loop_kind(e, &u->func->body, -1, &loop.inner_trips);
    if (!is_flat)
        loop.kind = LOOP_FUELLED;
    loop.parallel = loop_parallel_id(e);
    loop_open(e, &loop, NULL);
    emit_trip(e, u, &loop, version);
    join_branch(e, &loop.next, NULL);
    loop_close(e, &loop);
}

static uint32_t count_ops(const Region *region)
{
    uint32_t count = 0;
    for (const Op *op = region->first; op; op = op->next)
        count += op->region_count ? SHORT_BODY : 1u;
    return count;
}

/* Goes to the version's loop when the steps allow it, and on otherwise. */
static void emit_guarded(Emit *e, Ufunc *u, int version, const char *name, Join *done)
{
    LLVMBasicBlockRef here = emit_block(e, "%s", name), next = emit_block(e, "not.%s", name);
    emit_branch_if(e, allows(e, u, version), here, next, EVEN);
    emit_at(e, here);
    emit_version(e, u, version, name, done);
    emit_at(e, next);
}

static void define_ufunc(Emit *e, const Entry *entry)
{
    LLVMTypeRef params[] = {e->ptr, e->ptr, e->ptr, e->ptr};
    LLVMValueRef function =
        program_add_function(e, entry->symbol, program_function_type(e, params, 4));
    Frame frame;
    Handler handler;
    Join done;
    Ufunc u = {.func = entry->func, .frame = &frame};
    program_open_frame(e, &frame, entry->func, function);
    program_open_function(e);
    failure_open(e, &handler, "error");
    join_open(&done, emit_block(e, "done"), NULL, 0);
    u.count = emit_load(e, e->i64, LLVMGetParam(function, 2), 8, "count");
    open_operands(e, &u, LLVMGetParam(function, 1), LLVMGetParam(function, 3));
    bool is_short =
        facts_of(e->facts, u.func)->is_flat && count_ops(&u.func->body) < SHORT_BODY;
    if (facts_of(e->facts, u.func)->is_flat)
        emit_guarded(e, &u, CONTIGUOUS, "contiguous", &done);
    if (is_short && u.inputs == 2) {
        emit_guarded(e, &u, 0, "scalar.0", &done);
        emit_guarded(e, &u, 1, "scalar.1", &done);
    }
    emit_version(e, &u, STRIDED, "strided", &done);
    join_close(e, &done);
    LLVMBuildRet(e->builder, emit_int(e->i32, 0));
    if (failure_close(e, &handler))
        LLVMBuildRet(e->builder, emit_int(e->i32, 1));
    e->frame = NULL;
}

void entry_define(Emit *e, const Entry *entry)
{
    switch (entry->kind) {
    case ENTRY_CALL:
        define_call(e, entry);
        return;
    case ENTRY_UFUNC:
        define_ufunc(e, entry);
        return;
    }
}
