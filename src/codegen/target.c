/* Targets: registering LLVM's back ends, describing the host, opening a TargetMachine.
 *
 * Objects are ELF on every system, since image/ links them; the system in the triple is Linux
 * throughout. A TargetMachine is made for each compile: threads may not share one, and making it
 * costs little beside what it is used for.
 */
#include "codegen/target.h"

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

bool target_open(Target *target, const BackendInput *input, Arena *arena, Text *error)
{
    describe(target, input, arena);
    LLVMTargetRef found;
    char *message = NULL;
    if (LLVMGetTargetFromTriple(target->triple, &found, &message)) {
        text_printf(error, "LLVM has no target %s: %s", target->triple, message);
        LLVMDisposeMessage(message);
        return false;
    }
    LLVMCodeGenOptLevel level =
        (LLVMCodeGenOptLevel)(input->optimise > 3 ? 3 : input->optimise);
    target->machine =
        LLVMCreateTargetMachine(found, target->triple, target->cpu, target->features, level,
                                LLVMRelocPIC, LLVMCodeModelSmall);
    if (!target->machine)
        text_printf(error, "LLVM makes no code for %s", target->triple);
    return target->machine;
}

void target_close(Target *target)
{
    if (target->machine)
        LLVMDisposeTargetMachine(target->machine);
    target->machine = NULL;
}
