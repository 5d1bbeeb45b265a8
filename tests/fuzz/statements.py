"""Statements of random programs: which there are, and those about functions and names."""

from collections.abc import Callable

from kinds import COMPLEX, base, element, is_number, is_optional, result_kind, shape_of
from looping import HANDLERS, Looping
from polymorphic import HELPERS
from words import plain
from writer import Signature


class Statements(Looping):
    """A Writer of all statements."""

    captured_only = False  # inner functions define no further ones

    def statement(self) -> None:
        kinds: list[tuple[int, Callable[[], None]]] = [
            (4, self.assign),
            (4, self.reassign),
            (3, self.augment),
            (1, self.assign_twice),
            (3, self.store),
            (2, self.window),
            (4, self.survey),
            (1, self.pipeline),
            (1, self.unpack),
            (1, self.swap),
            (1, self.masked_step),
            (1, self.polymorph),
            (1, self.out_argument),
            (1, self.assert_or_raise),
            (1, self.effect),
        ]
        self.shared.left -= 1
        if self.depth < 3 and self.shared.left > 0:
            kinds += [
                (2, self.branch),
                (2, self.counted),
                (2, self.over_array),
                (2, self.kernel),
                (1, self.sweep),
                (1, self.iterate),
                (1, self.bounded_while),
                (2, self.attempt),
                (1, self.match),
                (1, self.search),
                (1, self.positions),
                (1, self.over_tuple),
            ]
        if self.depth < 2 and not self.captured_only and self.shared.left > 0:
            kinds += [(1, self.inner_function)]
        if self.in_loop:
            kinds += [(2, self.leave)]
        if self.returns:
            kinds += [(2, self.give_back)]
        if self.shared.functions or self.functions:
            kinds += [(3, self.ask)]
        if self.depth == 0:
            kinds += [(1, self.delete)]
        weights, choices = zip(*kinds, strict=True)
        self.rng.choices(choices, weights)[0]()

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

    def result(self) -> str:
        """What a function returns: often an argument or variable as it is."""
        assert self.returns
        return self.leaf(self.returns) if self.chance(0.3) else self.expression(self.returns, 2)

    def give_back(self) -> None:
        """A return before the end."""
        self.emit(f"if {self.condition(1)}:")
        self.emit(f"    return {self.result()}")

    def ask(self) -> None:
        """A call of a function of the program, which may raise."""
        function = self.rng.choice([*self.shared.functions, *self.functions])
        name, text = self.fresh(), self.call(function, 1)
        if self.chance(0.4):
            caught = self.rng.choice(HANDLERS)
            self.emit("try:")
            self.emit(f"    {name} = {text}")
            self.emit(f"except {caught}:")
            self.emit(f"    {name} = {self.expression(function.result, 1)}")
        else:
            self.emit(f"{name} = {text}")
        self.variables[name] = function.result

    def polymorph(self) -> None:
        name = self.rng.choice(sorted(HELPERS))
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
        elif name in ("even", "odd"):
            kind = "bool"
            self.emit(f"{result} = {name}({self.expression('int', 1)} % 9)")
            self.shared.used |= {"even", "odd"}
        else:
            count = {"count_of": self.rng.randint(1, 4), "step": self.rng.randint(1, 2)}.get(
                name, 1
            )
            kinds = [self.any_kind() for _ in range(count)]
            if any(is_optional(each) or each == "mask" for each in kinds):
                return self.assign()
            if name == "step" and not (
                plain(*kinds) and base(kinds[0]) not in ("bool", "bool_")
            ):
                return self.assign()
            found = result_kind(f"{name}({', '.join('abcd'[:count])})", *kinds)
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
            child.returns = result
            if changed:
                child.emit(f"nonlocal {changed}")
            for _ in range(self.rng.randint(1, 2)):
                child.statement()
            child.emit(f"return {child.result()}")
            self.emit(f"def {name}({', '.join(names)}):")
            self.lines += child.lines
        self.captured |= set(candidates)
        self.functions.append(Signature(name, kinds, result, names=names))

    def effect(self) -> None:
        """print, imports, methods that work in place, and what is never reached."""
        numbers = [n for n, kind in self.visible().items() if kind in ("int", "bool", "float")]
        roll = self.rng.random()
        if roll < 0.35 and numbers:
            x, y = self.rng.choice(numbers), self.rng.choice(numbers)
            self.emit(
                self.rng.choice(
                    [
                        f"print({x}, {y})",
                        f"print('at', {x})",
                        f"print(f'{{{x}}} and {{{y}}}')",
                        f"print({self.expression('int', 2)}, sep='-')",
                    ]
                )
            )
        elif roll < 0.6:
            name, module = self.fresh(), self.fresh()
            self.emit(
                self.rng.choice(
                    [f"import math as {module}", f"from math import floor as {module}"]
                )
            )
            call = f"{module}.floor" if "import math" in self.lines[-1] else module
            self.emit(f"{name} = {call}({self.expression('float', 1)})")
            self.variables[name] = "int"
        elif roll < 0.7 and self.variables:
            name = self.rng.choice(list(self.variables))
            self.emit(f"if isinstance({name}, str):")
            self.emit(self.rng.choice([f"    del {name}[0]", f"    {name}.size = 1"]))
        elif roll < 0.8 and self.arrays():
            result, name = self.fresh(), self.rng.choice(self.arrays())
            self.emit(f"{result} = {name} {self.rng.choice(['is', 'is not'])} {name}")
            self.variables[result] = "bool"
        else:
            self.in_place()
