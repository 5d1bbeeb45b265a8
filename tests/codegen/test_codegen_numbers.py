"""Every operation on numbers against NumPy, CPython or exact integers, on extreme values.

A function of one operation is compiled as a ufunc loop and run over all pairs of the kind's extreme
values, optimised and not; results are compared bit by bit (a nan is a nan).
"""

import ctypes.util
import itertools
import math
import operator

import numpy as np
import pytest

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
COMPLEXES = ["complex64", "complex128"]
LIBM = ctypes.CDLL(ctypes.util.find_library("m"))


def extremes(kind: str) -> np.ndarray:
    dtype = np.dtype(
        {"int": "int64", "float": "float64", "complex": "complex128"}.get(kind, kind)
    )
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        near = {
            0,
            1,
            2,
            3,
            5,
            7,
            10,
            63,
            64,
            100,
            127,
            info.max,
            info.max - 1,
            info.max // 2,
            info.max // 3,
        }
        near |= {-v for v in near} | {info.min, info.min + 1, info.min // 2}
        near |= {1 << 31, (1 << 31) - 1, 1 << 32, (1 << 53) + 1, -(1 << 53) - 1, 3037000500}
        return np.array(sorted(v for v in near if info.min <= v <= info.max), dtype)
    if dtype.kind == "f":
        info = np.finfo(dtype)
        tiny, top = info.smallest_subnormal, info.max
        some = [0.0, 1.0, 0.1, 0.5, 1.5, 2.0, 2.5, 3.0, 7.0, 1e3, 12345.678, 1e-3, math.pi, tiny, info.tiny,
                info.eps, top, top / 2, math.sqrt(float(top)), math.inf, 1 + float(info.eps)]  # fmt: skip
        values = np.array(some, dtype)
        return np.concatenate([values, -values, np.array([math.nan], dtype)])
    parts = [0.0, -0.0, 1.0, -2.5, 1e-30, 1e30, math.inf, -math.inf, math.nan, 3.0]
    return np.array([complex(a, b) for a in parts for b in parts], dtype)


def same(got: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    if got.dtype.kind == "c":
        return same(got.real, wanted.real) & same(got.imag, wanted.imag)
    if got.dtype.kind == "f":
        bits = np.dtype(f"u{got.dtype.itemsize}")
        equal = np.ascontiguousarray(got).view(bits) == np.ascontiguousarray(wanted).view(bits)
        return equal | (np.isnan(got) & np.isnan(wanted))
    return got == wanted


def check(got: np.ndarray, wanted: np.ndarray, *inputs: np.ndarray) -> None:
    wanted = np.asarray(wanted)
    assert got.dtype == wanted.dtype
    wrong = np.flatnonzero(~same(got, wanted))
    shown = [
        f"{tuple(i[k] for i in inputs)} gives {got[k]!r}, not {wanted[k]!r}" for k in wrong[:5]
    ]
    assert not shown, "\n".join(shown)


def source(op: str, kinds: list[str], result: str, attr: str = "") -> str:
    params = ", ".join(f"%x{i}: {kind}" for i, kind in enumerate(kinds))
    args = ", ".join(f"%x{i}" for i in range(len(kinds)))
    return f"func @f({params}) -> {result} {{ %r: {result} = {op} {args} {attr} return %r }}"


DTYPES = {"int": "int64", "float": "float64", "complex": "complex128", "bool": "bool", "bool_": "bool",
          "int.u64": "uint64"}  # fmt: skip


def run(tool, text: str, inputs: list[np.ndarray], result: str) -> np.ndarray:
    """The result of the ufunc loop: contiguous, strided and unoptimised, which must agree."""
    dtype = np.dtype(DTYPES.get(result, result))
    outputs = []
    for optimise, stride in ((3, 1), (3, 2), (0, 1)):
        program = tool(text, entry="ufunc", optimise=optimise)
        spread = [np.repeat(i, stride)[::stride] for i in inputs]
        out = np.zeros(len(inputs[0]) * stride, dtype)[::stride]
        program.ufunc(spread, [out])
        outputs.append(out.copy())
    check(outputs[1], outputs[0], *inputs)
    check(outputs[2], outputs[0], *inputs)
    return outputs[0]


def pairs(kind: str, other: str | None = None) -> list[np.ndarray]:
    a, b = extremes(kind), extremes(other or kind)
    return [np.repeat(a, len(b)), np.tile(b, len(a))]


def quietly(function, *args):
    with np.errstate(all="ignore"):
        return function(*args)


ARITHMETIC = {"add": np.add, "sub": np.subtract, "mul": np.multiply}


@pytest.mark.parametrize("kind", INTS + FLOATS)
@pytest.mark.parametrize("op", ARITHMETIC)
def test_arithmetic_is_numpys(tool, op, kind):
    inputs = pairs(kind)
    got = run(tool, source(op, [kind, kind], kind), inputs, kind)
    check(got, quietly(ARITHMETIC[op], *inputs), *inputs)


@pytest.mark.parametrize("kind", COMPLEXES)
def test_complex_sums_and_products(tool, kind):
    inputs = a, b = pairs(kind)
    half = a.real.dtype
    for op in "add", "sub":
        got = run(tool, source(op, [kind, kind], kind), inputs, kind)
        check(got, quietly(ARITHMETIC[op], *inputs), *inputs)
    wanted = np.empty_like(a)
    with np.errstate(all="ignore"):
        wanted.real = (a.real * b.real).astype(half) - (a.imag * b.imag).astype(half)
        wanted.imag = (a.real * b.imag).astype(half) + (a.imag * b.real).astype(half)
    check(run(tool, source("mul", [kind, kind], kind), inputs, kind), wanted, *inputs)


@pytest.mark.parametrize("kind", FLOATS + COMPLEXES)
def test_true_division_is_numpys(tool, kind):
    inputs = pairs(kind)
    got = run(tool, source("div", [kind, kind], kind), inputs, kind)
    check(got, quietly(np.divide, *inputs), *inputs)


def test_weak_complex_division_is_cpythons(tool):
    """Infinities apart, which Python 3.14 finds where the formula gives nan (specialise does)."""
    a, b = pairs("complex")
    plain = (b != 0) & ~np.isinf(a) & ~np.isinf(b)
    inputs = [a[plain], b[plain]]
    got = run(tool, source("div", ["complex", "complex"], "complex"), inputs, "complex")
    check(got, np.array([x / y for x, y in zip(*(i.tolist() for i in inputs))]), *inputs)


@pytest.mark.parametrize("kind", INTS + FLOATS)
@pytest.mark.parametrize("op", ["floordiv", "mod"])
def test_floor_division_is_numpys(tool, op, kind):
    inputs = pairs(kind)
    got = run(tool, source(op, [kind, kind], kind), inputs, kind)
    function = {"floordiv": np.floor_divide, "mod": np.remainder}[op]
    check(got, quietly(function, *inputs), *inputs)


@pytest.mark.parametrize("op", ["floordiv", "mod"])
def test_floor_division_of_python_floats(tool, op):
    a, b = pairs("float")
    inputs = [a[b != 0], b[b != 0]]
    got = run(tool, source(op, ["float", "float"], "float"), inputs, "float")
    function = {"floordiv": operator.floordiv, "mod": operator.mod}[op]
    wanted = [function(x, y) for x, y in zip(*(i.tolist() for i in inputs))]
    check(got, np.array(wanted), *inputs)


def test_float_modulo_of_random_numbers(tool):
    """Where the quotient comes close to an integer, and where it is great."""
    rng = np.random.default_rng(1)
    b = rng.uniform(0.1, 10, 200_000) * 10.0 ** rng.integers(-5, 5, 200_000)
    a = b * rng.integers(0, 1000, 200_000) * rng.choice([-1, 1], 200_000)
    a = np.nextafter(a, a * rng.choice([0, 1, 2], 200_000))
    a[:1000] *= 1e14
    for op, function in (
        ("truncmod", np.fmod),
        ("mod", np.remainder),
        ("floordiv", np.floor_divide),
    ):
        got = run(tool, source(op, ["float64", "float64"], "float64"), [a, b], "float64")
        check(got, function(a, b), a, b)
    a, b = a.astype("f4"), b.astype("f4")
    for op, function in (
        ("truncmod", np.fmod),
        ("mod", np.remainder),
        ("floordiv", np.floor_divide),
    ):
        got = run(tool, source(op, ["float32", "float32"], "float32"), [a, b], "float32")
        check(got, quietly(function, a, b), a, b)


@pytest.mark.parametrize("kind", INTS)
def test_truncating_division(tool, kind):
    a, b = pairs(kind)
    inputs = a, b = [a[b != 0], b[b != 0]]
    info = np.iinfo(kind)
    for op in "truncdiv", "truncmod":
        got = run(tool, source(op, [kind, kind], kind), inputs, kind)
        wanted = []
        for x, y in zip(a.tolist(), b.tolist()):
            quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
            value = quotient if op == "truncdiv" else x - quotient * y
            wanted.append(value - (1 << info.bits) if value > info.max else value)
        check(got, np.array(wanted, kind), *inputs)


@pytest.mark.parametrize("kind", [*INTS, "int.i128"])
def test_division_by_constants(tool, kind):
    """Powers of two are shifts; 0 and -1, which trap on some machines, are not."""
    x = extremes("int64" if kind == "int.i128" else kind)
    bits = 64 if kind == "int.i128" else np.iinfo(kind).bits
    low = 0 if kind[0] == "u" else -(1 << bits - 1)
    for by in (
        0,
        1,
        2,
        3,
        7,
        8,
        10,
        64,
        -1,
        -2,
        -3,
        -8,
        low,
        (1 << bits - 1) - 1,
        1 << bits - 2,
    ):
        if by < low:
            continue
        for op, function in ("floordiv", np.floor_divide), ("mod", np.remainder):
            body = f"%y: {kind} = const {by} %r: {kind} = {op} %x0, %y return %r }}"
            if kind == "int.i128":
                body = f"""%x: int.i128 = convert %x0 %y: int.i128 = const {by}
                    %q: int.i128 = {op} %x, %y %r: int64 = convert %q return %r }}"""
            outer = "int64" if kind == "int.i128" else kind
            got = run(tool, f"func @f(%x0: {outer}) -> {outer} {{ {body}", [x], outer)
            check(got, quietly(function, x, np.full(len(x), by, x.dtype)), x)


@pytest.mark.parametrize("kind", FLOATS)
def test_fmod(tool, kind):
    inputs = pairs(kind)
    got = run(tool, source("truncmod", [kind, kind], kind), inputs, kind)
    check(got, quietly(np.fmod, *inputs), *inputs)


@pytest.mark.parametrize("kind", [*INTS, "bool_"])
def test_bits(tool, kind):
    inputs = pairs(kind)
    for op, function in ("and", np.bitwise_and), ("or", np.bitwise_or), ("xor", np.bitwise_xor):
        check(
            run(tool, source(op, [kind, kind], kind), inputs, kind), function(*inputs), *inputs
        )
    x = extremes(kind)
    check(run(tool, source("not", [kind], kind), [x], kind), np.invert(x), x)


@pytest.mark.parametrize("kind", INTS)
def test_shifts(tool, kind):
    a, b = pairs(kind)
    inputs = [a[b >= 0], b[b >= 0]]
    for op, function in ("shl", np.left_shift), ("shr", np.right_shift):
        check(
            run(tool, source(op, [kind, kind], kind), inputs, kind), function(*inputs), *inputs
        )


@pytest.mark.parametrize("kind", INTS)
def test_counting_bits(tool, kind):
    x = extremes(kind)
    bits = np.iinfo(kind).bits
    values = [v % (1 << bits) for v in x.tolist()]
    wanted = {
        "ctz": [(v & -v).bit_length() - 1 if v else bits for v in values],
        "clz": [bits - v.bit_length() for v in values],
        "popcount": [v.bit_count() for v in values],
    }
    for op, answers in wanted.items():
        check(run(tool, source(op, [kind], kind), [x], kind), np.array(answers, kind), x)


@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_mul_high(tool, kind):
    inputs = pairs(kind)
    wanted = [x * y >> 64 for x, y in zip(*(i.tolist() for i in inputs))]
    got = run(tool, source("mul_high", [kind, kind], kind), inputs, kind)
    check(got, np.array(wanted, kind), *inputs)


@pytest.mark.parametrize("kind", INTS + FLOATS)
def test_unary(tool, kind):
    x = extremes(kind)
    for op, function in ("neg", np.negative), ("abs", np.absolute):
        check(run(tool, source(op, [kind], kind), [x], kind), quietly(function, x), x)


@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("op", ["sqrt", "floor", "ceil", "trunc", "rint"])
def test_roundings(tool, op, kind):
    x = extremes(kind)
    got = run(tool, source(op, [kind], kind), [x], kind)
    check(got, quietly(getattr(np, op), x), x)


@pytest.mark.parametrize("kind", FLOATS)
def test_copysign(tool, kind):
    inputs = pairs(kind)
    got = run(tool, source("copysign", [kind, kind], kind), inputs, kind)
    check(got, np.copysign(*inputs), *inputs)


def test_fma(tool):
    x = extremes("float64")[::2]
    inputs = [i.ravel() for i in np.meshgrid(x, x, x)]
    got = run(tool, source("fma", ["float64"] * 3, "float64"), inputs, "float64")
    function = LIBM.fma
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    wanted = [function(*three) for three in zip(*(i.tolist() for i in inputs))]
    check(got, np.array(wanted), *inputs)


@pytest.mark.parametrize("kind", [*INTS, *FLOATS, "bool_"])
@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_comparisons(tool, op, kind):
    inputs = pairs(kind)
    got = run(tool, source(op, [kind, kind], "bool"), inputs, "bool")
    check(got, getattr(operator, op)(*inputs), *inputs)


@pytest.mark.parametrize("kind", COMPLEXES)
def test_complex_comparisons(tool, kind):
    inputs = pairs(kind)
    for op in "eq", "ne":
        got = run(tool, source(op, [kind, kind], "bool"), inputs, "bool")
        check(got, getattr(operator, op)(*inputs), *inputs)


ALL = [*INTS, *FLOATS, *COMPLEXES, "bool_"]


@pytest.mark.parametrize("to", ALL)
@pytest.mark.parametrize("kind", ALL)
def test_conversions_are_numpys(tool, kind, to):
    x = extremes(kind)
    got = run(tool, source("convert", [kind], to), [x], to)
    with np.errstate(all="ignore"):
        real = x.real if kind in COMPLEXES and to not in COMPLEXES and to != "bool_" else x
        check(got, np.array([v.astype(DTYPES.get(to, to)) for v in real]), x)


def test_conversions_in_a_vector(tool):
    x = np.linspace(-4e9, 4e9, 1001)
    for to in INTS:
        got = run(tool, source("convert", ["float64"], to), [x], to)
        check(got, np.array([quietly(v.astype, to) for v in x]), x)


def test_bitcasts(tool):
    for a, b in (
        ("float64", "int64"),
        ("float32", "uint32"),
        ("float16", "uint16"),
        ("int8", "uint8"),
    ):
        for kind, to in (a, b), (b, a):
            x = extremes(kind)
            check(run(tool, source("bitcast", [kind], to), [x], to), x.view(to), x)


# ---- Python ints ----

BOUNDS = {"int": (-(2**63), 2**63 - 1), "int.u64": (0, 2**64 - 1), "int32": (-(2**31), 2**31 - 1),
          "uint8": (0, 255)}  # fmt: skip
EXACT = {"add_x": operator.add, "sub_x": operator.sub, "mul_x": operator.mul}


@pytest.mark.parametrize("kind", BOUNDS)
@pytest.mark.parametrize("op", [*EXACT, "shl_x"])
def test_checked_arithmetic(tool, op, kind):
    low, high = BOUNDS[kind]
    program = tool(source(op, [kind, kind], kind, '{OverflowError "too big"}'))
    values = [int(v) for v in extremes(DTYPES.get(kind, kind))]
    for x, y in itertools.product(values, values):
        if op == "shl_x" and y < 0:
            continue
        exact = EXACT[op](x, y) if op in EXACT else x << min(y, 200)
        slots = [int(v) & (1 << 64) - 1 for v in (x, y)]
        if low <= exact <= high:
            assert int(program.call(*slots)[0]) & (high - low) == exact & (high - low), (x, y)
        else:
            with pytest.raises(Exception, match="OverflowError too big"):
                program(*slots, result="i8")


WIDE = """
func @f(%a: int, %b: int.u64, %c: int, %d: int.u64) -> Tuple(int, int.u64) {
    %A: int.i128 = convert %a
    %B: int.i128 = convert %b
    %C: int.i128 = convert %c
    %D: int.i128 = convert %d
    %s: int.i128 = const 64
    %hi: int.i128 = shl %A, %s
    %x: int.i128 = or %hi, %B
    %hi2: int.i128 = shl %C, %s
    %y: int.i128 = or %hi2, %D
    %r: int.i128 = OP
    %h: int.i128 = shr %r, %s
    %high: int = convert %h
    %low: int.u64 = convert %r
    %t: Tuple(int, int.u64) = pack %high, %low
    return %t
}
"""


def split(value: int) -> tuple[int, int]:
    return value >> 64, value & 2**64 - 1


WIDE_OPS = {
    "add_x": operator.add, "sub_x": operator.sub, "mul_x": operator.mul,
    "mul": operator.mul, "floordiv": operator.floordiv, "mod": operator.mod,
}  # fmt: skip


@pytest.mark.parametrize("op", WIDE_OPS)
def test_wide_ints(tool, op):
    attr = "{OverflowError}" if op.endswith("_x") else ""
    program = tool(WIDE.replace("OP", f"{op} %x, %y {attr}"))
    some = [0, 1, 2, 3, 10**18 + 9, 2**63, 2**64 - 1, 2**64, 2**64 + 1, 2**96, 2**126, 2**127 - 1,
            3**70, 3**40, 10**19]  # fmt: skip
    values = sorted({*some, *(-v for v in some), -(2**127)})
    for x, y in itertools.product(values, values):
        if y == 0 and op in ("floordiv", "mod"):
            continue
        exact = WIDE_OPS[op](x, y)
        fits = -(2**127) <= exact < 2**127
        if not fits and op == "floordiv":
            continue
        try:
            high, low = program.call(*split(x), *split(y))[:2].tolist()
            got = (high << 64 | low) % 2**128
        except Exception as error:
            assert not fits and op.endswith("_x") and "OverflowError" in str(error), (x, y)
        else:
            assert (fits or op == "mul") and got == exact % 2**128, (x, y)


@pytest.mark.parametrize("kinds", [("int", "int"), ("int", "int.u64")])
def test_wide_products_of_narrow_ints_need_no_check(tool, kinds):
    a, b = kinds
    program = tool(
        f"func @f(%a: {a}, %b: {b}) -> Tuple(int, int.u64) {{"
        """%x: int.i128 = convert %a
           %y: int.i128 = convert %b
           %r: int.i128 = mul_x %x, %y {OverflowError}
           %s: int.i128 = const 64
           %h: int.i128 = shr %r, %s
           %high: int = convert %h
           %low: int.u64 = convert %r
           %t: Tuple(int, int.u64) = pack %high, %low
           return %t }""",
        texts=True,
    )
    assert "error" not in program.text("llvm")
    for x, y in itertools.product(*(extremes(DTYPES[k]).tolist() for k in kinds)):
        high, low = program.call(x, y)[:2].tolist()
        assert high << 64 | low == x * y % 2**128


@pytest.mark.parametrize("kind", ["int", "int.u64"])
def test_true_division_of_ints_rounds_once(tool, kind):
    program = tool(source("int_truediv", [kind, kind], "float"))
    values = extremes(DTYPES[kind]).tolist()
    rng = np.random.default_rng(2)
    values += rng.integers(0, 2**63, 60, dtype=np.uint64).tolist()
    for x, y in itertools.product(values, values):
        if y:
            assert program(x, y) == x / y, (x, y)


def test_true_division_of_wide_ints(tool):
    program = tool(
        """func @f(%a: int, %b: int.u64, %c: int, %d: int.u64) -> float {
        %A: int.i128 = convert %a
        %B: int.i128 = convert %b
        %C: int.i128 = convert %c
        %D: int.i128 = convert %d
        %s: int.i128 = const 64
        %hi: int.i128 = shl %A, %s
        %x: int.i128 = or %hi, %B
        %hi2: int.i128 = shl %C, %s
        %y: int.i128 = or %hi2, %D
        %r: float = int_truediv %x, %y
        return %r }"""
    )
    some = [0, 1, 3, 10, 2**53 + 1, 2**64 - 1, 2**64 + 1, 3**40, 10**38, 2**126 - 1, 2**127 - 1]
    values = [*some, *(-v for v in some), -(2**127)]
    for x, y in itertools.product(values, values):
        if y:
            got = program(*split(x), *split(y))
            assert got == x / y and math.copysign(1, got) == math.copysign(1, x / y), (x, y)


# ---- libm ----


def test_libm_by_name(tool):
    x = np.concatenate([np.linspace(-3, 3, 101), extremes("float64")])
    for name in "exp", "log", "sin", "tanh", "cbrt", "erf":
        function = getattr(LIBM, name)
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
        got = run(tool, source("call_math", ["float"], "float", f"{{{name}}}"), [x], "float")
        check(got, np.array([function(v) for v in x]), x)


def test_libm_is_not_folded(tool):
    """The constant would be folded by the compiler's own libm, which may not be the program's."""
    text = tool(
        "func @f() -> float { %x: float = const 0.5 %r: float = call_math %x {exp} return %r }",
        texts=True,
    ).text("llvm")
    assert "call double @exp(double 5.000000e-01)" in text


def test_pow(tool):
    inputs = pairs("float64")
    got = run(tool, source("pow", ["float64", "float64"], "float64"), inputs, "float64")
    LIBM.pow.restype, LIBM.pow.argtypes = ctypes.c_double, [ctypes.c_double] * 2
    check(
        got, np.array([LIBM.pow(*two) for two in zip(*(i.tolist() for i in inputs))]), *inputs
    )


# ---- |z| OP r ----


@pytest.mark.parametrize("kind", COMPLEXES)
@pytest.mark.parametrize("compare", range(6))
def test_abs_compare_is_exact(tool, compare, kind):
    """Against hypot itself, in and around the band, and where squares leave the range."""
    half = np.dtype("f4" if kind == "complex64" else "f8")
    rng = np.random.default_rng(3)
    angle = rng.uniform(0, 2 * math.pi, 3000)
    z = (np.cos(angle) + 1j * np.sin(angle)).astype(kind)
    r = np.hypot(z.real, z.imag)
    near = [r, np.nextafter(r, half.type(2)), np.nextafter(r, half.type(0))]
    scale = 10.0 ** rng.uniform(-30, 30, 3000)
    z2 = (z * scale).astype(kind)
    r2 = np.hypot(z2.real, z2.imag)
    a, b = pairs(kind, half.name)
    zs = np.concatenate([z, z, z, z2, z2, a])
    rs = np.concatenate([*near, r2, np.nextafter(r2, half.type(0)), b]).astype(half)
    text = source("abs_compare", [kind, half.name], "bool", f"{{{compare}}}")
    got = run(tool, text, [zs, rs], "bool")
    name = "hypot" if kind == "complex128" else "hypotf"
    hypot = getattr(LIBM, name)
    hypot.restype = ctypes.c_double if kind == "complex128" else ctypes.c_float
    hypot.argtypes = [hypot.restype] * 2
    sizes = np.array([hypot(v.real, v.imag) for v in zs], half)
    function = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge][
        compare
    ]
    check(got, function(sizes, rs), zs, rs)


def test_abs_compare_with_a_constant(tool):
    text = """func @f(%z: complex) -> bool {
        %two: float = const 2.0
        %r: bool = abs_compare %z, %two {4}
        return %r }"""
    z = np.array([2, 2j, -2, complex(2, 1e-9), complex(1.2, 1.6), complex(math.nan, 0), complex(math.inf, math.nan),
                  complex(math.nextafter(2, 3), 0), math.sqrt(2) * (1 + 1j)])  # fmt: skip
    got = run(tool, text, [z], "bool")
    check(got, np.array([abs(v) > 2 for v in z.tolist()]), z)
