/* Loops and the look at signals.
 *
 * A counted loop is emitted rotated: a guard, then a body that counts 0, 1, … and tests at its end. An
 * innermost one is cut into strips of some 2^16 trips, with a poll between two strips:
 *
 *     n > 0 ?                           guard
 *     strip:  end = start + min(n - start, STRIP)
 *     body:   i = start … end - 1       what LLVM unrolls and vectorises; nothing but the body
 *     strip.end:  end == n ?            the usual way out
 *     poll:   rt_poll(ctx)              then the next strip
 *
 * Other loops count down a budget, the fuel, which all loops of a function share: each trip takes one,
 * an inner strip-mined loop takes its trips at once. When it is used up, the back-edge polls. So the
 * time between two polls is bounded however loops nest, and a trip costs a subtraction and a branch.
 */
#ifndef MARTLET_CODEGEN_LOOP_H
#define MARTLET_CODEGEN_LOOP_H

#include "codegen/join.h"

typedef enum LoopKind {
    LOOP_ENDLESS,
    LOOP_COUNTED, /* no poll: short */
    LOOP_STRIPPED,
    LOOP_FUELLED,
} LoopKind;

typedef struct Loop {
    /* set by the caller */
    const Op *op; /* whose trace a failing poll gets */
    const char *name;
    LoopKind kind;
    LLVMValueRef count;  /* trips, i64; ≤ 0: none. Not for LOOP_ENDLESS */
    int64_t inner_trips; /* ≥ 1: of the short loops inside */
    LLVMMetadataRef
        parallel;       /* its id, where no trip depends on another through memory; or NULL */
    bool is_plain;      /* seldom run: not to be vectorised or unrolled */
    LLVMTypeRef *types; /* of the carried parts */
    uint32_t width;
    Join *exit; /* where the last trip leaves to, with the carried parts */
    /* for the body */
    LLVMValueRef index;
    LLVMValueRef *carried;
    Join next; /* where a trip ends, with the next trip's carried parts */
    /* loop.c's */
    LLVMBasicBlockRef strip, body;
    LLVMValueRef start, end;
    LLVMValueRef *strip_phis, *phis; /* of start or index, then of the carried parts */
} Loop;

/* Goes into the body. */
void loop_open(Emit *e, Loop *loop, LLVMValueRef *initial);
/* After the body, which has ended in branches to loop->next: back-edge and way out. The builder is
 * left at the end of a block. */
void loop_close(Emit *e, Loop *loop);

/* For a loop whose accesses carry it (Frame.parallel). */
LLVMMetadataRef loop_parallel_id(Emit *e);

/* Which kind a FOR, MAP or MAP_INTO around `region` is; its trips may be a constant, or -1. */
LoopKind loop_kind(const Emit *e, const Region *region, int64_t trips, int64_t *inner_trips);

#endif
