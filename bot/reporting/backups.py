"""Backups and their return: a copy that opens only with its keys, and cases that start again from it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.errors import SignpostError
from bot.reporting.calling import CLIMB, RESTORED
from bot.reporting.casefile import Actor, deed
from bot.reporting.office import ACTIVE_KEY, HOUSE, Office
from bot.reporting.rekeying import Progress
from bot.reporting.rights import State
from storage import backup as storing
from storage import house
from storage.archive import ArchiveError
from storage.audit import Break
from storage.backup import Archive, Made, quiet, read_keys
from storage.restoring import NotEmptyError, Restart, Restored, restore
from storage.sealing import SealBrokenError
from storage.store import Session

LAST_BACKUP = "last-backup"
"""The fact that says when a backup was last made."""


class BackupError(SignpostError):
    """A backup that cannot be made or restored; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: the restore itself, and what the audit chain looks like now."""

    restored: Restored
    audit_rows: int
    breaks: tuple[Break, ...]


def back_up(
    office: Office, file: Path, *, now: datetime, actor: Actor, progress: Progress | None = None
) -> Made:
    """Write a backup into FILE and its keys into FILE.keys, neither of which may be there.

    Raises `BackupError`.
    """
    archive = Archive.named(file, office.audit.key)
    try:
        made = storing.backup(
            office.store, archive, at=now, accept=partial(_refuse_stale, office), progress=progress or quiet
        )
    except FileExistsError as error:
        raise BackupError(
            f"{error.filename} is there already: nothing is overwritten, name another"
        ) from error
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}") from error
    with office.work(now) as work:
        house.put_fact(work.session, LAST_BACKUP, made.revision, now)
        work.done(deed(actor, "backup", detail=f"audit={made.audit.partition(':')[0]}"))
    return made


def bring_back(
    office: Office, archive: Archive, *, now: datetime, actor: Actor, progress: Progress | None = None
) -> Returned:
    """Restore a backup into the office's database, which must be empty.

    Each case without an answer starts one fresh lap, marked as restored. Raises `BackupError`.
    """
    try:
        _refuse_locked(office, archive)
        restart = Restart(
            at=now,
            waiting=State.NOTIFIED.value,
            purged=State.PURGED.value,
            chasing=CLIMB,
            again=RESTORED,
            owners=frozenset({HOUSE}),
        )
        finish = partial(_finish, office, actor, now)
        done = restore(office.store, archive, restart, finish=finish, progress=progress or quiet)
    except ArchiveError as error:
        raise BackupError(f"{archive.file} is not restored: {error}") from error
    except NotEmptyError as error:
        raise BackupError(f"{error}; to start over, give it a new one") from error
    except OSError as error:
        raise BackupError(f"{error.filename} cannot be read: {error.strerror}") from error
    rows, breaks = office.audit.verify(office.store)
    return Returned(done, rows, breaks)


def _refuse_stale(office: Office, made: Made) -> None:
    """Keys that changed under a backup's hands: what it holds would open for nobody."""
    if not made.masters <= set(office.keys.ring.keys):
        raise BackupError("the master key was changed meanwhile: make the backup again")


def _refuse_locked(office: Office, archive: Archive) -> None:
    """Refuse keys that the keys file does not open; one key under each master key shows it."""
    try:
        keys = read_keys(archive)
    except ArchiveError as error:
        raise BackupError(f"{archive.keys} cannot be used: {error}") from error
    one_each = {kept.master: (owner, kept) for owner, kept in keys.items()}
    for owner, kept in one_each.values():
        try:
            office.keys.sealer.unwrap(kept, owner)
        except SealBrokenError as error:
            there = _names(office.keys.ring.keys)
            raise BackupError(
                f"{archive.keys} was written under master key {kept.master}, and the keys file has {there}: "
                "give the keys file of that time, or a .keys file written since the key was changed"
            ) from error


def _finish(office: Office, actor: Actor, now: datetime, session: Session, restored: Restored) -> None:
    """Write that it was restored as the last link of the chain that came back."""
    house.put_fact(session, ACTIVE_KEY, office.keys.ring.active, now)
    what = f"made={restored.header.made_at.isoformat()} cases={restored.cases} purged={restored.purged}"
    office.audit.write(session, now, deed(actor, "restored", detail=what))


def _names(keys: Collection[str]) -> str:
    return ", ".join(sorted(keys))
