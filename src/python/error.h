/* Failures as Python exceptions: of compiled code, and of compiles. */
#ifndef MARTLET_PYTHON_ERROR_H
#define MARTLET_PYTHON_ERROR_H

#include "python/thread.h"

/* A class of martlet.errors, borrowed; NULL with an exception. */
PyObject *error_class(State *state, const char *name);
/* Sets an exception of a class of martlet.errors. */
void error_raise(State *state, const char *class, PyObject *text);

/* After a call of `compiled` returned 1: sets the exception that thread->ctx.error describes, with a
 * traceback entry for each compiled frame, inlined ones included. `function` is the Python function, for
 * the frames' globals. */
void error_raise_run(Thread *thread, const Compiled *compiled, PyObject *function);
/* Is the pending error an instance of the class of site number `site`? (RtCtx.match) */
bool error_matches(Thread *thread, int32_t site);

/* After a failed compile: sets the exception; its traceback ends in the user's line. */
void error_raise_compile(State *state, const CompileResult *result, PyObject *function);
/* Issues a compile's warnings. -1 when a filter made one an exception. */
int error_warn(State *state, const CompileResult *result, PyObject *function);
/* Adds an entry to the traceback of the exception that is set. */
void error_add_frame(const char *file, const char *name, int line, PyObject *globals);

#endif
