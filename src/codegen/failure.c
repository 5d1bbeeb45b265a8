/* Failure: sites, cold blocks, handlers. See failure.h for the shape. */
#include "codegen/failure.h"

#include <assert.h>
#include <string.h>

#include "codegen/runtime_call.h"
#include "runtime/abi.h"

#define ERROR_FIELD(field) ((int64_t)(offsetof(RtCtx, error) + offsetof(RtError, field)))

RtException failure_class(const Site *site)
{
    if (site->class_info)
        return RT_EXCEPTION_OBJECT;
#define EXCEPTION(name, class, parent)             \
    if (strcmp(site->exception->text, class) == 0) \
        return RT_EXCEPTION_##name;
#include "runtime/exception.def"
#undef EXCEPTION
    return RT_EXCEPTION_OBJECT;
}

/* Args that do not fit the error record are left out. */
uint32_t failure_site(Emit *e, const Op *op, const Site *site, uint32_t first)
{
    SiteRecord record = {.site = site, .loc = op->loc};
    uint32_t count = site ? op->arg_count - first : 0, slots = 0;
    const Type **types = ARENA_ARRAY(e->arena, const Type *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        types[i] = op_arg(op, first + i)->type;
        slots += layout_slot_count(types[i]);
        if (slots > RT_ERROR_SLOTS)
            break;
        record.arg_count++;
    }
    record.arg_types = types;
    vec_push(e->arena, &e->sites, record);
    return e->sites.len - 1;
}

static LLVMBasicBlockRef target_of(Emit *e, Handler *handler)
{
    if (!handler->target)
        handler->target = emit_block(e, "%s", handler->name);
    return handler->target;
}

/* The current block goes to the raise block, unless it is made to branch past it. */
static LLVMBasicBlockRef to_raise(Emit *e, int32_t site, RtException class)
{
    Join *raise = &e->frame->handler->raise;
    LLVMValueRef *values = ARENA_ARRAY(e->arena, LLVMValueRef, 2);
    values[0] = emit_int(e->i32, site);
    values[1] = emit_int(e->i32, class);
    if (!raise->block)
        raise->block = emit_block(e, "%s.raise", e->frame->handler->name);
    join_add(e, raise, values);
    return raise->block;
}

/* The same for `trace` and `place`. */
static LLVMBasicBlockRef to_trace(Emit *e, Join *trace, const char *name, uint32_t site)
{
    LLVMValueRef *values = ARENA_NEW(e->arena, LLVMValueRef);
    values[0] = emit_int(e->i32, site);
    if (!trace->block)
        trace->block = emit_block(e, "%s.%s", e->frame->handler->name, name);
    join_add(e, trace, values);
    return trace->block;
}

static void store_args(Emit *e, const Op *op, uint32_t first, uint32_t count)
{
    int64_t offset = ERROR_FIELD(args);
    for (uint32_t i = first; i < first + count; i++) {
        const Value *arg = op_arg(op, i);
        emit_store_slots(e, arg->type, emit_offset(e, e->frame->ctx, offset),
                         emit_parts(e, arg));
        offset += 8 * (int64_t)layout_slot_count(arg->type);
    }
}

void failure_raise(Emit *e, const Op *op, const Site *site, uint32_t first)
{
    uint32_t number = failure_site(e, op, site, first);
    store_args(e, op, first, e->sites.data[number].arg_count);
    emit_branch(e, to_raise(e, (int32_t)number, failure_class(site)));
}

void failure_check(Emit *e, const Op *op, LLVMValueRef ok, const Site *site, uint32_t first)
{
    LLVMBasicBlockRef go_on = emit_block(e, "ok");
    if (first < op->arg_count) {
        LLVMBasicBlockRef fail = emit_block(e, "fail");
        emit_branch_if(e, ok, go_on, fail, LIKELY);
        emit_at(e, fail);
        failure_raise(e, op, site, first);
    } else {
        uint32_t number = failure_site(e, op, site, first);
        LLVMBasicBlockRef raise = to_raise(e, (int32_t)number, failure_class(site));
        emit_branch_if(e, ok, go_on, raise, LIKELY);
    }
    emit_at(e, go_on);
}

void failure_check_system(Emit *e, LLVMValueRef ok, int32_t site, RtException class)
{
    LLVMBasicBlockRef go_on = emit_block(e, "ok");
    LLVMBasicBlockRef raise = to_raise(e, site, class);
    emit_branch_if(e, ok, go_on, raise, LIKELY);
    emit_at(e, go_on);
}

static void propagate(Emit *e, const Op *op, LLVMValueRef ok, Join *join, const char *name)
{
    LLVMBasicBlockRef go_on = emit_block(e, "ok");
    LLVMBasicBlockRef trace = to_trace(e, join, name, failure_site(e, op, NULL, 0));
    emit_branch_if(e, ok, go_on, trace, LIKELY);
    emit_at(e, go_on);
}

void failure_propagate(Emit *e, const Op *op, LLVMValueRef ok)
{
    propagate(e, op, ok, &e->frame->handler->trace, "trace");
}

void failure_propagate_runtime(Emit *e, const Op *op, LLVMValueRef ok)
{
    propagate(e, op, ok, &e->frame->handler->place, "place");
}

