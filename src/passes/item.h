/* Items of Python ranges, recognised in their arithmetic.
 *
 * `for i in range(start, stop, step)` becomes a FOR whose trip count is select(x < y, (y - x - 1) // |step| + 1, 0)
 * and whose item is start + counter · step, all modulo 2^64. Whatever start and stop are, the item
 * lies between them, which no analysis of single operations finds, since each may wrap.
 */
#ifndef MARTLET_PASSES_ITEM_H
#define MARTLET_PASSES_ITEM_H

#include "passes/interval.h"

/* low + low_plus ≤ item ≤ high + high_plus; NULL stands for 0. */
typedef struct ItemBounds {
    const Value *low, *high;
    __int128 low_plus, high_plus;
} ItemBounds;

/* Is the value an item of a range with a constant step? */
bool item_bounds(const Interval *interval, const Value *item, ItemBounds *bounds);

#endif
