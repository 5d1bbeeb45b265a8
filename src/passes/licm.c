/* Loop-invariant code: to come. */
#include "passes/pass.h"

void pass_licm(Compile *c, Func *func)
{
    (void)c, (void)func;
}
