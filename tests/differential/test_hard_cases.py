"""What compilers of typed Python get wrong: lives of variables, None, loops without trips,
handlers."""

import math
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import martlet as mt

from .harness import LEAST, MOST, Both, check, define, same

# ---- lives of a variable ---------------------------------------------------------------------


def test_int_before_a_loop_and_float_in_it():
    """Where an int and a float meet, the variable is a float on both paths."""
    both = Both(
        define("""
        def f(n):
            x = 1
            for i in range(n):
                x = x * 0.5 + i
            return x
        """)
    )
    both.check_all([(1,), (5,)])
    assert same(both.compiled(0), 1.0)


def test_widening_an_int_is_exact_or_raises():
    both = Both(
        define("""
        def f(x, c):
            if c:
                x = .5
            return x
        """)
    )
    both.check_all([(3, True), (2**53 + 1, True)])
    assert same(both.compiled(3, False), 3.0)
    assert same(both.compiled(2**53, False), 2.0**53)
    with pytest.raises(OverflowError, match="int 9007199254740993 is not exactly a float"):
        both.compiled(2**53 + 1, False)


def test_an_int_constant_that_is_no_float():
    """A constant that does not fit is an error that shows both places."""
    f = mt.jit(
        define("""
        def f(c):
            x = 2**53 + 1
            if c:
                x = .5
            return x
        """)
    )
    with pytest.raises(mt.TypingError) as caught:
        f(True)
    assert "x = 2**53 + 1" in str(caught.value) and "x = .5" in str(caught.value)


def test_python_float_meets_float32():
    """0.1 is no float32: an error, where a silent float32 would skip the loop."""
    source = """
        def f(a, limit):
            x = {start}
            while x < limit:
                x += a[0]
            return x
        """
    ones = np.ones(1, np.float32)
    f = mt.jit(define(source.format(start=0.1)))
    with pytest.raises(mt.TypingError) as caught:
        f(ones, 0.1000000001)
    assert "x = 0.1" in str(caught.value) and "x += a[0]" in str(caught.value)
    both = Both(define(source.format(start=0.5)))
    both.check_all([(ones, 0.6), (ones, 3.5)])
    assert same(both.compiled(ones, 0.5), np.float32(0.5))


def test_an_int_constant_meets_int8():
    """300 is no int8, also when the loop has no trips."""
    source = """
        def f(a):
            x = {start}
            for y in a:
                x += y
            return x
        """
    f = mt.jit(define(source.format(start=300)))
    with pytest.raises(mt.TypingError, match="300"):
        f(np.ones(2, np.int8))
    both = Both(define(source.format(start=100)))
    both.check_all([(np.ones(2, np.int8),), (np.full(3, 100, np.int8),)])
    assert same(both.compiled(np.ones(0, np.int8)), np.int8(100))


def test_returns_of_unlike_kinds():
    both = Both(
        define("""
        def f(x):
            if x > 2:
                return 1
            return x / 2
        """)
    )
    both.check_all([(1,), (2,)])
    assert same(both.compiled(3), 1.0)


def test_mean_of_nothing_found():
    """Python numbers would raise; NumPy's, which the sum is, give nan."""
    both = Both(
        define("""
        def f(a):
            s = 0.0
            n = 0
            for v in a:
                if v > 0:
                    s += v
                    n += 1
            return s / n
        """)
    )
    both.check_all([(np.array([1.0, -1.0, 3.0]),)])
    with np.errstate(all="ignore"):
        assert same(both.compiled(np.array([-1.0])), np.float64(math.nan))


def test_a_variable_with_several_lives():
    """Lives that never meet keep their kinds."""
    source = """
        def f(a):
            x = 1
            y = x + 1
            x = a[0] * 2
            z = x
            x = (y, z)
            w = x[0]
            x = None
            return y, z, w, x
        """
    check(define(source), (np.array([1.5]),), (np.array([3], np.int8),))


def test_a_branch_that_dies_when_a_type_widens():
    source = """
        def f(a, n):
            x = 0.0
            y = 0
            for i in range(n):
                if isinstance(y, int):
                    y = y + 1
                x = x + a[i]
            return x, y
        """
    check(define(source), (np.ones(3), 3), (np.ones(3), 1))


