/* The backend: typed IR in, object code out. The one interface between the core and the plug-in `_llvm`.
 *
 * The plug-in is loaded at the first compile and exports `martlet_backend`. It includes no Python, and the
 * core includes no LLVM. A Backend is stateless between calls and may be called from several threads.
 */
#ifndef MARTLET_CODEGEN_BACKEND_H
#define MARTLET_CODEGEN_BACKEND_H

#include "base/text.h"
#include "ir/ir.h"

enum { BACKEND_VERSION = 2 };

enum {
    FASTMATH_NNAN = 1,
    FASTMATH_NINF = 2,
    FASTMATH_NSZ = 4,
    FASTMATH_ARCP = 8,
    FASTMATH_CONTRACT = 16,
    FASTMATH_AFN = 32,
    FASTMATH_REASSOC = 64,
};

typedef enum EntryKind {
    ENTRY_CALL, /* int32_t (RtCtx *, void *results, const void *args) */
    ENTRY_UFUNC, /* int32_t (RtCtx *, char **data, const intptr_t *count, const intptr_t *steps): the
                    loop over one dimension of a NumPy ufunc around a scalar function; unit strides get a
                    loop of their own */
} EntryKind;

typedef struct Entry {
    Func *func;
    EntryKind kind;
    const char *symbol;
} Entry;

/* What a backend may keep from one compile to the next: descriptions of targets, which take a sixth of
 * a short compile to make. Used by one compile at a time, from any thread. */
typedef struct BackendWorkspace BackendWorkspace;

typedef struct BackendInput {
    BackendWorkspace *workspace; /* NULL: made for this compile */
    TypeTable *types;            /* read only */
    Func *const *funcs;
    uint32_t func_count;
    const Entry *entries;
    uint32_t entry_count;
    const Type *const *hidden; /* types of the hidden arguments: where in ctx->hidden each is */
    uint32_t hidden_count;
    const char *triple, *cpu, *features; /* NULL: of this machine */
    uint32_t fastmath;
    unsigned optimise; /* 0…3 */
    bool want_llvm, want_asm, want_unoptimised;
} BackendInput;

/* One row for each thing that can fail or call, in the order of the numbers that compiled code stores. */
typedef struct SiteRecord {
    const Site *site; /* NULL: a call site, for tracebacks only */
    const Loc *loc;
    const Type *const *arg_types; /* the site's args in ctx->error.args, in slots */
    uint32_t arg_count;
} SiteRecord;

typedef struct BackendOutput {
    const void *object; /* on the arena given */
    size_t object_size;
    SiteRecord *sites;
    uint32_t site_count;
    const char *llvm, *asm_text, *unoptimised; /* when wanted */
    uint64_t emit_ns, optimise_ns, object_ns;  /* emit is ours, the others are LLVM's */
} BackendOutput;

typedef struct Backend {
    uint32_t version;
    const char *name; /* "LLVM 22.1.8" */
    const char *(*host_cpu)(Arena *arena);
    const char *(*host_features)(Arena *arena);
    BackendWorkspace *(*workspace_open)(void); /* NULL when memory runs out */
    void (*workspace_close)(BackendWorkspace *workspace);
    bool (*compile)(const BackendInput *input, Arena *arena, BackendOutput *output,
                    Text *error);
} Backend;

const Backend *martlet_backend(void);

#endif
