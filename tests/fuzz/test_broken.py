"""Random programs tell broken compilers from the right one (broken.py)."""

import shutil
import subprocess
import sys
from pathlib import Path

import broken
import pytest


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the patches")
@pytest.mark.parametrize("patch", broken.PATCHES, ids=lambda patch: patch.stem)
def test_patch_of_a_broken_compiler_applies(patch: Path) -> None:
    broken.apply(patch, broken.ROOT, "--check")


def test_there_are_broken_compilers_enough() -> None:
    assert len(broken.PATCHES) >= 20


@pytest.mark.nightly
def test_broken_compilers_are_noticed() -> None:
    done = subprocess.run([sys.executable, broken.__file__], capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
