/* Interned names: a set of symbols by text, open addressing, at most three quarters full. */
#include "base/intern.h"

#include <stdbool.h>
#include <string.h>

enum { FIRST_CAP = 64 };

static bool is_text(const Symbol *symbol, uint64_t hash, const char *text, size_t length)
{
    return symbol->hash == hash && symbol->length == length &&
           (length == 0 || memcmp(symbol->text, text, length) == 0);
}

static void insert(Interner *interner, const Symbol *symbol)
{
    uint32_t mask = interner->cap - 1;
    uint32_t i = (uint32_t)symbol->hash & mask;
    while (interner->slots[i])
        i = (i + 1) & mask;
    interner->slots[i] = symbol;
}

static void grow(Interner *interner)
{
    if (interner->cap > UINT32_MAX / 4)
        arena_fail(interner->arena);
    Interner old = *interner;
    uint32_t cap = old.cap ? old.cap * 2 : FIRST_CAP;
    interner->slots = ARENA_ARRAY(old.arena, const Symbol *, cap);
    interner->cap = cap;
    for (uint32_t i = 0; i < old.cap; i++)
        if (old.slots[i])
            insert(interner, old.slots[i]);
}

static Symbol *new_symbol(Arena *arena, uint64_t hash, const char *text, size_t length)
{
    if (length >= UINT32_MAX)
        arena_fail(arena);
    Symbol *symbol = arena_alloc(arena, sizeof(Symbol) + length + 1, alignof(Symbol));
    symbol->hash = hash;
    symbol->length = (uint32_t)length;
    if (length)
        memcpy(symbol->text, text, length);
    return symbol;
}

void intern_open(Interner *interner, Arena *arena)
{
    *interner = (Interner){.arena = arena};
}

const Symbol *intern_text(Interner *interner, const char *text, size_t length)
{
    if (interner->len >= interner->cap - interner->cap / 4)
        grow(interner);
    uint64_t hash = intern_hash(text, length);
    uint32_t mask = interner->cap - 1;
    for (uint32_t i = (uint32_t)hash & mask; interner->slots[i]; i = (i + 1) & mask)
        if (is_text(interner->slots[i], hash, text, length))
            return interner->slots[i];
    const Symbol *symbol = new_symbol(interner->arena, hash, text, length);
    insert(interner, symbol);
    interner->len++;
    return symbol;
}

const Symbol *intern_cstr(Interner *interner, const char *text)
{
    return intern_text(interner, text, strlen(text));
}

uint64_t intern_hash(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001B3);
    return hash;
}
