/* Golden files of the IR: tests/golden/ir/NAME.ir is read, verified, printed and must be printed as
 * it stands, after the comment lines at its head; with "; locations" among those, with locations.
 * Together they hold every operation. In refused/ are functions that the verifier refuses, with its
 * message in the first line: "; error: …".
 *
 * test_ir_golden --bless rewrites the files from what they mean. A new case may be written loosely:
 * names without numbers, lines as you like.
 */
#include <dirent.h>
#include <stdio.h>

#include "check.h"
#include "test_ir_program.h"

#ifndef GOLDEN_FOLDER
#define GOLDEN_FOLDER "tests/golden/ir"
#endif

static bool is_blessing;
static bool is_met[OP_COUNT];

/* The folder from the root of the source tree, which is where this file's path begins. */
static const char *folder(World *w, const char *name)
{
    static const char here[] = __FILE__, inside[] = "tests/c/test_ir_golden.c";
    int length = (int)(strlen(here) - strlen(inside));
    return arena_printf(&w->arena, "%.*s" GOLDEN_FOLDER "/%s", length, here, name);
}

static char *read_text(World *w, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    Text text;
    text_open(&text, &w->arena);
    char block[4096];
    do
        text_put(&text, block, fread(block, 1, sizeof block, file));
    while (!feof(file) && !ferror(file));
    fclose(file);
    text_put(&text, "", 0);
    return text.data;
}

static void write_text(const char *path, const Text *text)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(text->data, 1, text->len, file) == text->len);
    if (file)
        fclose(file);
}

static const char *after_comments(const char *text)
{
    while (*text == ';') {
        const char *end = strchr(text, '\n');
        text = end ? end + 1 : text + strlen(text);
    }
    return text;
}

/* The file as it should be: its head, then its functions. */
static void print_all(World *w, const char *text, const Funcs *funcs, Text *out)
{
    const char *body = after_comments(text);
    text_open(out, &w->arena);
    text_put(out, text, (size_t)(body - text));
    const char *flag = strstr(text, "; locations");
    unsigned flags = flag && flag < body ? IR_PRINT_LOCATIONS : 0;
    for (uint32_t i = 0; i < funcs->len; i++) {
        text_puts(out, i ? "\n" : "");
        ir_print_with(funcs->data[i], out, flags);
    }
}

static void note_operations(const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        is_met[op->code] = true;
        for (uint32_t i = 0; i < op->region_count; i++)
            note_operations(&op->regions[i]);
    }
}

static void check_accepted(World *w, const char *path)
{
    Funcs funcs;
    char *text = read_text(w, path);
    if (!text || !ir_parse_all(&w->arena, &w->types, text, &w->error, &funcs)) {
        check_failed(__FILE__, __LINE__, "%s: %s", path, w->error.data);
        return;
    }
    for (uint32_t i = 0; i < funcs.len; i++) {
        note_operations(&funcs.data[i]->body);
        if (!ir_verify(funcs.data[i], &w->error))
            check_failed(__FILE__, __LINE__, "%s: %s", path, w->error.data);
    }
    Text printed;
    print_all(w, text, &funcs, &printed);
    if (is_blessing)
        write_text(path, &printed);
    else
        CHECK_TEXT(printed.data, text);
}

static void check_refused(World *w, const char *path)
{
    Funcs funcs;
    char *text = read_text(w, path);
    if (!text || !ir_parse_all(&w->arena, &w->types, text, &w->error, &funcs)) {
        check_failed(__FILE__, __LINE__, "%s: %s", path, w->error.data);
        return;
    }
    if (ir_verify(funcs.data[0], &w->error))
        check_failed(__FILE__, __LINE__, "%s is accepted", path);
    Text wanted;
    text_open(&wanted, &w->arena);
    text_printf(&wanted, "; error: %s\n%s", w->error.data, after_comments(text));
    if (is_blessing)
        write_text(path, &wanted);
    else
        CHECK_TEXT(wanted.data, text);
}

static void each_file(const char *name, void check(World *, const char *))
{
    World names;
    world_open(&names);
    const char *where = folder(&names, name);
    DIR *directory = opendir(where);
    if (!directory)
        check_failed(__FILE__, __LINE__, "no folder %s", where);
    int count = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name);
        if (length < 4 || strcmp(entry->d_name + length - 3, ".ir") != 0)
            continue;
        World w;
        world_open(&w);
        check(&w, arena_printf(&names.arena, "%s/%s", where, entry->d_name));
        world_close(&w);
        count++;
    }
    CHECK(count > 0);
    if (directory)
        closedir(directory);
    world_close(&names);
}

static void prints_as_written(void)
{
    each_file(".", check_accepted);
}

static void refuses_with_this_message(void)
{
    each_file("refused", check_refused);
}

static void holds_every_operation(void)
{
    each_file(".", check_accepted);
    for (unsigned op = 0; op < OP_COUNT; op++)
        if (!is_met[op] && op != OP_PY_FUNCTION) /* code is not read back */
            check_failed(__FILE__, __LINE__, "no file has %s", op_text((OpCode)op));
}

int main(int argc, char **argv)
{
    static const CheckTest tests[] = {CHECK_TEST(prints_as_written),
                                      CHECK_TEST(refuses_with_this_message),
                                      CHECK_TEST(holds_every_operation)};
    is_blessing = argc > 1 && strcmp(argv[1], "--bless") == 0;
    return check_main(tests, 3, argc > 1 && !is_blessing ? argv[1] : NULL);
}
