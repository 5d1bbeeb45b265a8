/* Code: a Python function as the compiler knows it, before types.
 *
 * Made by python/reader.c from a function object (or by lower for an inner function); owns the
 * function arena with AST, generic IR and types that name it.
 */
#ifndef MARTLET_IR_CODE_H
#define MARTLET_IR_CODE_H

#include "ir/ir.h"

typedef enum ParamKind {
    PARAM_POSITIONAL_ONLY,
    PARAM_NORMAL,
    PARAM_STAR, /* *args */
    PARAM_KEYWORD_ONLY,
} ParamKind;

/* What a name outside a function stands for, when compiled. Exactly one way to get the value:
 * the type alone (module, function, Const, None …), a constant, or hidden argument number `hidden`. */
typedef struct Binding {
    const Type *type; /* NULL: not bound */
    const Constant *constant;
    int32_t hidden; /* -1: none */
} Binding;

typedef struct Param {
    const Symbol *name;
    ParamKind kind;
    bool has_default;
    Binding fallback; /* the default's value, where a compiled caller leaves the argument out */
    bool wants_const; /* typing asked for the value: a Const argument is not widened */
} Param;

/* What the `inline` option asks of calls from compiled code. */
typedef enum Inlining { INLINING_AUTO, INLINING_ALWAYS, INLINING_NEVER } Inlining;

/* What the `locals` option asks of a variable: whatever is assigned to it is converted. */
typedef struct LocalType {
    const Symbol *name;
    const Type *type; /* a number */
} LocalType;

struct Code {
    Arena *arena;
    const Symbol *name, *qualname;
    const Source *source;
    Loc loc; /* of the def */
    Param *params;
    uint32_t param_count;
    const Symbol *
        *captures; /* variables of enclosing compiled functions: params after params */
    uint32_t capture_count;
    LocalType *local_types; /* of variables */
    uint32_t local_type_count;
    Func *generic;   /* lowered at first need; params: Code.params, then captures */
    Code *parent;    /* inner functions: the enclosing one */
    void *tree;      /* syntax: the AST node of the def, until lowered */
    void *handle;    /* python/: the function object (borrowed); inner: the outermost's */
    bool is_library; /* from martlet/library: bool and str constants stay constants */
    bool
        is_unchecked; /* its ints do not overflow, its indices are in bounds and not negative */
    bool is_generator;
    Inlining inlining;
};

#endif
