/* The one function behind VEC: see vec.h. */
#include "base/vec.h"

#include <string.h>

enum { FIRST_CAP = 8 };

void *vec_grow(Arena *arena, void *data, uint32_t len, uint32_t *cap, size_t element_size)
{
    if (*cap > UINT32_MAX / 2 || element_size > (size_t)PTRDIFF_MAX / UINT32_MAX)
        arena_fail(arena);
    uint32_t more = *cap ? *cap * 2 : FIRST_CAP;
    void *grown = arena_alloc(arena, more * element_size, alignof(max_align_t));
    if (len)
        memcpy(grown, data, len * element_size);
    *cap = more;
    return grown;
}
