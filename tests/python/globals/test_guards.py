"""A changed global, cell or callee is seen at the next call; numbers compile twice at most."""

import types

import numpy as np
import pytest

import martlet as mt

NUMBER = 1
FACTOR = 2.5
ARRAY = np.arange(4.0)
TUPLE = (1, 2.5)
MODULE = types.ModuleType("MODULE")
MODULE.rate = 3
TABLE = {1: 2}


class Config:
    scale = 2


def helper(x):
    return x + 1


def deep(x):
    return helper(x) * 10


@mt.jit
def number(x):
    return x + NUMBER


@mt.jit
def everything(x):
    return deep(x) * FACTOR + ARRAY[1] + TUPLE[1] + TUPLE[0] + MODULE.rate + Config.scale


@mt.jit
def shadowed(x):
    return abs(x)


@mt.jit
def table(x):
    return TABLE[x]


def test_number_follows(monkeypatch):
    for value in [1, 1, 2, 3, 2**62, -5, 7, 7]:
        monkeypatch.setitem(globals(), "NUMBER", value)
        assert number(1) == number.py_func(1)


@pytest.mark.compiled
def test_number_is_compiled_twice_at_most(monkeypatch):
    @mt.jit
    def f(x):
        return x + NUMBER

    for value in range(50):
        monkeypatch.setitem(globals(), "NUMBER", value if value % 3 else value + 0.5)
        assert f(1) == f.py_func(1)
    monkeypatch.setitem(globals(), "NUMBER", 3)
    assert f._compile_count == 3  # constant; hidden int; hidden float


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FACTOR", 3.5),
        ("FACTOR", 2),
        ("ARRAY", np.arange(8)[::2]),
        ("ARRAY", np.arange(4, dtype="f4") + 1),
        ("TUPLE", (3, 4)),
        ("TUPLE", (3.5, 4, 5)),
        ("helper", lambda x: x - 1),
        ("deep", mt.jit(lambda x: x)),
    ],
    ids=str,
)
def test_change_is_seen(monkeypatch, name, value):
    before = everything(2)
    assert before == everything.py_func(2)
    monkeypatch.setitem(globals(), name, value)
    assert everything(2) == everything.py_func(2) != before
    monkeypatch.undo()
    assert everything(2) == before


def test_attribute_of_module_and_class(monkeypatch):
    assert everything(2) == everything.py_func(2)
    monkeypatch.setattr(MODULE, "rate", 17)
    assert everything(2) == everything.py_func(2)
    monkeypatch.setattr(Config, "scale", 4.5)
    assert everything(2) == everything.py_func(2)


def test_global_that_hides_a_builtin(monkeypatch):
    assert shadowed(-3) == 3
    monkeypatch.setitem(globals(), "abs", lambda x: 17)
    assert shadowed(-3) == 17
    monkeypatch.undo()
    assert shadowed(-3) == 3


def test_cells():
    step = 1

    @mt.jit
    def f(x):
        return x + step

    for step in [1, 2, 2.5, 3, 4.5, 10]:  # noqa: B007 (a cell)
        assert f(1) == f.py_func(1)


def test_array_changed_in_place(monkeypatch):
    array = np.arange(6.0)
    monkeypatch.setitem(globals(), "ARRAY", array)
    assert everything(1) == everything.py_func(1)
    array[1] = 40
    assert everything(1) == everything.py_func(1)
    array.flags.writeable = False
    assert everything(1) == everything.py_func(1)


@pytest.mark.compiled
def test_frozen_globals(monkeypatch):
    frozen = mt.jit(globals="frozen")(number.py_func)
    before = frozen(1)
    monkeypatch.setitem(globals(), "NUMBER", 1234)
    assert frozen(1) == before
    assert frozen(1.5) == 1.5 + 1234


@pytest.mark.compiled
def test_unsupported_global_is_named():
    with pytest.raises(mt.TypingError) as caught:
        table(1)
    assert "'TABLE' is a dict" in str(caught.value)
    assert "did you mean" not in str(caught.value)


def test_functions_that_touch_nothing_still_see_changes():
    """Their calls enter no thread and keep no use; guards and recompiling hold all the same."""
    scope = {"SCALE": 2.0}
    source = "def scaled():\n    return SCALE * 3\n"
    exec(compile(source, "<leaf>", "exec"), scope)
    f = mt.jit(source=source)(scope["scaled"])
    for value in (2.0, 2, 2.5, np.float32(1.5), 7):
        scope["SCALE"] = value
        for _ in range(3):
            assert repr(f()) == repr(scope["scaled"]())
