/* Prototypes of the rules, from rules.def, and what they share. */
#ifndef MARTLET_INFER_RULES_H
#define MARTLET_INFER_RULES_H

#include "infer/infer.h"
#include "infer/ufunc_table.h"

#define RULE(name) InferRule infer_op_##name;
#include "infer/rules.def"
#undef RULE

/* Warns of integers that wrap; after the fixpoint (narrow.c). */
void infer_warn_narrow(Infer *s);

/* False, after an error: the operand is a function that would outlive the cells it captures. */
bool infer_may_leave(Infer *s, Op *op, uint32_t operand);
/* A return of `type` is reached at `op`. */
void infer_returns(Infer *s, Op *op, const Type *type);
/* Two lives do not merge: asks for the values of the flags that branches of this function test (restart). */
void infer_ask_flags(Infer *s);
/* What is said where a constant does not fit, and what to do. */
const char *infer_misfit_text(Infer *s, const Symbol *name, const char *constant,
                              const Type *kind);
extern const char infer_misfit_help[];
/* Reports literals that do not fit what their variables became. */
void infer_check_constants(Infer *s);

/* Which kinds two numbers have for an operator of Python's. */
void infer_python_operands(ScalarKind *a, ScalarKind *b);

/* An element-wise function over scalars and arrays; NULL, without an error, when it takes no such args. */
const Type *infer_elementwise(Infer *s, UfuncId ufunc, const Type *const *args);
/* Equality of dtypes, functions, classes, modules …: which they are is known. A dtype equals what stands
 * for it, a class ("numpy.float64") or a name. */
bool infer_same_object(const Type *x, const Type *y);
/* What may stand for a dtype: np.float64, float, np.dtype("f8"), "f8". */
bool infer_dtype_of(const Type *type, ScalarKind *kind);

/* Optional(T) computes as T (a None raises at run time); Maybe likewise. */
const Type *infer_value_type(const Type *type);

/* NumPy's "same_kind": what results in place and out= may be converted to. */
bool infer_same_kind(ScalarKind from, ScalarKind to);
/* Result of x OP y, or NULL after an error at the current op. */
const Type *infer_binary(Infer *s, BinaryOperator operator, bool wide, const Type *x,
                         const Type *y);
const Type *infer_compare(Infer *s, CompareOperator operator, const Type * x, const Type *y);
const Type *infer_truth(Infer *s, const Type *x);
const Type *infer_index(Infer *s, const Type *x, const Type *index);
const Type *infer_attribute(Infer *s, Op *op, const Type *x, const Symbol *name);
/* Members that a namedtuple's or enum's class defines (class.c); NULL or false, without an error, when there
 * is none. infer_class_operator: an operator of the current op, by name and by that of the reflected one. */
const Type *infer_member(Infer *s, Op *op, const Type *x, const Symbol *name);
bool infer_has_class(Infer *s, const Type *x);
const Type *infer_method(Infer *s, const Type *x, const char *name); /* a function */
bool infer_class_operator(Infer *s, const char *name, const char *reflected,
                          const Type **result);
/* Number of items and an item of an iterable; NULL after an error. */
const Type *infer_iter_len(Infer *s, const Type *x);
const Type *infer_iter_item(Infer *s, const Type *x, const Value *position);
/* Fills fact->plan for a call of `callee` and types its result. */
const Type *infer_call(Infer *s, Op *op, const Type *callee, const CallSpec *spec);
/* A call of a plain function on operands of the op. */
const Type *infer_call_method(Infer *s, const Type *function, Arg *args, uint32_t count);
/* A call that the library carries out on operands of the op; `from` says which. NULL: no such function,
 * without an error. */
const Type *infer_library(Infer *s, const char *qualname, Arg *args, uint32_t count);
/* Likewise, with a function that Python knows as first argument, and None for what is missing. */
const Type *infer_library_of_builtin(Infer *s, const char *qualname, const char *builtin,
                                     const Arg *args, uint32_t count);
/* A loop over a tuple of unlike elements: have the loop around the current op unrolled. */
void infer_unroll(Infer *s, const Value *counter);

#endif
