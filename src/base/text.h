/* Text: a growable output buffer, for printers and messages. Always NUL-terminated. */
#ifndef MARTLET_BASE_TEXT_H
#define MARTLET_BASE_TEXT_H

#include "base/arena.h"

typedef struct Text {
    Arena *arena;
    char *data;
    uint32_t len, cap;
} Text;

void text_open(Text *text, Arena *arena);
void text_put(Text *text, const char *bytes, size_t length);
void text_puts(Text *text, const char *cstr);
void text_putc(Text *text, char c);
void text_fill(Text *text, char c, size_t count);
void text_printf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(Text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* The shortest decimal that reads back as the same double, as Python's repr writes it: "0.1",
 * "1e+300", "inf", "-0.0", "nan". */
void text_double(Text *text, double value);
/* A 128-bit integer in decimal. */
void text_int128(Text *text, __int128 value);

#endif
