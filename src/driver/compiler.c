/* The pipeline, from a Code and argument types to a mapped image, and the one boundary for its errors.
 *
 *     lower → infer → specialise → passes → backend → link → map
 *
 * Stages up to the passes run under the caller's lock and may leave by longjmp to `compiler_compile`. The backend,
 * the linker and the mapper run outside it (leave_python … enter_python), never longjmp, and see only memory of
 * this compile.
 */
#include "driver/compiler.h"

#include <string.h>
#include <time.h>

#include "driver/engine.h"
#include "driver/import.h"
#include "driver/watch.h"
#include "infer/infer.h"
#include "lower/lower.h"
#include "passes/pass.h"
#include "specialise/spec.h"

/* One compile. Lives in compiler_compile's frame, behind setjmp: all that changes is in here. */
typedef struct Job {
    Engine *engine;
    const CompileRequest *request;
    CompileResult *result;
    Arena arena;      /* of this compile: freed whole */
    Arena code_arena; /* the backend's: must not longjmp */
    ArenaPolicy policy;
    Diag diag;
    Compile c;
    Watch watch;
    FuncList funcs;
    Arena *kept; /* what Compiled owns */
    Compiled *compiled;
    const Type **hidden;
    uint32_t hidden_count;
    BackendOutput output;
    Entry entry;
    uint64_t started, at;
    Stats stats;
} Job;

static uint64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

/* Time since the last lap. */
static uint64_t lap(Job *job)
{
    uint64_t before = job->at;
    job->at = now_ns();
    return job->at - before;
}

/* ---- stages ------------------------------------------------------------------------------------------------ */

static const char *print_funcs(Job *job, Arena *arena)
{
    Text text;
    text_open(&text, arena);
    for (uint32_t i = 0; i < job->funcs.len; i++) {
        if (i)
            text_putc(&text, '\n');
        ir_print(job->funcs.data[i], &text);
    }
    return text.data;
}

static void verify_all(Job *job, const char *stage)
{
    Text error;
    text_open(&error, &job->arena);
    for (uint32_t i = 0; i < job->funcs.len; i++)
        if (!ir_verify(job->funcs.data[i], &error))
            diag_fail(&job->diag, job->funcs.data[i]->loc.span, E_INTERNAL, "after %s: %s",
                      stage, error.data);
}

/* The result type that a signature asks for. */
static void convert_result(Job *job, Infer *infer)
{
    const Type *wanted = job->request->result, *join;
    Instance *root = infer->root;
    if (!wanted || wanted == root->result || root->result->kind == TYPE_NEVER)
        return;
    bool numbers = wanted->kind == TYPE_SCALAR && root->result->kind == TYPE_SCALAR;
    bool holds =
        promote_merge(job->c.types, root->result, wanted, &join) == MERGE_OK && join == wanted;
    if (!numbers && !holds)
        diag_fail(&job->diag, root->code->loc.span, E_SIGNATURE,
                  "'%s' returns %s, which is not the signature's %s", root->code->name->text,
                  type_text(root->result, &job->arena), type_text(wanted, &job->arena));
    root->result = wanted;
    root->casts_result = numbers;
}

static bool is_element(const Type *type)
{
    return type->kind == TYPE_SCALAR;
}

/* A ufunc's loop writes numbers: one, or a tuple of them. */
static void check_elements(Job *job, const Instance *root)
{
    const Type *result = root->result;
    bool fits = is_element(result) || (result->kind == TYPE_TUPLE && result->count > 0);
    for (uint32_t i = 0; fits && result->kind == TYPE_TUPLE && i < result->count; i++)
        fits = is_element(result->elements[i]);
    if (fits || job->request->entry != ENTRY_UFUNC)
        return;
    diag_fail(
        &job->diag, root->code->loc.span, E_SIGNATURE,
        "'%s' returns %s for an element, and a ufunc returns a number or a tuple of numbers",
        root->code->name->text, type_text(result, &job->arena));
}

/* False when typing asks for the value of an argument. */
static bool front(Job *job)
{
    const CompileRequest *request = job->request;
    lower_code(&job->c, request->code);
    job->stats.lower_ns = lap(job);
    watch_generic(&job->watch, request->code->generic);
    Infer *infer = infer_run(&job->c, request->code, request->args, request->arg_count);
    job->stats.infer_ns = lap(job);
    if (infer->root_wants_const) {
        job->result->wants_const = infer->root_wants_const;
        return false;
    }
    convert_result(job, infer);
    check_elements(job, infer->root);
    specialise_run(&job->c, infer, &job->funcs);
    job->stats.specialise_ns = lap(job);
    return true;
}

