/* Entry points: what dispatch and NumPy call.
 *
 * ENTRY_CALL takes its arguments and leaves its result in slots; where nobody else calls the function,
 * the body is emitted in place. ENTRY_UFUNC is NumPy's inner loop around a scalar function, whose body
 * is emitted up to three times: for contiguous operands, where inputs may also be scalars, for an output
 * that is the next trip's input (reduce, accumulate), and for any strides. Otherwise NumPy lets an output
 * overlap inputs only element by element, so that trips are independent.
 */
#include <assert.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/loop.h"
#include "codegen/memory.h"
#include "codegen/program.h"

enum { MAX_OPERANDS = 32 };

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
    ArrayType type; /* its dtype only */
    Array array;
    LLVMValueRef data, step;
    LLVMValueRef is_scalar, spread; /* an input with step 0: BLOCK copies of it; or NULL */
    LLVMValueRef base, stride;      /* of the loop being emitted */
} Operand;

typedef struct Ufunc {
    Func *func;
    Op place; /* where polls are in tracebacks: the function */
    uint32_t inputs, outputs;
    Operand operands[MAX_OPERANDS];
    LLVMValueRef count;
} Ufunc;

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

static uint32_t parts_of(const Operand *operand)
{
    return scalar_class(operand->type.dtype) == CLASS_COMPLEX ? 2 : 1;
}

static LLVMValueRef size_of(const Emit *e, const Operand *operand)
{
    return emit_i64(e, scalar_size(operand->type.dtype));
}

static LLVMValueRef has_step(Emit *e, const Operand *operand, LLVMValueRef step)
{
    return LLVMBuildICmp(e->builder, LLVMIntEQ, operand->step, step, "");
}

static LLVMValueRef element(Emit *e, const Operand *operand, LLVMValueRef index)
{
    LLVMValueRef offset = LLVMBuildNSWMul(e->builder, index, operand->stride, "");
    return LLVMBuildInBoundsGEP2(e->builder, e->i8, operand->base, &offset, 1, "");
}

/* The body of the scalar function, its params loaded from the inputs (but the first, where it is given), its
 * result stored and returned. */
static LLVMValueRef *emit_trip(Emit *e, Ufunc *u, const Loop *loop, LLVMValueRef *first)
{
    Frame frame, *outer = e->frame;
    Join returns;
    program_open_frame(e, &frame, u->func, outer->function);
    frame.entry = outer->entry;
    frame.handler = outer->handler;
    frame.fuel = outer->fuel;
    frame.fuel_depth = outer->fuel_depth;
    frame.parallel = loop->parallel;
    if (first)
        program_set_param(e, 0, first);
    for (uint32_t i = first ? 1 : 0; i < u->inputs; i++) {
        LLVMValueRef at = element(e, &u->operands[i], loop->index);
        program_set_param(e, i, memory_load(e, &u->operands[i].array, at));
    }
    frame.parallel = NULL;
    join_open(&returns, emit_block(e, "store"), emit_types(e, u->func->result),
              layout_part_count(u->func->result));
    frame.returns = &returns;
    emit_region(e, &u->func->body, NULL);
    LLVMValueRef *results = join_close(e, &returns), *parts = results;
    frame.parallel = loop->parallel;
    for (uint32_t i = 0; i < u->outputs; i++) {
        const Operand *to = &u->operands[u->inputs + i];
        memory_store(e, &to->array, element(e, to, loop->index), parts);
        parts += parts_of(to);
    }
    outer->fuel = frame.fuel;
    e->frame = outer;
    return results;
}

/* ---- contiguous operands ------------------------------------------------------------------- */

enum {
    BLOCK = 1024
}; /* elements between two looks at where operands are, when one is a scalar */

/* All operands contiguous, inputs perhaps scalars? */
static LLVMValueRef is_contiguous(Emit *e, Ufunc *u)
{
    LLVMValueRef all = LLVMConstInt(e->i1, 1, false);
    for (uint32_t i = 0; i < u->inputs + u->outputs; i++) {
        Operand *operand = &u->operands[i];
        LLVMValueRef fits = has_step(e, operand, size_of(e, operand));
        operand->is_scalar = i < u->inputs ? has_step(e, operand, emit_i64(e, 0)) : NULL;
        if (operand->is_scalar)
            fits = LLVMBuildOr(e->builder, fits, operand->is_scalar, "");
        all = LLVMBuildAnd(e->builder, all, fits, "");
    }
    return all;
}

