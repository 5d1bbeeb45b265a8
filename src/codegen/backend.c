/* The backend: typed IR → LLVM IR → object bytes, in one call without state.
 *
 *     facts      who raises, who recurses
 *     emit       a module in a context of its own
 *     optimise   LLVMRunPasses with the pipeline below
 *     object     LLVMTargetMachineEmitToMemoryBuffer
 *
 * Everything of LLVM's that a compile makes is in a Session and goes with it. When memory runs out in the
 * caller's arena, its policy is entered only after the Session has gone: for that time the arena
 * has a policy of ours, which jumps to compile(); no LLVM function is on the stack then, since
 * LLVM calls back only report_diagnostic, which does not allocate.
 */
#include "codegen/backend.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/Error.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>

#include "codegen/emit.h"
#include "codegen/program.h"

typedef struct Session {
    Emit emit;
    BackendWorkspace *workspace; /* ours, when the caller gave none */
    const Target *target;
    LLVMMemoryBufferRef object;
    char *message;        /* LLVM's, to be disposed of */
    char diagnostic[512]; /* the first error reported by LLVM, or empty */
    jmp_buf out_of_memory;
} Session;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* ---- opening and closing ------------------------------------------------------------------- */

static void report_diagnostic(LLVMDiagnosticInfoRef info, void *context)
{
    Session *session = context;
    if (LLVMGetDiagInfoSeverity(info) != LLVMDSError || session->diagnostic[0])
        return;
    char *text = LLVMGetDiagInfoDescription(info);
    snprintf(session->diagnostic, sizeof session->diagnostic, "%s", text);
    LLVMDisposeMessage(text);
}

static LLVMFastMathFlags fast_flags(uint32_t flags)
{
    static const struct {
        uint32_t ours;
        LLVMFastMathFlags llvm;
    } table[] = {
        {FASTMATH_NNAN, LLVMFastMathNoNaNs},
        {FASTMATH_NINF, LLVMFastMathNoInfs},
        {FASTMATH_NSZ, LLVMFastMathNoSignedZeros},
        {FASTMATH_ARCP, LLVMFastMathAllowReciprocal},
        {FASTMATH_CONTRACT, LLVMFastMathAllowContract},
        {FASTMATH_AFN, LLVMFastMathApproxFunc},
        {FASTMATH_REASSOC, LLVMFastMathAllowReassoc},
    };
    LLVMFastMathFlags result = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (flags & table[i].ours)
            result |= table[i].llvm;
    return result;
}

static void open_types(Emit *e)
{
    LLVMContextRef c = e->context;
    e->none = LLVMVoidTypeInContext(c);
    e->i1 = LLVMInt1TypeInContext(c);
    e->i8 = LLVMInt8TypeInContext(c);
    e->i16 = LLVMInt16TypeInContext(c);
    e->i32 = LLVMInt32TypeInContext(c);
    e->i64 = LLVMInt64TypeInContext(c);
    e->i128 = LLVMInt128TypeInContext(c);
    e->f16 = LLVMHalfTypeInContext(c);
    e->f32 = LLVMFloatTypeInContext(c);
    e->f64 = LLVMDoubleTypeInContext(c);
    e->ptr = LLVMPointerTypeInContext(c, 0);
}

static bool open_target(Session *session, const BackendInput *input, Text *error)
{
    BackendWorkspace *workspace = input->workspace;
    if (!workspace)
        workspace = session->workspace = target_workspace_open();
    if (!workspace)
        text_puts(error, "memory ran out");
    session->target = workspace ? target_get(workspace, input, error) : NULL;
    return session->target;
}

static void open_emit(Session *session, const BackendInput *input, Arena *arena)
{
    Emit *e = &session->emit;
    e->arena = arena;
    e->input = input;
    e->target = session->target;
    e->context = LLVMContextCreate();
    LLVMContextSetDiagnosticHandler(e->context, report_diagnostic, session);
    e->module = LLVMModuleCreateWithNameInContext("martlet", e->context);
    e->builder = LLVMCreateBuilderInContext(e->context);
    e->fast = fast_flags(input->fastmath);
    open_types(e);
    intern_open(&e->names, arena);
    LLVMSetTarget(e->module, session->target->triple);
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(session->target->machine);
    LLVMSetModuleDataLayout(e->module, layout);
    LLVMDisposeTargetData(layout);
}

