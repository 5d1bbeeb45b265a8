/* Promotion against NumPy's own table; merging by example and by its laws. */
#include "types/promote.h"

#include "test_types_numpy.h"
#include "test_types_zoo.h"

/* ---- promotion ---- */

enum { NUMPY_COUNT = sizeof NUMPY_KINDS / sizeof *NUMPY_KINDS };

static ScalarKind numpy_kind(unsigned index)
{
    ScalarKind kind = SCALAR_COUNT;
    CHECK(scalar_from_name(NUMPY_KINDS[index], &kind));
    return kind;
}

static void promotion_is_numpys(void)
{
    for (unsigned i = 0; i < NUMPY_COUNT; i++)
        for (unsigned j = 0; j < NUMPY_COUNT; j++) {
            ScalarKind a = numpy_kind(i), b = numpy_kind(j);
            CHECK_TEXT(scalar_name(promote_kinds(PROMOTION_NUMPY, a, b)), NUMPY_RESULTS[i][j]);
            if (promote_is_safe(a, b) != (NUMPY_SAFE[i][j] == '1'))
                check_failed(__FILE__, __LINE__, "safe %s to %s", NUMPY_KINDS[i],
                             NUMPY_KINDS[j]);
        }
}

/* Every carrier of a Python int promotes alike with whatever is not a Python int. */
static void promotion_ignores_carriers(void)
{
    static const ScalarKind CARRIERS[] = {SCALAR_INT_U64, SCALAR_INT_I128};
    for (int i = 0; i < 2; i++)
        for (unsigned j = SCALAR_FLOAT; j < SCALAR_COUNT; j++)
            CHECK(promote_kinds(PROMOTION_NUMPY, CARRIERS[i], (ScalarKind)j) ==
                  promote_kinds(PROMOTION_NUMPY, SCALAR_INT, (ScalarKind)j));
    CHECK(promote_kinds(PROMOTION_NUMPY, SCALAR_INT, SCALAR_INT_U64) == SCALAR_INT_I128);
    CHECK(promote_kinds(PROMOTION_NUMPY, SCALAR_BOOL, SCALAR_INT_U64) == SCALAR_INT_U64);
    CHECK(promote_is_safe(SCALAR_INT_U64, SCALAR_UINT64));
    CHECK(promote_is_safe(SCALAR_UINT64, SCALAR_INT_I128));
    CHECK(!promote_is_safe(SCALAR_INT_I128, SCALAR_FLOAT64));
}

static void promotion_commutes(void)
{
    static const Promotion RULES[] = {PROMOTION_NUMPY, PROMOTION_NUMBA};
    for (int r = 0; r < 2; r++)
        for (unsigned i = 0; i < SCALAR_COUNT; i++)
            for (unsigned j = 0; j < SCALAR_COUNT; j++) {
                ScalarKind a = (ScalarKind)i, b = (ScalarKind)j;
                ScalarKind both = promote_kinds(RULES[r], a, b);
                CHECK(both == promote_kinds(RULES[r], b, a));
                CHECK(scalar_is_weak(both) == (scalar_is_weak(a) && scalar_is_weak(b)));
            }
}

