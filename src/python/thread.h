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

/* NULL with MemoryError. */
Thread *thread_open(State *state);

static inline Thread *thread_get(State *state)
{
    Thread *thread = pthread_getspecific(state->threads);
    return thread ? thread : thread_open(state);
}

int thread_key_open(State *state);
void thread_key_close(State *state);

/* Enters compiled code with hidden arguments; the GIL may be held or not. What compiled code
 * returned. */
static inline int32_t thread_call(Thread *thread, const Compiled *compiled, const void *hidden,
                                  void *results, const void *args)
{
    const Compiled *running = thread->running;
    const void *outer = thread->ctx.hidden;
    int32_t (*entry)(RtCtx *, void *, const void *) =
        (int32_t (*)(RtCtx *, void *, const void *))compiled->entry;
    thread->running = compiled;
    thread->ctx.hidden = hidden;
    int32_t status = entry(&thread->ctx, results, args);
    thread->ctx.hidden = outer;
    thread->running = running;
    return status;
}

#endif
