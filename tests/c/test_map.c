/* The hash map from 64-bit keys. */
#include "base/map.h"
#include "check.h"

/* A value that tells its key. */
static void *tag(uint64_t key)
{
    return (void *)(uintptr_t)(key * 2 + 1); /* NOLINT(performance-no-int-to-ptr) */
}

static void empty_map_has_nothing(void)
{
    Map map = {0};
    CHECK(!map_get(&map, 0));
    CHECK(!map_get(&map, 42));
}

static void set_get_replace(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Map map = {0};
    for (uint64_t key = 0; key < 5000; key++)
        map_set(&arena, &map, key * 4096, tag(key));
    CHECK_INT(map.len, 5000);
    for (uint64_t key = 0; key < 5000; key++)
        CHECK(map_get(&map, key * 4096) == tag(key));
    CHECK(!map_get(&map, 1));
    map_set(&arena, &map, 4096, NULL);
    CHECK(!map_get(&map, 4096));
    CHECK_INT(map.len, 5000);
    arena_close(&arena);
}

static void key_zero_is_a_key(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Map map = {0};
    map_set(&arena, &map, 1, tag(1));
    CHECK(!map_get(&map, 0));
    map_set(&arena, &map, 0, tag(0));
    CHECK(map_get(&map, 0) == tag(0));
    CHECK_INT(map.len, 2);
    arena_close(&arena);
}

static void pointers_are_keys(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Map map = {0};
    int *things[300];
    for (int i = 0; i < 300; i++) {
        things[i] = ARENA_NEW(&arena, int);
        map_set(&arena, &map, map_key(things[i]), things[i]);
    }
    for (int i = 0; i < 300; i++)
        CHECK(map_get(&map, map_key(things[i])) == things[i]);
    arena_close(&arena);
}

static void set_many(Arena *arena)
{
    Map map = {0};
    for (uint64_t key = 0; key < 5000; key++)
        map_set(arena, &map, key, tag(key));
}

static void every_growth_may_be_refused(void)
{
    CHECK(check_until_granted(set_many) > 3);
}

CHECK_MAIN(CHECK_TEST(empty_map_has_nothing), CHECK_TEST(set_get_replace),
           CHECK_TEST(key_zero_is_a_key), CHECK_TEST(pointers_are_keys),
           CHECK_TEST(every_growth_may_be_refused))
