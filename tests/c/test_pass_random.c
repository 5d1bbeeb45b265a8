/* Passes keep what functions do: random programs on ints and arrays run before and after, on random
 * arguments, with the same results, exceptions and array contents. The programs are made without
 * folding: checked and wrapping arithmetic, carriers of 64 and 128 bits, indices in the shape that
 * specialise gives them, counted and other loops, breaks, exceptions that are caught.
 */
#include <stdlib.h>

#include "check.h"
#include "interpret.h"
#include "ir/build.h"
#include "ir/code.h"
#include "passes/pass.h"

enum { PROGRAMS = 100, RUNS = 12, DEPTH_MAX = 4, VISIBLE_MAX = 512, OPS_MAX = 90 };

typedef struct Maker {
    Arena arena;
    Interner names;
    TypeTable types;
    Diag diag;
    jmp_buf boundary;
    Compile compile;
    Build b;
    uint64_t seed;
    const Type *number, *wide, *carried_unsigned, *boolean, *small, *arrays[3];
    Value *visible[VISIBLE_MAX];
    uint32_t visible_count, left;
    Op *around[DEPTH_MAX + 1];
    uint32_t depth;
    Op *item_of; /* the loop over a range that is being made */
    int item_step;
    Value *item_start;
    Site overflow, value, zero, index;
} Maker;

static uint32_t dice(Maker *m, uint32_t below)
{
    m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(m->seed >> 33) % below;
}

static Value *remember(Maker *m, Value *value)
{
    if (m->visible_count < VISIBLE_MAX)
        m->visible[m->visible_count++] = value;
    return value;
}

static Value *emit(Maker *m, OpCode op, const Type *type, Value *x, Value *y)
{
    Value *args[] = {x, y};
    return build_op(&m->b, op, type, args, y ? 2 : 1, (Attr){0});
}

static Value *constant(Maker *m, const Type *type)
{
    static const int64_t numbers[] = {0,
                                      1,
                                      2,
                                      -1,
                                      3,
                                      4,
                                      5,
                                      6,
                                      7,
                                      8,
                                      9,
                                      -2,
                                      63,
                                      64,
                                      100,
                                      INT64_C(1) << 31,
                                      INT64_C(1) << 62,
                                      INT64_MAX,
                                      INT64_MIN};
    Constant number = {.kind = CONSTANT_INT, .integer = numbers[dice(m, dice(m, 4) ? 12 : 19)]};
    return build_const(&m->b, type, &number);
}

static Value *pick(Maker *m, const Type *type)
{
    for (int tries = 0; tries < 8 && m->visible_count; tries++) {
        uint32_t recent = m->visible_count < 12 ? m->visible_count : 12;
        uint32_t at =
            dice(m, 2) ? m->visible_count - 1 - dice(m, recent) : dice(m, m->visible_count);
        if (m->visible[at]->type == type)
            return m->visible[at];
    }
    return constant(m, type);
}

static const Type *any_integer(Maker *m)
{
    const Type *types[] = {m->number, m->number, m->number,
                           m->number, m->wide,   m->carried_unsigned};
    return types[dice(m, 6)];
}

/* Small enough, often, that programs get somewhere before they raise. */
static Value *pick_small(Maker *m, const Type *type)
{
    Value *value = pick(m, type);
    if (dice(m, 4) == 0)
        return value;
    static const int64_t masks[] = {3, 7, 255, 65535};
    return emit(m, OP_AND, type, value,
                build_scalar_int(&m->b, type->scalar, masks[dice(m, 4)]));
}

static Value *pick_array(Maker *m)
{
    return m->b.func->body.params[dice(m, 3)];
}

/* ---- operations ---- */

static void make_arithmetic(Maker *m)
{
    static const OpCode codes[] = {OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_OR, OP_XOR};
    const Type *type = any_integer(m);
    remember(m, emit(m, codes[dice(m, 6)], type, pick(m, type), pick(m, type)));
}

