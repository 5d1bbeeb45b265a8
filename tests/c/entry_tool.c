/* Runs the image of a compiled function in a process of its own, which has neither LLVM nor Python.
 *
 *     entry_tool IMAGE RESULTS ARG…    prints RESULTS slots as int and as double
 *
 * ARG is one argument in slots: i:7, d:0.5, or a:1,2,3 for an array of float64.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/import.h"
#include "image/image.h"
#include "runtime/abi.h"

enum { SLOTS_MAX = 64, ELEMENTS_MAX = 1024 };

typedef int32_t Entry(RtCtx *ctx, void *results, const void *args);

static uint64_t slots[SLOTS_MAX], results[SLOTS_MAX];
static uint32_t slot_count;

static uint64_t bits(double number)
{
    uint64_t word;
    memcpy(&word, &number, sizeof word);
    return word;
}

static void put_array(const char *text)
{
    double *data = calloc(ELEMENTS_MAX, sizeof *data);
    size_t count = 0;
    for (char *end; data && count < ELEMENTS_MAX && *text; text = *end ? end + 1 : end)
        data[count++] = strtod(text, &end);
    slots[slot_count++] = 1; /* the owner: borrowed */
    slots[slot_count++] = (uint64_t)(uintptr_t)data;
    slots[slot_count++] = count;
}

static void put(const char *arg)
{
    if (arg[0] == 'i')
        slots[slot_count++] = (uint64_t)strtoll(arg + 2, NULL, 10);
    else if (arg[0] == 'd')
        slots[slot_count++] = bits(strtod(arg + 2, NULL));
    else
        put_array(arg + 2);
}

/* The file's bytes; the size is 0 when there are none. */
static uint8_t *read_file(const char *path, size_t *size)
{
    uint8_t *bytes = NULL;
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (bytes = malloc((size_t)ftell(file)))) {
        *size = (size_t)ftell(file);
        rewind(file);
        *size = fread(bytes, 1, *size, file);
    }
    fclose(file);
    return bytes;
}

static int call(const char *path, uint32_t wanted, char **args)
{
    Arena arena;
    Text error;
    ImageSpace space;
    size_t size;
    uint8_t *bytes = read_file(path, &size);
    arena_open(&arena, NULL);
    text_open(&error, &arena);
    image_space_open(&space);
    Image *image = image_map(&space, bytes, size, import_resolve, NULL, &error);
    if (!image) {
        fprintf(stderr, "entry_tool: %s\n", error.data);
        return 2;
    }
    for (; *args && slot_count + 3 <= SLOTS_MAX; args++)
        put(*args);
    RtCtx ctx = {0};
    Entry *entry = (Entry *)image_symbol(image, "martlet_entry");
    int32_t status = entry(&ctx, results, slots);
    printf("status %" PRId32 "\n", status);
    for (uint32_t i = 0; i < wanted; i++) {
        double number;
        memcpy(&number, &results[i], sizeof number);
        printf("%" PRId64 " %.17g\n", (int64_t)results[i], number);
    }
    image_unpin(image);
    image_space_close(&space);
    arena_close(&arena);
    free(bytes);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    return call(argv[1], (uint32_t)strtoul(argv[2], NULL, 10), argv + 3);
}
