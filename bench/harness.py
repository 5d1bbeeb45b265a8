"""What the scripts of this folder share: fair timing, the C limit, tables, claims, JSON.

A row is a race between engines that do the same work. Before any clock starts every engine runs
once (that compiles and warms up) and its result must equal the first engine's. Then the engines
take turns, in rotating order, so that whatever disturbs the machine disturbs all of them. Shown
are medians; a ratio is the median of the rounds' own ratios.

A sample is taken again, up to five times or a second, when it was disturbed by more than 5 %:
the process did not have a processor all the time, or a yardstick around it (fixed work in the
interpreter) took longer than it can, because a neighbour or the clock slowed the core. The
least disturbed one counts. A median is marked `~` when the middle half of its samples spreads
over more than 10 % of it: do not trust that row's digits.
"""

import argparse
import ctypes
import gc
import importlib
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from statistics import median
from textwrap import shorten
from types import ModuleType

import numpy as np

FOLDER = Path(__file__).resolve().parent
C_FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared"]
SAMPLE_SECONDS = 0.002  # short runs are repeated until a sample lasts as long
FEWEST_ROUNDS, MOST_ROUNDS = 7, 101


def optional(name: str, attribute: str) -> ModuleType | None:
    """The module, or None where it is not installed or not built."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return None
    return module if hasattr(module, attribute) else None


martlet = optional("martlet", "jit")
numba = optional("numba", "njit")
JITS = {name: module.jit for name, module in [("Martlet", martlet), ("Numba", numba)] if module}
warnings.filterwarnings("ignore", module="numba")
if martlet and hasattr(martlet, "NarrowingWarning"):  # mag over int32 is meant
    warnings.filterwarnings("ignore", category=martlet.NarrowingWarning)


# ---- the machine ----


def first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.partition("\n")[0]


def cpu_name() -> str:
    """The processor's name and its widest vectors: what times depend on most."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    facts = dict(map(str.strip, line.split(":", 1)) for line in lines if ":" in line)
    flags = facts.get("flags", facts.get("Features", "")).split()
    widest = next((name for name in ("avx512f", "avx2", "sve", "asimd") if name in flags), "")
    return f"{facts.get('model name', platform.machine())} {widest}".strip()


def machine() -> dict[str, str]:
    versions = {"Python": platform.python_version(), "NumPy": np.__version__}
    for name, module in [("Numba", numba), ("Martlet", martlet)]:
        if module:
            versions[name] = getattr(module, "__version__", "?")
    return {
        "cpu": cpu_name(),
        "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[0]:.1f}",
        **versions,
        **{f"C ({name})": first_line(path, "--version") for name, path in compilers().items()},
    }


# ---- C: the limit ----


def compilers() -> dict[str, str]:
    """The newest clang and gcc on the machine: name → path."""
    found = {}
    clangs = [*(f"clang-{version}" for version in range(22, 13, -1)), "clang"]
    for name, commands in [("clang", clangs), ("gcc", ["gcc"])]:
        for path in filter(None, map(shutil.which, commands)):
            found.setdefault(name, path)
    return found


def build_c(source: str, compiler: str) -> ctypes.CDLL:
    """A C file of this folder as a library. Functions take pointers and integers."""
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/{Path(source).stem}.so"
        command = [compiler, *C_FLAGS, str(FOLDER / source), "-o", library, "-lm"]
        subprocess.run(command, check=True)
        return ctypes.CDLL(library)


def c_arguments(*values: object) -> list[object]:
    return [
        ctypes.c_void_p(value.ctypes.data)
        if isinstance(value, np.ndarray)
        else ctypes.c_double(value)
        if isinstance(value, float)
        else ctypes.c_int64(value)
        for value in values
    ]


# ---- racing ----


class Repeated:
    """An engine that is called n times by a function of its own, in place of a loop here."""

    def __init__(self, once: Callable[[], object], times: Callable[[int], object]):
        self.once, self.times = once, times

    def __call__(self) -> object:
        return self.once()


def brief(error: Exception) -> str:
    return shorten(f"{type(error).__name__}: {error}", 90)


def identical(expected: object, got: object) -> bool:
    """Same dtype class, shape and bits; NaN equals NaN."""
    if isinstance(expected, tuple):
        return all(map(identical, expected, got, strict=True))
    a, b = np.asarray(expected), np.asarray(got)
    return a.dtype.kind == b.dtype.kind and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def close(expected: object, got: object) -> bool:
    """For what may differ in the last bits, BLAS products above all."""
    a, b = np.asarray(expected), np.asarray(got)
    return np.allclose(a, b, rtol=1e3 * np.finfo(a.dtype).eps, atol=0)


