/* Images from the command line, for tests/image and for looking around.
 *
 *     image_tool link OBJECT IMAGE            links; prints the reason and fails when refused
 *     image_tool show IMAGE                   header, imports, symbols and slots
 *     image_tool call IMAGE SYMBOL KIND ARG… [, SYMBOL KIND ARG…]…
 *                                             maps, calls, prints; KIND i or d, ARG i:7 or d:0.5
 *     image_tool many IMAGE COUNT SYMBOL      maps COUNT copies, counts mappings, unmaps, maps again
 *     image_tool damage IMAGE SEED COUNT      maps COUNT damaged copies
 *     image_tool damage-object OBJECT SEED COUNT   links them
 *     image_tool flip IMAGE                   maps copies with one bit flipped, each in turn
 *     image_tool starve OBJECT                links with 0, 1, 2 … chunks of memory
 *     image_tool crash OBJECT IMAGE SYMBOL    registers with GDB and calls
 *     image_tool threads IMAGE SYMBOL COUNT   four threads map, call and unmap
 *     image_tool fork IMAGE SYMBOL            parent and child go on mapping
 *     image_tool strict IMAGE SYMBOL KIND ARG…   call, where memory once writable may not execute
 *     image_tool forbidden IMAGE              maps where nothing new may execute
 *     image_tool full IMAGE                   maps until there is no room
 *     image_tool gdb OBJECT IMAGE             registers with GDB and unmaps
 *     image_tool perf IMAGE
 *     image_tool libcalls                     names of image/libcall.def
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image/format.h"
#include "image/image.h"
#include "image/slab.h"

typedef struct Tool {
    Arena arena;
    Text error;
    ImageSpace space;
} Tool;

static void tool_open(Tool *tool)
{
    arena_open(&tool->arena, NULL);
    text_open(&tool->error, &tool->arena);
    image_space_open(&tool->space);
}

static void tool_close(Tool *tool)
{
    image_space_close(&tool->space);
    arena_close(&tool->arena);
}

static int give_up(const char *what)
{
    fprintf(stderr, "image_tool: %s\n", what);
    return 2;
}

static ImageBytes read_file(Tool *tool, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        exit(give_up(path));
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    if (size <= 0 || size > IMAGE_MAX_SIZE)
        exit(give_up(path));
    ImageBytes bytes = {.size = (size_t)size};
    rewind(file);
    bytes.data = arena_alloc(&tool->arena, bytes.size + 1, 16);
    if (fread(bytes.data, 1, bytes.size, file) != bytes.size)
        exit(give_up(path));
    fclose(file);
    return bytes;
}

/* What the tests' objects may import besides libcalls. */
static int64_t tool_add(int64_t a, int64_t b)
{
    return a + b;
}

static const int64_t tool_constant = 4711;

static void *resolve(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "tool_add") == 0)
        return (void *)tool_add;
    if (strcmp(name, "tool_constant") == 0)
        return (void *)(uintptr_t)&tool_constant;
    return image_libcall(name);
}

static Image *map_or_exit(Tool *tool, ImageBytes bytes)
{
    Image *image = image_map(&tool->space, bytes.data, bytes.size, resolve, NULL, &tool->error);
    if (image)
        return image;
    printf("refused: %s\n", tool->error.data);
    exit(1);
}

static int tool_link(Tool *tool, char **args)
{
    ImageBytes object = read_file(tool, args[0]), image;
    if (!image_link(&tool->arena, object.data, object.size, &image, &tool->error)) {
        printf("refused: %s\n", tool->error.data);
        return 1;
    }
    FILE *file = fopen(args[1], "wb");
    if (!file || fwrite(image.data, 1, image.size, file) != image.size)
        return give_up(args[1]);
    return fclose(file);
}

