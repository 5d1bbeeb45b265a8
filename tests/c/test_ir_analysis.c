/* Analyses and dead code elimination. */
#include "check.h"

#include "ir/analysis.h"
#include "ir/dead.h"
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

/* ---- analyses ---- */

static const char nested[] = "func @f(%x.0: int, %y.1: int, %p.2: bool) -> int {\n"
                             "    %n.3: int = const 10\n"
                             "    %4: int = for @0 %n.3 (%i.5: int, %s.6: int = %x.0) {\n"
                             "        %7: int = loop @1 (%j.8: int = %i.5) {\n"
                             "            %9: int = add %j.8, %y.1\n"
                             "            if %p.2 { break @1 %9 } else { yield }\n"
                             "            if %p.2 { continue @0 %9 } else { yield }\n"
                             "            continue @1 %9\n"
                             "        }\n"
                             "        try {\n"
                             "            check %p.2 {ValueError}\n"
                             "            yield\n"
                             "        } except {\n"
                             "            break @0 %7\n"
                             "        }\n"
                             "        continue @0 %7\n"
                             "    }\n"
                             "    return %4\n"
                             "}\n";

static Op *find(const Func *func, OpCode code, int n)
{
    for (Op *op = func->body.first; op; op = analysis_next(op, &func->body))
        if (op->code == code && n-- == 0)
            return op;
    return NULL;
}

static void walks_in_program_order(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, nested);
    Text order;
    text_open(&order, &w.arena);
    for (Op *op = func->body.first; op; op = analysis_next(op, &func->body))
        text_printf(&order, "%s ", op_text(op->code));
    CHECK_TEXT(order.data, "const for loop add if break yield if continue yield continue "
                           "try check yield break continue return ");
    Op *loop = find(func, OP_LOOP, 0), *outer = find(func, OP_FOR, 0);
    CHECK(analysis_after(loop, &func->body) == find(func, OP_TRY, 0));
    CHECK(analysis_after(outer, &func->body) == func->body.last);
    CHECK(!analysis_after(outer->regions[0].last, &outer->regions[0]));
    world_close(&w);
}

static void knows_uses_and_nesting(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, nested);
    Op *outer = find(func, OP_FOR, 0), *loop = find(func, OP_LOOP, 0);
    Op *add = find(func, OP_ADD, 0), *leave = find(func, OP_BREAK, 0);
    CHECK_INT(analysis_use_count(func->body.params[2]), 3);
    CHECK(!analysis_sole_user(func->body.params[2]));
    CHECK(analysis_sole_user(func->body.params[0]) == outer);
    CHECK(!analysis_sole_user(outer->regions[0].params[1]));
    CHECK(analysis_loop(leave) == loop && analysis_loop(loop) == outer &&
          !analysis_loop(outer));
    CHECK_INT(analysis_loop_depth(add), 2);
    CHECK_INT(analysis_loop_depth(outer), 0);
    CHECK(analysis_is_inside(leave, outer) && !analysis_is_inside(loop, loop));
    CHECK(analysis_is_defined_inside(op_result(loop, 0), outer));
    CHECK(!analysis_is_defined_inside(op_result(loop, 0), loop));
    CHECK(analysis_is_defined_inside(loop->regions[0].params[0], loop));
    Values captures = {0};
    analysis_captures(&w.arena, loop, &captures);
    CHECK_INT(captures.len, 2);
    CHECK(captures.data[0] == func->body.params[1] && captures.data[1] == func->body.params[2]);
    world_close(&w);
}

static void knows_exits_and_effects(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, nested);
    Op *outer = find(func, OP_FOR, 0), *loop = find(func, OP_LOOP, 0),
       *try = find(func, OP_TRY, 0);
    CHECK_INT(analysis_exits(loop), EXIT_CONTINUE);
    CHECK_INT(analysis_region_exits(&loop->regions[0]), EXIT_CONTINUE | EXIT_BREAK);
    CHECK_INT(analysis_exits(try), EXIT_BREAK);
    CHECK_INT(analysis_region_exits(&try->regions[0]), EXIT_RAISE);
    CHECK_INT(analysis_exits(outer), 0);
    CHECK_INT(analysis_region_exits(&func->body), EXIT_RETURN);
    CHECK_INT(analysis_effects(outer), OP_RAISES);
    CHECK_INT(analysis_effects(loop), 0);
    CHECK(analysis_falls_through(outer) && analysis_falls_through(loop) &&
          analysis_falls_through(try));
    CHECK(!analysis_falls_through(func->body.last));
    ir_op_remove(find(func, OP_IF, 0));
    CHECK(!analysis_falls_through(loop));
    world_close(&w);
}

