/* Random typed programs, and running them: what an edit of the IR must not change.
 *
 * `program_make` gives, for a seed, one function of two ints that verifies: nested control with
 * breaks, continues, returns, exceptions and slots, and a good part of it dead. `program_run` is an
 * interpreter for exactly those operations; it computes with fold.h, so that it says nothing of
 * arithmetic, but everything of which values go where.
 */
#ifndef MARTLET_TESTS_TEST_IR_PROGRAM_H
#define MARTLET_TESTS_TEST_IR_PROGRAM_H

#include <stdlib.h>

#include "ir/build.h"
#include "ir/fold.h"

/* ---- the world a test needs ---- */

typedef struct World {
    Arena arena;
    Interner names;
    TypeTable types;
    Text error;
} World;

__attribute__((unused)) static void world_open(World *w)
{
    arena_open(&w->arena, NULL);
    intern_open(&w->names, &w->arena);
    type_open(&w->types, &w->arena, &w->names);
    text_open(&w->error, &w->arena);
}

__attribute__((unused)) static void world_close(World *w)
{
    arena_close(&w->arena);
}

__attribute__((unused)) static const char *world_print(World *w, const Func *func)
{
    Text out;
    text_open(&out, &w->arena);
    ir_print(func, &out);
    return out.data;
}

/* ---- making ---- */

typedef struct Maker {
    World *world;
    Build b;
    uint64_t state;
    VEC(Value *) scope; /* visible here */
    VEC(Op *) around;   /* control operations, outermost first; a TRY's handler is not marked */
    uint32_t left;      /* operations still to make */
    const Type *boolean, *integer, *real, *pair;
    Loc loc;
} Maker;

static uint32_t maker_random(Maker *m, uint32_t below)
{
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->state >> 33) % below;
}

static Value *maker_const(Maker *m, const Type *type)
{
    __int128 value = (__int128)maker_random(m, 9) - 4;
    return build_const(&m->b, type, &(Constant){.kind = CONSTANT_INT, .integer = value});
}

/* Some value in scope of the type, or a new constant. */
static Value *maker_pick(Maker *m, const Type *type)
{
    for (uint32_t tries = 0; tries < 8 && m->scope.len; tries++) {
        Value *value = m->scope.data[maker_random(m, m->scope.len)];
        if (value->type == type)
            return value;
    }
    if (type->kind != TYPE_TUPLE)
        return maker_const(m, type);
    Value *elements[] = {maker_pick(m, m->integer), maker_pick(m, m->real)};
    return build_op(&m->b, OP_PACK, type, elements, 2, (Attr){0});
}

static const Type *maker_type(Maker *m)
{
    const Type *types[] = {m->integer, m->integer, m->real, m->boolean, m->pair};
    return types[maker_random(m, 5)];
}

static void maker_add(Maker *m, Value *value)
{
    static const char *const names[] = {"x", "total", "i", "a b", "é"};
    if (maker_random(m, 3) == 0)
        value->name = intern_cstr(&m->world->names, names[maker_random(m, 5)]);
    vec_push(&m->world->arena, &m->scope, value);
}

static void maker_region(Maker *m, Region *region);

/* Into op's region `index`, with what is in scope there now. */
static void maker_inside(Maker *m, Op *op, uint32_t index)
{
    Build saved = m->b;
    uint32_t visible = m->scope.len;
    vec_push(&m->world->arena, &m->around, op);
    for (uint32_t i = 0; i < op->regions[index].param_count; i++)
        maker_add(m, op->regions[index].params[i]);
    maker_region(m, &op->regions[index]);
    m->around.len--;
    m->scope.len = visible;
    m->b = saved;
}

static void maker_pass(Maker *m, OpCode code, Op *target, const Type *const *types,
                       uint32_t count)
{
    Value *args[8];
    for (uint32_t i = 0; i < count; i++)
        args[i] = maker_pick(m, types[i]);
    build_terminator(&m->b, code, code == OP_YIELD ? NULL : target, args, count);
}

static void maker_pass_results(Maker *m, OpCode code, Op *target)
{
    const Type *types[8];
    for (uint32_t i = 0; i < target->result_count; i++)
        types[i] = target->results[i].type;
    maker_pass(m, code, target, types, target->result_count);
}

static void maker_continue(Maker *m, Op *loop)
{
    const Type *types[8];
    uint32_t first = loop->code == OP_FOR, count = loop->regions[0].param_count - first;
    for (uint32_t i = 0; i < count; i++)
        types[i] = loop->regions[0].params[i + first]->type;
    maker_pass(m, OP_CONTINUE, loop, types, count);
}

