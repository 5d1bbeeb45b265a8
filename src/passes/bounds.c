/* Index checks: to come. */
#include "passes/pass.h"

void pass_bounds(Compile *c, Func *func)
{
    (void)c, (void)func;
}