static bool op_can_raise(const Op *op);

static bool region_can_raise(const Region *region)
{
    for (const Op *op = region->first; op; op = op->next)
        if (op_can_raise(op))
            return true;
    return false;
}

/* A loop may be interrupted. */
static bool op_can_raise(const Op *op)
{
    if (op->code == OP_CALL)
        return op->attr.func->can_raise;
    if (op->code == OP_LOOP || op->code == OP_FOR || (op_flags(op->code) & OP_RAISES))
        return true;
    for (uint32_t i = 0; i < op->region_count; i++)
        if (region_can_raise(&op->regions[i]))
            return true;
    return false;
}

static void find_raising(Job *job)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < job->funcs.len; i++) {
            Func *func = job->funcs.data[i];
            if (!func->can_raise && region_can_raise(&func->body))
                changed = func->can_raise = true;
        }
    }
    /* Recursion may run out of stack. */
    for (uint32_t i = 0; i < job->funcs.len; i++)
        job->funcs.data[i]->can_raise = job->funcs.data[i]->can_raise || job->funcs.len > 1;
}

static bool is_leaf(const Region *region)
{
    unsigned calls = OP_RAISES | OP_WRITES;
    for (const Op *op = region->first; op; op = op->next) {
        bool is_quick = (op_flags(op->code) & calls) == 0 || op->code == OP_STORE;
        if (!is_quick || op->code == OP_LOOP || op->code == OP_FOR || op->code == OP_HIDDEN ||
            op->code == OP_TRY)
            return false;
        for (uint32_t i = 0; i < op->region_count; i++)
            if (!is_leaf(&op->regions[i]))
                return false;
    }
    return true;
}

static void note_hidden(Job *job, const Region *region)
{
    for (const Op *op = region->first; op; op = op->next) {
        if (op->code == OP_HIDDEN) {
            uint32_t k = (uint32_t)op->attr.integer;
            if (k >= job->hidden_count) {
                const Type **grown = ARENA_ARRAY(&job->arena, const Type *, k + 1);
                for (uint32_t i = 0; i <= k; i++)
                    grown[i] = i < job->hidden_count ? job->hidden[i] : job->c.types->none;
                job->hidden = grown;
                job->hidden_count = k + 1;
            }
            job->hidden[k] = op->results[0].type;
        }
        for (uint32_t i = 0; i < op->region_count; i++)
            note_hidden(job, &op->regions[i]);
    }
}

static void middle(Job *job)
{
    if (job->watch.verify)
        verify_all(job, "specialise");
    watch_typed(&job->watch, &job->funcs);
    job->funcs.len = pass_run_all(&job->c, job->funcs.data, job->funcs.len, &job->watch.passes);
    if (job->watch.verify)
        verify_all(job, "the passes");
    find_raising(job);
    for (uint32_t i = 0; i < job->funcs.len; i++)
        note_hidden(job, &job->funcs.data[i]->body);
    job->stats.passes_ns = lap(job);
}

/* ---- code ---------------------------------------------------------------------------------------------------- */

/* One workspace is kept between compiles; compiles at the same time make their own. */
static BackendWorkspace *take_workspace(Engine *engine)
{
    BackendWorkspace *workspace = atomic_exchange(&engine->workspace, NULL);
    return workspace ? workspace : engine->backend->workspace_open();
}

static void give_workspace(Engine *engine, BackendWorkspace *workspace)
{
    BackendWorkspace *none = NULL;
    if (workspace && !atomic_compare_exchange_strong(&engine->workspace, &none, workspace))
        engine->backend->workspace_close(workspace);
}

static bool emit(Job *job, Text *error)
{
    const CompileRequest *request = job->request;
    job->entry = (Entry){job->funcs.data[0], request->entry, "martlet_entry"};
    BackendInput input = {
        .types = job->c.types,
        .funcs = job->funcs.data,
        .func_count = job->funcs.len,
        .entries = &job->entry,
        .entry_count = 1,
        .hidden = job->hidden,
        .hidden_count = job->hidden_count,
        .fastmath = request->options.fastmath,
        .optimise = 3,
        .want_llvm = (request->want & WANT_LLVM) || job->watch.want_llvm,
        .want_asm = (request->want & WANT_ASM) || job->watch.want_asm,
    };
    BackendWorkspace *workspace = take_workspace(job->engine);
    input.workspace = workspace;
    bool done = job->engine->backend->compile(&input, &job->code_arena, &job->output, error);
    give_workspace(job->engine, workspace);
    return done;
}

