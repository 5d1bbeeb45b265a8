/* Buffers, the memory of arrays, and their reference counts; and the poll for signals.
 *
 * A buffer's data comes from malloc and nothing else, since NumPy takes it over with arrays that are
 * returned. From a page on it starts at a cache line, so that vector loads do not split lines.
 */
#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "runtime/raise.h"

enum {
    LINE = 64,
    ALIGNED_FROM = 4096, /* bytes; smaller blocks come faster from malloc's caches */
    HUGE_FROM = 4 << 20, /* as NumPy: first touches of large arrays are page faults mostly */
    PAGE = 4096,
};

static const uint64_t POLL_INTERVAL = UINT64_C(50000000); /* ns */

static void advise_huge(void *data, size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    size_t skip = (size_t)(-(uintptr_t)data & (PAGE - 1));
    madvise((char *)data + skip, size - skip,
            MADV_HUGEPAGE); /* may be refused, which is fine */
#else
    (void)data, (void)size;
#endif
}

static void *data_new(size_t size, bool zeroed)
{
    void *data = NULL;
    if (zeroed)
        data = calloc(1, size);
    else if (size < ALIGNED_FROM)
        data = malloc(size);
    else if (posix_memalign(&data, LINE, size) != 0)
        data = NULL;
    if (data && size >= HUGE_FROM)
        advise_huge(data, size);
    return data;
}

RtBuffer *rt_buffer_new(RtCtx *ctx, int64_t size, int32_t zeroed)
{
    RtBuffer *buffer = size < 0 ? NULL : malloc(sizeof *buffer);
    void *data = buffer ? data_new(size > 0 ? (size_t)size : 1, zeroed) : NULL;
    if (!data) {
        free(buffer);
        rt_raise_memory(ctx);
        return NULL;
    }
    atomic_init(&buffer->references, 1);
    buffer->size = (size_t)size;
    buffer->data = data;
    return buffer;
}

void rt_retain(void *owner)
{
    RtBuffer *buffer = owner;
    if (buffer && !RT_IS_BORROWED(owner))
        atomic_fetch_add_explicit(&buffer->references, 1, memory_order_relaxed);
}

void rt_release(void *owner)
{
    RtBuffer *buffer = owner;
    if (!buffer || RT_IS_BORROWED(owner))
        return;
    int64_t before = atomic_fetch_sub_explicit(&buffer->references, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before != 1)
        return;
    free(buffer->data);
    free(buffer);
}

static uint64_t coarse_now(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
    clockid_t clock = CLOCK_MONOTONIC_COARSE;
#else
    clockid_t clock = CLOCK_MONOTONIC;
#endif
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

int32_t rt_poll(RtCtx *ctx)
{
    uint64_t now = coarse_now();
    if (now < ctx->next_poll)
        return 0;
    ctx->next_poll = now + POLL_INTERVAL;
    if (!ctx->poll || ctx->poll(ctx) == 0)
        return 0;
    ctx->error.site = RT_SITE_INTERRUPT;
    ctx->error.exception = RT_EXCEPTION_OBJECT;
    ctx->error.trace_count = 0;
    return 1;
}
