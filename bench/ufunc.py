"""vectorize: ufuncs of ours against Numba's and, where NumPy has the formula, NumPy's own.

sqrt(x² + y²) and a function that branches, on 1e6 elements, contiguous and every second one,
and on 10 elements, where the call is all there is. "eager" declares float64(float64, float64),
"lazy" nothing: Numba then builds a DUFunc, Martlet a numpy.ufunc in both cases.
"""

from functools import partial

import numpy as np
from harness import Report, geometric_mean, martlet, numba, race

COLUMNS = ["Martlet", "Numba", "NumPy"]


def mag(x, y):
    return np.sqrt(x**2 + y**2)


def branch(x, y):
    if x < y:
        return x
    return x * y


def numpy_where(x, y):
    return np.where(x < y, x, x * y)


def vectorizers(kind: str) -> dict[str, object]:
    modules = {"Martlet": martlet, "Numba": numba}
    found = {}
    for name, module in modules.items():
        if hasattr(module, "vectorize"):
            signature = [module.float64(module.float64, module.float64)]
            found[name] = module.vectorize(signature) if kind == "eager" else module.vectorize
    return found


def inputs():
    random = np.random.default_rng(1)
    x, y = random.uniform(0, 1, (2, 2_000_000))
    yield "1e6 contiguous", 1_000_000, (x[:1_000_000], y[:1_000_000])
    yield "1e6 strided", 1_000_000, (x[::2], y[::2])
    yield "10 elements", 10, (x[:10].copy(), y[:10].copy())


def main() -> None:
    report = Report("Ufuncs by vectorize")
    report.head("one element", *COLUMNS, "Numba/ours", "NumPy/ours")
    ratios: dict[str, list[float]] = {}
    for kind in ("eager", "lazy"):
        for function, by_numpy in [(mag, mag), (branch, numpy_where)]:
            ufuncs = {name: make(function) for name, make in vectorizers(kind).items()}
            for size, n, arguments in inputs():
                name = f"{function.__name__}, {size}, {kind}"
                if not report.wants(name):
                    continue
                engines = {
                    engine: partial(run, *arguments)
                    for engine, run in {**ufuncs, "NumPy": by_numpy}.items()
                }
                row = race(name, engines, seconds=report.options.seconds, work=n)
                report.show(row, COLUMNS, [("Numba", "Martlet"), ("NumPy", "Martlet")])
                if ratio := row.ratio("Numba", "Martlet"):
                    ratios.setdefault(size, []).append(ratio)
    for size, found in ratios.items():
        mean = geometric_mean(found)
        report.claim(f"vectorize, {size}, geometric mean against Numba", mean, least=1)
    report.finish()


if __name__ == "__main__":
    main()
