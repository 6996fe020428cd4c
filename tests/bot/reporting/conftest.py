"""An office at Oakfield for each test, on each kind of database in turn, its tables made only once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.reporting.office import Office
from storage.migrating import migrate
from storage.store import Store
from tests.bot.reporting.oakfield import OAKFIELD
from tests.bot.reporting.stage import Stage
from tests.support.offices import office_for


@pytest.fixture
def office(tables_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office at Oakfield."""
    made = office_for(tables_url, tmp_path, OAKFIELD)
    yield made
    made.store.close()


@pytest.fixture
def stage(office: Office) -> Stage:
    """Give an office at Oakfield with its clock."""
    return Stage(office)


@pytest.fixture
def sqlite_stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """Give an office at Oakfield on SQLite, for what no database can make a difference to."""
    made = office_for(sqlite_url, tmp_path, OAKFIELD)
    yield Stage(made)
    made.store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def tables_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a database with empty tables."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    postgres = request.getfixturevalue("postgres")
    url = postgres.new_database(_migrated)
    yield url
    postgres.give_back(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of an SQLite file with empty tables."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'signpost.db')}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite file with empty tables, to copy."""
    file = tmp_path_factory.mktemp("template") / "signpost.db"
    _migrated(f"sqlite:///{file}")
    return file


def _migrated(url: str) -> None:
    store = Store(url)
    migrate(store)
    store.forget_deleted()
    store.close()
