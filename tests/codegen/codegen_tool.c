/* The backend on its own: typed IR text in, code that runs out. Two faces of one file.
 *
 * As a shared library (cc -shared -DCODEGEN_TOOL_LIBRARY) for tests/codegen, through ctypes: tool_compile
 * makes a Program, tool_call calls it with slots. As a program, to look at what a file becomes:
 *
 *     codegen_tool FILE [llvm|raw|asm|object|time|starve] [key=value …]
 *     keys: entry=call|ufunc triple= cpu= features= O=0…3 fastmath=BITS repeat=N (for time)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../c/test_ir_program.h"
#include "codegen/backend.h"
#include "image/image.h"
#include "runtime/abi.h"

#define EXPORT __attribute__((visibility("default")))

/* Changes with what is in tests/codegen/conftest.py. */
typedef struct ToolOptions {
    int32_t entry; /* EntryKind */
    uint32_t fastmath, optimise;
    int32_t want_texts, verify;
    const char *triple, *cpu, *features;
} ToolOptions;

typedef struct Program {
    Arena arena;
    Interner names;
    TypeTable types;
    Text error;
    BackendOutput output;
    ImageSpace space;
    Image *image;
    void *entry;
    RtCtx ctx;
    int64_t polls, stop_at; /* calls of rt_poll; the one that raises, or -1 */
} Program;

EXPORT Program *tool_compile(const char *text, const ToolOptions *options);
EXPORT void tool_free(Program *p);
EXPORT const char *tool_error(const Program *p);
EXPORT const char *tool_text(const Program *p, int32_t which);
EXPORT uint64_t tool_time(const Program *p, int32_t which);
EXPORT void *tool_entry(const Program *p);
EXPORT RtCtx *tool_ctx(Program *p);
EXPORT int32_t tool_call(Program *p, void *results, const void *args, const void *hidden);
EXPORT int32_t tool_call_ufunc(Program *p, char **data, const intptr_t *count,
                               const intptr_t *steps);
EXPORT void tool_stop_at(Program *p, int64_t poll);
EXPORT int64_t tool_polls(const Program *p);
EXPORT const char *tool_raised(Program *p);
EXPORT int32_t tool_live_buffers(void);
EXPORT void tool_grant_buffers(int32_t count);
EXPORT void tool_release(void *owner);
EXPORT int32_t tool_starve(const char *text);
EXPORT int64_t tool_fuzz(uint64_t seed, uint32_t optimise);
EXPORT int32_t tool_race(const char *text, int32_t threads, int32_t compiles);
EXPORT size_t tool_object(const Program *p, const void **bytes);

/* ---- imports ------------------------------------------------------------------------------- */

/* In place of the runtime's, which looks at the clock. */
static int32_t counting_poll(RtCtx *ctx)
{
    Program *p = ctx->owner;
    if (p->polls++ != p->stop_at)
        return 0;
    ctx->error.site = RT_SITE_INTERRUPT;
    ctx->error.trace_count = 0;
    return 1;
}

/* Buffers made and not yet freed, by everybody in the process; and how many more may be made. */
static atomic_int live_buffers;
static atomic_int granted_buffers = INT32_MAX;

static RtBuffer *counting_buffer_new(RtCtx *ctx, int64_t size, int32_t zeroed)
{
    if (granted_buffers-- <= 0)
        size = -1;
    RtBuffer *buffer = rt_buffer_new(ctx, size, zeroed);
    live_buffers += buffer != NULL;
    return buffer;
}

static void counting_release(void *owner)
{
    RtBuffer *buffer = owner;
    if (buffer && !RT_IS_BORROWED(owner) && buffer->references == 1)
        live_buffers--;
    rt_release(owner);
}

static void *counting(const char *name)
{
    if (strcmp(name, "rt_poll") == 0)
        return (void *)(uintptr_t)counting_poll;
    if (strcmp(name, "rt_buffer_new") == 0)
        return (void *)(uintptr_t)counting_buffer_new;
    return strcmp(name, "rt_release") == 0 ? (void *)(uintptr_t)counting_release : NULL;
}