static void make_checked(Maker *m)
{
    static const OpCode codes[] = {OP_ADD_X, OP_ADD_X, OP_SUB_X, OP_SUB_X, OP_MUL_X};
    const Type *type = any_integer(m);
    Value *args[] = {pick_small(m, type), pick_small(m, type)};
    remember(m,
             build_op(&m->b, codes[dice(m, 5)], type, args, 2, (Attr){.site = &m->overflow}));
}

static void make_unary(Maker *m)
{
    static const OpCode codes[] = {OP_NEG, OP_NOT, OP_ABS, OP_CTZ, OP_CLZ, OP_POPCOUNT};
    const Type *type = any_integer(m);
    remember(m, emit(m, codes[dice(m, 6)], type, pick(m, type), NULL));
}

static void make_shift(Maker *m)
{
    static const OpCode codes[] = {OP_SHL, OP_SHR, OP_SHR, OP_SHL_X};
    const Type *type = any_integer(m);
    OpCode code = codes[dice(m, 4)];
    Value *by = emit(m, OP_AND, type, pick(m, type), build_scalar_int(&m->b, type->scalar, 63));
    Value *args[] = {pick_small(m, type), by};
    if (code == OP_SHL_X)
        args[1] = emit(m, OP_AND, type, by, build_scalar_int(&m->b, type->scalar, 7));
    Attr attr = {.site = code == OP_SHL_X ? &m->overflow : NULL};
    remember(m, build_op(&m->b, code, type, args, 2, attr));
}

static void make_division(Maker *m)
{
    static const OpCode codes[] = {OP_FLOORDIV, OP_MOD, OP_TRUNCDIV, OP_TRUNCMOD};
    const Type *type = any_integer(m);
    Value *y = pick(m, type), *zero = build_scalar_int(&m->b, type->scalar, 0);
    if (dice(m, 4))
        y = emit(m, OP_OR, type, y, build_scalar_int(&m->b, type->scalar, 1));
    Value *condition = emit(m, OP_NE, m->boolean, y, zero);
    build_op(&m->b, OP_CHECK, NULL, &condition, 1, (Attr){.site = &m->zero});
    remember(m, emit(m, codes[dice(m, 4)], type, pick(m, type), y));
}

static Value *make_condition(Maker *m)
{
    static const OpCode codes[] = {OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE};
    static const OpCode logic[] = {OP_AND, OP_OR, OP_XOR};
    if (dice(m, 4) == 0)
        return remember(m, emit(m, logic[dice(m, 3)], m->boolean, pick(m, m->boolean),
                                pick(m, m->boolean)));
    if (dice(m, 6) == 0)
        return remember(m, emit(m, OP_NOT, m->boolean, pick(m, m->boolean), NULL));
    const Type *type = any_integer(m);
    return remember(m, emit(m, codes[dice(m, 6)], m->boolean, pick(m, type), pick(m, type)));
}

static void make_select(Maker *m)
{
    const Type *type = any_integer(m);
    Value *args[] = {make_condition(m), pick(m, type), pick(m, type)};
    remember(m, build_op(&m->b, OP_SELECT, type, args, 3, (Attr){0}));
}

static void make_conversion(Maker *m)
{
    const Type *types[] = {m->number, m->wide, m->carried_unsigned, m->boolean, m->small};
    const Type *from = types[dice(m, 5)], *to = types[dice(m, 5)];
    if (from != to)
        remember(m, emit(m, OP_CONVERT, to, pick(m, from), NULL));
}

static void make_check(Maker *m)
{
    Value *args[] = {make_condition(m), pick(m, m->number)};
    if (dice(m, 3))
        args[0] = emit(m, OP_OR, m->boolean, args[0], make_condition(m));
    build_op(&m->b, OP_CHECK, NULL, args, 2, (Attr){.site = &m->value});
}

static Value *dim_of(Maker *m, Value *array, uint32_t axis)
{
    return build_op(&m->b, OP_ARRAY_DIM, m->number, &array, 1, (Attr){.integer = axis});
}

