/* The machine that code is made for: LLVM's names of it, and what emitters ask about it. */
#ifndef MARTLET_CODEGEN_TARGET_H
#define MARTLET_CODEGEN_TARGET_H

#include <llvm-c/TargetMachine.h>

#include "base/text.h"
#include "codegen/backend.h"

typedef struct Target {
    const char *triple, *cpu, *features;
    bool is_x86;
    bool has_fma; /* one instruction, not a call */
    unsigned optimise;
    LLVMTargetMachineRef machine;
} Target;

/* Makes LLVM's targets known; once, before any other call of LLVM. */
void target_register(void);
const char *target_host_cpu(Arena *arena);
const char *target_host_features(Arena *arena);
BackendWorkspace *target_workspace_open(void);
void target_workspace_close(BackendWorkspace *workspace);
/* The target of the input, made anew unless it is the one that the workspace had last. NULL with a reason
 * when LLVM does not know the machine. */
const Target *target_get(BackendWorkspace *workspace, const BackendInput *input, Text *error);

#endif
