"""R17: the database is full, read-only or locked. The reporter is told so, in time, and whom to ring."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic

import pytest

from tests.drills import breaking
from tests.drills.conftest import Launch, Size, drill_schools
from tests.drills.figures import record
from tests.drills.load import NOT_SAVED, Answer, Crowd
from tests.drills.verdict import drained, judge
from tests.support.postgres import PostgresServer
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 20
_ANSWER = 2.5
_TOGETHER = 8
_MOST = 400
"""So many reports fit at most into what a database has in hand on a full disk, and far more than do."""
_DRAIN = 60.0
_TRIES = 3
"""How often the slowest answer is measured at most, since other work delays it too; the best counts."""
Broken = Callable[[Program], AbstractContextManager[None]]


class Drill:
    """One program, whose database is taken from it and given back."""

    def __init__(self, size: Size, launch: Launch, stand_in: StandIn) -> None:
        self._size = size
        self._launch = launch
        self._platform = stand_in
        self._refused = 0

    def run(self, what: str, database: str, broken: Broken) -> None:
        """Take it, have people report, give it back: nobody is told that a report is safe which is not."""
        program = self._launch(database, schools=drill_schools(_SCHOOLS))
        program.start()
        crowd = Crowd(program, schools=_SCHOOLS)
        crowd.report(0)
        slowest: list[float] = []
        while len(slowest) < self._size.of(1, 10) or (min(slowest) > _ANSWER and len(slowest) < _TRIES):
            slowest.append(self._once(crowd, program, broken))
        drained(database, within=_DRAIN)
        found = judge(crowd, self._platform, database)
        record(
            "R17",
            what,
            database=database,
            size=self._size.name,
            reports=found.reports,
            refused=self._refused,
            lost=found.lost,
            duplicates=found.duplicates,
            extras=found.extras,
            slowest_answer=max(slowest) if self._size.full else min(slowest),
        )
        assert (found.lost, found.duplicates, found.extras) == (0, 0, 0)
        assert min(slowest) <= _ANSWER

    def _once(self, crowd: Crowd, program: Program, broken: Broken) -> float:
        """Some report while it is broken, and again once it is whole: the seconds of the slowest refusal.

        A full disk still has room in files that are there already: what fits is taken, and reports come
        until one is refused.
        """
        told: dict[int, Answer] = {}
        refused: list[int] = []
        with broken(program):
            while not refused and len(told) < _MOST:
                first = len(crowd.receipts) + len(told)
                numbers = range(first, first + _TOGETHER)
                told |= dict(zip(numbers, self._all(crowd, numbers), strict=True))
                refused = [number for number, answer in told.items() if answer.status == 503]
        assert refused
        self._refused += len(refused)
        for number in told:
            again = crowd.submit(number)
            assert (again.status == 201) is (number in refused), "a refused report was saved all the same"
            crowd.report(number)
        return max(answer.seconds for answer in told.values())

    @staticmethod
    def _all(crowd: Crowd, numbers: range) -> list[Answer]:
        """Report all of these at once, each a single time."""

        def one(number: int) -> Answer:
            began = monotonic()
            reply = crowd.submit(number)
            assert reply.status == 201 or (reply.status == 503 and NOT_SAVED in reply.text), reply
            return Answer(began, monotonic() - began, reply.status, reply.text)

        with ThreadPoolExecutor(len(numbers)) as pool:
            return list(pool.map(one, numbers))


@pytest.fixture
def drill(size: Size, launch: Launch, stand_in: StandIn) -> Drill:
    return Drill(size, launch, stand_in)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'signpost.db'}"


def test_a_full_disk_is_said_to_the_reporter(drill: Drill) -> None:
    with breaking.small_disk() as disk:
        drill.run("disk full", f"sqlite:///{disk / 'signpost.db'}", lambda _: breaking.filled(disk))


def test_a_disk_that_takes_no_more_from_this_program_is_said_to_the_reporter(
    drill: Drill, sqlite_url: str
) -> None:
    drill.run("every write fails", sqlite_url, breaking.writing_forbidden)


def test_a_file_that_became_read_only_is_said_to_the_reporter(drill: Drill, sqlite_url: str) -> None:
    drill.run("read-only", sqlite_url, lambda _: breaking.file_immutable(sqlite_url))


def test_a_locked_file_is_said_to_the_reporter(drill: Drill, sqlite_url: str) -> None:
    drill.run("locked", sqlite_url, lambda _: breaking.file_locked(sqlite_url))


def test_a_full_disk_under_postgresql_is_said_to_the_reporter(
    drill: Drill, postgres_server: PostgresServer
) -> None:
    with breaking.small_disk() as disk, breaking.database_on(disk, postgres_server) as url:
        drill.run("disk full", url, lambda _: breaking.filled(disk))


def test_a_server_that_became_read_only_is_said_to_the_reporter(drill: Drill, postgres_url: str) -> None:
    drill.run("read-only", postgres_url, lambda _: breaking.server_read_only(postgres_url))


def test_a_locked_table_is_said_to_the_reporter(drill: Drill, postgres_url: str) -> None:
    drill.run("locked", postgres_url, lambda _: breaking.table_locked(postgres_url))
