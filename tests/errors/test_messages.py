"""Messages: text, line and caret of every error that a user's code can cause.

Each other file here is named after a row of src/base/diag.def. It holds functions, the calls
that fail (CASES, by name) and, in comments at its end, what is then said: the class, the
message as it is printed, and the line in which the traceback ends.

    pytest tests/errors --bless

rewrites the expectations.
"""

import importlib.util
import re
import traceback
import warnings
from pathlib import Path

import pytest

import martlet as mt

HERE = Path(__file__).parent
ROWS = HERE.parents[1] / "src/base/diag.def"
FILES = sorted(HERE.glob("error_*.py"))
MARK = "\n\n# ---- messages ----\n"
INTERNAL = {"LLVM", "LINK", "MEMORY", "INTERNAL"}  # not caused by what a user writes


def load(path):
    spec = importlib.util.spec_from_file_location(f"errors_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(case):
    """What a call says: an exception, or warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            case()
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}, in {last.name}: {last.line}"
            return f"{type(error).__name__} {where}\n{error}"
    return "\n".join(f"{warning.category.__name__}\n{warning.message}" for warning in caught)


def messages_of(module, path):
    texts = []
    for name, case in module.CASES.items():
        text = told(case).replace(str(path), path.name)
        text = re.sub(r"/\S*/(\w+\.py)", r"\1", text)
        texts.append(f"{name}: {text}")
    lines = "\n\n".join(texts).rstrip().split("\n")
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages(path, request):
    source, _, expected = path.read_text(encoding="utf-8").partition(MARK)
    found = messages_of(load(path), path)
    if request.config.getoption("--bless"):
        path.write_text(source.rstrip("\n") + "\n" + MARK + found, encoding="utf-8")
    else:
        assert found == expected


def test_every_row_has_messages():
    rows = set(re.findall(r"^DIAG\((\w+),", ROWS.read_text(encoding="utf-8"), re.M))
    assert {path.stem.removeprefix("error_").upper() for path in FILES} == rows - INTERNAL


def test_several_errors_come_at_once():
    def f(x):
        a = x + "text"
        b = undefined_name
        return a, b, len(x)

    with pytest.raises(mt.CompileError) as caught:
        mt.jit(f)(1)
    assert len(re.findall(r"test_messages\.py:\d+:\d+:", str(caught.value))) == 3
