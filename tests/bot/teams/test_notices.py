"""Notices in Teams: cards that it takes, discreet, and with the buttons that somebody may use now."""

from dataclasses import replace

import pytest

from bot.messages import Card, CardState, Message, Prompt, Reminder
from bot.teams import ids
from bot.teams.notices import notice_card
from bot.wording.answers import KINDS, URGENCIES
from tests.bot.wording.test_notices import CARD, EVERY, REFERENCE
from tests.support.teams.cards import actions_of, assert_valid, texts_of

MARKS = (frozenset[str](), frozenset({"drill", "repeat", "restored"}))


def pressed(message: Message) -> list[str]:
    made = actions_of(notice_card(message).card)
    return [one["data"]["action"] for one in made if "data" in one]


@pytest.mark.parametrize("marks", MARKS, ids=["plain", "marked"])
@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_teams_takes_every_notice(message: Message, marks: frozenset[str]) -> None:
    assert_valid(notice_card(message, marks).card)


def test_a_lock_screen_shows_reference_and_urgency_and_no_more() -> None:
    for state in (CardState.WAITING, CardState.ACKNOWLEDGED):
        assert notice_card(replace(CARD, state=state)).summary == f"{REFERENCE}: {URGENCIES[CARD.urgency]}"
    assert notice_card(replace(CARD, state=CardState.CLOSED)).summary == REFERENCE


def test_a_waiting_card_can_be_opened_and_acknowledged_after_one_question() -> None:
    assert pressed(CARD) == [ids.CASE_OPEN, ids.CASE_ACKNOWLEDGE]
    _, unfolds, acknowledge = actions_of(notice_card(CARD).card)
    assert unfolds["type"] == "Action.ShowCard"
    assert acknowledge["type"] == "Action.Execute"
    assert f"Acknowledge {REFERENCE}?" in texts_of(unfolds["card"])


def test_whoever_acknowledged_can_handle_the_case() -> None:
    held = replace(CARD, state=CardState.ACKNOWLEDGED)
    handling = [ids.CASE_HAND_OVER, ids.CASE_ASK, ids.CASE_NOTE, ids.CASE_CLOSE]
    assert pressed(held) == [ids.CASE_OPEN, *handling]
    assert pressed(replace(held, technical=True)) == [ids.CASE_OPEN]
    assert pressed(replace(held, askable=False)) == [
        ids.CASE_OPEN,
        *(one for one in handling if one != ids.CASE_ASK),
    ]


@pytest.mark.parametrize("state", [CardState.CLOSED, CardState.WITHDRAWN])
def test_a_case_that_is_over_leaves_a_stub_without_buttons_or_kind(state: CardState) -> None:
    stub = replace(CARD, state=state)
    assert pressed(stub) == []
    assert not any(KINDS[CARD.kind] in text for text in texts_of(notice_card(stub).card))


def test_a_button_sends_a_reference_and_nothing_else() -> None:
    for message in EVERY:
        for one in actions_of(notice_card(message).card):
            assert "data" not in one or one["data"]["value"] == REFERENCE


def test_a_reporter_opens_their_own_report_and_a_handler_the_case() -> None:
    assert pressed(Reminder(REFERENCE, Prompt.ASKED)) == [ids.OWN_OPEN]
    assert pressed(Reminder(REFERENCE, Prompt.ADDED)) == [ids.CASE_OPEN]


def test_every_state_of_a_card_is_laid_out() -> None:
    cards = [message for message in EVERY if isinstance(message, Card)]
    assert {card.state for card in cards} == set(CardState)
