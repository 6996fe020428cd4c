"""R2: killed at each place where a kill is worst, by the program itself, under load."""

import itertools
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from storage.failpoints import NAMES
from tests.drills.conftest import Launch, Size, drill_schools, on_all_at_length
from tests.drills.figures import record
from tests.drills.load import FAST, PATIENCE, SLOW, Crowd
from tests.drills.verdict import drained, judge
from tests.support.processes import ROOT
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 80
_FIRST = "migration"
"""Passed only while there are no tables yet."""
_SENDING = ("after-claim", "before-send", "after-provider-accepted", "before-mark", "after-mark")
"""These leave notices leased. They come early, so that the leases lapse while the others have their turn."""
_OTHERS = (
    "before-begin",
    "after-begin",
    "after-case-insert",
    "after-outbox-insert",
    "before-commit",
    "after-commit",
    "before-receipt",
    "timer-due",
    "after-climb",
    "acknowledge",
)
_COMMANDS = frozenset({"backup", "restore", "key-rotation", "purge"})
"""Passed by commands other than `serve`."""
_MOST_PASSES, _MOST_STEPS = 8, 2
"""The program dies when it passes a place for the first to so many-th time; few steps of ladders fall due."""
_FAST = (0, 10, 20)
"""Which reports climb a ladder of seconds."""
_DRAIN = 120.0
_CALL = re.compile(r"""\bfailpoint\(\s*["']([a-z-]+)["']\s*\)""")


def test_every_failpoint_is_in_the_code_and_every_one_in_the_code_is_listed() -> None:
    sources = (path for folder in ("bot", "storage") for path in (ROOT / folder).rglob("*.py"))
    called = {name for path in sources for name in _CALL.findall(path.read_text(encoding="utf-8"))}
    assert called == set(NAMES)
    assert len(NAMES) == len(set(NAMES)) >= 15


def test_every_failpoint_is_drilled() -> None:
    assert {_FIRST, *_SENDING, *_OTHERS} | _COMMANDS == set(NAMES)


@on_all_at_length
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(True, id="can-be-asked"),
        pytest.param(False, id="cannot-be-asked", marks=pytest.mark.drill),
    ],
)
def test_nothing_is_lost_or_told_twice_wherever_it_kills_itself(
    size: Size, launch: Launch, stand_in: StandIn, database_url: str, *, asked: bool
) -> None:
    stand_in.control(find=asked)
    program = launch(database_url, schools=drill_schools(_SCHOOLS, fast="2s"))
    crowd = Crowd(program, schools=_SCHOOLS)
    places = [_FIRST, *(name for _ in range(size.of(1, 3)) for name in (*_SENDING, *_OTHERS))]
    began = time.monotonic()
    with _people(crowd):
        for place in places:
            _die_at(program, place)
        program.restart(SIGNPOST_FAILPOINT="")
    for receipt in [one for one in crowd.receipts if one.kind == FAST]:
        crowd.close(receipt)  # or it would go on climbing for ever
    drained(database_url, within=_DRAIN)
    found = judge(crowd, stand_in, database_url)
    record(
        "R2",
        "killed at each failpoint, the platform " + ("can be asked" if asked else "cannot be asked"),
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        reports=found.reports,
        kills=len(places),
        lost=found.lost,
        duplicates=found.duplicates,
        extras=found.extras,
        seconds=time.monotonic() - began,
    )
    assert (found.lost, found.duplicates) == (0, 0)
    assert found.extras <= (0 if asked else len(places))


def _die_at(program: Program, place: str) -> None:
    """Start the program, and wait until it has killed itself at a place."""
    most = {_FIRST: 1, "timer-due": _MOST_STEPS, "after-climb": _MOST_STEPS}.get(place, _MOST_PASSES)
    passes = random.Random().randint(1, most)
    program.environment["SIGNPOST_FAILPOINT"] = f"{place}:{passes}"
    program.spawn()
    assert program.wait_for_end(within=PATIENCE) == -signal.SIGKILL, f"{place}: {program.logs[-2000:]}"


@contextmanager
def _people(crowd: Crowd) -> Iterator[None]:
    """People report, and acknowledge, as long as the context lasts; each goes on until it is confirmed."""
    over, numbers = threading.Event(), itertools.count()

    def report_on() -> None:
        while not over.is_set():
            number = next(numbers)
            fast = number in _FAST
            receipt = crowd.report(number, kind=FAST if fast else SLOW)
            if not fast and number % 3 == 0:
                crowd.acknowledge(receipt)

    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(report_on) for _ in range(2)]
        try:
            yield
        finally:
            over.set()
        for job in jobs:
            job.result()
