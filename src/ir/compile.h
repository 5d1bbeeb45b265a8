/* The state of one compilation that every stage gets, and what stages may ask of the outside. */
#ifndef MARTLET_IR_COMPILE_H
#define MARTLET_IR_COMPILE_H

#include "ir/code.h"
#include "types/promote.h"

typedef struct Options {
    Promotion promotion;
    bool unchecked_bounds, unchecked_overflow,
        unchecked_division; /* division: NumPy's error model */
    uint32_t fastmath;      /* LLVM's flags, FASTMATH_* of codegen/backend.h */
    bool debug;
    unsigned python_minor; /* 11…14: some exceptions changed their words */
} Options;

/* What a class has under a name: a function that takes the value first, one that is called to get the
 * attribute, or something that is the same for all values. */
typedef enum MemberKind { MEMBER_METHOD, MEMBER_PROPERTY, MEMBER_VALUE } MemberKind;

/* Answered by python/ (or by a test). `context` comes first in each. Names that stay unbound: false. */
typedef struct Resolver {
    void *context;
    bool (*global)(void *context, Code *code, const Symbol *name,
                   Binding *out); /* then builtins */
    bool (*cell)(void *context, Code *code, const Symbol *name, Binding *out);
    bool (*attribute)(void *context, const Type *of, const Symbol *name, Binding *out); /* of a
                                                 module, class or builtin */
    /* Of a namedtuple or enum: what its class, and not Python, put there. */
    bool (*member)(void *context, const Type *class, const Symbol *name, MemberKind *kind,
                   Binding *out);
    /* The default of a parameter that a compiled caller leaves out. */
    bool (*fallback)(void *context, Code *code, uint32_t param, Binding *out);
    bool (*import)(void *context, Code *code, const Symbol *name, Binding *out);
    /* The library function that implements "numpy.ptp", "ndarray.sum", "builtins.sum" …; NULL: none */
    Code *(*library)(void *context, const char *qualname);
    /* Names to suggest from, when `name` is unknown in code (of NULL) or as attribute of a type. */
    const char *const *(*candidates)(void *context, Code *code, const Type *of, size_t *count);
    bool (*is_subclass)(void *context, const Type *a, const Type *b); /* classes and builtins */
    /* Builds the AST again or anew: fills code->tree of a Code made by resolve but not yet read. */
    bool (*read)(void *context, Code *code);
} Resolver;

typedef struct Compile {
    Arena *arena; /* of this compile */
    Diag *diag;
    Interner *names;
    TypeTable *types;
    Options options;
    const Resolver *resolver;
} Compile;

#endif
