"""Threads, fork, exit and subinterpreters."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled


def in_threads(work, count=8):
    failures = []
    barrier = threading.Barrier(count)

    def guarded(k):
        try:
            barrier.wait()
            work(k)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def test_one_function_compiled_and_called_by_many():
    @mt.jit
    def f(x, y):
        return x + y

    def work(k):
        for i in range(200):
            assert f(i, k) == i + k
            assert f(float(i), k) == i + k
            assert f(np.float32(i), np.int8(k)) == i + k

    in_threads(work)


def test_many_functions_compiled_at_once():
    def work(k):
        @mt.jit
        def f(x):
            total = 0
            for i in range(x):
                total += i * k
            return total

        assert f(10) == 45 * k

    in_threads(work)


@pytest.mark.skipif(
    np.__version__.startswith("2.0."),
    reason="this NumPy cannot learn a loop in two threads at once",
)
def test_one_ufunc_by_many():
    @mt.vectorize
    def f(x, y):
        return x * y + 1

    def work(k):
        for dtype in ("f4", "f8", "i4", "c8"):
            x = np.arange(1000, dtype=dtype)
            np.testing.assert_array_equal(f(x, x), x * x + x.dtype.type(1))

    in_threads(work)


def test_globals_change_under_threads():
    space = {"mt": mt, "K": 0, "__name__": "space"}
    source = "@mt.jit(source=source)\ndef f(x):\n    return x + K\n"
    space["source"] = "def f(x):\n    return x + K\n"
    exec(source, space)
    f = space["f"]

    def work(k):
        for i in range(300):
            space["K"] = i if k % 2 else i + 0.5
            assert f(0) >= 0

    in_threads(work)


@mt.jit(nogil=True)
def spin(n):
    x = 0
    for i in range(n):
        x ^= i * 3
    return x


def test_nogil_lets_others_run():
    spin(1)
    progress = []

    def other():
        for i in range(5):
            progress.append(i)

    thread = threading.Thread(target=other)
    thread.start()
    spin(10**7)
    thread.join()
    assert len(progress) == 5


def run(program, code=0, **environment):
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    return done.stdout


HEAD = """
import sys, os, threading, time
import numpy as np, martlet as mt
def jit(source):
    space = {"mt": mt, "np": np}
    exec(source, space)
    return mt.jit(source=source)(space["f"])
LOOP = "def f(x):\\n    s = 0\\n    for i in range(x):\\n        s += i\\n    return s\\n"
"""


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_fork(when):
    program = (
        HEAD
        + f"""
when = {when!r}
f = jit("def f(x):\\n    return x + 1\\n")
if when == "after":
    f(1)
stop = False
def compile_all_the_time():
    while not stop:
        jit(LOOP)(10)
if when == "during":
    thread = threading.Thread(target=compile_all_the_time)
    thread.start()
    time.sleep(0.1)
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        ok = f(2) == 3 and jit("def f(x):\\n    return x * 2\\n")(4) == 8
        os._exit(0 if ok else 1)
    assert os.waitpid(pid, 0)[1] == 0
assert f(2.5) == 3.5
stop = True
print("done")
"""
    )
    assert run(program).strip() == "done"


LEAKING = {"LSAN_OPTIONS": "detect_leaks=0"}  # a thread that CPython ends frees nothing


def test_exit_while_compiled_code_runs():
    program = (
        HEAD
        + """
f = jit("def f():\\n    i = 0\\n    while True:\\n        i = (i + 1) & 1023\\n")
thread = threading.Thread(target=f, daemon=True)
thread.start()
time.sleep(0.3)
print("done")
"""
    )
    assert run(program, **LEAKING).strip() == "done"


def test_exit_while_compiling():
    program = (
        HEAD
        + """
def work():
    while True:
        jit(LOOP)(3)
threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
print("done")
"""
    )
    assert run(program, **LEAKING).strip() == "done"


def test_subinterpreter_gets_a_clear_error():
    program = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
import martlet
code = '''
try:
    import martlet
except ImportError as error:
    import os
    os.write(1, str(error).encode())
'''
interpreters.run_string(interpreters.create(), code)
"""
    output = run(program)
    assert "interpreter" in output


def test_missing_backend_names_remedies(tmp_path):
    package = os.path.dirname(mt.__file__)
    copy = tmp_path / "martlet"
    copy.mkdir()
    for name in os.listdir(package):
        if not name.startswith("_llvm"):
            (copy / name).symlink_to(os.path.join(package, name))
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import martlet as mt
source = "def f(x):\\n    return x\\n"
space = {{}}
exec(source, space)
try:
    mt.jit(source=source)(space["f"])(1)
except mt.CompileError as error:
    print(error)
"""
    core = os.path.realpath(mt._core.__file__)
    os.remove(copy / os.path.basename(mt._core.__file__))
    with open(core, "rb") as file:
        (copy / os.path.basename(mt._core.__file__)).write_bytes(file.read())
    output = run(program)
    assert "LLVM_CONFIG" in output and "MARTLET_DISABLE_JIT" in output
