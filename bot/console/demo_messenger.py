"""Carries the demo's notices to the terminal it runs in: kept until whoever shows them asks for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from bot.delivery import Envelope
from bot.reporting.people import Person

PLATFORM = "terminal"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A notice that arrived, and the one in whose place it came if a message was changed."""

    envelope: Envelope
    before: Envelope | None = None


@dataclass(slots=True)
class DemoMessenger:
    """Reaches everybody in the schools file. The sender's thread writes to it, the one that prints reads."""

    platform: str = PLATFORM
    _waiting: SimpleQueue[Arrived] = field(default_factory=SimpleQueue)
    _sent: dict[str, Envelope] = field(default_factory=dict)

    def address(self, person: Person) -> str | None:
        """Everybody's own id."""
        return person.id

    async def send(self, envelope: Envelope) -> str:
        """Put a notice where `arrived` finds it; its own id serves as the provider's."""
        self._sent[envelope.notice] = envelope
        self._waiting.put(Arrived(envelope))
        return envelope.notice

    async def find(self, envelope: Envelope) -> str | None:
        """Whether a notice was sent."""
        return envelope.notice if envelope.notice in self._sent else None

    async def edit(self, provider_id: str, envelope: Envelope) -> None:
        """Show a notice as it reads now; what stands on a terminal stays there."""
        before, self._sent[provider_id] = self._sent[provider_id], envelope
        self._waiting.put(Arrived(envelope, before))

    def arrived(self) -> Iterator[Arrived]:
        """Take what has arrived since the last time, in order."""
        while True:
            try:
                yield self._waiting.get_nowait()
            except Empty:
                return
