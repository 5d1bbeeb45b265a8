/* Folding over a whole function: every operation is built again from its args as they are now.
 *
 * What build.h makes of numbers and compounds takes the operation's place. Control folds by itself:
 * branches that a constant decides, blocks that nobody breaks out of, try bodies that cannot raise,
 * loops that do not repeat, and values that loops and branches pass along unchanged. Then dead code
 * goes. Rounds repeat while control changed, since a branch that went may decide another.
 */
#include "base/vec.h"
#include "ir/analysis.h"
#include "ir/build.h"
#include "ir/dead.h"
#include "passes/early.h"
#include "passes/exits.h"
#include "passes/nest.h"
#include "passes/pass.h"

enum { ROUNDS_MAX = 4 };

typedef struct Folder {
    Arena *arena;
    Build build;
    bool changed; /* control flow; not numbers */
} Folder;

/* ---- numbers and compounds ----------------------------------------------------------------- */

typedef Value *Rebuild(Build *b, const Op *op);

static bool is_constant(const Value *value)
{
    return value->def && value->def->code == OP_CONST;
}

static Value *rebuild_unary(Build *b, const Op *op)
{
    return build_unary(b, op->code, op_arg(op, 0));
}

static Value *rebuild_binary(Build *b, const Op *op)
{
    return build_binary(b, op->code, op_arg(op, 0), op_arg(op, 1));
}

/* Wrapping sums with constants come together, (x + 1) - 1 is x; x + (-y) is x - y. */
static Value *rebuild_sum(Build *b, const Op *op)
{
    Value *x = op_arg(op, 0), *y = op_arg(op, 1);
    const Op *inner = x->def;
    ScalarKind kind;
    bool is_integer = type_scalar_of(x->type, &kind) && scalar_is_integer(kind) &&
                      x->type->kind == TYPE_SCALAR;
    if (!is_integer)
        return build_binary(b, op->code, x, y);
    if (op->code == OP_ADD && y->def && y->def->code == OP_NEG)
        return build_binary(b, OP_SUB, x, op_arg(y->def, 0));
    if (op->code == OP_ADD && inner && inner->code == OP_NEG)
        return build_binary(b, OP_SUB, y, op_arg(inner, 0));
    bool is_chain = inner && (inner->code == OP_ADD || inner->code == OP_SUB) &&
                    is_constant(y) && is_constant(op_arg(inner, 1));
    if (!is_chain)
        return build_binary(b, op->code, x, y);
    OpCode combine = op->code == inner->code ? OP_ADD : OP_SUB;
    Value *by = build_binary(b, combine, op_arg(inner, 1), y);
    return build_binary(b, inner->code, op_arg(inner, 0), by);
}

static Value *rebuild_checked(Build *b, const Op *op)
{
    return build_checked(b, op->code, op_arg(op, 0), op_arg(op, 1), op->attr.site);
}

static Value *rebuild_select(Build *b, const Op *op)
{
    return build_select(b, op_arg(op, 0), op_arg(op, 1), op_arg(op, 2));
}

/* There and back among integers of one width changes nothing. */
static Value *rebuild_convert(Build *b, const Op *op)
{
    const Type *to = op->results[0].type;
    const Op *inner = op_arg(op, 0)->def;
    ScalarKind from, between;
    bool is_round_trip = inner && inner->code == OP_CONVERT && op_arg(inner, 0)->type == to &&
                         type_scalar_of(to, &from) &&
                         type_scalar_of(inner->results[0].type, &between) &&
                         scalar_is_integer(from) && scalar_is_integer(between) &&
                         scalar_bits(from) == scalar_bits(between);
    return is_round_trip ? op_arg(inner, 0) : build_convert(b, op_arg(op, 0), to);
}

static Value *rebuild_bitcast(Build *b, const Op *op)
{
    return build_bitcast(b, op_arg(op, 0), op->results[0].type);
}

static Value *rebuild_fma(Build *b, const Op *op)
{
    return build_fma(b, op_arg(op, 0), op_arg(op, 1), op_arg(op, 2));
}

static Value *rebuild_extract(Build *b, const Op *op)
{
    return build_extract(b, op_arg(op, 0), (uint32_t)op->attr.integer);
}

static Value *rebuild_is_some(Build *b, const Op *op)
{
    return build_is_some(b, op_arg(op, 0));
}

static Value *rebuild_unwrap(Build *b, const Op *op)
{
    return build_unwrap(b, op_arg(op, 0));
}

