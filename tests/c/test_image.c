/* Images without a compiler: one made by hand is mapped, called, pinned, damaged and unmapped.
 * What compilers emit is tested from tests/image. */
#include "image/image.h"

#include <string.h>

#include "check.h"
#include "image/format.h"

/* int seven(void); and a slot for the import `there`. */
typedef struct Sample {
    ImageHeader header;
    uint8_t code[16];
    uint64_t word, base_word;
    ImageImport imports[1];
    ImageSymbol symbols[2];
    ImageSlot slots[2];
    char names[24];
} Sample;

enum { SEVEN = 0, CONSTANT = 6, THERE = 15 }; /* offsets of names */

static void seal(Sample *sample)
{
    sample->header.checksum = image_checksum(sample, sample->header.size);
}

static Sample sample_image(void)
{
    Sample sample = {
        .header =
            {
                .version = IMAGE_VERSION,
                .size = sizeof(Sample),
                .code_offset = offsetof(Sample, code),
                .code_size = 16,
                .body_size = offsetof(Sample, imports),
                .import_offset = offsetof(Sample, imports),
                .import_count = 1,
                .symbol_offset = offsetof(Sample, symbols),
                .symbol_count = 2,
                .slot_offset = offsetof(Sample, slots),
                .slot_count = 2,
                .name_offset = offsetof(Sample, names),
                .name_size = sizeof sample.names,
            },
        .imports = {{.name = THERE}},
        .symbols = {{SEVEN, offsetof(Sample, code), 16, 1},
                    {CONSTANT, offsetof(Sample, word), 8, 0}},
        .slots = {{offsetof(Sample, word), 0, 5}, {offsetof(Sample, base_word), IMAGE_BASE, 3}},
        .names = "seven\0constant\0there",
    };
    memcpy(sample.header.magic, IMAGE_MAGIC, sizeof sample.header.magic);
#if defined(__x86_64__)
    static const uint8_t code[] = {0xb8, 7, 0, 0, 0, 0xc3};
    sample.header.machine = IMAGE_X86_64;
#else
    static const uint32_t code[] = {0x528000e0, 0xd65f03c0};
    sample.header.machine = IMAGE_AARCH64;
#endif
    memcpy(sample.code, code, sizeof code);
    seal(&sample);
    return sample;
}

static void *resolve(void *context, const char *name)
{
    return strcmp(name, "there") == 0 ? context : NULL;
}

typedef struct Bench {
    Arena arena;
    Text error;
    ImageSpace space;
    char target[8];
} Bench;

static void bench_open(Bench *bench)
{
    arena_open(&bench->arena, NULL);
    text_open(&bench->error, &bench->arena);
    image_space_open(&bench->space);
}

static void bench_close(Bench *bench)
{
    image_space_close(&bench->space);
    arena_close(&bench->arena);
}

static Image *map(Bench *bench, const Sample *sample)
{
    text_open(&bench->error, &bench->arena);
    return image_map(&bench->space, sample, sizeof *sample, resolve, bench->target,
                     &bench->error);
}

static int call(const Image *image)
{
    return ((int (*)(void))image_symbol(image, "seven"))();
}

static void maps_and_fills(void)
{
    Bench bench;
    bench_open(&bench);
    Sample sample = sample_image();
    Image *image = map(&bench, &sample);
    CHECK(image != NULL);
    CHECK_INT(call(image), 7);
    const uint64_t *word = image_symbol(image, "constant");
    CHECK_INT(word[0], (uintptr_t)bench.target + 5);
    CHECK_INT(word[1], (uintptr_t)word - offsetof(Sample, word) + 3);
    CHECK(image_symbol(image, "there") == NULL);
    const char *code = image_symbol(image, "seven");
    CHECK(image_contains(image, code) && image_contains(image, code + 15));
    CHECK(!image_contains(image, code + 16) && !image_contains(image, code - 1));
    CHECK(!image_contains(image, word));
    CHECK_INT(image_code_size(image), 16);
    bench_close(&bench);
}

static void pins_keep(void)
{
    Bench bench;
    bench_open(&bench);
    Sample sample = sample_image();
    Image *image = map(&bench, &sample), *other = map(&bench, &sample);
    image_pin(image);
    image_unpin(image);
    CHECK_INT(call(image), 7);
    CHECK_INT(image_space_usage(&bench.space).images, 2);
    image_unpin(image);
    CHECK_INT(image_space_usage(&bench.space).images, 1);
    CHECK_INT(call(other), 7);
    Image *third = map(&bench, &sample);
    CHECK(third == image); /* the space is used again */
    image_unpin(third);
    image_unpin(other);
    ImageUsage usage = image_space_usage(&bench.space);
    CHECK_INT(usage.images + usage.slabs + usage.bytes, 0);
    bench_close(&bench);
}

static void old_code_does_not_stay(void)
{
    Bench bench;
    bench_open(&bench);
    Sample sample = sample_image();
    Image *image = map(&bench, &sample), *other = map(&bench, &sample);
    const uint8_t *code = image_symbol(image, "seven");
    CHECK(memcmp(code, sample.code, sizeof sample.code) == 0);
    image_unpin(image);
    uint64_t zeros[2] = {0};
    CHECK(memcmp(code, zeros, sizeof zeros) == 0);
    CHECK_INT(call(other), 7);
    bench_close(&bench);
}

