"""Which events of a platform have been dealt with: each is delivered at least once, to any replica (R18)."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, delete

from storage.models import SeenEvent, UtcTime

_CLAIM = text("INSERT INTO seen_event (id, at) VALUES (:id, :at) ON CONFLICT (id) DO NOTHING").bindparams(
    bindparam("at", type_=UtcTime)
)


def claim(session: Session, event: str, now: datetime) -> bool:
    """Take an event; False where it was taken before."""
    return session.connection().execute(_CLAIM, {"id": event, "at": now}).rowcount == 1


def release(session: Session, event: str) -> None:
    """Give back an event that could not be dealt with, so that it counts when it comes again."""
    session.connection().execute(delete(SeenEvent).where(col(SeenEvent.id) == event))


def forget(session: Session, before: datetime) -> int:
    """Forget events older than that; returns how many."""
    return session.connection().execute(delete(SeenEvent).where(col(SeenEvent.at) < before)).rowcount
