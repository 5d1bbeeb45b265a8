"""One fractal by every method that exists on this machine: a table, fractal.png, table.png.

    python examples/fractal.py [HEIGHT WIDTH]

Each method gets the same complex numbers `c` and returns, for each of them, the iteration at
which z → z² + c leaves the circle |z| ≤ 2. Two functions say everything: `loops` over a whole
array and `pixel` for one number. Python runs them as they are, Numba and Martlet compile them;
the other methods are translations. A method whose package or compiler is missing is left out.
"""

import ctypes
import importlib
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

MOST = 20  # iterations
ROUNDS = 5  # of which the median counts
COARSE = 10  # pure Python takes every tenth point in both directions


def grid(height, width):
    y, x = np.ogrid[-1 : 0 : height * 1j, -1.5 : 0 : width * 1j]
    return x + y * 1j


def loops(c, most):
    fractal = np.full(c.shape, most, dtype=np.int32)
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):  # for each pixel (h, w)
            z = c[h, w]
            for i in range(most):  # iterate at most 20 times
                z = z**2 + c[h, w]
                if abs(z) > 2:  # it diverges:
                    fractal[h, w] = i  # colour the plane with the iteration number
                    break
    return fractal


def pixel(c, most):
    z = c
    for i in range(most):
        z = z**2 + c
        if abs(z) > 2:
            return i
    return most


def array_steps(c, most):
    """The same for arrays, all pixels at once. Works on NumPy's arrays and on Dask's."""
    fractal = c.real.astype(np.int32) * 0 + most
    z = c
    for i in range(most):
        z = z**2 + c
        diverged = np.absolute(z) > 2
        diverging_now = diverged & (fractal == most)
        fractal[diverging_now] = i
        z[diverged] = 2  # keep them from overflowing
    return fractal


# ---- the methods: each returns run(c, most) or raises because something is missing ----


def pure_python():
    return loops


def numpy_arrays():
    return array_steps


def numba_jit():
    import numba

    return numba.njit(loops)


def numba_parallel():
    import numba
    from numba import prange

    @numba.njit(parallel=True)
    def run(c, most):
        fractal = np.full(c.shape, most, dtype=np.int32)
        for h in prange(c.shape[0]):
            for w in range(c.shape[1]):
                z = c[h, w]
                for i in range(most):
                    z = z**2 + c[h, w]
                    if abs(z) > 2:
                        fractal[h, w] = i
                        break
        return fractal

    return run


def numba_vectorize():
    import numba

    return numba.vectorize([numba.int32(numba.complex128, numba.int32)])(pixel)


def martlet_jit():
    import martlet as mt

    return mt.jit(loops)


def martlet_vectorize():
    import martlet as mt

    return mt.vectorize([mt.int32(mt.complex128, mt.int32)])(pixel)


def on_dask(function):
    import dask.array

    def run(c, most):
        chunks = (-(-c.shape[0] // 3), -(-c.shape[1] // 4))
        return function(dask.array.from_array(c, chunks=chunks), most).compute()

    return run


def dask_arrays():
    return on_dask(array_steps)


def dask_numba():
    return on_dask(numba_vectorize())


def dask_martlet():
    return on_dask(martlet_vectorize())


CYTHON = """
# cython: language_level=3, boundscheck=False, wraparound=False
import numpy as np

def run(double complex[:, ::1] c, int most):
    fractal = np.empty((c.shape[0], c.shape[1]), dtype=np.int32)
    cdef int[:, ::1] out = fractal
    cdef Py_ssize_t h, w
    cdef int i
    cdef double complex z
    for h in range(c.shape[0]):
        for w in range(c.shape[1]):
            out[h, w] = most
            z = c[h, w]
            for i in range(most):
                z = z * z + c[h, w]
                if abs(z) > 2:
                    out[h, w] = i
                    break
    return fractal
"""

PYBIND11 = """
#include <complex>
#include <pybind11/numpy.h>
using Complexes = pybind11::array_t<std::complex<double>, pybind11::array::c_style>;

pybind11::array_t<int> run(Complexes c, int most) {
    pybind11::array_t<int> fractal({c.shape(0), c.shape(1)});
    const std::complex<double> *points = c.data();
    int *out = fractal.mutable_data();
    for (pybind11::ssize_t p = 0; p < c.size(); p++) {
        std::complex<double> z = points[p];
        int i = 0;
        for (; i < most; i++) {
            z = z * z + points[p];
            if (std::abs(z) > 2) break;
        }
        out[p] = i;
    }
    return fractal;
}

PYBIND11_MODULE(by_pybind11, module) { module.def("run", &run); }
"""


def compiled(compiler, source, target, *options):
    path = shutil.which(compiler)
    if not path:
        raise ImportError(f"no {compiler}")
    fast = ["-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared"]
    command = [path, *fast, *options, str(source), "-o", str(target), "-lm"]
    subprocess.run(command, check=True, capture_output=True)


def extension(compiler, name, source, *options):
    """Compiles a Python extension module and imports it."""
    library = source.with_name(name + sysconfig.get_config_var("EXT_SUFFIX"))
    compiled(compiler, source, library, f"-I{sysconfig.get_path('include')}", *options)
    spec = importlib.util.spec_from_file_location(name, library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run


def cython():
    importlib.import_module("Cython")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "by_cython.pyx")
        source.write_text(CYTHON)
        command = [sys.executable, "-m", "cython", str(source)]
        subprocess.run(command, check=True, capture_output=True)
        return extension("gcc", "by_cython", source.with_suffix(".c"))


def pybind11():
    import pybind11

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "by_pybind11.cpp")
        source.write_text(PYBIND11)
        include = f"-I{pybind11.get_include()}"
        return extension("g++", "by_pybind11", source, include, "-std=c++17")


def by_c(compiler):
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "fractal.so")
        source = Path(__file__).resolve().parents[1] / "bench" / "fractal.c"
        compiled(compiler, source, library)
        fractal = ctypes.CDLL(str(library)).fractal

    def run(c, most):
        out = np.empty(c.shape, dtype=np.int32)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in (c, out)]
        fractal(ctypes.c_int64(c.size), pointers[0], ctypes.c_int64(most), pointers[1])
        return out

    return run


