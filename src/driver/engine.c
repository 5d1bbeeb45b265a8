/* The process-wide context of compiling, and the lifetime of Codes. */
#include "driver/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

Engine *engine_open(void)
{
    Engine *engine = calloc(1, sizeof *engine); /* NOLINT: the root of all memory */
    if (!engine)
        return NULL;
    engine->policy = (ArenaPolicy){engine_out_of_memory, engine, -1};
    arena_open(&engine->arena, &engine->policy);
    intern_open(&engine->names, &engine->arena);
    type_open(&engine->types, &engine->arena, &engine->names);
    image_space_open(&engine->space);
    return engine;
}

void engine_close(Engine *engine)
{
    image_space_close(&engine->space);
    arena_close(&engine->arena);
    free(engine);
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
    CodeBox *box = calloc(1, sizeof *box); /* NOLINT */
    if (!box)
        return NULL;
    arena_open(&box->arena, &engine->policy);
    box->code.arena = &box->arena;
    return &box->code;
}

void engine_code_free(Engine *engine, Code *code)
{
    (void)engine;
    CodeBox *box = (CodeBox *)(void *)code;
    arena_close(&box->arena);
    free(box);
}
