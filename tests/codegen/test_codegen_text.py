"""Patterns in the LLVM IR and assembly of the golden files, and that what LLVM refuses is an error.

A file of tests/golden/llvm says in comments what is to be looked at and what must be there:

    ; RUN: llvm|raw|asm [cpu=…] [triple=…] [features=…] [fastmath=…] [entry=…] [O=…]
    ; CHECK: a regular expression, to be found behind where the last one was
    ; CHECK-NOT: one that is nowhere in the text

Checks belong to the RUN before them. Blanks in a pattern stand for any blanks.
"""

import re
from pathlib import Path

import pytest

from .conftest import Refused

GOLDEN = Path(__file__).resolve().parents[1] / "golden/llvm"


def runs(source: str) -> list[tuple[list[str], list[tuple[str, str]]]]:
    found = []
    for kind, rest in re.findall(r"^; (RUN|CHECK|CHECK-NOT): (.*)$", source, re.M):
        if kind == "RUN":
            found.append((rest.split(), []))
        else:
            found[-1][1].append((kind, rest.replace(" ", r"\s+")))
    return found


def compile_for(tool, source: str, words: list[str]):
    names = {"O": "optimise"}
    pairs = [word.split("=") for word in words]
    options = {names.get(k, k): int(v) if v.isdigit() else v for k, v in pairs}
    if "cpu" in options and "triple" not in options:
        options["triple"] = "x86_64-unknown-linux-gnu"
    return tool(source, texts=True, **options)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.ir")), ids=lambda path: path.stem)
def test_golden(tool, path):
    source = path.read_text()
    assert runs(source)
    for (what, *words), checks in runs(source):
        text = compile_for(tool, source, words).text(what)
        at = 0
        for kind, pattern in checks:
            if kind == "CHECK-NOT":
                assert not re.search(pattern, text), f"{words}: {pattern} in\n{text}"
                continue
            match = re.compile(pattern).search(text, at)
            assert match, f"{words}: no {pattern} behind {at} in\n{text}"
            at = match.end()


def test_an_unknown_target_is_an_error(tool):
    text = "func @f() -> int { %r: int = const 1 return %r }"
    with pytest.raises(Refused, match="no target"):
        tool(text, triple="vax-dec-vms")


def test_a_callee_without_a_body_is_an_error(tool):
    with pytest.raises(Refused, match="g is called and has no body"):
        tool("func @f() -> int { %r: int = call {@g} return %r }")


def test_every_level_compiles(tool):
    text = "func @f(%x: int) -> int { %r: int = add %x, %x return %r }"
    for level in range(5):
        assert tool(text, optimise=level)(21, result="i8") == 42
