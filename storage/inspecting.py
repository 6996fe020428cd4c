"""Looking the whole installation over: for the data protection officer, and for whoever keeps it running."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session, and_, col, select

from storage.models import AuditRow, Case, Notice, Unreachable

AnyRow = Row[Any]


def deeds_by(session: Session, actor: str) -> list[AnyRow]:
    """What the audit has of somebody's doings, oldest first."""
    query = select(AuditRow).where(col(AuditRow.actor) == actor).order_by(col(AuditRow.seq))
    return list(session.connection().execute(query).all())


def notices_to(session: Session, person: str) -> list[AnyRow]:
    """Every notice that was sent to somebody, oldest first."""
    sent = and_(col(Notice.person) == person, col(Notice.sent_at).is_not(None))
    query = select(Notice).where(sent).order_by(col(Notice.sent_at))
    return list(session.connection().execute(query).all())


def lost_since(session: Session) -> list[AnyRow]:
    """The lanes that reach nobody, with the reason and since when."""
    return list(session.connection().execute(select(Unreachable).order_by(col(Unreachable.lane))).all())


def drills(session: Session, states: Collection[str]) -> list[AnyRow]:
    """The drills in any of these states, oldest first."""
    query = select(Case).where(col(Case.drill).is_(True), col(Case.state).in_(states))
    return list(session.connection().execute(query.order_by(col(Case.opened_at))).all())


def durability(session: Session, *, sqlite: bool) -> str:
    """How sure a commit is of being on disk, as the database itself says it."""
    asked = "PRAGMA synchronous" if sqlite else "SHOW synchronous_commit"
    return str(session.connection().execute(text(asked)).scalar())
