"""Drains the outbox: claim → compose → send → sent | again later | undeliverable.

A notice is claimed only when a sender is free for it, so that urgency is never inverted by a batch; the
claim and its end are each committed, and in between the provider may have it or not: a claim that lapsed,
or a send that ended in silence, asks the provider first, else sends the same card marked as a repeat.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.errors import SignpostError
from bot.logs import log
from bot.messages import Message
from bot.reporting.composing import Composed, compose
from bot.reporting.office import Office, Work
from bot.reporting.people import Person
from bot.reporting.undeliverable import lost
from storage import house, outbox
from storage.failpoints import failpoint
from storage.outbox import Lease
from storage.store import UnavailableError

REPEAT, UNSURE, DOWN = "repeat", "unsure", "down"
_PAUSE = "pause "


class TryLaterError(SignpostError):
    """The platform did not take it now. `after` is how many seconds it asks to be left alone."""

    def __init__(self, after: float | None = None, *, unsure: bool = False) -> None:
        super().__init__("the platform did not take it")
        self.after = after
        self.unsure = unsure


class UnreachableError(SignpostError):
    """The platform will never reach this person. The text is a short word for the reason."""


class CannotTellError(SignpostError):
    """The platform cannot be asked whether a notice arrived."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message on its way to one person. `notice` is opaque and stays the same when it is sent again."""

    notice: str
    person: str
    address: str
    message: Message
    marks: frozenset[str] = frozenset()


class Messenger(Protocol):
    """A platform that carries messages. The contract tests hold every one of them to this."""

    @property
    def platform(self) -> str:
        """Its name in the outbox."""
        ...

    def address(self, person: Person) -> str | None:
        """Where it finds a person; None if it cannot."""
        ...

    async def send(self, envelope: Envelope) -> str:
        """Send; returns the provider's id. Raises `TryLaterError`, `UnreachableError`."""
        ...

    async def find(self, envelope: Envelope) -> str | None:
        """The provider's id if this notice arrived. Raises `CannotTellError`, `TryLaterError`."""
        ...

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """Change a message in place. Raises `TryLaterError`, `UnreachableError`."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard to push. Seconds, but for `in_flight`: how many notices are on their way at once."""

    in_flight: int = 64
    timeout: float = 5.0
    lease: float = 10.0
    between: float = 1.0
    idle: float = 0.5
    blocked: float = 0.05
    longest_wait: float = 30.0
    longest_wait_down: float = 3.0
    grace: float = 4.0


@dataclass(frozen=True, slots=True)
class _Job:
    """A claimed notice. Nothing `composed`: it should not be sent any more; no `address`: it cannot be."""

    row: Any
    composed: Composed | None
    address: str | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class _End:
    """How a send ended."""

    job: _Job
    values: Mapping[str, Any]
    dead: str | None = None


