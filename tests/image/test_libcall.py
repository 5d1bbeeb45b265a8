"""image/libcall.def: every call that LLVM invents has a row, and every row leads where it says.

The first half asks LLVM: it compiles each operation that we may emit, for each kind of number
and several processors, and reads which functions the object wants. The second half calls the
rows through ctypes, with Python's integers, `math` and NumPy as the judges.
"""

import ctypes
import math
import platform
import random
import re
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = dict(
    re.findall(
        r"^LIBCALL\((\w+),\s*(\w+)\)", (ROOT / "src/image/libcall.def").read_text(), re.M
    )
)

PROCESSORS = [
    ("x86_64-linux-gnu", "x86-64"),
    ("x86_64-linux-gnu", "x86-64-v3"),
    ("x86_64-linux-gnu", "x86-64-v4"),
    ("x86_64-linux-gnu", "sapphirerapids"),
    ("aarch64-linux-gnu", "generic"),
    ("aarch64-linux-gnu", "neoverse-v1"),
    ("aarch64-linux-gnu", "apple-m1"),
]

FLOATS = {"half": "f16", "float": "f32", "double": "f64"}
VECTORS = {"<8 x half>": "v8f16", "<8 x float>": "v8f32", "<4 x double>": "v4f64"}
INTEGERS = ["i8", "i16", "i32", "i64", "i128"]

UNARY = """acos asin atan ceil cos cosh exp exp10 exp2 fabs floor log log10 log2 nearbyint rint
    round roundeven sin sinh sqrt tan tanh trunc""".split()
BINARY = "copysign maximum maxnum minimum minnum pow".split()
TERNARY = "fma fmuladd".split()
# Not in the oldest LLVM that we support.
RECENT = {"atan2": 20, "maximumnum": 20, "minimumnum": 20}
BITS = "bitreverse ctpop".split()


def function(name: str, result: str, parameters: list[str], body: str) -> str:
    listed = ", ".join(f"{kind} %{'abc'[i]}" for i, kind in enumerate(parameters))
    return f"define {result} @{name}({listed}) {{\n  {body}\n  ret {result} %r\n}}\n"


def call(operation: str, suffix: str, result: str, parameters: list[str]) -> tuple[str, str]:
    """A function that calls an intrinsic, and the intrinsic's declaration."""
    intrinsic = f"@llvm.{operation}.{suffix}"
    listed = ", ".join(f"{kind} %{'abc'[i]}" for i, kind in enumerate(parameters))
    name = f"{operation}_{suffix}".replace(".", "_")
    body = f"%r = call {result} {intrinsic}({listed})"
    return (
        function(name, result, parameters, body),
        f"declare {result} {intrinsic}({', '.join(parameters)})\n",
    )


def float_operations(version: int) -> list[tuple[str, str]]:
    made = []
    for kind, suffix in (FLOATS | VECTORS).items():
        binary = BINARY + [name for name, since in RECENT.items() if version >= since]
        made += [call(name, suffix, kind, [kind]) for name in UNARY]
        made += [call(name, suffix, kind, [kind] * 2) for name in binary]
        made += [call(name, suffix, kind, [kind] * 3) for name in TERNARY]
        body = f"%r = frem {kind} %a, %b"
        made.append((function(f"frem_{suffix}", kind, [kind, kind], body), ""))
    for kind, suffix in FLOATS.items():
        made.append(call("powi", f"{suffix}.i32", kind, [kind, "i32"]))
        made.append(call("ldexp", f"{suffix}.i32", kind, [kind, "i32"]))
        made.append(call("frexp", f"{suffix}.i32", f"{{ {kind}, i32 }}", [kind]))
        if version >= 20:
            made.append(call("sincos", suffix, f"{{ {kind}, {kind} }}", [kind]))
        if kind != "half":  # LLVM 22 ends the process for modf of a half on x86-64
            if version >= 20:
                made.append(call("modf", suffix, f"{{ {kind}, {kind} }}", [kind]))
            for name in ("lrint", "llrint", "lround", "llround"):
                made.append(call(name, f"i64.{suffix}", "i64", [kind]))
    return made


