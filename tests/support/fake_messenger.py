"""A chat platform in memory that does as it is told: what the tests of delivery send to.

The contract tests hold it to what the real platforms do (tests/contract).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.delivery import CannotTellError, Envelope
from bot.reporting.people import Person
from tests.support.offices import CHAT

Sending = Callable[[Envelope], Awaitable[str]]


async def accepts(envelope: Envelope) -> str:
    return f"m-{envelope.notice}"


async def hangs(_envelope: Envelope) -> str:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def raises(error: Exception) -> Sending:
    async def fail(_envelope: Envelope) -> str:
        raise error

    return fail


def for_one(person: str, does: Sending) -> Sending:
    """Something done for one person, while everybody else's messages are accepted."""

    async def do(envelope: Envelope) -> str:
        return await (does if envelope.person == person else accepts)(envelope)

    return do


@dataclass
class Platform:
    """A platform that does as it is told, and remembers."""

    platform: str = CHAT
    does: Sending = accepts
    askable: bool = True
    sent: list[Envelope] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    edited: list[tuple[str, Envelope]] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    where: Callable[[Person], str | None] = lambda person: person.accounts.get(CHAT)
    most_at_once: int = 0
    _now: int = 0

    def address(self, person: Person) -> str | None:
        """Where it finds somebody."""
        return self.where(person)

    async def send(self, envelope: Envelope) -> str:
        """Do as it is told to; what is sent without an error has arrived."""
        self.sent.append(envelope)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            provider = await self.does(envelope)
        finally:
            self._now -= 1
        self.has.add(envelope.notice)
        return provider

    async def find(self, envelope: Envelope) -> str | None:
        """Say what has arrived, where it can be asked."""
        self.asked.append(envelope.notice)
        if envelope.person in self.mute:
            await hangs(envelope)
        if not self.askable:
            raise CannotTellError(self.platform)
        return f"m-{envelope.notice}" if envelope.notice in self.has else None

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """Change a message."""
        self.edited.append((provider_id, envelope))

    @property
    def people(self) -> list[str]:
        """To whom messages were sent, in order."""
        return [envelope.person for envelope in self.sent]
