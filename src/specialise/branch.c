/* Checks, raises and two-way branches: the small vocabulary that the emitters share. */
#include <string.h>

#include "specialise/spec.h"

bool spec_is_dead(const Spec *s)
{
    const Op *last = s->b.region->last;
    return last && op_is_terminator(last->code);
}

const char *spec_words(const Spec *s, Words words)
{
    static const char *const said[WORDS_COUNT][3] = {
#define WORDS(id, old, middle, new) {old, middle, new},
#include "specialise/words.def"
#undef WORDS
    };
    unsigned minor = s->c->options.python_minor;
    return said[words][minor < 13 ? 0 : minor < 14 ? 1 : 2];
}

const Site *spec_site(Spec *s, const char *exception, const char *message)
{
    Site *site = ARENA_NEW(s->arena, Site);
    site->exception = intern_cstr(s->c->names, exception);
    site->message = message ? arena_strndup(s->arena, message, strlen(message)) : NULL;
    return site;
}

void spec_check(Spec *s, Value *condition, const char *exception, const char *message,
                Value *const *args, uint32_t count)
{
    Constant storage;
    const Constant *known = build_known(condition, &storage);
    if (spec_is_dead(s) || (known && known->kind == CONSTANT_BOOL && known->truth))
        return;
    build_check(&s->b, condition, spec_site(s, exception, message), args, count);
}

void spec_raise(Spec *s, const char *exception, const char *message, Value *const *args,
                uint32_t count)
{
    if (spec_is_dead(s))
        return;
    Attr attr = {.site = spec_site(s, exception, message)};
    build_op(&s->b, OP_RAISE, NULL, args, count, attr);
}

SpecIf spec_if(Spec *s, Value *condition, const Type *const *results, uint32_t count)
{
    SpecIf branch;
    branch.op = build_control(&s->b, OP_IF, &condition, 1, results, count);
    branch.outer = s->b;
    s->b.region = &branch.op->regions[0];
    s->b.before = NULL;
    return branch;
}

static void end_branch(Spec *s, Value *const *yields, uint32_t count)
{
    if (!spec_is_dead(s))
        build_terminator(&s->b, OP_YIELD, NULL, yields, count);
}

void spec_else(Spec *s, SpecIf *branch, Value *const *yields, uint32_t count)
{
    end_branch(s, yields, count);
    s->b.region = &branch->op->regions[1];
    s->b.before = NULL;
}

void spec_end(Spec *s, SpecIf *branch, Value *const *yields, uint32_t count)
{
    end_branch(s, yields, count);
    const Loc *loc = s->b.loc;
    s->b = branch->outer;
    s->b.loc = loc;
}
