/* Type resolution of NumPy's element-wise functions: one rule per family of loops.
 *
 * A rule sees the promoted kind of the inputs and answers with the kind the loop computes in and the kind
 * it gives. Source: the type lists of NumPy 2's generated ufuncs (`np.sqrt.types` and so on).
 */
#include "infer/ufunc_table.h"

#include <string.h>

typedef struct Loop {
    ScalarKind in, out;
} Loop;

typedef bool UfuncRule(ScalarKind kind, Loop *loop);

static bool same(ScalarKind kind, Loop *loop)
{
    loop->in = loop->out = kind;
    return true;
}

static bool rule_ARITHMETIC(ScalarKind kind, Loop *loop)
{
    return same(kind, loop);
}

static bool rule_SUBTRACT(ScalarKind kind, Loop *loop)
{
    return kind != SCALAR_NP_BOOL && same(kind, loop);
}

static bool rule_SAME(ScalarKind kind, Loop *loop)
{
    return same(kind == SCALAR_NP_BOOL ? SCALAR_INT8 : kind, loop);
}

static bool rule_NEGATIVE(ScalarKind kind, Loop *loop)
{
    return kind != SCALAR_NP_BOOL && same(kind, loop);
}

static bool rule_DIVIDE(ScalarKind kind, Loop *loop)
{
    return same(scalar_is_inexact(kind) ? kind : SCALAR_FLOAT64, loop);
}

static bool rule_FLOORDIV(ScalarKind kind, Loop *loop)
{
    return scalar_class(kind) != CLASS_COMPLEX && rule_SAME(kind, loop);
}

static bool rule_POWER(ScalarKind kind, Loop *loop)
{
    return rule_SAME(kind, loop);
}

/* The smallest float that holds the integers of a width; floats and complex stay. */
static ScalarKind float_for(ScalarKind kind)
{
    if (scalar_is_inexact(kind))
        return kind;
    unsigned bits = scalar_bits(kind);
    return bits <= 8 ? SCALAR_FLOAT16 : bits == 16 ? SCALAR_FLOAT32 : SCALAR_FLOAT64;
}

static bool rule_FLOAT(ScalarKind kind, Loop *loop)
{
    return same(float_for(kind), loop);
}

static bool rule_REAL(ScalarKind kind, Loop *loop)
{
    return scalar_class(kind) != CLASS_COMPLEX && same(float_for(kind), loop);
}

/* What is computed in float32 has other neighbours than float16. */
static bool rule_NEIGHBOUR(ScalarKind kind, Loop *loop)
{
    return rule_REAL(kind, loop) && loop->in != SCALAR_FLOAT16;
}

static bool rule_FLOAT64(ScalarKind kind, Loop *loop)
{
    return same(scalar_class(kind) == CLASS_COMPLEX ? SCALAR_COMPLEX128 : SCALAR_FLOAT64, loop);
}

static bool rule_ABSOLUTE(ScalarKind kind, Loop *loop)
{
    loop->in = kind;
    loop->out = scalar_real(kind);
    return true;
}

static bool rule_SIGN(ScalarKind kind, Loop *loop)
{
    return kind != SCALAR_NP_BOOL && same(kind, loop);
}

static bool rule_ROUND(ScalarKind kind, Loop *loop)
{
    return scalar_class(kind) != CLASS_COMPLEX && same(kind, loop);
}

static bool to_bool(ScalarKind kind, Loop *loop)
{
    loop->in = kind;
    loop->out = SCALAR_NP_BOOL;
    return true;
}

static bool rule_REAL_TEST(ScalarKind kind, Loop *loop)
{
    return scalar_class(kind) != CLASS_COMPLEX && to_bool(float_for(kind), loop);
}

static bool rule_TEST(ScalarKind kind, Loop *loop)
{
    return to_bool(kind, loop);
}

static bool rule_EQUALITY(ScalarKind kind, Loop *loop)
{
    return to_bool(kind, loop);
}

static bool rule_COMPARE(ScalarKind kind, Loop *loop)
{
    return to_bool(kind, loop);
}

