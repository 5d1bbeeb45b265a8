/* The compiler as one function: a Code and argument types in, a mapped image out.
 *
 * An Engine is the process-wide context: shared types and symbols, the image space, the backend. One
 * compile runs its stages up to codegen under the engine's lock (python/ holds the GIL then); the
 * backend runs without either. Nothing here includes Python or LLVM.
 */
#ifndef MARTLET_DRIVER_COMPILER_H
#define MARTLET_DRIVER_COMPILER_H

#include "codegen/backend.h"
#include "image/image.h"
#include "ir/compile.h"
#include "runtime/abi.h"

typedef struct Engine Engine;

Engine *engine_open(void); /* NULL when memory runs out */
void engine_close(Engine *engine);
TypeTable *engine_types(Engine *engine);
Interner *engine_names(Engine *engine);
/* The arena of the process: types, symbols, ClassInfos. */
Arena *engine_arena(Engine *engine);
ImageSpace *engine_space(Engine *engine);
void engine_set_backend(Engine *engine, const Backend *backend);
const Backend *engine_backend(const Engine *engine);

/* Creates a Code with an arena of its own; freed with engine_code_free. */
Code *engine_code_new(Engine *engine);
void engine_code_free(Engine *engine, Code *code);

typedef struct Stats {
    uint64_t read_ns, lower_ns, infer_ns, specialise_ns, passes_ns, emit_ns;
    uint64_t llvm_optimise_ns, llvm_object_ns, link_ns, total_ns;
} Stats;

typedef enum Want {
    WANT_GENERIC = 1,
    WANT_TYPED = 2,
    WANT_LLVM = 4,
    WANT_ASM = 8,
    WANT_PASSED = 16,
    WANT_IMAGE = 32
} Want;

typedef struct CompileRequest {
    Code *code;
    const Type *const *args; /* one for each Param of code (*args: one Tuple) */
    uint32_t arg_count;
    const Type *result; /* wanted by a signature, or NULL: as inferred */
    EntryKind entry;
    Options options;
    const Resolver *resolver;
    unsigned want;                       /* Want flags: texts to produce besides the code */
    void (*leave_python)(void *context); /* before the backend runs … */
    void (*enter_python)(void *context); /* … and after */
    void *context;
    int64_t fail_after; /* tests: allocations granted; negative: all */
} CompileRequest;

/* What a compile made; owns its memory. */
typedef struct Compiled {
    Arena *arena;
    Image *image;
    void *entry; /* of the request's EntryKind */
    const Type *result;
    const Type *const *params; /* as compiled: with Const where typing asked for a value */
    uint32_t param_count;
    const Type *const *hidden; /* types of the hidden arguments by number; None: not used */
    uint32_t hidden_count;
    bool
        is_leaf; /* the entry calls nothing, cannot fail and has no loop: it does not look at its RtCtx */
    SiteRecord *sites;
    uint32_t site_count;
    Stats stats;
    const char *generic, *typed, *passed, *llvm, *asm_text; /* when wanted */
    const void *image_bytes;
    size_t image_size;
} Compiled;

typedef struct CompileResult {
    Arena arena;           /* of the texts */
    Compiled *compiled;    /* NULL when it failed; findings may hold warnings all the same */
    DiagClass error_class; /* of the first error */
    char *message;         /* rendered findings; gone with compiler_result_free */
    char *warnings;        /* rendered warnings, or NULL */
    Span span;             /* of the first error: for the traceback's last line */
    uint64_t
        wants_const; /* bit i: typing asked for the value of parameter i: ask again with a Const */
    bool out_of_memory; /* a MemoryError */
} CompileResult;

/* Never crashes, never throws: every failure is in the result. */
void compiler_compile(Engine *engine, const CompileRequest *request, CompileResult *result);
void compiler_result_free(CompileResult *result);
void compiled_free(Engine *engine, Compiled *compiled); /* unpins the image */

#endif
