"""What the drills share: their two sizes, the schools they play in, and programs closed at the end."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drills.warm import WarmProgram
from tests.support.program import Program
from tests.support.schools import many_recipients
from tests.support.standin import StandIn

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


@pytest.fixture(params=["short", pytest.param("full", marks=pytest.mark.drill)])
def size(request: pytest.FixtureRequest) -> Size:
    """Give each size in turn; the full one only where drills are asked for."""
    return Size(str(request.param))


Launch = Callable[..., Program]


@pytest.fixture
def launch(size: Size, stand_in: StandIn, tmp_path: Path) -> Iterator[Launch]:
    """Give a way to set up the program on a database, not started yet; it is closed when the test ends."""
    made: list[Program] = []

    def set_up(database: str, *, schools: str, **settings: str) -> Program:
        kind = Program if size.full else WarmProgram
        folder = tmp_path / f"program-{len(made)}"
        made.append(kind(folder, console=stand_in.url, database=database, schools=schools, **settings))
        return made[-1]

    yield set_up
    for program in made:
        program.close()


def drill_schools(count: int, *, step: str = "1h", fast: str = "1h") -> str:
    """A trust of so many schools; reports of kind `FAST` climb a ladder with steps of `fast`."""
    whole = many_recipients(count, step=step)
    return _OTHER.sub(lambda found: found[0].replace(f"within: {step}", f"within: {fast}"), whole)
