"""What belongs to no case: keys, facts, schools files, one-time codes, who cannot be reached."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, delete, insert, select, update

from storage.models import CaseKey, Code, Fact, RoleChange, SchoolsFile, Unreachable
from storage.sealing import WrappedKey

AnyRow = Row[Any]


def key_of(session: Session, owner: str) -> WrappedKey | None:
    """The wrapped data key of a case; None once it was purged."""
    row = session.connection().execute(select(CaseKey).where(col(CaseKey.owner) == owner)).first()
    return WrappedKey(row.master, row.wrapped) if row else None


def put_key(session: Session, owner: str, key: WrappedKey) -> None:
    """Keep a wrapped key for something that is no case."""
    values = {"owner": owner, "master": key.master, "wrapped": key.wrapped}
    session.connection().execute(insert(CaseKey), [values])


def lost_lanes(session: Session) -> frozenset[str]:
    """The lanes that reach nobody."""
    return frozenset(session.connection().execute(select(Unreachable.lane)).scalars())


def note_lost(session: Session, lane: str, reason: str, at: datetime) -> bool:
    """Note that a lane reaches nobody; False if that was known."""
    if session.connection().execute(select(Unreachable).where(col(Unreachable.lane) == lane)).first():
        return False
    session.connection().execute(insert(Unreachable), [{"lane": lane, "reason": reason, "at": at}])
    return True


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
    """Keep a schools file, sealed, once."""
    if (
        not session.connection()
        .execute(select(SchoolsFile.digest).where(col(SchoolsFile.digest) == digest))
        .first()
    ):
        session.connection().execute(insert(SchoolsFile), [{"digest": digest, "at": at, "sealed": sealed}])


def newest_schools(session: Session) -> AnyRow | None:
    """The schools file that came into force last."""
    return session.connection().execute(select(SchoolsFile).order_by(col(SchoolsFile.at).desc())).first()


def add_role_change(session: Session, values: Mapping[str, Any]) -> None:
    """Note somebody new in a safeguarding role."""
    session.connection().execute(insert(RoleChange), [dict(values)])


def role_changes(session: Session) -> list[AnyRow]:
    """Everybody new in a safeguarding role whom nobody has agreed to yet."""
    query = select(RoleChange).where(col(RoleChange.agreed_by).is_(None))
    return list(session.connection().execute(query).all())


def agree_role_change(session: Session, change: str, by: str, at: datetime) -> None:
    """Note who agreed to it."""
    agreed = update(RoleChange).where(col(RoleChange.id) == change)
    session.connection().execute(agreed.values(agreed_by=by, agreed_at=at))


def fact(session: Session, name: str) -> AnyRow | None:
    """A fact about this installation."""
    return session.connection().execute(select(Fact).where(col(Fact.name) == name)).first()


def put_fact(session: Session, name: str, value: str, at: datetime) -> None:
    """Write a fact, in place of what was there."""
    session.connection().execute(delete(Fact).where(col(Fact.name) == name))
    session.connection().execute(insert(Fact), [{"name": name, "value": value, "at": at}])


def share_fact(session: Session, name: str) -> str | None:
    """A fact's value, held as it is until this transaction ends."""
    query = select(Fact.value).where(col(Fact.name) == name).with_for_update(read=True)
    found: str | None = session.connection().execute(query).scalar()
    return found


def drop_fact(session: Session, name: str) -> None:
    """Take a fact away."""
    session.connection().execute(delete(Fact).where(col(Fact.name) == name))
