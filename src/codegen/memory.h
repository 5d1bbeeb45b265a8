/* Arrays as emitters see them: parts by name, addresses, elements, and what may alias what.
 *
 * An array made in a function (array_new, map) cannot overlap anything that was there before. Each
 * such operation has an alias scope; accesses through its result, or through views of it, are in the scope,
 * and accesses through another such array or through a parameter are outside. Arrays that came out
 * of memory, calls or phis say nothing.
 */
#ifndef MARTLET_CODEGEN_MEMORY_H
#define MARTLET_CODEGEN_MEMORY_H

#include "codegen/emit.h"

typedef struct Array {
    const ArrayType *type;
    const Value *root; /* what it is a view of, itself if nothing; NULL: not known */
    LLVMValueRef owner, data;
    LLVMValueRef *dims;
    LLVMValueRef *strides; /* NULL: those of the layout */
} Array;

Array memory_array(Emit *e, const Value *value);
LLVMValueRef memory_stride(Emit *e, const Array *array, uint32_t axis); /* in bytes */
LLVMValueRef memory_count(Emit *e, const Array *array);                 /* of elements */
/* A new buffer for `bytes`; raises MemoryError through `op`. */
LLVMValueRef memory_buffer_new(Emit *e, const Op *op, LLVMValueRef bytes, bool zeroed);
LLVMValueRef memory_buffer_data(Emit *e, LLVMValueRef owner);

/* The parts of the element at an address. */
LLVMValueRef *memory_load(Emit *e, const Array *array, LLVMValueRef address);
void memory_store(Emit *e, const Array *array, LLVMValueRef address, LLVMValueRef *parts);

/* Looks for the operations that make arrays, before the body is emitted. */
void memory_open_scopes(Emit *e);
/* From here on the result of `op` is a new array. */
void memory_declare_scope(Emit *e, const Op *op);

#endif
