"""Notices in words: little on a lock screen, nothing of a report, and never more than is so."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.messages import (
    Alarm,
    Alert,
    Card,
    CardState,
    CheckIn,
    CodeSent,
    Message,
    Progress,
    Prompt,
    Reminder,
    RoleChanged,
    Stage,
    Trouble,
    Unanswered,
)
from bot.wording.answers import KINDS, URGENCIES
from bot.wording.notices import RING_999, say
from knowledge.rules import Kind, Urgency

REFERENCE = "SP-7Q4K-M2XD"
RING = ("999: in an emergency", "01632 960001: children's social care")
AT = datetime(2026, 7, 6, 10, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/London"))


CARD = Card(REFERENCE, Kind.DISCLOSURE, Urgency.IMMEDIATE, AT, "the safeguarding lead", CardState.WAITING)


EVERY: tuple[Message, ...] = (
    *(replace(CARD, state=state) for state in CardState),
    Alert(REFERENCE, Urgency.TODAY, RING),
    Unanswered(REFERENCE, RING),
    *(Progress(REFERENCE, stage, "the head", RING) for stage in Stage),
    *(Reminder(REFERENCE, prompt) for prompt in Prompt),
    CheckIn(REFERENCE, 3, "0344 381 4772"),
    CodeSent("12345678", "case export", 10),
    *(Alarm(trouble, REFERENCE, "console") for trouble in Trouble),
    RoleChanged("0123456789", "designated safeguarding lead", "Oak Primary"),
)


@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_every_notice_says_something_and_leaves_no_gap(message: Message) -> None:
    said = say(message)
    assert said.subject
    assert all(line and line == line.strip() for line in said.lines)
    assert "{" not in said.text
    assert "None" not in said.text


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_lock_screen_shows_a_reference_and_how_urgent_it_is(urgency: Urgency) -> None:
    card = Card(REFERENCE, Kind.NUDE_IMAGE, urgency, AT, "the head", CardState.WAITING)
    for message in (card, Alert(REFERENCE, urgency, RING)):
        assert say(message).subject == f"{REFERENCE}: {URGENCIES[urgency]}"


def test_a_card_says_what_kind_it_is_to_whom_since_when_by_the_schools_clock_and_who_has_it() -> None:
    text = say(replace(CARD, holders=("the head",))).text
    for words in (
        KINDS[Kind.DISCLOSURE],
        "the safeguarding lead",
        "06 Jul 11:00",
        "The head has acknowledged",
    ):
        assert words in text


def test_whoever_mends_a_fault_is_told_of_a_fault_only() -> None:
    text = say(replace(CARD, technical=True)).text
    assert "A technical fault" in text
    assert KINDS[Kind.DISCLOSURE] not in text


@pytest.mark.parametrize("state", [CardState.WITHDRAWN, CardState.CLOSED])
def test_a_card_that_is_over_becomes_a_stub(state: CardState) -> None:
    said = say(replace(CARD, state=state, holders=("the head",)))
    assert said.subject == REFERENCE
    assert len(said.lines) == 1
    assert KINDS[Kind.DISCLOSURE] not in said.text


def test_whoever_has_acknowledged_is_not_asked_to_again() -> None:
    assert "acknowledge" in say(CARD).text
    assert "acknowledge" not in say(replace(CARD, state=CardState.ACKNOWLEDGED)).text


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (Unanswered(REFERENCE, RING), "Nobody has answered"),
        (Unanswered(REFERENCE, RING, partly=True), "has an answer, but not yet from everybody"),
        (Unanswered(REFERENCE, RING, closed_hours=True), "School is closed"),
        (Unanswered(REFERENCE, RING, nobody_left=True), "nobody left here"),
        (Unanswered(REFERENCE, RING, nobody_left=True, partly=True), "nobody left here"),
    ],
)
def test_a_reporter_is_told_how_it_stands_and_every_time_999_first_and_whom_to_ring(
    message: Unanswered, words: str
) -> None:
    said = say(message)
    assert said.lines[0] == RING_999
    assert words in said.lines[1]
    assert set(RING) <= set(said.lines)
    assert "at any time" in said.lines[-1]


def test_where_somebody_has_answered_no_reporter_is_told_that_nobody_has() -> None:
    assert "Nobody" not in say(Unanswered(REFERENCE, RING, partly=True)).text


def test_received_and_acknowledged_never_mean_dealt_with() -> None:
    for stage in (Stage.RECEIVED, Stage.IN_HAND):
        assert "Received does not mean dealt with." in say(Progress(REFERENCE, stage, "the head")).lines
    assert "dealt with" not in say(Progress(REFERENCE, Stage.CLOSED, "the head")).text


def test_a_reporter_who_disagrees_with_the_closing_is_told_whom_to_ring() -> None:
    said = say(Progress(REFERENCE, Stage.CLOSED, "the head", RING))
    assert set(RING) <= set(said.lines)


@pytest.mark.parametrize("mark", ["repeat", "restored", "drill"])
def test_a_mark_stands_above_everything_else(mark: str) -> None:
    plain, marked = say(CARD), say(CARD, frozenset({mark}))
    assert marked.lines[1:] == plain.lines
    assert marked.subject.startswith("DRILL ") is (mark == "drill")


def test_marks_that_are_nobodys_business_are_not_said() -> None:
    assert say(CARD, frozenset({"mailed"})) == say(CARD)