static void promotion_is_numbas(void)
{
    static const ScalarKind CASES[][3] = {
        {SCALAR_INT32, SCALAR_INT32, SCALAR_INT64},
        {SCALAR_UINT8, SCALAR_UINT16, SCALAR_UINT64},
        {SCALAR_UINT8, SCALAR_INT8, SCALAR_INT64},
        {SCALAR_UINT64, SCALAR_INT64, SCALAR_INT64},
        {SCALAR_NP_BOOL, SCALAR_NP_BOOL, SCALAR_INT64},
        {SCALAR_FLOAT32, SCALAR_INT64, SCALAR_FLOAT64},
        {SCALAR_FLOAT32, SCALAR_INT16, SCALAR_FLOAT32},
        {SCALAR_FLOAT32, SCALAR_FLOAT, SCALAR_FLOAT64},
        {SCALAR_FLOAT32, SCALAR_INT, SCALAR_FLOAT64},
        {SCALAR_FLOAT32, SCALAR_FLOAT32, SCALAR_FLOAT32},
        {SCALAR_COMPLEX64, SCALAR_FLOAT, SCALAR_COMPLEX128},
        {SCALAR_INT8, SCALAR_INT, SCALAR_INT64},
        {SCALAR_INT, SCALAR_FLOAT, SCALAR_FLOAT},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        CHECK_TEXT(scalar_name(promote_kinds(PROMOTION_NUMBA, CASES[i][0], CASES[i][1])),
                   scalar_name(CASES[i][2]));
}

/* ---- merging ---- */

static const char *const MERGES[][3] = {
    {"int", "float", "float"},
    {"bool", "int", "int"},
    {"bool", "float", "float"},
    {"Const(True)", "Const(False)", "bool"},
    {"int", "float32", "float32"},
    {"float", "float32", "float32"},
    {"float", "int8", "float64"},
    {"int8", "uint8", "int16"},
    {"bool", "bool_", "bool_"},
    {"Const(3)", "Const(3)", "Const(3)"},
    {"Const(3)", "Const(4)", "int"},
    {"Const(3)", "float32", "float32"},
    {"Const(300)", "int8", "!constant"},
    {"Const(-1)", "uint64", "!constant"},
    {"Const(9007199254740993)", "float", "!constant"},
    {"Const(9007199254740992)", "float", "float"},
    {"Const(16777217)", "float32", "!constant"},
    {"int", "int.u64", "int.i128"},
    {"Const(5)", "int.u64", "int.u64"},
    {"Const(-5)", "int.u64", "int.i128"},
    {"Const(5)", "int.i128", "int.i128"},
    {"Const(9223372036854775808)", "Const(5)", "int.u64"},
    {"Const(9223372036854775808)", "Const(-5)", "int.i128"},
    {"Const(9223372036854775808)", "int", "int.i128"},
    {"Const(9223372036854775808)", "bool_", "!constant"},
    {"Const('C')", "Const('F')", "str"},
    {"Const('C')", "str", "str"},
    {"Const('C')", "int", "!unlike"},
    {"None", "int", "Optional(int)"},
    {"None", "Const(3)", "Optional(Const(3))"},
    {"Optional(Const(3))", "int", "Optional(int)"},
    {"Optional(int)", "float", "Optional(float)"},
    {"Unbound", "int", "Maybe(int)"},
    {"Unbound", "None", "Maybe(None)"},
    {"Maybe(int)", "None", "Maybe(Optional(int))"},
    {"Maybe(int)", "Optional(float)", "Maybe(Optional(float))"},
    {"Maybe(Array(int8, 1, 'C'))", "int", "!unlike"},
    {"Never", "Const(3)", "Const(3)"},
    {"Array(float64, 2, 'C')", "Array(float64, 2, 'F')", "Array(float64, 2, 'A')"},
    {"Array(int8, 1, 'C')", "Array(int8, 1, 'C', readonly)", "Array(int8, 1, 'C', readonly)"},
    {"Array(int8, 1, 'C')", "Array(int8, 2, 'C')", "!unlike"},
    {"Array(int8, 1, 'C')", "Array(int16, 1, 'C')", "!unlike"},
    {"Tuple(int, None)", "Tuple(float, Const(3))", "Tuple(float, Optional(Const(3)))"},
    {"Tuple(int)", "Tuple(int, int)", "!unlike"},
    {"Tuple(int8, int)", "Tuple(Const(300), int)", "!constant"},
    {"Slice(None, int, None)", "Slice(Const(1), None, None)",
     "Slice(Optional(Const(1)), Optional(int), None)"},
    {"Range(Const(0), int, Const(1))", "Range(Const(0), int, Const(2))",
     "Range(Const(0), int, int)"},
    {"Iter(zip, int)", "Iter(enumerate, int)", "!unlike"},
    {"DType(int8)", "DType(int16)", "!unlike"},
    {"Exception(ValueError, Const('a'))", "Exception(ValueError, Const('b'))",
     "Exception(ValueError, str)"},
    {"Exception(ValueError)", "Exception(TypeError)", "!unlike"},
};

static void merges_by_example(void)
{
    static const char *const FAILURES[] = {"", "!unlike", "!constant"};
    World world;
    world_open(&world);
    for (size_t i = 0; i < sizeof MERGES / sizeof *MERGES; i++) {
        const Type *join;
        MergeStatus status = promote_merge(&world.table, parse(&world, MERGES[i][0]),
                                           parse(&world, MERGES[i][1]), &join);
        CHECK((join == NULL) == (status != MERGE_OK));
        CHECK_TEXT(join ? type_text(join, &world.arena) : FAILURES[status], MERGES[i][2]);
    }
    arena_close(&world.arena);
}

/* Commutes, is idempotent, and gives an upper bound. Leaves nothing on the arena the second time. */
static void merge_laws_of_two(void)
{
    World world;
    world_open(&world);
    TypeTable *table = &world.table;
    Zoo zoo = {0};
    add_plain(&world, &zoo);
    add_random(&world, &zoo, 300);
    for (uint32_t i = 0; i < zoo.len; i++)
        for (uint32_t j = 0; j < zoo.len; j++) {
            const Type *a = zoo.data[i], *b = zoo.data[j], *join, *other, *above;
            MergeStatus status = promote_merge(table, a, b, &join);
            size_t used = world.arena.used;
            bool commutes = promote_merge(table, b, a, &other) == status && other == join;
            bool is_bound =
                !join || (promote_merge(table, a, join, &above) == MERGE_OK && above == join);
            if (!commutes || !is_bound || (i == j && join != a) || world.arena.used != used)
                check_failed(__FILE__, __LINE__, "%s with %s", type_text(a, &world.arena),
                             type_text(b, &world.arena));
        }
    arena_close(&world.arena);
}

/* Equal but for the kinds of numbers. */
static bool is_alike(const Type *a, const Type *b)
{
    ScalarKind kind;
    if (type_scalar_of(a, &kind) && type_scalar_of(b, &kind))
        return true;
    if (a->kind != b->kind || a->count != b->count)
        return false;
    bool alike = a->count > 0 || a == b;
    for (uint32_t i = 0; i < a->count; i++)
        alike &= is_alike(a->elements[i], b->elements[i]);
    return alike;
}

static MergeStatus merge_three(TypeTable *table, const Type *const three[3], const Type **join)
{
    const Type *two;
    MergeStatus status = promote_merge(table, three[0], three[1], &two);
    *join = NULL;
    return status == MERGE_OK ? promote_merge(table, two, three[2], join) : status;
}

/* Whether three types merge does not depend on the order, except that a constant may or may not be
 * seen not to fit; to what they merge depends on it only in the kinds of numbers, of which NumPy's
 * promotion is not associative either (int8, uint16, float32). */
static void merge_laws_of_three(void)
{
    World world;
    world_open(&world);
    TypeTable *table = &world.table;
    Zoo zoo = {0};
    add_plain(&world, &zoo);
    uint32_t len = zoo.len;
    for (uint32_t at = 0; at < len * len * len; at++) {
        const Type *a = zoo.data[at % len], *b = zoo.data[at / len % len];
        const Type *c = zoo.data[at / len / len], *left, *right;
        MergeStatus first = merge_three(table, (const Type *[]){a, b, c}, &left);
        MergeStatus last = merge_three(table, (const Type *[]){b, c, a}, &right);
        bool agree = first == last || first == MERGE_CONSTANT || last == MERGE_CONSTANT;
        bool same = !left || !right || is_alike(left, right);
        if (!agree || !same)
            check_failed(__FILE__, __LINE__, "%s, %s, %s", type_text(a, &world.arena),
                         type_text(b, &world.arena), type_text(c, &world.arena));
    }
    arena_close(&world.arena);
}

CHECK_MAIN(CHECK_TEST(promotion_is_numpys), CHECK_TEST(promotion_ignores_carriers),
           CHECK_TEST(promotion_commutes), CHECK_TEST(promotion_is_numbas),
           CHECK_TEST(merges_by_example), CHECK_TEST(merge_laws_of_two),
           CHECK_TEST(merge_laws_of_three))
