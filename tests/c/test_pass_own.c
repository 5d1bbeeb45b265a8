/* Reference counts: random programs go through passes/own and are run along random paths, exceptions
 * included, by an interpreter that counts. */
#include "check.h"
#include "interpret.h"
#include "ir/build.h"
#include "passes/pass.h"

enum { PROGRAMS = 1500, RUNS = 12, DEPTH_MAX = 4, VISIBLE_MAX = 256 };

typedef struct Maker {
    Arena arena;
    Interner names;
    TypeTable types;
    Diag diag;
    jmp_buf boundary;
    Compile compile;
    Build b;
    uint64_t seed;
    const Type *array, *pair, *maybe, *slot, *number, *element, *boolean;
    Value *visible[VISIBLE_MAX]; /* in scope where b stands */
    uint32_t visible_count;
    Op *around[DEPTH_MAX + 1]; /* control operations */
    uint32_t depth, handlers;
    Site site;
    Func *callee;
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

static const Type *any_type(Maker *m)
{
    const Type *types[] = {m->array, m->array, m->array, m->pair, m->maybe, m->number};
    return types[dice(m, 6)];
}

static Value *pick(Maker *m, const Type *type);

static Value *make_array(Maker *m)
{
    Value *dim = build_int(&m->b, 3), *args[3];
    switch (dice(m, 7)) {
    case 0:
        args[0] = pick(m, m->array);
        return build_op(&m->b, OP_CALL, m->array, args, 1, (Attr){.func = m->callee});
    case 1:
        args[0] = pick(m, m->array);
        args[1] = build_int(&m->b, 0);
        args[2] = build_int(&m->b, 0);
        return build_op(&m->b, OP_ARRAY_VIEW, m->array, args, 3, (Attr){0});
    case 2:
        return build_extract(&m->b, pick(m, m->pair), dice(m, 2));
    case 3:
        return build_op(&m->b, OP_HIDDEN, m->array, NULL, 0, (Attr){.integer = 0});
    case 4:
        return build_select(&m->b, pick(m, m->boolean), pick(m, m->array), pick(m, m->array));
    case 5:
        args[0] = pick(m, m->maybe);
        return build_select(&m->b, build_is_some(&m->b, args[0]), build_unwrap(&m->b, args[0]),
                            pick(m, m->array));
    default:
        return build_op(&m->b, OP_ARRAY_NEW, m->array, &dim, 1, (Attr){.integer = 1});
    }
}

static Value *make_value(Maker *m, const Type *type)
{
    if (type == m->array)
        return make_array(m);
    if (type == m->pair) {
        Value *elements[] = {pick(m, m->array), pick(m, m->array)};
        return build_pack(&m->b, type, elements);
    }
    if (type == m->maybe)
        return dice(m, 2) ? build_some(&m->b, type, pick(m, m->array))
                          : build_nothing(&m->b, type);
    if (type == m->types.pointer) {
        Value *array = pick(m, m->array);
        return build_op(&m->b, OP_ARRAY_DATA, type, &array, 1, (Attr){0});
    }
    return build_int(&m->b, dice(m, 3));
}

/* A value of the type that is there, or a new one. */
static Value *pick(Maker *m, const Type *type)
{
    for (int tries = 0; tries < 6 && m->visible_count; tries++) {
        Value *value = m->visible[dice(m, m->visible_count)];
        if (value->type == type)
            return value;
    }
    if (type == m->boolean)
        return m->b.func->body.params[3];
    return remember(m, make_value(m, type));
}

/* ---- operations ---- */

static void use_memory(Maker *m)
{
    Value *array = pick(m, m->array), *zero = build_int(&m->b, 0);
    Value *has = build_compare(&m->b, OP_GT, build_array_dim(&m->b, array, 0), zero);
    build_check(&m->b, has, &m->site, NULL, 0);
    Value *args[] = {array, zero};
    build_op(&m->b, OP_LOAD, m->element, args, 2, (Attr){0});
}

static void use_pointer(Maker *m)
{
    Value *array = pick(m, m->array), *args[2];
    if (dice(m, 2)) {
        remember(m, build_op(&m->b, OP_ARRAY_DATA, m->types.pointer, &array, 1, (Attr){0}));
        return;
    }
    args[0] = pick(m, m->types.pointer);
    args[1] = build_int(&m->b, 0);
    remember(m, build_op(&m->b, OP_POINTER_ADD, m->types.pointer, args, 2, (Attr){0}));
}

static void use_slot(Maker *m)
{
    Value *args[] = {NULL, pick(m, m->array)};
    if (dice(m, 3) == 0) {
        remember(m, build_op(&m->b, OP_SLOT_NEW, m->slot, args + 1, 1, (Attr){0}));
        return;
    }
    for (uint32_t i = m->visible_count; i-- > 0 && !args[0];)
        if (m->visible[i]->type == m->slot)
            args[0] = m->visible[i];
    if (!args[0])
        return;
    if (dice(m, 2))
        build_op(&m->b, OP_SLOT_STORE, NULL, args, 2, (Attr){0});
    else
        remember(m, build_op(&m->b, OP_SLOT_LOAD, m->array, args, 1, (Attr){0}));
}

static void make_map(Maker *m)
{
    Value *array = pick(m, m->array);
    Value *args[] = {build_array_dim(&m->b, array, 0), array};
    Op *map = build_control(&m->b, OP_MAP, args, 2, &m->array, 1);
    map->attr.integer = 1;
    Value *element = ir_param_add(&map->regions[0], m->element, NULL);
    Build around = m->b;
    m->b.region = &map->regions[0];
    if (dice(m, 2))
        build_check(&m->b, pick(m, m->boolean), &m->site, NULL, 0);
    build_terminator(&m->b, OP_YIELD, NULL, &element, 1);
    m->b = around;
    remember(m, op_result(map, 0));
}

static void make_region(Maker *m, Op *owner, uint32_t index);

static void pick_all(Maker *m, const Type *const *types, uint32_t count, Value **values)
{
    for (uint32_t i = 0; i < count; i++)
        values[i] = pick(m, types[i]);
}

static void make_control(Maker *m)
{
    static const OpCode codes[] = {OP_IF, OP_IF, OP_BLOCK, OP_LOOP, OP_FOR, OP_TRY};
    OpCode code = codes[dice(m, 6)];
    const Type *types[3];
    Value *args[4] = {0};
    uint32_t carried = dice(m, 4), results = code == OP_LOOP ? dice(m, 4) : carried;
    for (uint32_t i = 0; i < 3; i++)
        types[i] = any_type(m);
    uint32_t count = code == OP_IF || code == OP_FOR;
    if (code == OP_IF)
        args[0] = pick(m, m->boolean);
    if (code == OP_FOR)
        args[0] = pick(m, m->number);
    if (code == OP_FOR || code == OP_LOOP) {
        pick_all(m, types, carried, args + count);
        count += carried;
    }
    Op *op = build_control(&m->b, code, args, count, types, results);
    for (uint32_t i = 0; (code == OP_FOR || code == OP_LOOP) && i < count; i++)
        ir_param_add(&op->regions[0], args[i]->type, NULL);
    for (uint32_t i = 0; i < op->region_count; i++)
        make_region(m, op, i);
    for (uint32_t i = 0; i < results; i++)
        remember(m, op_result(op, i));
}

static void make_op(Maker *m)
{
    switch (dice(m, 9)) {
    case 8:
        use_pointer(m);
        break;
    case 0:
        use_memory(m);
        break;
    case 1:
    case 2:
        use_slot(m);
        break;
    case 3:
        make_map(m);
        break;
    case 4:
    case 5:
        if (m->depth < DEPTH_MAX) {
            make_control(m);
            break;
        }
        remember(m, make_array(m));
        break;
    default:
        remember(m, make_value(m, any_type(m)));
    }
}

/* ---- terminators ---- */

static void end_with(Maker *m, OpCode code, Op *target,
                     const Value *(*passed)(const Op *, uint32_t), uint32_t count)
{
    Value *args[4];
    for (uint32_t i = 0; i < count; i++)
        args[i] = pick(m, passed(target, i)->type);
    build_terminator(&m->b, code, code == OP_YIELD ? NULL : target, args, count);
}

static const Value *nth_result(const Op *op, uint32_t i)
{
    return op_result(op, i);
}

static const Value *nth_carried(const Op *op, uint32_t i)
{
    return op->regions[0].params[i + (op->code == OP_FOR)];
}

static void end_by_leaving(Maker *m)
{
    Op *target = m->around[dice(m, m->depth)];
    bool is_loop = target->code == OP_LOOP || target->code == OP_FOR;
    if (is_loop && dice(m, 2))
        end_with(m, OP_CONTINUE, target, nth_carried,
                 target->regions[0].param_count - (target->code == OP_FOR));
    else if (is_loop || target->code == OP_BLOCK)
        end_with(m, OP_BREAK, target, nth_result, target->result_count);
    else if (m->handlers && dice(m, 2))
        build_terminator(&m->b, OP_RERAISE, NULL, NULL, 0);
    else if (dice(m, 2)) {
        Value *result = pick(m, m->b.func->result);
        build_terminator(&m->b, OP_RETURN, NULL, &result, 1);
    } else {
        build_terminator(&m->b, OP_RAISE, NULL, NULL, 0);
        m->b.region->last->attr.site = &m->site;
    }
}

static void end_region(Maker *m, Op *owner)
{
    bool is_loop = owner->code == OP_LOOP || owner->code == OP_FOR;
    if (dice(m, 4) == 0)
        end_by_leaving(m);
    else if (owner->code == OP_FOR)
        end_with(m, OP_CONTINUE, owner, nth_carried, owner->result_count);
    else if (is_loop)
        end_with(m, OP_BREAK, owner, nth_result, owner->result_count);
    else
        end_with(m, OP_YIELD, owner, nth_result, owner->result_count);
}

static void make_region(Maker *m, Op *owner, uint32_t index)
{
    Build around = m->b;
    uint32_t visible = m->visible_count;
    bool is_handler = owner->code == OP_TRY && index == 1;
    m->b.region = &owner->regions[index];
    m->around[m->depth++] = owner;
    m->handlers += is_handler;
    for (uint32_t i = 0; i < m->b.region->param_count; i++)
        remember(m, m->b.region->params[i]);
    for (uint32_t count = dice(m, 5); count > 0; count--)
        make_op(m);
    end_region(m, owner);
    m->handlers -= is_handler;
    m->depth--;
    m->visible_count = visible;
    m->b = around;
}

static Func *make_func(Maker *m)
{
    Func *func = ir_func_new(&m->arena, intern_cstr(&m->names, "f"), true);
    const Type *results[] = {m->array, m->pair, m->maybe, m->number};
    func->result = results[dice(m, 4)];
    m->b = (Build){.func = func, .types = &m->types, .region = &func->body, .loc = &func->loc};
    m->visible_count = 0;
    const Type *params[] = {m->array, m->pair, m->maybe, m->boolean, m->number};
    for (uint32_t i = 0; i < 5; i++)
        remember(m, ir_param_add(&func->body, params[i], NULL));
    for (uint32_t count = 2 + dice(m, 6); count > 0; count--)
        make_op(m);
    Value *result = pick(m, func->result);
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
    const char *end;
    m->array = type_parse(&m->types, "Array(int64, 1, 'C')", &end);
    m->number = type_scalar(&m->types, SCALAR_INT);
    m->element = type_scalar(&m->types, SCALAR_INT64);
    m->boolean = type_scalar(&m->types, SCALAR_BOOL);
    m->pair = type_tuple(&m->types, (const Type *[]){m->array, m->array}, 2, NULL);
    m->maybe = type_optional(&m->types, m->array);
    m->slot = type_compound(&m->types, TYPE_SLOT, NULL, &m->array, 1);
    m->site.exception = intern_cstr(&m->names, "ValueError");
    m->callee = ir_func_new(&m->arena, intern_cstr(&m->names, "g"), true);
}

/* ---- runs ---- */

static Outcome run(const Maker *m, const Func *func, uint64_t seed, const char **trouble)
{
    World world = {
        .arena = func->arena, .seed = seed, .fuel = 400, .raise_percent = 8, .counts = true};
    Cell *args[8], *result, *hidden = cells_new(&world, m->array);
    invent(&world, m->array, hidden);
    world.hidden = &hidden;
    for (uint32_t i = 0; i < func->body.param_count; i++) {
        const Type *type = func->body.params[i]->type;
        args[i] = cells_new(&world, type);
        invent(&world, type, args[i]);
    }
    Outcome outcome = interpret(&world, func, args, &result);
    *trouble = world.trouble;
    return outcome;
}

static void show(const Func *before, const Func *after, Arena *arena)
{
    Text text;
    text_open(&text, arena);
    ir_print(before, &text);
    ir_print(after, &text);
    printf("%s\n", text.data);
}

static void counts_on_random_paths(void)
{
    int ended[OUTCOME_STUCK + 1] = {0};
    for (uint64_t seed = 1; seed <= PROGRAMS && !check_state.failed; seed++) {
        Maker m;
        maker_open(&m, seed * 7919);
        Func *func = make_func(&m), *original = ir_func_clone(&m.arena, func);
        Text error;
        text_open(&error, &m.arena);
        CHECK_TEXT(ir_verify(func, &error) ? "" : error.data, "");
        pass_own(&m.compile, func);
        CHECK_TEXT(ir_verify(func, &error) ? "" : error.data, "");
        for (uint64_t i = 0; i < RUNS && !check_state.failed; i++) {
            const char *trouble;
            ended[run(&m, func, seed * 1000 + i, &trouble)]++;
            CHECK_TEXT(trouble ? trouble : "", "");
        }
        if (check_state.failed)
            show(original, func, &m.arena);
        arena_close(&m.arena);
    }
    printf("# %d returned, %d raised, %d ran too long\n", ended[OUTCOME_RETURN],
           ended[OUTCOME_RAISE], ended[OUTCOME_STUCK]);
    CHECK(ended[OUTCOME_RETURN] > PROGRAMS && ended[OUTCOME_RAISE] > PROGRAMS);
}

CHECK_MAIN(CHECK_TEST(counts_on_random_paths))
