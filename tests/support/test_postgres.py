"""The PostgreSQL harness: what a test relies on when it crashes a server or asks for a fresh database."""

from pathlib import Path

import psycopg
import pytest

from tests.support.databases import Postgres, plain, rows_of
from tests.support.fixtures import missing_postgres
from tests.support.postgres import NoPostgresError, PostgresServer, find_binaries
from tests.support.processes import running


def _processes(url: str) -> list[int]:
    return [
        int(str(pid)) for (pid,) in rows_of(url, "SELECT pid FROM pg_stat_activity ORDER BY backend_start")
    ]


def test_a_url_names_the_driver_and_the_server_is_new_enough_and_syncs_to_disk(postgres: Postgres) -> None:
    assert postgres.url.startswith("postgresql+psycopg://")
    assert int(str(rows_of(postgres.url, "SHOW server_version_num")[0][0])) >= 150_000
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert rows_of(postgres.url, "SHOW " + setting) == [("on",)]


def test_our_own_server_takes_200_connections_and_listens_on_loopback_only(
    own_postgres: PostgresServer,
) -> None:
    assert rows_of(own_postgres.url, "SHOW max_connections") == [("200",)]
    assert rows_of(own_postgres.url, "SHOW listen_addresses") == [("127.0.0.1",)]


def test_a_crash_keeps_what_was_committed_loses_what_was_not_and_leaves_no_process(
    own_postgres: PostgresServer,
) -> None:
    url = own_postgres.new_database()
    rows_of(url, "CREATE TABLE kept (word text)")
    with psycopg.connect(plain(url), autocommit=True) as kept, psycopg.connect(plain(url)) as lost:
        kept.execute("INSERT INTO kept VALUES ('committed')")
        lost.execute("INSERT INTO kept VALUES ('open')")
        pids = _processes(url)
        assert all(running(pid) for pid in pids[:-1])
        own_postgres.crash()
        assert not any(running(pid) for pid in pids)
        with pytest.raises(psycopg.OperationalError):
            kept.execute("SELECT 1")
        lost.close()
    with pytest.raises(psycopg.OperationalError):
        rows_of(url, "SELECT 1")
    own_postgres.restart()
    assert rows_of(url, "SELECT word FROM kept") == [("committed",)]
    own_postgres.give_back(url)


def test_a_restart_without_a_crash_keeps_the_url(own_postgres: PostgresServer) -> None:
    before = own_postgres.url
    own_postgres.restart()
    assert own_postgres.url == before
    assert rows_of(before, "SELECT 1") == [(1,)]


def test_stopping_leaves_neither_a_process_nor_a_file(own_postgres: PostgresServer) -> None:
    assert own_postgres.up
    with PostgresServer() as server:
        folder = server.folder
        pids = _processes(server.url)
    assert not folder.exists()
    assert not any(running(pid) for pid in pids)


def test_without_binaries_the_message_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.support.postgres.PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NoPostgresError, match="install its server package, or set SIGNPOST_TEST_POSTGRES_URL"
    ):
        find_binaries()


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("true", pytest.fail.Exception), ("", pytest.skip.Exception)],
    ids=["in CI", "at home"],
)
def test_a_missing_postgresql_fails_in_ci_and_is_skipped_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no server"):
        missing_postgres(NoPostgresError("no server"))


def test_each_database_url_is_fresh_and_of_its_kind(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        assert database_url == f"sqlite:///{tmp_path}/signpost.db"
        assert not (tmp_path / "signpost.db").exists()
    else:
        assert rows_of(database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
