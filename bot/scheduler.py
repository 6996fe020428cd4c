"""The clock: APScheduler calls what is due every so often, and never remembers anything (docs/adr/0007).

Every call asks the database what is due. A step of the wall clock silences APScheduler's triggers, so a
watchdog on the loop's own, monotonic time calls them back.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import log

_WATCH_SECONDS = 0.5
_SILENT_FOR = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `seconds`, in a thread. It may fail: it is logged, and done again next time.

    Where it gives a time, it is done again then, if that is sooner. Without a `vital` one reports are taken
    and sent all the same.
    """

    name: str
    seconds: float
    does: Callable[[], object]
    vital: bool = True


@dataclass(slots=True)
class Clock:
    """Runs jobs until stopped, each at most once at a time."""

    jobs: tuple[Job, ...]
    _done: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)
    _outside: set[asyncio.Task[None]] = field(default_factory=set)
    _hastened: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))
    _watchdog: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, inside a running event loop."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        begun = _Every(seconds=1, timezone=UTC).start_date - timedelta(seconds=1)
        for job in self.jobs:
            self._done[job.name] = self._begun[job.name] = time.monotonic()
            self._scheduler.add_job(
                self._run,
                _every(job, begun),
                args=(job,),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()
        self._watchdog = asyncio.get_running_loop().create_task(self._watch())

    async def _run(self, job: Job) -> None:
        if job.name in self._running:
            return
        self._running.add(job.name)
        self._begun[job.name] = time.monotonic()
        try:
            rest = await asyncio.to_thread(job.does)
        except Exception as error:  # noqa: BLE001  the process edge: one failed round must not end the clock
            log.error("job_failed", job=job.name, exc_info=error)
        else:
            self._done[job.name] = time.monotonic()
            if isinstance(rest, timedelta):
                self._hasten(job, rest)
        finally:
            self._running.discard(job.name)

    def _hasten(self, job: Job, rest: timedelta) -> None:
        """Do it once more after a rest, if that is over before its next round."""
        if job.name in self._hastened:
            self._hastened.pop(job.name).cancel()
        if rest.total_seconds() < job.seconds:
            loop = asyncio.get_running_loop()
            self._hastened[job.name] = loop.call_later(rest.total_seconds(), self._do, job)

    async def _watch(self) -> None:
        """Call back jobs that a stepped wall clock put off."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            now = time.monotonic()
            for job in self.jobs:
                put_off = now - self._begun[job.name] > max(_SILENT_FOR, 2 * job.seconds)
                if put_off and job.name not in self._running:
                    self._call_back(job)

    def _call_back(self, job: Job) -> None:
        self._scheduler.reschedule_job(job.name, trigger=_every(job))
        self._do(job)

    def _do(self, job: Job) -> None:
        """Have it done now, outside its rounds."""
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._outside.add(task)
        task.add_done_callback(self._outside.discard)

    def silent_for(self) -> float:
        """Seconds since the vital job that has been silent longest last succeeded, beyond its interval."""
        now = time.monotonic()
        silences = (now - self._done[job.name] - job.seconds for job in self.jobs if job.vital)
        return max(silences, default=0.0)

    def stop(self) -> None:
        """End; what runs in a thread finishes by itself."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        for soon in self._hastened.values():
            soon.cancel()
        self._scheduler.shutdown(wait=False)


class _Every(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Passes over all that a wall clock set forward has skipped in one stride.

    APScheduler would count every round that was missed, 172,800 for a day, and nothing else would run.
    """

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next round after this one."""
        following: datetime = super().get_next_fire_time(previous_fire_time, now)
        missed = previous_fire_time is not None and following <= now
        return now + timedelta(seconds=self.interval_length) if missed else following


def _every(job: Job, since: datetime | None = None) -> IntervalTrigger:
    """A job's rounds. Those of several jobs fall together where they count from the same time."""
    first = since + timedelta(seconds=job.seconds) if since is not None else None
    return _Every(seconds=job.seconds, start_date=first, timezone=UTC)
