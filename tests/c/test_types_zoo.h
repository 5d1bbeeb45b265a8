/* A table of types and a zoo of everything that may be in it, for the tests of types/. */
#ifndef MARTLET_TESTS_TEST_TYPES_ZOO_H
#define MARTLET_TESTS_TEST_TYPES_ZOO_H

#include "base/vec.h"
#include "check.h"
#include "types/type.h"

typedef VEC(const Type *) Zoo;

typedef struct World {
    Arena arena;
    Interner names;
    TypeTable table;
} World;

static void world_open(World *world)
{
    arena_open(&world->arena, NULL);
    intern_open(&world->names, &world->arena);
    type_open(&world->table, &world->arena, &world->names);
}

__attribute__((unused)) static const Symbol *name(World *world, const char *text)
{
    return intern_cstr(&world->names, text);
}

__attribute__((unused)) static const Type *parse(World *world, const char *text)
{
    const char *end;
    const Type *type = type_parse(&world->table, text, &end);
    if (!type || *end)
        check_failed(__FILE__, __LINE__, "no type: %s (at '%s')", text, end);
    return type;
}

static uint32_t random_below(uint64_t *state, uint32_t limit)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*state >> 33) % limit);
}

/* ---- the zoo ---- */

__attribute__((unused)) static const __int128 TWO = 2;

static const char *const PLAIN[] = {
    "Never",
    "Unbound",
    "None",
    "str",
    "Ellipsis",
    "Pointer",
    "Const(0)",
    "Const(-1)",
    "Const(5)",
    "Const(300)",
    "Const(9007199254740993)",
    "Const(9223372036854775808)",
    "Const(18446744073709551616)",
    "Const(True)",
    "Const(False)",
    "Const('C')",
    "Const(\"it's\")",
    "Const('')",
    "Optional(int)",
    "Optional(Const(5))",
    "Maybe(float32)",
    "Maybe(None)",
    "Maybe(Optional(uint8))",
    "Array(float64, 1, 'C')",
    "Array(float64, 1, 'A')",
    "Array(float64, 1, 'C', readonly)",
    "Array(float64, 2, 'C')",
    "Array(float64, 2, 'F')",
    "Array(int8, 2, 'A', unaligned)",
    "Array(bool_, 0, 'C')",
    "Tuple()",
    "Tuple(int)",
    "Tuple(int, Const(5))",
    "Tuple(float32, None)",
    "Tuple(Array(float64, 2, 'C'), Optional(int.u64))",
    "Range(Const(0), int, Const(1))",
    "Range(Const(0), int.u64, Const(5))",
    "Slice(None, int, None)",
    "Slice(Const(5), Const(-1), int64)",
    "DType(float32)",
    "DType(float)",
    "Module(numpy.random)",
    "Builtin(numpy.sqrt)",
    "Method(append, Array(float64, 1, 'C'))",
    "Iter(enumerate, Array(float64, 1, 'C'))",
    "Iter(zip, Tuple(int), Tuple(Const(5)))",
    "Exception(ValueError, Const('C'))",
    "Exception(ValueError, str)",
    "Exception('app.<locals>.Odd')",
    "Slot(Maybe(int))",
};

__attribute__((unused)) static void add_classes(World *world, Zoo *zoo)
{
    static int point, color, mixed; /* for their addresses alone */
    ClassInfo *infos = ARENA_ARRAY(&world->arena, ClassInfo, 3);
    ClassValue *values = ARENA_ARRAY(&world->arena, ClassValue, 2);
    values[0].type = type_const_int(&world->table, 1);
    values[1].type = type_const_int(&world->table, 2);
    ClassValue *odd = ARENA_ARRAY(&world->arena, ClassValue, 2);
    odd[0] = values[0];
    odd[1].type = type_const_str(&world->table, name(world, "two"));
    infos[0] = (ClassInfo){.name = name(world, "f.<locals>.Point"), .handle = &point};
    infos[1] =
        (ClassInfo){.name = name(world, "app.Color"), .handle = &color, .values = values};
    infos[2] = (ClassInfo){.name = name(world, "app.Mixed"), .handle = &mixed, .values = odd};
    infos[1].count = infos[2].count = 2;
    infos[1].is_enum = infos[2].is_enum = true;
    const Type *parts[] = {parse(world, "int"), parse(world, "Const(5)")};
    vec_push(&world->arena, zoo, type_class(&world->table, &infos[0]));
    vec_push(&world->arena, zoo, type_tuple(&world->table, parts, 2, &infos[0]));
    vec_push(&world->arena, zoo, type_enum(&world->table, &infos[1]));
    vec_push(&world->arena, zoo, type_enum(&world->table, &infos[2]));
}

__attribute__((unused)) static void add_plain(World *world, Zoo *zoo)
{
    for (unsigned kind = 0; kind < SCALAR_COUNT; kind++)
        vec_push(&world->arena, zoo, type_scalar(&world->table, (ScalarKind)kind));
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        vec_push(&world->arena, zoo, parse(world, PLAIN[i]));
    add_classes(world, zoo);
}

/* Compounds of random members. */
__attribute__((unused)) static void add_random(World *world, Zoo *zoo, int count)
{
    static const TypeKind KINDS[] = {TYPE_OPTIONAL, TYPE_MAYBE, TYPE_TUPLE, TYPE_RANGE,
                                     TYPE_SLICE,    TYPE_ITER,  TYPE_SLOT,  TYPE_EXCEPTION};
    TypeTable *table = &world->table;
    uint64_t state = 1;
    while (count-- > 0) {
        const Type *parts[3];
        for (int i = 0; i < 3; i++)
            parts[i] = zoo->data[random_below(&state, zoo->len)];
        TypeKind kind = KINDS[random_below(&state, sizeof KINDS / sizeof *KINDS)];
        uint32_t some = random_below(&state, 4);
        bool is_named = kind == TYPE_ITER || kind == TYPE_EXCEPTION;
        const Type *type = kind == TYPE_OPTIONAL ? type_optional(table, parts[0])
                           : kind == TYPE_MAYBE  ? type_maybe(table, parts[0])
                           : kind == TYPE_TUPLE  ? type_tuple(table, parts, some, NULL)
                           : kind == TYPE_SLOT
                               ? type_compound(table, kind, NULL, parts, 1)
                               : type_compound(table, kind, is_named ? name(world, "n") : NULL,
                                               parts, is_named ? some : 3);
        if (!type_is_too_large(type))
            vec_push(&world->arena, zoo, type);
    }
}

#endif
