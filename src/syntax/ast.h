/* The syntax tree: a function's source as nodes, each with its span.
 *
 * The nodes are rows of node.def. A Node is the head of one struct per row (`AstBinOp` …),
 * reached by its kind; every struct is described by an AstShape, through which the reader, the
 * printer and the walker handle all nodes alike. Trees live on the function's arena and are
 * immutable after scope analysis.
 */
#ifndef MARTLET_SYNTAX_AST_H
#define MARTLET_SYNTAX_AST_H

#include "base/diag.h"
#include "types/constant.h"

typedef enum NodeKind {
#define NODE(name, Type, group, fields) NODE_##name,
#include "syntax/node.def"
#undef NODE
    NODE_COUNT
} NodeKind;

typedef enum NodeGroup {
    GROUP_STATEMENT,
    GROUP_EXPRESSION,
    GROUP_PATTERN,
    GROUP_PART,
} NodeGroup;

typedef enum Operator {
#define OPERATOR_ROW(name, class, text) OPERATOR_##name,
#include "syntax/node.def"
#undef OPERATOR_ROW
    OPERATOR_COUNT
} Operator;

typedef struct Node {
    NodeKind kind;
    Span span;
} Node;

typedef struct NodeList {
    Node **data;
    uint32_t len;
} NodeList;

typedef struct NameList {
    const Symbol **data;
    uint32_t len;
} NameList;

typedef struct OperatorList {
    Operator *data;
    uint32_t len;
} OperatorList;

struct Scope; /* syntax/scope.h */

#define CHILD(f) Node *f;
#define LIST(f) NodeList f;
#define NAME(f) const Symbol *f;
#define NAMES(f) NameList f;
#define TEXT(f) const Symbol *f;
#define NUMBER(f) int f;
#define OPERATOR(f) Operator f;
#define OPERATORS(f) OperatorList f;
#define LITERAL(f) Constant f;
#define EXTRA(T, f) T f;
#define NODE(name, Type, group, fields) \
    typedef struct Ast##Type {          \
        Node node;                      \
        fields                          \
    } Ast##Type;
#include "syntax/node.def"
#undef NODE
#undef CHILD
#undef LIST
#undef NAME
#undef NAMES
#undef TEXT
#undef NUMBER
#undef OPERATOR
#undef OPERATORS
#undef LITERAL
#undef EXTRA

typedef enum FieldKind {
    FIELD_CHILD,
    FIELD_LIST,
    FIELD_NAME,
    FIELD_NAMES,
    FIELD_TEXT,
    FIELD_NUMBER,
    FIELD_OPERATOR,
    FIELD_OPERATORS,
    FIELD_LITERAL,
} FieldKind;

typedef struct AstField {
    const char *name;
    FieldKind kind;
    uint32_t offset; /* in the node's struct */
} AstField;

typedef struct AstShape {
    const char *class_name; /* in module ast */
    NodeGroup group;
    uint32_t size;
    uint32_t field_count; /* EXTRA fields are not among them */
    const AstField *fields;
} AstShape;

const AstShape *ast_shape(NodeKind kind);
const char *ast_operator_text(Operator op);  /* "+" */
const char *ast_operator_class(Operator op); /* "Add" */

/* A zeroed node. AST_NEW(arena, BIN_OP, AstBinOp, span) has the struct's type. */
Node *ast_new(Arena *arena, NodeKind kind, Span span);
#define AST_NEW(arena, name, Type, span) ((Type *)ast_new((arena), NODE_##name, (span)))

/* Calls `visit` for each child that is there, in the order of the fields. */
typedef void AstVisit(void *context, Node *child);
void ast_children(const Node *node, AstVisit *visit, void *context);

/* Where a statement with a suite has its head, as messages point to it: `def f`, `for x in a`,
 * `try`; of other nodes all. */
Span ast_head(const Node *node);

/* As ast.dump writes it, on indented lines: "BinOp(left=Name(id='x'), op=Add(), …)". */
void ast_print(const Node *node, Text *out);

#endif
