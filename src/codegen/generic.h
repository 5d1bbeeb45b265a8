/* The generic operations: they do not reach code generation, and share one emitter that says so. */
#ifndef MARTLET_CODEGEN_GENERIC_H
#define MARTLET_CODEGEN_GENERIC_H

#include "codegen/emit.h"

void emit_generic(Emit *e, const Op *op);

#define emit_PY_GLOBAL emit_generic
#define emit_PY_CELL emit_generic
#define emit_PY_UNBOUND emit_generic
#define emit_PY_BOUND emit_generic
#define emit_PY_NEG emit_generic
#define emit_PY_POS emit_generic
#define emit_PY_INVERT emit_generic
#define emit_PY_NOT emit_generic
#define emit_PY_TRUTH emit_generic
#define emit_PY_BINARY emit_generic
#define emit_PY_COMPARE emit_generic
#define emit_PY_ATTR emit_generic
#define emit_PY_SET_ATTR emit_generic
#define emit_PY_INDEX emit_generic
#define emit_PY_SET_INDEX emit_generic
#define emit_PY_DEL_INDEX emit_generic
#define emit_PY_SLICE emit_generic
#define emit_PY_TUPLE emit_generic
#define emit_PY_CONCAT emit_generic
#define emit_PY_LIST emit_generic
#define emit_PY_UNPACK emit_generic
#define emit_PY_CALL emit_generic
#define emit_PY_FUNCTION emit_generic
#define emit_PY_ITER_LEN emit_generic
#define emit_PY_ITER_ITEM emit_generic
#define emit_PY_REFINE emit_generic
#define emit_PY_IMPORT emit_generic
#define emit_PY_RAISE emit_generic
#define emit_PY_EXC_MATCH emit_generic
#define emit_PY_EXC_VALUE emit_generic
#define emit_PY_FORMAT emit_generic

#endif
