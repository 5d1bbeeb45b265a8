/* Signatures: a result type and parameter types, each read by type_parse. */
#include "types/signature.h"

#include <string.h>

#include "base/vec.h"

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\n");
}

/* "A, B)" after the opening parenthesis; false with *at where it went wrong. */
static bool parse_params(TypeTable *table, Arena *arena, Signature *signature, const char **at)
{
    VEC(const Type *) params = {0};
    *at = skip_space(*at);
    while (**at != ')') {
        const Type *param = type_parse(table, *at, at);
        if (!param)
            return false;
        vec_push(arena, &params, param);
        *at = skip_space(*at);
        if (**at == ',')
            *at = skip_space(*at + 1);
        else if (**at != ')')
            return false;
    }
    *at += 1;
    signature->params = params.data;
    signature->count = params.len;
    return true;
}

bool signature_parse(TypeTable *table, Arena *arena, const char *text, Signature *signature,
                     const char **end)
{
    *signature = (Signature){0};
    *end = skip_space(text);
    if (**end != '(') {
        signature->result = type_parse(table, *end, end);
        if (!signature->result)
            return false;
        *end = skip_space(*end);
        if (**end != '(')
            return false;
    }
    *end += 1;
    if (!parse_params(table, arena, signature, end))
        return false;
    *end = skip_space(*end);
    return **end == '\0';
}
