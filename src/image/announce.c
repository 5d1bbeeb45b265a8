/* Telling tools where compiled code lies: perf's map file and GDB's JIT interface.
 *
 * GDB finds `__jit_debug_descriptor` by its name and reads the list that hangs from it; this is the
 * one mutable object at file scope in the core, with the lock that guards it.
 */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/slab.h"

/* --- perf --------------------------------------------------------------------------------------- */

void image_announce_perf(const Image *image)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return;
    const ImageHeader *header = image_header(image);
    const ImageSymbol *symbols = (const void *)(image->base + header->symbol_offset);
    for (uint32_t i = 0; i < header->symbol_count; i++)
        if (symbols[i].is_code)
            dprintf(file, "%" PRIxPTR " %" PRIx32 " %s\n",
                    (uintptr_t)image->base + symbols[i].offset, symbols[i].size,
                    (const char *)image->base + header->name_offset + symbols[i].name);
    close(file);
}

/* --- GDB ---------------------------------------------------------------------------------------- */

typedef enum GdbAction { GDB_NOTHING, GDB_REGISTER, GDB_UNREGISTER } GdbAction;

typedef struct GdbDescriptor {
    uint32_t version, action;
    GdbEntry *relevant, *first;
} GdbDescriptor;

extern GdbDescriptor __jit_debug_descriptor;
void __jit_debug_register_code(void);

__attribute__((visibility("default"))) GdbDescriptor __jit_debug_descriptor = {.version = 1};
static pthread_mutex_t gdb_lock = PTHREAD_MUTEX_INITIALIZER;

/* GDB has a breakpoint here. */
__attribute__((visibility("default"), noinline)) void __jit_debug_register_code(void)
{
    __asm__ volatile("" ::: "memory");
}

static void tell_gdb(GdbEntry *entry, GdbAction action)
{
    __jit_debug_descriptor.relevant = entry;
    __jit_debug_descriptor.action = action;
    __jit_debug_register_code();
}

static void insert_entry(GdbEntry *entry)
{
    pthread_mutex_lock(&gdb_lock);
    entry->next = __jit_debug_descriptor.first;
    if (entry->next)
        entry->next->previous = entry;
    __jit_debug_descriptor.first = entry;
    tell_gdb(entry, GDB_REGISTER);
    pthread_mutex_unlock(&gdb_lock);
}

static void remove_entry(GdbEntry *entry)
{
    pthread_mutex_lock(&gdb_lock);
    if (entry->previous)
        entry->previous->next = entry->next;
    else
        __jit_debug_descriptor.first = entry->next;
    if (entry->next)
        entry->next->previous = entry->previous;
    tell_gdb(entry, GDB_UNREGISTER);
    pthread_mutex_unlock(&gdb_lock);
}

/* Sets, in a copy of the object, the address of the section that holds `symbol`, which GDB
 * relocates debug information by. */
static void set_address(Elf64_Shdr *sections, uint32_t count, const Elf64_Sym *symbol,
                        const void *address)
{
    if (symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < count)
        sections[symbol->st_shndx].sh_addr = (uintptr_t)address - symbol->st_value;
}

/* The object has passed image_link: its tables are sound. Sections without an exported function
 * (constants) stay at 0. */
static void set_addresses(const Image *image, uint8_t *object)
{
    const Elf64_Ehdr *header = (const void *)object;
    Elf64_Shdr *sections = (void *)(object + header->e_shoff);
    for (uint32_t t = 0; t < header->e_shnum; t++) {
        if (sections[t].sh_type != SHT_SYMTAB)
            continue;
        const Elf64_Sym *symbols = (const void *)(object + sections[t].sh_offset);
        const char *names = (const char *)object + sections[sections[t].sh_link].sh_offset;
        for (uint64_t i = 1; i < sections[t].sh_size / sizeof *symbols; i++) {
            const void *address = NULL;
            if (ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC)
                address = image_symbol(image, names + symbols[i].st_name);
            if (address)
                set_address(sections, header->e_shnum, &symbols[i], address);
        }
    }
}

void image_announce_gdb(Image *image, const void *object, size_t size)
{
    if (image->gdb.symfile || size < sizeof(Elf64_Ehdr))
        return;
    uint8_t *copy =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED)
        return;
    memcpy(copy, object, size);
    set_addresses(image, copy);
    image->gdb.symfile = (const char *)copy;
    image->gdb.symfile_size = size;
    insert_entry(&image->gdb);
}

void image_retract_gdb(Image *image)
{
    if (!image->gdb.symfile)
        return;
    remove_entry(&image->gdb);
    munmap((void *)(uintptr_t)image->gdb.symfile, image->gdb.symfile_size);
    image->gdb.symfile = NULL;
}