static void knows_what_may_run_too_early(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, "func @f(%x: int, %y: float) -> int {\n"
                           "  %0: int = const 0\n"
                           "  %2: int = const 2\n"
                           "  %a: int = mod %x, %2\n"
                           "  %b: float = mod %y, %y\n"
                           "  %c: int = add %x, %x\n"
                           "  %d: int = mod %x, %0\n"
                           "  %e: int = floordiv %2, %x\n"
                           "  %f: int = add_x %x, %x {OverflowError}\n"
                           "  return %x }");
    Text names;
    text_open(&names, &w.arena);
    for (Op *op = func->body.first; op; op = op->next)
        if (analysis_is_speculatable(op) && op->code != OP_CONST)
            text_puts(&names, op_result(op, 0)->name->text);
    CHECK_TEXT(names.data, "abc");
    world_close(&w);
}

static void estimates_costs(void)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, nested);
    int64_t count;
    CHECK(analysis_trip_count(find(func, OP_FOR, 0), &count) && count == 10);
    CHECK(!analysis_trip_count(find(func, OP_LOOP, 0), &count));
    double loop = analysis_cost(&find(func, OP_LOOP, 0)->regions[0]);
    CHECK(loop == 3); /* an addition and two branches */
    CHECK(analysis_cost(&func->body) > 10 * ANALYSIS_TRIPS * loop);
    world_close(&w);
}

/* ---- dead code ---- */

static void check_dead(const char *text, const char *wanted)
{
    World w;
    world_open(&w);
    Func *func = parse(&w, text);
    check_verified(&w, func);
    dead_remove(func);
    check_verified(&w, func);
    CHECK_TEXT(world_print(&w, func), wanted);
    CHECK_INT(dead_remove(func), 0);
    world_close(&w);
}

static void removes_unused_operations(void)
{
    check_dead("func @f(%x: int) -> int {\n"
               "  %a: int = add %x, %x\n"
               "  %b: int = mul %a, %a\n"
               "  %c: int = add_x %x, %x {OverflowError}\n"
               "  return %x }",
               "func @f(%x.0: int) -> int {\n"
               "    %c.3: int = add_x %x.0, %x.0 {OverflowError}\n"
               "    return %x.0\n"
               "}\n");
}

/* %a feeds itself only; %s is needed. */
static void removes_what_loops_carry_in_vain(void)
{
    check_dead("func @f(%n: int) -> int {\n"
               "  %z: int = const 0\n"
               "  %one: int = const 1\n"
               "  %r: int, %q: int = for @0 %n (%i: int, %a: int = %one, %s: int = %z) {\n"
               "    %b: int = mul %a, %a\n"
               "    %t: int = add %s, %i\n"
               "    continue @0 %b, %t }\n"
               "  return %q }",
               "func @f(%n.0: int) -> int {\n"
               "    %z.1: int = const 0\n"
               "    %q.4: int = for @0 %n.0 (%i.5: int, %s.7: int = %z.1) {\n"
               "        %t.9: int = add %s.7, %i.5\n"
               "        continue @0 %t.9\n"
               "    }\n"
               "    return %q.4\n"
               "}\n");
}

static void removes_dead_control(void)
{
    check_dead("func @f(%n: int, %c: bool) -> int {\n"
               "  %r: int = for @0 %n (%i: int, %s: int = %n) {\n"
               "    %t: int = add %s, %i\n"
               "    if %c { break @0 %t } else { yield }\n"
               "    continue @0 %t }\n"
               "  %d: bool = not %c\n"
               "  if %d { yield } else { unreachable }\n"
               "  return %n }",
               "func @f(%n.0: int, %c.1: bool) -> int {\n"
               "    return %n.0\n"
               "}\n");
}

