/* Interned names. */
#include "base/intern.h"
#include "check.h"

static void equal_text_is_the_same_symbol(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Interner interner;
    intern_open(&interner, &arena);
    const Symbol *name = intern_text(&interner, "rangefinder", 5);
    CHECK_TEXT(name->text, "range");
    CHECK_INT(name->length, 5);
    CHECK(name == intern_cstr(&interner, "range"));
    CHECK(name != intern_cstr(&interner, "Range"));
    CHECK_INT(interner.len, 2);
    arena_close(&arena);
}

static void text_may_be_empty_or_hold_zeros(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Interner interner;
    intern_open(&interner, &arena);
    const Symbol *empty = intern_text(&interner, NULL, 0);
    CHECK(empty == intern_cstr(&interner, ""));
    const Symbol *zeros = intern_text(&interner, "a\0b", 3);
    CHECK(zeros != intern_cstr(&interner, "a"));
    CHECK(zeros == intern_text(&interner, "a\0b", 3));
    arena_close(&arena);
}

static void symbols_stay_while_the_table_grows(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Interner interner;
    intern_open(&interner, &arena);
    const Symbol *symbols[3000];
    for (int i = 0; i < 3000; i++)
        symbols[i] = intern_cstr(&interner, arena_printf(&arena, "name_%d", i));
    for (int i = 0; i < 3000; i++)
        CHECK(symbols[i] == intern_cstr(&interner, arena_printf(&arena, "name_%d", i)));
    CHECK_INT(interner.len, 3000);
    arena_close(&arena);
}

static void hash_is_fnv_1a(void)
{
    CHECK(intern_hash("", 0) == UINT64_C(0xCBF29CE484222325));
    CHECK(intern_hash("a", 1) == UINT64_C(0xAF63DC4C8601EC8C));
    CHECK(intern_hash("foobar", 6) == UINT64_C(0x85944171F73967E8));
}

static void intern_many(Arena *arena)
{
    Interner interner;
    intern_open(&interner, arena);
    for (int i = 0; i < 2000; i++)
        intern_cstr(&interner, arena_printf(arena, "name_%d", i));
}

static void every_growth_may_be_refused(void)
{
    CHECK(check_until_granted(intern_many) > 3);
}

CHECK_MAIN(CHECK_TEST(equal_text_is_the_same_symbol),
           CHECK_TEST(text_may_be_empty_or_hold_zeros),
           CHECK_TEST(symbols_stay_while_the_table_grows), CHECK_TEST(hash_is_fnv_1a),
           CHECK_TEST(every_growth_may_be_refused))
