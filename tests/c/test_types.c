/* Scalars, constants and types: hash-consing, print and parse, signatures. */
#include "types/signature.h"

#include <math.h>

#include "test_types_zoo.h"
#include "types/promote.h"

static const char *describe(World *world, const char *text)
{
    Text out;
    text_open(&out, &world->arena);
    type_describe(parse(world, text), &out);
    return out.data;
}

/* ---- scalars and constants ---- */

static void scalar_names_and_classes(void)
{
    ScalarKind kind;
    for (unsigned i = 0; i < SCALAR_COUNT; i++) {
        CHECK(scalar_from_name(scalar_name((ScalarKind)i), &kind) && kind == i);
        CHECK(!scalar_is_weak(scalar_numpy((ScalarKind)i)));
        CHECK(scalar_class(scalar_real((ScalarKind)i)) != CLASS_COMPLEX);
        CHECK_INT(scalar_size((ScalarKind)i) * 8, scalar_bits((ScalarKind)i));
    }
    CHECK(scalar_from_name("c16", &kind) && kind == SCALAR_COMPLEX128);
    CHECK(!scalar_from_name("float65", &kind) && !scalar_from_name("", &kind));
    CHECK(scalar_numpy(SCALAR_INT_U64) == SCALAR_UINT64);
    CHECK(scalar_numpy(SCALAR_FLOAT) == SCALAR_FLOAT64);
    CHECK(scalar_numpy(SCALAR_BOOL) == SCALAR_NP_BOOL);
    CHECK(scalar_real(SCALAR_COMPLEX64) == SCALAR_FLOAT32);
    CHECK(scalar_real(SCALAR_COMPLEX) == SCALAR_FLOAT);
    CHECK(scalar_is_python_int(SCALAR_INT_I128) && !scalar_is_python_int(SCALAR_BOOL));
}

static bool int_fits(__int128 value, ScalarKind kind)
{
    return constant_fits(&(Constant){.kind = CONSTANT_INT, .integer = value}, kind);
}

static bool float_fits(double value, ScalarKind kind)
{
    return constant_fits(&(Constant){.kind = CONSTANT_FLOAT, .real = value}, kind);
}

static void ints_that_fit(void)
{
    CHECK(int_fits(127, SCALAR_INT8) && !int_fits(128, SCALAR_INT8));
    CHECK(int_fits(-128, SCALAR_INT8) && !int_fits(-129, SCALAR_INT8));
    CHECK(int_fits(255, SCALAR_UINT8) && !int_fits(256, SCALAR_UINT8));
    CHECK(!int_fits(-1, SCALAR_UINT64) && int_fits(UINT64_MAX, SCALAR_UINT64));
    CHECK(int_fits(INT64_MIN, SCALAR_INT) && !int_fits((__int128)INT64_MAX + 1, SCALAR_INT));
    CHECK(!int_fits(1, SCALAR_BOOL));
    CHECK(int_fits(INT64_C(1) << 53, SCALAR_FLOAT));
    CHECK(!int_fits((INT64_C(1) << 53) + 1, SCALAR_FLOAT));
    CHECK(int_fits((INT64_C(1) << 53) + 2, SCALAR_COMPLEX128));
    CHECK(int_fits(-16777216, SCALAR_FLOAT32) && !int_fits(16777217, SCALAR_COMPLEX64));
    CHECK(int_fits(65504, SCALAR_FLOAT16) && !int_fits(65520, SCALAR_FLOAT16));
    CHECK(!int_fits(65536, SCALAR_FLOAT16) && !int_fits(2049, SCALAR_FLOAT16));
    CHECK(int_fits(TWO << 125, SCALAR_FLOAT32) && int_fits(TWO << 125, SCALAR_INT_I128));
}

