/* Facts about the order of integers, and proofs from them.
 *
 * A fact says x ≤ y + c where NULL stands for 0: what conditions say inside their branches and behind
 * checks. It holds over an interval of positions. facts_prove looks for a chain of facts and of what
 * definitions say (sums, selects, remainders, counters) from x to y, as ABCD does (Bodík, Gupta, Sarkar,
 * PLDI 2000), with the ranges of interval.h at its ends; a value carried around a loop is taken to satisfy what
 * is to be proved while its next value is looked at (induction).
 */
#ifndef MARTLET_PASSES_FACT_H
#define MARTLET_PASSES_FACT_H

#include "passes/interval.h"

typedef struct Fact {
    const Value *x, *y;
    __int128 c;
    uint32_t from, to; /* positions */
    struct Fact *next_of_x, *next_of_y;
} Fact;

/* "x ≤ y + c of these loop params": taken for granted below. */
typedef struct Claim {
    const Value *x, *y;
    __int128 c;
} Claim;

typedef struct Facts {
    Arena *arena;
    const Interval *interval;
    Fact **of_x, **of_y; /* by Value.id; of_zero for NULL */
    uint32_t value_count;
    uint32_t *counts;   /* by Value.id: facts about it */
    VEC(Claim) assumed; /* in the arm of a select that is looked at; from assumed_from on */
    uint32_t assumed_from;
    VEC(Claim) claims; /* inductions under way */
    int32_t budget;    /* steps left for this proof */
} Facts;

void facts_open(Facts *facts, Arena *arena, const Interval *interval);

/* Is x ≤ y + c whenever control is at `position`? The values are integers or NULL; false: not found. */
bool facts_prove(Facts *facts, uint32_t position, const Value *x, const Value *y, __int128 c);
/* Does the bool have this value whenever control is at `position`? */
bool facts_decide(Facts *facts, uint32_t position, const Value *condition, bool truth);

/* The facts x ≤ … (is_upper) or … ≤ x in force at `position`, one after the other. */
const Fact *facts_next(const Facts *facts, const Value *x, bool is_upper, uint32_t position,
                       const Fact *before);

/* The trip count that a FOR has inside its body: where the count is a choice with nothing, the other arm. */
Value *facts_trips_inside(const Interval *interval, const Op *loop);

#endif