def conversions() -> list[tuple[str, str]]:
    made = []
    for kind, suffix in FLOATS.items():
        for integer in INTEGERS:
            for operation, given, result in [
                ("fptosi", kind, integer),
                ("fptoui", kind, integer),
                ("sitofp", integer, kind),
                ("uitofp", integer, kind),
            ]:
                body = f"%r = {operation} {given} %a to {result}"
                name = f"{operation}_{suffix}_{integer}"
                made.append((function(name, result, [given], body), ""))
            for operation in ("fptosi.sat", "fptoui.sat"):
                made.append(call(operation, f"{integer}.{suffix}", integer, [kind]))
    order = list(FLOATS)
    for i, narrow in enumerate(order):
        for wide in order[i + 1 :]:
            body = f"%r = fpext {narrow} %a to {wide}"
            made.append((function(f"fpext_{narrow}_{wide}", wide, [narrow], body), ""))
            body = f"%r = fptrunc {wide} %a to {narrow}"
            made.append((function(f"fptrunc_{wide}_{narrow}", narrow, [wide], body), ""))
    return made


def integer_operations() -> list[tuple[str, str]]:
    made = []
    for kind in INTEGERS:
        for operation in ("mul", "sdiv", "udiv", "srem", "urem", "shl", "lshr", "ashr"):
            body = f"%r = {operation} {kind} %a, %b"
            made.append((function(f"{operation}_{kind}", kind, [kind, kind], body), ""))
        for operation in ("sadd", "uadd", "ssub", "usub", "smul", "umul"):
            result = f"{{ {kind}, i1 }}"
            made.append(call(f"{operation}.with.overflow", kind, result, [kind, kind]))
        for operation in ("smax", "smin", "umax", "umin", "sadd.sat", "usub.sat"):
            made.append(call(operation, kind, kind, [kind, kind]))
        made += [call(operation, kind, kind, [kind]) for operation in BITS]
        made.append(call("fshl", kind, kind, [kind] * 3))
    return made


# Loops that LLVM recognises, and blocks of memory. By clang, for the passes before llc.
IDIOMS = r"""
#include <stddef.h>
#include <stdint.h>
void fill(char *p, size_t n) { for (size_t i = 0; i < n; i++) p[i] = 3; }
void clear(double *p, size_t n) { for (size_t i = 0; i < n; i++) p[i] = 0; }
void copy(double *restrict p, const double *restrict q, size_t n)
{
    for (size_t i = 0; i < n; i++) p[i] = q[i];
}
void shift(char *p, size_t n) { for (size_t i = 0; i < n; i++) p[i] = p[i + 1]; }
size_t length(const char *p) { size_t n = 0; while (p[n]) n++; return n; }
size_t wide_length(const int32_t *p) { size_t n = 0; while (p[n]) n++; return n; }
struct Big { int64_t v[100]; } big(const struct Big *p) { return *p; }
struct Four { int64_t a, b, c, d; };
int same(const struct Four *p, const struct Four *q)
{
    return p->a == q->a && p->b == q->b && p->c == q->c && p->d == q->d;
}
double power(double x) { return __builtin_pow(x, 1.0 / 3) + __builtin_pow(2, x); }
double third(double x) { return __builtin_exp(x) * __builtin_exp2(x) + __builtin_pow(10, x); }
float both(float x) { return __builtin_sinf(x) * __builtin_cosf(x); }
"""


def newest(name: str) -> tuple[str, int]:
    for version in range(22, 18, -1):
        for path in (f"{name}-{version}", f"/usr/lib/llvm-{version}/bin/{name}"):
            if found := shutil.which(path):
                return found, version
    pytest.skip(f"no {name}")


