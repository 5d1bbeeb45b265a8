/* Common subexpressions: to come. */
#include "passes/pass.h"

void pass_cse(Compile *c, Func *func)
{
    (void)c, (void)func;
}
