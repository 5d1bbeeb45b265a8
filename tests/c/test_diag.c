/* Diagnostics: collecting, leaving, rendering, and suggesting names. */
#include "base/diag.h"
#include "check.h"

static const Source source = {
    .filename = "file.py",
    .text = "def f(n):\n"
            "    x = 1\n"
            "    if n:\n"
            "        x = \"hello\"\n"
            "\n"
            "\treturn\tx\n"
            "    naïve = café + 1\n"
            "    値 = 名前 + 1\n"
            "    for i in range(n):\n"
            "        a = 1\n"
            "\n"
            "        b = 2\n"
            "        c = 3",
    .first_line = 3,
};

static Span span_at(uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column)
{
    return (Span){&source, line, column, end_line, end_column};
}

/* The state that most tests need. */
typedef struct Fixture {
    Arena arena;
    Diag diag;
} Fixture;

static void fixture_open(Fixture *fixture, jmp_buf *boundary)
{
    arena_open(&fixture->arena, NULL);
    diag_open(&fixture->diag, &fixture->arena, boundary);
}

static const char *rendered(Fixture *fixture)
{
    Text text;
    text_open(&text, &fixture->arena);
    diag_render(&fixture->diag, &text);
    return text.data;
}

static void every_code_has_a_row(void)
{
    for (DiagCode code = 0; code < E_COUNT; code++) {
        CHECK(diag_name(code)[0]);
        CHECK(diag_summary(code)[0]);
    }
    CHECK_TEXT(diag_name(E_MERGE_CONSTANT), "MERGE_CONSTANT");
    CHECK_INT(diag_class(E_NAME), DIAG_NAME_ERROR);
    CHECK_INT(diag_class(E_NARROWING), DIAG_WARNING);
}

static void same_code_at_same_span_is_reported_once(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    Finding *first = diag_error(&f.diag, span_at(4, 4, 4, 5), E_NAME, "first");
    CHECK(diag_error(&f.diag, span_at(4, 4, 4, 5), E_NAME, "second") == first);
    CHECK(diag_error(&f.diag, span_at(4, 4, 4, 6), E_NAME, "other span") != first);
    CHECK(diag_error(&f.diag, span_at(4, 4, 4, 5), E_OPERAND, "other code") != first);
    diag_error(&f.diag, span_at(4, 4, 4, 5), E_NARROWING, "a warning");
    CHECK_INT(f.diag.findings.len, 4);
    CHECK_INT(f.diag.errors, 3);
    CHECK_TEXT(first->message, "first");
    arena_close(&f.arena);
}

static void fail_leaves_through_the_boundary(void)
{
    jmp_buf boundary;
    Fixture f;
    fixture_open(&f, &boundary);
    volatile int calls = 0;
    if (setjmp(boundary) == 0) {
        calls = 1;
        diag_fail(&f.diag, span_at(4, 4, 4, 5), E_TOO_DEEP, "%d levels", 99);
    }
    CHECK_INT(calls, 1);
    CHECK_INT(f.diag.errors, 1);
    CHECK_TEXT(f.diag.findings.data[0]->message, "99 levels");
    arena_close(&f.arena);
}

static void merge_shows_both_places(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    Span here = span_at(6, 12, 6, 19);
    Finding *finding =
        diag_error(&f.diag, here, E_MERGE, "cannot merge int and str for '%s'", "x");
    diag_note(&f.diag, finding, span_at(4, 8, 4, 9), "int");
    diag_note(&f.diag, finding, here, "str");
    diag_note(&f.diag, finding, (Span){0}, "name one of them differently");
    diag_note(&f.diag, finding, here, "str");
    CHECK_INT(finding->notes.len, 3);
    CHECK_TEXT(rendered(&f), "file.py:6:13: cannot merge int and str for 'x'\n"
                             "  6 |         x = \"hello\"\n"
                             "    |             ^^^^^^^ str\n"
                             "  4 |     x = 1\n"
                             "    |         ^ int\n"
                             "  help: name one of them differently\n");
    arena_close(&f.arena);
}

