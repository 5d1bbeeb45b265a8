/* Constants: equality, hashing, exactness and Python's repr.
 *
 * Does not compute with them: folding is passes/ work, which knows each operation's rules.
 */
#include "types/constant.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

bool constant_equal(const Constant *a, const Constant *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CONSTANT_NONE:
    case CONSTANT_ELLIPSIS:
        return true;
    case CONSTANT_BOOL:
        return a->truth == b->truth;
    case CONSTANT_INT:
        return a->integer == b->integer;
    case CONSTANT_FLOAT:
        return same_bits(a->real, b->real);
    case CONSTANT_COMPLEX:
        return same_bits(a->real, b->real) && same_bits(a->imag, b->imag);
    case CONSTANT_STR:
        return a->text == b->text;
    }
    return false;
}

uint64_t constant_hash(const Constant *constant)
{
    /* Every kind has its bytes at its own place of a zeroed block, so that padding is zero. */
    struct {
        uint64_t kind;
        uint64_t text;
        double real, imag;
        __int128 integer;
    } key;
    memset(&key, 0, sizeof key);
    key.kind = constant->kind;
    switch (constant->kind) {
    case CONSTANT_NONE:
    case CONSTANT_ELLIPSIS:
        break;
    case CONSTANT_BOOL:
        key.integer = constant->truth;
        break;
    case CONSTANT_INT:
        key.integer = constant->integer;
        break;
    case CONSTANT_COMPLEX:
        key.imag = constant->imag;
        key.real = constant->real;
        break;
    case CONSTANT_FLOAT:
        key.real = constant->real;
        break;
    case CONSTANT_STR:
        key.text = constant->text->hash;
        break;
    }
    return intern_hash(&key, sizeof key);
}

/* ---- exactness ---- */

/* A binary floating-point format: significant bits, and the exponents e of its numbers written
 * f·2^e with ½ ≤ f < 1. Below `least` one bit is lost per power of two (subnormals). */
typedef struct FloatFormat {
    int precision, least, most;
} FloatFormat;

static FloatFormat format_of(ScalarKind kind)
{
    switch (scalar_bits(scalar_real(kind))) {
    case 16:
        return (FloatFormat){11, -13, 16};
    case 32:
        return (FloatFormat){24, -125, 128};
    default:
        return (FloatFormat){53, -1021, 1024};
    }
}

static bool float_fits(double value, ScalarKind kind)
{
    if (!scalar_is_inexact(kind))
        return false;
    if (!isfinite(value) || value == 0)
        return true;
    FloatFormat format = format_of(kind);
    int exponent;
    double fraction = frexp(value, &exponent);
    int precision = format.precision;
    if (exponent < format.least)
        precision -= format.least - exponent;
    if (exponent > format.most || precision < 1)
        return false;
    double scaled = ldexp(fraction, precision);
    return scaled == floor(scaled);
}

static bool int_fits_float(__int128 value, ScalarKind kind)
{
    unsigned __int128 magnitude =
        value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    if (magnitude == 0)
        return true;
    FloatFormat format = format_of(kind);
    int exponent = 0, zeros = 0;
    for (; !(magnitude & 1); magnitude >>= 1)
        zeros++;
    for (; magnitude; magnitude >>= 1)
        exponent++;
    return exponent <= format.precision && exponent + zeros <= format.most;
}

static bool int_fits(__int128 value, ScalarKind kind)
{
    unsigned bits = scalar_bits(kind);
    switch (scalar_class(kind)) {
    case CLASS_BOOL:
        return false;
    case CLASS_INT:
        return bits == 128 || (value >> (bits - 1) == 0 || value >> (bits - 1) == -1);
    case CLASS_UINT:
        return value >> bits == 0;
    case CLASS_FLOAT:
    case CLASS_COMPLEX:
        return int_fits_float(value, kind);
    }
    return false;
}

bool constant_fits(const Constant *constant, ScalarKind kind)
{
    switch (constant->kind) {
    case CONSTANT_BOOL:
        return true;
    case CONSTANT_INT:
        return int_fits(constant->integer, kind);
    case CONSTANT_FLOAT:
        return float_fits(constant->real, kind);
    case CONSTANT_COMPLEX:
        return scalar_class(kind) == CLASS_COMPLEX && float_fits(constant->real, kind) &&
               float_fits(constant->imag, kind);
    case CONSTANT_NONE:
    case CONSTANT_STR:
    case CONSTANT_ELLIPSIS:
        break;
    }
    return false;
}

