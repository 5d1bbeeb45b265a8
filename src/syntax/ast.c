/* The syntax tree: shapes from node.def, the walker and the printer over them.
 *
 * Nothing here knows a node by name: what can be said of all nodes is said through their
 * shapes.
 */
#include "syntax/ast.h"

#include <stddef.h>
#include <string.h>

enum { INDENT = 4 };

typedef struct Printer {
    Text *out;
    int depth;
} Printer;

static void print_node(Printer *p, const Node *node);

/* ---- shapes ---- */

/* One function per node, where `Self` names the struct that the fields are of. */
#define FIELD(f, field_kind) {#f, field_kind, offsetof(Self, f)},
#define CHILD(f) FIELD(f, FIELD_CHILD)
#define LIST(f) FIELD(f, FIELD_LIST)
#define NAME(f) FIELD(f, FIELD_NAME)
#define NAMES(f) FIELD(f, FIELD_NAMES)
#define TEXT(f) FIELD(f, FIELD_TEXT)
#define NUMBER(f) FIELD(f, FIELD_NUMBER)
#define OPERATOR(f) FIELD(f, FIELD_OPERATOR)
#define OPERATORS(f) FIELD(f, FIELD_OPERATORS)
#define LITERAL(f) FIELD(f, FIELD_LITERAL)
#define EXTRA(T, f)
#define NODE(name, Type, group, all_fields)                                           \
    static const AstShape *shape_##Type(void)                                         \
    {                                                                                 \
        typedef Ast##Type Self;                                                       \
        static const AstField fields[] = {all_fields{NULL, FIELD_CHILD, 0}};          \
        static const AstShape shape = {#Type, GROUP_##group, sizeof(Self),            \
                                       sizeof fields / sizeof fields[0] - 1, fields}; \
        return &shape;                                                                \
    }
#include "syntax/node.def"
#undef NODE

static const AstShape *(*const shapes[])(void) = {
#define NODE(name, Type, group, fields) shape_##Type,
#include "syntax/node.def"
#undef NODE
};

const AstShape *ast_shape(NodeKind kind)
{
    return shapes[kind]();
}

const char *ast_operator_text(Operator op)
{
    static const char *const texts[] = {
#define OPERATOR_ROW(name, class, text) text,
#include "syntax/node.def"
#undef OPERATOR_ROW
    };
    return texts[op];
}

const char *ast_operator_class(Operator op)
{
    static const char *const classes[] = {
#define OPERATOR_ROW(name, class, text) #class,
#include "syntax/node.def"
#undef OPERATOR_ROW
    };
    return classes[op];
}

/* ---- making and walking ---- */

Node *ast_new(Arena *arena, NodeKind kind, Span span)
{
    Node *node = arena_alloc(arena, ast_shape(kind)->size, alignof(max_align_t));
    node->kind = kind;
    node->span = span;
    return node;
}

static const void *field_of(const Node *node, const AstField *field)
{
    return (const char *)node + field->offset;
}

void ast_children(const Node *node, AstVisit *visit, void *context)
{
    const AstShape *shape = ast_shape(node->kind);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        const void *at = field_of(node, &shape->fields[i]);
        if (shape->fields[i].kind == FIELD_CHILD && *(Node *const *)at)
            visit(context, *(Node *const *)at);
        if (shape->fields[i].kind != FIELD_LIST)
            continue;
        const NodeList *list = at;
        for (uint32_t k = 0; k < list->len; k++)
            if (list->data[k])
                visit(context, list->data[k]);
    }
}

/* ---- heads ---- */

static void extend(Span *span, const Node *node)
{
    span->end_line = node->span.end_line;
    span->end_column = node->span.end_column;
}

/* Up to the last node before the suite; false where there is none. */
static bool extend_by_fields(const Node *node, const AstShape *shape, Span *head)
{
    bool is_extended = false;
    for (uint32_t i = 0; strcmp(shape->fields[i].name, "body") != 0; i++) {
        const void *at = field_of(node, &shape->fields[i]);
        const Node *last = NULL;
        if (shape->fields[i].kind == FIELD_CHILD)
            last = *(Node *const *)at;
        else if (shape->fields[i].kind == FIELD_LIST && ((const NodeList *)at)->len)
            last = ((const NodeList *)at)->data[((const NodeList *)at)->len - 1];
        if (last && last->span.line) {
            extend(head, last);
            is_extended = true;
        }
    }
    return is_extended;
}

static bool has_suite(const AstShape *shape)
{
    for (uint32_t i = 0; i < shape->field_count; i++)
        if (shape->fields[i].kind == FIELD_LIST && strcmp(shape->fields[i].name, "body") == 0)
            return true;
    return false;
}