/* Something that is, or nearly is, within the dimension: remainders, masks, means, clamped numbers. */
static Value *near_dim(Maker *m, Value *dim)
{
    Value *x = pick(m, m->number), *y = pick(m, m->number), *one = build_int(&m->b, 1);
    Value *below = emit(m, OP_SUB, m->number, dim, build_int(&m->b, dice(m, 2)));
    Value *args[3];
    switch (dice(m, 5)) {
    case 0:
        return emit(m, dice(m, 2) ? OP_MOD : OP_TRUNCMOD, m->number, x,
                    emit(m, OP_OR, m->number, dim, one));
    case 1:
        return emit(m, OP_AND, m->number, x, below);
    case 2:
        args[0] = emit(m, OP_AND, m->number, x, build_int(&m->b, 7));
        args[1] = emit(m, OP_ADD, m->number, args[0], dim);
        return emit(m, dice(m, 2) ? OP_FLOORDIV : OP_TRUNCDIV, m->number, args[1],
                    build_int(&m->b, 2));
    case 3:
        args[0] = emit(m, dice(m, 2) ? OP_LT : OP_GT, m->boolean, x, below);
        args[1] = x;
        args[2] = below;
        return build_op(&m->b, OP_SELECT, m->number, args, 3, (Attr){0});
    default:
        return emit(m, OP_SHR, m->number, emit(m, OP_ADD, m->number, x, y), one);
    }
}

/* As specialise emits an index. */
static Value *make_index(Maker *m, Value *array, uint32_t axis)
{
    Value *i = pick(m, m->number), *zero = build_int(&m->b, 0);
    if (dice(m, 3) == 0)
        i = emit(m, OP_AND, m->number, i, build_int(&m->b, dice(m, 2) ? 1 : 3));
    if (dice(m, 3) == 0) {
        Value *args[] = {i, build_int(&m->b, dice(m, 3))};
        i = remember(m, build_op(&m->b, dice(m, 2) ? OP_ADD_X : OP_SUB_X, m->number, args, 2,
                                 (Attr){.site = &m->overflow}));
    }
    Value *dim = dim_of(m, array, axis);
    if (dice(m, 3) == 0)
        i = remember(m, near_dim(m, dim));
    Value *below = emit(m, OP_LT, m->boolean, i, zero),
          *sum = emit(m, OP_ADD, m->number, i, dim);
    Value *choice[] = {below, sum, i};
    Value *w = build_op(&m->b, OP_SELECT, m->number, choice, 3, (Attr){0});
    Value *ge = emit(m, OP_GE, m->boolean, w, zero), *lt = emit(m, OP_LT, m->boolean, w, dim);
    Value *ok[] = {emit(m, OP_AND, m->boolean, ge, lt), i, dim};
    build_op(&m->b, OP_CHECK, NULL, ok, 3, (Attr){.site = &m->index});
    return w;
}

static void make_access(Maker *m)
{
    Value *array = pick_array(m), *args[4] = {array};
    const Type *element = type_scalar(&m->types, array->type->array.dtype);
    uint32_t ndim = array->type->array.ndim;
    for (uint32_t i = 0; i < ndim; i++)
        args[1 + i] = make_index(m, array, i);
    if (dice(m, 3) == 0) {
        args[1 + ndim] = emit(m, OP_CONVERT, element, pick(m, m->number), NULL);
        build_op(&m->b, OP_STORE, NULL, args, 2 + ndim, (Attr){0});
        return;
    }
    Value *loaded = build_op(&m->b, OP_LOAD, element, args, 1 + ndim, (Attr){0});
    remember(m, emit(m, OP_CONVERT, m->number, loaded, NULL));
}

static void make_dim(Maker *m)
{
    Value *array = pick_array(m);
    remember(m, build_op(&m->b, OP_ARRAY_DIM, m->number, &array, 1, (Attr){.integer = 0}));
}

/* ---- control ---- */

static void make_region(Maker *m, Op *owner, uint32_t index);

