/* Where the calls that LLVM invents lead (libcall.def), and those that not every toolchain has:
 * half-precision conversions and the 128-bit product that tells overflow.
 *
 * A half travels in the low 16 bits of a floating-point register on x86-64 and on aarch64, so it is
 * declared as a float here: no compiler needs to know _Float16. All is done with integers; rounding
 * is to nearest, ties to even, and NaNs keep what fits of their payload and become quiet.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

#include "image/image.h"

typedef float Half; /* low 16 bits */

enum { HALF_MANTISSA = 10, HALF_BIAS = 15, HALF_INFINITE = 0x7c00, HALF_QUIET = 0x0200 };

static uint16_t half_bits(Half half)
{
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

static Half half_from_bits(uint32_t bits)
{
    Half half;
    memcpy(&half, &bits, sizeof half);
    return half;
}

/* --- Halves from and to wider numbers ----------------------------------------------------------- */

/* Every half is a double; the double's own arithmetic is exact here. */
static double double_from_half(Half half)
{
    uint32_t bits = half_bits(half);
    uint32_t exponent = bits >> HALF_MANTISSA & 0x1f, mantissa = bits & 0x3ff;
    uint64_t sign = (uint64_t)(bits >> 15) << 63, wide;
    if (exponent == 0) { /* zero or subnormal: an integer times 2^-24 */
        double value = (double)mantissa * 0x1p-24;
        memcpy(&wide, &value, sizeof wide);
    } else if (exponent == 0x1f) {
        wide = UINT64_C(0x7ff) << 52 | (uint64_t)mantissa << 42;
        wide |= (uint64_t)(mantissa != 0) << 51;
    } else {
        wide = (uint64_t)(exponent - HALF_BIAS + 1023) << 52 | (uint64_t)mantissa << 42;
    }
    wide |= sign;
    double value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

/* Shifts right, to nearest, ties to even. */
static uint64_t shift_rounded(uint64_t value, unsigned shift)
{
    if (shift >= 64)
        return 0;
    uint64_t kept = value >> shift, lost = value & ((UINT64_C(1) << shift) - 1);
    uint64_t tie = UINT64_C(1) << (shift - 1);
    return kept + (lost > tie || (lost == tie && (kept & 1)));
}

/* The half nearest to the double with these bits. A mantissa that is rounded up to the next power
 * of two carries into the exponent, and from the largest half into infinity, as it should. */
static uint32_t half_from_double_bits(uint64_t bits)
{
    uint32_t sign = (uint32_t)(bits >> 63) << 15;
    int exponent = (int)(bits >> 52 & 0x7ff) - 1023 + HALF_BIAS;
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    if (exponent == 0x7ff - 1023 + HALF_BIAS && mantissa != 0)
        return sign | HALF_INFINITE | HALF_QUIET | (uint32_t)(mantissa >> 42);
    if (exponent >= 0x1f)
        return sign | HALF_INFINITE;
    if (exponent > 0)
        return sign | (uint32_t)shift_rounded((uint64_t)exponent << 52 | mantissa, 42);
    return sign |
           (uint32_t)shift_rounded(UINT64_C(1) << 52 | mantissa, (unsigned)(43 - exponent));
}

static Half half_from_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return half_from_bits(half_from_double_bits(bits));
}

/* --- OWN rows ----------------------------------------------------------------------------------- */

static double own___extendhfdf2(Half half)
{
    return double_from_half(half);
}

static float own___extendhfsf2(Half half)
{
    return (float)double_from_half(half); /* exact */
}

static Half own___truncdfhf2(double value)
{
    return half_from_double(value);
}

static Half own___truncsfhf2(float value)
{
    return half_from_double((double)value); /* every float is a double */
}

static __int128 own___fixhfti(Half half)
{
    return (int64_t)double_from_half(half); /* halves end at 65504 */
}

static unsigned __int128 own___fixunshfti(Half half)
{
    return (uint64_t)double_from_half(half);
}

/* Beyond 2^17 every integer is infinite as a half. */
static Half own___floattihf(__int128 value)
{
    const __int128 limit = 1 << 17;
    __int128 clamped = value > limit ? limit : value < -limit ? -limit : value;
    return half_from_double((double)(int64_t)clamped);
}

static Half own___floatuntihf(unsigned __int128 value)
{
    return own___floattihf((__int128)(value > 1 << 17 ? 1 << 17 : value));
}

static __int128 own___muloti4(__int128 a, __int128 b, int *overflow)
{
    __int128 product;
    *overflow = __builtin_mul_overflow(a, b, &product);
    return product;
}

/* --- The table ---------------------------------------------------------------------------------- */

typedef void Code(void);

#define LIBCALL_LIBC(name)
#define LIBCALL_LIBM(name)
#define LIBCALL_COMPILER(name) extern Code name;
#define LIBCALL_OWN(name)
#define LIBCALL(name, provider) LIBCALL_##provider(name)
#include "image/libcall.def"
#undef LIBCALL
#undef LIBCALL_LIBC
#undef LIBCALL_LIBM
#undef LIBCALL_COMPILER
#undef LIBCALL_OWN

#define LIBCALL_LIBC(name) name
#define LIBCALL_LIBM(name) name
#define LIBCALL_COMPILER(name) name
#define LIBCALL_OWN(name) own_##name

static const struct Libcall {
    const char *name;
    Code *code;
} libcalls[] = {
#define LIBCALL(name, provider) {#name, (Code *)LIBCALL_##provider(name)},
#include "image/libcall.def"
#undef LIBCALL
};

enum { LIBCALL_COUNT = sizeof libcalls / sizeof *libcalls };

const char *image_libcall_name(size_t index)
{
    return index < LIBCALL_COUNT ? libcalls[index].name : NULL;
}

void *image_libcall(const char *name)
{
    size_t low = 0, high = LIBCALL_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, libcalls[middle].name);
        if (order == 0)
            return (void *)libcalls[middle].code;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
