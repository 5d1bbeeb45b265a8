/* What ufuncs and generalised ufuncs share: their loops, NumPy's questions, entering compiled code. */
#ifndef MARTLET_PYTHON_UFUNC_BASE_H
#define MARTLET_PYTHON_UFUNC_BASE_H

#include "python/dispatcher.h"

enum { UFUNC_OPERANDS = 32, UFUNC_MARKERS = 7 };

/* The code for one combination of kinds. */
typedef struct UfuncVariant {
    struct UfuncVariant *next;
    _Atomic(Specialisation *) spec;
    ScalarKind kinds[UFUNC_OPERANDS]; /* of the operands that decide, Python kinds among them */
} UfuncVariant;

typedef struct UfuncData UfuncData;

/* What NumPy takes for one loop: the same type numbers; several variants where objects are inputs. */
typedef struct UfuncLoop {
    struct UfuncLoop *next;
    UfuncData *data;
    bool is_known;               /* to NumPy */
    int numbers[UFUNC_OPERANDS]; /* type numbers of inputs and outputs */
    UfuncVariant *variants;
} UfuncLoop;

struct UfuncData {
    PyObject_HEAD State *state;
    Dispatcher *dispatcher;
    PyObject *ufunc; /* borrowed: it owns this */
    uint32_t nin, nout;
    uint64_t written;  /* bit per input that the function may write, of a gufunc */
    uint32_t deciding; /* operands whose kinds a variant has: nin, or all */
    /* Compiles for kinds; NULL with an exception. */
    Specialisation *(*compile)(UfuncData *data, const ScalarKind *kinds, const Type *result);
    PyArrayMethod_StridedLoop *strided_loop;
    UfuncLoop *loops;
    _Atomic(int64_t) running; /* loops that run now, in any thread */
    Specialisation **retired;
    uint32_t retired_count;
    uint32_t marked_count;
    int marked[UFUNC_MARKERS]; /* type numbers that have a marker: see evade in ufunc_base.c */
    PyObject *texts;           /* name and documentation */
    const char *doc;
    PyUFuncGenericFunction
        *functions; /* NumPy's tables of explicit signatures: three columns */
    void **loop_data;
    char *numbers;
};

extern PyType_Spec ufunc_base_spec;

UfuncData *ufunc_base_new(State *state, Dispatcher *d, uint32_t nin, uint32_t nout);
static inline UfuncData *ufunc_base_of(PyObject *ufunc)
{
    return (UfuncData *)((PyUFuncObject *)ufunc)->obj;
}
/* Name and documentation as C strings that live as long as the data. -1 with an exception. */
int ufunc_base_texts(UfuncData *data, const char **name, const char **doc);
/* Room for `count` signatures in NumPy's tables. -1 with an exception. */
int ufunc_base_tables(UfuncData *data, Py_ssize_t count);

/* ---- loops ---- */

/* The kind of elements of a DType, Python kinds for NumPy's abstract DTypes; KIND_NONE: not ours. */
uint32_t ufunc_base_kind(const State *state, const PyArray_DTypeMeta *dtype);
/* The variant of a loop for these kinds, or NULL. */
UfuncVariant *ufunc_base_variant(const UfuncLoop *loop, const ScalarKind *kinds);
/* Adds a variant, to a loop that has these type numbers or to a new one; takes over `spec`. NULL with
 * an exception. */
UfuncLoop *ufunc_base_add(UfuncData *data, const int *numbers, const ScalarKind *kinds,
                          Specialisation *spec);

/* ---- NumPy's questions ---- */

/* `promote` is asked about all dtypes that no loop is for. -1 with an exception. */
int ufunc_base_promoter(PyObject *ufunc, PyArrayMethod_PromoterFunction *promote);
/* A promoter's first step: true when this answers. */
bool ufunc_base_answer_evaded(const UfuncData *data, PyArray_DTypeMeta *const given[],
                              PyArray_DTypeMeta **found);
/* A promoter's last step: this loop is the answer; NumPy is told of it. -1 with an exception. */
int ufunc_base_answer(PyObject *ufunc, UfuncLoop *loop, PyArray_DTypeMeta *const given[],
                      PyArray_DTypeMeta **found);
/* The loop that NumPy means. NULL with an exception. */
UfuncLoop *ufunc_base_loop(PyArrayMethod_Context *context);

/* ---- entering ---- */

/* What is being run: `hidden` are slots. */
typedef struct UfuncRun {
    UfuncLoop *loop;
    UfuncVariant *variant;
    const Specialisation *spec;
    const void *hidden;
} UfuncRun;

typedef int32_t UfuncEnter(Thread *thread, const UfuncRun *run, void *context);

/* Calls `enter` with code that is up to date, without the GIL or with, as NumPy called. 0, or -1 with an
 * exception. */
int ufunc_base_run(UfuncLoop *loop, UfuncVariant *variant, UfuncEnter *enter, void *context);

#endif