/* max(0, stop - start) of small numbers or dims, or the dim itself. */
static Value *make_trips(Maker *m)
{
    Value *array = pick_array(m), *zero = build_int(&m->b, 0);
    Value *dim = build_op(&m->b, OP_ARRAY_DIM, m->number, &array, 1, (Attr){.integer = 0});
    if (dice(m, 2))
        return remember(m, dim);
    Value *stop = dim, *start = build_int(&m->b, (__int128)dice(m, 3) - 1);
    if (dice(m, 2))
        stop = emit(m, OP_AND, m->number, pick(m, m->number),
                    build_int(&m->b, dice(m, 2) ? 7 : 3));
    if (dice(m, 4) == 0)
        stop = build_int(&m->b, 1 + dice(m, 6));
    if (dice(m, 2))
        stop = emit(m, OP_SUB, m->number, stop, build_int(&m->b, 1));
    Value *args[] = {emit(m, OP_LT, m->boolean, start, stop),
                     emit(m, OP_SUB, m->number, stop, start), zero};
    return build_op(&m->b, OP_SELECT, m->number, args, 3, (Attr){0});
}

static void make_control(Maker *m)
{
    static const OpCode codes[] = {OP_IF,  OP_IF,  OP_BLOCK, OP_LOOP,
                                   OP_FOR, OP_FOR, OP_FOR,   OP_TRY};
    OpCode code = codes[dice(m, 8)];
    const Type *types[3];
    Value *args[4];
    uint32_t carried = dice(m, 4), results = code == OP_LOOP ? dice(m, 4) : carried, count = 0;
    bool is_loop = code == OP_FOR || code == OP_LOOP;
    for (uint32_t i = 0; i < 3; i++)
        types[i] = dice(m, 5) ? any_integer(m) : m->boolean;
    if (code == OP_IF)
        args[count++] = make_condition(m);
    if (code == OP_FOR)
        args[count++] = make_trips(m);
    for (uint32_t i = 0; is_loop && i < carried; i++)
        args[count++] = pick(m, types[i]);
    Op *op = build_control(&m->b, code, args, count, types, results);
    for (uint32_t i = 0; is_loop && i < count; i++)
        ir_param_add(&op->regions[0], args[i]->type, NULL);
    for (uint32_t i = 0; i < op->region_count; i++)
        make_region(m, op, i);
    for (uint32_t i = 0; i < results; i++)
        remember(m, op_result(op, i));
}

/* for i in range(start, stop, step), as specialise emits it. */
static void make_range(Maker *m)
{
    static const int steps[] = {1, 1, 2, 3, -1, -2};
    int step = steps[dice(m, 6)];
    Value *ends[] = {pick(m, m->number), pick(m, m->number)}, *one = build_int(&m->b, 1);
    for (int i = 0; i < 2; i++)
        if (dice(m, 3))
            ends[i] = emit(m, OP_SUB, m->number, dim_of(m, pick_array(m), 0),
                           build_int(&m->b, dice(m, 4)));
    if (dice(m, 2))
        ends[step < 0] = build_int(&m->b, (__int128)dice(m, 4) - 1);
    Value *low = ends[step < 0], *high = ends[step > 0];
    Value *span = emit(m, OP_SUB, m->number, high, low), *count = span;
    if (step != 1) {
        Value *size = build_scalar_int(&m->b, SCALAR_INT_U64, step < 0 ? -step : step);
        Value *wide = emit(m, OP_CONVERT, m->carried_unsigned,
                           emit(m, OP_SUB, m->number, span, one), NULL);
        Value *quotient = emit(m, OP_FLOORDIV, m->carried_unsigned, wide, size);
        count = emit(m, OP_ADD, m->number, emit(m, OP_CONVERT, m->number, quotient, NULL), one);
    }
    Value *choice[] = {emit(m, OP_LT, m->boolean, low, high), count, build_int(&m->b, 0)};
    Value *args[] = {build_op(&m->b, OP_SELECT, m->number, choice, 3, (Attr){0}),
                     pick(m, m->number)};
    Op *loop = build_control(&m->b, OP_FOR, args, 2, &m->number, 1);
    ir_param_add(&loop->regions[0], m->number, NULL);
    ir_param_add(&loop->regions[0], m->number, NULL);
    m->item_of = loop;
    m->item_step = step;
    m->item_start = ends[0];
    make_region(m, loop, 0);
    remember(m, op_result(loop, 0));
}

