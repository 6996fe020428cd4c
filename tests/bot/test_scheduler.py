"""The clock: every job goes on, whatever the wall clock does, whatever another job does."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median
from typing import Self

import pytest
from apscheduler.schedulers import base
from apscheduler.triggers import interval

from bot import app
from bot.scheduler import Clock, Job
from tests.support.waiting import wait_for

_EVERY = 0.5
_SOON = 0.05
_LATEST = 2.0
"""Seconds between two rounds of a job of half a second, on a machine that is busy, whatever happens."""


class _Counter:
    """A job that notes when it ran."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def __call__(self) -> None:
        self.at.append(time.monotonic())

    def gaps(self) -> list[float]:
        """Seconds between two rounds."""
        return [after - before for before, after in pairwise(self.at)]

    def wait(self, rounds: int) -> None:
        """Wait for so many more rounds."""
        wanted = len(self.at) + rounds
        wait_for(lambda: len(self.at), lambda seen: seen >= wanted, within=_LATEST * rounds, what="rounds")


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Run a clock in an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def act(what: Callable[[], None]) -> None:
        what()

    try:
        asyncio.run_coroutine_threadsafe(act(clock.start), loop).result(5)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(act(clock.stop), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


class _Stepped(datetime):
    """A wall clock that somebody sets."""

    step = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """The time as the wall clock has it now."""
        return cls.fromtimestamp(time.time(), tz) + cls.step


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Stepped]]:
    """Give APScheduler a wall clock that the test can set."""
    for module in (base, interval):
        monkeypatch.setattr(module, "datetime", _Stepped)
    yield _Stepped
    _Stepped.step = timedelta()


@pytest.mark.parametrize("hours", [-1, 1, 24 * 365])
def test_a_wall_clock_that_is_set_keeps_no_job_waiting(wall: type[_Stepped], hours: int) -> None:
    job = _Counter()
    with running(Clock((Job("tick", _EVERY, job),))):
        job.wait(2)
        wall.step = timedelta(hours=hours)
        job.wait(3)
    assert max(job.gaps()) <= _LATEST


def test_a_job_that_hangs_holds_up_no_other_and_is_not_begun_twice() -> None:
    hold, begun, other = threading.Event(), _Counter(), _Counter()

    def hang() -> None:
        begun()
        hold.wait(30)

    clock = Clock((Job("hangs", 0.1, hang), Job("tick", _EVERY, other)))
    with running(clock):
        other.wait(4)
        assert len(begun.at) == 1
        assert clock.silent_for() > 1
        hold.set()
        begun.wait(1)
    assert max(other.gaps()) <= _LATEST


def test_a_job_that_says_when_it_is_wanted_is_done_then_and_not_only_in_its_round() -> None:
    done = _Counter()

    def soon() -> timedelta:
        done()
        return timedelta(seconds=_SOON)

    with running(Clock((Job("tick", _EVERY, soon),))):
        done.wait(6)
    assert median(done.gaps()) < _EVERY / 2


def test_a_job_that_is_wanted_later_than_its_round_is_done_in_its_round_alone() -> None:
    done = _Counter()

    def later() -> timedelta:
        done()
        return timedelta(seconds=_EVERY * 10)

    with running(Clock((Job("tick", _EVERY, later),))):
        done.wait(4)
    assert _EVERY / 2 < median(done.gaps()) <= _LATEST


def test_a_job_that_fails_is_done_again_and_is_silent_all_the_while() -> None:
    tried, fine = _Counter(), _Counter()

    def fail() -> None:
        tried()
        if len(tried.at) < 4:
            raise RuntimeError

    clock = Clock((Job("fails", 0.1, fail), Job("tick", _EVERY, fine)))
    with running(clock):
        fine.wait(1)
        tried.wait(2)
        wait_for(clock.silent_for, lambda silent: silent < 0.5, within=_LATEST, what="it to succeed")
    assert len(tried.at) >= 4


def test_a_job_without_which_reports_still_go_out_never_counts_as_silence() -> None:
    hold, fine = threading.Event(), _Counter()
    clock = Clock((Job("schools", 0.1, lambda: hold.wait(30), vital=False), Job("tick", 0.1, fine)))
    with running(clock):
        fine.wait(10)
        assert clock.silent_for() < _LATEST
        hold.set()


def test_the_programs_time_goes_on_by_itself_once_it_has_been_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            raise AssertionError(f"the wall clock was asked for the time in {tz}")

    monkeypatch.setattr(app, "datetime", Gone)
    monkeypatch.setattr(time, "time", Gone.now)
    before, ticks = app.now(), time.monotonic()
    wait_for(app.now, lambda now: now - before > timedelta(seconds=0.2), within=5, what="time to go on")
    passed, measured = (app.now() - before).total_seconds(), time.monotonic() - ticks
    assert abs(passed - measured) < 0.1
    assert before.tzinfo is UTC