static void floats_that_fit(void)
{
    CHECK(float_fits(.5, SCALAR_FLOAT16) && !float_fits(.1, SCALAR_FLOAT16));
    CHECK(float_fits(0x1p-24, SCALAR_FLOAT16) && !float_fits(0x1p-25, SCALAR_FLOAT16));
    CHECK(float_fits(0x1.8p-23, SCALAR_FLOAT16) && !float_fits(0x1.8p-24, SCALAR_FLOAT16));
    CHECK(float_fits(0x1.ffcp-14, SCALAR_FLOAT16) && !float_fits(65536, SCALAR_FLOAT16));
    CHECK(float_fits(INFINITY, SCALAR_FLOAT16) && float_fits((double)NAN, SCALAR_FLOAT32));
    CHECK(!float_fits(1e300, SCALAR_FLOAT32) && !float_fits(1., SCALAR_INT64));
    CHECK(float_fits(.1, SCALAR_FLOAT) && float_fits(5e-324, SCALAR_COMPLEX128));
    uint64_t state = 7;
    for (int i = 0; i < 20000; i++) {
        double value = ldexp(random_below(&state, 1u << 26), -(int)random_below(&state, 180));
        CHECK(float_fits(value, SCALAR_FLOAT32) == ((double)(float)value == value));
    }
}

