/* Calls with all their ways of passing arguments, and f-strings. */
#include "lower/lowering.h"

enum { STARS_MAX = 64 }; /* bits of CallSpec.stars */

typedef VEC(Value *) Values;

/* ---- calls ---- */

static void lower_positional(Lower *l, NodeList nodes, CallSpec *call, Values *args)
{
    for (uint32_t i = 0; i < nodes.len; i++) {
        Node *node = nodes.data[i];
        if (node->kind == NODE_STARRED) {
            if (i >= STARS_MAX)
                flow_refuse(l, node, E_EXPRESSION, "pass it among the first arguments",
                            "* is not compiled behind %d arguments", STARS_MAX);
            else
                call->stars |= UINT64_C(1) << i;
            node = ((AstStarred *)node)->value;
        }
        call->spans[call->positional] = node->span;
        vec_push(l->c->arena, args, expression_lower(l, node));
        call->positional++;
    }
}

static void lower_keywords(Lower *l, NodeList nodes, CallSpec *call, Values *args)
{
    call->keywords = ARENA_ARRAY(l->func->arena, const Symbol *, nodes.len);
    for (uint32_t i = 0; i < nodes.len; i++) {
        AstKeyword *keyword = (AstKeyword *)nodes.data[i];
        if (!keyword->arg) {
            flow_refuse(l, &keyword->node, E_EXPRESSION, "name each keyword: f(a=…, b=…)",
                        "** in a call is not compiled");
            continue;
        }
        call->spans[call->positional + call->keyword_count] = keyword->value->span;
        call->keywords[call->keyword_count++] = keyword->arg;
        vec_push(l->c->arena, args, expression_lower(l, keyword->value));
    }
}

Value *invoke_call(Lower *l, Node *node)
{
    AstCall *source = (AstCall *)node;
    CallSpec *call = ARENA_NEW(l->func->arena, CallSpec);
    Values args = {0};
    call->spans = ARENA_ARRAY(l->func->arena, Span, source->args.len + source->keywords.len);
    vec_push(l->c->arena, &args, expression_lower(l, source->func));
    lower_positional(l, source->args, call, &args);
    lower_keywords(l, source->keywords, call, &args);
    return flow_emit(l, OP_PY_CALL, node, args.data, args.len, (Attr){.call = call});
}

/* ---- f-strings ---- */

/* Literal text of a template: braces are doubled. */
static void put_literal(Text *template, const Symbol *literal)
{
    for (uint32_t i = 0; i < literal->length; i++) {
        char c = literal->text[i];
        if (c == '{' || c == '}')
            text_putc(template, c);
        text_putc(template, c);
    }
}

/* What stands behind the colon: literal text only. */
static void put_format_spec(Lower *l, Text *template, Node *node)
{
    NodeList values = ((AstJoinedStr *)node)->values;
    text_putc(template, ':');
    for (uint32_t i = 0; i < values.len; i++) {
        if (values.data[i]->kind == NODE_CONSTANT)
            text_puts(template, ((AstConstant *)values.data[i])->value.text->text);
        else
            flow_refuse(l, values.data[i], E_EXPRESSION, "write the width as a number",
                        "a computed format is not compiled");
    }
}

static void put_part(Lower *l, Text *template, Node *node, Values *args)
{
    if (node->kind == NODE_CONSTANT) {
        put_literal(template, ((AstConstant *)node)->value.text);
        return;
    }
    AstFormattedValue *part = (AstFormattedValue *)node;
    vec_push(l->c->arena, args, expression_lower(l, part->value));
    text_putc(template, '{');
    if (part->conversion > 0)
        text_printf(template, "!%c", part->conversion);
    if (part->format_spec)
        put_format_spec(l, template, part->format_spec);
    text_putc(template, '}');
}

Value *invoke_format(Lower *l, Node *node)
{
    NodeList values = ((AstJoinedStr *)node)->values;
    Values args = {0};
    Text template;
    text_open(&template, l->c->arena);
    for (uint32_t i = 0; i < values.len; i++)
        put_part(l, &template, values.data[i], &args);
    Attr attr = {.name = intern_text(l->c->names, template.data, template.len)};
    return flow_emit(l, OP_PY_FORMAT, node, args.data, args.len, attr);
}
