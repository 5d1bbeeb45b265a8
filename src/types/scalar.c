/* Scalar kinds: the rows of scalar.def as look-up tables, and the names people give them. */
#include "types/scalar.h"

#include <string.h>

typedef struct ScalarRow {
    const char *name;
    ScalarClass class;
    uint16_t bits;
    char character;
    bool is_weak;
} ScalarRow;

static const ScalarRow ROWS[SCALAR_COUNT] = {
#define SCALAR(name, text, class, bits, chr, weak, ctype) \
    [SCALAR_##name] = {text, CLASS_##class, bits, chr, weak},
#include "types/scalar.def"
#undef SCALAR
};

#define SCALAR(name, text, class, bits, chr, weak, ctype) \
    _Static_assert(sizeof(ctype) * 8 == (bits), "C type of scalar kind " text);
#include "types/scalar.def"
#undef SCALAR

/* Spellings on which np.dtype("…") and Numba's signatures agree. */
static const struct {
    const char *name;
    ScalarKind kind;
} ALIASES[] = {
    {"b1", SCALAR_NP_BOOL},         {"i1", SCALAR_INT8},
    {"i2", SCALAR_INT16},           {"i4", SCALAR_INT32},
    {"i8", SCALAR_INT64},           {"u1", SCALAR_UINT8},
    {"u2", SCALAR_UINT16},          {"u4", SCALAR_UINT32},
    {"u8", SCALAR_UINT64},          {"f2", SCALAR_FLOAT16},
    {"f4", SCALAR_FLOAT32},         {"f8", SCALAR_FLOAT64},
    {"c8", SCALAR_COMPLEX64},       {"c16", SCALAR_COMPLEX128},
    {"short", SCALAR_INT16},        {"ushort", SCALAR_UINT16},
    {"intc", SCALAR_INT32},         {"uintc", SCALAR_UINT32},
    {"int_", SCALAR_INT64},         {"uint", SCALAR_UINT64},
    {"intp", SCALAR_INT64},         {"uintp", SCALAR_UINT64},
    {"longlong", SCALAR_INT64},     {"ulonglong", SCALAR_UINT64},
    {"half", SCALAR_FLOAT16},       {"single", SCALAR_FLOAT32},
    {"double", SCALAR_FLOAT64},     {"csingle", SCALAR_COMPLEX64},
    {"cdouble", SCALAR_COMPLEX128},
};

const char *scalar_name(ScalarKind kind)
{
    return ROWS[kind].name;
}

ScalarClass scalar_class(ScalarKind kind)
{
    return ROWS[kind].class;
}

unsigned scalar_bits(ScalarKind kind)
{
    return ROWS[kind].bits;
}

unsigned scalar_size(ScalarKind kind)
{
    return ROWS[kind].bits / 8u;
}

char scalar_char(ScalarKind kind)
{
    return ROWS[kind].character;
}

bool scalar_is_weak(ScalarKind kind)
{
    return ROWS[kind].is_weak;
}

bool scalar_is_python_int(ScalarKind kind)
{
    return scalar_is_weak(kind) && scalar_is_integer(kind);
}

bool scalar_is_integer(ScalarKind kind)
{
    return ROWS[kind].class == CLASS_INT || ROWS[kind].class == CLASS_UINT;
}

bool scalar_is_inexact(ScalarKind kind)
{
    return ROWS[kind].class == CLASS_FLOAT || ROWS[kind].class == CLASS_COMPLEX;
}

/* The kind that is NumPy's or Python's (`weak`) and has this class and width; 64-bit integers
 * stand in for what NumPy lacks. */
static ScalarKind find_kind(bool weak, ScalarClass class, unsigned bits)
{
    for (unsigned kind = 0; kind < SCALAR_COUNT; kind++)
        if (ROWS[kind].is_weak == weak && ROWS[kind].class == class && ROWS[kind].bits == bits)
            return (ScalarKind)kind;
    return SCALAR_INT64;
}

ScalarKind scalar_numpy(ScalarKind kind)
{
    return find_kind(false, ROWS[kind].class, ROWS[kind].bits);
}

ScalarKind scalar_real(ScalarKind kind)
{
    if (ROWS[kind].class != CLASS_COMPLEX)
        return kind;
    return find_kind(ROWS[kind].is_weak, CLASS_FLOAT, ROWS[kind].bits / 2u);
}

bool scalar_from_name(const char *name, ScalarKind *kind)
{
    for (unsigned i = 0; i < SCALAR_COUNT; i++)
        if (strcmp(ROWS[i].name, name) == 0) {
            *kind = (ScalarKind)i;
            return true;
        }
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(ALIASES[i].name, name) == 0) {
            *kind = ALIASES[i].kind;
            return true;
        }
    return false;
}
