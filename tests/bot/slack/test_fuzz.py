"""Whatever comes with Slack's signature: no fault of ours, no trace, and soon answered (promise S12)."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import randbits

import pytest

from bot.slack import ids
from tests.bot.slack.corpus import corpus
from tests.bot.slack.doorstep import Doorstep, doorstep
from tests.bot.slack.fuzzing import Fuzz, Made
from tests.support.served import Answer

FEW, MANY = 2_000, 50_000
SLOW = 1.0
LARGEST = 260_000
"""Bytes: a view may be 250,000."""
_LOT, _HANDS = 100, 8
_TELLTALE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|sqlalchemy|psycopg|sqlite3|pydantic|starlette|slack_bolt"
    r"|/(work|tmp|usr|home)/|\b[A-Z][a-zA-Z]+(Error|Exception)\b"
)


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Doorstep]:
    """Give Slack's door."""
    with doorstep(f"sqlite:///{tmp_path / 'signpost.db'}", tmp_path) as found:
        yield found


def look(made: Made, answer: Answer) -> None:
    """Nothing may be wrong with an answer."""
    told = f"{made.of}: {made.body[:600]!r} -> {answer.status} {answer.text[:300]}"
    assert answer.status < 500, told
    assert answer.raised is None, told
    assert answer.seconds < SLOW, f"{answer.seconds:.2f} s: {told}"
    assert len(answer.body) < LARGEST, told
    if answer.status >= 400:
        assert not _TELLTALE.search(answer.text), told


class Player:
    """Sends what is made up, a few at a time as Slack does, and looks at every answer."""

    def __init__(self, step: Doorstep, seed: int) -> None:
        known = corpus(step)
        assert len(known) > 35, [one.name for one in known]
        references = sorted({reference for _, _, reference in step.audited() if reference})
        self.statuses = Counter[int]()
        self._step, self._fuzz, self._seed = step, Fuzz(seed, known, references), seed
        tom = step.slack.person("tom")
        tom.slash(ids.REPORT_COMMAND)
        self._base = tom.wait_for_view()

    def play(self, times: int) -> None:
        """So many requests."""
        with ThreadPoolExecutor(_HANDS) as hands:
            for begun in range(0, times, _LOT):
                made = [self._fuzz.one(self._trigger()) for _ in range(min(_LOT, times - begun))]
                answers = list(hands.map(lambda one: self._step.signed(one.body, one.kind), made))
                self._step.settle()
                for count, (one, answer) in enumerate(zip(made, answers, strict=True), start=begun):
                    self._look(count, one, self._again(one) if answer.seconds >= SLOW else answer)
                self._tidy()

    def _trigger(self) -> str:
        """A trigger_id pressed in a window, with which one can be opened or put on top."""
        with self._step.slack.lock:
            return self._step.slack.space.screens.trigger(self._base.user, self._base)

    def _again(self, made: Made) -> Answer:
        """The same alone: the machine may have been busy, and slow is what is slow twice."""
        return self._step.signed(made.body, made.kind)

    def _look(self, count: int, made: Made, answer: Answer) -> None:
        self.statuses[answer.status] += 1
        try:
            look(made, answer)
        except AssertionError as error:
            raise AssertionError(f"seed {self._seed}, request {count}: {error}") from error

    def _tidy(self) -> None:
        """Wait for what was set off, and let the stand-in forget: it looks through all that it ever had."""
        self._step.settle()
        self._step.slack.forget()
        with self._step.slack.lock:
            screens = self._step.slack.space.screens
            screens.ever[:] = [self._base, *screens.homes.values()]
            screens.stacks = {self._base.user: [self._base]}
            self._base.open = True


@pytest.mark.parametrize("times", [FEW, pytest.param(MANY, marks=pytest.mark.drill)])
def test_nothing_that_is_well_signed_makes_it_fail(step: Doorstep, times: int) -> None:
    player = Player(step, randbits(32))
    player.play(times)
    assert player.statuses[200] > times / 2, f"most of it got nowhere: {player.statuses}"
    _, breaks = step.office.audit.verify(step.office.store)
    assert breaks == ()
