/* Ranges by linear forms modulo 2^64; see item.h.
 *
 * Why the item cannot wrap: x < y holds inside the loop, so the distance d = y - x - 1 is a true number below
 * 2^64; the counter is at most d // c; so counter · c ≤ d, and x + counter · c lies in x … y - 1 as a true
 * number, which fits 64 bits. What is computed modulo 2^64 is therefore that number.
 */
#include "passes/item.h"

#include "ir/build.h"
#include "passes/fact.h"

enum { TERMS = 3, DEPTH = 8 };

typedef struct Term {
    const Value *value;
    uint64_t factor;
} Term;

/* Σ factor · value + constant, modulo 2^64. */
typedef struct Form {
    Term terms[TERMS];
    uint32_t count;
    uint64_t constant;
} Form;

static bool is_word(const Value *value)
{
    const Type *type = value->type;
    return type->kind == TYPE_SCALAR &&
           (type->scalar == SCALAR_INT || type->scalar == SCALAR_INT_U64);
}

/* *to += factor · from; false when that has too many terms. */
static bool form_add(Form *to, const Form *from, uint64_t factor)
{
    to->constant += factor * from->constant;
    for (uint32_t i = 0; i < from->count; i++) {
        uint32_t at = 0;
        while (at < to->count && to->terms[at].value != from->terms[i].value)
            at++;
        if (at == TERMS)
            return false;
        if (at == to->count)
            to->terms[to->count++] = (Term){from->terms[i].value, 0};
        to->terms[at].factor += factor * from->terms[i].factor;
        if (to->terms[at].factor == 0)
            to->terms[at] = to->terms[--to->count];
    }
    return true;
}

static bool form_is_equal(const Form *a, const Form *b)
{
    Form difference = *a;
    return form_add(&difference, b, UINT64_MAX) && difference.count == 0 &&
           difference.constant == 0;
}

static bool known_word(const Interval *in, const Value *value, uint64_t *word)
{
    Range range = interval_of(in, value);
    *word = (uint64_t)range.low;
    return range_is_const(range);
}

static Form form_of(const Interval *in, const Value *value, int depth);

static bool form_of_def(const Interval *in, const Op *def, int depth, Form *form)
{
    uint64_t factor;
    bool is_difference = def->code == OP_SUB || def->code == OP_SUB_X;
    Form second;
    if (def->arg_count == 0 || !is_word(op_arg(def, 0)))
        return false;
    *form = form_of(in, op_arg(def, 0), depth);
    if (def->code == OP_CONVERT)
        return true;
    if (def->code == OP_NEG) {
        second = *form;
        *form = (Form){0};
        return form_add(form, &second, UINT64_MAX);
    }
    if (is_difference || def->code == OP_ADD || def->code == OP_ADD_X) {
        second = form_of(in, op_arg(def, 1), depth);
        return form_add(form, &second, is_difference ? UINT64_MAX : 1);
    }
    if ((def->code != OP_MUL && def->code != OP_MUL_X) ||
        !known_word(in, op_arg(def, 1), &factor))
        return false;
    second = *form;
    *form = (Form){0};
    return form_add(form, &second, factor);
}

static Form form_of(const Interval *in, const Value *value, int depth)
{
    Form form = {0};
    if (known_word(in, value, &form.constant))
        return form;
    if (value->def && depth > 0 && form_of_def(in, value->def, depth - 1, &form))
        return form;
    form = (Form){.terms = {{value, 1}}, .count = 1};
    return form;
}

/* ---- matching ------------------------------------------------------------------------------ */

/* y - x - 1, from trips = (y - x - 1) // size + 1. */
static bool find_distance(const Interval *in, const Value *trips, uint64_t size, Form *distance)
{
    *distance = form_of(in, trips, DEPTH);
    distance->constant--;
    if (size == 1)
        return true;
    uint64_t by;
    if (distance->count != 1 || distance->constant || distance->terms[0].factor != 1)
        return false;
    const Op *def = distance->terms[0].value->def;
    if (!def || (def->code != OP_TRUNCDIV && def->code != OP_FLOORDIV) ||
        def->results[0].type->scalar != SCALAR_INT_U64 ||
        !known_word(in, op_arg(def, 1), &by) || by != size)
        return false;
    *distance = form_of(in, op_arg(def, 0), DEPTH);
    return true;
}

static void split_end(const Interval *in, const Value *value, const Value **base,
                      __int128 *plus)
{
    Range range = interval_of(in, value);
    *base = range_is_const(range) ? NULL : value;
    *plus = range_is_const(range) ? range.low : 0;
}

/* The comparison x < y for which the FOR has trips at all, or NULL. */
static const Op *test_of(const Interval *in, const Op *loop)
{
    const Op *choice = op_arg(loop, 0)->def;
    if (!choice || choice->code != OP_SELECT ||
        facts_trips_inside(in, loop) != op_arg(choice, 1))
        return NULL;
    const Op *test = op_arg(choice, 0)->def;
    if (!test || test->code != OP_LT || !is_word(op_arg(test, 0)) ||
        op_arg(test, 0)->type->scalar != SCALAR_INT)
        return NULL;
    return test;
}

/* `form` is that of the item; its term number `counter` is the counter of `loop`. */
static bool match_item(const Interval *in, const Form *form, uint32_t counter, const Op *loop,
                       ItemBounds *bounds)
{
    const Op *test = test_of(in, loop);
    int64_t step = (int64_t)form->terms[counter].factor;
    if (!test || step == INT64_MIN)
        return false;
    const Value *x = op_arg(test, 0), *y = op_arg(test, 1);
    Form low = form_of(in, x, DEPTH), high = form_of(in, y, DEPTH), wanted = high, distance;
    Form start = *form;
    start.terms[counter] = start.terms[--start.count];
    wanted.constant--;
    if (!form_add(&wanted, &low, UINT64_MAX) ||
        !find_distance(in, facts_trips_inside(in, loop), (uint64_t)(step < 0 ? -step : step),
                       &distance) ||
        !form_is_equal(&wanted, &distance) || !form_is_equal(&start, step < 0 ? &high : &low))
        return false;
    split_end(in, x, &bounds->low, &bounds->low_plus);
    split_end(in, y, &bounds->high, &bounds->high_plus);
    *(step < 0 ? &bounds->low_plus : &bounds->high_plus) += step < 0 ? 1 : -1;
    return true;
}

bool item_bounds(const Interval *in, const Value *item, ItemBounds *bounds)
{
    if (!is_word(item) || item->type->scalar != SCALAR_INT)
        return false;
    Form form = form_of(in, item, DEPTH);
    for (uint32_t i = 0; i < form.count; i++) {
        const Value *value = form.terms[i].value;
        const Op *loop = value->def ? NULL : value->region->owner;
        if (loop && loop->code == OP_FOR && value->index == 0 &&
            match_item(in, &form, i, loop, bounds))
            return true;
    }
    return false;
}
