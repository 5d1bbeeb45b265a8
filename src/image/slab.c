/* Slabs: few memory mappings for many images.
 *
 * A slab is one anonymous private mapping: its books, then 256 pages of which every image takes a
 * run of its own. A page is inaccessible until it is taken, then writable while the image is
 * filled, then readable and executable until the image goes; it is never writable and executable,
 * and filling one image changes no page of another, which keeps running. Neighbours in the same
 * state are one mapping to the kernel, so that a slab costs some three of them. The memory of an
 * image that went is returned to the system and reads as zeros, which trap when executed.
 *
 * Private memory makes fork() safe by itself: parent and child each have their copy. (A writable
 * second view through memfd would pack images closer than pages, but parent and child would
 * write to the same memory, and code would stay writable through the view.)
 *
 * Where the system refuses to make memory executable that was writable (SELinux's execmem,
 * systemd's MemoryDenyWriteExecute), the filled pages are replaced by those of a sealed file in
 * memory: one mapping more for each image.
 */
#define _GNU_SOURCE
#include "image/slab.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__aarch64__) && defined(__linux__)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#endif

enum { SLAB_PAGES = 256, WORD_BITS = 64 };

struct Slab {
    Slab *next, *previous;
    ImageSpace *space;
    uint8_t *pages;
    size_t page_size, mapped; /* bytes; of the whole mapping */
    uint32_t page_count, free_count;
    uint64_t taken[SLAB_PAGES / WORD_BITS]; /* a bit for each page */
    Image images[]; /* the record of an image is that of its first page */
};

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* --- Books -------------------------------------------------------------------------------------- */

static bool is_taken(const Slab *slab, uint32_t page)
{
    return slab->taken[page / WORD_BITS] >> (page % WORD_BITS) & 1;
}

static void mark(Slab *slab, uint32_t first, uint32_t count, bool taken)
{
    for (uint32_t page = first; page < first + count; page++) {
        uint64_t bit = UINT64_C(1) << (page % WORD_BITS);
        if (taken)
            slab->taken[page / WORD_BITS] |= bit;
        else
            slab->taken[page / WORD_BITS] &= ~bit;
    }
    slab->free_count = taken ? slab->free_count - count : slab->free_count + count;
}

/* The first run of free pages that is long enough; page_count when there is none. */
static uint32_t find_run(const Slab *slab, uint32_t count)
{
    uint32_t run = 0;
    for (uint32_t page = 0; page < slab->page_count && slab->free_count >= count; page++) {
        run = is_taken(slab, page) ? 0 : run + 1;
        if (run == count)
            return page + 1 - count;
    }
    return slab->page_count;
}

/* An image that is larger than a slab gets one of its own, with one record. */
static bool is_large(const Slab *slab)
{
    return slab->page_count > SLAB_PAGES;
}

/* --- Slabs -------------------------------------------------------------------------------------- */

static Slab *slab_open(ImageSpace *space, uint32_t pages)
{
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    uint32_t count = pages > SLAB_PAGES ? pages : SLAB_PAGES;
    size_t records = pages > SLAB_PAGES ? 1 : SLAB_PAGES;
    size_t books = round_up(sizeof(Slab) + records * sizeof(Image), page_size);
    size_t mapped = books + count * page_size;
    Slab *slab = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab == MAP_FAILED)
        return NULL;
    /* Written to before it is split: parts of a mapping that had a page in it before merge again. */
    *slab = (Slab){
        .space = space,
        .pages = (uint8_t *)slab + books,
        .page_size = page_size,
        .mapped = mapped,
        .page_count = count,
        .free_count = count,
        .next = space->slabs,
    };
    if (mprotect(slab->pages, mapped - books, PROT_NONE) != 0) {
        munmap(slab, mapped);
        return NULL;
    }
    if (slab->next)
        slab->next->previous = slab;
    space->slabs = slab;
    space->usage.slabs++;
    return slab;
}

static void slab_close(Slab *slab)
{
    ImageSpace *space = slab->space;
    if (slab->previous)
        slab->previous->next = slab->next;
    else
        space->slabs = slab->next;
    if (slab->next)
        slab->next->previous = slab->previous;
    space->usage.slabs--;
    munmap(slab, slab->mapped);
}