static void gutter_fits_the_largest_number(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    Finding *finding = diag_error(&f.diag, span_at(5, 7, 5, 8), E_NAME, "m");
    diag_note(&f.diag, finding, span_at(12, 8, 12, 9), "there");
    CHECK_TEXT(rendered(&f), "file.py:5:8: m\n"
                             "   5 |     if n:\n"
                             "     |        ^\n"
                             "  12 |         a = 1\n"
                             "     |         ^ there\n");
    arena_close(&f.arena);
}

static void tabs_are_kept_below_the_line(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    diag_error(&f.diag, span_at(8, 8, 8, 9), E_NAME, "m");
    CHECK_TEXT(rendered(&f), "file.py:8:9: m\n"
                             "  8 | \treturn\tx\n"
                             "    | \t      \t^\n");
    arena_close(&f.arena);
}

static void columns_are_characters_and_carets_are_cells(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    diag_error(&f.diag, span_at(9, 13, 9, 18), E_NAME, "m");
    diag_error(&f.diag, span_at(10, 10, 10, 16), E_NAME, "m");
    CHECK_TEXT(rendered(&f), "file.py:9:13: m\n"
                             "  9 |     naïve = café + 1\n"
                             "    |             ^^^^\n"
                             "\n"
                             "file.py:10:9: m\n"
                             "  10 |     値 = 名前 + 1\n"
                             "     |          ^^^^\n");
    arena_close(&f.arena);
}

static void spans_over_several_lines(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    Finding *finding = diag_error(&f.diag, span_at(4, 8, 6, 19), E_NAME, "m");
    diag_note(&f.diag, finding, span_at(11, 4, 15, 13), "loop");
    CHECK_TEXT(rendered(&f), "file.py:4:9: m\n"
                             "   4 |     x = 1\n"
                             "     |         ^\n"
                             "   5 |     if n:\n"
                             "     |     ^^^^^\n"
                             "   6 |         x = \"hello\"\n"
                             "     |         ^^^^^^^^^^^\n"
                             "  11 |     for i in range(n):\n"
                             "     |     ^^^^^^^^^^^^^^^^^^\n"
                             "  12 |         a = 1\n"
                             "     |         ^^^^^\n"
                             "     ...\n"
                             "  15 |         c = 3\n"
                             "     |         ^^^^^ loop\n");
    arena_close(&f.arena);
}

static void blank_line_within_a_span_gets_no_carets(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    diag_error(&f.diag, span_at(12, 8, 14, 13), E_NAME, "m");
    CHECK_TEXT(rendered(&f), "file.py:12:9: m\n"
                             "  12 |         a = 1\n"
                             "     |         ^^^^^\n"
                             "  13 |\n"
                             "  14 |         b = 2\n"
                             "     |         ^^^^^\n");
    arena_close(&f.arena);
}

static void places_without_text_are_named(void)
{
    static const Source other = {"other.py", "y = 2\n", 1, false};
    static const Source absent = {"absent.py", NULL, 1, false};
    Fixture f;
    fixture_open(&f, NULL);
    Finding *finding = diag_error(&f.diag, (Span){0}, E_INTERNAL, "no place");
    diag_note(&f.diag, finding, (Span){&other, 1, 0, 1, 1}, "there");
    diag_note(&f.diag, finding, (Span){&absent, 7, 2, 7, 3}, "not readable");
    diag_error(&f.diag, span_at(99, 0, 99, 1), E_NARROWING, "beyond the end");
    CHECK_TEXT(rendered(&f), "no place\n"
                             "  in other.py:\n"
                             "  1 | y = 2\n"
                             "    | ^ there\n"
                             "  absent.py:7:3: not readable\n"
                             "\n"
                             "file.py:99:1: warning: beyond the end\n");
    arena_close(&f.arena);
}

