"""What the image tests share: compilers, targets and the program tests/c/image_tool.c.

A target is a machine that objects are compiled for, with an image_tool that runs there: this
machine, and aarch64 under qemu where qemu and a cross compiler are installed.
"""

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NATIVE = platform.machine()
CROSS = "aarch64-linux-gnu"
SOURCES = [
    *(ROOT / "src/base" / f"{name}.c" for name in ("arena", "intern", "map", "text", "vec")),
    *sorted((ROOT / "src/image").glob("*.c")),
    ROOT / "tests/c/image_tool.c",
]


def newest(name: str) -> str | None:
    versions = (f"{name}-{version}" for version in range(22, 18, -1))
    return next(filter(None, map(shutil.which, (*versions, name))), None)


CLANG = newest("clang")


@dataclass
class Target:
    name: str
    compile: list[str]  # compiler and flags for objects
    tool: list[str]  # how image_tool is started
    folder: Path
    count: int = field(default=0)

    def run(self, *arguments: object, timeout: float = 120) -> str:
        """What image_tool prints. RuntimeError with its reason where it refuses the file."""
        done = subprocess.run(
            [*self.tool, *map(str, arguments)], capture_output=True, text=True, timeout=timeout
        )
        if done.stdout.startswith("refused: "):
            raise RuntimeError(done.stdout.removeprefix("refused: ").strip())
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def with_compiler(self, *compile: str) -> "Target":
        return Target(Path(compile[0]).name, list(compile), self.tool, self.folder)

    def path(self, suffix: str) -> Path:
        self.count += 1
        return self.folder / f"{self.name}-{self.count}{suffix}"

    def object(self, source: str, *flags: str, suffix: str = ".c") -> Path:
        path = self.path(suffix)
        if suffix == ".s":
            source = re.sub(r"\.globl (\w+)", r".globl \1; .type \1, %function", source)
        path.write_text(source)
        command = [*self.compile, *flags, "-c", path, "-o", path.with_suffix(".o")]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return path.with_suffix(".o")

    def link(self, source: str, *flags: str, suffix: str = ".c") -> Path:
        made = self.object(source, *flags, suffix=suffix)
        self.run("link", made, made.with_suffix(".image"))
        return made.with_suffix(".image")

    def calls(
        self, image: Path, calls: list[tuple[str, str, tuple[int | float, ...]]]
    ) -> list[float]:
        """The answers of calls: symbol, kind of answer ("i" or "d"), arguments."""
        words = []
        for symbol, kind, arguments in calls:
            given = [f"d:{a!r}" if isinstance(a, float) else f"i:{a}" for a in arguments]
            words += [symbol, kind, *given, ","]
        answers = self.run("call", image, *words[:-1]).split()
        kinds = [float if kind == "d" else int for _, kind, _ in calls]
        return [kind(answer) for kind, answer in zip(kinds, answers, strict=True)]

    def call(self, image: Path, symbol: str, *arguments: int | float) -> int:
        return int(self.calls(image, [(symbol, "i", arguments)])[0])

    def show(self, image: Path) -> dict[str, list[list[str]]]:
        """What image_tool show prints, by the first word of the line."""
        found: dict[str, list[list[str]]] = {}
        for line in self.run("show", image).splitlines():
            first, *rest = line.split()
            found.setdefault(first, []).append(rest)
        return found


def build_tool(path: Path, *compiler: str) -> Path:
    command = [*compiler, "-std=gnu17", "-O1", "-g", "-I", ROOT / "src", *SOURCES, "-o", path]
    done = subprocess.run(
        [*map(str, command), "-lm", "-lpthread"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("image")


@pytest.fixture(scope="session")
def native(folder: Path) -> Target:
    if not CLANG:
        pytest.skip("no clang to compile objects with")
    tool = build_tool(folder / "image_tool", "cc")
    return Target(NATIVE, [CLANG, "-O2", "-fPIC"], [str(tool)], folder)


@pytest.fixture(scope="session")
def aarch64(folder: Path) -> Target:
    compiler, qemu = shutil.which(f"{CROSS}-gcc"), shutil.which("qemu-aarch64")
    if NATIVE == "aarch64":
        pytest.skip("this machine is one")
    if not compiler or not qemu or not CLANG:
        pytest.skip(f"needs {CROSS}-gcc, qemu-aarch64 and clang")
    tool = build_tool(folder / "image_tool_aarch64", compiler)
    start = [qemu, "-L", f"/usr/{CROSS}", str(tool)]
    compile = [CLANG, f"--target={CROSS}", "-O2", "-fPIC"]
    return Target("aarch64", compile, start, folder)


@pytest.fixture(scope="session", params=["native", "aarch64"])
def target(request: pytest.FixtureRequest) -> Target:
    chosen: Target = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="session")
def sanitized(folder: Path, native: Target) -> Target:
    """The native target, its image_tool under AddressSanitizer and UBSan."""
    tool = build_tool(
        folder / "image_tool_sanitized", "cc", "-fsanitize=address,undefined",
        "-fno-sanitize-recover",
    )  # fmt: skip
    return Target(f"{NATIVE}-sanitized", native.compile, [str(tool)], folder)


@pytest.fixture(scope="session")
def thread_sanitized(folder: Path, native: Target) -> Target:
    try:
        tool = build_tool(folder / "image_tool_tsan", "cc", "-fsanitize=thread")
    except AssertionError:
        pytest.skip("no ThreadSanitizer")
    setarch = shutil.which("setarch")  # its shadow collides with today's address randomisation
    start = [setarch, NATIVE, "-R", str(tool)] if setarch else [str(tool)]
    if subprocess.run([*start, "libcalls"], capture_output=True).returncode != 0:
        pytest.skip("ThreadSanitizer does not start here")
    return Target(f"{NATIVE}-tsan", native.compile, start, folder)
