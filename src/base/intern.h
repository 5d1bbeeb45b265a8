/* Interned names: equal text is the same pointer. */
#ifndef MARTLET_BASE_INTERN_H
#define MARTLET_BASE_INTERN_H

#include "base/arena.h"

typedef struct Symbol {
    uint64_t hash;
    uint32_t length;
    char text[]; /* NUL-terminated UTF-8 */
} Symbol;

typedef struct Interner {
    Arena *arena;
    const Symbol **slots;
    uint32_t len, cap;
} Interner;

void intern_open(Interner *interner, Arena *arena);
const Symbol *intern_text(Interner *interner, const char *text, size_t length);
const Symbol *intern_cstr(Interner *interner, const char *text);

/* FNV-1a, also used for other tables. */
uint64_t intern_hash(const void *bytes, size_t length);

#endif