static void empty_and_overlong_spans_get_one_caret(void)
{
    Fixture f;
    fixture_open(&f, NULL);
    diag_error(&f.diag, span_at(5, 9, 5, 9), E_STATEMENT, "m");
    diag_error(&f.diag, span_at(5, 8, 5, 500), E_STATEMENT, "m");
    CHECK_TEXT(rendered(&f), "file.py:5:10: m\n"
                             "  5 |     if n:\n"
                             "    |          ^\n"
                             "\n"
                             "file.py:5:9: m\n"
                             "  5 |     if n:\n"
                             "    |         ^\n");
    arena_close(&f.arena);
}

static void bytes_that_are_not_utf8_are_survived(void)
{
    static const Source broken = {"b.py", "x = '\xFF\xC3' + y\xE5", 1, false};
    Fixture f;
    fixture_open(&f, NULL);
    diag_error(&f.diag, (Span){&broken, 1, 11, 1, 13}, E_NAME, "m");
    Text text;
    text_open(&text, &f.arena);
    diag_render_finding(f.diag.findings.data[0], &text);
    CHECK(strstr(text.data, "^^\n"));
    arena_close(&f.arena);
}

static const char *const names[] = {"range", "len", "np.arange", "enumerate", "sum", "zip"};

static void nearest_name(void)
{
    size_t count = sizeof names / sizeof names[0];
    CHECK_TEXT(diag_nearest("rnage", names, count), "range");
    CHECK_TEXT(diag_nearest("arange", names, count), "range");
    CHECK_TEXT(diag_nearest("np.arrange", names, count), "np.arange");
    CHECK_TEXT(diag_nearest("enumarate", names, count), "enumerate");
    CHECK_TEXT(diag_nearest("lne", names, count), "len");
    CHECK(!diag_nearest("map", names,
                        count)); /* zip is two edits away, a third of three is one */
    CHECK(!diag_nearest("", names, count));
    CHECK(!diag_nearest("x", names, count));
    CHECK(!diag_nearest("range", names, 0));
}

static void overlong_names_get_no_suggestion(void)
{
    char name[200];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const char *candidates[] = {name};
    CHECK(!diag_nearest(name, candidates, 1));
    CHECK(!diag_nearest("xxx", candidates, 1));
}

static void find_and_render(Arena *arena)
{
    Diag diag;
    diag_open(&diag, arena, NULL);
    for (uint32_t i = 0; i < 200; i++) {
        Finding *finding = diag_error(&diag, span_at(4, i, 4, i + 1), E_NAME, "message %u", i);
        diag_note(&diag, finding, span_at(5, 7, 5, 8), "note %u", i);
    }
    Text text;
    text_open(&text, arena);
    diag_render(&diag, &text);
}

static void every_growth_may_be_refused(void)
{
    CHECK(check_until_granted(find_and_render) > 3);
}

CHECK_MAIN(CHECK_TEST(every_code_has_a_row),
           CHECK_TEST(same_code_at_same_span_is_reported_once),
           CHECK_TEST(fail_leaves_through_the_boundary), CHECK_TEST(merge_shows_both_places),
           CHECK_TEST(gutter_fits_the_largest_number), CHECK_TEST(tabs_are_kept_below_the_line),
           CHECK_TEST(columns_are_characters_and_carets_are_cells),
           CHECK_TEST(spans_over_several_lines),
           CHECK_TEST(blank_line_within_a_span_gets_no_carets),
           CHECK_TEST(places_without_text_are_named),
           CHECK_TEST(empty_and_overlong_spans_get_one_caret),
           CHECK_TEST(bytes_that_are_not_utf8_are_survived), CHECK_TEST(nearest_name),
           CHECK_TEST(overlong_names_get_no_suggestion),
           CHECK_TEST(every_growth_may_be_refused))
