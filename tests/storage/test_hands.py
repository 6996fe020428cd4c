"""Threads for work on the database: waiting for one counts as waiting for a turn (promise R17)."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage import house
from storage.store import Hands, Store, UnavailableError, commit
from tests.storage.filled import NOW, opened
from tests.support.databases import plain

_PROMISED, _WHOLE, _LEAST = 2.5, 1.9, 0.1
"""Seconds: that an answer may take, of waiting for whoever comes first, and of each who comes too late."""
_JOBS = 6


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    made = opened(f"sqlite:///{tmp_path / 'signpost.db'}")
    yield made
    made.close()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    made = opened(postgres_url)
    yield made
    made.close()


def write(store: Store) -> None:
    with store.writing() as session:
        house.put_fact(session, "written", "yes", NOW)
        commit(session)


def slowest_refusal(store: Store) -> float:
    """Seconds until the last of many writers, who have to share one thread, is refused."""
    began = time.monotonic()
    with Hands(1) as hands:
        for job in [hands.submit(write, store) for _ in range(_JOBS)]:
            with pytest.raises(UnavailableError):
                job.result()
    return time.monotonic() - began


def best(measure: Callable[[], float]) -> float:
    """The best of up to three, since other work on the machine delays it as well."""
    for _ in range(2):
        if (measured := measure()) < _PROMISED:
            return measured
    return measure()


def test_while_the_file_is_locked_whoever_queued_for_a_thread_is_refused_as_soon_as_the_first(
    sqlite: Store,
) -> None:
    assert sqlite.file is not None
    with closing(sqlite3.connect(sqlite.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert best(lambda: slowest_refusal(sqlite)) < _PROMISED


def test_while_a_table_is_locked_whoever_queued_for_a_thread_is_refused_as_soon_as_the_first(
    postgres_store: Store, postgres_url: str
) -> None:
    with psycopg.connect(plain(postgres_url)) as other:
        other.execute("LOCK TABLE fact IN ACCESS EXCLUSIVE MODE")
        assert best(lambda: slowest_refusal(postgres_store)) < _PROMISED + _JOBS * _LEAST


def test_whoever_has_waited_long_enough_still_writes_where_nothing_is_locked(
    sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.store._TURN_SECONDS", 0.0)
    with Hands(1) as hands:
        hands.submit(write, sqlite).result()
    with sqlite.reading() as session:
        assert house.fact(session, "written") is not None


def test_a_job_done_without_a_queue_has_the_whole_wait(sqlite: Store) -> None:
    assert sqlite.file is not None
    with closing(sqlite3.connect(sqlite.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(UnavailableError):
            write(sqlite)
    assert time.monotonic() - began > _WHOLE
