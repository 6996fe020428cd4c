"""Fixtures that start what a test needs from outside and end it afterwards: a pytest plugin."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
import structlog

from tests.support.databases import Postgres
from tests.support.postgres import EXISTING, NoPostgresError, PostgresServer
from tests.support.smtp import MailSink
from tests.support.standin import StandIn

if TYPE_CHECKING:
    from tests.support.program import Program


def pytest_configure() -> None:
    """End as at Ctrl-C when told to end, so that no server outlives a run of the tests that took too long."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # As structlog comes, it lays out every variable of a traceback: seconds each.
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])


def missing_postgres(error: NoPostgresError) -> NoReturn:
    """Fail in CI, where half of the promises would go untested unseen; skip on a developer's machine."""
    if os.environ.get("CI", "") not in {"", "0", "false"}:
        pytest.fail(str(error))
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Give the server that this run of the tests started itself; `own_postgres` is the one to crash."""
    try:
        server = PostgresServer()
    except NoPostgresError as error:
        missing_postgres(error)
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Give a server to make databases on: the one that the environment names, else our own."""
    if not os.environ.get(EXISTING):
        yield request.getfixturevalue("postgres_server")
        return
    existing = Postgres(os.environ[EXISTING])
    yield existing
    existing.close()


@pytest.fixture
def own_postgres(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """Give a server that the test may crash; it is brought back for the next test."""
    yield postgres_server
    if not postgres_server.up:
        postgres_server.restart()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Give the URL of a fresh PostgreSQL database."""
    url = postgres.new_database()
    yield url
    postgres.give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a fresh database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'signpost.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """Give a stand-in chat platform, in a process of its own."""
    with StandIn() as platform:
        yield platform


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """Give a mail server that keeps what it is sent."""
    with MailSink() as sink:
        yield sink


@pytest.fixture
def program(stand_in: StandIn, database_url: str, tmp_path: Path) -> "Iterator[Program]":
    """Give the running program, on each kind of database in turn, with a ladder of seconds."""
    # Here, since it reads the schools file: a fault in that code must not end every test before it starts.
    from tests.support.program import Program

    with Program(tmp_path / "program", console=stand_in.url, database=database_url) as running:
        yield running
