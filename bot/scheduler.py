"""The clock: APScheduler calls what is due every so often, and never remembers anything (docs/adr/0007).

Every call asks the database what is due. A step of the wall clock silences APScheduler's triggers, so a
watchdog on the loop's own, monotonic time calls them back.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import log

_WATCH_SECONDS = 1.0
_SILENT_FOR = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `seconds`, in a thread. It may fail: it is logged, and done again next time."""

    name: str
    seconds: float
    does: Callable[[], object]


@dataclass(slots=True)
class Clock:
    """Runs jobs until stopped."""

    jobs: tuple[Job, ...]
    _last: dict[str, float] = field(default_factory=dict)
    _scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))
    _watchdog: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, inside a running event loop."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for job in self.jobs:
            self._last[job.name] = time.monotonic()
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=job.seconds, timezone=UTC),
                args=(job,),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._watchdog = asyncio.get_running_loop().create_task(self._watch())

    async def _run(self, job: Job) -> None:
        try:
            await asyncio.to_thread(job.does)
        except Exception as error:  # noqa: BLE001  the process edge: one failed round must not end the clock
            log.error("job_failed", job=job.name, exc_info=error)
            return
        self._last[job.name] = time.monotonic()

    async def _watch(self) -> None:
        """Call back jobs that a stepped wall clock put off."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            now = time.monotonic()
            for job in self.jobs:
                if now - self._last[job.name] > max(_SILENT_FOR, 2 * job.seconds):
                    await self._run_missed(job)

    async def _run_missed(self, job: Job) -> None:
        trigger = IntervalTrigger(seconds=job.seconds, timezone=UTC)
        self._scheduler.reschedule_job(job.name, trigger=trigger)
        await self._run(job)

    def silent_for(self) -> float:
        """Seconds since the job that has been silent longest, beyond its own interval."""
        now = time.monotonic()
        return max((now - self._last[job.name] - job.seconds for job in self.jobs), default=0.0)

    def stop(self) -> None:
        """End; what runs in a thread finishes by itself."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._scheduler.shutdown(wait=False)
