"""Stores into arrays: elements, slices, overlapping windows, out= and methods that work in place."""

import re

from assigning import Assigning
from kinds import (
    COMPLEX,
    INTEGERS,
    element,
    is_array,
    is_number,
    kept_by,
    result_kind,
    shape_of,
)
from words import INEXACT, TIES, UFUNC_1, UFUNC_2, exact, filled, whole

# Parts of one length of an array of five, which share elements.
SHIFTED = [
    *[("[1:]", "[:-1]"), ("[:-1]", "[1:]"), ("[2:5]", "[0:3]"), ("[0:3]", "[2:5]")],
    *[("[::-1]", "[:]"), ("[:]", "[::-1]"), ("[::2]", "[:3]"), ("[2:]", "[::-2]")],
    *[("[1::2]", "[:2]"), ("[:-1]", "[:0:-1]"), ("[3:]", "[2:4]"), ("[1:4]", "[::2]")],
]


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
        if roll < 0.5:
            return self.expression(kind, fuel)
        if roll < 0.65 and kind in INTEGERS:
            return self.wide()
        if roll < 0.8:
            return self.expression("bool" if kind == "bool_" else "int", fuel)
        if kind in INTEGERS or kind == "bool_":
            return self.expression(self.rng.choice([*INTEGERS, "bool_", "bool"]), fuel)
        return self.expression(self.rng.choice([*INTEGERS, "float", "float32"]), fuel)

    def wide(self) -> str:
        """A NumPy integer that not every kind holds."""
        kind = self.rng.choice(["int64", "uint64", "uint64", *INTEGERS])
        names = [name for name in self.arrays() if element(self.visible()[name]) == kind]
        names = [name for name in names if 0 not in shape_of(self.visible()[name])]
        roll = self.rng.random()
        if roll < 0.3 and names:
            name = self.rng.choice(names)
            return f"{name}[{', '.join('0' for _ in shape_of(self.visible()[name])) or '()'}]"
        return f"(~np.{kind}(0))" if roll < 0.6 else self.leaf(kind)

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
        if self.chance(0.2) and element(kind) in INTEGERS:
            self.emit("try:")
            self.emit(f"    {self.item(name)} = {self.wide()}")
            self.emit(
                f"except {self.rng.choice(['(IndexError, OverflowError)', 'Exception'])}:"
            )
            self.emit(f"    {name}[...] = {self.expression(element(kind), 1)}")
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
        one = len(shape_of(kind)) == 1
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
            values = [
                "b{s}",
                "b{s}",
                "b{s} + b{s}",
                "-b{s}",
                "b{s} * 2",
                "b{s} % 7",
                "b{s} + c",
            ]
            if self.chance(0.35):
                target, source = self.rng.choice(SHIFTED)
                values += ["b{s}"] * 6
            operation = self.rng.choice(["=", "=", "+=", "-=", "*=", "|=", "//="])
            value = self.rng.choice(values).replace("{s}", source)
            if one and value == f"b{source}" and other == name and is_ahead(target, source):
                continue  # NumPy's own copying in place is wrong for some of these
            third = self.rng.choice([element(kind), kind])
            if operation == "*=" and not exact(kind, self.visible()[other], third):
                continue
            kinds = (kind, self.visible()[other], third)
            if is_number(result_kind(f"a{target}", kind) or "") and is_array(
                result_kind(value, *kinds) or ""
            ):
                continue  # a bool takes the truth of an array
            if kept_by(f"a{target} {operation} {value}", *kinds):
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
                if self.chance(0.35):
                    target, a = self.rng.choice(SHIFTED)
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

    def pipeline(self) -> None:
        """A temporary made of an array, which changes before the temporary is used, once."""
        names = [name for name in self.stores() if shape_of(self.visible()[name])]
        name = self.rng.choice(names) if names else None
        if name is None or element(self.visible()[name]) in COMPLEX:
            return self.assign()
        kind = self.visible()[name]
        made = self.rng.choice(
            ["a + 1", "-a", "a * 2", "a - a[::-1]", "a // 3", "a > 1", "a * a"]
        )
        change = self.rng.choice(
            ["a[0] = b", "a[-1] += b", "a[...] = b", "a += b", "a[::2] = b"]
        )
        use = self.rng.choice(["a * 2", "a - b", "a.sum()", "-a", "a + a.T", "a[::-1] > b"])
        first = result_kind(made, kind)
        last = first and result_kind(use, first, kind)
        if change == "a += b" and name not in self.writable():
            change = "a[...] = b"
        if not first or not last or not kept_by(change, kind, element(kind)):
            return self.store()
        temporary, result, x = self.fresh(), self.fresh(), self.expression(element(kind), 1)
        self.emit(f"{temporary} = {with_names(made, a=name)}")
        self.emit(with_names(change, a=name, b=x))
        if self.chance(0.3) and kept_by("a[...] = b", kind, first):
            self.emit(f"{name}[...] = {temporary}")
        elif self.chance(0.3) and kept_by("a += b", kind, first) and name in self.writable():
            self.emit(f"{name} += {temporary}")
        else:
            self.emit(f"{result} = {with_names(use, a=temporary, b=name)}")
            self.variables[result] = last
        return None

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


def with_names(text: str, **names: str) -> str:
    """The text with its one-letter names replaced."""
    return re.sub(r"\b[ab]\b", lambda match: names[match[0]], text)


def is_ahead(target: str, source: str) -> bool:
    """Do two parts of one dimension run the same way, at a different pace?"""
    paces = [step_of(target), step_of(source)]
    return paces[0] != paces[1] and paces[0] * paces[1] > 0


def step_of(index: str) -> int:
    pace = re.fullmatch(r"\[[^:]*:[^:]*:(-?\d+)\]", index)
    return int(pace[1]) if pace else 1