static int tool_show(Tool *tool, char **args)
{
    ImageBytes image = read_file(tool, args[0]);
    const ImageHeader *h = (const void *)image.data;
    if (image.size < sizeof *h)
        return give_up("too short");
    const char *names = (const char *)image.data + h->name_offset;
    const ImageImport *imports = (const void *)(image.data + h->import_offset);
    const ImageSymbol *symbols = (const void *)(image.data + h->symbol_offset);
    const ImageSlot *slots = (const void *)(image.data + h->slot_offset);
    printf("machine %u size %u code %u+%u body %u\n", h->machine, h->size, h->code_offset,
           h->code_size, h->body_size);
    for (uint32_t i = 0; i < h->import_count; i++)
        printf("import %s%s\n", names + imports[i].name, imports[i].weak ? " weak" : "");
    for (uint32_t i = 0; i < h->symbol_count; i++)
        printf("symbol %s %u+%u %s\n", names + symbols[i].name, symbols[i].offset,
               symbols[i].size, symbols[i].is_code ? "code" : "constant");
    for (uint32_t i = 0; i < h->slot_count; i++)
        printf("slot %u %s%+" PRId64 "\n", slots[i].offset,
               slots[i].import == IMAGE_BASE ? "base" : names + imports[slots[i].import].name,
               slots[i].addend);
    return 0;
}

/* Integers and doubles travel in registers of their own, so one prototype serves all calls. */
typedef int64_t IntCall(int64_t, int64_t, int64_t, int64_t, double, double, double, double);
typedef double DoubleCall(int64_t, int64_t, int64_t, int64_t, double, double, double, double);

/* Calls what the words up to the next "," say; the words after it. */
static char **call_next(const Image *image, char **words)
{
    void *code = image_symbol(image, words[0]);
    if (!code || !image_contains(image, code))
        exit(give_up("no such function"));
    bool is_double = words[1] && words[1][0] == 'd';
    int64_t i[4] = {0};
    double d[4] = {0};
    size_t ints = 0, doubles = 0;
    char **word = words + (words[1] ? 2 : 1);
    for (; *word && **word != ','; word++)
        if (**word == 'd' && doubles < 4)
            d[doubles++] = strtod(*word + 2, NULL);
        else if (ints < 4)
            i[ints++] = strtoll(*word + 2, NULL, 0);
    if (is_double)
        printf("%.17g\n", ((DoubleCall *)code)(i[0], i[1], i[2], i[3], d[0], d[1], d[2], d[3]));
    else
        printf("%" PRId64 "\n",
               ((IntCall *)code)(i[0], i[1], i[2], i[3], d[0], d[1], d[2], d[3]));
    return *word ? word + 1 : word;
}

static int tool_call(Tool *tool, char **args)
{
    Image *image = map_or_exit(tool, read_file(tool, args[0]));
    for (char **words = args + 1; *words;)
        words = call_next(image, words);
    image_unpin(image);
    return 0;
}

