/* Types: what a value is, known when compiling.
 *
 * Types are hash-consed and immutable: equality is pointer equality. They live on the process-wide
 * arena of their TypeTable. A function type names its Code by address and never reads it: whoever
 * frees a Code drops what is kept by the types that name it, since a later Code may get its address.
 * `type_print` and `type_parse` are inverse for every type without a Code.
 */
#ifndef MARTLET_TYPES_TYPE_H
#define MARTLET_TYPES_TYPE_H

#include "base/arena.h"
#include "base/intern.h"
#include "base/text.h"
#include "types/constant.h"
#include "types/scalar.h"

/* type.def has the rows and says how each is printed. Elements and payload:
 *
 * NEVER      bottom: no value arrives here
 * UNBOUND    a variable that has not been assigned
 * CONST      an int, bool or str whose value is known; elements[0] is its base
 * STR        a str whose value is not known: may be passed on and compared only
 * OPTIONAL   elements[0] or None
 * MAYBE      elements[0] or unbound; outside of OPTIONAL where both apply
 * TUPLE      also namedtuples: class_info, otherwise NULL
 * RANGE      elements: start, stop, step; each int or Const
 * SLICE      elements: start, stop, step; each None, an integer, Const or Optional
 * DTYPE      np.dtype(…) value, known: scalar
 * BUILTIN    a function or class that a table or the library knows: qualified name, e.g.
 *            "numpy.sqrt", "builtins.len", "numpy.float64", "builtins.ValueError"
 * CLASS      another class: name and handle (for isinstance, raise, namedtuples, enums)
 * METHOD     bound: elements[0] is self, name is the method; elements[1], if there: its FUNCTION
 * FUNCTION   Code and the types of its captures (elements)
 * ENUM       a value of an Enum class, carried as member number; elements[0]: the type of
 *            .value, absent (count 0) where the members' values have no common type
 * ITER       enumerate, zip, reversed, ndenumerate, ndindex: name, elements
 * SLOT       memory for one value of type elements[0]: variables of try, captured cells
 * EXCEPTION  a caught exception, or one being raised: name of its class, elements: args
 * POINTER    raw address: ufunc loops and runtime calls only
 */
typedef enum TypeKind {
#define TYPE_KIND(name, word, payload, least, most, merge, describe) TYPE_##name,
#include "types/type.def"
#undef TYPE_KIND
} TypeKind;

enum {
#define TYPE_KIND(name, word, payload, least, most, merge, describe) +1
    TYPE_KIND_COUNT = 0
#include "types/type.def"
#undef TYPE_KIND
};

enum {
    TYPE_NDIM_MAX = 64, /* NumPy's */
    TYPE_DEPTH_MAX = 64,
    TYPE_LEAVES_MAX = 1024,
};

typedef enum Layout { LAYOUT_C, LAYOUT_F, LAYOUT_ANY } Layout;

typedef struct Type Type;

typedef struct ArrayType {
    ScalarKind dtype;
    uint8_t ndim;
    Layout layout; /* ndim 0 and 1: C or ANY, never F */
    bool readonly, unaligned;
} ArrayType;

/* A value that a class holds: its type, and the numbers in it that are no Const of the type, in order. */
typedef struct ClassValue {
    const Type *type; /* NULL: none */
    const Constant *numbers;
} ClassValue;

/* A Python class as the compiler sees it: a namedtuple's or an enum's description. */
typedef struct ClassInfo {
    const Symbol *name;    /* qualified, unique with `handle` */
    void *handle;          /* python/'s object, immortal for the process */
    const Symbol **fields; /* namedtuple: field names; enum: member names */
    const ClassValue
        *values; /* namedtuple: defaults of the fields; enum: the members' values */
    uint32_t count;
    bool is_enum, is_int_enum;
    bool has_own_new; /* a namedtuple's class that makes its objects in its own way */
    bool is_refused;  /* defines what compiled code would not do */
} ClassInfo;

struct Type {
    TypeKind kind;
    uint32_t id; /* dense, in order of creation */
    uint64_t hash;
    const Type **elements; /* see TypeKind */
    uint32_t count;
    uint32_t depth;   /* of nesting; 1 for a type without elements */
    uint32_t leaves;  /* elements of elements … without elements, at least 1; saturates */
    bool holds_owner; /* see type_holds_owner */
    union {
        ScalarKind scalar; /* TYPE_SCALAR, TYPE_DTYPE */
        Constant constant; /* TYPE_CONST */
        ArrayType array;
        const Symbol *name;          /* MODULE, BUILTIN, METHOD, ITER, EXCEPTION */
        const ClassInfo *class_info; /* CLASS, ENUM; TUPLE: namedtuple's, or NULL */
        void *code;                  /* FUNCTION: the Code (ir/code.h) */
    };
};

