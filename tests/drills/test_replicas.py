"""R11 and R18: two replicas on one PostgreSQL share the work, and the same submission is one case."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.drills.conftest import Launch, Size, drill_schools, on_all
from tests.drills.figures import record
from tests.drills.load import PATIENCE, Crowd
from tests.drills.verdict import drained, judge, look
from tests.support.databases import Postgres
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 60
_LEASE = 10.0
_SOON = 2.0
_DRAIN = 120.0
_TRIES = 3
"""How often a figure is measured at most, since other work on the machine delays it too; the best counts."""
_LEASED = "SELECT id FROM notice WHERE state = 'leased'"
_REPEATED = 4


@contextmanager
def _replicas(
    launch: Launch, database: str, folder: Path, *, count: int = 2
) -> Iterator[tuple[Program, ...]]:
    """Set up servers on one database, not started yet."""
    first = launch(database, schools=drill_schools(_SCHOOLS))
    others = [first.replica(folder / f"replica-{number}") for number in range(1, count)]
    try:
        yield first, *others
    finally:
        for other in others:
            other.close()


def test_three_that_start_at_once_on_an_empty_database_all_come_up(
    size: Size, launch: Launch, postgres: Postgres, stand_in: StandIn, tmp_path: Path
) -> None:
    began = time.monotonic()
    for start in range(size.of(1, 5)):
        url = postgres.new_database()
        with _replicas(launch, url, tmp_path / f"start-{start}", count=3) as replicas:
            for replica in replicas:
                replica.spawn()
            for replica in replicas:
                replica.wait_until_ready()
            crowd = Crowd(*replicas, schools=_SCHOOLS)
            with crowd.busy(range(6)):
                pass
            drained(url, within=_DRAIN)
            found = judge(crowd, stand_in, url)
            assert (found.lost, found.duplicates, found.extras) == (0, 0, 0)
            for replica in replicas:
                replica.kill()
        postgres.give_back(url)
    record(
        "R11",
        "three start at once on an empty database",
        database=url,
        size=size.name,
        starts=start + 1,
        seconds=time.monotonic() - began,
    )


def test_two_replicas_send_each_notice_once(
    size: Size, launch: Launch, postgres_url: str, stand_in: StandIn, tmp_path: Path
) -> None:
    reports = size.of(40, 600)
    began = time.monotonic()
    with _replicas(launch, postgres_url, tmp_path) as replicas:
        for replica in replicas:
            replica.start()
        crowd = Crowd(*replicas, schools=_SCHOOLS)
        with crowd.busy(range(reports), answered=0.3):
            pass
        drained(postgres_url, within=_DRAIN)
        found = judge(crowd, stand_in, postgres_url)
        sent = [_sent(replica) for replica in replicas]
    record(
        "R11",
        "two replicas under load",
        database=postgres_url,
        size=size.name,
        reports=found.reports,
        lost=found.lost,
        duplicates=found.duplicates,
        extras=found.extras,
        by_one=sent[0],
        by_other=sent[1],
        seconds=time.monotonic() - began,
    )
    assert (found.reports, found.lost, found.duplicates, found.extras) == (reports, 0, 0, 0)
    assert min(sent) > 0


def test_when_one_is_killed_the_other_has_taken_over_as_soon_as_its_leases_lapse(
    size: Size, launch: Launch, postgres_url: str, stand_in: StandIn, tmp_path: Path
) -> None:
    took: list[float] = []
    with _replicas(launch, postgres_url, tmp_path) as (killed, other):
        other.start()
        crowd = Crowd(other, schools=_SCHOOLS)
        while len(took) < size.of(1, 5) or (min(took) > _LEASE + _SOON and len(took) < _TRIES):
            took.append(_taken_over(killed, other, crowd, postgres_url, stand_in))
        found = judge(crowd, stand_in, postgres_url)
    record(
        "R11",
        "one of two replicas killed with notices leased",
        database=postgres_url,
        size=size.name,
        reports=found.reports,
        kills=len(took),
        lost=found.lost,
        duplicates=found.duplicates,
        extras=found.extras,
        takeover_seconds=max(took) if size.full else min(took),
    )
    assert (found.lost, found.duplicates, found.extras) == (0, 0, 0)
    assert min(took) <= _LEASE + size.within(_SOON)


def _taken_over(killed: Program, other: Program, crowd: Crowd, database: str, platform: StandIn) -> float:
    """Seconds from the death of one, which held leases, until the other has sent all that it held."""
    killed.environment["SIGNPOST_FAILPOINT"] = "after-claim:2"
    killed.spawn()
    number = len(crowd.receipts)
    while killed.alive:
        crowd.report(number)
        number += 1
    died = time.monotonic()
    assert killed.wait_for_end(within=PATIENCE) == -signal.SIGKILL
    held = {str(notice) for (notice,) in look(database, _LEASED)}
    assert held
    assert other.alive
    drained(database, within=_DRAIN)
    return max(call.at for call in platform.messages() if call.notice in held) - died


@on_all
def test_the_same_submission_four_times_at_once_is_one_case_whichever_replica_it_reaches(
    size: Size, launch: Launch, database_url: str, stand_in: StandIn, tmp_path: Path
) -> None:
    reports = size.of(10, 300)
    shared = not database_url.startswith("sqlite")
    with _replicas(launch, database_url, tmp_path, count=2 if shared else 1) as replicas:
        for replica in replicas:
            replica.start()
        crowd = Crowd(*replicas, schools=_SCHOOLS)
        ways = [replicas[delivery % len(replicas)] for delivery in range(_REPEATED)]
        for number in range(reports):
            _deliver(crowd, number, ways)
        drained(database_url, within=_DRAIN)
        cases = look(database_url, "SELECT reference FROM case_file")
    told = Counter((call.body["reference"], call.person) for call in stand_in.messages())
    record(
        "R18",
        "each submission delivered four times at once" + (", to two replicas" if shared else ""),
        database=database_url,
        size=size.name,
        platform=stand_in.name,
        reports=reports,
        duplicates=len(cases) - reports,
        extras=sum(told.values()) - len(told),
    )
    assert len(cases) == reports
    assert set(told.values()) == {1}


def _deliver(crowd: Crowd, number: int, ways: Sequence[Program]) -> None:
    """Submit the same report in all these ways at the same moment: one receipt, and the same one again."""
    ready = threading.Barrier(len(ways))

    def one(way: Program) -> tuple[int, str]:
        ready.wait()
        reply = crowd.submit(number, server=way)
        return reply.status, reply.reference

    with ThreadPoolExecutor(len(ways)) as pool:
        replies = list(pool.map(one, ways))
    first = ways[0].first(repeated=False)
    assert sorted(status for status, _ in replies) == [200] * (len(ways) - 1) + [first]
    assert len({reference for _, reference in replies}) == 1


def _sent(program: Program) -> int:
    """How many notices a replica says that it has sent."""
    lines = program.get("/metrics").text.splitlines()
    counts = [line for line in lines if line.startswith("signpost_sends_total") and 'outcome="sent"' in line]
    return sum(int(float(line.rpartition(" ")[2])) for line in counts)
