"""R3: no receipt before its commit is on disk, and no start where a commit may not be."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from storage.store import Store
from tests.drills.conftest import Launch, Size, drill_schools, on_all, on_all_at_length
from tests.drills.figures import record
from tests.drills.load import PATIENCE, Crowd
from tests.drills.verdict import look
from tests.support.databases import plain
from tests.support.postgres import PostgresServer
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 5
_CONNECTIONS = 5


class _Careless(PostgresServer):
    """A server that does not wait for the disk."""

    def _options(self) -> list[str]:
        return [*super()._options(), "-c", "fsync=off"]


@pytest.fixture
def careless() -> Iterator[str]:
    """Give the URL of a database on such a server."""
    with _Careless() as server:
        yield server.new_database()


def test_every_connection_waits_for_the_disk(database_url: str) -> None:
    store = Store(database_url)
    with ExitStack() as open_now:
        sessions = [open_now.enter_context(store.reading()) for _ in range(_CONNECTIONS)]
        asked = "PRAGMA synchronous" if store.sqlite else "SHOW synchronous_commit"
        found = {session.connection().execute(text(asked)).scalar() for session in sessions}
        assert found == ({2} if store.sqlite else {"on"})
        if store.sqlite:
            modes = {
                session.connection().execute(text("PRAGMA journal_mode")).scalar() for session in sessions
            }
            assert modes == {"wal"}
    store.close()


def test_no_later_change_of_the_servers_settings_reaches_a_connection(postgres_url: str) -> None:
    store = Store(postgres_url)
    with store.reading() as session:
        source = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
        assert session.connection().execute(text(source)).scalar() == "session"
    store.close()


def test_a_database_that_commits_without_the_disk_is_refused_in_one_line(
    postgres_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(plain(postgres_url), autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    said = _refused(Program(tmp_path / "program", database=postgres_url))
    assert "synchronous_commit=off" in said


def test_a_server_that_never_waits_for_the_disk_is_refused_in_one_line(careless: str, tmp_path: Path) -> None:
    assert "fsync=off" in _refused(Program(tmp_path / "program", database=careless))


def _refused(program: Program) -> str:
    """What the program says on refusing to start."""
    ran = program.run("serve")
    program.close()
    assert ran.code == 1
    assert ran.err.startswith("signpost: ")
    assert ran.err.count("\n") == 1
    return ran.err


@on_all_at_length
def test_a_report_is_there_when_it_is_killed_right_after_the_receipt(
    size: Size, launch: Launch, stand_in: StandIn, database_url: str
) -> None:
    program = launch(database_url, schools=drill_schools(_SCHOOLS))
    crowd = Crowd(program, schools=_SCHOOLS)
    began, kills = time.monotonic(), size.of(3, 50)
    for number in range(kills):
        program.start()
        receipt = crowd.report(number)
        program.kill()
        assert receipt.reference in _references(database_url)
    record(
        "R3",
        "kill -9 right after the receipt",
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        reports=kills,
        kills=kills,
        lost=len({receipt.reference for receipt in crowd.receipts} - _references(database_url)),
        seconds=time.monotonic() - began,
    )


@on_all
@pytest.mark.parametrize(("place", "there"), [("after-outbox-insert", False), ("before-receipt", True)])
def test_there_is_no_receipt_before_the_commit_and_the_same_one_ever_after(
    launch: Launch, stand_in: StandIn, database_url: str, place: str, *, there: bool
) -> None:
    program = launch(database_url, schools=drill_schools(_SCHOOLS), SIGNPOST_FAILPOINT=place)
    program.start()
    crowd = Crowd(program, schools=_SCHOOLS)
    with pytest.raises(httpx.TransportError):
        crowd.submit(1)
    assert program.wait_for_end(within=PATIENCE) == -signal.SIGKILL
    assert len(_references(database_url)) == int(there)
    assert there or not stand_in.messages()
    program.restart(SIGNPOST_FAILPOINT="")
    again, once_more = crowd.submit(1), crowd.submit(1)
    assert (again.status, once_more.status) == (program.first(repeated=there), 200)
    assert {again.reference, once_more.reference} == _references(database_url)


def _references(database: str) -> set[str]:
    return {str(reference) for (reference,) in look(database, "SELECT reference FROM case_file")}
