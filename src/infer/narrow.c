/* NarrowingWarning: integer results that wrap where the reader may not expect it (DESIGN §4, Narrow numbers).
 *
 * Two places: `*` and `**` on NumPy integers below 64 bits, and a variable that a loop carries, that starts as a
 * Python number and becomes such an integer. Only functions of the user's are looked at.
 */

#include "infer/rules.h"

/* A NumPy integer narrower than 64 bits. */
static bool is_narrow(const Type *type, ScalarKind *kind)
{
    return type->kind == TYPE_SCALAR && (*kind = type->scalar, !scalar_is_weak(*kind)) &&
           scalar_is_integer(*kind) && scalar_bits(*kind) < 64;
}

static void warn(Infer *s, Span span, ScalarKind kind, const char *what)
{
    unsigned bits = scalar_bits(kind) - (scalar_class(kind) == CLASS_INT);
    Finding *finding =
        diag_error(s->c->diag, span, E_NARROWING, "%s is %s, which wraps beyond %llu", what,
                   scalar_name(kind), (1ULL << bits) - 1);
    if (finding->notes.len == 0)
        diag_note(s->c->diag, finding, (Span){0},
                  "convert first, e.g. np.int64(x), if larger values occur");
}

static void look_at_product(Infer *s, const Instance *instance, const Op *op)
{
    ScalarKind kind;
    BinaryOperator operator = (BinaryOperator)(op->attr.integer & (BINARY_IN_PLACE - 1));
    if ((operator == BINARY_MUL || operator == BINARY_POW) &&
        is_narrow(instance->types[op->results[0].id], &kind))
        warn(s, op->loc->span, kind, operator == BINARY_MUL ? "this product" : "this power");
}

static bool starts_as_python(const Type *type)
{
    ScalarKind kind;
    return type_scalar_of(type, &kind) && scalar_is_python_int(kind);
}

static void look_at_loop(Infer *s, const Instance *instance, const Op *op)
{
    ScalarKind kind;
    const Region *body = &op->regions[0];
    for (uint32_t i = op->code == OP_FOR; i < body->param_count; i++) {
        const Value *param = body->params[i];
        if (!is_narrow(instance->types[param->id], &kind) || i >= op->arg_count ||
            !starts_as_python(instance->types[op_arg(op, i)->id]))
            continue;
        char *what = arena_printf(s->arena, "'%s', which the loop carries,",
                                  param->name ? param->name->text : "a value");
        warn(s, op->loc->span, kind, what);
    }
}

static void look_at_region(Infer *s, const Instance *instance, const Region *region)
{
    for (const Op *op = region->first; op && instance->facts[op->id].visited; op = op->next) {
        if (op->code == OP_PY_BINARY)
            look_at_product(s, instance, op);
        if (op->code == OP_FOR || op->code == OP_LOOP)
            look_at_loop(s, instance, op);
        for (uint32_t i = 0; i < op->region_count; i++)
            if (instance->entered[2 * op->id + i])
                look_at_region(s, instance, &op->regions[i]);
    }
}

void infer_warn_narrow(Infer *s)
{
    for (uint32_t i = 0; i < s->instances.len; i++) {
        const Instance *instance = s->instances.data[i];
        if (instance->started && !instance->code->is_library)
            look_at_region(s, instance, &instance->generic->body);
    }
}
