"""examples/fractal.py: every method that is at hand draws the same picture."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("martlet._core")

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "fractal.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("example_fractal", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    "asan" in os.environ.get("LD_PRELOAD", ""),
    reason="the other methods take minutes, and leak",
)
def test_table_and_pictures(tmp_path):
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "80", "120"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "differ" not in done.stdout
    assert "Martlet: left out" not in done.stdout
    table = done.stdout.partition("speed-up")[2]
    assert {"Martlet", "Martlet vectorize", "Pure Python"} <= {
        line[:22].strip() for line in table.splitlines()
    }
    for name in ("fractal.png", "table.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("method", ["martlet_jit", "martlet_vectorize"])
def test_picture_is_pure_pythons(example, method):
    c = example.grid(32, 48)
    picture = getattr(example, method)()(c, example.MOST)
    assert picture.dtype == np.int32
    assert np.array_equal(picture, example.loops(c, example.MOST))


def test_a_missing_method_is_left_out(example, monkeypatch, capsys):
    def missing():
        raise ImportError("No module named 'nothing'")

    methods = {"Pure Python": example.pure_python, "Nothing": missing}
    monkeypatch.setattr(example, "METHODS", methods)
    assert list(example.available()) == ["Pure Python"]
    assert "Nothing: left out" in capsys.readouterr().out
