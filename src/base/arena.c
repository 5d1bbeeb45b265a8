/* Arenas: a list of chunks, each twice as large as the one before up to a limit.
 *
 * Memory is cleared when it is handed out, not when a chunk is made, so that released memory
 * may be handed out again. Under AddressSanitizer everything not handed out is poisoned and a gap
 * is left after each allocation.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SANITIZED 1
#endif
#endif
#if defined(ARENA_SANITIZED) || defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { ARENA_GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
enum { ARENA_GAP = 0 };
#endif

enum { FIRST_CHUNK = 4 << 10, LARGEST_CHUNK = 1 << 20 };

struct ArenaChunk {
    ArenaChunk *older;
    size_t size; /* of bytes */
    alignas(max_align_t) char bytes[];
};

/* `align` is a power of two. The distance is computed on numbers: beyond `end` is no pointer. */
static size_t padding(const char *at, size_t align)
{
    return (size_t)(-(uintptr_t)at & (align - 1));
}

static ArenaChunk *chunk_open(Arena *arena, size_t size)
{
    ArenaPolicy *policy = arena->policy;
    if (policy && policy->fail_after == 0)
        arena_fail(arena);
    if (policy && policy->fail_after > 0)
        policy->fail_after--;
    ArenaChunk *chunk = malloc(sizeof(ArenaChunk) + size);
    if (!chunk)
        arena_fail(arena);
    chunk->older = arena->chunk;
    chunk->size = size;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, size);
    return chunk;
}

static void add_chunk(Arena *arena, size_t size, size_t align)
{
    size_t capacity = FIRST_CHUNK;
    if (arena->chunk)
        capacity = arena->chunk->size < LARGEST_CHUNK ? arena->chunk->size * 2 : LARGEST_CHUNK;
    if (capacity < size + align)
        capacity = size + align;
    ArenaChunk *chunk = chunk_open(arena, capacity);
    arena->chunk = chunk;
    arena->next = chunk->bytes;
    arena->end = chunk->bytes + chunk->size;
}

static void pop_chunk(Arena *arena)
{
    ArenaChunk *chunk = arena->chunk;
    arena->chunk = chunk->older;
    ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->size);
    free(chunk);
}

void arena_open(Arena *arena, ArenaPolicy *policy)
{
    *arena = (Arena){.policy = policy};
}

void arena_close(Arena *arena)
{
    while (arena->chunk)
        pop_chunk(arena);
    *arena = (Arena){.policy = arena->policy};
}

noreturn void arena_fail(Arena *arena)
{
    if (arena->policy && arena->policy->out_of_memory)
        arena->policy->out_of_memory(arena->policy->owner);
    abort();
}

void *arena_alloc(Arena *arena, size_t size, size_t align)
{
    assert(align != 0 && (align & (align - 1)) == 0 && align <= LARGEST_CHUNK);
    if (size > (size_t)PTRDIFF_MAX / 2)
        arena_fail(arena);
    if (!arena->chunk ||
        (size_t)(arena->end - arena->next) < padding(arena->next, align) + size + ARENA_GAP)
        add_chunk(arena, size + ARENA_GAP, align);
    char *memory = arena->next + padding(arena->next, align);
    arena->next = memory + size + ARENA_GAP;
    arena->used += size;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memset(memory, 0, size);
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

char *arena_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->chunk, arena->next, arena->used};
}

void arena_release(Arena *arena, ArenaMark mark)
{
    while (arena->chunk != mark.chunk)
        pop_chunk(arena);
    arena->next = mark.next;
    arena->end = mark.chunk ? mark.chunk->bytes + mark.chunk->size : NULL;
    arena->used = mark.used;
    if (mark.chunk)
        ASAN_POISON_MEMORY_REGION(arena->next, (size_t)(arena->end - arena->next));
}
