/* Printing, parsing and verifying: of random programs, of constants, and of texts that are wrong. */
#include "check.h"

#include <math.h>

#include "test_ir_program.h"

static void prints_what_it_parses(void)
{
    for (uint64_t seed = 0; seed < 1000; seed++) {
        World w;
        world_open(&w);
        Func *func = program_make(&w, seed);
        const char *text = world_print(&w, func);
        if (!ir_verify(func, &w.error))
            check_failed(__FILE__, __LINE__, "seed %d: %s\n%s", (int)seed, w.error.data, text);
        Func *again = ir_parse(&w.arena, &w.types, text, &w.error);
        CHECK_TEXT(w.error.data, "");
        CHECK(again && strcmp(world_print(&w, again), text) == 0);
        CHECK(again && ir_verify(again, &w.error));
        CHECK(again && again->value_count == func->value_count);
        world_close(&w);
        if (check_state.failed)
            return;
    }
}

static const Constant constants[] = {
    {.kind = CONSTANT_NONE},
    {.kind = CONSTANT_ELLIPSIS},
    {.kind = CONSTANT_BOOL, .truth = true},
    {.kind = CONSTANT_BOOL, .truth = false},
    {.kind = CONSTANT_INT, .integer = 0},
    {.kind = CONSTANT_INT, .integer = -1},
    {.kind = CONSTANT_INT, .integer = (__int128)UINT64_MAX},
    {.kind = CONSTANT_INT, .integer = (__int128)((unsigned __int128)1 << 127)},
    {.kind = CONSTANT_INT, .integer = (__int128)(~(unsigned __int128)0 >> 1)},
    {.kind = CONSTANT_FLOAT, .real = 0.0},
    {.kind = CONSTANT_FLOAT, .real = -0.0},
    {.kind = CONSTANT_FLOAT, .real = 0.1},
    {.kind = CONSTANT_FLOAT, .real = 5e-324},
    {.kind = CONSTANT_FLOAT, .real = -1.7976931348623157e308},
    {.kind = CONSTANT_FLOAT, .real = 1e22},
    {.kind = CONSTANT_FLOAT, .real = (double)INFINITY},
    {.kind = CONSTANT_FLOAT, .real = -(double)INFINITY},
    {.kind = CONSTANT_FLOAT, .real = (double)NAN},
    {.kind = CONSTANT_COMPLEX, .real = 0.0, .imag = 1.0},
    {.kind = CONSTANT_COMPLEX, .real = 0.0, .imag = -0.0},
    {.kind = CONSTANT_COMPLEX, .real = -0.0, .imag = 0.0},
    {.kind = CONSTANT_COMPLEX, .real = 1.5, .imag = -2e-300},
    {.kind = CONSTANT_COMPLEX, .real = (double)NAN, .imag = (double)INFINITY},
    {.kind = CONSTANT_COMPLEX, .real = -(double)INFINITY, .imag = (double)NAN},
};

static void check_constant(World *w, const Constant *constant)
{
    Text text;
    text_open(&text, &w->arena);
    text_puts(&text, "func @f() { %0 = const ");
    constant_print(constant, &text);
    text_puts(&text, " return %0 }");
    Func *func = ir_parse(&w->arena, &w->types, text.data, &w->error);
    if (!func || !constant_equal(func->body.first->attr.constant, constant))
        check_failed(__FILE__, __LINE__, "%s: %s", text.data, w->error.data);
}

static void reads_every_constant(void)
{
    World w;
    world_open(&w);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        check_constant(&w, &constants[i]);
    static const char strange[] = "'\"\\\n\t\r\0\x7f; } é\xe2\x80\xa8\xf0\x9f\x90\xa6";
    for (size_t length = 0; length < sizeof strange; length++) {
        Constant constant = {.kind = CONSTANT_STR};
        constant.text = intern_text(&w.names, strange + sizeof strange - 1 - length, length);
        /* Tails that begin within a character are no text. */
        if (length == 0 || (strange[sizeof strange - 1 - length] & 0xc0) != 0x80)
            check_constant(&w, &constant);
    }
    world_close(&w);
}

