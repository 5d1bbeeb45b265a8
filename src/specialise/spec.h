/* Specialisation: generic operations and inferred types become typed operations.
 *
 * The generic function is walked in order; each operation has one function here that emits its meaning for
 * the types at hand through ir/build.h, which folds. Branches that inference never entered are not emitted;
 * where lives of a variable meet, values are coerced to the merged type (exactly, or an exception).
 * Values without machine parts (None, known constants, functions …) exist as types only.
 */
#ifndef MARTLET_SPECIALISE_SPEC_H
#define MARTLET_SPECIALISE_SPEC_H

#include "infer/infer.h"
#include "infer/primitive.h"
#include "infer/ufunc_table.h"
#include "ir/build.h"

typedef VEC(Func *) FuncList;

/* The typed functions of all instances that the root reaches; the root's comes first. */
void specialise_run(Compile *c, Infer *infer, FuncList *funcs);

/* ---- for the emitters (this folder) ---------------------------------------------------------------- */

typedef struct Spec {
    Compile *c;
    Arena *arena;
    Instance *now;
    FuncList *funcs;
    Func *func; /* being made */
    Build b;
    Value **values; /* typed value of each generic one, by Value.id */
    Op **targets;   /* typed operation of each generic control operation, by Op.id */
    const Op *op;   /* the generic operation being emitted */
} Spec;

/* As infer_promotion. */
static inline Promotion spec_promotion(const Spec *s)
{
    return s->now->code->is_unchecked ? PROMOTION_NUMPY : s->c->options.promotion;
}

/* Is Python's int arithmetic unchecked here, are indices? By option, or because the library vouches. */
static inline bool spec_may_wrap(const Spec *s)
{
    return s->c->options.unchecked_overflow || s->now->code->is_unchecked;
}

static inline bool spec_trusts_index(const Spec *s)
{
    return s->c->options.unchecked_bounds || s->now->code->is_unchecked;
}

typedef void SpecRule(Spec *s, const Op *op);

/* One for each operation that the generic stage may hold. */
#define RULE(name) SpecRule spec_op_##name;
#include "infer/rules.def"
#undef RULE

/* Types and values of the generic operation's operands. */
static inline const Type *spec_type(const Spec *s, const Value *generic)
{
    return s->now->types[generic->id];
}

static inline const Type *spec_arg_type(const Spec *s, const Op *op, uint32_t i)
{
    return s->now->types[op_arg(op, i)->id];
}

Value *spec_arg(Spec *s, const Op *op, uint32_t i);
void spec_result(Spec *s, const Op *op, uint32_t i,
                 Value *value);                              /* coerced to the inferred type */
Value *spec_plan_arg(Spec *s, const Op *op, const Arg *arg); /* NULL when missing */

static inline const Type *spec_scalar(const Spec *s, ScalarKind kind)
{
    return type_scalar(s->c->types, kind);
}

/* ---- coerce.c: from one type to another, exactly ---------------------------------------------------- */

/* The value as `to`, which promote_merge found to hold it; raises where a value does not fit. */
Value *spec_coerce(Spec *s, Value *value, const Type *to);
/* A number (also Const, 0-d, Optional: unwrapped with a check) as that kind, as a C cast does it. */
Value *spec_number(Spec *s, Value *value, ScalarKind kind);
/* The same with NEP 50's check: a Python int must fit a NumPy integer kind. */
Value *spec_operand(Spec *s, Value *value, ScalarKind kind);
/* What an Optional or Maybe holds, after a check; other values as they are; an IntEnum's number. */
Value *spec_unwrap(Spec *s, Value *value);
/* Raises what the interpreter raises where `value`, an operand of the current op, is None (none.c). */
void spec_check_some(Spec *s, Value *some, const Value *value);
/* Const and bool likewise as a plain `int` value for sizes and indices (INT carrier, checked). */
Value *spec_int(Spec *s, Value *value);
Value *spec_truth(Spec *s, Value *value); /* bool(x) */
/* As an element of an array: NumPy's errors for what does not fit. */
Value *spec_stored(Spec *s, Value *value, ScalarKind dtype);
/* As arrays take an index, and slices a bound: one that does not fit 64 bits raises NumPy's
 * error, or is the largest bound. */
Value *spec_as_index(Spec *s, Value *value);
Value *spec_bound(Spec *s, Value *value);
/* Int of one carrier to another, raising OverflowError where it does not fit. */
Value *spec_narrow(Spec *s, Value *value, ScalarKind kind);

