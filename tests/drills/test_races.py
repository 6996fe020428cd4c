"""R8: an acknowledgement races the timer on two replicas: nobody is called after it, and nobody twice."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from bot.reporting.acknowledge import acknowledge
from bot.reporting.casefile import Actor
from bot.reporting.climbing import tick
from bot.reporting.office import Office
from knowledge.rules import Kind, Urgency
from tests.bot.reporting.oakfield import OAKFIELD
from tests.drills.conftest import Size
from tests.drills.figures import record
from tests.drills.verdict import look
from tests.support.offices import a_report, audited, hand_in, office_for

_NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_DUE = _NOW + timedelta(minutes=5)
_SPREAD = 0.004
"""Seconds of chance before each of the three begins, so that either may be first."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How often the acknowledgement came first, and how often the step; and what went wrong."""

    answered_first: int
    climbed_first: int
    hops_after: int
    double_hops: int


@pytest.fixture
def replicas(database_url: str, tmp_path: Path) -> Iterator[tuple[Office, Office]]:
    """Give two offices on one database; on SQLite, where one server runs at a time, the same one twice."""
    one = office_for(database_url, tmp_path, OAKFIELD)
    two = office_for(database_url, tmp_path, OAKFIELD) if not one.store.sqlite else one
    yield one, two
    for office in (one, two):
        office.store.close()


def test_nobody_is_called_after_an_acknowledgement_and_nobody_twice(
    size: Size, replicas: tuple[Office, Office], database_url: str
) -> None:
    one, two = replicas
    times, began = size.of(100, 1000), monotonic()
    with ThreadPoolExecutor(3) as pool:
        references = [_race(pool, one, two) for _ in range(times)]
    found = _judge(one, database_url, references)
    record(
        "R8",
        "an acknowledgement races the timer on two replicas",
        database=database_url,
        size=size.name,
        races=times,
        answered_first=found.answered_first,
        climbed_first=found.climbed_first,
        hops_after=found.hops_after,
        double_hops=found.double_hops,
        seconds=monotonic() - began,
    )
    assert found.answered_first + found.climbed_first == times
    assert min(found.answered_first, found.climbed_first) >= times // 50
    assert (found.hops_after, found.double_hops) == (0, 0)


def _race(pool: ThreadPoolExecutor, one: Office, two: Office) -> str:
    """One case whose next step is due now, on two replicas, while its DSL acknowledges it."""
    reference = hand_in(one, a_report(kind=Kind.DISCLOSURE, urgency=Urgency.IMMEDIATE), now=_NOW)
    start = threading.Barrier(3)

    def at_once(does: Callable[[], object]) -> None:
        start.wait()
        threading.Event().wait(random.uniform(0, _SPREAD))
        does()

    racers: tuple[Callable[[], object], ...] = (
        lambda: acknowledge(one, reference, Actor("sam"), now=_DUE),
        lambda: tick(one, now=_DUE),
        lambda: tick(two, now=_DUE),
    )
    for done in [pool.submit(at_once, racer) for racer in racers]:
        done.result()
    return reference


def _judge(office: Office, database: str, references: list[str]) -> _Outcome:
    """What happened, by the audit, which has one order for all replicas, and by who was told."""
    deeds: dict[str, list[str]] = {reference: [] for reference in references}
    for _, action, reference in audited(office):
        if reference in deeds:
            deeds[reference].append(action)
    answered = {reference: actions.index("acknowledged") for reference, actions in deeds.items()}
    after = sum(actions[answered[one] :].count("told") for one, actions in deeds.items())
    hopped = [one for one, actions in deeds.items() if actions[: answered[one]].count("told") > 1]
    calls = Counter(look(database, "SELECT case_id, person, level, lap FROM telling"))
    cards = Counter(look(database, "SELECT case_id, person, platform FROM notice WHERE event = 'card'"))
    steps = look(database, "SELECT case_id, level, lap FROM telling WHERE level > 1 OR lap > 0")
    return _Outcome(
        answered_first=len(deeds) - len(hopped),
        climbed_first=len(hopped),
        hops_after=after,
        double_hops=sum(count - 1 for count in (*calls.values(), *cards.values())) + len(steps),
    )
