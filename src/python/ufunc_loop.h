/* The loops of one ufunc: compiled, found, run. */
#ifndef MARTLET_PYTHON_UFUNC_LOOP_H
#define MARTLET_PYTHON_UFUNC_LOOP_H

#include "python/dispatcher.h"

enum { UFUNC_OPERANDS = 32 };

/* The code for one combination of kinds. */
typedef struct UfuncVariant {
    struct UfuncVariant *next;
    _Atomic(Specialisation *) spec;
    ScalarKind kinds[UFUNC_OPERANDS]; /* of the inputs, Python kinds among them */
} UfuncVariant;

typedef struct UfuncData UfuncData;

/* What NumPy takes for one loop: the same type numbers, several variants where objects are inputs. */
typedef struct UfuncLoop {
    struct UfuncLoop *next;
    UfuncData *data;
    uint32_t nout;
    bool is_known;               /* to NumPy */
    int numbers[UFUNC_OPERANDS]; /* type numbers of inputs and outputs */
    UfuncVariant *variants;
} UfuncLoop;

struct UfuncData {
    PyObject_HEAD State *state;
    Dispatcher *dispatcher;
    uint32_t nin, nout;
    UfuncLoop *loops;
    _Atomic(int64_t) running; /* loops that run now, in any thread */
    Specialisation **retired;
    uint32_t retired_count;
    bool has_evaded; /* see ufunc.c */
    int evaded[UFUNC_OPERANDS];
    PyObject *texts;                   /* name and documentation */
    PyUFuncGenericFunction *functions; /* of PyUFunc_FromFuncAndData, with the next two */
    void **loop_data;
    char *numbers;
};

/* The loop for inputs of these kinds, compiled if need be, with an output of kind `wanted` where that is
 * not KIND_NONE. NULL with an exception. */
UfuncLoop *ufunc_loop_take(UfuncData *data, const ScalarKind *inputs, uint32_t wanted);
/* The loop for a signature (result or None, params). NULL with an exception. */
UfuncLoop *ufunc_loop_compile(UfuncData *data, PyObject *signature);
void ufunc_loops_free(UfuncData *data);

/* What NumPy calls. */
int ufunc_strided_loop(PyArrayMethod_Context *context, char *const *args,
                       const npy_intp *dimensions, const npy_intp *steps, NpyAuxData *unused);
void ufunc_legacy_loop(char **args, const npy_intp *dimensions, const npy_intp *steps,
                       void *loop);

#endif
