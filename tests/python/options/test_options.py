"""Options: ours, Numba's, and the table that documents them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import martlet as mt
from martlet import _core
from martlet.options import OPTIONS, settings_from

ROOT = Path(__file__).resolve().parents[3]


def test_documented_are_all_and_only_these():
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)=?`", text.split("## Environment")[0], re.M)
    assert sorted(rows) == sorted(OPTIONS)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ({}, {"unchecked": 0}),
        ({"unchecked": {"bounds", "overflow"}}, {"unchecked": 3}),
        ({"unchecked": "division"}, {"unchecked": 4}),
        ({"boundscheck": False}, {"unchecked": 1}),
        ({"boundscheck": True}, {"unchecked": 0}),
        ({"error_model": "numpy", "boundscheck": False}, {"unchecked": 5}),
        ({"promotion": "numba"}, {"promotion": 1}),
        ({"fastmath": True}, {"fastmath": 127}),
        ({"fastmath": {"nnan", "reassoc"}}, {"fastmath": 65}),
        ({"globals": "frozen"}, {"frozen": True}),
        ({"inline": "never"}, {"inline": 2}),
        ({"forceinline": True}, {"inline": 1}),
        ({"nogil": True, "nopython": True, "cache": True}, {"nogil": True}),
    ],
    ids=str,
)
def test_settings(options, settings):
    made = settings_from(options)
    assert {key: made[key] for key in settings} == settings


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fastmth": True}, "no option 'fastmth'; did you mean 'fastmath'"),
        ({"unchecked": {"bonds"}}, "did you mean 'bounds'"),
        ({"unchecked": 3}, "takes a set of"),
        ({"promotion": "nep"}, "choose one of 'numpy', 'numba'"),
        ({"forceobj": True}, "no object mode"),
        ({"looplift": True}, "object mode"),
        ({"nopython": False}, "object mode"),
        ({"target": "cuda"}, "only 'cpu'"),
    ],
    ids=str,
)
def test_refused_options(options, message):
    with pytest.raises(mt.CompileError, match=re.escape(message)):
        mt.jit(**options)


@pytest.mark.parametrize("given", [3, len, object(), staticmethod(len)])
def test_only_functions(given):
    with pytest.raises(TypeError):
        mt.jit(given)


def test_classes_are_refused():
    with pytest.raises(mt.UnsupportedError, match="class"):
        mt.jit(type("Thing", (), {}))


def test_keywords_are_refused():
    with pytest.raises(TypeError, match=r"\*\*"):
        mt.jit(lambda **k: 1)


def test_disabled_runs_plain_python():
    @mt.jit
    def f(x):
        return [x, str(x)]

    with mt.disabled():
        with mt.disabled():
            assert f(1) == [1, "1"]
        assert f(2) == [2, "2"]
    if not _core.is_disabled():
        with pytest.raises(mt.CompileError):
            f(1)


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


PROGRAM = """
import sys, martlet as mt, numpy as np
import linecache
source = "def f(x):\\n    return type(x).__name__ + str(x)\\n"
namespace = {}
exec(source, namespace)
print(mt.jit(namespace["f"])(3))
print(mt.vectorize(lambda x: x + 1)(np.arange(3)).tolist())
"""


def test_environment_variable_disables():
    assert run(PROGRAM, MARTLET_DISABLE_JIT="1") == ["int3", "[1,", "2,", "3]"]


@pytest.mark.compiled
def test_unchecked_division():
    @mt.jit(error_model="numpy")
    def f(a, b):
        return a / b

    assert f(1.0, 0.0) == np.inf
