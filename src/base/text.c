/* Text: output that grows by doubling. Numbers are written alike under every locale. */
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAP = 64,
    DIGITS_MAX = 17, /* enough for every double */
    NUMBER_SIZE = 48,
    LEAST_FIXED = -4, /* Python's repr: 0.0001 and 1000000000000000.0 are the last powers */
    MOST_FIXED = 15,  /* of ten that are written without an exponent */
};

/* A positive finite number: d₀.d₁d₂d₃… × 10^exponent. */
typedef struct Decimal {
    char digits[DIGITS_MAX + 1];
    int count, exponent;
} Decimal;

static void reserve(Text *text, size_t more)
{
    size_t needed = text->len + more + 1;
    if (needed <= text->cap)
        return;
    if (more > UINT32_MAX / 4 || needed > UINT32_MAX / 2)
        arena_fail(text->arena);
    uint32_t cap = text->cap * 2;
    while (cap < needed)
        cap *= 2;
    char *data = arena_alloc(text->arena, cap, 1);
    memcpy(data, text->data, text->len);
    text->data = data;
    text->cap = cap;
}

/* Collects the digits of "d.ddde±xx", whatever the locale's decimal point is. */
static Decimal parse_scientific(const char *number)
{
    Decimal decimal = {0};
    const char *at = number;
    for (; *at != 'e'; at++)
        if (isdigit((unsigned char)*at))
            decimal.digits[decimal.count++] = *at;
    while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
        decimal.count--;
    decimal.exponent = (int)strtol(at + 1, NULL, 10);
    return decimal;
}

static Decimal shortest_decimal(double positive)
{
    char number[NUMBER_SIZE];
    for (int precision = 0; precision < DIGITS_MAX; precision++) {
        snprintf(number, sizeof number, "%.*e", precision, positive);
        if (strtod(number, NULL) == positive)
            break;
    }
    return parse_scientific(number);
}

static void put_fixed(Text *text, const Decimal *decimal)
{
    int whole = decimal->exponent + 1; /* digits before the point */
    int leading = decimal->count < whole ? decimal->count : whole;
    if (whole <= 0) {
        text_puts(text, "0.");
        text_fill(text, '0', (size_t)-whole);
        text_put(text, decimal->digits, (size_t)decimal->count);
        return;
    }
    text_put(text, decimal->digits, (size_t)leading);
    text_fill(text, '0', (size_t)(whole - leading));
    text_putc(text, '.');
    if (leading == decimal->count)
        text_putc(text, '0');
    text_put(text, decimal->digits + leading, (size_t)(decimal->count - leading));
}

static void put_scientific(Text *text, const Decimal *decimal)
{
    text_putc(text, decimal->digits[0]);
    if (decimal->count > 1)
        text_putc(text, '.');
    text_put(text, decimal->digits + 1, (size_t)(decimal->count - 1));
    text_printf(text, "e%+03d", decimal->exponent);
}

void text_open(Text *text, Arena *arena)
{
    *text = (Text){.arena = arena, .data = arena_alloc(arena, FIRST_CAP, 1), .cap = FIRST_CAP};
}

void text_put(Text *text, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    reserve(text, length);
    memcpy(text->data + text->len, bytes, length);
    text->len += (uint32_t)length;
    text->data[text->len] = '\0';
}

void text_puts(Text *text, const char *cstr)
{
    text_put(text, cstr, strlen(cstr));
}

void text_putc(Text *text, char c)
{
    text_put(text, &c, 1);
}

void text_fill(Text *text, char c, size_t count)
{
    reserve(text, count);
    memset(text->data + text->len, c, count);
    text->len += (uint32_t)count;
    text->data[text->len] = '\0';
}

void text_printf(Text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

void text_vprintf(Text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length <= 0)
        return;
    reserve(text, (size_t)length);
    vsnprintf(text->data + text->len, (size_t)length + 1, format, args);
    text->len += (uint32_t)length;
}

void text_double(Text *text, double value)
{
    if (isnan(value)) {
        text_puts(text, "nan");
        return;
    }
    if (signbit(value))
        text_putc(text, '-');
    if (isinf(value) || value == 0) {
        text_puts(text, value == 0 ? "0.0" : "inf");
        return;
    }
    Decimal decimal = shortest_decimal(fabs(value));
    if (decimal.exponent >= LEAST_FIXED && decimal.exponent <= MOST_FIXED)
        put_fixed(text, &decimal);
    else
        put_scientific(text, &decimal);
}

void text_int128(Text *text, __int128 value)
{
    char digits[NUMBER_SIZE];
    size_t at = sizeof digits;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    do {
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    text_put(text, digits + at, sizeof digits - at);
}
