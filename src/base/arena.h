/* Arenas: memory that is freed whole.
 *
 * A compile allocates from three arenas (one per compile, one per function, one per process) and
 * frees nothing one by one. An arena never returns NULL: when memory runs out it calls the
 * handler its owner installed, which does not return (driver/compiler.c longjmps to its boundary).
 * This file and runtime/ are the only ones that call malloc.
 */
#ifndef MARTLET_BASE_ARENA_H
#define MARTLET_BASE_ARENA_H

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

typedef struct ArenaChunk ArenaChunk;

/* What to do when malloc fails, and (in tests) after how many chunks it shall fail. */
typedef struct ArenaPolicy {
    void (*out_of_memory)(void *owner); /* must not return */
    void *owner;
    int64_t fail_after; /* chunks still granted; negative: no limit */
} ArenaPolicy;

typedef struct Arena {
    ArenaChunk *chunk; /* newest first */
    char *next, *end;
    ArenaPolicy *policy; /* borrowed, outlives the arena */
    size_t used;         /* bytes handed out, for statistics */
} Arena;

typedef struct ArenaMark {
    ArenaChunk *chunk;
    char *next;
    size_t used;
} ArenaMark;

/* Without a policy (NULL) the process aborts when memory runs out. */
void arena_open(Arena *arena, ArenaPolicy *policy);
/* Frees everything; the arena is as after arena_open. */
void arena_close(Arena *arena);
/* Calls the policy's handler, for those who find by themselves that a size is out of reach. */
noreturn void arena_fail(Arena *arena);

/* Zeroed memory; never NULL. */
void *arena_alloc(Arena *arena, size_t size, size_t align);
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Scratch: everything allocated since the mark is given back. */
ArenaMark arena_mark(const Arena *arena);
void arena_release(Arena *arena, ArenaMark mark);

#define ARENA_NEW(arena, T) ((T *)arena_alloc((arena), sizeof(T), alignof(T)))
#define ARENA_ARRAY(arena, T, n) \
    ((T *)arena_alloc((arena), sizeof(T) * (size_t)(n), alignof(T)))

#endif
