/* Failures that are raised or matched outside compiled code.
 *
 * Whoever raises stores ctx->error.site and ctx->error.exception and leaves trace_count at 0. An
 * `except` clause asks rt_error_is with the id of its class (rt_exception_from_name, at compile
 * time) and the number of its own site, which only counts where a class of the user's is involved.
 */
#ifndef MARTLET_RUNTIME_RAISE_H
#define MARTLET_RUNTIME_RAISE_H

#include "runtime/abi.h"

/* "IndexError" → its id; also "IOError" and "EnvironmentError", which are OSError.
 * RT_EXCEPTION_OBJECT where Python has no such class, or one that compiled code does not know. */
RtException rt_exception_from_name(const char *name);
const char *rt_exception_name(RtException exception);
bool rt_exception_is(RtException exception, RtException ancestor); /* itself included */

/* Fill ctx->error and return 1, a failed function's status. `text` is static. */
int32_t rt_raise_memory(RtCtx *ctx);
int32_t rt_raise(RtCtx *ctx, RtException exception, const char *text);

#endif
