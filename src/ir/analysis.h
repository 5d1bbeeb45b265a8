/* Questions about the IR that every pass asks. Nothing here changes it; dead.h removes what is dead.
 *
 * Answers are computed when asked, from the uses and the nesting: no result is kept that an edit could
 * make wrong.
 */
#ifndef MARTLET_IR_ANALYSIS_H
#define MARTLET_IR_ANALYSIS_H

#include "ir/ir.h"

typedef VEC(Value *) Values;

/* ---- uses */

uint32_t analysis_use_count(const Value *value);
/* The operation that all uses of the value are args of, or NULL: none or several. */
Op *analysis_sole_user(const Value *value);

/* ---- walks: in program order, an operation before what is inside it
 *
 *     for (Op *op = region->first; op; op = analysis_next(op, region)) …
 *
 * visits everything in `region`, however deep. To go on without entering op's regions, or when op
 * is about to be removed, take analysis_after. NULL: the end of `root`. */

Op *analysis_next(const Op *op, const Region *root);
Op *analysis_after(const Op *op, const Region *root);

/* ---- nesting */

/* The innermost LOOP or FOR whose region holds op (not op itself), or NULL. */
Op *analysis_loop(const Op *op);
uint32_t analysis_loop_depth(const Op *op);
/* Is op within the regions of `outer`? */
bool analysis_is_inside(const Op *op, const Op *outer);
/* Is the value a param of outer's regions or defined in them? */
bool analysis_is_defined_inside(const Value *value, const Op *outer);
/* Values from outside that op's regions use, each once, in order of first use. */
void analysis_captures(Arena *arena, const Op *op, Values *captures);

/* ---- control and effects */

/* How control may get out of a region other than by its end (the YIELD of its owner; CONTINUE and
 * BREAK of operations in it; of the owner itself, too, for analysis_exits). */
enum {
    EXIT_RETURN = 1,
    EXIT_BREAK = 2,    /* out of an operation around it */
    EXIT_CONTINUE = 4, /* of a loop around it */
    EXIT_RAISE = 8,    /* an exception that is not caught inside */
};

/* Of an operation: out of it. */
unsigned analysis_exits(const Op *op);
/* Of a region: BREAK and CONTINUE that name the region's owner count. */
unsigned analysis_region_exits(const Region *region);
/* Can control reach the operation after this one? (Not by raising.) */
bool analysis_falls_through(const Op *op);
/* OP_READS, OP_WRITES and OP_RAISES of op and all inside. OP_RAISES also where it is caught. */
unsigned analysis_effects(const Op *op);
/* Is op pure, and may it run where the program would not have run it? Not an integer division whose
 * divisor may be zero. */
bool analysis_is_speculatable(const Op *op);
/* The trip count of a FOR, when it is a constant. */
bool analysis_trip_count(const Op *op, int64_t *count);

/* ---- cost */

/* Estimated time of running the region once, in units of an addition. Loops of unknown count are
 * taken to make ANALYSIS_TRIPS trips; a branch costs the mean of its sides. */
enum { ANALYSIS_TRIPS = 16 };

double analysis_cost(const Region *region);

#endif
