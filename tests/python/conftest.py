"""What the tests of the Python side share: tests that look at compiled code itself are left out
when everything runs as plain Python (MARTLET_DISABLE_JIT=1)."""

import pytest

from martlet import _core


def pytest_configure(config):
    config.addinivalue_line("markers", "compiled: makes no sense as plain Python")


def pytest_collection_modifyitems(items):
    if _core.is_disabled():
        skip = pytest.mark.skip(reason="MARTLET_DISABLE_JIT is set")
        for item in items:
            if item.get_closest_marker("compiled"):
                item.add_marker(skip)
