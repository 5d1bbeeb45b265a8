"""Every statement and expression form: each program runs interpreted and compiled."""

import enum
import itertools
import math
from collections import namedtuple

import numpy as np
import pytest

import martlet as mt

from .harness import Both, check, define

Point = namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 10
    HIGH = 20


# ---- assignment ------------------------------------------------------------------------------


def test_multiple_targets():
    source = """
        def f(x):
            a = b = c = x + 1
            a += 1
            return a, b, c
        """
    check(define(source), (1,), (2.5,), (np.int8(127),))


def test_nested_unpacking():
    source = """
        def f(t):
            (a, (b, c)), d = t
            [e, f] = (a, b)
            return d, c, b, a, e, f
        """
    check(define(source), (((1, (2.5, True)), None),), ((("a" == "a", (0, 1j)), 3),))


def test_starred_unpacking():
    source = """
        def f(t):
            a, *b = t
            *c, d = t
            e, *g, h = t
            return a, len(b), b[0], len(c), c[0], d, e, len(g), h
        """
    check(define(source), ((1, 2.5, 3j),), ((1, 2),))


def test_unpacking_an_array():
    source = """
        def f(a):
            x, y, z = a
            return x + y * z
        """
    check(define(source), (np.array([1.0, 2.0, 3.0]),), (np.array([1, 2]),), (np.arange(4),))


def test_swap_and_rotation():
    source = """
        def f(a, b, c):
            a, b = b, a
            a, b, c = c, a, b
            return a, b, c
        """
    check(define(source), (1, 2.5, True))


def test_a_loop_that_swaps():
    source = """
        def f(n):
            a, b = 0, 1
            for _ in range(n):
                a, b = b, a + b
            return a
        """
    check(define(source), (0,), (1,), (10,), (90,))


def test_assignment_to_elements_and_slices():
    source = """
        def f(a):
            a[0] = 5
            a[-1] += 2
            a[1:3] = a[2:4]
            a[::2] *= 3
            i = 1
            a[i], a[i + 1] = a[i + 1], a[i]
            return a
        """
    check(define(source), (np.arange(6),), (np.arange(6.0),), (np.arange(6, dtype=np.int8),))


def test_walrus():
    source = """
        def f(n):
            total = 0
            while (k := n // 2) > 0:
                total += k
                n = k
            return total, k, (y := n + 1) * y
        """
    check(define(source), (100,), (0,), (1,))


def test_annotations_are_ignored():
    source = """
        def f(x: "nonsense", y: int = 3) -> str:
            z: float = x
            w: int
            w = y
            return z, w
        """
    check(define(source), (1,), (2.5, 4.5))


def test_docstring_and_pass():
    source = '''
        def f(x):
            """Says what it does."""
            pass
            ...
            "another"
            3
            return x
        '''
    check(define(source), (1,))


def test_no_return_is_none():
    check(define("def f(x):\n    x + 1"), (1,))
    check(define("def f(x):\n    if x > 0:\n        return\n    return None"), (1,), (-1,))


# ---- conditions ------------------------------------------------------------------------------


def test_if_elif_else():
    source = """
        def f(x):
            if x > 10:
                y = 1
            elif x > 5:
                y = 2
            elif x == 0:
                y = 3
            else:
                y = 4
            return y
        """
    check(define(source), (11,), (6,), (0,), (-1,), (7.5,))


def test_conditional_expression():
    source = "def f(x, y): return (x if x > y else y), (1 if x else 2 if y else 3)"
    check(define(source), (1.5, 2.5), (0.0, 0.0), (3.5, 0.0), (1, 2), (0, 0))


def test_boolean_operators_give_their_operands():
    source = """
        def f(x, y, z):
            return (x and y), (x or y), (x and y or z), (not x), (x or y or z), (x and y and z)
        """
    numbers = itertools.product([0, 3, -1], repeat=3)
    check(define(source), *numbers, (0.0, -0.0, math.nan), (2.5, 0.0, 1.0))


def test_boolean_operators_stop_early():
    both = Both(define("def f(a, i): return bool(i < len(a) and a[i] > 0)"))
    both.check_all([(np.array([1, -1]), i) for i in range(4)])
    check(define("def f(x, y): return bool(x and 1 // y)"), (0, 0), (1, 0), (1, 2))


def test_chained_comparison():
    source = "def f(x, y, z): return x < y < z, x <= y == z, x < y > z != 3, 0 <= x < 10"
    check(define(source), *itertools.product([0, 1, 3], repeat=3), (0.5, math.nan, 1.0))