typedef struct TypeTable {
    Arena *arena;
    Interner *names;
    const Type **slots;
    uint32_t len, cap;
    const Type *scalars[SCALAR_COUNT];
    ClassInfo list; /* of tuples that stand for list displays; its handle is python/'s */
    const Type *never, *unbound, *none, *str, *ellipsis, *pointer;
} TypeTable;

void type_open(TypeTable *table, Arena *arena, Interner *names);

const Type *type_scalar(TypeTable *table, ScalarKind kind);
/* int, bool, str; None and Ellipsis give their types; float, complex the scalar. The base of an
 * int is the first carrier that holds it: int, int.u64, int.i128. */
const Type *type_const(TypeTable *table, const Constant *constant);
const Type *type_const_int(TypeTable *table, __int128 value);
const Type *type_const_bool(TypeTable *table, bool value);
const Type *type_const_str(TypeTable *table, const Symbol *text);
/* These flatten: None stays None, a Never is None alone, Optional(Maybe(T)) is Maybe(Optional(T)). */
const Type *type_optional(TypeTable *table, const Type *element);
const Type *type_maybe(TypeTable *table, const Type *element); /* the same with Unbound */
const Type *type_array(TypeTable *table, ArrayType array); /* F becomes C below 2 dimensions */
const Type *type_tuple(TypeTable *table, const Type *const *elements, uint32_t count,
                       const ClassInfo *class_info);
/* RANGE, SLICE, METHOD, ITER, SLOT, EXCEPTION, MODULE, BUILTIN; `name` as TypeKind says. */
const Type *type_compound(TypeTable *table, TypeKind kind, const Symbol *name,
                          const Type *const *elements, uint32_t count);
const Type *type_dtype(TypeTable *table, ScalarKind kind);
const Type *type_class(TypeTable *table, const ClassInfo *info);
const Type *type_enum(TypeTable *table, const ClassInfo *info);
const Type *type_function(TypeTable *table, void *code, const Type *const *captures,
                          uint32_t count);

/* Predicates. `type_scalar_of` looks through Const: the scalar kind a value computes as; false for
 * what is not a number. */
bool type_scalar_of(const Type *type, ScalarKind *kind);
bool type_is_python_int(const Type *type); /* int in any carrier, Const int; not bool */
bool type_is_integer(const Type *type);    /* Python or NumPy integer, or Const; bool is not */
bool type_is_const_int(const Type *type, __int128 *value);
bool type_is_const_bool(const Type *type, bool *value);
bool type_is_const_str(const Type *type, const Symbol **text);
/* Const(3) → int, also inside of what merges part by part (tuples, Optional, slices …). */
const Type *type_widen(TypeTable *table, const Type *type);
/* Nested deeper, or with more parts, than the recursive walkers of a compiler should meet: whoever
 * builds types from a program's values refuses these. The parser does. */
bool type_is_too_large(const Type *type);
/* Has an array inside: takes part in reference counting. */
bool type_holds_owner(const Type *type);

/* "Array(float64, 1, 'C')", "Tuple(int, Const(3))", "Optional(int)" … */
void type_print(const Type *type, Text *out);
const char *type_text(const Type *type, Arena *arena);
/* For people: "int", "float64 array (1-D)", "tuple of 2", "None". */
void type_describe(const Type *type, Text *out);
/* The type at the start of `text`, with *end after it: whether anything may follow is the caller's
 * to say. NULL with the offending position in *end when there is none, or one that is too large.
 * Accepts every printed type and Numba's spellings: "float64[:]", "i4", "f8[:, ::1]",
 * "Tuple((a, b))", "UniTuple(int64, 3)", "optional(f8)", "array(float64, 1d, C)", "void". An array
 * of a Python kind is one of the NumPy kind: "float[:]" is "float64[:]". */
const Type *type_parse(TypeTable *table, const char *text, const char **end);
/* The newest class, enum or namedtuple of that name that the table has met, or NULL. */
const ClassInfo *type_find_class(const TypeTable *table, const Symbol *name);

#endif
