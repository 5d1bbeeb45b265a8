"""Runs generic IR, as it is printed, with Python's own operations: op.def's meaning by row.

`Program(text, function)` holds the text made from a function and the functions inside;
`Program.call(*args)` runs it as the function itself would run.
"""

import builtins
import importlib
import operator
import re

UNBOUND = type("Unbound", (), {"__repr__": lambda self: "UNBOUND"})()

BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "<<": operator.lshift,
    ">>": operator.rshift, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "@": operator.matmul,
}  # fmt: skip
IN_PLACE = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv,
    "//": operator.ifloordiv, "%": operator.imod, "**": operator.ipow, "<<": operator.ilshift,
    ">>": operator.irshift, "&": operator.iand, "|": operator.ior, "^": operator.ixor,
    "@": operator.imatmul,
}  # fmt: skip
COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge, "is": operator.is_, "is not": operator.is_not,
    "in": lambda x, y: x in y, "not in": lambda x, y: x not in y,
}  # fmt: skip

OPENING = re.compile(
    r"(?P<head>.*?)(?: \((?P<params>%[^{}]*)\))? \{"
    r"(?:$| (?P<one>[a-z%].*?) \}(?P<rest>.*)$)"
)


class Op:
    """One operation: `regions` are lists of operations with `params` beside them."""

    def __init__(self):
        self.results, self.code, self.label, self.args = [], "", None, []
        self.attr, self.call, self.regions, self.params = None, None, [], []


class Region(list):
    def __init__(self, params):
        super().__init__()
        self.params = params


def split_top(text):
    """The parts of `text` between its outermost commas."""
    return [part.strip() for part in text.split(",")] if text.strip() else []


def parse_head(text):
    op = Op()
    left, equals, right = text.partition(" = ")
    if equals and left.lstrip().startswith("%") and "(" not in left:
        op.results, text = split_top(left), right
    text = text.strip()
    op.code, _, rest = text.partition(" ")
    if op.code == "const":
        op.attr = rest
        return op
    if rest.startswith("@"):
        op.label, _, rest = rest.partition(" ")
    if op.code == "py.call":
        function, _, inside = rest.partition(" (")
        op.args, op.call = [function], split_top(inside.rstrip()[:-1])
        return op
    found = re.search(r"(?:^| )\{(.*)\}$", rest, re.DOTALL)
    if found:
        op.attr, rest = found.group(1), rest[: found.start()]
    op.args = split_top(rest)
    return op


def unquote(name):
    if not name.startswith('"'):
        return name
    return re.sub(r"\\(n|x..|.)", lambda m: {"n": "\n"}.get(m[1], m[1]), name[1:-1])


class Parser:
    """Line by line: a line that ends in { opens a region, } or } else { closes it."""

    def __init__(self, text):
        self.lines = [line for line in text.split("\n") if line.strip()]
        self.at = 0

    def functions(self):
        found = {}
        while self.at < len(self.lines):
            head = self.lines[self.at]
            match = re.fullmatch(r'func @("(?:[^"\\]|\\.)*"|[^(]+)\((.*)\) \{', head)
            assert match, head
            self.at += 1
            region = Region(split_top(match[2]))
            self.body(region)
            self.at += 1
            found[unquote(match[1])] = region
        return found

    def body(self, region):
        while not self.lines[self.at].lstrip().startswith("}"):
            self.operation(self.lines[self.at].strip(), region)

    def operation(self, text, region):
        self.at += 1
        head, opens = self.open_region(text)
        op = parse_head(head)
        region.append(op)
        while opens is not None:
            op.regions.append(Region(opens[0]))
            if opens[1] is not None:
                self.inline(opens[1], op.regions[-1])
                rest = opens[2]
            else:
                self.body(op.regions[-1])
                rest = self.lines[self.at].strip()[1:]
                self.at += 1
            _, opens = self.open_region(rest) if rest.strip() else ("", None)

    def inline(self, text, region):
        region.append(parse_head(text))

    def open_region(self, text):
        """(head, None) or (head, (params, inline operation or None, what follows it))."""
        match = OPENING.match(text)
        word = re.match(r"\s*(?:%.* = )?(if|block|loop|for|try|else|except)\b", text)
        if not match or not word:
            return text, None
        params = split_top(match["params"] or "")
        return match["head"], (params, match["one"], match["rest"])


