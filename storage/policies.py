"""Published policies by version, and a monthly tally of what policies were asked and didn't answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session, col, delete, insert, select

from storage.models import Gap, GapQuestion, PolicyVersion

AnyRow = Row[Any]
_COUNT = text(
    "INSERT INTO gap (id, policy, month, topic, how, asked) VALUES (:id, :policy, :month, :topic, :how, 1) "
    "ON CONFLICT (id) DO UPDATE SET asked = gap.asked + 1"
)


def add_version(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a version. Raises `TakenError` on commit, or now, where that number is taken."""
    session.connection().execute(insert(PolicyVersion), [dict(values)])


def versions(session: Session, policy: str | None = None) -> list[AnyRow]:
    """The versions of a policy, or of all, the oldest first."""
    query = select(PolicyVersion).order_by(col(PolicyVersion.policy), col(PolicyVersion.number))
    if policy is not None:
        query = query.where(col(PolicyVersion.policy) == policy)
    return list(session.connection().execute(query).all())


def newest(session: Session, at: datetime | None = None) -> dict[str, str]:
    """The id of each policy's newest version, or of the one that was the newest at a time."""
    columns = (col(PolicyVersion.policy), col(PolicyVersion.id), col(PolicyVersion.at))
    query = select(*columns).order_by(col(PolicyVersion.number))
    rows = session.connection().execute(query).all()
    return {row.policy: row.id for row in rows if at is None or row.at <= at}


def version(session: Session, version_id: str) -> AnyRow | None:
    """One version."""
    query = select(PolicyVersion).where(col(PolicyVersion.id) == version_id)
    return session.connection().execute(query).first()


def count_gap(session: Session, policy: str, month: str, topic: str, how: str = "open") -> str:
    """Count one more question of a topic that a policy left open, or `how` else it went; the tally's id."""
    gap = f"{policy} {month} {topic} {how}"
    values = {"id": gap, "policy": policy, "month": month, "topic": topic, "how": how}
    session.connection().execute(_COUNT, values)
    return gap


def add_gap_question(session: Session, question: str, gap: str, sealed: bytes) -> None:
    """Keep a question, sealed, under an opaque id."""
    session.connection().execute(insert(GapQuestion), [{"id": question, "gap_id": gap, "sealed": sealed}])


def gaps(session: Session, month: str) -> list[AnyRow]:
    """The tallies of a month, the most asked first."""
    order = (col(Gap.policy), col(Gap.asked).desc(), col(Gap.topic))
    return list(
        session.connection().execute(select(Gap).where(col(Gap.month) == month).order_by(*order)).all()
    )


def gap_questions(session: Session, gap: str) -> list[AnyRow]:
    """The questions kept beside a tally, in no order that tells when they came."""
    query = select(GapQuestion).where(col(GapQuestion.gap_id) == gap).order_by(col(GapQuestion.id))
    return list(session.connection().execute(query).all())


def drop_gaps_before(session: Session, month: str) -> None:
    """Throw away the tallies of earlier months, and their questions."""
    old = select(Gap.id).where(col(Gap.month) < month)
    session.connection().execute(delete(GapQuestion).where(col(GapQuestion.gap_id).in_(old)))
    session.connection().execute(delete(Gap).where(col(Gap.month) < month))
