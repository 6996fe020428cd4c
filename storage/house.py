"""What belongs to no case: keys, facts, schools files, one-time codes, who cannot be reached."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, text
from sqlmodel import Session, col, delete, insert, select, update

from storage.models import CaseKey, Code, Fact, RoleChange, SchoolsFile, Unreachable, UtcTime
from storage.sealing import WrappedKey

AnyRow = Row[Any]
_ALONE = "250ms"
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 7203115561))")
_LOCKED = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7203115561))")
_AT = bindparam("at", type_=UtcTime)
_KEY_OF = select(CaseKey).where(col(CaseKey.owner) == bindparam("owner"))
_KEYS_OF = select(CaseKey).where(col(CaseKey.owner).in_(bindparam("owners", expanding=True)))
_LOST = select(Unreachable.lane)
_ROLE_CHANGES = select(RoleChange).where(col(RoleChange.agreed_by).is_(None))
_FACT = select(Fact).where(col(Fact.name) == bindparam("name"))
_PUT_FACT = text(
    "INSERT INTO fact (name, value, at) VALUES (:name, :value, :at) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at"
).bindparams(_AT)
_PUT_SCHOOLS = text(
    "INSERT INTO schools_file (digest, at, sealed) VALUES (:digest, :at, :sealed) "
    "ON CONFLICT (digest) DO UPDATE SET sealed = excluded.sealed, at = excluded.at"
).bindparams(_AT)
_NOTE_LOST = text(
    "INSERT INTO unreachable (lane, reason, at) VALUES (:lane, :reason, :at) ON CONFLICT DO NOTHING"
).bindparams(_AT)


def key_of(session: Session, owner: str) -> WrappedKey | None:
    """The wrapped data key of a case; None once it was purged."""
    row = session.connection().execute(_KEY_OF, {"owner": owner}).first()
    return WrappedKey(row.master, row.wrapped) if row else None


def keys_of(session: Session, owners: Collection[str]) -> Mapping[str, WrappedKey]:
    """The wrapped data keys of many cases; those that were purged have none."""
    rows = session.connection().execute(_KEYS_OF, {"owners": list(owners)})
    return {row.owner: WrappedKey(row.master, row.wrapped) for row in rows}


def put_key(session: Session, owner: str, key: WrappedKey) -> None:
    """Keep a wrapped key for something that is no case."""
    values = {"owner": owner, "master": key.master, "wrapped": key.wrapped}
    session.connection().execute(insert(CaseKey), [values])


def lost_lanes(session: Session) -> frozenset[str]:
    """The lanes that reach nobody."""
    return frozenset(session.connection().execute(_LOST).scalars())


def note_lost(session: Session, lane: str, reason: str, at: datetime) -> bool:
    """Note that a lane reaches nobody; False if that was known."""
    noted = session.connection().execute(_NOTE_LOST, {"lane": lane, "reason": reason, "at": at})
    return noted.rowcount == 1


def note_found(session: Session, lane: str) -> None:
    """Somebody was seen again where they could not be reached."""
    session.connection().execute(delete(Unreachable).where(col(Unreachable.lane) == lane))


def put_code(session: Session, values: Mapping[str, Any]) -> None:
    """Keep a one-time code, in place of any that the person had."""
    session.connection().execute(delete(Code).where(col(Code.person) == values["person"]))
    session.connection().execute(insert(Code), [dict(values)])


def code_of(session: Session, person: str) -> AnyRow | None:
    """The one-time code of a person, locked."""
    query = select(Code).where(col(Code.person) == person).with_for_update()
    return session.connection().execute(query).first()


def code_by_id(session: Session, code: str) -> AnyRow | None:
    """A one-time code by its id."""
    return session.connection().execute(select(Code).where(col(Code.id) == code)).first()


def count_try(session: Session, code: str) -> None:
    """Note one more try of a code."""
    session.connection().execute(update(Code).where(col(Code.id) == code).values(tries=col(Code.tries) + 1))


def drop_code(session: Session, code: str) -> None:
    """Throw a code away."""
    session.connection().execute(delete(Code).where(col(Code.id) == code))


def put_schools(session: Session, digest: str, sealed: bytes, at: datetime) -> None:
    """Keep a schools file, sealed; one that was in force before comes into force again now."""
    session.connection().execute(_PUT_SCHOOLS, {"digest": digest, "sealed": sealed, "at": at})


def newest_schools(session: Session) -> AnyRow | None:
    """The schools file that came into force last."""
    return session.connection().execute(select(SchoolsFile).order_by(col(SchoolsFile.at).desc())).first()


def add_role_change(session: Session, values: Mapping[str, Any]) -> None:
    """Note somebody new in a safeguarding role."""
    session.connection().execute(insert(RoleChange), [dict(values)])


def role_changes(session: Session) -> list[AnyRow]:
    """Everybody new in a safeguarding role whom nobody has agreed to yet."""
    return list(session.connection().execute(_ROLE_CHANGES).all())


def agree_role_change(session: Session, change: str, by: str, at: datetime) -> None:
    """Note who agreed to it."""
    agreed = update(RoleChange).where(col(RoleChange.id) == change)
    session.connection().execute(agreed.values(agreed_by=by, agreed_at=at))


def fact(session: Session, name: str) -> AnyRow | None:
    """A fact about this installation."""
    return session.connection().execute(_FACT, {"name": name}).first()


def facts_under(session: Session, prefix: str) -> list[AnyRow]:
    """The facts whose names begin with something."""
    query = select(Fact).where(col(Fact.name).startswith(prefix, autoescape=True))
    return list(session.connection().execute(query.order_by(col(Fact.name))).all())


def put_fact(session: Session, name: str, value: str, at: datetime) -> None:
    """Write a fact, in place of what was there."""
    session.connection().execute(_PUT_FACT, {"name": name, "value": value, "at": at})


def share_fact(session: Session, name: str) -> str | None:
    """A fact's value, held as it is until this transaction ends: whoever wants it alone waits."""
    _hold(session, _SHARED, name)
    row = session.connection().execute(_FACT, {"name": name}).first()
    return row.value if row else None


def lock_fact(session: Session, name: str) -> None:
    """Hold a fact alone until this transaction ends, there or not.

    Raises `UnavailableError` after a quarter of a second, since whoever wants to share it waits meanwhile.
    """
    if session.connection().dialect.name != "sqlite":
        session.connection().execute(text(f"SET LOCAL lock_timeout = '{_ALONE}'"))
    _hold(session, _LOCKED, name)


def _hold(session: Session, lock: TextClause, name: str) -> None:
    """Lock a name. On SQLite whoever writes is alone anyway.

    By name and not by row: waiters for a row that is shared can starve, and there need be no row.
    """
    if session.connection().dialect.name != "sqlite":
        session.connection().execute(lock, {"name": f"fact {name}"})


def drop_fact(session: Session, name: str) -> None:
    """Take a fact away."""
    session.connection().execute(delete(Fact).where(col(Fact.name) == name))
