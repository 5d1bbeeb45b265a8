/* Images: compiled code as one flat, position-independent block.
 *
 * `image_link` turns the relocatable ELF object that LLVM emits into an image: code and constants,
 * relocated among themselves, plus tables of imports, symbols and slots. `image_map` puts an image
 * into memory, executable and never writable again. The bytes may be stored: an image written by
 * one process is mapped by another without LLVM. An image holds no absolute address and no
 * thread-local storage; what it needs from outside it reaches through slots, words that are
 * filled when it is mapped. The flat layout is in image/format.h.
 */
#ifndef MARTLET_IMAGE_IMAGE_H
#define MARTLET_IMAGE_IMAGE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

typedef enum ImageMachine {
    IMAGE_X86_64 = 62,
    IMAGE_AARCH64 = 183
} ImageMachine; /* e_machine */

typedef struct ImageBytes {
    uint8_t *data; /* on the arena given to image_link */
    size_t size;
} ImageBytes;

/* Links one relocatable object. False, with a reason in `error`, where the object is damaged or
 * holds something that an image cannot: writable data, thread-local storage, constructors, an
 * unknown relocation. */
bool image_link(Arena *arena, const void *object, size_t size, ImageBytes *image, Text *error);

/* Says where an import lives: a runtime function (runtime/abi.def), a C library function that LLVM
 * invents by itself (image/libcall.def), or NULL when nobody provides it. */
typedef void *ImageResolve(void *context, const char *name);

typedef struct ImageUsage {
    size_t images; /* mapped now */
    size_t slabs;  /* memory mappings made for them */
    size_t bytes;  /* resident: whole pages of images */
} ImageUsage;

/* Where mapped images live: slabs of memory that many images share. The caller owns it, does not
 * move it, and uses it from any thread. */
typedef struct ImageSpace {
    pthread_mutex_t lock; /* guards everything below and the slabs' books */
    struct Slab *slabs;
    ImageUsage usage;
} ImageSpace;

void image_space_open(ImageSpace *space);
/* Unmaps everything; no image may be in use. */
void image_space_close(ImageSpace *space);
ImageUsage image_space_usage(ImageSpace *space);
/* Around fork(), in the thread that forks: nobody else is inside the books when the memory is
 * copied. Unlock in both processes. Images survive in the child, and the two do not share them. */
void image_space_lock(ImageSpace *space);
void image_space_unlock(ImageSpace *space);

typedef struct Image Image; /* a mapped image */

/* Maps a copy. NULL, with a reason in `error`, when the bytes are damaged, were made for another
 * machine, or an import is missing. `bytes` are checked completely before anything is mapped, and
 * must not change meanwhile. `resolve` may itself map images. */
Image *image_map(ImageSpace *space, const void *bytes, size_t size, ImageResolve *resolve,
                 void *context, Text *error);
/* A global function or constant of the image; NULL when absent. */
void *image_symbol(const Image *image, const char *name);
/* Whether `address` lies in this image's code. */
bool image_contains(const Image *image, const void *address);
size_t image_code_size(const Image *image);

/* Pins: a mapped image is born with one; it is unmapped when the last is gone. Atomic. To pin, a
 * thread needs a pin that somebody holds meanwhile. */
void image_pin(Image *image);
void image_unpin(Image *image);

/* The default resolver: runtime/ and libcall.def are joined by the driver; this one knows
 * libcall.def. */
void *image_libcall(const char *name);
/* The names in libcall.def, sorted, for tests and listings; NULL after the last. */
const char *image_libcall_name(size_t index);

/* Told to tools, on request (MARTLET_PERF=1, MARTLET_GDB=1): a line in /tmp/perf-PID.map for each
 * function; the object (that the image was linked from) through GDB's JIT interface, until the
 * image is unmapped. Failure is silent: nothing depends on it. */
void image_announce_perf(const Image *image);
void image_announce_gdb(Image *image, const void *object, size_t size);

#endif
