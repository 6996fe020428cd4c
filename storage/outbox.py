"""The outbox: notices wait, are leased to one sender, and are settled; nothing is sent before its commit.

    pending(not_before) → leased(owner, until) → sent(provider id)
                                               → pending again (retry-after, or back-off)
                                               → undeliverable
    pending, leased → cancelled

One queue a person and platform (`lane`): a lane with a live lease, or one that was sent to within the pace,
gives nothing, so that a message that hangs delays nobody else and nobody gets two within a second.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, bindparam, case, func, union
from sqlmodel import Session, and_, col, insert, or_, select, update

from storage.models import Notice

PENDING, LEASED, SENT, UNDELIVERABLE, CANCELLED = "pending", "leased", "sent", "undeliverable", "cancelled"
_OPEN = (PENDING, LEASED)
_RANK_STEP = 10**18
_EPOCH_MICROSECONDS = 1_767_225_600_000_000
"""2026 began; ages count from there, so that rank and age fit into 63 bits for thirty years."""
_WITHIN = 1024
UNSURE = "unsure"
"""The reason of a notice that may have arrived already."""
# What every notice asks is put together once: building a statement costs more than running it.
_DUE = or_(
    and_(col(Notice.state) == PENDING, col(Notice.not_before) <= bindparam("now")),
    and_(col(Notice.state) == LEASED, col(Notice.lease_until) < bindparam("now")),
)
_BUSY = union(
    select(col(Notice.lane)).where(col(Notice.state) == LEASED, col(Notice.lease_until) >= bindparam("now")),
    select(col(Notice.lane)).where(col(Notice.sent_at) > bindparam("since")),
)
_ON = col(Notice.platform).in_(bindparam("on", expanding=True))
_HEADS = (
    select(Notice.lane, func.min(Notice.place))
    .where(_DUE, _ON, col(Notice.lane).not_in(_BUSY))
    .group_by(col(Notice.lane))
    .order_by(func.min(Notice.place))
    .limit(bindparam("most"))
)
_AT_PLACES = (
    select(Notice)
    .where(col(Notice.place).in_(bindparam("places", expanding=True)), _DUE)
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(Notice)
    .where(col(Notice.id).in_(bindparam("ids", expanding=True)))
    .values(attempts=col(Notice.attempts) + 1)
)
_SETTLE = update(Notice).where(
    col(Notice.id) == bindparam("notice"),
    col(Notice.owner) == bindparam("sender"),
    col(Notice.state) == LEASED,
)
_WAITS = select(Notice.id).where(_DUE, _ON).limit(1)
_WHEN = case((col(Notice.state) == PENDING, col(Notice.not_before)), else_=col(Notice.lease_until))
_NEXT = select(func.min(_WHEN)).where(col(Notice.state).in_(_OPEN), _ON)
_ADD = insert(Notice)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice to be written: to whom, where, which event, how urgent (0 first)."""

    person: str
    platform: str
    event: str
    rank: int
    case_id: str | None = None
    about: str = ""
    marks: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may send a claimed notice, and until when."""

    owner: str
    now: datetime
    seconds: float

    @property
    def until(self) -> datetime:
        """When the claim lapses."""
        return self.now + timedelta(seconds=self.seconds)


def lane_of(person: str, platform: str) -> str:
    """The queue of one person on one platform."""
    return f"{platform}:{person}"


def enqueue(session: Session, now: datetime, drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Write notices into this transaction; returns their ids."""
    if not drafts:
        return ()
    ids = tuple(uuid4().hex for _ in drafts)
    age = int(now.timestamp() * 1_000_000) - _EPOCH_MICROSECONDS
    rows = [
        {
            "id": notice,
            "case_id": draft.case_id,
            "person": draft.person,
            "platform": draft.platform,
            "lane": lane_of(draft.person, draft.platform),
            "event": draft.event,
            "about": draft.about,
            "place": draft.rank * _RANK_STEP + age * _WITHIN + (order & (_WITHIN - 1)),
            "state": PENDING,
            "not_before": draft.not_before or now,
            "attempts": 0,
            "marks": draft.marks,
            "created_at": now,
        }
        for order, (notice, draft) in enumerate(zip(ids, drafts, strict=True))
    ]
    session.connection().execute(_ADD, rows)
    return ids