static bool rule_LOGICAL(ScalarKind kind, Loop *loop)
{
    (void)kind;
    return same(SCALAR_NP_BOOL, loop);
}

static bool rule_BITWISE(ScalarKind kind, Loop *loop)
{
    return !scalar_is_inexact(kind) && same(kind, loop);
}

static bool rule_SHIFT(ScalarKind kind, Loop *loop)
{
    return !scalar_is_inexact(kind) && rule_SAME(kind, loop);
}

static bool rule_COUNT(ScalarKind kind, Loop *loop)
{
    loop->in = kind;
    loop->out = SCALAR_UINT8;
    return scalar_is_integer(kind);
}

static bool rule_MINMAX(ScalarKind kind, Loop *loop)
{
    return same(kind, loop);
}

static const struct {
    const char *name;
    unsigned inputs;
    UfuncRule *rule;
} ufuncs[] = {
#define UFUNC(name, text, in, rule, emit) {"numpy." text, in, rule_##rule},
#include "infer/ufunc_table.def"
#undef UFUNC
};

const char *ufunc_name(UfuncId ufunc)
{
    return ufuncs[ufunc].name;
}

unsigned ufunc_inputs(UfuncId ufunc)
{
    return ufuncs[ufunc].inputs;
}

bool ufunc_from_name(const char *qualname, UfuncId *ufunc)
{
    if (strncmp(qualname, "numpy.", 6) != 0)
        return false;
    for (UfuncId i = 0; i < UFUNC_COUNT; i++)
        if (strcmp(ufuncs[i].name, qualname) == 0) {
            *ufunc = i;
            return true;
        }
    return false;
}

UfuncId ufunc_of_binary(BinaryOperator operator)
{
    static const UfuncId of[BINARY_COUNT] = {
        [BINARY_ADD] = UFUNC_ADD,
        [BINARY_SUB] = UFUNC_SUBTRACT,
        [BINARY_MUL] = UFUNC_MULTIPLY,
        [BINARY_TRUEDIV] = UFUNC_DIVIDE,
        [BINARY_FLOORDIV] = UFUNC_FLOOR_DIVIDE,
        [BINARY_MOD] = UFUNC_REMAINDER,
        [BINARY_POW] = UFUNC_POWER,
        [BINARY_LSHIFT] = UFUNC_LEFT_SHIFT,
        [BINARY_RSHIFT] = UFUNC_RIGHT_SHIFT,
        [BINARY_AND] = UFUNC_BITWISE_AND,
        [BINARY_OR] = UFUNC_BITWISE_OR,
        [BINARY_XOR] = UFUNC_BITWISE_XOR,
        [BINARY_MATMUL] = UFUNC_COUNT,
    };
    return of[operator];
}

UfuncId ufunc_of_compare(CompareOperator operator)
{
    static const UfuncId of[COMPARE_COUNT] = {
        [COMPARE_EQ] = UFUNC_EQUAL,   [COMPARE_NE] = UFUNC_NOT_EQUAL,
        [COMPARE_LT] = UFUNC_LESS,    [COMPARE_LE] = UFUNC_LESS_EQUAL,
        [COMPARE_GT] = UFUNC_GREATER, [COMPARE_GE] = UFUNC_GREATER_EQUAL,
    };
    return of[operator];
}

bool ufunc_resolve(UfuncId ufunc, Promotion rules, const ScalarKind *inputs, ScalarKind *loop,
                   ScalarKind *output)
{
    ScalarKind kind = inputs[0];
    for (unsigned i = 1; i < ufuncs[ufunc].inputs; i++)
        kind = promote_kinds(rules, kind, inputs[i]);
    bool all_bool = true; /* Python's bool with bool is int, NumPy's stays bool_ */
    for (unsigned i = 0; i < ufuncs[ufunc].inputs; i++)
        all_bool = all_bool && scalar_class(inputs[i]) == CLASS_BOOL;
    Loop found;
    if (!ufuncs[ufunc].rule(all_bool ? SCALAR_NP_BOOL : scalar_numpy(kind), &found))
        return false;
    *loop = found.in;
    *output = found.out;
    return true;
}
