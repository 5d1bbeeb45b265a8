"""Which rows of the compiler's tables random programs reach.

Operations are read off the texts of the stages. Primitives are read off the source: a program that compiles reaches
those it names, and those that the library functions compiled into it name.
"""

import ast
import inspect
import re
from functools import cache
from typing import Any

from oracle import Program
from words import SOURCE

from martlet.library import registry

# Operations that only programs reach which do not compile (yet), or that no function emits: with the reason.
UNREACHABLE: dict[str, str] = {}


def table(path: str, pattern: str) -> list[str]:
    return re.findall(pattern, (SOURCE / path).read_text(encoding="utf-8"), re.M)


def operations() -> list[str]:
    return table("ir/op.def", r'^OP\(\w+,\s*"([^"]+)"')


def primitives() -> list[str]:
    return table("infer/primitive.def", r'^PRIMITIVE\(\w+,\s*"([^"]+)"')


@cache
def names_in(text: str) -> frozenset[str]:
    """Qualified names of builtins, and of what is in numpy, math and intrinsics."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = {"np": "numpy", "intrinsics": "martlet.intrinsics"}.get(
                node.value.id, node.value.id
            )
            found.add(f"{module}.{node.attr}")
        elif isinstance(node, ast.Name):
            found.add(f"builtins.{node.id}")
    return frozenset(found)


@cache
def library() -> dict[str, frozenset[str]]:
    """For each function of the library's modules, by name, the names in it."""
    found: dict[str, frozenset[str]] = {}
    for module in {inspect.getmodule(function) for function in registry.values()}:
        tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found[node.name] = found.get(node.name, frozenset()) | names_in(
                    ast.unparse(node)
                )
    return found


class Coverage:
    """Gathers over many programs."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.told: set[str] = set()

    def take(self, program: Program, compiled: Any) -> None:
        for stage in ("generic", "typed", "passed"):
            for text in compiled.inspect(stage).values():
                text = re.sub(r"\{[^{}]*\}", "", text) if stage == "generic" else text
                words = set(
                    re.findall(r"(?:^|[\s=(])([a-z_]+(?:\.[a-z_]+)?)(?=[\s(]|$)", text, re.M)
                )
                self.seen |= {f"op {word}" for word in words.intersection(operations())}
                for name in re.findall(r"^func @(\w+?)_?\.\d+\(", text, re.M):
                    self.seen |= {
                        f"primitive {each}"
                        for each in library().get(name, library().get(f"{name}_", ()))
                    }
        self.seen |= {f"primitive {name}" for name in names_in(program.text)}

    def taken(self) -> list[str]:
        """What is new since the last time."""
        new = sorted(self.seen - self.told)
        self.told |= self.seen
        return new


def summary(reached: set[str]) -> str:
    lines = []
    for kind, rows in (("op", operations()), ("primitive", primitives())):
        rows = [row for row in rows if row not in UNREACHABLE]
        missing = [row for row in rows if f"{kind} {row}" not in reached]
        lines.append(
            f"{kind}.def: {len(rows) - len(missing)} of {len(rows)} rows, "
            f"{100 * (1 - len(missing) / len(rows)):.1f} %; missing: {' '.join(missing) or 'none'}"
        )
    return "\n".join(lines)
