"""Statements of random programs."""

from collections.abc import Callable

from kinds import (
    COMPLEX,
    INTEGERS,
    NUMPY,
    POINT,
    PYTHON,
    base,
    element,
    is_number,
    is_optional,
    is_tuple,
    kept_by,
    parts,
    result_kind,
    shape_of,
    tuple_of,
)
from words import INEXACT, UFUNC_1, UFUNC_2, compiled_names, exact, exact_product, filled
from writer import Signature, Writer, any_tuple

HANDLERS = [
    "IndexError",
    "ZeroDivisionError",
    "(IndexError, ZeroDivisionError)",
    "ValueError",
    "OverflowError",
    "ArithmeticError",
    "Exception",
    "LookupError",
    "(ValueError, TypeError, OverflowError)",
]
RAISED = [
    "ValueError",
    "IndexError",
    "ZeroDivisionError",
    "RuntimeError",
    "KeyError",
    "ArithmeticError",
]

# Called with anything that they take; what they give is learnt like any expression. Types and None prune their branches.
POLYMORPHIC = {
    "size_of": "def size_of(x):\n    if isinstance(x, np.ndarray):\n        return x.size + x.ndim\n"
    "    if isinstance(x, tuple):\n        return len(x) + 10\n    return 1\n",
    "step": "def step(x, by=None):\n    if by is None:\n        return x + x\n    if isinstance(by, bool):\n"
    "        return x if by else x - x\n    return x - by\n",
    "weigh": "def weigh(x):\n    if type(x) is int:\n        return x // 3\n    elif isinstance(x, (float, np.floating)):\n"
    "        return x * 0.5\n    elif hasattr(x, 'shape') and x.ndim > 0:\n        return x[0]\n    return x\n",
    "count_of": "def count_of(*things):\n    n = 0\n    for each in things:\n        if isinstance(each, (int, np.integer)):\n"
    "            n += 1\n        elif isinstance(each, float):\n            n += 10\n    return n\n",
    "twice": "def twice(f, x):\n    return f(f(x))\n",
    "best_of": "def best_of(xs):\n    best = None\n    for x in xs:\n        best = x if best is None else max(best, x)\n"
    "    return best\n",
}


