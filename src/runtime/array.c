/* Arrays with any strides: copying and tests for overlap.
 *
 * Compiled code writes most copies itself, as maps; rt_array_copy is for those whose two sides run
 * through memory in different orders, where blocks matter.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/abi.h"

enum {
    TILE = 32
}; /* elements in each direction: two tiles of 8-byte elements fit the first cache */

static const int64_t *strides_of(const RtArray *array)
{
    return array->shape + array->ndim;
}

static bool is_empty(const RtArray *array)
{
    for (int32_t i = 0; i < array->ndim; i++)
        if (array->shape[i] == 0)
            return true;
    return false;
}

/* ---- copying ---- */

typedef struct Axis {
    int64_t dim, to, from; /* strides in bytes */
} Axis;

/* Axes by decreasing stride of `to`; those that continue each other on both sides become one. */
static int32_t merge_axes(Axis *axes, int32_t count)
{
    for (int32_t i = 1; i < count; i++)
        for (int32_t j = i; j > 0 && llabs(axes[j - 1].to) < llabs(axes[j].to); j--) {
            Axis swapped = axes[j];
            axes[j] = axes[j - 1];
            axes[j - 1] = swapped;
        }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        Axis *last = kept ? &axes[kept - 1] : NULL;
        if (axes[i].dim == 1)
            continue;
        if (last && last->to == axes[i].to * axes[i].dim &&
            last->from == axes[i].from * axes[i].dim)
            *last = (Axis){last->dim * axes[i].dim, axes[i].to, axes[i].from};
        else
            axes[kept++] = axes[i];
    }
    return kept;
}

#define COPY_ROW(T)                     \
    for (int64_t i = 0; i < count; i++) \
    memcpy(to + i * axis->to, from + i * axis->from, sizeof(T))

static void copy_row(char *to, const char *from, const Axis *axis, int64_t count, size_t size)
{
    if (axis->to == (int64_t)size && axis->from == (int64_t)size) {
        memcpy(to, from, (size_t)count * size);
        return;
    }
    switch (size) {
    case 1:
        COPY_ROW(int8_t);
        break;
    case 2:
        COPY_ROW(int16_t);
        break;
    case 4:
        COPY_ROW(int32_t);
        break;
    case 8:
        COPY_ROW(int64_t);
        break;
    case 16:
        COPY_ROW(RtComplex128);
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + i * axis->to, from + i * axis->from, size);
    }
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The two innermost axes, in tiles where `from` runs along the outer one. */
static void copy_plane(char *to, const char *from, const Axis *outer, const Axis *inner,
                       size_t size)
{
    bool is_crossed = llabs(outer->from) < llabs(inner->from);
    int64_t width = is_crossed ? TILE : inner->dim, height = is_crossed ? TILE : outer->dim;
    for (int64_t row = 0; row < outer->dim; row += height)
        for (int64_t column = 0; column < inner->dim; column += width)
            for (int64_t i = row; i < smaller(row + height, outer->dim); i++)
                copy_row(to + i * outer->to + column * inner->to,
                         from + i * outer->from + column * inner->from, inner,
                         smaller(width, inner->dim - column), size);
}

static void copy_axes(char *to, const char *from, const Axis *axes, int32_t count, size_t size)
{
    if (count == 0)
        memcpy(to, from, size);
    else if (count == 1)
        copy_row(to, from, axes, axes->dim, size);
    else if (count == 2)
        copy_plane(to, from, axes, axes + 1, size);
    else
        for (int64_t i = 0; i < axes->dim; i++)
            copy_axes(to + i * axes->to, from + i * axes->from, axes + 1, count - 1, size);
}

void rt_array_copy(const RtArray *to, const RtArray *from)
{
    assert(to->ndim == from->ndim && to->itemsize == from->itemsize && to->ndim <= RT_MAX_DIMS);
    if (is_empty(to))
        return;
    Axis axes[RT_MAX_DIMS];
    for (int32_t i = 0; i < to->ndim; i++)
        axes[i] = (Axis){to->shape[i], strides_of(to)[i], strides_of(from)[i]};
    int32_t count = merge_axes(axes, to->ndim);
    copy_axes(to->data, from->data, axes, count, (size_t)to->itemsize);
}

/* ---- overlap ---- */

typedef struct Extent {
    uintptr_t low, high; /* bytes touched: low … high - 1 */
} Extent;

static Extent extent_of(const RtArray *array)
{
    Extent extent = {(uintptr_t)array->data,
                     (uintptr_t)array->data + (uintptr_t)array->itemsize};
    for (int32_t i = 0; i < array->ndim; i++) {
        int64_t reach = (array->shape[i] - 1) * strides_of(array)[i];
        if (reach < 0)
            extent.low += (uintptr_t)reach;
        else
            extent.high += (uintptr_t)reach;
    }
    return extent;
}

/* The same elements at the same indices, each element's memory its own. */
static bool is_same(const RtArray *a, const RtArray *b)
{
    return a->data == b->data && a->ndim == b->ndim && a->itemsize == b->itemsize &&
           memcmp(a->shape, b->shape, sizeof(int64_t) * 2 * (size_t)a->ndim) == 0;
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Interleaved arrays: every address is `data` plus a multiple of the strides' greatest divisor g;
 * when the elements fit between the multiples of g without touching, they never meet. */
static bool is_interleaved(const RtArray *a, const RtArray *b)
{
    uint64_t g = 0;
    for (int32_t i = 0; i < a->ndim; i++)
        if (a->shape[i] > 1)
            g = greatest_divisor((uint64_t)llabs(strides_of(a)[i]), g);
    for (int32_t i = 0; i < b->ndim; i++)
        if (b->shape[i] > 1)
            g = greatest_divisor((uint64_t)llabs(strides_of(b)[i]), g);
    if (g == 0)
        return false;
    int64_t apart = (int64_t)((uintptr_t)b->data - (uintptr_t)a->data) % (int64_t)g;
    uint64_t offset = (uint64_t)(apart < 0 ? apart + (int64_t)g : apart);
    return offset >= (uint64_t)a->itemsize && offset + (uint64_t)b->itemsize <= g;
}

/* May say true of arrays that do not overlap, never false of arrays that do. */
bool rt_array_overlap(const RtArray *a, const RtArray *b)
{
    if (is_empty(a) || is_empty(b) || is_same(a, b))
        return false;
    Extent x = extent_of(a), y = extent_of(b);
    if (x.high <= y.low || y.high <= x.low)
        return false;
    return !is_interleaved(a, b);
}