/* ---- repr ---- */

/* Code points that repr escapes: Unicode's controls, formats, separators other than the space,
 * surrogates and private use. (It escapes unassigned ones, too; which those are depends on the
 * Python release, and we print them as they are.) */
static const struct {
    uint32_t first, last;
} ESCAPED[] = {
    {0x0, 0x1f},        {0x7f, 0xa0},        {0xad, 0xad},       {0x600, 0x605},
    {0x61c, 0x61c},     {0x6dd, 0x6dd},      {0x70f, 0x70f},     {0x890, 0x891},
    {0x8e2, 0x8e2},     {0x1680, 0x1680},    {0x180e, 0x180e},   {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},    {0x3000, 0x3000},   {0xd800, 0xf8ff},
    {0xfeff, 0xfeff},   {0xfff0, 0xfffb},    {0xfffe, 0xffff},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd}, {0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff},
};

static bool is_escaped(uint32_t point)
{
    for (size_t i = 0; i < sizeof ESCAPED / sizeof *ESCAPED; i++)
        if (point >= ESCAPED[i].first && point <= ESCAPED[i].last)
            return true;
    return false;
}

/* Length of the UTF-8 sequence at `at` and its code point; a stray byte is a sequence of one. */
static size_t decode(const char *at, size_t left, uint32_t *point)
{
    const unsigned char *byte = (const unsigned char *)at;
    size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : byte[0] >= 0xc2 ? 2 : 1;
    *point = byte[0];
    if (length == 1 || length > left)
        return 1;
    uint32_t value = byte[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (byte[i] & 0x3fu);
    }
    *point = value;
    return length;
}

static void put_escape(Text *out, uint32_t point)
{
    switch (point) {
    case '\n':
        text_puts(out, "\\n");
        break;
    case '\r':
        text_puts(out, "\\r");
        break;
    case '\t':
        text_puts(out, "\\t");
        break;
    default:
        if (point <= 0xff)
            text_printf(out, "\\x%02x", point);
        else
            text_printf(out, point <= 0xffff ? "\\u%04x" : "\\U%08x", point);
        break;
    }
}

static void print_str(const Symbol *text, Text *out)
{
    bool has_single = memchr(text->text, '\'', text->length) != NULL;
    bool has_double = memchr(text->text, '"', text->length) != NULL;
    char quote = has_single && !has_double ? '"' : '\'';
    text_putc(out, quote);
    for (size_t i = 0, length; i < text->length; i += length) {
        const char *at = text->text + i;
        uint32_t point;
        length = decode(at, text->length - i, &point);
        bool is_stray = length == 1 && point >= 0x80;
        if (*at == quote || *at == '\\')
            text_putc(out, '\\');
        if (!is_stray && is_escaped(point))
            put_escape(out, point);
        else
            text_put(out, at, length);
    }
    text_putc(out, quote);
}

/* A part of a complex number: as a float, but without a trailing ".0". */
static void print_part(double value, Text *out)
{
    text_double(out, value);
    if (out->len > 2 && memcmp(out->data + out->len - 2, ".0", 2) == 0) {
        out->len -= 2;
        out->data[out->len] = '\0';
    }
}

static void print_complex(double real, double imag, Text *out)
{
    bool has_real = real != 0 || signbit(real);
    if (has_real) {
        text_putc(out, '(');
        print_part(real, out);
        if (!signbit(imag) || isnan(imag))
            text_putc(out, '+');
    }
    print_part(imag, out);
    text_puts(out, has_real ? "j)" : "j");
}

void constant_print(const Constant *constant, Text *out)
{
    switch (constant->kind) {
    case CONSTANT_NONE:
        text_puts(out, "None");
        return;
    case CONSTANT_BOOL:
        text_puts(out, constant->truth ? "True" : "False");
        return;
    case CONSTANT_INT:
        text_int128(out, constant->integer);
        return;
    case CONSTANT_FLOAT:
        text_double(out, constant->real);
        return;
    case CONSTANT_COMPLEX:
        print_complex(constant->real, constant->imag, out);
        return;
    case CONSTANT_STR:
        print_str(constant->text, out);
        return;
    case CONSTANT_ELLIPSIS:
        text_puts(out, "Ellipsis");
        return;
    }
}
