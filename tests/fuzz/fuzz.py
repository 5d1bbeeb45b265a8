"""Run random programs against the interpreter: fuzz.py [--first SEED] [--count N] [--coverage] [--show SEED].

Prints every difference and a summary. The programs run in a child, so that a crash or an endless loop is a failure
with its seed, and the run goes on with the next program.
"""

import argparse
import contextlib
import gc
import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

PRUDENT = os.environ | {"MALLOC_PERTURB_": "165"}  # memory that is not initialised is no zero
PATIENCE = 60  # seconds for one program
REFUSED = "does not compile: "
OUTSIDE = re.compile(r"^G\d", re.M)  # arrays that outlive a call


# ---- the child ----


def check(program: Any, seen: Counter[str]) -> str | None:
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
            return f"{REFUSED}{got.error}"
        verdict = judge(program, expected, got)
        seen.update(verdict.notes)
        if verdict.difference:
            return f"{verdict.difference}\narguments: {arguments!r}"
        if verdict.notes != ["value"] and OUTSIDE.search(program.text):
            break  # what became of the module's arrays may differ by now
    return None


def work(first: int, count: int, with_coverage: bool) -> None:
    """The child: lines of JSON, the seed before each program and what was found after it."""
    from generator import generate
    from reach import Coverage

    out = os.fdopen(os.dup(1), "w", buffering=1)
    coverage = Coverage() if with_coverage else None
    for seed in range(first, first + count):
        print(json.dumps({"seed": seed}), file=out)
        seen: Counter[str] = Counter()
        if seed % 20 == 0:
            gc.collect()
        program = generate(seed)
        try:
            found = check(program, seen)
        except Exception:
            found = traceback.format_exc()
        event: dict[str, Any] = {"seen": seen}
        if found:
            event |= {"failure": seed, "text": f"{program.text}{found}\n"}
        if coverage and not found:
            event["reached"] = coverage.take(program)
        print(json.dumps(event), file=out)
    print(json.dumps({"end": True}), file=out)


# ---- the parent ----


def events(first: int, count: int, options: list[str]) -> Iterator[dict[str, Any]]:
    """What children tell. One that dies or stalls is a failure of its program; the next goes on."""
    end = first + count
    while first < end:
        span = ["--first", str(first), "--count", str(end - first)]
        command = [sys.executable, __file__, "--child", *span, *options]
        with tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, env=PRUDENT
            )
            seed = first
            for event in spoken(child):
                seed = end if "end" in event else event.get("seed", seed)
                yield event
            stalled = child.poll() is None
            child.kill()
            code = child.wait()
            errors.seek(0, os.SEEK_END)
            errors.seek(max(0, errors.tell() - 2000))
            text = errors.read().decode(errors="replace")
        if seed < end:
            problem = "gave no answer" if stalled else f"died (status {code})"
            yield {"failure": seed, "text": f"the child {problem}\n{text}", "crash": True}
        first = seed + 1


def spoken(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The child's events, until it ends or says nothing for too long."""
    assert child.stdout
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(PATIENCE):
            chunk = os.read(child.stdout.fileno(), 1 << 16)
            if not chunk:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(5)
                return
            *lines, pending = (pending + chunk).split(b"\n")
            yield from (json.loads(line) for line in lines if line.startswith(b"{"))


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
    parser.add_argument("--json", action="store_true", help="say it in lines of JSON")
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
    covering = ["--coverage"] if options.coverage else []
    for event in events(options.first, options.count, covering):
        last = event.get("seed", last)
        seen.update(event.get("seen", {}))
        reached.update(event.get("reached", []))
        if "failure" in event:
            failures += 1
            text, refused = report(event), REFUSED in event["text"]
            about = {"seed": event["failure"], "text": text, "refused": refused}
            print(json.dumps(about) if options.json else text, flush=True)
            if options.stop and not refused:
                break
    if options.json:
        print(json.dumps({"seen": seen, "reached": sorted(reached)}))
        return 1 if failures else 0
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
