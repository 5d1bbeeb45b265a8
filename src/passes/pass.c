/* The pass manager: every row of pass.def, in order, over every function. */
#include "passes/pass.h"

#include <string.h>
#include <time.h>

typedef struct PassRow {
    const char *text;
    void (*run)(Compile *c, Func *func);
} PassRow;

static const PassRow rows[PASS_COUNT] = {
#define PASS(name, text, meaning) [PASS_##name] = {#text, pass_##text},
#include "passes/pass.def"
#undef PASS
};

const char *pass_text(PassId pass)
{
    return rows[pass].text;
}

bool pass_from_text(const char *text, PassId *pass)
{
    for (unsigned i = 0; i < PASS_COUNT; i++)
        if (strcmp(rows[i].text, text) == 0) {
            *pass = (PassId)i;
            return true;
        }
    return false;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* Reference counts are no optimisation: without them memory would leak. */
static bool is_left_out(PassWatch *watch, PassId pass)
{
    if (pass == PASS_OWN)
        return false;
    if (watch->skip >> pass & 1 || watch->stop_after == 0)
        return true;
    if (watch->stop_after > 0)
        watch->stop_after--;
    return false;
}

static void verify(Compile *c, PassId pass, const Func *func)
{
    Text error;
    text_open(&error, c->arena);
    if (!ir_verify(func, &error))
        diag_fail(c->diag, func->loc.span, E_INTERNAL, "pass %s broke the function: %s",
                  rows[pass].text, error.data);
}

void pass_run(Compile *c, PassId pass, Func *func, PassWatch *watch)
{
    if (is_left_out(watch, pass))
        return;
    uint64_t start = now_ns();
    rows[pass].run(c, func);
    watch->ns[pass] += now_ns() - start;
    if (watch->verify)
        verify(c, pass, func);
    if (watch->after)
        watch->after(watch->context, pass, func);
}

/* ---- whole programs ------------------------------------------------------------------------ */

/* The functions that calls reach, callees before callers. */
typedef struct Order {
    Arena *arena;
    Map seen;
    Funcs funcs;
} Order;

static void visit(Order *order, Func *func);

static void visit_calls(Order *order, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_CALL) {
            visit(order, op->attr.func);
            op->attr.func->call_count++;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            visit_calls(order, &op->regions[i]);
    }
}

static void visit(Order *order, Func *func)
{
    if (map_get(&order->seen, map_key(func)))
        return;
    map_set(order->arena, &order->seen, map_key(func), func);
    func->call_count = 0;
    visit_calls(order, &func->body);
    vec_push(order->arena, &order->funcs, func);
}

static Order order_from(Compile *c, Func *root)
{
    Order order = {.arena = c->arena};
    visit(&order, root);
    return order;
}

uint32_t pass_run_all(Compile *c, Func **funcs, uint32_t count, PassWatch *watch)
{
    PassWatch nobody = {.stop_after = -1};
    if (count == 0)
        return 0;
    Order order = order_from(c, funcs[0]);
    for (unsigned pass = 0; pass < PASS_COUNT; pass++) {
        for (uint32_t i = 0; i < order.funcs.len; i++)
            pass_run(c, (PassId)pass, order.funcs.data[i], watch ? watch : &nobody);
        if (pass == PASS_INLINE && count > 1)
            order = order_from(c, funcs[0]);
    }
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; i++)
        if (map_get(&order.seen, map_key(funcs[i])))
            funcs[left++] = funcs[i];
    return left;
}