/* What stands before the name, and the name; or the keyword alone. */
static uint32_t head_width(const Node *node)
{
    if (node->kind == NODE_FUNCTION_DEF)
        return (uint32_t)strlen("def ") + ((const AstFunctionDef *)node)->name->length;
    if (node->kind == NODE_ASYNC_FUNCTION_DEF)
        return (uint32_t)strlen("async def ") +
               ((const AstAsyncFunctionDef *)node)->name->length;
    if (node->kind == NODE_CLASS_DEF)
        return (uint32_t)strlen("class ") + ((const AstClassDef *)node)->name->length;
    return (uint32_t)strlen(node->kind == NODE_EXCEPT_HANDLER ? "except" : "try");
}

static bool is_named(NodeKind kind)
{
    return kind == NODE_FUNCTION_DEF || kind == NODE_ASYNC_FUNCTION_DEF ||
           kind == NODE_CLASS_DEF;
}

Span ast_head(const Node *node)
{
    const AstShape *shape = ast_shape(node->kind);
    Span head = node->span;
    if (!has_suite(shape) || (!is_named(node->kind) && extend_by_fields(node, shape, &head)))
        return head;
    head.end_line = head.line;
    head.end_column = head.column + head_width(node);
    return head;
}

/* ---- printing ---- */

static void put_newline(const Printer *p)
{
    text_putc(p->out, '\n');
    text_fill(p->out, ' ', (size_t)p->depth * INDENT);
}

static void print_name(Printer *p, const Symbol *name)
{
    if (name)
        text_printf(p->out, "'%s'", name->text);
    else
        text_puts(p->out, "None");
}

static void print_child(Printer *p, const void *at)
{
    const Node *child = *(Node *const *)at;
    if (child)
        print_node(p, child);
    else
        text_puts(p->out, "None");
}

/* Statements, and what holds them, stand on lines of their own. */
static bool is_on_its_line(const Node *node)
{
    return node && (ast_shape(node->kind)->group == GROUP_STATEMENT ||
                    node->kind == NODE_EXCEPT_HANDLER || node->kind == NODE_MATCH_CASE);
}

static void print_list(Printer *p, const void *at)
{
    const NodeList *list = at;
    text_putc(p->out, '[');
    p->depth++;
    for (uint32_t i = 0; i < list->len; i++) {
        if (is_on_its_line(list->data[i]))
            put_newline(p);
        print_child(p, &list->data[i]);
        if (i + 1 < list->len)
            text_puts(p->out, is_on_its_line(list->data[i]) ? "," : ", ");
    }
    p->depth--;
    text_putc(p->out, ']');
}

static void print_names(Printer *p, const void *at)
{
    const NameList *list = at;
    text_putc(p->out, '[');
    for (uint32_t i = 0; i < list->len; i++) {
        text_puts(p->out, i ? ", " : "");
        print_name(p, list->data[i]);
    }
    text_putc(p->out, ']');
}

static void print_text(Printer *p, const void *at)
{
    print_name(p, *(const Symbol *const *)at);
}

static void print_number(Printer *p, const void *at)
{
    text_printf(p->out, "%d", *(const int *)at);
}

static void print_operator(Printer *p, const void *at)
{
    text_printf(p->out, "%s()", ast_operator_class(*(const Operator *)at));
}

static void print_operators(Printer *p, const void *at)
{
    const OperatorList *list = at;
    text_putc(p->out, '[');
    for (uint32_t i = 0; i < list->len; i++) {
        text_puts(p->out, i ? ", " : "");
        print_operator(p, &list->data[i]);
    }
    text_putc(p->out, ']');
}

static void print_literal(Printer *p, const void *at)
{
    constant_print(at, p->out);
}

static void print_node(Printer *p, const Node *node)
{
    static void (*const print_field[])(Printer *, const void *) = {
        [FIELD_CHILD] = print_child,       [FIELD_LIST] = print_list,
        [FIELD_NAME] = print_text,         [FIELD_NAMES] = print_names,
        [FIELD_TEXT] = print_text,         [FIELD_NUMBER] = print_number,
        [FIELD_OPERATOR] = print_operator, [FIELD_OPERATORS] = print_operators,
        [FIELD_LITERAL] = print_literal,
    };
    const AstShape *shape = ast_shape(node->kind);
    text_printf(p->out, "%s(", shape->class_name);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        const AstField *field = &shape->fields[i];
        text_printf(p->out, "%s%s=", i ? ", " : "", field->name);
        print_field[field->kind](p, field_of(node, field));
    }
    text_putc(p->out, ')');
}

void ast_print(const Node *node, Text *out)
{
    Printer printer = {out, 0};
    print_node(&printer, node);
    text_putc(out, '\n');
}