static const char *parse_error(World *w, const char *text)
{
    text_open(&w->error, &w->arena);
    Func *func = ir_parse(&w->arena, &w->types, text, &w->error);
    return func ? "(none)" : w->error.data;
}

static void names_the_place_of_a_mistake(void)
{
    static const char *const cases[][2] = {
        {"", "1:1: expected 'func'"},
        {"func mag()", "1:6: expected '@'"},
        {"func @f() {", "1:12: no operation has this name"},
        {"func @f(%0: flot) -> int { unreachable }", "1:13: expected a type"},
        {"func @f(%0) {\n  return %1\n}", "2:11: no value of that name is defined before"},
        {"func @f(%x.0) {\n  return %y.0\n}", "2:11: value 0 has another name"},
        {"func @f(%0, %0) { unreachable }", "1:14: the value is defined twice"},
        {"func @f(%x, %x) { unreachable }", "1:14: the value is defined twice"},
        {"func @f() { break @1 }", "1:19: no operation has this label"},
        {"func @f() { break }", "1:19: expected '@' and a label"},
        {"func @f() { if @1 }", "1:16: the operation takes no label"},
        {"func @f() { block @1 { block @1 { yield } } }", "1:30: the label is used twice"},
        {"func @f() { %0 = const 1.5.2 }", "1:24: expected a constant"},
        {"func @f() { %0 = const 'abc }", "1:24: the string does not end"},
        {"func @f() { %0 = const '\\x1' }", "1:27: expected 2 hexadecimal digits"},
        {"func @f() { %0 = const (1-2) }", "1:24: expected a complex number"},
        {"func @f() { %0 = const 170141183460469231731687303715884105728 }",
         "1:24: the integer needs more than 128 bits"},
        {"func @f(%0) { %1 = py.binary %0, %0 {<>} }",
         "1:38: expected an integer or an operator"},
        {"func @f(%0) { %1 = py.call %0 (a=%0, %0) }",
         "1:38: a positional argument follows a keyword"},
        {"func @f() { raise {class no.Such} }", "1:26: no class of that name is known"},
        {"func @f() { %0 = py.function {g} }", "1:31: code cannot be read back"},
        {"func @f(%4294967295) { unreachable }", "1:10: the number is too large"},
    };
    World w;
    world_open(&w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(parse_error(&w, cases[i][0]), cases[i][1]);
    world_close(&w);
}

/* Any prefix, and any text with one character changed, is refused or read: never more. */
static void survives_damaged_text(void)
{
    World w;
    world_open(&w);
    const char *text = world_print(&w, program_make(&w, 6));
    size_t length = strlen(text);
    CHECK(length > 500);
    for (size_t i = 0; i < length; i += 3) {
        ArenaMark mark = arena_mark(&w.arena);
        char *damaged = arena_strndup(&w.arena, text, length);
        damaged[i] = (char)("\0%@{}(;\"9"[i % 9]);
        Text error;
        text_open(&error, &w.arena);
        Func *func = ir_parse(&w.arena, &w.types, damaged, &error);
        if (func)
            ir_verify(func, &error);
        arena_release(&w.arena, mark);
        intern_open(&w.names, &w.arena); /* names that lie behind the mark are gone */
        type_open(&w.types, &w.arena, &w.names);
    }
    world_close(&w);
}

static void refuses_endless_nesting(void)
{
    World w;
    world_open(&w);
    Text text;
    text_open(&text, &w.arena);
    text_puts(&text, "func @f() {");
    for (int i = 0; i < 100000; i++)
        text_puts(&text, "block {");
    CHECK(strstr(parse_error(&w, text.data), "the regions nest too deeply"));
    world_close(&w);
}

static const char located[] = "func @outer() -> int { ; 3:0\n"
                              "    %0: int = const 1 ; 4:8\n"
                              "    %1: int = const 2 ; 1:4 in inner < 5:9\n"
                              "    %2: int = const 3 ; 9:4 in \"a <b>\" < 1:4 in inner < 5:9\n"
                              "    %3: int = const 4\n"
                              "    loop @0 { ; 6:4\n"
                              "        break @0 ; 7:8\n"
                              "    }\n"
                              "    return %0 ; 8:4\n"
                              "}\n";

static void keeps_locations(void)
{
    World w;
    world_open(&w);
    Func *func = ir_parse(&w.arena, &w.types, located, &w.error);
    CHECK_TEXT(w.error.data, "");
    Text out;
    text_open(&out, &w.arena);
    ir_print_with(func, &out, IR_PRINT_LOCATIONS);
    CHECK_TEXT(out.data, located);
    const Loc *loc = func->body.first->next->loc;
    CHECK_INT(loc->span.line, 1);
    CHECK_TEXT(loc->function->text, "inner");
    CHECK_INT(loc->caller->span.column, 9);
    CHECK(loc->caller->function == func->name);
    world_close(&w);
}

static void binds_callees(void)
{
    World w;
    world_open(&w);
    Funcs funcs;
    CHECK(ir_parse_all(
        &w.arena, &w.types,
        "func @f() -> int { %0: int = call {@g} %1: int = call {@h}\n return %1 }\n"
        "func @g() -> int { %0: int = call {@h} return %0 }\n",
        &w.error, &funcs));
    CHECK_INT(funcs.len, 2);
    const Op *call = funcs.data[0]->body.first;
    CHECK(call->attr.func == funcs.data[1]);
    CHECK(call->next->attr.func == funcs.data[1]->body.first->attr.func);
    CHECK(!call->next->attr.func->body.first);
    CHECK(ir_verify(funcs.data[0], &w.error) && ir_verify(funcs.data[1], &w.error));
    world_close(&w);
}

/* What a person writes: names without numbers, results used by name, labels where needed. */
static void numbers_what_has_no_number(void)
{
    World w;
    world_open(&w);
    Func *func = ir_parse(&w.arena, &w.types,
                          "func @f(%x: int, %7: int) -> int { ; not a place\n"
                          "  %s: int = loop (%i: int = %x) { %t: bool = lt %i, %7\n"
                          "    if %t { return %i } else { yield }  continue @0 %i }\n"
                          "  return %s }",
                          &w.error);
    CHECK(!func);
    CHECK(strstr(w.error.data, "no operation has this label"));
    text_open(&w.error, &w.arena);
    func = ir_parse(&w.arena, &w.types,
                    "func @f(%x: int, %7: int) -> int { ; not a place\n"
                    "  %s: int = loop @3 (%i: int = %x) { %t: bool = lt %i, %7\n"
                    "    if %t { return %i } else { yield }  continue @3 %i }\n"
                    "  return %s }",
                    &w.error);
    CHECK_TEXT(w.error.data, "");
    CHECK_TEXT(world_print(&w, func), "func @f(%x.8: int, %7: int) -> int {\n"
                                      "    %s.9: int = loop @3 (%i.10: int = %x.8) {\n"
                                      "        %t.11: bool = lt %i.10, %7\n"
                                      "        if %t.11 { return %i.10 } else { yield }\n"
                                      "        continue @3 %i.10\n"
                                      "    }\n"
                                      "    return %s.9\n"
                                      "}\n");
    CHECK_INT(func->value_count, 12);
    CHECK_INT(func->label_count, 5);
    world_close(&w);
}

static void parse_and_print(Arena *arena)
{
    Interner names;
    TypeTable types;
    Text error, out;
    intern_open(&names, arena);
    type_open(&types, arena, &names);
    text_open(&error, arena);
    text_open(&out, arena);
    Func *func = ir_parse(arena, &types, located, &error);
    CHECK(func && ir_verify(func, &error));
    ir_print(ir_func_clone(arena, func), &out);
}

static void survives_that_memory_runs_out(void)
{
    CHECK(check_until_granted(parse_and_print) > 0);
}

CHECK_MAIN(CHECK_TEST(prints_what_it_parses), CHECK_TEST(reads_every_constant),
           CHECK_TEST(names_the_place_of_a_mistake), CHECK_TEST(survives_damaged_text),
           CHECK_TEST(refuses_endless_nesting), CHECK_TEST(keeps_locations),
           CHECK_TEST(binds_callees), CHECK_TEST(numbers_what_has_no_number),
           CHECK_TEST(survives_that_memory_runs_out))
