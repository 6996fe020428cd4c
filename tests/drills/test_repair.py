"""R15, R16: a case that nothing moved on is set going again; a loop that is stuck is seen, nothing else."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest

from tests.drills.chased import hand_in, is_about, wait_told
from tests.drills.conftest import Launch, Size
from tests.drills.figures import record
from tests.drills.meddling import MeddledProgram
from tests.support.databases import rows_of
from tests.support.program import Program
from tests.support.schools import fast_schools
from tests.support.standin import StandIn
from tests.support.waiting import wait_for

_REPAIRED, _SEEN = 30.0, 15.0


def _lose_timers(database: str) -> None:
    """Take every timer out of the tables, past the program."""
    if not database.startswith("sqlite"):
        rows_of(database, "DELETE FROM timer")
        return
    with closing(sqlite3.connect(urlsplit(database).path.removeprefix("/"), timeout=5)) as connection:
        connection.execute("DELETE FROM timer")
        connection.commit()


def test_a_case_that_has_lost_its_timer_is_set_going_again_with_an_alarm(
    size: Size, database_url: str, launch: Launch, stand_in: StandIn
) -> None:
    program = launch(database_url, schools=fast_schools(step="1h"))
    program.start()
    case = hand_in(program, "priya")
    wait_told(stand_in, case.reference, "sam", within=10)
    _lose_timers(database_url)
    lost = monotonic()
    following = wait_told(stand_in, case.reference, "helen", "omar", within=_REPAIRED)
    alarms = stand_in.wait_for(
        lambda calls: any(is_about(call, case.reference, "alarm") for call in calls), within=5
    )
    repaired = max(call.at for call in following.values()) - lost
    record(
        "R15",
        "a case loses its timer",
        database=database_url,
        size=size.name,
        set_going_s=repaired,
    )
    assert repaired <= size.within(_REPAIRED)
    troubles = {call.body["trouble"] for call in alarms if is_about(call, case.reference, "alarm")}
    assert troubles == {"unchased"}


def _problems(program: Program) -> tuple[int, tuple[str, ...]]:
    ready = program.get("/readyz")
    return ready.status, tuple(ready.body["problems"])


def _stuck(what: str, program: MeddledProgram) -> float:
    """Let a part hang and then go on; returns how many seconds until `/readyz` said so."""
    assert _problems(program) == (200, ())
    program.hang(what)
    hung = monotonic()
    wait_for(lambda: _problems(program), lambda seen: seen == (503, (what,)), within=_SEEN, what="a 503")
    seen = monotonic() - hung
    program.free(what)
    wait_for(lambda: _problems(program), lambda seen: seen == (200, ()), within=10, what="a 200 again")
    return seen


def _unread(program: MeddledProgram, seconds: float) -> float:
    """Let the schools file be one that nobody ever writes to; returns how long reports went on for."""
    schools = Path(program.environment["SIGNPOST_SCHOOLS"])
    pipe = schools.with_suffix(".pipe")
    os.mkfifo(pipe)
    pipe.replace(schools)
    began = monotonic()
    while monotonic() < began + seconds:
        assert _problems(program) == (200, ())
        hand_in(program, "priya")
    with schools.open("w", encoding="utf-8") as end:
        end.write("trust: {}\n")
    return monotonic() - began


def test_a_loop_that_is_stuck_is_said_within_seconds_and_what_stops_no_report_is_not(
    size: Size, database_url: str, tmp_path: Path, stand_in: StandIn
) -> None:
    if not size.full and not database_url.startswith("sqlite"):
        pytest.skip("a loop that is stuck is the same on either database: the full drill has both")
    parts = ("clock", "delivery", "schools")

    def one(name: str) -> float:
        url = database_url if name == "clock" else f"sqlite:///{tmp_path / name}.db"
        with MeddledProgram(
            tmp_path / name, console=stand_in.url, database=url, schools=fast_schools(step="1h")
        ) as program:
            return _stuck(name, program) if name != "schools" else _unread(program, size.of(12, 20))

    with ThreadPoolExecutor(len(parts)) as pool:
        took = dict(zip(parts, pool.map(one, parts), strict=True))
    record(
        "R16",
        "a loop is stuck",
        database=database_url,
        size=size.name,
        clock_s=took["clock"],
        delivery_s=took["delivery"],
        ready_without_schools_file_s=took["schools"],
    )
    assert max(took["clock"], took["delivery"]) <= size.within(_SEEN)
