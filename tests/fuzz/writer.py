"""Expressions of random programs: a Writer knows what is in scope and writes an expression of a wanted kind."""

import math
import random
import re
from dataclasses import dataclass, field

from kinds import (
    COMPLEX,
    FLOATS,
    INTEGERS,
    LENGTH,
    NUMPY,
    PYTHON,
    SHAPES,
    base,
    element,
    is_array,
    is_number,
    is_optional,
    is_tuple,
    literal,
    parts,
    result_kind,
    shape_of,
    tuple_of,
)
from words import GROUPS, MIXED, REDUCED, SEARCHED, Word, filled

ONES = "0xFFFFFFFFFFFFFFFF"
PRIMES = ["1099511628211", "6364136223846793005", "0xBF58476D1CE4E5B9", "31", "2654435761"]


@dataclass
class Signature:
    """A function that programs call: kinds of its parameters and of what it returns."""

    name: str
    kinds: list[str]
    result: str
    defaults: int = 0  # of the last parameters
    keyword_only: str | None = None  # the kind of a parameter z=…
    rest: str | None = None  # the kind of *rest
    counter: bool = False  # the first argument is how deep it recurs
    names: list[str] = field(default_factory=list)


@dataclass
class Shared:
    """What the functions of one program have in common."""

    count: int = 0
    functions: list[Signature] = field(default_factory=list)
    globals: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)  # polymorphic helpers that are called
    left: int = 14  # statements, after which there are simple ones only


