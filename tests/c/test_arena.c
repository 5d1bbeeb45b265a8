/* Arenas: alignment, clearing, marks, and running out of memory. */
#include "check.h"

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

static void memory_is_zeroed_and_aligned(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    for (size_t align = 1; align <= 256; align *= 2) {
        for (size_t size = 1; size < 9000; size = size * 3 + 1) {
            char *memory = arena_alloc(&arena, size, align);
            CHECK((uintptr_t)memory % align == 0);
            CHECK(is_zero(memory, size));
            memset(memory, 0xAA, size);
        }
    }
    arena_close(&arena);
}

static void allocations_do_not_overlap(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    uint64_t *numbers[2000];
    for (uint64_t i = 0; i < 2000; i++) {
        numbers[i] = ARENA_ARRAY(&arena, uint64_t, 1 + i % 7);
        numbers[i][i % 7] = i;
        numbers[i][0] = i;
    }
    for (uint64_t i = 0; i < 2000; i++)
        CHECK(numbers[i][0] == i && numbers[i][i % 7] == i);
    arena_close(&arena);
}

static void size_zero_is_a_valid_pointer(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    CHECK(arena_alloc(&arena, 0, 8));
    CHECK_TEXT(arena_strndup(&arena, NULL, 0), "");
    arena_close(&arena);
}

static void large_allocation_gets_its_own_chunk(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    size_t size = (size_t)5 << 20;
    char *large = arena_alloc(&arena, size, 64);
    CHECK(is_zero(large, size));
    large[0] = large[size - 1] = 1;
    CHECK_INT(arena.used, size);
    CHECK(arena_alloc(&arena, 16, 16));
    arena_close(&arena);
    CHECK(!arena.chunk);
}

static void release_gives_back_and_clears_again(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    char *kept = arena_strndup(&arena, "kept", 4);
    ArenaMark mark = arena_mark(&arena);
    char *first = arena_alloc(&arena, 100, 8);
    memset(first, 0xFF, 100);
    memset(arena_alloc(&arena, 100000, 8), 0xFF, 100000);
    arena_release(&arena, mark);
    CHECK_INT(arena.used, 5);
    char *again = arena_alloc(&arena, 100, 8);
    CHECK(again == first);
    CHECK(is_zero(again, 100));
    CHECK_TEXT(kept, "kept");
    arena_close(&arena);
}

static void mark_of_an_empty_arena(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    ArenaMark mark = arena_mark(&arena);
    CHECK(arena_alloc(&arena, 10, 1));
    arena_release(&arena, mark);
    CHECK(!arena.chunk && arena.used == 0);
    CHECK(arena_alloc(&arena, 10, 1));
    arena_close(&arena);
}

static void printf_measures_itself(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    CHECK_TEXT(arena_printf(&arena, "%s: %d", "answer", 42), "answer: 42");
    char *wide = arena_printf(&arena, "%9000d", 7);
    CHECK_INT(strlen(wide), 9000);
    arena_close(&arena);
}

static void fill_chunks(Arena *arena)
{
    for (int i = 0; i < 40; i++)
        memset(arena_alloc(arena, 4000, 8), 1, 4000);
}

static void every_chunk_may_be_refused(void)
{
    CHECK(check_until_granted(fill_chunks) > 3);
}

static void absurd_sizes_run_out_of_memory(void)
{
    jmp_buf boundary;
    ArenaPolicy policy = {check_out_of_memory, &boundary, -1};
    Arena arena;
    arena_open(&arena, &policy);
    volatile bool is_refused = false;
    if (setjmp(boundary) == 0)
        arena_alloc(&arena, SIZE_MAX - 8, 8);
    else
        is_refused = true;
    CHECK(is_refused);
    CHECK(arena_alloc(&arena, 8, 8));
    arena_close(&arena);
}

CHECK_MAIN(CHECK_TEST(memory_is_zeroed_and_aligned), CHECK_TEST(allocations_do_not_overlap),
           CHECK_TEST(size_zero_is_a_valid_pointer),
           CHECK_TEST(large_allocation_gets_its_own_chunk),
           CHECK_TEST(release_gives_back_and_clears_again), CHECK_TEST(mark_of_an_empty_arena),
           CHECK_TEST(printf_measures_itself), CHECK_TEST(every_chunk_may_be_refused),
           CHECK_TEST(absurd_sizes_run_out_of_memory))