static void make_item(Maker *m, Value *counter)
{
    Value *by = emit(m, OP_MUL, m->number, counter, build_int(&m->b, m->item_step));
    remember(m, emit(m, OP_ADD, m->number, m->item_start, by));
}

/* A condition around what follows: facts for the index in it. */
static void make_guard(Maker *m)
{
    Value *array = pick_array(m), *i = pick(m, m->number);
    Value *high = emit(m, dice(m, 2) ? OP_LT : OP_LE, m->boolean, i,
                       dice(m, 2) ? dim_of(m, array, 0) : pick(m, m->number));
    Op *choice = build_control(&m->b, OP_IF, &high, 1, NULL, 0);
    make_region(m, choice, 0);
    make_region(m, choice, 1);
}

static void make_op(Maker *m)
{
    static void (*const makers[])(Maker *) = {
        make_arithmetic, make_checked, make_checked, make_unary,  make_shift,  make_division,
        make_select,     make_check,   make_access,  make_access, make_access, make_dim,
        make_conversion, make_control, make_control, make_range,  make_range,  make_guard,
    };
    void (*maker)(Maker *) = makers[dice(m, 18)];
    bool nests = maker == make_control || maker == make_range || maker == make_guard;
    if (nests && m->depth == DEPTH_MAX)
        maker = make_arithmetic;
    maker(m);
}

static void end_with(Maker *m, OpCode code, Op *target)
{
    Value *args[4];
    bool repeats = code == OP_CONTINUE;
    uint32_t skip = target->code == OP_FOR;
    uint32_t count = repeats ? target->regions[0].param_count - skip : target->result_count;
    for (uint32_t i = 0; i < count; i++)
        args[i] = pick(m, repeats ? target->regions[0].params[i + skip]->type
                                  : target->results[i].type);
    build_terminator(&m->b, code, code == OP_YIELD ? NULL : target, args, count);
}

static void end_by_leaving(Maker *m)
{
    Op *target = m->around[dice(m, m->depth)];
    bool is_loop = target->code == OP_LOOP || target->code == OP_FOR;
    if (is_loop && dice(m, 2)) {
        end_with(m, OP_CONTINUE, target);
    } else if (is_loop || target->code == OP_BLOCK) {
        end_with(m, OP_BREAK, target);
    } else if (dice(m, 2)) {
        Value *result = pick(m, m->number);
        build_terminator(&m->b, OP_RETURN, NULL, &result, 1);
    } else {
        build_terminator(&m->b, OP_RAISE, NULL, NULL, 0);
        m->b.region->last->attr.site = &m->value;
    }
}

static void end_region(Maker *m, Op *owner)
{
    bool is_loop = owner->code == OP_LOOP || owner->code == OP_FOR;
    if (dice(m, 8) == 0)
        end_by_leaving(m);
    else if (is_loop)
        end_with(m, owner->code == OP_FOR || dice(m, 2) ? OP_CONTINUE : OP_BREAK, owner);
    else
        end_with(m, OP_YIELD, owner);
}

static void make_region(Maker *m, Op *owner, uint32_t index)
{
    Build around = m->b;
    uint32_t visible = m->visible_count;
    m->b.region = &owner->regions[index];
    m->around[m->depth++] = owner;
    for (uint32_t i = 0; i < m->b.region->param_count; i++)
        remember(m, m->b.region->params[i]);
    if (m->item_of == owner)
        make_item(m, m->b.region->params[0]);
    for (uint32_t count = dice(m, 7); count > 0 && m->left > 0; count--, m->left--)
        make_op(m);
    end_region(m, owner);
    m->depth--;
    m->visible_count = visible;
    m->b = around;
}

