import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def testing():
    """The compiler's hooks for tests."""
    return pytest.importorskip("martlet._core")._testing
