"""Exceptions of compiled code: class, message, arguments, a line for each compiled frame."""

import signal
import sys
import threading
import time
import traceback

import numpy as np
import pytest

import martlet as mt


class Mine(Exception):
    pass


@mt.jit
def inner(a, i):
    return a[i]


@mt.jit
def middle(a, i):
    x = 1
    return inner(a, i) + x


@mt.jit
def outer(a, i):
    return middle(a, i)


@mt.jit
def raises(x):
    if x == 1:
        raise ValueError("one", x, 2.5)
    if x == 2:
        raise KeyError(x)
    if x == 3:
        raise Mine("mine")
    if x == 4:
        raise RuntimeError
    if x == 5:
        raise AssertionError("five")
    return x


@mt.jit
def catches(x):
    try:
        if x > 2:
            raise Mine("mine", x)
    except Mine:
        return 17
    return x


def frames(function, *args):
    with pytest.raises(Exception) as caught:
        function(*args)
    return [
        (entry.name, entry.line)
        for entry in traceback.extract_tb(caught.value.__traceback__)
        if entry.name in ("inner", "middle", "outer", "raises")
    ]


def test_every_compiled_frame_has_a_line():
    assert frames(outer, np.zeros(3), 7) == [
        ("outer", "return middle(a, i)"),
        ("middle", "return inner(a, i) + x"),
        ("inner", "return a[i]"),
    ]


@pytest.mark.parametrize("x", range(1, 6))
def test_class_and_arguments(x):
    with pytest.raises(Exception) as expected:
        raises.py_func(x)
    with pytest.raises(Exception) as caught:
        raises(x)
    assert type(caught.value) is type(expected.value)
    assert caught.value.args == expected.value.args
    assert frames(raises, x) == frames(raises.py_func, x)


def test_message_of_an_index_error():
    with pytest.raises(IndexError, match="index 7 is out of bounds for axis 0 with size 3"):
        inner(np.zeros(3), 7)


def test_own_class_is_caught():
    assert catches(1) == 1
    assert catches(5) == 17


@pytest.mark.compiled
def test_compile_error_ends_in_the_users_line():
    @mt.jit
    def f(x):
        y = x + 1
        return y + undefined_name  # noqa: F821

    with pytest.raises(NameError) as caught:
        f(1)
    assert isinstance(caught.value, mt.NameResolutionError)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.name, last.line) == ("f", "return y + undefined_name  # noqa: F821")
    assert last.filename == __file__


def test_no_leak_when_exceptions_fly():
    a = np.zeros(3)
    before = sys.getrefcount(a)
    for _ in range(1000):
        with pytest.raises(IndexError):
            outer(a, 7)
    assert sys.getrefcount(a) == before


@mt.jit
def deep(n):
    if n == 0:
        return 0
    return deep(n - 1) + 1


@pytest.mark.compiled
def test_stack_exhaustion():
    for _ in range(2):
        with pytest.raises(RecursionError):
            deep(10**9)
    assert deep(1000) == 1000


@pytest.mark.compiled
def test_stack_exhaustion_in_a_small_thread():
    failures = []

    def work():
        try:
            deep(10**9)
        except RecursionError:
            failures.append("RecursionError")

    old = threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
    assert failures == ["RecursionError"]


@mt.jit
def spin():
    i = 0
    while True:
        i = (i + 1) & 1023


@mt.jit
def count(n):
    x = 0
    for i in range(n):
        x ^= i
    return x


@pytest.mark.compiled
@pytest.mark.parametrize(("function", "args"), [(spin, ()), (count, (10**15,))])
@pytest.mark.usefixtures("interruptible")
def test_interrupt_stops_a_loop(function, args):
    if args:
        function(1)
    started = time.perf_counter()

    def interrupt():
        time.sleep(0.3)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        function(*args)
    thread.join()
    assert time.perf_counter() - started < 5


@mt.jit
def chatty(x):
    print("x is", x)
    return x


def test_print_goes_to_sys_stdout(capsys):
    chatty(3)
    chatty(2.5)
    assert capsys.readouterr().out == "x is 3\nx is 2.5\n"


# ---- the library -----------------------------------------------------------------------------


@mt.jit
def sums(a, k):
    return np.sum(a, axis=k)


@mt.jit
def reshapes(a):
    return a.reshape(7)


@pytest.mark.compiled
def test_a_traceback_ends_in_the_users_line(monkeypatch):
    for function, args in ((sums, (np.zeros((2, 3)), 5)), (reshapes, (np.zeros((2, 3)),))):
        with pytest.raises(ValueError) as caught:
            function(*args)
        entries = traceback.extract_tb(caught.value.__traceback__)
        assert [entry.name for entry in entries[1:]] == [function.py_func.__name__]
        monkeypatch.setenv("MARTLET_LIBRARY", "1")
        with pytest.raises(ValueError) as caught:
            function(*args)
        entries = traceback.extract_tb(caught.value.__traceback__)
        assert "library" in entries[-1].filename
        monkeypatch.delenv("MARTLET_LIBRARY")
