/* Fusion of maps: to come. */
#include "passes/pass.h"

void pass_fuse(Compile *c, Func *func)
{
    (void)c, (void)func;
}
