/* What compiled code and the world around it agree on.
 *
 * An entry point is `int32_t entry(RtCtx *ctx, void *results, const void *args)`: 0, or 1 with ctx->error
 * filled. Arguments and results are 8-byte slots (types/layout.h). Functions inside an image take and
 * return parts directly.
 * The functions of abi.def are the imports an image may have besides libm and libcall.def.
 */
#ifndef MARTLET_RUNTIME_ABI_H
#define MARTLET_RUNTIME_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RT_ERROR_SLOTS = 32, RT_TRACE_DEPTH = 64 };

/* What went wrong. `site` indexes the image's table of sites. */
typedef struct RtError {
    int32_t site;         /* -1: none; below: RT_SITE_* */
    uint32_t trace_count; /* call sites passed on the way out, innermost first */
    uint32_t trace[RT_TRACE_DEPTH];
    uint64_t args[RT_ERROR_SLOTS]; /* the site's args, in slots */
} RtError;

enum {
    RT_SITE_NONE = -1,
    RT_SITE_MEMORY = -2,    /* MemoryError */
    RT_SITE_INTERRUPT = -3, /* a signal handler raised: the Python exception is already set */
    RT_SITE_RECURSION = -4, /* RecursionError */
    RT_SITE_RUNTIME = -5,   /* a runtime function failed: error_text says how, error_class which */
};

typedef struct RtCtx RtCtx;
struct RtCtx {
    const char *stack_limit; /* compiled functions that recurse raise below this address */
    const void *hidden;      /* hidden arguments, in slots */
    int32_t (*poll)(RtCtx *); /* calls back into python/ to see about signals; 1: stop */
    uint64_t next_poll;      /* time in ns before which rt_poll does nothing */
    void *owner;             /* python/'s */
    const char *error_class, *error_text; /* RT_SITE_RUNTIME */
    RtError error;
};

/* The memory of an array that compiled code made. Owners in array values point here, or are tagged (bit 0):
 * a Python object borrowed for the length of the call, whose references compiled code does not count. */
typedef struct RtBuffer {
    _Atomic(int64_t) references;
    size_t size;
    void *data; /* from malloc: NumPy may take it over and free it */
} RtBuffer;

#define RT_IS_BORROWED(owner) (((uintptr_t)(owner) & 1) != 0)

#define ABI(result, name, ...) result name(__VA_ARGS__);
#include "runtime/abi.def"
#undef ABI

#endif
