"""A delivery to a platform that does as it is told, by a clock that tests move."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select, update

from bot.delivery import Delivery, Pace
from bot.reporting.office import Office
from storage import outbox
from storage.models import Notice
from storage.outbox import Draft, Lease
from storage.store import commit
from tests.support.fake_messenger import Platform
from tests.support.offices import CHAT
from tests.support.waiting import PAUSE

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PACE = Pace(timeout=1.0, lease=2.0, idle=0.01, blocked=0.01, alone=0.3, grace=0.6)
_SOON = 30.0


@dataclass
class Post:
    """An office with notices to deliver, and a clock that tests move."""

    office: Office
    platform: Platform
    now: datetime = MONDAY
    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def another(self, replica: str = "one") -> Delivery:
        """A delivery of its own, as a restart or another replica makes it."""
        return Delivery(
            replace(self.office, replica=replica),
            {self.platform.platform: self.platform},
            lambda: self.now,
            PACE,
            sent=lambda platform, outcome: self.outcomes.append((platform, outcome)),
        )

    def put(self, *people: str, rank: int = 0, platform: str = CHAT) -> tuple[str, ...]:
        """Notices about no case, which anybody may have."""
        drafts = [Draft(person, platform, "alarm", rank, about="vacant dsl") for person in people]
        with self.office.work(self.now) as work:
            ids = outbox.enqueue(work.session, self.now, drafts)
            work.done()
        return ids

    def rows(self) -> list[Any]:
        """All notices, by person."""
        with self.office.store.reading() as session:
            return list(session.connection().execute(select(Notice).order_by(col(Notice.person))).all())

    def row(self, notice: str) -> Any:
        """A notice as it stands."""
        with self.office.store.reading() as session:
            return outbox.by_id(session, notice)

    def states(self) -> dict[str, str]:
        """The state of each person's notice."""
        return {row.person: row.state for row in self.rows()}

    def leased_by_another(self, notice: str) -> None:
        """Have somebody else hold a notice, and die."""
        with self.office.store.writing() as session:
            (row,) = outbox.claim(session, Lease("dead", self.now, 10), most=1, pace=0, on={CHAT})
            assert row.id == notice
            commit(session)

    def go_round(self, *, times: int = 5) -> None:
        """Let a delivery look at the outbox so often."""
        seen, delivery = list[datetime](), self.another()

        def went_round() -> bool:
            if delivery.beat is not None:
                seen.append(delivery.beat)
                delivery.beat = None
            return len(seen) >= times

        self.until(went_round, delivery=delivery)

    def until(self, good: Callable[[], bool], *, delivery: Delivery | None = None) -> None:
        """Let it run until something holds, then stop it."""
        asyncio.run(self._until(delivery or self.another(), good))

    async def _until(self, delivery: Delivery, good: Callable[[], bool]) -> None:
        running = asyncio.create_task(delivery.run())
        async with asyncio.timeout(_SOON):
            while not good():
                assert not running.done(), running
                await asyncio.sleep(PAUSE)
        delivery.stop()
        async with asyncio.timeout(_SOON):
            await running

    def put_off(self, *people: str, seconds: float) -> None:
        """Have what waits for these people wait for longer."""
        until = self.now + timedelta(seconds=seconds)
        with self.office.store.writing() as session:
            theirs = update(Notice).where(col(Notice.person).in_(people))
            session.connection().execute(theirs.values(not_before=until))
            commit(session)

    def after(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
