/* Where the text of a function stands. */
#ifndef MARTLET_PYTHON_READER_SOURCE_H
#define MARTLET_PYTHON_READER_SOURCE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>

#include "base/arena.h"

/* The lines of the function's file as `linecache` has them, or those of `given` text: a new
 * list, or None where there are none. NULL with an exception. */
PyObject *reader_lines(PyObject *function, PyObject *given);

bool reader_is_lambda(const PyCodeObject *code);

/* The function's own lines on `arena`, and the index of the first: "" where it does not stand
 * in the lines. NULL with an exception. `is_given`: they may be those of the function alone. */
char *reader_text(PyCodeObject *code, PyObject *lines, bool is_given, Arena *arena,
                  uint32_t *first);

/* The k-th place where the lambda may stand: it starts in the first line and ends where the code
 * object says, if it does. False: it does not stand there; *is_last: nor in a later one. */
bool reader_lambda(PyCodeObject *code, const char *text, uint32_t k, size_t *offset,
                   size_t *length, bool *is_last);

#endif
