"""Tests marked `nightly` take long; `-m nightly` runs them. Nothing is compared with itself when
everything runs as plain Python (MARTLET_DISABLE_JIT=1)."""

import pytest

from martlet import _core


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: takes long; run with -m nightly")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _core.is_disabled():
        skip = pytest.mark.skip(reason="MARTLET_DISABLE_JIT is set")
        for item in items:
            if "tests/differential/" in item.path.as_posix():
                item.add_marker(skip)
    if "nightly" in (config.getoption("-m") or ""):
        return
    nightly = [item for item in items if item.get_closest_marker("nightly")]
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