static void constants_print_as_repr(void)
{
    World world;
    world_open(&world);
    const struct {
        Constant constant;
        const char *repr;
    } cases[] = {
        {{.kind = CONSTANT_NONE}, "None"},
        {{.kind = CONSTANT_ELLIPSIS}, "Ellipsis"},
        {{.kind = CONSTANT_BOOL, .truth = true}, "True"},
        {{.kind = CONSTANT_INT, .integer = -(TWO << 100)}, "-2535301200456458802993406410752"},
        {{.kind = CONSTANT_FLOAT, .real = 1e16}, "1e+16"},
        {{.kind = CONSTANT_COMPLEX, .real = 0., .imag = 2.}, "2j"},
        {{.kind = CONSTANT_COMPLEX, .real = -0., .imag = 2.}, "(-0+2j)"},
        {{.kind = CONSTANT_COMPLEX, .real = 1.5, .imag = -0.}, "(1.5-0j)"},
        {{.kind = CONSTANT_COMPLEX, .real = 1., .imag = (double)NAN}, "(1+nanj)"},
        {{.kind = CONSTANT_STR, .text = name(&world, "a'b\n\x7f\\")}, "\"a'b\\n\\x7f\\\\\""},
        {{.kind = CONSTANT_STR, .text = name(&world, "'\"")}, "'\\'\"'"},
        {{.kind = CONSTANT_STR, .text = name(&world, "é€𝄞")}, "'é€𝄞'"},
        {{.kind = CONSTANT_STR, .text = name(&world, "\xc2\xa0\xe2\x80\xa8")},
         "'\\xa0\\u2028'"},
        {{.kind = CONSTANT_STR, .text = intern_text(&world.names, "\0", 1)}, "'\\x00'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text out;
        text_open(&out, &world.arena);
        constant_print(&cases[i].constant, &out);
        CHECK_TEXT(out.data, cases[i].repr);
    }
    arena_close(&world.arena);
}

static void constants_compare_by_bits(void)
{
    Constant zero = {.kind = CONSTANT_FLOAT, .real = 0.}, minus = zero, nan = zero;
    minus.real = -0.;
    nan.real = (double)NAN;
    Constant one = {.kind = CONSTANT_INT, .integer = 1}, truth = {.kind = CONSTANT_BOOL};
    truth.truth = true;
    CHECK(!constant_equal(&zero, &minus) && constant_hash(&zero) != constant_hash(&minus));
    CHECK(constant_equal(&nan, &nan) && constant_hash(&nan) == constant_hash(&nan));
    CHECK(!constant_equal(&one, &truth));
}

/* ---- hash-consing ---- */

static void equal_types_are_one(void)
{
    World world;
    world_open(&world);
    Zoo first = {0}, again = {0};
    add_plain(&world, &first);
    add_random(&world, &first, 1000);
    uint32_t len = world.table.len;
    add_plain(&world, &again);
    add_random(&world, &again, 1000);
    CHECK_INT(world.table.len, len); /* the classes too: same name, same handle */
    CHECK_INT(first.len, again.len);
    for (uint32_t i = 0; i < first.len; i++)
        CHECK(first.data[i] == again.data[i]);
    arena_close(&world.arena);
}

static void ids_are_dense(void)
{
    World world;
    world_open(&world);
    Zoo zoo = {0};
    add_plain(&world, &zoo);
    add_random(&world, &zoo, 1000);
    bool *seen = ARENA_ARRAY(&world.arena, bool, world.table.len);
    for (uint32_t i = 0; i < world.table.cap; i++) {
        const Type *type = world.table.slots[i];
        if (type) {
            CHECK(type->id < world.table.len && !seen[type->id]);
            seen[type->id] = true;
        }
    }
    arena_close(&world.arena);
}

static void constructors_make_canonical_types(void)
{
    World world;
    world_open(&world);
    TypeTable *table = &world.table;
    const Type *integer = table->scalars[SCALAR_INT];
    const Type *optional = type_optional(table, integer);
    CHECK(type_optional(table, optional) == optional);
    CHECK(type_optional(table, table->none) == table->none);
    CHECK(type_optional(table, table->never) == table->none);
    CHECK(type_maybe(table, table->never) == table->unbound);
    CHECK(type_maybe(table, type_maybe(table, integer)) == type_maybe(table, integer));
    CHECK(type_optional(table, type_maybe(table, integer)) == type_maybe(table, optional));
    CHECK(type_optional(table, table->unbound) == type_maybe(table, table->none));
    ArrayType array = {.dtype = SCALAR_INT8, .ndim = 1, .layout = LAYOUT_F};
    CHECK(type_array(table, array)->array.layout == LAYOUT_C);
    CHECK(type_const(table, &(Constant){.kind = CONSTANT_FLOAT})->scalar == SCALAR_FLOAT);
    CHECK(type_const_int(table, INT64_MAX)->elements[0] == integer);
    CHECK(type_const_int(table, UINT64_MAX)->elements[0]->scalar == SCALAR_INT_U64);
    CHECK(type_const_int(table, TWO << 63)->elements[0]->scalar == SCALAR_INT_I128);
    CHECK(type_const_int(table, 1) != type_const_bool(table, true));
    arena_close(&world.arena);
}

static void functions_are_their_code_and_captures(void)
{
    World world;
    world_open(&world);
    TypeTable *table = &world.table;
    int code, other;
    const Type *captures[] = {table->scalars[SCALAR_INT]}, *join;
    const Type *function = type_function(table, &code, captures, 1);
    CHECK(type_function(table, &code, captures, 1) == function);
    CHECK(type_function(table, &other, captures, 1) != function);
    CHECK(type_function(table, &code, NULL, 0) != function);
    CHECK(promote_merge(table, function, type_function(table, &other, captures, 1), &join) ==
          MERGE_UNLIKE);
    CHECK(promote_merge(table, function, table->none, &join) == MERGE_OK);
    arena_close(&world.arena);
}

static void types_know_their_size(void)
{
    World world;
    world_open(&world);
    const Type *type = parse(&world, "Tuple(int, Tuple(Array(int8, 1, 'C'), Const(5)))");
    CHECK_INT(type->leaves, 3);
    CHECK(type_holds_owner(type) && !type_holds_owner(parse(&world, "Tuple(int, str)")));
    const Type *deep = type;
    for (int i = 0; i < 100; i++) {
        const Type *pair[] = {deep, deep};
        deep = type_tuple(&world.table, pair, 2, NULL);
    }
    CHECK(type_is_too_large(deep) && !type_is_too_large(type));
    CHECK(deep->leaves == UINT32_MAX);
    arena_close(&world.arena);
}

static void predicates_look_through_const(void)
{
    World world;
    world_open(&world);
    ScalarKind kind;
    __int128 integer;
    bool truth;
    const Symbol *text;
    CHECK(type_scalar_of(parse(&world, "Const(5)"), &kind) && kind == SCALAR_INT);
    CHECK(type_scalar_of(parse(&world, "Const(True)"), &kind) && kind == SCALAR_BOOL);
    CHECK(!type_scalar_of(parse(&world, "Const('C')"), &kind));
    CHECK(type_is_python_int(parse(&world, "int.i128")));
    CHECK(!type_is_python_int(parse(&world, "int64")) &&
          type_is_integer(parse(&world, "int64")));
    CHECK(!type_is_integer(parse(&world, "Const(True)")));
    CHECK(type_is_const_int(parse(&world, "Const(-7)"), &integer) && integer == -7);
    CHECK(type_is_const_bool(parse(&world, "Const(True)"), &truth) && truth);
    CHECK(type_is_const_str(parse(&world, "Const('C')"), &text) && text == name(&world, "C"));
    CHECK(!type_is_const_int(parse(&world, "Const(True)"), &integer));
    arena_close(&world.arena);
}

static void widening_reaches_inside(void)
{
    World world;
    world_open(&world);
    static const char *const CASES[][2] = {
        {"Const(5)", "int"},
        {"Const(True)", "bool"},
        {"Const('C')", "str"},
        {"Tuple(Const(5), Tuple(Const('C'), float32))", "Tuple(int, Tuple(str, float32))"},
        {"Maybe(Optional(Const(9223372036854775808)))", "Maybe(Optional(int.u64))"},
        {"Slice(None, Const(1), None)", "Slice(None, int, None)"},
        {"Method(upper, Const('C'))", "Method(upper, Const('C'))"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const Type *type = parse(&world, CASES[i][0]);
        const Type *wide = type_widen(&world.table, type);
        CHECK_TEXT(type_text(wide, &world.arena), CASES[i][1]);
        CHECK(type_widen(&world.table, wide) == wide);
        size_t used = world.arena.used; /* nothing is left behind when nothing is new */
        type_widen(&world.table, type);
        CHECK(world.arena.used == used);
    }
    arena_close(&world.arena);
}

/* ---- print and parse ---- */

static void every_type_reads_back(void)
{
    World world, other;
    world_open(&world);
    world_open(&other);
    Zoo zoo = {0}, unused = {0};
    add_plain(&world, &zoo);
    add_random(&world, &zoo, 3000);
    add_classes(&other, &unused);
    for (uint32_t i = 0; i < zoo.len; i++) {
        const char *text = type_text(zoo.data[i], &world.arena);
        CHECK(parse(&world, text) == zoo.data[i]);
        CHECK_TEXT(type_text(parse(&other, text), &other.arena), text);
    }
    arena_close(&other.arena);
    arena_close(&world.arena);
}

static void numba_spellings(void)
{
    static const char *const CASES[][2] = {
        {"float64[:]", "Array(float64, 1, 'A')"},
        {"f8[::1]", "Array(float64, 1, 'C')"},
        {"f8[:, ::1]", "Array(float64, 2, 'C')"},
        {"c16[::1,:]", "Array(complex128, 2, 'F')"},
        {"i4[:,:,:]", "Array(int32, 3, 'A')"},
        {"float[:]", "Array(float64, 1, 'A')"},
        {"boolean[:]", "Array(bool_, 1, 'A')"},
        {"array(float64, 2d, F)", "Array(float64, 2, 'F')"},
        {"Array(int, 1, 'C')", "Array(int64, 1, 'C')"},
        {"Tuple((int64, float64))", "Tuple(int64, float64)"},
        {"Tuple((i4,))", "Tuple(int32)"},
        {"Tuple(())", "Tuple()"},
        {"UniTuple(int64, 3)", "Tuple(int64, int64, int64)"},
        {"UniTuple(float64[:] x 2)", "Tuple(Array(float64, 1, 'A'), Array(float64, 1, 'A'))"},
        {"optional(float64)", "Optional(float64)"},
        {"void", "None"},
        {"none", "None"},
        {"boolean", "bool_"},
        {"b1", "bool_"},
        {"bool", "bool"},
        {"int", "int"},
        {"double", "float64"},
        {"intp", "int64"},
        {"uintp", "uint64"},
        {"byte", "uint8"},
        {"unicode_type", "str"},
        {" Tuple ( int ,\n float ) ", "Tuple(int, float)"},
    };
    World world;
    world_open(&world);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *end;
        const Type *type = type_parse(&world.table, CASES[i][0], &end);
        CHECK_TEXT(type ? type_text(type, &world.arena) : NULL, CASES[i][1]);
    }
    arena_close(&world.arena);
}

static void what_is_no_type_says_where(void)
{
    static const struct {
        const char *text;
        int at;
    } CASES[] = {
        {"", 0},
        {"flaot64", 0},
        {"Tuple(int, flaot)", 11},
        {"Tuple(int", 9},
        {"Tuple(int float)", 10},
        {"Tuple(,)", 6},
        {"float64[", 8},
        {"float64[3]", 8},
        {"float64[::1, ::1]", 14},
        {"float64[:][:]", -1}, /* stops before the second bracket */
        {"str[:]", -1},
        {"Const(5", 7},
        {"Const(170141183460469231731687303715884105728)", 6},
        {"Const('abc", 10},
        {"Const('\\q')", 8},
        {"Array(float64, 65, 'C')", 14},
        {"Array(float64, 1, 'X')", 19},
        {"Array(float64, 1, 'C', unaligned, readonly)", 33},
        {"Range(int)", 10},
        {"Optional(int, int)", 18},
        {"Class(unknown.Thing)", 6},
        {"Function(#3)", 9},
        {"UniTuple(int, -1)", 13},
        {"UniTuple(int, 99999999)", 13},
    };
    World world;
    world_open(&world);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *end;
        const Type *type = type_parse(&world.table, CASES[i].text, &end);
        CHECK((type != NULL) == (CASES[i].at < 0));
        CHECK(!type || *end == '[');
        if (CASES[i].at >= 0 && end - CASES[i].text != CASES[i].at)
            check_failed(__FILE__, __LINE__, "%s fails at %d", CASES[i].text,
                         (int)(end - CASES[i].text));
    }
    arena_close(&world.arena);
}

