/* From a relocatable ELF object to an image, in one pass over its relocations.
 *
 * Sections that matter are laid out in the order instructions, stubs, constants, tables of
 * addresses (.data.rel.ro), slots. Every import has one stub and one slot, whether both are used or
 * not, so that nothing needs to be counted first; slots for symbols of the image itself are appended
 * when a relocation asks for one. Unwind tables, notes and debug information are left out: nothing
 * unwinds through compiled code. The object is not trusted: every offset is checked.
 */
#include "image/image.h"

#include <assert.h>
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "base/intern.h"
#include "base/vec.h"
#include "image/format.h"
#include "image/reloc.h"

enum { SLOT_SIZE = 8, CODE_ALIGN = 64 };

typedef struct Section {
    Elf64_Shdr header;
    const char *name;
    bool kept;
    uint32_t at; /* in the image */
} Section;

typedef struct Link {
    Arena *arena;
    Text *error;
    const uint8_t *object;
    size_t size;
    const RelocMachine *machine;
    Section *sections;
    uint32_t section_count;
    Elf64_Sym *symbols;
    uint32_t symbol_count;
    const char *names; /* of symbols; the last byte is NUL */
    uint64_t names_size;
    uint32_t *import_of; /* by symbol: 1 + its import; 0: none */
    uint32_t *slot_of;   /* by symbol: the slot that holds its address; 0: none */
    ImageHeader header;
    uint8_t *body; /* header to slots, with room for a slot of every symbol */
    uint32_t stubs, got, end;
    VEC(ImageImport) imports;
    VEC(ImageSymbol) exports;
    VEC(ImageSlot) slots;
    Text texts;
} Link;

/* One relocation; numbers are offsets in the image. */
typedef struct Patch {
    const RelocRow *row;
    uint32_t symbol;
    int64_t place, addend;
    size_t before, after; /* bytes of the section in front of and from the place */
} Patch;

__attribute__((format(printf, 2, 3))) static bool refuse(Link *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_puts(l->error, arena_vprintf(l->arena, format, args));
    va_end(args);
    return false;
}

