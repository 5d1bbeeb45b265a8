/* From bytes to running code: an image is checked whole, copied, its slots are filled, and it is
 * sealed. After the check no offset in it is doubted again. */
#include "image/image.h"

#include <assert.h>
#include <string.h>

#include "base/intern.h"
#include "base/vec.h"
#include "image/format.h"
#include "image/slab.h"

#if defined(__x86_64__)
enum { HOST_MACHINE = IMAGE_X86_64 };
#elif defined(__aarch64__)
enum { HOST_MACHINE = IMAGE_AARCH64 };
#else
#error "images run on x86-64 and aarch64"
#endif

uint64_t image_checksum(const void *bytes, size_t size)
{
    return intern_hash((const char *)bytes + IMAGE_CHECKED_FROM, size - IMAGE_CHECKED_FROM);
}

/* --- The check ---------------------------------------------------------------------------------- */

static bool is_within(uint64_t offset, uint64_t size, uint64_t start, uint64_t end)
{
    return offset >= start && offset <= end && size <= end - offset;
}

static bool has_sane_ranges(const ImageHeader *h)
{
    uint32_t start = sizeof *h;
    return h->size <= IMAGE_MAX_SIZE && is_within(h->body_size, 0, start, h->size) &&
           is_within(h->code_offset, h->code_size, start, h->body_size) &&
           is_within(h->import_offset, (uint64_t)h->import_count * sizeof(ImageImport),
                     h->body_size, h->size) &&
           is_within(h->symbol_offset, (uint64_t)h->symbol_count * sizeof(ImageSymbol),
                     h->body_size, h->size) &&
           is_within(h->slot_offset, (uint64_t)h->slot_count * sizeof(ImageSlot), h->body_size,
                     h->size) &&
           is_within(h->name_offset, h->name_size, h->body_size, h->size) &&
           (h->import_offset | h->symbol_offset | h->slot_offset) % 8 == 0;
}

/* Record `i` of a table, which may lie anywhere in memory. */
#define RECORD(T, record, bytes, offset, i) \
    T record;                               \
    memcpy(&record, (bytes) + (offset) + (size_t)(i) * sizeof record, sizeof record)

static bool has_sane_records(const ImageHeader *h, const uint8_t *bytes)
{
    if (h->name_size && bytes[h->name_offset + h->name_size - 1] != '\0')
        return false;
    for (uint32_t i = 0; i < h->import_count; i++) {
        RECORD(ImageImport, import, bytes, h->import_offset, i);
        if (import.name >= h->name_size || import.weak > 1)
            return false;
    }
    for (uint32_t i = 0; i < h->symbol_count; i++) {
        RECORD(ImageSymbol, symbol, bytes, h->symbol_offset, i);
        if (symbol.name >= h->name_size || symbol.is_code > 1 ||
            !is_within(symbol.offset, symbol.size, sizeof *h, h->body_size))
            return false;
    }
    for (uint32_t i = 0; i < h->slot_count; i++) {
        RECORD(ImageSlot, slot, bytes, h->slot_offset, i);
        if (!is_within(slot.offset, sizeof(uint64_t), sizeof *h, h->body_size) ||
            slot.offset % sizeof(uint64_t) != 0 ||
            (slot.import >= h->import_count && slot.import != IMAGE_BASE))
            return false;
    }
    return true;
}

/* What is wrong with the bytes; NULL when nothing is. */
static const char *find_damage(const uint8_t *bytes, size_t size)
{
    ImageHeader header;
    if (size < sizeof header)
        return "damaged image: too short";
    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, IMAGE_MAGIC, sizeof header.magic) != 0)
        return "not an image";
    if (header.version != IMAGE_VERSION)
        return "an image of another version";
    if (header.size != size)
        return "damaged image: its size is wrong";
    if (header.checksum != image_checksum(bytes, size))
        return "damaged image: its checksum is wrong";
    if (header.machine != HOST_MACHINE)
        return "an image for another machine";
    if (!has_sane_ranges(&header) || !has_sane_records(&header, bytes))
        return "damaged image: a table is wrong";
    return NULL;
}

