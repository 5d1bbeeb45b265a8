"""How long a user waits: import, first call, fresh process to the first result.

First calls are timed in a warm process (everything is loaded, other functions were compiled, so
what is left is decoration, typing, LLVM, linking and the call), each repetition on a function
that was never seen before: constants in its source differ. LLVM's share is the limit; Martlet's
stats() tells it. Fresh processes alternate with processes that import NumPy only, whose time is
subtracted, start of the interpreter included.
"""

import importlib.util
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from harness import JITS, Report, Row, add_rounds, brief, timed

WARM_ROUNDS, FRESH_ROUNDS = 15, 11

SUM = """
def sum_{k}(a):
    s = {k}.0
    for i in range(len(a)):
        s += a[i]
    return s
"""

# 25 lines of code: a cut, kinematics and two histograms for pairs of muons
KERNEL = """
import numpy as np

def kernel_{k}(px1, py1, px2, py2, energy, pt_counts, mass_counts, cut):
    best = -1
    highest = {k}.0
    total = 0.0
    for i in range(len(px1)):
        px = px1[i] + px2[i]
        py = py1[i] + py2[i]
        pt = np.sqrt(px * px + py * py)
        if pt < cut:
            continue
        mass = 0.0
        square = energy[i] * energy[i] - pt * pt
        if square > 0.0:
            mass = np.sqrt(square)
            total += mass
        k = int(pt * 0.5)
        if k < len(pt_counts):
            pt_counts[k] += 1
        k = int(mass * 0.5)
        if k < len(mass_counts):
            mass_counts[k] += 1
        if mass > highest:
            highest = mass
            best = i
    return best, highest, total
"""

MAG = """
import numpy as np, {module}

@{module}.jit
def mag(x, y):
    out = np.empty(min(len(x), len(y)))
    for i in range(len(out)):
        out[i] = np.sqrt(x[i] ** 2 + y[i] ** 2)
    return out

x = np.arange(1000, dtype=np.float64)
assert mag(x, x)[4] == 4 * 2 ** 0.5
"""


# ---- warm: the first call ----


def new_functions(folder: Path, source: str) -> Iterator[Callable[..., object]]:
    """Functions that differ in a constant, each from a file of its own."""
    number = 1000
    while True:
        number += 1
        path = folder / f"source_{number}.py"
        path.write_text(source.format(k=number))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        yield next(value for name, value in vars(module).items() if name.endswith(f"_{number}"))


def llvm_seconds(dispatcher) -> float:
    """LLVM's part of the one compile that stats() tells about."""
    (times,) = dispatcher.stats().values()
    return sum(value for stage, value in times.items() if stage.startswith("llvm")) * 1e-9


def first_calls(name: str, source: str, make_arguments: Callable[[], tuple]) -> Row:
    row = Row(name)

    def attempt() -> tuple[dict[str, float], float]:
        function = next(functions)
        expected = function(*make_arguments())
        seconds, worst = {}, 1.0
        for engine in [engine for engine in JITS if engine not in row.failures]:
            arguments, made = make_arguments(), []

            def first_call(jit=JITS[engine], arguments=arguments, made=made):
                made.append(jit(function))
                made.append(made[0](*arguments))

            try:
                seconds[engine], disturbance = timed(first_call)
            except Exception as error:
                row.failures[engine] = brief(error)
                continue
            worst = max(worst, disturbance)
            if made[1] != expected:
                row.failures[engine] = f"{made[1]!r} is not {expected!r}"
            if engine == "Martlet":
                seconds["LLVM"] = llvm_seconds(made[0])
        return seconds, worst

    with tempfile.TemporaryDirectory() as folder:
        functions = new_functions(Path(folder), source)
        for _ in range(2):  # the process warms up
            attempt()
        add_rounds(row, attempt, WARM_ROUNDS)
    for engine in row.failures:
        row.samples.pop(engine, None)
    return row


def sum_arguments():
    return (np.arange(1000, dtype=np.float64),)


def kernel_arguments():
    random = np.random.default_rng(1)
    momenta = random.normal(0, 30, (4, 1000))
    counts = np.zeros((2, 100), dtype=np.int64)
    return *momenta, random.uniform(50, 150, 1000), *counts, 5.0


def warm(report: Report) -> None:
    report.head("first call, warm process", "Martlet", "LLVM in it", "Numba", "Numba/ours")
    for name, source, arguments in [
        ("4-line sum loop", SUM, sum_arguments),
        ("25-line kernel", KERNEL, kernel_arguments),
    ]:
        if not report.wants(name):
            continue
        row = first_calls(name, source, arguments)
        report.show(row, ["Martlet", "LLVM", "Numba"], [("Numba", "Martlet")])
        report.claim(
            f"first call, {name}, against Numba", row.ratio("Numba", "Martlet"), least=8
        )
        report.claim(f"{name}, over LLVM's own share", row.ratio("Martlet", "LLVM"), most=1.7)


# ---- fresh processes ----


def child_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def process(*command: str) -> tuple[float, float, str]:
    """Seconds of a Python process, their disturbance and what it printed."""
    done = []

    def work() -> None:
        full = [sys.executable, *command]
        done.append(subprocess.run(full, check=True, capture_output=True, text=True))

    return *timed(work, child_cpu), done[0].stdout


def fresh(report: Report) -> None:
    name = "fresh process to first result"
    if not report.wants(name):
        return
    row = Row(name)

    def attempt() -> tuple[dict[str, float], float]:
        runs = {engine: process(*command) for engine, command in commands.items()}
        seconds = {engine: run[0] for engine, run in runs.items()}
        return seconds, max(run[1] for run in runs.values())

    with tempfile.TemporaryDirectory() as folder:
        commands = {"NumPy": ("-c", "import numpy")}
        for engine in JITS:
            path = Path(folder, f"mag_with_{engine.lower()}.py")
            path.write_text(MAG.format(module=engine.lower()))
            commands[engine] = (str(path),)
        for engine in JITS:  # fills the page cache, too, and writes .pyc files
            try:
                process(*commands[engine])
            except subprocess.CalledProcessError as error:
                row.failures[engine] = error.stderr.strip().rpartition("\n")[2]
                del commands[engine]
        add_rounds(row, attempt, FRESH_ROUNDS)
    print(f"\na process that imports NumPy only: {row.seconds('NumPy') * 1e3:.0f} ms")
    row.subtract("NumPy")
    report.head("above NumPy", "Martlet", "Numba", "Numba/ours")
    report.show(row, ["Martlet", "Numba"], [("Numba", "Martlet")])
    report.claim(f"{name}, against Numba", row.ratio("Numba", "Martlet"), least=15)


IMPORT = """
import numpy, time
start = time.perf_counter()
import {}
print(time.perf_counter() - start)
"""


def imports(report: Report) -> None:
    name = "import"
    if not report.wants(name):
        return
    row = Row(name)

    def attempt() -> tuple[dict[str, float], float]:
        runs = {engine: process("-c", IMPORT.format(engine.lower())) for engine in JITS}
        seconds = {engine: float(run[2]) for engine, run in runs.items()}
        return seconds, max(run[1] for run in runs.values())

    if JITS:
        attempt()
        add_rounds(row, attempt, FRESH_ROUNDS)
    report.show(row, ["Martlet", "Numba"], [("Numba", "Martlet")])
    if "Martlet" in row.samples:
        report.claim("import on top of NumPy, ms", row.seconds("Martlet") * 1e3, most=25)


def main() -> None:
    report = Report("Latency")
    warm(report)
    fresh(report)
    imports(report)
    report.finish()


if __name__ == "__main__":
    main()
