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

from sqlalchemy import ColumnElement, Row, func, union
from sqlmodel import Session, and_, col, insert, or_, select, update

from storage.models import Notice

PENDING, LEASED, SENT, UNDELIVERABLE, CANCELLED = "pending", "leased", "sent", "undeliverable", "cancelled"
_OPEN = (PENDING, LEASED)
_RANK_STEP = 10**18
_EPOCH_MICROSECONDS = 1_767_225_600_000_000
"""2026 began; ages count from there, so that rank and age fit into 63 bits for thirty years."""
_WITHIN = 1024


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
    session.connection().execute(insert(Notice), rows)
    return ids


def claim(
    session: Session, lease: Lease, *, most: int, pace: float, skip: Collection[str] = ()
) -> list[Row[Any]]:
    """Lease the most urgent due notice of each free lane, at most `most`; `pace` is seconds between two.

    Platforms in `skip` rest for now. The rows come back as they were before: one that was leased already
    has a lease that ran out, so nobody knows whether it was sent.
    """
    connection = session.connection()
    free = and_(col(Notice.lane).not_in(_busy(lease, pace)), col(Notice.platform).not_in(skip))
    heads = select(func.min(Notice.place)).where(_due(lease.now), free)
    places = [
        place
        for (place,) in connection.execute(
            heads.group_by(col(Notice.lane)).order_by(func.min(Notice.place)).limit(most)
        )
    ]
    if not places:
        return []
    wanted = select(Notice).where(col(Notice.place).in_(places), _due(lease.now))
    rows = connection.execute(wanted.with_for_update(skip_locked=True)).all()
    if rows:
        connection.execute(
            update(Notice)
            .where(col(Notice.id).in_([row.id for row in rows]))
            .values(
                state=LEASED, owner=lease.owner, lease_until=lease.until, attempts=col(Notice.attempts) + 1
            )
        )
    return sorted(rows, key=lambda row: row.place)


def _due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(col(Notice.state) == PENDING, col(Notice.not_before) <= now)
    lapsed = and_(col(Notice.state) == LEASED, col(Notice.lease_until) < now)
    return or_(waiting, lapsed)


def _busy(lease: Lease, pace: float) -> Any:
    leased = and_(col(Notice.state) == LEASED, col(Notice.lease_until) >= lease.now)
    just_sent = col(Notice.sent_at) > lease.now - timedelta(seconds=pace)
    return union(select(col(Notice.lane)).where(leased), select(col(Notice.lane)).where(just_sent))


def settle(session: Session, notice: str, owner: str, **values: Any) -> bool:
    """Write how a send ended, if the lease is still this sender's. False: somebody else has it by now."""
    mine = and_(col(Notice.id) == notice, col(Notice.owner) == owner, col(Notice.state) == LEASED)
    done = session.connection().execute(update(Notice).where(mine).values(lease_until=None, **values))
    return done.rowcount == 1


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


def waits(session: Session, now: datetime) -> bool:
    """Whether anything is due, be its lane free or not."""
    return session.connection().execute(select(Notice.id).where(_due(now)).limit(1)).first() is not None


def hurry(session: Session, platform: str, now: datetime) -> None:
    """A platform is back: what waited for it to come back is due now."""
    waiting = and_(col(Notice.platform) == platform, col(Notice.state) == PENDING)
    put_off = and_(waiting, col(Notice.not_before) > now, col(Notice.reason).is_not(None))
    session.connection().execute(update(Notice).where(put_off).values(not_before=now))


def stale_calls(session: Session, events: Collection[str], before: datetime) -> list[Row[Any]]:
    """Calls that chat has not delivered since a time, and that were not passed to e-mail yet."""
    old = and_(col(Notice.state).in_(_OPEN), col(Notice.event).in_(events), col(Notice.created_at) < before)
    query = select(Notice).where(old, col(Notice.platform) != "email", col(Notice.marks).not_like("%mailed%"))
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
    return dict(session.connection().execute(query).tuples().all())


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """Since when the longest-waiting due notice has been waiting."""
    query = select(func.min(Notice.created_at)).where(_due(now))
    found: datetime | None = session.connection().execute(query).scalar()
    return found


def release(session: Session, owner: str) -> None:
    """Give back every lease of a sender that stops (promise R20)."""
    mine = and_(col(Notice.owner) == owner, col(Notice.state) == LEASED)
    session.connection().execute(
        update(Notice).where(mine).values(state=PENDING, owner=None, lease_until=None)
    )