@dataclass
class Writer:
    """Writes one function. `variables` are bound here, `maybe` are those that may be unbound."""

    rng: random.Random
    shared: Shared
    variables: dict[str, str] = field(default_factory=dict)
    maybe: dict[str, str] = field(default_factory=dict)
    functions: list[Signature] = field(default_factory=list)
    protected: set[str] = field(default_factory=set)  # never assigned
    captured: set[str] = field(default_factory=set)  # never deleted
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    in_loop: int = 0
    in_try: int = 0
    returns: str | None = None  # the kind, where returns may stand anywhere

    # ---- choosing ----

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def emit(self, text: str) -> None:
        self.lines.append("    " * (self.depth + 1) + text)

    def fresh(self) -> str:
        self.shared.count += 1
        return f"v{self.shared.count}"

    def visible(self) -> dict[str, str]:
        return {**self.shared.globals, **self.variables}

    def named(self, kind: str) -> list[str]:
        return [name for name, each in self.visible().items() if each == kind]

    def arrays(self) -> list[str]:
        return [name for name, kind in self.visible().items() if is_array(kind)]

    def pool_kind(self) -> str:
        roll = self.rng.random()
        if roll < 0.45:
            return self.rng.choice(PYTHON)
        if roll < 0.68:
            return self.rng.choice(NUMPY)
        if roll < 0.7:
            return self.rng.choice(["(int,int)", "(int,float)", "(bool,float64,int)"])
        return f"{self.rng.choice(NUMPY)}[{self.rng.choice(SHAPES)}]"

    def any_kind(self) -> str:
        return self.present_kind(list(self.visible().values()))

    def present_kind(self, present: list[str]) -> str:
        if present and self.chance(0.6):
            return self.rng.choice(present)
        return self.pool_kind()

    def operand_kinds(self) -> list[str]:
        """The kinds of what is in scope and goes with operators."""
        kinds = self.visible().values()
        return [kind for kind in kinds if not is_optional(kind) and kind != "mask"]

    def number_kind(self) -> str:
        kind = self.any_kind()
        return kind if is_number(kind) else self.rng.choice(PYTHON)

    # ---- expressions ----

    def expression(self, kind: str, fuel: int = 3) -> str:
        """An expression of exactly this kind."""
        if kind == "mask":
            return self.masked(fuel)
        if is_optional(kind):
            return self.optional(kind, fuel)
        if fuel <= 0:
            return self.leaf(kind)
        for _ in range(5):
            roll = self.rng.random()
            if roll < 0.12:
                text: str | None = self.leaf(kind)
            elif roll < 0.18:
                text = self.choice(kind, fuel - 1)
            elif roll < 0.26:
                text = self.invoked(kind, fuel - 1)
            elif roll < 0.34:
                text = self.logic(kind, fuel - 1)
            elif roll < 0.38:
                text = self.walrus(kind, fuel - 1)
            else:
                text = self.worded(kind, fuel - 1)
            if text is not None:
                return text
        return self.leaf(kind)

    def leaf(self, kind: str) -> str:
        names = self.named(kind)
        if kind.count(",") and is_array(kind) and self.chance(0.3):
            turned = self.named(transposed(kind))
            if turned:
                return f"{self.rng.choice(turned)}.T"
        if names and self.chance(0.75):
            return self.rng.choice(names)
        if is_tuple(kind):
            inner = ", ".join(self.leaf(part) for part in parts(kind))
            return f"({inner},)" if len(parts(kind)) == 1 else f"({inner})"
        if kind == "Point":
            return f"Point({self.leaf('float')}, {self.leaf('int')})"
        if is_array(kind):
            return self.rng.choice(names) if names else self.made(kind)
        if kind == "mask":
            return self.rng.choice([ONES, "14695981039346656037", "5"])
        holders = [
            name
            for name in self.arrays()
            if base(self.visible()[name]) == kind and shape_of(self.visible()[name])
        ]
        if holders and self.chance(0.6):
            return self.item(self.rng.choice(holders))
        return literal(self.rng, kind)

    def made(self, kind: str) -> str:
        """A new array, of what is surely compiled."""
        dims, dtype = shape_of(kind), element(kind)
        if len(dims) > 1 and self.chance(0.4):
            return f"{self.made(transposed(kind))}.T"
        shape = str(dims[0]) if len(dims) == 1 and self.chance(0.7) else str(dims)
        roll = self.rng.random()
        if roll < 0.4:
            return f"np.full({shape}, {literal(self.rng, dtype)})"
        if roll < 0.7 and dtype != "bool_":
            return f"np.arange({math.prod(dims)}, dtype=np.{dtype}).reshape({shape})"
        return f"np.zeros({shape}, np.{dtype})"

    def item(self, name: str) -> str:
        return f"{name}[{', '.join(self.index(dim) for dim in shape_of(self.visible()[name]))}]"

    def index(self, length: int) -> str:
        roll = self.rng.random()
        ints = self.named("int")
        if roll < 0.4 and length:
            return str(self.rng.randint(-length, length - 1))
        if roll < 0.45:
            return str(self.rng.choice([length, -length - 1]))
        if roll < 0.6 and ints:
            return f"{self.rng.choice(ints)}{self.rng.choice(['', ' - 1', ' + 1', ' - 2'])}"
        if roll < 0.65:
            return self.leaf(self.rng.choice(INTEGERS))
        if not length:
            return "0"
        return (
            f"{self.rng.choice(ints)} % {length}"
            if ints
            else str(self.rng.randint(0, length - 1))
        )

    # ---- words ----

    def operand_kind(self, target: str, present: list[str]) -> str:
        roll = self.rng.random()
        if roll < 0.35:
            return target
        if roll < 0.5 and present:
            return self.rng.choice(present)
        if roll < 0.75 and is_array(target):
            return self.rng.choice([element(target), *PYTHON])
        if roll < 0.85 and base(target) in NUMPY:
            return f"{base(target)}[{self.rng.choice(SHAPES)}]"
        return self.pool_kind()

    def word_for(self, target: str) -> tuple[Word, str, list[str]] | None:
        """A word, its text and its operands' kinds, such that the target results."""
        present = self.operand_kinds()
        for _ in range(10):
            word = self.rng.choice(self.rng.choice(GROUPS))
            text = filled(self.rng, word.text)
            for _ in range(3):
                kinds = [self.operand_kind(target, present) for _ in word.letters]
                if word.fits(*kinds) and result_kind(text, *kinds) == target:
                    return word, text, kinds
        return None

    def worded(self, kind: str, fuel: int) -> str | None:
        found = self.word_for(kind)
        return self.substituted(found[1], found[0].letters, found[2], fuel) if found else None

    def substituted(self, text: str, letters: str, kinds: list[str], fuel: int) -> str:
        operands = {
            letter: self.expression(kind, fuel)
            for letter, kind in zip(letters, kinds, strict=True)
        }

        def put(match: re.Match[str]) -> str:
            operand = operands.get(match[0], match[0])
            return (
                f"({operand})"
                if operand[0].isdigit() and text[match.end() :].startswith(".")
                else operand
            )

        return re.sub(r"(?<![\w.'])[abc]\b(?!')", put, text)

    def anything(self, fuel: int = 2) -> tuple[str, str]:
        """An expression of whatever kind comes, with the kind."""
        groups = SEARCHED if self.chance(0.4) else GROUPS
        present = self.operand_kinds()
        for _ in range(20):
            word = self.rng.choice(self.rng.choice(groups))
            text = filled(self.rng, word.text)
            kinds = [self.present_kind(present)] * len(word.letters)
            if self.chance(0.5):
                kinds = [self.present_kind(present) for _ in word.letters]
            if not word.fits(*kinds):
                continue
            kind = result_kind(text, *kinds)
            if kind is not None:
                return self.substituted(text, word.letters, kinds, fuel), kind
        kind = self.pool_kind()
        return self.expression(kind, fuel), kind

    def searched(self, fuel: int) -> tuple[str, str] | None:
        """A function of arrays, with the kind of what it gives; of those in scope for the most part."""
        word = self.rng.choice(self.rng.choice(SEARCHED))
        present = self.operand_kinds()
        arrays = [kind for kind in present if is_array(kind)]
        for _ in range(8):
            text = filled(self.rng, word.text)
            kinds = [
                self.rng.choice(arrays)
                if arrays and self.chance(0.8)
                else self.present_kind(present)
                for _ in word.letters
            ]
            if word.fits(*kinds) and (kind := result_kind(text, *kinds)) is not None:
                return self.substituted(text, word.letters, kinds, fuel), kind
        return None

    def reduced(self) -> tuple[str, str] | None:
        """A reduction of an array of several dimensions for the most part, however it lies."""
        arrays = [name for name in self.arrays() if shape_of(self.visible()[name])]
        several = [name for name in arrays if len(shape_of(self.visible()[name])) > 1]
        for _ in range(8):
            made = not arrays or self.chance(0.2)
            kind = f"{self.rng.choice(NUMPY)}[{self.rng.choice(['3,5', '5,3', '2,3,5'])}]"
            name = self.rng.choice(several if several and self.chance(0.8) else arrays or [""])
            source, kind = (self.made(kind), kind) if made else (name, self.visible()[name])
            view = filled(self.rng, self.rng.choice(REDUCED))
            word = self.rng.choice(SEARCHED[1])
            text = filled(self.rng, word.text)
            turned = result_kind(view, kind)
            if turned is None or not word.fits(turned):
                continue
            result = result_kind(text, turned)
            if result is not None:
                view = re.sub(r"\ba\b", source, view)
                return re.sub(r"\ba\b", view, text), result
        return None

    def mixed(self) -> tuple[str, str] | None:
        """An operation on numbers and arrays of any kinds."""
        for _ in range(8):
            word = self.rng.choice(self.rng.choice(MIXED))
            text = filled(self.rng, word.text)
            kinds = [
                self.rng.choice(self.rng.choice([NUMPY, NUMPY, PYTHON])) for _ in word.letters
            ]
            if self.chance(0.3):
                kinds = ["int"] * len(word.letters)
            elif self.chance(0.5):
                kinds = [
                    f"{kind}[{self.rng.choice(SHAPES)}]" if kind in NUMPY else kind
                    for kind in kinds
                ]
            if word.fits(*kinds) and (kind := result_kind(text, *kinds)) is not None:
                return self.substituted(text, word.letters, kinds, 0), kind
        return None

    # ---- other forms ----

    def choice(self, kind: str, fuel: int) -> str:
        return f"({self.expression(kind, fuel)} if {self.condition(fuel)} else {self.expression(kind, fuel)})"

    def condition(self, fuel: int = 2) -> str:
        kind = self.rng.choice(["bool"] * 5 + ["int", "float", "bool_", "uint8", "complex"])
        optional = [name for name, each in self.variables.items() if is_optional(each)]
        if optional and self.chance(0.2):
            return f"{self.rng.choice(optional)} {self.rng.choice(['is None', 'is not None'])}"
        if kind == "bool" and fuel > 0:
            return self.rng.choice(
                [self.compared, self.compared, self.chained, self.connected]
            )(fuel - 1)
        return self.expression(kind, fuel)

    def compared(self, fuel: int) -> str:
        kind = self.rng.choice(["int", "int", "float", self.number_kind()])
        if kind in ("complex", *COMPLEX):
            kind = "int"
        return f"({self.expression(kind, fuel)} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {self.expression(kind, fuel)})"

    def chained(self, fuel: int, of: list[str] | None = None) -> str:
        """A chained comparison of numbers of one kind, one of those given."""
        kind = self.rng.choice(of or ["int", "float", self.number_kind()])
        if kind in ("complex", *COMPLEX):
            kind = "float"
        count = self.rng.randint(3, 4)
        text = self.expression(kind, fuel)
        for _ in range(count - 1):
            text += f" {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {self.expression(kind, fuel)}"
        return f"({text})"

    def connected(self, fuel: int) -> str:
        return (
            f"({self.condition(fuel)} {self.rng.choice(['and', 'or'])} {self.condition(fuel)})"
        )

    def logic(self, kind: str, fuel: int) -> str | None:
        """and, or: the value of one operand; chained comparison for bools."""
        if kind in ("bool", "bool_") and self.chance(0.4):
            python = ["int", "float", "bool"]
            return self.chained(fuel, python if kind == "bool" else [*INTEGERS, *FLOATS])
        if kind == "bool" and self.chance(0.3):
            return f"(not {self.condition(fuel)})"
        if not is_number(kind):
            return None
        joint = self.rng.choice(["and", "or"])
        if self.chance(0.3):
            return (
                f"({self.expression(kind, fuel)} and {self.expression(kind, fuel)} "
                f"or {self.expression(kind, fuel)})"
            )
        return f"({self.expression(kind, fuel)} {joint} {self.expression(kind, fuel)})"

    def walrus(self, kind: str, fuel: int) -> str | None:
        """Assigned only where it is surely evaluated is what statements do; here the name is there already."""
        names = [
            name
            for name, each in self.variables.items()
            if each == kind and name not in self.protected
        ]
        if not names or self.depth < 0:
            return None
        return f"({self.rng.choice(names)} := {self.expression(kind, fuel)})"

    def invoked(self, kind: str, fuel: int) -> str | None:
        choices = [
            each for each in [*self.shared.functions, *self.functions] if each.result == kind
        ]
        return self.call(self.rng.choice(choices), fuel) if choices else None

    def call(self, function: Signature, fuel: int) -> str:
        positional, keywords = [], []
        given = len(function.kinds) - (
            self.rng.randint(0, function.defaults) if function.defaults else 0
        )
        by_name = function.names and not function.rest and self.chance(0.3)
        before: dict[str, str] = {}
        for i, kind in enumerate(function.kinds[:given]):
            again = is_array(kind) and kind in before and self.chance(0.5)
            text = before[kind] if again else self.expression(kind, fuel)
            if text.isidentifier():
                before[kind] = text
            if i == 0 and function.counter:
                text = f"{text} % {self.rng.randint(2, 5)}"
            if by_name and (keywords or self.chance(0.5)):
                keywords.append(f"{function.names[i]}={text}")
            else:
                positional.append(text)
        if function.rest and given == len(function.kinds):
            rest = [self.expression(function.rest, fuel) for _ in range(self.rng.randint(0, 3))]
            spread = rest and self.chance(0.4)
            positional += [f"*({', '.join(rest)},)"] if spread else rest
        if function.keyword_only and self.chance(0.6):
            keywords.append(f"z={self.expression(function.keyword_only, fuel)}")
        if len(keywords) > 1 and self.chance(0.3):
            keywords.reverse()
        return f"{function.name}({', '.join(positional + keywords)})"

    def optional(self, kind: str, fuel: int) -> str:
        inner = kind[:-1]
        roll = self.rng.random()
        if roll < 0.3:
            return "None"
        if roll < 0.5:
            return f"(None if {self.condition(1)} else {self.expression(inner, fuel)})"
        names = [name for name, each in self.variables.items() if each == kind]
        return self.rng.choice(names) if names and roll < 0.7 else self.expression(inner, fuel)

    def masked(self, fuel: int) -> str:
        """An int known to lie in 0…2⁶⁴−1, by hashing."""
        names = self.named("mask")
        if not names:
            return self.rng.choice([ONES, "14695981039346656037", "5"])
        h = self.rng.choice(names)
        x = self.rng.choice(
            [
                f"({self.leaf('int')} & 255)",
                f"({self.leaf('int')} & {ONES})",
                self.rng.choice(names),
            ]
        )
        return self.rng.choice(
            [
                f"(({h} ^ {x}) * {self.rng.choice(PRIMES)}) & {ONES}",
                f"({h} + {x}) & {ONES}",
                f"(({h} << {self.rng.choice([5, 13, 31])}) | ({h} >> {self.rng.choice([51, 33, 7])})) & {ONES}",
                f"{h} ^ ({h} >> {self.rng.choice([7, 27, 31])})",
                f"({h} * {self.rng.choice(PRIMES)} + {x}) & {ONES}",
                f"({h} - {x}) & {ONES}",
                f"~{h} & {ONES}",
                f"{h} | {x}",
            ]
        )


def transposed(kind: str) -> str:
    return f"{element(kind)}[{','.join(map(str, reversed(shape_of(kind))))}]"


def any_tuple(rng: random.Random) -> str:
    count = rng.randint(2, 3)
    return tuple_of([rng.choice([*PYTHON, rng.choice(NUMPY)]) for _ in range(count)])


LENGTHS = LENGTH
