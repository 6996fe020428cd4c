"""One transaction at a time: whole or not at all, on disk once committed, honest where it cannot be."""

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import cases, house
from storage.store import Store, UnavailableError, UnsafeError, commit
from tests.storage.filled import NOW, add_case, change, everything, fill, opened
from tests.support.processes import LOOPBACK, free_port

CANARY = b"canary-7f3a91"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = opened(database_url)
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    made = opened(f"sqlite:///{tmp_path / 'signpost.db'}")
    yield made
    made.close()


def test_nothing_is_kept_without_a_commit(store: Store) -> None:
    with store.writing() as session:
        house.put_fact(session, "drill", "on", NOW)
    with store.reading() as session:
        assert house.fact(session, "drill") is None


def test_what_was_committed_is_there_with_its_time_in_utc(store: Store) -> None:
    with store.writing() as session:
        house.put_fact(session, "drill", "on", NOW)
        commit(session)
    with store.reading() as session:
        kept = house.fact(session, "drill")
    assert kept is not None
    assert (kept.value, kept.at, kept.at.tzinfo) == ("on", NOW, NOW.tzinfo)


def test_an_error_leaves_nothing_half_written(store: Store) -> None:
    before = everything(store)

    def fail() -> None:
        with store.writing() as session:
            add_case(session)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert everything(store) == before


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="a timestamp without a zone"), store.writing() as session:
        house.put_fact(session, "drill", "on", NOW.replace(tzinfo=None))


def test_a_fact_that_two_write_is_there_once(store: Store) -> None:
    def write(value: str) -> None:
        with store.writing() as session:
            house.put_fact(session, "drill", value, NOW)
            commit(session)

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything(store)["fact"]) == 1


def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    def write() -> None:
        for _ in range(5):
            with store.writing() as session:
                add_case(session)
                commit(session)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything(store)["case_file"]) == 20


def test_a_snapshot_shows_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    fill(store)
    with store.snapshot() as session:
        before = cases.in_states(session, {"notified"})
        with store.writing() as other:
            add_case(other)
            commit(other)
        assert cases.in_states(session, {"notified"}) == before


def test_a_snapshot_may_take_as_long_as_it_needs(postgres_url: str) -> None:
    store = opened(postgres_url)
    with store.snapshot() as session:
        assert session.connection().execute(text("SHOW statement_timeout")).scalar() == "0"
    with store.reading() as session:
        assert session.connection().execute(text("SHOW statement_timeout")).scalar() != "0"
    store.close()


def test_a_fact_that_somebody_shares_is_not_had_alone(postgres_url: str) -> None:
    store = opened(postgres_url)
    with store.writing() as session:
        house.put_fact(session, "active-key", "k1", NOW)
        commit(session)
    with store.writing() as sharing, store.writing() as also:
        assert house.share_fact(sharing, "active-key") == house.share_fact(also, "active-key") == "k1"
        with pytest.raises(UnavailableError), store.writing() as alone:
            house.lock_fact(alone, "active-key")
    with store.writing() as alone:
        house.lock_fact(alone, "active-key")
        with pytest.raises(UnavailableError), store.writing() as sharing:
            house.share_fact(sharing, "active-key")
    store.close()


def test_a_lane_is_noted_as_lost_once(store: Store) -> None:
    with store.writing() as session:
        assert house.note_lost(session, "slack:sam", "gone", NOW)
        assert not house.note_lost(session, "slack:sam", "gone", NOW)


def test_a_schools_file_that_comes_back_into_force_is_the_newest_again(store: Store) -> None:
    later = NOW.replace(hour=11)
    for digest, at in (("a", NOW), ("b", NOW.replace(minute=40)), ("a", later)):
        with store.writing() as session:
            house.put_schools(session, digest, b"sealed", at)
            commit(session)
    with store.reading() as session:
        newest = house.newest_schools(session)
    assert newest is not None
    assert (newest.digest, newest.at) == ("a", later)


