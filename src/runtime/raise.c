/* Exceptions as compiled code knows them: exception.def, and the record in RtCtx. */
#include "runtime/raise.h"

#include <string.h>

typedef struct ExceptionRow {
    const char *name;
    RtException parent; /* BaseException's is itself */
} ExceptionRow;

static const ExceptionRow rows[] = {
#define EXCEPTION(name, text, parent) {text, RT_EXCEPTION_##parent},
#include "runtime/exception.def"
#undef EXCEPTION
};

RtException rt_exception_from_name(const char *name)
{
    if (strcmp(name, "IOError") == 0 || strcmp(name, "EnvironmentError") == 0)
        return RT_EXCEPTION_OS_ERROR;
    for (int i = 0; i < RT_EXCEPTION_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (RtException)i;
    return RT_EXCEPTION_OBJECT;
}

const char *rt_exception_name(RtException exception)
{
    return exception == RT_EXCEPTION_OBJECT ? NULL : rows[exception].name;
}

bool rt_exception_is(RtException exception, RtException ancestor)
{
    if (exception == RT_EXCEPTION_OBJECT || ancestor == RT_EXCEPTION_OBJECT)
        return false;
    while (exception != ancestor && exception != RT_EXCEPTION_BASE_EXCEPTION)
        exception = rows[exception].parent;
    return exception == ancestor;
}

bool rt_error_is(RtCtx *ctx, int32_t exception, int32_t site)
{
    RtException pending = (RtException)ctx->error.exception, wanted = (RtException)exception;
    if (pending != RT_EXCEPTION_OBJECT && wanted != RT_EXCEPTION_OBJECT)
        return rt_exception_is(pending, wanted);
    return ctx->match && ctx->match(ctx, site);
}

int32_t rt_raise_memory(RtCtx *ctx)
{
    ctx->error.site = RT_SITE_MEMORY;
    ctx->error.exception = RT_EXCEPTION_MEMORY_ERROR;
    ctx->error.trace_count = 0;
    return 1;
}

int32_t rt_raise(RtCtx *ctx, RtException exception, const char *text)
{
    ctx->error_class = rt_exception_name(exception);
    ctx->error_text = text;
    ctx->error.site = RT_SITE_RUNTIME;
    ctx->error.exception = exception;
    ctx->error.trace_count = 0;
    return 1;
}