/* Books a run of pages; the lock is held. NULL when there is no memory for another slab. */
static Image *book(ImageSpace *space, uint32_t count)
{
    Slab *slab = space->slabs;
    uint32_t page = 0;
    for (; slab; slab = slab->next) {
        page = find_run(slab, count);
        if (page < slab->page_count)
            break;
    }
    if (!slab) {
        slab = slab_open(space, count);
        page = 0;
    }
    if (!slab)
        return NULL;
    if (is_large(slab))
        slab->free_count = 0;
    else
        mark(slab, page, count, true);
    Image *image = &slab->images[page];
    image->slab = slab;
    image->base = slab->pages + page * slab->page_size;
    image->pages = count;
    image->is_file = false;
    space->usage.images++;
    space->usage.bytes += count * slab->page_size;
    return image;
}

static void unbook(Image *image)
{
    Slab *slab = image->slab;
    ImageSpace *space = slab->space;
    space->usage.images--;
    space->usage.bytes -= image->pages * slab->page_size;
    uint32_t page = (uint32_t)((size_t)(image->base - slab->pages) / slab->page_size);
    image->base = NULL;
    if (!is_large(slab))
        mark(slab, page, image->pages, false);
    if (is_large(slab) || slab->free_count == slab->page_count)
        slab_close(slab);
}

/* --- An image's pages --------------------------------------------------------------------------- */

static size_t extent(const Image *image)
{
    return image->pages * image->slab->page_size;
}

Image *slab_take(ImageSpace *space, size_t size)
{
    assert(size > 0 && size <= IMAGE_MAX_SIZE);
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    image_space_lock(space);
    Image *image = book(space, (uint32_t)(round_up(size, page_size) / page_size));
    image_space_unlock(space);
    if (!image)
        return NULL;
    image->size = size;
    atomic_init(&image->pins, 1);
    image->gdb = (GdbEntry){0};
    if (mprotect(image->base, extent(image), PROT_READ | PROT_WRITE) == 0)
        return image;
    slab_give(image);
    return NULL;
}

/* Replaces the filled pages by those of a file that nobody else can open or write to. */
static bool seal_as_file(Image *image)
{
    int file = memfd_create("martlet", MFD_CLOEXEC);
    if (file < 0)
        return false;
    size_t done = 0;
    while (done < extent(image)) {
        ssize_t n = write(file, image->base + done, extent(image) - done);
        if (n <= 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    if (done == extent(image))
        image->is_file = mmap(image->base, extent(image), PROT_READ | PROT_EXEC,
                              MAP_PRIVATE | MAP_FIXED, file, 0) != MAP_FAILED;
    close(file);
    return image->is_file;
}

/* Another core may have fetched what lay here before. x86 cores notice; on aarch64 the caches are
 * cleaned and every thread of the process passes a barrier before it runs on. */
static void make_visible(const Image *image)
{
    __builtin___clear_cache((char *)image->base, (char *)image->base + image->size);
#if defined(__aarch64__) && defined(__linux__)
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
#endif
}

bool slab_seal(Image *image)
{
    if (mprotect(image->base, extent(image), PROT_READ | PROT_EXEC) != 0 &&
        !seal_as_file(image))
        return false;
    make_visible(image);
    return true;
}

/* Best effort: where the system refuses, stale code stays until the pages are taken again. */
static void empty_pages(Image *image)
{
    if (image->is_file)
        mmap(image->base, extent(image), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
             0);
    else
        madvise(image->base, extent(image), MADV_DONTNEED);
}

void slab_give(Image *image)
{
    ImageSpace *space = image->slab->space;
    empty_pages(image); /* while nobody else can take them */
    image_space_lock(space);
    unbook(image);
    image_space_unlock(space);
}

/* --- The space ---------------------------------------------------------------------------------- */

void image_space_open(ImageSpace *space)
{
    *space = (ImageSpace){0};
    pthread_mutex_init(&space->lock, NULL);
#if defined(__aarch64__) && defined(__linux__)
    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
#endif
}

/* A slab goes with its last image, and then its records are gone too. */
static void close_images(Slab *slab)
{
    for (uint32_t page = 0, last = is_large(slab) ? 1 : slab->page_count; page < last; page++)
        if (slab->images[page].base)
            image_retract_gdb(&slab->images[page]);
}

void image_space_close(ImageSpace *space)
{
    while (space->slabs) {
        close_images(space->slabs);
        slab_close(space->slabs);
    }
    pthread_mutex_destroy(&space->lock);
}

void image_space_lock(ImageSpace *space)
{
    pthread_mutex_lock(&space->lock);
}

void image_space_unlock(ImageSpace *space)
{
    pthread_mutex_unlock(&space->lock);
}

ImageUsage image_space_usage(ImageSpace *space)
{
    image_space_lock(space);
    ImageUsage usage = space->usage;
    image_space_unlock(space);
    return usage;
}
