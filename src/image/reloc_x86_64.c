/* x86-64: the relocations that LLVM emits for position-independent code under the small, medium
 * and large code models, and the instructions that need no slot when their target is near. */
#include "image/reloc.h"

#include <elf.h>
#include <string.h>

/* Not in every <elf.h>: GOTPCRELX of instructions with longer prefixes (APX). */
#define R_X86_64_CODE_4_GOTPCRELX 43
#define R_X86_64_CODE_5_GOTPCRELX 46
#define R_X86_64_CODE_6_GOTPCRELX 49

/* clang-format off */
#define ROW(type, value, width) { R_X86_64_##type, "R_X86_64_" #type, RELOC_##value, RELOC_DATA, width, 0, 0 }
static const RelocRow rows[] = {
    /*  type              value     width */
    ROW(NONE,             NONE,     0),
    ROW(64,               WORD,     64),
    ROW(PC8,              NEAR,     8),
    ROW(PC16,             NEAR,     16),
    ROW(PC32,             NEAR,     32),
    ROW(PC64,             NEAR,     64),
    ROW(PLT32,            CALL,     32),
    ROW(GOTPCREL,         SLOT,     32),
    ROW(GOTPCREL64,       SLOT,     64),
    ROW(GOTPCRELX,        SLOT_LEA, 32),
    ROW(REX_GOTPCRELX,    SLOT_LEA, 32),
    ROW(CODE_4_GOTPCRELX, SLOT,     32),
    ROW(CODE_5_GOTPCRELX, SLOT,     32),
    ROW(CODE_6_GOTPCRELX, SLOT,     32),
    ROW(GOTPC32,          GOT,      32),
    ROW(GOTPC64,          GOT,      64),
    ROW(GOTOFF64,         GOT_NEAR, 64),
    ROW(PLTOFF64,         GOT_CALL, 64),
    ROW(GOT32,            GOT_SLOT, 32),
    ROW(GOT64,            GOT_SLOT, 64),
};
#undef ROW
/* clang-format on */

enum { STUB_SIZE = 8 };

static void write_stub(uint8_t *stub, int64_t stub_at, int64_t slot_at)
{
    static const uint8_t jump[STUB_SIZE] = {0xff, 0x25, 0, 0, 0, 0, 0xcc, 0xcc};
    int32_t distance = (int32_t)(slot_at - (stub_at + 6)); /* the image is smaller than 1 GiB */
    memcpy(stub, jump, sizeof jump);
    memcpy(stub + 2, &distance, sizeof distance);
}

/* call, jmp, or a conditional jump to another function (assemblers use PC32 for those too). */
static bool is_branch(const uint8_t *place, size_t before)
{
    if (before >= 1 && (place[-1] == 0xe8 || place[-1] == 0xe9))
        return true;
    return before >= 2 && place[-2] == 0x0f && (place[-1] & 0xf0) == 0x80;
}

/* mov → lea, call *slot → addr32 call, jmp *slot → jmp; nop. Others keep their slot. */
static bool relax(uint8_t *place, size_t before, size_t after, int64_t value)
{
    if (before < 2 || after < 4)
        return false;
    int32_t distance = (int32_t)value;
    if (place[-2] == 0x8b) {
        place[-2] = 0x8d;
    } else if (place[-2] == 0xff && place[-1] == 0x15) {
        place[-2] = 0x67;
        place[-1] = 0xe8;
    } else if (place[-2] == 0xff && place[-1] == 0x25) {
        distance++; /* the field moves one byte forward */
        place[-2] = 0xe9;
        place[3] = 0x90;
        place--;
    } else {
        return false;
    }
    memcpy(place, &distance, sizeof distance);
    return true;
}

const RelocMachine reloc_x86_64 = {
    .machine = IMAGE_X86_64,
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .stub_size = STUB_SIZE,
    .write_stub = write_stub,
    .is_branch = is_branch,
    .relax = relax,
};
