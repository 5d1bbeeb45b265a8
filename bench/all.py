"""Runs every script of this folder and makes the README's table of what was promised and found.

    python bench/all.py [--seconds S] [--markdown FILE] [SCRIPT ...]

Scripts run one after the other in processes of their own. Nothing else should run meanwhile:
they mark what was disturbed, they cannot undo it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SCRIPTS = ["fractal", "kernels", "checks", "dot", "latency", "calls", "ufunc"]


def run(script: str, seconds: float) -> tuple[dict, bool]:
    """What a script found, and whether everything of ours ran."""
    environment = dict(os.environ)
    if script == "dot":
        environment.pop("OPENBLAS_CORETYPE", None)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "found.json")
        command = [sys.executable, str(FOLDER / f"{script}.py"), "--json", str(target)]
        done = subprocess.run([*command, "--seconds", str(seconds)], env=environment)
        if not target.exists():
            sys.exit(f"{script}.py ended with status {done.returncode}")
        return json.loads(target.read_text()), done.returncode == 0


def markdown(found: list[dict]) -> str:
    machine = dict(found[0]["machine"])
    machine.pop("load")
    lines = ["| what | needed | measured | |", "|---|---|---|---|"]
    for report in found:
        for claim in report["claims"]:
            verdict = "" if claim["is_kept"] else "missed"
            lines.append(
                f"| {claim['claim']} | {claim['need']} | {claim['value']:.3g} | {verdict} |"
            )
    lines += ["", ", ".join(f"{name} {value}" for name, value in machine.items()) + "."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scripts", nargs="*", default=SCRIPTS, metavar="SCRIPT")
    parser.add_argument("--seconds", type=float, default=2.0, help="time for one row")
    parser.add_argument("--markdown", metavar="FILE", help="where the table goes, too")
    options = parser.parse_args()
    found, is_whole = [], True
    for script in options.scripts:
        report, is_good = run(Path(script).stem, options.seconds)
        found.append(report)
        is_whole = is_whole and is_good
        print()
    table = markdown(found)
    print(table)
    if options.markdown:
        Path(options.markdown).write_text(table)
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