void failure_leave(Emit *e)
{
    emit_branch(e, target_of(e, e->frame->handler));
}

LLVMValueRef failure_save(Emit *e)
{
    LLVMValueRef copy = emit_alloca(e, e->i8, sizeof(RtError), "caught");
    LLVMBuildMemCpy(e->builder, copy, 8, emit_offset(e, e->frame->ctx, offsetof(RtCtx, error)),
                    8, emit_i64(e, sizeof(RtError)));
    return copy;
}

void failure_restore(Emit *e, LLVMValueRef copy)
{
    LLVMBuildMemCpy(e->builder, emit_offset(e, e->frame->ctx, offsetof(RtCtx, error)), 8, copy,
                    8, emit_i64(e, sizeof(RtError)));
}

LLVMValueRef failure_slot(Emit *e, const char *name)
{
    LLVMValueRef slot = emit_alloca(e, e->ptr, 1, name);
    LLVMBasicBlockRef here = emit_here(e);
    LLVMPositionBuilderBefore(e->builder, LLVMGetBasicBlockTerminator(e->frame->entry));
    emit_store(e, LLVMConstNull(e->ptr), slot, 8);
    emit_at(e, here);
    vec_push(e->arena, &e->frame->handler->owned, slot);
    return slot;
}

void failure_open(Emit *e, Handler *handler, const char *name)
{
    LLVMTypeRef *types = ARENA_ARRAY(e->arena, LLVMTypeRef, 2);
    types[0] = types[1] = e->i32;
    *handler = (Handler){.outer = e->frame->handler, .name = name};
    join_open(&handler->raise, NULL, types, 2);
    join_open(&handler->trace, NULL, types, 1);
    join_open(&handler->place, NULL, types, 1);
    e->frame->handler = handler;
}

static void emit_raise_block(Emit *e, Handler *handler)
{
    LLVMValueRef *what = join_close(e, &handler->raise), ctx = e->frame->ctx;
    emit_store(e, what[0], emit_offset(e, ctx, ERROR_FIELD(site)), 4);
    emit_store(e, what[1], emit_offset(e, ctx, ERROR_FIELD(exception)), 4);
    emit_store(e, emit_int(e->i32, 0), emit_offset(e, ctx, ERROR_FIELD(trace_count)), 4);
    emit_branch(e, target_of(e, handler));
}

/* The innermost places are kept; when the trace is full, the last entry is the outermost one. No
 * branch: this is in every function. */
static void emit_trace_block(Emit *e, Handler *handler)
{
    LLVMValueRef site = join_close(e, &handler->trace)[0];
    LLVMValueRef place = emit_offset(e, e->frame->ctx, ERROR_FIELD(trace_count));
    LLVMValueRef limit[] = {emit_load(e, e->i32, place, 4, "count"),
                            emit_int(e->i32, RT_TRACE_DEPTH - 1)};
    LLVMValueRef count = emit_intrinsic(e, "llvm.umin", e->i32, limit, 2);
    LLVMValueRef index = LLVMBuildZExt(e->builder, count, e->i64, "");
    LLVMValueRef trace = emit_offset(e, e->frame->ctx, ERROR_FIELD(trace));
    emit_store(e, site, LLVMBuildInBoundsGEP2(e->builder, e->i32, trace, &index, 1, ""), 4);
    emit_store(e, LLVMBuildAdd(e->builder, count, emit_int(e->i32, 1), ""), place, 4);
    emit_branch(e, target_of(e, handler));
}

/* The runtime leaves an empty trace. */
static void emit_place_block(Emit *e, Handler *handler)
{
    LLVMValueRef site = join_close(e, &handler->place)[0], ctx = e->frame->ctx;
    emit_store(e, site, emit_offset(e, ctx, ERROR_FIELD(trace)), 4);
    emit_store(e, emit_int(e->i32, 1), emit_offset(e, ctx, ERROR_FIELD(trace_count)), 4);
    emit_branch(e, target_of(e, handler));
}

/* A slot known to be NULL costs nothing once LLVM has put it into a register. */
static void release_owned(Emit *e, const Handler *handler)
{
    for (uint32_t i = 0; i < handler->owned.len; i++) {
        LLVMValueRef slot = handler->owned.data[i];
        LLVMValueRef owner = emit_load(e, e->ptr, slot, 8, "owner");
        LLVMBasicBlockRef release = emit_block(e, "release"), next = emit_block(e, "next");
        emit_branch_if(e, LLVMBuildIsNull(e->builder, owner, ""), next, release, EVEN);
        emit_at(e, release);
        runtime_call(e, "rt_release", &owner);
        emit_branch(e, next);
        emit_at(e, next);
        emit_store(e, LLVMConstNull(e->ptr), slot, 8);
    }
}

bool failure_close(Emit *e, Handler *handler)
{
    assert(e->frame->handler == handler);
    if (handler->raise.block)
        emit_raise_block(e, handler);
    if (handler->trace.block)
        emit_trace_block(e, handler);
    if (handler->place.block)
        emit_place_block(e, handler);
    e->frame->handler = handler->outer;
    if (!handler->target)
        return false;
    emit_at(e, handler->target);
    release_owned(e, handler);
    return true;
}
