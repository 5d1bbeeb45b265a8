"""Which rows of the compiler's tables random programs reach.

Operations are read off the dumps of all stages of all functions that are compiled. Primitives are read
off sources: a program that compiles reaches those it names, and those that are named by the library
functions compiled into it.
"""

import ast
import inspect
import os
import re
from functools import cache

from oracle import Program
from words import SOURCE

from martlet.library import registry

STAGES = "generic,typed,passed"
OPERATION = re.compile(r"(?:^ *|= |\{ )([a-z_]+(?:\.[a-z_]+)?)(?= |$)", re.M)
FUNCTION = re.compile(r"^func @(\w+)\.\d+\(", re.M)


def table(path: str, pattern: str) -> list[str]:
    return re.findall(pattern, (SOURCE / path).read_text(encoding="utf-8"), re.M)


@cache
def operations() -> list[str]:
    return table("ir/op.def", r'^OP\(\w+,\s*"([^"]+)"')


@cache
def primitives() -> list[str]:
    return table("infer/primitive.def", r'^PRIMITIVE\(\w+,\s*"([^"]+)"')


@cache
def names_in(text: str) -> frozenset[str]:
    """Qualified names of builtins, and of what is in numpy, math and intrinsics."""
    found = set()
    modules = {"np": "numpy", "intrinsics": "martlet.intrinsics"}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{modules.get(node.value.id, node.value.id)}.{node.attr}")
        elif isinstance(node, ast.Name):
            found.add(f"builtins.{node.id}")
    return frozenset(found)


@cache
def library() -> dict[str, frozenset[str]]:
    """For each function of the library's modules, by name, the names in it."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted({inspect.getfile(function) for function in registry.values()}):
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = names_in(ast.unparse(node))
                found[node.name] = found.get(node.name, frozenset()) | names
    return found


class Coverage:
    """Gathers what the compiler dumps on standard error, which is a file."""

    def __init__(self) -> None:
        os.environ["MARTLET_DUMP"] = STAGES
        self.told: set[str] = set()

    def take(self, program: Program) -> list[str]:
        """The rows that this program is the first to reach."""
        size = os.lseek(2, 0, os.SEEK_END)
        text = os.pread(2, size, 0).decode(errors="replace")
        os.ftruncate(2, 0)
        os.lseek(2, 0, os.SEEK_SET)
        text = re.sub(r'"[^"\n]*"', "", text)
        found = {f"op {each}" for each in {*OPERATION.findall(text)}.intersection(operations())}
        names = set(names_in(program.text))
        for function in {*FUNCTION.findall(text)}:
            names |= library().get(function, frozenset())
        found |= {f"primitive {name}" for name in names.intersection(primitives())}
        new = found - self.told
        self.told |= found
        return sorted(new)


def share(kind: str, reached: set[str]) -> tuple[float, list[str]]:
    """Per cent of a table's rows that were reached, and the others."""
    rows = operations() if kind == "op" else primitives()
    missing = [row for row in rows if f"{kind} {row}" not in reached]
    return 100 * (1 - len(missing) / len(rows)), missing


def summary(reached: set[str]) -> str:
    lines = []
    for kind in ("op", "primitive"):
        percent, missing = share(kind, reached)
        lines.append(
            f"{kind}.def: {percent:.1f} % of the rows; not: {' '.join(missing) or '-'}"
        )
    return "\n".join(lines)
