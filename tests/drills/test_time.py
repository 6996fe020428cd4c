"""R13, R14: clocks that are set, summer time that begins and ends, tables that go back a version."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from storage.migrating import HEAD, current
from storage.store import Store
from tests.drills.chased import hand_in, hand_in_all, is_about, noted, wait_told
from tests.drills.conftest import Launch, Size, drill_schools
from tests.drills.figures import record
from tests.drills.meddling import MeddledProgram
from tests.support.databases import Postgres
from tests.support.schools import fast_schools
from tests.support.standin import StandIn
from tests.support.waiting import wait_for

_LATE = 2.0
_NOISE = 0.5
"""Seconds between a step and its message, on a busy machine."""
_PATIENCE = 40.0
_HOUR = 3600.0
_STEP = 1
_BEGINS, _ENDS = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
"""When summer time begins and ends."""
_STARTING, _BEFORE = (6.0, 15.0, 40.0), 1.5
"""Seconds before the change at which the program is started, more where that was too late; and at which
somebody reports."""


@dataclass(frozen=True, slots=True)
class _Hops:
    """Seconds from one step to the next: by this machine's monotonic clock, and by the program's own."""

    database: str
    measured: tuple[float, ...]
    noted: tuple[float, ...]
    card: str


@pytest.fixture
def places(size: Size, tmp_path: Path, postgres: Postgres) -> Iterator[list[tuple[datetime, str]]]:
    """Give databases with the change that each is to see: two for the short cut, all four for the drill."""
    made = [postgres.new_database() for _ in range(size.of(1, 2))]
    lite = [f"sqlite:///{tmp_path / name}.db" for name in ("begins", "ends")]
    rest = [(_ENDS, lite[1]), (_BEGINS, made[-1])] if size.full else []
    yield [(_BEGINS, lite[0]), (_ENDS, made[0]), *rest]
    for url in made:
        postgres.give_back(url)


def test_clocks_that_are_set_and_summer_time_leave_every_step_where_it_was(
    size: Size, places: Sequence[tuple[datetime, str]], tmp_path: Path
) -> None:
    with ThreadPoolExecutor(len(places)) as pool:
        found = list(pool.map(partial(_across, tmp_path), range(len(places)), places))
    late = size.within(_LATE)
    for hops in found:
        record(
            "R13",
            "clock an hour back, an hour forward, summer time begins and ends",
            database=hops.database,
            size=size.name,
            step_s=_STEP,
            shortest_s=min(hops.noted),
            longest_s=max(hops.noted),
        )
        assert all(_STEP <= gap <= _STEP + late for gap in hops.noted), hops
        assert all(_STEP - _NOISE <= gap <= _STEP + late + _NOISE for gap in hops.measured), hops
    assert "29 Mar 00:59" in found[0].card
    assert "25 Oct 01:59" in found[1].card


def _across(folder: Path, number: int, place: tuple[datetime, str]) -> _Hops:
    """A case that climbs across a change, while the wall clock is set back by an hour and then forward."""
    change, database = place
    with StandIn() as platform:
        program = MeddledProgram(
            folder / f"across-{number}",
            console=platform.url,
            database=database,
            schools=fast_schools(step=f"{_STEP}s"),
            TZ="Europe/London",
            PGTZ="Europe/London",
        )
        with closing(program):
            off_by = _start_before(change, program)
            case = hand_in(program, "priya")
            wait_told(platform, case.reference, "helen", within=_PATIENCE)
            program.set_wall(off_by - _HOUR)
            wait_told(platform, case.reference, "tessa", within=_PATIENCE)
            program.set_wall(off_by + _HOUR)
            _wait_twice(platform, case.reference, "sam")
            cards = [call for call in platform.messages() if is_about(call, case.reference)]
            moments = noted(program, case, "sam")
    assert moments[0] < change.timestamp() < moments[-1]
    steps = [call.at for call in cards if call.person != "omar"]
    return _Hops(database, _gaps(steps), _gaps(moments), str(cards[0].body["text"]))


def _start_before(change: datetime, program: MeddledProgram) -> float:
    """Start the program so that the change is near once it is ready; returns by how much its clock is off."""
    for early in _STARTING:
        off_by = change.timestamp() - early - time.time()
        program.set_wall(off_by)
        program.restart()
        report_at = change.timestamp() - _BEFORE - off_by
        if time.time() < report_at:
            wait_for(time.time, partial(_le, report_at), within=early, what="the change to be near")
            return off_by
    raise AssertionError(f"the program took more than {_STARTING[-1]:g} s to start")


def _wait_twice(platform: StandIn, reference: str, person: str) -> None:
    platform.wait_for(
        lambda calls: sum(is_about(call, reference) and call.person == person for call in calls) > 1,
        within=_PATIENCE,
    )


def _le(least: float, value: float) -> bool:
    return value >= least


def _gaps(moments: Sequence[float]) -> tuple[float, ...]:
    return tuple(after - before for before, after in pairwise(moments))


def test_tables_that_go_back_a_version_and_forth_lose_no_timer(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    count, step = size.of(25, 100), size.of(6, 20)
    program = launch(database_url, schools=drill_schools(count, step=f"{step}s"))
    program.start()
    cases = hand_in_all(program, [(f"t{number}", "disclosure") for number in range(count)])
    program.terminate()
    for words in (("--down", "1"), ()):
        moved = program.run("migrate", *words)
        assert moved.code == 0, moved.err
        assert (_revision(database_url) == HEAD) is (words == ())
    program.start()
    ready = monotonic()
    late = []
    for number, case in enumerate(cases):
        head = wait_told(stand_in, case.reference, f"h{number}", within=_PATIENCE)[f"h{number}"]
        late.append(head.at - max(ready, case.at + step))
    calls = [call for call in stand_in.messages() if call.event == "card"]
    twice = len(calls) - len({(call.body["reference"], call.person) for call in calls})
    record(
        "R14",
        "back by one version and forth, with timers open",
        database=database_url,
        size=size.name,
        timers=count,
        worst_late_s=max(late),
        called_twice=twice,
    )
    assert max(late) <= size.within(_LATE)
    assert twice == 0
    assert sorted(program.get("/readyz").body["problems"]) == []


def _revision(database: str) -> str | None:
    store = Store(database)
    try:
        return current(store)
    finally:
        store.close()
