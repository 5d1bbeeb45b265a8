/* The builder: whatever it makes of an operation has the operation's value, for every kind and for
 * values at the edges; and it sees through what was just put together. */
#include "check.h"

#include <math.h>

#include "test_ir_program.h"

/* ---- a function to build in, and the value of what was built ---- */

typedef struct Place {
    World w;
    Func *func;
    Build b;
    Loc loc;
} Place;

static void open_place(Place *s)
{
    world_open(&s->w);
    s->func = ir_func_new(&s->w.arena, intern_cstr(&s->w.names, "f"), true);
    s->loc = (Loc){.function = s->func->name};
    s->b = (Build){
        .func = s->func, .types = &s->w.types, .region = &s->func->body, .loc = &s->loc};
}

static Value *param(Place *s, ScalarKind kind)
{
    return ir_param_add(&s->func->body, type_scalar(&s->w.types, kind), NULL);
}

/* False where an operation is undefined. */
static bool eval(const Value *value, const Constant *args, Constant *result)
{
    const Op *op = value->def;
    if (!op) {
        *result = args[value->index];
        return true;
    }
    if (op->code == OP_CONST) {
        *result = *op->attr.constant;
        return true;
    }
    Constant x, y;
    if (!eval(op_arg(op, 0), args, &x) || !eval(op_arg(op, op->arg_count - 1), args, &y))
        return false;
    ScalarKind kind = op_arg(op, 0)->type->scalar;
    if (op->code == OP_CONVERT)
        return fold_convert(&x, value->type->scalar, result);
    if (op->code == OP_POW) {
        *result = (Constant){.kind = CONSTANT_FLOAT, .real = pow(x.real, y.real)};
        return true;
    }
    return op->arg_count == 1 ? fold_unary(op->code, kind, &x, result)
                              : fold_binary(op->code, kind, &x, &y, result);
}

static bool is_same_part(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b));
}

static bool is_same(const Constant *a, const Constant *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == CONSTANT_FLOAT)
        return is_same_part(a->real, b->real);
    if (a->kind == CONSTANT_COMPLEX)
        return is_same_part(a->real, b->real) && is_same_part(a->imag, b->imag);
    return constant_equal(a, b);
}

static const double reals[] = {0.0,
                               -0.0,
                               1.0,
                               -1.0,
                               0.5,
                               -2.5,
                               3.0,
                               1e300,
                               65504.0,
                               (double)INFINITY,
                               -(double)INFINITY,
                               (double)NAN};

enum { REALS = sizeof reals / sizeof *reals, EDGES = 32 };

/* Values at the edges of the kind, as constants of it. */
static int edges_of(ScalarKind kind, Constant *edges)
{
    int count = 0;
    if (scalar_is_inexact(kind)) {
        for (int i = 0; i < REALS; i++) {
            Constant z = {
                .kind = CONSTANT_COMPLEX, .real = reals[i], .imag = reals[(i * 5) % REALS]};
            fold_convert(&z, kind, &edges[count++]);
        }
        return count;
    }
    for (int i = -3; i < 4; i++)
        for (unsigned shift = 0; shift < 2; shift++) {
            __int128 top = (__int128)((unsigned __int128)shift << (scalar_bits(kind) - 1));
            Constant x = {.kind = CONSTANT_INT,
                          .integer = (__int128)((unsigned __int128)top + (unsigned __int128)i)};
            fold_convert(&x, kind, &edges[count++]);
        }
    return count;
}

/* ---- identities ---- */

static void check_built(const char *what, OpCode op, ScalarKind kind, const Value *built,
                        const Constant *x, const Constant *y)
{
    Constant args[] = {*x, *y}, wanted, got;
    bool is_known = fold_binary(op, kind, x, y, &wanted);
    if (op == OP_POW) {
        wanted = (Constant){.kind = CONSTANT_FLOAT, .real = pow(x->real, y->real)};
        is_known = true;
    }
    if (is_known && (!eval(built, args, &got) || !is_same(&got, &wanted)))
        check_failed(__FILE__, __LINE__, "%s of %s %s on %a, %a (%lld, %lld)", what,
                     scalar_name(kind), op_text(op), x->real, y->real, (long long)x->integer,
                     (long long)y->integer);
}

