"""Restores a backup into an empty database: all of it in one transaction, or nothing (promise R19)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, delete, insert, select, update

from storage.archive import ArchiveError, Header, Table, reading
from storage.backup import KEYS, Archive, Progress, quiet, read_keys
from storage.erasing import erase_cases
from storage.failpoints import failpoint
from storage.migrating import RevisionError, migrate_within
from storage.models import Case, CaseKey, Notice, Timer
from storage.outbox import CANCELLED, LEASED, PENDING
from storage.sealing import WrappedKey
from storage.store import Store

_BATCH = 1_000
_FILLED = ("case_file", "chronology", "notice", "audit")
"""Any row in these, and a database is somebody's. The others have rows as soon as a server has started."""


class NotEmptyError(Exception):
    """The database has cases or an audit already: a backup is restored into an empty one only."""


@dataclass(frozen=True, slots=True)
class Restart:
    """What restoring has to know of the meaning of what it restores.

    Cases in the state `waiting` lose their timers of `chasing` and get one of `again`, due `at` once. Cases
    whose key is gone become `purged`. `owners` have keys and are no cases.
    """

    at: datetime
    waiting: str
    purged: str
    chasing: str
    again: str
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back: all cases, those that start again, and those purged since the backup."""

    header: Header
    cases: int
    again: int
    purged: int


def restore(
    store: Store,
    archive: Archive,
    restart: Restart,
    *,
    finish: Callable[[Session, Restored], None],
    progress: Progress = quiet,
) -> Restored:
    """Restore a backup, made by this version or an older one, on either database.

    Both files are verified to the end first. No notice made before the backup is sent again; each case that
    still waits for an answer starts afresh. `finish` writes into the same transaction, last.
    Raises `ArchiveError`, `NotEmptyError`, `OSError`, `UnavailableError`.
    """
    keys = read_keys(archive)
    with reading(archive.file, archive.key) as reader:
        reader.verify()
    with store.writing() as session:
        _make_tables(session, reader.header.revision)
        if not store.sqlite:
            session.connection().execute(sa.text("SET LOCAL statement_timeout = 0"))
        cases = _load(session, archive, progress)
        failpoint("restore")
        _put_keys(session, {owner: key for owner, key in keys.items() if owner in cases | restart.owners})
        migrate_within(session, "head")
        gone = cases - keys.keys() - _in_state(session, restart.purged)
        erase_cases(session, gone, restart.purged, restart.at)
        restored = Restored(reader.header, len(cases), _start_again(session, restart), len(gone))
        finish(session, restored)
        failpoint("restore")
        session.commit()
    failpoint("restore")
    return restored


def _make_tables(session: Session, revision: str) -> None:
    """Make the tables as they were at a revision, all of them empty. Raises `NotEmptyError`."""
    connection = session.connection()
    there = set(sa.inspect(connection).get_table_names())
    for name in _FILLED:
        table = SQLModel.metadata.tables[name]
        if name in there and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise NotEmptyError(
                "this database has cases or an audit of its own: a backup is restored into an empty one"
            )
    if "alembic_version" in there:
        migrate_within(session, "base")
    try:
        migrate_within(session, revision)
    except RevisionError as error:
        raise ArchiveError("it was made by a newer version of Signpost: install that one") from error


def _load(session: Session, archive: Archive, progress: Progress) -> frozenset[str]:
    """Write every row; returns the ids of all cases. Verifies the file once more, as it is read."""
    cases: set[str] = set()
    done = 0
    with reading(archive.file, archive.key) as reader:
        for table, rows in _batches(reader.rows()):
            if table.name == KEYS:
                raise ArchiveError("it holds keys and no cases: give the file that was written with it")
            session.connection().execute(table.for_insert().insert(), rows)
            if table.name == Case.__tablename__:
                cases.update(row["id"] for row in rows)
            done += len(rows)
            progress(done, reader.header.rows)
    return frozenset(cases)


def _batches(rows: Iterator[tuple[Table, tuple[Any, ...]]]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    for table, run in groupby(rows, key=lambda row: row[0]):
        names = [name for name, _ in table.columns]
        batch: list[dict[str, Any]] = []
        for _, values in run:
            batch.append(dict(zip(names, values, strict=True)))
            if len(batch) == _BATCH:
                yield table, batch
                batch = []
        if batch:
            yield table, batch


def _put_keys(session: Session, keys: Mapping[str, WrappedKey]) -> None:
    rows = [{"owner": owner, "master": key.master, "wrapped": key.wrapped} for owner, key in keys.items()]
    for start in range(0, len(rows), _BATCH):
        session.connection().execute(insert(CaseKey), rows[start : start + _BATCH])


def _start_again(session: Session, restart: Restart) -> int:
    """Cancel what was still to be sent; have every case that waits for an answer start a fresh lap."""
    connection = session.connection()
    still_open = update(Notice).where(col(Notice.state).in_((PENDING, LEASED)))
    connection.execute(still_open.values(state=CANCELLED, owner=None, lease_until=None))
    connection.execute(delete(Timer).where(col(Timer.purpose).in_((restart.chasing, restart.again))))
    due = [
        {"id": uuid4().hex, "case_id": case, "purpose": restart.again, "guard": "", "due_at": restart.at}
        for case in sorted(_in_state(session, restart.waiting))
    ]
    for start in range(0, len(due), _BATCH):
        connection.execute(insert(Timer), due[start : start + _BATCH])
    return len(due)


def _in_state(session: Session, state: str) -> frozenset[str]:
    return frozenset(session.connection().execute(select(Case.id).where(col(Case.state) == state)).scalars())
