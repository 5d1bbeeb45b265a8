"""Random programs mean the same compiled as in the interpreter.

Every case is a run of its own of a part of the seeds (fuzz.py gives each failure with its seed and its
program). To look at one: `fuzz.py --first SEED --count 1`, `shrink.py SEED`.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from reach import share, summary

SCRIPT = Path(__file__).with_name("fuzz.py")
PROGRAMS, PARTS = 1000, 4
NIGHTLY, NIGHTLY_PARTS = 20_000, 40
REFUSED = 0.01  # of the programs, at most

REACHED = pytest.StashKey[set[str]]()


pytestmark = pytest.mark.skipif(
    np.ceil(1).dtype.kind == "f", reason="this NumPy (2.0) rounds integers to floats"
)


def fuzz(first: int, count: int) -> tuple[dict[str, int], set[str]]:
    """What was seen and reached; fails with the programs that differ."""
    span = ["--first", str(first), "--count", str(count)]
    command = [sys.executable, SCRIPT, *span, "--json", "--coverage"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr[-4000:]
    *failures, last = done.stdout.splitlines()
    found = json.loads(last)
    told = [json.loads(line) for line in failures]
    differences = [each["text"] for each in told if not each["refused"]]
    assert not differences, "\n".join(differences)
    assert len(told) <= REFUSED * count, "\n".join(each["text"] for each in told)
    return found["seen"], set(found["reached"])


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs(part: int, request: pytest.FixtureRequest) -> None:
    count = PROGRAMS // PARTS
    seen, reached = fuzz(part * count, count)
    request.config.stash.setdefault(REACHED, set()).update(reached)
    assert seen["value"] > count, "most programs end with a value"
    assert seen["error"] > count / 10, "some raise"


def test_random_programs_reach_the_tables(request: pytest.FixtureRequest, capsys) -> None:
    """After the cases before: all of them together."""
    if (reached := request.config.stash.get(REACHED, None)) is None:
        pytest.skip("no random programs were run")
    with capsys.disabled():
        print(f"\n{summary(reached)}")
    for table in ("op", "primitive"):
        percent, missing = share(table, reached)
        assert percent >= 95, f"{table}: {missing}"


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(NIGHTLY_PARTS))
def test_many_random_programs(part: int) -> None:
    count = NIGHTLY // NIGHTLY_PARTS
    fuzz(PROGRAMS + part * count, count)
