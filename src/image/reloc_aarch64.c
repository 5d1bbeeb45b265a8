/* aarch64: the relocations that LLVM emits for position-independent code under the tiny and small
 * code models. Absolute immediates (MOVW_UABS) are refused by not being here. */
#include "image/reloc.h"

#include <elf.h>
#include <string.h>

#ifndef R_AARCH64_PLT32
#define R_AARCH64_PLT32 314
#endif

/* clang-format off */
#define ROW(type, value, field, width, shift, at) \
    { R_AARCH64_##type, "R_AARCH64_" #type, RELOC_##value, RELOC_##field, width, shift, at }
static const RelocRow rows[] = {
    /*  type                 value      field  width shift at */
    ROW(NONE,                NONE,      DATA,  0,    0,    0),
    ROW(ABS64,               WORD,      DATA,  64,   0,    0),
    ROW(PREL16,              NEAR,      DATA,  16,   0,    0),
    ROW(PREL32,              NEAR,      DATA,  32,   0,    0),
    ROW(PREL64,              NEAR,      DATA,  64,   0,    0),
    ROW(PLT32,               CALL,      DATA,  32,   0,    0),
    ROW(CALL26,              CALL,      IMM,   26,   2,    0),
    ROW(JUMP26,              CALL,      IMM,   26,   2,    0),
    ROW(CONDBR19,            CALL,      IMM,   19,   2,    5),
    ROW(TSTBR14,             CALL,      IMM,   14,   2,    5),
    ROW(LD_PREL_LO19,        NEAR,      IMM,   19,   2,    5),
    ROW(ADR_PREL_LO21,       NEAR,      ADR,   21,   0,    0),
    ROW(ADR_PREL_PG_HI21,    PAGE,      ADR,   21,   12,   0),
    ROW(ADR_PREL_PG_HI21_NC, PAGE,      ADR,   21,   12,   0),
    ROW(ADD_ABS_LO12_NC,     LOW,       UIMM,  12,   0,    10),
    ROW(LDST8_ABS_LO12_NC,   LOW,       UIMM,  12,   0,    10),
    ROW(LDST16_ABS_LO12_NC,  LOW,       UIMM,  12,   1,    10),
    ROW(LDST32_ABS_LO12_NC,  LOW,       UIMM,  12,   2,    10),
    ROW(LDST64_ABS_LO12_NC,  LOW,       UIMM,  12,   3,    10),
    ROW(LDST128_ABS_LO12_NC, LOW,       UIMM,  12,   4,    10),
    ROW(GOT_LD_PREL19,       SLOT,      IMM,   19,   2,    5),
    ROW(ADR_GOT_PAGE,        SLOT_PAGE, ADR,   21,   12,   0),
    ROW(LD64_GOT_LO12_NC,    SLOT_LOW,  UIMM,  12,   3,    10),
    ROW(MOVW_PREL_G0,        NEAR,      MOVW,  16,   0,    5),
    ROW(MOVW_PREL_G0_NC,     NEAR,      BITS,  16,   0,    5),
    ROW(MOVW_PREL_G1,        NEAR,      MOVW,  16,   16,   5),
    ROW(MOVW_PREL_G1_NC,     NEAR,      BITS,  16,   16,   5),
    ROW(MOVW_PREL_G2,        NEAR,      MOVW,  16,   32,   5),
    ROW(MOVW_PREL_G2_NC,     NEAR,      BITS,  16,   32,   5),
    ROW(MOVW_PREL_G3,        NEAR,      BITS,  16,   48,   5),
};
#undef ROW
/* clang-format on */

enum { STUB_SIZE = 12 };

/* adrp x16, slot; ldr x16, [x16, slot]; br x16: x16 is a linker's by the calling convention. */
static void write_stub(uint8_t *stub, int64_t stub_at, int64_t slot_at)
{
    static const RelocRow page = {.field = RELOC_ADR, .width = 21, .shift = 12};
    static const RelocRow low = {.field = RELOC_UIMM, .width = 12, .shift = 3, .at = 10};
    static const uint32_t jump[STUB_SIZE / 4] = {0x90000010, 0xf9400210, 0xd61f0200};
    memcpy(stub, jump, sizeof jump);
    reloc_write(&page, stub, (slot_at & ~INT64_C(0xfff)) - (stub_at & ~INT64_C(0xfff)));
    reloc_write(&low, stub + 4, slot_at & 0xfff);
}

/* Branches have relocations of their own. */
static bool is_branch(const uint8_t *place, size_t before)
{
    (void)place, (void)before;
    return false;
}

static bool relax(uint8_t *place, size_t before, size_t after, int64_t value)
{
    (void)place, (void)before, (void)after, (void)value;
    return false;
}

const RelocMachine reloc_aarch64 = {
    .machine = IMAGE_AARCH64,
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .stub_size = STUB_SIZE,
    .write_stub = write_stub,
    .is_branch = is_branch,
    .relax = relax,
};
