/* Matching argument types with parameter types. See match.h. */
#include "python/match.h"

#include <assert.h>

typedef struct Matcher {
    Arena *arena;
    Moves *moves;
    uint32_t source, target; /* next slots */
    int cost;
} Matcher;

static void add(Matcher *m, Move move)
{
    Moves *moves = m->moves;
    if (moves->len == moves->cap)
        moves->data = vec_grow(m->arena, moves->data, moves->len, &moves->cap, sizeof move);
    assert(moves->data);
    moves->data[moves->len++] = move;
}

static bool copy(Matcher *m, uint32_t count)
{
    Move *last = m->moves->len ? &vec_last(m->moves) : NULL;
    if (last && last->kind == MOVE_COPY && last->source + last->count == m->source &&
        last->target + last->count == m->target)
        last->count += count;
    else if (count > 0)
        add(m,
            (Move){
                .kind = MOVE_COPY, .source = m->source, .target = m->target, .count = count});
    m->source += count;
    m->target += count;
    return true;
}

static bool skip(Matcher *m, uint32_t count)
{
    m->source += count;
    return true;
}

static bool match(Matcher *m, const Type *from, const Type *to);

/* ---- constants ---- */

static bool match_const(Matcher *m, const Type *from, const Type *to)
{
    const Constant *constant = &to->constant;
    if (from->kind == TYPE_STR && constant->kind == CONSTANT_STR) {
        add(m, (Move){.kind = MOVE_TEST_STR, .source = m->source, .text = constant->text});
        return skip(m, 2);
    }
    ScalarKind kind;
    if (!type_scalar_of(from, &kind))
        return false;
    uint64_t value;
    if (constant->kind == CONSTANT_INT && scalar_is_python_int(kind))
        value = (uint64_t)constant->integer;
    else if (constant->kind == CONSTANT_BOOL && kind == SCALAR_BOOL)
        value = constant->truth;
    else
        return false;
    add(m, (Move){.kind = MOVE_TEST, .source = m->source, .value = value});
    return skip(m, layout_slot_count(from));
}

/* ---- numbers ---- */

static int scalar_cost(ScalarKind from, ScalarKind to)
{
    if (scalar_numpy(from) == scalar_numpy(to))
        return MATCH_KIND;
    ScalarClass source = scalar_class(from), target = scalar_class(to);
    if (to == SCALAR_INT_I128 || from == SCALAR_INT_I128 || to == SCALAR_FLOAT16 ||
        from == SCALAR_FLOAT16 || target == CLASS_BOOL)
        return MATCH_NONE;
    if (scalar_is_weak(from) && source == target && source != CLASS_BOOL)
        return MATCH_NARROW +
               (64 - (int)scalar_bits(to)) / 8; /* an int32 rather than a float64 */
    if (promote_is_safe(from, to))
        return MATCH_SAFE + (int)scalar_bits(to) / 8;
    bool is_integer = source == CLASS_INT || source == CLASS_UINT;
    if (is_integer && (target == CLASS_INT || target == CLASS_UINT))
        return MATCH_CHECKED;
    if (source == CLASS_FLOAT && (target == CLASS_FLOAT || target == CLASS_COMPLEX))
        return MATCH_CHECKED;
    if (is_integer && (target == CLASS_FLOAT || target == CLASS_COMPLEX))
        return MATCH_CHECKED;
    return source == CLASS_COMPLEX && target == CLASS_COMPLEX ? MATCH_CHECKED : MATCH_NONE;
}

static bool match_scalar(Matcher *m, ScalarKind from, ScalarKind to)
{
    int cost = scalar_cost(from, to);
    if (cost == MATCH_NONE)
        return false;
    m->cost += cost;
    uint32_t slots = scalar_class(from) == CLASS_COMPLEX ? 2 : 1;
    if (cost == MATCH_KIND)
        return copy(m, slots);
    add(m, (Move){.kind = MOVE_CONVERT,
                  .source = m->source,
                  .target = m->target,
                  .from = from,
                  .to = to});
    m->target += scalar_class(to) == CLASS_COMPLEX ? 2 : 1;
    return skip(m, slots);
}

/* ---- arrays ---- */

static bool match_array(Matcher *m, const ArrayType *from, const ArrayType *to)
{
    bool is_strided = from->layout == LAYOUT_ANY;
    if (from->dtype != to->dtype || from->ndim != to->ndim ||
        (from->readonly && !to->readonly) || (from->unaligned && !to->unaligned) ||
        (to->layout != LAYOUT_ANY && from->layout != to->layout))
        return false;
    m->cost += (from->layout != to->layout) + (from->readonly != to->readonly);
    copy(m, 2u + from->ndim);
    if (is_strided)
        return copy(m, from->ndim);
    if (to->layout != LAYOUT_ANY)
        return true;
    add(m, (Move){.kind = MOVE_STRIDES,
                  .source = m->source - from->ndim,
                  .target = m->target,
                  .count = from->ndim,
                  .from = from->dtype,
                  .layout = from->layout});
    m->target += from->ndim;
    return true;
}

/* ---- compounds ---- */

static bool put_value(Matcher *m, uint64_t value)
{
    add(m, (Move){.kind = MOVE_VALUE, .target = m->target++, .value = value});
    return true;
}

static bool match_optional(Matcher *m, const Type *from, const Type *to)
{
    if (from->kind != TYPE_NONE)
        return put_value(m, 1) && match(m, from, to->elements[0]);
    for (uint32_t i = layout_slot_count(to); i > 0; i--)
        put_value(m, 0);
    return true;
}

