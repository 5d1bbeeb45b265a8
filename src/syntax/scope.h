/* Scopes: what every name in a function means.
 *
 * A Scope belongs to one def or lambda; the function's own variables are numbered (parameters
 * first), and so are those that it captures from enclosing functions of the same tree. A
 * captured variable is passed on by value when nothing binds it after the inner function was
 * made; otherwise it `is_cell`: it lives in memory that both functions see.
 *
 * Comprehensions and classes are not looked into: they are refused by lower.
 */
#ifndef MARTLET_SYNTAX_SCOPE_H
#define MARTLET_SYNTAX_SCOPE_H

#include "base/map.h"
#include "base/vec.h"
#include "syntax/ast.h"

typedef enum VariableKind {
    VARIABLE_LOCAL,
    VARIABLE_CAPTURE, /* a variable of an enclosing function in the tree */
    VARIABLE_SELF,    /* the inner function itself, whose name nothing else is bound to */
    VARIABLE_PEER,    /* likewise a function defined beside it: see Peers */
    VARIABLE_CELL,   /* a free variable of the outermost function: a cell of Python's closure */
    VARIABLE_GLOBAL, /* or a builtin */
} VariableKind;

typedef struct Variable {
    const Symbol *name;
    VariableKind kind;
    uint32_t index;         /* LOCAL: among the locals; CAPTURE: among the captures */
    struct Variable *outer; /* CAPTURE, SELF, PEER: as the enclosing function has it */
    struct Scope *peer;     /* PEER: of the function */
    bool is_param;
    bool is_cell;        /* LOCAL: see above; for a CAPTURE ask scope_is_cell */
    bool is_deleted;     /* by del, or at the end of an except … as */
    bool is_bound_first; /* bound by a statement of the function's own suite, then captured */
    bool may_be_unbound; /* set by lower: some inner function is made while it may be unbound */
    uint32_t bind_count;
    uint32_t bound_first; /* times, in the order of the source; see scope.c */
    uint32_t bound_last, captured_first;
} Variable;

/* Functions whose defs follow each other directly, one of which names a later one: they may call
 * each other. All capture the same variables, so that each can make every other from what it
 * has; none captures another. */
typedef struct Peers {
    VEC(struct Scope *) members;
    uint32_t suite, events; /* where the last def ended */
    bool is_linked;         /* otherwise captures are what they are elsewhere */
} Peers;

typedef struct Scope {
    struct Scope *parent; /* of the enclosing function; NULL: the outermost */
    Node *function;       /* AstFunctionDef or AstLambda */
    Map variables;        /* Symbol → Variable, all names that occur */
    VEC(Variable *) locals, captures;
    Map nonlocals;                              /* names declared so */
    uint32_t now, loop_start, loop_depth, born; /* times, while analysing */
    bool has_yield;
    bool uses_self;         /* some name is a VARIABLE_SELF */
    const Symbol *own_name; /* what the function is called in the enclosing one */
    Peers *peers;
    uint32_t events; /* names met, while analysing */
    void *code;      /* lower's Code of an inner function */
} Scope;

/* Analyses a def or lambda with all functions inside, and sets their nodes' `scope`. `free`
 * names the cells of the Python closure. */
Scope *scope_analyse(Arena *arena, Node *function, NameList free);

/* The scope of an analysed AstFunctionDef or AstLambda. */
Scope *scope_of(const Node *function);
/* Its arguments. */
AstArguments *scope_arguments(const Node *function);

/* What a name that occurs in the function means. */
Variable *scope_variable(const Scope *scope, const Symbol *name);
/* The variable that a capture stands for, directly or through functions between. */
const Variable *scope_root(const Variable *variable);
/* Does the variable, or the one it captures, live in shared memory? */
bool scope_is_cell(const Variable *variable);
/* May such memory hold no value, once it is there? */
bool scope_cell_may_be_unbound(const Variable *variable);

/* Marks in flags[local index] the variables that `nodes` bind (BOUND) and unbind (UNBOUND) when
 * they run; cells are not marked. */
enum { SCOPE_BOUND = 1, SCOPE_UNBOUND = 2 };
void scope_mark_bound(const Scope *scope, Node *const *nodes, uint32_t count, uint8_t *flags);

#endif
