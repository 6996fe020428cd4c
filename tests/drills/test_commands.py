"""R2 for the commands that run beside `serve`, or before it: killed half-way, and run again."""

import itertools
import signal
from pathlib import Path

import pytest

from tests.drills.conftest import Launch, drill_schools
from tests.drills.figures import record
from tests.drills.load import Crowd
from tests.drills.verdict import drained, judge, look
from tests.support.program import Program
from tests.support.standin import StandIn

_SCHOOLS = 20
_DRAIN = 120.0
_RESTORED = 1
"""How a restore ends that comes after one which was killed when all was done: the database is not empty."""


@pytest.mark.drill
@pytest.mark.parametrize("size", ["full"], indirect=True)
def test_commands_that_are_killed_beside_serve_lose_nothing_and_can_be_run_again(
    launch: Launch, database_url: str, stand_in: StandIn, tmp_path: Path
) -> None:
    program = launch(database_url, schools=drill_schools(_SCHOOLS))
    program.start()
    crowd = Crowd(program, schools=_SCHOOLS)
    backup = tmp_path / "backup"
    with crowd.busy(range(400), at_once=2, answered=0.2):
        kills = _kill_each(program, "key-rotation", "rotate-keys")
        before = [receipt.reference for receipt in crowd.receipts]
        kills += _kill_each(program, "backup", "backup", str(backup))
    drained(database_url, within=_DRAIN)
    found = judge(crowd, stand_in, database_url)
    views = [program.case(receipt.reference, receipt.goes_to[-1]) for receipt in crowd.receipts]
    program.kill()
    copy = f"sqlite:///{tmp_path / 'restored.db'}"
    keys = program.environment["SIGNPOST_KEYS_FILE"]
    restored = launch(copy, schools=drill_schools(_SCHOOLS), SIGNPOST_KEYS_FILE=keys)
    kills += _kill_each(restored, "restore", "restore", str(backup), done=_RESTORED)
    lost = set(before) - {reference for (reference,) in look(copy, "SELECT reference FROM case_file")}
    record(
        "R2",
        "commands killed at each of their failpoints beside serve",
        database=database_url,
        size="full",
        reports=found.reports,
        kills=kills,
        lost=found.lost + len(lost),
        duplicates=found.duplicates,
        extras=found.extras,
    )
    assert (found.lost, found.duplicates, found.extras) == (0, 0, 0)
    assert not lost
    assert {view.status for view in views} == {200}


def _kill_each(program: Program, place: str, *words: str, done: int = 0) -> int:
    """Have a command kill itself each time that it passes a place, then end by itself: how often it died."""
    for time in itertools.count(1):
        ran = program.run(*words, SIGNPOST_FAILPOINT=f"{place}:{time}")
        if ran.code != -signal.SIGKILL:
            assert ran.code == done, (place, time, ran)
            return time - 1
    raise AssertionError("it never ends")