static void deep_and_wide_texts_are_refused(void)
{
    enum { DEPTH = 200000 };
    World world;
    world_open(&world);
    Text text;
    const char *end;
    text_open(&text, &world.arena);
    for (int i = 0; i < DEPTH; i++)
        text_puts(&text, "Slot(");
    CHECK(!type_parse(&world.table, text.data, &end));
    text_open(&text, &world.arena);
    text_puts(&text, "Tuple(");
    for (int i = 0; i < DEPTH; i++)
        text_puts(&text, "int,");
    text_puts(&text, ")");
    CHECK(!type_parse(&world.table, text.data, &end));
    CHECK(!type_parse(&world.table, "UniTuple(UniTuple(int, 40), 40)", &end));
    CHECK(type_parse(&world.table, "UniTuple(UniTuple(int, 32), 32)", &end) != NULL);
    arena_close(&world.arena);
}

/* Texts with errors in them: whatever is accepted is a type like any other. */
static void damaged_texts_do_no_harm(void)
{
    static const char SIGNS[] = "(),':[]\\\"0a xT1-";
    World world;
    world_open(&world);
    Zoo zoo = {0};
    add_plain(&world, &zoo);
    add_random(&world, &zoo, 300);
    uint64_t state = 3;
    for (int i = 0; i < 20000; i++) {
        const char *whole = type_text(zoo.data[random_below(&state, zoo.len)], &world.arena);
        size_t length = strlen(whole);
        char *text = arena_strndup(&world.arena, whole, length);
        for (int edits = 0; edits < 2; edits++)
            text[random_below(&state, (uint32_t)length)] =
                SIGNS[random_below(&state, sizeof SIGNS)];
        const char *end;
        const Type *type = type_parse(&world.table, text, &end);
        CHECK(end >= text && end <= text + length);
        CHECK(!type || parse(&world, type_text(type, &world.arena)) == type);
    }
    arena_close(&world.arena);
}

