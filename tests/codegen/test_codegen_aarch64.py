"""The operations that differ between machines, compiled for aarch64 and run under qemu.

A small C program around the object reads the operands of a ufunc loop and writes its results.
"""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

from .test_codegen_numbers import DTYPES, FLOATS, INTS, check, extremes, pairs, quietly, source

CROSS = "aarch64-linux-gnu"
RUNNER = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int32_t entry(void *ctx, char **data, const intptr_t *count, const intptr_t *steps);
int32_t rt_poll(void *ctx) { return 0; }
double rt_int_truediv(int64_t a, int64_t b) { return (double)((long double)a / b); }
static char ctx[4096];
int main(int argc, char **argv)
{
    intptr_t count = atol(argv[1]), steps[8];
    char *data[8];
    int operands = argc - 2;
    for (int i = 0; i < operands; i++) {
        steps[i] = atol(argv[2 + i]);
        data[i] = calloc(count + 1, steps[i]);
        if (i < operands - 1 && fread(data[i], steps[i], count, stdin) != (size_t)count)
            return 2;
    }
    if (entry(ctx, data, &count, steps))
        return 3;
    fwrite(data[operands - 1], steps[operands - 1], count, stdout);
    return 0;
}
"""


@pytest.fixture(scope="module")
def run(tool, tmp_path_factory):
    """Compiles a text, links it with RUNNER, and runs it over operands."""
    compiler, qemu = shutil.which(f"{CROSS}-gcc"), shutil.which("qemu-aarch64")
    if not compiler or not qemu:
        pytest.skip("needs a cross compiler and qemu-aarch64")
    folder = tmp_path_factory.mktemp("aarch64")
    (folder / "runner.c").write_text(RUNNER)

    def run(text: str, inputs: list[np.ndarray], result: str) -> np.ndarray:
        program = tool(text, entry="ufunc", triple=CROSS)
        bytes_, size = ctypes.c_void_p(), ctypes.c_size_t()
        size = tool.library.tool_object(program.handle, ctypes.byref(bytes_))
        (folder / "entry.o").write_bytes(ctypes.string_at(bytes_.value, size))
        command = [compiler, "-w", "-static", "runner.c", "entry.o", "-lm", "-o", "runner"]
        subprocess.run(command, cwd=folder, check=True)
        dtype = np.dtype(DTYPES.get(result, result))
        sizes = [str(a.dtype.itemsize) for a in inputs] + [str(dtype.itemsize)]
        done = subprocess.run(
            [qemu, "./runner", str(len(inputs[0])), *sizes], cwd=folder, check=True,
            input=b"".join(a.tobytes() for a in inputs), capture_output=True,
        )  # fmt: skip
        return np.frombuffer(done.stdout, dtype)

    return run


@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("to", INTS)
def test_conversions_saturate(run, kind, to):
    x = extremes(kind)
    info = np.iinfo(to)
    low, high = (info.min, info.max) if info.bits >= 32 else (-(2**31), 2**31 - 1)
    if info.bits < 32 and info.min == 0:
        low, high = 0, 2**32 - 1
    wanted = [0 if v != v else int(min(max(v, low), high)) for v in x.tolist()]
    wanted = [v % (1 << info.bits) for v in wanted]
    wanted = [v - (1 << info.bits) if v > info.max else v for v in wanted]
    check(run(source("convert", [kind], to), [x], to), np.array(wanted, to), x)


@pytest.mark.parametrize("kind", ["int8", "int64", "uint32", "float32", "float64"])
def test_floor_division(run, kind):
    inputs = pairs(kind)
    for op, function in ("floordiv", np.floor_divide), ("mod", np.remainder):
        got = run(source(op, [kind, kind], kind), inputs, kind)
        check(got, quietly(function, *inputs), *inputs)


@pytest.mark.parametrize("kind", ["float16", "complex64", "complex128"])
def test_arithmetic(run, kind):
    inputs = pairs(kind)
    for op, function in ("add", np.add), ("div", np.divide):
        got = run(source(op, [kind, kind], kind), inputs, kind)
        check(got, quietly(function, *inputs), *inputs)


def test_shifts_and_bools(run):
    a, b = pairs("int64")
    inputs = [a[b >= 0], b[b >= 0]]
    got = run(source("shl", ["int64", "int64"], "int64"), inputs, "int64")
    check(got, np.left_shift(*inputs), *inputs)
    got = run(source("lt", ["int64", "int64"], "bool"), inputs, "bool")
    check(got, inputs[0] < inputs[1], *inputs)