static Value *build(Place *s, OpCode op, Value *x, Value *y)
{
    static const Site site;
    if (op_attr_kind(op) == ATTR_SITE)
        return build_checked(&s->b, op, x, y, &site);
    return build_binary(&s->b, op, x, y);
}

static void check_identities(OpCode op, ScalarKind kind)
{
    Constant edges[EDGES];
    int count = edges_of(kind, edges);
    Place s;
    open_place(&s);
    Value *x = param(&s, kind), *y = param(&s, kind);
    Value *same = build(&s, op, x, x), *open = build(&s, op, x, y);
    for (int i = 0; i < count; i++) {
        Value *edge = build_const(&s.b, x->type, &edges[i]);
        Value *right = build(&s, op, x, edge), *left = build(&s, op, edge, y);
        check_built("same args", op, kind, same, &edges[i], &edges[i]);
        for (int j = 0; j < count; j++) {
            check_built("a constant right", op, kind, right, &edges[j], &edges[i]);
            check_built("a constant left", op, kind, left, &edges[i], &edges[j]);
            check_built("no constant", op, kind, open, &edges[i], &edges[j]);
            Value *other = build_const(&s.b, x->type, &edges[j]);
            check_built("constants", op, kind, build(&s, op, edge, other), &edges[i],
                        &edges[j]);
        }
    }
    build_terminator(&s.b, OP_UNREACHABLE, NULL, NULL, 0);
    world_close(&s.w);
}

static bool takes(OpCode op, ScalarKind kind)
{
    bool is_ordering = op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
    if ((op == OP_INT_TRUEDIV && !scalar_is_integer(kind)) ||
        (is_ordering && scalar_class(kind) == CLASS_COMPLEX))
        return false;
    Constant one = {.kind = CONSTANT_INT, .integer = 1}, result;
    fold_convert(&one, kind, &one);
    return (op == OP_POW && scalar_class(kind) == CLASS_FLOAT) ||
           fold_binary(op, kind, &one, &one, &result);
}

static void has_the_value_of_the_operation(void)
{
    for (unsigned op = 0; op < OP_COUNT; op++) {
        bool is_binary = op_arg_count((OpCode)op) == 2 && op_result_count((OpCode)op) == 1;
        for (unsigned kind = 0; kind < SCALAR_COUNT && is_binary; kind++)
            if (op != OP_COMPLEX && takes((OpCode)op, (ScalarKind)kind))
                check_identities((OpCode)op, (ScalarKind)kind);
    }
}

static void check_twice(OpCode outer, OpCode inner, ScalarKind kind)
{
    Place s;
    open_place(&s);
    Value *x = param(&s, kind), *built;
    built = build_unary(&s.b, outer, build_unary(&s.b, inner, x));
    Constant edges[EDGES], once, wanted, got;
    int count = edges_of(kind, edges);
    for (int i = 0; i < count; i++)
        if (fold_unary(inner, kind, &edges[i], &once) &&
            fold_unary(outer, kind, &once, &wanted))
            CHECK(eval(built, &edges[i], &got) && is_same(&got, &wanted));
    world_close(&s.w);
}

static void cancels_in_pairs(void)
{
    static const OpCode ops[] = {OP_NEG, OP_NOT, OP_ABS};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (unsigned kind = 0; kind < SCALAR_COUNT; kind++)
                check_twice(ops[i], ops[j], (ScalarKind)kind);
    Place s;
    open_place(&s);
    Value *x = param(&s, SCALAR_FLOAT), *y = param(&s, SCALAR_FLOAT),
          *n = param(&s, SCALAR_INT);
    Value *z = build_binary(&s.b, OP_COMPLEX, x, y);
    CHECK(z->type == type_scalar(&s.w.types, SCALAR_COMPLEX));
    CHECK(build_unary(&s.b, OP_REAL, z) == x && build_unary(&s.b, OP_IMAG, z) == y);
    CHECK(build_unary(&s.b, OP_NEG, build_unary(&s.b, OP_NEG, x)) == x);
    Value *less = build_compare(&s.b, OP_LT, n, n), *below = build_compare(&s.b, OP_LT, x, y);
    CHECK(less->def->code == OP_CONST);
    CHECK(build_unary(&s.b, OP_NOT, below)->def->code == OP_NOT); /* a nan is neither */
    Value *m = build_compare(&s.b, OP_LT, n, build_int(&s.b, 5));
    CHECK(build_unary(&s.b, OP_NOT, m)->def->code == OP_GE);
    world_close(&s.w);
}

