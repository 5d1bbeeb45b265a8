"""Golden tests of inference and specialisation: each other file holds functions, the arguments that each is called with
(CALLS), and the typed IR that they become.

    pytest tests/golden/typed --bless

rewrites the expectations, which stand in comments at the end of a file.
"""

import importlib.util
import itertools
from pathlib import Path

import pytest

import martlet as mt

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("test_"))
MARK = "\n\n# ---- typed ----\n"


def load(path):
    spec = importlib.util.spec_from_file_location(f"golden_typed_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def typed_text(function, arguments):
    compiled = mt.jit(function)
    try:
        compiled(*arguments)
    except mt.CompileError as error:
        return str(error)
    except Exception:
        pass  # what it raises is not the matter here
    return "\n".join(compiled.inspect("typed").values())


def newest_words(text):
    """What Python says of a zero divisor differs from version to version: here it is 3.14's."""
    for operator, divisor in itertools.product(("/", "//", "%"), (0, 0.0)):
        try:
            eval(f"{divisor} {operator} {divisor}")
        except ZeroDivisionError as error:
            text = text.replace(f'"{error}"', '"division by zero"')
    return text


def commented(text):
    return "".join(
        f"# {line}\n" if line.strip() else "#\n" for line in text.rstrip().split("\n")
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_typed(path, request):
    source, _, expected = path.read_text(encoding="utf-8").partition(MARK)
    module = load(path)
    texts = [typed_text(getattr(module, name), args) for name, args in module.CALLS]
    found = commented(newest_words("\n".join(texts)).replace(str(path), path.name))
    if request.config.getoption("--bless"):
        path.write_text(source.rstrip("\n") + "\n" + MARK + found, encoding="utf-8")
    else:
        assert found == expected