static int count_mappings(void)
{
    FILE *file = fopen("/proc/self/maps", "r");
    int lines = 0;
    for (int c; file && (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    if (file)
        fclose(file);
    return lines;
}

static int64_t call_int(const Image *image, const char *symbol, int64_t a, int64_t b)
{
    return ((int64_t (*)(int64_t, int64_t))image_symbol(image, symbol))(a, b);
}

/* Every copy computes symbol(a, b), which is a + b. */
static int64_t count_wrong(Image **images, size_t count, const char *symbol)
{
    int64_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        wrong += images[i] && call_int(images[i], symbol, (int64_t)i, 3) != (int64_t)i + 3;
    return wrong;
}

static void report(Tool *tool, const char *when, int before, int64_t wrong)
{
    ImageUsage usage = image_space_usage(&tool->space);
    printf("%s images=%zu slabs=%zu bytes=%zu mappings=%d wrong=%" PRId64 "\n", when,
           usage.images, usage.slabs, usage.bytes, count_mappings() - before, wrong);
}

static int tool_many(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    size_t count = strtoul(args[1], NULL, 0);
    Image **images = ARENA_ARRAY(&tool->arena, Image *, count);
    int before = count_mappings();
    for (size_t i = 0; i < count; i++)
        images[i] = map_or_exit(tool, bytes);
    report(tool, "mapped", before, count_wrong(images, count, args[2]));
    for (size_t i = 0; i < count; i += 2) {
        image_unpin(images[i]);
        images[i] = NULL;
    }
    report(tool, "half", before, count_wrong(images, count, args[2]));
    for (size_t i = 0; i < count; i += 2)
        images[i] = map_or_exit(tool, bytes);
    report(tool, "again", before, count_wrong(images, count, args[2]));
    for (size_t i = 0; i < count; i++) {
        image_pin(images[i]);
        image_unpin(images[i]);
        image_unpin(images[i]);
    }
    report(tool, "none", before, 0);
    return 0;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void reseal(uint8_t *image, size_t size)
{
    if (size < sizeof(ImageHeader))
        return;
    uint64_t checksum = image_checksum(image, size);
    memcpy(image + offsetof(ImageHeader, checksum), &checksum, sizeof checksum);
}

/* One damaged copy in memory that ends where the copy ends. */
static uint8_t *damaged_copy(ImageBytes bytes, uint64_t *state, size_t *size)
{
    uint64_t kind = next_random(state) % 4;
    *size = kind == 0 ? next_random(state) % bytes.size : bytes.size;
    uint8_t *copy = malloc(*size ? *size : 1);
    memcpy(copy, bytes.data, *size);
    for (uint64_t i = 0; kind != 0 && i < kind; i++) {
        /* Every second hit goes to the header and its neighbourhood. */
        size_t reach = next_random(state) % 2 ? *size : 128;
        size_t at = next_random(state) % (reach < *size ? reach : *size);
        assert(at < *size);
        copy[at] ^= (uint8_t)(1u << next_random(state) % 8);
    }
    return copy;
}

static int tool_damage(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    uint64_t state = strtoull(args[1], NULL, 0) * 2654435761u + 1;
    size_t count = strtoul(args[2], NULL, 0), accepted = 0, resealed = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size;
        uint8_t *copy = damaged_copy(bytes, &state, &size);
        bool same = size == bytes.size && memcmp(copy, bytes.data, size) == 0;
        for (int sealed = 0; sealed < 2; sealed++) {
            Image *image = image_map(&tool->space, copy, size, resolve, NULL, &tool->error);
            if (image && !same)
                *(sealed ? &resealed : &accepted) += 1;
            if (image)
                image_unpin(image);
            reseal(copy, size);
        }
        free(copy);
        text_open(&tool->error, &tool->arena);
    }
    printf("accepted=%zu resealed=%zu\n", accepted, resealed);
    return 0;
}

static int tool_damage_object(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    uint64_t state = strtoull(args[1], NULL, 0) * 2654435761u + 1;
    size_t count = strtoul(args[2], NULL, 0), linked = 0, mapped = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size;
        ArenaMark mark = arena_mark(&tool->arena);
        Text error;
        text_open(&error, &tool->arena);
        uint8_t *copy = damaged_copy(bytes, &state, &size);
        ImageBytes image;
        if (image_link(&tool->arena, copy, size, &image, &error)) {
            linked++;
            Image *loaded =
                image_map(&tool->space, image.data, image.size, resolve, NULL, &error);
            /* Damaged names are imports that nobody provides. */
            mapped += loaded || strstr(error.data, "import") || strstr(error.data, "machine");
            if (loaded)
                image_unpin(loaded);
        }
        free(copy);
        arena_release(&tool->arena, mark);
    }
    printf("linked=%zu mapped=%zu\n", linked, mapped);
    return 0;
}

typedef struct Worker {
    ImageSpace *space;
    ImageBytes bytes;
    const char *symbol;
    size_t count;
    int64_t wrong;
} Worker;

enum { WORKERS = 4, HELD = 16 };

static void *work(void *argument)
{
    Worker *worker = argument;
    Arena arena;
    Text error;
    arena_open(&arena, NULL);
    text_open(&error, &arena);
    Image *held[HELD] = {NULL};
    for (size_t i = 0; i < worker->count; i++) {
        Image **place = &held[i % HELD];
        if (*place) {
            worker->wrong += call_int(*place, worker->symbol, (int64_t)i, 5) != (int64_t)i + 5;
            image_unpin(*place);
        }
        *place = image_map(worker->space, worker->bytes.data, worker->bytes.size, resolve, NULL,
                           &error);
        worker->wrong += !*place;
    }
    for (size_t i = 0; i < HELD; i++)
        if (held[i])
            image_unpin(held[i]);
    arena_close(&arena);
    return NULL;
}

static int tool_threads(Tool *tool, char **args)
{
    pthread_t threads[WORKERS];
    Worker workers[WORKERS];
    int64_t wrong = 0;
    int before = count_mappings();
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i] = (Worker){&tool->space, read_file(tool, args[0]), args[1],
                              strtoul(args[2], NULL, 0), 0};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return give_up("no thread");
    }
    for (size_t i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        wrong += workers[i].wrong;
    }
    report(tool, "joined", before, wrong);
    return 0;
}

