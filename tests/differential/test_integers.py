"""Hashes, generators and modular powers, once on Python ints with masks and once on NumPy's.

On Python ints every result is CPython's exactly: intermediates that a mask or a modulus narrows
are computed modulo 2**64 or in 128 bits. NumPy's wrap.
"""

import itertools
import operator
import random
import zlib

import numpy as np
import pytest

import martlet as mt

from .harness import LEAST, MOST, Both, check, define, report

TEXTS = [b"", b"a", b"foobar", bytes(range(256)), b"Martlet, the swallow"]
BYTES = [(np.frombuffer(text, np.uint8),) for text in TEXTS]
SEEDS = [0, 1, 42, 2**32 - 1, 2**53 + 1, MOST, 12345678901234567]


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h ^= int(byte)
        h = h * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def fnv1a_numpy(data):
    h = np.uint64(0xCBF29CE484222325)
    for byte in data:
        h ^= np.uint64(byte)
        h *= np.uint64(0x100000001B3)
    return h


def test_fnv1a():
    assert fnv1a(np.frombuffer(b"foobar", np.uint8)) == 0x85944171F73967E8
    check(fnv1a, *BYTES)
    check(fnv1a_numpy, *BYTES)


def splitmix64(seed, count):
    mask = (1 << 64) - 1
    z = 0
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        z = z ^ (z >> 31)
    return z


def splitmix64_numpy(seed, count):
    state = np.uint64(seed)
    z = np.uint64(0)
    for _ in range(count):
        state += np.uint64(0x9E3779B97F4A7C15)
        z = state
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z


def test_splitmix64():
    assert splitmix64(1234567, 1) == 6457827717110365317
    calls = list(itertools.product(SEEDS, [0, 1, 2, 100]))
    check(splitmix64, *calls)
    check(splitmix64_numpy, *calls)


def xorshift64star(x, count):
    for _ in range(count):
        x ^= x >> 12
        x = (x ^ (x << 25)) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 27
    return x * 0x2545F4914F6CDD1D & 0xFFFFFFFFFFFFFFFF


def xorshift64star_numpy(seed, count):
    x = np.uint64(seed)
    for _ in range(count):
        x ^= x >> np.uint64(12)
        x ^= x << np.uint64(25)
        x ^= x >> np.uint64(27)
    return x * np.uint64(0x2545F4914F6CDD1D)


def test_xorshift64star():
    calls = list(itertools.product(SEEDS[1:], [0, 1, 2, 100]))
    check(xorshift64star, *calls)
    check(xorshift64star_numpy, *calls)


def lcg(x, count):
    for _ in range(count):
        x = (6364136223846793005 * x + 1442695040888963407) % 2**64
    return x >> 33


def lcg_numpy(seed, count):
    x = np.uint64(seed)
    for _ in range(count):
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    return x >> np.uint64(33)


def lcg48(x, count):
    for _ in range(count):
        x = (25214903917 * x + 11) & (1 << 48) - 1
    return x >> 16


def minimal_standard(x, count):
    """A modulus that is no power of two: products of 62 bits and of 120."""
    for _ in range(count):
        x = 48271 * x % 2147483647
    y = x
    for _ in range(count):
        y = y * 1000003 * 7 % 9223372036854775783
    return x, y


def test_linear_congruential_generators():
    calls = list(itertools.product(SEEDS, [0, 1, 2, 100]))
    check(lcg, *calls)
    check(lcg_numpy, *calls)
    check(lcg48, *[(seed % 2**48, count) for seed, count in calls])
    check(minimal_standard, *calls)


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= int(byte)
        for _ in range(8):
            crc = (crc >> 1) ^ 0xEDB88320 if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF


