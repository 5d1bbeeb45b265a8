/* Common subexpressions: an operation that one before it, in its region or around it, has computed already.
 *
 * Pure operations; checked arithmetic and checks, which cannot fail where the same one did not; loads, as long as
 * nothing was written since. "Since" is a number: it changes with every write, at the start of a loop that
 * writes, and behind control that writes; equal numbers mean equal memory. One table serves all
 * regions: entries of a region are taken out when the walk leaves it.
 */
#include <string.h>

#include "base/vec.h"
#include "passes/nest.h"
#include "passes/pass.h"

typedef struct Entry {
    Op *op;
    uint64_t hash;
    uint32_t epoch; /* of memory, for loads; else 0 */
    struct Entry *next;
} Entry;

typedef struct Merger {
    Arena *arena;
    Nest nest;
    Entry **buckets;
    uint32_t mask;
    VEC(Entry *) stack;             /* entries in the table, oldest first */
    uint32_t arrays, slots, newest; /* epochs of memory */
} Merger;

/* ---- equality ------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash ^= more + UINT64_C(0x9E3779B97F4A7C15) + (hash << 6) + (hash >> 2);
    return hash * UINT64_C(0xBF58476D1CE4E5B9);
}

static uint64_t hash_attr(const Op *op)
{
    AttrKind kind = op_attr_kind(op->code);
    if (kind == ATTR_CONST)
        return constant_hash(op->attr.constant);
    if (kind == ATTR_NAME)
        return map_key(op->attr.name);
    return kind == ATTR_INT ? (uint64_t)op->attr.integer : 0;
}

static bool same_attr(const Op *a, const Op *b)
{
    AttrKind kind = op_attr_kind(a->code);
    if (kind == ATTR_CONST)
        return constant_equal(a->attr.constant, b->attr.constant);
    if (kind == ATTR_NAME)
        return a->attr.name == b->attr.name;
    return kind != ATTR_INT || a->attr.integer == b->attr.integer;
}

/* Args in the order in which commuting operations are compared. The message values of a check do not
 * count. */
static uint32_t compared_args(const Op *op, const Value **args)
{
    uint32_t count = op->code == OP_CHECK ? 1 : op->arg_count;
    for (uint32_t i = 0; i < count; i++)
        args[i] = op_arg(op, i);
    if (op_flags(op->code) & OP_COMMUTES && args[0]->id > args[1]->id) {
        const Value *first = args[0];
        args[0] = args[1];
        args[1] = first;
    }
    return count;
}

static uint64_t hash_op(Merger *m, const Op *op, uint32_t epoch)
{
    ArenaMark mark = arena_mark(m->arena);
    const Value **args = ARENA_ARRAY(m->arena, const Value *, op->arg_count + 1);
    uint32_t count = compared_args(op, args);
    uint64_t hash = mix(op->code, epoch);
    for (uint32_t i = 0; i < count; i++)
        hash = mix(hash, args[i]->id);
    if (op->result_count)
        hash = mix(hash, map_key(op->results[0].type));
    arena_release(m->arena, mark);
    return mix(hash, hash_attr(op));
}

static bool is_same(Merger *m, const Op *a, const Op *b)
{
    if (a->code != b->code || a->arg_count != b->arg_count ||
        (a->result_count && a->results[0].type != b->results[0].type) || !same_attr(a, b))
        return false;
    ArenaMark mark = arena_mark(m->arena);
    const Value **x = ARENA_ARRAY(m->arena, const Value *, a->arg_count + 1);
    const Value **y = ARENA_ARRAY(m->arena, const Value *, b->arg_count + 1);
    uint32_t count = compared_args(a, x);
    compared_args(b, y);
    bool same = memcmp(x, y, count * sizeof *x) == 0;
    arena_release(m->arena, mark);
    return same;
}

/* ---- the table ----------------------------------------------------------------------------- */

static Op *find_or_add(Merger *m, Op *op, uint32_t epoch)
{
    uint64_t hash = hash_op(m, op, epoch);
    Entry **bucket = &m->buckets[hash & m->mask];
    for (const Entry *entry = *bucket; entry; entry = entry->next)
        if (entry->hash == hash && entry->epoch == epoch && is_same(m, entry->op, op))
            return entry->op;
    Entry *entry = ARENA_NEW(m->arena, Entry);
    *entry = (Entry){op, hash, epoch, *bucket};
    *bucket = entry;
    vec_push(m->arena, &m->stack, entry);
    return NULL;
}

/* Entries leave in the opposite order of their coming, so each is its bucket's first. */
static void forget_to(Merger *m, uint32_t length)
{
    while (m->stack.len > length) {
        const Entry *entry = vec_pop(&m->stack);
        m->buckets[entry->hash & m->mask] = entry->next;
    }
}

/* ---- the walk ------------------------------------------------------------------------------ */

static bool is_mergeable(const Op *op)
{
    if (op->region_count || op->result_count > 1)
        return false;
    if (op->code == OP_CHECK)
        return true;
    bool is_checked = op->code == OP_ADD_X || op->code == OP_SUB_X || op->code == OP_MUL_X ||
                      op->code == OP_SHL_X;
    return op->result_count == 1 &&
           (op_flags(op->code) & OP_PURE || is_checked || op->code == OP_LOAD ||
            op->code == OP_POINTER_LOAD || op->code == OP_SLOT_LOAD);
}

static uint32_t epoch_of(const Merger *m, const Op *op)
{
    if (op->code == OP_LOAD || op->code == OP_POINTER_LOAD)
        return m->arrays;
    return op->code == OP_SLOT_LOAD ? m->slots : 0;
}

static void advance(Merger *m, unsigned effects)
{
    if (effects & EFFECT_WRITES)
        m->arrays = ++m->newest;
    if (effects & EFFECT_WRITES_SLOT)
        m->slots = ++m->newest;
}

static void merge_region(Merger *m, Region *region);

static void merge_inside(Merger *m, Op *op)
{
    unsigned effects = nest_of(&m->nest, op)->effects;
    if (nest_is_loop(op) || nest_is_map(op))
        advance(m, effects);
    uint32_t arrays = m->arrays, slots = m->slots;
    for (uint32_t i = 0; i < op->region_count; i++) {
        m->arrays = arrays;
        m->slots = slots;
        if (op->code == OP_TRY && i == 1)
            advance(m, effects);
        merge_region(m, &op->regions[i]);
    }
    m->arrays = arrays;
    m->slots = slots;
    advance(m, effects);
}

static void merge_op(Merger *m, Op *op)
{
    if (op->region_count) {
        merge_inside(m, op);
        return;
    }
    Op *earlier = is_mergeable(op) ? find_or_add(m, op, epoch_of(m, op)) : NULL;
    if (!earlier) {
        advance(m, nest_effects(op));
        return;
    }
    if (op->result_count) {
        if (!earlier->results[0].name)
            earlier->results[0].name = op->results[0].name;
        ir_value_replace(op_result(op, 0), op_result(earlier, 0));
    }
    ir_op_remove(op);
}

static void merge_region(Merger *m, Region *region)
{
    uint32_t length = m->stack.len;
    for (Op *op = region->first, *next; op; op = next) {
        next = op->next;
        merge_op(m, op);
    }
    forget_to(m, length);
}

void pass_cse(Compile *c, Func *func)
{
    Merger m = {.arena = c->arena};
    nest_open(&m.nest, c->arena, func);
    uint32_t size = 16;
    while (size < m.nest.count)
        size *= 2;
    m.mask = size - 1;
    m.buckets = ARENA_ARRAY(c->arena, Entry *, size);
    merge_region(&m, &func->body);
}