static Func *make_func(Maker *m)
{
    Func *func = ir_func_new(&m->arena, intern_cstr(&m->names, "f"), true);
    func->result = m->number;
    m->b = (Build){.func = func, .types = &m->types, .region = &func->body, .loc = &func->loc};
    m->visible_count = 0;
    m->left = OPS_MAX;
    for (int i = 0; i < 3; i++)
        ir_param_add(&func->body, m->arrays[i], NULL);
    const Type *params[] = {m->number, m->number, m->carried_unsigned, m->wide, m->boolean};
    for (uint32_t i = 0; i < 5; i++)
        remember(m, ir_param_add(&func->body, params[i], NULL));
    for (uint32_t count = 4 + dice(m, 8); count > 0; count--)
        make_op(m);
    Value *result = pick(m, func->result);
    build_terminator(&m->b, OP_RETURN, NULL, &result, 1);
    return func;
}

static Value *call(Maker *m, Func *caller, Func *callee)
{
    Value **args = caller->body.params;
    return build_op(&m->b, OP_CALL, callee->result, args, caller->body.param_count,
                    (Attr){.func = callee});
}

/* r = f(…); twice: r = f(…) or, where that raises, r. Every call may be inlined. */
static Func *make_caller(Maker *m, Func *callee)
{
    Func *func = ir_func_new(&m->arena, intern_cstr(&m->names, "g"), true);
    callee->code = ARENA_NEW(&m->arena, Code);
    callee->code->inlining = INLINING_ALWAYS;
    func->result = callee->result;
    m->b = (Build){.func = func, .types = &m->types, .region = &func->body, .loc = &func->loc};
    for (uint32_t i = 0; i < callee->body.param_count; i++)
        ir_param_add(&func->body, callee->body.params[i]->type, NULL);
    Value *args[] = {build_int(&m->b, 2), call(m, func, callee)};
    Op *loop = build_control(&m->b, OP_FOR, args, 2, &func->result, 1);
    m->b.region = &loop->regions[0];
    ir_param_add(m->b.region, m->number, NULL);
    Value *last = ir_param_add(m->b.region, func->result, NULL);
    Op *try = build_control(&m->b, OP_TRY, NULL, 0, &func->result, 1);
    m->b.region = &try->regions[0];
    Value *result = call(m, func, callee);
    build_terminator(&m->b, OP_YIELD, NULL, &result, 1);
    m->b.region = &try->regions[1];
    build_terminator(&m->b, OP_YIELD, NULL, &last, 1);
    m->b.region = &loop->regions[0];
    result = op_result(try, 0);
    build_terminator(&m->b, OP_CONTINUE, loop, &result, 1);
    m->b.region = &func->body;
    result = op_result(loop, 0);
    build_terminator(&m->b, OP_RETURN, NULL, &result, 1);
    return func;
}

static void maker_open(Maker *m, uint64_t seed)
{
    *m = (Maker){.seed = seed};
    arena_open(&m->arena, NULL);
    intern_open(&m->names, &m->arena);
    type_open(&m->types, &m->arena, &m->names);
    diag_open(&m->diag, &m->arena, &m->boundary);
    m->compile =
        (Compile){.arena = &m->arena, .diag = &m->diag, .names = &m->names, .types = &m->types};
    static const char *const arrays[] = {"Array(int64, 1, 'C')", "Array(int64, 1, 'A')",
                                         "Array(uint8, 2, 'C')"};
    const char *end;
    for (int i = 0; i < 3; i++)
        m->arrays[i] = type_parse(&m->types, arrays[i], &end);
    m->number = type_scalar(&m->types, SCALAR_INT);
    m->wide = type_scalar(&m->types, SCALAR_INT_I128);
    m->carried_unsigned = type_scalar(&m->types, SCALAR_INT_U64);
    m->boolean = type_scalar(&m->types, SCALAR_BOOL);
    m->small = type_scalar(&m->types, SCALAR_INT8);
    m->overflow.exception = intern_cstr(&m->names, "OverflowError");
    m->value.exception = intern_cstr(&m->names, "ValueError");
    m->zero.exception = intern_cstr(&m->names, "ZeroDivisionError");
    m->index.exception = intern_cstr(&m->names, "IndexError");
}

/* ---- the test ---- */

static void show(Maker *m, const Func *before, const Func *after)
{
    Text text;
    text_open(&text, &m->arena);
    ir_print(before, &text);
    ir_print(after, &text);
    printf("%s\n", text.data);
}

