/* Primitives: the functions that the compiler itself knows. primitive.def lists them; ufunc_table.def and
 * math.def are families of them. Everything composed of these is in martlet/library. */
#ifndef MARTLET_INFER_PRIMITIVE_H
#define MARTLET_INFER_PRIMITIVE_H

#include "infer/infer.h"

typedef enum PrimitiveId {
#define PRIMITIVE(id, name, params, rule) PRIMITIVE_##id,
#include "infer/primitive.def"
#undef PRIMITIVE
    PRIMITIVE_UFUNC,        /* data: UfuncId */
    PRIMITIVE_MATH,         /* data: MathId */
    PRIMITIVE_SCALAR_CLASS, /* np.float64(x); data: ScalarKind */
    PRIMITIVE_COUNT
} PrimitiveId;

typedef enum MathId {
#define MATH(id, name, c_name, args, overflow, domain) MATH_##id,
#include "infer/math.def"
#undef MATH
    MATH_COUNT
} MathId;

/* The type of the result for these args (args[i].from is ARG_MISSING for what is not given), or NULL after
 * infer_error. Variadic params arrive as one ARG_TUPLE. */
typedef const Type *PrimitiveRule(Infer *s, const Primitive *primitive, const Arg *args);

struct Primitive {
    PrimitiveId id;
    int data;
    const char *name;
    const char *params; /* "x,axis?,*rest": ? optional, * the rest, / positional only so far */
    PrimitiveRule *rule;
};

const Primitive *primitive_find(const char *qualname); /* NULL: none */
/* The nth name, for the documentation and the resolver; NULL after the last. */
const char *primitive_name(uint32_t n);
/* C name of a math function, and how many args it takes. */
const char *primitive_math_c_name(MathId id);
unsigned primitive_math_args(MathId id);
bool primitive_math_overflows(MathId id);
const char *primitive_math_domain(MathId id); /* NULL: "math domain error" in every Python */

/* ---- for the rules ---- */

/* The type of an argument, asking for its value where it comes from a parameter. */
const Type *primitive_known(Infer *s, const Arg *arg);
Span primitive_span(const Infer *s, const Arg *arg);
/* Drafts "f() takes …; this is …" and returns NULL. */
const Type *primitive_refuse(Infer *s, const Primitive *primitive, const Arg *arg,
                             const char *wants);
/* The number of dimensions that a shape says; false where it is no integer or tuple of integers. */
bool primitive_rank(const Type *shape, uint32_t *ndim);

#define PRIMITIVE(id, name, params, rule) PrimitiveRule infer_prim_##rule;
#include "infer/primitive.def"
#undef PRIMITIVE
PrimitiveRule infer_prim_ufunc, infer_prim_math, infer_prim_scalar_class;

#endif
