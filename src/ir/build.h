/* Building typed IR: a cursor that appends operations and folds as it goes.
 *
 * `build_<op>` functions type their result by the rule of op.def, fold constants (with exactly the
 * semantics of the operation; an operation on constants that would raise is kept), apply identities that
 * hold for every value (x+0 on integers, not on floats), and return an existing value where they can.
 * Used by specialise and by passes.
 */
#ifndef MARTLET_IR_BUILD_H
#define MARTLET_IR_BUILD_H

#include "ir/ir.h"

typedef struct Build {
    Func *func;
    TypeTable *types;
    Region *region; /* where operations go … */
    Op *before;     /* … before this one; NULL: at the end */
    const Loc *loc;
} Build;

/* Of a number type, the constant is converted to it (which must be possible); an empty type gives
 * build_nothing. */
Value *build_const(Build *b, const Type *type, const Constant *constant);
Value *build_int(Build *b, __int128 value);                         /* of type int */
Value *build_scalar_int(Build *b, ScalarKind kind, __int128 value); /* any number kind */
Value *build_float(Build *b, ScalarKind kind, double value);
Value *build_bool(Build *b, bool value);
/* None, Const(…), modules …, and empty Optionals. */
Value *build_nothing(Build *b, const Type *type);

/* Number operations; op is one of the rows without site. Args of a Const type are taken as constants
 * of its scalar type. A constant goes to the right of what commutes. */
Value *build_unary(Build *b, OpCode op, Value *x);
Value *build_binary(Build *b, OpCode op, Value *x, Value *y);
/* add_x sub_x mul_x shl_x */
Value *build_checked(Build *b, OpCode op, Value *x, Value *y, const Site *site);
Value *build_compare(Build *b, OpCode op, Value *x, Value *y); /* result: bool */
Value *build_fma(Build *b, Value *x, Value *y, Value *z);
Value *build_bitcast(Build *b, Value *x, const Type *to);
Value *build_select(Build *b, Value *condition, Value *x, Value *y);
Value *build_convert(Build *b, Value *x, const Type *to);
Value *build_call_math(Build *b, const char *name, Value *const *args, uint32_t count);

Value *build_pack(Build *b, const Type *type, Value *const *elements);
Value *build_extract(Build *b, Value *x, uint32_t index); /* looks through pack */
Value *build_some(Build *b, const Type *type, Value *x);
Value *build_is_some(Build *b, Value *x); /* looks through some and nothing */
Value *build_unwrap(Build *b, Value *x);  /* looks through some */
/* These look through array_new, array_view and map. */
Value *build_array_dim(Build *b, Value *array, uint32_t axis);
Value *build_array_stride(Build *b, Value *array, uint32_t axis);

/* Anything else: args, one result of `type` (or none when NULL). */
Value *build_op(Build *b, OpCode op, const Type *type, Value *const *args, uint32_t count,
                Attr attr);
/* NULL when the condition is known to hold. */
Op *build_check(Build *b, Value *condition, const Site *site, Value *const *args,
                uint32_t count);

/* Control: make the op, then move b->region into op->regions[i], fill, terminate, and move back. */
Op *build_control(Build *b, OpCode op, Value *const *args, uint32_t count,
                  const Type *const *results, uint32_t result_count);
void build_terminator(Build *b, OpCode op, Op *target, Value *const *args, uint32_t count);

/* The constant that a value is known to have, or NULL: its const op's, or that of its Const type. */
const Constant *build_known(const Value *value, Constant *storage);

#endif