# ---------- SQLite


def test_sqlite_is_on_disk_at_every_commit_and_writes_zeroes_over_what_is_deleted(sqlite: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    with sqlite.reading() as session:
        found = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (*wanted, "trusted_schema")
        }
    assert found == {**wanted, "trusted_schema": 0}


def test_the_database_and_its_log_are_their_owners_alone(tmp_path: Path) -> None:
    store = opened(f"sqlite:///{tmp_path / 'new' / 'signpost.db'}")
    fill(store)
    found = sorted((tmp_path / "new").iterdir())
    assert [path.name for path in found] == ["signpost.db", "signpost.db-shm", "signpost.db-wal"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    store.close()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(UnsafeError, match="keeps nothing"):
        Store("sqlite://")


def test_a_database_that_another_program_locks_is_an_honest_error_in_time(sqlite: Store) -> None:
    with closing(sqlite3.connect(str(sqlite.file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(UnavailableError), sqlite.writing():
            pass
        assert time.monotonic() - started < 2.5


def test_a_start_on_a_new_file_waits_for_another_that_is_making_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "signpost.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(time, "sleep", lambda _seconds: other.execute("COMMIT"))
        opened(f"sqlite:///{tmp_path / 'signpost.db'}").close()
        assert not other.in_transaction


def test_a_damaged_file_is_found_at_start(tmp_path: Path) -> None:
    path = tmp_path / "signpost.db"
    store = opened(f"sqlite:///{path}")
    fill(store, 40)
    store.check()
    store.forget_deleted()
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x5a" * (len(whole) - 16384) + whole[-8192:])
    damaged = Store(f"sqlite:///{path}")
    with pytest.raises((UnsafeError, UnavailableError)):
        damaged.check()
    with pytest.raises(UnavailableError), damaged.reading() as session:
        cases.in_states(session, {"notified"})
    damaged.close()


def test_deleted_text_is_in_neither_the_file_nor_its_log(sqlite: Store) -> None:
    assert sqlite.file is not None
    with sqlite.writing() as session:
        house.put_schools(session, "a", CANARY * 20, NOW)
        commit(session)
    with sqlite.writing() as session:
        session.connection().execute(text("DELETE FROM schools_file"))
        commit(session)
    assert sqlite.forget_deleted()
    left = b"".join(path.read_bytes() for path in sqlite.file.parent.glob("signpost.db*"))
    assert left
    assert CANARY not in left


def test_forgetting_says_when_somebody_still_reads_what_was_there(sqlite: Store) -> None:
    fill(sqlite)
    with sqlite.reading() as session:
        cases.in_states(session, {"notified"})
        with sqlite.writing() as other:
            add_case(other)
            commit(other)
        assert not sqlite.forget_deleted()
    assert sqlite.forget_deleted()


# ---------- PostgreSQL


def test_a_server_that_may_lose_commits_is_refused(postgres_url: str) -> None:
    store = Store(postgres_url)
    change(store, f'ALTER DATABASE "{store.url.database}" SET synchronous_commit = off')
    store.close()
    with pytest.raises(UnsafeError, match="synchronous_commit=off"), store.reading():
        pass


def test_a_server_that_cannot_be_written_is_an_honest_error(postgres_url: str) -> None:
    store = opened(postgres_url)
    order = text(
        "SET TRANSACTION READ ONLY; INSERT INTO fact (name, value, at) VALUES ('drill', 'on', now())"
    )
    with pytest.raises(UnavailableError), store.writing() as session:
        session.connection().execute(order)
    store.close()


def test_a_server_that_is_away_is_an_honest_error_in_time() -> None:
    store = Store(f"postgresql+psycopg://nobody@{LOOPBACK}:{free_port()}/none")
    started = time.monotonic()
    with pytest.raises(UnavailableError), store.writing():
        pass
    assert time.monotonic() - started < 2.5
