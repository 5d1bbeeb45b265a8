/* The C tests' harness: checks that go on after a failure, reported as TAP for meson.
 *
 *     static void adds(void) { CHECK_INT(1 + 1, 2); }
 *     CHECK_MAIN(CHECK_TEST(adds))
 *
 * One program per file under test. A program whose first argument is a test's name runs it alone.
 * check_until_granted is for what must survive that memory runs out.
 */
#ifndef MARTLET_TESTS_CHECK_H
#define MARTLET_TESTS_CHECK_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

typedef struct CheckTest {
    const char *name;
    void (*run)(void);
} CheckTest;

typedef struct CheckState {
    int failed; /* checks, in the running test */
} CheckState;

static CheckState check_state;

/* Reports a failed check where it stands. */
__attribute__((format(printf, 3, 4), unused)) static void
check_failed(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("# %s:%d: ", file, line);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    check_state.failed++;
}

#define CHECK(condition) \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, "not true: %s", #condition))

#define CHECK_INT(got, wanted)                                                              \
    do {                                                                                    \
        int64_t got_ = (int64_t)(got), wanted_ = (int64_t)(wanted);                         \
        if (got_ != wanted_)                                                                \
            check_failed(__FILE__, __LINE__, "%s is %" PRId64 ", not %" PRId64, #got, got_, \
                         wanted_);                                                          \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                \
    do {                                                                       \
        const char *got_ = (got), *wanted_ = (wanted);                         \
        if (!got_ || strcmp(got_, wanted_) != 0)                               \
            check_failed(__FILE__, __LINE__, "%s is\n%s\n# and not\n%s", #got, \
                         got_ ? got_ : "(null)", wanted_);                     \
    } while (0)

__attribute__((unused)) static void check_out_of_memory(void *owner)
{
    jmp_buf *boundary = owner;
    longjmp(*boundary, 1);
}

/* Calls `body` with an arena that is granted 0, 1, 2 … chunks, until it gets through. Returns how
 * often memory ran out. */
__attribute__((unused)) static int check_until_granted(void (*body)(Arena *arena))
{
    for (volatile int granted = 0;; granted++) {
        jmp_buf boundary;
        ArenaPolicy policy = {check_out_of_memory, &boundary, granted};
        Arena arena;
        arena_open(&arena, &policy);
        bool is_through = setjmp(boundary) == 0;
        if (is_through)
            body(&arena);
        arena_close(&arena);
        if (is_through)
            return granted;
    }
}

__attribute__((unused)) static int check_main(const CheckTest *tests, int count,
                                              const char *only)
{
    int failed = 0;
    printf("1..%d\n", only ? 1 : count);
    for (int i = 0; i < count; i++) {
        if (only && strcmp(only, tests[i].name) != 0)
            continue;
        check_state = (CheckState){0};
        tests[i].run();
        printf("%s %d - %s\n", check_state.failed ? "not ok" : "ok", i + 1, tests[i].name);
        fflush(stdout);
        failed += check_state.failed != 0;
    }
    return failed != 0;
}

#define CHECK_TEST(function) {#function, function}

#define CHECK_MAIN(...)                                                 \
    int main(int argc, char **argv)                                     \
    {                                                                   \
        static const CheckTest tests[] = {__VA_ARGS__};                 \
        return check_main(tests, (int)(sizeof tests / sizeof tests[0]), \
                          argc > 1 ? argv[1] : NULL);                   \
    }

#endif
