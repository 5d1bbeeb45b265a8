/* Tests of lowering that need no Python: a tree by hand, errors, and memory that runs out. The
 * rest is tested from Python, where there is a parser (tests/golden/generic, tests/python/source). */
#include "check.h"

#include "lower/lower.h"
#include "syntax/scope.h"

#include "syntax_make.h"

typedef struct Bench {
    Maker make;
    TypeTable types;
    Diag diag;
    jmp_buf boundary;
    Code code;
    Compile compile;
} Bench;

static void bench_open(Bench *b, Arena *arena)
{
    *b = (Bench){0};
    make_in(&b->make, arena);
    type_open(&b->types, arena, &b->make.names);
    diag_open(&b->diag, arena, &b->boundary);
    b->compile = (Compile){
        .arena = arena, .diag = &b->diag, .names = &b->make.names, .types = &b->types};
    b->code = (Code){.arena = arena,
                     .name = intern_cstr(&b->make.names, "f"),
                     .qualname = intern_cstr(&b->make.names, "f")};
}

/* Lowers def f(a) with this body. */
static Func *lower(Bench *b, Node *const *body, uint32_t count)
{
    Node *def = make_def(&b->make, "f", "a", body, count);
    scope_analyse(b->make.at, def, (NameList){0});
    lower_declare(&b->code, def);
    return lower_code(&b->compile, &b->code);
}

static const char *printed(Bench *b, const Func *func)
{
    Text out;
    text_open(&out, b->make.at);
    ir_print(func, &out);
    return ir_verify(func, &out) ? out.data : "refused by the verifier";
}

/* for i in a: s = s + i, in a try with a finally part that binds s; an inner function; a return. */
static Func *lower_something(Bench *b)
{
    Maker *m = &b->make;
    Node *add[] = {make_assign(m, "s", make_add(m, make_name(m, "s"), make_name(m, "i")))};
    Node *loop[] = {make_for(m, "i", make_name(m, "a"), add, 1)};
    Node *inner[] = {make_return(m, make_name(m, "a"))};
    Node *body[] = {
        make_assign(m, "s", make_int(m, 0)),
        make_try(m, loop, 1, make_assign(m, "t", make_name(m, "s"))),
        make_def(m, "g", NULL, inner, 1),
        make_return(m, make_add(m, make_name(m, "s"), make_name(m, "g"))),
    };
    return lower(b, body, 4);
}

static void lowers_a_tree(void)
{
    Arena arena;
    Bench b;
    arena_open(&arena, NULL);
    bench_open(&b, &arena);
    CHECK_INT(setjmp(b.boundary), 0);
    Func *func = lower_something(&b);
    CHECK_TEXT(printed(&b, func), "func @f(%a.0) {\n"
                                  "    %s.1 = const 0\n"
                                  "    %s.2 = block @0 {\n"
                                  "        try {\n"
                                  "            %3 = py.iter_len %a.0\n"
                                  "            %s.4 = for @2 %3 (%5, %s.6 = %s.1) {\n"
                                  "                %i.7 = py.iter_item %a.0, %5\n"
                                  "                %s.8 = py.binary %s.6, %i.7 {+}\n"
                                  "                continue @2 %s.8\n"
                                  "            }\n"
                                  "            break @0 %s.4\n"
                                  "        } except { reraise }\n"
                                  "        unreachable\n"
                                  "    }\n"
                                  "    %g.9 = py.function %a.0 {\"f.<locals>.g\"}\n"
                                  "    %10 = py.binary %s.2, %g.9 {+}\n"
                                  "    return %10\n"
                                  "}\n");
    CHECK(lower_code(&b.compile, &b.code) == func);
    arena_close(&arena);
}

static void errors_accumulate(void)
{
    Arena arena;
    Bench b;
    arena_open(&arena, NULL);
    bench_open(&b, &arena);
    Node *body[] = {ast_new(&arena, NODE_WITH, (Span){NULL, 1, 0, 1, 4}),
                    ast_new(&arena, NODE_CLASS_DEF, (Span){NULL, 2, 0, 2, 4})};
    ((AstClassDef *)body[1])->name = intern_cstr(&b.make.names, "C");
    volatile bool has_left = false;
    if (setjmp(b.boundary) == 0)
        lower(&b, body, 2);
    else
        has_left = true;
    CHECK(has_left);
    CHECK_INT(b.diag.errors, 2);
    CHECK_INT(b.diag.findings.data[0]->code, E_STATEMENT);
    CHECK(b.code.generic == NULL);
    arena_close(&arena);
}

static void lower_in(Arena *arena)
{
    Bench b;
    bench_open(&b, arena);
    Func *func = lower_something(&b);
    CHECK(strcmp(printed(&b, func), "refused by the verifier") != 0);
}

static void survives_lack_of_memory(void)
{
    CHECK(check_until_granted(lower_in) > 0);
}

static void no_source(void)
{
    Arena arena;
    Bench b;
    arena_open(&arena, NULL);
    bench_open(&b, &arena);
    if (setjmp(b.boundary) == 0)
        lower_code(&b.compile, &b.code);
    CHECK_INT(b.diag.errors, 1);
    CHECK_INT(b.diag.findings.data[0]->code, E_NO_SOURCE);
    arena_close(&arena);
}

CHECK_MAIN(CHECK_TEST(lowers_a_tree), CHECK_TEST(errors_accumulate),
           CHECK_TEST(survives_lack_of_memory), CHECK_TEST(no_source))
