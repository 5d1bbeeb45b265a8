"""Find the llvm-config to build against and print what the build needs to know of it.

Candidates are, in this order: the path given, $LLVM_CONFIG, llvm-config-22 … llvm-config-19 on
PATH or in their Debian folders, and llvm-config on PATH (conda's llvmdev). Only LLVM 19 to 22
will do.

Prints five lines (path, version, include folder, library folder, link arguments), or nothing
with exit status 1 where there is no such LLVM. The link arguments name the shared library where
there is one.
"""

import os
import shutil
import subprocess
import sys

VERSIONS = range(22, 18, -1)
COMPONENTS = ["core", "native", "passes", "ipo", "irreader", "bitreader", "bitwriter", "linker"]


def query(config: str, *arguments: str) -> str:
    """What llvm-config answers, on one line; empty where it fails."""
    try:
        done = subprocess.run([config, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return " ".join(done.stdout.split())


def candidates(given: str) -> list[str]:
    if chosen := given or os.environ.get("LLVM_CONFIG", ""):
        return [chosen]
    found = []
    for version in VERSIONS:
        found.append(f"llvm-config-{version}")
        found.append(f"/usr/lib/llvm-{version}/bin/llvm-config")
    return [path for name in [*found, "llvm-config"] if (path := shutil.which(name))]


def is_supported(config: str) -> bool:
    """True for an LLVM 19 to 22 that has its headers (a run-time package has none)."""
    major = query(config, "--version").partition(".")[0]
    header = os.path.join(query(config, "--includedir"), "llvm-c", "Core.h")
    return major.isdigit() and int(major) in VERSIONS and os.path.exists(header)


def link_arguments(config: str) -> str:
    """The shared library; else the static ones with what they need themselves."""
    folder = "-L" + query(config, "--libdir")
    if shared := query(config, "--link-shared", "--libs", "core"):
        return f"{folder} {shared}"
    static = query(config, "--link-static", "--libs", *COMPONENTS)
    system = query(config, "--link-static", "--system-libs", *COMPONENTS)
    return f"{folder} {static} {system} -lstdc++"


def main() -> int:
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    for config in candidates(given):
        if is_supported(config):
            print(config)
            print(query(config, "--version"))
            print(query(config, "--includedir"))
            print(query(config, "--libdir"))
            print(link_arguments(config))
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