/* ---- conversions ---- */

static void check_chain(const Value *built, ScalarKind via, ScalarKind to, const Constant *x)
{
    Constant between, wanted, got;
    if (!fold_convert(x, via, &between) || !fold_convert(&between, to, &wanted))
        return;
    if (!eval(built, x, &got) || !is_same(&got, &wanted))
        check_failed(__FILE__, __LINE__, "%a %lld by %s to %s", x->real, (long long)x->integer,
                     scalar_name(via), scalar_name(to));
}

static void converts_by_way_of_every_kind(void)
{
    for (unsigned from = 0; from < SCALAR_COUNT; from++) {
        Constant edges[EDGES];
        int count = edges_of((ScalarKind)from, edges);
        for (unsigned via = 0; via < SCALAR_COUNT; via++)
            for (unsigned to = 0; to < SCALAR_COUNT; to++) {
                Place s;
                open_place(&s);
                Value *x = param(&s, (ScalarKind)from);
                Value *between =
                    build_convert(&s.b, x, type_scalar(&s.w.types, (ScalarKind)via));
                Value *built =
                    build_convert(&s.b, between, type_scalar(&s.w.types, (ScalarKind)to));
                CHECK(built->type->scalar == (ScalarKind)to);
                for (int i = 0; i < count; i++)
                    check_chain(built, (ScalarKind)via, (ScalarKind)to, &edges[i]);
                world_close(&s.w);
            }
    }
}

