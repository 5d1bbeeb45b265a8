/* What print writes: numbers as Python's and NumPy's str have them, sent to ctx->write piece by piece.
 *
 * Texts are built in a buffer on the stack that is large enough for any number, so that nothing here
 * allocates.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "runtime/raise.h"

enum { NUMBER_SIZE = 128, FLOAT_DIGITS = 9 };

typedef struct Line {
    Text text;
    char bytes[NUMBER_SIZE];
} Line;

static void line_open(Line *line)
{
    line->bytes[0] = '\0';
    line->text = (Text){.data = line->bytes, .cap = NUMBER_SIZE};
}

static int32_t write_bytes(RtCtx *ctx, const char *bytes, size_t length)
{
    if (ctx->write)
        return ctx->write(ctx, bytes, length);
    if (fwrite(bytes, 1, length, stdout) != length)
        return rt_raise(ctx, RT_EXCEPTION_OS_ERROR, "writing to standard output failed");
    return 0;
}

static int32_t line_write(RtCtx *ctx, const Line *line)
{
    return write_bytes(ctx, line->text.data, line->text.len);
}

/* ---- float32 and float16 ---- */

/* The nearest float16, as a double: 11 bits, fewer below 2⁻¹⁴. */
static double half_of(double value)
{
    int exponent = ilogb(value);
    double unit = ldexp(1, (exponent < -14 ? -14 : exponent) - 10);
    return rint(value / unit) * unit;
}

static bool reads_as(const char *number, float value, bool is_half)
{
    return is_half ? half_of(strtod(number, NULL)) == (double)value
                   : strtof(number, NULL) == value;
}

/* "d.ddde-xx" with the fewest digits that read back as `value` (finite, not 0). Above a power of two
 * the decimal next to the nearest may be the only one of its length. */
static void float_decimal(char *number, float value, bool is_half)
{
    for (int digits = 0; digits < FLOAT_DIGITS; digits++) {
        snprintf(number, NUMBER_SIZE, "%.*e", digits, (double)value);
        if (reads_as(number, value, is_half))
            return;
        double nearest = strtod(number, NULL);
        double step = pow(10, floor(log10(fabs((double)value))) - digits);
        snprintf(number, NUMBER_SIZE, "%.*e", digits, nearest + copysign(step, nearest));
        if (reads_as(number, value, is_half))
            return;
    }
}

/* As NumPy's float32, with an exponent from a million on, and float16, from a thousand on. */
static void put_short_float(Text *text, float value, bool is_half)
{
    double size = fabs((double)value);
    if (!isfinite(value) || value == 0) {
        text_double(text, (double)value);
        return;
    }
    char number[NUMBER_SIZE];
    float_decimal(number, value, is_half);
    if (size >= 1e-4 && size < (is_half ? 1e3 : 1e6)) {
        text_double(text, strtod(number, NULL));
        return;
    }
    for (char *at = number; *at; at++) {
        bool is_part = (*at >= '0' && *at <= '9') || *at == '-' || *at == '+' || *at == 'e';
        text_putc(text, is_part ? *at : '.'); /* the locale's decimal point */
    }
}

/* ---- complex ---- */

static void drop_point_zero(Text *text)
{
    if (text->len >= 2 && strcmp(text->data + text->len - 2, ".0") == 0)
        text->data[text->len -= 2] = '\0';
}

typedef void PutReal(Text *text, double value);

static void put_single(Text *text, double value)
{
    put_short_float(text, (float)value, false);
}

/* As Python's: "2j" when the real part is 0.0, else "(1+2j)"; without ".0". */
static void put_complex(Text *text, double re, double im, PutReal *put)
{
    bool is_pure = re == 0 && !signbit(re);
    if (!is_pure) {
        text_putc(text, '(');
        put(text, re);
        drop_point_zero(text);
        if (!signbit(im) || isnan(im))
            text_putc(text, '+');
    }
    put(text, im);
    drop_point_zero(text);
    text_puts(text, is_pure ? "j" : "j)");
}

/* ---- the functions of abi.def ---- */

int32_t rt_print_text(RtCtx *ctx, const char *text, int64_t length)
{
    return write_bytes(ctx, text, (size_t)length);
}

int32_t rt_print_int(RtCtx *ctx, int64_t value)
{
    Line line;
    line_open(&line);
    text_printf(&line.text, "%" PRId64, value);
    return line_write(ctx, &line);
}

int32_t rt_print_uint(RtCtx *ctx, uint64_t value)
{
    Line line;
    line_open(&line);
    text_printf(&line.text, "%" PRIu64, value);
    return line_write(ctx, &line);
}

int32_t rt_print_double(RtCtx *ctx, double value)
{
    Line line;
    line_open(&line);
    text_double(&line.text, value);
    return line_write(ctx, &line);
}

int32_t rt_print_float16(RtCtx *ctx, float value)
{
    Line line;
    line_open(&line);
    put_short_float(&line.text, value, true);
    return line_write(ctx, &line);
}

int32_t rt_print_float32(RtCtx *ctx, float value)
{
    Line line;
    line_open(&line);
    put_short_float(&line.text, value, false);
    return line_write(ctx, &line);
}

int32_t rt_print_complex(RtCtx *ctx, double re, double im)
{
    Line line;
    line_open(&line);
    put_complex(&line.text, re, im, text_double);
    return line_write(ctx, &line);
}

int32_t rt_print_complex64(RtCtx *ctx, float re, float im)
{
    Line line;
    line_open(&line);
    put_complex(&line.text, (double)re, (double)im, put_single);
    return line_write(ctx, &line);
}

static int32_t formatted(RtCtx *ctx, const RtFormatted *value, bool writes)
{
    if (!ctx->format)
        return rt_raise(ctx, RT_EXCEPTION_NOT_IMPLEMENTED_ERROR, "formats need Python");
    return ctx->format(ctx, value, writes);
}

#define FORMATTED(name, writes)                                                           \
    int32_t name(RtCtx *ctx, int64_t kind, int64_t integer, double re, double im,         \
                 const char *text, int64_t length, const char *spec, int64_t spec_length) \
    {                                                                                     \
        const RtFormatted value = {kind, integer,        re,   im,                        \
                                   text, (size_t)length, spec, (size_t)spec_length};      \
        return formatted(ctx, &value, writes);                                            \
    }
/* Compiled code passes the parts of the value one by one. NOLINTBEGIN(readability-function-size) */
FORMATTED(rt_print_formatted, true)
FORMATTED(rt_check_formatted, false)
/* NOLINTEND(readability-function-size) */
#undef FORMATTED

bool rt_text_equal(const char *a, int64_t a_length, const char *b, int64_t b_length)
{
    return a_length == b_length && memcmp(a, b, (size_t)a_length) == 0;
}
