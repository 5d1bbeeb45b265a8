"""Run random programs against the interpreter: fuzz.py [--first SEED] [--count N] [--coverage] [--show SEED].

Prints every difference and a summary. The programs run in a child, so that a crash or an endless loop is a failure
with its seed, and the run goes on with the next program.
"""

import argparse
import json
import os
import selectors
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

PATIENCE = 60  # seconds for one program


# ---- the child ----


def check(program: Any, seen: Counter[str], coverage: Any = None) -> str | None:
    """The first difference of one program, or None."""
    from oracle import Wide, copied, define, judge, run, watched

    import martlet as mt

    compiled = mt.jit(define(program))
    wide = Wide()
    reference = watched(program, wide)
    for arguments in program.arguments:
        wide.seen = False
        expected = run(reference, copied(program, arguments))
        expected.wide = wide.seen
        got = run(compiled, copied(program, arguments))
        if isinstance(got.error, mt.CompileError):
            seen["refused"] += 1
            return f"does not compile: {got.error}"
        verdict = judge(program, expected, got)
        seen.update(verdict.notes)
        if verdict.difference:
            return f"{verdict.difference}\narguments: {arguments!r}"
    if coverage is not None:
        coverage.take(program, compiled)
    return None


def work(first: int, count: int, with_coverage: bool) -> None:
    """The child: one line of JSON for each event."""
    from generator import generate
    from reach import Coverage

    out = os.fdopen(os.dup(1), "w", buffering=1)
    seen: Counter[str] = Counter()
    coverage = Coverage() if with_coverage else None
    for seed in range(first, first + count):
        print(json.dumps({"seed": seed}), file=out)
        program = generate(seed)
        try:
            found = check(program, seen, coverage)
        except Exception:
            found = traceback.format_exc()
        if found:
            print(json.dumps({"failure": seed, "text": f"{program.text}{found}\n"}), file=out)
    print(
        json.dumps({"seen": seen, "reached": coverage.reached() if coverage else []}), file=out
    )


# ---- the parent ----


def events(first: int, count: int, options: list[str]) -> Iterator[dict[str, Any]]:
    """What children report; one that dies or stalls is a failure of its program, and the next one goes on."""
    end = first + count
    while first < end:
        command = [
            sys.executable,
            __file__,
            "--child",
            "--first",
            str(first),
            "--count",
            str(end - first),
            *options,
        ]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert child.stdout and child.stderr
        seed, problem = first, "no answer"
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            pending = b""
            while selector.select(PATIENCE):
                chunk = os.read(child.stdout.fileno(), 1 << 16)
                if not chunk:
                    problem = "died"
                    break
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    if line.startswith(b"{"):
                        event = json.loads(line)
                        seed = event.get("seed", seed)
                        if "seen" in event:
                            seed = end
                        yield event
        child.kill()
        errors = child.stderr.read().decode(errors="replace")[-2000:]
        code = child.wait()
        if seed < end:
            yield {
                "failure": seed,
                "text": f"the child {problem} (status {code})\n{errors}",
                "crash": True,
            }
        first = seed + 1


def report(failure: dict[str, Any]) -> str:
    text = failure["text"]
    if failure.get("crash"):
        from generator import generate

        text = f"{generate(failure['failure']).text}{text}"
    return f"---- seed {failure['failure']}\n{text}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--stop", action="store_true", help="at the first difference")
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="print the rows of the tables that were not reached",
    )
    parser.add_argument("--show", type=int, help="print the program of this seed")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.show is not None:
        from generator import generate

        program = generate(options.show)
        print(program.text, *map(repr, program.arguments), sep="\n")
        return 0
    if options.child:
        work(options.first, options.count, options.coverage)
        return 0
    started = time.perf_counter()
    failures = 0
    seen: Counter[str] = Counter()
    reached: set[str] = set()
    last = options.first
    for event in events(
        options.first, options.count, ["--coverage"] if options.coverage else []
    ):
        last = event.get("seed", last)
        seen.update(event.get("seen", {}))
        reached.update(event.get("reached", []))
        if "failure" in event:
            failures += 1
            print(report(event), flush=True)
            if options.stop:
                break
    seconds = time.perf_counter() - started
    print(
        f"{last - options.first + 1} programs, {failures} failures, {dict(seen)}, {seconds:.1f} s"
    )
    if options.coverage:
        from reach import summary

        print(summary(reached))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