/* Both processes unmap what they inherited and map something else in its place; neither may see
 * the other's. `first` computes a + b, `second` the same by other code. */
static int64_t churn(Tool *tool, Image **images, size_t count, ImageBytes bytes,
                     const char *symbol)
{
    int64_t wrong = count_wrong(images, count, symbol);
    for (int round = 0; round < 20; round++) {
        for (size_t i = (size_t)round % 2; i < count; i += 2) {
            image_unpin(images[i]);
            images[i] = map_or_exit(tool, bytes);
        }
        wrong += count_wrong(images, count, symbol);
    }
    return wrong;
}

static int tool_fork(Tool *tool, char **args)
{
    enum { COUNT = 600 };
    ImageBytes bytes = read_file(tool, args[0]);
    Image *images[COUNT];
    int before = count_mappings();
    for (size_t i = 0; i < COUNT; i++)
        images[i] = map_or_exit(tool, bytes);
    image_space_lock(&tool->space);
    pid_t child = fork();
    image_space_unlock(&tool->space);
    int64_t wrong = churn(tool, images, COUNT, bytes, args[1]);
    if (child == 0) {
        bool many = count_mappings() - before > 20;
        _exit(wrong != 0 || many);
    }
    int status = 1;
    waitpid(child, &status, 0);
    report(tool, "parent", before, wrong);
    printf("child=%d\n", status);
    return 0;
}

/* Refuses mprotect(…PROT_EXEC…), as SELinux and systemd do where they are strict, and another
 * system call. */
static bool become_strict(uint32_t other)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int tool_strict(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    if (!become_strict(UINT32_MAX))
        return give_up("no seccomp");
    Image *images[3];
    for (size_t i = 0; i < 3; i++)
        images[i] = map_or_exit(tool, bytes);
    printf("files %d%d%d\n", images[0]->is_file, images[1]->is_file, images[2]->is_file);
    image_unpin(images[1]);
    images[1] = map_or_exit(tool, bytes);
    return tool_call(tool, args);
}

static int tool_forbidden(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    if (!become_strict(SYS_memfd_create))
        return give_up("no seccomp");
    image_map(&tool->space, bytes.data, bytes.size, resolve, NULL, &tool->error);
    report(tool, tool->error.data, 0, 0);
    return 0;
}

/* Maps until 96 MiB of address space are full, gives one back and maps again. */
static int tool_full(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    const rlim_t room = (rlim_t)96 << 20;
    size_t mapped = 0;
    if (setrlimit(RLIMIT_AS, &(struct rlimit){room, room}) != 0)
        return give_up("setrlimit");
    Image *image = NULL, *last = NULL;
    while (
        (image = image_map(&tool->space, bytes.data, bytes.size, resolve, NULL, &tool->error)))
        last = image, mapped++;
    if (last)
        image_unpin(last);
    printf("mapped=%zu again=%d %s\n", mapped, map_or_exit(tool, bytes) != NULL,
           tool->error.data);
    return 0;
}

extern struct {
    uint32_t version, action;
    GdbEntry *relevant, *first;
} __jit_debug_descriptor;

