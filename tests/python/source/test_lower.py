"""Generic IR does what the interpreter does."""

import copy

import pytest
from interpret import Program
from programs import PROGRAMS


def outcome(function, args):
    try:
        return function(*copy.deepcopy(args))
    except Exception as exception:
        kind = type(exception)
        return NameError if issubclass(kind, NameError) else kind


@pytest.mark.parametrize("function, calls", PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_agrees_with_the_interpreter(testing, function, calls):
    program = Program(testing.generic(function), function)
    for args in calls:
        assert outcome(program.call, args) == outcome(function, args), args
