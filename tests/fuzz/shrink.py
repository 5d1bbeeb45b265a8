"""Make a failing program small: shrink.py SEED.

Statements are dropped, compound statements give way to their bodies and expressions to their operands, as long as the
program fails in the same way. Every trial runs in a forked child, so that crashes and endless loops can be shrunk.
"""

import ast
import os
import re
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

PATIENCE = 10  # seconds for one trial


def failure_kind(found: str | None) -> str:
    """What must stay the same: the message of a refusal without names and places, or who gave what."""
    if found is None:
        return ""
    if found.startswith("does not compile"):
        return re.sub(r"<[^>]*>|\d+|.*python_|'\w*'", "", found.splitlines()[0])
    if "Traceback" in found:
        return "Traceback"
    head = [
        re.sub(r"[^a-zA-Z ].*", "", re.sub(r":? *raises (\w+)", r" raises\1", line))
        for line in found.splitlines()
    ]
    return " ".join(
        line
        for line in head
        if line.startswith(
            ("interpreter", "compiled", "arguments after", "results", "difference")
        )
    )


def trial(program: Any) -> str:
    """How the program fails, in a child."""
    from fuzz import check

    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        signal.alarm(PATIENCE)
        try:
            found = failure_kind(check(program, Counter()))
        except BaseException as error:
            found = f"Traceback {type(error).__name__}"
        os.write(send, found.encode()[:4000])
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        found = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else found


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def without_statements(tree: ast.Module) -> Iterator[ast.Module]:
    """One statement less, or one compound statement replaced by a block of its own; larger things first."""
    blocks = list(bodies(tree))
    for block in blocks:
        for size in (8, 4, 2, 1):
            for start in range(0, len(block), size):
                kept = list(block)
                taken = block[start : start + size]
                if len(taken) < size:
                    continue
                block[start : start + size] = []
                yield tree
                block[:] = kept
        for i, statement in enumerate(list(block)):
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(statement, name, None)
                if (
                    inner
                    and isinstance(inner, list)
                    and not isinstance(statement, ast.FunctionDef)
                ):
                    kept = list(block)
                    block[i : i + 1] = inner
                    yield tree
                    block[:] = kept


def fields(tree: ast.AST) -> Iterator[tuple[Any, str, int | None, ast.expr]]:
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                yield node, name, None, value
            elif isinstance(value, list):
                for i, each in enumerate(value):
                    if isinstance(each, ast.expr):
                        yield node, name, i, each


def put(node: Any, name: str, i: int | None, value: ast.expr) -> None:
    if i is None:
        setattr(node, name, value)
    else:
        getattr(node, name)[i] = value


def without_expressions(tree: ast.Module) -> Iterator[ast.Module]:
    """One expression replaced by a part of it or a constant; one element of a display less."""
    for node, name, i, value in list(fields(tree)):
        if (
            name == "func"
            or isinstance(getattr(value, "ctx", ast.Load()), (ast.Store, ast.Del))
            or isinstance(node, ast.pattern)
        ):
            continue
        if isinstance(value, ast.Tuple) and len(value.elts) > 1:
            for k in range(len(value.elts)):
                kept = list(value.elts)
                del value.elts[k]
                yield tree
                value.elts[:] = kept
        for part in ast.walk(value):
            if (
                isinstance(part, ast.expr)
                and part is not value
                and isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
            ):
                put(node, name, i, part)
                yield tree
                put(node, name, i, value)
        if not isinstance(value, (ast.Constant, ast.Name)):
            for text in ("0", "1", "True", "1.5"):
                put(node, name, i, ast.Constant(ast.literal_eval(text)))
                yield tree
                put(node, name, i, value)


def shrunk(program: Any) -> Any:
    from oracle import Program

    warnings.simplefilter("ignore")
    wanted = trial(program)
    if not wanted:
        raise SystemExit(f"seed {program.seed} does not fail")
    print(f"fails with: {wanted}", file=sys.stderr)
    for arguments in program.arguments:
        single = Program(program.seed, program.text, program.layouts, [arguments])
        if trial(single) == wanted:
            program = single
            break
    progress = True
    while progress:
        progress = False
        for smaller in (without_statements, without_expressions):
            again = True
            while again:
                again = False
                tree = ast.parse(program.text)
                for changed in smaller(tree):
                    try:
                        text = ast.unparse(ast.fix_missing_locations(changed)) + "\n"
                        compile(text, "", "exec")
                    except (SyntaxError, ValueError, RecursionError):
                        continue
                    if len(text) >= len(program.text):
                        continue
                    candidate = Program(program.seed, text, program.layouts, program.arguments)
                    if trial(candidate) == wanted:
                        program, again, progress = candidate, True, True
                        break
    return program


def main() -> None:
    from fuzz import check
    from generator import generate

    program = shrunk(generate(int(sys.argv[1])))
    print(program.text)
    print("arguments:", program.arguments, program.layouts)
    if not trial(program).startswith("signal"):
        print(check(program, Counter()))


if __name__ == "__main__":
    main()
