/* Functions: declaring, emitting bodies, and the table that leads from an operation to its emitter. */
#include "codegen/program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/generic.h"
#include "codegen/join.h"
#include "codegen/memory.h"
#include "ir/code.h"
#include "runtime/abi.h"

typedef void Emitter(Emit *e, const Op *op);

static Emitter *const emitters[OP_COUNT] = {
#define OP(name, text, args, results, regions, attr, flags, meaning) [OP_##name] = emit_##name,
#include "ir/op.def"
#undef OP
};

void emit_generic(Emit *e, const Op *op)
{
    (void)e;
    (void)op;
    assert(false && "generic operations are gone before code generation");
    abort();
}

void emit_op(Emit *e, const Op *op)
{
    emitters[op->code](e, op);
}

void emit_region(Emit *e, const Region *region, Join *yields)
{
    Join *outer = e->frame->yields;
    e->frame->yields = yields;
    for (const Op *op = region->first; op; op = op->next)
        emit_op(e, op);
    e->frame->yields = outer;
}

/* ---- declarations -------------------------------------------------------------------------- */

LLVMTypeRef program_function_type(Emit *e, const LLVMTypeRef *params, unsigned count)
{
    return LLVMFunctionType(e->i32, (LLVMTypeRef *)params, count, false);
}

static void param_attribute(Emit *e, LLVMValueRef function, unsigned index, const char *name,
                            uint64_t value)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));
    LLVMAddAttributeAtIndex(function, index + 1,
                            LLVMCreateEnumAttribute(e->context, kind, value));
}

LLVMValueRef program_add_function(Emit *e, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMAddFunction(e->module, name, type);
    emit_attribute(e, function, "nounwind", 0);
    LLVMAttributeRef frames = LLVMCreateStringAttribute(
        e->context, "frame-pointer", (unsigned)strlen("frame-pointer"), "all", 3);
    LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, frames);
    param_attribute(e, function, 0, "noalias", 0);
    param_attribute(e, function, 0, "nonnull", 0);
    param_attribute(e, function, 0, "dereferenceable", sizeof(RtCtx));
    LLVMSetValueName2(LLVMGetParam(function, 0), "ctx", 3);
    return function;
}

/* Of the parts of a function's params, after ctx and results. */
static LLVMTypeRef internal_type(Emit *e, const Func *func)
{
    VEC(LLVMTypeRef) params = {0};
    vec_push(e->arena, &params, e->ptr);
    vec_push(e->arena, &params, e->ptr);
    for (uint32_t i = 0; i < func->body.param_count; i++) {
        const Type *type = func->body.params[i]->type;
        LLVMTypeRef *parts = emit_types(e, type);
        for (uint32_t k = 0; k < layout_part_count(type); k++)
            vec_push(e->arena, &params, parts[k]);
    }
    return program_function_type(e, params.data, params.len);
}

void program_declare(Emit *e, FuncFacts *facts)
{
    const char *name = arena_printf(e->arena, "py.%s", facts->func->name->text);
    facts->function = program_add_function(e, name, internal_type(e, facts->func));
    LLVMSetLinkage(facts->function, LLVMInternalLinkage);
    if (facts->func->code && facts->func->code->inlining == INLINING_NEVER)
        emit_attribute(e, facts->function, "noinline", 0);
    param_attribute(e, facts->function, 1, "noalias", 0);
    LLVMSetValueName2(LLVMGetParam(facts->function, 1), "results", 7);
}

/* ---- frames -------------------------------------------------------------------------------- */

static const char *const part_names[] = {"owner", "data"};

/* "a.data", "a.dim0", "x", "z.0". */
static void name_param(Emit *e, const Value *param, uint32_t part, LLVMValueRef value)
{
    if (!param->name)
        return;
    const Type *type = param->type;
    const char *base = param->name->text, *name = base;
    if (type->kind == TYPE_ARRAY && part < 2)
        name = arena_printf(e->arena, "%s.%s", base, part_names[part]);
    else if (type->kind == TYPE_ARRAY && part < 2u + type->array.ndim)
        name = arena_printf(e->arena, "%s.dim%u", base, part - 2);
    else if (type->kind == TYPE_ARRAY)
        name = arena_printf(e->arena, "%s.stride%u", base, part - 2 - type->array.ndim);
    else if (layout_part_count(type) > 1)
        name = arena_printf(e->arena, "%s.%u", base, part);
    LLVMSetValueName2(value, name, strlen(name));
}

void program_open_frame(Emit *e, Frame *frame, Func *func, LLVMValueRef function)
{
    *frame = (Frame){.func = func, .function = function, .ctx = LLVMGetParam(function, 0)};
    frame->parts = ARENA_ARRAY(e->arena, LLVMValueRef *, func->value_count + 1);
    frame->owned = ARENA_ARRAY(e->arena, LLVMValueRef *, func->value_count + 1);
    frame->exits = ARENA_ARRAY(e->arena, Join *, func->label_count + 1);
    frame->nexts = ARENA_ARRAY(e->arena, Join *, func->label_count + 1);
    e->frame = frame;
}

/* The entry block holds allocas and what starts them; code begins in the next one. */
void program_open_function(Emit *e)
{
    e->frame->entry = emit_block(e, "entry");
    LLVMBasicBlockRef start = emit_block(e, "start");
    emit_at(e, e->frame->entry);
    emit_branch(e, start);
    emit_at(e, start);
}

void program_set_param(Emit *e, uint32_t index, LLVMValueRef *parts)
{
    const Value *param = e->frame->func->body.params[index];
    for (uint32_t i = 0; i < layout_part_count(param->type); i++)
        name_param(e, param, i, parts[i]);
    e->frame->parts[param->id] = parts;
}

/* Below the limit of the stack a function that may recurse raises instead. */
static void check_stack(Emit *e)
{
    LLVMValueRef level = emit_int(e->i32, 0);
    LLVMValueRef here = emit_intrinsic(e, "llvm.frameaddress", e->ptr, &level, 1);
    LLVMValueRef place = emit_offset(e, e->frame->ctx, offsetof(RtCtx, stack_limit));
    LLVMValueRef limit = emit_load(e, e->ptr, place, 8, "stack_limit");
    LLVMValueRef ok = LLVMBuildICmp(e->builder, LLVMIntUGE, here, limit, "");
    failure_check_system(e, ok, RT_SITE_RECURSION, RT_EXCEPTION_RECURSION_ERROR);
}

void program_emit_body(Emit *e)
{
    Func *func = e->frame->func;
    Handler handler;
    memory_open_scopes(e);
    failure_open(e, &handler, "error");
    if (facts_of(e->facts, func)->recurses)
        check_stack(e);
    emit_region(e, &func->body, NULL);
    if (failure_close(e, &handler))
        LLVMBuildRet(e->builder, emit_int(e->i32, 1));
}

void program_define(Emit *e, FuncFacts *facts)
{
    Frame frame;
    LLVMValueRef function = facts->function;
    program_open_frame(e, &frame, facts->func, function);
    frame.results = LLVMGetParam(function, 1);
    program_open_function(e);
    unsigned next = 2;
    for (uint32_t i = 0; i < facts->func->body.param_count; i++) {
        uint32_t count = layout_part_count(facts->func->body.params[i]->type);
        LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, count + 1);
        for (uint32_t k = 0; k < count; k++)
            parts[k] = LLVMGetParam(function, next++);
        program_set_param(e, i, parts);
    }
    program_emit_body(e);
    e->frame = NULL;
}