static void *resolve(void *context, const char *name)
{
    (void)context;
    if (counting(name))
        return counting(name);
#define ABI(result, row, ...)    \
    if (strcmp(name, #row) == 0) \
        return (void *)(uintptr_t)row;
#include "runtime/abi.def"
#undef ABI
    return dlsym(RTLD_DEFAULT, name) ? dlsym(RTLD_DEFAULT, name) : image_libcall(name);
}

/* ---- compiling ----------------------------------------------------------------------------- */

static void find_hidden(const Region *region, const Type **types, uint32_t *count)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_HIDDEN && op->attr.integer < 64) {
            types[op->attr.integer] = op_result(op, 0)->type;
            if (*count <= (uint32_t)op->attr.integer)
                *count = (uint32_t)op->attr.integer + 1;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            find_hidden(&op->regions[i], types, count);
    }
}

static bool read_funcs(Program *p, const char *text, bool verify, Funcs *funcs)
{
    if (!ir_parse_all(&p->arena, &p->types, text, &p->error, funcs))
        return false;
    for (uint32_t i = 0; verify && i < funcs->len; i++)
        if (!ir_verify(funcs->data[i], &p->error))
            return false;
    return true;
}

static bool map_object(Program *p)
{
    ImageBytes image;
    if (!image_link(&p->arena, p->output.object, p->output.object_size, &image, &p->error))
        return false;
    p->image = image_map(&p->space, image.data, image.size, resolve, NULL, &p->error);
    p->entry = p->image ? image_symbol(p->image, "entry") : NULL;
    return p->image;
}

/* Of all compiles of the process, which come one after the other. */
static BackendWorkspace *workspace;

static bool compile(Program *p, const char *text, const ToolOptions *options)
{
    Funcs funcs = {0};
    if (!read_funcs(p, text, options->verify, &funcs))
        return false;
    const Type **hidden = ARENA_ARRAY(&p->arena, const Type *, 64);
    BackendInput input = {.types = &p->types, .funcs = funcs.data, .func_count = funcs.len};
    for (uint32_t i = 0; i < funcs.len; i++)
        find_hidden(&funcs.data[i]->body, hidden, &input.hidden_count);
    for (uint32_t i = 0; i < input.hidden_count; i++)
        hidden[i] = hidden[i] ? hidden[i] : p->types.none;
    if (!workspace)
        workspace = martlet_backend()->workspace_open();
    input.workspace = workspace;
    Entry entry = {funcs.data[0], (EntryKind)options->entry, "entry"};
    input.entries = &entry;
    input.entry_count = 1;
    input.hidden = hidden;
    input.triple = options->triple;
    input.cpu = options->cpu;
    input.features = options->features;
    input.fastmath = options->fastmath;
    input.optimise = options->optimise;
    input.want_llvm = input.want_asm = input.want_unoptimised = options->want_texts;
    if (!martlet_backend()->compile(&input, &p->arena, &p->output, &p->error))
        return false;
    return options->triple || map_object(p);
}

EXPORT Program *tool_compile(const char *text, const ToolOptions *options)
{
    Program *p = calloc(1, sizeof *p);
    arena_open(&p->arena, NULL);
    intern_open(&p->names, &p->arena);
    type_open(&p->types, &p->arena, &p->names);
    text_open(&p->error, &p->arena);
    image_space_open(&p->space);
    p->ctx.owner = p;
    p->stop_at = -1;
    if (!compile(p, text, options) && p->error.len == 0)
        text_puts(&p->error, "it failed without a word");
    return p;
}

EXPORT void tool_free(Program *p)
{
    image_space_close(&p->space);
    arena_close(&p->arena);
    free(p);
}

/* ---- looking and calling ------------------------------------------------------------------- */

EXPORT const char *tool_error(const Program *p)
{
    return p->error.len ? p->error.data : NULL;
}

EXPORT const char *tool_text(const Program *p, int32_t which)
{
    return which == 0   ? p->output.llvm
           : which == 1 ? p->output.unoptimised
                        : p->output.asm_text;
}

