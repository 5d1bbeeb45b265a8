/* Two versions of a loop nest: without the checks that a test before it covers, and as it was. */
#ifndef MARTLET_PASSES_VERSION_H
#define MARTLET_PASSES_VERSION_H

#include "ir/compile.h"

/* Where checks of indices and of overflow in a nest hold for all trips when a test of values from outside
 * does, the nest becomes `if test { a copy without them } else { the nest as it was }`: one pair per nest, at
 * the outermost loop that loses no check by it. Nothing raises that did not before. True when
 * something changed. */
bool version_loops(Compile *c, Func *func);

#endif
