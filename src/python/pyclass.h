/* Python classes as the compiler sees them: descriptions of namedtuples, enums and others, made once for
 * each class and kept, with the class, for the life of the process. */
#ifndef MARTLET_PYTHON_PYCLASS_H
#define MARTLET_PYTHON_PYCLASS_H

#include "python/state.h"

/* NULL with an exception. */
const ClassInfo *pyclass_info(State *state, PyTypeObject *class);
bool pyclass_is_enum(const State *state, PyTypeObject *class);
bool pyclass_is_namedtuple(PyTypeObject *class);

/* The member of an enum by number: a new reference, or NULL with an exception. */
PyObject *pyclass_member(const ClassInfo *info, uint32_t number);
/* The number of a member, or -1 (a combination of flags, say). */
int64_t pyclass_member_number(const ClassInfo *info, PyObject *member);

#endif
