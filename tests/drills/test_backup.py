"""R19: a backup made under load brings everything back on an empty host, and each open case starts again."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

from tests.drills.chased import AT_ONCE, Case, hand_in
from tests.drills.conftest import Launch, Size, drill_schools
from tests.drills.figures import record
from tests.drills.verdict import look
from tests.support.databases import Postgres
from tests.support.program import Program
from tests.support.standin import StandIn
from tests.support.standin_platform import Call
from tests.support.waiting import wait_for

_PATIENCE = 60.0
_ANSWERED = 3
"""Every so many reports, one is acknowledged."""


@dataclass(frozen=True, slots=True)
class _Hosts:
    """Where it was, and the empty host to which it is restored; who it is for, and how much there is."""

    here: str
    there: str
    copy: Path
    people: int
    reports: int


@pytest.fixture
def hosts(size: Size, database_url: str, tmp_path: Path, postgres: Postgres) -> Iterator[_Hosts]:
    """Give two databases: in the drill of the same kind, in the short cut one of each."""
    lite = database_url.startswith("sqlite")
    if not size.full and not lite:
        pytest.skip("the short cut goes from SQLite to PostgreSQL: the full drill stays on either")
    moved = postgres.new_database() if lite is not size.full else ""
    there = moved or f"sqlite:///{tmp_path / 'elsewhere.db'}"
    yield _Hosts(database_url, there, tmp_path / "copy", size.of(20, 100), size.of(60, 600))
    if moved:
        postgres.give_back(moved)


def test_what_was_acknowledged_before_a_backup_is_there_after_it_and_is_chased_once_more(
    size: Size, hosts: _Hosts, launch: Launch, stand_in: StandIn
) -> None:
    schools = drill_schools(hosts.people)
    program = launch(hosts.here, schools=schools)
    program.start()
    cases, began, took = _backed_up_meanwhile(program, hosts)
    program.kill()
    before = {str(notice) for (notice,) in look(hosts.here, "SELECT id FROM notice")}
    seen = len(stand_in.messages())
    keys = program.environment["SIGNPOST_KEYS_FILE"]
    again = launch(hosts.there, schools=schools, SIGNPOST_KEYS_FILE=keys)
    restored, verified = again.run("restore", str(hosts.copy)), again.run("audit", "verify")
    assert (restored.code, verified.code) == (0, 0), restored.err + verified.out
    again.start()
    kept = {number: case for number, case in enumerate(cases) if case.at <= began}
    there = {str(reference) for (reference,) in look(hosts.there, "SELECT reference FROM case_file")}
    waits = _waiting(hosts.there)
    stand_in.wait_for(lambda calls: len(_cards(calls, seen)) >= len(waits), within=_PATIENCE)
    _quiet(stand_in, seconds=2)
    new = stand_in.messages()[seen:]
    record(
        "R19",
        "a backup under load, restored elsewhere",
        database=hosts.here,
        size=size.name,
        reports=len(kept),
        lost=sum(case.reference not in there for case in kept.values()),
        started_again=len(waits),
        sent_again=sum(call.notice in before for call in new),
        backup_s=took,
    )
    assert kept
    for number, case in kept.items():
        assert again.case(case.reference, f"p{number % hosts.people}").status == 200
    assert not {call.notice for call in new} & before
    assert sorted(call.body["reference"] for call in _cards(new, 0)) == sorted(waits)
    assert all("restored" in call.body["marks"] for call in _cards(new, 0))
    assert {case.reference for number, case in kept.items() if number % _ANSWERED} <= set(waits)


def _backed_up_meanwhile(program: Program, hosts: _Hosts) -> tuple[list[Case], float, float]:
    """Make a backup while people report: the reports, when the backup was begun, how many seconds it took."""
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(_report, program, number, hosts.people) for number in range(hosts.reports)]
        wait_for(
            lambda: sum(job.done() for job in jobs),
            lambda done: done >= hosts.reports // 2,
            within=_PATIENCE,
            what="half of the receipts",
        )
        began = monotonic()
        made = program.run("backup", str(hosts.copy))
        took = monotonic() - began
        assert made.code == 0, made.err
        return [job.result() for job in jobs], began, took


def _report(program: Program, number: int, people: int) -> Case:
    """Hand in a report; one in three is acknowledged before this is over."""
    case = hand_in(program, f"t{number % people}", AT_ONCE)
    if number % _ANSWERED == 0:
        assert program.acknowledge(case.reference, f"p{number % people}").status == 200
    return case


def _waiting(database: str) -> list[str]:
    """The cases that nobody has acknowledged."""
    return [
        str(reference)
        for (reference,) in look(database, "SELECT reference FROM case_file WHERE state = 'notified'")
    ]


def _cards(calls: Sequence[Call], seen: int) -> list[Call]:
    """The cards among the messages after the first so many."""
    return [call for call in [one for one in calls if one.accepted][seen:] if call.event == "card"]


def _quiet(platform: StandIn, *, seconds: float) -> None:
    """Wait until nothing has been sent for so long."""
    last = [monotonic(), float(platform.count())]

    def since() -> float:
        if (count := platform.count()) != last[1]:
            last[:] = monotonic(), count
        return monotonic() - last[0]

    wait_for(since, lambda quiet: quiet >= seconds, within=_PATIENCE, what="quiet")