EXPORT uint64_t tool_time(const Program *p, int32_t which)
{
    return which == 0   ? p->output.emit_ns
           : which == 1 ? p->output.optimise_ns
                        : p->output.object_ns;
}

EXPORT void *tool_entry(const Program *p)
{
    return p->entry;
}

EXPORT RtCtx *tool_ctx(Program *p)
{
    return &p->ctx;
}

EXPORT size_t tool_object(const Program *p, const void **bytes)
{
    *bytes = p->output.object;
    return p->output.object_size;
}

EXPORT int32_t tool_call(Program *p, void *results, const void *args, const void *hidden)
{
    int32_t (*entry)(RtCtx *, void *, const void *);
    memcpy(&entry, &p->entry, sizeof entry);
    p->ctx.hidden = hidden;
    p->ctx.stack_limit = (const char *)__builtin_frame_address(0) - (256 << 10);
    return entry(&p->ctx, results, args);
}

EXPORT int32_t tool_call_ufunc(Program *p, char **data, const intptr_t *count,
                               const intptr_t *steps)
{
    int32_t (*entry)(RtCtx *, char **, const intptr_t *, const intptr_t *);
    memcpy(&entry, &p->entry, sizeof entry);
    return entry(&p->ctx, data, count, steps);
}

EXPORT void tool_stop_at(Program *p, int64_t poll)
{
    p->polls = 0;
    p->stop_at = poll;
}

EXPORT int64_t tool_polls(const Program *p)
{
    return p->polls;
}

EXPORT int32_t tool_live_buffers(void)
{
    return live_buffers;
}

EXPORT void tool_grant_buffers(int32_t count)
{
    granted_buffers = count;
}

EXPORT void tool_release(void *owner)
{
    counting_release(owner);
}

/* "IndexError index %d 5 7 @3 @1": the site, its args in slots, the trace. */
EXPORT const char *tool_raised(Program *p)
{
    Text text;
    const RtError *error = &p->ctx.error;
    text_open(&text, &p->arena);
    if (error->site < 0) {
        text_printf(&text, "%d", error->site);
    } else {
        const SiteRecord *record = &p->output.sites[error->site];
        text_printf(&text, "%s", record->site->exception->text);
        if (record->site->message)
            text_printf(&text, " %s", record->site->message);
        for (uint32_t i = 0; i < record->arg_count; i++)
            text_printf(&text, " %" PRId64, (int64_t)error->args[i]);
    }
    for (uint32_t i = 0; i < error->trace_count; i++) {
        const Loc *loc = p->output.sites[error->trace[i]].loc;
        text_printf(&text, " @%u", loc ? loc->span.line : 0);
    }
    return text.data;
}

/* ---- hardship ------------------------------------------------------------------------------ */

static void out_of_memory(void *owner)
{
    jmp_buf *boundary = owner;
    longjmp(*boundary, 1);
}

static bool parse_input(Program *p, const char *text, Funcs *funcs, BackendInput *input,
                        Entry *entry)
{
    arena_open(&p->arena, NULL);
    intern_open(&p->names, &p->arena);
    type_open(&p->types, &p->arena, &p->names);
    text_open(&p->error, &p->arena);
    if (!read_funcs(p, text, true, funcs))
        return false;
    *entry = (Entry){funcs->data[0], ENTRY_CALL, "entry"};
    *input = (BackendInput){.types = &p->types, .funcs = funcs->data, .func_count = funcs->len};
    input->entries = entry;
    input->entry_count = 1;
    input->want_llvm = input->want_asm = input->want_unoptimised = true;
    input->optimise = 1;
    return true;
}

