/* Ranges of integers: to come. */
#include "passes/pass.h"

void pass_overflow(Compile *c, Func *func)
{
    (void)c, (void)func;
}
