/* BINARY_WIDE: arithmetic of whose exact value only some bits, or a comparison, are wanted.
 *
 * Hashes, generators of random numbers and modular powers compute with Python ints far beyond
 * 64 bits on the way to `& mask`, `% m`, `// n`, `>> k` or a comparison. A + - * ^ | << all of
 * whose uses are of that kind, or are such an operation themselves, may be carried in 128 bits.
 * Unary operators and abs() hand on what they are given, and divmod() narrows it.
 */
#include <string.h>

#include "lower/lowering.h"

enum { UNKNOWN, NARROWED, NOT_NARROWED };

typedef struct Wide {
    uint8_t *verdicts; /* by Op.id */
} Wide;

static bool op_widens(Wide *wide, Op *op);

static bool calls_global(const Op *op, const char *name, uint32_t args)
{
    if (op->code != OP_PY_CALL || op->arg_count != args + 1 || op->attr.call->stars)
        return false;
    const Op *callee = op_arg(op, 0)->def;
    return callee && callee->code == OP_PY_GLOBAL && strcmp(callee->attr.name->text, name) == 0;
}

static int64_t binary_of(const Op *op)
{
    return op->attr.integer & ~(int64_t)(BINARY_IN_PLACE | BINARY_WIDE);
}

static bool can_be_wide(const Op *op)
{
    static const bool widens[BINARY_COUNT] = {
        [BINARY_ADD] = true, [BINARY_SUB] = true, [BINARY_MUL] = true,
        [BINARY_XOR] = true, [BINARY_OR] = true,  [BINARY_LSHIFT] = true,
    };
    return op->code == OP_PY_BINARY && widens[binary_of(op)];
}

/* -x, +x, ~x, and what looks like abs(x). */
static bool hands_on(const Op *op)
{
    return op->code == OP_PY_NEG || op->code == OP_PY_POS || op->code == OP_PY_INVERT ||
           calls_global(op, "abs", 1);
}

/* A divisor or a shift's amount is taken whole. */
static bool use_narrows(Wide *wide, const Use *use)
{
    static const bool by_either[BINARY_COUNT] = {[BINARY_AND] = true};
    static const bool by_first[BINARY_COUNT] = {
        [BINARY_MOD] = true, [BINARY_FLOORDIV] = true, [BINARY_RSHIFT] = true};
    Op *user = use->user;
    if (user->code == OP_PY_COMPARE)
        return user->attr.integer <= COMPARE_GE;
    if (calls_global(user, "divmod", 2) && use == &user->args[1])
        return true;
    if (hands_on(user))
        return op_widens(wide, user);
    if (user->code != OP_PY_BINARY)
        return false;
    int64_t op = binary_of(user);
    bool is_first = use == &user->args[0];
    if (by_either[op] || (by_first[op] && is_first))
        return true;
    return (is_first || op != BINARY_LSHIFT) && op_widens(wide, user);
}

static bool op_widens(Wide *wide, Op *op)
{
    if (!can_be_wide(op) && !hands_on(op))
        return false;
    uint8_t *verdict = &wide->verdicts[op->id];
    if (*verdict == UNKNOWN) {
        const Use *use = op->results[0].uses;
        *verdict = use ? NARROWED : NOT_NARROWED;
        for (; use && *verdict == NARROWED; use = use->next)
            if (!use_narrows(wide, use))
                *verdict = NOT_NARROWED;
    }
    return *verdict == NARROWED;
}

static void mark_region(Wide *wide, Region *region)
{
    for (Op *op = region->first; op; op = op->next) {
        if (can_be_wide(op) && op_widens(wide, op))
            op->attr.integer |= BINARY_WIDE;
        for (uint32_t i = 0; i < op->region_count; i++)
            mark_region(wide, &op->regions[i]);
    }
}

void wide_mark(Func *func, Arena *scratch)
{
    Wide wide = {ARENA_ARRAY(scratch, uint8_t, func->op_count)};
    mark_region(&wide, &func->body);
}