def claim(session: Session, lease: Lease, *, most: int, pace: float, on: Collection[str]) -> list[Row[Any]]:
    """Lease the most urgent due notice of each free lane, at most `most`; `pace` is seconds between two.

    Only platforms in `on` are looked at. The rows come back as they were before: one that was leased
    already has a lease that ran out, so nobody knows whether it was sent.
    """
    connection = session.connection()
    since = lease.now - timedelta(seconds=pace)
    sought = {"now": lease.now, "since": since, "on": list(on), "most": most}
    first = dict(connection.execute(_HEADS, sought).all())
    if not first:
        return []
    locked = connection.execute(_AT_PLACES, {"places": list(first.values()), "now": lease.now}).all()
    # Notices written in the same microsecond share a place, be they of one lane or of a busy one.
    rows = {row.lane: row for row in locked if first.get(row.lane) == row.place}.values()
    if rows:
        held = {"state": LEASED, "owner": lease.owner, "lease_until": lease.until}
        connection.execute(_LEASE, {"ids": [row.id for row in rows], **held})
    return sorted(rows, key=lambda row: row.place)


def settle(session: Session, notice: str, owner: str, **values: Any) -> bool:
    """Write how a send ended, if the lease is still this sender's. False: somebody else has it by now."""
    named = {"notice": notice, "sender": owner, "lease_until": None, **values}
    return session.connection().execute(_SETTLE, named).rowcount == 1


def cancel(session: Session, case_id: str, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Cancel a case's notices that are not on their way; returns those cancelled."""
    connection = session.connection()
    here = and_(col(Notice.case_id) == case_id, col(Notice.state) == PENDING, *conditions)
    rows = connection.execute(select(Notice.id, Notice.person, Notice.event).where(here)).all()
    connection.execute(update(Notice).where(here).values(state=CANCELLED))
    return rows


def event_in(events: Collection[str]) -> ColumnElement[bool]:
    """Which events a cancellation is about."""
    return col(Notice.event).in_(events)


def for_person(person: str) -> ColumnElement[bool]:
    """Whose notices a cancellation is about."""
    return col(Notice.person) == person


def waits(session: Session, now: datetime, on: Collection[str]) -> bool:
    """Whether anything is due on these platforms, be its lane free or not."""
    return session.connection().execute(_WAITS, {"now": now, "on": list(on)}).first() is not None


def next_due(session: Session, on: Collection[str]) -> datetime | None:
    """When the next notice falls due on these platforms; None where none is left to send."""
    return session.connection().execute(_NEXT, {"on": list(on)}).scalar()


def hurry(session: Session, platform: str, now: datetime) -> None:
    """A platform is back: what waited for it to come back is due now."""
    waiting = and_(col(Notice.platform) == platform, col(Notice.state) == PENDING)
    put_off = and_(waiting, col(Notice.not_before) > now, col(Notice.reason).is_not(None))
    session.connection().execute(update(Notice).where(put_off).values(not_before=now))


def stale_calls(session: Session, events: Collection[str], before: datetime) -> list[Row[Any]]:
    """Calls that chat has not delivered since a time, those that were passed to e-mail too."""
    old = and_(col(Notice.state).in_(_OPEN), col(Notice.event).in_(events), col(Notice.created_at) < before)
    query = select(Notice).where(old, col(Notice.platform) != "email")
    return list(session.connection().execute(query.with_for_update(skip_locked=True)).all())


def mark(session: Session, notice: str, marks: str) -> None:
    """Write what a notice is marked as."""
    session.connection().execute(update(Notice).where(col(Notice.id) == notice).values(marks=marks))


def of_case(session: Session, case_id: str) -> list[Row[Any]]:
    """All notices of a case, oldest first."""
    query = select(Notice).where(col(Notice.case_id) == case_id).order_by(col(Notice.created_at))
    return list(session.connection().execute(query).all())


def by_id(session: Session, notice: str) -> Row[Any] | None:
    """One notice."""
    return session.connection().execute(select(Notice).where(col(Notice.id) == notice)).first()


def counts(session: Session) -> Mapping[str, int]:
    """How many notices are in each state."""
    query = select(Notice.state, func.count()).group_by(Notice.state)
    return dict(session.connection().execute(query).all())


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """Since when the longest-waiting due notice has been waiting."""
    query = select(func.min(Notice.created_at)).where(_DUE)
    found: datetime | None = session.connection().execute(query, {"now": now}).scalar()
    return found


def release(session: Session, owner: str | None = None) -> int:
    """Give back every lease of a sender that stops (promise R20); returns how many.

    Without an owner, of all who were here before: only where nobody else can be sending now. What was
    leased may have arrived, so it comes back as unsure.
    """
    held = col(Notice.state) == LEASED
    mine = held if owner is None else and_(held, col(Notice.owner) == owner)
    freed = update(Notice).where(mine).values(state=PENDING, owner=None, lease_until=None, reason=UNSURE)
    return int(session.connection().execute(freed).rowcount)