static void imports_may_be_weak(void)
{
    Bench bench;
    bench_open(&bench);
    Sample sample = sample_image();
    sample.names[THERE] = 'w';
    seal(&sample);
    CHECK(map(&bench, &sample) == NULL);
    CHECK_TEXT(bench.error.data, "nobody provides the import where");
    sample.imports[0].weak = 1;
    seal(&sample);
    Image *image = map(&bench, &sample);
    CHECK(image != NULL);
    CHECK_INT(*(const uint64_t *)image_symbol(image, "constant"), 5);
    bench_close(&bench);
}

/* A damaged copy whose checksum is right. */
static void refuses(Bench *bench, const Sample *sample, const char *reason)
{
    Sample copy = *sample;
    seal(&copy);
    CHECK(map(bench, &copy) == NULL);
    CHECK_TEXT(bench->error.data, reason);
}

#define REFUSES(change, reason)           \
    do {                                  \
        Sample sample = sample_image();   \
        sample.change;                    \
        refuses(&bench, &sample, reason); \
    } while (0)

static void every_field_is_checked(void)
{
    static const char table[] = "damaged image: a table is wrong";
    Bench bench;
    bench_open(&bench);
    REFUSES(header.magic[0] = 'M', "not an image");
    REFUSES(header.version++, "an image of another version");
    REFUSES(header.machine++, "an image for another machine");
    REFUSES(header.body_size = sizeof(Sample) + 8, table);
    REFUSES(header.body_size = 8, table);
    REFUSES(header.code_offset = 0, table);
    REFUSES(header.code_size = 4096, table);
    REFUSES(header.import_offset = UINT32_MAX - 7, table);
    REFUSES(header.import_count = UINT32_MAX, table);
    REFUSES(header.import_offset += 4, table);
    REFUSES(header.symbol_offset = offsetof(Sample, code), table);
    REFUSES(header.symbol_count = UINT32_MAX / 16, table);
    REFUSES(header.slot_offset = sizeof(Sample), table);
    REFUSES(header.slot_count = 1 << 28, table);
    REFUSES(header.name_offset += 1, table);
    REFUSES(header.name_size = 15, table); /* the import's name is outside */
    REFUSES(names[23] = 'x', table);
    REFUSES(imports[0].name = 24, table);
    REFUSES(imports[0].weak = 2, table);
    REFUSES(symbols[0].name = UINT32_MAX, table);
    REFUSES(symbols[0].offset = sizeof(Sample), table);
    REFUSES(symbols[0].size = UINT32_MAX, table);
    REFUSES(symbols[0].is_code = 2, table);
    REFUSES(slots[0].offset = offsetof(Sample, imports), table);
    REFUSES(slots[0].offset = offsetof(Sample, word) + 4, table);
    REFUSES(slots[0].offset = 8, table);
    REFUSES(slots[0].import = 1, table);
    bench_close(&bench);
}

static void the_checksum_is_checked(void)
{
    Bench bench;
    bench_open(&bench);
    Sample sample = sample_image();
    sample.code[1] ^= 1;
    CHECK(map(&bench, &sample) == NULL);
    CHECK_TEXT(bench.error.data, "damaged image: its checksum is wrong");
    sample.header.size++;
    CHECK(map(&bench, &sample) == NULL);
    CHECK_TEXT(bench.error.data, "damaged image: its size is wrong");
    bench_close(&bench);
}

static void map_with(Arena *arena)
{
    ImageSpace space;
    Text error;
    image_space_open(&space);
    text_open(&error, arena);
    Sample sample = sample_image();
    char target[8];
    sample.names[THERE] = 'w';
    seal(&sample);
    image_map(&space, &sample, sizeof sample, resolve, target, &error);
    image_space_close(&space);
}

static void memory_may_run_out(void)
{
    CHECK(check_until_granted(map_with) >= 1);
}

static void libcalls_are_found(void)
{
    CHECK(image_libcall("fmod") != NULL);
    CHECK(image_libcall("__divti3") != NULL);
    CHECK(image_libcall("") == NULL);
    CHECK(image_libcall("zzz") == NULL);
    CHECK(image_libcall("fmo") == NULL);
    for (size_t i = 0; image_libcall_name(i); i++) {
        CHECK(image_libcall(image_libcall_name(i)) != NULL);
        CHECK(i == 0 || strcmp(image_libcall_name(i - 1), image_libcall_name(i)) < 0);
    }
}

CHECK_MAIN(CHECK_TEST(maps_and_fills), CHECK_TEST(pins_keep),
           CHECK_TEST(old_code_does_not_stay), CHECK_TEST(imports_may_be_weak),
           CHECK_TEST(every_field_is_checked), CHECK_TEST(the_checksum_is_checked),
           CHECK_TEST(memory_may_run_out), CHECK_TEST(libcalls_are_found))
