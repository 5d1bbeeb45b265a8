/* Tests of syntax: shapes, printing, heads, and what names mean. */
#include "check.h"

#include "syntax/scope.h"

#include "syntax_make.h"

/* ---- nodes ---- */

static void shapes_describe_all_nodes(void)
{
    for (int kind = 0; kind < NODE_COUNT; kind++) {
        const AstShape *shape = ast_shape((NodeKind)kind);
        CHECK(shape->class_name[0] && shape->size >= sizeof(Node));
        for (uint32_t i = 0; i < shape->field_count; i++) {
            CHECK(shape->fields[i].offset >= sizeof(Node));
            CHECK(shape->fields[i].offset < shape->size);
        }
    }
    CHECK_INT(ast_shape(NODE_PASS)->field_count, 0);
    CHECK_TEXT(ast_shape(NODE_BIN_OP)->fields[1].name, "op");
    CHECK_TEXT(ast_operator_class(OPERATOR_IS_NOT), "IsNot");
    CHECK_TEXT(ast_operator_text(OPERATOR_IS_NOT), "is not");
}

static void prints_as_ast_dump_does(void)
{
    Maker m;
    make_open(&m);
    Text out;
    text_open(&out, &m.arena);
    Node *body[] = {make_assign(&m, "x", make_add(&m, make_name(&m, "a"), make_int(&m, 3)))};
    ast_print(make_def(&m, "f", "a", body, 1), &out);
    CHECK_TEXT(out.data,
               "FunctionDef(name='f', args=Arguments(posonlyargs=[], args=[Arg(arg='a')], "
               "vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]), body=[\n"
               "    Assign(targets=[Name(id='x')], value=BinOp(left=Name(id='a'), op=Add(), "
               "right=Constant(value=3)))], decorator_list=[])\n");
    make_close(&m);
}

static void count_child(void *context, Node *child)
{
    CHECK(child != NULL);
    ++*(int *)context;
}

static void children_are_visited(void)
{
    Maker m;
    int count = 0;
    make_open(&m);
    ast_children(make_add(&m, make_name(&m, "a"), make_int(&m, 1)), count_child, &count);
    CHECK_INT(count, 2);
    Node *body[] = {make_name(&m, "a")};
    count = 0;
    ast_children(make_def(&m, "f", "a", body, 1), count_child, &count);
    CHECK_INT(count, 2);
    make_close(&m);
}

static void heads_of_statements(void)
{
    Maker m;
    make_open(&m);
    Node *pass = ast_new(&m.arena, NODE_PASS, (Span){NULL, 5, 8, 5, 12});
    Node *def = make_def(&m, "longer", "a", &pass, 1);
    def->span = (Span){NULL, 3, 4, 5, 12};
    Span head = ast_head(def);
    CHECK_INT(head.end_line, 3);
    CHECK_INT(head.end_column, 4 + 10);
    AstWhile *loop = AST_NEW(&m.arena, WHILE, AstWhile, ((Span){NULL, 4, 0, 5, 12}));
    loop->test = ast_new(&m.arena, NODE_NAME, (Span){NULL, 4, 6, 4, 9});
    loop->body = (NodeList){&pass, 1};
    CHECK_INT(ast_head(&loop->node).end_column, 9);
    AstTry *attempt = AST_NEW(&m.arena, TRY, AstTry, ((Span){NULL, 4, 2, 5, 12}));
    CHECK_INT(ast_head(&attempt->node).end_column, 5);
    CHECK_INT(ast_head(pass).end_column, 12);
    make_close(&m);
}

/* ---- names ---- */

/* def f(a): <before>; def g(): a, free, other; <after> */
static Scope *analyse_inner(Maker *m, Node *before, Node *after)
{
    Node *uses[] = {make_name(m, "a"), make_name(m, "cell"), make_name(m, "other")};
    Node *body[3];
    uint32_t count = 0;
    if (before)
        body[count++] = before;
    body[count++] = make_def(m, "g", NULL, uses, 3);
    if (after)
        body[count++] = after;
    const Symbol *free[] = {intern_cstr(&m->names, "cell")};
    return scope_analyse(&m->arena, make_def(m, "f", "a", body, count), (NameList){free, 1});
}

static Scope *inner_scope(Scope *outer)
{
    NodeList body = ((AstFunctionDef *)outer->function)->body;
    for (uint32_t i = 0; i < body.len; i++)
        if (body.data[i]->kind == NODE_FUNCTION_DEF)
            return scope_of(body.data[i]);
    return NULL;
}

