/* The gate around the backend. See gate.h. */
#include "python/gate.h"

void gate_init(Gate *gate)
{
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
    gate->is_open = true;
}

void gate_destroy(Gate *gate)
{
    if (!gate->is_open)
        return;
    pthread_cond_destroy(&gate->changed);
    pthread_mutex_destroy(&gate->lock);
    gate->is_open = false;
}

static bool is_shut_to_me(const Gate *gate)
{
    return gate->is_shut && !pthread_equal(gate->keeper, pthread_self());
}

void gate_enter(Gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (is_shut_to_me(gate))
        pthread_cond_wait(&gate->changed, &gate->lock);
    gate->inside++;
    pthread_mutex_unlock(&gate->lock);
}

void gate_leave(Gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->inside--;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

void gate_shut(Gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (is_shut_to_me(gate))
        pthread_cond_wait(&gate->changed, &gate->lock);
    gate->is_shut = true;
    gate->keeper = pthread_self();
    while (gate->inside > 0)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void gate_reopen(Gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->is_shut = false;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}
