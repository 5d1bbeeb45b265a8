"""Stores into arrays: elements, slices, overlapping windows, out= and methods that work in place."""

import re

from assigning import Assigning
from kinds import COMPLEX, INTEGERS, element, kept_by, shape_of
from words import INEXACT, TIES, UFUNC_1, UFUNC_2, exact, filled, whole


class Filling(Assigning):
    """A Writer of stores into arrays."""

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
            if value == f"b{source}" and other == name and steps(target) != steps(source):
                continue  # NumPy's own copying in place is wrong for some of these
            third = self.rng.choice([element(kind), kind])
            if operation == "*=" and not exact(kind, self.visible()[other], third):
                continue
            if kept_by(f"a{target} {operation} {value}", kind, self.visible()[other], third):
                value = value.replace("b", other).replace("c", self.expression(third, 1))
                self.emit(f"{name}{target} {operation} {value}")
                return None
        return self.store()

    def out_argument(self) -> None:
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
                if function in TIES and not whole(kind, self.visible()[other]):
                    continue
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

    def in_place(self) -> None:
        """Methods that change their array."""
        names = [name for name in self.stores() if shape_of(self.visible()[name])]
        if not names:
            return self.assign()
        name = self.rng.choice(names)
        kind = self.visible()[name]
        x = self.expression(element(kind), 1)
        calls = [f"{name}.fill({x})", f"np.fill_diagonal({name}, {x})", f"{name}[...] = {x}"]
        if element(kind) in INTEGERS:
            calls += [f"{name}.sort()", f"{name}[{name} > 1] = {x}", f"{name}[{name} > 1] += 1"]
        call = self.rng.choice(calls)
        if kept_by(re.sub(rf"\b{name}\b", "a", call.replace(x, "b")), kind, element(kind)):
            self.emit(call)
            return None
        return self.store()


def steps(index: str) -> list[list[str]]:
    return [part.strip(" []").split(":")[2:] for part in index.split(",")]