# ---- None ------------------------------------------------------------------------------------


def test_best_so_far():
    source = """
        def f(a):
            best = None
            for v in a:
                best = v if best is None else max(best, v)
            return best
        """
    arrays = [np.array([3.0, 7.0, 1.0]), np.array([]), np.array([2, 9], np.int32)]
    check(define(source), *[(a,) for a in arrays])


def test_narrowing_in_the_else_branch():
    source = """
        def f(a):
            best = None
            for v in a:
                if best is None:
                    best = v
                else:
                    best = max(best, v) + best * 0
            if best is None:
                return -1.0
            return best + 1
        """
    check(define(source), (np.array([3.0, 7.0]),), (np.array([-5.0]),))


def test_none_and_numbers_as_arguments():
    source = """
        def f(x, y=None, z=None):
            if y is None:
                y = x * 2
            return x + y + (0 if z is None else z)
        """
    check(define(source), (1,), (1, 5), (1.5, None, 3), (1, None, None))


def test_arithmetic_with_none():
    both = Both(
        define("""
        def f(x, c):
            y = x if c else None
            return y + 1
        """)
    )
    both.check(3, True)
    with pytest.raises(TypeError):
        both.compiled(3, False)


# ---- loops without trips ---------------------------------------------------------------------


def test_loop_variable_of_no_trips():
    source = """
        def f(n):
            for i in range(n):
                pass
            return i
        """
    check(define(source), (0,), (3,))


def test_variable_of_an_inner_loop_of_no_trips():
    source = """
        def f(n, m):
            for i in range(n):
                for j in range(m):
                    k = i * j
            return i, j, k
        """
    check(define(source), (2, 3), (2, 0), (0, 3))


# ---- values that decide types ----------------------------------------------------------------


def test_a_constant_keepdims():
    source = """
        def f(a):
            return total(a, True), total(a, False), total(a, keepdims=True)[0, 0], total(a)

        def total(a, keepdims=False):
            s = 0.0
            for row in a:
                for x in row:
                    s += x
            if keepdims:
                out = np.empty((1, 1))
                out[0, 0] = s
                return out
            return s
        """
    program = define(source + "\n        def main(a):\n            return f(a)")
    check(program, (np.arange(6.0).reshape(2, 3),))


def test_tuples_indexed_by_what_callers_know():
    source = """
        def pick(t, i):
            return t[i]

        def f(t):
            return pick(t, 0), pick(t, 1), pick(t, -1)
        """
    check(define(source), ((1, 2.5, None),), ((np.arange(3), 1j, True),))


def test_loop_over_a_heterogeneous_tuple():
    source = """
        def f(a, b, k):
            total = 0.0
            for x, w in ((a, 1), (b, 0.5), (k, 2j), (True, 3)):
                if isinstance(x, np.ndarray):
                    for y in x:
                        total = total + y * w
                else:
                    total = total + x * w
            return total
        """
    check(
        define(source), (np.arange(3), np.array([0.5, 2.5]), 7), (np.ones(2), np.arange(1), 2.5)
    )


def test_value_dependent_types_raise():
    power = Both(define("def f(x, n): return x ** n"))
    power.check_all([(2, 3), (-8.0, 3.0), (2.5, -1)])
    with pytest.raises(ValueError, match="negative power of an int"):
        power.compiled(2, -1)
    with pytest.raises(ValueError, match="complex"):
        power.compiled(-8.0, 1 / 3)


# ---- integers --------------------------------------------------------------------------------


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def test_collatz_from_the_top_raises():
    """With wrapping arithmetic more than half of these starts would never leave the loop."""
    both = Both(collatz)
    both.check_all([(n,) for n in range(1, 50)])
    starts = [*range(2**61, 2**61 + 60), *range(2**62 - 30, 2**62)]
    both.check_all([(n,) for n in starts], wide="inside")
    raised = 0
    for n in starts:
        try:
            both.compiled(n)
        except OverflowError:
            raised += 1
    assert raised > 20


