/* The IR: structured SSA, one data structure for the generic and the typed stage.
 *
 * A Func has one Region. A Region has params and a list of Ops and ends in a terminator. An Op has
 * args (uses of Values), results (Values), an attr and, for control and maps, Regions. Values are visible
 * in their region after their definition and in all regions inside. `break` and `continue` name the
 * operation that they leave or repeat, which encloses them. There are no basic blocks: masks, loops and
 * cleanups follow from the nesting.
 *
 * Generic stage: Value.type is NULL; infer keeps types aside, indexed by Value.id, so that one generic
 * Func serves every signature. Typed stage: every Value has its type.
 * Everything lives on the Func's arena; removed operations stay there, unlinked.
 */
#ifndef MARTLET_IR_IR_H
#define MARTLET_IR_IR_H

#include "base/diag.h"
#include "base/map.h"
#include "types/type.h"

typedef enum OpCode {
#define OP(name, text, args, results, regions, attr, flags, meaning) OP_##name,
#include "ir/op.def"
#undef OP
    OP_COUNT
} OpCode;

typedef enum AttrKind {
    ATTR_NONE,
    ATTR_CONST,
    ATTR_NAME,
    ATTR_INT,
    ATTR_TARGET,
    ATTR_SITE,
    ATTR_CALL,
    ATTR_CODE,
    ATTR_FUNC,
} AttrKind;

enum {
    OP_PURE = 1,
    OP_READS = 2,
    OP_WRITES = 4,
    OP_RAISES = 8,
    OP_TERMINATOR = 16,
    OP_COMMUTES = 32,
};

typedef enum BinaryOperator {
#define BINARY(name, text, function) BINARY_##name,
#include "ir/operator.def"
#undef BINARY
    BINARY_COUNT,
    BINARY_IN_PLACE = 64, /* flag */
    BINARY_WIDE =
        128, /* flag: all uses narrow the result (& mask, % m …): may be carried in 128 bits */
} BinaryOperator;

typedef enum CompareOperator {
#define COMPARE(name, text) COMPARE_##name,
#include "ir/operator.def"
#undef COMPARE
    COMPARE_COUNT
} CompareOperator;

/* What a branch taken says about a value (py.refine). */
typedef enum Refinement {
    REFINE_NONE,     /* x is None */
    REFINE_NOT_NONE, /* x is not None */
    REFINE_TRUE,     /* bool(x): for an Optional, not None */
} Refinement;

typedef struct Op Op;
typedef struct Region Region;
typedef struct Value Value;
typedef struct Func Func;
typedef struct Code Code; /* ir/code.h */

/* One use of a value; args of an Op are an array of these. Linked so that all users are found. */
typedef struct Use {
    Value *value;
    Op *user;
    struct Use *next, **link; /* among the uses of value */
} Use;

struct Value {
    uint32_t id;      /* dense in the Func */
    uint32_t index;   /* which result of def, or which param of region */
    const Type *type; /* NULL in the generic stage */
    Op *def;          /* NULL for a region's param */
    Region *region;   /* the region whose param this is, or that holds def */
    Use *uses;
    const Symbol *name; /* the variable's, for dumps and messages; may be NULL */
};

/* Where an operation comes from: a place in a function; after inlining, called from `caller`. */
typedef struct Loc {
    Span span;
    const Symbol *function; /* as tracebacks name it */
    const struct Loc *caller;
} Loc;

/* How a failure surfaces in Python. `message` has one %d (integers), %g (floats, as repr) or %s
 * (str constant) for each arg; NULL: the args are the exception's own arguments, boxed by type. */
typedef struct Site {
    const Symbol *exception; /* "IndexError"; with class_info: a user's class */
    const ClassInfo *class_info;
    const char *message;
} Site;

/* Keywords and stars of a call. Arg 0 of the op is the function, then positional, then keyword values. */
typedef struct CallSpec {
    uint32_t positional;
    uint32_t keyword_count;
    const Symbol **keywords; /* of the last keyword_count args */
    uint64_t stars;          /* bit i: positional arg i is *args */
    Span *spans;             /* of the args' expressions; NULL: not known */
} CallSpec;

typedef union Attr {
    const Constant *constant;
    const Symbol *name;
    int64_t integer;
    Op *target;
    const Site *site;
    const CallSpec *call;
    Code *code;
    Func *func;
} Attr;

struct Op {
    OpCode code;
    uint16_t region_count, result_count;
    uint32_t arg_count;
    uint32_t id;    /* dense in the Func: index of side tables */
    uint32_t label; /* of control operations: dense in the Func, printed as @n */
    Use *args;
    Value *results;
    Region *regions;
    Attr attr;
    const Loc *loc; /* never NULL in what lower emits */
    Op *prev, *next;
    Region *parent;
};

