"""What one call from Python costs, the loop around it subtracted.

Functions that do nothing but take and return; then the same with five globals that the function
reads, which Martlet must find unchanged at each call (Numba froze them when it compiled). The
limits are a Python function that does nothing, and np.add on ten elements.
"""

from functools import partial
from itertools import repeat

import numpy as np
from harness import JITS, Repeated, Report, race

COLUMNS = ["Martlet", "Numba", "Python"]

SCALE, OFFSET, LIMIT, FACTOR, COUNT = 2.0, 1.0, 1e300, 3, 5


def nothing():
    return None


def one(x):
    return x


def three(a, b, c):
    return None


def new(a):
    return np.empty(len(a))


def nothing_guarded():
    return SCALE + OFFSET + LIMIT + FACTOR + COUNT


def one_guarded(x):
    return x + SCALE + OFFSET + LIMIT + FACTOR + COUNT


def one_int_guarded(x):
    return x + FACTOR + COUNT + int(SCALE) + int(OFFSET) + int(LIMIT > 0)


def three_guarded(a, b, c):
    return SCALE + OFFSET + LIMIT + FACTOR + COUNT


def same_guarded(a):
    if SCALE + OFFSET + LIMIT + FACTOR + COUNT < 0:
        return a[:0]
    return a


def new_guarded(a):
    return np.empty(len(a) + int(SCALE + OFFSET) + FACTOR + COUNT + int(LIMIT > 0))


# ---- loops: one for each number of arguments, so that a call is a plain call ----


def loop_none(function, times):
    for _ in repeat(None, times):
        function()


def loop_one(function, a, times):
    for _ in repeat(None, times):
        function(a)


def loop_three(function, a, b, c, times):
    for _ in repeat(None, times):
        function(a, b, c)


def loop_empty(times):
    for _ in repeat(None, times):
        pass


LOOPS = {0: loop_none, 1: loop_one, 3: loop_three}


def measure(report: Report, name: str, function, *arguments) -> float | None:
    if not report.wants(name):
        return None
    runs = {engine: jit(function) for engine, jit in JITS.items()} | {"Python": function}
    loop = LOOPS[len(arguments)]
    engines = {
        engine: Repeated(partial(run, *arguments), partial(loop, run, *arguments))
        for engine, run in runs.items()
    }
    engines["empty loop"] = Repeated(partial(function, *arguments), loop_empty)
    row = race(name, engines, lambda a, b: np.shape(a) == np.shape(b), report.options.seconds)
    row.subtract("empty loop")
    report.show(row, COLUMNS, [("Numba", "Martlet")])
    return row.ratio("Martlet", "Numba")


def reference(report: Report) -> None:
    a, b, c = np.ones((3, 10))
    engines = {
        "np.add": Repeated(lambda: None, partial(loop_three, np.add, a, b, c)),
        "empty loop": Repeated(lambda: None, loop_empty),
    }
    row = race("np.add(a, b, c) of ten elements", engines, seconds=report.options.seconds)
    row.subtract("empty loop")
    report.head("", "NumPy")
    report.show(row, ["np.add"])


def main() -> None:
    report = Report("Calls from Python")
    arrays = [np.ones(10) for _ in range(3)]
    rows = [
        ("nothing", 0.6, nothing, nothing_guarded, ()),
        ("one int", 0.5, one, one_int_guarded, (7,)),
        ("one float", 0.5, one, one_guarded, (7.5,)),
        ("three arrays", 0.5, three, three_guarded, tuple(arrays)),
        ("array in, the same out", 0.5, one, same_guarded, (arrays[0],)),
        ("array in, new array out", 0.5, new, new_guarded, (arrays[0],)),
    ]
    report.head("one call", *COLUMNS, "Numba/ours")
    for name, limit, function, _, arguments in rows:
        cost = measure(report, name, function, *arguments)
        report.claim(f"call: {name}, time over Numba's", cost, most=limit)
    report.head("with five globals", *COLUMNS, "Numba/ours")
    for name, limit, _, function, arguments in rows:
        cost = measure(report, f"{name}, guarded", function, *arguments)
        report.claim(f"call, five globals: {name}, over Numba's", cost, most=limit)
    if not report.options.only:
        reference(report)
    report.finish()


if __name__ == "__main__":
    main()
