/* What a developer asked to see: MARTLET_DUMP, MARTLET_SKIP, MARTLET_STOP_AFTER, MARTLET_VERIFY, MARTLET_PERF,
 * MARTLET_GDB, and the texts that a request wants.
 *
 *     MARTLET_DUMP=generic,typed,licm,passed,llvm,asm[:function]     to standard error
 *     MARTLET_SKIP=licm,bounds     leaves passes out
 *     MARTLET_STOP_AFTER=n         runs the first n passes only, over all functions of a compile
 */
#ifndef MARTLET_DRIVER_WATCH_H
#define MARTLET_DRIVER_WATCH_H

#include "passes/pass.h"
#include "specialise/spec.h"

typedef struct Watch {
    Arena *arena;
    unsigned want; /* the request's */
    bool dump_generic, dump_typed, dump_passed, dump_llvm, dump_asm;
    uint64_t dump_passes; /* bit per PassId */
    bool want_llvm, want_asm, verify, perf, gdb;
    PassWatch passes;
    const char *generic_text, *typed_text;
} Watch;

void watch_open(Watch *watch, Arena *arena, const char *function, unsigned want);
void watch_generic(Watch *watch, const Func *func);
void watch_typed(Watch *watch, const FuncList *funcs);
void watch_code(Watch *watch, const char *llvm, const char *asm_text);

#endif
