"""Wrapped data keys as a whole: which master keys they are under, and moving them to another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, text
from sqlmodel import Session, and_, col, select, update

from storage.models import CaseKey
from storage.sealing import WrappedKey


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """A data key before and after it was wrapped under another master key."""

    owner: str
    before: WrappedKey
    after: WrappedKey


def masters_in_use(session: Session) -> frozenset[str]:
    """The names of the master keys that any data key is wrapped under."""
    return frozenset(session.connection().execute(select(CaseKey.master).distinct()).scalars())


def count_not_under(session: Session, master: str) -> int:
    """How many data keys are wrapped under other master keys than this one."""
    query = select(func.count()).select_from(CaseKey).where(col(CaseKey.master) != master)
    return session.connection().execute(query).scalar_one()


def not_under(session: Session, master: str, most: int, *, wait: bool) -> list[tuple[str, WrappedKey]]:
    """Some data keys under other master keys, by owner, locked.

    Without `wait`, those that somebody else holds are left for later.
    """
    query = select(CaseKey).where(col(CaseKey.master) != master).order_by(col(CaseKey.owner)).limit(most)
    rows = session.connection().execute(query.with_for_update(skip_locked=not wait))
    return [(row.owner, WrappedKey(row.master, row.wrapped)) for row in rows]


def rewrap(session: Session, changes: Sequence[Rewrapped]) -> None:
    """Put re-wrapped keys in the place of what they were. One that was purged meanwhile stays gone."""
    if not changes:
        return
    same = and_(col(CaseKey.owner) == bindparam("of"), col(CaseKey.master) == bindparam("was"))
    moved = update(CaseKey).where(same).values(master=bindparam("to"), wrapped=bindparam("bytes"))
    rows = [
        {"of": one.owner, "was": one.before.master, "to": one.after.master, "bytes": one.after.wrapped}
        for one in changes
    ]
    session.connection().execute(moved, rows)


def outlast_readers(session: Session) -> None:
    """Wait until nobody is left who read a data key before now, and keep others from it until the commit.

    On PostgreSQL; on SQLite `Store.forget_deleted`, before this transaction, has waited for the same.
    Raises `UnavailableError` where somebody reads for long, as a backup does.
    """
    if session.connection().dialect.name != "sqlite":
        session.connection().execute(text("LOCK TABLE case_key IN ACCESS EXCLUSIVE MODE"))
