"""Inner functions: that call each other, that are returned, that come from branches."""

import numpy as np
import pytest

import martlet as mt

from .harness import Both, define


def check(source, *calls, **allowed):
    Both(define(source)).check_all(calls, **allowed)


def test_two_that_call_each_other():
    source = """
        def f(n, s):
            def even(k):
                return s if k == 0 else odd(k - 1)
            def odd(k):
                return t if k == 0 else even(k - 1)
            t = s * 2
            return even(n), odd(n)
        """
    check(source, (5, 2), (10, 2.5))


def test_two_that_call_each_other_and_count():
    source = """
        def f(n):
            calls = 0
            def even(k):
                nonlocal calls
                calls += 1
                return True if k == 0 else odd(k - 1)
            def odd(k):
                step = lambda j: even(j - 1)
                return False if k == 0 else step(k)
            return even(n), odd(n), calls
        """
    check(source, (5,), (10,))


def test_three_in_a_row():
    source = """
        def f(n):
            def a(k):
                return b(k) + 1
            def b(k):
                return c(k) * 2
            def c(k):
                return n if k > 3 else a(k + 1)
            return a(n)
        """
    check(source, (2,), (0,))


def test_in_a_branch_and_in_a_loop():
    source = """
        def f(n):
            total = 0
            for i in range(2):
                if n:
                    def a(k):
                        return i if k == 0 else b(k - 1) + 1
                    def b(k):
                        return 0 if k == 0 else a(k - 1)
                    total += a(n)
            return total
        """
    check(source, (5,), (4,), (0,))


def test_a_variable_of_the_same_name_inside():
    source = """
        def f(n):
            def a(m):
                k = 2
                return k if m == 0 else b(m - 1)
            def b(n):
                return k if n == 0 else a(n - 1)
            k = 5
            return a(n), b(n)
        """
    check(source, (3,), (4,))


def test_a_lambda_that_calls_itself():
    source = """
        def f(n):
            fact = lambda k: 1 if k < 2 else k * fact(k - 1)
            return fact(n)
        """
    check(source, (5,), (0,))


def test_a_function_that_is_called_before_the_one_it_needs():
    source = """
        def f(n):
            def a(k):
                return b(k) + 1
            x = a(n)
            def b(k):
                return k
            return x
        """
    check(source, (5,))


ESCAPES = {
    "returned": "return inc",
    "in a tuple": "return (inc, 1)",
    "through a variable of the outer function": "nonlocal kept\n                kept = inc",
}


@pytest.mark.parametrize("way", ESCAPES.values(), ids=ESCAPES)
def test_a_function_over_a_variable_that_changes_does_not_leave(way):
    source = f"""
        def f(x):
            kept = None
            def outer():
                n = 0
                def inc():
                    nonlocal n
                    n += 1
                    return n
                {way}
            made = outer()
            return 0
        """
    with pytest.raises(mt.CompileError, match="shares the variable 'n'"):
        mt.jit(define(source))(1)


def test_a_function_over_a_variable_further_out_leaves():
    source = """
        def f(x):
            n = x
            def make():
                def inc():
                    nonlocal n
                    n += 1
                    return n
                return inc
            g = make()
            g()
            return g(), n
        """
    check(source, (1,))


@pytest.mark.parametrize(
    "value", ["f'{x}'", "zip((1,), (2,))", "(1, a.sum)", "a.flat", "enumerate(a)"]
)
def test_what_python_cannot_be_given_is_refused_when_compiling(value):
    with pytest.raises(mt.CompileError, match="Python cannot be given"):
        mt.jit(define(f"def f(x, a):\n    return {value}"))(1, np.arange(3))


def test_wide_steps_under_unary_operators():
    source = """
        def f(a, b, m):
            return (-(a * b) % m, abs(a * b) % m, abs(a * b) > b, -(a * b) < b, ~(a * b) & 255,
                    -(-(a * b)) % m, abs(a * b) // b, divmod(a * b, b), -abs(a * b) % m)
        """
    big = 2**62
    check(source, (big, big, 97), (big, -big, 10**9 + 7), (-big, big - 1, 97), (3, 5, -7))
