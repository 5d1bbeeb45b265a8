/* Growable arrays on an arena, for any element type:
 *
 *     VEC(Op *) work = {0};
 *     vec_push(arena, &work, op);
 *     while (work.len) { Op *op = vec_pop(&work); … }
 *
 * Growing copies and leaves the old storage to the arena.
 */
#ifndef MARTLET_BASE_VEC_H
#define MARTLET_BASE_VEC_H

#include "base/arena.h"

#define VEC(T)             \
    struct {               \
        T *data;           \
        uint32_t len, cap; \
    }

/* Makes room for one more; `data` is moved, `cap` updated. */
void *vec_grow(Arena *arena, void *data, uint32_t len, uint32_t *cap, size_t element_size);

#define vec_push(arena, v, x)                                                                 \
    do {                                                                                      \
        if ((v)->len == (v)->cap)                                                             \
            (v)->data = vec_grow((arena), (v)->data, (v)->len, &(v)->cap, sizeof *(v)->data); \
        (v)->data[(v)->len++] = (x);                                                          \
    } while (0)
#define vec_pop(v) ((v)->data[--(v)->len])
#define vec_last(v) ((v)->data[(v)->len - 1])

#endif
