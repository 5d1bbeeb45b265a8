/* Calls of the functions of runtime/abi.def. */
#ifndef MARTLET_CODEGEN_RUNTIME_CALL_H
#define MARTLET_CODEGEN_RUNTIME_CALL_H

#include "codegen/emit.h"

/* The row `name` with LLVM values for its parameters, in order. */
LLVMValueRef runtime_call(Emit *e, const char *name, LLVMValueRef *args);

#endif