def wanted(made: Path) -> set[str]:
    nm, _ = newest("llvm-nm")
    listed = subprocess.run([nm, "-u", made], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in listed.splitlines()} - {"_GLOBAL_OFFSET_TABLE_"}


@pytest.mark.parametrize("triple, processor", PROCESSORS)
def test_llvm_invents_no_other_call(tmp_path, triple, processor):
    llc, version = newest("llc")
    operations = float_operations(version) + conversions() + integer_operations()
    source = tmp_path / "operations.ll"
    declarations = dict.fromkeys(declaration for _, declaration in operations)
    source.write_text("".join(text for text, _ in operations) + "".join(declarations))
    made = tmp_path / "operations.o"
    subprocess.run(
        [llc, "-O2", f"-mtriple={triple}", f"-mcpu={processor}", "-relocation-model=pic",
         "-filetype=obj", source, "-o", made],
        check=True,
    )  # fmt: skip
    found = wanted(made)
    assert found - ROWS.keys() == set()
    assert {"fmod", "__divti3", "sin", "__powidf2"} <= found


@pytest.mark.parametrize("flags", ["-O2", "-O3 -ffast-math", "-O3 -march=x86-64-v4"])
def test_recognised_idioms(tmp_path, flags):
    if "x86" in flags and platform.machine() != "x86_64":
        pytest.skip("x86-64 code")
    clang, _ = newest("clang")
    source = tmp_path / "idioms.c"
    source.write_text(IDIOMS)
    made = tmp_path / "idioms.o"
    subprocess.run(
        [clang, *flags.split(), "-fPIC", "-fno-builtin-printf", "-c", source, "-o", made],
        check=True,
    )
    found = wanted(made)
    assert found - ROWS.keys() == set()
    assert {"memset", "memcpy"} <= found


def test_rows_are_sorted_and_found(native):
    lines = native.run("libcalls").splitlines()
    assert lines == [f"{name} 1" for name in sorted(ROWS)]
    assert list(ROWS) == sorted(ROWS)


# ---- where the rows lead ----


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("libcall") / "libcall.so"
    sources = [ROOT / "src/image/libcall.c"]
    subprocess.run(
        ["cc", "-std=gnu17", "-O2", "-shared", "-fPIC", "-I", ROOT / "src", *sources,
         "-o", path, "-lm"],
        check=True,
    )  # fmt: skip
    library = ctypes.CDLL(str(path))
    library.image_libcall.restype = ctypes.c_void_p
    return library


class Pair(ctypes.Structure):
    """A 128-bit integer as it is returned."""

    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


DOUBLE, FLOAT, INT = ctypes.c_double, ctypes.c_float, ctypes.c_int


def row(library, name, result, *parameters):
    address = library.image_libcall(name.encode())
    assert address, name
    return ctypes.CFUNCTYPE(result, *parameters)(address)


def wide_row(library, name, result, count=2):
    return row(library, name, result, *[ctypes.c_uint64] * (2 * count))


def halves(*values: int) -> list[int]:
    return [part for value in values for part in (value & 2**64 - 1, value >> 64 & 2**64 - 1)]


def signed(pair: Pair) -> int:
    return unsigned(pair) - (2**128 if pair.high >> 63 else 0)


def unsigned(pair: Pair) -> int:
    return pair.low | pair.high << 64


def wide_integers() -> list[int]:
    rng = random.Random(1)
    small = [
        rng.randrange(-(2 ** rng.randrange(1, 128)), 2 ** rng.randrange(1, 127))
        for _ in range(300)
    ]
    edges = [0, 1, -1, 3, 2**63, 2**64, -(2**64), 2**127 - 1, -(2**127)]
    return edges + [max(-(2**127), value) for value in small]


