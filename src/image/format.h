/* The flat layout of an image, in memory and on disk alike:
 *
 *     ImageHeader | instructions, stubs | constants | slots | ImageImport[] | ImageSymbol[]
 *                 | ImageSlot[] | names
 *
 * Offsets count from the header's first byte, numbers are little-endian. The header lies on a page
 * boundary when mapped, so that alignments up to 4096 hold and a distance between two pages does not
 * depend on where the image is. Changing anything here, or what a slot means, needs a new
 * IMAGE_VERSION.
 */
#ifndef MARTLET_IMAGE_FORMAT_H
#define MARTLET_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are little-endian");

#define IMAGE_MAGIC "martlet\n"
enum {
    IMAGE_VERSION = 1,
    IMAGE_MAX_ALIGN = 4096,
    IMAGE_MAX_SIZE = 1 << 30, /* distances fit 32 bits */
};

typedef struct ImageHeader {
    char magic[8];
    uint64_t checksum; /* FNV-1a of all that follows this field */
    uint32_t version;
    uint32_t machine;                /* ImageMachine */
    uint32_t size;                   /* of the whole image */
    uint32_t code_offset, code_size; /* instructions and stubs */
    uint32_t body_size;              /* header to slots: all that instructions reach */
    uint32_t import_offset, import_count;
    uint32_t symbol_offset, symbol_count;
    uint32_t slot_offset, slot_count;
    uint32_t name_offset, name_size; /* NUL-terminated names */
} ImageHeader;

enum { IMAGE_CHECKED_FROM = offsetof(ImageHeader, version) };

typedef struct ImageImport {
    uint32_t name; /* offset into the names */
    uint32_t weak; /* 1: may be missing, and is then NULL */
} ImageImport;

typedef struct ImageSymbol {
    uint32_t name;
    uint32_t offset, size;
    uint32_t is_code; /* 1: a function; 0: a constant */
} ImageSymbol;

/* A 64-bit word that is filled when the image is mapped: an import's address, or that of the
 * image (IMAGE_BASE), plus the addend. */
#define IMAGE_BASE UINT32_MAX
typedef struct ImageSlot {
    uint32_t offset; /* of the word; a multiple of 8 */
    uint32_t import;
    int64_t addend;
} ImageSlot;

uint64_t image_checksum(const void *bytes, size_t size);

#endif
