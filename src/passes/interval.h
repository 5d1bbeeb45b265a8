/* The range of every integer in a function.
 *
 * A forward analysis on the structured IR. Conditions refine ranges where they hold: inside the
 * branches of an `if`, behind a `check`, in the arms of a `select`. Loop-carried values start from
 * what enters and grow, with widening, until nothing changes; two more rounds tighten them. What a
 * FOR adds to a value in each trip is bounded by its trip count, so counters do not widen; of
 * a LOOP's trips there are fewer than a computer lives to make.
 * Dimensions of arrays lie in [0, 2^47]: more no machine addresses.
 */
#ifndef MARTLET_PASSES_INTERVAL_H
#define MARTLET_PASSES_INTERVAL_H

#include "base/vec.h"
#include "passes/nest.h"
#include "passes/range.h"

typedef struct Refined {
    uint32_t id;
    Range before;
} Refined;

typedef enum IntervalPhase { INTERVAL_GROW, INTERVAL_SHRINK, INTERVAL_DONE } IntervalPhase;

typedef struct Interval Interval;

/* Called in the last walk for each operation that may run, before its regions are entered; ranges are
 * those that hold there. It may replace or remove the operation, if that has no regions. */
typedef void IntervalVisit(void *context, Interval *interval, Op *op);

struct Interval {
    Arena *arena;
    Nest nest;
    uint32_t value_count; /* of the function when opened */
    Range *now;           /* by Value.id: where the walk stands */
    Range *defined;       /* by Value.id: at its definition */
    Range *carried;       /* by Value.id: of a loop's params, what is assumed */
    Range *gathered;  /* by Value.id: what exits passed to results and params, in this walk */
    uint8_t *updates; /* by Value.id: how often `carried` grew */
    bool *is_left;    /* by Op.id: some exit reached its end, in this walk */
    Range *deltas;    /* by Value.id: see delta_of; valid where the stamp is the query's */
    uint32_t *delta_stamps;
    uint32_t delta_query;
    Map made; /* ranges of values that the visitor made */
    VEC(Refined) trail;
    IntervalPhase phase;
    bool changed;
    IntervalVisit *visit;
    void *context;
};

/* `visit` may be NULL. */
void interval_run(Interval *interval, Arena *arena, Func *func, IntervalVisit *visit,
                  void *context);

/* Is the value an integer or bool? Then its kind. */
bool interval_kind(const Value *value, ScalarKind *kind);
/* Where the walk stands; after it: at the value's definition. The value is an integer or bool. */
Range interval_of(const Interval *interval, const Value *value);
/* For the visitor: the value's range where the condition is `truth`. */
Range interval_if(Interval *interval, const Value *condition, bool truth, const Value *value);
/* For the visitor: the range of a value that it made. */
void interval_note(Interval *interval, const Value *value, Range range);

#endif