static Variable *look_up(Maker *m, Scope *scope, const char *name)
{
    return scope_variable(scope, intern_cstr(&m->names, name));
}

static void kinds_of_names(void)
{
    Maker m;
    make_open(&m);
    Scope *outer = analyse_inner(&m, NULL, NULL), *inner = inner_scope(outer);
    CHECK_INT(look_up(&m, outer, "a")->kind, VARIABLE_LOCAL);
    CHECK(look_up(&m, outer, "a")->is_param);
    CHECK_INT(look_up(&m, outer, "g")->index, 1);
    CHECK_INT(look_up(&m, inner, "a")->kind, VARIABLE_CAPTURE);
    CHECK(look_up(&m, inner, "a")->outer == look_up(&m, outer, "a"));
    CHECK_INT(look_up(&m, inner, "cell")->kind, VARIABLE_CELL);
    CHECK_INT(look_up(&m, inner, "other")->kind, VARIABLE_GLOBAL);
    CHECK_INT(inner->captures.len, 1);
    CHECK(look_up(&m, inner, "unknown") == NULL);
    make_close(&m);
}

static void captures_by_value_until_bound_again(void)
{
    Maker m;
    make_open(&m);
    Scope *scope = analyse_inner(&m, make_assign(&m, "a", make_int(&m, 1)), NULL);
    CHECK(!scope_is_cell(look_up(&m, inner_scope(scope), "a")));
    scope = analyse_inner(&m, NULL, make_assign(&m, "a", make_int(&m, 1)));
    CHECK(scope_is_cell(look_up(&m, inner_scope(scope), "a")));
    CHECK(!scope_cell_may_be_unbound(look_up(&m, inner_scope(scope), "a")));
    make_close(&m);
}

static void loops_bind_again(void)
{
    Maker m;
    make_open(&m);
    Node *use = make_name(&m, "i");
    Node *body[] = {make_def(&m, "g", NULL, &use, 1)};
    Node *loop = make_for(&m, "i", make_name(&m, "a"), body, 1);
    Scope *scope = scope_analyse(&m.arena, make_def(&m, "f", "a", &loop, 1), (NameList){0});
    CHECK(look_up(&m, scope, "i")->is_cell);
    CHECK(scope_cell_may_be_unbound(look_up(&m, scope, "i")));
    CHECK(!look_up(&m, scope, "a")->is_cell);
    make_close(&m);
}

static void a_function_names_itself(void)
{
    Maker m;
    make_open(&m);
    Node *use = make_name(&m, "g");
    Node *body[] = {make_def(&m, "g", NULL, &use, 1), make_name(&m, "g")};
    Scope *scope = scope_analyse(&m.arena, make_def(&m, "f", NULL, body, 2), (NameList){0});
    Scope *inner = inner_scope(scope);
    CHECK_INT(look_up(&m, inner, "g")->kind, VARIABLE_SELF);
    CHECK(inner->uses_self);
    CHECK_INT(inner->captures.len, 0);
    make_close(&m);
}

static void marks_what_nodes_bind(void)
{
    Maker m;
    make_open(&m);
    Node *inside[] = {make_assign(&m, "x", make_int(&m, 1))};
    Node *body[] = {make_assign(&m, "y", make_int(&m, 1)),
                    make_for(&m, "i", make_name(&m, "a"), inside, 1)};
    Scope *scope = scope_analyse(&m.arena, make_def(&m, "f", "a", body, 2), (NameList){0});
    uint8_t flags[8] = {0};
    scope_mark_bound(scope, &body[1], 1, flags);
    CHECK_INT(flags[look_up(&m, scope, "a")->index], 0);
    CHECK_INT(flags[look_up(&m, scope, "y")->index], 0);
    CHECK_INT(flags[look_up(&m, scope, "x")->index], SCOPE_BOUND);
    CHECK_INT(flags[look_up(&m, scope, "i")->index], SCOPE_BOUND);
    make_close(&m);
}

CHECK_MAIN(CHECK_TEST(shapes_describe_all_nodes), CHECK_TEST(prints_as_ast_dump_does),
           CHECK_TEST(children_are_visited), CHECK_TEST(heads_of_statements),
           CHECK_TEST(kinds_of_names), CHECK_TEST(captures_by_value_until_bound_again),
           CHECK_TEST(loops_bind_again), CHECK_TEST(a_function_names_itself),
           CHECK_TEST(marks_what_nodes_bind))
