/* Open addressing with linear probing, at most three quarters full. The slot is the top bits of
 * the key times the golden ratio, which spreads pointers whose low bits are all alike. */
#include "base/map.h"

#include <assert.h>

enum { FIRST_CAP = 16 };

static uint64_t stored_key(uint64_t key)
{
    assert(key != UINT64_MAX);
    return key ? key : UINT64_MAX;
}

/* The slot that holds `stored`, or the empty one where it belongs. */
static MapSlot *find_slot(const Map *map, uint64_t stored)
{
    uint32_t mask = map->cap - 1;
    uint32_t i = (uint32_t)((stored * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & mask;
    while (map->slots[i].key && map->slots[i].key != stored)
        i = (i + 1) & mask;
    return &map->slots[i];
}

static void grow(Arena *arena, Map *map)
{
    if (map->cap > UINT32_MAX / 4)
        arena_fail(arena);
    Map grown = {.cap = map->cap ? map->cap * 2 : FIRST_CAP, .len = map->len};
    grown.slots = ARENA_ARRAY(arena, MapSlot, grown.cap);
    for (uint32_t i = 0; i < map->cap; i++)
        if (map->slots[i].key)
            *find_slot(&grown, map->slots[i].key) = map->slots[i];
    *map = grown;
}

void *map_get(const Map *map, uint64_t key)
{
    return map->cap ? find_slot(map, stored_key(key))->value : NULL;
}

void map_set(Arena *arena, Map *map, uint64_t key, void *value)
{
    if (map->len >= map->cap - map->cap / 4)
        grow(arena, map);
    MapSlot *slot = find_slot(map, stored_key(key));
    if (!slot->key)
        map->len++;
    slot->key = stored_key(key);
    slot->value = value;
}