static void maker_return(Maker *m)
{
    build_terminator(&m->b, OP_RETURN, NULL, &(Value *){maker_pick(m, m->integer)}, 1);
}

/* Out of the regions around; the ordinary way in three of four. */
static void maker_terminate(Maker *m)
{
    if (!m->around.len) {
        maker_return(m);
        return;
    }
    Op *owner = vec_last(&m->around), *target = m->around.data[maker_random(m, m->around.len)];
    uint32_t way = maker_random(m, 12);
    bool is_loop = target->code == OP_LOOP || target->code == OP_FOR;
    if (way == 0) {
        maker_return(m);
    } else if (way == 1 && (is_loop || target->code == OP_BLOCK)) {
        maker_pass_results(m, OP_BREAK, target);
    } else if (way == 2 && is_loop) {
        maker_continue(m, target);
    } else if (owner->code == OP_LOOP || owner->code == OP_FOR) {
        maker_continue(m, owner);
    } else {
        maker_pass_results(m, OP_YIELD, owner);
    }
}

static void maker_control(Maker *m, OpCode code)
{
    const Type *types[4];
    Value *args[5];
    uint32_t count = maker_random(m, 4), arg_count = 0, param_count = 0;
    for (uint32_t i = 0; i < count; i++)
        types[i] = maker_type(m);
    if (code == OP_IF)
        args[arg_count++] = maker_pick(m, m->boolean);
    if (code == OP_FOR)
        args[arg_count++] = maker_pick(m, m->integer);
    if (code == OP_FOR || code == OP_LOOP)
        for (; param_count < count; param_count++)
            args[arg_count++] = maker_pick(m, types[param_count]);
    Op *op = build_control(&m->b, code, args, arg_count, types, count);
    if (code == OP_FOR)
        ir_param_add(&op->regions[0], m->integer, NULL);
    for (uint32_t i = 0; i < param_count; i++)
        ir_param_add(&op->regions[0], types[i], NULL);
    for (uint32_t i = 0; i < op->region_count; i++)
        maker_inside(m, op, i);
    for (uint32_t i = 0; i < count; i++)
        maker_add(m, op_result(op, i));
}

static void maker_slot(Maker *m)
{
    const Type *slot = type_compound(&m->world->types, TYPE_SLOT, NULL, &m->integer, 1);
    Value *known = NULL;
    for (uint32_t i = 0; i < m->scope.len; i++)
        if (m->scope.data[i]->type == slot && maker_random(m, 2))
            known = m->scope.data[i];
    Value *value = maker_pick(m, m->integer);
    if (!known)
        maker_add(m, build_op(&m->b, OP_SLOT_NEW, slot, &value, 1, (Attr){0}));
    else if (maker_random(m, 2))
        maker_add(m, build_op(&m->b, OP_SLOT_LOAD, m->integer, &known, 1, (Attr){0}));
    else
        build_op(&m->b, OP_SLOT_STORE, NULL, (Value *[]){known, value}, 2, (Attr){0});
}

static void maker_check(Maker *m)
{
    Site *site = ARENA_NEW(&m->world->arena, Site);
    site->exception = intern_cstr(&m->world->names, "ValueError");
    site->message = "not %d, \"it\" said";
    build_op(&m->b, OP_CHECK, NULL,
             (Value *[]){maker_pick(m, m->boolean), maker_pick(m, m->integer)}, 2,
             (Attr){.site = site});
}

/* Without the builder's folding, so that programs stay as large as they were made. */
static void maker_number(Maker *m)
{
    static const OpCode of_integers[] = {OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_XOR, OP_SHR};
    static const OpCode of_reals[] = {OP_ADD, OP_SUB, OP_MUL};
    static const OpCode comparisons[] = {OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE};
    bool is_real = maker_random(m, 3) == 0;
    const Type *type = is_real ? m->real : m->integer;
    Value *args[] = {maker_pick(m, type), maker_pick(m, type)};
    OpCode code = is_real ? of_reals[maker_random(m, 3)] : of_integers[maker_random(m, 6)];
    if (maker_random(m, 3) == 0) {
        code = comparisons[maker_random(m, 6)];
        type = m->boolean;
    }
    maker_add(m, build_op(&m->b, code, type, args, 2, (Attr){0}));
}

static void maker_select(Maker *m)
{
    const Type *type = maker_type(m);
    Value *args[] = {maker_pick(m, m->boolean), maker_pick(m, type), maker_pick(m, type)};
    maker_add(m, build_op(&m->b, OP_SELECT, type, args, 3, (Attr){0}));
}