def test_chained_comparison_evaluates_once():
    source = """
        def f(a):
            n = 0
            def next_value():
                return a[0]
            return 0 < (n := n + 1) < 2, n, 1 < next_value() < 3
        """
    check(define(source), (np.array([2, 5]),))


def test_truth_of_all_kinds():
    source = """
        def f(x):
            if x:
                return 1
            return 0 if not x else 2
        """
    things = [
        0,
        1,
        0.0,
        -0.0,
        math.nan,
        0j,
        1j,
        True,
        False,
        None,
        (),
        (0,),
        np.int8(0),
        np.float32(0.5),
    ]
    things += [
        np.bool_(True),
        range(0),
        range(3),
        np.array(0),
        np.array(2.5),
        "",
        "text",
        Color.RED,
        Level.LOW,
    ]
    check(define(source), *[(x,) for x in things])


def test_texts():
    source = """
        def f(x, c):
            y = "" if c else x
            return y, y == "", y != "ab", "a" if y else "b", not y
        """
    check(define(source), ("ab", False), ("ab", True), ("", False))


def test_is_none():
    source = """
        def f(x):
            if x is None:
                return -1
            return x + 1
        """
    check(define(source), (None,), (3,), (2.5,))


def test_membership():
    source = "def f(x): return x in (1, 2, 3), x not in (1, 2.5), x in range(2, 9, 3), x in ()"
    check(define(source), *[(x,) for x in (1, 2, 5, 8, 9)])


def test_membership_in_arrays():
    source = "def f(x, a): return bool(x in a), bool(x not in a)"
    arrays = [np.array([1, 5, 7]), np.array([], int), np.array([[1.5, 5.0]])]
    check(define(source), *itertools.product([1, 5, 8, 1.5], arrays))


# ---- loops -----------------------------------------------------------------------------------


def test_while_else():
    source = """
        def f(n, stop):
            i = 0
            while i < n:
                if i == stop:
                    break
                i += 1
            else:
                return -1
            return i
        """
    check(define(source), (5, 3), (5, 7), (0, 0))


def test_for_else():
    source = """
        def f(a, x):
            for i, y in enumerate(a):
                if y == x:
                    found = i
                    break
            else:
                found = -1
            return found
        """
    check(define(source), (np.arange(5), 3), (np.arange(5), 9), (np.arange(0), 0))


def test_continue_and_break_in_nested_loops():
    source = """
        def f(n):
            total = 0
            for i in range(n):
                if i % 3 == 0:
                    continue
                for j in range(i):
                    if j == 4:
                        break
                    if (i + j) % 2:
                        continue
                    total += i * j
                else:
                    total += 100
                while True:
                    total += 1
                    if total % 5 == 0:
                        break
            return total
        """
    check(define(source), (0,), (1,), (5,), (20,))


def test_return_from_within_loops():
    source = """
        def f(a):
            for i in range(a.shape[0]):
                for j in range(a.shape[1]):
                    if a[i, j] < 0:
                        return i, j
            return -1, -1
        """
    grid = np.arange(12).reshape(3, 4)
    check(define(source), (grid,), (grid - 20,), (grid * (1 - 2 * (grid == 7)),))


def test_ranges_of_all_steps():
    source = """
        def f(a, b, c):
            total = 0
            for i in range(a, b, c):
                total = total * 7 + i
            return total
        """
    check(define(source), (0, 5, 1), (5, 0, -1), (0, 5, 2), (5, 0, 1), (-3, 4, 3), (0, -7, -3))


def test_a_range_variable_keeps_its_last_value():
    source = """
        def f(n):
            i = -1
            for i in range(n):
                pass
            return i
        """
    check(define(source), (0,), (1,), (5,))


def test_assignment_to_the_loop_variable():
    source = """
        def f(n):
            total = 0
            for i in range(n):
                i *= 2
                total += i
            return total
        """
    check(define(source), (0,), (5,))


def test_iteration_over_rows():
    source = """
        def f(a):
            total = 0
            for row in a:
                for x in row:
                    total = total * 2 + x
            return total
        """
    check(define(source), (np.arange(6).reshape(2, 3),), (np.arange(6.0).reshape(2, 3).T,))


