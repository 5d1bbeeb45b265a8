/* The IR's structure: facts, use lists, editing, visibility and copies. */
#include "check.h"

#include "test_ir_program.h"

static Func *parse(World *w, const char *text)
{
    Func *func = ir_parse(&w->arena, &w->types, text, &w->error);
    if (!func)
        check_failed(__FILE__, __LINE__, "%s\n%s", w->error.data, text);
    return func;
}

static void check_verified(World *w, const Func *func)
{
    if (!ir_verify(func, &w->error))
        check_failed(__FILE__, __LINE__, "%s\n%s", w->error.data, world_print(w, func));
}

static Op *nth(const Region *region, int n)
{
    Op *op = region->first;
    while (n--)
        op = op->next;
    return op;
}

static void knows_its_table(void)
{
    for (unsigned i = 0; i < OP_COUNT; i++) {
        OpCode op = (OpCode)i;
        unsigned flags = op_flags(op);
        CHECK(op_text(op)[0]);
        CHECK(!(flags & OP_PURE) ||
              !(flags & (OP_READS | OP_WRITES | OP_RAISES | OP_TERMINATOR)));
        CHECK(!op_is_generic(op) || !(flags & OP_PURE));
        CHECK(!op_is_terminator(op) || op_result_count(op) == 0);
        CHECK(!(flags & OP_COMMUTES) || op_arg_count(op) == 2);
        for (unsigned j = 0; j < i; j++)
            CHECK(strcmp(op_text(op), op_text((OpCode)j)) != 0);
    }
    CHECK_INT(op_arg_count(OP_FMA), 3);
    CHECK_INT(op_arg_count(OP_PACK), -1);
    CHECK_INT(op_region_count(OP_TRY), 2);
    CHECK(op_attr_kind(OP_CHECK) == ATTR_SITE);
}

static const char looped[] =
    "func @f(%x.0: int, %y.1: int) -> int {\n"
    "    %a.2: int = add %x.0, %x.0\n"
    "    %3: int, %4: int = for @0 %a.2 (%i.5: int, %s.6: int = %y.1, %t.7: int = %x.0) {\n"
    "        %8: int = mul %s.6, %a.2\n"
    "        %9: bool = lt %8, %t.7\n"
    "        if %9 { break @0 %8, %t.7 } else { yield }\n"
    "        continue @0 %t.7, %8\n"
    "    }\n"
    "    return %4\n"
    "}\n";

static void keeps_uses(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *add = nth(&func->body, 0), *loop = nth(&func->body, 1);
    Value *x = func->body.params[0], *y = func->body.params[1];
    ir_value_replace(x, y);
    CHECK(!x->uses && op_arg(add, 0) == y && op_arg(add, 1) == y && op_arg(loop, 2) == y);
    ir_arg_set(add, 1, x);
    CHECK(x->uses->user == add && !x->uses->next);
    ir_args_replace(add, (Value *[]){x}, 1);
    ir_args_replace(add, (Value *[]){y, y, x}, 3);
    CHECK_INT(add->arg_count, 3);
    ir_arg_remove(add, 0);
    CHECK(op_arg(add, 0) == y && op_arg(add, 1) == x);
    check_verified(&w, func);
    world_close(&w);
}

static void moves_and_removes_operations(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *loop = nth(&func->body, 1), *mul = loop->regions[0].first;
    Op *branch = nth(&loop->regions[0], 2);
    ir_value_replace(op_result(loop, 1), func->body.params[0]);
    ir_op_unlink(branch);
    ir_op_insert_before(mul, branch);
    CHECK(!ir_verify(func, &w.error)); /* its condition comes later now */
    ir_op_remove(branch);
    check_verified(&w, func);
    ir_op_remove(loop);
    CHECK_TEXT(world_print(&w, func), "func @f(%x.0: int, %y.1: int) -> int {\n"
                                      "    %a.2: int = add %x.0, %x.0\n"
                                      "    return %x.0\n"
                                      "}\n");
    CHECK(!op_result(func->body.first, 0)->uses && !func->body.params[1]->uses);
    check_verified(&w, func);
    world_close(&w);
}

/* An IF whose condition is known: one region takes its place. */
static void splices_regions(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, "func @f(%x: int) -> int {\n"
                           "  %c: bool = const True\n"
                           "  %r: int = if %c {\n"
                           "    %y: int = neg %x\n"
                           "    %z: int = neg %y\n"
                           "    yield %z } else { yield %x }\n"
                           "  return %r }");
    Op *branch = nth(&func->body, 1), *yield = branch->regions[0].last;
    Value *chosen = op_arg(yield, 0);
    ir_op_remove(yield);
    ir_value_replace(op_result(branch, 0), chosen);
    ir_region_splice(branch, &branch->regions[0]);
    CHECK(!branch->regions[0].first && !branch->regions[0].last);
    ir_op_remove(branch);
    check_verified(&w, func);
    CHECK(chosen->region == &func->body && op_arg(func->body.last, 0) == chosen);
    world_close(&w);
}

