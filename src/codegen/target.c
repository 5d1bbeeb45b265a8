/* Targets: registering LLVM's back ends, describing the host, opening a TargetMachine.
 *
 * Objects are ELF on every system, since image/ links them; the system in the triple is Linux
 * throughout. Threads may not share a TargetMachine, so it lives in a workspace, which one compile
 * uses at a time.
 */
#include "codegen/target.h"

#include <setjmp.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm/Config/llvm-config.h>
#if __has_include(<llvm/Config/Targets.h>)
#include <llvm/Config/Targets.h> /* LLVM_HAS_… moved there */
#endif

void target_register(void)
{
#if LLVM_HAS_X86_TARGET
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
#endif
#if LLVM_HAS_AARCH64_TARGET
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
#endif
}

static const char *take(Arena *arena, char *message)
{
    const char *copy = arena_strndup(arena, message, strlen(message));
    LLVMDisposeMessage(message);
    return copy;
}

const char *target_host_cpu(Arena *arena)
{
    return take(arena, LLVMGetHostCPUName());
}

const char *target_host_features(Arena *arena)
{
    return take(arena, LLVMGetHostCPUFeatures());
}

static const char *host_triple(void)
{
#if defined(__x86_64__)
    return "x86_64-unknown-linux-gnu";
#elif defined(__aarch64__)
    return "aarch64-unknown-linux-gnu";
#else
#error "no code generation for this machine"
#endif
}

/* x18 belongs to the system on Apple's. */
static const char *host_quirks(void)
{
#if defined(__APPLE__) && defined(__aarch64__)
    return ",+reserve-x18";
#else
    return "";
#endif
}

static bool has_feature(const char *features, const char *name)
{
    const char *found = strstr(features, name);
    size_t length = strlen(name);
    return found && (found[length] == 0 || found[length] == ',');
}

static void describe(Target *target, const BackendInput *input, Arena *arena)
{
    bool is_host = !input->triple;
    target->triple = is_host ? host_triple() : input->triple;
    target->cpu = input->cpu ? input->cpu : is_host ? target_host_cpu(arena) : "generic";
    target->features =
        input->features ? input->features
        : is_host && !input->cpu
            ? arena_printf(arena, "%s%s", target_host_features(arena), host_quirks())
            : "";
    target->is_x86 = strncmp(target->triple, "x86_64", 6) == 0;
    target->has_fma = !target->is_x86 || has_feature(target->features, "+fma");
    target->optimise = input->optimise;
}

static LLVMTargetMachineRef make_machine(const Target *target, Text *error)
{
    LLVMTargetRef found;
    char *message = NULL;
    if (LLVMGetTargetFromTriple(target->triple, &found, &message)) {
        text_printf(error, "LLVM has no target %s: %s", target->triple, message);
        LLVMDisposeMessage(message);
        return NULL;
    }
    LLVMCodeGenOptLevel level =
        (LLVMCodeGenOptLevel)(target->optimise > 3 ? 3 : target->optimise);
    LLVMTargetMachineRef machine =
        LLVMCreateTargetMachine(found, target->triple, target->cpu, target->features, level,
                                LLVMRelocPIC, LLVMCodeModelSmall);
    if (!machine)
        text_printf(error, "LLVM makes no code for %s", target->triple);
    return machine;
}

/* ---- workspaces ---------------------------------------------------------------------------- */

struct BackendWorkspace {
    Arena own;                           /* holds the workspace */
    Arena arena;                         /* holds the texts below and the target's */
    const char *triple, *cpu, *features; /* as asked for: NULL is this machine */
    Target target;
};

static void starve(void *owner)
{
    jmp_buf *boundary = owner;
    longjmp(*boundary, 1);
}

BackendWorkspace *target_workspace_open(void)
{
    jmp_buf boundary;
    ArenaPolicy policy = {starve, &boundary, -1};
    Arena own;
    arena_open(&own, &policy);
    if (setjmp(boundary))
        return NULL;
    BackendWorkspace *workspace = ARENA_NEW(&own, BackendWorkspace);
    own.policy = NULL;
    workspace->own = own;
    arena_open(&workspace->arena, NULL);
    return workspace;
}

static void forget_target(BackendWorkspace *workspace)
{
    if (workspace->target.machine)
        LLVMDisposeTargetMachine(workspace->target.machine);
    workspace->target = (Target){0};
    arena_close(&workspace->arena);
}

void target_workspace_close(BackendWorkspace *workspace)
{
    forget_target(workspace);
    Arena own = workspace->own;
    arena_close(&own);
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool has_target(const BackendWorkspace *workspace, const BackendInput *input)
{
    return workspace->target.machine && workspace->target.optimise == input->optimise &&
           is_same(workspace->triple, input->triple) && is_same(workspace->cpu, input->cpu) &&
           is_same(workspace->features, input->features);
}

static const char *copy(Arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

const Target *target_get(BackendWorkspace *workspace, const BackendInput *input, Text *error)
{
    if (has_target(workspace, input))
        return &workspace->target;
    forget_target(workspace);
    BackendInput kept = *input;
    kept.triple = workspace->triple = copy(&workspace->arena, input->triple);
    kept.cpu = workspace->cpu = copy(&workspace->arena, input->cpu);
    kept.features = workspace->features = copy(&workspace->arena, input->features);
    describe(&workspace->target, &kept, &workspace->arena);
    workspace->target.machine = make_machine(&workspace->target, error);
    return workspace->target.machine ? &workspace->target : NULL;
}