static Value *rebuild_array_dim(Build *b, const Op *op)
{
    return build_array_dim(b, op_arg(op, 0), (uint32_t)op->attr.integer);
}

static Value *rebuild_array_stride(Build *b, const Op *op)
{
    return build_array_stride(b, op_arg(op, 0), (uint32_t)op->attr.integer);
}

/* Rows that are missing stay as they are. */
static Rebuild *const rebuilds[OP_COUNT] = {
    [OP_ADD] = rebuild_sum,
    [OP_SUB] = rebuild_sum,
    [OP_MUL] = rebuild_binary,
    [OP_NEG] = rebuild_unary,
    [OP_ADD_X] = rebuild_checked,
    [OP_SUB_X] = rebuild_checked,
    [OP_MUL_X] = rebuild_checked,
    [OP_SHL_X] = rebuild_checked,
    [OP_DIV] = rebuild_binary,
    [OP_INT_TRUEDIV] = rebuild_binary,
    [OP_FLOORDIV] = rebuild_binary,
    [OP_MOD] = rebuild_binary,
    [OP_TRUNCDIV] = rebuild_binary,
    [OP_TRUNCMOD] = rebuild_binary,
    [OP_AND] = rebuild_binary,
    [OP_OR] = rebuild_binary,
    [OP_XOR] = rebuild_binary,
    [OP_NOT] = rebuild_unary,
    [OP_SHL] = rebuild_binary,
    [OP_SHR] = rebuild_binary,
    [OP_ABS] = rebuild_unary,
    [OP_POW] = rebuild_binary,
    [OP_SQRT] = rebuild_unary,
    [OP_FLOOR] = rebuild_unary,
    [OP_CEIL] = rebuild_unary,
    [OP_TRUNC] = rebuild_unary,
    [OP_RINT] = rebuild_unary,
    [OP_FMA] = rebuild_fma,
    [OP_COPYSIGN] = rebuild_binary,
    [OP_EQ] = rebuild_binary,
    [OP_NE] = rebuild_binary,
    [OP_LT] = rebuild_binary,
    [OP_LE] = rebuild_binary,
    [OP_GT] = rebuild_binary,
    [OP_GE] = rebuild_binary,
    [OP_SELECT] = rebuild_select,
    [OP_CONVERT] = rebuild_convert,
    [OP_BITCAST] = rebuild_bitcast,
    [OP_REAL] = rebuild_unary,
    [OP_IMAG] = rebuild_unary,
    [OP_MUL_HIGH] = rebuild_binary,
    [OP_CTZ] = rebuild_unary,
    [OP_CLZ] = rebuild_unary,
    [OP_POPCOUNT] = rebuild_unary,
    [OP_EXTRACT] = rebuild_extract,
    [OP_IS_SOME] = rebuild_is_some,
    [OP_UNWRAP] = rebuild_unwrap,
    [OP_ARRAY_DIM] = rebuild_array_dim,
    [OP_ARRAY_STRIDE] = rebuild_array_stride,
};

static void place_before(Folder *f, Op *op)
{
    f->build.region = op->parent;
    f->build.before = op;
    f->build.loc = op->loc;
}

static bool is_copy(const Op *a, const Op *b)
{
    if (a->code != b->code || a->arg_count != b->arg_count)
        return false;
    for (uint32_t i = 0; i < a->arg_count; i++)
        if (op_arg(a, i) != op_arg(b, i))
            return false;
    return true;
}

static bool is_known(const Value *condition, bool truth)
{
    Constant storage;
    const Constant *known = build_known(condition, &storage);
    return known && known->kind == CONSTANT_BOOL && known->truth == truth;
}

/* The last operation that is done: `op`, or what stands before it when it went. */
static Op *fold_plain(Folder *f, Op *op)
{
    Op *before = op->prev;
    if (op->code == OP_CHECK && is_known(op_arg(op, 0), true)) {
        ir_op_remove(op);
        return before;
    }
    if (!rebuilds[op->code])
        return op;
    Func *func = f->build.func;
    uint32_t value_count = func->value_count, op_count = func->op_count;
    place_before(f, op);
    Value *built = rebuilds[op->code](&f->build, op);
    if (func->op_count == op_count + 1 && built->def && is_copy(built->def, op)) {
        ir_op_remove(built->def); /* the last made: its numbers are free again */
        func->value_count = value_count;
        func->op_count = op_count;
        return op;
    }
    if (!built->name)
        built->name = op->results[0].name;
    ir_value_replace(op_result(op, 0), built);
    before = op->prev;
    ir_op_remove(op);
    return before;
}

