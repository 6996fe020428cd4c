"""R1: reports while the program is killed at random, over and over."""

import random
import threading
import time
from bisect import bisect
from collections import Counter
from collections.abc import Sequence

import pytest

from tests.drills.conftest import CONSOLE, Launch, Size, drill_schools, on_all
from tests.drills.figures import record
from tests.drills.load import Crowd
from tests.drills.verdict import drained, judge
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 100
_STARTING = 0.2
"""The share of kills that may come while the program is still starting."""
_SPREAD = 0.25
"""Seconds of chance before each kill, so that it falls on no particular moment."""
_DRAIN = 120.0


@on_all
@pytest.mark.parametrize("asked", [True, False], ids=["can-be-asked", "cannot-be-asked"])
def test_nothing_acknowledged_is_lost_and_nobody_is_told_twice_however_often_it_is_killed(
    size: Size, launch: Launch, stand_in: StandIn, database_url: str, *, asked: bool
) -> None:
    if not (size.full or asked or database_url.startswith("sqlite")):
        pytest.skip("what a platform is asked is the same on either database: the full drill has both")
    stand_in.control(find=asked)
    program = launch(database_url, schools=drill_schools(_SCHOOLS))
    crowd = Crowd(program, schools=_SCHOOLS)
    short = (100, 4) if stand_in.name == CONSOLE else (40, 2)
    reports, kills = size.of(short[0], 1000), size.of(short[1], 40)
    began = time.monotonic()
    program.start()
    with crowd.busy(range(reports), answered=0.3):
        killed = _kill(program, crowd, times=kills, among=reports)
    drained(database_url, within=_DRAIN)
    found = judge(crowd, stand_in, database_url)
    worst = max(_extras_by_kill(stand_in, killed).values(), default=0)
    record(
        "R1",
        "kill -9 at random, the platform " + ("can be asked" if asked else "cannot be asked"),
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        reports=found.reports,
        kills=len(killed),
        lost=found.lost,
        duplicates=found.duplicates,
        extras=found.extras,
        worst_kill=worst,
        seconds=time.monotonic() - began,
    )
    assert (found.reports, found.lost, found.duplicates) == (reports, 0, 0)
    assert len(killed) == kills
    assert found.extras == 0 or not asked
    assert worst <= 1


def _kill(program: Program, crowd: Crowd, *, times: int, among: int) -> list[float]:
    """Kill so often while so many reports come in, at moments of the monotonic clock, which are returned."""
    chance, killed = random.Random(), list[float]()
    for reports in sorted(chance.sample(range(among), times)):
        if not killed or chance.random() > _STARTING:
            crowd.wait_for(reports)
        threading.Event().wait(chance.uniform(0, _SPREAD))
        program.kill()
        killed.append(time.monotonic())
        program.spawn()
    return killed


def _extras_by_kill(platform: StandIn, killed: Sequence[float]) -> Counter[int]:
    """How many messages came again because of each kill: the first after they had been taken before."""
    taken: dict[str, list[float]] = {}
    for call in platform.messages():
        taken.setdefault(call.notice, []).append(call.at)
    return Counter(bisect(killed, moment) for moments in taken.values() for moment in moments[:-1])
