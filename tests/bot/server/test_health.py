"""`/readyz` is 503 where reports cannot be taken or sent, and nowhere else (promise R16)."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery import Delivery
from bot.scheduler import Clock, Job
from bot.server.health import Health, Ready
from storage.store import Session, Store, UnavailableError
from tests.bot.reporting.oakfield import OAKFIELD
from tests.support.offices import office_for
from tests.support.served import NOW


class _NoStore(Store):
    """A database that is away, or hangs until the test is over."""

    def __init__(self, *, over: threading.Event | None = None) -> None:
        self._over = over
        self._away = True

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give nothing."""
        if self._over is not None:
            self._over.wait(20)
        if self._away:
            raise UnavailableError("away")
        yield Session()


class _SilentClock(Clock):
    """A clock one of whose jobs has not run for so many seconds beyond its interval."""

    def __init__(self, seconds: float) -> None:
        super().__init__((Job("tick", 0.5, lambda: None),))
        self._seconds = seconds

    def silent_for(self) -> float:
        """As long as it was told."""
        return self._seconds


def _health(
    folder: Path, *, beat: datetime | None = NOW, silent: float = 0.0, store: Store | None = None
) -> Health:
    office = office_for(f"sqlite:///{folder / 'signpost.db'}", folder, OAKFIELD)
    delivery = Delivery(office, {}, lambda: NOW, beat=beat)
    return Health(store or office.store, delivery, _SilentClock(silent), lambda: NOW)


def _look(health: Health) -> Ready:
    return asyncio.run(health.look())


def test_it_is_ready_while_both_loops_go_round_and_the_database_answers(tmp_path: Path) -> None:
    assert _look(_health(tmp_path)) == Ready(())


@pytest.mark.parametrize("seconds", [0, 9.9])
def test_a_loop_that_was_here_a_moment_ago_is_alive(tmp_path: Path, seconds: float) -> None:
    assert _look(_health(tmp_path, beat=NOW - timedelta(seconds=seconds), silent=seconds)).problems == ()


def test_a_sender_that_has_not_gone_round_for_ten_seconds_is_stuck(tmp_path: Path) -> None:
    assert _look(_health(tmp_path, beat=NOW - timedelta(seconds=10.1))).problems == ("delivery",)


def test_a_sender_that_never_went_round_is_not_ready(tmp_path: Path) -> None:
    assert _look(_health(tmp_path, beat=None)).problems == ("delivery",)


def test_a_clock_that_has_been_silent_for_ten_seconds_is_stuck(tmp_path: Path) -> None:
    assert _look(_health(tmp_path, silent=10.1)).problems == ("clock",)


def test_a_database_that_is_away_is_a_problem_and_nothing_is_counted(tmp_path: Path) -> None:
    assert _look(_health(tmp_path, store=_NoStore())) == Ready(("database",))


def test_a_database_that_hangs_is_away_within_seconds(tmp_path: Path) -> None:
    over = threading.Event()
    health = _health(tmp_path, store=_NoStore(over=over))

    async def look() -> tuple[Ready, float]:
        began = time.monotonic()
        found = await health.look()
        took = time.monotonic() - began
        over.set()
        return found, took

    found, took = asyncio.run(look())
    assert found.problems == ("database",)
    assert took < 3


def test_while_it_stops_it_is_not_ready(tmp_path: Path) -> None:
    health = _health(tmp_path)
    health.stopping = True
    assert _look(health).problems == ("stopping",)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    health = _health(tmp_path, beat=None, silent=60, store=_NoStore())
    assert set(_look(health).problems) == {"database", "delivery", "clock"}
