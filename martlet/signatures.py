"""Signatures: parameter types, with or without a result's."""

from collections.abc import Iterable

from martlet import _core
from martlet._core import Type, type_from


class Signature:
    """Parameter types and the result's type, which is None where it is to be inferred."""

    __slots__ = ("params", "result")

    def __init__(self, result: object, params: Iterable[object]) -> None:
        self.result: Type | None = None if result is None else type_from(result)
        self.params: tuple[Type, ...] = tuple(type_from(param) for param in params)

    @property
    def return_type(self) -> Type | None:
        return self.result

    @property
    def args(self) -> tuple[Type, ...]:
        return self.params

    def __repr__(self) -> str:
        result = "" if self.result is None else repr(self.result)
        return f"{result}({', '.join(map(repr, self.params))})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Signature):
            return NotImplemented
        return self.result == other.result and self.params == other.params

    def __hash__(self) -> int:
        return hash((self.result, self.params))

    def __reduce__(self) -> tuple[object, ...]:
        return Signature, (self.result, self.params)


def signature_from(given: object) -> Signature:
    """From "float64(int64)", float64(int64), or a tuple of parameter types."""
    if isinstance(given, Signature):
        return given
    if isinstance(given, str):
        result, params = _core.parse_signature(given)
        signature = Signature.__new__(Signature)
        signature.result, signature.params = result, params
        return signature
    if isinstance(given, (tuple, list)):
        return Signature(None, given)
    raise TypeError(
        f"{given!r} is not a signature; signatures are written 'float64(float64[:], int64)', "
        "martlet.float64(martlet.int64), or as a tuple of parameter types"
    )


def signatures_from(given: object) -> list[Signature]:
    """One signature or a list of them."""
    if isinstance(given, list):
        return [signature_from(one) for one in given]
    return [signature_from(given)]


def is_signature(given: object) -> bool:
    """Does the first argument of jit hold signatures (and not the function)?"""
    return isinstance(given, (str, list, tuple, Signature))
