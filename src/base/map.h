/* Hash map from a 64-bit key (a pointer or a number; not UINT64_MAX) to a pointer, on an arena.
 * Open addressing, no deletion: compiler tables only grow. */
#ifndef MARTLET_BASE_MAP_H
#define MARTLET_BASE_MAP_H

#include "base/arena.h"

typedef struct MapSlot {
    uint64_t key; /* 0 is stored as UINT64_MAX: an empty slot has key 0 */
    void *value;
} MapSlot;

typedef struct Map {
    MapSlot *slots;
    uint32_t len, cap; /* cap is 0 or a power of two */
} Map;

void *map_get(const Map *map, uint64_t key); /* NULL when absent */
void map_set(Arena *arena, Map *map, uint64_t key, void *value);

static inline uint64_t map_key(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

#endif
