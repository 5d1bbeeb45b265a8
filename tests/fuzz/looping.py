"""Control flow of random programs."""

from filling import Filling, with_names
from kinds import (
    COMPLEX,
    NUMPY,
    base,
    element,
    is_array,
    is_optional,
    is_tuple,
    kept_by,
    parts,
    result_kind,
    shape_of,
    tuple_of,
)

HANDLERS = [
    *("IndexError", "ZeroDivisionError", "(IndexError, ZeroDivisionError)", "ValueError"),
    *("OverflowError", "ArithmeticError", "Exception", "LookupError"),
    "(ValueError, TypeError, OverflowError)",
]
RAISED = "ValueError IndexError ZeroDivisionError RuntimeError KeyError ArithmeticError".split()


class Looping(Filling):
    """A Writer of branches, loops, handlers and matches."""

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
        otherwise = otherwise and self.chance(0.2)
        self.in_loop += 1
        self.block(self.rng.randint(1, 3))
        if otherwise and self.chance(0.7):
            self.depth += 1
            self.leave()
            self.depth -= 1
        self.in_loop -= 1
        self.protected = protected
        self.variables = outer
        self.maybe.update({name: kind for name, kind in own.items() if name not in outer})
        if otherwise:
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
        operation = self.rng.choice(["+", "*", "-", "^"])
        if step == 0 and numbers and result_kind(f"a {operation} b", kind, kind) == kind:
            self.emit(f"{self.rng.choice(numbers)} {operation}= {array}[{i}{shift}]")
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

    def sweep(self) -> None:
        """A loop that reads an element, then writes all or much of its array."""
        arrays = [name for name in self.stores() if shape_of(self.visible()[name]) != (0,)]
        if arrays and self.chance(0.5):
            array = self.rng.choice(arrays)
            kind = self.visible()[array]
        else:
            array, kind = (
                self.fresh(),
                f"{self.rng.choice(NUMPY)}[{self.rng.choice(['5', '3,5', ''])}]",
            )
            self.emit(f"{array} = {self.made(kind)}")
            self.variables[array] = kind
        changes = ["a[...] = a + b", "a[1:] = a[:-1]", "a[::-1] = a - b", "np.add(a, b, out=a)"]
        changes = [each for each in changes if kept_by(each, kind, element(kind))]
        if not changes:
            return self.kernel()
        place = ", ".join(str(self.rng.choice([0, 0, -1])) for _ in shape_of(kind)) or "()"
        read, total = self.fresh(), self.fresh()
        first = f"{array}[{place}]" if self.chance(0.5) else self.expression(element(kind), 1)
        self.emit(f"{total} = {first}")
        self.emit(f"for {self.fresh()} in range({self.rng.choice([1, 2, 3])}):")
        self.emit(f"    {read} = {array}[{place}]")
        self.emit(f"    {with_names(self.rng.choice(changes), a=array, b=read)}")
        self.emit(f"    {total} = {read}")
        self.variables[total] = self.maybe[read] = element(kind)
        return None

    def iterate(self) -> None:
        """Two names, the one for what the other was before, as iterations have them."""
        kind = self.any_kind() if self.chance(0.4) else f"{self.rng.choice(NUMPY)}[5]"
        if is_optional(kind) or kind == "mask" or is_tuple(kind):
            kind = "float64[5]"
        now, before = self.fresh(), self.fresh()
        self.emit(f"{now} = {self.made(kind) if is_array(kind) else self.expression(kind, 1)}")
        self.emit(f"{before} = {self.rng.choice([now, self.expression(kind, 1)])}")
        self.variables[now] = self.variables[before] = kind
        head = self.rng.choice(
            [f"for {self.fresh()} in range({self.bounds()})", "if {}", "if {}"]
        )
        self.emit(f"{head.format(self.condition(1))}:")
        self.depth += 1
        form = self.rng.choice(
            [f"{before} = {now} = {{}}", f"{before} = {now}", f"{now} = {before} = {{}}"]
        )
        self.emit(form.format(self.expression(kind, 2)))
        if "{}" not in form or self.chance(0.4):
            self.emit(f"{now} = {self.expression(kind, 2)}")
        self.in_loop += head.startswith("for")
        if head.startswith("for") and self.chance(0.4):
            self.leave()
        self.in_loop -= head.startswith("for")
        self.depth -= 1

    def statement_in_loop(self) -> None:
        outer = dict(self.variables)
        self.statement()
        self.maybe.update(
            {name: kind for name, kind in self.variables.items() if name not in outer}
        )
        self.variables = outer

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
            named = self.chance(0.3)
            self.emit(f"except {caught}{' as problem' if named else ''}:")
            self.block(self.rng.randint(1, 2))
            if named:
                seen = self.fresh()
                again = f"if {self.condition(0)}: raise problem"
                self.emit("    " + self.rng.choice([f"{seen} = problem is None", again]))
                self.maybe[seen] = "bool"
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
            loop, returns = self.in_loop, self.returns
            self.in_loop, self.returns = 0, None  # a SyntaxWarning from Python 3.14 on
            self.block(self.rng.randint(1, 2))
            self.in_loop, self.returns = loop, returns
        self.variables = {name: kind for name, kind in self.variables.items() if name in before}

    def assert_or_raise(self) -> None:
        if self.depth == 0 and not self.in_try and not self.returns and self.chance(0.6):
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


def len_of(kind: str) -> int:
    return shape_of(kind)[0] or 1
