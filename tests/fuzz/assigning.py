"""Assignments of random programs, and blocks of statements."""

from kinds import (
    is_array,
    is_number,
    is_optional,
    is_tuple,
    kept_by,
    parts,
)
from words import exact_product, plain
from writer import Writer, any_tuple


class Assigning(Writer):
    """A Writer of assignments."""

    def statement(self) -> None:
        """Writes one statement of any kind."""
        raise NotImplementedError

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

    def writable(self) -> list[str]:
        return [name for name in self.variables if name not in self.protected]

    def assign(self) -> None:
        roll = self.rng.random()
        if roll < 0.6:
            text, kind = self.anything()
        else:
            kind = (
                any_tuple(self.rng)
                if roll < 0.65
                else "Point"
                if roll < 0.68
                else self.any_kind()
            )
            text = self.expression(kind)
        name = self.fresh()
        self.emit(f"{name} = {text}")
        self.variables[name] = kind

    def survey(self) -> None:
        """What functions of arrays say of those that there are, and kinds that meet."""
        for _ in range(self.rng.randint(1, 3)):
            fuel, roll = self.rng.randint(0, 1), self.rng.random()
            found = (
                self.searched(fuel)
                if roll < 0.35
                else self.mixed()
                if roll < 0.75
                else self.reduced()
            )
            if found:
                name = self.fresh()
                self.emit(f"{name} = {found[0]}")
                self.variables[name] = found[1]

    def reassign(self) -> None:
        names = self.writable()
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        if self.variables[name] == "mask":
            return self.masked_step()
        self.emit(f"{name} = {self.expression(self.variables[name])}")
        return None

    def assign_twice(self) -> None:
        """One value under two names, one of which may be new."""
        names = [name for name in self.writable() if self.variables[name] != "mask"]
        if not names:
            return self.assign()
        arrays = [name for name in names if is_array(self.variables[name])]
        name = self.rng.choice(arrays if arrays and self.chance(0.6) else names)
        kind = self.variables[name]
        alike = [each for each in names if self.variables[each] == kind and each != name]
        other = self.rng.choice(alike) if alike and self.chance(0.7) else self.fresh()
        self.emit(f"{name} = {other} = {self.expression(kind)}")
        self.variables[other] = kind
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
                    or (is_array(kind) and not plain(other))
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
