"""What print writes and f-strings say, with conversions and specifications."""

import contextlib
import io

import numpy as np
import pytest

import martlet as mt

from .harness import Both, define

VALUES = [3, 2.5, -0.0, True, 1j, 1 + 2j, "abc", np.float64(2.5), np.float32(0.1), np.int32(7)]
VALUES += [np.uint64(2**64 - 1), 2**63, np.True_, np.complex64(1 + 2j)]
SPECS = [":.3f", ":5d", ":>8", ":e", ":.2e", ":g", "!r", "!s", "=", ":,", ":%", ":08.3f", ":+d"]
SPECS += [":x", ":^10", ":_<9", ""]


def written(function, *args):
    """What it prints, or raises."""
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            function(*args)
    except (ValueError, TypeError) as error:
        return out.getvalue(), type(error), str(error)
    return out.getvalue()


@pytest.mark.parametrize("spec", SPECS)
def test_formats(spec):
    f = define(f"def f(x):\n    print(f'v={{{{{{x{spec}}}}}}}|{{x}}')")
    compiled = mt.jit(f)
    for value in VALUES:
        assert written(compiled, value) == written(f, value), value


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec != "="])
def test_formats_in_exceptions(spec):
    source = f"def f(x):\n    raise ValueError(f'100% of {{x{spec}}} and {{x}}')"
    Both(define(source)).check_all([(value,) for value in VALUES if value is not np.True_])


@pytest.mark.parametrize("text", ["a\nb", "it's", '"', "é\x00", ""])
def test_texts_within_tuples(text):
    f = define("def f(x):\n    print((x,), [x, 1], x, f'{x!r}')")
    assert written(mt.jit(f), text) == written(f, text)