static void maker_extract(Maker *m)
{
    Value *pair = maker_pick(m, m->pair);
    uint32_t index = maker_random(m, 2);
    maker_add(m, build_op(&m->b, OP_EXTRACT, m->pair->elements[index], &pair, 1,
                          (Attr){.integer = index}));
}

static void maker_op(Maker *m)
{
    static const OpCode controls[] = {OP_IF, OP_IF, OP_BLOCK, OP_LOOP, OP_FOR, OP_TRY};
    uint32_t choice = maker_random(m, 16);
    if (choice < 5 && m->around.len < 5)
        maker_control(m, controls[maker_random(m, 6)]);
    else if (choice < 7)
        maker_slot(m);
    else if (choice == 7)
        maker_check(m);
    else if (choice == 8)
        maker_select(m);
    else if (choice == 9)
        maker_extract(m);
    else
        maker_number(m);
}

static void maker_region(Maker *m, Region *region)
{
    m->b.region = region;
    for (uint32_t i = maker_random(m, 6); i > 0 && m->left > 0; i--) {
        m->left--;
        maker_op(m);
    }
    maker_terminate(m);
}

__attribute__((unused)) static Func *program_make(World *world, uint64_t seed)
{
    Func *func = ir_func_new(&world->arena, intern_cstr(&world->names, "program"), true);
    Maker *m = ARENA_NEW(&world->arena, Maker);
    *m = (Maker){.world = world, .state = seed * 2654435769u, .left = 60};
    m->b = (Build){.func = func, .types = &world->types, .loc = &m->loc};
    m->boolean = type_scalar(&world->types, SCALAR_BOOL);
    m->integer = func->result = type_scalar(&world->types, SCALAR_INT);
    m->real = type_scalar(&world->types, SCALAR_FLOAT);
    m->pair = type_tuple(&world->types, (const Type *[]){m->integer, m->real}, 2, NULL);
    for (int i = 0; i < 2; i++)
        maker_add(m, ir_param_add(&func->body, m->integer, NULL));
    maker_region(m, &func->body);
    return func;
}

/* ---- running ---- */

typedef struct Cell Cell;
struct Cell {
    Constant constant;
    Cell *parts; /* of a pair: two; of a slot: what it holds */
};

typedef enum Signal {
    SIGNAL_NEXT,
    SIGNAL_LEAVE,
    SIGNAL_RETURN,
    SIGNAL_RAISE,
    SIGNAL_TIRED
} Signal;

typedef struct Runner {
    Arena *arena;
    Cell *cells;       /* by value id */
    Cell passed[8];    /* with SIGNAL_LEAVE and SIGNAL_RETURN */
    const Op *leaving; /* the terminator */
    uint32_t steps;    /* still allowed */
    uint64_t trace;    /* of exceptions and slot stores, in order */
} Runner;

static Signal run_region(Runner *r, const Region *region);

static Cell *cell_of(Runner *r, const Value *value)
{
    return &r->cells[value->id];
}

static Constant constant_of_arg(Runner *r, const Op *op, uint32_t i)
{
    return cell_of(r, op_arg(op, i))->constant;
}

static void run_bind(Runner *r, Value *const *params, uint32_t count, const Cell *values)
{
    for (uint32_t i = 0; i < count; i++)
        *cell_of(r, params[i]) = values[i];
}

static void run_results(Runner *r, const Op *op, const Cell *values)
{
    for (uint32_t i = 0; i < op->result_count; i++)
        *cell_of(r, op_result(op, i)) = values[i];
}

static Signal run_pass(Runner *r, const Op *op, Signal signal)
{
    for (uint32_t i = 0; i < op->arg_count; i++)
        r->passed[i] = *cell_of(r, op_arg(op, i));
    r->leaving = op;
    return signal;
}

static Signal run_loop(Runner *r, const Op *op)
{
    const Region *region = &op->regions[0];
    uint32_t first = op->code == OP_FOR, carried = region->param_count - first;
    __int128 trips = first ? constant_of_arg(r, op, 0).integer : -1;
    Cell state[8];
    for (uint32_t i = 0; i < carried; i++)
        state[i] = *cell_of(r, op_arg(op, i + first));
    for (__int128 trip = 0; !first || trip < trips; trip++) {
        if (first)
            cell_of(r, region->params[0])->constant =
                (Constant){.kind = CONSTANT_INT, .integer = trip};
        run_bind(r, region->params + first, carried, state);
        Signal signal = run_region(r, region);
        if (signal != SIGNAL_LEAVE || r->leaving->attr.target != op)
            return signal;
        if (r->leaving->code == OP_BREAK) {
            run_results(r, op, r->passed);
            return SIGNAL_NEXT;
        }
        memcpy(state, r->passed, sizeof state);
    }
    run_results(r, op, state);
    return SIGNAL_NEXT;
}