/* 1: got through the passes. */
static bool run_passes(Maker *m, Func *func, uint64_t passes)
{
    PassWatch watch = {.stop_after = -1, .verify = true};
    if (setjmp(m->boundary)) {
        Text text;
        text_open(&text, &m->arena);
        diag_render(&m->diag, &text);
        check_failed(__FILE__, __LINE__, "%s", text.data);
        return false;
    }
    for (unsigned pass = 0; pass < PASS_COUNT; pass++)
        if (passes >> pass & 1)
            pass_run(&m->compile, (PassId)pass, func, &watch);
    return true;
}

static bool has_call(const Region *region)
{
    bool found = false;
    for (const Op *op = region->first; op && !found; op = op->next) {
        found = op->code == OP_CALL;
        for (uint32_t i = 0; i < op->region_count && !found; i++)
            found = has_call(&op->regions[i]);
    }
    return found;
}

static void check_program(uint64_t seed, uint64_t passes, int *ended)
{
    Maker m;
    maker_open(&m, seed * 7919);
    Func *func = make_func(&m);
    if (passes >> PASS_INLINE & 1)
        func = make_caller(&m, func);
    Func *after = ir_func_clone(&m.arena, func);
    bool counts = passes >> PASS_OWN & 1;
    if (!run_passes(&m, after, passes)) {
        show(&m, func, after);
        arena_close(&m.arena);
        return;
    }
    CHECK(!has_call(&after->body));
    for (uint64_t i = 0; i < RUNS && !check_state.failed; i++) {
        Run a, b;
        ArenaMark mark = arena_mark(&m.arena);
        run_on_random_args(&m.arena, &a, func, seed * 1000 + i, false);
        run_on_random_args(&m.arena, &b, after, seed * 1000 + i, counts);
        const char *what = run_difference(&a, &b, func);
        ended[a.outcome]++;
        if (what)
            check_failed(__FILE__, __LINE__, "program %" PRIu64 ", run %" PRIu64 ": %s", seed,
                         i, what);
        arena_release(&m.arena, mark);
    }
    if (check_state.failed)
        show(&m, func, after);
    arena_close(&m.arena);
}

static void check_programs(uint64_t passes)
{
    int ended[OUTCOME_STUCK + 1] = {0};
    const char *wanted = getenv("MARTLET_PROGRAMS"); /* to try more than a build has time for */
    uint64_t programs = wanted ? strtoull(wanted, NULL, 10) : PROGRAMS;
    for (uint64_t seed = 1; seed <= programs && !check_state.failed; seed++)
        check_program(seed, passes, ended);
    printf("# %d returned, %d raised, %d ran too long\n", ended[OUTCOME_RETURN],
           ended[OUTCOME_RAISE], ended[OUTCOME_STUCK]);
    CHECK(ended[OUTCOME_RETURN] > (int)programs && ended[OUTCOME_RAISE] > (int)programs);
}

enum {
    FOLD = 1 << PASS_FOLD,
    INLINE = 1 << PASS_INLINE,
    CSE = 1 << PASS_CSE,
    LICM = 1 << PASS_LICM,
    OVERFLOW = 1 << PASS_OVERFLOW,
    BOUNDS = 1 << PASS_BOUNDS,
};

static void fold(void)
{
    check_programs(FOLD);
}
static void inlined(void)
{
    check_programs(INLINE);
}
static void cse(void)
{
    check_programs(CSE);
}
static void licm(void)
{
    check_programs(LICM);
}
static void overflow(void)
{
    check_programs(OVERFLOW);
}
static void bounds(void)
{
    check_programs(BOUNDS);
}
static void folded_bounds(void)
{
    check_programs(FOLD | CSE | LICM | OVERFLOW | BOUNDS);
}
static void all(void)
{
    check_programs((UINT64_C(1) << PASS_COUNT) - 1);
}

CHECK_MAIN(CHECK_TEST(fold), CHECK_TEST(inlined), CHECK_TEST(cse), CHECK_TEST(licm),
           CHECK_TEST(overflow), CHECK_TEST(bounds), CHECK_TEST(folded_bounds), CHECK_TEST(all))
