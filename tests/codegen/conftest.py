"""What the tests of code generation share: typed IR text, compiled by the backend and called.

The backend, the IR and the image loader are built into one shared library with the C compiler
(tests/codegen/codegen_tool.c) and called through ctypes, with NumPy arrays and scalars as arguments.
In a Python that runs with the sanitizers (`make asan-python`) the library has them, too.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    *(path for layer in ("base", "types", "ir", "image", "runtime", "codegen")
      for path in sorted((ROOT / "src" / layer).glob("*.c"))),
    ROOT / "tests/codegen/codegen_tool.c",
]  # fmt: skip
FLAGS = ["-std=gnu17", "-O1", "-g", "-fPIC", "-ffp-contract=off", "-fvisibility=hidden"]
if "asan" in os.environ.get("LD_PRELOAD", ""):
    FLAGS += [
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover",
        "-fno-omit-frame-pointer",
    ]


def find_llvm() -> list[str] | None:
    """Include folder and link arguments."""
    tool = [sys.executable, ROOT / "tools/find_llvm.py"]
    done = subprocess.run(tool, capture_output=True, text=True)
    return done.stdout.splitlines()[2:] if done.returncode == 0 else None


def build_library(path: Path, include: str, library: str, link: str) -> Path:
    def compile(source: Path) -> str:
        made = path.parent / f"{source.parent.name}-{source.stem}.o"
        flags = [*FLAGS, "-DCODEGEN_TOOL_LIBRARY", "-I", str(ROOT / "src"), "-isystem", include]
        done = subprocess.run(
            ["cc", *flags, "-c", str(source), "-o", str(made)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return str(made)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(compile, SOURCES))
    rest = ["-L" + library, *link.split(), "-lm", "-lpthread", "-ldl"]
    command = ["cc", *FLAGS, "-shared", *objects, *rest, "-o", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path


class Options(ctypes.Structure):
    _fields_ = [
        ("entry", ctypes.c_int32),
        ("fastmath", ctypes.c_uint32),
        ("optimise", ctypes.c_uint32),
        ("want_texts", ctypes.c_int32),
        ("verify", ctypes.c_int32),
        ("triple", ctypes.c_char_p),
        ("cpu", ctypes.c_char_p),
        ("features", ctypes.c_char_p),
    ]


class Raised(Exception):
    """A compiled function returned 1; the text is tool_raised's."""


class Refused(Exception):
    """The text did not compile."""


class Program:
    """One compiled text. Arguments are NumPy arrays, scalars, or tuples of them."""

    def __init__(self, library: ctypes.CDLL, text: str, options: Options):
        self.library = library
        self.handle = library.tool_compile(text.encode(), ctypes.byref(options))
        self.hidden: list = []
        if error := library.tool_error(self.handle):
            message = error.decode()
            library.tool_free(self.handle)
            self.handle = None
            raise Refused(message)

    def __del__(self) -> None:
        if self.handle:
            self.library.tool_free(self.handle)

    def text(self, which: str) -> str:
        number = ["llvm", "raw", "asm"].index(which)
        return self.library.tool_text(self.handle, number).decode()

    def call(self, *args: object, result: int = 8) -> np.ndarray:
        """Calls with the arguments in slots; the first `result` result slots, as uint64."""
        slots = np.array(sum((to_slots(arg) for arg in args), []) or [0], np.uint64)
        hidden = np.array(sum((to_slots(arg) for arg in self.hidden), []) or [0], np.uint64)
        results = np.zeros(result, np.uint64)
        status = self.library.tool_call(
            self.handle, results.ctypes.data, slots.ctypes.data, hidden.ctypes.data
        )
        if status:
            raise Raised(self.library.tool_raised(self.handle).decode())
        return results

    def __call__(self, *args: object, result: str = "f8") -> object:
        """One number: `result` is its dtype."""
        return from_slots(self.call(*args), np.dtype(result))

    def ufunc(self, inputs: list[np.ndarray], outputs: list[np.ndarray]) -> None:
        """Runs the inner loop over the first axis of 1-D operands (scalars: 0-D)."""
        operands = [*inputs, *outputs]
        data = (ctypes.c_void_p * len(operands))(*(a.ctypes.data for a in operands))
        steps = (ctypes.c_ssize_t * len(operands))(*((*a.strides, 0)[0] for a in operands))
        count = ctypes.c_ssize_t(outputs[0].shape[0])
        if self.library.tool_call_ufunc(self.handle, data, ctypes.byref(count), steps):
            raise Raised(self.library.tool_raised(self.handle).decode())

    def array(self, *args: object, dtype: str, ndim: int = 1) -> np.ndarray:
        """A copy of the C array that the call returns; its buffer is released."""
        owner, data, *dims = self.call(*args, result=2 + ndim).tolist()
        count = int(np.prod(dims, dtype=int))
        raw = ctypes.string_at(data, count * np.dtype(dtype).itemsize)
        self.library.tool_release(owner)
        return np.frombuffer(raw, dtype).reshape(dims)

    def polls(self) -> int:
        return self.library.tool_polls(self.handle)

    def stop_at(self, poll: int) -> None:
        self.library.tool_stop_at(self.handle, poll)