METHODS = {
    "Pure Python": pure_python,
    "NumPy": numpy_arrays,
    "Dask": dask_arrays,
    "Numba": numba_jit,
    "Numba vectorize": numba_vectorize,
    "Numba parallel": numba_parallel,
    "Dask with Numba": dask_numba,
    "Cython": cython,
    "pybind11": pybind11,
    "C": lambda: by_c("cc"),
    "Martlet": martlet_jit,
    "Martlet vectorize": martlet_vectorize,
    "Dask with Martlet": dask_martlet,
}


def available():
    """The methods that this machine has: name → run."""
    found = {}
    for name, make in METHODS.items():
        try:
            found[name] = make()
        except (ImportError, AttributeError, OSError, subprocess.CalledProcessError) as error:
            print(f"{name}: left out ({str(error).splitlines()[0]})")
    return found


# ---- time, table, pictures ----


def points_for(name, c):
    return np.ascontiguousarray(c[::COARSE, ::COARSE]) if name == "Pure Python" else c


def nanoseconds(runs, c, most):
    """ns per pixel of each method: the median of rounds in which all take turns."""
    times = {name: [] for name in runs}
    for number in range(ROUNDS + 1):
        for name, run in runs.items():
            if name == "Pure Python" and number > 1:  # seconds each, and 100 × slower anyway
                continue
            points = points_for(name, c)
            start = time.perf_counter()
            run(points, most)
            if number > 0 or name == "Pure Python":  # the first run compiles
                times[name].append((time.perf_counter() - start) / points.size * 1e9)
    return {name: sorted(own)[len(own) // 2] for name, own in times.items()}


def check(runs, c, most):
    """Says where a method's picture is not Numba's or NumPy's, pixel for pixel."""
    reference = next(run for name, run in runs.items() if name != "Pure Python")(c, most)
    for name, run in runs.items():
        expected = points_for(name, reference)
        different = np.count_nonzero(run(points_for(name, c), most) != expected)
        if different:
            print(f"{name}: {different} of {expected.size} pixels differ from the first")
    return reference


def table(times):
    slowest = max(times.values())
    yield f"{'method':22}{'ns/px':>9}{'speed-up':>10}"
    for name, value in sorted(times.items(), key=lambda item: -item[1]):
        yield f"{name:22}{value:9.{0 if value > 100 else 1}f}{slowest / value:9.0f}×"


def draw(picture, times, folder="."):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 6))
    axes.imshow(picture, extent=(-1.5, 0, -1, 0), origin="lower", cmap="inferno")
    axes.set(xlabel="Re c", ylabel="Im c", title="iterations until |z| > 2")
    figure.savefig(Path(folder, "fractal.png"), dpi=120)

    ordered = sorted(times.items(), key=lambda item: item[1])
    names, values = zip(*ordered, strict=True)
    figure, axes = plt.subplots(figsize=(9, 0.4 * len(names) + 1.5), layout="constrained")
    colors = ["#c44e52" if "Martlet" in name else "#4c72b0" for name in names]
    bars = axes.barh(names, values, color=colors)
    labels = [
        f" {value:.{0 if value > 100 else 1}f} ns, {max(values) / value:.0f}×"
        for value in values
    ]
    axes.bar_label(bars, labels)
    axes.set(xscale="log", xlabel="ns per pixel (less is better)", xlim=(1, 6 * max(values)))
    figure.savefig(Path(folder, "table.png"), dpi=120)


def main(height=1600, width=2400):
    c = grid(height, width)
    runs = available()
    picture = check(runs, c, MOST)
    times = nanoseconds(runs, c, MOST)
    print("\n".join(table(times)))
    draw(picture, times)
    print("written: fractal.png, table.png")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
