"""The fractal: every method of examples/fractal.py, then Martlet and Numba against C.

The first table is the origin's (1600×2400, 20 iterations), drawn as well with --draw. The
second takes the plain loops on one thread, first at 3200×4800, then, at 1600×2400, what a test
of re² + im² > 4 written by hand does not cover: a radius known only at run time, another power,
single precision. C is fractal.c with -O3 -march=native -ffp-contract=off, by clang and by gcc,
of which the faster counts: the limit of code that does one pixel at a time.

Pictures must be equal pixel for pixel, except where the peers round differently: z**3 is a call
of the library's power in Numba, which also computes complex64 in double precision. There one
pixel in 10,000 may differ from C.
"""

import importlib.util
import sys
from functools import partial
from pathlib import Path

import numpy as np
from harness import FOLDER, JITS, Report, build_c, c_arguments, compilers, numba, race

MOST = 20
ENGINES = ["Martlet", "Numba", "C (clang)", "C (gcc)"]


def load_example():
    path = FOLDER.parent / "examples" / "fractal.py"
    spec = importlib.util.spec_from_file_location("example_fractal", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


# ---- the origin's table ----


def methods_table(report: Report) -> None:
    example = load_example()
    c = example.grid(1600, 2400)
    runs = example.available()
    if not report.wants("methods"):
        return
    points = {name: example.points_for(name, c) for name in runs}
    coarse = example.COARSE

    def same(expected, got):
        """Whichever of the two is pure Python's has every tenth point only."""
        step = [coarse if picture.shape[0] < c.shape[0] else 1 for picture in (expected, got)]
        expected, got = expected[:: step[1], :: step[1]], got[:: step[0], :: step[0]]
        return np.array_equal(expected[: len(got)], got)

    engines = {name: partial(run, points[name], MOST) for name, run in runs.items()}
    work = {name: points[name].size for name in runs}
    row = race("methods", engines, same, 5 * report.options.seconds, work)
    report.rows.append(row)
    times = {name: row.seconds(name) * 1e9 for name in row.samples}
    print("\n" + "\n".join(example.table(times)))
    noisy = [name for name in row.samples if row.is_noisy(name)]
    print(f"noisy: {', '.join(noisy)}" if noisy else "")
    for name, why in row.failures.items():
        print(f"    {name}: {why}")
    if report.options.draw:
        example.draw(example.array_steps(c, MOST), times, report.options.draw)


# ---- plain loops against C ----


def plain(c, most):
    out = np.empty(c.shape, dtype=np.int32)
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):
            z = c[h, w]
            out[h, w] = most
            for i in range(most):
                z = z**2 + c[h, w]
                if abs(z) > 2:
                    out[h, w] = i
                    break
    return out


def radius(c, most, r):
    out = np.empty(c.shape, dtype=np.int32)
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):
            z = c[h, w]
            out[h, w] = most
            for i in range(most):
                z = z**2 + c[h, w]
                if abs(z) > r:
                    out[h, w] = i
                    break
    return out


def cube(c, most, r):
    out = np.empty(c.shape, dtype=np.int32)
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):
            z = c[h, w]
            out[h, w] = most
            for i in range(most):
                z = z**3 + c[h, w]
                if abs(z) > r:
                    out[h, w] = i
                    break
    return out


def separated(c, most):
    """What users of Numba write once they have measured."""
    out = np.empty(c.shape, dtype=np.int32)
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):
            x, y = c[h, w].real, c[h, w].imag
            re, im = x, y
            out[h, w] = most
            for i in range(most):
                re, im = re * re - im * im + x, 2 * re * im + y
                if re * re + im * im > 4:
                    out[h, w] = i
                    break
    return out


def c_engine(library, name, c, *arguments):
    def run():
        out = np.empty(c.shape, dtype=np.int32)
        library[name](*c_arguments(c.size, c, *arguments, out))
        return out

    return run


def nearly(expected, got):
    return np.count_nonzero(expected != got) <= expected.size // 10_000


def loops_table(report: Report) -> None:
    large, c = load_example().grid(3200, 4800), load_example().grid(1600, 2400)
    single = c.astype(np.complex64)
    libraries = {
        f"C ({name})": build_c("fractal.c", path) for name, path in compilers().items()
    }
    report.head("plain loops, ns per pixel", *ENGINES, "Numba/ours", "ours/C")
    rows = [
        ("abs(z) > 2, z**2 + c", plain, "fractal", large, ()),
        ("abs(z) > r", radius, "fractal_r", c, (2.0,)),
        ("abs(z) > r, z**3 + c", cube, "fractal_cube", c, (2.0,)),
        ("abs(z) > r, complex64", radius, "fractal_complex64", single, (2.0,)),
        ("re² + im² > 4 by hand", separated, "fractal", c, ()),
    ]
    for name, function, c_name, points, extra in rows:
        if not report.wants(name):
            continue
        engines = {
            engine: c_engine(library, c_name, points, MOST, *extra)
            for engine, library in libraries.items()
        }
        for engine, jit in JITS.items():
            engines[engine] = partial(jit(function), points, MOST, *extra)
        same = nearly if function is cube or points is single else np.array_equal
        row = race(name, engines, same, 2 * report.options.seconds, work=points.size)
        best_c = min(libraries, key=row.seconds, default="C")
        report.show(row, ENGINES, [("Numba", "Martlet"), ("Martlet", best_c)])
        faster = row.ratio("Numba", "Martlet")
        if function is plain:
            report.claim("fractal, plain loops, against Numba", faster, least=3)
            report.claim("the same, time against C's", row.ratio("Martlet", best_c), most=1.1)
        elif function is not separated:
            report.claim(f"fractal, {name}, against Numba", faster, least=2)


def numba_variants(report: Report) -> None:
    """What Numba's own switches change: nothing here."""
    if not numba or not report.wants("variants"):
        return
    c = load_example().grid(1600, 2400)
    engines = {
        "jit": numba.njit(plain),
        "fastmath": numba.njit(fastmath=True)(plain),
        "numpy errors": numba.njit(error_model="numpy")(plain),
        "bounds checked": numba.njit(boundscheck=True)(plain),
    }
    calls = {name: partial(run, c, MOST) for name, run in engines.items()}
    report.head("Numba's switches, ns per pixel", *engines)
    row = race("Numba's variants", calls, nearly, report.options.seconds, work=c.size)
    report.show(row, list(engines))


def main() -> None:
    report = Report("The fractal", {"--draw": "folder for fractal.png and table.png"})
    if report.options.draw:
        Path(report.options.draw).mkdir(parents=True, exist_ok=True)
    methods_table(report)
    loops_table(report)
    numba_variants(report)
    report.finish()


if __name__ == "__main__":
    main()