/* Fills the operand's block with copies when it is a scalar. */
static void spread_scalar(Emit *e, const Ufunc *u, Operand *operand)
{
    LLVMTypeRef type = emit_memory_type(e, layout_scalar_part(operand->type.dtype));
    Join end;
    LLVMBasicBlockRef fill = emit_block(e, "spread");
    operand->spread = emit_alloca(e, type, BLOCK * parts_of(operand), "spread");
    operand->base = operand->spread;
    operand->stride = size_of(e, operand);
    join_open(&end, emit_block(e, "spread.end"), NULL, 0);
    join_add(e, &end, NULL);
    emit_branch_if(e, operand->is_scalar, fill, end.block, EVEN);
    emit_at(e, fill);
    LLVMValueRef *parts = memory_load(e, &operand->array, operand->data);
    LLVMValueRef least[] = {u->count, emit_i64(e, BLOCK)};
    Loop loop = {.op = &u->place, .name = "spread", .kind = LOOP_COUNTED, .exit = &end};
    loop.count = emit_intrinsic(e, "llvm.umin", e->i64, least, 2);
    loop.is_plain = true;
    loop_open(e, &loop, NULL);
    memory_store(e, &operand->array, element(e, operand, loop.index), parts);
    join_branch(e, &loop.next, NULL);
    loop_close(e, &loop);
    join_close(e, &end);
}

/* How many elements go between two looks at the operands' places. */
static LLVMValueRef spread_scalars(Emit *e, Ufunc *u)
{
    LLVMValueRef any = LLVMConstInt(e->i1, 0, false);
    for (uint32_t i = 0; i < u->inputs; i++) {
        spread_scalar(e, u, &u->operands[i]);
        any = LLVMBuildOr(e->builder, any, u->operands[i].is_scalar, "");
    }
    return LLVMBuildSelect(e->builder, any, emit_i64(e, BLOCK), emit_i64(e, 1 << 16), "block");
}

static void place_operand(Emit *e, Operand *operand, LLVMValueRef start)
{
    operand->base = operand->data;
    operand->stride = size_of(e, operand);
    operand->base = element(e, operand, start);
    if (operand->spread)
        operand->base = LLVMBuildSelect(e->builder, operand->is_scalar, operand->spread,
                                        operand->base, "base");
}

static void emit_block_loop(Emit *e, Ufunc *u, LLVMValueRef count)
{
    Join end;
    Loop loop = {.op = &u->place, .name = "contiguous", .kind = LOOP_COUNTED, .count = count};
    loop.exit = &end;
    loop.inner_trips = 1;
    loop.parallel = loop_parallel_id(e);
    join_open(&end, emit_block(e, "contiguous.end"), NULL, 0);
    loop_open(e, &loop, NULL);
    emit_trip(e, u, &loop, NULL);
    join_branch(e, &loop.next, NULL);
    loop_close(e, &loop);
    join_close(e, &end);
}

/* Block by block, so that a scalar's copies serve again and again; without scalars the blocks are
 * long. One vectorised body serves all mixtures of arrays and scalars. */
static void emit_contiguous(Emit *e, Ufunc *u, Join *done)
{
    LLVMValueRef block = spread_scalars(e, u), first[] = {emit_i64(e, 0)};
    Loop outer = {.op = &u->place, .name = "blocks", .kind = LOOP_ENDLESS, .inner_trips = 1};
    outer.types = &e->i64;
    outer.width = 1;
    loop_open(e, &outer, first);
    LLVMValueRef start = outer.carried[0];
    LLVMValueRef sizes[] = {LLVMBuildNSWSub(e->builder, u->count, start, "left"), block};
    LLVMValueRef size = emit_intrinsic(e, "llvm.umin", e->i64, sizes, 2);
    for (uint32_t i = 0; i < u->inputs + u->outputs; i++)
        place_operand(e, &u->operands[i], start);
    emit_block_loop(e, u, size);
    LLVMValueRef *next = ARENA_NEW(e->arena, LLVMValueRef);
    *next = LLVMBuildNSWAdd(e->builder, start, size, "next");
    LLVMValueRef is_last = LLVMBuildICmp(e->builder, LLVMIntEQ, *next, u->count, "is_last");
    join_add(e, done, NULL);
    join_add(e, &outer.next, next);
    emit_branch_if(e, is_last, done->block, outer.next.block, LIKELY);
    loop_close(e, &outer);
}

/* ---- any operands -------------------------------------------------------------------------- */

