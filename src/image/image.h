/* Images: compiled code as one flat, position-independent block.
 *
 * `link` turns the relocatable ELF object that LLVM emits into an image: code and constants,
 * relocated among themselves, plus a table of imports by name. `map` puts an image into memory,
 * executable and not writable, and fills its private import page. `store` (bytes in memory or a file)
 * is the same layout, so that an image written by one process is mapped by another without LLVM.
 * An image holds no absolute address and no thread-local storage.
 *
 * Flat layout (all offsets from the start, little-endian, sections page aligned):
 *     ImageHeader | import records and names | symbol records and names | code + rodata | import slots
 */
#ifndef MARTLET_IMAGE_IMAGE_H
#define MARTLET_IMAGE_IMAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

typedef enum ImageMachine { IMAGE_X86_64 = 62, IMAGE_AARCH64 = 183 } ImageMachine; /* ELF e_machine */

typedef struct ImageBytes {
    uint8_t *data; /* on the arena given to image_link */
    size_t size;
} ImageBytes;

/* Links one relocatable object. False, with a reason in `error`, where the object holds something
 * that an image cannot (an unknown relocation, writable data, thread-local storage). */
bool image_link(Arena *arena, const void *object, size_t size, ImageBytes *image, Text *error);

/* Says where an import lives: a runtime function (runtime/abi.def), a C library function that LLVM
 * invents by itself (image/libcall.def), or NULL when nobody provides it. */
typedef void *ImageResolve(void *context, const char *name);

typedef struct Image Image; /* a mapped image */

/* Maps a copy. NULL, with a reason in `error`, when the bytes are damaged, made for another machine
 * or an import is missing. Images are packed in slabs: few memory mappings for many images. */
Image *image_map(const void *bytes, size_t size, ImageResolve *resolve, void *context, Text *error);
void *image_symbol(const Image *image, const char *name); /* NULL when absent */
/* Where `address` lies: true when inside this image's code. */
bool image_contains(const Image *image, const void *address);
size_t image_code_size(const Image *image);

/* Pins: a mapped image is born with one; it is unmapped when the last is gone. Thread-safe. */
void image_pin(Image *image);
void image_unpin(Image *image);

/* The default resolver: runtime/ and libcall.def are joined by the driver; this one knows libcall.def. */
void *image_libcall(const char *name);

/* Told to tools, on request (MARTLET_PERF=1, MARTLET_GDB=1): a line in /tmp/perf-PID.map for each
 * symbol; the object registered through GDB's JIT interface, and unregistered when unmapped. */
void image_announce_perf(const Image *image);
void image_announce_gdb(Image *image, const void *object, size_t size);

#endif
