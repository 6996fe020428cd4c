"""Cases and what hangs on them, by the questions that are asked of them. Rows come back as plain rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func
from sqlmodel import Session, and_, col, insert, or_, select, update

from storage.models import Case, CaseKey, Entry, Fingerprint, Link, Telling
from storage.sealing import WrappedKey

AnyRow = Row[Any]


def new_id() -> str:
    """An opaque id."""
    return uuid4().hex


def add_case(session: Session, values: Mapping[str, Any], key: WrappedKey) -> None:
    """Write a case and its wrapped key."""
    connection = session.connection()
    connection.execute(insert(Case), [dict(values)])
    connection.execute(
        insert(CaseKey), [{"owner": values["id"], "master": key.master, "wrapped": key.wrapped}]
    )


def by_reference(session: Session, reference: str, *, change: bool = False) -> AnyRow | None:
    """The case of a reference; `change` locks it until the transaction ends."""
    query = select(Case).where(col(Case.reference) == reference)
    return session.connection().execute(query.with_for_update() if change else query).first()


def by_id(session: Session, case_id: str, *, change: bool = False) -> AnyRow | None:
    """The case of an id; `change` locks it until the transaction ends."""
    query = select(Case).where(col(Case.id) == case_id)
    return session.connection().execute(query.with_for_update() if change else query).first()


def by_dedupe(session: Session, key: str) -> AnyRow | None:
    """The case that was already made from this submission."""
    return session.connection().execute(select(Case).where(col(Case.dedupe) == key)).first()


def change_case(session: Session, case_id: str, **values: Any) -> None:
    """Change a case that this transaction has locked."""
    changed = update(Case).where(col(Case.id) == case_id)
    session.connection().execute(changed.values(version=col(Case.version) + 1, **values))


def add_entry(session: Session, case_id: str, **values: Any) -> str:
    """Write a line of the chronology; returns its id (the caller may give one)."""
    entry = values.pop("id", None) or new_id()
    session.connection().execute(insert(Entry), [{"id": entry, "case_id": case_id, "sealed": None} | values])
    return str(entry)


def chronology(session: Session, case_id: str) -> list[AnyRow]:
    """A case's lines, oldest first."""
    query = select(Entry).where(col(Entry.case_id) == case_id).order_by(col(Entry.at), col(Entry.id))
    return list(session.connection().execute(query).all())


def add_tellings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write who was told."""
    if rows:
        session.connection().execute(insert(Telling), [{"id": new_id()} | dict(row) for row in rows])


def tellings(session: Session, case_id: str) -> list[AnyRow]:
    """Everybody told of a case, in order; those withdrawn too."""
    query = select(Telling).where(col(Telling.case_id) == case_id)
    return list(session.connection().execute(query.order_by(col(Telling.told_at), col(Telling.id))).all())


def change_tellings(session: Session, case_id: str, person: str | None = None, **values: Any) -> None:
    """Change what a case notes of one person, or of everybody told."""
    changed = update(Telling).where(col(Telling.case_id) == case_id)
    if person is not None:
        changed = changed.where(col(Telling.person) == person)
    session.connection().execute(changed.values(**values))


def acknowledge(session: Session, case_id: str, person: str, at: datetime, *, handler: bool) -> None:
    """Note that somebody acknowledged, in every role they were told in."""
    here = and_(col(Telling.case_id) == case_id, col(Telling.person) == person)
    waiting = and_(col(Telling.alert).is_(False), col(Telling.acknowledged_at).is_(None))
    acknowledged = update(Telling).where(here, waiting)
    session.connection().execute(acknowledged.values(acknowledged_at=at, handler=handler))


def forget_acknowledgements(session: Session, case_id: str) -> None:
    """Whoever acknowledged stays a handler, but has to answer again."""
    answered = update(Telling).where(col(Telling.case_id) == case_id)
    session.connection().execute(answered.values(acknowledged_at=None))


def told_to(session: Session, person: str) -> list[AnyRow]:
    """The cases that somebody was told of and still may know of, newest first."""
    joined = and_(col(Telling.case_id) == col(Case.id), col(Telling.person) == person)
    query = select(Case).join(Telling, joined).where(col(Telling.withdrawn).is_(False))
    return list(session.connection().execute(query.distinct().order_by(col(Case.opened_at).desc())).all())


def reported_by(session: Session, person: str) -> list[AnyRow]:
    """The cases that somebody reported, newest first."""
    query = select(Case).where(col(Case.reporter) == person).order_by(col(Case.opened_at).desc())
    return list(session.connection().execute(query).all())


def in_states(session: Session, states: Collection[str]) -> list[AnyRow]:
    """The cases in any of these states, oldest first."""
    query = select(Case).where(col(Case.state).in_(states)).order_by(col(Case.opened_at))
    return list(session.connection().execute(query).all())


def add_fingerprints(session: Session, case_id: str, macs: Collection[str]) -> None:
    """Keep what a report points at, as keyed digests."""
    rows = [{"id": new_id(), "case_id": case_id, "mac": mac} for mac in sorted(macs)]
    if rows:
        session.connection().execute(insert(Fingerprint), rows)


def sharing_fingerprints(
    session: Session, macs: Collection[str], since: datetime, *, drill: bool
) -> list[AnyRow]:
    """Cases since a time that point at the same, newest first; drills among themselves."""
    query = (
        select(Case)
        .join(Fingerprint, col(Fingerprint.case_id) == col(Case.id))
        .where(col(Fingerprint.mac).in_(macs), col(Case.opened_at) >= since, col(Case.drill).is_(drill))
        .distinct()
        .order_by(col(Case.opened_at).desc())
        .limit(20)
    )
    return list(session.connection().execute(query).all()) if macs else []


def link(session: Session, one: str, other: str, how: str) -> None:
    """Note that two cases belong together."""
    session.connection().execute(insert(Link), [{"id": new_id(), "one": one, "other": other, "how": how}])


def linked(session: Session, case_id: str) -> list[tuple[str, str]]:
    """The cases linked with one, with how."""
    either = or_(col(Link.one) == case_id, col(Link.other) == case_id)
    rows = session.connection().execute(select(Link.one, Link.other, Link.how).where(either))
    return [(other if one == case_id else one, how) for one, other, how in rows]


def count_states(session: Session) -> Mapping[tuple[str, str], int]:
    """How many cases there are by state and urgency; drills are kept out."""
    query = select(Case.state, Case.urgency, func.count()).where(col(Case.drill).is_(False))
    rows = session.connection().execute(query.group_by(Case.state, Case.urgency))
    return {(state, urgency): number for state, urgency, number in rows}


def count_unanswered(session: Session, open_states: Collection[str]) -> int:
    """How many cases have gone a whole lap without an answer and have none yet; drills are kept out."""
    query = select(func.count()).select_from(Case)
    query = query.where(col(Case.alarmed).is_(True), col(Case.state).in_(open_states))
    return session.connection().execute(query.where(col(Case.drill).is_(False))).scalar_one()