static void drop_message(Session *session)
{
    if (session->message)
        LLVMDisposeMessage(session->message);
    session->message = NULL;
}

static void close_session(Session *session)
{
    drop_message(session);
    if (session->object)
        LLVMDisposeMemoryBuffer(session->object);
    if (session->emit.builder)
        LLVMDisposeBuilder(session->emit.builder);
    if (session->emit.module)
        LLVMDisposeModule(session->emit.module);
    if (session->emit.context)
        LLVMContextDispose(session->emit.context);
    if (session->workspace)
        target_workspace_close(session->workspace);
}

/* ---- the steps ----------------------------------------------------------------------------- */

static bool emit_program(Emit *e, Text *error)
{
    const BackendInput *input = e->input;
    e->facts = facts_find(e->arena, input->funcs, input->func_count);
    const Func *missing = facts_missing_callee(e->facts);
    if (missing) {
        text_printf(error, "%s is called and has no body", missing->name->text);
        return false;
    }
    for (uint32_t i = 0; i < input->func_count; i++)
        if (!entry_takes_body(e, &e->facts->funcs[i])) {
            program_declare(e, &e->facts->funcs[i]);
            e->has_calls = true;
        }
    for (uint32_t i = 0; i < input->entry_count; i++)
        entry_define(e, &input->entries[i]);
    for (uint32_t i = 0; i < input->func_count; i++)
        if (e->facts->funcs[i].function)
            program_define(e, &e->facts->funcs[i]);
    return true;
}

static bool verify(Session *session, Text *error)
{
    if (!LLVMVerifyModule(session->emit.module, LLVMReturnStatusAction, &session->message))
        return true;
    text_printf(error, "code generation made invalid LLVM IR: %s", session->message);
    return false;
}

/* What default<O3> does for our code in about half of its time. Measured on a dozen kernels; left out, as
 * without effect on them: what works between modules and on C++, second and third runs of the same pass,
 * copies of a loop for either outcome of a condition that does not vary (passes/version makes those that
 * matter), and the vectoriser of straight-line code, which pairs the halves of complex numbers
 * and makes the chain through z*z + c a third longer. Loops come rotated but for `while`. */
#define CLEAN "sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>"
#define SIMPLIFY                                                                      \
    CLEAN ",loop-mssa(loop-rotate,licm,simple-loop-unswitch<no-nontrivial;trivial>)," \
          "correlated-propagation,constraint-elimination,simplifycfg,"                \
          "instcombine<no-verify-fixpoint>,loop(loop-idiom,indvars,loop-deletion,"    \
          "loop-unroll-full),sroa,gvn,dse,bdce,adce,loop-mssa(licm),simplifycfg,"     \
          "instcombine<no-verify-fixpoint>"
#define VECTORISE                                                    \
    "loop-vectorize,instcombine<no-verify-fixpoint>,vector-combine," \
    "simplifycfg,instcombine<no-verify-fixpoint>,loop-unroll<O2>,simplifycfg"
#define INLINE "function(" CLEAN "),cgscc(inline),"

/* The inliner only where there are calls. */
static const char *pipeline(const Session *session)
{
    static const char *const levels[][2] = {
        {"default<O0>", "default<O0>"},
        {"function(" SIMPLIFY ")", INLINE "function(" SIMPLIFY ")"},
        {"function(" SIMPLIFY "," VECTORISE ")", INLINE "function(" SIMPLIFY "," VECTORISE ")"},
        {"function(" SIMPLIFY "," VECTORISE ")", INLINE "function(" SIMPLIFY "," VECTORISE ")"},
    };
    unsigned level = session->target->optimise > 3 ? 3 : session->target->optimise;
    return levels[level][session->emit.has_calls];
}

static bool optimise(Session *session, Text *error)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef failed = LLVMRunPasses(session->emit.module, pipeline(session),
                                        session->target->machine, options);
    LLVMDisposePassBuilderOptions(options);
    if (!failed)
        return true;
    char *text = LLVMGetErrorMessage(failed);
    snprintf(session->diagnostic, sizeof session->diagnostic, "%s", text);
    LLVMDisposeErrorMessage(text);
    text_puts(error, session->diagnostic);
    return false;
}

