/* Matching: can arguments of some types be given to parameters of others, and how do their slots change?
 *
 * Lazy specialisations take arguments as they come, except that a Const parameter has no slots: its
 * argument is compared. Explicit signatures convert: Python's numbers to NumPy's, safely or checked,
 * contiguous arrays to strided ones, values to Optionals.
 */
#ifndef MARTLET_PYTHON_MATCH_H
#define MARTLET_PYTHON_MATCH_H

#include "python/key.h"

typedef enum MoveKind {
    MOVE_COPY,    /* count slots */
    MOVE_VALUE,   /* a fixed value; source: the value */
    MOVE_CONVERT, /* a number from one kind to another */
    MOVE_STRIDES, /* of a contiguous array: source: its first dim */
    MOVE_TEST,    /* no slot is written: the slot must equal `value` */
    MOVE_TEST_STR /* the string in two slots must be `text` */
} MoveKind;

typedef struct Move {
    MoveKind kind;
    uint32_t source, target, count;
    ScalarKind from, to; /* CONVERT */
    Layout layout;       /* STRIDES, of `from` elements */
    union {
        uint64_t value;
        const Symbol *text;
    };
} Move;

typedef VEC(Move) Moves;

enum {
    MATCH_NONE = -1,
    MATCH_EXACT = 0,
    MATCH_KIND = 1, /* int → int64, float → float64: the same value */
    MATCH_NARROW =
        20,           /* a Python int → int32, which may raise OverflowError; float → float32 */
    MATCH_SAFE = 100, /* int32 → int64 */
    MATCH_CHECKED = 10000 /* int → int32: may raise OverflowError */
};

/* The cost of giving arguments of types `from` to parameters of types `to`, with the moves appended
 * (merged where possible); MATCH_NONE when it cannot be. */
int match_types(Arena *arena, const Type *const *from, const Type *const *to, uint32_t count,
                Moves *moves);
/* True when slots can be used as they are. */
bool match_is_identity(const Moves *moves);

typedef enum MatchStatus { MATCH_DONE, MATCH_OTHER, MATCH_RANGE } MatchStatus;

/* Carries moves out. OTHER: a tested value is another one. RANGE: a value does not fit its kind, that of
 * move number *failed. */
MatchStatus match_move(const Move *moves, uint32_t count, const uint64_t *source,
                       uint64_t *target, uint32_t *failed);

#endif