/* Compiles with 0, 1, 2 … chunks of memory until it succeeds: how many it takes, or -1. */
EXPORT int32_t tool_starve(const char *text)
{
    Program *p = calloc(1, sizeof *p);
    Funcs funcs = {0};
    BackendInput input;
    Entry entry;
    volatile int32_t granted = 0;
    volatile bool done = false;
    bool is_good = parse_input(p, text, &funcs, &input, &entry);
    while (is_good && !done) {
        jmp_buf boundary;
        ArenaPolicy policy = {out_of_memory, &boundary, granted};
        Arena arena;
        BackendOutput output;
        arena_open(&arena, &policy);
        if (setjmp(boundary) == 0) {
            Text error;
            text_open(&error, &arena);
            is_good = martlet_backend()->compile(&input, &arena, &output, &error);
            done = true;
        }
        arena_close(&arena);
        granted++;
    }
    arena_close(&p->arena);
    free(p);
    return is_good ? granted : -1;
}

typedef struct Racer {
    pthread_t thread;
    const char *text;
    int32_t compiles, failed;
} Racer;

static void *race(void *context)
{
    Racer *racer = context;
    BackendWorkspace *own = martlet_backend()->workspace_open();
    for (int32_t i = 0; i < racer->compiles; i++) {
        Program *p = calloc(1, sizeof *p);
        Funcs funcs = {0};
        BackendInput input;
        Entry entry;
        bool is_good = parse_input(p, racer->text, &funcs, &input, &entry);
        input.workspace = i % 3 ? own : NULL;
        input.optimise = 3;
        if (!is_good || !martlet_backend()->compile(&input, &p->arena, &p->output, &p->error))
            racer->failed++;
        arena_close(&p->arena);
        free(p);
    }
    martlet_backend()->workspace_close(own);
    return NULL;
}

/* Compiles in several threads at once: how many failed. */
EXPORT int64_t tool_fuzz(uint64_t seed, uint32_t optimise);
EXPORT int32_t tool_race(const char *text, int32_t threads, int32_t compiles)
{
    Racer *racers = calloc((size_t)threads, sizeof *racers);
    int32_t failed = 0;
    for (int32_t i = 0; i < threads; i++) {
        racers[i] = (Racer){.text = text, .compiles = compiles};
        pthread_create(&racers[i].thread, NULL, race, &racers[i]);
    }
    for (int32_t i = 0; i < threads; i++) {
        pthread_join(racers[i].thread, NULL);
        failed += racers[i].failed;
    }
    free(racers);
    return failed;
}

/* ---- random programs ----------------------------------------------------------------------- */

/* What the interpreter says; false when it gets tired. */
static bool interpret(const Func *func, int64_t x, int64_t y, bool *raised, int64_t *result)
{
    Arena arena;
    arena_open(&arena, NULL);
    Runner r = {.arena = &arena, .steps = 20000};
    r.cells = ARENA_ARRAY(&arena, Cell, func->value_count + 1);
    Cell args[] = {{{.kind = CONSTANT_INT, .integer = x}, NULL},
                   {{.kind = CONSTANT_INT, .integer = y}, NULL}};
    run_bind(&r, func->body.params, 2, args);
    Signal signal = run_region(&r, &func->body);
    *raised = signal == SIGNAL_RAISE;
    *result = signal == SIGNAL_RETURN ? (int64_t)r.passed[0].constant.integer : 0;
    arena_close(&arena);
    return signal == SIGNAL_RETURN || signal == SIGNAL_RAISE;
}

static bool compile_func(Program *p, World *world, Func *func, uint32_t optimise)
{
    Entry entry = {func, ENTRY_CALL, "entry"};
    BackendInput input = {.types = &world->types, .funcs = &func, .func_count = 1};
    if (!workspace)
        workspace = martlet_backend()->workspace_open();
    input.workspace = workspace;
    input.entries = &entry;
    input.entry_count = 1;
    input.optimise = optimise;
    return martlet_backend()->compile(&input, &p->arena, &p->output, &p->error) &&
           map_object(p);
}

static bool agrees(Program *p, const Func *func, int64_t x, int64_t y)
{
    bool raised;
    int64_t wanted, args[] = {x, y}, got = 0;
    if (!interpret(func, x, y, &raised, &wanted))
        return true;
    bool status = tool_call(p, &got, args, NULL);
    return status == raised && (raised || got == wanted);
}

