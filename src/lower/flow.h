/* What lowering a function keeps: where operations go, and what every variable holds there.
 *
 * Control that forks and meets again is built with a Join: the operation whose results are what
 * the variables hold after it. flow_open makes it, flow_enter goes into one of its regions with
 * the variables as they were before, flow_leave goes out with what they hold now, flow_close
 * goes on after it. Which variables are carried is known beforehand: those that the code inside
 * binds. Where control does not get to, `region` is NULL, and nothing may be emitted.
 */
#ifndef MARTLET_LOWER_FLOW_H
#define MARTLET_LOWER_FLOW_H

#include "ir/compile.h"
#include "syntax/scope.h"

/* Whether a variable is bound: what may be the case, as bits, so that `|` merges. */
enum { MAY_BE_UNBOUND = 1, MAY_BE_BOUND = 2 };

typedef struct Held {
    Value *value; /* NULL: certainly unbound */
    uint8_t state;
} Held;

typedef struct Join {
    Op *op;
    Region *outer;     /* where op stands */
    Held *entry;       /* the variables before op */
    uint32_t *carried; /* local indices; their results follow op's own ones */
    uint32_t carried_count, own_count;
    uint8_t *flags;  /* SCOPE_BOUND, SCOPE_UNBOUND, by local index */
    uint8_t *states; /* of the carried variables, merged over the exits so far */
    bool is_reached; /* is there an exit? */
} Join;

/* What break, continue and return meet on their way out, innermost first. */
typedef enum FrameKind { FRAME_LOOP, FRAME_FINALLY, FRAME_HANDLER } FrameKind;

typedef enum ExitKind { EXIT_BREAK, EXIT_CONTINUE, EXIT_RETURN } ExitKind;

typedef struct Frame Frame;

typedef struct Pending {
    ExitKind kind;
    Frame *loop; /* NULL for a return */
} Pending;

struct Frame {
    FrameKind kind;
    Frame *outer;
    Join *done;            /* LOOP: where break leads; FINALLY: the block around the body */
    Join *loop;            /* LOOP: the loop, for continue */
    VEC(Pending) pending;  /* FINALLY: exits that run it, selected by position + 1 */
    bool falls_through;    /* FINALLY: the end of the try statement is reached, too */
    const Symbol *name;    /* HANDLER: the exception's, which no exit leaves bound */
    uint8_t payload_state; /* FINALLY: whether the block's payload holds a returned value */
};

/* A try body: the memory in which handlers find its variables. */
typedef struct Guard {
    struct Guard *outer;
    Value **slots; /* by local index; NULL: not bound in the body */
} Guard;

typedef struct Lower {
    Compile *c;
    Code *code;
    Func *func;
    Scope *scope;
    Region *region; /* where operations go; NULL: control does not get here */
    Held *env;      /* by local index; of a cell: its Slot */
    Value **captures;
    Frame *frames;
    Guard *guards;
    uint32_t handler_depth; /* except clauses around */
    Map codes;              /* inner function's node → Code */
    const Node *located;    /* node of the last Loc made */
    const Loc *loc;
} Lower;

/* ---- operations ---- */

const Loc *flow_loc(Lower *l, const Node *node);
Op *flow_append(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count,
                uint32_t result_count);
/* Appends an operation with op.def's number of results; the first one, or NULL. */
Value *flow_emit(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count,
                 Attr attr);
Value *flow_emit1(Lower *l, OpCode code, const Node *at, Value *x);
Value *flow_emit2(Lower *l, OpCode code, const Node *at, Value *x, Value *y);
Value *flow_const(Lower *l, const Node *at, Constant constant);
Value *flow_none(Lower *l, const Node *at);
Value *flow_bool(Lower *l, const Node *at, bool value);
Value *flow_int(Lower *l, const Node *at, int64_t value);
/* Reports, with a help line, and gives a value to go on with. */
__attribute__((format(printf, 5, 6))) Value *
flow_refuse(Lower *l, const Node *at, DiagCode code, const char *help, const char *format, ...);

/* ---- control ---- */

/* Appends `code` with own_count own results and one for each variable that the nodes inside
 * bind; LOOP and FOR get args and region params for them too. `arg` is that of IF and FOR. */
Join flow_open(Lower *l, OpCode code, const Node *at, Value *arg, uint32_t own_count,
               NodeList inside);
/* Goes into a region, with the variables as they were before the operation, or as the loop's
 * params have them. */
void flow_enter(Lower *l, Join *join, uint32_t region);
/* Out of the region, by YIELD or BREAK, with own_count own values. */
void flow_leave(Lower *l, Join *join, OpCode exit, const Node *at, Value *const *own);
void flow_continue(Lower *l, Join *join, const Node *at);
void flow_close(Lower *l, Join *join, const Node *at);
/* Ends the region with a terminator other than those. */
void flow_end(Lower *l, OpCode code, const Node *at, Value *const *args, uint32_t count);

/* ---- variables ---- */

/* What a variable holds now, be it "unbound". */
Value *flow_held(Lower *l, uint32_t local, const Node *at);
/* The variable holds `value` from here on (NULL: it is unbound); handlers around see it too. */
void flow_bind(Lower *l, uint32_t local, Value *value, const Node *at);

#endif