/* ---- control ------------------------------------------------------------------------------- */

/* What follows `op` in its region is never reached. */
static void remove_rest(Op *op)
{
    while (op->next)
        ir_op_remove(op->parent->last);
}

/* `op` runs `region` exactly once and does nothing else: the region's contents take its place. */
static void become_region(Folder *f, Op *op, Region *region)
{
    Op *last = region->last;
    bool comes_back =
        (last->code == OP_YIELD) || (last->code == OP_BREAK && last->attr.target == op);
    if (comes_back) {
        for (uint32_t i = 0; i < op->result_count; i++)
            ir_value_replace(op_result(op, i), op_arg(last, i));
        ir_op_remove(last);
    } else {
        remove_rest(op);
    }
    ir_region_splice(op, region);
    ir_op_remove(op);
    f->changed = true;
}

static bool fold_if(Folder *f, Op *op)
{
    bool is_true = is_known(op_arg(op, 0), true);
    if (!is_true && !is_known(op_arg(op, 0), false))
        return false;
    become_region(f, op, &op->regions[is_true ? 0 : 1]);
    return true;
}

/* Does the region only choose values? Constants in it may as well stand outside. */
static bool only_yields(const Region *region)
{
    const Op *op = region->first;
    while (op->code == OP_CONST)
        op = op->next;
    return op->code == OP_YIELD;
}

static bool is_selectable(const Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++)
        if (op->results[i].type->kind != TYPE_SCALAR)
            return false;
    return only_yields(&op->regions[0]) && only_yields(&op->regions[1]);
}

static void move_constants_out(Op *op, Region *region)
{
    while (region->first->code == OP_CONST) {
        Op *constant = region->first;
        ir_op_unlink(constant);
        ir_op_insert_before(op, constant);
    }
}

/* An `if` that only chooses between numbers. */
static bool fold_to_select(Folder *f, Op *op)
{
    if (!is_selectable(op))
        return false;
    move_constants_out(op, &op->regions[0]);
    move_constants_out(op, &op->regions[1]);
    Op *yes = op->regions[0].first, *no = op->regions[1].first;
    for (uint32_t i = 0; i < op->result_count; i++) {
        Value *chosen = build_select(&f->build, op_arg(op, 0), op_arg(yes, i), op_arg(no, i));
        if (!chosen->name)
            chosen->name = op->results[i].name;
        ir_value_replace(op_result(op, i), chosen);
    }
    ir_op_remove(op);
    f->changed = true;
    return true;
}

static bool fold_block(Folder *f, Op *op)
{
    Exits exits;
    exits_find(f->arena, op, &exits);
    Op *last = op->regions[0].last;
    bool falls_through = exits.leaves.len == 1 && exits.leaves.data[0] == last;
    if (!falls_through && exits.leaves.len != 0)
        return false;
    become_region(f, op, &op->regions[0]);
    return true;
}

static bool fold_try(Folder *f, Op *op)
{
    unsigned effects = nest_region_effects(&op->regions[0]);
    if (effects & (EFFECT_RAISES | EFFECT_ALLOCATES | EFFECT_REPEATS | EFFECT_UNKNOWN))
        return false;
    become_region(f, op, &op->regions[0]);
    return true;
}

/* Results for which every way out of `op` passes the same value from outside. */
static void fold_results(const Exits *exits, Op *op)
{
    for (uint32_t i = 0; i < op->result_count; i++) {
        Value *common = exits_common_arg(&exits->leaves, i, NULL);
        if (common && op->results[i].uses && !analysis_is_defined_inside(common, op) &&
            common->def != op)
            ir_value_replace(op_result(op, i), common);
    }
}

/* ---- loops --------------------------------------------------------------------------------- */

/* A param that every continue passes on unchanged, or as it started, is its start. */
static bool is_invariant(const Exits *exits, const Op *loop, uint32_t param)
{
    uint32_t index = param - (loop->code == OP_FOR);
    Value *start = op_arg(loop, param);
    const Value *self = loop->regions[0].params[param];
    for (uint32_t i = 0; i < exits->repeats.len; i++) {
        Value *passed = op_arg(exits->repeats.data[i], index);
        if (passed != self && passed != start)
            return false;
    }
    return true;
}

/* Can the whole column of a FOR go: is its result the start on every way out? */
static bool is_result_start(const Exits *exits, const Op *loop, uint32_t param)
{
    for (uint32_t i = 0; i < exits->leaves.len; i++)
        if (op_arg(exits->leaves.data[i], param - 1) != op_arg(loop, param))
            return false;
    return true;
}