def test_iteration_over_unlike_tuples():
    source = """
        def f(x):
            total = 0
            for y in (1, 2.5, x, True):
                total += y * 2
            for name, y in ((1, 2.5), (2, 3)):
                total += name * y
            return total
        """
    check(define(source), (3,), (1j,), (np.float32(1.5),))


def test_unrolled_loops_with_break_and_else():
    source = """
        def f(x):
            for i, y in enumerate((1, 2.5, x)):
                if y == x:
                    break
            else:
                i = -1
            return i
        """
    check(define(source), (1,), (2.5,), (7,), (math.nan,))


def test_zip_of_unlike():
    source = """
        def f(a, b):
            total = 0.0
            for (i, x), y in zip(enumerate(a), b):
                total += i * x + y
            return total
        """
    check(define(source), (np.arange(4), np.ones(3)), (np.arange(2.0), np.arange(5)))


# ---- del -------------------------------------------------------------------------------------


def test_del():
    source = """
        def f(x, again):
            y = x + 1
            del x
            x = y * 2
            if again:
                del y
            return x, y
        """
    check(define(source), (1, False), (1, True))


def test_read_of_a_deleted_variable():
    check(define("def f(x):\n    if x:\n        del x\n    return x"), (0,), (1,))


def test_read_before_assignment():
    source = """
        def f(x):
            if x > 0:
                y = 1
            return y
        """
    check(define(source), (1,), (-1,))


# ---- assert and raise ------------------------------------------------------------------------


def test_assert():
    source = """
        def f(x):
            assert x > 0
            assert x < 10, "too large"
            return x
        """
    check(define(source), (5,), (-1,), (11,))


def test_raise():
    source = """
        def f(k, x):
            if k == 0:
                raise ValueError
            if k == 1:
                raise ValueError("bad")
            if k == 2:
                raise KeyError("key", 3)
            if k == 3:
                raise IndexError(f"{x} of {k}")
            if k == 4:
                raise ZeroDivisionError(x)
            if k == 5:
                raise StopIteration()
            if k == 6:
                raise OverflowError(34, "text")
            return x
        """
    check(define(source), *[(k, 7) for k in range(8)])


def test_values_in_messages():
    """As format has them in f-strings, and as they are in the arguments."""
    things = [1, 2.5, True, None, 1j, math.nan, (1, 2.5), "text", np.float32(0.1), np.int8(3)]
    things += [np.float64(1e16), np.bool_(True), np.complex64(1j), np.uint64(2**64 - 1), -0.0]
    calls = [(x,) for x in things]
    check(define("def f(x): raise ValueError(f'got {x}, {{{x}}} of {3}')"), *calls)
    check(define("def f(x): raise KeyError(x, 'k')"), *calls)
    check(define("def f(x): assert not x, f'no {x}'"), *calls)
    check(define("def f(x): assert not x, x"), *calls)


class Trouble(Exception):
    pass


def test_raise_of_an_own_class():
    source = "def f(x):\n    if x:\n        raise Trouble('own', 3)\n    return x"
    check(define(source, Trouble=Trouble), (0,), (1,))


# ---- try -------------------------------------------------------------------------------------


def test_try_except_else_finally():
    source = """
        def f(a, i, d):
            log = 0
            try:
                log += 1
                x = a[i] // d
                log += 10
            except IndexError:
                log += 100
                x = -1
            except (ZeroDivisionError, ValueError):
                log += 200
                x = -2
            else:
                log += 1000
            finally:
                log += 10000
            return x, log
        """
    a = (5, 6, 7)
    check(define(source), (a, 0, 2), (a, 9, 2), (a, 1, 0))
    array = np.array([5, 6, 7])
    check(
        define(source.replace("a[i]", "int(a[i])")), (array, 0, 2), (array, 9, 2), (array, 1, 0)
    )


def test_exceptions_that_pass_through():
    source = """
        def f(x, d):
            n = 0
            try:
                try:
                    n = x // d
                except IndexError:
                    n = 5
                finally:
                    n += 100
            except ZeroDivisionError as e:
                return -n
            return n
        """
    check(define(source), (7, 2), (7, 0))


def test_reraise():
    source = """
        def f(d):
            try:
                return 1 // d
            except ZeroDivisionError:
                if d == 0:
                    raise
                return -1
        """
    check(define(source), (1,), (0,))


def test_return_and_break_through_finally():
    source = """
        def f(n, a):
            for i in range(10):
                try:
                    if i == n:
                        break
                    if i == 7:
                        return i
                    continue
                finally:
                    a[0] += 1
            return -i
        """
    check(define(source), (3, np.zeros(1)), (9, np.zeros(1)))