static void drops_conversions_that_lose_nothing(void)
{
    static const struct {
        ScalarKind from, via;
        bool is_dropped;
    } cases[] = {
        {SCALAR_INT8, SCALAR_INT64, true},      {SCALAR_INT64, SCALAR_FLOAT64, false},
        {SCALAR_INT32, SCALAR_FLOAT64, true},   {SCALAR_UINT64, SCALAR_INT64, false},
        {SCALAR_INT, SCALAR_INT_I128, true},    {SCALAR_INT, SCALAR_INT64, true},
        {SCALAR_FLOAT32, SCALAR_FLOAT64, true}, {SCALAR_FLOAT64, SCALAR_FLOAT32, false},
        {SCALAR_FLOAT, SCALAR_COMPLEX, true},   {SCALAR_NP_BOOL, SCALAR_BOOL, true},
        {SCALAR_UINT16, SCALAR_FLOAT32, true},  {SCALAR_BOOL, SCALAR_INT8, true},
        {SCALAR_INT8, SCALAR_BOOL, false},      {SCALAR_INT8, SCALAR_UINT64, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Place s;
        open_place(&s);
        Value *x = param(&s, cases[i].from);
        Value *there = build_convert(&s.b, x, type_scalar(&s.w.types, cases[i].via));
        CHECK((build_convert(&s.b, there, x->type) == x) == cases[i].is_dropped);
        CHECK(build_convert(&s.b, x, x->type) == x);
        world_close(&s.w);
    }
}

static void keeps_conversions_that_decide_what_is_out_of_range(void)
{
    Place s;
    open_place(&s);
    Value *x = param(&s, SCALAR_FLOAT32);
    Value *wide = build_convert(&s.b, x, type_scalar(&s.w.types, SCALAR_FLOAT64));
    Value *whole = build_convert(&s.b, wide, type_scalar(&s.w.types, SCALAR_INT32));
    CHECK(op_arg(whole->def, 0) == wide);
    Value *truth = build_convert(&s.b, wide, type_scalar(&s.w.types, SCALAR_BOOL));
    CHECK(op_arg(truth->def, 0) == x);
    world_close(&s.w);
}

/* ---- other operations ---- */

static void keeps_what_raises(void)
{
    Place s;
    open_place(&s);
    static const Site site = {.message = "integer overflow"};
    Value *greatest = build_int(&s.b, INT64_MAX), *one = build_int(&s.b, 1);
    CHECK(build_checked(&s.b, OP_ADD_X, greatest, one, &site)->def->code == OP_ADD_X);
    CHECK(build_checked(&s.b, OP_SUB_X, greatest, one, &site)->def->code == OP_CONST);
    Value *zero = build_int(&s.b, 0);
    CHECK(build_binary(&s.b, OP_FLOORDIV, one, zero)->def->code == OP_FLOORDIV);
    Value *half = build_float(&s.b, SCALAR_FLOAT, 1e30);
    CHECK(build_convert(&s.b, half, one->type)->def->code == OP_CONVERT);
    CHECK(!build_check(&s.b, build_bool(&s.b, true), &site, NULL, 0));
    Op *check = build_check(&s.b, build_bool(&s.b, false), &site, &one, 1);
    CHECK(check && check->arg_count == 2 && op_arg(check, 1) == one);
    world_close(&s.w);
}

static void selects(void)
{
    Place s;
    open_place(&s);
    Value *c = param(&s, SCALAR_BOOL), *x = param(&s, SCALAR_INT), *y = param(&s, SCALAR_INT);
    Value *yes = build_bool(&s.b, true), *no = build_bool(&s.b, false);
    CHECK(build_select(&s.b, yes, x, y) == x && build_select(&s.b, no, x, y) == y);
    CHECK(build_select(&s.b, c, x, x) == x && build_select(&s.b, c, yes, no) == c);
    CHECK(build_select(&s.b, c, no, yes)->def->code == OP_NOT);
    Value *turned = build_select(&s.b, build_unary(&s.b, OP_NOT, c), x, y);
    CHECK(op_arg(turned->def, 0) == c && op_arg(turned->def, 1) == y);
    CHECK(build_select(&s.b, c, build_int(&s.b, 7), build_int(&s.b, 7))->def->code == OP_CONST);
    world_close(&s.w);
}

static void puts_constants_right(void)
{
    Place s;
    open_place(&s);
    Value *x = param(&s, SCALAR_INT), *two = build_int(&s.b, 2);
    Value *sum = build_binary(&s.b, OP_ADD, two, x), *rest = build_binary(&s.b, OP_SUB, two, x);
    CHECK(op_arg(sum->def, 0) == x && op_arg(rest->def, 0) == two);
    CHECK(build_binary(&s.b, OP_MUL, build_int(&s.b, 1), x) == x);
    world_close(&s.w);
}

static void takes_const_types_as_numbers(void)
{
    Place s;
    open_place(&s);
    Value *three = build_nothing(&s.b, type_const_int(&s.w.types, 3));
    Value *x = param(&s, SCALAR_INT);
    Value *six = build_binary(&s.b, OP_ADD, three, three);
    CHECK(six->def->code == OP_CONST && six->def->attr.constant->integer == 6);
    CHECK(build_binary(&s.b, OP_ADD, x, three)->type == x->type);
    Value *real = build_convert(&s.b, three, type_scalar(&s.w.types, SCALAR_FLOAT32));
    CHECK(real->def->attr.constant->real == 3.0);
    Constant storage;
    CHECK(build_known(three, &storage)->integer == 3);
    CHECK(build_known(six, &storage)->integer == 6);
    CHECK(!build_known(x, &storage));
    CHECK(build_known(build_nothing(&s.b, s.w.types.none), &storage)->kind == CONSTANT_NONE);
    CHECK(build_const(&s.b, three->type, build_known(three, &storage))->def->code ==
          OP_NOTHING);
    world_close(&s.w);
}

static void looks_through_compounds(void)
{
    Place s;
    open_place(&s);
    Value *x = param(&s, SCALAR_INT), *y = param(&s, SCALAR_FLOAT);
    const Type *elements[] = {x->type, s.w.types.none, y->type};
    const Type *type = type_tuple(&s.w.types, elements, 3, NULL);
    Value *parts[] = {x, build_nothing(&s.b, s.w.types.none), y};
    Value *pack = build_pack(&s.b, type, parts),
          *whole = ir_param_add(&s.func->body, type, NULL);
    CHECK(build_extract(&s.b, pack, 0) == x && build_extract(&s.b, pack, 2) == y);
    CHECK(build_extract(&s.b, whole, 1)->def->code == OP_NOTHING);
    const Type *pair = type_tuple(&s.w.types, (const Type *[]){x->type, y->type}, 2, NULL);
    Value *duo = ir_param_add(&s.func->body, pair, NULL);
    Value *again[] = {build_extract(&s.b, duo, 0), build_extract(&s.b, duo, 1)};
    CHECK(build_pack(&s.b, pair, again) == duo);
    const Type *maybe = type_optional(&s.w.types, x->type);
    Value *some = build_some(&s.b, maybe, x), *none = build_nothing(&s.b, maybe);
    CHECK(build_unwrap(&s.b, some) == x);
    CHECK(build_is_some(&s.b, some)->def->attr.constant->truth);
    CHECK(!build_is_some(&s.b, none)->def->attr.constant->truth);
    world_close(&s.w);
}

static const Type *array_type(Place *s, const char *text)
{
    const char *end;
    return type_parse(&s->w.types, text, &end);
}

static void looks_through_arrays(void)
{
    Place s;
    open_place(&s);
    Value *n = param(&s, SCALAR_INT), *m = param(&s, SCALAR_INT), *k = param(&s, SCALAR_INT);
    const Type *dense = array_type(&s, "Array(float32, 2, 'C')");
    const Type *strided = array_type(&s, "Array(float32, 2, 'A')");
    Value *made = build_op(&s.b, OP_ARRAY_NEW, dense, (Value *[]){n, m}, 2, (Attr){0});
    Value *view =
        build_op(&s.b, OP_ARRAY_VIEW, strided, (Value *[]){made, k, m, n, k, n}, 6, (Attr){0});
    CHECK(build_array_dim(&s.b, made, 1) == m && build_array_dim(&s.b, view, 0) == m);
    CHECK(build_array_stride(&s.b, view, 0) == k && build_array_stride(&s.b, view, 1) == n);
    CHECK(build_array_stride(&s.b, made, 1)->def->attr.constant->integer == 4);
    CHECK(build_array_stride(&s.b, made, 0)->def->code == OP_ARRAY_STRIDE);
    Value *given = ir_param_add(&s.func->body, dense, NULL);
    CHECK(build_array_dim(&s.b, given, 0)->def->code == OP_ARRAY_DIM);
    CHECK(build_array_stride(&s.b, given, 1)->def->code == OP_ARRAY_STRIDE);
    world_close(&s.w);
}

static void builds_control_where_the_cursor_is(void)
{
    Place s;
    open_place(&s);
    Value *c = param(&s, SCALAR_BOOL), *x = param(&s, SCALAR_INT);
    s.func->result = x->type;
    Op *branch = build_control(&s.b, OP_IF, &c, 1, &x->type, 1);
    for (uint32_t i = 0; i < 2; i++) {
        s.b.region = &branch->regions[i];
        Value *value = i ? build_unary(&s.b, OP_NEG, x) : x;
        build_terminator(&s.b, OP_YIELD, NULL, &value, 1);
    }
    s.b.region = &s.func->body;
    build_terminator(&s.b, OP_RETURN, NULL, &(Value *){op_result(branch, 0)}, 1);
    s.b.before = branch;
    build_op(
        &s.b, OP_RETAIN, NULL,
        (Value *[]){ir_param_add(&s.func->body, array_type(&s, "Array(int8, 1, 'C')"), NULL)},
        1, (Attr){0});
    Value *root =
        build_call_math(&s.b, "cbrt", (Value *[]){build_float(&s.b, SCALAR_FLOAT, 2.0)}, 1);
    CHECK_TEXT(root->def->attr.name->text, "cbrt");
    CHECK(ir_verify(s.func, &s.w.error));
    CHECK_TEXT(world_print(&s.w, s.func),
               "func @f(%0: bool, %1: int, %4: Array(int8, 1, 'C')) -> int {\n"
               "    retain %4\n"
               "    %5: float = const 2.0\n"
               "    %6: float = call_math %5 {cbrt}\n"
               "    %2: int = if %0 { yield %1 } else {\n"
               "        %3: int = neg %1\n"
               "        yield %3\n"
               "    }\n"
               "    return %2\n"
               "}\n");
    world_close(&s.w);
}

CHECK_MAIN(CHECK_TEST(has_the_value_of_the_operation), CHECK_TEST(cancels_in_pairs),
           CHECK_TEST(converts_by_way_of_every_kind),
           CHECK_TEST(drops_conversions_that_lose_nothing),
           CHECK_TEST(keeps_conversions_that_decide_what_is_out_of_range),
           CHECK_TEST(keeps_what_raises), CHECK_TEST(selects), CHECK_TEST(puts_constants_right),
           CHECK_TEST(takes_const_types_as_numbers), CHECK_TEST(looks_through_compounds),
           CHECK_TEST(looks_through_arrays), CHECK_TEST(builds_control_where_the_cursor_is))
