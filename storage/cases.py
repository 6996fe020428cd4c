"""Cases and what hangs on them, by the questions that are asked of them. Rows come back as plain rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam, func, text
from sqlmodel import Session, and_, col, insert, or_, select, update

from storage.models import Case, CaseKey, Entry, Fingerprint, Link, Telling
from storage.sealing import WrappedKey

AnyRow = Row[Any]
_made = count(1)
# What every report and notice asks is put together once: building a statement costs more than running it.
_ADD_CASE, _ADD_KEY = insert(Case), insert(CaseKey)
_ADD_ENTRY, _ADD_TELLING, _ADD_FINGERPRINT = insert(Entry), insert(Telling), insert(Fingerprint)
_BY_REFERENCE = select(Case).where(col(Case.reference) == bindparam("reference"))
_BY_ID = select(Case).where(col(Case.id) == bindparam("id"))
_BY_DEDUPE = select(Case).where(col(Case.dedupe) == bindparam("dedupe"))
_LOCKED_BY_REFERENCE, _LOCKED_BY_ID = _BY_REFERENCE.with_for_update(), _BY_ID.with_for_update()
_CHANGE = update(Case).where(col(Case.id) == bindparam("case")).values(version=col(Case.version) + 1)
_TOLD = (
    select(Telling)
    .where(col(Telling.case_id) == bindparam("case"))
    .order_by(col(Telling.told_at), col(Telling.id))
)
_ALL_TOLD = (
    select(Telling)
    .where(col(Telling.case_id).in_(bindparam("cases", expanding=True)))
    .order_by(col(Telling.told_at), col(Telling.id))
)
_SHARING = (
    select(Case)
    .join(Fingerprint, col(Fingerprint.case_id) == col(Case.id))
    .where(col(Fingerprint.mac).in_(bindparam("macs", expanding=True)))
    .where(col(Case.opened_at) >= bindparam("since"), col(Case.drill) == bindparam("drill"))
    .distinct()
    .order_by(col(Case.opened_at).desc())
    .limit(20)
)


def new_id() -> str:
    """An opaque id."""
    return uuid4().hex


def next_id() -> str:
    """An id for a line in a row: those made one after the other sort so, even in the same instant."""
    return f"{next(_made):012x}{uuid4().hex[12:]}"


def add_case(session: Session, values: Mapping[str, Any], key: WrappedKey) -> None:
    """Write a case and its wrapped key."""
    connection = session.connection()
    connection.execute(_ADD_CASE, dict(values))
    connection.execute(_ADD_KEY, {"owner": values["id"], "master": key.master, "wrapped": key.wrapped})


def by_reference(session: Session, reference: str, *, change: bool = False) -> AnyRow | None:
    """The case of a reference; `change` locks it until the transaction ends."""
    query = _LOCKED_BY_REFERENCE if change else _BY_REFERENCE
    return session.connection().execute(query, {"reference": reference}).first()


def nearest(session: Session, reference: str) -> AnyRow | None:
    """The case of a reference, else the next one by the alphabet: as much work, whether it is there or not.

    None where there is no case at all.
    """
    query = select(Case).order_by(col(Case.reference)).limit(1)
    connection = session.connection()
    return connection.execute(query.where(col(Case.reference) >= reference)).first() or (
        connection.execute(query).first()
    )


def by_id(session: Session, case_id: str, *, change: bool = False) -> AnyRow | None:
    """The case of an id; `change` locks it until the transaction ends."""
    return session.connection().execute(_LOCKED_BY_ID if change else _BY_ID, {"id": case_id}).first()


def by_dedupe(session: Session, key: str) -> AnyRow | None:
    """The case that was already made from this submission."""
    return session.connection().execute(_BY_DEDUPE, {"dedupe": key}).first()


def change_case(session: Session, case_id: str, **values: Any) -> None:
    """Change a case that this transaction has locked."""
    session.connection().execute(_CHANGE, {"case": case_id, **values})


def add_entry(session: Session, case_id: str, **values: Any) -> str:
    """Write a line of the chronology; returns its id (the caller may give one)."""
    entry = values.pop("id", None) or next_id()
    session.connection().execute(_ADD_ENTRY, {"id": entry, "case_id": case_id, "sealed": None} | values)
    return str(entry)


def chronology(session: Session, case_id: str) -> list[AnyRow]:
    """A case's lines, oldest first."""
    query = select(Entry).where(col(Entry.case_id) == case_id).order_by(col(Entry.at), col(Entry.id))
    return list(session.connection().execute(query).all())


def add_tellings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write who was told."""
    if rows:
        session.connection().execute(_ADD_TELLING, [{"id": next_id()} | dict(row) for row in rows])


def tellings(session: Session, case_id: str) -> list[AnyRow]:
    """Everybody told of a case, in order; those withdrawn too."""
    return list(session.connection().execute(_TOLD, {"case": case_id}).all())


def tellings_of(session: Session, ids: Collection[str]) -> Mapping[str, list[AnyRow]]:
    """The same of many cases."""
    found: dict[str, list[AnyRow]] = {one: [] for one in ids}
    for row in session.connection().execute(_ALL_TOLD, {"cases": list(found)}):
        found[row.case_id].append(row)
    return found


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


def told_to(session: Session, person: str, states: Collection[str] = ()) -> list[AnyRow]:
    """The cases (in any of these states) that somebody was told of and still may know of, newest first."""
    joined = and_(col(Telling.case_id) == col(Case.id), col(Telling.person) == person)
    query = select(Case).join(Telling, joined).where(col(Telling.withdrawn).is_(False))
    if states:
        query = query.where(col(Case.state).in_(states))
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
        session.connection().execute(_ADD_FINGERPRINT, rows)


def hold_fingerprints(session: Session, macs: Collection[str]) -> None:
    """Let nobody else look for or add these until this transaction ends; on SQLite nobody else writes."""
    if session.connection().dialect.name != "sqlite":
        for mac in sorted(macs):
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:mac, 0))")
            session.connection().execute(lock, {"mac": f"fingerprint {mac}"})


def sharing_fingerprints(
    session: Session, macs: Collection[str], since: datetime, *, drill: bool
) -> list[AnyRow]:
    """Cases since a time that point at the same, newest first; drills among themselves."""
    if not macs:
        return []
    sought = {"macs": list(macs), "since": since, "drill": drill}
    return list(session.connection().execute(_SHARING, sought).all())


def link(session: Session, one: str, other: str, how: str) -> None:
    """Note that two cases belong together."""
    session.connection().execute(insert(Link), [{"id": new_id(), "one": one, "other": other, "how": how}])


def hubs(session: Session, ids: Collection[str], how: str) -> Mapping[str, str]:
    """Of each case, the one that it was linked to in such a way when it came in; else itself."""
    if not ids:
        return {}
    query = select(Link.one, Link.other).where(col(Link.one).in_(ids), col(Link.how) == how)
    rows = session.connection().execute(query.order_by(col(Link.id)))
    return {one: one for one in ids} | {row.one: row.other for row in rows}


def group(session: Session, case_id: str) -> frozenset[str]:
    """A case with all that are linked to it, however far."""
    seen: set[str] = set()
    found = {case_id}
    while found:
        seen |= found
        either = or_(col(Link.one).in_(found), col(Link.other).in_(found))
        rows = session.connection().execute(select(Link.one, Link.other).where(either))
        found = {end for ends in rows for end in ends} - seen
    return frozenset(seen)


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
