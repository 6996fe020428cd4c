"""The application on a fresh SQLite database, for the tests beside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served, served


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give the application with its test face, which the tests of a module share and leave as it was."""
    folder = tmp_path_factory.mktemp("here")
    with served(f"sqlite:///{folder / 'signpost.db'}", folder) as found:
        yield found


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """Give an application of the test's own, which it may change or break."""
    with served(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path) as found:
        yield found