class AnyStrides(np.ndarray):
    """An array passed to a parameter of layout 'A': with its strides."""


def to_slots(value: object) -> list[int]:
    if isinstance(value, tuple):
        return sum((to_slots(part) for part in value), [])
    if isinstance(value, np.ndarray):
        strides = list(value.strides) if isinstance(value, AnyStrides) else []
        return [w & 2**64 - 1 for w in (1, value.ctypes.data, *value.shape, *strides)]
    if isinstance(value, bool):
        return [int(value)]
    if isinstance(value, int):
        return [value & 2**64 - 1]
    if isinstance(value, float):
        value = np.float64(value)
    if isinstance(value, complex):
        value = np.complex128(value)
    assert isinstance(value, np.generic), value
    if value.dtype.kind == "c":
        return to_slots(value.real) + to_slots(value.imag)
    raw = value.tobytes()
    return [int.from_bytes(raw.ljust(8, b"\xaa"), "little")]


def from_slots(slots: np.ndarray, dtype: np.dtype) -> object:
    if dtype.kind == "c":
        half = np.dtype(f"f{dtype.itemsize // 2}")
        re, im = (slots[i : i + 1].view(half)[0] for i in range(2))
        both = np.array([re, im], half)
        return both.view(dtype)[0]
    return slots[:1].view(dtype)[0]


class Tool:
    """Compiles texts."""

    def __init__(self, path: Path):
        self.library = library = ctypes.CDLL(str(path))
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, *params in [
            ("tool_compile", pointer, text, pointer),
            ("tool_free", None, pointer),
            ("tool_error", text, pointer),
            ("tool_text", text, pointer, ctypes.c_int32),
            ("tool_call", ctypes.c_int32, pointer, pointer, pointer, pointer),
            ("tool_call_ufunc", ctypes.c_int32, pointer, pointer, pointer, pointer),
            ("tool_stop_at", None, pointer, ctypes.c_int64),
            ("tool_polls", ctypes.c_int64, pointer),
            ("tool_raised", text, pointer),
            ("tool_object", ctypes.c_size_t, pointer, pointer),
            ("tool_live_buffers", ctypes.c_int32),
            ("tool_grant_buffers", None, ctypes.c_int32),
            ("tool_release", None, pointer),
            ("tool_starve", ctypes.c_int32, text),
            ("tool_fuzz", ctypes.c_int64, ctypes.c_uint64, ctypes.c_uint32),
            ("tool_race", ctypes.c_int32, text, ctypes.c_int32, ctypes.c_int32),
        ]:
            function = getattr(library, name)
            function.restype = result
            function.argtypes = params

    def __call__(
        self, text: str, *, entry: str = "call", optimise: int = 3, fastmath: int = 0,
        texts: bool = False, triple: str | None = None, cpu: str | None = None,
        features: str | None = None,
    ) -> Program:  # fmt: skip
        options = Options(
            ["call", "ufunc"].index(entry), fastmath, optimise, texts, True,
            *(word.encode() if word else None for word in (triple, cpu, features)),
        )  # fmt: skip
        return Program(self.library, text, options)


@pytest.fixture(autouse=True)
def no_leaks(tool: Tool) -> Iterator[None]:
    """Every buffer that a test's programs made is freed."""
    before = tool.library.tool_live_buffers()
    yield
    assert tool.library.tool_live_buffers() == before


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    llvm = find_llvm()
    if not llvm or not shutil.which("cc"):
        pytest.skip("needs LLVM's headers and a C compiler")
    if ready := os.environ.get("CODEGEN_TOOL"):
        return Tool(Path(ready))
    folder = tmp_path_factory.mktemp("codegen")
    return Tool(build_library(folder / "codegen_tool.so", *llvm))