class Statements(Writer):
    """A Writer that also writes statements."""

    def block(self, length: int) -> None:
        self.depth += 1
        outer, functions = dict(self.variables), list(self.functions)
        start = len(self.lines)
        for _ in range(length):
            self.statement()
        if len(self.lines) == start:
            self.emit("pass")
        for name, kind in self.variables.items():
            if name not in outer:
                self.maybe[name] = kind
        self.variables = {name: kind for name, kind in self.variables.items() if name in outer}
        self.functions = functions
        self.depth -= 1

    def statement(self) -> None:
        kinds: list[tuple[int, Callable[[], None]]] = [
            (4, self.assign),
            (4, self.reassign),
            (3, self.augment),
            (3, self.store),
            (2, self.window),
            (1, self.unpack),
            (1, self.swap),
            (1, self.masked_step),
            (1, self.polymorph),
            (1, self.out_argument),
            (1, self.assert_or_raise),
        ]
        if self.depth < 3:
            kinds += [
                (2, self.branch),
                (2, self.counted),
                (2, self.over_array),
                (2, self.kernel),
                (1, self.bounded_while),
                (2, self.attempt),
                (1, self.match),
                (1, self.search),
                (1, self.positions),
                (1, self.over_tuple),
            ]
        if self.depth < 2 and not self.captured_only:
            kinds += [(1, self.inner_function)]
        if self.in_loop:
            kinds += [(2, self.leave)]
        if self.depth == 0:
            kinds += [(1, self.delete)]
        weights, choices = zip(*kinds, strict=True)
        self.rng.choices(choices, weights)[0]()

    captured_only = False  # inner functions define no further ones

    # ---- assignment ----

    def assign(self) -> None:
        roll = self.rng.random()
        if roll < 0.5:
            text, kind = self.anything()
        else:
            kind = (
                any_tuple(self.rng)
                if roll < 0.56
                else "Point"
                if roll < 0.59
                else self.any_kind()
            )
            text = self.expression(kind)
        name = self.fresh()
        self.emit(f"{name} = {text}")
        self.variables[name] = kind

    def writable(self) -> list[str]:
        return [name for name in self.variables if name not in self.protected]

    def reassign(self) -> None:
        names = self.writable()
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        if self.variables[name] == "mask":
            return self.masked_step()
        self.emit(f"{name} = {self.expression(self.variables[name])}")
        return None

    def augment(self) -> None:
        names = [name for name in self.writable() if not is_optional(self.variables[name])]
        for name in self.rng.sample(names, len(names)):
            kind = self.variables[name]
            for _ in range(4):
                operation = self.rng.choice(
                    ["+", "-", "*", "/", "//", "%", "&", "|", "^", "<<", ">>", "+", "-", "*"]
                )
                other = kind if self.chance(0.6) else self.any_kind()
                if (
                    is_optional(other)
                    or "mask" in (kind, other)
                    or not kept_by(f"a {operation}= b", kind, other)
                ):
                    continue
                if operation == "*" and not exact_product(kind, other):
                    continue
                right = self.expression(other, 2)
                if operation in ("<<", ">>") and other == "int" and kind == "int":
                    right = f"{right} % 66"
                self.emit(f"{name} {operation}= {right}")
                return
        self.assign()

    def unpack(self) -> None:
        kinds = [self.number_kind() for _ in range(self.rng.randint(2, 4))]
        names = [self.fresh() for _ in kinds]
        values = [self.expression(kind, 2) for kind in kinds]
        if len(kinds) == 4:
            self.emit(
                f"{names[0]}, ({names[1]}, {names[2]}), {names[3]} = "
                f"{values[0]}, ({values[1]}, {values[2]}), {values[3]}"
            )
        else:
            self.emit(f"{', '.join(names)} = {', '.join(values)}")
        self.variables.update(zip(names, kinds, strict=True))

    def swap(self) -> None:
        names = [name for name in self.writable() if is_number(self.variables[name])]
        tuples = [name for name, kind in self.variables.items() if is_tuple(kind)]
        if tuples and self.chance(0.5):
            source = self.rng.choice(tuples)
            targets = [self.fresh() for _ in parts(self.variables[source])]
            self.emit(f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {source}")
            self.variables.update(zip(targets, parts(self.variables[source]), strict=True))
            return
        pairs = [
            (a, b)
            for a in names
            for b in names
            if a != b and self.variables[a] == self.variables[b]
        ]
        if not pairs:
            return self.assign()
        a, b = self.rng.choice(pairs)
        self.emit(
            f"{a}, {b} = {b}, {self.expression(self.variables[a], 1)}"
            if self.chance(0.3)
            else f"{a}, {b} = {b}, {a}"
        )

    def masked_step(self) -> None:
        names = [name for name in self.named("mask") if name in self.writable()]
        if not names:
            name = self.fresh()
            self.emit(
                f"{name} = {self.rng.choice(['14695981039346656037', '0', '12345'])}  # kept"
            )
            self.variables[name] = "mask"
            return
        for _ in range(self.rng.randint(1, 3)):
            self.emit(f"{self.rng.choice(names)} = {self.masked(2)}  # kept")
        if self.chance(0.5):
            name = self.fresh()
            self.emit(
                f"{name} = {self.rng.choice(names)} {self.rng.choice(['% 1000', '>> 40', '& 0xFFFF', '// 4294967296'])}"
                "  # kept"
            )
            self.variables[name] = "int"

    def delete(self) -> None:
        names = [name for name in self.writable() if name not in self.captured]
        unbound = [
            name
            for name in self.maybe
            if name not in self.variables and is_number(self.maybe[name])
        ]
        if unbound and self.chance(0.6):
            name = self.rng.choice(unbound)
            self.emit("try:")
            self.emit(f"    {self.fresh()} = {name}")
            self.emit(f"except {self.rng.choice(['UnboundLocalError', 'NameError'])}:")
            self.emit(f"    {name} = {self.expression(self.maybe[name], 1)}")
            self.variables[name] = self.maybe.pop(name)
            return
        if len(names) > 2:
            name = self.rng.choice(names)
            self.emit(f"del {name}")
            self.maybe[name] = self.variables.pop(name)
            return
        self.assign()

    # ---- arrays ----

    def stores(self) -> list[str]:
        return [
            name
            for name in self.arrays()
            if name not in self.protected or name in self.shared.globals
        ]

    def stored(self, kind: str, fuel: int = 2) -> str:
        """Something to store in an element."""
        roll = self.rng.random()
        if roll < 0.6:
            return self.expression(kind, fuel)
        if roll < 0.8:
            return self.expression("bool" if kind == "bool_" else "int", fuel)
        if kind in INTEGERS or kind == "bool_":
            return self.expression(self.rng.choice([*INTEGERS, "bool_", "bool"]), fuel)
        return self.expression(self.rng.choice([*INTEGERS, "float", "float32"]), fuel)

    def store(self) -> None:
        names = [name for name in self.stores() if shape_of(self.visible()[name])]
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        kind = self.visible()[name]
        if self.chance(0.25) and element(kind) not in COMPLEX:
            operation = self.rng.choice(["+", "-", "*", "//", "%", "&", "^"])
            other = self.rng.choice([element(kind), "int"])
            if kept_by(f"a {operation}= b", f"{element(kind)}[1]", other):
                self.emit(f"{self.item(name)} {operation}= {self.expression(other, 2)}")
                return None
        if self.chance(0.3):
            i = self.leaf("int")
            self.emit(
                f"{name}[{i}:{self.leaf('int')}{self.rng.choice(['', ':2', ':-1'])}] = {self.stored(element(kind))}"
            )
            return None
        self.emit(f"{self.item(name)} = {self.stored(element(kind))}")
        return None

    def window(self) -> None:
        """Stores into parts of an array from (often) other parts of the same one."""
        names = [name for name in self.stores() if shape_of(self.visible()[name])]
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        kind = self.visible()[name]
        for _ in range(12):
            target = filled(
                self.rng,
                self.rng.choice(
                    ["[{s}]", "[{s}]", "[{s}, {s}]", "[{i}]", "[..., {s}]", "[...]"]
                ),
            )
            source = filled(
                self.rng,
                self.rng.choice(["[{s}]", "[{s}]", "[{s}, {s}]", "[{i}]", "[..., {s}]"]),
            )
            other = name if self.chance(0.7) else self.rng.choice(self.arrays())
            operation = self.rng.choice(["=", "=", "+=", "-=", "*=", "|=", "//="])
            value = self.rng.choice(
                ["b{s}", "b{s}", "b{s} + b{s}", "-b{s}", "b{s} * 2", "b{s} % 7", "b{s} + c"]
            )
            value = value.replace("{s}", source)
            third = self.rng.choice([element(kind), kind])
            if operation == "*=" and not exact(kind, self.visible()[other], third):
                continue
            if kept_by(f"a{target} {operation} {value}", kind, self.visible()[other], third):
                value = value.replace("b", other).replace("c", self.expression(third, 1))
                self.emit(f"{name}{target} {operation} {value}")
                return None
        return self.store()

    def out_argument(self) -> None:
        if "numpy.add" not in compiled_names():
            return self.assign()
        names = [name for name in self.stores() if shape_of(self.visible()[name])]
        for name in self.rng.sample(names, len(names)):
            kind = self.visible()[name]
            for _ in range(6):
                target = filled(self.rng, self.rng.choice(["", "[{s}]"]))
                a, b = (self.rng.choice(["", "[{s}]"]) for _ in "ab")
                a, b = filled(self.rng, a), filled(self.rng, b)
                function = self.rng.choice(UFUNC_1 if self.chance(0.4) else UFUNC_2)
                call = f"np.{function}(a{a}{'' if function in UFUNC_1 else f', b{b}'}, out=a{target})"
                other = self.rng.choice([name, name, *self.arrays()])
                if function in INEXACT and not exact(kind, self.visible()[other]):
                    continue
                if kept_by(call, kind, self.visible()[other]):
                    call = (
                        call.replace("(a", f"({name}")
                        .replace("out=a", f"out={name}")
                        .replace(" b", f" {other}")
                    )
                    self.emit(call)
                    return None
        return self.window()

    # ---- control ----

    def branch(self) -> None:
        self.emit(f"if {self.condition()}:")
        self.block(self.rng.randint(1, 3))
        if self.chance(0.25):
            self.emit(f"elif {self.condition()}:")
            self.block(self.rng.randint(1, 2))
        if self.chance(0.6):
            self.emit("else:")
            self.block(self.rng.randint(1, 3))

    def bounds(self) -> str:
        ints = self.named("int")
        if ints and self.chance(0.35):
            n = self.rng.choice(ints)
            return self.rng.choice(
                [
                    f"{n} % 5",
                    f"{n} % 3, {self.rng.choice(ints)} % 7",
                    f"{n} % 9, {self.rng.choice(ints)} % 4, {self.rng.choice([-3, -2, -1, 2])}",
                    f"-{n} % 6 - 2, 4, {self.rng.choice(ints)} % 3 + 1",
                ]
            )
        return self.rng.choice(
            [
                f"{self.rng.randint(0, 5)}",
                f"{self.rng.randint(-3, 3)}, {self.rng.randint(-3, 6)}",
                f"{self.rng.randint(0, 9)}, {self.rng.randint(-3, 3)}, {self.rng.choice([-3, -1, 2])}",
            ]
        )

    def target(self, kind: str) -> str:
        """The name a loop assigns: a new one, or one that there is, which then outlives the loop."""
        names = [
            name
            for name in self.writable()
            if self.variables[name] == kind and name not in self.protected
        ]
        if self.chance(0.15):
            name = self.fresh()
            self.emit(f"{name} = {self.expression(kind, 1)}")
            self.variables[name] = kind
            return name
        return self.rng.choice(names) if names and self.chance(0.25) else self.fresh()

    def loop_body(
        self, own: dict[str, str], kept: bool = False, otherwise: bool = True
    ) -> None:
        """The body of a loop that binds `own`; kept: the body does not assign them."""
        outer = dict(self.variables)
        protected = set(self.protected)
        self.variables.update(own)
        if kept or self.chance(0.7):
            self.protected |= set(own)
        self.in_loop += 1
        self.block(self.rng.randint(1, 3))
        self.in_loop -= 1
        self.protected = protected
        self.variables = outer
        self.maybe.update({name: kind for name, kind in own.items() if name not in outer})
        if otherwise and self.chance(0.15):
            self.emit("else:")
            self.block(self.rng.randint(1, 2))

    def counted(self) -> None:
        name = self.target("int")
        self.emit(f"for {name} in range({self.bounds()}):")
        self.loop_body({name: "int"})

    def over_array(self) -> None:
        arrays = [name for name in self.arrays() if shape_of(self.visible()[name])]
        if not arrays:
            return self.counted()
        array = self.rng.choice(arrays)
        kind = self.visible()[array]
        inner = result_kind(
            "a[0]", f"{element(kind)}[{','.join(map(str, (1, *shape_of(kind)[1:])))}]"
        )
        roll = self.rng.random()
        if inner is None:
            return self.counted()
        if roll < 0.3:
            name = self.target(inner)
            self.emit(
                f"for {name} in {array}{self.rng.choice(['', '', '[::-1]', '[1:]', '[::2]'])}:"
            )
            self.loop_body({name: inner})
        elif roll < 0.5:
            i, name = self.fresh(), self.fresh()
            start = self.rng.choice(["", "", ", 3", ", start=-1"])
            self.emit(f"for {i}, {name} in enumerate({array}{start}):")
            self.loop_body({i: "int", name: inner})
        elif roll < 0.6:
            name = self.fresh()
            self.emit(f"for {name} in {array}.flat:")
            self.loop_body({name: element(kind)})
        elif roll < 0.7:
            name = self.fresh()
            self.emit(f"for {name} in reversed({array}):")
            self.loop_body({name: inner})
        else:
            name, second = self.fresh(), self.fresh()
            i = self.fresh()
            other = self.rng.choice(["reversed(range(4))", "range(1, 9, 2)", f"{array}[1:]"])
            other_kind = inner if other.endswith("[1:]") else "int"
            if self.chance(0.3):
                self.emit(f"for {i}, ({name}, {second}) in enumerate(zip({array}, {other})):")
                self.loop_body({name: inner, second: other_kind, i: "int"})
            else:
                self.emit(f"for {name}, {second} in zip({array}, {other}):")
                self.loop_body({name: inner, second: other_kind})
        return None

    def positions(self) -> None:
        """ndindex and ndenumerate."""
        arrays = [name for name in self.arrays() if shape_of(self.visible()[name])]
        if not arrays:
            return self.counted()
        array = self.rng.choice(arrays)
        kind = self.visible()[array]
        dims = shape_of(kind)
        names = [self.fresh() for _ in dims]
        own = dict.fromkeys(names, "int")
        whole = self.fresh()
        index = f"{', '.join(names)}{',' if len(names) == 1 else ''}"
        if self.chance(0.5):
            value = self.fresh()
            head = f"({index})" if self.chance(0.7) else whole
            self.emit(f"for {head}, {value} in np.ndenumerate({array}):")
            own = {
                **(own if head != whole else {whole: tuple_of(["int"] * len(dims))}),
                value: element(kind),
            }
        else:
            limits = self.rng.choice(
                [f"{array}.shape", f"*{array}.shape", ", ".join(map(str, dims))]
            )
            self.emit(f"for {index} in np.ndindex({limits}):")
        self.loop_body(own)
        return None

    def over_tuple(self) -> None:
        name = self.fresh()
        kind = self.number_kind()
        tuples = [
            each
            for each, k in self.variables.items()
            if is_tuple(k) and len(set(parts(k))) == 1
        ]
        if tuples and self.chance(0.5):
            source = self.rng.choice(tuples)
            kind = parts(self.variables[source])[0]
        else:
            source = f"({', '.join(self.expression(kind, 1) for _ in range(self.rng.randint(2, 3)))})"
        self.emit(f"for {name} in {source}:")
        self.loop_body({name: kind})

    def kernel(self) -> None:
        """A loop over the positions of an array, as numerical code has it."""
        arrays = [name for name in self.stores() if len(shape_of(self.visible()[name])) == 1]
        if not arrays:
            return self.counted()
        array, i = self.rng.choice(arrays), self.fresh()
        kind = element(self.visible()[array])
        other = self.rng.choice(
            [name for name in self.arrays() if len(shape_of(self.visible()[name])) == 1]
        )
        bounds = self.rng.choice(
            [
                f"len({array})",
                f"{array}.shape[0]",
                f"1, len({array})",
                f"1, len({array}) - 1",
                f"len({array}) - 1, -1, -1",
                f"{array}.size",
                f"len({array}) + 1",
                f"-len({array}), 0",
            ]
        )
        self.emit(f"for {i} in range({bounds}):")
        shift = self.rng.choice(["", "", "", " - 1", " + 1"])
        step = self.rng.randint(0, 4)
        numbers = [name for name in self.writable() if self.variables[name] == kind]
        self.depth += 1
        self.in_loop += 1
        if step == 0 and numbers and result_kind("a + b", kind, kind) == kind:
            self.emit(
                f"{self.rng.choice(numbers)} {self.rng.choice(['+=', '*=', '^=' if kind in INTEGERS else '-='])} "
                f"{array}[{i}{shift}]"
            )
        elif step == 1:
            outer = dict(self.variables)
            protected = set(self.protected)
            self.variables[i] = "int"
            self.protected.add(i)
            self.emit(f"{array}[{i}] = {self.stored(kind)}")
            self.variables, self.protected = outer, protected
        elif step == 2 and kept_by("a[0] += b", f"{kind}[1]", base(self.visible()[other])):
            self.emit(f"{array}[{i}{shift}] += {other}[{i} % {len_of(self.visible()[other])}]")
        elif step == 3:
            self.emit(
                f"{array}[{i}] = {array}[{i}{self.rng.choice([' - 1', ' + 1', ' // 2', ' - 2'])}]"
            )
        else:
            self.emit(
                f"if {array}[{i}] > {array}[{i} - 1]:"
                if kind not in COMPLEX
                else f"if {array}[{i}] == {array}[0]:"
            )
            self.emit(f"    {array}[{i}], {array}[{i} - 1] = {array}[{i} - 1], {array}[{i}]")
        if self.chance(0.3):
            self.statement_in_loop()
        self.in_loop -= 1
        self.depth -= 1
        self.maybe[i] = "int"
        return None

    def statement_in_loop(self) -> None:
        outer = dict(self.variables)
        self.statement()
        self.maybe.update(
            {name: kind for name, kind in self.variables.items() if name not in outer}
        )
        self.variables = outer

    def bounded_while(self) -> None:
        name = self.fresh()
        self.emit(f"{name} = 0")
        self.emit(f"while {name} < {self.rng.randint(0, 5)} and {self.condition(1)}:")
        self.depth += 1
        self.emit(f"{name} += 1")
        self.depth -= 1
        self.loop_body({name: "int"}, kept=True)
        self.variables[name] = "int"

    def search(self) -> None:
        """best = None; … best = x if best is None else …; afterwards narrowed or kept as Optional."""
        arrays = [
            name
            for name in self.arrays()
            if len(shape_of(self.visible()[name])) == 1
            and base(self.visible()[name]) not in COMPLEX
        ]
        kind = self.rng.choice(["int", "float", "int"])
        source = (
            f"range({self.bounds()})"
            if kind == "int"
            else f"({self.expression('float', 1)}, {self.expression('float', 1)})"
        )
        if arrays and self.chance(0.6):
            source = self.rng.choice(arrays)
            kind = element(self.visible()[source])
        best, each = self.fresh(), self.fresh()
        self.emit(f"{best} = None")
        self.emit(f"for {each} in {source}:")
        test = self.rng.choice([f"{each} > 0", self.condition(1), "True"])
        self.emit(f"    if {test}:")
        form = self.rng.choice(
            [
                f"{best} = {each} if {best} is None else max({best}, {each})",
                f"{best} = {each} if {best} is None or {each} < {best} else {best}",
                f"{best} = {each}",
            ]
        )
        self.emit(f"        {form}")
        roll = self.rng.random()
        if roll < 0.4:
            result = self.fresh()
            self.emit(f"{result} = {self.expression(kind, 1)} if {best} is None else {best}")
            self.variables[result] = kind
        elif roll < 0.7:
            result = self.fresh()
            self.emit(f"{result} = {self.expression(kind, 1)}")
            self.variables[result] = kind
            self.emit(f"if {best} is not None:")
            self.emit(f"    {result} = {best}")
        self.variables[best] = f"{kind}?"
        self.protected.add(best)

    def attempt(self) -> None:
        self.emit("try:")
        self.in_try += 1
        before = dict(self.variables)
        self.block(self.rng.randint(1, 3))
        self.in_try -= 1
        final = self.chance(0.3)
        if not final or self.chance(0.6):
            caught = self.rng.choice(HANDLERS)
            self.emit(f"except {caught}{' as problem' if self.chance(0.1) else ''}:")
            self.block(self.rng.randint(1, 2))
            if self.chance(0.15):
                self.emit("except Exception:")
                self.depth += 1
                self.emit(
                    self.rng.choice(["raise", f"raise {self.rng.choice(RAISED)}('again')"])
                )
                self.depth -= 1
            if self.chance(0.3):
                self.emit("else:")
                self.block(self.rng.randint(1, 2))
        if final:
            self.emit("finally:")
            loop, self.in_loop = self.in_loop, 0  # a SyntaxWarning from Python 3.14 on
            self.block(self.rng.randint(1, 2))
            self.in_loop = loop
        self.variables = {name: kind for name, kind in self.variables.items() if name in before}

    def assert_or_raise(self) -> None:
        if self.depth == 0 and not self.in_try and self.chance(0.6):
            return self.assign()
        ints = self.named("int")
        message = (
            f"f'odd {{{self.rng.choice(ints)}}}'" if ints and self.chance(0.4) else "'odd'"
        )
        if self.chance(0.4):
            self.emit(f"assert {self.condition(1)}{self.rng.choice(['', f', {message}'])}")
            return None
        self.emit(f"if {self.condition(1)}:")
        value = (
            f", {self.rng.choice(ints)}"
            if ints and not message.startswith("f") and self.chance(0.3)
            else ""
        )
        self.emit(f"    raise {self.rng.choice(RAISED)}({message}{value})")
        return None

    def match(self) -> None:
        self.emit(f"match {self.expression('int', 1)}{self.rng.choice(['', ' % 4'])}:")
        self.depth += 1
        for _ in range(self.rng.randint(1, 3)):
            pattern = self.rng.choice(["0", "1 | 2", "3", "-1", "7 | 0", "-8 | 255"])
            self.emit(
                f"case {pattern}{f' if {self.condition(1)}' if self.chance(0.3) else ''}:"
            )
            self.block(self.rng.randint(1, 2))
        if self.chance(0.3):
            name = self.fresh()
            self.emit(f"case {name} if {name} > 1:")
            self.maybe[name] = "int"
            self.block(1)
        if self.chance(0.6):
            self.emit("case _:")
            self.block(1)
        self.depth -= 1

    def leave(self) -> None:
        self.emit(f"if {self.condition(1)}:")
        self.depth += 1
        self.emit(self.rng.choice(["break", "continue"]))
        self.depth -= 1

    # ---- functions ----

    def polymorph(self) -> None:
        name = self.rng.choice(sorted(POLYMORPHIC))
        result = self.fresh()
        if name == "twice":
            kind = self.rng.choice(["int", "float"])
            each = self.fresh()
            self.variables[each] = kind
            self.protected.add(each)
            body = self.expression(kind, 2)
            del self.variables[each]
            self.emit(f"{result} = twice(lambda {each}: {body}, {self.expression(kind, 1)})")
        elif name == "best_of":
            arrays = [
                each for each in self.arrays() if len(shape_of(self.visible()[each])) == 1
            ]
            arrays = [each for each in arrays if base(self.visible()[each]) not in COMPLEX]
            if not arrays:
                return self.assign()
            array = self.rng.choice(arrays)
            kind = f"{element(self.visible()[array])}?"
            self.emit(f"{result} = best_of({array})")
            self.protected.add(result)
        else:
            count = {"count_of": self.rng.randint(1, 4), "step": self.rng.randint(1, 2)}.get(
                name, 1
            )
            kinds = [self.any_kind() for _ in range(count)]
            if any(is_optional(each) or each == "mask" for each in kinds):
                return self.assign()
            found = polymorphic_kind(name, *kinds)
            if found is None:
                return self.assign()
            kind = found
            self.emit(
                f"{result} = {name}({', '.join(self.expression(each, 1) for each in kinds)})"
            )
        self.shared.used.add(name)
        self.variables[result] = kind
        return None

    def inner_function(self) -> None:
        """A lambda or function that captures variables, some of which it assigns."""
        candidates = {n: k for n, k in self.variables.items() if not is_optional(k)}
        child = Statements(
            self.rng,
            self.shared,
            dict(candidates),
            functions=list(self.functions),
            depth=self.depth + 1,
        )
        child.captured_only = True
        kinds = [self.number_kind() for _ in range(self.rng.randint(0, 2))]
        names = [self.fresh() for _ in kinds]
        result = self.any_kind()
        if is_optional(result) or result == "mask":
            result = "int"
        name = self.fresh()
        numbers = [n for n in self.writable() if n in candidates and is_number(candidates[n])]
        changed = self.rng.choice(numbers) if numbers and self.chance(0.4) else None
        child.protected = set(candidates) - {changed}
        child.variables.update(zip(names, kinds, strict=True))
        if changed is None and self.chance(0.4):
            child.protected |= set(names)
            self.emit(f"{name} = lambda {', '.join(names)}: {child.expression(result, 2)}")
        else:
            child.lines = []
            if changed:
                child.emit(f"nonlocal {changed}")
            for _ in range(self.rng.randint(1, 2)):
                child.statement()
            child.emit(f"return {child.expression(result, 2)}")
            self.emit(f"def {name}({', '.join(names)}):")
            self.lines += child.lines
        self.captured |= set(candidates)
        self.functions.append(Signature(name, kinds, result, names=names))


def len_of(kind: str) -> int:
    return shape_of(kind)[0] or 1


def polymorphic_kind(name: str, *kinds: str) -> str | None:
    """What a polymorphic helper gives: tried like any expression, in the scope of kinds.py."""
    letters = "abcd"[: len(kinds)]
    source = POLYMORPHIC[name].replace("\n", "\\n").replace("'", "\\'")
    call = f"(ns := dict(np=np), exec('{source}', ns), ns['{name}']({', '.join(letters)}))[2]"
    return (
        result_kind(call, *kinds) if len(kinds) <= 3 else "int" if name == "count_of" else None
    )


__all__ = ["NUMPY", "POINT", "POLYMORPHIC", "PYTHON", "Statements"]