/* Code generation changes the module: it gets a copy unless this is the last use. */
static LLVMMemoryBufferRef generate(Session *session, LLVMModuleRef module,
                                    LLVMCodeGenFileType kind)
{
    LLVMMemoryBufferRef buffer = NULL;
    drop_message(session);
    if (LLVMTargetMachineEmitToMemoryBuffer(session->target->machine, module, kind,
                                            &session->message, &buffer))
        return NULL;
    return buffer;
}

/* The text is the session's while it is copied: the arena may run out. */
static const char *print_module(Session *session)
{
    drop_message(session);
    session->message = LLVMPrintModuleToString(session->emit.module);
    const char *copy =
        arena_strndup(session->emit.arena, session->message, strlen(session->message));
    drop_message(session);
    return copy;
}

static const char *print_asm(Session *session)
{
    LLVMModuleRef copy = LLVMCloneModule(session->emit.module);
    session->object = generate(session, copy, LLVMAssemblyFile);
    LLVMDisposeModule(copy);
    if (!session->object)
        return NULL;
    const char *text = arena_strndup(session->emit.arena, LLVMGetBufferStart(session->object),
                                     LLVMGetBufferSize(session->object));
    LLVMDisposeMemoryBuffer(session->object);
    session->object = NULL;
    return text;
}

static bool emit_object(Session *session, BackendOutput *output, Text *error)
{
    session->object = generate(session, session->emit.module, LLVMObjectFile);
    if (!session->object || session->diagnostic[0]) {
        text_puts(error, session->diagnostic[0] ? session->diagnostic
                         : session->message     ? session->message
                                                : "LLVM made no object");
        return false;
    }
    output->object_size = LLVMGetBufferSize(session->object);
    void *copy = arena_alloc(session->emit.arena, output->object_size + 1, 16);
    memcpy(copy, LLVMGetBufferStart(session->object), output->object_size);
    output->object = copy;
    return true;
}

static bool run(Session *session, const BackendInput *input, Arena *arena,
                BackendOutput *output, Text *error)
{
    uint64_t start = now_ns();
    if (!open_target(session, input, error))
        return false;
    open_emit(session, input, arena);
    if (!emit_program(&session->emit, error))
        return false;
    output->sites = session->emit.sites.data;
    output->site_count = session->emit.sites.len;
    if (input->want_unoptimised)
        output->unoptimised = print_module(session);
#ifndef NDEBUG
    if (!verify(session, error))
        return false;
#endif
    uint64_t emitted = now_ns();
    if (!optimise(session, error))
        return false;
    uint64_t optimised = now_ns();
    if (input->want_llvm)
        output->llvm = print_module(session);
    if (input->want_asm)
        output->asm_text = print_asm(session);
    uint64_t printed = now_ns();
    bool done = emit_object(session, output, error);
    output->emit_ns = emitted - start;
    output->optimise_ns = optimised - emitted;
    output->object_ns = now_ns() - printed;
    return done;
}

/* ---- the contract -------------------------------------------------------------------------- */

static void jump_out(void *owner)
{
    Session *session = owner;
    longjmp(session->out_of_memory, 1);
}

static bool compile(const BackendInput *input, Arena *arena, BackendOutput *output, Text *error)
{
    Session session = {0};
    ArenaPolicy *outer = arena->policy;
    ArenaPolicy ours = {jump_out, &session, outer ? outer->fail_after : -1};
    *output = (BackendOutput){0};
    arena->policy = &ours;
    volatile bool done = false, starved = false;
    if (setjmp(session.out_of_memory) == 0)
        done = run(&session, input, arena, output, error);
    else
        starved = true;
    close_session(&session);
    arena->policy = outer;
    if (outer)
        outer->fail_after = ours.fail_after;
    if (starved)
        arena_fail(arena);
    return done;
}

__attribute__((visibility("default"))) const Backend *martlet_backend(void)
{
    static const Backend backend = {BACKEND_VERSION,
                                    "LLVM " LLVM_VERSION_STRING,
                                    target_host_cpu,
                                    target_host_features,
                                    target_workspace_open,
                                    target_workspace_close,
                                    compile};
    target_register();
    return &backend;
}
