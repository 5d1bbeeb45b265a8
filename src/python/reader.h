/* Reading functions: from a Python function object to a Code with its syntax tree.
 *
 * reader_capture takes the source text when the function is decorated: cheap, and before
 * anybody edits the file. reader_read parses it when a compile needs the tree, compares it with
 * the code object that runs, and analyses its scopes. A function without source is captured all
 * the same (the cache may know it); reading it fails, and says what to do.
 */
#ifndef MARTLET_PYTHON_READER_H
#define MARTLET_PYTHON_READER_H

#include "python/state.h"

/* Fills name, qualname, source, loc, params and handle of a fresh Code. `source`: text given by
 * the user (of the function, or of all its module), or NULL: what `linecache` has. -1 with an
 * exception. The engine's lock is held. */
int reader_capture(State *state, PyObject *function, PyObject *source, Code *code);

/* Fills code->tree of a captured Code; true when it is there already. False with an exception:
 * CompileError where there is no source or it is not the function's. The engine's lock is held.
 * */
bool reader_read(State *state, Code *code);

/* For tests: the generic IR of a function and of all functions in it, or the rendered errors,
 * as a str in *text. -1 with an exception. */
int reader_testing_generic(PyObject *function, PyObject *source, PyObject **text);
/* Likewise the syntax tree. */
int reader_testing_ast(PyObject *function, PyObject *source, PyObject **text);

#endif