static bool match_elements(Matcher *m, const Type *from, const Type *to)
{
    if (from->count != to->count || (from->class_info != to->class_info && to->class_info))
        return false;
    for (uint32_t i = 0; i < from->count; i++)
        if (!match(m, from->elements[i], to->elements[i]))
            return false;
    return true;
}

static bool match(Matcher *m, const Type *from, const Type *to)
{
    if (from == to)
        return copy(m, layout_slot_count(from));
    if (to->kind == TYPE_CONST)
        return match_const(m, from, to);
    if (to->kind == TYPE_OPTIONAL)
        return match_optional(m, from, to);
    if (from->kind == TYPE_SCALAR && to->kind == TYPE_SCALAR)
        return match_scalar(m, from->scalar, to->scalar);
    if (from->kind == TYPE_ARRAY && to->kind == TYPE_ARRAY)
        return match_array(m, &from->array, &to->array);
    if (from->kind != to->kind)
        return false;
    bool is_compound =
        from->kind == TYPE_TUPLE || from->kind == TYPE_RANGE || from->kind == TYPE_SLICE;
    return is_compound && match_elements(m, from, to);
}

int match_types(Arena *arena, const Type *const *from, const Type *const *to, uint32_t count,
                Moves *moves)
{
    Matcher m = {.arena = arena, .moves = moves};
    for (uint32_t i = 0; i < count; i++)
        if (!match(&m, from[i], to[i]))
            return MATCH_NONE;
    return m.cost;
}

bool match_is_identity(const Moves *moves)
{
    return moves->len == 0 || (moves->len == 1 && moves->data[0].kind == MOVE_COPY &&
                               moves->data[0].source == 0 && moves->data[0].target == 0);
}

/* ---- carrying out ---- */

/* Slots hold integers extended to 64 bits. */
static bool convert_integer(const Move *move, uint64_t bits, uint64_t *target)
{
    bool is_signed = scalar_class(move->from) == CLASS_INT;
    __int128 value = is_signed ? (__int128)(int64_t)bits : (__int128)bits;
    unsigned width = scalar_bits(move->to);
    bool to_signed = scalar_class(move->to) == CLASS_INT;
    __int128 limit = (__int128)1 << (to_signed ? width - 1 : width);
    *target = bits;
    return value < limit && value >= (to_signed ? -limit : 0);
}

static double slot_real(ScalarKind kind, uint64_t bits)
{
    double wide;
    float narrow;
    switch (scalar_class(kind)) {
    case CLASS_INT:
        return (double)(int64_t)bits;
    case CLASS_UINT:
    case CLASS_BOOL:
        return (double)bits;
    case CLASS_FLOAT:
    case CLASS_COMPLEX:
        break;
    }
    if (layout_scalar_part(kind) == PART_F64) {
        memcpy(&wide, &bits, sizeof wide);
        return wide;
    }
    memcpy(&narrow, &bits, sizeof narrow);
    return (double)narrow;
}

static void put_real(ScalarKind kind, double value, uint64_t *target)
{
    float narrow = (float)value;
    *target = 0;
    if (layout_scalar_part(kind) == PART_F64)
        memcpy(target, &value, sizeof value);
    else
        memcpy(target, &narrow, sizeof narrow);
}

static bool convert(const Move *move, const uint64_t *source, uint64_t *target)
{
    ScalarClass to = scalar_class(move->to), from = scalar_class(move->from);
    if (to == CLASS_INT || to == CLASS_UINT)
        return convert_integer(move, source[0], target);
    put_real(move->to, slot_real(move->from, source[0]), target);
    if (to == CLASS_COMPLEX)
        put_real(move->to, from == CLASS_COMPLEX ? slot_real(move->from, source[1]) : 0.0,
                 target + 1);
    return true;
}

static void put_strides(const Move *move, const uint64_t *dims, uint64_t *strides)
{
    uint64_t step = scalar_size(move->from);
    for (uint32_t k = 0; k < move->count; k++) {
        uint32_t axis = move->layout == LAYOUT_F ? k : move->count - 1 - k;
        strides[axis] = step;
        step *= dims[axis] > 0 ? dims[axis] : 1;
    }
}

static bool is_text(const uint64_t *slots, const Symbol *text)
{
    return slots[1] == text->length &&
           memcmp((const char *)(uintptr_t)slots[0], text->text, text->length) == 0;
}

MatchStatus match_move(const Move *moves, uint32_t count, const uint64_t *source,
                       uint64_t *target, uint32_t *failed)
{
    for (uint32_t i = 0; i < count; i++) {
        const Move *move = &moves[i];
        *failed = i;
        switch (move->kind) {
        case MOVE_COPY:
            memcpy(target + move->target, source + move->source, move->count * sizeof *target);
            break;
        case MOVE_VALUE:
            target[move->target] = move->value;
            break;
        case MOVE_CONVERT:
            if (!convert(move, source + move->source, target + move->target))
                return MATCH_RANGE;
            break;
        case MOVE_STRIDES:
            put_strides(move, source + move->source, target + move->target);
            break;
        case MOVE_TEST:
            if (source[move->source] != move->value)
                return MATCH_OTHER;
            break;
        case MOVE_TEST_STR:
            if (!is_text(source + move->source, move->text))
                return MATCH_OTHER;
            break;
        }
    }
    return MATCH_DONE;
}