static void types_for_people(void)
{
    static const char *const CASES[][2] = {
        {"int.u64", "int"},
        {"Const(3)", "int"},
        {"Const('C')", "str"},
        {"None", "None"},
        {"Array(float64, 1, 'C')", "float64 array (1-D)"},
        {"Array(float64, 2, 'F', readonly)", "read-only float64 array (2-D)"},
        {"Tuple(int, int)", "tuple of 2"},
        {"Maybe(Optional(float32))", "float32 or None or unassigned"},
        {"Builtin(builtins.len)", "len"},
        {"Builtin(numpy.sqrt)", "numpy.sqrt"},
        {"Method(sum, Array(int8, 1, 'C'))", "method sum of int8 array (1-D)"},
        {"DType(float32)", "dtype float32"},
        {"Exception(builtins.ValueError)", "ValueError"},
        {"Class('f.<locals>.Point')", "class f.<locals>.Point"},
        {"NamedTuple('f.<locals>.Point', int, int)", "f.<locals>.Point"},
    };
    World world;
    world_open(&world);
    Zoo zoo = {0};
    add_classes(&world, &zoo);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        CHECK_TEXT(describe(&world, CASES[i][0]), CASES[i][1]);
    arena_close(&world.arena);
}

static void signatures(void)
{
    World world;
    world_open(&world);
    Signature signature;
    const char *end;
    CHECK(signature_parse(&world.table, &world.arena, "float64(float64[:], int64)", &signature,
                          &end));
    CHECK_INT(signature.count, 2);
    CHECK(signature.result == parse(&world, "float64"));
    CHECK(signature.params[0] == parse(&world, "float64[:]"));
    CHECK(signature_parse(&world.table, &world.arena, " ( i4 , Tuple((f4, f4)), ) ", &signature,
                          &end));
    CHECK(!signature.result && signature.count == 2);
    CHECK(signature_parse(&world.table, &world.arena, "void()", &signature, &end));
    CHECK(signature.result == world.table.none && signature.count == 0);
    static const char *const WRONG[] = {"float64",   "float64(",   "float64(int64",
                                        "(int64) x", "float64(,)", "flaot(int64)",
                                        "f8(f8 f8)", "",           "(int64, flaot)"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        CHECK(!signature_parse(&world.table, &world.arena, WRONG[i], &signature, &end));
    CHECK_TEXT(end, "flaot)");
    arena_close(&world.arena);
}

/* ---- memory ---- */

static void build_everything(Arena *arena)
{
    World world = {.arena = *arena};
    intern_open(&world.names, arena);
    type_open(&world.table, arena, &world.names);
    const char *end;
    const Type *first = NULL, *join;
    Signature signature;
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++) {
        const Type *type = type_parse(&world.table, PLAIN[i], &end);
        for (uint32_t n = 0; n < 50; n++) {
            const Type *pair[] = {type, type_const_int(&world.table, n)};
            type_tuple(&world.table, pair, 2, NULL);
        }
        type_widen(&world.table, type);
        promote_merge(&world.table, type, first ? first : type, &join);
        first = type;
        type_text(type, arena);
    }
    signature_parse(&world.table, arena, "f8(f8, f8)", &signature, &end);
}

static void memory_may_run_out(void)
{
    CHECK(check_until_granted(build_everything) > 1);
}

CHECK_MAIN(CHECK_TEST(scalar_names_and_classes), CHECK_TEST(ints_that_fit),
           CHECK_TEST(floats_that_fit), CHECK_TEST(constants_print_as_repr),
           CHECK_TEST(constants_compare_by_bits), CHECK_TEST(equal_types_are_one),
           CHECK_TEST(ids_are_dense), CHECK_TEST(constructors_make_canonical_types),
           CHECK_TEST(functions_are_their_code_and_captures), CHECK_TEST(types_know_their_size),
           CHECK_TEST(predicates_look_through_const), CHECK_TEST(widening_reaches_inside),
           CHECK_TEST(every_type_reads_back), CHECK_TEST(numba_spellings),
           CHECK_TEST(what_is_no_type_says_where), CHECK_TEST(deep_and_wide_texts_are_refused),
           CHECK_TEST(damaged_texts_do_no_harm), CHECK_TEST(types_for_people),
           CHECK_TEST(signatures), CHECK_TEST(memory_may_run_out))
