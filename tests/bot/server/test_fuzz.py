"""Whatever anybody sends: no fault of ours, no trace, no path, an answer within a second (promise S12)."""

import re
from collections.abc import Iterator
from pathlib import Path
from secrets import randbits

import pytest

from tests.bot.server.fuzzing import Asked, Fuzz
from tests.support.served import Answer, Served, served

FEW = {"sqlite": 1_400, "postgresql": 700}
MANY = 26_000
"""Requests on each of the two databases."""
SLOW = 1.0
LARGEST_REFUSAL = 10_000
"""Bytes: one clear answer, however much was asked with."""
_TELLTALE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|sqlalchemy|psycopg|sqlite3|pydantic|starlette"
    r"|/(work|tmp|usr|home)/|\b[A-Z][a-zA-Z]+(Error|Exception)\b"
)


class Player:
    """Sends what is made up, and looks at every answer."""

    def __init__(self, here: Served, seed: int) -> None:
        self.fuzz = Fuzz(seed, here.token)
        self.slowest = 0.0
        self.statuses: dict[int, int] = {}
        self._here = here
        self._rows = here.rows()
        self._taken: set[str] = set()

    def play(self, times: int) -> None:
        """So many requests, one after the other."""
        for _ in range(times):
            asked = self.fuzz.one()
            answer = self._ask(asked)
            self._look(asked, answer)
        assert self._here.rows()["case_file"] == len(self._taken)
        _, breaks = self._here.office.audit.verify(self._here.office.store)
        assert breaks == ()

    def _ask(self, asked: Asked) -> Answer:
        answer = self._here.ask(asked.method, asked.path, asked.parts, headers=asked.headers)
        if answer.seconds >= SLOW:  # the machine may have been busy: slow is what is slow twice
            answer = self._here.ask(asked.method, asked.path, asked.parts, headers=asked.headers)
        return answer

    def _look(self, asked: Asked, answer: Answer) -> None:
        sent = f"{asked.method} {asked.path[:100]!r} {asked.parts[0][:300]!r}"
        told = f"{sent} -> {answer.status} {answer.text[:300]}"
        assert answer.status < 500, told
        assert answer.raised is None, told
        assert answer.seconds < SLOW, told
        answer.body.decode()
        self.slowest = max(self.slowest, answer.seconds)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status >= 400:
            assert not _TELLTALE.search(answer.text), told
            assert len(answer.body) < LARGEST_REFUSAL, told
        if asked.method == "POST":
            self._count(asked, answer, told)

    def _count(self, asked: Asked, answer: Answer, told: str) -> None:
        rows = self._here.rows()
        if answer.status >= 400:
            assert rows == self._rows, told
        elif asked.path.partition("?")[0] == "/console/reports":
            reference, goes_to = answer.json["reference"], answer.json["goes_to"]
            self._taken.add(reference)
            self.fuzz.known = [*self.fuzz.known, (reference, next(iter(goes_to), "sam"))][-30:]
        self._rows = rows


@pytest.fixture
def anywhere(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """Give the application on each kind of database in turn."""
    with served(database_url, tmp_path) as found:
        yield found


def _play(here: Served, seed: int, times: int) -> None:
    player = Player(here, seed)
    try:
        player.play(times)
    except AssertionError as error:
        error.add_note(f"the seed was {seed}")
        raise
    assert {200, 201, 400, 404, 405, 413, 422} <= set(player.statuses), "the fuzz has lost its teeth"


def test_no_request_however_odd_is_answered_with_a_fault_a_trace_or_late(anywhere: Served) -> None:
    backend = "sqlite" if anywhere.office.store.sqlite else "postgresql"
    _play(anywhere, seed=20_261_121, times=FEW[backend])


@pytest.mark.drill
def test_tens_of_thousands_of_odd_requests_are_answered_without_a_fault(anywhere: Served) -> None:
    _play(anywhere, seed=randbits(32), times=MANY)
