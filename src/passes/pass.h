/* Passes over typed IR: pass.def lists them in order; each rewrites one function in place. */
#ifndef MARTLET_PASSES_PASS_H
#define MARTLET_PASSES_PASS_H

#include "ir/compile.h"

typedef enum PassId {
#define PASS(name, text, meaning) PASS_##name,
#include "passes/pass.def"
#undef PASS
    PASS_COUNT
} PassId;

/* What a caller wants to see or leave out: MARTLET_DUMP, MARTLET_SKIP, MARTLET_STOP_AFTER. */
typedef struct PassWatch {
    uint64_t skip;      /* bit per PassId */
    int64_t stop_after; /* number of pass runs still allowed; negative: all */
    bool verify;        /* after each */
    void (*after)(void *context, PassId pass, const Func *func); /* may be NULL */
    void *context;
    uint64_t ns[PASS_COUNT];
} PassWatch;

const char *pass_text(PassId pass);
bool pass_from_text(const char *text, PassId *pass);

/* One pass on one function, as `watch` wants it. */
void pass_run(Compile *c, PassId pass, Func *func, PassWatch *watch);

/* Runs all passes on the functions of one program, each on all of them, callees before callers where
 * there is an order. The first function is the program's root; those that no call reaches any more go.
 * Returns how many are left, in their old order. */
uint32_t pass_run_all(Compile *c, Func **funcs, uint32_t count, PassWatch *watch);

#define PASS(name, text, meaning) void pass_##text(Compile *c, Func *func);
#include "passes/pass.def"
#undef PASS

#endif
