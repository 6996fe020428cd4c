"""Whether Signpost can take and send reports. 503 means that it cannot, and nothing else (promise R16)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.delivery import Delivery
from bot.reporting.rights import LIVE
from bot.scheduler import Clock
from storage import cases, outbox
from storage.store import Store, UnavailableError

_SILENT_SECONDS = 10.0
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Ready:
    """What `/readyz` says. `problems` are small words; none means ready."""

    problems: tuple[str, ...]
    alarms: int = 0
    waiting: int = 0
    oldest_seconds: float = 0.0


@dataclass(slots=True)
class Health:
    """Looks at the database and at both loops."""

    store: Store
    delivery: Delivery
    scheduler: Clock
    clock: Callable[[], datetime]
    stopping: bool = False

    async def look(self) -> Ready:
        """How things are now; a database that does not answer in time counts as away."""
        problems = list(self._loops())
        try:
            async with asyncio.timeout(_PATIENCE):
                seen = await asyncio.to_thread(self._database)
        except (TimeoutError, UnavailableError):
            return Ready(("database", *problems))
        return Ready(tuple(problems), *seen)

    def _loops(self) -> list[str]:
        found = ["stopping"] if self.stopping else []
        beat = self.delivery.beat
        if beat is None or (self.clock() - beat).total_seconds() > _SILENT_SECONDS:
            found.append("delivery")
        if self.scheduler.silent_for() > _SILENT_SECONDS:
            found.append("clock")
        return found

    def _database(self) -> tuple[int, int, float]:
        now = self.clock()
        with self.store.reading() as session:
            alarms = cases.count_unanswered(session, [state.value for state in LIVE])
            waiting = outbox.counts(session).get(outbox.PENDING, 0)
            oldest = outbox.oldest_waiting(session, now)
        return alarms, waiting, (now - oldest).total_seconds() if oldest else 0.0