static void adds_and_removes_what_a_loop_carries(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *loop = nth(&func->body, 1);
    Region *body = &loop->regions[0];
    Op *leave = nth(body, 2)->regions[0].last, *again = body->last;
    Value *more = ir_param_add(body, func->result, NULL);
    Value *result = ir_result_add(loop, func->result, intern_cstr(&w.names, "more"));
    Value *x = func->body.params[0];
    ir_args_replace(loop, (Value *[]){op_arg(loop, 0), op_arg(loop, 1), op_arg(loop, 2), x}, 4);
    ir_args_replace(leave, (Value *[]){op_arg(leave, 0), op_arg(leave, 1), more}, 3);
    ir_args_replace(again, (Value *[]){op_arg(again, 0), op_arg(again, 1), x}, 3);
    ir_arg_set(func->body.last, 0, result);
    check_verified(&w, func);
    CHECK_INT(result->id, 11);

    ir_arg_remove(loop, 2);
    ir_arg_remove(leave, 1);
    ir_arg_remove(again, 1);
    ir_result_remove(loop, 1);
    ir_value_replace(body->params[2], x);
    ir_param_remove(body, 2);
    check_verified(&w, func);
    CHECK(op_arg(func->body.last, 0) == op_result(loop, 1));
    CHECK_TEXT(op_result(loop, 1)->name->text, "more");
    CHECK_INT(op_result(loop, 1)->index, 1);
    CHECK_INT(body->params[2]->index, 2);
    world_close(&w);
}

/* Params grow by doubling; removing and adding in any order must not write beyond. */
static void grows_params(void)
{
    World w;
    world_open(&w);
    Func *func = ir_func_new(&w.arena, intern_cstr(&w.names, "f"), true);
    const Type *type = type_scalar(&w.types, SCALAR_INT);
    uint32_t count = 0;
    for (uint32_t round = 0; round < 300; round++) {
        if (round % 7 == 3 || round % 11 > 8) {
            ir_param_remove(&func->body, round % count);
            count--;
        } else {
            CHECK_INT(ir_param_add(&func->body, type, NULL)->index, count);
            count++;
        }
        for (uint32_t i = 0; i < count; i++)
            CHECK_INT(func->body.params[i]->index, i);
    }
    CHECK_INT(func->body.param_count, count);
    world_close(&w);
}

static void knows_what_is_visible(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *add = nth(&func->body, 0), *loop = nth(&func->body, 1), *end = nth(&func->body, 2);
    Op *mul = loop->regions[0].first, *leave = nth(&loop->regions[0], 2)->regions[0].last;
    Value *a = op_result(add, 0), *product = op_result(mul, 0), *s = loop->regions[0].params[1];
    CHECK(ir_value_is_visible(a, loop) && ir_value_is_visible(a, leave));
    CHECK(!ir_value_is_visible(a, add));
    CHECK(ir_value_is_visible(s, mul) && ir_value_is_visible(s, leave));
    CHECK(!ir_value_is_visible(s, loop) && !ir_value_is_visible(s, end));
    CHECK(ir_value_is_visible(product, leave) && !ir_value_is_visible(product, end));
    CHECK(!ir_value_is_visible(op_result(loop, 0), leave));
    CHECK(ir_value_is_visible(op_result(loop, 0), end));
    CHECK(ir_value_is_visible(func->body.params[0], leave));
    CHECK(ir_ancestor_in(leave, &func->body) == loop);
    CHECK(ir_ancestor_in(leave, leave->parent) == leave);
    CHECK(!ir_ancestor_in(add, &loop->regions[0]));
    world_close(&w);
}

/* A cloned operation: its own targets and values, others' kept. */
static void clones_operations(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *loop = nth(&func->body, 1);
    Map map = {0};
    map_set(&w.arena, &map, map_key(func->body.params[1]), func->body.params[0]);
    Op *copy = ir_op_clone(func, loop, &map, &w.arena);
    ir_op_insert_before(func->body.last, copy);
    check_verified(&w, func);
    CHECK(copy->regions[0].last->attr.target == copy && copy->label == 2);
    CHECK(op_arg(copy, 1) == func->body.params[0] && op_arg(copy, 0) == op_arg(loop, 0));
    CHECK(map_get(&map, map_key(loop)) == copy);
    CHECK(map_get(&map, map_key(op_result(loop, 1))) == op_result(copy, 1));

    Op *leave = nth(&loop->regions[0], 2);
    Map empty = {0};
    Op *outward = ir_op_clone(func, leave, &empty, &w.arena);
    CHECK(outward->regions[0].last->attr.target == loop);
    ir_op_remove(outward);
    check_verified(&w, func);
    world_close(&w);
}

