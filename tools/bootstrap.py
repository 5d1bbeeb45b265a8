"""Make a development environment: .venv, a C compiler, LLVM.

What is there already is kept; what cannot be installed is named on one line each. The packages
of .venv are those of pyproject.toml's groups. Without the group `build`, or without a C
compiler, the exit status is 1. System packages come from apt, as root or through sudo; without
it LLVM is found through LLVM_CONFIG or PATH.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import find_llvm

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NO_PYTHON = (3, 15)  # the first version that is not supported


def say(text: str) -> None:
    print(f"bootstrap: {text}", flush=True)


def is_done(*command: str | Path, timeout: float = 1800) -> bool:
    """Runs a command in silence; its last words are shown when it fails and VERBOSE is set."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    if done.returncode != 0 and os.environ.get("VERBOSE"):
        print((done.stdout + done.stderr)[-2000:], flush=True)
    return done.returncode == 0


# ---- system packages ----


class Apt:
    """Debian's packages, where this user may install them."""

    def __init__(self) -> None:
        self.prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        self.is_usable = bool(shutil.which("apt-get")) and (
            not self.prefix or is_done(*self.prefix, "true")
        )
        self.is_updated = False

    def update(self) -> None:
        """Once, and only when something is to be installed: it takes seconds."""
        if not self.is_updated:
            is_done(*self.prefix, "apt-get", "update", "-qq")
            self.is_updated = True

    def has(self, package: str) -> bool:
        shown = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True)
        return "Candidate:" in shown.stdout and "Candidate: (none)" not in shown.stdout

    def install(self, *packages: str) -> bool:
        self.update()
        command = [*self.prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        return is_done(*command, *packages)

    def install_each(self, packages: list[str], purpose: str) -> None:
        """One by one, so that one that is missing does not keep the others out."""
        for package in packages:
            if not self.is_usable:
                say(
                    f"cannot install {package} ({purpose}): needs apt-get, as root or with sudo"
                )
            elif not self.install(package):
                say(f"cannot install {package} ({purpose})")


def has_llvm() -> bool:
    return any(map(find_llvm.is_supported, find_llvm.candidates("")))


def ensure_llvm(apt: Apt) -> None:
    """LLVM and clang in one version: what is there, else the newest the distribution has."""
    version = None
    if not has_llvm() and apt.is_usable and not os.environ.get("LLVM_CONFIG"):
        apt.update()
        for version in find_llvm.VERSIONS:
            if apt.has(f"llvm-{version}-dev"):
                say(f"installing LLVM {version}")
                apt.install_each([f"llvm-{version}-dev"], "the compiler backend")
                break
    if not has_llvm():
        say(
            "no LLVM 19 to 22 with headers: nothing can be compiled at run time; "
            "install llvm-N-dev (or conda's llvmdev), or set LLVM_CONFIG=/path/to/llvm-config"
        )
        return
    config = next(filter(find_llvm.is_supported, find_llvm.candidates("")))
    major = find_llvm.query(config, "--version").partition(".")[0]
    folder = Path(find_llvm.query(config, "--bindir"))
    for tool, purpose in [
        ("clang", "C and C++ declared in place"),
        ("clang-format", "make lint"),
        ("clang-tidy", "make lint"),
    ]:
        if not (folder / tool).exists() and not shutil.which(f"{tool}-{major}"):
            apt.install_each([f"{tool}-{major}"], purpose)


def ensure_compiler(apt: Apt) -> bool:
    if not any(map(shutil.which, [os.environ.get("CC", "cc"), "gcc", "clang"])):
        apt.install_each(["gcc", "libc6-dev"], "the C compiler")
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.exists():
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        apt.install_each([f"python{version}-dev"], "Python.h")
    for what, is_there in [
        ("a C compiler", any(map(shutil.which, [os.environ.get("CC", "cc"), "gcc", "clang"]))),
        (str(header), header.exists()),
    ]:
        if not is_there:
            say(f"missing: {what}")
            return False
    return True


# ---- Python packages ----


def ensure_venv(apt: Apt) -> bool:
    if PYTHON.exists() and is_done(PYTHON, "-m", "pip", "--version"):
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"creating .venv with Python {sys.version.split()[0]}")
    make = [sys.executable, "-m", "venv", str(VENV)]
    if is_done(*make):
        return True
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    apt.install_each([f"python{version}-venv"], "the venv module")
    if is_done(*make) or is_done(sys.executable, "-m", "virtualenv", VENV):
        return True
    say("cannot create .venv: the venv module is missing")
    return False


def pip_install(*packages: str) -> bool:
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return is_done(PYTHON, "-m", "pip", "install", *quiet, *packages)


def ensure_packages() -> bool:
    """All at once, so that pip finds versions that fit each other; else each by itself."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    needed, wanted = groups["build"], [*groups["lint"], *groups["peers"]]
    say(f"installing {len(needed) + len(wanted)} Python packages")
    if pip_install(*needed, *wanted):
        return True
    if not pip_install(*needed):
        say("cannot install " + ", ".join(needed))
        return False
    for package in wanted:
        if not pip_install(*needed, package):
            say(f"cannot install {package}; what uses it is skipped")
    return True


def add_source_tree() -> None:
    """Makes `import martlet` in .venv find the source tree."""
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([PYTHON, "-c", query], capture_output=True, text=True, check=True)
    (Path(site.stdout.strip()) / "martlet_source_tree.pth").write_text(f"{ROOT}\n")


def main() -> int:
    if not (3, 11) <= sys.version_info[:2] < NO_PYTHON:
        say(f"Python 3.11 to 3.14 is needed, this is {sys.version.split()[0]}; set PYTHON=")
        return 1
    apt = Apt()
    if not (ensure_compiler(apt) and ensure_venv(apt) and ensure_packages()):
        return 1
    ensure_llvm(apt)
    add_source_tree()
    return 0


if __name__ == "__main__":
    sys.exit(main())
