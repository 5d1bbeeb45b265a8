/* The process-wide context of compiling, and the lifetime of Codes. */
#include "driver/engine.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void engine_out_of_memory(void *owner)
{
    Engine *engine = owner;
    if (!engine->boundary) {
        fputs("martlet: out of memory\n", stderr);
        abort();
    }
    engine->boundary->out_of_memory = true;
    longjmp(engine->boundary->jump, 1);
}

/* An Engine lives on its own arena, which it is the first object of. */
Engine *engine_open(void)
{
    Arena arena;
    arena_open(&arena, NULL);
    Engine *engine = ARENA_NEW(&arena, Engine);
    engine->policy = (ArenaPolicy){engine_out_of_memory, engine, -1};
    engine->arena = arena;
    engine->arena.policy = &engine->policy;
    intern_open(&engine->names, &engine->arena);
    type_open(&engine->types, &engine->arena, &engine->names);
    image_space_open(&engine->space);
    return engine;
}

void engine_close(Engine *engine)
{
    Arena arena = engine->arena;
    BackendWorkspace *workspace = atomic_exchange(&engine->workspace, NULL);
    if (workspace)
        engine->backend->workspace_close(workspace);
    image_space_close(&engine->space);
    arena_close(&arena);
}

TypeTable *engine_types(Engine *engine)
{
    return &engine->types;
}

Interner *engine_names(Engine *engine)
{
    return &engine->names;
}

Arena *engine_arena(Engine *engine)
{
    return &engine->arena;
}

ImageSpace *engine_space(Engine *engine)
{
    return &engine->space;
}

void engine_set_backend(Engine *engine, const Backend *backend)
{
    engine->backend = backend;
}

const Backend *engine_backend(const Engine *engine)
{
    return engine->backend;
}

Code *engine_code_new(Engine *engine)
{
    Arena arena;
    arena_open(&arena, &engine->policy);
    CodeBox *box = ARENA_NEW(&arena, CodeBox);
    box->arena = arena;
    box->code.arena = &box->arena;
    return &box->code;
}

void engine_code_free(Engine *engine, Code *code)
{
    (void)engine;
    Arena arena = ((CodeBox *)(void *)code)->arena;
    arena_close(&arena);
}
