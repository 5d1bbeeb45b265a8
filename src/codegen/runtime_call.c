/* Calls of the runtime: declarations from the text of abi.def's rows, and `call_runtime`. */
#include "codegen/runtime_call.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "codegen/failure.h"
#include "codegen/memory.h"
#include "codegen/part.h"
#include "runtime/abi.h"

enum { MAX_PARAMS = 12 };

typedef enum ParamClass {
    PARAM_CTX,
    PARAM_ARRAY,
    PARAM_RESULT,
    PARAM_POINTER,
    PARAM_SCALAR
} ParamClass;

typedef struct Row {
    const char *name, *result, *params; /* as abi.def writes them */
} Row;

static const Row rows[] = {
#define ABI(result, name, ...) {#name, #result, #__VA_ARGS__},
#include "runtime/abi.def"
#undef ABI
};

static const Row *find_row(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Of a C type as abi.def spells it; `length` characters of text. */
static LLVMTypeRef c_type(const Emit *e, const char *text, size_t length)
{
    if (memchr(text, '*', length))
        return e->ptr;
    if (begins(text, "int64_t") || begins(text, "uint64_t"))
        return e->i64;
    if (begins(text, "int32_t") || begins(text, "uint32_t"))
        return e->i32;
    if (begins(text, "double"))
        return e->f64;
    if (begins(text, "float"))
        return e->f32;
    if (begins(text, "bool"))
        return e->i1;
    assert(begins(text, "void"));
    return e->none;
}

/* The next parameter of a row; false after the last. */
static bool next_param(const char **cursor, const char **text, size_t *length)
{
    if (!**cursor)
        return false;
    *text = *cursor;
    *length = strcspn(*text, ",");
    *cursor += *length;
    *cursor += strspn(*cursor, ", ");
    return true;
}

static ParamClass param_class(const char *text, size_t length)
{
    if (begins(text, "RtCtx *"))
        return PARAM_CTX;
    if (begins(text, "const RtArray *"))
        return PARAM_ARRAY;
    static const char result[] = "*result";
    if (length > strlen(result) && begins(text + length - strlen(result), result))
        return PARAM_RESULT;
    return memchr(text, '*', length) ? PARAM_POINTER : PARAM_SCALAR;
}

static LLVMTypeRef row_type(const Emit *e, const Row *row, unsigned *count)
{
    LLVMTypeRef params[MAX_PARAMS];
    const char *cursor = row->params, *text;
    size_t length;
    *count = 0;
    while (next_param(&cursor, &text, &length)) {
        assert(*count < MAX_PARAMS);
        params[(*count)++] = c_type(e, text, length);
    }
    LLVMTypeRef result = c_type(e, row->result, strlen(row->result));
    return LLVMFunctionType(result, params, *count, false);
}

/* A C bool in a register is a byte whose upper bits are zero. */
static void extend_bools(Emit *e, LLVMValueRef call, LLVMTypeRef type, unsigned count)
{
    unsigned kind = LLVMGetEnumAttributeKindForName("zeroext", strlen("zeroext"));
    LLVMAttributeRef zeroext = LLVMCreateEnumAttribute(e->context, kind, 0);
    LLVMTypeRef params[MAX_PARAMS];
    LLVMGetParamTypes(type, params);
    for (unsigned i = 0; i < count; i++)
        if (params[i] == e->i1)
            LLVMAddCallSiteAttribute(call, i + 1, zeroext);
    if (LLVMGetReturnType(type) == e->i1)
        LLVMAddCallSiteAttribute(call, LLVMAttributeReturnIndex, zeroext);
}

LLVMValueRef runtime_call(Emit *e, const char *name, LLVMValueRef *args)
{
    const Row *row = find_row(name);
    assert(row);
    unsigned count;
    LLVMTypeRef type = row_type(e, row, &count);
    LLVMValueRef function = emit_external(e, row->name, type);
    LLVMValueRef call = LLVMBuildCall2(e->builder, type, function, args, count, "");
    extend_bools(e, call, type, count);
    return call;
}

/* ---- call_runtime -------------------------------------------------------------------------- */

/* An array as runtime functions see it, on the stack. */
static LLVMValueRef lay_out_array(Emit *e, const Value *value)
{
    Array a = memory_array(e, value);
    uint32_t ndim = a.type->ndim;
    uint64_t size = sizeof(RtArray) + 16u * ndim;
    LLVMValueRef place = emit_alloca(e, e->i64, (size + 7) / 8, "array");
    emit_store(e, a.owner, emit_offset(e, place, offsetof(RtArray, owner)), 8);
    emit_store(e, a.data, emit_offset(e, place, offsetof(RtArray, data)), 8);
    emit_store(e, emit_int(e->i32, ndim), emit_offset(e, place, offsetof(RtArray, ndim)), 4);
    emit_store(e, emit_int(e->i32, scalar_char(a.type->dtype)),
               emit_offset(e, place, offsetof(RtArray, dtype)), 4);
    emit_store(e, emit_i64(e, scalar_size(a.type->dtype)),
               emit_offset(e, place, offsetof(RtArray, itemsize)), 8);
    int64_t words = offsetof(RtArray, shape);
    for (uint32_t i = 0; i < ndim; i++) {
        emit_store(e, a.dims[i], emit_offset(e, place, words + 8 * i), 8);
        emit_store(e, memory_stride(e, &a, i), emit_offset(e, place, words + 8 * (ndim + i)),
                   8);
    }
    return place;
}

/* What the call left in its result place: a scalar or the two halves of a complex. */
static void read_result(Emit *e, const Op *op, LLVMValueRef place)
{
    const Type *type = op_result(op, 0)->type;
    LLVMTypeRef *types = emit_types(e, type);
    uint32_t count = layout_part_count(type);
    LLVMValueRef *parts = ARENA_ARRAY(e->arena, LLVMValueRef, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef at = LLVMBuildInBoundsGEP2(e->builder, types[i], place,
                                                (LLVMValueRef[]){emit_i64(e, i)}, 1, "");
        parts[i] = emit_load(e, types[i], at, 4, "");
    }
    emit_set_parts(e, op_result(op, 0), parts);
}

typedef struct CallArgs {
    LLVMValueRef values[MAX_PARAMS];
    unsigned count;
    LLVMValueRef result; /* place, or NULL */
} CallArgs;

/* Fills the row's parameters from the operation's args: arrays whole, the others part by part. */
static void collect_args(Emit *e, const Op *op, const Row *row, CallArgs *call)
{
    const char *cursor = row->params, *text;
    size_t length;
    uint32_t arg = 0, part = 0;
    while (next_param(&cursor, &text, &length)) {
        LLVMValueRef *value = &call->values[call->count++];
        switch (param_class(text, length)) {
        case PARAM_CTX:
            *value = e->frame->ctx;
            continue;
        case PARAM_RESULT:
            *value = call->result = emit_alloca(e, e->i64, 2, "result");
            continue;
        case PARAM_ARRAY:
            *value = lay_out_array(e, op_arg(op, arg++));
            continue;
        case PARAM_POINTER:
        case PARAM_SCALAR:
            *value = part_widen(e, emit_parts(e, op_arg(op, arg))[part++]); /* C has no half */
            if (part == layout_part_count(op_arg(op, arg)->type) || begins(text, "void *")) {
                arg++;
                part = 0;
            }
            continue;
        }
    }
}

void emit_CALL_RUNTIME(Emit *e, const Op *op)
{
    const Row *row = find_row(op->attr.name->text);
    assert(row);
    CallArgs call = {0};
    collect_args(e, op, row, &call);
    LLVMValueRef result = runtime_call(e, row->name, call.values);
    if (strcmp(row->result, "int32_t") == 0)
        failure_propagate_runtime(e, op, LLVMBuildIsNull(e->builder, result, ""));
    if (op->result_count == 0)
        return;
    if (call.result)
        read_result(e, op, call.result);
    else
        emit_set(e, op, result);
}
