import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


class Testing:
    def __init__(self, core):
        self.generic, self.ast = core._test_generic, core._test_ast


@pytest.fixture(scope="session")
def testing():
    """The reader and lowering: a function's generic IR, and its syntax tree, as text."""
    return Testing(pytest.importorskip("martlet._core"))
