/* Arithmetic on one part: what the emitters of numbers share.
 *
 * float16 is a storage kind: its values are LLVM halves in registers, each operation widens them to
 * float32 and rounds the result, which is what NumPy computes.
 */
#ifndef MARTLET_CODEGEN_PART_H
#define MARTLET_CODEGEN_PART_H

#include "codegen/emit.h"

typedef LLVMValueRef Build1(LLVMBuilderRef, LLVMValueRef, const char *);
typedef LLVMValueRef Build2(LLVMBuilderRef, LLVMValueRef, LLVMValueRef, const char *);

/* The scalar kind that a number computes as. */
ScalarKind part_kind(const Value *value);
bool part_is_signed(ScalarKind kind);
bool part_is_float(const Emit *e, LLVMValueRef part);

LLVMValueRef part_widen(Emit *e, LLVMValueRef x);
LLVMValueRef part_narrow(Emit *e, LLVMValueRef x, LLVMTypeRef type);
LLVMValueRef part_float1(Emit *e, Build1 *build, LLVMValueRef x);
LLVMValueRef part_float2(Emit *e, Build2 *build, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef part_intrinsic(Emit *e, const char *name, LLVMValueRef *args, unsigned count);
/* libm's `name`, its f form for float32 and float16. */
LLVMValueRef part_libm(Emit *e, const char *name, LLVMValueRef *args, unsigned count);

LLVMValueRef part_compare_int(Emit *e, LLVMIntPredicate predicate, LLVMValueRef x, int64_t y);
LLVMValueRef part_compare_real(Emit *e, LLVMRealPredicate predicate, LLVMValueRef x,
                               LLVMValueRef y);
LLVMValueRef part_select(Emit *e, LLVMValueRef condition, LLVMValueRef yes, LLVMValueRef no);

/* Of two parts of one type, as eq … ge compare them. */
LLVMValueRef part_compare(Emit *e, OpCode op, bool is_signed, LLVMValueRef x, LLVMValueRef y);

/* The hooks of floordiv and mod for floats (emit_float.c). */
LLVMValueRef part_float_floordiv(Emit *e, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef part_float_mod(Emit *e, LLVMValueRef x, LLVMValueRef y);
LLVMValueRef part_float_fmod(Emit *e, LLVMValueRef x, LLVMValueRef y);

#endif
