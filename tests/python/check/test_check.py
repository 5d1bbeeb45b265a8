"""mt.check, mt.compare and python -m martlet check."""

import subprocess
import sys

import numpy as np
import pytest

import martlet as mt

pytestmark = pytest.mark.compiled


def good(x):
    return x + 1


def bad(x):
    y = x + undefined  # noqa: F821
    return y + "text"


@mt.jit
def scale(a, factor):
    for i in range(len(a)):
        a[i] *= factor
    return a[0]


def test_check():
    assert mt.check(good, mt.int64) is None
    assert mt.check(scale, mt.float64[:], "float64") is None
    text = mt.check(bad, int)
    assert text is not None and "undefined" in text and "test_check.py" in text


def test_compare_finds_nothing():
    a = np.arange(4.0)
    assert mt.compare(scale, a, 2.0) is None
    assert a.tolist() == [0, 1, 2, 3]
    assert mt.compare(good, np.float32(2)) is None
    assert mt.compare(scale, a[:0], 2.0) is None


def test_compare_shows_the_first_difference():
    @mt.jit(unchecked={"overflow"})
    def wraps(a, n):
        a[2] = n + n
        return n

    text = mt.compare(wraps, np.zeros(4, np.uint64), 2**62 + 2**61)
    assert text is not None


def test_command(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(
        "import martlet as mt\n"
        "@mt.jit\n"
        "def fine(x: mt.float64[:], i: int):\n"
        "    return x[i]\n"
        "@mt.jit\n"
        "def wrong(x: mt.float64):\n"
        "    return x.nothing\n"
        "@mt.jit\n"
        "def unknown(x):\n"
        "    return x\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "martlet", "check", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert "nothing" in done.stdout and "program.py:7" in done.stdout
    assert "unknown: not checked" in done.stdout
