/* How a relocation's value is put into memory or into an instruction, as its row says. */
#include "image/reloc.h"

#include <assert.h>
#include <string.h>

static bool fits_signed(int64_t value, unsigned width)
{
    if (width >= 64)
        return true;
    int64_t limit = INT64_C(1) << (width - 1);
    return value >= -limit && value < limit;
}

static uint32_t insert(uint32_t word, uint64_t bits, unsigned width, unsigned at)
{
    assert(width <= 32 && at < 32);
    uint32_t mask = (uint32_t)((UINT64_C(1) << width) - 1);
    return (word & ~(mask << at)) | (((uint32_t)bits & mask) << at);
}

static bool write_data(const RelocRow *row, uint8_t *place, int64_t value)
{
    if (!fits_signed(value, row->width))
        return false;
    memcpy(place, &value, row->width / 8u);
    return true;
}

/* The instruction with `value`, already shifted, in its field. */
static uint32_t instruction(const RelocRow *row, uint32_t word, int64_t value)
{
    switch (row->field) {
    case RELOC_ADR:
        word = insert(word, (uint64_t)value & 3, 2, 29);
        return insert(word, (uint64_t)value >> 2, 19, 5);
    case RELOC_MOVW: /* bit 30: movz, else movn */
        word = insert(word, value >= 0, 1, 30);
        return insert(word, (uint64_t)(value < 0 ? ~value : value), 16, 5);
    case RELOC_IMM:
    case RELOC_UIMM:
    case RELOC_BITS:
        return insert(word, (uint64_t)value, row->width, row->at);
    case RELOC_DATA:
        break;
    }
    return word;
}

static bool field_holds(const RelocRow *row, int64_t value)
{
    bool exact = ((uint64_t)value & ((UINT64_C(1) << row->shift) - 1)) == 0;
    int64_t shifted = value >> row->shift;
    switch (row->field) {
    case RELOC_IMM:
    case RELOC_ADR:
        return exact && fits_signed(shifted, row->width);
    case RELOC_UIMM:
        return exact && shifted >= 0 && shifted < INT64_C(1) << row->width;
    case RELOC_MOVW:
        return fits_signed(shifted, row->width + 1u);
    case RELOC_BITS:
    case RELOC_DATA:
        break;
    }
    return true;
}

size_t reloc_size(const RelocRow *row)
{
    return row->field == RELOC_DATA ? row->width / 8u : 4;
}

bool reloc_write(const RelocRow *row, uint8_t *place, int64_t value)
{
    if (row->field == RELOC_DATA)
        return write_data(row, place, value);
    if (!field_holds(row, value))
        return false;
    uint32_t word;
    memcpy(&word, place, sizeof word);
    word = instruction(row, word, value >> row->shift);
    memcpy(place, &word, sizeof word);
    return true;
}
