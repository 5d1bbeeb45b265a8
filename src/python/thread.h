/* Threads: what each thread needs while compiled code runs in it.
 *
 * One Thread per operating-system thread and module, made at its first call and freed when the
 * thread ends. Calls nest (a signal handler may call compiled code again): whoever enters saves what
 * it changes, and puts it back.
 */
#ifndef MARTLET_PYTHON_THREAD_H
#define MARTLET_PYTHON_THREAD_H

#include "python/state.h"

typedef struct Thread {
    RtCtx ctx; /* first: ctx.owner points here */
    State *state;
    const Compiled *running; /* the code that ctx.error's sites belong to */
    PyObject *caught; /* a signal handler's exception that compiled code caught, or NULL */
} Thread;

/* NULL, without an exception, when memory runs out: the GIL may not be held. */
Thread *thread_open(State *state);

/* The Thread that this thread used last. A key of pthreads owns it and frees it with the thread; this
 * variable saves each call the 3 ns of looking there, a fifth of a call without arguments. Where the C
 * library allows it, it is at a fixed offset from the thread pointer. */
#ifdef __GLIBC__
extern _Thread_local Thread *thread_current __attribute__((tls_model("initial-exec")));
#else
extern _Thread_local Thread *thread_current;
#endif

static inline Thread *thread_get(State *state)
{
    Thread *thread = thread_current;
    return thread && thread->state == state ? thread : thread_open(state);
}

int thread_key_open(State *state);
void thread_key_close(State *state);

typedef int32_t ThreadEntry(RtCtx *ctx, void *results, const void *args);

/* Enters compiled code with hidden arguments; the GIL may be held or not. What compiled code
 * returned. `entry` is compiled's. */
static inline int32_t thread_call(Thread *thread, const Compiled *compiled, ThreadEntry *entry,
                                  const void *hidden, void *results, const void *args)
{
    const Compiled *running = thread->running;
    const void *outer = thread->ctx.hidden;
    thread->running = compiled;
    thread->ctx.hidden = hidden;
    int32_t status = entry(&thread->ctx, results, args);
    thread->ctx.hidden = outer;
    thread->running = running;
    return status;
}

#endif