static void clones_functions(void)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        World w;
        world_open(&w);
        Func *func = program_make(&w, seed);
        Func *copy = ir_func_clone(&w.arena, func);
        check_verified(&w, copy);
        uint64_t wanted, got;
        for (int x = -2; x < 4; x++) {
            bool ended = program_run(func, x, 3, &wanted);
            CHECK(program_run(copy, x, 3, &got) == ended && got == wanted);
        }
        Func *again = ir_func_clone(&w.arena, copy); /* numbered alike */
        CHECK_TEXT(world_print(&w, again), world_print(&w, copy));
        world_close(&w);
    }
}

static void check_refused(World *w, const Func *func, const char *wanted)
{
    text_open(&w->error, &w->arena);
    CHECK(!ir_verify(func, &w->error));
    CHECK_TEXT(w->error.data, wanted);
}

/* What no text can say: the ways in which an edit can leave the structure broken. */
static void verifies_links(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, looped);
    Op *add = nth(&func->body, 0), *loop = nth(&func->body, 1);
    Region *body = &loop->regions[0];

    Op *loose = ir_op_new(func, OP_NEG, add->loc, (Value *[]){op_result(add, 0)}, 1, 1);
    check_refused(&w, func, "f: %10 = neg %a.2: value 2 is used here, outside of every region");
    ir_op_remove(loose);
    check_verified(&w, func);

    body->params[1]->id = 5;
    check_refused(&w, func, "f: %3: int, %4: int = for @0 %a.2: value id 5 is taken");
    body->params[1]->id = 99;
    check_refused(&w, func, "f: %3: int, %4: int = for @0 %a.2: value id 99 is too large");
    body->params[1]->id = 6;

    add->parent = body;
    check_refused(&w, func,
                  "f: %a.2: int = add %x.0, %x.0 (in for @0): it is not linked into "
                  "its region");
    add->parent = &func->body;

    Use *uses = body->params[1]->uses;
    body->params[1]->uses = NULL;
    check_refused(&w, func,
                  "f: %8: int = mul %s.6, %a.2 (in for @0): arg 0 is not linked to its "
                  "value");
    body->params[1]->uses = uses;

    func->body.last = loop;
    check_refused(&w, func, "f: return %4: it is not linked as the region's last");
    func->body.last = loop->next;

    body->owner = NULL;
    check_refused(&w, func, "f: %3: int, %4: int = for @0 %a.2: a region belongs elsewhere");
    body->owner = loop;
    op_result(loop, 1)->region = body;
    check_refused(&w, func,
                  "f: %3: int, %4: int = for @0 %a.2: result 1 does not know its place");
    op_result(loop, 1)->region = &func->body;
    check_verified(&w, func);
    world_close(&w);
}

static void knows_empty_types(void)
{
    static const struct {
        const char *text;
        bool is_empty;
    } cases[] = {
        {"None", true},
        {"Const(3)", true},
        {"Const('a')", true},
        {"Module(math)", true},
        {"Ellipsis", true},
        {"Tuple(None, Const(1))", true},
        {"int", false},
        {"Optional(int)", false},
        {"Tuple(None, int)", false},
        {"str", false},
        {"Slot(int)", false},
        {"Range(Const(0), Const(3), Const(1))", true},
        {"Pointer", false},
        {"Array(int8, 1, 'C')", false},
    };
    World w;
    world_open(&w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *end;
        const Type *type = type_parse(&w.types, cases[i].text, &end);
        if (!type || ir_type_is_empty(type) != cases[i].is_empty)
            check_failed(__FILE__, __LINE__, "%s", cases[i].text);
    }
    world_close(&w);
}

CHECK_MAIN(CHECK_TEST(knows_its_table), CHECK_TEST(keeps_uses),
           CHECK_TEST(moves_and_removes_operations), CHECK_TEST(splices_regions),
           CHECK_TEST(adds_and_removes_what_a_loop_carries), CHECK_TEST(grows_params),
           CHECK_TEST(knows_what_is_visible), CHECK_TEST(clones_operations),
           CHECK_TEST(clones_functions), CHECK_TEST(verifies_links),
           CHECK_TEST(knows_empty_types))
