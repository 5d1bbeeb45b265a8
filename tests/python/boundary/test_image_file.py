"""A function compiled here runs from a file in a process without LLVM and without Python."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

import martlet as mt

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.compiled
LAYERS = ("base", "image", "runtime")


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("entry") / "entry_tool"
    sources = [each for layer in LAYERS for each in sorted((ROOT / "src" / layer).glob("*.c"))]
    sources += [ROOT / "src/driver/import.c", ROOT / "tests/c/entry_tool.c"]
    options = ["-std=gnu17", "-O1", "-I", ROOT / "src", "-ffp-contract=off"]
    command = ["cc", *options, *sources, "-o", path, "-lm", "-ldl", "-lpthread"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path


def run(tool: Path, folder: Path, function, *args: object, results: int = 1) -> list[list[str]]:
    """Status, then each result slot as int and as double."""
    compiled = mt.jit(function)
    compiled(*args)
    image = folder / "image"
    image.write_bytes(compiled.inspect("image", compiled.signatures[0]))
    words = [
        f"i:{arg}"
        if isinstance(arg, int)
        else f"d:{arg!r}"
        if isinstance(arg, float)
        else "a:" + ",".join(map(repr, arg.tolist()))
        for arg in args
    ]
    done = subprocess.run([tool, image, str(results), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def test_sum_over_an_array(tool: Path, tmp_path: Path) -> None:
    def total(a, start):
        s = start
        for x in a:
            s += x
        return s

    a = np.array([0.5, 1.25, -3.0])
    status, result = run(tool, tmp_path, total, a, 10.0)
    assert status == ["status", "0"]
    assert float(result[1]) == total(a, 10.0)


def test_calls_of_the_runtime_and_of_libm(tool: Path, tmp_path: Path) -> None:
    def f(n, x):
        a = np.zeros(n)
        for i in range(n):
            a[i] = np.sin(x * i)
        return n // 3, round(a.sum(), 3) + n / 7

    status, first, second = run(tool, tmp_path, f, 100, 0.5, results=2)
    assert status == ["status", "0"]
    assert (int(first[0]), float(second[1])) == mt.jit(f)(100, 0.5)


def test_exception_is_a_status(tool: Path, tmp_path: Path) -> None:
    def pick(a, i):
        return a[i]

    status, result = run(tool, tmp_path, pick, np.array([1.0, 2.0]), 1)
    assert (status[1], float(result[1])) == ("0", 2.0)
    compiled = mt.jit(pick)
    compiled(np.zeros(2), 0)
    image = tmp_path / "image"
    image.write_bytes(compiled.inspect("image", compiled.signatures[0]))
    done = subprocess.run([tool, image, "0", "a:1,2", "i:7"], capture_output=True, text=True)
    assert done.stdout.split() == ["status", "1"]
