"""What safety costs: checked against jit(unchecked={"bounds", "overflow"}), the same source.

Kernels with affine indices (those of kernels.py) and kernels whose indices or integers depend
on data. Numba, which checks neither, stands beside them, as does Numba with boundscheck=True,
the only check that it has. The limit is 1: a check that is proven or hoisted costs nothing.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from harness import Report, geometric_mean, martlet, numba, race
from kernels import KERNELS, SIZES, size_name

COLUMNS = ["Martlet", "unchecked", "Numba", "boundscheck"]
BINS = 1000


def gather(a, b):
    out = np.empty(len(b))
    for i in range(len(b)):
        out[i] = a[b[i]]
    return out


def histogram(k, h):
    for i in range(len(k)):
        h[k[i]] += 1
    return h


def csr_times_vector(data, indices, starts, x):
    out = np.empty(len(starts) - 1)
    for row in range(len(starts) - 1):
        s = 0.0
        for i in range(starts[row], starts[row + 1]):
            s += data[i] * x[indices[i]]
        out[row] = s
    return out


def binary_search(a, wanted):
    out = np.empty(len(wanted), dtype=np.int64)
    for i in range(len(wanted)):
        low = 0
        high = len(a)
        while low < high:
            middle = (low + high) // 2
            if a[middle] < wanted[i]:
                low = middle + 1
            else:
                high = middle
        out[i] = low
    return out


def collatz(n):
    longest = 0
    for start in range(1, n):
        x = start
        steps = 0
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            steps += 1
        longest = max(longest, steps)
    return longest


# ---- inputs ----


def gather_input(n):
    random = np.random.default_rng(1)
    return random.uniform(0, 1, n), random.permutation(n)


def histogram_input(n):
    return np.random.default_rng(1).integers(0, BINS, n), np.zeros(BINS, dtype=np.int64)


def csr_input(n):
    """Ten elements in each row, n in all, int32 indices as in SciPy."""
    random = np.random.default_rng(1)
    rows = n // 10
    starts = np.arange(0, n + 1, 10, dtype=np.int32)
    indices = random.integers(0, rows, n).astype(np.int32)
    return random.uniform(0, 1, n), indices, starts, random.uniform(0, 1, rows)


def search_input(n):
    random = np.random.default_rng(1)
    return np.sort(random.uniform(0, 1, n)), random.uniform(0, 1, n)


DEPENDENT: list[tuple[str, Callable[..., object], Callable[[int], tuple], list[int]]] = [
    ("gather a[b[i]]", gather, gather_input, SIZES),
    ("histogram h[k[i]] += 1", histogram, histogram_input, SIZES),
    ("CSR matrix × vector", csr_times_vector, csr_input, SIZES),
    ("binary search", binary_search, search_input, [1_000, 100_000, 1_000_000]),
    ("Collatz", collatz, lambda n: (n,), [1_000, 100_000, 1_000_000]),
]


def compile_each(function: Callable[..., object]) -> dict[str, Callable[..., object]]:
    compiled = {}
    if martlet:
        unchecked = martlet.jit(unchecked={"bounds", "overflow"})
        compiled |= {"Martlet": martlet.jit(function), "unchecked": unchecked(function)}
    if numba:
        checked = numba.njit(boundscheck=True)
        compiled |= {"Numba": numba.njit(function), "boundscheck": checked(function)}
    return compiled


def fresh(arguments):
    """Each engine gets arrays of its own: some kernels write into them."""
    return [np.copy(value) if isinstance(value, np.ndarray) else value for value in arguments]


def measure(report: Report, name: str, function, make, sizes) -> list[float]:
    compiled = compile_each(function)
    costs = []
    for n in sizes:
        full_name = f"{name}, n = {size_name(n)}"
        if not report.wants(full_name):
            continue
        arguments = make(n)
        engines = {engine: partial(run, *fresh(arguments)) for engine, run in compiled.items()}
        row = race(full_name, engines, seconds=report.options.seconds, work=n)
        ratios = [("Martlet", "unchecked"), ("boundscheck", "Numba"), ("Numba", "Martlet")]
        report.show(row, COLUMNS, ratios)
        costs.append(row.ratio("Martlet", "unchecked"))
    return [cost for cost in costs if cost]


def main() -> None:
    report = Report("The cost of checks, one thread")
    head = [*COLUMNS, "cost", "Numba's", "Numba/ours"]
    affine = [(kernel.name, kernel.function, kernel.arguments, SIZES) for kernel in KERNELS]
    for title, kernels, most in [("affine", affine, 1.05), ("dependent", DEPENDENT, 1.2)]:
        report.head(f"{title} indices, step of", *head)
        costs = [cost for kernel in kernels for cost in measure(report, *kernel)]
        if costs:
            report.claim(f"checks, {title} indices, the dearest", max(costs), most=most)
            mean = geometric_mean(costs)
            report.claim(f"checks, {title} indices, geometric mean", mean, most=most)
    report.finish()


if __name__ == "__main__":
    main()