class Yardstick:
    """Fixed work: how much longer than its best it takes tells how disturbed the core is."""

    def __init__(self) -> None:
        self.best = min(self.seconds() for _ in range(200))

    def seconds(self) -> float:
        start = time.perf_counter()
        sum(range(5000))
        return time.perf_counter() - start

    def slowdown(self) -> float:
        seconds = self.seconds()
        self.best = min(self.best, seconds)
        return seconds / self.best


YARDSTICK = Yardstick()


UNDISTURBED = 1.05


def timed(
    work: Callable[[], object], cpu_clock: Callable[[], float] = time.process_time
) -> tuple[float, float]:
    """Seconds, and by what factor they may be too long."""
    before = YARDSTICK.slowdown()
    cpu, wall = cpu_clock(), time.perf_counter()
    work()
    wall, cpu = time.perf_counter() - wall, cpu_clock() - cpu
    return wall, max(wall / max(cpu, 1e-9), (before + YARDSTICK.slowdown()) / 2)


def sample(run: Callable[[], object], loops: int) -> float:
    """Seconds of one call, of the least disturbed of up to five attempts."""

    def work() -> None:
        if isinstance(run, Repeated):
            run.times(loops)
        else:
            for _ in repeat(None, loops):
                run()

    least, best, spent = math.inf, math.inf, 0.0
    for _ in range(5):
        seconds, disturbance = timed(work)
        if disturbance < least:
            least, best = disturbance, seconds / loops
        spent += seconds
        if disturbance < UNDISTURBED or spent > 1:
            break
    return best


def count_loops(run: Callable[[], object]) -> int:
    loops = 1
    while (seconds := sample(run, loops) * loops) < SAMPLE_SECONDS / 2:
        loops = max(2 * loops, int(loops * SAMPLE_SECONDS / 2 / max(seconds, 1e-7)))
    return max(1, round(loops * SAMPLE_SECONDS / seconds))


@dataclass
class Row:
    """One line of a table: the engines' samples in seconds, round by round; their failures."""

    name: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    work: Mapping[str, float] = field(default_factory=dict)  # what a time is divided by

    def seconds(self, engine: str) -> float:
        return median(self.samples[engine]) / self.work.get(engine, 1)

    def ratio(self, slow: str, fast: str) -> float | None:
        """How many times longer `slow` takes; None where one of them did not run."""
        if slow not in self.samples or fast not in self.samples:
            return None
        pairs = zip(self.samples[slow], self.samples[fast], strict=True)
        return median(a / b for a, b in pairs) * self.work.get(fast, 1) / self.work.get(slow, 1)

    def is_noisy(self, engine: str) -> bool:
        ordered = sorted(self.samples[engine])
        quarter = len(ordered) // 4
        return ordered[-1 - quarter] - ordered[quarter] > 0.1 * median(ordered)

    def subtract(self, engine: str) -> None:
        """Takes one engine's time (an empty loop's) out of all others', round by round."""
        empty = self.samples.pop(engine)
        for name, own in self.samples.items():
            self.samples[name] = [max(a - b, 1e-10) for a, b in zip(own, empty, strict=True)]


def race(
    name: str,
    engines: Mapping[str, Callable[[], object]],
    same: Callable[[object, object], bool] = identical,
    seconds: float = 2.0,
    work: float | Mapping[str, float] = 1,
) -> Row:
    """Runs the engines in turn for about `seconds`, at least seven rounds."""
    row = Row(name, work=work if isinstance(work, Mapping) else dict.fromkeys(engines, work))
    expected, running = None, {}
    for engine, run in engines.items():
        try:
            got = run()
        except Exception as error:
            row.failures[engine] = brief(error)
            continue
        if running and not same(expected, got):
            row.failures[engine] = f"its result is not that of {next(iter(running))}"
            continue
        expected = got if not running else expected
        running[engine] = run
    loops = {engine: count_loops(run) for engine, run in running.items()}
    row.samples = {engine: [] for engine in running}
    order = list(running)
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    for number in range(MOST_ROUNDS if order else 0):
        for engine in order:
            row.samples[engine].append(sample(running[engine], loops[engine]))
        order.append(order.pop(0))
        if number + 1 >= FEWEST_ROUNDS and time.perf_counter() - start > seconds:
            break
    gc.enable()
    return row


