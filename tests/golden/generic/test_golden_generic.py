"""Golden tests of lowering: each other file here holds functions, then what they become.

    pytest tests/golden/generic --bless

rewrites the expectations, which stand in comments at the end of a file.
"""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("test_"))
MARK = "\n\n# ---- generic ----\n"


def functions_of(path):
    spec = importlib.util.spec_from_file_location(f"golden_generic_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [f for f in vars(module).values() if getattr(f, "__module__", None) == spec.name]


def commented(text):
    return "".join(f"# {line}\n" if line else "#\n" for line in text.rstrip().split("\n"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_generic(path, request):
    core = pytest.importorskip("martlet._core")
    source, _, expected = path.read_text(encoding="utf-8").partition(MARK)
    texts = [core._test_generic(function) for function in functions_of(path)]
    found = commented("\n".join(texts).replace(str(path), path.name))
    if request.config.getoption("--bless"):
        path.write_text(source.rstrip("\n") + "\n" + MARK + found, encoding="utf-8")
    else:
        assert found == expected