static void fold_params(Folder *f, Op *loop)
{
    bool is_for = loop->code == OP_FOR;
    Exits exits;
    exits_find(f->arena, loop, &exits);
    for (uint32_t i = loop->arg_count; i-- > (uint32_t)is_for;) {
        if (!is_invariant(&exits, loop, i))
            continue;
        ir_value_replace(loop->regions[0].params[i], op_arg(loop, i));
        if (is_for && !is_result_start(&exits, loop, i))
            continue;
        exits_remove_arg(&exits.repeats, i - is_for);
        if (is_for) {
            exits_remove_arg(&exits.leaves, i - 1);
            ir_value_replace(op_result(loop, i - 1), op_arg(loop, i));
            ir_result_remove(loop, i - 1);
        }
        ir_param_remove(&loop->regions[0], i);
        ir_arg_remove(loop, i);
        f->changed = true;
    }
}

/* A FOR of no trips is its starts. */
static bool fold_for(Folder *f, Op *op)
{
    Constant storage;
    const Constant *count = build_known(op_arg(op, 0), &storage);
    if (!count || count->integer > 0)
        return false;
    for (uint32_t i = 0; i < op->result_count; i++)
        ir_value_replace(op_result(op, i), op_arg(op, i + 1));
    ir_op_remove(op);
    f->changed = true;
    return true;
}

/* A LOOP that never repeats is a block; its params are its starts already. */
static bool fold_loop(Folder *f, Op *op)
{
    Exits exits;
    exits_find(f->arena, op, &exits);
    if (exits.repeats.len || op->arg_count)
        return false;
    op->code = OP_BLOCK;
    return fold_block(f, op);
}

/* ---- the walk ------------------------------------------------------------------------------ */

/* Before what is inside. True: other operations took op's place. */
static bool fold_before(Folder *f, Op *op)
{
    if (nest_is_loop(op))
        fold_params(f, op);
    if (op->code == OP_FOR)
        return fold_for(f, op);
    if (op->code == OP_LOOP)
        return fold_loop(f, op);
    return op->code == OP_IF && fold_if(f, op);
}

static bool fold_after(Folder *f, Op *op)
{
    place_before(f, op);
    if (op->code == OP_BLOCK || nest_is_loop(op))
        f->changed |= early_nest(f->build.func, op);
    if (op->code != OP_FOR && !nest_is_map(op)) {
        Exits exits;
        exits_find(f->arena, op, &exits);
        fold_results(&exits, op);
    }
    if (op->code == OP_IF)
        return fold_to_select(f, op);
    if (op->code == OP_BLOCK)
        return fold_block(f, op);
    return op->code == OP_TRY && fold_try(f, op);
}

static void fold_region(Folder *f, Region *region);

/* True: other operations took op's place. */
static bool fold_control(Folder *f, Op *op)
{
    if (fold_before(f, op))
        return true;
    for (uint32_t i = 0; i < op->region_count; i++)
        fold_region(f, &op->regions[i]);
    return fold_after(f, op);
}

static void fold_region(Folder *f, Region *region)
{
    Op *done = NULL, *op;
    while ((op = done ? done->next : region->first)) {
        if (!op->region_count)
            done = fold_plain(f, op);
        else if (!fold_control(f, op))
            done = op;
    }
}

/* New arrays that nobody looks at, last first: they may be made from each other. */
static void remove_unused_arrays(Region *region)
{
    for (Op *op = region->last, *before; op; op = before) {
        before = op->prev;
        for (uint32_t i = 0; i < op->region_count; i++)
            remove_unused_arrays(&op->regions[i]);
        if ((op->code != OP_ARRAY_NEW && op->code != OP_MAP) || op->results[0].uses)
            continue;
        unsigned effects = op->region_count ? nest_region_effects(&op->regions[0]) : 0;
        if (!(effects & ~(unsigned)(EFFECT_READS | EFFECT_READS_SLOT)))
            ir_op_remove(op);
    }
}

void pass_fold(Compile *c, Func *func)
{
    Folder f = {.arena = c->arena, .build = {.func = func, .types = c->types}};
    for (int round = 0; round < ROUNDS_MAX; round++) {
        f.changed = false;
        fold_region(&f, &func->body);
        remove_unused_arrays(&func->body);
        dead_remove(func);
        if (!f.changed)
            break;
    }
}
