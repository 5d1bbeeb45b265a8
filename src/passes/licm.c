/* Loop-invariant code: what gives the same in every trip is computed once, before the loop.
 *
 * Pure operations whose args come from outside move in front of the outermost loop (or map) for which that
 * holds, together with the constants that they use; divisions only when the divisor is a constant,
 * since another one may be zero where the loop would have checked it first. Of loads those
 * that cannot be out of bounds: of 0-dimensional arrays, and those at the start of a loop that runs at least once; both
 * only where the loop does not write what they read.
 */
#include "ir/analysis.h"
#include "ir/build.h"
#include "passes/nest.h"
#include "passes/pass.h"

typedef struct Mover {
    Nest nest;
} Mover;

static Op *around(const Op *op)
{
    Op *owner = op->parent->owner;
    while (owner && !nest_is_loop(owner) && !nest_is_map(owner))
        owner = owner->parent->owner;
    return owner;
}

static bool is_constant(const Value *value)
{
    return value->def && (value->def->code == OP_CONST || value->def->code == OP_NOTHING);
}

/* ---- memory -------------------------------------------------------------------------------- */

static const Value *root_of(const Value *array)
{
    while (array->def && array->def->code == OP_ARRAY_VIEW)
        array = op_arg(array->def, 0);
    return array;
}

static bool is_fresh(const Value *root)
{
    return root->def && (root->def->code == OP_ARRAY_NEW || root->def->code == OP_MAP);
}

static bool is_parameter(const Value *root)
{
    return root->def ? root->def->code == OP_HIDDEN : !root->region->owner;
}

/* New memory is nobody else's: not another new array's, not the caller's. */
static bool may_share(const Value *a, const Value *b)
{
    const Value *x = root_of(a), *y = root_of(b);
    if (x == y)
        return true;
    bool are_apart =
        (is_fresh(x) && (is_fresh(y) || is_parameter(y))) || (is_fresh(y) && is_parameter(x));
    return !are_apart;
}

static bool writes_to(const Mover *m, const Op *loop, const Value *array)
{
    const NestOp *self = nest_of(&m->nest, loop);
    if (!(self->effects & EFFECT_WRITES))
        return false;
    for (uint32_t p = self->position; p <= self->end; p++) {
        const Op *op = m->nest.order[p];
        bool is_store = op->code == OP_STORE, is_into = op->code == OP_MAP_INTO;
        if (!is_store && !is_into && nest_effects(op) & EFFECT_WRITES)
            return true;
        if ((is_store && may_share(op_arg(op, 0), array)) ||
            (is_into && may_share(op_arg(op, (uint32_t)op->attr.integer), array)))
            return true;
    }
    return false;
}

/* ---- what may move ------------------------------------------------------------------------- */

static bool is_division(const Op *op)
{
    ScalarKind kind;
    bool divides = op->code == OP_FLOORDIV || op->code == OP_MOD || op->code == OP_TRUNCDIV ||
                   op->code == OP_TRUNCMOD || op->code == OP_INT_TRUEDIV;
    return divides && type_scalar_of(op_arg(op, 0)->type, &kind) && !scalar_is_inexact(kind);
}

static bool has_safe_divisor(const Op *op)
{
    Constant storage;
    const Constant *divisor = build_known(op_arg(op, 1), &storage);
    return divisor && divisor->kind == CONSTANT_INT && divisor->integer != 0;
}

/* Does the loop run what is in front of `op` whenever it is entered, and nothing that may leave? */
static bool is_always_run(const Mover *m, const Op *op, const Op *loop)
{
    int64_t count;
    if (op->parent->owner != loop || nest_is_map(loop))
        return false;
    if (loop->code == OP_FOR && !(analysis_trip_count(loop, &count) && count > 0))
        return false;
    for (const Op *before = op->prev; before; before = before->prev)
        if (nest_of(&m->nest, before)->effects &
                ~(unsigned)(EFFECT_READS | EFFECT_READS_SLOT) ||
            before->region_count)
            return false;
    return true;
}

static bool may_leave(const Mover *m, const Op *op, const Op *loop)
{
    if (op->code == OP_LOAD)
        return (op->arg_count == 1 || is_always_run(m, op, loop)) &&
               !writes_to(m, loop, op_arg(op, 0));
    return !is_division(op) || has_safe_divisor(op);
}

static bool is_movable(const Op *op)
{
    if (op->region_count || op->result_count != 1 || op->arg_count == 0)
        return false;
    return op_flags(op->code) & OP_PURE || op->code == OP_LOAD;
}

static bool is_invariant(const Op *op, const Op *loop)
{
    for (uint32_t i = 0; i < op->arg_count; i++) {
        const Value *arg = op_arg(op, i);
        if (arg->def == loop || (analysis_is_defined_inside(arg, loop) && !is_constant(arg)))
            return false;
    }
    return true;
}

/* ---- moving -------------------------------------------------------------------------------- */

static void move_before(Op *op, Op *target)
{
    for (uint32_t i = 0; i < op->arg_count; i++) {
        Value *arg = op_arg(op, i);
        if (is_constant(arg) && analysis_is_defined_inside(arg, target)) {
            ir_op_unlink(arg->def);
            ir_op_insert_before(target, arg->def);
        }
    }
    ir_op_unlink(op);
    ir_op_insert_before(target, op);
}

static void move_out(const Mover *m, Op *op)
{
    Op *target = op;
    for (Op *loop = around(op); loop; loop = around(loop)) {
        if (!is_invariant(op, loop) || !may_leave(m, op, loop))
            break;
        target = loop;
        if (op->code == OP_LOAD && op->arg_count > 1)
            break; /* further out it may not run */
    }
    if (target != op)
        move_before(op, target);
}

void pass_licm(Compile *c, Func *func)
{
    Mover m;
    nest_open(&m.nest, c->arena, func);
    for (uint32_t p = 0; p < m.nest.count; p++)
        if (is_movable(m.nest.order[p]))
            move_out(&m, m.nest.order[p]);
    pass_cse(c, func);
}