def test_wide_division(library):
    truncated = {
        "__divti3": lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),
        "__modti3": lambda a, b: abs(a) % abs(b) * (-1 if a < 0 else 1),
    }
    values = wide_integers()
    pairs = [(a, b) for a, b in zip(values, values[::-1], strict=True) if b not in (0, -1)]
    for name, answer in truncated.items():
        divide = wide_row(library, name, Pair)
        for a, b in pairs:
            assert signed(divide(*halves(a, b))) == answer(a, b), (name, a, b)
    for name, answer in {"__udivti3": int.__floordiv__, "__umodti3": int.__mod__}.items():
        divide = wide_row(library, name, Pair)
        for a, b in pairs:
            a, b = a % 2**128, b % 2**128
            assert unsigned(divide(*halves(a, b))) == answer(a, b), (name, a, b)


def test_wide_division_with_remainder(library):
    for name in ("__divmodti4", "__udivmodti4"):
        words = [ctypes.c_uint64] * 4
        divide = row(library, name, Pair, *words, ctypes.POINTER(Pair))
        rest = Pair()
        quotient = divide(*halves(10**30, 10**10 + 7), ctypes.byref(rest))
        assert (unsigned(quotient), unsigned(rest)) == divmod(10**30, 10**10 + 7)


def test_wide_products(library):
    multiply = wide_row(library, "__multi3", Pair)
    words = [ctypes.c_uint64] * 4
    checked = row(library, "__muloti4", Pair, *words, ctypes.POINTER(INT))
    values = wide_integers()
    overflows = 0
    for a, b in zip(values, values[1:] + values[:1], strict=True):
        wrapped = (a * b + 2**127) % 2**128 - 2**127
        assert signed(multiply(*halves(a, b))) == wrapped
        overflow = INT(7)
        assert signed(checked(*halves(a, b), ctypes.byref(overflow))) == wrapped
        assert overflow.value == (a * b != wrapped)
        overflows += overflow.value
    assert 10 < overflows < len(values) - 10


def nearest_float(value: int) -> float:
    """Of a positive integer, rounded once; NumPy goes through double."""
    shift = max(0, value.bit_length() - 24)
    kept, lost = value >> shift, value & (1 << shift) - 1
    tie = 1 << shift >> 1
    return math.ldexp(kept + (lost > tie or (lost == tie > 0 and kept & 1)), shift)


def test_wide_conversions(library):
    for value in wide_integers():
        words = halves(value)
        for name, result, given in [
            ("__floattidf", DOUBLE, value),
            ("__floatuntidf", DOUBLE, value % 2**128),
        ]:
            assert wide_row(library, name, result, 1)(*words) == float(given), (name, value)
    exact = [0.0, 1.5, -1.5, 2.0**100, -(2.0**100), 2.0**63 + 2**40, 255.99]
    for name, kind in [("__fixdfti", DOUBLE), ("__fixsfti", FLOAT)]:
        fix = row(library, name, Pair, kind)
        assert [signed(fix(x)) for x in exact] == [int(kind(x).value) for x in exact]
    for name, kind in [("__fixunsdfti", DOUBLE), ("__fixunssfti", FLOAT)]:
        fix = row(library, name, Pair, kind)
        positive = [x for x in exact if x >= 0]
        assert [unsigned(fix(x)) for x in positive] == [int(kind(x).value) for x in positive]
    for name in ("__floattisf", "__floatuntisf"):
        convert = wide_row(library, name, FLOAT, 1)
        for value in (0, 1, 2**24 + 1, 2**24 + 3, 2**100 + 2**76 + 1, 2**127 - 1):
            assert convert(*halves(value)) == nearest_float(value), (name, value)


def test_integer_powers(library):
    double, single = (
        row(library, "__powidf2", DOUBLE, DOUBLE, INT),
        row(library, "__powisf2", FLOAT, FLOAT, INT),
    )
    for n in (0, 1, 2, 5, -3):
        assert double(1.5, n) == 1.5**n
        assert single(1.5, n) == np.float32(1.5**n)


def float_from_bits(bits: int) -> float:
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def half_result(value: float) -> int:
    """The half in the low 16 bits of what a row returned as a float."""
    return struct.unpack("<I", struct.pack("<f", value))[0] & 0xFFFF


