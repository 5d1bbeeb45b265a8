/* The reader without the extension module's state: what reader.h wraps, and tests use. */
#ifndef MARTLET_PYTHON_READER_CORE_H
#define MARTLET_PYTHON_READER_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "ir/code.h"

/* What is wrong with a source. The message is owned by whom the struct is. */
typedef struct ReaderFailure {
    DiagCode code; /* E_COUNT: none */
    PyObject *message;
} ReaderFailure;

/* As reader_capture. */
int reader_capture_core(Interner *names, PyObject *function, PyObject *source, Code *code);
/* 0; -1 with an exception or, without one, a failure with its message. */
int reader_read_core(Interner *names, Code *code, ReaderFailure *failure);

#endif