class Exit(Exception):
    """Control that leaves regions: kind is yield, break, continue or return."""

    def __init__(self, kind, label=None, values=()):
        self.kind, self.label, self.values = kind, label, list(values)


class Caught(Exception):
    """An exception of the program on its way through the interpreter's own frames."""


class Frame:
    def __init__(self, program, values):
        self.program, self.values, self.caught = program, values, []

    def get(self, name):
        return self.values[name]

    def run(self, region, given=()):
        for param, value in zip(region.params, given, strict=True):
            self.values[param.partition(" = ")[0]] = value
        for op in region:
            self.step(op)

    def leave(self, region, given=()):
        """The Exit by which control leaves the region."""
        try:
            self.run(region, given)
        except Exit as leaving:
            return leaving
        raise AssertionError("a region without terminator")

    def step(self, op):
        way = getattr(self, "do_" + op.code.replace(".", "_"), None)
        args = [self.get(arg) for arg in op.args]
        if way:
            results = way(op, *args)
        else:
            results = [PLAIN[op.code](op, *args)]
        for name, value in zip(op.results, results or [], strict=True):
            self.values[name] = value

    # control

    def settle(self, op, leaving):
        """The results of `op`, which control left so; other exits go on."""
        if leaving.kind == "yield" or (leaving.kind == "break" and leaving.label == op.label):
            return leaving.values
        raise leaving

    def do_if(self, op, test):
        assert test is True or test is False, test
        return self.settle(op, self.leave(op.regions[0 if test else 1]))

    def do_block(self, op):
        return self.settle(op, self.leave(op.regions[0]))

    def initial(self, op):
        return [self.get(p.partition(" = ")[2]) for p in op.regions[0].params if " = " in p]

    def do_loop(self, op):
        values = self.initial(op)
        while True:
            leaving = self.leave(op.regions[0], values)
            if leaving.kind != "continue" or leaving.label != op.label:
                assert leaving.kind != "yield"
                return self.settle(op, leaving)
            values = leaving.values

    def do_for(self, op, trips):
        values = self.initial(op)
        for count in range(trips):
            leaving = self.leave(op.regions[0], [count, *values])
            if leaving.kind != "continue" or leaving.label != op.label:
                assert leaving.kind != "yield"
                return self.settle(op, leaving)
            values = leaving.values
        return values

    def do_try(self, op):
        try:
            leaving = self.leave(op.regions[0])
        except Caught as caught:
            self.caught.append(caught.args[0])
            try:
                leaving = self.leave(op.regions[1])
            finally:
                self.caught.pop()
        return self.settle(op, leaving)

    def do_yield(self, op, *args):
        raise Exit("yield", None, args)

    def do_break(self, op, *args):
        raise Exit("break", op.label, args)

    def do_continue(self, op, *args):
        raise Exit("continue", op.label, args)

    def do_return(self, op, value):
        raise Exit("return", None, [value])

    def do_reraise(self, op):
        raise Caught(self.caught[-1])

    def do_unreachable(self, op):
        raise AssertionError("unreachable is reached")

    def items(self, iterable):
        """Iterators are used up but once: the items are kept."""
        if not hasattr(iterable, "__getitem__"):
            kept = self.program.items.setdefault(id(iterable), (iterable, list(iterable)))
            return kept[1]
        return iterable

    def do_py_iter_len(self, op, iterable):
        return [guarded(lambda: len(self.items(iterable)))]

    def do_py_iter_item(self, op, iterable, count):
        return [guarded(lambda: self.items(iterable)[count])]

    # what may raise

    def do_py_raise(self, op, exception):
        raise Caught(exception() if isinstance(exception, type) else exception)

    def do_py_exc_match(self, op, classes):
        return [isinstance(self.caught[-1], classes)]

    def do_py_exc_value(self, op):
        return [self.caught[-1]]

    def do_py_bound(self, op, value):
        if value is UNBOUND:
            raise Caught(UnboundLocalError(op.attr))
        return [value]

    def do_py_global(self, op):
        space = self.program.globals
        if op.attr in space:
            return [space[op.attr]]
        if hasattr(builtins, op.attr):
            return [getattr(builtins, op.attr)]
        raise Caught(NameError(op.attr))

    def do_py_cell(self, op):
        return [self.program.cells[op.attr]]

    def do_py_call(self, op, function):
        args, keywords = [], {}
        for text in op.call:
            keyword, equals, value = text.partition("=")
            if equals:
                keywords[keyword] = self.get(value)
            elif text.startswith("*"):
                args.extend(self.get(text[1:]))
            else:
                args.append(self.get(text))
        return [guarded(function, *args, **keywords)]

    def do_py_function(self, op, *args):
        return [self.program.function(unquote(op.attr), args)]

    def do_py_unpack(self, op, value):
        values, count, star = list(guarded(iter, value)), len(op.results), int(op.attr)
        if star < 0:
            if len(values) != count:
                raise Caught(ValueError("unpack"))
            return values
        if len(values) < count - 1:
            raise Caught(ValueError("unpack"))
        behind = count - star - 1
        middle = values[star : len(values) - behind]
        return [*values[:star], middle, *values[len(values) - behind :]]

    def do_slot_new(self, op, value):
        return [[value]]

    def do_slot_load(self, op, slot):
        return [slot[0]]

    def do_slot_store(self, op, slot, value):
        slot[0] = value

    def do_py_set_index(self, op, of, index, value):
        guarded(operator.setitem, of, index, value)

    def do_py_del_index(self, op, of, index):
        guarded(operator.delitem, of, index)

    def do_py_set_attr(self, op, of, value):
        guarded(setattr, of, op.attr, value)


