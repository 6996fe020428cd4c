"""Restores as the tests ask for them, and backups as other versions of Signpost would have written them."""

from dataclasses import replace

from sqlmodel import Session

from storage.archive import Writer, reading
from storage.backup import Archive
from storage.migrating import current
from storage.restoring import Restart, Restored, restore
from storage.store import Store
from tests.storage.filled import (
    AUDIT_KEY,
    HOUSE,
    NOW,
)

LATER = NOW.replace(hour=12)
RESTART = Restart(
    at=LATER,
    waiting="notified",
    purged="purged",
    chasing="climb",
    again="restored",
    owners=frozenset({HOUSE}),
)
NOT_THE_SAME = ("code", "notice", "timer")
"""What a restore leaves out or changes, beside what is purged."""


def no_more(_session: Session, _restored: Restored) -> None:
    """Write nothing at the end of a restore."""


def bring_back(store: Store, archive: Archive) -> Restored:
    return restore(store, archive, RESTART, finish=no_more)


def has_tables(store: Store) -> bool:
    return current(store) is not None


def rewrite(
    archive: Archive, *, revision: str, leave_out: frozenset[str] = frozenset(), lose: int = 0
) -> None:
    """Write a backup as another version would have."""
    with reading(archive.file, AUDIT_KEY) as reader:
        rows = [(table, row) for table, row in reader.rows() if table.name not in leave_out]
        tables = tuple(table for table in reader.header.tables if table.name not in leave_out)
        header = replace(reader.header, revision=revision, tables=tables)
    with archive.file.open("wb") as file:
        writer = Writer(file, AUDIT_KEY, header)
        for table in tables:
            writer.write(table, [row for whose, row in rows[lose:] if whose == table])
        writer.sign()
