"""R12: PostgreSQL crashes under load, and comes back."""

import random
import threading
import time

from tests.drills.conftest import Launch, Size, drill_schools
from tests.drills.figures import record
from tests.drills.load import NOT_SAVED, PATIENCE, Answer, Crowd
from tests.drills.verdict import drained, judge
from tests.support.postgres import PostgresServer
from tests.support.standin import StandIn
from tests.support.waiting import wait_for

_SCHOOLS = 80
_ANSWER = 3.0
_BACK = 5.0
_REFUSALS = 5
"""How many reporters must have been refused before the database comes back."""
_DRAIN = 120.0
_TRIES = 3


def test_while_postgresql_is_down_the_answer_is_honest_and_soon_and_afterwards_all_goes_on(
    size: Size, launch: Launch, own_postgres: PostgresServer, stand_in: StandIn
) -> None:
    reports, crashes = size.of(60, 1000), size.of(1, 10)
    database = own_postgres.new_database()
    program = launch(database, schools=drill_schools(_SCHOOLS))
    program.start()
    crowd = Crowd(program, schools=_SCHOOLS)
    back = []
    with crowd.busy(range(reports), answered=0.2):
        for crash in range(crashes):
            crowd.wait_for((crash + 1) * reports // (crashes + 2))
            back.append(_crash(own_postgres, crowd))
    drained(database, within=_DRAIN)
    found = judge(crowd, stand_in, database)
    slowest = max(answer.seconds for answer in crowd.answers)
    record(
        "R12",
        "PostgreSQL killed under load and started again",
        database=database,
        size=size.name,
        reports=found.reports,
        crashes=crashes,
        refused=len(_refusals(crowd)),
        lost=found.lost,
        duplicates=found.duplicates,
        extras=found.extras,
        slowest_answer=slowest,
        back_seconds=max(back),
    )
    assert (found.reports, found.lost, found.duplicates, found.extras) == (reports, 0, 0, 0)
    assert all(answer.status for answer in crowd.answers)
    assert slowest < size.within(_ANSWER)
    assert max(back) <= size.within(_BACK)


def _crash(server: PostgresServer, crowd: Crowd) -> float:
    """Crash it, let some be refused, start it: seconds from then until somebody has a receipt again."""
    threading.Event().wait(random.uniform(0, 0.2))
    server.crash()
    refused = len(_refusals(crowd)) + _REFUSALS
    wait_for(
        lambda: len(_refusals(crowd)), lambda count: count >= refused, within=PATIENCE, what="honest refusals"
    )
    server.restart()
    up, held = time.monotonic(), len(crowd.receipts)
    crowd.wait_for(held + 1)
    return time.monotonic() - up


def _refusals(crowd: Crowd) -> list[Answer]:
    return [answer for answer in list(crowd.answers) if answer.status == 503 and NOT_SAVED in answer.text]
