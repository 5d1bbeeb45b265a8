"""Control flow, arrays, maps, exceptions and ownership: what programs compute and what they leave.

Programs are typed IR; answers are Python's or NumPy's.
"""

import numpy as np
import pytest

from .conftest import AnyStrides, Raised

# ---- control ----

TOTAL = """
func @total(%a: Array(float64, 1, 'C')) -> float64 {
    %n: int = array_dim %a {0}
    %zero: float64 = const 0.0
    %s: float64 = for @0 %n (%i: int, %acc: float64 = %zero) {
        %v: float64 = load %a, %i
        %next: float64 = add %acc, %v
        continue @0 %next
    }
    return %s
}
"""


@pytest.mark.parametrize("count", [0, 1, 2, 7, 65535, 65536, 65537, 200_000])
def test_counted_loop(tool, count):
    a = np.random.default_rng(count).normal(size=count)
    program = tool(TOTAL)
    assert program(a) == (np.cumsum(a)[-1] if count else 0)
    assert program.polls() == max(0, (count - 1) // 65536)


def test_negative_trip_count(tool):
    program = tool("""func @f(%n: int) -> int {
        %zero: int = const 0
        %r: int = for @0 %n (%i: int, %last: int = %zero) { continue @0 %i }
        return %r }""")
    assert [program(n, result="i8") for n in (-(2**63), -1, 0, 1, 5)] == [0, 0, 0, 0, 4]


COLLATZ = """
func @collatz(%n: int) -> int {
    %one: int = const 1
    %zero: int = const 0
    %two: int = const 2
    %three: int = const 3
    %steps: int = loop @0 (%x: int = %n, %count: int = %zero) {
        %done: bool = eq %x, %one
        if %done { break @0 %count } else { yield }
        %odd: int = and %x, %one
        %is_odd: bool = eq %odd, %one
        %next: int = if %is_odd {
            %t: int = mul_x %x, %three {OverflowError "%d * 3"}
            %u: int = add_x %t, %one {OverflowError}
            yield %u
        } else {
            %h: int = floordiv %x, %two
            yield %h
        }
        %c: int = add %count, %one
        continue @0 %next, %c
    }
    return %steps
}
"""


def collatz(x: int) -> int:
    count = 0
    while x != 1:
        x = 3 * x + 1 if x % 2 else x // 2
        count += 1
    return count


def test_endless_loop(tool):
    program = tool(COLLATZ.replace(' "%d * 3"', ""))
    assert [program(x, result="i8") for x in range(1, 200)] == [
        collatz(x) for x in range(1, 200)
    ]
    with pytest.raises(Raised, match="OverflowError"):
        program(2**62 - 1, result="i8")


NESTED = """
func @f(%n: int, %m: int) -> int {
    %zero: int = const 0
    %one: int = const 1
    %s: int = for @0 %n (%i: int, %a: int = %zero) {
        %t: int = for @1 %m (%j: int, %b: int = %a) {
            %skip: bool = eq %i, %j
            if %skip { continue @1 %b } else { yield }
            %p: int = mul %i, %j
            %stop: bool = gt %p, %n
            if %stop { continue @0 %b } else { yield }
            %c: int = add %b, %one
            continue @1 %c
        }
        continue @0 %t
    }
    return %s
}
"""


def test_nested_loops(tool):
    program = tool(NESTED)

    def nested(n, m):
        s = 0
        for i in range(n):
            for j in range(m):
                if i == j:
                    continue
                if i * j > n:
                    break
                s += 1
        return s

    assert all(program(n, m, result="i8") == nested(n, m) for n in range(12) for m in range(12))


def test_interrupts_stop_every_loop(tool):
    """while True; a nest of short loops; a long innermost one."""
    forever = "func @f() -> int { loop @0 { continue @0 } %n: int = const 0 return %n }"
    for text, args in (forever, ()), (NESTED, (2**40, 2)), (NESTED, (1, 2**60)), (TOTAL, None):
        program = tool(text)
        program.stop_at(2)
        if args is None:
            args = (np.lib.stride_tricks.as_strided(np.zeros(1 << 20), (1 << 20,)),)
        with pytest.raises(Raised, match="-3 @"):
            program(*args)
        assert program.polls() == 3


def test_deep_nests_poll_often_enough(tool):
    """200^4 trips of loops that are each too short to poll alone."""
    depth = 4
    text = "func @f(%n: int, %a: Array(int64, 1, 'C')) -> int { %zero: int = const 0\n"
    for i in range(depth):
        text += f"for @{i} %n (%i{i}: int) {{\n"
    text += "%v: int64 = load %a, %zero %w: int64 = add %v, %v store %a, %zero, %w\n"
    text += "".join(f"continue @{i} }}\n" for i in reversed(range(depth)))
    program = tool(text + "return %zero }")
    program(40, np.zeros(1, "i8"))
    trips = 40**4
    assert trips / 65536 * 0.8 <= program.polls() <= trips / 65536 * 1.3


def test_block_and_select(tool):
    program = tool("""func @f(%x: int) -> Tuple(int, float) {
        %ten: int = const 10
        %half: float = const 0.5
        %two: float = const 2.0
        %r: Tuple(int, float) = block @0 {
            %big: bool = gt %x, %ten
            %p: Tuple(int, float) = pack %x, %half
            if %big { break @0 %p } else { yield }
            %q: Tuple(int, float) = pack %ten, %two
            %small: bool = lt %x, %ten
            %s: Tuple(int, float) = select %small, %q, %p
            break @0 %s
        }
        return %r }""")
    got = [(int(r[0]), r[1:2].view("f8")[0]) for r in (program.call(x) for x in (3, 10, 11))]
    assert got == [(10, 2.0), (10, 0.5), (11, 0.5)]


def test_recursion(tool):
    text = """
    func @fib(%n: int) -> int {
        %two: int = const 2
        %one: int = const 1
        %small: bool = lt %n, %two
        %r: int = if %small { yield %n } else {
            %m: int = sub %n, %one
            %k: int = sub %n, %two
            %a: int = call %m {@fib} ; 7:1
            %b: int = call %k {@fib} ; 8:1
            %s: int = add %a, %b
            yield %s
        }
        return %r
    }"""
    program = tool(text)
    assert program(20, result="i8") == 6765
    with pytest.raises(Raised, match="^-4( @7){64}$"):
        program(10**9)


# ---- hidden arguments, slots, optionals ----


def test_hidden_arguments(tool):
    program = tool("""func @f(%i: int) -> float64 {
        %k: float64 = hidden {1}
        %a: Array(float64, 1, 'C') = hidden {2}
        %b: complex = hidden {0}
        %v: float64 = load %a, %i
        %p: float64 = mul %v, %k
        %im: float = imag %b
        %q: float64 = convert %im
        %r: float64 = add %p, %q
        return %r }""")
    program.hidden = [3 + 4j, np.float64(10), np.array([1.0, 2.0, 3.0])]
    assert program(2) == 34


def test_slots_and_optionals(tool):
    program = tool("""func @f(%a: Array(int64, 1, 'C')) -> Optional(int64) {
        %none: Optional(int64) = nothing
        %slot: Slot(Optional(int64)) = slot_new %none
        %n: int = array_dim %a {0}
        for @0 %n (%i: int) {
            %v: int64 = load %a, %i
            %best: Optional(int64) = slot_load %slot
            %has: bool = is_some %best
            %b: int64 = unwrap %best
            %less: bool = lt %b, %v
            %no: bool = not %has
            %better: bool = or %no, %less
            if %better {
                %s: Optional(int64) = some %v
                slot_store %slot, %s
                yield
            } else { yield }
            continue @0
        }
        %r: Optional(int64) = slot_load %slot
        return %r }""")
    assert program.call(np.array([], "i8"))[0].astype("u1") == 0
    flag, value = program.call(np.array([-5, -2, -9]))[:2]
    assert flag.astype("u1") == 1 and value.astype("i8") == -2


# ---- arrays ----


@pytest.mark.parametrize(
    "dtype", ["float64", "float16", "int8", "bool_", "complex64", "complex128", "uint32"]
)
@pytest.mark.parametrize("layout", "CFA")
def test_elements(tool, dtype, layout):
    name = {"C": "'C'", "F": "'F'", "A": "'A'"}[layout]
    program = tool(f"""func @f(%a: Array({dtype}, 2, {name}), %b: Array({dtype}, 2, {name})) -> None {{
        %n: int = array_dim %a {{0}}
        %m: int = array_dim %a {{1}}
        for @0 %n (%i: int) {{
            for @1 %m (%j: int) {{
                %v: {dtype} = load %a, %i, %j
                store %b, %i, %j, %v
                continue @1
            }}
            continue @0
        }}
        %r: None = nothing
        return %r }}""")
    rng = np.random.default_rng(4)
    raw = rng.integers(0, 2, (7, 12)) if dtype == "bool_" else rng.integers(-99, 99, (7, 12))
    a = raw.astype(dtype.rstrip("_"))
    if layout == "F":
        a = np.asfortranarray(a)
    if layout == "A":
        a = a[::-2, 1::3].view(AnyStrides)
    b = (
        np.zeros_like(a)
        if layout != "A"
        else np.zeros(a.shape[::-1], a.dtype).T.view(AnyStrides)
    )
    program.call(a, b)
    assert (np.asarray(a) == np.asarray(b)).all()


def test_bytes_of_a_bool_array_other_than_1(tool):
    program = tool("""func @f(%a: Array(bool_, 1, 'C')) -> int {
        %z: int = const 0
        %n: int = array_dim %a {0}
        %r: int = for @0 %n (%i: int, %c: int = %z) {
            %v: bool_ = load %a, %i
            %k: int = convert %v
            %d: int = add %c, %k
            continue @0 %d
        }
        return %r }""")
    assert program(np.arange(256, dtype="u1").view("?"), result="i8") == 255


def test_unaligned_elements(tool):
    program = tool("""func @f(%a: Array(float64, 1, 'C', unaligned)) -> float64 {
        %n: int = array_dim %a {0}
        %z: float64 = const 0.0
        %r: float64 = for @0 %n (%i: int, %c: float64 = %z) {
            %v: float64 = load %a, %i
            %d: float64 = add %c, %v
            continue @0 %d
        }
        return %r }""", texts=True)  # fmt: skip
    a = np.zeros(1001 * 8 + 3, "u1")[3:-8].view("f8")
    a[:] = 1.5
    assert program(a) == 1500
    assert "load double, ptr %" in program.text("raw") and "align 1" in program.text("raw")


def test_views(tool):
    """a[1::2] of a matrix' row, summed."""
    program = tool("""func @f(%a: Array(float64, 2, 'C'), %i: int) -> float64 {
        %stride: int = array_stride %a {0}
        %item: int = array_stride %a {1}
        %two: int = const 2
        %m: int = array_dim %a {1}
        %n: int = floordiv %m, %two
        %row: int = mul %i, %stride
        %start: int = add %row, %item
        %step: int = mul %item, %two
        %v: Array(float64, 1, 'A') = array_view %a, %start, %n, %step
        %z: float64 = const 0.0
        %r: float64 = for @0 %n (%k: int, %c: float64 = %z) {
            %x: float64 = load %v, %k
            %d: float64 = add %c, %x
            continue @0 %d
        }
        return %r }""")
    a = np.arange(60.0).reshape(6, 10)
    assert [program(a, i) for i in range(6)] == [a[i, 1::2].sum() for i in range(6)]


def test_overlap(tool):
    program = tool("""func @f(%a: Array(int64, 1, 'A'), %b: Array(int64, 1, 'A')) -> bool {
        %r: bool = array_overlap %a, %b
        return %r }""")
    a = np.arange(100)
    views = [a[:50], a[50:], a[::2], a[::-1], a[10:10], a[3:4], a[49:51], a]
    for x in views:
        for y in views:
            got = bool(program.call(x.view(AnyStrides), y.view(AnyStrides))[0] & np.uint64(1))
            same = (
                x.ctypes.data == y.ctypes.data and x.shape == y.shape and x.strides == y.strides
            )
            if same or not np.may_share_memory(x, y):
                assert not got
            elif np.shares_memory(x, y):
                assert got


NEW = """func @f(%n: int) -> Array(float64, 1, 'C') {
    %a: Array(float64, 1, 'C') = array_new %n {1}
    own %a
    for @0 %n (%i: int) {
        %v: float64 = convert %i
        store %a, %i, %v
        continue @0
    }
    disown %a
    return %a
}"""


def test_new_arrays(tool):
    program = tool(NEW)
    assert (program.array(1000, dtype="f8") == np.arange(1000.0)).all()
    tool.library.tool_grant_buffers(0)
    with pytest.raises(Raised, match="-2 @"):
        program(10)
    tool.library.tool_grant_buffers(2**31 - 1)


# ---- maps ----

MAP2 = """func @f(%a: Array(float64, {na}, {la}), %b: Array(int32, {nb}, {lb}), {dims}) -> Array(float64, {nd}, 'C') {{
    %r: Array(float64, {nd}, 'C') = map {args}, %a, %b {{{nd}}} (%x: float64, %y: int32) {{
        %z: float64 = convert %y
        %s: float64 = mul %x, %z
        yield %s
    }}
    return %r
}}"""  # fmt: skip


def map2(tool, a, b, layout_a="C", layout_b="C"):
    shape = np.broadcast_shapes(a.shape, b.shape)
    dims = ", ".join(f"%d{i}: int" for i in range(len(shape)))
    args = ", ".join(f"%d{i}" for i in range(len(shape)))
    text = MAP2.format(na=a.ndim, nb=b.ndim, nd=len(shape), la=repr(layout_a), lb=repr(layout_b),
                       dims=dims, args=args)  # fmt: skip
    a, b = (x.view(AnyStrides) if k == "A" else x for x, k in ((a, layout_a), (b, layout_b)))
    return tool(text).array(a, b, *shape, dtype="f8", ndim=len(shape))


@pytest.mark.parametrize(
    "shapes",
    [((5,), (5,)), ((1,), (7,)), ((0,), (1,)), ((300, 40), (300, 40)), ((30, 40), (40,)), ((30, 1), (1, 40)),
     ((1, 1), (4, 4)), ((4, 5, 6), (5, 1)), ((2, 3, 4, 5), (3, 1, 5)), ((6, 1), (6, 0)), ((3, 1), (3, 1))],
)  # fmt: skip
def test_map_broadcasts(tool, shapes):
    a, b = (
        np.random.default_rng(5).normal(size=shapes[0]),
        np.arange(np.prod(shapes[1]), dtype="i4"),
    )
    b = b.reshape(shapes[1])
    assert (map2(tool, a, b) == a * b).all()
    assert map2(tool, b.astype("f8"), a.astype("i4")).shape == (a * b).shape


def test_map_of_strided_inputs(tool):
    a = np.random.default_rng(6).normal(size=(20, 30))
    b = np.arange(600, dtype="i4").reshape(20, 30)
    assert (
        map2(tool, a[::-1], b.T.reshape(20, 30)[:, ::-1], "A", "A")
        == a[::-1] * b.T.reshape(20, 30)[:, ::-1]
    ).all()
    assert (map2(tool, np.asfortranarray(a), b, "F", "C") == a * b).all()
    assert (map2(tool, a, b, "A", "C") == a * b).all()
    assert (map2(tool, a[:, :1], b, "A", "C") == a[:, :1] * b).all()


def test_map_of_nothing(tool):
    """A 0-d map: one element."""
    a, b = np.array(2.5), np.array(4, "i4")
    text = MAP2.format(na=0, nb=0, nd=0, la="'C'", lb="'C'", dims="%u: int", args="").replace(
        "map , ", "map "
    )
    assert tool(text).array(a, b, 0, dtype="f8", ndim=0) == 10


def test_map_polls_and_releases_when_it_raises(tool):
    program = tool("""func @f(%a: Array(int64, 2, 'C'), %n: int, %m: int) -> Array(int64, 2, 'C') {
        %lim: int64 = const 1000
        %r: Array(int64, 2, 'C') = map %n, %m, %a {2} (%x: int64) {
            %ok: bool = lt %x, %lim
            check %ok, %x {ValueError "%d is too much"}
            yield %x
        }
        return %r
    }""")
    a = np.zeros((500, 700), "i8")
    assert (program.array(a, *a.shape, dtype="i8", ndim=2) == a).all()
    assert program.polls() in (5, 6)
    a[3, 4] = 1001
    with pytest.raises(Raised, match="ValueError %d is too much 1001"):
        program(a, *a.shape)
    program.stop_at(1)
    with pytest.raises(Raised, match="-3"):
        program(np.zeros((500, 700), "i8"), 500, 700)


@pytest.mark.parametrize("layout", "CFA")
def test_map_into(tool, layout):
    program = tool(f"""func @f(%d: Array(float64, 2, '{layout}'), %a: Array(float64, 1, 'C')) -> None {{
        %n: int = array_dim %d {{0}}
        %m: int = array_dim %d {{1}}
        map_into %n, %m, %d, %d, %a {{2}} (%x: float64, %y: float64) {{
            %s: float64 = add %x, %y
            yield %s
        }}
        %r: None = nothing
        return %r }}""")
    d, a = np.ones((50, 60), order="F" if layout == "F" else "C"), np.arange(60.0)
    d = d[::2].view(AnyStrides) if layout == "A" else d
    wanted = np.asarray(d) + a
    program.call(d, a)
    assert (np.asarray(d) == wanted).all()


def test_map_region_with_loops_and_outside_values(tool):
    program = tool("""func @f(%a: Array(float64, 1, 'C'), %n: int, %k: int) -> Array(float64, 1, 'C') {
        %r: Array(float64, 1, 'C') = map %n, %a {1} (%x: float64) {
            %p: float64 = for @0 %k (%i: int, %q: float64 = %x) {
                %o: float64 = load %a, %i
                %s: float64 = add %q, %o
                continue @0 %s
            }
            %neg: bool = lt %p, %x
            %w: float64 = if %neg { yield %x } else { yield %p }
            yield %w
        }
        return %r }""")
    a = np.arange(100.0)
    assert (program.array(a, 100, 5, dtype="f8") == a + 10).all()


# ---- exceptions ----

CHECKED = """
func @item(%a: Array(float64, 1, 'C'), %i: int) -> float64 {
    %n: int = array_dim %a {0}
    %zero: int = const 0
    %low: bool = ge %i, %zero
    %high: bool = lt %i, %n
    %ok: bool = and %low, %high
    check %ok, %i, %n {IndexError "index %d of %d"} ; 3:4
    %v: float64 = load %a, %i
    return %v
}
"""


def test_checks_carry_their_values(tool):
    program = tool(CHECKED)
    a = np.arange(5.0)
    assert program(a, 4) == 4
    for index in -1, 5, 2**62:
        with pytest.raises(Raised, match=f"^IndexError index %d of %d {index} 5$"):
            program(a, index)


def test_traces_name_the_calls(tool):
    program = tool(
        """
    func @outer(%a: Array(float64, 1, 'C'), %i: int) -> float64 {
        %x: float64 = call %a, %i {@middle} ; 20:4
        return %x
    }
    func @middle(%a: Array(float64, 1, 'C'), %i: int) -> float64 {
        %x: float64 = call %a, %i {@item} ; 10:4
        %y: float64 = call %a, %i {@item} ; 11:4
        %z: float64 = add %x, %y
        return %z
    }"""
        + CHECKED
    )
    assert program(np.arange(5.0), 3) == 6
    with pytest.raises(Raised, match="^IndexError index %d of %d 7 5 @10 @20$"):
        program(np.arange(5.0), 7)


TRY = (
    """
func @f(%a: Array(float64, 1, 'C'), %i: int, %j: int) -> float64 {
    %r: float64 = try {
        %x: float64 = call %a, %i {@item} ; 1:0
        yield %x
    } except {
        %is: bool = error_match {HANDLED}
        %h: float64 = if %is {
            %k: int = const 0
            %y: float64 = try {
                %z: float64 = call %a, %j {@item} ; 2:0
                yield %z
            } except {
                reraise
            }
            yield %y
        } else { reraise }
        yield %h
    }
    return %r
}
"""
    + CHECKED
)


@pytest.mark.parametrize("handled", ["IndexError", "LookupError", "Exception"])
def test_try_catches(tool, handled):
    program = tool(TRY.replace("HANDLED", handled))
    a = np.arange(5.0)
    assert program(a, 2, 1) == 2 and program(a, 9, 1) == 1
    with pytest.raises(Raised, match="^IndexError index %d of %d 8 5 @2$"):
        program(a, 9, 8)


def test_try_lets_others_pass(tool):
    with pytest.raises(Raised, match="^IndexError index %d of %d 9 5 @1$"):
        tool(TRY.replace("HANDLED", "ValueError"))(np.arange(5.0), 9, 1)


def test_reraise_after_other_exceptions(tool):
    """The handler catches another one before it raises its own again."""
    program = tool(
        """
    func @f(%a: Array(float64, 1, 'C'), %i: int) -> float64 {
        %nine: int = const 9
        %r: float64 = try {
            %x: float64 = call %a, %i {@item} ; 1:0
            yield %x
        } except {
            try {
                %y: float64 = call %a, %nine {@item}
                yield
            } except { yield }
            reraise
        }
        return %r
    }"""
        + CHECKED
    )
    with pytest.raises(Raised, match="^IndexError index %d of %d -7 5 @1$"):
        program(np.arange(5.0), -7)


# ---- ownership ----

OWNERS = (
    """
func @f(%n: int, %i: int) -> float64 {
    %a: Array(float64, 1, 'C') = array_new %n {1}
    own %a
    %r: float64 = try {
        %b: Array(float64, 1, 'C') = array_new %n {1}
        own %b
        %c: Array(float64, 1, 'C') = array_new %n {1}
        own %c
        release %b
        %x: float64 = call %c, %i {@item}
        release %c
        yield %x
    } except {
        %is: bool = error_match {IndexError}
        check %is {RuntimeError}
        %minus: float64 = const -1.0
        yield %minus
    }
    %d: Array(float64, 1, 'C') = array_new %n {1}
    own %d
    %y: float64 = call %d, %i {@item}
    release %d
    release %a
    %s: float64 = add %r, %y
    return %s
}
"""
    + CHECKED
)


def test_what_is_owned_is_released(tool):
    program = tool(OWNERS)
    assert program(5, 2) == 0
    with pytest.raises(Raised, match="IndexError"):
        program(5, 7)
    for granted in range(4):
        tool.library.tool_grant_buffers(granted)
        with pytest.raises(Raised, match="-2|Runtime"):
            program(5, 2)
    tool.library.tool_grant_buffers(2**31 - 1)


def test_owners_in_loops(tool):
    """x = np.zeros(n) in a loop, carried around it: own for the param, disown on the way on."""
    program = tool(
        """
    func @f(%n: int, %k: int, %i: int) -> Array(float64, 1, 'C') {
        %a: Array(float64, 1, 'C') = array_new %n {1}
        %r: Array(float64, 1, 'C') = for @0 %k (%j: int, %x: Array(float64, 1, 'C') = %a) {
            own %x
            %b: Array(float64, 1, 'C') = array_new %n {1}
            own %b
            %v: float64 = call %x, %i {@item}
            store %b, %i, %v
            retain %b
            release %x
            release %b
            disown %b
            continue @0 %b
        }
        return %r
    }"""
        + CHECKED
    )
    assert (program.array(4, 10, 2, dtype="f8") == 0).all()
    assert (program.array(4, 0, 2, dtype="f8") == 0).all()
    with pytest.raises(Raised, match="IndexError"):
        program(4, 10, 5)


# ---- the runtime ----


def test_runtime_calls(tool):
    program = tool("""func @f(%a: Array(float64, 2, 'A'), %b: Array(float64, 2, 'C')) -> Tuple(complex128, bool) {
        call_runtime %b, %a {rt_array_copy}
        %z: complex128 = const (3+4j)
        %w: complex128 = const (2+0j)
        %p: complex128 = call_runtime %z, %w {rt_cpow}
        %o: bool = call_runtime %a, %b {rt_array_overlap}
        %t: Tuple(complex128, bool) = pack %p, %o
        return %t }""")
    a, b = np.arange(12.0).reshape(3, 4).T, np.zeros((4, 3))
    re, im, overlap = program.call(a.view(AnyStrides), b)[:3]
    assert (
        (a == b).all()
        and re.view("f8") == -7
        and im.view("f8") == 24
        and overlap.astype("u1") == 0
    )


def test_runtime_functions_take_halves_as_floats(tool):
    text = "func @f(%x: float16) -> None { call_runtime %x {rt_print_float16} %r: None = nothing return %r }"
    assert "fpext half" in tool(text, texts=True).text("raw")


# ---- random programs ----


@pytest.mark.parametrize("optimise", [0, 3])
def test_random_control_flow(tool, optimise):
    """Against the interpreter of the IR's own tests: breaks, continues, returns, exceptions, slots."""
    wrong = [seed for seed in range(300) if tool.library.tool_fuzz(seed, optimise)]
    assert not wrong


# ---- compiling under hardship ----


def test_compiling_where_memory_runs_out(tool):
    assert tool.library.tool_starve(OWNERS.encode()) > 1


def test_compiling_in_several_threads(tool):
    assert tool.library.tool_race(OWNERS.encode(), 4, 12) == 0


# ---- ufunc loops ----

ADD3 = """func @f(%x: float64, %y: float64) -> Tuple(float64, bool) {
    %three: float64 = const 3.0
    %s: float64 = add %x, %y
    %t: float64 = mul %s, %three
    %b: bool = lt %x, %y
    %r: Tuple(float64, bool) = pack %t, %b
    return %r }"""


def test_ufunc_loop_versions(tool):
    program = tool(ADD3, entry="ufunc")
    rng = np.random.default_rng(7)
    base = rng.normal(size=2000)
    for x in base[:500], base[::4][:500], np.array(2.5):
        for y in base[500:1000], base[1:1000:2][:500], np.array(0.5):
            s, b = np.empty(500), np.empty(500, "?")
            program.ufunc([x, y], [s, b])
            assert (s == (x + y) * 3).all() and (b == (x < y)).all()


def test_ufunc_in_place(tool):
    program = tool("func @f(%x: float64, %y: float64) -> float64 { %r: float64 = add %x, %y return %r }",
                   entry="ufunc")  # fmt: skip
    x = np.arange(1000.0)
    program.ufunc([x, x], [x])
    assert (x == 2 * np.arange(1000.0)).all()


def test_ufunc_of_nothing_and_of_much(tool):
    program = tool(ADD3, entry="ufunc")
    for n in 0, 1, 65536, 300_000:
        x, s, b = np.ones(n), np.empty(n), np.empty(n, "?")
        program.ufunc([x, x], [s, b])
        assert (s == 6).all() and not b.any()


def test_ufunc_stops_when_an_element_raises(tool):
    program = tool("""func @f(%x: int64) -> int64 {
        %two: int64 = const 2
        %r: int64 = mul_x %x, %two {OverflowError}
        return %r }""", entry="ufunc")  # fmt: skip
    x, r = np.array([1, 2, 2**62, 3]), np.zeros(4, "i8")
    with pytest.raises(Raised, match="OverflowError"):
        program.ufunc([x], [r])
    assert r.tolist() == [2, 4, 0, 0]
