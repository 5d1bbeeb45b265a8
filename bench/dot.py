"""Products of matrices and vectors against NumPy: all of them end in a BLAS library.

The limit is NumPy itself; Numba calls SciPy's BLAS. One BLAS thread by default, so that only
the way to the library is compared (--threads N for more). OPENBLAS_CORETYPE fixes a library's
kernels whatever the processor has: where it is set, run this with `env -u OPENBLAS_CORETYPE`,
as all.py does.
"""

import os
import sys

THREADS = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
for library in ("OPENBLAS", "OMP", "MKL"):  # read when the libraries are loaded
    os.environ[f"{library}_NUM_THREADS"] = THREADS

from functools import partial  # noqa: E402

import numpy as np  # noqa: E402
from harness import JITS, Report, close, race  # noqa: E402

COLUMNS = ["NumPy", "Martlet", "Numba"]


def product(a, b):
    return a @ b


def dot(a, b):
    return np.dot(a, b)


def main() -> None:
    report = Report("Products through BLAS", {"--threads": "of the BLAS library (1)"})
    report.head(f"{THREADS} thread(s)", *COLUMNS, "NumPy/ours", "NumPy/Numba")
    jitted = {
        function: {name: jit(function) for name, jit in JITS.items()}
        for function in (product, dot)
    }
    for size in (10, 100, 1000):
        for name, function, dtype, shapes in [
            ("a @ b", product, "float64", [(size, size), (size, size)]),
            ("np.dot(a, b)", dot, "float64", [(size, size), (size, size)]),
            ("a @ b", product, "float32", [(size, size), (size, size)]),
            ("a @ b", product, "complex128", [(size, size), (size, size)]),
            ("a @ v", product, "float64", [(size, size), (size,)]),
            ("v @ v", product, "float64", [(size,), (size,)]),
        ]:
            title = f"{name} {dtype}, {size}"
            if not report.wants(title):
                continue
            random = np.random.default_rng(1)
            arguments = [random.uniform(0.5, 1.5, shape).astype(dtype) for shape in shapes]
            engines = {
                engine: partial(run, *arguments)
                for engine, run in {"NumPy": function, **jitted[function]}.items()
            }
            row = race(title, engines, close, report.options.seconds)
            report.show(row, COLUMNS, [("NumPy", "Martlet"), ("NumPy", "Numba")])
            if size == 1000 and len(shapes[1]) == 2:
                speed = row.ratio("NumPy", "Martlet")
                report.claim(f"{title}: NumPy's time over ours", speed, least=0.9)
    report.finish()


if __name__ == "__main__":
    main()