static Image *make_image(Job *job, Text *error, ImageBytes *bytes)
{
    job->at = now_ns();
    if (!emit(job, error))
        return NULL;
    job->stats.emit_ns = job->output.emit_ns;
    job->stats.llvm_optimise_ns = job->output.optimise_ns;
    job->stats.llvm_object_ns = job->output.object_ns;
    job->at = now_ns();
    if (!image_link(&job->code_arena, job->output.object, job->output.object_size, bytes,
                    error))
        return NULL;
    Image *image =
        image_map(&job->engine->space, bytes->data, bytes->size, import_resolve, NULL, error);
    job->stats.link_ns = lap(job);
    if (image && job->watch.perf)
        image_announce_perf(image);
    if (image && job->watch.gdb)
        image_announce_gdb(image, job->output.object, job->output.object_size);
    return image;
}

/* ---- what stays ----------------------------------------------------------------------------------------------- */

static const char *keep_text(Arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

static const Type *const *keep_types(Arena *arena, const Type *const *types, uint32_t count)
{
    const Type **kept = ARENA_ARRAY(arena, const Type *, count);
    if (count)
        memcpy(kept, types, count * sizeof *kept);
    return kept;
}

/* Sources are kept by text and name: the functions they come from may go first. */
static const Source *keep_source(Arena *arena, Map *map, const Source *source)
{
    Source *kept = source ? map_get(map, map_key(source)) : NULL;
    if (!source || kept)
        return kept;
    kept = ARENA_NEW(arena, Source);
    *kept = *source;
    kept->filename = keep_text(arena, source->filename);
    kept->text = NULL;
    map_set(arena, map, map_key(source), kept);
    return kept;
}

static const Loc *keep_loc(Arena *arena, Map *map, const Loc *loc)
{
    Loc *kept = loc ? map_get(map, map_key(loc)) : NULL;
    if (!loc || kept)
        return kept;
    kept = ARENA_NEW(arena, Loc);
    *kept = *loc;
    kept->span.source = keep_source(arena, map, loc->span.source);
    kept->caller = keep_loc(arena, map, loc->caller);
    map_set(arena, map, map_key(loc), kept);
    return kept;
}

static SiteRecord *keep_sites(Arena *arena, const BackendOutput *output)
{
    SiteRecord *kept = ARENA_ARRAY(arena, SiteRecord, output->site_count);
    Map map = {0};
    for (uint32_t i = 0; i < output->site_count; i++) {
        const SiteRecord *record = &output->sites[i];
        kept[i].loc = keep_loc(arena, &map, record->loc);
        kept[i].arg_count = record->arg_count;
        kept[i].arg_types = keep_types(arena, record->arg_types, record->arg_count);
        if (!record->site)
            continue;
        Site *site = ARENA_NEW(arena, Site);
        *site = *record->site;
        site->message = keep_text(arena, record->site->message);
        kept[i].site = site;
    }
    return kept;
}

static void keep(Job *job, Image *image, void *entry, const ImageBytes *bytes)
{
    Arena *arena = job->kept;
    const Func *root = job->funcs.data[0];
    const CompileRequest *request = job->request;
    Compiled *compiled = job->compiled;
    compiled->image = image;
    compiled->entry = entry;
    compiled->result = root->result;
    compiled->params = keep_types(arena, request->args, request->arg_count);
    compiled->param_count = request->arg_count;
    compiled->hidden = keep_types(arena, job->hidden, job->hidden_count);
    compiled->hidden_count = job->hidden_count;
    compiled->is_leaf = !root->can_raise && is_leaf(&root->body);
    compiled->sites = keep_sites(arena, &job->output);
    compiled->site_count = job->output.site_count;
    compiled->generic = keep_text(arena, job->watch.generic_text);
    compiled->typed = keep_text(arena, job->watch.typed_text);
    compiled->passed = request->want & WANT_PASSED ? print_funcs(job, arena) : NULL;
    compiled->llvm = keep_text(arena, job->output.llvm);
    compiled->asm_text = keep_text(arena, job->output.asm_text);
    if (request->want & WANT_IMAGE) {
        void *copy = arena_alloc(arena, bytes->size, 16);
        memcpy(copy, bytes->data, bytes->size);
        compiled->image_bytes = copy;
        compiled->image_size = bytes->size;
    }
    compiled->stats = job->stats;
    compiled->stats.total_ns = now_ns() - job->started;
}

/* The Compiled on its arena, whose first objects they are; made before there is code that could be lost. */
static void open_kept(Job *job)
{
    Arena arena;
    arena_open(&arena, &job->engine->policy);
    job->kept = ARENA_NEW(&arena, Arena);
    *job->kept = arena;
    job->compiled = ARENA_NEW(job->kept, Compiled);
    job->compiled->arena = job->kept;
}

static void close_kept(Compiled *compiled)
{
    Arena arena = *compiled->arena;
    if (compiled->image)
        image_unpin(compiled->image);
    arena_close(&arena);
}

static void back(Job *job)
{
    const CompileRequest *request = job->request;
    ImageBytes bytes = {0};
    Text error;
    open_kept(job);
    text_open(&error, &job->code_arena);
    if (request->leave_python)
        request->leave_python(request->context);
    Image *image = make_image(job, &error, &bytes);
    if (request->enter_python)
        request->enter_python(request->context);
    if (!image)
        diag_fail(&job->diag, request->code->loc.span, job->output.object ? E_LINK : E_LLVM,
                  "%s", error.data);
    job->compiled->image = image; /* from here on the boundary gives it back */
    watch_code(&job->watch, job->output.llvm, job->output.asm_text);
    keep(job, image, image_symbol(image, "martlet_entry"), &bytes);
}

/* ---- the boundary ---------------------------------------------------------------------------------------------- */

static char *duplicate(CompileResult *result, const char *text)
{
    return arena_strndup(&result->arena, text, strlen(text));
}

static bool is_warning(const Finding *finding)
{
    return diag_class(finding->code) == DIAG_WARNING;
}

/* Findings as text; runs inside the boundary, since rendering allocates. */
static void render(Job *job)
{
    Diag some = job->diag;
    Text text;
    for (int warnings = 0; warnings < 2; warnings++) {
        some.findings.data = ARENA_ARRAY(&job->arena, Finding *, job->diag.findings.len + 1);
        some.findings.len = some.findings.cap = 0;
        for (uint32_t i = 0; i < job->diag.findings.len; i++)
            if (is_warning(job->diag.findings.data[i]) == warnings)
                some.findings.data[some.findings.len++] = job->diag.findings.data[i];
        if (some.findings.len == 0)
            continue;
        text_open(&text, &job->arena);
        diag_render(&some, &text);
        *(warnings ? &job->result->warnings : &job->result->message) =
            duplicate(job->result, text.data);
        if (!warnings) {
            job->result->error_class = diag_class(some.findings.data[0]->code);
            job->result->span = some.findings.data[0]->span;
        }
    }
}

static void open_job(Job *job, Boundary *boundary)
{
    job->policy = (ArenaPolicy){engine_out_of_memory, job->engine, job->request->fail_after};
    arena_open(&job->arena, &job->policy);
    arena_open(&job->code_arena, NULL);
    diag_open(&job->diag, &job->arena, &boundary->jump);
    job->c = (Compile){
        .arena = &job->arena,
        .diag = &job->diag,
        .names = &job->engine->names,
        .types = &job->engine->types,
        .options = job->request->options,
        .resolver = job->request->resolver,
    };
    job->started = job->at = now_ns();
}

static void close_job(Job *job)
{
    arena_close(&job->arena);
    arena_close(&job->code_arena);
}

static void give_up(Job *job)
{
    if (job->compiled)
        close_kept(job->compiled);
    job->compiled = NULL;
}

static void run(Job *job)
{
    const CompileRequest *request = job->request;
    if (!job->engine->backend)
        diag_fail(&job->diag, request->code->loc.span, E_LLVM,
                  "the code generator is not loaded");
    watch_open(&job->watch, &job->arena, request->code->name->text, request->want);
    if (!front(job))
        return;
    middle(job);
    back(job);
    render(job);
    job->result->compiled = job->compiled;
}

void compiler_compile(Engine *engine, const CompileRequest *request, CompileResult *result)
{
    Boundary boundary = {.out_of_memory = false};
    Boundary *outer = engine->boundary;
    Job job = {.engine = engine, .request = request, .result = result};
    memset(result, 0, sizeof *result);
    arena_open(&result->arena, NULL);
    engine->boundary = &boundary;
    if (setjmp(boundary.jump) == 0) {
        open_job(&job, &boundary);
        run(&job);
    } else {
        result->error_class = boundary.out_of_memory ? DIAG_INTERNAL : DIAG_COMPILE_ERROR;
        job.policy.fail_after = -1;
        give_up(&job);
        if (boundary.out_of_memory) {
            result->message = duplicate(result, "memory ran out while compiling");
            result->out_of_memory = true;
        } else if (setjmp(boundary.jump) == 0) {
            render(&job);
        }
    }
    engine->boundary = outer;
    close_job(&job);
}

void compiler_result_free(CompileResult *result)
{
    arena_close(&result->arena);
    result->message = result->warnings = NULL;
}

void compiled_free(Engine *engine, Compiled *compiled)
{
    (void)engine;
    close_kept(compiled);
}
