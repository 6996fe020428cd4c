"""Questions that were passed on to whoever decides, with their answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, delete, insert, select, update

from storage.models import PassedQuestion

AnyRow = Row[Any]


def add(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a question."""
    session.connection().execute(insert(PassedQuestion), [dict(values)])


def by_id(session: Session, question: str) -> AnyRow | None:
    """One question."""
    return (
        session.connection().execute(select(PassedQuestion).where(col(PassedQuestion.id) == question)).first()
    )


def answer(session: Session, question: str, sealed: bytes, now: datetime) -> bool:
    """Keep the answer; False where there is one already."""
    row = update(PassedQuestion).where(
        col(PassedQuestion.id) == question, col(PassedQuestion.answer).is_(None)
    )
    return session.connection().execute(row.values(answer=sealed, answered_at=now)).rowcount == 1


def forget(session: Session, before: datetime) -> int:
    """Throw away questions older than that; returns how many."""
    return (
        session.connection().execute(delete(PassedQuestion).where(col(PassedQuestion.at) < before)).rowcount
    )