def guarded(function, *args, **keywords):
    """Calls what may raise exceptions of the program."""
    for value in args:
        assert value is not UNBOUND, "an unbound value is used"
    try:
        return function(*args, **keywords)
    except (Caught, Exit, AssertionError):
        raise
    except Exception as exception:
        raise Caught(exception) from None


def binary(op, x, y):
    text = op.attr.replace("wide", "").strip()
    table = IN_PLACE if text.endswith("=") else BINARY
    return guarded(table[text.rstrip("=")], x, y)


def refine(op, value):
    if op.attr in ("none", "not_none"):
        assert (value is None) == (op.attr == "none")
    else:
        assert bool(value)
    return value


def formatted(op, *args):
    return guarded(unquote(op.attr).format, *args)


def imported(op):
    return guarded(importlib.import_module, op.attr)


PLAIN = {
    "const": lambda op: eval(op.attr),
    "py.unbound": lambda op: UNBOUND,
    "py.neg": lambda op, x: guarded(operator.neg, x),
    "py.pos": lambda op, x: guarded(operator.pos, x),
    "py.invert": lambda op, x: guarded(operator.invert, x),
    "py.not": lambda op, x: guarded(operator.not_, x),
    "py.truth": lambda op, x: guarded(bool, x),
    "py.binary": binary,
    "py.compare": lambda op, x, y: guarded(COMPARE[op.attr], x, y),
    "py.attr": lambda op, x: guarded(getattr, x, op.attr),
    "py.index": lambda op, x, i: guarded(operator.getitem, x, i),
    "py.slice": lambda op, *parts: slice(*parts),
    "py.tuple": lambda op, *parts: parts,
    "py.concat": lambda op, *parts: tuple(item for part in parts for item in part),
    "py.list": lambda op, *parts: list(parts),
    "py.refine": refine,
    "py.import": imported,
    "py.format": formatted,
}


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_consts"):
            yield from code_objects(constant)


class Program:
    """`function` is the Python function that the text was made from."""

    def __init__(self, text, function):
        self.functions = Parser(text).functions()
        self.globals, self.name = function.__globals__, function.__qualname__
        self.cells = {
            name: cell.cell_contents
            for name, cell in zip(
                function.__code__.co_freevars, function.__closure__ or (), strict=True
            )
        }
        self.items = {}  # of iterators
        self.codes = {code.co_qualname: code for code in code_objects(function.__code__)}

    def function(self, name, values):
        """A callable for an inner function: captured values, then defaults."""
        code = self.codes[name]
        params = code.co_argcount + code.co_kwonlyargcount
        captures = len(self.functions[name].params) - params
        defaults = values[captures:]

        def call(*args, **keywords):
            given = dict(zip(code.co_varnames, args, strict=False))
            given.update(keywords)
            names = code.co_varnames[:params]
            for param, default in zip(names[params - len(defaults) :], defaults, strict=True):
                given.setdefault(param, default)
            return self.run(name, [*(given[n] for n in names), *values[:captures]])

        return call

    def run(self, name, given):
        frame = Frame(self, {})
        leaving = frame.leave(self.functions[name], given)
        assert leaving.kind == "return"
        return leaving.values[0]

    def call(self, *args):
        try:
            return self.run(self.name, args)
        except Caught as caught:
            raise caught.args[0] from None
