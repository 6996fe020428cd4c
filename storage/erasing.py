"""Erases cases: of one there stay its reference, its kind and what the audit says (promise S11)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import literal
from sqlmodel import Session, col, delete, or_, update

from storage.models import Case, CaseKey, Entry, Fingerprint, Link, Notice, Telling, Timer

_BATCH = 500
_GONE = b""


def erase_cases(session: Session, ids: Collection[str], state: str, at: datetime) -> None:
    """Throw the keys of these cases away, with every sealed text, person, link, timer and notice of theirs.

    The keys are what counts: sealed bytes may linger in the database's own files, and open for nobody.
    """
    wanted = sorted(ids)
    for start in range(0, len(wanted), _BATCH):
        _erase(session, wanted[start : start + _BATCH], state, at)


def _erase(session: Session, ids: list[str], state: str, at: datetime) -> None:
    connection = session.connection()
    connection.execute(delete(CaseKey).where(col(CaseKey.owner).in_(ids)))
    for table in (Entry, Telling, Fingerprint, Timer, Notice):
        connection.execute(delete(table).where(col(table.case_id).in_(ids)))
    connection.execute(delete(Link).where(or_(col(Link.one).in_(ids), col(Link.other).in_(ids))))
    connection.execute(
        update(Case)
        .where(col(Case.id).in_(ids))
        .values(
            state=state,
            changed_at=at,
            alarmed=False,
            version=col(Case.version) + 1,
            reporter="",
            dedupe=literal("purged ") + col(Case.id),  # the key of a submission may hold an account's id
            sealed=_GONE,
        )
    )
