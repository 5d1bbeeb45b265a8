"""Generic IR of random programs does what the interpreter does.

The programs are made of what makes lowering difficult: variables that may be unbound, exits
through loops and finally parts, exceptions at any place, assignments in conditions, inner
functions.
"""

import random

import pytest
from interpret import Program

NAMES = ["a", "b", "c", "d"]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.loops, self.counters, self.inner = [], 0, 0, 0
        self.is_inner = False

    def pick(self, *choices):
        return self.random.choice(choices)

    def name(self):
        return self.random.choice(NAMES)

    def value(self, depth=2):
        if depth == 0:
            return self.pick(*[self.name()] * 4, *[str(self.random.randint(-2, 3))] * 4, "None")
        x, y = (lambda: self.value(depth - 1)), (lambda: self.value(depth - 1))
        return self.pick(
            lambda: self.name(),
            lambda: str(self.random.randint(-2, 3)),
            lambda: f"({x()} + {y()})",
            lambda: f"({x()} * {y()})",
            lambda: f"({x()} // {self.pick(y(), '2')})",
            lambda: f"({x()} and {y()})",
            lambda: f"({x()} or {y()})",
            lambda: f"(not {x()})",
            lambda: f"({x()} if {self.test(depth - 1)} else {y()})",
            lambda: f"({self.name()} := {x()})",
            lambda: f"({x()} == {y()} != {x()})",
        )()

    def test(self, depth=2):
        return self.pick(
            lambda: self.value(depth),
            lambda: f"{self.name()} is None",
            lambda: f"{self.name()} is not None and {self.value(depth)}",
            lambda: f"{self.name()} is None or {self.value(depth)}",
            lambda: f"not ({self.name()} is None or {self.value(depth)})",
        )()

    def line(self, indent, text):
        self.lines.append("    " * indent + text)

    def suite(self, indent, depth):
        for _ in range(self.random.randint(1, 3)):
            self.statement(indent, depth)

    def statement(self, indent, depth):
        simple = [self.assign, self.assign, self.augment, self.log, self.exit, self.unpack]
        large = [self.branch, self.loop, self.repeat, self.attempt, self.cleanup, self.match]
        if not self.is_inner:
            large.append(self.function)
        kind = self.random.choice(simple if depth == 0 else simple + large * 2)
        kind(indent, depth)

    def assign(self, indent, depth):
        self.line(indent, f"{self.name()} = {self.value()}")

    def unpack(self, indent, depth):
        self.line(indent, f"{self.name()}, {self.name()} = {self.value()}, {self.value()}")

    def augment(self, indent, depth):
        self.line(indent, f"{self.name()} += {self.value(1)}")

    def log(self, indent, depth):
        self.line(indent, f"log.append({self.value()})")

    def exit(self, indent, depth):
        choices = [f"return {self.value()}", "pass", "pass", "pass"]
        if self.random.random() < 0.2:
            choices = ["raise ValueError", f"del {self.name()}"]
        if self.loops:
            choices += ["break", "continue"]
        self.line(indent, self.random.choice(choices))

    def branch(self, indent, depth):
        self.line(indent, f"if {self.test()}:")
        self.suite(indent + 1, depth - 1)
        if self.pick(True, False):
            self.line(indent, f"elif {self.test()}:")
            self.suite(indent + 1, depth - 1)
        if self.pick(True, False):
            self.line(indent, "else:")
            self.suite(indent + 1, depth - 1)

    def looped(self, indent, depth):
        self.loops += 1
        self.suite(indent + 1, depth - 1)
        self.loops -= 1
        if self.pick(True, False):
            self.line(indent, "else:")
            self.suite(indent + 1, depth - 1)

    def loop(self, indent, depth):
        self.line(indent, f"for {self.name()} in range({self.random.randint(0, 3)}):")
        self.looped(indent, depth)

    def repeat(self, indent, depth):
        self.counters += 1
        count = f"n{self.counters}"
        self.line(indent, f"{count} = 0")
        self.line(indent, f"while ({count} := {count} + 1) < 4 and ({self.test()}):")
        self.looped(indent, depth)

    def attempt(self, indent, depth):
        self.line(indent, "try:")
        self.suite(indent + 1, depth - 1)
        self.line(indent, f"except {self.pick('ZeroDivisionError', 'ValueError')}:")
        self.suite(indent + 1, depth - 1)
        if self.pick(True, False):
            self.line(indent, f"except (TypeError, NameError){self.pick('', ' as a')}:")
            self.suite(indent + 1, depth - 1)
            if self.pick(True, False):
                self.line(indent + 1, "raise")
        if self.pick(True, False):
            self.line(indent, "else:")
            self.suite(indent + 1, depth - 1)
        if self.pick(True, False):
            self.line(indent, "finally:")
            self.suite(indent + 1, depth - 1)

    def cleanup(self, indent, depth):
        self.line(indent, "try:")
        self.suite(indent + 1, depth - 1)
        self.line(indent, "finally:")
        self.suite(indent + 1, depth - 1)

    def match(self, indent, depth):
        self.line(indent, f"match {self.value()}:")
        self.line(indent + 1, "case 0 | 1:")
        self.suite(indent + 2, depth - 1)
        self.line(indent + 1, f"case {self.name()} if {self.test()}:")
        self.suite(indent + 2, depth - 1)
        if self.pick(True, False):
            self.line(indent + 1, "case _:")
            self.suite(indent + 2, depth - 1)

    def function(self, indent, depth):
        self.inner += 1
        name, loops, self.loops, self.is_inner = f"f{self.inner}", self.loops, 0, True
        self.line(indent, f"def {name}(a):")
        if self.pick(True, False):
            self.line(indent + 1, f"nonlocal {self.random.choice(NAMES[1:])}")
        self.suite(indent + 1, 1)
        self.loops, self.is_inner = loops, False
        self.line(indent, f"log.append({name}({self.value()}))")

    def source(self):
        self.line(0, "def program(a, b, log):")
        self.line(1, "if log is None:")
        self.line(2, "c = d = 0")  # locals, whatever follows
        for name in NAMES:
            if self.random.random() < 0.9:
                self.line(1, f"{name} = {self.random.randint(0, 2)}")
        for _ in range(4):
            self.statement(1, 3)
        self.line(1, "return a, b, c")
        return "\n".join(self.lines) + "\n"


def outcome(call, args):
    log = []
    try:
        result = call(*args, log)
    except Exception as exception:
        result = NameError if isinstance(exception, NameError) else type(exception)
    return [type(v) if isinstance(v, Exception) else v for v in log], result


@pytest.mark.parametrize("seed", range(100))
def test_agrees_with_the_interpreter(testing, seed):
    source = Writer(seed).source()
    space = {}
    try:
        exec(compile(source, "<random>", "exec"), space)
    except SyntaxError as error:  # a name both a parameter and nonlocal, and the like
        pytest.skip(str(error))
    function = space["program"]
    program = Program(testing.generic(function, source), function)
    for args in [(0, 1), (1, None), (2, -1)]:
        assert outcome(program.call, args) == outcome(function, args), source
