/* The parts of lowering, as they call each other: one file each. */
#ifndef MARTLET_LOWER_LOWERING_H
#define MARTLET_LOWER_LOWERING_H

#include "lower/flow.h"

/* expression.c: the value of an expression. */
Value *expression_lower(Lower *l, Node *node);
/* One after the other; on the compile's arena. */
Value **expression_lower_all(Lower *l, NodeList nodes);
bool expression_has_star(NodeList nodes);
Value *expression_read(Lower *l, const Symbol *name, const Node *at);
/* `op` as py.binary's attr has it. */
int64_t expression_binary(Operator op);
Value *expression_compare(Lower *l, const Node *at, CompareOperator op, Value *x, Value *y);

/* invoke.c: calls, f-strings. */
Value *invoke_call(Lower *l, Node *node);
Value *invoke_format(Lower *l, Node *node);

/* condition.c: an expression as a condition, a bool. */
Value *condition_lower(Lower *l, Node *test);
/* Is the test a literal? Then *truth is what it says. */
bool condition_is_literal(const Node *test, bool *truth);
/* Refines the variables that the test tells something about, given that it holds or does not.
 * The ones in `except` (flags by local index, may be NULL) are left alone. */
void condition_refine(Lower *l, Node *test, bool holds, const uint8_t *except);
/* assign.c: assignment, deletion. */
void assign_target(Lower *l, Node *target, Value *value);
void assign_name(Lower *l, const Symbol *name, Value *value, const Node *at);
/* The value as the `locals` option wants it in this variable. */
Value *assign_convert(Lower *l, const Symbol *variable, Value *value, const Node *at);
/* After del, or after an except clause. */
void assign_unbind(Lower *l, const Symbol *name, const Node *at);
void assign_delete(Lower *l, Node *target);
void assign_augment(Lower *l, AstAugAssign *assign);

/* statement.c */
void statement_suite(Lower *l, NodeList statements);

/* repeat.c, except.c, case.c: the larger statements; exits through them. */
void repeat_for(Lower *l, Node *node);
void repeat_while(Lower *l, Node *node);
void except_try(Lower *l, Node *node);
void except_raise(Lower *l, Node *node);
void except_assert(Lower *l, Node *node);
void case_match(Lower *l, Node *node);
/* Leaves for a frame's loop, or (NULL) returns `payload`, through the `finally`s in between. */
void repeat_exit(Lower *l, ExitKind kind, Frame *loop, Value *payload, const Node *at);
void repeat_jump(Lower *l, ExitKind kind, const Node *at); /* break, continue: the innermost */
/* Out of the try statement of a FINALLY frame, to run its finally part. */
void except_leave(Lower *l, Frame *finally, uint32_t selector, Value *payload, const Node *at);

/* closure.c: inner functions and lambdas. */
Value *closure_make(Lower *l, Node *function);
Value *closure_self(Lower *l, const Node *at);
Value *closure_peer(Lower *l, const Variable *variable, const Node *at);

/* prune.c, wide.c: what follows over the finished function. */
void prune_func(Func *func, Arena *scratch);
void wide_mark(Func *func, Arena *scratch);

#endif
