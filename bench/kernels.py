"""Plain loops and array expressions against Numba, with NumPy beside them and C as the limit.

Times are those of a whole call from Python, the new array included; Martlet checks bounds and
overflow, Numba does neither. n counts the innermost steps: a matrix product of n = 1e5 is
46 × 46 × 46, an n-body step 316 × 316. C (kernels.c, the same compiler family) is called from C
and writes into an array that exists, so it also shows what a call and fresh memory cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from harness import (
    JITS,
    Repeated,
    Report,
    build_c,
    c_arguments,
    compilers,
    geometric_mean,
    race,
)

SIZES = [1_000, 100_000, 10_000_000]


def size_name(n: int) -> str:
    return f"{n:.0e}".replace("e+0", "e")


def mag(x, y):
    out = np.empty(min(len(x), len(y)))
    for i in range(len(out)):
        out[i] = np.sqrt(x[i] ** 2 + y[i] ** 2)
    return out


def total(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i]
    return s


def expression(a, b, c):
    return (a * b + c) * a - b / c


def stencil(a):
    out = np.zeros(len(a))
    for i in range(1, len(a) - 1):
        out[i] = 0.25 * a[i - 1] + 0.5 * a[i] + 0.25 * a[i + 1]
    return out


def matmul(a, b):
    out = np.empty((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] = s
    return out


def nbody(x, y, z, mass):
    out = np.empty((len(x), 3))
    for i in range(len(x)):
        ax = 0.0
        ay = 0.0
        az = 0.0
        for j in range(len(x)):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            dz = z[j] - z[i]
            square = dx * dx + dy * dy + dz * dz + 1e-4
            pull = mass[j] / (square * np.sqrt(square))
            ax += dx * pull
            ay += dy * pull
            az += dz * pull
        out[i, 0] = ax
        out[i, 1] = ay
        out[i, 2] = az
    return out


# ---- the same in NumPy ----


def numpy_stencil(a):
    out = np.zeros(len(a))
    out[1:-1] = 0.25 * a[:-2] + 0.5 * a[1:-1] + 0.25 * a[2:]
    return out


# ---- inputs ----


def floats(*shapes):
    random = np.random.default_rng(1)
    return tuple(random.uniform(0.5, 1.5, shape) for shape in shapes)


def integers(n, dtype):
    random = np.random.default_rng(1)
    return tuple(random.integers(0, 10_000, n).astype(dtype) for _ in range(2))


def square_matrices(n):
    side = round(n ** (1 / 3))
    return floats((side, side), (side, side))


def bodies(n):
    return floats(*4 * [round(n**0.5)])


@dataclass
class Kernel:
    name: str
    function: Callable[..., object]
    arguments: Callable[[int], tuple[object, ...]]
    c_name: str
    out_shape: Callable[[int], object]  # of the C function's output, by len(first argument)
    numpy: Callable[..., object] | None = None  # exact: its sums run in the loops' order


KERNELS = [
    *(
        Kernel(
            f"mag {dtype}",
            mag,
            lambda n, dtype=dtype: integers(n, dtype),
            f"mag_{dtype}",
            lambda n: n,
            lambda x, y: np.sqrt(x**2 + y**2),
        )
        for dtype in ("int32", "int64", "float64")
    ),
    Kernel("sum", total, lambda n: floats(n), "total", lambda n: ()),
    Kernel("(a*b+c)*a-b/c", expression, lambda n: floats(n, n, n), "expression", lambda n: n,
           expression),
    Kernel("stencil", stencil, lambda n: floats(n), "stencil", lambda n: n, numpy_stencil),
    Kernel("matmul loops", matmul, square_matrices, "matmul", lambda n: (n, n)),
    Kernel("n-body", nbody, bodies, "nbody", lambda n: (n, 3)),
]  # fmt: skip


def c_engine(library, kernel: Kernel, arguments: tuple[np.ndarray, ...]) -> Repeated:
    function = library[kernel.c_name]
    out = np.empty(kernel.out_shape(len(arguments[0])))
    rest = c_arguments(len(arguments[0]), *arguments, out)

    def once():
        function(*c_arguments(1), *rest)
        return out

    return Repeated(once, lambda times: function(*c_arguments(times), *rest))


def main() -> None:
    report = Report("Kernels: plain loops and array expressions, one thread")
    compiler = next(iter(compilers().values()), None)
    library = build_c("kernels.c", compiler) if compiler else None
    columns = ["Martlet", "Numba", "NumPy", "C"]
    report.head("innermost step of", *columns, "Numba/ours", "ours/C")
    ratios = {}
    for kernel in KERNELS:
        jitted = {name: jit(kernel.function) for name, jit in JITS.items()}
        for n in SIZES:
            name = f"{kernel.name}, n = {size_name(n)}"
            if not report.wants(name):
                continue
            arguments = kernel.arguments(n)
            functions = {**jitted, **({"NumPy": kernel.numpy} if kernel.numpy else {})}
            engines = {
                engine: partial(function, *arguments) for engine, function in functions.items()
            }
            if library:
                engines["C"] = c_engine(library, kernel, arguments)
            row = race(name, engines, seconds=report.options.seconds, work=n)
            report.show(row, columns, [("Numba", "Martlet"), ("Martlet", "C")])
            ratios[name] = row.ratio("Numba", "Martlet")
    claim(report, {name: ratio for name, ratio in ratios.items() if ratio})
    report.finish()


def claim(report: Report, ratios: dict[str, float]) -> None:
    if ratios:
        worst = min(ratios, key=ratios.__getitem__)
        report.claim(f"kernels, each against Numba (worst: {worst})", ratios[worst], least=0.95)
        mean = geometric_mean(list(ratios.values()))
        report.claim("kernels, geometric mean against Numba", mean, least=1.3)


if __name__ == "__main__":
    main()
