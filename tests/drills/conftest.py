"""What the drills share: their two sizes, the schools they play in, and programs closed at the end."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drills.slack_platform import SlackStandIn
from tests.drills.slack_program import SlackProgram, WarmSlackProgram
from tests.drills.teams_platform import TeamsStandIn
from tests.drills.teams_program import TeamsProgram, WarmTeamsProgram
from tests.support.program import Program
from tests.support.schools import many_recipients
from tests.support.standin import StandIn
from tests.support.warm import WarmProgram

_SHARED = 3
"""How much longer something may take while other tests run beside it."""
_OTHER = re.compile(r"(?<=\n  other:\n)(?: {4}.*\n)+")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. The code is the same; only the full one starts the program from nothing."""

    name: str

    @property
    def full(self) -> bool:
        """Whether this is the size that the promises state."""
        return self.name == "full"

    def of(self, short: int, full: int) -> int:
        """A figure of this size."""
        return full if self.full else short

    def within(self, seconds: float) -> float:
        """What a promise allows, at full size; the short cut shares its processor with other tests."""
        return seconds if self.full else seconds * _SHARED


@pytest.fixture(params=["short", pytest.param("full", marks=pytest.mark.drill)])
def size(request: pytest.FixtureRequest) -> Size:
    """Give each size in turn; the full one only where drills are asked for."""
    return Size(str(request.param))


Launch = Callable[..., Program]
CONSOLE, SLACK, TEAMS = "console", "slack", "teams"
_LONG = [pytest.param(one, marks=pytest.mark.drill) for one in (SLACK, TEAMS)]
on_all = pytest.mark.parametrize("platform", [CONSOLE, SLACK, TEAMS], indirect=True)
"""A drill through the console's wire, Slack and Teams; the chats' short cuts are on SQLite, its own not."""
on_all_at_length = pytest.mark.parametrize("platform", [CONSOLE, *_LONG], indirect=True)
"""The same, with the chats only where drills are asked for."""

on_slack = pytest.mark.parametrize("platform", [SLACK], indirect=True)
"""A drill of Slack's own."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what adds nothing: Slack can always be asked, Teams never; one database does when short."""
    out = [item for item in items if isinstance(item, pytest.Function) and _adds_nothing(item)]
    config.hook.pytest_deselected(items=out)
    left = set(out)
    items[:] = [item for item in items if item not in left]


def _adds_nothing(item: pytest.Function) -> bool:
    given = item.callspec.params if hasattr(item, "callspec") else {}
    chat, brief = given.get("platform") in {SLACK, TEAMS}, given.get("size") == "short"
    asked = {SLACK: True, TEAMS: False}.get(str(given.get("platform")))
    if asked is not None and given.get("asked", asked) is not asked:
        return True
    if not brief or "database_url" not in given or not (chat or on_all.mark in item.own_markers):
        return False
    return bool(given["database_url"] != ("sqlite" if chat else "postgresql"))


@pytest.fixture
def platform(request: pytest.FixtureRequest) -> str:
    """Give the name of the platform: the console's wire, unless a drill asks for others."""
    return str(getattr(request, "param", CONSOLE))


@pytest.fixture
def stand_in(platform: str) -> Iterator[StandIn]:
    """Give a stand-in of the platform."""
    with {SLACK: SlackStandIn, TEAMS: TeamsStandIn}.get(platform, StandIn)() as started:
        yield started


@pytest.fixture
def launch(size: Size, stand_in: StandIn, tmp_path: Path) -> Iterator[Launch]:
    """Give a way to set up the program on a database, not started yet; it is closed when the test ends."""
    made: list[Program] = []

    def set_up(database: str, *, schools: str, **settings: str) -> Program:
        folder, given = tmp_path / f"program-{len(made)}", {"database": database, "schools": schools}
        if isinstance(stand_in, SlackStandIn):
            there = SlackProgram if size.full else WarmSlackProgram
            made.append(there.at(stand_in, folder, **given, **settings))
        elif isinstance(stand_in, TeamsStandIn):
            here = TeamsProgram if size.full else WarmTeamsProgram
            made.append(here.at(stand_in, folder, **given, **settings))
        else:
            kind = Program if size.full else WarmProgram
            made.append(kind(folder, console=stand_in.url, **given, **settings))
        return made[-1]

    yield set_up
    for program in made:
        program.close()


def drill_schools(count: int, *, step: str = "1h", fast: str = "1h") -> str:
    """A trust of so many schools; reports of kind `FAST` climb a ladder with steps of `fast`."""
    whole = many_recipients(count, step=step)
    return _OTHER.sub(lambda found: found[0].replace(f"within: {step}", f"within: {fast}"), whole)