/* A default of a namedtuple, or the value of an enum's member. */
Value *spec_class_value(Spec *s, const ClassValue *value);

/* ---- branch.c ---------------------------------------------------------------------------------------- */

const Site *spec_site(Spec *s, const char *exception, const char *message);
void spec_check(Spec *s, Value *condition, const char *exception, const char *message,
                Value *const *args, uint32_t count);
void spec_raise(Spec *s, const char *exception, const char *message, Value *const *args,
                uint32_t count);
/* What the Python that is compiled for says (words.def); %g is the wrong number. */
typedef enum Words {
#define WORDS(id, old, middle, new) WORDS_##id,
#include "specialise/words.def"
#undef WORDS
    WORDS_COUNT
} Words;
const char *spec_words(const Spec *s, Words words);
bool spec_is_dead(const Spec *s); /* the current region has its terminator */

/* if (condition) { … } else { … } with results: spec_if, fill, spec_else, fill, spec_end. */
typedef struct SpecIf {
    Op *op;
    Build outer;
} SpecIf;

SpecIf spec_if(Spec *s, Value *condition, const Type *const *results, uint32_t count);
void spec_else(Spec *s, SpecIf *branch, Value *const *yields, uint32_t count);
void spec_end(Spec *s, SpecIf *branch, Value *const *yields, uint32_t count);

/* ---- numbers ---------------------------------------------------------------------------------------- */

/* x OP y on Python numbers (python_number.c); `result` is the inferred kind. */
Value *spec_python_binary(Spec *s, BinaryOperator operator, Value * x, Value *y,
                          ScalarKind result, bool modular);
Value *spec_python_complex(Spec *s, BinaryOperator operator, Value * x, Value *y);
/* One element of a ufunc: args already of kind `loop`, result of kind `out` (scalar_ufunc.c). */
Value *spec_ufunc_scalar(Spec *s, UfuncId ufunc, Value *const *args, ScalarKind loop,
                         ScalarKind out);
/* NumPy's bools meet Python ints in int64, which not every int goes into; other integers are compared exactly. */
bool spec_compares_as_int64(const Spec *s, ScalarKind a, ScalarKind b);
Value *spec_compare_numbers(Spec *s, CompareOperator operator, Value * x, Value *y);
/* Any binary operator or comparison on typed values, with the type inference gave (operator.c there). */
Value *spec_binary(Spec *s, BinaryOperator operator, Value * x, Value *y, const Type *result,
                   bool modular);
Value *spec_compare(Spec *s, CompareOperator operator, Value * x, Value *y, const Type *result);

/* ---- arrays ------------------------------------------------------------------------------------------ */

/* A ufunc over scalars and arrays; result type as inferred; out: NULL or the array to fill (elementwise.c). */
Value *spec_elementwise(Spec *s, UfuncId ufunc, Value *const *args, const Type *result,
                        Value *out, const ScalarKind *dtype);
/* An array converted element by element into a new C array. */
Value *spec_array_cast(Spec *s, Value *array, ScalarKind kind);
/* dst[...] = value, broadcast; handles overlap, conversion and readonly. */
void spec_assign(Spec *s, Value *dst, Value *value);
void spec_check_writable(Spec *s, Value *array, const char *message);
Value *spec_load(Spec *s, Value *array, Value *const *indices);
/* Index i of an axis of length dim: negative counts from the end; IndexError. */
Value *spec_check_index(Spec *s, Value *index, Value *dim, uint32_t axis);
Value *spec_index(Spec *s, Value *x, Value *index, const Type *result);
Value *spec_iter_len(Spec *s, Value *x);
Value *spec_iter_item(Spec *s, Value *x, Value *position, const Type *result);
Value *spec_new_array(Spec *s, const Type *type, Value *const *dims,
                      bool zeroed); /* checks dims ≥ 0 */
Value *spec_view(Spec *s, Value *base, const Type *type, Value *offset, Value *const *dims,
                 Value *const *strides); /* strides NULL: C order */

/* ---- calls ------------------------------------------------------------------------------------------- */

/* The typed function of an instance, made when first asked for. */
Func *spec_func(Spec *s, Instance *instance);
Value *spec_plan(Spec *s, const Op *op, const Plan *plan);

typedef Value *PrimitiveSpec(Spec *s, const Op *op, const Plan *plan, Value *const *args);
#define PRIMITIVE(id, name, params, rule) PrimitiveSpec spec_prim_##id;
#include "infer/primitive.def"
#undef PRIMITIVE
PrimitiveSpec spec_prim_ufunc, spec_prim_math, spec_prim_scalar_class;

#endif
