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

/* `precision` + 1 digits, correctly rounded, whatever the locale's decimal point is. */
static Decimal decimal_from_double(double positive, int precision)
{
    char number[NUMBER_SIZE];
    snprintf(number, sizeof number, "%.*e", precision, positive);
    Decimal decimal = {0};
    const char *at = number;
    for (; *at != 'e'; at++)
        if (isdigit((unsigned char)*at))
            decimal.digits[decimal.count++] = *at;
    decimal.exponent = (int)strtol(at + 1, NULL, 10);
    return decimal;
}

/* Without a decimal point, which would depend on the locale. */
static double double_from_decimal(const Decimal *decimal)
{
    char number[NUMBER_SIZE];
    snprintf(number, sizeof number, "%se%d", decimal->digits,
             decimal->exponent - (decimal->count - 1));
    return strtod(number, NULL);
}

/* The next larger decimal of as many digits. */
static Decimal round_up(Decimal decimal)
{
    int at = decimal.count - 1;
    for (; at > 0 && decimal.digits[at] == '9'; at--)
        decimal.digits[at] = '0';
    if (decimal.digits[at] != '9') {
        decimal.digits[at]++;
        return decimal;
    }
    decimal.digits[0] = '1';
    decimal.exponent++;
    return decimal;
}

/* Above a power of two the doubles lie twice as far apart as below it: there the decimal above the
 * nearest one may be the only one of its length that reads back. */
static Decimal shortest_decimal(double positive)
{
    Decimal decimal;
    for (int precision = 0; precision < DIGITS_MAX; precision++) {
        decimal = decimal_from_double(positive, precision);
        if (double_from_decimal(&decimal) == positive)
            break;
        Decimal above = round_up(decimal);
        if (double_from_decimal(&above) == positive) {
            decimal = above;
            break;
        }
    }
    while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
        decimal.count--;
    return decimal;
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
