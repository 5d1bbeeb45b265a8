/* Lowering: a function's AST becomes generic IR, once for all signatures.
 *
 * Variables are SSA values where control flow is structured enough to see them (everything but
 * the variables of `try` bodies and reassigned captures, which are slots). Reads that may come
 * before the first assignment go through py.bound. Errors of syntax that Martlet does not
 * compile are reported for the whole function before leaving.
 */
#ifndef MARTLET_LOWER_LOWER_H
#define MARTLET_LOWER_LOWER_H

#include "ir/compile.h"

/* code->generic, made if need be (asking the resolver to read the source when code->tree is
 * NULL). */
Func *lower_code(Compile *c, Code *code);

/* Gives `code` its tree, an analysed AstFunctionDef or AstLambda (syntax/scope.h), and the
 * params. */
void lower_declare(Code *code, void *tree);

#endif
