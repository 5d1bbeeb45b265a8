# ruff: noqa
"""Programs for the tests of lowering: each function with the arguments that it is called with.

They are run by the interpreter and, as generic IR, by interpret.py: results, and the classes of exceptions,
must agree. Each is named by what it shows.
"""

PROGRAMS = []


def program(*calls):
    def decorate(function):
        PROGRAMS.append((function, calls))
        return function

    return decorate


# ---- expressions ----


@program((1, 2), (5, 2), (2, 2))
def chained_comparison(a, b):
    return 0 < a < b, a == b != 3, a < b > 1 < 3


@program((0, 3), (2, 0), (0, 0), (4, 5))
def and_or_values(a, b):
    return (a and b), (a or b), (a or b or 7), (a and b and 9), (not a), (not (a and b))


@program((0,), (1,))
def conditional_expression(a):
    return (10 if a else 20) + (1 if not a else 2)


@program((3,), (0,))
def walrus_in_condition(a):
    if (b := a * 2) and (c := b + 1) > 5:
        return b, c
    return b


@program(([1, 2, 3],))
def assignment_targets(a):
    x = y = a
    (p, q), r = (1, 2), 3
    first, *rest = a
    *start, last = a
    u, *v, w = range(6)
    return x is y, p, q, r, first, rest, start, last, u, v, w


@program(([3, 1, 2], 1))
def augmented_assignment(a, i):
    a[i] += 5
    i += 1
    a[i] *= a[i - 1]
    i **= 3
    return a, i


@program((list(range(10)),))
def subscripts(a):
    return a[1:3], a[::2], a[:-1], a[-1], a[:], a[7:2:-2]


@program((1, 2))
def calls_with_keywords_and_stars(a, b):
    pair = (a, b)
    return max(*pair), dict(x=a, y=b), max(0, *pair, 9), divmod(*(b, a))


@program((1, 2.5))
def format_strings(a, b):
    return f"{a} and {b!r:>6} {{}} {a:03d}", f"plain", f"{a}{b}"


@program((2,))
def tuples_and_lists(a):
    return (a, (a, 2), ()), [a, [1]], (*[1, 2], a, *(3, 4))


@program((-3,), (3,))
def constants(a):
    return -1, -1.5, +a, ~a, 1j, None, True, "text", -a, 2**100


@program((5,))
def attributes(a):
    return a.real + a.imag, a.bit_length()


@program((7,))
def imports_inside(a):
    import math
    import os.path
    from math import sqrt as root, floor

    return math.pi, root(a), floor(2.5), os.path.join("a", "b")


# ---- control ----


@program((0,), (1,), (5,))
def if_elif_else(a):
    if a == 0:
        b = "zero"
    elif a == 1:
        b = "one"
        c = 3
    else:
        b = "many"
    return b


@program((0,), (3,))
def may_be_unbound(a):
    for i in range(a):
        pass
    return i


@program((True,), (False,))
def bound_on_one_path(a):
    if a:
        x = 1
    return x


@program((0,), (1,))
def deleted(a):
    x = 5
    if a:
        del x
    return x


@program((0,), (4,), (9,))
def while_else(a):
    while a < 8:
        a += 3
        if a == 7:
            break
    else:
        a = -a
    return a


@program(([1, 2, 3], 2), ([1, 2, 3], 5), ([], 1))
def for_else(a, wanted):
    for i, x in enumerate(a):
        if x == wanted:
            found = i
            break
    else:
        found = -1
    return found


@program((3,), (0,))
def nested_loops(n):
    total = 0
    for i in range(n):
        for j in range(n):
            if j > i:
                continue
            if i + j == 3:
                break
            total += i * j + 1
        else:
            total += 100
    return total


@program((10,), (3,))
def while_true(n):
    i = 0
    while True:
        i += 1
        if i % 2:
            continue
        if i > n:
            break
    return i


@program((5,), (-5,))
def early_returns(n):
    for i in range(10):
        if n < 0:
            return "negative", i
        if i == n:
            return i
    return None


@program((3,))
def loop_variable_survives(n):
    i = "before"
    for i in range(n):
        j = i * 2
    return i, j


@program(([3, None, 4],), ([None],), ([],))
def none_narrowing(a):
    best = None
    for v in a:
        if v is None:
            continue
        if best is None:
            best = v
        else:
            best = max(best, v)
    return best


@program((None,), (0,), (4,))
def refinement_after_return(x):
    if x is None:
        return -1
    if not x:
        return 0
    y = x or 3
    return x + y if x is not None and x > 2 else x


