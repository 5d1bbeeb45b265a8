/* Golden files of the passes: tests/golden/passes/PASS/NAME.ir holds functions and, as comments behind
 * a line "; becomes", what the pass makes of them. PASS may be several, "fold+overflow". The
 * functions are also run before and after on random arguments: results, exceptions and the contents of
 * arrays must be the same.
 *
 * test_pass_golden --bless rewrites what is expected.
 */
#include <dirent.h>
#include <stdio.h>

#include "check.h"
#include "interpret.h"
#include "passes/pass.h"

#define GOLDEN_FOLDER "tests/golden/passes"
#define BECOMES "; becomes\n"

enum { RUNS = 60 };

typedef struct Case {
    Arena arena;
    Interner names;
    TypeTable types;
    Diag diag;
    jmp_buf boundary;
    Compile compile;
    const char *path, *input, *expected; /* expected: NULL when there is none yet */
    Funcs before, after;
} Case;

static bool is_blessing;

/* ---- files ---- */

/* The folder from the root of the source tree, which is where this file's path begins. */
static const char *folder(Arena *arena, const char *name)
{
    static const char here[] = __FILE__, inside[] = "tests/c/test_pass_golden.c";
    int length = (int)(strlen(here) - strlen(inside));
    return arena_printf(arena, "%.*s" GOLDEN_FOLDER "/%s", length, here, name);
}

static char *read_text(Arena *arena, const char *path)
{
    Text text;
    text_open(&text, arena);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char block[4096];
    for (size_t got = sizeof block; got == sizeof block;) {
        got = fread(block, 1, sizeof block, file);
        text_put(&text, block, got);
    }
    fclose(file);
    return text.data;
}

static void write_case(const Case *c, const Text *expected)
{
    FILE *file = fopen(c->path, "wb");
    CHECK(file);
    if (!file)
        return;
    fprintf(file, "%s" BECOMES "%s", c->input, expected->data);
    fclose(file);
}

static bool case_open(Case *c, const char *path)
{
    *c = (Case){.path = path};
    arena_open(&c->arena, NULL);
    intern_open(&c->names, &c->arena);
    type_open(&c->types, &c->arena, &c->names);
    diag_open(&c->diag, &c->arena, &c->boundary);
    c->compile =
        (Compile){.arena = &c->arena, .diag = &c->diag, .names = &c->names, .types = &c->types};
    char *text = read_text(&c->arena, path);
    if (!text)
        return false;
    char *becomes = strstr(text, BECOMES);
    if (becomes) {
        *becomes = '\0';
        c->expected = becomes + strlen(BECOMES);
    }
    c->input = text;
    return true;
}

/* ---- the passes ---- */

static void run_passes(Case *c, const char *names)
{
    PassWatch watch = {.stop_after = -1, .verify = true};
    for (const char *at = names; *at;) {
        char name[32] = {0};
        size_t length = strcspn(at, "+");
        memcpy(name, at, length < sizeof name ? length : sizeof name - 1);
        at += length + (at[length] == '+');
        PassId pass;
        if (!pass_from_text(name, &pass)) {
            check_failed(__FILE__, __LINE__, "no pass has the name %s", name);
            return;
        }
        for (uint32_t i = 0; i < c->after.len; i++)
            pass_run(&c->compile, pass, c->after.data[i], &watch);
    }
}

/* Calls of the copies go to the copies. */
static void redirect_calls(const Case *c, const Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        for (uint32_t i = 0; op->code == OP_CALL && i < c->before.len; i++)
            if (op->attr.func == c->before.data[i])
                op->attr.func = c->after.data[i];
        for (uint32_t i = 0; i < op->region_count; i++)
            redirect_calls(c, &op->regions[i]);
    }
}

