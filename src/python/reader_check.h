/* Is a source the one that a code object was compiled from? Compiles it again and compares. */
#ifndef MARTLET_PYTHON_READER_CHECK_H
#define MARTLET_PYTHON_READER_CHECK_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Parses text to an `ast` tree, as the code object's module was (its __future__ imports).
 * `mode` is Py_file_input or Py_eval_input. NULL with an exception. */
PyObject *reader_parse(const char *text, PyCodeObject *code, int mode);

/* `node` is the def or lambda in a tree parsed by reader_parse. 1: it compiles to the
 * function's code; 0: it does not; -1 with an exception. `class` is the class that private
 * names are mangled for, or NULL. */
int reader_check(PyObject *node, PyObject *function, const char *class);

#endif
