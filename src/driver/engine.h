/* The Engine's inside, for the files of this folder. */
#ifndef MARTLET_DRIVER_ENGINE_H
#define MARTLET_DRIVER_ENGINE_H

#include <setjmp.h>
#include <stdatomic.h>

#include "driver/compiler.h"

/* The one place that errors of the core come back to. Arenas that grow during a compile point here. */
typedef struct Boundary {
    jmp_buf jump;
    bool out_of_memory;
} Boundary;

struct Engine {
    Arena arena;
    ArenaPolicy policy; /* of every arena that outlives a compile */
    Interner names;
    TypeTable types;
    ImageSpace space;
    const Backend *backend;
    _Atomic(BackendWorkspace *) workspace; /* of the backend, while no compile uses it */
    Boundary *boundary;                    /* of the compile that runs; NULL: none */
};

/* A Code whose memory is its own arena, after this header. */
typedef struct CodeBox {
    Code code;
    Arena arena;
} CodeBox;

/* The policy's handler: to the boundary, or abort when no compile runs. `owner`: the Engine. */
_Noreturn void engine_out_of_memory(void *owner);

#endif