/* The results are dead, but whether the loop goes on and what it does are not. */
static void keeps_what_decides_where_control_goes(void)
{
    check_dead("func @f(%n: int, %c: bool) -> int {\n"
               "  %r: int, %u: int = loop @0 (%i: int = %n, %k: int = %n) {\n"
               "    %j: int = sub %i, %n\n"
               "    %g: bool = lt %j, %n\n"
               "    if %g { break @0 %j, %k } else { yield }\n"
               "    %v: int = if %c { yield %i } else { continue @0 %j, %j }\n"
               "    check %c {ValueError}\n"
               "    continue @0 %j, %v }\n"
               "  return %n }",
               "func @f(%n.0: int, %c.1: bool) -> int {\n"
               "    loop @0 (%i.4: int = %n.0) {\n"
               "        %j.6: int = sub %i.4, %n.0\n"
               "        %g.7: bool = lt %j.6, %n.0\n"
               "        if %g.7 { break @0 } else { yield }\n"
               "        if %c.1 { yield } else { continue @0 %j.6 }\n"
               "        check %c.1 {ValueError}\n"
               "        continue @0 %j.6\n"
               "    }\n"
               "    return %n.0\n"
               "}\n");
}

/* Nothing comes of them, but they may not end. */
static void keeps_loops(void)
{
    check_dead("func @f(%n: int, %c: bool) -> int {\n"
               "  %r: int = loop @0 (%i: int = %n) {\n"
               "    if %c { break @0 %i } else { yield }\n"
               "    continue @0 %i }\n"
               "  return %n }",
               "func @f(%n.0: int, %c.1: bool) -> int {\n"
               "    loop @0 {\n"
               "        if %c.1 { break @0 } else { yield }\n"
               "        continue @0\n"
               "    }\n"
               "    return %n.0\n"
               "}\n");
}

static void removes_unread_inputs_of_maps(void)
{
    check_dead(
        "func @f(%a: Array(float64, 1, 'C'), %b: Array(float32, 1, 'C'), %n: int)"
        " -> Array(float64, 1, 'C') {\n"
        "  %r: Array(float64, 1, 'C') = map %n, %b, %a {1} (%x: float32, %y: float64) {\n"
        "    %z: float64 = add %y, %y\n"
        "    yield %z }\n"
        "  return %r }",
        "func @f(%a.0: Array(float64, 1, 'C'), %b.1: Array(float32, 1, 'C'), %n.2: int)"
        " -> Array(float64, 1, 'C') {\n"
        "    %r.3: Array(float64, 1, 'C') = map %n.2, %a.0 {1} (%y.5: float64) {\n"
        "        %z.6: float64 = add %y.5, %y.5\n"
        "        yield %z.6\n"
        "    }\n"
        "    return %r.3\n"
        "}\n");
}

static void changes_no_outcome(void)
{
    uint32_t removed = 0, ended = 0;
    for (uint64_t seed = 0; seed < 800 && !check_state.failed; seed++) {
        World w;
        world_open(&w);
        Func *func = program_make(&w, seed);
        Func *lean = ir_func_clone(&w.arena, func);
        removed += dead_remove(lean);
        check_verified(&w, lean);
        CHECK_INT(dead_remove(lean), 0);
        for (int x = -1; x < 4; x++) {
            uint64_t wanted, got;
            if (!program_run(func, x, 2, &wanted))
                continue;
            ended++;
            bool is_same = program_run(lean, x, 2, &got) && got == wanted;
            if (!is_same)
                check_failed(__FILE__, __LINE__, "seed %d, x %d:\n%s\n%s", (int)seed, x,
                             world_print(&w, func), world_print(&w, lean));
        }
        world_close(&w);
    }
    CHECK(removed > 4000);
    CHECK(ended > 2000); /* of 4,000: not all loop for ever */
}

CHECK_MAIN(CHECK_TEST(walks_in_program_order), CHECK_TEST(knows_uses_and_nesting),
           CHECK_TEST(knows_exits_and_effects), CHECK_TEST(knows_what_may_run_too_early),
           CHECK_TEST(estimates_costs), CHECK_TEST(removes_unused_operations),
           CHECK_TEST(removes_what_loops_carry_in_vain), CHECK_TEST(removes_dead_control),
           CHECK_TEST(keeps_what_decides_where_control_goes), CHECK_TEST(keeps_loops),
           CHECK_TEST(removes_unread_inputs_of_maps), CHECK_TEST(changes_no_outcome))
