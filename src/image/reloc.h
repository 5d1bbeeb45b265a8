/* Relocations as data: one row says how a value is computed and where its bits go. link.c computes
 * and writes; a machine adds its rows, its stub and two questions about instructions. */
#ifndef MARTLET_IMAGE_RELOC_H
#define MARTLET_IMAGE_RELOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"

/* P the place, A the addend, S the symbol, L the symbol or, for an import, its stub; G the slot
 * that holds the symbol's address; GOT the first slot; page(x) is x without its low 12 bits. */
typedef enum RelocValue {
    RELOC_NONE,
    RELOC_NEAR,      /* S + A - P; an import only where the instruction is a branch (then L) */
    RELOC_CALL,      /* L + A - P */
    RELOC_WORD,      /* S + A, absolute: the place becomes a slot */
    RELOC_SLOT,      /* G + A - P */
    RELOC_SLOT_LEA,  /* the same, or the machine rewrites the instruction to reach S itself */
    RELOC_GOT,       /* GOT + A - P */
    RELOC_GOT_NEAR,  /* S + A - GOT */
    RELOC_GOT_CALL,  /* L + A - GOT */
    RELOC_GOT_SLOT,  /* G + A - GOT */
    RELOC_PAGE,      /* page(S + A) - page(P) */
    RELOC_LOW,       /* the low 12 bits of S + A */
    RELOC_SLOT_PAGE, /* page(G + A) - page(P) */
    RELOC_SLOT_LOW,  /* the low 12 bits of G + A */
} RelocValue;

typedef enum RelocField {
    RELOC_DATA, /* `width` bits of plain memory, signed */
    RELOC_IMM,  /* bits [at, at + width) of an instruction, signed */
    RELOC_UIMM, /* the same, unsigned */
    RELOC_BITS, /* the same, what does not fit is cut off */
    RELOC_ADR,  /* the split 21-bit immediate of adr and adrp */
    RELOC_MOVW, /* 16 signed bits of movz, which becomes movn for a negative value */
} RelocField;

typedef struct RelocRow {
    uint32_t type;
    const char *name;
    RelocValue value;
    RelocField field;
    uint8_t width;
    uint8_t shift; /* the value is shifted right first; RELOC_IMM, _UIMM and _ADR lose no bit */
    uint8_t at;
} RelocRow;

typedef struct RelocMachine {
    ImageMachine machine;
    const RelocRow *rows;
    size_t row_count;
    uint32_t stub_size;
    /* Writes a jump through a slot; where both lie in the image is given. */
    void (*write_stub)(uint8_t *stub, int64_t stub_at, int64_t slot_at);
    /* Whether the field at `place`, with `before` bytes of its section in front, is a branch's. */
    bool (*is_branch)(const uint8_t *place, size_t before);
    /* Rewrites a load from a slot into something that needs none, where the instruction has such
     * a twin; `value` is S + A - P and fits 32 bits. */
    bool (*relax)(uint8_t *place, size_t before, size_t after, int64_t value);
} RelocMachine;

extern const RelocMachine reloc_x86_64;
extern const RelocMachine reloc_aarch64;

/* Writes `value` into the field at `place`. False when it does not fit. */
bool reloc_write(const RelocRow *row, uint8_t *place, int64_t value);
/* Bytes that the field touches. */
size_t reloc_size(const RelocRow *row);

#endif
