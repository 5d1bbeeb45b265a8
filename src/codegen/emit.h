/* The vocabulary of code generation: a thin layer over LLVM-C and what all emitters share.
 *
 * An Emit is one compile: its context, module and builder. A Frame is one function body being
 * emitted. A value is an array of LLVM values, one for each part (types/layout.h); bool is i1 in
 * registers and i8 in memory. Each operation of op.def has an `emit_<OP>` here, reached through the
 * table in program.c; an emitter reads the parts of its args, builds, and sets those of its results.
 *
 *     program.c       functions: declarations, bodies, the table
 *     entry.c         what is called from outside
 *     emit_*.c        the operations
 *     join.c          where control flow meets
 *     loop.c          counted loops, polling
 *     failure.c       sites, cold exits, handlers
 *     target.c        LLVM's targets; the only other file that includes more than llvm-c/Core.h is
 *     backend.c       IR → object bytes
 *
 * Nothing here optimises what LLVM optimises by itself; what LLVM cannot know (no overlap, likely
 * branches, exact libm calls) is said in flags and metadata.
 */
#ifndef MARTLET_CODEGEN_EMIT_H
#define MARTLET_CODEGEN_EMIT_H

#include <llvm-c/Core.h>

#include "base/map.h"
#include "codegen/backend.h"
#include "codegen/facts.h"
#include "codegen/target.h"
#include "types/layout.h"

typedef struct Join Join;
typedef struct Handler Handler;

/* One function body being emitted; an inlined body has its own, in the same LLVM function. */
typedef struct Frame {
    Func *func;
    LLVMValueRef function; /* LLVM's */
    LLVMValueRef ctx;
    LLVMBasicBlockRef entry; /* allocas, before its terminator */
    LLVMValueRef results;    /* pointer to the result slots … */
    Join *returns;           /* … or where an inlined body's result goes */
    LLVMValueRef **parts;    /* by Value.id */
    LLVMValueRef **owned;    /* by Value.id: frame slots of the owners inside, NULL: none */
    Join **exits;            /* by Op.label: where break goes … */
    Join **nexts;            /* … and continue */
    Join *yields;            /* where yield goes */
    Handler *handler;        /* where exceptions go */
    LLVMValueRef caught; /* a copy of the exception that is handled, or NULL: still in ctx */
    LLVMValueRef fuel;   /* i64 alloca, see loop.h; NULL: not yet */
    uint32_t fuel_depth; /* loops around that look at it */
    const Op *op;        /* being emitted */
    struct Flat *flat;   /* overflow of checked arithmetic waits there; NULL: it raises */
    LLVMMetadataRef
        parallel;      /* id of the innermost loop without carried dependences, or NULL */
    Map scopes;        /* arrays made here → Scope, see emit_array.c */
    Map result_places; /* number of slots → alloca */
    LLVMMetadataRef domain;
    LLVMMetadataRef every_scope;
} Frame;

typedef struct Emit {
    Arena *arena;
    const BackendInput *input;
    const Target *target;
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    LLVMTypeRef none, i1, i8, i16, i32, i64, i128, f16, f32, f64, ptr;
    LLVMFastMathFlags fast;
    Facts *facts;  /* of all functions */
    Map externals; /* interned name → External */
    Interner names;
    VEC(SiteRecord) sites;
    Frame *frame;
    bool has_calls; /* of functions of the program */
} Emit;

/* ---- types and constants ---- */
LLVMTypeRef emit_part_type(const Emit *e, PartKind kind);     /* in registers */
LLVMTypeRef emit_memory_type(const Emit *e, PartKind kind);   /* in memory: bool is i8 */
LLVMTypeRef emit_scalar_type(const Emit *e, ScalarKind kind); /* of one part */
LLVMTypeRef *emit_types(Emit *e, const Type *type);           /* of the parts */
LLVMValueRef emit_i64(const Emit *e, int64_t value);
LLVMValueRef emit_int(LLVMTypeRef type, int64_t value); /* sign-extended */
LLVMValueRef emit_real(LLVMTypeRef type, double value);

/* ---- values ---- */
LLVMValueRef *emit_parts(Emit *e, const Value *value);
LLVMValueRef emit_part(Emit *e, const Value *value); /* of a value with one */
void emit_set_parts(Emit *e, const Value *value, LLVMValueRef *parts);
void emit_set(Emit *e, const Op *op, LLVMValueRef part); /* the op's one result, of one part */
/* The parts of several values, one after the other; *width is their number. */
LLVMValueRef *emit_gather(Emit *e, const Op *op, uint32_t first, uint32_t *width);
void emit_scatter(Emit *e, Value *const *values, uint32_t count, LLVMValueRef *parts);

/* ---- instructions ---- */
/* A block moves to the function's end when the builder first goes there: dumps read in order. */
__attribute__((format(printf, 2, 3))) LLVMBasicBlockRef emit_block(Emit *e, const char *name,
                                                                   ...);
void emit_at(Emit *e, LLVMBasicBlockRef block);
LLVMBasicBlockRef emit_here(const Emit *e);
void emit_branch(Emit *e, LLVMBasicBlockRef to);
typedef enum Odds { EVEN, LIKELY, UNLIKELY } Odds; /* that the condition holds */
void emit_branch_if(Emit *e, LLVMValueRef condition, LLVMBasicBlockRef yes,
                    LLVMBasicBlockRef no, Odds odds);
LLVMValueRef emit_fast(const Emit *e, LLVMValueRef instruction); /* with the fast-math flags */
LLVMValueRef emit_intrinsic(Emit *e, const char *name, LLVMTypeRef overload, LLVMValueRef *args,
                            unsigned count);
LLVMValueRef emit_intrinsic_on(Emit *e, const char *name, LLVMTypeRef *overloads,
                               unsigned overload_count, LLVMValueRef *args, unsigned count);
LLVMValueRef emit_external(Emit *e, const char *name, LLVMTypeRef type); /* declared once */
void emit_attribute(Emit *e, LLVMValueRef function, const char *name, uint64_t value);
/* A pure function of libm by its exact name: nothing that LLVM may fold or replace. */
LLVMValueRef emit_libm(Emit *e, const char *name, LLVMTypeRef type, LLVMValueRef *args,
                       unsigned count);
LLVMValueRef emit_alloca(Emit *e, LLVMTypeRef type, uint64_t count, const char *name);
LLVMValueRef emit_offset(Emit *e, LLVMValueRef pointer, int64_t bytes);
LLVMValueRef emit_load(Emit *e, LLVMTypeRef type, LLVMValueRef pointer, unsigned align,
                       const char *name);
LLVMValueRef emit_store(Emit *e, LLVMValueRef value, LLVMValueRef pointer, unsigned align);
void emit_note(Emit *e, LLVMValueRef instruction, const char *kind, LLVMMetadataRef node);
LLVMMetadataRef emit_string(Emit *e, const char *text);
LLVMMetadataRef emit_node(Emit *e, LLVMMetadataRef *operands, size_t count);
/* Parts in 8-byte slots, as arguments and results cross the boundary. */
LLVMValueRef *emit_load_slots(Emit *e, const Type *type, LLVMValueRef pointer);
void emit_store_slots(Emit *e, const Type *type, LLVMValueRef pointer, LLVMValueRef *parts);

/* ---- regions (program.c) ---- */
void emit_region(Emit *e, const Region *region, Join *yields);
void emit_op(Emit *e, const Op *op);

#define OP(name, text, args, results, regions, attr, flags, meaning) \
    void emit_##name(Emit *e, const Op *op);
#include "ir/op.def"
#undef OP

#endif
