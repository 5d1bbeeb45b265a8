/* Slabs: memory for mapped images. */
#ifndef MARTLET_IMAGE_SLAB_H
#define MARTLET_IMAGE_SLAB_H

#include <stdatomic.h>

#include "image/format.h"
#include "image/image.h"

/* GDB's jit_code_entry: the layout is its interface. */
typedef struct GdbEntry {
    struct GdbEntry *next, *previous;
    const char *symfile;
    uint64_t symfile_size;
} GdbEntry;

typedef struct Slab Slab;

struct Image {
    Slab *slab;
    uint8_t *base; /* the image, on a page boundary; unused records have NULL */
    size_t size;
    uint32_t pages;
    bool is_file; /* its pages are those of a file, see slab_seal */
    atomic_uint pins;
    GdbEntry gdb; /* symfile NULL: not announced */
};

/* Room for an image of `size` bytes, writable and not executable, of this thread alone; a pin
 * is set. NULL when the system has no memory. */
Image *slab_take(ImageSpace *space, size_t size);
/* Makes it executable and, for good, not writable. False when the system refuses executable memory
 * to this process; the room is still the caller's. */
bool slab_seal(Image *image);
/* Gives the room back; the slab is unmapped with its last image. */
void slab_give(Image *image);

static inline const ImageHeader *image_header(const Image *image)
{
    return (const ImageHeader *)(const void *)image->base;
}

/* announce.c: takes it back from GDB, where it was announced. */
void image_retract_gdb(Image *image);

#endif
