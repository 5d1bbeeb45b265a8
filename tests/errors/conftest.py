"""No errors of compiling when everything runs as plain Python (MARTLET_DISABLE_JIT=1)."""

import pytest

from martlet import _core


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _core.is_disabled():
        skip = pytest.mark.skip(reason="MARTLET_DISABLE_JIT is set")
        for item in items:
            if "tests/errors/" in item.path.as_posix():
                item.add_marker(skip)
