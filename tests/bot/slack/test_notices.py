"""Notices in Slack: within its limits, discreet, and with the buttons that somebody may use now."""

from dataclasses import replace

import pytest

from bot.messages import Card, CardState, Message, Prompt, Reminder
from bot.slack import ids
from bot.slack.notices import notice_blocks
from bot.wording.answers import KINDS, URGENCIES
from tests.bot.slack.holding import elements, hold_message, shown
from tests.bot.wording.test_notices import CARD, EVERY, REFERENCE

MARKS = (frozenset[str](), frozenset({"drill", "repeat", "restored"}))


def actions_of(message: Message) -> list[str]:
    return [one["action_id"] for one in elements(list(notice_blocks(message).blocks))]


@pytest.mark.parametrize("marks", MARKS, ids=["plain", "marked"])
@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_every_notice_keeps_within_slacks_limits(message: Message, marks: frozenset[str]) -> None:
    made = notice_blocks(message, marks)
    hold_message(made.blocks, made.text)


def test_a_lock_screen_shows_reference_and_urgency_and_no_more() -> None:
    for state in (CardState.WAITING, CardState.ACKNOWLEDGED):
        assert notice_blocks(replace(CARD, state=state)).text == f"{REFERENCE}: {URGENCIES[CARD.urgency]}"
    assert notice_blocks(replace(CARD, state=CardState.CLOSED)).text == REFERENCE


def test_a_waiting_card_can_be_opened_and_acknowledged_after_one_question() -> None:
    assert actions_of(CARD) == [ids.CASE_OPEN, ids.CASE_ACKNOWLEDGE]
    _, acknowledge = elements(list(notice_blocks(CARD).blocks))
    assert acknowledge["confirm"]["title"]["text"] == f"Acknowledge {REFERENCE}?"


def test_whoever_acknowledged_can_handle_the_case() -> None:
    held = replace(CARD, state=CardState.ACKNOWLEDGED)
    handling = [ids.CASE_HAND_OVER, ids.CASE_ASK, ids.CASE_NOTE, ids.CASE_CLOSE]
    assert actions_of(held) == [ids.CASE_OPEN, *handling]
    assert actions_of(replace(held, technical=True)) == [ids.CASE_OPEN]
    assert actions_of(replace(held, askable=False)) == [
        ids.CASE_OPEN,
        *(one for one in handling if one != ids.CASE_ASK),
    ]


@pytest.mark.parametrize("state", [CardState.CLOSED, CardState.WITHDRAWN])
def test_a_case_that_is_over_leaves_a_stub_without_buttons_or_kind(state: CardState) -> None:
    stub = replace(CARD, state=state)
    assert actions_of(stub) == []
    assert KINDS[CARD.kind] not in shown(notice_blocks(stub).blocks)


def test_a_button_sends_a_reference_and_nothing_else() -> None:
    for message in EVERY:
        for one in elements(list(notice_blocks(message).blocks)):
            assert one["value"] == REFERENCE


def test_a_reporter_opens_their_own_report_and_a_handler_the_case() -> None:
    assert actions_of(Reminder(REFERENCE, Prompt.ASKED)) == [ids.OWN_OPEN]
    assert actions_of(Reminder(REFERENCE, Prompt.ADDED)) == [ids.CASE_OPEN]


def test_every_state_of_a_card_is_laid_out() -> None:
    cards = [message for message in EVERY if isinstance(message, Card)]
    assert {card.state for card in cards} == set(CardState)
