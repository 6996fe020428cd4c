"""Backups: everything but the keys into FILE, the wrapped keys into FILE.keys, from one moment (R19, S11).

Kept apart, so that a case that is purged later opens from no FILE: only from a .keys that still has its key.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, func, select

from storage.archive import ArchiveError, Header, Table, Writer, reading
from storage.failpoints import failpoint
from storage.models import AuditHead, CaseKey
from storage.new_files import new_files
from storage.sealing import WrappedKey
from storage.store import Store

KEYS = "case_key"
_LEFT_OUT = frozenset({KEYS, "code"})
"""Keys are kept apart; a one-time code must not work twice."""
_BATCH = 500
Progress = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""


def quiet(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The two files of a backup, and the key that signs them: the audit key, which never rotates."""

    file: Path
    keys: Path
    key: bytes = field(repr=False)

    @classmethod
    def named(cls, file: Path, key: bytes) -> "Archive":
        """A backup whose keys stand beside it."""
        return cls(file, file.with_name(f"{file.name}.keys"), key)


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds: rows by table, where the audit chain ends, the master keys its keys are under."""

    revision: str
    rows: Mapping[str, int]
    audit: str
    masters: frozenset[str]


def backup(
    store: Store,
    archive: Archive,
    *,
    at: datetime,
    accept: Callable[[Made], None] = lambda _made: None,
    progress: Progress = quiet,
) -> Made:
    """Write a backup while others go on working; it shows the database as it stood at one moment.

    Both files appear once both are whole. `accept` sees what was written just before and may raise, and then
    neither appears. Raises `FileExistsError` and other `OSError`, `UnavailableError`.
    """
    with new_files(archive.file, archive.keys) as (file, keys):
        with store.snapshot() as session:
            header = _header(session, _kept_tables(), at)
            key_header = _header(session, [SQLModel.metadata.tables[KEYS]], at)
            total = header.rows + key_header.rows
            for target, head, start in ((file, header, 0), (keys, key_header, header.rows)):
                writer = Writer(target, archive.key, head)
                _write_tables(session, writer, head, partial(_tell, progress, start, total))
                writer.sign()
                failpoint("backup")
            masters = frozenset(session.connection().execute(select(CaseKey.master).distinct()).scalars())
        rows = {table.name: table.rows for table in (*header.tables, *key_header.tables)}
        made = Made(header.revision, rows, header.audit, masters)
        accept(made)
    return made


def read_keys(archive: Archive) -> dict[str, WrappedKey]:
    """The wrapped keys of a backup by owner. Raises `ArchiveError`, `OSError`."""
    with reading(archive.keys, archive.key) as reader:
        if [table.name for table in reader.header.tables] != [KEYS]:
            raise ArchiveError("it holds no keys: give the .keys file that was written with a backup")
        names = [name for name, _ in reader.header.tables[0].columns]
        rows = [dict(zip(names, row, strict=True)) for _, row in reader.rows()]
    return {row["owner"]: WrappedKey(row["master"], row["wrapped"]) for row in rows}


def _tell(progress: Progress, start: int, total: int, done: int) -> None:
    progress(start + done, total)


def _kept_tables() -> list[sa.Table]:
    """Every table that goes into a backup, those that others refer to first."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _LEFT_OUT]


def _header(session: Session, tables: list[sa.Table], at: datetime) -> Header:
    connection = session.connection()
    revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
    head = connection.execute(select(AuditHead.seq, AuditHead.mac).order_by(col(AuditHead.id))).first()
    counted = (
        Table.of(table, connection.execute(sa.select(func.count()).select_from(table)).scalar_one())
        for table in tables
    )
    return Header(revision, at, f"{head.seq}:{head.mac}" if head else "", tuple(counted))


def _write_tables(session: Session, writer: Writer, header: Header, tell: Callable[[int], None]) -> None:
    connection = session.connection().execution_options(yield_per=_BATCH)
    done = 0
    for table in header.tables:
        query = sa.select(SQLModel.metadata.tables[table.name])
        for batch in connection.execute(query).partitions(_BATCH):
            writer.write(table, batch)
            done += len(batch)
            tell(done)
