/* Threads' contexts, and what compiled code calls back for: signals, output, exception classes.
 *
 * The callbacks may run without the GIL (nogil functions, ufunc loops), so each takes it by
 * PyGILState, which also works where it is held. They never leave by anything but return.
 */
#include "python/thread.h"

#include "python/blas.h"
#include "python/error.h"

enum {
    STACK_RESERVE = 256 << 10, /* for runtime functions and signal handlers beyond the limit */
    STACK_ASSUMED = 1 << 20,   /* where the size cannot be found out */
};

/* Lets other threads have the GIL, then looks for signals. 1: a handler raised. */
static int32_t poll(RtCtx *ctx)
{
    (void)ctx;
    if (!Py_IsInitialized())
        return 0;
    PyGILState_STATE gil = PyGILState_Ensure();
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS int32_t status =
        PyErr_CheckSignals() == 0 ? 0 : 1;
    PyGILState_Release(gil);
    return status;
}

/* Takes over `text`; NULL: an exception is set. 1: it is what compiled code raises. */
static int32_t write_object(RtCtx *ctx, PyObject *text)
{
    int32_t status = 1;
    PyObject *out = text ? PySys_GetObject("stdout") : NULL; /* borrowed */
    if (out && out != Py_None) {
        Py_INCREF(out);
        status = PyFile_WriteObject(text, out, Py_PRINT_RAW) == 0 ? 0 : 1;
        Py_DECREF(out);
    } else if (text) {
        status = 0; /* no stdout: as print() does, nothing */
    }
    Py_XDECREF(text);
    if (status != 0) {
        ctx->error.site = RT_SITE_INTERRUPT;
        ctx->error.exception = RT_EXCEPTION_OBJECT;
        ctx->error.trace_count = 0;
    }
    return status;
}

static int32_t write_text(RtCtx *ctx, const char *bytes, size_t length)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    int32_t status =
        write_object(ctx, PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)length, "replace"));
    PyGILState_Release(gil);
    return status;
}

static PyObject *box_formatted(const RtFormatted *value)
{
    switch (value->kind) {
    case 'b':
        return PyBool_FromLong(value->integer != 0);
    case 'i':
        return PyLong_FromLongLong(value->integer);
    case 'u':
        return PyLong_FromUnsignedLongLong((uint64_t)value->integer);
    case 'f':
        return PyFloat_FromDouble(value->re);
    case 'c':
        return PyComplex_FromDoubles(value->re, value->im);
    default:
        break;
    }
    PyObject *text =
        PyUnicode_DecodeUTF8(value->text, (Py_ssize_t)value->length, "surrogatepass");
    if (text && value->kind == 'r')
        Py_SETREF(text, PyObject_Repr(text));
    return text;
}

static int32_t format(RtCtx *ctx, const RtFormatted *value, bool writes)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *object = box_formatted(value), *text = NULL;
    PyObject *spec =
        PyUnicode_DecodeUTF8(value->spec, (Py_ssize_t)value->spec_length, "surrogatepass");
    if (object && spec)
        text = PyObject_Format(object, spec);
    if (text && !writes)
        Py_SETREF(text, PyUnicode_FromString(""));
    int32_t status = write_object(ctx, text);
    Py_XDECREF(object);
    Py_XDECREF(spec);
    PyGILState_Release(gil);
    return status;
}

static bool match(RtCtx *ctx, int32_t site)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    Thread *thread = ctx->owner;
    bool is_match = error_matches(thread, site);
    PyGILState_Release(gil);
    return is_match;
}

/* The lowest address of this thread's stack that compiled code may use. */
static const char *stack_limit(void)
{
    const char *here = __builtin_frame_address(0);
    size_t size = STACK_ASSUMED;
    const char *lowest = here - size;
#ifdef __linux__
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *base;
        if (pthread_attr_getstack(&attributes, &base, &size) == 0)
            lowest = base;
        pthread_attr_destroy(&attributes);
    }
#endif
    size_t reserve = size / 4 < STACK_RESERVE ? size / 4 : STACK_RESERVE;
    return lowest + reserve;
}

static void thread_free(void *thread)
{
    if (thread_current == thread)
        thread_current = NULL;
    PyMem_RawFree(thread);
}

int thread_key_open(State *state)
{
    if (pthread_key_create(&state->threads, thread_free) != 0) {
        PyErr_SetString(PyExc_RuntimeError, "martlet: no key for thread-local data is left");
        return -1;
    }
    state->has_threads = true;
    blas_find(&state->blas);
    return 0;
}

void thread_key_close(State *state)
{
    if (state->has_threads)
        pthread_key_delete(state->threads);
    state->has_threads = false;
}

_Thread_local Thread *thread_current;

static Thread *thread_new(State *state)
{
    Thread *thread = PyMem_RawCalloc(1, sizeof *thread);
    if (!thread || pthread_setspecific(state->threads, thread) != 0) {
        PyMem_RawFree(thread);
        return NULL;
    }
    thread->state = state;
    thread->ctx.stack_limit = stack_limit();
    thread->ctx.poll = poll;
    thread->ctx.write = write_text;
    thread->ctx.format = format;
    thread->ctx.match = match;
    thread->ctx.blas = &state->blas;
    thread->ctx.owner = thread;
    thread->ctx.error.site = RT_SITE_NONE;
    return thread;
}

Thread *thread_open(State *state)
{
    Thread *thread = pthread_getspecific(state->threads);
    if (!thread)
        thread = thread_new(state);
    if (thread)
        thread_current = thread;
    return thread;
}
