/* Functions of the program: declared first, then defined one by one. */
#ifndef MARTLET_CODEGEN_PROGRAM_H
#define MARTLET_CODEGEN_PROGRAM_H

#include "codegen/emit.h"

/* As `int32_t (RtCtx *, results, parts…)`, internal. */
void program_declare(Emit *e, FuncFacts *facts);
void program_define(Emit *e, FuncFacts *facts);

/* Pieces of the above, for entry.c. */
LLVMTypeRef program_function_type(Emit *e, const LLVMTypeRef *params, unsigned count);
LLVMValueRef program_add_function(Emit *e, const char *name, LLVMTypeRef type);
/* Makes `frame` current, to emit `func` into LLVM's `function`. */
void program_open_frame(Emit *e, Frame *frame, Func *func, LLVMValueRef function);
void program_open_function(Emit *e); /* its entry block */
void program_set_param(Emit *e, uint32_t index, LLVMValueRef *parts);
/* Emits the body of the frame's func: returns 0 with results stored, or 1. */
void program_emit_body(Emit *e);

/* The calls from outside (entry.c). */
void entry_define(Emit *e, const Entry *entry);
/* Is the body of the func emitted into its entry, with no function of its own? */
bool entry_takes_body(const Emit *e, const FuncFacts *facts);

#endif