/* Addresses wrap as the machine's do: a damaged object may hold any addend. */
static int64_t add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t subtract(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t page(int64_t offset)
{
    return offset & ~INT64_C(0xfff);
}

static uint64_t align_up(uint64_t offset, uint64_t align)
{
    return (offset + align - 1) & ~(align - 1);
}

/* --- The object's tables -------------------------------------------------------------------- */

static bool in_object(const Link *l, uint64_t offset, uint64_t size)
{
    return offset <= l->size && size <= l->size - offset;
}

/* A name in a string table of which the last byte is known to be NUL; "" when out of bounds. */
static const char *name_at(const char *names, uint64_t size, uint64_t offset)
{
    return offset < size ? names + offset : "";
}

/* The string table in section `index`; NULL when damaged. */
static const char *string_table(const Link *l, uint32_t index, uint64_t *size)
{
    if (index >= l->section_count)
        return NULL;
    const Elf64_Shdr *header = &l->sections[index].header;
    if (!in_object(l, header->sh_offset, header->sh_size) || header->sh_size == 0)
        return NULL;
    const char *names = (const char *)l->object + header->sh_offset;
    *size = header->sh_size;
    return names[*size - 1] == '\0' ? names : NULL;
}

static bool read_header(Link *l, Elf64_Ehdr *header)
{
    if (l->size < sizeof *header)
        return refuse(l, "not an ELF object: too short");
    memcpy(header, l->object, sizeof *header);
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
        return refuse(l, "not a 64-bit little-endian ELF object");
    if (header->e_type != ET_REL)
        return refuse(l, "not a relocatable object (e_type %u)", header->e_type);
    if (header->e_machine == IMAGE_X86_64)
        l->machine = &reloc_x86_64;
    else if (header->e_machine == IMAGE_AARCH64)
        l->machine = &reloc_aarch64;
    else
        return refuse(l, "unknown machine %u", header->e_machine);
    if (header->e_shnum == 0 || header->e_shentsize != sizeof(Elf64_Shdr) ||
        !in_object(l, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))
        return refuse(l, "damaged object: section table");
    return true;
}

static bool read_sections(Link *l, const Elf64_Ehdr *header)
{
    l->section_count = header->e_shnum;
    l->sections = ARENA_ARRAY(l->arena, Section, l->section_count);
    for (uint32_t i = 0; i < l->section_count; i++)
        memcpy(&l->sections[i].header, l->object + header->e_shoff + i * sizeof(Elf64_Shdr),
               sizeof(Elf64_Shdr));
    uint64_t size;
    const char *names = string_table(l, header->e_shstrndx, &size);
    if (!names)
        return refuse(l, "damaged object: section names");
    for (uint32_t i = 0; i < l->section_count; i++) {
        Section *section = &l->sections[i];
        section->name = name_at(names, size, section->header.sh_name);
        if (section->header.sh_type != SHT_NOBITS &&
            !in_object(l, section->header.sh_offset, section->header.sh_size))
            return refuse(l, "damaged object: section %s", section->name);
    }
    return true;
}

static bool read_symbols(Link *l)
{
    const Elf64_Shdr *table = NULL;
    for (uint32_t i = 0; i < l->section_count && !table; i++)
        if (l->sections[i].header.sh_type == SHT_SYMTAB)
            table = &l->sections[i].header;
    if (!table)
        return refuse(l, "damaged object: no symbols");
    l->names = string_table(l, table->sh_link, &l->names_size);
    uint64_t count = table->sh_size / sizeof(Elf64_Sym);
    if (!l->names || table->sh_entsize != sizeof(Elf64_Sym) || count > IMAGE_MAX_SIZE)
        return refuse(l, "damaged object: symbol table");
    l->symbol_count = (uint32_t)count;
    l->symbols = ARENA_ARRAY(l->arena, Elf64_Sym, count);
    if (count)
        memcpy(l->symbols, l->object + table->sh_offset, count * sizeof(Elf64_Sym));
    l->import_of = ARENA_ARRAY(l->arena, uint32_t, count);
    l->slot_of = ARENA_ARRAY(l->arena, uint32_t, count);
    return true;
}

static const char *symbol_name(const Link *l, uint32_t symbol)
{
    const Elf64_Sym *s = &l->symbols[symbol];
    if (ELF64_ST_TYPE(s->st_info) == STT_SECTION && s->st_shndx < l->section_count)
        return l->sections[s->st_shndx].name;
    return name_at(l->names, l->names_size, s->st_name);
}

/* --- What is kept and what is refused --------------------------------------------------------- */

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Tables for unwinders and linkers. */
static bool is_dropped(const Section *section)
{
    const Elf64_Shdr *header = &section->header;
    return !(header->sh_flags & SHF_ALLOC) || header->sh_size == 0 ||
           header->sh_type == SHT_NOTE || header->sh_type == SHT_X86_64_UNWIND ||
           has_prefix(section->name, ".eh_frame") ||
           has_prefix(section->name, ".gcc_except_table");
}

/* Constants that hold addresses: written once, when the image is mapped. */
static bool is_address_table(const Section *section)
{
    return has_prefix(section->name, ".data.rel.ro") ||
           has_prefix(section->name, ".ldata.rel.ro");
}

/* A variable that lies in the section, for the message. */
static const char *resident(const Link *l, uint32_t section)
{
    for (uint32_t i = 1; i < l->symbol_count; i++) {
        unsigned type = ELF64_ST_TYPE(l->symbols[i].st_info);
        const char *name = symbol_name(l, i);
        if (l->symbols[i].st_shndx == section && (type == STT_OBJECT || type == STT_TLS) &&
            name[0] != '$') /* aarch64's mark of data among code */
            return name;
    }
    return "?";
}

static bool accept_section(Link *l, uint32_t index)
{
    Section *section = &l->sections[index];
    const Elf64_Shdr *header = &section->header;
    if (header->sh_flags & SHF_TLS)
        return refuse(l, "thread-local variable '%s' (%s)", resident(l, index), section->name);
    if (header->sh_type == SHT_INIT_ARRAY || header->sh_type == SHT_FINI_ARRAY ||
        header->sh_type == SHT_PREINIT_ARRAY || has_prefix(section->name, ".ctors") ||
        has_prefix(section->name, ".dtors"))
        return refuse(l, "code to run when loaded or unloaded (%s)", section->name);
    bool writable = (header->sh_flags & SHF_WRITE) && !is_address_table(section);
    if (writable || header->sh_type == SHT_NOBITS)
        return refuse(l, "writable variable '%s' (%s)", resident(l, index), section->name);
    if (header->sh_type != SHT_PROGBITS)
        return refuse(l, "section %s of unknown type %u", section->name, header->sh_type);
    if (header->sh_flags & SHF_COMPRESSED)
        return refuse(l, "compressed section %s", section->name);
    uint64_t align = header->sh_addralign;
    if (align > IMAGE_MAX_ALIGN || (align & (align - 1)) != 0)
        return refuse(l, "section %s aligned to %" PRIu64, section->name, align);
    section->kept = true;
    return true;
}

static bool accept_symbols(Link *l)
{
    for (uint32_t i = 1; i < l->symbol_count; i++) {
        const Elf64_Sym *s = &l->symbols[i];
        if (s->st_shndx == SHN_COMMON)
            return refuse(l, "writable variable '%s' (common)", symbol_name(l, i));
        if (ELF64_ST_TYPE(s->st_info) == STT_TLS)
            return refuse(l, "thread-local variable '%s'", symbol_name(l, i));
        if (ELF64_ST_TYPE(s->st_info) == STT_GNU_IFUNC)
            return refuse(l, "indirect function '%s'", symbol_name(l, i));
    }
    return true;
}

static bool accept(Link *l)
{
    for (uint32_t i = 1; i < l->section_count; i++)
        if (!is_dropped(&l->sections[i]) && !accept_section(l, i))
            return false;
    return accept_symbols(l);
}

/* --- Imports ------------------------------------------------------------------------------------ */

static uint32_t put_name(Link *l, const char *name)
{
    uint32_t at = l->texts.len;
    text_put(&l->texts, name, strlen(name) + 1);
    return at;
}

static bool is_got(const Link *l, uint32_t symbol)
{
    return strcmp(symbol_name(l, symbol), "_GLOBAL_OFFSET_TABLE_") == 0;
}

/* Undefined symbols become imports when something that is kept refers to them: unwind tables name
 * functions that nobody needs. */
static void note_import(Link *l, uint32_t symbol)
{
    const Elf64_Sym *s = &l->symbols[symbol];
    if (symbol == 0 || s->st_shndx != SHN_UNDEF || l->import_of[symbol] || is_got(l, symbol))
        return;
    ImageImport import = {
        .name = put_name(l, symbol_name(l, symbol)),
        .weak = ELF64_ST_BIND(s->st_info) == STB_WEAK,
    };
    vec_push(l->arena, &l->imports, import);
    l->import_of[symbol] = l->imports.len;
}

static Elf64_Rela relocation(const Link *l, const Section *table, uint64_t index)
{
    Elf64_Rela rela;
    memcpy(&rela, l->object + table->header.sh_offset + index * sizeof rela, sizeof rela);
    return rela;
}

static uint64_t relocation_count(const Section *table)
{
    return table->header.sh_size / sizeof(Elf64_Rela);
}

/* The kept section that a relocation table belongs to; NULL when it is of no interest. */
static Section *relocated(const Link *l, const Section *table)
{
    if (table->header.sh_type != SHT_RELA || table->header.sh_info >= l->section_count)
        return NULL;
    Section *section = &l->sections[table->header.sh_info];
    return section->kept ? section : NULL;
}

static bool read_imports(Link *l)
{
    for (uint32_t t = 1; t < l->section_count; t++) {
        const Section *table = &l->sections[t];
        if (table->header.sh_type == SHT_REL)
            return refuse(l, "relocations without addends (%s)", table->name);
        if (!relocated(l, table))
            continue;
        if (table->header.sh_entsize != sizeof(Elf64_Rela))
            return refuse(l, "damaged object: %s", table->name);
        for (uint64_t i = 0; i < relocation_count(table); i++) {
            uint64_t symbol = ELF64_R_SYM(relocation(l, table, i).r_info);
            if (symbol >= l->symbol_count)
                return refuse(l, "damaged object: %s", table->name);
            note_import(l, (uint32_t)symbol);
        }
    }
    return true;
}

/* --- Layout ------------------------------------------------------------------------------------- */

typedef enum Rank { RANK_CODE, RANK_CONSTANT, RANK_ADDRESS } Rank;

static Rank rank(const Section *section)
{
    if (section->header.sh_flags & SHF_EXECINSTR)
        return RANK_CODE;
    return section->header.sh_flags & SHF_WRITE ? RANK_ADDRESS : RANK_CONSTANT;
}

/* For a slot of every import and of every symbol of the image itself. */
static uint64_t slot_room(const Link *l)
{
    return ((uint64_t)l->imports.len + l->symbol_count) * SLOT_SIZE;
}

/* Gives every section of one rank its place; the end, or UINT64_MAX when there is too much. */
static uint64_t place_rank(Link *l, Rank wanted, uint64_t end)
{
    for (uint32_t i = 1; i < l->section_count; i++) {
        Section *section = &l->sections[i];
        if (!section->kept || rank(section) != wanted)
            continue;
        uint64_t align = section->header.sh_addralign;
        end = align_up(end, align ? align : 1);
        if (end + section->header.sh_size > IMAGE_MAX_SIZE)
            return UINT64_MAX;
        section->at = (uint32_t)end;
        end += section->header.sh_size;
    }
    return end;
}

/* Places everything that is there before relocations are applied, code first at `start`. */
static bool place_all(Link *l, uint64_t start)
{
    l->header.code_offset = (uint32_t)start;
    uint64_t end = place_rank(l, RANK_CODE, start);
    if (end == UINT64_MAX)
        return false;
    l->stubs = (uint32_t)align_up(end, 16);
    end = l->stubs + (uint64_t)l->imports.len * l->machine->stub_size;
    if (end > IMAGE_MAX_SIZE)
        return false;
    l->header.code_size = (uint32_t)(end - start);
    end = place_rank(l, RANK_CONSTANT, end);
    end = end == UINT64_MAX ? end : place_rank(l, RANK_ADDRESS, end);
    if (end == UINT64_MAX || end + slot_room(l) > IMAGE_MAX_SIZE)
        return false;
    l->got = (uint32_t)align_up(end, SLOT_SIZE);
    l->end = l->got + l->imports.len * SLOT_SIZE;
    return true;
}

/* At most what slots, tables and names will take. */
static uint64_t tail_bound(const Link *l)
{
    uint64_t bound = slot_room(l) + l->imports.len * (sizeof(ImageImport) + sizeof(ImageSlot));
    for (uint32_t i = 1; i < l->symbol_count; i++)
        if (ELF64_ST_BIND(l->symbols[i].st_info) != STB_LOCAL)
            bound += sizeof(ImageSymbol) + strlen(symbol_name(l, i)) + 1;
    return bound;
}

/* Images begin on pages, and functions at the same distance from a page compete for the same lines
 * of the instruction cache: what a small image leaves free of its last page goes, in part and by
 * chance, in front of its code. */
static uint64_t colour(const Link *l)
{
    uint64_t used = l->got + tail_bound(l);
    uint64_t lines = (align_up(used, IMAGE_MAX_ALIGN) - used) / CODE_ALIGN;
    return intern_hash(l->object, l->size < 1024 ? l->size : 1024) % (lines + 1) * CODE_ALIGN;
}

static bool lay_out(Link *l)
{
    uint64_t start = align_up(sizeof l->header, CODE_ALIGN);
    if (!place_all(l, start) || !place_all(l, start + colour(l)))
        return refuse(l, "more than %d bytes", IMAGE_MAX_SIZE);
    l->body = arena_alloc(l->arena, l->got + slot_room(l), IMAGE_MAX_ALIGN);
    return true;
}

static void copy_sections(Link *l)
{
    for (uint32_t i = 1; i < l->section_count; i++) {
        const Section *section = &l->sections[i];
        if (section->kept)
            memcpy(l->body + section->at, l->object + section->header.sh_offset,
                   section->header.sh_size);
    }
}

static uint32_t stub_of_import(const Link *l, uint32_t import)
{
    return l->stubs + import * l->machine->stub_size;
}

static void write_stubs(Link *l)
{
    for (uint32_t i = 0; i < l->imports.len; i++) {
        uint32_t slot = l->got + i * SLOT_SIZE;
        l->machine->write_stub(l->body + stub_of_import(l, i), stub_of_import(l, i), slot);
        vec_push(l->arena, &l->slots, ((ImageSlot){.offset = slot, .import = i}));
    }
}

/* --- Relocations -------------------------------------------------------------------------------- */

/* Where a symbol of the image lies. */
static bool locate(Link *l, uint32_t symbol, int64_t *at)
{
    const Elf64_Sym *s = &l->symbols[symbol];
    if (symbol != 0 && s->st_shndx == SHN_UNDEF && is_got(l, symbol)) {
        *at = l->got;
        return true;
    }
    if (s->st_shndx == SHN_UNDEF || s->st_shndx >= l->section_count)
        return refuse(l, "'%s' has an absolute address", symbol_name(l, symbol));
    const Section *section = &l->sections[s->st_shndx];
    if (!section->kept)
        return refuse(l, "'%s' lies in %s, which an image leaves out", symbol_name(l, symbol),
                      section->name);
    *at = add(section->at, (int64_t)s->st_value);
    return true;
}

/* Where the slot with the symbol's address lies; makes it when there is none. */
static bool slot_of(Link *l, uint32_t symbol, int64_t *at)
{
    if (l->import_of[symbol]) {
        *at = l->got + (int64_t)(l->import_of[symbol] - 1) * SLOT_SIZE;
        return true;
    }
    if (!l->slot_of[symbol]) {
        ImageSlot slot = {.offset = l->end, .import = IMAGE_BASE};
        if (!locate(l, symbol, &slot.addend))
            return false;
        vec_push(l->arena, &l->slots, slot);
        l->slot_of[symbol] = slot.offset;
        l->end += SLOT_SIZE;
    }
    *at = l->slot_of[symbol];
    return true;
}

/* S, or L where a branch may go through a stub. */
static bool target_of(Link *l, const Patch *patch, bool branch, int64_t *at)
{
    uint32_t import = l->import_of[patch->symbol];
    if (!import)
        return locate(l, patch->symbol, at);
    if (!branch)
        return refuse(l, "the address of import '%s' is taken without a slot (%s)",
                      symbol_name(l, patch->symbol), patch->row->name);
    *at = stub_of_import(l, import - 1);
    return true;
}

/* The place itself becomes a slot. */
static bool make_word(Link *l, const Patch *patch)
{
    uint32_t import = l->import_of[patch->symbol];
    ImageSlot slot = {
        .offset = (uint32_t)patch->place,
        .import = import ? import - 1 : IMAGE_BASE,
        .addend = patch->addend,
    };
    int64_t at = 0;
    if (!import && !locate(l, patch->symbol, &at))
        return false;
    if (patch->place % SLOT_SIZE != 0)
        return refuse(l, "an address at an odd place (%s)", patch->row->name);
    slot.addend = add(slot.addend, at);
    vec_push(l->arena, &l->slots, slot);
    return true;
}

static bool write_value(Link *l, const Patch *patch, int64_t value)
{
    if (reloc_write(patch->row, l->body + patch->place, value))
        return true;
    return refuse(l, "'%s' is out of reach (%s of %" PRId64 ")", symbol_name(l, patch->symbol),
                  patch->row->name, value);
}

static bool patch_near(Link *l, const Patch *patch, bool branch, int64_t from)
{
    int64_t at;
    if (!target_of(l, patch, branch, &at))
        return false;
    return write_value(l, patch, subtract(add(at, patch->addend), from));
}

static bool patch_slot(Link *l, const Patch *patch, int64_t from)
{
    int64_t at;
    return slot_of(l, patch->symbol, &at) &&
           write_value(l, patch, subtract(add(at, patch->addend), from));
}

static bool patch_lea(Link *l, const Patch *patch)
{
    int64_t at;
    if (!l->import_of[patch->symbol]) {
        if (!locate(l, patch->symbol, &at))
            return false;
        int64_t value = subtract(add(at, patch->addend), patch->place);
        if (value > -IMAGE_MAX_SIZE && value < IMAGE_MAX_SIZE &&
            l->machine->relax(l->body + patch->place, patch->before, patch->after, value))
            return true;
    }
    return patch_slot(l, patch, patch->place);
}

/* The two halves of an address on aarch64, of a symbol or of its slot. */
static bool patch_half(Link *l, const Patch *patch, bool slot, bool low)
{
    int64_t at;
    if (!(slot ? slot_of(l, patch->symbol, &at) : target_of(l, patch, false, &at)))
        return false;
    at = add(at, patch->addend);
    return write_value(l, patch, low ? at & 0xfff : subtract(page(at), page(patch->place)));
}

static bool apply(Link *l, const Patch *patch)
{
    const RelocMachine *machine = l->machine;
    switch (patch->row->value) {
    case RELOC_NONE:
        return true;
    case RELOC_NEAR:
        return patch_near(l, patch, machine->is_branch(l->body + patch->place, patch->before),
                          patch->place);
    case RELOC_CALL:
        return patch_near(l, patch, true, patch->place);
    case RELOC_WORD:
        return make_word(l, patch);
    case RELOC_SLOT:
        return patch_slot(l, patch, patch->place);
    case RELOC_SLOT_LEA:
        return patch_lea(l, patch);
    case RELOC_GOT:
        return write_value(l, patch, subtract(add(l->got, patch->addend), patch->place));
    case RELOC_GOT_NEAR:
        return patch_near(l, patch, false, l->got);
    case RELOC_GOT_CALL:
        return patch_near(l, patch, true, l->got);
    case RELOC_GOT_SLOT:
        return patch_slot(l, patch, l->got);
    case RELOC_PAGE:
        return patch_half(l, patch, false, false);
    case RELOC_LOW:
        return patch_half(l, patch, false, true);
    case RELOC_SLOT_PAGE:
        return patch_half(l, patch, true, false);
    case RELOC_SLOT_LOW:
        return patch_half(l, patch, true, true);
    }
    return refuse(l, "unreachable");
}

static const RelocRow *find_row(const RelocMachine *machine, uint32_t type)
{
    for (size_t i = 0; i < machine->row_count; i++)
        if (machine->rows[i].type == type)
            return &machine->rows[i];
    return NULL;
}

static bool relocate_entry(Link *l, const Section *section, const Elf64_Rela *rela)
{
    uint32_t type = (uint32_t)ELF64_R_TYPE(rela->r_info);
    Patch patch = {
        .row = find_row(l->machine, type),
        .symbol = (uint32_t)ELF64_R_SYM(rela->r_info), /* checked by read_imports */
        .addend = rela->r_addend,
    };
    uint64_t size = section->header.sh_size;
    if (!patch.row)
        return refuse(l, "relocation %u of '%s' in %s needs an absolute address or is unknown",
                      type, symbol_name(l, patch.symbol), section->name);
    if (rela->r_offset > size || reloc_size(patch.row) > size - rela->r_offset)
        return refuse(l, "damaged object: relocation outside %s", section->name);
    patch.place = section->at + (int64_t)rela->r_offset;
    patch.before = rela->r_offset;
    patch.after = size - rela->r_offset;
    return apply(l, &patch);
}

static bool relocate(Link *l)
{
    for (uint32_t t = 1; t < l->section_count; t++) {
        const Section *table = &l->sections[t];
        const Section *section = relocated(l, table);
        if (!section)
            continue;
        for (uint64_t i = 0; i < relocation_count(table); i++) {
            Elf64_Rela rela = relocation(l, table, i);
            if (!relocate_entry(l, section, &rela))
                return false;
        }
    }
    return true;
}

/* --- The image ---------------------------------------------------------------------------------- */

static bool is_exported(const Link *l, const Elf64_Sym *s)
{
    unsigned type = ELF64_ST_TYPE(s->st_info), bind = ELF64_ST_BIND(s->st_info);
    return (type == STT_FUNC || type == STT_OBJECT) && bind != STB_LOCAL &&
           s->st_shndx != SHN_UNDEF && s->st_shndx < l->section_count &&
           l->sections[s->st_shndx].kept;
}

static bool read_exports(Link *l)
{
    for (uint32_t i = 1; i < l->symbol_count; i++) {
        const Elf64_Sym *s = &l->symbols[i];
        if (!is_exported(l, s))
            continue;
        const Section *section = &l->sections[s->st_shndx];
        if (s->st_value > section->header.sh_size ||
            s->st_size > section->header.sh_size - s->st_value)
            return refuse(l, "damaged object: symbol '%s'", symbol_name(l, i));
        ImageSymbol export = {
            .name = put_name(l, symbol_name(l, i)),
            .offset = section->at + (uint32_t)s->st_value,
            .size = (uint32_t)s->st_size,
            .is_code = ELF64_ST_TYPE(s->st_info) == STT_FUNC,
        };
        vec_push(l->arena, &l->exports, export);
    }
    return true;
}

/* Appends a table to the image under construction. */
static void put_table(ImageBytes *image, const void *table, size_t size, uint32_t *offset)
{
    *offset = (uint32_t)image->size;
    if (size)
        memcpy(image->data + image->size, table, size);
    image->size += size;
}

static bool write_image(Link *l, ImageBytes *image)
{
    size_t imports = l->imports.len * sizeof *l->imports.data;
    size_t exports = l->exports.len * sizeof *l->exports.data;
    size_t slots = l->slots.len * sizeof *l->slots.data;
    size_t total = l->end + imports + exports + slots + l->texts.len;
    if (total > IMAGE_MAX_SIZE)
        return refuse(l, "more than %d bytes", IMAGE_MAX_SIZE);
    ImageHeader *header = &l->header;
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->version = IMAGE_VERSION;
    header->machine = l->machine->machine;
    header->size = (uint32_t)total;
    header->body_size = l->end;
    header->import_count = l->imports.len;
    header->symbol_count = l->exports.len;
    header->slot_count = l->slots.len;
    header->name_size = l->texts.len;
    *image = (ImageBytes){.data = arena_alloc(l->arena, total, alignof(ImageHeader))};
    uint32_t start;
    put_table(image, l->body, l->end, &start);
    put_table(image, l->imports.data, imports, &header->import_offset);
    put_table(image, l->exports.data, exports, &header->symbol_offset);
    put_table(image, l->slots.data, slots, &header->slot_offset);
    put_table(image, l->texts.data, l->texts.len, &header->name_offset);
    memcpy(image->data, header, sizeof *header);
    header->checksum = image_checksum(image->data, image->size);
    memcpy(image->data, header, sizeof *header);
    return true;
}

bool image_link(Arena *arena, const void *object, size_t size, ImageBytes *image, Text *error)
{
    Link link = {.arena = arena, .error = error, .object = object, .size = size};
    Link *l = &link;
    Elf64_Ehdr header;
    text_open(&l->texts, arena);
    if (!read_header(l, &header) || !read_sections(l, &header) || !read_symbols(l) ||
        !accept(l) || !read_imports(l) || !lay_out(l))
        return false;
    copy_sections(l);
    write_stubs(l);
    return relocate(l) && read_exports(l) && write_image(l, image);
}