static Signal run_block(Runner *r, const Op *op)
{
    uint32_t index = op->code == OP_IF && !constant_of_arg(r, op, 0).truth;
    Signal signal = run_region(r, &op->regions[index]);
    if (signal == SIGNAL_RAISE && op->code == OP_TRY)
        signal = run_region(r, &op->regions[1]);
    bool is_here = signal == SIGNAL_LEAVE &&
                   (r->leaving->code == OP_YIELD || r->leaving->attr.target == op);
    if (!is_here)
        return signal;
    run_results(r, op, r->passed);
    return SIGNAL_NEXT;
}

static Signal run_note(Runner *r, __int128 value, Signal signal)
{
    r->trace = (r->trace ^ (uint64_t)value) * 1099511628211u + (uint64_t)signal;
    return signal;
}

static void run_value(Runner *r, const Op *op)
{
    Cell *result = cell_of(r, op_result(op, 0));
    if (op->code == OP_CONST) {
        result->constant = *op->attr.constant;
    } else if (op->code == OP_SELECT) {
        *result = *cell_of(r, op_arg(op, constant_of_arg(r, op, 0).truth ? 1 : 2));
    } else if (op->code == OP_EXTRACT) {
        *result = cell_of(r, op_arg(op, 0))->parts[op->attr.integer];
    } else if (op->code == OP_SLOT_LOAD) {
        *result = *cell_of(r, op_arg(op, 0))->parts;
    } else if (op->code == OP_PACK || op->code == OP_SLOT_NEW) {
        Cell *parts = ARENA_ARRAY(r->arena, Cell, op->arg_count);
        for (uint32_t i = 0; i < op->arg_count; i++)
            parts[i] = *cell_of(r, op_arg(op, i));
        result->parts = parts;
    } else {
        Constant args[2] = {constant_of_arg(r, op, 0)};
        args[1] = constant_of_arg(r, op, op->arg_count - 1);
        ScalarKind kind = op_arg(op, 0)->type->scalar;
        bool is_known =
            op->arg_count == 1
                ? fold_unary(op->code, kind, &args[0], &result->constant)
                : fold_binary(op->code, kind, &args[0], &args[1], &result->constant);
        if (!is_known)
            abort();
    }
}

static Signal run_op(Runner *r, const Op *op)
{
    if (r->steps-- == 0) {
        r->steps = 0;
        return SIGNAL_TIRED;
    }
    if (op->code == OP_LOOP || op->code == OP_FOR)
        return run_loop(r, op);
    if (op->region_count)
        return run_block(r, op);
    if (op->code == OP_RETURN)
        return run_pass(r, op, SIGNAL_RETURN);
    if (op_is_terminator(op->code))
        return run_pass(r, op, SIGNAL_LEAVE);
    if (op->code == OP_CHECK)
        return constant_of_arg(r, op, 0).truth
                   ? SIGNAL_NEXT
                   : run_note(r, constant_of_arg(r, op, 1).integer, SIGNAL_RAISE);
    if (op->code == OP_SLOT_STORE) {
        *cell_of(r, op_arg(op, 0))->parts = *cell_of(r, op_arg(op, 1));
        return run_note(r, constant_of_arg(r, op, 1).integer, SIGNAL_NEXT);
    }
    run_value(r, op);
    return SIGNAL_NEXT;
}

static Signal run_region(Runner *r, const Region *region)
{
    Signal signal = SIGNAL_NEXT;
    for (const Op *op = region->first; op && signal == SIGNAL_NEXT; op = op->next)
        signal = run_op(r, op);
    return signal;
}

/* How the function ended, what it returned and what it did on the way, as one number; false when it
 * took too long. */
__attribute__((unused)) static bool program_run(const Func *func, int64_t x, int64_t y,
                                                uint64_t *outcome)
{
    Arena arena;
    arena_open(&arena, NULL);
    Runner r = {.arena = &arena, .steps = 20000};
    r.cells = ARENA_ARRAY(&arena, Cell, func->value_count + 1);
    Cell args[] = {{{.kind = CONSTANT_INT, .integer = x}, NULL},
                   {{.kind = CONSTANT_INT, .integer = y}, NULL}};
    run_bind(&r, func->body.params, 2, args);
    Signal signal = run_region(&r, &func->body);
    run_note(&r, signal == SIGNAL_RETURN ? r.passed[0].constant.integer : 0, signal);
    *outcome = r.trace;
    arena_close(&arena);
    return signal != SIGNAL_TIRED;
}

#endif
