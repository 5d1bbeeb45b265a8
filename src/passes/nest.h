/* Nesting: what passes ask about a function's structure, gathered in one walk.
 *
 * Positions number the operations in program order, so that "inside" and "between" are comparisons
 * of numbers. A Nest describes the function as it was when opened: operations made later are not in
 * it, those removed stay. Side tables are indexed by Op.id.
 */
#ifndef MARTLET_PASSES_NEST_H
#define MARTLET_PASSES_NEST_H

#include "ir/ir.h"

/* What running an operation, with all inside, may do. */
enum {
    EFFECT_READS = 1,  /* array memory */
    EFFECT_WRITES = 2, /* array memory that others can see */
    EFFECT_READS_SLOT = 4,
    EFFECT_WRITES_SLOT = 8,
    EFFECT_RAISES = 16,    /* beside MemoryError and an interrupt */
    EFFECT_ALLOCATES = 32, /* new memory, which nobody else sees; may raise MemoryError */
    EFFECT_REPEATS = 64,   /* is or has a loop: may be interrupted */
    EFFECT_ENDLESS = 128,  /* may not end */
    EFFECT_UNKNOWN = 256,  /* whatever else: output, foreign state */
};

typedef struct Exit {
    Op *op;
    struct Exit *next;
} Exit;

typedef struct NestOp {
    uint32_t position, end; /* of itself, and of the last operation inside */
    uint32_t depth;         /* operations around it, plus 1 */
    uint32_t reach;         /* depth of the outermost operation that something inside leaves or
                               repeats; 0: the function is left; UINT32_MAX: nothing */
    unsigned effects;
    Exit *leaves;  /* the yields and breaks that give this operation its results */
    Exit *repeats; /* the continues that name it */
} NestOp;

typedef struct Nest {
    Arena *arena;
    Func *func;
    NestOp *ops;    /* by Op.id */
    Op **order;     /* by position */
    uint32_t count; /* positions */
    uint32_t ids;   /* Op.ids below this one are known */
} Nest;

void nest_open(Nest *nest, Arena *arena, Func *func);

static inline NestOp *nest_of(const Nest *nest, const Op *op)
{
    return &nest->ops[op->id];
}

/* Was the operation there when the nest was opened? */
static inline bool nest_knows(const Nest *nest, const Op *op)
{
    return op->id < nest->ids;
}

/* Does control get from inside `op` to elsewhere than behind it, other than by an exception? */
static inline bool nest_escapes(const Nest *nest, const Op *op)
{
    return nest_of(nest, op)->reach < nest_of(nest, op)->depth;
}

/* Is `op` inside `around`, or the same? */
static inline bool nest_is_inside(const Nest *nest, const Op *op, const Op *around)
{
    uint32_t position = nest_of(nest, op)->position;
    return position >= nest_of(nest, around)->position &&
           position <= nest_of(nest, around)->end;
}

/* Of the operation alone, without its regions. */
unsigned nest_effects(const Op *op);
/* Of everything in the region as it is now. */
unsigned nest_region_effects(const Region *region);

bool nest_is_loop(const Op *op); /* LOOP or FOR */
bool nest_is_map(const Op *op);  /* MAP or MAP_INTO */

#endif
