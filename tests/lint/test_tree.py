"""The written rules of the source tree, as checks.

Each rule is a function from a tree to the places that break it; the first test holds this tree
to all of them, the second one makes a small tree that breaks a rule and sees that it is found.
"""

import ast
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 1200
FUNCTION_LINES = 100

# Names that Python, pytest and meson give.
COMMON_NAMES = {"__init__.py", "__main__.py", "conftest.py"}

# Who may call what; a folder ends in a slash.
ALLOCATORS = {
    r"malloc|calloc|realloc|free|strdup|strndup|aligned_alloc|posix_memalign": [
        "src/base/arena.c",
        "src/runtime/",
    ],
    r"mmap|munmap|mprotect": ["src/image/", "src/runtime/"],
}
INCLUDES = {
    r"Python\.h|numpy/": "src/python/",
    r"llvm-c/": "src/codegen/",
}

# Mutable file-scope symbols that may be, each with its reason.
MUTABLE = {
    "__jit_debug_descriptor": "GDB finds jitted code through this name",
    "gdb_lock": "guards it",
}


def files(root: Path, folders: str, suffixes: str) -> Iterator[Path]:
    for folder in folders.split():
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes.split() and path.is_file() and not path.is_symlink():
                yield path


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def without_comments(text: str) -> str:
    """C without comments and literals; line numbers stay."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda match: "\n" * match[0].count("\n") or '""', text)


# ---- the rules ----


def file_sizes(root: Path) -> Iterator[str]:
    for path in files(root, "src martlet tests tools bench", ".c .h .def .py"):
        if (count := len(lines(path))) > FILE_LINES:
            yield f"{path}: {count} lines"


def function_lengths_in_c(root: Path) -> Iterator[str]:
    """A function's braces are the ones in the first column."""
    for path in files(root, "src tests", ".c .h"):
        start = None
        for number, line in enumerate(lines(path), 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start - 1 > FUNCTION_LINES:
                    yield f"{path}:{start}: {number - start - 1} lines"
                start = None


def function_lengths_in_python(root: Path) -> Iterator[str]:
    for path in files(root, "martlet tests tools bench", ".py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = (node.end_lineno or node.lineno) - node.lineno + 1
                if count > FUNCTION_LINES:
                    yield f"{path}:{node.lineno}: {count} lines"


def unique_names(root: Path) -> Iterator[str]:
    """No two files have the same name; in src no two folders have files of the same stem."""
    places = defaultdict(set)
    for path in files(root, "src martlet tests tools", ".c .h .def .py"):
        if path.name not in COMMON_NAMES:
            places[path.name].add(path)
        if path.is_relative_to(root / "src"):
            places[path.stem].add(path.parent / path.stem)
    for name, found in sorted(places.items()):
        if len(found) > 1:
            yield f"{name}: {', '.join(map(str, sorted(found)))}"


def opening_comments(root: Path) -> Iterator[str]:
    for path in files(root, "src tests/c", ".c .h .def"):
        first = path.read_text(encoding="utf-8").removeprefix("/* clang-format off */\n")
        if not first.startswith("/*"):
            yield f"{path}: does not open with what it is"


def foreign_includes(root: Path) -> Iterator[str]:
    for path in files(root, "src tests/c", ".c .h .def"):
        for number, line in enumerate(lines(path), 1):
            for pattern, home in INCLUDES.items():
                if re.match(rf'\s*#\s*include\s*[<"]({pattern})', line):
                    if not path.is_relative_to(root / home):
                        yield f"{path}:{number}: {line.strip()}"


def qualified_includes(root: Path) -> Iterator[str]:
    """Our own headers are included with their folder."""
    for path in files(root, "src", ".c .h .def"):
        for number, line in enumerate(lines(path), 1):
            if match := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
                if not (root / "src" / match[1]).exists():
                    yield f"{path}:{number}: {line.strip()}"


def allocation(root: Path) -> Iterator[str]:
    for path in files(root, "src", ".c .h"):
        place = path.relative_to(root).as_posix()
        code = without_comments(path.read_text(encoding="utf-8"))
        for pattern, homes in ALLOCATORS.items():
            if any(place.startswith(home) for home in homes):
                continue
            for match in re.finditer(rf"(?<![\w.>])({pattern})\s*\(", code):
                yield f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {match[1]}"


def build_lists(root: Path) -> Iterator[str]:
    """Every source is named in its folder's meson.build, package files in the package's."""
    for path in files(root, "src tests/c", ".c"):
        listed = (path.parent / "meson.build").read_text()
        name = (
            path.name if path.is_relative_to(root / "src") else path.stem.removeprefix("test_")
        )
        if f"'{name}'" not in listed:
            yield f"{path}: not in {path.parent}/meson.build"
    package = root / "martlet"
    listed = (package / "meson.build").read_text() if package.exists() else ""
    for path in files(root, "martlet", ".py .pyi .typed"):
        if f"'{path.relative_to(package).as_posix()}'" not in listed:
            yield f"{path}: not in {package}/meson.build"


def parse_layers(text: str) -> dict[str, set[str]]:
    """What each folder may include, from a section "Layers" that holds relations such as
    `base < types < syntax, ir` · `lower → syntax, ir` · `driver → all above`. A folder may also
    include what those that it names may; `runtime/abi.h` stands for that one header."""
    section = re.search(r"^#+ [^\n]*Layers[^\n]*\n(.*?)(?=^#|\Z)", text, re.M | re.S | re.I)
    may: dict[str, set[str]] = {}
    for relation in re.split(r"[·`\n]", section[1] if section else ""):
        if not re.fullmatch(r"\s*[\w/., ]+((<|→)[\w/., ]+)+\s*\.?\s*", relation):
            continue
        is_order = "<" in relation
        groups = [
            {name.strip() for name in group.split(",")}
            for group in re.split("<|→", relation.strip().rstrip("."))
        ]
        pairs = (
            [(group, set().union(*groups[:at])) for at, group in enumerate(groups)]
            if is_order
            else [(groups[0], groups[1])]
        )
        for group, allowed in pairs:
            names = set(may) if allowed & {"all above", "all"} else allowed
            closed = names.union(*(may.get(name, set()) for name in names))
            for folder in group:
                may.setdefault(folder, set()).update(closed)
    return may


def layers(root: Path) -> Iterator[str]:
    may = parse_layers((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    if not may:
        yield f"{root}/ARCHITECTURE.md: no section Layers"
    for path in files(root, "src", ".c .h .def"):
        folder = path.relative_to(root / "src").parts[0]
        for number, line in enumerate(lines(path), 1):
            match = re.match(r'\s*#\s*include\s*"(([^"/]+)/[^"]+)"', line)
            if (
                match
                and match[2] != folder
                and not {match[1], match[2]} & may.get(folder, set())
            ):
                yield f"{path}:{number}: {folder} must not include {match[1]}"


def mutable_data(root: Path) -> Iterator[str]:
    """Symbols in .data and .bss of the layers' libraries."""
    libraries = sorted((root / "build" / "src").glob("*.a"))
    listed = subprocess.run(
        ["objdump", "-t", *map(str, libraries)], capture_output=True, text=True, check=True
    )
    member = ""
    for line in listed.stdout.splitlines():
        if match := re.match(r"(\S+):\s+file format", line):
            member = match[1]
        elif match := re.search(
            r"[0-9a-f]+ .{7} (\.t?(data|bss)(\.\S*)?|\*COM\*)\t\S+ +(.+)", line
        ):
            section, name = match[1], match[4]
            is_section = name.startswith(".") and not name.startswith(".L")
            if not is_section and ".rel.ro" not in section and name not in MUTABLE:
                yield f"{member}: {name} in {section}"


RULES: list[Callable[[Path], Iterator[str]]] = [
    file_sizes,
    function_lengths_in_c,
    function_lengths_in_python,
    unique_names,
    opening_comments,
    foreign_includes,
    qualified_includes,
    allocation,
    build_lists,
    layers,
    mutable_data,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_tree_keeps(rule: Callable[[Path], Iterator[str]]) -> None:
    if rule is layers and not (ROOT / "ARCHITECTURE.md").exists():
        pytest.skip("ARCHITECTURE.md is not written yet")
    if rule is mutable_data and not (shutil.which("objdump") and (ROOT / "build/src").exists()):
        pytest.skip("no objdump or no build")
    broken = [place.replace(f"{ROOT}/", "") for place in rule(ROOT)]
    assert not broken, "\n".join(broken)


# ---- each rule finds what breaks it ----

LONG_BODY = "    x();\n" * (FUNCTION_LINES + 1)
ARCHITECTURE = """
## Layers

`base < types < syntax, ir` · `runtime → base` · `codegen → ir, runtime/abi.h`
· `driver → all above`.

## Next
"""


def write(root: Path, tree: dict[str, str]) -> None:
    for name, text in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (file_sizes, "src/base/a.c", "\n" * (FILE_LINES + 1)),
        (function_lengths_in_c, "src/base/a.c", "int f(void)\n{\n" + LONG_BODY + "}\n"),
        (function_lengths_in_python, "martlet/a.py", "def f():\n" + LONG_BODY),
        (unique_names, "src/ir/base.c", "/* */\n"),
        (unique_names, "martlet/library/twin.py", ""),
        (opening_comments, "src/base/a.c", "int x;\n"),
        (foreign_includes, "src/base/a.c", "#include <Python.h>\n"),
        (foreign_includes, "src/base/a.c", "#include <numpy/arrayobject.h>\n"),
        (foreign_includes, "src/python/a.c", "#include <llvm-c/Core.h>\n"),
        (qualified_includes, "src/base/a.c", '#include "base.h"\n'),
        (allocation, "src/types/a.c", "void *p = malloc(3);\n"),
        (allocation, "src/base/a.c", "free (p);\n"),
        (allocation, "src/driver/a.c", "mmap(0);\n"),
        (build_lists, "src/types/a.c", ""),
        (build_lists, "martlet/a.py", ""),
        (build_lists, "tests/c/test_a.c", ""),
        (layers, "src/base/a.c", '#include "types/type.h"\n'),
        (layers, "src/syntax/a.c", '#include "ir/ir.h"\n'),
        (layers, "src/codegen/a.c", '#include "runtime/object.h"\n'),
        (layers, "src/ir/a.c", '#include "driver/compiler.h"\n'),
    ],
)
def test_violation_is_found(rule, name: str, text: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "ARCHITECTURE.md": ARCHITECTURE,
            "src/base/base.h": "/* The base. */\n",
            "src/base/meson.build": "",
            "src/types/meson.build": "",
            "tests/c/meson.build": "",
            "martlet/meson.build": "'twin.py'",
            "martlet/twin.py": "",
        },
    )
    assert not list(rule(tmp_path))
    write(tmp_path, {name: text})
    assert list(rule(tmp_path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/codegen/a.c", '#include "runtime/abi.h"\n#include "base/vec.h"\n'),
        ("src/driver/a.c", '#include "codegen/backend.h"\n#include "runtime/pool.h"\n'),
        ("src/types/a.c", '#include "base/arena.h"\n#include "types/type.h"\n'),
    ],
)
def test_layers_allow(name: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, {"ARCHITECTURE.md": ARCHITECTURE, name: text})
    assert not list(layers(tmp_path))


def test_comments_and_literals_do_not_allocate(tmp_path: Path) -> None:
    code = '/* malloc(1) */\nchar *s = "free(p)"; // mmap(2)\nx->free(p); arena_free(p);\n'
    write(tmp_path, {"src/types/a.c": code})
    assert not list(allocation(tmp_path))


@pytest.mark.skipif(not (shutil.which("cc") and shutil.which("objdump")), reason="no compiler")
@pytest.mark.parametrize(
    ("code", "is_broken"),
    [
        ("static int counter; int f(void) { return ++counter; }", True),
        ("int shared = 3;", True),
        ("int f(void) { static _Thread_local int n; return ++n; }", True),
        (
            'static const char *const n[] = {"a"}; const char *f(int i) { return n[i]; }',
            False,
        ),
    ],
)
def test_mutable_data_is_found(code: str, is_broken: bool, tmp_path: Path) -> None:
    write(tmp_path, {"build/src/a.c": code})
    folder = tmp_path / "build" / "src"
    subprocess.run(["cc", "-fPIC", "-O1", "-c", "a.c", "-o", "a.o"], cwd=folder, check=True)
    subprocess.run(["ar", "rc", "libmartlet_a.a", "a.o"], cwd=folder, check=True)
    assert bool(list(mutable_data(tmp_path))) == is_broken
