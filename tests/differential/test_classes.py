"""Namedtuples and enums of a user's own: values, methods, properties, operators."""

import enum
import math
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest

import martlet as mt

from .harness import Both, define

# ---- enums -----------------------------------------------------------------------------------


class Mass(enum.Enum):
    MUON = 0.105
    ELECTRON = 0.000511

    @property
    def squared(self):
        return self.value**2

    def scaled(self, k):
        return self.value * k


class Pair(enum.Enum):
    A = (1, 2.5)
    B = (3, 4.5)


class Word(enum.Enum):
    YES = "y"
    NO = "n"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


class Bits(enum.IntFlag):
    A = 1
    B = 2


class Ratio(float, enum.Enum):
    HALF = 0.5


ENUMS = {
    "Mass": Mass,
    "Pair": Pair,
    "Word": Word,
    "Level": Level,
    "Bits": Bits,
    "Ratio": Ratio,
    "enum": enum,
}


def check(source, *calls, names=None, **allowed):
    Both(define(source, **(names or {**ENUMS, **TUPLES}))).check_all(calls, **allowed)


def test_floats_as_values_of_an_enum():
    source = """
        def f(m):
            return m.value, m.squared, m.scaled(2), Mass.MUON.value, m is Mass.MUON
        """
    check(source, (Mass.MUON,), (Mass.ELECTRON,))


def test_tuples_as_values_of_an_enum():
    source = """
        def f(m):
            return m.value, m.value[1], Pair.B.value[0]
        """
    check(source, (Pair.A,), (Pair.B,))


def test_names_of_members():
    source = """
        def f(m, w):
            return m.name, w.name, w.value, Word.NO.name, m.name == "MUON"
        """
    check(source, (Mass.MUON, Word.YES), (Mass.ELECTRON, Word.NO))


def test_extremes_of_int_enums_are_members():
    source = """
        def f(a, b):
            return max(a, b), min(a, b, Level.HIGH), max(a, Level.LOW)
        """
    check(source, (Level.LOW, Level.HIGH), (Level.HIGH, Level.HIGH))


def test_int_enums_are_ints():
    source = """
        def f(c, a):
            s = 0
            for i in range(c):
                s += i
            return c + 1, c < Level.HIGH, c * 2.5, -c, c == 1, c // 2, c | 2, a[c], s
        """
    check(source, (Level.LOW, np.arange(6)), (Level.HIGH, np.arange(6)))


def test_enums_equal_no_number():
    source = """
        def f(m):
            return m == 0.105, m != 1, m == "MUON", m in (1, Mass.MUON), m == Word.YES
        """
    check(source, (Mass.MUON,), (Mass.ELECTRON,))


def test_instances_of_enums():
    source = """
        def f(m):
            return (isinstance(m, Mass), isinstance(m, enum.Enum), isinstance(m, int),
                    isinstance(m, Level), isinstance(m, enum.IntEnum), isinstance(m, object))
        """
    check(source, (Mass.MUON,), (Level.LOW,), (3,), (2.5,))


def test_a_member_or_none():
    source = """
        def f(m, no):
            if no:
                m = None
            return 0.0 if m is None else m.squared
        """
    check(source, (Mass.MUON, True), (Mass.MUON, False))


@pytest.mark.parametrize("member", [Bits.A, Ratio.HALF])
def test_enums_that_behave_otherwise_are_refused(member):
    with pytest.raises(mt.TypingError, match=r"does not take: pass (int|float)"):
        mt.jit(lambda x: x)(member)


# ---- namedtuples -----------------------------------------------------------------------------

Point = namedtuple("Point", "x y")


class Vector(NamedTuple):
    x: float
    y: float = 1.5
    # A class attribute without annotation is no field.
    SCALE = 3

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __eq__(self, other):
        return self.x == other.x

    def __lt__(self, other):
        return self.x < other.x

    def __call__(self, z):
        return self.x + z

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    @property
    def length(self):
        return math.hypot(self.x, self.y)

    @staticmethod
    def unit():
        return Vector(1.0, 0.0)


class Sized(NamedTuple):
    x: float

    def __len__(self):
        return 7


class Twice(Point):
    __slots__ = ()

    def __new__(cls, x):
        return Point.__new__(cls, x, x)


TUPLES = {"Point": Point, "Vector": Vector, "Sized": Sized, "Twice": Twice}
P, Q = Vector(1.0, 2.0), Vector(3.0, 4.0)


def test_defaults_of_fields():
    source = """
        def f(x):
            return Vector(x), Vector(x=2.0), Vector(y=1, x=x), Vector(x, 2)
        """
    check(source, (1.0,), (3,))


def test_methods_and_properties():
    source = """
        def f(p, q):
            return p.dot(q), p.length, p.unit(), Vector.unit(), p.SCALE, p(3), q.y
        """
    check(source, (P, Q))


def test_operators_of_a_class():
    source = """
        def f(p, q):
            p += q
            p *= 2
            return p, p + q, p * 3, 2.5 * p, -p, p == q, p != q, p < q, p > q
        """
    check(source, (P, Q), (P, P))


def test_operators_of_a_class_in_a_sum_and_a_maximum():
    source = """
        def f(p, q):
            return sum((p, q), Vector(0.0, 0.0)), max(p, q)
        """
    check(source, (P, Q))


def test_a_method_of_none():
    source = """
        def f(p, no):
            if no:
                p = None
            return p.length
        """
    check(source, (P, True), (P, False))


def test_a_class_that_redefines_len_is_refused():
    with pytest.raises(mt.TypingError, match="redefines what Python does with a tuple"):
        mt.jit(lambda p: p.x)(Sized(1.0))


def test_a_class_that_makes_its_objects_itself_is_not_called():
    with pytest.raises(mt.TypingError, match="cannot be called"):
        mt.jit(define("def f(x):\n    return Twice(x)", **TUPLES))(1)


def test_equality_of_items_that_define_it_is_refused():
    with pytest.raises(mt.TypingError, match="__eq__"):
        mt.jit(lambda p: p in (p,))(P)


def test_a_redefined_method_is_seen():
    class Counter(NamedTuple):
        n: int

        def next(self):
            return self.n + 1

    @mt.jit
    def f(c):
        return c.next()

    assert f(Counter(3)) == 4
    Counter.next = lambda self: self.n + 10
    assert f(Counter(3)) == 13
