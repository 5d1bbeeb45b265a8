/* Growable arrays. */
#include "base/vec.h"
#include "check.h"

typedef VEC(uint64_t) Numbers;

static void push_pop_last(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Numbers numbers = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        vec_push(&arena, &numbers, i * i);
        CHECK(vec_last(&numbers) == i * i);
    }
    CHECK_INT(numbers.len, 1000);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK(numbers.data[i] == i * i);
    CHECK_INT(vec_pop(&numbers), 999 * 999);
    CHECK_INT(numbers.len, 999);
    arena_close(&arena);
}

static void growing_leaves_the_old_storage_readable(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Numbers numbers = {0};
    vec_push(&arena, &numbers, 7);
    const uint64_t *old = numbers.data;
    for (uint64_t i = 0; i < 100; i++)
        vec_push(&arena, &numbers, i);
    CHECK_INT(*old, 7);
    CHECK_INT(numbers.data[0], 7);
    arena_close(&arena);
}

static void push_many(Arena *arena)
{
    Numbers numbers = {0};
    for (uint64_t i = 0; i < 20000; i++)
        vec_push(arena, &numbers, i);
}

static void every_growth_may_be_refused(void)
{
    CHECK(check_until_granted(push_many) > 3);
}

static void full_vector_runs_out_of_memory(void)
{
    jmp_buf boundary;
    ArenaPolicy policy = {check_out_of_memory, &boundary, -1};
    Arena arena;
    arena_open(&arena, &policy);
    volatile bool is_refused = false;
    uint32_t cap = UINT32_MAX - 1;
    if (setjmp(boundary) == 0)
        vec_grow(&arena, NULL, 0, &cap, 1);
    else
        is_refused = true;
    CHECK(is_refused);
    arena_close(&arena);
}

CHECK_MAIN(CHECK_TEST(push_pop_last), CHECK_TEST(growing_leaves_the_old_storage_readable),
           CHECK_TEST(every_growth_may_be_refused), CHECK_TEST(full_vector_runs_out_of_memory))