def add_rounds(
    row: Row, attempt: Callable[[], tuple[dict[str, float], float]], wanted: int
) -> None:
    """For what cannot be repeated in place: an attempt makes one round, that is the engines'
    seconds and their disturbance. Of up to 3 × wanted rounds the least disturbed are kept."""
    rounds: list[tuple[float, int, dict[str, float]]] = []
    for number in range(3 * wanted):
        seconds, disturbance = attempt()
        rounds.append((disturbance, number, seconds))
        if sum(round_[0] < UNDISTURBED for round_ in rounds) == wanted:
            break
    for _, _, seconds in sorted(rounds)[:wanted]:
        for engine, own in seconds.items():
            row.samples.setdefault(engine, []).append(own)


# ---- what a script prints and writes ----


def show_time(seconds: float) -> str:
    for unit, size in [("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)]:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def align(cells: Sequence[str]) -> str:
    return " ".join([f"{cells[0]:34}", *(f"{cell:>11}" for cell in cells[1:])])


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


class Report:
    """A script's rows and claims as they come in; `finish` writes them and ends the process."""

    def __init__(self, title: str, options: Mapping[str, str] | None = None):
        parser = argparse.ArgumentParser(description=title)
        parser.add_argument("--json", metavar="FILE", help="also write everything as JSON")
        parser.add_argument("--seconds", type=float, default=2.0, help="time for one row")
        parser.add_argument("--only", default="", help="only rows whose name contains this")
        for name, help_text in (options or {}).items():
            parser.add_argument(name, help=help_text)
        self.title, self.options = title, parser.parse_args()
        self.rows: list[Row] = []
        self.claims: list[dict[str, object]] = []
        self.machine = machine()
        print(f"{title}\n" + ", ".join(f"{key} {value}" for key, value in self.machine.items()))
        if not martlet:
            print("Martlet is not built here: its rows are left out")
        if float(self.machine["load"]) > 0.5 * int(self.machine["cores"]):
            print("the machine is busy: expect noise")

    def wants(self, name: str) -> bool:
        return self.options.only in name

    def head(self, *columns: str) -> None:
        print("\n" + align(columns))

    def show(self, row: Row, engines: Sequence[str], ratios: Sequence[tuple[str, str]] = ()):
        """Prints a row under `head`: times of the engines, then ratios slow ÷ fast."""
        self.rows.append(row)
        cells = []
        for engine in engines:
            if engine in row.samples:
                mark = "~" if row.is_noisy(engine) else ""
                cells.append(mark + show_time(row.seconds(engine)))
            else:
                cells.append("failed" if engine in row.failures else "-")
        for slow, fast in ratios:
            ratio = row.ratio(slow, fast)
            cells.append("-" if ratio is None else f"{ratio:.2f}×")
        print(align([row.name, *cells]), flush=True)
        for engine, why in row.failures.items():
            print(f"    {engine}: {why}")

    def claim(self, text: str, value: float | None, least=None, most=None) -> None:
        """Something the README says: a value that must be at least or at most a limit. Judged
        at two decimals, beyond which no median here is known."""
        if value is not None:
            value = round(value, 2)
            is_kept = value >= least if least is not None else value <= most
            need = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
            self.claims.append(
                {"claim": text, "need": need, "value": value, "is_kept": bool(is_kept)}
            )

    def finish(self) -> None:
        """Exit status 1 where Martlet failed or differed; a missed claim is only said."""
        if self.claims:
            print()
        for claim in self.claims:
            verdict = "kept" if claim["is_kept"] else "MISSED"
            print(f"{verdict:7}{claim['value']:9.3g}  {claim['need']:8}  {claim['claim']}")
        noisy = sum(row.is_noisy(engine) for row in self.rows for engine in row.samples)
        if noisy:
            print(f"{noisy} medians are noisy (~)")
        if self.options.json:
            Path(self.options.json).write_text(json.dumps(self.as_json(), indent=1) + "\n")
        ours = [name for row in self.rows for name in row.failures if "Martlet" in name]
        sys.exit(1 if ours else 0)

    def as_json(self) -> dict[str, object]:
        rows = [
            {
                "name": row.name,
                "seconds": {engine: row.seconds(engine) for engine in row.samples},
                "noisy": [engine for engine in row.samples if row.is_noisy(engine)],
                "rounds": max(map(len, row.samples.values()), default=0),
                "failures": row.failures,
            }
            for row in self.rows
        ]
        return {
            "title": self.title,
            "machine": self.machine,
            "rows": rows,
            "claims": self.claims,
        }
