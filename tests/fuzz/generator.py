"""Random well-typed programs of the compiled language.

A program is a module: constants and helper functions, and the function `program`, whose variables keep their kinds
(kinds.py). Expressions are written in writer.py from the words of words.py, statements in statements.py. Loops are
bounded, so that every program ends. Programs are reproducible from their seed.
"""

import random
from collections.abc import Iterator

from kinds import LAYOUTS, NUMPY, PYTHON, SHAPES, argument, is_array, learning, literal
from oracle import Program, Wide, copied, run, watched
from polymorphic import source
from statements import Statements
from writer import Shared, Signature, any_tuple

SETS = 8  # of arguments
ATTEMPTS = 5


def parameter_kind(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.3:
        return rng.choice(PYTHON)
    if roll < 0.45:
        return rng.choice(NUMPY)
    if roll < 0.5:
        return any_tuple(rng)
    if roll < 0.52:
        return "Point"
    dtype = rng.choice([*NUMPY, *["float64", "float32", "int64", "float64"] * 2])
    return f"{dtype}[{rng.choice(SHAPES)}]"


def helper(rng: random.Random, shared: Shared) -> str:
    """A function beside the program; it may call those before it, or itself."""
    name = f"f{len(shared.functions)}"
    kinds = [parameter_kind(rng) for _ in range(rng.randint(1, 3))]
    result = rng.choice([*kinds, rng.choice(PYTHON), parameter_kind(rng)])
    signature = Signature(name, kinds, result, names=[f"p{i}" for i in range(len(kinds))])
    signature.counter = rng.random() < 0.3
    if signature.counter:
        kinds[0] = "int"
    writer = Statements(
        rng, shared, dict(zip(signature.names, kinds, strict=True)), returns=result
    )
    params = list(signature.names)
    while (
        signature.defaults < len(kinds) - 1
        and is_plain(kinds[-1 - signature.defaults])
        and rng.random() < 0.5
    ):
        signature.defaults += 1
        position = len(kinds) - signature.defaults
        params[position] += f"={literal(rng, kinds[position])}"
    if not signature.defaults and rng.random() < 0.2:
        signature.rest = rng.choice(["int", "float"])
        params.append("*rest")
    if rng.random() < 0.2:
        signature.keyword_only = rng.choice(["int", "float"])
        params += (
            ["z=" + literal(rng, signature.keyword_only)]
            if signature.rest
            else ["*", f"z={literal(rng, signature.keyword_only)}"]
        )
        writer.variables["z"] = signature.keyword_only
    if signature.counter:
        writer.protected.add("p0")
        writer.emit("if p0 <= 0:")
        writer.emit(f"    return {writer.expression(result, 1)}")
    if signature.rest:
        writer.emit("total = 0" if signature.rest == "int" else "total = 0.0")
        writer.emit("for each in rest:")
        writer.emit("    total += each")
        writer.variables["total"] = signature.rest
    for _ in range(rng.randint(0, 3)):
        writer.statement()
    if signature.counter:
        again = ", ".join(["p0 - 1", *(writer.expression(kind, 1) for kind in kinds[1:])])
        deeper = writer.fresh()
        writer.emit(f"{deeper} = {name}({again})")
        writer.variables[deeper] = result
    writer.emit(f"return {writer.result()}")
    shared.functions.append(signature)
    return "\n".join([f"def {name}({', '.join(params)}):", *writer.lines, ""])


def is_plain(kind: str) -> bool:
    return kind in PYTHON


def outside(rng: random.Random, shared: Shared) -> list[str]:
    """Constants and arrays that functions find in their module."""
    lines = []
    for i in range(rng.choice([0, 0, 1, 2])):
        kind = rng.choice(
            ["int", "float", "int32[5]", "float64[5]", "float64[3,5]", "(int,float)", "bool"]
        )
        if is_array(kind):
            dtype, shape = kind[:-1].split("[")
            text = f"np.arange({5 if shape == '5' else 15}, dtype=np.{dtype}).reshape({shape})"
        else:
            text = "(3, 0.5)" if kind == "(int,float)" else literal(rng, kind)
        lines.append(f"G{i} = {text}")
        shared.globals[f"G{i}"] = kind
    return lines


def generate(seed: int) -> Program:
    """The program of a seed: most end with a value for some arguments, the others raise."""
    for attempt in range(ATTEMPTS):
        rng = random.Random(f"{seed}/{attempt}")
        with learning():
            program = written(seed, rng)
        if rng.random() < 0.1 or ends_with_a_value(program):
            break
    return program


def ends_with_a_value(program: Program) -> bool:
    for arguments in program.arguments:
        wide = Wide()
        if (
            run(watched(program, wide), copied(program, arguments)).error is None
            and not wide.seen
        ):
            return True
    return False


def written(seed: int, rng: random.Random) -> Program:
    shared = Shared()
    lines = outside(rng, shared)
    helpers = [helper(rng, shared) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
    kinds = [parameter_kind(rng) for _ in range(rng.randint(1, 4))]
    names = [f"a{i}" for i in range(len(kinds))]
    cells = rng.random() < 0.1
    writer = Statements(
        rng, shared, dict(zip(names, kinds, strict=True)), depth=1 if cells else 0
    )
    if cells:
        writer.variables["cell"] = "int"
        writer.protected.add("cell")
    for _ in range(rng.randint(2, 7)):
        writer.statement()
    results = list(writer.variables)
    if rng.random() < 0.3:
        results += rng.choices(results, k=rng.randint(1, 2))
    writer.emit(f"return ({', '.join(results)},)")
    head = f"def program({', '.join(names)}):"
    if cells:
        body = [
            "def make():",
            f"    cell = {literal(rng, 'int')}",
            f"    {head}",
            *writer.lines,
            "    return program",
            "",
            "program = make()",
            "",
        ]
    else:
        body = [head, *writer.lines, ""]
    used = [source(name) for name in sorted(shared.used)]
    plain = ["plain"] * 4
    layouts = [rng.choice([*LAYOUTS, *([] if "," in kind else plain)]) for kind in kinds]
    sets = [
        tuple(map(lambda kind, layout: argument(rng, kind, layout), kinds, layouts))
        for _ in range(SETS)
    ]
    return Program(seed, "\n".join([*lines, *used, *helpers, *body]), layouts, sets)


def programs(first: int, count: int) -> Iterator[Program]:
    for seed in range(first, first + count):
        yield generate(seed)