def crc32_numpy(data):
    table = np.empty(256, np.uint32)
    for i in range(256):
        c = np.uint32(i)
        for _ in range(8):
            c = (
                np.uint32(0xEDB88320) ^ (c >> np.uint32(1))
                if c & np.uint32(1)
                else c >> np.uint32(1)
            )
        table[i] = c
    crc = np.uint32(0xFFFFFFFF)
    for byte in data:
        crc = table[(crc ^ byte) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
    return crc ^ np.uint32(0xFFFFFFFF)


def test_crc32():
    for text, (data,) in zip(TEXTS, BYTES, strict=True):
        assert Both(crc32).compiled(data) == zlib.crc32(text)
    check(crc32, *BYTES)
    check(crc32_numpy, *BYTES)


def is_prime(n):
    """Miller and Rabin's test with bases that decide below 3.3e24."""
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0:
            return n == p
    d = n - 1
    s = 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = 1
        b = base
        e = d
        while e > 0:
            if e & 1:
                x = x * b % n
            b = b * b % n
            e >>= 1
        if x == 1 or x == n - 1:
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def is_prime_by_pow(n):
    if n < 2 or n % 2 == 0:
        return n == 2
    d = n - 1
    s = 0
    while d & 1 == 0:
        d >>= 1
        s += 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if base % n == 0:
            continue
        x = pow(base, d, n)
        if x == 1 or x == n - 1:
            continue
        for _ in range(s - 1):
            x = pow(x, 2, n)
            if x == n - 1:
                break
        else:
            return False
    return True


def is_prime_numpy(number):
    """32 bits, so that products fit."""
    n = np.uint64(number)
    if n < np.uint64(2):
        return False
    d = n - np.uint64(1)
    s = 0
    while d % np.uint64(2) == 0:
        d //= np.uint64(2)
        s += 1
    for base in (2, 7, 61):
        if np.uint64(base) % n == 0:
            continue
        x = np.uint64(1)
        b = np.uint64(base)
        e = d
        while e > 0:
            if e & np.uint64(1):
                x = x * b % n
            b = b * b % n
            e >>= np.uint64(1)
        if x == 1 or x == n - np.uint64(1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - np.uint64(1):
                break
        else:
            return False
    return True


PRIMES = [2, 3, 37, 41, 2147483647, 4294967291, 999999999989, 10**18 + 9, 9223372036854775783]
COMPOSITES = [
    0,
    1,
    4,
    561,
    3215031751,
    3825123056546413051,
    10**18 + 11,
    MOST,
    4294967297,
    2**62,
]


def test_miller_rabin():
    numbers = PRIMES + COMPOSITES + [p * p for p in (41, 65537, 3037000493)]
    for program in (is_prime, is_prime_by_pow):
        check(program, *[(n,) for n in numbers])
    assert all(Both(is_prime).compiled(p) for p in PRIMES)
    small = [(n,) for n in numbers if n < 2**32]
    check(is_prime_numpy, *small, *[(np.uint32(n),) for (n,) in small])


# ---- carriers --------------------------------------------------------------------------------


def test_an_unsigned_int_stays_exact():
    """0…2**64-1 is carried unsigned; what leaves it raises."""
    source = """
        def f(x, y):
            u = x & 0xFFFFFFFFFFFFFFFF
            return u, u >> 1, u // 3, u % 10, u > y, u == x, u ^ 1, u | 1, u & y, bool(u)
        """
    numbers = [0, 1, -1, LEAST, MOST, 12345]
    check(define(source), *itertools.product(numbers, [0, 5, MOST]), wide=True)
    found = []
    for expression in (
        "u + y",
        "u - y",
        "u * y",
        "-u",
        "~u",
        "u // y",
        "u % y",
        "u << 1",
        "u / 2",
        "float(u)",
        "u ** 2",
        "u == float(u)",
    ):
        both = Both(
            define(f"""
            def f(x, y):
                u = x & 0xFFFFFFFFFFFFFFFF
                return {expression}
            """)
        )
        calls = itertools.product(numbers, [1, -1, 7, MOST])
        found += both.differences(calls, wide=True)
    assert not found, report(found)


# Functions and unary minus take an int as it is carried, so that theirs is checked.
STEPWISE = (
    "-a % b",
    "-(a * b) // c",
    "abs(a) * abs(b) % 97",
    "divmod(a * b, c)",
    "pow(a * b, 2, 7)",
    "a * a - b * b",
)
EXPRESSIONS = (
    "(a * b + c) & 0xFFFFFFFFFFFFFFFF",
    "(a * b - c) & 0xFFFFFFFF",
    "(a * b * c) & 255",
    "(a + b) % 2**64",
    "a * b % 1000000007",
    "a * b % c",
    "(a + b) // 2",
    "(a + b) >> 1",
    "a * b // c",
    "(a * b) >> 64",
    "a * b > c * c",
    "a + b < c",
    "a * b == b * a",
    "(a << 13 ^ b) & 0xFFFFFFFFFFFFFFFF",
    "(a ^ b << 7 | c) & 0xFFFF",
    "((a & 0xFFFFFFFFFFFFFFFF) * 3 + b) & 0xFFFFFFFFFFFFFFFF",
    "(a - b) & -1",
    "(a * 3 - b * 5) % 7",
    "(a | b) + (a & b) == a + b",
    "a << b % 64 & 0xFFFFFFFFFFFFFFFF",
)


@pytest.mark.parametrize("expression", EXPRESSIONS + STEPWISE)
def test_intermediates_beyond_64_bits(expression):
    """What ends in a mask, a modulus, a division, a shift or a comparison is never too wide."""
    random.seed(24)
    both = Both(define(f"def f(a, b, c): return {expression}"))
    edges = [0, 1, -1, 2, LEAST, MOST, 2**32, -(2**31), 2**62]
    calls = list(itertools.product(edges, edges, [1, -3, MOST]))
    for bits in (8, 31, 33, 62, 63):
        for _ in range(20):
            calls.append(tuple(random.randint(-(2**bits), 2**bits - 1) for _ in range(3)))
    found = both.differences(calls, wide="inside" if expression in STEPWISE else True)
    assert not found, report(found)


def test_a_literal_beyond_64_bits():
    check(
        define("def f(x): return x & 0xFFFFFFFFFFFFFFFF, x % 2**64, x < 2**64, x == 2**63"),
        (5,),
        (-1,),
    )


# ---- branches whose arms may overflow, computed both ----


def collatz_step(c, x, y):
    return x // 2 if c else 3 * x + 1


def two_sums(c, x, y):
    return x + y if c else x - y


def chains(c, x, y):
    if c:
        a, b = 5 - (2 * x + 7), y
    else:
        a, b = x * y, 9 * (y - 3)
    return a, b


def same_base_twice(c, x, y):
    a = 2 * x if c else 4 * x - 3
    return a if y < 0 else x + 1


def carried(operation):
    def compute(x, y):
        value = operation(int(x), int(y))
        if not -(2**63) <= value < 2**63:
            raise OverflowError
        return Carried(value)

    return compute


class Carried(int):
    """An int whose sums and products must fit 64 bits."""

    __add__ = carried(operator.add)
    __sub__ = carried(operator.sub)
    __mul__ = carried(operator.mul)
    __rsub__ = carried(lambda x, y: y - x)
    __radd__, __rmul__ = __add__, __mul__


NEAR = [0, 1, -1, 2**61, -(2**61), 2**62, -(2**62), 2**63 - 1, -(2**63)]
THIRDS = [(2**63 - 1) // 3, (2**63 - 1) // 3 + 1, -(2**63) // 3, -(2**63) // 3 - 1]


@pytest.mark.parametrize("function", [collatz_step, two_sums, chains, same_base_twice])
def test_overflow_counts_in_the_arm_that_is_taken(function) -> None:
    compiled = mt.jit(function)
    for c, x, y in itertools.product((True, False), NEAR + THIRDS, NEAR):
        try:
            expected = function(c, Carried(x), Carried(y))
        except OverflowError:
            with pytest.raises(OverflowError):
                compiled(c, x, y)
        else:
            assert compiled(c, x, y) == expected, (c, x, y)