static bool load_and_run(Case *c, const char *passes)
{
    Text error;
    text_open(&error, &c->arena);
    bool is_sound = ir_parse_all(&c->arena, &c->types, c->input, &error, &c->before);
    for (uint32_t i = 0; is_sound && i < c->before.len; i++) {
        is_sound = ir_verify(c->before.data[i], &error);
        vec_push(&c->arena, &c->after, ir_func_clone(&c->arena, c->before.data[i]));
    }
    if (!is_sound) {
        check_failed(__FILE__, __LINE__, "%s: %s", c->path, error.data);
        return false;
    }
    for (uint32_t i = 0; i < c->after.len; i++)
        redirect_calls(c, &c->after.data[i]->body);
    if (setjmp(c->boundary)) {
        diag_render(&c->diag, &error);
        check_failed(__FILE__, __LINE__, "%s: %s", c->path, error.data);
        return false;
    }
    run_passes(c, passes);
    return true;
}

static void print_expected(const Funcs *funcs, Text *out)
{
    for (uint32_t i = 0; i < funcs->len; i++) {
        Text printed;
        text_open(&printed, out->arena);
        ir_print(funcs->data[i], &printed);
        text_puts(out, i ? ";\n" : "");
        for (const char *at = printed.data; *at;) {
            size_t length = strcspn(at, "\n") + 1;
            text_puts(out, "; ");
            text_put(out, at, length);
            at += length;
        }
    }
}

/* ---- running before and after ---- */

static void run_both(Case *c, const char *passes)
{
    bool counts = strstr(passes, "own") != NULL;
    for (uint32_t i = 0; i < c->before.len; i++)
        for (uint64_t seed = 1; seed <= RUNS; seed++) {
            Run a, b;
            ArenaMark mark = arena_mark(&c->arena);
            run_on_random_args(&c->arena, &a, c->before.data[i], seed * 7919, false);
            run_on_random_args(&c->arena, &b, c->after.data[i], seed * 7919, counts);
            const char *what = run_difference(&a, &b, c->before.data[i]);
            if (what)
                check_failed(__FILE__, __LINE__, "%s: %s, run %" PRIu64 ": %s", c->path,
                             c->before.data[i]->name->text, seed, what);
            arena_release(&c->arena, mark);
        }
}

/* ---- the test ---- */

static void check_case(const char *path, const char *passes)
{
    Case c;
    if (!case_open(&c, path) || !load_and_run(&c, passes)) {
        arena_close(&c.arena);
        return;
    }
    Text printed;
    text_open(&printed, &c.arena);
    print_expected(&c.after, &printed);
    run_both(&c, passes);
    if (is_blessing)
        write_case(&c, &printed);
    else if (!c.expected || strcmp(c.expected, printed.data) != 0)
        check_failed(__FILE__, __LINE__, "%s becomes\n%s# and not\n%s", path, printed.data,
                     c.expected ? c.expected : "(nothing yet)");
    arena_close(&c.arena);
}

typedef void Visit(Arena *arena, const char *path, const char *name, const char *context);

/* Entries of a folder but for hidden ones; how many there were. */
static int each_entry(Arena *arena, const char *where, const char *context, Visit *visit)
{
    DIR *directory = opendir(where);
    int count = 0;
    if (!directory)
        return 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.') {
            visit(arena, arena_printf(arena, "%s/%s", where, entry->d_name), entry->d_name,
                  context);
            count++;
        }
    closedir(directory);
    return count;
}

static void visit_case(Arena *arena, const char *path, const char *name, const char *passes)
{
    (void)arena;
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".ir") == 0)
        check_case(path, passes);
}

static void visit_pass(Arena *arena, const char *path, const char *name, const char *context)
{
    (void)context;
    each_entry(arena, path, arena_strndup(arena, name, strlen(name)), visit_case);
}

static void becomes_as_written(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    CHECK(each_entry(&arena, folder(&arena, "."), NULL, visit_pass) > 0);
    arena_close(&arena);
}

int main(int argc, char **argv)
{
    static const CheckTest tests[] = {CHECK_TEST(becomes_as_written)};
    is_blessing = argc > 1 && strcmp(argv[1], "--bless") == 0;
    return check_main(tests, 1, argc > 1 && !is_blessing ? argv[1] : NULL);
}
