"""Run random programs: fuzz.py [--first SEED] [--count N] [--coverage]. Prints every difference and a summary."""

import argparse
import re
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generator import Program, copied, define, difference, programs, run  # noqa: E402

import martlet as mt  # noqa: E402


def check(program: Program, seen: Counter) -> str | None:
    """The first difference of one program, or None."""
    function = define(program)
    compiled = mt.jit(function)
    for arguments in program.arguments:
        plain, changed = copied(arguments), copied(arguments)
        expected = run(function, plain)
        got = run(compiled, changed)
        if got[0] == "error" and isinstance(got[1], mt.CompileError):
            seen["refused"] += 1
            return f"does not compile: {got[1]}"
        seen[f"{expected[0]}s"] += 1
        if got[0] == "error" and expected[0] == "value":
            seen["64-bit overflows"] += 1
        found = difference(expected, got, plain, changed)
        if found:
            return f"{found}\narguments: {arguments!r}"
    return None


def rows(path: Path, pattern: str) -> list[str]:
    return re.findall(pattern, path.read_text(), re.M)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--stop", action="store_true", help="at the first difference")
    options = parser.parse_args()
    seen: Counter = Counter()
    failures = 0
    started = time.perf_counter()
    for program in programs(options.first, options.count):
        found = check(program, seen)
        if found:
            failures += 1
            print(f"---- seed {program.seed}\n{program.text}{found}\n", flush=True)
            if options.stop:
                break
    seconds = time.perf_counter() - started
    print(f"{options.count} programs, {failures} with a difference, {dict(seen)}, {seconds:.1f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
