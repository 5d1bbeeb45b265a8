/* The output buffer, and numbers as text. */
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "check.h"

static void pieces_follow_each_other(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Text text;
    text_open(&text, &arena);
    CHECK_TEXT(text.data, "");
    text_put(&text, "abcdef", 3);
    text_puts(&text, "-x-");
    text_putc(&text, '!');
    text_fill(&text, '.', 3);
    text_printf(&text, "%d%%", 50);
    text_fill(&text, 'z', 0);
    text_put(&text, NULL, 0);
    CHECK_TEXT(text.data, "abc-x-!...50%");
    CHECK_INT(text.len, strlen(text.data));
    arena_close(&arena);
}

static void long_text_grows(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Text text;
    text_open(&text, &arena);
    for (int i = 0; i < 10000; i++)
        text_printf(&text, "%d,", i % 10);
    CHECK_INT(text.len, 20000);
    text_printf(&text, "%50000d", 1);
    CHECK_INT(text.len, 70000);
    CHECK_INT(strlen(text.data), 70000);
    arena_close(&arena);
}

static const char *double_text(Arena *arena, double value)
{
    Text text;
    text_open(&text, arena);
    text_double(&text, value);
    return text.data;
}

static void doubles_read_as_python_writes_them(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {1.0 / 3.0, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {100.0, "100.0"},
        {123456.789, "123456.789"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {0.00012345, "0.00012345"},
        {1e15, "1000000000000000.0"},
        {9007199254740993.0, "9007199254740992.0"},
        {1e16, "1e+16"},
        {1.5e16, "1.5e+16"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {1e300, "1e+300"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {-1e-7, "-1e-07"},
        {0x1p-1017, "7.120236347223045e-307"}, /* the nearest of 16 digits does not read back */
        {0x1p-44, "5.684341886080802e-14"},
        {9.5e-6, "9.5e-06"},
        {HUGE_VAL, "inf"},
        {-HUGE_VAL, "-inf"},
    };
    Arena arena;
    arena_open(&arena, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_TEXT(double_text(&arena, cases[i].value), cases[i].text);
    CHECK_TEXT(double_text(&arena, (double)NAN), "nan");
    CHECK_TEXT(double_text(&arena, -(double)NAN), "nan");
    arena_close(&arena);
}

static void doubles_read_back(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    uint64_t bits = 88172645463325252u; /* xorshift64 */
    for (int i = 0; i < 5000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value;
        memcpy(&value, &bits, sizeof value);
        ArenaMark mark = arena_mark(&arena);
        if (!isnan(value))
            CHECK(strtod(double_text(&arena, value), NULL) == value);
        arena_release(&arena, mark);
    }
    arena_close(&arena);
}

static void decimal_comma_changes_nothing(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (setlocale(LC_NUMERIC, names[i]))
            break; /* where none is installed the test runs under the C locale */
    Arena arena;
    arena_open(&arena, NULL);
    CHECK_TEXT(double_text(&arena, 1234.5), "1234.5");
    CHECK_TEXT(double_text(&arena, 1.25e-30), "1.25e-30");
    arena_close(&arena);
    setlocale(LC_NUMERIC, "C");
}

static void int128_in_decimal(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Text text;
    text_open(&text, &arena);
    __int128 least = (__int128)((unsigned __int128)1 << 127);
    text_int128(&text, least);
    text_putc(&text, ' ');
    text_int128(&text, -(least + 1));
    text_putc(&text, ' ');
    text_int128(&text, 0);
    text_putc(&text, ' ');
    text_int128(&text, -7);
    CHECK_TEXT(text.data, "-170141183460469231731687303715884105728 "
                          "170141183460469231731687303715884105727 0 -7");
    arena_close(&arena);
}

static void put_many(Arena *arena)
{
    Text text;
    text_open(&text, arena);
    for (int i = 0; i < 20000; i++)
        text_puts(&text, "some text");
}

static void every_growth_may_be_refused(void)
{
    CHECK(check_until_granted(put_many) > 3);
}

CHECK_MAIN(CHECK_TEST(pieces_follow_each_other), CHECK_TEST(long_text_grows),
           CHECK_TEST(doubles_read_as_python_writes_them), CHECK_TEST(doubles_read_back),
           CHECK_TEST(decimal_comma_changes_nothing), CHECK_TEST(int128_in_decimal),
           CHECK_TEST(every_growth_may_be_refused))
