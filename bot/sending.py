"""One notice on its way: how a platform is spoken to, whether it has the notice already, how the send ended.

What ended in silence may have arrived: the platform is asked first, where it can be, else the same card goes
again, marked as a repeat.
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
from bot.reporting.composing import Composed
from bot.reporting.people import Person
from storage import outbox
from storage.failpoints import failpoint
from storage.outbox import UNSURE

REPEAT, LATER = "repeat", "later"


class TryLaterError(SignpostError):
    """The platform did not take it now. `after` is how many seconds it asks to be left alone.

    `hung`: nothing was heard in time. That may be one conversation's trouble, so the platform is not held
    to be down for it.
    """

    def __init__(self, after: float | None = None, *, unsure: bool = False, hung: bool = False) -> None:
        super().__init__("the platform did not take it")
        self.after = after
        self.unsure = unsure
        self.hung = hung


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
    """How hard to push. Seconds, but for `in_flight`: how many notices are on their way at once.

    `alone` is for how long a notice has a platform to itself where that cannot be asked.
    """

    in_flight: int = 64
    timeout: float = 5.0
    lease: float = 10.0
    between: float = 1.0
    idle: float = 1.0
    blocked: float = 0.05
    alone: float = 1.0
    longest_wait: float = 30.0
    longest_wait_down: float = 3.0
    grace: float = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed notice. Nothing `composed`: it should not be sent any more; no `address`: it cannot be.

    `faulty` is one that could not be composed now; `until` is when the claim lapses.
    """

    row: Any
    until: datetime
    composed: Composed | None = None
    address: str | None = None
    faulty: bool = False

    @property
    def unsure(self) -> bool:
        """Whether it may have arrived already."""
        return bool(self.row.state == outbox.LEASED or self.row.reason == UNSURE)


@dataclass(frozen=True, slots=True)
class End:
    """How a send ended: what the row becomes, or why nobody is reached; until when the platform rests."""

    job: Job
    values: Mapping[str, Any]
    pause: datetime | None = None
    dead: str | None = None


@dataclass(slots=True)
class Sender:
    """Sends one notice at a time, from many tasks.

    `down` are the platforms that took nothing when last called; `resting` says until when one asked to be
    left alone, and stays until it has taken something since; `answers` says of each platform whether it can
    be asked for a notice, as far as that is known.
    """

    messengers: Mapping[str, Messenger]
    clock: Callable[[], datetime]
    pace: Pace
    sent: Callable[[str, str], None]
    down: set[str] = field(default_factory=set)
    answers: dict[str, bool] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)

    async def end(self, job: Job) -> End:
        """Send, and say how it ended. Never raises: what one platform does must not end the rest."""
        # With less than that left another replica may have it before this send is over.
        late = self.clock() + timedelta(seconds=self.pace.timeout) > job.until
        if job.faulty or late:
            return self._later(job, TryLaterError(unsure=job.unsure), platform_down=False)
        if job.composed is None:
            return End(job, {"state": outbox.CANCELLED, "reason": UNSURE if job.unsure else None})
        try:
            return await self._sent(job, job.composed)
        except Exception as error:  # noqa: BLE001  the edge to a platform: nobody knows how far this one got
            log.error("send_failed", notice=job.row.id, platform=job.row.platform, exc_info=error)
            return self._later(job, TryLaterError(unsure=True), platform_down=False)

    async def _sent(self, job: Job, composed: Composed) -> End:
        try:
            async with asyncio.timeout(self.pace.timeout):
                provider_id = await self._send(job, composed)
        except UnreachableError as error:
            return End(job, {}, dead=str(error))
        except TimeoutError:
            return self._later(job, TryLaterError(unsure=True), platform_down=False)
        except TryLaterError as error:
            changes = composed.edits or composed.seeks
            taken = error.unsure or error.hung or error.after is not None or changes is not None
            return self._later(job, error, platform_down=not taken)
        if provider_id is None:
            return End(job, {"state": outbox.CANCELLED})
        self.sent(job.row.platform, "sent")
        if not self._rests(job.row.platform):
            self.resting.pop(job.row.platform, None)
        values = {"state": outbox.SENT, "provider_id": provider_id, "sent_at": self.clock(), "reason": None}
        return End(job, values)

    async def _send(self, job: Job, composed: Composed) -> str | None:
        """Send or change a message: the provider's id; None where what was to be changed never arrived."""
        messenger = self.messengers[job.row.platform]
        if job.address is None:
            raise UnreachableError("no-address")
        self._let_rest(job.row.platform)
        marks = frozenset(job.row.marks.split())
        envelope = Envelope(job.row.id, job.row.person, job.address, composed.message, marks)
        edits = composed.edits
        if composed.seeks is not None:
            edits = await self._find(messenger, replace(envelope, notice=composed.seeks), unsure=False)
            if edits is None:
                return None
        if edits is not None:
            await messenger.edit(edits, envelope)
            return edits
        if job.unsure or messenger.platform not in self.answers:
            arrived = await self._find(messenger, envelope, unsure=job.unsure)
            if arrived is not None:
                return arrived
        if job.unsure and not self.answers[messenger.platform]:
            envelope = replace(envelope, marks=marks | {REPEAT})
        self._let_rest(job.row.platform)
        failpoint("before-send")
        provider_id = await messenger.send(envelope)
        failpoint("after-provider-accepted")
        return provider_id

    def _rests(self, platform: str) -> float:
        """For how many seconds more a platform asked to be left alone."""
        now = self.clock()
        return max(0.0, (self.resting.get(platform, now) - now).total_seconds())

    def _let_rest(self, platform: str) -> None:
        """Leave a platform alone that asked for it after this notice was claimed. Raises `TryLaterError`."""
        if seconds := self._rests(platform):
            raise TryLaterError(seconds)

    async def _find(self, messenger: Messenger, envelope: Envelope, *, unsure: bool) -> str | None:
        """Ask for a notice. The first of each platform is asked for too, to learn whether it answers."""
        try:
            async with asyncio.timeout(self.pace.timeout / 2):
                found = await messenger.find(envelope)
        except CannotTellError:
            self.answers[messenger.platform] = False
            return None
        except TimeoutError as error:
            raise TryLaterError(unsure=unsure, hung=True) from error
        except TryLaterError as error:
            raise TryLaterError(error.after, unsure=unsure and error.unsure) from error
        self.answers[messenger.platform] = True
        return found

    def _later(self, job: Job, error: TryLaterError, *, platform_down: bool) -> End:
        platform = job.row.platform
        self.sent(platform, "retry")
        if platform_down:
            self.down.add(platform)
        cap = self.pace.longest_wait_down if platform in self.down else self.pace.longest_wait
        wait = min(cap, 0.25 * 2 ** min(job.row.attempts, 10)) * random.uniform(0.5, 1.0)  # noqa: S311  jitter
        due = self.clock() + timedelta(seconds=error.after if error.after is not None else wait)
        if error.after is not None:
            self.resting[platform] = max(due, self.resting.get(platform, due))
        reason = UNSURE if error.unsure or job.unsure else LATER
        values = {"state": outbox.PENDING, "not_before": due, "reason": reason}
        return End(job, values, pause=due if error.after is not None else None)