def test_handler_sees_the_latest_values():
    source = """
        def f(d):
            x = 1
            try:
                x = 2
                1 // d
                x = 3
                1 // (d - 1)
            except ZeroDivisionError:
                return x
            return -x
        """
    check(define(source), (0,), (1,), (2,))


# ---- functions -------------------------------------------------------------------------------


def test_defaults_and_keywords():
    source = """
        def f(x, y=2, *, z=3.5, w=(1, 2)):
            def g(a, b=10, c=20):
                return a + 2 * b + 3 * c
            return x, y, z, w, g(x), g(x, c=1), g(b=y, a=x), g(*w), g(*w, c=5)
        """
    both = Both(define(source))
    both.check_all([(1,), (1, 5)])
    assert both.compiled(1, z=2) == both.python(1, z=2)
    assert both.compiled(y=1, x=2, w=(3, 4)) == both.python(y=1, x=2, w=(3, 4))


def test_star_arguments():
    source = """
        def f(x, *rest):
            total = x
            for y in rest:
                total += y
            return total, len(rest), rest
        """
    check(define(source), (1,), (1, 2), (1, 2.5, 3j))


def test_lambda():
    source = """
        def f(x):
            double = lambda y, z=3: y * 2 + z
            return double(x), double(z=1, y=x), (lambda: x)()
        """
    check(define(source), (3,), (2.5,))


def test_inner_functions_capture():
    source = """
        def f(x, a):
            k = x + 1
            def g(y):
                def h(z):
                    return z * k + a[0]
                return h(y) + x
            return g(2), g(2.5)
        """
    check(define(source), (3, np.array([10])), (2.5, np.array([1.5])))


def test_a_captured_variable_that_is_reassigned():
    source = """
        def f(n):
            count = 0
            def read():
                return count
            first = read()
            for i in range(n):
                count += i
            return first, read()
        """
    check(define(source), (0,), (5,))


def test_nonlocal():
    source = """
        def f(n):
            count = 0
            def step(k):
                nonlocal count
                count += k
                return count
            for i in range(n):
                step(i)
            return count, step(1)
        """
    check(define(source), (0,), (5,))


def test_functions_as_arguments():
    source = """
        def f(x, n):
            def twice(g, y):
                return g(g(y))
            def choose(c):
                return (lambda y: y + 1) if c else (lambda y: y + 1)
            return twice(lambda y: y * n, x), twice(abs, -x), twice(math.floor, x)
        """
    check(define(source), (3, 2), (2.5, 4))


def test_returned_functions():
    source = """
        def f(x):
            def adder(k):
                def add(y):
                    return y + k
                return add
            return adder(x)(1), adder(2.5)(x)
        """
    check(define(source), (3,), (1j,))


def test_recursion():
    check(define("def f(n): return 1 if n < 2 else n * f(n - 1)"), (0,), (5,), (20,))
    check(define("def f(n): return n if n < 2 else f(n - 1) + f(n - 2)"), (15,))


def test_mutual_recursion():
    source = """
        def odd(n):
            return False if n == 0 else even(n - 1)

        def even(n):
            return True if n == 0 else odd(n - 1)
        """
    check(define(source), (0,), (7,), (10,))


def test_inner_recursion():
    source = """
        def f(n):
            def fact(k):
                return 1 if k < 2 else k * fact(k - 1)
            return fact(n)
        """
    check(define(source), (5,), (0,))


@mt.jit
def jitted(x, y=2):
    return x * y


def calls_jitted(x):
    return jitted(x) + jitted(x, 3) + jitted(y=1, x=x)


def applies(g, x):
    return g(g(x))


def test_calls_between_jitted_functions():
    check(calls_jitted, (3,), (2.5,), (np.int8(5),))
    compiled = mt.jit(applies)
    for x in (3, 2.5):
        assert compiled(jitted, x) == applies(jitted, x)


def test_import_inside():
    source = """
        def f(x):
            import math as m
            from math import sqrt, floor as down
            import numpy
            return m.sin(x), sqrt(x), down(x), numpy.float32(x)
        """
    check(define(source), (2.5,), (3,))


# ---- types -----------------------------------------------------------------------------------


