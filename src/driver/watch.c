/* Dumps and bisection: see watch.h. */
#include "driver/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/compiler.h"

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value && strcmp(value, "0") != 0;
}

/* Calls `take` for each of the words of "a,b,c". */
static void each_word(const char *list, size_t length, void (*take)(Watch *, const char *),
                      Watch *watch)
{
    for (const char *at = list, *end = list + length; at < end;) {
        size_t word = strcspn(at, ",");
        if (word > (size_t)(end - at))
            word = (size_t)(end - at);
        take(watch, arena_strndup(watch->arena, at, word));
        at += word + 1;
    }
}

static void take_dump(Watch *watch, const char *word)
{
    PassId pass;
    watch->dump_generic = watch->dump_generic || strcmp(word, "generic") == 0;
    watch->dump_typed = watch->dump_typed || strcmp(word, "typed") == 0;
    watch->dump_passed = watch->dump_passed || strcmp(word, "passed") == 0;
    watch->dump_llvm = watch->dump_llvm || strcmp(word, "llvm") == 0;
    watch->dump_asm = watch->dump_asm || strcmp(word, "asm") == 0;
    if (pass_from_text(word, &pass))
        watch->dump_passes |= UINT64_C(1) << pass;
}

static void take_skip(Watch *watch, const char *word)
{
    PassId pass;
    if (pass_from_text(word, &pass))
        watch->passes.skip |= UINT64_C(1) << pass;
}

static void show(const char *stage, const char *text)
{
    fprintf(stderr, "; ---- %s ----\n%s\n", stage, text);
}

static const char *printed(Watch *watch, const Func *func)
{
    Text text;
    text_open(&text, watch->arena);
    ir_print(func, &text);
    return text.data;
}

static void after_pass(void *context, PassId pass, const Func *func)
{
    Watch *watch = context;
    if (watch->dump_passes >> pass & 1)
        show(pass_text(pass), printed(watch, func));
    if (watch->dump_passed && pass == PASS_COUNT - 1)
        show("passed", printed(watch, func));
}

void watch_open(Watch *watch, Arena *arena, const char *function, unsigned want)
{
    *watch = (Watch){.arena = arena, .want = want, .passes = {.stop_after = -1}};
    const char *dump = getenv("MARTLET_DUMP"), *skip = getenv("MARTLET_SKIP"),
               *stop = getenv("MARTLET_STOP_AFTER");
    if (dump && *dump) {
        const char *colon = strchr(dump, ':');
        if (!colon || strcmp(colon + 1, function) == 0)
            each_word(dump, colon ? (size_t)(colon - dump) : strlen(dump), take_dump, watch);
    }
    if (skip)
        each_word(skip, strlen(skip), take_skip, watch);
    if (stop && *stop)
        watch->passes.stop_after = strtoll(stop, NULL, 10);
    watch->verify = watch->passes.verify = is_set("MARTLET_VERIFY");
    watch->perf = is_set("MARTLET_PERF");
    watch->gdb = is_set("MARTLET_GDB");
    watch->want_llvm = watch->dump_llvm;
    watch->want_asm = watch->dump_asm;
    if (watch->dump_passes || watch->dump_passed) {
        watch->passes.after = after_pass;
        watch->passes.context = watch;
    }
}

void watch_generic(Watch *watch, const Func *func)
{
    if (!watch->dump_generic && !(watch->want & WANT_GENERIC))
        return;
    watch->generic_text = printed(watch, func);
    if (watch->dump_generic)
        show("generic", watch->generic_text);
}

void watch_typed(Watch *watch, const FuncList *funcs)
{
    if (!watch->dump_typed && !(watch->want & WANT_TYPED))
        return;
    Text text;
    text_open(&text, watch->arena);
    for (uint32_t i = 0; i < funcs->len; i++) {
        if (i)
            text_putc(&text, '\n');
        ir_print(funcs->data[i], &text);
    }
    watch->typed_text = text.data;
    if (watch->dump_typed)
        show("typed", text.data);
}

void watch_code(Watch *watch, const char *llvm, const char *asm_text)
{
    if (watch->dump_llvm && llvm)
        show("llvm", llvm);
    if (watch->dump_asm && asm_text)
        show("asm", asm_text);
}