@pytest.mark.parametrize("name, result", [("__extendhfsf2", FLOAT), ("__extendhfdf2", DOUBLE)])
def test_every_half_extends_exactly(library, name, result):
    extend = row(library, name, result, FLOAT)
    for bits in range(1 << 16):
        answer = float(np.uint16(bits).view(np.float16))
        got = extend(float_from_bits(bits))
        assert got == answer or (math.isnan(got) and math.isnan(answer)), hex(bits)
        assert math.copysign(1, got) == math.copysign(1, answer) or math.isnan(answer), hex(
            bits
        )


def hard_values() -> list[float]:
    """Halves, the middles between them and their neighbours, limits, and numbers at random."""
    rng = random.Random(2)
    values = [65504.0, 65519.99999, 65520.0, 65536.0, 1e300, math.inf, 0.0, 2.0**-24, 2.0**-25]
    values += [math.nextafter(2.0**-25, 1), 2.0**-26, 5e-324, 2.0**-14, 65519.996, 1.0 + 2**-11]
    for _ in range(3000):
        bits = rng.randrange(0x7BFF)
        low = float(np.uint16(bits).view(np.float16))
        high = float(np.uint16(bits + 1).view(np.float16))
        middle = (low + high) / 2
        values += [low, middle, math.nextafter(middle, 0), math.nextafter(middle, 1e9)]
        values.append(math.ldexp(rng.random(), rng.randrange(-30, 20)))
    return values + [-value for value in values]


@pytest.mark.parametrize(
    "name, kind, dtype",
    [("__truncdfhf2", DOUBLE, np.float64), ("__truncsfhf2", FLOAT, np.float32)],
)
def test_halves_are_rounded_once(library, name, kind, dtype):
    truncate = row(library, name, FLOAT, kind)
    with np.errstate(all="ignore"):
        for value in hard_values():
            given = dtype(value)
            answer = int(given.astype(np.float16).view(np.uint16))
            assert half_result(truncate(float(given))) == answer, float(given).hex()
    assert half_result(truncate(math.nan)) & 0x7E00 == 0x7E00


def test_halves_and_wide_integers(library):
    for name in ("__fixhfti", "__fixunshfti"):
        fix = row(library, name, Pair, FLOAT)
        for bits in [0x0000, 0x3C00, 0x3BFF, 0x7BFF, 0x4248, 0x5640]:
            answer = int(np.uint16(bits).view(np.float16))
            assert signed(fix(float_from_bits(bits))) == answer
    negative = row(library, "__fixhfti", Pair, FLOAT)(float_from_bits(0xFBFF))
    assert signed(negative) == -65504
    for name, values in {
        "__floattihf": [0, 1, -1, 2049, 2051, 65519, 65520, -65520, 2**100, -(2**127)],
        "__floatuntihf": [0, 1, 2049, 2051, 65519, 65520, 2**127, 2**128 - 1],
    }.items():
        convert = wide_row(library, name, FLOAT, 1)
        for value in values:
            with np.errstate(all="ignore"):
                answer = int(np.float64(value).astype(np.float16).view(np.uint16))
            assert half_result(convert(*halves(value))) == answer, (name, value)


def test_elementary_functions(library):
    """A row cannot lead to a function of another name; a few show that they lead anywhere."""
    for (
        name
    ) in "acos asin atan ceil cos cosh exp floor log log10 sin sinh sqrt tan tanh".split():
        answer = getattr(math, name)(0.5)
        assert row(library, name, DOUBLE, DOUBLE)(0.5) == pytest.approx(answer, rel=1e-15)
        assert row(library, name + "f", FLOAT, FLOAT)(0.5) == pytest.approx(answer, rel=1e-6)
    for name in ("fmod", "pow", "hypot", "atan2", "copysign"):
        answer = getattr(math, name)(5.5, -2.0)
        assert row(library, name, DOUBLE, DOUBLE, DOUBLE)(5.5, -2.0) == pytest.approx(answer)
