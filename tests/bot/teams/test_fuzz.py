"""Whatever comes with Teams' signature: no fault of ours, no trace, and soon answered (promise S12)."""

import re
from collections import Counter
from collections.abc import Iterator
from secrets import randbits

import pytest

from bot.teams.activity import Activity
from tests.bot.teams.doorstep import Doorstep, doorstep
from tests.bot.teams.fuzzing import Fuzz, Made, corpus
from tests.support.served import Answer
from tests.support.teams.signing import claims, token

FEW, MANY = 2_000, 50_000
SLOW = 1.0
_FRESH = 5_000
"""Requests under one token, which is good for an hour."""
_TELLTALE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|microsoft_teams|pydantic|starlette"
    r"|/(work|tmp|usr|home)/|\b[A-Z][a-zA-Z]+(Error|Exception)\b"
)


@pytest.fixture(scope="module")
def step() -> Iterator[Doorstep]:
    """Give Teams' door."""
    with doorstep() as found:
        yield found


def look(made: Made, answer: Answer) -> None:
    """Nothing may be wrong with an answer."""
    told = f"{made.of}: {made.body[:600]!r} -> {answer.status} {answer.text[:300]}"
    assert answer.status < 500, told
    assert answer.raised is None, told
    assert answer.seconds < SLOW, f"{answer.seconds:.2f} s: {told}"
    assert not _TELLTALE.search(answer.text), told


def read_whole(activity: Activity) -> None:
    """Everything that can be read of an activity, as whoever acts on it will."""
    for text in (activity.action, activity.pressed, activity.command, activity.text, activity.sender):
        assert isinstance(text, str)
        text.encode()
        assert "\x00" not in text
    assert activity.user
    assert activity.conversation


def play(step: Doorstep, times: int, seed: int) -> Counter[int]:
    """So many requests; gives how often each status was answered."""
    known = corpus(step.teams.person("tom"))
    assert len(known) > 90
    fuzz, statuses, bearer = Fuzz(seed, known), Counter[int](), ""
    for number in range(times):
        if number % _FRESH == 0:
            bearer = f"Bearer {token(claims(step.teams.service_url))}"
        made = fuzz.one()
        headers = [("content-type", "application/json"), ("authorization", bearer)]
        answer = step.post(made.body, headers)
        if answer.seconds >= SLOW:
            answer = step.post(made.body, headers)  # what is slow is slow again, unless the machine was busy
        try:
            look(made, answer)
            for activity in step.handled.activities:
                read_whole(activity)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, request {number}: {error}") from error
        step.handled.activities.clear()
        statuses[answer.status] += 1
    return statuses


def test_two_thousand_spoilt_activities_are_each_answered_well(step: Doorstep) -> None:
    statuses = play(step, FEW, seed=5)
    assert set(statuses) <= {200, 400, 401, 403, 413}, statuses
    assert statuses[200] > FEW / 2, statuses
    assert statuses[400] > FEW / 50, statuses


@pytest.mark.drill
def test_fifty_thousand_spoilt_activities_are_each_answered_well(step: Doorstep) -> None:
    statuses = play(step, MANY, seed=randbits(32))
    assert set(statuses) <= {200, 400, 401, 403, 413}, statuses
