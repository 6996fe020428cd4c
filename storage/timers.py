"""What falls due on cases: set, stopped, taken by one replica."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, delete, exists, func, insert, select, update

from storage.models import Case, Timer

AnyRow = Row[Any]
_ADD = insert(Timer)
_STOP_ALL = delete(Timer).where(col(Timer.case_id) == bindparam("case"))
_STOP = _STOP_ALL.where(col(Timer.purpose).in_(bindparam("purposes", expanding=True)))
_OF_CASE = select(Timer).where(col(Timer.case_id) == bindparam("case")).order_by(col(Timer.due_at))
_DUE = (
    select(Timer.id, Timer.case_id)
    .where(col(Timer.due_at) <= bindparam("now"))
    .order_by(col(Timer.due_at))
    .limit(bindparam("most"))
)
_NEXT = select(func.min(Timer.due_at)).where(col(Timer.due_at) > bindparam("after"))


def set_timer(session: Session, case_id: str, purpose: str, due_at: datetime, guard: str = "") -> None:
    """Set a case's timer of a purpose, in place of the one it had."""
    stop_timers(session, case_id, purpose)
    add_timer(session, case_id, purpose, due_at, guard)


def add_timer(session: Session, case_id: str, purpose: str, due_at: datetime, guard: str = "") -> None:
    """Set one more timer of a purpose that may have several."""
    values = {"id": uuid4().hex, "case_id": case_id, "purpose": purpose, "guard": guard, "due_at": due_at}
    session.connection().execute(_ADD, values)


def stop_timers(session: Session, case_id: str, *purposes: str) -> None:
    """Take away a case's timers: of these purposes, or all."""
    stop = _STOP if purposes else _STOP_ALL
    session.connection().execute(stop, {"case": case_id, "purposes": purposes})


def timers_of(session: Session, case_id: str) -> list[AnyRow]:
    """A case's timers, the next first."""
    return list(session.connection().execute(_OF_CASE, {"case": case_id}).all())


def due_timers(session: Session, now: datetime, most: int) -> list[tuple[str, str]]:
    """Ids of due timers with their cases, longest due first."""
    rows = session.connection().execute(_DUE, {"now": now, "most": most})
    return [(timer, case) for timer, case in rows]


def next_due(session: Session, after: datetime) -> datetime | None:
    """When the next timer falls due after this."""
    return session.connection().execute(_NEXT, {"after": after}).scalar()


def take_timer(session: Session, timer: str) -> AnyRow | None:
    """Take a due timer out of the table; None when another replica has it or had it."""
    query = select(Timer).where(col(Timer.id) == timer).with_for_update(skip_locked=True)
    row = session.connection().execute(query).first()
    if row is not None:
        session.connection().execute(delete(Timer).where(col(Timer.id) == timer))
    return row


def put_off(session: Session, timer: str, due_at: datetime) -> None:
    """Have a timer fall due later."""
    session.connection().execute(update(Timer).where(col(Timer.id) == timer).values(due_at=due_at))


def unchased(session: Session, states: Collection[str], purposes: Collection[str]) -> list[AnyRow]:
    """Cases in these states that have no timer of these purposes to move them on (promise R15)."""
    timed = exists().where(col(Timer.case_id) == col(Case.id), col(Timer.purpose).in_(purposes))
    query = select(Case).where(col(Case.state).in_(states), ~timed)
    return list(session.connection().execute(query).all())
