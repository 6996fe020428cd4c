"""What the tests of backups share: a store to copy, and empty ones to restore into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.backup import Archive
from storage.store import Store
from tests.storage.filled import (
    AUDIT_KEY,
    fill,
    opened,
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Give a store with three cases: the first acknowledged, the others waiting."""
    made = opened(database_url)
    fill(made)
    yield made
    made.close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.named(tmp_path / "copy", AUDIT_KEY)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of another database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty' / 'signpost.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    url = str(postgres.new_database())
    yield url
    postgres.give_back(url)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    made = Store(empty_url)
    yield made
    made.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """Give an empty SQLite database, where it does not matter which kind it is."""
    made = Store(f"sqlite:///{tmp_path / 'other' / 'signpost.db'}")
    yield made
    made.close()
