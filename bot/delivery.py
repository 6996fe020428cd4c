"""Drains the outbox: claim → compose → send → sent | again later | undeliverable.

A notice is claimed only when a sender is free for it, so that urgency is never inverted by a batch; the
claim and its end are each committed, and in between the provider may have it or not (see `bot.sending`).
How the last ones ended is written together with the next claim.
A platform that cannot be asked gets one notice at a time, so that a crash repeats one at most (promise R1).
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.logs import log
from bot.reporting.composing import compose
from bot.reporting.office import Office, Work
from bot.reporting.undeliverable import lost
from bot.sending import (
    CannotTellError,
    End,
    Envelope,
    Job,
    Messenger,
    Pace,
    Sender,
    TryLaterError,
    UnreachableError,
)
from storage import house, outbox
from storage.failpoints import failpoint
from storage.outbox import Lease
from storage.store import UnavailableError

__all__ = [
    "CannotTellError",
    "Delivery",
    "Envelope",
    "Messenger",
    "Pace",
    "TryLaterError",
    "UnreachableError",
]
_PAUSE = "pause "
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Doors:
    """The platforms that may be sent to now: `wide` take many notices at once, `narrow` one."""

    wide: frozenset[str]
    narrow: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Turn:
    """What was claimed in one go, whether more is due, be it kept back or not, and if not, in what time."""

    jobs: Sequence[Job] = ()
    waits: bool = False
    rest: timedelta | None = None


@dataclass(slots=True)
class Delivery:
    """Sends what is in the outbox until told to stop. `beat` is when the loop last went round."""

    office: Office
    messengers: Mapping[str, Messenger]
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    beat: datetime | None = None
    sent: Callable[[str, str], None] = lambda _platform, _outcome: None
    _sender: Sender = field(init=False)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _flying: dict[asyncio.Task[None], tuple[str, float]] = field(default_factory=dict)
    _ended: list[End] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None

    def __post_init__(self) -> None:
        self._sender = Sender(self.messengers, self.clock, self.pace, self.sent)

    def wake(self) -> None:
        """Something waits. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send until stopped; a database that is away is waited for."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            self._wake.clear()
            try:
                rest = await self._round()
                self.beat = self.clock()
                if rest:
                    await self._pause(rest)
            except UnavailableError:
                self.beat = self.clock()
                log.warning("outbox-unavailable", reason="database")
                await self._pause(self.pace.idle)
            except Exception as error:  # noqa: BLE001  the process edge: one failed round must not end all sending
                log.error("round_failed", exc_info=error)
                await self._pause(self.pace.idle)
        await self._land()

    def stop(self) -> None:
        """Stop claiming; `run` returns when what is on its way has landed or the grace is over."""
        self._stopping = True
        self.wake()

    async def _round(self) -> float:
        """Write how sends ended and claim what is next, in one transaction: each costs a write to disk.

        Gives the seconds to rest before the next: none while something goes, a few hundredths while what
        waits is kept back, else until something falls due, or a moment: others may put in more.
        """
        ended, self._ended = self._ended, []
        free = self.pace.in_flight - len(self._flying)
        try:
            turn = await asyncio.to_thread(self._turn, ended, free, self._doors(self._back(ended)))
        except UnavailableError:
            self._ended = ended + self._ended
            raise
        for job in turn.jobs:
            task = asyncio.create_task(self._carry(job))
            self._flying[task] = (job.row.platform, asyncio.get_running_loop().time())
            task.add_done_callback(lambda done: self._flying.pop(done, None))
        if turn.jobs or self._ended:
            return 0
        if turn.waits:
            return self.pace.blocked
        rest = self.pace.idle if turn.rest is None else turn.rest.total_seconds()
        return max(self.pace.blocked, min(rest, self.pace.idle))

    async def _carry(self, job: Job) -> None:
        end = await self._sender.end(job)
        # At once, not when the task is over: by then the next round has seen the platform as taken.
        if (task := asyncio.current_task()) is not None:
            self._flying.pop(task, None)
        # On a line of its own: the list is another one by the time that a send has ended.
        self._ended.append(end)
        self._wake.set()

    def _back(self, ended: Iterable[End]) -> frozenset[str]:
        """The platforms that were down and have taken something."""
        took = {end.job.row.platform for end in ended if end.values.get("state") == outbox.SENT}
        return frozenset(took & self._sender.down)

    def _doors(self, back: frozenset[str]) -> _Doors:
        """Which platforms to claim for, with those that are `back`.

        One that is down is probed by one notice, and so is one that asked for patience, by the most urgent:
        of many at once it may take others and refuse that. One that cannot be asked takes one. The next goes
        when the last is settled, or has been on its way for long, lest one conversation that hangs keeps back
        the others.
        """
        now, down = asyncio.get_running_loop().time(), self._sender.down - back
        narrow = (
            down
            | self._sender.resting.keys()
            | {name for name in self.messengers if not self._sender.answers.get(name)}
        )
        taken = {platform for platform, since in self._flying.values() if now - since < self.pace.alone}
        return _Doors(frozenset(self.messengers) - narrow, frozenset(narrow - taken))

    async def _pause(self, seconds: float) -> None:
        if self._stopping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _anything_due(self, on: frozenset[str]) -> bool:
        with self.office.store.reading() as session:
            return outbox.waits(session, self.clock(), on)

    def _rest(self) -> timedelta | None:
        """How long nothing falls due; None where nothing is left to send."""
        with self.office.store.reading() as session:
            following = outbox.next_due(session, self.messengers)
        return following - self.clock() if following is not None else None

    def _turn(self, ended: Sequence[End], free: int, doors: _Doors) -> _Turn:
        """In a thread: what ended is written, what is next is claimed and composed."""
        open_now = doors.wide | doors.narrow
        waits = bool(ended) or self._anything_due(open_now)
        due = free > 0 and waits
        if not (ended or due):
            shut = frozenset(self.messengers) - open_now
            if waits or (shut and self._anything_due(shut)):
                return _Turn(waits=True)
            return _Turn(rest=self._rest())
        now = self.clock()
        lease = Lease(self.office.replica, now, self.pace.lease)
        rows = self._written(ended, now, lambda work: self._claimed(work, lease, free, doors) if due else [])
        if rows:
            failpoint("after-claim")
        return _Turn(self._jobs(rows, lease) if rows else [], waits=waits)

    def _claimed(self, work: Work, lease: Lease, free: int, doors: _Doors) -> list[Any]:
        between = self.pace.between
        resting = {name for name in self.messengers if _paused(work, name)}
        rows = outbox.claim(work.session, lease, most=free, pace=between, on=doors.wide - resting)
        for platform in sorted(doors.narrow - resting):
            rows += outbox.claim(work.session, lease, most=1, pace=between, on={platform})
        return rows

    def _jobs(self, rows: list[Any], lease: Lease) -> list[Job]:
        try:
            with self.office.store.reading() as session:
                work = Work(session, self.office, lease.now)
                return [self._job(work, row, lease.until) for row in rows]
        except UnavailableError:
            return [Job(row, lease.until, faulty=True) for row in rows]

    def _job(self, work: Work, row: Any, until: datetime) -> Job:
        """What to send. One that cannot be composed, whatever the reason, must not keep back the others."""
        try:
            return Job(row, until, compose(work, row), self._address(work, row))
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001  see above
            log.error("notice_faulty", notice=row.id, exc_info=error)
            return Job(row, until, faulty=True)

    def _address(self, work: Work, row: Any) -> str | None:
        """Where a person is, or an `account:PLATFORM:ID`; nowhere for whoever has left the schools file."""
        person = work.directory.person(row.person)
        if person is not None:
            return self.messengers[row.platform].address(person) or None
        return row.person.split(":", 2)[2] if row.person.startswith("account:") else None

    def _written(self, ended: Sequence[End], now: datetime, then: Callable[[Work], T]) -> T:
        """Write how sends ended, and do one thing more in that transaction; the dead have one each."""
        if ended:
            failpoint("before-mark")
        for end in ended:
            if end.dead is not None:
                self.sent(end.job.row.platform, "undeliverable")
                lost(self.office, end.job.row.id, end.dead, now=now)
        back = self._back(ended)
        with self.office.work(now) as work:
            for end in ended:
                self._mark(work, end)
            for platform in sorted(back):
                outbox.hurry(work.session, platform, now)
            found = then(work)
            work.done()
        self._sender.down -= back
        if ended:
            failpoint("after-mark")
        return found

    def _mark(self, work: Work, end: End) -> None:
        row = end.job.row
        if end.pause is not None:
            house.put_fact(work.session, _PAUSE + row.platform, end.pause.isoformat(), work.now)
        if end.dead is None:
            outbox.settle(work.session, row.id, self.office.replica, **end.values)

    async def _land(self) -> None:
        """Let what is on its way land, within the grace; give the rest back (promise R20)."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=self.pace.grace)
        flying = tuple(self._flying)
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)
        ended, self._ended = self._ended, []
        replica = self.office.replica
        try:
            await asyncio.to_thread(
                self._written, ended, self.clock(), lambda work: outbox.release(work.session, replica)
            )
        except UnavailableError:
            log.warning("outbox-unavailable", reason="database")


def _paused(work: Work, platform: str) -> bool:
    """Whether a platform asked to be left alone until later."""
    fact = house.fact(work.session, _PAUSE + platform)
    return fact is not None and datetime.fromisoformat(fact.value) > work.now