@dataclass(slots=True)
class Delivery:
    """Sends what is in the outbox until told to stop. `beat` is when the loop last went round."""

    office: Office
    messengers: Mapping[str, Messenger]
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    beat: datetime | None = None
    sent: Callable[[str, str], None] = lambda _platform, _outcome: None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _ended: list[_End] = field(default_factory=list)
    _down: set[str] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Something waits. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send until stopped; a database that is away is waited for."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            self.beat = self.clock()
            self._wake.clear()
            try:
                busy = await self._round()
            except UnavailableError:
                log.warning("outbox-unavailable", reason="database")
                busy = False
                await asyncio.sleep(self.pace.idle)
            if not busy and not self._stopping:
                await self._rest()
        await self._land()

    def stop(self) -> None:
        """Stop claiming; `run` returns when what is on its way has landed or the grace is over."""
        self._stopping = True
        self.wake()

    async def _round(self) -> bool:
        await self._settle()
        free = self.pace.in_flight - len(self._flying)
        jobs = await asyncio.to_thread(self._claim, free) if free else []
        for job in jobs:
            task = asyncio.create_task(self._carry(job), name=job.row.platform)
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        return bool(jobs) or bool(self._ended)

    async def _rest(self) -> None:
        """Wait for something to happen: briefly while lanes are blocked, longer when there is nothing."""
        waiting = await asyncio.to_thread(self._anything_due)
        try:
            async with asyncio.timeout(self.pace.blocked if waiting else self.pace.idle):
                await self._wake.wait()
        except TimeoutError:
            return

    def _anything_due(self) -> bool:
        try:
            with self.office.store.reading() as session:
                return outbox.waits(session, self.clock())
        except UnavailableError:
            return False

    def _claim(self, free: int) -> list[_Job]:
        if not self._anything_due():
            return []
        now = self.clock()
        with self.office.work(now) as work:
            lease = Lease(self.office.replica, now, self.pace.lease)
            rest = {name for name in self.messengers if _paused(work, name)}
            rows = self._lease(work, lease, free, rest | self._down)
            for platform in self._down - rest - {task.get_name() for task in self._flying}:
                rows += self._lease(work, lease, 1, set(self.messengers) - {platform})
            work.done()
        failpoint("after-claim")
        with self.office.store.reading() as session:
            return [self._job(Work(session, self.office, now), row) for row in rows]

    def _lease(self, work: Work, lease: Lease, most: int, skip: set[str]) -> list[Any]:
        return outbox.claim(work.session, lease, most=most, pace=self.pace.between, skip=skip)

    def _job(self, work: Work, row: Any) -> _Job:
        messenger = self.messengers.get(row.platform)
        person = work.directory.person(row.person)
        address = _account(row.person) if person is None else messenger and messenger.address(person)
        composed = compose(work, row) if messenger is not None else None
        unsure = row.state == outbox.LEASED or row.reason == UNSURE
        return _Job(row, composed, address or None, unsure)

    async def _carry(self, job: _Job) -> None:
        self._ended.append(await self._end(job))
        self._wake.set()

    async def _end(self, job: _Job) -> _End:
        platform = job.row.platform
        if job.composed is None:
            return _End(job, {"state": outbox.CANCELLED})
        try:
            async with asyncio.timeout(self.pace.timeout):
                provider_id = await self._send(job, job.composed)
        except UnreachableError as error:
            return _End(job, {"state": outbox.UNDELIVERABLE, "reason": str(error)}, dead=str(error))
        except TimeoutError:
            return self._later(job, TryLaterError(unsure=True), platform_down=False)
        except TryLaterError as error:
            return self._later(job, error, platform_down=error.after is None and not error.unsure)
        self.sent(platform, "sent")
        now = self.clock()
        return _End(job, {"state": outbox.SENT, "provider_id": provider_id, "sent_at": now, "reason": None})

    async def _send(self, job: _Job, composed: Composed) -> str:
        messenger = self.messengers[job.row.platform]
        if job.address is None:
            raise UnreachableError("no-address")
        marks = frozenset(job.row.marks.split())
        envelope = Envelope(job.row.id, job.row.person, job.address, composed.message, marks)
        if composed.edits is not None:
            await messenger.edit(composed.edits, envelope)
            return composed.edits
        if job.unsure:
            try:
                arrived = await messenger.find(envelope)
            except CannotTellError:
                arrived = None
                envelope = replace(envelope, marks=envelope.marks | {REPEAT})
            if arrived is not None:
                return arrived
        failpoint("before-send")
        provider_id = await messenger.send(envelope)
        failpoint("after-provider-accepted")
        return provider_id

    def _later(self, job: _Job, error: TryLaterError, *, platform_down: bool) -> _End:
        platform = job.row.platform
        self.sent(platform, "retry")
        if platform_down:
            self._down.add(platform)
        cap = self.pace.longest_wait_down if platform in self._down else self.pace.longest_wait
        wait = min(cap, 0.25 * 2 ** min(job.row.attempts, 10)) * random.uniform(0.5, 1.0)  # noqa: S311  jitter
        due = self.clock() + timedelta(seconds=error.after if error.after is not None else wait)
        reason = UNSURE if error.unsure or job.unsure else DOWN
        values = {"state": outbox.PENDING, "not_before": due, "owner": None, "reason": reason}
        return _End(job, values | ({"pause": due} if error.after is not None else {}))

    async def _settle(self) -> None:
        ended, self._ended = self._ended, []
        if not ended:
            return
        try:
            await asyncio.to_thread(self._write, ended)
        except UnavailableError:
            self._ended = ended + self._ended
            raise

    def _write(self, ended: list[_End]) -> None:
        """Write how sends ended, all in one transaction; then act on who cannot be reached."""
        failpoint("before-mark")
        now = self.clock()
        with self.office.work(now) as work:
            for end in ended:
                values = dict(end.values)
                pause = values.pop("pause", None)
                platform = end.job.row.platform
                if pause is not None:
                    house.put_fact(work.session, _PAUSE + platform, pause.isoformat(), now)
                outbox.settle(work.session, end.job.row.id, self.office.replica, **values)
                if values["state"] == outbox.SENT and platform in self._down:
                    self._down.discard(platform)
                    outbox.hurry(work.session, platform, now)
            work.done()
        failpoint("after-mark")
        for end in ended:
            if end.dead is not None:
                self.sent(end.job.row.platform, "undeliverable")
                lost(self.office, end.job.row.id, end.dead, now=now)

    async def _land(self) -> None:
        """Let what is on its way land, within the grace; give the rest back (promise R20)."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=self.pace.grace)
        try:
            await self._settle()
            await asyncio.to_thread(self._release)
        except UnavailableError:
            log.warning("outbox-unavailable", reason="database")

    def _release(self) -> None:
        with self.office.work(self.clock()) as work:
            outbox.release(work.session, self.office.replica)
            work.done()


def _paused(work: Work, platform: str) -> bool:
    """Whether a platform asked to be left alone until later."""
    fact = house.fact(work.session, _PAUSE + platform)
    return fact is not None and datetime.fromisoformat(fact.value) > work.now


def _account(person: str) -> str:
    """Where to reach somebody known by `account:PLATFORM:ID` only."""
    return person.rpartition(":")[2]
