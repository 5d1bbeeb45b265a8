/* The gate around the backend: LLVM runs in no thread while the process forks, or after it began to exit.
 *
 * A child of fork has none of the other threads, and their locks would stay locked in it; at exit
 * LLVM's static destructors must not meet a compile. Threads pass the gate without the GIL.
 */
#ifndef MARTLET_PYTHON_GATE_H
#define MARTLET_PYTHON_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t inside; /* threads in the backend */
    bool is_open;    /* gate_init was called */
    bool is_shut;    /* nobody enters but `keeper` */
    pthread_t keeper;
} Gate;

void gate_init(Gate *gate);
void gate_destroy(Gate *gate);
/* Before and after the backend's work. The GIL is not held. */
void gate_enter(Gate *gate);
void gate_leave(Gate *gate);
/* Lets nobody enter but this thread, and waits until nobody else is inside. The GIL is not held. */
void gate_shut(Gate *gate);
void gate_reopen(Gate *gate);

#endif