def test_sums_at_the_edge():
    check(
        define("def f(a, b): return a + b, a - b"),
        (MOST, 0),
        (LEAST, 0),
        (MOST, MOST),
        (2**62, 2**62),
        wide=True,
    )
    source = """
        def f(n, k):
            total = 0
            for i in range(n):
                total += k
            return total
        """
    calls = [(2, 2**62), (1, 2**62), (2, -(2**62)), (3, -(2**62)), (1000, MOST // 1000)]
    check(define(source), *calls, wide=True)


def test_an_overflow_that_comes_back():
    """The interpreter's int is wide for a while; here that raises, whatever comes after."""
    both = Both(
        define("""
        def f(n, k):
            total = 0
            for i in range(n):
                total += k
            for i in range(n):
                total -= k
            return total
        """)
    )
    both.check_all([(2, 5), (4, 2**62)], wide="inside")
    with pytest.raises(OverflowError):
        both.compiled(4, 2**62)


# ---- handlers --------------------------------------------------------------------------------


def test_hoisted_checks_and_a_handler():
    """The handler sees exactly the writes that the interpreter makes."""
    source = """
        def f(out, n):
            k = 0
            try:
                while k < n:
                    out[k] = k * 2
                    k += 1
            except IndexError:
                return k
            return -k
        """
    check(define(source), *[(np.full(5, -1), n) for n in (0, 3, 5, 6, 100)])
    source = """
        def f(out, n):
            k = 0
            try:
                for i in range(n):
                    out[i] = i + 1
                    k += int(out[i])
            except IndexError:
                k = -k
            return k
        """
    check(define(source), *[(np.zeros(5), n) for n in (0, 3, 5, 6, 100)])


def test_endless_loop_into_an_index_error():
    source = """
        def f(out):
            n = 0
            try:
                while True:
                    out[n] = n * n
                    n += 1
            except IndexError:
                return n
        """
    check(define(source), (np.zeros(7),), (np.zeros(0),))


def test_a_division_in_a_loop_and_a_handler():
    source = """
        def f(out, a):
            try:
                for i in range(len(a)):
                    out[i] = 100 // int(a[i])
            except ZeroDivisionError:
                pass
            total = 0
            for x in out:
                total += x
            return total
        """
    check(
        define(source),
        (np.zeros(4, int), np.array([1, 2, 0, 4])),
        (np.ones(2, int), np.array([3, 7])),
    )


def test_every_raising_operation_is_an_edge():
    source = """
        def f(a, b):
            x = 0
            try:
                x = 1
                y = 10 // a
                x = 2.5
                z = 10 // b
                x = 4.0
            except ZeroDivisionError:
                return x
            return x + y + z
        """
    both = Both(define(source))
    both.check_all([(1, 0), (1, 1)])
    assert same(both.compiled(0, 1), 1.0)  # 1 in the interpreter: the variable is a float


def test_overflow_is_caught():
    source = """
        def f(x):
            try:
                return x * x
            except OverflowError:
                return -1
        """
    both = Both(define(source))
    both.check_all([(3,), (2**31,)])
    assert both.compiled(2**32) == -1


# ---- closures and sources --------------------------------------------------------------------


def test_a_captured_variable_reassigned_in_a_loop():
    source = """
        def f(n):
            scale = 1
            def g(x):
                return x * scale
            total = 0
            for i in range(n):
                scale = i
                total += g(10)
            scale = 100
            return total, g(1)
        """
    check(define(source), (0,), (4,))


def test_a_helper_edited_on_disk_after_import(tmp_path):
    """An error, and not the answer of the text that is not running."""
    (tmp_path / "edited.py").write_text("def helper(x):\n    return x + 1\n")
    program = """
        import sys, pathlib
        sys.path.insert(0, sys.argv[1])
        import edited, martlet as mt
        path = pathlib.Path(sys.argv[1], "edited.py")
        path.write_text("def helper(x):\\n    return x + 2\\n")
        @mt.jit
        def f(x):
            return edited.helper(x)
        try:
            print(f(1))
        except mt.CompileError as error:
            print("refused:", str(error).splitlines()[0])
        """
    path = tmp_path / "main.py"
    path.write_text(textwrap.dedent(program))
    done = subprocess.run([sys.executable, path, tmp_path], capture_output=True, text=True)
    assert done.stdout.startswith("refused:"), done.stdout + done.stderr
    assert "edited" in done.stdout


def test_no_source():
    scope = {}
    exec("def f(x): return x + 1", scope)
    with pytest.raises(mt.CompileError, match="source="):
        mt.jit(scope["f"])(1)
    assert mt.jit(source="def f(x): return x + 1\n")(scope["f"])(1) == 2


# ---- interrupts and the stack ----------------------------------------------------------------


LOOPS = {
    "pass": "while True:\n        pass",
    "range": "a = np.zeros(1)\n    for i in range(10**12):\n        a[0] += i",
    "work": "x = 0\n    while x >= 0:\n        x = (x * 3 + 1) % 1000003",
    "array": "a = np.zeros(9)\n    while True:\n        for i in range(9):\n            a[i] += i",
}
INTERRUPTED = """
import os, signal, threading, time
import numpy as np
import martlet as mt

@mt.jit
def f(forever):
    if not forever:
        return 0
    {loop}

def interrupt():
    time.sleep(0.3)
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)

sent = []
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
f(False)
threading.Thread(target=interrupt).start()
try:
    f(True)
except KeyboardInterrupt:
    print(time.perf_counter() - sent[0])
"""


@pytest.mark.parametrize("name", LOOPS)
def test_ctrl_c_stops_endless_loops(name, tmp_path):
    path = tmp_path / "interrupted.py"
    path.write_text(INTERRUPTED.format(loop=LOOPS[name]))
    command = [sys.executable, path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    assert float(done.stdout) < 0.2


def test_endless_recursion_raises():
    both = Both(define("def f(n): return n if n < 0 else f(n + 1) + 1"))
    with pytest.raises(RecursionError):
        both.compiled(0)
    assert both.compiled(-5) == -5


def test_recursion_without_a_base_case():
    with pytest.raises(mt.TypingError, match="no path returns without it"):
        mt.jit(define("def f(n): return f(n + 1)"))(0)


# ---- numbers ---------------------------------------------------------------------------------


def test_square_is_multiplication():
    """The one power that is more accurate as a product."""
    both = Both(define("def f(x): return x ** 2, x ** 3"))
    for x in (0.1, 1.1, 1e100, 3.7):
        square, cube = both.compiled(x)
        assert square == x * x and math.isclose(cube, x**3, rel_tol=5e-16)


def test_magnitude_of_int32_wraps_as_in_numpy():
    source = """
        def f(x, y):
            return np.sqrt(x[0] ** 2 + y[0] ** 2)
        """
    big = np.array([40000], np.int32)
    check(define(source), (big, big))
    with pytest.warns(mt.NarrowingWarning), np.errstate(all="ignore"):
        mt.jit(define(source))(big, big)


def test_comparison_of_a_magnitude_is_exact():
    """abs(z) > 2 needs no square root, but is what hypot says at the boundary, too."""
    source = """
        def f(z, r):
            return abs(z) > r, abs(z) <= r, abs(z) == r, r < abs(z), abs(z) < 2, abs(z) >= 2
        """
    points = [
        2 + 0j,
        2j,
        1.2 + 1.6j,
        complex(math.sqrt(2), math.sqrt(2)),
        2.0000000000000004 + 0j,
    ]
    points += [
        complex(x, y)
        for x in (1e200, 1e-200, math.inf, math.nan, 0.0)
        for y in (0.0, 1e200, math.nan)
    ]
    radii = [2.0, 0.0, -1.0, math.inf, math.nan, 1e200, 1e-200, 2.0000000000000004]
    check(define(source), *[(z, r) for z in points for r in radii])
    singles = [np.complex64(z) for z in (2 + 0j, 1.2 + 1.6j, 1e30j, 3e-30)]
    check(define(source), *[(z, r) for z in singles for r in (2.0, 1e30, np.float32(2))])
