"""What all tests share: the option that rewrites expectations, and the tests that run by night.

Tests marked `nightly` take long; `-m nightly` runs them. Tests of what compiling gives are left out
when everything runs as plain Python (MARTLET_DISABLE_JIT=1). The IR is verified after each pass,
unless MARTLET_VERIFY=0. A sanitizer that is loaded before
Python (`make asan-python`) is not loaded into compilers and other tools.
"""

import os
import signal
from collections.abc import Iterator

import pytest

from martlet import _core

COMPILED = ("tests/differential/", "tests/errors/", "tests/fuzz/", "tests/golden/typed/")
RUN_TOOLS = ("tests/codegen/", "tests/image/", "tests/python/boundary/test_image_file.py")


def pytest_addoption(parser):
    parser.addoption(
        "--bless", action="store_true", help="rewrite the expectations of golden tests"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: takes long; run with -m nightly")
    os.environ.setdefault("MARTLET_VERIFY", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _core.is_disabled():
        skip = pytest.mark.skip(reason="MARTLET_DISABLE_JIT is set")
        for item in items:
            if any(folder in item.path.as_posix() for folder in COMPILED):
                item.add_marker(skip)
    if "nightly" in (config.getoption("-m") or ""):
        return
    nightly = [item for item in items if item.get_closest_marker("nightly")]
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if any(folder in item.path.as_posix() for folder in RUN_TOOLS):
            patch.delenv("LD_PRELOAD", raising=False)
        return (yield)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT interrupts, also in tests that a shell runs in the background, where it is ignored."""
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, old)
