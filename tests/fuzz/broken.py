"""Broken compilers that random programs must tell from the right one: broken.py [NAME …] [--programs N].

Each patch in broken/ breaks one rule; its first line says which. All are built in turn, in a copy of the source with a
build folder of its own, and run the generator's programs until one differs from the interpreter. Prints a table, and
fails where a patch does not apply or no program notices it.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATCHES = sorted(Path(__file__).with_suffix("").glob("*.patch"))
COPIED = "src martlet tests tools meson.build meson.options pyproject.toml LICENSE README.md"
PROGRAMS = 1000


def apply(patch: Path, tree: Path, *options: str) -> None:
    """The patch in a tree, whether git knows that or not."""
    outside = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(
        ["git", "apply", *options, str(patch)],
        cwd=tree,
        env=outside,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{patch.name}: {done.stderr}")


class Tree:
    """A copy of the source that is built anew after each change."""

    def __init__(self, path: Path) -> None:
        self.path, self.build = path, path / "build"
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = os.environ | {"PATH": tools, "PYTHONPATH": str(path)}
        ignored = shutil.ignore_patterns("*.so", "__pycache__")
        for name in COPIED.split():
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, path / name, ignore=ignored)
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, path / name)
        llvm = os.environ.get("LLVM_CONFIG")
        self.run("meson", "setup", "build", *([f"-Dllvm_config={llvm}"] if llvm else []))
        self.run("ninja", "-C", "build")
        modules = sorted((self.build / "martlet").glob("_*.so"))
        self.modules = [str(module.relative_to(self.build)) for module in modules]
        self.run(sys.executable, "tools/link_modules.py", "build", "martlet")

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self.path, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")

    def make(self) -> None:
        self.run("ninja", "-C", "build", *self.modules)

    def first_difference(self, count: int) -> int | None:
        """The seed of the first program that differs."""
        command = [
            sys.executable,
            "tests/fuzz/fuzz.py",
            "--stop",
            "--json",
            "--count",
            str(count),
        ]
        done = subprocess.run(
            command, cwd=self.path, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert "seen" in found[-1], done.stdout[-4000:]
        return next((each["seed"] for each in found[:-1] if not each["refused"]), None)


def check(names: list[str], count: int) -> list[str]:
    """The patches that were not noticed."""
    patches = [patch for patch in PATCHES if not names or patch.stem in names]
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder) / "martlet")
        print(f"{'patch':24} {'seed':>5} {'s':>6}  what is broken")
        for patch in patches:
            started = time.perf_counter()
            apply(patch, tree.path)
            tree.make()
            seed = tree.first_difference(count)
            apply(patch, tree.path, "--reverse")
            seconds = time.perf_counter() - started
            says = patch.read_text(encoding="utf-8").splitlines()[0]
            print(
                f"{patch.stem:24} {'-' if seed is None else seed:>5} {seconds:6.1f}  {says}",
                flush=True,
            )
            if seed is None:
                missed.append(patch.stem)
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of patches; all without")
    parser.add_argument("--programs", type=int, default=PROGRAMS)
    options = parser.parse_args()
    missed = check(options.names, options.programs)
    if missed:
        print(f"not noticed: {' '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