/* The random program of a seed, compiled, against the interpreter: how many of some arguments
 * disagree, or -1 when it does not compile. */
EXPORT int64_t tool_fuzz(uint64_t seed, uint32_t optimise)
{
    static const int64_t numbers[] = {0, 1, 2, 3, 7, -1, -5, 1000, INT64_MAX, INT64_MIN};
    World world;
    int64_t wrong = 0;
    Program *p = calloc(1, sizeof *p);
    world_open(&world);
    arena_open(&p->arena, NULL);
    text_open(&p->error, &p->arena);
    image_space_open(&p->space);
    p->ctx.owner = p;
    p->stop_at = -1;
    Func *func = program_make(&world, seed);
    if (!compile_func(p, &world, func, optimise))
        wrong = -1;
    for (size_t i = 0; wrong >= 0 && i < sizeof numbers / sizeof *numbers; i++)
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            wrong += !agrees(p, func, numbers[i], numbers[k]);
    world_close(&world);
    tool_free(p);
    return wrong;
}

/* ---- the program --------------------------------------------------------------------------- */

#ifndef CODEGEN_TOOL_LIBRARY
static char *read_file(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    enum { CAPACITY = 1 << 20 };
    char *text = calloc(1, CAPACITY);
    if (fread(text, 1, CAPACITY - 1, file) == CAPACITY - 1)
        fprintf(stderr, "codegen_tool: %s is cut off\n", path);
    fclose(file);
    return text;
}

static const char *value_of(int argc, char **argv, const char *key)
{
    size_t length = strlen(key);
    for (int i = 2; i < argc; i++)
        if (strncmp(argv[i], key, length) == 0 && argv[i][length] == '=')
            return argv[i] + length + 1;
    return NULL;
}

static long number_of(int argc, char **argv, const char *key, long otherwise)
{
    const char *text = value_of(argc, argv, key);
    return text ? strtol(text, NULL, 0) : otherwise;
}

static void print_times(const char *text, const ToolOptions *options, long repeat)
{
    uint64_t best[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    for (long i = 0; i < repeat; i++) {
        Program *p = tool_compile(text, options);
        for (int k = 0; k < 3; k++)
            if (tool_time(p, k) < best[k])
                best[k] = tool_time(p, k);
        tool_free(p);
    }
    printf("emit %.3f  optimise %.3f  object %.3f ms\n", (double)best[0] / 1e6,
           (double)best[1] / 1e6, (double)best[2] / 1e6);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    const char *what = argc > 2 ? argv[2] : "llvm", *entry = value_of(argc, argv, "entry");
    char *text = read_file(argv[1]);
    if (strcmp(what, "starve") == 0) {
        int32_t granted = tool_starve(text);
        printf("%d chunks\n", granted);
        free(text);
        return granted < 1;
    }
    ToolOptions options = {
        .entry = entry && strcmp(entry, "ufunc") == 0 ? ENTRY_UFUNC : ENTRY_CALL,
        .fastmath = (uint32_t)number_of(argc, argv, "fastmath", 0),
        .optimise = (uint32_t)number_of(argc, argv, "O", 3),
        .want_texts = strcmp(what, "time") != 0,
        .verify = true,
        .triple = value_of(argc, argv, "triple"),
        .cpu = value_of(argc, argv, "cpu"),
        .features = value_of(argc, argv, "features"),
    };
    Program *p = tool_compile(text, &options);
    bool is_good = !tool_error(p);
    if (!is_good)
        fprintf(stderr, "codegen_tool: %s\n%s", tool_error(p),
                p->output.unoptimised ? p->output.unoptimised : "");
    else if (strcmp(what, "time") == 0)
        print_times(text, &options, number_of(argc, argv, "repeat", 20));
    else if (strcmp(what, "object") == 0)
        fwrite(p->output.object, 1, p->output.object_size, stdout);
    else
        fputs(tool_text(p, strcmp(what, "llvm") == 0  ? 0
                           : strcmp(what, "raw") == 0 ? 1
                                                      : 2),
              stdout);
    tool_free(p);
    free(text);
    return !is_good;
}
#endif
