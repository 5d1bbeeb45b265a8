/* Inference: a type on every value of a generic function, for given argument types.
 *
 * Sparse and conditional: an operation is visited when control reaches it and again when the type of an
 * operand changes; branches that the types decide are never visited. Types of region params only grow
 * (types/promote.h), so the work is near-linear in the size of the function whatever the nesting.
 * One worklist serves all functions of a compile: a call to a function not yet inferred waits (its result
 * is Never) and is visited again when the callee's result is known, which makes recursion a fixpoint.
 * Errors belong to the visit that found them and are reported only if they still hold at the end.
 */
#ifndef MARTLET_INFER_INFER_H
#define MARTLET_INFER_INFER_H

#include "ir/compile.h"

typedef struct Instance Instance;
typedef struct Infer Infer;
typedef struct Primitive Primitive;

/* An error or note that a visit drafted; becomes a Finding when it survives. */
typedef struct Draft {
    DiagCode code;
    Span span;
    const char *message;
    VEC(DiagNote) notes;
} Draft;

/* Where a callee's argument comes from. */
typedef enum ArgFrom {
    ARG_MISSING, /* not given, no default (primitives: optional) */
    ARG_OPERAND, /* op arg `operand` */
    ARG_ELEMENT, /* element `element` of op arg `operand`, a tuple given as *args or a method's self */
    ARG_BINDING, /* a default */
    ARG_TUPLE,   /* the rest, for a *args param: parts */
} ArgFrom;

typedef struct Arg {
    ArgFrom from;
    uint32_t operand, element;
    const Type *type;
    const Binding *binding;
    struct Arg *parts; /* ARG_TUPLE */
    uint32_t part_count;
    const Symbol *keyword; /* while matching */
} Arg;

typedef enum PlanKind {
    PLAN_INSTANCE,    /* a function compiled along */
    PLAN_PRIMITIVE,   /* a row of primitive.def */
    PLAN_NAMED_TUPLE, /* makes a tuple of the class's type */
    PLAN_EXCEPTION,   /* makes an exception value, to be raised */
} PlanKind;

/* How a py.call (or an operator that the library implements) is carried out. */
typedef struct Plan {
    PlanKind kind;
    Instance *callee;
    const Primitive *primitive;
    Arg *args; /* one per param of the callee */
    uint32_t arg_count;
    const ClassInfo *class_info; /* PLAN_NAMED_TUPLE: has the defaults */
} Plan;

/* What inference knows of one operation. */
typedef struct OpFact {
    bool visited, queued;
    bool passed; /* control goes on after it */
    Draft *draft;
    Plan *plan;
    Binding *binding; /* py.global, py.cell, py.attr of a module, py.import */
} OpFact;

struct Instance {
    Code *code;
    Func *generic;     /* the code's, or a copy with loops over tuples unrolled */
    const Type **args; /* params, then captures */
    uint32_t arg_count;
    uint64_t hash;
    const Type **types; /* by Value.id; Never until reached */
    Draft **merges;     /* by Value.id: params and results whose lives do not merge */
    OpFact *facts;      /* by Op.id */
    bool *entered;      /* by 2 * Op.id + region */
    const Type *result; /* Never until a return is reached */
    Op *first_return;
    VEC(Instance *) callees;
    struct {
        struct {
            Instance *instance;
            Op *op;
        } *data;
        uint32_t len, cap;
    } waiting; /* visits to repeat when the result changes */
    bool started, can_raise;
    bool casts_result; /* a signature's result: returns convert as C does */
    uint32_t depth;    /* of calls from the root, for the cap */
    Func *typed;       /* by specialise */
};

typedef struct Work {
    Instance *instance;
    Op *op;
    bool walk; /* go on with the operations after it */
} Work;

struct Infer {
    Compile *c;
    Arena *arena;
    Instance *root;
    Instance *now; /* whose operation is being visited */
    Op *op;        /* which */
    VEC(Instance *) instances;
    VEC(Work) work, late; /* late: calls whose callee has another result now */
    bool restart;         /* something decided too early: begin anew, with what was learnt */
    uint32_t restarts;
    Map unrolled; /* Instance.hash → Func: generic functions with loops over tuples unrolled */
    uint64_t root_wants_const;
    bool is_surveying; /* types are settled: looking for more errors past those found */
    uint64_t steps;
};

/* How numbers promote here: NumPy's library computes as NumPy does, whatever the option says. */
static inline Promotion infer_promotion(const Infer *s)
{
    return s->now->code->is_unchecked ? PROMOTION_NUMPY : s->c->options.promotion;
}

/* Infers `code` for `args`; leaves through the diagnostics when there are errors. When typing asked for the
 * value of a root parameter, returns with root_wants_const set and the types unfinished. */
Infer *infer_run(Compile *c, Code *code, const Type *const *args, uint32_t arg_count);

/* ---- for the rules (this folder) --------------------------------------------------------------- */

/* A rule types the op's results (infer_set) and says whether control goes on after it. */
typedef bool InferRule(Infer *s, Op *op);

static inline const Type *infer_type(const Infer *s, const Value *value)
{
    return s->now->types[value->id];
}

static inline const Type *infer_arg(const Infer *s, const Op *op, uint32_t i)
{
    return s->now->types[op_arg(op, i)->id];
}

static inline OpFact *infer_fact(const Infer *s, const Op *op)
{
    return &s->now->facts[op->id];
}

/* Types result 0 and goes on; NULL: does not go on (after an error). */
bool infer_done(Infer *s, Op *op, const Type *type);
void infer_set(Infer *s, Value *value, const Type *type);
void infer_merge(Infer *s, Value *value, const Type *type, Op *from, const Value *source);
void infer_enter(Infer *s, Op *op, uint32_t region);
void infer_pass(Infer *s, Op *op); /* control goes on after `op` from now on */
void infer_revisit(Infer *s, Op *op);

/* Drafts an error at `span` (of line 0: at the op) and returns NULL, so that rules can `return infer_error(…)`. */
const Type *infer_error(Infer *s, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void infer_note(Infer *s, Span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The span of operand i's own expression, where it has one. */
Span infer_span(const Op *op, uint32_t i);
/* A type for a message. */
const char *infer_describe(Infer *s, const Type *type);
/* The value of operand must be known: its Const type, or, when it is a parameter, asks for that (restart). */
const Type *infer_constant(Infer *s, const Value *value);

/* The instance of `code` for these types (constants widened where nothing asks for them). */
Instance *infer_instance(Infer *s, Code *code, const Type *const *args, uint32_t count);
/* Its result, now; the current op is visited again when that changes. */
const Type *infer_await(Infer *s, Instance *instance);
const Type *infer_binding_type(Infer *s, const Binding *binding);

#endif
