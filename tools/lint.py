"""What `make lint` does: everything that judges the code without running it.

ruff and mypy for Python; clang-format, a build by clang in which every warning is an error, and
clang-tidy for C. clang-tidy is slow, so a file that passed is left out until it, a header that
it includes or the checks change (stamps in build-lint/tidy). A tool that is not installed is
named and passed over; `lint.py fix` formats instead of complaining.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import find_llvm

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-lint"
STAMPS = BUILD / "tidy"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    arguments = [str(part) for part in command]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True)


def find_tool(name: str) -> str | None:
    """The tool of the newest LLVM there is; an older one judges differently."""
    for version in find_llvm.VERSIONS:
        if path := shutil.which(f"{name}-{version}"):
            return path
    for config in filter(find_llvm.is_supported, find_llvm.candidates("")):
        path = Path(find_llvm.query(config, "--bindir")) / name
        if path.exists():
            return str(path)
    return None


def sources(*suffixes: str) -> list[Path]:
    return [
        path
        for folder in ("src", "tests/c")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes
    ]


def report(name: str, done: subprocess.CompletedProcess[str]) -> bool:
    print(f"lint: {name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr).rstrip(), flush=True)
    return done.returncode == 0


def skip(name: str) -> bool:
    print(f"lint: {name}: not installed, passed over", flush=True)
    return True


# ---- the steps: each says whether all is well ----


def check_python(fix: bool) -> bool:
    ruff = shutil.which("ruff")
    if not ruff:
        return skip("ruff")
    if fix:
        run(ruff, "check", "--fix", "--quiet", ".")
        run(ruff, "format", "--quiet", ".")
    is_clean = report("ruff check", run(ruff, "check", "--quiet", "."))
    return report("ruff format", run(ruff, "format", "--check", ".")) and is_clean


def check_stubs(_: bool) -> bool:
    stubs = sorted((ROOT / "martlet").glob("*.pyi"))
    if not stubs:
        return True
    if not shutil.which("mypy"):
        return skip("mypy")
    return report("mypy on the stubs", run("mypy", *stubs))


def check_format(fix: bool) -> bool:
    tool = find_tool("clang-format")
    if not tool:
        return skip("clang-format")
    mode = ["-i"] if fix else ["--dry-run", "-Werror"]
    done = run(tool, *mode, *sources(".c", ".h"))
    places = re.findall(r"(?m)^(\S+?:\d+):\d+: error", done.stderr)
    if places:
        done.stderr = "make format would change\n" + "\n".join(dict.fromkeys(places))
    return report("clang-format", done)


def check_warnings(_: bool) -> bool:
    if not (BUILD / "build.ninja").exists():
        compiler = find_tool("clang") or os.environ.get("CC", "cc")
        os.environ["CC"] = compiler
        done = run("meson", "setup", BUILD, "-Dwerror=true", "-Dbuildtype=debugoptimized")
        if done.returncode != 0:
            return report("meson setup", done)
    return report("build without warnings", run("ninja", "-C", BUILD, "--quiet", "-k", "0"))


def dependencies() -> dict[str, list[Path]]:
    """Each source file and what it includes of ours, as ninja recorded it."""
    found: dict[str, list[Path]] = {}
    for block in run("ninja", "-C", BUILD, "-t", "deps").stdout.split("\n\n"):
        names = [line.strip() for line in block.splitlines() if line.startswith("    ")]
        paths = [(BUILD / name).resolve() for name in names]
        if paths and paths[0].is_relative_to(ROOT):
            found[str(paths[0])] = [path for path in paths if path.is_relative_to(ROOT)]
    return found


def stamp_of(files: list[Path]) -> Path:
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for path in files:
        digest.update(path.read_bytes())
    return STAMPS / digest.hexdigest()[:32]


def check_tidy(_: bool) -> bool:
    tool = find_tool("clang-tidy")
    if not tool:
        return skip("clang-tidy")
    STAMPS.mkdir(parents=True, exist_ok=True)
    todo = {
        source: stamp
        for source, files in dependencies().items()
        if Path(source).suffix == ".c" and not (stamp := stamp_of(files)).exists()
    }

    def judge(source: str) -> subprocess.CompletedProcess[str]:
        done = run(tool, "--quiet", "-p", BUILD, source)
        if done.returncode == 0:
            todo[source].touch()
        done.stderr = re.sub(
            r"(?m)^\d+ warnings? .*\n?|^Suppressed .*\n?|^Use -.*\n?", "", done.stderr
        )
        return done

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(judge, todo))
    failed = [done for done in results if done.returncode != 0]
    text = "\n".join(done.stdout + done.stderr for done in failed)
    name = f"clang-tidy on {len(todo)} changed files"
    return report(name, subprocess.CompletedProcess([], bool(failed), text, ""))


def main() -> int:
    fix = "fix" in sys.argv[1:]
    steps = [check_python, check_stubs, check_format]
    if not fix:
        steps += [check_warnings, check_tidy]
    failed = [step for step in steps if not step(fix)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
