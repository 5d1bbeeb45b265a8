"""Compiling takes time in proportion to the source: no stage is quadratic in lines or in depth."""

import linecache

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled

OURS, LLVM = 1.0, 10.0  # seconds, at most


@pytest.fixture(autouse=True)
def _unverified(monkeypatch):
    monkeypatch.delenv("MARTLET_VERIFY", raising=False)


def define(name: str, lines: list[str]):
    path = f"<{name}>"
    text = "\n".join(lines) + "\n"
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)
    scope = {"np": np}
    exec(compile(text, path, "exec"), scope)
    return scope[name]


def nest(depth: int) -> list[str]:
    """Each loop changes variables of all loops around it, and an array."""
    lines = ["def nested(a, n):", "    s = 0", "    x = 0.5"]
    for level in range(depth):
        space = "    " * (level + 1)
        lines += [f"{space}t{level} = s", f"{space}for i{level} in range(n):"]
        lines += [f"{space}    s += i{level} - t{level} % 3"]
        lines += [f"{space}    x = x * 0.5 + a[i{level}]", f"{space}    a[i{level}] = x"]
    for level in reversed(range(depth)):
        space = "    " * (level + 2)
        lines += [f"{space}if s > t{level} + {level}:", f"{space}    s -= i{level}"]
    return [*lines, "    return s, x"]


def straight(count: int) -> list[str]:
    lines = ["def straight(a, n):", "    v0, v1, v2, k = 1, 2.5, a[0], 0"]
    bodies = [
        ["    v0 = v0 + k % 7"],
        ["    v1 = v1 * 0.5 + v0"],
        ["    if v1 > v2:", "        k += 1", "    else:", "        v2 = a[k % n]"],
        ["    for i in range(n):", "        a[i] += v1", "        k = (k + i) % 5"],
    ]
    while len(lines) < count:
        lines += bodies[len(lines) % len(bodies)]
    return [*lines, "    return v0, v1, v2, k"]


def check(function) -> None:
    compiled = mt.jit(function)
    a, b = np.linspace(0, 1, 3), np.linspace(0, 1, 3)
    n = 2 if function.__name__ == "nested" else 3
    got, expected = compiled(a, n), function(b, n)
    assert got == expected
    np.testing.assert_array_equal(a, b)
    (times,) = compiled.stats().values()
    llvm = times["llvm_optimise_ns"] + times["llvm_object_ns"]
    assert (times["total_ns"] - llvm) / 1e9 <= OURS
    assert llvm / 1e9 <= LLVM


def test_loops_in_loops() -> None:
    check(define("nested", nest(12)))


def test_long_function() -> None:
    check(define("straight", straight(3000)))


def test_functions_that_call_each_other_twice() -> None:
    """Each body, copied to where it is called, would make 2**24 copies of the first."""
    lines = []
    for k in range(25):
        inner = f"tree{k - 1}(a, n - 1) + tree{k - 1}(a, n + 1) % 3" if k else "a[n % 3] * 0.5"
        lines += [
            f"def tree{k}(a, n):",
            "    if n > 30:",
            "        return 0.25",
            f"    return {inner}",
        ]
    lines += ["def trees(a, n):", "    return tree24(a, n + 26)"]
    check(define("trees", lines))