@program((None,), (2,))
def refinement_does_not_outlive_binding(x):
    if x is not None and (x := None) is None:
        return x
    return 5


@program((1,), (2,), (3,), (None,), ("a",), (True,), (40,), (41,))
def match_values(x):
    match x:
        case 1 | 2:
            return "small"
        case None:
            return "none"
        case "a" | "b":
            r = "text"
        case 40 as y if y < 41:
            r = y
        case y if y == 41:
            r = -y
        case _:
            r = "other"
    return r


@program((1,), (9,))
def match_without_default(x):
    r = 0
    match x:
        case 1:
            r = 5
    return r


# ---- exceptions ----


@program((0,), (1,), ("x",))
def try_except(a):
    x = "before"
    try:
        x = 1 / a
        x = "after"
    except ZeroDivisionError:
        return x, "zero"
    except (TypeError, ValueError) as error:
        return x, type(error).__name__
    return x


@program((0,), (1,))
def try_else(a):
    try:
        x = 1 // a
    except ZeroDivisionError:
        y = "no"
    else:
        y = x + 1
    return y


@program((0,), (1,), (2,), (3,))
def try_finally(a):
    log = []
    try:
        log.append("body")
        if a == 1:
            return log, "returned"
        if a == 2:
            raise ValueError("two")
        log.append("end")
    finally:
        log.append("finally")
        if a == 3:
            return log, "overridden"
    return log, "normal"


@program((0,), (1,), (2,), (3,))
def finally_in_loops(a):
    log = []
    for i in range(4):
        try:
            if i == a:
                break
            if i == 1:
                continue
            log.append(i)
        finally:
            log.append(-i)
    else:
        log.append("else")
    return log


@program((0,), (1,), (2,))
def nested_finally(a):
    log = []
    try:
        try:
            if a == 1:
                return log
            if a == 2:
                raise KeyError(a)
            log.append(1)
        finally:
            log.append(2)
    except KeyError:
        log.append("caught")
    finally:
        log.append(3)
    return log, len(log)


@program((0,), (1,), (2,))
def handler_raises(a):
    try:
        try:
            if a:
                raise ValueError(a)
        except ValueError as error:
            if a == 2:
                raise
            raise KeyError("other") from None
    except LookupError:
        return "lookup"
    return "none"


@program((0,), (2,))
def variables_of_try(a):
    n = 0
    out = [0, 0]
    try:
        while True:
            out[n] = 10 // (n + a)
            n += 1
    except IndexError:
        return n, out
    except ZeroDivisionError:
        n -= 5
    return n, out


@program((0,), (1,))
def exception_name_is_unbound_after(a):
    error = "text"
    try:
        if a:
            raise ValueError
    except ValueError as error:
        pass
    return error


@program((0,), (1,))
def asserts(a):
    assert a, "must not be zero"
    return a


@program((0,), (1,), (2,))
def loop_in_try_in_loop(a):
    total = 0
    for i in range(3):
        try:
            for j in range(3):
                total += 1 // (j - a + i)
                if total > 2:
                    break
        except ZeroDivisionError:
            total += 10
            continue
        total += 100
    return total, i, j


# ---- inner functions ----


@program((3,))
def captured_value(a):
    b = a * 2

    def f(x, y=1):
        return x * b + y

    return f(2), f(2, 5), f(2, y=7)


@program((3,))
def lambdas(a):
    f = lambda x: x + a
    return f(1)


@program((5,))
def recursive_inner(n):
    def factorial(k, one=1):
        return one if k < 2 else k * factorial(k - 1)

    return factorial(n)


@program((3,))
def reassigned_capture(a):
    def f():
        return a

    first = f()
    a += 1
    return first, f()


@program((3,))
def nonlocal_counter(n):
    count = 0

    def step(by):
        nonlocal count
        count += by
        return count

    for i in range(n):
        step(i)
    return count, step(10)


@program((2,))
def captured_twice(a):
    def outer(x):
        def inner(y):
            return a + x + y

        return inner(1)

    return outer(10)


@program((3,))
def closure_in_loop(n):
    total = 0
    for i in range(n):

        def f(x):
            return x * i

        total += f(2)
    return total


@program((True,), (False,))
def captured_before_bound(a):
    def f():
        return b

    if a:
        b = 4
    return f()


@program((6,), (7,))
def mutual_recursion(n):
    def even(k):
        return True if k == 0 else odd(k - 1)

    def odd(k):
        return False if k == 0 else even(k - 1)

    return even(n)