static Loop strided_loop(Emit *e, Ufunc *u, const char *name, Join *exit)
{
    Loop loop = {.op = &u->place, .name = name, .count = u->count, .exit = exit};
    loop.kind = loop_kind(e, &u->func->body, -1, &loop.inner_trips);
    loop.is_plain = true;
    for (uint32_t i = 0; i < u->inputs + u->outputs; i++) {
        u->operands[i].base = u->operands[i].data;
        u->operands[i].stride = u->operands[i].step;
    }
    return loop;
}

static void emit_strided(Emit *e, Ufunc *u, Join *done)
{
    Loop loop = strided_loop(e, u, "strided", done);
    loop_open(e, &loop, NULL);
    emit_trip(e, u, &loop, NULL);
    join_branch(e, &loop.next, NULL);
    loop_close(e, &loop);
}

/* ---- chains -------------------------------------------------------------------------------- */

static bool may_chain(Emit *e, const Ufunc *u)
{
    if (u->inputs != 2 || u->outputs != 1 ||
        parts_of(&u->operands[0]) != parts_of(&u->operands[2]))
        return false;
    return *emit_types(e, u->func->body.params[0]->type) == *emit_types(e, u->func->result);
}

/* Is each trip's output the next one's first input? With steps of 0 it is the same place all the time. */
static LLVMValueRef is_chain(Emit *e, const Ufunc *u)
{
    const Operand *first = &u->operands[0], *out = &u->operands[2];
    LLVMValueRef next =
        LLVMBuildGEP2(e->builder, e->i8, first->data, &(LLVMValueRef){first->step}, 1, "");
    LLVMValueRef is_next = LLVMBuildICmp(e->builder, LLVMIntEQ, next, out->data, "");
    return LLVMBuildAnd(e->builder, is_next, has_step(e, first, out->step), "is_chain");
}

/* The value goes from trip to trip in registers: through memory it takes several times as long. */
static void emit_chain(Emit *e, Ufunc *u, Join *done)
{
    Join end;
    const Operand *first = &u->operands[0];
    LLVMTypeRef *types = emit_types(e, u->func->result);
    join_open(&end, emit_block(e, "chain.end"), types, parts_of(first));
    Loop loop = strided_loop(e, u, "chain", &end);
    loop.types = types;
    loop.width = parts_of(first);
    loop_open(e, &loop, memory_load(e, &first->array, first->data));
    join_branch(e, &loop.next, emit_trip(e, u, &loop, loop.carried));
    loop_close(e, &loop);
    join_close(e, &end);
    join_branch(e, done, NULL);
}

static void emit_loops(Emit *e, Ufunc *u, Join *done)
{
    LLVMBasicBlockRef some = emit_block(e, "some");
    join_add(e, done, NULL);
    emit_branch_if(e, LLVMBuildICmp(e->builder, LLVMIntSGT, u->count, emit_i64(e, 0), ""), some,
                   done->block, EVEN);
    emit_at(e, some);
    if (may_chain(e, u)) {
        LLVMBasicBlockRef chain = emit_block(e, "chain"), other = emit_block(e, "other");
        emit_branch_if(e, is_chain(e, u), chain, other, EVEN);
        emit_at(e, chain);
        emit_chain(e, u, done);
        emit_at(e, other);
    }
    if (facts_of(e->facts, u->func)->is_flat) {
        LLVMBasicBlockRef contiguous = emit_block(e, "contiguous");
        LLVMBasicBlockRef strided = emit_block(e, "strided");
        emit_branch_if(e, is_contiguous(e, u), contiguous, strided, LIKELY);
        emit_at(e, contiguous);
        emit_contiguous(e, u, done);
        emit_at(e, strided);
    }
    emit_strided(e, u, done);
}

static void define_ufunc(Emit *e, const Entry *entry)
{
    LLVMTypeRef params[] = {e->ptr, e->ptr, e->ptr, e->ptr};
    LLVMValueRef function =
        program_add_function(e, entry->symbol, program_function_type(e, params, 4));
    Frame frame;
    Handler handler;
    Join done;
    Ufunc *u = ARENA_NEW(e->arena, Ufunc);
    *u = (Ufunc){.func = entry->func, .place = {.loc = &entry->func->loc}};
    program_open_frame(e, &frame, entry->func, function);
    program_open_function(e);
    failure_open(e, &handler, "error");
    join_open(&done, emit_block(e, "done"), NULL, 0);
    u->count = emit_load(e, e->i64, LLVMGetParam(function, 2), 8, "count");
    open_operands(e, u, LLVMGetParam(function, 1), LLVMGetParam(function, 3));
    emit_loops(e, u, &done);
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