def test_named_tuples():
    source = """
        def f(p, k):
            q = Point(p.x + k, y=p.y * 2)
            a, b = q
            return q, q.x, q[1], a + b, len(q), q == p
        """
    check(define(source, Point=Point), (Point(1, 2.5), 3), (Point(1.5, True), 0))


def test_enums():
    source = """
        def f(c, n):
            if c is Color.RED:
                return 1
            if c == Color.GREEN and n > Level.LOW:
                return c.value + Level.HIGH
            return Level.LOW + n
        """
    check(
        define(source, Color=Color, Level=Level),
        (Color.RED, 3),
        (Color.GREEN, 15),
        (Color.GREEN, 5),
    )
    check(
        define("def f(l): return l + 1, l > 15, l.value, l == 10"), (Level.LOW,), (Level.HIGH,)
    )


def test_tuples():
    source = """
        def f(t, i, k):
            u = t + (4, 5.5)
            n = 0
            for x in t * 2:
                n += x
            return u, n, t[0], t[-1], u[1:], u[::2], u[-3:-1], len(u), t[i], t * 2, k in t
        """
    check(define(source), ((1, 2, 3), 1, 2), ((1, 2, 3), -1, 9), ((1.5, 2.5), 0, 1.5))


def test_tuple_index_errors():
    check(define("def f(t, i): return t[i]"), ((1, 2, 3), 3), ((1, 2, 3), -4), ((1, 2, 3), -3))


def test_tuple_comparison():
    pairs = [
        ((1, 2), (1, 3)),
        ((1, 2.5), (1, 2)),
        ((1, 2), (1, 2, 3)),
        ((), ()),
        ((2,), (1, 9)),
    ]
    check(define("def f(a, b): return a == b, a != b, a < b, a <= b, a > b, a >= b"), *pairs)


def test_slices():
    source = """
        def f(a, i, j, k):
            s = slice(i, j, k)
            return a[i:j:k], a[s], a[i:], a[:j], a[::k], a[:], a[...], s.start, s.stop, s.step
        """
    numbers = [(0, 3, 1), (-2, 9, 2), (5, 0, -1), (1, 1, 1), (-9, -1, 3)]
    check(define(source), *[(np.arange(6), *n) for n in numbers])


def test_optional_values():
    source = """
        def f(a, limit):
            best = None
            for v in a:
                if v < limit:
                    best = v if best is None else max(best, v)
            return best
        """
    a = np.array([3.0, 1.0, 7.0])
    check(define(source), (a, 5.0), (a, 0.0), (a, 10.0))


def test_comparison_of_an_optional_with_none():
    source = """
        def f(x, c):
            y = x if c else None
            z = (y or 5) if y is not None else -1
            return y is None, y is not None, y == None, None != y, z
        """
    check(define(source), (3, True), (0, True), (3, False))


# ---- globals ---------------------------------------------------------------------------------

NUMBER = 7
TABLE = np.array([1.5, 2.5])
PAIR = (3, 0.5)


def reads_globals(x):
    return x * NUMBER + TABLE[1] + PAIR[0] * PAIR[1] + math.pi


def test_globals_of_all_kinds(monkeypatch):
    both = Both(reads_globals)
    both.check_all([(1,), (2.5,)])
    for number in (8, 9, 2.5, 10):
        monkeypatch.setitem(globals(), "NUMBER", number)
        both.check_all([(1,), (2.5,)])
    TABLE[1] += 1
    both.check(1)
    monkeypatch.setitem(globals(), "PAIR", (4, 2))
    both.check(1)


def test_cells_that_change():
    k = 1

    def inner(x):
        return x + k

    both = Both(inner)
    both.check_all([(1,), (2.5,)])
    for k in (2, 3.5, np.int8(4)):  # noqa: B007
        both.check_all([(1,), (2.5,)])


def helper(x):
    return x + 1


def calls_helper(x):
    return helper(x) * 2


def test_a_redefined_helper(monkeypatch):
    both = Both(calls_helper)
    both.check(1)
    monkeypatch.setitem(globals(), "helper", lambda x: x * 100)
    both.check(1)


@pytest.mark.parametrize("depth", [1, 12])
def test_deep_nesting(depth):
    lines = ["def f(n):", "    total = 0"]
    for k in range(depth):
        lines.append("    " * (k + 1) + f"for i{k} in range({'n' if k < 3 else 1}):")
    lines.append("    " * (depth + 1) + f"total += i0 + {depth}")
    lines.append("    return total")
    check(define("\n".join(lines)), (0,), (3,))
