/* From `ast` objects of CPython to our syntax tree, by the table syntax/node.def. */
#ifndef MARTLET_PYTHON_ASTREAD_H
#define MARTLET_PYTHON_ASTREAD_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "base/map.h"
#include "syntax/ast.h"

typedef struct AstReader {
    Arena *arena; /* of the tree */
    Interner *names;
    const Source *source;
    int64_t line_shift;  /* added to the objects' line numbers */
    const Symbol *class; /* whose private names are mangled, or NULL */
    bool drops_asserts;  /* as python -O does */
    PyObject *keep;      /* a list that owns the attribute names, while reading */
    Map attributes, kinds, operators;
    PyObject *position[4];
    uint32_t depth;
    bool is_too_deep; /* the source nests too deeply: read failed for that */
} AstReader;

/* Fills what is not the caller's: -1 with an exception. The caller releases `keep` when done.
 * */
int astread_open(AstReader *reader);
/* The object and all below it. NULL with an exception, or with is_too_deep. May leave by the
 * arena's handler for lack of memory: no reference is held then but `keep`. */
Node *astread_node(AstReader *reader, PyObject *object);
/* `name` as the compiler knows it inside the class. */
const Symbol *astread_mangle(const AstReader *reader, const char *name, size_t length);

#endif