static int tool_gdb(Tool *tool, char **args)
{
    ImageBytes object = read_file(tool, args[0]), bytes = read_file(tool, args[1]);
    Image *images[3];
    for (size_t i = 0; i < 3; i++) {
        images[i] = map_or_exit(tool, bytes);
        image_announce_gdb(images[i], object.data, object.size);
    }
    for (GdbEntry *e = __jit_debug_descriptor.first; e; e = e->next)
        printf("entry %" PRIu64 " %d\n", e->symfile_size,
               !e->previous || e->previous->next == e);
    image_unpin(images[1]);
    for (GdbEntry *e = __jit_debug_descriptor.first; e; e = e->next)
        printf("left %d\n", !e->previous || e->previous->next == e);
    image_unpin(images[0]);
    image_space_close(&tool->space);
    printf("none %d\n", !__jit_debug_descriptor.first);
    image_space_open(&tool->space);
    return 0;
}

static int tool_crash(Tool *tool, char **args)
{
    ImageBytes object = read_file(tool, args[0]);
    Image *image = map_or_exit(tool, read_file(tool, args[1]));
    image_announce_gdb(image, object.data, object.size);
    return (int)call_int(image, args[2], 0, 0);
}

static int tool_flip(Tool *tool, char **args)
{
    ImageBytes bytes = read_file(tool, args[0]);
    size_t accepted = 0;
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        Image *image =
            image_map(&tool->space, bytes.data, bytes.size, resolve, NULL, &tool->error);
        accepted += image != NULL;
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    printf("accepted=%zu\n", accepted);
    return 0;
}

static void leave(void *owner)
{
    jmp_buf *boundary = owner;
    longjmp(*boundary, 1);
}

static int tool_starve(Tool *tool, char **args)
{
    ImageBytes object = read_file(tool, args[0]);
    for (volatile int granted = 0;; granted++) {
        jmp_buf boundary;
        ArenaPolicy policy = {leave, &boundary, granted};
        Arena arena;
        arena_open(&arena, &policy);
        volatile bool is_through = false;
        if (setjmp(boundary) == 0) {
            ImageBytes bytes;
            Text error;
            text_open(&error, &arena);
            is_through = image_link(&arena, object.data, object.size, &bytes, &error) &&
                         image_map(&tool->space, bytes.data, bytes.size, resolve, NULL, &error);
        }
        arena_close(&arena);
        if (is_through)
            return printf("%d\n", granted) < 0;
    }
}

static int tool_perf(Tool *tool, char **args)
{
    Image *image = map_or_exit(tool, read_file(tool, args[0]));
    image_announce_perf(image);
    printf("/tmp/perf-%ld.map\n", (long)getpid());
    return 0;
}

static int tool_libcalls(Tool *tool, char **args)
{
    (void)tool, (void)args;
    for (size_t i = 0; image_libcall_name(i); i++)
        printf("%s %d\n", image_libcall_name(i), image_libcall(image_libcall_name(i)) != NULL);
    return 0;
}

static const struct Command {
    const char *name;
    int (*run)(Tool *tool, char **args);
    int args; /* at least */
} commands[] = {
    {"link", tool_link, 2},         {"show", tool_show, 1},
    {"call", tool_call, 3},         {"many", tool_many, 3},
    {"damage", tool_damage, 3},     {"damage-object", tool_damage_object, 3},
    {"threads", tool_threads, 3},   {"fork", tool_fork, 2},
    {"strict", tool_strict, 3},     {"forbidden", tool_forbidden, 1},
    {"full", tool_full, 1},         {"gdb", tool_gdb, 2},
    {"perf", tool_perf, 1},         {"flip", tool_flip, 1},
    {"starve", tool_starve, 1},     {"crash", tool_crash, 3},
    {"libcalls", tool_libcalls, 0},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc - 2 < commands[i].args)
            continue;
        Tool tool;
        tool_open(&tool);
        int status = commands[i].run(&tool, argv + 2);
        tool_close(&tool);
        return status;
    }
    return give_up("see tests/c/image_tool.c");
}