struct Region {
    Op *owner; /* NULL: the Func's body */
    Func *func;
    Op *first, *last;
    Value **params;
    uint32_t param_count;
};

struct Func {
    Arena *arena;
    const Symbol *name; /* unique among the functions of one program */
    Code *code;         /* what it was lowered from; NULL for parsed and synthetic functions */
    bool typed;
    Region body;        /* its params are the function's; generic: then the captures */
    const Type *result; /* typed stage */
    uint32_t value_count, op_count, label_count;
    uint32_t call_count; /* typed stage: operations that call it, set before the passes */
    bool can_raise;      /* typed stage, set by the driver before codegen */
    Loc loc;
};

static inline Value *op_arg(const Op *op, uint32_t i)
{
    return op->args[i].value;
}

static inline Value *op_result(const Op *op, uint32_t i)
{
    return &op->results[i];
}

/* Facts of op.def. */
const char *op_text(OpCode code);
int op_arg_count(OpCode code);    /* -1: any */
int op_result_count(OpCode code); /* -1: any */
int op_region_count(OpCode code);
AttrKind op_attr_kind(OpCode code);
unsigned op_flags(OpCode code);
bool op_is_generic(OpCode code);
bool op_is_terminator(OpCode code);

/* True of types with exactly one value, which therefore hold no data at run time: None, Const, module,
 * builtin, class, dtype, Ellipsis, Unbound, and compounds of such. */
bool ir_type_is_empty(const Type *type);

/* Making and editing. New values get the func's next id; types are set by the caller (or by build.h).
 * An op with regions gets the func's next label. */
Func *ir_func_new(Arena *arena, const Symbol *name, bool typed);
Value *ir_param_add(Region *region, const Type *type, const Symbol *name);
Op *ir_op_new(Func *func, OpCode code, const Loc *loc, Value *const *args, uint32_t arg_count,
              uint32_t result_count);
void ir_op_append(Region *region, Op *op);
void ir_op_insert_before(Op *at, Op *op);
void ir_op_unlink(
    Op *op); /* out of its region, args and contents kept: to be placed elsewhere */
void ir_op_remove(
    Op *op); /* for good, with everything inside; its results must have no uses left */
void ir_region_splice(Op *at, Region *from); /* all operations of `from` go before `at` */
/* Args of an op that is placed (or has regions). */
void ir_arg_set(Op *op, uint32_t i, Value *value);
void ir_arg_remove(Op *op, uint32_t index);
void ir_args_replace(Op *op, Value *const *args,
                     uint32_t count);                 /* all args anew, any number */
void ir_value_replace(Value *old, Value *with);       /* all uses */
void ir_param_remove(Region *region, uint32_t index); /* it must have no uses left */
/* These two move results of the op in memory: pointers to them are to be taken anew (uses are kept).
 * A result that is removed must have no uses left. */
Value *ir_result_add(Op *op, const Type *type, const Symbol *name);
void ir_result_remove(Op *op, uint32_t index);
/* Is `value` defined before `at` in the same region or in one around it? */
bool ir_value_is_visible(const Value *value, const Op *at);
/* The op of `op`'s ancestors-or-self that lies directly in `region`, or NULL. */
Op *ir_ancestor_in(Op *op, const Region *region);
/* A copy of `op` (with its regions) into `func`, not placed. `map` (old → new, of values and of
 * targets) is read and extended; what it does not know stays as it is. Attrs and locations are
 * shared with the original, so its arena must outlive the copy. */
Op *ir_op_clone(Func *func, const Op *op, Map *map, Arena *scratch);
Func *ir_func_clone(Arena *arena, const Func *func);

/* Printing and parsing: print(parse(x)) == x, but for what names a Code (py.function's attr, function
 * types) and for the sign of a nan. docs/internals/ir.md shows the form. */
enum { IR_PRINT_LOCATIONS = 1 }; /* "; line:column" behind each operation */

void ir_print(const Func *func, Text *out);
void ir_print_with(const Func *func, Text *out, unsigned flags);
void ir_print_op(const Op *op, Text *out); /* without its regions */
void ir_print_value(const Value *value, Text *out);

/* The first of the functions in the text, or NULL after writing "line:column: message" to `error`.
 * A callee that the text does not define becomes a Func with an empty body. In text written by hand, a
 * value may have a name and no id. */
Func *ir_parse(Arena *arena, TypeTable *types, const char *text, Text *error);
/* All of them, in order; false as above. */
typedef VEC(Func *) Funcs;
bool ir_parse_all(Arena *arena, TypeTable *types, const char *text, Text *error, Funcs *funcs);

/* Structure, visibility, arity, and in the typed stage types; false with the first violation in error. */
bool ir_verify(const Func *func, Text *error);

#endif