/* --- Mapping ------------------------------------------------------------------------------------ */

static const char *name_of(const uint8_t *bytes, uint32_t name)
{
    uint32_t start;
    memcpy(&start, bytes + offsetof(ImageHeader, name_offset), sizeof start);
    return (const char *)bytes + start + name;
}

/* Addresses of the imports, on `arena`; NULL, with a reason, where nobody provides one. */
static void **find_imports(const uint8_t *bytes, ImageResolve *resolve, void *context,
                           Arena *arena, Text *error)
{
    ImageHeader header;
    memcpy(&header, bytes, sizeof header);
    void **addresses = ARENA_ARRAY(arena, void *, header.import_count + 1u);
    bool complete = true;
    for (uint32_t i = 0; i < header.import_count; i++) {
        RECORD(ImageImport, import, bytes, header.import_offset, i);
        const char *name = name_of(bytes, import.name);
        addresses[i] = resolve(context, name);
        if (addresses[i] || import.weak)
            continue;
        text_printf(error, complete ? "nobody provides the import %s" : ", %s", name);
        complete = false;
    }
    return complete ? addresses : NULL;
}

static const void *table_of(const Image *image, uint32_t offset)
{
    return image->base + offset;
}

static void fill_slots(Image *image, void *const *addresses)
{
    const ImageHeader *header = image_header(image);
    const ImageSlot *slots = table_of(image, header->slot_offset);
    for (uint32_t i = 0; i < header->slot_count; i++) {
        const void *origin =
            slots[i].import == IMAGE_BASE ? image->base : addresses[slots[i].import];
        uint64_t word = (uint64_t)(uintptr_t)origin + (uint64_t)slots[i].addend;
        memcpy(image->base + slots[i].offset, &word, sizeof word);
    }
}

static Image *fail(Text *error, const char *reason)
{
    text_puts(error, reason);
    return NULL;
}

/* Between slab_take and slab_seal nothing allocates: an arena may leave by longjmp. */
Image *image_map(ImageSpace *space, const void *bytes, size_t size, ImageResolve *resolve,
                 void *context, Text *error)
{
    const char *damage = find_damage(bytes, size);
    if (damage)
        return fail(error, damage);
    ArenaMark scratch = arena_mark(error->arena);
    void **addresses = find_imports(bytes, resolve, context, error->arena, error);
    if (!addresses)
        return NULL;
    Image *image = slab_take(space, size);
    if (!image)
        return fail(error, "no memory for code");
    memcpy(image->base, bytes, size);
    fill_slots(image, addresses);
    arena_release(error->arena, scratch);
    if (slab_seal(image))
        return image;
    slab_give(image);
    return fail(error, "the system refuses executable memory to this process");
}

void *image_symbol(const Image *image, const char *name)
{
    const ImageHeader *header = image_header(image);
    const ImageSymbol *symbols = table_of(image, header->symbol_offset);
    for (uint32_t i = 0; i < header->symbol_count; i++)
        if (strcmp(name_of(image->base, symbols[i].name), name) == 0)
            return image->base + symbols[i].offset;
    return NULL;
}

bool image_contains(const Image *image, const void *address)
{
    const ImageHeader *header = image_header(image);
    uintptr_t start = (uintptr_t)image->base + header->code_offset;
    return (uintptr_t)address - start < header->code_size;
}

size_t image_code_size(const Image *image)
{
    return image_header(image)->code_size;
}

/* --- Pins --------------------------------------------------------------------------------------- */

void image_pin(Image *image)
{
    unsigned before = atomic_fetch_add_explicit(&image->pins, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
}

void image_unpin(Image *image)
{
    unsigned before = atomic_fetch_sub_explicit(&image->pins, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before != 1)
        return;
    image_retract_gdb(image);
    slab_give(image);
}
